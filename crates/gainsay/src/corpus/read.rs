//! One file: opened with care, read once, its rows handed over; and where it is an archive, every file in it.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::mem;
use std::num::NonZero;
use std::ops::ControlFlow;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use fingerprint::{Channel, Content, Fingerprinter, Fingerprints, Marks, Profile, Sorter};
use rustix::fs::{Advice, Mode, OFlags, ResolveFlags};
use rustix::io::Errno;
use unpack::{Binary, Event, Fact, FindingKind};

use super::{NO_CODE, Options};
use crate::capture::Opener;

/// Bytes of a file held at once.
const PIECE: usize = 1 << 20;

/// Bytes of a file whose rows are held before they are set aside.
const HELD: usize = 64 << 20;

/// Fingerprints that are remembered: as many as stay in the nearest cache.
const REMEMBERED: usize = 1 << 11;

/// What of a fingerprint is not its place: they are spread evenly.
const PLACE_SHIFT: u32 = u64::BITS - 11;

/// Reads files, one after the other.
pub(super) struct FileReader<'r> {
    profile: &'r Profile,
    /// Whether source code is fingerprinted as such.
    code: bool,
    /// Whether weights of fewer than eight bits have sketches.
    coarse: bool,
    pub(super) rows: Sorter,
    /// Bytes read so far, for who watches.
    done: &'r AtomicU64,
    piece: Vec<u8>,
    archives: Archives<'r>,
    repeats: Repeats,
}

/// A file that is open, and on its way from the disk.
pub(super) struct Opened {
    pub(super) file: File,
    before: Metadata,
}

/// How archives are opened.
pub(super) struct Archives<'r> {
    /// Opened even where the kernel can't lock the child down.
    unjailed: bool,
    /// What is tried on those that are locked.
    passwords: &'r [String],
    /// The child, once there was an archive; or why there is none.
    opener: Option<Result<Opener, String>>,
    /// The number of the next member, whoever reads it.
    next: &'r AtomicU32,
    /// Bytes of tables that members may still take.
    room: usize,
}

impl<'r> Archives<'r> {
    pub(super) fn new(options: &'r Options, next: &'r AtomicU32) -> Self {
        Archives { unjailed: options.unjailed, passwords: &options.passwords, opener: None, next, room: 0 }
    }
}

/// What reading a file came to.
pub(super) struct FileRead {
    pub(super) content: Content,
    /// Whether it held still.
    pub(super) steady: bool,
    /// What lies in it, where it is an archive.
    pub(super) members: Vec<Member>,
    /// What of that was not read: its path in the archive, and why.
    pub(super) unread: Vec<(Vec<u8>, String)>,
}

/// A file in an archive, or the text or the marks of a file.
pub(super) struct Member {
    /// Its path in the archive; `!` stands before each further archive that it lies in.
    pub(super) path: Vec<u8>,
    pub(super) number: u32,
    /// None of a text and of marks, which are no file.
    pub(super) content: Option<Content>,
}

/// Bytes of memory that a member takes in the tables of a segment, beside its path.
pub(super) const OF_A_MEMBER: usize = 256;

/// Findings of one archive that are kept.
const FINDINGS: usize = 100;

/// Why a file is not in the index.
pub(super) enum Failed {
    /// It can't be read; the rest goes on.
    File(io::Error),
    /// Its rows can't be set aside; nothing goes on.
    Rows(io::Error),
}

impl<'r> FileReader<'r> {
    pub(super) fn new(options: &'r Options, rows: Sorter, done: &'r AtomicU64, archives: Archives<'r>) -> Self {
        let Options { profile, code, coarse, .. } = options;
        let (code, coarse, piece) = (*code, *coarse, vec![0; PIECE]);
        FileReader { profile, code, coarse, rows, done, piece, archives, repeats: Repeats::new() }
    }

    /// How many bytes of tables the members of the archives that follow may take together.
    pub(super) fn set_room(&mut self, room: usize) {
        self.archives.room = room;
    }

    /// Reads a file, and sets its rows aside under a number of the caller's. Where it is an archive, by its first bytes, so is every
    /// file in it, and where it has a text beyond its bytes that, each under a number of its own.
    pub(super) fn read(&mut self, opened: Opened, path: &Path, number: u32) -> Result<FileRead, Failed> {
        let Opened { mut file, before } = opened;
        let name = if self.code { path.as_os_str().as_bytes() } else { NO_CODE };
        let first = fill(&mut file, &mut self.piece, before.len()).map_err(Failed::File)?;
        let head = &self.piece[..first.min(unpack::HEAD)];
        let holds_more = unpack::is_archive(head) || unpack::has_text(head) || unpack::has_facts(head);
        let mut fingerprinter = begun(self.profile, self.coarse, name);
        fingerprinter.update(&self.piece[..first]);
        self.done.fetch_add(first as u64, Ordering::Relaxed);
        if first == PIECE {
            self.read_rest(&mut file, &mut fingerprinter, number)?;
        }
        // They are sorted with all others.
        let fingerprints = fingerprinter.finish_unsorted();
        let (mut members, mut unread) = (Vec::new(), Vec::new());
        if holds_more {
            let of_members = file.try_clone().map_err(Failed::File)?;
            self.read_members(of_members, path, &mut members, &mut unread).map_err(Failed::Rows)?;
        }
        let after = file.metadata().map_err(Failed::File)?;
        let steady = fingerprints.bytes == after.len() && before.modified().ok() == after.modified().ok();
        let content = keep(&mut self.repeats, &mut self.rows, fingerprints, number).map_err(Failed::Rows)?;
        Ok(FileRead { content, steady, members, unread })
    }

    /// Reads the files in an archive, through archives in archives, as the child gives them. An error is one of the rows.
    fn read_members(
        &mut self,
        file: File,
        path: &Path,
        members: &mut Vec<Member>,
        unread: &mut Vec<(Vec<u8>, String)>,
    ) -> io::Result<()> {
        let Archives { unjailed, passwords, opener, next, room } = &mut self.archives;
        let start = || {
            let mut opener = Opener::start(*unjailed)?;
            opener.set_passwords(passwords).map(|()| opener)
        };
        let opener = opener.get_or_insert_with(|| start().map_err(|error| error.to_string()));
        let opener = match opener {
            Ok(opener) => opener,
            Err(reason) => {
                unread.push((Vec::new(), format!("the files in it were not read: {reason}")));
                return Ok(());
            }
        };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let (profile, code, coarse) = (self.profile, self.code, self.coarse);
        let (repeats, rows) = (&mut self.repeats, &mut self.rows);
        let (mut kept, mut is_full) = (Ok(()), false);
        let mut member: Option<(Vec<u8>, u32, Fingerprinter)> = None;
        let (mut held, mut last) = (0, String::new());
        let mut number_of = |path: usize| {
            let left = room.checked_sub(OF_A_MEMBER + path);
            *room = left.unwrap_or(*room);
            is_full = left.is_none();
            left.map(|_| next.fetch_add(1, Ordering::Relaxed))
        };
        let ended = opener.files(&name, &[file], &mut |event| {
            match event {
                Event::File { path, .. } => {
                    path.clone_into(&mut last);
                    let Some(inner) = inside(path) else { return ControlFlow::Continue(()) };
                    let Some(number) = number_of(inner.len()) else { return ControlFlow::Break(()) };
                    held = 0;
                    let named = if code { inner.as_bytes() } else { NO_CODE };
                    member = Some((inner.as_bytes().to_vec(), number, begun(profile, coarse, named)));
                }
                Event::Text { text, .. } => {
                    let path = format!("{last}!text");
                    let inner = inside(&path).unwrap_or_default();
                    let Some(number) = number_of(inner.len()) else { return ControlFlow::Break(()) };
                    let mut fingerprinter = Fingerprinter::new(profile, NO_CODE);
                    fingerprinter.update(text.as_bytes());
                    let path = inner.as_bytes().to_vec();
                    match keep(repeats, rows, fingerprinter.finish_unsorted(), number) {
                        Ok(_) => members.push(Member { path, number, content: None }),
                        Err(error) => kept = Err(error),
                    }
                }
                Event::Fact(Fact::Binary(binary)) => {
                    let path = format!("{last}!{}", build_of(binary));
                    let inner = inside(&path).unwrap_or_default();
                    let Some(number) = number_of(inner.len()) else { return ControlFlow::Break(()) };
                    match rows.extend(Channel::Parts, &marks_of(profile, binary), number) {
                        Ok(()) => members.push(Member { path: inner.as_bytes().to_vec(), number, content: None }),
                        Err(error) => kept = Err(error),
                    }
                }
                Event::Data(bytes) => {
                    if let Some((_, number, fingerprinter)) = &mut member {
                        fingerprinter.update(bytes);
                        held += bytes.len();
                        if held > HELD {
                            held = 0;
                            kept = drain(repeats, rows, fingerprinter, *number);
                        }
                    }
                }
                // Of a file that is cut short there is as much as came; a finding says so.
                Event::End { .. } => {
                    if let Some((path, number, fingerprinter)) = member.take() {
                        match keep(repeats, rows, fingerprinter.finish_unsorted(), number) {
                            Ok(content) => members.push(Member { path, number, content: Some(content) }),
                            Err(error) => kept = Err(error),
                        }
                    }
                }
                Event::Finding(finding) if is_loss(finding.kind) && unread.len() < FINDINGS => {
                    let inner = inside(&finding.path).unwrap_or_default().as_bytes().to_vec();
                    unread.push((inner, format!("{}: {}", finding.kind, finding.detail)));
                }
                Event::Finding(_) | Event::Picture(_) | Event::Archive { .. } | Event::Clue(_) | Event::Fact(_) => {}
            }
            if kept.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        kept?;
        if is_full {
            let reason =
                "it holds more files than there is memory for: the rest were not read; give more with --memory";
            unread.push((Vec::new(), reason.to_owned()));
        }
        if let Err(error) = ended {
            unread.push((Vec::new(), format!("the files in it were not read: {error}")));
        }
        Ok(())
    }

    /// Goes on with a file of which the first piece is read.
    fn read_rest(&mut self, file: &mut File, to: &mut Fingerprinter, number: u32) -> Result<(), Failed> {
        let mut held = 0;
        loop {
            let length = fill(file, &mut self.piece, u64::MAX).map_err(Failed::File)?;
            if length == 0 {
                return Ok(());
            }
            to.update(&self.piece[..length]);
            self.done.fetch_add(length as u64, Ordering::Relaxed);
            held += length;
            if held > HELD {
                held = 0;
                drain(&mut self.repeats, &mut self.rows, to, number).map_err(Failed::Rows)?;
            }
        }
    }
}

/// What the marks of a build stand under: what it says of its product and version comes with it.
fn build_of(binary: &Binary) -> String {
    let said = |field: &str| binary.says.iter().find(|(what, _)| what == field).map(|(_, value)| value.as_str());
    let version = said("ProductVersion").or_else(|| said("FileVersion"));
    let words = [Some("build"), said("ProductName"), version];
    // A `!` would part an archive from what is in it.
    words.into_iter().flatten().collect::<Vec<_>>().join(" ").replace(['!', '/'], "_")
}

/// Begins a file of this name.
fn begun(profile: &Profile, coarse: bool, name: &[u8]) -> Fingerprinter {
    let fingerprinter = Fingerprinter::new(profile, name);
    if coarse { fingerprinter.with_coarse_weights() } else { fingerprinter }
}

/// The marks of a build, sorted.
fn marks_of(profile: &Profile, binary: &Binary) -> Vec<u64> {
    let marks = Marks::new(profile);
    let ids = binary.marks.iter().map(|(kind, value)| marks.of(kind.word(), value.as_bytes()));
    let names = binary.functions.some.iter().map(|name| marks.of("function", name.as_bytes()));
    let mut all: Vec<u64> = ids.chain(names).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Sets the rows of a whole file aside, and gives its content.
fn keep(repeats: &mut Repeats, rows: &mut Sorter, of: Fingerprints, number: u32) -> io::Result<Content> {
    let all = [
        (Channel::Text, &of.text),
        (Channel::Code, &of.code),
        (Channel::Parts, &of.parts),
        (Channel::Sketches, &of.sketches),
    ];
    for (channel, fingerprints) in all {
        repeats.set_aside(channel, fingerprints, number, rows)?;
    }
    let blake3 = *of.blake3.first_chunk().unwrap_or(&[0; 16]);
    Ok(Content { blake3, oid: Vec::new(), bytes: of.bytes, kind: of.kind })
}

/// Sets the rows aside that a file has so far.
fn drain(repeats: &mut Repeats, rows: &mut Sorter, of: &mut Fingerprinter, number: u32) -> io::Result<()> {
    let mut kept = Ok(());
    of.drain(&mut |channel, fingerprints| {
        if kept.is_ok() {
            kept = repeats.set_aside(channel, fingerprints, number, rows);
        }
    });
    kept
}

/// What follows the name of the outermost archive, in which a `!` has a `\` before it; nothing for the archive itself.
fn inside(path: &str) -> Option<&str> {
    let mut escaped = false;
    let at = path.bytes().position(|byte| {
        let parts = byte == b'!' && !escaped;
        escaped = byte == b'\\' && !escaped;
        parts
    });
    at.map(|at| &path[at + 1..])
}

/// Whether a finding says that something was not read: links, odd names and the like are no loss.
fn is_loss(kind: FindingKind) -> bool {
    !matches!(
        kind,
        FindingKind::Empty
            | FindingKind::UnsafeName
            | FindingKind::DuplicateName
            | FindingKind::NotAFile
            | FindingKind::WrongSize
            | FindingKind::StrayBytes
    )
}

/// Fills the piece as far as the file goes; where it is as long as expected, its end is not asked for.
fn fill(file: &mut File, piece: &mut [u8], expected: u64) -> io::Result<usize> {
    let mut length = 0;
    while length < piece.len() && length as u64 != expected {
        match file.read(&mut piece[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

/// Sets rows aside without most of those that a file has again: a look into one place costs less than to sort another row.
struct Repeats {
    /// The row that came last of those that share a place: its fingerprint, and the numbers of its file and channel.
    places: Box<[(u64, u64); REMEMBERED]>,
    others: Box<[u64; REMEMBERED]>,
}

impl Repeats {
    fn new() -> Self {
        Repeats { places: Box::new([(0, u64::MAX); REMEMBERED]), others: Box::new([0; REMEMBERED]) }
    }

    fn set_aside(&mut self, channel: Channel, fingerprints: &[u64], number: u32, rows: &mut Sorter) -> io::Result<()> {
        let source = u64::from(number) << 8 | channel as u64;
        for some in fingerprints.chunks(REMEMBERED) {
            let mut kept = 0;
            for fingerprint in some {
                let row = (*fingerprint, source);
                let place = usize::try_from(fingerprint >> PLACE_SHIFT).unwrap_or_default() % REMEMBERED;
                let before = mem::replace(&mut self.places[place], row);
                // What follows takes a repeat's place: so dropping it needs no branch.
                self.others[kept] = *fingerprint;
                kept += usize::from(before != row);
            }
            rows.extend(channel, &self.others[..kept], number)?;
        }
        Ok(())
    }
}

/// Opens a file below a folder, no link followed on the way, and has the system read it. It may have become a link or a pipe since
/// it was listed: neither is followed or waited for.
pub(super) fn open(folder: &OwnedFd, path: &Path) -> io::Result<Opened> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::NOFOLLOW;
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
    let opened = match rustix::fs::openat2(folder, path, flags, Mode::empty(), resolve) {
        // An old kernel, or one that may not be asked this way: the last name alone is then no link.
        Err(Errno::NOSYS | Errno::PERM) => rustix::fs::openat(folder, path, flags, Mode::empty())?,
        opened => opened?,
    };
    let file = File::from(opened);
    let before = file.metadata()?;
    if !before.is_file() {
        return Err(io::Error::other("it is no longer a file"));
    }
    if let Some(length) = NonZero::new(before.len().min(PIECE as u64)) {
        // A disk that is asked for many files at once gives each of them sooner. Where it can't be asked, they are read all the same.
        let _ = rustix::fs::fadvise(&file, 0, Some(length), Advice::WillNeed);
    }
    Ok(Opened { file, before })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_row_is_lost_and_one_that_comes_again_at_once_is_dropped(
            files in prop::collection::vec(prop::collection::vec(0u64..6000, 0..5000), 0..4), spread in any::<bool>(),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let (mut repeats, mut rows) = (Repeats::new(), Sorter::new(folder.path(), 1 << 20));
            let mut expected = BTreeSet::new();
            for (number, file) in (0..).zip(&files) {
                let twice = file.iter().flat_map(|it| [it.wrapping_mul(if spread { 0x9e37_79b9_7f4a_7c15 } else { 1 }); 2]);
                let twice: Vec<u64> = twice.collect();
                for channel in [Channel::Text, Channel::Code] {
                    repeats.set_aside(channel, &twice, number, &mut rows).unwrap();
                    expected.extend(twice.iter().map(|it| (channel, *it, number)));
                }
            }
            let mut sorted = Sorter::sorted(vec![rows]).unwrap();
            let kept: Vec<_> = std::iter::from_fn(|| sorted.next().unwrap()).collect();
            prop_assert!(kept.len() <= files.iter().map(|file| 2 * file.len()).sum());
            prop_assert!(kept.into_iter().collect::<BTreeSet<_>>() == expected);
        }
    }
}
