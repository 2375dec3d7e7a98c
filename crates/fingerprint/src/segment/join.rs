//! Joins what several segments tell of one line.

use super::blocks::ReadAt;
use super::error::SegmentError;
use super::reader::Segment;
use super::{Commit, Line, LineId, LineKind};

/// A line as several segments tell of it.
#[derive(Debug)]
pub(crate) struct JoinedLine {
    /// All that is told of.
    pub(crate) line: Line,
    /// The number of its source: lines of the same name have the same.
    pub(crate) source: usize,
    /// Which segments tell of it: the number of the first commit told of, the segment, and the line's number there; in
    /// this order.
    pub(crate) parts: Vec<(u32, usize, LineId)>,
}

/// What makes a line the same in two segments. States of one folder at two times are two lines.
type LineKey = (Vec<u8>, Vec<u8>, LineKind, Option<i64>);

/// The lines of all segments in the order of name, reference, kind and time; and the number in it of each line of each
/// segment.
pub(crate) fn joined_lines<R: ReadAt>(
    segments: &[Segment<R>],
) -> Result<(Vec<JoinedLine>, Vec<Vec<LineId>>), SegmentError> {
    let mut all: Vec<(LineKey, u32, usize, LineId, u32)> = Vec::new();
    for (number, segment) in segments.iter().enumerate() {
        for (line, id) in segment.lines().zip((0..).map(LineId)) {
            let time = (line.kind == LineKind::State).then(|| segment.commit(id, 0)).transpose()?.map(|c| c.time);
            let key = (line.name.clone(), line.reference.clone(), line.kind, time);
            all.push((key, line.begin, number, id, line.commits));
        }
    }
    all.sort();
    let mut joined: Vec<JoinedLine> = Vec::new();
    let mut source = 0;
    let mut numbers: Vec<Vec<LineId>> = segments.iter().map(|s| vec![LineId(0); s.lines().count()]).collect();
    for same in all.chunk_by(|a, b| a.0 == b.0) {
        let Some(((name, reference, kind, _), begin, ..)) = same.first() else { continue };
        let number = u32::try_from(joined.len());
        let number = LineId(number.map_err(|_| SegmentError::TooMany { what: "lines", limit: u64::from(u32::MAX) })?);
        let (mut end, mut parts) = (*begin, Vec::new());
        for (_, begin, segment, id, commits) in same {
            if *begin > end {
                return Err(SegmentError::Apart { detail: "commits of a line between two of them are missing" });
            }
            end = end.max(begin + commits);
            parts.push((*begin, *segment, *id));
            if let Some(number_of) = numbers.get_mut(*segment).and_then(|of| of.get_mut(id.0 as usize)) {
                *number_of = number;
            }
        }
        let (name, reference) = (name.clone(), reference.clone());
        let line = Line { name, reference, kind: *kind, begin: *begin, commits: end - begin };
        source += usize::from(joined.last().is_some_and(|before| before.line.name != line.name));
        joined.push(JoinedLine { line, source, parts });
    }
    Ok((joined, numbers))
}

/// Where one thing stood at one path of one line, as one segment tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// The first commit of which the segment tells.
    pub(crate) begin: u32,
    /// As in [`super::Interval`].
    pub(crate) first: Option<u32>,
    /// As in [`super::Interval`].
    pub(crate) last: Option<u32>,
}

/// Joins pieces of one thing at one path of one line, of which all that is told begins at `begin`, in place. What was
/// left open goes on to where a later segment says that it ended, and where none does it still stands.
///
/// # Errors
/// Where something ended that never began.
pub(crate) fn join(kind: LineKind, begin: u32, pieces: &mut Vec<Piece>) -> Result<(), SegmentError> {
    pieces.sort_unstable_by_key(|piece| (piece.first.unwrap_or(piece.begin), piece.first.is_some(), piece.last));
    let mut joined = 0usize;
    for at in 0..pieces.len() {
        let piece = pieces[at];
        let current = joined.checked_sub(1).and_then(|last| pieces.get_mut(last));
        match (current, piece.first) {
            // A side tells only of the first and the last commit that brought something.
            (Some(current), _) if kind == LineKind::Side => current.last = current.last.max(piece.last),
            (Some(current), None) if current.last.is_none() => current.last = piece.last,
            // Fingerprints that agree in the bits that are stored can overlap; what they cover counts.
            (Some(current), _) if overlap(current, &piece) => {
                current.last = current.last.zip(piece.last).map(|(a, b)| a.max(b));
            }
            // What stood before all that is told of is told of first.
            (current, None) if begin == 0 || current.is_some() => {
                return Err(SegmentError::Apart { detail: "something ended that never began" });
            }
            _ => {
                pieces[joined] = piece;
                joined += 1;
            }
        }
    }
    pieces.truncate(joined);
    Ok(())
}

/// Whether a piece begins before an earlier one has ended.
fn overlap(earlier: &Piece, piece: &Piece) -> bool {
    earlier.last.is_none_or(|last| match piece.first {
        Some(first) => first <= last,
        None => piece.begin <= last.saturating_add(1),
    })
}

impl JoinedLine {
    /// The commit of this number, counted from the line's oldest; `None` where no segment tells of it.
    pub(crate) fn commit<R: ReadAt>(
        &self,
        segments: &[Segment<R>],
        number: u32,
    ) -> Result<Option<Commit>, SegmentError> {
        // The part that begins last tells most likely of it; those that begin earlier may reach as far.
        for (begin, segment, id) in self.parts.iter().rev().filter(|(begin, ..)| *begin <= number) {
            let Some(segment) = segments.get(*segment) else { continue };
            let commits = segment.lines().nth(id.0 as usize).map_or(0, |line| line.commits);
            if number - begin < commits {
                return segment.commit(*id, number - begin).map(Some);
            }
        }
        Ok(None)
    }
}
