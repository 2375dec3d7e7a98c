//! Where each unit of a normalised text began in its raw form, kept as one bit for each raw byte.

/// Where the units of one normalised text began. Filled by [`super::Kernel::normalise_with_places`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    /// For each block of raw bytes how many units came before it; ascending.
    before: Vec<u32>,
    /// For each block which of its bytes were kept.
    kept: Vec<u64>,
    units: u32,
}

impl Places {
    /// Raw bytes that one word of bits tells of.
    pub(super) const BLOCK: usize = 64;

    pub(super) fn clear(&mut self) {
        self.before.clear();
        self.kept.clear();
        self.units = 0;
    }

    /// Takes which bytes of the next block were kept.
    pub(super) fn push(&mut self, kept: u64) {
        self.before.push(self.units);
        self.kept.push(kept);
        self.units += kept.count_ones();
    }

    /// How many units the text has.
    #[cfg(test)]
    pub(crate) fn units(&self) -> u32 {
        self.units
    }

    /// The offset in the raw text of the byte that unit number `unit` is made of. `None` for a unit that the text does not
    /// have.
    pub(crate) fn raw(&self, unit: u32) -> Option<u32> {
        if unit >= self.units {
            return None;
        }
        let block = self.before.partition_point(|before| *before <= unit).checked_sub(1)?;
        self.raw_in(block, unit)
    }

    /// Appends the offsets in the raw text of ascending units of it, each with `shift` added.
    pub(crate) fn add_raws(&self, units: &[u32], shift: u32, out: &mut Vec<u32>) {
        let mut block = 0;
        out.extend(units.iter().map(|unit| {
            // Mostly one step or none, which is no branch.
            block += usize::from(self.begins_later(block, *unit));
            while self.begins_later(block, *unit) {
                block += 1;
            }
            self.raw_in(block, *unit).unwrap_or(0) + shift
        }));
    }

    /// Whether a unit is in a later block.
    #[inline]
    fn begins_later(&self, block: usize, unit: u32) -> bool {
        self.before.get(block + 1).is_some_and(|before| *before <= unit)
    }

    /// How many units began before an offset in the raw text.
    pub(crate) fn units_before(&self, raw: usize) -> u32 {
        let (block, bit) = (raw / Self::BLOCK, raw % Self::BLOCK);
        match (self.before.get(block), self.kept.get(block)) {
            (Some(before), Some(kept)) => before + (kept & ((1 << bit) - 1)).count_ones(),
            _ => self.units,
        }
    }

    /// Where a unit of this block began.
    #[inline]
    fn raw_in(&self, block: usize, unit: u32) -> Option<u32> {
        let nth = unit.checked_sub(*self.before.get(block)?)?;
        u32::try_from(block * Self::BLOCK).ok()?.checked_add(nth_bit(*self.kept.get(block)?, nth))
    }
}

/// The number of the nth bit (from 0) that is set in `word`, which has more than n. (Vigna, Broadword implementation of
/// rank/select queries, 2008.)
#[inline]
fn nth_bit(word: u64, n: u32) -> u32 {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let pairs = word - (word >> 1 & 0x5555_5555_5555_5555);
    let fours = (pairs & 0x3333_3333_3333_3333) + (pairs >> 2 & 0x3333_3333_3333_3333);
    // Of each byte: how many bits are set in it and in those below it.
    let sums = ((fours + (fours >> 4)) & 0x0f0f_0f0f_0f0f_0f0f).wrapping_mul(LOW);
    let passed = ((u64::from(n).wrapping_mul(LOW) | HIGH) - sums) & HIGH;
    let [.., bytes] = (passed >> 7).wrapping_mul(LOW).to_le_bytes();
    let from = u32::from(bytes) * u8::BITS;
    let [before, ..] = (sums << u8::BITS >> from).to_le_bytes();
    let [byte, ..] = (word >> from).to_le_bytes();
    let rest = usize::try_from(n).unwrap_or(0).wrapping_sub(usize::from(before)) % 8;
    from + u32::from(NTH_BIT_OF_BYTE[rest][usize::from(byte)])
}

/// For n and a byte the number of its nth set bit.
const NTH_BIT_OF_BYTE: [[u8; 256]; 8] = {
    let mut table = [[0; 256]; 8];
    let mut byte = 0;
    while byte < 256 {
        let (mut n, mut bit) = (0, 0u8);
        while bit < 8 {
            if byte >> bit & 1 == 1 {
                table[n][byte] = bit;
                n += 1;
            }
            bit += 1;
        }
        byte += 1;
    }
    table
};
