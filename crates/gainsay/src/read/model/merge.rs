//! Two readings of one text as one, which is never surer than the rules were.

use super::answer::Told;
use super::party::same;
use crate::claim::{Draft, OrganisationRole, Reading, Span, Statement};
use crate::read::{ACCEPT_AT, facets, figures};

/// A statement that only the model read: it waits for a person among the least certain.
const ALONE: u16 = 400;

/// The most for a draft that the model reads otherwise.
const DIFFERS: u16 = 500;

/// The most for a draft that the model does not read.
const UNHEARD: u16 = ACCEPT_AT - 1;

/// What the model said on a draft of the rules.
#[derive(Clone)]
enum Verdict<'t> {
    Unheard,
    Alike,
    Otherwise(&'t Told),
}

/// Joins what the model told to the rules' reading.
pub(super) fn merge(text: &str, mut reading: Reading, told: &[Told]) -> Reading {
    let mut verdicts = vec![Verdict::Unheard; reading.drafts.len()];
    let mut alone: Vec<&Told> = Vec::new();
    for told in told {
        let mut agrees = false;
        for (draft, verdict) in reading.drafts.iter().zip(&mut verdicts) {
            let said = &draft.statement;
            if overlaps(said.span, told.span) && said.stance == told.stance && same(&said.speaker, &told.speaker) {
                *verdict = Verdict::Alike;
                agrees = true;
            }
        }
        if !agrees {
            alone.push(told);
        }
    }
    // Only now is it known on which drafts both agree: what else the model says there is another statement.
    alone.retain(|told| {
        let mut named = false;
        for (draft, verdict) in reading.drafts.iter().zip(&mut verdicts) {
            if overlaps(draft.statement.span, told.span) && matches!(verdict, Verdict::Unheard) {
                *verdict = Verdict::Otherwise(told);
                named = true;
            }
        }
        !named
    });
    for (draft, verdict) in reading.drafts.iter_mut().zip(&verdicts) {
        match verdict {
            Verdict::Alike => draft.because.push_str("; the model reads it alike"),
            Verdict::Unheard => {
                draft.confidence = draft.confidence.min(UNHEARD);
                draft.because.push_str("; the model does not read it");
            }
            Verdict::Otherwise(told) => {
                draft.confidence = draft.confidence.min(DIFFERS);
                let otherwise =
                    format!("; the model reads that {} {}", told.speaker, told.stance.word().replace('_', " "));
                draft.because.push_str(&otherwise);
            }
        }
    }
    let new: Vec<Draft> = alone.into_iter().map(|told| draft(text, &reading, told)).collect();
    for new in &new {
        let mut found = Vec::new();
        figures::figures(text, new.statement.span, true, &mut found);
        found.retain(|figure| reading.figures.iter().all(|known| !known.span.overlaps(&figure.span)));
        reading.figures.extend(found);
    }
    reading.figures = figures::distinct(reading.figures);
    reading.drafts.extend(new);
    reading.drafts.sort_by_key(|draft| draft.statement.span.start);
    reading
}

/// A statement that only the model read.
fn draft(text: &str, rules: &Reading, told: &Told) -> Draft {
    let said = told.span.of(text).unwrap_or_default();
    let victims = rules.organisations.iter().filter(|it| it.role == OrganisationRole::AllegedVictim).map(|it| &it.name);
    let named: Vec<String> = victims.clone().filter(|name| said.contains(name.as_str())).cloned().collect();
    let statement = Statement {
        speaker: told.speaker.clone(),
        speaker_kind: told.speaker_kind,
        stance: told.stance,
        // As the rules have it: whom it names, else whom the story is about.
        about: if named.is_empty() { victims.take(3).cloned().collect() } else { named },
        facets: facets::facets(said),
        origin: None,
        relays: Vec::new(),
        to: None,
        date: None,
        days: None,
        span: told.span,
    };
    Draft { statement, confidence: ALONE, because: format!("only the model reads it, by “{}”", told.cue) }
}

/// Whether two spans are of one statement: they share half of the shorter one.
fn overlaps(one: Span, other: Span) -> bool {
    let shared = one.end.min(other.end).saturating_sub(one.start.max(other.start));
    let shorter = (one.end - one.start).min(other.end - other.start);
    shared > 0 && shared * 2 >= shorter
}
