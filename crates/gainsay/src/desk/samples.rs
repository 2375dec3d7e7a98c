//! Matching a sample against the corpora on the desk.

use std::collections::BTreeSet;
use std::fs::File;
use std::ops::ControlFlow;
use std::path::Path;

use fingerprint::{Channel, Fingerprinter, Index, Profile};
use jiff::Timestamp;
use serde_json::json;
use unpack::Event;

use super::add::files_below;
use super::vault::Kept;
use super::{Acting, AddOptions, Corpus, Desk, Error, Keep, Shape, casefile};
use crate::capture::{self, Opener};
use crate::claim::{
    Against, BestMatch, Commit, CorpusRole, CurvePoint, EntryId, FileMatch, PlaceMatch, Places, Root, SampleMatch,
    Shares, SourceKind, Taking, Tlp, Window, on_one_line, quoted,
};
use crate::export;
use crate::ledger::payload::SampleMatched;
use crate::ledger::{Entry, NewEntry};
use crate::matching::{self, CommitAt, HEAD, LineMatch, Match, SampleFile, says_generated};
use crate::release::Released;

/// How many files a result lists.
const ROWS: usize = 10_000;

/// How many files are named where some of many are.
const SOME: usize = 20;

/// How many places a result lists.
const PLACES: usize = 1_000;

/// How many problems a result names.
const PROBLEMS: usize = 1_000;

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
        corpus: Option<&str>,
        case: Option<&str>,
        unjailed: bool,
        progress: &mut dyn FnMut(SampleProgress),
    ) -> Result<MatchReport, Error> {
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
        let sample = open(path, &profile, unjailed, progress)?;
        let mut results = Vec::new();
        for owner in owners {
            let of_owner = |it: &&&Corpus| it.indexed.role == CorpusRole::Public || it.indexed.owner == owner;
            let of_owner: Vec<&Corpus> = corpora.iter().filter(of_owner).copied().collect();
            let result = self.match_owner(owner, &sample, &profile, &of_owner)?;
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
                let command = command(path, corpus, case.unwrap_or_default());
                self.record_match(acting, case_id, path, before, &command, &results)?
            }
            _ => Vec::new(),
        };
        Ok(MatchReport { results: results.into_iter().map(|of_owner| of_owner.result).collect(), entries })
    }

    fn match_owner(
        &self,
        owner: &str,
        sample: &Opened,
        profile: &Profile,
        corpora: &[&Corpus],
    ) -> Result<SampleMatch, Error> {
        let indexes: Vec<Index<File>> = corpora.iter().map(|it| self.index(it)).collect::<Result<_, _>>()?;
        let filters: Vec<_> = corpora.iter().map(|it| self.filters(it)).collect::<Result<_, _>>()?;
        let roots: Vec<Vec<Root>> = corpora.iter().map(|it| it.roots()).collect();
        let against = corpora.iter().map(|it| it.as_held_against()).collect();
        let corpora: Vec<matching::Corpus<'_, File>> = corpora
            .iter()
            .zip(&roots)
            .zip(&indexes)
            .zip(&filters)
            .map(|(((it, roots), index), filters)| matching::Corpus {
                name: &it.indexed.name,
                owner: &it.indexed.owner,
                role: it.indexed.role,
                roots,
                index,
                filters,
            })
            .collect();
        let found = matching::match_sample(&sample.files, profile, &corpora)?;
        Ok(in_numbers(owner, against, sample, &found))
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
fn command(sample: &Path, corpus: Option<&str>, case: &str) -> String {
    let absolute = std::path::absolute(sample).unwrap_or_else(|_| sample.to_owned());
    let corpus = corpus.map_or(String::new(), |name| format!(" --corpus {}", quoted(name)));
    format!("gainsay match {}{corpus} --case {}", quoted(&absolute.to_string_lossy()), quoted(case))
}

fn files_of_owner(result: &SampleMatch) -> u64 {
    result.verdicts.iter().filter(|(word, ..)| word.ends_with("ours")).map(|(_, files, _)| files).sum()
}

/// Opens a sample in the child and fingerprints what comes out, in memory bounded by the fingerprints.
fn open(
    path: &Path,
    profile: &Profile,
    unjailed: bool,
    progress: &mut dyn FnMut(SampleProgress),
) -> Result<Opened, Error> {
    let meta = std::fs::metadata(path).map_err(|why| capture::Error::Unreadable { path: path.to_owned(), why })?;
    let mut opener = Opener::start(unjailed)?;
    let mut opened = Opened::default();
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
        let mut file: Option<(String, Fingerprinter, Vec<u8>)> = None;
        opener.files(name, capture::open(path)?, &mut |event| {
            match event {
                Event::File { path, .. } => {
                    file = Some((path.to_owned(), Fingerprinter::new(profile, path.as_bytes()), Vec::new()))
                }
                Event::Data(bytes) => {
                    if let Some((_, fingerprinter, head)) = &mut file {
                        fingerprinter.update(bytes);
                        let room = HEAD.saturating_sub(head.len());
                        head.extend(bytes.iter().take(room));
                        done.bytes += bytes.len() as u64;
                    }
                }
                // A file that was cut short is held against the corpora as far as it came; a finding says so.
                Event::End { .. } => {
                    if let Some((path, fingerprinter, head)) = file.take() {
                        let path = path.strip_prefix(name).and_then(|path| path.strip_prefix('!')).unwrap_or(&path);
                        let fingerprints = fingerprinter.finish();
                        let path = path.as_bytes().to_vec();
                        self.files.push(SampleFile { path, fingerprints, generated: says_generated(&head) });
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

/// The result as the ledger keeps it: whole numbers and words.
fn in_numbers(owner: &str, corpora: Vec<Against>, sample: &Opened, found: &Match) -> SampleMatch {
    let mut rows: Vec<&matching::FileMatch> = found.files.iter().collect();
    let mut words = found.in_words();
    let of_others = corpora.iter().filter(|it| it.role != CorpusRole::Own).map(Against::coverage);
    let of_others = of_others.collect::<Vec<_>>().join("; ");
    if !of_others.is_empty() {
        words.push(format!("Held against {of_others}. What came out since then may be counted as the company's."));
    }
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
        words,
        rows: rows.into_iter().take(ROWS).map(row).collect(),
        problems: sample.all_problems(),
        ..SampleMatch::default()
    }
}

fn shares(of: &matching::Shares) -> Shares {
    let permille = |count| u32::try_from(of.permille(count)).unwrap_or(u32::MAX);
    Shares {
        matched: permille(of.matched),
        common: 0,
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

fn row(file: &matching::FileMatch) -> FileMatch {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    FileMatch {
        path: text(&file.path),
        bytes: file.bytes,
        verdict: file.verdict.words().to_owned(),
        exact: file.identical,
        generated: file.generated,
        channel: channel(file.channel).to_owned(),
        shares: shares(&file.shares),
        best: file.best.as_ref().map(|best| BestMatch {
            corpus: best.corpus.clone(),
            source: text(&best.source),
            path: text(&best.path),
            first: commit(&best.first),
            last: commit(&best.last),
        }),
        ..FileMatch::default()
    }
}

fn window(line: &LineMatch) -> Option<Window> {
    let windows = line.windows.as_ref()?;
    let best = &windows.best;
    // What is first seen in a snapshot came at some time after the one before.
    let first = |window: &matching::Window| match &window.begun_after {
        Some(before) if line.is_of_snapshots() => commit(before),
        _ => commit(&window.first),
    };
    Some(Window {
        line: String::from_utf8_lossy(&line.source).into_owned(),
        strict: (first(&windows.strict), commit(&windows.strict.last)),
        first: first(&windows.tolerant),
        last: commit(&windows.tolerant.last),
        open: windows.tolerant.ended_by.is_none(),
        best: commit(&best.commit),
        fit: best.files.some,
        of: best.files.all,
    })
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
