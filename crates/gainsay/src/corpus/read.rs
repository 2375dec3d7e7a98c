//! One file: opened with care, read once, its rows handed over.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use fingerprint::{Channel, Content, Fingerprinter, Fingerprints, Profile, Sorter};
use rustix::fs::{Mode, OFlags, ResolveFlags};
use rustix::io::Errno;

use super::NO_CODE;

/// Bytes of a file held at once.
const PIECE: usize = 1 << 20;

/// Bytes of a file whose rows are held before they are set aside.
const HELD: usize = 64 << 20;

/// Reads files, one after the other.
pub(super) struct FileReader<'r> {
    profile: &'r Profile,
    /// Whether source code is fingerprinted as such.
    code: bool,
    pub(super) rows: Sorter,
    /// Bytes read so far, for who watches.
    done: &'r AtomicU64,
    piece: Vec<u8>,
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
        FileReader { profile, code, rows, done, piece: vec![0; PIECE] }
    }

    /// Reads a file below a folder, no link followed on the way, and sets its rows aside under a number of the caller's; tells whether
    /// it held still.
    pub(super) fn read(&mut self, folder: &OwnedFd, path: &Path, number: u32) -> Result<(Content, bool), Failed> {
        let mut file = open(folder, path).map_err(Failed::File)?;
        let before = file.metadata().map_err(Failed::File)?;
        if !before.is_file() {
            return Err(Failed::File(io::Error::other("it is no longer a file")));
        }
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
            self.rows.extend(channel, rows, number).map_err(Failed::Rows)?;
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
                        kept = self.rows.extend(channel, rows, number);
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

/// Opens a file below a folder. It may have become a link or a pipe since it was listed: neither is followed or waited for.
pub(super) fn open(folder: &OwnedFd, path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::NOFOLLOW;
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
    match rustix::fs::openat2(folder, path, flags, Mode::empty(), resolve) {
        // An old kernel, or one that may not be asked this way: the last name alone is then no link.
        Err(Errno::NOSYS | Errno::PERM) => Ok(File::from(rustix::fs::openat(folder, path, flags, Mode::empty())?)),
        opened => Ok(File::from(opened?)),
    }
}
