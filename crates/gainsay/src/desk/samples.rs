//! Matching a sample against the corpora on the desk.

mod aligning;
mod compare;

use std::collections::BTreeSet;
use std::fs::File;
use std::ops::ControlFlow;
use std::path::Path;

use fingerprint::{Channel, Fingerprinter, Index, Profile};
use jiff::Timestamp;
use serde_json::json;
use unpack::Event;

use super::add::files_below;
use super::listings::{self, Listings};
use super::vault::Kept;
use super::{Acting, AddOptions, Corpus, Desk, Error, Keep, Shape, casefile};
use crate::capture::{self, Opener};
use crate::claim::{
    Against, Alignment, BestMatch, Commit, CorpusRole, CurvePoint, EntryId, FileMatch, NearMiss, PlaceMatch, Places,
    Root, SampleMatch, Shares, SourceKind, Taking, Tlp, Window, on_one_line, quoted,
};
use crate::export;
use crate::ledger::payload::SampleMatched;
use crate::ledger::{Entry, NewEntry};
use crate::listing::Reader;
use crate::matching::{self, CommitAt, LineMatch, Match, Part, SHORT, SampleFile, says_generated};
use crate::release::Released;

/// How many files a result lists.
const ROWS: usize = 10_000;

/// How many files are named where some of many are.
const SOME: usize = 20;

/// How many places a result lists.
const PLACES: usize = 1_000;

/// How many problems a result names.
const PROBLEMS: usize = 1_000;

/// How many bytes of short files are kept until they are told, in which even text that was read with errors is recognised.
const KEPT: usize = 64 << 20;

/// What to match a sample against, and how.
#[derive(Clone, Copy, Debug, Default)]
pub struct MatchOptions<'a> {
    /// The corpus of ours; all of them where none is named.
    pub corpus: Option<&'a str>,
    /// The case that keeps the result.
    pub case: Option<&'a str>,
    /// Whether the sample is a listing of files, whatever it looks like.
    pub is_listing: bool,
    /// Whether foreign files are opened even where the kernel cannot lock the worker down.
    pub unjailed: bool,
}

/// How far the reading of a sample is.
#[derive(Clone, Copy, Debug, Default)]
pub struct SampleProgress {
    /// Files that came out of it.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// What a match came to.
#[derive(Clone, Debug)]
pub struct MatchReport {
    /// For each owner of corpora on this desk, the result against them; the one with most files first.
    pub results: Vec<SampleMatch>,
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
        };
        self.results.iter().any(is_ours)
    }

    /// The results, for a terminal or for machines.
    pub fn shown(&self, shape: Shape) -> Released {
        let entries: Vec<String> = self.entries.iter().map(ToString::to_string).collect();
        match shape {
            Shape::Json => {
                let results: Vec<_> = self.results.iter().map(export::json::sample_match).collect();
                Released::json(json!({ "format": "gainsay-match/1", "results": results, "entries": entries }))
            }
            Shape::Text(styles) | Shape::Brief(styles) => {
                let mut text: String =
                    self.results.iter().map(|result| export::text::sample_match(result, styles)).collect();
                for entry in &self.entries {
                    text += &format!("Kept in the case as {}.\n", entry.short());
                }
                if styles.is_coloured() { Released::coloured(&text) } else { Released::plain(&text) }
            }
        }
    }
}

/// A sample as it came out of the child.
#[derive(Default)]
struct Opened {
    files: Vec<SampleFile>,
    listings: Listings,
    /// Bytes of its short files that are kept.
    kept: usize,
    /// Whether its files are listings, whatever they look like.
    is_listing: bool,
    problems: Vec<String>,
    more_problems: usize,
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
        let MatchOptions { corpus, case, unjailed, .. } = options;
        // A case that is not there must not be found out after hours of matching.
        let case_id = case.map(|case| casefile::case_id(&self.database.reader(), case)).transpose()?;
        let corpora = self.corpora()?;
        if let Some(name) = corpus.filter(|name| !corpora.contains_key(*name)) {
            return Err(Error::UnknownCorpus { name: name.to_owned() });
        }
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
        let profile = Profile::one();
        // Evidence is of these bytes: they are named before they are opened, and must be the same after.
        let before = case_id.map(|_| self.keep_sample(path, &Keep::Outside)).transpose()?;
        let sample = open(path, &profile, options, progress)?;
        if options.is_listing && sample.listings.found.is_empty() {
            return Err(Error::NotAListing { path: path.to_owned() });
        }
        let mut results = Vec::new();
        for owner in owners {
            let of_owner = |it: &&&Corpus| it.indexed.role == CorpusRole::Public || it.indexed.owner == owner;
            let of_owner: Vec<&Corpus> = corpora.iter().filter(of_owner).copied().collect();
            let result = self.match_owner(owner, (path, unjailed), &sample, &profile, &of_owner)?;
            results.push(OfOwner {
                corpora: of_owner.iter().map(|it| it.entry).collect(),
                tlp: of_owner.iter().map(|it| it.tlp).max().unwrap_or(self.config.tlp),
                result,
            });
        }
        results.sort_by_key(|of_owner| std::cmp::Reverse(files_of_owner(&of_owner.result)));
        let entries = match (case_id, before) {
            (Some(case_id), Some(before)) => {
                if self.keep_sample(path, &Keep::Outside)?.digest != before.digest {
                    return Err(Error::ChangedMeanwhile { path: path.to_owned() });
                }
                let command = command(path, options);
                self.record_match(acting, case_id, path, before, &command, &results)?
            }
            _ => Vec::new(),
        };
        Ok(MatchReport { results: results.into_iter().map(|of_owner| of_owner.result).collect(), entries })
    }

    fn match_owner(
        &self,
        owner: &str,
        (path, unjailed): (&Path, bool),
        sample: &Opened,
        profile: &Profile,
        corpora: &[&Corpus],
    ) -> Result<SampleMatch, Error> {
        let indexes: Vec<Index<File>> = corpora.iter().map(|it| self.index(it)).collect::<Result<_, _>>()?;
        let roots: Vec<Vec<Root>> = corpora.iter().map(|it| it.roots()).collect();
        let against = corpora.iter().map(|it| it.as_held_against()).collect();
        let corpora = with_indexes(corpora, &roots, &indexes);
        let found = matching::match_sample(&sample.files, profile, &corpora)?;
        let aligned = aligning::align_files(path, unjailed, &found, &corpora)?;
        let mut result = in_numbers(owner, against, sample, &found, &aligned);
        for (path, listing) in &sample.listings.found {
            let found = matching::match_listing(listing, &corpora)?;
            result.listings.push(listings::in_numbers(path, &found));
        }
        add_listings(&mut result, &sample.listings);
        Ok(result)
    }

    fn record_match(
        &mut self,
        acting: &Acting,
        case: EntryId,
        path: &Path,
        kept: Kept,
        command: &str,
        results: &[OfOwner],
    ) -> Result<Vec<EntryId>, Error> {
        let options = AddOptions::default();
        let sample = self.commit_source(acting, case, path, SourceKind::Sample, &options, kept, None)?.id;
        self.database.commit(&self.key, acting.now, |commit| {
            let entries = commit.reader().of_case(case)?;
            let stands = |entry: &&Entry| entry.id == sample && entry.payload.is_some();
            let Some(source) = entries.iter().find(stands) else {
                return Err(Error::BlobGone { path: path.to_owned() });
            };
            let of_case = entries.first().map_or(source.header.tlp, |opened| opened.header.tlp);
            results
                .iter()
                .map(|of_owner| {
                    Ok(commit.push(&NewEntry {
                        author: acting.author.clone(),
                        tlp: of_owner.tlp.max(source.header.tlp).max(of_case),
                        note: None,
                        payload: SampleMatched {
                            case,
                            sample,
                            corpora: of_owner.corpora.clone(),
                            result: (&of_owner.result).into(),
                            command: command.to_owned(),
                        }
                        .into(),
                    })?)
                })
                .collect()
        })
    }
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
    let corpus = options.corpus.map_or(String::new(), |name| format!(" --corpus {}", quoted(name)));
    let case = quoted(options.case.unwrap_or_default());
    format!("gainsay match {}{listing}{corpus} --case {case}", quoted(&absolute.to_string_lossy()))
}

fn files_of_owner(result: &SampleMatch) -> u64 {
    result.verdicts.iter().filter(|(word, ..)| word.ends_with("ours")).map(|(_, files, _)| files).sum()
}

/// Opens a sample in the child and fingerprints what comes out, in memory bounded by the fingerprints.
fn open(
    path: &Path,
    profile: &Profile,
    options: MatchOptions<'_>,
    progress: &mut dyn FnMut(SampleProgress),
) -> Result<Opened, Error> {
    let meta = std::fs::metadata(path).map_err(|why| capture::Error::Unreadable { path: path.to_owned(), why })?;
    let mut opener = Opener::start(options.unjailed)?;
    let mut opened = Opened { is_listing: options.is_listing, ..Opened::default() };
    let mut done = SampleProgress::default();
    if !meta.is_dir() {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        opened.read(&mut opener, &name, path, profile, &mut done, progress)?;
        return Ok(opened);
    }
    let below = files_below(path);
    if below.is_nothing() {
        return Err(Error::NothingIn { path: path.to_owned() });
    }
    below.failures.iter().chain(&below.skipped).for_each(|failure| opened.problem(failure));
    for file in below.files {
        let name = file.strip_prefix(path).unwrap_or(&file).to_string_lossy().into_owned();
        match opened.read(&mut opener, &name, &file, profile, &mut done, progress) {
            Ok(()) => {}
            // One file that cannot be opened is a problem of the sample; a child that cannot be started is the end.
            Err(error @ capture::Error::Unreadable { .. } | error @ capture::Error::NotAFile { .. }) => {
                opened.problem(&error);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(opened)
}

/// The path of a file as a match names it: in an archive that is opened by itself without the archive's name.
fn path_in_sample<'p>(name: &str, path: &'p str) -> &'p str {
    path.strip_prefix(name).and_then(|path| path.strip_prefix('!')).unwrap_or(path)
}

/// A file of a sample while it is read.
struct Open {
    path: String,
    fingerprinter: Fingerprinter,
    /// Its first bytes: all of a short file, and of any other what may say that a program wrote it.
    head: Vec<u8>,
    bytes: usize,
    listing: Reader,
}

impl Opened {
    fn read(
        &mut self,
        opener: &mut Opener,
        name: &str,
        path: &Path,
        profile: &Profile,
        done: &mut SampleProgress,
        progress: &mut dyn FnMut(SampleProgress),
    ) -> Result<(), capture::Error> {
        let mut file: Option<Open> = None;
        opener.files(name, path, &mut |event| {
            match event {
                Event::File { path, .. } => {
                    file = Some(Open {
                        path: path.to_owned(),
                        fingerprinter: Fingerprinter::new(profile, path.as_bytes()),
                        head: Vec::new(),
                        bytes: 0,
                        listing: Listings::reader(self.is_listing),
                    });
                }
                Event::Data(bytes) => {
                    if let Some(Open { fingerprinter, head, bytes: length, listing, .. }) = &mut file {
                        fingerprinter.update(bytes);
                        *length += bytes.len();
                        let room = SHORT.saturating_sub(head.len());
                        head.extend(bytes.iter().take(room));
                        listing.push(bytes);
                        done.bytes += bytes.len() as u64;
                    }
                }
                // A file that was cut short is held against the corpora as far as it came; a finding says so.
                Event::End { .. } => {
                    if let Some(Open { path, fingerprinter, head, bytes, listing }) = file.take() {
                        let path = path_in_sample(name, &path);
                        self.listings.add(path, listing);
                        let fingerprints = fingerprinter.finish();
                        let path = path.as_bytes().to_vec();
                        let generated = says_generated(&head);
                        let is_kept = bytes <= SHORT && self.kept + bytes <= KEPT;
                        let short = if is_kept { head } else { Vec::new() };
                        self.kept += short.len();
                        self.files.push(SampleFile { path, fingerprints, generated, short });
                        done.files += 1;
                        progress(*done);
                    }
                }
                Event::Finding(finding) => self.problem(&finding),
            }
            ControlFlow::Continue(())
        })?;
        Ok(())
    }

    fn problem(&mut self, problem: &dyn std::fmt::Display) {
        if self.problems.len() < PROBLEMS {
            self.problems.push(on_one_line(&problem.to_string()));
        } else {
            self.more_problems += 1;
        }
    }

    fn all_problems(&self) -> Vec<String> {
        let more = (self.more_problems > 0).then(|| format!("… and {} more", self.more_problems));
        self.problems.iter().cloned().chain(more).collect()
    }
}

fn with_indexes<'a>(
    corpora: &[&'a Corpus],
    roots: &'a [Vec<Root>],
    indexes: &'a [Index<File>],
) -> Vec<matching::Corpus<'a, File>> {
    let with_index = |((it, roots), index): ((&&'a Corpus, &'a Vec<Root>), &'a Index<File>)| matching::Corpus {
        name: &it.indexed.name,
        owner: &it.indexed.owner,
        role: it.indexed.role,
        roots,
        index,
    };
    corpora.iter().zip(roots).zip(indexes).map(with_index).collect()
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

/// The result as the ledger keeps it: whole numbers and words.
fn in_numbers(
    owner: &str,
    corpora: Vec<Against>,
    sample: &Opened,
    found: &Match,
    aligned: &aligning::Aligned,
) -> SampleMatch {
    let mut rows: Vec<&matching::FileMatch> = found.files.iter().collect();
    rows.sort_by_key(|file| (file.verdict, std::cmp::Reverse(file.shares.distinctive)));
    SampleMatch {
        owner: owner.to_owned(),
        corpora,
        verdict: found.verdict.words().to_owned(),
        files: found.files.len() as u64,
        bytes: found.files.iter().map(|file| file.bytes).sum(),
        verdicts: found
            .totals
            .iter()
            .map(|(verdict, total)| (verdict.words().to_owned(), total.files, total.bytes))
            .collect(),
        shares: shares(&found.shares),
        window: found.lines.iter().find_map(window),
        curve: found.lines.iter().find_map(|line| line.windows.as_ref()).map(curve).unwrap_or_default(),
        takings: takings(found),
        fit_nowhere: found
            .fit_nowhere()
            .take(SOME)
            .map(|file| String::from_utf8_lossy(&file.path).into_owned())
            .collect(),
        places: found.places.as_ref().map(|places| places_in_numbers(found, places)),
        words: found.in_words().into_iter().chain(aligned.left_out()).collect(),
        rows: rows.into_iter().take(ROWS).map(|file| row(file, aligned.of(file))).collect(),
        problems: sample.all_problems(),
        ..SampleMatch::default()
    }
}

fn shares(of: &matching::Shares) -> Shares {
    let permille = |count| u32::try_from(of.permille(count)).unwrap_or(u32::MAX);
    Shares {
        matched: permille(of.matched),
        common: permille(of.common),
        public: permille(of.public),
        published: permille(of.published),
        distinctive: permille(of.distinctive),
    }
}

fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Text => "text",
        Channel::Code => "code",
        Channel::Parts => "parts",
    }
}

fn row(file: &matching::FileMatch, alignment: Option<Alignment>) -> FileMatch {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let permille = |of: &Part| (of.some * 1000).checked_div(of.all).and_then(|share| u32::try_from(share).ok());
    let [in_text, in_code] = file.contained.each_ref().map(permille);
    let near = |place: &matching::Place| NearMiss {
        corpus: place.corpus.clone(),
        path: text(&place.path),
        share: u32::try_from(file.shares.permille(place.hits)).unwrap_or(u32::MAX),
    };
    FileMatch {
        path: text(&file.path),
        bytes: file.bytes,
        verdict: file.verdict.words().to_owned(),
        exact: file.identical,
        generated: file.generated,
        channel: channel(file.channel).to_owned(),
        shares: shares(&file.shares),
        best: file.best.as_ref().map(best_match),
        containment: (in_text, in_code),
        copies: file.copies.count,
        some_copies: file.copies.named.iter().map(|(corpus, path)| format!("{} in {corpus}", text(path))).collect(),
        near: file.near.iter().map(near).collect(),
        alignment,
    }
}

pub(super) fn best_match(best: &matching::Place) -> BestMatch {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    BestMatch {
        corpus: best.corpus.clone(),
        source: text(&best.source),
        path: text(&best.path),
        first: commit(&best.first),
        last: commit(&best.last),
    }
}

fn window(line: &LineMatch) -> Option<Window> {
    Some(claimed_window(&line.source, line.windows.as_ref()?))
}

pub(super) fn claimed_window(source: &[u8], windows: &matching::Windows) -> Window {
    let best = &windows.best;
    // What is first seen in a snapshot came at some time after the one before.
    let first = |window: &matching::Window| match &window.begun_after {
        Some(before) if before.oid.is_empty() => commit(before),
        _ => commit(&window.first),
    };
    Window {
        line: String::from_utf8_lossy(source).into_owned(),
        strict: (first(&windows.strict), commit(&windows.strict.last)),
        first: first(&windows.tolerant),
        last: commit(&windows.tolerant.last),
        open: windows.tolerant.ended_by.is_none(),
        best: commit(&best.commit),
        fit: best.files.some,
        of: best.files.all,
    }
}

fn places_in_numbers(found: &Match, places: &matching::Places) -> Places {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let of_place = |place: &matching::PlaceMatch| PlaceMatch {
        name: text(&place.name),
        files: place.files,
        only_here: place.only_here.len() as u64,
        some: place.only_here.iter().take(SOME).map(|file| text(&found.files[*file].path)).collect(),
    };
    Places {
        cover: places.cover.iter().map(|place| text(&places.all[*place].name)).collect(),
        is_least: places.is_least,
        all: places.all.iter().take(PLACES).map(of_place).collect(),
    }
}

fn curve(windows: &matching::Windows) -> Vec<CurvePoint> {
    let point = |point: &matching::CurvePoint| CurvePoint {
        commit: commit(&point.commit),
        files: point.files,
        fingerprints: point.fingerprints,
    };
    windows.curve.iter().map(point).collect()
}

/// What was taken from where: nothing where one state of one line explains all.
fn takings(found: &Match) -> Vec<Taking> {
    let mut takings = Vec::new();
    for line in &found.lines {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let of = |first, last, files: &[usize]| Taking {
            line: text(&line.source),
            reference: text(&line.reference),
            first,
            last,
            files: files.len() as u64,
            some: files.iter().take(SOME).map(|file| text(&found.files[*file].path)).collect(),
        };
        match &line.windows {
            Some(windows) => takings.extend(
                windows.takings.iter().map(|it| of(Some(commit(&it.first)), Some(commit(&it.last)), &it.files)),
            ),
            None => takings.push(of(None, None, &line.numbers)),
        }
    }
    takings.sort_by_key(|taking| std::cmp::Reverse(taking.files));
    if takings.len() > 1 { takings } else { Vec::new() }
}

fn commit(at: &CommitAt) -> Commit {
    Commit {
        id: at.oid.iter().map(|byte| format!("{byte:02x}")).collect(),
        time: Timestamp::from_second(at.time).unwrap_or(Timestamp::UNIX_EPOCH),
    }
}
