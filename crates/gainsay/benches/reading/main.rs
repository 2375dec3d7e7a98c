//! How well statements are read, and how fast: `make bench-reading`.
//!
//! Stories that people annotated are given to the program as a user gives them, and what it says is read from its `--json`. F1 of
//! each tier has its 95% interval, from drawing the stories anew. The table goes to standard output and to
//! `target/bench/reading.json`; how often each class of drafts was right, which the reader's confidence is made of, goes to
//! `target/bench/reading-classes.txt`.
//!
//! `GOLD` names the folders of annotations, `TEXTS` those in which their texts lie; a text that is not there is said and left
//! out. Arguments choose groups by name (all where none is given): stories, speed, many. `QUICK=1` measures smaller inputs.
//! `keep FOLDER…` writes annotations that lie beside their texts into `benches/reading/annotations`, without the texts.

#[path = "../common/mod.rs"]
#[allow(dead_code, reason = "each bench uses its own part of what they share")]
mod common;
#[path = "../matching/interval.rs"]
#[allow(dead_code, reason = "each bench uses its own part of what they share")]
mod interval;
mod score;
mod speed;
mod story;

use std::process::ExitCode;

use common::table::Table;
use common::{Result, say};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let done = match words.as_slice() {
        [keep, folders @ ..] if keep == "keep" => folders.iter().try_for_each(|folder| story::keep(folder.as_ref())),
        chosen => measure(chosen),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn measure(chosen: &[String]) -> Result<()> {
    let asked = |group: &str| chosen.is_empty() || chosen.iter().any(|c| c == group);
    let mut table = Table::default();
    if asked("stories") {
        score::measure(&mut table)?;
    }
    if asked("speed") {
        speed::measure_speed(&mut table)?;
    }
    if asked("many") {
        speed::measure_many(&mut table)?;
    }
    table.print("");
    std::fs::write(common::target()?.join("reading.json"), table.to_json()?)?;
    Ok(())
}
