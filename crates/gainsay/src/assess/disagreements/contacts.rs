//! Who is said to have been told, and when: a party that says that nobody told it, against whoever says that somebody did; and two days
//! for one first call.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::words::{CONTACT, Pattern, pattern};
use super::{Disagreement, Kind, MOST, Matter, Place, current, place};
use crate::claim::{Contact, Said, Span, Stance};

static DAY: Pattern = LazyLock::new(|| {
    pattern(
        r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* (\d{1,2})\b|\b(\d{1,2}) (jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)",
    )
});

pub(super) fn find(matter: &Matter<'_>) -> Vec<Disagreement> {
    let denials: Vec<&Said> =
        matter.said.iter().filter(|said| denies_contact(matter, said)).take(MOST).copied().collect();
    let is_denied = |source: usize, span: Span| {
        denials.iter().any(|said| said.source == source && said.statement.span.overlaps(&span))
    };
    let told: Vec<(usize, &Contact)> = current(matter.case)
        .flat_map(|(number, source)| source.reading.contacts.iter().map(move |contact| (number, contact)))
        .filter(|(number, contact)| !is_denied(*number, contact.span))
        .take(MOST)
        .collect();
    let mut found = Vec::new();
    for denial in &denials {
        let speaker = matter.speaker(denial);
        let meets = |contact: &Contact| {
            let (from, to) = (matter.parties.canonical(&contact.from), matter.parties.canonical(&contact.to));
            to == speaker && !matter.parties.is_actor(&contact.from)
                || from == speaker && !matter.parties.is_actor(&contact.to)
        };
        // What the party itself admits later is its own change of mind, not another's word.
        let by_another = |number: usize, span: Span| {
            let sayer = matter.of_source(number).iter().find(|said| said.statement.span.overlaps(&span));
            sayer.is_none_or(|sayer| matter.speaker(sayer) != speaker)
        };
        if let Some((number, contact)) =
            told.iter().find(|(number, contact)| meets(contact) && by_another(*number, contact.span))
        {
            let about = format!("whether {} was told", denial.statement.speaker);
            let places = [place(denial), said_to_have_told(*number, contact)];
            found.push(Disagreement { kind: Kind::Contact, about, places });
        }
    }
    let mut first: BTreeMap<(String, String), (usize, &Contact, Day)> = BTreeMap::new();
    for (number, contact) in told {
        let Some(day) = contact.date.as_deref().and_then(day) else { continue };
        let pair = (matter.parties.canonical(&contact.from), matter.parties.canonical(&contact.to));
        let (earlier, other, known) = first.entry(pair).or_insert_with(|| (number, contact, day.clone()));
        // One source that tells of several calls does not contradict itself.
        if *known != day && *earlier != number {
            let about = format!("when {} told {}", contact.from, contact.to);
            let places = [said_to_have_told(*earlier, other), said_to_have_told(number, contact)];
            found.push(Disagreement { kind: Kind::Contact, about, places });
        }
    }
    found
}

/// Whether a statement denies that its speaker was told, and nothing else.
fn denies_contact(matter: &Matter<'_>, said: &Said) -> bool {
    said.statement.stance == Stance::Denies && said.statement.facets.is_empty() && CONTACT.is_match(matter.words(said))
}

fn said_to_have_told(source: usize, contact: &Contact) -> Place {
    let when = contact.date.as_ref().map_or(String::new(), |date| format!(", {date}"));
    let what = format!("told {}{when}", contact.to);
    Place { source, statement: None, who: contact.from.clone(), what, span: contact.span }
}

/// A month, by its first letters, and a day.
type Day = (String, u8);

fn day(date: &str) -> Option<Day> {
    let found = DAY.captures(date)?;
    let (month, day) = (found.get(1).or(found.get(4))?, found.get(2).or(found.get(3))?);
    Some((month.as_str().to_lowercase(), day.as_str().parse().ok()?))
}
