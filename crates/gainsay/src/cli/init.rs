use std::path::PathBuf;

use serde_json::json;

use super::ui::Ui;
use super::{Answer, Error, Place, parse_word};
use crate::claim::Tlp;
use crate::desk::{Config, Desk};

/// Make a new desk: one folder that holds everything
#[derive(clap::Args)]
pub(super) struct Args {
    /// The folder; made where it is not there
    #[arg(value_name = "DESK", default_value = ".")]
    folder: PathBuf,
    /// Whose files the desk's own corpora are
    #[arg(long, value_name = "NAME")]
    organisation: Option<String>,
    /// Who makes the entries, where GAINSAY_AUTHOR does not say
    #[arg(long, value_name = "NAME")]
    author: Option<String>,
    /// The marking of new entries: clear, green, amber, amber+strict or red
    #[arg(long, value_name = "TLP", default_value = "amber", value_parser = parse_word::<Tlp>)]
    tlp: Tlp,
}

impl Args {
    pub(super) fn run(self, place: &Place, ui: &mut Ui) -> Result<Answer, Error> {
        let folder = place.desk.clone().unwrap_or(self.folder);
        let config =
            Config { organisation: self.organisation, author: self.author, tlp: self.tlp, clamd: None, yara: None };
        let desk = Desk::create(&folder, config)?;
        let value = json!({
            "desk": desk.root().to_string_lossy(),
            "origin": desk.public_key().origin(),
            "public_key": desk.public_key().to_text(),
        });
        let words = format!(
            "A new desk in {}: {}.\nIts signing key is in keys/desk.key; who can read it can sign for the desk.\nNext: `gainsay open CASE`, then `gainsay add CASE FILE…`.",
            desk.root().display(),
            desk.public_key().origin()
        );
        ui.result(&words, &value);
        Ok(Answer::Yes)
    }
}
