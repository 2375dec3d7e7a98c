//! What the file that a message travels in says of it in clear, before the part that is encrypted to its recipient.

use sha2::{Digest, Sha256};

use crate::Refused;
use crate::message::{Kind, MessageDigest, PublicKey};

/// The first bytes of such a file of any version.
const MAGIC: &[u8; 7] = b"GAINSLD";

const VERSION: u8 = 1;

/// The first bytes of the digest of a public key, by which a file in clear names a party.
pub type Address = [u8; 16];

impl PublicKey {
    /// How a file in clear names the party of this key.
    pub fn address(&self) -> Address {
        let digest = Sha256::new().chain_update(b"gainsay private 1 address").chain_update(self.0).finalize();
        digest.first_chunk().copied().unwrap_or_default()
    }
}

/// What a file says of itself in clear. Nothing of it is proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// What the message is.
    pub kind: Kind,
    /// Who sent it.
    pub from: Address,
    /// Who can read it.
    pub to: Address,
    /// Bytes that follow the head.
    pub length: u64,
    /// Their SHA-256.
    pub digest: MessageDigest,
}

impl Head {
    /// Bytes of a head: magic, version, kind, sender, recipient, length and digest of what follows.
    pub const BYTES: usize = 7 + 1 + 1 + 16 + 16 + 8 + 32;

    /// As it stands in a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = [&MAGIC[..], &[VERSION, self.kind.code()]].concat();
        bytes.extend(self.from);
        bytes.extend(self.to);
        bytes.extend(self.length.to_le_bytes());
        bytes.extend(self.digest);
        bytes
    }

    /// Reads the head of a file's first bytes; what is behind it is not looked at.
    ///
    /// # Errors
    /// The bytes are no head, or one of another version, or cut short.
    pub fn of(bytes: &[u8]) -> Result<Head, Refused> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(Refused::NotAMessage)?;
        let (version, rest) = rest.split_first().ok_or(Refused::CutShort)?;
        if *version != VERSION {
            return Err(Refused::OtherVersion { found: *version });
        }
        let (code, rest) = rest.split_first().ok_or(Refused::CutShort)?;
        let kind = Kind::ALL.into_iter().find(|kind| kind.code() == *code).ok_or(Refused::NotAMessage)?;
        let (from, rest) = rest.split_first_chunk().ok_or(Refused::CutShort)?;
        let (to, rest) = rest.split_first_chunk().ok_or(Refused::CutShort)?;
        let (length, rest) = rest.split_first_chunk().ok_or(Refused::CutShort)?;
        let digest = rest.first_chunk().ok_or(Refused::CutShort)?;
        Ok(Head { kind, from: *from, to: *to, length: u64::from_le_bytes(*length), digest: *digest })
    }
}
