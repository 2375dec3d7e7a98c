//! Where the bytes of a source go: into the desk, nowhere (they stay where they are), or sealed to a key that is not in the desk.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use age::scrypt;
use age::secrecy::SecretString;
use age::stream::{StreamReader, StreamWriter};
use age::x25519::Recipient;
use sha2::{Digest, Sha256};

use super::{Desk, Error};
use crate::capture;
use crate::ledger::Hash;
use crate::ledger::payload::Held;

/// Where the bytes of a source go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Into the desk.
    InDesk,
    /// They stay outside, found by path and digest.
    Outside,
    /// Into the desk, encrypted to this age recipient.
    Sealed(String),
}

/// A file's bytes as the desk knows them.
#[derive(Clone)]
pub(super) struct Kept {
    pub(super) digest: Hash,
    pub(super) size: u64,
    pub(super) held: Held,
    /// What of it was left out.
    pub(super) problems: Vec<String>,
}

/// Of scrypt's rounds the fewest, as a power of two: what is stretched is no word of a person's but a key.
const WORK: u8 = 1;

/// Bytes moved at a time.
const PIECE: usize = 128 << 10;

impl Desk {
    /// Keeps a file's bytes, reading them once, in constant memory.
    pub(super) fn keep(&self, path: &Path, keep: &Keep) -> Result<Kept, Error> {
        let file = capture::open(path)?;
        match keep {
            Keep::Outside => {
                let (digest, size) = digest_into(file, path, &mut std::io::sink())?;
                let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
                Ok(Kept {
                    digest,
                    size,
                    held: Held::Outside(absolute.to_string_lossy().into_owned()),
                    problems: Vec::new(),
                })
            }
            Keep::InDesk => {
                let mut blob = self.blobs.writer()?;
                let (digest, size) = digest_into(file, path, &mut blob)?;
                blob.keep()?;
                Ok(Kept { digest, size, held: Held::Desk, problems: Vec::new() })
            }
            Keep::Sealed(recipient) => self.seal(file, path, recipient),
        }
    }

    fn seal(&self, file: File, path: &Path, recipient: &str) -> Result<Kept, Error> {
        let parsed = recipient_of(recipient)?;
        let seal = |why: String| Error::Seal { path: path.to_owned(), why };
        let encryptor = age::Encryptor::with_recipients(std::iter::once(&parsed as &dyn age::Recipient))
            .map_err(|e| seal(e.to_string()))?;
        let mut blob = self.blobs.writer()?;
        let mut sealed = encryptor.wrap_output(&mut blob).map_err(|e| seal(e.to_string()))?;
        let (digest, size) = digest_into(file, path, &mut sealed)?;
        sealed.finish().map_err(|e| seal(e.to_string()))?;
        Ok(Kept { digest, size, held: Held::Sealed(recipient.to_owned(), blob.keep()?), problems: Vec::new() })
    }
}

/// An age recipient, as it is written.
pub(super) fn recipient_of(recipient: &str) -> Result<Recipient, Error> {
    recipient.parse().map_err(|why: &str| Error::Recipient { recipient: recipient.to_owned(), why: why.to_owned() })
}

/// The digest and the size of a file.
pub(super) fn digest_file(path: &Path) -> Result<(Hash, u64), Error> {
    digest_into(capture::open(path)?, path, &mut std::io::sink())
}

/// Seals what is written with a key that is as random as a key of age's.
pub(super) fn seal_with<W: Write>(key: &[u8; 32], to: W) -> std::io::Result<StreamWriter<W>> {
    let mut recipient = scrypt::Recipient::new(passphrase_of(key));
    recipient.set_work_factor(WORK);
    let all = std::iter::once(&recipient as &dyn age::Recipient);
    age::Encryptor::with_recipients(all).map_err(std::io::Error::other)?.wrap_output(to)
}

/// Opens what [`seal_with`] sealed.
pub(super) fn opened_with<R: Read>(key: &[u8; 32], from: R) -> std::io::Result<StreamReader<R>> {
    let mut identity = scrypt::Identity::new(passphrase_of(key));
    identity.set_max_work_factor(WORK);
    let all = std::iter::once(&identity as &dyn age::Identity);
    age::Decryptor::new(from).and_then(|sealed| sealed.decrypt(all)).map_err(std::io::Error::other)
}

fn passphrase_of(key: &[u8; 32]) -> SecretString {
    key.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into()
}

/// Copies what is read, and tells its digest and its size.
pub(super) fn digest_into(mut from: impl Read, path: &Path, to: &mut impl Write) -> Result<(Hash, u64), Error> {
    let mut hasher = Sha256::new();
    let mut size = 0;
    let mut piece = vec![0; PIECE];
    loop {
        let read = match from.read(&mut piece) {
            Ok(0) => return Ok((hasher.finalize().into(), size)),
            Ok(read) => read,
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(why) => return Err(Error::File { action: "read", path: path.to_owned(), why }),
        };
        hasher.update(&piece[..read]);
        size += read as u64;
        to.write_all(&piece[..read]).map_err(|why| Error::File {
            action: "keep a copy of",
            path: path.to_owned(),
            why,
        })?;
    }
}
