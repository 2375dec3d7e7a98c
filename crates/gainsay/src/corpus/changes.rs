//! Which paths differ between two trees. Only what differs is opened, so that a commit costs what it changed.

use std::collections::BTreeMap;

use gix::ObjectId;
use gix::objs::tree::EntryKind;

/// Names longer than this, from the root, are not followed: no checkout could hold them, and trees nested without end
/// are an attack.
const LONGEST_PATH: usize = 4096;

/// More trees or paths than this in one commit are an attack (a tree that holds itself many times over).
const MOST_PER_COMMIT: usize = 4_000_000;

/// What a commit did: each path that it touched, with the blob that stands there now, or nothing.
pub(super) type Changes = BTreeMap<Vec<u8>, Option<ObjectId>>;

/// Compares trees of one repository, and remembers what it could not read.
pub(super) struct Comparer<'r> {
    repo: &'r gix::Repository,
    /// What could not be read, by path or tree, each once.
    pub(super) problems: BTreeMap<String, &'static str>,
}

/// A tree's entries by name: its kind and what it holds.
type Entries = Vec<(Vec<u8>, EntryKind, ObjectId)>;

impl<'r> Comparer<'r> {
    pub(super) fn new(repo: &'r gix::Repository) -> Self {
        Comparer { repo, problems: BTreeMap::new() }
    }

    /// What leads from the tree `old` (nothing: the empty one) to `new`; `None` where `new` holds too much or can't be
    /// read at its root. Where a tree of `old` can't be read, `stood_under` tells which paths stood under a prefix.
    pub(super) fn changes(
        &mut self,
        old: Option<ObjectId>,
        new: ObjectId,
        stood_under: &dyn Fn(&[u8]) -> Vec<Vec<u8>>,
    ) -> Option<Changes> {
        let mut changes = Changes::new();
        if old == Some(new) {
            return Some(changes);
        }
        let mut open = vec![(Vec::new(), old, Some(new))];
        let mut trees = 0;
        while let Some((prefix, old, new)) = open.pop() {
            trees += 1;
            if trees > MOST_PER_COMMIT || changes.len() > MOST_PER_COMMIT {
                self.problem(&prefix, "one of its commits holds more than 4,000,000 files or folders: it was left out");
                return None;
            }
            if prefix.len() > LONGEST_PATH {
                self.problem(&prefix[..64], "its full name is longer than 4096 bytes: what is below was left out");
                continue;
            }
            let after = match new.map(|id| self.entries(id)) {
                // What an unreadable tree holds now is unknown: what stood there is left standing.
                Some(None) if prefix.is_empty() => return None,
                Some(None) => continue,
                Some(Some(entries)) => entries,
                None => Entries::new(),
            };
            let before = match old.map(|id| self.entries(id)) {
                Some(None) => {
                    changes.extend(stood_under(&prefix).into_iter().map(|path| (path, None)));
                    Entries::new()
                }
                Some(Some(entries)) => entries,
                None => Entries::new(),
            };
            self.merge(&prefix, before, after, &mut changes, &mut open);
        }
        Some(changes)
    }

    /// Walks two sorted lists of entries side by side.
    fn merge(
        &mut self,
        prefix: &[u8],
        before: Entries,
        after: Entries,
        changes: &mut Changes,
        open: &mut Vec<(Vec<u8>, Option<ObjectId>, Option<ObjectId>)>,
    ) {
        let mut before = before.into_iter().peekable();
        let mut after = after.into_iter().peekable();
        loop {
            let name = match (before.peek(), after.peek()) {
                (Some((old, ..)), Some((new, ..))) => old.min(new).clone(),
                (Some((name, ..)), None) | (None, Some((name, ..))) => name.clone(),
                (None, None) => break,
            };
            let old = before.next_if(|entry| entry.0 == name).map(|(_, kind, id)| (kind, id));
            let new = after.next_if(|entry| entry.0 == name).map(|(_, kind, id)| (kind, id));
            if old == new {
                continue;
            }
            let mut path = [prefix, &name].concat();
            match (file(old), file(new)) {
                (old, Some(id)) if old != Some(id) => {
                    changes.insert(path.clone(), Some(id));
                }
                (Some(_), None) => {
                    changes.insert(path.clone(), None);
                }
                _ => {}
            }
            if new.is_some_and(|(kind, _)| kind == EntryKind::Commit) {
                self.problem(&path, "it is a submodule: add the repository that holds its files");
            }
            if folder(old) != folder(new) {
                path.push(b'/');
                open.push((path, folder(old), folder(new)));
            }
        }
    }

    /// The entries of a tree, sorted by name, or nothing where it can't be read.
    fn entries(&mut self, id: ObjectId) -> Option<Entries> {
        let read = || -> Result<Entries, gix::Error> {
            let tree = self.repo.find_tree(id)?;
            let mut entries = Entries::new();
            for entry in tree.iter() {
                let entry = entry?;
                entries.push((entry.filename().to_vec(), entry.mode().kind(), entry.object_id()));
            }
            // git sorts a folder as if its name ended in a slash.
            entries.sort();
            entries.dedup_by(|a, b| a.0 == b.0);
            Ok(entries)
        };
        match read() {
            Ok(entries) => Some(entries),
            Err(_) => {
                self.problems.insert(format!("tree {id}"), "it is missing or damaged");
                None
            }
        }
    }

    fn problem(&mut self, path: &[u8], what: &'static str) {
        self.problems.insert(String::from_utf8_lossy(path).into_owned(), what);
    }
}

fn file(entry: Option<(EntryKind, ObjectId)>) -> Option<ObjectId> {
    entry.filter(|(kind, _)| matches!(kind, EntryKind::Blob | EntryKind::BlobExecutable)).map(|(_, id)| id)
}

fn folder(entry: Option<(EntryKind, ObjectId)>) -> Option<ObjectId> {
    entry.filter(|(kind, _)| *kind == EntryKind::Tree).map(|(_, id)| id)
}
