//! One file of a sample beside the company's.

use std::path::{Path, PathBuf};

use fingerprint::Profile;
use serde_json::json;

use super::aligning::{Aligner, SideBySide, each};
use super::texts::Texts;
use super::{Corpus, CorpusRole, Desk, Error, MatchOptions, OpenCorpora, SampleProgress, Shape, open, row};
use crate::align::{Row, rows};
use crate::claim::FileMatch;
use crate::export;
use crate::export::comparison::Beside;
use crate::inspect::sensitive;
use crate::ledger::Payload;
use crate::ledger::payload::Held;
use crate::matching::{self, Matcher, SampleFile, Tally};
use crate::release::{Released, masked_in_place};

/// A file of a sample beside the company's file that it matches best.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The file's row in a match, with its ranges.
    pub file: FileMatch,
    /// Rows to be shown, and the masked texts whose lines they name: ours, the sample's. None where they can't be compared, for
    /// which the row has a note.
    shown: Option<(Vec<Row>, [String; 2])>,
}

impl Comparison {
    /// Whether the file is the owner's, wholly or in part.
    pub fn is_ours(&self) -> bool {
        self.file.verdict.ends_with("ours")
    }

    /// Both sides in so many columns, or the ranges for machines.
    pub fn shown(&self, shape: Shape, columns: usize) -> Released {
        match shape {
            Shape::Json => Released::json(json!({
                "format": "gainsay-comparison/1",
                "file": export::json::file_match(&self.file),
            })),
            Shape::Text(styles) | Shape::Screen(styles) | Shape::Brief(styles) => {
                let (rows, texts) = self.shown.clone().unwrap_or_default();
                let text = export::comparison::text(&self.file, &rows, &texts, styles, columns);
                if styles.is_coloured() { Released::coloured(&text) } else { Released::plain(&text) }
            }
        }
    }
}

impl Comparison {
    /// Both sides row by row, for pages; none where they cannot be compared.
    pub fn beside(&self) -> Vec<Beside> {
        self.shown.as_ref().map_or(Vec::new(), |(rows, texts)| export::comparison::beside(rows, texts))
    }
}

impl Desk {
    /// The same of a sample that a case has matched: of its finding by its handle, where the sample still is where it was.
    ///
    /// # Errors
    /// As of [`Desk::compare`]; or there is no such finding, or the sample's bytes are not within reach.
    pub fn compare_in(&mut self, case: &str, finding: &str, file: &str, unjailed: bool) -> Result<Comparison, Error> {
        let missing = || Error::NoHandle { case: case.to_owned(), handle: finding.to_owned() };
        let case = self.case(case)?;
        let found = case.findings.iter().find(|it| it.handle == finding).ok_or_else(missing)?;
        let sample = &case.sources[found.sample];
        let entry = self.database.reader().by_prefix(&sample.id.to_string())?;
        let payload = entry.and_then(|entry| entry.payload);
        let source = payload.as_ref().and_then(Payload::source).ok_or_else(missing)?;
        let path = match &source.held {
            Held::Desk => self.blobs.path(&source.digest),
            Held::Outside(path) => PathBuf::from(path),
            Held::Sealed(..) => return Err(Error::OutOfReach { handle: sample.handle.clone() }),
        };
        if !path.exists() {
            return Err(Error::OutOfReach { handle: sample.handle.clone() });
        }
        self.compare(&path, file, MatchOptions { unjailed, ..MatchOptions::default() }, &mut |_| {})
    }

    /// Holds one file of a sample, named as a match names it, beside the company's file that it matches best in the corpora: in all
    /// of them, or in the one named.
    ///
    /// # Errors
    /// There is no corpus, the sample cannot be opened or has no such file, or the index is damaged.
    pub fn compare(
        &self,
        path: &Path,
        file: &str,
        options: MatchOptions<'_>,
        progress: &mut dyn FnMut(SampleProgress),
    ) -> Result<Comparison, Error> {
        let corpus = options.corpus;
        let corpora = self.corpora()?;
        if let Some(name) = corpus.filter(|name| !corpora.contains_key(*name)) {
            return Err(Error::UnknownCorpus { name: name.to_owned() });
        }
        let is_chosen = |it: &&Corpus| corpus.is_none_or(|name| name == it.indexed.name);
        let own = corpora.values().filter(|it| it.indexed.role == CorpusRole::Own).filter(is_chosen);
        let own: Vec<&Corpus> = own.collect();
        if own.is_empty() {
            return Err(Error::NoCorpus);
        }
        let profile = Profile::one();
        let mut wanted = None;
        let mut find = |batch: Vec<SampleFile>| {
            wanted = batch.into_iter().find(|it| it.path == file.as_bytes());
            wanted.is_none()
        };
        let tallies = (Tally::default(), sensitive::Tally::default(), None, None);
        let rest = open(path, &profile, options, tallies, progress, &mut find)?.batch;
        let Some(wanted) = wanted.or_else(|| rest.into_iter().find(|it| it.path == file.as_bytes())) else {
            return Err(Error::NotInSample { file: file.to_owned() });
        };
        let own = OpenCorpora::open(self, own)?;
        let corpora = own.to_be_matched();
        let found = Matcher::new(&profile, &corpora, options.bounds())?.whole(&[wanted])?;
        let mut aligner = Aligner::new(&corpora);
        let mut compared =
            Err("the sample's file could not be read a second time, or is too large to be compared".to_owned());
        let wanted: Vec<&matching::FileMatch> = found.files.iter().collect();
        each(path, options, &wanted, &Texts::default(), &mut |file, bytes| {
            compared = aligner.side_by_side(file, bytes)
        })?;
        let Some(found) = found.files.first() else { return Err(Error::NotInSample { file: file.to_owned() }) };
        Ok(match compared {
            Ok(compared) => Comparison {
                file: row(found, Some(compared.in_numbers())),
                shown: Some((rows(&compared.ours, &compared.sample, &compared.alignment), texts(&compared))),
            },
            Err(note) => {
                let alignment = crate::claim::Alignment { note: Some(note), ..Default::default() };
                Comparison { file: row(found, Some(alignment)), shown: None }
            }
        })
    }
}

/// Both texts, masked whole: in a part of one a secret may no longer look like one.
fn texts(of: &SideBySide) -> [String; 2] {
    [&of.ours, &of.sample].map(|side| masked_in_place(&String::from_utf8_lossy(side.text())))
}
