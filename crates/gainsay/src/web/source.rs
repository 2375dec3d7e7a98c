//! A source: its text with what was read in it, each statement where it stands; its versions, and what changed between them.

use askama::Template;
use serde_json::Value;

use super::Answered;
use super::answer::Failure;
use super::asking::Asking;
use super::door::Session;
use super::fields::At;
use super::frame::Frame;
use super::marked::{Piece, pieces};
use crate::claim::{SourceText, State as Reviewed, Until};
use crate::desk;
use crate::export::changes;
use crate::export::page::instant;
use crate::release::View;

#[derive(Template)]
#[template(path = "web/source.html")]
struct Page {
    frame: Frame,
    within: String,
    case: String,
    handle: String,
    kind: &'static str,
    name: String,
    title: Option<String>,
    tlp: String,
    tlp_class: String,
    facts: Vec<(&'static str, String)>,
    moments: Vec<(&'static str, String)>,
    problems: Vec<String>,
    text: Vec<Piece>,
    why_none: Option<String>,
    said: Vec<Said>,
    versions: Vec<Version>,
    newest: Option<String>,
}

pub(super) struct Said {
    pub(super) handle: String,
    pub(super) speaker: String,
    pub(super) kind: &'static str,
    pub(super) stance: String,
    pub(super) origin: Option<String>,
    pub(super) state: String,
    pub(super) waits: bool,
    pub(super) bytes: String,
}

/// What changed from one version to the next.
struct Version {
    before: String,
    after: String,
    silent: bool,
    why_none: Option<String>,
    changes: Vec<(String, Option<String>, Option<String>)>,
}

pub(super) async fn page(asking: Asking, At((id, handle)): At<(String, String)>) -> Answered {
    asking.page_of(id, Until::default(), move |_, view, session| of(view, session, &handle)).await
}

fn of(view: &View, session: &Session, handle: &str) -> Result<Page, Failure> {
    let case = &view.case;
    let place = case.sources.iter().position(|source| source.handle == handle);
    let place = place.ok_or_else(|| desk::Error::NoHandle { case: case.title.clone(), handle: handle.to_owned() })?;
    let source = &case.sources[place];
    let of_it: Vec<_> = case.shown().filter(|said| said.source == place).collect();
    let spans: Vec<_> = of_it.iter().map(|said| (said.handle.as_str(), said.statement.span)).collect();
    let (text, why_none) = match &source.text {
        SourceText::Here(text) => (pieces(text, &spans, None), None),
        SourceText::None => (Vec::new(), Some("It is a sample, and no text.".to_owned())),
        SourceText::Unavailable(why) => (Vec::new(), Some(format!("Its text cannot be shown: {why}."))),
    };
    let some = |name, value: &Option<String>| value.clone().map(|value| (name, value));
    let facts = [
        some("outlet", &source.outlet),
        some("by", &source.byline),
        some("language", &source.language),
        Some(("from", source.whence.clone())),
        some("part", &source.part),
        some("handling", &source.note),
        Some(("added by", source.author.clone())),
        Some(("bytes", source.size.to_string())),
        Some(("SHA-256", source.digest.clone())),
        Some(("entry", source.id.to_string())),
    ];
    let moments = [
        source.published.map(|at| ("published", instant(at))),
        source.updated.map(|at| ("updated, by its own word", instant(at))),
        Some(("received", instant(source.received))),
    ];
    Ok(Page {
        frame: Frame::of(session, &format!("{} of {}", source.handle, case.title)),
        within: format!("/case/{}", case.id.short()),
        case: case.title.clone(),
        handle: source.handle.clone(),
        kind: source.kind.word(),
        name: source.name().to_owned(),
        title: source.title.clone(),
        tlp: source.tlp.word().to_uppercase(),
        tlp_class: source.tlp.word().replace('+', "-"),
        facts: facts.into_iter().flatten().collect(),
        moments: moments.into_iter().flatten().collect(),
        problems: source.problems.clone(),
        text,
        why_none,
        said: of_it.into_iter().map(Said::of).collect(),
        versions: versions(&changes::json(view, place)),
        newest: source.replaced_by.map(|place| case.sources[place].handle.clone()),
    })
}

impl Said {
    pub(super) fn of(said: &crate::claim::Said) -> Said {
        let statement = &said.statement;
        Said {
            handle: said.handle.clone(),
            speaker: statement.speaker.clone(),
            kind: statement.speaker_kind.word(),
            stance: statement.stance.word().replace('_', " "),
            origin: statement.origin.clone(),
            state: match &said.state {
                Reviewed::Draft { confidence } => format!("unreviewed draft, {} % sure", confidence / 10),
                Reviewed::Accepted { by, .. } => format!("accepted by {by}"),
                Reviewed::Rejected { by, .. } => format!("rejected by {by}"),
            },
            waits: matches!(said.state, Reviewed::Draft { .. }),
            bytes: format!("{}–{}", statement.span.start, statement.span.end),
        }
    }
}

fn versions(changes: &Value) -> Vec<Version> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let each = changes["versions"].as_array().into_iter().flatten();
    let version = |step: &Value| Version {
        before: text(&step["before"]).unwrap_or_default(),
        after: text(&step["after"]).unwrap_or_default(),
        silent: step["silent"] == true,
        why_none: text(&step["not_compared"]),
        changes: step["differences"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|it| (text(&it["kind"]).unwrap_or_default(), text(&it["before"]["text"]), text(&it["after"]["text"])))
            .collect(),
    };
    each.map(version).collect()
}
