//! Segments: an immutable file that says where fingerprints and contents stand in a company's files and their
//! history. `docs/segment-2.md` fixes the format byte by byte.

mod aside;
mod bits;
mod blocks;
mod error;
mod join;
mod layout;
mod merge;
mod postings;
mod reader;
mod sorter;
mod table;
mod verify;
mod writer;

pub use blocks::ReadAt;
pub use error::SegmentError;
pub(crate) use join::{JoinedLine, Piece, join, joined_lines};
pub(crate) use layout::{STORED_BITS, offset, u64_at};
pub use merge::merge;
pub(crate) use merge::{all_contents, all_fingerprints};
pub(crate) use postings::stored;
pub use reader::Segment;
pub use sorter::{SortedRows, Sorter};
pub use writer::SegmentWriter;

/// What the commits of a line are to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LineKind {
    /// One state of a folder, with one commit that has no object id.
    State,
    /// Commits in first-parent order, oldest first. An interval says that the content stood there from its first
    /// commit to its last, both included, and neither just before nor just after.
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

/// A row of commits to which intervals refer. A segment may tell of a part of it; an index joins the parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where it comes from: the path of the repository or folder, as it was given.
    pub name: Vec<u8>,
    /// The branch, such as `refs/heads/main`; empty for a folder and for a side.
    pub reference: Vec<u8>,
    /// What the commits are to each other.
    pub kind: LineKind,
    /// The number of the first commit told of, counted from the line's oldest.
    pub begin: u32,
    /// How many commits are told of.
    pub commits: u32,
}

/// One distinct content of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// The first half of the BLAKE3 of its bytes.
    pub blake3: [u8; 16],
    /// Its git object id, of 20 or 32 bytes; empty where it was never in a repository.
    pub oid: Vec<u8>,
    /// Its length in bytes.
    pub bytes: u64,
    /// What it was taken for.
    pub kind: crate::Kind,
}

/// Where something stood, as far as one segment tells: at one path, on one line, between commits that are counted from
/// the oldest of the whole line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interval {
    /// The path inside the line's repository or folder.
    pub path: PathId,
    /// The line.
    pub line: LineId,
    /// Its first commit; `None` where it stood just before the commits that the segment tells of.
    pub first: Option<u32>,
    /// Its last commit; `None` where it still stood at the newest commit that the segment tells of. Where `first` is
    /// `None`, it may be the commit just before those that the segment tells of: what stood there is gone.
    pub last: Option<u32>,
}

/// How much a segment holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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
    /// Distinct fingerprints of all channels.
    pub fingerprints: u64,
    /// Pairs of a fingerprint and an interval in which it stood.
    pub postings: u64,
    /// Bytes of the segment.
    pub bytes: u64,
}

/// Defines the number of a thing.
macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        $($(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);)+
    };
}

numbers! {
    /// The number of a line: in a segment in the order in which lines were added, in an index in its own.
    LineId,
    /// The number of a path: in a writer in the order in which paths were added, in an index in the order of their bytes.
    PathId,
    /// The number of an interval in its segment, in the order in which they were added.
    IntervalId,
}
