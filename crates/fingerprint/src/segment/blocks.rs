//! Rows in checked blocks: writing them in order, and reading any of them.

use std::fs::File;
use std::io::{self, Write};

use super::error::SegmentError;
use super::layout::{BLOCK, PAYLOAD, Section, tag};

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

/// Where a section stands, as the header tells.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    pub(super) section: Section,
    pub(super) offset: u64,
    pub(super) rows: u64,
    pub(super) digest: [u8; 32],
}

impl Extent {
    /// How many blocks hold this many rows.
    pub(super) fn blocks(section: Section, rows: u64) -> u64 {
        rows.div_ceil(section.rows_per_block() as u64)
    }
}

/// Writes the rows of one section, block by block.
pub(super) struct SectionWriter<'w> {
    out: &'w mut dyn Write,
    section: Section,
    payload: Vec<u8>,
    blocks: u64,
    rows: u64,
    digest: blake3::Hasher,
}

impl<'w> SectionWriter<'w> {
    pub(super) fn new(out: &'w mut dyn Write, section: Section) -> Self {
        SectionWriter {
            out,
            section,
            payload: Vec::with_capacity(PAYLOAD),
            blocks: 0,
            rows: 0,
            digest: blake3::Hasher::new(),
        }
    }

    /// Appends rows: a whole number of them.
    pub(super) fn push(&mut self, rows: &[u8]) -> Result<(), SegmentError> {
        for row in rows.chunks_exact(self.section.width()) {
            if self.payload.len() + row.len() > PAYLOAD {
                self.flush()?;
            }
            self.payload.extend_from_slice(row);
            self.rows += 1;
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<(u64, [u8; 32]), SegmentError> {
        if !self.payload.is_empty() {
            self.flush()?;
        }
        Ok((self.rows, *self.digest.finalize().as_bytes()))
    }

    fn flush(&mut self) -> Result<(), SegmentError> {
        self.payload.resize(PAYLOAD, 0);
        let tag = tag(self.section.number(), self.blocks, &self.payload);
        self.payload.extend_from_slice(&tag);
        self.digest.update(&self.payload);
        self.out.write_all(&self.payload).map_err(|source| SegmentError::Io { what: "writing", source })?;
        self.payload.clear();
        self.blocks += 1;
        Ok(())
    }
}

/// Reads the rows of one section; rows near the last one read cost nothing, since its block is kept.
pub(super) struct Rows<'r, R> {
    reader: &'r R,
    extent: Extent,
    block: Vec<u8>,
    loaded: Option<u64>,
}

impl<'r, R: ReadAt> Rows<'r, R> {
    pub(super) fn new(reader: &'r R, extent: Extent) -> Self {
        Rows { reader, extent, block: vec![0; BLOCK], loaded: None }
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> u64 {
        self.extent.rows
    }

    /// The row of this number.
    pub(super) fn row(&mut self, number: u64) -> Result<&[u8], SegmentError> {
        if number >= self.extent.rows {
            return Err(self.damaged(format!("row {number}"), "a reference to it leads past the last row"));
        }
        let per_block = self.extent.section.rows_per_block();
        self.load(number / per_block as u64)?;
        let width = self.extent.section.width();
        // The remainder is smaller than `per_block`, so it fits.
        let start = usize::try_from(number % per_block as u64).unwrap_or_default() * width;
        Ok(self.block.get(start..start + width).unwrap_or_default())
    }

    /// The block of this number, checked against its tag.
    pub(super) fn load(&mut self, number: u64) -> Result<&[u8], SegmentError> {
        if self.loaded != Some(number) {
            self.loaded = None;
            let offset = self.extent.offset.saturating_add(number.saturating_mul(BLOCK as u64));
            self.reader
                .read_exact_at(&mut self.block, offset)
                .map_err(|source| SegmentError::Io { what: "reading", source })?;
            let (payload, stored) = self.block.split_at(PAYLOAD);
            if tag(self.extent.section.number(), number, payload) != *stored {
                return Err(self.damaged(format!("block {number}"), "its bytes do not fit their tag"));
            }
            self.loaded = Some(number);
        }
        Ok(&self.block)
    }

    /// The number of the first row from `from` on of which `before` is false; rows must be sorted by it. Looks close
    /// to `from` first, so that a walk through sorted keys reads each block about once.
    pub(super) fn partition_point(
        &mut self,
        from: u64,
        mut before: impl FnMut(&[u8]) -> bool,
    ) -> Result<u64, SegmentError> {
        let (mut low, mut step) = (from, 1u64);
        let mut high = self.len();
        while low < high {
            let probe = low.saturating_add(step - 1).min(high - 1);
            if before(self.row(probe)?) {
                low = probe + 1;
                step = step.saturating_mul(2);
            } else {
                high = probe;
                break;
            }
        }
        while low < high {
            let middle = low + (high - low) / 2;
            if before(self.row(middle)?) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }

    pub(super) fn damaged(&self, at: String, detail: &'static str) -> SegmentError {
        SegmentError::Damaged { part: self.extent.section.name(), at, detail }
    }
}
