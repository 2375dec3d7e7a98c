//! What entries record of a claim that is settled.

use minicbor::{Decode, Encode};

use crate::claim::{EntryId, Facet, PartyKind, Side};
use crate::ledger::canonical;

/// `settlement/1`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ClaimSettled {
    /// The case.
    #[n(0)]
    pub case: EntryId,
    /// Which part of the breach claim it is.
    #[cbor(n(1), with = "canonical::word")]
    pub facet: Facet,
    /// Against whom, as named.
    #[n(2)]
    pub victim: Option<String>,
    /// The proposition as it was worded then.
    #[n(3)]
    pub proposition: String,
    /// Whether it proved true; none where it is open again.
    #[n(4)]
    pub outcome: Option<bool>,
    /// Why, in words.
    #[n(5)]
    pub reason: String,
    /// The sides that parties had taken on it.
    #[n(6)]
    pub sides: Vec<SideV1>,
    /// The sources in which they had: with any of them what was drawn from it is destroyed.
    #[n(7)]
    pub sources: Vec<EntryId>,
}

twin!(SideV1 of Side {
    0 party: plain String,
    1 kind: word PartyKind,
    2 implied: plain u16,
    3 relayed: plain bool,
});
