//! What became of a claim: an entry of the ledger, with what each party had said of it.

use jiff::Timestamp;

use super::{ClaimKey, EntryId, PartyKind, Tlp};

/// A claim that somebody settled, as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// The entry that records it.
    pub id: EntryId,
    /// Who settled it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// To whom it may be told.
    pub tlp: Tlp,
    /// The case.
    pub case: EntryId,
    /// Which of its claims.
    pub claim: ClaimKey,
    /// The proposition as it was worded then.
    pub proposition: String,
    /// Whether it proved true; `None` where it is open again.
    pub outcome: Option<bool>,
    /// Why, in words.
    pub reason: String,
    /// The sides that parties had taken on it.
    pub sides: Vec<Side>,
}

impl Settlement {
    /// What became of it, who says so, when and why.
    pub fn words(&self) -> String {
        let outcome = match self.outcome {
            Some(true) => "Settled as true",
            Some(false) => "Settled as not true",
            None => "Open again",
        };
        format!("{outcome} on {}, says {}: {}", self.at.strftime("%Y-%m-%d"), self.by, self.reason)
    }
}

/// The side that a party took on a claim.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Side {
    /// The party.
    pub party: String,
    /// In which role it spoke.
    pub kind: PartyKind,
    /// How likely the claim is if the party is taken at its word, in thousandths.
    pub implied: u16,
    /// Whether it only passed on what another says.
    pub relayed: bool,
}
