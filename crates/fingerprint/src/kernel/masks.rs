//! Which bytes of source code are what: a bit for each byte of a block.

/// Bytes of a block.
pub(crate) const BLOCK: usize = 64;

/// Blocks that get their masks at once: so few that these stay in the first cache.
pub(crate) const BLOCKS: usize = 64;

/// Blocks behind a short text of which the masks are made: eight are looked at together.
pub(super) const BEHIND: usize = 8;

/// A word for each of these blocks, for the block before them (it comes first), and for the block behind them.
pub(crate) type Row = [u64; BLOCKS + 2];

/// Bit i of each mask tells of byte i of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Masks<T = u64> {
    /// ASCII letters and digits, `_`, `$`, bytes from 0x80.
    pub(crate) word: T,
    /// `A` to `Z`.
    pub(crate) capital: T,
    /// `a` to `z`.
    pub(crate) small: T,
    pub(crate) digit: T,
    /// What is a token of its own.
    pub(crate) punctuation: T,
    /// Blanks, line ends and other bytes up to 0x20.
    pub(crate) blank: T,
    pub(crate) line_end: T,
    pub(crate) double: T,
    pub(crate) single: T,
    pub(crate) backtick: T,
    pub(crate) backslash: T,
    pub(crate) slash: T,
    pub(crate) star: T,
    pub(crate) dot: T,
    pub(crate) dash: T,
    pub(crate) hash: T,
}

impl Masks {
    /// The masks of line ends: what stands before the beginning of a text and behind its end.
    pub(crate) const END: Masks = Masks { blank: !0, line_end: !0, ..Masks::each(0) };

    /// The masks of one block of which `equal(b)` tells the bytes that are b, and `between(or, least, most)` those that
    /// are, with the bits of `or` set, from `least` to `most`.
    #[inline(always)]
    pub(super) fn of(equal: impl Fn(u8) -> u64, between: impl Fn(u8, u8, u8) -> u64) -> Self {
        let digit = between(0, b'0', b'9');
        let letter = between(0x20, b'a', b'z');
        let small = between(0, b'a', b'z');
        let word = digit | letter | between(0, 0x80, 0xff) | equal(b'_') | equal(b'$');
        let (double, single, backtick, backslash) = (equal(b'"'), equal(b'\''), equal(b'`'), equal(b'\\'));
        let blank = between(0, 0, b' ');
        Masks {
            word,
            capital: letter & !small,
            small,
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

impl<T: Copy> Masks<T> {
    const fn each(of: T) -> Self {
        Masks {
            word: of,
            capital: of,
            small: of,
            digit: of,
            punctuation: of,
            blank: of,
            line_end: of,
            double: of,
            single: of,
            backtick: of,
            backslash: of,
            slash: of,
            star: of,
            dot: of,
            dash: of,
            hash: of,
        }
    }
}

impl Masks<Row> {
    /// No masks yet.
    pub(crate) const NONE: Self = Masks::each([0; BLOCKS + 2]);

    /// The masks of the block with this number; that before the others has number 0.
    pub(crate) fn get(&self, number: usize) -> Masks {
        Masks {
            word: self.word[number],
            capital: self.capital[number],
            small: self.small[number],
            digit: self.digit[number],
            punctuation: self.punctuation[number],
            blank: self.blank[number],
            line_end: self.line_end[number],
            double: self.double[number],
            single: self.single[number],
            backtick: self.backtick[number],
            backslash: self.backslash[number],
            slash: self.slash[number],
            star: self.star[number],
            dot: self.dot[number],
            dash: self.dash[number],
            hash: self.hash[number],
        }
    }

    /// Notes the masks of the block with this number.
    #[inline(always)]
    pub(crate) fn set(&mut self, number: usize, masks: Masks) {
        self.word[number] = masks.word;
        self.capital[number] = masks.capital;
        self.small[number] = masks.small;
        self.digit[number] = masks.digit;
        self.punctuation[number] = masks.punctuation;
        self.blank[number] = masks.blank;
        self.line_end[number] = masks.line_end;
        self.double[number] = masks.double;
        self.single[number] = masks.single;
        self.backtick[number] = masks.backtick;
        self.backslash[number] = masks.backslash;
        self.slash[number] = masks.slash;
        self.star[number] = masks.star;
        self.dot[number] = masks.dot;
        self.dash[number] = masks.dash;
        self.hash[number] = masks.hash;
    }

    /// Notes the masks of a text's first blocks, all but that before them; `of` makes those of one. Behind the text are
    /// [`BEHIND`] blocks of line ends.
    #[inline(always)]
    pub(super) fn fill(&mut self, text: &[u8], of: impl Fn(&[u8; BLOCK]) -> Masks) {
        let (whole, rest) = text.as_chunks();
        let mut number = 1;
        for block in whole.iter().take(BLOCKS + 1) {
            self.set(number, of(block));
            number += 1;
        }
        if number < BLOCKS + 2 {
            let mut block = [b'\n'; BLOCK];
            block[..rest.len()].copy_from_slice(rest);
            self.set(number, of(&block));
            for number in (number + 1..BLOCKS + 2).take(BEHIND) {
                self.set(number, Masks::END);
            }
        }
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
