use std::path::PathBuf;

use super::ui::Ui;
use super::{Answer, Error, Place, acting};
use crate::claim::SampleMatch;
use crate::desk::Shape;

/// Is it ours? How much, which files, which versions, when; works with no case
///
/// Exits 0 where the sample is the owner's, wholly or in part, and 1 where it is not or where it cannot be told.
#[derive(clap::Args)]
pub(super) struct Args {
    /// A file, a folder or an archive
    #[arg(value_name = "SAMPLE")]
    sample: PathBuf,
    /// Match against this corpus of ours only; public and published ones always take part
    #[arg(long, value_name = "NAME")]
    corpus: Option<String>,
    /// Keep the result as evidence in this case
    #[arg(long, value_name = "CASE")]
    case: Option<String>,
    /// Open foreign files even where the kernel cannot lock the worker down
    #[arg(long)]
    unsafe_no_sandbox: bool,
}

impl Args {
    pub(super) fn run(self, place: &Place, ui: &mut Ui) -> Result<Answer, Error> {
        let mut desk = place.open()?;
        let acting = acting(&desk)?;
        let report = desk.match_sample(
            &acting,
            &self.sample,
            self.corpus.as_deref(),
            self.case.as_deref(),
            self.unsafe_no_sandbox,
            &mut |done| ui.progress(|| format!("{} files, {} MB of the sample", done.files, done.bytes / 1_000_000)),
        )?;
        ui.clear_progress();
        ui.out(&report.shown(if ui.json { Shape::Json } else { Shape::Text(ui.styles()) }));
        let is_ours = |result: &SampleMatch| matches!(result.verdict.as_str(), "ours" | "partly ours");
        Ok(if report.results.iter().any(is_ours) { Answer::Yes } else { Answer::No })
    }
}
