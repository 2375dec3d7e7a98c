//! Numbers of any width, bit after bit, the lowest bit first.

/// Appends numbers to bytes.
#[derive(Default)]
pub(super) struct BitWriter {
    bytes: Vec<u8>,
    /// Bits that fill no word yet.
    word: u64,
    filled: u32,
}

impl BitWriter {
    /// Goes on after whole bytes.
    pub(super) fn after(bytes: Vec<u8>) -> Self {
        BitWriter { bytes, word: 0, filled: 0 }
    }

    /// Appends the `width` low bits of `value`, of which no others may be set; 64 at most.
    #[inline]
    pub(super) fn put(&mut self, value: u64, width: u32) {
        if width == 0 {
            return;
        }
        self.word |= value << self.filled;
        let total = self.filled + width;
        if total < 64 {
            self.filled = total;
            return;
        }
        self.bytes.extend_from_slice(&self.word.to_le_bytes());
        self.word = if self.filled == 0 { 0 } else { value >> (64 - self.filled) };
        self.filled = total - 64;
    }

    /// The bytes, the last one filled up with zeros.
    pub(super) fn finish(mut self) -> Vec<u8> {
        let rest = self.word.to_le_bytes();
        self.bytes.extend_from_slice(&rest[..self.filled.div_ceil(8) as usize]);
        self.bytes
    }
}

/// The number of `width` bits (64 at most) at a bit offset; bits beyond the end read as 0.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "a remainder of 8")]
pub(super) fn bits(bytes: &[u8], at: usize, width: u32) -> u64 {
    if width == 0 {
        return 0;
    }
    let (byte, shift) = (at / 8, (at % 8) as u32);
    let mut value = match bytes.get(byte..).and_then(|rest| rest.first_chunk::<8>()) {
        Some(word) => u64::from_le_bytes(*word) >> shift,
        None => last_word(bytes.get(byte..).unwrap_or_default()) >> shift,
    };
    if shift + width > 64 {
        value |= u64::from(bytes.get(byte + 8).copied().unwrap_or_default()) << (64 - shift);
    }
    value & (u64::MAX >> (64 - width))
}

/// How many bits a number takes; 0 takes none.
pub(super) fn width(value: u64) -> u32 {
    u64::BITS - value.leading_zeros()
}

/// Fewer than eight bytes as a number.
#[cold]
fn last_word(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_come_back(numbers in prop::collection::vec((any::<u64>(), 0u32..=64), 0..200)) {
            let mut writer = BitWriter::default();
            let cut = |value: u64, width: u32| if width == 0 { 0 } else { value & (u64::MAX >> (64 - width)) };
            for (value, width) in &numbers {
                writer.put(cut(*value, *width), *width);
            }
            let bytes = writer.finish();
            prop_assert_eq!(bytes.len(), numbers.iter().map(|(_, w)| *w as usize).sum::<usize>().div_ceil(8));
            let mut at = 0;
            for (value, width) in numbers {
                prop_assert_eq!(bits(&bytes, at, width), cut(value, width));
                at += width as usize;
            }
            prop_assert_eq!(bits(&bytes, bytes.len() * 8 + 3, 64), 0);
        }
    }
}
