//! What entries record of a claim that is settled.

use minicbor::{Decode, Encode};

use super::edit::ClaimKeyV1;
use crate::claim::{EntryId, PartyKind, Side};
use crate::ledger::canonical;

/// `settlement/1`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ClaimSettled {
    /// The case.
    #[n(0)]
    pub case: EntryId,
    /// Which of its claims.
    #[n(1)]
    pub claim: ClaimKeyV1,
    /// The proposition as it was worded then.
    #[n(2)]
    pub proposition: String,
    /// Whether it proved true; none where it is open again.
    #[n(3)]
    pub outcome: Option<bool>,
    /// Why, in words.
    #[n(4)]
    pub reason: String,
    /// The sides that parties had taken on it.
    #[n(5)]
    pub sides: Vec<SideV1>,
    /// The sources in which they had: with any of them what was drawn from it is destroyed.
    #[n(6)]
    pub sources: Vec<EntryId>,
}

twin!(SideV1 of Side {
    0 party: plain String,
    1 kind: word PartyKind,
    2 implied: plain u16,
    3 relayed: plain bool,
});
