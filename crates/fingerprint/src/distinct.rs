//! Sorting fingerprints.

/// Fewer numbers are sorted faster by comparing them.
const FEW: usize = 64;

/// More numbers are first parted, so that what is sorted at once stays in the cache.
const MANY: usize = 1 << 15;

/// The values of a byte.
const VALUES: usize = 256;

/// Sorts `numbers` and drops repeats. Made for numbers that are spread evenly, as fingerprints are: two or three of their
/// leading bytes tell nearly all of them apart. `spare` is overwritten.
pub(crate) fn sort_distinct(numbers: &mut Vec<u64>, spare: &mut Vec<u64>) {
    let length = numbers.len();
    if spare.len() < length {
        spare.resize(length, 0);
    }
    sort(numbers, &mut spare[..length], 0);
    let mut distinct = 0;
    let mut last = None;
    for at in 0..length {
        let number = numbers[at];
        // A repeat takes the next place too, until another number does: so dropping it needs no branch.
        distinct += usize::from(last.is_some_and(|last| last != number));
        numbers[distinct] = number;
        last = Some(number);
    }
    numbers.truncate(distinct + 1);
}

/// Sorts numbers that have the first `known` bytes in common; `spare` is as long.
fn sort(numbers: &mut [u64], spare: &mut [u64], known: u32) {
    // Only hostile ones have much in common.
    if numbers.len() < FEW || known > 4 {
        numbers.sort_unstable();
        return;
    }
    let mut first = [0; VALUES];
    if numbers.len() < MANY {
        let mut second = [0; VALUES];
        for number in numbers.iter() {
            first[value(*number, known)] += 1;
            second[value(*number, known + 1)] += 1;
        }
        scatter(numbers, spare, known + 1, &mut second);
        scatter(spare, numbers, known, &mut first);
        settle(numbers, known + 2);
    } else {
        numbers.iter().for_each(|number| first[value(*number, known)] += 1);
        scatter(numbers, spare, known, &mut first);
        let mut begin = 0;
        for end in first {
            sort(&mut spare[begin..end], &mut numbers[begin..end], known + 1);
            begin = end;
        }
        numbers.copy_from_slice(spare);
    }
}

/// Byte number `byte` of a number; 0 is the leading one.
fn value(number: u64, byte: u32) -> usize {
    usize::from((number << (8 * byte) >> (u64::BITS - 8)).to_le_bytes()[0])
}

/// Copies numbers so that those with smaller values of a byte come first, and those with the same stay in order. `places`
/// tells how many have each value, and then where each value's numbers end.
fn scatter(from: &[u64], to: &mut [u64], byte: u32, places: &mut [usize; VALUES]) {
    let mut before = 0;
    for place in places.iter_mut() {
        before += std::mem::replace(place, before);
    }
    for number in from {
        let place = &mut places[value(*number, byte)];
        to[*place] = *number;
        *place += 1;
    }
}

/// Sorts numbers that are sorted by their first `known` bytes: few have all of these in common.
fn settle(numbers: &mut [u64], known: u32) {
    let alike = |one: u64, other: u64| (one ^ other) >> (u64::BITS - 8 * known) == 0;
    let mut at = 1;
    while at < numbers.len() {
        if numbers[at] < numbers[at - 1] {
            let number = numbers[at];
            let before = numbers[..at].iter().rev().take_while(|other| alike(number, **other)).count();
            let after = numbers[at..].iter().take_while(|other| alike(number, **other)).count();
            numbers[at - before..at + after].sort_unstable();
            at += after;
        } else {
            at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn equals_sorting_by_comparing(
            few in prop::collection::vec(any::<u64>(), 0..400), spread in any::<u64>(), kept in 0u32..64, times in 1u64..60,
        ) {
            let repeated = (0..times).flat_map(|i| few.iter().map(move |n| (n ^ i.wrapping_mul(spread)) & u64::MAX >> kept));
            let mut numbers: Vec<u64> = repeated.collect();
            let mut plain = numbers.clone();
            plain.sort_unstable();
            plain.dedup();
            sort_distinct(&mut numbers, &mut vec![7; 3]);
            prop_assert_eq!(numbers, plain);
        }
    }

    #[test]
    fn many_numbers_are_sorted_too_whether_spread_or_alike() {
        for kept in [0, 20, 30, 45, 60] {
            let spread = (0..200_000u64).map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> kept);
            let mut numbers: Vec<u64> = spread.collect();
            let plain: std::collections::BTreeSet<u64> = numbers.iter().copied().collect();
            sort_distinct(&mut numbers, &mut Vec::new());
            assert!(numbers.iter().eq(&plain), "{kept}");
        }
        let mut none = Vec::new();
        sort_distinct(&mut none, &mut vec![1]);
        assert!(none.is_empty());
    }
}
