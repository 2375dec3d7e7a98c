//! Folders and single files: their present state, a stretch of files at a time.
//!
//! One thread lists, several read and fingerprint, and the caller's keeps the tables of the segment. Files are numbered as they are
//! listed and tables filled in that order, so that the same files always give the same segment.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::ffi::OsStr;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use fingerprint::{Channel, Commit, Content, Interval, IntervalId, Line, LineId, LineKind, SegmentWriter, Sorter};

use super::packages::package_of;
use super::read::{Archives, Failed, FileRead, FileReader, OF_A_MEMBER, open};
use super::walk::{Base, Facts, Found, Range, Walk};
use super::{CorpusError, OnProgress, Options, Progress, Step, Unread, Written};
use crate::claim::{Extent, Piece, Stretch};

/// Files that a thread takes at a time, and their bytes.
const BATCH_FILES: usize = 64;
const BATCH_BYTES: u64 = 4 << 20;

/// Files that all threads together hold open while the disk fetches them: far fewer than a process may have.
const AHEAD: usize = 256;

/// Batches that may wait: the listing runs ahead by so many, and tells how much is to come.
const WAITING: usize = 1024;

/// Bytes of memory that a file takes in the tables of a segment, beside its path.
const OF_A_FILE: usize = 256;

/// Members of archives are numbered from here, in the order in which they come; files below.
const MEMBERS: u32 = 1 << 31;

/// A stretch holds about no more members than this, so that their numbers last.
const MOST_MEMBERS: usize = 1 << 30;

/// A stretch holds no more bytes of content: so much is read again where one of its files changed, or a run is cut short.
const STRETCH: u64 = 64 << 30;

/// How long the tables wait for the next file before progress is told.
const TELL_EVERY: Duration = Duration::from_millis(100);

/// Rows that are written between two reports of progress.
const ROWS_BETWEEN: u64 = 1 << 20;

/// Seconds within which a file can change twice and look the same, however coarse the clock of its file system.
const YOUNG: i64 = 2;

/// What a listing of files comes to.
pub(super) struct Listing {
    hasher: blake3::Hasher,
    young_from: i64,
    young: bool,
    pub(super) files: u64,
    pub(super) bytes: u64,
}

impl Listing {
    pub(super) fn new(taken: i64) -> Self {
        Listing { hasher: blake3::Hasher::new(), young_from: taken - YOUNG, young: false, files: 0, bytes: 0 }
    }

    pub(super) fn add(&mut self, path: &Path, facts: &Facts) {
        let name = path.as_os_str().as_bytes();
        self.hasher.update(name).update(&[0]);
        facts.hash_into(&mut self.hasher);
        self.young |= facts.changed.0 >= self.young_from;
        self.files += 1;
        self.bytes += facts.bytes;
    }

    /// Its digest: zeros where a change could pass unseen.
    pub(super) fn digest(&self) -> [u8; 32] {
        if self.young { [0; 32] } else { *self.hasher.finalize().as_bytes() }
    }

    fn sum(&self) -> Sum {
        Sum { digest: self.digest(), files: self.files, bytes: self.bytes }
    }
}

/// What a listing has come to.
#[derive(Clone, Copy)]
struct Sum {
    digest: [u8; 32],
    files: u64,
    bytes: u64,
}

/// What a stretch came to.
pub(super) struct StretchRead<W> {
    /// Its segment; none where there was no file in it.
    pub(super) written: Option<Written<W>>,
    /// Repositories that lie in it.
    pub(super) repositories: Vec<PathBuf>,
    /// What of it could not be listed.
    pub(super) unlisted: Unread,
}

struct Batch {
    number: u64,
    /// The number of its first file.
    first: u32,
    files: Vec<PathBuf>,
    /// What the listing came to with its last file.
    sum: Sum,
}

struct Done {
    number: u64,
    /// Each file's path below the folder, and what reading it came to, or why it can't be read.
    files: Vec<(PathBuf, Result<FileRead, String>)>,
    sum: Sum,
}

/// What the listing thread has come to.
struct Listed {
    stretch: Stretch,
    repositories: Vec<PathBuf>,
    unlisted: Unread,
}

impl Listed {
    /// Ends it after a file before its last one, since archives hold more than a segment takes. What was found behind that will be
    /// found again.
    fn end_at(&mut self, base: &Path, last: &Path, sum: Sum) {
        if sum.files == self.stretch.files {
            return;
        }
        let Sum { digest, files, bytes } = sum;
        let (after, until) = (self.stretch.after.take(), Some(last.as_os_str().as_bytes().to_vec()));
        self.stretch = Stretch { after, until, listing: digest, files, bytes, packages: None };
        let end = base.join(last);
        self.repositories.retain(|path| *path <= end);
        self.unlisted.retain(|path| *path <= *end);
    }
}

/// Reads the files of a range as far as one segment holds them.
pub(super) fn read<W: Write>(
    options: &Options,
    root: &Path,
    range: &Range,
    out: impl Fn() -> io::Result<W>,
    progress: &mut OnProgress<'_>,
) -> Result<StretchRead<W>, CorpusError> {
    let walk = match Walk::new(root, range.clone()) {
        Ok(walk) => walk,
        Err(error) => {
            let mut unlisted = Unread::default();
            unlisted.push(root, format!("it can't be opened: {error}"));
            return Ok(StretchRead { written: None, repositories: Vec::new(), unlisted });
        }
    };
    let base = walk.base();
    let watch = Watch::default();
    let members = AtomicU32::new(MEMBERS);
    let mut table = Table::new(options, root, &base, out().map_err(CorpusError::Place)?)?;
    let (to_read, waiting) = sync_channel::<Batch>(WAITING);
    let (to_table, read) = sync_channel::<io::Result<Done>>(WAITING);
    let (mut listed, sorters, tabled) = std::thread::scope(|scope| {
        let lister = scope.spawn(|| list(options, walk, range, &watch, to_read));
        // Held by the readers alone: when they are gone, the listing sees that nobody takes from it.
        let waiting = Arc::new(Mutex::new(waiting));
        let threads = options.threads.max(1);
        let readers: Vec<_> = (0..threads)
            .map(|_| {
                let (to_table, waiting, base) = (to_table.clone(), Arc::clone(&waiting), &base);
                let rows = Sorter::new(&options.spill, options.memory / 2 / threads);
                let archives = Archives::new(options, &members);
                let reader = FileReader::new(options, rows, &watch.read_bytes, archives);
                let (watch, room) = (&watch, options.memory / 8);
                let ahead = (AHEAD / threads).clamp(1, BATCH_FILES);
                scope.spawn(move || read_batches(reader, base, ahead, &waiting, &to_table, watch, room))
            })
            .collect();
        drop((to_table, waiting));
        let tabled = table.take_all(read, &watch, &mut || progress(watch.progress(root, Step::Files)));
        let sorters: Vec<Sorter> = readers.into_iter().map(joined).collect();
        (joined(lister), sorters, tabled)
    });
    tabled?;
    if let Some((last, sum)) = table.end.take() {
        listed.end_at(&base.path, &last, sum);
    }
    let Listed { stretch, repositories, unlisted } = listed;
    let written = match stretch.files {
        0 => None,
        _ => Some(table.write(sorters, stretch, &mut || progress(watch.progress(root, Step::Writing)))?),
    };
    Ok(StretchRead { written, repositories, unlisted })
}

/// The result of a thread; where it panicked, the panic goes on.
fn joined<T>(thread: std::thread::ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// How far listing and reading are, for who watches.
#[derive(Default)]
struct Watch {
    listed_files: AtomicU64,
    listed_bytes: AtomicU64,
    listed_all: AtomicBool,
    /// The segment takes no more: what is listed further is left to the next one.
    full: AtomicBool,
    read_files: AtomicU64,
    read_bytes: AtomicU64,
}

impl Watch {
    fn progress(&self, root: &Path, step: Step) -> Progress {
        let number = |number: &AtomicU64| number.load(Ordering::Relaxed);
        let counting = !self.listed_all.load(Ordering::Relaxed);
        let (done, bytes) = (number(&self.read_files), number(&self.read_bytes));
        let (of, of_bytes) = (number(&self.listed_files).max(done), number(&self.listed_bytes).max(bytes));
        Progress { source: root.to_path_buf(), step, done, of, bytes, of_bytes, counting }
    }
}

/// Lists files in batches until the range or what a segment holds is at its end.
fn list(options: &Options, walk: Walk, range: &Range, watch: &Watch, to_read: SyncSender<Batch>) -> Listed {
    let (mut repositories, mut unlisted) = (Vec::new(), Unread::default());
    let mut listing = Listing::new(options.taken);
    let (mut tables, mut next, mut last) = (0, 0_u32, None::<PathBuf>);
    let mut batch = Batch { number: 0, first: 0, files: Vec::new(), sum: listing.sum() };
    let mut batch_bytes = 0;
    let mut ended_by = None;
    for found in walk {
        let (path, facts) = match found {
            Found::Repository(path) => {
                repositories.push(path);
                continue;
            }
            Found::Unread(path, reason) => {
                unlisted.push(&path, reason);
                continue;
            }
            Found::File(path, facts) => (path, facts),
        };
        let is_full = tables > options.memory / 4 || listing.bytes.saturating_add(facts.bytes) > STRETCH;
        if last.is_some() && (is_full || next == MEMBERS) {
            ended_by = last.take();
            break;
        }
        listing.add(&path, &facts);
        tables += OF_A_FILE + path.as_os_str().len();
        watch.listed_files.fetch_add(1, Ordering::Relaxed);
        watch.listed_bytes.fetch_add(facts.bytes, Ordering::Relaxed);
        last = Some(path.clone());
        batch_bytes += facts.bytes;
        batch.files.push(path);
        next += 1;
        if batch.files.len() == BATCH_FILES || batch_bytes >= BATCH_BYTES {
            batch.sum = listing.sum();
            let following = Batch { number: batch.number + 1, first: next, files: Vec::new(), sum: batch.sum };
            batch_bytes = 0;
            if to_read.send(std::mem::replace(&mut batch, following)).is_err() {
                break;
            }
        }
    }
    if !batch.files.is_empty() {
        batch.sum = listing.sum();
        // Where nobody reads any more, the caller knows why.
        let _ = to_read.send(batch);
    }
    watch.listed_all.store(true, Ordering::Relaxed);
    let bytes_of = |path: &PathBuf| path.as_os_str().as_bytes().to_vec();
    let stretch = Stretch {
        after: range.after.as_ref().map(bytes_of),
        until: ended_by.as_ref().or(range.until.as_ref()).map(bytes_of),
        listing: listing.digest(),
        files: listing.files,
        bytes: listing.bytes,
        packages: None,
    };
    Listed { stretch, repositories, unlisted }
}

/// Reads batches until there are no more, with so many files open ahead, and gives the rows.
fn read_batches(
    mut reader: FileReader<'_>,
    base: &Base,
    ahead: usize,
    waiting: &Mutex<Receiver<Batch>>,
    to_table: &SyncSender<Result<Done, io::Error>>,
    watch: &Watch,
    room: usize,
) -> Sorter {
    while !watch.full.load(Ordering::Relaxed) {
        let batch = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Batch { number, first, files, sum }) = batch else { break };
        let mut done = Done { number, files: Vec::with_capacity(files.len()), sum };
        reader.set_room(room);
        let mut to_open = (first..).zip(files);
        let mut opened = VecDeque::with_capacity(ahead);
        loop {
            let next = to_open.by_ref().take(ahead - opened.len());
            opened.extend(next.map(|(file, path)| (file, open(&base.folder, &path), path)));
            let Some((file, open, path)) = opened.pop_front() else { break };
            let read = match open.map_err(Failed::File).and_then(|open| reader.read(open, &path, file)) {
                Ok(read) => Ok(read),
                Err(Failed::File(error)) => Err(format!("the file can't be read: {error}")),
                Err(Failed::Rows(error)) => {
                    let _ = to_table.send(Err(error));
                    return reader.rows;
                }
            };
            done.files.push((path, read));
        }
        if to_table.send(Ok(done)).is_err() {
            break;
        }
    }
    reader.rows
}

/// The tables of the segment, filled in the order of the files.
struct Table<'o, W: Write> {
    options: &'o Options,
    root: &'o Path,
    base: PathBuf,
    writer: SegmentWriter<W>,
    line: LineId,
    /// The interval of each file that was read, by the file's number.
    intervals: Vec<Option<IntervalId>>,
    /// The interval of each member of an archive that was read, by its number less [`MEMBERS`].
    members: Vec<Option<IntervalId>>,
    /// The packages that they belong to.
    packages: HashSet<String>,
    /// Bytes of memory that all of them take.
    tables: usize,
    /// The last file that is taken, and the listing up to it, where there is no room for more.
    end: Option<(PathBuf, Sum)>,
    bytes: u64,
    unread: Unread,
}

impl<'o, W: Write> Table<'o, W> {
    fn new(options: &'o Options, root: &'o Path, base: &Base, out: W) -> Result<Self, CorpusError> {
        let mut writer = SegmentWriter::new(out, options.profile.id(), &options.spill)?;
        let name = root.as_os_str().as_bytes().to_vec();
        let line = Line { name, reference: Vec::new(), kind: LineKind::State, begin: 0, commits: 1 };
        let line = writer.line(line, &[Commit { oid: Vec::new(), time: options.taken }])?;
        let base = base.path.to_path_buf();
        let (intervals, members, unread) = (Vec::new(), Vec::new(), Unread::default());
        let (packages, tables, end) = (HashSet::new(), 0, None);
        Ok(Table { options, root, base, writer, line, intervals, members, packages, tables, end, bytes: 0, unread })
    }

    /// Takes what is read until all of it is.
    fn take_all(
        &mut self,
        read: Receiver<io::Result<Done>>,
        watch: &Watch,
        tell: &mut dyn FnMut(),
    ) -> Result<(), CorpusError> {
        let mut early = BTreeMap::new();
        let mut next = 0;
        let mut told = Instant::now();
        loop {
            match read.recv_timeout(TELL_EVERY) {
                Ok(Ok(done)) => drop(early.insert(done.number, done)),
                Ok(Err(why)) => return Err(CorpusError::Spill { folder: self.options.spill.clone(), why }),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
            while let Some(done) = early.remove(&next) {
                next += 1;
                watch.read_files.fetch_add(done.files.len() as u64, Ordering::Relaxed);
                self.take(done)?;
                watch.full.store(self.end.is_some(), Ordering::Relaxed);
            }
            if told.elapsed() >= TELL_EVERY {
                told = Instant::now();
                tell();
            }
        }
    }

    fn take(&mut self, done: Done) -> Result<(), CorpusError> {
        if self.end.is_some() {
            return Ok(());
        }
        let last = done.files.last().map(|(path, _)| path.clone());
        for (path, read) in done.files {
            let interval = match read {
                Err(reason) => {
                    self.unread.push(&self.base.join(&path), reason);
                    None
                }
                Ok(read) => Some(self.file(&path, read)?),
            };
            self.tables += OF_A_FILE + path.as_os_str().len();
            self.intervals.push(interval);
        }
        // Without archives the listing sees by itself when there is no more room.
        let is_full = self.tables > self.options.memory / 4 || self.members.len() > MOST_MEMBERS;
        self.end = last.filter(|_| is_full && !self.members.is_empty()).map(|last| (last, done.sum));
        Ok(())
    }

    /// Takes a file, and what lies in it.
    fn file(&mut self, path: &Path, read: FileRead) -> Result<IntervalId, CorpusError> {
        if !read.steady {
            let reason = "it changed while it was read; what was read is in the index";
            self.unread.push(&self.base.join(path), reason);
        }
        let interval = self.content(path.as_os_str().as_bytes(), Some(&read.content))?;
        if let Some(package) = package_of(self.base.join(path).as_os_str().as_bytes()) {
            self.tables += package.len();
            self.packages.insert(package);
        }
        let in_archive = |inner: &[u8]| [path.as_os_str().as_bytes(), b"!", inner].concat();
        for (inner, reason) in read.unread {
            let path = if inner.is_empty() { path.as_os_str().as_bytes().to_vec() } else { in_archive(&inner) };
            self.unread.push(&self.base.join(OsStr::from_bytes(&path)), reason);
        }
        for member in read.members {
            let path = in_archive(&member.path);
            let interval = self.content(&path, member.content.as_ref())?;
            self.tables += OF_A_MEMBER + path.len();
            let place = (member.number - MEMBERS) as usize;
            if self.members.len() <= place {
                self.members.resize(place + 1, None);
            }
            self.members[place] = Some(interval);
        }
        Ok(interval)
    }

    /// Takes what stands at a path. The text of a file is no content of its own: only its rows stand there.
    fn content(&mut self, path: &[u8], content: Option<&Content>) -> Result<IntervalId, CorpusError> {
        let path = self.writer.path(path)?;
        let interval = self.writer.interval(Interval { path, line: self.line, first: Some(0), last: None })?;
        if let Some(content) = content {
            self.writer.content(content, &[interval])?;
            self.bytes += content.bytes;
        }
        Ok(interval)
    }

    /// The interval of a file or a member by its number; none where it is not taken.
    fn interval(&self, number: u32) -> Option<IntervalId> {
        match number.checked_sub(MEMBERS) {
            Some(member) => self.members.get(member as usize).copied().flatten(),
            None => self.intervals.get(number as usize).copied().flatten(),
        }
    }

    /// Writes the rows, and ends the segment.
    fn write(
        mut self,
        sorters: Vec<Sorter>,
        stretch: Stretch,
        tell: &mut dyn FnMut(),
    ) -> Result<Written<W>, CorpusError> {
        tell();
        let spill = |why| CorpusError::Spill { folder: self.options.spill.clone(), why };
        let mut rows = Sorter::sorted(sorters).map_err(spill)?;
        let mut stands = Vec::new();
        let mut current = None;
        let mut done = 0_u64;
        while let Some((channel, fingerprint, number)) = rows.next().map_err(spill)? {
            if current != Some((channel, fingerprint))
                && let Some((channel, fingerprint)) = current.replace((channel, fingerprint))
            {
                self.posting(channel, fingerprint, &mut stands)?;
            }
            done += 1;
            if done.is_multiple_of(ROWS_BETWEEN) {
                tell();
            }
            let interval = self.interval(number);
            stands.extend(interval.filter(|interval| stands.last() != Some(interval)));
        }
        if let Some((channel, fingerprint)) = current {
            self.posting(channel, fingerprint, &mut stands)?;
        }
        let tables = self.writer.memory() as u64;
        let (out, counts) = self.writer.finish()?;
        let packages = self.packages.len() as u64;
        let piece = Piece {
            source: self.root.as_os_str().as_bytes().to_vec(),
            segment: [0; 32],
            not_read: self.unread.count,
            not_read_names: self.unread.names(),
            extent: Extent::Stretch(Stretch { packages: Some(packages).filter(|some| *some > 0), ..stretch }),
        };
        Ok(Written { out, counts, bytes: self.bytes, tables, piece })
    }

    /// Writes where a fingerprint stands, and empties the list. Members are numbered as they come, so that only their intervals have
    /// an order that is always the same.
    fn posting(&mut self, channel: Channel, fingerprint: u64, stands: &mut Vec<IntervalId>) -> Result<(), CorpusError> {
        if !self.members.is_empty() {
            stands.sort_unstable();
            stands.dedup();
        }
        // What was read but not taken stands nowhere.
        if !stands.is_empty() {
            self.writer.posting(channel, fingerprint, stands)?;
        }
        stands.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests;
