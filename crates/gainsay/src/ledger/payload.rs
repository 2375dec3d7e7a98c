//! What entries record, and the bytes that it has forever.
//!
//! Each kind carries its version in its name and is never rewritten: a change of meaning is a new version beside the old.
//! The bytes of every version are a fixture of the tests (`payload/tests.rs`) and decode forever. Numbers that
//! hashes depend on are integers; there is no floating point in the ledger.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use super::{Error, canonical};
use crate::claim::{
    Channels, CorpusRole, EntryId, Extent, Filtered, History, Piece, Root, SegmentFile, Span, Stretch, Tlp,
};
pub use account::AccountSet;
pub use assessed::{AssessedV2, CaseAssessed, CorpusStateV2};
pub use challenge::{ChallengeAnswered, ChallengeDrawn, ChallengeOpened};
pub use edit::{CaseJudged, ClaimEdited, EditV1};
pub use inspected::SampleInspected;
pub use matched::{SampleMatched, SampleMatchedV1, SampleMatchedV2, SampleMatchedV3, SampleMatchedV4};
pub use private::{PrivateLabelV1, PrivatelyMatched};
pub use read::{DraftDecided, DraftDecidedV1, DraftRef, SourceRead, SourceReadV1};
pub use settled::ClaimSettled;
pub use source::{Held, SourceCaptured, SourceCapturedV1, Text};

/// Declares the kinds with their names, so that name, encoding and decoding cannot drift apart.
macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident($body:ident) = $name:literal),+ $(,)?) => {
        /// What an entry records.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Payload { $($(#[$doc])* $variant($body)),+ }

        impl Payload {
            /// Every kind with its version.
            #[cfg(test)]
            pub const KINDS: &'static [&'static str] = &[$($name),+];

            /// The payload's kind and version.
            pub fn kind(&self) -> &'static str {
                match self { $(Payload::$variant(_) => $name),+ }
            }

            /// Its bytes.
            pub fn to_bytes(&self) -> Vec<u8> {
                match self { $(Payload::$variant(body) => canonical::encode(body)),+ }
            }

            /// The payload of these bytes.
            ///
            /// # Errors
            /// A kind of a later version, or bytes that are not the kind's only encoding.
            pub fn from_bytes(kind: &str, bytes: &[u8]) -> Result<Payload, Error> {
                match kind {
                    $($name => Ok(Payload::$variant(canonical::decode(bytes, $name)?)),)+
                    _ => Err(Error::NewerEncoding { what: format!("entries of kind {kind:?}") }),
                }
            }
        }

        $(impl From<$body> for Payload {
            fn from(body: $body) -> Payload { Payload::$variant(body) }
        })+
    };
}

kinds! {
    /// A case was opened.
    Case(CaseOpened) = "case/1",
    /// What the desk reads or weighs with was changed in one of its files.
    Setting(SettingChanged) = "setting/1",
    /// Somebody may come to the desk from elsewhere, or may no longer, or something else than before.
    Account(AccountSet) = "account/1",
    /// A source was captured, before it had parts, an update, a language, links and a map.
    SourceV1(SourceCapturedV1) = "source/1",
    /// A source was captured.
    Source(SourceCaptured) = "source/2",
    /// The reader read a source, before it told relays, days, indicators and offers.
    ReadingV1(SourceReadV1) = "reading/1",
    /// The reader read a source.
    Reading(SourceRead) = "reading/2",
    /// A draft was accepted, mended or rejected, or a statement written by hand, before statements had relays and days.
    DecisionV1(DraftDecidedV1) = "decision/1",
    /// A draft was accepted, mended or rejected, or a statement written by hand.
    Decision(DraftDecided) = "decision/2",
    /// A corpus was indexed, as one segment of the first format.
    CorpusV1(CorpusIndexedV1) = "corpus/1",
    /// A corpus was indexed, or its segments were merged, before its paths had places and dates.
    CorpusV2(CorpusIndexedV2) = "corpus/2",
    /// A corpus was indexed, its segments were merged, or it was said where it lies or of when it is.
    Corpus(CorpusIndexed) = "corpus/3",
    /// A sample was matched against the corpora; the first version had fewer figures.
    MatchV1(SampleMatchedV1) = "match/1",
    /// A sample was matched against the corpora, before its layers and their clues were kept.
    MatchV2(SampleMatchedV2) = "match/2",
    /// A sample was matched against the corpora, before it was counted what it is made of, and scanned for malware.
    MatchV3(SampleMatchedV3) = "match/3",
    /// A sample was matched against the corpora, before its builds were recognised.
    MatchV4(SampleMatchedV4) = "match/4",
    /// A sample was matched against the corpora.
    Match(SampleMatched) = "match/5",
    /// A sample was looked through for what it must not reveal.
    Inspection(SampleInspected) = "inspection/1",
    /// A sample, or a list of accounts, was settled with another party without showing it.
    Private(PrivatelyMatched) = "private/1",
    /// A listing was committed to, for files to be drawn from it.
    Challenge(ChallengeOpened) = "challenge/1",
    /// Files were drawn from a listing.
    Draw(ChallengeDrawn) = "draw/1",
    /// What came of the files that were drawn.
    Answer(ChallengeAnswered) = "answer/1",
    /// Somebody took up a step, or it is done.
    Task(TaskSet) = "task/1",
    /// A claim proved true or not, or is open again.
    Settlement(ClaimSettled) = "settlement/1",
    /// Somebody worded a claim otherwise, split or merged it, or let a statement speak to another.
    Claim(ClaimEdited) = "claim/1",
    /// Somebody judged a claim, or the case, beside what is computed.
    Judgement(CaseJudged) = "judgement/1",
    /// The case was assessed, before an assessment named all that it was based on.
    AssessmentV1(CaseAssessedV1) = "assessment/1",
    /// The case was assessed.
    Assessment(CaseAssessed) = "assessment/2",
    /// Something left the desk.
    Release(ViewReleased) = "release/1",
    /// The body of an entry, or a source's bytes, were destroyed.
    Destruction(BodyDestroyed) = "destruction/1",
}

impl Payload {
    /// The case that the entry belongs to, but for the entry that opens it.
    pub fn case(&self) -> Option<EntryId> {
        match self {
            Payload::Source(b) | Payload::SourceV1(SourceCapturedV1(b)) => Some(b.case),
            Payload::Reading(b) | Payload::ReadingV1(SourceReadV1(b)) => Some(b.case),
            Payload::Decision(b) | Payload::DecisionV1(DraftDecidedV1(b)) => Some(b.case),
            Payload::MatchV1(b) => Some(b.case),
            Payload::Match(b)
            | Payload::MatchV4(SampleMatchedV4(b))
            | Payload::MatchV3(SampleMatchedV3(b))
            | Payload::MatchV2(SampleMatchedV2(b)) => Some(b.case),
            Payload::Private(b) => Some(b.case),
            Payload::Challenge(b) => Some(b.case),
            Payload::Draw(b) => Some(b.case),
            Payload::Answer(b) => Some(b.case),
            Payload::Inspection(b) => Some(b.case),
            Payload::Task(b) => Some(b.case),
            Payload::Settlement(b) => Some(b.case),
            Payload::Claim(b) => Some(b.case),
            Payload::Judgement(b) => Some(b.case),
            Payload::AssessmentV1(b) => Some(b.case),
            Payload::Assessment(b) => Some(b.case),
            Payload::Release(b) => Some(b.case),
            Payload::Destruction(b) => b.case,
            Payload::Case(_)
            | Payload::Setting(_)
            | Payload::Account(_)
            | Payload::CorpusV1(_)
            | Payload::CorpusV2(_)
            | Payload::Corpus(_) => None,
        }
    }

    /// The case of an entry of this id: the one that opens a case is of its own.
    pub fn case_of(&self, id: EntryId) -> Option<EntryId> {
        if matches!(self, Payload::Case(_)) { Some(id) } else { self.case() }
    }

    /// The source that the entry captured, in whichever version.
    pub fn source(&self) -> Option<&SourceCaptured> {
        match self {
            Payload::Source(source) | Payload::SourceV1(SourceCapturedV1(source)) => Some(source),
            _ => None,
        }
    }

    /// The source that the entry is a reading of, a decision on or a match with.
    pub fn drawn_from(&self) -> Option<EntryId> {
        match self {
            Payload::Reading(b) | Payload::ReadingV1(SourceReadV1(b)) => Some(b.source),
            Payload::Decision(b) | Payload::DecisionV1(DraftDecidedV1(b)) => Some(b.source),
            Payload::MatchV1(b) => Some(b.sample),
            Payload::Match(b)
            | Payload::MatchV4(SampleMatchedV4(b))
            | Payload::MatchV3(SampleMatchedV3(b))
            | Payload::MatchV2(SampleMatchedV2(b)) => Some(b.sample),
            Payload::Inspection(b) => Some(b.sample),
            _ => None,
        }
    }
}

/// The kinds of entries that capture a source.
pub const SOURCE_KINDS: [&str; 2] = ["source/1", "source/2"];

impl<C> Encode<C> for EntryId {
    fn encode<W: minicbor::encode::Write>(
        &self,
        to: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        to.bytes(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for EntryId {
    fn decode(from: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        let at = from.position();
        from.bytes()?.try_into().map(EntryId).map_err(|_| minicbor::decode::Error::message("an id has 32 bytes").at(at))
    }
}

/// `case/1`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct CaseOpened {
    /// The case's name on this desk.
    #[n(0)]
    pub title: String,
}

/// `setting/1`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct SettingChanged {
    /// The file's name in the desk's folder.
    #[n(0)]
    pub file: String,
    /// All that it says from then on; empty where it says nothing, or is gone.
    #[n(1)]
    pub text: String,
}

/// `corpus/1`. Its segment is of the first format, which is read no more: the corpus has to be added again.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct CorpusIndexedV1 {
    /// The corpus's name on this desk.
    #[n(0)]
    pub name: String,
    /// Whose files they are.
    #[n(1)]
    pub owner: String,
    /// What they are to the owner.
    #[cbor(n(2), with = "canonical::word")]
    pub role: CorpusRole,
    /// The paths as given.
    #[n(3)]
    pub paths: Vec<String>,
    /// BLAKE3 of the segment file, which names it.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub segment: [u8; 32],
    /// Files, each version of each path once.
    #[n(5)]
    pub files: u64,
    /// Distinct contents.
    #[n(6)]
    pub blobs: u64,
    /// Commits.
    #[n(7)]
    pub commits: u64,
    /// Rows of the index.
    #[n(8)]
    pub postings: u64,
    /// Bytes of the distinct contents.
    #[n(9)]
    pub bytes: u64,
    /// How many things could not be read, and the first hundred of them with the reason.
    #[n(10)]
    pub not_read: u64,
    /// The first hundred of them.
    #[n(11)]
    pub not_read_names: Vec<String>,
}

/// `corpus/2`. Nothing is known of where its paths lie and of when they are.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct CorpusIndexedV2 {
    /// The corpus's name on this desk.
    #[n(0)]
    pub name: String,
    /// Whose files they are.
    #[n(1)]
    pub owner: String,
    /// What they are to the owner.
    #[cbor(n(2), with = "canonical::word")]
    pub role: CorpusRole,
    /// The paths as given, without links, byte for byte.
    #[n(3)]
    pub paths: Vec<ByteVec>,
    /// The segments of the index, in the order in which they were written.
    #[n(4)]
    pub segments: Vec<SegmentFileV2>,
    /// What the segments tell of, with what adding it again begins from.
    #[n(5)]
    pub pieces: Vec<PieceV2>,
    /// How many things could not be read apart from what the pieces name.
    #[n(6)]
    pub not_read: u64,
    /// The first hundred of them, with the reason.
    #[n(7)]
    pub not_read_names: Vec<String>,
    /// Which fingerprints were made.
    #[cbor(n(8), with = "canonical::channels", has_nil)]
    pub channels: Channels,
}

/// `corpus/3`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct CorpusIndexed {
    /// The corpus's name on this desk.
    #[n(0)]
    pub name: String,
    /// Whose files they are.
    #[n(1)]
    pub owner: String,
    /// What they are to the owner.
    #[cbor(n(2), with = "canonical::word")]
    pub role: CorpusRole,
    /// The paths as given, where they lie and of when they are.
    #[n(3)]
    pub roots: Vec<RootV3>,
    /// The segments of the index, in the order in which they were written.
    #[n(4)]
    pub segments: Vec<SegmentFileV2>,
    /// What the segments tell of, with what adding it again begins from.
    #[n(5)]
    pub pieces: Vec<PieceV2>,
    /// How many things could not be read apart from what the pieces name.
    #[n(6)]
    pub not_read: u64,
    /// The first hundred of them, with the reason.
    #[n(7)]
    pub not_read_names: Vec<String>,
    /// Which fingerprints were made.
    #[cbor(n(8), with = "canonical::channels", has_nil)]
    pub channels: Channels,
}

/// `task/1`: a step of a case as it stands from here on.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct TaskSet {
    /// The case.
    #[n(0)]
    pub case: EntryId,
    /// The step, in the words in which it was drawn from the case or written by somebody; they tell it from others.
    #[n(1)]
    pub what: String,
    /// Whether it is done.
    #[n(2)]
    pub done: bool,
    /// Who does it.
    #[n(3)]
    pub owner: Option<String>,
    /// Until when, as RFC 3339 writes a day.
    #[n(4)]
    pub due: Option<String>,
}

/// `assessment/1`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct CaseAssessedV1 {
    /// The case.
    #[n(0)]
    pub case: EntryId,
    /// How many entries of the ledger it is based on.
    #[n(1)]
    pub based_on: u64,
    /// The model with its version.
    #[n(2)]
    pub model: String,
    /// SHA-256 of the weights.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub weights: [u8; 32],
    /// The answer in words.
    #[n(4)]
    pub answer: Vec<String>,
    /// Each claim: proposition, log-odds in millinats, confidence.
    #[n(5)]
    pub claims: Vec<(String, i64, String)>,
}

/// `release/1`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ViewReleased {
    /// The case.
    #[n(0)]
    pub case: EntryId,
    /// `html`, `md` or `json`.
    #[n(1)]
    pub format: String,
    /// To which marking its readers are cleared.
    #[cbor(n(2), with = "canonical::word")]
    pub audience: Tlp,
    /// SHA-256 of what left.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub digest: [u8; 32],
    /// How many things were withheld under their marking.
    #[n(4)]
    pub withheld: u64,
}

/// `destruction/1`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct BodyDestroyed {
    /// The case that the entry belonged to.
    #[n(0)]
    pub case: Option<EntryId>,
    /// The entry whose body is gone.
    #[n(1)]
    pub entry: EntryId,
    /// On what ground.
    #[n(2)]
    pub reason: String,
    /// The digests of the bytes that went with it: the hash of what was destroyed stays.
    #[n(3)]
    pub blobs: Vec<EntryId>,
    /// How many handles the entry had given: the drafts of a reading, one for a statement written by hand. They are not given again.
    #[n(4)]
    pub drafts: u32,
}

/// A span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct SpanV1 {
    #[n(0)]
    start: u64,
    #[n(1)]
    end: u64,
}

impl From<Span> for SpanV1 {
    fn from(span: Span) -> Self {
        SpanV1 { start: span.start as u64, end: span.end as u64 }
    }
}

impl From<SpanV1> for Span {
    fn from(span: SpanV1) -> Self {
        // A span past the address space is no span of any text here; `Span::of` then finds nothing.
        let clamp = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX);
        Span { start: clamp(span.start), end: clamp(span.end) }
    }
}

/// Declares the stored twin of a type of `claim` with both conversions. Fields keep their names. `plain` ones convert into each
/// other, `word` ones are stored as their words, `moment` ones as microseconds (`maybe_moment` where there may be none), `bytes` ones as one run of bytes; `nested`, `pair`,
/// `option` and `list` hold twins.
macro_rules! twin {
    ($twin:ident of $of:ident { $($n:literal $field:ident: $kind:tt $ty:ty),+ $(,)? }) => {
        twin!(@struct $twin {} $($n $field $kind $ty,)+);

        impl From<&$of> for $twin {
            fn from(it: &$of) -> Self {
                $twin { $($field: twin!(@convert $kind it.$field)),+ }
            }
        }

        impl From<&$twin> for $of {
            fn from(it: &$twin) -> Self {
                $of { $($field: twin!(@convert $kind it.$field)),+ }
            }
        }
    };
    (@convert plain $from:expr) => { $from.clone().into() };
    (@convert word $from:expr) => { $from };
    (@convert moment $from:expr) => { $from };
    (@convert maybe_moment $from:expr) => { $from };
    (@convert bytes $from:expr) => { $from.clone() };
    (@convert day $from:expr) => { $from };
    (@convert plain_or_none $from:expr) => { $from.clone() };
    (@convert list_or_none $from:expr) => { $from.iter().map(Into::into).collect() };
    (@convert pair $from:expr) => { ((&$from.0).into(), (&$from.1).into()) };
    (@convert nested $from:expr) => { (&$from).into() };
    (@convert option $from:expr) => { $from.as_ref().map(Into::into) };
    (@convert list $from:expr) => { $from.iter().map(Into::into).collect() };
    (@struct $twin:ident { $($done:tt)* } $n:literal $field:ident word $ty:ty, $($rest:tt)*) => {
        twin!(@struct $twin { $($done)* #[cbor(n($n), with = "canonical::word")] $field: $ty, } $($rest)*);
    };
    (@struct $twin:ident { $($done:tt)* } $n:literal $field:ident moment $ty:ty, $($rest:tt)*) => {
        twin!(@struct $twin { $($done)* #[cbor(n($n), with = "canonical::moment")] $field: $ty, } $($rest)*);
    };
    (@struct $twin:ident { $($done:tt)* } $n:literal $field:ident maybe_moment $ty:ty, $($rest:tt)*) => {
        twin!(@struct $twin { $($done)* #[cbor(n($n), with = "canonical::maybe_moment")] $field: $ty, } $($rest)*);
    };
    (@struct $twin:ident { $($done:tt)* } $n:literal $field:ident day $ty:ty, $($rest:tt)*) => {
        twin!(@struct $twin { $($done)* #[cbor(n($n), with = "canonical::day")] $field: $ty, } $($rest)*);
    };
    (@struct $twin:ident { $($done:tt)* } $n:literal $field:ident plain_or_none $ty:ty, $($rest:tt)*) => {
        twin!(@struct $twin { $($done)* #[cbor(n($n), with = "canonical::list", has_nil)] $field: $ty, } $($rest)*);
    };
    (@struct $twin:ident { $($done:tt)* } $n:literal $field:ident list_or_none $ty:ty, $($rest:tt)*) => {
        twin!(@struct $twin { $($done)* #[cbor(n($n), with = "canonical::list", has_nil)] $field: $ty, } $($rest)*);
    };
    (@struct $twin:ident { $($done:tt)* } $n:literal $field:ident bytes $ty:ty, $($rest:tt)*) => {
        twin!(@struct $twin { $($done)* #[cbor(n($n), with = "minicbor::bytes")] $field: $ty, } $($rest)*);
    };
    (@struct $twin:ident { $($done:tt)* } $n:literal $field:ident $kind:tt $ty:ty, $($rest:tt)*) => {
        twin!(@struct $twin { $($done)* #[n($n)] $field: $ty, } $($rest)*);
    };
    (@struct $twin:ident { $($done:tt)* }) => {
        /// The stored twin of the type of `claim`.
        #[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
        #[cbor(array)]
        pub struct $twin { $($done)* }
    };
}

/// A payload of a first version, where nothing in it is of the second.
fn first<T>(is_first: bool, payload: T) -> Result<T, minicbor::decode::Error> {
    if is_first { Ok(payload) } else { Err(minicbor::decode::Error::message("a field of a later version")) }
}

mod account;
mod assessed;
mod challenge;
mod edit;
mod inspected;
mod matched;
mod private;
mod read;
mod settled;
mod source;

twin!(RootV3 of Root {
    0 path: bytes Vec<u8>,
    1 place: plain Option<String>,
    2 dated: plain Option<i64>,
});
twin!(SegmentFileV2 of SegmentFile {
    0 blake3: bytes [u8; 32],
    1 bytes: plain u64,
    2 files: plain u64,
    3 contents: plain u64,
    4 content_bytes: plain u64,
    5 commits: plain u64,
    6 postings: plain u64,
    7 tables: plain u64,
});
twin!(PieceV2 of Piece {
    0 source: bytes Vec<u8>,
    1 segment: bytes [u8; 32],
    2 extent: nested ExtentV2,
    3 not_read: plain u64,
    4 not_read_names: plain Vec<String>,
});
twin!(StretchV2 of Stretch {
    0 after: bytes Option<Vec<u8>>,
    1 until: bytes Option<Vec<u8>>,
    2 listing: bytes [u8; 32],
    3 files: plain u64,
    4 bytes: plain u64,
    5 packages: plain Option<u64>,
});
twin!(FilteredV3 of Filtered { 0 indexed: plain i64, 1 packages: plain u64 });
twin!(HistoryV2 of History {
    0 reference: bytes Vec<u8>,
    1 newest: bytes Vec<u8>,
    2 line: plain u32,
    3 side: plain u32,
    4 tips: bytes [u8; 32],
    5 whole: plain bool,
});

/// What of its source a piece is.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum ExtentV2 {
    /// Files of a folder.
    #[n(0)]
    Stretch(#[n(0)] StretchV2),
    /// Commits of a repository.
    #[n(1)]
    History(#[n(0)] HistoryV2),
    /// A filter; of the third version on.
    #[n(2)]
    Filter(#[n(0)] FilteredV3),
}

impl From<&Extent> for ExtentV2 {
    fn from(extent: &Extent) -> Self {
        match extent {
            Extent::Stretch(stretch) => ExtentV2::Stretch(stretch.into()),
            Extent::History(history) => ExtentV2::History(history.into()),
            Extent::Filter(filter) => ExtentV2::Filter(filter.into()),
        }
    }
}

impl From<&ExtentV2> for Extent {
    fn from(extent: &ExtentV2) -> Self {
        match extent {
            ExtentV2::Stretch(stretch) => Extent::Stretch(stretch.into()),
            ExtentV2::History(history) => Extent::History(history.into()),
            ExtentV2::Filter(filter) => Extent::Filter(filter.into()),
        }
    }
}

/// A segment that is finished, of a corpus that is not: what is noted beside the ledger until an entry names it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Noted {
    /// The segment.
    #[n(0)]
    pub segment: SegmentFileV2,
    /// What it tells of.
    #[n(1)]
    pub pieces: Vec<PieceV2>,
}

impl Noted {
    /// Its bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        canonical::encode(self)
    }

    /// What these bytes note.
    ///
    /// # Errors
    /// They are no such note.
    pub fn from_bytes(bytes: &[u8]) -> Result<Noted, Error> {
        canonical::decode(bytes, "a note of an unfinished corpus")
    }
}

/// The twins of a list.
pub fn twins<'a, A: 'a, B: From<&'a A>>(list: &'a [A]) -> Vec<B> {
    list.iter().map(B::from).collect()
}

#[cfg(test)]
mod tests;
