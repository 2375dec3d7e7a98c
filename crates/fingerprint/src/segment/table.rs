//! Tables: rows of columns of fixed widths; and streams: bytes that run over blocks.

use std::io::Write;

use super::bits::{BitWriter, bits, width};
use super::blocks::{Blocks, Extent, ReadAt, Sink};
use super::error::SegmentError;
use super::layout::{COLUMNS, PAYLOAD, Section, offset};

/// How many rows fit into a block: none where a row has no bits.
fn rows_per_block(widths: &[u8; COLUMNS]) -> u64 {
    let bits: u64 = widths.iter().map(|width| u64::from(*width)).sum();
    (PAYLOAD as u64 * 8).checked_div(bits).unwrap_or_default()
}

/// How many blocks a table of these columns takes, or `None` for columns that no table has.
pub(super) fn blocks_of_table(rows: u64, widths: &[u8; COLUMNS]) -> Option<u64> {
    if widths.iter().any(|width| *width > 64) {
        return None;
    }
    match rows_per_block(widths) {
        0 => (rows == 0).then_some(0),
        per_block => Some(rows.div_ceil(per_block)),
    }
}

/// How many blocks a stream takes.
pub(super) fn blocks_of_stream(bytes: u64) -> u64 {
    bytes.div_ceil(PAYLOAD as u64)
}

/// Writes a table whose rows are `rows`; the columns are as wide as their largest numbers need.
pub(super) fn write_table<W: Write, const N: usize>(
    sink: &mut Sink<W>,
    section: Section,
    rows: impl Iterator<Item = [u64; N]> + Clone,
) -> Result<(), SegmentError> {
    let mut union = [0; N];
    for row in rows.clone() {
        union.iter_mut().zip(row).for_each(|(all, value)| *all |= value);
    }
    write_rows(sink, section, union, rows.map(Ok))
}

/// Writes a table whose rows are `rows`, of which `union` has all bits of each column.
pub(super) fn write_rows<W: Write, const N: usize>(
    sink: &mut Sink<W>,
    section: Section,
    union: [u64; N],
    rows: impl Iterator<Item = Result<[u64; N], SegmentError>>,
) -> Result<(), SegmentError> {
    let mut widths = [0u8; COLUMNS];
    for (to, all) in widths.iter_mut().zip(union) {
        *to = u8::try_from(width(all)).unwrap_or(64);
    }
    let mut rows = rows.peekable();
    if rows.peek().is_some() && widths.iter().all(|width| *width == 0) {
        widths[0] = 1;
    }
    let per_block = rows_per_block(&widths);
    let mut writer = BitWriter::default();
    let (mut pending, mut count) = (0, 0);
    for row in rows {
        if pending == per_block {
            sink.block(section, &mut std::mem::take(&mut writer).finish())?;
            pending = 0;
        }
        for (value, width) in row?.into_iter().zip(widths) {
            writer.put(value, u32::from(width));
        }
        pending += 1;
        count += 1;
    }
    if pending > 0 {
        sink.block(section, &mut writer.finish())?;
    }
    sink.end(section, count, widths);
    Ok(())
}

/// Reads the rows of a table.
pub(super) struct Table<'r, R> {
    blocks: Blocks<'r, R>,
    per_block: u64,
    row_bits: usize,
}

impl<'r, R: ReadAt> Table<'r, R> {
    pub(super) fn new(reader: &'r R, extent: Extent) -> Self {
        let widths = &extent.entry.widths;
        Table {
            per_block: rows_per_block(widths),
            row_bits: widths.iter().map(|width| usize::from(*width)).sum(),
            blocks: Blocks::new(reader, extent),
        }
    }

    /// How many rows a block has.
    pub(super) fn per_block(&self) -> u64 {
        self.per_block
    }

    pub(super) fn len(&self) -> u64 {
        self.blocks.extent.entry.rows
    }

    /// The first `N` columns of a row.
    #[inline]
    pub(super) fn row<const N: usize>(&mut self, number: u64) -> Result<[u64; N], SegmentError> {
        if number >= self.len() {
            return Err(self.damaged(number, "a reference to it leads past the last row"));
        }
        // A table that has rows has rows of some bits: `blocks_of_table` was asked when the segment was opened.
        let block = number.checked_div(self.per_block).unwrap_or_default();
        let mut at = offset(number - block * self.per_block) * self.row_bits;
        let widths = self.blocks.extent.entry.widths;
        let payload = self.blocks.load(block)?;
        let mut columns = [0; N];
        for (column, width) in columns.iter_mut().zip(widths) {
            *column = bits(payload, at, u32::from(width));
            at += usize::from(width);
        }
        Ok(columns)
    }

    pub(super) fn damaged(&self, row: u64, detail: &'static str) -> SegmentError {
        self.blocks.extent.damaged(format!("row {row}"), detail)
    }
}

/// Writes a stream piece by piece.
pub(super) struct StreamWriter<'s, W: Write> {
    sink: &'s mut Sink<W>,
    section: Section,
    payload: Vec<u8>,
    pub(super) bytes: u64,
}

impl<'s, W: Write> StreamWriter<'s, W> {
    pub(super) fn new(sink: &'s mut Sink<W>, section: Section) -> Self {
        StreamWriter { sink, section, payload: Vec::with_capacity(PAYLOAD + 8), bytes: 0 }
    }

    pub(super) fn push(&mut self, mut bytes: &[u8]) -> Result<(), SegmentError> {
        self.bytes += bytes.len() as u64;
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(PAYLOAD - self.payload.len()));
            self.payload.extend_from_slice(now);
            bytes = later;
            if self.payload.len() == PAYLOAD {
                self.sink.block(self.section, &mut self.payload)?;
            }
        }
        Ok(())
    }

    /// Appends a number: seven bits a byte, the lowest first, the top bit of all but the last byte set.
    pub(super) fn number(&mut self, mut value: u64) -> Result<(), SegmentError> {
        while value >= 0x80 {
            self.push(&[(value & 0x7f) as u8 | 0x80])?;
            value >>= 7;
        }
        self.push(&[(value & 0x7f) as u8])
    }

    /// Appends a length and bytes.
    pub(super) fn string(&mut self, bytes: &[u8]) -> Result<(), SegmentError> {
        self.number(bytes.len() as u64)?;
        self.push(bytes)
    }

    pub(super) fn finish(mut self) -> Result<(), SegmentError> {
        if !self.payload.is_empty() {
            self.sink.block(self.section, &mut self.payload)?;
        }
        self.sink.end(self.section, self.bytes, [0; COLUMNS]);
        Ok(())
    }
}

/// Reads a stream from any place on.
pub(super) struct Stream<'r, R> {
    blocks: Blocks<'r, R>,
    at: u64,
}

impl<'r, R: ReadAt> Stream<'r, R> {
    pub(super) fn new(reader: &'r R, extent: Extent) -> Self {
        Stream { blocks: Blocks::new(reader, extent), at: 0 }
    }

    pub(super) fn seek(&mut self, at: u64) {
        self.at = at;
    }

    pub(super) fn at(&self) -> u64 {
        self.at
    }

    pub(super) fn left(&self) -> u64 {
        self.blocks.extent.entry.rows.saturating_sub(self.at)
    }

    /// Appends the next `length` bytes to `out`.
    pub(super) fn read(&mut self, mut length: u64, out: &mut Vec<u8>) -> Result<(), SegmentError> {
        if length > self.left() {
            return Err(self.damaged("what should stand here leads past the end"));
        }
        while length > 0 {
            let (block, within) = (self.at / PAYLOAD as u64, self.at % PAYLOAD as u64);
            let taken = length.min(PAYLOAD as u64 - within);
            let payload = self.blocks.load(block)?;
            out.extend_from_slice(payload.get(offset(within)..offset(within + taken)).unwrap_or_default());
            self.at += taken;
            length -= taken;
        }
        Ok(())
    }

    pub(super) fn number(&mut self) -> Result<u64, SegmentError> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let (block, within) = (self.at / PAYLOAD as u64, self.at % PAYLOAD as u64);
            if self.left() == 0 {
                return Err(self.damaged("what should stand here leads past the end"));
            }
            let byte = self.blocks.load(block)?.get(offset(within)).copied().unwrap_or_default();
            self.at += 1;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(self.damaged("a number has too many digits"))
    }

    pub(super) fn string(&mut self) -> Result<Vec<u8>, SegmentError> {
        let length = self.number()?;
        let mut out = Vec::new();
        self.read(length, &mut out)?;
        Ok(out)
    }

    pub(super) fn damaged(&self, detail: &'static str) -> SegmentError {
        self.blocks.extent.damaged(format!("byte {}", self.at), detail)
    }
}
