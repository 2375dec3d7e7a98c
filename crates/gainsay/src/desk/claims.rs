//! What analysts make of a case's claims: edits, and judgements of their own.

use super::{Acting, Desk, Error};
use crate::assess::{self, Assessment, Edited, Fate, Judged};
use crate::claim::{Case, Confidence, Edit, EditKind, EntryId, Opinion, OwnJudgement, StatementKey, Tlp};
use crate::ledger::payload::{CaseJudged, ClaimEdited};

/// What is to be done to a claim. Claims and statements are named by their handles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimChange {
    /// Word it otherwise.
    Reword(String),
    /// Make a claim of its own of some of its statements.
    Split {
        /// The statements.
        statements: Vec<String>,
        /// What the new claim says.
        proposition: String,
    },
    /// Take it for one with another.
    Merge {
        /// The claim that stays.
        into: String,
    },
    /// Let a statement speak to it.
    Attach {
        /// The statement.
        statement: String,
        /// The claim that it speaks to no longer.
        from: Option<String>,
        /// Which way it goes, where its stance is not to tell.
        for_claim: Option<bool>,
    },
    /// Let a statement speak to it no longer.
    Detach {
        /// The statement.
        statement: String,
    },
}

/// An author's own judgement, to be recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judging {
    /// How likely, in the words of ICD 203 or in percent.
    pub likelihood: Option<String>,
    /// How far that can be trusted.
    pub confidence: Option<Confidence>,
    /// What it comes to, in words.
    pub verdict: Option<String>,
}

impl Desk {
    /// Edits a claim of a case. Nothing is recorded where the edit would change nothing. `marking` is that of the entries; the highest
    /// of the case where none is given, since a claim's words may tell of any text.
    ///
    /// # Errors
    /// There is no such case, claim or statement, the edit cannot be made, or the store fails.
    pub fn edit_claim(
        &mut self,
        acting: &Acting,
        case_name: &str,
        claim: &str,
        change: &ClaimChange,
        (reason, marking): (&str, Option<Tlp>),
    ) -> Result<Vec<Edited>, Error> {
        let case = self.case(case_name)?;
        let assessment = assess::assess(&case, &self.weights()?.0);
        let named = Named { case: &case, assessment: &assessment };
        let key = || named.claim(claim);
        let edits = match change {
            ClaimChange::Reword(proposition) => {
                vec![EditKind::Reword { claim: key()?, proposition: worded(proposition)? }]
            }
            ClaimChange::Split { statements, proposition } => {
                let statements = statements.iter().map(|it| named.statement(it)).collect::<Result<_, _>>()?;
                vec![EditKind::Split { claim: key()?, proposition: worded(proposition)?, statements }]
            }
            ClaimChange::Merge { into } => vec![EditKind::Merge { claim: key()?, into: named.claim(into)? }],
            ClaimChange::Attach { statement, from, for_claim } => {
                let statement = named.statement(statement)?;
                let from = from.as_ref().map(|from| named.claim(from)).transpose()?;
                let detach = from.map(|claim| EditKind::Detach { claim, statement });
                let attach = EditKind::Attach { claim: key()?, statement, for_claim: *for_claim };
                detach.into_iter().chain([attach]).collect()
            }
            ClaimChange::Detach { statement } => {
                vec![EditKind::Detach { claim: key()?, statement: named.statement(statement)? }]
            }
        };
        let tlp = marking.unwrap_or_else(|| case.highest_marking());
        self.record_edits(acting, case, edits, (reason, tlp))
    }

    /// Takes an edit of a case's claims back, or the taking back of one; `edit` is the beginning of its id.
    ///
    /// # Errors
    /// There is no such case or edit, it was taken back already, or the store fails.
    pub fn undo_edit(
        &mut self,
        acting: &Acting,
        case_name: &str,
        edit: &str,
        reason: &str,
    ) -> Result<Vec<Edited>, Error> {
        let case = self.case(case_name)?;
        let mut found = case.edits.iter().filter(|it| edit.len() >= 4 && it.id.to_string().starts_with(edit));
        let (Some(target), None) = (found.next(), found.next()) else {
            return Err(Error::NoHandle { case: case_name.to_owned(), handle: edit.to_owned() });
        };
        // Whoever may know of the edit may know that it is taken back.
        let (target, tlp) = (target.id, target.tlp);
        let before = assess::assess(&case, &self.weights()?.0).edits;
        if let Some(Edited { fate: Fate::Undone { by, .. }, .. }) = before.iter().find(|it| it.id == target) {
            return Err(Error::NoEdit { why: format!("{by} took {} back already", target.short()) });
        }
        self.record_edits(acting, case, vec![EditKind::Undo { edit: target }], (reason, tlp))
    }

    /// Records edits that can be made, and tells what each does.
    fn record_edits(
        &mut self,
        acting: &Acting,
        mut case: Case,
        edits: Vec<EditKind>,
        (reason, tlp): (&str, Tlp),
    ) -> Result<Vec<Edited>, Error> {
        let reason = reasoned(reason)?;
        let weights = self.weights()?.0;
        let recorded = case.edits.len();
        // Whether they can be made is asked of the same rules by which they will hold.
        for (number, what) in (0_u8..).zip(&edits) {
            let id = EntryId([number; 32]);
            case.edits.push(Edit {
                id,
                by: acting.author.clone(),
                at: acting.now,
                tlp,
                what: what.clone(),
                reason: reason.clone(),
            });
        }
        let mut made = assess::assess(&case, &weights).edits.split_off(recorded);
        if let Some(why) = made.iter().find_map(|it| if let Fate::Void(why) = &it.fate { Some(why) } else { None }) {
            return Err(Error::NoEdit { why: why.clone() });
        }
        self.database.commit(&self.key, acting.now, |commit| {
            for (edit, shown) in edits.iter().zip(&mut made) {
                let payload = ClaimEdited { case: case.id, edit: edit.into(), reason: reason.clone() };
                shown.id = commit.push(&acting.entry(tlp, payload))?;
            }
            Ok::<_, Error>(())
        })?;
        Ok(made)
    }

    /// Records what its author holds of a claim, or of the case; with `None` that it is held no more.
    ///
    /// # Errors
    /// There is no such case or claim, nothing is held, there is nothing to withdraw, or the store fails.
    pub fn judge(
        &mut self,
        acting: &Acting,
        case_name: &str,
        claim: Option<&str>,
        judging: Option<&Judging>,
        (reason, marking): (&str, Option<Tlp>),
    ) -> Result<Option<Judged>, Error> {
        let mut case = self.case(case_name)?;
        let weights = self.weights()?.0;
        let assessment = assess::assess(&case, &weights);
        let on = claim.map(|claim| Named { case: &case, assessment: &assessment }.claim(claim)).transpose()?;
        let held = judging.map(opinion).transpose()?;
        let reason = reasoned(reason)?;
        let own = |it: &&OwnJudgement| it.by == acting.author && it.on == on;
        if held.is_none() && case.judgements.iter().rfind(own).is_none_or(|it| it.held.is_none()) {
            let why = format!("{} holds nothing of this that could be withdrawn", acting.author);
            return Err(Error::NoEdit { why });
        }
        let tlp = marking.unwrap_or_else(|| case.highest_marking());
        let payload = CaseJudged {
            case: case.id,
            on: on.as_ref().map(Into::into),
            held: held.as_ref().map(Into::into),
            reason: reason.clone(),
        };
        let id = self.database.commit(&self.key, acting.now, |commit| commit.push(&acting.entry(tlp, payload)))?;
        case.judgements.push(OwnJudgement { id, by: acting.author.clone(), at: acting.now, tlp, on, held, reason });
        Ok(assess::assess(&case, &weights).judgements.pop())
    }
}

/// What handles name.
struct Named<'c> {
    case: &'c Case,
    assessment: &'c Assessment,
}

impl Named<'_> {
    fn claim(&self, handle: &str) -> Result<crate::claim::ClaimKey, Error> {
        let claim = self.assessment.claims.iter().find(|claim| claim.handle == handle);
        claim.map(|claim| claim.key.clone()).ok_or_else(|| self.none(handle))
    }

    fn statement(&self, handle: &str) -> Result<StatementKey, Error> {
        let said = self.case.statements.iter().find(|said| said.handle == handle);
        said.map(|said| said.draft).ok_or_else(|| self.none(handle))
    }

    fn none(&self, handle: &str) -> Error {
        Error::NoHandle { case: self.case.title.clone(), handle: handle.to_owned() }
    }
}

/// So long is what an analyst writes at most, in bytes: a page shows all of it.
const LONGEST: usize = 4000;

/// A reason that says something.
fn reasoned(reason: &str) -> Result<String, Error> {
    match reason.trim() {
        "" => Err(Error::NoEdit { why: "it has no reason".to_owned() }),
        reason => short(reason.to_owned()),
    }
}

fn short(words: String) -> Result<String, Error> {
    let length = words.len();
    let why =
        || format!("{length} bytes of words are too many: say it in {LONGEST}, and add what is longer as a source");
    if length > LONGEST { Err(Error::NoEdit { why: why() }) } else { Ok(words) }
}

/// A proposition as a sentence.
fn worded(proposition: &str) -> Result<String, Error> {
    let proposition = proposition.split_whitespace().collect::<Vec<_>>().join(" ");
    if proposition.is_empty() {
        return Err(Error::NoEdit { why: "a claim says something".to_owned() });
    }
    short(if proposition.ends_with(['.', '!', '?']) { proposition } else { proposition + "." })
}

fn opinion(judging: &Judging) -> Result<Opinion, Error> {
    let likelihood = judging.likelihood.as_deref().map(|words| {
        assess::percent_range(words).ok_or_else(|| Error::NoEdit {
            why: format!(
                "{words:?} is no likelihood: give a percentage from 1 to 99, two with a dash, or a word of ICD 203: \
                 almost no chance, very unlikely, unlikely, roughly even chance, likely, very likely, almost certain"
            ),
        })
    });
    let verdict = judging.verdict.as_deref().map(str::trim).filter(|words| !words.is_empty());
    let verdict = verdict.map(|words| short(words.to_owned())).transpose()?;
    let opinion = Opinion { likelihood: likelihood.transpose()?, confidence: judging.confidence, verdict };
    if opinion == Opinion::default() {
        let why = "it holds nothing: give --likelihood, --confidence or --verdict, or --withdraw".to_owned();
        return Err(Error::NoEdit { why });
    }
    Ok(opinion)
}
