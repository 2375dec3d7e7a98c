//! The inner loops in plain Rust.

use super::places::Places;
use super::{BLOCK, MASKED, PAST, begin_of};
use crate::profile::{NORMALISED, next_order};

/// See [`super::Kernel::normalise`].
pub(super) fn normalise(raw: &[u8], out: &mut Vec<u8>) {
    let mut kept = [0; BLOCK];
    for block in raw.chunks(BLOCK) {
        let mut length = 0;
        for byte in block {
            let byte = NORMALISED[usize::from(*byte)];
            // A dropped byte stands here until the next takes its place: so keeping needs no branch.
            kept[length % BLOCK] = byte;
            length += usize::from(byte != 0);
        }
        out.extend_from_slice(&kept[..length]);
    }
}

/// See [`super::Kernel::normalise_with_places`]; `places` is empty.
pub(super) fn normalise_with_places(raw: &[u8], out: &mut Vec<u8>, places: &mut Places) {
    for block in raw.chunks(Places::BLOCK) {
        let bits = (0u32..).zip(block).map(|(i, byte)| u64::from(NORMALISED[usize::from(*byte)] != 0) << i);
        places.push(bits.sum());
    }
    normalise(raw, out);
}

/// See [`super::Kernel::translate`].
#[inline(always)]
pub(super) fn translate(table: &[u8; 256], text: &[u8], kept: &[u64], out: &mut Vec<u8>) {
    /// So many at once: how many a block keeps is hard to foresee. What is too much is written over.
    const FEW: usize = 8;
    let begin = out.len();
    // Room for the most that there can be, so that nothing below grows.
    out.resize(begin + kept.len() * MASKED, 0);
    let mut length = begin;
    for (block, kept) in text.chunks(MASKED).zip(kept) {
        let mut padded = [0; MASKED];
        let block: &[u8; MASKED] = block.first_chunk().unwrap_or_else(|| {
            padded[..block.len()].copy_from_slice(block);
            &padded
        });
        let Some(out) = out.get_mut(length..).and_then(<[u8]>::first_chunk_mut::<MASKED>) else { break };
        let count = kept.count_ones() as usize;
        let mut bits = *kept;
        let mut written = 0;
        while written < count {
            for index in written..written + FEW {
                out[index % MASKED] = table[usize::from(block[bits.trailing_zeros() as usize % MASKED])];
                bits &= bits.wrapping_sub(1);
            }
            written += FEW;
        }
        length += count;
    }
    out.truncate(length);
}

/// See [`super::Kernel::choose`]; `units` have a complete window.
pub(super) fn choose<const GRAM: usize, const WINDOW: usize>(units: &[u8], out: &mut Vec<u32>) {
    let mut orders = [u32::MAX; PAST + BLOCK];
    let (mut over_4, mut over_16, mut minima) = (orders, orders, orders);
    let mut marks = [0; BLOCK];
    let mut ends = [0; BLOCK];
    let mut order = 0;
    for (base, block) in (0u32..).step_by(BLOCK).zip(units.chunks(BLOCK)) {
        orders.copy_within(BLOCK.., 0);
        for (slot, unit) in orders[PAST..].iter_mut().zip(block) {
            order = next_order(order, *unit);
            // Shifted out: what is older than the gram.
            *slot = order << (32 - GRAM);
        }
        if base == 0 {
            orders[PAST..PAST + GRAM - 1].fill(u32::MAX);
        }
        smallest::<4, 1>(&orders, &mut over_4);
        smallest::<4, 4>(&over_4, &mut over_16);
        smallest::<2, 16>(&over_16, &mut minima);
        if WINDOW == 16 {
            minima = over_16;
        }
        let before = minima[PAST - 1..].iter().zip(&minima[PAST..]);
        for ((mark, order), (before, least)) in marks.iter_mut().zip(&orders[PAST..]).zip(before) {
            *mark = u8::from(order == least) | u8::from(least > before);
        }
        if base == 0 {
            // No window ends before the first does, which always chooses.
            marks[..GRAM + WINDOW - 2].fill(0);
            marks[GRAM + WINDOW - 2] = 1;
        }
        let mut marked = 0;
        for (end, mark) in (0..).zip(&marks[..block.len()]) {
            // An end that is not marked stands here until another takes its place: so marking needs no branch.
            ends[marked % BLOCK] = end;
            marked += usize::from(*mark);
        }
        out.extend(ends[..marked].iter().map(|end| {
            let last = PAST + usize::from(*end);
            let window = (0u32..).zip(&orders[last + 1 - WINDOW..=last]);
            let smallest = window.map(|(i, order)| u32::from(*order == minima[last]) << i).sum();
            begin_of::<GRAM, WINDOW>(base, *end, smallest)
        }));
    }
}

/// Of every `COUNT` values that stand `STEP` apart the smallest, at the place of the last.
fn smallest<const COUNT: usize, const STEP: usize>(of: &[u32; PAST + BLOCK], to: &mut [u32; PAST + BLOCK]) {
    for i in (COUNT - 1) * STEP..PAST + BLOCK {
        to[i] = (1..COUNT).fold(of[i], |least, step| least.min(of[i - step * STEP]));
    }
}
