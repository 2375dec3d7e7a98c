//! The constants of profile 1 and the two hashes made from them.
//!
//! `docs/fingerprint-profile-1.md` is the specification. Nothing here may ever change: every segment written and
//! every sealed set sent to another party would stop matching.

use std::fmt;

/// Length of a gram in normalised bytes (`k`).
pub const GRAM: usize = 32;

/// Number of neighbouring grams of which one is chosen (`w`).
pub const WINDOW: usize = 32;

/// Any run of this many normalised bytes that two files share gives both a common fingerprint (`k + w - 1`; the
/// guarantee of winnowing: Schleimer, Wilkerson, Aiken, SIGMOD 2003).
pub const SHARED_RUN: usize = GRAM + WINDOW - 1;

/// What a fingerprint stands for. Fingerprints of different channels never compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// A gram of normalised text.
    Text,
    /// A gram of tokens of source code.
    Code,
    /// A part of a file that is kept as it is: a content-defined chunk, or a tensor.
    Parts,
    /// What rounding leaves of 256 numbers of a model's weights. Segments and filters keep these with the parts, of which
    /// none is so short.
    Sketches,
}

impl Channel {
    /// The channel as which it is kept.
    pub(crate) fn kept(self) -> Self {
        if self == Channel::Sketches { Channel::Parts } else { self }
    }
}

const ENGAGEMENT_KEY_CONTEXT: &str = "gainsay fingerprint profile: key words of an engagement";
const PROFILE_ID_CONTEXT: &str = "gainsay fingerprint profile: id";

/// What each byte adds to the order hash, by its low five bits. Five bits make letter case irrelevant and let the
/// table stand in two vector registers.
pub(crate) const ORDER_TABLE: [u32; 32] = [
    0xcfe1_124d,
    0x91c1_73a6,
    0x83e6_758d,
    0xd276_db0f,
    0x1b15_1d79,
    0xbc70_e694,
    0xcfdb_d73b,
    0x9458_d233, //
    0x159b_082e,
    0x6deb_5989,
    0x055b_d0c5,
    0xa083_b5de,
    0x1921_ea7a,
    0xadc3_4d91,
    0x2c78_afc5,
    0x774c_6e5d, //
    0xfc17_a604,
    0xbd34_d296,
    0xbae8_183e,
    0x3998_53cc,
    0xff96_3877,
    0x6e30_4b40,
    0x63be_816a,
    0xc37f_b697, //
    0xcc7a_c06c,
    0x957f_c990,
    0xda01_4cc4,
    0x41c4_22f7,
    0xac08_2a3f,
    0xd723_9552,
    0x651e_ebfe,
    0x5c63_d3f3,
];

/// The public key of profile 1. The top byte of each word is below 0x20 and no normalised byte is below 0x30, so no
/// word of a gram can equal a word of the key, and no product of the fingerprint can be of zero.
const PUBLIC_KEY: [u64; 4] =
    [0x1818_c8bd_efc6_dec9, 0x0874_dc7c_a90e_66ab, 0x1466_25cb_3968_680c, 0x0d85_6a23_75e8_09be];

/// Keeps the top byte of a key word below 0x20.
const KEY_WORD_MASK: u64 = 0x1fff_ffff_ffff_ffff;

/// An odd constant near 2^64 divided by the golden ratio; multiplying by it is a bijection.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// The rules under which fingerprints are made. Fingerprints of different profiles never compare.
#[derive(Clone, PartialEq, Eq)]
pub struct Profile {
    key: [u64; 4],
}

/// Names a profile without telling its key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProfileId(pub [u8; 32]);

impl Profile {
    /// Profile 1 with its public key: the profile of every corpus.
    pub fn one() -> Self {
        Profile { key: PUBLIC_KEY }
    }

    /// The rules of profile 1 under the secret key of one engagement. Who lacks the key can neither make such
    /// fingerprints nor test guesses against them.
    pub fn of_engagement(secret: &[u8; 32]) -> Self {
        Profile { key: key_words(ENGAGEMENT_KEY_CONTEXT, secret) }
    }

    /// The profile's name: a digest of its key under its rules.
    pub fn id(&self) -> ProfileId {
        ProfileId(self.derive_key(PROFILE_ID_CONTEXT))
    }

    /// A key for another use, made from the profile's key: secret where that is.
    pub(crate) fn derive_key(&self, context: &str) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_derive_key(context);
        for word in self.key {
            hasher.update(&word.to_le_bytes());
        }
        *hasher.finalize().as_bytes()
    }

    /// The fingerprint of one gram of normalised bytes.
    #[inline]
    pub(crate) fn fingerprint(&self, gram: &[u8; GRAM]) -> u64 {
        let (words, _) = gram.as_chunks::<8>();
        self.fingerprint_words([0, 1, 2, 3].map(|i| u64::from_le_bytes(words[i])))
    }

    /// The fingerprint of one gram of tokens, whose last word no normalised text has.
    #[inline]
    pub(crate) fn fingerprint_code(&self, gram: &[u8; 24]) -> u64 {
        let (words, _) = gram.as_chunks::<8>();
        let [first, second, third] = [0, 1, 2].map(|i| u64::from_le_bytes(words[i]));
        self.fingerprint_words([first, second, third, u64::MAX])
    }

    #[inline]
    fn fingerprint_words(&self, words: [u64; 4]) -> u64 {
        let word = |i: usize| words[i] ^ self.key[i];
        let mixed = folded_product(word(0), word(1)) ^ folded_product(word(2), word(3)).rotate_left(32);
        let spread = mixed.wrapping_mul(SPREAD);
        spread ^ (spread >> 32)
    }
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Profile({})", self.id())
    }
}

impl fmt::Display for ProfileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ProfileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProfileId({self})")
    }
}

/// The order hash after one more normalised byte. Each step shifts by one bit, so a 32-bit word forgets a byte after
/// exactly [`GRAM`] steps and needs not be told which byte leaves.
pub(crate) fn next_order(order: u32, byte: u8) -> u32 {
    (order << 1).wrapping_add(ORDER_TABLE[usize::from(byte & 31)])
}

/// The normalised form of a byte, or 0 where it is dropped: ASCII letters in lower case, ASCII digits and all bytes
/// from 0x80 as they are, nothing else.
pub(crate) const NORMALISED: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0u8;
    loop {
        if byte.is_ascii_alphanumeric() || byte >= 0x80 {
            table[byte as usize] = byte.to_ascii_lowercase();
        }
        if byte == 255 {
            break table;
        }
        byte += 1;
    }
};

fn folded_product(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    #[expect(clippy::cast_possible_truncation, reason = "folding takes the low and the high half of the product")]
    let folded = product as u64 ^ (product >> 64) as u64;
    folded
}

fn key_words(context: &str, secret: &[u8]) -> [u64; 4] {
    let bytes = derived::<32>(context, secret);
    let (words, _) = bytes.as_chunks::<8>();
    [0, 1, 2, 3].map(|i| u64::from_le_bytes(words[i]) & KEY_WORD_MASK)
}

fn derived<const N: usize>(context: &str, material: &[u8]) -> [u8; N] {
    let mut bytes = [0; N];
    blake3::Hasher::new_derive_key(context).update(material).finalize_xof().fill(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORDER_CONTEXT: &str = "gainsay fingerprint profile 1: order table";
    const PUBLIC_KEY_CONTEXT: &str = "gainsay fingerprint profile 1: key words";

    #[test]
    fn the_constants_are_those_that_their_contexts_derive() {
        let bytes = derived::<128>(ORDER_CONTEXT, b"");
        let (words, _) = bytes.as_chunks::<4>();
        let table: Vec<u32> = words.iter().map(|w| u32::from_le_bytes(*w)).collect();
        assert_eq!(table, ORDER_TABLE);
        assert_eq!(key_words(PUBLIC_KEY_CONTEXT, b""), PUBLIC_KEY);
    }

    #[test]
    fn no_word_of_a_key_can_equal_a_word_of_normalised_bytes() {
        let smallest_normalised = NORMALISED.iter().copied().filter(|b| *b != 0).min();
        assert_eq!(smallest_normalised, Some(b'0'));
        for profile in [Profile::one(), Profile::of_engagement(&[0xff; 32])] {
            assert!(profile.key.iter().all(|word| word.to_be_bytes()[0] < b'0'));
        }
    }

    #[test]
    fn a_profile_shows_its_name_and_never_its_key() {
        let profile = Profile::of_engagement(&[7; 32]);
        assert_eq!(format!("{profile:?}"), format!("Profile({})", profile.id()));
        assert_ne!(profile.id(), Profile::one().id());
    }
}
