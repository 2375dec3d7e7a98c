//! A git repository with its whole history.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use fingerprint::{Commit, LineId, LineKind, Version};
use gix::ObjectId;

use super::blobs::Blobs;
use super::changes::Comparer;
use super::commits::{CommitRow, Commits};
use super::{CorpusError, Reading, Step, bytes_of};

/// Bytes of unpacked trees and delta bases kept at hand: successive commits share almost all of them.
const OBJECT_CACHE: usize = 96 << 20;

/// Whether there was a repository with a commit to read.
pub(super) enum Outcome {
    Read,
    /// Why not, in a sentence.
    Unreadable(String),
}

/// Reads the repository at a folder, if git can open it.
pub(super) fn read(reading: &mut Reading<'_>, path: &Path) -> Result<Outcome, CorpusError> {
    // Isolated: no configuration of the user or the system takes part, and no program is started.
    let mut repo = match gix::open_opts(path, gix::open::Options::isolated()) {
        Ok(repo) => repo,
        Err(error) => return Ok(Outcome::Unreadable(format!("the git repository can't be opened: {error}"))),
    };
    repo.object_cache_size(OBJECT_CACHE);
    let (commits, problems) = Commits::read(&repo);
    for problem in problems {
        reading.not_read(path, problem);
    }
    let Some(commits) = commits else {
        return Ok(Outcome::Unreadable("the git repository has no commit that can be read".to_owned()));
    };
    commits.problems.iter().for_each(|problem| reading.not_read(path, problem.clone()));
    let events = Events::gather(reading, path, &repo, &commits);
    write(reading, path, &repo, &commits, events)?;
    reading.repositories += 1;
    Ok(Outcome::Read)
}

/// What happened at each path.
#[derive(Default)]
struct Events {
    paths: BTreeMap<Vec<u8>, PathEvents>,
}

#[derive(Default)]
struct PathEvents {
    /// From this commit of the line on, this blob or nothing stands there.
    line: Vec<(u32, Option<ObjectId>)>,
    /// Blobs that never stood there on the line, with the first and the last side commit that brought them.
    side: BTreeMap<ObjectId, (u32, u32)>,
}

impl Events {
    fn gather(reading: &mut Reading<'_>, path: &Path, repo: &gix::Repository, commits: &Commits) -> Self {
        let mut events = Events::default();
        let mut comparer = Comparer::new(repo);
        let of = commits.line.len() + commits.side.len();
        let mut standing: BTreeMap<Vec<u8>, ObjectId> = BTreeMap::new();
        let mut before = None;
        for (at, commit) in (0u32..).zip(&commits.line) {
            let stood_under = |prefix: &[u8]| -> Vec<Vec<u8>> {
                let from = standing.range(prefix.to_vec()..);
                from.map(|(path, _)| path.clone()).take_while(|path| path.starts_with(prefix)).collect()
            };
            if let Some(changes) = comparer.changes(before, commit.tree, &stood_under) {
                for (path, now) in changes {
                    events.on_line(&mut standing, path, at, now);
                }
                before = Some(commit.tree);
            }
            reading.tell(path, Step::Commits, at as usize + 1, of);
        }
        let trees: HashMap<ObjectId, ObjectId> =
            commits.line.iter().chain(&commits.side).map(|commit| (commit.id, commit.tree)).collect();
        for (at, commit) in (0u32..).zip(&commits.side) {
            let parent = commit.parent.and_then(|parent| trees.get(&parent)).copied();
            let changes = comparer.changes(parent, commit.tree, &|_| Vec::new()).unwrap_or_default();
            for (path, now) in changes {
                events.beside(path, at, now);
            }
            reading.tell(path, Step::Commits, commits.line.len() + at as usize + 1, of);
        }
        for (what, problem) in comparer.problems {
            reading.not_read(path, format!("{what}: {problem}"));
        }
        events
    }

    fn on_line(&mut self, standing: &mut BTreeMap<Vec<u8>, ObjectId>, path: Vec<u8>, at: u32, now: Option<ObjectId>) {
        if standing.get(&path).copied() == now {
            return;
        }
        match now {
            Some(blob) => standing.insert(path.clone(), blob),
            None => standing.remove(&path),
        };
        self.paths.entry(path).or_default().line.push((at, now));
    }

    fn beside(&mut self, path: Vec<u8>, at: u32, now: Option<ObjectId>) {
        let Some(blob) = now else { return };
        let path = self.paths.entry(path).or_default();
        if path.line.iter().all(|(_, stood)| *stood != Some(blob)) {
            path.side.entry(blob).or_insert((at, at)).1 = at;
        }
    }
}

fn write(
    reading: &mut Reading<'_>,
    path: &Path,
    repo: &gix::Repository,
    commits: &Commits,
    events: Events,
) -> Result<(), CorpusError> {
    let name = bytes_of(path);
    let line = reading.writer.add_line(name, &commits.reference, LineKind::History, rows(&commits.line))?;
    let side = match commits.side.is_empty() {
        true => None,
        false => Some(reading.writer.add_line(name, b"", LineKind::Side, rows(&commits.side))?),
    };
    let mut blobs = Blobs::new(repo, &reading.profile);
    for path in events.paths.values() {
        path.line.iter().filter_map(|(_, blob)| *blob).for_each(|blob| blobs.expect(blob));
        path.side.keys().for_each(|blob| blobs.expect(*blob));
    }
    let of = events.paths.len();
    let before = reading.bytes;
    for (done, (file, events)) in events.paths.into_iter().enumerate() {
        write_path(reading, &mut blobs, (line, side), &file, &events)?;
        reading.bytes = before + blobs.bytes;
        reading.tell(path, Step::Paths, done + 1, of);
    }
    blobs.problems.into_iter().for_each(|problem| reading.not_read(path, problem));
    Ok(())
}

fn write_path(
    reading: &mut Reading<'_>,
    blobs: &mut Blobs<'_>,
    (line, side): (LineId, Option<LineId>),
    file: &[u8],
    events: &PathEvents,
) -> Result<(), CorpusError> {
    let mut history = reading.writer.history(file, line)?;
    for (at, blob) in &events.line {
        let found = blob.and_then(|blob| Some((blob, blobs.get(blob)?)));
        history
            .change(*at, found.as_ref().map(|(blob, fingerprints)| Version { fingerprints, oid: blob.as_slice() }))?;
    }
    for (blob, (first, last)) in &events.side {
        let (Some(side), Some(fingerprints)) = (side, blobs.get(*blob)) else { continue };
        let version = Version { fingerprints: &fingerprints, oid: blob.as_slice() };
        history.beside(side, *first, version)?;
        history.beside(side, *last, version)?;
    }
    Ok(history.finish()?)
}

fn rows(commits: &[CommitRow]) -> Vec<Commit> {
    commits.iter().map(|commit| Commit { oid: commit.id.as_slice().to_vec(), time: commit.time }).collect()
}
