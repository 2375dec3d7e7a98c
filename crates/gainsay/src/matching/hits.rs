//! Where each fingerprint of some files of the sample stands, over all corpora.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

use fingerprint::{Channel, Fingerprints, PathId, ReadAt, SegmentError, WholeInterval, sort_distinct};

use super::keys::Keys;
use super::lines::Lines;
use super::matcher::Against;
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
    /// Whether it is any of these.
    fn any(self) -> bool {
        self.own || self.public || self.published
    }

    fn among(&mut self, role: CorpusRole) -> &mut bool {
        match role {
            CorpusRole::Own => &mut self.own,
            CorpusRole::Public => &mut self.public,
            CorpusRole::Published => &mut self.published,
        }
    }
}

/// Numbers fingerprints and some files of the sample, and says where they stand. What stands nowhere, as nearly all of a foreign file
/// does, has no number.
pub(super) struct Hits {
    /// Each distinct fingerprint of the files that stands anywhere, channel after channel.
    fingerprints: Vec<u64>,
    /// For each of them, where it was found.
    found: Vec<Found>,
    /// For each of them, where its sets of intervals end in `sets`.
    ends: Vec<usize>,
    /// The corpora of the company in which a fingerprint stands, each with the number of the set there, fingerprint after fingerprint.
    sets: Vec<(usize, usize)>,
    /// For each file and channel, its fingerprints.
    files: Vec<[OfChannel; 4]>,
    /// For each file, where the same bytes stand.
    exact: Vec<Exact>,
    /// The files that have pieces, and in which channel.
    pieces: HashMap<usize, Channel>,
    /// For each corpus, the sets of intervals in which fingerprints stand; none for public and published ones.
    intervals: Vec<CorpusHits>,
}

/// The fingerprints of a file in one channel.
#[derive(Default)]
struct OfChannel {
    /// How many they are.
    all: u64,
    /// Those that stand anywhere, by number.
    found: Vec<usize>,
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

/// The intervals of one corpus. The fingerprints of a file mostly stand in the same ones, however many copies of it there are: each set
/// of intervals is kept once.
#[derive(Default)]
struct CorpusHits {
    /// Where each set ends.
    ends: Vec<usize>,
    intervals: Vec<WholeInterval>,
}

/// A fingerprint of those that are looked up together, by its place among them, a corpus in which it stands, and the number of the set
/// there.
type InSet = (usize, usize, usize);

/// Where each of some fingerprints stands, and those that stand in sets.
type Stood = (Vec<Stands>, Vec<InSet>);

impl Hits {
    /// Looks files up; `pieces` are fingerprints that they have beside those of their own. `None` where they stand in more than `most`
    /// intervals.
    pub(super) fn look_up<R: ReadAt>(
        sample: &[SampleFile],
        pieces: &Pieces,
        against: &Against<'_, R>,
        most: usize,
    ) -> Result<Option<Self>, MatchError> {
        let Against { corpora, .. } = against;
        let mut hits = Hits {
            fingerprints: Vec::new(),
            found: Vec::new(),
            ends: Vec::new(),
            sets: Vec::new(),
            files: sample.iter().map(|_| Default::default()).collect(),
            exact: sample.iter().map(|_| Exact::default()).collect(),
            pieces: pieces.iter().map(|(file, pieces)| (*file, pieces.channel)).collect(),
            intervals: corpora.iter().map(|_| CorpusHits::default()).collect(),
        };
        let mut spare = Vec::new();
        for channel in CHANNELS {
            let all = |number: usize| {
                let pieces = pieces.get(&number).filter(|pieces| pieces.channel == channel);
                let pieces = pieces.map_or(&[][..], |pieces| &pieces.fingerprints);
                [of(channel, &sample[number].fingerprints), pieces]
            };
            let of_files = || (0..sample.len()).flat_map(all);
            let may_stand = |key: &&u64| against.sieve.may_stand(channel, **key);
            let mut keys: Vec<u64> = of_files().flat_map(|some| some.iter().filter(may_stand)).copied().collect();
            sort_distinct(&mut keys, &mut spare);
            let Some((stands, in_sets)) = hits.where_they_stand(channel, &keys, against, most)? else {
                return Ok(None);
            };
            let first = hits.found.len();
            let keys = hits.add(&keys, &stands, in_sets);
            for (file, numbers) in hits.files.iter_mut().enumerate() {
                let numbers = &mut numbers[place(channel)];
                let number = |key: &u64| keys.number(*key).map(|number| first + number);
                for some in all(file) {
                    numbers.all += some.len() as u64;
                    numbers.found.extend(some.iter().filter_map(number));
                }
            }
        }
        for (number, corpus) in corpora.iter().enumerate() {
            let looked_up = hits.exact_in_corpus(sample, number, corpus, &against.lines, most);
            looked_up.map_err(|source| corpus.error(source))?;
            hits.exact_in_filters(sample, corpus)?;
        }
        if hits.held() > most {
            return Ok(None);
        }
        hits.find_common(corpora)?;
        Ok(Some(hits))
    }

    /// Where each of the fingerprints of a channel stands, which are distinct and in order. `None` where they stand in more than `most`
    /// intervals, with those of before.
    fn where_they_stand<R: ReadAt>(
        &mut self,
        channel: Channel,
        keys: &[u64],
        against: &Against<'_, R>,
        most: usize,
    ) -> Result<Option<Stood>, MatchError> {
        let (mut stands, mut in_sets) = (vec![Stands::default(); keys.len()], Vec::new());
        let public = if channel == Channel::Text { &against.licences[..] } else { &[] };
        for number in public.iter().filter_map(|key| keys.binary_search(key).ok()) {
            stands[number].public = true;
        }
        for (number, corpus) in against.corpora.iter().enumerate() {
            let looked_up = match corpus.role {
                CorpusRole::Own => {
                    let before = in_sets.len();
                    let looked_up = self.in_own(channel, keys, (number, corpus), &against.lines, most, &mut in_sets);
                    in_sets[before..].iter().for_each(|(key, ..)| stands[*key].own = true);
                    looked_up
                }
                CorpusRole::Public | CorpusRole::Published => in_others(channel, keys, corpus, &mut stands),
            };
            looked_up.map_err(|source| corpus.error(source))?;
            in_filters(channel, keys, corpus, &mut stands)?;
            if self.held() > most {
                return Ok(None);
            }
        }
        Ok(Some((stands, in_sets)))
    }

    /// Numbers those fingerprints of a channel that stand anywhere.
    fn add(&mut self, keys: &[u64], stands: &[Stands], mut in_sets: Vec<InSet>) -> Keys {
        // Those of a corpus are in order.
        in_sets.sort();
        let mut in_sets = in_sets.into_iter().peekable();
        let mut found = Vec::new();
        for (number, (key, stands)) in keys.iter().zip(stands).enumerate().filter(|(_, (_, stands))| stands.any()) {
            found.push(*key);
            self.found.push(Found { stands: *stands, common: false });
            while let Some((_, corpus, set)) = in_sets.next_if(|(of, ..)| *of == number) {
                self.sets.push((corpus, set));
            }
            self.ends.push(self.sets.len());
        }
        self.fingerprints.extend_from_slice(&found);
        Keys::of(found)
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

    /// The fingerprints of a file in one channel that stand anywhere, by number: those of its own in their order, then its pieces.
    pub(super) fn keys_of(&self, file: usize, channel: Channel) -> &[usize] {
        &self.files[file][place(channel)].found
    }

    /// How many fingerprints a file has in one channel.
    pub(super) fn count_of(&self, file: usize, channel: Channel) -> u64 {
        self.files[file][place(channel)].all
    }

    /// Gives each fingerprint of a file in one channel to `take`, with its number where it stands anywhere; `own` are those of its own.
    pub(super) fn each_of(
        &self,
        file: usize,
        channel: Channel,
        own: impl IntoIterator<Item = u64>,
        take: &mut impl FnMut(u64, Option<usize>),
    ) {
        let mut found = self.keys_of(file, channel).iter().copied().peekable();
        for fingerprint in own {
            take(fingerprint, found.next_if(|key| self.fingerprints[*key] == fingerprint));
        }
        // What is left are its pieces.
        found.for_each(|key| take(self.fingerprints[key], Some(key)));
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

    /// The company's corpora in which a fingerprint stands, each with the number of the set of intervals there.
    pub(super) fn sets_of(&self, key: usize) -> &[(usize, usize)] {
        let start = key.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.sets[start..self.ends[key]]
    }

    /// The intervals of a set, in their own order.
    pub(super) fn set(&self, corpus: usize, set: usize) -> &[WholeInterval] {
        self.intervals[corpus].set(set)
    }

    /// The shares of fingerprints that stand anywhere.
    pub(super) fn shares(&self, keys: &[usize]) -> Shares {
        let mut shares = Shares::default();
        keys.iter().for_each(|key| self.add_to(Some(*key), &mut shares));
        shares
    }

    /// What one fingerprint adds to shares, of which there is no number where it stands nowhere.
    pub(super) fn add_to(&self, key: Option<usize>, shares: &mut Shares) {
        shares.all += 1;
        let Some(key) = key else {
            shares.left += 1;
            return;
        };
        let stands = self.found[key].stands;
        shares.matched += u64::from(stands.own);
        shares.public += u64::from(stands.public);
        shares.published += u64::from(stands.published);
        shares.common += u64::from(self.is_only_common(key));
        shares.distinctive += u64::from(self.is_distinctive(key));
        shares.left += u64::from(self.is_left(key));
    }

    /// The shares of a file in one channel.
    pub(super) fn shares_of(&self, file: usize, channel: Channel) -> Shares {
        let OfChannel { all, found } = &self.files[file][place(channel)];
        let shares = self.shares(found);
        let nowhere = all - found.len() as u64;
        Shares { all: *all, left: shares.left + nowhere, ..shares }
    }

    /// Looks the fingerprints of a channel up in a corpus of the company's own. Ends early where more than `most` intervals are held.
    fn in_own<R: ReadAt>(
        &mut self,
        channel: Channel,
        keys: &[u64],
        (corpus, of): (usize, &Corpus<'_, R>),
        lines: &Lines,
        most: usize,
        in_sets: &mut Vec<InSet>,
    ) -> Result<(), SegmentError> {
        let mut sets = Sets::of(&mut self.intervals[corpus]);
        // What is beyond that much is not looked at any more: all will be looked up again in smaller parts.
        for (keys, begin) in keys.chunks(LOOKED_UP_AT_ONCE).zip((0..).step_by(LOOKED_UP_AT_ONCE)) {
            let mut key = 0;
            // For each set that was found, its number here.
            let mut known: Vec<usize> = Vec::new();
            of.index.look_up_sets(channel, keys, &mut |fingerprint, set, new| {
                // They come in their order.
                while keys[key] != fingerprint {
                    key += 1;
                }
                if let Some(intervals) = new {
                    let mut here = intervals.to_vec();
                    if lines.has_snapshots(corpus) {
                        let left = lines.join(corpus, &mut here);
                        here.truncate(left);
                    }
                    known.push(sets.add(&here, most));
                }
                if let Some(set) = known.get(set) {
                    in_sets.push((begin + key, corpus, *set));
                }
            })?;
            if sets.hits.intervals.len() > most {
                break;
            }
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
                let is_known = [Channel::Text, Channel::Parts].into_iter().all(|channel| {
                    let keys = self.keys_of(file, channel);
                    keys.len() as u64 == self.count_of(file, channel) && keys.iter().all(is_known)
                });
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
        let mut known: HashMap<Vec<(usize, usize)>, bool> = HashMap::new();
        for key in 0..self.found.len() {
            let sets = self.sets_of(key);
            if sets.iter().map(|(corpus, set)| self.set(*corpus, *set).len()).sum::<usize>() <= COMMON_FILES {
                continue;
            }
            let common = match known.get(sets) {
                Some(common) => *common,
                None => {
                    let mut different = HashSet::new();
                    for (number, set) in sets {
                        for same in self.set(*number, *set).chunk_by(|a, b| a.path == b.path) {
                            if different.len() <= COMMON_FILES {
                                different.insert(names.of(*number, &corpora[*number], same[0].path)?);
                            }
                        }
                    }
                    let common = different.len() > COMMON_FILES;
                    known.insert(sets.to_vec(), common);
                    common
                }
            };
            self.found[key].common = common;
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

/// Looks fingerprints up in a corpus that is subtracted.
fn in_others<R: ReadAt>(
    channel: Channel,
    keys: &[u64],
    of: &Corpus<'_, R>,
    stands: &mut [Stands],
) -> Result<(), SegmentError> {
    of.index.known(channel, keys, &mut |fingerprint| {
        if let Ok(key) = keys.binary_search(&fingerprint) {
            *stands[key].among(of.role) = true;
        }
    })
}

/// Looks them up in the filters of a corpus that is subtracted.
fn in_filters<R: ReadAt>(
    channel: Channel,
    keys: &[u64],
    of: &Corpus<'_, R>,
    stands: &mut [Stands],
) -> Result<(), MatchError> {
    for filter in of.filters {
        let mut key = 0;
        let looked_up = filter.look_up(channel, keys, &mut |fingerprint| {
            while keys[key] != fingerprint {
                key += 1;
            }
            *stands[key].among(of.role) = true;
        });
        looked_up.map_err(|source| of.filter_error(source))?;
    }
    Ok(())
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

/// Those of a channel.
pub(super) fn of(channel: Channel, fingerprints: &Fingerprints) -> &[u64] {
    match channel {
        Channel::Text => &fingerprints.text,
        Channel::Code => &fingerprints.code,
        Channel::Parts => &fingerprints.parts,
        Channel::Sketches => &fingerprints.sketches,
    }
}
