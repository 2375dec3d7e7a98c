//! What entries record of an assessment: what it came to, and everything that it was based on.

use jiff::Timestamp;
use minicbor::{Decode, Encode};

use super::edit::ClaimKeyV1;
use crate::claim::{CorpusRole, EntryId, Tlp};
use crate::ledger::canonical;

/// `assessment/2`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct CaseAssessed {
    /// The case.
    #[n(0)]
    pub case: EntryId,
    /// How many entries of the ledger it is based on: the size of the head that it was made under.
    #[n(1)]
    pub based_on: u64,
    /// That head's root.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub root: [u8; 32],
    /// To which marking its readers are cleared: what is marked above was left out.
    #[cbor(n(3), with = "canonical::word")]
    pub audience: Tlp,
    /// The model with its version.
    #[n(4)]
    pub model: String,
    /// SHA-256 of the weights.
    #[cbor(n(5), with = "minicbor::bytes")]
    pub weights: [u8; 32],
    /// SHA-256 of the names that are known beforehand.
    #[cbor(n(6), with = "minicbor::bytes")]
    pub names: [u8; 32],
    /// The states of the corpora that its findings were computed on.
    #[n(7)]
    pub corpora: Vec<CorpusStateV2>,
    /// The answer in words.
    #[n(8)]
    pub answer: Vec<String>,
    /// Each claim.
    #[n(9)]
    pub claims: Vec<AssessedV2>,
}

/// A corpus as a finding was computed on it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(array)]
pub struct CorpusStateV2 {
    /// Its name.
    #[n(0)]
    pub name: String,
    /// What it is to the company.
    #[cbor(n(1), with = "canonical::word")]
    pub role: CorpusRole,
    /// When it was last indexed.
    #[cbor(n(2), with = "canonical::maybe_moment")]
    pub indexed: Option<Timestamp>,
    /// How many rows its index had.
    #[n(3)]
    pub rows: u64,
}

/// What a claim came to.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct AssessedV2 {
    /// Which claim.
    #[n(0)]
    pub claim: ClaimKeyV1,
    /// The proposition.
    #[n(1)]
    pub proposition: String,
    /// Log-odds.
    #[n(2)]
    pub millinats: i64,
    /// The confidence's word.
    #[n(3)]
    pub confidence: String,
}
