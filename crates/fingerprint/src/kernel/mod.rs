//! The inner loops: normalise bytes, choose grams. Each exists once in plain Rust and once for each instruction set.

mod places;
mod portable;

pub(crate) use places::Places;

use crate::profile::{GRAM, WINDOW};

/// What a gram and a window are in one channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rules {
    /// Units of a gram (`k`).
    pub(crate) gram: usize,
    /// Grams of a window (`w`).
    pub(crate) window: usize,
}

impl Rules {
    /// Text: normalised bytes.
    pub(crate) const TEXT: Rules = Rules { gram: GRAM, window: WINDOW };
    /// Source code: tokens, a byte each.
    pub(crate) const CODE: Rules = Rules { gram: 24, window: 16 };
}

/// Appends the normalised form of `raw` to `out`.
pub(crate) fn normalise(raw: &[u8], out: &mut Vec<u8>) {
    portable::normalise(raw, out);
}

/// Appends the normalised form of `raw`, of at most 4 GiB, to `out`, and fills `places` with where each of the appended
/// bytes began in it.
pub(crate) fn normalise_with_places(raw: &[u8], out: &mut Vec<u8>, places: &mut Places) {
    places.clear();
    portable::normalise_with_places(raw, out, places);
}

/// Appends where the chosen grams of `units` begin, ascending: of every complete window the gram with the smallest order
/// hash, the rightmost where several are smallest. Where there are fewer grams than a window, none is chosen.
pub(crate) fn choose(rules: Rules, units: &[u8], out: &mut Vec<u32>) {
    portable::choose(rules, units, out);
}
