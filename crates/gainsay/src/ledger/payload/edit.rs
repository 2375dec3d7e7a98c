//! What entries record of the claims that analysts edit, and of their own judgements.

use minicbor::{Decode, Encode};

use crate::claim::{ClaimKey, Confidence, EditKind, EntryId, Facet, Opinion, StatementKey};
use crate::ledger::canonical;

/// `claim/1`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ClaimEdited {
    /// The case.
    #[n(0)]
    pub case: EntryId,
    /// What is done.
    #[n(1)]
    pub edit: EditV1,
    /// Why, in words.
    #[n(2)]
    pub reason: String,
}

/// `judgement/1`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct CaseJudged {
    /// The case.
    #[n(0)]
    pub case: EntryId,
    /// On which claim; none for the case as a whole.
    #[n(1)]
    pub on: Option<ClaimKeyV1>,
    /// What is held; none withdraws what its author held of this before.
    #[n(2)]
    pub held: Option<OpinionV1>,
    /// Why, in words.
    #[n(3)]
    pub reason: String,
}

/// A claim.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum ClaimKeyV1 {
    /// What the case's texts claim.
    #[n(0)]
    Computed(#[n(0)] ComputedV1),
    /// What an edit split off.
    #[n(1)]
    Split(#[n(0)] EntryId),
}

/// A facet and a company.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ComputedV1 {
    #[cbor(n(0), with = "canonical::word")]
    facet: Facet,
    #[n(1)]
    victim: Option<String>,
}

/// What an edit does.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum EditV1 {
    /// Words a claim otherwise.
    #[n(0)]
    Reword(#[n(0)] ClaimKeyV1, #[n(1)] String),
    /// Splits statements off.
    #[n(1)]
    Split(#[n(0)] ClaimKeyV1, #[n(1)] String, #[n(2)] Vec<(EntryId, u32)>),
    /// Takes two for one.
    #[n(2)]
    Merge(#[n(0)] ClaimKeyV1, #[n(1)] ClaimKeyV1),
    /// Lets a statement speak to a claim.
    #[n(3)]
    Attach(#[n(0)] ClaimKeyV1, #[n(1)] (EntryId, u32), #[n(2)] Option<bool>),
    /// Lets a statement speak to a claim no longer.
    #[n(4)]
    Detach(#[n(0)] ClaimKeyV1, #[n(1)] (EntryId, u32)),
    /// Takes an edit back.
    #[n(5)]
    Undo(#[n(0)] EntryId),
}

/// What somebody holds.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct OpinionV1 {
    /// Percent from and to.
    #[n(0)]
    likelihood: Option<(u8, u8)>,
    #[n(1)]
    confidence: Option<ConfidenceV1>,
    #[n(2)]
    verdict: Option<String>,
}

/// A confidence as its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct ConfidenceV1(#[cbor(n(0), with = "canonical::word")] Confidence);

impl From<&ClaimKey> for ClaimKeyV1 {
    fn from(key: &ClaimKey) -> Self {
        match key {
            ClaimKey::Computed { facet, victim } => {
                ClaimKeyV1::Computed(ComputedV1 { facet: *facet, victim: victim.clone() })
            }
            ClaimKey::Split(edit) => ClaimKeyV1::Split(*edit),
        }
    }
}

impl From<&ClaimKeyV1> for ClaimKey {
    fn from(key: &ClaimKeyV1) -> Self {
        match key {
            ClaimKeyV1::Computed(it) => ClaimKey::Computed { facet: it.facet, victim: it.victim.clone() },
            ClaimKeyV1::Split(edit) => ClaimKey::Split(*edit),
        }
    }
}

impl From<&EditKind> for EditV1 {
    fn from(edit: &EditKind) -> Self {
        match edit {
            EditKind::Reword { claim, proposition } => EditV1::Reword(claim.into(), proposition.clone()),
            EditKind::Split { claim, proposition, statements } => {
                EditV1::Split(claim.into(), proposition.clone(), statements.clone())
            }
            EditKind::Merge { claim, into } => EditV1::Merge(claim.into(), into.into()),
            EditKind::Attach { claim, statement, for_claim } => EditV1::Attach(claim.into(), *statement, *for_claim),
            EditKind::Detach { claim, statement } => EditV1::Detach(claim.into(), *statement),
            EditKind::Undo { edit } => EditV1::Undo(*edit),
        }
    }
}

impl From<&EditV1> for EditKind {
    fn from(edit: &EditV1) -> Self {
        match edit {
            EditV1::Reword(claim, proposition) => {
                EditKind::Reword { claim: claim.into(), proposition: proposition.clone() }
            }
            EditV1::Split(claim, proposition, statements) => EditKind::Split {
                claim: claim.into(),
                proposition: proposition.clone(),
                statements: statements.clone(),
            },
            EditV1::Merge(claim, into) => EditKind::Merge { claim: claim.into(), into: into.into() },
            EditV1::Attach(claim, statement, for_claim) => {
                EditKind::Attach { claim: claim.into(), statement: *statement, for_claim: *for_claim }
            }
            EditV1::Detach(claim, statement) => EditKind::Detach { claim: claim.into(), statement: *statement },
            EditV1::Undo(edit) => EditKind::Undo { edit: *edit },
        }
    }
}

impl EditV1 {
    /// The statements that it names, each by the entry that drafted it.
    pub fn statements(&self) -> &[StatementKey] {
        match self {
            EditV1::Split(_, _, statements) => statements,
            EditV1::Attach(_, statement, _) | EditV1::Detach(_, statement) => std::slice::from_ref(statement),
            EditV1::Reword(..) | EditV1::Merge(..) | EditV1::Undo(_) => &[],
        }
    }
}

impl From<&Opinion> for OpinionV1 {
    fn from(held: &Opinion) -> Self {
        let confidence = held.confidence.map(ConfidenceV1);
        OpinionV1 { likelihood: held.likelihood, confidence, verdict: held.verdict.clone() }
    }
}

impl From<&OpinionV1> for Opinion {
    fn from(held: &OpinionV1) -> Self {
        let confidence = held.confidence.map(|it| it.0);
        Opinion { likelihood: held.likelihood, confidence, verdict: held.verdict.clone() }
    }
}
