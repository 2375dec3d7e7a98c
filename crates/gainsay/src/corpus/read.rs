//! One file: opened with care, read once, its rows handed over.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::mem;
use std::num::NonZero;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use fingerprint::{Channel, Content, Fingerprinter, Fingerprints, Profile, Sorter};
use rustix::fs::{Advice, Mode, OFlags, ResolveFlags};
use rustix::io::Errno;

use super::NO_CODE;

/// Bytes of a file held at once.
const PIECE: usize = 1 << 20;

/// Bytes of a file whose rows are held before they are set aside.
const HELD: usize = 64 << 20;

/// Fingerprints that are remembered: as many as stay in the nearest cache.
const REMEMBERED: usize = 1 << 11;

/// What of a fingerprint is not its place: they are spread evenly.
const PLACE_SHIFT: u32 = u64::BITS - 11;

/// Reads files, one after the other.
pub(super) struct FileReader<'r> {
    profile: &'r Profile,
    /// Whether source code is fingerprinted as such.
    code: bool,
    pub(super) rows: Sorter,
    /// Bytes read so far, for who watches.
    done: &'r AtomicU64,
    piece: Vec<u8>,
    repeats: Repeats,
}

/// A file that is open, and on its way from the disk.
pub(super) struct Opened {
    pub(super) file: File,
    before: Metadata,
}

/// Why a file is not in the index.
pub(super) enum Failed {
    /// It can't be read; the rest goes on.
    File(io::Error),
    /// Its rows can't be set aside; nothing goes on.
    Rows(io::Error),
}

impl<'r> FileReader<'r> {
    pub(super) fn new(profile: &'r Profile, code: bool, rows: Sorter, done: &'r AtomicU64) -> Self {
        FileReader { profile, code, rows, done, piece: vec![0; PIECE], repeats: Repeats::new() }
    }

    /// Reads a file, and sets its rows aside under a number of the caller's; tells whether it held still.
    pub(super) fn read(&mut self, opened: Opened, path: &Path, number: u32) -> Result<(Content, bool), Failed> {
        let Opened { mut file, before } = opened;
        let name = if self.code { path.as_os_str().as_bytes() } else { NO_CODE };
        let first = fill(&mut file, &mut self.piece, before.len()).map_err(Failed::File)?;
        let mut fingerprinter = Fingerprinter::new(self.profile, name);
        fingerprinter.update(&self.piece[..first]);
        self.done.fetch_add(first as u64, Ordering::Relaxed);
        if first == PIECE {
            self.read_rest(&mut file, &mut fingerprinter, number)?;
        }
        // They are sorted with all others.
        let fingerprints = fingerprinter.finish_unsorted();
        let after = file.metadata().map_err(Failed::File)?;
        let steady = fingerprints.bytes == after.len() && before.modified().ok() == after.modified().ok();
        for (channel, rows) in [
            (Channel::Text, &fingerprints.text),
            (Channel::Code, &fingerprints.code),
            (Channel::Parts, &fingerprints.parts),
        ] {
            self.repeats.set_aside(channel, rows, number, &mut self.rows).map_err(Failed::Rows)?;
        }
        let Fingerprints { blake3, bytes, kind, .. } = fingerprints;
        let blake3 = *blake3.first_chunk().unwrap_or(&[0; 16]);
        Ok((Content { blake3, oid: Vec::new(), bytes, kind }, steady))
    }

    /// Goes on with a file of which the first piece is read.
    fn read_rest(&mut self, file: &mut File, to: &mut Fingerprinter, number: u32) -> Result<(), Failed> {
        let mut held = 0;
        loop {
            let length = fill(file, &mut self.piece, u64::MAX).map_err(Failed::File)?;
            if length == 0 {
                return Ok(());
            }
            to.update(&self.piece[..length]);
            self.done.fetch_add(length as u64, Ordering::Relaxed);
            held += length;
            if held > HELD {
                held = 0;
                let mut kept = Ok(());
                to.drain(&mut |channel, rows| {
                    if kept.is_ok() {
                        kept = self.repeats.set_aside(channel, rows, number, &mut self.rows);
                    }
                });
                kept.map_err(Failed::Rows)?;
            }
        }
    }
}

/// Fills the piece as far as the file goes; where it is as long as expected, its end is not asked for.
fn fill(file: &mut File, piece: &mut [u8], expected: u64) -> io::Result<usize> {
    let mut length = 0;
    while length < piece.len() && length as u64 != expected {
        match file.read(&mut piece[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

/// Sets rows aside without most of those that a file has again: a look into one place costs less than to sort another row.
struct Repeats {
    /// The row that came last of those that share a place: its fingerprint, and the numbers of its file and channel.
    places: Box<[(u64, u64); REMEMBERED]>,
    others: Box<[u64; REMEMBERED]>,
}

impl Repeats {
    fn new() -> Self {
        Repeats { places: Box::new([(0, u64::MAX); REMEMBERED]), others: Box::new([0; REMEMBERED]) }
    }

    fn set_aside(&mut self, channel: Channel, fingerprints: &[u64], number: u32, rows: &mut Sorter) -> io::Result<()> {
        let source = u64::from(number) << 8 | channel as u64;
        for some in fingerprints.chunks(REMEMBERED) {
            let mut kept = 0;
            for fingerprint in some {
                let row = (*fingerprint, source);
                let place = usize::try_from(fingerprint >> PLACE_SHIFT).unwrap_or_default() % REMEMBERED;
                let before = mem::replace(&mut self.places[place], row);
                // What follows takes a repeat's place: so dropping it needs no branch.
                self.others[kept] = *fingerprint;
                kept += usize::from(before != row);
            }
            rows.extend(channel, &self.others[..kept], number)?;
        }
        Ok(())
    }
}

/// Opens a file below a folder, no link followed on the way, and has the system read it. It may have become a link or a pipe since
/// it was listed: neither is followed or waited for.
pub(super) fn open(folder: &OwnedFd, path: &Path) -> io::Result<Opened> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::NOFOLLOW;
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
    let opened = match rustix::fs::openat2(folder, path, flags, Mode::empty(), resolve) {
        // An old kernel, or one that may not be asked this way: the last name alone is then no link.
        Err(Errno::NOSYS | Errno::PERM) => rustix::fs::openat(folder, path, flags, Mode::empty())?,
        opened => opened?,
    };
    let file = File::from(opened);
    let before = file.metadata()?;
    if !before.is_file() {
        return Err(io::Error::other("it is no longer a file"));
    }
    if let Some(length) = NonZero::new(before.len().min(PIECE as u64)) {
        // A disk that is asked for many files at once gives each of them sooner. Where it can't be asked, they are read all the same.
        let _ = rustix::fs::fadvise(&file, 0, Some(length), Advice::WillNeed);
    }
    Ok(Opened { file, before })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_row_is_lost_and_one_that_comes_again_at_once_is_dropped(
            files in prop::collection::vec(prop::collection::vec(0u64..6000, 0..5000), 0..4), spread in any::<bool>(),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let (mut repeats, mut rows) = (Repeats::new(), Sorter::new(folder.path(), 1 << 20));
            let mut expected = BTreeSet::new();
            for (number, file) in (0..).zip(&files) {
                let twice = file.iter().flat_map(|it| [it.wrapping_mul(if spread { 0x9e37_79b9_7f4a_7c15 } else { 1 }); 2]);
                let twice: Vec<u64> = twice.collect();
                for channel in [Channel::Text, Channel::Code] {
                    repeats.set_aside(channel, &twice, number, &mut rows).unwrap();
                    expected.extend(twice.iter().map(|it| (channel, *it, number)));
                }
            }
            let mut sorted = Sorter::sorted(vec![rows]).unwrap();
            let kept: Vec<_> = std::iter::from_fn(|| sorted.next().unwrap()).collect();
            prop_assert!(kept.len() <= files.iter().map(|file| 2 * file.len()).sum());
            prop_assert!(kept.into_iter().collect::<BTreeSet<_>>() == expected);
        }
    }
}
