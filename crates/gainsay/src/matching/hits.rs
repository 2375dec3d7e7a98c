//! Where each fingerprint of the sample stands, over all corpora.

use fingerprint::{Channel, Fingerprints, Profile, ReadAt, SegmentError, WholeInterval};

use super::{Corpus, MatchError, SampleFile, Shares, licences};
use crate::claim::CorpusRole;

/// The channels, in the order in which a file is judged by them.
pub(super) const CHANNELS: [Channel; 3] = [Channel::Text, Channel::Code, Channel::Parts];

/// In which kinds of corpora the very same bytes stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Identical {
    pub(super) own: bool,
    pub(super) public: bool,
    pub(super) published: bool,
}

/// Numbers fingerprints and files of the sample, and says where they stand.
pub(super) struct Hits {
    /// For each distinct fingerprint of the sample, channel after channel.
    found: Vec<Found>,
    /// For each file and channel, its fingerprints by number.
    files: Vec<[Vec<usize>; 3]>,
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
    pub(super) intervals: Vec<(usize, WholeInterval)>,
}

/// The intervals of one corpus by number of the fingerprint.
#[derive(Default)]
struct CorpusHits {
    /// For each fingerprint that stands there, in order: its number, and where its intervals begin.
    starts: Vec<(usize, usize)>,
    intervals: Vec<WholeInterval>,
}

impl Hits {
    pub(super) fn look_up<R: ReadAt>(
        sample: &[SampleFile],
        profile: &Profile,
        corpora: &[Corpus<'_, R>],
    ) -> Result<Self, MatchError> {
        let licences = licences::fingerprints(profile);
        let mut hits = Hits {
            found: Vec::new(),
            files: sample.iter().map(|_| Default::default()).collect(),
            exact: sample.iter().map(|_| Exact::default()).collect(),
            intervals: corpora.iter().map(|_| CorpusHits::default()).collect(),
        };
        for channel in CHANNELS {
            let mut keys: Vec<u64> = sample.iter().flat_map(|file| of(channel, &file.fingerprints)).copied().collect();
            keys.sort_unstable();
            keys.dedup();
            let first = hits.found.len();
            let number = |key: &u64| first + keys.binary_search(key).unwrap_or_else(|place| place);
            for (file, numbers) in sample.iter().zip(&mut hits.files) {
                numbers[place(channel)] = of(channel, &file.fingerprints).iter().map(number).collect();
            }
            let is_public = |key: &u64| channel == Channel::Text && licences.binary_search(key).is_ok();
            hits.found.extend(keys.iter().map(|key| Found { public: is_public(key), ..Found::default() }));
            for (number, corpus) in corpora.iter().enumerate() {
                hits.in_corpus(channel, &keys, first, number, corpus).map_err(|source| corpus.error(source))?;
            }
        }
        for (number, corpus) in corpora.iter().enumerate() {
            hits.exact_in_corpus(sample, number, corpus).map_err(|source| corpus.error(source))?;
        }
        Ok(hits)
    }

    /// The fingerprints of a file in one channel, by number.
    pub(super) fn keys_of(&self, file: usize, channel: Channel) -> &[usize] {
        &self.files[file][place(channel)]
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
    pub(super) fn intervals(&self, corpus: usize, key: usize) -> &[WholeInterval] {
        let hits = &self.intervals[corpus];
        let Ok(at) = hits.starts.binary_search_by_key(&key, |(number, _)| *number) else { return &[] };
        let end = hits.starts.get(at + 1).map_or(hits.intervals.len(), |(_, start)| *start);
        &hits.intervals[hits.starts[at].1..end]
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

    /// The shares of a file in each of the [`CHANNELS`].
    pub(super) fn shares_of(&self, file: usize) -> [Shares; 3] {
        self.files[file].each_ref().map(|keys| self.shares(keys))
    }

    /// `first` is the number of the first key.
    fn in_corpus<R: ReadAt>(
        &mut self,
        channel: Channel,
        keys: &[u64],
        first: usize,
        corpus: usize,
        of: &Corpus<'_, R>,
    ) -> Result<(), SegmentError> {
        let hits = &mut self.intervals[corpus];
        let mut key = 0;
        of.index.look_up(channel, keys, &mut |posting| {
            // Postings come in the order of the keys.
            while keys[key] != posting.fingerprint {
                key += 1;
            }
            let number = first + key;
            let found = &mut self.found[number];
            match of.role {
                CorpusRole::Own => {
                    found.own = true;
                    if hits.starts.last().is_none_or(|(last, _)| *last != number) {
                        hits.starts.push((number, hits.intervals.len()));
                    }
                    hits.intervals.push(posting.interval);
                }
                CorpusRole::Public => found.public = true,
                CorpusRole::Published => found.published = true,
            }
        })
    }

    fn exact_in_corpus<R: ReadAt>(
        &mut self,
        sample: &[SampleFile],
        number: usize,
        corpus: &Corpus<'_, R>,
    ) -> Result<(), SegmentError> {
        for (file, exact) in sample.iter().zip(&mut self.exact) {
            let found = corpus.index.content_by_blake3(&file.fingerprints.blake3)?;
            let Some((_, intervals)) = found else { continue };
            match corpus.role {
                CorpusRole::Own => {
                    exact.identical.own = true;
                    exact.intervals.extend(intervals.into_iter().map(|interval| (number, interval)));
                }
                CorpusRole::Public => exact.identical.public = true,
                CorpusRole::Published => exact.identical.published = true,
            }
        }
        Ok(())
    }
}

/// Where a channel stands in [`CHANNELS`].
pub(super) fn place(channel: Channel) -> usize {
    match channel {
        Channel::Text => 0,
        Channel::Code => 1,
        Channel::Parts => 2,
    }
}

fn of(channel: Channel, fingerprints: &Fingerprints) -> &[u64] {
    match channel {
        Channel::Text => &fingerprints.text,
        Channel::Code => &fingerprints.code,
        Channel::Parts => &fingerprints.parts,
    }
}
