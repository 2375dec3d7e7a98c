//! The parent's check of what the child says: order, paths and budgets.

use crate::facts;
use crate::finding::Finding;
use crate::limits::Limits;
use crate::names::{is_displayable, nested_path};
use crate::protocol::{Document, EntryStart, Reply, Violation};
use crate::sink::LONGEST_DETAIL;
use crate::texts;
use crate::trace::LONGEST_MAP;

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Files,
    Documents,
}

/// What one request has brought so far, and what may still come.
pub(crate) struct Transcript {
    root: String,
    asked: Asked,
    files_left: u64,
    archives_left: u64,
    bytes_left: u64,
    findings_left: u64,
    clues_left: u64,
    /// Bytes of text and of map that the open document may still have.
    text_left: u64,
    map_left: u64,
    longest_text: u64,
    open: Option<String>,
    /// Whether what is open is the text of a file.
    is_text: bool,
    /// How many more facts may come of the file whose facts are open; none where those of none are.
    facts_left: Option<u64>,
    /// The file that came last, for its text, and for its facts.
    file: Option<String>,
    file_of_facts: Option<String>,
    suspect: Option<String>,
    /// The entry that came up last.
    last: Option<EntryStart>,
    /// Files or documents that were begun.
    pub(crate) files: u64,
    /// Findings that the child told.
    pub(crate) findings: u64,
    /// Clues that it told.
    pub(crate) clues: u64,
    /// Bytes of all files and of their texts.
    pub(crate) bytes: u64,
    /// Bytes of the texts alone.
    pub(crate) text_bytes: u64,
}

impl Transcript {
    pub(crate) fn new(root: &str, asked: Asked, limits: &Limits) -> Transcript {
        Transcript {
            root: root.to_owned(),
            asked,
            files_left: limits.entries,
            archives_left: limits.entries,
            bytes_left: limits.output_bytes,
            // One more that a budget is spent, and one that some findings are not listed.
            findings_left: Limits::FINDINGS + 2,
            clues_left: Limits::CLUES,
            text_left: 0,
            map_left: 0,
            // Three bytes of UTF-8 are the most that one byte of any encoding becomes.
            longest_text: limits.document_bytes.max(limits.collection_bytes).saturating_mul(4),
            open: None,
            is_text: false,
            facts_left: None,
            file: None,
            file_of_facts: None,
            suspect: None,
            last: None,
            findings: 0,
            clues: 0,
            files: 0,
            bytes: 0,
            text_bytes: 0,
        }
    }

    /// The file or archive that killed a worker that died now; `None` where it was between two.
    pub(crate) fn suspect(&self) -> Option<&str> {
        self.suspect.as_deref()
    }

    /// The entry that came up last; `None` before the first.
    pub(crate) fn last(&self) -> Option<&EntryStart> {
        self.last.as_ref()
    }

    /// Closes what the worker left open by dying; gives whether it was a file.
    pub(crate) fn close(&mut self) -> bool {
        let is_facts = self.facts_left.take().is_some();
        self.open.take().is_some() && !self.is_text && !is_facts
    }

    /// Checks one reply and counts it.
    pub(crate) fn check(&mut self, reply: &Reply<'_>) -> Result<(), Violation> {
        let fits = match reply {
            Reply::File(_) | Reply::Text(_) | Reply::Archive(_) | Reply::Clue(_) | Reply::End { .. } => {
                self.asked == Asked::Files
            }
            Reply::Facts(_) | Reply::Fact(_) => self.asked == Asked::Files,
            Reply::Item(_) | Reply::Document(_) | Reply::NoDocument(_) => self.asked == Asked::Documents,
            Reply::Map(_) => self.asked == Asked::Documents || self.is_text,
            Reply::Data(_) | Reply::Finding(_) | Reply::Working | Reply::Done { .. } => true,
            Reply::Ready(_) | Reply::Refused(_) | Reply::ToolReady(_) => false,
        };
        if !fits {
            return Err(Violation::Order("an answer to something that was not asked"));
        }
        match reply {
            Reply::File(start) | Reply::Item(start) => {
                if self.open.is_some() {
                    return Err(Violation::Order("a file begins inside another"));
                }
                self.check_start(start, true)?;
                self.open = Some(start.path.clone());
                (self.is_text, self.file) = (false, Some(start.path.clone()));
                self.file_of_facts.clone_from(&self.file);
                self.files += 1;
                (self.text_left, self.map_left) = (self.longest_text, LONGEST_MAP as u64);
            }
            Reply::Text(start) => {
                // Each file has one at most, right behind it.
                let file = self.file.take().filter(|_| self.open.is_none());
                if file.is_none_or(|file| start.path != nested_path(&file, texts::NAME.as_bytes())) {
                    return Err(Violation::Order("a text that is not of the file before it"));
                }
                self.check_start(start, true)?;
                self.open = Some(start.path.clone());
                self.is_text = true;
                (self.text_left, self.map_left) = (texts::LONGEST as u64, LONGEST_MAP as u64);
            }
            Reply::Facts(start) => {
                let file = self.file_of_facts.take().filter(|_| self.open.is_none());
                if file.is_none_or(|file| start.path != nested_path(&file, facts::NAME.as_bytes())) {
                    return Err(Violation::Order("facts that are not of the file before them"));
                }
                self.check_start(start, true)?;
                self.open = Some(start.path.clone());
                (self.is_text, self.facts_left) = (false, Some(facts::MOST));
            }
            Reply::Fact(fact) => {
                let left = self.facts_left.as_mut().filter(|_| self.open.is_some());
                spend(left.ok_or(Violation::Order("a fact outside of any file's"))?, 1, "facts")?;
                fact.check()?;
            }
            Reply::Archive(start) => {
                if self.open.is_some() {
                    return Err(Violation::Order("an archive is opened inside a file"));
                }
                if start.format.len() > 16 || !start.format.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                    return Err(Violation::Order("a format that is no word"));
                }
                self.check_start(&start.start, false)?;
            }
            Reply::Data(bytes) => {
                if self.open.is_none() || self.facts_left.is_some() {
                    return Err(Violation::Order("bytes outside of any file"));
                }
                spend(&mut self.bytes_left, bytes.len() as u64, "bytes")?;
                let many = bytes.len() as u64;
                if self.asked == Asked::Documents || self.is_text {
                    spend(&mut self.text_left, many, "bytes of a document")?;
                }
                self.bytes += many;
                self.text_bytes += if self.is_text { many } else { 0 };
            }
            Reply::Map(bytes) => {
                if self.open.is_none() {
                    return Err(Violation::Order("a map outside of any document"));
                }
                spend(&mut self.map_left, bytes.len() as u64, "bytes of a map")?;
            }
            Reply::End { .. } => self.end()?,
            Reply::Document(document) => {
                let path = self.open.clone();
                self.end()?;
                check_document(document, path.as_deref().unwrap_or_default())?;
            }
            Reply::NoDocument(finding) => {
                let path = self.open.clone();
                self.end()?;
                check_about(finding, path.as_deref().unwrap_or_default())?;
                self.files -= 1;
                spend(&mut self.findings_left, 1, "findings")?;
                self.findings += 1;
            }
            Reply::Finding(finding) => {
                self.check_path(&finding.path)?;
                check_line(&finding.detail)?;
                spend(&mut self.findings_left, 1, "findings")?;
                self.findings += 1;
            }
            Reply::Clue(clue) => {
                self.check_path(&clue.path)?;
                check_line(&clue.value)?;
                spend(&mut self.clues_left, 1, "clues")?;
                self.clues += 1;
            }
            Reply::Done { .. } => {
                if self.open.is_some() {
                    return Err(Violation::Order("the request ends inside a file"));
                }
            }
            Reply::Working | Reply::Ready(_) | Reply::Refused(_) | Reply::ToolReady(_) => {}
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), Violation> {
        (self.suspect, self.facts_left) = (None, None);
        self.open.take().map(drop).ok_or(Violation::Order("a file ends that did not begin"))
    }

    fn check_start(&mut self, start: &EntryStart, is_file: bool) -> Result<(), Violation> {
        // An archive that could not be opened after all is passed on as the file that it is.
        let is_unopened =
            |last: &EntryStart| is_file && last.entry == start.entry && self.suspect.as_ref() == Some(&start.path);
        // One entry may give several documents: a message and those that it encloses.
        let goes_on = |last: &EntryStart| self.asked == Asked::Documents && start.entry == last.entry;
        let is_new = |last: &EntryStart| start.entry > last.entry || is_unopened(last) || goes_on(last);
        if self.last.as_ref().is_some_and(|last| !is_new(last)) || start.entry == 0 {
            return Err(Violation::Order("an entry comes up again"));
        }
        self.check_path(&start.path)?;
        spend(if is_file { &mut self.files_left } else { &mut self.archives_left }, 1, "entries")?;
        self.suspect = Some(start.path.clone());
        self.last = Some(start.clone());
        Ok(())
    }

    fn check_path(&self, path: &str) -> Result<(), Violation> {
        let below = path.strip_prefix(&self.root);
        if below.is_some_and(|below| below.is_empty() || below.starts_with('!')) && is_displayable(path) {
            Ok(())
        } else {
            Err(Violation::Path(path.chars().take(200).collect()))
        }
    }
}

/// Checks what is one line of words by the rules of [`shown`](crate::sink::shown).
pub(crate) fn check_line(line: &str) -> Result<(), Violation> {
    if is_displayable(line) && line.chars().count() <= LONGEST_DETAIL {
        Ok(())
    } else {
        Err(Violation::Order("words that are too long or cannot be shown"))
    }
}

/// A child that was taken over must not get at the reader's terminal through what stands around a text.
fn check_document(document: &Document, path: &str) -> Result<(), Violation> {
    let fields = [
        &document.title,
        &document.byline,
        &document.outlet,
        &document.published,
        &document.modified,
        &document.address,
        &document.id,
        &document.language,
        &document.part,
    ];
    if document.links.len().max(document.attachments.len()) > Document::MOST_LINKS {
        return Err(Violation::Budget("links and attachments"));
    }
    let lists = document.links.iter().chain(&document.attachments);
    for field in fields.into_iter().flatten().chain([&document.encoding]).chain(lists) {
        check_line(field)?;
    }
    document.problems.iter().try_for_each(|problem| check_about(problem, path))
}

fn check_about(finding: &Finding, path: &str) -> Result<(), Violation> {
    if finding.path != path {
        return Err(Violation::Path(finding.path.chars().take(200).collect()));
    }
    check_line(&finding.detail)
}

fn spend(budget: &mut u64, amount: u64, what: &'static str) -> Result<(), Violation> {
    *budget = budget.checked_sub(amount).ok_or(Violation::Budget(what))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::protocol::{EntryStart, FrameError, decode_reply, frame, read_frame, write_bytes, write_frame};
    use crate::{Finding, FindingKind};

    /// Runs frames through all that the parent checks; gives how many replies held, and why it ended.
    fn run(mut stream: &[u8], limits: &Limits) -> (u64, Option<Violation>) {
        let mut transcript = Transcript::new("a.zip", Asked::Files, limits);
        let mut buffer = Vec::new();
        let mut held = 0;
        loop {
            let checked = match read_frame(&mut stream, &mut buffer) {
                Ok(Some((tag, payload))) => decode_reply(tag, payload).and_then(|reply| transcript.check(&reply)),
                Err(FrameError::Violation(violation)) => Err(violation),
                Ok(None) | Err(FrameError::Stream(_)) => return (held, None),
            };
            if let Err(violation) = checked {
                return (held, Some(violation));
            }
            held += 1;
        }
    }

    fn file(path: &str, entry: u64) -> Vec<u8> {
        let start = EntryStart { path: path.to_owned(), size: None, entry };
        let mut out = Vec::new();
        assert!(write_frame(&mut out, frame::FILE, &start).is_ok());
        out
    }

    fn finding(detail: &str) -> Vec<u8> {
        let finding = Finding { path: "a.zip".into(), kind: FindingKind::Corrupt, detail: detail.to_owned() };
        let mut out = Vec::new();
        assert!(write_frame(&mut out, frame::FINDING, &finding).is_ok());
        out
    }

    fn data(length: usize) -> Vec<u8> {
        let mut out = Vec::new();
        assert!(write_bytes(&mut out, frame::DATA, &vec![7; length]).is_ok());
        out
    }

    fn end() -> Vec<u8> {
        let mut out = Vec::new();
        assert!(write_frame(&mut out, frame::END, &true).is_ok());
        out
    }

    #[test]
    fn lies_are_caught() {
        let limits = Limits { entries: 2, output_bytes: 100, ..Limits::default() };
        let honest = [file("a.zip!x", 2), data(60), end(), file("a.zip!y", 3), data(40), end()].concat();
        assert!(run(&honest, &limits).1.is_none());
        for (lie, held) in [
            (vec![file("a.zip!x", 2), file("a.zip!y", 3)], 1),
            (vec![file("a.zip!x", 2), end(), file("a.zip!y", 2)], 2),
            (vec![data(1)], 0),
            (vec![end()], 0),
            (vec![file("b.zip!x", 1)], 0),
            (vec![file("a.zipx", 1)], 0),
            (vec![file("a.zip!x\u{202e}y", 1)], 0),
            (vec![file("a.zip!x\n", 1)], 0),
            (vec![file("a.zip!x", 2), data(101)], 1),
            (vec![honest.clone(), file("a.zip!z", 4)], 6),
            (vec![finding("\u{1b}[2J")], 0),
            (vec![finding(&"x".repeat(LONGEST_DETAIL + 1))], 0),
            (vec![vec![0, 0, 0, 0]], 0),
            (vec![vec![0xff, 0xff, 0xff, 0xff, 4]], 0),
            (vec![vec![1, 0, 0, 0, 99]], 0),
            (vec![vec![2, 0, 0, 0, 5, 0xf6]], 0),
            (vec![vec![3, 0, 0, 0, 5, 0xf5, 0xf5]], 0),
        ] {
            let (so_far, violation) = run(&lie.concat(), &limits);
            assert!(violation.is_some() && so_far == held, "{violation:?} after {so_far}");
        }
    }

    #[test]
    fn findings_cannot_be_endless() {
        let mut stream = Vec::new();
        let finding = Finding { path: "a.zip".into(), kind: FindingKind::Corrupt, detail: String::new() };
        for _ in 0..Limits::FINDINGS + 3 {
            assert!(write_frame(&mut stream, frame::FINDING, &finding).is_ok());
        }
        assert!(matches!(run(&stream, &Limits::default()).1, Some(Violation::Budget("findings"))));
    }

    /// Frames that are mostly right, so that arbitrary bytes get past the first check.
    fn frames() -> impl Strategy<Value = Vec<u8>> {
        let one = prop_oneof![
            3 => ("a.zip(![a-z/\u{202e}]{0,4})?", 0u64..20).prop_map(|(path, entry)| file(&path, entry)),
            3 => (0usize..50).prop_map(data),
            3 => Just(end()),
            1 => proptest::collection::vec(any::<u8>(), 0..20),
            2 => (0u8..12, proptest::collection::vec(any::<u8>(), 0..40)).prop_map(|(tag, payload)| {
                let mut out = Vec::new();
                assert!(write_bytes(&mut out, tag, &payload).is_ok());
                out
            }),
        ];
        proptest::collection::vec(one, 0..12).prop_map(|frames| frames.concat())
    }

    proptest! {
        #[test]
        fn nothing_that_a_child_sends_fails_the_parent(
            stream in prop_oneof![frames(), proptest::collection::vec(any::<u8>(), 0..400)],
        ) {
            let limits = Limits { entries: 5, output_bytes: 120, ..Limits::default() };
            let (_, violation) = run(&stream, &limits);
            if let Some(violation) = violation {
                prop_assert!(!violation.to_string().is_empty());
            }
        }
    }
}
