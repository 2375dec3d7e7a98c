//! The one door to the terminal: results to standard output, notes and progress to standard error.
//!
//! Only what was released goes out of it, and everything that is not a result is masked here.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this file is the door that the rest of the program uses"
)]

use std::io::{BufRead, IsTerminal, Write};
use std::time::{Duration, Instant};

use crate::desk::Styles;
use crate::release::Released;

/// The terminal, or what stands in for it.
pub(super) struct Ui {
    /// Whether results are for machines.
    pub(super) json: bool,
    colour: bool,
    shows_progress: bool,
    last_progress: Option<Instant>,
    /// Whether something went wrong that did not end the command.
    failed: bool,
    watch: Option<Watch>,
    last_watched: Option<Instant>,
}

/// Who is told of progress where there is no terminal.
type Watch = Box<dyn FnMut(&str) + Send>;

/// How often progress is drawn.
const PROGRESS_EVERY: Duration = Duration::from_millis(150);

/// How often whoever watches a job is told: each time costs a write to the disk.
const WATCHED_EVERY: Duration = Duration::from_secs(2);

impl Ui {
    pub(super) fn new(json: bool) -> Ui {
        let colour = anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never;
        let shows_progress = std::io::stderr().is_terminal();
        Ui { json, colour, shows_progress, last_progress: None, failed: false, watch: None, last_watched: None }
    }

    pub(super) fn styles(&self) -> Styles {
        if self.colour { Styles::colour() } else { Styles::default() }
    }

    /// How many columns there are: what `COLUMNS` says, else what the terminal does, else as many as a terminal had first.
    pub(super) fn columns(&self) -> usize {
        let said = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let terminal = || terminal_size::terminal_size().map(|(terminal_size::Width(width), _)| usize::from(width));
        said.or_else(terminal).unwrap_or(80)
    }

    /// Prints a result.
    pub(super) fn out(&self, released: &Released) {
        let mut stdout = std::io::stdout().lock();
        // A closed pipe (`| head`) ends the output and is no failure.
        let _ = stdout.write_all(released.as_str().as_bytes());
        if !released.as_str().ends_with('\n') {
            let _ = stdout.write_all(b"\n");
        }
        let _ = stdout.flush();
    }

    /// Prints a line of a result that says nothing of a case.
    pub(super) fn line(&self, line: &str) {
        self.out(&Released::plain(&format!("{line}\n")));
    }

    /// Prints a value for machines, on one line.
    pub(super) fn value(&self, value: serde_json::Value) {
        self.out(&Released::json(value));
    }

    /// Prints a result, in words or as JSON.
    pub(super) fn result(&self, words: &str, value: &serde_json::Value) {
        if self.json { self.value(value.clone()) } else { self.line(words) }
    }

    /// Prints a note that is not part of the result.
    pub(super) fn note(&mut self, note: &str) {
        self.clear_progress();
        eprintln!("{}", Released::plain(note).as_str());
    }

    /// Reports something that went wrong while the rest goes on, and remembers it for the exit code.
    pub(super) fn failure(&mut self, failure: &dyn std::fmt::Display) {
        self.failed = true;
        self.note(&format!("error: {failure}"));
    }

    /// Whether something went wrong that did not end the command.
    pub(super) fn failed(&self) -> bool {
        self.failed
    }

    /// Tells progress to this from now on, and draws it no more.
    pub(super) fn watch(&mut self, watch: Watch) {
        self.shows_progress = false;
        self.watch = Some(watch);
    }

    /// Draws progress over the last one, on a terminal and not too often.
    pub(super) fn progress(&mut self, text: impl FnOnce() -> String) {
        if let Some(watch) = &mut self.watch {
            if self.last_watched.is_none_or(|last| last.elapsed() >= WATCHED_EVERY) {
                self.last_watched = Some(Instant::now());
                watch(Released::plain(&text()).as_str());
            }
            return;
        }
        let due = self.last_progress.is_none_or(|last| last.elapsed() >= PROGRESS_EVERY);
        if self.shows_progress && due {
            self.last_progress = Some(Instant::now());
            eprint!("\r\x1b[2K{}", Released::plain(&text()).as_str());
        }
    }

    pub(super) fn clear_progress(&mut self) {
        if self.last_progress.take().is_some() {
            eprint!("\r\x1b[2K");
        }
    }

    /// Whether there is somebody to ask.
    pub(super) fn can_ask(&self) -> bool {
        !self.json && std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
    }

    /// Asks for what the terminal is not to show; `None` at the end of the input, or where it cannot be hidden.
    pub(super) fn ask_hidden(&self, question: &str) -> Option<String> {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

        let terminal = std::io::stdin();
        let shown = tcgetattr(&terminal).ok()?;
        let mut hidden = shown.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        tcsetattr(&terminal, OptionalActions::Flush, &hidden).ok()?;
        let mut answer = String::new();
        eprint!("{question} ");
        let read = terminal.lock().read_line(&mut answer);
        let _ = tcsetattr(&terminal, OptionalActions::Flush, &shown);
        eprintln!();
        read.ok().filter(|read| *read > 0).map(|_| answer.trim_end_matches(['\n', '\r']).to_owned())
    }

    /// Asks; `None` at the end of the input.
    pub(super) fn ask(&self, question: &str) -> Option<String> {
        print!("{question} ");
        let _ = std::io::stdout().flush();
        let mut answer = String::new();
        match std::io::stdin().lock().read_line(&mut answer) {
            Ok(0) | Err(_) => None,
            Ok(_) => Some(answer.trim().to_owned()),
        }
    }
}
