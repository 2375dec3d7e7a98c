//! Profile 1 against a second, slow implementation written from its specification, and against stored vectors.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::collections::BTreeSet;

use fingerprint::{Fingerprinter, Fingerprints, GRAM, Isa, Kind, Profile, SHARED_RUN, WINDOW, normalised};
use proptest::prelude::*;

const VECTORS: &str = include_str!("fixtures/profile-1.tsv");

/// What the specification says, with nothing remembered from one gram to the next.
mod reference {
    use super::*;

    pub(super) fn key(secret: Option<&[u8; 32]>) -> Vec<u64> {
        let (context, secret) = match secret {
            None => ("gainsay fingerprint profile 1: key words", &[][..]),
            Some(secret) => ("gainsay fingerprint profile: key words of an engagement", &secret[..]),
        };
        let bytes = blake3::derive_key(context, secret);
        bytes.chunks(8).map(|c| u64::from_le_bytes(c.try_into().unwrap()) & (u64::MAX >> 3)).collect()
    }

    pub(super) fn normal(text: &[u8]) -> Vec<u8> {
        text.iter()
            .map(u8::to_ascii_lowercase)
            .filter(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b >= 128)
            .collect()
    }

    pub(super) fn hashes(text: &[u8], key: &[u64]) -> Vec<u64> {
        let normal = normal(text);
        let grams: Vec<&[u8]> = normal.windows(GRAM).collect();
        if grams.is_empty() {
            return Vec::new();
        }
        let mut table = [0; 128];
        blake3::Hasher::new_derive_key("gainsay fingerprint profile 1: order table").finalize_xof().fill(&mut table);
        let chosen: BTreeSet<&[u8]> =
            grams.windows(grams.len().min(WINDOW)).map(|window| smallest(window, &table)).collect();
        chosen.into_iter().map(|gram| hash(gram, key)).collect::<BTreeSet<u64>>().into_iter().collect()
    }

    fn smallest<'g>(window: &[&'g [u8]], table: &[u8; 128]) -> &'g [u8] {
        let mut best = window[0];
        for gram in window {
            if order(gram, table) <= order(best, table) {
                best = gram;
            }
        }
        best
    }

    fn order(gram: &[u8], table: &[u8; 128]) -> u32 {
        let mut sum = 0u64;
        for (i, byte) in gram.iter().enumerate() {
            let at = usize::from(byte % 32) * 4;
            let entry = u32::from_le_bytes(table[at..at + 4].try_into().unwrap());
            sum += u64::from(entry) * (1u64 << (GRAM - 1 - i)) % (1 << 32);
        }
        u32::try_from(sum % (1 << 32)).unwrap()
    }

    pub(super) fn hash(gram: &[u8], key: &[u64]) -> u64 {
        let word = |i: usize| u128::from(u64::from_le_bytes(gram[8 * i..8 * i + 8].try_into().unwrap()) ^ key[i]);
        let fold =
            |a: u128, b: u128| u64::try_from((a * b) % (1 << 64)).unwrap() ^ u64::try_from((a * b) >> 64).unwrap();
        let (a, b) = (fold(word(0), word(1)), fold(word(2), word(3)));
        let mixed = a ^ b.rotate_right(32);
        let spread = mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        spread ^ (spread >> 32)
    }
}

fn check(bytes: &[u8], cuts: &[usize]) -> Result<(), TestCaseError> {
    let profile = Profile::one();
    let hashes = reference::hashes(bytes, &reference::key(None));
    for isa in Isa::available() {
        let whole = Fingerprints::of_with(isa, &profile, b"", bytes);
        prop_assert_eq!(&whole.text, &hashes, "{}", isa);
        prop_assert_eq!(&in_pieces(isa, bytes, cuts).finish(), &whole, "{}", isa);
        let mut unsorted = in_pieces(isa, bytes, cuts).finish_unsorted();
        unsorted.text.sort_unstable();
        unsorted.text.dedup();
        prop_assert_eq!(unsorted, whole, "{}", isa);
    }
    Ok(())
}

/// A file of which each piece but the last is as long as `cuts` say.
fn in_pieces(isa: Isa, bytes: &[u8], cuts: &[usize]) -> Fingerprinter {
    let mut pieces = Fingerprinter::with(isa, &Profile::one(), b"");
    let mut from = 0;
    for cut in cuts {
        let to = (from + cut).min(bytes.len());
        pieces.update(&bytes[from..to]);
        from = to;
    }
    pieces.update(&bytes[from..]);
    pieces
}

/// Text of few letters, so that windows and repeats collide; never a NUL, which would make it binary.
fn text() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(1u8.., 0..600),
        prop::collection::vec(prop::sample::select(b"abAB 1\n.\xc3\xa9".to_vec()), 0..600),
        // Letters that are the same to the order hash: every window is a tie of different grams.
        prop::collection::vec(prop::sample::select(b"p0\xb0\xd0".to_vec()), 0..300),
        (prop::collection::vec(prop::sample::select(b"abcdefg".to_vec()), 1..70), 1usize..12)
            .prop_map(|(period, times)| period.repeat(times)),
    ]
}

proptest! {
    #[test]
    fn equals_the_reference_however_the_file_is_cut(
        bytes in text(), cuts in prop::collection::vec(0usize..90, 0..20),
    ) {
        check(&bytes, &cuts)?;
    }

    #[test]
    fn every_gram_has_its_fingerprint_and_the_chosen_ones_are_among_them(bytes in text()) {
        let normal = reference::normal(&bytes);
        prop_assert_eq!(&normalised(&bytes), &normal);
        let every: Vec<u64> = Profile::one().every_gram(&normal).collect();
        let key = reference::key(None);
        let expected: Vec<u64> = normal.windows(GRAM).map(|gram| reference::hash(gram, &key)).collect();
        prop_assert_eq!(&every, &expected);
        // A blank, so that no mark begins the file.
        let chosen = Fingerprints::of(&Profile::one(), b"", &[b" ", &bytes[..]].concat()).text;
        prop_assert!(chosen.iter().all(|hash| every.contains(hash)));
    }

    #[test]
    fn pieces_of_utf16_and_of_binary_files_give_what_the_whole_gives(
        bytes in prop::collection::vec(prop::sample::select(vec![0, b'a', 0xd8, 0xdc, 0xfe, 0xff]), 0..200),
        repeats in 1usize..60,
        cuts in prop::collection::vec(0usize..5000, 0..6),
    ) {
        let bytes = bytes.repeat(repeats);
        for isa in Isa::available() {
            let whole = Fingerprints::of_with(isa, &Profile::one(), b"", &bytes);
            prop_assert_eq!(in_pieces(isa, &bytes, &cuts).finish(), whole);
        }
    }

    #[test]
    fn a_shared_run_leaves_a_shared_fingerprint(
        run in prop::collection::vec(prop::sample::select(b"abcdefgh0123".to_vec()), SHARED_RUN..=SHARED_RUN + 5),
        around in prop::array::uniform4(prop::collection::vec(b' '..b'~', 0..200)),
        spaced in any::<bool>(),
    ) {
        let [before, after, other_before, other_after] = around;
        // The other file has the same run in capitals and with blanks in between.
        let other_run: Vec<u8> =
            run.iter().flat_map(|b| [b.to_ascii_uppercase(), b' ']).filter(|b| spaced || *b != b' ').collect();
        let one = Fingerprints::of(&Profile::one(), b"", &[before, run, after].concat());
        let other = Fingerprints::of(&Profile::one(), b"", &[other_before, other_run, other_after].concat());
        prop_assert!(one.text.iter().any(|hash| other.text.binary_search(hash).is_ok()));
    }
}

proptest! {
    // The reference is slow.
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn long_files_equal_the_reference_however_they_are_cut(
        period in prop::collection::vec(1u8.., 1..3000),
        length in prop_oneof![32_700usize..32_900, 65_470usize..65_700, 98_200usize..98_500, 130_900usize..131_200],
        every in 20u32..300,
        cuts in prop::collection::vec(0usize..70_000, 0..6),
    ) {
        // Nearly a repeat: every so many bytes another one.
        let bytes: Vec<u8> =
            (0u32..).zip(period.iter().cycle()).map(|(i, b)| if i % every == 0 { i.to_le_bytes()[1] | 1 } else { *b })
                .take(length).collect();
        check(&bytes, &cuts)?;
    }
}

#[test]
fn every_length_around_the_boundaries_equals_the_reference() {
    let mixed: Vec<u8> = (0u32..400).map(|i| b'a' + u8::try_from(i * i % 23).unwrap()).collect();
    for length in 0..=200 {
        check(&mixed[..length], &[]).unwrap();
        check(&vec![b'z'; length], &[31, 1, 31, 1]).unwrap();
        check(&b"ab".repeat(length), &[]).unwrap();
    }
    assert!(Fingerprints::of(&Profile::one(), b"", &mixed[..GRAM - 1]).text.is_empty());
    assert_eq!(Fingerprints::of(&Profile::one(), b"", &mixed[..GRAM]).text.len(), 1);
    assert_eq!(Fingerprints::of(&Profile::one(), b"", &mixed[..SHARED_RUN]).text.len(), 1);
}

#[test]
fn a_repeated_text_of_many_megabytes_keeps_one_set_of_fingerprints() {
    let period: Vec<u8> =
        (0u32..100_000).flat_map(|i| (i.wrapping_mul(2_654_435_761)).to_string().into_bytes()).collect();
    let mut repeated = Fingerprinter::new(&Profile::one(), b"");
    (0..30).for_each(|_| repeated.update(&period));
    let twice = Fingerprints::of(&Profile::one(), b"", &period.repeat(2));
    assert!(twice.text.len() > 1 << 15);
    assert_eq!(repeated.finish().text, twice.text);
}

#[test]
fn stored_vectors_hold() {
    let mut checked = 0;
    for line in VECTORS.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [name, profile, input, kind, normalised, blake3, hashes] = fields[..] else { panic!("{line}") };
        let secret: Option<[u8; 32]> = match profile {
            "one" => None,
            secret => Some(unhex(secret).try_into().unwrap()),
        };
        let profile = secret.as_ref().map_or_else(Profile::one, Profile::of_engagement);
        let bytes = unhex(input);
        let kind = match kind {
            "text" => Kind::Text,
            "utf16" => Kind::Utf16,
            "binary" => Kind::Binary,
            other => panic!("{other}"),
        };
        let hashes: Vec<u64> =
            hashes.split(',').filter(|h| !h.is_empty()).map(|h| u64::from_str_radix(h, 16).unwrap()).collect();
        for isa in Isa::available() {
            let is = Fingerprints::of_with(isa, &profile, b"", &bytes);
            assert_eq!((is.kind, is.normalised), (kind, normalised.parse().unwrap()), "{name}, {isa}");
            assert_eq!((is.blake3.to_vec(), is.bytes), (unhex(blake3), bytes.len() as u64), "{name}, {isa}");
            assert_eq!(is.text, hashes, "{name}, {isa}");
        }
        if kind == Kind::Text && !bytes.starts_with(b"\xef\xbb\xbf") {
            assert_eq!(hashes, reference::hashes(&bytes, &reference::key(secret.as_ref())), "{name}");
        }
        checked += 1;
    }
    assert!(checked >= 20, "only {checked} vectors stand in the fixture");
}

#[test]
fn profiles_have_the_stored_ids() {
    let id = |profile: Profile| profile.id().to_string();
    assert_eq!(id(Profile::one()), "af1e459a5ad724b4f3737580c14e1b1711158c46c3ad526a6d84c689d653a6be");
    assert_eq!(
        id(Profile::of_engagement(&[7; 32])),
        "779a3bd00ab5a0f5c78ad1b57e6221811d0a1699e98afac80002e9188e8299e7"
    );
}

fn unhex(text: &str) -> Vec<u8> {
    text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}
