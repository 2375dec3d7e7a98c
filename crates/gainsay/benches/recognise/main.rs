//! How well what a sample must not reveal is found and that none of it is kept, models that were stored otherwise, and builds by their symbols: `make bench-recognise`.
//!
//! The program is given files as a user gives them, and what it says is read from its `--json`; detect-secrets, from PyPI, reads the
//! same files. Precision and recall are by line, with 95% intervals. The table goes to standard output and to
//! `target/bench/recognise.json`; lines that were missed or wrongly named to `target/bench/recognise-wrong.txt`.
//!
//! Arguments choose groups (all where none is given): secrets, planted, models, symbols. `BENCH_LEAKY` is a clone of Plazmaz/leaky-repo, `SEED` chooses
//! the generated files, `MODELS` is how many models are trained.

#[path = "../common/mod.rs"]
#[allow(dead_code, reason = "each bench uses its own part of what they share")]
mod common;
mod generated;
#[path = "../matching/interval.rs"]
#[allow(dead_code, reason = "shares are all that is estimated here")]
mod interval;
mod models;
mod planted;
mod secrets;
mod symbols;

use std::process::ExitCode;

use common::table::Table;
use common::{Result, say};

/// A group of measurements.
type Measure = fn(u64, &mut Table) -> Result<()>;

const GROUPS: [(&str, Measure); 4] = [
    ("secrets", secrets::measure),
    ("planted", planted::measure),
    ("models", models::measure),
    ("symbols", symbols::measure),
];

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
