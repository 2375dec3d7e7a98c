use serde_json::json;

use super::ui::Ui;
use super::{Answer, Error, Place};
use crate::claim::counted;

/// The names that the reader of this desk knows beforehand
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(clap::Subcommand)]
enum What {
    /// The desk's own names
    List {
        /// Those that come with the product
        #[arg(long)]
        built_in: bool,
    },
    /// Add a name: its kind, the name, and other names, +brands and @domains of the same party
    Add {
        /// actor, company, researcher, outlet, authority, platform, place, thing, given; unknown forgets a name
        #[arg(value_name = "KIND")]
        kind: String,
        /// The name, then others for the same party
        #[arg(value_name = "NAME", required = true)]
        names: Vec<String>,
    },
    /// Is every line of the desk's names.txt an entry?
    Check,
}

impl Args {
    pub(super) fn run(self, place: &Place, ui: &mut Ui) -> Result<Answer, Error> {
        let desk = place.open()?;
        match self.what.unwrap_or(What::List { built_in: false }) {
            What::List { built_in } => {
                let entries = desk.list_names(built_in)?;
                let lines: Vec<String> = entries.iter().map(|entry| entry.text.clone()).collect();
                let words = match lines.len() {
                    0 => "No names of the desk's own; those that come with the product: `gainsay names list --built-in`. Add one: `gainsay names add company Brightwell @brightwell.example`.".to_owned(),
                    _ => lines.join("\n"),
                };
                let shown: Vec<_> =
                    entries.iter().map(|entry| json!({ "line": entry.line, "entry": entry.text })).collect();
                ui.result(&words, &json!({ "built_in": built_in, "names": shown }));
                Ok(Answer::Yes)
            }
            What::Add { kind, names } => {
                let added = desk.add_name(&kind, &names)?;
                let words = format!(
                    "Added to names.txt, line {}: {}. What is added from now on is read with it.",
                    added.line, added.text
                );
                ui.result(&words, &json!({ "line": added.line, "entry": added.text }));
                Ok(Answer::Yes)
            }
            What::Check => {
                let wrong: Vec<String> = desk.check_names()?.iter().map(ToString::to_string).collect();
                let entries = desk.list_names(false)?.len();
                let words = match wrong.len() {
                    0 => format!(
                        "names.txt holds: {}.",
                        if entries == 1 { "1 entry".to_owned() } else { format!("{entries} entries") }
                    ),
                    found => format!(
                        "{}\n{} in names.txt; nothing can be added to a case before they are mended.",
                        wrong.join("\n"),
                        counted(found, "problem")
                    ),
                };
                ui.result(&words, &json!({ "entries": entries, "problems": wrong }));
                Ok(if wrong.is_empty() { Answer::Yes } else { Answer::No })
            }
        }
    }
}
