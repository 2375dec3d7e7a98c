//! Competing explanations of one breach claim, each with what fits it and what does not, as in the analysis of competing hypotheses
//! (Heuer, Psychology of Intelligence Analysis, ch. 8): what fits several tells little, so they are ordered by what speaks against
//! them, and the one with least against it leads.
//!
//! Nothing is weighed here anew. What a party says counts as much as it counts on the claims, once for each origin and explanation; a
//! match counts as much as it counts on whose data it is. What weighs nothing on a claim weighs nothing here.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::claims::{Claim, SAMPLE_ITSELF, Voice};
use super::parties::{Parties, key};
use crate::claim::{Case, Facet, Finding, PrivateMatch, SourceKind};

/// What may be behind a breach claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// The company's own systems were entered.
    Own,
    /// A supplier's or a customer's were, who had data of the company.
    Supplier,
    /// The data is old, or public.
    Old,
    /// The data is another's, taken for the company's.
    Mistaken,
    /// There is no such data.
    Fabricated,
}

/// Every cause, in the order in which those with as much against them are told: as the claim has it first.
const CAUSES: [Cause; 5] = [Cause::Own, Cause::Supplier, Cause::Old, Cause::Mistaken, Cause::Fabricated];

impl Cause {
    /// In a few words.
    pub fn words(self) -> &'static str {
        match self {
            Cause::Own => "own systems entered",
            Cause::Supplier => "supplier or customer entered",
            Cause::Old => "old or public data",
            Cause::Mistaken => "mistaken identity",
            Cause::Fabricated => "fabrication",
        }
    }

    /// Its name for machines.
    pub fn word(self) -> &'static str {
        match self {
            Cause::Own => "own_systems",
            Cause::Supplier => "supplier_or_customer",
            Cause::Old => "old_or_public",
            Cause::Mistaken => "mistaken_identity",
            Cause::Fabricated => "fabrication",
        }
    }
}

/// The explanations of what is claimed of one company, the one with least against it first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanations {
    /// The company; `None` where no victim is named.
    pub victim: Option<String>,
    /// One for each cause.
    pub ranked: Vec<Explanation>,
}

/// One explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What it says.
    pub cause: Cause,
    /// What fits it, heaviest first.
    pub fits: Vec<Ground>,
    /// What does not, heaviest first.
    pub against: Vec<Ground>,
}

/// What fits an explanation or does not: one origin's word, or a match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ground {
    /// The handles of the statements, or of the match.
    pub from: Vec<String>,
    /// Whose word it is and what it says.
    pub words: String,
    /// How much it weighs, in millinats.
    pub weight: i64,
}

impl Explanation {
    /// What speaks against it, in millinats.
    pub fn burden(&self) -> i64 {
        self.against.iter().map(|ground| ground.weight).sum()
    }
}

/// What something does to an explanation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    Fits,
    Against,
    /// It is to be expected as much without it.
    Nothing,
}

use Effect::{Against as A, Fits as F, Nothing as N};

/// What a voice on a claim of this facet does to the causes, in their order.
fn of_voice(facet: Facet, for_claim: bool) -> [Effect; 5] {
    match (facet, for_claim) {
        // If the company was entered, nobody else needed to be, and nothing needed to be old, another's or invented.
        (Facet::Access, true) => [F, A, A, A, A],
        // Who says that the company was not entered leaves the others as they are.
        (Facet::Access, false) => [A, F, F, F, F],
        // Data of the company was taken now, from wherever it was.
        (Facet::Exfiltration, true) => [F, F, A, A, A],
        // That nothing was taken is mostly said of the company's own systems; of what others hold it tells nothing.
        (Facet::Exfiltration, false) => [A, N, F, F, F],
        // It is the company's, however it was had.
        (Facet::Victim, true) => [F, F, F, A, A],
        (Facet::Victim, false) => [A, A, A, F, F],
        // There is such data. That one kind is not among it tells little: sellers exaggerate about what they have.
        (Facet::Assets, true) => [F, F, F, N, A],
        (Facet::Assets, false) => [N, N, N, N, F],
        // When, how much and for how much: every cause is told with figures.
        (Facet::Date | Facet::Volume | Facet::Offer, _) => [N; 5],
    }
}

/// Content that is older than that when the claim is first heard of is old: such data is mostly sold within months.
const OLD: SignedDuration = SignedDuration::from_hours(24 * 365);

/// What a match does to the causes, and why; `None` where it tells nothing of them.
fn of_match(finding: &Finding, first_heard: Option<Timestamp>) -> Option<([Effect; 5], String)> {
    let result = &finding.result;
    Some(match result.verdict.as_str() {
        "ours" | "partly ours" => {
            let files = result.files_of(&["ours"]) + result.files_of(&["partly ours"]);
            let files = crate::claim::counted(files, "file");
            let given_away = result.shares.public + result.shares.published;
            let (old, age) = match (&result.window, first_heard) {
                // More of it is to be had anywhere than only from the company.
                _ if given_away > result.shares.distinctive => (F, ", most of it public or published".to_owned()),
                (Some(window), _) if window.open => (A, format!(", up to the newest known, {}", window.last.day())),
                (Some(window), Some(heard)) if heard.duration_since(window.last.time) >= OLD => {
                    (F, format!(", of {} at the latest, over a year before the claim", window.last.day()))
                }
                (Some(window), Some(_)) => (A, format!(", up to {}", window.last.day())),
                _ => (N, String::new()),
            };
            ([F, F, old, A, A], format!("{files} of {}{age}", result.owner))
        }
        "published only" => ([A, A, F, A, F], format!("only what {} gave away itself", result.owner)),
        "public only" => ([A, A, F, N, F], "only what is public".to_owned()),
        // What a supplier holds need not be in the company's corpora.
        "not found" => ([A, F, A, F, F], format!("nothing of it is in the corpora of {}", result.owner)),
        _ => return None,
    })
}

/// The same of a private match, which tells nothing of when.
fn of_private(settled: &PrivateMatch) -> Option<([Effect; 5], String)> {
    (settled.files() > 0).then(|| ([F, F, N, A, A], settled.summary()))
}

/// What a third party is said to be where it held the data, by the beginning of the word: its experts come after every breach, and an
/// unauthorised one is who broke in.
const THIRD_PARTIES: [&str; 21] = [
    "app",
    "billing",
    "cloud",
    "contractor",
    "database",
    "hosting",
    "partner",
    "platform",
    "provider",
    "server",
    "service",
    "site",
    "software",
    "storage",
    "supplier",
    "support",
    "system",
    "tool",
    "vendor",
    "website",
    "working",
];

/// Words by which a statement names a cause, in lower case. Whole phrases, since single words stand for too much.
const NAMED: [(Cause, &[&str]); 4] = [
    (
        Cause::Supplier,
        &[
            "one of its suppliers",
            "one of its vendors",
            "one of our suppliers",
            "one of our vendors",
            "at a supplier",
            "from a supplier",
            "of a supplier",
            "at a vendor",
            "from a vendor",
            "of a vendor",
            "a contractor's",
            "a supplier's",
            "a vendor's",
            "a customer's",
            "customer's own systems",
            "customers' own systems",
        ],
    ),
    (
        Cause::Old,
        &[
            "old data",
            "outdated",
            "years old",
            "older breach",
            "previous breach",
            "earlier breach",
            "previously leaked",
            "previously disclosed",
            "previously published",
            "already public",
            "publicly available",
            "publicly accessible",
            "public information",
            "recycled",
            "scraped",
            "scraping",
        ],
    ),
    (
        Cause::Mistaken,
        &[
            "not our data",
            "not its data",
            "not ours",
            "does not belong to",
            "do not belong to",
            "another company",
            "a different company",
            "a different organisation",
            "a different organization",
            "mistaken for",
            "mistakenly named",
            "the wrong company",
            "no relation to",
        ],
    ),
    (
        Cause::Fabricated,
        &[
            "fabricated",
            "fake",
            "made up",
            "made-up",
            "hoax",
            "forged",
            "doctored",
            "not authentic",
            "not genuine",
            "bogus",
            "scam",
        ],
    ),
];

/// The cause that words in lower case name, if they name one, and do not say that it is not so.
fn named(words: &str) -> Option<Cause> {
    let holds = |at: usize| !words[..at].ends_with(char::is_alphanumeric) && !is_denied(words, at);
    let has = |phrase: &&str| words.match_indices(*phrase).any(|(at, _)| holds(at));
    let third = |phrase: &&str| {
        words.match_indices(*phrase).any(|(at, _)| {
            let next = words[at + phrase.len()..].trim_start();
            holds(at) && THIRD_PARTIES.iter().any(|what| next.starts_with(what))
        })
    };
    let mut causes: Vec<Cause> =
        NAMED.iter().filter(|(_, phrases)| phrases.iter().any(&has)).map(|(cause, _)| *cause).collect();
    if !causes.contains(&Cause::Supplier) && ["third-party", "third party", "3rd-party", "3rd party"].iter().any(third)
    {
        causes.push(Cause::Supplier);
    }
    // Words that name two decide between none.
    if let [cause] = causes[..] { Some(cause) } else { None }
}

/// Whether what stands there is denied in its own clause, a few words before.
fn is_denied(words: &str, at: usize) -> bool {
    const REACH: usize = 24;
    let from = words.floor_char_boundary(at.saturating_sub(REACH));
    let before = words[from..at].rsplit(['.', ';', ':', ',']).next().unwrap_or_default();
    let mut said = before.split_whitespace();
    said.any(|word| matches!(word, "not" | "no" | "never" | "neither" | "nor") || word.ends_with("n't"))
}

/// The explanations for each company of which something is claimed that weighs, in the order of its claims.
pub fn explanations(case: &Case, parties: &Parties, claims: &[Claim]) -> Vec<Explanations> {
    let mut victims: Vec<Option<&str>> = Vec::new();
    for claim in claims.iter().filter(|claim| !matches!(claim.facet, Facet::Volume | Facet::Offer)) {
        if claim.is_assessed() && !victims.iter().any(|known| same(*known, claim.victim.as_deref())) {
            victims.push(claim.victim.as_deref());
        }
    }
    let texts = case.sources.iter().filter(|source| source.kind != SourceKind::Sample);
    let first_heard = texts.filter_map(|source| source.published).min();
    let quotes: BTreeMap<&str, String> =
        case.shown().map(|said| (said.handle.as_str(), said.quote(case).unwrap_or_default().to_lowercase())).collect();
    let each = victims.into_iter().map(|victim| {
        let mut table = Table::default();
        for claim in claims.iter().filter(|claim| same(claim.victim.as_deref(), victim)) {
            for voice in claim.voices.iter().filter(|voice| voice.weight != 0) {
                let effects = if voice.party == SAMPLE_ITSELF {
                    let finding = case.current_findings().find(|finding| finding.handle == voice.handle);
                    // A match bears on whose data it is, and is told once, there.
                    let is_told = claim.facet == Facet::Victim;
                    let found = finding.and_then(|it| of_match(it, first_heard));
                    let settled = case.privates.iter().find(|settled| settled.handle == voice.handle);
                    let found = found.or_else(|| settled.and_then(of_private)).filter(|_| is_told);
                    let Some((effects, words)) = found else { continue };
                    table.add(effects, (&format!("match {}", voice.handle), voice), words);
                    continue;
                } else {
                    let cause = quotes.get(voice.handle.as_str()).and_then(|quote| named(quote));
                    // Who names a cause speaks for it and against the others, whatever else the words do.
                    cause.map_or_else(
                        || of_voice(claim.facet, voice.for_claim),
                        |cause| CAUSES.map(|it| if it == cause { F } else { A }),
                    )
                };
                let origin = voice.origin.as_deref().unwrap_or(&voice.party);
                table.add(effects, (&parties.canonical(origin), voice), format!("{origin}: {}", voice.because));
            }
        }
        Explanations { victim: victim.map(str::to_owned), ranked: table.ranked() }
    });
    each.collect()
}

fn same(one: Option<&str>, other: Option<&str>) -> bool {
    one.map(key) == other.map(key)
}

/// What fits each cause and what does not, by origin.
#[derive(Default)]
struct Table {
    grounds: BTreeMap<(Cause, bool, String), Ground>,
}

impl Table {
    /// Adds what an origin says. Of what it says on several claims the heaviest counts.
    fn add(&mut self, effects: [Effect; 5], (origin, voice): (&str, &Voice), words: String) {
        for (cause, effect) in CAUSES.into_iter().zip(effects).filter(|(_, effect)| *effect != N) {
            let place = (cause, effect == F, origin.to_owned());
            let weight = voice.weight.abs();
            let ground = self.grounds.entry(place).or_insert_with(|| Ground {
                from: Vec::new(),
                words: words.clone(),
                weight: 0,
            });
            if !ground.from.contains(&voice.handle) {
                ground.from.push(voice.handle.clone());
            }
            if weight > ground.weight {
                ground.weight = weight;
                ground.words.clone_from(&words);
            }
        }
    }

    fn ranked(self) -> Vec<Explanation> {
        let mut ranked = CAUSES.map(|cause| Explanation { cause, fits: Vec::new(), against: Vec::new() });
        for ((cause, fits, _), ground) in self.grounds {
            for it in ranked.iter_mut().filter(|it| it.cause == cause) {
                if fits { &mut it.fits } else { &mut it.against }.push(ground.clone());
            }
        }
        for it in &mut ranked {
            it.fits.sort_by_key(|ground| std::cmp::Reverse(ground.weight));
            it.against.sort_by_key(|ground| std::cmp::Reverse(ground.weight));
        }
        let mut ranked = Vec::from(ranked);
        ranked.sort_by_key(Explanation::burden);
        ranked
    }
}

#[cfg(test)]
mod tests;
