//! Cabinets as [MS-CAB] describes them: folders of data blocks, stored or compressed by MSZIP or LZX, each of which holds its files
//! end to end.

use std::io::{self, Read, Seek, SeekFrom};

use flate2::{Decompress, FlushDecompress};
use lzxd::{Lzxd, WindowSize};

use crate::archive::walk_stream;
use crate::budget::{Bounded, Counted, Exactly, kind_of};
use crate::clues::{ClueKind, Clues, dos_seconds};
use crate::finding::FindingKind;
use crate::names::{Names, nested_path, why_unsafe};
use crate::sink::{Sink, Stop, shown};

/// Bytes that one block gives at most.
const BLOCK: usize = 32 << 10;

/// A folder of a cabinet: the blocks of one compressed stream.
struct Folder {
    start: u64,
    blocks: u16,
    method: u16,
}

/// A file in a folder.
struct Entry {
    size: u32,
    offset: u32,
    folder: u16,
    date: u16,
    time: u16,
    name: Vec<u8>,
}

/// The head of a cabinet.
struct Cabinet {
    folders: Vec<Folder>,
    entries: Vec<Entry>,
    /// Bytes reserved in each block.
    reserved: u64,
    /// The cabinets before and behind it, where it is one of a set.
    neighbours: Vec<Vec<u8>>,
}

/// Passes on every file. False where the head could not be read.
pub(crate) fn walk<R: Read + Seek>(sink: &mut Sink<'_>, path: &str, file: &mut R, depth: u32) -> Result<bool, Stop> {
    let cabinet = match read_head(file) {
        Ok(cabinet) => cabinet,
        Err(error) => {
            sink.finding(path, kind_of(&error), shown(&error.to_string()))?;
            return Ok(false);
        }
    };
    let mut clues = Clues::default();
    for name in &cabinet.neighbours {
        let name = String::from_utf8_lossy(name);
        let detail = format!("one cabinet of a set; what it shares with {} was not read", shown(&name));
        sink.finding(path, FindingKind::Unsupported, detail)?;
        clues.add(ClueKind::Name, format!("beside it was {name}").as_bytes());
    }
    let mut names = Names::default();
    for (number, folder) in cabinet.folders.iter().enumerate() {
        let mut inside: Vec<&Entry> =
            cabinet.entries.iter().filter(|entry| usize::from(entry.folder) == number).collect();
        inside.sort_by_key(|entry| entry.offset);
        if !inside.is_empty() {
            walk_folder(sink, path, file, &cabinet, folder, &inside, depth, &mut names, &mut clues)?;
        }
    }
    // Of a file that begins or ends in another cabinet.
    for entry in cabinet.entries.iter().filter(|entry| usize::from(entry.folder) >= cabinet.folders.len()) {
        let entry_path = nested_path(path, &entry.name);
        sink.count_entry(&entry_path)?;
        sink.finding(&entry_path, FindingKind::Truncated, "a part of it lies in another cabinet; it was not read")?;
    }
    clues.tell(sink, path)?;
    Ok(true)
}

#[expect(clippy::too_many_arguments, reason = "what the one loop over folders knows")]
fn walk_folder<R: Read + Seek>(
    sink: &mut Sink<'_>,
    path: &str,
    file: &mut R,
    cabinet: &Cabinet,
    folder: &Folder,
    inside: &[&Entry],
    depth: u32,
    names: &mut Names,
    clues: &mut Clues,
) -> Result<(), Stop> {
    let decoder = match Decoder::new(folder.method) {
        Ok(decoder) => decoder,
        Err(what) => {
            for entry in inside {
                let entry_path = nested_path(path, &entry.name);
                sink.count_entry(&entry_path)?;
                sink.finding(&entry_path, FindingKind::Unsupported, what)?;
            }
            return Ok(());
        }
    };
    if let Err(error) = file.seek(SeekFrom::Start(folder.start)) {
        return sink.finding(path, kind_of(&error), error.to_string());
    }
    let (mut counted, consumed) = Counted::new(file);
    let blocks = Blocks {
        file: &mut counted,
        left: folder.blocks,
        reserved: cabinet.reserved,
        decoder,
        block: Vec::new(),
        given: 0,
    };
    let mut stream = Bounded::new(blocks, consumed, sink.limits.ratio);
    let mut at = 0u64;
    for entry in inside {
        let entry_path = nested_path(path, &entry.name);
        if let Some(why) = why_unsafe(&entry.name) {
            sink.finding(&entry_path, FindingKind::UnsafeName, why)?;
        }
        if !names.is_new(&entry.name) {
            sink.finding(&entry_path, FindingKind::DuplicateName, "a file before it has the same name")?;
        }
        clues.clock_time(dos_seconds(entry.date, entry.time));
        let Some(gap) = u64::from(entry.offset).checked_sub(at) else {
            sink.count_entry(&entry_path)?;
            sink.finding(&entry_path, FindingKind::Corrupt, "it begins inside another file; it was not read")?;
            continue;
        };
        if let Err(error) = Exactly::new(&mut stream, gap).skip_rest() {
            sink.count_entry(&entry_path)?;
            sink.finding(&entry_path, kind_of(&error), shown(&error.to_string()))?;
            return Ok(());
        }
        let mut content = Exactly::new(&mut stream, entry.size.into());
        walk_stream(sink, &entry_path, &mut content, Some(entry.size.into()), depth)?;
        at = u64::from(entry.offset) + u64::from(entry.size);
        if let Err(error) = content.skip_rest() {
            let detail = format!("what follows in its folder was not read: {}", shown(&error.to_string()));
            return sink.finding(&entry_path, kind_of(&error), detail);
        }
    }
    Ok(())
}

fn read_head<R: Read + Seek>(file: &mut R) -> io::Result<Cabinet> {
    const HAS_PREVIOUS: u16 = 1;
    const HAS_NEXT: u16 = 2;
    const HAS_RESERVE: u16 = 4;

    file.seek(SeekFrom::Start(0))?;
    let mut head = [0; 36];
    file.read_exact(&mut head)?;
    let (entries_at, folders, entries, flags) = (le32(&head, 16), le16(&head, 26), le16(&head, 28), le16(&head, 30));
    let (mut of_folders, mut of_blocks) = (0u64, 0u64);
    if flags & HAS_RESERVE != 0 {
        let mut sizes = [0; 4];
        file.read_exact(&mut sizes)?;
        (of_folders, of_blocks) = (sizes[2].into(), sizes[3].into());
        Exactly::new(file, le16(&sizes, 0).into()).skip_rest()?;
    }
    let mut neighbours = Vec::new();
    for flag in [HAS_PREVIOUS, HAS_NEXT] {
        if flags & flag != 0 {
            neighbours.push(read_name(file)?);
            // The name of its disk.
            read_name(file)?;
        }
    }
    let mut read_folder = || {
        let mut folder = [0; 8];
        file.read_exact(&mut folder)?;
        Exactly::new(file, of_folders).skip_rest()?;
        Ok(Folder { start: le32(&folder, 0).into(), blocks: le16(&folder, 4), method: le16(&folder, 6) })
    };
    let folders = (0..folders).map(|_| read_folder()).collect::<io::Result<_>>()?;
    file.seek(SeekFrom::Start(entries_at.into()))?;
    let mut read_entry = || {
        let mut entry = [0; 16];
        file.read_exact(&mut entry)?;
        Ok(Entry {
            size: le32(&entry, 0),
            offset: le32(&entry, 4),
            folder: le16(&entry, 8),
            date: le16(&entry, 10),
            time: le16(&entry, 12),
            name: read_name(file)?,
        })
    };
    let entries = (0..entries).map(|_| read_entry()).collect::<io::Result<_>>()?;
    Ok(Cabinet { folders, entries, reserved: of_blocks, neighbours })
}

/// A name up to its zero.
fn read_name(file: &mut dyn Read) -> io::Result<Vec<u8>> {
    const LONGEST: usize = 1024;
    let mut name = Vec::new();
    let mut byte = [0];
    loop {
        file.read_exact(&mut byte)?;
        match byte[0] {
            0 => return Ok(name),
            _ if name.len() == LONGEST => {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "a name that does not end"));
            }
            byte => name.push(byte),
        }
    }
}

fn le16(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |field| u16::from_le_bytes(*field))
}

fn le32(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |field| u32::from_le_bytes(*field))
}

/// How the blocks of a folder are compressed.
enum Decoder {
    Stored,
    /// Deflate, each block a stream of its own that may repeat what the block before it gave.
    MsZip {
        before: Vec<u8>,
    },
    Lzx(Box<Lzxd>),
}

impl Decoder {
    fn new(method: u16) -> Result<Decoder, &'static str> {
        match method & 15 {
            0 => Ok(Decoder::Stored),
            1 => Ok(Decoder::MsZip { before: Vec::new() }),
            2 => Err("compressed by Quantum, which is not read"),
            3 => {
                let window = match method >> 8 & 31 {
                    15 => WindowSize::KB32,
                    16 => WindowSize::KB64,
                    17 => WindowSize::KB128,
                    18 => WindowSize::KB256,
                    19 => WindowSize::KB512,
                    20 => WindowSize::MB1,
                    21 => WindowSize::MB2,
                    _ => return Err("compressed by LZX with a window that cabinets do not have"),
                };
                Ok(Decoder::Lzx(Box::new(Lzxd::new(window))))
            }
            _ => Err("compressed by a method that is not known"),
        }
    }

    fn decode(&mut self, block: Vec<u8>, size: usize) -> io::Result<Vec<u8>> {
        let damaged = |what: String| io::Error::new(io::ErrorKind::InvalidData, what);
        match self {
            Decoder::Stored => Ok(block),
            Decoder::MsZip { before } => {
                let deflated = block.strip_prefix(b"CK").ok_or_else(|| damaged("a block without its mark".into()))?;
                *before = inflate_after(before, deflated, size)?;
                Ok(before.clone())
            }
            Decoder::Lzx(lzx) => {
                lzx.decompress_next(&block, size).map(<[u8]>::to_vec).map_err(|error| damaged(error.to_string()))
            }
        }
    }
}

/// Inflates a stream that may repeat what stands in `before`: that is put in front of it as a stored block.
fn inflate_after(before: &[u8], deflated: &[u8], size: usize) -> io::Result<Vec<u8>> {
    let length = u16::try_from(before.len()).map_err(io::Error::other)?;
    let mut stored = vec![0];
    stored.extend(length.to_le_bytes());
    stored.extend((!length).to_le_bytes());
    stored.extend(before);
    let mut inflater = Decompress::new(false);
    let mut out = vec![0; before.len() + size];
    let mut done = 0;
    for part in [&stored[..], deflated] {
        let mut part = part;
        while !part.is_empty() && done < out.len() {
            let (read, written) = (inflater.total_in(), inflater.total_out());
            inflater.decompress(part, &mut out[done..], FlushDecompress::None).map_err(io::Error::other)?;
            let read = usize::try_from(inflater.total_in() - read).unwrap_or(0);
            let written = usize::try_from(inflater.total_out() - written).unwrap_or(0);
            if read == 0 && written == 0 {
                break;
            }
            part = &part[read..];
            done += written;
        }
    }
    if done < out.len() {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a block gives less than it states"));
    }
    Ok(out.split_off(before.len()))
}

/// What the blocks of a folder give, end to end.
struct Blocks<'f, R> {
    file: &'f mut R,
    left: u16,
    reserved: u64,
    decoder: Decoder,
    block: Vec<u8>,
    given: usize,
}

impl<R: Read> Read for Blocks<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.block.len() {
            let Some(left) = self.left.checked_sub(1) else {
                return Ok(0);
            };
            self.left = left;
            let mut head = [0; 8];
            self.file.read_exact(&mut head)?;
            let (stored, size) = (usize::from(le16(&head, 4)), usize::from(le16(&head, 6)));
            let mut reserved = vec![0; usize::try_from(self.reserved).unwrap_or(0)];
            self.file.read_exact(&mut reserved)?;
            let mut block = vec![0; stored];
            self.file.read_exact(&mut block)?;
            let stated = le32(&head, 0);
            if stated != 0 && stated != checksum(&head[4..], checksum(&reserved, checksum(&block, 0))) {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "a block's checksum does not hold"));
            }
            if size == 0 || size > BLOCK {
                let what = "a block that goes on in another cabinet, or is too large";
                return Err(io::Error::new(io::ErrorKind::InvalidData, what));
            }
            self.block = self.decoder.decode(block, size)?;
            self.given = 0;
        }
        let rest = &self.block[self.given..];
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.given += length;
        Ok(length)
    }
}

/// The checksum of [MS-CAB] 3.1: words exclusive-ored, what is left at the end in reverse.
fn checksum(bytes: &[u8], seed: u32) -> u32 {
    let (words, rest) = bytes.as_chunks::<4>();
    let sum = words.iter().fold(seed, |sum, word| sum ^ u32::from_le_bytes(*word));
    sum ^ rest.iter().fold(0, |last, byte| last << 8 | u32::from(*byte))
}
