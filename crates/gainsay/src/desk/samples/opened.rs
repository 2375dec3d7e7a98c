//! A sample as it comes out of the child: its files in batches.

use std::fs::File;
use std::io::{Read as _, Seek};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use fingerprint::{Kind, Profile};
use serde::{Deserialize, Serialize};
use unpack::{Event, Fact, FindingKind};

use super::super::add::files_below;
use super::super::listings::Listings;
use super::builds::Builds;
use super::layers::{self, Layers};
use super::resume::{Behind, Position};
use super::sources::{Source, source_of, sources};
use super::texts::{OneText, Texts};
use super::{Error, MatchOptions, PROBLEMS, SampleProgress};
use crate::capture::{self, Opener};
use crate::claim::on_one_line;
use crate::inspect::sensitive::{self, Scanner};
use crate::inspect::{LONGEST_PDF, Malware, Ocr, PdfText, ReadPictures};
use crate::listing::Reader;
use crate::matching::{Bounds, Gathered, SHORT, SampleFile, Tallied, Tally, says_generated};

/// What came out of a sample. A bookmark holds all of it but what matters only while a file is open.
#[derive(Serialize, Deserialize)]
pub(super) struct Opened {
    /// The files that no more came after.
    pub(super) batch: Vec<SampleFile>,
    /// How many batches were given away before.
    pub(super) batches: u64,
    /// The digest of the names and contents of all files, in their order, without texts.
    pub(super) contents: [u8; 32],
    pub(super) listings: Listings,
    pub(super) layers: Layers,
    pub(super) builds: Builds,
    /// The file that ended last.
    #[serde(skip)]
    last: String,
    /// What of them is sensitive.
    pub(super) sensitive: sensitive::Tally,
    /// What they are, whoever's they are.
    pub(super) tally: Tally,
    /// What was read in its pictures.
    pub(super) pictures: ReadPictures,
    /// Bytes of the sample as it came.
    pub(super) received: u64,
    problems: Vec<String>,
    more_problems: usize,
    /// Fingerprints of the batch.
    fingerprints: usize,
    /// Whether who takes the batches wants no more.
    #[serde(skip)]
    is_stopped: bool,
    /// Whether what is behind is no longer what it was.
    #[serde(skip)]
    changed: bool,
    /// The PDF that came last, until what comes of its text is known.
    #[serde(skip)]
    pdf: Option<Pdf>,
    pdf_text: PdfText,
}

/// A PDF, whose text may have to be read by another program.
struct Pdf {
    path: String,
    /// None where it is too large for that.
    bytes: Option<Vec<u8>>,
    text: Option<String>,
    /// Whether our own reader did not make it out.
    is_unclear: bool,
}

/// What an earlier match knew of a sample, which [`Opened::go_on`] takes up.
#[derive(Deserialize)]
pub(super) struct OpenedSoFar(Opened);

/// What keeps a bookmark while a sample is read, and what an earlier one knew.
pub(super) struct Keeping<'k> {
    pub(super) known: Option<(OpenedSoFar, Position)>,
    pub(super) keep: &'k mut Keep<'k>,
}

/// Keeps a bookmark when it is time.
pub(super) type Keep<'k> = dyn FnMut(&Opened, &Position, Inspecting<'_>) + 'k;

/// What scans for malware and what reads pictures, where a sample is inspected.
pub(super) type Inspecting<'i> = Option<(&'i mut Malware, &'i mut Ocr)>;

/// Takes a batch of files, and says whether more are wanted.
pub(super) type Take<'t> = dyn FnMut(Vec<SampleFile>) -> bool + 't;

/// What takes what a sample is made of, and what of it is sensitive; where it is inspected, what scans for malware and reads pictures; and
/// where its files may be aligned, what keeps their texts.
pub(super) type Inspected<'i> = (Tally, sensitive::Tally, Option<(&'i mut Malware, Ocr)>, Option<&'i Mutex<Texts>>);

/// Opens a sample in the child, fingerprints what comes out, and gives it away in batches, but for the last one. Where it is inspected,
/// each file is scanned before the child opens it, and what comes out of it, and its pictures are read;
/// `texts` takes the texts.
///
/// # Errors
/// The sample cannot be opened, or what is behind of it is no longer what it was.
pub(super) fn open(
    path: &Path,
    profile: &Profile,
    options: MatchOptions<'_>,
    (tally, sensitive, inspected, texts): Inspected<'_>,
    progress: &mut dyn FnMut(SampleProgress),
    take: &mut Take<'_>,
    keeping: Option<Keeping<'_>>,
) -> Result<Opened, Error> {
    let meta = std::fs::metadata(path).map_err(|why| capture::Error::Unreadable { path: path.to_owned(), why })?;
    let mut opener = Opener::start(options.unjailed)?;
    opener.set_passwords(options.passwords)?;
    let (malware, ocr) = inspected.unzip();
    opener.set_pictures(ocr.is_some() && !options.no_pictures);
    let mut opened = Opened::begin(options, tally, sensitive);
    let (known, keep) = keeping.map(|keeping| (keeping.known, keeping.keep)).unzip();
    let mut reading = Reading {
        profile,
        bounds: options.bounds(),
        is_listing: options.is_listing,
        done: SampleProgress::default(),
        began: Instant::now(),
        before: Duration::ZERO,
        position: Position::default(),
        malware,
        ocr,
        texts,
        progress,
        take,
        keep,
    };
    let known = known.flatten();
    let sources = if meta.is_dir() {
        let below = files_below(path);
        if below.is_nothing() {
            return Err(Error::NothingIn { path: path.to_owned() });
        }
        if known.is_none() {
            below.failures.iter().chain(&below.skipped).for_each(|failure| opened.problem(failure));
        }
        sources(path, below.files)
    } else {
        vec![source_of(path, options.parts)?]
    };
    if let Some((so_far, position)) = known {
        opened = opened.go_on(so_far);
        (reading.done.files, reading.done.bytes, reading.before) = position.done;
        reading.done.behind = reading.done.files;
        reading.done.received.0 = sources.iter().take(position.sources).map(Source::size).sum();
        reading.position = position;
    }
    reading.done.received.1 = sources.iter().map(Source::size).sum();
    for source in sources.iter().skip(reading.position.sources) {
        match opened.read(&mut opener, source, &mut reading) {
            Ok(()) if opened.changed => return Err(Error::ChangedMeanwhile { path: path.to_owned() }),
            Ok(()) if !opened.is_stopped => {}
            Ok(()) => break,
            // One file of many that cannot be opened is a problem of the sample; a child that cannot be started is the end.
            Err(error @ (capture::Error::Unreadable { .. } | capture::Error::NotAFile { .. })) if meta.is_dir() => {
                opened.problem(&error);
            }
            Err(error) => return Err(error.into()),
        }
        reading.position =
            Position { sources: reading.position.sources + 1, files: 0, before: opened.contents, ..reading.position };
        reading.mark(&opened);
    }
    opened.finish_pictures(&mut reading);
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

/// The digest of what came out of a sample, and of one more.
pub(super) fn chained(before: &[u8; 32], path: &[u8], blake3: &[u8; 32]) -> [u8; 32] {
    *blake3::Hasher::new().update(before).update(blake3).update(path).finalize().as_bytes()
}

/// How a sample is read, and who is told.
struct Reading<'r, 'k> {
    profile: &'r Profile,
    bounds: Bounds,
    /// Whether its files are listings, whatever they look like.
    is_listing: bool,
    done: SampleProgress,
    began: Instant,
    /// How long what is known of it took.
    before: Duration,
    position: Position,
    malware: Option<&'r mut Malware>,
    ocr: Option<Ocr>,
    texts: Option<&'r Mutex<Texts>>,
    progress: &'r mut dyn FnMut(SampleProgress),
    take: &'r mut Take<'r>,
    keep: Option<&'k mut Keep<'k>>,
}

impl Reading<'_, '_> {
    /// Keeps a bookmark when it is time: no file is open.
    fn mark(&mut self, opened: &Opened) {
        if let Some(keep) = &mut self.keep {
            self.position.done = (self.done.files, self.done.bytes, self.before + self.began.elapsed());
            keep(opened, &self.position, self.malware.as_deref_mut().zip(self.ocr.as_mut()));
        }
    }

    fn keep(&self, blake3: [u8; 32], text: Vec<u8>) {
        if let Some(texts) = self.texts {
            texts.lock().unwrap_or_else(PoisonError::into_inner).keep(blake3, text);
        }
    }

    fn tell(&mut self, received: u64) {
        self.done.received.0 = received;
        self.done.took = self.before + self.began.elapsed();
        (self.progress)(self.done);
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
    /// Where it is a PDF, its bytes, unless they are too many.
    pdf: Option<Option<Vec<u8>>>,
}

impl Opened {
    /// Nothing came out yet.
    pub(super) fn begin(options: MatchOptions<'_>, tally: Tally, sensitive: sensitive::Tally) -> Opened {
        Opened {
            batch: Vec::new(),
            batches: 0,
            contents: [0; 32],
            listings: Listings::default(),
            layers: Layers::default(),
            builds: Builds::default(),
            last: String::new(),
            sensitive,
            tally,
            pictures: ReadPictures::default(),
            received: 0,
            problems: Vec::new(),
            more_problems: 0,
            fingerprints: 0,
            is_stopped: false,
            changed: false,
            pdf: None,
            pdf_text: PdfText::new(options.unjailed),
        }
    }

    /// Goes on behind what was known of the same sample.
    pub(super) fn go_on(self, OpenedSoFar(so_far): OpenedSoFar) -> Opened {
        Opened {
            sensitive: self.sensitive.go_on(so_far.sensitive),
            tally: self.tally.go_on(so_far.tally),
            pdf_text: self.pdf_text.go_on(so_far.pdf_text),
            ..so_far
        }
    }

    fn read(
        &mut self,
        opener: &mut Opener,
        source: &Source,
        reading: &mut Reading<'_, '_>,
    ) -> Result<(), capture::Error> {
        let name = source.name.as_str();
        let mut behind = (reading.position.files > 0).then(|| Behind::of(&reading.position));
        if let Some(malware) = reading.malware.as_mut().filter(|_| behind.is_none()) {
            scan_whole(malware, name, source.open()?);
        }
        let mut file: Option<Open> = None;
        let parts = source.open()?;
        let size = source.size();
        // The child reads through the same open files: how far it is, is told here.
        let received = reading.done.received.0;
        let mut places: Vec<File> = parts.iter().filter_map(|part| part.try_clone().ok()).collect();
        let mut so_much = move || {
            let read: u64 = places.iter_mut().filter_map(|part| part.stream_position().ok()).sum();
            received + read.min(size)
        };
        opener.files(name, &parts, &mut |event| {
            if let Some(it) = &mut behind {
                if it.takes(name, &event) {
                    if matches!(event, Event::End { .. }) {
                        reading.tell(so_much());
                    }
                    return ControlFlow::Continue(());
                }
                self.changed = it.contents() != self.contents;
                behind = None;
                if self.changed {
                    return ControlFlow::Break(());
                }
            }
            match event {
                Event::File { path, .. } => {
                    self.settle_pdf(reading);
                    if reading.position.files > 0 {
                        reading.mark(self);
                    }
                    reading.position.files += 1;
                    // What lies in nothing else was scanned before it was opened.
                    if let Some(malware) = reading.malware.as_mut().filter(|_| layers::is_inside(path)) {
                        malware.begin(path_in_sample(name, path));
                    }
                    file = Some(Open {
                        scanner: self.sensitive.begin(path),
                        path: path.to_owned(),
                        gathered: Gathered::new(reading.profile, path.as_bytes(), reading.bounds.fingerprints),
                        tallied: self.tally.begin(),
                        head: Vec::new(),
                        bytes: 0,
                        text_bytes: OneText::new(reading.texts.is_some()),
                        listing: Listings::reader(reading.is_listing),
                        pdf: None,
                    });
                }
                Event::Data(bytes) => {
                    if let Some(malware) = &mut reading.malware {
                        malware.update(bytes);
                    }
                    if let Some(Open { path, gathered, tallied, scanner, head, bytes: all, text_bytes, listing, pdf }) =
                        &mut file
                    {
                        if *all == 0 && bytes.starts_with(b"%PDF-") {
                            *pdf = Some(Some(Vec::new()));
                        }
                        if let Some(held) = pdf {
                            *held = held.take().filter(|held| held.len() + bytes.len() <= LONGEST_PDF);
                            held.iter_mut().for_each(|held| held.extend_from_slice(bytes));
                        }
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
                    if let Some(Open { path, gathered, tallied, scanner, head, bytes, text_bytes, listing, pdf }) =
                        file.take()
                    {
                        self.layers.file(&path, bytes);
                        let of_pdf = |bytes| Pdf { path: path.clone(), bytes, text: None, is_unclear: false };
                        self.pdf = pdf.filter(|_| complete).map(of_pdf);
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
                        let (generated, is_program) = (says_generated(&head), unpack::is_binary(&head));
                        let short = if bytes <= SHORT { head } else { Vec::new() };
                        let is_text_of = None;
                        self.add(
                            SampleFile { path, is_text_of, fingerprints, generated, is_program, level, short },
                            reading,
                        );
                        reading.done.files += 1;
                        reading.tell(so_much());
                    }
                }
                Event::Text { text, .. } => match &mut self.pdf {
                    Some(pdf) => pdf.text = Some(text.to_owned()),
                    None => self.add_text(text.as_bytes(), reading),
                },
                Event::Picture(picture) => {
                    if let Some(ocr) = &mut reading.ocr {
                        ocr.add(&self.last, picture);
                    }
                }
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
                    let is_unclear = matches!(finding.kind, FindingKind::Corrupt | FindingKind::Undecodable);
                    if let Some(pdf) = self.pdf.as_mut().filter(|it| is_unclear && it.path == finding.path) {
                        pdf.is_unclear = true;
                    }
                    self.layers.finding(&finding);
                    self.problem(&finding);
                }
            }
            if self.is_stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        self.settle_pdf(reading);
        // What is behind of it ended before it was to.
        self.changed |= behind.is_some() && !self.is_stopped;
        self.received += size;
        reading.done.received.0 = received + size;
        if let Some(missing) = &source.missing {
            self.layers.finding(missing);
            self.problem(missing);
        }
        Ok(())
    }

    /// Waits for what is read in pictures, and looks through it as through any text.
    fn finish_pictures(&mut self, reading: &mut Reading<'_, '_>) {
        let Some(ocr) = reading.ocr.take() else { return };
        reading.done.pictures.1 = ocr.given() as u64;
        self.pictures = ocr.finish(&mut |read| {
            reading.done.pictures.0 = read as u64;
            (reading.progress)(reading.done);
        });
        for picture in &self.pictures.all {
            let Ok(lines) = &picture.lines else { continue };
            let path = String::from_utf8_lossy(&text_of(picture.path.as_bytes())).into_owned();
            if let Some(mut scanner) = self.sensitive.begin(&path) {
                let text: String = lines.iter().map(|line| format!("{}\n", line.text)).collect();
                scanner.push(&path, text.as_bytes(), &mut self.sensitive);
                scanner.finish(&path, &mut self.sensitive);
            }
        }
    }

    /// Adds the text of the PDF that was added last: where our own reader did not make it out, what another program reads, if that is more.
    fn settle_pdf(&mut self, reading: &mut Reading<'_, '_>) {
        let Some(Pdf { path, bytes, mut text, is_unclear }) = self.pdf.take() else { return };
        if let Some(bytes) = bytes.filter(|_| is_unclear && self.pdf_text.is_there()) {
            let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
            match self.pdf_text.read(&bytes) {
                Ok((read, by)) if letters(&read) > text.as_deref().map_or(0, letters) => {
                    self.problem(&format!("{path}: its text was read by {by}"));
                    text = Some(read);
                }
                Ok((_, by)) => self.problem(&format!("{path}: {by} makes out no more of it")),
                Err(why) => self.problem(&format!("{path}: pdftotext does not read it either: {why}")),
            }
        }
        if let Some(text) = text {
            self.add_text(text.as_bytes(), reading);
        }
    }

    /// Adds the text of the file that was added last.
    fn add_text(&mut self, text: &[u8], reading: &mut Reading<'_, '_>) {
        // The first of what is added by itself is never a text: its file is the last of the batch.
        let Some(file) = self.batch.last() else { return };
        let (path, is_text_of) = (text_of(&file.path), Some(file.fingerprints.bytes));
        let mut gathered = Gathered::new(reading.profile, &path, reading.bounds.fingerprints);
        gathered.update(text);
        let (fingerprints, level) = gathered.finish();
        reading.keep(fingerprints.blake3, text.to_vec());
        let short = if text.len() <= SHORT { text.to_vec() } else { Vec::new() };
        let (generated, is_program) = (false, false);
        self.add(SampleFile { path, is_text_of, fingerprints, generated, is_program, level, short }, reading);
    }

    /// Adds a file to the batch, which is given away before it is too much.
    fn add(&mut self, file: SampleFile, reading: &mut Reading<'_, '_>) {
        // A text is what its file makes it.
        if file.is_text_of.is_none() {
            self.contents = chained(&self.contents, &file.path, &file.fingerprints.blake3);
        }
        let of = &file.fingerprints;
        // With what is found of it a fingerprint takes as much as sixty bytes of a short file.
        let more = of.text.len() + of.code.len() + of.parts.len() + of.sketches.len() + file.short.len() / 60;
        // What is all of one batch need not be opened twice.
        let most = if self.batches == 0 { reading.bounds.fingerprints } else { reading.bounds.batch };
        let is_full = self.fingerprints + more > most || self.batch.len() >= reading.bounds.files;
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
