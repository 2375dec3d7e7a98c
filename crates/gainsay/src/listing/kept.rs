//! The entries of a listing, within bounds.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::paths::{LONGEST_PATH, clean};
use super::{Draft, Entry, Format, MOST_ENTRIES, MOST_NAME_BYTES, Parser};

/// From this median on the figures of `du` are bytes (`du -b`): in kibibytes half of the files would be larger than half a
/// mebibyte.
const BYTES_FROM: u64 = 512;

/// Entries so far. Of more than there is room for, those are kept whose path's digest ends in so many zeros, so that
/// what is left is spread over the whole listing and depends on nothing but the paths.
#[derive(Default)]
pub(super) struct Kept {
    entries: Vec<(Entry, Option<(i64, i64)>)>,
    name_bytes: usize,
    zeros: u32,
    /// Days in figures that can only be read in one way.
    month_first: u64,
    day_first: u64,
    has_slash: bool,
    has_backslash: bool,
    /// Entries whose path is too long or too deep.
    odd: u64,
}

impl Kept {
    pub(super) fn push(&mut self, draft: Draft) {
        let Draft { path, bytes, modified, is_folder } = draft;
        self.has_slash |= path.contains(&b'/');
        self.has_backslash |= path.contains(&b'\\');
        match (modified.month_first, modified.day_first) {
            (Some(_), None) => self.month_first += 1,
            (None, Some(_)) => self.day_first += 1,
            _ => {}
        }
        // Which slashes part names is known at the end; until then the path stays as it is.
        if path.len() > LONGEST_PATH {
            self.odd += 1;
            return;
        }
        if digest(&path).trailing_zeros() < self.zeros {
            return;
        }
        self.name_bytes += path.len();
        let entry = Entry { path, bytes, modified: modified.month_first, is_folder };
        self.entries.push((entry, modified.day_first));
        if self.entries.len() > MOST_ENTRIES || self.name_bytes > MOST_NAME_BYTES {
            self.thin();
        }
    }

    /// Makes room: what came twice goes first, then half of the paths.
    fn thin(&mut self) {
        self.entries.sort_unstable_by(|a, b| order(&a.0).cmp(&order(&b.0)));
        self.entries.dedup_by(|a, b| order(&a.0) == order(&b.0));
        let bytes = |of: &[(Entry, Option<(i64, i64)>)]| of.iter().map(|(entry, _)| entry.path.len()).sum::<usize>();
        self.name_bytes = bytes(&self.entries);
        if self.entries.len() * 4 > MOST_ENTRIES * 3 || self.name_bytes > MOST_NAME_BYTES / 4 * 3 {
            self.zeros += 1;
            self.entries.retain(|(entry, _)| digest(&entry.path).trailing_zeros() >= self.zeros);
            self.name_bytes = bytes(&self.entries);
        }
    }

    /// The entries in the order of their paths, each path and size once.
    pub(super) fn finish(self, parser: &Parser, problems: &mut Vec<String>) -> Vec<Entry> {
        let backslashes = parser.format() == Format::Dir || self.has_backslash && !self.has_slash;
        let (month_first, day_first) = (self.month_first, self.day_first);
        let mut odd = self.odd;
        let mut entries: Vec<Entry> = Vec::with_capacity(self.entries.len());
        for (mut entry, by_day) in self.entries {
            let Some((path, ends_in_slash)) = clean(&entry.path, backslashes) else {
                // The root itself is no entry.
                odd += u64::from(entry.path.len() > 3);
                continue;
            };
            entry.modified = match (month_first > 0, day_first > 0) {
                (true, false) => entry.modified,
                (false, true) => by_day,
                _ => entry.modified.filter(|at| Some(*at) == by_day),
            };
            entry.path = path;
            entry.is_folder |= ends_in_slash;
            entries.push(entry);
        }
        let mut folders: HashSet<u64> = HashSet::new();
        for entry in &entries {
            let slash = entry.path.iter().rposition(|byte| *byte == b'/');
            folders.extend(slash.and_then(|slash| entry.path.get(..slash)).map(digest));
        }
        entries.iter_mut().for_each(|entry| entry.is_folder |= folders.contains(&digest(&entry.path)));
        // Who copies what `du` printed from a screen has blanks for its tabs; it lists the folders too.
        let may_be_disk_use = match parser.format() {
            Format::DiskUse => true,
            Format::Sizes => entries.iter().any(|entry| entry.is_folder),
            _ => false,
        };
        if may_be_disk_use {
            of_disk_use(&mut entries);
        }
        entries.sort_unstable_by(|a, b| order(a).cmp(&order(b)));
        entries.dedup_by(|a, b| order(a) == order(b));
        if self.zeros > 0 {
            problems.push(format!(
                "it lists more than can be held: one in {} of its entries took part",
                1u64.checked_shl(self.zeros).unwrap_or(u64::MAX)
            ));
        }
        if odd > 0 {
            problems.push(format!("{odd} of its entries have a path that no file has, and were passed over"));
        }
        entries
    }
}

/// The figures of `du` as bytes: blocks of a disk where all of them are multiples of four, bytes where they are large, else
/// kibibytes.
fn of_disk_use(entries: &mut [Entry]) {
    let exact = |entry: &Entry| entry.exact_bytes();
    let mut figures: Vec<u64> = entries.iter().filter(|entry| !entry.is_folder).filter_map(exact).collect();
    figures.sort_unstable();
    let median = figures.get(figures.len() / 2).copied().unwrap_or_default();
    let unit = if figures.iter().all(|figure| figure.is_multiple_of(4)) {
        4
    } else if median >= BYTES_FROM {
        return;
    } else {
        1
    };
    for entry in entries.iter_mut() {
        let Some(figure) = entry.exact_bytes() else {
            // With a unit (`du -h`) they are blocks.
            entry.bytes = entry.bytes.map(|(least, most)| (least.saturating_sub(4096), most));
            continue;
        };
        let least = if figure == 0 { 0 } else { figure.saturating_sub(unit).saturating_mul(1024) + 1 };
        // A file of nothing and one that lies in its inode take no block.
        let most = figure.max(if figure == 0 { unit } else { 0 }).saturating_mul(1024);
        entry.bytes = Some((least, most));
    }
}

fn order(entry: &Entry) -> (&[u8], Option<(u64, u64)>) {
    (&entry.path, entry.bytes)
}

fn digest(path: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    path.hash(&mut hasher);
    hasher.finish()
}
