//! The most memory that adding a large tree takes.

use std::fs;
use std::path::Path;

use crate::common::numbers::Numbers;
use crate::common::program::{Channels, Desk};
use crate::common::table::{Bar, Table};
use crate::input;
use crate::{Result, Setting, rate, real, say};

/// Half of a tree is source code, each copy with other letters so that all its rows are new; half are files of noise.
const NOISE: u64 = 256_000_000;

/// `memory`.
pub(crate) fn measure(setting: &Setting, table: &mut Table) -> Result<()> {
    let bytes: u64 = if setting.quick { 1_000_000_000 } else { 20_000_000_000 };
    // The tree, an index of at most 0.4 of its text, and as much again while that is sorted.
    let needed = bytes + bytes / 2;
    let free = free_bytes(&setting.folder)?;
    if free < needed {
        let (needed, free) = (real(needed) / 1e9, real(free) / 1e9);
        return Err(format!("needs {needed:.0} GB free in {}, {free:.0} are", setting.folder.display()).into());
    }
    let tree = setting.folder.join("large");
    let measured = measure_one(setting, &tree, bytes, table);
    // It is large: it goes, whatever came of it.
    if tree.exists() {
        fs::remove_dir_all(&tree)?;
    }
    measured
}

fn measure_one(setting: &Setting, tree: &Path, bytes: u64, table: &mut Table) -> Result<()> {
    let sources = &setting.sources;
    say(&format!("memory: writing {:.0} GB", real(bytes) / 1e9));
    if tree.exists() {
        fs::remove_dir_all(tree)?;
    }
    let copies = (bytes / 2).div_ceil(sources.bytes);
    for copy in 1..=copies {
        sources.write(&tree.join(format!("copy-{copy}")), copy)?;
    }
    let noise = tree.join("noise");
    fs::create_dir(&noise)?;
    let mut numbers = Numbers(0);
    for file in 0..(bytes / 2).div_ceil(NOISE) {
        input::write_noise(&noise.join(format!("{file}.bin")), NOISE, &mut numbers)?;
    }
    let written = copies * sources.bytes + (bytes / 2).div_ceil(NOISE) * NOISE;

    say("memory: adding it");
    let desk = Desk::fresh(&setting.folder.join("desk"))?;
    let run = desk.add(tree, Channels::All)?;
    let index = desk.index_bytes()?;
    desk.remove()?;
    let note = format!(
        "MB, of them {:.0} no pages of files; {:.1} GB, half source code, half noise; {:.0} MB/s; index of {:.2} GB{}",
        real(run.own_peak) / 1e6,
        real(written) / 1e9,
        rate(written, run.seconds),
        real(index) / 1e9,
        run.not_read()
    );
    table.measured("memory", Bar::AtMost(600.0), &[real(run.peak) / 1e6], note);
    Ok(())
}

fn free_bytes(folder: &Path) -> Result<u64> {
    let disk = rustix::fs::statvfs(folder)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}
