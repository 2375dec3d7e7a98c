use std::path::PathBuf;

use super::ui::Ui;
use super::{Answer, Error};
use crate::desk::{Shape, drafts};

/// Print the draft statements of a text; needs no desk and keeps nothing
#[derive(clap::Args)]
pub(super) struct Args {
    /// Texts or pages (HTML)
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Say of each statement, and of each sentence that was set aside, why the reader decided so
    #[arg(long)]
    explain: bool,
    /// Open foreign files even where the kernel cannot lock the worker down
    #[arg(long)]
    unsafe_no_sandbox: bool,
}

impl Args {
    pub(super) fn run(self, ui: &mut Ui) -> Result<Answer, Error> {
        let shape = if ui.json { Shape::Json } else { Shape::Text(ui.styles()) };
        drafts(&self.files, shape, self.explain, self.unsafe_no_sandbox, &mut |result| match result {
            Ok(drafts) => {
                drafts.problems.iter().for_each(|problem| ui.note(problem));
                ui.out(&drafts.shown);
            }
            Err(error) => ui.failure(&error),
        })?;
        Ok(Answer::Yes)
    }
}
