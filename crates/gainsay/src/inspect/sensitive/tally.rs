//! What was found in a sample, counted: of each kind how many, how many different ones, in which files and where.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::certificates::Halves;
use super::{Found, Scanner};
use crate::claim::{Sensitive, SensitiveFile, SensitiveGroup, SensitiveItem, SensitiveKind, Spot};

/// How many different values are told apart.
const VALUES: usize = 1_000_000;

/// How many of them are listed one by one.
const ITEMS: usize = 2_000;

/// How many places of one are listed.
const PLACES: usize = 10;

/// How many files with a kind each are listed.
const FILES: usize = 5_000;

/// A value by its keyed hash.
type Mark = [u8; 16];

/// Counts what was found. Nothing in it is a value, only hashes with a key. It is written down without that key.
#[derive(Default, Serialize, Deserialize)]
pub struct Tally {
    /// The desk's key for this; without one nothing is looked for.
    #[serde(skip)]
    key: Option<[u8; 32]>,
    kinds: Vec<SensitiveKind>,
    /// Each different value with its place among the items, if it is one.
    values: HashMap<(usize, Mark), Option<usize>>,
    items: Vec<SensitiveItem>,
    more_items: u64,
    files: Vec<SensitiveFile>,
    /// Of the file at hand the kinds that it holds, each with its row, if it has one.
    #[serde(skip)]
    here: Vec<(usize, Option<usize>)>,
    more_files: u64,
    looked_at: u64,
    /// What it is now, in seconds since 1970: some of what is found holds until a day.
    now: i64,
    halves: Halves,
}

impl Tally {
    /// A tally that marks what it counts with a key, at a second since 1970.
    pub fn new(key: [u8; 32], now: i64) -> Tally {
        Tally { key: Some(key), now, ..Tally::default() }
    }

    /// Another file begins: what looks through it, where anything is looked for.
    pub fn begin(&mut self, path: &str) -> Option<Scanner> {
        self.key?;
        self.looked_at += 1;
        self.here.clear();
        Some(Scanner::new(path))
    }

    /// Goes on behind what a tally with the same key had counted when it was written down, with the next file.
    pub fn go_on(self, so_far: Tally) -> Tally {
        Tally { key: self.key, ..so_far }
    }

    pub(super) fn add(&mut self, path: &str, found: Found, line: u64, offset: u64) {
        let Some(key) = &self.key else { return };
        let mut mark = [0; 16];
        mark.copy_from_slice(&blake3::keyed_hash(key, &found.value).as_bytes()[..16]);
        let kind = self.kind(found.group, found.kind);
        self.kinds[kind].found += 1;
        self.in_file(path, kind, (line, offset));
        let item = match self.values.get(&(kind, mark)) {
            Some(item) => *item,
            None if self.values.len() == VALUES => {
                self.kinds[kind].more = true;
                return;
            }
            None => {
                self.kinds[kind].distinct += 1;
                let item = self.new_item(&found, &mark);
                self.values.insert((kind, mark), item);
                item
            }
        };
        let Some(place) = item else { return };
        let item = &mut self.items[place];
        item.found += 1;
        if item.places.len() < PLACES {
            item.places.push(Spot { path: path.to_owned(), line, offset });
        }
    }

    fn kind(&mut self, group: SensitiveGroup, kind: &str) -> usize {
        let known = self.kinds.iter().position(|it| it.kind == kind);
        known.unwrap_or_else(|| {
            self.kinds.push(SensitiveKind { group, kind: kind.to_owned(), ..SensitiveKind::default() });
            self.kinds.len() - 1
        })
    }

    /// Counts to the file at hand.
    fn in_file(&mut self, path: &str, kind: usize, place: (u64, u64)) {
        if let Some((_, row)) = self.here.iter().find(|(of, _)| *of == kind) {
            if let Some(row) = row.and_then(|row| self.files.get_mut(row)) {
                row.found += 1;
                row.last = place;
            }
            return;
        }
        self.kinds[kind].files += 1;
        let row = (self.files.len() < FILES).then_some(self.files.len());
        self.here.push((kind, row));
        if row.is_none() {
            self.more_files += 1;
            return;
        }
        let (path, kind) = (path.to_owned(), self.kinds[kind].kind.clone());
        self.files.push(SensitiveFile { path, kind, found: 1, first: place, last: place });
    }

    /// A value that is to be acted on by itself is listed; addresses of people are many, and only counted.
    fn new_item(&mut self, found: &Found, mark: &Mark) -> Option<usize> {
        if found.group == SensitiveGroup::Personal {
            return None;
        }
        if self.items.len() == ITEMS {
            self.more_items += 1;
            return None;
        }
        self.items.push(SensitiveItem {
            group: found.group,
            kind: found.kind.to_owned(),
            about: found.about.clone(),
            mark: mark.iter().map(|byte| format!("{byte:02x}")).collect(),
            ..SensitiveItem::default()
        });
        Some(self.items.len() - 1)
    }

    /// What it is now, where anything is looked for.
    pub(super) fn now(&self) -> Option<i64> {
        self.key.map(|_| self.now)
    }

    pub(super) fn halves(&mut self) -> &mut Halves {
        &mut self.halves
    }

    pub(super) fn items_mut(&mut self) -> &mut [SensitiveItem] {
        &mut self.items
    }

    /// The item of something at a byte of the file that ended last: the one that was found there, else what it is now counted as. None
    /// where the list is full.
    pub(super) fn item_at(&mut self, path: &str, found: Found, at: u64) -> Option<usize> {
        let stands = |item: &SensitiveItem| item.places.iter().any(|spot| spot.offset == at && spot.path == path);
        // Of what is found again only the first places are kept; the newest items are the likeliest.
        let known = self.items.iter().rposition(|item| {
            matches!(item.group, SensitiveGroup::Certificate | SensitiveGroup::Key | SensitiveGroup::Secret)
                && stands(item)
        });
        if known.is_some() {
            return known;
        }
        let count = self.items.len();
        self.add(path, found, 0, at);
        (self.items.len() > count).then_some(count)
    }

    /// What was found.
    pub fn finish(mut self) -> Sensitive {
        self.put_together();
        self.kinds.sort_by(|a, b| (a.group, &a.kind).cmp(&(b.group, &b.kind)));
        self.items.sort_by_key(|item| item.group);
        Sensitive {
            files: self.looked_at,
            kinds: self.kinds,
            items: self.items,
            more_items: self.more_items,
            holders: self.files,
            more_holders: self.more_files,
        }
    }
}
