//! Much text: how fast, and in how much memory.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::annotation::load;
use crate::common::files::bytes_below;
use crate::common::numbers::Numbers;
use crate::common::program::{Watched, watched};
use crate::common::table::{Bar, Table};
use crate::common::{Result, is_set, paths, real, target};
use crate::invented::story;

/// How often the same is read.
const REPETITIONS: usize = 3;

pub(crate) fn measure(table: &mut Table) -> Result<()> {
    let folder = target()?.join("reading");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    let few = if is_set("QUICK") { 300 } else { 1000 };
    let invented = invented(&folder.join("invented"), few)?;
    throughput(table, &invented, &format!("{few} invented stories"))?;
    let (annotated, _) = load(&paths("TEXTS")?)?;
    if annotated.is_empty() {
        table.skipped("throughput of real stories", "no annotated text is in a folder that TEXTS names");
    } else {
        let real_ones = folder.join("real");
        std::fs::create_dir_all(&real_ones)?;
        for number in 0..few {
            std::fs::copy(&annotated[number % annotated.len()].text, real_ones.join(format!("{number:05}.txt")))?;
        }
        throughput(table, &real_ones, &format!("{} real stories, repeated", annotated.len()))?;
    }
    memory(table, &folder, &invented, few)
}

/// Megabytes of text a second. The program reads one text after another: what is beside it is the child that opens files.
fn throughput(table: &mut Table, folder: &Path, on: &str) -> Result<()> {
    let bytes = bytes_below(folder)?;
    let mut figures = Vec::new();
    for _ in 0..REPETITIONS {
        figures.push(real(bytes) / 1e6 / read(folder)?.seconds);
    }
    let note = format!("{on}, {:.1} MB in one run, start and JSON included; MB/s", real(bytes) / 1e6);
    table.measured("throughput", Bar::AtLeast(5.0), &figures, note);
    Ok(())
}

/// The most memory of ten times as many stories, over that of the first.
fn memory(table: &mut Table, folder: &Path, few: &Path, count: usize) -> Result<()> {
    let before = read(few)?.peak;
    let many = invented(&folder.join("many"), count * 10)?;
    let after = read(&many)?.peak;
    let note = format!("{} stories over {count}; {} MB and {} MB", count * 10, after >> 20, before >> 20);
    table.measured("memory", Bar::AtMost(1.25), &[real(after) / real(before.max(1))], note);
    Ok(())
}

fn invented(folder: &Path, count: usize) -> Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    let mut numbers = Numbers(1);
    for number in 0..count {
        std::fs::write(folder.join(format!("{number:05}.txt")), story(&mut numbers, 3500))?;
    }
    Ok(folder.to_owned())
}

fn read(folder: &Path) -> Result<Watched> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    files.sort();
    let mut command = Command::new(env!("CARGO_BIN_EXE_gainsay"));
    command.arg("--json").arg("read").args(files);
    let done = watched(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()))?;
    match done.output.status.success() {
        true => Ok(done),
        false => Err(String::from_utf8_lossy(&done.output.stderr).into_owned().into()),
    }
}
