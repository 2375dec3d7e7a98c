use std::cell::RefCell;
use std::path::PathBuf;

use super::model::ModelArgs;
use super::ui::Ui;
use super::{Answer, Error, Place};
use crate::desk::{Reader, Shape, drafts};

/// Print the draft statements of a text; needs no desk and keeps nothing
#[derive(clap::Args)]
pub(super) struct Args {
    /// Texts or pages (HTML)
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Open foreign files even where the kernel cannot lock the worker down
    #[arg(long)]
    unsafe_no_sandbox: bool,
    #[command(flatten)]
    model: ModelArgs,
}

impl Args {
    pub(super) fn run(self, place: &Place, ui: &mut Ui) -> Result<Answer, Error> {
        let shape = if ui.json { Shape::Json } else { Shape::Text(ui.styles()) };
        let model = self.model.reader(ui)?;
        // The desk's marking holds for what leaves this machine, and for nothing else here.
        let tlp = if model.is_some() { place.marking()? } else { None };
        let ui = RefCell::new(ui);
        let reader =
            Reader { model: model.as_ref(), on_progress: &|step| ui.borrow_mut().progress(|| step.to_owned()) };
        drafts(&self.files, shape, self.unsafe_no_sandbox, (&reader, tlp), &mut |result| match result {
            Ok(drafts) => {
                let mut ui = ui.borrow_mut();
                drafts.problems.iter().for_each(|problem| ui.note(problem));
                ui.out(&drafts.shown);
            }
            Err(error) => ui.borrow_mut().failure(&error),
        })?;
        Ok(Answer::Yes)
    }
}
