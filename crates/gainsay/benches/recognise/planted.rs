//! Planted secrets, looked for in all that the program leaves behind.

use std::ffi::OsStr;
use std::fs;

use crate::common::files::files_below;
use crate::common::table::{Bar, Figure, Table};
use crate::common::{Result, real, target};
use crate::{generated, secrets};

/// How many different values are found by grep over the desk, what was printed and exported, and the temporary folder.
pub(crate) fn measure(seed: u64, table: &mut Table) -> Result<()> {
    let folder = target()?.join("planted");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let sample = folder.join("sample");
    let set = generated::write(&sample, seed.wrapping_add(1), 140)?;
    let desk = secrets::desk(&folder)?;
    let mut left: Vec<u8> = Vec::new();
    let exports = folder.join("exports");
    fs::create_dir_all(&exports)?;
    desk.run(&[OsStr::new("open"), OsStr::new("leak")])?;
    let sample_words = [OsStr::new("match"), sample.as_os_str(), OsStr::new("--case"), OsStr::new("leak")];
    left.extend(desk.run(&sample_words)?.said.to_string().bytes());
    left.extend(desk.run(&["show", "leak"].map(OsStr::new))?.said.to_string().bytes());
    for format in ["html", "md", "json"] {
        let file = exports.join(format!("report.{format}"));
        desk.run(&[OsStr::new("report"), OsStr::new("leak"), OsStr::new("-o"), file.as_os_str()])?;
    }
    for left_behind in [folder.join("desk"), exports] {
        for file in files_below(&left_behind)? {
            left.extend(fs::read(file)?);
        }
    }
    // A core of the program would lie where it ran.
    for entry in fs::read_dir(std::env::current_dir()?)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("core") && entry.path().is_file() {
            left.extend(fs::read(entry.path())?);
        }
    }
    // Short words stand everywhere: those that are long enough to be told are looked for.
    let told: Vec<&String> = set.values.iter().filter(|value| value.len() >= 9).collect();
    let found = told.iter().filter(|value| memchr::memmem::find(&left, value.as_bytes()).is_some()).count();
    let count = real(found as u64);
    let figure = Figure { value: count, low: count, high: count };
    let note = format!("{} values in {} MB of desk, output and reports", told.len(), left.len() / 1_000_000);
    table.scored("planted", Some(Bar::AtMost(0.0)), figure, note);
    desk.remove()
}
