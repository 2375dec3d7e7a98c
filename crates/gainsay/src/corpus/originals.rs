//! The company's files themselves, from where they were indexed.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

use super::{git, path_of, read};

/// Bytes of the largest file that is given.
pub const LARGEST_ORIGINAL: u64 = 8 << 20;

/// Why a file is not given.
#[derive(Debug, thiserror::Error)]
pub enum NotAtHand {
    /// The folder, or the file in it.
    #[error("the company's file is not at hand: {0}")]
    Folder(#[from] io::Error),
    /// The repository, or the file in it.
    #[error("the company's file is not at hand: {0}")]
    Repository(String),
    /// It lies in a file of git's that would have to be unpacked first.
    #[error("the company's file lies in a git bundle: add the repository to compare with it")]
    Bundle,
    /// It is not compared.
    #[error("the company's file is larger than {} MiB", LARGEST_ORIGINAL >> 20)]
    TooLarge,
}

/// Gives files of the company's; keeps the repository open from which the last one came.
#[derive(Default)]
pub struct Originals {
    repository: Option<(PathBuf, gix::Repository)>,
}

impl Originals {
    /// A file of a folder (or the file that was indexed by itself) as it is now, whatever it was when it was indexed.
    ///
    /// # Errors
    /// It is not at hand.
    pub fn in_folder(&self, source: &[u8], path: &[u8]) -> Result<Vec<u8>, NotAtHand> {
        let (source, path) = (path_of(source), path_of(path));
        let folder = if source.is_file() { source.parent().unwrap_or(source) } else { source };
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let folder = rustix::fs::open(folder, flags, Mode::empty()).map_err(io::Error::from)?;
        let file = read::open(&folder, path)?.file;
        let mut bytes = Vec::new();
        file.take(LARGEST_ORIGINAL + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > LARGEST_ORIGINAL { Err(NotAtHand::TooLarge) } else { Ok(bytes) }
    }

    /// A file of a repository as it stood at a commit, given by its object id.
    ///
    /// # Errors
    /// It is not at hand.
    pub fn at_commit(&mut self, source: &[u8], commit: &[u8], path: &[u8]) -> Result<Vec<u8>, NotAtHand> {
        let source = path_of(source);
        if source.is_file() {
            return Err(NotAtHand::Bundle);
        }
        let repository = self.repository(source)?;
        let because = |error: &dyn std::fmt::Display| NotAtHand::Repository(error.to_string());
        let commit = gix::ObjectId::try_from(commit).map_err(|error| because(&error))?;
        let commit = repository.find_commit(commit).map_err(|error| because(&error))?;
        let tree = commit.tree().map_err(|error| because(&error))?;
        let found = tree.lookup_entry(path.split(|byte| *byte == b'/')).map_err(|error| because(&error))?;
        let id = found.ok_or_else(|| because(&"the commit has no such file"))?.object_id();
        // Looked at before: a large file is not read to be refused.
        if repository.find_header(id).map_err(|error| because(&error))?.size() > LARGEST_ORIGINAL {
            return Err(NotAtHand::TooLarge);
        }
        Ok(repository.find_blob(id).map_err(|error| because(&error))?.detach().data)
    }

    fn repository(&mut self, source: &Path) -> Result<&gix::Repository, NotAtHand> {
        let repository = match self.repository.take() {
            Some((path, repository)) if path == source => repository,
            _ => git::open(source).map_err(NotAtHand::Repository)?,
        };
        Ok(&self.repository.insert((source.to_path_buf(), repository)).1)
    }
}
