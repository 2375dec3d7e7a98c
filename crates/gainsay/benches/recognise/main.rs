//! How well what a sample must not reveal is found and that none of it is kept, models that were stored otherwise, builds by their symbols, and pictures of a screen: `make bench-recognise`.
//!
//! The program is given files as a user gives them, and what it says is read from its `--json`; detect-secrets, from PyPI, reads the
//! same files. Precision and recall are by line, with 95% intervals. The table goes to standard output and to
//! `target/bench/recognise.json`; lines that were missed or wrongly named to `target/bench/recognise-wrong.txt`.
//!
//! Arguments choose groups (all where none is given): secrets, planted, models, screens, symbols. `BENCH_LEAKY` is a clone of
//! Plazmaz/leaky-repo, `SEED` chooses the generated files and pictures, `MODELS` is how many models are trained and `SCREENS` how many pictures
//! drawn, of files of `BENCH_SCREENS` and a quarter as many of those of `BENCH_OTHERS`.

#[path = "../common/mod.rs"]
#[allow(dead_code, reason = "each bench uses its own part of what they share")]
mod common;
mod generated;
#[path = "../matching/interval.rs"]
#[allow(dead_code, reason = "shares are all that is estimated here")]
mod interval;
mod models;
mod planted;
mod screens;
mod secrets;
mod symbols;

use std::collections::BTreeMap;
use std::process::ExitCode;

use common::table::{Bar, Table};
use common::{Result, say};
use interval::share;

/// A group of measurements.
type Measure = fn(u64, &mut Table) -> Result<()>;

const GROUPS: [(&str, Measure); 5] = [
    ("secrets", secrets::measure),
    ("planted", planted::measure),
    ("models", models::measure),
    ("screens", screens::measure),
    ("symbols", symbols::measure),
];

/// How many samples of a kind there are, and how many were recognised.
type Count = (usize, usize);

/// Tells what was recognised of ours, in all and for each kind, and what of others' was called ours.
fn recognised(table: &mut Table, name: &str, least: f64, ours: BTreeMap<String, Count>, theirs: Count) {
    let sum = ours.values().fold((0, 0), |sum: Count, count| (sum.0 + count.0, sum.1 + count.1));
    let note = |(all, some): Count| format!("{some} of {all} samples");
    table.estimated(name, Some(Bar::AtLeast(least)), share(sum.1, sum.0), note(sum));
    table.estimated(&format!("{name}/others"), Some(Bar::AtMost(0.0)), share(theirs.1, theirs.0), note(theirs));
    for (kind, count) in ours {
        table.estimated(&format!("{name}/{kind}"), None, share(count.1, count.0), note(count));
    }
}

fn main() -> ExitCode {
    common::ended(measure(&common::arguments()))
}

fn measure(chosen: &[String]) -> Result<()> {
    let mut table = Table::default();
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    for (name, measure) in GROUPS {
        if !chosen.is_empty() && !chosen.iter().any(|word| word == name) {
            table.skipped(name, "not asked for");
        } else if let Err(error) = measure(seed, &mut table) {
            table.skipped(name, &error.to_string());
        }
    }
    table.print(&format!("seed {seed}"));
    let file = common::target()?.join("recognise.json");
    std::fs::write(&file, table.to_json()?)?;
    say(&format!("written: {}", file.display()));
    Ok(())
}
