use jiff::Timestamp;
use serde_json::json;

use super::ui::Ui;
use super::{Answer, Error, Place, parse_moment_inclusive};
use crate::claim::Until;
use crate::desk::Shape;

/// Show a case: the answer, next steps, claims, what may be behind them, and what they rest on
///
/// It fits a screen. With --all also each voice with its weight, edits and judgements, explanations with their grounds, timeline,
/// evidence, who said what, disagreements and sources.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The case, by name or by the beginning of its id; all cases where it is not given
    #[arg(value_name = "CASE")]
    case: Option<String>,
    /// All of it
    #[arg(long, requires = "case")]
    all: bool,
    /// Only what was published until this day or moment
    #[arg(long, value_name = "DATE", value_parser = parse_moment_inclusive)]
    as_of: Option<Timestamp>,
    /// Only what this desk's ledger had received until this day or moment
    #[arg(long, value_name = "TIME", value_parser = parse_moment_inclusive)]
    known_at: Option<Timestamp>,
    /// Of a source that was captured again, what changed from version to version, sentence by sentence
    #[arg(long, value_name = "SOURCE", requires = "case", conflicts_with_all = ["as_of", "known_at"])]
    changes: Option<String>,
}

impl Args {
    pub(super) fn run(self, place: &Place, ui: &mut Ui) -> Result<Answer, Error> {
        let mut desk = place.open()?;
        if let Some(case) = self.case {
            let until = Until { published: self.as_of, received: self.known_at };
            let shape = match self.all || self.changes.is_some() {
                _ if ui.json => Shape::Json,
                true => Shape::Text(ui.styles()),
                false => Shape::Screen(ui.styles()),
            };
            let shown = match self.changes {
                Some(source) => desk.changes(&case, &source, Timestamp::now(), shape)?,
                None => desk.show(&case, Timestamp::now(), until, shape)?,
            };
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
