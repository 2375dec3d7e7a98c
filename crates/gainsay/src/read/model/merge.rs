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
enum Verdict<'t> {
    Unheard,
    Alike,
    /// It reads it alike, and the same speaker otherwise in the same place.
    Both(&'t Told),
    Otherwise(&'t Told),
}

/// Joins what the model told to the rules' reading.
pub(super) fn merge(text: &str, mut reading: Reading, told: &[Told]) -> Reading {
    let agrees =
        |told: &Told| reading.drafts.iter().any(|draft| reads_it(draft, told) && draft.statement.stance == told.stance);
    let mut alone: Vec<&Told> = told.iter().filter(|told| !agrees(told)).collect();
    let verdicts: Vec<Verdict<'_>> = reading.drafts.iter().map(|draft| verdict(draft, told, &alone)).collect();
    // What stands in the reason of a draft is no draft of its own.
    alone.retain(|told| !verdicts.iter().any(|verdict| matches!(verdict, Verdict::Otherwise(other) if other == told)));
    for (draft, verdict) in reading.drafts.iter_mut().zip(&verdicts) {
        let (most, because) = match verdict {
            Verdict::Alike => (u16::MAX, "the model reads it alike".to_owned()),
            Verdict::Unheard => (UNHEARD, "the model does not read it".to_owned()),
            Verdict::Both(told) => (DIFFERS, format!("the model reads it alike, and also that {}", in_words(told))),
            Verdict::Otherwise(told) => (DIFFERS, format!("the model reads that {}", in_words(told))),
        };
        draft.confidence = draft.confidence.min(most);
        draft.because = format!("{}; {because}", draft.because);
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

fn verdict<'t>(draft: &Draft, told: &'t [Told], alone: &[&'t Told]) -> Verdict<'t> {
    let of_speaker = || told.iter().filter(|told| reads_it(draft, told));
    let is_alike = of_speaker().any(|told| told.stance == draft.statement.stance);
    match of_speaker().find(|told| told.stance != draft.statement.stance) {
        None if is_alike => Verdict::Alike,
        Some(other) if is_alike => Verdict::Both(other),
        _ => alone
            .iter()
            .find(|told| overlaps(draft.statement.span, told.span))
            .map_or(Verdict::Unheard, |told| Verdict::Otherwise(told)),
    }
}

/// Whether the model reads something of the same speaker in the same place.
fn reads_it(draft: &Draft, told: &Told) -> bool {
    overlaps(draft.statement.span, told.span) && same(&draft.statement.speaker, &told.speaker)
}

fn in_words(told: &Told) -> String {
    format!("{} {}", told.speaker, told.stance.word().replace('_', " "))
}

/// Whether two spans are of one statement: they share half of the shorter one.
fn overlaps(one: Span, other: Span) -> bool {
    let shared = one.end.min(other.end).saturating_sub(one.start.max(other.start));
    let shorter = (one.end - one.start).min(other.end - other.start);
    shared > 0 && shared * 2 >= shorter
}
