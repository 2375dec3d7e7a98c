//! The commits of a repository: the first-parent line of its head, and everything beside it.

use std::collections::{HashMap, HashSet};

use gix::ObjectId;

/// A commit, as far as reading its files needs it.
#[derive(Clone, Copy, Debug)]
pub(super) struct CommitRow {
    pub(super) id: ObjectId,
    pub(super) tree: ObjectId,
    /// Its first parent, where that can be read.
    pub(super) parent: Option<ObjectId>,
    /// The committer's time in seconds since 1970.
    pub(super) time: i64,
}

/// All commits that a repository's references reach.
pub(super) struct Commits {
    /// The branch whose line it is, or `HEAD`.
    pub(super) reference: Vec<u8>,
    /// Its first-parent line, oldest first.
    pub(super) line: Vec<CommitRow>,
    /// All others, by time.
    pub(super) side: Vec<CommitRow>,
    /// What could not be read.
    pub(super) problems: Vec<String>,
}

impl Commits {
    /// Reads them all; `None` where no reference leads to a commit.
    pub(super) fn read(repo: &gix::Repository) -> (Option<Self>, Vec<String>) {
        let mut reader = Reader { repo, cut: shallow(repo), rows: HashMap::new(), problems: Vec::new() };
        if !reader.cut.is_empty() {
            reader.problems.push("the clone is shallow: older history is not there".to_owned());
        }
        let tips = reader.tips();
        let Some((reference, head)) = reader.head(&tips) else { return (None, reader.problems) };
        let line = reader.line(head);
        let side = reader.side(&line, tips.into_iter().map(|(_, tip)| tip));
        let problems = std::mem::take(&mut reader.problems);
        (Some(Commits { reference, line, side, problems }), Vec::new())
    }
}

struct Reader<'r> {
    repo: &'r gix::Repository,
    /// Commits whose parents a shallow clone left out.
    cut: HashSet<ObjectId>,
    /// Every commit asked for, with all its parents; `None` where it can't be read.
    rows: HashMap<ObjectId, Option<(CommitRow, Vec<ObjectId>)>>,
    problems: Vec<String>,
}

impl Reader<'_> {
    /// Every branch, tag and other reference with what it leads to.
    fn tips(&mut self) -> Vec<(Vec<u8>, ObjectId)> {
        let mut tips = Vec::new();
        let platform = self.repo.references();
        let all = platform.as_ref().map_err(ToString::to_string).and_then(|references| {
            let all = references.all().and_then(gix::reference::iter::Iter::peeled);
            Ok(all.map_err(|e| e.to_string())?.collect::<Vec<_>>())
        });
        match all {
            Err(error) => self.problems.push(format!("its references can't be listed: {error}")),
            Ok(all) => {
                for reference in all {
                    match reference {
                        Ok(reference) => match reference.try_id() {
                            Some(id) => tips.push((reference.name().as_bstr().to_vec(), id.detach())),
                            None => self.problems.push(format!("{} leads nowhere", reference.name().as_bstr())),
                        },
                        Err(error) => self.problems.push(format!("a reference can't be read: {error}")),
                    }
                }
            }
        }
        tips.sort();
        tips
    }

    /// The commit whose line is read: the head's, else `main`'s or `master`'s, else the newest branch's.
    fn head(&mut self, tips: &[(Vec<u8>, ObjectId)]) -> Option<(Vec<u8>, ObjectId)> {
        if let Ok(head) = self.repo.head_id()
            && self.row(head.detach()).is_some()
        {
            let name = self.repo.head_name().ok().flatten();
            return Some((name.map_or_else(|| b"HEAD".to_vec(), |name| name.as_bstr().to_vec()), head.detach()));
        }
        let branches: Vec<_> = tips.iter().filter(|(name, _)| name.starts_with(b"refs/heads/")).collect();
        let usual = [&b"refs/heads/main"[..], b"refs/heads/master"];
        let named = usual.iter().find_map(|usual| branches.iter().find(|(name, _)| name == usual).copied());
        let newest = || {
            let pool = if branches.is_empty() { tips.iter().collect() } else { branches };
            pool.into_iter().max_by_key(|(_, tip)| self.row(*tip).map(|row| row.time))
        };
        let (name, tip) = named.or_else(newest)?.clone();
        self.row(tip)?;
        self.problems.push(format!(
            "its head leads to no commit: the line of {} was read instead",
            String::from_utf8_lossy(&name)
        ));
        Some((name, tip))
    }

    fn line(&mut self, head: ObjectId) -> Vec<CommitRow> {
        let mut line = Vec::new();
        // A first-parent walk can't loop: an object id is a hash of its parents' ids.
        let mut next = Some(head);
        while let Some(row) = next.and_then(|id| self.row(id)) {
            line.push(row);
            next = row.parent;
        }
        line.reverse();
        line
    }

    fn side(&mut self, line: &[CommitRow], tips: impl Iterator<Item = ObjectId>) -> Vec<CommitRow> {
        let on_line: HashSet<ObjectId> = line.iter().map(|row| row.id).collect();
        let mut seen = HashSet::new();
        let mut side = Vec::new();
        let mut open: Vec<ObjectId> = line.iter().map(|row| row.id).chain(tips).collect();
        while let Some(id) = open.pop() {
            if !seen.insert(id) {
                continue;
            }
            let Some(row) = self.row(id) else { continue };
            if !on_line.contains(&id) {
                side.push(row);
            }
            open.extend(self.rows.get(&id).into_iter().flatten().flat_map(|(_, parents)| parents));
        }
        side.sort_by_key(|row| (row.time, row.id));
        side
    }

    /// A commit; a problem is told once. References may lead to trees and blobs: those are no commits, and no problem.
    fn row(&mut self, id: ObjectId) -> Option<CommitRow> {
        if !self.rows.contains_key(&id) {
            let row = match self.read(id) {
                Ok(row) => row,
                Err(problem) => {
                    self.problems.push(problem);
                    None
                }
            };
            self.rows.insert(id, row);
        }
        self.rows.get(&id)?.as_ref().map(|(row, _)| *row)
    }

    fn read(&mut self, id: ObjectId) -> Result<Option<(CommitRow, Vec<ObjectId>)>, String> {
        let unreadable = |error: gix::Error| format!("commit {id} can't be read: {error}");
        let object = self.repo.find_object(id).map_err(unreadable)?;
        if object.kind != gix::objs::Kind::Commit {
            return Ok(None);
        }
        let commit = object.try_into_commit().map_err(unreadable)?;
        let tree = commit.tree_id().map_err(unreadable)?.detach();
        let parents: Vec<ObjectId> =
            if self.cut.contains(&id) { Vec::new() } else { commit.parent_ids().map(gix::Id::detach).collect() };
        let time = commit.time().map_or_else(
            |error| {
                self.problems.push(format!("commit {id} has no readable date ({error}); it counts as 1970-01-01"));
                0
            },
            |time| time.seconds,
        );
        Ok(Some((CommitRow { id, tree, parent: parents.first().copied(), time }, parents)))
    }
}

fn shallow(repo: &gix::Repository) -> HashSet<ObjectId> {
    repo.shallow_commits().ok().flatten().map(|commits| commits.iter().copied().collect()).unwrap_or_default()
}
