//! Makes the invented company's repository: the same objects, byte for byte, wherever and whenever it is made.

use std::collections::BTreeMap;
use std::path::Path;

use gix::objs::tree::EntryKind;
use gix::refs::transaction::PreviousValue;
use jiff::Timestamp;

use super::Error;
use super::plan::{self, Plan, PlannedCommit};

/// The release that is tagged, by its number in the plan.
const TAGGED: u16 = 39;
const TAG: &str = "v2.0";
/// The side branch, which keeps its name after the merge.
const BRANCH_TIP: u16 = 33;
const BRANCH: &str = "refs/heads/emulator";

/// A commit of the repository that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitMade {
    /// Its object id, 40 hexadecimal digits.
    pub id: String,
    /// Author's and committer's time, UTC.
    pub when: Timestamp,
    /// Its message's first line.
    pub subject: &'static str,
}

/// What was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadAndCommits {
    /// The object id of `main`'s tip, which HEAD names.
    pub head: String,
    /// Every commit, parents before children; those of the side branch stand before the merge.
    pub commits: Vec<CommitMade>,
}

/// Makes the company's bare repository in a folder, which must be empty or absent: 62 commits of 2023 and 2024 with
/// a merged side branch (`emulator`) and a tag (`v2.0`).
///
/// # Errors
/// When the folder can't be made or is not empty, or an object can't be written.
pub fn make_repository(dir: &Path) -> Result<HeadAndCommits, Error> {
    let failed = |what| move |source| Error::Repository { what, path: dir.to_owned(), source: Box::new(source) };
    std::fs::create_dir_all(dir).map_err(|source| Error::Write { path: dir.to_owned(), source })?;
    let plan = Plan::load()?;
    // Isolated: the user's own git configuration must not change a byte of what is made.
    let repo: gix::Repository = gix::ThreadSafeRepository::init_opts(
        dir,
        gix::create::Kind::Bare,
        gix::create::Options::default(),
        gix::open::Options::isolated(),
    )
    .map_err(failed("start"))?
    .into();

    let mut ids: BTreeMap<u16, gix::ObjectId> = BTreeMap::new();
    let mut made = Vec::new();
    for commit in &plan.commits {
        let id = write_commit(&repo, &plan, commit, &ids).map_err(failed("write a commit"))?;
        made.push(CommitMade { id: id.to_string(), when: commit.when, subject: commit.subject });
        ids.insert(commit.number, id);
    }

    let head = id_of(&ids, plan.head()?.number)?;
    let branch = id_of(&ids, BRANCH_TIP)?;
    let release = plan.commit(TAGGED)?;
    for (name, target) in [("refs/heads/main", head), (BRANCH, branch)] {
        repo.reference(name, target, PreviousValue::MustNotExist, "made").map_err(failed("name a branch"))?;
    }
    let mut time = gix::date::parse::TimeBuf::default();
    repo.tag(
        TAG,
        id_of(&ids, TAGGED)?,
        gix::objs::Kind::Commit,
        Some(signature(release).to_ref(&mut time)),
        "Skerrywall 2.0\n",
        PreviousValue::MustNotExist,
    )
    .map_err(failed("tag a release"))?;
    Ok(HeadAndCommits { head: head.to_string(), commits: made })
}

fn id_of(ids: &BTreeMap<u16, gix::ObjectId>, number: u16) -> Result<gix::ObjectId, Error> {
    ids.get(&number).copied().ok_or_else(|| plan::missing(number))
}

fn signature(commit: &PlannedCommit) -> gix::actor::Signature {
    let (name, email) = commit.author;
    gix::actor::Signature {
        name: name.into(),
        email: email.into(),
        time: gix::date::Time { seconds: commit.when.as_second(), offset: 0 },
    }
}

/// Writes a commit and what it changes against its first parent.
fn write_commit(
    repo: &gix::Repository,
    plan: &Plan,
    commit: &PlannedCommit,
    ids: &BTreeMap<u16, gix::ObjectId>,
) -> gix::Result<gix::ObjectId> {
    let first_parent = commit.parents.first();
    let before = first_parent.and_then(|parent| plan.commit(*parent).ok()).map(|parent| plan.files_at(parent));
    let before = before.unwrap_or_default();
    let files = plan.files_at(commit);
    let mut tree = match first_parent.and_then(|parent| ids.get(parent)) {
        Some(parent) => repo.find_commit(*parent)?.tree()?.edit()?,
        None => repo.empty_tree().edit()?,
    };
    for path in before.keys().filter(|path| !files.contains_key(*path)) {
        tree.remove(*path)?;
    }
    for (path, text) in files.iter().filter(|(path, text)| before.get(*path) != Some(text)) {
        let kind = if path.ends_with(".sh") { EntryKind::BlobExecutable } else { EntryKind::Blob };
        tree.upsert(*path, kind, repo.write_blob(text)?)?;
    }
    let object = gix::objs::Commit {
        tree: tree.write()?.detach(),
        parents: commit.parents.iter().filter_map(|parent| ids.get(parent).copied()).collect(),
        author: signature(commit),
        committer: signature(commit),
        encoding: None,
        message: format!("{}\n", commit.subject).into(),
        extra_headers: Vec::new(),
    };
    Ok(repo.write_object(&object)?.detach())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that fails here has failed")]
mod tests {
    use super::*;

    /// Changes with every change of the code under `demo/`, and with nothing else.
    const HEAD: &str = "0f28b7ecad000bd8611d8d43cb2cb39929a52469";

    fn made() -> (tempfile::TempDir, HeadAndCommits, gix::Repository) {
        let dir = tempfile::tempdir().unwrap();
        let made = make_repository(&dir.path().join("oskelund.git")).unwrap();
        let repo = gix::open_opts(dir.path().join("oskelund.git"), gix::open::Options::isolated()).unwrap();
        (dir, made, repo)
    }

    fn paths_and_bytes(repo: &gix::Repository, id: &str) -> Vec<(String, usize)> {
        let id = gix::ObjectId::from_hex(id.as_bytes()).unwrap();
        let tree = repo.find_commit(id).unwrap().tree().unwrap();
        let entries = tree.traverse().breadthfirst.files().unwrap();
        entries
            .into_iter()
            .filter(|entry| entry.mode.is_blob())
            .map(|entry| (entry.filepath.to_string(), repo.find_blob(entry.oid).unwrap().data.len()))
            .collect()
    }

    #[test]
    fn the_head_is_the_same_every_time() {
        let (_one, first, _) = made();
        let (_two, second, _) = made();
        assert_eq!(first, second);
        assert_eq!(first.head, HEAD);
    }

    #[test]
    fn the_repository_has_the_promised_size() {
        let (_dir, made, repo) = made();
        assert!((50..=70).contains(&made.commits.len()));
        let files = paths_and_bytes(&repo, &made.head);
        assert!((40..=60).contains(&files.len()), "{} files", files.len());
        let bytes: usize = files.iter().map(|(_, length)| length).sum();
        assert!((60_000..=150_000).contains(&bytes), "{bytes} bytes");
        for ending in [".c", ".cpp", ".rs", ".py", ".sh", "Makefile", ".md", ".sql"] {
            assert!(files.iter().any(|(path, _)| path.ends_with(ending)), "{ending}");
        }
    }

    #[test]
    fn head_reaches_every_commit_through_one_merge() {
        let (_dir, made, repo) = made();
        assert_eq!(repo.head_id().unwrap().to_string(), made.head);
        assert_eq!(repo.head_name().unwrap().unwrap().as_bstr(), "refs/heads/main");
        let walked: Vec<_> = repo.head_commit().unwrap().ancestors().all().unwrap().map(Result::unwrap).collect();
        assert_eq!(walked.len(), made.commits.len());
        assert_eq!(walked.iter().filter(|info| info.parent_ids.len() == 2).count(), 1);
    }

    #[test]
    fn the_tag_names_the_release() {
        let (_dir, made, repo) = made();
        let mut tag = repo.find_reference("refs/tags/v2.0").unwrap();
        let release = made.commits.iter().find(|commit| commit.subject == "Release 2.0").unwrap();
        assert_eq!(tag.peel_to_id().unwrap().to_string(), release.id);
    }

    #[test]
    fn a_folder_in_use_is_refused_and_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("mine.txt"), "mine").unwrap();
        let error = make_repository(dir.path()).unwrap_err();
        assert!(error.to_string().contains(&dir.path().display().to_string()), "{error}");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
