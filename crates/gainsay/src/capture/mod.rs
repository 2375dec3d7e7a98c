//! Foreign bytes to sources, through the locked-down child. Nothing here parses: it asks, checks and words what came back.

use std::fs::File;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use rustix::fs::{Mode, OFlags};
use unpack::{Document, DocumentEvent, DocumentHint, Event, Finding, Limits, Map, Summary, Worker};

/// The hidden command that runs the child; `main` answers to it.
pub const WORKER_COMMAND: &str = "__worker";

/// Why something could not be captured.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be opened.
    #[error("cannot read {path}: {why}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        why: std::io::Error,
    },
    /// It is neither a file nor a folder.
    #[error("{path} is neither a file nor a folder; give a file")]
    NotAFile {
        /// What was given.
        path: PathBuf,
    },
    /// The child cannot be started.
    #[error("{0}")]
    Unpack(#[from] unpack::Error),
    /// A file, or a part of it, gave no text.
    #[error("{0}")]
    NoDocument(Finding),
    /// One document was wanted.
    #[error("{path} holds many documents, and one is wanted; give a file of one text")]
    Many {
        /// The file.
        path: PathBuf,
    },
    /// The program cannot find itself.
    #[error("cannot start the worker that opens foreign files: {0}")]
    Program(std::io::Error),
}

/// A text and what it says of itself.
#[derive(Clone, Debug)]
pub struct Captured {
    /// `text`, `html`, `markdown`, `mail`, `feed`, `chat`, `listing`, `pdf` or `office`.
    pub format: &'static str,
    /// The encoding that it was read in.
    pub encoding: String,
    /// The text in UTF-8; of plain text in UTF-8 the very bytes of the file.
    pub text: String,
    /// The way back from the text to the bytes of the file.
    pub map: Map,
    /// Which part of the file it is, where that holds several.
    pub part: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// Who published it.
    pub outlet: Option<String>,
    /// Who wrote it.
    pub byline: Option<String>,
    /// When it was published, in its own words.
    pub published_words: Option<String>,
    /// When, where the words are a date. A day without a time is its beginning in UTC.
    pub published: Option<Timestamp>,
    /// When it was last changed, in its own words.
    pub updated_words: Option<String>,
    /// When, where the words are a date.
    pub updated: Option<Timestamp>,
    /// Its own address.
    pub address: Option<String>,
    /// What it is known by elsewhere, such as the id of a message.
    pub id: Option<String>,
    /// Its language, in its own words.
    pub language: Option<String>,
    /// The addresses that it leads to.
    pub links: Vec<String>,
    /// The names of the files that came with it and were not read.
    pub attachments: Vec<String>,
    /// What was wrong with it.
    pub problems: Vec<String>,
}

impl From<Document> for Captured {
    fn from(document: Document) -> Captured {
        let published_words = document.published.or_else(|| document.modified.clone());
        // A mail, a post or an entry that says nothing of a title has none; a file of text has its first line.
        let has_own_title = document.part.is_some() || document.format == unpack::DocumentFormat::Mail;
        let first_line = if has_own_title { None } else { first_line_title(&document.text) };
        Captured {
            format: document.format.word(),
            encoding: document.encoding,
            title: document.title.or(first_line),
            text: document.text,
            map: document.map,
            part: document.part,
            outlet: document.outlet,
            byline: document.byline,
            published: published_words.as_deref().and_then(moment),
            published_words,
            updated: document.modified.as_deref().and_then(moment),
            updated_words: document.modified,
            address: document.address,
            id: document.id,
            language: document.language,
            links: document.links,
            attachments: document.attachments,
            problems: document.problems.iter().map(ToString::to_string).collect(),
        }
    }
}

/// Opens foreign files in a locked-down child, which lives as long as this.
pub struct Opener {
    worker: Worker,
}

impl Opener {
    /// Starts the child. `unjailed` accepts that the kernel cannot lock it down.
    ///
    /// # Errors
    /// It cannot be started, or not be locked down.
    pub fn start(unjailed: bool) -> Result<Opener, Error> {
        let program = std::env::current_exe().map_err(Error::Program)?;
        let limits = Limits { accept_unjailed: unjailed, ..Limits::default() };
        let worker = Worker::start(&program, &[WORKER_COMMAND], limits)?;
        tracing::debug!(enforced = ?worker.enforced(), "worker started");
        Ok(Opener { worker })
    }

    /// What holds the child, line by line: what it is, whether it is there, and whether foreign files are opened without it.
    pub fn held_by(&self) -> [(String, bool, bool); 7] {
        self.worker.enforced().lines()
    }

    /// What archives are tried with that are locked.
    ///
    /// # Errors
    /// They are more than a request can take along.
    pub fn set_passwords(&mut self, passwords: &[String]) -> Result<(), Error> {
        Ok(self.worker.set_passwords(passwords)?)
    }

    /// Has [`Opener::files`] pass on what pictures show.
    pub fn set_pictures(&mut self, pictures: bool) {
        self.worker.set_pictures(pictures);
    }

    /// Every document in a file: itself, or the many that it holds. What gives none is passed on with the reason.
    ///
    /// # Errors
    /// The file cannot be opened, or the child cannot be started again after it died.
    pub fn documents(
        &mut self,
        path: &Path,
        on_document: &mut dyn FnMut(Result<Captured, Error>) -> ControlFlow<()>,
    ) -> Result<Summary, Error> {
        self.documents_of((path, &path.to_string_lossy()), on_document)
    }

    /// The same of a file that is called otherwise than its path says.
    ///
    /// # Errors
    /// As of [`Opener::documents`].
    pub fn documents_of(
        &mut self,
        (path, name): (&Path, &str),
        on_document: &mut dyn FnMut(Result<Captured, Error>) -> ControlFlow<()>,
    ) -> Result<Summary, Error> {
        let file = open(path)?;
        Ok(self.worker.documents(name, file, DocumentHint::None, &mut |event| {
            on_document(match event {
                DocumentEvent::Document(document) => Ok((*document).into()),
                DocumentEvent::Finding(finding) => Err(Error::NoDocument(finding)),
            })
        })?)
    }

    /// The document that a file is.
    ///
    /// # Errors
    /// It cannot be opened, gives no text, or holds many documents.
    pub fn document(&mut self, path: &Path) -> Result<Captured, Error> {
        let mut found: Vec<Result<Captured, Error>> = Vec::new();
        self.documents(path, &mut |captured| {
            found.push(captured);
            if found.len() > 1 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        let many = || Error::Many { path: path.to_owned() };
        let only = if found.len() == 1 { found.pop() } else { None };
        only.ok_or_else(many)?
    }

    /// Every file in a file, or in the parts that one was cut in, archives opened through all layers.
    ///
    /// # Errors
    /// The child cannot be started again after it died, or there are too many parts.
    pub fn files(
        &mut self,
        name: &str,
        parts: &[File],
        on_event: &mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
    ) -> Result<Summary, Error> {
        Ok(self.worker.files_of_parts(name, parts, on_event)?)
    }
}

/// Opens a regular file and nothing else: a pipe or a device could block for ever. It is looked at before, since opening a device
/// can do something, and after, since it may have become another meanwhile.
///
/// # Errors
/// It cannot be opened, or is no regular file.
pub fn open(path: &Path) -> Result<File, Error> {
    let unreadable = |why| Error::Unreadable { path: path.to_owned(), why };
    let not_a_file = || Error::NotAFile { path: path.to_owned() };
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(not_a_file());
    }
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty()).map_err(|e| unreadable(e.into()))?);
    if file.metadata().map_err(unreadable)?.is_file() { Ok(file) } else { Err(not_a_file()) }
}

/// A plain text's title: its first line, where that is short and an empty line follows.
fn first_line_title(text: &str) -> Option<String> {
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    let (first, second) = (lines.next()?.trim(), lines.next()?.trim());
    let is_title = !first.is_empty() && second.is_empty() && first.chars().count() <= 200 && !first.ends_with('.');
    is_title.then(|| first.to_owned())
}

/// The moment of a date as pages write them: RFC 3339 with or without zone, or a day. What has no zone is taken as UTC.
pub fn moment(words: &str) -> Option<Timestamp> {
    let words = words.trim();
    let in_utc = |at: DateTime| at.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    words
        .parse::<Timestamp>()
        .ok()
        .or_else(|| words.parse::<DateTime>().ok().and_then(in_utc))
        .or_else(|| words.parse::<Date>().ok().and_then(|day| in_utc(day.to_datetime(jiff::civil::Time::MIN))))
        .or_else(|| jiff::fmt::rfc2822::parse(words).ok().map(|zoned| zoned.timestamp()))
        .or_else(|| {
            ["%B %d, %Y", "%d %B %Y", "%b %d, %Y", "%d %b %Y", "%Y/%m/%d"]
                .into_iter()
                .find_map(|format| Date::strptime(format, words).ok())
                .and_then(|day| in_utc(day.to_datetime(jiff::civil::Time::MIN)))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_as_pages_write_them() {
        let shown = |words| moment(words).map(|at: Timestamp| at.to_string());
        assert_eq!(shown("2019-05-13T18:30:00-04:00").as_deref(), Some("2019-05-13T22:30:00Z"));
        assert_eq!(shown("2019-05-13T18:30:00").as_deref(), Some("2019-05-13T18:30:00Z"));
        assert_eq!(shown("2019-05-13").as_deref(), Some("2019-05-13T00:00:00Z"));
        assert_eq!(shown("May 13, 2019").as_deref(), Some("2019-05-13T00:00:00Z"));
        assert_eq!(shown("Mon, 13 May 2019 10:00:00 +0000").as_deref(), Some("2019-05-13T10:00:00Z"));
        assert_eq!(shown("last week"), None);
        assert_eq!(shown(""), None);
    }

    #[test]
    fn a_title_is_a_short_line_with_nothing_under_it() {
        assert_eq!(first_line_title("A title\n\nA text.").as_deref(), Some("A title"));
        assert_eq!(first_line_title("A text of two lines.\nAnd more."), None);
        assert_eq!(first_line_title("A whole text in one sentence.\n\nAnd more."), None);
        assert_eq!(first_line_title(""), None);
    }
}
