//! A sample as it comes out of the child: its files in batches.

use std::fs::File;
use std::io::{Read as _, Seek};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use fingerprint::{Kind, Profile};
use unpack::{Event, Fact};

use super::super::add::files_below;
use super::super::listings::Listings;
use super::builds::Builds;
use super::layers::{self, Layers};
use super::sources::{Source, sources};
use super::texts::{OneText, Texts};
use super::{Error, MatchOptions, PROBLEMS, SampleProgress};
use crate::capture::{self, Opener};
use crate::claim::on_one_line;
use crate::inspect::Malware;
use crate::inspect::sensitive::{self, Scanner};
use crate::listing::Reader;
use crate::matching::{Bounds, Gathered, SHORT, SampleFile, Tallied, Tally, says_generated};

/// What came out of a sample.
pub(super) struct Opened {
    /// The files that no more came after.
    pub(super) batch: Vec<SampleFile>,
    /// How many batches were given away before.
    pub(super) batches: u64,
    /// The names and contents of all files, in their order.
    pub(super) contents: blake3::Hasher,
    pub(super) listings: Listings,
    pub(super) layers: Layers,
    pub(super) builds: Builds,
    /// The file that ended last.
    last: String,
    /// What of them is sensitive.
    pub(super) sensitive: sensitive::Tally,
    /// What they are, whoever's they are.
    pub(super) tally: Tally,
    /// Bytes of the sample as it came.
    pub(super) received: u64,
    problems: Vec<String>,
    more_problems: usize,
    /// Fingerprints of the batch.
    fingerprints: usize,
    bounds: Bounds,
    /// Whether its files are listings, whatever they look like.
    is_listing: bool,
    /// Whether who takes the batches wants no more.
    is_stopped: bool,
}

/// Takes a batch of files, and says whether more are wanted.
pub(super) type Take<'t> = dyn FnMut(Vec<SampleFile>) -> bool + 't;

/// Opens a sample in the child, fingerprints what comes out, and gives it away in batches, but for the last one. `malware` has each file
/// before the child opens it, and what comes out of it; `texts` takes the texts.
///
/// # Errors
/// The sample cannot be opened.
pub(super) fn open(
    path: &Path,
    profile: &Profile,
    options: MatchOptions<'_>,
    (tally, sensitive, malware, texts): (Tally, sensitive::Tally, Option<&mut Malware>, Option<&Mutex<Texts>>),
    progress: &mut dyn FnMut(SampleProgress),
    take: &mut Take<'_>,
) -> Result<Opened, Error> {
    let meta = std::fs::metadata(path).map_err(|why| capture::Error::Unreadable { path: path.to_owned(), why })?;
    let mut opener = Opener::start(options.unjailed)?;
    opener.set_passwords(options.passwords)?;
    let mut opened = Opened {
        batch: Vec::new(),
        batches: 0,
        contents: blake3::Hasher::new(),
        listings: Listings::default(),
        layers: Layers::default(),
        builds: Builds::default(),
        last: String::new(),
        sensitive,
        tally,
        received: 0,
        problems: Vec::new(),
        more_problems: 0,
        fingerprints: 0,
        bounds: options.bounds(),
        is_listing: options.is_listing,
        is_stopped: false,
    };
    let mut reading =
        Reading { profile, done: SampleProgress::default(), began: Instant::now(), malware, texts, progress, take };
    if !meta.is_dir() {
        let source = Source::of_file(path);
        reading.done.received.1 = source.size();
        opened.read(&mut opener, &source, &mut reading)?;
        return Ok(opened);
    }
    let below = files_below(path);
    if below.is_nothing() {
        return Err(Error::NothingIn { path: path.to_owned() });
    }
    below.failures.iter().chain(&below.skipped).for_each(|failure| opened.problem(failure));
    let sources = sources(path, below.files);
    reading.done.received.1 = sources.iter().map(Source::size).sum();
    for source in sources {
        match opened.read(&mut opener, &source, &mut reading) {
            Ok(()) if !opened.is_stopped => {}
            Ok(()) => break,
            // One file that cannot be opened is a problem of the sample; a child that cannot be started is the end.
            Err(error @ capture::Error::Unreadable { .. } | error @ capture::Error::NotAFile { .. }) => {
                opened.problem(&error);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(opened)
}

/// The path of a file as a match names it: in an archive that is opened by itself without the archive's name.
pub(super) fn path_in_sample<'p>(name: &str, path: &'p str) -> &'p str {
    path.strip_prefix(name).and_then(|path| path.strip_prefix('!')).unwrap_or(path)
}

/// Scans a file of a sample as it is, before it is opened.
fn scan_whole(malware: &mut Malware, name: &str, parts: Vec<File>) {
    let mut chunk = vec![0; 1 << 16];
    malware.begin(name);
    let mut is_whole = true;
    for mut part in parts {
        loop {
            match part.read(&mut chunk) {
                Ok(read @ 1..) if malware.is_there() => malware.update(&chunk[..read]),
                Ok(_) => break,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => {
                    is_whole = false;
                    break;
                }
            }
        }
    }
    malware.end(is_whole);
}

/// What the text of a file is called, as a match names it.
pub(super) fn text_of(path: &[u8]) -> Vec<u8> {
    [path, b"!text"].concat()
}

/// How a sample is read, and who is told.
struct Reading<'r> {
    profile: &'r Profile,
    done: SampleProgress,
    began: Instant,
    malware: Option<&'r mut Malware>,
    texts: Option<&'r Mutex<Texts>>,
    progress: &'r mut dyn FnMut(SampleProgress),
    take: &'r mut Take<'r>,
}

impl Reading<'_> {
    fn keep(&self, blake3: [u8; 32], text: Vec<u8>) {
        if let Some(texts) = self.texts {
            texts.lock().unwrap_or_else(PoisonError::into_inner).keep(blake3, text);
        }
    }
}

/// A file of a sample while it is read.
struct Open {
    path: String,
    gathered: Gathered,
    /// What looks for what is sensitive, where that is wanted.
    scanner: Option<Scanner>,
    tallied: Tallied,
    /// Its first bytes: all of a short file, and of any other what may say that a program wrote it.
    head: Vec<u8>,
    bytes: usize,
    text_bytes: OneText,
    listing: Reader,
}

impl Opened {
    fn read(&mut self, opener: &mut Opener, source: &Source, reading: &mut Reading<'_>) -> Result<(), capture::Error> {
        let name = source.name.as_str();
        if let Some(malware) = &mut reading.malware {
            scan_whole(malware, name, source.open()?);
        }
        let mut file: Option<Open> = None;
        let parts = source.open()?;
        let size = source.size();
        self.received += size;
        // The child reads through the same open files: how far it is, is told here.
        let behind = reading.done.received.0;
        let mut places: Vec<File> = parts.iter().filter_map(|part| part.try_clone().ok()).collect();
        opener.files(name, &parts, &mut |event| {
            match event {
                Event::File { path, .. } => {
                    // What lies in nothing else was scanned before it was opened.
                    if let Some(malware) = reading.malware.as_mut().filter(|_| layers::is_inside(path)) {
                        malware.begin(path_in_sample(name, path));
                    }
                    file = Some(Open {
                        scanner: self.sensitive.begin(path),
                        path: path.to_owned(),
                        gathered: Gathered::new(reading.profile, path.as_bytes(), self.bounds.fingerprints),
                        tallied: self.tally.begin(),
                        head: Vec::new(),
                        bytes: 0,
                        text_bytes: OneText::new(reading.texts.is_some()),
                        listing: Listings::reader(self.is_listing),
                    });
                }
                Event::Data(bytes) => {
                    if let Some(malware) = &mut reading.malware {
                        malware.update(bytes);
                    }
                    if let Some(Open { path, gathered, tallied, scanner, head, bytes: all, text_bytes, listing }) =
                        &mut file
                    {
                        if let Some(scanner) = scanner {
                            scanner.push(path_in_sample(name, path), bytes, &mut self.sensitive);
                        }
                        self.tally.update(path, tallied, bytes);
                        gathered.update(bytes);
                        *all += bytes.len();
                        let room = SHORT.saturating_sub(head.len());
                        head.extend(bytes.iter().take(room));
                        text_bytes.push(bytes);
                        listing.push(bytes);
                        reading.done.bytes += bytes.len() as u64;
                    }
                }
                // A file that was cut short is held against the corpora as far as it came; a finding says so.
                Event::End { complete } => {
                    if let Some(malware) = &mut reading.malware {
                        malware.end(complete);
                    }
                    if let Some(Open { path, gathered, tallied, scanner, head, bytes, text_bytes, listing }) =
                        file.take()
                    {
                        self.layers.file(&path, bytes);
                        let path = path_in_sample(name, &path);
                        path.clone_into(&mut self.last);
                        if let Some(scanner) = scanner {
                            scanner.finish(path, &mut self.sensitive);
                        }
                        self.listings.add(path, listing);
                        let (fingerprints, level) = gathered.finish();
                        if let Some(text) = text_bytes.finish().filter(|_| fingerprints.kind != Kind::Binary) {
                            reading.keep(fingerprints.blake3, text);
                        }
                        self.tally.end(path, tallied, bytes as u64, &fingerprints.blake3);
                        let path = path.as_bytes().to_vec();
                        let generated = says_generated(&head);
                        let short = if bytes <= SHORT { head } else { Vec::new() };
                        let is_text_of = None;
                        self.add(SampleFile { path, is_text_of, fingerprints, generated, level, short }, reading);
                        reading.done.files += 1;
                        let read: u64 = places.iter_mut().filter_map(|part| part.stream_position().ok()).sum();
                        reading.done.received.0 = behind + read.min(size);
                        reading.done.took = reading.began.elapsed();
                        (reading.progress)(reading.done);
                    }
                }
                Event::Text { text, .. } => self.add_text(text.as_bytes(), reading),
                Event::Fact(Fact::Binary(binary)) => self.builds.add(reading.profile, &self.last, binary),
                Event::Fact(Fact::Certificate(certificate)) => self.sensitive.certificate(&self.last, certificate),
                Event::Fact(Fact::Key(key)) => self.sensitive.key(&self.last, key),
                Event::Archive { path, format } => self.layers.open(path, format),
                Event::Clue(clue) => {
                    if clue.kind.words() == "times" {
                        self.tally.times(&clue.value, clue.entries);
                    }
                    self.layers.clue(&clue);
                }
                Event::Finding(finding) => {
                    self.layers.finding(&finding);
                    self.problem(&finding);
                }
            }
            if self.is_stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        reading.done.received.0 = behind + size;
        if let Some(missing) = &source.missing {
            self.layers.finding(missing);
            self.problem(missing);
        }
        Ok(())
    }

    /// Adds the text of the file that was added last.
    fn add_text(&mut self, text: &[u8], reading: &mut Reading<'_>) {
        // The first of what is added by itself is never a text: its file is the last of the batch.
        let Some(file) = self.batch.last() else { return };
        let (path, is_text_of) = (text_of(&file.path), Some(file.fingerprints.bytes));
        let mut gathered = Gathered::new(reading.profile, &path, self.bounds.fingerprints);
        gathered.update(text);
        let (fingerprints, level) = gathered.finish();
        reading.keep(fingerprints.blake3, text.to_vec());
        let short = if text.len() <= SHORT { text.to_vec() } else { Vec::new() };
        self.add(SampleFile { path, is_text_of, fingerprints, generated: false, level, short }, reading);
    }

    /// Adds a file to the batch, which is given away before it is too much.
    fn add(&mut self, file: SampleFile, reading: &mut Reading<'_>) {
        self.contents.update(&(file.path.len() as u64).to_le_bytes());
        self.contents.update(&file.path);
        self.contents.update(&file.fingerprints.blake3);
        let of = &file.fingerprints;
        // With what is found of it a fingerprint takes as much as sixty bytes of a short file.
        let more = of.text.len() + of.code.len() + of.parts.len() + of.sketches.len() + file.short.len() / 60;
        let is_full = self.fingerprints + more > self.bounds.fingerprints || self.batch.len() >= self.bounds.files;
        // A text stays with its file: one of both is counted.
        if is_full && !self.batch.is_empty() && file.is_text_of.is_none() {
            self.is_stopped |= !(reading.take)(std::mem::take(&mut self.batch));
            self.batches += 1;
            self.fingerprints = 0;
        }
        self.fingerprints += more;
        self.batch.push(file);
    }

    fn problem(&mut self, problem: &dyn std::fmt::Display) {
        if self.problems.len() < PROBLEMS {
            self.problems.push(on_one_line(&problem.to_string()));
        } else {
            self.more_problems += 1;
        }
    }

    pub(super) fn all_problems(&self) -> Vec<String> {
        let more = (self.more_problems > 0).then(|| format!("… and {} more", self.more_problems));
        self.problems.iter().cloned().chain(more).collect()
    }
}
