//! The same for programs: JSON under `/api/v1`, described by `openapi.json`, with problems as RFC 9457 words them.

use axum::extract::{Extension, Path, Request};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderMap, HeaderValue, IF_NONE_MATCH};
use axum::response::{IntoResponse, Response};
use axum::{RequestExt, body};
use serde::Deserialize;
use serde_json::{Value, json};

use super::MOST;
use super::answer::{Answer, Failure};
use super::asking::Asking;
use super::door::Session;
use super::fields::Asked;
use crate::claim::{Said, State as Reviewed, UnknownWord, Until};
use crate::desk::{self, Change, Desk, Mended, Over, Role, Shape};

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

pub(super) async fn case(asking: Asking, Path(id): Path<String>, asked: Asked, headers: HeaderMap) -> Told {
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

pub(super) async fn statements(asking: Asking, Path(id): Path<String>, asked: Asked, headers: HeaderMap) -> Told {
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

/// A decision on one statement.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Decision {
    handle: String,
    /// `accept`, `mend` or `reject`.
    r#do: String,
    /// The decision that stood when it was looked at; none of a draft.
    saw: Option<String>,
    speaker: Option<String>,
    speaker_kind: Option<String>,
    stance: Option<String>,
    reason: Option<String>,
}

impl Decision {
    fn change(&self) -> Result<(Change, Over), Failure> {
        let wrong = |e: UnknownWord| Failure::Input(e.to_string());
        let change = match self.r#do.as_str() {
            "accept" => Change::Accept,
            "reject" => Change::Reject { reason: self.reason.clone() },
            "mend" => Change::Mend(Mended {
                speaker: self.speaker.clone(),
                speaker_kind: self.speaker_kind.as_deref().map(str::parse).transpose().map_err(wrong)?,
                stance: self.stance.as_deref().map(str::parse).transpose().map_err(wrong)?,
            }),
            other => {
                return Err(Failure::Input(format!("{other:?} is nothing that can be done: accept, mend or reject.")));
            }
        };
        let over = match &self.saw {
            None => Over::Nobody,
            Some(entry) => Over::Seen(entry.parse().map_err(|e| Failure::Input(format!("saw: {e}.")))?),
        };
        Ok((change, over))
    }
}

/// A browser's page shows that it is of this desk; a token shows that by itself.
fn proven(asking: &Asking, request: &Request) -> Result<(), Failure> {
    let proof = request.headers().get("gainsay-proof").and_then(|proof| proof.to_str().ok()).unwrap_or_default();
    let is_token = asking.session.proof.is_none();
    if is_token || asking.session.is_proven_by(proof) { Ok(()) } else { Err(Failure::Foreign) }
}

/// Decides on a statement, on what the program had seen.
pub(super) async fn decide(asking: Asking, Path(id): Path<String>, request: Request) -> Told {
    proven(&asking, &request)?;
    let bytes = body::to_bytes(request.with_limited_body().into_body(), MOST).await;
    let bytes = bytes.map_err(|e| Failure::Input(e.to_string()))?;
    let decision: Decision = serde_json::from_slice(&bytes).map_err(|e| Failure::Input(e.to_string()))?;
    let (change, over) = decision.change()?;
    let answer = asking.at_desk(Role::Analyst, move |desk, acting, _| {
        let id = desk.case_id(&id)?.to_string();
        desk.decide(acting, &id, &[(decision.handle.clone(), change)], over)?;
        let view = desk.view(&id, acting.now, Until::default())?;
        let now = view.case.statements.iter().find(|said| said.handle == decision.handle);
        let entry = now.and_then(|said| said.state.decided()).map(|entry| entry.to_string());
        Ok(Answer::data(json!({ "handle": decision.handle, "decision": entry })))
    });
    Ok(answer.await?)
}

pub(super) async fn jobs(asking: Asking) -> Told {
    let answer = asking.at_desk(Role::Reader, |desk, _, session| {
        let jobs = super::jobs::known(desk, session)?;
        let job = |job: &desk::Job| {
            json!({ "id": job.row.id, "state": job.word(), "made": job.row.made.to_string(), "progress": job.row.progress })
        };
        Ok(Answer::data(json!({ "jobs": jobs.iter().map(job).collect::<Vec<_>>() })))
    });
    Ok(answer.await?)
}
