//! Histories of repositories, against gix decoding the same packs and doing nothing else.

use std::path::Path;

use crate::common::program::{Channels, Desk};
use crate::common::table::{Bar, Table};
use crate::common::{Result, name, real, say};
use crate::{Setting, peers, rate};

/// A pack of fewer bytes says little: what a run costs at all would outweigh it.
const SMALL: u64 = 50_000_000;

/// `git-a`, `git-ab`, `size-git-a`, `size-git-ab` and `again`, for each repository.
pub(crate) fn measure(setting: &Setting, table: &mut Table) -> Result<()> {
    for repository in &setting.repositories {
        if let Err(error) = measure_one(setting, repository, table) {
            table.skipped("git", &format!("{}: {error}", repository.display()));
        }
    }
    Ok(())
}

fn measure_one(setting: &Setting, repository: &Path, table: &mut Table) -> Result<()> {
    let packs = peers::packs(repository)?;
    let bytes: u64 = packs.iter().map(|pack| Ok(std::fs::metadata(pack)?.len())).sum::<std::io::Result<u64>>()?;
    if bytes == 0 {
        return Err("no packs".into());
    }
    let small = if bytes < SMALL { ", too small to tell" } else { "" };
    let input = format!("{}, packs of {:.0} MB{small}", name(repository), real(bytes) / 1e6);
    say(&format!("history: {input}"));
    // Both sides find the packs in memory.
    peers::read(1, &packs)?;

    let desk = setting.folder.join("desk");
    let (mut text, mut all, mut again) = (Vec::new(), Vec::new(), Vec::new());
    let (mut text_size, mut all_size) = (None, None);
    let (mut decoded, mut text_took, mut all_took, mut peak) = (0.0, 0.0, 0.0, 0);
    let (mut without, mut not_read) = (None, String::new());
    // Whole histories take long and vary little.
    for _ in 0..setting.repetitions() / 2 {
        let (decode, raw) = peers::decode(&packs, setting.threads)?;
        decoded = rate(raw, decode);
        let fresh = Desk::fresh(&desk)?;
        match fresh.add(repository, Channels::Text) {
            Ok(run) => {
                text.push(decode / run.seconds);
                text_took = run.seconds;
                text_size = Some(fresh.index_bytes()?);
            }
            Err(error) => without = Some(error),
        }
        let (decode, _) = peers::decode(&packs, setting.threads)?;
        let fresh = Desk::fresh(&desk)?;
        let run = fresh.add(repository, Channels::All)?;
        all.push(decode / run.seconds);
        not_read = run.not_read();
        (all_took, peak) = (run.seconds, run.peak.max(peak));
        all_size = Some(fresh.index_bytes()?);
        let second = fresh.add(repository, Channels::All)?;
        again.push(second.seconds / run.seconds);
        fresh.remove()?;
    }
    if let Some(error) = without {
        table.skipped("git-a", &format!("{}: {error}", name(repository)));
    }
    let threads = setting.threads;
    let note = |took: f64| format!("{input}; {took:.2} s; gix {decoded:.0} MB/s of objects, {threads} threads each");
    table.measured("git-a", Bar::AtLeast(0.6), &text, note(text_took));
    let all_note = format!("{}; peak {} MB{not_read}", note(all_took), peak / 1_000_000);
    table.measured("git-ab", Bar::Goal(0.25, 0.5), &all, all_note);
    for (id, bar, size) in [("size-git-a", 0.17, text_size), ("size-git-ab", 0.23, all_size)] {
        if let Some(size) = size {
            let note = format!("{input}; index of {:.1} MB", real(size) / 1e6);
            table.measured(id, Bar::AtMost(bar), &[real(size) / real(bytes)], note);
        }
    }
    table.measured("again", Bar::AtMost(0.02), &again, input.clone());
    Ok(())
}
