//! Makes one segment of several.

use std::io::Write;
use std::path::Path;

use super::blocks::{Blocks, ReadAt};
use super::error::SegmentError;
use super::join::{Piece, join, joined_lines};
use super::layout::{CHANNELS, STORED_BITS, Section, offset};
use super::postings::PostingsBlock;
use super::reader::Segment;
use super::table::Table;
use super::{Content, Counts, Interval, IntervalId, Line, LineId, PathId, SegmentWriter};
use crate::Channel;

/// Writes one segment that says what these say together: an index answers from it as from them. They may be some of an
/// index's segments, but not without one that tells of commits of the same line between theirs or of the same commits.
///
/// Memory holds the tables of the new one, four bytes for each path and each interval of these, and 64 MB of their blocks. What it does
/// not hold goes to files without a name in `folder`. The same segments in the same order give the same bytes.
///
/// # Errors
/// Where there is none, they do not belong together, one can't be read or is damaged, or `out` or the folder fails.
pub fn merge<R: ReadAt, W: Write>(segments: &[Segment<R>], out: W, folder: &Path) -> Result<(W, Counts), SegmentError> {
    let first = segments.first().ok_or(SegmentError::Senseless { detail: "there is no segment to merge" })?;
    if segments.iter().any(|segment| segment.profile() != first.profile()) {
        return Err(SegmentError::Apart { detail: "their fingerprints were made under different profiles" });
    }
    let writer = SegmentWriter::new(out, first.profile(), folder)?;
    let mut merge = Merge { writer, lines: Vec::new(), sources: Vec::new() };
    let (lines, numbers) = joined_lines(segments)?;
    for joined in lines {
        let mut commits = Vec::new();
        for number in joined.line.begin..joined.line.begin + joined.line.commits {
            commits.extend(joined.commit(segments, number)?);
        }
        merge.writer.line(joined.line.clone(), &commits)?;
        merge.lines.push(joined.line);
    }
    let slots = CACHED / (2 * segments.len());
    for (segment, lines) in segments.iter().zip(numbers) {
        let source = Source::new(segment, lines, slots, &mut merge.writer)?;
        merge.sources.push(source);
    }
    for channel in CHANNELS {
        merge.postings(segments, channel)?;
    }
    merge.contents(segments)?;
    merge.writer.finish()
}

/// Gives every fingerprint of a channel that one of the segments has, its stored bits, once and ascending.
pub(crate) fn all_fingerprints<R: ReadAt, E: From<SegmentError>>(
    segments: &[Segment<R>],
    channel: Channel,
    mut found: impl FnMut(u64) -> Result<(), E>,
) -> Result<(), E> {
    let mut rows = Vec::new();
    for segment in segments {
        let mut of = PostingsRows::new(segment.blocks(Section::postings(channel)));
        of.fill()?;
        rows.push(of);
    }
    while let Some(least) = rows.iter().filter_map(|of| Some(of.row()?.0)).min() {
        for of in &mut rows {
            // A block read from hostile bytes may hold one twice.
            while of.row().is_some_and(|(fingerprint, _)| fingerprint == least) {
                of.advance()?;
            }
        }
        found(least)?;
    }
    Ok(())
}

/// Gives the first half of the BLAKE3 of every content that one of the segments has, once and ascending.
pub(crate) fn all_contents<R: ReadAt, E: From<SegmentError>>(
    segments: &[Segment<R>],
    mut found: impl FnMut(&[u8; 16]) -> Result<(), E>,
) -> Result<(), E> {
    let mut tables: Vec<Table<'_, R>> = segments.iter().map(|segment| segment.table(Section::Contents)).collect();
    let mut next: Vec<(u64, Option<[u8; 16]>)> = vec![(0, None); segments.len()];
    loop {
        for ((segment, table), (at, row)) in segments.iter().zip(&mut tables).zip(&mut next) {
            if row.is_none() && *at < table.len() {
                *row = Some(segment.content_at(table, *at)?.0.blake3);
                *at += 1;
            }
        }
        let Some(least) = next.iter().filter_map(|(_, row)| *row).min() else { return Ok(()) };
        next.iter_mut().for_each(|(_, row)| *row = row.filter(|blake3| *blake3 != least));
        found(&least)?;
    }
}

/// How many blocks of the segments' intervals and groups are held.
const CACHED: usize = 1 << 14;

struct Merge<'r, R, W: Write> {
    writer: SegmentWriter<W>,
    lines: Vec<Line>,
    sources: Vec<Source<'r, R>>,
}

/// A segment, and what its things are in the new one.
struct Source<'r, R> {
    segment: &'r Segment<R>,
    intervals: Cached<'r, R>,
    groups: Cached<'r, R>,
    /// The new number of each path.
    paths: Vec<PathId>,
    /// The new number of each line, and the first of its commits told of.
    lines: Vec<(LineId, u32)>,
    /// The new number of each interval that has been written as all that is told of something, plus one; 0 for others.
    alone: Vec<u32>,
}

type Place = (PathId, LineId, Piece);

impl<'r, R: ReadAt> Source<'r, R> {
    fn new<W: Write>(
        segment: &'r Segment<R>,
        lines: Vec<LineId>,
        slots: usize,
        writer: &mut SegmentWriter<W>,
    ) -> Result<Self, SegmentError> {
        let (mut list, mut paths) = (segment.paths(), Vec::new());
        while let Some(path) = list.advance()? {
            paths.push(writer.path(path)?);
        }
        let lines = lines.into_iter().zip(segment.lines().map(|line| line.begin)).collect();
        let [intervals, groups] =
            [Section::Intervals, Section::Groups].map(|section| Cached::new(segment, section, slots));
        let alone = vec![0; offset(segment.counts().intervals)];
        Ok(Source { segment, intervals, groups, paths, lines, alone })
    }

    /// Appends where a group stood.
    fn places(&mut self, code: u32, out: &mut Vec<Place>) -> Result<(), SegmentError> {
        let start = u64::from(code >> 1);
        if code & 1 == 0 {
            out.push(self.place(start)?);
            return Ok(());
        }
        // Sets do not overlap.
        if let Some(before) = start.checked_sub(1)
            && self.groups.of(before).row::<2>(before)?[1] == 0
        {
            return Err(self.groups.of(before).damaged(start, "no set begins there"));
        }
        for row in start.. {
            let [member, last] = self.groups.of(row).row(row)?;
            out.push(self.place(member)?);
            if last == 1 {
                break;
            }
        }
        Ok(())
    }

    /// Where an interval is.
    fn place(&mut self, number: u64) -> Result<Place, SegmentError> {
        let intervals = self.intervals.of(number);
        let row = u32::try_from(number).map_err(|_| intervals.damaged(number, "there is no such interval"))?;
        let Interval { path, line, first, last } = self.segment.interval(intervals, row)?;
        let (path, line) = (self.paths.get(path.0 as usize), self.lines.get(line.0 as usize));
        let place = path.zip(line).map(|(path, (line, begin))| (*path, *line, Piece { begin: *begin, first, last }));
        place.ok_or_else(|| intervals.damaged(number, "its path or its line does not exist"))
    }
}

/// A table of which some blocks are held: each in the slot of its number, modulo theirs.
struct Cached<'r, R> {
    slots: Vec<Table<'r, R>>,
    per_block: u64,
}

impl<'r, R: ReadAt> Cached<'r, R> {
    fn new(segment: &'r Segment<R>, section: Section, slots: usize) -> Self {
        let blocks = offset(segment.extent(section).entry.blocks);
        let slots: Vec<_> = (0..slots.min(blocks).max(1)).map(|_| segment.table(section)).collect();
        let per_block = slots.first().map_or(0, Table::per_block);
        Cached { slots, per_block }
    }

    /// The table that holds a row, or will.
    #[inline]
    fn of(&mut self, row: u64) -> &mut Table<'r, R> {
        let block = row.checked_div(self.per_block).unwrap_or_default();
        let slot = offset(block % self.slots.len() as u64);
        &mut self.slots[slot]
    }
}

impl<'r, R: ReadAt, W: Write> Merge<'r, R, W> {
    fn postings(&mut self, segments: &[Segment<R>], channel: Channel) -> Result<(), SegmentError> {
        let mut rows = Vec::new();
        for segment in segments {
            let mut of = PostingsRows::new(segment.blocks(Section::postings(channel)));
            of.fill()?;
            rows.push(of);
        }
        let (mut places, mut ids) = (Vec::new(), Vec::new());
        while let Some((least, from)) = rows.iter().zip(0usize..).filter_map(|(of, n)| Some((of.row()?.0, n))).min() {
            places.clear();
            ids.clear();
            let others = rows.iter().filter(|of| of.row().is_some_and(|(fingerprint, _)| fingerprint == least)).count();
            for (number, of) in rows.iter_mut().enumerate().skip(from) {
                let Some((_, code)) = of.row().filter(|(fingerprint, _)| *fingerprint == least) else { continue };
                let Some(source) = self.sources.get_mut(number) else { continue };
                let is_alone = others == 1 && code & 1 == 0;
                let known = source.alone.get((code >> 1) as usize).copied().filter(|_| is_alone);
                match known.and_then(|known| known.checked_sub(1)) {
                    Some(id) => ids.push(IntervalId(id)),
                    None => source.places(code, &mut places)?,
                }
                if is_alone && ids.is_empty() {
                    self.joined(&mut places, &mut ids)?;
                    let alone = self.sources.get_mut(number).and_then(|of| of.alone.get_mut((code >> 1) as usize));
                    if let (Some(alone), [id]) = (alone, &ids[..]) {
                        *alone = id.0 + 1;
                    }
                    places.clear();
                }
                of.advance()?;
            }
            self.joined(&mut places, &mut ids)?;
            self.writer.posting(channel, least << (u64::BITS - STORED_BITS), &ids)?;
        }
        Ok(())
    }

    fn contents(&mut self, segments: &[Segment<R>]) -> Result<(), SegmentError> {
        let mut tables: Vec<Table<'_, R>> = segments.iter().map(|segment| segment.table(Section::Contents)).collect();
        let mut next: Vec<(u64, Option<(Content, u32)>)> = vec![(0, None); segments.len()];
        let (mut places, mut ids) = (Vec::new(), Vec::new());
        loop {
            for ((segment, table), (at, row)) in segments.iter().zip(&mut tables).zip(&mut next) {
                if row.is_none() && *at < table.len() {
                    *row = Some(segment.content_at(table, *at)?);
                    *at += 1;
                }
            }
            let least = next.iter().filter_map(|(_, row)| row.as_ref()).min_by_key(|(content, _)| content.blake3);
            let Some(mut content) = least.map(|(content, _)| content.clone()) else { return Ok(()) };
            places.clear();
            ids.clear();
            for (number, (_, row)) in next.iter_mut().enumerate() {
                if let Some((here, code)) = row.take_if(|(here, _)| here.blake3 == content.blake3)
                    && let Some(source) = self.sources.get_mut(number)
                {
                    source.places(code, &mut places)?;
                    if content.oid.is_empty() {
                        content.oid = here.oid;
                    }
                }
            }
            self.joined(&mut places, &mut ids)?;
            self.writer.content(&content, &ids)?;
        }
    }

    /// Joins places and appends the intervals that they make.
    fn joined(&mut self, places: &mut [Place], ids: &mut Vec<IntervalId>) -> Result<(), SegmentError> {
        places.sort_unstable_by_key(|(path, line, piece)| (*path, *line, piece.first.unwrap_or(piece.begin)));
        for same in places.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            let Some((path, line, _)) = same.first().copied() else { continue };
            let Some(of) = self.lines.get(line.0 as usize) else { continue };
            let mut pieces: Vec<Piece> = same.iter().map(|(.., piece)| *piece).collect();
            join(of.kind, of.begin, &mut pieces)?;
            for Piece { first, last, .. } in pieces {
                ids.push(self.writer.interval(Interval { path, line, first, last })?);
            }
        }
        Ok(())
    }
}

/// Reads the postings of a channel one after another.
struct PostingsRows<'r, R> {
    blocks: Blocks<'r, R>,
    /// The rows of a block, the next one last.
    rows: Vec<(u64, u32)>,
    next: u64,
}

impl<'r, R: ReadAt> PostingsRows<'r, R> {
    fn new(blocks: Blocks<'r, R>) -> Self {
        PostingsRows { blocks, rows: Vec::new(), next: 0 }
    }

    fn row(&self) -> Option<(u64, u32)> {
        self.rows.last().copied()
    }

    fn advance(&mut self) -> Result<(), SegmentError> {
        self.rows.pop();
        self.fill()
    }

    fn fill(&mut self) -> Result<(), SegmentError> {
        if !self.rows.is_empty() || self.next >= self.blocks.extent.entry.blocks {
            return Ok(());
        }
        let block = PostingsBlock::new(self.blocks.load(self.next)?);
        let rows: Option<Vec<(u64, u32)>> = block.and_then(|block| block.rows().collect());
        let Some(mut rows) = rows else {
            return Err(self.blocks.extent.damaged(format!("block {}", self.next), "its rows make no sense"));
        };
        rows.reverse();
        self.rows = rows;
        self.next += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]
    use super::super::{Commit, LineKind};
    use super::*;
    use crate::Profile;

    #[test]
    fn rows_are_the_same_however_few_blocks_are_held() {
        let mut writer = SegmentWriter::new(Vec::new(), Profile::one().id(), &std::env::temp_dir()).unwrap();
        let line = Line { name: vec![], reference: vec![], kind: LineKind::History, begin: 0, commits: 9000 };
        let commits: Vec<Commit> = (0..9000).map(|time| Commit { oid: vec![7; 20], time }).collect();
        let line = writer.line(line, &commits).unwrap();
        let path = writer.path(b"a").unwrap();
        for first in 0..9000 {
            writer.interval(Interval { path, line, first: Some(first), last: None }).unwrap();
        }
        let segment = Segment::open(writer.finish().unwrap().0).unwrap();
        let mut table = segment.table(Section::Intervals);
        let blocks = segment.extent(Section::Intervals).entry.blocks;
        assert!(blocks > 3, "{blocks} blocks");
        for slots in [0, 1, 2, 3, 1000] {
            let mut cached = Cached::new(&segment, Section::Intervals, slots);
            assert!(cached.slots.len() <= slots.clamp(1, offset(blocks)));
            for row in (0..9000).map(|row| row * 4177 % 9000).chain(0..9000) {
                assert_eq!(cached.of(row).row::<3>(row).unwrap(), table.row::<3>(row).unwrap());
            }
            assert!(cached.of(9000).row::<3>(9000).is_err());
        }
    }
}
