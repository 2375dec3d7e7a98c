//! Numbers by a seed (PCG-XSH-RR, O'Neill 2014), and bytes changed by them.

pub(crate) struct Random {
    state: u64,
}

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        let mut random = Random { state: seed ^ 0x853c_49e6_748f_ea9b };
        random.next();
        random
    }

    fn next(&mut self) -> u32 {
        let state = self.state;
        self.state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let [.., a, b, c, d] = (((state >> 18) ^ state) >> 27).to_be_bytes();
        u32::from_be_bytes([a, b, c, d]).rotate_right(u32::from(state.to_be_bytes()[0] >> 3))
    }

    /// A number below another that is not zero.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let next = u64::from(self.next()) << 32 | u64::from(self.next());
        usize::try_from(next % (end as u64).max(1)).unwrap_or(0)
    }

    /// Bytes of noise.
    pub(crate) fn bytes(&mut self, length: usize) -> Vec<u8> {
        let words = std::iter::repeat_with(|| self.next().to_le_bytes()).flatten();
        words.take(length).collect()
    }

    /// One to four changes, each of a kind that has broken parsers: single bytes and bits, numbers at the ends of their range, cuts,
    /// repeats, and stretches of another file. Where a long start holds nothing (an image of a disc), most changes are behind it.
    pub(crate) fn mutate(&mut self, bytes: &[u8], other: &[u8]) -> Vec<u8> {
        const NUMBERS: [u64; 8] = [0, 1, 0x7f, 0xff, 0xffff, 0x7fff_ffff, 0xffff_ffff, u64::MAX];
        let mut out = bytes.to_vec();
        let blank = out.iter().take_while(|byte| **byte == 0).count();
        for _ in 0..=self.below(4) {
            let from = if blank < out.len() && self.below(8) > 0 { blank } else { 0 };
            if out.len() <= from + 8 {
                return out;
            }
            let at = from + self.below(out.len() - from - 8);
            match self.below(8) {
                0 | 1 => out[at] = self.next().to_le_bytes()[0],
                2 => out[at] ^= 1 << self.below(8),
                3 => {
                    let width = [1, 2, 4, 8][self.below(4)];
                    let number = NUMBERS[self.below(NUMBERS.len())];
                    let ordered = if self.below(2) == 0 { number.to_le_bytes() } else { number.to_be_bytes() };
                    let part = if self.below(2) == 0 { &ordered[..width] } else { &ordered[8 - width..] };
                    out[at..at + width].copy_from_slice(part);
                }
                4 => out.truncate(at),
                5 => {
                    let length = 1 + self.below((out.len() - at).min(512));
                    let again = out[at..at + length].to_vec();
                    out.splice(at..at, again);
                }
                6 => {
                    let length = 1 + self.below((out.len() - at).min(64));
                    out.drain(at..at + length);
                }
                _ => {
                    let start = self.below(other.len());
                    let length = 1 + self.below((other.len() - start).min(512));
                    out.splice(at..at, other[start..start + length].iter().copied());
                }
            }
        }
        out
    }
}
