//! What a company is about to say, held against the case: which of its sentences something here contradicts, and which nothing but its
//! own word bears out.

use std::collections::BTreeSet;

use super::claims::{Claim, Voice, claims};
use super::disagreements::{Place, current, place};
use super::parties::Parties;
use super::weights::Weights;
use crate::claim::{Case, Facet, Figure, FigureKind, OwnSentence, PartyKind, PrivateMatch, Said, Stance};

/// Why a sentence should not stand as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ground {
    /// Evidence, the company's own earlier word, or a recorded contact says otherwise.
    Contradicted,
    /// Another party says otherwise.
    SaidOtherwise,
    /// Another figure stands somewhere.
    Figure,
    /// Nothing here but the company's word bears it out.
    NotBorneOut,
}

impl Ground {
    /// A heading for it.
    pub fn word(self) -> &'static str {
        match self {
            Ground::Contradicted => "contradicted",
            Ground::SaidOtherwise => "others say otherwise",
            Ground::Figure => "another figure",
            Ground::NotBorneOut => "not borne out",
        }
    }
}

/// One objection to one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objection {
    /// The sentence's place among those given.
    pub sentence: usize,
    /// Why.
    pub ground: Ground,
    /// In words.
    pub because: String,
    /// The place of the case that says otherwise, where it is in a source.
    pub place: Option<Place>,
    /// The handle of the finding that does.
    pub finding: Option<String>,
}

/// Of many that say otherwise so many are named.
const MOST: usize = 5;

/// The objections to what `company` is about to say, by sentence, the strongest first.
pub fn check(case: &Case, company: &str, text: &[OwnSentence]) -> Vec<Objection> {
    let parties = Parties::of(case);
    // Which way a voice goes depends on no weight.
    let (claims, _) = claims(case, &parties, Weights::built_in());
    let checker = Checker { case, company: parties.canonical(company), parties, claims };
    let mut found: Vec<Objection> = Vec::new();
    for (sentence, spoken) in text.iter().enumerate() {
        let mut here: Vec<Objection> = checker.opposed(spoken);
        here.extend(checker.told(spoken));
        here.extend(checker.other_figures(spoken));
        here.extend(checker.not_borne_out(spoken));
        here.sort_by_key(|objection| objection.ground);
        found.extend(here.into_iter().map(|objection| Objection { sentence, ..objection }));
    }
    found
}

struct Checker<'c> {
    case: &'c Case,
    company: String,
    parties: Parties,
    claims: Vec<Claim>,
}

impl Checker<'_> {
    /// Which way a sentence goes on a facet: `Some(true)` for the claim.
    fn side(spoken: &OwnSentence, facet: Facet) -> Option<bool> {
        match spoken.stance? {
            Stance::Denies | Stance::Disputes => Some(false),
            Stance::Confirms => Some(true),
            // What is admitted in part is the entry; of what was taken, and how much, the same sentence mostly limits it.
            Stance::PartlyConfirms => Some(facet == Facet::Access),
            _ => None,
        }
    }

    /// The claims against this company that a sentence speaks to, with the sentence's side.
    fn spoken_to<'s>(&'s self, spoken: &'s OwnSentence) -> impl Iterator<Item = (&'s Claim, bool)> {
        self.claims.iter().filter_map(move |claim| {
            let of_it = claim.victim.as_ref().is_none_or(|victim| self.is_company(victim));
            let side = Self::side(spoken, claim.facet)?;
            (of_it && spoken.facets.contains(&claim.facet)).then_some((claim, side))
        })
    }

    fn is_company(&self, name: &str) -> bool {
        self.parties.canonical(name) == self.company
    }

    fn said(&self, voice: &Voice) -> Option<&Said> {
        self.case.statements.iter().find(|said| said.handle == voice.handle)
    }

    /// Findings, the company itself, and other parties on the other side of a claim.
    fn opposed(&self, spoken: &OwnSentence) -> Vec<Objection> {
        let mut seen = BTreeSet::new();
        let mut found: Vec<(u8, Objection)> = Vec::new();
        for (claim, side) in self.spoken_to(spoken) {
            for voice in claim.voices.iter().filter(|voice| voice.for_claim != side) {
                if !seen.insert(voice.handle.as_str()) {
                    continue;
                }
                let about = claim.proposition.trim_end_matches('.');
                let Some(said) = self.said(voice) else {
                    let finding = self.case.current_findings().find(|finding| finding.handle == voice.handle);
                    let settled = self.case.privates.iter().find(|settled| settled.handle == voice.handle);
                    let summary = finding.map(|finding| finding.result.summary());
                    let summary = summary.or_else(|| settled.map(PrivateMatch::summary)).unwrap_or_default();
                    let because = format!("on \"{about}\": {summary} ({})", voice.because);
                    found.push((0, objection(Ground::Contradicted, because, None, Some(voice.handle.clone()))));
                    continue;
                };
                let own = self.is_company(&voice.party);
                let ground = if own { Ground::Contradicted } else { Ground::SaidOtherwise };
                let who = if own { "the company itself" } else { said.statement.speaker.as_str() };
                let unseen = if said.state.weighs() { "" } else { ", not reviewed" };
                let because =
                    format!("on \"{about}\": {who} ({}) {}{unseen}", voice.handle, does(said.statement.stance));
                found.push((rank(self, said), objection(ground, because, Some(place(said)), None)));
            }
        }
        found.sort_by_key(|(rank, objection)| (objection.ground, *rank));
        found.into_iter().map(|(_, objection)| objection).take(MOST).collect()
    }

    /// Somebody did tell the company.
    fn told(&self, spoken: &OwnSentence) -> Vec<Objection> {
        if !spoken.denies_contact {
            return Vec::new();
        }
        let contacts = current(self.case).flat_map(|(source, it)| {
            it.reading
                .contacts
                .iter()
                .filter(|contact| self.is_company(&contact.to))
                .map(move |contact| (source, contact))
        });
        let told = contacts.map(|(source, contact)| {
            let when = contact.date.as_ref().map_or(String::new(), |date| format!(" ({date})"));
            let what = format!("told {}{when}", contact.to);
            let because = format!("{} is said to have told {}{when}", contact.from, contact.to);
            let place = Place { source, statement: None, who: contact.from.clone(), what, span: contact.span };
            objection(Ground::Contradicted, because, Some(place), None)
        });
        told.take(MOST).collect()
    }

    /// Other numbers of the same things in the sources.
    fn other_figures(&self, spoken: &OwnSentence) -> Vec<Objection> {
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for figure in spoken.figures.iter().filter(|figure| figure.kind != FigureKind::Date) {
            for (source, it) in current(self.case) {
                let others = it.reading.figures.iter().filter(|other| is_other(figure, other));
                for other in others.filter(|other| seen.insert(other.value.clone())) {
                    let because = format!("{} here, {} in {}", figure.value, other.value, it.name());
                    let what = other.value.clone();
                    let place = Place { source, statement: None, who: it.name().to_owned(), what, span: other.span };
                    found.push(objection(Ground::Figure, because, Some(place), None));
                }
            }
        }
        found.truncate(MOST);
        found
    }

    /// A denial that only the company's own word speaks for.
    fn not_borne_out(&self, spoken: &OwnSentence) -> Option<Objection> {
        let denied: Vec<Facet> =
            spoken.facets.iter().copied().filter(|facet| Self::side(spoken, *facet) == Some(false)).collect();
        let borne_out = self.spoken_to(spoken).any(|(claim, side)| {
            claim.voices.iter().any(|voice| voice.for_claim == side && !self.is_company(&voice.party))
        });
        let first = *denied.first().filter(|_| !borne_out)?;
        let of_files = matches!(first, Facet::Victim | Facet::Assets | Facet::Exfiltration | Facet::Volume);
        let is_matched = self.case.current_findings().any(|finding| self.is_company(&finding.result.owner))
            || self.case.privates.iter().any(|settled| self.is_company(&settled.company));
        let advice = match (of_files, is_matched) {
            (true, false) => "no sample was matched against the company's files",
            (true, true) => "what a sample does not hold may still have been taken",
            (false, _) => "say what was looked at, by whom, and until when",
        };
        let because = format!("nothing here but the company's own word bears on {}: {advice}", first.word());
        Some(objection(Ground::NotBorneOut, because, None, None))
    }
}

/// Those without a stake come first, criminals last.
fn rank(checker: &Checker<'_>, said: &Said) -> u8 {
    match checker.parties.kind(&said.statement.speaker, said.statement.speaker_kind) {
        PartyKind::Authority => 1,
        PartyKind::Researcher => 2,
        PartyKind::Victim => 3,
        PartyKind::Press | PartyKind::Other => 4,
        PartyKind::Actor => 5,
    }
}

fn does(stance: Stance) -> &'static str {
    match stance {
        Stance::Claims => "claims it",
        Stance::Confirms => "confirmed it",
        Stance::PartlyConfirms => "confirmed a part",
        Stance::Denies => "denied it",
        Stance::Disputes => "disputed it",
        _ => "speaks of it",
    }
}

/// Another value for the same kind of thing; of counts, of the same things by name.
fn is_other(figure: &Figure, other: &Figure) -> bool {
    let number = |figure: &Figure| figure.value.chars().filter(char::is_ascii_digit).collect::<String>();
    let of_same = match figure.kind {
        FigureKind::Count => noun(figure) == noun(other) && !noun(figure).is_empty(),
        _ => true,
    };
    figure.kind == other.kind && of_same && number(figure) != number(other)
}

/// What a count counts: the last word of its value.
fn noun(figure: &Figure) -> &str {
    figure.value.rsplit(' ').next().filter(|word| word.starts_with(char::is_alphabetic)).unwrap_or_default()
}

fn objection(ground: Ground, because: String, place: Option<Place>, finding: Option<String>) -> Objection {
    Objection { sentence: 0, ground, because, place, finding }
}
