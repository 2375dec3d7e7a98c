//! The same for programs: JSON under `/api/v1`, described by `openapi.json`, with problems as RFC 9457 words them.

pub(super) mod changes;

use axum::extract::Extension;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderMap, HeaderValue, IF_NONE_MATCH};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::answer::{Answer, Failure};
use super::asking::Asking;
use super::door::Session;
use super::fields::{Asked, At};
use crate::claim::{Said, State as Reviewed, Until};
use crate::desk::{self, Desk, Role, Shape};

/// What every request about the API begins with.
pub(super) const ROOT: &str = "/api/";

/// The document that describes it.
const DOCUMENT: &str = include_str!("../../templates/web/openapi.json");

/// How many of a list an answer holds, where nobody says.
const LIMIT: usize = 50;

/// The most that it holds.
const LIMIT_MOST: usize = 500;

/// What a failure is to a program.
pub(super) struct Problem(pub(super) Failure);

impl<E: Into<Failure>> From<E> for Problem {
    fn from(error: E) -> Problem {
        Problem(error.into())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = match &self.0 {
            // What was to be changed is not what was seen any more.
            Failure::Desk(desk::Error::Stale { .. }) => StatusCode::PRECONDITION_FAILED,
            other => other.status(),
        };
        let mut problem = json!({
            "title": self.0.heading(),
            "status": status.as_u16(),
            "detail": self.0.to_string(),
        });
        if let Failure::Desk(desk::Error::Stale { handle, by }) = &self.0 {
            problem["handle"] = json!(handle);
            problem["by"] = json!(by);
        }
        let mut response = Answer::Data(status, None, crate::release::Released::json(problem)).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response
    }
}

type Told = Result<Answer, Problem>;

pub(super) async fn document() -> Told {
    let value: Value = serde_json::from_str(DOCUMENT).map_err(|_| Failure::Broken)?;
    Ok(Answer::data(value))
}

/// What a program needs to change something: the proof that its requests carry.
pub(super) async fn session(Extension(session): Extension<Session>) -> Told {
    Ok(Answer::data(json!({ "proof": session.proof })))
}

/// The part of a list behind the one that is named, and the name of its last where there is more.
fn part<T>(all: Vec<T>, asked: &Asked, name: impl Fn(&T) -> String) -> Result<(Vec<T>, Option<String>), Failure> {
    let limit = asked.get("limit").map_or(Ok(LIMIT), str::parse).ok().filter(|limit| (1..=LIMIT_MOST).contains(limit));
    let limit = limit.ok_or_else(|| Failure::Input(format!("limit goes from 1 to {LIMIT_MOST}.")))?;
    let from = match asked.get("after") {
        None => 0,
        Some(after) => {
            let place = all.iter().position(|it| name(it) == after);
            1 + place.ok_or_else(|| Failure::Input(format!("after is {after:?}, which the list does not hold.")))?
        }
    };
    let more = all.len() > from + limit;
    let here: Vec<T> = all.into_iter().skip(from).take(limit).collect();
    let next = here.last().filter(|_| more).map(name);
    Ok((here, next))
}

/// What was asked for is what the program has already.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let known = headers.get(IF_NONE_MATCH).and_then(|known| known.to_str().ok()).unwrap_or_default();
    known.split(',').any(|it| it.trim().trim_start_matches("W/") == tag || it.trim() == "*")
}

/// The tag of what rests on this.
fn tag(of: &[&str]) -> String {
    format!("\"{}\"", &desk::digest(of.join("\n").as_bytes())[..32])
}

pub(super) async fn cases(asking: Asking, asked: Asked, headers: HeaderMap) -> Told {
    let answer = asking.at_desk(Role::Reader, move |desk, _, _| {
        let mut all = desk.cases_by_activity()?;
        let stamps: Vec<&str> = all.iter().map(|case| case.stamp.as_str()).collect();
        let tag = tag(&[&stamps.join(" "), &asked.words()]);
        if is_known(&headers, &tag) {
            return Ok(Answer::Same(tag));
        }
        // In the order in which they were opened, which nothing changes while somebody goes through the pages.
        let opened = desk.cases()?;
        all.sort_by_key(|case| opened.iter().position(|(_, id)| *id == case.id));
        let (here, next) = part(all, &asked, |case| case.id.to_string())?;
        let list: Vec<Value> = here
            .into_iter()
            .map(|case| json!({ "id": case.id.to_string(), "case": case.title, "href": format!("/api/v1/cases/{}", case.id) }))
            .collect();
        Ok(Answer::tagged(tag, json!({ "cases": list, "next": next })))
    });
    Ok(answer.await?)
}

/// The case's stamp, and its id.
fn stamp(desk: &mut Desk, id: &str) -> Result<(String, String), Failure> {
    let id = desk.case_id(id)?;
    let all = desk.cases_by_activity()?;
    let found = all.into_iter().find(|case| case.id == id);
    found.map(|case| (case.stamp, id.to_string())).ok_or(Failure::Nowhere)
}

pub(super) async fn case(asking: Asking, At(id): At<String>, asked: Asked, headers: HeaderMap) -> Told {
    let as_of = asked.get("as_of").unwrap_or_default().to_owned();
    let until = super::case::until(&as_of)?;
    let answer = asking.at_desk(Role::Reader, move |desk, acting, _| {
        let (stamp, id) = stamp(desk, &id)?;
        let tag = tag(&[&stamp, &as_of]);
        if is_known(&headers, &tag) {
            return Ok(Answer::Same(tag));
        }
        let shown = desk.show(&id, acting.now, until, Shape::Json)?;
        Ok(Answer::Data(StatusCode::OK, Some(tag), shown))
    });
    Ok(answer.await?)
}

pub(super) async fn statements(asking: Asking, At(id): At<String>, asked: Asked, headers: HeaderMap) -> Told {
    let answer = asking.at_desk(Role::Reader, move |desk, acting, _| {
        let (stamp, id) = stamp(desk, &id)?;
        let tag = tag(&[&stamp, &asked.words()]);
        if is_known(&headers, &tag) {
            return Ok(Answer::Same(tag));
        }
        let view = desk.view(&id, acting.now, Until::default())?;
        let case = &view.case;
        let waits = |said: &&Said| asked.get("waiting").is_none() || matches!(said.state, Reviewed::Draft { .. });
        let (here, next) = part(case.statements.iter().filter(waits).collect(), &asked, |said| said.handle.clone())?;
        let list: Vec<Value> = here
            .into_iter()
            .map(|said| {
                let statement = &said.statement;
                let (state, by, confidence) = match &said.state {
                    Reviewed::Draft { confidence } => ("draft", None, Some(confidence)),
                    Reviewed::Accepted { by, .. } => ("accepted", Some(by), None),
                    Reviewed::Rejected { by, .. } => ("rejected", Some(by), None),
                };
                json!({
                    "handle": said.handle,
                    "source": case.sources[said.source].handle,
                    "speaker": statement.speaker,
                    "speaker_kind": statement.speaker_kind.word(),
                    "stance": statement.stance.word(),
                    "origin": statement.origin,
                    "span": { "start": statement.span.start, "end": statement.span.end },
                    "quote": said.quote(case),
                    "state": state,
                    "by": by,
                    "confidence_permille": confidence,
                    "decision": said.state.decided().map(|entry| entry.to_string()),
                })
            })
            .collect();
        Ok(Answer::tagged(tag, json!({ "statements": list, "next": next })))
    });
    Ok(answer.await?)
}

/// The jobs that whoever asks may know of.
pub(super) async fn jobs(asking: Asking) -> Told {
    let answer = asking.at_desk(Role::Reader, |desk, _, session| {
        let jobs = super::jobs::known(desk, session)?;
        Ok(Answer::data(json!({ "jobs": jobs.iter().map(super::jobs::value).collect::<Vec<_>>() })))
    });
    Ok(answer.await?)
}

/// One of them.
pub(super) async fn job(asking: Asking, At(id): At<i64>) -> Told {
    let answer = asking.at_desk(Role::Reader, move |desk, _, session| {
        Ok(Answer::data(super::jobs::value(&super::jobs::one(desk, session, id)?)))
    });
    Ok(answer.await?)
}
