//! Tar archives: old, ustar, GNU and pax, read block by block, so that one damaged header does not hide what follows.

use std::io::{self, Read};

use ::tar::{EntryType, Header};

use crate::archive::walk_stream;
use crate::budget::{Exactly, fill, kind_of};
use crate::clues::Clues;
use crate::finding::FindingKind;
use crate::names::{Names, display_name, nested_path, why_unsafe};
use crate::sink::{Sink, Stop, shown};

const BLOCK: usize = 512;

/// Long names and pax records beyond this are no names.
const LONGEST_RECORD: u64 = 64 << 10;

/// Whether these bytes are one header block with the right checksum. A block of zeros has none: blanks stand in for the
/// field, so that no sum is zero.
pub(crate) fn is_header(block: &[u8]) -> bool {
    block.get(..BLOCK).is_some_and(has_right_checksum)
}

/// The checksum is over the header with blanks in the place of the checksum; old tars summed signed bytes.
fn has_right_checksum(block: &[u8]) -> bool {
    let Ok(stated) = Header::from_byte_slice(block).cksum() else {
        return false;
    };
    let (mut unsigned, mut signed) = (0i64, 0i64);
    for (at, byte) in block.iter().enumerate() {
        let byte = if (148..156).contains(&at) { b' ' } else { *byte };
        unsigned += i64::from(byte);
        signed += i64::from(byte.cast_signed());
    }
    i64::from(stated) == unsigned || i64::from(stated) == signed
}

/// What headers before an entry say about it.
#[derive(Default)]
struct Extended {
    name: Option<Vec<u8>>,
    size: Option<u64>,
    is_sparse: bool,
}

/// Passes on every entry of a stream.
pub(crate) fn walk(sink: &mut Sink<'_>, path: &str, stream: &mut dyn Read, depth: u32) -> Result<(), Stop> {
    let mut clues = Clues::default();
    let walked = walk_blocks(sink, path, stream, depth, &mut clues);
    walked.and_then(|()| clues.tell(sink, path))
}

fn walk_blocks(
    sink: &mut Sink<'_>,
    path: &str,
    stream: &mut dyn Read,
    depth: u32,
    clues: &mut Clues,
) -> Result<(), Stop> {
    let mut names = Names::default();
    let mut extended = Extended::default();
    let mut is_ended = false;
    let mut is_lost = false;
    let mut was_stray_told = false;
    let mut zeros = 0u32;
    loop {
        let mut block = [0; BLOCK];
        let (filled, error) = fill(stream, &mut block);
        if let Some(error) = error {
            return sink.finding(path, kind_of(&error), shown(&error.to_string()));
        }
        if filled == 0 && is_ended {
            return Ok(());
        }
        if filled < BLOCK {
            let detail = "it ends without an end mark, so that entries may be missing";
            return if is_ended { Ok(()) } else { sink.finding(path, FindingKind::Truncated, detail) };
        }
        if block.iter().all(|byte| *byte == 0) {
            zeros += 1;
            is_ended |= zeros >= 2;
            is_lost = false;
            continue;
        }
        zeros = 0;
        if !is_header(&block) {
            // Go on to the next block that is a header; say so once for each run of others.
            let was_told = is_lost || is_ended && was_stray_told;
            if !was_told {
                let (kind, detail) = if is_ended {
                    (FindingKind::StrayBytes, "bytes after the end mark that are no entry")
                } else {
                    (FindingKind::Corrupt, "a damaged header: what follows up to the next header was not read")
                };
                sink.finding(path, kind, detail)?;
            }
            is_lost = true;
            continue;
        }
        if is_ended && !was_stray_told {
            sink.finding(path, FindingKind::StrayBytes, "entries after the end mark; other programs do not see them")?;
            was_stray_told = true;
        }
        is_lost = false;
        let header = Header::from_byte_slice(&block);
        if let Err(error) = walk_entry(sink, path, header, &mut extended, stream, depth, (&mut names, clues))? {
            return sink.finding(path, kind_of(&error), shown(&error.to_string()));
        }
    }
}

/// Handles one header and what it announces. The inner error is of the stream, and nothing follows it.
fn walk_entry(
    sink: &mut Sink<'_>,
    path: &str,
    header: &Header,
    extended: &mut Extended,
    stream: &mut dyn Read,
    depth: u32,
    (names, clues): (&mut Names, &mut Clues),
) -> Result<io::Result<()>, Stop> {
    let kind = header.entry_type();
    let stated = match header.entry_size() {
        Ok(size) => size,
        Err(error) => {
            sink.finding(
                path,
                FindingKind::Corrupt,
                format!("a header without a size: {}", shown(&error.to_string())),
            )?;
            return Ok(Ok(()));
        }
    };
    if matches!(kind, EntryType::GNULongName | EntryType::GNULongLink | EntryType::XHeader | EntryType::XGlobalHeader) {
        return read_extension(sink, path, kind, stated, extended, stream);
    }

    let extended = std::mem::take(extended);
    let name = extended.name.unwrap_or_else(|| header.path_bytes().into_owned());
    let size = extended.size.unwrap_or(stated);
    if let (Ok(user), Ok(group)) = (header.uid(), header.gid()) {
        let named = (header.username_bytes(), header.groupname_bytes());
        clues.owner(user, group, named.0.unwrap_or_default(), named.1.unwrap_or_default());
    }
    clues.time(header.mtime().ok().and_then(|seconds| i64::try_from(seconds).ok()));
    let entry_path = nested_path(path, &name);
    if let Some(why) = why_unsafe(&name) {
        sink.finding(&entry_path, FindingKind::UnsafeName, why)?;
    }
    if !kind.is_dir() && !names.is_new(&name) {
        sink.finding(&entry_path, FindingKind::DuplicateName, "an entry before it has the same name")?;
    }
    if kind.is_gnu_sparse() || extended.is_sparse {
        let detail = "a sparse file: only the parts that are stored are given, without the holes between them";
        sink.finding(&entry_path, FindingKind::Unsupported, detail)?;
    }
    if kind.is_gnu_sparse()
        && let Err(error) = skip_sparse_maps(header, stream)
    {
        return Ok(Err(error));
    }

    let mut content = Exactly::new(stream, size);
    let not_a_file = what_it_is_instead(header, size);
    if let Some(what) = not_a_file {
        sink.count_entry(&entry_path)?;
        sink.finding(&entry_path, FindingKind::NotAFile, what)?;
    } else if kind.is_dir() && size == 0 {
        sink.count_entry(&entry_path)?;
    } else {
        walk_stream(sink, &entry_path, &mut content, Some(size), depth)?;
    }
    // What the entry's own parser left, and the padding up to the next block.
    let padding = (BLOCK as u64 - size % BLOCK as u64) % BLOCK as u64;
    Ok(content.skip_rest().and_then(|()| {
        // A last entry without its padding is whole.
        let mut rest = [0; BLOCK];
        let (_, error) = fill(stream, &mut rest[..usize::try_from(padding).unwrap_or(0)]);
        error.map_or(Ok(()), Err)
    }))
}

/// Links, devices and pipes, in words; `None` for what has content. A hard link may carry its content along.
fn what_it_is_instead(header: &Header, size: u64) -> Option<String> {
    let target = || header.link_name_bytes().map(|target| display_name(&target)).unwrap_or_default();
    match header.entry_type() {
        EntryType::Symlink => Some(format!("a symbolic link to {}; it is not followed", target())),
        EntryType::Link if size == 0 => Some(format!("a hard link to {}", target())),
        EntryType::Char | EntryType::Block => Some("a device".to_owned()),
        EntryType::Fifo => Some("a pipe".to_owned()),
        _ => None,
    }
}

/// Reads a header that is about the entry after it.
fn read_extension(
    sink: &mut Sink<'_>,
    path: &str,
    kind: EntryType,
    size: u64,
    extended: &mut Extended,
    stream: &mut dyn Read,
) -> Result<io::Result<()>, Stop> {
    sink.count_entry(path)?;
    let padded = size.div_ceil(BLOCK as u64).saturating_mul(BLOCK as u64);
    let mut content = Exactly::new(stream, padded);
    if size > LONGEST_RECORD {
        let detail = format!("a name or record of {size} bytes, more than {LONGEST_RECORD}; it was not read");
        sink.finding(path, FindingKind::Corrupt, detail)?;
        return Ok(content.skip_rest());
    }
    let mut record = Vec::new();
    if let Err(error) = content.read_to_end(&mut record) {
        return Ok(Err(error));
    }
    record.truncate(usize::try_from(size).unwrap_or(usize::MAX));
    match kind {
        EntryType::GNULongName => {
            let end = record.iter().position(|byte| *byte == 0).unwrap_or(record.len());
            record.truncate(end);
            extended.name = Some(record);
        }
        EntryType::XHeader if !read_pax(&record, extended) => {
            let detail = "a pax record that is none; it was read as far as it goes";
            sink.finding(path, FindingKind::Corrupt, detail)?;
        }
        _ => {}
    }
    Ok(Ok(()))
}

/// Takes what matters from pax records (`LENGTH KEY=VALUE\n`, POSIX.1-2001); false where one is malformed.
fn read_pax(mut records: &[u8], extended: &mut Extended) -> bool {
    while !records.is_empty() {
        let Some(space) = records.iter().position(|byte| *byte == b' ') else {
            return false;
        };
        let length = std::str::from_utf8(&records[..space]).ok().and_then(|length| length.parse::<usize>().ok());
        let record = length.and_then(|length| records.get(space + 1..length));
        let Some((length, record)) = length.zip(record.and_then(|record| record.strip_suffix(b"\n"))) else {
            return false;
        };
        let Some(equals) = record.iter().position(|byte| *byte == b'=') else {
            return false;
        };
        let (key, value) = (&record[..equals], &record[equals + 1..]);
        match key {
            // The first of these is a placeholder where the second is there.
            b"path" if !extended.is_sparse || extended.name.is_none() => extended.name = Some(value.to_vec()),
            b"GNU.sparse.name" => {
                extended.name = Some(value.to_vec());
                extended.is_sparse = true;
            }
            b"GNU.sparse.major" | b"GNU.sparse.map" | b"GNU.sparse.size" => extended.is_sparse = true,
            b"size" => extended.size = std::str::from_utf8(value).ok().and_then(|size| size.parse().ok()),
            _ => {}
        }
        records = &records[length..];
    }
    true
}

/// A GNU sparse header is followed by more blocks of its map where it does not fit.
fn skip_sparse_maps(header: &Header, stream: &mut dyn Read) -> io::Result<()> {
    let mut goes_on = header.as_gnu().is_some_and(|header| header.is_extended());
    while goes_on {
        let mut block = [0; BLOCK];
        Exactly::new(stream, BLOCK as u64).read_exact(&mut block)?;
        // 21 pairs of 24 bytes, then the flag (GNU tar, `struct sparse_header`).
        goes_on = block[504] != 0;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pax_records_are_read_up_to_the_first_that_is_none() {
        let mut extended = Extended::default();
        assert!(read_pax(b"18 path=dir/a.txt\n12 size=123\n13 other=any\n", &mut extended));
        assert_eq!(extended.name.as_deref(), Some(&b"dir/a.txt"[..]));
        assert_eq!(extended.size, Some(123));
        for broken in [&b"99 path=x\n"[..], b"0 path=x\n", b"path=x\n", b"9 pathxx\n", b"3 "] {
            assert!(!read_pax(broken, &mut Extended::default()), "{broken:?}");
        }
    }

    proptest! {
        #[test]
        fn pax_of_anything_ends(records in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut extended = Extended::default();
            read_pax(&records, &mut extended);
        }

        #[test]
        fn a_changed_byte_breaks_the_checksum(at in 0usize..512, to in any::<u8>()) {
            let mut header = Header::new_ustar();
            header.set_size(1234);
            prop_assert!(header.set_path("some/file.c").is_ok());
            header.set_cksum();
            let mut block = *header.as_bytes();
            prop_assert!(is_header(&block));
            prop_assume!(block[at] != to && !(148..156).contains(&at));
            block[at] = to;
            prop_assert!(!is_header(&block));
        }
    }
}
