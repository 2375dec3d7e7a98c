//! What to do next, each step drawn from something that the case holds.

use super::claims::Claim;
use super::disagreements::{Disagreement, Kind};
use crate::claim::{
    Case, Finding, Inspection, PartyKind, Sensitive, SensitiveGroup, SensitiveItem, Spot, Stance, State, Task, counted,
};

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What to do.
    pub what: String,
    /// What it is drawn from: handles of statements, findings or claims. Of what an analyst wrote there are none.
    pub from: Vec<String>,
    /// What became of it, where somebody has taken it up.
    pub task: Option<Task>,
}

impl Step {
    fn new(what: String, from: Vec<String>) -> Step {
        Step { what, from, task: None }
    }
}

/// The next steps, most urgent first: those that the case calls for, then those that somebody wrote, and last what is done.
pub fn steps(case: &Case, claims: &[Claim], disagreements: &[Disagreement]) -> Vec<Step> {
    let mut steps = drawn(case, claims, disagreements);
    for task in &case.tasks {
        match steps.iter_mut().find(|step| step.what == task.what) {
            Some(step) => step.task = Some(task.clone()),
            None => steps.push(Step { task: Some(task.clone()), ..Step::new(task.what.clone(), Vec::new()) }),
        }
    }
    steps.sort_by_key(|step| step.task.as_ref().is_some_and(|task| task.done.is_some()));
    steps
}

/// The steps that the case calls for.
fn drawn(case: &Case, claims: &[Claim], disagreements: &[Disagreement]) -> Vec<Step> {
    let mut steps = Vec::new();
    for inspection in case.current_inspections() {
        of_inspection(inspection, &mut steps);
    }
    for finding in case.current_findings() {
        of_finding(case, finding, &mut steps);
    }
    if case.current_findings().next().is_none() {
        let has_sample = case.sources.iter().any(|source| source.kind == crate::claim::SourceKind::Sample);
        let what = if has_sample {
            "Match the sample against your own files (`gainsay corpus add`, `gainsay match`): nothing else settles whose data it is."
        } else {
            "Ask whoever saw the sample for it, or for a listing of its files, and match it: nothing else settles whose data it is."
        };
        steps.push(Step::new(what.to_owned(), claims.iter().take(1).map(|c| c.handle.clone()).collect()));
    }
    for reversal in disagreements.iter().filter(|d| d.kind == Kind::Reversal) {
        steps.push(Step::new(
            format!("Ask which of the two holds now: {}.", reversal.about),
            reversal.places.iter().filter_map(|place| place.statement.clone()).collect(),
        ));
    }
    let drafts: Vec<&str> = case
        .shown()
        .filter(|said| matches!(said.state, State::Draft { .. }))
        .map(|said| said.handle.as_str())
        .collect();
    if !drafts.is_empty() {
        steps.push(Step::new(
            format!(
                "Review {} that the machine was not sure of: `gainsay review {}`. Until then they do not weigh.",
                crate::claim::counted(drafts.len(), "draft"),
                crate::claim::quoted(&case.title)
            ),
            drafts.into_iter().take(3).map(str::to_owned).collect(),
        ));
    }
    steps
}

/// How many places a step names.
const PLACES: usize = 3;

/// What to do about what a sample must not reveal: one step for each kind, with its places. What was lost is lost; what it opens is closed.
fn of_inspection(inspection: &Inspection, steps: &mut Vec<Step>) {
    let found = &inspection.result;
    let mut step = |what: String| steps.push(Step::new(what, vec![inspection.handle.clone()]));
    for kind in found.kinds.iter().filter(|kind| kind.group == SensitiveGroup::Secret) {
        let (count, places) = (kind.distinct, places(found, &kind.kind));
        step(format!("Renew {count} of the kind {}, and look up in the service's log who used it ({places}).", kind.kind));
    }
    let keys: Vec<&SensitiveItem> = found.of_group(SensitiveGroup::Key).collect();
    if !keys.is_empty() {
        step(format!(
            "Replace {}, wherever what belongs to it is trusted ({}).",
            counted(keys.len(), "private key"),
            places(found, &keys[0].kind)
        ));
    }
    for certificate in found.of_group(SensitiveGroup::Certificate).filter(|it| found.has_key_of(it)) {
        let place = certificate.places.first().map(Spot::words).unwrap_or_default();
        match certificate.is_valid(inspection.received) {
            Some(false) => {}
            _ => step(format!("Revoke the {}: its private key is in the sample too ({place}).", certificate.words())),
        }
    }
    for kind in found.kinds.iter().filter(|kind| kind.group == SensitiveGroup::Login) {
        let (count, places) = (kind.distinct, places(found, &kind.kind));
        let (kind, has) = (&kind.kind, if count == 1 { "account has" } else { "accounts have" });
        step(format!("Have new ones set for whichever {count} {has} this {kind}, and end their sessions ({places})."));
    }
    let personal: Vec<String> = (found.kinds.iter().filter(|kind| kind.group == SensitiveGroup::Personal))
        .map(|kind| format!("{} of the kind {}", kind.distinct, kind.kind))
        .collect();
    if !personal.is_empty() {
        step(format!("Have it judged who must be told that data of persons is out: {}.", personal.join(", ")));
    }
    let hosts: Vec<&str> = found.of_group(SensitiveGroup::Host).map(|it| it.about.as_str()).collect();
    if !hosts.is_empty() {
        let (count, some) = (counted(hosts.len(), "host name"), hosts[..hosts.len().min(PLACES)].join(", "));
        step(format!("Take {count} of the inside for known to whoever has the sample: {some}."));
    }
}

/// The first places of a kind.
fn places(found: &Sensitive, kind: &str) -> String {
    let spots = found.items.iter().filter(|item| item.kind == kind).filter_map(|item| item.places.first());
    let mut spots: Vec<String> = spots.map(Spot::words).collect();
    let more = spots.len().saturating_sub(PLACES);
    spots.truncate(PLACES);
    if more > 0 {
        spots.push(format!("and {more} more"));
    }
    spots.join("; ")
}

fn of_finding(case: &Case, finding: &Finding, steps: &mut Vec<Step>) {
    let result = &finding.result;
    let from = [finding.handle.clone()];
    let mut step = |what: String, mut more: Vec<String>| {
        more.splice(0..0, from.iter().cloned());
        steps.push(Step::new(what, more));
    };
    match result.verdict.as_str() {
        "ours" | "partly ours" => {
            let denials: Vec<&crate::claim::Said> = case
                .shown()
                .filter(|said| said.state.weighs())
                .filter(|said| {
                    said.statement.speaker_kind == PartyKind::Victim
                        && super::parties::key(&said.statement.speaker) == super::parties::key(&result.owner)
                        && matches!(said.statement.stance, Stance::Denies | Stance::PartlyConfirms)
                        && said
                            .statement
                            .facets
                            .iter()
                            .any(|f| matches!(f, crate::claim::Facet::Assets | crate::claim::Facet::Victim))
                })
                .collect();
            if !denials.is_empty() {
                step(
                    format!(
                        "Correct what {} said of the kind of data: the sample bears it out no longer.",
                        result.owner
                    ),
                    denials.iter().map(|said| said.handle.clone()).collect(),
                );
            }
            let (when, whose) = match &result.window {
                Some(window) if !window.open => (
                    format!("from {} on", window.first.day()),
                    format!(
                        "whoever could read {} between {} and {}",
                        window.line,
                        window.first.day(),
                        window.last.day()
                    ),
                ),
                Some(window) => (
                    format!("from {} on", window.first.day()),
                    format!("whoever could read {} since {}", window.line, window.first.day()),
                ),
                None => ("as far back as they go".to_owned(), "whoever could read these files".to_owned()),
            };
            step(format!("Preserve the access logs of the places that hold these files, {when}."), vec![]);
            step(format!("List {whose}: people, service accounts, build machines, suppliers."), vec![]);
            // Where it was looked through, the steps say what was found.
            if !case.current_inspections().any(|it| it.sample == finding.sample) {
                step(
                    "Look through the matched files for keys, passwords and certificates, and revoke what is found."
                        .to_owned(),
                    vec![],
                );
            }
            step(
                format!(
                    "Tell {} what may be told: the match proves possession of the files, not how they were had.",
                    result.owner
                ),
                vec![],
            );
        }
        "public only" | "published only" => step(
            "Ask the seller's intermediary for a file that is not public: this sample shows nothing that is secret."
                .to_owned(),
            vec![],
        ),
        _ => step(
            "Add to the corpus what it does not cover yet (other branches, products, years), and match again."
                .to_owned(),
            vec![],
        ),
    }
}
