//! Where the sources do not agree, found by rule, each with both places.

use std::collections::{BTreeMap, BTreeSet};

use super::claims::Claim;
use super::parties::{Parties, key};
use crate::claim::{Case, FigureKind, Said, Span, Stance};

/// Two places that cannot both be right, or that say different things of one matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// Which kind.
    pub kind: Kind,
    /// What they disagree about, in words.
    pub about: String,
    /// The two places.
    pub places: [Place; 2],
}

/// How two places disagree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// One party asserts what another denies.
    Stances,
    /// One party says at one time what it denies at another.
    Reversal,
    /// Two sources give different figures for one thing.
    Figures,
    /// Two sources name different victims.
    Victims,
}

impl Kind {
    /// A heading for it.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Stances => "one asserts, another denies",
            Kind::Reversal => "a party against itself",
            Kind::Figures => "figures differ",
            Kind::Victims => "victims differ",
        }
    }
}

/// One side of a disagreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The place of the source in `Case::sources`.
    pub source: usize,
    /// The handle of the statement, where it is one.
    pub statement: Option<String>,
    /// Who says it: the party, or the source itself.
    pub who: String,
    /// What it says, in short.
    pub what: String,
    /// Where.
    pub span: Span,
}

/// Every disagreement of the case.
pub fn disagreements(case: &Case, parties: &Parties, claims: &[Claim]) -> Vec<Disagreement> {
    let mut found = stances(case, parties, claims);
    found.extend(reversals(case, parties));
    found.extend(figures(case));
    found.extend(victims(case));
    found
}

/// On each claim, each pair of parties of which one speaks for it and the other against: once a pair, in their last words.
fn stances(case: &Case, parties: &Parties, claims: &[Claim]) -> Vec<Disagreement> {
    let by_handle: BTreeMap<&str, &Said> = case.shown().map(|said| (said.handle.as_str(), said)).collect();
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for claim in claims {
        let side = |for_claim: bool| claim.voices.iter().filter(move |voice| voice.for_claim == for_claim);
        for against in side(false) {
            for assertion in side(true) {
                let (Some(pro), Some(contra)) =
                    (by_handle.get(assertion.handle.as_str()), by_handle.get(against.handle.as_str()))
                else {
                    continue;
                };
                let asserter = assertion.origin.as_deref().unwrap_or(&assertion.party);
                // An actor means whom it listed elsewhere; of anybody else it is not known that this company was meant.
                if !assertion.is_named && !parties.is_actor(asserter) {
                    continue;
                }
                let pair = (
                    parties.canonical(asserter),
                    parties.canonical(&against.party),
                    key(claim.victim.as_deref().unwrap_or("")),
                );
                if pair.0 == pair.1 || !seen.insert((pair, claim.facet)) {
                    continue;
                }
                found.push(Disagreement {
                    kind: Kind::Stances,
                    about: claim.proposition.clone(),
                    places: [place(pro), place(contra)],
                });
            }
        }
    }
    // The same two sentences often meet on several facets: they are one disagreement, about the first of them.
    let mut sentences = BTreeSet::new();
    found.retain(|d| sentences.insert((d.places[0].span, d.places[0].source, d.places[1].span, d.places[1].source)));
    found
}

/// A party that denies and confirms the same point.
fn reversals(case: &Case, parties: &Parties) -> Vec<Disagreement> {
    let mut by_party: BTreeMap<String, Vec<&Said>> = BTreeMap::new();
    for said in case.shown() {
        by_party.entry(parties.canonical(&said.statement.speaker)).or_default().push(said);
    }
    let mut found = Vec::new();
    for said in by_party.values() {
        let denials = said.iter().filter(|said| said.statement.stance == Stance::Denies);
        for denial in denials {
            let admissions =
                said.iter().filter(|s| matches!(s.statement.stance, Stance::Confirms | Stance::PartlyConfirms));
            let point = points(denial);
            if let Some(admission) = admissions.into_iter().find(|other| !points(other).is_disjoint(&point)) {
                found.push(Disagreement {
                    kind: Kind::Reversal,
                    about: format!(
                        "{} on {}",
                        denial.statement.speaker,
                        point.into_iter().collect::<Vec<_>>().join(", ")
                    ),
                    places: [place(denial), place(admission)],
                });
            }
        }
    }
    found
}

/// What a statement is about, finely enough to tell a denial of one thing from the admission of another.
fn points(said: &Said) -> BTreeSet<String> {
    let statement = &said.statement;
    if statement.facets.is_empty() {
        return statement.about.iter().map(|name| key(name)).filter(|name| *name != key(&statement.speaker)).collect();
    }
    statement.facets.iter().map(|facet| facet.word().to_owned()).collect()
}

/// The first figure of each kind in one source against that of another, where the numbers or their hedges differ.
fn figures(case: &Case) -> Vec<Disagreement> {
    let mut found = Vec::new();
    for kind in [FigureKind::Volume, FigureKind::Price, FigureKind::Money] {
        let firsts: Vec<Place> = current(case)
            .filter_map(|(place, source)| {
                let figure = source.reading.figures.iter().find(|figure| figure.kind == kind)?;
                Some(Place {
                    source: place,
                    statement: None,
                    who: source.name().to_owned(),
                    what: figure.value.clone(),
                    span: figure.span,
                })
            })
            .collect();
        // Each other value against the first: where many sources agree, one stands for all.
        let mut seen = BTreeSet::new();
        let mut distinct = firsts.into_iter().filter(|place| seen.insert(place.what.clone()));
        if let Some(first) = distinct.next() {
            found.extend(distinct.map(|other| Disagreement {
                kind: Kind::Figures,
                about: kind.word().to_owned(),
                places: [first.clone(), other],
            }));
        }
    }
    found
}

/// The set of victims that one source names against that of another.
fn victims(case: &Case) -> Vec<Disagreement> {
    let named: Vec<(BTreeSet<String>, Place)> = current(case)
        .filter_map(|(place, source)| {
            let allegations = &source.reading.allegations;
            let names: Vec<&str> = allegations.iter().map(|allegation| allegation.victim.as_str()).collect();
            let set: BTreeSet<String> = names.iter().map(|name| key(name)).collect();
            let first = allegations.first()?;
            let mut shown: Vec<&str> = Vec::new();
            names.into_iter().for_each(|name| {
                if !shown.contains(&name) {
                    shown.push(name)
                }
            });
            Some((
                set,
                Place {
                    source: place,
                    statement: None,
                    who: source.name().to_owned(),
                    what: shown.join(", "),
                    span: first.span,
                },
            ))
        })
        .collect();
    let mut seen = BTreeSet::new();
    let mut distinct = named.into_iter().filter(|(set, _)| seen.insert(set.clone())).map(|(_, place)| place);
    let Some(first) = distinct.next() else { return Vec::new() };
    let about = || "who the victims are".to_owned();
    distinct.map(|other| Disagreement { kind: Kind::Victims, about: about(), places: [first.clone(), other] }).collect()
}

/// The sources that no later version took the place of.
pub(super) fn current(case: &Case) -> impl Iterator<Item = (usize, &crate::claim::Source)> {
    case.sources.iter().enumerate().filter(|(_, source)| source.replaced_by.is_none())
}

/// Where a statement stands.
pub(super) fn place(said: &Said) -> Place {
    Place {
        source: said.source,
        statement: Some(said.handle.clone()),
        who: said.statement.speaker.clone(),
        what: said.statement.stance.word().replace('_', " "),
        span: said.statement.span,
    }
}
