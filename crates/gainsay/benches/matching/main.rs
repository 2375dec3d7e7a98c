//! How well ours is told from what is not: `make bench-matching`, and single samples: `make samples`.
//!
//! Samples of every kind are made from repositories that no threshold was chosen on, and given to the program as a user
//! gives them; what it says is read from its `--json`. Every share has its 95% interval, and its worse end must meet the bar.
//! The table goes to standard output and to `target/bench/matching.json`, the files that were wrongly called ours to
//! `target/bench/matching-false.txt`, those that were not recognised to `target/bench/matching-missed.txt`.
//!
//! Arguments choose groups by name (all where none is given): files, foreign, dating, takings, listings, places, published,
//! peers. `BENCH_REPOSITORIES` names the repositories that are taken for ours, `BENCH_FOREIGN` those whose files are not,
//! `BENCH_PUBLIC` what everybody has, besides the packages that Cargo has unpacked here. `QUICK=1` makes fewer samples.
//! `make REPOSITORY KIND SEED FOLDER` writes one sample instead.

#[path = "../common/mod.rs"]
#[allow(dead_code, reason = "each bench uses its own part of what they share")]
mod common;
mod dating;
mod files;
mod interval;
mod peers;
mod samples;
mod setting;
mod whole;

use std::path::Path;
use std::process::ExitCode;

use common::table::Table;
use common::{Result, say};
use samples::Kind;
use samples::foreign::Foreign;
use setting::Setting;

/// A group of measurements.
type Measure = fn(&Setting, &mut Table) -> Result<()>;

/// All groups, by name. The published corpora subtract from all that comes after them.
const GROUPS: [(&str, Measure); 8] = [
    ("files", files::measure),
    ("peers", peers::measure),
    ("foreign", whole::measure_foreign),
    ("dating", dating::measure),
    ("takings", dating::measure_takings),
    ("listings", dating::measure_listings),
    ("places", whole::measure_places),
    ("published", whole::measure_published),
];

fn main() -> ExitCode {
    let words = common::arguments();
    let done = match words.as_slice() {
        [make, repository, kind, seed, out] if make == "make" => sample(repository, kind, seed, out),
        chosen => measure(chosen),
    };
    common::ended(done)
}

fn sample(repository: &str, kind: &str, seed: &str, out: &str) -> Result<()> {
    let root = common::root()?;
    let Some(kind) = Kind::ALL.into_iter().find(|known| known.word() == kind) else {
        let words: Vec<_> = Kind::ALL.iter().map(|kind| kind.word()).collect();
        return Err(format!("there is no kind {kind}; there are {}", words.join(", ")).into());
    };
    let foreign = match kind {
        Kind::Unrelated | Kind::ForeignSamples => {
            Foreign::check_out(&common::paths("BENCH_FOREIGN")?, &common::target()?.join("matching/foreign"))?
        }
        _ => Foreign::default(),
    };
    let out = root.join(out);
    samples::make(&root.join(repository), kind, seed.parse()?, &foreign, &out)?;
    say(&format!("written: {}", Path::new(&out).display()));
    Ok(())
}

fn measure(chosen: &[String]) -> Result<()> {
    if let Some(unknown) = chosen.iter().find(|word| !GROUPS.iter().any(|(name, _)| name == word)) {
        let names: Vec<_> = GROUPS.iter().map(|(name, _)| *name).collect();
        return Err(format!("there is no group {unknown}; there are {}", names.join(", ")).into());
    }
    let setting = Setting::from_environment()?;
    let mut table = Table::default();
    for (name, measure) in GROUPS {
        if !chosen.is_empty() && !chosen.iter().any(|word| word == name) {
            table.skipped(name, "not asked for");
        } else if let Err(error) = measure(&setting, &mut table) {
            table.skipped(name, &error.to_string());
        }
    }
    table.print(&setting.in_words());
    let file = common::target()?.join("matching.json");
    std::fs::write(&file, table.to_json()?)?;
    say(&format!("written: {}", file.display()));
    Ok(())
}
