//! A sample as it comes out of the child: its files in batches.

use std::ops::ControlFlow;
use std::path::Path;

use fingerprint::Profile;
use unpack::Event;

use super::super::add::files_below;
use super::super::listings::Listings;
use super::layers::Layers;
use super::{Error, MatchOptions, PROBLEMS, SampleProgress};
use crate::capture::{self, Opener};
use crate::claim::on_one_line;
use crate::inspect::sensitive::{Scanner, Tally};
use crate::listing::Reader;
use crate::matching::{Bounds, Gathered, MatchError, SHORT, SampleFile, says_generated};

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
    /// What of them is sensitive.
    pub(super) sensitive: Tally,
    problems: Vec<String>,
    more_problems: usize,
    /// Fingerprints of the batch.
    fingerprints: usize,
    bounds: Bounds,
    /// Whether its files are listings, whatever they look like.
    is_listing: bool,
    failed: Option<MatchError>,
}

/// Takes a batch of files.
pub(super) type Take<'t> = dyn FnMut(&[SampleFile]) -> Result<(), MatchError> + 't;

/// Opens a sample in the child, fingerprints what comes out, and gives it away in batches, but for the last one.
///
/// # Errors
/// The sample cannot be opened, or a batch cannot be taken.
pub(super) fn open(
    path: &Path,
    profile: &Profile,
    options: MatchOptions<'_>,
    sensitive: Tally,
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
        sensitive,
        problems: Vec::new(),
        more_problems: 0,
        fingerprints: 0,
        bounds: options.bounds(),
        is_listing: options.is_listing,
        failed: None,
    };
    let mut reading = Reading { profile, done: SampleProgress::default(), progress, take };
    if !meta.is_dir() {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        opened.read(&mut opener, &name, path, &mut reading)?;
        return opened.unless_failed();
    }
    let below = files_below(path);
    if below.is_nothing() {
        return Err(Error::NothingIn { path: path.to_owned() });
    }
    below.failures.iter().chain(&below.skipped).for_each(|failure| opened.problem(failure));
    for file in below.files {
        let name = file.strip_prefix(path).unwrap_or(&file).to_string_lossy().into_owned();
        match opened.read(&mut opener, &name, &file, &mut reading) {
            Ok(()) if opened.failed.is_none() => {}
            Ok(()) => break,
            // One file that cannot be opened is a problem of the sample; a child that cannot be started is the end.
            Err(error @ capture::Error::Unreadable { .. } | error @ capture::Error::NotAFile { .. }) => {
                opened.problem(&error);
            }
            Err(error) => return Err(error.into()),
        }
    }
    opened.unless_failed()
}

/// The path of a file as a match names it: in an archive that is opened by itself without the archive's name.
pub(super) fn path_in_sample<'p>(name: &str, path: &'p str) -> &'p str {
    path.strip_prefix(name).and_then(|path| path.strip_prefix('!')).unwrap_or(path)
}

/// How a sample is read, and who is told.
struct Reading<'r> {
    profile: &'r Profile,
    done: SampleProgress,
    progress: &'r mut dyn FnMut(SampleProgress),
    take: &'r mut Take<'r>,
}

/// A file of a sample while it is read.
struct Open {
    path: String,
    gathered: Gathered,
    /// What looks for what is sensitive, where that is wanted.
    scanner: Option<Scanner>,
    /// Its first bytes: all of a short file, and of any other what may say that a program wrote it.
    head: Vec<u8>,
    bytes: usize,
    listing: Reader,
}

impl Opened {
    fn read(
        &mut self,
        opener: &mut Opener,
        name: &str,
        path: &Path,
        reading: &mut Reading<'_>,
    ) -> Result<(), capture::Error> {
        let mut file: Option<Open> = None;
        opener.files(name, capture::open(path)?, &mut |event| {
            match event {
                Event::File { path, .. } => {
                    file = Some(Open {
                        scanner: self.sensitive.begin(path),
                        path: path.to_owned(),
                        gathered: Gathered::new(reading.profile, path.as_bytes(), self.bounds.fingerprints),
                        head: Vec::new(),
                        bytes: 0,
                        listing: Listings::reader(self.is_listing),
                    });
                }
                Event::Data(bytes) => {
                    if let Some(Open { path, gathered, scanner, head, bytes: all, listing }) = &mut file {
                        if let Some(scanner) = scanner {
                            scanner.push(path_in_sample(name, path), bytes, &mut self.sensitive);
                        }
                        gathered.update(bytes);
                        *all += bytes.len();
                        let room = SHORT.saturating_sub(head.len());
                        head.extend(bytes.iter().take(room));
                        listing.push(bytes);
                        reading.done.bytes += bytes.len() as u64;
                    }
                }
                // A file that was cut short is held against the corpora as far as it came; a finding says so.
                Event::End { .. } => {
                    if let Some(Open { path, gathered, scanner, head, bytes, listing }) = file.take() {
                        self.layers.file(&path, bytes);
                        let path = path_in_sample(name, &path);
                        if let Some(scanner) = scanner {
                            scanner.finish(path, &mut self.sensitive);
                        }
                        self.listings.add(path, listing);
                        let (fingerprints, level) = gathered.finish();
                        let path = path.as_bytes().to_vec();
                        let generated = says_generated(&head);
                        let short = if bytes <= SHORT { head } else { Vec::new() };
                        self.add(SampleFile { path, fingerprints, generated, level, short }, reading);
                        reading.done.files += 1;
                        (reading.progress)(reading.done);
                    }
                }
                Event::Archive { path, format } => self.layers.open(path, format),
                Event::Clue(clue) => self.layers.clue(&clue),
                Event::Finding(finding) => {
                    self.layers.finding(&finding);
                    self.problem(&finding);
                }
            }
            if self.failed.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        Ok(())
    }

    /// Adds a file to the batch, which is given away before it is too much.
    fn add(&mut self, file: SampleFile, reading: &mut Reading<'_>) {
        self.contents.update(&(file.path.len() as u64).to_le_bytes());
        self.contents.update(&file.path);
        self.contents.update(&file.fingerprints.blake3);
        let of = &file.fingerprints;
        // With what is found of it a fingerprint takes as much as sixty bytes of a short file.
        let more = of.text.len() + of.code.len() + of.parts.len() + file.short.len() / 60;
        let is_full = self.fingerprints + more > self.bounds.fingerprints || self.batch.len() >= self.bounds.files;
        if is_full && !self.batch.is_empty() {
            self.failed = (reading.take)(&self.batch).err();
            self.batch.clear();
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

    fn unless_failed(mut self) -> Result<Self, Error> {
        match self.failed.take() {
            Some(error) => Err(error.into()),
            None => Ok(self),
        }
    }
}
