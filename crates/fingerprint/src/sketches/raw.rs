//! Files that are nothing but numbers, such as the storages in an archive of PyTorch: what they hold tells the type.

use super::numbers::{Type, half, narrowed};

/// In thousandths, how many of the first numbers may be neither 0 nor of a usual magnitude. Bytes read as another type
/// than theirs hardly ever have fewer than one in eight.
const ODD: usize = 10;

/// In thousandths, how many must not be 0: 32-bit floats that were 16-bit ones have a 0 in every second place.
const USUAL: usize = 750;

/// Magnitudes of weights, as 32-bit floats: from 2^-24, the least of a 16-bit float, and below 2^8.
const MAGNITUDES: std::ops::Range<u32> = (127 - 24) << 23..(127 + 8) << 23;

/// The type of the numbers of a file with this head: the first that makes all but a few of them usual.
///
/// The order matters: two `Bf16` beside each other are a usual `F32` too, and most are a usual `F16`.
pub(super) fn of(head: &[u8]) -> Option<Type> {
    [Type::Bf16, Type::F16, Type::F32, Type::F64].into_iter().find(|of| match of {
        Type::Bf16 => are_usual(head.as_chunks().0, |bytes| u32::from(u16::from_le_bytes(bytes)) << 16),
        Type::F16 => are_usual(head.as_chunks().0, |bytes| half(u16::from_le_bytes(bytes))),
        Type::F32 => are_usual(head.as_chunks().0, u32::from_le_bytes),
        _ => are_usual(head.as_chunks().0, |bytes| narrowed(f64::from_le_bytes(bytes))),
    })
}

fn are_usual<const N: usize>(numbers: &[[u8; N]], widen: impl Fn([u8; N]) -> u32) -> bool {
    let (mut odd, mut usual) = (0, 0);
    for number in numbers {
        let magnitude = widen(*number) & 0x7fff_ffff;
        if MAGNITUDES.contains(&magnitude) {
            usual += 1;
        } else if magnitude != 0 {
            odd += 1;
            // Of most files this is known at once.
            if odd * 1000 > numbers.len() * ODD {
                return false;
            }
        }
    }
    !numbers.is_empty() && usual * 1000 >= numbers.len() * USUAL
}
