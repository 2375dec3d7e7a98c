//! What may stand in the company's corpora: of the many grams of short files nearly all that do not are passed over by it, with no look
//! into an index.

use std::cell::{Cell, OnceCell};

use fingerprint::{Channel, ReadAt};

use super::{Corpus, MatchError};
use crate::claim::CorpusRole;

/// Bits for each fingerprint; one in two hundred that is not there is then taken for one that may be.
const BITS_EACH: u64 = 16;

/// More words are not held, 64 MiB: with twice as many fingerprints as they are for, one in forty that is not there passes.
const MOST_WORDS: u64 = 8 << 20;

/// A sieve that is made when so much is asked that making it is worth it.
#[derive(Default)]
pub(super) struct Sieve {
    asked: Cell<u64>,
    bits: OnceCell<Bits>,
}

/// A Bloom filter in which all that is told of a fingerprint stands in one word.
struct Bits {
    words: Vec<u64>,
}

impl Sieve {
    /// Makes the sieve, if it is not made yet and so many fingerprints, with those of before, are as many as half of what must be read
    /// for it.
    pub(super) fn expect<R: ReadAt>(&self, more: usize, corpora: &[Corpus<'_, R>]) -> Result<(), MatchError> {
        self.asked.set(self.asked.get().saturating_add(more as u64));
        let own = || corpora.iter().filter(|corpus| corpus.role == CorpusRole::Own);
        let count = |corpus: &Corpus<'_, R>| -> u64 {
            corpus.index.segments().iter().map(|segment| segment.counts().fingerprints).sum()
        };
        let all: u64 = own().map(count).sum();
        let words = (all * BITS_EACH).div_ceil(64).max(1);
        if self.bits.get().is_some() || self.asked.get() < all / 2 || words > 2 * MOST_WORDS {
            return Ok(());
        }
        let mut bits = Bits { words: vec![0; usize::try_from(words.min(MOST_WORDS)).unwrap_or(1)] };
        for corpus in own() {
            for channel in [Channel::Text, Channel::Code] {
                let added = corpus.index.each_fingerprint(channel, |fingerprint| {
                    bits.add(fingerprint);
                    Ok(())
                });
                added.map_err(|source| corpus.error(source))?;
            }
        }
        // It is made once.
        let _ = self.bits.set(bits);
        Ok(())
    }

    /// Whether a fingerprint of text or code may stand in one of the corpora.
    pub(super) fn may_have(&self, fingerprint: u64) -> bool {
        self.bits.get().is_none_or(|bits| bits.may_have(fingerprint))
    }
}

impl Bits {
    fn add(&mut self, fingerprint: u64) {
        let word = self.word(fingerprint);
        self.words[word] |= mask(fingerprint);
    }

    fn may_have(&self, fingerprint: u64) -> bool {
        let mask = mask(fingerprint);
        self.words[self.word(fingerprint)] & mask == mask
    }

    /// By the leading bits that an index keeps, so that what comes ascending is written in a row.
    #[expect(clippy::cast_possible_truncation, reason = "a share of the number of words")]
    fn word(&self, fingerprint: u64) -> usize {
        ((u128::from(fingerprint >> 8 << 8) * self.words.len() as u128) >> 64) as usize
    }
}

/// Four bits of a word, by bits of the fingerprint that an index keeps and that do not tell the word.
fn mask(fingerprint: u64) -> u64 {
    [8, 14, 20, 26].iter().fold(0, |mask, shift| mask | 1 << (fingerprint >> shift & 63))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_passes_and_of_the_rest_hardly_anything() {
        let spread =
            |number: u64| number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ number.wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 29;
        let mut bits = Bits { words: vec![0; 2_500] };
        // An index keeps the leading bits alone.
        (0..10_000).for_each(|number| bits.add(spread(number) >> 8 << 8));
        assert!((0..10_000).all(|number| bits.may_have(spread(number))));
        let passed = (10_000..60_000).filter(|number| bits.may_have(spread(*number))).count();
        assert!(passed < 1_000, "{passed} of 50000 passed");
    }
}
