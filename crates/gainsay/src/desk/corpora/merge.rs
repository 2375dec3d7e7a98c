//! Many small segments to few large ones: a query looks into each.

use std::ops::Range;
use std::path::PathBuf;

use super::{Corpus, corpora, failed, named_by, notes, open_segments, segments};
use crate::claim::{Extent, Piece, SegmentFile};
use crate::corpus::{OnProgress, Progress, Step};
use crate::desk::{Acting, CORPORA, Desk, Error};
use crate::ledger::payload::{CorpusIndexed, twins};

/// A corpus with more segments that can be merged than this is worth the work.
const MANY: usize = 8;

/// A changed folder drops the whole segment that tells of it: folders share segments only up to this many bytes.
const SHARED_BY_FOLDERS: u64 = 64 << 20;

/// What merging came to.
#[derive(Clone, Debug)]
pub struct Merged {
    /// The corpus as it is now.
    pub corpus: Corpus,
    /// How many segments it had before.
    pub before: usize,
}

impl Corpus {
    /// Whether it has so many segments that merging them is worth the work.
    pub fn is_scattered(&self, memory: usize) -> bool {
        worth_merging(&self.segments(), &self.pieces(), memory).is_some_and(|run| run.len() > MANY)
    }
}

impl Desk {
    /// Merges segments of a corpus, where that pays: what it holds stays the same. The entry that says so is written when the merged
    /// segment is on the disk.
    ///
    /// # Errors
    /// There is no such corpus, a segment is damaged, the disk is full, or somebody else adds to the corpus meanwhile: then it is as it
    /// was.
    pub fn merge_corpus(
        &mut self,
        acting: &Acting,
        name: &str,
        memory: usize,
        progress: &mut OnProgress<'_>,
    ) -> Result<Merged, Error> {
        let unknown = || Error::UnknownCorpus { name: name.to_owned() };
        let mut corpus = self.corpora()?.remove(name).ok_or_else(unknown)?;
        let before = corpus.segments().len();
        while let Some(run) = worth_merging(&corpus.segments(), &corpus.pieces(), memory) {
            let (done, of) = (run.start as u64, corpus.segments().len() as u64);
            let bytes = in_order(&corpus.segments(), &corpus.pieces())[run.clone()].iter().map(|it| it.bytes).sum();
            let source = PathBuf::from(name);
            progress(Progress { source, step: Step::Merging, done, of, bytes: 0, of_bytes: bytes, counting: false });
            corpus = self.merge_run(acting, corpus, run)?;
        }
        Ok(Merged { corpus, before })
    }

    fn merge_run(&mut self, acting: &Acting, corpus: Corpus, run: Range<usize>) -> Result<Corpus, Error> {
        let folder = self.root().join(CORPORA);
        let name = corpus.indexed.name.clone();
        let all = in_order(&corpus.segments(), &corpus.pieces());
        let chosen = &all[run.clone()];
        let opened = open_segments(&folder, &name, chosen)?;
        let out = segments::Unfinished::new(&folder).map_err(|why| failed("write in", &folder, why))?;
        let (out, counts) = fingerprint::merge(&opened, out, &folder).map_err(crate::corpus::CorpusError::from)?;
        let (file, blake3, bytes) = out.finish().map_err(|why| failed("write in", &folder, why))?;
        let merged = SegmentFile {
            blake3,
            bytes,
            files: counts.files,
            contents: counts.contents,
            content_bytes: chosen.iter().map(|it| it.content_bytes).sum(),
            commits: counts.commits,
            postings: counts.postings,
            tables: chosen.iter().map(|it| it.tables).sum(),
        };
        let pieces = in_merged(corpus.pieces(), chosen, &merged);
        let mut kept = all;
        kept.splice(run, [merged]);
        kept.extend(corpus.filters());
        let indexed =
            CorpusIndexed { segments: named_by(&pieces, &kept), pieces: twins(&pieces), ..corpus.indexed.clone() };
        let entry = self.database.commit(&self.key, acting.now, |commit| {
            let standing = corpora(&commit.reader())?.remove(&name);
            // Who adds to it builds on what it is: that run is longer than this one.
            if standing.is_none_or(|it| it.entry != corpus.entry) || notes::is_being_added(&folder, &name)? {
                return Err(Error::CorpusChanged { name: name.clone() });
            }
            segments::place(file, &folder, segments::path(&folder, &blake3))?;
            Ok(commit.push(&acting.entry(corpus.tlp, indexed.clone()))?)
        })?;
        self.sweep_segments(acting)?;
        Ok(Corpus { entry, received: acting.now, tlp: corpus.tlp, indexed })
    }
}

/// The segments with those of folders first: only neighbours are merged, and what a history goes on with stays behind what it began
/// with.
fn in_order(segments: &[SegmentFile], pieces: &[Piece]) -> Vec<SegmentFile> {
    let mut segments = segments.to_vec();
    segments.sort_by_key(|segment| !is_of_folders(segment, pieces));
    segments
}

fn is_of_folders(segment: &SegmentFile, pieces: &[Piece]) -> bool {
    pieces.iter().any(|piece| piece.segment == segment.blake3 && piece.stretch().is_some())
}

/// The longest run of neighbours, in the order of [`in_order`], that is worth merging: what the largest takes is written again only
/// together with at least half as much of others, so that each byte is written a few times at most; and the tables, which merging
/// holds in memory, take half of it at most.
fn worth_merging(segments: &[SegmentFile], pieces: &[Piece], memory: usize) -> Option<Range<usize>> {
    let segments = in_order(segments, pieces);
    let kinds: Vec<bool> = segments.iter().map(|segment| is_of_folders(segment, pieces)).collect();
    let mut longest: Option<Range<usize>> = None;
    for start in 0..segments.len() {
        let (mut sum, mut largest, mut tables) = (0, 0, 0);
        for (at, segment) in segments.iter().enumerate().skip(start) {
            sum += segment.bytes;
            tables += segment.tables;
            largest = largest.max(segment.bytes);
            let fits = tables <= memory as u64 / 2 && (!kinds[start] || sum <= SHARED_BY_FOLDERS);
            if kinds[at] != kinds[start] || !fits {
                break;
            }
            let longer = longest.as_ref().is_none_or(|longest| at + 1 - start > longest.len());
            if at > start && longer && largest <= 2 * (sum - largest) {
                longest = Some(start..at + 1);
            }
        }
    }
    longest
}

/// The pieces once these segments are one. A history of which several pieces are now in one segment is one piece.
fn in_merged(pieces: Vec<Piece>, chosen: &[SegmentFile], merged: &SegmentFile) -> Vec<Piece> {
    let mut all: Vec<Piece> = Vec::with_capacity(pieces.len());
    for mut piece in pieces {
        if chosen.iter().any(|it| it.blake3 == piece.segment) {
            piece.segment = merged.blake3;
        }
        let goes_on = |it: &&mut Piece| {
            let both = matches!((&it.extent, &piece.extent), (Extent::History(_), Extent::History(_)));
            both && it.source == piece.source && it.segment == piece.segment
        };
        match all.iter_mut().find(goes_on) {
            Some(earlier) => {
                earlier.extent = piece.extent;
                earlier.not_read += piece.not_read;
                earlier.not_read_names.extend(piece.not_read_names);
            }
            None => all.push(piece),
        }
    }
    all
}
