//! Packages of PyPI that are measured beside the program, in a Python of their own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Result;

/// A Python with packages.
pub(crate) struct Python(PathBuf);

impl Python {
    /// Makes one in this folder, with each of these packages and what of it must be importable, where that was not done
    /// before.
    pub(crate) fn with(folder: &Path, packages: &[(&str, &str)]) -> Result<Self> {
        let python = Python(folder.join("bin/python"));
        for (package, modules) in packages {
            if python.has(modules) {
                continue;
            }
            if !python.has("sys") {
                run(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
            }
            run(Command::new(&python.0).args(["-m", "pip", "install", "--quiet", package]))?;
            if !python.has(modules) {
                return Err(format!("{package} was installed without {modules}").into());
            }
        }
        Ok(python)
    }

    /// What a program prints, with a path as its argument.
    pub(crate) fn run(&self, program: &str, path: &Path) -> Result<String> {
        run(Command::new(&self.0).args(["-c", program]).arg(path))
    }

    fn has(&self, modules: &str) -> bool {
        let mut command = Command::new(&self.0);
        command.args(["-c", &format!("import {modules}")]).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }
}

/// Runs a command to its end and gives what it printed.
fn run(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let last = said.lines().last().unwrap_or_default();
        return Err(format!("{}: {}: {last}", command.get_program().to_string_lossy(), output.status).into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
