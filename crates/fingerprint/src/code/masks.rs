//! Which bytes of a block are what: a bit for each byte.

/// Bytes of a block.
pub(super) const BLOCK: usize = 64;

/// Bit i of each mask tells of byte i of a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Masks {
    /// ASCII letters and digits, `_`, `$`, bytes from 0x80.
    pub(super) word: u64,
    pub(super) digit: u64,
    /// What is a token of its own.
    pub(super) punctuation: u64,
    /// Blanks, line ends and other bytes up to 0x20.
    pub(super) blank: u64,
    pub(super) line_end: u64,
    pub(super) double: u64,
    pub(super) single: u64,
    pub(super) backtick: u64,
    pub(super) backslash: u64,
    pub(super) slash: u64,
    pub(super) star: u64,
    pub(super) dot: u64,
    pub(super) dash: u64,
    pub(super) hash: u64,
}

impl Masks {
    /// The masks of line ends: what stands behind the end of a text.
    pub(super) const END: Masks = Masks {
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

    /// The masks of one block.
    #[inline]
    pub(super) fn of(block: &[u8; BLOCK]) -> Self {
        let lanes = Lanes(block);
        let is = |byte: u8| lanes.equal(byte);
        let digit = lanes.between(b'0', b'9');
        let (double, single, backtick, backslash) = (is(b'"'), is(b'\''), is(b'`'), is(b'\\'));
        let word = digit | lanes.letters() | lanes.between(0x80, 0xff) | is(b'_') | is(b'$');
        let blank = lanes.between(0, b' ');
        Masks {
            word,
            digit,
            punctuation: !(word | blank | double | single | backtick | backslash | is(0x7f)),
            blank,
            line_end: is(b'\n'),
            double,
            single,
            backtick,
            backslash,
            slash: is(b'/'),
            star: is(b'*'),
            dot: is(b'.'),
            dash: is(b'-'),
            hash: is(b'#'),
        }
    }
}

/// A block, to be asked for its masks.
#[derive(Clone, Copy)]
struct Lanes<'b>(&'b [u8; BLOCK]);

impl Lanes<'_> {
    #[inline]
    fn equal(self, byte: u8) -> u64 {
        self.bits(|b| b == byte)
    }

    #[inline]
    fn between(self, least: u8, most: u8) -> u64 {
        self.bits(|b| b.wrapping_sub(least) <= most - least)
    }

    #[inline]
    fn letters(self) -> u64 {
        self.bits(|b| (b | 0x20).wrapping_sub(b'a') <= b'z' - b'a')
    }

    /// A bit for each byte of which something holds.
    #[inline]
    fn bits(self, holds: impl Fn(u8) -> bool) -> u64 {
        /// Brings the lowest bits of eight bytes together in the highest byte.
        const GATHER: u64 = 0x0102_0408_1020_4080;
        let ones = self.0.map(|byte| u8::from(holds(byte)));
        let (words, _) = ones.as_chunks::<8>();
        words.iter().rev().fold(0, |mask, word| mask << 8 | u64::from_le_bytes(*word).wrapping_mul(GATHER) >> 56)
    }
}
