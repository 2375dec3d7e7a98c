//! Filters: a compact file that says of fingerprints and contents whether a corpus has them, and nothing else of it.
//! `docs/filter-1.md` fixes the format byte by byte.

mod error;
mod fuse;
mod reader;
mod writer;

use twox_hash::XxHash3_64;

use crate::Channel;
use crate::segment::{offset, u64_at};

pub use error::FilterError;
pub use reader::Filter;
pub use writer::{FilterWriter, write_filter};

/// The first bytes of a filter of any version.
const MAGIC: [u8; 8] = *b"GAINFLT\x01";

/// The format's version.
const VERSION: u32 = 1;

/// Most keys of a block.
const KEYS: usize = 1 << 20;

/// Bytes of a block before its table, and of the checksum behind it.
const BLOCK_HEAD: usize = 32;
const CHECKSUM: usize = 8;

/// A block is no longer: more than 2^20 keys ever take.
const LONGEST_BLOCK: u64 = 4 << 20;

/// Bytes of the header's body before its names, and how many it has at most.
const ABOUT: usize = 73;
const LONGEST_ABOUT: usize = 1 << 20;

/// The longest name, in bytes.
const LONGEST_NAME: usize = 1 << 10;

/// Bytes of the tail: where the directory begins, the length of the file, a checksum.
const TAIL: usize = 24;

/// What a filter says of the corpus that it was made from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The corpus's name.
    pub name: String,
    /// Whether the company itself gave it away; otherwise everybody has it.
    pub published: bool,
    /// When the corpus was indexed, in seconds since 1970-01-01 UTC.
    pub indexed: i64,
    /// Distinct contents in it.
    pub contents: u64,
    /// Files, each version of each path once.
    pub files: u64,
    /// Bytes of the distinct contents.
    pub bytes: u64,
    /// How many packages it is known to hold.
    pub packages: u64,
    /// Names and versions of the first of them.
    pub names: Vec<String>,
}

/// What a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Fingerprint(Channel),
    Content,
}

impl Part {
    const ALL: [Part; 4] = [
        Part::Fingerprint(Channel::Text),
        Part::Fingerprint(Channel::Code),
        Part::Fingerprint(Channel::Parts),
        Part::Content,
    ];

    /// Where it stands in [`Part::ALL`].
    fn index(self) -> usize {
        Part::ALL.iter().position(|part| *part == self).unwrap_or_default()
    }

    fn name(self) -> &'static str {
        match self {
            Part::Fingerprint(Channel::Text) => "fingerprints of text",
            Part::Fingerprint(Channel::Code) => "fingerprints of code",
            Part::Fingerprint(Channel::Parts | Channel::Sketches) => "fingerprints of parts",
            Part::Content => "contents",
        }
    }
}

/// Where a block stands, and its first key.
#[derive(Clone, Copy, Debug)]
struct Fence {
    first: u64,
    at: u64,
}

/// The checksum of something: a block of a part (1 to 4), the header (0), the directory (5). It finds accidents; it has no key.
fn checksum(part: usize, block: usize, bytes: &[u8]) -> [u8; CHECKSUM] {
    XxHash3_64::oneshot_with_seed((part as u64) << 56 | block as u64, bytes).to_le_bytes()
}

/// The key of a content: the leading 64 bits of its BLAKE3.
fn content_key(blake3: &[u8]) -> u64 {
    blake3.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
}
