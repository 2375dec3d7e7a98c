//! What analysts make of the claims before they are weighed.
//!
//! The order is that of the ledger, whoever edits: of two that contradict each other the later one holds where both can be done, and what
//! can no longer be done, since an earlier edit or a text that is gone took its ground away, changes nothing and is shown with the reason.
//! Taking an edit back is an edit too, so that what rested on it can hold again.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::claims::{self, Claim, Sketch};
use super::parties::{Parties, key};
use crate::claim::{Case, ClaimKey, Edit, EditKind, EntryId, Facet, StatementKey};

/// An edit, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    /// The entry that records it.
    pub id: EntryId,
    /// Who made it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why, in the author's words.
    pub reason: String,
    /// What it does, in words.
    pub what: String,
    /// The claims that it is shown with, by handle; none where the case has none of them any more.
    pub claims: Vec<String>,
    /// Whether it holds.
    pub fate: Fate,
}

/// Whether an edit holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It does.
    Holds,
    /// Somebody took it back.
    Undone {
        /// Who.
        by: String,
        /// By which entry.
        with: EntryId,
    },
    /// It has nothing to be made to, for this reason.
    Void(String),
}

impl Edited {
    /// Who did what and why, and whether it holds, in words.
    pub fn words(&self) -> String {
        let fate = match &self.fate {
            Fate::Holds => String::new(),
            Fate::Undone { by, with } => format!(" Taken back by {by} ({}).", with.short()),
            Fate::Void(why) => format!(" Does not hold: {why}."),
        };
        let day = self.at.strftime("%Y-%m-%d");
        format!("{} {} on {day} ({}): {}{fate}", self.by, self.what, self.id.short(), ended(&self.reason))
    }

    /// Whether it holds.
    pub fn holds(&self) -> bool {
        self.fate == Fate::Holds
    }
}

/// A reason as a sentence.
pub(super) fn ended(reason: &str) -> String {
    let reason = reason.trim();
    if reason.ends_with(['.', '!', '?']) { reason.to_owned() } else { format!("{reason}.") }
}

/// What became of the edits, before the claims have handles.
pub(super) struct Applied {
    edits: Vec<(Edited, Vec<ClaimKey>)>,
    merged: BTreeMap<ClaimKey, Merged>,
}

/// Where a claim went.
struct Merged {
    into: ClaimKey,
    by: String,
}

/// What became of the edits, and which claim is which.
pub(super) struct Editing {
    /// In the order of the ledger.
    pub edits: Vec<Edited>,
    handles: BTreeMap<ClaimKey, String>,
    merged: BTreeMap<ClaimKey, Merged>,
}

impl Applied {
    /// The same with the handles of the claims.
    pub(super) fn with_handles(self, claims: &[Claim]) -> Editing {
        let handles = claims.iter().map(|claim| (normal(&claim.key), claim.handle.clone())).collect();
        let mut editing = Editing { edits: Vec::new(), handles, merged: self.merged };
        for (mut edited, keys) in self.edits {
            for handle in keys.iter().filter_map(|key| editing.handle(key)) {
                if edited.claims.iter().all(|known| known != handle) {
                    edited.claims.push(handle.to_owned());
                }
            }
            editing.edits.push(edited);
        }
        editing
    }
}

impl Editing {
    /// The handle of a claim, or of the one that it was merged into.
    pub(super) fn handle(&self, claim: &ClaimKey) -> Option<&str> {
        let mut key = normal(claim);
        // No claim is merged twice, so that this ends.
        while let Some(next) = self.merged.get(&key) {
            key = next.into.clone();
        }
        self.handles.get(&key).map(String::as_str)
    }
}

/// A key by which claims are told from each other, however the company's name is written.
pub(super) fn normal(claim: &ClaimKey) -> ClaimKey {
    match claim {
        ClaimKey::Computed { facet, victim } => {
            ClaimKey::Computed { facet: *facet, victim: victim.as_deref().map(key) }
        }
        ClaimKey::Split(edit) => ClaimKey::Split(*edit),
    }
}

/// Makes the edits of a case to its claims, in their order.
pub(super) fn apply(case: &Case, parties: &Parties, sketches: &mut Vec<Sketch>) -> Applied {
    let mut undone: BTreeMap<EntryId, &Edit> = BTreeMap::new();
    // What is taken back takes nothing back: from the last to the first, each is decided once.
    for edit in case.edits.iter().rev() {
        if let (EditKind::Undo { edit: target }, false) = (&edit.what, undone.contains_key(&edit.id)) {
            undone.entry(*target).or_insert(edit);
        }
    }
    let handles: BTreeMap<StatementKey, &str> =
        case.statements.iter().map(|said| (said.draft, said.handle.as_str())).collect();
    let mut desk = Desk { case, parties, sketches, handles, merged: BTreeMap::new(), earlier: BTreeSet::new() };
    let mut edits: Vec<(Edited, Vec<ClaimKey>)> = Vec::new();
    for edit in &case.edits {
        let what = desk.what(&edit.what);
        let mut keys: Vec<ClaimKey> = match &edit.what {
            // What is taken back is shown with what it was.
            EditKind::Undo { edit: target } => {
                let target = edits.iter().find(|(edited, _)| edited.id == *target);
                target.map_or(Vec::new(), |(_, keys)| keys.clone())
            }
            other => other.claim().map(normal).into_iter().collect(),
        };
        let fate = match undone.get(&edit.id) {
            Some(by) => Fate::Undone { by: by.by.clone(), with: by.id },
            None => match desk.make(edit) {
                Ok(also) => {
                    keys.extend(also);
                    Fate::Holds
                }
                Err(why) => Fate::Void(why),
            },
        };
        desk.earlier.insert(edit.id);
        let Edit { id, by, at, reason, .. } = edit.clone();
        edits.push((Edited { id, by, at, reason, what, claims: Vec::new(), fate }, keys));
    }
    let merged = desk.merged;
    Applied { edits, merged }
}

/// The claims of a case while they are edited.
struct Desk<'c> {
    case: &'c Case,
    parties: &'c Parties,
    sketches: &'c mut Vec<Sketch>,
    handles: BTreeMap<StatementKey, &'c str>,
    merged: BTreeMap<ClaimKey, Merged>,
    earlier: BTreeSet<EntryId>,
}

impl Desk<'_> {
    /// Makes one edit; the further claims that it is shown with, or why it cannot be made.
    fn make(&mut self, edit: &Edit) -> Result<Option<ClaimKey>, String> {
        match &edit.what {
            EditKind::Reword { claim, proposition } => {
                let at = self.place(claim)?;
                let sketch = &mut self.sketches[at];
                if sketch.proposition == *proposition {
                    return Err("the claim is worded so already".to_owned());
                }
                sketch.proposition.clone_from(proposition);
                Ok(None)
            }
            EditKind::Split { claim, proposition, statements } => {
                self.split(claim, proposition, statements, edit.id)?;
                Ok(Some(ClaimKey::Split(edit.id)))
            }
            EditKind::Merge { claim, into } => self.merge(claim, into, &edit.by).map(Some),
            EditKind::Attach { claim, statement, for_claim } => {
                self.attach(claim, *statement, *for_claim).map(|()| None)
            }
            EditKind::Detach { claim, statement } => {
                let at = self.place(claim)?;
                let voices = &mut self.sketches[at].voices;
                let before = voices.len();
                voices.retain(|voice| voice.statement != Some(*statement));
                if voices.len() == before {
                    return Err(format!("{} does not speak to the claim", self.handle(statement)));
                }
                Ok(None)
            }
            EditKind::Undo { edit: target } if self.earlier.contains(target) => Ok(None),
            EditKind::Undo { edit: target } => Err(format!("no earlier edit is {}", target.short())),
        }
    }

    fn split(
        &mut self,
        claim: &ClaimKey,
        proposition: &str,
        statements: &[StatementKey],
        edit: EntryId,
    ) -> Result<(), String> {
        let at = self.place(claim)?;
        let parent = &mut self.sketches[at];
        let goes = |key: &Option<StatementKey>| key.is_some_and(|key| statements.contains(&key));
        let (voices, stay) = std::mem::take(&mut parent.voices).into_iter().partition(|voice| goes(&voice.statement));
        parent.voices = stay;
        let (facet, victim) = (parent.facet, parent.victim.clone());
        let split = Sketch { key: ClaimKey::Split(edit), facet, victim, proposition: proposition.to_owned(), voices };
        if split.voices.is_empty() {
            return Err("none of its statements speaks to the claim any more".to_owned());
        }
        self.sketches.insert(at + 1, split);
        Ok(())
    }

    fn merge(&mut self, claim: &ClaimKey, into: &ClaimKey, by: &str) -> Result<ClaimKey, String> {
        let (from, to) = (self.place(claim)?, self.place(into)?);
        if from == to {
            return Err("a claim is not merged into itself".to_owned());
        }
        if self.sketches[from].facet != self.sketches[to].facet {
            let (one, other) = (self.sketches[from].facet, self.sketches[to].facet);
            return Err(format!("one is of {one} and the other of {other}: they cannot be one claim"));
        }
        let (key, into) = (normal(&self.sketches[from].key), normal(&self.sketches[to].key));
        let gone = self.sketches.remove(from);
        let to = if from < to { to - 1 } else { to };
        let voices = &mut self.sketches[to].voices;
        for voice in gone.voices {
            // What speaks to both speaks once.
            if voices.iter().all(|known| known.handle != voice.handle) {
                voices.push(voice);
            }
        }
        self.merged.insert(key, Merged { into: into.clone(), by: by.to_owned() });
        Ok(into)
    }

    fn attach(&mut self, claim: &ClaimKey, statement: StatementKey, side: Option<bool>) -> Result<(), String> {
        let at = self.place(claim)?;
        let handle = self.handle(&statement);
        let facet = self.sketches[at].facet;
        let known = self.sketches[at].voices.iter_mut().find(|voice| voice.statement == Some(statement));
        if let Some(known) = known {
            return match side.filter(|side| *side != known.for_claim) {
                Some(side) => {
                    known.turn(side);
                    Ok(())
                }
                None => Err(format!("{handle} speaks to the claim so already")),
            };
        }
        if !self.case.shown().any(|said| said.draft == statement) {
            return Err(format!("{handle} was rejected, or its source is gone"));
        }
        let voice = claims::attached(self.case, self.parties, statement, (facet, side));
        let voice = voice.ok_or_else(|| format!("{handle} takes no side on it: say which with --for or --against"))?;
        self.sketches[at].voices.push(voice);
        Ok(())
    }

    /// The place of a claim, or why there is none.
    fn place(&self, claim: &ClaimKey) -> Result<usize, String> {
        let key = normal(claim);
        if let Some(Merged { into, by }) = self.merged.get(&key) {
            return Err(format!("{by} had merged the claim into {}", self.name(into)));
        }
        let found = self.sketches.iter().position(|sketch| normal(&sketch.key) == key);
        found.ok_or_else(|| match key {
            ClaimKey::Split(_) => "the edit that split the claim off does not hold, or was destroyed".to_owned(),
            ClaimKey::Computed { .. } => format!("nothing in the case claims {} any more", self.name(claim)),
        })
    }

    /// A claim in words, whether it is there or not.
    fn name(&self, claim: &ClaimKey) -> String {
        let key = normal(claim);
        if let Some(sketch) = self.sketches.iter().find(|sketch| normal(&sketch.key) == key) {
            return format!("“{}”", sketch.proposition);
        }
        match claim {
            ClaimKey::Computed { facet: Facet::Victim, victim: Some(victim) } => format!("that the data is {victim}'s"),
            ClaimKey::Computed { facet, victim: Some(victim) } => format!("{facet} of {victim}"),
            ClaimKey::Computed { facet, victim: None } => facet.to_string(),
            ClaimKey::Split(edit) => format!("what {} split off", edit.short()),
        }
    }

    fn handle(&self, statement: &StatementKey) -> String {
        self.handles.get(statement).map_or_else(|| "a statement that is gone".to_owned(), |it| (*it).to_owned())
    }

    /// What an edit does, in words, as the claims are before it.
    fn what(&self, edit: &EditKind) -> String {
        match edit {
            EditKind::Reword { claim, proposition } => format!("reworded {} as “{proposition}”", self.name(claim)),
            EditKind::Split { claim, proposition, statements } => {
                let handles: Vec<String> = statements.iter().map(|it| self.handle(it)).collect();
                format!("split “{proposition}” off {} with {}", self.name(claim), handles.join(", "))
            }
            EditKind::Merge { claim, into } => format!("merged {} into {}", self.name(claim), self.name(into)),
            EditKind::Attach { claim, statement, for_claim } => {
                let side = match for_claim {
                    Some(true) => ", for it",
                    Some(false) => ", against it",
                    None => "",
                };
                format!("attached {} to {}{side}", self.handle(statement), self.name(claim))
            }
            EditKind::Detach { claim, statement } => {
                format!("detached {} from {}", self.handle(statement), self.name(claim))
            }
            EditKind::Undo { edit } => format!("took back {}", edit.short()),
        }
    }
}

#[cfg(test)]
mod tests;
