//! Which grams of a text become fingerprints: the smallest order hash of every window, the rightmost where several
//! are smallest.

use crate::profile::{GRAM, NORMALISED, Profile, WINDOW, next_order};

/// A ring of this many normalised bytes holds every gram that may still be chosen: [`WINDOW`] grams span 63 bytes.
const RING: usize = 64;

/// Below this many fingerprints repeats are not looked for while the text still comes.
const FIRST_COMPACTION: usize = 1 << 16;

/// Normalises and winnows a text that comes in pieces.
pub(crate) struct Winnower {
    profile: Profile,
    /// The last [`RING`] normalised bytes, twice over, so that every gram in it is one slice.
    bytes: [u8; 2 * RING],
    /// The order hashes of the last [`WINDOW`] grams.
    orders: [u32; WINDOW],
    order: u32,
    /// Normalised bytes so far.
    normalised: u64,
    /// The ring slot that the next normalised byte goes to.
    next: usize,
    /// The order hash of the gram chosen in the current window, and how many grams ago it ended.
    chosen: u32,
    age: usize,
    hashes: Vec<u64>,
    /// Repeats are dropped when this many hashes have gathered, which bounds memory by the result.
    compact_at: usize,
}

impl Winnower {
    pub(crate) fn new(profile: Profile) -> Self {
        Winnower {
            profile,
            bytes: [0; 2 * RING],
            orders: [u32::MAX; WINDOW],
            order: 0,
            normalised: 0,
            next: 0,
            chosen: u32::MAX,
            age: 0,
            hashes: Vec::new(),
            compact_at: FIRST_COMPACTION,
        }
    }

    pub(crate) fn push(&mut self, text: &[u8]) {
        for byte in text {
            let byte = NORMALISED[usize::from(*byte)];
            if byte != 0 {
                self.step(byte);
            }
        }
    }

    /// The number of normalised bytes, and the fingerprints, sorted and distinct.
    pub(crate) fn finish(mut self) -> (u64, Vec<u64>) {
        let grams = (self.normalised + 1).saturating_sub(GRAM as u64);
        if (1..WINDOW as u64).contains(&grams) {
            self.emit();
        }
        self.compact();
        self.hashes.shrink_to_fit();
        (self.normalised, self.hashes)
    }

    fn step(&mut self, byte: u8) {
        self.bytes[self.next] = byte;
        self.bytes[self.next + RING] = byte;
        self.next = (self.next + 1) % RING;
        self.order = next_order(self.order, byte);
        self.normalised += 1;
        if self.normalised < GRAM as u64 {
            return;
        }
        let slot = self.next % WINDOW;
        self.orders[slot] = self.order;
        self.age += 1;
        let first_gram = self.normalised == GRAM as u64;
        let mut changed = true;
        if first_gram || self.order <= self.chosen {
            (self.chosen, self.age) = (self.order, 0);
        } else if self.age == WINDOW {
            self.choose_again(slot);
        } else {
            changed = false;
        }
        let first_window = self.normalised == (GRAM + WINDOW - 1) as u64;
        if first_window || (changed && self.normalised > (GRAM + WINDOW - 1) as u64) {
            self.emit();
        }
    }

    /// The chosen gram has left the window that ends at `slot`: finds the smallest of the others.
    fn choose_again(&mut self, slot: usize) {
        self.chosen = u32::MAX;
        for age in (0..WINDOW).rev() {
            let order = self.orders[(slot + WINDOW - age) % WINDOW];
            if order <= self.chosen {
                (self.chosen, self.age) = (order, age);
            }
        }
    }

    fn emit(&mut self) {
        let start = (self.next + 2 * RING - GRAM - self.age) % RING;
        let Some(gram) = self.bytes[start..].first_chunk::<GRAM>() else { return };
        let hash = self.profile.fingerprint(gram);
        if self.hashes.last() == Some(&hash) {
            return;
        }
        if self.hashes.len() >= self.compact_at {
            self.compact();
            self.compact_at = FIRST_COMPACTION.max(2 * self.hashes.len());
        }
        self.hashes.push(hash);
    }

    fn compact(&mut self) {
        self.hashes.sort_unstable();
        self.hashes.dedup();
    }
}
