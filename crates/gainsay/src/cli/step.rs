use jiff::civil::Date;
use serde_json::json;

use super::ui::Ui;
use super::{Answer, Error, Place, acting};
use crate::desk::TaskChange;

/// Take up a next step of a case: who does it, until when, and that it is done
///
/// Every change is an entry of the ledger with its author. `gainsay show CASE` lists the steps.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The case
    #[arg(value_name = "CASE")]
    case: String,
    /// The step: its number in `gainsay show`, or a new one in words
    #[arg(value_name = "STEP")]
    step: String,
    /// Who does it
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
    /// Until which day
    #[arg(long, value_name = "DAY", value_parser = day)]
    due: Option<Date>,
    /// It is done
    #[arg(long, conflicts_with = "open")]
    done: bool,
    /// It is not done after all
    #[arg(long)]
    open: bool,
}

fn day(words: &str) -> Result<Date, String> {
    words.parse().map_err(|_| "write it as 2019-05-14".to_owned())
}

impl Args {
    pub(super) fn run(self, place: &Place, ui: &mut Ui) -> Result<Answer, Error> {
        let mut desk = place.open()?;
        let acting = acting(&desk)?;
        let done = if self.done { Some(true) } else { self.open.then_some(false) };
        let change = TaskChange { owner: self.owner, due: self.due, done };
        let task = desk.set_task(&acting, &self.case, &self.step, &change)?;
        let value = json!({
            "what": task.what,
            "owner": task.owner,
            "due": task.due.map(|day| day.to_string()),
            "done": task.done.is_some(),
        });
        ui.result(&format!("{} ({})", task.what, task.words()), &value);
        Ok(Answer::Yes)
    }
}
