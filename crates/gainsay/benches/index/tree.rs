//! A folder of source code, against the slower of two limits: opening, reading and closing its files, and the kernel.

use std::path::{Path, PathBuf};

use fingerprint::Isa;

use crate::common::program::{Channels, Desk};
use crate::common::table::{Bar, Table};
use crate::{Result, Setting, kernel, peers, rate, real, say};

/// Where files are before they are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cache {
    /// In memory.
    Warm,
    /// On the disk; names and places of the files are in memory.
    Cold,
}

/// Where the desk is, to whose disk the index goes.
struct Place {
    desk: PathBuf,
    name: &'static str,
}

/// `tree-a`, `tree-ab`, `size-text-a` and `size-text-ab`.
pub(crate) fn measure(setting: &Setting, table: &mut Table) -> Result<()> {
    let sources = &setting.sources;
    let disk = Place { desk: setting.folder.join("desk"), name: "desk on disk" };
    let memory = Place { desk: Path::new("/dev/shm").join("gainsay-bench-desk"), name: "desk in memory" };
    let ids = [("tree-a", "size-text-a", 0.30, Channels::Text), ("tree-ab", "size-text-ab", 0.40, Channels::All)];
    let tree = setting.folder.join("tree");
    if tree.exists() {
        std::fs::remove_dir_all(&tree)?;
    }
    let paths = sources.write(&tree, 0)?;
    // What is still on its way to the disk would weigh on whoever comes first.
    peers::forget(&paths)?;
    for (id, size_id, most, channels) in ids {
        let mut size = None;
        // In memory no disk is waited for: what is left is the program's own time.
        for (place, cache) in [(&disk, Cache::Warm), (&disk, Cache::Cold), (&memory, Cache::Warm)] {
            match measure_one(setting, &tree, &paths, place, cache, channels) {
                Ok(measured) => {
                    table.measured(id, Bar::AtLeast(0.7), &measured.ratios, measured.note);
                    size = Some(measured.size);
                }
                Err(error) => table.skipped(id, &format!("{}, {}: {error}", place.name, cache.in_words())),
            }
        }
        if let Some(size) = size {
            let note = format!("{sources}; index of {:.1} MB", real(size) / 1e6);
            table.measured(size_id, Bar::AtMost(most), &[real(size) / real(sources.bytes)], note);
        }
    }
    std::fs::remove_dir_all(&tree)?;
    Ok(())
}

struct Measured {
    ratios: Vec<f64>,
    note: String,
    /// Bytes of the index.
    size: u64,
}

fn measure_one(
    setting: &Setting,
    tree: &Path,
    paths: &[PathBuf],
    place: &Place,
    cache: Cache,
    channels: Channels,
) -> Result<Measured> {
    let sources = &setting.sources;
    let ready = || match cache {
        Cache::Warm => peers::read(1, paths).map(drop),
        Cache::Cold => peers::forget(paths),
    };
    say(&format!("tree: {channels}, {}, {}", place.name, cache.in_words()));
    let (mut ratios, mut size, mut note) = (Vec::new(), 0, String::new());
    let repetitions = match cache {
        Cache::Warm => setting.repetitions(),
        // The disk takes its time.
        Cache::Cold => setting.repetitions().div_ceil(2),
    };
    for _ in 0..repetitions {
        ready()?;
        let read = peers::read(setting.threads, paths)?;
        // As the program reads them, whose rate the other limit is: all cores, with nothing but the kernel to do.
        let one = kernel::fingerprint(Isa::current(), 1, channels, &sources.files);
        let limit = read.max(one / real(setting.threads as u64));
        let desk = Desk::fresh(&place.desk)?;
        ready()?;
        let run = desk.add(tree, channels)?;
        ratios.push(limit / run.seconds);
        size = desk.index_bytes()?;
        desk.remove()?;
        note = format!(
            "{sources}, {}, {}; {:.0} MB/s; reading {:.0}, one core of the kernel {:.0} MB/s; {} threads, which do one after the \
             other at {:.0} MB/s",
            cache.in_words(),
            place.name,
            rate(sources.bytes, run.seconds),
            rate(sources.bytes, read),
            rate(sources.bytes, one),
            setting.threads,
            rate(sources.bytes, read + one / real(setting.threads as u64))
        );
    }
    Ok(Measured { ratios, note, size })
}

impl Cache {
    fn in_words(self) -> &'static str {
        match self {
            Cache::Warm => "warm",
            Cache::Cold => "cold",
        }
    }
}
