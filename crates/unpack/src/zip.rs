//! Zip archives, by their central directory; without one, entry by entry from the front.

use std::cell::Cell;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::rc::Rc;

use ::zip::ZipReadOptions;
use ::zip::read::{Config, ZipFile, ZipFileEntry, read_zipfile_from_stream};
use ::zip::result::ZipError;
use ::zip::unstable::read::ZipIterable;

use crate::archive::walk_stream;
use crate::budget::{Bounded, kind_of};
use crate::finding::FindingKind;
use crate::names::{Names, nested_path, why_unsafe};
use crate::sink::{Sink, Stop, shown};

/// Passes on every entry. `directory` and `bodies` are two readers of the same `length` bytes. Gives false where not
/// one entry could be found, so that the caller passes the bytes on as they are.
pub(crate) fn walk<R: Read + Seek>(
    sink: &mut Sink<'_>,
    path: &str,
    length: u64,
    directory: R,
    mut bodies: R,
    depth: u32,
) -> Result<bool, Stop> {
    let mut archive = match ZipIterable::try_new(directory, Config::default()) {
        Ok(archive) => archive,
        Err(error) => {
            let detail =
                format!("no directory of entries ({}): read from the front instead", shown(&error.to_string()));
            sink.finding(path, kind_of_zip(&error), detail)?;
            return salvage(sink, path, length, bodies, depth);
        }
    };
    let entries = match archive.files() {
        Ok(entries) => entries,
        Err(error) => {
            sink.finding(path, kind_of_zip(&error), shown(&error.to_string()))?;
            return salvage(sink, path, length, bodies, depth);
        }
    };
    if entries.is_empty() && has_local_header(&mut bodies) {
        let detail = "the directory lists nothing, but entries are there: read from the front instead";
        sink.finding(path, FindingKind::Corrupt, detail)?;
        return salvage(sink, path, length, bodies, depth);
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
                return salvage(sink, path, length, bodies, depth);
            }
        };
        was_any_read = true;
        let entry_path = nested_path(path, entry.name_raw());
        if !is_wanted(sink, &entry_path, &entry, &mut names)? {
            continue;
        }
        match entry.with_reader(&mut bodies, ZipReadOptions::new()) {
            Ok(file) => walk_entry(sink, &entry_path, file, length, depth)?,
            Err(error) => sink.finding(&entry_path, kind_of_zip(&error), shown(&error.to_string()))?,
        }
    }
}

/// Whether an entry begins where the archive does.
fn has_local_header(bodies: &mut (impl Read + Seek)) -> bool {
    let mut signature = [0; 4];
    bodies.seek(SeekFrom::Start(0)).is_ok() && bodies.read_exact(&mut signature).is_ok() && signature == *b"PK\x03\x04"
}

/// Reads the entries one after the other, as far as their own headers lead: of an archive whose end is missing or damaged.
fn salvage<R: Read + Seek>(
    sink: &mut Sink<'_>,
    path: &str,
    length: u64,
    mut bodies: R,
    depth: u32,
) -> Result<bool, Stop> {
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
            walk_entry(sink, &entry_path, file, length, depth)?;
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
    } else if entry.encrypted() {
        Some((FindingKind::Encrypted, "no password is known"))
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

fn walk_entry<R: Read>(
    sink: &mut Sink<'_>,
    entry_path: &str,
    file: ZipFile<'_, R>,
    length: u64,
    depth: u32,
) -> Result<(), Stop> {
    // A stated size cannot be more than there is.
    let compressed = file.compressed_size().min(length);
    let size = file.size();
    let mut content = Bounded::new(file, Rc::new(Cell::new(compressed)), sink.limits.ratio);
    walk_stream(sink, entry_path, &mut content, Some(size), depth)
}

fn kind_of_zip(error: &ZipError) -> FindingKind {
    match error {
        ZipError::Io(error) => kind_of(error),
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => FindingKind::Encrypted,
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => FindingKind::Unsupported,
        _ => FindingKind::Corrupt,
    }
}
