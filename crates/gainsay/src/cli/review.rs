use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::ui::Ui;
use super::{Answer, Error, Place, acting, parse_word};
use crate::claim::{Stance, State, counted};
use crate::desk::{self, Change, Desk, Mended, Over, Waiting, Wanted};
use crate::release::Released;

/// Accept, mend, split or reject what the reader drafted
///
/// Without a decision it lists what waits, or asks about each on a terminal. Handles are those of `gainsay show`. --by, --saying,
/// --from and --sure choose among what waits: what is listed and asked, and what `all` means.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The case
    #[arg(value_name = "CASE")]
    case: String,
    /// Accept these as drafted; `all` for everything that waits
    #[arg(long, value_name = "HANDLE", num_args = 1.., value_delimiter = ',')]
    accept: Vec<String>,
    /// Reject these; `all` for everything that waits
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
    /// Split in two before these words, and accept both: 's3=while Acme'; the second gets a handle of its own
    #[arg(long, value_name = "HANDLE=WORDS", value_parser = pair)]
    split: Vec<(String, String)>,
    /// Of what waits only speakers whose name holds this
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Of what waits only this stance
    #[arg(long, value_name = "STANCE", value_parser = parse_word::<Stance>)]
    saying: Option<Stance>,
    /// Of what waits only this source
    #[arg(long, value_name = "SOURCE")]
    from: Option<String>,
    /// Of what waits only that of which the reader is so sure
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u16).range(0..=100))]
    sure: Option<u16>,
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
        if !changes.is_empty() || self.decides() {
            let acting = acting(&desk)?;
            let count = desk.decide(&acting, &self.case, &changes, over(self.again))?;
            let words = format!("Decided on {}.", counted(count, "statement"));
            ui.result(&words, &json!({ "decided": count }));
            return Ok(Answer::Yes);
        }
        let waiting = desk.waiting(&self.case, &self.wanted())?;
        if ui.json {
            for one in &waiting {
                ui.value(as_json(one));
            }
        } else if waiting.is_empty() {
            ui.line("Nothing waits for review.");
        } else if ui.can_ask() {
            self.ask_about_each(&mut desk, waiting, ui)?;
        } else {
            for one in &waiting {
                show(one, ui);
            }
            ui.line(&format!(
                "{} wait. Decide with --accept, --reject, --split, --speaker, --stance.",
                counted(waiting.len(), "draft")
            ));
        }
        Ok(Answer::Yes)
    }

    fn wanted(&self) -> Wanted {
        Wanted {
            speaker: self.by.clone(),
            stance: self.saying,
            source: self.from.clone(),
            sure: self.sure.map(|percent| percent * 10),
        }
    }

    /// Whether something is decided, even where it comes to nothing: `--accept all` where nothing waits.
    fn decides(&self) -> bool {
        !self.accept.is_empty() || !self.reject.is_empty()
    }

    fn changes(&self, desk: &mut Desk) -> Result<Vec<(String, Change)>, Error> {
        let mut changes: Vec<(String, Change)> = Vec::new();
        let rejected = Change::Reject { reason: self.reason.clone() };
        for (handles, change) in [(&self.accept, Change::Accept), (&self.reject, rejected)] {
            for handle in handles {
                if handle == "all" {
                    let waiting = desk.waiting(&self.case, &self.wanted())?;
                    changes.extend(waiting.into_iter().map(|one| (one.said.handle, change.clone())));
                } else {
                    changes.push((handle.clone(), change.clone()));
                }
            }
        }
        for (handle, words) in &self.split {
            let at = desk.place_to_split(&self.case, handle, words)?;
            changes.push((handle.clone(), Change::Split { at, second: Mended::default() }));
        }
        let mut mended: BTreeMap<&str, Mended> = BTreeMap::new();
        for (handle, name) in &self.speaker {
            once(&mut mended.entry(handle).or_default().speaker, name.clone(), handle)?;
        }
        for (handle, word) in &self.role {
            let role = parse_word(word).map_err(Error::Usage)?;
            once(&mut mended.entry(handle).or_default().speaker_kind, role, handle)?;
        }
        for (handle, word) in &self.stance {
            let stance = parse_word(word).map_err(Error::Usage)?;
            once(&mut mended.entry(handle).or_default().stance, stance, handle)?;
        }
        changes.extend(mended.into_iter().map(|(handle, mended)| (handle.to_owned(), Change::Mend(mended))));
        Ok(changes)
    }

    fn ask_about_each(&self, desk: &mut Desk, waiting: Vec<Waiting>, ui: &mut Ui) -> Result<(), Error> {
        let mut decided: BTreeSet<String> = BTreeSet::new();
        let mut at = 0;
        while let Some(one) = waiting.get(at) {
            let handle = &one.said.handle;
            ui.line(&format!("\n{} of {}", at + 1, waiting.len()));
            show(one, ui);
            let changes = match self.ask_about(one, desk, ui)? {
                Asked::Change(change) => vec![(handle.clone(), change)],
                Asked::AcceptAlike => {
                    let is_alike = |other: &&Waiting| {
                        let (this, other) = (&one.said.statement, &other.said.statement);
                        (&this.speaker, this.stance) == (&other.speaker, other.stance)
                    };
                    let alike = waiting[at..].iter().filter(is_alike).map(|it| it.said.handle.clone());
                    alike.filter(|it| it == handle || !decided.contains(it)).map(|it| (it, Change::Accept)).collect()
                }
                Asked::Skip => Vec::new(),
                Asked::Back => {
                    at = at.saturating_sub(1);
                    continue;
                }
                Asked::Quit => return Ok(()),
            };
            if !changes.is_empty() {
                // One commit for each answer: an interrupted review loses nothing. What was answered here may be answered again.
                let again = self.again || changes.iter().any(|(handle, _)| decided.contains(handle));
                let acting = acting(desk)?;
                match desk.decide(&acting, &self.case, &changes, over(again)) {
                    Ok(_) => decided.extend(changes.into_iter().map(|(handle, _)| handle)),
                    Err(error) if error.is_no() => ui.note(&error.to_string()),
                    Err(error) => return Err(error.into()),
                }
            }
            at += 1;
            while waiting.get(at).is_some_and(|next| decided.contains(&next.said.handle)) {
                at += 1;
            }
        }
        Ok(())
    }

    fn ask_about(&self, one: &Waiting, desk: &mut Desk, ui: &mut Ui) -> Result<Asked, Error> {
        loop {
            let answer = ui.ask(
                "[a]ccept, accept [A]ll of this speaker and stance, [r]eject, s[t]ance, s[p]eaker, split [x], [s]kip, [b]ack, [q]uit?",
            );
            return Ok(match answer.as_deref() {
                Some("a") => Asked::Change(Change::Accept),
                Some("A") => Asked::AcceptAlike,
                Some("r") => {
                    let reason = ui.ask("Why?").filter(|why| !why.is_empty());
                    Asked::Change(Change::Reject { reason })
                }
                Some("t") => match ask_stance("Which", ui) {
                    Some(stance) => Asked::Change(Change::Mend(Mended { stance: Some(stance), ..Mended::default() })),
                    None => continue,
                },
                Some("p") => match ui.ask("Who?").filter(|name| !name.is_empty()) {
                    Some(name) => Asked::Change(Change::Mend(Mended { speaker: Some(name), ..Mended::default() })),
                    None => continue,
                },
                Some("x") => {
                    let words = ui.ask("Before which words?").unwrap_or_default();
                    match desk.place_to_split(&self.case, &one.said.handle, &words) {
                        Ok(at) => {
                            let speaker = ui.ask("Who says the second part (nothing: the same)?");
                            let speaker = speaker.filter(|name| !name.is_empty());
                            let stance = ask_stance("With which stance (nothing: the same;", ui);
                            Asked::Change(Change::Split { at, second: Mended { speaker, stance, ..Mended::default() } })
                        }
                        Err(error) => {
                            ui.note(&error.to_string());
                            continue;
                        }
                    }
                }
                Some("s") => Asked::Skip,
                Some("b") => Asked::Back,
                Some("q") | None => Asked::Quit,
                Some(_) => continue,
            });
        }
    }
}

fn over(again: bool) -> Over {
    if again { Over::Anybody } else { Over::Nobody }
}

/// What somebody answered.
enum Asked {
    Change(Change),
    /// Accept it, and what waits of its speaker with its stance.
    AcceptAlike,
    Skip,
    Back,
    Quit,
}

/// A stance by the beginning of its word; `None` where nothing is answered.
fn ask_stance(question: &str, ui: &mut Ui) -> Option<Stance> {
    let stances = Stance::ALL.iter().map(|stance| stance.word()).collect::<Vec<_>>().join(", ");
    loop {
        let answer = ui.ask(&format!("{question} ({stances})?")).filter(|answer| !answer.is_empty())?;
        let begins = |stance: &&Stance| stance.word().starts_with(&answer);
        match Stance::ALL.iter().filter(begins).collect::<Vec<_>>()[..] {
            [stance] => return Some(*stance),
            _ => ui.line("The beginning of one of them, as far as it tells them apart."),
        }
    }
}

fn once<T>(place: &mut Option<T>, value: T, handle: &str) -> Result<(), Error> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(desk::Error::DecidedTwice { handle: handle.to_owned() }.into()),
    }
}

/// The draft, its words set off in their sentence.
fn show(one: &Waiting, ui: &Ui) {
    let statement = &one.said.statement;
    let State::Draft { confidence } = one.said.state else { return };
    let origin = statement.origin.as_ref().map_or(String::new(), |origin| format!(", repeating {origin}"));
    let on_one_line = |words: &str| words.split_whitespace().collect::<Vec<_>>().join(" ");
    let quote = one.quote.as_deref().map_or("[its words cannot be shown]".to_owned(), on_one_line);
    let (before, after) = (on_one_line(&one.around.0), on_one_line(&one.around.1));
    let styles = ui.styles();
    let (on, off) = if styles.is_coloured() { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
    // Without colour the words stand on a line of their own.
    let (gap, end) = if styles.is_coloured() { (" ", " ") } else { ("\n     ", "\n     ") };
    let before = if before.is_empty() { String::new() } else { format!("… {before}{gap}") };
    let after = if after.is_empty() { String::new() } else { format!("{end}{after} …") };
    let text = format!(
        "{:<4} {} ({}) {}{origin}   in {}   {} % sure: {}\n     {before}{on}{quote}{off}{after}\n",
        one.said.handle,
        statement.speaker,
        statement.speaker_kind,
        statement.stance.word().replace('_', " "),
        one.source,
        confidence / 10,
        one.because,
    );
    ui.out(&if styles.is_coloured() { Released::coloured(&text) } else { Released::plain(&text) });
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
        "before": one.around.0,
        "after": one.around.1,
        "confidence_permille": confidence,
        "because": one.because,
    })
}
