//! The child's way out: files, bytes and findings as frames, within the budgets.

use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::archive::{Set, panic_message};
use crate::budget::kind_of;
use crate::clues::{Clue, ClueKind};
use crate::documents::{Found, NoDocument, Problem, line};
use crate::facts::{self, Fact};
use crate::finding::{Finding, FindingKind};
use crate::limits::{ChildLimits, Limits};
use crate::names::{is_hidden, nested_path, path_of};
use crate::picture::{self, Picture};
use crate::protocol::{Already, ArchiveStart, DocumentFormat, EntryStart, PictureEnd, frame, write_bytes, write_frame};
use crate::split::missing_parts;
use crate::texts;

/// Why a request goes no further.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stop {
    /// The parent hung up.
    #[error("the parent does not read on: {0}")]
    ParentGone(#[from] io::Error),
    /// A budget of the whole request is spent, and a finding said so.
    #[error("a budget is spent")]
    Cut,
}

/// Longer particulars are cut; they may quote the file.
pub(crate) const LONGEST_DETAIL: usize = 2000;

/// Bytes of a file sent in one frame.
const CHUNK: usize = 64 << 10;

pub(crate) struct Sink<'o> {
    out: &'o mut dyn Write,
    pub(crate) limits: &'o ChildLimits,
    /// Bytes of memory that nested archives may still take.
    pub(crate) nested_left: u64,
    already: Already,
    /// The archive that was come into last on the way to the entry that the worker before this one died of.
    way: String,
    entries: u64,
    bytes: u64,
    findings: u64,
    clues: u64,
    /// Cut archives of which parts are held.
    pub(crate) sets: Vec<Set>,
    /// What locked archives are tried with; the one that fitted last stands first.
    pub(crate) passwords: Vec<String>,
    /// Whether pictures are decoded.
    pub(crate) pictures: bool,
    is_open: bool,
    is_cut: bool,
}

impl<'o> Sink<'o> {
    pub(crate) fn new(out: &'o mut dyn Write, limits: &'o ChildLimits, already: Already) -> Sink<'o> {
        Sink {
            out,
            limits,
            nested_left: limits.nested_bytes,
            way: String::new(),
            entries: 0,
            bytes: already.bytes,
            findings: already.findings,
            clues: already.clues,
            already,
            sets: Vec::new(),
            passwords: Vec::new(),
            pictures: false,
            is_open: false,
            is_cut: false,
        }
    }

    /// Whether nothing has come up yet.
    pub(crate) fn is_untouched(&self) -> bool {
        self.entries == 0
    }

    /// Counts one entry, whatever it is.
    pub(crate) fn count_entry(&mut self, path: &str) -> Result<(), Stop> {
        if self.entries == self.limits.entries {
            let detail =
                format!("the limit of {} entries is reached; this one and the rest were not read", self.entries);
            return self.cut(path, FindingKind::TooManyEntries, detail);
        }
        self.entries += 1;
        if self.entries <= self.already.entry {
            self.follow_way(path);
        }
        Ok(())
    }

    /// The entry that the worker before this one died of is mostly known by its number. Where memory was short, that worker may have
    /// come deeper than this one does: once the archive is left in which it died, that entry is passed, whatever the number.
    fn follow_way(&mut self, path: &str) {
        let is_in = |inner: &str, outer: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('!'));
        if path == self.already.path || is_in(&self.already.path, path) {
            path.clone_into(&mut self.way);
        } else if !self.way.is_empty() && !is_in(path, &self.way) {
            self.entries = self.already.entry + 1;
        }
    }

    /// Says what is wrong with an entry.
    pub(crate) fn finding(&mut self, path: &str, kind: FindingKind, detail: impl Into<String>) -> Result<(), Stop> {
        if self.entries < self.already.entry {
            // The worker before this one said so.
            return Ok(());
        }
        self.findings += 1;
        if self.findings <= Limits::FINDINGS {
            self.write_finding(path, kind, detail.into())?;
        }
        Ok(())
    }

    /// Says what an archive or document tells of how it came to be.
    pub(crate) fn clue(&mut self, path: &str, kind: ClueKind, value: String, entries: u64) -> Result<(), Stop> {
        if self.entries < self.already.entry || self.clues >= Limits::CLUES {
            return Ok(());
        }
        self.clues += 1;
        let clue = Clue { path: path.to_owned(), kind, value: shown(&value), entries };
        Ok(write_frame(&mut self.out, frame::CLUE, &clue)?)
    }

    /// Says of an archive that was cut in pieces what of it is missing: of `joined` parts, the numbers of others, from 0.
    pub(crate) fn joined(&mut self, path: &str, joined: usize, missing: &[u32]) -> Result<(), Stop> {
        match missing_parts(joined, missing) {
            Some(detail) => self.finding(path, FindingKind::Truncated, detail),
            None => Ok(()),
        }
    }

    /// Why what is locked was not read.
    pub(crate) fn why_locked(&self) -> String {
        match self.passwords.len() {
            0 => "it is locked, and no password is known: give it with --password".to_owned(),
            1 => "it is locked, and the password does not fit".to_owned(),
            many => format!("it is locked, and none of the {many} passwords fits"),
        }
    }

    /// Has a password that fitted tried first from now on.
    pub(crate) fn fitted(&mut self, password: usize) {
        if password < self.passwords.len() {
            self.passwords[..=password].rotate_right(1);
        }
    }

    /// Says that the child is at work, where nothing else is to be said for long.
    pub(crate) fn working(&mut self) -> Result<(), Stop> {
        write_bytes(&mut self.out, frame::WORKING, &[])?;
        Ok(self.out.flush()?)
    }

    /// Says that an archive is about to be opened, so that its name is known if it kills the child. False where it has
    /// killed one before.
    pub(crate) fn open_archive(&mut self, path: &str, format: &str) -> Result<bool, Stop> {
        if self.entries > self.already.entry {
            let start = EntryStart { path: path.to_owned(), size: None, entry: self.entries };
            let start = ArchiveStart { start, format: format.to_owned() };
            write_frame(&mut self.out, frame::ARCHIVE, &start)?;
            self.out.flush()?;
        }
        Ok(self.entries != self.already.entry)
    }

    /// Passes a whole file on. What goes wrong while reading is a finding about it.
    pub(crate) fn copy(&mut self, path: &str, size: Option<u64>, reader: &mut dyn Read) -> Result<(), Stop> {
        if self.entries <= self.already.entry {
            return Ok(());
        }
        let start = EntryStart { path: path.to_owned(), size, entry: self.entries };
        write_frame(&mut self.out, frame::FILE, &start)?;
        // Whatever kills the child inside this file must not take the files before it along.
        self.out.flush()?;
        self.is_open = true;
        let mut chunk = vec![0; CHUNK];
        let mut total = 0;
        let failed = loop {
            match reader.read(&mut chunk) {
                Ok(0) => break None,
                Ok(read) => {
                    total += read as u64;
                    if self.bytes + read as u64 > self.limits.output_bytes {
                        let detail = format!(
                            "the limit of {} bytes is reached in this file; the rest was not read",
                            self.limits.output_bytes
                        );
                        self.end(false)?;
                        return self.cut(path, FindingKind::TooManyBytes, detail);
                    }
                    self.bytes += read as u64;
                    write_bytes(&mut self.out, frame::DATA, &chunk[..read])?;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break Some(error),
            }
        };
        self.end(failed.is_none())?;
        if let Some(error) = failed {
            self.finding(path, kind_of(&error), format!("after {total} bytes: {error}"))?;
        } else if let Some(size) = size.filter(|size| *size != total) {
            self.finding(path, FindingKind::WrongSize, format!("{size} bytes are stated, {total} were found"))?;
        }
        Ok(())
    }

    /// Begins what comes behind the file that was passed on last, under a name of its own. False where that file was not, or a worker before
    /// this one has begun it.
    fn begin_behind(&mut self, path: &str, name: &str, kind: u8) -> Result<bool, Stop> {
        let path = nested_path(path, name.as_bytes());
        let was_passed_on = self.entries > self.already.entry;
        self.count_entry(&path)?;
        if !was_passed_on || self.entries <= self.already.entry {
            return Ok(false);
        }
        let start = EntryStart { path, size: None, entry: self.entries };
        write_frame(&mut self.out, kind, &start)?;
        self.out.flush()?;
        self.is_open = true;
        Ok(true)
    }

    /// Passes on the text of the file that was passed on last, with the way back into it. `read` runs only where no worker before this
    /// one has done so.
    pub(crate) fn text(&mut self, path: &str, read: impl FnOnce() -> Result<Found, NoDocument>) -> Result<(), Stop> {
        if !self.begin_behind(path, texts::NAME, frame::TEXT)? {
            return Ok(());
        }
        let found = match guarded(read) {
            Ok(found) => found,
            Err(none) => {
                self.end(false)?;
                // Pages and parts without a word are made so, and some only begin as a page; of a PDF it says that it is pictures.
                let is_silent = matches!(none.kind, FindingKind::Empty | FindingKind::Binary);
                let is_news = !is_silent || none.detail.contains("pictures");
                let detail = format!("its text was not read: {}", none.detail);
                return if is_news { self.finding(path, none.kind, detail) } else { Ok(()) };
            }
        };
        let text = found.text.text.as_bytes();
        if self.bytes + text.len() as u64 > self.limits.output_bytes {
            self.end(false)?;
            let detail = format!("the limit of {} bytes is reached in its text", self.limits.output_bytes);
            return self.cut(path, FindingKind::TooManyBytes, detail);
        }
        self.bytes += text.len() as u64;
        for chunk in text.chunks(CHUNK) {
            write_bytes(&mut self.out, frame::DATA, chunk)?;
        }
        for chunk in found.text.map().to_bytes().chunks(CHUNK) {
            write_bytes(&mut self.out, frame::MAP, chunk)?;
        }
        self.end(true)?;
        // Of a PDF also what its fonts do not say: another reader may know it.
        let is_pdf = found.about.format == DocumentFormat::Pdf;
        let is_cut = |problem: &Problem| {
            matches!(problem.kind, FindingKind::TooLarge | FindingKind::TooDeep)
                || is_pdf && problem.kind == FindingKind::Undecodable
        };
        for problem in found.problems.into_iter().filter(is_cut) {
            self.finding(path, problem.kind, format!("of its text: {}", problem.detail))?;
        }
        Ok(())
    }

    /// Passes on the pixels of the file that was passed on last. `read` runs only where no worker before this one has done so.
    pub(crate) fn picture(
        &mut self,
        path: &str,
        read: impl FnOnce() -> Result<Picture, NoDocument>,
    ) -> Result<(), Stop> {
        if !self.begin_behind(path, picture::NAME, frame::PICTURE)? {
            return Ok(());
        }
        let Picture { format, is_animated, is_photo, grey } = match guarded(read) {
            Ok(picture) => picture,
            Err(none) => {
                self.end(false)?;
                return self.finding(path, none.kind, format!("its picture was not read: {}", none.detail));
            }
        };
        for chunk in grey.pixels.chunks(CHUNK) {
            write_bytes(&mut self.out, frame::DATA, chunk)?;
        }
        self.is_open = false;
        let end = PictureEnd { format, is_animated, is_photo, width: grey.width, height: grey.height };
        Ok(write_frame(&mut self.out, frame::SHOWN, &end)?)
    }

    /// Passes on what is known of the file that was passed on last beyond its bytes. `read` runs only where no worker before this one has
    /// done so.
    pub(crate) fn facts(
        &mut self,
        path: &str,
        read: impl FnOnce() -> Result<(Vec<Fact>, Vec<String>), NoDocument>,
    ) -> Result<(), Stop> {
        if !self.begin_behind(path, facts::NAME, frame::FACTS)? {
            return Ok(());
        }
        let none = match guarded(read) {
            Ok((facts, problems)) => {
                for fact in facts {
                    write_frame(&mut self.out, frame::FACT, &fact)?;
                }
                self.end(true)?;
                return problems.into_iter().try_for_each(|it| self.finding(path, FindingKind::Corrupt, it));
            }
            Err(none) => none,
        };
        self.end(false)?;
        self.finding(path, none.kind, none.detail)
    }

    /// Passes a document on, or says why there is none. `label` says which part of the file it is, where it is not all
    /// of it. `read` runs only where no worker before this one has done so.
    pub(crate) fn document(
        &mut self,
        name: &str,
        label: Option<&str>,
        read: impl FnOnce() -> Result<Found, NoDocument>,
    ) -> Result<(), Stop> {
        self.documents(name, label, || {
            let mut found = read()?;
            found.about.part = label.and_then(line);
            Ok(vec![found])
        })
    }

    /// The same for what may give several, which then say themselves which part of the file they are.
    pub(crate) fn documents(
        &mut self,
        name: &str,
        label: Option<&str>,
        read: impl FnOnce() -> Result<Vec<Found>, NoDocument>,
    ) -> Result<(), Stop> {
        let path = path_of(name, label);
        self.count_entry(&path)?;
        if self.entries <= self.already.entry {
            return Ok(());
        }
        self.begin_document(&path)?;
        self.out.flush()?;
        let found = catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|panic| {
            let why = panic_message(panic.as_ref());
            let detail = format!("the parser failed on it ({why}): save its text and add that");
            Err(NoDocument::new(FindingKind::ParserFailed, detail))
        });
        let none = match found {
            Ok(found) => {
                for (number, found) in found.into_iter().enumerate() {
                    let path = path_of(name, found.about.part.as_deref());
                    if number > 0 {
                        self.begin_document(&path)?;
                    }
                    self.write_document(&path, found)?;
                }
                return Ok(());
            }
            Err(none) => none,
        };
        self.findings += 1;
        let finding = Finding { path: path.clone(), kind: none.kind, detail: shown(&none.detail) };
        write_frame(&mut self.out, frame::NO_DOCUMENT, &finding)?;
        if self.findings < Limits::FINDINGS {
            return Ok(());
        }
        let detail = format!("{} findings are enough; the rest was not read", self.findings);
        self.cut(&path, FindingKind::TooManyFindings, detail)
    }

    fn begin_document(&mut self, path: &str) -> Result<(), Stop> {
        let start = EntryStart { path: path.to_owned(), size: None, entry: self.entries };
        Ok(write_frame(&mut self.out, frame::ITEM, &start)?)
    }

    fn write_document(&mut self, path: &str, found: Found) -> Result<(), Stop> {
        let text = found.text.text.as_bytes();
        if self.bytes + text.len() as u64 > self.limits.output_bytes {
            let detail = format!("the limit of {} bytes is reached; it was not read", self.limits.output_bytes);
            let finding = Finding { path: path.to_owned(), kind: FindingKind::TooManyBytes, detail };
            write_frame(&mut self.out, frame::NO_DOCUMENT, &finding)?;
            self.is_cut = true;
            return Err(Stop::Cut);
        }
        self.bytes += text.len() as u64;
        for chunk in text.chunks(CHUNK) {
            write_bytes(&mut self.out, frame::DATA, chunk)?;
        }
        for chunk in found.text.map().to_bytes().chunks(CHUNK) {
            write_bytes(&mut self.out, frame::MAP, chunk)?;
        }
        let mut about = found.about;
        for problem in found.problems {
            let detail = shown(&problem.detail);
            about.problems.push(Finding { path: path.to_owned(), kind: problem.kind, detail });
        }
        Ok(write_frame(&mut self.out, frame::DOCUMENT, &about)?)
    }

    /// Ends a file that a parser left open by failing inside, and says so.
    pub(crate) fn abandon(&mut self, path: &str, why: &str) -> Result<(), Stop> {
        if self.is_open {
            self.end(false)?;
        }
        self.finding(path, FindingKind::ParserFailed, format!("what follows in it was not read: {why}"))
    }

    /// Ends the request.
    pub(crate) fn done(&mut self, path: &str) -> Result<(), Stop> {
        if self.findings > Limits::FINDINGS {
            let more = self.findings - Limits::FINDINGS;
            self.write_finding(path, FindingKind::TooManyFindings, format!("{more} more findings are not listed"))?;
        }
        write_frame(&mut self.out, frame::DONE, &self.is_cut)?;
        Ok(self.out.flush()?)
    }

    fn end(&mut self, complete: bool) -> Result<(), Stop> {
        self.is_open = false;
        Ok(write_frame(&mut self.out, frame::END, &complete)?)
    }

    fn cut(&mut self, path: &str, kind: FindingKind, detail: String) -> Result<(), Stop> {
        self.is_cut = true;
        self.write_finding(path, kind, detail)?;
        Err(Stop::Cut)
    }

    fn write_finding(&mut self, path: &str, kind: FindingKind, detail: String) -> Result<(), Stop> {
        let finding = Finding { path: path.to_owned(), kind, detail: shown(&detail) };
        Ok(write_frame(&mut self.out, frame::FINDING, &finding)?)
    }
}

/// What a parser makes of a file; where it panics, that is why there is nothing.
fn guarded<T>(read: impl FnOnce() -> Result<T, NoDocument>) -> Result<T, NoDocument> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|panic| {
        let why = panic_message(panic.as_ref());
        Err(NoDocument::new(FindingKind::ParserFailed, format!("the parser failed on it ({why})")))
    })
}

/// Text that may quote a file, cut and without characters that reorder or hide what is around them.
pub(crate) fn shown(text: &str) -> String {
    text.chars().take(LONGEST_DETAIL).map(|c| if is_hidden(c) { ' ' } else { c }).collect()
}
