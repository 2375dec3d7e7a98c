//! The lines that a match counts over: those of each index, of dated snapshots the history that they make, and where each lies.
//!
//! A dated folder is one state in its index. The dated folders of one corpus and place are here one line, whose commits are the
//! snapshots in the order of their dates (folders of the same date are one), so that what stood at the same path in snapshots that
//! follow each other stood there from the first to the last of them.

use std::collections::{BTreeMap, HashMap};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use fingerprint::{Line, LineId, LineKind, ReadAt, WholeInterval};

use super::{CommitAt, Corpus, MatchError, Place};
use crate::claim::{CorpusRole, Root};

/// Stands for the place of a snapshot until the history that it becomes a part of has one.
const OF_ITS_HISTORY: usize = usize::MAX;

/// A line of one of the corpora: the corpus by number, and the line in [`Lines`].
pub(super) type LineKey = (usize, LineId);

/// The lines of all corpora, and the places in which they lie.
pub(super) struct Lines {
    corpora: Vec<OfCorpus>,
    /// The names of the places: those that were given; of a path to which none was given, the path of its repository or folder.
    places: Vec<Vec<u8>>,
}

/// The lines of one corpus of the company; nothing for others.
#[derive(Default)]
struct OfCorpus {
    /// Those of the index by their numbers there, then the histories that snapshots make.
    lines: Vec<Line>,
    /// For each line of the index which line it is here, and which commit of it its first one is.
    here: Vec<(LineId, u32)>,
    /// For each history that snapshots make, their times.
    snapshots: Vec<Vec<i64>>,
    /// For each of the lines, the number of its place.
    places: Vec<usize>,
}

impl Lines {
    pub(super) fn new<R: ReadAt>(corpora: &[Corpus<'_, R>]) -> Self {
        let mut places = Numbers::default();
        let corpora = corpora.iter().map(|corpus| OfCorpus::new(corpus, &mut places)).collect();
        Lines { corpora, places: places.names }
    }

    pub(super) fn line(&self, (corpus, line): LineKey) -> &Line {
        &self.corpora[corpus].lines[line.0 as usize]
    }

    /// The number of the place in which a line lies.
    pub(super) fn place(&self, (corpus, line): LineKey) -> usize {
        self.corpora[corpus].places[line.0 as usize]
    }

    /// The names of all places, by number.
    pub(super) fn places(&self) -> &[Vec<u8>] {
        &self.places
    }

    pub(super) fn commit<R: ReadAt>(
        &self,
        corpora: &[Corpus<'_, R>],
        (corpus, line): LineKey,
        number: u32,
    ) -> Result<CommitAt, MatchError> {
        let of = &self.corpora[corpus];
        if let Some(times) = (line.0 as usize).checked_sub(of.here.len()).and_then(|made| of.snapshots.get(made)) {
            let time = times.get(number as usize).copied().unwrap_or_default();
            return Ok(CommitAt { number, oid: Vec::new(), time });
        }
        let corpus = &corpora[corpus];
        let commit = corpus.index.commit(line, number).map_err(|source| corpus.error(source))?;
        Ok(CommitAt::new(number, commit))
    }

    /// A file of the company as it stood on a line from one commit to another.
    pub(super) fn stood<R: ReadAt>(
        &self,
        corpora: &[Corpus<'_, R>],
        line: LineKey,
        path: Vec<u8>,
        hits: u64,
        (first, last): (u32, u32),
    ) -> Result<Place, MatchError> {
        let (corpus, of_line) = (&corpora[line.0], self.line(line));
        Ok(Place {
            corpus: corpus.name.to_owned(),
            owner: corpus.owner.to_owned(),
            source: of_line.name.clone(),
            reference: of_line.reference.clone(),
            kind: of_line.kind,
            path,
            hits,
            first: self.commit(corpora, line, first)?,
            last: self.commit(corpora, line, last)?,
        })
    }

    /// Whether snapshots of a corpus make a history: only then is there anything to join.
    pub(super) fn has_snapshots(&self, corpus: usize) -> bool {
        !self.corpora[corpus].snapshots.is_empty()
    }

    /// Turns intervals of one thing, as a corpus's index gives them, into those of the lines here. They stand in the order of path,
    /// line and first commit at the beginning of the slice; how many they are is given back.
    pub(super) fn join(&self, corpus: usize, intervals: &mut [WholeInterval]) -> usize {
        let of = &self.corpora[corpus];
        for interval in intervals.iter_mut() {
            let (line, first) = of.here[interval.line.0 as usize];
            if line != interval.line {
                *interval = WholeInterval { line, first, last: first, ..*interval };
            }
        }
        intervals.sort_unstable();
        let mut joined = 0usize;
        for at in 0..intervals.len() {
            let interval = intervals[at];
            let before = joined.checked_sub(1).and_then(|before| intervals.get_mut(before));
            let goes_on = |before: &&mut WholeInterval| {
                let made = interval.line.0 as usize >= of.here.len();
                made && (before.path, before.line) == (interval.path, interval.line)
                    && before.last + 1 >= interval.first
            };
            match before.filter(goes_on) {
                Some(before) => before.last = before.last.max(interval.last),
                None => {
                    intervals[joined] = interval;
                    joined += 1;
                }
            }
        }
        joined
    }
}

impl OfCorpus {
    fn new<R: ReadAt>(corpus: &Corpus<'_, R>, places: &mut Numbers) -> Self {
        let mut of = OfCorpus::default();
        // What is not the company's own is only ever subtracted: where and when makes no difference.
        if corpus.role != CorpusRole::Own {
            return of;
        }
        let roots: HashMap<&Path, &Root> = corpus.roots.iter().map(|root| (path_of(&root.path), root)).collect();
        let mut series: BTreeMap<Option<&str>, Vec<(i64, LineId)>> = BTreeMap::new();
        for (line, number) in corpus.index.lines().zip((0..).map(LineId)) {
            // Of roots that lie in each other, the inner one tells.
            let root = path_of(&line.name).ancestors().find_map(|path| roots.get(path));
            let place = root.and_then(|root| root.place.as_deref());
            let snapshot = root.filter(|root| line.kind == LineKind::State && root.path == line.name);
            let dated = snapshot.and_then(|root| root.dated);
            if let Some(dated) = dated {
                series.entry(place).or_default().push((dated, number));
            }
            of.here.push((number, 0));
            of.places.push(match dated {
                Some(_) => OF_ITS_HISTORY,
                None => places.number(place.map_or(&line.name, str::as_bytes)),
            });
            of.lines.push(line.clone());
        }
        for (place, snapshots) in series {
            of.add(place, snapshots, places);
        }
        of
    }

    /// Adds the history that snapshots make: it is called as its place or, where that has no name, as the folder that holds them all.
    fn add(&mut self, place: Option<&str>, mut snapshots: Vec<(i64, LineId)>, places: &mut Numbers) {
        snapshots.sort_unstable();
        let mut times: Vec<i64> = snapshots.iter().map(|(time, _)| *time).collect();
        times.dedup();
        let folders = snapshots.iter().map(|(_, line)| path_of(&self.lines[line.0 as usize].name));
        let name = place.map_or_else(|| common_folder(folders).into_os_string().into_vec(), |place| place.into());
        // Each snapshot is a line of the index, whose numbers have 32 bits.
        let narrow = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let (made, commits) = (LineId(narrow(self.lines.len())), narrow(times.len()));
        let place = places.number(&name);
        for (time, line) in snapshots {
            let number = times.partition_point(|before| *before < time);
            self.here[line.0 as usize] = (made, narrow(number));
            self.places[line.0 as usize] = place;
        }
        self.places.push(place);
        self.lines.push(Line { name, reference: Vec::new(), kind: LineKind::History, begin: 0, commits });
        self.snapshots.push(times);
    }
}

/// Numbers names in the order in which they come.
#[derive(Default)]
struct Numbers {
    names: Vec<Vec<u8>>,
    known: HashMap<Vec<u8>, usize>,
}

impl Numbers {
    fn number(&mut self, name: &[u8]) -> usize {
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        self.known.insert(name.to_vec(), self.names.len());
        self.names.push(name.to_vec());
        self.names.len() - 1
    }
}

/// The folder that all of the paths are, or lie in.
fn common_folder<'p>(mut paths: impl Iterator<Item = &'p Path>) -> PathBuf {
    let first = paths.next().map(Path::to_path_buf).unwrap_or_default();
    paths.fold(first, |common, path| common.ancestors().find(|folder| path.starts_with(folder)).unwrap_or(path).into())
}

fn path_of(bytes: &[u8]) -> &Path {
    Path::new(std::ffi::OsStr::from_bytes(bytes))
}
