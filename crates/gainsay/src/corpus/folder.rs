//! Folders and single files: one state. Repositories found in a folder are read with their history.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use fingerprint::{Commit, Fingerprinter, Fingerprints, LineId, LineKind, Version};
use rustix::fs::{Mode, OFlags};

use super::{CorpusError, Reading, Step, bytes_of, repository};

/// Bytes of a file held at once.
const PIECE: usize = 1 << 20;

/// Reads a path that the user named: a link there is followed, links below it are not.
pub(super) fn read(reading: &mut Reading<'_>, path: &Path) -> Result<(), CorpusError> {
    match fs::metadata(path) {
        Err(error) => reading.not_read(path, format!("it can't be opened: {error}")),
        Ok(found) if found.is_dir() => read_folder(reading, path)?,
        Ok(found) if found.is_file() => {
            let name = path.file_name().map_or(path, Path::new);
            read_files(reading, path, &[(path.to_path_buf(), bytes_of(name).to_vec())])?;
        }
        Ok(_) => reading.not_read(path, "it is neither a file nor a folder"),
    }
    Ok(())
}

/// What a folder holds, told from its names alone.
enum Holds {
    Repository,
    Files,
}

fn read_folder(reading: &mut Reading<'_>, root: &Path) -> Result<(), CorpusError> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = match list(&folder) {
            Ok(entries) => entries,
            Err(error) => {
                reading.not_read(&folder, format!("the folder can't be listed: {error}"));
                continue;
            }
        };
        if matches!(judge(&entries), Holds::Repository) {
            match repository::read(reading, &folder)? {
                repository::Outcome::Read => continue,
                // What git can't tell may still stand there as files.
                repository::Outcome::Unreadable(reason) => reading.not_read(&folder, reason),
            }
        }
        for (path, kind) in entries.into_iter().filter(|(path, _)| path.file_name() != Some(".git".as_ref())) {
            match kind {
                Ok(kind) if kind.is_dir() => folders.push(path),
                Ok(kind) if kind.is_file() => {
                    let relative = bytes_of(path.strip_prefix(root).unwrap_or(&path)).to_vec();
                    files.push((path, relative));
                }
                // A link's target is read where it stands, if it stands in the corpus.
                Ok(kind) if kind.is_symlink() => {}
                Ok(_) => reading.not_read(&path, "it is a device, a pipe or a socket"),
                Err(error) => reading.not_read(&path, format!("its kind can't be told: {error}")),
            }
        }
    }
    read_files(reading, root, &files)
}

type Entry = (PathBuf, std::io::Result<fs::FileType>);

/// The entries of a folder by name, so that the same folder always reads the same.
fn list(folder: &Path) -> std::io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        entries.push((entry.path(), entry.file_type()));
    }
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(entries)
}

fn judge(entries: &[Entry]) -> Holds {
    let has = |name: &str| entries.iter().any(|(path, _)| path.file_name() == Some(name.as_ref()));
    if has(".git") || (has("HEAD") && has("objects") && has("refs")) { Holds::Repository } else { Holds::Files }
}

fn read_files(reading: &mut Reading<'_>, root: &Path, files: &[(PathBuf, Vec<u8>)]) -> Result<(), CorpusError> {
    if files.is_empty() {
        return Ok(());
    }
    let state = vec![Commit { oid: Vec::new(), time: reading.taken }];
    let line = reading.writer.add_line(bytes_of(root), b"", LineKind::State, state)?;
    for (done, (path, relative)) in files.iter().enumerate() {
        read_file(reading, line, path, relative)?;
        reading.tell(root, Step::Files, done + 1, files.len());
    }
    Ok(())
}

fn read_file(reading: &mut Reading<'_>, line: LineId, path: &Path, relative: &[u8]) -> Result<(), CorpusError> {
    match fingerprint_file(reading, path) {
        Ok((fingerprints, steady)) => {
            if !steady {
                reading.not_read(path, "it changed while it was read; what was read is in the index");
            }
            reading.bytes += fingerprints.bytes;
            let mut history = reading.writer.history(relative, line)?;
            history.change(0, Some(Version { fingerprints: &fingerprints, oid: &[] }))?;
            history.finish()?;
        }
        Err(error) => reading.not_read(path, format!("the file can't be read: {error}")),
    }
    Ok(())
}

/// The fingerprints of a file, and whether it held still.
fn fingerprint_file(reading: &Reading<'_>, path: &Path) -> std::io::Result<(Fingerprints, bool)> {
    // A file may have become a link or a pipe since it was listed: neither must be followed or waited for.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    let mut file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    let before = file.metadata()?;
    if !before.is_file() {
        return Err(std::io::Error::other("it is no longer a file"));
    }
    let mut fingerprinter = Fingerprinter::new(&reading.profile, bytes_of(path));
    let mut piece = vec![0; PIECE];
    loop {
        match file.read(&mut piece) {
            Ok(0) => break,
            Ok(length) => fingerprinter.update(&piece[..length]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let fingerprints = fingerprinter.finish();
    let after = file.metadata()?;
    let steady = fingerprints.bytes == before.len() && before.modified().ok() == after.modified().ok();
    Ok((fingerprints, steady))
}
