//! Zip archives, by their central directory; without one, entry by entry from the front.

use std::cell::Cell;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::rc::Rc;

use ::zip::read::{Config, OwnedZipFileEntry, ZipFile, ZipFileEntry, read_zipfile_from_stream};
use ::zip::result::ZipError;
use ::zip::unstable::read::ZipIterable;
use ::zip::{CompressionMethod, ExtraField, ZipReadOptions};
use flate2::Crc;

use crate::archive::walk_stream;
use crate::budget::{Bounded, SHARED_BODIES, is_too_much, kind_of};
use crate::clues::{ClueKind, Clues, dos_seconds};
use crate::detect::Codec;
use crate::finding::FindingKind;
use crate::names::{Names, nested_path, why_unsafe};
use crate::sink::{Sink, Stop, shown};
use crate::stream::decoder;

/// Passes on every entry. `directory` and `bodies` are two readers of the same `length` bytes. Gives false where not
/// one entry could be found, so that the caller passes the bytes on as they are.
pub(crate) fn walk<R: Read + Seek>(
    sink: &mut Sink<'_>,
    path: &str,
    length: u64,
    directory: R,
    bodies: R,
    depth: u32,
) -> Result<bool, Stop> {
    let mut shared = Shared { length, depth, produced: Rc::default(), bombs: 0, clues: Clues::default() };
    let walked = walk_entries(sink, path, directory, bodies, &mut shared)?;
    shared.clues.tell(sink, path)?;
    Ok(walked)
}

/// What all entries of an archive have in common.
struct Shared {
    /// Bytes of the archive.
    length: u64,
    depth: u32,
    /// Bytes that came out of it, without those of entries that were cut as bombs by themselves; and how many these were.
    produced: Rc<Cell<u64>>,
    bombs: u32,
    clues: Clues,
}

impl Shared {
    fn is_too_much(&self, sink: &Sink<'_>) -> bool {
        /// A few may lie among what is worth reading; more are there to take time.
        const BOMBS: u32 = 16;
        self.bombs > BOMBS || is_too_much(self.produced.get(), self.length, sink.limits.ratio)
    }
}

fn walk_entries<R: Read + Seek>(
    sink: &mut Sink<'_>,
    path: &str,
    directory: R,
    mut bodies: R,
    shared: &mut Shared,
) -> Result<bool, Stop> {
    let mut archive = match ZipIterable::try_new(directory, Config::default()) {
        Ok(archive) => archive,
        Err(error) => {
            let detail =
                format!("no directory of entries ({}): read from the front instead", shown(&error.to_string()));
            sink.finding(path, kind_of_zip(&error), detail)?;
            return salvage(sink, path, bodies, shared);
        }
    };
    let entries = match archive.files() {
        Ok(entries) => entries,
        Err(error) => {
            sink.finding(path, kind_of_zip(&error), shown(&error.to_string()))?;
            return salvage(sink, path, bodies, shared);
        }
    };
    if entries.is_empty() && has_local_header(&mut bodies) {
        let detail = "the directory lists nothing, but entries are there: read from the front instead";
        sink.finding(path, FindingKind::Corrupt, detail)?;
        return salvage(sink, path, bodies, shared);
    }
    let mut names = Names::default();
    let mut was_any_read = false;
    loop {
        let left = entries.len();
        let entry = match entries.next() {
            None => return Ok(true),
            Some(Ok(entry)) => entry,
            Some(Err(error)) if was_any_read => {
                let detail =
                    format!("the directory breaks off with {left} entries to come: {}", shown(&error.to_string()));
                sink.finding(path, kind_of_zip(&error), detail)?;
                return Ok(true);
            }
            Some(Err(error)) => {
                let detail =
                    format!("the directory is damaged ({}): read from the front instead", shown(&error.to_string()));
                sink.finding(path, kind_of_zip(&error), detail)?;
                return salvage(sink, path, bodies, shared);
            }
        };
        was_any_read = true;
        if shared.is_too_much(sink) {
            sink.finding(path, FindingKind::Bomb, SHARED_BODIES)?;
            return Ok(true);
        }
        let entry_path = nested_path(path, entry.name_raw());
        if !is_wanted(sink, &entry_path, &entry, &mut names)? {
            continue;
        }
        note_maker(&mut shared.clues, &entry);
        if entry.encrypted() {
            walk_locked(sink, &entry_path, &entry.into(), &mut bodies, shared)?;
            continue;
        }
        let body = match entry.with_reader(&mut bodies, ZipReadOptions::new()) {
            Ok(file) => match Body::by_zstd(&file) {
                Some(body) => {
                    note_times(&mut shared.clues, &file);
                    body
                }
                None => {
                    walk_entry(sink, &entry_path, file, shared)?;
                    continue;
                }
            },
            Err(error) => {
                sink.finding(&entry_path, kind_of_zip(&error), shown(&error.to_string()))?;
                continue;
            }
        };
        if let Err(error) = bodies.seek(SeekFrom::Start(body.start)) {
            sink.finding(&entry_path, kind_of(&error), error.to_string())?;
            continue;
        }
        let stream = decoder(Codec::Zstd, Box::new((&mut bodies).take(body.compressed)));
        let content = Checked { inner: stream, sum: Crc::new(), stated: body.crc };
        walk_content(sink, &entry_path, content, (body.compressed, body.size), shared)?;
    }
}

/// Whether an entry begins where the archive does.
fn has_local_header(bodies: &mut (impl Read + Seek)) -> bool {
    let mut signature = [0; 4];
    bodies.seek(SeekFrom::Start(0)).is_ok() && bodies.read_exact(&mut signature).is_ok() && signature == *b"PK\x03\x04"
}

/// Reads the entries one after the other, as far as their own headers lead: of an archive whose end is missing or damaged.
fn salvage<R: Read + Seek>(sink: &mut Sink<'_>, path: &str, mut bodies: R, shared: &mut Shared) -> Result<bool, Stop> {
    if let Err(error) = bodies.seek(SeekFrom::Start(0)) {
        sink.finding(path, kind_of(&error), error.to_string())?;
        return Ok(false);
    }
    let mut stream = BufReader::new(bodies);
    let mut names = Names::default();
    let mut was_any_read = false;
    loop {
        let file = match read_zipfile_from_stream(&mut stream) {
            Ok(Some(file)) => file,
            Ok(None) => return Ok(was_any_read),
            Err(error) => {
                let detail = format!("what follows cannot be read: {}", shown(&error.to_string()));
                sink.finding(path, kind_of_zip(&error), detail)?;
                return Ok(was_any_read);
            }
        };
        was_any_read = true;
        let entry_path = nested_path(path, file.name_raw());
        if is_wanted(sink, &entry_path, &file.entry(), &mut names)? {
            note_maker(&mut shared.clues, &file.entry());
            walk_entry(sink, &entry_path, file, shared)?;
        }
    }
}

/// Says what is wrong with an entry by its header alone; gives whether there is content to read.
fn is_wanted(sink: &mut Sink<'_>, entry_path: &str, entry: &ZipFileEntry<'_>, names: &mut Names) -> Result<bool, Stop> {
    let name = entry.name_raw();
    if let Some(why) = why_unsafe(name) {
        sink.finding(entry_path, FindingKind::UnsafeName, why)?;
    }
    if !names.is_new(name) {
        sink.finding(entry_path, FindingKind::DuplicateName, "an entry before it has the same name")?;
    }
    let unread = if entry.is_dir() && entry.size() == 0 {
        None
    } else if entry.is_symlink() {
        Some((FindingKind::NotAFile, "a symbolic link; it is not followed"))
    } else {
        return Ok(true);
    };
    // Folders and links take part in the count: a million of them is no less of a bomb.
    sink.count_entry(entry_path)?;
    if let Some((kind, detail)) = unread {
        sink.finding(entry_path, kind, detail)?;
    }
    Ok(false)
}

/// An entry that a password locks: each is tried. One that fits may still be another's, of which the older locks tell only one in 256.
fn walk_locked<R: Read + Seek>(
    sink: &mut Sink<'_>,
    entry_path: &str,
    entry: &OwnedZipFileEntry,
    bodies: &mut R,
    shared: &mut Shared,
) -> Result<(), Stop> {
    /// How much is read to see whether a password is the right one.
    const PROBED: u64 = 64 << 20;

    let mut unsupported = None;
    for number in 0..sink.passwords.len() {
        let password = sink.passwords[number].clone();
        let options = || ZipReadOptions::new().password(Some(password.as_bytes()));
        if sink.passwords.len() > 1 {
            let probed = entry.as_ref().with_reader(bodies, options()).map(|file| {
                let mut probe = file.take(PROBED);
                io::copy(&mut probe, &mut io::sink()).is_ok()
            });
            if !matches!(probed, Ok(true)) {
                continue;
            }
        }
        match entry.as_ref().with_reader(bodies, options()) {
            Ok(file) => {
                sink.fitted(number);
                return walk_entry(sink, entry_path, file, shared);
            }
            Err(error) if kind_of_zip(&error) == FindingKind::Encrypted => {}
            Err(error) => unsupported = Some(error),
        }
    }
    sink.count_entry(entry_path)?;
    match unsupported {
        Some(error) => sink.finding(entry_path, kind_of_zip(&error), shown(&error.to_string())),
        None => {
            let detail = sink.why_locked();
            sink.finding(entry_path, FindingKind::Encrypted, detail)
        }
    }
}

/// What an entry says of the program that packed it.
fn note_maker(clues: &mut Clues, entry: &ZipFileEntry<'_>) {
    let (major, minor) = entry.version_made_by();
    clues.add(ClueKind::Tool, format!("{:?}, version {major}.{minor} of the format", entry.system()).as_bytes());
    if !entry.comment().is_empty() {
        clues.add(ClueKind::Comment, entry.comment().as_bytes());
    }
}

/// When an entry was changed, and whose it was, from the fields that packers add.
fn note_times<R: Read>(clues: &mut Clues, file: &ZipFile<'_, R>) {
    /// Between 1601 and 1970, and how often the clock of NTFS ticks in a second.
    const BEFORE_1970: i64 = 11_644_473_600;
    const TICKS: u64 = 10_000_000;
    /// Info-ZIP's field of user and group.
    const OWNER: u16 = 0x7875;

    let by_clock = file.last_modified().and_then(|at| dos_seconds(at.datepart(), at.timepart()));
    let mut in_utc = None;
    for field in file.extra_data_fields() {
        match field {
            ExtraField::ExtendedTimestamp(times) => {
                in_utc = times.mod_time().map(i64::from).or(in_utc);
            }
            ExtraField::Ntfs(times) => {
                in_utc = in_utc.or_else(|| Some(i64::try_from(times.mtime() / TICKS).ok()? - BEFORE_1970));
            }
            ExtraField::Custom(field) if field.header_id == OWNER => {
                if let Some((user, group)) = owner_of(&field.data) {
                    clues.owner(user, group, b"", b"");
                }
            }
            _ => {}
        }
    }
    match (in_utc, by_clock) {
        (Some(in_utc), Some(by_clock)) => {
            clues.time(Some(in_utc));
            clues.zone(in_utc, by_clock);
        }
        (in_utc, by_clock) => {
            clues.time(in_utc);
            clues.clock_time(by_clock);
        }
    }
}

/// User and group: a version, then for each a length and the number.
fn owner_of(field: &[u8]) -> Option<(u64, u64)> {
    let number = |field: &[u8]| field.iter().rev().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
    let (length, rest) = field.get(1..)?.split_first()?;
    let (user, rest) = rest.split_at_checked(usize::from(*length).min(8))?;
    let (length, rest) = rest.split_first()?;
    Some((number(user), number(rest.get(..usize::from(*length).min(8))?)))
}

fn walk_entry<R: Read>(
    sink: &mut Sink<'_>,
    entry_path: &str,
    file: ZipFile<'_, R>,
    shared: &mut Shared,
) -> Result<(), Stop> {
    note_times(&mut shared.clues, &file);
    let sizes = (file.compressed_size(), file.size());
    walk_content(sink, entry_path, file, sizes, shared)
}

/// Passes on what an entry holds, of which its compressed and its whole size are stated.
fn walk_content(
    sink: &mut Sink<'_>,
    entry_path: &str,
    content: impl Read,
    (compressed, size): (u64, u64),
    shared: &mut Shared,
) -> Result<(), Stop> {
    // A stated size cannot be more than there is.
    let compressed = compressed.min(shared.length);
    let (ratio, before, own) = (sink.limits.ratio, shared.produced.get(), Rc::new(Cell::new(0)));
    let content = Bounded::sharing(content, Rc::new(Cell::new(compressed)), Rc::clone(&own), ratio);
    let all = Rc::new(Cell::new(shared.length));
    let mut content = Bounded::sharing(content, all, Rc::clone(&shared.produced), ratio);
    walk_stream(sink, entry_path, &mut content, Some(size), shared.depth)?;
    if is_too_much(own.get(), compressed, ratio) {
        shared.produced.set(before);
        shared.bombs += 1;
    }
    Ok(())
}

/// Where the bytes of an entry are that the library does not decompress, and what is stated of them.
struct Body {
    start: u64,
    compressed: u64,
    size: u64,
    crc: u32,
}

impl Body {
    /// Those of an entry by zstd.
    fn by_zstd<R: Read>(file: &ZipFile<'_, R>) -> Option<Body> {
        let start = file.data_start().filter(|_| file.compression() == CompressionMethod::ZSTD)?;
        Some(Body { start, compressed: file.compressed_size(), size: file.size(), crc: file.crc32() })
    }
}

/// A stream that is held against its CRC-32 at its end.
struct Checked<R> {
    inner: R,
    sum: Crc,
    stated: u32,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.sum.update(&buffer[..read]);
        if read == 0 && !buffer.is_empty() && self.sum.sum() != self.stated {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "its checksum does not hold"));
        }
        Ok(read)
    }
}

fn kind_of_zip(error: &ZipError) -> FindingKind {
    match error {
        ZipError::Io(error) => kind_of(error),
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => FindingKind::Encrypted,
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => FindingKind::Unsupported,
        _ => FindingKind::Corrupt,
    }
}
