//! Where each fingerprint of some files of the sample stands, over all corpora.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

use fingerprint::{Channel, Fingerprints, PathId, ReadAt, SegmentError, WholeInterval};

use super::keys::Keys;
use super::lines::Lines;
use super::rules::COMMON_FILES;
use super::short::Pieces;
use super::{Corpus, MatchError, SampleFile, Shares};
use crate::claim::CorpusRole;

/// How many fingerprints are looked up before it is seen how much they found.
const LOOKED_UP_AT_ONCE: usize = 1 << 16;

/// The channels, in the order in which a file is judged by them.
pub(super) const CHANNELS: [Channel; 4] = [Channel::Text, Channel::Code, Channel::Parts, Channel::Sketches];

/// In which kinds of corpora a fingerprint, or the very same bytes, stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stands {
    pub(super) own: bool,
    pub(super) public: bool,
    pub(super) published: bool,
}

impl Stands {
    fn among(&mut self, role: CorpusRole) -> &mut bool {
        match role {
            CorpusRole::Own => &mut self.own,
            CorpusRole::Public => &mut self.public,
            CorpusRole::Published => &mut self.published,
        }
    }
}

/// Numbers fingerprints and some files of the sample, and says where they stand.
pub(super) struct Hits {
    /// Each distinct fingerprint of the files, channel after channel.
    fingerprints: Vec<u64>,
    /// For each of them, where it was found.
    found: Vec<Found>,
    /// For each file and channel, its fingerprints by number.
    files: Vec<[Vec<usize>; 4]>,
    /// For each file, where the same bytes stand.
    exact: Vec<Exact>,
    /// The files that have pieces, and in which channel.
    pieces: HashMap<usize, Channel>,
    /// For each corpus, where fingerprints stand; nothing for public and published ones.
    intervals: Vec<CorpusHits>,
}

/// Where a fingerprint stands, and whether it is common in the company's corpora.
#[derive(Clone, Copy, Default)]
struct Found {
    stands: Stands,
    common: bool,
}

/// Where the bytes of a file stand.
#[derive(Default)]
pub(super) struct Exact {
    identical: Stands,
    /// Corpus and interval, of own corpora.
    pub(super) intervals: Vec<(usize, WholeInterval)>,
}

/// The intervals of one corpus by number of the fingerprint. Those of a file mostly stand in the same ones, however many copies of it
/// there are: each set of intervals is kept once.
#[derive(Default)]
struct CorpusHits {
    /// For each fingerprint that stands there, in order: its number, and that of its set.
    keys: Vec<(usize, usize)>,
    /// Where each set ends.
    ends: Vec<usize>,
    intervals: Vec<WholeInterval>,
}

impl Hits {
    /// Looks files up; `pieces` are fingerprints that they have beside those of their own, `licences` those of text that is public in
    /// any case. `None` where they stand in more than `most` intervals.
    pub(super) fn look_up<R: ReadAt>(
        sample: &[SampleFile],
        pieces: &Pieces,
        licences: &[u64],
        corpora: &[Corpus<'_, R>],
        lines: &Lines,
        most: usize,
    ) -> Result<Option<Self>, MatchError> {
        let mut hits = Hits {
            fingerprints: Vec::new(),
            found: Vec::new(),
            files: sample.iter().map(|_| Default::default()).collect(),
            exact: sample.iter().map(|_| Exact::default()).collect(),
            pieces: pieces.iter().map(|(file, pieces)| (*file, pieces.channel)).collect(),
            intervals: corpora.iter().map(|_| CorpusHits::default()).collect(),
        };
        for channel in CHANNELS {
            let all = |number: usize| {
                let pieces = pieces.get(&number).filter(|pieces| pieces.channel == channel);
                let pieces = pieces.map_or(&[][..], |pieces| &pieces.fingerprints);
                [of(channel, &sample[number].fingerprints), pieces]
            };
            let keys = Keys::of((0..sample.len()).flat_map(all).flatten().copied().collect());
            let first = hits.found.len();
            for (file, numbers) in hits.files.iter_mut().enumerate() {
                for some in all(file) {
                    let number = |key: &u64| keys.number(*key).map(|number| first + number);
                    numbers[place(channel)].extend(some.iter().filter_map(number));
                }
            }
            hits.found.resize(first + keys.sorted().len(), Found::default());
            let public = if channel == Channel::Text { licences } else { &[] };
            for number in public.iter().filter_map(|key| keys.number(*key)) {
                hits.found[first + number].stands.public = true;
            }
            let keys = keys.into_sorted();
            for (number, corpus) in corpora.iter().enumerate() {
                let looked_up = match corpus.role {
                    CorpusRole::Own => hits.in_own(channel, &keys, first, (number, corpus), lines, most),
                    CorpusRole::Public | CorpusRole::Published => hits.in_others(channel, &keys, first, corpus),
                };
                looked_up.map_err(|source| corpus.error(source))?;
                hits.in_filters(channel, &keys, first, corpus)?;
                if hits.held() > most {
                    return Ok(None);
                }
            }
            hits.fingerprints.extend_from_slice(&keys);
        }
        for (number, corpus) in corpora.iter().enumerate() {
            hits.exact_in_corpus(sample, number, corpus, lines, most).map_err(|source| corpus.error(source))?;
            hits.exact_in_filters(sample, corpus)?;
        }
        if hits.held() > most {
            return Ok(None);
        }
        hits.find_common(corpora)?;
        Ok(Some(hits))
    }

    /// The channel in which a file has pieces, by which it was recognised.
    pub(super) fn by_pieces(&self, file: usize) -> Option<Channel> {
        self.pieces.get(&file).copied()
    }

    /// How many intervals are held.
    fn held(&self) -> usize {
        let exact = self.exact.iter().map(|exact| exact.intervals.len()).sum::<usize>();
        exact + self.intervals.iter().map(|of| of.intervals.len()).sum::<usize>()
    }

    /// A fingerprint by its number.
    pub(super) fn fingerprint(&self, key: usize) -> u64 {
        self.fingerprints[key]
    }

    /// The fingerprints of a file in one channel, by number.
    pub(super) fn keys_of(&self, file: usize, channel: Channel) -> &[usize] {
        &self.files[file][place(channel)]
    }

    pub(super) fn exact(&self, file: usize) -> &Exact {
        &self.exact[file]
    }

    pub(super) fn identical(&self, file: usize) -> Stands {
        self.exact[file].identical
    }

    pub(super) fn is_distinctive(&self, key: usize) -> bool {
        self.found[key].stands.own && self.is_left(key)
    }

    /// Whether nobody else has a fingerprint, and few files of the company if any.
    fn is_left(&self, key: usize) -> bool {
        !self.is_others(key) && !self.found[key].common
    }

    /// Whether a fingerprint stands in so many different files of the company that it tells none of them.
    pub(super) fn is_common(&self, key: usize) -> bool {
        self.found[key].common
    }

    fn is_only_common(&self, key: usize) -> bool {
        self.found[key].common && !self.is_others(key)
    }

    fn is_others(&self, key: usize) -> bool {
        let stands = self.found[key].stands;
        stands.public || stands.published
    }

    /// The intervals of a fingerprint in one corpus, in their own order.
    pub(super) fn intervals(&self, corpus: usize, key: usize) -> &[WholeInterval] {
        self.set_of(corpus, key).map_or(&[], |set| self.set(corpus, set))
    }

    /// The number of the set of intervals in which a fingerprint stands in one corpus.
    pub(super) fn set_of(&self, corpus: usize, key: usize) -> Option<usize> {
        let keys = &self.intervals[corpus].keys;
        keys.binary_search_by_key(&key, |(number, _)| *number).ok().map(|at| keys[at].1)
    }

    /// The intervals of a set, in their own order.
    pub(super) fn set(&self, corpus: usize, set: usize) -> &[WholeInterval] {
        self.intervals[corpus].set(set)
    }

    pub(super) fn shares(&self, keys: &[usize]) -> Shares {
        let mut shares = Shares::default();
        keys.iter().for_each(|key| self.add_to(*key, &mut shares));
        shares
    }

    /// What one fingerprint adds to shares.
    pub(super) fn add_to(&self, key: usize, shares: &mut Shares) {
        let stands = self.found[key].stands;
        shares.all += 1;
        shares.matched += u64::from(stands.own);
        shares.public += u64::from(stands.public);
        shares.published += u64::from(stands.published);
        shares.common += u64::from(self.is_only_common(key));
        shares.distinctive += u64::from(self.is_distinctive(key));
        shares.left += u64::from(self.is_left(key));
    }

    /// The shares of a file in each of the [`CHANNELS`].
    pub(super) fn shares_of(&self, file: usize) -> [Shares; 4] {
        self.files[file].each_ref().map(|keys| self.shares(keys))
    }

    /// Looks the fingerprints of a channel up in a corpus of the company's own; `first` is the number of the first key. Ends early where
    /// more than `most` intervals are held.
    fn in_own<R: ReadAt>(
        &mut self,
        channel: Channel,
        keys: &[u64],
        first: usize,
        (corpus, of): (usize, &Corpus<'_, R>),
        lines: &Lines,
        most: usize,
    ) -> Result<(), SegmentError> {
        let mut sets = Sets::of(&mut self.intervals[corpus]);
        // What is beyond that much is not looked at any more: all will be looked up again in smaller parts.
        for (keys, begin) in keys.chunks(LOOKED_UP_AT_ONCE).zip((first..).step_by(LOOKED_UP_AT_ONCE)) {
            let mut key = 0;
            // For each set that was found, its number here.
            let mut known: Vec<usize> = Vec::new();
            of.index.look_up_sets(channel, keys, &mut |fingerprint, set, new| {
                // They come in their order.
                while keys[key] != fingerprint {
                    key += 1;
                }
                self.found[begin + key].stands.own = true;
                if let Some(intervals) = new {
                    let mut here = intervals.to_vec();
                    if lines.has_snapshots(corpus) {
                        let left = lines.join(corpus, &mut here);
                        here.truncate(left);
                    }
                    known.push(sets.add(&here, most));
                }
                if let Some(set) = known.get(set) {
                    sets.hits.keys.push((begin + key, *set));
                }
            })?;
            if sets.hits.intervals.len() > most {
                break;
            }
        }
        Ok(())
    }

    /// Looks them up in a corpus that is subtracted.
    fn in_others<R: ReadAt>(
        &mut self,
        channel: Channel,
        keys: &[u64],
        first: usize,
        of: &Corpus<'_, R>,
    ) -> Result<(), SegmentError> {
        of.index.known(channel, keys, &mut |fingerprint| {
            if let Ok(key) = keys.binary_search(&fingerprint) {
                *self.found[first + key].stands.among(of.role) = true;
            }
        })
    }

    /// Looks them up in the filters of a corpus that is subtracted.
    fn in_filters<R: ReadAt>(
        &mut self,
        channel: Channel,
        keys: &[u64],
        first: usize,
        of: &Corpus<'_, R>,
    ) -> Result<(), MatchError> {
        for filter in of.filters {
            let mut key = 0;
            let looked_up = filter.look_up(channel, keys, &mut |fingerprint| {
                while keys[key] != fingerprint {
                    key += 1;
                }
                *self.found[first + key].stands.among(of.role) = true;
            });
            looked_up.map_err(|source| of.filter_error(source))?;
        }
        Ok(())
    }

    /// Contents that filters have. A filter alone takes one in 256 for known: the fingerprints have to say so too. Those of code may
    /// not have been made.
    fn exact_in_filters<R: ReadAt>(&mut self, sample: &[SampleFile], of: &Corpus<'_, R>) -> Result<(), MatchError> {
        if of.filters.is_empty() {
            return Ok(());
        }
        let contents: Vec<[u8; 32]> = sample.iter().map(|file| file.fingerprints.blake3).collect();
        for filter in of.filters {
            for file in filter.contents(&contents).map_err(|source| of.filter_error(source))? {
                let is_known = |key: &usize| *self.found[*key].stands.clone().among(of.role);
                let mut keys =
                    [Channel::Text, Channel::Parts].into_iter().flat_map(|channel| self.keys_of(file, channel));
                let is_known = keys.all(is_known);
                *self.exact[file].identical.among(of.role) |= is_known;
            }
        }
        Ok(())
    }

    /// Finds out which fingerprints are common. Copies of a file are not different files, at however many places they lie: files are
    /// told apart by the last two names of their paths, which a copy keeps, while a licence, or what a generator writes, stands below
    /// many.
    fn find_common<R: ReadAt>(&mut self, corpora: &[Corpus<'_, R>]) -> Result<(), MatchError> {
        let mut names = Names { hasher: RandomState::new(), known: HashMap::new() };
        // Fingerprints that stand in the same sets are equally common.
        let mut known: HashMap<Vec<Option<usize>>, bool> = HashMap::new();
        for key in 0..self.found.len() {
            if !self.found[key].stands.own {
                continue;
            }
            if (0..corpora.len()).map(|corpus| self.intervals(corpus, key).len()).sum::<usize>() <= COMMON_FILES {
                continue;
            }
            let sets: Vec<Option<usize>> = (0..corpora.len()).map(|corpus| self.set_of(corpus, key)).collect();
            let common = match known.get(&sets) {
                Some(common) => *common,
                None => {
                    let mut different = HashSet::new();
                    for (number, corpus) in corpora.iter().enumerate() {
                        for same in self.intervals(number, key).chunk_by(|a, b| a.path == b.path) {
                            if different.len() <= COMMON_FILES {
                                different.insert(names.of(number, corpus, same[0].path)?);
                            }
                        }
                    }
                    different.len() > COMMON_FILES
                }
            };
            self.found[key].common = common;
            known.insert(sets, common);
        }
        Ok(())
    }

    fn exact_in_corpus<R: ReadAt>(
        &mut self,
        sample: &[SampleFile],
        number: usize,
        corpus: &Corpus<'_, R>,
        lines: &Lines,
        most: usize,
    ) -> Result<(), SegmentError> {
        let mut held = 0;
        for (file, exact) in sample.iter().zip(&mut self.exact) {
            if held > most {
                break;
            }
            let found = corpus.index.content_by_blake3(&file.fingerprints.blake3)?;
            let Some((_, mut intervals)) = found else { continue };
            *exact.identical.among(corpus.role) = true;
            if corpus.role == CorpusRole::Own {
                if lines.has_snapshots(number) {
                    let left = lines.join(number, &mut intervals);
                    intervals.truncate(left);
                }
                held += intervals.len();
                exact.intervals.extend(intervals.into_iter().map(|interval| (number, interval)));
            }
        }
        Ok(())
    }
}

impl CorpusHits {
    fn set(&self, set: usize) -> &[WholeInterval] {
        let start = set.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.intervals[start..self.ends[set]]
    }
}

/// Adds sets of intervals to those of a corpus, each once.
struct Sets<'h> {
    hits: &'h mut CorpusHits,
    hasher: RandomState,
    /// Sets by their hashes.
    known: HashMap<u64, Vec<usize>>,
}

impl<'h> Sets<'h> {
    fn of(hits: &'h mut CorpusHits) -> Self {
        Sets { hits, hasher: RandomState::new(), known: HashMap::new() }
    }

    /// The number of a set, which is added where it is new. Where more than `most` intervals are held already it is not, and the number
    /// stands for nothing.
    fn add(&mut self, intervals: &[WholeInterval], most: usize) -> usize {
        if self.hits.intervals.len() > most {
            return self.hits.ends.len();
        }
        let alike = self.known.entry(self.hasher.hash_one(intervals)).or_default();
        let known = alike.iter().copied().find(|set| self.hits.set(*set) == intervals);
        known.unwrap_or_else(|| {
            self.hits.intervals.extend_from_slice(intervals);
            self.hits.ends.push(self.hits.intervals.len());
            alike.push(self.hits.ends.len() - 1);
            self.hits.ends.len() - 1
        })
    }
}

/// Hashes of the last two names of paths.
struct Names {
    hasher: RandomState,
    known: HashMap<(usize, PathId), u64>,
}

impl Names {
    fn of<R: ReadAt>(&mut self, number: usize, corpus: &Corpus<'_, R>, path: PathId) -> Result<u64, MatchError> {
        if let Some(known) = self.known.get(&(number, path)) {
            return Ok(*known);
        }
        let whole = corpus.index.path(path).map_err(|source| corpus.error(source))?;
        let hash = self.hasher.hash_one(last_names(&whole));
        self.known.insert((number, path), hash);
        Ok(hash)
    }
}

fn last_names(path: &[u8]) -> &[u8] {
    let mut slashes = path.iter().enumerate().rev().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at + 1);
    slashes.nth(1).map_or(path, |begin| &path[begin..])
}

/// Where a channel stands in [`CHANNELS`].
pub(super) fn place(channel: Channel) -> usize {
    match channel {
        Channel::Text => 0,
        Channel::Code => 1,
        Channel::Parts => 2,
        Channel::Sketches => 3,
    }
}

fn of(channel: Channel, fingerprints: &Fingerprints) -> &[u64] {
    match channel {
        Channel::Text => &fingerprints.text,
        Channel::Code => &fingerprints.code,
        Channel::Parts => &fingerprints.parts,
        Channel::Sketches => &fingerprints.sketches,
    }
}
