//! What entries record of a sample that was looked through for what it must not reveal.

use minicbor::{Decode, Encode};

use crate::claim::{EntryId, Sensitive, SensitiveFile, SensitiveGroup, SensitiveItem, SensitiveKind, Spot};
use crate::ledger::canonical;

/// `inspection/1`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct SampleInspected {
    /// The case.
    #[n(0)]
    pub case: EntryId,
    /// The sample's source entry.
    #[n(1)]
    pub sample: EntryId,
    /// What was found; no value of it.
    #[n(2)]
    pub result: SensitiveV1,
    /// The command that finds it again.
    #[n(3)]
    pub command: String,
}

twin!(SensitiveV1 of Sensitive {
    0 files: plain u64,
    1 kinds: list Vec<SensitiveKindV1>,
    2 items: list Vec<SensitiveItemV1>,
    3 more_items: plain u64,
    4 holders: list Vec<SensitiveFileV1>,
    5 more_holders: plain u64,
});
impl SensitiveV1 {
    /// How many kinds were found.
    pub fn kinds(&self) -> usize {
        self.kinds.len()
    }
}

twin!(SensitiveKindV1 of SensitiveKind {
    0 group: word SensitiveGroup,
    1 kind: plain String,
    2 found: plain u64,
    3 distinct: plain u64,
    4 more: plain bool,
    5 files: plain u64,
});
twin!(SensitiveItemV1 of SensitiveItem {
    0 group: word SensitiveGroup,
    1 kind: plain String,
    2 about: plain String,
    3 mark: plain String,
    4 found: plain u64,
    5 places: list Vec<SpotV1>,
});
twin!(SpotV1 of Spot { 0 path: plain String, 1 line: plain u64, 2 offset: plain u64 });
twin!(SensitiveFileV1 of SensitiveFile {
    0 path: plain String,
    1 kind: plain String,
    2 found: plain u64,
    3 first: plain (u64, u64),
    4 last: plain (u64, u64),
});
