use std::path::PathBuf;

use serde_json::json;

use super::ui::Ui;
use super::{Answer, Error};
use crate::capture::Opener;
use crate::claim::{About, Reading, Span};
use crate::read::{Gazetteer, read};
use crate::release::Released;

/// Print the draft statements of a text; needs no desk and keeps nothing
#[derive(clap::Args)]
pub(super) struct Args {
    /// Texts or pages (HTML)
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Print one JSON object for each file; spans are byte offsets into the text that was read
    #[arg(long)]
    json: bool,
    /// Open foreign files even where the kernel cannot lock the worker down
    #[arg(long)]
    unsafe_no_sandbox: bool,
}

impl Args {
    pub(super) fn run(self, ui: &mut Ui) -> Result<Answer, Error> {
        let mut opener = Opener::start(self.unsafe_no_sandbox)?;
        let names = Gazetteer::bundled();
        for file in &self.files {
            let captured = match opener.document(file) {
                Ok(captured) => captured,
                Err(error) => {
                    ui.failure(&error);
                    continue;
                }
            };
            for problem in &captured.problems {
                ui.note(problem);
            }
            let about =
                About { title: captured.title.clone(), outlet: captured.outlet.clone(), published: captured.published };
            let reading = read(&captured.text, &about, &names);
            if self.json {
                let mut value = crate::export::reading::value(&captured.text, &reading);
                value["file"] = json!(file.to_string_lossy());
                value["title"] = json!(captured.title);
                value["outlet"] = json!(captured.outlet);
                value["published"] = json!(captured.published.map(|at| at.to_string()));
                ui.line(&value.to_string());
            } else {
                ui.out(&Released::plain(&for_people(file.display(), &captured.text, &reading)));
            }
        }
        Ok(Answer::Yes)
    }
}

fn for_people(file: impl std::fmt::Display, text: &str, reading: &Reading) -> String {
    let quote = |span: Span| span.of(text).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    let mut out = format!("{file}: {}\n", crate::assess::counted(reading.drafts.len(), "draft statement"));
    for draft in &reading.drafts {
        let statement = &draft.statement;
        let origin = statement.origin.as_ref().map_or(String::new(), |origin| format!(", repeating {origin}"));
        let about = if statement.about.is_empty() { String::new() } else { format!(" on {}", statement.about.join(", ")) };
        out += &format!(
            "\n  {} ({}) {}{about}{origin}   {} % sure: {}\n    bytes {}–{}: {}\n",
            statement.speaker,
            statement.speaker_kind,
            statement.stance.word().replace('_', " "),
            draft.confidence / 10,
            draft.because,
            statement.span.start,
            statement.span.end,
            quote(statement.span)
        );
    }
    let mut list = |what: &str, items: Vec<String>| {
        if !items.is_empty() {
            out += &format!("\n{what}: {}\n", items.join("; "));
        }
    };
    list("organisations", reading.organisations.iter().map(|o| format!("{} ({})", o.name, o.role.word().replace('_', " "))).collect());
    list("actors", reading.actors.iter().map(|actor| actor.name.clone()).collect());
    list("figures", reading.figures.iter().map(|figure| format!("{} {}", figure.kind, figure.value)).collect());
    list("ways in", reading.vectors.iter().map(|vector| format!("{} ({})", vector.attack_id, quote(vector.span))).collect());
    list("contacts", reading.contacts.iter().map(|contact| format!("{} to {}", contact.from, contact.to)).collect());
    list("rests on", reading.citations.iter().map(|cite| format!("{} ({})", cite.source, cite.kind)).collect());
    out
}
