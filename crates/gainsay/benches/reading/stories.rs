//! Annotated stories, read by the program.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::annotation::{Annotated, load};
use crate::common::numbers::Numbers;
use crate::common::table::{Bar, Figure, Table};
use crate::common::{Result, paths, real, say, target};
use crate::score::{Counts, Scored, score};

/// How often the stories are drawn anew from themselves.
const DRAWS: usize = 2000;

/// F1 of each kind, and what it must be on stories that no rule was written with an eye on.
const KINDS: [(&str, f64); 7] = [
    ("span", 0.85),
    ("speaker", 0.78),
    ("stance", 0.70),
    ("organisations", 0.80),
    ("actors", 0.80),
    ("figures", 0.80),
    ("cites", 0.80),
];

pub(crate) fn measure(table: &mut Table) -> Result<()> {
    let (annotated, missing) = load(&paths("TEXTS")?)?;
    if !missing.is_empty() {
        table.skipped("stories", &format!("{} annotated texts are in no folder that TEXTS names", missing.len()));
    }
    let mut errors = Vec::new();
    for (name, held_out) in [("stories rules were written with", false), ("stories held out", true)] {
        let of_it: Vec<&Annotated> = annotated.iter().filter(|it| it.held_out == held_out).collect();
        if of_it.is_empty() {
            continue;
        }
        let mut scored: Vec<Scored> = Vec::new();
        for story in &of_it {
            scored.push(score(&story.slug, &read(story)?, &story.read));
        }
        report(table, &format!("{} {name}", of_it.len()), held_out, &scored);
        errors.extend(scored.into_iter().flat_map(|it| it.errors));
    }
    std::fs::write(target()?.join("reading-errors.txt"), errors.join("\n") + "\n")?;
    Ok(())
}

fn read(story: &Annotated) -> Result<Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gainsay"));
    let output = command.arg("read").arg(&story.text).arg("--json").stdin(Stdio::null()).output()?;
    if !output.status.success() {
        return Err(format!("{}: {}", story.slug, String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn report(table: &mut Table, on: &str, held_out: bool, scored: &[Scored]) {
    let id = |kind: &str| if held_out { kind.to_owned() } else { format!("{kind}/seen") };
    for (kind, bar) in KINDS {
        let bar = held_out.then_some(Bar::AtLeast(bar));
        let all = total(scored.iter(), kind);
        let note = format!(
            "{on}: P {:.2} R {:.2}, {} right of {}, {} there",
            precision(&all),
            recall(&all),
            all.right,
            all.found,
            all.there
        );
        table.estimated(&id(kind), bar, drawn(scored, kind, f1), note);
    }
    for kind in ["vectors", "contacts"] {
        let all = total(scored.iter(), kind);
        table.estimated(
            &id(kind),
            None,
            drawn(scored, kind, f1),
            format!("{on}: {} right of {}, {} there", all.right, all.found, all.there),
        );
    }
    let bars = |bar: f64| held_out.then_some(Bar::AtLeast(bar));
    table.estimated(&id("accepted"), bars(0.90), drawn(scored, "accepted", precision), format!("{on}: precision"));
    table.estimated(&id("accepted-recall"), bars(0.35), drawn(scored, "accepted", recall), format!("{on}: recall"));
    let mut by_sure: BTreeMap<u64, (u64, u64)> = BTreeMap::new();
    for (sure, right) in scored.iter().flat_map(|it| &it.sure) {
        let bin = by_sure.entry(sure / 10 * 10).or_default();
        bin.0 += u64::from(*right);
        bin.1 += 1;
    }
    for (sure, (right, all)) in by_sure {
        say(&format!("  {on}: {sure}–{} % sure: {right} of {all} right", sure + 9));
    }
}

fn total<'s>(scored: impl Iterator<Item = &'s Scored>, kind: &str) -> Counts {
    scored.fold(Counts::default(), |sum, it| {
        let one = it.counts.get(kind).copied().unwrap_or_default();
        Counts { found: sum.found + one.found, there: sum.there + one.there, right: sum.right + one.right }
    })
}

fn f1(counts: &Counts) -> f64 {
    share(2 * counts.right, counts.found + counts.there)
}

fn precision(counts: &Counts) -> f64 {
    share(counts.right, counts.found)
}

fn recall(counts: &Counts) -> f64 {
    share(counts.right, counts.there)
}

fn share(some: u64, all: u64) -> f64 {
    if all == 0 { 0.0 } else { real(some) / real(all) }
}

/// A figure over all stories, in the interval that drawing them anew gives (Efron's percentile bootstrap).
fn drawn(scored: &[Scored], kind: &str, figure: fn(&Counts) -> f64) -> Figure {
    let mut numbers = Numbers(1);
    let mut draws: Vec<f64> = (0..DRAWS)
        .map(|_| figure(&total((0..scored.len()).map(|_| &scored[numbers.index(scored.len())]), kind)))
        .collect();
    draws.sort_unstable_by(f64::total_cmp);
    Figure { value: figure(&total(scored.iter(), kind)), low: draws[DRAWS / 40], high: draws[DRAWS - 1 - DRAWS / 40] }
}
