//! The inner loops with AVX2: 32 bytes, or 8 order hashes, at a time.
#![expect(unsafe_code, reason = "loads and stores of vectors, and calls of what needs the instruction set")]

use std::arch::x86_64::*;

use super::masks::{Masks, Row};
use super::places::Places;
use super::{BLOCK, Integer, MARKS, PAST, Work, begin_of, from_first_window, no_grams, portable};
use crate::profile::ORDER_TABLE;

/// The proof that this machine has what this module uses.
#[derive(Clone, Copy)]
pub(crate) struct Avx2(());

/// Bytes of a vector.
const BYTES: usize = 32;

/// Order hashes of a vector.
const LANES: usize = 8;

/// The numbers of the bits that are set in each byte, ascending.
static SET_BITS: [[u8; 8]; 256] = {
    let mut table = [[0; 8]; 256];
    let mut byte = 0;
    while byte < 256 {
        let (mut bit, mut set) = (0, 0);
        while bit < 8 {
            if byte >> bit & 1 == 1 {
                table[byte][set] = bit;
                set += 1;
            }
            bit += 1;
        }
        byte += 1;
    }
    table
};

impl Avx2 {
    /// The proof, where it holds.
    pub(super) fn detect() -> Option<Self> {
        let has = is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("lzcnt")
            && is_x86_feature_detected!("popcnt");
        has.then_some(Avx2(()))
    }

    /// See [`super::Kernel::normalise`].
    pub(super) fn normalise(self, raw: &[u8], out: &mut Vec<u8>) {
        // SAFETY: `detect`, which alone makes `self`, found every feature that `normalise` is compiled for.
        unsafe { normalise(raw, out, |_| ()) }
    }

    /// See [`super::Kernel::normalise_with_places`]; `places` is empty.
    pub(super) fn normalise_with_places(self, raw: &[u8], out: &mut Vec<u8>, places: &mut Places) {
        // SAFETY: as above.
        unsafe { normalise(raw, out, |kept| places.push(kept)) }
    }

    /// See [`super::Kernel::choose`]; `units` have a complete window.
    pub(super) fn choose<const GRAM: usize, const WINDOW: usize>(self, units: &[u8], out: &mut Vec<u32>) {
        // SAFETY: `detect`, which alone makes `self`, found every feature that `choose` is compiled for.
        unsafe { choose::<GRAM, WINDOW>(units, out) }
    }

    /// See [`super::Kernel::masks`].
    pub(super) fn masks(self, text: &[u8], out: &mut Masks<Row>) {
        // SAFETY: `detect`, which alone makes `self`, found every feature that `masks` is compiled for.
        unsafe { masks(text, out) }
    }

    /// See [`super::Kernel::translate`].
    pub(super) fn translate(self, table: &[u8; 256], text: &[u8], kept: &[u64], out: &mut Vec<u8>) {
        // SAFETY: `detect`, which alone makes `self`, found every feature that `translate` is compiled for.
        unsafe { translate(table, text, kept, out) }
    }

    /// See [`super::Kernel::run`].
    pub(super) fn run(self, work: impl Work) {
        // SAFETY: `detect`, which alone makes `self`, found every feature that `run` is compiled for.
        unsafe { run(work) }
    }
}

/// See [`super::Kernel::masks`].
#[target_feature(enable = "avx2,bmi2,lzcnt,popcnt")]
fn masks(text: &[u8], out: &mut Masks<Row>) {
    out.fill(text, |block| {
        let halves = [load(block, 0), load(block, BYTES)];
        let bits = |[low, high]: [__m256i; 2]| {
            let [low, high] = [low, high].map(|half| u64::from(_mm256_movemask_epi8(half).cast_unsigned()));
            low | high << 32
        };
        let equal = |byte: u8| bits(halves.map(|half| _mm256_cmpeq_epi8(half, _mm256_set1_epi8(byte.cast_signed()))));
        let between = |or: u8, least: u8, most: u8| {
            bits(halves.map(|half| {
                let half = _mm256_or_si256(half, _mm256_set1_epi8(or.cast_signed()));
                let above = _mm256_sub_epi8(half, _mm256_set1_epi8(least.cast_signed()));
                _mm256_cmpeq_epi8(_mm256_min_epu8(above, _mm256_set1_epi8((most - least).cast_signed())), above)
            }))
        };
        Masks::of(equal, between)
    });
}

/// See [`super::Kernel::translate`].
#[target_feature(enable = "avx2,bmi2,lzcnt,popcnt")]
fn translate(table: &[u8; 256], text: &[u8], kept: &[u64], out: &mut Vec<u8>) {
    portable::translate(table, text, kept, out);
}

/// Does some work, compiled for this instruction set as far as it is inlined.
#[target_feature(enable = "avx2,bmi2,lzcnt,popcnt")]
fn run(work: impl Work) {
    work.work();
}

/// Appends the normalised form of `raw` to `out` and tells `keep` which bytes of each 64 were kept.
#[target_feature(enable = "avx2,bmi2,lzcnt,popcnt")]
fn normalise(raw: &[u8], out: &mut Vec<u8>, mut keep: impl FnMut(u64)) {
    // Eight bytes are stored wherever one begins, so the last reach beyond what is kept.
    out.reserve(raw.len() + Places::BLOCK);
    let mut length = out.len();
    let to = out.as_mut_ptr();
    for block in raw.chunks(Places::BLOCK) {
        let mut padded = [0; Places::BLOCK];
        let block: &[u8; Places::BLOCK] = block.first_chunk().unwrap_or_else(|| {
            padded[..block.len()].copy_from_slice(block);
            &padded
        });
        let mut all_kept = 0;
        for from in (0..Places::BLOCK).step_by(BYTES) {
            let bytes = load(block, from);
            let lower = _mm256_or_si256(bytes, _mm256_set1_epi8(0x20));
            let letter = within(lower, b'a', b'z');
            let normal = _mm256_blendv_epi8(bytes, lower, letter);
            // What is not ASCII has its own highest bit, which is all that is looked at.
            let any = _mm256_or_si256(_mm256_or_si256(letter, within(bytes, b'0', b'9')), bytes);
            let kept = _mm256_movemask_epi8(any).cast_unsigned();
            let (low, high) = (_mm256_castsi256_si128(normal), _mm256_extracti128_si256::<1>(normal));
            let eights = [low, _mm_unpackhi_epi64(low, low), high, _mm_unpackhi_epi64(high, high)];
            for (eight, kept) in eights.into_iter().zip(kept.to_le_bytes()) {
                let order = SET_BITS[usize::from(kept)];
                // SAFETY: room for `raw` and a block was reserved, and `length` has grown by no more than the bytes of `raw`
                // before these eight; the table's entry holds the eight bytes that are read.
                unsafe {
                    let order = _mm_loadl_epi64(order.as_ptr().cast());
                    _mm_storel_epi64(to.add(length).cast(), _mm_shuffle_epi8(eight, order));
                }
                length += kept.count_ones() as usize;
            }
            all_kept |= u64::from(kept) << from;
        }
        keep(all_kept);
    }
    // SAFETY: within what was reserved, and the stores above wrote every byte up to here.
    unsafe { out.set_len(length) };
}

/// All ones in each byte that is one of those from `first` to `last`.
#[target_feature(enable = "avx2,bmi2,lzcnt,popcnt")]
fn within(bytes: __m256i, first: u8, last: u8) -> __m256i {
    let from_first = _mm256_sub_epi8(bytes, _mm256_set1_epi8(first.cast_signed()));
    let least = _mm256_min_epu8(from_first, _mm256_set1_epi8((last - first).cast_signed()));
    _mm256_cmpeq_epi8(from_first, least)
}

/// See [`super::Kernel::choose`].
#[target_feature(enable = "avx2,bmi2,lzcnt,popcnt")]
fn choose<const GRAM: usize, const WINDOW: usize>(units: &[u8], out: &mut Vec<u32>) {
    let mut orders = [u32::MAX; PAST + BLOCK];
    let mut minima = [0u32; BLOCK];
    // Whole vectors are stored, of which only what is marked counts.
    let mut ends = [0u16; BLOCK + LANES];
    let mut begins = [0; BLOCK];
    let mut rolling = Rolling::new();
    let no_grams = no_grams::<GRAM>();
    for (base, block) in (0u32..).step_by(BLOCK).zip(units.chunks(BLOCK)) {
        orders.copy_within(BLOCK.., 0);
        let mut marked = 0;
        let mut number = _mm_setzero_si128();
        for (from, some) in (0..).step_by(MARKS).zip(block.chunks(MARKS)) {
            let mut padded = [0; MARKS];
            let units = some.first_chunk().unwrap_or_else(|| {
                padded[..some.len()].copy_from_slice(some);
                &padded
            });
            let mut marks = 0;
            for (part, units) in (0..).step_by(LANES).zip(units.as_chunks().0) {
                let none = if base == 0 && from == 0 { load(&no_grams, part) } else { _mm256_setzero_si256() };
                let (order, least, new) = rolling.step::<GRAM, WINDOW>(units, none);
                store(&mut orders, PAST + from + part, order);
                store(&mut minima, from + part, least);
                marks |= new << part;
            }
            if base == 0 {
                marks = from_first_window::<GRAM, WINDOW>(marks, from);
            }
            if some.len() < MARKS {
                marks &= (1 << some.len()) - 1;
            }
            for marks in marks.to_le_bytes() {
                let to = &mut ends[marked..marked + LANES];
                let order = SET_BITS[usize::from(marks)];
                // SAFETY: the table's entry holds the eight bytes that are read, and the slice the eight numbers that are
                // written.
                unsafe {
                    let set = _mm_cvtepu8_epi16(_mm_loadl_epi64(order.as_ptr().cast()));
                    _mm_storeu_si128(to.as_mut_ptr().cast(), _mm_add_epi16(set, number));
                }
                number = _mm_add_epi16(number, _mm_set1_epi16(8));
                marked += marks.count_ones() as usize;
            }
        }
        for (begin, end) in begins.iter_mut().zip(&ends[..marked]) {
            let last = usize::from(*end);
            let least = _mm256_set1_epi32(minima[last].cast_signed());
            let mut smallest = 0;
            for part in (0..WINDOW).step_by(LANES) {
                let some = load(&orders, PAST + last + 1 - WINDOW + part);
                smallest |= sign_bits(_mm256_cmpeq_epi32(some, least)) << part;
            }
            *begin = begin_of::<GRAM, WINDOW>(base, *end, smallest);
        }
        out.extend_from_slice(&begins[..marked]);
    }
}

/// What the next vector needs of those before: what reaches over so many units, by where it ends.
struct Rolling {
    table: [__m256i; 4],
    sums: [__m256i; 6],
    minima: [__m256i; 7],
}

impl Rolling {
    #[target_feature(enable = "avx2,bmi2,lzcnt,popcnt")]
    fn new() -> Self {
        Rolling {
            table: [0, 8, 16, 24].map(|at| load(&ORDER_TABLE, at)),
            sums: [_mm256_setzero_si256(); 6],
            minima: [_mm256_set1_epi32(-1); 7],
        }
    }

    /// The order hashes of the grams that end in the next units, the minima of the windows that end there, and a mark for
    /// each window that chooses a gram anew. The grams of the lanes that are all ones in `none` do not exist.
    #[inline]
    #[target_feature(enable = "avx2,bmi2,lzcnt,popcnt")]
    fn step<const GRAM: usize, const WINDOW: usize>(
        &mut self,
        units: &[u8; LANES],
        none: __m256i,
    ) -> (__m256i, __m256i, u32) {
        // SAFETY: the array holds the 8 bytes that are read.
        let units = unsafe { _mm_loadl_epi64(units.as_ptr().cast()) };
        let over_1 = self.look_up(_mm256_cvtepu8_epi32(units));
        let before = one_before(over_1, self.sums[0]);
        let over_2 = _mm256_add_epi32(over_1, _mm256_add_epi32(before, before));
        let before = two_before(over_2, self.sums[1]);
        let over_4 = _mm256_add_epi32(over_2, _mm256_slli_epi32::<2>(before));
        let before = four_before(over_4, self.sums[2]);
        let over_8 = _mm256_add_epi32(over_4, _mm256_slli_epi32::<4>(before));
        let over_16 = _mm256_add_epi32(over_8, _mm256_slli_epi32::<8>(self.sums[3]));
        let mut order = _mm256_add_epi32(over_16, _mm256_slli_epi32::<16>(self.sums[4]));
        self.sums = [over_1, over_2, over_4, over_8, self.sums[5], over_16];
        if GRAM == 24 {
            // Shifted out: what is older than the gram.
            order = _mm256_slli_epi32::<8>(order);
        }
        order = _mm256_or_si256(order, none);

        let over_2 = _mm256_min_epu32(order, one_before(order, self.minima[0]));
        let over_4 = _mm256_min_epu32(over_2, two_before(over_2, self.minima[1]));
        let over_8 = _mm256_min_epu32(over_4, four_before(over_4, self.minima[2]));
        let over_16 = _mm256_min_epu32(over_8, self.minima[3]);
        let least = if WINDOW == 16 { over_16 } else { _mm256_min_epu32(over_16, self.minima[4]) };
        let before = one_before(least, self.minima[6]);
        self.minima = [order, over_2, over_4, over_8, self.minima[5], over_16, least];
        // Not grown: at most what it was before.
        let not_grown = _mm256_cmpeq_epi32(_mm256_max_epu32(least, before), before);
        let not_new = _mm256_andnot_si256(_mm256_cmpeq_epi32(order, least), not_grown);
        (order, least, !sign_bits(not_new) & 0xff)
    }

    /// What each unit adds to the order hash.
    #[target_feature(enable = "avx2,bmi2,lzcnt,popcnt")]
    fn look_up(&self, units: __m256i) -> __m256i {
        // A permutation takes three bits of the unit; the next two choose among four.
        let [a, b, c, d] = self.table.map(|eight| _mm256_permutevar8x32_epi32(eight, units));
        let (bit_3, bit_4) = (_mm256_slli_epi32::<28>(units), _mm256_slli_epi32::<27>(units));
        select(bit_4, select(bit_3, a, b), select(bit_3, c, d))
    }
}

/// In each lane `unset` where the highest bit of `by` is 0, else `set`.
#[target_feature(enable = "avx2,bmi2,lzcnt,popcnt")]
fn select(by: __m256i, unset: __m256i, set: __m256i) -> __m256i {
    let [by, unset, set] = [by, unset, set].map(|vector| _mm256_castsi256_ps(vector));
    _mm256_castps_si256(_mm256_blendv_ps(unset, set, by))
}

/// The highest bit of each lane.
#[target_feature(enable = "avx2,bmi2,lzcnt,popcnt")]
fn sign_bits(of: __m256i) -> u32 {
    _mm256_movemask_ps(_mm256_castsi256_ps(of)).cast_unsigned()
}

/// For each lane of `now` the lane before; `past` holds the lanes before the first.
#[target_feature(enable = "avx2,bmi2,lzcnt,popcnt")]
fn one_before(now: __m256i, past: __m256i) -> __m256i {
    _mm256_alignr_epi8::<12>(now, four_before(now, past))
}

/// For each lane of `now` the second before.
#[target_feature(enable = "avx2,bmi2,lzcnt,popcnt")]
fn two_before(now: __m256i, past: __m256i) -> __m256i {
    _mm256_alignr_epi8::<8>(now, four_before(now, past))
}

/// For each lane of `now` the fourth before.
#[target_feature(enable = "avx2,bmi2,lzcnt,popcnt")]
fn four_before(now: __m256i, past: __m256i) -> __m256i {
    _mm256_permute2x128_si256::<0x21>(past, now)
}

/// The vector that begins at `from[at]`.
#[inline]
#[target_feature(enable = "avx2,bmi2,lzcnt,popcnt")]
fn load<T: Integer>(from: &[T], at: usize) -> __m256i {
    let from = &from[at..at + BYTES / size_of::<T>()];
    // SAFETY: the slice holds the 32 bytes that are read, all of them of integers.
    unsafe { _mm256_loadu_si256(from.as_ptr().cast()) }
}

/// Stores a vector from `to[at]` on.
#[inline]
#[target_feature(enable = "avx2,bmi2,lzcnt,popcnt")]
fn store<T: Integer>(to: &mut [T], at: usize, vector: __m256i) {
    let to = &mut to[at..at + BYTES / size_of::<T>()];
    // SAFETY: the slice holds the 32 bytes that are written, and integers may be of any bits.
    unsafe { _mm256_storeu_si256(to.as_mut_ptr().cast(), vector) }
}
