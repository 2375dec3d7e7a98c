//! Everything below a folder, in the order of paths, held a folder at a time.

use std::ffi::OsString;
use std::fs::Metadata;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, Stat};

use super::{git, history};

/// What a walk comes to.
pub(super) enum Found {
    /// A file, with its path below the walk's folder.
    File(PathBuf, Facts),
    /// A repository.
    Repository(PathBuf),
    /// Something that can't be read, and why.
    Unread(PathBuf, String),
}

/// What the system says of a file without opening it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Facts {
    /// Its length in bytes.
    pub(super) bytes: u64,
    device: u64,
    inode: u64,
    /// Seconds and nanoseconds of the last write, and of the last change of any kind.
    modified: (i64, u64),
    pub(super) changed: (i64, u64),
}

impl Facts {
    fn of(stat: &Stat) -> Self {
        Facts {
            bytes: u64::try_from(stat.st_size).unwrap_or(0),
            device: stat.st_dev,
            inode: stat.st_ino,
            modified: (stat.st_mtime, stat.st_mtime_nsec),
            changed: (stat.st_ctime, stat.st_ctime_nsec),
        }
    }

    /// Adds them to a digest.
    pub(super) fn hash_into(&self, hasher: &mut blake3::Hasher) {
        let mut bytes = [0; 56];
        let numbers = [self.bytes, self.device, self.inode, self.modified.1, self.changed.1];
        let times = [self.modified.0, self.changed.0];
        let words =
            numbers.iter().map(|number| number.to_le_bytes()).chain(times.iter().map(|time| time.to_le_bytes()));
        for (place, word) in bytes.chunks_exact_mut(8).zip(words) {
            place.copy_from_slice(&word);
        }
        hasher.update(&bytes);
    }
}

/// A run of paths: after one and up to another, both where they are given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) after: Option<PathBuf>,
    pub(super) until: Option<PathBuf>,
}

/// Goes through a folder, or to a single file.
pub(super) struct Walk {
    range: Range,
    /// It goes to a single file, which need not be called a bundle to be one.
    is_file: bool,
    /// Folders that are open, from the outermost in; what is left of each stands in reverse.
    frames: Vec<Frame>,
    base: Base,
}

/// The folder that a walk's paths are below.
#[derive(Clone)]
pub(super) struct Base {
    pub(super) path: Arc<Path>,
    pub(super) folder: Arc<OwnedFd>,
}

struct Frame {
    folder: Arc<OwnedFd>,
    path: PathBuf,
    left: Vec<(OsString, FileType)>,
}

impl Walk {
    /// Begins at a path that the user named: a link there is followed, links below it are not.
    pub(super) fn new(root: &Path, range: Range) -> io::Result<Self> {
        let found: Metadata = std::fs::metadata(root)?;
        if !found.is_dir() && !found.is_file() {
            return Err(io::Error::other("it is neither a file nor a folder"));
        }
        let (path, file) = match (found.is_file(), root.parent(), root.file_name()) {
            (true, Some(above), Some(name)) => (above, Some(name)),
            _ => (root, None),
        };
        let folder = rustix::fs::open(path, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
        let base = Base { path: path.into(), folder: Arc::new(folder) };
        let left = match file {
            Some(name) => vec![(name.to_owned(), FileType::RegularFile)],
            // The folder itself, by a name that joins to nothing.
            None => vec![(OsString::new(), FileType::Directory)],
        };
        let frame = Frame { folder: Arc::clone(&base.folder), path: PathBuf::new(), left };
        Ok(Walk { range, is_file: file.is_some(), frames: vec![frame], base })
    }

    pub(super) fn base(&self) -> Base {
        self.base.clone()
    }

    /// The entries of a folder whose files may lie in the range, and what it is.
    fn enter(&mut self, above: &OwnedFd, name: &OsString, path: &Path) -> Option<Found> {
        // Joined to nothing, a path would end with a slash.
        let whole = if name.is_empty() { self.base.path.to_path_buf() } else { self.base.path.join(path) };
        let opened = if name.is_empty() { rustix::io::fcntl_dupfd_cloexec(above, 0) } else { open_folder(above, name) };
        let listed = opened.map_err(io::Error::from).and_then(|folder| Ok((list(folder.as_fd())?, folder)));
        let (left, folder) = match listed {
            Ok(listed) => listed,
            Err(error) => return Some(Found::Unread(whole, format!("the folder can't be listed: {error}"))),
        };
        let mut found = None;
        if is_repository(&left) {
            match git::judge(&whole) {
                Ok(()) => return Some(Found::Repository(whole)),
                // What git can't tell may still stand there as files.
                Err(reason) => found = Some(Found::Unread(whole, reason)),
            }
        }
        self.frames.push(Frame { folder: Arc::new(folder), path: path.to_path_buf(), left });
        found
    }

    fn skips(&self, path: &Path, kind: FileType) -> bool {
        self.range.after.as_deref().is_some_and(|after| match kind {
            FileType::Directory => path < after && !after.starts_with(path),
            _ => path <= after,
        })
    }
}

impl Iterator for Walk {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        loop {
            let frame = self.frames.last_mut()?;
            let Some((name, kind)) = frame.left.pop() else {
                self.frames.pop();
                continue;
            };
            let (path, folder) = (frame.path.join(&name), Arc::clone(&frame.folder));
            if self.range.until.as_deref().is_some_and(|until| *path > *until) {
                self.frames.clear();
                return None;
            }
            if self.skips(&path, kind) {
                continue;
            }
            let found = match kind {
                FileType::Directory => self.enter(&folder, &name, &path),
                FileType::RegularFile => Some(self.file(&folder, &name, path)),
                // A link's target is read where it stands, if it stands in the corpus.
                FileType::Symlink => None,
                FileType::Unknown => {
                    Some(Found::Unread(self.base.path.join(path), "its kind can't be told".to_owned()))
                }
                _ => Some(Found::Unread(self.base.path.join(path), "it is a device, a pipe or a socket".to_owned())),
            };
            if found.is_some() {
                return found;
            }
        }
    }
}

impl Walk {
    fn file(&self, folder: &OwnedFd, name: &OsString, path: PathBuf) -> Found {
        match rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) if self.is_file || path.extension().is_some_and(|ending| ending == "bundle") => {
                let whole = self.base.path.join(&path);
                match history::is_bundle(&whole) {
                    true => Found::Repository(whole),
                    false => Found::File(path, Facts::of(&stat)),
                }
            }
            Ok(stat) => Found::File(path, Facts::of(&stat)),
            Err(error) => {
                Found::Unread(self.base.path.join(path), format!("the file can't be read: {}", io::Error::from(error)))
            }
        }
    }
}

fn open_folder(above: &OwnedFd, name: &OsString) -> rustix::io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    rustix::fs::openat(above, name, flags, Mode::empty())
}

/// The entries of a folder but for git's own, the last by name first.
fn list(folder: impl AsFd) -> io::Result<Vec<(OsString, FileType)>> {
    let mut left = Vec::new();
    for entry in Dir::read_from(folder.as_fd())? {
        let entry = entry?;
        let name = entry.file_name().to_bytes();
        if matches!(name, b"." | b"..") {
            continue;
        }
        let name = OsString::from_vec(name.to_vec());
        // Some file systems tell the kind only when they are asked for it.
        let kind = match entry.file_type() {
            FileType::Unknown => rustix::fs::statat(folder.as_fd(), &name, AtFlags::SYMLINK_NOFOLLOW)
                .map_or(FileType::Unknown, |stat| FileType::from_raw_mode(stat.st_mode)),
            kind => kind,
        };
        left.push((name, kind));
    }
    left.sort_unstable_by(|a, b| b.0.cmp(&a.0));
    Ok(left)
}

fn is_repository(entries: &[(OsString, FileType)]) -> bool {
    let has = |name: &[u8]| entries.binary_search_by(|entry| name.cmp(entry.0.as_bytes())).is_ok();
    has(b".git") || (has(b"HEAD") && has(b"objects") && has(b"refs"))
}
