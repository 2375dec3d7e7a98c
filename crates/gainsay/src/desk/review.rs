//! Accepting, mending and rejecting what the reader drafted.

use std::collections::BTreeSet;

use super::{Acting, Desk, Error, casefile};
use crate::claim::{Case, EntryId, PartyKind, Said, SourceText, Stance, State, Statement};
use crate::ledger::NewEntry;
use crate::ledger::payload::{DraftDecided, DraftRef};

/// A draft that waits for somebody, with the words of its source.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The draft.
    pub said: Said,
    /// The source's handle and name.
    pub source: String,
    /// Its words.
    pub quote: Option<String>,
    /// Why the reader drafted it so.
    pub because: String,
}

/// What to do with a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is as drafted.
    Accept,
    /// It was said, but by another party or with another stance.
    Mend(Mended),
    /// It was not said.
    Reject {
        /// Why, in words.
        reason: Option<String>,
    },
}

/// What is mended of a statement; what is `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mended {
    /// Who said it.
    pub speaker: Option<String>,
    /// In which role.
    pub speaker_kind: Option<PartyKind>,
    /// With which stance.
    pub stance: Option<Stance>,
}

impl Desk {
    /// The drafts of a case that nobody has decided on, least certain first.
    ///
    /// # Errors
    /// There is no such case, or the store fails.
    pub fn waiting(&mut self, case: &str) -> Result<Vec<Waiting>, Error> {
        let case = self.case(case)?;
        let mut waiting: Vec<Waiting> = case
            .shown()
            .filter(|said| matches!(said.state, State::Draft { .. }))
            .map(|said| {
                let source = &case.sources[said.source];
                let because = said.draft.and_then(|(_, index)| source.reading.drafts.get(index as usize));
                Waiting {
                    said: said.clone(),
                    source: format!("{} ({})", source.handle, source.name()),
                    quote: said.quote(&case).map(str::to_owned),
                    because: because.map_or(String::new(), |draft| draft.because.clone()),
                }
            })
            .collect();
        waiting.sort_by_key(|waiting| match waiting.said.state {
            State::Draft { confidence } => confidence,
            _ => 0,
        });
        Ok(waiting)
    }

    /// Decides on statements of a case, all of them in one commit. What another person decided is changed only with `again`.
    ///
    /// # Errors
    /// A handle is none of the case's, is named twice, or was decided on by a person already: then nothing is changed.
    pub fn decide(
        &mut self,
        acting: &Acting,
        case_name: &str,
        changes: &[(String, Change)],
        again: bool,
    ) -> Result<usize, Error> {
        let mut named = BTreeSet::new();
        if let Some((handle, _)) = changes.iter().find(|(handle, _)| !named.insert(handle)) {
            return Err(Error::DecidedTwice { handle: handle.clone() });
        }
        self.database.commit(&self.key, acting.now, |commit| {
            let id = casefile::case_id(&commit.reader(), case_name)?;
            // The case is folded under the lock: what it says of each statement is what the decision builds on.
            let case = casefile::fold(&commit.reader().of_case(id)?, |_| SourceText::None)
                .ok_or_else(|| Error::NoCase { name: case_name.to_owned(), known: Vec::new() })?;
            for (handle, change) in changes {
                let said = case.statements.iter().find(|said| said.handle == *handle);
                let said =
                    said.ok_or_else(|| Error::NoHandle { case: case_name.to_owned(), handle: handle.clone() })?;
                if let (Some(by), false) = (decided_by_a_person(said), again) {
                    return Err(Error::Stale { handle: handle.clone(), by: by.to_owned() });
                }
                commit.push(&decision(acting, &case, id, said, change))?;
            }
            Ok(changes.len())
        })
    }
}

fn decided_by_a_person(said: &Said) -> Option<&str> {
    match &said.state {
        State::Accepted { by, .. } | State::Rejected { by } if !crate::read::is_reader(by) => Some(by),
        _ => None,
    }
}

fn decision(acting: &Acting, case: &Case, id: EntryId, said: &Said, change: &Change) -> NewEntry {
    let statement = match change {
        Change::Accept => Some(said.statement.clone()),
        Change::Mend(mended) => Some(Statement {
            speaker: mended.speaker.clone().unwrap_or_else(|| said.statement.speaker.clone()),
            speaker_kind: mended.speaker_kind.unwrap_or(said.statement.speaker_kind),
            stance: mended.stance.unwrap_or(said.statement.stance),
            ..said.statement.clone()
        }),
        Change::Reject { .. } => None,
    };
    let reason = match change {
        Change::Reject { reason } => reason.clone(),
        _ => None,
    };
    NewEntry {
        author: acting.author.clone(),
        tlp: said.tlp,
        note: None,
        payload: DraftDecided {
            case: id,
            source: case.sources[said.source].id,
            draft: said.draft.map(|(reading, index)| DraftRef { reading, index }),
            statement: statement.as_ref().map(Into::into),
            reason,
        }
        .into(),
    }
}
