//! The header of a safetensors file, as far as it says where tensors lie. Whatever differs from the format in any way
//! is no such file, and is cut into chunks.

/// Bytes that say how long the header is.
const LENGTH: usize = 8;

/// A longer header is not read. Headers of the largest models published have some hundred KiB.
const MOST: u64 = 16 << 20;

/// How many bytes a file that begins so must have before [`tensors`] can tell; `None` where it can't be one.
pub(super) fn wanted(head: &[u8]) -> Option<usize> {
    let Some(length) = head.first_chunk() else { return Some(LENGTH + 1) };
    let length = u64::from_le_bytes(*length);
    if length > MOST || head.get(LENGTH).is_some_and(|byte| *byte != b'{') {
        return None;
    }
    // At least one byte of it, so that a header of no bytes is refused by its first.
    usize::try_from(length.max(1)).ok().map(|length| LENGTH + length)
}

/// The lengths of the tensors of a file that begins so, the first in the file last. `None` where it is no safetensors
/// file: tensors that overlap or leave gaps make none either.
pub(super) fn tensors(head: &[u8]) -> Option<Vec<u64>> {
    if head.len() != wanted(head)? {
        return None;
    }
    let mut header = Header(head.get(LENGTH..)?);
    let mut tensors = Vec::new();
    header.list(b'{', b'}', &mut |header| {
        let name = header.string()?;
        header.byte(b':')?;
        let extent = header.entry()?;
        if name != b"__metadata__" {
            tensors.push(extent?);
        }
        Some(())
    })?;
    header.blanks();
    if !header.0.is_empty() {
        return None;
    }
    tensors.sort_unstable();
    let mut end = 0;
    for extent in &tensors {
        if extent.0 != end || extent.1 < end {
            return None;
        }
        end = extent.1;
    }
    Some(tensors.into_iter().rev().map(|(begin, end)| end - begin).filter(|length| *length > 0).collect())
}

/// What is left of the header. Each method takes what it names from the front, or gives `None` where that does not stand
/// there.
struct Header<'h>(&'h [u8]);

impl<'h> Header<'h> {
    /// Strings and lists of numbers by name; gives those under `data_offsets`, if they are two.
    fn entry(&mut self) -> Option<Option<(u64, u64)>> {
        let mut extent = None;
        self.list(b'{', b'}', &mut |header| {
            let name = header.string()?;
            header.byte(b':')?;
            if header.peek() == Some(b'"') {
                header.string()?;
                return Some(());
            }
            let mut numbers = (0usize, [0; 2]);
            header.list(b'[', b']', &mut |header| {
                let number = header.number()?;
                if let Some(place) = numbers.1.get_mut(numbers.0) {
                    *place = number;
                }
                numbers.0 += 1;
                Some(())
            })?;
            if name == b"data_offsets" {
                // Said twice, it could mean either.
                if numbers.0 != 2 || extent.is_some() {
                    return None;
                }
                extent = Some((numbers.1[0], numbers.1[1]));
            }
            Some(())
        })?;
        Some(extent)
    }

    /// Things with commas between them.
    fn list(&mut self, open: u8, close: u8, thing: &mut dyn FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.byte(open)?;
        if self.peek()? == close {
            return self.byte(close);
        }
        loop {
            thing(self)?;
            match self.peek()? {
                b',' => self.byte(b',')?,
                _ => return self.byte(close),
            }
        }
    }

    /// A string as it is written, without its marks.
    fn string(&mut self) -> Option<&'h [u8]> {
        self.byte(b'"')?;
        let text = self.0;
        let mut at = 0;
        loop {
            match text.get(at)? {
                b'"' => break,
                b'\\' => at += 2,
                _ => at += 1,
            }
        }
        self.0 = &text[at + 1..];
        Some(&text[..at])
    }

    fn number(&mut self) -> Option<u64> {
        self.blanks();
        let digits = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (number, rest) = self.0.split_at(digits);
        self.0 = rest;
        str::from_utf8(number).ok()?.parse().ok()
    }

    fn byte(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.0 = &self.0[1..])
    }

    /// The next byte that is no blank.
    fn peek(&mut self) -> Option<u8> {
        self.blanks();
        self.0.first().copied()
    }

    fn blanks(&mut self) {
        self.0 = self.0.trim_ascii_start();
    }
}
