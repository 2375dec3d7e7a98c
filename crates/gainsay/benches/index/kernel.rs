//! The kernel, with the BLAKE3 of every file, against BLAKE3 alone and against scanoss-winnowing.

use std::hint::black_box;

use fingerprint::{Fingerprints, Profile};

use crate::input::{Source, Sources};
use crate::peers::{self, Scanoss};
use crate::program::Channels;
use crate::table::{Bar, Table};
use crate::{Result, Setting, rate, say, timed};

pub(crate) fn instructions() -> String {
    "portable".to_owned()
}

/// Fingerprints each file; one thread for a file. The seconds that takes.
pub(crate) fn fingerprint(threads: usize, channels: Channels, files: &[Source]) -> Result<f64> {
    let profile = Profile::one();
    Ok(peers::in_threads(threads, files, |file| {
        black_box(Fingerprints::of(&profile, b"", &file.bytes));
    }))
}

pub(crate) fn measure(setting: &Setting, sources: &Sources, table: &mut Table) -> Result<()> {
    Ok(())
}

/// `scanoss`.
pub(crate) fn measure_scanoss(setting: &Setting, sources: &Sources, table: &mut Table) -> Result<()> {
    say("scanoss");
    let scanoss = Scanoss::set_up(&setting.folder.join("peers"))?;
    let some = sources.sample(if setting.quick { 2_000_000 } else { 20_000_000 });
    let folder = setting.folder.join("scanoss");
    some.write(&folder, 0)?;
    let (mut ratios, mut note) = (Vec::new(), String::new());
    for _ in 0..setting.repetitions() {
        let ours = fingerprint(1, Channels::Text, &some.files)?;
        let (theirs, version) = scanoss.fingerprint(&folder)?;
        ratios.push(theirs / ours);
        note = format!(
            "{some}; {:.0} MB/s; scanoss-winnowing {version} with its part in C {:.1} MB/s",
            rate(some.bytes, ours),
            rate(some.bytes, theirs)
        );
    }
    table.measured("scanoss", Bar::AtLeast(100.0), &ratios, note);
    Ok(std::fs::remove_dir_all(folder)?)
}
