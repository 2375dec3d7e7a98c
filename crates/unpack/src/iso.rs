//! Images of discs: ISO 9660 (ECMA-119) with the names of Rock Ridge or Joliet.

use std::cell::Cell;
use std::collections::HashSet;
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;

use crate::archive::walk_stream;
use crate::budget::{Bounded, Exactly, SHARED_BODIES, is_too_much, kind_of};
use crate::clues::{ClueKind, Clues, seconds_of, zone};
use crate::finding::FindingKind;
use crate::names::{Names, nested_path, why_unsafe};
use crate::sink::{Sink, Stop, shown};

const SECTOR: u64 = 2048;

/// A folder of more bytes is none: half a million files.
const LONGEST_FOLDER: u64 = 32 << 20;

/// Folders in folders beyond this are a loop.
const DEEPEST: usize = 64;

/// Which names are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Naming {
    /// Those of the standard, or of Rock Ridge where it is there.
    Plain,
    /// UTF-16.
    Joliet,
}

/// What a record of a folder says.
struct Record {
    start: u64,
    size: u64,
    is_folder: bool,
    /// Whether the file goes on in the next record.
    goes_on: bool,
    is_link: bool,
    name: Vec<u8>,
    seconds: Option<i64>,
    quarters_east: i8,
    owner: Option<(u32, u32)>,
}

/// A file, in one or several stretches.
struct Found {
    name: Vec<u8>,
    stretches: Vec<(u64, u64)>,
    is_link: bool,
}

/// Passes on every file. False where no folder could be found.
pub(crate) fn walk<R: Read + Seek>(
    sink: &mut Sink<'_>,
    path: &str,
    length: u64,
    file: &mut R,
    depth: u32,
) -> Result<bool, Stop> {
    let mut clues = Clues::default();
    let mut roots: Vec<(Naming, Record)> = Vec::new();
    for sector in 16..64 {
        let descriptor = match read_at(file, sector * SECTOR, SECTOR) {
            Ok(descriptor) => descriptor,
            Err(error) => {
                sink.finding(path, kind_of(&error), shown(&error.to_string()))?;
                break;
            }
        };
        let root = || parse(&descriptor[156..190], Naming::Plain);
        match (descriptor[0], &descriptor[1..6]) {
            (255, _) => break,
            (1, b"CD001") => {
                for (kind, range) in [
                    (ClueKind::Tool, 8..40),
                    (ClueKind::Name, 40..72),
                    (ClueKind::Firm, 318..446),
                    (ClueKind::Person, 446..574),
                    (ClueKind::Tool, 574..702),
                ] {
                    clues.add(kind, descriptor[range].trim_ascii_end());
                }
                let made = long_time(&descriptor[813..830], &mut clues);
                clues.time(made);
                roots.extend(root().map(|root| (Naming::Plain, root)));
            }
            (2, b"CD001") if descriptor[88..91].starts_with(b"%/") => {
                roots.extend(root().map(|root| (Naming::Joliet, root)));
            }
            _ => {}
        }
    }
    // Rock Ridge says more than Joliet; without it, Joliet more than the standard.
    let has_rock_ridge = roots.iter().any(|(naming, root)| *naming == Naming::Plain && has_rock_ridge(file, root));
    let wanted = if has_rock_ridge { Naming::Plain } else { Naming::Joliet };
    let chosen = roots.iter().find(|(naming, _)| *naming == wanted).or_else(|| roots.first());
    let Some((naming, root)) = chosen else {
        sink.finding(path, FindingKind::Corrupt, "no folder of files is named in it")?;
        return Ok(false);
    };
    let (names, seen) = (Names::default(), HashSet::new());
    let mut walker = Walker { file, length, naming: *naming, names, produced: Rc::default(), seen, clues };
    walker.walk_folder(sink, path, b"", root, 0, depth)?;
    walker.clues.tell(sink, path)?;
    Ok(true)
}

struct Walker<'f, R> {
    file: &'f mut R,
    length: u64,
    naming: Naming,
    names: Names,
    /// Bytes that came out.
    produced: Rc<Cell<u64>>,
    /// Where folders begin that were read.
    seen: HashSet<u64>,
    clues: Clues,
}

impl<R: Read + Seek> Walker<'_, R> {
    fn walk_folder(
        &mut self,
        sink: &mut Sink<'_>,
        path: &str,
        name: &[u8],
        folder: &Record,
        level: usize,
        depth: u32,
    ) -> Result<(), Stop> {
        let folder_path = if name.is_empty() { path.to_owned() } else { nested_path(path, name) };
        if level > DEEPEST || folder.size > LONGEST_FOLDER || !self.seen.insert(folder.start) {
            let detail = "a folder that was read before, is too deep, or too large; it was not read";
            return sink.finding(&folder_path, FindingKind::Corrupt, detail);
        }
        let bytes = match read_at(self.file, folder.start, folder.size) {
            Ok(bytes) => bytes,
            Err(error) => return sink.finding(&folder_path, kind_of(&error), shown(&error.to_string())),
        };
        let mut open: Option<Found> = None;
        for record in records(&bytes, self.naming) {
            if is_too_much(self.produced.get(), self.length, sink.limits.ratio) {
                return sink.finding(path, FindingKind::Bomb, SHARED_BODIES);
            }
            let full_name = [name, if name.is_empty() { b"" } else { b"/" }, &record.name].concat();
            self.note(&record);
            if record.is_folder {
                sink.count_entry(&nested_path(path, &full_name))?;
                self.walk_folder(sink, path, &full_name, &record, level + 1, depth)?;
                continue;
            }
            let mut found = match open.take() {
                Some(found) if found.name == full_name => found,
                _ => Found { name: full_name, stretches: Vec::new(), is_link: record.is_link },
            };
            found.stretches.push((record.start, record.size));
            if record.goes_on {
                open = Some(found);
            } else {
                self.walk_file(sink, path, &found, depth)?;
            }
        }
        match open {
            Some(found) => self.walk_file(sink, path, &found, depth),
            None => Ok(()),
        }
    }

    fn walk_file(&mut self, sink: &mut Sink<'_>, path: &str, found: &Found, depth: u32) -> Result<(), Stop> {
        let entry_path = nested_path(path, &found.name);
        if let Some(why) = why_unsafe(&found.name) {
            sink.finding(&entry_path, FindingKind::UnsafeName, why)?;
        }
        if !self.names.is_new(&found.name) {
            sink.finding(&entry_path, FindingKind::DuplicateName, "a file before it has the same name")?;
        }
        if found.is_link {
            sink.count_entry(&entry_path)?;
            return sink.finding(&entry_path, FindingKind::NotAFile, "a symbolic link; it is not followed");
        }
        let size: u64 = found.stretches.iter().map(|(_, size)| size).sum();
        if found.stretches.iter().any(|(start, size)| start.saturating_add(*size) > self.length) {
            sink.finding(&entry_path, FindingKind::Truncated, "it reaches beyond the end of the image")?;
        }
        let content = Stretches { file: self.file, left: found.stretches.clone(), at: None };
        let (all, produced) = (Rc::new(Cell::new(self.length)), Rc::clone(&self.produced));
        let mut content = Bounded::sharing(content, all, produced, sink.limits.ratio);
        walk_stream(sink, &entry_path, &mut content, Some(size), depth)
    }

    fn note(&mut self, record: &Record) {
        if let Some((user, group)) = record.owner {
            self.clues.owner(user.into(), group.into(), b"", b"");
        }
        self.clues.time(record.seconds);
        if record.quarters_east != 0 && !record.is_folder {
            self.clues.add(ClueKind::Zone, zone(i64::from(record.quarters_east) * 900).as_bytes());
        }
    }
}

/// Stretches of the image, end to end.
struct Stretches<'f, R> {
    file: &'f mut R,
    left: Vec<(u64, u64)>,
    /// Where the file stands, while it has not been moved by another.
    at: Option<u64>,
}

impl<R: Read + Seek> Read for Stretches<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.left.first().is_some_and(|(_, size)| *size == 0) {
            self.left.remove(0);
        }
        let Some((start, size)) = self.left.first_mut() else {
            return Ok(0);
        };
        if self.at != Some(*start) {
            self.file.seek(SeekFrom::Start(*start))?;
        }
        let most = usize::try_from(*size).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.file.read(&mut buffer[..most])?;
        if read == 0 && most > 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the image ends inside it"));
        }
        *start += read as u64;
        *size -= read as u64;
        self.at = Some(*start);
        Ok(read)
    }
}

fn read_at<R: Read + Seek>(file: &mut R, start: u64, length: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    Exactly::new(file, length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn has_rock_ridge<R: Read + Seek>(file: &mut R, root: &Record) -> bool {
    let own = read_at(file, root.start, SECTOR.min(root.size));
    // The root's record of itself says so: SUSP's "SP" stands first there.
    own.is_ok_and(|bytes| {
        let length = bytes.first().map_or(0, |length| usize::from(*length));
        bytes.get(34..length).is_some_and(|fields| fields.starts_with(b"SP"))
    })
}

/// The records of a folder but those of itself and of its parent. None goes over the border of a sector.
fn records(bytes: &[u8], naming: Naming) -> impl Iterator<Item = Record> {
    const WHOLE: usize = 2048;
    bytes.chunks(WHOLE).flat_map(move |sector| {
        let mut rest = sector;
        std::iter::from_fn(move || {
            let length = rest.first().map_or(0, |length| usize::from(*length));
            let record = rest.get(..length).filter(|_| length >= 34)?;
            rest = &rest[length..];
            Some(parse(record, naming))
        })
        .flatten()
        .filter(|record| !matches!(record.name[..], [0] | [1]))
    })
}

fn parse(record: &[u8], naming: Naming) -> Option<Record> {
    let le32 = |at: usize| record.get(at..)?.first_chunk().map(|field| u32::from_le_bytes(*field));
    let time: &[u8; 7] = record.get(18..)?.first_chunk()?;
    let [year, month, day, hour, minute, second, quarters] = *time;
    let quarters_east = quarters.cast_signed();
    let date = (1900 + i64::from(year), i64::from(month), i64::from(day));
    let seconds = seconds_of(date, (hour.into(), minute.into(), second.into()))
        .filter(|_| (-48..=52).contains(&quarters_east))
        .map(|seconds| seconds - i64::from(quarters_east) * 900);
    let (flags, length) = (*record.get(25)?, usize::from(*record.get(32)?));
    let told = record.get(33..33 + length)?;
    let mut parsed = Record {
        // Bytes of extended attributes stand before the content.
        start: (u64::from(le32(2)?) + u64::from(*record.get(1)?)) * SECTOR,
        size: le32(10)?.into(),
        is_folder: flags & 2 != 0,
        goes_on: flags & 0x80 != 0,
        is_link: false,
        name: told.to_vec(),
        seconds,
        quarters_east: if seconds.is_some() { quarters_east } else { 0 },
        owner: None,
    };
    if matches!(told, [0] | [1]) {
        return Some(parsed);
    }
    match naming {
        Naming::Joliet => {
            let units = told.as_chunks::<2>().0.iter().map(|unit| u16::from_be_bytes(*unit));
            let name: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
            parsed.name = without_version(name.as_bytes()).to_vec();
        }
        Naming::Plain => {
            parsed.name = without_version(told).to_vec();
            let fields = record.get(33 + length + usize::from(length % 2 == 0)..).unwrap_or_default();
            read_rock_ridge(fields, &mut parsed);
        }
    }
    Some(parsed)
}

/// A name of the standard ends in a version: `README.TXT;1`.
fn without_version(name: &[u8]) -> &[u8] {
    let name = name.strip_suffix(b";1").unwrap_or(name);
    name.strip_suffix(b".").filter(|name| !name.is_empty()).unwrap_or(name)
}

/// Fields of SUSP: two letters, a length, a version, and what they say.
fn read_rock_ridge(mut fields: &[u8], to: &mut Record) {
    let mut name = Vec::new();
    while let [first, second, length, _, ..] = fields {
        let length = usize::from(*length);
        let Some(field) = fields.get(4..length) else {
            break;
        };
        let number = |at: usize| field.get(at..).and_then(|rest| rest.first_chunk()).map(|it| u32::from_le_bytes(*it));
        match (first, second) {
            (b'N', b'M') => name.extend(field.get(1..).unwrap_or_default()),
            (b'P', b'X') => {
                to.owner = number(16).zip(number(24));
                to.is_link = number(0).is_some_and(|mode| mode & 0o170_000 == 0o120_000);
            }
            (b'S', b'L') => to.is_link = true,
            _ => {}
        }
        fields = &fields[length..];
    }
    if !name.is_empty() {
        to.name = name;
    }
}

/// A time in digits, with hundredths and the quarters of an hour that its zone is east of UTC.
fn long_time(field: &[u8], clues: &mut Clues) -> Option<i64> {
    let number = |from: usize, to: usize| std::str::from_utf8(field.get(from..to)?).ok()?.parse::<i64>().ok();
    let date = (number(0, 4)?, number(4, 6)?, number(6, 8)?);
    let seconds = seconds_of(date, (number(8, 10)?, number(10, 12)?, number(12, 14)?))?;
    let quarters = i64::from(field.get(16)?.cast_signed());
    if quarters != 0 && (-48..=52).contains(&quarters) {
        clues.add(ClueKind::Zone, zone(quarters * 900).as_bytes());
    }
    Some(seconds - quarters * 900)
}
