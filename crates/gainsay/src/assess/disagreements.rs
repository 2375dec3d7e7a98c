//! Where the sources do not agree, found by rule, each with both places. One file for each kind.
//!
//! The rules are of the language and of news writing; nothing in them is of a story. Each compares within a bound: every kind names at
//! most `MOST` of its own.

mod attachment;
mod contacts;
mod disowned;
mod dropped;
mod figures;
mod goods;
mod gravity;
mod nations;
mod owners;
mod reversals;
mod silence;
mod stances;
mod summaries;
mod victims;
mod withheld;
mod words;

pub(super) use goods::ACCESS_SOLD;
pub(super) use words::{NEGATION, Pattern, pattern};

use std::collections::{BTreeMap, BTreeSet};

use super::claims::Claim;
use super::parties::{Parties, key};
use crate::claim::{Case, Said, Source, SourceText, Span, Stance};

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
    /// One party asserts what another denies or contradicts.
    Stances,
    /// One party says at one time what it denies at another, or admits more than it did.
    Reversal,
    /// A party is said to have asserted what it says that it never did.
    Disowned,
    /// A summary or a headline says more than the words that it stands for.
    Summary,
    /// Everybody is said to be silent, and somebody spoke.
    Silence,
    /// One calls small what another calls grave.
    Gravity,
    /// A source says no longer, or with reserve, what it said before it was captured again.
    Dropped,
    /// Who is said to have been told, and when.
    Contact,
    /// Two sources give different figures for one thing.
    Figures,
    /// One figure, of one company here and of several there.
    Attachment,
    /// Data is for sale here, a way into networks there.
    Goods,
    /// Two sources name different victims.
    Victims,
    /// A product stands beside its owner as a victim of its own.
    Owner,
    /// The victims are of one country here, and of another there.
    Nation,
    /// Names are withheld here and reported there.
    Withheld,
}

impl Kind {
    /// A heading for it.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Stances => "one asserts, another denies",
            Kind::Reversal => "a party against itself",
            Kind::Disowned => "said to have asserted, says it did not",
            Kind::Summary => "a summary stronger than the words",
            Kind::Silence => "said to be silent, has spoken",
            Kind::Gravity => "grave for one, small for another",
            Kind::Dropped => "a source against its earlier version",
            Kind::Contact => "who was told, and when",
            Kind::Figures => "figures differ",
            Kind::Attachment => "one figure, of one or of several",
            Kind::Goods => "data for sale, or access for sale",
            Kind::Victims => "victims differ",
            Kind::Owner => "a product beside its owner",
            Kind::Nation => "where the victims are differs",
            Kind::Withheld => "names withheld, names reported",
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
    /// Where. Empty where it is not of the text, as a title may be.
    pub span: Span,
}

/// So many of each kind are named.
const MOST: usize = 200;

/// What every kind is found in.
struct Matter<'c> {
    case: &'c Case,
    parties: &'c Parties,
    claims: &'c [Claim],
    /// What shows, in the order in which it was said.
    said: Vec<&'c Said>,
    /// What of it denies or admits a part, by who says so.
    answers: BTreeMap<String, Vec<&'c Said>>,
}

/// Every disagreement of the case.
pub fn disagreements(case: &Case, parties: &Parties, claims: &[Claim]) -> Vec<Disagreement> {
    let mut said: Vec<&Said> = case.shown().collect();
    said.sort_by_key(|said| case.order(said));
    let mut answers: BTreeMap<String, Vec<&Said>> = BTreeMap::new();
    for one in said.iter().filter(|one| matches!(one.statement.stance, Stance::Denies | Stance::PartlyConfirms)) {
        answers.entry(parties.canonical(&one.statement.speaker)).or_default().push(one);
    }
    let matter = Matter { case, parties, claims, said, answers };
    let kinds: [fn(&Matter<'_>) -> Vec<Disagreement>; 15] = [
        stances::find,
        reversals::find,
        disowned::find,
        dropped::find,
        summaries::find,
        silence::find,
        gravity::find,
        contacts::find,
        figures::find,
        attachment::find,
        goods::find,
        victims::find,
        owners::find,
        nations::find,
        withheld::find,
    ];
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for find in kinds {
        let of_kind = find(&matter).into_iter().filter(|it| seen.insert(it.signature()));
        found.extend(of_kind.take(MOST));
    }
    found
}

impl Disagreement {
    /// What makes it the same as another of its kind: the same two places, whichever comes first.
    fn signature(&self) -> (Kind, [(usize, Span, String); 2]) {
        let mut places = self.places.each_ref().map(|place| (place.source, place.span, place.what.clone()));
        places.sort();
        (self.kind, places)
    }
}

impl<'c> Matter<'c> {
    /// The text of a source, where it is here.
    fn text(&self, source: &'c Source) -> &'c str {
        match &source.text {
            SourceText::Here(text) => text,
            _ => "",
        }
    }

    /// The sources that no later version took the place of, with their texts.
    fn texts(&self) -> impl Iterator<Item = (usize, &'c Source, &'c str)> {
        current(self.case).map(|(place, source)| (place, source, self.text(source)))
    }

    /// The words of a statement; empty where they are not here.
    fn words(&self, said: &Said) -> &'c str {
        match &self.case.sources[said.source].text {
            SourceText::Here(text) => said.statement.span.of(text).unwrap_or_default(),
            _ => "",
        }
    }

    fn speaker(&self, said: &Said) -> String {
        self.parties.canonical(&said.statement.speaker)
    }

    /// Whether a party is said to be breached.
    fn is_victim(&self, name: &str) -> bool {
        self.parties.is_victim(name)
    }

    /// What shows of one source: in order, those of one stand beside each other.
    fn of_source(&self, source: usize) -> &[&'c Said] {
        let when = self.case.sources[source].when();
        let first = self.said.partition_point(|said| self.case.order(said) < (when, source, 0));
        let behind = self.said.partition_point(|said| self.case.order(said) <= (when, source, usize::MAX));
        &self.said[first..behind]
    }

    /// A place that a source itself says something.
    fn in_source(&self, source: usize, what: String, span: Span) -> Place {
        let who = self.case.sources[source].name().to_owned();
        Place { source, statement: None, who, what, span }
    }

    /// Whether what a statement disputes is what a company said of its own breach, and that in favour of the claim.
    fn disputes_a_company(&self, said: &Said) -> Option<&'c Said> {
        let statement = &said.statement;
        if statement.stance != Stance::Disputes
            || self.is_victim(&statement.speaker)
            || words::LACKS_PROOF.is_match(self.words(said))
            || words::NEVER_SAID.is_match(self.words(said))
            || !words::OF_AN_ACCOUNT.is_match(self.words(said))
        {
            return None;
        }
        let meant: BTreeSet<String> =
            statement.about.iter().filter(|name| self.is_victim(name)).map(|name| key(name)).collect();
        // The last before it: of its own text, where there is one.
        let before = |other: &&Said| self.case.order(other) < self.case.order(said);
        let last = meant.iter().filter_map(|party| {
            let answers = self.answers.get(party)?;
            answers[..answers.partition_point(before)].last().copied()
        });
        last.max_by_key(|other| self.case.order(other))
    }
}

/// The sources that no later version took the place of.
pub(super) fn current(case: &Case) -> impl Iterator<Item = (usize, &Source)> {
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

#[cfg(test)]
pub(super) mod tests;
