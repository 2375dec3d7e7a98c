//! The file of the company that a file of the sample is closest to.

use std::cmp::Reverse;
use std::collections::HashMap;

use fingerprint::{Line, LineId, LineKind, PathId, ReadAt, WholeInterval};

use super::hits::{Exact, Hits};
use super::rules::COMMON_INTERVALS;
use super::window::{Runs, best_run};
use super::{CommitAt, Corpus, MatchError, Place};
use crate::claim::CorpusRole;

/// A line of one of the corpora: the corpus by number, and the line in its index.
pub(super) type LineKey = (usize, LineId);

/// A path on a line.
pub(super) type PlaceKey = (usize, LineId, PathId);

/// The best place of a file.
pub(super) struct Best {
    pub(super) key: PlaceKey,
    pub(super) place: Place,
    /// The next best ones; none where the bytes are the same.
    pub(super) near: Vec<Place>,
}

/// Finds places, and remembers the paths that it read.
pub(super) struct Finder<'c, R> {
    pub(super) corpora: &'c [Corpus<'c, R>],
    pub(super) hits: &'c Hits,
    lines: Vec<Vec<&'c Line>>,
    paths: HashMap<(usize, PathId), Vec<u8>>,
}

impl<'c, R: ReadAt> Finder<'c, R> {
    pub(super) fn new(corpora: &'c [Corpus<'c, R>], hits: &'c Hits) -> Self {
        let lines = corpora.iter().map(|corpus| corpus.index.lines().collect()).collect();
        Finder { corpora, hits, lines, paths: HashMap::new() }
    }

    /// The best place of a sample file: where its bytes stand, else where most of its fingerprints do.
    /// Among equals a history is preferred to a folder and to side commits, then the path whose end is most like the
    /// sample's, then the first.
    pub(super) fn best(
        &mut self,
        sample_path: &[u8],
        keys: &[usize],
        exact: &Exact,
    ) -> Result<Option<Best>, MatchError> {
        let candidates = if exact.intervals.is_empty() {
            self.counted(keys)
        } else {
            exact.intervals.iter().map(|(corpus, i)| ((*corpus, i.line, i.path), 1)).collect()
        };
        let Some(best) = self.closest(sample_path, &candidates)? else { return Ok(None) };
        let (hits, state, near) = if exact.intervals.is_empty() {
            let (hits, state) = self.state_of(keys, best);
            (hits, state, self.near(keys, best, &candidates)?)
        } else {
            let here = |(c, i): &&(usize, WholeInterval)| (*c, i.line, i.path) == best;
            let newest = exact.intervals.iter().filter(here).map(|(_, i)| (i.last, i.first)).max();
            let (last, first) = newest.unwrap_or_default();
            (self.hits.shares(keys).distinctive, (first, last), Vec::new())
        };
        Ok(Some(Best { key: best, place: self.place(best, hits, state)?, near }))
    }

    /// A place with what stood there from one commit to another.
    pub(super) fn place(
        &mut self,
        (corpus, line, path): PlaceKey,
        hits: u64,
        (first, last): (u32, u32),
    ) -> Result<Place, MatchError> {
        let of_line = self.line((corpus, line));
        Ok(Place {
            corpus: self.corpora[corpus].name.to_owned(),
            owner: self.corpora[corpus].owner.to_owned(),
            source: of_line.name.clone(),
            reference: of_line.reference.clone(),
            kind: of_line.kind,
            path: self.path(corpus, path)?.to_vec(),
            hits,
            first: self.commit((corpus, line), first)?,
            last: self.commit((corpus, line), last)?,
        })
    }

    pub(super) fn line(&self, (corpus, line): LineKey) -> &'c Line {
        self.lines[corpus][line.0 as usize]
    }

    pub(super) fn corpus(&self, (corpus, _): LineKey) -> &Corpus<'c, R> {
        &self.corpora[corpus]
    }

    pub(super) fn commit(&self, (corpus, line): LineKey, number: u32) -> Result<CommitAt, MatchError> {
        let corpus = &self.corpora[corpus];
        let commit = corpus.index.commit(line, number).map_err(|source| corpus.error(source))?;
        Ok(CommitAt::new(number, commit))
    }

    /// The places of a file's fingerprints, with how many stood there at any time: the distinctive ones, or where there
    /// are none the others; common ones only where there are no others.
    fn counted(&self, keys: &[usize]) -> HashMap<PlaceKey, u64> {
        let mut places = HashMap::new();
        for rare in [true, false] {
            let chosen = self.telling(keys).filter(|key| !rare || self.intervals_of(*key) <= COMMON_INTERVALS);
            for key in chosen {
                for corpus in self.own() {
                    let intervals = self.hits.intervals(corpus, key);
                    // Intervals of one path and line stand side by side.
                    for same in intervals.chunk_by(|a, b| (a.path, a.line) == (b.path, b.line)) {
                        *places.entry((corpus, same[0].line, same[0].path)).or_default() += 1;
                    }
                }
            }
            if !places.is_empty() {
                break;
            }
        }
        places
    }

    fn closest(
        &mut self,
        sample_path: &[u8],
        candidates: &HashMap<PlaceKey, u64>,
    ) -> Result<Option<PlaceKey>, MatchError> {
        let rank = |(key, count): (&PlaceKey, &u64)| (*count, preference(self.line((key.0, key.1)).kind));
        let Some(top) = candidates.iter().map(rank).max() else { return Ok(None) };
        let mut equal: Vec<PlaceKey> = candidates.iter().filter(|c| rank(*c) == top).map(|(key, _)| *key).collect();
        equal.sort_unstable();
        let mut best = None;
        for key in equal {
            let alike = common_end(sample_path, self.path(key.0, key.2)?);
            if best.is_none_or(|(most, _)| alike > most) {
                best = Some((alike, key));
            }
        }
        Ok(best.map(|(_, key)| key))
    }

    /// How many of the file's fingerprints stood at the place at once at most, and in which commits. For side commits,
    /// which tell no state: how many ever did, and the first and last commit that brought one.
    pub(super) fn state_of(&self, keys: &[usize], (corpus, line, path): PlaceKey) -> (u64, (u32, u32)) {
        let of_key = |key: usize| -> Runs {
            let here = |i: &&WholeInterval| (i.path, i.line) == (path, line);
            self.hits.intervals(corpus, key).iter().filter(here).map(|i| (i.first, i.last)).collect()
        };
        let runs: Vec<Runs> = self.telling(keys).map(of_key).filter(|runs| !runs.is_empty()).collect();
        if self.line((corpus, line)).kind == LineKind::Side {
            let all = || runs.iter().flatten();
            let first = all().map(|run| run.0).min().unwrap_or_default();
            let last = all().map(|run| run.1).max().unwrap_or_default();
            return (runs.len() as u64, (first, last));
        }
        best_run(&runs)
    }

    /// The fingerprints that tell a place: the distinctive ones, or where the file has none all of them.
    fn telling<'k>(&'k self, keys: &'k [usize]) -> impl Iterator<Item = usize> + 'k {
        let any = keys.iter().any(|key| self.hits.is_distinctive(*key));
        keys.iter().copied().filter(move |key| !any || self.hits.is_distinctive(*key))
    }

    fn intervals_of(&self, key: usize) -> usize {
        self.own().map(|corpus| self.hits.intervals(corpus, key).len()).sum()
    }

    fn own(&self) -> impl Iterator<Item = usize> + '_ {
        let own = |(number, corpus): (usize, &Corpus<'_, R>)| (corpus.role == CorpusRole::Own).then_some(number);
        self.corpora.iter().enumerate().filter_map(own)
    }

    pub(super) fn path(&mut self, corpus: usize, path: PathId) -> Result<&[u8], MatchError> {
        match self.paths.entry((corpus, path)) {
            std::collections::hash_map::Entry::Occupied(known) => Ok(known.into_mut()),
            std::collections::hash_map::Entry::Vacant(new) => {
                let of = &self.corpora[corpus];
                Ok(new.insert(of.index.path(path).map_err(|source| of.error(source))?))
            }
        }
    }
}

fn preference(kind: LineKind) -> Reverse<u8> {
    Reverse(match kind {
        LineKind::History => 0,
        LineKind::State => 1,
        LineKind::Side => 2,
    })
}

/// How many bytes two paths have in common at their ends.
fn common_end(a: &[u8], b: &[u8]) -> usize {
    a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count()
}
