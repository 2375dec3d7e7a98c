use std::path::PathBuf;

use jiff::Timestamp;

use super::ui::Ui;
use super::{Answer, Error, Place};
use crate::desk::Shape;

/// Hold a statement that the company is about to publish against a case
///
/// Lists each sentence that evidence, the company's own earlier words, a recorded contact or other parties contradict, and each denial
/// that nothing but the company's word bears out, with the place. Exits with 0 where there is none, 1 where there is one.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The statement: a text or a page
    #[arg(value_name = "DRAFT")]
    draft: PathBuf,
    /// The case; where the desk has one, it is that
    #[arg(long, value_name = "CASE")]
    case: Option<String>,
    /// Whose statement it is; the desk's organisation, or the only company that the case says is breached, where it is not given
    #[arg(long = "as", value_name = "COMPANY")]
    company: Option<String>,
    /// Open foreign files even where the kernel cannot lock the worker down
    #[arg(long)]
    unsafe_no_sandbox: bool,
}

impl Args {
    pub(super) fn run(self, place: &Place, ui: &mut Ui) -> Result<Answer, Error> {
        let mut desk = place.open()?;
        let case = match self.case {
            Some(case) => case,
            None => match &desk.cases()?[..] {
                [(only, _)] => only.clone(),
                [] => return Err(Error::Usage("there is no case yet: open one with `gainsay open CASE`".to_owned())),
                _ => return Err(Error::Usage("the desk has several cases: say which with --case CASE".to_owned())),
            },
        };
        let shape = if ui.json { Shape::Json } else { Shape::Text(ui.styles()) };
        let checked =
            desk.check(&case, &self.draft, self.company.as_deref(), Timestamp::now(), shape, self.unsafe_no_sandbox)?;
        checked.problems.iter().for_each(|problem| ui.note(problem));
        ui.out(&checked.shown);
        Ok(if checked.holds { Answer::Yes } else { Answer::No })
    }
}
