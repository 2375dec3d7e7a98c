//! The limits and the peers, each as fast as it goes: BLAKE3, reading, gix, scanoss-winnowing, binary search.

use std::fs::{self, File};
use std::hint::black_box;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use gix::odb::pack;

use crate::common::Result;
use crate::common::python::Python;
use crate::input::Source;
use crate::timed;

/// Gives each item to one of so many threads, and the seconds that all of them took.
pub(crate) fn in_threads<T: Sync>(threads: usize, items: &[T], work: impl Fn(&T) + Sync) -> f64 {
    let next = AtomicUsize::new(0);
    let run = || {
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            work(item);
        }
    };
    let (seconds, ()) = timed(|| {
        std::thread::scope(|scope| {
            // The caller's own thread is one of them.
            for _ in 1..threads {
                scope.spawn(run);
            }
            run();
        });
    });
    seconds
}

/// BLAKE3 of each file; one thread for a file.
pub(crate) fn blake3(threads: usize, files: &[Source]) -> f64 {
    in_threads(threads, files, |file| {
        black_box(blake3::hash(&file.bytes));
    })
}

/// Opens, reads and closes every file, and does nothing with what it reads.
pub(crate) fn read(threads: usize, paths: &[PathBuf]) -> Result<f64> {
    let failed = AtomicUsize::new(0);
    let seconds = in_threads(threads, paths, |path| {
        if read_one(path).is_err() {
            failed.fetch_add(1, Ordering::Relaxed);
        }
    });
    match failed.into_inner() {
        0 => Ok(seconds),
        failed => Err(format!("{failed} files could not be read").into()),
    }
}

fn read_one(path: &Path) -> io::Result<()> {
    thread_local! {
        static PIECE: std::cell::RefCell<Vec<u8>> = std::cell::RefCell::new(vec![0; 1 << 20]);
    }
    PIECE.with_borrow_mut(|piece| {
        let mut file = File::open(path)?;
        // A piece that is not full is the file's last: one call less for every small file.
        while file.read(piece)? == piece.len() {
            black_box(&piece);
        }
        Ok(())
    })
}

/// Takes the pages of files out of memory. Names and places of the files stay there.
pub(crate) fn forget(paths: &[PathBuf]) -> Result<()> {
    for path in paths {
        let file = File::open(path)?;
        // What is not on the disk yet cannot leave memory.
        file.sync_data()?;
        rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed)?;
    }
    Ok(())
}

/// The packs of a repository.
pub(crate) fn packs(repository: &Path) -> Result<Vec<PathBuf>> {
    let repository = gix::open(repository)?;
    let folder = repository.objects.store_ref().path().join("pack");
    let mut packs: Vec<PathBuf> = match fs::read_dir(&folder) {
        Ok(entries) => entries.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    packs.retain(|path| path.extension().is_some_and(|ending| ending == "pack"));
    packs.sort();
    Ok(packs)
}

/// Every object of these packs decoded by gix and handed to nobody, without a check: the seconds that takes, and the bytes
/// of all objects.
pub(crate) fn decode(packs: &[PathBuf], threads: usize) -> Result<(f64, u64)> {
    let bytes = AtomicU64::new(0);
    let (seconds, result) = timed(|| packs.iter().try_for_each(|path| decode_one(path, threads, &bytes)));
    result?;
    Ok((seconds, bytes.into_inner()))
}

fn decode_one(path: &Path, threads: usize, bytes: &AtomicU64) -> Result<()> {
    let data = pack::data::File::at(path, gix::hash::Kind::Sha1)?;
    let index = pack::index::File::at(path.with_extension("idx"), gix::hash::Kind::Sha1)?;
    index.traverse_with_index(
        &data,
        |_, object, _, _| {
            bytes.fetch_add(object.len() as u64, Ordering::Relaxed);
            Ok(())
        },
        &mut gix::progress::Discard,
        &AtomicBool::new(false),
        pack::index::traverse::with_index::Options {
            thread_limit: Some(threads),
            check: pack::index::traverse::SafetyCheck::SkipFileAndObjectChecksumVerificationAndNoAbortOnDecodeError,
            alloc_limit_bytes: None,
        },
    )?;
    Ok(())
}

/// The package scanoss-winnowing of PyPI, in a Python of its own.
pub(crate) struct Scanoss(Python);

/// Prints the package's version, and the seconds that the files below a folder take it, all of them held in memory.
const SCANOSS: &str = "
import importlib.metadata, os, sys, time
from scanoss_winnowing.winnowing import Winnowing
import _winnowing  # the part in C: without it the package is no peer
files = []
for folder, _, names in sorted(os.walk(sys.argv[1])):
    for name in sorted(names):
        path = os.path.join(folder, name)
        with open(path, 'rb') as file:
            files.append((path, file.read()))
print(importlib.metadata.version('scanoss-winnowing'))
winnowing = Winnowing(all_extensions=True)
for turn in range(2):  # the first is not counted
    begun = time.perf_counter()
    for path, content in files:
        winnowing.wfp_for_contents(path, False, content)
print(time.perf_counter() - begun)
";

impl Scanoss {
    /// Installs it where that was not done before.
    pub(crate) fn set_up(folder: &Path) -> Result<Self> {
        // The part in C: without it the package is no peer.
        Python::with(folder, &[("scanoss-winnowing", "scanoss_winnowing, _winnowing")]).map(Scanoss)
    }

    /// The seconds that its fingerprints of the files below a folder take, and its version.
    pub(crate) fn fingerprint(&self, folder: &Path) -> Result<(f64, String)> {
        let said = self.0.run(SCANOSS, folder)?;
        let (version, seconds) = said.trim().split_once('\n').ok_or("scanoss-winnowing says no time")?;
        Ok((seconds.trim().parse()?, version.trim().to_owned()))
    }
}

/// Rows in memory, sorted by key: what any index is held against.
pub(crate) struct Rows {
    /// Ascending and distinct.
    pub(crate) keys: Vec<u64>,
    pub(crate) values: Vec<u32>,
}

/// How a binary search uses that the keys asked for ascend.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Search {
    /// Not at all.
    Plain,
    /// It begins where the last one ended, and doubles its steps.
    Galloping,
}

impl Rows {
    /// How many of the ascending keys are there, and a sum of their values.
    pub(crate) fn look_up(&self, search: Search, asked: &[u64]) -> (u64, u64) {
        let (mut found, mut sum, mut from) = (0, 0_u64, 0);
        for key in asked {
            let at = match search {
                Search::Plain => self.keys.partition_point(|other| other < key),
                Search::Galloping => from + gallop(self.keys.get(from..).unwrap_or_default(), *key),
            };
            from = at;
            if self.keys.get(at) == Some(key) {
                found += 1;
                sum += u64::from(self.values.get(at).copied().unwrap_or_default());
            }
        }
        (found, sum)
    }
}

/// Where the first key of these is that is not below this one.
fn gallop(keys: &[u64], key: u64) -> usize {
    let mut step = 1;
    while keys.get(step).is_some_and(|other| *other < key) {
        step *= 2;
    }
    let begin = step / 2;
    let end = keys.len().min(step + 1);
    begin + keys.get(begin..end).unwrap_or_default().partition_point(|other| *other < key)
}
