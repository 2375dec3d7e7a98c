//! Where the desk's bytes are: a database for the ledger, and a folder of blobs for what sources are made of.
//!
//! Nothing outside this room knows which database it is. Blobs are on the disk before the entry that names them.

mod accounts;
mod blobs;
mod database;
mod jobs;

pub use accounts::{AccountRow, PassRow};
pub use blobs::{Blobs, UNFINISHED, sweep_unfinished};
pub use database::{Commit, Database, IndexCheck, Reader, Row};
pub use jobs::{JobRow, JobState, Lease};

use std::path::PathBuf;

/// What can go wrong with the store.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database failed.
    #[error("the desk's database {path} failed: {why}{hint}")]
    Database {
        /// Its file.
        path: PathBuf,
        /// Its reason.
        why: String,
        /// What to do, with a leading separator; may be empty.
        hint: &'static str,
    },
    /// A file of the store failed.
    #[error("cannot {action} {path}: {why}{hint}")]
    File {
        /// What was tried.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// The system's reason.
        why: std::io::Error,
        /// What to do, with a leading separator; may be empty.
        hint: &'static str,
    },
    /// The database is on a disk that is read-only, and cannot be read as it is.
    #[error(
        "{path} cannot be read on a read-only disk: {why}; copy the desk to where it can be written, and open it there once"
    )]
    NeedsWriting {
        /// Its file.
        path: PathBuf,
        /// Why not.
        why: &'static str,
    },
    /// The database holds nothing at all.
    #[error("{path} is empty, and was not when the desk was made; restore it from a backup")]
    Emptied {
        /// Its file.
        path: PathBuf,
    },
    /// The desk was written by a later version.
    #[error(
        "the desk at {path} is of version {found}, this gainsay knows up to {known}; use the newer gainsay that wrote it"
    )]
    Newer {
        /// The database's file.
        path: PathBuf,
        /// The desk's version.
        found: u32,
        /// The newest known.
        known: u32,
    },
    /// A blob is gone.
    #[error("the bytes {digest} are missing from the desk; restore {path} from a backup")]
    BlobMissing {
        /// SHA-256, hexadecimal.
        digest: String,
        /// Where it should be.
        path: PathBuf,
    },
    /// A blob is not what its name says.
    #[error("the bytes at {path} are not those that the ledger names; restore them from a backup")]
    BlobChanged {
        /// Where it is.
        path: PathBuf,
    },
    /// The ledger's bytes are not what they should be.
    #[error(transparent)]
    Ledger(#[from] crate::ledger::Error),
    /// The stored edge of the tree does not fit its size.
    #[error("the newest head of the ledger is damaged; run `gainsay ledger verify`")]
    HeadDamaged,
    /// The file system cannot hold a desk.
    #[error("{path} is on a network file system ({kind}), where a desk can lose entries; choose a local folder")]
    NetworkFileSystem {
        /// The folder.
        path: PathBuf,
        /// Which.
        kind: &'static str,
    },
    /// More than one entry has this prefix.
    #[error("{prefix:?} is the beginning of more than one id; give more of its digits")]
    AmbiguousPrefix {
        /// What was given.
        prefix: String,
    },
}

/// What to do about the system's error, where there is something.
pub fn hint_for(error: &std::io::Error) -> &'static str {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded | std::io::ErrorKind::FileTooLarge => {
            "; free some space and run the command again: the desk is as it was"
        }
        std::io::ErrorKind::ReadOnlyFilesystem | std::io::ErrorKind::PermissionDenied => {
            "; the desk must be writable by you for this"
        }
        _ => "",
    }
}
