//! Immutable files named by the SHA-256 of their bytes.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use super::{Error, hint_for};
use crate::ledger::Hash;
use sha2::{Digest, Sha256};

/// A folder of blobs.
pub struct Blobs {
    folder: PathBuf,
}

impl Blobs {
    /// The blobs in this folder, which must exist.
    pub fn new(folder: PathBuf) -> Blobs {
        Blobs { folder }
    }

    /// Where a blob is, or would be.
    pub fn path(&self, digest: &Hash) -> PathBuf {
        let name = hex(digest);
        self.folder.join(&name[..2]).join(&name[2..])
    }

    /// Keeps these bytes. When it returns they are on the disk, under their name.
    ///
    /// # Errors
    /// The disk is full, or cannot be written.
    pub fn put(&self, bytes: &[u8]) -> Result<Hash, Error> {
        let mut writer = self.writer()?;
        writer.write_all(bytes).map_err(|e| failed("write", &self.folder)(e))?;
        writer.keep()
    }

    /// A blob to be written piece by piece; nothing is kept before `BlobWriter::keep`.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn writer(&self) -> Result<BlobWriter<'_>, Error> {
        let file = tempfile::Builder::new()
            .prefix(UNFINISHED)
            .tempfile_in(&self.folder)
            .map_err(|e| failed("write in", &self.folder)(e))?;
        Ok(BlobWriter { blobs: self, file, hasher: Sha256::new() })
    }

    /// Whether there is a blob of this name.
    pub fn has(&self, digest: &Hash) -> bool {
        self.path(digest).exists()
    }

    /// The bytes of a blob, whole: for texts, which are bounded when they are captured.
    ///
    /// # Errors
    /// The blob is missing, or its bytes are not those of its name.
    pub fn get(&self, digest: &Hash) -> Result<Vec<u8>, Error> {
        let path = self.path(digest);
        let mut bytes = Vec::new();
        match File::open(&path).and_then(|mut file| file.read_to_end(&mut bytes)) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                return Err(Error::BlobMissing { digest: hex(digest), path });
            }
            Err(e) => return Err(failed("read", &path)(e)),
            Ok(_) => {}
        }
        let found: Hash = Sha256::digest(&bytes).into();
        if found == *digest { Ok(bytes) } else { Err(Error::BlobChanged { path }) }
    }

    /// Holds a blob of any size against its name.
    ///
    /// # Errors
    /// As of [`Blobs::get`].
    pub fn check(&self, digest: &Hash) -> Result<(), Error> {
        let path = self.path(digest);
        match File::open(&path).and_then(digest_of) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Err(Error::BlobMissing { digest: hex(digest), path }),
            Err(e) => Err(failed("read", &path)(e)),
            Ok(found) if found == *digest => Ok(()),
            Ok(_) => Err(Error::BlobChanged { path }),
        }
    }

    /// Destroys a blob; it is no error if it is gone already.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn destroy(&self, digest: &Hash) -> Result<(), Error> {
        let path = self.path(digest);
        match fs::remove_file(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(failed("destroy", &path)(e)),
            // Of bytes that were never here, such as a sample's that stays outside, not even the folder is.
            _ => path.parent().filter(|folder| folder.exists()).map_or(Ok(()), sync_folder),
        }
    }
}

/// The digest of what is in a file, read piece by piece.
fn digest_of(file: File) -> std::io::Result<Hash> {
    let mut reader = BufReader::with_capacity(1 << 16, file);
    let mut hasher = Sha256::new();
    loop {
        let piece = reader.fill_buf()?;
        if piece.is_empty() {
            return Ok(hasher.finalize().into());
        }
        hasher.update(piece);
        let length = piece.len();
        reader.consume(length);
    }
}

/// A blob being written.
pub struct BlobWriter<'b> {
    blobs: &'b Blobs,
    file: tempfile::NamedTempFile,
    hasher: Sha256,
}

impl BlobWriter<'_> {
    /// Syncs the bytes, gives them their name, and syncs the folders that hold the name: only then may an entry name them.
    ///
    /// # Errors
    /// The disk is full, or cannot be written.
    pub fn keep(self) -> Result<Hash, Error> {
        let digest: Hash = self.hasher.finalize().into();
        let path = self.blobs.path(&digest);
        let folder = self.blobs.folder.join(&hex(&digest)[..2]);
        if path.exists() {
            // Whoever wrote it may have been killed before its name was synced.
            sync_folder(&folder)?;
            sync_folder(&self.blobs.folder)?;
            return Ok(digest);
        }
        self.file.as_file().sync_all().map_err(|e| failed("sync", &path)(e))?;
        fs::create_dir_all(&folder).map_err(|e| failed("create", &folder)(e))?;
        sync_folder(&self.blobs.folder)?;
        self.file.persist(&path).map_err(|e| failed("write", &path)(e.error))?;
        sync_folder(&folder)?;
        Ok(digest)
    }
}

impl Write for BlobWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

/// How the names of files begin that are being written.
pub const UNFINISHED: &str = ".new-";

/// Removes what interrupted runs left in a folder. A file that somebody may still be writing is younger than a day.
pub fn sweep_unfinished(folder: &Path) {
    const DAY: std::time::Duration = std::time::Duration::from_secs(86_400);
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let is_unfinished = entry.file_name().to_string_lossy().starts_with(UNFINISHED);
        let age = entry.metadata().and_then(|meta| meta.modified()).ok().and_then(|at| at.elapsed().ok());
        if is_unfinished && age.is_some_and(|age| age > DAY) {
            // It only takes room; the next run tries again.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Makes the names in a folder last.
pub(super) fn sync_folder(folder: &Path) -> Result<(), Error> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|e| failed("sync", folder)(e))
}

pub(super) fn failed(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.to_owned();
    move |why| {
        let hint = hint_for(&why);
        Error::File { action, path, why, hint }
    }
}

fn hex(digest: &Hash) -> String {
    crate::claim::EntryId(*digest).to_string()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_and_changed_ones_do_not() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::new(folder.path().to_owned());
        let digest = blobs.put(b"a story").unwrap();
        assert_eq!(blobs.put(b"a story").unwrap(), digest);
        assert_eq!(blobs.get(&digest).unwrap(), b"a story");
        fs::write(blobs.path(&digest), b"another").unwrap();
        assert!(matches!(blobs.get(&digest), Err(Error::BlobChanged { .. })));
        blobs.destroy(&digest).unwrap();
        blobs.destroy(&digest).unwrap();
        blobs.destroy(&[7; 32]).unwrap();
        assert!(!blobs.has(&digest) && matches!(blobs.get(&digest), Err(Error::BlobMissing { .. })));
    }

    #[test]
    fn only_old_leftovers_are_swept() {
        let folder = tempfile::tempdir().unwrap();
        let old = std::time::SystemTime::now() - std::time::Duration::from_secs(90_000);
        for (name, is_old) in [(".new-old", true), (".new-young", false), ("kept", true)] {
            let file = File::create(folder.path().join(name)).unwrap();
            if is_old {
                file.set_modified(old).unwrap();
            }
        }
        sweep_unfinished(folder.path());
        let left = |name: &str| folder.path().join(name).exists();
        assert!(!left(".new-old") && left(".new-young") && left("kept"));
    }
}
