//! A case: the report as it would be now, with the ways on from it.

use askama::Template;
use jiff::{SignedDuration, Timestamp};

use super::Answered;
use super::answer::Failure;
use super::asking::Asking;
use super::door::Session;
use super::fields::{Asked, At};
use super::frame::Frame;
use crate::claim::{SourceKind, State as Reviewed, Until};
use crate::desk::{self, Desk};
use crate::export::page::{Page, instant};
use crate::release::{Released, View};

/// How many entries of a case its page lists; the rest is in the log.
const ENTRIES: usize = 200;

#[derive(Template)]
#[template(path = "web/case.html")]
struct CasePage {
    frame: Frame,
    page: Page,
    within: String,
    waiting: usize,
    until: Option<String>,
    as_of: String,
    first_day: String,
    last_day: String,
    entries: Vec<Entry>,
    more_entries: usize,
    kinds: &'static [SourceKind],
}

struct Entry {
    seq: u64,
    id: String,
    received: String,
    author: String,
    kind: String,
    what: String,
}

/// What was published until the end of a day; everything where none is given.
pub(super) fn until(day: &str) -> Result<Until, Failure> {
    let day = day.trim();
    if day.is_empty() {
        return Ok(Until::default());
    }
    let moment = desk::moment(day).filter(|_| day.len() == "2019-05-14".len());
    let end = moment.and_then(|at| at.checked_add(SignedDuration::from_secs(86_399)).ok());
    let end = end.ok_or_else(|| Failure::Input(format!("{day} is no day: give one like 2019-05-14.")))?;
    Ok(Until { published: Some(end), ..Until::default() })
}

pub(super) async fn page(asking: Asking, At(id): At<String>, asked: Asked) -> Answered {
    let as_of = asked.get("as_of").unwrap_or_default().to_owned();
    let until = until(&as_of)?;
    asking
        .page_of(id.clone(), until, move |desk, view, session| {
            let whole = match until.published {
                Some(_) => Some(desk.view(&id, view.made, Until::default())?),
                None => None,
            };
            of(desk, view, whole.as_ref().unwrap_or(view), session, as_of)
        })
        .await
}

fn of(desk: &Desk, view: &View, whole: &View, session: &Session, as_of: String) -> Result<CasePage, Failure> {
    let case = &view.case;
    let within = format!("/case/{}", case.id.short());
    let entries = desk.log_of(&case.id.to_string())?;
    let day = |at: Timestamp| at.strftime("%Y-%m-%d").to_string();
    let texts = || whole.case.sources.iter().filter(|source| source.kind != SourceKind::Sample);
    Ok(CasePage {
        frame: Frame::of(session, &case.title),
        page: Page { within: Some(within.clone()), ..Page::of(view) },
        within,
        waiting: case.shown().filter(|said| matches!(said.state, Reviewed::Draft { .. })).count(),
        until: case.until.words(),
        first_day: texts().map(|source| source.when()).min().map_or_else(|| day(view.made), day),
        last_day: day(view.made),
        as_of,
        more_entries: entries.len().saturating_sub(ENTRIES),
        entries: entries
            .into_iter()
            .rev()
            .take(ENTRIES)
            .map(|entry| Entry {
                seq: entry.seq,
                id: entry.id.short(),
                received: instant(entry.received),
                author: plain(&entry.author),
                kind: entry.kind,
                what: plain(&entry.what),
            })
            .collect(),
        kinds: SourceKind::ALL,
    })
}

/// A value that no view holds, masked before a template escapes it: once it is, a secret may no longer look like one.
pub(super) fn plain(text: &str) -> String {
    Released::plain(text).as_str().to_owned()
}
