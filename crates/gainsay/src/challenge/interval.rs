//! What follows for all from those that were drawn: exact intervals, with each of the two tails at most half of what confidence leaves.
//!
//! Of files drawn without replacement by the hypergeometric distribution; of bytes drawn with it by the binomial one (C. J. Clopper and
//! E. S. Pearson, Biometrika 26, 1934). Only sums, products and quotients are computed, so that every machine gives the same.

/// No more is drawn at once: a person has to ask for it.
pub const MOST_DRAWN: u64 = 5_000;

/// One whole in millionths.
const MILLION: u64 = 1_000_000;

/// Of `all` files at least and at most so many are genuine, where of `drawn` of them `genuine` are; confidence in thousandths.
pub fn share_of_files(genuine: u64, drawn: u64, all: u64, confidence: u32) -> (u64, u64) {
    let tail = half_of_rest(confidence);
    let most = all.saturating_sub(drawn.saturating_sub(genuine));
    // The fewest of which so many genuine ones are not too unlikely, and the most of which so few are not.
    let is_low = |good: u64| files_at_least(genuine, drawn, good, all) <= tail;
    let is_high = |good: u64| 1.0 - files_at_least(genuine + 1, drawn, good, all) <= tail;
    let from = first(genuine, most, |good| !is_low(good));
    let past = first(from, most + 1, is_high);
    (from, past.saturating_sub(1).max(from))
}

/// At least and at most so many millionths of the bytes are genuine, where of `drawn` of them `genuine` are; confidence in thousandths.
pub fn share_of_bytes(genuine: u64, drawn: u64, confidence: u32) -> (u64, u64) {
    let tail = half_of_rest(confidence);
    let at_least = |genuine: u64, millionths: u64| bytes_at_least(genuine, drawn, millionths);
    // Rounded outwards.
    let from =
        if genuine == 0 { 0 } else { first(0, MILLION, |share| at_least(genuine, share) > tail).saturating_sub(1) };
    let to = first(from, MILLION, |share| 1.0 - at_least(genuine + 1, share) <= tail);
    (from, if genuine == drawn { MILLION } else { to })
}

/// How many of `all` files are to be drawn for an interval no wider than `width` thousandths if half of them prove genuine, when it is
/// widest; none where that takes more than [`MOST_DRAWN`].
pub fn count_for(width: u32, all: u64, confidence: u32) -> Option<u64> {
    let fits = |drawn: u64| {
        let (from, to) = share_of_files(drawn / 2, drawn, all, confidence);
        u128::from(to - from) * 1_000 <= u128::from(width) * u128::from(all)
    };
    let most = MOST_DRAWN.min(all);
    let count = first(1, most, fits);
    fits(count).then_some(count)
}

/// The first number from `from` to `to` of which it holds, where it holds of all after one; `to` where it holds of none before.
fn first(from: u64, to: u64, holds: impl Fn(u64) -> bool) -> u64 {
    let (mut from, mut to) = (from, to.max(from));
    while from < to {
        let middle = from + (to - from) / 2;
        if holds(middle) { to = middle } else { from = middle + 1 }
    }
    from
}

#[expect(clippy::cast_precision_loss, reason = "counts here are far below 2^53")]
fn real(count: u64) -> f64 {
    count as f64
}

fn half_of_rest(confidence: u32) -> f64 {
    f64::from(1_000_u32.saturating_sub(confidence)) / 2_000.0
}

/// How likely it is that `drawn` of `all` files, of which `good` are genuine, have `least` genuine ones or more.
fn files_at_least(least: u64, drawn: u64, good: u64, all: u64) -> f64 {
    let bad = all.saturating_sub(good);
    let (lowest, highest) = (drawn.saturating_sub(bad), drawn.min(good));
    let mode = u128::from(drawn + 1) * u128::from(good + 1) / u128::from(all + 2);
    let mode = u64::try_from(mode).unwrap_or(highest).clamp(lowest, highest);
    // P(x + 1) / P(x)
    let ratio = |x: u64| real(good - x) * real(drawn - x) / (real(x + 1) * real((bad + x + 1).saturating_sub(drawn)));
    at_least(least, (lowest, mode, highest), ratio)
}

/// How likely it is that of `drawn` bytes `least` or more are genuine, where so many millionths are.
fn bytes_at_least(least: u64, drawn: u64, millionths: u64) -> f64 {
    match millionths {
        0 => return if least == 0 { 1.0 } else { 0.0 },
        MILLION.. => return if least <= drawn { 1.0 } else { 0.0 },
        _ => {}
    }
    let odds = real(millionths) / real(MILLION - millionths);
    let mode = ((drawn + 1) * millionths / MILLION).min(drawn);
    at_least(least, (0, mode, drawn), |x| real(drawn - x) / real(x + 1) * odds)
}

/// The part of a distribution from `least` on: from its mode, of which the weight is one, weights follow by the ratio of neighbours.
fn at_least(least: u64, (lowest, mode, highest): (u64, u64, u64), ratio: impl Fn(u64) -> f64) -> f64 {
    let (mut all, mut tail) = (0.0, 0.0);
    let mut add = |x: u64, weight: f64| {
        all += weight;
        tail += if x >= least { weight } else { 0.0 };
        weight > 0.0
    };
    add(mode, 1.0);
    let (mut x, mut weight) = (mode, 1.0);
    while x < highest {
        weight *= ratio(x);
        x += 1;
        if !add(x, weight) {
            break;
        }
    }
    (x, weight) = (mode, 1.0);
    while x > lowest {
        x -= 1;
        weight /= ratio(x);
        if !add(x, weight) {
            break;
        }
    }
    tail / all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_those_of_the_tables() {
        // Clopper and Pearson, 95 %, as whole fractions give them.
        for (genuine, drawn, from, to) in [
            (0, 10, 0, 308_498),
            (10, 10, 691_502, 1_000_000),
            (26, 30, 692_781, 962_447),
            (5, 10, 187_086, 812_914),
            (1, 1, 25_000, 1_000_000),
        ] {
            let found = share_of_bytes(genuine, drawn, 950);
            assert!(found.0.abs_diff(from) <= 1 && found.1.abs_diff(to) <= 1, "{genuine} of {drawn}: {found:?}");
        }
        // Of very many files the interval is that of the binomial distribution.
        let (from, to) = share_of_files(26, 30, MILLION, 950);
        assert!(from.abs_diff(692_781) < 60 && to.abs_diff(962_448) < 60, "{from} {to}");
        // All of them were drawn: nothing is left to doubt.
        assert_eq!(share_of_files(7, 12, 12, 950), (7, 7));
        assert_eq!(share_of_files(0, 1, 1, 950), (0, 0));
        assert_eq!(share_of_files(3, 3, 100, 990), (18, 100));
        // The example of `docs/challenge.md`.
        assert_eq!(share_of_files(9, 12, 40, 950), (19, 36));
    }

    /// How likely each count of genuine files is, computed in whole numbers.
    fn likely(genuine: u64, drawn: u64, good: u64, all: u64) -> f64 {
        let choose = |n: u64, k: u64| -> f64 {
            if k > n { 0.0 } else { (0..k).fold(1.0, |product, at| product * real(n - at) / real(at + 1)) }
        };
        choose(good, genuine) * choose(all - good, drawn - genuine) / choose(all, drawn)
    }

    #[test]
    fn an_interval_holds_as_often_as_it_says() {
        for (all, drawn) in [(20, 5), (30, 12), (40, 39), (50, 1)] {
            for confidence in [800, 950, 990] {
                for good in 0..=all {
                    let holds = |genuine: &u64| {
                        let (from, to) = share_of_files(*genuine, drawn, all, confidence);
                        (from..=to).contains(&good)
                    };
                    let can_be = (0..=drawn).filter(|it| *it <= good && drawn - it <= all - good);
                    let covered: f64 = can_be.filter(holds).map(|it| likely(it, drawn, good, all)).sum();
                    assert!(covered >= f64::from(confidence) / 1_000.0 - 1e-9, "{all} {drawn} {good}: {covered}");
                }
            }
        }
    }

    #[test]
    fn the_number_of_draws_gives_the_wished_width() {
        let counts = [(200, MILLION), (100, MILLION), (200, 12_000)].map(|(width, all)| count_for(width, all, 950));
        assert_eq!(counts, [Some(104), Some(402), Some(103)]);
        assert_eq!(count_for(200, 3, 950), Some(3));
        assert_eq!(count_for(1_000, 50, 950), Some(1));
        assert_eq!(count_for(1, MILLION, 950), None);
    }
}
