//! How well claims are weighed: `make bench-weighing`.
//!
//! `BENCH_STATEMENTS` names a file of contested propositions with what was said of each at the time (`docs/weighing.md`) and, in
//! `outcome`, what later became known. The program gets them without it, as a user gives them, and its likelihoods are scored beside
//! simple ways to judge. `TEXTS` are folders with the stories whose disagreements people have read. Then how fast a case shows on a desk of many, and what it takes to verify a long ledger. The table goes to
//! standard output and to `target/bench/weighing.json`. Arguments choose among the measurements by their names, `QUICK` makes smaller
//! desks.

#[path = "../reading/annotation.rs"]
#[allow(dead_code, reason = "each bench uses its own part of what they share")]
mod annotation;
#[path = "../common/mod.rs"]
#[allow(dead_code, reason = "each bench uses its own part of what they share")]
mod common;
mod disagreements;
#[path = "../matching/interval.rs"]
#[allow(dead_code, reason = "each bench uses its own part of what they share")]
mod interval;
#[path = "../reading/invented.rs"]
mod invented;
mod score;
mod speed;

use std::process::ExitCode;

use common::table::Table;
use common::{Result, say};

fn main() -> ExitCode {
    common::ended(measure())
}

fn measure() -> Result<()> {
    let mut table = Table::default();
    let only = common::arguments();
    for (name, measure) in [
        ("brier", brier as fn(&mut Table) -> Result<()>),
        ("disagreements", disagreements::measure),
        ("show", speed::show),
        ("verify", speed::verify),
    ] {
        if only.is_empty() || only.iter().any(|it| it == name) {
            measure(&mut table)?;
        }
    }
    table.print("Brier scores are the mean square of likelihood less outcome: 0 is best, 0.25 is to know nothing");
    let file = common::target()?.join("weighing.json");
    std::fs::write(&file, table.to_json()?)?;
    say(&format!("written: {}", file.display()));
    Ok(())
}

fn brier(table: &mut Table) -> Result<()> {
    match common::paths("BENCH_STATEMENTS")?.as_slice() {
        [] => table.skipped("brier", "no propositions: name a file with STATEMENTS"),
        [file] if !file.exists() => table.skipped("brier", &format!("there is no {}", file.display())),
        [file] => score::measure(file, table)?,
        _ => return Err("STATEMENTS names one file".into()),
    }
    Ok(())
}
