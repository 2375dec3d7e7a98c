//! A match that is killed goes on where it was. While a sample is read, what is known of it is kept in the desk's folder, sealed with a
//! key of the desk's: what of the files behind was counted and found, the files that wait to be looked up, and how many are behind. The
//! same command goes on behind them: they are decoded again and compared by their digests, and nothing else is done with them; whole files
//! of a folder that are behind are not opened. `docs/archives.md` says what is kept.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use unpack::Event;

use super::super::vault::{opened_with, seal_with};
use super::opened::{Opened, OpenedSoFar, chained, path_in_sample};
use super::sources::Source;
use super::{Desk, Error};
use crate::inspect::{ReadPictures, ScansSoFar};
use crate::matching::MatcherSoFar;

/// The folder of bookmarks, below the desk's.
const FOLDER: &str = "unfinished";

/// What the desk's key is derived for.
const SEAL: &str = "gainsay 2026-11-22 bookmarks of matches";

/// A bookmark that nobody came back to is taken away after a week.
const STALE: Duration = Duration::from_secs(7 * 24 * 3600);

/// At most so much of the time, as one part in so many, goes into keeping bookmarks.
const SHARE: u32 = 20;

/// Up to where a sample is behind.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Position {
    /// How many of its files as they came.
    pub(super) sources: usize,
    /// How many files out of the next of them.
    pub(super) files: u64,
    /// The digest of all that came out before that one.
    pub(super) before: [u8; 32],
    /// How many files and bytes came out in all, and how long that took.
    pub(super) done: (u64, u64, Duration),
}

/// What a bookmark holds; while it is written, what is large in it is borrowed.
#[derive(Serialize, Deserialize)]
pub(super) struct Known<O = OpenedSoFar, P = ReadPictures> {
    /// Of each matcher what it knows, as [`written`] by whoever has them.
    pub(super) matchers: Vec<u8>,
    /// What came out of the sample when it was opened for the first time, where it is opened for the second.
    pub(super) first: Option<O>,
    pub(super) opened: O,
    pub(super) scans: ScansSoFar,
    /// What was read in the pictures behind.
    pub(super) pictures: P,
    pub(super) position: Position,
}

/// The bookmark of one match.
pub(super) struct Bookmark {
    path: PathBuf,
    seal: [u8; 32],
    /// All that the match depends on.
    depends: [u8; 32],
    /// How often it is kept; never where nothing is said.
    every: Option<Duration>,
    kept: Instant,
    cost: Duration,
    /// Whether this match goes on behind what an earlier one knew.
    pub(super) is_resumed: bool,
}

impl Bookmark {
    /// The bookmark of a match that depends on these words, and on the sample as it lies there. Those of other matches of the sample
    /// and stale ones are taken away.
    pub(super) fn of(
        desk: &Desk,
        sample: &Path,
        sources: &[Source],
        words: &[&[u8]],
        every: Option<Duration>,
    ) -> Bookmark {
        let mut depends = blake3::Hasher::new();
        let mut depend = |bytes: &[u8]| {
            depends.update(&(bytes.len() as u64).to_le_bytes());
            depends.update(bytes);
        };
        words.iter().for_each(|word| depend(word));
        // What is written is read by the very program that wrote it.
        if let Ok(program) = std::env::current_exe() {
            depend(&state_of(&program));
        }
        for source in sources {
            depend(source.name.as_bytes());
            source.paths().iter().for_each(|part| depend(&state_of(part)));
        }
        let depends = *depends.finalize().as_bytes();
        let seal = desk.key.derived(SEAL);
        let absolute = std::path::absolute(sample).unwrap_or_else(|_| sample.to_owned());
        let hex = |digest: blake3::Hash| digest.to_hex().as_str().get(..16).unwrap_or_default().to_owned();
        let of_sample = hex(blake3::keyed_hash(&seal, absolute.as_os_str().as_encoded_bytes()));
        let name = format!("{of_sample}-{}", hex(blake3::keyed_hash(&seal, &depends)));
        let folder = desk.root().join(FOLDER);
        tidy(&folder, &of_sample, &name);
        Bookmark {
            path: folder.join(name),
            seal,
            depends,
            every,
            kept: Instant::now(),
            cost: Duration::ZERO,
            is_resumed: false,
        }
    }

    /// What an earlier match knew that was not ended.
    pub(super) fn known(&mut self) -> Option<(Vec<MatcherSoFar>, Known)> {
        self.every?;
        let (depends, known) = self.read::<([u8; 32], Known)>().ok()?;
        let matchers = postcard::from_bytes(&known.matchers).ok().filter(|_| depends == self.depends)?;
        self.is_resumed = true;
        Some((matchers, known))
    }

    /// Whether it is time to keep one.
    pub(super) fn is_due(&self) -> bool {
        let since = self.kept.elapsed();
        self.every.is_some_and(|every| since >= every && (every.is_zero() || since >= self.cost * SHARE))
    }

    /// Keeps what is known. Where that cannot be written, the match goes on without.
    pub(super) fn keep(&mut self, known: &Known<&Opened, &ReadPictures>) {
        let began = Instant::now();
        if self.write(&(self.depends, known)).is_err() {
            self.every = None;
        }
        (self.kept, self.cost) = (Instant::now(), began.elapsed());
    }

    /// Takes it away: the match is at its end, or the sample is no longer what it was.
    pub(super) fn remove(&self) {
        // Where there is none, none was kept; the folder stays while it holds others.
        let _ = fs::remove_file(&self.path);
        let _ = self.path.parent().map(fs::remove_dir);
    }

    fn read<T: DeserializeOwned>(&self) -> io::Result<T> {
        let mut bytes = Vec::new();
        opened_with(&self.seal, BufReader::new(File::open(&self.path)?))?.read_to_end(&mut bytes)?;
        postcard::from_bytes(&bytes).map_err(io::Error::other)
    }

    fn write(&self, known: &impl Serialize) -> io::Result<()> {
        let folder = self.path.parent().ok_or(io::ErrorKind::NotFound)?;
        fs::create_dir_all(folder)?;
        let name = self.path.file_name().unwrap_or_default();
        let mut file = tempfile::Builder::new().prefix(name).tempfile_in(folder)?;
        let sealed = BufWriter::with_capacity(1 << 16, seal_with(&self.seal, BufWriter::new(&mut file))?);
        let sealed = postcard::to_io(known, sealed).map_err(io::Error::other)?;
        sealed.into_inner()?.finish()?.into_inner()?;
        file.as_file().sync_all()?;
        file.persist(&self.path)?;
        Ok(())
    }
}

/// Takes all bookmarks away: none tells from which source it is.
///
/// # Errors
/// They cannot be removed.
pub(in crate::desk) fn forget(desk: &Desk) -> Result<(), Error> {
    let path = desk.root().join(FOLDER);
    match fs::remove_dir_all(&path) {
        Err(why) if why.kind() != io::ErrorKind::NotFound => Err(Error::File { action: "remove", path, why }),
        _ => Ok(()),
    }
}

/// What is known, to be kept; none where it cannot be written.
pub(super) fn written(known: &impl Serialize) -> Option<Vec<u8>> {
    postcard::to_stdvec(known).ok()
}

/// What of a file tells that it is the same.
fn state_of(path: &Path) -> Vec<u8> {
    let state =
        fs::metadata(path).map(|it| (it.len(), it.mtime(), it.mtime_nsec(), it.ctime(), it.ctime_nsec(), it.ino()));
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    format!("{} {:?}", absolute.display(), state.ok()).into_bytes()
}

/// Takes away what is stale, and of the sample what is not of this match or was not written to its end.
fn tidy(folder: &Path, of_sample: &str, name: &str) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let modified = entry.metadata().and_then(|meta| meta.modified());
        let is_stale = modified.is_ok_and(|at| SystemTime::now().duration_since(at).is_ok_and(|age| age > STALE));
        let of_other = entry.file_name().to_string_lossy().starts_with(of_sample) && entry.file_name() != *name;
        if is_stale || of_other {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// What is behind of a file that is opened again: compared with what it was, and let go.
pub(super) struct Behind {
    left: u64,
    /// The digest of what came out so far.
    contents: [u8; 32],
    /// The file at hand.
    open: (Vec<u8>, blake3::Hasher),
}

impl Behind {
    /// So much of the next file as a position says.
    pub(super) fn of(position: &Position) -> Behind {
        Behind { left: position.files, contents: position.before, open: (Vec::new(), blake3::Hasher::new()) }
    }

    /// Whether an event is of what is behind. Of the first that is not, the contents before it are those of [`Self::contents`].
    pub(super) fn takes(&mut self, name: &str, event: &Event<'_>) -> bool {
        match event {
            Event::File { .. } if self.left == 0 => return false,
            Event::File { path, .. } => {
                self.left -= 1;
                self.open = (path_in_sample(name, path).as_bytes().to_vec(), blake3::Hasher::new());
            }
            Event::Data(bytes) => {
                self.open.1.update(bytes);
            }
            Event::End { .. } => {
                self.contents = chained(&self.contents, &self.open.0, self.open.1.finalize().as_bytes());
            }
            Event::Text { .. }
            | Event::Picture(_)
            | Event::Archive { .. }
            | Event::Clue(_)
            | Event::Fact(_)
            | Event::Finding(_) => {}
        }
        true
    }

    /// The digest of all that came out.
    pub(super) fn contents(&self) -> [u8; 32] {
        self.contents
    }
}
