//! A proposition with what was said on it, each property written down beforehand, weighed by the same model as a case. What a case
//! draws from words and sources is given here.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;

use super::claims::confidence;
use super::likelihood::Likelihood;
use super::model::{self, Proof, Prospect, Word};
use super::parties::key;
use super::weights::Weights;
use crate::claim::{Confidence, Facet, PartyKind, Stance};

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
                dropped: false,
                track: None,
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

/// Who is heard with knowledge of his own, and where the others have theirs.
struct Heard<'u> {
    own: BTreeSet<String>,
    /// The origin of each party that repeats another, with its name as written.
    origins: BTreeMap<String, (String, &'u str)>,
}

impl<'u> Heard<'u> {
    fn of(spoken: &[&'u Utterance]) -> Heard<'u> {
        let mut own = BTreeSet::new();
        let mut repeats: BTreeMap<String, (String, &'u str)> = BTreeMap::new();
        for it in spoken {
            let party = key(&it.party);
            match relayed(it) {
                None => {
                    own.insert(party);
                }
                // Of several that one party repeats, one is followed: which one does not depend on what came first.
                Some(other) => {
                    let next = (key(other), other);
                    let kept = repeats.entry(party).or_insert_with(|| next.clone());
                    if next.0 < kept.0 {
                        *kept = next;
                    }
                }
            }
        }
        let mut heard = Heard { own, origins: BTreeMap::new() };
        for start in repeats.keys() {
            heard.follow(start, &repeats);
        }
        heard
    }

    fn speaks(&self, party: &str) -> bool {
        self.own.contains(party)
    }

    /// Notes where the knowledge of a party and of all on the way comes from: from somebody who is heard himself, from a name of which
    /// nothing is heard, or from around a circle, which is then one origin, known by the first of its names.
    fn follow(&mut self, start: &str, repeats: &BTreeMap<String, (String, &'u str)>) {
        let mut way: Vec<(String, &'u str)> = Vec::new();
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        let mut at = start.to_owned();
        let origin = loop {
            let last = way.last().filter(|_| self.speaks(&at) || !repeats.contains_key(&at));
            if let Some(origin) = last {
                break origin.clone();
            }
            if let Some(known) = self.origins.get(&at) {
                break known.clone();
            }
            // Where the way meets itself, its names from there on are the circle.
            if let Some(first) = places.get(&at).and_then(|begin| way[*begin..].iter().min()) {
                break first.clone();
            }
            let Some(next) = repeats.get(&at) else { return };
            places.insert(std::mem::replace(&mut at, next.0.clone()), way.len());
            way.push(next.clone());
        };
        for party in places.into_keys() {
            self.origins.insert(party, origin.clone());
        }
    }

    /// Where what is said comes from.
    fn origin(&self, it: &'u Utterance) -> (String, &'u str) {
        let party = key(&it.party);
        let followed = relayed(it).and_then(|_| self.origins.get(&party)).cloned();
        followed.unwrap_or((party, &it.party))
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
    fn who_is_heard_himself_is_an_origin_whatever_else_he_repeats() {
        let both = [
            said("Outlet", PartyKind::Press, Stance::Claims, Some("Dustfinch")),
            said("Outlet", PartyKind::Press, Stance::Claims, None),
            said("Dustfinch", PartyKind::Actor, Stance::Claims, None),
        ];
        let mut relayed = both.to_vec();
        relayed.push(said("A blog", PartyKind::Press, Stance::Claims, Some("Outlet")));
        relayed.push(said("Blog of blogs", PartyKind::Press, Stance::Claims, Some("A blog")));
        assert_eq!(millinats(&relayed), millinats(&both));
        assert_eq!(judged(relayed).reasons.len(), 2);
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
