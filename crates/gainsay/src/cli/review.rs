use std::collections::BTreeMap;

use serde_json::json;

use super::ui::Ui;
use super::{Answer, Error, Place, acting};
use crate::claim::{Stance, State};
use crate::desk::{self, Change, Desk, Mended, Waiting};

/// Accept, mend or reject what the reader drafted
///
/// Without a decision it lists what waits, or asks about each on a terminal. Handles are those of `gainsay show`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The case
    #[arg(value_name = "CASE")]
    case: String,
    /// Accept these as drafted; `all` for everything that waits
    #[arg(long, value_name = "HANDLE", num_args = 1.., value_delimiter = ',')]
    accept: Vec<String>,
    /// Reject these
    #[arg(long, value_name = "HANDLE", num_args = 1.., value_delimiter = ',')]
    reject: Vec<String>,
    /// Why they are rejected
    #[arg(long, value_name = "TEXT", requires = "reject")]
    reason: Option<String>,
    /// Accept with another speaker: s3=NAME
    #[arg(long, value_name = "HANDLE=NAME", value_parser = pair)]
    speaker: Vec<(String, String)>,
    /// Accept with another role of the speaker: s3=victim
    #[arg(long, value_name = "HANDLE=ROLE", value_parser = pair)]
    role: Vec<(String, String)>,
    /// Accept with another stance: s3=denies
    #[arg(long, value_name = "HANDLE=STANCE", value_parser = pair)]
    stance: Vec<(String, String)>,
    /// Change what another person has decided
    #[arg(long)]
    again: bool,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (handle, value) = text.split_once('=').ok_or("write it as HANDLE=VALUE, such as s3=denies")?;
    Ok((handle.to_owned(), value.to_owned()))
}

impl Args {
    pub(super) fn run(self, place: &Place, ui: &mut Ui) -> Result<Answer, Error> {
        let mut desk = place.open()?;
        let changes = self.changes(&mut desk)?;
        if !changes.is_empty() {
            let acting = acting(&desk)?;
            let count = desk.decide(&acting, &self.case, &changes, self.again)?;
            let words = format!("Decided on {}.", crate::claim::counted(count, "statement"));
            ui.result(&words, &json!({ "decided": count }));
            return Ok(Answer::Yes);
        }
        let waiting = desk.waiting(&self.case)?;
        if ui.json {
            for one in &waiting {
                ui.value(as_json(one));
            }
        } else if waiting.is_empty() {
            ui.line("Nothing waits for review.");
        } else if ui.can_ask() {
            self.ask_about_each(&mut desk, &waiting, ui)?;
        } else {
            for one in &waiting {
                ui.line(&as_text(one));
            }
            ui.line(&format!(
                "{} wait. Decide with --accept, --reject, --speaker, --stance.",
                crate::claim::counted(waiting.len(), "draft")
            ));
        }
        Ok(Answer::Yes)
    }

    fn changes(&self, desk: &mut Desk) -> Result<Vec<(String, Change)>, Error> {
        let mut changes: Vec<(String, Change)> = Vec::new();
        for handle in &self.accept {
            if handle == "all" {
                changes.extend(desk.waiting(&self.case)?.into_iter().map(|one| (one.said.handle, Change::Accept)));
            } else {
                changes.push((handle.clone(), Change::Accept));
            }
        }
        for handle in &self.reject {
            changes.push((handle.clone(), Change::Reject { reason: self.reason.clone() }));
        }
        let mut mended: BTreeMap<&str, Mended> = BTreeMap::new();
        for (handle, name) in &self.speaker {
            once(&mut mended.entry(handle).or_default().speaker, name.clone(), handle)?;
        }
        for (handle, word) in &self.role {
            let role = super::parse_word(word).map_err(Error::Usage)?;
            once(&mut mended.entry(handle).or_default().speaker_kind, role, handle)?;
        }
        for (handle, word) in &self.stance {
            let stance = super::parse_word(word).map_err(Error::Usage)?;
            once(&mut mended.entry(handle).or_default().stance, stance, handle)?;
        }
        changes.extend(mended.into_iter().map(|(handle, mended)| (handle.to_owned(), Change::Mend(mended))));
        Ok(changes)
    }

    fn ask_about_each(&self, desk: &mut Desk, waiting: &[Waiting], ui: &mut Ui) -> Result<(), Error> {
        let stances = Stance::ALL.iter().map(|stance| stance.word()).collect::<Vec<_>>().join(", ");
        for (number, one) in waiting.iter().enumerate() {
            ui.line(&format!("\n{} of {}\n{}", number + 1, waiting.len(), as_text(one)));
            let change = loop {
                let answer = ui.ask("[a]ccept, [r]eject, s[t]ance, s[p]eaker, [s]kip, [q]uit?");
                match answer.as_deref() {
                    Some("a") => break Some(Change::Accept),
                    Some("r") => break Some(Change::Reject { reason: ui.ask("Why?").filter(|why| !why.is_empty()) }),
                    Some("t") => {
                        let word = ui.ask(&format!("Which ({stances})?")).unwrap_or_default();
                        match super::parse_word::<Stance>(&word) {
                            Ok(stance) => {
                                break Some(Change::Mend(Mended { stance: Some(stance), ..Mended::default() }));
                            }
                            Err(why) => ui.line(&why),
                        }
                    }
                    Some("p") => match ui.ask("Who?").filter(|name| !name.is_empty()) {
                        Some(name) => {
                            break Some(Change::Mend(Mended { speaker: Some(name), ..Mended::default() }));
                        }
                        None => ui.line("A speaker has a name."),
                    },
                    Some("s") => break None,
                    Some("q") | None => return Ok(()),
                    Some(_) => {}
                }
            };
            if let Some(change) = change {
                let acting = acting(desk)?;
                // One commit for each: an interrupted review loses nothing.
                match desk.decide(&acting, &self.case, &[(one.said.handle.clone(), change)], self.again) {
                    Ok(_) => {}
                    Err(error) if error.is_no() => ui.note(&error.to_string()),
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(())
    }
}

fn once<T>(place: &mut Option<T>, value: T, handle: &str) -> Result<(), Error> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(desk::Error::DecidedTwice { handle: handle.to_owned() }.into()),
    }
}

fn as_text(one: &Waiting) -> String {
    let statement = &one.said.statement;
    let State::Draft { confidence } = one.said.state else { return String::new() };
    let origin = statement.origin.as_ref().map_or(String::new(), |origin| format!(", repeating {origin}"));
    format!(
        "{:<4} {} ({}) {}{origin}   in {}   {} % sure: {}\n     {}",
        one.said.handle,
        statement.speaker,
        statement.speaker_kind,
        statement.stance.word().replace('_', " "),
        one.source,
        confidence / 10,
        one.because,
        one.quote.as_deref().unwrap_or("[its words cannot be shown]").split_whitespace().collect::<Vec<_>>().join(" ")
    )
}

fn as_json(one: &Waiting) -> serde_json::Value {
    let statement = &one.said.statement;
    let State::Draft { confidence } = one.said.state else { return serde_json::Value::Null };
    json!({
        "handle": one.said.handle,
        "source": one.source,
        "speaker": statement.speaker,
        "speaker_kind": statement.speaker_kind.word(),
        "stance": statement.stance.word(),
        "origin": statement.origin,
        "span": { "start": statement.span.start, "end": statement.span.end },
        "quote": one.quote,
        "confidence_permille": confidence,
        "because": one.because,
    })
}
