use jiff::Timestamp;
use serde_json::json;

use super::ui::Ui;
use super::{Answer, Error, Place, parse_moment_inclusive};
use crate::claim::Until;
use crate::desk::Shape;

/// Show a case: the answer, claims, who said what, disagreements, evidence, next steps
#[derive(clap::Args)]
pub(super) struct Args {
    /// The case, by name or by the beginning of its id; all cases where it is not given
    #[arg(value_name = "CASE")]
    case: Option<String>,
    /// Only what was published until this day or moment
    #[arg(long, value_name = "DATE", value_parser = parse_moment_inclusive)]
    as_of: Option<Timestamp>,
    /// Only what this desk's ledger had received until this day or moment
    #[arg(long, value_name = "TIME", value_parser = parse_moment_inclusive)]
    known_at: Option<Timestamp>,
}

impl Args {
    pub(super) fn run(self, place: &Place, ui: &mut Ui) -> Result<Answer, Error> {
        let mut desk = place.open()?;
        if let Some(case) = self.case {
            let until = Until { published: self.as_of, received: self.known_at };
            let shape = if ui.json { Shape::Json } else { Shape::Text(ui.styles()) };
            let shown = desk.show(&case, Timestamp::now(), until, shape)?;
            ui.out(&shown);
            return Ok(Answer::Yes);
        }
        let cases = desk.cases()?;
        if ui.json {
            let list: Vec<_> = cases.iter().map(|(name, id)| json!({ "case": name, "id": id.to_string() })).collect();
            ui.value(json!(list));
        } else if cases.is_empty() {
            ui.line("No case yet. Open one with `gainsay open CASE`.");
        } else {
            for (name, id) in cases {
                ui.line(&format!("{}  {name}", id.short()));
            }
        }
        Ok(Answer::Yes)
    }
}
