//! What hostile samples do to the worker that opens them, and what it costs: `make bench-samples`.
//!
//! `hostile` makes two hundred files by hand and ten thousand by changing archives at random, all by one seed (SEED), and opens each in a
//! locked-down worker; after each a good file must come out whole. `throughput` holds a whole match (the program that BENCH_GAINSAY names)
//! against the decoders alone, of files made by the seed and of the sources that cargo keeps (BENCH_REGISTRY); `sandbox` the worker
//! against one that is not locked down, and `memory` has a nested archive matched that comes to 20 GB. The figures go to standard output
//! and to `target/bench/samples.json`.
//!
//! Arguments choose rows by name (all where none is given). `QUICK=1` makes a tenth of everything.

#[path = "../../../gainsay/benches/common/files.rs"]
#[allow(dead_code, reason = "each bench uses its own part")]
mod files;
mod handmade;
mod hostile;
mod load;
#[path = "../../tests/makers/mod.rs"]
#[allow(dead_code, reason = "the tests and the bench each use their own part")]
mod makers;
mod random;
#[path = "../../../gainsay/benches/common/table.rs"]
#[allow(dead_code, reason = "each bench uses its own part")]
mod table;

use std::fs::File;
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use table::{Bar, Table};

pub(crate) type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The worker: the honest one of the tests.
pub(crate) const CHILD: &str = env!("CARGO_BIN_EXE_unpack-child");

fn main() -> ExitCode {
    match measure() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn measure() -> Result<()> {
    let chosen: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let is_chosen = |id: &str| chosen.is_empty() || chosen.iter().any(|it| it == id);
    let is_quick = std::env::var("QUICK").is_ok_and(|quick| !quick.is_empty());
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let mut table = Table::default();
    if is_chosen("hostile") {
        hostile::measure(&mut table, seed, if is_quick { 1_000 } else { 10_000 })?;
    }
    let megabytes = if is_quick { 100 } else { 1_000 };
    if is_chosen("throughput") {
        load::measure_throughput(&mut table, &gainsay()?, registry().as_deref(), megabytes)?;
    }
    if is_chosen("sandbox") {
        load::measure_sandbox(&mut table, megabytes)?;
    }
    if is_chosen("memory") {
        load::measure_memory(&mut table, &gainsay()?, if is_quick { 2 } else { 20 })?;
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    table.print(&format!("seed {seed}, {cores} cores"));
    let folder = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("../../target"), PathBuf::from);
    std::fs::create_dir_all(folder.join("bench"))?;
    let file = folder.join("bench/samples.json");
    std::fs::write(&file, table.to_json()?)?;
    say(&format!("written: {}", file.display()));
    Ok(())
}

pub(crate) fn say(line: &str) {
    // Whoever reads this may have gone.
    let _ = writeln!(io::stdout(), "{line}");
}

/// A file without a name that holds these bytes.
pub(crate) fn file_of(bytes: &[u8]) -> Result<File> {
    let mut file = tempfile::tempfile()?;
    file.write_all(bytes)?;
    file.rewind()?;
    Ok(file)
}

/// The program, built with optimisations.
fn gainsay() -> Result<PathBuf> {
    let named = std::env::var_os("BENCH_GAINSAY").map(PathBuf::from).filter(|path| path.is_file());
    Ok(named.ok_or("BENCH_GAINSAY names no program: run `make bench-samples`")?)
}

/// The folder of sources that cargo keeps, if it is there.
fn registry() -> Option<PathBuf> {
    std::env::var_os("BENCH_REGISTRY").map(PathBuf::from).filter(|path| path.is_dir())
}

pub(crate) fn child() -> &'static Path {
    Path::new(CHILD)
}
