//! How far a figure may be from the truth: intervals that hold it in 95 of 100 such measurements.

use crate::common::numbers::Numbers;
use crate::common::real;
use crate::common::table::Figure;

/// The standard normal's 97.5th percentile.
const Z: f64 = 1.959_964;

/// How often a list is drawn anew from itself.
const DRAWS: usize = 2000;

/// A share, in Wilson's interval (Wilson, JASA 1927).
pub(crate) fn share(some: usize, all: usize) -> Figure {
    let (some, all) = (real(some as u64), real(all.max(1) as u64));
    let value = some / all;
    let middle = value + Z * Z / (2.0 * all);
    let reach = Z * (value * (1.0 - value) / all + Z * Z / (4.0 * all * all)).sqrt();
    let scale = 1.0 + Z * Z / all;
    let (low, high) = ((middle - reach) / scale, (middle + reach) / scale);
    Figure { value, low: low.max(0.0), high: high.min(1.0) }
}

/// A mean, in the interval that drawing anew gives (Efron's percentile bootstrap); none of an empty list.
pub(crate) fn mean(values: &[f64]) -> Option<Figure> {
    if values.is_empty() {
        return None;
    }
    let of = |values: &mut dyn Iterator<Item = f64>| {
        let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
        sum / count
    };
    let mut numbers = Numbers(1);
    let mut draws: Vec<f64> =
        (0..DRAWS).map(|_| of(&mut values.iter().map(|_| values[numbers.index(values.len())]))).collect();
    draws.sort_unstable_by(f64::total_cmp);
    let value = of(&mut values.iter().copied());
    Some(Figure { value, low: draws[DRAWS / 40], high: draws[DRAWS - 1 - DRAWS / 40] })
}
