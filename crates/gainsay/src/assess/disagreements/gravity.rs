//! One party calls small what another calls grave.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::words::{Pattern, mentions, pattern};
use super::{Disagreement, Kind, Matter, place};
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
    let party = |said: &&&Said| said.statement.speaker_kind != PartyKind::Press;
    let graves: Vec<&Said> =
        matter.said.iter().filter(party).filter(|said| GRAVE.is_match(matter.words(said))).copied().collect();
    let mut found = Vec::new();
    for small in matter.said.iter().filter(party).filter(|said| SMALL.is_match(matter.words(said))) {
        let speaker = matter.speaker(small);
        let grave = graves.iter().find(|grave| matter.speaker(grave) != speaker && meet(matter, small, grave));
        if let Some(grave) = grave {
            let about = format!("how grave it is for {}", small.statement.about.join(", "));
            found.push(Disagreement { kind: Kind::Gravity, about, places: [place(small), place(grave)] });
        }
    }
    found
}

/// Whether two statements are of one victim, by what they are about or by the names in their words.
fn meet(matter: &Matter<'_>, said: &Said, other: &Said) -> bool {
    let of = |said: &Said| -> BTreeSet<String> {
        let named = matter.parties.victims.values().filter(|name| mentions(matter.words(said), name).next().is_some());
        said.statement.about.iter().chain(named).map(|name| key(name)).collect()
    };
    !of(said).is_disjoint(&of(other))
}
