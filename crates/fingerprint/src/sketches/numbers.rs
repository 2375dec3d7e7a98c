//! The types in which weights are stored, each widened to the bits of the same numbers as 32-bit floats.

use super::coarse::Coarse;

/// Numbers of a group, by row and lane, as bits of 32-bit floats.
pub(super) type Group = [[u32; LANES]; ROWS];

/// Lanes of a group: as many numbers that stand beside each other belong to as many lanes.
pub(super) const LANES: usize = 16;

/// Rows of a group: as many numbers compete in each lane.
pub(super) const ROWS: usize = 16;

/// Numbers of a group.
const NUMBERS: usize = LANES * ROWS;

/// How numbers are stored, little-endian one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    F64,
    F32,
    F16,
    /// The upper half of a 32-bit float.
    Bf16,
    /// GGUF's `Q8_0`: of 32 numbers a scale as [`Type::F16`], then each as a signed byte.
    Q8,
    /// GGUF's types of fewer bits.
    Coarse(Coarse),
}

/// Bytes of 32 numbers as [`Type::Q8`].
const Q8_BLOCK: usize = 2 + 32;

impl Type {
    /// Bytes of so many numbers, or `None` where that is no whole number of them or beyond 64 bits.
    pub(super) fn bytes(self, numbers: u64) -> Option<u64> {
        match self {
            Type::F64 => numbers.checked_mul(8),
            Type::F32 => numbers.checked_mul(4),
            Type::F16 | Type::Bf16 => numbers.checked_mul(2),
            Type::Q8 => in_blocks(numbers, (32, Q8_BLOCK)),
            Type::Coarse(of) => in_blocks(numbers, of.block()),
        }
    }

    /// Bytes of a group.
    pub(super) fn group(self) -> usize {
        match self {
            Type::F64 => NUMBERS * 8,
            Type::F32 => NUMBERS * 4,
            Type::F16 | Type::Bf16 => NUMBERS * 2,
            Type::Q8 => NUMBERS / 32 * Q8_BLOCK,
            Type::Coarse(of) => {
                let (numbers, bytes) = of.block();
                NUMBERS / numbers * bytes
            }
        }
    }

    /// Widens the bytes of a group. A 64-bit float is rounded to the nearest 32-bit one, all others keep their value.
    pub(super) fn widen(self, bytes: &[u8], group: &mut Group) {
        match self {
            Type::F64 => each(bytes, group, |bytes| narrowed(f64::from_le_bytes(bytes))),
            Type::F32 => each(bytes, group, u32::from_le_bytes),
            Type::F16 => each(bytes, group, |bytes| half(u16::from_le_bytes(bytes))),
            Type::Bf16 => each(bytes, group, |bytes| u32::from(u16::from_le_bytes(bytes)) << 16),
            Type::Q8 => {
                let (blocks, _) = bytes.as_chunks::<Q8_BLOCK>();
                let (pairs, _) = group.as_chunks_mut::<2>();
                for (rows, [low, high, bytes @ ..]) in pairs.iter_mut().zip(blocks) {
                    let scale = f32::from_bits(half(u16::from_le_bytes([*low, *high])));
                    for (number, byte) in rows.as_flattened_mut().iter_mut().zip(bytes) {
                        *number = (scale * f32::from(byte.cast_signed())).to_bits();
                    }
                }
            }
            Type::Coarse(of) => of.widen(bytes, group.as_flattened_mut()),
        }
    }
}

/// Bytes of so many numbers in blocks of so many numbers and bytes.
fn in_blocks(numbers: u64, (of, bytes): (usize, usize)) -> Option<u64> {
    numbers.is_multiple_of(of as u64).then(|| (numbers / of as u64).checked_mul(bytes as u64)).flatten()
}

/// Widens numbers of `N` bytes one by one.
#[inline]
fn each<const N: usize>(bytes: &[u8], group: &mut Group, widen: impl Fn([u8; N]) -> u32) {
    let (numbers, _) = bytes.as_chunks::<N>();
    for (row, numbers) in group.iter_mut().zip(numbers.as_chunks::<LANES>().0) {
        for (number, bytes) in row.iter_mut().zip(numbers) {
            *number = widen(*bytes);
        }
    }
}

/// A 64-bit float, rounded to the nearest.
#[expect(clippy::cast_possible_truncation, reason = "the nearest float is wanted")]
pub(super) fn narrowed(number: f64) -> u32 {
    (number as f32).to_bits()
}

/// A 16-bit float, without a branch and without a number so small that processors are slow with it.
#[inline]
pub(super) fn half(bits: u16) -> u32 {
    let bits = u32::from(bits);
    let exponent = bits & 0x7c00;
    // Exponents of 16-bit floats are biased by 15, those of 32-bit ones by 127.
    let rebiased = ((bits & 0x7fff) << 13) + (112 << 23);
    let small = (f32::from_bits(rebiased + (1 << 23)) - f32::from_bits(113 << 23)).to_bits();
    let magnitude = if exponent == 0 { small } else { rebiased };
    let endless = if exponent == 0x7c00 { 0x7f80_0000 } else { 0 };
    magnitude | endless | (bits & 0x8000) << 16
}
