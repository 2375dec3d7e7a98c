//! A repository's first-parent line: which file stood where, from which commit to which.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;
use std::path::Path;

use gix::ObjectId;
use gix::object::tree::diff::Change;

use crate::common::Result;

/// A commit of the line.
#[derive(Clone, Copy)]
pub(crate) struct Commit {
    pub(crate) id: ObjectId,
    /// The committer's time in seconds since 1970.
    pub(crate) time: i64,
}

/// A file's content at a path, and the commits of the line between which it stood there.
#[derive(Clone)]
pub(crate) struct Version {
    pub(crate) path: String,
    pub(crate) blob: ObjectId,
    pub(crate) first: usize,
    pub(crate) last: usize,
}

/// The line that leads to a repository's head.
pub(crate) struct History {
    repository: gix::Repository,
    /// Oldest first.
    pub(crate) commits: Vec<Commit>,
    /// By path, each path's oldest first.
    pub(crate) versions: Vec<Version>,
    /// What was asked of blobs before.
    known: RefCell<HashMap<ObjectId, bool>>,
}

impl History {
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let mut repository = gix::open(path)?;
        repository.object_cache_size(256 << 20);
        let (commits, versions) = {
            let mut commits = Vec::new();
            let mut next = Some(repository.head_id()?.detach());
            while let Some(id) = next {
                let commit = repository.find_commit(id)?;
                commits.push(Commit { id, time: commit.committer()?.seconds() });
                next = commit.parent_ids().next().map(gix::Id::detach);
                // A clone that was cut off lacks the parents of its oldest commits.
                next = next.filter(|id| repository.has_object(id));
            }
            commits.reverse();
            let mut versions = versions(&repository, &commits)?;
            // A copy of a repository may lack its largest files.
            versions.retain(|version| repository.has_object(version.blob));
            (commits, versions)
        };
        Ok(History { repository, commits, versions, known: RefCell::default() })
    }

    /// What stood at a commit, by path.
    pub(crate) fn at(&self, commit: usize) -> Vec<&Version> {
        self.versions.iter().filter(|version| (version.first..=version.last).contains(&commit)).collect()
    }

    pub(crate) fn newest(&self) -> usize {
        self.commits.len().saturating_sub(1)
    }

    pub(crate) fn bytes(&self, blob: ObjectId) -> Result<Vec<u8>> {
        Ok(self.repository.find_blob(blob)?.take_data())
    }

    /// What a test says of a blob, which must always be the same test.
    pub(crate) fn is(&self, blob: ObjectId, test: &dyn Fn(&[u8]) -> bool) -> Result<bool> {
        if let Some(known) = self.known.borrow().get(&blob) {
            return Ok(*known);
        }
        let is = test(&self.bytes(blob)?);
        self.known.borrow_mut().insert(blob, is);
        Ok(is)
    }

    /// The length of a blob, without reading it.
    pub(crate) fn length(&self, blob: ObjectId) -> Result<u64> {
        Ok(self.repository.find_header(blob)?.size())
    }

    /// Where in the line the commit is that begins with these hexadecimal digits.
    pub(crate) fn number(&self, id: &str) -> Option<usize> {
        self.commits.iter().position(|commit| commit.id.to_hex().to_string().starts_with(id))
    }
}

fn versions(repository: &gix::Repository, commits: &[Commit]) -> Result<Vec<Version>> {
    let mut standing: BTreeMap<String, (ObjectId, usize)> = BTreeMap::new();
    let mut versions = Vec::new();
    let mut before = repository.empty_tree();
    for (number, commit) in commits.iter().enumerate() {
        let tree = repository.find_commit(commit.id)?.tree()?;
        let mut changed: BTreeMap<String, Option<ObjectId>> = BTreeMap::new();
        let mut changes = before.changes()?;
        changes.options(|options| {
            options.track_path().track_rewrites(None);
        });
        changes.for_each_to_obtain_tree(&tree, |change| {
            // A folder's own changes, and links, leave no content.
            let (path, now) = match change {
                Change::Addition { location, entry_mode, id, .. }
                | Change::Modification { location, entry_mode, id, .. } => {
                    (location, entry_mode.is_blob().then(|| id.detach()))
                }
                Change::Deletion { location, .. } => (location, None),
                Change::Rewrite { .. } => return Ok(ControlFlow::Continue(())),
            };
            // Where a folder takes a file's place both are told of one path.
            changed.entry(path.to_string()).and_modify(|blob| *blob = blob.or(now)).or_insert(now);
            Ok(ControlFlow::Continue(()))
        })?;
        for (path, now) in changed {
            let was = match now {
                Some(blob) => standing.insert(path.clone(), (blob, number)),
                None => standing.remove(&path),
            };
            if let Some((blob, first)) = was {
                versions.push(Version { path, blob, first, last: number - 1 });
            }
        }
        before = tree;
    }
    let last = commits.len().saturating_sub(1);
    versions.extend(standing.into_iter().map(|(path, (blob, first))| Version { path, blob, first, last }));
    versions.sort_by(|a, b| (&a.path, a.first).cmp(&(&b.path, b.first)));
    Ok(versions)
}
