//! Checked blocks: writing them in order, and reading any of them.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use super::error::SegmentError;
use super::layout::{BLOCK, COLUMNS, PAYLOAD, Section, checksum, offset};

/// How many blocks are read at once where they are asked for one after another.
const READ_AHEAD: u64 = 16;

/// Bytes that can be read at any offset, from any thread.
pub trait ReadAt {
    /// Fills `buffer` with the bytes from `offset` on.
    ///
    /// # Errors
    /// Where fewer bytes stand there, and where the device fails.
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()>;

    /// How many bytes there are.
    ///
    /// # Errors
    /// Where the device fails.
    fn length(&self) -> io::Result<u64>;
}

impl ReadAt for File {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(self, buffer, offset)
    }

    fn length(&self) -> io::Result<u64> {
        self.metadata().map(|m| m.len())
    }
}

impl ReadAt for &[u8] {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let start = usize::try_from(offset).map_err(|_| io::ErrorKind::UnexpectedEof)?;
        let bytes = self.get(start..).and_then(|rest| rest.get(..buffer.len()));
        buffer.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.len() as u64)
    }
}

impl ReadAt for Vec<u8> {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.as_slice().read_exact_at(buffer, offset)
    }

    fn length(&self) -> io::Result<u64> {
        self.as_slice().length()
    }
}

/// What the footer says of a section.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    /// Fingerprints, rows or bytes.
    pub(super) rows: u64,
    pub(super) blocks: u64,
    /// Bits of each column of a table.
    pub(super) widths: [u8; COLUMNS],
    /// BLAKE3 of the section's blocks.
    pub(super) digest: [u8; 32],
}

/// Writes blocks, section after section.
pub(super) struct Sink<W: Write> {
    out: BufWriter<W>,
    section: Section,
    blocks: u64,
    digest: blake3::Hasher,
    pub(super) entries: [Entry; 14],
    written: u64,
}

impl<W: Write> Sink<W> {
    pub(super) fn new(out: W) -> Self {
        Sink {
            out: BufWriter::with_capacity(64 * BLOCK, out),
            section: Section::Header,
            blocks: 0,
            digest: blake3::Hasher::new(),
            entries: [Entry::default(); 14],
            written: 0,
        }
    }

    /// Writes one block of a section, which must not come before the section of the block before. Bytes of the payload
    /// that are not given are zero; the payload is left empty.
    pub(super) fn block(&mut self, section: Section, payload: &mut Vec<u8>) -> Result<(), SegmentError> {
        if section != self.section {
            self.section = section;
            self.blocks = 0;
            self.digest = blake3::Hasher::new();
        }
        payload.resize(PAYLOAD, 0);
        let checksum = checksum(section, self.blocks, payload);
        payload.extend_from_slice(&checksum);
        self.digest.update(payload);
        self.out.write_all(payload).map_err(|source| SegmentError::Io { what: "writing", source })?;
        payload.clear();
        self.blocks += 1;
        self.written += BLOCK as u64;
        if let Some(entry) = self.entries.get_mut(section.index()).filter(|_| section != Section::Header) {
            entry.blocks = self.blocks;
        }
        Ok(())
    }

    /// Notes the rows and columns of a section whose blocks have all been written.
    pub(super) fn end(&mut self, section: Section, rows: u64, widths: [u8; COLUMNS]) {
        let empty = section != self.section;
        if let Some(entry) = self.entries.get_mut(section.index()) {
            entry.rows = rows;
            entry.widths = widths;
            entry.digest = *if empty { blake3::hash(&[]) } else { self.digest.finalize() }.as_bytes();
        }
    }

    /// Bytes written so far.
    pub(super) fn written(&self) -> u64 {
        self.written
    }

    pub(super) fn finish(self) -> Result<W, SegmentError> {
        let mut out =
            self.out.into_inner().map_err(|e| SegmentError::Io { what: "writing", source: e.into_error() })?;
        out.flush().map_err(|source| SegmentError::Io { what: "writing", source })?;
        Ok(out)
    }
}

/// Where a section stands in an open segment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    pub(super) section: Section,
    /// Offset of its first block.
    pub(super) offset: u64,
    pub(super) entry: Entry,
}

impl Extent {
    pub(super) fn damaged(&self, at: String, detail: &'static str) -> SegmentError {
        SegmentError::Damaged { part: self.section.name(), at, detail }
    }
}

/// Reads the checked blocks of one section. The last one read stays at hand, and so do some after it where blocks are
/// asked for one after another.
pub(super) struct Blocks<'r, R> {
    reader: &'r R,
    pub(super) extent: Extent,
    buffer: Vec<u8>,
    /// The number of the first block in the buffer, and how many there are.
    first: u64,
    count: u64,
    checked: Option<u64>,
}

impl<'r, R: ReadAt> Blocks<'r, R> {
    pub(super) fn new(reader: &'r R, extent: Extent) -> Self {
        Blocks { reader, extent, buffer: Vec::new(), first: 0, count: 0, checked: None }
    }

    /// The payload of the block of this number, checked against its checksum.
    #[inline]
    pub(super) fn load(&mut self, number: u64) -> Result<&[u8], SegmentError> {
        if self.checked != Some(number) {
            self.check(number)?;
        }
        let start = offset(number - self.first) * BLOCK;
        Ok(self.buffer.get(start..start + PAYLOAD).unwrap_or_default())
    }

    /// The block that was loaded last, its checksum included.
    pub(super) fn whole(&self) -> &[u8] {
        let start = self.checked.map_or(0, |number| offset(number - self.first) * BLOCK);
        self.buffer.get(start..start + BLOCK).unwrap_or_default()
    }

    fn check(&mut self, number: u64) -> Result<(), SegmentError> {
        self.checked = None;
        if number < self.first || number - self.first >= self.count {
            self.read(number)?;
        }
        let start = offset(number - self.first) * BLOCK;
        let block = self.buffer.get(start..start + BLOCK).unwrap_or_default();
        let (payload, stored) = block.split_at(PAYLOAD.min(block.len()));
        if checksum(self.extent.section, number, payload) != *stored {
            return Err(self.extent.damaged(format!("block {number}"), "its bytes do not fit their checksum"));
        }
        self.checked = Some(number);
        Ok(())
    }

    fn read(&mut self, number: u64) -> Result<(), SegmentError> {
        let blocks = self.extent.entry.blocks;
        if number >= blocks {
            return Err(self.extent.damaged(format!("block {number}"), "a reference leads past the last block"));
        }
        let next = self.count > 0 && number == self.first + self.count;
        let wanted = if next { READ_AHEAD.min(blocks - number) } else { 1 };
        self.count = 0;
        self.buffer.resize(offset(wanted) * BLOCK, 0);
        self.reader
            .read_exact_at(&mut self.buffer, self.extent.offset.saturating_add(number.saturating_mul(BLOCK as u64)))
            .map_err(|source| SegmentError::Io { what: "reading", source })?;
        (self.first, self.count) = (number, wanted);
        Ok(())
    }
}
