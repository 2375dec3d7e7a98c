//! The history of one path, from contents that come and go to intervals.

use std::collections::HashMap;

use super::error::SegmentError;
use super::writer::{NewInterval, SegmentWriter};
use super::{LineId, LineKind};
use crate::Fingerprints;

/// A content that a path held.
#[derive(Clone, Copy, Debug)]
pub struct Version<'a> {
    /// Its fingerprints, under the segment's profile.
    pub fingerprints: &'a Fingerprints,
    /// Its git object id, or nothing.
    pub oid: &'a [u8],
}

/// Takes what one path held, commit after commit, and notes the intervals in which each fingerprint and each content
/// stood there. Nothing is noted before [`PathHistory::finish`].
#[must_use = "a history that is not finished leaves no trace"]
pub struct PathHistory<'w> {
    writer: &'w mut SegmentWriter,
    path: u32,
    name: String,
    line: LineId,
    /// The line's last commit.
    last: u32,
    /// The first commit that may change next.
    next: u32,
    /// What stands at the path now: its content and each of its fingerprints, with the commit since when.
    content: Option<(u32, u32)>,
    open: Vec<(u64, u32)>,
    contents: Vec<(u32, Span)>,
    fingerprints: Vec<(u64, Span)>,
    /// What commits beside the line brought.
    side_contents: Vec<(u32, LineId, u32)>,
    side_fingerprints: Vec<(u64, LineId, u32)>,
}

/// The first and the last commit of an interval.
type Span = (u32, u32);

impl<'w> PathHistory<'w> {
    pub(super) fn new(writer: &'w mut SegmentWriter, path: u32, name: String, line: LineId, last: u32) -> Self {
        PathHistory {
            writer,
            path,
            name,
            line,
            last,
            next: 0,
            content: None,
            open: Vec::new(),
            contents: Vec::new(),
            fingerprints: Vec::new(),
            side_contents: Vec::new(),
            side_fingerprints: Vec::new(),
        }
    }

    /// From commit `at` of the line on, the path holds this content, or nothing.
    ///
    /// # Errors
    /// Where commits do not ascend or the line has no such commit.
    pub fn change(&mut self, at: u32, now: Option<Version<'_>>) -> Result<(), SegmentError> {
        if at < self.next || at > self.last {
            return Err(self.order("its commits do not ascend within the line"));
        }
        self.next = at + 1;
        let content = now.map(|version| self.writer.content(&version)).transpose()?;
        if content == self.content.map(|(content, _)| content) {
            return Ok(());
        }
        if let Some((gone, since)) = self.content.take() {
            self.contents.push((gone, (since, at - 1)));
        }
        self.content = content.map(|content| (content, at));
        let hashes = now.map_or(&[][..], |version| &version.fingerprints.text);
        self.replace_open(at, hashes);
        Ok(())
    }

    /// A commit of a side of the same repository brought this content to the path. What stood on the line at the same
    /// path, at any time, is not noted again. Commits may come in any order.
    ///
    /// # Errors
    /// Where the side has no such commit.
    pub fn beside(&mut self, side: LineId, at: u32, version: Version<'_>) -> Result<(), SegmentError> {
        let known = self.writer.line(side).is_some_and(|line| {
            line.kind == LineKind::Side && usize::try_from(at).is_ok_and(|at| at < line.commits.len())
        });
        if !known {
            return Err(self.order("the side that brought a content has no such commit"));
        }
        let content = self.writer.content(&version)?;
        self.side_contents.push((content, side, at));
        self.side_fingerprints.extend(version.fingerprints.text.iter().map(|hash| (*hash, side, at)));
        Ok(())
    }

    /// Ends the history: what stands at the path stands there to the line's last commit.
    ///
    /// # Errors
    /// Where the segment holds too many intervals.
    pub fn finish(mut self) -> Result<(), SegmentError> {
        if let Some((content, since)) = self.content.take() {
            self.contents.push((content, (since, self.last)));
        }
        let last = self.last;
        self.fingerprints.extend(self.open.drain(..).map(|(hash, since)| (hash, (since, last))));
        self.fingerprints.sort_unstable();
        self.contents.sort_unstable();
        let mut numbers = HashMap::new();
        for (content, (first, last)) in &self.contents {
            let interval = intern(self.writer, &mut numbers, self.path, self.line, (*first, *last))?;
            self.writer.files.push((*content, interval));
        }
        for (hash, span) in &self.fingerprints {
            let interval = intern(self.writer, &mut numbers, self.path, self.line, *span)?;
            self.writer.postings.push((*hash, interval));
        }
        for (content, side, span) in only_beside(&mut self.side_contents, &self.contents) {
            let interval = intern(self.writer, &mut numbers, self.path, side, span)?;
            self.writer.files.push((content, interval));
        }
        for (hash, side, span) in only_beside(&mut self.side_fingerprints, &self.fingerprints) {
            let interval = intern(self.writer, &mut numbers, self.path, side, span)?;
            self.writer.postings.push((hash, interval));
        }
        Ok(())
    }

    /// Ends the intervals of fingerprints that are gone at `at` and begins those of new ones; both lists are sorted.
    fn replace_open(&mut self, at: u32, hashes: &[u64]) {
        let mut open = Vec::with_capacity(hashes.len());
        let mut before = self.open.iter().copied().peekable();
        for hash in hashes {
            while let Some((gone, since)) = before.next_if(|(old, _)| old < hash) {
                self.fingerprints.push((gone, (since, at - 1)));
            }
            let since = before.next_if(|(old, _)| old == hash).map_or(at, |(_, since)| since);
            open.push((*hash, since));
        }
        self.fingerprints.extend(before.map(|(gone, since)| (gone, (since, at - 1))));
        self.open = open;
    }

    fn order(&self, detail: &'static str) -> SegmentError {
        SegmentError::Order { path: self.name.clone(), detail }
    }
}

/// The span of side commits for each thing that never stood on the line; `on_line` is sorted.
fn only_beside<T: Copy + Ord>(side: &mut [(T, LineId, u32)], on_line: &[(T, Span)]) -> Vec<(T, LineId, Span)> {
    side.sort_unstable();
    side.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1))
        .filter_map(|group| {
            let (thing, line, first) = *group.first()?;
            let (_, _, last) = *group.last()?;
            let known = on_line.binary_search_by_key(&thing, |(known, _)| *known).is_ok();
            (!known).then_some((thing, line, (first, last)))
        })
        .collect()
}

fn intern(
    writer: &mut SegmentWriter,
    numbers: &mut HashMap<(LineId, Span), u32>,
    path: u32,
    line: LineId,
    span: Span,
) -> Result<u32, SegmentError> {
    if let Some(known) = numbers.get(&(line, span)) {
        return Ok(*known);
    }
    let new = super::writer::number(writer.intervals.len(), "intervals")?;
    writer.intervals.push(NewInterval { path, line, first: span.0, last: span.1 });
    numbers.insert((line, span), new);
    Ok(new)
}
