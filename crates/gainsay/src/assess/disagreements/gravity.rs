//! One party calls small what another calls grave.

use std::sync::LazyLock;

use super::words::{Pattern, pattern};
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
        let grave = graves.iter().find(|grave| matter.speaker(grave) != speaker && meet(small, grave));
        if let Some(grave) = grave {
            let about = format!("how grave it is for {}", small.statement.about.join(", "));
            found.push(Disagreement { kind: Kind::Gravity, about, places: [place(small), place(grave)] });
        }
    }
    found
}

fn meet(said: &Said, other: &Said) -> bool {
    let about = |said: &Said| said.statement.about.iter().map(|name| key(name)).collect::<std::collections::BTreeSet<_>>();
    !about(said).is_disjoint(&about(other))
}
