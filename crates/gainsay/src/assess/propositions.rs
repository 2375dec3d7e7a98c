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
                when: dated.map_or(Timestamp::MIN, start_of),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn said(party: &str, kind: PartyKind, stance: Stance, relays: Option<&str>) -> Utterance {
        Utterance {
            party: party.to_owned(),
            kind,
            stance,
            on_this: true,
            relays: relays.map(str::to_owned),
            date: None,
            direct: relays.is_none(),
            specific: true,
            proof: Proof::Nothing,
            against_interest: false,
        }
    }

    fn judged(utterances: Vec<Utterance>) -> Judgement {
        judge(&Proposition { facet: Facet::Exfiltration, as_of: None, utterances }, Weights::built_in())
    }

    fn millinats(utterances: &[Utterance]) -> i64 {
        judged(utterances.to_vec()).likelihood.millinats
    }

    #[test]
    fn relays_add_nothing_to_who_is_heard() {
        let crew = said("Dustfinch", PartyKind::Actor, Stance::Claims, None);
        let mut all = vec![crew.clone()];
        for number in 0..10 {
            let from = if number == 0 { "Dustfinch".to_owned() } else { format!("Outlet {}", number - 1) };
            all.push(said(&format!("Outlet {number}"), PartyKind::Press, Stance::Claims, Some(&from)));
        }
        assert_eq!(millinats(&all), millinats(&[crew]));
        assert_eq!(judged(all).reasons.len(), 1);
    }

    #[test]
    fn who_checks_what_he_passes_on_speaks_for_himself() {
        let crew = said("Dustfinch", PartyKind::Actor, Stance::Claims, None);
        let mut paper = said("Outlet", PartyKind::Press, Stance::Claims, Some("Dustfinch"));
        paper.proof = Proof::Checked;
        let at_second_hand = millinats(&[crew.clone(), paper.clone()]);
        paper.direct = true;
        assert!(millinats(&[crew, paper]) > at_second_hand);
    }

    #[test]
    fn a_circle_is_one_origin_at_second_hand() {
        let circle = |names: &[&str]| -> Vec<Utterance> {
            let relays = |place: usize| names[(place + 1) % names.len()];
            let press =
                |(place, name): (usize, &&str)| said(name, PartyKind::Press, Stance::Claims, Some(relays(place)));
            names.iter().enumerate().map(press).collect()
        };
        let mut three = circle(&["One", "Two", "Three"]);
        assert_eq!(judged(three.clone()).reasons.len(), 1);
        three.push(said("Four", PartyKind::Press, Stance::Claims, Some("Two")));
        let with_a_tail = millinats(&three);
        three.reverse();
        assert_eq!(millinats(&three), with_a_tail);
        let of_his_own = millinats(&[said("One", PartyKind::Press, Stance::Claims, None)]);
        assert!(with_a_tail < of_his_own, "nobody in a circle knows it");
        let own_source = Utterance { direct: true, ..said("One", PartyKind::Press, Stance::Claims, Some("One")) };
        assert_eq!(millinats(&[own_source]), of_his_own);
    }

    #[test]
    fn no_comment_replaces_nothing_and_a_later_word_does() {
        let dated = |stance, day| Utterance {
            date: Some(jiff::civil::date(2024, 5, day)),
            ..said("Firm", PartyKind::Researcher, stance, None)
        };
        let denied = millinats(&[dated(Stance::Denies, 1)]);
        assert_eq!(millinats(&[dated(Stance::Denies, 1), dated(Stance::NoComment, 2)]), denied);
        let turned = [dated(Stance::Claims, 1), dated(Stance::Denies, 2)];
        let start = Weights::built_in().start;
        assert!(denied < millinats(&turned) && millinats(&turned) < start);
        let back = [dated(Stance::Denies, 1), dated(Stance::Claims, 2)];
        assert!(millinats(&back) > start);
        let too_late = Proposition {
            facet: Facet::Exfiltration,
            as_of: Some(jiff::civil::date(2024, 5, 1)),
            utterances: turned.into(),
        };
        assert!(judge(&too_late, Weights::built_in()).likelihood.millinats > start, "its date cannot be");
    }

    #[test]
    fn another_matter_is_no_word_on_this_one() {
        let mut other = said("Marlbeck", PartyKind::Victim, Stance::Confirms, None);
        other.on_this = false;
        assert_eq!(millinats(&[other]), Weights::built_in().start);
    }
}
