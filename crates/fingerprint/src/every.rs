//! All grams of a short text, and not only those that windows choose: a shared run as long as a gram is then enough, wherever the
//! other side chose that gram.

use crate::code;
use crate::kernel::{Kernel, Rules};
use crate::profile::{GRAM, Profile, next_order};

/// The order hash of a gram that windows may well choose is below this: of those that are the smallest of a whole window, hardly one in
/// ten thousand is not.
const LIKELY: u32 = 1 << 30;

/// The normalised form of decoded text.
pub fn normalised(text: &[u8]) -> Vec<u8> {
    let mut units = Vec::with_capacity(text.len());
    Kernel::current().normalise(text, &mut units);
    units
}

impl Profile {
    /// The fingerprints of all grams of [`normalised`] bytes, in the order of their places. [`crate::Fingerprints::text`] are some of
    /// these.
    pub fn every_gram(&self, normalised: &[u8]) -> impl Iterator<Item = u64> {
        normalised.array_windows::<GRAM>().map(|gram| self.fingerprint(gram))
    }

    /// Of [`Profile::every_gram`] those that a window of a longer text may well have chosen, a fourth of all, each with its place.
    pub fn likely_grams(&self, normalised: &[u8]) -> impl Iterator<Item = (usize, u64)> {
        let before = normalised.iter().take(GRAM - 1);
        let mut order = before.fold(0, |order, byte| next_order(order, *byte));
        let is_likely = move |(_, gram): &(usize, &[u8; GRAM])| {
            order = next_order(order, gram[GRAM - 1]);
            order < LIKELY
        };
        let likely = normalised.array_windows::<GRAM>().enumerate().filter(is_likely);
        likely.map(|(at, gram)| (at, self.fingerprint(gram)))
    }

    /// The fingerprints of all grams of the kinds of [`crate::Tokens`], each with the number of its first token, ascending; those of
    /// too little variety have none. [`crate::Fingerprints::code`] are some of these.
    pub fn every_code_gram(&self, kinds: &[u8]) -> Vec<(usize, u64)> {
        let grams = kinds.windows(Rules::CODE.gram()).filter_map(|gram| gram.first_chunk()).enumerate();
        grams.filter_map(|(at, gram)| Some((at, code::fingerprint(self, gram)?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Fingerprints;

    #[test]
    fn what_windows_choose_is_likely_and_most_of_the_rest_is_not() {
        let mut state = 1u64;
        let mut letter = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            b"abcdefghijklmnopqrstuvwxyz0123456789"[usize::try_from((state >> 33) % 36).unwrap_or_default()]
        };
        let text: Vec<u8> = (0..200_000).map(|_| letter()).collect();
        let profile = Profile::one();
        let every: Vec<u64> = profile.every_gram(&text).collect();
        let likely: Vec<(usize, u64)> = profile.likely_grams(&text).collect();
        assert!(likely.iter().all(|(at, fingerprint)| every[*at] == *fingerprint));
        assert!(likely.len() * 10 > every.len() * 2 && likely.len() * 10 < every.len() * 3, "{}", likely.len());
        let mut sorted: Vec<u64> = likely.into_iter().map(|(_, fingerprint)| fingerprint).collect();
        sorted.sort_unstable();
        let chosen = Fingerprints::of(&profile, b"a.txt", &text).text;
        let missed = chosen.iter().filter(|it| sorted.binary_search(it).is_err()).count();
        assert!(chosen.len() > 10_000 && missed < 10, "{missed} of {}", chosen.len());
    }
}
