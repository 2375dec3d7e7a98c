//! The file of the company that a file of the sample is closest to.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use fingerprint::{Line, LineId, LineKind, PathId, ReadAt, WholeInterval};

use super::cover::HeldBy;
use super::hits::{Exact, Hits};
use super::lines::{LineKey, Lines};
use super::window::{Runs, best_run, most_at_once};
use super::{Corpus, MatchError, Place, rules};

/// A path on a line.
pub(super) type PlaceKey = (usize, LineId, PathId);

/// A corpus and a set of intervals there.
type SetKey = (usize, usize);

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
    lines: &'c Lines,
    pub(super) hits: &'c Hits,
    /// The numbers of the places in which files are preferably found.
    preferred: BTreeSet<usize>,
    paths: HashMap<(usize, PathId), Vec<u8>>,
}

impl<'c, R: ReadAt> Finder<'c, R> {
    pub(super) fn new(corpora: &'c [Corpus<'c, R>], lines: &'c Lines, hits: &'c Hits) -> Self {
        Finder { corpora, lines, hits, preferred: BTreeSet::new(), paths: HashMap::new() }
    }

    /// Has files found in these places where they are found elsewhere as well: what a few places hold need not be told of many.
    pub(super) fn prefer(&mut self, places: BTreeSet<usize>) {
        self.preferred = places;
    }

    /// The best place of a sample file: where its bytes stand, else where most of its fingerprints do.
    /// Among equals a history is preferred to a folder and to side commits, then what lies in a preferred place, then the path
    /// whose end is most like the sample's, then the first.
    pub(super) fn best(
        &mut self,
        sample_path: &[u8],
        keys: &[usize],
        exact: &Exact,
    ) -> Result<Option<Best>, MatchError> {
        let candidates = if exact.intervals.is_empty() {
            self.counted(keys)
        } else {
            let mut places: Vec<_> = exact.intervals.iter().map(|(corpus, i)| ((*corpus, i.line, i.path), 1)).collect();
            places.sort_unstable();
            places.dedup();
            places
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
        stood: (u32, u32),
    ) -> Result<Place, MatchError> {
        let path = self.path(corpus, path)?.to_vec();
        self.lines.stood(self.corpora, (corpus, line), path, hits, stood)
    }

    pub(super) fn line(&self, line: LineKey) -> &'c Line {
        self.lines.line(line)
    }

    /// The places of a file's fingerprints in order, with how many stood there at any time: the distinctive ones, or where there
    /// are none the others; common ones only where there are no others.
    pub(super) fn counted(&self, keys: &[usize]) -> Vec<(PlaceKey, u64)> {
        let mut places = Vec::new();
        for ((corpus, set), count) in self.counted_sets(keys) {
            // Intervals of one path and line stand side by side.
            for same in self.hits.set(corpus, set).chunk_by(|a, b| (a.path, a.line) == (b.path, b.line)) {
                places.push(((corpus, same[0].line, same[0].path), count));
            }
        }
        summed(places)
    }

    /// The sets of intervals of the fingerprints that are counted, with how many have each.
    fn counted_sets(&self, keys: &[usize]) -> Vec<(SetKey, u64)> {
        let rare = self.sets_of(self.telling(keys).filter(|key| !self.hits.is_common(*key)));
        if rare.is_empty() { self.sets_of(self.telling(keys)) } else { rare }
    }

    /// The sets of intervals of fingerprints, with how many have each.
    fn sets_of(&self, keys: impl Iterator<Item = usize>) -> Vec<(SetKey, u64)> {
        summed(keys.flat_map(|key| self.hits.sets_of(key)).map(|set| (*set, 1)).collect())
    }

    /// The intervals of fingerprints in one corpus, each once, with how many stand in those.
    pub(super) fn intervals_of(
        &self,
        corpus: usize,
        keys: impl Iterator<Item = usize>,
    ) -> impl Iterator<Item = (&'c [WholeInterval], u64)> {
        let (hits, sets) = (self.hits, self.sets_of(keys));
        sets.into_iter().filter(move |((of, _), _)| *of == corpus).map(|((of, set), count)| (hits.set(of, set), count))
    }

    /// How many of a file's counted fingerprints ever stood at one path at most.
    pub(super) fn at_one_path(&self, keys: &[usize]) -> u64 {
        self.counted(keys).into_iter().map(|(_, count)| count).max().unwrap_or_default()
    }

    fn closest(&mut self, sample_path: &[u8], candidates: &[(PlaceKey, u64)]) -> Result<Option<PlaceKey>, MatchError> {
        let rank = |((corpus, line, _), count): &(PlaceKey, u64)| {
            let line = (*corpus, *line);
            (*count, preference(self.line(line).kind), self.preferred.contains(&self.lines.place(line)))
        };
        let Some(top) = candidates.iter().map(rank).max() else { return Ok(None) };
        let equal: Vec<PlaceKey> = candidates.iter().filter(|c| rank(c) == top).map(|(key, _)| *key).collect();
        let mut best = None;
        for key in equal {
            let alike = common_end(sample_path, self.path(key.0, key.2)?);
            if best.is_none_or(|(most, _)| alike > most) {
                best = Some((alike, key));
            }
        }
        Ok(best.map(|(_, key)| key))
    }

    /// The places in which a file lies that is the company's.
    pub(super) fn held_by(&self, keys: &[usize], exact: &Exact) -> HeldBy {
        if let [_] = self.lines.places() {
            let only = BTreeSet::from([0]);
            return HeldBy { closest: only.clone(), places: only };
        }
        if !exact.intervals.is_empty() {
            let of_line = |(corpus, interval): &(usize, WholeInterval)| self.lines.place((*corpus, interval.line));
            let places: BTreeSet<usize> = exact.intervals.iter().map(of_line).collect();
            return HeldBy { closest: places.clone(), places };
        }
        let ever = self.counted(keys);
        let ever_at =
            |place: &PlaceKey| ever.binary_search_by_key(place, |(place, _)| *place).map_or(0, |at| ever[at].1);
        let most = ever.iter().map(|(_, count)| *count).max().unwrap_or_default();
        // No state has more than ever stood at the path: who has most at once is among those that ever had as much.
        let least = self.at_once(keys, |place| ever_at(place) == most).into_values().max().unwrap_or_default();
        let at_once = self.at_once(keys, |place| ever_at(place) >= rules::place_holds(least));
        let most = at_once.values().copied().max().unwrap_or_default();
        let with = |least: u64| {
            let enough = at_once.iter().filter(|(_, count)| **count >= least);
            enough.map(|((corpus, line, _), _)| self.lines.place((*corpus, *line))).collect()
        };
        HeldBy { places: with(rules::place_holds(most)), closest: with(most) }
    }

    /// How many of a file's counted fingerprints stood at once at most, at each of the chosen places; beside a line, how many ever did.
    fn at_once(&self, keys: &[usize], is_chosen: impl Fn(&PlaceKey) -> bool) -> HashMap<PlaceKey, u64> {
        let mut stood: HashMap<PlaceKey, Vec<(Runs, u64)>> = HashMap::new();
        for ((corpus, set), count) in self.counted_sets(keys) {
            for same in self.hits.set(corpus, set).chunk_by(|a, b| (a.path, a.line) == (b.path, b.line)) {
                let place = (corpus, same[0].line, same[0].path);
                if is_chosen(&place) {
                    stood.entry(place).or_default().push((same.iter().map(|i| (i.first, i.last)).collect(), count));
                }
            }
        }
        let most = |(place, stood): (PlaceKey, Vec<(Runs, u64)>)| match self.line((place.0, place.1)).kind {
            LineKind::Side => (place, stood.iter().map(|(_, count)| count).sum()),
            LineKind::History | LineKind::State => (place, most_at_once(&stood)),
        };
        stood.into_iter().map(most).collect()
    }

    /// How many of the file's fingerprints stood at the place at once at most, and in which commits. For side commits,
    /// which tell no state: how many ever did, and the first and last commit that brought one.
    pub(super) fn state_of(&self, keys: &[usize], (corpus, line, path): PlaceKey) -> (u64, (u32, u32)) {
        let runs = self.intervals_of(corpus, self.telling(keys)).map(|(intervals, count)| {
            let here = intervals.iter().filter(|i| (i.path, i.line) == (path, line));
            (here.map(|i| (i.first, i.last)).collect::<Runs>(), count)
        });
        let runs: Vec<(Runs, u64)> = runs.filter(|(runs, _)| !runs.is_empty()).collect();
        if self.line((corpus, line)).kind == LineKind::Side {
            let all = || runs.iter().flat_map(|(runs, _)| runs);
            let first = all().map(|run| run.0).min().unwrap_or_default();
            let last = all().map(|run| run.1).max().unwrap_or_default();
            return (runs.iter().map(|(_, count)| count).sum(), (first, last));
        }
        best_run(&runs)
    }

    /// The fingerprints that tell a place: the distinctive ones, or where the file has none all of them.
    fn telling<'k>(&'k self, keys: &'k [usize]) -> impl Iterator<Item = usize> + 'k {
        let any = keys.iter().any(|key| self.hits.is_distinctive(*key));
        keys.iter().copied().filter(move |key| !any || self.hits.is_distinctive(*key))
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

/// What stands under each key in order, summed.
fn summed<K: Ord + Copy>(mut all: Vec<(K, u64)>) -> Vec<(K, u64)> {
    all.sort_unstable_by_key(|(key, _)| *key);
    all.dedup_by(|next, sum| {
        let is_same = next.0 == sum.0;
        sum.1 += if is_same { next.1 } else { 0 };
        is_same
    });
    all
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
