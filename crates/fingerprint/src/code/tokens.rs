//! The alphabet of tokens: one byte each, from 0x30 on.

/// A word that is neither a keyword nor a number.
pub(super) const NAME: u8 = 0x30;
/// A word that begins with a digit.
pub(super) const NUMBER: u8 = 0x31;
/// A string or a character, whatever is in it.
pub(super) const STRING: u8 = 0x32;

/// The first of the punctuation tokens, which follow each other in the order of [`PUNCTUATION`].
const FIRST_PUNCTUATION: u8 = 0x33;

/// What is a token of its own, the frequent ones first, so that those differ in their low five bits.
pub(super) const PUNCTUATION: &[u8] = b"(),.;=:{}-[]*><&|/+!#@%?^~";

/// The token of what begins with a byte, as far as that byte tells; 0 where none does.
pub(super) const TOKEN: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0u8;
    loop {
        table[byte as usize] = if byte.is_ascii_digit() {
            NUMBER
        } else if byte.is_ascii_alphabetic() || byte == b'_' || byte == b'$' || byte >= 0x80 {
            NAME
        } else if byte == b'"' || byte == b'\'' || byte == b'`' {
            STRING
        } else {
            0
        };
        if byte == 255 {
            break;
        }
        byte += 1;
    }
    let mut at = 0;
    let mut token = FIRST_PUNCTUATION;
    while at < PUNCTUATION.len() {
        table[PUNCTUATION[at] as usize] = token;
        token += 1;
        at += 1;
    }
    table
};
