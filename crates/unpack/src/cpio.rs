//! Archives of cpio in the formats with readable headers: new ASCII, with and without checksums, and old ASCII.

use std::io::{self, Read};

use crate::archive::walk_stream;
use crate::budget::{Exactly, fill, kind_of};
use crate::clues::Clues;
use crate::finding::FindingKind;
use crate::names::{Names, nested_path, why_unsafe};
use crate::sink::{Sink, Stop, shown};

/// Longer names are none.
const LONGEST_NAME: u64 = 64 << 10;

/// What a header says of its entry.
struct Header {
    mode: u64,
    user: u64,
    group: u64,
    time: u64,
    size: u64,
    name: Vec<u8>,
    /// What name and content are padded to.
    boundary: u64,
    /// Bytes of the header itself.
    length: u64,
}

/// Passes on every entry of a stream.
pub(crate) fn walk(sink: &mut Sink<'_>, path: &str, stream: &mut dyn Read, depth: u32) -> Result<(), Stop> {
    let mut clues = Clues::default();
    let walked = walk_entries(sink, path, stream, depth, &mut clues);
    walked.and_then(|()| clues.tell(sink, path))
}

fn walk_entries(
    sink: &mut Sink<'_>,
    path: &str,
    stream: &mut dyn Read,
    depth: u32,
    clues: &mut Clues,
) -> Result<(), Stop> {
    let mut names = Names::default();
    loop {
        let header = match read_header(stream) {
            Ok(header) => header,
            Err(error) => return sink.finding(path, kind_of(&error), shown(&error.to_string())),
        };
        if header.name == b"TRAILER!!!" {
            return Ok(());
        }
        let entry_path = nested_path(path, &header.name);
        if let Some(why) = why_unsafe(&header.name) {
            sink.finding(&entry_path, FindingKind::UnsafeName, why)?;
        }
        let kind = header.mode & 0o170_000;
        let is_folder = kind == 0o040_000;
        if !is_folder && !names.is_new(&header.name) {
            sink.finding(&entry_path, FindingKind::DuplicateName, "an entry before it has the same name")?;
        }
        clues.owner(header.user, header.group, b"", b"");
        clues.time(i64::try_from(header.time).ok());
        let mut content = Exactly::new(stream, header.size);
        match kind {
            0o100_000 | 0 => walk_stream(sink, &entry_path, &mut content, Some(header.size), depth)?,
            0o040_000 => sink.count_entry(&entry_path)?,
            _ => {
                sink.count_entry(&entry_path)?;
                let what = if kind == 0o120_000 { "a symbolic link; it is not followed" } else { "a device or pipe" };
                sink.finding(&entry_path, FindingKind::NotAFile, what)?;
            }
        }
        let padding = padding(header.size, header.boundary);
        let rest = content.skip_rest().and_then(|()| Exactly::new(stream, padding).skip_rest());
        if let Err(error) = rest {
            return sink.finding(path, kind_of(&error), shown(&error.to_string()));
        }
    }
}

fn padding(length: u64, boundary: u64) -> u64 {
    (boundary - length % boundary) % boundary
}

fn read_header(stream: &mut dyn Read) -> io::Result<Header> {
    let damaged = |what: &str| io::Error::new(io::ErrorKind::InvalidData, format!("{what}; what follows was not read"));
    let ended = || io::Error::new(io::ErrorKind::UnexpectedEof, "it ends without an end mark");
    let mut magic = [0; 6];
    let exactly = |stream: &mut dyn Read, into: &mut [u8]| match fill(stream, into) {
        (_, Some(error)) => Err(error),
        (filled, None) if filled < into.len() => Err(ended()),
        _ => Ok(()),
    };
    exactly(stream, &mut magic)?;
    let mut header = match &magic {
        b"070701" | b"070702" => {
            let mut fields = [0; 104];
            exactly(stream, &mut fields)?;
            let field = |at: usize| of_digits(&fields[at * 8..at * 8 + 8], 16);
            let numbers = (|| Some((field(1)?, field(2)?, field(3)?, field(5)?, field(6)?, field(11)?)))();
            let (mode, user, group, time, size, name) = numbers.ok_or_else(|| damaged("a damaged header"))?;
            let header = Header { mode, user, group, time, size, name: Vec::new(), boundary: 4, length: 110 };
            (header, name)
        }
        b"070707" => {
            let mut fields = [0; 70];
            exactly(stream, &mut fields)?;
            let field = |from: usize, to: usize| of_digits(&fields[from..to], 8);
            let numbers = (|| {
                Some((field(12, 18)?, field(18, 24)?, field(24, 30)?, field(42, 53)?, field(59, 70)?, field(53, 59)?))
            })();
            let (mode, user, group, time, size, name) = numbers.ok_or_else(|| damaged("a damaged header"))?;
            let header = Header { mode, user, group, time, size, name: Vec::new(), boundary: 1, length: 76 };
            (header, name)
        }
        _ => return Err(damaged("no header where one should be")),
    };
    let length = header.1;
    if length > LONGEST_NAME {
        return Err(damaged("a name that is too long"));
    }
    let padded = length + padding(header.0.length + length, header.0.boundary);
    let mut name = vec![0; usize::try_from(padded).unwrap_or(0)];
    exactly(stream, &mut name)?;
    name.truncate(usize::try_from(length).unwrap_or(0));
    if name.last() == Some(&0) {
        name.pop();
    }
    header.0.name = name;
    Ok(header.0)
}

fn of_digits(field: &[u8], radix: u32) -> Option<u64> {
    u64::from_str_radix(std::str::from_utf8(field).ok()?, radix).ok()
}
