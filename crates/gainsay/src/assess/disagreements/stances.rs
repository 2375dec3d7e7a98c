//! One party asserts what another denies or contradicts.

use std::collections::{BTreeMap, BTreeSet};

use super::words::{
    CALLS_FALSE, ENTRY, KEPT_SAFE, LACKS_PROOF, NEVER_SAID, NO_ENTRY, VOUCHES, affirmed, is_of_data_only, mentions,
};
use super::{Disagreement, Kind, MOST, Matter, Place, current, place};
use crate::assess::claims::Claim;
use crate::assess::parties::organisation;
use crate::claim::{Facet, Said, Span, Stance};

/// On each claim, each pair of parties of which one speaks for it and the other against, once a pair; then what is disputed without
/// saying which part of it.
pub(super) fn find(matter: &Matter<'_>) -> Vec<Disagreement> {
    let by_handle: BTreeMap<&str, &Said> = matter.said.iter().map(|said| (said.handle.as_str(), *said)).collect();
    let mut found: Vec<Disagreement> = Vec::new();
    // Two parties disagree once on what happened to one victim, and once on what was taken; and one sentence meets a party once.
    let mut seen = BTreeSet::new();
    let mut met = BTreeSet::new();
    for claim in matter.claims {
        let (pros, contras) = (side(matter, claim, true, &by_handle), side(matter, claim, false, &by_handle));
        for (party, contra) in &contras {
            for (asserter, pro) in pros.iter().filter(|(asserter, _)| *asserter != party) {
                // Who admits an entry and who says that some kind of data was not had can both be right.
                let admits = matches!(pro.statement.stance, Stance::Confirms | Stance::PartlyConfirms);
                if admits && claim.facet == Facet::Access && is_of_data_only(matter.words(contra)) {
                    continue;
                }
                let happened = matches!(claim.facet, Facet::Access | Facet::Exfiltration);
                let matter = (if happened { Facet::Access } else { claim.facet }, claim.victim.clone());
                let is_new = seen.insert((asserter.clone(), party.clone(), matter));
                if is_new && met.insert((contra.handle.clone(), asserter.clone())) {
                    let about = claim.proposition.clone();
                    found.push(Disagreement { kind: Kind::Stances, about, places: [place(pro), place(contra)] });
                }
            }
        }
    }
    found.extend(against_allegations(matter, &found));
    let met: BTreeSet<String> =
        found.iter().flat_map(|it| &it.places).filter_map(|place| place.statement.clone()).collect();
    let disputes = matter.said.iter().filter(|said| said.statement.stance == Stance::Disputes);
    found.extend(
        disputes.filter(|said| !met.contains(&said.handle)).take(MOST).filter_map(|said| disputed(matter, said)),
    );
    found
}

/// A company's denial that met no statement, against the claim as a text words it: who denies often says himself what he denies.
fn against_allegations(matter: &Matter<'_>, found: &[Disagreement]) -> Vec<Disagreement> {
    let met: BTreeSet<String> = found.iter().map(|it| matter.parties.canonical(&it.places[1].who)).collect();
    let mut more: BTreeMap<String, Disagreement> = BTreeMap::new();
    let denials = matter.said.iter().filter(|said| {
        said.statement.stance == Stance::Denies
            && matter.is_victim(&said.statement.speaker)
            && !said.statement.facets.is_empty()
    });
    for said in denials.filter(|said| !met.contains(&matter.speaker(said))) {
        let speaker = matter.speaker(said);
        let allegation = current(matter.case).find_map(|(number, source)| {
            let apart = |span: Span| number != said.source || !span.overlaps(&said.statement.span);
            let mut of_it = source.reading.allegations.iter();
            let it = of_it.find(|it| {
                let words = it.span.of(matter.text(source)).unwrap_or_default();
                let says = ENTRY.is_match(words) && mentions(words, &it.victim).next().is_some();
                says && apart(it.span) && matter.parties.canonical(&it.victim) == speaker
            })?;
            let what = "is said to claim it".to_owned();
            Some(Place { source: number, statement: None, who: it.actor.clone(), what, span: it.span })
        });
        if let Some(allegation) = allegation {
            let about = format!("the breach of {}", organisation(&said.statement.speaker));
            let places = [allegation, place(said)];
            more.entry(speaker).or_insert(Disagreement { kind: Kind::Stances, about, places });
        }
    }
    more.into_values().collect()
}

/// Who speaks on one side of a claim, each in the words that fit it best.
fn side<'c>(
    matter: &Matter<'c>,
    claim: &Claim,
    for_claim: bool,
    by_handle: &BTreeMap<&str, &'c Said>,
) -> BTreeMap<String, &'c Said> {
    let mut best: BTreeMap<String, (Fit, &Said)> = BTreeMap::new();
    let of_voices = claim.voices.iter().filter(|voice| voice.for_claim == for_claim).filter_map(|voice| {
        let said = by_handle.get(voice.handle.as_str()).copied()?;
        let speaker = if for_claim { voice.origin.as_deref().unwrap_or(&voice.party) } else { voice.party.as_str() };
        // An actor means whom it listed elsewhere; of anybody else it is not known that this company was meant.
        let is_meant = voice.is_named || for_claim && matter.parties.is_actor(speaker);
        is_meant.then_some((said, speaker, voice.is_named, voice.origin.is_none(), voice.weight.unsigned_abs()))
    });
    // Which actor says that it has something of a company says that it was entered, that it was taken, and whose it is.
    let happened = matches!(claim.facet, Facet::Access | Facet::Exfiltration | Facet::Victim);
    let of_actors = matter.said.iter().copied().filter_map(|said| {
        let statement = &said.statement;
        let is_actor = matter.parties.is_actor(&statement.speaker) && statement.stance == Stance::Claims;
        let says = for_claim && happened && is_actor && names(matter.words(said), claim);
        says.then_some((said, statement.speaker.as_str(), true, statement.origin.is_none(), 0))
    });
    for (said, speaker, is_named, is_own, weight) in of_voices.chain(of_actors) {
        let words = matter.words(said);
        let is_other_way = if for_claim {
            let denies = NO_ENTRY.is_match(words) && affirmed(words, &ENTRY).next().is_none();
            !matter.parties.is_actor(speaker) && (denies || CALLS_FALSE.is_match(words))
        } else {
            !denies(matter, said, claim.facet) || !matter.is_victim(speaker) && VOUCHES.is_match(words)
        };
        if is_other_way {
            continue;
        }
        let direct = said.statement.facets.contains(&claim.facet);
        // The last word counts of a denial; of a claim the words that make it.
        let weight = if for_claim { 0 } else { weight };
        let claims = for_claim && said.statement.stance == Stance::Claims && names(words, claim);
        let fit = (claims, direct, is_named, is_own, ENTRY.is_match(words), weight);
        let kept = best.entry(matter.parties.canonical(speaker)).or_insert((fit, said));
        if kept.0 < fit {
            *kept = (fit, said);
        }
    }
    best.into_iter().map(|(party, (_, said))| (party, said)).collect()
}

/// How well a statement says what the claim says: as a claim in whose words the company stands, of the facet itself, by name, in the
/// party's own words, with words of a breach, and of weight.
type Fit = (bool, bool, bool, bool, bool, u64);

/// Whether a claim's company stands in these words.
fn names(words: &str, claim: &Claim) -> bool {
    claim.victim.as_deref().is_some_and(|victim| mentions(words, organisation(victim)).next().is_some())
}

/// Whether a denial's words deny this facet: that files are safe says nothing of who was in the network.
pub(super) fn denies(matter: &Matter<'_>, said: &Said, facet: Facet) -> bool {
    let words = matter.words(said);
    let only_kept = said.statement.stance == Stance::Denies && KEPT_SAFE.is_match(words) && !NO_ENTRY.is_match(words);
    !only_kept || matches!(facet, Facet::Assets | Facet::Exfiltration | Facet::Volume | Facet::Victim)
}

/// What a statement contradicts where it speaks of another's words as a whole: a company's account of its own breach, or the claim of
/// who is said to have shown too little for it.
fn disputed(matter: &Matter<'_>, said: &Said) -> Option<Disagreement> {
    let words = matter.words(said);
    let other = match matter.disputes_a_company(said) {
        Some(other) => other,
        None if NEVER_SAID.is_match(words) || !LACKS_PROOF.is_match(words) => return None,
        None => {
            let about = |other: &&&Said| other.statement.about.iter().any(|name| said.statement.about.contains(name));
            let of_actor = |other: &&&Said| {
                other.statement.stance == Stance::Claims && matter.parties.is_actor(&other.statement.speaker)
            };
            *matter.said.iter().filter(of_actor).find(about)?
        }
    };
    let about = format!("what {} says", other.statement.speaker);
    Some(Disagreement { kind: Kind::Stances, about, places: [place(other), place(said)] })
}
