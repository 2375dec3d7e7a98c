//! A party withholds the names of victims that are reported elsewhere, by itself or by another.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::words::{Pattern, mentions, pattern};
use super::{Disagreement, Kind, Matter, Place, current, place};
use crate::claim::{Said, Span};

static WITHHOLDS: Pattern = LazyLock::new(|| {
    pattern(
        r"\b(?:not|n['’]t|declin\w+ to|refus\w+ to|without) (?:\w+ ){0,2}(?:(?:reveal|disclos|identif|publish|shar|releas|giv)\w*\b[^.!?]{0,30}\b(?:names?|identit\w+|victims?|companies|firms)\b|nam(?:e|ing) (?:\w+ ){0,3}(?:victims?|compan\w+|firms?|targets?|organi[sz]ations?|vendors?)\b|identify (?:\w+ ){0,2}(?:victims?|compan\w+|firms?))|\bwithh(?:old|eld|olding)\b[^.!?]{0,30}\b(?:names?|identit\w+)",
    )
});

pub(super) fn find(matter: &Matter<'_>) -> Vec<Disagreement> {
    let mut found = Vec::new();
    let mut met = BTreeSet::new();
    for said in matter.said.iter().filter(|said| WITHHOLDS.is_match(matter.words(said))) {
        let speaker = matter.speaker(said);
        if !met.insert(speaker.clone()) {
            continue;
        }
        let about = format!("whether {} named the victims", said.statement.speaker);
        let mut add = |other: Place, about: String| {
            found.push(Disagreement { kind: Kind::Withheld, about, places: [place(said), other] });
        };
        let own = matter.said.iter().find(|other| {
            matter.speaker(other) == speaker && other.handle != said.handle && names_victims(matter, other)
        });
        if let Some(own) = own {
            add(place(own), about);
        }
        // Somebody else names them.
        let other = current(matter.case).find_map(|(number, source)| {
            let apart = |span: Span| number != said.source || !span.overlaps(&said.statement.span);
            let allegation = source.reading.allegations.iter().find(|it| apart(it.span))?;
            let names = own.is_some_and(|own| own.source == number && own.statement.span.overlaps(&allegation.span));
            let names_of = || source.reading.allegations.iter().filter(|it| it.span == allegation.span);
            let listed: BTreeSet<&str> = names_of().map(|it| it.victim.as_str()).collect();
            let what = format!("names {}", listed.into_iter().collect::<Vec<_>>().join(", "));
            (!names).then(|| matter.in_source(number, what, allegation.span))
        });
        if let Some(other) = other {
            add(other, "the names of the victims".to_owned());
        }
    }
    found
}

/// Whether a party's words, as told, name victims other than itself: two at least, as in a list.
fn names_victims(matter: &Matter<'_>, said: &Said) -> bool {
    let words = matter.words(said);
    let named = matter.parties.victims.values().filter(|name| mentions(words, name).next().is_some());
    named.take(2).count() == 2
}
