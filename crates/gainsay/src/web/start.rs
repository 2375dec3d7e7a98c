//! The first page: what is unsettled, and why; what came in since somebody last looked; and where to begin.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{HeaderValue, SET_COOKIE};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use super::answer::{Answer, Failure};
use super::asking::{Asking, Turn};
use super::door::cookie;
use super::fields::{Asked, Fields};
use super::frame::Frame;
use super::{House, Shared, jobs};
use crate::claim::{EntryId, State as Reviewed, Tlp, Until, counted};
use crate::desk::{self, Acting, Changed, Desk, Listed, Role};
use crate::export::page::instant;
use crate::release::View;

/// How many cases a page lists.
const CASES: usize = 25;

/// How many claims of a case it lists.
const CLAIMS: usize = 3;

/// How many names it offers to choose from.
const NAMES: usize = 200;

/// Of how many cases what was drawn is kept.
const DRAWN: usize = 2000;

/// How many of them are drawn before anybody asks for them, and how many in one turn: who asks meanwhile waits for no more than these.
const AHEAD: usize = 1000;
const AT_ONCE: usize = 5;

/// Of how many that looked at different times it is kept what changed since.
const SEEN: usize = 100;

/// How many changes of a case it lists.
const CHANGES: usize = 4;

/// The cookie that holds when somebody last had seen it all of a desk. It opens nothing.
fn seen_of(house: &House) -> String {
    let desk = desk::digest(house.serving.desk.as_os_str().as_encoded_bytes());
    format!("gainsay-seen-{}", &desk[..12])
}

/// Ten years, in seconds.
const LONG: u32 = 315_360_000;

#[derive(Template)]
#[template(path = "web/start.html")]
struct Page {
    frame: Frame,
    cases: Vec<Row>,
    /// The names of all cases, to choose one from.
    names: Vec<String>,
    since: Option<String>,
    corpora: Vec<(String, String)>,
    jobs_running: usize,
    earlier: Option<usize>,
    later: Option<usize>,
}

/// A case on the first page.
#[derive(Clone)]
struct Row {
    href: String,
    title: String,
    tlp: String,
    tlp_class: String,
    answer: String,
    claims: Vec<Line>,
    more_claims: usize,
    rests_on: String,
    waiting: usize,
    since: Since,
    step: Option<String>,
    settled: bool,
}

/// What was drawn of each case, with the stamp that it was drawn under and what it was compared with.
#[derive(Default)]
pub(super) struct Rows(Mutex<HashMap<EntryId, Drawn>>);

struct Drawn {
    stamp: String,
    row: Row,
    /// What changed of it since somebody had seen it, by when that was.
    since: HashMap<Timestamp, Since>,
}

/// What changed of a case since somebody had seen it: in words, and what would be judged otherwise.
#[derive(Clone, Default)]
struct Since {
    changed: Option<String>,
    changes: Vec<String>,
    more_changes: usize,
}

impl Rows {
    /// The row of a case: as it was drawn, where nothing changed since.
    fn row(&self, desk: &mut Desk, acting: &Acting, case: &Listed, seen: Option<Timestamp>) -> Result<Row, Failure> {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = lock().get(&case.id).filter(|it| it.stamp == case.stamp).map(|it| {
            let since = seen.map_or(Some(Since::default()), |then| it.since.get(&then).cloned());
            (it.row.clone(), since)
        });
        let id = case.id.to_string();
        let (row, since) = match (known, seen) {
            (Some((row, Some(since))), _) => return Ok(Row { since, ..row }),
            // Most have nothing new: then there is nothing to be drawn.
            (Some((row, None)), Some(then)) if desk.is_quiet_since(case.id, then)? => (row, Since::default()),
            (known, _) => {
                let view = desk.view(&id, acting.now, Until::default())?;
                let row = known.map_or_else(|| row(&view), |(row, _)| row);
                let since = seen.map(|then| since(desk, &view, then)).transpose()?.unwrap_or_default();
                (row, since)
            }
        };
        let mut rows = lock();
        if rows.len() >= DRAWN {
            rows.clear();
        }
        let new = || Drawn { stamp: case.stamp.clone(), row: row.clone(), since: HashMap::new() };
        let drawn = rows.entry(case.id).or_insert_with(new);
        if drawn.stamp != case.stamp {
            *drawn = new();
        }
        if let Some(then) = seen {
            if drawn.since.len() >= SEEN {
                drawn.since.clear();
            }
            drawn.since.insert(then, since.clone());
        }
        Ok(Row { since, ..row })
    }
}

/// A claim in a line.
#[derive(Clone)]
struct Line {
    handle: String,
    proposition: String,
    word: &'static str,
    range: &'static str,
    percent: u8,
    confidence: &'static str,
    settled: Option<String>,
}

pub(super) async fn page(asking: Asking, asked: Asked, headers: HeaderMap) -> Result<Response, Failure> {
    let which: usize = match asked.get("page") {
        None => 0,
        Some(page) => page.parse().map_err(|_| Failure::Input(format!("{page} is no page.")))?,
    };
    let house = Arc::clone(&asking.house);
    let seen = cookie(&headers, &seen_of(&house)).and_then(|at| at.parse::<Timestamp>().ok());
    let name = seen_of(&house);
    let page = asking
        .at_desk(Role::Reader, move |desk, acting, session| {
            let all = desk.cases_by_activity()?;
            let from = which.saturating_mul(CASES);
            let mut cases = Vec::new();
            for case in all.iter().skip(from).take(CASES) {
                cases.push(house.rows.row(desk, acting, case, seen)?);
            }
            let later = which.checked_sub(1);
            let earlier = (all.len() > from.saturating_add(CASES)).then(|| which + 1);
            // Whoever sees certain cases alone does not see what else there is.
            let corpora = if session.who.cases.is_none() { desk.corpora()? } else { Default::default() };
            Ok(Page {
                frame: Frame::of(session, "What is unsettled"),
                cases,
                names: all.into_iter().take(NAMES).map(|case| case.title).collect(),
                since: seen.map(instant),
                corpora: corpora
                    .into_iter()
                    .map(|(name, corpus)| {
                        let holds = corpus.holds();
                        let of = corpus.indexed.role;
                        (name, format!("{of}, {} file versions", holds.files))
                    })
                    .collect(),
                jobs_running: jobs::known(desk, session)?.iter().filter(|job| job.is_alive).count(),
                earlier,
                later,
            })
        })
        .await?;
    let is_first = page.since.is_none() && !page.cases.is_empty();
    let mut response = Answer::page(&page).into_response();
    if is_first {
        // From now on there is something to compare with.
        remember(&mut response, &name, Timestamp::now());
    }
    Ok(response)
}

/// Draws the rows of the cases that moved last while nobody asks for them yet: after a start none is known.
pub(super) async fn draw_ahead(house: Arc<House>) {
    for from in (0..AHEAD).step_by(AT_ONCE) {
        let at = Arc::clone(&house);
        let drawn = Arc::clone(&house).at_desk(Turn::Long, move |desk| {
            desk.restrict(None);
            let acting = Acting::new(&at.serving.author, Timestamp::now())?;
            let all = desk.cases_by_activity()?;
            for case in all.iter().skip(from).take(AT_ONCE) {
                at.rows.row(desk, &acting, case, None)?;
            }
            Ok(all.len() > from + AT_ONCE)
        });
        // What fails here is said to whoever asks for it.
        if matches!(drawn.await, Ok(false)) {
            break;
        }
    }
}

/// Everything that there is now has been seen.
pub(super) async fn seen(State(house): Shared, _checked: Fields) -> Response {
    let mut response = Answer::Go("/".to_owned()).into_response();
    remember(&mut response, &seen_of(&house), Timestamp::now());
    response
}

fn remember(response: &mut Response, name: &str, at: Timestamp) {
    let cookie = format!("{name}={at}; Path=/; HttpOnly; SameSite=Strict; Max-Age={LONG}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}

fn row(view: &View) -> Row {
    let (case, assessment) = (&view.case, &view.assessment);
    let assessed: Vec<_> = assessment.claims.iter().filter(|claim| claim.is_assessed()).collect();
    let lines = assessed.iter().take(CLAIMS).map(|claim| Line {
        handle: claim.handle.clone(),
        proposition: claim.proposition.clone(),
        word: claim.likelihood.word(),
        range: claim.likelihood.range(),
        percent: claim.likelihood.percent(),
        confidence: claim.confidence.word(),
        settled: claim.settled.clone(),
    });
    let (pro, contra) = assessment.graph.for_and_against();
    let mut rests_on = format!(
        "{} on {}",
        counted(case.sources.iter().filter(|source| source.replaced_by.is_none()).count(), "source"),
        counted(pro.len(), "origin")
    );
    if !contra.is_empty() {
        rests_on += &format!(", {} against", counted(contra.len(), "origin"));
    }
    let tlp: Tlp = view.marking();
    Row {
        href: format!("/case/{}", case.id.short()),
        title: case.title.clone(),
        tlp: tlp.word().to_uppercase(),
        tlp_class: tlp.word().replace('+', "-"),
        answer: assessment.answer.first().cloned().unwrap_or_default(),
        claims: lines.collect(),
        more_claims: assessed.len().saturating_sub(CLAIMS),
        rests_on,
        waiting: case.shown().filter(|said| matches!(said.state, Reviewed::Draft { .. })).count(),
        since: Since::default(),
        step: assessment
            .steps
            .iter()
            .find(|it| it.task.as_ref().is_none_or(|task| task.done.is_none()))
            .map(|it| it.what.clone()),
        settled: !assessed.is_empty() && assessed.iter().all(|claim| claim.settled.is_some()),
    }
}

fn since(desk: &mut Desk, view: &View, then: Timestamp) -> Result<Since, Failure> {
    let (changed, changes) = match desk.changed_since(view, then)? {
        Changed::Opened => (Some("new since you last looked".to_owned()), Vec::new()),
        Changed::Since(0, _) => (None, Vec::new()),
        Changed::Since(1, changes) => (Some("1 entry since you last looked".to_owned()), changes),
        Changed::Since(entries, changes) => (Some(format!("{entries} entries since you last looked")), changes),
    };
    let more_changes = changes.len().saturating_sub(CHANGES);
    Ok(Since { changed, changes: changes.into_iter().take(CHANGES).collect(), more_changes })
}
