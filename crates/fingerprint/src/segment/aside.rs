//! Numbers that are set aside until the tables are written.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use super::error::SegmentError;

/// The most bytes that are held in memory.
const HELD: usize = 1 << 18;

/// A row of numbers of `N` bytes (8 at most) that grows. Memory holds the last [`HELD`] bytes of it; all before them are in an unnamed file,
/// which goes when the row is dropped.
pub(super) struct Aside<const N: usize> {
    folder: Arc<Path>,
    file: Option<File>,
    written: u64,
    held: Vec<u8>,
    /// All bits that are set in any of them.
    union: u64,
}

impl<const N: usize> Aside<N> {
    /// An empty row, whose file will lie in `folder`.
    pub(super) fn new(folder: Arc<Path>) -> Self {
        Aside { folder, file: None, written: 0, held: Vec::new(), union: 0 }
    }

    /// How many numbers there are.
    pub(super) fn len(&self) -> u64 {
        (self.written + self.held.len() as u64) / N as u64
    }

    /// All bits that are set in any of them.
    pub(super) fn union(&self) -> u64 {
        self.union
    }

    /// Bytes of memory that it takes.
    pub(super) fn memory(&self) -> usize {
        self.held.capacity()
    }

    /// Appends a number that has no more than `N` bytes.
    #[inline]
    pub(super) fn push(&mut self, number: u64) -> Result<(), SegmentError> {
        if self.held.len() + N > HELD {
            self.spill()?;
        }
        self.union |= number;
        self.held.extend(number.to_le_bytes().iter().take(N));
        Ok(())
    }

    #[cold]
    fn spill(&mut self) -> Result<(), SegmentError> {
        let file = match self.file.take() {
            Some(file) => file,
            None => tempfile::tempfile_in(&self.folder).map_err(|source| self.failed(&source))?,
        };
        file.write_all_at(&self.held, self.written).map_err(|source| self.failed(&source))?;
        self.file = Some(file);
        self.written += self.held.len() as u64;
        self.held.clear();
        Ok(())
    }

    /// The numbers from the one of this place on.
    pub(super) fn from(&self, place: u64) -> Numbers<'_, N> {
        Numbers { of: self, next: place.saturating_mul(N as u64), read: Vec::new(), at: 0 }
    }

    /// Fills the buffer with what follows a byte, as far as there is room.
    fn read(&self, from: u64, buffer: &mut Vec<u8>) -> Result<(), SegmentError> {
        buffer.clear();
        match (&self.file, self.written.checked_sub(from)) {
            (Some(file), Some(left)) if left > 0 => {
                buffer.resize(usize::try_from(left).map_or(HELD, |left| left.min(HELD)), 0);
                file.read_exact_at(buffer, from).map_err(|source| self.failed(&source))
            }
            _ => {
                let from = usize::try_from(from - self.written).unwrap_or(usize::MAX);
                buffer.extend_from_slice(self.held.get(from..).unwrap_or_default());
                Ok(())
            }
        }
    }

    fn failed(&self, source: &io::Error) -> SegmentError {
        let source = io::Error::new(source.kind(), format!("in {}: {source}", self.folder.display()));
        SegmentError::Io { what: "setting aside a part", source }
    }
}

/// Numbers in the order in which they were appended.
pub(super) struct Numbers<'a, const N: usize> {
    of: &'a Aside<N>,
    /// The first byte that has not been read.
    next: u64,
    read: Vec<u8>,
    at: usize,
}

impl<const N: usize> Iterator for Numbers<'_, N> {
    type Item = Result<u64, SegmentError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at == self.read.len() {
            if let Err(error) = self.of.read(self.next, &mut self.read) {
                return Some(Err(error));
            }
            self.next += self.read.len() as u64;
            self.at = 0;
        }
        let number = self.read.get(self.at..)?.first_chunk::<N>()?;
        self.at += N;
        let mut bytes = [0; 8];
        bytes.iter_mut().zip(number).for_each(|(to, from)| *to = *from);
        Some(Ok(u64::from_le_bytes(bytes)))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]
    use super::*;

    fn read<const N: usize>(aside: &Aside<N>, from: u64) -> Vec<u64> {
        aside.from(from).collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn numbers_come_back_from_any_place_on_and_memory_holds_few() {
        let folder = tempfile::tempdir().unwrap();
        let mut aside = Aside::<4>::new(folder.path().into());
        assert_eq!((aside.len(), read(&aside, 0)), (0, vec![]));
        let in_memory = (HELD / 4) as u64;
        for count in [1, in_memory - 1, in_memory, in_memory + 1, 3 * in_memory, 3 * in_memory + 5] {
            while aside.len() < count {
                aside.push(aside.len() * 3).unwrap();
            }
            let union = (0..count).fold(0, |union, number| union | (number * 3));
            assert!((aside.union(), aside.memory() <= HELD) == (union, true));
            for from in [0, 1, in_memory - 1, in_memory, in_memory + 1, 2 * in_memory + 3, count - 1, count, count + 9]
            {
                let expected: Vec<u64> = (from..count).map(|number| number * 3).collect();
                assert!(read(&aside, from) == expected, "{count} from {from}");
            }
        }
    }

    #[test]
    fn numbers_of_eight_bytes_stay_whole() {
        let mut aside = Aside::<8>::new(std::env::temp_dir().into());
        [u64::MAX, 0, 1 << 63].into_iter().for_each(|number| aside.push(number).unwrap());
        assert_eq!(read(&aside, 0), [u64::MAX, 0, 1 << 63]);
    }
}
