//! What stands behind a statement of a case, drawn from its words: what was shown or checked, whether it commits itself, and when it
//! was said.

use jiff::{SignedDuration, Timestamp};

use super::model::Proof;
use super::parties::{Parties, key};
use crate::claim::{Case, PartyKind, Said};

/// Words of somebody who held what is offered against something else.
const CHECKED: &[&str] = &["verified", "authenticated", "validated", "cross-checked", "is authentic", "are authentic"];

/// Words of somebody who was shown something.
const SEEN: &[&str] = &[
    "screenshot",
    "sample",
    "seen by",
    "has seen",
    "have seen",
    "reviewed",
    "examined",
    "analysed",
    "analyzed",
    "obtained a",
    "portion of the data",
    "data we have",
    "snippet",
    "excerpt",
];

/// Words of an actor who gives all of it away.
const ALL: &[&str] = &["full dump", "entire database", "full database", "all of the data", "for free", "torrent"];

/// Words that commit nobody.
const VAGUE: &[&str] = &[
    "no evidence",
    "no indication",
    "no sign",
    "not aware",
    "unaware",
    "no reason to believe",
    "does not appear",
    "do not believe",
    "does not believe",
    "so far",
    "at this time",
    "at this stage",
    "to date",
    "may have",
    "might have",
    "could have",
    "possible",
    "possibly",
    "potentially",
    "appears to",
    "is believed",
    "are believed",
];

/// What a statement, in its words in lower case, says is shown or was checked.
pub(super) fn proof(case: &Case, parties: &Parties, said: &Said, kind: PartyKind, quote: &str) -> Proof {
    let has = |words: &[&str]| words.iter().any(|word| quote.contains(word));
    match kind {
        PartyKind::Actor if has(ALL) => Proof::All,
        PartyKind::Actor if has(SEEN) || offers_proof(case, parties, said) => Proof::Piece,
        PartyKind::Actor | PartyKind::Victim | PartyKind::Authority => Proof::Nothing,
        PartyKind::Researcher | PartyKind::Press | PartyKind::Other if has(CHECKED) => Proof::Checked,
        PartyKind::Researcher | PartyKind::Press | PartyKind::Other if has(SEEN) => Proof::Piece,
        PartyKind::Researcher | PartyKind::Press | PartyKind::Other => Proof::Nothing,
    }
}

/// Whether the actor offers something as proof, in a listing of the case.
fn offers_proof(case: &Case, parties: &Parties, said: &Said) -> bool {
    let statement = &said.statement;
    let actor = parties.canonical(statement.origin.as_deref().unwrap_or(&statement.speaker));
    let about: Vec<String> = statement.about.iter().map(|name| key(name)).collect();
    let offers = case.sources.iter().filter(|it| it.replaced_by.is_none()).flat_map(|it| &it.reading.offers);
    offers.filter(|offer| !offer.proof.is_empty()).any(|offer| {
        let by_it = offer.seller.as_ref().is_none_or(|seller| parties.canonical(seller) == actor);
        by_it && offer.victim.as_ref().is_none_or(|victim| about.is_empty() || about.contains(&key(victim)))
    })
}

/// Whether a statement, in its words in lower case, says something that could be shown to be wrong.
pub(super) fn is_specific(quote: &str) -> bool {
    !VAGUE.iter().any(|word| quote.contains(word))
}

/// No breach claim was made in writing before the World Wide Web.
const EARLIEST: jiff::civil::Date = jiff::civil::date(1991, 8, 6);

/// When a statement was made: the day that the text gives it, where that can be, else when its source was published.
pub(super) fn when(case: &Case, said: &Said) -> Timestamp {
    let told = case.sources[said.source].when();
    let latest = told.checked_add(SignedDuration::from_hours(48)).unwrap_or(told);
    let stated = said.statement.days.filter(|days| days.from <= days.to && days.from >= EARLIEST);
    let stated = stated.and_then(|days| days.to.to_zoned(jiff::tz::TimeZone::UTC).ok()).map(|day| day.timestamp());
    stated.filter(|day| *day <= latest).unwrap_or(told)
}
