use serde_json::json;

use super::ui::Ui;
use super::{Answer, Error, Place, acting};

/// Say what became of a claim: it proved true or false, or is open again
///
/// What each party had said of it goes into its track record (`gainsay parties`), by which its word weighs in other cases from then on.
/// Every settlement is an entry of the ledger with its author and reason; a later one takes its place.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The case
    #[arg(value_name = "CASE")]
    case: String,
    /// The claim, by its handle in `gainsay show`
    #[arg(value_name = "CLAIM")]
    claim: String,
    /// What became of it
    #[arg(value_name = "OUTCOME")]
    outcome: Outcome,
    /// How that is known
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Outcome {
    /// It proved so
    True,
    /// It proved not so
    False,
    /// It is not settled after all
    Open,
}

impl Args {
    pub(super) fn run(self, place: &Place, ui: &mut Ui) -> Result<Answer, Error> {
        let mut desk = place.open()?;
        let acting = acting(&desk)?;
        let outcome = match self.outcome {
            Outcome::True => Some(true),
            Outcome::False => Some(false),
            Outcome::Open => None,
        };
        let settled = desk.settle(&acting, &self.case, &self.claim, outcome, &self.reason)?;
        let value = json!({
            "claim": self.claim,
            "proposition": settled.proposition,
            "outcome": settled.outcome,
            "entry": settled.id.to_string(),
            "parties": settled.sides.iter().map(|side| json!({
                "party": side.party,
                "kind": side.kind.word(),
                "implied_permille": side.implied,
                "passed_on": side.relayed,
            })).collect::<Vec<_>>(),
        });
        ui.result(&format!("{} {}", settled.proposition, settled.words()), &value);
        Ok(Answer::Yes)
    }
}
