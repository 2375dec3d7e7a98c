//! Archives of 7-Zip: blocks that hold one file or many end to end, locked or not, under a head that may be locked too.

use std::cell::Cell;
use std::io::{self, Read, Seek};
use std::rc::Rc;

use sevenz_rust2::{Archive, ArchiveEntry, BlockDecoder, Error, Password};

use crate::archive::walk_stream;
use crate::budget::{Bounded, kind_of};
use crate::clues::{ClueKind, Clues};
use crate::finding::FindingKind;
use crate::limits::Limits;
use crate::names::{Names, nested_path, why_unsafe};
use crate::sink::{Sink, Stop, shown};

/// How much of a file is read to see whether a password fits.
const PROBED: u64 = 64 << 20;

/// Passes on every file. False where the head could not be read.
pub(crate) fn walk<R: Read + Seek>(
    sink: &mut Sink<'_>,
    path: &str,
    length: u64,
    file: &mut R,
    depth: u32,
) -> Result<bool, Stop> {
    let archive = match read_head(sink, file) {
        Ok(archive) => archive,
        Err((kind, detail)) => {
            sink.finding(path, kind, detail)?;
            return Ok(false);
        }
    };
    let mut walker = Walker { path, length, depth, names: Names::default(), clues: Clues::default() };
    let mut fitted = None;
    for number in 0..archive.blocks.len() {
        walker.walk_block(sink, file, &archive, number, &mut fitted)?;
    }
    let of_no_block = archive.files.iter().zip(&archive.stream_map.file_block_index).filter(|(_, it)| it.is_none());
    for (entry, _) in of_no_block {
        walker.walk_entry(sink, entry, &mut io::empty())?;
    }
    walker.clues.tell(sink, path)?;
    Ok(true)
}

/// Reads the head, with each password where it is locked.
fn read_head<R: Read + Seek>(sink: &mut Sink<'_>, file: &mut R) -> Result<Archive, (FindingKind, String)> {
    let mut read = |password: &Password| Archive::read_with_memory_limit(file, password, kibibytes());
    let error = match read(&Password::empty()) {
        Ok(archive) => return Ok(archive),
        Err(error) => error,
    };
    if !matches!(error, Error::PasswordRequired) {
        return Err(in_words(&error));
    }
    for number in 0..sink.passwords.len() {
        if let Ok(archive) = read(&Password::new(&sink.passwords[number])) {
            sink.fitted(number);
            return Ok(archive);
        }
    }
    Err((FindingKind::Encrypted, format!("even the names of its files are not known: {}", sink.why_locked())))
}

fn kibibytes() -> usize {
    usize::try_from(Limits::DECODER >> 10).unwrap_or(usize::MAX)
}

struct Walker<'p> {
    path: &'p str,
    length: u64,
    depth: u32,
    names: Names,
    clues: Clues,
}

impl Walker<'_> {
    /// Passes on the files of a block. `fitted` is the password that opened one before it.
    fn walk_block<R: Read + Seek>(
        &mut self,
        sink: &mut Sink<'_>,
        file: &mut R,
        archive: &Archive,
        number: usize,
        fitted: &mut Option<Password>,
    ) -> Result<(), Stop> {
        let first = archive.stream_map.block_first_file_index.get(number).copied().unwrap_or(usize::MAX);
        let is_locked = archive.is_file_encrypted(first);
        if is_locked && fitted.is_none() {
            *fitted = find_password(sink, file, archive, number);
        }
        let empty = Password::empty();
        let password = match fitted {
            Some(password) if is_locked => &*password,
            None if is_locked => return self.tell_locked(sink, archive, number),
            _ => &empty,
        };
        let decoder = BlockDecoder::new_with_memory_limit(1, kibibytes(), number, archive, password, file);
        let mut stop = None;
        let was_told = Cell::new(false);
        let mut last = None;
        let decoded = decoder.for_each_entries(&mut |entry, reader| {
            last = Some(nested_path(self.path, entry.name.as_bytes()));
            let mut told = Telling { inner: reader, failed: &was_told };
            self.walk_entry(sink, entry, &mut told).map_err(|reason| {
                stop = Some(reason);
                Error::Other("stopped".into())
            })?;
            // What the entry's own parser left is read for its checksum by the library.
            Ok(true)
        });
        match (stop, decoded) {
            (Some(stop), _) => Err(stop),
            (None, Err(error)) => {
                let (kind, detail) = in_words(&error);
                let unread = unread_of(archive, number, last.as_deref(), self.path);
                let path = last.as_deref().unwrap_or(self.path);
                if !was_told.get() || unread > 0 {
                    let detail = format!("{detail}; {unread} files behind it in the same block were not read");
                    sink.finding(path, kind, detail)?;
                }
                Ok(())
            }
            (None, Ok(_)) => Ok(()),
        }
    }

    fn tell_locked(&mut self, sink: &mut Sink<'_>, archive: &Archive, number: usize) -> Result<(), Stop> {
        for (entry, _) in of_block(archive, number) {
            let entry_path = nested_path(self.path, entry.name.as_bytes());
            self.clues.time(entry.has_last_modified_date.then(|| unix_seconds(entry)));
            sink.count_entry(&entry_path)?;
            let detail = sink.why_locked();
            sink.finding(&entry_path, FindingKind::Encrypted, detail)?;
        }
        Ok(())
    }

    fn walk_entry(&mut self, sink: &mut Sink<'_>, entry: &ArchiveEntry, reader: &mut dyn Read) -> Result<(), Stop> {
        /// What 7-Zip sets where the upper half of the attributes is a mode of Unix.
        const HAS_UNIX_MODE: u32 = 0x8000;

        let name = entry.name.as_bytes();
        let entry_path = nested_path(self.path, name);
        if let Some(why) = why_unsafe(name) {
            sink.finding(&entry_path, FindingKind::UnsafeName, why)?;
        }
        if !entry.is_directory && !self.names.is_new(name) {
            sink.finding(&entry_path, FindingKind::DuplicateName, "an entry before it has the same name")?;
        }
        self.clues.time(entry.has_last_modified_date.then(|| unix_seconds(entry)));
        let attributes = entry.windows_attributes;
        let has_unix_mode = entry.has_windows_attributes && attributes & HAS_UNIX_MODE != 0;
        if has_unix_mode {
            self.clues.add(ClueKind::Tool, b"packed with modes of Unix");
        }
        let instead = match entry {
            _ if has_unix_mode && attributes >> 28 == 0o12 => Some("a symbolic link; it is not followed"),
            entry if entry.is_anti_item => Some("a mark that a file is to be removed"),
            _ => None,
        };
        if let Some(what) = instead {
            sink.count_entry(&entry_path)?;
            return sink.finding(&entry_path, FindingKind::NotAFile, what);
        }
        if entry.is_directory {
            return sink.count_entry(&entry_path);
        }
        let mut content = Bounded::new(reader, Rc::new(Cell::new(self.length)), sink.limits.ratio);
        walk_stream(sink, &entry_path, &mut content, Some(entry.size), self.depth)
    }
}

fn of_block(archive: &Archive, number: usize) -> impl Iterator<Item = (&ArchiveEntry, &Option<usize>)> {
    let files = archive.files.iter().zip(&archive.stream_map.file_block_index);
    files.filter(move |(_, block)| **block == Some(number))
}

/// How many files of a block come after the one that was begun last.
fn unread_of(archive: &Archive, number: usize, last: Option<&str>, path: &str) -> usize {
    let files: Vec<String> = of_block(archive, number).map(|(it, _)| nested_path(path, it.name.as_bytes())).collect();
    let begun = last.and_then(|last| files.iter().rposition(|file| file == last));
    files.len() - begun.map_or(0, |begun| begun + 1)
}

/// The password that opens a block: what it gives holds the first file's checksum, or is well formed for long.
fn find_password<R: Read + Seek>(
    sink: &mut Sink<'_>,
    file: &mut R,
    archive: &Archive,
    number: usize,
) -> Option<Password> {
    for tried in 0..sink.passwords.len() {
        let password = Password::new(&sink.passwords[tried]);
        let decoder = BlockDecoder::new_with_memory_limit(1, kibibytes(), number, archive, &password, file);
        let mut held = false;
        let _ = decoder.for_each_entries(&mut |entry, reader| {
            held = io::copy(&mut reader.take(PROBED), &mut io::sink()).is_ok();
            Ok(held && !entry.has_stream)
        });
        if held {
            sink.fitted(tried);
            return Some(password);
        }
    }
    None
}

fn unix_seconds(entry: &ArchiveEntry) -> i64 {
    /// Between 1601 and 1970, and how often its clock ticks in a second.
    const BEFORE_1970: i64 = 11_644_473_600;
    const TICKS: u64 = 10_000_000;
    i64::try_from(u64::from(entry.last_modified_date) / TICKS).map_or(0, |seconds| seconds - BEFORE_1970)
}

fn in_words(error: &Error) -> (FindingKind, String) {
    match error {
        Error::Io(error, _) | Error::MaybeBadPassword(error) => (kind_of(error), shown(&error.to_string())),
        Error::UnsupportedCompressionMethod(method) => {
            (FindingKind::Unsupported, format!("compressed by {}, which is not read", shown(method)))
        }
        Error::Unsupported(what) => (FindingKind::Unsupported, shown(what)),
        Error::ExternalUnsupported => (FindingKind::Unsupported, "its head lies elsewhere".to_owned()),
        Error::UnsupportedVersion { major, minor } => {
            (FindingKind::Unsupported, format!("version {major}.{minor} of the format"))
        }
        Error::MaxMemLimited { actaul_kb, .. } => {
            let (needed, most) = (actaul_kb >> 10, Limits::DECODER >> 20);
            (FindingKind::TooLarge, format!("its dictionary takes {needed} MiB of memory; the limit is {most}"))
        }
        Error::PasswordRequired => (FindingKind::Encrypted, "it is locked".to_owned()),
        Error::ChecksumVerificationFailed | Error::NextHeaderCrcMismatch => {
            (FindingKind::Corrupt, "a checksum does not hold".to_owned())
        }
        Error::Other(what) => (FindingKind::Corrupt, shown(what)),
        _ => (FindingKind::Corrupt, "its head is damaged".to_owned()),
    }
}

/// Notes whether an error went through it, since whoever read said so.
struct Telling<'r> {
    inner: &'r mut dyn Read,
    failed: &'r Cell<bool>,
}

impl Read for Telling<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer);
        self.failed.set(self.failed.get() || read.is_err());
        read
    }
}
