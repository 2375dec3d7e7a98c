//! The inner loops in plain Rust: the twin that every other one is tested against.

use super::Rules;
use crate::profile::{NORMALISED, next_order};

/// See [`super::normalise`].
pub(super) fn normalise(raw: &[u8], out: &mut Vec<u8>) {
    out.extend(raw.iter().map(|byte| NORMALISED[usize::from(*byte)]).filter(|byte| *byte != 0));
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
