//! Short files that their chosen grams leave undecided: the text of a screenshot, a quoted passage, a file of little code.
//!
//! Of a text that was read with errors few runs are left that are long enough to hold a gram that was chosen on both sides. So
//! here every gram is looked up, and of text also every gram with one letter that is easily misread put right. Judged is what
//! stands in one file of the company at once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use fingerprint::{
    Channel, Fingerprints, GRAM, Kind, LineKind, Profile, ReadAt, Tokens, decoded_text, normalised, sort_distinct,
};

use super::hits::Hits;
use super::matcher::Against;
use super::places::{Finder, PlaceKey};
use super::window::{Runs, best_run};
use super::{MatchError, Place, SampleFile, Verdict, rules};
use crate::claim::CorpusRole;

/// Bytes that a short file has at most: a passage, not a long file, of which the chosen grams tell enough.
pub const SHORT: usize = 16 << 10;

/// Fingerprints that are looked up together on all threads, and on each those of one more file: some tens of megabytes.
const AT_ONCE: usize = 1 << 20;

/// Tokens of a gram of code.
const TOKENS: usize = 24;

/// Places of which the state is looked at that holds most: those that ever held most.
const LOOKED_AT: usize = 16;

/// Letters that are taken for each other in reading, in normalised text.
const ALIKE: [(&[u8], &[u8]); 14] = [
    (b"0", b"o"),
    (b"o", b"0"),
    (b"1", b"l"),
    (b"1", b"i"),
    (b"l", b"1"),
    (b"l", b"i"),
    (b"i", b"1"),
    (b"i", b"l"),
    (b"5", b"s"),
    (b"s", b"5"),
    (b"m", b"rn"),
    (b"rn", b"m"),
    (b"8", b"b"),
    (b"b", b"8"),
];

/// Files that are the company's by single grams, by number.
pub(super) type Pieces = BTreeMap<usize, Piecemeal>;

/// The grams by which a file was recognised, in one channel.
pub(super) struct Piecemeal {
    pub(super) channel: Channel,
    pub(super) fingerprints: Vec<u64>,
}

/// Grams of a file that stand in one file of the company at once.
#[derive(Default)]
pub(super) struct Together {
    /// How many places of the sample's file they begin at.
    pub(super) grams: u64,
    /// How many of them do not overlap: so many runs of the file at least are the company's.
    pub(super) apart: u64,
    /// Their fingerprints, each once.
    pub(super) fingerprints: Vec<u64>,
}

/// What grams are made for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// To be looked up as a whole.
    All,
    /// To find out whether that is worth it: those alone that the sieve lets pass.
    Sifted,
}

/// Grams of a file to be looked up.
struct Grams {
    file: usize,
    channel: Channel,
    /// How many places the file has that a gram begins at.
    all: u64,
    /// Where each that is wanted begins, and its fingerprint.
    grams: Vec<(usize, u64)>,
}

/// The files that are recognised by single grams, of those that are not the company's by their chosen grams.
pub(super) fn recognised<R: ReadAt>(
    sample: &[SampleFile],
    hits: &Hits,
    judged: &[(Verdict, Channel)],
    against: &Against<'_, R>,
) -> Result<Pieces, MatchError> {
    let is_open = |number: &usize| {
        let (file, identical) = (&sample[*number], hits.identical(*number));
        let may_be = !file.short.is_empty() && !file.generated && !identical.public && !identical.published;
        may_be && !judged[*number].0.is_ours()
    };
    let search = Search { sample, against };
    let (mut pieces, mut read_again) = (Pieces::new(), BTreeSet::new());
    // Nearly all that is looked up stands nowhere: only what may be enough is looked at as a whole.
    let (mut may_be, mut may_be_misread, mut may_be_mended) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    search.sift((0..sample.len()).filter(is_open), Search::as_it_is, &mut |grams, most| {
        if rules::by_pieces(grams.channel, grams.all, most) {
            may_be.insert(grams.file);
        }
        if grams.channel == Channel::Text {
            may_be_misread.insert(grams.file);
        }
    })?;
    search.sift(may_be_misread.into_iter(), Search::put_right, &mut |grams, most| {
        if rules::by_pieces(grams.channel, grams.all, most) {
            may_be_mended.insert(grams.file);
        }
    })?;
    let open = may_be.union(&may_be_mended).copied();
    search.each(open, Search::as_it_is, &mut |grams, together| {
        if rules::by_pieces(grams.channel, grams.all, &together) {
            let fingerprints = together.fingerprints;
            pieces.entry(grams.file).or_insert(Piecemeal { channel: grams.channel, fingerprints });
        } else if grams.channel == Channel::Text && together.grams > 0 {
            read_again.insert(grams.file);
        }
    })?;
    read_again.retain(|file| may_be_mended.contains(file) && !pieces.contains_key(file));
    search.each(read_again.into_iter(), Search::put_right, &mut |grams, together| {
        if rules::by_pieces(grams.channel, grams.all, &together) {
            pieces.insert(grams.file, Piecemeal { channel: grams.channel, fingerprints: together.fingerprints });
        }
    })?;
    Ok(pieces)
}

/// The places that a text which was read with errors most likely shows: those that hold most of its grams at once, or of grams with one
/// letter put right, that nobody else has; the first holds most.
pub(super) fn closest<R: ReadAt>(text: &[u8], against: &Against<'_, R>) -> Result<Vec<Place>, MatchError> {
    let text = normalised(text.get(..SHORT).unwrap_or(text));
    let Against { corpora, lines, bounds, .. } = against;
    let look_up = |grams: Grams| Hits::look_up(&[grams.as_file()], &Pieces::new(), against, bounds.intervals);
    // What stands in more places than may be held tells none of them.
    let hits = match look_up(Grams::put_right(0, &against.profile, &text))? {
        None => look_up(Grams::of_text(0, &against.profile, &text, |_| true))?,
        hits => hits,
    };
    let Some(hits) = hits else { return Ok(Vec::new()) };
    let telling: Vec<usize> =
        hits.keys_of(0, Channel::Text).iter().copied().filter(|key| hits.is_distinctive(*key)).collect();
    let mut finder = Finder::new(corpora, lines, &hits);
    let mut held: Vec<(u64, PlaceKey)> =
        finder.counted(&telling).into_iter().map(|(place, count)| (count, place)).collect();
    held.sort_unstable_by_key(|(count, place)| (std::cmp::Reverse(*count), *place));
    held.truncate(LOOKED_AT);
    let place = |(_, key): (u64, PlaceKey)| {
        let (count, state) = finder.state_of(&telling, key);
        finder.place(key, count, state)
    };
    held.into_iter().map(place).collect()
}

impl Grams {
    /// Those of a text, of which the `wanted` are held.
    fn of_text(file: usize, profile: &Profile, text: &[u8], wanted: impl Fn(u64) -> bool) -> Self {
        let all = text.len().saturating_sub(GRAM - 1) as u64;
        let grams = profile.every_gram(text).enumerate().filter(|(_, fingerprint)| wanted(*fingerprint));
        Grams { file, channel: Channel::Text, all, grams: grams.collect() }
    }

    /// Those of the text, and of each text that differs from it in one letter that may have been misread.
    fn put_right(file: usize, profile: &Profile, text: &[u8]) -> Self {
        let of_text = Grams::of_text(file, profile, text, |_| true);
        of_text.and_put_right(text, |from, right, grams| grams.extend((from..).zip(profile.every_gram(right))))
    }

    /// Of [`Grams::put_right`] those that are `wanted`, of the other texts where the corpus may well have chosen them.
    fn likely_put_right(file: usize, profile: &Profile, text: &[u8], wanted: impl Fn(u64) -> bool) -> Self {
        let of_text = Grams::of_text(file, profile, text, &wanted);
        of_text.and_put_right(text, |from, right, grams| {
            let likely = profile.likely_grams(right).filter(|(_, fingerprint)| wanted(*fingerprint));
            grams.extend(likely.map(|(at, fingerprint)| (from + at, fingerprint)));
        })
    }

    /// With what `take` takes of each stretch, and the place where it begins, in which one letter that may have been misread is put right.
    fn and_put_right(mut self, text: &[u8], take: impl Fn(usize, &[u8], &mut Vec<(usize, u64)>)) -> Self {
        let mut right = Vec::new();
        for at in 0..text.len() {
            // Most letters are of no pair, which their first byte tells.
            let begins = |read: &[u8]| read.first() == text.get(at) && text[at..].starts_with(read);
            for (read, instead) in ALIKE.iter().filter(|(read, _)| begins(read)) {
                let after = at + read.len();
                let (from, to) = (at.saturating_sub(GRAM - 1), text.len().min(after + GRAM - 1));
                right.clear();
                [&text[from..at], instead, &text[after..to]].iter().for_each(|part| right.extend_from_slice(part));
                take(from, &right, &mut self.grams);
            }
        }
        self
    }

    fn of_code(file: usize, profile: &Profile, kinds: &[u8], wanted: impl Fn(u64) -> bool) -> Self {
        let mut grams = profile.every_code_gram(kinds);
        let all = grams.len() as u64;
        grams.retain(|(_, fingerprint)| wanted(*fingerprint));
        Grams { file, channel: Channel::Code, all, grams }
    }

    /// How long each is.
    fn length(&self) -> usize {
        if self.channel == Channel::Text { GRAM } else { TOKENS }
    }

    /// A file that has these and no others.
    fn as_file(&self) -> SampleFile {
        let fingerprints: Vec<u64> = self.grams.iter().map(|(_, fingerprint)| *fingerprint).collect();
        let (text, code) = if self.channel == Channel::Text { (fingerprints, vec![]) } else { (vec![], fingerprints) };
        let (kind, blake3) = (Kind::Text, [0; 32]);
        let (parts, sketches) = (vec![], vec![]);
        let fingerprints =
            Fingerprints { blake3, bytes: 0, kind, normalised: 0, text, tokens: 0, code, parts, sketches };
        SampleFile {
            path: vec![],
            is_text_of: None,
            fingerprints,
            generated: false,
            is_program: false,
            level: 0,
            short: vec![],
        }
    }
}

/// What short files are looked up in.
struct Search<'s, 'c, R> {
    sample: &'s [SampleFile],
    against: &'s Against<'c, R>,
}

impl<R: ReadAt> Search<'_, '_, R> {
    /// How many fingerprints are looked up together here, on one of the threads.
    fn at_once(&self) -> usize {
        (AT_ONCE.min(self.against.bounds.fingerprints) / self.against.bounds.threads.max(1)).max(1)
    }

    /// Looks up what `make` makes of files and their text, and gives each with what of it stands in one file at once.
    fn each(
        &self,
        files: impl Iterator<Item = usize>,
        make: impl Fn(&Self, usize, &[u8], Wanted) -> Vec<Grams>,
        found: &mut dyn FnMut(&Grams, Together),
    ) -> Result<(), MatchError> {
        let mut files = files.peekable();
        while files.peek().is_some() {
            let (mut batch, mut room) = (Vec::new(), self.at_once());
            while let Some(number) = files.next_if(|_| room > 0) {
                let text = decoded_text(&self.sample[number].short).unwrap_or_default();
                for grams in make(self, number, &text, Wanted::All) {
                    room = room.saturating_sub(grams.grams.len());
                    batch.push(grams);
                }
            }
            self.look_up(&batch, found)?;
        }
        Ok(())
    }

    /// Gives what `make` makes of files and their text, each with the most that may stand in one file at once, where that is anything:
    /// of what stands in the company's corpora and is not public or published.
    fn sift(
        &self,
        files: impl Iterator<Item = usize>,
        make: impl Fn(&Self, usize, &[u8], Wanted) -> Vec<Grams>,
        found: &mut dyn FnMut(&Grams, &Together),
    ) -> Result<(), MatchError> {
        let mut files = files.peekable();
        while files.peek().is_some() {
            let (mut batch, mut passed) = (Vec::new(), 0);
            while passed < self.at_once()
                && let Some(number) = files.next()
            {
                let text = decoded_text(&self.sample[number].short).unwrap_or_default();
                for grams in make(self, number, &text, Wanted::Sifted) {
                    passed += grams.grams.len();
                    batch.push(grams);
                }
            }
            for channel in [Channel::Text, Channel::Code] {
                let of_channel = || batch.iter().filter(|grams| grams.channel == channel);
                let fingerprints = of_channel().flat_map(|of| &of.grams).map(|(_, fingerprint)| *fingerprint);
                let own = self.telling(channel, fingerprints.collect())?;
                for of in of_channel() {
                    let telling = of.grams.iter().filter(|(_, fingerprint)| own.binary_search(fingerprint).is_ok());
                    let most = Together::of_places(telling.map(|(at, _)| *at).collect(), of.length());
                    if most.grams > 0 {
                        found(of, &most);
                    }
                }
            }
        }
        Ok(())
    }

    /// Those of some fingerprints that stand in the company's corpora and in no index of what is public or published, in order.
    fn telling(&self, channel: Channel, mut keys: Vec<u64>) -> Result<Vec<u64>, MatchError> {
        let (mut own, mut others, mut spare) = (Vec::new(), Vec::new(), Vec::new());
        sort_distinct(&mut keys, &mut spare);
        let is_own = |corpus: &&super::Corpus<'_, R>| corpus.role == CorpusRole::Own;
        for corpus in self.against.corpora.iter().filter(is_own) {
            let known = corpus.index.known(channel, &keys, &mut |key| own.push(key));
            known.map_err(|source| corpus.error(source))?;
        }
        sort_distinct(&mut own, &mut spare);
        for corpus in self.against.corpora.iter().filter(|corpus| !is_own(corpus)) {
            let known = corpus.index.known(channel, &own, &mut |key| others.push(key));
            known.map_err(|source| corpus.error(source))?;
        }
        if channel == Channel::Text {
            others.extend_from_slice(&self.against.licences);
        }
        sort_distinct(&mut others, &mut spare);
        own.retain(|key| others.binary_search(key).is_err());
        Ok(own)
    }

    /// In parts, where more is found than may be held; what is found of one file may not be too much.
    fn look_up(&self, batch: &[Grams], found: &mut dyn FnMut(&Grams, Together)) -> Result<(), MatchError> {
        let as_files: Vec<SampleFile> = batch.iter().map(Grams::as_file).collect();
        match Hits::look_up(&as_files, &Pieces::new(), self.against, self.against.bounds.intervals)? {
            Some(hits) => {
                for (number, grams) in batch.iter().enumerate() {
                    found(grams, self.together(number, grams, &hits));
                }
            }
            None if batch.len() > 1 => {
                let (one, other) = batch.split_at(batch.len() / 2);
                self.look_up(one, found)?;
                self.look_up(other, found)?;
            }
            None => {}
        }
        Ok(())
    }

    fn as_it_is(&self, number: usize, text: &[u8], wanted: Wanted) -> Vec<Grams> {
        let profile = &self.against.profile;
        let wanted =
            |channel, fingerprint| wanted == Wanted::All || self.against.sieve.may_be_own(channel, fingerprint);
        let kinds = Tokens::of(&self.sample[number].path, text).unwrap_or_default().kinds;
        let of_text = Grams::of_text(number, profile, &normalised(text), |it| wanted(Channel::Text, it));
        vec![of_text, Grams::of_code(number, profile, &kinds, |it| wanted(Channel::Code, it))]
    }

    fn put_right(&self, number: usize, text: &[u8], wanted: Wanted) -> Vec<Grams> {
        let (profile, text) = (&self.against.profile, normalised(text));
        vec![match wanted {
            Wanted::All => Grams::put_right(number, profile, &text),
            Wanted::Sifted => {
                let may_be_own = |fingerprint| self.against.sieve.may_be_own(Channel::Text, fingerprint);
                Grams::likely_put_right(number, profile, &text, may_be_own)
            }
        }]
    }

    fn together(&self, number: usize, grams: &Grams, hits: &Hits) -> Together {
        // Those of a file mostly stand in the same sets of intervals.
        let mut sets: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
        let mut places = 0..;
        hits.each_of(number, grams.channel, grams.grams.iter().map(|(_, fingerprint)| *fingerprint), &mut |_, key| {
            let at = places.next().unwrap_or_default();
            if let Some(key) = key.filter(|key| hits.is_distinctive(*key)) {
                hits.sets_of(key).iter().for_each(|set| sets.entry(*set).or_default().push(at));
            }
        });
        let mut places: HashMap<PlaceKey, (usize, Vec<(usize, usize)>)> = HashMap::new();
        for ((corpus, set), of_set) in &sets {
            for same in hits.set(*corpus, *set).chunk_by(|a, b| (a.path, a.line) == (b.path, b.line)) {
                let (count, place) = places.entry((*corpus, same[0].line, same[0].path)).or_default();
                *count += of_set.len();
                place.push((*corpus, *set));
            }
        }
        let mut order: Vec<(std::cmp::Reverse<usize>, PlaceKey)> =
            places.iter().map(|(place, (count, _))| (std::cmp::Reverse(*count), *place)).collect();
        order.sort_unstable();
        let looked_at = order.into_iter().take(LOOKED_AT);
        let together = looked_at.map(|(_, place)| {
            let mut things: Vec<(usize, Runs)> = Vec::new();
            for (corpus, set) in &places[&place].1 {
                let here = hits.set(*corpus, *set).iter().filter(|it| (it.line, it.path) == (place.1, place.2));
                let runs: Runs = here.map(|it| (it.first, it.last)).collect();
                things.extend(sets[&(*corpus, *set)].iter().map(|at| (*at, runs.clone())));
            }
            if self.against.lines.line((place.0, place.1)).kind != LineKind::Side {
                let (_, (commit, _)) = best_run(&things.iter().map(|(_, runs)| (runs.clone(), 1)).collect::<Vec<_>>());
                things.retain(|(_, runs)| runs.iter().any(|(first, last)| (first..=last).contains(&&commit)));
            }
            Together::of(things.iter().map(|(at, _)| grams.grams[*at]), grams.length())
        });
        let best = together.max_by_key(|together| (together.apart, together.grams)).unwrap_or_default();
        // The many versions of a history chose more grams of a text than the one that was given away: what is found there, or is
        // public, must be less than what is not.
        let shares = hits.shares_of(number, grams.channel);
        if best.fingerprints.len() as u64 > shares.public + shares.published { best } else { Together::default() }
    }
}

impl Together {
    /// Of grams of this length.
    fn of(grams: impl Iterator<Item = (usize, u64)>, length: usize) -> Self {
        // What is repeated in the sample's file counts once.
        let mut first: BTreeMap<u64, usize> = BTreeMap::new();
        grams.for_each(|(at, fingerprint)| {
            let first = first.entry(fingerprint).or_insert(at);
            *first = at.min(*first);
        });
        let places = Together::of_places(first.values().copied().collect(), length);
        Together { fingerprints: first.into_keys().collect(), ..places }
    }

    /// Of grams of this length that begin at some places, with no fingerprints.
    fn of_places(mut places: Vec<usize>, length: usize) -> Self {
        places.sort_unstable();
        places.dedup();
        let (mut apart, mut free) = (0, 0);
        for at in &places {
            if *at >= free {
                apart += 1;
                free = at + length;
            }
        }
        Together { grams: places.len() as u64, apart, fingerprints: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn grams_that_overlap_are_not_apart_and_repeats_count_once() {
        let of = |grams: &[(usize, u64)]| {
            let together = Together::of(grams.iter().copied(), 32);
            (together.grams, together.apart, together.fingerprints)
        };
        assert_eq!(of(&[(40, 7), (0, 5), (31, 6)]), (3, 2, vec![5, 6, 7]));
        assert_eq!(of(&[(64, 5), (0, 5), (96, 5)]), (1, 1, vec![5]));
        assert_eq!(of(&[(0, 5), (0, 6), (32, 9)]), (2, 2, vec![5, 6, 9]));
        assert_eq!(of(&[]), (0, 0, vec![]));
    }

    proptest! {
        #[test]
        fn a_letter_that_was_misread_is_put_right(
            text in prop::collection::vec(prop::sample::select(b"abegiklmnorst01258".to_vec()), 32..200),
            at in any::<prop::sample::Index>(),
            alike in any::<prop::sample::Index>(),
        ) {
            // Each of the pairs stands there both ways.
            let at = at.index(text.len());
            let fits: Vec<_> = ALIKE.iter().filter(|(right, _)| text[at..].starts_with(right)).collect();
            prop_assume!(!fits.is_empty());
            let (right, read) = alike.get(&fits);
            let misread = [&text[..at], read, &text[at + right.len()..]].concat();
            let profile = Profile::one();
            let all = Grams::put_right(0, &profile, &misread);
            prop_assert_eq!(all.all, misread.len().saturating_sub(GRAM - 1) as u64);
            let found: BTreeSet<u64> = all.grams.iter().map(|(_, fingerprint)| *fingerprint).collect();
            prop_assert!(profile.every_gram(&text).all(|fingerprint| found.contains(&fingerprint)));
            prop_assert!(all.grams.iter().all(|(place, _)| *place < text.len()));
        }
    }
}
