//! Where each fingerprint of the sample stands, over all corpora.

use fingerprint::{Interval, IntervalId, ReadAt, Segment, SegmentError};

use super::{Corpus, Identical, MatchError, SampleFile, Shares};
use crate::claim::CorpusRole;

/// Numbers fingerprints and files of the sample, and says where they stand.
pub(super) struct Hits {
    /// For each distinct fingerprint of the sample.
    found: Vec<Found>,
    /// For each file, its fingerprints by number.
    files: Vec<Vec<usize>>,
    /// For each file, where the same bytes stand.
    exact: Vec<Exact>,
    /// For each corpus, where fingerprints stand; nothing for public and published ones.
    intervals: Vec<CorpusHits>,
}

/// In which kinds of corpora a fingerprint stands.
#[derive(Clone, Copy, Default)]
struct Found {
    own: bool,
    public: bool,
    published: bool,
}

/// Where the bytes of a file stand.
#[derive(Default)]
pub(super) struct Exact {
    identical: Identical,
    /// Corpus and interval, of own corpora.
    pub(super) intervals: Vec<(usize, Interval)>,
}

/// The intervals of one corpus by number of the fingerprint.
struct CorpusHits {
    /// Where the intervals of each fingerprint begin; one more than there are fingerprints.
    starts: Vec<usize>,
    intervals: Vec<Interval>,
}

impl Hits {
    pub(super) fn look_up<R: ReadAt>(sample: &[SampleFile], corpora: &[Corpus<'_, R>]) -> Result<Self, MatchError> {
        let mut keys: Vec<u64> = sample.iter().flat_map(|file| file.fingerprints.text.iter().copied()).collect();
        keys.sort_unstable();
        keys.dedup();
        let number = |hash: &u64| keys.binary_search(hash).unwrap_or_else(|place| place);
        let mut hits = Hits {
            found: vec![Found::default(); keys.len()],
            files: sample.iter().map(|file| file.fingerprints.text.iter().map(number).collect()).collect(),
            exact: sample.iter().map(|_| Exact::default()).collect(),
            intervals: Vec::new(),
        };
        for (number, corpus) in corpora.iter().enumerate() {
            let segment_error = |source| MatchError::Segment { corpus: corpus.name.to_owned(), source };
            let found = hits.in_corpus(&keys, corpus).map_err(segment_error)?;
            hits.intervals.push(found);
            hits.exact_in_corpus(sample, number, corpus).map_err(segment_error)?;
        }
        Ok(hits)
    }

    /// The fingerprints of a file, by number.
    pub(super) fn keys_of(&self, file: usize) -> &[usize] {
        &self.files[file]
    }

    pub(super) fn exact(&self, file: usize) -> &Exact {
        &self.exact[file]
    }

    pub(super) fn identical(&self, file: usize) -> Identical {
        self.exact[file].identical
    }

    pub(super) fn is_distinctive(&self, key: usize) -> bool {
        let found = self.found[key];
        found.own && !found.public && !found.published
    }

    /// The intervals of a fingerprint in one corpus, in their own order.
    pub(super) fn intervals(&self, corpus: usize, key: usize) -> &[Interval] {
        let hits = &self.intervals[corpus];
        &hits.intervals[hits.starts[key]..hits.starts[key + 1]]
    }

    pub(super) fn shares(&self, keys: &[usize]) -> Shares {
        let count = |of: &dyn Fn(usize) -> bool| keys.iter().filter(|key| of(**key)).count() as u64;
        Shares {
            all: keys.len() as u64,
            matched: count(&|key| self.found[key].own),
            public: count(&|key| self.found[key].public),
            published: count(&|key| self.found[key].published),
            distinctive: count(&|key| self.is_distinctive(key)),
        }
    }

    pub(super) fn shares_of_all(&self) -> Shares {
        self.shares(&(0..self.found.len()).collect::<Vec<_>>())
    }

    fn in_corpus<R: ReadAt>(&mut self, keys: &[u64], corpus: &Corpus<'_, R>) -> Result<CorpusHits, SegmentError> {
        let mut starts = vec![0; keys.len() + 1];
        let mut ids = Vec::new();
        let mut key = 0;
        corpus.segment.look_up(keys, &mut |posting| {
            // Postings come in the order of the keys.
            while keys[key] != posting.fingerprint {
                key += 1;
                starts[key] = ids.len();
            }
            let found = &mut self.found[key];
            match corpus.role {
                CorpusRole::Own => {
                    found.own = true;
                    ids.push(posting.interval);
                }
                CorpusRole::Public => found.public = true,
                CorpusRole::Published => found.published = true,
            }
        })?;
        starts[(key + 1).min(keys.len())..].fill(ids.len());
        Ok(CorpusHits { starts, intervals: resolve(corpus.segment, &ids)? })
    }

    fn exact_in_corpus<R: ReadAt>(
        &mut self,
        sample: &[SampleFile],
        number: usize,
        corpus: &Corpus<'_, R>,
    ) -> Result<(), SegmentError> {
        for (file, exact) in sample.iter().zip(&mut self.exact) {
            let Some(content) = corpus.segment.content_by_blake3(&file.fingerprints.blake3)? else { continue };
            match corpus.role {
                CorpusRole::Own => {
                    exact.identical.own = true;
                    let ids = corpus.segment.files_of(content)?;
                    let intervals = resolve(corpus.segment, &ids)?;
                    exact.intervals.extend(intervals.into_iter().map(|interval| (number, interval)));
                }
                CorpusRole::Public => exact.identical.public = true,
                CorpusRole::Published => exact.identical.published = true,
            }
        }
        Ok(())
    }
}

/// The intervals of these numbers, each read once.
fn resolve<R: ReadAt>(segment: &Segment<R>, ids: &[IntervalId]) -> Result<Vec<Interval>, SegmentError> {
    let mut distinct = ids.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    let intervals = segment.intervals(&distinct)?;
    Ok(ids.iter().filter_map(|id| intervals.get(distinct.binary_search(id).ok()?).copied()).collect())
}
