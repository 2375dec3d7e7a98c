//! The numbers of the format: sections, row widths, the header.

/// The first bytes of a segment.
pub(super) const MAGIC: [u8; 8] = *b"GAINSEG\x01";

/// The format's version.
pub(super) const VERSION: u32 = 1;

/// Bytes of a block.
pub(super) const BLOCK: usize = 4096;

/// Bytes of a block that hold rows; the others are its tag.
pub(super) const PAYLOAD: usize = 4080;

/// Where the section table begins in the header's payload.
pub(super) const TABLE: usize = 64;

/// Bytes of an entry of the section table.
pub(super) const ENTRY: usize = 64;

/// The longest object id.
pub(super) const OID: usize = 32;

/// The sections, in the order in which they stand in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Strings,
    Paths,
    Lines,
    Commits,
    Contents,
    ContentsByOid,
    Files,
    Intervals,
    Postings,
}

impl Section {
    pub(super) const ALL: [Section; 9] = [
        Section::Strings,
        Section::Paths,
        Section::Lines,
        Section::Commits,
        Section::Contents,
        Section::ContentsByOid,
        Section::Files,
        Section::Intervals,
        Section::Postings,
    ];

    /// Its number in the file, from 1; 0 is the header.
    pub(super) fn number(self) -> u32 {
        match self {
            Section::Strings => 1,
            Section::Paths => 2,
            Section::Lines => 3,
            Section::Commits => 4,
            Section::Contents => 5,
            Section::ContentsByOid => 6,
            Section::Files => 7,
            Section::Intervals => 8,
            Section::Postings => 9,
        }
    }

    /// Where it stands in [`Section::ALL`].
    pub(super) fn index(self) -> usize {
        self as usize
    }

    /// Bytes of a row.
    pub(super) fn width(self) -> usize {
        match self {
            Section::Strings => 1,
            Section::Paths => 12,
            Section::Lines => 40,
            Section::Commits => 40,
            Section::Contents => 80,
            Section::ContentsByOid => 4,
            Section::Files => 8,
            Section::Intervals => 16,
            Section::Postings => 12,
        }
    }

    /// Rows of a block.
    pub(super) fn rows_per_block(self) -> usize {
        PAYLOAD / self.width()
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Section::Strings => "strings",
            Section::Paths => "paths",
            Section::Lines => "lines",
            Section::Commits => "commits",
            Section::Contents => "contents",
            Section::ContentsByOid => "contents by object id",
            Section::Files => "files",
            Section::Intervals => "intervals",
            Section::Postings => "postings",
        }
    }
}

/// The tag of a block: it finds a flipped byte and a block that stands in the wrong place.
pub(super) fn tag(section: u32, block: u64, payload: &[u8]) -> [u8; BLOCK - PAYLOAD] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&section.to_le_bytes()).update(&block.to_le_bytes()).update(payload);
    let mut tag = [0; BLOCK - PAYLOAD];
    hasher.finalize_xof().fill(&mut tag);
    tag
}

/// Little-endian numbers of a row whose width was checked when the segment was opened; bytes beyond it read as 0.
pub(super) fn u32_at(row: &[u8], at: usize) -> u32 {
    row.get(at..).and_then(|bytes| bytes.first_chunk()).map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

/// See [`u32_at`].
pub(super) fn u64_at(row: &[u8], at: usize) -> u64 {
    row.get(at..).and_then(|bytes| bytes.first_chunk()).map_or(0, |bytes| u64::from_le_bytes(*bytes))
}
