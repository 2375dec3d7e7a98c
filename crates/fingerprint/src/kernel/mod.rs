//! The inner loops: normalise bytes, choose grams. Each exists once in plain Rust and once for each instruction set.
//!
//! Choosing looks at the place where a window ends. A gram is chosen there in two cases only: the newest gram is a smallest
//! of the window (then it is the rightmost of them), or the smallest grew, because the gram chosen before has left. So two
//! comparisons of neighbouring values mark the few windows that choose something new, and only in those the gram is looked
//! for. Order hash and minimum of every window come by doubling: what reaches over 2n units is made of two that reach over n,
//! n units apart.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod isa;
mod masks;
mod places;
mod portable;
#[cfg(test)]
mod tests;

pub use isa::{Isa, UnknownIsa};
pub(crate) use masks::{BLOCK as MASKED, BLOCKS as MASKED_BLOCKS, Masks, Row};
pub(crate) use places::Places;

use std::cmp::Reverse;

use crate::profile::{GRAM, WINDOW, next_order};

/// What a gram and a window are in one channel: one of two constants, no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rules {
    /// Units of a gram (`k`).
    gram: usize,
    /// Grams of a window (`w`).
    window: usize,
}

impl Rules {
    /// Text: normalised bytes.
    pub(crate) const TEXT: Rules = Rules { gram: GRAM, window: WINDOW };
    /// Source code: tokens, a byte each.
    pub(crate) const CODE: Rules = Rules { gram: 24, window: 16 };

    /// Units of a gram (`k`).
    pub(crate) const fn gram(self) -> usize {
        self.gram
    }

    /// Grams of a window (`w`).
    pub(crate) const fn window(self) -> usize {
        self.window
    }

    /// Units of a window (`k + w - 1`).
    pub(crate) const fn span(self) -> usize {
        self.gram + self.window - 1
    }

    /// Where the gram begins that is chosen of units with fewer grams than a window: the rightmost of the smallest of all.
    pub(crate) fn smallest_of_all(self, units: &[u8]) -> Option<u32> {
        // A gram of fewer than 32 units forgets older ones by its shift.
        let order = |gram: &[u8]| gram.iter().fold(0, |order, unit| next_order(order, *unit)) << (GRAM - self.gram);
        let grams = (0..).zip(units.windows(self.gram));
        grams.map(|(at, gram)| (order(gram), Reverse(at))).min().map(|(_, Reverse(at))| at)
    }
}

/// Plain Rust that is worth compiling for each instruction set.
pub(crate) trait Work {
    /// Does it. To be inlined always: only so it is compiled for the caller's instruction set.
    fn work(self);
}

/// The inner loops for one instruction set. Those that need one hold the proof that this machine has it.
#[derive(Clone, Copy)]
pub(crate) enum Kernel {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2(avx2::Avx2),
    #[cfg(target_arch = "x86_64")]
    Avx512(avx512::Avx512),
}

impl Kernel {
    /// For `isa`, or in plain Rust where this machine lacks it.
    pub(crate) fn of(isa: Isa) -> Self {
        let kernel = match isa {
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => avx2::Avx2::detect().map(Kernel::Avx2),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => avx512::Avx512::detect().map(Kernel::Avx512),
            _ => None,
        };
        kernel.unwrap_or(Kernel::Portable)
    }

    /// For [`Isa::current`].
    pub(crate) fn current() -> Self {
        Kernel::of(Isa::current())
    }

    /// Appends the normalised form of `raw` to `out`.
    pub(crate) fn normalise(self, raw: &[u8], out: &mut Vec<u8>) {
        match self {
            Kernel::Portable => portable::normalise(raw, out),
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx2(avx2) => avx2.normalise(raw, out),
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx512(avx512) => avx512.normalise(raw, out),
        }
    }

    /// Appends the normalised form of `raw`, of at most 4 GiB, to `out`, and fills `places` with where each of the
    /// appended bytes began in it.
    pub(crate) fn normalise_with_places(self, raw: &[u8], out: &mut Vec<u8>, places: &mut Places) {
        places.clear();
        match self {
            Kernel::Portable => portable::normalise_with_places(raw, out, places),
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx2(avx2) => avx2.normalise_with_places(raw, out, places),
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx512(avx512) => avx512.normalise_with_places(raw, out, places),
        }
    }

    /// Appends where the chosen grams of `units` (at most 4 Gi) begin, ascending: of every complete window the gram with
    /// the smallest order hash, the rightmost where several are smallest. Where there are fewer grams than a window, none is
    /// chosen.
    pub(crate) fn choose(self, rules: Rules, units: &[u8], out: &mut Vec<u32>) {
        if rules == Rules::TEXT {
            self.choose_by::<{ Rules::TEXT.gram }, { Rules::TEXT.window }>(units, out);
        } else {
            self.choose_by::<{ Rules::CODE.gram }, { Rules::CODE.window }>(units, out);
        }
    }

    /// Fills `masks` with those of the first blocks of source code, and of line ends behind it; see [`Masks::fill`].
    pub(crate) fn masks(self, text: &[u8], masks: &mut Masks<Row>) {
        match self {
            Kernel::Portable => masks.fill(text, Masks::plain),
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx2(avx2) => avx2.masks(text, masks),
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx512(avx512) => avx512.masks(text, masks),
        }
    }

    /// Appends what `table` has for those bytes of `text` that are kept: a bit for each byte of each block.
    pub(crate) fn translate(self, table: &[u8; 256], text: &[u8], kept: &[u64], out: &mut Vec<u8>) {
        match self {
            Kernel::Portable => portable::translate(table, text, kept, out),
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx2(avx2) => avx2.translate(table, text, kept, out),
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx512(avx512) => avx512.translate(table, text, kept, out),
        }
    }

    /// Does some work, of which all that is inlined is compiled for the instruction set.
    pub(crate) fn run(self, work: impl Work) {
        match self {
            Kernel::Portable => work.work(),
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx2(avx2) => avx2.run(work),
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx512(avx512) => avx512.run(work),
        }
    }

    fn choose_by<const GRAM: usize, const WINDOW: usize>(self, units: &[u8], out: &mut Vec<u32>) {
        if units.len() < GRAM + WINDOW - 1 {
            return;
        }
        match self {
            Kernel::Portable => portable::choose::<GRAM, WINDOW>(units, out),
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx2(avx2) => avx2.choose::<GRAM, WINDOW>(units, out),
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx512(avx512) => avx512.choose::<GRAM, WINDOW>(units, out),
        }
    }
}

/// The grams that end in these many units are looked at together: few enough that all that is known of them stays in the
/// first cache.
const BLOCK: usize = 512;

/// How many units before a block's first one the grams of its windows may end.
const PAST: usize = 32;

/// Where the gram begins that a window chooses: the window ends in unit `end` of the block that begins at unit `base`, and
/// `smallest` has a bit for each of its grams that is a smallest.
fn begin_of<const GRAM: usize, const WINDOW: usize>(base: u32, end: u16, smallest: u32) -> u32 {
    #[expect(clippy::cast_possible_truncation, reason = "at most 62")]
    let before = const { (GRAM + WINDOW - 2) as u32 };
    let rightmost = 31 - (smallest | 1).leading_zeros();
    // No window of the first block ends before that many units of it: only parts of the sum may wrap.
    base.wrapping_add(u32::from(end)).wrapping_add(rightmost).wrapping_sub(before)
}

/// Units whose marks fit a word.
#[cfg(target_arch = "x86_64")]
const MARKS: usize = 32;

/// The numbers of the units of a word of marks.
#[cfg(target_arch = "x86_64")]
const NUMBERS: [u16; MARKS] = {
    let mut numbers = [0; MARKS];
    let mut i = 1;
    while i < MARKS {
        numbers[i] = numbers[i - 1] + 1;
        i += 1;
    }
    numbers
};

/// All ones for each of a text's first units where no gram ends: an order that is smaller than no gram's.
#[cfg(target_arch = "x86_64")]
fn no_grams<const GRAM: usize>() -> [u32; MARKS] {
    std::array::from_fn(|unit| if unit < GRAM - 1 { u32::MAX } else { 0 })
}

/// The marks of the units of a text from number `from` on, without those where no window ends, and with that of the first
/// window, which always chooses.
#[cfg(target_arch = "x86_64")]
fn from_first_window<const GRAM: usize, const WINDOW: usize>(marks: u32, from: usize) -> u32 {
    let first = GRAM + WINDOW - 2;
    if from + MARKS <= first {
        return 0;
    }
    first.checked_sub(from).map_or(marks, |first| marks & (u32::MAX << first) | 1 << first)
}

/// What may stand in a vector.
#[cfg(target_arch = "x86_64")]
trait Integer: Copy {}
#[cfg(target_arch = "x86_64")]
impl Integer for u8 {}
#[cfg(target_arch = "x86_64")]
impl Integer for u16 {}
#[cfg(target_arch = "x86_64")]
impl Integer for u32 {}
