//! All grams of a short text, and not only those that windows choose: a shared run as long as a gram is then enough, wherever the
//! other side chose that gram.

use crate::code;
use crate::kernel::{Kernel, Rules};
use crate::profile::{GRAM, Profile};

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

    /// The fingerprints of all grams of the kinds of [`crate::Tokens`], each with the number of its first token, ascending; those of
    /// too little variety have none. [`crate::Fingerprints::code`] are some of these.
    pub fn every_code_gram(&self, kinds: &[u8]) -> Vec<(usize, u64)> {
        let grams = kinds.windows(Rules::CODE.gram()).filter_map(|gram| gram.first_chunk()).enumerate();
        grams.filter_map(|(at, gram)| Some((at, code::fingerprint(self, gram)?))).collect()
    }
}
