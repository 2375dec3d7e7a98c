//! What else of the company's a file of the sample is like, and how much of it stands in the best place.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use fingerprint::{Channel, LineKind, ReadAt};
use serde::{Deserialize, Serialize};

use super::hits::Exact;
use super::places::{Finder, PlaceKey};
use super::{MatchError, Part, Place};

/// How many near misses are named.
const NEAR: usize = 3;

/// Places that are looked at for them: many have the path of the best one, or of each other.
const LOOKED_AT: usize = 64;

/// How many copies are named.
const NAMED_COPIES: usize = 5;

/// Other paths with the same bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copies {
    /// How many.
    pub count: u64,
    /// The first of them: the corpus and the path.
    pub named: Vec<(String, Vec<u8>)>,
}

impl<R: ReadAt> Finder<'_, R> {
    /// How much of a file stands at a place at a commit, in text and in code; of commits beside the line, which tell no state, how
    /// much ever did.
    pub(super) fn contained(&self, file: usize, (corpus, line, path): PlaceKey, commit: u32) -> [Part; 2] {
        let at_any_time = self.line((corpus, line)).kind == LineKind::Side;
        [Channel::Text, Channel::Code].map(|channel| {
            let keys = self.hits.keys_of(file, channel).iter().copied();
            let stand = self.intervals_of(corpus, keys).filter(|(intervals, _)| {
                intervals.iter().any(|it| {
                    (it.line, it.path) == (line, path) && (at_any_time || (it.first..=it.last).contains(&commit))
                })
            });
            Part { some: stand.map(|(_, count)| count).sum(), all: self.hits.count_of(file, channel) }
        })
    }

    /// Where the same bytes stand but in the best place, whatever the branch and the commits.
    pub(super) fn copies(&mut self, exact: &Exact, best: PlaceKey) -> Result<Copies, MatchError> {
        let mut seen = BTreeSet::new();
        for (corpus, it) in &exact.intervals {
            let path = self.path(*corpus, it.path)?.to_vec();
            seen.insert((*corpus, self.line((*corpus, it.line)).name.as_slice(), path));
        }
        let of_best = (best.0, self.line((best.0, best.1)).name.as_slice(), self.path(best.0, best.2)?.to_vec());
        seen.remove(&of_best);
        let count = seen.len() as u64;
        let named = seen.into_iter().take(NAMED_COPIES);
        let named = named.map(|(corpus, _, path)| (self.corpora[corpus].name.to_owned(), path)).collect();
        Ok(Copies { count, named })
    }

    /// The next best places, each with another path than the best one and than each other.
    pub(super) fn near(
        &mut self,
        keys: &[usize],
        best: PlaceKey,
        candidates: &[(PlaceKey, u64)],
    ) -> Result<Vec<Place>, MatchError> {
        let mut ranked: Vec<(Reverse<u64>, PlaceKey)> =
            candidates.iter().map(|(key, count)| (Reverse(*count), *key)).collect();
        if ranked.len() > LOOKED_AT {
            ranked.select_nth_unstable(LOOKED_AT);
            ranked.truncate(LOOKED_AT);
        }
        ranked.sort_unstable();
        let mut seen = BTreeSet::from([self.path(best.0, best.2)?.to_vec()]);
        let mut near = Vec::new();
        for (_, key) in ranked {
            if near.len() == NEAR {
                break;
            }
            if seen.insert(self.path(key.0, key.2)?.to_vec()) {
                let (hits, state) = self.state_of(keys, key);
                near.push(self.place(key, hits, state)?);
            }
        }
        Ok(near)
    }
}
