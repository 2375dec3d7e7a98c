//! Reading a text: by the rules, and by a language model beside them where somebody asked for one. The one place from which a text leaves
//! this machine.

use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use regex::Regex;

use super::Error;
use crate::claim::{About, Reading, Tlp, counted};
use crate::endpoint::{self, Endpoint};
use crate::read::model::{prompt_digest, read_beside};
use crate::read::{self, Gazetteer};

pub use crate::endpoint::Key;

/// From this marking on a text is for its recipients only.
const HELD_BACK: Tlp = Tlp::AmberStrict;

/// Where a model is, and what may be sent to it.
pub struct ModelOptions<'a> {
    /// The address of its API.
    pub endpoint: &'a str,
    /// Its name there.
    pub model: &'a str,
    /// What opens it.
    pub key: Option<Key>,
    /// The longest that one answer may take.
    pub timeout: Duration,
    /// Also send what is marked amber+strict or red.
    pub send_marked: bool,
}

/// A language model that reads beside the rules.
pub struct ModelReader {
    endpoint: Endpoint,
    send_marked: bool,
}

impl ModelReader {
    /// A model at an endpoint. Nothing is sent yet.
    ///
    /// # Errors
    /// Address, name or key cannot be one.
    pub fn new(options: ModelOptions<'_>) -> Result<ModelReader, Error> {
        let endpoint = Endpoint::new(options.endpoint, options.model, options.key, options.timeout)?;
        Ok(ModelReader { endpoint, send_marked: options.send_marked })
    }

    /// What a person should know before anything is sent.
    pub fn warning(&self) -> Option<String> {
        let host = self.endpoint.host();
        let words = || format!("What is sent to {host} is not encrypted: others on the way can read it. https:// is.");
        self.endpoint.is_open_on_the_way().then(words)
    }

    /// Refuses a text that is marked for its recipients only: by the desk, the case or an option (`tlp`), or in its own words.
    ///
    /// # Errors
    /// It is.
    fn may_be_sent(&self, path: &Path, text: &str, tlp: Option<Tlp>) -> Result<(), Error> {
        let marked = tlp.into_iter().chain(marking_in(text)).max().filter(|tlp| *tlp >= HELD_BACK);
        match marked {
            Some(tlp) if !self.send_marked => {
                Err(Error::Marked { path: path.to_owned(), tlp, host: self.endpoint.host().to_owned() })
            }
            _ => Ok(()),
        }
    }
}

/// The marking that a text gives itself, as far as it is one that holds it back.
fn marking_in(text: &str) -> Option<Tlp> {
    static MARKING: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?i)\bTLP\s{0,3}:\s{0,3}(?:(RED)|AMBER\s{0,3}\+\s{0,3}STRICT)\b").ok());
    let found = MARKING.as_ref()?.captures_iter(text);
    found.map(|found| if found.get(1).is_some() { Tlp::Red } else { Tlp::AmberStrict }).max()
}

/// A text, read.
pub(super) struct TextRead {
    pub(super) reading: Reading,
    /// Who read it, as the ledger names it.
    pub(super) reader: String,
    /// What was dropped of what a model said.
    pub(super) dropped: Option<String>,
    /// What was wrong on the way, what was dropped included.
    pub(super) problems: Vec<String>,
}

/// Who reads.
pub struct Reader<'a> {
    /// The model that reads beside the rules, if any.
    pub model: Option<&'a ModelReader>,
    /// Told what is being read by the model.
    pub on_progress: &'a dyn Fn(&str),
}

impl Reader<'_> {
    /// The rules alone.
    pub const RULES: Reader<'static> = Reader { model: None, on_progress: &|_| {} };

    /// Reads the text of a file. `tlp` is its marking, where it has one.
    pub(super) fn read(
        &self,
        path: &Path,
        text: &str,
        about: &About,
        names: &Gazetteer,
        tlp: Option<Tlp>,
    ) -> Result<TextRead, Error> {
        let Some(model) = self.model else {
            let reading = read::read(text, about, names);
            return Ok(TextRead { reading, reader: read::READER.to_owned(), dropped: None, problems: Vec::new() });
        };
        model.may_be_sent(path, text, tlp)?;
        let rules = read::read(text, about, names);
        let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        let heard = read_beside(text, rules, &mut |question| {
            (self.on_progress)(&format!("{name}: the model reads part {} of {}", question.part, question.parts));
            model.endpoint.ask(question.instructions, &question.words)
        });
        let heard = heard.map_err(|why: endpoint::Error| Error::Model { path: path.to_owned(), why })?;
        let dropped = heard.dropped_words();
        let mut problems: Vec<String> = dropped.iter().cloned().collect();
        if heard.left_out > 0 {
            problems.push(format!("the model was not shown the last {} of the text", counted(heard.left_out, "byte")));
        }
        let reader = format!("{} with {}, prompt {}", read::READER, model.endpoint, prompt_digest());
        Ok(TextRead { reading: heard.reading, reader, dropped, problems })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_says_itself_that_it_is_held_back() {
        for (text, marking) in [
            ("TLP:RED\n\nNot for you.", Some(Tlp::Red)),
            ("This is tlp: amber + strict.", Some(Tlp::AmberStrict)),
            ("TLP:AMBER+STRICT, later TLP:RED", Some(Tlp::Red)),
            ("TLP:AMBER and TLP:GREEN", None),
            ("The TLP: redacted", None),
            ("", None),
        ] {
            assert_eq!(marking_in(text), marking, "{text}");
        }
    }
}
