//! Notes of a corpus that is being indexed: which segments are finished, so that a run that was cut short can go on.
//!
//! A file beside the segments, only ever appended to and synced after each note. Each note stands after its length and its BLAKE3:
//! what a power failure left of the last one is not taken for a note. The first says which corpus it is, and on which entry the run
//! builds: notes of another state of the corpus are of no use. Whoever writes notes holds a lock on the file.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Corpus, failed, segments};
use crate::claim::{Channels, EntryId, SegmentFile};
use crate::desk::Error;
use crate::ledger::payload::Noted;

/// How long a run that was cut short can be gone on with.
const KEPT: Duration = Duration::from_secs(30 * 86_400);

/// How the names of notes end.
const ENDING: &str = "unfinished";

/// Notes of one run, and of the one that it goes on from.
pub(super) struct Notes {
    folder: PathBuf,
    path: PathBuf,
    file: File,
    noted: Vec<Noted>,
}

impl Notes {
    /// Begins notes, or takes over those of an earlier run for the same state of the corpus, if nobody else does.
    pub(super) fn begin(folder: &Path, name: &str, base: Option<EntryId>, channels: Channels) -> Result<Notes, Error> {
        let title = [&base.map_or(no_base(channels), |entry| entry.0), name.as_bytes()].concat();
        for entry in fs::read_dir(folder).map_err(|why| failed("list", folder, why))? {
            let path = entry.map_err(|why| failed("list", folder, why))?.path();
            if is_notes(&path)
                && let Some(notes) =
                    Notes::take_over(folder, &path, &title).map_err(|why| failed("read", &path, why))?
            {
                return Ok(notes);
            }
        }
        let made = tempfile::Builder::new().prefix("").suffix(&format!(".{ENDING}")).tempfile_in(folder);
        let made = made.and_then(|file| file.keep().map_err(|e| e.error));
        let (mut file, path) = made.map_err(|why| failed("write in", folder, why))?;
        let written = file.lock().and_then(|()| file.write_all(&record(&title)));
        written.map_err(|why| failed("write", &path, why))?;
        Ok(Notes { folder: folder.to_owned(), path, file, noted: Vec::new() })
    }

    fn take_over(folder: &Path, path: &Path, title: &[u8]) -> std::io::Result<Option<Notes>> {
        let mut file = match OpenOptions::new().read(true).write(true).open(path) {
            Err(why) if why.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            opened => opened?,
        };
        // Between the look at the folder and the lock, they may have been swept.
        if file.try_lock().is_err() || file.metadata()?.nlink() == 0 {
            return Ok(None);
        }
        let (records, whole) = records(&mut file)?;
        if records.first().is_none_or(|found| found != title) {
            return Ok(None);
        }
        // What is torn must not stand before what follows.
        file.set_len(whole)?;
        file.seek(SeekFrom::End(0))?;
        let noted = records[1..].iter().filter_map(|record| Noted::from_bytes(record).ok()).collect();
        Ok(Some(Notes { folder: folder.to_owned(), path: path.to_owned(), file, noted }))
    }

    /// What was noted.
    pub(super) fn noted(&self) -> &[Noted] {
        &self.noted
    }

    /// Notes a finished segment. When it returns, the note is on the disk.
    pub(super) fn add(&mut self, noted: &Noted) -> Result<(), Error> {
        let written = self.file.write_all(&record(&noted.to_bytes())).and_then(|()| self.file.sync_data());
        written.map_err(|why| failed("write", &self.path, why))?;
        // The first of them makes the name last as well; after that it costs nothing.
        segments::sync(&self.folder)
    }

    /// Removes them: the corpus is whole, or another.
    pub(super) fn forget(&self) -> Result<(), Error> {
        segments::remove(&self.path)
    }

    /// The segments that notes keep. Notes that are of no use any more are removed: nobody holds them, and they are of a state of the
    /// corpus that is no more, or of a run that nobody went on with for a month.
    pub(super) fn still_of_use(path: &Path, corpora: &BTreeMap<String, Corpus>) -> Result<Vec<[u8; 32]>, Error> {
        let fail = |why| failed("read", path, why);
        let mut file = File::open(path).map_err(fail)?;
        let is_held = file.try_lock().is_err();
        let age = file.metadata().and_then(|meta| meta.modified()).map_err(fail)?.elapsed().unwrap_or_default();
        let (records, _) = records(&mut file).map_err(fail)?;
        let is_current = records.first().and_then(|title| title.split_first_chunk()).is_some_and(|(base, name)| {
            let standing = corpora.iter().find(|(known, _)| known.as_bytes() == name);
            let is_no_base = || Channels::ALL.iter().any(|channels| no_base(*channels) == *base);
            standing.map_or_else(is_no_base, |(_, corpus)| corpus.entry.0 == *base)
        });
        let is_young = age < if is_current && records.len() > 1 { KEPT } else { segments::GRACE };
        if !is_held && !is_young {
            segments::remove(path)?;
            return Ok(Vec::new());
        }
        let noted = records.iter().skip(1).filter_map(|record| Noted::from_bytes(record).ok());
        Ok(noted.map(|noted| SegmentFile::from(&noted.segment).blake3).collect())
    }
}

/// Whether somebody adds to this corpus now.
pub(super) fn is_being_added(folder: &Path, name: &str) -> Result<bool, Error> {
    for entry in fs::read_dir(folder).map_err(|why| failed("list", folder, why))? {
        let path = entry.map_err(|why| failed("list", folder, why))?.path();
        if !is_notes(&path) {
            continue;
        }
        // One that is gone by now belonged to a run that has ended.
        let Ok(mut file) = File::open(&path) else { continue };
        let titled = records(&mut file).map_err(|why| failed("read", &path, why))?.0;
        let is_of_it = titled
            .first()
            .and_then(|title| title.split_first_chunk::<32>())
            .is_some_and(|(_, found)| found == name.as_bytes());
        if is_of_it && file.try_lock().is_err() {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(super) fn is_notes(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == ENDING)
}

/// Stands for the entry where there is none yet, which would say what fingerprints the corpus has.
fn no_base(channels: Channels) -> [u8; 32] {
    match channels {
        Channels::All => [0; 32],
        Channels::Text => [1; 32],
    }
}

fn record(body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes();
    [&length[..], blake3::hash(body).as_bytes(), body].concat()
}

/// The whole records of a file, and where the last of them ends.
fn records(file: &mut File) -> std::io::Result<(Vec<Vec<u8>>, u64)> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let (mut records, mut rest) = (Vec::new(), &bytes[..]);
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
        let Some((digest, after)) = after.split_first_chunk::<32>() else { break };
        let Some((body, after)) = after.split_at_checked(length) else { break };
        if blake3::hash(body).as_bytes() != digest {
            break;
        }
        records.push(body.to_vec());
        rest = after;
    }
    Ok((records, (bytes.len() - rest.len()) as u64))
}
