//! From intervals to the commits to which content belongs: a count of what stands at each commit of a line.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::states::{State, states};
use super::{BestCommit, CommitAt, CurvePoint, MatchError, Part, Taking, Window, Windows, rules};

/// First and last commits of the intervals of one thing, in any order; they may overlap.
pub(super) type Runs = Vec<(u32, u32)>;

/// The windows of things that are each known by their intervals alone, such as the entries of a listing.
pub(super) fn of_runs(commits: u32, things: Vec<Runs>, commit: &CommitOf<'_>) -> Result<Windows, MatchError> {
    let numbers: Vec<usize> = (0..things.len()).collect();
    let mut standing = Standing::new(commits);
    for runs in things {
        standing.add_fingerprint(0, &runs);
        standing.add_file(&[(runs, 1)], 1);
    }
    standing.windows(&numbers, 0, commit)
}

/// What stands at the commits of one line, counted as it comes.
#[derive(Serialize, Deserialize)]
pub(super) struct Standing {
    commits: u32,
    /// The fingerprints of each level.
    fingerprints: Vec<Changes>,
    /// Contents that the sample holds byte for byte.
    contents: Changes,
    /// For each file the commits that it fits.
    fitting: Vec<Runs>,
}

/// How many things stand at each commit: for each commit, how many more than at the one before.
#[derive(Default, Serialize, Deserialize)]
struct Changes {
    /// How many things in all.
    things: u64,
    changes: Vec<i32>,
}

pub(super) type CommitOf<'f> = dyn Fn(u32) -> Result<CommitAt, MatchError> + 'f;

impl Standing {
    pub(super) fn new(commits: u32) -> Self {
        Standing { commits, fingerprints: Vec::new(), contents: Changes::default(), fitting: Vec::new() }
    }

    /// Adds a fingerprint of a level that has not been added.
    pub(super) fn add_fingerprint(&mut self, level: u32, runs: &[(u32, u32)]) {
        let level = level as usize;
        if self.fingerprints.len() <= level {
            self.fingerprints.resize_with(level + 1, Changes::default);
        }
        self.fingerprints[level].add(self.commits, runs);
    }

    /// Adds a content that has not been added.
    pub(super) fn add_content(&mut self, runs: &[(u32, u32)]) {
        self.contents.add(self.commits, runs);
    }

    /// Adds a file of which `least` of these things, each of which counts for so many, must stand at a commit that it fits; gives back
    /// the bytes that this takes.
    pub(super) fn add_file(&mut self, things: &[(Runs, u64)], least: u64) -> usize {
        self.fitting.push(runs_with(things, least));
        self.fitting.last().map_or(0, |runs| size_of::<Runs>() + size_of_val(runs.as_slice()))
    }

    /// How many fingerprints there are from a level on.
    pub(super) fn fingerprints(&self, level: u32) -> u64 {
        self.fingerprints.iter().skip(level as usize).map(|of| of.things).sum()
    }

    /// Whether anything stands anywhere.
    pub(super) fn has_any(&self, level: u32) -> bool {
        self.contents.things > 0 || self.fingerprints(level) > 0
    }

    /// `numbers` are those of the files in the sample; of the fingerprints those from `level` on are counted.
    pub(super) fn windows(self, numbers: &[usize], level: u32, commit: &CommitOf<'_>) -> Result<Windows, MatchError> {
        let live = live_counts(self.fingerprints.iter().skip(level as usize), self.commits);
        let identical = live_counts([&self.contents], self.commits);
        let all = self.fingerprints(level);
        // A commit number that matched content stands at exists, since every interval has one.
        let most = identical.iter().copied().zip(live.iter().copied()).max().unwrap_or_default();
        let strict: Vec<bool> = identical.iter().zip(&live).map(|(same, live)| (*same, *live) == most).collect();
        let enough = rules::tolerant(most.1);
        // Files too small for fingerprints have nothing that could be missing in part.
        let tolerant: Vec<bool> =
            if most.1 == 0 { strict.clone() } else { live.iter().map(|live| *live >= enough).collect() };
        let mut fit = Changes::default();
        self.fitting.iter().for_each(|runs| fit.add(self.commits, runs));
        let fit = live_counts([&fit], self.commits);
        let states = states(&self.fitting);
        let explained: BTreeSet<usize> = states.iter().flat_map(|state| &state.files).copied().collect();
        let unexplained = (0..numbers.len()).filter(|at| !explained.contains(at));
        let taking = |state: State| -> Result<Taking, MatchError> {
            let files = state.files.iter().map(|at| numbers[*at]).collect();
            Ok(Taking { first: commit(state.first)?, last: commit(state.last)?, files })
        };
        let best = (0..self.commits).zip(fit.iter().zip(&live)).max_by_key(|(number, counts)| (*counts, *number));
        let (number, (files_fit, best_live)) = best.unwrap_or((0, (&0, &0)));
        Ok(Windows {
            strict: window(&strict, commit)?,
            tolerant: window(&tolerant, commit)?,
            identical: Part { some: most.0, all: self.contents.things },
            fingerprints: Part { some: most.1, all },
            best: BestCommit {
                commit: commit(number)?,
                files: Part { some: *files_fit, all: self.fitting.len() as u64 },
                fingerprints: Part { some: *best_live, all },
            },
            curve: curve(&fit, &live, commit)?,
            fit_nowhere: unexplained.map(|at| numbers[at]).collect(),
            takings: states.into_iter().map(taking).collect::<Result<_, _>>()?,
        })
    }
}

impl Changes {
    fn add(&mut self, commits: u32, runs: &[(u32, u32)]) {
        if self.changes.is_empty() {
            self.changes = vec![0; commits as usize + 1];
        }
        self.things += 1;
        let mut add = |(first, last): (u32, u32)| {
            self.changes[first as usize] += 1;
            self.changes[last as usize + 1] -= 1;
        };
        match runs {
            [run] => add(*run),
            runs => merged(runs).into_iter().for_each(add),
        }
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
fn live_counts<'c>(counted: impl IntoIterator<Item = &'c Changes>, commits: u32) -> Vec<u64> {
    let mut changes = vec![0i64; commits as usize];
    for of in counted {
        changes.iter_mut().zip(&of.changes).for_each(|(sum, change)| *sum += i64::from(*change));
    }
    let mut live = 0;
    changes
        .into_iter()
        .map(|change| {
            live += change;
            live.unsigned_abs()
        })
        .collect()
}

/// The commits at which at least `least` of the things stand, as runs.
fn runs_with(things: &[(Runs, u64)], least: u64) -> Runs {
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

/// The most that stands at once of things each of which counts for so many, and the newest run of commits at which it does.
pub(super) fn best_run(things: &[(Runs, u64)]) -> (u64, (u32, u32)) {
    let most = most_at_once(things);
    (most, runs_with(things, most).last().copied().unwrap_or_default())
}

/// The most that stands at once of things each of which counts for so many.
pub(super) fn most_at_once(things: &[(Runs, u64)]) -> u64 {
    steps(things).iter().map(|(_, _, live)| *live).max().unwrap_or_default()
}

/// The stretches of commits between which it does not change what stands there, oldest first, with how much it counts for; where nothing
/// stands there is no stretch.
fn steps(things: &[(Runs, u64)]) -> Vec<(u32, u32, u64)> {
    let mut changes: BTreeMap<u32, (u64, u64)> = BTreeMap::new();
    for (runs, count) in things {
        for (first, last) in merged(runs) {
            changes.entry(first).or_default().0 += count;
            changes.entry(last + 1).or_default().1 += count;
        }
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
