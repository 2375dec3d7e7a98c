//! The inner loops with AVX-512: 64 bytes, or 16 order hashes, at a time.
#![expect(unsafe_code, reason = "loads and stores of vectors, and calls of what needs the instruction set")]

use std::arch::x86_64::*;

use super::masks::{Masks, Row};
use super::places::Places;
use super::{BLOCK, Integer, MARKS, NUMBERS, PAST, Work, begin_of, from_first_window, no_grams};
use crate::profile::{NORMALISED, ORDER_TABLE};

/// The proof that this machine has what this module uses.
#[derive(Clone, Copy)]
pub(crate) struct Avx512(());

/// Bytes of a vector.
const BYTES: usize = 64;

/// Order hashes of a vector.
const LANES: usize = 16;

impl Avx512 {
    /// The proof, where it holds.
    pub(super) fn detect() -> Option<Self> {
        let has = is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512vbmi")
            && is_x86_feature_detected!("avx512vbmi2")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("lzcnt")
            && is_x86_feature_detected!("popcnt");
        has.then_some(Avx512(()))
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
#[target_feature(enable = "avx512vl,avx512vbmi,avx512vbmi2,bmi2,lzcnt,popcnt")]
fn masks(text: &[u8], out: &mut Masks<Row>) {
    out.fill(text, |block| {
        let bytes = load(block, 0);
        let equal = |byte: u8| _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(byte.cast_signed()));
        let between = |or: u8, least: u8, most: u8| {
            let bytes = _mm512_or_si512(bytes, _mm512_set1_epi8(or.cast_signed()));
            let above = _mm512_sub_epi8(bytes, _mm512_set1_epi8(least.cast_signed()));
            _mm512_cmple_epu8_mask(above, _mm512_set1_epi8((most - least).cast_signed()))
        };
        Masks::of(equal, between)
    });
}

/// See [`super::Kernel::translate`].
#[target_feature(enable = "avx512vl,avx512vbmi,avx512vbmi2,bmi2,lzcnt,popcnt")]
fn translate(table: &[u8; 256], text: &[u8], kept: &[u64], out: &mut Vec<u8>) {
    let [a, b, c, d] = [0, 1, 2, 3].map(|quarter| load(table, quarter * BYTES));
    // A whole vector is stored wherever one begins.
    out.reserve(kept.len() * BYTES);
    let mut length = out.len();
    let to = out.as_mut_ptr();
    for (block, kept) in text.chunks(BYTES).zip(kept) {
        let mut padded = [0; BYTES];
        let block = block.first_chunk().unwrap_or_else(|| {
            padded[..block.len()].copy_from_slice(block);
            &padded
        });
        let bytes = load(block, 0);
        // A permutation takes seven bits; the eighth chooses between two.
        let ascii = _mm512_permutex2var_epi8(a, bytes, b);
        let others = _mm512_permutex2var_epi8(c, bytes, d);
        let all = _mm512_mask_mov_epi8(ascii, _mm512_movepi8_mask(bytes), others);
        // SAFETY: room for a vector for each word of `kept` was reserved, and `length` has grown by at most a vector for
        // each word before this one.
        unsafe { _mm512_storeu_si512(to.add(length).cast(), _mm512_maskz_compress_epi8(*kept, all)) };
        length += kept.count_ones() as usize;
    }
    // SAFETY: within what was reserved, and the stores above wrote every byte up to here.
    unsafe { out.set_len(length) };
}

/// Does some work, compiled for this instruction set as far as it is inlined.
#[target_feature(enable = "avx512vl,avx512vbmi,avx512vbmi2,bmi2,lzcnt,popcnt")]
fn run(work: impl Work) {
    work.work();
}

/// Appends the normalised form of `raw` to `out` and tells `keep` which bytes of each 64 were kept.
#[target_feature(enable = "avx512vl,avx512vbmi,avx512vbmi2,bmi2,lzcnt,popcnt")]
fn normalise(raw: &[u8], out: &mut Vec<u8>, mut keep: impl FnMut(u64)) {
    let (low, high) = (load(&NORMALISED, 0), load(&NORMALISED, BYTES));
    // A whole vector is stored wherever one begins, so the last reaches beyond what is kept.
    out.reserve(raw.len() + BYTES);
    let mut length = out.len();
    let to = out.as_mut_ptr();
    for block in raw.chunks(BYTES) {
        let mut padded = [0; BYTES];
        let block = block.first_chunk().unwrap_or_else(|| {
            padded[..block.len()].copy_from_slice(block);
            &padded
        });
        let bytes = load(block, 0);
        // The table is of ASCII alone (a permutation takes seven bits); other bytes stay as they are.
        let ascii = _mm512_permutex2var_epi8(low, bytes, high);
        let normal = _mm512_mask_mov_epi8(ascii, _mm512_movepi8_mask(bytes), bytes);
        let kept = _mm512_test_epi8_mask(normal, normal);
        // SAFETY: room for `raw` and a vector was reserved, and `length` has grown by no more than the bytes of `raw`
        // before this block.
        unsafe { _mm512_storeu_si512(to.add(length).cast(), _mm512_maskz_compress_epi8(kept, normal)) };
        length += kept.count_ones() as usize;
        keep(kept);
    }
    // SAFETY: within what was reserved, and the stores above wrote every byte up to here.
    unsafe { out.set_len(length) };
}

/// See [`super::Kernel::choose`].
#[target_feature(enable = "avx512vl,avx512vbmi,avx512vbmi2,bmi2,lzcnt,popcnt")]
fn choose<const GRAM: usize, const WINDOW: usize>(units: &[u8], out: &mut Vec<u32>) {
    let mut orders = [u32::MAX; PAST + BLOCK];
    let mut minima = [0u32; BLOCK];
    // Whole vectors are stored, of which only what is marked counts.
    let mut ends = [0; BLOCK + MARKS];
    let mut begins = [0; BLOCK];
    let mut rolling = Rolling::new();
    let no_grams = no_grams::<GRAM>();
    for (base, block) in (0u32..).step_by(BLOCK).zip(units.chunks(BLOCK)) {
        orders.copy_within(BLOCK.., 0);
        let mut marked = 0;
        let mut numbers = load(&NUMBERS, 0);
        for (from, some) in (0..).step_by(MARKS).zip(block.chunks(MARKS)) {
            let mut padded = [0; MARKS];
            let units = some.first_chunk().unwrap_or_else(|| {
                padded[..some.len()].copy_from_slice(some);
                &padded
            });
            let mut marks = 0;
            for (half, units) in (0..).step_by(LANES).zip(units.as_chunks().0) {
                let none = if base == 0 && from == 0 { load(&no_grams, half) } else { _mm512_setzero_si512() };
                let (order, least, new) = rolling.step::<GRAM, WINDOW>(units, none);
                store(&mut orders, PAST + from + half, order);
                store(&mut minima, from + half, least);
                marks |= u32::from(new) << half;
            }
            if base == 0 {
                marks = from_first_window::<GRAM, WINDOW>(marks, from);
            }
            if some.len() < MARKS {
                marks &= (1 << some.len()) - 1;
            }
            store(&mut ends, marked, _mm512_maskz_compress_epi16(marks, numbers));
            numbers = _mm512_add_epi16(numbers, _mm512_set1_epi16(32));
            marked += marks.count_ones() as usize;
        }
        for (begin, end) in begins.iter_mut().zip(&ends[..marked]) {
            let last = usize::from(*end);
            let least = _mm512_set1_epi32(minima[last].cast_signed());
            let mut smallest = 0;
            for part in (0..WINDOW).step_by(LANES) {
                let some = load(&orders, PAST + last + 1 - WINDOW + part);
                smallest |= u32::from(_mm512_cmpeq_epi32_mask(some, least)) << part;
            }
            *begin = begin_of::<GRAM, WINDOW>(base, *end, smallest);
        }
        out.extend_from_slice(&begins[..marked]);
    }
}

/// What the next vector needs of the one before: what reaches over so many units, by where it ends.
struct Rolling {
    table: [__m512i; 2],
    sums: [__m512i; 5],
    minima: [__m512i; 6],
}

impl Rolling {
    #[target_feature(enable = "avx512vl,avx512vbmi,avx512vbmi2,bmi2,lzcnt,popcnt")]
    fn new() -> Self {
        Rolling {
            table: [load(&ORDER_TABLE, 0), load(&ORDER_TABLE, LANES)],
            sums: [_mm512_setzero_si512(); 5],
            minima: [_mm512_set1_epi32(-1); 6],
        }
    }

    /// The order hashes of the grams that end in the next units, the minima of the windows that end there, and a mark for
    /// each window that chooses a gram anew. The grams of the lanes that are all ones in `none` do not exist.
    #[inline]
    #[target_feature(enable = "avx512vl,avx512vbmi,avx512vbmi2,bmi2,lzcnt,popcnt")]
    fn step<const GRAM: usize, const WINDOW: usize>(
        &mut self,
        units: &[u8; LANES],
        none: __m512i,
    ) -> (__m512i, __m512i, u16) {
        // SAFETY: the array holds the 16 bytes that are read.
        let units = unsafe { _mm_loadu_si128(units.as_ptr().cast()) };
        let over_1 = _mm512_permutex2var_epi32(self.table[0], _mm512_cvtepu8_epi32(units), self.table[1]);
        let before = _mm512_alignr_epi32::<15>(over_1, self.sums[0]);
        let over_2 = _mm512_add_epi32(over_1, _mm512_add_epi32(before, before));
        let before = _mm512_alignr_epi32::<14>(over_2, self.sums[1]);
        let over_4 = _mm512_add_epi32(over_2, _mm512_slli_epi32::<2>(before));
        let before = _mm512_alignr_epi32::<12>(over_4, self.sums[2]);
        let over_8 = _mm512_add_epi32(over_4, _mm512_slli_epi32::<4>(before));
        let before = _mm512_alignr_epi32::<8>(over_8, self.sums[3]);
        let over_16 = _mm512_add_epi32(over_8, _mm512_slli_epi32::<8>(before));
        let mut order = _mm512_add_epi32(over_16, _mm512_slli_epi32::<16>(self.sums[4]));
        self.sums = [over_1, over_2, over_4, over_8, over_16];
        if GRAM == 24 {
            // Shifted out: what is older than the gram.
            order = _mm512_slli_epi32::<8>(order);
        }
        order = _mm512_or_si512(order, none);

        let over_2 = _mm512_min_epu32(order, _mm512_alignr_epi32::<15>(order, self.minima[0]));
        let over_4 = _mm512_min_epu32(over_2, _mm512_alignr_epi32::<14>(over_2, self.minima[1]));
        let over_8 = _mm512_min_epu32(over_4, _mm512_alignr_epi32::<12>(over_4, self.minima[2]));
        let over_16 = _mm512_min_epu32(over_8, _mm512_alignr_epi32::<8>(over_8, self.minima[3]));
        let least = if WINDOW == 16 { over_16 } else { _mm512_min_epu32(over_16, self.minima[4]) };
        let before = _mm512_alignr_epi32::<15>(least, self.minima[5]);
        self.minima = [order, over_2, over_4, over_8, over_16, least];
        let new = _mm512_cmpeq_epi32_mask(order, least) | _mm512_cmpgt_epu32_mask(least, before);
        (order, least, new)
    }
}

/// The vector that begins at `from[at]`.
#[inline]
#[target_feature(enable = "avx512vl,avx512vbmi,avx512vbmi2,bmi2,lzcnt,popcnt")]
fn load<T: Integer>(from: &[T], at: usize) -> __m512i {
    let from = &from[at..at + BYTES / size_of::<T>()];
    // SAFETY: the slice holds the 64 bytes that are read, all of them of integers.
    unsafe { _mm512_loadu_si512(from.as_ptr().cast()) }
}

/// Stores a vector from `to[at]` on.
#[inline]
#[target_feature(enable = "avx512vl,avx512vbmi,avx512vbmi2,bmi2,lzcnt,popcnt")]
fn store<T: Integer>(to: &mut [T], at: usize, vector: __m512i) {
    let to = &mut to[at..at + BYTES / size_of::<T>()];
    // SAFETY: the slice holds the 64 bytes that are written, and integers may be of any bits.
    unsafe { _mm512_storeu_si512(to.as_mut_ptr().cast(), vector) }
}
