//! What runs in the background, how far it is, and its end.

use std::time::Duration;

use askama::Template;
use serde_json::{Value, json};

use super::Answered;
use super::answer::{Answer, Failure};
use super::asking::Asking;
use super::door::Session;
use super::fields::{At, Fields};
use super::frame::Frame;
use crate::desk::{Desk, Error, Job, Role, digest};
use crate::export::page::instant;
use crate::release::Released;

/// How often the page loads itself again while something runs, in seconds.
const AGAIN: u32 = 3;

#[derive(Template)]
#[template(path = "web/jobs.html")]
struct Page {
    frame: Frame,
    jobs: Vec<Row>,
}

struct Row {
    id: i64,
    command: String,
    made: String,
    author: String,
    word: &'static str,
    progress: String,
    may_cancel: bool,
    may_resume: bool,
}

impl Row {
    fn of(job: &Job, session: &Session) -> Row {
        let words: Vec<String> =
            job.row.arguments.iter().map(|it| crate::claim::quoted(&it.to_string_lossy())).collect();
        let word = job.word();
        Row {
            id: job.row.id,
            command: format!("gainsay {}", words.join(" ")),
            author: job.row.author.clone(),
            made: instant(job.row.made),
            word,
            progress: job.row.progress.clone(),
            may_cancel: may(session, job, "cancel") && matches!(word, "waiting" | "running"),
            may_resume: may(session, job, "resume") && matches!(word, "interrupted" | "cancelled" | "failed"),
        }
    }
}

/// The jobs that somebody may know of: whoever sees certain cases alone, those that they began, of no other case.
pub(super) fn known(desk: &Desk, session: &Session) -> Result<Vec<Job>, Failure> {
    let mut jobs = desk.jobs()?;
    jobs.retain(|job| is_known(desk, job, session));
    Ok(jobs)
}

/// One of them.
pub(super) fn one(desk: &Desk, session: &Session, id: i64) -> Result<Job, Failure> {
    let job = desk.job(id)?;
    if is_known(desk, &job, session) { Ok(job) } else { Err(Error::NoJob { id }.into()) }
}

fn is_known(desk: &Desk, job: &Job, session: &Session) -> bool {
    let may_see = |case: String| desk.case_id(&case).is_ok();
    session.who.cases.is_none() || is_theirs(job, session) && case_of(job).is_none_or(may_see)
}

/// The case that a job's command names.
fn case_of(job: &Job) -> Option<String> {
    let words: Vec<_> = job.row.arguments.iter().map(|it| it.to_string_lossy()).take_while(|it| it != "--").collect();
    let at = words.iter().position(|it| it == "--case" || it.starts_with("--case="))?;
    let joined = words[at].strip_prefix("--case=").map(str::to_owned);
    joined.or_else(|| words.get(at + 1).map(|it| it.clone().into_owned()))
}

fn is_theirs(job: &Job, session: &Session) -> bool {
    session.who.account.as_ref().is_some_and(|name| *name == job.row.author)
}

pub(super) async fn page(asking: Asking) -> Answered {
    asking
        .at_desk(Role::Reader, |desk, _, session| {
            let jobs = known(desk, session)?;
            let again = jobs.iter().any(|job| job.is_alive).then_some(AGAIN);
            let frame = Frame { again, ..Frame::of(session, "Jobs") };
            Ok(Answer::page(&Page { frame, jobs: jobs.iter().rev().map(|job| Row::of(job, session)).collect() }))
        })
        .await
}

/// A job as programs read it.
pub(super) fn value(job: &Job) -> Value {
    let words: Vec<_> = job.row.arguments.iter().map(|it| it.to_string_lossy()).collect();
    json!({
        "id": job.row.id,
        "state": job.word(),
        "command": words,
        "by": job.row.author,
        "made": instant(job.row.made),
        "progress": job.row.progress,
    })
}

/// Whether somebody may do something with a job: an admin anything, analysts may cancel what they began. To go on with it uses what lies
/// on this machine.
fn may(session: &Session, job: &Job, what: &str) -> bool {
    let role = session.who.role;
    role >= Role::Admin || role >= Role::Analyst && what != "resume" && is_theirs(job, session)
}

/// Cancels a job, or goes on with it.
pub(super) fn set(desk: &mut Desk, session: &Session, id: i64, what: &str) -> Result<Job, Failure> {
    let job = one(desk, session, id)?;
    if !may(session, &job, what) {
        return Err(Failure::NotAllowed(Role::Admin));
    }
    match what {
        "cancel" => Ok(desk.cancel_job(id)?),
        "resume" => Ok(desk.resume_job(id)?),
        _ => Err(Failure::Nowhere),
    }
}

pub(super) async fn change(asking: Asking, At((id, what)): At<(String, String)>, _checked: Fields) -> Answered {
    let id: i64 = id.parse().map_err(|_| Failure::Nowhere)?;
    asking
        .at_desk(Role::Analyst, move |desk, _, session| {
            set(desk, session, id, &what)?;
            Ok(Answer::Go("/jobs".to_owned()))
        })
        .await
}

/// How often it is looked what the jobs do, and how often a browser is told that it is still looked.
const LOOK: Duration = Duration::from_secs(1);
const STILL: u32 = 15;

/// After so many looks a browser asks anew, and shows again who it is.
const LOOKS: u32 = 300;

/// Tells a browser each time that something changed of the jobs, until nothing runs any more.
pub(super) async fn events(asking: Asking) -> Answered {
    let place = asking.house.listeners.clone().try_acquire_owned().map_err(|_| Failure::Busy)?;
    let (tell, told) = tokio::sync::mpsc::channel::<Released>(1);
    tokio::spawn(async move {
        let mut before = None;
        for look in 0..LOOKS {
            let now = asking.clone().at_desk(Role::Reader, |desk, _, session| {
                let jobs = known(desk, session)?;
                let runs = jobs.iter().any(|job| matches!(job.word(), "waiting" | "running"));
                let values: Vec<Value> = jobs.iter().map(value).collect();
                Ok((runs, digest(json!(values).to_string().as_bytes())))
            });
            let Ok((runs, now)) = now.await else { break };
            let event = match before.replace(now.clone()) {
                Some(before) if before == now => (look % STILL == 0).then(|| ":\n\n".to_owned()),
                _ => Some(format!("data: {now}\n\n")),
            };
            let event = event.map(|event| Released::plain(&event));
            if let Some(event) = event
                && tell.send(event).await.is_err()
            {
                break;
            }
            if !runs || tell.is_closed() {
                break;
            }
            tokio::time::sleep(LOOK).await;
        }
        drop(place);
    });
    Ok(Answer::Events(told))
}
