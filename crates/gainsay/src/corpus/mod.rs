//! The company's own files and their history, as segments of the index.
//!
//! A path is a git repository, whose history is read, or a folder or file, of which the present state is read. Only this
//! room (and the maker of the demo) names git. Everything that can't be read is named; the rest goes on.
//!
//! What is read becomes [`Piece`]s: stretches of a folder's files, and the history of a repository up to its newest commits. A
//! piece stands until its source changes: adding a corpus again, or going on with one that was cut short, keeps every piece that
//! stands as it was and reads the rest.

mod folder;
mod git;
mod history;
mod originals;
mod packages;
mod read;
mod walk;

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use fingerprint::{Counts, Index, Profile, Segment, SegmentError};

use crate::claim::{Extent, History, Piece, Stretch};
use folder::Listing;
use history::{Known, Outcome};
use walk::{Found, Range, Walk};

pub use originals::Originals;
pub use packages::package_of;

/// The name of a file that is no source code, whatever is in it.
const NO_CODE: &[u8] = b".txt";

/// How the names of folders begin into which bundles are unpacked while they are read.
pub const UNPACKED: &str = ".unpacked-";

/// How many things that were not read a piece names.
const NAMED_NOT_READ: usize = 100;

/// How a corpus is read.
#[derive(Clone, Debug)]
pub struct Options {
    /// The profile of its fingerprints.
    pub profile: Profile,
    /// When folders are read, in seconds since 1970-01-01 UTC: the time of their one state.
    pub taken: i64,
    /// Bytes of memory to be used for what grows with the corpus.
    pub memory: usize,
    /// Whether source code is fingerprinted as such.
    pub code: bool,
    /// Whether weights of fewer than eight bits have sketches: of what is subtracted, and not of the company's own.
    pub coarse: bool,
    /// How many threads read.
    pub threads: usize,
    /// Whether archives are opened even where the kernel can't lock the child down.
    pub unjailed: bool,
    /// What archives are tried with that are locked.
    pub passwords: Vec<String>,
    /// Where rows are kept that memory does not hold, in files without a name.
    pub spill: PathBuf,
}

/// How far the reading is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The repository or folder that is being read.
    pub source: PathBuf,
    /// What is being done there.
    pub step: Step,
    /// How many commits, or contents, or files, are done.
    pub done: u64,
    /// Of how many, as far as is known.
    pub of: u64,
    /// Bytes of content fingerprinted there so far.
    pub bytes: u64,
    /// Of how many, as far as is known.
    pub of_bytes: u64,
    /// Whether `of` and `of_bytes` may still grow.
    pub counting: bool,
}

/// Who is told how far the reading is, from whichever thread.
pub type OnProgress<'p> = dyn FnMut(Progress) + Send + 'p;

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Looking what changed since the last time.
    Listing,
    /// Comparing each commit with the one before it.
    Commits,
    /// Fingerprinting contents of a repository.
    Contents,
    /// Fingerprinting the files of a folder.
    Files,
    /// Sorting and writing the rows of the index.
    Writing,
    /// Merging segments.
    Merging,
}

/// A piece that was read, with its segment.
pub struct Written<W> {
    /// Where the segment was written.
    pub out: W,
    /// How much it holds.
    pub counts: Counts,
    /// Bytes of the contents that were read for it.
    pub bytes: u64,
    /// Bytes of memory that its tables took.
    pub tables: u64,
    /// What it tells of. Its `segment` is for the caller to set.
    pub piece: Piece,
}

/// Something that was not read, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotRead {
    /// The file, folder or repository.
    pub path: PathBuf,
    /// Why, in a sentence that names the object where it is one of many.
    pub reason: String,
}

impl std::fmt::Display for NotRead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.reason)
    }
}

/// Why a segment was not made.
#[derive(Debug, thiserror::Error)]
pub enum CorpusError {
    /// The segment can't be written.
    #[error("the index of the corpus can't be written: {}{}", .0, hint_of(.0))]
    Segment(#[from] SegmentError),
    /// Rows can't be set aside.
    #[error("rows of the index can't be kept in {folder}: {why}{}", hint_for(.why))]
    Spill {
        /// The folder.
        folder: PathBuf,
        /// The system's reason.
        why: io::Error,
    },
    /// No place for a segment.
    #[error("the index of the corpus can't be written: {}{}", .0, hint_for(.0))]
    Place(io::Error),
}

fn hint_for(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            "; free some space and run the command again: it goes on from what it finished"
        }
        _ => "",
    }
}

fn hint_of(error: &SegmentError) -> &'static str {
    if let SegmentError::Io { source, .. } = error { hint_for(source) } else { "" }
}

/// Things that were not read: all are counted, the first are named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unread {
    /// How many.
    pub count: u64,
    /// The first of them.
    pub named: Vec<NotRead>,
}

impl Unread {
    pub(self) fn push(&mut self, path: &Path, reason: impl Into<String>) {
        self.count += 1;
        if self.named.len() < NAMED_NOT_READ {
            self.named.push(NotRead { path: path.to_path_buf(), reason: reason.into() });
        }
    }

    fn extend(&mut self, more: Unread) {
        self.count += more.count;
        let room = NAMED_NOT_READ.saturating_sub(self.named.len());
        self.named.extend(more.named.into_iter().take(room));
    }

    /// Forgets some of those that are named.
    fn retain(&mut self, kept: impl Fn(&Path) -> bool) {
        let named = self.named.len();
        self.named.retain(|it| kept(&it.path));
        self.count -= (named - self.named.len()) as u64;
    }

    fn names(&self) -> Vec<String> {
        self.named.iter().map(ToString::to_string).collect()
    }
}

/// Reads a corpus piece by piece.
pub struct Reader {
    options: Options,
    /// What stands as it was, and what was read in this run.
    pieces: Vec<Piece>,
    todo: VecDeque<Todo>,
    unread: Unread,
    open: Open,
}

/// Opens a segment by its BLAKE3.
pub type Open = Box<dyn Fn(&[u8; 32]) -> io::Result<File>>;

/// What is still to be read.
enum Todo {
    /// What no piece tells of yet in a folder. Of one that is `known`, repositories and what can't be listed are told already.
    Folder { root: PathBuf, known: bool },
    /// Files of a folder.
    Files { root: PathBuf, range: Range, known: bool },
    /// What is new in a repository.
    Repository(PathBuf),
}

impl Reader {
    /// Finds out which of the pieces that are known from before, of segments that `open` opens, still stand.
    pub fn new(
        paths: &[PathBuf],
        known: Vec<Piece>,
        open: Open,
        options: Options,
        progress: &mut OnProgress<'_>,
    ) -> Self {
        let mut reader = Reader { options, pieces: known, todo: VecDeque::new(), unread: Unread::default(), open };
        let mut listed = Listed::default();
        for root in paths {
            let known = reader.pieces.iter().any(|piece| path_of(&piece.source).starts_with(root));
            if known {
                reader.list(root, &mut listed, progress);
            }
            reader.todo.push_back(Todo::Folder { root: root.clone(), known });
        }
        reader.withdraw(|piece| listed.lost(piece));
        reader.todo.extend(listed.repositories.into_iter().map(Todo::Repository));
        reader
    }

    /// Reads the next piece that is not there yet, and writes its segment to what `out` makes; `None` when all is read. The caller
    /// gives the piece back to [`Reader::keep`].
    ///
    /// # Errors
    /// The segment or its rows can't be written. What can't be read is no error.
    pub fn next<W: Write>(
        &mut self,
        out: impl Fn() -> io::Result<W>,
        progress: &mut OnProgress<'_>,
    ) -> Result<Option<Written<W>>, CorpusError> {
        while let Some(todo) = self.todo.pop_front() {
            match todo {
                Todo::Folder { root, known } => {
                    for range in self.gaps(&root).into_iter().rev() {
                        self.todo.push_front(Todo::Files { root: root.clone(), range, known });
                    }
                }
                Todo::Files { root, range, known } => {
                    let read = folder::read(&self.options, &root, &range, &out, progress)?;
                    if !known {
                        self.unread.extend(read.unlisted);
                        self.todo.extend(read.repositories.into_iter().map(Todo::Repository));
                    }
                    if let Some(written) = read.written {
                        if let Extent::Stretch(Stretch { until: Some(until), .. }) = &written.piece.extent
                            && range.until.as_deref() != Some(path_of(until))
                        {
                            let rest = Range { after: Some(path_of(until).to_path_buf()), until: range.until };
                            self.todo.push_front(Todo::Files { root, range: rest, known });
                        }
                        return Ok(Some(written));
                    }
                }
                Todo::Repository(path) => {
                    if let Some(written) = self.read_repository(path, &out, progress)? {
                        return Ok(Some(written));
                    }
                }
            }
        }
        Ok(None)
    }

    fn read_repository<W: Write>(
        &mut self,
        path: PathBuf,
        out: impl Fn() -> io::Result<W>,
        progress: &mut OnProgress<'_>,
    ) -> Result<Option<Written<W>>, CorpusError> {
        let mut histories: Vec<(usize, &Piece, &History)> = Vec::new();
        for (place, piece) in self.pieces.iter().enumerate().filter(|(_, piece)| path_of(&piece.source) == path) {
            histories.extend(piece.history().map(|history| (place, piece, history)));
        }
        let index = || {
            let segments: io::Result<Vec<File>> = histories.iter().map(|(_, it, _)| (self.open)(&it.segment)).collect();
            let segments = segments.ok()?.into_iter().map(Segment::open).collect::<Result<_, _>>();
            Index::open(segments.ok()?).ok()
        };
        let newest = histories.iter().max_by_key(|(_, _, history)| (history.line, history.side));
        let known = newest.map(|(_, _, history)| Known { history, index: &index });
        match history::read(&self.options, &path, known, out, progress)? {
            Outcome::Same => {}
            Outcome::Read(written) => return Ok(Some(written)),
            Outcome::Moved(history) => {
                let place = newest.map(|(place, ..)| *place);
                if let Some(piece) = place.and_then(|place| self.pieces.get_mut(place)) {
                    piece.extent = Extent::History(history);
                }
            }
            Outcome::Rewritten => self.withdraw(|piece| path_of(&piece.source) == path),
            Outcome::Unreadable(reason) => self.unread.push(&path, reason),
        }
        Ok(None)
    }

    /// Adds a piece that was read, when its segment is safe.
    pub fn keep(&mut self, piece: Piece) {
        self.pieces.push(piece);
    }

    /// The pieces that make the corpus now, and what was not read apart from what they name.
    pub fn finish(self) -> (Vec<Piece>, Unread) {
        (self.pieces, self.unread)
    }

    /// Holds what is known of a folder against what is there now.
    fn list(&mut self, root: &Path, listed: &mut Listed, progress: &mut OnProgress<'_>) {
        let walk = match Walk::new(root, Range::default()) {
            Ok(walk) => walk,
            Err(error) => {
                let reason = format!("it can't be opened: {error}; what was read of it before is still in the index");
                self.unread.push(root, reason);
                listed.unlisted.push(root.to_path_buf());
                return;
            }
        };
        let mut stretches: Vec<(&Stretch, Listing)> = self
            .pieces
            .iter()
            .filter(|piece| path_of(&piece.source) == root)
            .filter_map(|piece| Some((piece.stretch()?, Listing::new(self.options.taken))))
            .collect();
        stretches.sort_by_key(|(stretch, _)| stretch.after.as_deref().map(path_of));
        let (mut done, mut bytes) = (0_u64, 0);
        for found in walk {
            match found {
                Found::Repository(path) => listed.repositories.push(path),
                Found::Unread(path, reason) => {
                    self.unread.push(&path, reason);
                    listed.unlisted.push(path);
                }
                Found::File(path, facts) => {
                    let begun =
                        stretches.partition_point(|(stretch, _)| stretch.after.as_deref().map(path_of) < Some(&path));
                    let within = stretches[..begun].last_mut();
                    let within = within
                        .filter(|(stretch, _)| stretch.until.as_deref().is_none_or(|until| *path <= *path_of(until)));
                    if let Some((_, listing)) = within {
                        listing.add(&path, &facts);
                    }
                    (done, bytes) = (done + 1, bytes + facts.bytes);
                    if done.is_multiple_of(LISTED_BETWEEN) {
                        let source = root.to_path_buf();
                        let (of, of_bytes, counting, step) = (done, bytes, true, Step::Listing);
                        progress(Progress { source, step, done, of, bytes, of_bytes, counting });
                    }
                }
            }
        }
        let changed = stretches.into_iter().filter(|(stretch, listing)| {
            let digest = listing.digest();
            digest != stretch.listing || digest == [0; 32]
        });
        listed.changed.extend(changed.map(|(stretch, _)| (root.to_path_buf(), stretch.after.clone())));
    }

    /// Drops pieces, and with them all that can't stand without them: what shares a segment with one, and what a history goes on
    /// from. What is dropped will be read again.
    fn withdraw(&mut self, lost: impl Fn(&Piece) -> bool) {
        let (mut lost, mut kept): (Vec<Piece>, Vec<Piece>) =
            std::mem::take(&mut self.pieces).into_iter().partition(lost);
        loop {
            let drags = |piece: &Piece| {
                let same_history =
                    |it: &Piece| piece.history().and(it.history()).is_some() && it.source == piece.source;
                lost.iter().any(|it| it.segment == piece.segment || same_history(it))
            };
            let (more, rest): (Vec<Piece>, Vec<Piece>) = kept.into_iter().partition(drags);
            kept = rest;
            if more.is_empty() {
                break;
            }
            lost.extend(more);
        }
        self.pieces = kept;
        for piece in lost {
            let source = path_of(&piece.source).to_path_buf();
            self.todo.push_back(match piece.extent {
                Extent::Stretch(_) => Todo::Folder { root: source, known: true },
                Extent::History(_) => Todo::Repository(source),
                // A filter shares nothing with anybody and changes only where it is taken anew.
                Extent::Filter(_) => continue,
            });
        }
    }

    /// The ranges of a folder of which no piece tells.
    fn gaps(&self, root: &Path) -> Vec<Range> {
        let of_root = self.pieces.iter().filter(|piece| path_of(&piece.source) == root);
        let mut stretches: Vec<&Stretch> = of_root.filter_map(Piece::stretch).collect();
        stretches.sort_by_key(|stretch| stretch.after.as_deref().map(path_of));
        let path = |bytes: &Option<Vec<u8>>| bytes.as_deref().map(|bytes| path_of(bytes).to_path_buf());
        let (mut gaps, mut told) = (Vec::new(), None);
        for stretch in stretches {
            let after = path(&stretch.after);
            if after != told {
                gaps.push(Range { after: told, until: after });
            }
            told = path(&stretch.until);
            if told.is_none() {
                return gaps;
            }
        }
        gaps.push(Range { after: told, until: None });
        gaps
    }
}

/// Files listed between two reports of progress.
const LISTED_BETWEEN: u64 = 4096;

/// What was found where pieces were known.
#[derive(Default)]
struct Listed {
    repositories: Vec<PathBuf>,
    /// What can't be looked into: what is known of it stands.
    unlisted: Vec<PathBuf>,
    /// Stretches that changed: the folder, and where they begin.
    changed: Vec<(PathBuf, Option<Vec<u8>>)>,
}

impl Listed {
    fn lost(&self, piece: &Piece) -> bool {
        let source = path_of(&piece.source);
        match &piece.extent {
            Extent::Stretch(stretch) => {
                self.changed.iter().any(|(root, after)| root == source && *after == stretch.after)
            }
            Extent::Filter(_) => false,
            Extent::History(_) => {
                let unlisted = self.unlisted.iter().any(|path| source.starts_with(path));
                !unlisted && !self.repositories.iter().any(|path| path == source)
            }
        }
    }
}

/// A path as the bytes that it is kept as.
fn path_of(bytes: &[u8]) -> &Path {
    Path::new(std::ffi::OsStr::from_bytes(bytes))
}
