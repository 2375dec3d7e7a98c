//! What analysts make of the claims that are computed: edits, and judgements of their own. Each is an entry of the ledger.

use jiff::Timestamp;

use super::{Confidence, EntryId, Facet, Tlp};

/// A claim, whatever its handle is at the time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClaimKey {
    /// What the case's texts claim.
    Computed {
        /// Of this part of the breach claim.
        facet: Facet,
        /// Against this company as named; `None` where none is named.
        victim: Option<String>,
    },
    /// What the edit of this entry split off.
    Split(EntryId),
}

/// A statement, whatever its handle is at the time: the entry that drafted it, and the place in it.
pub type StatementKey = (EntryId, u32);

/// One edit of the claims of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The entry that records it.
    pub id: EntryId,
    /// Who made it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// To whom it may be told.
    pub tlp: Tlp,
    /// What it does.
    pub what: EditKind,
    /// Why, in words.
    pub reason: String,
}

/// What an edit does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditKind {
    /// Words the proposition otherwise.
    Reword {
        /// Which claim's.
        claim: ClaimKey,
        /// The proposition.
        proposition: String,
    },
    /// Makes a claim of its own of some of a claim's statements.
    Split {
        /// The claim.
        claim: ClaimKey,
        /// What the new one says.
        proposition: String,
        /// The statements that go over to it.
        statements: Vec<StatementKey>,
    },
    /// Takes two claims of one facet for one.
    Merge {
        /// The claim that is no longer one of its own.
        claim: ClaimKey,
        /// The claim that it is.
        into: ClaimKey,
    },
    /// Lets a statement speak to a claim.
    Attach {
        /// The claim.
        claim: ClaimKey,
        /// The statement.
        statement: StatementKey,
        /// Which way it goes; `None` where its stance tells.
        for_claim: Option<bool>,
    },
    /// Lets a statement speak to a claim no longer.
    Detach {
        /// The claim.
        claim: ClaimKey,
        /// The statement.
        statement: StatementKey,
    },
    /// Takes an earlier edit back, or the taking back of one.
    Undo {
        /// Its entry.
        edit: EntryId,
    },
}

/// What an analyst holds to be so, beside what is computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnJudgement {
    /// The entry that records it.
    pub id: EntryId,
    /// Whose it is.
    pub by: String,
    /// When it was made.
    pub at: Timestamp,
    /// To whom it may be told.
    pub tlp: Tlp,
    /// On which claim; `None` for the case as a whole.
    pub on: Option<ClaimKey>,
    /// What is held; `None` withdraws what its author held of this before.
    pub held: Option<Opinion>,
    /// Why, in words.
    pub reason: String,
}

/// What somebody holds; what is `None` is left to what is computed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opinion {
    /// How likely, in percent from and to.
    pub likelihood: Option<(u8, u8)>,
    /// How far that can be trusted.
    pub confidence: Option<Confidence>,
    /// What it comes to, in words.
    pub verdict: Option<String>,
}

impl EditKind {
    /// The claim that it is made to; none where it takes another edit back.
    pub fn claim(&self) -> Option<&ClaimKey> {
        match self {
            EditKind::Reword { claim, .. }
            | EditKind::Split { claim, .. }
            | EditKind::Merge { claim, .. }
            | EditKind::Attach { claim, .. }
            | EditKind::Detach { claim, .. } => Some(claim),
            EditKind::Undo { .. } => None,
        }
    }
}
