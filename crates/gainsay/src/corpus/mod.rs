//! The company's own files and their history, as a segment of the index.
//!
//! A path is a git repository, whose history is read, or a folder or file, of which the present state is read. Only this
//! room (and the maker of the demo) names git. Everything that can't be read is named in the summary; the rest goes on.

mod blobs;
mod changes;
mod commits;
mod folder;
mod repository;

use std::io::Write;
use std::path::{Path, PathBuf};

use fingerprint::{Counts, Profile, SegmentError, SegmentWriter};

/// How a corpus is read.
#[derive(Clone, Debug)]
pub struct Options {
    /// The profile of its fingerprints.
    pub profile: Profile,
    /// When folders are read, in seconds since 1970-01-01 UTC: the time of their one state.
    pub taken: i64,
}

/// How far the reading is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The repository or folder that is being read.
    pub source: PathBuf,
    /// What is being done there.
    pub step: Step,
    /// How many commits, or contents, or files, are done.
    pub done: u64,
    /// Of how many.
    pub of: u64,
    /// Bytes of content fingerprinted so far, over all sources.
    pub bytes: u64,
}

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Comparing each commit with the one before it.
    Commits,
    /// Fingerprinting what changed at each path, path by path.
    Paths,
    /// Fingerprinting the files of a folder.
    Files,
}

/// What was read and written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Indexed {
    /// How much the segment holds.
    pub counts: Counts,
    /// Repositories read.
    pub repositories: u64,
    /// Bytes of distinct content fingerprinted, each content of a repository once.
    pub bytes: u64,
    /// What was not read.
    pub not_read: Vec<NotRead>,
}

/// Something that was not read, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotRead {
    /// The file, folder or repository.
    pub path: PathBuf,
    /// Why, in a sentence that names the object where it is one of many.
    pub reason: String,
}

/// Why no segment was made.
#[derive(Debug, thiserror::Error)]
pub enum CorpusError {
    /// The segment can't be written.
    #[error("the index of the corpus can't be written: {0}")]
    Segment(#[from] SegmentError),
}

/// Reads every path with its history and writes one segment of them to `out`.
///
/// The caller gives `out` its atomic place. A path that can't be read is named in [`Indexed::not_read`].
///
/// # Errors
/// Where `out` fails, or the corpus holds more than a segment can number.
pub fn index(
    paths: &[PathBuf],
    options: &Options,
    out: &mut dyn Write,
    progress: &mut dyn FnMut(Progress),
) -> Result<Indexed, CorpusError> {
    let mut reading = Reading {
        profile: options.profile.clone(),
        taken: options.taken,
        writer: SegmentWriter::new(&options.profile),
        repositories: 0,
        bytes: 0,
        not_read: Vec::new(),
        progress,
    };
    for path in paths {
        folder::read(&mut reading, path)?;
    }
    let Reading { writer, repositories, bytes, not_read, .. } = reading;
    Ok(Indexed { counts: writer.write(out)?, repositories, bytes, not_read })
}

/// What all sources of one corpus share while they are read.
struct Reading<'p> {
    profile: Profile,
    taken: i64,
    writer: SegmentWriter,
    repositories: u64,
    bytes: u64,
    not_read: Vec<NotRead>,
    progress: &'p mut dyn FnMut(Progress),
}

impl Reading<'_> {
    fn not_read(&mut self, path: &Path, reason: impl Into<String>) {
        self.not_read.push(NotRead { path: path.to_path_buf(), reason: reason.into() });
    }

    /// Tells how far the reading is, at the end and often enough to look alive.
    fn tell(&mut self, source: &Path, step: Step, done: usize, of: usize) {
        if done == of || done.is_multiple_of(128) {
            let (done, of, bytes) = (done as u64, of as u64, self.bytes);
            (self.progress)(Progress { source: source.to_path_buf(), step, done, of, bytes });
        }
    }
}

/// A name on disk as its bytes, whatever their encoding.
fn bytes_of(path: &Path) -> &[u8] {
    std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str())
}

#[cfg(test)]
mod tests;
