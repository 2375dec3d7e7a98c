//! Segments: an immutable file that says where fingerprints and contents stand in a company's files and their
//! history. `docs/segment-1.md` fixes the format byte by byte.

mod blocks;
mod error;
mod history;
mod layout;
mod reader;
mod verify;
mod writer;

pub use blocks::ReadAt;
pub use error::SegmentError;
pub use history::{PathHistory, Version};
pub use reader::Segment;
pub use writer::SegmentWriter;

/// What the commits of a line are to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LineKind {
    /// One state of a folder, with one commit that has no object id.
    State,
    /// Commits in first-parent order, oldest first. An interval says that the content stood there from its first
    /// commit to its last, both included.
    History,
    /// Commits beside a line (other branches, tags, what was merged), by time. An interval says only that the first
    /// and the last commit that brought the content are these: not that it stood there in between.
    Side,
}

/// A place of a line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Commit {
    /// The object id: empty for the state of a folder, 20 bytes for SHA-1, 32 for SHA-256.
    pub oid: Vec<u8>,
    /// Seconds since 1970-01-01 UTC: the committer's time, or when the folder was read.
    pub time: i64,
}

/// A row of commits to which intervals refer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where it comes from: the path of the repository or folder, as it was given.
    pub name: Vec<u8>,
    /// The branch, such as `refs/heads/main`; empty for a folder.
    pub reference: Vec<u8>,
    /// What the commits are to each other.
    pub kind: LineKind,
    /// How many there are.
    pub commits: u32,
}

/// One distinct content of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// BLAKE3 of its bytes.
    pub blake3: [u8; 32],
    /// Its git object id; empty where it was never in a repository.
    pub oid: Vec<u8>,
    /// Its length in bytes.
    pub bytes: u64,
    /// What it was taken for.
    pub kind: crate::Kind,
    /// How many distinct fingerprints it has.
    pub fingerprints: u32,
}

/// Where something stood: at one path, from one commit of a line to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interval {
    /// The path inside the line's repository or folder.
    pub path: PathId,
    /// The line.
    pub line: LineId,
    /// The number of its first commit in the line.
    pub first: u32,
    /// The number of its last commit in the line.
    pub last: u32,
}

/// One answer of the index: this fingerprint stood in this interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Posting {
    /// The fingerprint asked for.
    pub fingerprint: u64,
    /// Where it stood.
    pub interval: IntervalId,
}

/// How much a segment holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Lines.
    pub lines: u64,
    /// Commits of all lines.
    pub commits: u64,
    /// Distinct paths.
    pub paths: u64,
    /// Distinct contents.
    pub contents: u64,
    /// Pairs of a content and an interval in which it stood.
    pub files: u64,
    /// Distinct intervals.
    pub intervals: u64,
    /// Pairs of a fingerprint and an interval in which it stood.
    pub postings: u64,
    /// Bytes of the segment.
    pub bytes: u64,
}

/// Defines the number of a thing inside one segment.
macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        $($(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);)+
    };
}

numbers! {
    /// The number of a line in its segment.
    LineId,
    /// The number of a path in its segment; paths are numbered in the order of their bytes.
    PathId,
    /// The number of a content in its segment; contents are numbered in the order of their BLAKE3.
    ContentId,
    /// The number of an interval in its segment; intervals are numbered in their own order.
    IntervalId,
}
