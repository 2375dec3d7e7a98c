//! Which bytes of source code are what: a bit for each byte of a block.

/// Bytes of a block.
pub(crate) const BLOCK: usize = 64;

/// Bit i of each mask tells of byte i of a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Masks {
    /// ASCII letters and digits, `_`, `$`, bytes from 0x80.
    pub(crate) word: u64,
    pub(crate) digit: u64,
    /// What is a token of its own.
    pub(crate) punctuation: u64,
    /// Blanks, line ends and other bytes up to 0x20.
    pub(crate) blank: u64,
    pub(crate) line_end: u64,
    pub(crate) double: u64,
    pub(crate) single: u64,
    pub(crate) backtick: u64,
    pub(crate) backslash: u64,
    pub(crate) slash: u64,
    pub(crate) star: u64,
    pub(crate) dot: u64,
    pub(crate) dash: u64,
    pub(crate) hash: u64,
}

impl Masks {
    /// The masks of line ends: what stands behind the end of a text.
    pub(crate) const END: Masks = Masks {
        word: 0,
        digit: 0,
        punctuation: 0,
        blank: !0,
        line_end: !0,
        double: 0,
        single: 0,
        backtick: 0,
        backslash: 0,
        slash: 0,
        star: 0,
        dot: 0,
        dash: 0,
        hash: 0,
    };

    /// The masks of one block of which `equal(b)` tells the bytes that are b, and `between(or, least, most)` those that
    /// are, with the bits of `or` set, from `least` to `most`.
    #[inline(always)]
    pub(super) fn of(equal: impl Fn(u8) -> u64, between: impl Fn(u8, u8, u8) -> u64) -> Self {
        let digit = between(0, b'0', b'9');
        let letter = between(0x20, b'a', b'z');
        let word = digit | letter | between(0, 0x80, 0xff) | equal(b'_') | equal(b'$');
        let (double, single, backtick, backslash) = (equal(b'"'), equal(b'\''), equal(b'`'), equal(b'\\'));
        let blank = between(0, 0, b' ');
        Masks {
            word,
            digit,
            punctuation: !(word | blank | double | single | backtick | backslash | equal(0x7f)),
            blank,
            line_end: equal(b'\n'),
            double,
            single,
            backtick,
            backslash,
            slash: equal(b'/'),
            star: equal(b'*'),
            dot: equal(b'.'),
            dash: equal(b'-'),
            hash: equal(b'#'),
        }
    }

    /// The masks of one block, in plain Rust.
    pub(super) fn plain(block: &[u8; BLOCK]) -> Self {
        Masks::of(
            |byte| bits(block, |b| b == byte),
            |or, least, most| bits(block, |b| (b | or).wrapping_sub(least) <= most - least),
        )
    }
}

/// A bit for each byte of which something holds.
#[inline(always)]
fn bits(block: &[u8; BLOCK], holds: impl Fn(u8) -> bool) -> u64 {
    /// Brings the lowest bits of eight bytes together in the highest byte.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let ones = block.map(|byte| u8::from(holds(byte)));
    let (words, _) = ones.as_chunks::<8>();
    words.iter().rev().fold(0, |mask, word| mask << 8 | u64::from_le_bytes(*word).wrapping_mul(GATHER) >> 56)
}
