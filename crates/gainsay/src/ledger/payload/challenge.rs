//! What entries record of challenges: what was committed to, what was drawn, and what came.

use minicbor::{Decode, Encode};

use crate::claim::{DrawnBy, DrawnFile, EntryId};
use crate::ledger::canonical;

/// `challenge/1`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ChallengeOpened {
    /// The case.
    #[n(0)]
    pub case: EntryId,
    /// The listing's source entry.
    #[n(1)]
    pub listing: EntryId,
    /// What made it.
    #[n(2)]
    pub format: String,
    /// Files that it lists: each path once.
    #[n(3)]
    pub files: u64,
    /// Their bytes, where all sizes are exact.
    #[n(4)]
    pub bytes: Option<u64>,
    /// 64 hexadecimal digits that are told when something is drawn; before that their SHA-256.
    #[n(5)]
    pub nonce: String,
}

/// `draw/1`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ChallengeDrawn {
    /// The case.
    #[n(0)]
    pub case: EntryId,
    /// The entry that opened the challenge.
    #[n(1)]
    pub challenge: EntryId,
    /// The listing's source entry: with it go the paths.
    #[n(2)]
    pub listing: EntryId,
    /// The value that nobody could choose.
    #[n(3)]
    pub public: Option<String>,
    /// What the draw follows from, in hexadecimal.
    #[n(4)]
    pub seed: String,
    /// What the draw is even over.
    #[cbor(n(5), with = "canonical::word")]
    pub by: DrawnBy,
    /// Confidence of the interval in thousandths.
    #[n(6)]
    pub confidence: u32,
    /// The files, in the order of their paths.
    #[n(7)]
    pub files: Vec<DrawnFileV1>,
}

/// `answer/1`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ChallengeAnswered {
    /// The case.
    #[n(0)]
    pub case: EntryId,
    /// The entry that opened the challenge.
    #[n(1)]
    pub challenge: EntryId,
    /// The draw that it answers.
    #[n(2)]
    pub draw: EntryId,
    /// The source entries that it was drawn from: the listing, and what came.
    #[n(3)]
    pub sources: Vec<EntryId>,
    /// The matches that it rests on.
    #[n(4)]
    pub matches: Vec<EntryId>,
    /// Whose corpora it was held against.
    #[n(5)]
    pub owner: String,
    /// For each drawn file the word of what became of it, and as which file it came.
    #[n(6)]
    pub outcomes: Vec<(String, Option<String>)>,
    /// How many of the draws were genuine.
    #[n(7)]
    pub genuine: u64,
    /// At least and at most so many of the listed files, or millionths of the listed bytes, are genuine.
    #[n(8)]
    pub interval: (u64, u64),
    /// The command that computes it again.
    #[n(9)]
    pub command: String,
}

twin!(DrawnFileV1 of DrawnFile { 0 path: plain String, 1 bytes: plain Option<(u64, u64)>, 2 times: plain u64 });
