//! Writes a segment: postings as they come, tables at the end.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::Write;
use std::mem::size_of;
use std::path::Path;
use std::sync::Arc;

use super::aside::Aside;
use super::blocks::Sink;
use super::error::SegmentError;
use super::layout::{CHANNELS, ENTRIES, MAGIC, PAYLOAD, RESTART, Section, VERSION};
use super::postings::{PostingsWriter, stored};
use super::table::{StreamWriter, write_rows, write_table};
use super::{Commit, Content, Counts, Interval, IntervalId, Line, LineId, LineKind, PathId};
use crate::{Channel, Kind, ProfileId};

/// Writes a segment to a stream. Postings go out as they come; sets of intervals and fences are set aside in files without a name. What is
/// kept in memory are the tables: lines with their commits, paths, intervals and contents, and which sets there are, of which some 50 MB
/// are remembered ([`SegmentWriter::memory`]). Ending the segment takes half as much again for a while.
///
/// The same calls in the same order give the same bytes. Syncing and renaming the file into place is the caller's.
pub struct SegmentWriter<W: Write> {
    sink: Sink<W>,
    profile: ProfileId,
    folder: Arc<Path>,
    lines: Vec<Line>,
    commits: Vec<Commit>,
    paths: HashMap<Box<[u8]>, u32>,
    path_bytes: usize,
    intervals: HashMap<Packed, u32, Key>,
    contents: Vec<ContentRow>,
    groups: Groups,
    channel: PostingsWriter,
    current: Channel,
    fences: Vec<Aside<8>>,
    /// The stored fingerprint whose intervals are being gathered, and these.
    pending: Option<u64>,
    gathered: Vec<u32>,
    postings: u64,
}

struct ContentRow {
    blake3: [u8; 16],
    oid: Vec<u8>,
    bytes: u64,
    kind: Kind,
    code: u32,
    /// In how many intervals it stood.
    files: u32,
    /// How many contents were added before.
    number: u32,
}

impl<W: Write> SegmentWriter<W> {
    /// Begins a segment of fingerprints made under `profile`. What memory does not hold goes to files without a name in `folder`.
    ///
    /// # Errors
    /// Where `out` fails.
    pub fn new(out: W, profile: ProfileId, folder: &Path) -> Result<Self, SegmentError> {
        let folder: Arc<Path> = folder.into();
        let mut sink = Sink::new(out);
        let mut header = MAGIC.to_vec();
        header.extend_from_slice(&VERSION.to_le_bytes());
        sink.block(Section::Header, &mut header)?;
        Ok(SegmentWriter {
            sink,
            profile,
            lines: Vec::new(),
            commits: Vec::new(),
            paths: HashMap::new(),
            path_bytes: 0,
            intervals: HashMap::default(),
            contents: Vec::new(),
            groups: Groups::new(&folder),
            channel: PostingsWriter::new(Section::Text, &folder),
            current: Channel::Text,
            fences: Vec::new(),
            pending: None,
            gathered: Vec::new(),
            postings: 0,
            folder,
        })
    }

    /// Adds a line, or the part of it of which the segment tells: `commits` are those from number `line.begin` on.
    ///
    /// # Errors
    /// Where there is no commit or another number than the line says, a state has more than one, ids differ in length or
    /// have none of the lengths 0, 20, 32, or there are too many.
    pub fn line(&mut self, line: Line, commits: &[Commit]) -> Result<LineId, SegmentError> {
        let length = commits.first().ok_or(senseless("a line has no commit"))?.oid.len();
        if ![0, 20, 32].contains(&length) || commits.iter().any(|c| c.oid.len() != length) {
            return Err(senseless("the object ids of a line do not all have 0, or 20, or 32 bytes"));
        }
        if u32::try_from(commits.len()) != Ok(line.commits) || line.begin.checked_add(line.commits).is_none() {
            return Err(senseless("a line has another number of commits than it says"));
        }
        if line.kind == LineKind::State && (line.begin, line.commits) != (0, 1) {
            return Err(senseless("a state has more than one commit"));
        }
        let id = LineId(number(self.lines.len(), "lines")?);
        number(self.commits.len() + commits.len(), "commits")?;
        self.lines.push(line);
        self.commits.extend_from_slice(commits);
        Ok(id)
    }

    /// The number of a path, which is added where it is new.
    ///
    /// # Errors
    /// Where there are too many.
    pub fn path(&mut self, path: &[u8]) -> Result<PathId, SegmentError> {
        if let Some(known) = self.paths.get(path) {
            return Ok(PathId(*known));
        }
        let new = number(self.paths.len(), "paths")?;
        self.paths.insert(path.into(), new);
        self.path_bytes += path.len();
        Ok(PathId(new))
    }

    /// The number of an interval, which is added where it is new.
    ///
    /// # Errors
    /// Where its path, its line or its commits do not exist, or there are too many.
    pub fn interval(&mut self, interval: Interval) -> Result<IntervalId, SegmentError> {
        let packed = packed(&interval).ok_or(senseless(OTHER_COMMITS))?;
        if let Some(known) = self.intervals.get(&packed) {
            return Ok(IntervalId(*known));
        }
        let line = self.lines.get(interval.line.0 as usize).ok_or(senseless("the line of an interval is unknown"))?;
        if interval.path.0 as usize >= self.paths.len() {
            return Err(senseless("the path of an interval is unknown"));
        }
        let end = line.begin + line.commits;
        let sensible = match (interval.first, interval.last) {
            _ if line.kind == LineKind::Side && (interval.first.is_none() || interval.last.is_none()) => false,
            (None, last) => line.begin > 0 && last.is_none_or(|last| last + 1 >= line.begin && last < end),
            (Some(first), last) => {
                let last = last.unwrap_or(end - 1);
                line.begin <= first && first <= last && last < end
            }
        };
        if !sensible {
            return Err(senseless(OTHER_COMMITS));
        }
        // Its number twice must fit into the code of a group.
        let new = number(self.intervals.len(), "intervals").ok().filter(|new| *new <= u32::MAX / 2);
        let new = new.ok_or(SegmentError::TooMany { what: "intervals", limit: u64::from(u32::MAX / 2) })?;
        self.intervals.insert(packed, new);
        Ok(IntervalId(new))
    }

    /// Adds a content and where it stood. One that was added before is joined with it.
    ///
    /// # Errors
    /// Where it stood nowhere, an interval does not exist, its object id has none of the lengths 0, 20, 32, there are too many, or
    /// the folder takes no file.
    pub fn content(&mut self, content: &Content, intervals: &[IntervalId]) -> Result<(), SegmentError> {
        if ![0, 20, 32].contains(&content.oid.len()) {
            return Err(senseless("an object id has not 0, 20 or 32 bytes"));
        }
        let mut group = self.known(intervals)?;
        let number = number(self.contents.len(), "contents")?;
        let code = self.groups.code(&mut group)?;
        self.contents.push(ContentRow {
            blake3: content.blake3,
            oid: content.oid.clone(),
            bytes: content.bytes,
            kind: content.kind,
            code,
            files: count(&group),
            number,
        });
        Ok(())
    }

    /// Adds a fingerprint and where it stood. Fingerprints come channel after channel in the order of these, and
    /// ascending in each; equal ones are joined, and so are those that agree in the bits that are stored.
    ///
    /// # Errors
    /// Where the order is another, it stood nowhere, an interval does not exist, there are too many, or `out` or the folder fails.
    #[inline]
    pub fn posting(
        &mut self,
        channel: Channel,
        fingerprint: u64,
        intervals: &[IntervalId],
    ) -> Result<(), SegmentError> {
        if intervals.is_empty() || intervals.iter().any(|id| id.0 as usize >= self.intervals.len()) {
            return Err(senseless(NOWHERE));
        }
        let (channel, stored) = (channel.kept(), stored(fingerprint));
        if channel != self.current || self.pending != Some(stored) {
            self.next(channel, stored)?;
        }
        match intervals {
            [single] => self.gathered.push(single.0),
            _ => self.gathered.extend(intervals.iter().map(|id| id.0)),
        }
        Ok(())
    }

    /// Bytes of memory that the tables take, about.
    pub fn memory(&self) -> usize {
        // A hash table is at most 7/8 full and has a byte of its own for each place; an allocation costs 16 bytes.
        let table = |capacity: usize, entry: usize| capacity * 8 / 7 * (entry + 1);
        let fences: usize = self.fences.iter().chain([&self.channel.fence]).map(Aside::memory).sum();
        table(self.paths.capacity(), size_of::<(Box<[u8]>, u32)>())
            + self.path_bytes
            + 16 * self.paths.len()
            + table(self.intervals.capacity(), size_of::<(Packed, u32)>())
            + self.contents.capacity() * size_of::<ContentRow>()
            + self.contents.len() * 48
            + self.commits.capacity() * size_of::<Commit>()
            + self.commits.len() * 48
            + table(self.groups.sets.capacity(), size_of::<(u64, KnownSet)>())
            + self.groups.members.memory()
            + fences
    }

    /// Writes the tables and the footer. Gives back the stream, flushed, and how much was written.
    ///
    /// # Errors
    /// Where the stream or the folder fails or there are too many things.
    pub fn finish(mut self) -> Result<(W, Counts), SegmentError> {
        self.next(Channel::Parts, u64::MAX)?;
        // What was begun with an impossible fingerprint has nothing in it.
        self.pending = None;
        let last = std::mem::replace(&mut self.channel, PostingsWriter::new(Section::Text, &self.folder));
        self.fences.push(last.finish(&mut self.sink)?);
        let contents = self.contents()?;
        for (channel, fence) in CHANNELS.into_iter().zip(std::mem::take(&mut self.fences)) {
            let rows = fence.from(0).map(|first| Ok([first?]));
            write_rows(&mut self.sink, Section::fence(channel), [fence.union()], rows)?;
        }
        let Groups { members, .. } = std::mem::replace(&mut self.groups, Groups::new(&self.folder));
        let columns = |member: u64| [member >> 1, member & 1];
        let rows = members.from(0).map(|member| Ok(columns(member?)));
        write_rows(&mut self.sink, Section::Groups, columns(members.union()), rows)?;
        drop(members);
        let mut counts = Counts {
            lines: self.lines.len() as u64,
            commits: self.commits.len() as u64,
            paths: self.paths.len() as u64,
            contents: contents.len() as u64,
            files: contents.iter().map(|row| u64::from(row.files)).sum(),
            intervals: self.intervals.len() as u64,
            fingerprints: 0,
            postings: self.postings,
            bytes: 0,
        };
        self.write_intervals_and_paths()?;
        let base = self.write_lines()?;
        self.write_contents(&contents)?;
        let entries = self.sink.entries;
        counts.fingerprints = entries[..3].iter().map(|entry| entry.rows).sum();
        counts.bytes = self.sink.written() + super::layout::BLOCK as u64;
        let mut footer = Vec::with_capacity(PAYLOAD + 8);
        footer.extend_from_slice(&counts.bytes.to_le_bytes());
        footer.extend_from_slice(&self.profile.0);
        for number in [counts.lines, counts.paths, counts.files, counts.postings] {
            footer.extend_from_slice(&number.to_le_bytes());
        }
        footer.extend_from_slice(&base.to_le_bytes());
        footer.resize(ENTRIES, 0);
        for entry in entries {
            footer.extend_from_slice(&entry.rows.to_le_bytes());
            footer.extend_from_slice(&entry.blocks.to_le_bytes());
            footer.extend_from_slice(&entry.widths);
            footer.extend_from_slice(&[0; 4]);
            footer.extend_from_slice(&entry.digest);
        }
        self.sink.block(Section::Footer, &mut footer)?;
        Ok((self.sink.finish()?, counts))
    }

    /// Writes what was gathered, and goes on to the next fingerprint.
    fn next(&mut self, channel: Channel, stored: u64) -> Result<(), SegmentError> {
        if let Some(pending) = self.pending {
            if channel < self.current || (channel == self.current && stored < pending) {
                return Err(senseless("fingerprints do not ascend"));
            }
            let code = match self.gathered[..] {
                [single] => single << 1,
                _ => self.groups.code(&mut self.gathered)?,
            };
            self.postings += self.gathered.len() as u64;
            self.gathered.clear();
            self.channel.push(pending, code, &mut self.sink)?;
        }
        while channel > self.current {
            self.current = match self.current {
                Channel::Text => Channel::Code,
                Channel::Code | Channel::Parts | Channel::Sketches => Channel::Parts,
            };
            let next = PostingsWriter::new(Section::postings(self.current), &self.folder);
            let done = std::mem::replace(&mut self.channel, next);
            self.fences.push(done.finish(&mut self.sink)?);
        }
        self.pending = Some(stored);
        Ok(())
    }

    /// Numbers of intervals, all of which exist.
    fn known(&self, intervals: &[IntervalId]) -> Result<Vec<u32>, SegmentError> {
        let exist = !intervals.is_empty() && intervals.iter().all(|id| (id.0 as usize) < self.intervals.len());
        if exist { Ok(intervals.iter().map(|id| id.0).collect()) } else { Err(senseless(NOWHERE)) }
    }

    /// The contents in the order of their BLAKE3, equal ones joined.
    fn contents(&mut self) -> Result<Vec<ContentRow>, SegmentError> {
        let mut rows = std::mem::take(&mut self.contents);
        // Sorted and joined in place: there may be as many as memory was given for.
        rows.sort_unstable_by_key(|row| (row.blake3, row.number));
        let (mut kept, mut at) = (0, 0);
        while at < rows.len() {
            let alike = rows[at..].iter().take_while(|row| row.blake3 == rows[at].blake3).count();
            if alike > 1 {
                let mut group = Vec::new();
                for row in &rows[at..at + alike] {
                    self.groups.members_of(row.code, &mut group)?;
                }
                let oid = rows[at..at + alike].iter().position(|row| !row.oid.is_empty());
                let oid = oid.map(|with| std::mem::take(&mut rows[at + with].oid));
                rows[at].oid = oid.unwrap_or_default();
                rows[at].code = self.groups.code(&mut group)?;
                rows[at].files = count(&group);
            }
            rows.swap(kept, at);
            kept += 1;
            at += alike;
        }
        rows.truncate(kept);
        Ok(rows)
    }

    /// Intervals in the order of their numbers, with paths numbered in the order of their bytes; and the paths.
    fn write_intervals_and_paths(&mut self) -> Result<(), SegmentError> {
        let mut paths: Vec<(Box<[u8]>, u32)> = std::mem::take(&mut self.paths).into_iter().collect();
        paths.sort_unstable();
        let mut renumbered = vec![0u32; paths.len()];
        for ((_, given), new) in paths.iter().zip(0..) {
            renumbered[*given as usize] = new;
        }
        let mut intervals = vec![Packed::default(); self.intervals.len()];
        for (packed, number) in std::mem::take(&mut self.intervals) {
            intervals[number as usize] = packed;
        }
        let rows = intervals.iter().map(|packed| {
            let interval = unpacked(*packed);
            let begin = self.lines[interval.line.0 as usize].begin;
            // The last commit may be the one before the first that is told of.
            let commit =
                |commit: Option<u32>, more| commit.map_or(0, |commit| u64::from(commit) + more - u64::from(begin));
            [
                u64::from(renumbered[interval.path.0 as usize]),
                u64::from(interval.line.0),
                commit(interval.first, 1),
                commit(interval.last, 2),
            ]
        });
        write_table(&mut self.sink, Section::Intervals, rows)?;
        drop((intervals, renumbered));
        let mut restarts = Vec::new();
        let mut stream = StreamWriter::new(&mut self.sink, Section::Paths);
        let mut before: &[u8] = &[];
        for ((path, _), number) in paths.iter().zip(0u64..) {
            if number.is_multiple_of(RESTART) {
                restarts.push(stream.bytes);
                before = &[];
            }
            let shared = before.iter().zip(path.iter()).take_while(|(a, b)| a == b).count();
            stream.number(shared as u64)?;
            stream.string(&path[shared..])?;
            before = path;
        }
        stream.finish()?;
        write_table(&mut self.sink, Section::Restarts, restarts.iter().map(|at| [*at]))
    }

    /// Lines and commits. Gives the earliest time, from which times are counted.
    fn write_lines(&mut self) -> Result<i64, SegmentError> {
        let mut stream = StreamWriter::new(&mut self.sink, Section::Lines);
        let mut first = 0;
        for line in &self.lines {
            stream.string(&line.name)?;
            stream.string(&line.reference)?;
            let kind = match line.kind {
                LineKind::State => 0,
                LineKind::History => 1,
                LineKind::Side => 2,
            };
            let oid = self.commits.get(first).map_or(0, |commit| commit.oid.len());
            for number in [kind, u64::from(line.begin), u64::from(line.commits), oid as u64] {
                stream.number(number)?;
            }
            first += line.commits as usize;
        }
        stream.finish()?;
        let base = self.commits.iter().map(|commit| commit.time).min().unwrap_or_default();
        let rows = self.commits.iter().map(|commit| {
            let [a, b, c, d] = words(&commit.oid);
            [commit.time.abs_diff(base), a, b, c, d]
        });
        write_table(&mut self.sink, Section::Commits, rows)?;
        Ok(base)
    }

    fn write_contents(&mut self, rows: &[ContentRow]) -> Result<(), SegmentError> {
        let columns = rows.iter().map(|row| {
            let halves = u128::from_be_bytes(row.blake3);
            let [a, b, c, d] = words(&row.oid);
            let kind = match row.kind {
                Kind::Text => 0,
                Kind::Utf16 => 1,
                Kind::Binary => 2,
            };
            let low = halves & u128::from(u64::MAX);
            let [high, low] = [halves >> 64, low].map(|half| u64::try_from(half).unwrap_or_default());
            [high, low, a, b, c, d, (row.oid.len() / 4) as u64, row.bytes, kind, u64::from(row.code)]
        });
        write_table(&mut self.sink, Section::Contents, columns)?;
        let mut by_oid: Vec<u32> = (0u32..).zip(rows).filter(|(_, row)| !row.oid.is_empty()).map(|(n, _)| n).collect();
        by_oid.sort_by(|a, b| rows[*a as usize].oid.cmp(&rows[*b as usize].oid));
        write_table(&mut self.sink, Section::ContentsByOid, by_oid.iter().map(|number| [u64::from(*number)]))
    }
}

/// What is wrong with commits that a line does not have.
const OTHER_COMMITS: &str = "the commits of an interval are not among those of its line";

/// An interval as two numbers: hashed sooner than its fields, and smaller.
type Packed = (u64, u64);

/// `None` for a commit with a number that none in a line can have.
fn packed(interval: &Interval) -> Option<Packed> {
    let commit = |commit: Option<u32>| commit.map_or(Some(0), |commit| commit.checked_add(1)).map(u64::from);
    let place = u64::from(interval.path.0) << 32 | u64::from(interval.line.0);
    Some((place, commit(interval.first)? << 32 | commit(interval.last)?))
}

#[expect(clippy::cast_possible_truncation, reason = "the halves are what is wanted")]
fn unpacked((place, commits): Packed) -> Interval {
    let [path, line, first, last] = [place >> 32, place, commits >> 32, commits].map(|number| number as u32);
    Interval { path: PathId(path), line: LineId(line), first: first.checked_sub(1), last: last.checked_sub(1) }
}

/// What is wrong with no intervals, or with those of another segment.
const NOWHERE: &str = "something stood in no interval, or in one that does not exist";

fn senseless(detail: &'static str) -> SegmentError {
    SegmentError::Senseless { detail }
}

/// A count as the format's 32-bit number.
fn number(count: usize, what: &'static str) -> Result<u32, SegmentError> {
    u32::try_from(count).map_err(|_| SegmentError::TooMany { what, limit: u64::from(u32::MAX) })
}

/// An object id as four numbers that sort as its bytes do; what it lacks to 32 bytes is zero at the front of the last
/// ones, so that it takes no bits.
fn words(oid: &[u8]) -> [u64; 4] {
    let mut words = [0; 4];
    for (word, bytes) in words.iter_mut().zip(oid.chunks(8)) {
        *word = bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
    }
    words
}

/// Hashes words faster than the standard library does. Each table has a key of its own, so that nobody can choose words
/// that all fall on one place.
struct Key(u64);

impl Default for Key {
    fn default() -> Self {
        Key(RandomState::new().hash_one(0))
    }
}

impl BuildHasher for Key {
    type Hasher = Words;

    fn build_hasher(&self) -> Words {
        Words(self.0)
    }
}

struct Words(u64);

impl Hasher for Words {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the halves are what is wanted")]
    fn write_u64(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word) * 0x9e37_79b9_7f4a_7c15;
        self.0 = (product >> 64) as u64 ^ product as u64;
    }

    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }
}

/// How many members a group has, of which there are no more than intervals.
fn count(group: &[u32]) -> u32 {
    u32::try_from(group.len()).unwrap_or(u32::MAX)
}

/// How many sets are remembered, in some 50 MB: then all are forgotten, and memory does not grow with them.
const MOST_SETS: usize = 1_800_000;

/// The prime number 2^61 - 1.
const PRIME: u64 = (1 << 61) - 1;

/// The sets of several intervals, each kept once as far as it is remembered. The code of a single interval is its number twice; that of a set is
/// the place of its first member twice and one.
struct Groups {
    /// Numbers of intervals, twice; and one for the last of a set.
    members: Aside<4>,
    /// The set with this hash, of [`MOST_SETS`] at most. Of two sets with one hash the later is found; the other may be kept twice, as may
    /// one that was forgotten.
    sets: HashMap<u64, KnownSet, Key>,
    /// Where the digests' polynomials are evaluated.
    place: u64,
}

/// A set that was written.
struct KnownSet {
    /// The value, at a secret place, of the polynomial whose coefficients are the members, modulo [`PRIME`]. Who does not know the place makes
    /// two sets of `n` members with one value once in 2^61 / n times (Carter and Wegman, JCSS 1979), and it is asked only where hashes agree.
    digest: u64,
    /// The place of its first member.
    start: u32,
}

impl Groups {
    fn new(folder: &Arc<Path>) -> Self {
        let place = RandomState::new().hash_one(0) % PRIME;
        Groups { members: Aside::new(Arc::clone(folder)), sets: HashMap::default(), place }
    }

    /// The code of a group, which is sorted and made distinct.
    fn code(&mut self, group: &mut Vec<u32>) -> Result<u32, SegmentError> {
        if !group.is_sorted_by(|one, other| one < other) {
            group.sort_unstable();
            group.dedup();
        }
        if let [single] = group[..] {
            return Ok(single << 1);
        }
        let (hash, digest) = group.iter().fold((0u64, 1), |(hash, digest), member| {
            let mixed = (hash ^ u64::from(*member)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            (mixed ^ (mixed >> 29), term(digest, self.place, *member))
        });
        if let Some(known) = self.sets.get(&hash).filter(|known| known.digest == digest) {
            return Ok(known.start << 1 | 1);
        }
        let limit = u64::from(u32::MAX / 2);
        let start = u32::try_from(self.members.len()).ok().filter(|start| *start <= u32::MAX / 2);
        let start = start.ok_or(SegmentError::TooMany { what: "members of sets of intervals", limit })?;
        let last = group.len().saturating_sub(1);
        for (at, member) in group.iter().enumerate() {
            self.members.push(u64::from(member << 1 | u32::from(at == last)))?;
        }
        if self.sets.len() >= MOST_SETS {
            self.sets.clear();
        }
        self.sets.insert(hash, KnownSet { digest, start });
        Ok(start << 1 | 1)
    }

    /// Appends the members of a group.
    fn members_of(&self, code: u32, out: &mut Vec<u32>) -> Result<(), SegmentError> {
        if code & 1 == 0 {
            out.push(code >> 1);
            return Ok(());
        }
        for member in self.members.from(u64::from(code >> 1)) {
            let member = member?;
            out.extend(u32::try_from(member >> 1));
            if member & 1 == 1 {
                break;
            }
        }
        Ok(())
    }
}

/// The next step of evaluating a polynomial (Horner's), of which `value` is below [`PRIME`], and so is the result.
#[inline]
fn term(value: u64, place: u64, member: u32) -> u64 {
    let sum = u128::from(value) * u128::from(place) + u128::from(member);
    // 2^61 is 1 modulo the prime.
    let halves = [sum & u128::from(PRIME), sum >> 61].map(|half| u64::try_from(half).unwrap_or_default());
    let folded = halves[0] + halves[1];
    if folded >= PRIME { folded - PRIME } else { folded }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]
    use super::*;
    use proptest::prelude::*;

    fn members(groups: &Groups, code: u32) -> Vec<u32> {
        let mut members = Vec::new();
        groups.members_of(code, &mut members).unwrap();
        members
    }

    #[test]
    fn sets_are_found_again_and_those_that_are_forgotten_are_kept_twice() {
        let folder = tempfile::tempdir().unwrap();
        let mut groups = Groups::new(&folder.path().into());
        let first = groups.code(&mut vec![0, 7]).unwrap();
        assert_eq!(groups.code(&mut vec![7, 0, 7]).unwrap(), first);
        for other in 8..8 + u32::try_from(MOST_SETS).unwrap() {
            groups.code(&mut vec![0, other]).unwrap();
        }
        assert!(groups.sets.len() <= MOST_SETS);
        assert!(groups.members.memory() <= 1 << 18, "what is more than memory is to hold goes to a file");
        let again = groups.code(&mut vec![0, 7]).unwrap();
        assert_ne!(again, first);
        assert_eq!([first, again].map(|code| members(&groups, code)), [[0, 7], [0, 7]]);
        assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none(), "the file has no name");
    }

    proptest! {
        #[test]
        fn every_group_has_its_own_members(sets in prop::collection::vec(prop::collection::btree_set(0u32..9, 1..6), 1..200)) {
            let folder = tempfile::tempdir().unwrap();
            let mut groups = Groups::new(&folder.path().into());
            for set in &sets {
                let code = groups.code(&mut set.iter().copied().collect()).unwrap();
                prop_assert_eq!(members(&groups, code), set.iter().copied().collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn a_folder_that_takes_no_file_is_named() {
        let mut groups = Groups::new(&Path::new("/nowhere/at/all").into());
        let error = (1..1_000_000).find_map(|other| groups.code(&mut vec![0, other]).err()).unwrap();
        assert!(error.to_string().contains("/nowhere/at/all"), "{error}");
    }
}
