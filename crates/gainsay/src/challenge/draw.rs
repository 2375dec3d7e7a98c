//! The draw. All of it is SHA-256 over lines of text, so that a shell can check it (`docs/challenge.md`).

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::claim::{DrawnBy, DrawnFile};

/// A file as it is listed: its path, and its size at least and at most.
pub type Listed<'l> = (&'l [u8], Option<(u64, u64)>);

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What is told of a nonce, as 64 hexadecimal digits, before the draw: SHA-256 of those digits.
pub fn commitment(nonce: &str) -> String {
    hex(&Sha256::digest(nonce.as_bytes()))
}

/// What a draw follows from: SHA-256 of the nonce, the public value (empty where there is none) and SHA-256 of the listing, the hashes
/// in hexadecimal, each on a line, without a break at the end.
pub fn seed(nonce: &str, public: &str, listing: &str) -> String {
    hex(&Sha256::digest(format!("{nonce}\n{public}\n{listing}").as_bytes()))
}

/// Draws so many of these files, which are in the order of their paths, each path once; gives them in that order.
///
/// By files: those with the least SHA-256 of seed, line break and path. By bytes: of the bytes of all files, one behind the other, those
/// at the first 16 bytes of SHA-256 of seed, line break and number (from 1), as a number from the most significant byte, modulo how many
/// bytes there are; a file without an exact size has none.
pub fn draw(seed: &str, by: DrawnBy, count: u64, files: &[Listed<'_>]) -> Vec<DrawnFile> {
    let mut times: BTreeMap<usize, u64> = BTreeMap::new();
    match by {
        DrawnBy::Files => {
            let key = |(place, (path, _)): (usize, &(&[u8], _))| {
                let digest: [u8; 32] =
                    Sha256::new().chain_update(seed).chain_update("\n").chain_update(path).finalize().into();
                (digest, place)
            };
            let mut keys: Vec<([u8; 32], usize)> = files.iter().enumerate().map(key).collect();
            keys.sort_unstable();
            let count = usize::try_from(count).unwrap_or(usize::MAX);
            times.extend(keys.into_iter().take(count).map(|(_, place)| (place, 1)));
        }
        DrawnBy::Bytes => {
            let exact =
                |size: &Option<(u64, u64)>| size.filter(|(least, most)| least == most).map_or(0, |(bytes, _)| bytes);
            let mut ends: Vec<u128> = Vec::with_capacity(files.len());
            let mut all = 0_u128;
            for (_, size) in files {
                all += u128::from(exact(size));
                ends.push(all);
            }
            for number in 1..=count {
                let digest: [u8; 32] = Sha256::digest(format!("{seed}\n{number}").as_bytes()).into();
                let first = digest.first_chunk::<16>().map_or(0, |bytes| u128::from_be_bytes(*bytes));
                let Some(byte) = first.checked_rem(all) else { break };
                *times.entry(ends.partition_point(|end| *end <= byte)).or_default() += 1;
            }
        }
    }
    let drawn = |(place, times): (usize, u64)| {
        let (path, bytes) = files.get(place)?;
        Some(DrawnFile { path: String::from_utf8_lossy(path).into_owned(), bytes: *bytes, times })
    };
    times.into_iter().filter_map(drawn).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(paths: &[String]) -> Vec<Listed<'_>> {
        paths.iter().zip(0..).map(|(path, size)| (path.as_bytes(), Some((size, size)))).collect()
    }

    #[test]
    fn a_draw_is_the_same_for_everybody_and_another_with_another_seed() {
        let nonce = "00".repeat(32);
        // printf %s 00…00 | sha256sum
        assert_eq!(commitment(&nonce), "60e05bd1b195af2f94112fa7197a5c88289058840ce7c6df9693756bc6250f55");
        let one = seed(&nonce, "block", &"11".repeat(32));
        let paths: Vec<String> = (0..500).map(|n| format!("src/file{n:03}.c")).collect();
        let files = files(&paths);
        let drawn = draw(&one, DrawnBy::Files, 20, &files);
        assert_eq!(drawn, draw(&one, DrawnBy::Files, 20, &files));
        assert_eq!((drawn.len(), drawn.iter().map(|it| it.times).max()), (20, Some(1)));
        let other = seed(&nonce, "block 2", &"11".repeat(32));
        assert_ne!(drawn, draw(&other, DrawnBy::Files, 20, &files));
        // More than there are: all of them.
        assert_eq!(draw(&one, DrawnBy::Files, 900, &files).len(), 500);
        assert!(draw(&one, DrawnBy::Bytes, 9, &[]).is_empty());
    }

    #[test]
    fn files_are_drawn_evenly_and_bytes_by_size() {
        let paths: Vec<String> = (0..4).map(|n| format!("f{n}")).collect();
        let files = files(&paths);
        let (mut by_files, mut by_bytes) = ([0_u64; 4], [0_u64; 4]);
        for round in 0..2_000 {
            let seed = seed("n", &round.to_string(), "l");
            for (by, counts) in [(DrawnBy::Files, &mut by_files), (DrawnBy::Bytes, &mut by_bytes)] {
                for file in draw(&seed, by, 2, &files) {
                    let place = paths.iter().position(|path| *path == file.path).unwrap_or_default();
                    counts[place] += file.times;
                }
            }
        }
        // Of sizes 0, 1, 2 and 3: six bytes. Five standard deviations around what is expected.
        assert!(by_files.iter().all(|count| count.abs_diff(1_000) < 112), "{by_files:?}");
        let expected = [0, 667, 1_333, 2_000];
        assert!(by_bytes.iter().zip(expected).all(|(count, expected)| count.abs_diff(expected) < 160), "{by_bytes:?}");
        assert_eq!(by_bytes[0], 0);
    }
}
