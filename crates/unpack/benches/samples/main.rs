//! What hostile samples do to the worker that opens them, and what it costs: `make bench-samples`.
//!
//! `hostile` makes two hundred files by hand and ten thousand by changing archives at random, all by one seed (SEED), and opens each in a
//! locked-down worker; after each a good file must come out whole. `throughput` holds a whole match (the program that BENCH_GAINSAY names)
//! against the decoders alone, `sandbox` the worker against one that is not locked down, and `memory` has a nested archive matched
//! that comes to 20 GB. The figures go to standard output and to `target/bench/samples.json`.
//!
//! Arguments choose rows by name (all where none is given). `QUICK=1` makes a tenth of everything.

mod handmade;
mod hostile;
mod load;
#[path = "../../tests/makers/mod.rs"]
#[allow(dead_code, reason = "the tests and the bench each use their own part")]
mod makers;
mod random;

use std::fs::File;
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::{Value, json};

pub(crate) type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The worker: the honest one of the tests.
pub(crate) const CHILD: &str = env!("CARGO_BIN_EXE_unpack-child");

/// One figure.
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) value: f64,
    pub(crate) bound: Option<Bound>,
    pub(crate) note: String,
}

/// What a figure must be.
#[derive(Clone, Copy)]
pub(crate) enum Bound {
    Most(f64),
    Least(f64),
}

impl Row {
    fn is_met(&self) -> Option<bool> {
        self.bound.map(|bound| match bound {
            Bound::Most(most) => self.value <= most,
            Bound::Least(least) => self.value >= least,
        })
    }
}

fn main() -> ExitCode {
    match measure() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            say(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn measure() -> Result<bool> {
    let chosen: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let is_chosen = |id: &str| chosen.is_empty() || chosen.iter().any(|it| it == id);
    let is_quick = std::env::var("QUICK").is_ok_and(|quick| !quick.is_empty());
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let mut rows = Vec::new();
    if is_chosen("hostile") {
        rows.extend(hostile::measure(seed, if is_quick { 1_000 } else { 10_000 })?);
    }
    let megabytes = if is_quick { 100 } else { 1_000 };
    if is_chosen("throughput") {
        rows.push(load::measure_throughput(&gainsay()?, megabytes)?);
    }
    if is_chosen("sandbox") {
        rows.push(load::measure_sandbox(megabytes)?);
    }
    if is_chosen("memory") {
        rows.push(load::measure_memory(&gainsay()?, if is_quick { 2 } else { 20 })?);
    }
    for row in &rows {
        let most = row.bound.map_or(String::new(), |bound| match bound {
            Bound::Most(most) => format!("≤ {most}"),
            Bound::Least(least) => format!("≥ {least}"),
        });
        let met = row.is_met().map_or("", |met| if met { "met" } else { "MISSED" });
        say(&format!("{:<24} {:>12.3} {most:<10} {met:<7} {}", row.id, row.value, row.note));
    }
    let all: Vec<Value> = rows
        .iter()
        .map(|row| json!({ "id": row.id, "value": row.value, "met": row.is_met(), "note": row.note }))
        .collect();
    let folder = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("../../target"), PathBuf::from);
    std::fs::create_dir_all(folder.join("bench"))?;
    let file = folder.join("bench/samples.json");
    std::fs::write(&file, serde_json::to_string_pretty(&json!({ "seed": seed, "rows": all }))?)?;
    say(&format!("written: {}", file.display()));
    Ok(rows.iter().all(|row| row.is_met() != Some(false)))
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

pub(crate) fn child() -> &'static Path {
    Path::new(CHILD)
}
