//! The beginning of a file, by which it is recognised what format it has, if any.

use super::{Format, Parser, Tally};

/// By how many bytes it is recognised.
const BYTES: usize = 256 << 10;

/// The most lines by which it is.
const LINES: usize = BYTES / 64;

/// After so many lines a file of which no format explains a quarter is given up: most files are no listings, and cost no more.
const FIRST_LINES: usize = 24;

/// The lines so far.
#[derive(Default)]
pub(super) struct Head {
    text: Vec<u8>,
    /// Where each line ends.
    ends: Vec<usize>,
}

impl Head {
    pub(super) fn push(&mut self, line: &[u8]) {
        self.text.extend_from_slice(line);
        self.ends.push(self.text.len());
    }

    /// Whether there are as many as are needed.
    pub(super) fn is_full(&self) -> bool {
        self.text.len() >= BYTES || self.ends.len() >= LINES
    }

    /// Whether its first lines are none of any format, and there are no more yet.
    pub(super) fn begins_as_none(&self) -> bool {
        let seems_likely = |mut parser: Parser| {
            let mut tally = Tally::default();
            self.lines().for_each(|line| tally.count(&parser.line(line)));
            tally.is_likely()
        };
        self.ends.len() == FIRST_LINES && !Parser::all().into_iter().any(seems_likely)
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = &[u8]> {
        let mut begin = 0;
        self.ends.iter().map(move |end| self.text.get(std::mem::replace(&mut begin, *end)..*end).unwrap_or_default())
    }

    /// The format that explains most of the lines; of equals the one that tells most.
    pub(super) fn format(&self, is_wanted: bool) -> Option<Format> {
        let mut best: Option<(u64, Format)> = None;
        for parser in Parser::all() {
            let format = parser.format();
            let entries = self.entries(parser, is_wanted);
            if let Some(entries) = entries.filter(|entries| best.is_none_or(|(most, _)| *entries > most)) {
                best = Some((entries, format));
            }
        }
        best.map(|(_, format)| format)
    }

    /// How many of the lines list something, where they are of a parser's format.
    fn entries(&self, mut parser: Parser, is_wanted: bool) -> Option<u64> {
        let mut tally = Tally::default();
        for (left, line) in (0..self.ends.len() as u64).rev().zip(self.lines()) {
            tally.count(&parser.line(line));
            if !is_wanted && !tally.can_explain(left) {
                return None;
            }
        }
        let least = if is_wanted { 1 } else { parser.least_entries() };
        (tally.entries >= least && tally.explains(is_wanted) && parser.is_consistent()).then_some(tally.entries)
    }
}
