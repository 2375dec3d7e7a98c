//! A sample that comes in batches of files, each of which is looked up, judged, counted and let go.

use std::collections::BTreeSet;
use std::mem;
use std::panic::resume_unwind;

use fingerprint::{Channel, Filter, Fingerprints, Profile, ReadAt};
use serde::{Deserialize, Serialize};

use super::cover::Held;
use super::distinct::{self, HIGHEST};
use super::hits::Hits;
use super::lines::Lines;
use super::places::Finder;
use super::short::{self, Pieces};
use super::sieve::Sieve;
use super::whole::Whole;
use super::{Bounds, Corpus, Match, MatchError, Place, Places, SampleFile, Verdict, judge, licences, match_file};

/// Matches a sample batch by batch. The answer is the same for any batches of the same files.
///
/// In which of several places a file is said to lie depends on all files: those of the fewest places that hold them all are preferred.
/// So a sample of more than one batch is [surveyed](Self::survey) before it is counted, where [places differ](Self::has_places).
pub struct Matcher<'c, R> {
    against: Against<'c, R>,
    /// The BLAKE3 of files that were surveyed and are the company's, and not byte for byte.
    edited: Vec<[u8; 32]>,
    so_far: MatcherSoFar,
}

/// What a [`Matcher`] knows of the files before: what it goes on with.
#[derive(Serialize, Deserialize)]
pub struct MatcherSoFar {
    /// How many files were surveyed.
    surveyed: usize,
    /// How many fingerprints are looked up together: as many as found no more than may be held.
    at_once: usize,
    held: Held,
    /// The places, when all files were surveyed.
    places: Option<Option<Places>>,
    preferred: BTreeSet<usize>,
    /// How many files were counted.
    counted: usize,
    whole: Whole,
}

/// What each batch is held against.
pub(super) struct Against<'c, R> {
    pub(super) profile: Profile,
    pub(super) corpora: &'c [Corpus<'c, R>],
    pub(super) lines: Lines,
    pub(super) licences: Vec<u64>,
    pub(super) bounds: Bounds,
    pub(super) sieve: Sieve,
}

impl<'c, R: ReadAt + Sync> Matcher<'c, R> {
    /// Begins a sample whose fingerprints are made under `profile`.
    ///
    /// # Errors
    /// Where a corpus has another profile.
    pub fn new(profile: &Profile, corpora: &'c [Corpus<'c, R>], bounds: Bounds) -> Result<Self, MatchError> {
        Ok(Matcher {
            against: Against::new(profile, corpora, bounds)?,
            edited: Vec::new(),
            so_far: MatcherSoFar {
                surveyed: 0,
                at_once: usize::MAX,
                held: Held::default(),
                places: None,
                preferred: BTreeSet::new(),
                counted: 0,
                whole: Whole::new(&bounds),
            },
        })
    }

    /// Whether the company's files lie in several places.
    pub fn has_places(&self) -> bool {
        self.against.lines.places().len() > 1
    }

    /// The places of the company's that a text which was read with errors most likely shows, the likeliest first; whether it does is
    /// another question.
    ///
    /// # Errors
    /// Where the index of a corpus can't be read or is damaged.
    pub fn closest(&self, text: &[u8]) -> Result<Vec<Place>, MatchError> {
        short::closest(text, &self.against)
    }

    /// Matches a sample that is all of one batch.
    ///
    /// # Errors
    /// Where the index of a corpus can't be read or is damaged.
    pub fn whole(mut self, sample: &[SampleFile]) -> Result<Match, MatchError> {
        // Mostly it is looked up once.
        let parts = self.parts(sample)?;
        if parts.iter().all(|(_, part)| part.is_some()) {
            let found = || parts.iter().filter_map(|(files, part)| Some((*files, part.as_ref()?)));
            found().for_each(|(files, part)| self.survey_part(files, part));
            found().try_for_each(|(files, part)| self.count_surveyed(files, part))?;
        } else {
            drop(parts);
            self.survey(sample)?;
            self.count(sample)?;
        }
        self.finish()
    }

    /// Finds out where the files of a batch lie. No batch may be counted before.
    ///
    /// # Errors
    /// Where the index of a corpus can't be read or is damaged.
    pub fn survey(&mut self, batch: &[SampleFile]) -> Result<(), MatchError> {
        self.in_parts(batch, |matcher, files, part| {
            matcher.survey_part(files, part);
            Ok(())
        })
    }

    /// Counts the files of a batch. Batches come in the order in which they were surveyed, if they were.
    ///
    /// # Errors
    /// Where the index of a corpus can't be read or is damaged.
    pub fn count(&mut self, batch: &[SampleFile]) -> Result<(), MatchError> {
        self.in_parts(batch, |matcher, files, part| {
            // In one place nothing is preferred, and nothing was surveyed before.
            if matcher.so_far.surveyed <= matcher.so_far.counted {
                matcher.survey_part(files, part);
            }
            matcher.count_surveyed(files, part)
        })
    }

    /// What is known so far, as it is read by [`Self::go_on`].
    pub fn so_far(&self) -> &MatcherSoFar {
        &self.so_far
    }

    /// Goes on behind what a matcher of the same corpora and bounds knew.
    pub fn go_on(self, so_far: MatcherSoFar) -> Self {
        Matcher { so_far, ..self }
    }

    /// The BLAKE3 of those files that are the company's, wholly or in part, and not byte for byte: of what was surveyed, or counted
    /// with no survey, since this was asked before.
    pub fn take_edited(&mut self) -> Vec<[u8; 32]> {
        mem::take(&mut self.edited)
    }

    /// What the sample is.
    ///
    /// # Errors
    /// Where the index of a corpus can't be read or is damaged.
    pub fn finish(mut self) -> Result<Match, MatchError> {
        self.settle();
        let MatcherSoFar { whole, places, .. } = self.so_far;
        whole.finish(self.against.corpora, &self.against.lines, places.flatten())
    }

    /// Looks files up and gives them to `take` in their order.
    fn in_parts(
        &mut self,
        files: &[SampleFile],
        take: fn(&mut Self, &[SampleFile], &Part) -> Result<(), MatchError>,
    ) -> Result<(), MatchError> {
        let many: usize = files.iter().map(fingerprints).sum();
        if many > self.so_far.at_once {
            return self.in_less(files, take);
        }
        let mut left = files;
        for (files, part) in self.parts(files)? {
            let Some(part) = part else {
                self.so_far.at_once = self.so_far.at_once.min(many.saturating_sub(1));
                break;
            };
            take(self, files, &part)?;
            left = &left[files.len()..];
        }
        if left.is_empty() { Ok(()) } else { self.in_less(left, take) }
    }

    /// Looks files up, as many parts of them at once as there are threads, which share what may be held. `None` for a part that finds
    /// more.
    fn parts<'f>(&mut self, files: &'f [SampleFile]) -> Result<Vec<OfFiles<'f>>, MatchError> {
        let Against { bounds, sieve, corpora, licences, .. } = &mut self.against;
        let bounds = *bounds;
        let many: usize = files.iter().map(fingerprints).sum();
        sieve.expect(many + files.iter().map(|file| file.short.len()).sum::<usize>(), corpora, licences)?;
        let parts = cut(files, many.div_ceil(bounds.threads.max(1)).max(1));
        let (against, most) = (&self.against, bounds.intervals / parts.len().max(1));
        let found = match &parts[..] {
            [files] => vec![against.look_up(files, most)],
            parts => std::thread::scope(|scope| {
                let begin = |files: &&'f [SampleFile]| {
                    let files = *files;
                    scope.spawn(move || against.look_up(files, most))
                };
                let begun: Vec<_> = parts.iter().map(begin).collect();
                begun.into_iter().map(|it| it.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
            }),
        };
        parts.into_iter().zip(found).map(|(files, part)| Ok((files, part?))).collect()
    }

    /// Looks files up and gives them to `take`, in ever smaller parts where they find more than may be held, or files before them did:
    /// what was looked up for nothing is looked up again.
    fn in_less(
        &mut self,
        files: &[SampleFile],
        take: fn(&mut Self, &[SampleFile], &Part) -> Result<(), MatchError>,
    ) -> Result<(), MatchError> {
        let many: usize = files.iter().map(fingerprints).sum();
        let at_once = self.so_far.at_once;
        if many <= at_once || half(files) == 0 {
            if let Some(part) = self.against.look_up(files, self.against.bounds.intervals)? {
                // What comes later may find less: more is tried, by and by.
                self.so_far.at_once = at_once.saturating_add(at_once / 16 + 1024);
                return take(self, files, &part);
            }
            self.so_far.at_once = at_once.min(many / 2 + 1);
        }
        match files.split_at(half(files)) {
            ([], file) => self.in_less(&file.iter().map(thinner).collect::<Vec<_>>(), take),
            (one, other) => {
                self.in_less(one, take)?;
                self.in_less(other, take)
            }
        }
    }

    fn survey_part(&mut self, files: &[SampleFile], Part { hits, judged }: &Part) {
        let finder = Finder::new(self.against.corpora, &self.against.lines, hits);
        for (at, (verdict, channel)) in judged.iter().enumerate() {
            if verdict.is_ours() && counts(files, judged, at) {
                if !hits.identical(at).own {
                    self.edited.push(files[at].fingerprints.blake3);
                }
                let held_by = finder.held_by(hits.keys_of(at, *channel), hits.exact(at));
                self.so_far.held.add(self.so_far.surveyed + at, held_by);
            }
        }
        self.so_far.surveyed += files.len();
    }

    fn count_surveyed(&mut self, files: &[SampleFile], Part { hits, judged }: &Part) -> Result<(), MatchError> {
        if self.has_places() {
            self.settle();
        }
        let Against { corpora, lines, .. } = &self.against;
        let mut finder = Finder::new(corpora, lines, hits);
        finder.prefer(self.so_far.preferred.clone());
        for (at, (file, of_file)) in files.iter().zip(judged).enumerate().filter(|(at, _)| counts(files, judged, *at)) {
            let (matched, line) = match_file(file, at, *of_file, hits, &mut finder)?;
            let bytes = file.is_text_of.unwrap_or(matched.bytes);
            let MatcherSoFar { whole, counted, .. } = &mut self.so_far;
            whole.add((matched, bytes), file, (*counted + at, at), line, hits, lines);
        }
        self.so_far.counted += files.len();
        Ok(())
    }

    /// Chooses the fewest places.
    fn settle(&mut self) {
        let so_far = &mut self.so_far;
        if so_far.places.is_none() {
            let (places, cover) = mem::take(&mut so_far.held).places(&self.against.lines).unzip();
            so_far.places = Some(places);
            so_far.preferred = cover.unwrap_or_default();
        }
    }
}

/// Files that were looked up together: what was found, and what each of them is.
struct Part {
    hits: Hits,
    judged: Vec<(Verdict, Channel)>,
}

/// Files, and what was found of them.
type OfFiles<'f> = (&'f [SampleFile], Option<Part>);

impl<'c, R: ReadAt> Against<'c, R> {
    /// What is made under `profile` against some corpora.
    pub(super) fn new(profile: &Profile, corpora: &'c [Corpus<'c, R>], bounds: Bounds) -> Result<Self, MatchError> {
        let is_other = |corpus: &&Corpus<'_, R>| {
            let mut all = corpus.index.profile().into_iter().chain(corpus.filters.iter().map(Filter::profile));
            all.any(|of| of != profile.id())
        };
        if let Some(corpus) = corpora.iter().find(is_other) {
            return Err(MatchError::Profile { corpus: corpus.name.to_owned() });
        }
        let (lines, licences, sieve) = (Lines::new(corpora), licences::fingerprints(profile), Sieve::new(corpora));
        Ok(Against { profile: profile.clone(), corpora, lines, licences, bounds, sieve })
    }

    /// What is found of files; `None` where that is more than `most` intervals and they can be less.
    fn look_up(&self, files: &[SampleFile], most: usize) -> Result<Option<Part>, MatchError> {
        let can_be_less = half(files) > 0 || files.iter().any(|file| file.level < HIGHEST && fingerprints(file) > 0);
        let most = if can_be_less { most } else { usize::MAX };
        let look_up = |pieces: &Pieces| Hits::look_up(files, pieces, self, most);
        let Some(hits) = look_up(&Pieces::new())? else { return Ok(None) };
        let judged = self.judged(files, &hits);
        let pieces = short::recognised(files, &hits, &judged, self)?;
        if pieces.is_empty() {
            return Ok(Some(Part { hits, judged }));
        }
        drop(hits);
        let Some(hits) = look_up(&pieces)? else { return Ok(None) };
        let judged = self.judged(files, &hits);
        Ok(Some(Part { hits, judged }))
    }

    fn judged(&self, files: &[SampleFile], hits: &Hits) -> Vec<(Verdict, Channel)> {
        let finder = Finder::new(self.corpora, &self.lines, hits);
        files.iter().enumerate().map(|(at, file)| judge(file, at, hits, &finder)).collect()
    }
}

/// Cuts files into parts of so many fingerprints, no text from its file.
fn cut(files: &[SampleFile], each: usize) -> Vec<&[SampleFile]> {
    let (mut parts, mut begin, mut many) = (Vec::new(), 0, 0);
    for (at, file) in files.iter().enumerate() {
        if many >= each && file.is_text_of.is_none() {
            parts.push(&files[begin..at]);
            (begin, many) = (at, 0);
        }
        many += fingerprints(file);
    }
    parts.push(&files[begin..]);
    parts
}

fn fingerprints(file: &SampleFile) -> usize {
    let of = &file.fingerprints;
    of.text.len() + of.code.len() + of.parts.len() + of.sketches.len()
}

/// Whether what is at a place is counted, of a file and its text: the text where it tells what its file does not, or more of the company.
fn counts(files: &[SampleFile], judged: &[(Verdict, Channel)], at: usize) -> bool {
    let speaks = |text: usize| {
        let (file, text) = (judged[text - 1].0, judged[text].0);
        let is_open = matches!(file, Verdict::NotFound | Verdict::CannotTell);
        text < file && (is_open || file == Verdict::PartlyOurs)
    };
    let is_text = |at: usize| at > 0 && files.get(at).is_some_and(|file| file.is_text_of.is_some());
    if is_text(at) { speaks(at) } else { !(is_text(at + 1) && speaks(at + 1)) }
}

/// Where files are cut in two, no text from its file; 0 where they can't be.
fn half(files: &[SampleFile]) -> usize {
    let is_file = |at: &usize| files[*at].is_text_of.is_none();
    let middle = files.len() / 2;
    (1..=middle).rev().find(is_file).or_else(|| (middle + 1..files.len()).find(is_file)).unwrap_or(0)
}

/// A file with half of its fingerprints.
fn thinner(file: &SampleFile) -> SampleFile {
    // Of a file and its text one may have no level left.
    let level = (file.level + 1).min(HIGHEST);
    let mut fingerprints = file.fingerprints.clone();
    let Fingerprints { text, code, parts, sketches, .. } = &mut fingerprints;
    for some in [text, code, parts, sketches] {
        some.retain(|some| distinct::level(*some) >= level);
    }
    SampleFile {
        path: file.path.clone(),
        is_text_of: file.is_text_of,
        fingerprints,
        generated: file.generated,
        is_program: file.is_program,
        level,
        short: vec![],
    }
}
