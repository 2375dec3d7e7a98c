//! The command line: one file for each command, each calling the desk and printing through `ui`.

mod add;
mod assess;
mod challenge;
mod check;
mod claim;
mod corpus;
mod demo;
mod doctor;

mod error;
mod init;
mod jobs;
mod judge;
mod ledger;
mod matching;
mod model;
mod names;

mod open;
mod parties;
mod passwords;
mod private;
mod read;
mod report;
mod review;
mod serve;
mod settle;
mod show;
mod step;
mod ui;
mod user;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use jiff::Timestamp;

use crate::claim::Tlp;
use crate::desk::{self, Acting, Desk};
pub(crate) use error::Error;
use ui::Ui;

/// Is it true, is it ours, what do we do? Takes a data-breach claim from the first rumour to an answer that anyone can check.
#[derive(Parser)]
#[command(
    name = "gainsay",
    version,
    max_term_width = 100,
    after_help = "Exit codes: 0 yes or done, 1 no (a question's answer), 2 error.\nEnvironment: GAINSAY_AUTHOR names who makes the entries, GAINSAY_LOG sets the log (error, warn, info, debug, trace), GAINSAY_MODEL_KEY opens the endpoint of a model."
)]
struct Cli {
    /// The desk's folder; found upwards from the working folder where it is not given.
    #[arg(long, global = true, value_name = "DESK")]
    desk: Option<PathBuf>,
    /// Print JSON for machines: one object, or one a line where there are several.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Demo(demo::Args),
    Init(init::Args),
    Corpus(corpus::Args),
    Match(matching::Args),
    Challenge(challenge::Args),
    Open(open::Args),
    Add(add::Args),
    Read(read::Args),
    Review(review::Args),
    Show(show::Args),
    Report(report::Args),
    Check(check::Args),
    Assess(assess::Args),
    Claim(claim::Args),
    Judge(judge::Args),
    Step(step::Args),
    Settle(settle::Args),
    Private(private::Args),
    Parties(parties::Args),
    Names(names::Args),
    Ledger(ledger::Args),
    Jobs(jobs::Args),
    Serve(serve::Args),
    User(user::Args),
    Doctor(doctor::Args),
    #[command(name = crate::desk::JOB_COMMAND, hide = true)]
    OfJob(jobs::OfJob),
}

/// What a command answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Yes, or done.
    Yes,
    /// No.
    No,
}

/// Parses the command line and runs it.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(help) => {
            // Help and version go to standard output with 0, everything else to standard error with 2.
            let _ = help.print();
            return ExitCode::from(if help.use_stderr() { 2 } else { 0 });
        }
    };
    start_log();
    let mut ui = Ui::new(cli.json);
    let result = run(cli, &mut ui);
    ui.clear_progress();
    match result {
        Ok(_) if ui.failed() => ExitCode::from(2),
        Ok(Answer::Yes) => ExitCode::SUCCESS,
        Ok(Answer::No) => ExitCode::from(1),
        Err(error) => {
            ui.note(&format!("error: {error}"));
            ExitCode::from(error.exit_code())
        }
    }
}

fn run(cli: Cli, ui: &mut Ui) -> Result<Answer, Error> {
    let place = Place { desk: cli.desk };
    match cli.command {
        Command::Demo(args) => args.run(ui),
        Command::Init(args) => args.run(&place, ui),
        Command::Corpus(args) => args.run(&place, ui),
        Command::Match(args) => args.run(&place, ui),
        Command::Challenge(args) => args.run(&place, ui),
        Command::Open(args) => args.run(&place, ui),
        Command::Add(args) => args.run(&place, ui),
        Command::Read(args) => args.run(&place, ui),
        Command::Review(args) => args.run(&place, ui),
        Command::Show(args) => args.run(&place, ui),
        Command::Report(args) => args.run(&place, ui),
        Command::Check(args) => args.run(&place, ui),
        Command::Assess(args) => args.run(&place, ui),
        Command::Claim(args) => args.run(&place, ui),
        Command::Judge(args) => args.run(&place, ui),
        Command::Step(args) => args.run(&place, ui),
        Command::Settle(args) => args.run(&place, ui),
        Command::Private(args) => args.run(&place, ui),
        Command::Parties(args) => args.run(&place, ui),
        Command::Names(args) => args.run(&place, ui),
        Command::Ledger(args) => args.run(&place, ui),
        Command::Jobs(args) => args.run(&place, ui),
        Command::Serve(args) => args.run(&place, ui),
        Command::User(args) => args.run(&place, ui),
        Command::Doctor(args) => args.run(ui),
        Command::OfJob(args) => args.run(&place, ui),
    }
}

/// Where the desk is said to be.
struct Place {
    desk: Option<PathBuf>,
}

impl Place {
    fn open(&self) -> Result<Desk, Error> {
        Ok(match &self.desk {
            Some(folder) => Desk::open(folder)?,
            None => Desk::find(&std::env::current_dir().map_err(Error::WorkingFolder)?)?,
        })
    }
}

impl Place {
    /// The marking of the desk that is named or near; a command that needs no desk has none where there is none.
    fn marking(&self) -> Result<Option<Tlp>, Error> {
        match self.open() {
            Ok(desk) => Ok(Some(desk.config.tlp)),
            Err(Error::Desk(desk::Error::NoDesk { .. })) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Who acts at this desk, now.
fn acting(desk: &Desk) -> Result<Acting, Error> {
    let from_environment = |name| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    let author = from_environment("GAINSAY_AUTHOR")
        .or_else(|| desk.config.author.clone())
        .or_else(|| from_environment("USER"))
        .unwrap_or_else(|| "unknown".to_owned());
    Ok(Acting::new(&author, Timestamp::now())?)
}

fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("GAINSAY_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).init();
}

/// A moment as users write it: a day, or RFC 3339.
fn parse_moment(words: &str) -> Result<Timestamp, String> {
    crate::desk::moment(words)
        .ok_or_else(|| "give a day like 2019-05-14, or a moment like 2019-05-14T10:00:00Z".to_owned())
}

/// The end of a day that was given without a time, so that `--as-of 2019-05-14` includes that day.
fn parse_moment_inclusive(words: &str) -> Result<Timestamp, String> {
    let moment = parse_moment(words)?;
    let is_day = words.trim().len() == "2019-05-14".len();
    let end = if is_day { jiff::SignedDuration::from_secs(86_399) } else { jiff::SignedDuration::ZERO };
    moment.checked_add(end).map_err(|e| e.to_string())
}

fn parse_word<T: std::str::FromStr<Err: ToString>>(word: &str) -> Result<T, String> {
    word.parse().map_err(|e: T::Err| e.to_string())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_well_formed() {
        use clap::CommandFactory;
        super::Cli::command().debug_assert();
    }
}
