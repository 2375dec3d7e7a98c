//! The worker from the outside: its child is a process of its own, honest or hostile.

mod archives;
mod containers;
mod documents;
mod formats;
mod git;
mod hostile;
mod jail;
#[path = "../makers/mod.rs"]
mod makers;
mod split;
mod texts;
mod tool;

use std::fs::File;
use std::io::{Seek, Write};
use std::ops::ControlFlow;
use std::path::Path;

use unpack::{
    Clue, ClueKind, Document, DocumentEvent, DocumentHint, Event, Finding, FindingKind, Limits, Map, Summary, Worker,
};

const CHILD: &str = env!("CARGO_BIN_EXE_unpack-child");

fn worker(args: &[&str], limits: Limits) -> Worker {
    match Worker::start(Path::new(CHILD), args, limits) {
        Ok(worker) => worker,
        Err(error) => panic!("{error}"),
    }
}

fn file_of(bytes: &[u8]) -> File {
    let made = tempfile::tempfile().and_then(|mut file| {
        file.write_all(bytes)?;
        file.rewind()?;
        Ok(file)
    });
    match made {
        Ok(file) => file,
        Err(error) => panic!("no temporary file: {error}"),
    }
}

/// One file that came out.
#[derive(Debug, PartialEq, Eq)]
struct Unpacked {
    path: String,
    bytes: Vec<u8>,
    is_complete: bool,
}

/// All that came out of one request.
#[derive(Debug)]
struct Outcome {
    files: Vec<Unpacked>,
    findings: Vec<Finding>,
    /// Archives that were opened, with their formats.
    opened: Vec<(String, String)>,
    clues: Vec<Clue>,
    /// Texts, each with the path of its file and the way back.
    texts: Vec<(String, String, Map)>,
    summary: Summary,
}

impl Outcome {
    fn clues(&self, kind: ClueKind) -> Vec<&str> {
        self.clues.iter().filter(|it| it.kind == kind).map(|it| it.value.as_str()).collect()
    }

    fn paths(&self) -> Vec<&str> {
        self.files.iter().map(|file| file.path.as_str()).collect()
    }

    fn text(&self, path: &str) -> &str {
        let file = self.files.iter().find(|file| file.path == path);
        file.and_then(|file| std::str::from_utf8(&file.bytes).ok()).unwrap_or("(none)")
    }

    fn kinds(&self) -> Vec<(&str, FindingKind)> {
        self.findings.iter().map(|finding| (finding.path.as_str(), finding.kind)).collect()
    }
}

fn unpack(worker: &mut Worker, name: &str, bytes: &[u8]) -> Outcome {
    let (mut files, mut findings) = (Vec::<Unpacked>::new(), Vec::new());
    let (mut opened, mut clues, mut texts) = (Vec::new(), Vec::new(), Vec::new());
    let result = worker.files(name, file_of(bytes), &mut |event| {
        match (event, files.last_mut()) {
            (Event::File { path, .. }, _) => {
                files.push(Unpacked { path: path.to_owned(), bytes: Vec::new(), is_complete: false });
            }
            (Event::Data(bytes), Some(file)) => file.bytes.extend_from_slice(bytes),
            (Event::End { complete }, Some(file)) => file.is_complete = complete,
            (Event::Text { text, map }, Some(file)) => texts.push((file.path.clone(), text.to_owned(), map.clone())),
            (Event::Finding(finding), _) => findings.push(finding),
            (Event::Archive { path, format }, _) => opened.push((path.to_owned(), format.to_owned())),
            (Event::Clue(clue), _) => clues.push(clue),
            (Event::Fact(_), Some(_)) => {}
            (event, None) => panic!("{event:?} before any file"),
        }
        ControlFlow::Continue(())
    });
    match result {
        Ok(summary) => Outcome { files, findings, opened, clues, texts, summary },
        Err(error) => panic!("{error}"),
    }
}

/// All that came out of one request for documents.
#[derive(Debug)]
struct Library {
    documents: Vec<Document>,
    findings: Vec<Finding>,
    summary: Summary,
}

impl Library {
    /// The one document, of a file that is one.
    fn one(mut self) -> Document {
        assert!(self.documents.len() == 1 && self.findings.is_empty(), "{self:?}");
        self.documents.remove(0)
    }

    /// Why there is none.
    fn none(mut self) -> Finding {
        assert!(self.documents.is_empty() && self.findings.len() == 1, "{self:?}");
        self.findings.remove(0)
    }
}

fn documents(worker: &mut Worker, name: &str, file: File, hint: DocumentHint) -> Library {
    let (mut documents, mut findings) = (Vec::new(), Vec::new());
    let result = worker.documents(name, file, hint, &mut |event| {
        match event {
            DocumentEvent::Document(document) => documents.push(*document),
            DocumentEvent::Finding(finding) => findings.push(finding),
        }
        ControlFlow::Continue(())
    });
    match result {
        Ok(summary) => Library { documents, findings, summary },
        Err(error) => panic!("{error}"),
    }
}
