//! Checks a whole segment: what the checksums of single blocks can't tell.

use super::bits::bits;
use super::blocks::ReadAt;
use super::error::SegmentError;
use super::layout::{BLOCK, CHANNELS, PAYLOAD, Section, offset};
use super::postings::PostingsBlock;
use super::reader::Segment;
use super::{Commit, LineId};
use crate::Channel;

impl<R: ReadAt> Segment<R> {
    /// Reads every byte and checks that sections are those that the footer names, that rows are sorted, that references
    /// lead somewhere and that unused bits are zero. Takes four bytes of memory for each member of a set of intervals.
    ///
    /// # Errors
    /// Names the first damage found, or why the bytes can't be read.
    pub fn verify(&self) -> Result<(), SegmentError> {
        Section::ALL.into_iter().try_for_each(|section| self.verify_section(section))?;
        let sets = self.verify_groups()?;
        let mut postings = 0;
        for channel in CHANNELS {
            postings += self.verify_postings(channel, &sets)?;
        }
        if postings != self.counts().postings {
            return Err(self.footer("it counts other postings than there are"));
        }
        let mut intervals = self.table(Section::Intervals);
        for number in (0u32..).take_while(|number| u64::from(*number) < self.counts().intervals) {
            self.interval(&mut intervals, number)?;
        }
        self.verify_paths()?;
        for (line, id) in self.lines().zip((0..).map(LineId)) {
            (0..line.commits).try_for_each(|number| self.commit(id, number).map(|_: Commit| ()))?;
        }
        self.verify_contents(&sets)
    }

    /// The blocks of a section as a whole, and the bits after the rows of a table and the bytes after a stream.
    fn verify_section(&self, section: Section) -> Result<(), SegmentError> {
        let extent = self.extent(section);
        let row_bits: u64 = extent.entry.widths.iter().map(|width| u64::from(*width)).sum();
        let is_stream = matches!(section, Section::Paths | Section::Lines);
        let row_bits = if is_stream { 8 } else { row_bits };
        let per_block = (PAYLOAD as u64 * 8).checked_div(row_bits);
        let mut blocks = self.blocks(section);
        let mut digest = blake3::Hasher::new();
        for number in 0..extent.entry.blocks {
            blocks.load(number)?;
            digest.update(blocks.whole());
            // Where postings end they say themselves.
            if let Some(per_block) = per_block {
                let rows = per_block.min(extent.entry.rows - number * per_block);
                zero_after(blocks.load(number)?, offset(rows * row_bits))
                    .ok_or_else(|| extent.damaged(format!("block {number}"), "its unused bits are not zero"))?;
            }
        }
        if *digest.finalize().as_bytes() != extent.entry.digest {
            return Err(extent.damaged("as a whole".to_owned(), "it is not the section that the footer names"));
        }
        Ok(())
    }

    /// Checks that sets ascend. Gives for each row how many members the set has that begins there, 0 where none does.
    fn verify_groups(&self) -> Result<Vec<u32>, SegmentError> {
        let mut groups = self.table(Section::Groups);
        let mut sizes: Vec<u32> = Vec::new();
        let (mut start, mut before) = (0, None);
        for row in 0..groups.len() {
            let [member, last] = groups.row(row)?;
            if member >= self.counts().intervals || before.is_some_and(|before| before >= member) {
                return Err(groups.damaged(row, "its interval does not exist or is not above the one before"));
            }
            sizes.push(0);
            if let Some(size) = sizes.get_mut(offset(start)) {
                *size = size.saturating_add(1);
            }
            before = (last == 0).then_some(member);
            if last == 1 {
                start = row + 1;
            }
        }
        if start != groups.len() {
            return Err(groups.damaged(start, "the last set has no end"));
        }
        Ok(sizes)
    }

    /// How many members a group has; `None` where there is no such group.
    fn size_of(&self, sets: &[u32], code: u32) -> Option<u64> {
        let number = code >> 1;
        if code & 1 == 0 {
            return (u64::from(number) < self.counts().intervals).then_some(1);
        }
        sets.get(number as usize).copied().filter(|size| *size > 1).map(u64::from)
    }

    /// Checks the postings of a channel and their fence; gives how many there are.
    fn verify_postings(&self, channel: Channel, sets: &[u32]) -> Result<u64, SegmentError> {
        let section = Section::postings(channel);
        let extent = self.extent(section);
        let (mut blocks, mut fence) = (self.blocks(section), self.table(Section::fence(channel)));
        let (mut before, mut fingerprints, mut postings) = (None, 0u64, 0u64);
        for number in 0..extent.entry.blocks {
            let damaged = |detail| extent.damaged(format!("block {number}"), detail);
            let payload = blocks.load(number)?;
            let block = PostingsBlock::new(payload).ok_or_else(|| damaged("its head makes no sense"))?;
            let mut first = None;
            for row in block.rows() {
                let (fingerprint, code) = row.ok_or_else(|| damaged("its rows make no sense"))?;
                if before.replace(fingerprint).is_some_and(|before| before >= fingerprint) {
                    return Err(damaged("a fingerprint is not above the one before"));
                }
                first = first.or(before);
                fingerprints += 1;
                postings += self.size_of(sets, code).ok_or_else(|| damaged("a group does not exist"))?;
            }
            if first != fence.row::<1>(number)?.first().copied() {
                return Err(damaged("its first fingerprint is not that of the fence"));
            }
            zero_after(payload, block.end()).ok_or_else(|| damaged("its unused bits are not zero"))?;
        }
        if fingerprints != extent.entry.rows {
            return Err(self.footer("it counts other fingerprints than there are"));
        }
        Ok(postings)
    }

    fn verify_paths(&self) -> Result<(), SegmentError> {
        let mut restarts = self.table(Section::Restarts);
        let mut paths = self.paths();
        let mut before: Option<Vec<u8>> = None;
        for number in 0..self.counts().paths {
            if number.is_multiple_of(super::layout::RESTART) {
                let row = number / super::layout::RESTART;
                if restarts.row::<1>(row)? != [paths.stream().at()] {
                    return Err(restarts.damaged(row, "no path begins there"));
                }
            }
            let path = paths.advance()?.map(<[u8]>::to_vec);
            if before >= path {
                return Err(paths.stream().damaged("the path before here is not above the one before it"));
            }
            before = path;
        }
        if paths.stream().left() > 0 {
            return Err(paths.stream().damaged("there are more paths than the footer says"));
        }
        Ok(())
    }

    fn verify_contents(&self, sets: &[u32]) -> Result<(), SegmentError> {
        let mut rows = self.table(Section::Contents);
        let (mut before, mut files, mut named) = (None, 0, 0);
        for at in 0..rows.len() {
            let (content, code) = self.content_at(&mut rows, at)?;
            if before.replace(content.blake3).is_some_and(|before| before >= content.blake3) {
                return Err(rows.damaged(at, "it is not above the row before it"));
            }
            files += self.size_of(sets, code).ok_or_else(|| rows.damaged(at, "its group does not exist"))?;
            named += u64::from(!content.oid.is_empty());
        }
        if files != self.counts().files {
            return Err(self.footer("it counts other files than there are"));
        }
        let mut by_oid = self.table(Section::ContentsByOid);
        let mut before = (Vec::new(), 0);
        for at in 0..by_oid.len() {
            let [content] = by_oid.row(at)?;
            let this = (self.content_at(&mut rows, content)?.0.oid, content);
            // Two contents may claim one id where its hash is broken; the search then finds one of them.
            if this.0.is_empty() || this <= before {
                return Err(by_oid.damaged(at, "it is not above the row before it"));
            }
            before = this;
        }
        if by_oid.len() != named {
            return Err(by_oid.damaged(by_oid.len(), "an object id is missing"));
        }
        Ok(())
    }

    fn footer(&self, detail: &'static str) -> SegmentError {
        SegmentError::Damaged {
            part: Section::Footer.name(),
            at: format!("byte {}", self.counts().bytes - BLOCK as u64),
            detail,
        }
    }
}

/// `None` where a bit from `at` on is set.
fn zero_after(payload: &[u8], at: usize) -> Option<()> {
    let whole = at.next_multiple_of(8);
    let tail = u32::try_from(whole - at).unwrap_or_default();
    let zero = bits(payload, at, tail) == 0 && payload.get(whole / 8..)?.iter().all(|byte| *byte == 0);
    zero.then_some(())
}
