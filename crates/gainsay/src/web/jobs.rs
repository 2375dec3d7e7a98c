//! What runs in the background, how far it is, and its end.

use askama::Template;
use axum::extract::{Extension, Path, State};

use super::answer::{Answer, Failure};
use super::door::Session;
use super::fields::Fields;
use super::frame::Frame;
use super::{Answered, Shared};
use crate::desk::Job;

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
    word: &'static str,
    progress: String,
    may_cancel: bool,
    may_resume: bool,
}

impl Row {
    fn of(job: &Job) -> Row {
        let words: Vec<String> =
            job.row.arguments.iter().map(|it| crate::claim::quoted(&it.to_string_lossy())).collect();
        let word = job.word();
        Row {
            id: job.row.id,
            command: format!("gainsay {}", words.join(" ")),
            made: job.row.made.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            word,
            progress: job.row.progress.clone(),
            may_cancel: matches!(word, "waiting" | "running"),
            may_resume: matches!(word, "interrupted" | "cancelled" | "failed"),
        }
    }
}

pub(super) async fn page(State(house): Shared, Extension(session): Extension<Session>) -> Answered {
    let jobs = house.at_desk(|desk, _| Ok(desk.jobs()?)).await?;
    let again = jobs.iter().any(|job| job.is_alive).then_some(AGAIN);
    let frame = Frame { again, ..Frame::of(&session, "Jobs") };
    Ok(Answer::page(&Page { frame, jobs: jobs.iter().rev().map(Row::of).collect() }))
}

/// Cancels a job, or goes on with it.
pub(super) async fn change(
    State(house): Shared,
    Path((id, what)): Path<(String, String)>,
    _checked: Fields,
) -> Answered {
    let id: i64 = id.parse().map_err(|_| Failure::Nowhere)?;
    house
        .at_desk(move |desk, _| {
            match what.as_str() {
                "cancel" => desk.cancel_job(id)?,
                "resume" => desk.resume_job(id)?,
                _ => return Err(Failure::Nowhere),
            };
            Ok(Answer::Go("/jobs".to_owned()))
        })
        .await
}
