//! What is counted over the whole sample while its files come and go.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use fingerprint::{LineId, LineKind, ReadAt, WholeInterval};
use serde::{Deserialize, Serialize};

use super::Bounds;
use super::distinct::{Distinct, HIGHEST};
use super::hits::{Hits, of as of_channel, place};
use super::lines::{LineKey, Lines};
use super::rows::{Names, Rows};
use super::window::{Runs, Standing};
use super::{
    Corpus, FileMatch, LineMatch, Match, MatchError, Places, Recognised, SampleFile, Shares, Total, Verdict, rules,
};
use crate::claim::CorpusRole;

/// The counts.
#[derive(Serialize, Deserialize)]
pub(super) struct Whole {
    rows: Rows,
    totals: BTreeMap<Verdict, Total>,
    recognised: Recognised,
    /// Distinct contents that are the company's, as far as their number tells.
    identical: BTreeSet<[u8; 32]>,
    /// The shares of each level.
    shares: Vec<Shares>,
    counted: Distinct,
    #[serde(with = "super::so_far::of_lines")]
    lines: BTreeMap<LineKey, OfLine>,
    counted_in_lines: Distinct,
    /// The lowest level at which every file was counted wholly: in the shares, and in any line.
    level: u32,
    names: Names,
    /// Bytes that are left for what is known of each file.
    room: usize,
    unnamed: u64,
    thinned: u64,
}

/// The counts of one line.
#[derive(Serialize, Deserialize)]
pub(super) struct OfLine {
    /// Its number among the lines.
    number: u64,
    files: Total,
    numbers: Vec<usize>,
    standing: Standing,
    contents: HashSet<[u8; 32]>,
    /// The lowest level at which each of its files was counted wholly.
    level: u32,
}

/// What one of the company's files takes beside its name and its commits: its numbers, and its content's.
const BYTES_FOR_EACH: usize = 128;

impl Whole {
    pub(super) fn new(bounds: &Bounds) -> Self {
        Whole {
            rows: Rows::default(),
            totals: BTreeMap::new(),
            recognised: Recognised::default(),
            identical: BTreeSet::new(),
            shares: vec![Shares::default(); HIGHEST as usize + 1],
            counted: Distinct::new(bounds.distinct),
            lines: BTreeMap::new(),
            counted_in_lines: Distinct::new(bounds.distinct),
            level: 0,
            names: Names::default(),
            room: bounds.each,
            unnamed: 0,
            thinned: 0,
        }
    }

    /// Counts a file of the sample, as one of so many bytes: `number` is its place there, `at` that among the files that were looked up with it, `line`
    /// where its best place is.
    pub(super) fn add(
        &mut self,
        (file, bytes): (FileMatch, u64),
        of_sample: &SampleFile,
        (number, at): (usize, usize),
        line: Option<LineKey>,
        hits: &Hits,
        lines: &Lines,
    ) {
        let level = of_sample.level;
        let total = self.totals.entry(file.verdict).or_default();
        total.files += 1;
        total.bytes += bytes;
        self.thinned += u64::from(level > 0);
        self.level = self.level.max(level);
        let own = of_channel(file.channel, &of_sample.fingerprints).iter().copied();
        hits.each_of(at, file.channel, own, &mut |fingerprint, key| {
            if let Some(level) = self.counted.insert(place(file.channel) as u64, fingerprint) {
                hits.add_to(key, &mut self.shares[level as usize]);
            }
        });
        if file.verdict.is_ours() {
            match file.identical {
                true => self.recognised.identical += 1,
                false => self.recognised.by_channel[place(file.channel)] += 1,
            }
            let has_enough = self.identical.len() as u64 >= rules::LEAST_IDENTICAL_FILES;
            if file.identical && file.verdict == Verdict::Ours && !has_enough {
                self.identical.insert(file.blake3);
            }
            let takes = file.path.len() + BYTES_FOR_EACH;
            let is_named = self.room >= takes;
            if is_named {
                self.room -= takes;
                self.names.add(number, &file.path);
            } else {
                self.unnamed += 1;
            }
            if let Some(line) = line {
                self.add_to_line((&file, bytes), (number, at), level, line, hits, (lines, is_named));
            }
        }
        self.rows.add(number, file);
    }

    fn add_to_line(
        &mut self,
        (file, bytes): (&FileMatch, u64),
        (number, at): (usize, usize),
        level: u32,
        line: LineKey,
        hits: &Hits,
        (lines, is_named): (&Lines, bool),
    ) {
        let new = self.lines.len() as u64;
        let of = lines.line(line);
        let counts = self.lines.entry(line).or_insert_with(|| OfLine {
            number: new,
            files: Total::default(),
            numbers: Vec::new(),
            standing: Standing::new(of.commits),
            contents: HashSet::new(),
            level: 0,
        });
        counts.files.files += 1;
        counts.files.bytes += bytes;
        counts.level = counts.level.max(level);
        let in_corpus = hits.exact(at).intervals.iter().filter(|(corpus, _)| *corpus == line.0);
        let exact = runs_on(line.1, in_corpus.map(|(_, it)| it));
        // For each set of intervals the commits on the line, and how many of the file's fingerprints have it.
        let mut of_file: HashMap<usize, (Runs, u64)> = HashMap::new();
        for key in hits.keys_of(at, file.channel).iter().filter(|key| hits.is_distinctive(**key)) {
            let Some((corpus, set)) = hits.sets_of(*key).iter().find(|(corpus, _)| *corpus == line.0) else { continue };
            let new = || (runs_on(line.1, hits.set(*corpus, *set)), 0);
            let (runs, count) = of_file.entry(*set).or_insert_with(new);
            if runs.is_empty() {
                continue;
            }
            *count += 1;
            let of = counts.number * 4 + place(file.channel) as u64;
            if let Some(level) = self.counted_in_lines.insert(of, hits.fingerprint(*key)) {
                counts.standing.add_fingerprint(level, runs);
            }
        }
        if !is_named {
            return;
        }
        counts.numbers.push(number);
        if !exact.is_empty() && counts.contents.insert(file.blake3) {
            counts.standing.add_content(&exact);
        }
        if of.kind == LineKind::History {
            let taken = match exact.is_empty() {
                true => {
                    let of_file: Vec<(Runs, u64)> = of_file.into_values().collect();
                    let all = of_file.iter().map(|(_, count)| count).sum();
                    counts.standing.add_file(&of_file, rules::file_fits(all))
                }
                false => counts.standing.add_file(&[(exact, 1)], 1),
            };
            self.room = self.room.saturating_sub(taken);
        }
    }

    /// What it all comes to.
    pub(super) fn finish<R: ReadAt>(
        self,
        corpora: &[Corpus<'_, R>],
        lines: &Lines,
        places: Option<Places>,
    ) -> Result<Match, MatchError> {
        let mut roles = BTreeMap::new();
        corpora.iter().for_each(|corpus| *roles.entry(corpus.role).or_default() += 1);
        let has_public = roles.contains_key(&CorpusRole::Public);
        let verdict = rules::of_sample(&self.totals, self.identical.len() as u64, has_public);
        let mut level = self.level.max(self.counted.level());
        let mut shares = Shares::default();
        self.shares[level as usize..].iter().for_each(|of| shares.add(of));
        let mut line_matches = Vec::new();
        for (key, counts) in self.lines {
            let in_line = counts.level.max(self.counted_in_lines.level());
            level = level.max(in_line);
            line_matches.push(counts.finish(key, in_line, corpora, lines)?);
        }
        line_matches.sort_by_key(|line| std::cmp::Reverse((line.files.files, line.fingerprints)));
        Ok(Match {
            verdict,
            files: self.rows.in_order(),
            totals: self.totals,
            shares,
            lines: line_matches,
            places,
            corpora: roles,
            recognised: self.recognised,
            names: self.names,
            unnamed: self.unnamed,
            thinned: self.thinned,
            level,
        })
    }
}

/// The commits of the intervals that are on a line.
fn runs_on<'i>(line: LineId, intervals: impl IntoIterator<Item = &'i WholeInterval>) -> Runs {
    intervals.into_iter().filter(|it| it.line == line).map(|it| (it.first, it.last)).collect()
}

impl OfLine {
    fn finish<R: ReadAt>(
        self,
        key: LineKey,
        level: u32,
        corpora: &[Corpus<'_, R>],
        lines: &Lines,
    ) -> Result<LineMatch, MatchError> {
        let (of, corpus) = (lines.line(key), &corpora[key.0]);
        let commit = |number: u32| lines.commit(corpora, key, number);
        let fingerprints = self.standing.fingerprints(level);
        let windows = match of.kind == LineKind::History && self.standing.has_any(level) {
            true => Some(self.standing.windows(&self.numbers, level, &commit)?),
            false => None,
        };
        Ok(LineMatch {
            corpus: corpus.name.to_owned(),
            owner: corpus.owner.to_owned(),
            source: of.name.clone(),
            reference: of.reference.clone(),
            kind: of.kind,
            files: self.files,
            numbers: self.numbers,
            fingerprints,
            oldest: commit(0)?,
            newest: commit(of.commits - 1)?,
            windows,
        })
    }
}
