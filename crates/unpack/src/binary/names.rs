//! Of many names some, chosen by the names alone.

use std::collections::{BTreeMap, HashSet};

use super::{MOST_NAMES, SomeNames};
use crate::names::display_name;

/// Longer names are cut.
const LONGEST_NAME: usize = 240;

/// Different names that are counted.
const MOST_COUNTED: usize = 2_000_000;

/// Keeps the names with the least hashes.
#[derive(Default)]
pub(crate) struct Chosen {
    seen: HashSet<u64>,
    least: BTreeMap<u64, String>,
}

impl Chosen {
    pub(crate) fn add(&mut self, name: &[u8]) {
        let mut cut = &name[..name.len().min(LONGEST_NAME)];
        cut = cut.trim_ascii();
        let hash = hash(cut);
        if cut.is_empty() || self.seen.len() == MOST_COUNTED || !self.seen.insert(hash) {
            return;
        }
        let is_full = self.least.len() == MOST_NAMES;
        if is_full && self.least.last_key_value().is_some_and(|(most, _)| *most < hash) {
            return;
        }
        let mut shown = display_name(cut);
        shown.truncate(shown.floor_char_boundary(LONGEST_NAME));
        self.least.insert(hash, shown);
        if is_full {
            self.least.pop_last();
        }
    }

    pub(crate) fn finish(self) -> SomeNames {
        let mut some: Vec<String> = self.least.into_values().collect();
        some.sort_unstable();
        some.dedup();
        SomeNames { count: self.seen.len() as u64, some }
    }
}

/// FNV-1a of 64 bits, its bits mixed: which names are chosen must be the same in every version.
fn hash(bytes: &[u8]) -> u64 {
    let hash = bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3));
    let mixed = (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 32)
}
