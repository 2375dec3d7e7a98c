//! Builds a segment in memory and writes it.

use std::collections::{HashMap, HashSet};
use std::io::{self, Write};
use std::mem;

use super::blocks::{Extent, SectionWriter};
use super::error::SegmentError;
use super::history::{PathHistory, Version};
use super::layout::{BLOCK, ENTRY, MAGIC, OID, PAYLOAD, Section, TABLE, VERSION, tag};
use super::{Commit, Counts, LineId, LineKind};
use crate::{Kind, Profile, ProfileId};

/// Gathers lines, contents and histories, and writes them as one segment.
///
/// It holds all rows in memory until [`SegmentWriter::write`]: 16 bytes a posting, some 200 a content. The bytes written
/// depend on what was added and on the order of the lines, not on the order in which paths were added.
pub struct SegmentWriter {
    profile: ProfileId,
    pub(super) lines: Vec<NewLine>,
    paths: HashMap<Vec<u8>, u32>,
    histories: HashSet<(u32, LineId)>,
    contents: HashMap<[u8; 32], u32>,
    content_rows: Vec<ContentRow>,
    pub(super) intervals: Vec<NewInterval>,
    pub(super) files: Vec<(u32, u32)>,
    pub(super) postings: Vec<(u64, u32)>,
}

pub(super) struct NewLine {
    name: Vec<u8>,
    reference: Vec<u8>,
    pub(super) kind: LineKind,
    pub(super) commits: Vec<Commit>,
}

/// An interval whose path still has its provisional number.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct NewInterval {
    pub(super) path: u32,
    pub(super) line: LineId,
    pub(super) first: u32,
    pub(super) last: u32,
}

struct ContentRow {
    blake3: [u8; 32],
    oid: Vec<u8>,
    bytes: u64,
    kind: Kind,
    fingerprints: u32,
}

impl SegmentWriter {
    /// Begins a segment of fingerprints made under `profile`.
    pub fn new(profile: &Profile) -> Self {
        SegmentWriter {
            profile: profile.id(),
            lines: Vec::new(),
            paths: HashMap::new(),
            histories: HashSet::new(),
            contents: HashMap::new(),
            content_rows: Vec::new(),
            intervals: Vec::new(),
            files: Vec::new(),
            postings: Vec::new(),
        }
    }

    /// Adds a line: `name` is the source as given, `reference` the branch or empty.
    ///
    /// # Errors
    /// Where there is no commit, a state has more than one, ids differ in length or have none of the lengths 0, 20, 32,
    /// or there are too many.
    pub fn add_line(
        &mut self,
        name: &[u8],
        reference: &[u8],
        kind: LineKind,
        commits: Vec<Commit>,
    ) -> Result<LineId, SegmentError> {
        let order = |detail| SegmentError::Order { path: String::from_utf8_lossy(name).into_owned(), detail };
        let length = commits.first().ok_or_else(|| order("the line has no commit"))?.oid.len();
        if ![0, 20, OID].contains(&length) || commits.iter().any(|c| c.oid.len() != length) {
            return Err(order("its object ids do not all have 0, or 20, or 32 bytes"));
        }
        if kind == LineKind::State && commits.len() != 1 {
            return Err(order("a state has more than one commit"));
        }
        number(commits.len() + self.lines.iter().map(|l| l.commits.len()).sum::<usize>(), "commits")?;
        let id = LineId(number(self.lines.len(), "lines")?);
        self.lines.push(NewLine { name: name.to_vec(), reference: reference.to_vec(), kind, commits });
        Ok(id)
    }

    /// Begins the history of one path on one line (of kind state or history). Each path has one history on a line.
    ///
    /// # Errors
    /// Where the line is unknown or a side, or the path has had its history.
    pub fn history(&mut self, path: &[u8], line: LineId) -> Result<PathHistory<'_>, SegmentError> {
        let order = |detail| SegmentError::Order { path: String::from_utf8_lossy(path).into_owned(), detail };
        let commits = self.line(line).ok_or_else(|| order("its line is unknown"))?;
        if commits.kind == LineKind::Side {
            return Err(order("its line is a side"));
        }
        let last = number(commits.commits.len(), "commits")? - 1;
        let path_number = match self.paths.get(path) {
            Some(known) => *known,
            None => {
                let new = number(self.paths.len(), "paths")?;
                self.paths.insert(path.to_vec(), new);
                new
            }
        };
        if !self.histories.insert((path_number, line)) {
            return Err(order("it has had its history on this line"));
        }
        Ok(PathHistory::new(self, path_number, String::from_utf8_lossy(path).into_owned(), line, last))
    }

    /// Sorts everything and writes the segment. Syncing and renaming the file into place is the caller's.
    ///
    /// # Errors
    /// Where `out` fails or there are too many rows.
    pub fn write(mut self, out: &mut dyn Write) -> Result<Counts, SegmentError> {
        let mut strings = Strings::default();
        let paths = self.number_paths(&mut strings);
        self.number_intervals(&paths.0)?;
        let contents = self.number_contents()?;
        let (lines, commits) = self.line_rows(&mut strings)?;
        let mut rows: [Vec<u8>; 9] = Default::default();
        rows[Section::Strings.index()] = strings.bytes;
        rows[Section::Paths.index()] = paths.1;
        rows[Section::Lines.index()] = lines;
        rows[Section::Commits.index()] = commits;
        rows[Section::Contents.index()] = contents.0;
        rows[Section::ContentsByOid.index()] = contents.1;
        rows[Section::Files.index()] = pairs(&self.files);
        rows[Section::Intervals.index()] = interval_rows(&self.intervals);
        let postings = mem::take(&mut self.postings);
        rows[Section::Postings.index()] =
            postings.iter().flat_map(|(f, i)| f.to_le_bytes().into_iter().chain(i.to_le_bytes())).collect();
        drop(postings);
        self.write_sections(&rows, out)
    }

    pub(super) fn line(&self, id: LineId) -> Option<&NewLine> {
        self.lines.get(id.0 as usize)
    }

    /// The provisional number of a content, which is noted where it is new.
    pub(super) fn content(&mut self, version: &Version<'_>) -> Result<u32, SegmentError> {
        let fingerprints = version.fingerprints;
        if let Some(known) = self.contents.get(&fingerprints.blake3) {
            if let Some(row) = self.content_rows.get_mut(*known as usize).filter(|row| row.oid.is_empty()) {
                row.oid = version.oid.to_vec();
            }
            return Ok(*known);
        }
        let new = number(self.content_rows.len(), "contents")?;
        self.contents.insert(fingerprints.blake3, new);
        self.content_rows.push(ContentRow {
            blake3: fingerprints.blake3,
            oid: version.oid.to_vec(),
            bytes: fingerprints.bytes,
            kind: fingerprints.kind,
            fingerprints: number(fingerprints.text.len(), "fingerprints of one content")?,
        });
        Ok(new)
    }

    /// Numbers paths in the order of their bytes: the new number of each provisional one, and the rows.
    fn number_paths(&mut self, strings: &mut Strings) -> (Vec<u32>, Vec<u8>) {
        let mut paths: Vec<(Vec<u8>, u32)> = mem::take(&mut self.paths).into_iter().collect();
        paths.sort_unstable();
        let mut renumbered = vec![0; paths.len()];
        let mut rows = Vec::new();
        for ((path, provisional), new) in paths.into_iter().zip(0u32..) {
            renumbered[provisional as usize] = new;
            strings.refer(&path, &mut rows);
        }
        (renumbered, rows)
    }

    /// Numbers intervals in their own order, and in files and postings.
    fn number_intervals(&mut self, paths: &[u32]) -> Result<(), SegmentError> {
        number(self.intervals.len(), "intervals")?;
        for interval in &mut self.intervals {
            interval.path = paths[interval.path as usize];
        }
        let mut order: Vec<u32> = (0u32..).take(self.intervals.len()).collect();
        let key = |i: &NewInterval| (i.path, i.line, i.first, i.last);
        order.sort_unstable_by_key(|provisional| key(&self.intervals[*provisional as usize]));
        let mut renumbered = vec![0; order.len()];
        for (provisional, new) in order.into_iter().zip(0u32..) {
            renumbered[provisional as usize] = new;
        }
        self.intervals.sort_unstable_by_key(key);
        self.postings.iter_mut().for_each(|(_, interval)| *interval = renumbered[*interval as usize]);
        self.postings.sort_unstable();
        self.files.iter_mut().for_each(|(_, interval)| *interval = renumbered[*interval as usize]);
        Ok(())
    }

    /// Numbers contents in the order of their BLAKE3: their rows, and their numbers by object id.
    fn number_contents(&mut self) -> Result<(Vec<u8>, Vec<u8>), SegmentError> {
        let mut order: Vec<u32> = (0u32..).take(self.content_rows.len()).collect();
        order.sort_unstable_by_key(|provisional| self.content_rows[*provisional as usize].blake3);
        let mut renumbered = vec![0; order.len()];
        for (provisional, new) in order.into_iter().zip(0u32..) {
            renumbered[provisional as usize] = new;
        }
        self.files.iter_mut().for_each(|(content, _)| *content = renumbered[*content as usize]);
        self.files.sort_unstable();
        self.content_rows.sort_unstable_by_key(|row| row.blake3);
        let rows = self.content_rows.iter().flat_map(ContentRow::encode).collect();
        let mut by_oid: Vec<u32> = (0u32..).take(self.content_rows.len()).collect();
        by_oid.retain(|content| !self.content_rows[*content as usize].oid.is_empty());
        by_oid.sort_unstable_by_key(|content| (padded(&self.content_rows[*content as usize].oid), *content));
        Ok((rows, by_oid.iter().flat_map(|content| content.to_le_bytes()).collect()))
    }

    fn line_rows(&mut self, strings: &mut Strings) -> Result<(Vec<u8>, Vec<u8>), SegmentError> {
        let (mut lines, mut commits) = (Vec::new(), Vec::new());
        let mut first = 0u32;
        for line in &self.lines {
            strings.refer(&line.name, &mut lines);
            strings.refer(&line.reference, &mut lines);
            let count = number(line.commits.len(), "commits")?;
            let kind: u8 = match line.kind {
                LineKind::State => 0,
                LineKind::History => 1,
                LineKind::Side => 2,
            };
            let oid = number(line.commits.first().map_or(0, |c| c.oid.len()), "bytes of an object id")?;
            for field in [first, count, u32::from(kind), oid] {
                lines.extend_from_slice(&field.to_le_bytes());
            }
            for commit in &line.commits {
                commits.extend_from_slice(&padded(&commit.oid));
                commits.extend_from_slice(&commit.time.to_le_bytes());
            }
            first += count;
        }
        Ok((lines, commits))
    }

    fn write_sections(&self, rows: &[Vec<u8>; 9], out: &mut dyn Write) -> Result<Counts, SegmentError> {
        let mut offset = BLOCK as u64;
        let mut table = Vec::new();
        let mut counts = [0; 9];
        for section in Section::ALL {
            let rows = &rows[section.index()];
            // The header stands first and holds the digests, so every section is laid out twice; the first time into
            // nothing.
            let mut nothing = io::sink();
            let mut writer = SectionWriter::new(&mut nothing, section);
            writer.push(rows)?;
            let (count, digest) = writer.finish()?;
            table.extend_from_slice(&section.number().to_le_bytes());
            table.extend_from_slice(&number(section.width(), "bytes of a row")?.to_le_bytes());
            table.extend_from_slice(&offset.to_le_bytes());
            table.extend_from_slice(&count.to_le_bytes());
            table.extend_from_slice(&[0; 8]);
            table.extend_from_slice(&digest);
            offset += Extent::blocks(section, count) * BLOCK as u64;
            counts[section.index()] = count;
        }
        let header = self.header(&table, offset);
        out.write_all(&header).map_err(|source| SegmentError::Io { what: "writing", source })?;
        for section in Section::ALL {
            let mut writer = SectionWriter::new(out, section);
            writer.push(&rows[section.index()])?;
            writer.finish()?;
        }
        out.flush().map_err(|source| SegmentError::Io { what: "writing", source })?;
        Ok(Counts::new(counts, offset))
    }

    fn header(&self, table: &[u8], bytes: u64) -> Vec<u8> {
        let mut header = Vec::with_capacity(BLOCK);
        header.extend_from_slice(&MAGIC);
        header.extend_from_slice(&VERSION.to_le_bytes());
        let sections = u32::try_from(table.len() / ENTRY).unwrap_or_default();
        header.extend_from_slice(&sections.to_le_bytes());
        header.extend_from_slice(&self.profile.0);
        header.extend_from_slice(&bytes.to_le_bytes());
        header.resize(TABLE, 0);
        header.extend_from_slice(table);
        header.resize(PAYLOAD, 0);
        let tag = tag(0, 0, &header);
        header.extend_from_slice(&tag);
        header
    }
}

impl Counts {
    pub(super) fn new(rows: [u64; 9], bytes: u64) -> Self {
        let of = |section: Section| rows[section.index()];
        Counts {
            lines: of(Section::Lines),
            commits: of(Section::Commits),
            paths: of(Section::Paths),
            contents: of(Section::Contents),
            files: of(Section::Files),
            intervals: of(Section::Intervals),
            postings: of(Section::Postings),
            bytes,
        }
    }
}

impl ContentRow {
    fn encode(&self) -> Vec<u8> {
        let mut row = Vec::with_capacity(Section::Contents.width());
        row.extend_from_slice(&self.blake3);
        row.extend_from_slice(&padded(&self.oid));
        row.extend_from_slice(&self.bytes.to_le_bytes());
        row.extend_from_slice(&self.fingerprints.to_le_bytes());
        let kind = match self.kind {
            Kind::Text => 0,
            Kind::Utf16 => 1,
            Kind::Binary => 2,
        };
        let oid = u8::try_from(self.oid.len()).unwrap_or_default();
        row.extend_from_slice(&[kind, oid, 0, 0]);
        row
    }
}

/// All strings of a segment, one after another.
#[derive(Default)]
struct Strings {
    bytes: Vec<u8>,
}

impl Strings {
    /// Adds a string, and to `row` the reference to it.
    fn refer(&mut self, string: &[u8], row: &mut Vec<u8>) {
        row.extend_from_slice(&(self.bytes.len() as u64).to_le_bytes());
        // No file system and no repository holds a name of 4 GiB; one that did would be cut here.
        let length = u32::try_from(string.len()).unwrap_or(u32::MAX);
        row.extend_from_slice(&length.to_le_bytes());
        self.bytes.extend_from_slice(&string[..length as usize]);
    }
}

/// A count as the format's 32-bit number.
pub(super) fn number(count: usize, what: &'static str) -> Result<u32, SegmentError> {
    u32::try_from(count).map_err(|_| SegmentError::TooMany { what, limit: u64::from(u32::MAX) })
}

fn padded(oid: &[u8]) -> [u8; OID] {
    let mut padded = [0; OID];
    padded.iter_mut().zip(oid).for_each(|(to, from)| *to = *from);
    padded
}

fn pairs(rows: &[(u32, u32)]) -> Vec<u8> {
    rows.iter().flat_map(|(a, b)| a.to_le_bytes().into_iter().chain(b.to_le_bytes())).collect()
}

fn interval_rows(intervals: &[NewInterval]) -> Vec<u8> {
    intervals.iter().flat_map(|i| [i.path, i.line.0, i.first, i.last]).flat_map(u32::to_le_bytes).collect()
}
