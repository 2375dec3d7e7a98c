//! Checks a whole segment: what the tags of single blocks can't tell.

use super::blocks::{Extent, ReadAt};
use super::error::SegmentError;
use super::layout::{BLOCK, PAYLOAD, Section, u32_at, u64_at};
use super::reader::{Segment, content_of};
use super::{ContentId, IntervalId, LineId, PathId};

impl<R: ReadAt> Segment<R> {
    /// Reads every byte and checks that sections are those that the header names, that rows are sorted, that
    /// references lead somewhere and that unused bytes are zero.
    ///
    /// # Errors
    /// Names the first damage found, or why the bytes can't be read.
    pub fn verify(&self) -> Result<(), SegmentError> {
        Section::ALL.into_iter().try_for_each(|section| self.verify_section(section))?;
        self.verify_ascending(Section::Contents, |row| row.get(..32).map(<[u8]>::to_vec))?;
        self.verify_ascending(Section::Files, |row| Some((u32_at(row, 0), u32_at(row, 4))))?;
        self.verify_ascending(Section::Intervals, |row| Some([0, 4, 8, 12].map(|at| u32_at(row, at))))?;
        self.verify_ascending(Section::Postings, |row| Some((u64_at(row, 0), u32_at(row, 8))))?;
        self.verify_references()
    }

    fn verify_section(&self, section: Section) -> Result<(), SegmentError> {
        let extent = self.extent(section);
        let mut rows = self.rows(section);
        let mut digest = blake3::Hasher::new();
        let blocks = Extent::blocks(section, extent.rows);
        let full = section.rows_per_block() as u64;
        for number in 0..blocks {
            let block = rows.load(number)?;
            digest.update(block.get(..BLOCK).unwrap_or_default());
            // At most one block's rows, so it fits.
            let used = usize::try_from(full.min(extent.rows - number * full)).unwrap_or_default() * section.width();
            if block.get(used..PAYLOAD).unwrap_or_default().iter().any(|byte| *byte != 0) {
                return Err(rows.damaged(format!("block {number}"), "its unused bytes are not zero"));
            }
        }
        if *digest.finalize().as_bytes() != extent.digest {
            return Err(rows.damaged("as a whole".to_owned(), "it is not the section that the header names"));
        }
        Ok(())
    }

    fn verify_ascending<K: Ord>(&self, section: Section, key: impl Fn(&[u8]) -> K) -> Result<(), SegmentError> {
        let mut rows = self.rows(section);
        let mut previous = None;
        for number in 0..rows.len() {
            let this = Some(key(rows.row(number)?));
            if number > 0 && previous >= this {
                return Err(rows.damaged(format!("row {number}"), "it is not above the row before it"));
            }
            previous = this;
        }
        Ok(())
    }

    fn verify_references(&self) -> Result<(), SegmentError> {
        let counts = self.counts();
        let ids = |count: u64| (0..=u32::MAX).take_while(move |id| u64::from(*id) < count);
        for line in ids(counts.lines) {
            self.line(LineId(line))?;
        }
        let mut previous = None;
        for path in ids(counts.paths) {
            let this = Some(self.path(PathId(path))?);
            if path > 0 && previous >= this {
                return Err(self.rows(Section::Paths).damaged(format!("row {path}"), "it is not above the one before"));
            }
            previous = this;
        }
        self.intervals(&ids(counts.intervals).map(IntervalId).collect::<Vec<_>>())?;
        let mut contents = self.rows(Section::Contents);
        for number in 0..contents.len() {
            if content_of(contents.row(number)?).is_none() {
                return Err(contents.damaged(format!("row {number}"), "its kind or its object id is unknown"));
            }
        }
        self.verify_by_oid()?;
        for (section, at, count) in [
            (Section::Files, 0, counts.contents),
            (Section::Files, 4, counts.intervals),
            (Section::Postings, 8, counts.intervals),
        ] {
            let mut rows = self.rows(section);
            for number in 0..rows.len() {
                if u64::from(u32_at(rows.row(number)?, at)) >= count {
                    return Err(rows.damaged(format!("row {number}"), "what it refers to does not exist"));
                }
            }
        }
        Ok(())
    }

    fn verify_by_oid(&self) -> Result<(), SegmentError> {
        let mut rows = self.rows(Section::ContentsByOid);
        let mut previous = (Vec::new(), 0);
        for number in 0..rows.len() {
            let content = u32_at(rows.row(number)?, 0);
            let this = (self.content(ContentId(content))?.oid, content);
            // Two contents may claim one id where its hash is broken; the search then finds one of them.
            if this.0.is_empty() || this <= previous {
                return Err(rows.damaged(format!("row {number}"), "it is not above the row before it"));
            }
            previous = this;
        }
        Ok(())
    }
}
