//! Two aligned texts as rows to be shown side by side.

use super::sides::Side;
use super::{Alignment, Kind, Lines};

/// Lines that are shown at either end of what is not aligned; the rest is counted.
const SHOWN: u32 = 3;

/// A row: lines by their numbers, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// Lines that belong together; where only one of them is given, the other has nothing beside it (a blank line, a brace).
    Both {
        /// In ours.
        ours: Option<u32>,
        /// In the sample.
        sample: Option<u32>,
        /// How much alike the lines of their range are.
        kind: Kind,
    },
    /// A line of ours that is missing.
    Cut(u32),
    /// A line of the sample that is not in ours.
    Added(u32),
    /// So many more such lines of ours, of the sample's.
    More(u32, u32),
    /// What follows stands elsewhere in ours.
    Elsewhere,
}

/// The rows, in the order of the sample.
pub fn rows(ours: &Side, sample: &Side, alignment: &Alignment) -> Vec<Row> {
    let mut rows = Vec::new();
    let (mut our, mut their) = (1, 1);
    for range in &alignment.ranges {
        if range.ours.from >= our {
            unaligned(our..range.ours.from, &mut rows, false);
        } else {
            rows.push(Row::Elsewhere);
        }
        unaligned(their..range.sample.from, &mut rows, true);
        beside(ours.with_content(range.ours), sample.with_content(range.sample), range.kind, &mut rows);
        (our, their) = (range.ours.to + 1, range.sample.to + 1);
    }
    unaligned(our..ours.all() + 1, &mut rows, false);
    unaligned(their..sample.all() + 1, &mut rows, true);
    rows
}

/// Lines with what belongs beside them; what stands between two of them goes along.
fn beside(ours: Vec<u32>, sample: Vec<u32>, kind: Kind, rows: &mut Vec<Row>) {
    let begin = |lines: &[u32], at: usize| lines.get(at).copied();
    for at in 0..ours.len().max(sample.len()) {
        let (our, their) = (begin(&ours, at), begin(&sample, at));
        rows.push(Row::Both { ours: our, sample: their, kind });
        let between = |lines: &[u32]| match (begin(lines, at), begin(lines, at + 1)) {
            (Some(line), Some(next)) => line + 1..next,
            _ => 0..0,
        };
        let (mut of_ours, mut of_sample) = (between(&ours), between(&sample));
        while !of_ours.is_empty() || !of_sample.is_empty() {
            rows.push(Row::Both { ours: of_ours.next(), sample: of_sample.next(), kind });
        }
    }
}

fn unaligned(lines: std::ops::Range<u32>, rows: &mut Vec<Row>, of_sample: bool) {
    let count = lines.end.saturating_sub(lines.start);
    let left_out = count.saturating_sub(2 * SHOWN);
    for line in lines.clone() {
        let place = line - lines.start;
        if left_out > 1 && place == SHOWN {
            rows.push(if of_sample { Row::More(0, left_out) } else { Row::More(left_out, 0) });
        }
        if left_out <= 1 || place < SHOWN || place >= SHOWN + left_out {
            rows.push(if of_sample { Row::Added(line) } else { Row::Cut(line) });
        }
    }
}

impl Side {
    /// The numbers of the lines with a letter or a figure among these.
    fn with_content(&self, lines: Lines) -> Vec<u32> {
        let from = self.lines.partition_point(|line| line.number < lines.from);
        let rest = self.lines.get(from..).unwrap_or_default();
        rest.iter().map(|line| line.number).take_while(|number| *number <= lines.to).collect()
    }
}
