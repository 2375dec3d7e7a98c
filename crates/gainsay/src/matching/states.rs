//! Which states of a history explain the files of a sample: one, two takings a year apart, or more.
//!
//! Between two commits at which a file begins or ceases to fit, nothing changes: a *stretch*. Only the last stretch before files
//! cease to fit can hold the most of any set of files, so only such *peaks* are tried as states; around them, every stretch that
//! explains as much belongs to the window.

use std::collections::BTreeSet;

use super::rules;
use super::window::Runs;

/// So many peaks are tried in pairs; of more, those that most files fit. Each is tried in time that grows with the runs of all
/// files.
const MOST_PEAKS: usize = 2_000;

/// More states than this explain nothing: a history has one for each of its commits.
const MOST_STATES: usize = 8;

/// A state, and the files that it explains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct State {
    /// The first commit from which on the state explains as much, together with the other states.
    pub(super) first: u32,
    /// The last one. Between both it need not do so at each commit.
    pub(super) last: u32,
    /// The files, in order. One that several states explain is with the one that explains most.
    pub(super) files: Vec<usize>,
}

/// The states that explain files, of which each fits the commits of its runs: the one with most files first. A second state
/// counts where it explains enough files that no single one does with the others. Files that are in none fit no state.
pub(super) fn states(files: &[Runs]) -> Vec<State> {
    let stretches = Stretches::new(files);
    let all: Vec<usize> = (0..files.len()).filter(|file| !files[*file].is_empty()).collect();
    let single = stretches.counts(&all);
    let Some(most) = single.iter().copied().max().filter(|most| *most > 0) else { return Vec::new() };
    let enough = rules::taking(all.len() as u64);
    if all.len() as u64 - most >= enough
        && let Some(pair) = stretches.pair(&all, &single)
        && pair.explained >= most + enough
    {
        return stretches.more(&all, pair.states.to_vec());
    }
    let at = |place: usize| single[place] == most;
    let (first, last) = stretches.window(&at, 0..single.len());
    // The newest of the best is where the files are taken from that fit only some of them.
    let best = (0..single.len()).rev().find(|place| at(*place)).unwrap_or_default();
    let files = all.into_iter().filter(|file| stretches.fits(*file, best)).collect();
    vec![State { first, last, files }]
}

/// Two states.
struct Pair {
    states: [State; 2],
    /// How many files they explain together.
    explained: u64,
}

/// The commits between which nothing changes.
struct Stretches {
    /// The first commit of each; the last entry is the one after the last.
    starts: Vec<u32>,
    /// For each file, its runs as first and last stretch, without overlaps.
    files: Vec<Vec<(usize, usize)>>,
}

impl Stretches {
    fn new(files: &[Runs]) -> Self {
        let merged: Vec<Runs> = files.iter().map(|runs| super::window::merged(runs)).collect();
        let mut starts: Vec<u32> = merged.iter().flatten().flat_map(|(first, last)| [*first, last + 1]).collect();
        starts.sort_unstable();
        starts.dedup();
        let place = |commit: u32| starts.partition_point(|start| *start < commit);
        let of_file = |runs: &Runs| runs.iter().map(|(first, last)| (place(*first), place(last + 1) - 1)).collect();
        Stretches { files: merged.iter().map(of_file).collect(), starts }
    }

    fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// For each stretch, how many of these files fit it.
    fn counts(&self, files: &[usize]) -> Vec<u64> {
        let mut changes = vec![0_i64; self.len() + 1];
        for (first, last) in files.iter().flat_map(|file| &self.files[*file]) {
            changes[*first] += 1;
            changes[last + 1] -= 1;
        }
        let mut now = 0;
        changes[..self.len()]
            .iter()
            .map(|change| {
                now += change;
                now.unsigned_abs()
            })
            .collect()
    }

    fn fits(&self, file: usize, stretch: usize) -> bool {
        let runs = &self.files[file];
        let after = runs.partition_point(|(first, _)| *first <= stretch);
        after.checked_sub(1).is_some_and(|at| runs[at].1 >= stretch)
    }

    fn unexplained(&self, files: &[usize], stretch: usize) -> Vec<usize> {
        files.iter().copied().filter(|file| !self.fits(*file, stretch)).collect()
    }

    /// The last stretches before a fall after each rise. What fits any stretch fits the first of these at or after it.
    fn peaks(&self, files: &[usize], counts: &[u64]) -> Vec<usize> {
        let (mut begins, mut ends) = (vec![false; self.len()], vec![false; self.len()]);
        for (first, last) in files.iter().flat_map(|file| &self.files[*file]) {
            begins[*first] = true;
            ends[*last] = true;
        }
        let (mut peaks, mut risen) = (Vec::new(), false);
        for at in 0..self.len() {
            risen |= begins[at];
            if risen && ends[at] {
                peaks.push(at);
                risen = false;
            }
        }
        if peaks.len() > MOST_PEAKS {
            peaks.sort_by_key(|at| std::cmp::Reverse(counts[*at]));
            peaks.truncate(MOST_PEAKS);
            peaks.sort_unstable();
        }
        peaks
    }

    /// The two states that explain most together, each with its window.
    fn pair(&self, files: &[usize], single: &[u64]) -> Option<Pair> {
        let peaks = self.peaks(files, single);
        // For each peak what the best other one adds to it.
        let with_best: Vec<u64> = peaks
            .iter()
            .map(|peak| {
                let rest = self.counts(&self.unexplained(files, *peak));
                single[*peak] + rest.into_iter().max().unwrap_or_default()
            })
            .collect();
        let explained = with_best.iter().copied().max()?;
        // First and last of the stretches that go with a later one, and with an earlier one.
        let [mut early, mut late] = [None::<(usize, usize)>; 2];
        let mut best: Option<(u64, usize, usize)> = None;
        for (peak, _) in peaks.iter().zip(&with_best).filter(|(_, most)| **most == explained) {
            let rest = self.counts(&self.unexplained(files, *peak));
            for (other, more) in rest.into_iter().enumerate().filter(|(other, _)| other != peak) {
                if single[*peak] + more != explained {
                    continue;
                }
                let widest = if other < *peak { &mut early } else { &mut late };
                *widest = Some(widest.map_or((other, other), |(first, last)| (first.min(other), last.max(other))));
                let rank = (single[*peak].max(single[other]), *peak, other);
                best = best.max(Some(rank));
            }
        }
        let (_, peak, other) = best?;
        // Where too many peaks were left out, a window may not have been looked for.
        let early = early.unwrap_or((peak.min(other), peak.min(other)));
        let late = late.unwrap_or((peak.max(other), peak.max(other)));
        let (one, two) = (peak.min(other), peak.max(other));
        let (large, small) = if single[one] >= single[two] { (one, two) } else { (two, one) };
        let state = |stretch: usize, files: Vec<usize>| {
            let (first, last) = if stretch == one { early } else { late };
            State { first: self.starts[first], last: self.starts[last + 1] - 1, files }
        };
        let rest = self.unexplained(files, large);
        let of_large = files.iter().copied().filter(|file| self.fits(*file, large)).collect();
        let of_small = rest.into_iter().filter(|file| self.fits(*file, small)).collect();
        Some(Pair { states: [state(large, of_large), state(small, of_small)], explained })
    }

    /// Goes on with what is left, state after state.
    fn more(&self, all: &[usize], mut states: Vec<State>) -> Vec<State> {
        let enough = rules::taking(all.len() as u64);
        let explained: BTreeSet<usize> = states.iter().flat_map(|state| &state.files).copied().collect();
        let mut left: Vec<usize> = all.iter().copied().filter(|file| !explained.contains(file)).collect();
        while states.len() < MOST_STATES && left.len() as u64 >= enough {
            let counts = self.counts(&left);
            let Some(most) = counts.iter().copied().max().filter(|most| *most >= enough) else { break };
            let at = |place: usize| counts[place] == most;
            let (first, last) = self.window(&at, 0..counts.len());
            let best = (0..counts.len()).rev().find(|place| at(*place)).unwrap_or_default();
            let (files, rest) = left.into_iter().partition(|file| self.fits(*file, best));
            states.push(State { first, last, files });
            left = rest;
        }
        states.sort_by_key(|state| std::cmp::Reverse(state.files.len()));
        states
    }

    /// First and last commit of the stretches of which this holds.
    fn window(&self, holds: &dyn Fn(usize) -> bool, mut places: std::ops::Range<usize>) -> (u32, u32) {
        let first = places.clone().find(|place| holds(*place)).unwrap_or_default();
        let last = places.rfind(|place| holds(*place)).unwrap_or_default();
        (self.starts[first], self.starts[last + 1] - 1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// For each commit, which files fit it.
    fn fitting(files: &[Runs], commits: u32) -> Vec<BTreeSet<usize>> {
        let fits = |runs: &Runs, commit| runs.iter().any(|(first, last)| (*first..=*last).contains(&commit));
        (0..commits).map(|commit| (0..files.len()).filter(|file| fits(&files[*file], commit)).collect()).collect()
    }

    proptest! {
        #[test]
        fn what_two_states_explain_is_the_most_that_any_two_do(
            files in prop::collection::vec(prop::collection::vec((0_u32..30, 0_u32..9), 0..3), 0..24),
        ) {
            let of_file = |runs: &Vec<(u32, u32)>| runs.iter().map(|(first, more)| (*first, first + more)).collect();
            let files: Vec<Runs> = files.iter().map(of_file).collect();
            let at = fitting(&files, 40);
            let any = files.iter().filter(|runs| !runs.is_empty()).count() as u64;
            let most = at.iter().map(|set| set.len() as u64).max().unwrap_or_default();
            let of_two = |a: &BTreeSet<usize>, b: &BTreeSet<usize>| a.union(b).count() as u64;
            let both = at.iter().flat_map(|a| at.iter().map(move |b| of_two(a, b))).max().unwrap_or_default();
            let found = states(&files);
            // No file is in two states, and each fits a commit of the window of its own.
            let explained: Vec<usize> = found.iter().flat_map(|state| state.files.iter().copied()).collect();
            prop_assert_eq!(explained.iter().collect::<BTreeSet<_>>().len(), explained.len());
            for state in &found {
                let within = state.first..=state.last;
                prop_assert!(within.clone().any(|commit| state.files.iter().all(|file| at[commit as usize].contains(file))));
            }
            let enough = rules::taking(any);
            if any - most < enough || both < most + enough {
                prop_assert_eq!(explained.len() as u64, most);
                let is_best = |commit: &u32| at[*commit as usize].len() as u64 == most;
                if let [state] = &found[..] {
                    prop_assert_eq!(Some(state.first), (0..40).find(is_best));
                    prop_assert_eq!(Some(state.last), (0..40).rev().find(is_best));
                }
                return Ok(());
            }
            prop_assert!(found.len() >= 2);
            prop_assert!(explained.len() as u64 >= both);
            // Whichever two commits the files were taken from, they lie in the windows of two states.
            for (a, b) in (0..40_u32).flat_map(|a| (a..40).map(move |b| (a, b))) {
                if of_two(&at[a as usize], &at[b as usize]) == both && both == any {
                    let inside = |commit: u32| found.iter().any(|state| (state.first..=state.last).contains(&commit));
                    prop_assert!(inside(a) && inside(b), "{a} and {b} in {found:?}");
                }
            }
        }
    }

    #[test]
    fn two_takings_are_told_apart_and_strays_fit_nowhere() {
        let march = || vec![(10, 19)];
        let june = || vec![(60, 62)];
        let both = || vec![(0, 99)];
        let files: Vec<Runs> =
            [vec![march(); 5], vec![june(); 4], vec![both(); 6], vec![vec![(40, 41)], vec![]]].concat();
        let found = states(&files);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].first, found[0].last, found[0].files.len()), (10, 19, 11));
        assert_eq!((found[1].first, found[1].last, found[1].files.clone()), (60, 62, vec![5, 6, 7, 8]));
    }
}
