//! From intervals to the commits to which content belongs: a count of what stands at each commit of a line.

use std::collections::{BTreeMap, BTreeSet};

use fingerprint::{LineKind, ReadAt, WholeInterval};

use super::hits::Hits;
use super::lines::LineKey;
use super::places::Finder;
use super::states::{State, states};
use super::{
    BestCommit, CommitAt, CurvePoint, FileMatch, LineMatch, MatchError, Part, SampleFile, Taking, Total, Window,
    Windows, rules,
};

/// First and last commits of the intervals of one thing, in any order; they may overlap.
pub(super) type Runs = Vec<(u32, u32)>;

/// What was found in a line: `numbers` are the files of the sample that have their best place there.
pub(super) fn of_line<R: ReadAt>(
    finder: &Finder<'_, R>,
    hits: &Hits,
    sample: &[SampleFile],
    files: &[FileMatch],
    line: LineKey,
    numbers: &[usize],
) -> Result<LineMatch, MatchError> {
    let of = finder.line(line);
    let here = |intervals: &[WholeInterval]| -> Runs {
        intervals.iter().filter(|i| i.line == line.1).map(|i| (i.first, i.last)).collect()
    };
    let exact_here = |number: usize| -> Runs {
        let intervals: Vec<WholeInterval> =
            hits.exact(number).intervals.iter().filter(|(corpus, _)| *corpus == line.0).map(|(_, i)| *i).collect();
        here(&intervals)
    };
    let mut total = Total::default();
    let mut things = Things { commits: of.commits, ..Things::default() };
    let mut seen_contents = BTreeSet::new();
    let mut seen_keys = BTreeMap::new();
    for number in numbers {
        total.files += 1;
        total.bytes += sample[*number].fingerprints.bytes;
        let exact = exact_here(*number);
        let mut of_file = Vec::new();
        for key in hits.keys_of(*number, files[*number].channel).iter().filter(|key| hits.is_distinctive(**key)) {
            let runs = seen_keys.entry(*key).or_insert_with(|| here(hits.intervals(line.0, *key)));
            if exact.is_empty() && !runs.is_empty() {
                of_file.push(runs.clone());
            }
        }
        if exact.is_empty() {
            things.files.push((rules::file_fits(of_file.len() as u64), of_file));
        } else {
            things.files.push((1, vec![exact.clone()]));
            if seen_contents.insert(files[*number].blake3) {
                things.contents.push(exact);
            }
        }
    }
    things.fingerprints = seen_keys.into_values().filter(|runs| !runs.is_empty()).collect();
    let countable = !things.fingerprints.is_empty() || !things.contents.is_empty();
    let windows = match of.kind == LineKind::History && countable {
        true => Some(things.windows(numbers, &|number| finder.commit(line, number))?),
        false => None,
    };
    let corpus = finder.corpus(line);
    Ok(LineMatch {
        corpus: corpus.name.to_owned(),
        owner: corpus.owner.to_owned(),
        source: of.name.clone(),
        reference: of.reference.clone(),
        kind: of.kind,
        files: total,
        numbers: numbers.to_vec(),
        fingerprints: things.fingerprints.len() as u64,
        oldest: finder.commit(line, 0)?,
        newest: finder.commit(line, of.commits - 1)?,
        windows,
    })
}

/// The windows of things that are each known by their intervals alone, such as the entries of a listing.
pub(super) fn of_runs(commits: u32, things: Vec<Runs>, commit: &CommitOf<'_>) -> Result<Windows, MatchError> {
    let files = things.iter().map(|runs| (1, vec![runs.clone()])).collect();
    let numbers: Vec<usize> = (0..things.len()).collect();
    Things { commits, fingerprints: things, contents: Vec::new(), files }.windows(&numbers, commit)
}

/// What is counted over the commits of one line.
#[derive(Default)]
struct Things {
    commits: u32,
    fingerprints: Vec<Runs>,
    /// Contents that the sample holds byte for byte.
    contents: Vec<Runs>,
    /// For each file, what is counted for it, and how much of that a commit must have to fit it.
    files: Vec<(u64, Vec<Runs>)>,
}

type CommitOf<'f> = dyn Fn(u32) -> Result<CommitAt, MatchError> + 'f;

impl Things {
    /// `numbers` are those of the files in the sample.
    fn windows(&self, numbers: &[usize], commit: &CommitOf<'_>) -> Result<Windows, MatchError> {
        let live = live_counts(&self.fingerprints, self.commits);
        let identical = live_counts(&self.contents, self.commits);
        // A commit number that matched content stands at exists, since every interval has one.
        let most = identical.iter().copied().zip(live.iter().copied()).max().unwrap_or_default();
        let strict: Vec<bool> = identical.iter().zip(&live).map(|(same, live)| (*same, *live) == most).collect();
        let enough = rules::tolerant(most.1);
        // Files too small for fingerprints have nothing that could be missing in part.
        let tolerant: Vec<bool> =
            if most.1 == 0 { strict.clone() } else { live.iter().map(|live| *live >= enough).collect() };
        let fitting: Vec<Runs> = self.files.iter().map(|(least, runs)| runs_with(runs, *least)).collect();
        let fit = live_counts(&fitting, self.commits);
        let states = states(&fitting);
        let explained: BTreeSet<usize> = states.iter().flat_map(|state| &state.files).copied().collect();
        let unexplained = (0..numbers.len()).filter(|at| !explained.contains(at));
        let taking = |state: State| -> Result<Taking, MatchError> {
            let files = state.files.iter().map(|at| numbers[*at]).collect();
            Ok(Taking { first: commit(state.first)?, last: commit(state.last)?, files })
        };
        Ok(Windows {
            strict: window(&strict, commit)?,
            tolerant: window(&tolerant, commit)?,
            identical: Part { some: most.0, all: self.contents.len() as u64 },
            fingerprints: Part { some: most.1, all: self.fingerprints.len() as u64 },
            best: self.best(&fit, &live, commit)?,
            curve: curve(&fit, &live, commit)?,
            fit_nowhere: unexplained.map(|at| numbers[at]).collect(),
            takings: states.into_iter().map(taking).collect::<Result<_, _>>()?,
        })
    }

    fn best(&self, fit: &[u64], live: &[u64], commit: &CommitOf<'_>) -> Result<BestCommit, MatchError> {
        let best = (0..self.commits).zip(fit.iter().zip(live)).max_by_key(|(number, counts)| (*counts, *number));
        let (number, (files_fit, live)) = best.unwrap_or((0, (&0, &0)));
        Ok(BestCommit {
            commit: commit(number)?,
            files: Part { some: *files_fit, all: self.files.len() as u64 },
            fingerprints: Part { some: *live, all: self.fingerprints.len() as u64 },
        })
    }
}

/// What the windows were read from: how many files fit, and how many fingerprints stood, at each commit from which on that
/// changed; of a curve with more than [`CURVE_POINTS`] changes, for each of as many equal stretches of commits the one that most
/// fit.
fn curve(fit: &[u64], live: &[u64], commit: &CommitOf<'_>) -> Result<Vec<CurvePoint>, MatchError> {
    let heights: Vec<(u64, u64)> = fit.iter().copied().zip(live.iter().copied()).collect();
    let mut at: Vec<usize> = (0..heights.len()).filter(|at| *at == 0 || heights[at - 1] != heights[*at]).collect();
    if at.len() > CURVE_POINTS {
        let stretch = heights.len().div_ceil(CURVE_POINTS);
        let highest = |stretch: &[usize]| stretch.iter().copied().max_by_key(|at| (heights[*at], *at));
        at = at.chunk_by(|a, b| a / stretch == b / stretch).filter_map(highest).collect();
    }
    let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let point = |at: usize| {
        let (files, fingerprints) = heights[at];
        Ok(CurvePoint { commit: commit(number(at))?, files, fingerprints })
    };
    at.into_iter().map(point).collect()
}

/// A curve has at most so many points.
const CURVE_POINTS: usize = 240;

/// For each commit, how many of the things stand there.
fn live_counts(things: &[Runs], commits: u32) -> Vec<u64> {
    let mut begin = vec![0u64; commits as usize + 1];
    let mut end = vec![0u64; commits as usize + 1];
    for (first, last) in things.iter().flat_map(|runs| merged(runs)) {
        begin[first as usize] += 1;
        end[last as usize + 1] += 1;
    }
    let mut live = 0;
    (0..commits as usize)
        .map(|at| {
            live = live + begin[at] - end[at];
            live
        })
        .collect()
}

/// The commits at which at least `least` of the things stand, as runs.
fn runs_with(things: &[Runs], least: u64) -> Runs {
    let mut runs = Runs::new();
    for (first, last, live) in steps(things) {
        if live < least.max(1) {
            continue;
        }
        match runs.last_mut().filter(|run| run.1 + 1 == first) {
            Some(run) => run.1 = last,
            None => runs.push((first, last)),
        }
    }
    runs
}

/// The most things that stand at once, and the newest run of commits at which they do.
pub(super) fn best_run(things: &[Runs]) -> (u64, (u32, u32)) {
    let most = steps(things).iter().map(|(_, _, live)| *live).max().unwrap_or_default();
    (most, runs_with(things, most).last().copied().unwrap_or_default())
}

/// The most that stands at once of things each of which counts for so many.
pub(super) fn most_at_once(things: &[(Runs, u64)]) -> u64 {
    let mut changes: BTreeMap<u32, (u64, u64)> = BTreeMap::new();
    for (runs, count) in things {
        for (first, last) in merged(runs) {
            changes.entry(first).or_default().0 += count;
            changes.entry(last + 1).or_default().1 += count;
        }
    }
    let mut live = 0;
    let after = |(begin, end): &(u64, u64)| {
        live = live + begin - end;
        live
    };
    changes.values().map(after).max().unwrap_or_default()
}

/// The stretches of commits between which the number of standing things does not change, oldest first; where nothing
/// stands there is no stretch.
fn steps(things: &[Runs]) -> Vec<(u32, u32, u64)> {
    let mut changes: BTreeMap<u32, (u64, u64)> = BTreeMap::new();
    for (first, last) in things.iter().flat_map(|runs| merged(runs)) {
        changes.entry(first).or_default().0 += 1;
        changes.entry(last + 1).or_default().1 += 1;
    }
    let starts: Vec<u32> = changes.keys().copied().collect();
    let mut live = 0;
    let mut steps = Vec::new();
    for ((first, (begin, end)), next) in changes.iter().zip(starts.iter().skip(1)) {
        live = live + begin - end;
        if live > 0 {
            steps.push((*first, next - 1, live));
        }
    }
    steps
}

/// One thing's intervals without overlaps, so that it counts once at each commit.
pub(super) fn merged(runs: &[(u32, u32)]) -> Runs {
    let mut sorted = runs.to_vec();
    sorted.sort_unstable();
    let mut merged = Runs::new();
    for (first, last) in sorted {
        match merged.last_mut().filter(|run| run.1 >= first || run.1 + 1 == first) {
            Some(run) => run.1 = run.1.max(last),
            None => merged.push((first, last)),
        }
    }
    merged
}

fn window(holds: &[bool], commit: &CommitOf<'_>) -> Result<Window, MatchError> {
    let at: Vec<u32> = (0u32..).zip(holds).filter(|(_, holds)| **holds).map(|(at, _)| at).collect();
    let (first, last) = (at.first().copied().unwrap_or_default(), at.last().copied().unwrap_or_default());
    let runs = 1 + at.windows(2).filter(|pair| pair[0] + 1 != pair[1]).count();
    let begun_after = first.checked_sub(1).map(commit).transpose()?;
    let ended_by = if last as usize + 1 < holds.len() { Some(commit(last + 1)?) } else { None };
    Ok(Window {
        first: commit(first)?,
        last: commit(last)?,
        begun_after,
        ended_by,
        commits: u32::try_from(at.len()).unwrap_or(u32::MAX),
        runs: u32::try_from(runs).unwrap_or(u32::MAX),
    })
}
