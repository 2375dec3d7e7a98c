//! Filters: against plain sets, against a second reader written from the document, and damaged in every way.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::collections::BTreeSet;

use fingerprint::{About, Channel, Filter, FilterError, FilterWriter, Profile};
use proptest::prelude::*;

const CHANNELS: [Channel; 3] = [Channel::Text, Channel::Code, Channel::Parts];

/// Well-spread numbers, always the same.
fn numbers(seed: u64, count: usize) -> BTreeSet<u64> {
    let number = |n: u64| {
        let hash = blake3::hash(&[seed.to_le_bytes(), n.to_le_bytes()].concat());
        u64::from_le_bytes(*hash.as_bytes().first_chunk().unwrap())
    };
    (0..count as u64).map(number).collect()
}

fn about() -> About {
    let names = ["one 1.0.0", "two 2.1.3"].map(str::to_owned).to_vec();
    let name = "registry".to_owned();
    About { name, published: false, indexed: 1_795_305_600, contents: 3, files: 4, bytes: 5, packages: 2, names }
}

fn digest(key: u64) -> [u8; 32] {
    let mut digest = [7; 32];
    digest[..8].copy_from_slice(&key.to_be_bytes());
    digest
}

fn written(fingerprints: [&BTreeSet<u64>; 3], contents: &BTreeSet<u64>) -> Vec<u8> {
    let mut writer = FilterWriter::new(Vec::new(), Profile::one().id(), &about()).unwrap();
    for (channel, fingerprints) in CHANNELS.into_iter().zip(fingerprints) {
        fingerprints.iter().for_each(|fingerprint| writer.fingerprint(channel, *fingerprint).unwrap());
    }
    contents.iter().for_each(|key| writer.content(digest(*key).first_chunk().unwrap()).unwrap());
    writer.finish().unwrap().0
}

fn look_up(filter: &Filter<Vec<u8>>, channel: Channel, keys: &BTreeSet<u64>) -> Vec<u64> {
    let (keys, mut found): (Vec<u64>, _) = (keys.iter().copied().collect(), Vec::new());
    filter.look_up(channel, &keys, &mut |key| found.push(key)).unwrap();
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn all_that_is_in_is_found(
        sizes in [0usize..40, 0..3000, 0..5],
        contents in 0usize..200,
        seed in any::<u64>(),
    ) {
        let sets: Vec<_> = sizes.iter().zip(seed..).map(|(size, seed)| numbers(seed, *size)).collect();
        let contents = numbers(!seed, contents);
        let filter = Filter::open(written([&sets[0], &sets[1], &sets[2]], &contents)).unwrap();
        filter.verify().unwrap();
        prop_assert_eq!(filter.about(), &about());
        for (channel, set) in CHANNELS.into_iter().zip(&sets) {
            prop_assert_eq!(look_up(&filter, channel, set), set.iter().copied().collect::<Vec<_>>());
        }
        let digests: Vec<_> = contents.iter().map(|key| digest(*key)).collect();
        prop_assert_eq!(filter.contents(&digests).unwrap(), (0..digests.len()).collect::<Vec<_>>());
        let keys = sets.iter().map(BTreeSet::len).sum::<usize>() + contents.len();
        prop_assert_eq!(filter.keys(), keys as u64);
    }
}

/// More than one block; and one in 256 of the others, within six deviations.
#[test]
fn of_others_it_has_one_in_256() {
    let all = numbers(1, 1_300_000);
    let none = BTreeSet::new();
    let bytes = written([&all, &none, &none], &none);
    assert!(bytes.len() * 8 < all.len() * 93 / 10, "{} bytes for {} keys", bytes.len(), all.len());
    let filter = Filter::open(bytes).unwrap();
    filter.verify().unwrap();
    assert_eq!(look_up(&filter, Channel::Text, &all).len(), all.len());
    let others: BTreeSet<u64> = numbers(2, 1_000_000);
    let found = look_up(&filter, Channel::Text, &others).len();
    assert!((3906 - 380..3906 + 380).contains(&found), "{found} of a million");
    assert!(look_up(&filter, Channel::Code, &others).is_empty());
}

#[test]
fn keys_out_of_order_are_refused() {
    let begin = || FilterWriter::new(Vec::new(), Profile::one().id(), &about()).unwrap();
    let mut writer = begin();
    writer.fingerprint(Channel::Text, 5 << 8).unwrap();
    // The same stored bits are one key.
    writer.fingerprint(Channel::Text, 5 << 8 | 1).unwrap();
    assert!(matches!(writer.fingerprint(Channel::Text, 4 << 8), Err(FilterError::Senseless { .. })));
    let mut writer = begin();
    writer.content(&[1; 16]).unwrap();
    assert!(matches!(writer.fingerprint(Channel::Text, 1 << 60), Err(FilterError::Senseless { .. })));
}

/// Any single byte that differs, and any cut, is found by the time all is checked.
#[test]
fn damage_is_found() {
    let bytes = written([&numbers(1, 100), &numbers(2, 30), &numbers(3, 3)], &numbers(4, 20));
    let check = |bytes: Vec<u8>| Filter::open(bytes).and_then(|filter| filter.verify());
    check(bytes.clone()).unwrap();
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1 << (at % 8);
        assert!(check(damaged).is_err(), "byte {at}");
        assert!(check(bytes[..at].to_vec()).is_err(), "cut at {at}");
    }
    assert!(check([&bytes[..], &[0]].concat()).is_err());
    let another = Filter::open(b"GAINSEG\x01 and so on".to_vec());
    assert!(matches!(another, Err(FilterError::NotAFilter)));
    let mut newer = bytes;
    newer[8] = 2;
    assert!(matches!(Filter::open(newer), Err(FilterError::OtherVersion { found: 2 })));
}

/// A second reader, written from docs/filter-1.md: what a part holds.
fn has(file: &[u8], part: usize, key: u64) -> bool {
    let u64_at = |at: usize| u64::from_le_bytes(*file[at..].first_chunk().unwrap());
    let u32_at = |at: usize| u32::from_le_bytes(*file[at..].first_chunk().unwrap());
    let mut at = usize::try_from(u64_at(file.len() - 24)).unwrap();
    for _ in 1..part {
        at += 16 + 16 * usize::try_from(u64_at(at + 8)).unwrap();
    }
    let blocks = usize::try_from(u64_at(at + 8)).unwrap();
    let fences = (0..blocks).map(|n| (u64_at(at + 16 + n * 16), u64_at(at + 24 + n * 16)));
    let Some((_, block)) = fences.rev().find(|(first, _)| *first <= key) else { return false };
    let block = usize::try_from(block).unwrap();
    let (shift, segments, seed) = (file[block + 12], u64::from(u32_at(block + 16)), u64_at(block + 24));
    let mut hash = key.wrapping_add(seed);
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^= hash >> 33;
    let length = 1_u64 << shift;
    let a = u64::try_from((u128::from(hash) * u128::from(segments * length)) >> 64).unwrap();
    let b = (a + length) ^ ((hash >> 18) & (length - 1));
    let d = (a + 2 * length) ^ (hash & (length - 1));
    let table = |at: u64| file[block + 32 + usize::try_from(at).unwrap()];
    table(a) ^ table(b) ^ table(d) == ((hash ^ (hash >> 32)) & 0xff) as u8
}

/// The stored example is read forever, and written the same.
#[test]
fn the_stored_example_is_read_as_the_document_says() {
    let sets = [numbers(1, 1000), numbers(2, 100), numbers(3, 1)];
    let contents = numbers(4, 50);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/filter-1.gainfilter");
    let bytes = written([&sets[0], &sets[1], &sets[2]], &contents);
    if std::env::var_os("WRITE_FIXTURES").is_some() {
        std::fs::write(path, &bytes).unwrap();
    }
    let stored = std::fs::read(path).unwrap();
    assert_eq!(stored, bytes);
    let filter = Filter::open(stored.clone()).unwrap();
    filter.verify().unwrap();
    for (part, (channel, set)) in (1..).zip(CHANNELS.into_iter().zip(&sets)) {
        assert!(set.iter().all(|key| has(&stored, part, key >> 8)));
        let others = numbers(9, 20_000);
        let found: BTreeSet<u64> = look_up(&filter, channel, &others).into_iter().collect();
        assert!(others.iter().all(|key| found.contains(key) == has(&stored, part, key >> 8)));
    }
    assert!(contents.iter().all(|key| has(&stored, 4, *key)));
}
