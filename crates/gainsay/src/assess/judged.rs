//! What analysts hold beside what is computed. It is shown apart and weighs nothing: nothing that is computed reads it.

use jiff::Timestamp;

use super::edits::{Editing, ended, normal};
use super::likelihood::range_in_words;
use crate::claim::{Case, EntryId, Opinion};

/// An analyst's judgement as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The entry that records it.
    pub id: EntryId,
    /// Whose it is.
    pub by: String,
    /// When it was made.
    pub at: Timestamp,
    /// Why, in the author's words.
    pub reason: String,
    /// On what.
    pub on: JudgedOn,
    /// What is held; `None` where it only withdraws.
    pub held: Option<Opinion>,
    /// Whether it is the author's last word on this.
    pub stands: bool,
}

/// What a judgement is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JudgedOn {
    /// The case as a whole.
    Case,
    /// The claim with this handle.
    Claim(String),
    /// A claim that the case has no more.
    Gone,
}

impl Judged {
    /// Whether it is on the claim with this handle.
    pub fn is_on(&self, claim: &str) -> bool {
        matches!(&self.on, JudgedOn::Claim(handle) if handle == claim)
    }

    /// Who holds what, in short.
    pub fn in_short(&self) -> String {
        let held = self.held.as_ref().map_or_else(|| "withdrawn".to_owned(), held);
        format!("own judgement of {}: {held}", self.by)
    }

    /// Who holds what and why, in words.
    pub fn words(&self) -> String {
        let day = self.at.strftime("%Y-%m-%d");
        let held = self.held.as_ref().map_or_else(|| "withdraws it".to_owned(), held);
        format!("{} on {day} ({}): {held}. Why: {}", self.by, self.id.short(), ended(&self.reason))
    }
}

/// What is held, in words.
fn held(opinion: &Opinion) -> String {
    let verdict = opinion.verdict.as_ref().map(|verdict| format!("“{}”", verdict.trim()));
    let likelihood = opinion.likelihood.map(range_in_words);
    let confidence = opinion.confidence.map(|confidence| format!("{confidence} confidence"));
    [verdict, likelihood, confidence].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The judgements of a case, each author's last one on a thing standing. Nobody takes back another's.
pub(super) fn judged(case: &Case, editing: &Editing) -> Vec<Judged> {
    let judgements = case.judgements.iter().enumerate().map(|(at, one)| {
        let on = one.on.as_ref().map(normal);
        let mut later = case.judgements[at + 1..].iter();
        let replaced = later.any(|it| it.by == one.by && it.on.as_ref().map(normal) == on);
        Judged {
            id: one.id,
            by: one.by.clone(),
            at: one.at,
            reason: one.reason.clone(),
            on: match &on {
                None => JudgedOn::Case,
                Some(key) => editing.handle(key).map_or(JudgedOn::Gone, |handle| JudgedOn::Claim(handle.to_owned())),
            },
            held: one.held.clone(),
            stands: one.held.is_some() && !replaced,
        }
    });
    judgements.collect()
}
