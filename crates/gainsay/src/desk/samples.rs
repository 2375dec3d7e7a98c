//! Matching a sample against the corpora on the desk.

mod aligning;
mod builds;
mod compare;
mod layers;
mod leaks;
mod numbers;
mod open_corpora;
mod opened;
mod resume;
mod screens;
mod sources;
mod texts;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs::File;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use fingerprint::Profile;
use serde_json::json;
use unpack::Limits;

use super::add::{Known, files_below};
use super::corpora::LEAST_MEMORY;
use super::listings::{self, Listings};
use super::vault::Kept;
use super::{Acting, AddOptions, Corpus, Desk, Error, Keep, MEMORY, Shape};
use crate::assess::{Offered, offered};
use crate::claim::{
    BuildMatch, CorpusRole, EntryId, SampleMatch, Screen, Sensitive, SourceText, Tlp, portion, quoted, sized,
};
use crate::export;
use crate::inspect::{Engines, Malware, Ocr, ReadPictures, sensitive};
use crate::ledger::payload::{SampleInspected, SampleMatched};
use crate::ledger::{Entry, Payload};
use crate::matching::{self, Bounds, Match, MatchError, Matcher, SampleFile, Tally};
use crate::read;
use crate::release::{Released, masked_in_place};
use leaks::List;
pub(super) use numbers::{best_match, claimed_window};
use numbers::{in_numbers, row};
use open_corpora::OpenCorpora;
use opened::{Inspecting, Keeping, Opened, Take, open, path_in_sample, text_of};
pub(super) use resume::forget as forget_bookmarks;
use resume::{Bookmark, Known as KnownSoFar, Position, written};
use sources::source_of;
pub(in crate::desk) use sources::{Source, sources};
use texts::Texts;

/// How many problems a result names.
const PROBLEMS: usize = 1_000;

/// Of the memory for a match, this part holds texts that may have to be aligned.
const TEXTS: usize = 8;

/// What the desk's key for the marks of sensitive values is derived for.
const MARKS: &str = "gainsay 2026-11-22 marks of sensitive values";

/// What to match a sample against, and how.
#[derive(Clone, Copy, Debug, Default)]
pub struct MatchOptions<'a> {
    /// Where the sample is a part of an archive that was cut: the others.
    pub parts: &'a [PathBuf],
    /// The corpus of ours; all of them where none is named.
    pub corpus: Option<&'a str>,
    /// The case that keeps the result.
    pub case: Option<&'a str>,
    /// Whether the sample is a listing of files, whatever it looks like.
    pub is_listing: bool,
    /// Whether foreign files are opened even where the kernel cannot lock the worker down.
    pub unjailed: bool,
    /// What archives in it are tried with that are locked.
    pub passwords: &'a [String],
    /// The file that passwords were read from, for the command that computes the result again.
    pub passwords_from: Option<&'a Path>,
    /// A list of digests of files that leaked before.
    pub leaks: Option<&'a Path>,
    /// What it is scanned with for malware; what desk.toml says where nothing is said here.
    pub engines: Engines<'a>,
    /// Whether what it must not reveal is not looked for.
    pub no_sensitive: bool,
    /// Bytes of memory for what grows with the sample; [`MEMORY`] where nothing is said.
    pub memory: Option<usize>,
    /// How often what is known is kept, so that a match that is killed can go on; never where nothing is said.
    pub bookmark: Option<Duration>,
}

impl MatchOptions<'_> {
    fn bounds(&self) -> Bounds {
        Bounds::of_memory(self.memory.unwrap_or(MEMORY))
    }
}

/// How far the reading of a sample is.
#[derive(Clone, Copy, Debug, Default)]
pub struct SampleProgress {
    /// Files that came out of it.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Of these files the ones that an earlier match had behind it, which was not ended.
    pub behind: u64,
    /// How many bytes of the sample as it came are behind, and of how many. In a file that is read by seeking it is where the child is.
    pub received: (u64, u64),
    /// How many of its pictures are read, and of how many, once all else is.
    pub pictures: (u64, u64),
    /// How long it has taken.
    pub took: Duration,
}

impl SampleProgress {
    /// What there is, how fast it goes and how long it may still take.
    pub fn words(&self) -> String {
        let before = if self.behind > 0 { format!(" ({} of them before)", self.behind) } else { String::new() };
        let counts = format!("{} files{before}, {} of the sample", self.files, sized(self.bytes));
        if self.pictures.1 > 0 {
            return format!("{counts}, {} of {} pictures read", self.pictures.0, self.pictures.1);
        }
        let (behind, all) = self.received;
        let seconds = self.took.as_secs();
        if seconds < 2 || behind == 0 {
            return counts;
        }
        let rate = format!("{counts}, {} a second", sized(self.bytes / seconds));
        if behind >= all {
            return rate;
        }
        let left = u128::from(all - behind) * u128::from(seconds) / u128::from(behind);
        let left = match left {
            0..90 => format!("{left} s"),
            90..5_400 => format!("{} min", (left + 30) / 60),
            _ => format!("{} h", (left + 1_800) / 3_600),
        };
        format!("{rate}, {} read, about {left} left", portion(behind.into(), all.into()))
    }
}

/// What a match came to.
#[derive(Clone, Debug)]
pub struct MatchReport {
    /// For each owner of corpora on this desk, the result against them; the one with most files first.
    pub results: Vec<SampleMatch>,
    /// What the sample must not reveal, whoever's it is; `None` where it was not looked for.
    pub sensitive: Option<Sensitive>,
    /// For each of them what its case says is offered, next to what is in hand; empty where it was made for none.
    pub offered: Vec<Vec<Offered>>,
    /// The entries that record it, where it was made for a case.
    pub entries: Vec<EntryId>,
}

impl MatchReport {
    /// Whether anything in the sample is an owner's, wholly or in part: its content, or what a listing in it lists.
    pub fn is_ours(&self) -> bool {
        let ours = [matching::Verdict::Ours, matching::Verdict::PartlyOurs].map(matching::Verdict::words);
        let is_ours = |result: &SampleMatch| {
            ours.contains(&result.verdict.as_str())
                || result.listings.iter().any(|it| ours.contains(&it.verdict.as_str()))
                || result.screens.iter().any(Screen::is_ours)
                || result.builds.iter().any(|it| it.standing == BuildMatch::RECOGNISED)
        };
        self.results.iter().any(is_ours)
    }

    /// The results, for a terminal or for machines.
    pub fn shown(&self, shape: Shape) -> Released {
        let entries: Vec<String> = self.entries.iter().map(ToString::to_string).collect();
        match shape {
            Shape::Json => {
                let offered = |at: usize| self.offered.get(at).map_or(&[][..], Vec::as_slice);
                let result = |(at, result): (usize, &SampleMatch)| {
                    let mut value = export::json::sample_match(result);
                    value["offered"] = export::in_hand::offered_to_json(offered(at));
                    value
                };
                let results: Vec<_> = self.results.iter().enumerate().map(result).collect();
                Released::json(json!({
                    "format": "gainsay-match/1",
                    "results": results,
                    "sensitive": self.sensitive.as_ref().map(export::sensitive::to_json),
                    "entries": entries,
                }))
            }
            Shape::Text(styles) | Shape::Screen(styles) | Shape::Brief(styles) => {
                let offered = |at: usize| self.offered.get(at).map_or(&[][..], Vec::as_slice);
                let result =
                    |(at, result): (usize, &SampleMatch)| export::text::sample_match(result, offered(at), styles);
                let mut text: String = self.results.iter().enumerate().map(result).collect();
                text += &export::text::sensitive(self.sensitive.as_ref(), styles);
                for entry in &self.entries {
                    text += &format!("Kept in the case as {}.\n", entry.short());
                }
                if styles.is_coloured() { Released::coloured(&text) } else { Released::plain(&text) }
            }
        }
    }
}

impl Desk {
    /// Matches a file, a folder or an archive against the corpora: all of them, or the one named together with what is public and
    /// published. For a case the sample becomes a source, where it is none yet, and the result a finding.
    ///
    /// # Errors
    /// There is no corpus, the sample cannot be opened, or the index is damaged.
    pub fn match_sample(
        &mut self,
        acting: &Acting,
        path: &Path,
        options: MatchOptions<'_>,
        progress: &mut dyn FnMut(SampleProgress),
    ) -> Result<MatchReport, Error> {
        let MatchOptions { corpus, case, .. } = options;
        let asked = options;
        let passwords = self.passwords(options)?;
        let options = MatchOptions { passwords: &passwords, ..options };
        if !options.parts.is_empty() && path.is_dir() {
            return Err(Error::NotParts { path: path.to_owned() });
        }
        if case.is_some() && !options.parts.is_empty() {
            return Err(Error::PartsOfCase);
        }
        // A case that is not there must not be found out after hours of matching.
        let case_id = case.map(|case| self.case_id(case)).transpose()?;
        let corpora = self.corpora()?;
        if let Some(name) = corpus.filter(|name| !corpora.contains_key(*name)) {
            return Err(Error::UnknownCorpus { name: name.to_owned() });
        }
        let left_out = published_by_others(&corpora);
        let chosen = |it: &&Corpus| match it.indexed.role {
            CorpusRole::Own => corpus.is_none_or(|name| name == it.indexed.name),
            CorpusRole::Public | CorpusRole::Published => true,
        };
        let corpora: Vec<&Corpus> = corpora.values().filter(chosen).collect();
        let owners: BTreeSet<&str> = corpora
            .iter()
            .filter(|it| it.indexed.role == CorpusRole::Own)
            .map(|it| it.indexed.owner.as_str())
            .collect();
        if owners.is_empty() {
            return Err(Error::NoCorpus);
        }
        if options.memory.is_some_and(|memory| memory < LEAST_MEMORY) {
            return Err(Error::TooLittleMemory { least: LEAST_MEMORY >> 20 });
        }
        let leaks = options.leaks.map(List::survey).transpose()?;
        let names = self.products(case)?;
        let tally =
            Tally::new(names.iter().map(String::as_str), leaks.as_ref().map(|it| it.digests).unwrap_or_default());
        let owners: Vec<Owner<'_>> = owners
            .into_iter()
            .map(|owner| {
                let of_owner = |it: &&&Corpus| it.indexed.role == CorpusRole::Public || it.indexed.owner == owner;
                let corpora = corpora.iter().filter(of_owner).copied().collect();
                Ok(Owner { name: owner, corpora: OpenCorpora::open(self, corpora)? })
            })
            .collect::<Result<_, Error>>()?;
        let against: Vec<_> = owners.iter().map(|of| of.corpora.to_be_matched()).collect();
        // The indexes are open by now: a merge in the background may remove the files, but what is open stays readable.
        // Evidence is of these bytes: they are named before they are opened, and must be the same after.
        let before = case_id.map(|_| self.keep_sample(path, &Keep::Outside)).transpose()?;
        let settings = self.config.clone();
        let engines = Engines {
            clamd: options.engines.clamd.or(settings.clamd.as_deref()),
            yara: options.engines.yara.or(settings.yara.as_deref()),
            unjailed: options.unjailed,
        };
        let mut malware = Malware::with(engines)?;
        let marks = match options.no_sensitive {
            true => sensitive::Tally::default(),
            false => sensitive::Tally::new(self.key.derived(MARKS), acting.now.as_second()),
        };
        let texts = Mutex::new(Texts::new(options.memory.unwrap_or(MEMORY) / TEXTS));
        let mut bookmark = self.bookmark((path, asked, &passwords), &owners, (&names, leaks.as_ref()))?;
        let tallies = (tally, marks, &mut malware, &texts);
        let counted = match_all(path, options, tallies, &against, &mut bookmark, progress);
        if matches!(counted, Err(Error::ChangedMeanwhile { .. })) && bookmark.is_resumed {
            bookmark.remove();
            return self.match_sample(acting, path, asked, progress);
        }
        let (mut sample, found) = counted?;
        let texts = texts.into_inner().unwrap_or_else(PoisonError::into_inner);
        let scans = malware.finish();
        let sensitive = std::mem::take(&mut sample.sensitive).finish();
        let sensitive = (!options.no_sensitive).then_some(sensitive);
        if options.is_listing && sample.listings.found.is_empty() {
            return Err(Error::NotAListing { path: path.to_owned() });
        }
        let mut in_hand = sample.tally.in_hand(sample.received);
        in_hand.leaks = leaks.map(|it| it.known(&mut sample.tally)).transpose()?;
        let mut results = Vec::new();
        for ((of, corpora), found) in owners.iter().zip(&against).zip(found) {
            results.push(OfOwner {
                corpora: of.corpora.of.iter().map(|it| it.entry).collect(),
                tlp: of.corpora.of.iter().map(|it| it.tlp).max().unwrap_or(self.config.tlp),
                result: of.result((path, options), (&sample, &texts), &found, corpora)?,
            });
        }
        for of_owner in &mut results {
            of_owner.result.words.extend(left_out.iter().cloned());
            of_owner.result.in_hand = Some(in_hand.clone());
            of_owner.result.scans.clone_from(&scans);
        }
        results.sort_by_key(|of_owner| std::cmp::Reverse(files_of_owner(&of_owner.result)));
        let entries = match (case_id, before) {
            (Some(case_id), Some(before)) => {
                if self.keep_sample(path, &Keep::Outside)?.digest != before.digest {
                    return Err(Error::ChangedMeanwhile { path: path.to_owned() });
                }
                let command = command(path, asked);
                self.record_match(acting, case_id, path, before, &command, (&results, sensitive.as_ref()))?
            }
            _ => Vec::new(),
        };
        bookmark.remove();
        let results: Vec<SampleMatch> = results.into_iter().map(|of_owner| of_owner.result).collect();
        let of_case = options.case.map(|case| self.case(case)).transpose()?;
        let offered = of_case.iter().flat_map(|case| results.iter().map(|result| offered(case, result))).collect();
        Ok(MatchReport { results, sensitive, offered, entries })
    }

    /// The bookmark of a match, by all that its result depends on.
    fn bookmark(
        &self,
        (path, options, passwords): (&Path, MatchOptions<'_>, &[String]),
        owners: &[Owner<'_>],
        (names, leaks): (&[String], Option<&List>),
    ) -> Result<Bookmark, Error> {
        let sources = match path.is_dir() {
            true => sources(path, files_below(path).files),
            false => vec![source_of(path, options.parts)?],
        };
        let command = command(path, options);
        let of_corpora = owners.iter().flat_map(|it| &it.corpora.of).map(|it| it.entry.0);
        let corpora = of_corpora.collect::<Vec<[u8; 32]>>().concat();
        let mut words = vec![command.as_bytes(), &corpora];
        // Of files behind only those digests are known that the list had.
        words.extend(leaks.map(|it| &it.blake3[..]));
        words.extend(passwords.iter().chain(names).map(String::as_bytes));
        Ok(Bookmark::of(self, path, &sources, &words, options.bookmark))
    }

    /// What locked archives are tried with: what was given, and after it what texts of the case tell.
    fn passwords(&mut self, options: MatchOptions<'_>) -> Result<Vec<String>, Error> {
        let mut all = options.passwords.to_vec();
        let Some(case) = options.case else { return Ok(all) };
        for source in self.case(case)?.sources {
            let SourceText::Here(text) = &source.text else { continue };
            for told in read::passwords(text) {
                let bytes: usize = all.iter().map(String::len).sum();
                let has_room = all.len() < Limits::PASSWORDS && bytes + told.len() <= Limits::PASSWORD_BYTES;
                if has_room && !all.contains(&told) {
                    all.push(told);
                }
            }
        }
        Ok(all)
    }

    fn record_match(
        &mut self,
        acting: &Acting,
        case: EntryId,
        path: &Path,
        kept: Kept,
        command: &str,
        (results, sensitive): (&[OfOwner], Option<&Sensitive>),
    ) -> Result<Vec<EntryId>, Error> {
        let options = AddOptions::default();
        let sample = self.commit_sample(acting, path, &options, &mut Known::of(case), &kept)?.id;
        self.database.commit(&self.key, acting.now, |commit| {
            let entries = commit.reader().of_case(case)?;
            let stands = |entry: &&Entry| entry.id == sample && entry.payload.is_some();
            let Some(source) = entries.iter().find(stands) else {
                return Err(Error::BlobGone { path: path.to_owned() });
            };
            let of_case = entries.first().map_or(source.header.tlp, |opened| opened.header.tlp);
            // Where nothing is found, only what was found before makes it worth saying.
            let was_inspected = entries
                .iter()
                .any(|entry| matches!(&entry.payload, Some(Payload::Inspection(it)) if it.sample == sample));
            let sensitive = sensitive.filter(|it| !it.kinds.is_empty() || was_inspected);
            let inspected = sensitive.map(|result| {
                let result = result.into();
                let inspected = SampleInspected { case, sample, result, command: command.to_owned() };
                acting.entry(source.header.tlp.max(of_case), inspected)
            });
            let matched = results
                .iter()
                .map(|of_owner| {
                    Ok(commit.push(&acting.entry(
                        of_owner.tlp.max(source.header.tlp).max(of_case),
                        SampleMatched {
                            case,
                            sample,
                            corpora: of_owner.corpora.clone(),
                            result: (&of_owner.result).into(),
                            command: command.to_owned(),
                        },
                    ))?)
                })
                .collect::<Result<Vec<EntryId>, Error>>()?;
            let inspected = inspected.map(|entry| commit.push(&entry)).transpose()?;
            Ok(matched.into_iter().chain(inspected).collect())
        })
    }
}

/// An owner's corpora, and what is public.
struct Owner<'a> {
    name: &'a str,
    corpora: OpenCorpora<'a>,
}

impl Owner<'_> {
    fn result(
        &self,
        (path, options): (&Path, MatchOptions<'_>),
        (sample, texts): (&Opened, &Texts),
        found: &Match,
        corpora: &[matching::Corpus<'_, File>],
    ) -> Result<SampleMatch, Error> {
        let against = self.corpora.of.iter().map(|it| it.as_held_against()).collect();
        let aligned = aligning::align_files(path, options, found, corpora, texts)?;
        let mut result = in_numbers(self.name, against, sample, found, &aligned);
        for (path, listing) in &sample.listings.found {
            let found = matching::match_listing(listing, corpora)?;
            result.listings.push(listings::in_numbers(path, &found));
        }
        for (path, listing) in screens::listings(&sample.pictures) {
            let found = matching::match_pictured(&listing, corpora)?;
            result.listings.push(listings::in_numbers(path, &found));
        }
        add_listings(&mut result, &sample.listings);
        let (screens, words) = screens::screens(&sample.pictures, corpora, options.bounds())?;
        add_screens(&mut result, screens, words);
        let builds = matching::match_builds(sample.builds.marks(), corpora)?;
        let (rows, words) = sample.builds.in_numbers(&builds);
        add_builds(&mut result, &builds);
        result.builds = rows;
        result.words.extend(words);
        Ok(result)
    }
}

/// Matches a sample against the corpora of each owner. What is not held as a whole is matched as it streams out of the child; where the
/// files of an owner lie in several places, a second time.
fn match_all(
    path: &Path,
    options: MatchOptions<'_>,
    (tally, sensitive, malware, texts): (Tally, sensitive::Tally, &mut Malware, &Mutex<Texts>),
    against: &[Vec<matching::Corpus<'_, File>>],
    bookmark: &mut Bookmark,
    progress: &mut dyn FnMut(SampleProgress),
) -> Result<(Opened, Vec<Match>), Error> {
    let profile = Profile::one();
    let bounds = options.bounds().shared(against.len());
    let matchers = against.iter().map(|corpora| Matcher::new(&profile, corpora, bounds));
    let mut matchers = matchers.collect::<Result<Vec<_>, _>>()?;
    let (mut first, mut known, mut ocr) = (None, None, Ocr::new(options.unjailed, masked_in_place));
    if let Some((so_far, before)) = bookmark.known() {
        let KnownSoFar { first: of_first, opened, scans, pictures, position, .. } = before;
        ocr = ocr.go_on(pictures);
        matchers = matchers.into_iter().zip(so_far).map(|(it, so_far)| it.go_on(so_far)).collect();
        malware.go_on(scans);
        (first, known) = (of_first, Some((opened, position)));
    }
    let is_twice = matchers.iter().any(Matcher::has_places);
    let step = if is_twice { Matcher::survey } else { Matcher::count };
    let opened = match first {
        Some(first) => Opened::begin(options, tally, sensitive).go_on(first),
        None => {
            let (mut opened, surveyed) = beside(matchers, step, texts, |take, so_far| {
                let mut keep = |opened: &Opened, position: &Position, inspecting: Inspecting<'_>| {
                    if bookmark.is_due()
                        && let (Some((malware, ocr)), Some(matchers)) = (inspecting, so_far())
                    {
                        bookmark.keep(&KnownSoFar {
                            matchers,
                            first: None,
                            opened,
                            scans: malware.so_far(),
                            pictures: ocr.so_far(),
                            position: position.clone(),
                        });
                    }
                };
                let keeping = Some(Keeping { known: known.take(), keep: &mut keep });
                let tallies = (tally, sensitive, Some((&mut *malware, ocr)), Some(texts));
                open(path, &profile, options, tallies, progress, take, keeping)
            })?;
            matchers = surveyed;
            let held = std::mem::take(&mut opened.batch);
            if opened.batches == 0 {
                let found = matchers.into_iter().map(|it| it.whole(&held)).collect::<Result<_, _>>()?;
                return Ok((opened, found));
            }
            matchers.iter_mut().try_for_each(|it| step(it, &held))?;
            opened
        }
    };
    if is_twice {
        let (again, counted) = beside(matchers, Matcher::count, &Mutex::default(), |take, so_far| {
            let mut keep = |again: &Opened, position: &Position, _: Inspecting<'_>| {
                if bookmark.is_due()
                    && let Some(matchers) = so_far()
                {
                    bookmark.keep(&KnownSoFar {
                        matchers,
                        first: Some(&opened),
                        opened: again,
                        scans: malware.so_far(),
                        pictures: &ReadPictures::default(),
                        position: position.clone(),
                    });
                }
            };
            let keeping = Some(Keeping { known: known.take(), keep: &mut keep });
            let tallies = (Tally::default(), sensitive::Tally::default(), None, None);
            open(path, &profile, options, tallies, progress, take, keeping)
        })?;
        matchers = counted;
        matchers.iter_mut().try_for_each(|it| it.count(&again.batch))?;
        if again.contents != opened.contents {
            return Err(Error::ChangedMeanwhile { path: path.to_owned() });
        }
    }
    let found = matchers.into_iter().map(Matcher::finish).collect::<Result<_, _>>()?;
    Ok((opened, found))
}

/// What a matcher does with a batch.
type Step<'c> = fn(&mut Matcher<'c, File>, &[SampleFile]) -> Result<(), MatchError>;

/// What who matches is told.
enum Told {
    Batch(Vec<SampleFile>),
    /// To say what is known of all batches before.
    SoFar(SyncSender<Option<Vec<u8>>>),
}

/// Has a sample read while what came of it before is matched: beside a batch that is matched, one more is held. What is kept of files
/// that need not be aligned is let go. Who reads can ask what the matchers know.
fn beside<'c, T>(
    mut matchers: Vec<Matcher<'c, File>>,
    step: Step<'c>,
    texts: &Mutex<Texts>,
    read: impl FnOnce(&mut Take<'_>, &dyn Fn() -> Option<Vec<u8>>) -> Result<T, Error>,
) -> Result<(T, Vec<Matcher<'c, File>>), Error> {
    std::thread::scope(|scope| {
        let (told, taken) = sync_channel::<Told>(0);
        let matching = scope.spawn(move || {
            for told in taken {
                let batch = match told {
                    Told::Batch(batch) => batch,
                    Told::SoFar(to) => {
                        // Who asked may be gone.
                        let _ = to.send(written(&matchers.iter().map(Matcher::so_far).collect::<Vec<_>>()));
                        continue;
                    }
                };
                let mut edited = HashSet::new();
                for matcher in &mut matchers {
                    step(matcher, &batch)?;
                    edited.extend(matcher.take_edited());
                }
                let mut texts = texts.lock().unwrap_or_else(PoisonError::into_inner);
                let others = batch.iter().map(|file| &file.fingerprints.blake3).filter(|it| !edited.contains(*it));
                others.for_each(|blake3| texts.let_go(blake3));
            }
            Ok(matchers)
        });
        let so_far = || {
            let (to, from) = sync_channel(1);
            told.send(Told::SoFar(to)).ok()?;
            from.recv().ok()?
        };
        let read = read(&mut |batch| told.send(Told::Batch(batch)).is_ok(), &so_far);
        drop(told);
        let matched: Result<_, MatchError> = matching.join().unwrap_or_else(|panic| resume_unwind(panic));
        // What matching failed of ended the reading.
        let matchers = matched?;
        Ok((read?, matchers))
    })
}

/// Of the corpora of published files those that take no part in any match, since nothing else here is their owner's.
fn published_by_others(corpora: &BTreeMap<String, Corpus>) -> Vec<String> {
    let with = |role| corpora.values().map(|it| &it.indexed).filter(move |it| it.role == role);
    let owners: BTreeSet<&String> = with(CorpusRole::Own).map(|it| &it.owner).collect();
    let left_out = with(CorpusRole::Published).filter(|it| !owners.contains(&it.owner)).map(|it| {
        format!(
            "What {} holds took no part: it was published by {}, of whom there is no other corpus on this desk. Where that is the \
             same company, add it under another name with --owner.",
            it.name, it.owner
        )
    });
    left_out.collect()
}

/// The result against one owner's corpora.
struct OfOwner {
    /// The entries of the corpora.
    corpora: Vec<EntryId>,
    /// The most restrictive of their markings.
    tlp: Tlp,
    result: SampleMatch,
}

/// The command that computes a result again.
fn command(sample: &Path, options: MatchOptions<'_>) -> String {
    let absolute = std::path::absolute(sample).unwrap_or_else(|_| sample.to_owned());
    let listing = if options.is_listing { " --listing" } else { "" };
    let memory = options.memory.filter(|memory| *memory != MEMORY);
    let memory = memory.map_or(String::new(), |memory| format!(" --memory {}", memory >> 20));
    let corpus = options.corpus.map_or(String::new(), |name| format!(" --corpus {}", quoted(name)));
    // A password is nothing that a ledger keeps.
    let passwords = match options.passwords_from {
        Some(path) => format!(" --passwords {}", quoted(&path.to_string_lossy())),
        None if options.passwords.is_empty() => String::new(),
        None => " --password PASSWORD".to_owned(),
    };
    let with = |option: &str, path: Option<&Path>| {
        let absolute = path.map(|path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned()));
        absolute.map_or(String::new(), |path| format!(" --{option} {}", quoted(&path.to_string_lossy())))
    };
    let leaks = with("leaks", options.leaks);
    let sensitive = if options.no_sensitive { " --no-sensitive" } else { "" };
    let engines = with("clamd", options.engines.clamd) + &with("yara", options.engines.yara);
    let case = quoted(options.case.unwrap_or_default());
    format!(
        "gainsay match {}{listing}{corpus}{memory}{passwords}{leaks}{engines}{sensitive} --case {case}",
        quoted(&absolute.to_string_lossy())
    )
}

fn files_of_owner(result: &SampleMatch) -> u64 {
    result.verdicts.iter().filter(|(word, ..)| word.ends_with("ours")).map(|(_, files, _)| files).sum()
}

/// What the pictures of a sample mean for the rest of the result.
fn add_screens(result: &mut SampleMatch, screens: Vec<Screen>, words: Vec<String>) {
    // The bytes of a picture are nobody's, and that says nothing of what it shows.
    if screens.iter().any(Screen::is_ours) && result.verdict == matching::Verdict::NotFound.words() {
        matching::Verdict::CannotTell.words().clone_into(&mut result.verdict);
    }
    result.screens = screens;
    result.words.extend(words);
}

/// What recognised builds mean for a verdict that says of the content that nothing is found: by code or names they are the company's. By
/// ids and layout alone, which whoever has the shipped program can write into a file, they are no more than not told.
fn add_builds(result: &mut SampleMatch, builds: &[matching::BuildMatch]) {
    let verdicts = [matching::Verdict::NotFound, matching::Verdict::CannotTell].map(matching::Verdict::words);
    let told = builds.iter().filter_map(|it| match (it.standing, it.has_content()) {
        (matching::Standing::Recognised, true) => Some(matching::Verdict::PartlyOurs),
        (matching::Standing::Recognised, false) => Some(matching::Verdict::CannotTell),
        _ => None,
    });
    if let Some(verdict) = told.min().filter(|_| verdicts.contains(&result.verdict.as_str())) {
        result.verdict = verdict.words().to_owned();
    }
}

/// What the listings in a sample mean for the rest of the result.
fn add_listings(result: &mut SampleMatch, listings: &Listings) {
    let count = listings.found.len() as u64 + listings.more;
    if count == 0 {
        return;
    }
    let mut words = if count == result.files {
        // Its text is nobody's, and that says nothing of the files that it lists.
        if result.verdict == matching::Verdict::NotFound.words() {
            result.verdict = matching::Verdict::CannotTell.words().to_owned();
        }
        "The sample is a listing of files and holds none of them".to_owned()
    } else {
        format!("{count} of its files list others")
    };
    words.push_str(": what is listed was held against the corpora by path and size, apart from the content above.");
    if listings.more > 0 {
        words.push_str(&format!(
            " {} listings are too many or too large to be held, and did not take part.",
            listings.more
        ));
    }
    result.words.push(words);
}
