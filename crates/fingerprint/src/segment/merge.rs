//! Makes one segment of several.

use std::io::Write;

use super::blocks::{Blocks, ReadAt};
use super::error::SegmentError;
use super::join::{Piece, join, joined_lines};
use super::layout::{CHANNELS, STORED_BITS, Section};
use super::postings::PostingsBlock;
use super::reader::Segment;
use super::table::Table;
use super::{Content, Counts, Interval, IntervalId, Line, LineId, PathId, SegmentWriter};
use crate::Channel;

/// Writes one segment that says what these say together: an index answers from it as from them. They may be some of an
/// index's segments, but not without one that tells of commits of the same line between theirs or of the same commits.
///
/// Postings stream through one block of each; the tables of all are held (a path, 28 bytes an interval, 4 for each member
/// of a set), beside those of the new one. The same segments in the same order give the same bytes.
///
/// # Errors
/// Where there is none, they do not belong together, one can't be read or is damaged, or `out` fails.
pub fn merge<R: ReadAt, W: Write>(segments: &[Segment<R>], out: W) -> Result<(W, Counts), SegmentError> {
    let first = segments.first().ok_or(SegmentError::Senseless { detail: "there is no segment to merge" })?;
    if segments.iter().any(|segment| segment.profile() != first.profile()) {
        return Err(SegmentError::Apart { detail: "their fingerprints were made under different profiles" });
    }
    let mut merge = Merge { writer: SegmentWriter::new(out, first.profile())?, lines: Vec::new(), sources: Vec::new() };
    let (lines, numbers) = joined_lines(segments)?;
    for joined in lines {
        let mut commits = Vec::new();
        for number in joined.line.begin..joined.line.begin + joined.line.commits {
            commits.extend(joined.commit(segments, number)?);
        }
        merge.writer.line(joined.line.clone(), &commits)?;
        merge.lines.push(joined.line);
    }
    for (segment, lines) in segments.iter().zip(&numbers) {
        merge.add(segment, lines)?;
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

struct Merge<W: Write> {
    writer: SegmentWriter<W>,
    lines: Vec<Line>,
    sources: Vec<Source>,
}

/// The tables of a segment, with paths and lines numbered as in the new one.
struct Source {
    intervals: Vec<Place>,
    /// Numbers of intervals twice, and one for the last of a set.
    members: Vec<u32>,
    /// The new number of each interval that has been written as all that is told of something.
    alone: Vec<Option<IntervalId>>,
}

type Place = (PathId, LineId, Piece);

impl Source {
    /// Appends where a group stood.
    fn places(&self, code: u32, out: &mut Vec<Place>) -> Option<()> {
        if code & 1 == 0 {
            out.push(*self.intervals.get((code >> 1) as usize)?);
            return Some(());
        }
        let start = (code >> 1) as usize;
        // Sets do not overlap.
        if start.checked_sub(1).and_then(|before| self.members.get(before)).is_some_and(|before| before & 1 == 0) {
            return None;
        }
        for member in self.members.get(start..)? {
            out.push(*self.intervals.get((member >> 1) as usize)?);
            if member & 1 == 1 {
                return Some(());
            }
        }
        None
    }
}

impl<W: Write> Merge<W> {
    fn add<R: ReadAt>(&mut self, segment: &Segment<R>, lines: &[LineId]) -> Result<(), SegmentError> {
        let (mut list, mut paths) = (segment.paths(), Vec::new());
        while let Some(path) = list.advance()? {
            paths.push(self.writer.path(path)?);
        }
        let begins: Vec<u32> = segment.lines().map(|line| line.begin).collect();
        let mut table = segment.table(Section::Intervals);
        let mut intervals = Vec::new();
        let count = table.len();
        for number in (0u32..).take_while(|number| u64::from(*number) < count) {
            let Interval { path, line, first, last } = segment.interval(&mut table, number)?;
            let (path, number) = (paths.get(path.0 as usize), line.0 as usize);
            if let (Some(path), Some(line), Some(begin)) = (path, lines.get(number), begins.get(number)) {
                intervals.push((*path, *line, Piece { begin: *begin, first, last }));
            }
        }
        let mut table = segment.table(Section::Groups);
        let mut members = Vec::new();
        for row in 0..table.len() {
            let [member, last] = table.row(row)?;
            let member = u32::try_from(member << 1 | last & 1);
            members.push(member.map_err(|_| table.damaged(row, "there is no such interval"))?);
        }
        let alone = vec![None; intervals.len()];
        self.sources.push(Source { intervals, members, alone });
        Ok(())
    }

    fn postings<R: ReadAt>(&mut self, segments: &[Segment<R>], channel: Channel) -> Result<(), SegmentError> {
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
                let known = || *self.sources.get(number)?.alone.get((code >> 1) as usize)?;
                match known().filter(|_| others == 1 && code & 1 == 0) {
                    Some(id) => ids.push(id),
                    None => self.places(number, code, &mut places)?,
                }
                if others == 1 && code & 1 == 0 && ids.is_empty() {
                    self.joined(&mut places, &mut ids)?;
                    let alone = self.sources.get_mut(number).and_then(|of| of.alone.get_mut((code >> 1) as usize));
                    if let (Some(alone), [id]) = (alone, &ids[..]) {
                        *alone = Some(*id);
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

    fn contents<R: ReadAt>(&mut self, segments: &[Segment<R>]) -> Result<(), SegmentError> {
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
                if let Some((here, code)) = row.take_if(|(here, _)| here.blake3 == content.blake3) {
                    self.places(number, code, &mut places)?;
                    if content.oid.is_empty() {
                        content.oid = here.oid;
                    }
                }
            }
            self.joined(&mut places, &mut ids)?;
            self.writer.content(&content, &ids)?;
        }
    }

    fn places(&self, source: usize, code: u32, out: &mut Vec<Place>) -> Result<(), SegmentError> {
        let found = self.sources.get(source).and_then(|of| of.places(code, out));
        found.ok_or_else(|| SegmentError::Damaged {
            part: Section::Groups.name(),
            at: format!("row {}", code >> 1),
            detail: "no set begins or ends there",
        })
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
