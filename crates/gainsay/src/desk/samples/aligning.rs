//! Files of a sample that are ours, and not byte for byte, beside ours: in a second pass over it, where their bytes were not kept.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use fingerprint::Channel;
use unpack::Event;

use super::sources::{Source, source_of, sources};
use super::texts::Texts;
use super::{Error, MEMORY, MatchOptions, files_below, text_of};
use crate::align::{self, Kind, LONGEST, Side, align};
use crate::capture::{self, Opener};
use crate::claim::{AlignedLines, Alignment, counted};
use crate::corpus::Originals;
use crate::inspect::{LONGEST_PDF, PdfText};
use crate::matching::{Corpus, FileMatch, Match, Place};

/// How many files of a sample are aligned: those with most that is distinctive.
const MOST_FILES: usize = 1_000;

/// How many ranges of a file a result lists.
const MOST_RANGES: usize = 200;

/// So many lines, of those that the best file does not have, must stand in another file for the sample's file to be mixed of both.
const LEAST_MIXED: usize = 10;

/// Below this share of aligned lines, in thousandths, others of our files are looked into.
const LOOKS_MIXED: u32 = 900;

/// What the longest texts take while they are aligned: so many at once as there is memory for.
const MEMORY_EACH: usize = 256 << 20;

/// Alignments of a sample's files.
#[derive(Default)]
pub(super) struct Aligned {
    of: HashMap<Named, Alignment>,
    left_out: usize,
}

/// A file's path and its BLAKE3.
type Named = (Vec<u8>, [u8; 32]);

/// Files that wait for who aligns them, with their bytes.
type Waiting<'f> = Mutex<Receiver<(&'f FileMatch, Vec<u8>)>>;

impl Aligned {
    pub(super) fn of(&self, file: &FileMatch) -> Option<Alignment> {
        self.of.get(&(file.path.clone(), file.blake3)).cloned()
    }

    /// A sentence on the files that could have been aligned and were not.
    pub(super) fn left_out(&self) -> Option<String> {
        let left_out = counted(self.left_out, "more file");
        let sentence = || {
            format!("Lines were aligned in the {MOST_FILES} files with most that is distinctive; not in {left_out}.")
        };
        (self.left_out > 0).then(sentence)
    }
}

/// Aligns the files of a sample that are ours, wholly or in part, and not identical. What can't be aligned says why.
///
/// # Errors
/// The sample can't be opened again.
pub(super) fn align_files(
    sample: &Path,
    options: MatchOptions<'_>,
    found: &Match,
    corpora: &[Corpus<'_, File>],
    texts: &Texts,
) -> Result<Aligned, Error> {
    let can_be = |file: &&FileMatch| {
        file.verdict.is_ours()
            && !file.identical
            && matches!(file.channel, Channel::Text | Channel::Code)
            && file.bytes <= LONGEST
    };
    let mut chosen: Vec<&FileMatch> = found.files.iter().filter(can_be).filter(|file| file.best.is_some()).collect();
    chosen.sort_by_key(|file| std::cmp::Reverse(file.shares.distinctive));
    let left_out = chosen.len().saturating_sub(MOST_FILES);
    chosen.truncate(MOST_FILES);
    let mut aligned = Aligned { of: HashMap::new(), left_out };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let at_once = (options.memory.unwrap_or(MEMORY) / MEMORY_EACH).clamp(1, cores);
    thread::scope(|scope| {
        let (given, waiting) = sync_channel(0);
        let waiting: Arc<Waiting<'_>> = Arc::new(Mutex::new(waiting));
        let aligners: Vec<_> = (0..at_once.min(chosen.len()))
            .map(|_| Arc::clone(&waiting))
            .map(|waiting| scope.spawn(move || Aligner::new(corpora).each_of(&waiting)))
            .collect();
        drop(waiting);
        let read = each(sample, options, &chosen, texts, &mut |file, bytes| {
            // Where all that align are gone, why is told below.
            let _ = given.send((file, bytes.to_vec()));
        });
        drop(given);
        for aligner in aligners {
            aligned.of.extend(aligner.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        read
    })?;
    for file in chosen {
        aligned.of.entry((file.path.clone(), file.blake3)).or_insert_with(|| Alignment {
            note: Some("the sample's file could not be read a second time".to_owned()),
            ..Alignment::default()
        });
    }
    Ok(aligned)
}

/// Gives the bytes of some of a sample's files, one at a time; opens it once more for what was not kept.
pub(super) fn each<'f>(
    sample: &Path,
    options: MatchOptions<'_>,
    files: &[&'f FileMatch],
    texts: &Texts,
    take: &mut dyn FnMut(&'f FileMatch, &[u8]),
) -> Result<(), Error> {
    let (here, files): (Vec<_>, Vec<_>) = files.iter().partition(|file| texts.get(&file.blake3).is_some());
    for file in here {
        take(file, texts.get(&file.blake3).unwrap_or_default());
    }
    if files.is_empty() {
        return Ok(());
    }
    let mut waiting: HashMap<&[u8], Vec<&'f FileMatch>> = HashMap::new();
    files.into_iter().for_each(|file: &'f FileMatch| waiting.entry(&file.path).or_default().push(file));
    let mut opener = Opener::start(options.unjailed)?;
    opener.set_passwords(options.passwords)?;
    let mut pdf_text = PdfText::new(options.unjailed);
    if !sample.is_dir() {
        let source = source_of(sample, options.parts)?;
        return Ok(each_in(&mut opener, &source, &mut pdf_text, &mut waiting, take)?);
    }
    let names: BTreeSet<&[u8]> = waiting.keys().copied().collect();
    let is_named = |name: &[u8]| names.contains(name) || names.contains(text_of(name).as_slice());
    for source in sources(sample, files_below(sample).files) {
        if (is_named(source.name.as_bytes()) || source.may_hold_more()) && !waiting.is_empty() {
            match each_in(&mut opener, &source, &mut pdf_text, &mut waiting, take) {
                // It was there before; that it is no more is told with the file.
                Ok(()) | Err(capture::Error::Unreadable { .. } | capture::Error::NotAFile { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(())
}

fn each_in<'f>(
    opener: &mut Opener,
    source: &Source,
    pdf_text: &mut PdfText,
    waiting: &mut HashMap<&[u8], Vec<&'f FileMatch>>,
    take: &mut dyn FnMut(&'f FileMatch, &[u8]),
) -> Result<(), capture::Error> {
    let mut held: Option<(Vec<u8>, Vec<u8>)> = None;
    // The PDF that came last, while its text is waited for.
    let mut pdf: Option<(Vec<u8>, Vec<u8>)> = None;
    let mut most = LONGEST;
    let mut last = Vec::new();
    let name = source.name.as_str();
    opener.files(name, &source.open()?, &mut |event| {
        match event {
            Event::File { path, .. } => {
                give_pdf(waiting, pdf.take(), pdf_text, take);
                last = super::path_in_sample(name, path).as_bytes().to_vec();
                let has_text = waiting.contains_key(text_of(&last).as_slice());
                most = if has_text { LONGEST_PDF as u64 } else { LONGEST };
                held = (has_text || waiting.contains_key(last.as_slice())).then(|| (last.clone(), Vec::new()));
            }
            Event::Data(more) => {
                // What was no longer the first time is no longer now.
                let fits = |held: &&mut (Vec<u8>, Vec<u8>)| (held.1.len() + more.len()) as u64 <= most;
                match held.as_mut().filter(fits) {
                    Some((_, bytes)) => bytes.extend_from_slice(more),
                    None => held = None,
                }
            }
            Event::End { complete } => {
                if let Some((path, bytes)) = held.take() {
                    give(waiting, &path, &bytes, take);
                    pdf = (complete && bytes.starts_with(b"%PDF-")).then_some((path, bytes));
                }
            }
            Event::Text { text, .. } => give(waiting, &text_of(&last), text.as_bytes(), take),
            Event::Finding(_) | Event::Archive { .. } | Event::Clue(_) | Event::Picture(_) | Event::Fact(_) => {}
        }
        if waiting.is_empty() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    give_pdf(waiting, pdf, pdf_text, take);
    Ok(())
}

/// Gives the text of a PDF as another program reads it, where that is what is still waited for.
fn give_pdf<'f>(
    waiting: &mut HashMap<&[u8], Vec<&'f FileMatch>>,
    pdf: Option<(Vec<u8>, Vec<u8>)>,
    pdf_text: &mut PdfText,
    take: &mut dyn FnMut(&'f FileMatch, &[u8]),
) {
    let Some((path, bytes)) = pdf else { return };
    let path = text_of(&path);
    if waiting.contains_key(path.as_slice())
        && pdf_text.is_there()
        && let Ok((text, _)) = pdf_text.read(&bytes)
    {
        give(waiting, &path, text.as_bytes(), take);
    }
}

/// Gives a file's bytes where they are waited for.
fn give<'f>(
    waiting: &mut HashMap<&[u8], Vec<&'f FileMatch>>,
    path: &[u8],
    bytes: &[u8],
    take: &mut dyn FnMut(&'f FileMatch, &[u8]),
) {
    let Some(of_path) = waiting.get_mut(path) else { return };
    // Files in several archives may have the same path.
    let blake3 = *blake3::hash(bytes).as_bytes();
    if let Some(place) = of_path.iter().position(|file| file.blake3 == blake3) {
        take(of_path.swap_remove(place), bytes);
    }
    if of_path.is_empty() {
        waiting.remove(path);
    }
}

/// Holds files of a sample beside the company's.
pub(super) struct Aligner<'a> {
    corpora: &'a [Corpus<'a, File>],
    originals: Originals,
}

/// A file of the sample and the company's.
pub(super) struct SideBySide {
    pub(super) ours: Side,
    pub(super) sample: Side,
    pub(super) alignment: align::Alignment,
    /// What was done to it, in words.
    pub(super) edits: Vec<String>,
}

impl<'a> Aligner<'a> {
    pub(super) fn new(corpora: &'a [Corpus<'a, File>]) -> Self {
        Aligner { corpora, originals: Originals::default() }
    }

    /// Aligns files until no more are given.
    fn each_of(&mut self, waiting: &Waiting<'_>) -> Vec<(Named, Alignment)> {
        let mut aligned = Vec::new();
        loop {
            // Let go before the file is aligned, so that the next thread takes the next one.
            let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok((file, bytes)) = next else { break aligned };
            let alignment = match self.side_by_side(file, &bytes) {
                Ok(found) => found.in_numbers(),
                Err(note) => Alignment { note: Some(note), ..Alignment::default() },
            };
            aligned.push(((file.path.clone(), file.blake3), alignment));
        }
    }

    /// A file of the sample beside its best match; where that can't be, why.
    pub(super) fn side_by_side(&mut self, file: &FileMatch, bytes: &[u8]) -> Result<SideBySide, String> {
        let best = file.best.as_ref().ok_or("no file of the company's is like it")?;
        let sample =
            Side::read(&file.path, bytes).map_err(|why| format!("the sample's file is not compared: {why}"))?;
        let ours = self.side(best)?;
        let alignment = align(&ours, &sample);
        let mut edits: Vec<String> = alignment.edits.iter().map(ToString::to_string).collect();
        if !alignment.ranges.is_empty() && alignment.share() < LOOKS_MIXED {
            edits.extend(self.mixed(file, &sample, &alignment));
        }
        Ok(SideBySide { ours, sample, alignment, edits })
    }

    /// Other files of the company's from which lines came that the best one does not have.
    fn mixed(&mut self, file: &FileMatch, sample: &Side, best: &align::Alignment) -> Vec<String> {
        let lines = |ranges: &[align::Range]| -> BTreeSet<u32> {
            let sure = ranges.iter().filter(|range| range.kind < Kind::Similar);
            sure.flat_map(|range| range.sample.from..=range.sample.to).collect()
        };
        let mut known = lines(&best.ranges);
        let mut others = Vec::new();
        for place in &file.near {
            // Where fewer are left, no other file can have them.
            if known.len() + LEAST_MIXED <= sample.all() as usize
                && let Ok(other) = self.side(place)
            {
                others.push((lines(&align::ranges(&other, sample)), String::from_utf8_lossy(&place.path)));
            }
        }
        let mut mixed = Vec::new();
        while !others.is_empty() {
            // That which explains most goes first: others may have some of the same lines.
            others.iter_mut().for_each(|(lines, _)| lines.retain(|line| !known.contains(line)));
            others.sort_by_key(|(lines, _)| lines.len());
            let Some((more, path)) = others.pop().filter(|(lines, _)| lines.len() >= LEAST_MIXED) else { break };
            mixed.push(format!("mixed: {} of {path}", counted(more.len(), "line")));
            known.extend(more);
        }
        mixed
    }

    fn side(&mut self, place: &Place) -> Result<Side, String> {
        let bytes = self.original(place)?;
        Side::read(&place.path, &bytes).map_err(|why| format!("the company's file is not compared: {why}"))
    }

    /// The company's file as it was indexed at a place; where it is not at hand, why.
    pub(super) fn original(&mut self, place: &Place) -> Result<Vec<u8>, String> {
        let is_in_folder = place.last.oid.is_empty();
        let bytes = match is_in_folder {
            true => self.originals.in_folder(&place.source, &place.path),
            false => self.originals.at_commit(&place.source, &place.last.oid, &place.path),
        };
        let bytes = bytes.map_err(|why| why.to_string())?;
        // What git keeps is named by its content; what a folder holds may be another file by now.
        if is_in_folder && !self.is_indexed(place, &bytes) {
            return Err("the company's file has changed since it was indexed: add the corpus again".to_owned());
        }
        Ok(bytes)
    }

    /// Whether these very bytes were indexed at a place.
    fn is_indexed(&self, place: &Place, bytes: &[u8]) -> bool {
        let blake3 = *blake3::hash(bytes).as_bytes();
        self.corpora.iter().filter(|corpus| corpus.name == place.corpus).any(|corpus| {
            let found = corpus.index.content_by_blake3(&blake3).ok().flatten();
            found.is_some_and(|(_, intervals)| {
                intervals.iter().any(|it| {
                    corpus.index.line(it.line).is_some_and(|line| line.name == place.source)
                        && corpus.index.path(it.path).is_ok_and(|path| path == place.path)
                })
            })
        })
    }
}

impl SideBySide {
    pub(super) fn in_numbers(&self) -> Alignment {
        let ranges = &self.alignment.ranges;
        let range = |range: &align::Range| AlignedLines {
            sample: (range.sample.from, range.sample.to),
            ours: (range.ours.from, range.ours.to),
            kind: range.kind.word().to_owned(),
        };
        let more = || format!("the first {MOST_RANGES} of {} ranges", ranges.len());
        let nothing = || "no line of it is a line of the company's file: they share shorter runs".to_owned();
        Alignment {
            aligned: self.alignment.share(),
            ranges: ranges.iter().take(MOST_RANGES).map(range).collect(),
            edits: self.edits.clone(),
            note: (ranges.len() > MOST_RANGES).then(more).or_else(|| ranges.is_empty().then(nothing)),
        }
    }
}
