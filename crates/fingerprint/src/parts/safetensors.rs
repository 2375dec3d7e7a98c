//! The header of a safetensors file, as far as it says where tensors lie. Whatever differs from the format in any way
//! is no such file, and is cut into chunks.

use crate::sketches::{Stretch, Type};

/// Bytes that say how long the header is.
const LENGTH: usize = 8;

/// A longer header is not read. Headers of the largest models published have some hundred KiB.
const MOST: u64 = 16 << 20;

/// How many bytes a file that begins so must have before [`tensors`] can tell; `None` where it can't be one.
pub(crate) fn wanted(head: &[u8]) -> Option<usize> {
    let Some(length) = head.first_chunk() else { return Some(LENGTH + 1) };
    let length = u64::from_le_bytes(*length);
    if length > MOST || head.get(LENGTH).is_some_and(|byte| *byte != b'{') {
        return None;
    }
    // At least one byte of it, so that a header of no bytes is refused by its first.
    usize::try_from(length.max(1)).ok().map(|length| LENGTH + length)
}

/// The tensors of a file that begins so, the first in the file last. `None` where it is no safetensors file: tensors that
/// overlap or leave gaps make none either.
pub(crate) fn tensors(head: &[u8]) -> Option<Vec<Stretch>> {
    if head.len() != wanted(head)? {
        return None;
    }
    let mut header = Header(head.get(LENGTH..)?);
    let mut tensors = Vec::new();
    header.list(b'{', b'}', &mut |header| {
        let name = header.string()?;
        header.byte(b':')?;
        let (extent, of) = header.entry()?;
        if name != b"__metadata__" {
            let (begin, end) = extent?;
            tensors.push((begin, end, of));
        }
        Some(())
    })?;
    header.blanks();
    if !header.0.is_empty() {
        return None;
    }
    tensors.sort_unstable_by_key(|(begin, end, _)| (*begin, *end));
    let mut at = 0;
    for (begin, end, _) in &tensors {
        if *begin != at || *end < at {
            return None;
        }
        at = *end;
    }
    let stretches = tensors.into_iter().rev().map(|(begin, end, of)| Stretch { of, bytes: end - begin });
    Some(stretches.filter(|stretch| stretch.bytes > 0).collect())
}

/// Where a tensor begins and ends, and its type, as far as its entry says so.
type Entry = (Option<(u64, u64)>, Option<Type>);

/// What is left of the header. Each method takes what it names from the front, or gives `None` where that does not stand
/// there.
struct Header<'h>(&'h [u8]);

impl<'h> Header<'h> {
    /// Strings and lists of numbers by name; gives those under `data_offsets`, if they are two, and the type that the only
    /// `dtype` names, if it is one of floats.
    fn entry(&mut self) -> Option<Entry> {
        let (mut extent, mut types, mut of) = (None, 0, None);
        self.list(b'{', b'}', &mut |header| {
            let name = header.string()?;
            header.byte(b':')?;
            if header.peek() == Some(b'"') {
                let text = header.string()?;
                if name == b"dtype" {
                    types += 1;
                    of = float(text);
                }
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
        Some((extent, of.filter(|_| types == 1)))
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

/// The type of this name.
fn float(name: &[u8]) -> Option<Type> {
    match name {
        b"F64" => Some(Type::F64),
        b"F32" => Some(Type::F32),
        b"F16" => Some(Type::F16),
        b"BF16" => Some(Type::Bf16),
        _ => None,
    }
}
