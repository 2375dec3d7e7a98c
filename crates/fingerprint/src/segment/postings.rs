//! The postings of a channel: stored fingerprints in order, each with the code of its group, in blocks that each say all
//! that is needed to read them.
//!
//! Inside a block, the distances from the first fingerprint are coded as Elias and Fano did: low bits as they are, high
//! bits as a row of ones (one for each fingerprint) and zeros (one for each step of the high bits).

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use super::aside::Aside;
use super::bits::{BitWriter, bits, width};
use super::blocks::Sink;
use super::error::SegmentError;
use super::layout::{COLUMNS, PAYLOAD, STORED_BITS, Section, offset, u64_at};

/// Bytes of a block before its rows: the first fingerprint (8), the number of rows (2), the width of low bits (1) and of
/// codes (1).
const HEAD: usize = 12;

/// The bits of a fingerprint that are stored.
pub(crate) fn stored(fingerprint: u64) -> u64 {
    fingerprint >> (u64::BITS - STORED_BITS)
}

/// How many low bits `rows` distances up to `reach` leave.
fn low_width(rows: u64, reach: u64) -> u32 {
    // The width of the quotient less one, without a division.
    match width(reach).checked_sub(width(rows)) {
        Some(shift) if reach >> shift >= rows => shift,
        Some(shift) => shift.saturating_sub(1),
        None => 0,
    }
}

/// Writes the postings of one channel.
pub(super) struct PostingsWriter {
    section: Section,
    /// Stored fingerprints, and the codes of their groups.
    rows: Vec<(u64, u32)>,
    codes: u32,
    fingerprints: u64,
    /// The first fingerprint of each block.
    pub(super) fence: Aside<8>,
}

impl PostingsWriter {
    /// Begins a channel, whose fence is set aside in `folder`.
    pub(super) fn new(section: Section, folder: &Arc<Path>) -> Self {
        PostingsWriter { section, rows: Vec::new(), codes: 0, fingerprints: 0, fence: Aside::new(Arc::clone(folder)) }
    }

    /// Appends a fingerprint, which must be above the one before.
    #[inline]
    pub(super) fn push<W: Write>(
        &mut self,
        fingerprint: u64,
        code: u32,
        sink: &mut Sink<W>,
    ) -> Result<(), SegmentError> {
        let codes = self.codes | code;
        let rows = self.rows.len() as u64 + 1;
        let reach = fingerprint - self.rows.first().map_or(fingerprint, |first| first.0);
        let low = low_width(rows, reach);
        let used = rows * u64::from(low + width(u64::from(codes)) + 1) + (reach >> low);
        if used > (PAYLOAD - HEAD) as u64 * 8 {
            self.flush(sink)?;
            self.codes = code;
        } else {
            self.codes = codes;
        }
        self.rows.push((fingerprint, code));
        Ok(())
    }

    fn flush<W: Write>(&mut self, sink: &mut Sink<W>) -> Result<(), SegmentError> {
        let (Some((first, _)), Some((last, _))) = (self.rows.first().copied(), self.rows.last().copied()) else {
            return Ok(());
        };
        let low = low_width(self.rows.len() as u64, last - first);
        let codes = width(u64::from(self.codes));
        let mut payload = Vec::with_capacity(PAYLOAD + 8);
        payload.extend_from_slice(&first.to_le_bytes());
        // A row takes a bit at least, so their number fits; and widths are 64 at most.
        payload.extend_from_slice(&u16::try_from(self.rows.len()).unwrap_or(u16::MAX).to_le_bytes());
        payload.extend_from_slice(&[low, codes].map(|width| u8::try_from(width).unwrap_or(u8::MAX)));
        let mut writer = BitWriter::after(payload);
        for (fingerprint, _) in &self.rows {
            writer.put((fingerprint - first) & !(u64::MAX << low), low);
        }
        for (_, code) in &self.rows {
            writer.put(u64::from(*code), codes);
        }
        let mut high = 0;
        for (fingerprint, _) in &self.rows {
            let mut zeros = ((fingerprint - first) >> low) - high;
            high += zeros;
            while zeros > 63 {
                writer.put(0, 63);
                zeros -= 63;
            }
            writer.put(1 << zeros, u32::try_from(zeros).unwrap_or_default() + 1);
        }
        self.fence.push(first)?;
        self.fingerprints += self.rows.len() as u64;
        self.rows.clear();
        sink.block(self.section, &mut writer.finish())
    }

    /// Ends the channel: its fence.
    pub(super) fn finish<W: Write>(mut self, sink: &mut Sink<W>) -> Result<Aside<8>, SegmentError> {
        self.flush(sink)?;
        sink.end(self.section, self.fingerprints, [0; COLUMNS]);
        Ok(self.fence)
    }
}

/// A block of postings, as it stands in a payload.
pub(super) struct PostingsBlock<'p> {
    payload: &'p [u8],
    first: u64,
    rows: usize,
    low: u32,
    code: u32,
    codes_at: usize,
    high_at: usize,
}

impl<'p> PostingsBlock<'p> {
    /// Reads the head; `None` where no writer writes such a one.
    #[inline]
    pub(super) fn new(payload: &'p [u8]) -> Option<Self> {
        let (first, widths) = (u64_at(payload, 0), bits(payload, 64, 32));
        let rows = offset(widths & 0xffff);
        let [_, _, low, code, ..] = widths.to_le_bytes().map(u32::from);
        if first >> STORED_BITS != 0 || rows == 0 || low > STORED_BITS || code > u32::BITS {
            return None;
        }
        let codes_at = HEAD * 8 + rows * low as usize;
        let high_at = codes_at + rows * code as usize;
        (high_at + rows <= PAYLOAD * 8).then_some(PostingsBlock { payload, first, rows, low, code, codes_at, high_at })
    }

    /// Finds ascending fingerprints.
    pub(super) fn finder(&self) -> Finder<'_, 'p> {
        Finder { block: self, at: self.high_at, high: 0, row: 0 }
    }

    /// Where the high bits go on behind this many zeros from a place on.
    #[inline]
    fn past_zeros(&self, mut at: usize, zeros: u64) -> Option<usize> {
        let mut left = zeros;
        while at < PAYLOAD * 8 {
            let word = !bits(self.payload, at, 64);
            let here = u64::from(word.count_ones());
            if here >= left {
                return Some(at + select(word, left));
            }
            left -= here;
            at += 64;
        }
        None
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "codes have 32 bits at most")]
    fn code_of(&self, row: usize) -> u32 {
        bits(self.payload, self.codes_at + row * self.code as usize, self.code) as u32
    }

    /// All rows: stored fingerprints and codes; `None` for a row that no writer writes.
    pub(super) fn rows(&self) -> impl Iterator<Item = Option<(u64, u32)>> {
        let (mut at, mut high) = (self.high_at, 0u64);
        (0..self.rows).map(move |row| {
            loop {
                let word = bits(self.payload, at, 64);
                if word != 0 {
                    let zeros = word.trailing_zeros();
                    high += u64::from(zeros);
                    at += zeros as usize + 1;
                    break;
                }
                high += 64;
                at += 64;
                if at >= PAYLOAD * 8 {
                    return None;
                }
            }
            let low = bits(self.payload, HEAD * 8 + row * self.low as usize, self.low);
            let shifted = high.checked_shl(self.low).filter(|shifted| shifted >> self.low == high)?;
            let fingerprint = self.first.checked_add(shifted | low).filter(|f| f >> STORED_BITS == 0)?;
            Some((fingerprint, self.code_of(row)))
        })
    }

    /// The first bit after the rows; all from there on are zero.
    pub(super) fn end(&self) -> usize {
        let (mut at, mut left) = (self.high_at, self.rows);
        while left > 0 && at < PAYLOAD * 8 {
            left -= offset(bits(self.payload, at, 1));
            at += 1;
        }
        at
    }
}

/// Finds stored fingerprints in a block, each not below the one before: what was passed is not looked at again.
pub(super) struct Finder<'b, 'p> {
    block: &'b PostingsBlock<'p>,
    /// Where it stands in the high bits, and what these are there.
    at: usize,
    high: u64,
    /// The row that is next.
    row: usize,
}

impl Finder<'_, '_> {
    /// The code of a stored fingerprint's group, if it stands here.
    #[inline]
    pub(super) fn find(&mut self, fingerprint: u64) -> Option<u32> {
        let block = self.block;
        let distance = fingerprint.checked_sub(block.first)?;
        let (high, low) = (distance >> block.low, distance & !(u64::MAX << block.low));
        if high != self.high {
            let zeros = high.checked_sub(self.high)?;
            let at = block.past_zeros(self.at, zeros)?;
            self.row += (at - self.at).checked_sub(offset(zeros))?;
            (self.at, self.high) = (at, high);
        }
        while self.row < block.rows && bits(block.payload, self.at, 1) == 1 {
            let here = bits(block.payload, HEAD * 8 + self.row * block.low as usize, block.low);
            if here >= low {
                return (here == low).then(|| block.code_of(self.row));
            }
            self.at += 1;
            self.row += 1;
        }
        None
    }
}

/// The number of low bits of `word` that hold `count` ones and end with the last of them; `word` has so many.
#[inline]
fn select(word: u64, count: u64) -> usize {
    if count == 0 {
        return 0;
    }
    let (mut word, mut left, mut at) = (word, count, 0);
    for half in [32u32, 16, 8, 4, 2, 1] {
        let here = u64::from((word & ((1 << half) - 1)).count_ones());
        if here < left {
            left -= here;
            word >>= half;
            at += half as usize;
        }
    }
    at + 1
}
