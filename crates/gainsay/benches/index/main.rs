//! How close the index comes to its limits: `make bench-index`.
//!
//! Each figure is a ratio of two things that were measured back to back, several times over, in one run on one machine:
//! ours and the nearest limit or peer. What the machine does meanwhile thus weighs on both sides. The table goes to
//! standard output and to `target/bench/index.json`, what is under way to standard error.
//!
//! Arguments choose groups by name (all where none is given): kernel, scanoss, tree, history, lookup, memory.
//! `BENCH_REPOSITORIES` names git repositories, with blanks between; `QUICK=1` measures smaller inputs, fewer times.

#[path = "../common/mod.rs"]
#[allow(dead_code, reason = "each bench uses its own part of what they share")]
mod common;
mod history;
mod input;
mod kernel;
mod lookup;
mod memory;
mod peers;
mod tree;

use std::path::PathBuf;
use std::process::ExitCode;

use common::table::Table;
use common::{Result, real, say};
use input::Sources;

/// What every group needs to know.
struct Setting {
    /// Where inputs, desks and results go. It is in the project's own `target`, wherever Cargo builds.
    folder: PathBuf,
    /// Smaller inputs, measured less often.
    quick: bool,
    /// How many threads the program uses by itself.
    threads: usize,
    /// The repositories whose histories are indexed.
    repositories: Vec<PathBuf>,
    /// Source code of this machine.
    sources: Sources,
}

/// A group of measurements.
type Measure = fn(&Setting, &mut Table) -> Result<()>;

/// All groups, by name.
const GROUPS: [(&str, Measure); 6] = [
    ("kernel", kernel::measure),
    ("scanoss", kernel::measure_scanoss),
    ("tree", tree::measure),
    ("history", history::measure),
    ("lookup", lookup::measure),
    ("memory", memory::measure),
];

impl Setting {
    fn from_environment() -> Result<Self> {
        let folder = common::target()?;
        let mut repositories = common::paths("BENCH_REPOSITORIES")?;
        if repositories.is_empty() {
            repositories.push(common::root()?);
        }
        let quick = common::is_set("QUICK");
        let sources = Sources::of_registry(if quick { 40_000_000 } else { 400_000_000 })?;
        let threads = std::thread::available_parallelism()?.get();
        Ok(Setting { folder, quick, threads, repositories, sources })
    }

    /// How often each pair is measured.
    fn repetitions(&self) -> usize {
        if self.quick { 3 } else { 7 }
    }
}

fn main() -> ExitCode {
    common::ended(run())
}

fn run() -> Result<()> {
    let chosen = common::arguments();
    if let Some(unknown) = chosen.iter().find(|word| !GROUPS.iter().any(|(name, _)| name == word)) {
        let names: Vec<_> = GROUPS.iter().map(|(name, _)| *name).collect();
        return Err(format!("there is no group {unknown}; there are {}", names.join(", ")).into());
    }
    let setting = Setting::from_environment()?;
    let mut table = Table::default();
    say(&format!("source text: {}", setting.sources));
    for (name, measure) in GROUPS {
        if !chosen.is_empty() && !chosen.iter().any(|word| word == name) {
            table.skipped(name, "not asked for");
        } else if let Err(error) = measure(&setting, &mut table) {
            table.skipped(name, &error.to_string());
        }
    }

    let machine = format!(
        "{} cores, {}{}",
        setting.threads,
        kernel::instructions(),
        if setting.quick { "; QUICK: smaller inputs, no figures to quote" } else { "" }
    );
    table.print(&machine);
    let file = setting.folder.join("index.json");
    std::fs::write(&file, table.to_json()?)?;
    say(&format!("written: {}", file.display()));
    Ok(())
}

/// The time that something takes, in seconds, and what it gives.
fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let begun = std::time::Instant::now();
    let given = work();
    (begun.elapsed().as_secs_f64(), given)
}

/// Bytes in a time, in MB/s.
fn rate(bytes: u64, seconds: f64) -> f64 {
    real(bytes) / 1e6 / seconds
}
