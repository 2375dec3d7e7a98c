//! What entries record of a sample matched against the corpora.

use jiff::Timestamp;
use minicbor::{Decode, Encode};

use super::{first, twins};
use crate::claim::{
    Against, AlignedLines, Alignment, BestMatch, BuildMatch, Clue, Commit, CorpusRole, CurvePoint, Dated, Detection,
    EntryId, ExposedFile, FileMatch, InHand, Layer, Leaks, ListedFile, ListingMatch, Names, NearMiss, NotScanned,
    PlaceMatch, Places, SampleMatch, Scan, Shares, Taking, Window,
};
use crate::ledger::canonical;

/// `match/5`. What earlier versions did not have comes last in the result and is not written where it is empty.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct SampleMatched {
    /// The case.
    #[n(0)]
    pub case: EntryId,
    /// The sample's source entry.
    #[n(1)]
    pub sample: EntryId,
    /// The corpora, by the entry that indexed each: the state that it was computed on.
    #[n(2)]
    pub corpora: Vec<EntryId>,
    /// The result.
    #[n(3)]
    pub result: MatchV5,
    /// The command that computes it again.
    #[n(4)]
    pub command: String,
}

/// `match/4`: what `match/5` is without builds.
#[derive(Clone, Debug, PartialEq, Eq, Encode)]
#[cbor(transparent)]
pub struct SampleMatchedV4(#[n(0)] pub SampleMatched);

impl<'b, C> Decode<'b, C> for SampleMatchedV4 {
    fn decode(from: &mut minicbor::Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
        let matched = SampleMatched::decode(from, ctx)?;
        first(matched.result.builds.is_empty(), SampleMatchedV4(matched))
    }
}

/// `match/3`: what `match/4` is without what the sample is made of and scans for malware.
#[derive(Clone, Debug, PartialEq, Eq, Encode)]
#[cbor(transparent)]
pub struct SampleMatchedV3(#[n(0)] pub SampleMatched);

impl<'b, C> Decode<'b, C> for SampleMatchedV3 {
    fn decode(from: &mut minicbor::Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
        let SampleMatchedV4(matched) = SampleMatchedV4::decode(from, ctx)?;
        let result = &matched.result;
        first(result.in_hand.is_none() && result.scans.is_empty(), SampleMatchedV3(matched))
    }
}

/// `match/2`: what `match/3` is without layers and clues.
#[derive(Clone, Debug, PartialEq, Eq, Encode)]
#[cbor(transparent)]
pub struct SampleMatchedV2(#[n(0)] pub SampleMatched);

impl<'b, C> Decode<'b, C> for SampleMatchedV2 {
    fn decode(from: &mut minicbor::Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
        let SampleMatchedV3(matched) = SampleMatchedV3::decode(from, ctx)?;
        first(matched.result.layers.is_empty() && matched.result.clues.is_empty(), SampleMatchedV2(matched))
    }
}

/// `match/1`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct SampleMatchedV1 {
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

twin!(MatchV5 of SampleMatch {
    0 owner: plain String,
    1 corpora: list Vec<AgainstV2>,
    2 verdict: plain String,
    3 files: plain u64,
    4 bytes: plain u64,
    5 verdicts: plain Vec<(String, u64, u64)>,
    6 shares: nested SharesV2,
    7 window: option Option<WindowV1>,
    8 curve: list Vec<CurvePointV2>,
    9 takings: list Vec<TakingV2>,
    10 fit_nowhere: plain Vec<String>,
    11 places: option Option<PlacesV2>,
    12 listings: list Vec<ListingV2>,
    13 words: plain Vec<String>,
    14 rows: list Vec<FileV2>,
    15 problems: plain Vec<String>,
    16 layers: list_or_none Vec<LayerV3>,
    17 clues: list_or_none Vec<ClueV3>,
    18 in_hand: option Option<InHandV4>,
    19 scans: list_or_none Vec<ScanV4>,
    21 builds: list_or_none Vec<BuildV5>,
});
twin!(BuildV5 of BuildMatch {
    0 path: plain String,
    1 format: plain String,
    2 standing: plain String,
    3 debug: plain bool,
    4 marks: plain Vec<(String, String)>,
    5 says: plain Vec<(String, String)>,
    6 exposed: list Vec<ExposedV5>,
    7 more: plain u64,
    8 functions: nested NamesV5,
    9 sources: nested NamesV5,
    10 paths: nested NamesV5,
    11 signature: plain String,
});
twin!(NamesV5 of Names { 0 count: plain u64, 1 some: plain Vec<String> });
twin!(ExposedV5 of ExposedFile { 0 file: nested BestV2, 1 product: plain String, 2 by: plain Vec<String> });
twin!(InHandV4 of InHand {
    0 received: plain u64,
    1 kinds: plain Vec<(String, u64, u64)>,
    2 languages: plain Vec<(String, u64, u64)>,
    3 dates: list Vec<DatedV4>,
    4 names: plain Vec<(String, u64)>,
    5 leaks: option Option<LeaksV4>,
});
twin!(DatedV4 of Dated { 0 of: plain String, 1 count: plain u64, 2 oldest: plain String, 3 newest: plain String });
twin!(LeaksV4 of Leaks {
    0 list: plain String,
    1 blake3: plain String,
    2 digests: plain u64,
    3 files: plain u64,
    4 bytes: plain u64,
    5 some: plain Vec<(String, String)>,
    6 left_out: plain u64,
});
twin!(ScanV4 of Scan {
    0 engine: plain String,
    1 version: plain String,
    2 files: plain u64,
    3 with_findings: plain u64,
    4 found: list Vec<DetectionV4>,
    5 more: plain u64,
    6 not_scanned: list Vec<NotScannedV4>,
});
twin!(DetectionV4 of Detection { 0 path: plain String, 1 rule: plain String });
twin!(NotScannedV4 of NotScanned { 0 reason: plain String, 1 files: plain u64, 2 some: plain Vec<String> });
twin!(LayerV3 of Layer {
    0 path: plain String,
    1 format: plain String,
    2 files: plain u64,
    3 bytes: plain u64,
    4 findings: plain Vec<(String, u64)>,
});
twin!(ClueV3 of Clue { 0 path: plain String, 1 kind: plain String, 2 value: plain String, 3 entries: plain u64 });
twin!(AgainstV2 of Against {
    0 name: plain String,
    1 role: word CorpusRole,
    2 indexed: maybe_moment Option<Timestamp>,
    3 contents: plain u64,
    4 rows: plain u64,
    5 packages: plain Option<u64>,
});
twin!(SharesV2 of Shares {
    0 matched: plain u32, 1 common: plain u32, 2 public: plain u32, 3 published: plain u32, 4 distinctive: plain u32,
});
twin!(WindowV1 of Window {
    0 line: plain String,
    1 strict: pair (CommitV1, CommitV1),
    2 first: nested CommitV1,
    3 last: nested CommitV1,
    4 open: plain bool,
    5 best: nested CommitV1,
    6 fit: plain u64,
    7 of: plain u64,
});
twin!(CurvePointV2 of CurvePoint { 0 commit: nested CommitV1, 1 files: plain u64, 2 fingerprints: plain u64 });
twin!(TakingV2 of Taking {
    0 line: plain String,
    1 reference: plain String,
    2 first: option Option<CommitV1>,
    3 last: option Option<CommitV1>,
    4 files: plain u64,
    5 some: plain Vec<String>,
});
twin!(PlacesV2 of Places { 0 cover: plain Vec<String>, 1 is_least: plain bool, 2 all: list Vec<PlaceV2> });
twin!(PlaceV2 of PlaceMatch {
    0 name: plain String, 1 files: plain u64, 2 only_here: plain u64, 3 some: plain Vec<String>,
});
twin!(ListingV2 of ListingMatch {
    0 path: plain String,
    1 format: plain String,
    2 verdict: plain String,
    3 entries: plain u64,
    4 sized: plain u64,
    5 by_size: plain u64,
    6 by_path: plain u64,
    7 window: option Option<WindowV1>,
    8 newest: maybe_moment Option<Timestamp>,
    9 words: plain Vec<String>,
    10 rows: list Vec<ListedV2>,
});
twin!(ListedV2 of ListedFile {
    0 path: plain String, 1 bytes: plain Option<u64>, 2 best: option Option<BestV2>, 3 same_size: plain bool,
});
twin!(CommitV1 of Commit { 0 id: plain String, 1 time: moment Timestamp });
twin!(FileV2 of FileMatch {
    0 path: plain String,
    1 bytes: plain u64,
    2 verdict: plain String,
    3 exact: plain bool,
    4 generated: plain bool,
    5 channel: plain String,
    6 shares: nested SharesV2,
    7 best: option Option<BestV2>,
    8 containment: plain (Option<u32>, Option<u32>),
    9 copies: plain u64,
    10 some_copies: plain Vec<String>,
    11 near: list Vec<NearV2>,
    12 alignment: option Option<AlignmentV2>,
});
twin!(BestV2 of BestMatch {
    0 corpus: plain String,
    1 source: plain String,
    2 path: plain String,
    3 first: nested CommitV1,
    4 last: nested CommitV1,
});
twin!(NearV2 of NearMiss { 0 corpus: plain String, 1 path: plain String, 2 share: plain u32 });
twin!(AlignmentV2 of Alignment {
    0 aligned: plain u32, 1 ranges: list Vec<AlignedV2>, 2 edits: plain Vec<String>, 3 note: plain Option<String>,
});
twin!(AlignedV2 of AlignedLines { 0 sample: plain (u32, u32), 1 ours: plain (u32, u32), 2 kind: plain String });

/// The result as `match/1` kept it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct MatchV1 {
    #[n(0)]
    pub(super) owner: String,
    #[n(1)]
    pub(super) corpora: Vec<(String, String)>,
    #[n(2)]
    pub(super) verdict: String,
    #[n(3)]
    pub(super) files: u64,
    #[n(4)]
    pub(super) bytes: u64,
    #[n(5)]
    pub(super) verdicts: Vec<(String, u64, u64)>,
    #[n(6)]
    pub(super) matched: u32,
    #[n(7)]
    pub(super) public: u32,
    #[n(8)]
    pub(super) published: u32,
    #[n(9)]
    pub(super) distinctive: u32,
    #[n(10)]
    pub(super) window: Option<WindowV1>,
    #[n(11)]
    pub(super) words: Vec<String>,
    #[n(12)]
    pub(super) rows: Vec<FileV1>,
    #[n(13)]
    pub(super) problems: Vec<String>,
}

/// A file as `match/1` kept it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct FileV1 {
    #[n(0)]
    pub(super) path: String,
    #[n(1)]
    pub(super) bytes: u64,
    #[n(2)]
    pub(super) verdict: String,
    #[n(3)]
    pub(super) exact: bool,
    #[n(4)]
    pub(super) shares: (u32, u32, u32, u32),
    #[n(5)]
    pub(super) best: Option<BestV1>,
}

/// A best match as `match/1` kept it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct BestV1 {
    #[n(0)]
    pub(super) corpus: String,
    #[n(1)]
    pub(super) path: String,
    #[n(2)]
    pub(super) first: CommitV1,
    #[n(3)]
    pub(super) last: CommitV1,
}

impl From<&MatchV1> for SampleMatch {
    /// What the first version did not keep is empty.
    fn from(it: &MatchV1) -> Self {
        let against = |(name, role): &(String, String)| {
            // A word of no role can't be in the ledger of any version of this program; what is no one's then is ours.
            let role = role.parse().unwrap_or(CorpusRole::Own);
            Against { name: name.clone(), role, indexed: None, contents: 0, rows: 0, packages: None }
        };
        SampleMatch {
            owner: it.owner.clone(),
            corpora: it.corpora.iter().map(against).collect(),
            verdict: it.verdict.clone(),
            files: it.files,
            bytes: it.bytes,
            verdicts: it.verdicts.clone(),
            shares: shares_v1((it.matched, it.public, it.published, it.distinctive)),
            window: it.window.as_ref().map(Into::into),
            words: it.words.clone(),
            rows: twins(&it.rows),
            problems: it.problems.clone(),
            ..SampleMatch::default()
        }
    }
}

impl From<&FileV1> for FileMatch {
    fn from(it: &FileV1) -> Self {
        FileMatch {
            path: it.path.clone(),
            bytes: it.bytes,
            verdict: it.verdict.clone(),
            exact: it.exact,
            shares: shares_v1(it.shares),
            best: it.best.as_ref().map(Into::into),
            ..FileMatch::default()
        }
    }
}

impl From<&BestV1> for BestMatch {
    fn from(it: &BestV1) -> Self {
        BestMatch {
            corpus: it.corpus.clone(),
            source: String::new(),
            path: it.path.clone(),
            first: (&it.first).into(),
            last: (&it.last).into(),
        }
    }
}

fn shares_v1((matched, public, published, distinctive): (u32, u32, u32, u32)) -> Shares {
    Shares { matched, common: 0, public, published, distinctive }
}
