//! The options of reading with a language model, the same for every command that reads.

use std::time::Duration;

use super::Error;
use super::ui::Ui;
use crate::desk::{Key, ModelOptions, ModelReader};

/// Where the key to an endpoint is looked for.
const KEY: &str = "GAINSAY_MODEL_KEY";

#[derive(clap::Args)]
#[command(next_help_heading = "Reading with a language model")]
pub(super) struct ModelArgs {
    /// Who reads: the rules, where nothing is said; or `model`, a language model beside them. The numbered paragraphs of each text then go to
    /// --endpoint, with instructions that are the same for all, and nothing else: no file name, no case, nothing of the desk. Only what both
    /// read alike is accepted without review; the rest waits
    #[arg(long, value_name = "WHO", default_value = "rules", hide_default_value = true)]
    reader: Who,
    /// The address of an OpenAI-compatible API, like http://127.0.0.1:11434/v1; GAINSAY_MODEL_KEY in the environment opens it, and is not kept
    #[arg(long, value_name = "URL", required_if_eq("reader", "model"))]
    endpoint: Option<String>,
    /// The model's name there
    #[arg(long, value_name = "NAME", required_if_eq("reader", "model"))]
    model: Option<String>,
    /// The longest that one answer may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: u64,
    /// Also send what is marked amber+strict or red (by the desk, the case, --tlp or the text itself)
    #[arg(long)]
    send_marked: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Who {
    Rules,
    Model,
}

impl ModelArgs {
    /// The model that is to read, if any; what is sent in the clear is warned of.
    pub(super) fn reader(&self, ui: &mut Ui) -> Result<Option<ModelReader>, Error> {
        let (Who::Model, Some(endpoint), Some(model)) = (self.reader, &self.endpoint, &self.model) else {
            if self.endpoint.is_some() || self.model.is_some() || self.send_marked {
                let words =
                    "--endpoint, --model and --send-marked are for --reader model, and nothing was sent; add that";
                return Err(Error::Usage(words.to_owned()));
            }
            return Ok(None);
        };
        let reader = ModelReader::new(ModelOptions {
            endpoint,
            model,
            key: std::env::var_os(KEY).and_then(|key| Key::new(&key.to_string_lossy())),
            timeout: Duration::from_secs(self.timeout),
            send_marked: self.send_marked,
        })?;
        if let Some(warning) = reader.warning() {
            ui.note(&warning);
        }
        Ok(Some(reader))
    }
}
