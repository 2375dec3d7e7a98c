//! Segments as files: written, named, swept.

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::NamedTempFile;

use super::notes::{self, Notes};
use super::{Corpus, failed};
use crate::claim::EntryId;
use crate::corpus::UNPACKED;
use crate::desk::Error;
use crate::store::UNFINISHED;

/// How long a file that nobody holds is left alone: whoever made it may be about to lock it.
pub(super) const GRACE: Duration = Duration::from_secs(60);

/// A segment that is being written, under a name that is swept when the run is cut short.
pub(super) struct Unfinished {
    file: BufWriter<NamedTempFile>,
    hasher: blake3::Hasher,
    bytes: u64,
}

impl Unfinished {
    pub(super) fn new(folder: &Path) -> io::Result<Self> {
        let file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(folder)?;
        // As long as it is held, it is swept by nobody. Nobody else knows it yet.
        file.as_file().lock()?;
        Ok(Unfinished { file: BufWriter::new(file), hasher: blake3::Hasher::new(), bytes: 0 })
    }

    /// Syncs it, and gives it with its BLAKE3 and its length.
    pub(super) fn finish(self) -> io::Result<(NamedTempFile, [u8; 32], u64)> {
        let file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.as_file().sync_all()?;
        Ok((file, *self.hasher.finalize().as_bytes(), self.bytes))
    }
}

impl Write for Unfinished {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Where the segment of this BLAKE3 is.
pub(super) fn path(folder: &Path, digest: &[u8; 32]) -> PathBuf {
    folder.join(format!("{}.segment", EntryId(*digest)))
}

/// Where the filter of this BLAKE3 is.
pub(super) fn filter_path(folder: &Path, digest: &[u8; 32]) -> PathBuf {
    folder.join(format!("{}.filter", EntryId(*digest)))
}

/// Whether what a piece names is there.
pub(super) fn is_there(folder: &Path, digest: &[u8; 32]) -> bool {
    path(folder, digest).is_file() || filter_path(folder, digest).is_file()
}

/// Gives a synced segment or filter its name, and makes the name last. To be called under the writer's lock, like all that follows.
pub(super) fn place(file: NamedTempFile, folder: &Path, path: PathBuf) -> Result<(), Error> {
    file.persist(path).map_err(|e| failed("write in", folder, e.error))?;
    sync(folder)
}

pub(super) fn sync(folder: &Path) -> Result<(), Error> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|why| failed("sync", folder, why))
}

/// Removes what interrupted runs left, and segments and filters that neither a corpus nor a note of an unfinished one names.
pub(super) fn sweep(folder: &Path, corpora: &BTreeMap<String, Corpus>) -> Result<(), Error> {
    let listed = || fs::read_dir(folder).map_err(|why| failed("list", folder, why));
    let both = |digest: &[u8; 32]| [path(folder, digest), filter_path(folder, digest)];
    let mut used: HashSet<PathBuf> =
        corpora.values().flat_map(Corpus::files).flat_map(|file| both(&file.blake3)).collect();
    for entry in listed()? {
        let found = entry.map_err(|why| failed("list", folder, why))?.path();
        if notes::is_notes(&found) {
            used.extend(Notes::still_of_use(&found, corpora)?.iter().flat_map(both));
        } else if is_left(&found, UNFINISHED) {
            remove(&found)?;
        } else if is_left(&found, UNPACKED) {
            fs::remove_dir_all(&found).map_err(|why| failed("remove", &found, why))?;
        }
    }
    for entry in listed()? {
        let found = entry.map_err(|why| failed("list", folder, why))?.path();
        if found.extension().is_some_and(|ending| ending == "segment" || ending == "filter") && !used.contains(&found) {
            remove(&found)?;
        }
    }
    Ok(())
}

/// Whether a file or a folder of which the name begins so is nobody's any more.
fn is_left(path: &Path, prefix: &str) -> bool {
    if !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix)) {
        return false;
    }
    let Ok(file) = File::open(path) else { return false };
    let age = file.metadata().and_then(|meta| meta.modified()).ok().and_then(|at| at.elapsed().ok());
    age.is_some_and(|age| age > GRACE) && file.try_lock().is_ok()
}

pub(super) fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(why) if why.kind() != io::ErrorKind::NotFound => Err(failed("remove", path, why)),
        _ => Ok(()),
    }
}
