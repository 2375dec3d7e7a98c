//! GGUF's types of fewer than eight bits: blocks of numbers, each with scales of its own, as `ggml-quants.c` of ggml has them.

use super::numbers::half;

/// How the numbers of a block are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coarse {
    /// Four bits about the middle, and four from the least on; then five.
    Q4_0,
    Q4_1,
    Q5_0,
    Q5_1,
    /// Four and five bits from the least of 32 numbers on, whose scales have six bits.
    Q4K,
    Q5K,
    /// Six bits about the middle, 16 numbers to a scale of eight.
    Q6K,
}

/// Numbers of a block of the types whose blocks have scales of their own.
const LARGE: usize = 256;

/// Numbers of all other blocks.
const SMALL: usize = 32;

impl Coarse {
    /// Numbers of a block, and its bytes.
    pub(super) fn block(self) -> (usize, usize) {
        match self {
            Coarse::Q4_0 => (SMALL, 18),
            Coarse::Q4_1 => (SMALL, 20),
            Coarse::Q5_0 => (SMALL, 22),
            Coarse::Q5_1 => (SMALL, 24),
            Coarse::Q4K => (LARGE, 144),
            Coarse::Q5K => (LARGE, 176),
            Coarse::Q6K => (LARGE, 210),
        }
    }

    /// Widens the bytes of as many blocks as there are numbers.
    pub(super) fn widen(self, bytes: &[u8], numbers: &mut [u32]) {
        let (count, size) = self.block();
        for (block, numbers) in bytes.chunks_exact(size).zip(numbers.chunks_exact_mut(count)) {
            match self {
                Coarse::Q4_0 | Coarse::Q4_1 | Coarse::Q5_0 | Coarse::Q5_1 => self.widen_small(block, numbers),
                Coarse::Q4K | Coarse::Q5K => self.widen_large(block, numbers),
                Coarse::Q6K => widen_six(block, numbers),
            }
        }
    }

    /// The scale, the least number if it is told, the fifth bits if there are any, then two numbers a byte: one of the first half, and
    /// one of the second.
    fn widen_small(self, block: &[u8], numbers: &mut [u32]) {
        let has_least = matches!(self, Coarse::Q4_1 | Coarse::Q5_1);
        let has_fifth = matches!(self, Coarse::Q5_0 | Coarse::Q5_1);
        let (scale, least) = (float(block, 0), if has_least { float(block, 2) } else { 0.0 });
        let (rest, nibbles) = block.split_at(block.len() - SMALL / 2);
        let fifth = rest.last_chunk().filter(|_| has_fifth).map_or(0, |fifth| u32::from_le_bytes(*fifth));
        let middle = if has_fifth { 16.0 } else { 8.0 };
        let (first, second) = numbers.split_at_mut(SMALL / 2);
        for (half, shift, numbers) in [(0, 0, first), (SMALL / 2, 4, second)] {
            for (at, (number, byte)) in numbers.iter_mut().zip(nibbles).enumerate() {
                let high = if fifth >> (half + at) & 1 > 0 { 16 } else { 0 };
                let level = f32::from(byte >> shift & 15 | high);
                *number = (if has_least { level * scale + least } else { (level - middle) * scale }).to_bits();
            }
        }
    }

    /// The scale of scales and that of least numbers, eight of each in six bits, the fifth bits if there are any, then two numbers a byte.
    fn widen_large(self, block: &[u8], numbers: &mut [u32]) {
        let (of_scales, of_least) = (float(block, 0), float(block, 2));
        let (packed, rest) = block[4..].split_at(12);
        let (fifths, nibbles) = rest.split_at(if self == Coarse::Q5K { SMALL } else { 0 });
        for (part, numbers) in numbers.chunks_exact_mut(SMALL).enumerate() {
            let (scale, least) = six_bits(packed, part);
            let (scale, least) = (of_scales * f32::from(scale), of_least * f32::from(least));
            let nibbles = &nibbles[part / 2 * SMALL..][..SMALL];
            for (at, (number, byte)) in numbers.iter_mut().zip(nibbles).enumerate() {
                let high = fifths.get(at).map_or(0, |fifth| fifth >> part & 1) << 4;
                *number = (scale * f32::from(byte >> (part % 2 * 4) & 15 | high) - least).to_bits();
            }
        }
    }
}

/// Of each half of the block: two numbers a byte, their upper two bits four a byte; then all scales, and the scale of these.
fn widen_six(block: &[u8], numbers: &mut [u32]) {
    let ((low, rest), of_scales) = (block.split_at(LARGE / 2), float(block, block.len() - 2));
    let (high, scales) = rest.split_at(LARGE / 4);
    for (part, numbers) in numbers.chunks_exact_mut(SMALL).enumerate() {
        let (half, quarter) = (part / 4, part % 4);
        let low = &low[half * 64 + quarter % 2 * SMALL..][..SMALL];
        let high = &high[half * SMALL..][..SMALL];
        for (at, (number, (low, high))) in numbers.iter_mut().zip(low.iter().zip(high)).enumerate() {
            let level = low >> (quarter / 2 * 4) & 15 | (high >> (quarter * 2) & 3) << 4;
            let scale = of_scales * f32::from(scales[part * 2 + at / 16].cast_signed());
            *number = (scale * (f32::from(level) - 32.0)).to_bits();
        }
    }
}

/// A scale and a least number of the eight of each: four of six bits each, then the lower four bits of the others, whose upper two stand
/// above those of the first.
fn six_bits(packed: &[u8], part: usize) -> (u8, u8) {
    match part {
        0..4 => (packed[part] & 63, packed[part + 4] & 63),
        _ => {
            let (low, scale, least) = (packed[part + 4], packed[part - 4], packed[part]);
            (low & 15 | scale >> 6 << 4, low >> 4 | least >> 6 << 4)
        }
    }
}

/// The 16-bit float at a place.
fn float(block: &[u8], at: usize) -> f32 {
    f32::from_bits(half(u16::from_le_bytes([block[at], block[at + 1]])))
}
