//! The numbers of the format: sections, blocks, checksums.

use twox_hash::XxHash3_64;

use crate::Channel;

/// The first bytes of a segment of any version.
pub(super) const MAGIC: [u8; 8] = *b"GAINSEG\x01";

/// The format's version.
pub(super) const VERSION: u32 = 2;

/// Bytes of a block.
pub(super) const BLOCK: usize = 4096;

/// Bytes of a block before its checksum.
pub(super) const PAYLOAD: usize = BLOCK - 8;

/// Leading bits of a fingerprint that are stored.
pub(crate) const STORED_BITS: u32 = 56;

/// Bytes of an entry of the footer's table of sections.
pub(super) const ENTRY: usize = 64;

/// Most columns of a table.
pub(super) const COLUMNS: usize = 12;

/// Where the footer's table of sections begins.
pub(super) const ENTRIES: usize = 112;

/// Paths from one that is written whole to the next one.
pub(super) const RESTART: u64 = 16;

/// Defines the sections in the order in which they stand in the file.
macro_rules! sections {
    ($($name:ident = $number:literal, $words:literal;)+) => {
        /// A part of the file; blocks of one never pass for those of another.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Section {
            Header,
            $($name,)+
            Footer,
        }

        impl Section {
            /// Those with an entry in the footer.
            pub(super) const ALL: [Section; 14] = [$(Section::$name,)+];

            /// Its number in the file.
            pub(super) fn number(self) -> u8 {
                match self {
                    Section::Header => 0,
                    $(Section::$name => $number,)+
                    Section::Footer => 15,
                }
            }

            pub(super) fn name(self) -> &'static str {
                match self {
                    Section::Header => "header",
                    $(Section::$name => $words,)+
                    Section::Footer => "footer",
                }
            }
        }
    };
}

sections! {
    Text = 1, "fingerprints of text";
    Code = 2, "fingerprints of code";
    Parts = 3, "fingerprints of parts";
    TextFence = 4, "fence of text";
    CodeFence = 5, "fence of code";
    PartsFence = 6, "fence of parts";
    Groups = 7, "groups";
    Intervals = 8, "intervals";
    Paths = 9, "paths";
    Restarts = 10, "restarts of paths";
    Lines = 11, "lines";
    Commits = 12, "commits";
    Contents = 13, "contents";
    ContentsByOid = 14, "contents by object id";
}

impl Section {
    /// Where it stands in [`Section::ALL`].
    pub(super) fn index(self) -> usize {
        usize::from(self.number()).saturating_sub(1)
    }

    /// The postings of a channel.
    pub(super) fn postings(channel: Channel) -> Self {
        match channel {
            Channel::Text => Section::Text,
            Channel::Code => Section::Code,
            Channel::Parts | Channel::Sketches => Section::Parts,
        }
    }

    /// The fence of a channel's postings.
    pub(super) fn fence(channel: Channel) -> Self {
        match channel {
            Channel::Text => Section::TextFence,
            Channel::Code => Section::CodeFence,
            Channel::Parts | Channel::Sketches => Section::PartsFence,
        }
    }
}

/// The channels in the order in which their postings stand in the file.
pub(super) const CHANNELS: [Channel; 3] = [Channel::Text, Channel::Code, Channel::Parts];

/// The checksum of a block's payload. It finds accidents, among them a block in the wrong place; it has no key.
pub(super) fn checksum(section: Section, block: u64, payload: &[u8]) -> [u8; 8] {
    let seed = u64::from(section.number()) << 56 | block;
    XxHash3_64::oneshot_with_seed(seed, payload).to_le_bytes()
}

/// The little-endian number at an offset; bytes beyond the end read as 0.
pub(crate) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..).and_then(|bytes| bytes.first_chunk()).map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// A number as an offset in memory; one that no memory has leads past every end.
pub(crate) fn offset(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
