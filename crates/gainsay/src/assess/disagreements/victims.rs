//! Sets of victims that differ, with who was merely asked.

use std::collections::BTreeSet;

use super::{Disagreement, Kind, Matter, Place, current};
use crate::assess::parties::{key, organisation};
use crate::claim::{Source, Stance};

/// The set of victims that one source names against that of another.
pub(super) fn find(matter: &Matter<'_>) -> Vec<Disagreement> {
    let named = current(matter.case).filter_map(|(number, source)| {
        let allegations = &source.reading.allegations;
        let first = allegations.first()?;
        let mut shown: Vec<&str> = Vec::new();
        let mut set = BTreeSet::new();
        for allegation in allegations {
            if set.insert(matter.parties.canonical(&allegation.victim)) {
                shown.push(&allegation.victim);
            }
        }
        let asked = asked(matter, number, source, &set);
        let asked = if asked.is_empty() { String::new() } else { format!(" ({} merely asked)", asked.join(", ")) };
        Some((set, matter.in_source(number, format!("{}{asked}", shown.join(", ")), first.span)))
    });
    let mut seen = BTreeSet::new();
    let mut distinct = named.filter(|(set, _)| seen.insert(set.clone())).map(|(_, place): (_, Place)| place);
    let Some(first) = distinct.next() else { return Vec::new() };
    let about = || "who the victims are".to_owned();
    distinct.map(|other| Disagreement { kind: Kind::Victims, about: about(), places: [first.clone(), other] }).collect()
}

/// Who answered questions of this source without being named as breached in it.
fn asked<'c>(matter: &Matter<'c>, number: usize, source: &Source, named: &BTreeSet<String>) -> Vec<&'c str> {
    let mut asked: Vec<&str> = Vec::new();
    for said in matter.of_source(number) {
        let statement = &said.statement;
        let name = organisation(&statement.speaker);
        let is_company = source.reading.organisations.iter().any(|it| {
            use crate::claim::OrganisationRole::{AllegedVictim, Other};
            key(&it.name) == key(name) && matches!(it.role, AllegedVictim | Other)
        });
        let answers = matches!(statement.stance, Stance::NoComment | Stance::Investigating);
        if answers && is_company && !named.contains(&key(name)) && !asked.contains(&name) {
            asked.push(name);
        }
    }
    asked
}
