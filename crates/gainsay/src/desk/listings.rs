//! Listings of files that a sample is, or holds.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::samples::{best_match, claimed_window};
use crate::claim::{ListedFile, ListingMatch};
use crate::listing::{Listing, MOST_ENTRIES, Reader};
use crate::matching::{self, ListingLine};

/// How many listings of a sample are held against the corpora.
const LISTINGS: usize = 100;

/// The listings of a sample.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Listings {
    /// Each with its path in the sample.
    pub(super) found: Vec<(String, Listing)>,
    /// How many there were beyond what is held.
    pub(super) more: u64,
}

impl Listings {
    /// A reader of the next file. `is_wanted` says that somebody called it a listing.
    pub(super) fn reader(is_wanted: bool) -> Reader {
        if is_wanted { Reader::of_listing() } else { Reader::new() }
    }

    /// Takes what a reader found.
    pub(super) fn add(&mut self, path: &str, reader: Reader) {
        let Some(listing) = reader.finish() else { return };
        let held: usize = self.found.iter().map(|(_, listing)| listing.entries.len()).sum();
        // One may be as large as memory allows; beside it there is room for as much again.
        if self.found.len() < LISTINGS && held <= MOST_ENTRIES {
            self.found.push((path.to_owned(), listing));
        } else {
            self.more += 1;
        }
    }
}

/// The result as the ledger keeps it.
pub(super) fn in_numbers(path: &str, found: &matching::ListingMatch) -> ListingMatch {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let window = |line: &ListingLine| {
        let windows = line.windows.as_ref()?;
        Some(claimed_window(&line.source, windows))
    };
    ListingMatch {
        path: path.to_owned(),
        format: found.format.command().to_owned(),
        verdict: found.verdict.words().to_owned(),
        entries: found.counts.files,
        sized: found.counts.sized,
        by_size: found.counts.by_size,
        by_path: found.counts.by_path,
        window: found.lines.iter().find_map(window),
        newest: found.newest.and_then(|seconds| Timestamp::from_second(seconds).ok()),
        words: found.in_words(),
        rows: found
            .rows
            .iter()
            .map(|row| ListedFile {
                path: text(&row.path),
                bytes: row.bytes,
                best: row.best.as_ref().map(best_match),
                same_size: row.same_size,
            })
            .collect(),
    }
}
