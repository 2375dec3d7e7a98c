//! What entries record of a private match.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use crate::claim::{ElementKind, EntryId, PrivateLabel};
use crate::ledger::canonical;

/// `private/1`. All but the case, the company and whose desk it is on follows from the statement, with which it can be held.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct PrivatelyMatched {
    /// The case.
    #[n(0)]
    pub case: EntryId,
    /// The company whose files or accounts they are, by its name in the case.
    #[n(1)]
    pub company: String,
    /// Whether this desk held the sample.
    #[n(2)]
    pub held_here: bool,
    /// The Ed25519 public key of who held the sample.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub holder: [u8; 32],
    /// The same of who owned what it was held against.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub owner: [u8; 32],
    /// What was to be settled.
    #[n(5)]
    pub claim: String,
    /// What was compared.
    #[cbor(n(6), with = "canonical::word")]
    pub elements: ElementKind,
    /// The same in the words that both signed.
    #[n(7)]
    pub inputs: String,
    /// Whether the holder learned which elements match.
    #[n(8)]
    pub which: bool,
    /// Of all elements one in so many took part.
    #[n(9)]
    pub sampling: u32,
    /// Elements of the sample that took part.
    #[n(10)]
    pub count: u32,
    /// Those that matched anything.
    #[n(11)]
    pub matches: u32,
    /// The share that matches, in whole percent: at least and at most.
    #[n(12)]
    pub least: u8,
    /// At most.
    #[n(13)]
    pub most: u8,
    /// What they were held against, by parts.
    #[n(14)]
    pub labels: Vec<PrivateLabelV1>,
    /// Invitation, agreement, result and countersignature, one behind the other: what both signed.
    #[n(15)]
    pub statement: ByteVec,
}

twin!(PrivateLabelV1 of PrivateLabel {
    0 name: plain String,
    1 size: plain u64,
    2 matches: plain u32,
});
