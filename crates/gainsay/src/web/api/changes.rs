//! What programs change: cases, sources, decisions, jobs, and the tokens with which they come.

use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::{RequestExt, body};
use base64::Engine as _;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::super::answer::{Answer, Failure};
use super::super::asking::Asking;
use super::super::door::Session;
use super::super::fields::At;
use super::super::{MOST, give, jobs};
use super::{Problem, Told};
use crate::claim::{SourceKind, Tlp, Until};
use crate::desk::{self, AddOptions, Change, Desk, Given, Mended, Over, Role};
use crate::export::page::instant;
use crate::release::Released;

/// What a program sent as JSON: with a token, or with the proof of its session.
pub(in crate::web) struct Sent<T>(T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Sent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Sent<T>, Problem> {
        let session = request.extensions().get::<Session>().ok_or(Failure::Locked)?;
        let proof = request.headers().get("gainsay-proof").and_then(|proof| proof.to_str().ok()).unwrap_or_default();
        // No browser sends a token by itself.
        let is_token = session.proof.is_none();
        if !is_token && !session.is_proven_by(proof) {
            return Err(Failure::Foreign.into());
        }
        let bytes = body::to_bytes(request.with_limited_body().into_body(), MOST).await;
        Ok(Sent(serde_json::from_slice(&bytes.map_err(wrong)?).map_err(wrong)?))
    }
}

/// Nothing but the proof.
#[derive(Deserialize)]
pub(in crate::web) struct Nothing {}

fn made(value: Value) -> Answer {
    Answer::Data(StatusCode::CREATED, None, Released::json(value))
}

fn wrong(e: impl ToString) -> Failure {
    Failure::Input(e.to_string())
}

/// A case to be opened.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct NewCase {
    case: String,
    tlp: Option<String>,
}

pub(in crate::web) async fn open(asking: Asking, Sent(new): Sent<NewCase>) -> Told {
    let answer = asking.at_desk(Role::Analyst, move |desk, acting, session| {
        session.may_open_cases()?;
        let tlp = new.tlp.as_deref().map(str::parse::<Tlp>).transpose()?;
        let id = desk.open_case(acting, &new.case, tlp)?;
        Ok(made(json!({ "id": id.to_string(), "case": new.case, "href": format!("/api/v1/cases/{id}") })))
    });
    Ok(answer.await?)
}

/// A source to be added: a text, or bytes as Base64.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct NewSource {
    name: String,
    text: Option<String>,
    base64: Option<String>,
    kind: Option<String>,
    outlet: Option<String>,
    published: Option<String>,
    tlp: Option<String>,
}

pub(in crate::web) async fn add(asking: Asking, At(id): At<String>, Sent(new): Sent<NewSource>) -> Told {
    let unjailed = asking.house.serving.unjailed;
    let answer = asking.at_desk(Role::Analyst, move |desk, acting, _| {
        let bytes = match (&new.text, &new.base64) {
            (Some(text), None) => text.clone().into_bytes(),
            (None, Some(coded)) => base64::engine::general_purpose::STANDARD.decode(coded).map_err(wrong)?,
            _ => return Err(Failure::Input("A source has either text or base64.".to_owned())),
        };
        let options = AddOptions {
            kind: new.kind.as_deref().map(str::parse::<SourceKind>).transpose()?,
            tlp: new.tlp.as_deref().map(str::parse::<Tlp>).transpose()?,
            outlet: new.outlet.clone(),
            published: new.published.as_deref().map(give::day).transpose()?,
            unjailed,
            ..AddOptions::default()
        };
        let id = desk.case_id(&id)?.to_string();
        let (mut sources, mut problems) = (Vec::new(), Vec::new());
        let given = Given { name: &new.name, bytes: &bytes };
        desk.add_given(acting, &id, given, &options, &mut |_, result| match result {
            Ok(added) => sources.push(json!({
                "entry": added.id.to_string(),
                "kind": added.kind.word(),
                "part": added.part,
                "already": added.already,
                "new_version": added.is_new_version,
                "drafted": added.drafted,
                "accepted": added.accepted,
                "problems": added.problems,
            })),
            Err(why) => problems.push(why.to_string()),
        })?;
        match sources.is_empty() {
            true => Err(Failure::Input(problems.join("\n"))),
            false => Ok(made(json!({ "sources": sources, "problems": problems }))),
        }
    });
    Ok(answer.await?)
}

/// A decision on one statement.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Decision {
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
        let change = match self.r#do.as_str() {
            "accept" => Change::Accept,
            "reject" => Change::Reject { reason: self.reason.clone() },
            "mend" => Change::Mend(Mended {
                speaker: self.speaker.clone(),
                speaker_kind: self.speaker_kind.as_deref().map(str::parse).transpose()?,
                stance: self.stance.as_deref().map(str::parse).transpose()?,
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

/// Decides on a statement, on what the program had seen.
pub(in crate::web) async fn decide(asking: Asking, At(id): At<String>, Sent(decision): Sent<Decision>) -> Told {
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

/// What is to be done in the background, with what lies on the desk's own machine.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "lowercase", deny_unknown_fields)]
pub(in crate::web) enum NewJob {
    /// A corpus is indexed.
    Index { corpus: String, path: String, role: String },
    /// A sample is held against the corpora, as evidence in a case.
    Match { case: String, path: String },
}

pub(in crate::web) async fn start(asking: Asking, Sent(new): Sent<NewJob>) -> Told {
    let answer = asking.at_desk(Role::Admin, move |desk, acting, _| {
        let job = match &new {
            NewJob::Index { corpus, path, role } => give::index(desk, acting, corpus, path, role)?,
            NewJob::Match { case, path } => give::hold(desk, acting, case, path)?,
        };
        Ok(made(jobs::value(&job)))
    });
    Ok(answer.await?)
}

/// Cancels a job, or goes on with it.
pub(in crate::web) async fn change_job(
    asking: Asking,
    At((id, what)): At<(i64, String)>,
    Sent(Nothing {}): Sent<Nothing>,
) -> Told {
    let answer = asking.at_desk(Role::Analyst, move |desk, _, session| {
        Ok(Answer::data(jobs::value(&jobs::set(desk, session, id, &what)?)))
    });
    Ok(answer.await?)
}

/// A token to be made.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct NewToken {
    label: String,
    scope: String,
}

/// The account that may have tokens. One that came with a token makes none: who finds one has no more than that.
fn owner(session: &Session) -> Result<&str, Failure> {
    if session.proof.is_none() {
        return Err(Failure::Input("A token makes no tokens and takes none back: sign in for that.".to_owned()));
    }
    let none = || Failure::Input("Tokens are an account's, and the desk's owner has none.".to_owned());
    session.who.account.as_deref().ok_or_else(none)
}

fn tokens_of(desk: &Desk, name: &str) -> Result<Value, Failure> {
    let token = |it: desk::Token| {
        let (scope, made) = (it.scope.scope(), instant(it.made));
        json!({ "id": it.id, "label": it.label, "scope": scope, "made": made })
    };
    Ok(json!({ "tokens": desk.tokens(name)?.into_iter().map(token).collect::<Vec<_>>() }))
}

pub(in crate::web) async fn tokens(asking: Asking) -> Told {
    let answer = asking.at_desk(Role::Reader, |desk, _, session| Ok(Answer::data(tokens_of(desk, owner(session)?)?)));
    Ok(answer.await?)
}

pub(in crate::web) async fn add_token(asking: Asking, Sent(new): Sent<NewToken>) -> Told {
    let answer = asking.at_desk(Role::Reader, move |desk, acting, session| {
        let scope = Role::of_scope(&new.scope);
        let scope = scope.ok_or_else(|| Failure::Input("scope is read, write or admin.".to_owned()))?;
        let (token, secret) = desk.add_token(acting, owner(session)?, scope, &new.label)?;
        Ok(made(json!({ "id": token.id, "label": token.label, "scope": scope.scope(), "token": secret })))
    });
    Ok(answer.await?)
}

pub(in crate::web) async fn end_token(asking: Asking, At(id): At<i64>, Sent(Nothing {}): Sent<Nothing>) -> Told {
    let answer = asking.at_desk(Role::Reader, move |desk, acting, session| {
        let name = owner(session)?;
        desk.end_token(acting, name, id)?;
        Ok(Answer::data(tokens_of(desk, name)?))
    });
    Ok(answer.await?)
}
