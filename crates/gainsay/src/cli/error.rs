//! What ends a command, with the exit code that it means.

use std::path::PathBuf;

use crate::{demo, desk, web};

/// What ends a command.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Desk(#[from] desk::Error),
    #[error(transparent)]
    Demo(#[from] demo::Error),
    #[error(transparent)]
    Web(#[from] web::Error),
    #[error("cannot tell the working folder: {0}; name the desk with --desk")]
    WorkingFolder(std::io::Error),
    #[error("cannot {action} {path}: {why}")]
    File { action: &'static str, path: PathBuf, why: std::io::Error },
    #[error("{0}")]
    Usage(String),
}

impl Error {
    pub(super) fn exit_code(&self) -> u8 {
        match self {
            Error::Desk(error) if error.is_no() => 1,
            _ => 2,
        }
    }
}
