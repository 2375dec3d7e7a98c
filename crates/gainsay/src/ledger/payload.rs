//! What entries record, and the bytes that it has forever.
//!
//! Each kind carries its version in its name and is never rewritten: a change of meaning is a new version beside the old.
//! The bytes of every version are a fixture of the tests (`tests/it/fixtures/payloads`) and decode forever. Numbers that
//! hashes depend on are integers; there is no floating point in the ledger.

use jiff::Timestamp;
use minicbor::{Decode, Encode};

use super::{Error, canonical};
use crate::claim::{
    Actor, Allegation, Citation, Contact, CorpusRole, Draft, EntryId, Facet, Figure, FigureKind, Organisation,
    OrganisationRole, PartyKind, Reading, SourceKind, Span, Stance, Statement, Tlp, Vector,
};

/// Declares the kinds with their names, so that name, encoding and decoding cannot drift apart.
macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident($body:ident) = $name:literal),+ $(,)?) => {
        /// What an entry records.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Payload { $($(#[$doc])* $variant($body)),+ }

        impl Payload {
            /// Every kind with its version.
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
    /// A source was captured.
    Source(SourceCaptured) = "source/1",
    /// The reader read a source.
    Reading(SourceRead) = "reading/1",
    /// A draft was accepted, mended or rejected, or a statement written by hand.
    Decision(DraftDecided) = "decision/1",
    /// A corpus was indexed.
    Corpus(CorpusIndexed) = "corpus/1",
    /// A sample was matched against the corpora.
    Match(SampleMatched) = "match/1",
    /// The case was assessed.
    Assessment(CaseAssessed) = "assessment/1",
    /// Something left the desk.
    Release(ViewReleased) = "release/1",
    /// The body of an entry, or a source's bytes, were destroyed.
    Destruction(BodyDestroyed) = "destruction/1",
}

impl Payload {
    /// The case that the entry belongs to, but for the entry that opens it.
    pub fn case(&self) -> Option<EntryId> {
        match self {
            Payload::Source(b) => Some(b.case),
            Payload::Reading(b) => Some(b.case),
            Payload::Decision(b) => Some(b.case),
            Payload::Match(b) => Some(b.case),
            Payload::Assessment(b) => Some(b.case),
            Payload::Release(b) => Some(b.case),
            Payload::Destruction(b) => b.case,
            Payload::Case(_) | Payload::Corpus(_) => None,
        }
    }
}

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
        from.bytes()?
            .try_into()
            .map(EntryId)
            .map_err(|_| minicbor::decode::Error::message("an id has 32 bytes").at(at))
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

/// `source/1`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct SourceCaptured {
    /// The case that it was added to.
    #[n(0)]
    pub case: EntryId,
    /// What it is.
    #[cbor(n(1), with = "canonical::word")]
    pub kind: SourceKind,
    /// The path as given, or the page's own address.
    #[n(2)]
    pub whence: String,
    /// SHA-256 of its bytes; of a folder, of its manifest.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub digest: [u8; 32],
    /// Its bytes.
    #[n(4)]
    pub size: u64,
    /// Where the bytes are.
    #[n(5)]
    pub held: Held,
    /// The text that was read from it, for sources that are read.
    #[n(6)]
    pub text: Option<Text>,
    /// The version that it takes the place of.
    #[n(7)]
    pub replaces: Option<EntryId>,
    /// What was wrong with it, in words.
    #[n(8)]
    pub problems: Vec<String>,
}

/// Where a source's bytes are.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Held {
    /// In the desk's blobs.
    #[n(0)]
    Desk,
    /// Outside the desk, at this path.
    #[n(1)]
    Outside(#[n(0)] String),
    /// In the desk's blobs, encrypted to this age recipient, whose key is not in the desk. The digest is of the clear bytes,
    /// this one of the encrypted ones.
    #[n(2)]
    Sealed(#[n(0)] String, #[cbor(n(1), with = "minicbor::bytes")] [u8; 32]),
}

/// A source's text and what it says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Text {
    /// `text` or `html`.
    #[n(0)]
    pub format: String,
    /// The encoding that the bytes were read in.
    #[n(1)]
    pub encoding: String,
    /// SHA-256 of the text in UTF-8; equal to the source's where the text is the source.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub digest: [u8; 32],
    /// Its title.
    #[n(3)]
    pub title: Option<String>,
    /// Who published it.
    #[n(4)]
    pub outlet: Option<String>,
    /// Who wrote it.
    #[n(5)]
    pub byline: Option<String>,
    /// When, in its own words.
    #[n(6)]
    pub published_words: Option<String>,
    /// When, as microseconds since 1970 UTC.
    #[n(7)]
    pub published: Option<i64>,
    /// Its own address.
    #[n(8)]
    pub address: Option<String>,
}

/// `reading/1`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct SourceRead {
    /// The case.
    #[n(0)]
    pub case: EntryId,
    /// The source.
    #[n(1)]
    pub source: EntryId,
    /// Which reader, with its version.
    #[n(2)]
    pub reader: String,
    /// The draft statements.
    #[n(3)]
    pub drafts: Vec<DraftV1>,
    /// The claims as worded.
    #[n(4)]
    pub allegations: Vec<AllegationV1>,
    /// The figures.
    #[n(5)]
    pub figures: Vec<FigureV1>,
    /// The organisations.
    #[n(6)]
    pub organisations: Vec<OrganisationV1>,
    /// The actors.
    #[n(7)]
    pub actors: Vec<ActorV1>,
    /// The ways in.
    #[n(8)]
    pub vectors: Vec<VectorV1>,
    /// Who told whom.
    #[n(9)]
    pub contacts: Vec<ContactV1>,
    /// What it rests on.
    #[n(10)]
    pub citations: Vec<CitationV1>,
}

/// `decision/1`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct DraftDecided {
    /// The case.
    #[n(0)]
    pub case: EntryId,
    /// The source.
    #[n(1)]
    pub source: EntryId,
    /// The draft: the entry of its reading and its place there. None for a statement written by hand.
    #[n(2)]
    pub draft: Option<DraftRef>,
    /// The statement as accepted or mended; none where the draft was rejected.
    #[n(3)]
    pub statement: Option<StatementV1>,
    /// Why, in words.
    #[n(4)]
    pub reason: Option<String>,
}

/// A draft's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(array)]
pub struct DraftRef {
    /// The entry of the reading.
    #[n(0)]
    pub reading: EntryId,
    /// Its place in the reading, from 0.
    #[n(1)]
    pub index: u32,
}

/// `corpus/1`.
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

/// `match/1`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct SampleMatched {
    /// The case.
    #[n(0)]
    pub case: EntryId,
    /// The sample's source entry.
    #[n(1)]
    pub sample: EntryId,
    /// The corpora, by the entry that indexed each.
    #[n(2)]
    pub corpora: Vec<EntryId>,
    /// The result.
    #[n(3)]
    pub result: MatchV1,
    /// The command that computes it again.
    #[n(4)]
    pub command: String,
}

/// The result of a match in whole numbers. Shares are in tenths of a percent of the sample's fingerprints.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct MatchV1 {
    /// Whose corpus it is.
    #[n(0)]
    pub owner: String,
    /// The verdict on the sample, as its word.
    #[n(1)]
    pub verdict: String,
    /// Files in the sample.
    #[n(2)]
    pub files: u64,
    /// Their bytes.
    #[n(3)]
    pub bytes: u64,
    /// Files for each verdict, as (word, files, bytes).
    #[n(4)]
    pub verdicts: Vec<(String, u64, u64)>,
    /// Fingerprints of the sample found in the owner's corpora.
    #[n(5)]
    pub matched: u32,
    /// Of those, found in public corpora.
    #[n(6)]
    pub public: u32,
    /// Of those, found in what the owner published.
    #[n(7)]
    pub published: u32,
    /// Found in the owner's corpora and nowhere else.
    #[n(8)]
    pub distinctive: u32,
    /// The window in time, where the matched files have a history.
    #[n(9)]
    pub window: Option<WindowV1>,
    /// What this proves and what it does not, sentence by sentence.
    #[n(10)]
    pub words: Vec<String>,
    /// Per file, those that match most first; at most ten thousand.
    #[n(11)]
    pub rows: Vec<FileV1>,
    /// Problems met in opening the sample.
    #[n(12)]
    pub problems: Vec<String>,
}

/// The commits that the sample's content belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct WindowV1 {
    /// The repository.
    #[n(0)]
    pub line: String,
    /// First commit.
    #[n(1)]
    pub first: CommitV1,
    /// Last commit.
    #[n(2)]
    pub last: CommitV1,
    /// Whether the last commit is the newest that the corpus knows, so that nothing bounds the window above.
    #[n(3)]
    pub open: bool,
    /// The best single commit.
    #[n(4)]
    pub best: CommitV1,
    /// Files that fit it.
    #[n(5)]
    pub fit: u64,
    /// Files that could.
    #[n(6)]
    pub of: u64,
}

/// A commit.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct CommitV1 {
    /// Its id in hexadecimal; empty for a folder's one state.
    #[n(0)]
    pub id: String,
    /// When it was committed.
    #[cbor(n(1), with = "canonical::moment")]
    pub time: Timestamp,
}

/// One file of the sample.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct FileV1 {
    /// Its path in the sample.
    #[n(0)]
    pub path: String,
    /// Its bytes.
    #[n(1)]
    pub bytes: u64,
    /// The verdict, as its word.
    #[n(2)]
    pub verdict: String,
    /// Whether a corpus holds it byte for byte.
    #[n(3)]
    pub exact: bool,
    /// Matched, public, published and distinctive, in tenths of a percent of its fingerprints.
    #[n(4)]
    pub shares: (u32, u32, u32, u32),
    /// The best file of the corpora: corpus, path, first and last commit that hold it.
    #[n(5)]
    pub best: Option<BestV1>,
}

/// The corpus file that a sample file matches best.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct BestV1 {
    /// The corpus's name.
    #[n(0)]
    pub corpus: String,
    /// The file's path there.
    #[n(1)]
    pub path: String,
    /// The first commit that holds this content.
    #[n(2)]
    pub first: CommitV1,
    /// The last one.
    #[n(3)]
    pub last: CommitV1,
}

/// `assessment/1`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct CaseAssessed {
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

/// Declares the stored twin of a type of `claim` with both conversions. Fields keep their names; `word` ones are stored as
/// their words, `span` as `SpanV1`.
macro_rules! twin {
    ($twin:ident of $of:ident { $($n:literal $field:ident: $kind:tt $ty:ty),+ $(,)? }) => {
        twin!(@struct $twin {} $($n $field $kind $ty,)+);

        impl From<&$of> for $twin {
            fn from(it: &$of) -> Self {
                $twin { $($field: it.$field.clone().into()),+ }
            }
        }

        impl From<&$twin> for $of {
            fn from(it: &$twin) -> Self {
                $of { $($field: it.$field.clone().into()),+ }
            }
        }
    };
    (@struct $twin:ident { $($done:tt)* } $n:literal $field:ident word $ty:ty, $($rest:tt)*) => {
        twin!(@struct $twin { $($done)* #[cbor(n($n), with = "canonical::word")] $field: $ty, } $($rest)*);
    };
    (@struct $twin:ident { $($done:tt)* } $n:literal $field:ident plain $ty:ty, $($rest:tt)*) => {
        twin!(@struct $twin { $($done)* #[n($n)] $field: $ty, } $($rest)*);
    };
    (@struct $twin:ident { $($done:tt)* }) => {
        /// The stored twin of the type of `claim`.
        #[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
        #[cbor(array)]
        pub struct $twin { $($done)* }
    };
}

/// A list of facets as their words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacetsV1(Vec<Facet>);

impl From<Vec<Facet>> for FacetsV1 {
    fn from(facets: Vec<Facet>) -> Self {
        FacetsV1(facets)
    }
}

impl From<FacetsV1> for Vec<Facet> {
    fn from(facets: FacetsV1) -> Self {
        facets.0
    }
}

impl<C> Encode<C> for FacetsV1 {
    fn encode<W: minicbor::encode::Write>(
        &self,
        to: &mut minicbor::Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        self.0.iter().map(|facet| facet.word()).collect::<Vec<_>>().encode(to, ctx)
    }
}

impl<'b, C> Decode<'b, C> for FacetsV1 {
    fn decode(from: &mut minicbor::Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
        let at = from.position();
        Vec::<&str>::decode(from, ctx)?
            .into_iter()
            .map(|word| word.parse().map_err(|e: crate::claim::UnknownWord| {
                minicbor::decode::Error::message(e.to_string()).at(at)
            }))
            .collect::<Result<_, _>>()
            .map(FacetsV1)
    }
}

twin!(StatementV1 of Statement {
    0 speaker: plain String,
    1 speaker_kind: word PartyKind,
    2 stance: word Stance,
    3 about: plain Vec<String>,
    4 facets: plain FacetsV1,
    5 origin: plain Option<String>,
    6 to: plain Option<String>,
    7 date: plain Option<String>,
    8 span: plain SpanV1,
});

twin!(FigureV1 of Figure { 0 kind: word FigureKind, 1 value: plain String, 2 span: plain SpanV1 });
twin!(OrganisationV1 of Organisation { 0 name: plain String, 1 role: word OrganisationRole, 2 span: plain SpanV1 });
twin!(ActorV1 of Actor { 0 name: plain String, 1 aliases: plain Vec<String>, 2 span: plain SpanV1 });
twin!(VectorV1 of Vector { 0 attack_id: plain String, 1 span: plain SpanV1 });
twin!(ContactV1 of Contact {
    0 from: plain String, 1 to: plain String, 2 date: plain Option<String>, 3 span: plain SpanV1,
});
twin!(CitationV1 of Citation { 0 source: plain String, 1 kind: plain String, 2 span: plain SpanV1 });
twin!(AllegationV1 of Allegation {
    0 actor: plain String,
    1 victim: plain String,
    2 assets: plain Vec<String>,
    3 volume: plain Option<String>,
    4 price: plain Option<String>,
    5 span: plain SpanV1,
});

/// The stored twin of `claim::Draft`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct DraftV1 {
    #[n(0)]
    statement: StatementV1,
    #[n(1)]
    confidence: u16,
    #[n(2)]
    because: String,
}

impl From<&Draft> for DraftV1 {
    fn from(draft: &Draft) -> Self {
        DraftV1 {
            statement: (&draft.statement).into(),
            confidence: draft.confidence,
            because: draft.because.clone(),
        }
    }
}

impl From<&DraftV1> for Draft {
    fn from(draft: &DraftV1) -> Self {
        Draft {
            statement: (&draft.statement).into(),
            confidence: draft.confidence,
            because: draft.because.clone(),
        }
    }
}

impl SourceRead {
    /// The entry of a reading.
    pub fn new(case: EntryId, source: EntryId, reader: &str, reading: &Reading) -> SourceRead {
        SourceRead {
            case,
            source,
            reader: reader.to_owned(),
            drafts: twins(&reading.drafts),
            allegations: twins(&reading.allegations),
            figures: twins(&reading.figures),
            organisations: twins(&reading.organisations),
            actors: twins(&reading.actors),
            vectors: twins(&reading.vectors),
            contacts: twins(&reading.contacts),
            citations: twins(&reading.citations),
        }
    }

    /// What was read.
    pub fn reading(&self) -> Reading {
        Reading {
            drafts: twins(&self.drafts),
            allegations: twins(&self.allegations),
            figures: twins(&self.figures),
            organisations: twins(&self.organisations),
            actors: twins(&self.actors),
            vectors: twins(&self.vectors),
            contacts: twins(&self.contacts),
            citations: twins(&self.citations),
        }
    }
}

fn twins<'a, A: 'a, B: From<&'a A>>(list: &'a [A]) -> Vec<B> {
    list.iter().map(B::from).collect()
}
