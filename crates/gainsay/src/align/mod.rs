//! Two texts side by side: which lines of the one are which lines of the other, and what was done to them.
//!
//! Lines are compared normalised, as their fingerprints are: letters in small, figures, nothing else; a line without any
//! is passed over. Lines of source code are also compared as tokens, in which names do not tell.
//!
//! Runs of equal lines grow from what is rare in both texts (a line, or some lines in a row). The heaviest runs are taken
//! first, wherever they stand: text that was moved is found like any other. What lies between two of them is looked
//! through again in the same way, and when it is small enough compared line by line, where a line may also be nearly
//! equal. Time is near to linear in the length of both texts, and bounded for any.

mod edits;
mod rows;
mod runs;
mod seen;
mod sentences;
mod sides;
#[cfg(test)]
mod tests;

pub use edits::Edit;
pub use rows::{Row, rows};
pub use seen::{Seen, Shelf, telling};
pub use sentences::{Difference, differences};
pub use sides::Side;

/// Bytes of the longest text that is aligned.
pub const LONGEST: u64 = 8 << 20;

/// Lines, of those with a letter or a figure, of the longest text that is aligned.
const MOST_LINES: usize = 200_000;

/// What was found of one text in another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alignment {
    /// Lines that belong together, in the order of the sample. No line is in two of them.
    pub ranges: Vec<Range>,
    /// What was done to ours so that it became the sample's; empty where nothing is aligned.
    pub edits: Vec<Edit>,
    /// How many of the sample's lines are aligned.
    pub aligned: u32,
    /// How many lines of the sample have a letter or a figure.
    pub sample_lines: u32,
    /// How many lines of ours have.
    pub our_lines: u32,
}

/// Lines of ours that are lines of the sample's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// Where they stand in ours.
    pub ours: Lines,
    /// Where they stand in the sample.
    pub sample: Lines,
    /// How much alike they are.
    pub kind: Kind,
}

/// Lines that follow each other, counted from 1, the last one included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lines {
    /// The first.
    pub from: u32,
    /// The last.
    pub to: u32,
}

/// How much alike the lines of a range are, from the most to the least. Each holds what stands before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Each line has the same bytes, but for blanks at its end.
    Same,
    /// They are the same letters and figures in small, in the same or in other lines.
    Reformatted,
    /// Each line has the same tokens: names, numbers or strings are others.
    Renamed,
    /// Each line has at least two thirds of its pairs of neighbouring letters in common.
    Similar,
}

impl Kind {
    /// The kind in one word.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Same => "same",
            Kind::Reformatted => "reformatted",
            Kind::Renamed => "renamed",
            Kind::Similar => "similar",
        }
    }
}

/// Why texts are not aligned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAligned {
    /// It has no text.
    #[error("it is a binary file")]
    Binary,
    /// It is too long.
    #[error("it is longer than {} MiB or has more than {MOST_LINES} lines of text", LONGEST >> 20)]
    TooLong,
}

/// Aligns a text of the sample with one of ours.
pub fn align(ours: &Side, sample: &Side) -> Alignment {
    let pieces = runs::find(ours, sample);
    Alignment {
        ranges: pieces.iter().map(|piece| piece.range(ours, sample)).collect(),
        edits: edits::of(ours, sample, &pieces),
        aligned: count(pieces.iter().map(|piece| piece.sample.len()).sum()),
        sample_lines: count(sample.lines.len()),
        our_lines: count(ours.lines.len()),
    }
}

/// The lines that belong together alone, in the order of the sample.
pub fn ranges(ours: &Side, sample: &Side) -> Vec<Range> {
    runs::find(ours, sample).iter().map(|piece| piece.range(ours, sample)).collect()
}

impl Alignment {
    /// Thousandths of the sample's lines that are aligned.
    pub fn share(&self) -> u32 {
        (self.aligned * 1000).checked_div(self.sample_lines).unwrap_or_default()
    }
}

/// Lines that belong together, by their places among the lines that are not passed over.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece {
    ours: std::ops::Range<usize>,
    sample: std::ops::Range<usize>,
    kind: Kind,
}

impl Piece {
    fn range(&self, ours: &Side, sample: &Side) -> Range {
        Range { ours: ours.numbers(&self.ours), sample: sample.numbers(&self.sample), kind: self.kind }
    }
}

/// A number of lines; texts have at most [`MOST_LINES`].
fn count(lines: usize) -> u32 {
    u32::try_from(lines).unwrap_or(u32::MAX)
}
