use serde_json::json;

use super::ui::Ui;
use super::{Answer, Error, Place, acting, parse_word};
use crate::claim::{Tlp, quoted};

/// Open a new case
#[derive(clap::Args)]
pub(super) struct Args {
    /// Its name
    #[arg(value_name = "CASE")]
    case: String,
    /// Its marking, where it is not the desk's
    #[arg(long, value_name = "TLP", value_parser = parse_word::<Tlp>)]
    tlp: Option<Tlp>,
}

impl Args {
    pub(super) fn run(self, place: &Place, ui: &mut Ui) -> Result<Answer, Error> {
        let mut desk = place.open()?;
        let acting = acting(&desk)?;
        let id = desk.open_case(&acting, &self.case, self.tlp)?;
        let words =
            format!("Opened {:?} ({}). Next: `gainsay add {} FILE…`.", self.case, id.short(), quoted(&self.case));
        ui.result(&words, &json!({ "case": self.case, "id": id.to_string() }));
        Ok(Answer::Yes)
    }
}
