//! One party calls small what another calls grave.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::words::{Pattern, mentions, pattern};
use super::{Disagreement, Kind, MOST, Matter, place};
use crate::assess::parties::key;
use crate::claim::{PartyKind, Said};

static SMALL: Pattern = LazyLock::new(|| {
    pattern(
        r"\blow[ -]risk\b|\bnon-critical\b|\blimited to\b|\b(?:minor|isolated|negligible|small|limited) (?:\w+ )?(?:incident|breach|leak|attack|event|scope|impact|number)\b|\blimited in scope\b|\bno (?:material|significant|serious|real) (?:\w+ )?(?:impact|risk|effect|threat)\b|\b(?:incident|breach|attack|damage) (?:is|was|has been) (?:\w+ )?(?:minor|isolated|limited|contained)\b",
    )
});
static GRAVE: Pattern = LazyLock::new(|| {
    pattern(
        r"\b(?:massive|severe|critical|huge|catastrophic|devastating|unprecedented|enormous) (?:\w+ )?(?:scale|scope|impact|incident|breach|leak|damage|hack|attack|theft|trove|consequences)\b|\b(?:vast|massive|huge) (?:troves?|amounts?|quantit\w+|numbers?|hauls?)\b|\b(?:scale|scope|impact|incident|breach|leak|damage|attack|consequences|extent)\b[^.!?]{0,40}\b(?:massive|severe|critical|huge|catastrophic|devastating|unprecedented|enormous)\b",
    )
});

pub(super) fn find(matter: &Matter<'_>) -> Vec<Disagreement> {
    let (small, grave) = (of_party(matter, &SMALL), of_party(matter, &GRAVE));
    let mut found = Vec::new();
    for (small, speaker, about) in &small {
        let meets = |(_, other, of): &&(&Said, String, BTreeSet<String>)| other != speaker && !of.is_disjoint(about);
        if let Some((grave, ..)) = grave.iter().find(meets) {
            let about = format!("how grave it is for {}", small.statement.about.join(", "));
            found.push(Disagreement { kind: Kind::Gravity, about, places: [place(small), place(grave)] });
        }
    }
    found
}

/// What parties say in such words, with the speaker and the victims that they are about or name.
fn of_party<'c>(matter: &Matter<'c>, words: &Regex) -> Vec<(&'c Said, String, BTreeSet<String>)> {
    let said = matter.said.iter().copied().filter(|said| said.statement.speaker_kind != PartyKind::Press);
    let said = said.filter(|said| words.is_match(matter.words(said))).take(MOST);
    let with_victims = said.map(|said| {
        let named = matter.parties.victims.values().filter(|name| mentions(matter.words(said), name).next().is_some());
        let about = said.statement.about.iter().chain(named).map(|name| key(name)).collect();
        (said, matter.speaker(said), about)
    });
    with_victims.collect()
}
