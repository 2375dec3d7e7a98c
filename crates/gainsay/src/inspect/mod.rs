//! What a sample holds beside whose it is: malware, by programs of the user's own, each of which runs locked down or is a daemon that
//! the user runs already; and what it must not reveal, looked for in the files as they stream past. Nothing here parses a format.

mod clamd;
mod malware;
mod ocr;
mod pdf;
pub mod sensitive;
mod tools;
mod yara;

use std::path::PathBuf;

pub use malware::{Engines, Malware, ScansSoFar};
pub use ocr::{Ocr, ReadLine, ReadPicture, ReadPictures, code_of, sure};
pub use pdf::{LONGEST_PDF, PdfText};
pub use tools::{TOOL_COMMAND, ToolState, states};

/// Why something that was asked for cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The daemon that was named does not answer.
    #[error(
        "cannot scan with the daemon of ClamAV at {path}: {why}; start it, or leave out --clamd and what desk.toml says of it"
    )]
    Clamd {
        /// Its socket.
        path: PathBuf,
        /// What happened.
        why: String,
    },
    /// Rules were given, and no program reads them.
    #[error("cannot scan with the rules in {rules}: {why}")]
    Yara {
        /// The rules.
        rules: PathBuf,
        /// What happened.
        why: String,
    },
}
