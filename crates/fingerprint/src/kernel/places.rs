//! Where each unit of a normalised text began in its raw form, kept as one bit for each raw byte.

/// Where the units of one normalised text began. Filled by [`super::normalise_with_places`].
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
        let mut kept = *self.kept.get(block)?;
        for _ in *self.before.get(block)?..unit {
            kept &= kept - 1;
        }
        u32::try_from(block * Self::BLOCK).ok()?.checked_add(kept.trailing_zeros())
    }
}
