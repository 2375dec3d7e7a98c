//! The append-only, signed Merkle log of everything that the desk was told, found and decided.
//!
//! This room knows bytes, hashes and signatures; where they are kept is the store's business.

mod canonical;
mod entry;
mod head;
mod merkle;
pub mod payload;
mod verify;

pub use entry::{Body, Entry, Header, NewEntry, Record};
pub use head::{DeskKey, PublicKey, TreeHead};
pub use merkle::{Edge, Hash, Tree, root_from_proof, sha256};
pub use payload::Payload;
pub use verify::{Stored, Verdict, Verifier};

/// What can go wrong with the ledger's bytes.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Bytes that are not what they should be.
    #[error("{what} is damaged: {why}; run `gainsay ledger verify`")]
    Malformed {
        /// Which bytes.
        what: String,
        /// In which way.
        why: String,
    },
    /// Bytes of a later version.
    #[error("this desk holds {what}, which this version of gainsay does not know; use the newer version that wrote it")]
    NewerEncoding {
        /// What is of a later version.
        what: String,
    },
    /// A payload that is not the header's.
    #[error("the text of entry {id} is not the one that was signed; run `gainsay ledger verify`")]
    PayloadChanged {
        /// The entry's short id.
        id: String,
    },
    /// A checkpoint of another desk.
    #[error("the checkpoint is of desk {checkpoint}, this desk is {desk}")]
    OtherDesk {
        /// The checkpoint's origin.
        checkpoint: String,
        /// This desk's.
        desk: String,
    },
    /// No random bytes.
    #[error("the operating system gave no random bytes: {why}")]
    NoRandomness {
        /// Its reason.
        why: String,
    },
}
