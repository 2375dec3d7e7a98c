//! Writes a filter from sorted keys, block after block.

use std::io::Write;

use super::fuse::Fuse;
use super::{
    About, CHECKSUM, Fence, FilterError, KEYS, LONGEST_ABOUT, LONGEST_NAME, MAGIC, Part, VERSION, checksum, content_key,
};
use crate::segment::{all_contents, all_fingerprints, stored};
use crate::{Channel, ProfileId, ReadAt, Segment};

/// Writes one filter. It holds the keys of one block, and 16 bytes for each block before.
pub struct FilterWriter<W: Write> {
    out: W,
    written: u64,
    part: usize,
    /// The keys of the block that is being filled.
    keys: Vec<u64>,
    last: Option<u64>,
    counts: [u64; 4],
    fences: [Vec<Fence>; 4],
}

impl<W: Write> FilterWriter<W> {
    /// Begins a filter of fingerprints that were made under a profile. Of the names as many are written as there is room for.
    ///
    /// # Errors
    /// The corpus's name is too long, or `out` fails.
    pub fn new(out: W, profile: ProfileId, about: &About) -> Result<Self, FilterError> {
        let mut writer = FilterWriter {
            out,
            written: 0,
            part: 0,
            keys: Vec::new(),
            last: None,
            counts: [0; 4],
            fences: Default::default(),
        };
        let mut body = profile.0.to_vec();
        body.extend(about.indexed.to_le_bytes());
        for number in [about.contents, about.files, about.bytes, about.packages] {
            body.extend(number.to_le_bytes());
        }
        body.push(if about.published { 2 } else { 1 });
        body.extend(name(&about.name).ok_or(FilterError::Senseless { detail: "the corpus's name is too long" })?);
        let (mut names, mut count) = (Vec::new(), 0_u32);
        for name in about.names.iter().filter_map(|it| name(it)) {
            if body.len() + 4 + names.len() + name.len() > LONGEST_ABOUT {
                break;
            }
            names.extend(name);
            count += 1;
        }
        body.extend(count.to_le_bytes());
        body.extend(names);
        let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
        let mut header = [&MAGIC[..], &VERSION.to_le_bytes(), &length.to_le_bytes(), &body].concat();
        header.extend(checksum(0, 0, &header));
        writer.write(&header)?;
        Ok(writer)
    }

    /// Adds a fingerprint. Channels come in the order of text, code and parts, fingerprints ascend in each; those that agree in their
    /// 56 leading bits are one.
    ///
    /// # Errors
    /// The order is another, or the stream fails.
    pub fn fingerprint(&mut self, channel: Channel, fingerprint: u64) -> Result<(), FilterError> {
        self.key(Part::Fingerprint(channel.kept()), stored(fingerprint))
    }

    /// Adds a content by the beginning of its BLAKE3, of which 8 bytes count. Contents come after all fingerprints, and ascend.
    ///
    /// # Errors
    /// The order is another, or the stream fails.
    pub fn content(&mut self, blake3: &[u8; 16]) -> Result<(), FilterError> {
        self.key(Part::Content, content_key(blake3))
    }

    fn key(&mut self, part: Part, key: u64) -> Result<(), FilterError> {
        let senseless = FilterError::Senseless { detail: "its keys do not come in their order" };
        if part.index() < self.part {
            return Err(senseless);
        }
        if part.index() > self.part {
            self.flush()?;
            (self.part, self.last) = (part.index(), None);
        }
        match self.last {
            Some(last) if last == key => return Ok(()),
            Some(last) if last > key => return Err(senseless),
            _ => self.last = Some(key),
        }
        self.keys.push(key);
        if self.keys.len() == KEYS { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), FilterError> {
        let Some(first) = self.keys.first().copied() else { return Ok(()) };
        let fuse = Fuse::of(&self.keys).ok_or(FilterError::Senseless { detail: "its keys fit no filter" })?;
        let count = u32::try_from(self.keys.len()).unwrap_or(u32::MAX);
        let mut block = Vec::with_capacity(fuse.table.len() + 64);
        block.extend(first.to_le_bytes());
        block.extend(count.to_le_bytes());
        block.extend([fuse.shift, 0, 0, 0]);
        block.extend(fuse.segments.to_le_bytes());
        block.extend([0; 4]);
        block.extend(fuse.seed.to_le_bytes());
        block.extend(fuse.table);
        let (part, fences) = (self.part, &mut self.fences[self.part]);
        block.extend(checksum(part + 1, fences.len(), &block));
        fences.push(Fence { first, at: self.written });
        self.counts[part] += self.keys.len() as u64;
        self.keys.clear();
        self.write(&block)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), FilterError> {
        self.written += bytes.len() as u64;
        self.out.write_all(bytes).map_err(|source| FilterError::Io { what: "writing", source })
    }

    /// Writes the directory. Gives back the stream, flushed, and how many keys were written.
    ///
    /// # Errors
    /// The stream fails.
    pub fn finish(mut self) -> Result<(W, u64), FilterError> {
        self.flush()?;
        let at = self.written;
        let mut directory = Vec::new();
        for (count, fences) in self.counts.iter().zip(&self.fences) {
            directory.extend(count.to_le_bytes());
            directory.extend((fences.len() as u64).to_le_bytes());
            for fence in fences {
                directory.extend(fence.first.to_le_bytes());
                directory.extend(fence.at.to_le_bytes());
            }
        }
        let length = at + (directory.len() + 16 + CHECKSUM) as u64;
        directory.extend(at.to_le_bytes());
        directory.extend(length.to_le_bytes());
        directory.extend(checksum(5, 0, &directory));
        self.write(&directory)?;
        self.out.flush().map_err(|source| FilterError::Io { what: "writing", source })?;
        Ok((self.out, self.counts.iter().sum()))
    }
}

/// A name with its length before it; `None` where it is too long.
fn name(name: &str) -> Option<Vec<u8>> {
    let length = u16::try_from(name.len()).ok().filter(|length| usize::from(*length) <= LONGEST_NAME)?;
    Some([&length.to_le_bytes()[..], name.as_bytes()].concat())
}

/// Writes the filter of what segments hold together, and gives how many keys it has. Memory holds one block of each segment, and one of
/// the filter with what building it takes, some 40 MB.
///
/// # Errors
/// There is no segment, they were made under different profiles, one can't be read or is damaged, or `out` fails.
pub fn write_filter<R: ReadAt, W: Write>(
    segments: &[Segment<R>],
    about: &About,
    out: W,
) -> Result<(W, u64), FilterError> {
    let first = segments.first().ok_or(FilterError::Senseless { detail: "there is no segment" })?;
    if segments.iter().any(|segment| segment.profile() != first.profile()) {
        return Err(FilterError::Senseless { detail: "the fingerprints were made under different profiles" });
    }
    let mut writer = FilterWriter::new(out, first.profile(), about)?;
    for channel in [Channel::Text, Channel::Code, Channel::Parts] {
        all_fingerprints(segments, channel, |stored| writer.key(Part::Fingerprint(channel), stored))?;
    }
    all_contents(segments, |blake3| writer.content(blake3))?;
    writer.finish()
}
