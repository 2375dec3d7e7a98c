//! The Merkle tree of RFC 6962, section 2.1, with SHA-256.
//!
//! `Edge` grows a tree leaf by leaf in memory logarithmic in its size; `Tree` keeps the whole of it to prove membership.

use sha2::{Digest, Sha256};

/// A SHA-256 digest.
pub type Hash = [u8; 32];

/// SHA-256 over the parts, one after the other.
pub fn sha256(parts: &[&[u8]]) -> Hash {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// The hash of a leaf. The leading zero keeps a leaf from ever passing for an inner node.
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    sha256(&[&[0], leaf])
}

fn node_hash(left: &Hash, right: &Hash) -> Hash {
    sha256(&[&[1], left, right])
}

/// The complete subtrees of a growing tree, largest first: all that is needed to add a leaf and to state the root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edge {
    size: u64,
    subtrees: Vec<Hash>,
}

impl Edge {
    /// The edge of a tree of `size` leaves from its stored bytes; `None` where their number does not fit the size.
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Option<Edge> {
        let (subtrees, rest) = bytes.as_chunks::<32>();
        (rest.is_empty() && subtrees.len() == size.count_ones() as usize)
            .then(|| Edge { size, subtrees: subtrees.to_vec() })
    }

    /// The bytes that `from_bytes` takes: 32 for each complete subtree.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.subtrees.concat()
    }

    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds one leaf, given by its hash.
    pub fn push(&mut self, leaf: Hash) {
        let mut node = leaf;
        // Each trailing one bit of the size is a complete subtree that this leaf completes into a larger one.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.subtrees.pop() {
                node = node_hash(&left, &node);
            }
        }
        self.subtrees.push(node);
        self.size += 1;
    }

    /// The root; of no leaves, the hash of nothing.
    pub fn root(&self) -> Hash {
        let mut subtrees = self.subtrees.iter().rev();
        match subtrees.next() {
            None => sha256(&[]),
            Some(last) => subtrees.fold(*last, |right, left| node_hash(left, &right)),
        }
    }
}

/// A whole tree. Holds 64 bytes a leaf.
pub struct Tree {
    /// `levels[n]` holds the hashes of the complete subtrees of 2^n leaves, from the left.
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    /// The tree over these leaf hashes.
    pub fn new(leaves: Vec<Hash>) -> Tree {
        let mut levels = vec![leaves];
        while let Some(level) = levels.last().filter(|level| level.len() > 1) {
            let (pairs, _) = level.as_chunks::<2>();
            let above = pairs.iter().map(|[left, right]| node_hash(left, right)).collect();
            levels.push(above);
        }
        Tree { levels }
    }

    /// Number of leaves.
    pub fn size(&self) -> usize {
        self.levels[0].len()
    }

    /// The audit path of leaf `index` (RFC 6962, section 2.1.1), lowest first; `None` where there is no such leaf.
    pub fn proof(&self, index: usize) -> Option<Vec<Hash>> {
        if index >= self.size() {
            return None;
        }
        let (mut start, mut end) = (0, self.size());
        let mut path = Vec::new();
        while end - start > 1 {
            let middle = start + split(end - start);
            if index < middle {
                path.push(self.subtree(middle, end));
                end = middle;
            } else {
                path.push(self.subtree(start, middle));
                start = middle;
            }
        }
        path.reverse();
        Some(path)
    }

    fn subtree(&self, start: usize, end: usize) -> Hash {
        let width = end - start;
        if width.is_power_of_two() {
            let level = width.trailing_zeros() as usize;
            return self.levels[level][start >> level];
        }
        let middle = start + split(width);
        node_hash(&self.subtree(start, middle), &self.subtree(middle, end))
    }
}

/// The largest power of two smaller than `width`, for `width` of at least two.
fn split(width: usize) -> usize {
    1 << (width - 1).ilog2()
}

/// The root that a leaf's audit path leads to (RFC 9162, section 2.1.3.2); `None` where the path does not fit the place.
pub fn root_from_proof(leaf: Hash, index: u64, size: u64, path: &[Hash]) -> Option<Hash> {
    if index >= size {
        return None;
    }
    let (mut place, mut last, mut node) = (index, size - 1, leaf);
    for sibling in path {
        if last == 0 {
            return None;
        }
        if place & 1 == 1 || place == last {
            node = node_hash(sibling, &node);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            node = node_hash(&node, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    (last == 0).then_some(node)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The definition in RFC 6962, word for word.
    fn naive_root(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => sha256(&[]),
            [leaf] => *leaf,
            _ => {
                let (left, right) = leaves.split_at(split(leaves.len()));
                node_hash(&naive_root(left), &naive_root(right))
            }
        }
    }

    fn hex(hash: Hash) -> String {
        hash.iter().map(|b| format!("{b:02x}")).collect()
    }

    #[test]
    fn known_roots_of_certificate_transparency() {
        // Test vectors of the reference implementation (certificate-transparency, merkletree/merkle_tree_test.cc).
        let inputs: [&[u8]; 4] = [&[], &[0], &[0x10], &[0x20, 0x21]];
        let mut edge = Edge::default();
        assert_eq!(hex(edge.root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        let roots = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ];
        for (input, root) in inputs.iter().zip(roots) {
            edge.push(leaf_hash(input));
            assert_eq!(hex(edge.root()), root);
        }
    }

    proptest! {
        #[test]
        fn edge_tree_and_definition_agree(count in 0_u64..70) {
            let leaves: Vec<Hash> = (0..count).map(|n| leaf_hash(&n.to_le_bytes())).collect();
            let mut edge = Edge::default();
            leaves.iter().for_each(|leaf| edge.push(*leaf));
            let tree = Tree::new(leaves.clone());
            prop_assert_eq!(edge.root(), naive_root(&leaves));
            prop_assert_eq!(Edge::from_bytes(count, &edge.to_bytes()), Some(edge.clone()));
            for (index, leaf) in leaves.iter().enumerate() {
                let path = tree.proof(index).unwrap();
                prop_assert_eq!(root_from_proof(*leaf, index as u64, count, &path), Some(edge.root()));
                prop_assert_ne!(root_from_proof(leaf_hash(b"another"), index as u64, count, &path), Some(edge.root()));
                if count > 1 {
                    prop_assert_eq!(root_from_proof(*leaf, index as u64, count, &path[1..]).filter(|r| *r == edge.root()), None);
                }
            }
        }
    }
}
