//! What a corpus is made of: its paths, segments of the index, and for each segment what it tells of.

/// A path of a corpus, and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// The repository, folder or file: its path, without links, byte for byte.
    pub path: Vec<u8>,
    /// Where it lies, in the company's words: a lab's share, a build farm. Several roots may have the same.
    pub place: Option<String>,
    /// The time whose state it is, in seconds since 1970-01-01 UTC, where it is a dated snapshot: a backup, an export. Snapshots of
    /// one corpus and one place are the history of what they hold.
    pub dated: Option<i64>,
}

/// A segment of the index, as the ledger names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentFile {
    /// BLAKE3 of its bytes, which names it.
    pub blake3: [u8; 32],
    /// Its length in bytes.
    pub bytes: u64,
    /// Pairs of a distinct content and an interval in which it stood.
    pub files: u64,
    /// Distinct contents.
    pub contents: u64,
    /// Bytes of the distinct contents.
    pub content_bytes: u64,
    /// Commits.
    pub commits: u64,
    /// Rows of the index.
    pub postings: u64,
    /// Bytes of memory that its tables take while a segment with them is written.
    pub tables: u64,
}

/// A part of a corpus that was read at one time into one segment, with what tells whether it still stands as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The repository, folder or file: its path, without links.
    pub source: Vec<u8>,
    /// BLAKE3 of the segment that tells of it.
    pub segment: [u8; 32],
    /// What of the source it is.
    pub extent: Extent,
    /// How many things in it could not be read.
    pub not_read: u64,
    /// The first of them, with the reason.
    pub not_read_names: Vec<String>,
}

impl Piece {
    /// The files that it is.
    pub fn stretch(&self) -> Option<&Stretch> {
        if let Extent::Stretch(stretch) = &self.extent { Some(stretch) } else { None }
    }

    /// What the filter says of itself that it is.
    pub fn filter(&self) -> Option<&Filtered> {
        if let Extent::Filter(filter) = &self.extent { Some(filter) } else { None }
    }

    /// How many packages it holds, as far as the layout of caches tells.
    pub fn packages(&self) -> u64 {
        let of_stretch = || self.stretch().and_then(|stretch| stretch.packages);
        self.filter().map(|filter| filter.packages).or_else(of_stretch).unwrap_or_default()
    }

    /// How far the repository was read with it.
    pub fn history(&self) -> Option<&History> {
        if let Extent::History(history) = &self.extent { Some(history) } else { None }
    }
}

/// What of its source a piece is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Files of a folder.
    Stretch(Stretch),
    /// Commits of a repository.
    History(History),
    /// A filter that stands for a corpus of somebody's: what the piece names is no segment, but that file.
    Filter(Filtered),
}

/// What a filter says of the corpus that it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filtered {
    /// When that was indexed, in seconds since 1970-01-01 UTC.
    pub indexed: i64,
    /// How many packages it is known to hold.
    pub packages: u64,
}

/// Files of a folder that follow each other in the order of their paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// It begins after this path in the folder; where there is none, at the beginning.
    pub after: Option<Vec<u8>>,
    /// It goes up to this path and holds it; where there is none, to the end.
    pub until: Option<Vec<u8>>,
    /// BLAKE3 of the names, sizes, times and inodes of the files, by which a change is found without reading them. All zeros, which
    /// no digest is, where a file was so young that a change could pass unseen.
    pub listing: [u8; 32],
    /// How many files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// How many packages their paths name, in the layouts of package caches; where they name none, it is not said.
    pub packages: Option<u64>,
}

/// How far a repository was read: adding it again begins here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// The reference whose first-parent line was followed, such as `refs/heads/main`.
    pub reference: Vec<u8>,
    /// The object id of the newest commit of the line.
    pub newest: Vec<u8>,
    /// Commits of the line so far.
    pub line: u32,
    /// Commits beside it so far.
    pub side: u32,
    /// A digest of all references and what they lead to: equal where nothing is new.
    pub tips: [u8; 32],
    /// Whether all of it could be read: only then can what is new be read by itself.
    pub whole: bool,
}
