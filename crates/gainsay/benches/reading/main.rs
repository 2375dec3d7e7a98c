//! How well stories are read, and how fast: `make bench-reading`.
//!
//! Annotated stories are given to `gainsay read --json`, and what it says is held against what people read in them, kind by kind, with
//! 95% intervals by drawing the stories anew. The annotations lie in `annotations/`, the texts belong to their publishers and lie
//! elsewhere: `TEXTS` names folders, and a text is known by its SHA-256. Then the speed over much text, and the memory of ten thousand
//! stories in one run. The table goes to standard output and to `target/bench/reading.json`, each error in reading to
//! `target/bench/reading-errors.txt`, and how often each class of drafts was right, which the reader's confidence is made of
//! (`src/read/confidence.rs`), to `target/bench/reading-classes-seen.txt` and `…-held-out.txt`.
//!
//! Arguments choose groups by name (all where none is given): stories, speed.

mod annotation;
#[path = "../common/mod.rs"]
#[allow(dead_code, reason = "each bench uses its own part of what they share")]
mod common;
mod invented;
mod score;
mod speed;
mod stories;

use std::process::ExitCode;

use common::table::Table;
use common::{Result, say};

/// A group of measurements.
type Measure = fn(&mut Table) -> Result<()>;

const GROUPS: [(&str, Measure); 2] = [("stories", stories::measure), ("speed", speed::measure)];

fn main() -> ExitCode {
    common::ended(measure(&common::arguments()))
}

fn measure(chosen: &[String]) -> Result<()> {
    if let Some(unknown) = chosen.iter().find(|word| GROUPS.iter().all(|(name, _)| name != word)) {
        let names: Vec<&str> = GROUPS.iter().map(|(name, _)| *name).collect();
        return Err(format!("there is no group {unknown}; there are {}", names.join(", ")).into());
    }
    let mut table = Table::default();
    for (name, measure) in GROUPS {
        if chosen.is_empty() || chosen.iter().any(|word| word == name) {
            say(name);
            if let Err(error) = measure(&mut table) {
                table.skipped(name, &error.to_string());
            }
        }
    }
    table.print("how stories are read");
    std::fs::write(common::target()?.join("reading.json"), table.to_json()?)?;
    Ok(())
}
