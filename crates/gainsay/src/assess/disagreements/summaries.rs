//! A summary that says more than the words that it stands for: "denied outright" for "no indication", a headline for its body.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::words::{CONTACT, Pattern, mentions, pattern};
use super::{Disagreement, Kind, Matter, Place, place};
use crate::claim::{Facet, Said, Span, Stance};

/// Denials as a reporter sums them up.
static FLAT: Pattern = LazyLock::new(|| {
    pattern(
        r"\b(?:outright|flatly|categorically|vehemently|firmly|strongly|den(?:y|ies|ied|ying)|rejected|refuted|refutes)\b|\bconfirm(?:ed|s|ing)?\b[^.!?]*?\b(?:not|no|none|never)\b",
    )
});
/// Denials that leave room.
static GUARDED: Pattern = LazyLock::new(|| {
    pattern(
        r"\bno (?:\w+ )?(?:indications?|evidence|signs?|reason|traces?)\b|\bnot (?:aware|believe|found|seen|identified|observed)\b|n['’]t (?:believe|found|seen|identified|observed)\b|\bfound nothing\b",
    )
});
/// A headline that asserts a breach.
static ASSERTS: Pattern = LazyLock::new(|| {
    pattern(
        r"\b(?:hacked|breached|compromised|stolen|steals?|stole|leaked|leaks|exposed|hit by|suffers?|confirms?|admits?)\b",
    )
});
static HEDGED: Pattern = LazyLock::new(|| {
    pattern(
        r"\b(?:alleg|claim|sa(?:y|id)|may\b|might|could|report|possibl|potential|den(?:y|ie)|refut|reject|disput|investigat|threat|unverified|purport|probe|if\b|no\b|not\b)|\?",
    )
});

pub(super) fn find(matter: &Matter<'_>) -> Vec<Disagreement> {
    let mut found = denials(matter);
    found.extend(headlines(matter));
    found
}

/// The first flat denial of a party against its first guarded one, on one facet.
fn denials(matter: &Matter<'_>) -> Vec<Disagreement> {
    let mut by_point: BTreeMap<(String, Facet), Vec<&Said>> = BTreeMap::new();
    let denials = matter
        .said
        .iter()
        .filter(|said| said.statement.stance == Stance::Denies && !CONTACT.is_match(matter.words(said)));
    for said in denials {
        for facet in &said.statement.facets {
            // Whether it happened is one point, however it is put.
            let happened = matches!(facet, Facet::Access | Facet::Exfiltration | Facet::Victim);
            let point = if happened { Facet::Access } else { *facet };
            by_point.entry((matter.speaker(said), point)).or_default().push(said);
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    let mut found = Vec::new();
    for ((party, _), said) in &by_point {
        let is_guarded = |said: &Said| GUARDED.is_match(matter.words(said));
        let is_flat = |said: &Said| FLAT.is_match(matter.words(said)) && !is_guarded(said);
        let (Some(flat), Some(guarded)) =
            (said.iter().find(|said| is_flat(said)), said.iter().find(|said| is_guarded(said)))
        else {
            continue;
        };
        if seen.insert(party) {
            let about = format!("how firmly {} denied it", flat.statement.speaker);
            found.push(Disagreement { kind: Kind::Summary, about, places: [place(flat), place(guarded)] });
        }
    }
    found
}

/// A headline that names a company as breached above a body in which it denies that, or one that has it deny what it only sees no
/// sign of.
fn headlines(matter: &Matter<'_>) -> Vec<Disagreement> {
    let mut found = Vec::new();
    for (number, source, text) in matter.texts() {
        let Some(title) = source.title.as_deref() else { continue };
        let said = matter.of_source(number).iter().filter(|said| {
            let statement = &said.statement;
            statement.stance == Stance::Denies
                && statement.facets.iter().any(|facet| matches!(facet, Facet::Access | Facet::Exfiltration))
                && matter.is_victim(&statement.speaker)
                && mentions(title, crate::assess::parties::organisation(&statement.speaker)).next().is_some()
        });
        let mut said = said;
        let other = said.find(|said| {
            let asserts = ASSERTS.is_match(title) && !HEDGED.is_match(title);
            let denies = FLAT.is_match(title) && GUARDED.is_match(matter.words(said));
            asserts || denies
        });
        if let Some(said) = other {
            let span =
                text.find(title).map_or(Span { start: 0, end: 0 }, |at| Span { start: at, end: at + title.len() });
            let headline = Place {
                source: number,
                statement: None,
                who: source.name().to_owned(),
                what: format!("headline “{title}”"),
                span,
            };
            let about = format!("what {} said", said.statement.speaker);
            found.push(Disagreement { kind: Kind::Summary, about, places: [headline, place(said)] });
        }
    }
    found
}
