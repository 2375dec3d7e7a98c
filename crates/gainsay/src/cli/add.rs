use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::json;

use super::ui::Ui;
use super::{Answer, Error, Place, acting, parse_moment, parse_word};
use crate::claim::{SourceKind, Tlp};
use crate::desk::{self, AddOptions, Added, Keep};

/// Capture stories, statements, listings and samples into a case, and read them
#[derive(clap::Args)]
pub(super) struct Args {
    /// The case
    #[arg(value_name = "CASE")]
    case: String,
    /// Texts, pages (HTML), archives, and folders of them
    #[arg(value_name = "SOURCE", required = true)]
    sources: Vec<PathBuf>,
    /// What they are: story, retelling, statement, listing or sample; archives are samples where it is not said
    #[arg(long = "as", value_name = "KIND", value_parser = parse_word::<SourceKind>)]
    kind: Option<SourceKind>,
    /// Their marking, where it is not the desk's
    #[arg(long, value_name = "TLP", value_parser = parse_word::<Tlp>)]
    tlp: Option<Tlp>,
    /// How they are to be handled, in words
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// The title, over the one in the source
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Who published them, over what the source says
    #[arg(long, value_name = "NAME")]
    outlet: Option<String>,
    /// When they were published, over what the source says
    #[arg(long, value_name = "DATE", value_parser = parse_moment)]
    published: Option<Timestamp>,
    /// Leave the bytes where they are: the desk keeps path and digest (what samples get where nothing is said)
    #[arg(long, conflicts_with = "seal")]
    outside: bool,
    /// Keep the bytes in the desk, encrypted to this age recipient, whose key stays elsewhere
    #[arg(long, value_name = "AGE-RECIPIENT")]
    seal: Option<String>,
    /// Open foreign files even where the kernel cannot lock the worker down
    #[arg(long)]
    unsafe_no_sandbox: bool,
}

impl Args {
    pub(super) fn run(self, place: &Place, ui: &mut Ui) -> Result<Answer, Error> {
        let mut desk = place.open()?;
        let acting = acting(&desk);
        let keep = match self.seal {
            Some(recipient) => Some(Keep::Sealed(recipient)),
            None => self.outside.then_some(Keep::Outside),
        };
        let options = AddOptions {
            kind: self.kind,
            keep,
            tlp: self.tlp,
            note: self.note,
            title: self.title,
            outlet: self.outlet,
            published: self.published,
            unjailed: self.unsafe_no_sandbox,
        };
        let mut count = 0;
        desk.add(&acting, &self.case, &self.sources, &options, &mut |path, result| {
            count += usize::from(result.is_ok());
            if ui.json { print_json(ui, path, result) } else { print(ui, path, result) }
        })?;
        if !ui.json && count > 0 {
            ui.line(&format!("Next: `gainsay show {:?}`, `gainsay review {:?}`.", self.case, self.case));
        }
        Ok(Answer::Yes)
    }
}

fn print(ui: &mut Ui, path: &Path, result: &Result<Added, desk::Error>) {
    let added = match result {
        Ok(added) => added,
        Err(error) => return ui.failure(error),
    };
    let path = path.display();
    if added.already {
        ui.line(&format!("{path}: the case has this {} already ({})", added.kind, added.id.short()));
    } else if added.kind == SourceKind::Sample {
        ui.line(&format!("{path}: sample ({}); match it with `gainsay match {path} --case CASE`", added.id.short()));
    } else {
        let version = if added.is_new_version { "new version of a " } else { "" };
        ui.line(&format!(
            "{path}: {version}{} ({}), {} drafted, {} of them accepted by the reader",
            added.kind,
            added.id.short(),
            crate::claim::counted(added.drafted, "statement"),
            added.accepted
        ));
    }
    for problem in &added.problems {
        ui.note(&format!("{path}: {problem}"));
    }
}

fn print_json(ui: &mut Ui, path: &Path, result: &Result<Added, desk::Error>) {
    let value = match result {
        Ok(added) => json!({
            "path": path.to_string_lossy(),
            "id": added.id.to_string(),
            "kind": added.kind.word(),
            "already": added.already,
            "new_version": added.is_new_version,
            "drafted": added.drafted,
            "accepted": added.accepted,
            "problems": added.problems,
        }),
        Err(error) => {
            ui.failure(error);
            json!({ "path": path.to_string_lossy(), "error": error.to_string() })
        }
    };
    ui.value(value);
}
