//! What of a repository is new since it was read last, as a piece.

use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use fingerprint::{Index, LineKind, ReadAt, SegmentWriter};
use rustix::fs::{Mode, OFlags};

use super::git::{self, Event, RowsError, Since};
use super::{CorpusError, OnProgress, Options, Progress, Step, Unread, Written};
use crate::claim::{Extent, History, Piece};

/// What is known of a repository from before.
pub(super) struct Known<'k, R> {
    /// How far it was read.
    pub(super) history: &'k History,
    /// Opens an index of all that was read; `None` where that can't be.
    pub(super) index: &'k dyn Fn() -> Option<Index<R>>,
}

/// What reading a repository came to.
pub(super) enum Outcome<W> {
    /// Nothing is new.
    Same,
    /// There are other references, and they lead to nothing new.
    Moved(History),
    /// What is new, or all of it.
    Read(Written<W>),
    /// What was read before does not lead to what is there now: it has to be read from the beginning.
    Rewritten,
    /// Why it can't be read, in a sentence.
    Unreadable(String),
}

/// Reads what is new in a repository since what is known of it, or all of it.
pub(super) fn read<W: Write, R: ReadAt + 'static>(
    options: &Options,
    path: &Path,
    known: Option<Known<'_, R>>,
    out: impl Fn() -> io::Result<W>,
    progress: &mut OnProgress<'_>,
) -> Result<Outcome<W>, CorpusError> {
    let whole = known.as_ref().is_none_or(|known| known.history.whole);
    let since = match (known, git::digest(path, whole)) {
        (_, Err(reason)) => return Ok(Outcome::Unreadable(reason)),
        (Some(known), Ok(digest)) if known.history.tips == digest => return Ok(Outcome::Same),
        (Some(Known { history, index }), Ok(digest)) => {
            let goes_on = history.whole && git::same_cut(&history.tips, &digest);
            let since = if goes_on { index().and_then(|index| since(history, path, index)) } else { None };
            let Some(since) = since else { return Ok(Outcome::Rewritten) };
            Some(since)
        }
        (None, _) => None,
    };
    let reading = git::Options {
        profile: &options.profile,
        folder: &options.spill,
        memory: options.memory / 2,
        threads: options.threads,
        code: options.code,
    };
    let name = path.as_os_str().as_bytes();
    let mut writer = SegmentWriter::new(out().map_err(CorpusError::Place)?, options.profile.id(), &options.spill)?;
    let watch = Mutex::new((Unread::default(), progress));
    let tell = |event| {
        let (unread, progress) = &mut *watch.lock().unwrap_or_else(PoisonError::into_inner);
        let at = |step, done, of, bytes| Progress {
            source: path.to_path_buf(),
            step,
            done,
            of,
            bytes,
            of_bytes: bytes,
            counting: true,
        };
        match event {
            Event::Commits(done, of) => progress(at(Step::Commits, done, of, 0)),
            Event::Contents(done, of, bytes) => progress(at(Step::Contents, done, of, bytes)),
            Event::Problem(reason) => unread.push(path, reason),
        }
    };
    let read = git::read(path, name, &reading, since.as_ref(), &mut writer, &tell).map_err(|error| match error {
        RowsError::Segment(error) => CorpusError::Segment(error),
        RowsError::Sort(why) => CorpusError::Spill { folder: options.spill.clone(), why },
    })?;
    let (unread, _) = watch.into_inner().unwrap_or_else(PoisonError::into_inner);
    let read = match read {
        git::Outcome::Read(read) => read,
        git::Outcome::Rewritten => return Ok(Outcome::Rewritten),
        git::Outcome::Unreadable(reason) => return Ok(Outcome::Unreadable(reason)),
    };
    let history = History {
        reference: read.reference,
        newest: read.newest,
        line: read.line,
        side: read.side,
        tips: read.digest,
        whole: read.whole,
    };
    if !read.written {
        return Ok(Outcome::Moved(history));
    }
    let tables = writer.memory() as u64;
    let (out, counts) = writer.finish()?;
    let piece = Piece {
        source: name.to_vec(),
        segment: [0; 32],
        extent: Extent::History(history),
        not_read: unread.count,
        not_read_names: unread.names(),
    };
    Ok(Outcome::Read(Written { out, counts, bytes: read.bytes, tables, piece }))
}

/// What an earlier reading left; `None` where the index does not hold what the history says.
fn since<R: ReadAt + 'static>(history: &History, path: &Path, index: Index<R>) -> Option<Since> {
    let ids = |kind: LineKind, reference: &[u8], expected: u32| {
        let name = path.as_os_str().as_bytes();
        let mut lines = index.lines().zip((0..).map(fingerprint::LineId));
        let found = lines.find(|(line, _)| line.kind == kind && line.name == name && line.reference == reference);
        let Some((line, id)) = found else { return (expected == 0).then(Vec::new) };
        let commits = (0..line.commits).map(|number| index.commit(id, number).map(|commit| commit.oid));
        commits.collect::<Result<Vec<_>, _>>().ok().filter(|ids| ids.len() as u64 == u64::from(expected))
    };
    let line = ids(LineKind::History, &history.reference, history.line)?;
    let side = ids(LineKind::Side, b"", history.side)?;
    Some(Since { reference: history.reference.clone(), line, side, told: Box::new(git::told(index)) })
}

/// Whether a file is a bundle of git's.
pub(super) fn is_bundle(path: &Path) -> bool {
    let mut head = [0; 16];
    // It may have become a pipe since it was listed.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOFOLLOW;
    let read = rustix::fs::open(path, flags, Mode::empty()).and_then(|file| rustix::io::read(file, &mut head));
    read == Ok(16) && git::is_bundle(&head)
}
