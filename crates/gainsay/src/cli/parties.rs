use jiff::Timestamp;

use super::ui::Ui;
use super::{Answer, Error, Place, parse_moment_inclusive};

/// How right each party has been on the claims that are settled: actors, companies, researchers, authorities, outlets
#[derive(clap::Args)]
pub(super) struct Args {
    /// Only parties whose name holds this
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Only what this desk's ledger had received until this day or moment
    #[arg(long, value_name = "TIME", value_parser = parse_moment_inclusive)]
    known_at: Option<Timestamp>,
}

impl Args {
    pub(super) fn run(self, place: &Place, ui: &mut Ui) -> Result<Answer, Error> {
        let mut desk = place.open()?;
        let found = desk.parties(self.name.as_deref(), self.known_at, ui.json)?;
        if found.is_empty() && !ui.json {
            ui.line("No claim is settled on which such a party took a side. `gainsay settle CASE CLAIM true|false --reason TEXT` settles one.");
        }
        found.iter().for_each(|released| ui.out(released));
        Ok(Answer::Yes)
    }
}
