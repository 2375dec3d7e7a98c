//! Opens a filter and answers from it.

use super::fuse::{Fuse, LONGEST};
use super::{
    ABOUT, About, BLOCK_HEAD, CHECKSUM, Fence, FilterError, KEYS, LONGEST_ABOUT, LONGEST_BLOCK, MAGIC, Part, TAIL,
    VERSION, checksum, content_key, offset, u64_at,
};
use crate::segment::stored;
use crate::{Channel, ProfileId, ReadAt};

/// An open filter. Every block that an answer rests on is checked against its checksum when it is read.
#[derive(Debug)]
pub struct Filter<R> {
    reader: R,
    profile: ProfileId,
    about: About,
    counts: [u64; 4],
    fences: [Vec<Fence>; 4],
    /// Where the directory begins.
    end: u64,
}

impl<R: ReadAt> Filter<R> {
    /// Whether a file begins as filters of any version do.
    pub fn begins(reader: &R) -> bool {
        let mut magic = [0; 8];
        reader.read_exact_at(&mut magic, 0).is_ok() && magic == MAGIC
    }

    /// Opens a filter; checks its header and its directory, of which it holds 16 bytes for each block.
    ///
    /// # Errors
    /// Where the bytes can't be read, are no filter, one of another version, torn or damaged.
    pub fn open(reader: R) -> Result<Self, FilterError> {
        if !Self::begins(&reader) {
            return Err(FilterError::NotAFilter);
        }
        let length = reader.length().map_err(|source| FilterError::Io { what: "opening", source })?;
        let head = read(&reader, 0, 16, length, "header")?;
        let [_, _, _, _, version @ ..] = u64_at(&head, 4).to_le_bytes();
        match u32::from_le_bytes(version) {
            VERSION => {}
            found => return Err(FilterError::OtherVersion { found }),
        }
        let header_damaged = |detail| FilterError::Damaged { part: "header".to_owned(), detail };
        let body = u64_at(&head, 8) >> 32;
        if body < ABOUT as u64 || body > LONGEST_ABOUT as u64 {
            return Err(header_damaged("its length makes no sense"));
        }
        let header = read(&reader, 0, 16 + body + CHECKSUM as u64, length, "header")?;
        let (checked, sum) = header.split_at(header.len() - CHECKSUM);
        if checksum(0, 0, checked) != *sum {
            return Err(header_damaged("its bytes do not fit their checksum"));
        }
        let (profile, about) = about(&checked[16..]).ok_or_else(|| header_damaged("it makes no sense"))?;
        let directory_damaged = |detail| FilterError::Damaged { part: "directory".to_owned(), detail };
        let tail_at = length.checked_sub(TAIL as u64).ok_or_else(|| directory_damaged("the file is cut short"))?;
        let tail = read(&reader, tail_at, TAIL as u64, length, "directory")?;
        let end = u64_at(&tail, 0);
        if u64_at(&tail, 8) != length || end > tail_at || end < header.len() as u64 {
            return Err(directory_damaged("the file is shorter or longer than it says"));
        }
        let directory = read(&reader, end, length - end, length, "directory")?;
        let (checked, sum) = directory.split_at(directory.len() - CHECKSUM);
        if checksum(5, 0, checked) != *sum {
            return Err(directory_damaged("its bytes do not fit their checksum"));
        }
        let fences = fences(&checked[..checked.len() - 16], header.len() as u64, end);
        let (counts, fences) = fences.ok_or_else(|| directory_damaged("it makes no sense"))?;
        Ok(Filter { reader, profile, about, counts, fences, end })
    }

    /// The profile that its fingerprints were made under. Fingerprints of another one must not be looked up in it.
    pub fn profile(&self) -> ProfileId {
        self.profile
    }

    /// What it says of the corpus that it was made from.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// How many keys it was made from.
    pub fn keys(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Gives each of the fingerprints that it has to `found`, in their order, which must be sorted. One in 256 that it does not have is
    /// taken for one that it has.
    ///
    /// # Errors
    /// Where it can't be read or is damaged; `found` may have been given answers before.
    pub fn look_up(&self, channel: Channel, keys: &[u64], found: &mut impl FnMut(u64)) -> Result<(), FilterError> {
        let sorted = keys.iter().zip(0..).map(|(key, place)| (stored(*key), place));
        let part = Part::Fingerprint(channel.kept());
        self.find(part, sorted, &mut |place: usize| found(keys.get(place).copied().unwrap_or_default()))
    }

    /// Which of these contents, each by its BLAKE3, it has: their places in the list, in the order of their BLAKE3. One in 256 that it
    /// does not have is taken for one that it has.
    ///
    /// # Errors
    /// Where it can't be read or is damaged.
    pub fn contents(&self, blake3: &[[u8; 32]]) -> Result<Vec<usize>, FilterError> {
        let mut sorted: Vec<(u64, usize)> = blake3.iter().map(|blake3| content_key(blake3)).zip(0..).collect();
        sorted.sort_unstable();
        let mut found = Vec::new();
        self.find(Part::Content, sorted.into_iter(), &mut |place| found.push(place))?;
        Ok(found)
    }

    /// Looks keys up that come sorted, each with its place.
    fn find(
        &self,
        part: Part,
        keys: impl Iterator<Item = (u64, usize)>,
        found: &mut impl FnMut(usize),
    ) -> Result<(), FilterError> {
        let fences = &self.fences[part.index()];
        // The block at hand, and the number of the one behind it.
        let (mut block, mut next) = (None, 0);
        for (key, place) in keys {
            let from = next;
            next += fences.get(from..).unwrap_or_default().partition_point(|fence| fence.first <= key);
            if next != from {
                block = Some(self.block(part, next - 1)?);
            }
            if block.as_ref().is_some_and(|(fuse, _)| fuse.holds(key)) {
                found(place);
            }
        }
        Ok(())
    }

    /// A block of a part, and how many keys it has.
    fn block(&self, part: Part, number: usize) -> Result<(Fuse<Vec<u8>>, u64), FilterError> {
        let damaged = |detail| FilterError::Damaged { part: format!("{}, block {number}", part.name()), detail };
        let fence = self.fences[part.index()].get(number).ok_or_else(|| damaged("there is no such block"))?;
        let end = self.end_of(part, number);
        let mut block = read(&self.reader, fence.at, end - fence.at, end, part.name())?;
        let sum = block.split_off(block.len() - CHECKSUM);
        if checksum(part.index() + 1, number, &block) != *sum {
            return Err(damaged("its bytes do not fit their checksum"));
        }
        let (first, count, shape) = (u64_at(&block, 0), u64_at(&block, 8), u64_at(&block, 16));
        let [_, _, _, _, shift, zeros @ ..] = count.to_le_bytes();
        let (count, segments) = (count & u64::from(u32::MAX), u32::try_from(shape).ok().filter(|it| *it > 0));
        let seed = u64_at(&block, 24);
        let table = block.split_off(BLOCK_HEAD);
        let fuse = Fuse { seed, shift, segments: segments.ok_or_else(|| damaged("its head makes no sense"))?, table };
        let fits = first == fence.first
            && (1..=KEYS as u64).contains(&count)
            && shift <= LONGEST
            && zeros == [0; 3]
            && fuse.length() == fuse.table.len() as u64;
        if fits { Ok((fuse, count)) } else { Err(damaged("its head makes no sense")) }
    }

    /// Where a block ends: where the next one begins.
    fn end_of(&self, part: Part, number: usize) -> u64 {
        let own = self.fences[part.index()].get(number + 1);
        let next = || self.fences[part.index() + 1..].iter().find_map(|fences| fences.first());
        own.or_else(next).map_or(self.end, |fence| fence.at)
    }

    /// Checks every block, and that there are as many keys as the directory says.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn verify(&self) -> Result<(), FilterError> {
        for part in Part::ALL {
            let mut keys = 0;
            for number in 0..self.fences[part.index()].len() {
                keys += self.block(part, number)?.1;
            }
            if keys != self.counts[part.index()] {
                let detail = "it counts other keys than there are";
                return Err(FilterError::Damaged { part: "directory".to_owned(), detail });
            }
        }
        Ok(())
    }
}

/// Bytes of the file, of which `end` are there.
fn read<R: ReadAt>(reader: &R, at: u64, count: u64, end: u64, part: &str) -> Result<Vec<u8>, FilterError> {
    if at.checked_add(count).is_none_or(|reach| reach > end) {
        return Err(FilterError::Damaged { part: part.to_owned(), detail: "the file is cut short" });
    }
    let mut bytes = vec![0; offset(count)];
    reader.read_exact_at(&mut bytes, at).map_err(|source| FilterError::Io { what: "reading", source })?;
    Ok(bytes)
}

/// The body of a header.
fn about(body: &[u8]) -> Option<(ProfileId, About)> {
    let profile = ProfileId(*body.first_chunk()?);
    let [indexed, contents, files, bytes, packages] = [32, 40, 48, 56, 64].map(|at| u64_at(body, at));
    let published = match body.get(72)? {
        1 => false,
        2 => true,
        _ => return None,
    };
    let (own, rest) = name(body.get(ABOUT..)?)?;
    let (count, mut rest) = rest.split_first_chunk::<4>()?;
    let mut names = Vec::new();
    for _ in 0..u32::from_le_bytes(*count) {
        let (of_package, after) = name(rest)?;
        names.push(of_package);
        rest = after;
    }
    let indexed = i64::from_le_bytes(indexed.to_le_bytes());
    rest.is_empty()
        .then_some((profile, About { name: own, published, indexed, contents, files, bytes, packages, names }))
}

/// A name with its length before it, and what follows.
fn name(bytes: &[u8]) -> Option<(String, &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    let (name, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes(*length)))?;
    Some((String::from_utf8(name.to_vec()).ok()?, rest))
}

/// The directory: counts and fences of the parts. Blocks stand one behind the other between header and directory.
fn fences(directory: &[u8], begin: u64, end: u64) -> Option<([u64; 4], [Vec<Fence>; 4])> {
    let (mut rest, mut counts, mut all) = (directory, [0; 4], <[Vec<Fence>; 4]>::default());
    let mut last_at = None;
    for (count, fences) in counts.iter_mut().zip(&mut all) {
        let (head, after) = rest.split_at_checked(16)?;
        *count = u64_at(head, 0);
        let blocks = u64_at(head, 8);
        let (rows, after) = after.split_at_checked(usize::try_from(blocks.checked_mul(16)?).ok()?)?;
        rest = after;
        for row in rows.chunks_exact(16) {
            let fence = Fence { first: u64_at(row, 0), at: u64_at(row, 8) };
            let ascends = fences.last().is_none_or(|before: &Fence| before.first < fence.first);
            let follows = match last_at {
                None => fence.at == begin,
                Some(before) => is_block(before, fence.at),
            };
            if !ascends || !follows {
                return None;
            }
            last_at = Some(fence.at);
            fences.push(fence);
        }
        if (*count == 0) != fences.is_empty() {
            return None;
        }
    }
    let ends = last_at.map_or(begin == end, |before| is_block(before, end));
    (rest.is_empty() && ends).then_some((counts, all))
}

/// Whether a block can stand between these offsets.
fn is_block(at: u64, end: u64) -> bool {
    let least = (BLOCK_HEAD + CHECKSUM) as u64;
    end.checked_sub(at).is_some_and(|length| (least..=LONGEST_BLOCK).contains(&length))
}
