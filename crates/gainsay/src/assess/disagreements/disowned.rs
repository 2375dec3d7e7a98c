//! A party is said to have asserted what it says that it never did, or asserts it elsewhere itself.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::words::{NEVER_SAID, Pattern, pattern};
use super::{Disagreement, Kind, MOST, Matter, place};
use crate::claim::{Said, Stance};

/// Words that keep a report at a distance from what it reports.
static AT_A_DISTANCE: Pattern =
    LazyLock::new(|| pattern(r"\b(?:claim|alleg|purport|suppos|reputed|said to|threat\w* to|attempt\w* to|trying to)"));

pub(super) fn find(matter: &Matter<'_>) -> Vec<Disagreement> {
    let disowning = matter.said.iter().filter(|said| {
        matches!(said.statement.stance, Stance::Disputes | Stance::Denies) && NEVER_SAID.is_match(matter.words(said))
    });
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    // Once a party: a later word of the same kind says no more.
    for said in disowning.filter(|said| seen.insert(matter.speaker(said))).take(MOST) {
        let own = || {
            let speaker = matter.speaker(said);
            matter.said.iter().filter(move |other| other.handle != said.handle && matter.speaker(other) == speaker)
        };
        let about = format!("what {} said itself", said.statement.speaker);
        let mut add = |other: &Said| {
            let places = [place(other), place(said)];
            found.push(Disagreement { kind: Kind::Disowned, about: about.clone(), places });
        };
        let asserts = own().filter(|other| meets(said, other) && matches!(other.statement.stance, Stance::Claims));
        let reports = own().filter(|other| {
            meets(said, other)
                && other.statement.stance == Stance::Informs
                && !AT_A_DISTANCE.is_match(matter.words(other))
        });
        if let Some(other) = asserts.chain(reports).next() {
            add(other);
        }
        // Who says that a company's denial is wrong asserts what it denies.
        if let Some(other) = own().find(|other| matter.disputes_a_company(other).is_some()) {
            add(other);
        }
    }
    found
}

fn meets(said: &Said, other: &Said) -> bool {
    other.statement.facets.iter().any(|facet| said.statement.facets.contains(facet))
}
