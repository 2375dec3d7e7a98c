//! A proposition with what was said on it, each property written down beforehand, weighed by the same model as a case. What a case
//! draws from words and sources is given here.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;

use super::claims::{Confidence, confidence};
use super::likelihood::Likelihood;
use super::model::{self, Proof, Prospect, Word};
use super::parties::key;
use super::weights::Weights;
use crate::claim::{Facet, PartyKind, Stance};

/// A proposition that can be true or false, worded as the accuser would.
#[derive(Clone, Debug)]
pub struct Proposition {
    /// Which part of a breach claim it is.
    pub facet: Facet,
    /// The last day of what was said; what is dated later has a date that cannot be.
    pub as_of: Option<Date>,
    /// What was said.
    pub utterances: Vec<Utterance>,
}

/// What one party said.
#[derive(Clone, Debug)]
pub struct Utterance {
    /// Who speaks.
    pub party: String,
    /// In which role.
    pub kind: PartyKind,
    /// What it does to the proposition.
    pub stance: Stance,
    /// Whether it is about this proposition, not another facet.
    pub on_this: bool,
    /// Whom it repeats.
    pub relays: Option<String>,
    /// When, where that is known.
    pub date: Option<Date>,
    /// Whether the party has it at first hand.
    pub direct: bool,
    /// Whether it says something that could be shown to be wrong.
    pub specific: bool,
    /// What stands behind it.
    pub proof: Proof,
    /// Whether it costs the party something to say so.
    pub against_interest: bool,
}

/// What a proposition's likelihood is, and why.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// How likely it is.
    pub likelihood: Likelihood,
    /// How far that can be trusted.
    pub confidence: Confidence,
    /// What speaks for and against it, heaviest first: weight in millinats, whose knowledge, and why that much.
    pub reasons: Vec<(i64, String, String)>,
    /// The findings that would change it most.
    pub prospects: Vec<Prospect>,
}

/// Weighs a proposition.
pub fn judge(proposition: &Proposition, weights: &Weights) -> Judgement {
    let spoken: Vec<&Utterance> = proposition.utterances.iter().filter(|it| it.on_this).collect();
    let heard = Heard::of(&spoken);
    let admitted: BTreeSet<String> = spoken
        .iter()
        .filter(|it| it.kind == PartyKind::Victim && it.against_interest)
        .map(|it| key(&it.party))
        .collect();
    let mut names: BTreeMap<String, &str> = BTreeMap::new();
    let words: Vec<Word> = spoken
        .iter()
        .filter_map(|it| {
            let for_claim = side(it.stance)?;
            let party = key(&it.party);
            let (origin, name) = heard.origin(it);
            // Where the origin is heard itself its own words count, whatever others make of them.
            let itself = origin == party;
            if !itself && heard.speaks(&origin) {
                return None;
            }
            names.entry(origin.clone()).or_insert(name);
            let dated = it.date.filter(|date| proposition.as_of.is_none_or(|as_of| *date <= as_of));
            Some(Word {
                kind: if itself { it.kind } else { PartyKind::Other },
                stance: it.stance,
                for_claim,
                proof: if itself { it.proof } else { Proof::Nothing },
                specific: it.specific,
                direct: itself && it.direct,
                against_interest: itself && it.against_interest,
                has_admitted: admitted.contains(&origin),
                when: (dated.map_or(Timestamp::MIN, start_of), 0, 0),
                origin,
            })
        })
        .collect();
    let words: Vec<&Word> = words.iter().collect();
    let weighed = model::weigh(&words, proposition.facet, weights);
    let mut reasons: Vec<(i64, String, String)> = words
        .iter()
        .zip(&weighed)
        .filter_map(|(word, weight)| {
            let weight = weight.as_ref()?;
            let name = names.get(&word.origin).copied().unwrap_or_default();
            Some((weight.millinats, name.to_owned(), weight.because.clone()))
        })
        .collect();
    reasons.sort_by(|one, other| other.0.abs().cmp(&one.0.abs()).then_with(|| one.cmp(other)));
    let counted: Vec<&Word> = words.iter().zip(&weighed).filter(|(_, w)| w.is_some()).map(|(word, _)| *word).collect();
    Judgement {
        likelihood: model::likelihood(&weighed, weights),
        confidence: confidence(counted.iter().map(|word| (word.kind, word.for_claim))),
        reasons,
        prospects: model::prospects(&words, 0, proposition.facet, weights),
    }
}

fn start_of(date: Date) -> Timestamp {
    date.to_zoned(jiff::tz::TimeZone::UTC).map_or(Timestamp::MIN, |moment| moment.timestamp())
}

/// Which way a stance goes; `None` where it takes no side.
fn side(stance: Stance) -> Option<bool> {
    match stance {
        Stance::Claims | Stance::Confirms | Stance::PartlyConfirms => Some(true),
        Stance::Denies | Stance::Disputes => Some(false),
        Stance::NoComment | Stance::Investigating | Stance::Informs => None,
    }
}

/// Who is heard with knowledge of his own, and whom the others repeat.
struct Heard<'u> {
    own: BTreeSet<String>,
    repeats: BTreeMap<String, (String, &'u str)>,
}

impl<'u> Heard<'u> {
    fn of(spoken: &[&'u Utterance]) -> Heard<'u> {
        let mut heard = Heard { own: BTreeSet::new(), repeats: BTreeMap::new() };
        for it in spoken {
            let party = key(&it.party);
            match relayed(it) {
                None => {
                    heard.own.insert(party);
                }
                // Of several that one party repeats, one is followed: which one does not depend on what came first.
                Some(other) => {
                    let next = (key(other), other);
                    let kept = heard.repeats.entry(party).or_insert_with(|| next.clone());
                    if next.0 < kept.0 {
                        *kept = next;
                    }
                }
            }
        }
        heard
    }

    fn speaks(&self, party: &str) -> bool {
        self.own.contains(party)
    }

    /// Where what is said comes from: relays are followed to somebody who is heard himself, to a name of which nothing is heard, or
    /// around a circle, which is then one origin, known by the first of its names.
    fn origin(&self, it: &'u Utterance) -> (String, &'u str) {
        let Some(first) = relayed(it) else { return (key(&it.party), &it.party) };
        let mut at: (String, &'u str) = (key(first), first);
        let mut seen: BTreeMap<String, &'u str> = BTreeMap::new();
        while !self.speaks(&at.0) {
            let Some(next) = self.repeats.get(&at.0) else { break };
            if seen.insert(at.0.clone(), at.1).is_some() {
                let circle = self.circle(&at);
                return circle.into_iter().min().unwrap_or(at);
            }
            at = next.clone();
        }
        at
    }

    /// The names on the circle on which this one lies.
    fn circle(&self, from: &(String, &'u str)) -> Vec<(String, &'u str)> {
        let mut names = vec![from.clone()];
        let mut at = from;
        while let Some(next) = self.repeats.get(&at.0).filter(|next| next.0 != from.0) {
            names.push(next.clone());
            at = next;
        }
        names
    }
}

/// Whom an utterance repeats. Who repeats himself, and who has checked at first hand what he passes on, speaks for himself.
fn relayed(it: &Utterance) -> Option<&str> {
    let checked = it.direct && it.proof == Proof::Checked;
    it.relays.as_deref().filter(|other| !checked && key(other) != key(&it.party))
}
