//! A view for machines. Field names and the words of enums are a promise: they are added to, never renamed.

mod sample;

use std::collections::BTreeSet;

pub use sample::{file_match, sample_match};
use serde_json::{Value, json};

use super::{challenge, changes, explanations, in_hand, offers, sensitive, timeline};
use crate::assess::{self, Edited, Fate, Judged, JudgedOn, NodeKind};
use crate::claim::{EntryId, Finding, PrivateMatch, Said, Source, SourceText, State};
use crate::release::View;

/// The version of this format.
const FORMAT: &str = "gainsay-case/1";

/// The whole view as one JSON object.
pub fn view(view: &View) -> String {
    let case = &view.case;
    let assessment = &view.assessment;
    let dropped = assess::dropped(case);
    let value = json!({
        "format": FORMAT,
        "case": case.title,
        "id": case.id.to_string(),
        "opened": case.opened.to_string(),
        "made": view.made.to_string(),
        "as_of": case.until.published.map(|at| at.to_string()),
        "known_at": case.until.received.map(|at| at.to_string()),
        "tlp": view.marking().word(),
        "audience": view.audience.word(),
        "withheld": view.withheld,
        "answer": assessment.answer,
        "judgements": assessment.judgements.iter().map(judgement).collect::<Vec<_>>(),
        "last_reported": last_reported(view),
        "origins": assessment.origins,
        "origin_graph": origin_graph(view),
        "claims": assessment.claims.iter().map(|claim| json!({
            "handle": claim.handle,
            "facet": claim.facet.word(),
            "victim": claim.victim,
            "proposition": claim.proposition,
            "edits": assessment.edits.iter().filter(|it| it.claims.contains(&claim.handle)).map(edit).collect::<Vec<_>>(),
            "judgements": assessment.judgements.iter().filter(|it| it.is_on(&claim.handle)).map(judgement).collect::<Vec<_>>(),
            "likelihood": claim.is_assessed().then(|| json!({
                "word": claim.likelihood.word(),
                "range": claim.likelihood.range(),
                "percent": claim.likelihood.percent(),
                "millinats": claim.likelihood.millinats,
            })),
            "confidence": claim.is_assessed().then(|| claim.confidence.word()),
            "origins": claim.origins,
            "settled": claim.settled,
            "access": claim.access.as_ref().map(|access| json!({
                "state": access.word(),
                "live": access.live,
                "closed": access.closed,
                "for_sale": access.for_sale,
            })),
            "voices": claim.voices.iter().map(|voice| json!({
                "handle": voice.handle,
                "party": voice.party,
                "origin": voice.origin,
                "for": voice.for_claim,
                "weight_millinats": voice.weight,
                "because": voice.because,
                "reliability": voice.reliability,
                "credibility": voice.credibility,
            })).collect::<Vec<_>>(),
            "would_change": claim.prospects.iter().map(|it| json!({
                "finding": it.what,
                "word": it.likelihood.word(),
                "percent": it.likelihood.percent(),
                "millinats": it.likelihood.millinats,
            })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "edits": assessment.edits.iter().map(edit).collect::<Vec<_>>(),
        "explanations": explanations::to_json(view),
        "timeline": timeline::to_json(view),
        "disagreements": assessment.disagreements.iter().map(|d| json!({
            "kind": d.kind.word(),
            "about": d.about,
            "places": d.places.iter().map(|place| json!({
                "source": case.sources[place.source].handle,
                "statement": place.statement,
                "who": place.who,
                "what": place.what,
                "span": { "start": place.span.start, "end": place.span.end },
                "quote": quote(&case.sources[place.source], place.span),
            })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "next_steps": assessment.steps.iter().map(|step| json!({
            "what": step.what,
            "from": step.from,
            "task": step.task.as_ref().map(|task| json!({
                "owner": task.owner,
                "due": task.due.map(|day| day.to_string()),
                "done": task.done.as_ref().map(|(at, by)| json!({ "at": at.to_string(), "by": by })),
            })),
        })).collect::<Vec<_>>(),
        "statements": case.shown().map(|one| said(view, one, &dropped)).collect::<Vec<_>>(),
        "sources": (0..case.sources.len()).map(|place| source(view, place)).collect::<Vec<_>>(),
        "offers": offers::to_json(view),
        "findings": case.findings.iter().map(|one| finding(view, one)).collect::<Vec<_>>(),
        "inspections": case.inspections.iter().map(|it| {
            sensitive::inspection(it, &case.sources[it.sample].handle)
        }).collect::<Vec<_>>(),
        "private_matches": case.privates.iter().map(private).collect::<Vec<_>>(),
        "challenges": case.challenges.iter().map(challenge::to_json).collect::<Vec<_>>(),
        "based_on": based_on(view),
        "ledger": ledger(view),
    });
    serde_json::to_string_pretty(&value).unwrap_or_default() + "\n"
}

fn private(settled: &PrivateMatch) -> Value {
    json!({
        "handle": settled.handle,
        "id": settled.id.to_string(),
        "recorded": settled.received.to_string(),
        "tlp": settled.tlp.word(),
        "company": settled.company,
        "sample_held_here": settled.held_here,
        "holder": settled.holder,
        "owner": settled.owner,
        "claim": settled.claim,
        "elements": settled.elements.word(),
        "inputs": settled.inputs,
        "mode": if settled.which { "which" } else { "count" },
        "sampling": settled.sampling,
        "count": settled.count,
        "matches": settled.matches,
        "percent": { "least": settled.percent.0, "most": settled.percent.1 },
        "labels": settled.labels.iter().map(|label| json!({
            "name": label.name,
            "at_most": label.size,
            "matches": label.matches,
        })).collect::<Vec<_>>(),
        "statement_sha256": settled.statement,
    })
}

fn edit(edited: &Edited) -> Value {
    let (fate, why) = match &edited.fate {
        Fate::Holds => ("holds", None),
        Fate::Undone { by, with } => ("undone", Some(format!("taken back by {by} ({})", with.short()))),
        Fate::Void(why) => ("void", Some(why.clone())),
    };
    json!({
        "id": edited.id.to_string(),
        "by": edited.by,
        "at": edited.at.to_string(),
        "what": edited.what,
        "reason": edited.reason,
        "claims": edited.claims,
        "fate": fate,
        "why": why,
    })
}

fn judgement(judged: &Judged) -> Value {
    let held = judged.held.as_ref();
    json!({
        "id": judged.id.to_string(),
        "by": judged.by,
        "at": judged.at.to_string(),
        "claim": match &judged.on {
            JudgedOn::Claim(handle) => Some(handle),
            JudgedOn::Case | JudgedOn::Gone => None,
        },
        "on": match &judged.on {
            JudgedOn::Case => "case",
            JudgedOn::Claim(_) => "claim",
            JudgedOn::Gone => "claim that is no more",
        },
        "withdraws": held.is_none(),
        "percent": held.and_then(|held| held.likelihood).map(|(from, to)| json!({ "from": from, "to": to })),
        "confidence": held.and_then(|held| held.confidence).map(|it| it.word()),
        "verdict": held.and_then(|held| held.verdict.as_ref()),
        "reason": judged.reason,
        "stands": judged.stands,
    })
}

/// What the assessment is based on: its model, the weights and names by their digests, and the corpora as its findings saw them.
fn based_on(view: &View) -> Value {
    let basis = &view.record.basis;
    let hex = |hash: &[u8; 32]| EntryId(*hash).to_string();
    json!({
        "entries": view.record.head.as_ref().map(|head| head.size),
        "root": view.record.head.as_ref().map(|head| hex(&head.root)),
        "model": basis.model,
        "weights_sha256": hex(&basis.weights),
        "names_sha256": hex(&basis.names),
        "corpora": view.case.current_findings().map(|finding| json!({
            "finding": finding.handle,
            "corpora": finding.result.corpora.iter().map(|it| json!({
                "name": it.name,
                "role": it.role.word(),
                "indexed": it.indexed.map(|at| at.to_string()),
                "contents": it.contents,
                "rows": it.rows,
            })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "outdated": basis.outdated.iter().map(|(_, words)| words).collect::<Vec<_>>(),
    })
}

fn last_reported(view: &View) -> Value {
    view.record.basis.earlier.as_ref().map_or(Value::Null, |earlier| {
        json!({
            "at": earlier.at.to_string(),
            "by": earlier.by,
            "audience": earlier.audience.word(),
            "based_on_entries": earlier.based_on,
            "entries_since": earlier.entries_since,
            "holds": earlier.changes.is_empty(),
            "changes": earlier.changes,
        })
    })
}

fn origin_graph(view: &View) -> Value {
    let graph = &view.assessment.graph;
    json!({
        "summary": super::origins::at_a_glance(graph),
        "nodes": graph.nodes.iter().map(|node| match node.what {
            NodeKind::Source(place) => json!({
                "kind": "source", "name": node.name, "source": view.case.sources[place].handle, "is_origin": false, "depth": node.depth,
            }),
            NodeKind::Party(kind) => json!({
                "kind": "party", "name": node.name, "party_kind": kind.word(), "is_origin": node.is_origin, "depth": node.depth,
            }),
        }).collect::<Vec<_>>(),
        "edges": graph.edges.iter().map(|edge| json!({
            "from": edge.from,
            "to": edge.to,
            "how": edge.how.word(),
            "statements": edge.statements,
        })).collect::<Vec<_>>(),
        "claims": graph.of_claims.iter().map(|of_claim| json!({
            "claim": of_claim.claim,
            "chains": of_claim.chains.iter().map(|chain| json!({
                "parties": chain.parties,
                "for": chain.for_claim,
                "admission": chain.is_admission,
                "circle": chain.is_circle,
            })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
    })
}

fn said(view: &View, said: &Said, dropped: &BTreeSet<String>) -> Value {
    let statement = &said.statement;
    let (state, by, confidence) = match &said.state {
        State::Draft { confidence } => ("draft", None, Some(*confidence)),
        State::Accepted { by, .. } => ("accepted", Some(by.as_str()), None),
        State::Rejected { by, .. } => ("rejected", Some(by.as_str()), None),
    };
    json!({
        "handle": said.handle,
        "source": view.case.sources[said.source].handle,
        "speaker": statement.speaker,
        "speaker_kind": statement.speaker_kind.word(),
        "stance": statement.stance.word(),
        "about": statement.about,
        "facets": statement.facets.iter().map(|facet| facet.word()).collect::<Vec<_>>(),
        "origin": statement.origin,
        "to": statement.to,
        "date": statement.date,
        "span": { "start": statement.span.start, "end": statement.span.end },
        "quote": said.quote(&view.case),
        "state": state,
        "by": by,
        "confidence_permille": confidence,
        "tlp": said.tlp.word(),
        "dropped": dropped.contains(&said.handle),
    })
}

fn source(view: &View, place: usize) -> Value {
    let source = &view.case.sources[place];
    json!({
        "handle": source.handle,
        "id": source.id.to_string(),
        "kind": source.kind.word(),
        "whence": source.whence,
        "sha256": source.digest,
        "bytes": source.size,
        "title": source.title,
        "outlet": source.outlet,
        "byline": source.byline,
        "language": source.language,
        "part": source.part,
        "published": source.published.map(|at| at.to_string()),
        "updated": source.updated.map(|at| at.to_string()),
        "received": source.received.to_string(),
        "author": source.author,
        "tlp": source.tlp.word(),
        "note": source.note,
        "problems": source.problems,
        "replaced": source.replaced_by.is_some(),
        "since": changes::line(view, place),
        "text": match &source.text {
            SourceText::Unavailable(why) => json!({ "unavailable": why }),
            SourceText::None => Value::Null,
            SourceText::Here(text) => json!({ "bytes": text.len() }),
        },
    })
}

fn finding(view: &View, finding: &Finding) -> Value {
    json!({
        "handle": finding.handle,
        "id": finding.id.to_string(),
        "kind": "match",
        "sample": view.case.sources[finding.sample].handle,
        "received": finding.received.to_string(),
        "tlp": finding.tlp.word(),
        "command": finding.command,
        "offered": in_hand::offered_to_json(&assess::offered(&view.case, &finding.result)),
        "result": sample_match(&finding.result),
    })
}

fn ledger(view: &View) -> Value {
    let hex = |hash: &[u8; 32]| EntryId(*hash).to_string();
    json!({
        "origin": view.record.key.origin(),
        "public_key": view.record.key.to_text(),
        "size": view.record.head.as_ref().map(|head| head.size),
        "root": view.record.head.as_ref().map(|head| hex(&head.root)),
        "signed": view.record.head.as_ref().map(|head| head.time.to_string()),
        "checkpoint": view.record.head.as_ref().map(|head| head.to_checkpoint(&view.record.key)),
        "proofs": view.record.proofs.iter().map(|proof| json!({
            "handle": proof.handle,
            "seq": proof.seq,
            "leaf": hex(&proof.leaf),
            "path": proof.path.iter().map(hex).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
    })
}

fn quote(source: &Source, span: crate::claim::Span) -> Option<&str> {
    match &source.text {
        SourceText::Here(text) => span.of(text),
        _ => None,
    }
}
