//! Eight masks at once: what is done to all of them alike becomes vectors where the machine has them.

use std::ops::{BitAnd, BitOr, BitXor, Not, Shl, Shr};

/// Masks of successive blocks.
#[derive(Clone, Copy)]
pub(super) struct Lanes([u64; Lanes::COUNT]);

impl Lanes {
    /// How many there are.
    pub(super) const COUNT: usize = 8;

    /// All ones in all of them where `flag` is set, else zeros.
    #[inline(always)]
    pub(super) fn on(flag: bool) -> Self {
        Lanes([if flag { !0 } else { 0 }; Self::COUNT])
    }

    /// Those from number `at` on; zeros where there are not so many.
    #[inline(always)]
    pub(super) fn load(row: &[u64], at: usize) -> Self {
        Lanes(row.get(at..).and_then(<[u64]>::first_chunk).copied().unwrap_or([0; Self::COUNT]))
    }

    /// Notes them from number `at` on, where there is room for all.
    #[inline(always)]
    pub(super) fn store(self, row: &mut [u64], at: usize) {
        if let Some(to) = row.get_mut(at..).and_then(<[u64]>::first_chunk_mut) {
            *to = self.0;
        }
    }

    #[inline(always)]
    fn with(self, other: Self, of: impl Fn(u64, u64) -> u64) -> Self {
        Lanes(std::array::from_fn(|lane| of(self.0[lane], other.0[lane])))
    }
}

impl BitAnd for Lanes {
    type Output = Self;

    #[inline(always)]
    fn bitand(self, other: Self) -> Self {
        self.with(other, |one, other| one & other)
    }
}

impl BitOr for Lanes {
    type Output = Self;

    #[inline(always)]
    fn bitor(self, other: Self) -> Self {
        self.with(other, |one, other| one | other)
    }
}

impl BitXor for Lanes {
    type Output = Self;

    #[inline(always)]
    fn bitxor(self, other: Self) -> Self {
        self.with(other, |one, other| one ^ other)
    }
}

impl Not for Lanes {
    type Output = Self;

    #[inline(always)]
    fn not(self) -> Self {
        Lanes(self.0.map(|mask| !mask))
    }
}

impl Shl<u32> for Lanes {
    type Output = Self;

    #[inline(always)]
    fn shl(self, by: u32) -> Self {
        Lanes(self.0.map(|mask| mask << by))
    }
}

impl Shr<u32> for Lanes {
    type Output = Self;

    #[inline(always)]
    fn shr(self, by: u32) -> Self {
        Lanes(self.0.map(|mask| mask >> by))
    }
}
