//! What to do next, each step drawn from something that the case holds.

use super::claims::Claim;
use super::disagreements::{Disagreement, Kind};
use crate::claim::{
    BuildMatch, Case, Finding, Inspection, PartyKind, Sensitive, SensitiveGroup, SensitiveItem, Spot, Stance, State,
    Task, counted,
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
    case.current_inspections().for_each(|it| to_close(it, &mut steps));
    for finding in case.current_findings() {
        of_finding(case, finding, &mut steps);
        to_weigh(finding, &mut steps);
    }
    case.current_inspections().for_each(|it| to_tell(it, &mut steps));
    if case.current_findings().next().is_none() && case.privates.is_empty() {
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

/// What to close of what a sample opens: one step for each kind, with its places.
fn to_close(inspection: &Inspection, steps: &mut Vec<Step>) {
    let found = &inspection.result;
    for kind in &found.kinds {
        // A colon or a number right behind such a word would be masked as a secret.
        let which = match kind.distinct {
            1 => format!("the {}", kind.kind),
            count => format!("{count} of the kind {}", kind.kind),
        };
        let places = places(found, &kind.kind);
        let what = match kind.group {
            SensitiveGroup::Secret => {
                format!("Renew {which} ({places}), and look up in the service's log who used it.")
            }
            SensitiveGroup::Key => {
                format!("Replace {which} ({places}), and revoke what was issued for it.")
            }
            SensitiveGroup::Login => {
                format!("Have {which} replaced ({places}), and end the sessions that it opened.")
            }
            SensitiveGroup::Certificate => {
                to_revoke(inspection, steps);
                continue;
            }
            SensitiveGroup::Personal | SensitiveGroup::Host => continue,
        };
        steps.push(Step::new(what, vec![inspection.handle.clone()]));
    }
}

/// Certificates that still hold, those first whose private keys are out.
fn to_revoke(inspection: &Inspection, steps: &mut Vec<Step>) {
    /// Steps by themselves; the list in the inspection has them all.
    const MOST: usize = 10;
    let holds = |item: &&SensitiveItem| item.about.contains(SensitiveItem::VALID);
    let mut valid: Vec<&SensitiveItem> =
        inspection.result.of_group(SensitiveGroup::Certificate).filter(holds).collect();
    valid.sort_by_key(|item| !item.about.contains(SensitiveItem::WITH_KEY));
    for item in valid.iter().take(MOST) {
        let place = item.places.first().map(Spot::words).unwrap_or_default();
        let what = format!("Revoke this certificate if it is yours: {} ({place}).", item.about);
        steps.push(Step::new(what, vec![inspection.handle.clone()]));
    }
    if valid.len() > MOST {
        let what = format!("Go through {} more that still hold.", counted(valid.len() - MOST, "certificate"));
        steps.push(Step::new(what, vec![inspection.handle.clone()]));
    }
}

/// Debug information that is out: which shipped files it explains to whoever has it.
fn to_weigh(finding: &Finding, steps: &mut Vec<Step>) {
    const MOST: usize = 5;
    let recognised = finding.result.builds.iter().filter(|it| it.standing == BuildMatch::RECOGNISED);
    let exposing: Vec<&BuildMatch> = recognised.filter(|it| it.debug && !it.exposed.is_empty()).collect();
    for build in exposing.iter().take(MOST) {
        let what = format!(
            "Take what {} names for known of {}: {}, {}.",
            build.path,
            build.exposes(1).join(", "),
            counted(build.functions.count, "function"),
            counted(build.sources.count, "source"),
        );
        steps.push(Step::new(what, vec![finding.handle.clone()]));
    }
    if exposing.len() > MOST {
        let what = format!("Go through {} more that expose builds.", counted(exposing.len() - MOST, "debug file"));
        steps.push(Step::new(what, vec![finding.handle.clone()]));
    }
}

/// What is out and cannot be closed: who must be told, and what is known of the inside.
fn to_tell(inspection: &Inspection, steps: &mut Vec<Step>) {
    let found = &inspection.result;
    let mut step = |what: String| steps.push(Step::new(what, vec![inspection.handle.clone()]));
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
