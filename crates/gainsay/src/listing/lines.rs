//! From the bytes of a file to its lines.

use super::LONGEST_LINE;

/// Cuts bytes into lines as they come: UTF-16 becomes UTF-8, line ends and the colours of a terminal are taken away. What no text
/// has ends it.
#[derive(Default)]
pub(super) struct Lines {
    width: Width,
    /// The line so far; of one that is too long, its beginning.
    line: Vec<u8>,
    is_too_long: bool,
    /// A byte of UTF-16 that waits for its other half, and the first half of a pair of surrogates.
    half: Option<u8>,
    surrogate: Option<u16>,
    too_long: u64,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Width {
    #[default]
    Unknown,
    Bytes,
    Little,
    Big,
}

impl Lines {
    /// Gives each line that ends in these bytes to `found`, as long as that says that it wants more. False where it does not, or where
    /// the bytes are no text.
    pub(super) fn push(&mut self, mut bytes: &[u8], found: &mut impl FnMut(&[u8]) -> bool) -> bool {
        if self.width == Width::Unknown && !bytes.is_empty() {
            (self.width, bytes) = match bytes {
                [0xff, 0xfe, rest @ ..] => (Width::Little, rest),
                [0xfe, 0xff, rest @ ..] => (Width::Big, rest),
                [0xef, 0xbb, 0xbf, rest @ ..] => (Width::Bytes, rest),
                [first, 0, ..] if *first != 0 => (Width::Little, bytes),
                [0, first, ..] if *first != 0 => (Width::Big, bytes),
                _ => (Width::Bytes, bytes),
            };
        }
        match self.width {
            Width::Bytes | Width::Unknown => self.narrow(bytes, found),
            Width::Little | Width::Big => bytes.iter().all(|byte| match self.half.take() {
                None => {
                    self.half = Some(*byte);
                    true
                }
                Some(first) if self.width == Width::Little => self.unit(u16::from_le_bytes([first, *byte]), found),
                Some(first) => self.unit(u16::from_be_bytes([first, *byte]), found),
            }),
        }
    }

    /// Gives the last line, if no line end follows it.
    pub(super) fn finish(&mut self, found: &mut impl FnMut(&[u8]) -> bool) {
        self.end(found);
    }

    /// How many lines were too long to be given.
    pub(super) fn too_long(&self) -> u64 {
        self.too_long
    }

    /// How many bytes of the line so far are held.
    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.line.capacity()
    }

    fn narrow(&mut self, mut bytes: &[u8], found: &mut impl FnMut(&[u8]) -> bool) -> bool {
        if memchr::memchr(0, bytes).is_some() {
            return false;
        }
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            let (piece, rest) = bytes.split_at(end);
            bytes = rest.get(1..).unwrap_or_default();
            // Nearly all lines lie in one piece, and need not be held.
            let is_whole = self.line.is_empty() && piece.len() <= LONGEST_LINE && !self.is_too_long;
            let wants_more = if is_whole {
                give(piece, found)
            } else {
                self.add(piece);
                self.end(found)
            };
            if !wants_more {
                return false;
            }
        }
        self.add(bytes);
        true
    }

    fn unit(&mut self, unit: u16, found: &mut impl FnMut(&[u8]) -> bool) -> bool {
        let pair = self.surrogate.take();
        if (0xd800..0xdc00).contains(&unit) {
            self.surrogate = Some(unit);
            return true;
        }
        let letter = char::decode_utf16(pair.into_iter().chain([unit])).next();
        match letter {
            Some(Ok('\n')) => return self.end(found),
            Some(Ok('\0')) => return false,
            Some(Ok(letter)) => self.add(letter.encode_utf8(&mut [0; 4]).as_bytes()),
            _ => self.add("\u{fffd}".as_bytes()),
        }
        true
    }

    fn add(&mut self, piece: &[u8]) {
        let room = LONGEST_LINE - self.line.len();
        self.is_too_long |= piece.len() > room;
        self.line.extend_from_slice(piece.get(..room).unwrap_or(piece));
    }

    fn end(&mut self, found: &mut impl FnMut(&[u8]) -> bool) -> bool {
        let wants_more = if std::mem::take(&mut self.is_too_long) {
            self.too_long += 1;
            true
        } else {
            give(&self.line, found)
        };
        self.line.clear();
        wants_more
    }
}

/// Gives a line without what ends it.
fn give(line: &[u8], found: &mut impl FnMut(&[u8]) -> bool) -> bool {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if memchr::memchr(0x1b, line).is_some() { found(&uncoloured(line)) } else { found(line) }
}

/// A line without the sequences that tell a terminal to change its colour.
fn uncoloured(line: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(line.len());
    let mut rest = line;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if (*first, after.first()) == (0x1b, Some(&b'[')) {
            let end = after.iter().skip(1).position(|byte| (0x40..0x7f).contains(byte));
            rest = end.and_then(|end| after.get(end + 2..)).unwrap_or_default();
        } else {
            out.push(*first);
        }
    }
    out
}
