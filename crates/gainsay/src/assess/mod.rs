//! What a case amounts to: claims by facet with their likelihood, disagreements, an answer, and next steps.
//!
//! Pure: a case in, an assessment out, the same on any machine. `weights.toml` holds every number, `model` what is done with them.

mod access;
mod check;
mod claims;
mod disagreements;
mod edits;
mod explanations;
mod grounds;
mod judged;
mod likelihood;
mod model;
mod offered;
mod origins;
mod parties;
mod propositions;
mod settled;
mod since;
mod steps;
mod track;
mod versions;
mod weights;

pub use access::Access;
pub use check::{Objection, check};
pub use claims::Claim;
pub use disagreements::Disagreement;
pub use edits::{Edited, Fate};
pub use explanations::{Explanation, Explanations, Ground};
pub use judged::{Judged, JudgedOn};
pub use likelihood::percent_range;
pub use model::Proof;
pub use offered::{CHOSEN_BY_THE_SELLER, Offered, offered};
#[cfg(test)]
pub use origins::{Edge, Node};
pub use origins::{How, NodeKind, Origins};
pub use propositions::{Judgement, Proposition, Utterance, judge};
pub use settled::sides;
pub use since::since;
pub use steps::Step;
pub use track::{Track, tracks};
pub use versions::dropped;
pub use weights::{MODEL, TEXT as WEIGHTS, Weights, WeightsError};

use std::collections::BTreeSet;

use crate::claim::{Case, Facet, Finding, PrivateMatch, SourceKind, Stance, counted};
use parties::Parties;

/// What a case amounts to.
#[derive(Clone, Debug)]
pub struct Assessment {
    /// The answer, in a few sentences.
    pub answer: Vec<String>,
    /// The claims, by victim and facet.
    pub claims: Vec<Claim>,
    /// What analysts made of them, in the order of the ledger.
    pub edits: Vec<Edited>,
    /// What analysts hold beside what is computed, in the order of the ledger; nothing else here depends on it.
    pub judgements: Vec<Judged>,
    /// What may be behind what is claimed of each company.
    pub explanations: Vec<Explanations>,
    /// Where sources and parties do not agree.
    pub disagreements: Vec<Disagreement>,
    /// Where the knowledge comes from, each once.
    pub origins: BTreeSet<String>,
    /// Who relays whom, down to them.
    pub graph: Origins,
    /// What to do next, most urgent first.
    pub steps: Vec<Step>,
}

/// Assesses a case.
pub fn assess(case: &Case, weights: &Weights) -> Assessment {
    let parties = Parties::of(case);
    let (claims, editing) = claims::claims(case, &parties, weights);
    let judgements = judged::judged(case, &editing);
    let explanations = explanations::explanations(case, &parties, &claims);
    let disagreements = disagreements::disagreements(case, &parties, &claims);
    let origins = claims.iter().flat_map(|claim| claim.origins.iter().cloned()).collect();
    let graph = Origins::of(case, &parties, &claims);
    let steps = steps::steps(case, &claims, &disagreements);
    let answer = answer(case, &claims, &graph, &disagreements);
    Assessment { answer, claims, edits: editing.edits, judgements, explanations, disagreements, origins, graph, steps }
}

/// The companies that the case's texts and findings say are breached, as first named.
pub fn victims(case: &Case) -> Vec<String> {
    Parties::of(case).victims.into_values().collect()
}

fn answer(case: &Case, claims: &[Claim], graph: &Origins, disagreements: &[Disagreement]) -> Vec<String> {
    let mut answer = Vec::new();
    let settled: Vec<&Finding> =
        case.current_findings().filter(|f| matches!(f.result.verdict.as_str(), "ours" | "partly ours")).collect();
    for finding in &settled {
        answer.push(of_match(finding));
    }
    let privately: Vec<&PrivateMatch> = case.privates.iter().filter(|it| it.files() > 0).collect();
    answer.extend(privately.iter().map(|it| format!("Both parties signed that {} ({}).", it.summary(), it.handle)));
    if settled.is_empty() && privately.is_empty() {
        answer.push(unsettled(case));
    }
    let mut access: Vec<&Claim> =
        claims.iter().filter(|claim| claim.facet == Facet::Access && claim.is_assessed()).collect();
    access.sort_by_key(|claim| std::cmp::Reverse(claim.likelihood));
    for access in access.into_iter().take(3) {
        let mainstay = access.mainstay().map_or(String::new(), |voice| {
            format!(", mostly on the word of {} ({})", voice.origin.as_ref().unwrap_or(&voice.party), voice.handle)
        });
        answer.push(format!(
            "{}: {}, {} confidence{mainstay}.",
            access.proposition.trim_end_matches('.'),
            access.likelihood,
            access.confidence.word()
        ));
    }
    let texts = case.sources.iter().filter(|s| s.kind != SourceKind::Sample && s.replaced_by.is_none()).count();
    if texts > 0 {
        answer.push(format!(
            "{} {} on {}; {} found among them.",
            counted(texts, "source"),
            if texts == 1 { "rests" } else { "rest" },
            counted(graph.for_and_against().0.len(), "origin"),
            counted(disagreements.len(), "disagreement"),
        ));
    }
    answer
}

fn of_match(finding: &Finding) -> String {
    let result = &finding.result;
    let (ours, partly) = (result.files_of(&["ours"]), result.files_of(&["partly ours"]));
    let window = result.window.as_ref().map_or(String::new(), |window| {
        if window.open {
            format!(", with content of {} or later", window.first.day())
        } else {
            format!(", with content of {} to {}", window.first.day(), window.last.day())
        }
    });
    let all = counted(result.files, "file");
    let partly = if partly > 0 { format!(", {partly} more in part") } else { String::new() };
    let public = if result.subtracts_public() {
        "found in no public corpus"
    } else {
        "though no public code was held against it, which may be counted as theirs"
    };
    format!(
        "The sample is {} of {owner}: of {all} {ours} {} {owner}'s own{partly}, {public}{window}.",
        if result.verdict == "ours" { "data" } else { "in part data" },
        if ours == 1 { "is" } else { "are" },
        owner = result.owner
    )
}

fn unsettled(case: &Case) -> String {
    let says = |stances: &[Stance]| {
        let mut names: Vec<&str> = Vec::new();
        for said in case.shown().filter(|said| said.state.weighs()) {
            let statement = &said.statement;
            let speaker = statement.origin.as_deref().unwrap_or(&statement.speaker);
            let has_stance = stances.contains(&statement.stance)
                && !(statement.stance == Stance::Denies && statement.facets.is_empty());
            if has_stance && !names.contains(&speaker) {
                names.push(speaker);
            }
        }
        names
    };
    let mut actors: Vec<&str> = case.actors().into_iter().filter(|name| !name.contains("unnamed")).collect();
    if actors.is_empty() {
        actors.push("an unnamed actor");
    }
    let verb = if actors.len() == 1 { "claims" } else { "claim" };
    let mut sentence = format!("Unsettled: {} {verb} it", list(&actors));
    for (stances, verb) in [
        (&[Stance::PartlyConfirms] as &[Stance], "admitted a part"),
        (&[Stance::Denies], "denied"),
        (&[Stance::Disputes], "disputed what others said"),
    ] {
        let names = says(stances);
        if !names.is_empty() {
            sentence += &format!("; {} {verb}", list(&names));
        }
    }
    let matched = case.current_findings().last().map(|finding| finding.result.verdict.as_str());
    sentence += match matched {
        _ if case.shown().any(|said| !said.state.weighs()) && matched.is_none() => {
            "; more was read than anybody has reviewed; there is no sample on this desk to hold against anybody's files."
        }
        None => "; there is no sample on this desk to hold against anybody's files.",
        Some("not found") => "; nothing of the sample is in the corpora on this desk.",
        Some("cannot tell") => "; the sample is too little to tell.",
        Some(_) => "; what the sample holds is public or was given away.",
    };
    sentence
}

fn list(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [all @ .., last] => format!("{} and {last}", all.join(", ")),
    }
}

#[cfg(test)]
mod tests;
