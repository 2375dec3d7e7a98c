//! The text of a PDF that our own reader does not make out: by `pdftotext` where it is installed, locked down.

use serde::{Deserialize, Serialize};
use unpack::Argument;

use super::tools::{find, run, version_in};

const PROGRAM: &str = "pdftotext";

/// Bytes of a file that it is given.
pub const LONGEST_PDF: usize = 64 << 20;

/// Runs that fail before no more is tried: each may have cost minutes.
const FAILURES: u32 = 16;

/// Asks the program. How often that failed is written down, and nothing else.
#[derive(Serialize, Deserialize)]
pub struct PdfText {
    #[serde(skip)]
    unjailed: bool,
    /// What it says of its version, once it was asked.
    #[serde(skip)]
    version: Option<String>,
    failures: u32,
}

impl PdfText {
    /// Nothing was asked yet. `unjailed` accepts that the kernel cannot lock the program down.
    pub fn new(unjailed: bool) -> PdfText {
        PdfText { unjailed, version: None, failures: 0 }
    }

    /// Goes on behind what was written down of one that reads in the same way.
    pub fn go_on(self, so_far: PdfText) -> PdfText {
        PdfText { unjailed: self.unjailed, ..so_far }
    }

    /// Whether it is there and was not given up.
    pub fn is_there(&self) -> bool {
        self.failures < FAILURES && find(PROGRAM).is_some()
    }

    /// The text of a file, and by what it was read.
    ///
    /// # Errors
    /// In words: it is not there, cannot be locked down, or does not read the file either.
    pub fn read(&mut self, bytes: &[u8]) -> Result<(String, String), String> {
        let read = self.try_to_read(bytes);
        self.failures += u32::from(read.is_err());
        read
    }

    fn try_to_read(&mut self, bytes: &[u8]) -> Result<(String, String), String> {
        let version = match &self.version {
            Some(version) => version.clone(),
            None => {
                let asked = run(PROGRAM, vec![Argument::Word("-v".into())], Vec::new(), &[], self.unjailed);
                let version = version_in(&asked.map_err(|error| error.to_string())?);
                self.version.insert(version.ok_or("it does not say its version")?).clone()
            }
        };
        let words = ["-q", "-enc", "UTF-8"].map(|word| Argument::Word(word.into()));
        let arguments = words.into_iter().chain([Argument::Input(0), Argument::Word("-".into())]).collect();
        let ran = run(PROGRAM, arguments, Vec::new(), &[bytes], self.unjailed).map_err(|error| error.to_string())?;
        if !ran.is_success {
            return Err(if ran.said.is_empty() { "it failed without a word".to_owned() } else { ran.said });
        }
        let text = String::from_utf8(ran.bytes).map_err(|_| "what it writes is no text".to_owned())?;
        Ok((text, version))
    }
}
