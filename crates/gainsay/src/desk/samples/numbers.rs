//! What a match found, as the ledger keeps it: whole numbers and words.

use fingerprint::Channel;
use jiff::Timestamp;

use super::aligning::Aligned;
use super::opened::Opened;
use crate::claim::{
    Against, Alignment, BestMatch, Commit, CorpusRole, CurvePoint, FileMatch, NearMiss, PlaceMatch, Places,
    SampleMatch, Shares, Taking, Window,
};
use crate::matching::{self, CommitAt, LineMatch, Match, Part};

/// How many files are named where some of many are.
const SOME: usize = 20;

/// How many places a result lists.
const PLACES: usize = 1_000;

/// The result against one owner's corpora.
pub(super) fn in_numbers(
    owner: &str,
    corpora: Vec<Against>,
    sample: &Opened,
    found: &Match,
    aligned: &Aligned,
) -> SampleMatch {
    let mut rows: Vec<&matching::FileMatch> = found.files.iter().collect();
    let mut words: Vec<String> = found.in_words().into_iter().chain(aligned.left_out()).collect();
    let of_others = corpora.iter().filter(|it| it.role != CorpusRole::Own).map(Against::coverage);
    let of_others = of_others.collect::<Vec<_>>().join("; ");
    if !of_others.is_empty() {
        words.push(format!("Held against {of_others}. What came out since then may be counted as the company's."));
    }
    words.extend(sample.layers.in_words());
    rows.sort_by_key(|file| (file.verdict, std::cmp::Reverse(file.shares.distinctive)));
    let total = found.total();
    SampleMatch {
        owner: owner.to_owned(),
        corpora,
        verdict: found.verdict.words().to_owned(),
        files: total.files,
        bytes: total.bytes,
        verdicts: found
            .totals
            .iter()
            .map(|(verdict, total)| (verdict.words().to_owned(), total.files, total.bytes))
            .collect(),
        shares: shares(&found.shares),
        window: found.lines.iter().find_map(window),
        curve: found.lines.iter().find_map(|line| line.windows.as_ref()).map(curve).unwrap_or_default(),
        takings: takings(found),
        fit_nowhere: found.fit_nowhere().take(SOME).map(text).collect(),
        places: found.places.as_ref().map(|places| places_in_numbers(found, places)),
        words,
        rows: rows.into_iter().map(|file| row(file, aligned.of(file))).collect(),
        problems: sample.all_problems(),
        layers: sample.layers.layers.clone(),
        clues: sample.layers.clues.clone(),
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
        Channel::Sketches => "sketches",
    }
}

pub(super) fn row(file: &matching::FileMatch, alignment: Option<Alignment>) -> FileMatch {
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

pub(in crate::desk) fn best_match(best: &matching::Place) -> BestMatch {
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

pub(in crate::desk) fn claimed_window(source: &[u8], windows: &matching::Windows) -> Window {
    let best = &windows.best;
    // What is first seen in a snapshot came at some time after the one before.
    let first = |window: &matching::Window| match &window.begun_after {
        Some(before) if before.oid.is_empty() => commit(before),
        _ => commit(&window.first),
    };
    Window {
        line: text(source),
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
    let of_place = |place: &matching::PlaceMatch| PlaceMatch {
        name: text(&place.name),
        files: place.files,
        only_here: place.only_here.len() as u64,
        some: place.only_here.iter().take(SOME).map(|file| text(found.names.of(*file))).collect(),
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
        let of = |first, last, files: &[usize]| Taking {
            line: text(&line.source),
            reference: text(&line.reference),
            first,
            last,
            files: files.len() as u64,
            some: files.iter().take(SOME).map(|file| text(found.names.of(*file))).collect(),
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

/// Bytes of a sample or a repository as text: what is no UTF-8 is replaced.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn commit(at: &CommitAt) -> Commit {
    Commit {
        id: at.oid.iter().map(|byte| format!("{byte:02x}")).collect(),
        time: Timestamp::from_second(at.time).unwrap_or(Timestamp::UNIX_EPOCH),
    }
}
