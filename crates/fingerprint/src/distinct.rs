//! Sorting fingerprints.

/// Fewer numbers are sorted faster by comparing them.
const FEW: usize = 64;

/// More numbers are first parted, so that what is sorted at once stays in the cache.
const MANY: usize = 1 << 15;

/// The values of a byte.
const VALUES: usize = 256;

/// Sorts `numbers` and drops repeats. Made for numbers that are spread evenly, as fingerprints are: two or three of their
/// leading bytes tell nearly all of them apart. `spare` is overwritten.
pub fn sort_distinct(numbers: &mut Vec<u64>, spare: &mut Vec<u64>) {
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
fn sort(numbers: &mut [u64], spare: &mut [u64], known: usize) {
    match known {
        _ if numbers.len() < FEW => numbers.sort_unstable(),
        0 => sort_from::<0, 1>(numbers, spare),
        1 => sort_from::<1, 2>(numbers, spare),
        2 => sort_from::<2, 3>(numbers, spare),
        // Only hostile ones have more in common.
        _ => numbers.sort_unstable(),
    }
}

/// Sorts by byte number `FIRST`, and so on.
fn sort_from<const FIRST: usize, const SECOND: usize>(numbers: &mut [u64], spare: &mut [u64]) {
    let mut first = [0; VALUES];
    if numbers.len() < MANY {
        let mut second = [0; VALUES];
        for number in numbers.iter() {
            first[value::<FIRST>(*number)] += 1;
            second[value::<SECOND>(*number)] += 1;
        }
        scatter::<SECOND>(numbers, spare, &mut second);
        scatter::<FIRST>(spare, numbers, &mut first);
        settle::<SECOND>(numbers);
    } else {
        numbers.iter().for_each(|number| first[value::<FIRST>(*number)] += 1);
        scatter::<FIRST>(numbers, spare, &mut first);
        let mut begin = 0;
        for end in first {
            sort(&mut spare[begin..end], &mut numbers[begin..end], SECOND);
            begin = end;
        }
        numbers.copy_from_slice(spare);
    }
}

/// Byte number `BYTE` of a number; 0 is the leading one.
fn value<const BYTE: usize>(number: u64) -> usize {
    usize::from(number.to_be_bytes()[BYTE])
}

/// Copies numbers so that those with smaller values of a byte come first, and those with the same stay in order. `places`
/// tells how many have each value, and then where each value's numbers end.
fn scatter<const BYTE: usize>(from: &[u64], to: &mut [u64], places: &mut [usize; VALUES]) {
    let mut before = 0;
    for place in places.iter_mut() {
        before += std::mem::replace(place, before);
    }
    for number in from {
        let place = &mut places[value::<BYTE>(*number)];
        to[*place] = *number;
        *place += 1;
    }
}

/// Sorts numbers that are sorted by their bytes up to number `LAST`: few have all of these in common.
fn settle<const LAST: usize>(numbers: &mut [u64]) {
    let alike = |one: u64, other: u64| one.to_be_bytes()[..=LAST] == other.to_be_bytes()[..=LAST];
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

    fn check(numbers: &[u64]) {
        let mut plain = numbers.to_vec();
        plain.sort_unstable();
        plain.dedup();
        let mut sorted = numbers.to_vec();
        sort_distinct(&mut sorted, &mut vec![7; 3]);
        assert_eq!(sorted, plain);
    }

    proptest! {
        #[test]
        fn equals_sorting_by_comparing(
            few in prop::collection::vec(any::<u64>(), 0..400), spread in any::<u64>(), kept in 0u32..64, times in 1u64..60,
        ) {
            let repeated = (0..times).flat_map(|i| few.iter().map(move |n| n ^ i.wrapping_mul(spread)));
            check(&repeated.map(|number| number & u64::MAX >> kept).collect::<Vec<_>>());
        }

        #[test]
        fn zeros_and_ones_are_sorted(bits in prop::collection::vec(prop::sample::select(vec![0, 1, u64::MAX]), 0..200)) {
            check(&bits);
        }
    }

    #[test]
    fn many_numbers_are_sorted_too_whether_spread_or_alike() {
        for kept in [0, 9, 20, 30, 45, 60] {
            let spread = (0..200_000u64).map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> kept);
            check(&spread.collect::<Vec<_>>());
        }
    }

    #[test]
    fn every_small_count_is_sorted() {
        for count in 0..300 {
            check(&(0..count).map(|i: u64| i.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect::<Vec<_>>());
            check(&(0..count).rev().collect::<Vec<_>>());
        }
    }
}
