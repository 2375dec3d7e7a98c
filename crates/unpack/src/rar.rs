//! Archives of RAR, from version 1.5 to 7, in one file or in a set of volumes: compressed file by file or all files as one stream, locked or not, under heads that may be
//! locked too. The library gives a file's bytes away and cannot be asked for them, so each file is held in memory until it is whole, and a large
//! one is read in several passes, each of which holds a stretch of it.

use std::cell::{Cell, RefCell};
use std::cmp::Ordering;
use std::io::{self, Cursor, Read, Seek, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use rars::rar50::FileHeader;
use rars::{Archive, ArchiveFamily, ArchiveMember, ArchiveReadOptions, ArchiveReader, AttrSource, Error, ErrorKind};
use rars::{ExtractionDecision, ExtractionErrorAction, extract_volumes_to_with_options, volume_members};

use crate::archive::walk_stream;
use crate::budget::{Bounded, is_too_much, kind_of};
use crate::clues::{Clues, dos_seconds};
use crate::finding::FindingKind;
use crate::limits::Limits;
use crate::names::{Names, nested_path, why_unsafe};
use crate::sink::{Sink, Stop, shown};

/// How much of a file is read to see whether a password fits.
const PROBED: u64 = 64 << 20;

/// Heads of one archive, which are all held at once, and their bytes.
const HEADS: u64 = 250_000;
const HEAD_BYTES: u64 = 64 << 20;

/// A file up to this is decoded as a whole, a larger one as it comes.
const WHOLE: u64 = 4 << 20;

/// How far a file may reach, with those before it that it needs, to be read in passes: each begins anew.
const FARTHEST: u64 = 1 << 30;

/// Passes on every file. False where the heads could not be read. `open` gives readers of the same `length` bytes.
pub(crate) fn walk<R: Read + Seek + Send + 'static>(
    sink: &mut Sink<'_>,
    path: &str,
    length: u64,
    open: impl Fn() -> R,
    depth: u32,
) -> Result<bool, Stop> {
    let (archive, mut password) = match read_heads(sink, open)? {
        Ok(read) => read,
        Err((kind, detail)) => {
            sink.finding(path, kind, detail)?;
            return Ok(false);
        }
    };
    let is_locked = archive.member_refs().any(|member| member.to_owned().meta.is_encrypted);
    if is_locked && password.is_none() {
        password = find_password(sink, |password| fits(&archive, password))?;
    }
    let members = archive.member_refs().count();
    let is_solid = is_solid(&archive);
    let mut walker = Walker::new(sink, path, length, depth, (is_solid, is_locked));
    if is_locked && password.is_none() && is_solid {
        // None can be passed over there to read the next.
        for member in archive.member_refs() {
            walker.begin(&member.to_owned(), None, true)?;
        }
    } else {
        walker.walk_members(&archive, password.as_deref(), members)?;
        walker.walk_large(|number, window| {
            let mut at = 0;
            archive
                .extract_with_control(options(password.as_deref()), |member| {
                    at += 1;
                    Ok(match at.cmp(&(number + 1)) {
                        Ordering::Less => passed_over(member, is_solid),
                        Ordering::Equal => ExtractionDecision::Extract(Box::new(Shared(Rc::clone(window)))),
                        Ordering::Greater => ExtractionDecision::Stop,
                    })
                })
                .map(|_| ())
        })?;
    }
    walker.tell()
}

/// Whether a file is one volume of a set: its head says so, or is locked and cannot.
pub fn is_volume(head: &[u8]) -> bool {
    /// A number of seven bits in each byte, the lowest first.
    fn number(bytes: &mut &[u8]) -> Option<u64> {
        let mut number = 0;
        for place in 0..9 {
            let (byte, rest) = bytes.split_first()?;
            *bytes = rest;
            number |= u64::from(byte & 0x7f) << (7 * place);
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }
    if let Some(rest) = head.strip_prefix(b"Rar!\x1a\x07\x01\0") {
        // Behind its checksum: the length of the head, its kind, flags, the length of what follows it, and the archive's own flags.
        let Some(mut rest) = rest.get(4..) else { return false };
        let mut next = || number(&mut rest);
        let (Some(_), Some(kind), Some(flags)) = (next(), next(), next()) else { return false };
        if flags & 1 == 1 {
            next();
        }
        return kind == 4 || kind == 1 && next().is_some_and(|flags| flags & 1 == 1);
    }
    // The main head: its checksum, kind and flags, of which one says that the heads behind it are locked.
    let of_old = head.strip_prefix(b"Rar!\x1a\x07\0").and_then(|rest| rest.get(2..5));
    matches!(of_old, Some([0x73, flags, _]) if flags & 1 == 1)
}

/// Passes on every file in a set of volumes, in their order, whose `length` is that of all. False where no head could be read.
pub(crate) fn walk_set<R: Read + Seek + Send + 'static>(
    sink: &mut Sink<'_>,
    path: &str,
    length: u64,
    volumes: &[impl Fn() -> R],
    depth: u32,
) -> Result<bool, Stop> {
    let (mut archives, mut password) = (Vec::new(), None);
    for (number, open) in volumes.iter().enumerate() {
        match read_heads(sink, open)? {
            Ok((archive, fitted)) => {
                password = password.or(fitted);
                archives.push(archive);
            }
            Err((kind, detail)) => {
                let detail = format!("its volume {}, and what lies behind it: {detail}", number + 1);
                sink.finding(path, kind, detail)?;
                break;
            }
        }
    }
    let members = match volume_members(&archives) {
        Ok(members) => members,
        Err(_) if archives.is_empty() => return Ok(false),
        Err(error) => {
            let (kind, detail) = in_words(&error);
            sink.finding(path, kind, detail)?;
            return Ok(false);
        }
    };
    let is_locked = members.iter().any(|member| member.meta.is_encrypted);
    if is_locked && password.is_none() {
        password = find_password(sink, |password| set_fits(&archives, password))?;
    }
    let is_solid = archives.iter().any(is_solid);
    let mut walker = Walker::new(sink, path, length, depth, (is_solid, is_locked));
    if is_locked && password.is_none() {
        for member in &members {
            walker.begin(member, None, true)?;
        }
    } else {
        walker.walk_volumes(&archives, &members, password.as_deref())?;
        walker.walk_large(|number, window| {
            let mut wanted = members.iter().zip(0..).filter(|(member, _)| !member.meta.is_redirection);
            extract_volumes_to_with_options(&archives, options(password.as_deref()), |_| {
                let at = wanted.next().map(|(_, at)| at);
                match at.cmp(&Some(number)) {
                    Ordering::Less => Ok(Box::new(io::sink())),
                    Ordering::Equal => Ok(Box::new(Shared(Rc::clone(window)))),
                    Ordering::Greater => Err(Error::InvalidHeader(PASSED)),
                }
            })
            .or_else(|error| if is_passed(&error) { Ok(()) } else { Err(error) })
        })?;
    }
    walker.tell()
}

/// What is told to the library where nothing more is wanted of a set.
const PASSED: &str = "nothing more is wanted";

fn is_passed(error: &Error) -> bool {
    matches!(error.root_cause(), Error::InvalidHeader(why) if *why == PASSED)
}

/// Whether a password opens the first locked file of a set.
fn set_fits(archives: &[Archive], password: &str) -> bool {
    let members = volume_members(archives).unwrap_or_default();
    let mut outputs = members.iter().filter(|member| !member.meta.is_redirection);
    let (mut was_begun, seen) = (false, Rc::new(Cell::new(0)));
    let read = extract_volumes_to_with_options(archives, options(Some(password)), |_| {
        let meta = outputs.next().map(|member| &member.meta);
        if was_begun {
            return Err(Error::InvalidHeader(PASSED));
        }
        was_begun = meta.is_some_and(|meta| meta.is_encrypted && !meta.is_directory && meta.unpacked_size > 0);
        Ok(if was_begun { Box::new(Probe(Rc::clone(&seen))) } else { Box::new(io::sink()) })
    });
    read.map_or_else(|error| is_passed(&error), |()| true) || seen.get() >= PROBED
}

type Heads = Result<(Archive, Option<String>), (FindingKind, String)>;

/// Reads the heads, with each password where they are locked; gives the one that fitted.
fn read_heads<R: Read + Seek + Send + 'static>(sink: &mut Sink<'_>, open: impl Fn() -> R) -> Result<Heads, Stop> {
    let read = |password: Option<&str>| ArchiveReader::read_reader_with_options(open(), options(password));
    let error = match read(None) {
        Ok(archive) => return Ok(Ok((archive, None))),
        Err(error) => error,
    };
    if error.kind() != ErrorKind::PasswordRequired {
        return Ok(Err(in_words(&error)));
    }
    for number in 0..sink.passwords.len() {
        // Some take a second each.
        sink.working()?;
        let password = sink.passwords[number].clone();
        if let Ok(archive) = read(Some(&password)) {
            sink.fitted(number);
            return Ok(Ok((archive, Some(password))));
        }
    }
    let detail = format!("even the names of its files are not known: {}", sink.why_locked());
    Ok(Err((FindingKind::Encrypted, detail)))
}

fn options(password: Option<&str>) -> ArchiveReadOptions<'_> {
    ArchiveReadOptions::with_optional_password(password.map(str::as_bytes))
        .with_max_header_count(HEADS)
        .with_max_header_bytes(HEAD_BYTES)
        .with_max_reader_workspace_bytes(Limits::DECODER)
        .with_rar50_dictionary_size_limit(Limits::DECODER)
        .with_rar50_buffered_decode_limit(WHOLE)
}

/// Whether a file may need those before it.
fn is_solid(archive: &Archive) -> bool {
    let says_so = match archive {
        Archive::Rar15To40(archive) => archive.main.is_solid(),
        Archive::Rar50Plus(archive) => archive.main.is_solid(),
        _ => true,
    };
    says_so || archive.member_refs().any(|member| member.is_solid())
}

/// The password that opens the first locked file: what it gives holds the checksum, or is well formed for long.
fn find_password(sink: &mut Sink<'_>, fits: impl Fn(&str) -> bool) -> Result<Option<String>, Stop> {
    for number in 0..sink.passwords.len() {
        sink.working()?;
        let password = sink.passwords[number].clone();
        // What a wrong one makes of a file is noise.
        if catch_unwind(AssertUnwindSafe(|| fits(&password))).unwrap_or(false) {
            sink.fitted(number);
            return Ok(Some(password));
        }
    }
    Ok(None)
}

fn fits(archive: &Archive, password: &str) -> bool {
    let is_solid = is_solid(archive);
    let mut was_begun = false;
    let seen = Rc::new(Cell::new(0));
    let read = archive.extract_with_control(options(Some(password)), |member| {
        let is_wanted = member.meta.is_encrypted && is_read(member) && member.meta.unpacked_size > 0;
        Ok(match (was_begun, is_wanted) {
            (true, _) => ExtractionDecision::Stop,
            (false, true) => {
                was_begun = true;
                ExtractionDecision::Extract(Box::new(Probe(Rc::clone(&seen))))
            }
            (false, false) if is_solid && is_read(member) => ExtractionDecision::Extract(Box::new(io::sink())),
            (false, false) => ExtractionDecision::Skip,
        })
    });
    read.is_ok() || seen.get() >= PROBED
}

/// Whether a member has bytes of its own, all of them here.
fn is_read(member: &ArchiveMember) -> bool {
    let meta = &member.meta;
    !(meta.is_directory || meta.is_redirection || meta.is_split_before || meta.is_split_after)
}

/// Takes the first bytes of a file.
struct Probe(Rc<Cell<u64>>);

impl Write for Probe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.set(self.0.get().saturating_add(bytes.len() as u64));
        if self.0.get() >= PROBED { Err(io::Error::other("enough was seen")) } else { Ok(bytes.len()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The file that is being read, and what came of all.
#[derive(Default)]
struct Held {
    bytes: Vec<u8>,
    /// Bytes that may be held.
    most: u64,
    /// Bytes that came out of the archive, and that may come.
    produced: u64,
    failed: Option<(FindingKind, String)>,
}

/// Where the library writes a file.
struct Holding {
    held: Rc<RefCell<Held>>,
    length: u64,
    ratio: u64,
    /// Whether those behind it need it to be read to its end.
    is_needed: bool,
}

impl Write for Holding {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut held = self.held.borrow_mut();
        held.produced = held.produced.saturating_add(bytes.len() as u64);
        if is_too_much(held.produced, self.length, self.ratio) {
            let detail = format!("more than {} bytes came out of the archive for each of its own", self.ratio);
            held.failed = Some((FindingKind::Bomb, detail));
            return Err(io::Error::other("it grew too much"));
        }
        if held.failed.is_none() {
            let has_room = (held.bytes.len() + bytes.len()) as u64 <= held.most;
            if has_room && held.bytes.try_reserve(bytes.len()).is_ok() {
                held.bytes.extend_from_slice(bytes);
            } else {
                held.failed = Some(too_large(held.most));
                held.bytes = Vec::new();
            }
        }
        if held.failed.is_none() || self.is_needed { Ok(bytes.len()) } else { Err(io::Error::other("no room is left")) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A stretch of a file.
#[derive(Default)]
struct Window {
    /// Bytes of the file that still come before it.
    before: u64,
    bytes: Vec<u8>,
    most: u64,
    is_full: bool,
}

/// Where the library writes a file of which a stretch is wanted.
struct Shared(Rc<RefCell<Window>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut window = self.0.borrow_mut();
        let before = usize::try_from(window.before).unwrap_or(usize::MAX).min(bytes.len());
        window.before -= before as u64;
        let room = usize::try_from(window.most).unwrap_or(usize::MAX).saturating_sub(window.bytes.len());
        let wanted = &bytes[before..];
        let taken = wanted.len().min(room);
        window.bytes.try_reserve(taken)?;
        window.bytes.extend_from_slice(&wanted[..taken]);
        window.is_full = taken < wanted.len();
        if window.is_full { Err(io::Error::other("the stretch is full")) } else { Ok(bytes.len()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A file read stretch by stretch, each in a pass of its own.
struct Passes<F> {
    read_pass: F,
    window: Rc<RefCell<Window>>,
    /// Bytes of the stretch that were given, and where it begins.
    given: usize,
    from: u64,
    most: u64,
    /// How the file ended, once it has.
    end: Option<Result<(), (io::ErrorKind, String)>>,
}

impl<F: FnMut(&Rc<RefCell<Window>>) -> rars::Result<()>> Read for Passes<F> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.given == self.window.borrow().bytes.len() {
            if let Some(end) = self.end.take() {
                let result = end.as_ref().map(|()| 0).map_err(|(kind, detail)| io::Error::new(*kind, detail.clone()));
                self.end = Some(end);
                return result;
            }
            self.from += self.given as u64;
            self.given = 0;
            let mut bytes = std::mem::take(&mut self.window.borrow_mut().bytes);
            bytes.clear();
            *self.window.borrow_mut() = Window { before: self.from, bytes, most: self.most, is_full: false };
            let read = (self.read_pass)(&self.window);
            if !self.window.borrow().is_full {
                self.end = Some(read.map_err(|error| {
                    let (kind, detail) = in_words(&error);
                    let is_cut = kind == FindingKind::Truncated;
                    (if is_cut { io::ErrorKind::UnexpectedEof } else { io::ErrorKind::InvalidData }, detail)
                }));
            } else if self.most == 0 {
                self.end = Some(Err((io::ErrorKind::OutOfMemory, "no memory is left for it".to_owned())));
            }
        }
        let window = self.window.borrow();
        let left = &window.bytes[self.given..];
        let length = left.len().min(into.len());
        into[..length].copy_from_slice(&left[..length]);
        drop(window);
        self.given += length;
        if length == 0 && !into.is_empty() && !matches!(self.end, None | Some(Ok(()))) {
            self.read(into)
        } else {
            Ok(length)
        }
    }
}

/// Ends a file where it could not be read further.
struct Failing<'f>(io::ErrorKind, &'f str, &'f Cell<bool>);

impl Read for Failing<'_> {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.2.set(true);
        Err(io::Error::new(self.0, self.1))
    }
}

fn too_large(most: u64) -> (FindingKind, String) {
    let detail = format!(
        "a file in a RAR archive is held in memory until it is whole, and {most} bytes are left for that; it was not read"
    );
    (FindingKind::NestedTooLarge, detail)
}

struct Walker<'s, 'o, 'p> {
    sink: &'s mut Sink<'o>,
    path: &'p str,
    length: u64,
    depth: u32,
    is_solid: bool,
    is_any_locked: bool,
    held: Rc<RefCell<Held>>,
    /// How many members came up, and how many bytes those came to.
    begun: usize,
    reach: u64,
    /// Large files, which are read in passes when all others are through: the number of each, its path and its size.
    large: Vec<(usize, String, u64)>,
    /// The path of the file that is being read, and the size that is stated.
    at: Option<(String, u64)>,
    names: Names,
    clues: Clues,
}

impl<'s, 'o, 'p> Walker<'s, 'o, 'p> {
    fn new(
        sink: &'s mut Sink<'o>,
        path: &'p str,
        length: u64,
        depth: u32,
        (is_solid, is_any_locked): (bool, bool),
    ) -> Self {
        Walker {
            sink,
            path,
            length,
            depth,
            is_solid,
            is_any_locked,
            held: Rc::default(),
            begun: 0,
            reach: 0,
            large: Vec::new(),
            at: None,
            names: Names::default(),
            clues: Clues::default(),
        }
    }

    /// Says what the archive says of its makers.
    fn tell(self) -> Result<bool, Stop> {
        let Walker { sink, path, mut clues, .. } = self;
        clues.tell(sink, path)?;
        Ok(true)
    }

    /// Passes on the files of a set, until one cannot be read.
    fn walk_volumes(
        &mut self,
        archives: &[Archive],
        members: &[ArchiveMember],
        password: Option<&str>,
    ) -> Result<(), Stop> {
        let mut queue = members.iter();
        let mut stop = None;
        let read = extract_volumes_to_with_options(archives, options(password), |_| {
            let begun = self.finish().and_then(|()| {
                loop {
                    // The library passes links over.
                    match queue.next() {
                        Some(link) if link.meta.is_redirection => drop(self.begin(link, None, false)?),
                        Some(member) => return self.begin(member, None, false),
                        None => return Ok(ExtractionDecision::Skip),
                    }
                }
            });
            match begun {
                Ok(ExtractionDecision::Extract(to)) => Ok(to),
                Ok(_) => Ok(Box::new(io::sink())),
                Err(reason) => {
                    stop = Some(reason);
                    Err(Error::InvalidHeader(PASSED))
                }
            }
        });
        if let Some(stop) = stop {
            return Err(stop);
        }
        let is_cut = |member: &&ArchiveMember| member.meta.is_split_after;
        if let Err(error) = read
            && (self.at.is_some() || !queue.clone().any(|member| is_cut(&member)))
        {
            let left = queue.clone().filter(|member| !is_cut(member)).count();
            let mut held = self.held.borrow_mut();
            let (kind, detail) = held.failed.take().unwrap_or_else(|| in_words(&error));
            held.failed = Some((kind, format!("{detail}; {left} entries behind it were not read")));
            drop(held);
            self.at.get_or_insert_with(|| (self.path.to_owned(), 0));
        }
        self.finish()?;
        // What goes on in a volume that is not there is named; so are links behind the last file.
        for member in queue.filter(|member| is_cut(member) || member.meta.is_redirection) {
            self.begin(member, None, false)?;
        }
        Ok(())
    }

    fn walk_members(&mut self, archive: &Archive, password: Option<&str>, members: usize) -> Result<(), Stop> {
        let mut heads = archive.as_rar50().map(|archive| archive.files());
        let mut stop = None;
        let (held, is_locked_out) = (Rc::clone(&self.held), password.is_none());
        let decide = |member: &ArchiveMember| {
            let head = heads.as_mut().and_then(Iterator::next);
            let decided = self.finish().and_then(|()| self.begin(member, head, is_locked_out));
            Ok(decided.unwrap_or_else(|reason| {
                stop = Some(reason);
                ExtractionDecision::Stop
            }))
        };
        let told = |_: &ArchiveMember, error: &Error| {
            let mut held = held.borrow_mut();
            held.failed = held.failed.take().or_else(|| Some(in_words(error)));
            let is_bomb = matches!(held.failed, Some((FindingKind::Bomb, _)));
            Ok(if is_bomb { ExtractionErrorAction::Abort } else { ExtractionErrorAction::Continue })
        };
        let read = archive.extract_with_control_and_errors(options(password), decide, told);
        if let Some(stop) = stop {
            return Err(stop);
        }
        if let Err(error) = read {
            let left = members.saturating_sub(self.begun);
            let mut held = self.held.borrow_mut();
            let (kind, detail) = held.failed.take().unwrap_or_else(|| in_words(&error));
            held.failed = Some((kind, format!("{detail}; {left} entries behind it were not read")));
            drop(held);
            self.at.get_or_insert_with(|| (self.path.to_owned(), 0));
        }
        self.finish()
    }

    /// Says what is to be said of a member before it is read, and how it is.
    fn begin(
        &mut self,
        member: &ArchiveMember,
        head: Option<&FileHeader>,
        is_locked_out: bool,
    ) -> Result<ExtractionDecision, Stop> {
        let meta = &member.meta;
        self.begun += 1;
        self.reach = if self.is_solid { self.reach.saturating_add(meta.unpacked_size) } else { meta.unpacked_size };
        let name = name_of(member);
        let entry_path = nested_path(self.path, &name);
        if let Some(why) = why_unsafe(&name) {
            self.sink.finding(&entry_path, FindingKind::UnsafeName, why)?;
        }
        if !meta.is_directory && !self.names.is_new(&name) {
            self.sink.finding(&entry_path, FindingKind::DuplicateName, "an entry before it has the same name")?;
        }
        if let Some(time) = meta.file_time {
            if meta.family == ArchiveFamily::Rar50Plus {
                self.clues.time(Some(time.into()));
            } else {
                let [a, b, c, d] = time.to_le_bytes();
                self.clues.clock_time(dos_seconds(u16::from_le_bytes([c, d]), u16::from_le_bytes([a, b])));
            }
        }
        let is_link = meta.is_redirection || meta.attr_source() == AttrSource::Unix && meta.file_attr >> 12 == 0o12;
        let dictionary = head.filter(|_| !meta.is_stored).and_then(|head| head.decoded_compression_info().ok());
        let most = self.sink.nested_left;
        let why_not = if meta.is_directory {
            None
        } else if is_link {
            Some((FindingKind::NotAFile, "a link to another file, or a copy of one; it is not followed".to_owned()))
        } else if meta.is_split_before || meta.is_split_after {
            let detail = "a part of it lies in another volume of the set; it was not read".to_owned();
            Some((FindingKind::Truncated, detail))
        } else if is_locked_out && (meta.is_encrypted || self.is_solid && self.is_any_locked) {
            Some((FindingKind::Encrypted, self.sink.why_locked()))
        } else if let Some(info) = dictionary.filter(|info| info.dictionary_size > Limits::DECODER) {
            let (needed, limit) = (info.dictionary_size >> 20, Limits::DECODER >> 20);
            let detail = format!("its dictionary takes {needed} MiB of memory; the limit is {limit}");
            Some((FindingKind::TooLarge, detail))
        } else if meta.unpacked_size > most && self.reach <= FARTHEST {
            self.large.push((self.begun - 1, entry_path, meta.unpacked_size));
            return Ok(passed_over(member, self.is_solid));
        } else if !self.is_solid && meta.unpacked_size > most {
            Some(too_large(most))
        } else {
            let mut held = self.held.borrow_mut();
            held.most = most;
            self.at = Some((entry_path, meta.unpacked_size));
            drop(held);
            let (held, length, is_needed) = (Rc::clone(&self.held), self.length, self.is_solid);
            let ratio = self.sink.limits.ratio;
            return Ok(ExtractionDecision::Extract(Box::new(Holding { held, length, ratio, is_needed })));
        };
        self.sink.count_entry(&entry_path)?;
        if let Some((kind, detail)) = why_not {
            self.sink.finding(&entry_path, kind, detail)?;
        }
        Ok(passed_over(member, self.is_solid))
    }

    /// Passes on the files that are larger than what may be held.
    fn walk_large(&mut self, read_pass: impl Fn(usize, &Rc<RefCell<Window>>) -> rars::Result<()>) -> Result<(), Stop> {
        for (number, entry_path, size) in std::mem::take(&mut self.large) {
            self.sink.working()?;
            let left = self.sink.nested_left;
            let most = left / 2;
            self.sink.nested_left = left - most;
            let read_pass = |window: &Rc<RefCell<Window>>| read_pass(number, window);
            let passes = Passes { read_pass, window: Rc::default(), given: 0, from: 0, most, end: None };
            let mut content = Bounded::new(passes, Rc::new(Cell::new(self.length)), self.sink.limits.ratio);
            let walked = walk_stream(self.sink, &entry_path, &mut content, Some(size), self.depth);
            self.sink.nested_left = left;
            walked?;
        }
        Ok(())
    }

    /// Passes on the file that was read last.
    fn finish(&mut self) -> Result<(), Stop> {
        let Some((entry_path, size)) = self.at.take() else { return Ok(()) };
        let (bytes, failed) = {
            let mut held = self.held.borrow_mut();
            (std::mem::take(&mut held.bytes), held.failed.take())
        };
        let length = bytes.len() as u64;
        let was_told = Cell::new(false);
        if entry_path == self.path {
            // No entry was begun.
        } else if failed.as_ref().is_some_and(|(kind, _)| length == 0 || !is_damage(*kind)) {
            self.sink.count_entry(&entry_path)?;
        } else {
            self.sink.nested_left = self.sink.nested_left.saturating_sub(length);
            let mut content: Box<dyn Read + '_> = match &failed {
                None => Box::new(Cursor::new(bytes)),
                Some((kind, detail)) => {
                    let is_cut = *kind == FindingKind::Truncated;
                    let kind = if is_cut { io::ErrorKind::UnexpectedEof } else { io::ErrorKind::InvalidData };
                    Box::new(Cursor::new(bytes).chain(Failing(kind, detail, &was_told)))
                }
            };
            walk_stream(self.sink, &entry_path, &mut content, Some(size), self.depth)?;
            self.sink.nested_left = self.sink.nested_left.saturating_add(length);
        }
        match failed {
            Some((kind, detail)) if !was_told.get() => self.sink.finding(&entry_path, kind, detail),
            _ => Ok(()),
        }
    }
}

/// Whether what came of a file before this is worth passing on.
fn is_damage(kind: FindingKind) -> bool {
    matches!(kind, FindingKind::Corrupt | FindingKind::Truncated)
}

/// How a member is passed over: in one stream those behind it need it.
fn passed_over(member: &ArchiveMember, is_solid: bool) -> ExtractionDecision {
    match is_solid && !member.meta.is_directory && !member.meta.is_redirection {
        true => ExtractionDecision::Extract(Box::new(io::sink())),
        false => ExtractionDecision::Skip,
    }
}

/// The name with `/` between folders: up to version 4 it is written with `\`.
fn name_of(member: &ArchiveMember) -> Vec<u8> {
    let mut name = member.meta.name.clone();
    if member.meta.family != ArchiveFamily::Rar50Plus {
        name.iter_mut().filter(|byte| **byte == b'\\').for_each(|byte| *byte = b'/');
    }
    name
}

fn in_words(error: &Error) -> (FindingKind, String) {
    let kind = match (error.root_cause(), error.kind()) {
        (Error::TooShort, _) => FindingKind::Truncated,
        (Error::HeaderCountLimitExceeded { .. } | Error::HeaderBytesLimitExceeded { .. }, _) => {
            FindingKind::TooManyEntries
        }
        (Error::Io(error), _) => {
            let source: Option<&io::Error> = error.source().downcast_ref();
            source.map_or(FindingKind::Corrupt, kind_of)
        }
        (_, ErrorKind::PasswordRequired | ErrorKind::BadPassword) => FindingKind::Encrypted,
        (_, ErrorKind::ResourceLimit) => FindingKind::TooLarge,
        (_, ErrorKind::UnsupportedFeature | ErrorKind::UnsupportedFormat) => FindingKind::Unsupported,
        _ => FindingKind::Corrupt,
    };
    (kind, shown(&error.root_cause().to_string()))
}
