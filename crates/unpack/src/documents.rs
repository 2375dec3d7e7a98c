//! From one file to every document in it: what it is by its content, and which reader it goes to.

use std::fs::File;
use std::io::{self, Read, Seek};

use crate::finding::FindingKind;
use crate::limits::ChildLimits;
use crate::protocol::{Document, DocumentFormat, DocumentHint};
use crate::sink::{Sink, Stop, shown};
use crate::text::{self, Decoded};
use crate::trace::Traced;
use crate::{feed, html, leaksites, mail, markdown, office, pdf, telegram};

/// A document as its reader found it: the text with the way back, and what is known about it.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) text: Traced,
    pub(crate) about: Document,
    pub(crate) problems: Vec<Problem>,
}

/// What is wrong with a document.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) kind: FindingKind,
    pub(crate) detail: String,
}

/// Why something gives no document.
#[derive(Debug)]
pub(crate) struct NoDocument {
    pub(crate) kind: FindingKind,
    pub(crate) detail: String,
}

impl NoDocument {
    pub(crate) fn new(kind: FindingKind, detail: impl Into<String>) -> NoDocument {
        NoDocument { kind, detail: detail.into() }
    }
}

impl Found {
    pub(crate) fn new(format: DocumentFormat, encoding: &str, text: Traced) -> Found {
        let about = Document { format, encoding: encoding.to_owned(), ..Document::default() };
        Found { text, about, problems: Vec::new() }
    }

    pub(crate) fn problem(&mut self, kind: FindingKind, detail: impl Into<String>) {
        self.problems.push(Problem { kind, detail: detail.into() });
    }

    /// Itself, unless there is nothing in it.
    pub(crate) fn unless_empty(self) -> Result<Found, NoDocument> {
        if self.text.text.trim().is_empty() {
            Err(NoDocument::new(FindingKind::Empty, "there is no text in it"))
        } else {
            Ok(self)
        }
    }
}

/// One line without control characters, of a length that metadata has; `None` where nothing is left.
pub(crate) fn line(value: &str) -> Option<String> {
    let words = shown(value).split_whitespace().collect::<Vec<_>>().join(" ");
    (!words.is_empty()).then_some(words)
}

/// Adds an address to a document's links, each once.
pub(crate) fn add_link(links: &mut Vec<String>, address: &str) {
    /// Longer ones lead nowhere that anybody would follow, and all of them must fit into one frame.
    const LONGEST: usize = 1000;

    let address = address.trim();
    let is_address = ["http://", "https://", "ftp://", "tg://", "magnet:", "mailto:"]
        .iter()
        .any(|scheme| address.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
    if !is_address || address.len() > LONGEST || links.len() >= Document::MOST_LINKS {
        return;
    }
    if let Some(address) = line(address).filter(|address| !links.contains(address)) {
        links.push(address);
    }
}

/// Adds the name of an attachment.
pub(crate) fn add_attachment(attachments: &mut Vec<String>, name: &str) {
    const LONGEST: usize = 500;
    let name: String = name.chars().take(LONGEST).collect();
    if let Some(name) = line(&name).filter(|_| attachments.len() < Document::MOST_LINKS) {
        attachments.push(name);
    }
}

/// Bytes by which a file shows what it is.
const HEAD: usize = 16 << 10;

/// Passes on every document in the file at hand.
pub(crate) fn read(sink: &mut Sink<'_>, name: &str, hint: DocumentHint, file: &mut File) -> Result<(), Stop> {
    // The descriptor shares its position with the parent's; a pipe has none and is read as it comes.
    let _ = file.seek(io::SeekFrom::Start(0));
    let mut head = Vec::new();
    if let Err(error) = file.take(HEAD as u64).read_to_end(&mut head) {
        let none = NoDocument::new(FindingKind::Unreadable, error.to_string());
        return sink.document(name, None, || Err(none));
    }
    let may_be_any = hint == DocumentHint::None;
    if may_be_any && mail::is_mailbox(&head) {
        return mail::read_mailbox(sink, name, &mut io::Cursor::new(head).chain(file));
    }
    let limits = sink.limits;
    let is_pdf = pdf::looks_like_pdf(&head);
    let is_office = office::is_office(&head);
    let many = may_be_any && (is_pdf || is_office || looks_structured(&head));
    let bytes = match read_whole(limits, many, head, file) {
        Ok(bytes) => bytes,
        Err(none) => return sink.document(name, None, || Err(none)),
    };
    if may_be_any && is_pdf {
        return sink.document(name, None, || pdf::read(bytes, &mut Vec::new()));
    }
    if may_be_any && is_office {
        return sink.document(name, None, || office::read(bytes));
    }
    if may_be_any && mail::is_message(&bytes, name) {
        return mail::read_file(sink, name, &bytes);
    }
    let declared = if hint == DocumentHint::Text { None } else { html::declared_encoding(&bytes) };
    let decoded = match text::decode(bytes, declared) {
        Ok(decoded) => decoded,
        Err(reason) => return sink.document(name, None, || Err(NoDocument::new(reason.kind(), reason.to_string()))),
    };
    if may_be_any {
        let read_many: Option<Many> = [
            (telegram::is_export as fn(&str) -> bool, telegram::read as Many),
            (telegram::is_page, telegram::read_page),
            (leaksites::is_listing, leaksites::read),
            (feed::is_json_feed, feed::read_json),
            (feed::is_feed, feed::read),
        ]
        .into_iter()
        .find_map(|(is_it, read)| is_it(&decoded.text.text).then_some(read));
        if let Some(read) = read_many {
            read(sink, name, &decoded)?;
            if sink.is_untouched() {
                let none = NoDocument::new(FindingKind::Empty, "there is no text in it");
                sink.document(name, None, || Err(none))?;
            }
            return Ok(());
        }
    }
    sink.document(name, None, || one(limits, name, hint, decoded))
}

/// A reader of a file that holds many documents.
type Many = fn(&mut Sink<'_>, &str, &Decoded) -> Result<(), Stop>;

/// Whether a file begins as JSON or XML does, so that it may hold many documents.
fn looks_structured(head: &[u8]) -> bool {
    let start = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    start.starts_with(b"{") || start.starts_with(b"[") || feed::looks_like_xml(start)
}

fn read_whole(limits: &ChildLimits, many: bool, head: Vec<u8>, file: &mut File) -> Result<Vec<u8>, NoDocument> {
    let most = if many { limits.collection_bytes.max(limits.document_bytes) } else { limits.document_bytes };
    let mut bytes = head;
    let room = most.saturating_add(1).saturating_sub(bytes.len() as u64);
    let read = file.take(room).read_to_end(&mut bytes);
    read.map_err(|error| NoDocument::new(FindingKind::Unreadable, error.to_string()))?;
    if bytes.len() as u64 > most {
        let detail = format!("it is larger than {most} bytes, the limit for a document: add it as a sample instead");
        return Err(NoDocument::new(FindingKind::TooLarge, detail));
    }
    Ok(bytes)
}

/// The document that a file is.
fn one(limits: &ChildLimits, name: &str, hint: DocumentHint, decoded: Decoded) -> Result<Found, NoDocument> {
    let text = &decoded.text.text;
    if text.len() as u64 > limits.document_bytes.saturating_mul(4) {
        return Err(NoDocument::new(FindingKind::TooLarge, "its text is too long for a document"));
    }
    let is_html = hint == DocumentHint::Html || hint != DocumentHint::Text && html::looks_like_html(text);
    let had_errors = decoded.had_errors;
    let encoding = decoded.encoding;
    let mut found = if is_html {
        html::read_page(&decoded.text, encoding)?
    } else if hint == DocumentHint::None && markdown::is_markdown(text, name) {
        markdown::read(&decoded.text, encoding)?
    } else {
        Found::new(DocumentFormat::Text, encoding, decoded.text)
    };
    if had_errors {
        found.problem(FindingKind::Undecodable, undecodable(encoding));
    }
    Ok(found)
}

/// What is said of bytes that are none of their encoding's.
pub(crate) fn undecodable(encoding: &str) -> String {
    format!("some bytes are no {encoding}, and were replaced by U+FFFD")
}
