use std::path::{Path, PathBuf};

use super::Error;

/// What locked archives are tried with.
#[derive(clap::Args)]
pub(super) struct Passwords {
    /// Try this password on archives that are locked; may be given again. Others on this machine can see it while the command runs
    #[arg(long, value_name = "PASSWORD")]
    password: Vec<String>,
    /// Try each line of this file on archives that are locked
    #[arg(long, value_name = "FILE", conflicts_with = "password")]
    passwords: Option<PathBuf>,
}

impl Passwords {
    /// All of them; empty lines are none.
    ///
    /// # Errors
    /// The file cannot be read, or is no UTF-8.
    pub(super) fn read(&self) -> Result<Vec<String>, Error> {
        let Some(path) = &self.passwords else { return Ok(self.password.clone()) };
        let text = std::fs::read_to_string(path).map_err(|why| Error::File {
            action: "read the passwords in",
            path: path.clone(),
            why,
        })?;
        Ok(text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect())
    }

    /// Whether they were given as arguments.
    pub(super) fn are_arguments(&self) -> bool {
        !self.password.is_empty()
    }

    /// The file that they are in.
    pub(super) fn file(&self) -> Option<&Path> {
        self.passwords.as_deref()
    }
}
