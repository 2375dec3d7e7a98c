//! Counting distinct fingerprints in bounded memory: all of them, or of more than memory holds an even part.
//!
//! A fingerprint has a *level*: a fingerprint in two has level one or a higher one, one in four two or a higher one, and so on. What is
//! counted for each level by itself can be summed from any level on, so that a count which outgrows memory goes on with the higher
//! levels alone, and is exact for them whatever came before. (FracMinHash: Irber et al., 2022.)

use std::collections::HashSet;
use std::hash::{BuildHasher, Hasher, RandomState};

/// The highest level: one fingerprint in a million has it.
pub(super) const HIGHEST: u32 = 20;

/// Bits of a mixed fingerprint that tell its level; the others also tell for what it is counted.
const LEVEL_BITS: u32 = 24;

/// The level of a fingerprint. Its own bits are not used as they are: those that were chosen for being small are not even.
pub(super) fn level(fingerprint: u64) -> u32 {
    mixed(fingerprint).trailing_zeros().min(HIGHEST)
}

/// The finalizer of SplitMix64.
fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// The fingerprints that were counted.
pub(super) struct Distinct {
    /// How many are remembered at most.
    most: usize,
    level: u32,
    seen: HashSet<u64, Folded>,
}

impl Distinct {
    pub(super) fn new(most: usize) -> Self {
        let folded = Folded { key: RandomState::new().hash_one(0) | 1, word: 0 };
        Distinct { most, level: 0, seen: HashSet::with_hasher(folded) }
    }

    /// The level of a fingerprint that is to be counted: it is new to what bears this number, and not below what is still counted.
    pub(super) fn insert(&mut self, of: u64, fingerprint: u64) -> Option<u32> {
        let level = level(fingerprint);
        // Two are taken for one with a chance of one in 2^64.
        let numbered = mixed(fingerprint) ^ (mixed(of.wrapping_add(1)) << LEVEL_BITS);
        if level < self.level || !self.seen.insert(numbered) {
            return None;
        }
        while self.seen.len() > self.most && self.level < HIGHEST {
            self.level += 1;
            self.seen.retain(|seen| seen.trailing_zeros() >= self.level);
        }
        Some(level)
    }

    /// The lowest level that was counted wholly.
    pub(super) fn level(&self) -> u32 {
        self.level
    }
}

/// Hashes one number by a multiplication with a key that nobody outside knows: numbers that are made to collide do not.
#[derive(Clone, Copy)]
struct Folded {
    key: u64,
    word: u64,
}

impl BuildHasher for Folded {
    type Hasher = Folded;

    fn build_hasher(&self) -> Folded {
        *self
    }
}

impl Hasher for Folded {
    fn write_u64(&mut self, number: u64) {
        let product = u128::from(number ^ self.key.rotate_left(32)) * u128::from(self.key);
        #[expect(clippy::cast_possible_truncation, reason = "folding takes the low and the high half of the product")]
        let folded = product as u64 ^ (product >> 64) as u64;
        self.word ^= folded;
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn finish(&self) -> u64 {
        self.word
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_outgrows_memory_is_counted_exactly_from_a_level_on() {
        let mut distinct = Distinct::new(1000);
        let mut counts = [0u64; HIGHEST as usize + 1];
        // Each comes twice for one thing and once for another.
        for round in [0, 0, 1] {
            for number in 0..20_000u64 {
                if let Some(level) = distinct.insert(round, number << 32) {
                    counts[level as usize] += 1;
                }
            }
        }
        assert!(distinct.level() >= 5);
        let from = distinct.level() as usize;
        let expected = 2 * (0..20_000u64).filter(|number| level(number << 32) >= distinct.level()).count() as u64;
        assert_eq!(counts[from..].iter().sum::<u64>(), expected);
        assert!((expected << from).abs_diff(40_000) < 8_000, "the part is not even: {expected}");
    }
}
