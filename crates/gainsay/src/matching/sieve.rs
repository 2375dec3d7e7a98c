//! What may stand in the corpora: of the fingerprints of a sample nearly all that stand in none are passed over by it, with no look into
//! an index.

use fingerprint::{Channel, ReadAt};

use super::{Corpus, MatchError};
use crate::claim::CorpusRole;

/// Bits for each fingerprint; one in three hundred that is not there is then taken for one that may be.
const BITS_EACH: u64 = 16;

/// More words are not held for the company's corpora, 64 MiB, and half of that for others: with twice as many fingerprints as they are
/// for, one in forty that is not there passes.
const MOST_WORDS: u64 = 8 << 20;

/// A sieve that is made when so much is asked that making it is worth it.
pub(super) struct Sieve {
    own: Part,
    /// What is public or published; none where a filter says so, which is asked itself.
    others: Option<Part>,
}

/// The sieve of some of the corpora.
#[derive(Default)]
struct Part {
    asked: u64,
    /// For each of the [`KEPT`].
    bits: Option<[Bits; 3]>,
}

/// The channels that an index keeps: sketches are kept with the parts.
const KEPT: [Channel; 3] = [Channel::Text, Channel::Code, Channel::Parts];

/// A Bloom filter in which all that is told of a fingerprint stands in one word.
struct Bits {
    words: Vec<u64>,
}

impl Sieve {
    /// Of some corpora; made of none of them yet.
    pub(super) fn new<R>(corpora: &[Corpus<'_, R>]) -> Self {
        let has_filters = corpora.iter().any(|corpus| !corpus.filters.is_empty());
        Sieve { own: Part::default(), others: (!has_filters).then(Part::default) }
    }

    /// Says how many fingerprints will be asked for; `licences` are known to be public.
    pub(super) fn expect<R: ReadAt>(
        &mut self,
        more: usize,
        corpora: &[Corpus<'_, R>],
        licences: &[u64],
    ) -> Result<(), MatchError> {
        let is_own = |corpus: &&Corpus<'_, R>| corpus.role == CorpusRole::Own;
        self.own.expect(more, corpora.iter().filter(is_own), &[], MOST_WORDS)?;
        let others = corpora.iter().filter(|corpus| !is_own(corpus));
        self.others.iter_mut().try_for_each(|part| part.expect(more, others.clone(), licences, MOST_WORDS / 2))
    }

    /// Whether a fingerprint may stand in one of the company's corpora.
    #[inline]
    pub(super) fn may_be_own(&self, channel: Channel, fingerprint: u64) -> bool {
        self.own.may_have(channel, fingerprint)
    }

    /// Whether it may stand in any corpus.
    #[inline]
    pub(super) fn may_stand(&self, channel: Channel, fingerprint: u64) -> bool {
        let is_others = || self.others.as_ref().is_none_or(|others| others.may_have(channel, fingerprint));
        self.own.may_have(channel, fingerprint) || is_others()
    }
}

impl Part {
    /// Makes the sieve, if it is not made yet and so many fingerprints, with those of before, are as many as half of what must be read
    /// for it.
    fn expect<'c, R: ReadAt + 'c>(
        &mut self,
        more: usize,
        corpora: impl Iterator<Item = &'c Corpus<'c, R>> + Clone,
        known: &[u64],
        most: u64,
    ) -> Result<(), MatchError> {
        if self.bits.is_some() {
            return Ok(());
        }
        self.asked = self.asked.saturating_add(more as u64);
        let of_channel = |channel: Channel| -> u64 {
            let known = if channel == Channel::Text { known.len() as u64 } else { 0 };
            let segments = corpora.clone().flat_map(|corpus| corpus.index.segments());
            segments.map(|segment| segment.fingerprints(channel)).sum::<u64>() + known
        };
        let counts = KEPT.map(of_channel);
        let all: u64 = counts.iter().sum();
        let words = |count: u64| (count * BITS_EACH).div_ceil(64).max(1);
        if self.asked < all / 2 || words(all) > 2 * most {
            return Ok(());
        }
        // What is too much gets less.
        let less = words(all).div_ceil(most).max(1);
        let mut bits =
            counts.map(|count| Bits { words: vec![0; usize::try_from(words(count) / less).unwrap_or(0) + 1] });
        known.iter().for_each(|fingerprint| bits[0].add(*fingerprint));
        for corpus in corpora {
            for (channel, bits) in KEPT.into_iter().zip(&mut bits) {
                let added = corpus.index.each_fingerprint(channel, |fingerprint| {
                    bits.add(fingerprint);
                    Ok(())
                });
                added.map_err(|source| corpus.error(source))?;
            }
        }
        self.bits = Some(bits);
        Ok(())
    }

    #[inline]
    fn may_have(&self, channel: Channel, fingerprint: u64) -> bool {
        let of_channel = match channel {
            Channel::Text => 0,
            Channel::Code => 1,
            Channel::Parts | Channel::Sketches => 2,
        };
        self.bits.as_ref().is_none_or(|bits| bits[of_channel].may_have(fingerprint))
    }
}

impl Bits {
    fn add(&mut self, fingerprint: u64) {
        let word = self.word(fingerprint);
        self.words[word] |= mask(fingerprint);
    }

    #[inline]
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

/// Five bits of a word, by bits of the fingerprint that an index keeps and that do not tell the word.
fn mask(fingerprint: u64) -> u64 {
    [8, 14, 20, 26, 32].iter().fold(0, |mask, shift| mask | 1 << (fingerprint >> shift & 63))
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
        assert!(passed < 500, "{passed} of 50000 passed");
    }
}
