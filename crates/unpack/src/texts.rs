//! The text of a file that is more than its text: what a PDF, a page, a part of an office's document, a message or a notebook says, for
//! whoever looks for it by its words. It is passed on behind the file, with the way back into it.

use std::io::{self, Read};

use crate::documents::{Found, NoDocument};
use crate::finding::FindingKind;
use crate::limits::ChildLimits;
use crate::protocol::DocumentFormat;
use crate::trace::Traced;
use crate::traces::{self, Traces};
use crate::{html, mail, notebook, office, pdf, text};

/// What the text of a file is called: `a.pdf!text`.
pub(crate) const NAME: &str = "text";

/// Bytes of text that a file may have.
pub(crate) const LONGEST: usize = 64 << 20;

/// What a file is that has a text of its own, by its first bytes; `None` where it has none, or is nothing but its text.
pub(crate) fn format_of(head: &[u8]) -> Option<DocumentFormat> {
    /// As much as tells what a text is.
    const START: usize = 16 << 10;

    if pdf::looks_like_pdf(head) {
        return Some(DocumentFormat::Pdf);
    }
    let start = &head[..head.len().min(START)];
    let trimmed = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
    match trimmed.first()? {
        b'<' => {
            let start = String::from_utf8_lossy(start);
            if office::is_part(&start) {
                Some(DocumentFormat::Office)
            } else {
                html::looks_like_html(&start).then_some(DocumentFormat::Html)
            }
        }
        b'{' => notebook::is_notebook(start).then_some(DocumentFormat::Notebook),
        b'A'..=b'Z' | b'a'..=b'z' => mail::is_message(start, "").then_some(DocumentFormat::Mail),
        _ => None,
    }
}

/// Whether a file that starts with these bytes, of which [`HEAD`](crate::HEAD) are enough, says something beyond its bytes, which
/// [`Worker::files`](crate::Worker::files) passes on: its text, or the messages of a mailbox.
pub fn has_text(head: &[u8]) -> bool {
    format_of(head).is_some() || mail::is_mailbox(head)
}

/// Reads a file's text, and what it keeps of those who worked on it.
pub(crate) fn read(
    format: DocumentFormat,
    bytes: Vec<u8>,
    limits: &ChildLimits,
    traces: &mut Traces,
) -> Result<Found, NoDocument> {
    let decoded = |bytes: Vec<u8>| {
        let declared = html::declared_encoding(&bytes);
        text::decode(bytes, declared).map_err(|why| NoDocument::new(why.kind(), why.to_string()))
    };
    let found = match format {
        DocumentFormat::Pdf => pdf::read(bytes, traces)?,
        DocumentFormat::Mail => mail::read_all(limits, &bytes)?,
        format => {
            let decoded = decoded(bytes)?;
            if format == DocumentFormat::Office {
                traces::of_part(&decoded.text.text, traces);
            }
            let text = match format {
                DocumentFormat::Office => office::text_of_part(&decoded.text),
                DocumentFormat::Notebook => notebook::text_of(&decoded.text),
                _ => html::whole_text(&decoded.text),
            };
            Found::new(format, decoded.encoding, text)
        }
    };
    if found.text.text.len() > LONGEST {
        return Err(NoDocument::new(FindingKind::TooLarge, format!("it is longer than {LONGEST} bytes")));
    }
    found.unless_empty()
}

/// The bytes of a file up to which its text is read.
pub(crate) fn longest_file(format: DocumentFormat, limits: &ChildLimits) -> u64 {
    if format == DocumentFormat::Pdf { limits.collection_bytes } else { limits.document_bytes }
}

/// Keeps what is read through it, up to a length.
pub(crate) struct Kept<'r> {
    inner: &'r mut dyn Read,
    bytes: Vec<u8>,
    longest: u64,
    /// Whether it was more, so that nothing is kept.
    is_too_long: bool,
}

impl<'r> Kept<'r> {
    pub(crate) fn new(inner: &'r mut dyn Read, longest: u64) -> Kept<'r> {
        Kept { inner, bytes: Vec::new(), longest, is_too_long: false }
    }

    /// All that was read.
    pub(crate) fn take(self) -> Result<Vec<u8>, NoDocument> {
        if self.is_too_long {
            let detail = format!("it is larger than {} bytes, the limit for that", self.longest);
            return Err(NoDocument::new(FindingKind::TooLarge, detail));
        }
        Ok(self.bytes)
    }
}

impl Read for Kept<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        if (self.bytes.len() + read) as u64 > self.longest {
            self.is_too_long = true;
            self.bytes = Vec::new();
        }
        if !self.is_too_long {
            self.bytes.extend_from_slice(&buffer[..read]);
        }
        Ok(read)
    }
}

/// Several texts as one, an empty line between two.
pub(crate) fn joined<'t>(texts: impl IntoIterator<Item = &'t Traced>) -> Traced {
    let mut all = Traced::default();
    for text in texts {
        all.add_own(if all.text.is_empty() { "" } else { "\n\n" });
        all.add(text, 0..text.text.len());
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_say_more_than_their_bytes_are_known_by_how_they_begin() {
        let word = "<?xml version=\"1.0\"?>\n<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">";
        let known = |head: &str| format_of(head.as_bytes());
        assert_eq!(known("%PDF-1.7\n"), Some(DocumentFormat::Pdf));
        assert_eq!(known(word), Some(DocumentFormat::Office));
        assert_eq!(known("\u{feff}<!DOCTYPE html><p>x"), Some(DocumentFormat::Html));
        assert_eq!(known("Message-Id: <1@x>\nSubject: y\n\nz"), Some(DocumentFormat::Mail));
        assert_eq!(known("{\n \"cells\": [\n  {\n   \"cell_type\": \"code\""), Some(DocumentFormat::Notebook));
        let none =
            ["<?xml version=\"1.0\"?><project/>", "{\"cells\": 3}", "To be read: now\nAnd: then\n\n", "int main;", ""];
        assert!(none.into_iter().all(|head| known(head).is_none()));
        assert!(has_text(b"From a@b Mon\nMessage-Id: <1@x>\nSubject: y\n\nz") && !has_text(b"From here on"));
    }
}
