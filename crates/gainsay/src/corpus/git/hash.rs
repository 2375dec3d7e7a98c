//! BLAKE3 of contents that are edits of each other: what an edit leaves at its place is not hashed again.

use blake3::hazmat::{ChainingValue, HasherExt, Mode, merge_subtrees_non_root, merge_subtrees_root};
use fingerprint::Copied;

use super::forest::index;

/// Bytes of a block. So many fill the widest vectors; each block but the last is a whole part of BLAKE3's tree.
const BLOCK: usize = 1 << 14;

/// What each full block of a content adds to its BLAKE3; nothing for a content that has no other.
#[derive(Default)]
pub(super) struct Blocks(Vec<ChainingValue>);

impl Blocks {
    /// The BLAKE3 of a content and its blocks, of which those in the runs of `copied` are those of a base, where they stand
    /// at the same place.
    pub(super) fn of(bytes: &[u8], base: &Blocks, copied: &[Copied]) -> (blake3::Hash, Self) {
        if bytes.len() <= BLOCK {
            return (blake3::hash(bytes), Blocks::default());
        }
        let mut values = Vec::with_capacity(bytes.len().div_ceil(BLOCK));
        for Copied { to, length, .. } in copied.iter().filter(|run| run.from == run.to) {
            let (first, end) = (index(*to).div_ceil(BLOCK), (index(*to) + index(*length)) / BLOCK);
            if let Some(known @ [_, ..]) = base.0.get(first..end) {
                hash_blocks(bytes, first, &mut values);
                values.extend_from_slice(known);
            }
        }
        hash_blocks(bytes, bytes.len().div_ceil(BLOCK), &mut values);
        let (left, right) = halves(&values);
        let hash = merge_subtrees_root(&merged(left), &merged(right), Mode::Hash);
        values.truncate(bytes.len() / BLOCK);
        (hash, Blocks(values))
    }
}

/// Hashes the blocks up to, and without, number `end`.
fn hash_blocks(bytes: &[u8], end: usize, values: &mut Vec<ChainingValue>) {
    for (number, block) in bytes.chunks(BLOCK).enumerate().take(end).skip(values.len()) {
        let mut hasher = blake3::Hasher::new();
        hasher.set_input_offset((number * BLOCK) as u64).update(block);
        values.push(hasher.finalize_non_root());
    }
}

/// As BLAKE3 parts them: on the left the greatest power of two that leaves something on the right.
fn halves(values: &[ChainingValue]) -> (&[ChainingValue], &[ChainingValue]) {
    values.split_at(values.len().next_power_of_two() / 2)
}

fn merged(values: &[ChainingValue]) -> ChainingValue {
    match values {
        [] => ChainingValue::default(),
        [single] => *single,
        several => {
            let (left, right) = halves(several);
            merge_subtrees_non_root(&merged(left), &merged(right), Mode::Hash)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bytes(length: usize, seed: u8) -> Vec<u8> {
        (0u8..251).cycle().take(length).map(|byte| byte ^ seed).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn hashes_are_those_of_blake3(
            length in prop_oneof![0usize..300_000, (0usize..18, 0usize..3).prop_map(|(n, d)| (n * BLOCK + d).saturating_sub(1))],
            new in 0usize..300_000,
            runs in prop::collection::vec((0usize..90_000, 0usize..120_000, any::<bool>()), 0..6),
        ) {
            let base = bytes(length, 0);
            let (hash, blocks) = Blocks::of(&base, &Blocks::default(), &[]);
            prop_assert_eq!(hash, blake3::hash(&base));
            let mut now = bytes(new, 1);
            let (mut copied, mut at) = (Vec::new(), 0);
            for (gap, run, shifted) in runs {
                let from = if shifted { at + gap / 2 } else { at + gap };
                let run = run.min(now.len().saturating_sub(at + gap)).min(base.len().saturating_sub(from));
                now[(at + gap).min(new)..][..run].copy_from_slice(&base[from.min(length)..][..run]);
                let [from, to, length] = [from, at + gap, run].map(|place| u32::try_from(place).unwrap_or(0));
                copied.push(Copied { from, to, length });
                at += gap + run;
            }
            let (hash, again) = Blocks::of(&now, &blocks, &copied);
            prop_assert_eq!(hash, blake3::hash(&now));
            prop_assert_eq!(again.0, Blocks::of(&now, &Blocks::default(), &[]).1.0);
        }
    }
}
