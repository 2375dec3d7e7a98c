//! What is wrong with a file, or with one entry of it.

use std::fmt;

use minicbor::{Decode, Encode};

/// One thing that is wrong with one file or entry; the rest is read all the same.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Finding {
    /// The file or entry, as in [`Event::File`](crate::Event::File).
    #[n(0)]
    pub path: String,
    /// What is wrong.
    #[n(1)]
    pub kind: FindingKind,
    /// The particulars, in words.
    #[n(2)]
    pub detail: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.path, self.kind, self.detail)
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])+ $index:literal $name:ident = $words:literal,)+) => {
        /// What can be wrong with a file or entry.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Encode, Decode)]
        #[cbor(index_only)]
        #[non_exhaustive]
        pub enum FindingKind { $($(#[$doc])+ #[n($index)] $name,)+ }

        impl FindingKind {
            /// Every kind.
            pub const ALL: &'static [FindingKind] = &[$(FindingKind::$name,)+];

            /// The kind in a few stable words.
            pub fn words(self) -> &'static str {
                match self { $(FindingKind::$name => $words,)+ }
            }
        }
    };
}

kinds! {
    /// There is not a byte in it.
    0 Empty = "empty",
    /// A text was wanted, and this is none.
    1 Binary = "not a text",
    /// A document larger than `Limits::document_bytes`.
    2 TooLarge = "too large",
    /// The operating system would not read it.
    3 Unreadable = "unreadable",
    /// Damaged: a checksum, a structure or a stream does not hold.
    4 Corrupt = "corrupt",
    /// It ends before it should.
    5 Truncated = "truncated",
    /// Encrypted, and no password is known.
    6 Encrypted = "encrypted",
    /// A compression method or feature that is not read.
    7 Unsupported = "unsupported",
    /// It grows by more than `Limits::ratio`: a decompression bomb, or nearly nothing but repetition.
    8 Bomb = "decompression bomb",
    /// More than `Limits::entries`; the rest was not read.
    9 TooManyEntries = "too many entries",
    /// More than `Limits::output_bytes`; the rest was not read.
    10 TooManyBytes = "too many bytes",
    /// An archive deeper than `Limits::depth`, passed on unopened.
    11 TooDeep = "nested too deep",
    /// An archive inside an archive larger than `Limits::nested_bytes`, passed on unopened.
    12 NestedTooLarge = "nested archive too large",
    /// A name that is absolute, climbs up, or cannot be shown as it is.
    13 UnsafeName = "unsafe name",
    /// A name that the archive used before.
    14 DuplicateName = "duplicate name",
    /// A symbolic or hard link, device or pipe: nothing to read.
    15 NotAFile = "not a file",
    /// The archive states another size than was found.
    16 WrongSize = "wrong size",
    /// Bytes that belong to no entry.
    17 StrayBytes = "stray bytes",
    /// Characters that the encoding does not have; each was replaced by U+FFFD.
    18 Undecodable = "undecodable characters",
    /// No article was recognised, so that the whole page's text was taken.
    19 NoArticle = "no article found",
    /// The parser failed inside, and was stopped at this file.
    20 ParserFailed = "parser failed",
    /// The worker died, hung or was killed at a limit; the file was left where it was.
    21 WorkerDied = "worker died",
    /// The worker broke the rules of its frames, and was killed.
    22 WorkerLied = "worker broke the rules",
    /// More findings than are listed one by one.
    23 TooManyFindings = "more findings",
    /// Text that the page does not show was left out.
    24 HiddenText = "hidden text",
    /// An entry of a list, feed, chat or mailbox that is not what it should be.
    25 NotAnEntry = "not an entry",
}

impl fmt::Display for FindingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}
