//! The alphabet of tokens: one byte each, from 0x30 on.

/// A name that is no keyword.
pub(super) const NAME: u8 = 0x30;
/// A word that begins with a digit.
pub(super) const NUMBER: u8 = 0x31;
/// A string or character, whatever is in it.
pub(super) const STRING: u8 = 0x32;

/// The first of the punctuation tokens, which follow each other in the order of [`PUNCTUATION`].
const FIRST_PUNCTUATION: u8 = 0x33;

/// What is a token of its own, the frequent ones first, so that those differ in their low five bits.
const PUNCTUATION: &[u8] = b"(),.;=:{}-[]*><&|/+!#@%?^~";

/// The token of each byte of punctuation, 0 for other bytes.
pub(super) const PUNCTUATION_TOKEN: [u8; 256] = {
    let mut table = [0; 256];
    let mut at = 0;
    let mut token = FIRST_PUNCTUATION;
    while at < PUNCTUATION.len() {
        table[PUNCTUATION[at] as usize] = token;
        token += 1;
        at += 1;
    }
    table
};

/// Whether a byte belongs to a word: ASCII letters and digits, `_`, `$`, all bytes from 0x80.
pub(super) const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

/// Words that are tokens of their own.
const KEYWORDS: [&str; 1] = ["if"];

/// The token of a word that is a keyword.
pub(super) fn keyword(word: &[u8]) -> Option<u8> {
    KEYWORDS.iter().position(|keyword| keyword.as_bytes() == word).and_then(|at| u8::try_from(0x50 + at).ok())
}
