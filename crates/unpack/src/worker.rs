//! The parent's side: a worker that is started again whenever it dies.

use std::fs::File;
use std::io::Seek as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::child::{Failure, Running};
use crate::clues::Clue;
use crate::facts::Fact;
use crate::finding::{Finding, FindingKind};
use crate::limits::Limits;
use crate::names::display_name;
use crate::picture::{Grey, Picture};
use crate::protocol::{Already, Document, DocumentHint, LONGEST_REQUEST, PictureEnd, Reply, Request, Violation};
use crate::sandbox::Enforced;
use crate::trace::Map;
use crate::transcript::{Asked, Transcript};

/// Why a worker gives no answer at all.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The program could not be started, or is not one that calls [`serve`](crate::serve).
    #[error("cannot start the worker {}: {why}", program.display())]
    Start {
        /// The program.
        program: PathBuf,
        /// What happened.
        why: String,
    },
    /// The kernel lacks what keeps foreign files harmless.
    #[error(
        "the worker cannot be locked down on this system: {}; opening foreign files without that is dangerous, and \
         done only when asked for (`--unsafe-no-sandbox`)",
        missing.join("; ")
    )]
    NotLockedDown {
        /// Each right that could not be taken away, and why.
        missing: Vec<String>,
    },
    /// More passwords than a request can take along.
    #[error(
        "more than {} passwords, or more than {} bytes of them: give fewer",
        Limits::PASSWORDS,
        Limits::PASSWORD_BYTES
    )]
    Passwords,
    /// More parts of a cut file than a worker may hold open, or none.
    #[error(
        "a file that was cut in none, or in more than {} parts: join them (cat x.* > x) and give that",
        Limits::PARTS
    )]
    Parts,
}

/// What comes out of [`Worker::files`], in order: each file's start, its bytes, its end, and mostly nothing, but for some its text. Findings may come in between.
#[derive(Debug, PartialEq, Eq)]
pub enum Event<'e> {
    /// A file begins.
    File {
        /// Where it is: the name given to the request, then for each archive around it `!` and the name inside. Safe to
        /// show; different names stay different (`\`, `!`, hidden characters and foreign bytes are spelt out).
        path: &'e str,
        /// The size in bytes that the archive or file system states; it may lie.
        size: Option<u64>,
    },
    /// An archive is opened.
    Archive {
        /// Where it is, as for a file. What lies in it has this before a `!`.
        path: &'e str,
        /// What it is, in a word such as `zip`.
        format: &'e str,
    },
    /// The next bytes of the file.
    Data(&'e [u8]),
    /// The file ends.
    End {
        /// Whether this is all of it. Otherwise a finding with its path says why.
        complete: bool,
    },
    /// The text of the file that just ended: of a PDF, a page, a part of an office's document, a message, a notebook.
    Text {
        /// The text.
        text: &'e str,
        /// The way back to the bytes of the file.
        map: &'e Map,
    },
    /// What the file shows that just ended; only where [pictures are asked for](Worker::set_pictures).
    Picture(Picture),
    /// What is known of the file that just ended beyond its bytes and its text.
    Fact(&'e Fact),
    /// Something is wrong with one file or entry.
    Finding(Finding),
    /// What an archive or document says of how it came to be.
    Clue(Clue),
}

/// What comes out of [`Worker::documents`], in the order of the file.
#[derive(Debug, PartialEq, Eq)]
pub enum DocumentEvent {
    /// A document.
    Document(Box<Document>),
    /// Why there is none: the file, or one entry of it, was left out.
    Finding(Finding),
}

/// What one request came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Files or documents that came out.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Findings about them.
    pub findings: u64,
    /// Whether everything was looked at: no budget cut it, the worker lived, and the caller did not stop.
    pub whole: bool,
}

/// A locked-down child that opens foreign files, one after the other, and is replaced when one of them kills it.
pub struct Worker {
    program: PathBuf,
    args: Vec<String>,
    limits: Limits,
    passwords: Vec<String>,
    pictures: bool,
    enforced: Enforced,
    running: Option<Running>,
}

impl Worker {
    /// Starts `program` with `args`, which must call [`serve`](crate::serve), and has it lock itself down.
    ///
    /// # Errors
    /// [`Error::Start`], and [`Error::NotLockedDown`] unless `limits.accept_unjailed`.
    pub fn start(program: &Path, args: &[&str], limits: Limits) -> Result<Worker, Error> {
        let args = args.iter().map(|arg| (*arg).to_owned()).collect();
        let program = program.to_owned();
        let (passwords, enforced) = (Vec::new(), Enforced::default());
        let mut worker = Worker { program, args, limits, passwords, pictures: false, enforced, running: None };
        worker.restart()?;
        Ok(worker)
    }

    /// What holds the child, by its own account.
    pub fn enforced(&self) -> &Enforced {
        &self.enforced
    }

    /// What [`Worker::files`] tries on archives that are locked.
    ///
    /// # Errors
    /// [`Error::Passwords`]: they are more than [`Limits::PASSWORDS`] or [`Limits::PASSWORD_BYTES`].
    pub fn set_passwords(&mut self, passwords: &[String]) -> Result<(), Error> {
        let bytes: usize = passwords.iter().map(String::len).sum();
        if passwords.len() > Limits::PASSWORDS || bytes > Limits::PASSWORD_BYTES {
            return Err(Error::Passwords);
        }
        self.passwords = passwords.to_vec();
        Ok(())
    }

    /// Has [`Worker::files`] pass on what pictures show.
    pub fn set_pictures(&mut self, pictures: bool) {
        self.pictures = pictures;
    }

    /// Passes every document in `file` to `on_event`: the text, page or message that it is, or each of the many that it
    /// holds. What is wrong with one is a finding, and the rest goes on; so is the death of the worker, as in
    /// [`Worker::files`]. `on_event` breaks off by giving [`ControlFlow::Break`].
    ///
    /// # Errors
    /// Those of [`Worker::start`], where the worker had died and cannot be started again.
    pub fn documents(
        &mut self,
        name: &str,
        file: File,
        hint: DocumentHint,
        on_event: &mut dyn FnMut(DocumentEvent) -> ControlFlow<()>,
    ) -> Result<Summary, Error> {
        // A pipe has no length; there a map is held against nothing.
        let length = file.metadata().ok().filter(std::fs::Metadata::is_file).map_or(u64::MAX, |meta| meta.len());
        let mut gathered = Gathered::default();
        let request = |name: &str, already| Request::Documents { name: name.to_owned(), hint, already };
        self.ask(name, &[file], Asked::Documents, &request, &mut |heard| {
            let event = match heard {
                Heard::Reply(Reply::Item(_)) => {
                    gathered = Gathered::default();
                    return Ok(ControlFlow::Continue(()));
                }
                Heard::Reply(Reply::Data(bytes)) => {
                    gathered.text.extend_from_slice(bytes);
                    return Ok(ControlFlow::Continue(()));
                }
                Heard::Reply(Reply::Map(bytes)) => {
                    gathered.map.extend_from_slice(bytes);
                    return Ok(ControlFlow::Continue(()));
                }
                Heard::Reply(Reply::Document(mut document)) => {
                    (document.text, document.map) = std::mem::take(&mut gathered).finish(length)?;
                    DocumentEvent::Document(document)
                }
                Heard::Reply(Reply::NoDocument(finding) | Reply::Finding(finding)) => DocumentEvent::Finding(finding),
                Heard::Death { finding, .. } => DocumentEvent::Finding(finding),
                Heard::Reply(_) => return Ok(ControlFlow::Continue(())),
            };
            Ok(on_event(event))
        })
    }

    /// Passes every file in `file` to `on_event`, archives opened through all layers. What is wrong with one file is a
    /// finding, and the rest goes on; so is the death of the worker, after which another goes on behind the entry that
    /// killed it. `on_event` breaks off by giving [`ControlFlow::Break`].
    ///
    /// # Errors
    /// Those of [`Worker::start`], where the worker had died and cannot be started again.
    pub fn files(
        &mut self,
        name: &str,
        file: File,
        on_event: &mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
    ) -> Result<Summary, Error> {
        self.files_of_parts(name, &[file], on_event)
    }

    /// The same for a file that was cut in pieces, of which no more than [`Limits::PARTS`] can be given, in their order.
    ///
    /// # Errors
    /// As [`Worker::files`], and [`Error::Parts`].
    pub fn files_of_parts(
        &mut self,
        name: &str,
        parts: &[File],
        on_event: &mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
    ) -> Result<Summary, Error> {
        if parts.is_empty() || parts.len() > Limits::PARTS {
            return Err(Error::Parts);
        }
        let (passwords, pictures) = (self.passwords.clone(), self.pictures);
        let request = |name: &str, already| Request::Files {
            name: name.to_owned(),
            already,
            passwords: passwords.clone(),
            pictures,
        };
        let (mut behind, mut length) = (None, 0u64);
        self.ask(name, parts, Asked::Files, &request, &mut |heard| {
            Ok(match heard {
                Heard::Reply(Reply::Text(_)) => {
                    behind = Some(Behind::Text(Gathered::default()));
                    ControlFlow::Continue(())
                }
                Heard::Reply(Reply::Picture(_)) => {
                    behind = Some(Behind::Pixels(Vec::new()));
                    ControlFlow::Continue(())
                }
                Heard::Reply(Reply::Facts(_)) => {
                    behind = Some(Behind::Facts);
                    ControlFlow::Continue(())
                }
                Heard::Reply(Reply::Shown(end)) => {
                    let PictureEnd { format, is_animated, is_photo, width, height } = end;
                    let pixels = if let Some(Behind::Pixels(pixels)) = behind.take() { pixels } else { Vec::new() };
                    let grey = Grey { width, height, pixels };
                    if !grey.is_whole() {
                        return Err(Violation::Order("a picture with other pixels than it says"));
                    }
                    on_event(Event::Picture(Picture { format, is_animated, is_photo, grey }))
                }
                Heard::Reply(Reply::Fact(fact)) => on_event(Event::Fact(&fact)),
                Heard::Reply(Reply::File(start)) => {
                    length = 0;
                    on_event(Event::File { path: &start.path, size: start.size })
                }
                Heard::Reply(Reply::Map(bytes)) => {
                    if let Some(Behind::Text(gathered)) = &mut behind {
                        gathered.map.extend_from_slice(bytes);
                    }
                    ControlFlow::Continue(())
                }
                Heard::Reply(Reply::Data(bytes)) => match &mut behind {
                    Some(Behind::Text(Gathered { text: held, .. }) | Behind::Pixels(held)) => {
                        held.extend_from_slice(bytes);
                        ControlFlow::Continue(())
                    }
                    // Among facts the transcript lets no bytes through.
                    Some(Behind::Facts) | None => {
                        length += bytes.len() as u64;
                        on_event(Event::Data(bytes))
                    }
                },
                Heard::Reply(Reply::End { complete }) => match behind.take() {
                    Some(Behind::Text(gathered)) if complete => {
                        let (text, map) = gathered.finish(length)?;
                        on_event(Event::Text { text: &text, map: &map })
                    }
                    Some(_) => ControlFlow::Continue(()),
                    None => on_event(Event::End { complete }),
                },
                Heard::Reply(Reply::Finding(finding)) => on_event(Event::Finding(finding)),
                Heard::Reply(Reply::Archive(it)) => {
                    on_event(Event::Archive { path: &it.start.path, format: &it.format })
                }
                Heard::Reply(Reply::Clue(clue)) => on_event(Event::Clue(clue)),
                Heard::Death { finding, was_open } => {
                    behind = None;
                    // Both must be told, whatever the caller says to the first.
                    let ended =
                        if was_open { on_event(Event::End { complete: false }) } else { ControlFlow::Continue(()) };
                    let told = on_event(Event::Finding(finding));
                    if ended.is_break() { ended } else { told }
                }
                // Nothing else gets through the transcript.
                Heard::Reply(_) => ControlFlow::Continue(()),
            })
        })
    }

    /// Sends a request and passes on what comes, with a new worker behind each entry that kills one.
    fn ask(
        &mut self,
        name: &str,
        files: &[File],
        asked: Asked,
        request: &dyn Fn(&str, Already) -> Request,
        on_heard: &mut OnHeard<'_>,
    ) -> Result<Summary, Error> {
        /// Deaths that one request survives. Each costs a new walk up to where it happened.
        const DEATHS: usize = 16;

        let name = display_name(name.as_bytes());
        let mut transcript = Transcript::new(&name, asked, &self.limits);
        let mut summary = Summary::default();
        let mut already = Already::default();
        let mut patience = self.limits.wall;
        for death in 1.. {
            self.request(&request(&name, already.clone()), files, patience)?;
            let failure = match self.receive(&mut transcript, &mut summary, on_heard) {
                Ok(Ended::Done { cut }) => {
                    summary.whole = death == 1 && !cut;
                    break;
                }
                Ok(Ended::Stopped) => {
                    // What it is about to send belongs to nobody; the next request starts another.
                    self.running = None;
                    break;
                }
                Err(failure) => failure,
            };
            patience = self.running.as_ref().map_or(Duration::ZERO, Running::patience);
            let (last, mut path) = transcript.last().map_or((0, String::new()), |last| (last.entry, last.path.clone()));
            // Without it the entry is known by its number alone.
            if path.len() > LONGEST_REQUEST / 2 {
                path.clear();
            }
            let can_go_on = matches!(failure, Failure::Ended | Failure::Silent(_))
                && death < DEATHS
                && last > already.entry
                && !patience.is_zero()
                && files.iter().all(|mut file| file.stream_position().is_ok());
            let mut finding = self.bury(transcript.suspect().unwrap_or(&name), &failure);
            finding.detail.push_str(if can_go_on { "; it was left out" } else { "; the rest was not read" });
            summary.findings += 1;
            let was_open = transcript.close();
            // A lie cannot come from here: what is heard is our own.
            let stops = !matches!(on_heard(Heard::Death { finding, was_open }), Ok(ControlFlow::Continue(())));
            if !can_go_on || stops {
                break;
            }
            already = Already {
                entry: last,
                bytes: transcript.bytes,
                findings: transcript.findings,
                clues: transcript.clues,
                path,
            };
        }
        Ok(summary)
    }

    /// Passes on what a worker sends, up to the end of the request.
    fn receive(
        &mut self,
        transcript: &mut Transcript,
        summary: &mut Summary,
        on_heard: &mut OnHeard<'_>,
    ) -> Result<Ended, Failure> {
        loop {
            let Some(running) = &mut self.running else {
                return Err(Failure::Ended);
            };
            let reply = running.next()?;
            transcript.check(&reply)?;
            summary.files = transcript.files;
            summary.bytes = transcript.bytes - transcript.text_bytes;
            summary.findings += u64::from(matches!(reply, Reply::Finding(_) | Reply::NoDocument(_)));
            if let Reply::Done { cut } = reply {
                return Ok(Ended::Done { cut });
            }
            if on_heard(Heard::Reply(reply))?.is_break() {
                return Ok(Ended::Stopped);
            }
        }
    }

    /// Sends a request to a living worker with a full allotment of time.
    fn request(&mut self, request: &Request, files: &[File], patience: Duration) -> Result<(), Error> {
        let message = minicbor::to_vec(request).map_err(|error| self.start_error(error))?;
        if message.len() > LONGEST_REQUEST {
            return Err(self.start_error("the file's name is too long"));
        }
        let part = minicbor::to_vec(&Request::Part).map_err(|error| self.start_error(error))?;
        let send = |running: &Running| {
            let (last, before) = files.split_last().map_or((None, files), |(last, before)| (Some(last), before));
            before.iter().try_for_each(|file| running.send(&part, Some(file)))?;
            running.send(&message, last)
        };
        let limits = &self.limits;
        let is_sent =
            self.running.as_mut().is_some_and(|running| running.allot(limits, patience) && send(running).is_ok());
        if is_sent {
            return Ok(());
        }
        // It died since, or its processor time can't be raised: a new one has its own.
        self.restart()?;
        let Some(running) = &mut self.running else {
            return Err(self.start_error("it is gone again"));
        };
        if !running.allot(&self.limits, patience) && !self.limits.accept_unjailed {
            return Err(Error::NotLockedDown { missing: vec!["its processor time cannot be limited".to_owned()] });
        }
        send(running).map_err(|error| self.start_error(error))
    }

    /// Ends a worker that failed; the next request starts another.
    fn bury(&mut self, path: &str, failure: &Failure) -> Finding {
        let how = match self.running.take() {
            Some(running) => running.end(failure, &self.limits),
            None => failure.to_string(),
        };
        let (kind, detail) = match failure {
            Failure::Lied(_) => {
                (FindingKind::WorkerLied, format!("the worker that read it is not to be trusted: {how}"))
            }
            _ => (FindingKind::WorkerDied, format!("the worker did not survive it: {how}")),
        };
        Finding { path: path.to_owned(), kind, detail }
    }

    fn restart(&mut self) -> Result<(), Error> {
        self.running = None;
        let mut running =
            Running::spawn(&self.program, &self.args, &self.limits).map_err(|error| self.start_error(error))?;
        let (enforced, failure) = match running.next() {
            Ok(Reply::Ready(enforced)) => (Ok(enforced), None),
            Ok(Reply::Refused(missing)) => (Err(missing), None),
            Ok(_) => (Err(vec![]), Some(Violation::Order("an answer to something that was not asked").into())),
            Err(failure) => (Err(vec![]), Some(failure)),
        };
        if let Some(failure) = failure {
            let how = running.end(&failure, &self.limits);
            return Err(self.start_error(format!("{how}; it must be a program that serves requests")));
        }
        let enforced = enforced.map_err(|missing| Error::NotLockedDown { missing })?;
        let is_held =
            enforced.seccomp && enforced.no_new_privs && enforced.resource_limits && enforced.landlock_version > 0;
        if !is_held && !self.limits.accept_unjailed {
            return Err(Error::NotLockedDown { missing: vec!["it reports less than what matters".to_owned()] });
        }
        self.enforced = enforced;
        self.running = Some(running);
        Ok(())
    }

    fn start_error(&self, why: impl ToString) -> Error {
        Error::Start { program: self.program.clone(), why: why.to_string() }
    }
}

/// A text and its map as they come.
#[derive(Default)]
struct Gathered {
    text: Vec<u8>,
    map: Vec<u8>,
}

impl Gathered {
    /// Both, held against each other and the length of the file.
    fn finish(self, length: u64) -> Result<(String, Map), Violation> {
        let text = String::from_utf8(self.text).map_err(|_| Violation::Order("a text that is no UTF-8"))?;
        let map = Map::from_bytes(&self.map, text.len() as u64, length)
            .map_err(|_| Violation::Order("a map that leads out of its text or file"))?;
        Ok((text, map))
    }
}

/// What comes behind a file, while it is open.
enum Behind {
    Text(Gathered),
    Pixels(Vec<u8>),
    Facts,
}

/// What a request brings, one at a time.
enum Heard<'r> {
    Reply(Reply<'r>),
    /// The worker died of something.
    Death {
        finding: Finding,
        was_open: bool,
    },
}

type OnHeard<'h> = dyn FnMut(Heard<'_>) -> Result<ControlFlow<()>, Violation> + 'h;

/// How a request ended.
enum Ended {
    Done { cut: bool },
    Stopped,
}
