//! When a sample was taken: windows of commits, held against all commits of the line.

use std::collections::{BTreeMap, BTreeSet};

use gix::ObjectId;
use serde_json::Value;

use crate::common::table::{Bar, Table};
use crate::common::{Result, real, say};
use crate::interval::{mean, share};
use crate::samples::history::History;
use crate::samples::{self, Kind, Truth};
use crate::setting::{Answer, Setting, Tested};

/// First and last commit of a window, by number in the line.
type Span = (usize, usize);

/// `dating-exact`, `dating-edited` and `dating-width`
pub(crate) fn measure(setting: &Setting, table: &mut Table) -> Result<()> {
    let mut widths = Vec::new();
    for (kind, bar) in [(Kind::DatingExact, 1.0), (Kind::DatingEdited, 0.98)] {
        let each = setting.count(480, 24).div_ceil(setting.tested.len());
        inside(setting, table, kind, bar, each, &mut |tested, truth, answer| {
            let window = &answer.0["window"];
            let strict = span(&tested.history, &window["strict"]);
            let commit = truth.commits.first().copied().unwrap_or_default();
            if kind == Kind::DatingExact {
                if let (Some(strict), Some(narrowest)) = (strict, narrowest(&tested.history, truth)) {
                    widths.push(real(width(strict)) / real(width(narrowest)));
                }
                return strict.is_some_and(|span| holds(span, commit));
            }
            span(&tested.history, window).is_some_and(|span| holds(span, commit))
        })?;
    }
    if let Some(figure) = mean(&widths) {
        let note = format!("mean of {} samples of dating-exact, in commits from first to last", widths.len());
        table.estimated("dating-width", Some(Bar::AtMost(1.1)), figure, note);
    }
    Ok(())
}

/// `two-takings`
pub(crate) fn measure_takings(setting: &Setting, table: &mut Table) -> Result<()> {
    let each = setting.count(180, 24).div_ceil(setting.tested.len());
    inside(setting, table, Kind::TwoTakings, 0.95, each, &mut |tested, truth, answer| {
        let named: Vec<Span> = answer.0["takings"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|taking| span(&tested.history, taking))
            .collect();
        let [one, other] = truth.commits.as_slice() else { return false };
        // Each by a taking of its own.
        let by = |at: usize, commit: usize| named.get(at).is_some_and(|span| holds(*span, commit));
        named.len() == 2 && (by(0, *one) && by(1, *other) || by(1, *one) && by(0, *other))
    })
}

/// `listing-100`
pub(crate) fn measure_listings(setting: &Setting, table: &mut Table) -> Result<()> {
    let each = setting.count(480, 24).div_ceil(setting.tested.len());
    inside(setting, table, Kind::Listing100, 0.99, each, &mut |tested, truth, answer| {
        let commit = truth.commits.first().copied().unwrap_or_default();
        span(&tested.history, &answer.0["listings"][0]["window"]).is_some_and(|span| holds(span, commit))
    })
}

/// Of how many samples the truth is where it must be.
fn inside(
    setting: &Setting,
    table: &mut Table,
    kind: Kind,
    bar: f64,
    each: usize,
    is_right: &mut dyn FnMut(&Tested, &Truth, &Answer) -> bool,
) -> Result<()> {
    let (mut right, mut all) = (0, 0);
    let mut rows = Vec::new();
    for tested in &setting.tested {
        say(&format!("{}: {}", kind.word(), tested.name));
        let (mut right_here, mut wrong) = (0, Vec::new());
        let mut made = 0;
        for seed in 0..each as u64 {
            let sample = setting.sample();
            let truth = match samples::write(&tested.history, kind, seed, kind.files(), &tested.foreign, &sample) {
                Ok(truth) => truth,
                // A repository that is too small or too quiet for such samples.
                Err(error) => {
                    wrong.push(error.to_string());
                    break;
                }
            };
            made += 1;
            let listing = sample.join("listing.txt");
            let answer = setting.matched(&tested.name, if listing.exists() { &listing } else { &sample })?;
            if is_right(tested, &truth, &answer) {
                right_here += 1;
            } else {
                wrong.push(seed.to_string());
            }
        }
        right += right_here;
        all += made;
        let wrong = match wrong.get(..wrong.len().min(8)) {
            Some([]) | None => String::new(),
            Some(some) => format!("; not with seeds {}", some.join(", ")),
        };
        rows.push((right_here, made, format!("{}: {right_here} of {made} samples{wrong}", tested.name)));
    }
    let note = format!("all: {right} of {all} samples");
    table.estimated(kind.word(), Some(Bar::AtLeast(bar)), share(right, all), note);
    for (some, of, note) in rows {
        table.estimated(kind.word(), Some(Bar::AtLeast(bar)), share(some, of), note);
    }
    Ok(())
}

fn span(history: &History, window: &Value) -> Option<Span> {
    let commit = |end: &str| history.number(window[end]["id"].as_str().filter(|id| !id.is_empty())?);
    Some((commit("first")?, commit("last")?))
}

fn holds((first, last): Span, commit: usize) -> bool {
    (first..=last).contains(&commit)
}

fn width((first, last): Span) -> u64 {
    (last + 1 - first) as u64
}

/// From the first to the last commit at which all contents of a sample stood at once: of all commits of the line, looked at
/// one by one.
fn narrowest(history: &History, truth: &Truth) -> Option<Span> {
    let commit = truth.commits.first().copied()?;
    let paths: BTreeSet<&str> = truth.files.values().map(|whence| whence.path.as_str()).collect();
    let wanted: BTreeSet<ObjectId> = history
        .at(commit)
        .iter()
        .filter(|version| paths.contains(version.path.as_str()))
        .map(|version| version.blob)
        .collect();
    let mut standing: BTreeMap<usize, BTreeSet<ObjectId>> = BTreeMap::new();
    for version in history.versions.iter().filter(|version| wanted.contains(&version.blob)) {
        for commit in version.first..=version.last {
            standing.entry(commit).or_default().insert(version.blob);
        }
    }
    let mut all = standing.iter().filter(|(_, blobs)| blobs.len() == wanted.len()).map(|(commit, _)| *commit);
    let first = all.next()?;
    Some((first, all.next_back().unwrap_or(first)))
}
