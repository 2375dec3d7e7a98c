//! Accepting, mending and rejecting what the reader drafted.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

use super::{Acting, Desk, Error, casefile};
use crate::claim::{Case, EntryId, PartyKind, Said, Source, SourceText, Span, Stance, State, Statement};
use crate::ledger::NewEntry;
use crate::ledger::payload::{DraftDecided, DraftRef};
use crate::read;

/// A draft that waits for somebody, with the words of its source.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The draft.
    pub said: Said,
    /// The source's handle and name.
    pub source: String,
    /// Its words.
    pub quote: Option<String>,
    /// What stands before them in their sentence, and after them.
    pub around: (String, String),
    /// Why the reader drafted it so.
    pub because: String,
}

/// Which drafts are wanted; what is `None` does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of speakers whose name holds this, in any case.
    pub speaker: Option<String>,
    /// With this stance.
    pub stance: Option<Stance>,
    /// Of the source with this handle.
    pub source: Option<String>,
    /// Of which the reader is at least so sure, in thousandths.
    pub sure: Option<u16>,
}

impl Wanted {
    fn holds(&self, said: &Said, source: &Source) -> bool {
        let State::Draft { confidence } = said.state else { return false };
        let speaker = said.statement.speaker.to_lowercase();
        self.speaker.as_ref().is_none_or(|name| speaker.contains(&name.to_lowercase()))
            && self.stance.is_none_or(|stance| stance == said.statement.stance)
            && self.source.as_ref().is_none_or(|handle| *handle == source.handle)
            && self.sure.is_none_or(|least| confidence >= least)
    }
}

/// What to do with a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is as drafted.
    Accept,
    /// It was said, but by another party or with another stance.
    Mend(Mended),
    /// It is two statements: the first as drafted up to a place of the source's text, the second from there on.
    Split {
        /// The place, in bytes.
        at: usize,
        /// What is mended of the second.
        second: Mended,
    },
    /// It was not said.
    Reject {
        /// Why, in words.
        reason: Option<String>,
    },
}

/// Which earlier decision a new one may take the place of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// None that a person made.
    Nobody,
    /// This one: whoever decides has seen it.
    Seen(EntryId),
    /// Any.
    Anybody,
}

impl Over {
    /// Whether the decision that stands on a statement may be replaced.
    fn may_replace(self, said: &Said) -> bool {
        match self {
            Over::Nobody => decided_by_a_person(said).is_none(),
            Over::Seen(entry) => said.state.decided() == Some(entry),
            Over::Anybody => true,
        }
    }
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

impl Mended {
    fn of(&self, statement: &Statement) -> Statement {
        Statement {
            speaker: self.speaker.clone().unwrap_or_else(|| statement.speaker.clone()),
            speaker_kind: self.speaker_kind.unwrap_or(statement.speaker_kind),
            stance: self.stance.unwrap_or(statement.stance),
            ..statement.clone()
        }
    }
}

impl Desk {
    /// The drafts of a case that nobody has decided on, least certain first.
    ///
    /// # Errors
    /// There is no such case, or the store fails.
    pub fn waiting(&mut self, case: &str, wanted: &Wanted) -> Result<Vec<Waiting>, Error> {
        let case = self.case(case)?;
        // A text is cut into sentences once, however many drafts of it wait.
        let mut sentences: HashMap<usize, Vec<Span>> = HashMap::new();
        let mut waiting: Vec<Waiting> = case
            .shown()
            .filter(|said| wanted.holds(said, &case.sources[said.source]))
            .map(|said| {
                let source = &case.sources[said.source];
                let because = source.reading.drafts.get(said.draft.1 as usize);
                Waiting {
                    said: said.clone(),
                    source: format!("{} ({})", source.handle, source.name()),
                    quote: said.quote(&case).map(str::to_owned),
                    around: around(source, said, sentences.entry(said.source)),
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

    /// Where in the text of its source a statement of a case may be split before these words.
    ///
    /// # Errors
    /// The words don't stand in it exactly once, or at its beginning, or its text is not here.
    pub fn place_to_split(&mut self, case_name: &str, handle: &str, words: &str) -> Result<usize, Error> {
        let case = self.case(case_name)?;
        let said = case.statements.iter().find(|said| said.handle == handle);
        let said = said.ok_or_else(|| Error::NoHandle { case: case_name.to_owned(), handle: handle.to_owned() })?;
        let text = said.quote(&case).unwrap_or_default();
        let mut places = text.match_indices(words.trim()).map(|(at, _)| at).filter(|_| !words.trim().is_empty());
        match (places.next(), places.next()) {
            (Some(at), None) if at > 0 => Ok(said.statement.span.start + at),
            _ => Err(Error::NoSplit { handle: handle.to_owned(), words: words.to_owned() }),
        }
    }

    /// Decides on statements of a case, all of them in one commit. What a person decided is changed only as `over` allows.
    ///
    /// # Errors
    /// A handle is none of the case's, is named twice, or was decided on by a person already: then nothing is changed.
    pub fn decide(
        &mut self,
        acting: &Acting,
        case_name: &str,
        changes: &[(String, Change)],
        over: Over,
    ) -> Result<usize, Error> {
        let mut named = BTreeSet::new();
        if let Some((handle, _)) = changes.iter().find(|(handle, _)| !named.insert(handle)) {
            return Err(Error::DecidedTwice { handle: handle.clone() });
        }
        let id = self.case_id(case_name)?;
        self.database.commit(&self.key, acting.now, |commit| {
            // The case is folded under the lock: what it says of each statement is what the decision builds on.
            let case = casefile::fold(&commit.reader().of_case(id)?, |_| SourceText::None)
                .ok_or_else(|| Error::NoCase { name: case_name.to_owned(), known: Vec::new() })?;
            for (handle, change) in changes {
                let said = case.statements.iter().find(|said| said.handle == *handle);
                let said =
                    said.ok_or_else(|| Error::NoHandle { case: case_name.to_owned(), handle: handle.clone() })?;
                if !over.may_replace(said) {
                    return Err(Error::Stale { handle: handle.clone(), by: decided_by(said).to_owned() });
                }
                for entry in decisions(acting, &case, id, said, change)? {
                    commit.push(&entry)?;
                }
            }
            Ok(changes.len())
        })
    }
}

fn decided_by_a_person(said: &Said) -> Option<&str> {
    Some(decided_by(said)).filter(|by| !by.is_empty() && !crate::read::is_reader(by))
}

/// Who decided on it; empty of a draft.
fn decided_by(said: &Said) -> &str {
    match &said.state {
        State::Accepted { by, .. } | State::Rejected { by, .. } => by,
        State::Draft { .. } => "",
    }
}

/// What stands around a statement in the sentences that it is of.
fn around(source: &Source, said: &Said, sentences: Entry<'_, usize, Vec<Span>>) -> (String, String) {
    let SourceText::Here(text) = &source.text else { return Default::default() };
    let span = said.statement.span;
    let of_it = sentences.or_insert_with(|| read::read_sentences(text)).iter().filter(|one| one.overlaps(&span));
    let wider = |whole: Span, part: &Span| Span { start: whole.start.min(part.start), end: whole.end.max(part.end) };
    let whole = of_it.fold(span, wider);
    let piece = |from: usize, to: usize| text.get(from..to).unwrap_or_default().to_owned();
    (piece(whole.start, span.start), piece(span.end, whole.end))
}

/// The entries that a decision makes: one, or of a statement that is split one for each part.
fn decisions(acting: &Acting, case: &Case, id: EntryId, said: &Said, change: &Change) -> Result<Vec<NewEntry>, Error> {
    let entry = |draft: Option<DraftRef>, statement: Option<&Statement>, reason: Option<&String>| NewEntry {
        author: acting.author.clone(),
        tlp: said.tlp,
        note: None,
        payload: DraftDecided {
            case: id,
            source: case.sources[said.source].id,
            draft,
            statement: statement.map(Into::into),
            reason: reason.cloned(),
        }
        .into(),
    };
    let (reading, index) = said.draft;
    let draft = Some(DraftRef { reading, index });
    Ok(match change {
        Change::Accept => vec![entry(draft, Some(&said.statement), None)],
        Change::Mend(mended) => vec![entry(draft, Some(&mended.of(&said.statement)), None)],
        Change::Reject { reason } => vec![entry(draft, None, reason.as_ref())],
        Change::Split { at, second } => {
            let Span { start, end } = said.statement.span;
            if *at <= start || *at >= end {
                return Err(Error::NoSplit { handle: said.handle.clone(), words: format!("byte {at}") });
            }
            let first = Statement { span: Span { start, end: *at }, ..said.statement.clone() };
            let second = second.of(&Statement { span: Span { start: *at, end }, ..said.statement.clone() });
            vec![entry(draft, Some(&first), None), entry(None, Some(&second), None)]
        }
    })
}
