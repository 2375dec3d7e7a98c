//! `desk.toml`: what a person may set for a desk. Unknown keys are refused, so that a misspelt one is not silently without effect.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::claim::{Tlp, UnknownWord};

/// The file's name; the folder that holds it is a desk.
pub const FILE: &str = "desk.toml";

/// A desk's settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Whose files its own corpora are, unless a corpus says otherwise.
    pub organisation: Option<String>,
    /// Who makes the entries, unless `GAINSAY_AUTHOR` says otherwise.
    pub author: Option<String>,
    /// The marking of new entries, unless the command says otherwise.
    pub tlp: Tlp,
    /// The socket of ClamAV's daemon that samples are scanned with; where nothing is said, Debian's if it is there.
    pub clamd: Option<PathBuf>,
    /// The rules for YARA that samples are scanned with: a file or a folder.
    pub yara: Option<PathBuf>,
}

/// As it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(skip_serializing_if = "Option::is_none")]
    organisation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    tlp: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    clamd: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    yara: Option<PathBuf>,
}

/// A settings file that does not hold.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be read.
    #[error("cannot read {path}: {why}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        why: std::io::Error,
    },
    /// It is no settings file.
    #[error("{path} is not a desk's settings: {why}; correct that line")]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Where and why.
        why: String,
    },
    /// It names no marking.
    #[error("{path}: tlp: {why}")]
    Marking {
        /// The file.
        path: PathBuf,
        /// Why.
        why: UnknownWord,
    },
}

impl Config {
    /// Reads a desk's settings.
    ///
    /// # Errors
    /// The file cannot be read or does not hold.
    pub fn read(desk: &Path) -> Result<Config, Error> {
        let path = desk.join(FILE);
        let text = std::fs::read_to_string(&path).map_err(|why| Error::Unreadable { path: path.clone(), why })?;
        let written: Written = toml::from_str(&text)
            .map_err(|e| Error::Invalid { path: path.clone(), why: e.to_string().trim_end().to_owned() })?;
        let tlp = written.tlp.map_or(Ok(Tlp::Amber), |word| word.parse());
        Ok(Config {
            organisation: written.organisation,
            author: written.author,
            tlp: tlp.map_err(|why| Error::Marking { path, why })?,
            // Beside the file that names them, wherever the command is called.
            clamd: written.clamd.map(|path| desk.join(path)),
            yara: written.yara.map(|path| desk.join(path)),
        })
    }

    /// The text of the file.
    pub fn to_text(&self) -> String {
        let written = Written {
            organisation: self.organisation.clone(),
            author: self.author.clone(),
            tlp: Some(self.tlp.word().to_owned()),
            clamd: self.clamd.clone(),
            yara: self.yara.clone(),
        };
        let body = toml::to_string(&written).unwrap_or_default();
        format!(
            "# Settings of this desk. Keys: organisation, author, tlp (clear, green, amber, amber+strict, red), clamd (a socket), yara (rules).\n{body}"
        )
    }
}
