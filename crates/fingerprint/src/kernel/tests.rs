//! Every form of the inner loops against plain ones that follow the specification word by word.

use proptest::prelude::*;

use super::masks::BEHIND;
use super::*;
use crate::profile::{NORMALISED, next_order};

fn kernels() -> impl Iterator<Item = (Isa, Kernel)> {
    Isa::available().map(|isa| (isa, Kernel::of(isa)))
}

fn plain_normalise(raw: &[u8]) -> Vec<u8> {
    raw.iter().map(|byte| NORMALISED[usize::from(*byte)]).filter(|byte| *byte != 0).collect()
}

fn plain_choose(rules: Rules, units: &[u8]) -> Vec<u32> {
    let order = |gram: &[u8]| gram.iter().fold(0, |order, unit| next_order(order, *unit)) << (32 - rules.gram);
    let orders: Vec<u32> = units.windows(rules.gram).map(order).collect();
    let mut chosen = Vec::new();
    for (first, window) in (0u32..).zip(orders.windows(rules.window)) {
        let smallest = (0u32..).zip(window).min_by_key(|(at, order)| (**order, std::cmp::Reverse(*at)));
        chosen.extend(smallest.map(|(at, _)| first + at).filter(|at| chosen.last() != Some(at)));
    }
    chosen
}

fn check(raw: &[u8]) {
    let plain = plain_normalise(raw);
    let kept = (0u32..).zip(raw).filter(|(_, byte)| NORMALISED[usize::from(**byte)] != 0);
    let raws: Vec<u32> = kept.map(|(at, _)| at).collect();
    for (isa, kernel) in kernels() {
        let mut units = b"before".to_vec();
        kernel.normalise(raw, &mut units);
        assert_eq!(units, [b"before", &plain[..]].concat(), "{isa}");
        let (mut units, mut places) = (Vec::new(), Places::default());
        kernel.normalise_with_places(b"of another text", &mut units, &mut places);
        units.clear();
        kernel.normalise_with_places(raw, &mut units, &mut places);
        assert_eq!(units, plain, "{isa}");
        assert_eq!((0..).map_while(|unit| places.raw(unit)).collect::<Vec<_>>(), raws, "{isa}");
        assert_eq!(usize::try_from(places.units()).ok(), Some(plain.len()));
    }
    for units in [raw, &plain] {
        for rules in [Rules::TEXT, Rules::CODE] {
            let chosen = plain_choose(rules, units);
            for (isa, kernel) in kernels() {
                let mut out = vec![7];
                kernel.choose(rules, units, &mut out);
                assert_eq!(out[0], 7);
                assert_eq!(out[1..], chosen, "{isa}, {rules:?}");
            }
        }
    }
}

/// What the masks say of a byte, in the order of their fields.
fn plain_masks(byte: u8) -> [bool; 16] {
    let word = byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80;
    let [capital, small, digit] = [byte.is_ascii_uppercase(), byte.is_ascii_lowercase(), byte.is_ascii_digit()];
    let punctuation = byte.is_ascii_punctuation() && !b"_$\"'`\\".contains(&byte);
    let [line_end, double, single, backtick, backslash, slash, star, dot, dash, hash] =
        b"\n\"'`\\/*.-#".map(|of| of == byte);
    let blank = byte <= b' ';
    [
        word,
        capital,
        small,
        digit,
        punctuation,
        blank,
        line_end,
        double,
        single,
        backtick,
        backslash,
        slash,
        star,
        dot,
        dash,
        hash,
    ]
}

fn check_source(text: &[u8], kept: &[u64]) {
    let table = std::array::from_fn(|i| !i.to_le_bytes()[0]);
    let is_kept = |at: usize| kept.get(at / MASKED).is_some_and(|kept| kept >> (at % MASKED) & 1 == 1);
    let translated: Vec<u8> =
        (0..text.len()).filter(|at| is_kept(*at)).map(|at| table[usize::from(text[at])]).collect();
    for (isa, kernel) in kernels() {
        let mut masks = Masks::NONE;
        masks.set(0, Masks { word: 7, ..Masks::END });
        kernel.masks(text, &mut masks);
        assert_eq!(masks.get(0), Masks { word: 7, ..Masks::END }, "{isa}");
        for at in 0..(MASKED_BLOCKS + 1).min(text.len() / MASKED + 1 + BEHIND) * MASKED {
            let Masks { word, capital, small, digit, punctuation, blank, line_end, double, .. } =
                masks.get(1 + at / MASKED);
            let Masks { single, backtick, backslash, slash, star, dot, dash, hash, .. } = masks.get(1 + at / MASKED);
            let all = [
                word,
                capital,
                small,
                digit,
                punctuation,
                blank,
                line_end,
                double,
                single,
                backtick,
                backslash,
                slash,
                star,
                dot,
                dash,
                hash,
            ];
            let expected = plain_masks(text.get(at).copied().unwrap_or(b'\n'));
            assert_eq!(all.map(|mask| mask >> (at % MASKED) & 1 == 1), expected, "{isa}, {at}");
        }
        let mut out = b"before".to_vec();
        kernel.translate(&table, text, kept, &mut out);
        assert_eq!(out, [b"before", &translated[..]].concat(), "{isa}");
    }
}

/// Bytes of every kind, and such that windows and repeats collide.
fn bytes(length: std::ops::Range<usize>) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), length.clone()),
        prop::collection::vec(prop::sample::select(b"abAB 1\n.\xc3\xa9".to_vec()), length.clone()),
        // Letters that are the same to the order hash: every window is a tie of different grams.
        prop::collection::vec(prop::sample::select(b"p0\xb0\xd0".to_vec()), length.clone()),
        // Rarely another letter, so that most windows are ties.
        prop::collection::vec(prop::sample::select(b"aaaaaaaaaaaaaaaaaaaaaaaaaaab".to_vec()), length),
        (prop::collection::vec(any::<u8>(), 1..130), 1usize..12).prop_map(|(period, times)| period.repeat(times)),
    ]
}

proptest! {
    #[test]
    fn every_form_equals_the_plain_one(bytes in bytes(0..700), from in 0usize..70) {
        check(&bytes[from.min(bytes.len())..]);
    }

    #[test]
    fn every_form_equals_the_plain_one_where_blocks_end(
        block in 1usize..5, bytes in bytes(4 * BLOCK + 70..4 * BLOCK + 71), beside in 0usize..140,
    ) {
        let length = (block * BLOCK + beside).saturating_sub(70);
        check(&bytes[..length.min(bytes.len())]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn every_form_tells_the_same_of_source(text in bytes(0..700), kept in prop::collection::vec(any::<u64>(), 0..14)) {
        let within = |(number, kept): (usize, &u64)| {
            let bytes = text.len().saturating_sub(number * MASKED).min(MASKED);
            if bytes == MASKED { *kept } else { kept & !(!0 << bytes) }
        };
        let kept: Vec<u64> = kept.iter().enumerate().map(within).collect();
        check_source(&text, &kept);
        check_source(&text.repeat(9), &kept);
    }
}

#[test]
fn every_length_and_every_alignment_equal_the_plain_form() {
    let mixed: Vec<u8> = (0u32..70_000).map(|i| (i.wrapping_mul(2_654_435_761) >> 24).to_le_bytes()[0]).collect();
    for length in 0..600 {
        check(&mixed[..length]);
        check(&vec![b'z'; length]);
    }
    for from in 0..64 {
        check(&mixed[from..from + 300]);
    }
    for length in [4095, 4096, 4097, 8192, 65_535, 65_536, 65_537, 65_599] {
        check(&mixed[..length]);
    }
}
