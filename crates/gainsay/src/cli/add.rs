use std::cell::RefCell;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::json;

use super::model::ModelArgs;
use super::ui::Ui;
use super::{Answer, Error, Place, acting, parse_moment, parse_word};
use crate::claim::{SourceKind, Tlp, on_one_line, quoted};
use crate::desk::{self, AddOptions, Added, Keep, Reader};

/// Capture stories, statements, listings and samples into a case, and read them
#[derive(clap::Args)]
pub(super) struct Args {
    /// The case
    #[arg(value_name = "CASE")]
    case: String,
    /// Texts, HTML, Markdown, PDF, mail (.eml, .mbox), feeds (RSS, Atom, JSON), Telegram exports, lists of RansomLook and ransomware.live,
    /// archives, and folders of them; each document in a file becomes a source
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
    /// Keep the bytes in the desk, encrypted to this age recipient, whose key stays elsewhere; what was read in them (speakers, names,
    /// figures, title) is kept in clear
    #[arg(long, value_name = "AGE-RECIPIENT")]
    seal: Option<String>,
    /// Open foreign files even where the kernel cannot lock the worker down
    #[arg(long)]
    unsafe_no_sandbox: bool,
    #[command(flatten)]
    model: ModelArgs,
}

impl Args {
    pub(super) fn run(self, place: &Place, ui: &mut Ui) -> Result<Answer, Error> {
        let mut desk = place.open()?;
        let acting = acting(&desk)?;
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
            name: None,
            unjailed: self.unsafe_no_sandbox,
        };
        let model = self.model.reader(ui)?;
        let is_sealed = matches!(options.keep, Some(Keep::Sealed(_)));
        let (mut count, mut read) = (0, false);
        let shared = RefCell::new(&mut *ui);
        let reader =
            Reader { model: model.as_ref(), on_progress: &|step| shared.borrow_mut().progress(|| step.to_owned()) };
        desk.add(&acting, &self.case, &self.sources, &options, &reader, &mut |path, result| {
            let ui = &mut **shared.borrow_mut();
            count += usize::from(result.is_ok());
            read |= result.as_ref().is_ok_and(|added| added.kind != SourceKind::Sample);
            if ui.json { print_json(ui, path, result) } else { print(ui, &self.case, path, result) }
        })?;
        if is_sealed && read {
            ui.note(
                "Sealed are the bytes alone: what was read in them (speakers, names, figures, title) is kept in clear.",
            );
        }
        if !ui.json && count > 0 {
            let case = quoted(&self.case);
            ui.line(&format!("Next: `gainsay show {case}`, `gainsay review {case}`."));
        }
        Ok(Answer::Yes)
    }
}

fn print(ui: &mut Ui, case: &str, path: &Path, result: &Result<Added, desk::Error>) {
    let added = match result {
        Ok(added) => added,
        Err(error) => return ui.failure(&on_one_line(&error.to_string())),
    };
    let word = quoted(&path.to_string_lossy());
    let part = added.part.as_ref().map_or(String::new(), |part| format!("!{part}"));
    let path = on_one_line(&format!("{}{part}", path.to_string_lossy()));
    if added.already {
        ui.line(&format!("{path}: the case has this {} already ({})", added.kind, added.id.short()));
    } else if added.kind == SourceKind::Sample {
        let id = added.id.short();
        ui.line(&format!("{path}: sample ({id}); match it with `gainsay match {word} --case {}`", quoted(case)));
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
        ui.note(&on_one_line(problem));
    }
}

fn print_json(ui: &mut Ui, path: &Path, result: &Result<Added, desk::Error>) {
    let value = match result {
        Ok(added) => json!({
            "path": path.to_string_lossy(),
            "part": added.part,
            "id": added.id.to_string(),
            "kind": added.kind.word(),
            "already": added.already,
            "new_version": added.is_new_version,
            "drafted": added.drafted,
            "accepted": added.accepted,
            "problems": added.problems,
        }),
        Err(error) => {
            ui.failure(&on_one_line(&error.to_string()));
            json!({ "path": path.to_string_lossy(), "error": error.to_string() })
        }
    };
    ui.value(value);
}
