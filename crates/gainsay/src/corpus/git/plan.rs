//! Which differences along the deltas of the packs make up which edges.
//!
//! The grams of a blob are those of its tree's root, plus what changes along the deltas down to it. So an edge between two
//! blobs of one tree is made up of the deltas on the way from one to the other: those that have just one of both below
//! them. Where there is no way, or a long one, both blobs are counted in full.

use super::objects::{Forest, NONE, Number, Objects};
use super::versions::Edge;

/// The names of files tell their language; those that end alike are read alike.
pub(super) struct Languages {
    names: Vec<Vec<u8>>,
    of_path: Vec<u16>,
}

/// What is to be done with each blob.
pub(super) struct Plan {
    /// Blob (30 bits), whether it counts in full (1), edge (31), whether it is taken off (1). Sorted.
    tasks: Vec<u64>,
    /// Of each packed object: the number of its language plus one, or 0 where nobody asks for it.
    languages: Vec<u16>,
    /// Of each packed object, whether it or anything that rests on it is asked for.
    needed: Vec<bool>,
    /// Blobs that are not part of the forest, with their languages.
    pub(super) alone: Vec<(Number, u16)>,
}

/// What a blob adds to an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Task {
    /// All its grams count, not just those that differ from its base's.
    pub(super) full: bool,
    /// The number of the edge, doubled, plus one where the blob goes.
    pub(super) code: u32,
}

impl Task {
    pub(super) fn edge(self) -> usize {
        (self.code >> 1) as usize
    }

    pub(super) fn goes(self) -> bool {
        self.code & 1 == 1
    }
}
