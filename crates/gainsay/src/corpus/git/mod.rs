//! A git repository with its whole history, or with what is new of it, to a segment of its own.
//!
//! Everything is read once. The delta forest of the packs gives commits and trees; comparing each commit's tree with its
//! first parent's gives the versions of each path; from one version to the next is an *edge*. Then the forest gives the
//! blobs, each with its grams, of which it inherits most from the blob that it is stored as a change of: the differences
//! along the deltas between both ends of an edge add up to the edge's. They are sorted, and become intervals.
//!
//! What takes memory beside the budget: about 24 bytes for each packed object, 8 for each entry of a tree (beyond the budget
//! in a file), 40 for each version of a path, and the tables of the segment.

mod blobs;
mod commits;
mod forest;
mod objects;
mod plan;
mod rows;
mod trees;
mod versions;

use std::io::Write;
use std::path::Path;

use fingerprint::{Profile, SegmentError, SegmentWriter};

/// How a repository is read.
pub(super) struct Options<'o> {
    pub(super) profile: &'o Profile,
    /// Where rows that exceed the memory are kept, in unnamed files.
    pub(super) folder: &'o Path,
    /// Bytes of memory for rows.
    pub(super) memory: usize,
    pub(super) threads: usize,
}

/// What an earlier reading left of a repository: enough to read only what came since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Since {
    /// The reference whose line was read.
    pub(super) reference: Vec<u8>,
    /// The ids of the line's commits, oldest first.
    pub(super) line: Vec<Vec<u8>>,
    /// The ids of all commits beside it that were read, in the order of their numbers.
    pub(super) side: Vec<Vec<u8>>,
}

/// What was read of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Read {
    /// Of the references as they were read: see [`digest`].
    pub(super) digest: [u8; 32],
    /// The reference whose line was read.
    pub(super) reference: Vec<u8>,
    /// The id of the newest commit of the line.
    pub(super) newest: Vec<u8>,
    /// How many commits the line has now.
    pub(super) line: u32,
    /// How many commits beside it were read by now.
    pub(super) side: u32,
    /// Bytes of the distinct contents read.
    pub(super) bytes: u64,
    /// Something was written to the segment; where nothing was, the segment is not worth keeping.
    pub(super) written: bool,
}

/// What became of a reading.
pub(super) enum Outcome {
    Read(Read),
    /// The line is no longer a continuation of the one read before: read all, and forget what was read before.
    Rewritten,
    /// There is no commit to read; why, in a sentence.
    Unreadable(String),
}

/// Told while a repository is read.
pub(super) enum Event {
    /// So many commits of so many are compared.
    Commits(u64, u64),
    /// So many contents of so many are fingerprinted, of so many bytes.
    Contents(u64, u64, u64),
    /// Something was not read.
    Problem(String),
}
