//! One binary fuse filter of 8 bits (Graf and Lemire 2022, arXiv 2201.01174): a table of bytes in which three, told by a key's hash,
//! make the hash's own byte together for each key that it was built from; for any other key they do by chance, one in 256.

use super::offset;

/// Keys from which on segments are twice as long; they begin with 4 bytes. The paper's rule in whole numbers:
/// 3.33^(n + 0.75), rounded up.
const LONGER_FROM: [usize; 11] = [3, 9, 28, 92, 304, 1010, 3363, 11199, 37292, 124_180, 413_520];

/// Segments are no longer than two to this.
pub(super) const LONGEST: u8 = 18;

/// Seeds that are tried: of keys that differ nearly every one does.
const SEEDS: u64 = 1_000;

/// A filter as it stands in a block.
pub(super) struct Fuse<T> {
    pub(super) seed: u64,
    /// The length of a segment is two to this.
    pub(super) shift: u8,
    /// How many segments a key's first byte may lie in; the table has two more.
    pub(super) segments: u32,
    pub(super) table: T,
}

/// A well-mixed number (the finaliser of MurmurHash3).
fn mix(mut number: u64) -> u64 {
    number = (number ^ number >> 33).wrapping_mul(0xff51_afd7_ed55_8ccd);
    number = (number ^ number >> 33).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    number ^ number >> 33
}

/// The byte that a hash stands for.
#[inline]
fn byte(hash: u64) -> u8 {
    let [byte, ..] = (hash ^ hash >> 32).to_le_bytes();
    byte
}

impl<T> Fuse<T> {
    /// How many bytes the table has.
    pub(super) fn length(&self) -> u64 {
        (u64::from(self.segments) + 2) << self.shift
    }

    /// The places of a hash in the table.
    #[inline]
    fn places(&self, hash: u64) -> [usize; 3] {
        let reach = u64::from(self.segments) << self.shift;
        let first = u64::try_from((u128::from(hash) * u128::from(reach)) >> 64).unwrap_or_default();
        let length = 1 << self.shift;
        let (second, third) = (first + length, first + 2 * length);
        [first, second ^ (hash >> 18 & (length - 1)), third ^ (hash & (length - 1))].map(offset)
    }
}

impl<T: AsRef<[u8]>> Fuse<T> {
    /// Whether a key is one of those that it was built from, or taken for one.
    #[inline]
    pub(super) fn holds(&self, key: u64) -> bool {
        let hash = mix(key.wrapping_add(self.seed));
        let at = |place: usize| self.table.as_ref().get(place).copied().unwrap_or_default();
        let [a, b, c] = self.places(hash);
        at(a) ^ at(b) ^ at(c) == byte(hash)
    }
}

/// What keys have a place of the table in common: how many (from the third bit on), which of their places it is (the two lower bits,
/// one over the other), and their hashes one over the other.
#[derive(Clone, Copy, Default)]
struct Shared {
    hashes: u64,
    count: u32,
}

impl Fuse<Vec<u8>> {
    /// Builds it from distinct keys; `None` where that fails with every seed, as it does where keys are not distinct.
    pub(super) fn of(keys: &[u64]) -> Option<Self> {
        let longer = LONGER_FROM.iter().take_while(|from| **from <= keys.len()).count();
        let shift = u8::try_from(2 + longer).unwrap_or(LONGEST);
        // 1.125 bytes for each of many keys, more for each of few.
        let thousandths = 875 + 5_000 / u64::from(keys.len().max(2).ilog2());
        let bytes = (keys.len() as u64 * thousandths).div_ceil(1_000);
        let segments = bytes.div_ceil(1 << shift).saturating_sub(2).max(1);
        let mut fuse = Fuse { seed: 0, shift, segments: u32::try_from(segments).ok()?, table: Vec::new() };
        let mut shared = vec![Shared::default(); offset(fuse.length())];
        let mut alone = Vec::with_capacity(shared.len());
        let mut order = Vec::with_capacity(keys.len());
        for seed in 1..=SEEDS {
            fuse.seed = mix(seed);
            shared.fill(Shared::default());
            order.clear();
            fuse.peel(keys, &mut shared, &mut alone, &mut order);
            if order.len() == keys.len() {
                fuse.fill(&order);
                return Some(fuse);
            }
        }
        None
    }

    /// Takes away, one after the other, keys that have a place for themselves.
    fn peel(&self, keys: &[u64], shared: &mut [Shared], alone: &mut Vec<usize>, order: &mut Vec<(u64, u8)>) {
        for key in keys {
            let hash = mix(key.wrapping_add(self.seed));
            for (which, place) in (0..).zip(self.places(hash)) {
                let of = &mut shared[place];
                of.hashes ^= hash;
                of.count = (of.count + 4) ^ which;
            }
        }
        alone.clear();
        alone.extend((0..shared.len()).filter(|place| shared[*place].count >> 2 == 1));
        while let Some(place) = alone.pop() {
            let Shared { hashes: hash, count } = shared[place];
            if count >> 2 != 1 {
                continue;
            }
            let own = count & 3;
            order.push((hash, u8::try_from(own).unwrap_or_default()));
            for (which, place) in (0..).zip(self.places(hash)) {
                let of = &mut shared[place];
                of.hashes ^= hash;
                of.count = (of.count - 4) ^ which;
                if of.count >> 2 == 1 && which != own {
                    alone.push(place);
                }
            }
        }
    }

    /// Gives each key its byte, the one that was taken away last first.
    fn fill(&mut self, order: &[(u64, u8)]) {
        self.table = vec![0; offset(self.length())];
        for (hash, own) in order.iter().rev() {
            let places = self.places(*hash);
            let all = places.iter().fold(byte(*hash), |byte, place| byte ^ self.table[*place]);
            self.table[places[usize::from(*own)]] ^= all;
        }
    }
}
