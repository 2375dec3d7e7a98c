//! Signed tree heads, and the checkpoints that outsiders keep.
//!
//! A head is signed with Ed25519 (RFC 8032) over the text that a checkpoint shows, a signed note as in C2SP's tlog-checkpoint:
//! origin, size, root in base64, lines with the time and with the size at the head before it, an empty line, and a signature line.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use jiff::Timestamp;

use super::Error;
use super::merkle::{Hash, sha256};

/// The desk's signing key. It cannot be printed.
pub struct DeskKey(SigningKey);

impl DeskKey {
    /// A new key from the operating system's randomness.
    ///
    /// # Errors
    /// The operating system gives no random bytes.
    pub fn generate() -> Result<DeskKey, Error> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|e| Error::NoRandomness { why: e.to_string() })?;
        Ok(DeskKey(SigningKey::from_bytes(&seed)))
    }

    /// The key of a key file's text: 32 bytes in base64.
    ///
    /// # Errors
    /// Anything else.
    pub fn from_text(text: &str) -> Result<DeskKey, Error> {
        let seed = BASE64.decode(text.trim()).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        seed.map(|seed| DeskKey(SigningKey::from_bytes(&seed))).ok_or_else(|| Error::Malformed {
            what: "the desk's key".into(),
            why: "it is not 32 bytes in base64".into(),
        })
    }

    /// The key file's text.
    pub fn to_text(&self) -> String {
        BASE64.encode(self.0.to_bytes()) + "\n"
    }

    /// A key for another use, which tells nothing of this one.
    pub fn derived(&self, purpose: &str) -> [u8; 32] {
        blake3::derive_key(purpose, self.0.as_bytes())
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }
}

/// The public half of a desk's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// The key of its text.
    ///
    /// # Errors
    /// Anything but 32 bytes in base64 that are a point of the curve.
    pub fn from_text(text: &str) -> Result<PublicKey, Error> {
        let bytes = BASE64.decode(text.trim()).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        bytes.and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok()).map(PublicKey).ok_or_else(|| Error::Malformed {
            what: "a public key".into(),
            why: "it is not an Ed25519 key of 32 bytes in base64".into(),
        })
    }

    /// Its text: 32 bytes in base64.
    pub fn to_text(self) -> String {
        BASE64.encode(self.0.to_bytes())
    }

    /// The desk's name in its heads: taken from the key, so that no two desks share one.
    pub fn origin(self) -> String {
        let digest = sha256(&[self.0.as_bytes()]);
        digest[..8].iter().fold("gainsay/".to_owned(), |mut name, byte| {
            let _ = write!(name, "{byte:02x}");
            name
        })
    }
}

/// The state of the ledger after a commit, signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeHead {
    /// Number of entries.
    pub size: u64,
    /// Number of entries at the head before it; 0 for the first. It lets the loss of a head be seen.
    pub previous: u64,
    /// Root of the tree over them.
    pub root: Hash,
    /// When it was signed, to the microsecond.
    pub time: Timestamp,
    /// The signature over `text`.
    pub signature: [u8; 64],
}

impl TreeHead {
    /// Signs a state.
    pub fn sign(key: &DeskKey, previous: u64, size: u64, root: Hash, time: Timestamp) -> TreeHead {
        let text = signed_text(&key.public().origin(), previous, size, &root, time);
        TreeHead { size, previous, root, time, signature: key.0.sign(text.as_bytes()).to_bytes() }
    }

    /// Whether the key signed it.
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        let text = signed_text(&key.origin(), self.previous, self.size, &self.root, self.time);
        key.0.verify_strict(text.as_bytes(), &Signature::from_bytes(&self.signature)).is_ok()
    }

    /// The head as a checkpoint: a signed note to keep elsewhere.
    pub fn to_checkpoint(&self, key: &PublicKey) -> String {
        let origin = key.origin();
        let mut signature = key_hash(&origin, key).to_vec();
        signature.extend(self.signature);
        let text = signed_text(&origin, self.previous, self.size, &self.root, self.time);
        format!("{text}\n— {origin} {}\n", BASE64.encode(signature))
    }

    /// Reads a checkpoint back, and holds that `key` signed it.
    ///
    /// # Errors
    /// No checkpoint, or one of another desk, or with a signature that does not verify.
    pub fn from_checkpoint(note: &str, key: &PublicKey) -> Result<TreeHead, Error> {
        let bad = |why: &str| Error::Malformed { what: "the checkpoint".into(), why: why.into() };
        let mut lines = note.lines();
        let mut line = |what: &str| lines.next().ok_or_else(|| bad(&format!("its {what} is missing")));
        let origin = line("origin")?;
        if origin != key.origin() {
            return Err(Error::OtherDesk { checkpoint: origin.to_owned(), desk: key.origin() });
        }
        let size = line("size")?.parse().map_err(|_| bad("its size is no number"))?;
        let root = BASE64.decode(line("root")?).ok().and_then(|root| Hash::try_from(root).ok());
        let root = root.ok_or_else(|| bad("its root is not 32 bytes in base64"))?;
        let time = line("time")?.strip_prefix("time ").and_then(|time| time.parse().ok());
        let time = time.ok_or_else(|| bad("its time is not in RFC 3339"))?;
        let previous = line("predecessor")?.strip_prefix("after ").and_then(|size| size.parse().ok());
        let previous = previous.ok_or_else(|| bad("its predecessor is no number"))?;
        if !line("empty line")?.is_empty() {
            return Err(bad("there is no empty line before the signature"));
        }
        let signature = line("signature")?.strip_prefix(&format!("— {origin} ")).and_then(|s| BASE64.decode(s).ok());
        let signature = signature.ok_or_else(|| bad("its signature line is not one"))?;
        let signature = signature.get(4..).and_then(|signature| signature.try_into().ok());
        let signature = signature.ok_or_else(|| bad("its signature has not 64 bytes"))?;
        let head = TreeHead { size, previous, root, time, signature };
        if head.is_signed_by(key) { Ok(head) } else { Err(bad("its signature is not this desk's")) }
    }
}

fn signed_text(origin: &str, previous: u64, size: u64, root: &Hash, time: Timestamp) -> String {
    format!("{origin}\n{size}\n{}\ntime {time}\nafter {previous}\n", BASE64.encode(root))
}

/// C2SP signed-note: the first four bytes of SHA-256(name, newline, algorithm 1, key).
fn key_hash(name: &str, key: &PublicKey) -> [u8; 4] {
    let digest = sha256(&[name.as_bytes(), b"\n\x01", key.0.as_bytes()]);
    [digest[0], digest[1], digest[2], digest[3]]
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_is_read_back_and_no_other_passes() {
        let key = DeskKey::from_text(&BASE64.encode([7; 32])).unwrap();
        let time = "2019-05-14T10:00:00.000001Z".parse().unwrap();
        let head = TreeHead::sign(&key, 2, 3, sha256(&[b"root"]), time);
        let note = head.to_checkpoint(&key.public());
        assert_eq!(TreeHead::from_checkpoint(&note, &key.public()).unwrap(), head);
        for (place, byte) in note.bytes().enumerate() {
            let mut changed = note.clone().into_bytes();
            changed[place] = if byte == b'1' { b'2' } else { b'1' };
            if let Ok(changed) = String::from_utf8(changed) {
                let read = TreeHead::from_checkpoint(&changed, &key.public());
                // The four bytes of the key hash only help to find the key; nothing rests on them.
                assert!(read.is_err() || read.unwrap() == head, "accepted with byte {place} changed:\n{changed}");
            }
        }
    }
}
