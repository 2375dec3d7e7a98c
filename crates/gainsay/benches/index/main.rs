//! How close the index comes to its limits: `make bench-index`.
//!
//! Each figure is a ratio of two things that were measured back to back, several times over, in one run on one machine:
//! ours and the nearest limit or peer. What the machine does meanwhile thus weighs on both sides. The table goes to
//! standard output and to `target/bench/index.json`, what is under way to standard error.
//!
//! Arguments choose groups by name (all where none is given): kernel, scanoss, tree, history, lookup, memory.
//! `BENCH_REPOSITORIES` names git repositories, with blanks between; `QUICK=1` measures smaller inputs, fewer times.

mod history;
mod input;
mod kernel;
mod lookup;
mod memory;
mod peers;
mod program;
mod table;
mod tree;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use input::Sources;
use table::Table;

/// What a measurement gives. Its error says why there is no figure.
type Result<T> = std::result::Result<T, Box<dyn Error>>;

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
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?;
        let folder = root.join("target/bench");
        std::fs::create_dir_all(&folder)?;
        let named = std::env::var("BENCH_REPOSITORIES").unwrap_or_default();
        // Relative ones are as in the Makefile, from the root.
        let mut repositories: Vec<_> = named.split_whitespace().map(|path| root.join(path)).collect();
        if repositories.is_empty() {
            repositories.push(root);
        }
        let quick = std::env::var_os("QUICK").is_some_and(|value| !value.is_empty() && value != "0");
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
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let chosen: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
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

/// Tells on standard error what is under way.
#[expect(clippy::print_stderr, reason = "a bench talks to who started it")]
fn say(words: &str) {
    eprintln!("{words}");
}

/// The time that something takes, in seconds, and what it gives.
fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let begun = std::time::Instant::now();
    let given = work();
    (begun.elapsed().as_secs_f64(), given)
}

/// A count as a number to calculate with.
#[expect(clippy::cast_precision_loss, reason = "figures are given with three digits")]
fn real(count: u64) -> f64 {
    count as f64
}

/// Bytes in a time, in MB/s.
fn rate(bytes: u64, seconds: f64) -> f64 {
    real(bytes) / 1e6 / seconds
}
