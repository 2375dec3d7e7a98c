//! Opens a segment and answers from it.

use super::blocks::{Extent, ReadAt, Rows};
use super::error::SegmentError;
use super::layout::{BLOCK, ENTRY, MAGIC, PAYLOAD, Section, TABLE, VERSION, tag, u32_at, u64_at};
use super::{Commit, Content, ContentId, Counts, Interval, IntervalId, Line, LineId, LineKind, PathId, Posting};
use crate::{Kind, ProfileId};

/// An open segment. Every answer is a function of its bytes alone, and every block that an answer rests on is checked
/// against its tag when it is read. What crosses blocks (that rows are sorted, that sections are those that the header
/// names) is checked by [`Segment::verify`].
#[derive(Debug)]
pub struct Segment<R> {
    pub(super) reader: R,
    profile: ProfileId,
    pub(super) extents: [Extent; 9],
    counts: Counts,
}

impl<R: ReadAt> Segment<R> {
    /// Opens a segment and checks its header.
    ///
    /// # Errors
    /// Where the bytes can't be read, are no segment, a newer one, torn or damaged.
    pub fn open(reader: R) -> Result<Self, SegmentError> {
        let io = |source| SegmentError::Io { what: "opening", source };
        let length = reader.length().map_err(io)?;
        let mut header = vec![0; BLOCK];
        let begin = usize::try_from(length).unwrap_or(BLOCK).min(BLOCK);
        reader.read_exact_at(&mut header[..begin], 0).map_err(io)?;
        if !header.starts_with(&MAGIC) {
            return Err(SegmentError::NotASegment);
        }
        let damaged = |detail| SegmentError::Damaged { part: "header", at: "block 0".to_owned(), detail };
        if u32_at(&header, 8) > VERSION {
            return Err(SegmentError::NewerVersion { found: u32_at(&header, 8) });
        }
        let (payload, stored) = header.split_at(PAYLOAD);
        if begin < BLOCK || tag(0, 0, payload) != *stored {
            return Err(damaged("its bytes do not fit their tag"));
        }
        if u32_at(payload, 8) != VERSION {
            return Err(damaged("there is no such version of the format"));
        }
        if u64_at(payload, 48) != length {
            return Err(damaged("the file is shorter or longer than it says"));
        }
        let mut profile = [0; 32];
        profile.copy_from_slice(&payload[16..48]);
        let extents = extents(payload, length).ok_or_else(|| damaged("its table of sections makes no sense"))?;
        let counts = Counts::new(extents.map(|extent| extent.rows), length);
        Ok(Segment { reader, profile: ProfileId(profile), extents, counts })
    }

    /// The profile that its fingerprints were made under. Fingerprints of another one must not be looked up in it.
    pub fn profile(&self) -> ProfileId {
        self.profile
    }

    /// How much it holds.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Gives every posting of every key to `found`, in the order of the keys. `keys` must be sorted; where they are
    /// not, answers may be missing. Answers to parts of the keys may be joined in any order.
    ///
    /// # Errors
    /// Where the segment can't be read or is damaged; `found` may have been given true answers before.
    pub fn look_up(&self, keys: &[u64], found: &mut impl FnMut(Posting)) -> Result<(), SegmentError> {
        let mut rows = self.rows(Section::Postings);
        let mut next = 0;
        let mut previous = None;
        for key in keys {
            if previous.replace(*key) == Some(*key) {
                continue;
            }
            next = rows.partition_point(next, |row| u64_at(row, 0) < *key)?;
            while next < rows.len() {
                let row = rows.row(next)?;
                let posting = Posting { fingerprint: u64_at(row, 0), interval: IntervalId(u32_at(row, 8)) };
                if posting.fingerprint != *key {
                    break;
                }
                found(posting);
                next += 1;
            }
        }
        Ok(())
    }

    /// The content with this BLAKE3, if the segment holds it.
    ///
    /// # Errors
    /// Where the segment can't be read or is damaged.
    pub fn content_by_blake3(&self, blake3: &[u8; 32]) -> Result<Option<ContentId>, SegmentError> {
        let mut rows = self.rows(Section::Contents);
        let at = rows.partition_point(0, |row| row.get(..32) < Some(blake3))?;
        let found = at < rows.len() && rows.row(at)?.starts_with(blake3);
        Ok(if found { u32::try_from(at).ok().map(ContentId) } else { None })
    }

    /// The content with this git object id, if the segment holds it.
    ///
    /// # Errors
    /// Where the segment can't be read or is damaged.
    pub fn content_by_oid(&self, oid: &[u8]) -> Result<Option<ContentId>, SegmentError> {
        let numbers = self.extent(Section::ContentsByOid).rows;
        let (mut low, mut high) = (0, numbers);
        let mut by_oid = self.rows(Section::ContentsByOid);
        // A plain binary search: each step reads one row of either section, so nothing is gained by looking nearby.
        while low < high {
            let middle = low + (high - low) / 2;
            let id = ContentId(u32_at(by_oid.row(middle)?, 0));
            match self.content(id)?.oid.as_slice().cmp(oid) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Ok(Some(id)),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        Ok(None)
    }

    /// What is known of a content.
    ///
    /// # Errors
    /// Where there is no such content, or the segment can't be read or is damaged.
    pub fn content(&self, id: ContentId) -> Result<Content, SegmentError> {
        let mut rows = self.rows(Section::Contents);
        let content = content_of(rows.row(u64::from(id.0))?);
        content
            .ok_or_else(|| rows.damaged(format!("row {}", id.0), "its kind or the length of its object id is unknown"))
    }

    /// The intervals in which a content stood.
    ///
    /// # Errors
    /// Where the segment can't be read or is damaged.
    pub fn files_of(&self, content: ContentId) -> Result<Vec<IntervalId>, SegmentError> {
        let mut rows = self.rows(Section::Files);
        let mut next = rows.partition_point(0, |row| u32_at(row, 0) < content.0)?;
        let mut intervals = Vec::new();
        while next < rows.len() {
            let row = rows.row(next)?;
            if u32_at(row, 0) != content.0 {
                break;
            }
            intervals.push(IntervalId(u32_at(row, 4)));
            next += 1;
        }
        Ok(intervals)
    }

    /// Where and when: the interval of a number.
    ///
    /// # Errors
    /// Where there is no such interval, or the segment can't be read or is damaged.
    pub fn interval(&self, id: IntervalId) -> Result<Interval, SegmentError> {
        Ok(self.intervals(&[id])?.remove(0))
    }

    /// The intervals of these numbers, in their order. Sorted numbers read each block about once.
    ///
    /// # Errors
    /// Where one of them does not exist, or the segment can't be read or is damaged.
    pub fn intervals(&self, ids: &[IntervalId]) -> Result<Vec<Interval>, SegmentError> {
        let mut rows = self.rows(Section::Intervals);
        let mut lines = Vec::new();
        for number in 0..self.counts.lines {
            lines.push(self.line_row(number)?.0.commits);
        }
        let read = |id: &IntervalId| {
            let row = rows.row(u64::from(id.0))?;
            let [path, line, first, last] = [0, 4, 8, 12].map(|at| u32_at(row, at));
            let commits = lines.get(line as usize).copied().unwrap_or_default();
            if u64::from(path) >= self.counts.paths || first > last || last >= commits {
                return Err(rows.damaged(format!("row {}", id.0), "its path, line or commits do not exist"));
            }
            Ok(Interval { path: PathId(path), line: LineId(line), first, last })
        };
        ids.iter().map(read).collect()
    }

    /// The bytes of a path.
    ///
    /// # Errors
    /// Where there is no such path, or the segment can't be read or is damaged.
    pub fn path(&self, id: PathId) -> Result<Vec<u8>, SegmentError> {
        let mut rows = self.rows(Section::Paths);
        let row = rows.row(u64::from(id.0))?;
        self.string(u64_at(row, 0), u32_at(row, 8))
    }

    /// A line.
    ///
    /// # Errors
    /// Where there is no such line, or the segment can't be read or is damaged.
    pub fn line(&self, id: LineId) -> Result<Line, SegmentError> {
        Ok(self.line_row(u64::from(id.0))?.0)
    }

    /// A commit of a line, counted from its oldest.
    ///
    /// # Errors
    /// Where there is no such commit, or the segment can't be read or is damaged.
    pub fn commit(&self, line: LineId, number: u32) -> Result<Commit, SegmentError> {
        let (line, first, oid) = self.line_row(u64::from(line.0))?;
        let mut rows = self.rows(Section::Commits);
        if number >= line.commits {
            return Err(rows.damaged(format!("commit {number}"), "its line has no such commit"));
        }
        let row = rows.row(u64::from(first) + u64::from(number))?;
        let time = i64::from_le_bytes(u64_at(row, 32).to_le_bytes());
        Ok(Commit { oid: row.get(..oid).unwrap_or_default().to_vec(), time })
    }

    pub(super) fn rows(&self, section: Section) -> Rows<'_, R> {
        Rows::new(&self.reader, self.extent(section))
    }

    pub(super) fn extent(&self, section: Section) -> Extent {
        self.extents[section.index()]
    }

    /// A line, the number of its first commit, and the length of its object ids.
    fn line_row(&self, number: u64) -> Result<(Line, u32, usize), SegmentError> {
        let mut rows = self.rows(Section::Lines);
        let row = rows.row(number)?;
        let [first, commits, kind, oid] = [24, 28, 32, 36].map(|at| u32_at(row, at));
        let (name, reference) = ((u64_at(row, 0), u32_at(row, 8)), (u64_at(row, 12), u32_at(row, 20)));
        let kind = match kind {
            0 => Some(LineKind::State),
            1 => Some(LineKind::History),
            2 => Some(LineKind::Side),
            _ => None,
        };
        let fits = u64::from(first) + u64::from(commits) <= self.counts.commits && commits > 0;
        match (kind, oid) {
            (Some(kind), 0 | 20 | 32) if fits => {
                let line = Line {
                    name: self.string(name.0, name.1)?,
                    reference: self.string(reference.0, reference.1)?,
                    kind,
                    commits,
                };
                Ok((line, first, oid as usize))
            }
            _ => Err(rows.damaged(format!("row {number}"), "its kind or its commits do not exist")),
        }
    }

    fn string(&self, offset: u64, length: u32) -> Result<Vec<u8>, SegmentError> {
        let mut rows = self.rows(Section::Strings);
        let end = offset.checked_add(u64::from(length)).filter(|end| *end <= rows.len());
        let end = end.ok_or_else(|| rows.damaged(format!("byte {offset}"), "a reference leads past the end"))?;
        (offset..end).map(|at| rows.row(at).map(|row| row.first().copied().unwrap_or_default())).collect()
    }
}

/// A content's row, where its kind and the length of its object id are known ones.
pub(super) fn content_of(row: &[u8]) -> Option<Content> {
    let kind = match row.get(76)? {
        0 => Kind::Text,
        1 => Kind::Utf16,
        2 => Kind::Binary,
        _ => return None,
    };
    let length = usize::from(*row.get(77)?);
    if ![0, 20, 32].contains(&length) {
        return None;
    }
    Some(Content {
        blake3: *row.first_chunk()?,
        oid: row.get(32..32 + length)?.to_vec(),
        bytes: u64_at(row, 64),
        kind,
        fingerprints: u32_at(row, 72),
    })
}

/// The section table: each section where the one before it ends, and the last one at the end of the file.
fn extents(payload: &[u8], length: u64) -> Option<[Extent; 9]> {
    if u32_at(payload, 12) as usize != Section::ALL.len() {
        return None;
    }
    let table_end = TABLE + ENTRY * Section::ALL.len();
    let unused = [payload.get(56..TABLE)?, payload.get(table_end..)?];
    if unused.into_iter().flatten().any(|byte| *byte != 0) {
        return None;
    }
    let mut end = BLOCK as u64;
    let mut extents = Vec::new();
    for section in Section::ALL {
        let entry = payload.get(TABLE + section.index() * ENTRY..)?.get(..ENTRY)?;
        let rows = u64_at(entry, 16);
        let known = u32_at(entry, 0) == section.number() && u32_at(entry, 4) as usize == section.width();
        if !known || u64_at(entry, 8) != end || u64_at(entry, 24) != 0 {
            return None;
        }
        let blocks = Extent::blocks(section, rows).checked_mul(BLOCK as u64)?;
        extents.push(Extent { section, offset: end, rows, digest: *entry.get(32..)?.first_chunk()? });
        end = end.checked_add(blocks).filter(|end| *end <= length)?;
    }
    extents.try_into().ok().filter(|_| end == length)
}
