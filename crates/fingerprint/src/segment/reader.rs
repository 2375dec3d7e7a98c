//! Opens a segment and answers from it.

use std::cmp::Ordering;

use super::blocks::{Blocks, Entry, Extent, ReadAt};
use super::error::SegmentError;
use super::layout::{
    BLOCK, CHANNELS, ENTRIES, ENTRY, MAGIC, PAYLOAD, RESTART, STORED_BITS, Section, VERSION, checksum, offset, u64_at,
};
use super::postings::{PostingsBlock, stored};
use super::table::{Stream, Table, blocks_of_stream, blocks_of_table};
use super::{Commit, Content, Counts, Interval, Line, LineId, LineKind, PathId};
use crate::{Channel, Kind, ProfileId};

/// An open segment. [`crate::Index`] answers from one or several. Every block that an answer rests on is checked against
/// its checksum when it is read. What crosses blocks (that rows are sorted, that sections are those that the footer
/// names) is checked by [`Segment::verify`].
#[derive(Debug)]
pub struct Segment<R> {
    pub(super) reader: R,
    profile: ProfileId,
    pub(super) extents: [Extent; 14],
    counts: Counts,
    /// The earliest time of a commit.
    base: i64,
    lines: Vec<LineRow>,
}

/// A line, the number of its first commit in the segment, and the length of its object ids.
#[derive(Debug)]
struct LineRow {
    line: Line,
    first: u64,
    oid: u64,
}

impl<R: ReadAt> Segment<R> {
    /// Opens a segment; checks its header, its footer and its lines.
    ///
    /// # Errors
    /// Where the bytes can't be read, are no segment, one of another version, torn or damaged.
    pub fn open(reader: R) -> Result<Self, SegmentError> {
        let io = |source| SegmentError::Io { what: "opening", source };
        let length = reader.length().map_err(io)?;
        let mut block = vec![0; BLOCK];
        let begin = offset(length).min(BLOCK);
        reader.read_exact_at(block.get_mut(..begin).unwrap_or_default(), 0).map_err(io)?;
        if !block.starts_with(&MAGIC) {
            return Err(SegmentError::NotASegment);
        }
        let damaged = |section: Section, detail| SegmentError::Damaged {
            part: section.name(),
            at: "its only block".to_owned(),
            detail,
        };
        let check = |block: &[u8], section| {
            let (payload, sum) = block.split_at(PAYLOAD);
            let fits = checksum(section, 0, payload) == *sum;
            if fits { Ok(()) } else { Err(damaged(section, "its bytes do not fit their checksum")) }
        };
        let [_, _, _, _, version @ ..] = u64_at(&block, 4).to_le_bytes();
        match u32::from_le_bytes(version) {
            VERSION => check(&block, Section::Header)?,
            found if found < VERSION => return Err(SegmentError::EarlierVersion { found }),
            found => return Err(SegmentError::NewerVersion { found }),
        }
        if block.get(12..PAYLOAD).is_none_or(|rest| rest.iter().any(|byte| *byte != 0)) {
            return Err(damaged(Section::Header, "its unused bytes are not zero"));
        }
        let end = length.checked_sub(BLOCK as u64).filter(|end| *end >= BLOCK as u64);
        let end = end.ok_or_else(|| damaged(Section::Footer, "the file is cut short"))?;
        reader.read_exact_at(&mut block, end).map_err(io)?;
        check(&block, Section::Footer)?;
        let footer = block.get(..PAYLOAD).unwrap_or_default();
        if u64_at(footer, 0) != length {
            return Err(damaged(Section::Footer, "the file is shorter or longer than it says"));
        }
        let extents = extents(footer, end);
        let extents = extents.ok_or_else(|| damaged(Section::Footer, "its table of sections makes no sense"))?;
        let rows = |section: Section| extents[section.index()].entry.rows;
        let mut profile = [0; 32];
        profile.copy_from_slice(&footer[8..40]);
        let [lines, paths, files, postings] = [40, 48, 56, 64].map(|at| u64_at(footer, at));
        let counts = Counts {
            lines,
            commits: rows(Section::Commits),
            paths,
            contents: rows(Section::Contents),
            files,
            intervals: rows(Section::Intervals),
            fingerprints: CHANNELS.iter().map(|channel| rows(Section::postings(*channel))).sum(),
            postings,
            bytes: length,
        };
        if rows(Section::Restarts) != paths.div_ceil(RESTART) || u32::try_from(paths).is_err() {
            return Err(damaged(Section::Footer, "it has another number of paths than it says"));
        }
        let base = i64::from_le_bytes(u64_at(footer, 72).to_le_bytes());
        let mut segment = Segment { reader, profile: ProfileId(profile), extents, counts, base, lines: Vec::new() };
        segment.lines = segment.read_lines()?;
        Ok(segment)
    }

    /// The profile that its fingerprints were made under. Fingerprints of another one must not be looked up in it.
    pub fn profile(&self) -> ProfileId {
        self.profile
    }

    /// How much it holds.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// How many fingerprints of a channel it holds; sketches are held with the parts.
    pub fn fingerprints(&self, channel: Channel) -> u64 {
        self.extent(Section::postings(channel)).entry.rows
    }

    pub(super) fn extent(&self, section: Section) -> Extent {
        self.extents[section.index()]
    }

    pub(super) fn table(&self, section: Section) -> Table<'_, R> {
        Table::new(&self.reader, self.extent(section))
    }

    pub(super) fn stream(&self, section: Section) -> Stream<'_, R> {
        Stream::new(&self.reader, self.extent(section))
    }

    pub(super) fn blocks(&self, section: Section) -> Blocks<'_, R> {
        Blocks::new(&self.reader, self.extent(section))
    }

    pub(crate) fn lines(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().map(|row| &row.line)
    }

    /// A commit of a line, counted from the first one told of.
    pub(crate) fn commit(&self, line: LineId, number: u32) -> Result<Commit, SegmentError> {
        let mut rows = self.table(Section::Commits);
        let row = self.lines.get(line.0 as usize).filter(|row| number < row.line.commits);
        let row = row.ok_or_else(|| rows.damaged(u64::from(number), "its line has no such commit"))?;
        let at = row.first + u64::from(number);
        let [time, words @ ..] = rows.row::<5>(at)?;
        let time = self.base.checked_add_unsigned(time).ok_or_else(|| rows.damaged(at, "its time is out of range"))?;
        let oid = oid_of(words, row.oid).ok_or_else(|| rows.damaged(at, "its object id is longer than it says"))?;
        Ok(Commit { oid, time })
    }

    /// Gives each key that the channel holds to `found`, with the code of its group, in the order of the keys, which must
    /// be sorted. Where a key comes twice it is found twice.
    pub(crate) fn find(
        &self,
        channel: Channel,
        keys: &[u64],
        found: &mut impl FnMut(u64, u32),
    ) -> Result<(), SegmentError> {
        let mut fence = self.table(Section::fence(channel));
        let mut blocks = self.blocks(Section::postings(channel));
        if fence.len() == 0 {
            return Ok(());
        }
        let [begin] = fence.row(0)?;
        // The block after the one that was read last, and its first fingerprint.
        let (mut after, mut next) = (0, begin);
        let mut keys = keys.iter().map(|key| (*key, stored(*key))).skip_while(|(_, key)| *key < begin).peekable();
        while let Some((_, key)) = keys.peek().copied() {
            // Here `key` is not below `next`, the first fingerprint of block `after`.
            (after, next) = seek(&mut fence, after, next, key)?;
            let number = after - 1;
            let block = PostingsBlock::new(blocks.load(number)?);
            let block = block.ok_or_else(|| {
                self.extent(Section::postings(channel)).damaged(format!("block {number}"), "its head makes no sense")
            })?;
            let mut finder = block.finder();
            while let Some((key, short)) = keys.next_if(|(_, key)| *key < next) {
                if let Some(code) = finder.find(short) {
                    found(key, code);
                }
            }
        }
        Ok(())
    }

    /// Gives the intervals of each group to `found`. `codes` are sorted, so that each block is read about once.
    pub(crate) fn resolve(&self, codes: &[u32], mut found: impl FnMut(&[Interval])) -> Result<(), SegmentError> {
        let (mut groups, mut intervals) = (self.table(Section::Groups), self.table(Section::Intervals));
        let mut members = Vec::new();
        let mut ends = Vec::with_capacity(codes.len());
        for code in codes {
            Self::members(&mut groups, *code, &mut members)?;
            ends.push(members.len());
        }
        let mut order = members.clone();
        order.sort_unstable();
        order.dedup();
        let mut read = Vec::with_capacity(order.len());
        for number in &order {
            read.push(self.interval(&mut intervals, *number)?);
        }
        let mut start = 0;
        let mut here = Vec::new();
        for end in ends {
            here.clear();
            let of_code = members.get(start..end).unwrap_or_default();
            here.extend(of_code.iter().filter_map(|number| read.get(order.binary_search(number).ok()?)));
            found(&here);
            start = end;
        }
        Ok(())
    }

    /// Appends the intervals of a group.
    pub(super) fn members(groups: &mut Table<'_, R>, code: u32, out: &mut Vec<u32>) -> Result<(), SegmentError> {
        if code & 1 == 0 {
            out.push(code >> 1);
            return Ok(());
        }
        let start = u64::from(code >> 1);
        // Sets do not overlap, so no group is larger than all of them.
        if let Some(before) = start.checked_sub(1)
            && groups.row::<2>(before)?[1] == 0
        {
            return Err(groups.damaged(start, "no set begins there"));
        }
        for row in start.. {
            let [member, last] = groups.row(row)?;
            out.push(u32::try_from(member).map_err(|_| groups.damaged(row, "there is no such interval"))?);
            if last == 1 {
                break;
            }
        }
        Ok(())
    }

    /// The interval of a number.
    pub(super) fn interval(&self, intervals: &mut Table<'_, R>, number: u32) -> Result<Interval, SegmentError> {
        let [path, line, first, last] = intervals.row(u64::from(number))?;
        let of_line = self.lines.get(offset(line)).map(|row| &row.line);
        let interval = of_line.filter(|_| path < self.counts.paths).and_then(|of| {
            let commit = |stored: u64, less: u64| match stored {
                0 => Some(None),
                _ => u32::try_from(u64::from(of.begin).checked_add(stored)?.checked_sub(less)?).ok().map(Some),
            };
            let end = of.begin + of.commits;
            let (first, last) = (commit(first, 1)?, commit(last, 2)?);
            let sensible = match (first, last) {
                (None, last) => of.begin > 0 && last.is_none_or(|last| last < end),
                (Some(first), last) => first <= last.unwrap_or(first) && last.unwrap_or(first) < end,
            };
            let [path, line] = [path, line].map(|number| u32::try_from(number).ok());
            sensible.then_some(Interval { path: PathId(path?), line: LineId(line?), first, last })
        });
        interval.ok_or_else(|| intervals.damaged(u64::from(number), "its path, its line or its commits do not exist"))
    }

    /// A content and the code of its group, by the first half of its BLAKE3.
    pub(crate) fn content(&self, blake3: &[u8; 16]) -> Result<Option<(Content, u32)>, SegmentError> {
        let mut rows = self.table(Section::Contents);
        let wanted = u128::from_be_bytes(*blake3);
        let compare = |at: u64| Ok(halves(rows.row(at)?).cmp(&wanted));
        let found = search(self.counts.contents, (wanted >> 64) as u64, compare)?;
        found.map(|at| self.content_at(&mut rows, at)).transpose()
    }

    /// Gives the first half of the BLAKE3 of each content that stood at a path for which `wanted` holds to `found`.
    pub(crate) fn contents_at(
        &self,
        wanted: impl Fn(PathId) -> bool,
        found: &mut impl FnMut([u8; 16]),
    ) -> Result<(), SegmentError> {
        let mut intervals = self.table(Section::Intervals);
        let mut of_interval = Vec::new();
        for row in 0..intervals.len() {
            let [path] = intervals.row(row)?;
            of_interval.push(u32::try_from(path).is_ok_and(|path| wanted(PathId(path))));
        }
        // Of each set, by the row at which it begins.
        let mut groups = self.table(Section::Groups);
        let mut of_set = vec![false; offset(groups.len())];
        let (mut start, mut holds) = (0, false);
        for row in 0..groups.len() {
            let [member, last] = groups.row(row)?;
            holds |= of_interval.get(offset(member)).copied().unwrap_or_default();
            if last == 1 {
                of_set[start] = std::mem::take(&mut holds);
                start = offset(row + 1);
            }
        }
        let mut rows = self.table(Section::Contents);
        for at in 0..rows.len() {
            let (content, code) = self.content_at(&mut rows, at)?;
            let of = if code & 1 == 0 { &of_interval } else { &of_set };
            if of.get((code >> 1) as usize).copied().unwrap_or_default() {
                found(content.blake3);
            }
        }
        Ok(())
    }

    /// The first half of the BLAKE3 of a content, by its object id.
    pub(crate) fn content_by_oid(&self, oid: &[u8]) -> Result<Option<[u8; 16]>, SegmentError> {
        let (mut rows, mut by_oid) = (self.table(Section::Contents), self.table(Section::ContentsByOid));
        let start = oid.iter().chain(&[0; 8]).take(8).fold(0, |word, byte| word << 8 | u64::from(*byte));
        let mut found = None;
        let compare = |at: u64| {
            let [row] = by_oid.row(at)?;
            let content = self.content_at(&mut rows, row)?.0;
            let order = content.oid.as_slice().cmp(oid);
            found = (order == Ordering::Equal).then_some(content.blake3);
            Ok(order)
        };
        let at = search(self.extent(Section::ContentsByOid).entry.rows, start, compare)?;
        Ok(found.filter(|_| at.is_some()))
    }

    pub(super) fn content_at(&self, rows: &mut Table<'_, R>, at: u64) -> Result<(Content, u32), SegmentError> {
        let [high, low, a, b, c, d, length, bytes, kind, code] = rows.row(at)?;
        let kind = match kind {
            0 => Some(Kind::Text),
            1 => Some(Kind::Utf16),
            2 => Some(Kind::Binary),
            _ => None,
        };
        let oid = length.checked_mul(4).and_then(|length| oid_of([a, b, c, d], length));
        match (kind, oid, u32::try_from(code)) {
            (Some(kind), Some(oid), Ok(code)) => {
                Ok((Content { blake3: halves([high, low]).to_be_bytes(), oid, bytes, kind }, code))
            }
            _ => Err(rows.damaged(at, "its kind, its object id or its group makes no sense")),
        }
    }

    /// The bytes of a path.
    pub(crate) fn path(&self, id: PathId) -> Result<Vec<u8>, SegmentError> {
        let number = u64::from(id.0);
        let [start] = self.table(Section::Restarts).row(number / RESTART)?;
        let mut paths =
            Paths { stream: self.stream(Section::Paths), number: 0, count: self.counts.paths, path: Vec::new() };
        paths.stream.seek(start);
        paths.number = number - number % RESTART;
        for _ in 0..number % RESTART {
            paths.advance()?;
        }
        let found = paths.advance()?.map(<[u8]>::to_vec);
        found.ok_or_else(|| paths.stream.damaged("there is no such path"))
    }

    /// All paths in the order of their numbers.
    pub(crate) fn paths(&self) -> Paths<'_, R> {
        Paths { stream: self.stream(Section::Paths), number: 0, count: self.counts.paths, path: Vec::new() }
    }

    fn read_lines(&self) -> Result<Vec<LineRow>, SegmentError> {
        let mut stream = self.stream(Section::Lines);
        let (mut lines, mut next) = (Vec::new(), 0u64);
        while stream.left() > 0 {
            let (name, reference) = (stream.string()?, stream.string()?);
            let kind = match stream.number()? {
                0 => Some(LineKind::State),
                1 => Some(LineKind::History),
                2 => Some(LineKind::Side),
                _ => None,
            };
            let [begin, commits] = [(); 2].map(|()| stream.number().map(u32::try_from));
            let oid = stream.number()?;
            match (kind, begin?, commits?) {
                (Some(kind), Ok(begin), Ok(commits))
                    if commits > 0 && [0, 20, 32].contains(&oid) && begin.checked_add(commits).is_some() =>
                {
                    lines.push(LineRow { line: Line { name, reference, kind, begin, commits }, first: next, oid });
                    next = next.saturating_add(u64::from(commits));
                }
                _ => return Err(stream.damaged("the line before here has a kind or commits that do not exist")),
            }
        }
        if (lines.len() as u64, next) != (self.counts.lines, self.counts.commits) {
            return Err(stream.damaged("there are more or fewer lines or commits than the footer says"));
        }
        Ok(lines)
    }
}

/// Reads paths one after another.
pub(crate) struct Paths<'r, R> {
    stream: Stream<'r, R>,
    number: u64,
    count: u64,
    path: Vec<u8>,
}

impl<R: ReadAt> Paths<'_, R> {
    /// The next path, until there is none.
    pub(crate) fn advance(&mut self) -> Result<Option<&[u8]>, SegmentError> {
        if self.number >= self.count {
            return Ok(None);
        }
        if self.number.is_multiple_of(RESTART) {
            self.path.clear();
        }
        let shared = offset(self.stream.number()?);
        if shared > self.path.len() {
            return Err(self.stream.damaged("a path shares more with the one before than there is"));
        }
        self.path.truncate(shared);
        let length = self.stream.number()?;
        self.stream.read(length, &mut self.path)?;
        self.number += 1;
        Ok(Some(&self.path))
    }

    /// The path that was read last.
    pub(crate) fn path(&self) -> &[u8] {
        &self.path
    }

    pub(super) fn stream(&self) -> &Stream<'_, R> {
        &self.stream
    }
}

fn halves([high, low]: [u64; 2]) -> u128 {
    u128::from(high) << 64 | u128::from(low)
}

/// An object id from its four numbers; `None` where they say more than `length` bytes.
fn oid_of(words: [u64; 4], length: u64) -> Option<Vec<u8>> {
    if ![0, 20, 32].contains(&length) {
        return None;
    }
    let mut oid = Vec::with_capacity(offset(length));
    for word in words {
        let bytes = word.to_be_bytes();
        let taken = (offset(length) - oid.len()).min(8);
        let (unused, used) = bytes.split_at(8 - taken);
        if unused.iter().any(|byte| *byte != 0) {
            return None;
        }
        oid.extend_from_slice(used);
    }
    Some(oid)
}

/// The row for which `compare` gives `Equal`, of rows that are sorted by hashes with about this leading word.
fn search(
    rows: u64,
    word: u64,
    mut compare: impl FnMut(u64) -> Result<Ordering, SegmentError>,
) -> Result<Option<u64>, SegmentError> {
    let (mut low, mut high) = (0, rows);
    // Hashes are spread evenly, so the guess is close; then ever larger steps towards the row, then halves.
    let mut probe = offset_in(word, rows);
    let mut step = 1u64;
    while low < high {
        probe = probe.clamp(low, high - 1);
        match compare(probe)? {
            Ordering::Equal => return Ok(Some(probe)),
            Ordering::Less => low = probe + 1,
            Ordering::Greater => high = probe,
        }
        let middle = low + (high - low) / 2;
        probe =
            if low == probe + 1 { middle.min(low.saturating_add(step)) } else { middle.max(high.saturating_sub(step)) };
        step = step.saturating_mul(2);
    }
    Ok(None)
}

/// The share of `rows` that `word` is of all words.
fn offset_in(word: u64, rows: u64) -> u64 {
    u64::try_from((u128::from(word) * u128::from(rows)) >> 64).unwrap_or_default()
}

/// The first block after `at`, of which the first fingerprint `first` is not above `key`, whose first fingerprint is above `key`, and that
/// fingerprint; or the number of blocks, where there is none.
fn seek<R: ReadAt>(fence: &mut Table<'_, R>, at: u64, first: u64, key: u64) -> Result<(u64, u64), SegmentError> {
    let count = fence.len();
    // Below `low` all first fingerprints are at most `key`, from `high` on all are above it.
    let (mut low, mut high, mut above) = (at + 1, count, 1 << STORED_BITS);
    // Fingerprints are spread evenly, so the guess is close.
    let left = (1u64 << STORED_BITS).saturating_sub(first).max(1);
    let ahead = u128::from(key - first) * u128::from(count - at) / u128::from(left);
    let mut probe = low.saturating_add(u64::try_from(ahead).unwrap_or(u64::MAX));
    let mut step = 1u64;
    while low < high {
        probe = probe.clamp(low, high - 1);
        let [here] = fence.row(probe)?;
        let middle;
        if here <= key {
            low = probe + 1;
            middle = low + (high - low) / 2;
            probe = middle.min(probe.saturating_add(step));
        } else {
            (high, above) = (probe, here);
            middle = low + (high - low) / 2;
            probe = middle.max(probe.saturating_sub(step));
        }
        step = step.saturating_mul(2);
    }
    Ok((low, above))
}

/// The table of sections: each stands where the one before it ends, the last one ends at the footer.
fn extents(footer: &[u8], footer_at: u64) -> Option<[Extent; 14]> {
    let unused = [footer.get(80..ENTRIES)?, footer.get(ENTRIES + ENTRY * Section::ALL.len()..)?];
    if unused.into_iter().flatten().any(|byte| *byte != 0) {
        return None;
    }
    let mut end = BLOCK as u64;
    let mut extents: Vec<Extent> = Vec::new();
    for section in Section::ALL {
        let bytes = footer.get(ENTRIES + section.index() * ENTRY..)?.get(..ENTRY)?;
        let entry = Entry {
            rows: u64_at(bytes, 0),
            blocks: u64_at(bytes, 8),
            widths: *bytes.get(16..)?.first_chunk()?,
            digest: *bytes.get(32..)?.first_chunk()?,
        };
        let blocks = match section {
            // How many there are is told by the fence.
            Section::Text | Section::Code | Section::Parts => entry.blocks,
            Section::Paths | Section::Lines => blocks_of_stream(entry.rows),
            _ => blocks_of_table(entry.rows, &entry.widths)?,
        };
        let is_table =
            !matches!(section, Section::Text | Section::Code | Section::Parts | Section::Paths | Section::Lines);
        if blocks != entry.blocks || bytes.get(28..32)? != [0; 4] || (!is_table && entry.widths != [0; 12]) {
            return None;
        }
        extents.push(Extent { section, offset: end, entry });
        end = end.checked_add(blocks.checked_mul(BLOCK as u64)?).filter(|end| *end <= footer_at)?;
    }
    let fits = CHANNELS.into_iter().all(|channel| {
        let [postings, fence] = [Section::postings(channel), Section::fence(channel)].map(|s| extents[s.index()].entry);
        postings.blocks == fence.rows && (postings.rows > 0) == (postings.blocks > 0)
    });
    extents.try_into().ok().filter(|_| fits && end == footer_at)
}
