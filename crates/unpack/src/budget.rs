//! Readers that stop where a budget ends.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use crate::finding::FindingKind;
use crate::limits::Limits;

/// A stream that grew too much. Travels inside an [`io::Error`] through the decoders above it.
#[derive(Debug, thiserror::Error)]
#[error("more than {ratio} bytes came out for each byte that went in, beyond the first {} MiB; the limit is {ratio}", Limits::RATIO_FLOOR >> 20)]
struct Grew {
    ratio: u64,
}

/// Counts what is read through it, for somebody else to see.
pub(crate) struct Counted<R> {
    inner: R,
    count: Rc<Cell<u64>>,
}

impl<R> Counted<R> {
    pub(crate) fn new(inner: R) -> (Counted<R>, Rc<Cell<u64>>) {
        let count = Rc::new(Cell::new(0));
        (Counted { inner, count: Rc::clone(&count) }, count)
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.count.set(self.count.get().saturating_add(read as u64));
        Ok(read)
    }
}

/// A decoder's output, cut where it grows by more than the ratio.
pub(crate) struct Bounded<R> {
    inner: R,
    consumed: Rc<Cell<u64>>,
    produced: Rc<Cell<u64>>,
    ratio: u64,
}

impl<R> Bounded<R> {
    /// `consumed` is the compressed bytes so far, or all of them where they are known.
    pub(crate) fn new(inner: R, consumed: Rc<Cell<u64>>, ratio: u64) -> Bounded<R> {
        Bounded::sharing(inner, consumed, Rc::default(), ratio)
    }

    /// The same for one of several that are bounded together, because they may share what goes in: what came out of all of them
    /// is counted in `produced`.
    pub(crate) fn sharing(inner: R, consumed: Rc<Cell<u64>>, produced: Rc<Cell<u64>>, ratio: u64) -> Bounded<R> {
        Bounded { inner, consumed, produced, ratio }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if is_too_much(self.produced.get(), self.consumed.get(), self.ratio) {
            return Err(io::Error::other(Grew { ratio: self.ratio }));
        }
        let read = self.inner.read(buffer)?;
        self.produced.set(self.produced.get().saturating_add(read as u64));
        Ok(read)
    }
}

/// Whether more came out than the ratio allows of what went in.
pub(crate) fn is_too_much(produced: u64, consumed: u64, ratio: u64) -> bool {
    produced > Limits::RATIO_FLOOR.max(consumed.saturating_mul(ratio))
}

/// What is said of an archive whose entries came to too much together.
pub(crate) const SHARED_BODIES: &str =
    "its entries came to more than it can hold, as they do that share one body; the rest was not read";

/// What an error while reading says about the file.
pub(crate) fn kind_of(error: &io::Error) -> FindingKind {
    if error.get_ref().is_some_and(|inner| inner.is::<Grew>()) {
        FindingKind::Bomb
    } else if error.kind() == io::ErrorKind::UnexpectedEof {
        FindingKind::Truncated
    } else if error.raw_os_error().is_some() {
        FindingKind::Unreadable
    } else {
        FindingKind::Corrupt
    }
}

/// The first bytes of a stream, taken to see what it is, and the stream they are put back in front of.
pub(crate) struct Rejoined<'r> {
    head: Vec<u8>,
    given: usize,
    error: Option<io::Error>,
    rest: &'r mut dyn Read,
}

impl<'r> Rejoined<'r> {
    /// Takes up to `length` bytes off the front. An error on the way comes up again where it happened.
    pub(crate) fn new(rest: &'r mut dyn Read, length: usize) -> Rejoined<'r> {
        let mut head = vec![0; length];
        let (filled, error) = fill(rest, &mut head);
        head.truncate(filled);
        Rejoined { head, given: 0, error, rest }
    }

    /// The bytes taken.
    pub(crate) fn head(&self) -> &[u8] {
        &self.head
    }
}

impl Read for Rejoined<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = &self.head[self.given..];
        if !left.is_empty() {
            let length = left.len().min(buffer.len());
            buffer[..length].copy_from_slice(&left[..length]);
            self.given += length;
            return Ok(length);
        }
        match self.error.take() {
            Some(error) => Err(error),
            None => self.rest.read(buffer),
        }
    }
}

/// Exactly so many bytes of a stream: an end before that is an error.
pub(crate) struct Exactly<'r> {
    inner: &'r mut dyn Read,
    left: u64,
}

impl<'r> Exactly<'r> {
    pub(crate) fn new(inner: &'r mut dyn Read, length: u64) -> Exactly<'r> {
        Exactly { inner, left: length }
    }

    /// Reads and drops what is left.
    pub(crate) fn skip_rest(&mut self) -> io::Result<()> {
        let mut dropped = [0; 8192];
        while self.read(&mut dropped)? > 0 {}
        Ok(())
    }
}

impl Read for Exactly<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 {
            return Ok(0);
        }
        let read = self.inner.read(&mut buffer[..most])?;
        if read == 0 {
            let missing = self.left;
            self.left = 0;
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                format!("{missing} bytes are missing at the end"),
            ));
        }
        self.left -= read as u64;
        Ok(read)
    }
}

/// Reads until the buffer is full, the stream ends, or an error; gives how much was read in any case.
pub(crate) fn fill(reader: &mut dyn Read, buffer: &mut [u8]) -> (usize, Option<io::Error>) {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (filled, Some(error)),
        }
    }
    (filled, None)
}
