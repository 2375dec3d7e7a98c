//! The header of a NumPy array, as NumPy writes it.

use super::{Stretch, numbers::Type};

/// The first bytes of a file.
pub(super) const MAGIC: &[u8] = b"\x93NUMPY";

/// A longer header is not read: one with a shape has some hundred bytes.
const MOST: usize = 1 << 16;

/// How many bytes a file that begins so must have before [`stretch`] can tell; `None` where it can't be one.
pub(super) fn wanted(head: &[u8]) -> Option<usize> {
    let Some(version) = head.get(MAGIC.len()) else { return Some(12) };
    let length = head.get(MAGIC.len() + 2..)?;
    let (begin, length) = match version {
        1 => (10, usize::from(u16::from_le_bytes(*length.first_chunk()?))),
        2 | 3 => (12, usize::try_from(u32::from_le_bytes(*length.first_chunk()?)).ok()?),
        _ => return None,
    };
    (length <= MOST).then(|| (begin + length).max(12))
}

/// The numbers that follow a whole header.
pub(super) fn stretch(head: &[u8]) -> Option<Stretch> {
    let begin = if head.get(MAGIC.len()) == Some(&1) { 10 } else { 12 };
    let text = str::from_utf8(head.get(begin..)?).ok()?;
    let (descr, shape) = text.strip_prefix("{'descr': '")?.split_once("', 'fortran_order': False, 'shape': (")?;
    let of = match descr {
        "<f8" => Type::F64,
        "<f4" => Type::F32,
        "<f2" => Type::F16,
        _ => return None,
    };
    let (shape, padding) = shape.split_once("), }")?;
    if padding.trim_start_matches(' ') != "\n" {
        return None;
    }
    let numbers = match shape {
        "" => 1,
        _ => shape
            .strip_suffix(',')
            .unwrap_or(shape)
            .split(',')
            .map(side)
            .try_fold(1u64, |all, side| all.checked_mul(side?))?,
    };
    Some(Stretch { of: Some(of), bytes: of.bytes(numbers)? })
}

/// A side of an array, perhaps with blanks in front.
fn side(text: &str) -> Option<u64> {
    let digits = text.trim_start_matches(' ');
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}
