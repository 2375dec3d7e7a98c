//! Listings of names and paths: `du -a`, a size and a path, `ls -1R`, and a path on each line.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::fields::{When, day, size};
use super::paths::{LONGEST_PATH, clean, joined, looks_like_path, may_be_path};
use super::{Draft, Line};

/// `du -a`: a size, a tab and a path.
pub(super) struct DiskUse;

impl DiskUse {
    pub(super) fn line(&mut self, line: &[u8]) -> Line {
        let tab = line.iter().position(|byte| *byte == b'\t');
        let entry = tab.and_then(|tab| {
            let bytes = size(line.get(..tab)?.trim_ascii())?;
            let path = line.get(tab + 1..).filter(|path| !path.is_empty() && !path.contains(&b'\t'))?;
            let is_folder = path.ends_with(b"/");
            Some(Line::Entry(Draft { path: path.to_vec(), bytes: Some(bytes), modified: When::default(), is_folder }))
        });
        entry.unwrap_or(if line.is_empty() { Line::Frame } else { Line::Unknown })
    }
}

/// A size, blanks and a path: `find -printf '%s %p\n'`, `stat -c '%s %n'`, `wc -c`.
#[derive(Default)]
pub(super) struct Sizes {
    paths: Paths,
}

impl Sizes {
    pub(super) fn line(&mut self, line: &[u8]) -> Line {
        let line = line.trim_ascii_start();
        let entry = line.iter().position(|byte| *byte == b' ').and_then(|blank| {
            let (figure, path) = line.split_at(blank);
            let (bytes, path) = (size(figure)?, path.trim_ascii_start());
            // The sum that `wc` ends with.
            if path == b"total" {
                return Some(Line::Frame);
            }
            // A day behind a size is a column of another format.
            if day(path).is_some() || !may_be_path(path) {
                return None;
            }
            self.paths.count(path);
            let (path, is_folder) = (path.to_vec(), path.ends_with(b"/"));
            Some(Line::Entry(Draft { path, bytes: Some(bytes), modified: When::default(), is_folder }))
        });
        entry.unwrap_or(if line.is_empty() { Line::Frame } else { Line::Unknown })
    }

    /// Whether what stands behind the sizes are paths: tables of figures and words are not.
    pub(super) fn is_consistent(&self) -> bool {
        self.paths.is_consistent()
    }
}

/// How many folders of a listing are remembered, to see that what it goes into was listed before.
const REMEMBERED: usize = 1 << 16;

/// `ls -1R`: the head of a folder, its names, and an empty line.
#[derive(Default)]
pub(super) struct Names {
    folder: Vec<u8>,
    /// Whether the line before was empty, or there is none.
    may_begin: Option<bool>,
    /// Digests of the first paths.
    paths: HashSet<u64>,
    /// Heads, and those of folders that were listed before.
    heads: u64,
    known: u64,
}

impl Names {
    pub(super) fn line(&mut self, line: &[u8]) -> Line {
        let may_begin = self.may_begin.replace(line.is_empty()).unwrap_or(true);
        if line.is_empty() {
            return Line::Frame;
        }
        if let Some(folder) = line.strip_suffix(b":").filter(|folder| may_begin && folder.len() <= LONGEST_PATH) {
            self.heads += 1;
            self.known += u64::from(self.paths.contains(&digest(folder)));
            self.folder = folder.to_vec();
            return Line::Frame;
        }
        let name = line.strip_suffix(b"/").unwrap_or(line);
        let name = name.strip_suffix(b"*").unwrap_or(name);
        if name.is_empty() || name.contains(&b'/') || name.contains(&b'\t') || name.starts_with(b" ") {
            return Line::Unknown;
        }
        let path = joined(&self.folder, name);
        if self.paths.len() < REMEMBERED {
            self.paths.insert(digest(&path));
        }
        Line::Entry(Draft { path, bytes: None, modified: When::default(), is_folder: line.ends_with(b"/") })
    }

    /// Whether it goes into folders that it listed, but for the first: prose and code do not.
    pub(super) fn is_consistent(&self) -> bool {
        let others = self.heads.saturating_sub(1);
        others > 0 && (self.known * 10 >= others * 9 || self.paths.len() >= REMEMBERED)
    }
}

fn digest(path: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    clean(path, false).map(|(path, _)| path).unwrap_or_default().hash(&mut hasher);
    hasher.finish()
}

/// A path on each line. Names without a folder count as paths only beside others that have one.
#[derive(Default)]
pub(super) struct Paths {
    entries: u64,
    /// Those with a folder.
    parted: u64,
    /// Those whose name has an ending.
    ended: u64,
}

impl Paths {
    /// Whether enough have a folder and enough an ending: lines with a dot or a slash in them may be anything.
    pub(super) fn is_consistent(&self) -> bool {
        self.parted * 5 >= self.entries && self.ended * 4 >= self.entries
    }

    fn count(&mut self, path: &[u8]) {
        self.entries += 1;
        self.parted += u64::from(is_parted(path));
        self.ended += u64::from(has_ending(path));
    }

    pub(super) fn line(&mut self, line: &[u8]) -> Line {
        if line.is_empty() || line == b"." {
            return Line::Frame;
        }
        if !looks_like_path(line) {
            return Line::Unknown;
        }
        if !is_parted(line) && !has_ending(line) {
            return Line::Frame;
        }
        self.count(line);
        let is_folder = matches!(line.last(), Some(b'/' | b'\\'));
        Line::Entry(Draft { path: line.to_vec(), bytes: None, modified: When::default(), is_folder })
    }
}

fn is_parted(path: &[u8]) -> bool {
    path.iter().any(|byte| matches!(byte, b'/' | b'\\'))
}

fn has_ending(path: &[u8]) -> bool {
    let name = path.rsplit(|byte| matches!(byte, b'/' | b'\\')).next().unwrap_or_default();
    name.iter().rev().take(12).any(|byte| *byte == b'.')
}
