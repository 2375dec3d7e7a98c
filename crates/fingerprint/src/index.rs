//! An index: one segment or several that are read as one.

use std::collections::HashMap;

use crate::segment::{JoinedLine, Piece, STORED_BITS, all_contents, all_fingerprints, join, joined_lines};
use crate::{Channel, Commit, Content, Line, LineId, LineKind, PathId, ProfileId, ReadAt, Segment, SegmentError};

/// How many keys are looked up at once. What they find is held until all segments have been asked.
const KEYS_AT_ONCE: usize = 1 << 16;

/// Segments that are read as one: what one of them left open is joined with what a later one says of its end. In which
/// order they are given makes no difference. Every answer is a function of their bytes and the keys alone.
#[derive(Debug)]
pub struct Index<R> {
    segments: Vec<Segment<R>>,
    lines: Vec<JoinedLine>,
    /// The number here of each line of each segment.
    line_numbers: Vec<Vec<LineId>>,
    paths: PathNumbers,
}

/// Where something stood: at one path, from one commit of a line to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WholeInterval {
    /// The path inside the line's repository or folder.
    pub path: PathId,
    /// The line.
    pub line: LineId,
    /// The number of its first commit in the line.
    pub first: u32,
    /// The number of its last commit in the line; what still stands has the newest.
    pub last: u32,
}

/// One answer of the index: this fingerprint stood in this interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Posting {
    /// The fingerprint asked for.
    pub fingerprint: u64,
    /// Where it stood.
    pub interval: WholeInterval,
}

/// The numbers of paths.
#[derive(Debug)]
enum PathNumbers {
    /// Those of the only segment.
    Own,
    /// For each segment the number here of each of its paths; and for each path here a segment and its number there.
    Joined { here: Vec<Vec<PathId>>, there: Vec<(u32, PathId)> },
}

impl<R: ReadAt> Index<R> {
    /// Opens segments as one index. With more than one it reads their paths and holds 12 bytes for each:
    /// beside its lines, all that grows with the corpus.
    ///
    /// # Errors
    /// Where their fingerprints were made under different profiles, commits of a line are missing, or a segment can't be
    /// read or is damaged.
    pub fn open(segments: Vec<Segment<R>>) -> Result<Self, SegmentError> {
        if segments.windows(2).any(|pair| pair[0].profile() != pair[1].profile()) {
            return Err(SegmentError::Apart { detail: "their fingerprints were made under different profiles" });
        }
        let (lines, line_numbers) = joined_lines(&segments)?;
        if lines.iter().any(|joined| joined.line.begin > 0) {
            return Err(SegmentError::Apart { detail: "the oldest commits of a line are missing" });
        }
        let paths = PathNumbers::of(&segments)?;
        Ok(Index { segments, lines, line_numbers, paths })
    }

    /// The profile that its fingerprints were made under; `None` for an index of no segment.
    pub fn profile(&self) -> Option<ProfileId> {
        self.segments.first().map(Segment::profile)
    }

    /// The segments.
    pub fn segments(&self) -> &[Segment<R>] {
        &self.segments
    }

    /// Gives every posting of every key to `found`, in the order of key, path, line and first commit. `keys` must be
    /// sorted; where they are not, answers may be missing. A key that comes twice is answered once. Answers to parts of
    /// the keys may be joined in any order.
    ///
    /// A fingerprint that shares its 56 leading bits with a key is taken for it: in an index of 10^8 of them one key in
    /// 2^29 finds what is not there.
    ///
    /// # Errors
    /// Where a segment can't be read or is damaged; `found` may have been given true answers before.
    pub fn look_up(&self, channel: Channel, keys: &[u64], found: &mut impl FnMut(Posting)) -> Result<(), SegmentError> {
        let mut seen = None;
        for keys in keys.chunks(KEYS_AT_ONCE) {
            let mut answers = self.answers_to(channel, keys, seen)?;
            self.merged(&mut answers, |fingerprint, interval| found(Posting { fingerprint, interval }))?;
            seen = keys.last().copied();
        }
        Ok(())
    }

    /// Gives every key that stood somewhere to `found`, in their order, with the number of the set of intervals in which it stood, and
    /// where it is a new one these, in the order of path, line and first commit. Keys of one file mostly share their set, which is
    /// put together once; that of keys that are far apart may come again under another number. Sets are numbered from 0 in the order
    /// in which they come; `keys` are as for [`look_up`](Self::look_up).
    ///
    /// # Errors
    /// Where a segment can't be read or is damaged; `found` may have been given true answers before.
    pub fn look_up_sets(
        &self,
        channel: Channel,
        keys: &[u64],
        found: &mut impl FnMut(u64, usize, Option<&[WholeInterval]>),
    ) -> Result<(), SegmentError> {
        let (mut seen, mut sets) = (None, 0);
        for keys in keys.chunks(KEYS_AT_ONCE) {
            let mut answers = self.answers_to(channel, keys, seen)?;
            // The sets by the groups of which they are made, one of each segment that has any.
            let mut known: HashMap<Vec<Option<u32>>, Option<usize>> = HashMap::new();
            let (mut groups, mut here, mut set) = (Vec::new(), Vec::new(), Vec::new());
            while let Some(key) = answers.iter().filter_map(Answers::key).min() {
                groups.clear();
                groups.extend(answers.iter().map(|of| of.group(key)));
                let number = known.get(&groups).copied();
                here.clear();
                answers.iter_mut().filter(|of| of.key() == Some(key)).for_each(|of| {
                    let pieces = of.take();
                    if number.is_none() {
                        here.extend_from_slice(pieces);
                    }
                });
                if let Some(number) = number {
                    number.into_iter().for_each(|number| found(key, number, None));
                    continue;
                }
                set.clear();
                self.joined(&mut here, &mut |interval| set.push(interval))?;
                known.insert(groups.clone(), (!set.is_empty()).then_some(sets));
                if !set.is_empty() {
                    found(key, sets, Some(&set));
                    sets += 1;
                }
            }
            seen = keys.last().copied();
        }
        Ok(())
    }

    /// Gives every key that stood somewhere to `found`, once for each segment that has it. `keys` must be sorted.
    ///
    /// # Errors
    /// Where a segment can't be read or is damaged; `found` may have been given true answers before.
    pub fn known(&self, channel: Channel, keys: &[u64], found: &mut impl FnMut(u64)) -> Result<(), SegmentError> {
        self.segments.iter().try_for_each(|segment| segment.find(channel, keys, &mut |key, _| found(key)))
    }

    /// Gives every fingerprint of a channel once and ascending: its 56 leading bits, which are those that are kept, with zeros behind.
    ///
    /// # Errors
    /// Where a segment can't be read or is damaged, or `found` fails.
    pub fn each_fingerprint<E: From<SegmentError>>(
        &self,
        channel: Channel,
        mut found: impl FnMut(u64) -> Result<(), E>,
    ) -> Result<(), E> {
        all_fingerprints(&self.segments, channel, |stored| found(stored << (u64::BITS - STORED_BITS)))
    }

    /// Gives the first half of the BLAKE3 of every content once and ascending.
    ///
    /// # Errors
    /// Where a segment can't be read or is damaged, or `found` fails.
    pub fn each_content<E: From<SegmentError>>(&self, found: impl FnMut(&[u8; 16]) -> Result<(), E>) -> Result<(), E> {
        all_contents(&self.segments, found)
    }

    /// The content with this BLAKE3 and where it stood, in the order of path, line and first commit.
    ///
    /// # Errors
    /// Where a segment can't be read or is damaged.
    pub fn content_by_blake3(&self, blake3: &[u8; 32]) -> Result<Option<(Content, Vec<WholeInterval>)>, SegmentError> {
        self.content(blake3.first_chunk().unwrap_or(&[0; 16]))
    }

    /// The content with this git object id and where it stood, in the order of path, line and first commit.
    ///
    /// # Errors
    /// Where a segment can't be read or is damaged.
    pub fn content_by_oid(&self, oid: &[u8]) -> Result<Option<(Content, Vec<WholeInterval>)>, SegmentError> {
        for segment in &self.segments {
            if let Some(blake3) = segment.content_by_oid(oid)? {
                return self.content(&blake3);
            }
        }
        Ok(None)
    }

    /// How many paths there are; they are numbered from 0.
    pub fn paths(&self) -> u32 {
        let count = match &self.paths {
            PathNumbers::Own => self.segments.first().map_or(0, |segment| segment.counts().paths),
            PathNumbers::Joined { there, .. } => there.len() as u64,
        };
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// The bytes of a path.
    ///
    /// # Errors
    /// Where there is no such path, or a segment can't be read or is damaged.
    pub fn path(&self, id: PathId) -> Result<Vec<u8>, SegmentError> {
        let (segment, id) = match &self.paths {
            PathNumbers::Own => (0, id),
            PathNumbers::Joined { there, .. } => {
                there.get(id.0 as usize).copied().ok_or(SegmentError::Senseless { detail: "there is no such path" })?
            }
        };
        self.segments.get(segment as usize).ok_or(SegmentError::Senseless { detail: "there is no such path" })?.path(id)
    }

    /// The paths for which `wanted` holds, in the order of their bytes. Reads all paths, and holds those that it gives.
    ///
    /// # Errors
    /// Where a segment can't be read or is damaged.
    pub fn paths_where(&self, wanted: impl Fn(&[u8]) -> bool) -> Result<Vec<(PathId, Vec<u8>)>, SegmentError> {
        let mut found = Vec::new();
        for (number, segment) in self.segments.iter().enumerate() {
            let mut list = segment.paths();
            let mut there = 0..;
            while let (Some(path), Some(place)) = (list.advance()?, there.next()) {
                if wanted(path) {
                    found.extend(self.path_here(number, PathId(place)).map(|here| (here, path.to_vec())));
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// Gives every content that stood at one of some paths to `found`, with where it stood at these, in the order of path, line and
    /// first commit. Reads all contents once, and holds 16 bytes for each that it gives and a byte for each interval and
    /// each member of a set. `paths` must be sorted.
    ///
    /// # Errors
    /// Where a segment can't be read or is damaged; `found` may have been given true answers before.
    pub fn contents_at(
        &self,
        paths: &[PathId],
        found: &mut impl FnMut(&Content, &[WholeInterval]),
    ) -> Result<(), SegmentError> {
        if paths.is_empty() {
            return Ok(());
        }
        let is_wanted = |path: &PathId| paths.binary_search(path).is_ok();
        let mut contents: Vec<[u8; 16]> = Vec::new();
        for (number, segment) in self.segments.iter().enumerate() {
            let here = |path| self.path_here(number, path).is_some_and(|path| is_wanted(&path));
            segment.contents_at(here, &mut |blake3| contents.push(blake3))?;
        }
        contents.sort_unstable();
        contents.dedup();
        for blake3 in &contents {
            if let Some((content, mut intervals)) = self.content(blake3)? {
                intervals.retain(|interval| is_wanted(&interval.path));
                if !intervals.is_empty() {
                    found(&content, &intervals);
                }
            }
        }
        Ok(())
    }

    /// The number here of a path of a segment.
    fn path_here(&self, segment: usize, path: PathId) -> Option<PathId> {
        match &self.paths {
            PathNumbers::Own => Some(path),
            PathNumbers::Joined { here, .. } => here.get(segment)?.get(path.0 as usize).copied(),
        }
    }

    /// The lines in the order of their numbers; each as a whole.
    pub fn lines(&self) -> impl ExactSizeIterator<Item = &Line> {
        self.lines.iter().map(|joined| &joined.line)
    }

    /// A line as a whole, if there is one of this number.
    pub fn line(&self, id: LineId) -> Option<&Line> {
        self.lines.get(id.0 as usize).map(|joined| &joined.line)
    }

    /// A commit of a line, counted from its oldest.
    ///
    /// # Errors
    /// Where there is no such commit, or a segment can't be read or is damaged.
    pub fn commit(&self, line: LineId, number: u32) -> Result<Commit, SegmentError> {
        let joined = self.lines.get(line.0 as usize);
        let commit = joined.map(|joined| joined.commit(&self.segments, number)).transpose()?.flatten();
        commit.ok_or(SegmentError::Senseless { detail: "the line has no such commit" })
    }

    fn content(&self, blake3: &[u8; 16]) -> Result<Option<(Content, Vec<WholeInterval>)>, SegmentError> {
        let (mut content, mut answers): (Option<Content>, _) = (None, Vec::new());
        for (number, segment) in self.segments.iter().enumerate() {
            let Some((here, code)) = segment.content(blake3)? else { continue };
            match &mut content {
                Some(known) if known.oid.is_empty() => known.oid = here.oid,
                Some(_) => {}
                None => content = Some(here),
            }
            answers.push(self.answers(number, |_, hit| {
                hit(0, code);
                Ok(())
            })?);
        }
        let mut intervals = Vec::new();
        self.merged(&mut answers, |_, interval| intervals.push(interval))?;
        Ok(content.map(|content| (content, intervals)))
    }

    /// What each segment says of some keys, without the key that was `seen` before.
    fn answers_to(&self, channel: Channel, keys: &[u64], seen: Option<u64>) -> Result<Vec<Answers>, SegmentError> {
        let of_segment = |number: usize| {
            self.answers(number, |segment, hit| {
                let mut seen = seen;
                segment.find(channel, keys, &mut |key, code| {
                    if seen.replace(key) != Some(key) {
                        hit(key, code);
                    }
                })
            })
        };
        (0..self.segments.len()).map(of_segment).collect()
    }

    /// What one segment says of the keys that `ask` finds in it.
    fn answers(
        &self,
        segment: usize,
        ask: impl FnOnce(&Segment<R>, &mut dyn FnMut(u64, u32)) -> Result<(), SegmentError>,
    ) -> Result<Answers, SegmentError> {
        let Some(of) = self.segments.get(segment) else { return Ok(Answers::default()) };
        let mut hits = Vec::new();
        ask(of, &mut |key, code| hits.push(Hit { key, group: code }))?;
        // Groups are numbered anew, in the order of their codes.
        let mut order: Vec<(u32, usize)> = hits.iter().map(|hit| hit.group).zip(0..).collect();
        order.sort_unstable();
        let mut codes: Vec<u32> = Vec::new();
        for (code, hit) in order {
            if codes.last() != Some(&code) {
                codes.push(code);
            }
            if let Some(hit) = hits.get_mut(hit) {
                hit.group = u32::try_from(codes.len() - 1).unwrap_or(u32::MAX);
            }
        }
        let lines = self.line_numbers.get(segment).map_or(&[][..], Vec::as_slice);
        let begins: Vec<u32> = of.lines().map(|line| line.begin).collect();
        let (mut pieces, mut ends) = (Vec::new(), Vec::with_capacity(codes.len()));
        of.resolve(&codes, |intervals| {
            pieces.extend(intervals.iter().filter_map(|interval| {
                let number = interval.line.0 as usize;
                let path = self.path_here(segment, interval.path)?;
                let piece = Piece { begin: *begins.get(number)?, first: interval.first, last: interval.last };
                Some((path, *lines.get(number)?, piece))
            }));
            ends.push(pieces.len());
        })?;
        Ok(Answers { hits, next: 0, pieces, ends })
    }

    /// Joins what segments say, key after key.
    fn merged(&self, answers: &mut [Answers], mut found: impl FnMut(u64, WholeInterval)) -> Result<(), SegmentError> {
        let mut here: Vec<Place> = Vec::new();
        while let Some(key) = answers.iter().filter_map(Answers::key).min() {
            here.clear();
            answers.iter_mut().filter(|of| of.key() == Some(key)).for_each(|of| here.extend_from_slice(of.take()));
            self.joined(&mut here, &mut |interval| found(key, interval))?;
        }
        Ok(())
    }

    /// Joins what segments say of one key.
    fn joined(&self, here: &mut [Place], found: &mut impl FnMut(WholeInterval)) -> Result<(), SegmentError> {
        // Most stand in one place, of which there is nothing to join.
        if let [(path, line, Piece { first: Some(first), last, .. })] = *here {
            let newest = self.line(line).map_or(first, |of| of.commits - 1);
            found(WholeInterval { path, line, first, last: last.unwrap_or(newest) });
            return Ok(());
        }
        let mut pieces = Vec::new();
        here.sort_unstable_by_key(|(path, line, piece)| (*path, *line, piece.first.unwrap_or(piece.begin)));
        let source = |line: LineId| self.lines.get(line.0 as usize).map(|joined| joined.source);
        for of_source in here.chunk_by(|a, b| a.0 == b.0 && source(a.1) == source(b.1)) {
            let kind = |line| self.line(line).map(|of| of.kind);
            let came = of_source.iter().any(|(_, line, _)| kind(*line) == Some(LineKind::History));
            for same in of_source.chunk_by(|a, b| a.1 == b.1) {
                let Some((path, line, _)) = same.first().copied() else { continue };
                let Some(of) = self.line(line) else { continue };
                // What stood beside the line before it came there is told of the line alone.
                if came && of.kind == LineKind::Side {
                    continue;
                }
                pieces.clear();
                pieces.extend(same.iter().map(|(.., piece)| *piece));
                join(of.kind, of.begin, &mut pieces)?;
                for piece in &pieces {
                    let (first, last) = (piece.first.unwrap_or_default(), piece.last.unwrap_or(of.commits - 1));
                    found(WholeInterval { path, line, first, last });
                }
            }
        }
        Ok(())
    }
}

/// A piece with its path and line.
type Place = (PathId, LineId, Piece);

/// A key that a segment holds.
struct Hit {
    key: u64,
    group: u32,
}

/// What one segment says of some keys.
#[derive(Default)]
struct Answers {
    /// In the order of the keys.
    hits: Vec<Hit>,
    /// The first hit that has not been taken.
    next: usize,
    /// The places of all groups, and where those of each end.
    pieces: Vec<Place>,
    ends: Vec<usize>,
}

impl Answers {
    fn key(&self) -> Option<u64> {
        self.hits.get(self.next).map(|hit| hit.key)
    }

    /// The number of the group in which a key stood, if it is the next one.
    fn group(&self, key: u64) -> Option<u32> {
        self.hits.get(self.next).filter(|hit| hit.key == key).map(|hit| hit.group)
    }

    fn take(&mut self) -> &[Place] {
        let Some(Hit { group, .. }) = self.hits.get(self.next) else { return &[] };
        self.next += 1;
        let group = *group as usize;
        let end = self.ends.get(group).copied().unwrap_or_default();
        let start = group.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        self.pieces.get(start..end).unwrap_or_default()
    }
}

impl PathNumbers {
    fn of<R: ReadAt>(segments: &[Segment<R>]) -> Result<Self, SegmentError> {
        if segments.len() < 2 {
            return Ok(PathNumbers::Own);
        }
        let mut lists: Vec<_> = segments.iter().map(Segment::paths).collect();
        // The segments that have a path left that has not been numbered.
        let mut open = Vec::new();
        for (segment, list) in lists.iter_mut().enumerate() {
            if list.advance()?.is_some() {
                open.push(segment);
            }
        }
        let mut here: Vec<Vec<PathId>> = vec![Vec::new(); segments.len()];
        let mut there = Vec::new();
        while let Some(least) = open.iter().copied().min_by_key(|segment| lists[*segment].path()) {
            let fits = |number: usize, what| {
                u32::try_from(number).map_err(|_| SegmentError::TooMany { what, limit: u64::from(u32::MAX) })
            };
            let number = PathId(fits(there.len(), "paths")?);
            let path = lists[least].path().to_vec();
            let next = |of: &[PathId]| PathId(u32::try_from(of.len()).unwrap_or(u32::MAX));
            there.push((fits(least, "segments")?, next(&here[least])));
            let mut left = Vec::with_capacity(open.len());
            for segment in open {
                let mut more = true;
                if lists[segment].path() == path {
                    here[segment].push(number);
                    more = lists[segment].advance()?.is_some();
                }
                if more {
                    left.push(segment);
                }
            }
            open = left;
        }
        Ok(PathNumbers::Joined { here, there })
    }
}
