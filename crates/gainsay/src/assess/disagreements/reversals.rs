//! A party against itself: denied and then admitted, also whether it was told; nothing taken, and then something.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::stances::denies;
use regex::Regex;

use super::words::{CONTACT, NEGATION, Pattern, affirmed, is_of_data_only, pattern};
use super::{Disagreement, Kind, Matter, place};
use crate::claim::{Facet, Said, Stance};

static NOT_TAKEN: Pattern = LazyLock::new(|| {
    pattern(
        r"\b(?:no|not|neither|nor|none|never)\b[^.!?]*?\b(?:taken|stolen|exfiltrated|obtained|copied|leaked|downloaded|lost)\b|\b(?:remains?|is|are) (?:\w+ )?(?:secure|safe)\b",
    )
});
static TAKEN: Pattern = LazyLock::new(|| {
    pattern(r"\b(?:obtained|stole|stolen|took|taken|copied|exfiltrated|downloaded|acquired|leaked)\b")
});
static ENTERED: Pattern = LazyLock::new(|| {
    pattern(
        r"\b(?:breach\w*|hack\w*|compromis\w*|intru\w*|infiltrat\w*|accessed|entered|unauthori[sz]ed|incident|attack\w*)\b",
    )
});
/// What others lost is no loss of one's own.
static OF_OTHERS: Pattern = LazyLock::new(|| {
    pattern(
        r"\b(?:other (?:services|companies|sites|websites)|third[ -]part(?:y|ies)|elsewhere|unrelated|contractors?)\b",
    )
});

/// What is called talk is not admitted by speaking of it.
static TALK: Pattern = LazyLock::new(|| {
    pattern(r"\b(?:chatter|rumou?rs?|unauthentic|unverified|hoax|fake|bogus|baseless|misinformation|so-called)\b")
});
/// Somebody says now what it did not say before.
static TURNS: Pattern = LazyLock::new(|| {
    pattern(
        r"\b(?:chang(?:ed|es|ing) (?:its|his|her|their) (?:tune|story|account|stance|position|mind)|walk(?:ed|s|ing) back|back(?:ed)?[- ]?(?:track|pedal)\w*|retract(?:ed|s|ing)|revers(?:ed|es|ing) (?:course|itself|its (?:claim|denial|statement|position))|took (?:it|that|this) back)\b",
    )
});

pub(super) fn find(matter: &Matter<'_>) -> Vec<Disagreement> {
    let mut by_party: BTreeMap<String, Vec<&Said>> = BTreeMap::new();
    for said in &matter.said {
        by_party.entry(matter.speaker(said)).or_default().push(said);
    }
    let mut found = Vec::new();
    found.extend(by_party.values().filter_map(|said| told_to_turn(matter, said)));
    for (party, said) in by_party.iter().filter(|(party, _)| !matter.parties.is_actor(party)) {
        let facets = Facet::ALL.iter().filter_map(|facet| on_facet(matter, said, *facet));
        // What is said of several facets at once is one change of mind.
        found.extend(facets.take(1));
        found.extend(on_contact(matter, said));
        if matter.is_victim(party) {
            found.extend(more_than_before(matter, said));
        }
    }
    found
}

fn admits(said: &Said) -> bool {
    matches!(said.statement.stance, Stance::Confirms | Stance::PartlyConfirms)
}

fn reversal(about: String, first: &Said, then: &Said) -> Disagreement {
    Disagreement { kind: Kind::Reversal, about, places: [place(first), place(then)] }
}

/// Denied and admitted. What is admitted in part is the entry; the rest of such a sentence mostly limits it.
fn on_facet(matter: &Matter<'_>, said: &[&Said], facet: Facet) -> Option<Disagreement> {
    let speaks = |said: &&&Said| said.statement.facets.contains(&facet);
    let denial = said.iter().filter(speaks).find(|said| {
        let words = matter.words(said);
        let of_it = denies(matter, said, facet) && !(facet == Facet::Access && is_of_data_only(words));
        said.statement.stance == Stance::Denies && of_it && !CONTACT.is_match(words)
    })?;
    let admission = said.iter().filter(speaks).find(|said| match said.statement.stance {
        Stance::Confirms => !TALK.is_match(matter.words(said)),
        Stance::PartlyConfirms => matches!(facet, Facet::Access | Facet::Date) && admits_entry(matter.words(said)),
        _ => false,
    })?;
    let about = format!("{} on {}", denial.statement.speaker, facet.word());
    Some(reversal(about, denial, admission))
}

/// Whether words that are told to admit a part admit an entry. Where they say nothing of one, how they were told decides.
fn admits_entry(words: &str) -> bool {
    of_itself(words, &ENTERED) || !ENTERED.is_match(words) && !NEGATION.is_match(words) && !OF_OTHERS.is_match(words)
}

/// Is told to have changed what it says: that against the first that it claimed or denied before.
fn told_to_turn(matter: &Matter<'_>, said: &[&Said]) -> Option<Disagreement> {
    let then = said.iter().position(|said| TURNS.is_match(matter.words(said)))?;
    let takes_side =
        |said: &&&Said| matches!(said.statement.stance, Stance::Claims | Stance::Confirms | Stance::Denies);
    let first = said[..then].iter().find(takes_side)?;
    Some(reversal(format!("{} changed what it says", first.statement.speaker), first, said[then]))
}

/// Says that nobody told it, and that somebody did.
fn on_contact(matter: &Matter<'_>, said: &[&Said]) -> Option<Disagreement> {
    let of_contact = |said: &&&Said| CONTACT.is_match(matter.words(said)) && said.statement.facets.is_empty();
    let denial = said.iter().filter(of_contact).find(|said| said.statement.stance == Stance::Denies)?;
    let admission = said.iter().filter(of_contact).find(|said| admits(said))?;
    Some(reversal(format!("{} on whether it was told", denial.statement.speaker), denial, admission))
}

/// First nothing was taken, or not this; then something was.
fn more_than_before(matter: &Matter<'_>, said: &[&Said]) -> Option<Disagreement> {
    let limits = |said: &Said| {
        matches!(said.statement.stance, Stance::Denies | Stance::PartlyConfirms)
            && NOT_TAKEN.is_match(matter.words(said))
            && !concedes(matter.words(said))
    };
    let tells =
        |said: &Said| admits(said) || said.statement.stance == Stance::Informs && said.statement.origin.is_none();
    let first = said.iter().position(|said| limits(said))?;
    let then = said[first + 1..].iter().find(|said| tells(said) && concedes(matter.words(said)))?;
    Some(reversal(format!("{} on what was taken", then.statement.speaker), said[first], then))
}

/// Whether something was taken, by these words.
fn concedes(words: &str) -> bool {
    of_itself(words, &TAKEN)
}

/// Whether a sentence of these words says this, of the speaker's own house and without turning it around.
fn of_itself(words: &str, what: &Regex) -> bool {
    affirmed(words, what).any(|sentence| !OF_OTHERS.is_match(sentence))
}
