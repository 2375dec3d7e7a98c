//! Fingerprints in order, each with its number.

/// Distinct fingerprints in their order, numbered from 0. They are spread evenly, so that the leading bits of one tell about where it
/// stands.
pub(super) struct Keys {
    sorted: Vec<u64>,
    /// For each value of the leading bits, how many fingerprints stand below those with it; and at the end, how many there are.
    begins: Vec<u32>,
    shift: u32,
}

impl Keys {
    /// Of distinct fingerprints in their order.
    pub(super) fn of(sorted: Vec<u64>) -> Self {
        let bits = sorted.len().max(2).ilog2();
        let mut keys = Keys { sorted, begins: vec![0; (1 << bits) + 1], shift: u64::BITS - bits };
        for key in &keys.sorted {
            keys.begins[leading(*key, keys.shift) + 1] += 1;
        }
        let mut before = 0;
        for begin in &mut keys.begins {
            before += *begin;
            *begin = before;
        }
        keys
    }

    /// The number of a fingerprint, if it is one of them.
    pub(super) fn number(&self, key: u64) -> Option<usize> {
        let leading = leading(key, self.shift);
        let (begin, end) = (self.begins[leading] as usize, self.begins[leading + 1] as usize);
        self.sorted[begin..end].binary_search(&key).ok().map(|at| begin + at)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "no more bits are left than an address has")]
fn leading(key: u64, shift: u32) -> usize {
    (key >> shift) as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn each_fingerprint_has_its_place_and_others_have_none(
            near in prop::collection::vec(0u64..40, 0..40),
            far in prop::collection::vec(any::<u64>(), 0..200),
            other in any::<u64>(),
        ) {
            let all = [near, far].concat();
            let mut plain = all.clone();
            plain.sort_unstable();
            plain.dedup();
            let keys = Keys::of(plain.clone());
            for key in all.into_iter().chain([other, 0, u64::MAX]) {
                prop_assert_eq!(keys.number(key), plain.binary_search(&key).ok());
            }
        }
    }
}
