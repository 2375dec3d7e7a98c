//! Numbers by chance that are the same in every run.

/// Deterministic numbers without a visible pattern (SplitMix64; Steele, Lea, Flood, OOPSLA 2014).
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below another one.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// A place in a list that is not empty.
    pub(crate) fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or(0)
    }

    /// Whether something happens that does so in this many of a thousand cases.
    pub(crate) fn happens(&mut self, permille: u64) -> bool {
        self.below(1000) < permille
    }

    /// So many of the items, or all where there are no more, in an order by chance.
    pub(crate) fn choose<T: Clone>(&mut self, items: &[T], count: usize) -> Vec<T> {
        let mut items = items.to_vec();
        let count = count.min(items.len());
        for at in 0..count {
            let with = at + self.index(items.len() - at);
            items.swap(at, with);
        }
        items.truncate(count);
        items
    }
}
