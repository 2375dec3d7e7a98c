//! What an assessment is based on: model, weights, names, the states of corpora; and what has come in since the last one on record.

use super::{Desk, Error, names};
use crate::assess;
use crate::claim::{Against, Case, CorpusRole, PastAssessment, Tlp, Until};
use crate::ledger::payload::{AssessedV2, CaseAssessed, CorpusStateV2};
use crate::ledger::{Hash, sha256};
use crate::release::{Basis, Earlier, View};

impl Desk {
    /// What an assessment of this case for this audience is based on beside the ledger's entries.
    pub(super) fn basis(&mut self, case: &Case, audience: Tlp) -> Result<Basis, Error> {
        let (_, weights) = self.weights()?;
        let mut basis =
            Basis { model: assess::MODEL.to_owned(), weights, names: self.names_digest()?, ..Basis::default() };
        if case.findings.is_empty() && case.assessments.is_empty() {
            return Ok(basis);
        }
        basis.outdated = self.outdated(case)?;
        let may_tell = |past: &&PastAssessment| past.audience <= audience;
        // What was left out by time cannot be told from what came in since.
        if let (true, Some(past)) = (case.until == Until::default(), case.assessments.iter().rev().find(may_tell)) {
            basis.earlier = Some(self.earlier(case, past, &basis)?);
        }
        Ok(basis)
    }

    pub(super) fn names_digest(&self) -> Result<Hash, Error> {
        Ok(sha256(&[crate::read::BUILT_IN.as_bytes(), self.names_file()?.as_bytes()]))
    }

    fn earlier(&mut self, case: &Case, past: &PastAssessment, basis: &Basis) -> Result<Earlier, Error> {
        let mut changes = Vec::new();
        if past.model != basis.model {
            changes.push(format!("it was made by {}, and this is {}", past.model, basis.model));
        }
        if past.weights != basis.weights {
            changes.push("the weights have changed".to_owned());
        }
        if past.names.is_some_and(|names| names != basis.names) {
            changes.push(format!("the names known beforehand ({}) have changed", names::NAMES));
        }
        // Where nothing is new, it comes to the same.
        if past.entries_since > 0 || !changes.is_empty() {
            let record = self.bare_record()?;
            let now = View::of(case, past.audience, past.at, record, &self.weights()?.0);
            changes.extend(assess::since(&past.claims, &now.assessment));
        }
        Ok(Earlier {
            at: past.at,
            by: past.by.clone(),
            audience: past.audience,
            based_on: past.based_on,
            entries_since: past.entries_since,
            changes,
        })
    }

    /// What has changed under the findings of a case since they were computed.
    fn outdated(&self, case: &Case) -> Result<Vec<(String, String)>, Error> {
        let mut outdated = Vec::new();
        if case.current_findings().next().is_none() {
            return Ok(outdated);
        }
        let corpora = self.corpora()?;
        for finding in case.current_findings() {
            let result = &finding.result;
            for corpus in corpora.values() {
                let now = corpus.as_held_against();
                let takes_part = now.role == CorpusRole::Public || corpus.indexed.owner == result.owner;
                let before = result.corpora.iter().find(|it| it.name == now.name);
                let what = match before {
                    // Of results of the first version it is not known.
                    Some(before) if before.indexed.is_none() || is_same(before, &now) => continue,
                    Some(_) => "has changed",
                    None if takes_part && !result.corpora.is_empty() => "was added",
                    None => continue,
                };
                outdated.push((
                    finding.handle.clone(),
                    format!("corpus {} {what} since {} was computed: match again", now.name, finding.handle),
                ));
            }
        }
        Ok(outdated)
    }
}

fn is_same(one: &Against, other: &Against) -> bool {
    (one.contents, one.rows) == (other.contents, other.rows)
}

/// The assessment of a view as the ledger keeps it.
pub(super) fn to_record(view: &View) -> CaseAssessed {
    let (assessment, basis) = (&view.assessment, &view.record.basis);
    let mut corpora: Vec<CorpusStateV2> = view
        .case
        .current_findings()
        .flat_map(|finding| &finding.result.corpora)
        .map(|it| CorpusStateV2 { name: it.name.clone(), role: it.role, indexed: it.indexed, rows: it.rows })
        .collect();
    corpora.sort();
    corpora.dedup();
    let head = view.record.head.as_ref();
    CaseAssessed {
        case: view.case.id,
        based_on: head.map_or(0, |head| head.size),
        root: head.map_or_else(|| sha256(&[]), |head| head.root),
        audience: view.audience,
        model: basis.model.clone(),
        weights: basis.weights,
        names: basis.names,
        corpora,
        answer: assessment.answer.clone(),
        claims: assessment
            .claims
            .iter()
            .filter(|claim| claim.is_assessed())
            .map(|claim| AssessedV2 {
                claim: (&claim.key).into(),
                proposition: claim.proposition.clone(),
                millinats: claim.likelihood.millinats,
                confidence: claim.confidence.word().to_owned(),
            })
            .collect(),
    }
}
