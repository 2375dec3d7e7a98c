//! The inner loops in plain Rust: the twin that every other one is tested against.

use super::Rules;
use super::places::{BLOCK, Places};
use crate::profile::{NORMALISED, next_order};

/// See [`super::normalise`].
pub(super) fn normalise(raw: &[u8], out: &mut Vec<u8>) {
    out.extend(raw.iter().map(|byte| NORMALISED[usize::from(*byte)]).filter(|byte| *byte != 0));
}

/// See [`super::normalise_with_places`]; `places` is empty.
pub(super) fn normalise_with_places(raw: &[u8], out: &mut Vec<u8>, places: &mut Places) {
    for block in raw.chunks(BLOCK) {
        let bits = (0u32..).zip(block).map(|(i, byte)| u64::from(NORMALISED[usize::from(*byte)] != 0) << i);
        places.push(bits.sum());
    }
    normalise(raw, out);
}

/// See [`super::choose`].
pub(super) fn choose(rules: Rules, units: &[u8], out: &mut Vec<u32>) {
    let mut order = 0;
    // A gram of fewer than 32 units forgets older ones by its shift.
    let forget = u32::BITS - u32::try_from(rules.gram).unwrap_or(u32::BITS);
    let mut orders = Vec::with_capacity(units.len());
    for (at, unit) in (1..).zip(units) {
        order = next_order(order, *unit);
        if at >= rules.gram {
            orders.push(order << forget);
        }
    }
    for (first, window) in (0u32..).zip(orders.windows(rules.window)) {
        let smallest = (0u32..).zip(window).min_by_key(|(at, order)| (**order, std::cmp::Reverse(*at)));
        let Some((at, _)) = smallest else { continue };
        if out.last() != Some(&(first + at)) {
            out.push(first + at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_lead_back_to_the_bytes_that_were_kept() {
        let raw: Vec<u8> = (0u32..1000).map(|i| u8::try_from(i * i % 251).unwrap_or(0)).collect();
        for length in [0, 1, 63, 64, 65, 128, 1000] {
            let (mut units, mut places) = (Vec::new(), Places::default());
            super::super::normalise_with_places(&raw[..length], &mut units, &mut places);
            let kept = (0u32..).zip(&raw[..length]).filter(|(_, byte)| NORMALISED[usize::from(**byte)] != 0);
            let raws: Vec<u32> = kept.map(|(at, _)| at).collect();
            assert_eq!(raws.len(), units.len());
            assert_eq!((0..places.units()).map_while(|unit| places.raw(unit)).collect::<Vec<_>>(), raws);
            assert_eq!(places.raw(places.units()), None);
        }
    }
}
