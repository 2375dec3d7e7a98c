use std::ffi::OsString;

use clap::Parser;
use serde_json::json;

use super::ui::Ui;
use super::{Answer, Cli, Error, Place};
use crate::claim::on_one_line;
use crate::desk::Job;

/// List commands that run in the background, cancel them, or go on with them
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(clap::Subcommand)]
enum Command {
    /// End a job; what it finished is kept for when it is resumed
    Cancel {
        /// The job's number
        #[arg(value_name = "ID")]
        id: i64,
    },
    /// Go on with a job that was interrupted or cancelled, or that failed
    Resume {
        /// The job's number
        #[arg(value_name = "ID")]
        id: i64,
    },
}

/// The command that a job's process runs
#[derive(clap::Args)]
pub(super) struct OfJob {
    id: i64,
}

impl Args {
    pub(super) fn run(self, place: &Place, ui: &mut Ui) -> Result<Answer, Error> {
        let mut desk = place.open()?;
        match self.command {
            None => {
                let jobs = desk.jobs()?;
                if jobs.is_empty() && !ui.json {
                    ui.line("No job. `gainsay corpus add NAME PATH --background` starts one.");
                }
                jobs.iter().for_each(|job| show(job, ui));
            }
            Some(Command::Cancel { id }) => show(&desk.cancel_job(id)?, ui),
            Some(Command::Resume { id }) => show(&desk.resume_job(id)?, ui),
        }
        Ok(Answer::Yes)
    }
}

impl OfJob {
    /// Runs the command of a job. What it prints goes where whoever started the process said; how far it is, to the job's row.
    pub(super) fn run(self, place: &Place, ui: &mut Ui) -> Result<Answer, Error> {
        let mut desk = place.open()?;
        let arguments = desk.take_job(self.id)?;
        let desk_of_job = [OsString::from("--desk"), desk.root().as_os_str().to_owned()];
        let whole = [OsString::from("gainsay")].into_iter().chain(desk_of_job).chain(arguments);
        let result = match Cli::try_parse_from(whole) {
            Ok(cli) => {
                let (mut watched, id) = (place.open()?, self.id);
                ui.json |= cli.json;
                // A beat that is missed tells nothing wrong; the next one comes.
                ui.watch(Box::new(move |progress| drop(watched.beat_job(id, progress))));
                super::run(cli, ui)
            }
            Err(error) => Err(Error::Usage(error.to_string())),
        };
        let words = match &result {
            Ok(_) => String::new(),
            Err(error) => error.to_string(),
        };
        desk.end_job(self.id, result.is_ok(), &words)?;
        result
    }
}

pub(super) fn show(job: &Job, ui: &Ui) {
    let row = &job.row;
    let words: Vec<_> = row.arguments.iter().map(|argument| argument.to_string_lossy()).collect();
    let command = on_one_line(&words.join(" "));
    let progress =
        if row.progress.is_empty() { String::new() } else { format!("\n    {}", on_one_line(&row.progress)) };
    let heartbeat = row.lease.as_ref().map(|lease| lease.heartbeat.to_string());
    let value = json!({
        "id": row.id,
        "state": job.word(),
        "command": words,
        "made": row.made.to_string(),
        "heartbeat": heartbeat,
        "progress": row.progress,
        "log": job.log.to_string_lossy(),
    });
    ui.result(&format!("{} {}: {command}{progress}", row.id, job.word()), &value);
}
