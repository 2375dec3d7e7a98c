//! Filters of hostile bytes: no panic, no loop, no memory beyond the file's size times a constant; and what a whole one was made from
//! it has.
#![no_main]

use std::collections::BTreeSet;

use arbitrary::Arbitrary;
use fingerprint::{About, Channel, Filter, FilterWriter, Profile};
use libfuzzer_sys::fuzz_target;
use twox_hash::XxHash3_64;

const CHANNELS: [Channel; 3] = [Channel::Text, Channel::Code, Channel::Parts];

#[derive(Arbitrary, Debug)]
struct Input {
    fingerprints: [BTreeSet<u64>; 3],
    contents: BTreeSet<u64>,
    name: String,
    packages: Vec<String>,
    /// Bytes that are changed, by place and difference, before lengths and checksums are made right again.
    edits: Vec<(u16, u8)>,
    cut: Option<u16>,
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 8).map_or(0, |it| u64::from_le_bytes(it.try_into().unwrap_or_default()))
}

fn digest(key: u64) -> [u8; 32] {
    let mut digest = [0; 32];
    digest[..8].copy_from_slice(&key.to_be_bytes());
    digest
}

/// Writes the checksum of some bytes behind them.
fn seal(file: &mut [u8], from: usize, to: usize, seed: u64) {
    if from <= to && to + 8 <= file.len() {
        let sum = XxHash3_64::oneshot_with_seed(seed, &file[from..to]);
        file[to..to + 8].copy_from_slice(&sum.to_le_bytes());
    }
}

/// Makes every checksum right that can be found.
fn seal_all(file: &mut [u8]) {
    let length = file.len();
    let Some(tail) = length.checked_sub(24) else { return };
    let body = usize::try_from(u64_at(file, 8) >> 32).unwrap_or_default();
    seal(file, 0, 16 + body, 0);
    let directory = usize::try_from(u64_at(file, tail)).unwrap_or(usize::MAX);
    let mut blocks = Vec::new();
    let mut at = directory;
    for part in 1..=4_u64 {
        if at.saturating_add(16) > tail {
            break;
        }
        let count = usize::try_from(u64_at(file, at + 8)).unwrap_or(usize::MAX).min((tail - at - 16) / 16);
        blocks.extend((0..count).map(|n| (usize::try_from(u64_at(file, at + 24 + n * 16)), part << 56 | n as u64)));
        at += 16 + count * 16;
    }
    let ends: Vec<_> = blocks.iter().skip(1).map(|(at, _)| *at).chain([Ok(directory)]).collect();
    for ((from, seed), end) in blocks.into_iter().zip(ends) {
        if let (Ok(from), Some(to)) = (from, end.ok().and_then(|end| end.checked_sub(8))) {
            seal(file, from, to, seed);
        }
    }
    seal(file, directory, length - 8, 5 << 56);
}

fuzz_target!(|input: Input| {
    let Input { fingerprints, contents, name, packages, edits, cut } = input;
    let about = About { name, names: packages, packages: 7, ..About::default() };
    let Ok(mut writer) = FilterWriter::new(Vec::new(), Profile::one().id(), &about) else { return };
    for (channel, fingerprints) in CHANNELS.into_iter().zip(&fingerprints) {
        fingerprints.iter().for_each(|key| writer.fingerprint(channel, *key).expect("they ascend"));
    }
    for key in &contents {
        writer.content(digest(*key).first_chunk().expect("it is longer")).expect("they ascend");
    }
    let (mut file, _) = writer.finish().expect("memory takes it");
    let is_whole = edits.iter().all(|(_, difference)| *difference == 0) && cut.is_none();
    if !is_whole {
        for (at, difference) in edits {
            let at = usize::from(at) % file.len();
            file[at] ^= difference;
        }
        file.truncate(cut.map_or(file.len(), usize::from));
        seal_all(&mut file);
    }
    let filter = match Filter::open(file) {
        Ok(filter) => filter,
        Err(error) => {
            assert!(!is_whole, "{error}");
            return;
        }
    };
    assert!(filter.verify().is_ok() || !is_whole);
    for (channel, keys) in CHANNELS.into_iter().zip(&fingerprints) {
        let (keys, mut found): (Vec<u64>, _) = (keys.iter().copied().collect(), Vec::new());
        let answered = filter.look_up(channel, &keys, &mut |key| found.push(key));
        assert!(!is_whole || (answered.is_ok() && found == keys));
    }
    let digests: Vec<_> = contents.iter().map(|key| digest(*key)).collect();
    let found = filter.contents(&digests);
    assert!(!is_whole || found.is_ok_and(|found| found.len() == digests.len()));
});
