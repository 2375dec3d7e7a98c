//! Cuts the sample that the crew offers: files of the company as they were at one commit, some edited as sellers
//! edit, with public code, published code and padding among them.

use std::fs;
use std::path::Path;

use jiff::Timestamp;

use super::edit::Edit;
use super::plan::{Plan, PlannedCommit};
use super::{Error, ustar};

/// The commit that the sample was taken at, by its number in the plan: 15 March 2024.
const TAKEN_AT: u16 = 53;
/// When the crew packed the archive: 21 April 2024, in seconds since 1970.
const PACKED_S: u64 = 1_713_657_600;

/// Where a file of the sample comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// The company's own, at this path of its repository.
    Own(&'static str),
    /// Public code that lies in the company's repository at this path.
    Vendored(&'static str),
    /// What the company itself gave away, at this path of its repository.
    Published(&'static str),
    /// Nothing of the company's: padding, or the crew's own words.
    Foreign,
}

/// One file of the sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CutFile {
    /// Its name in the archive.
    pub name: String,
    /// Where it comes from.
    pub taken: Taken,
    /// What was done to it, in order; empty where it is exact.
    pub edits: &'static [Edit],
    /// Its length in the archive, in bytes.
    pub length: usize,
}

/// What was cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The commit it was taken at: the truth that a match has to find.
    pub commit: String,
    /// That commit's time, UTC.
    pub when: Timestamp,
    /// Every file of the archive, in its order.
    pub files: Vec<CutFile>,
}

/// Cuts the sample from the repository that [`super::make_repository`] made, and writes it as an uncompressed ustar
/// archive.
///
/// # Errors
/// When the repository can't be read or is not the demo's, or the archive can't be written.
pub fn write_sample(repository: &Path, path: &Path) -> Result<Cut, Error> {
    let plan = Plan::load()?;
    let taken_at = plan.commit(TAKEN_AT)?;
    let repository = Repository::open(repository)?;
    let commit = repository.find(taken_at)?;
    let tree = commit.tree().map_err(|source| repository.failed("read a tree", source))?;

    let mut archive = Vec::new();
    let mut files = Vec::new();
    let mut add = |name: String, taken: Taken, edits: &'static [Edit], text: &str| {
        if !ustar::append(&mut archive, &name, text.as_bytes(), PACKED_S) {
            return Err(Error::Material { asset: "sample", line: files.len() + 1, what: format!("name {name}") });
        }
        files.push(CutFile { name, taken, edits, length: text.len() });
        Ok(())
    };
    add("README.txt".to_owned(), Taken::Foreign, &[], include_str!("sample-readme.txt"))?;
    for (inside, edits) in OWN {
        let mut text = repository.read(&tree, inside)?;
        for edit in *edits {
            text =
                edit.apply(&text).ok_or_else(|| repository.lacks(format!("{inside} to which {edit:?} can be done")))?;
        }
        add(format!("skerrywall/{inside}"), Taken::Own(inside), edits, &text)?;
    }
    for inside in VENDORED {
        add(format!("skerrywall/{inside}"), Taken::Vendored(inside), &[], &repository.read(&tree, inside)?)?;
    }
    for inside in PUBLISHED {
        add(format!("skerrywall/{inside}"), Taken::Published(inside), &[], &repository.read(&tree, inside)?)?;
    }
    for (name, text) in FOREIGN {
        add(format!("skerrywall/tools/{name}"), Taken::Foreign, &[], text)?;
    }
    ustar::finish(&mut archive);
    fs::write(path, archive).map_err(|source| Error::Write { path: path.to_owned(), source })?;
    Ok(Cut { commit: commit.id().to_string(), when: taken_at.when, files })
}

/// The company's files in the sample. Eleven are exact, nine are edited.
const OWN: &[(&str, &[Edit])] = &[
    ("engine/emul.c", &[]),
    ("engine/entropy.c", &[]),
    ("engine/match.c", &[Edit::LinesCut(31, 44)]),
    ("engine/match.h", &[]),
    ("engine/pe.c", &[Edit::Renamed("skw_pe_oddity", "score_pe")]),
    ("engine/quarantine.c", &[Edit::Reformatted]),
    ("engine/scanner.c", &[]),
    ("engine/scanner.h", &[]),
    ("engine/verdict.c", &[Edit::HeaderStripped]),
    ("lab/deploy.sh", &[]),
    ("sigc/grammar.py", &[Edit::LinesCut(1, 14)]),
    ("sigc/pack.py", &[]),
    ("sigs/heuristics.sig", &[]),
    ("unpackers/lzbrick.cpp", &[Edit::HeaderStripped, Edit::Reformatted]),
    ("unpackers/nested.cpp", &[]),
    ("unpackers/registry.cpp", &[Edit::HeaderStripped]),
    ("unpackers/script.cpp", &[Edit::LinesCut(60, 75)]),
    ("updater/src/channel.rs", &[]),
    ("updater/src/delta.rs", &[Edit::Renamed("fresh", "rebuilt")]),
    ("updater/src/manifest.rs", &[]),
];

const VENDORED: [&str; 3] =
    ["third_party/feltcogs/base64.c", "third_party/feltcogs/crc32.c", "third_party/feltcogs/ringbuf.c"];
const PUBLISHED: [&str; 2] = ["sdk/skerrywall.h", "sdk/sample_scan.c"];
const FOREIGN: [(&str, &str); 2] =
    [("hopscotch.c", include_str!("foreign/hopscotch.c")), ("moonphase.py", include_str!("foreign/moonphase.py"))];

/// The repository that a sample is cut from.
struct Repository<'p> {
    path: &'p Path,
    git: gix::Repository,
}

impl<'p> Repository<'p> {
    fn open(path: &'p Path) -> Result<Self, Error> {
        let opened = gix::open_opts(path, gix::open::Options::isolated());
        let git = opened.map_err(|source| Error::Repository {
            what: "open HEAD",
            path: path.to_owned(),
            source: Box::new(source),
        })?;
        Ok(Repository { path, git })
    }

    /// Finds the planned commit on the first-parent line of HEAD.
    fn find(&self, planned: &PlannedCommit) -> Result<gix::Commit<'_>, Error> {
        let failed = |source| self.failed("find a commit", source);
        let mut commit = self.git.head_commit().map_err(failed)?;
        loop {
            if commit.time().map_err(failed)?.seconds == planned.when.as_second()
                && commit.message_raw().map_err(failed)?.strip_suffix(b"\n") == Some(planned.subject.as_bytes())
            {
                return Ok(commit);
            }
            let parent = commit.parent_ids().next();
            let parent =
                parent.ok_or_else(|| self.lacks(format!("commit {:?} of {}", planned.subject, planned.when)))?;
            commit = self.git.find_commit(parent).map_err(failed)?;
        }
    }

    fn read(&self, tree: &gix::Tree<'_>, inside: &str) -> Result<String, Error> {
        let failed = |source| self.failed("read a file", source);
        let lacking = || self.lacks(format!("text {inside}"));
        let entry = tree.lookup_entry_by_path(inside).map_err(failed)?.ok_or_else(lacking)?;
        let mut blob = self.git.find_blob(entry.oid()).map_err(failed)?;
        String::from_utf8(blob.take_data()).map_err(|_| lacking())
    }

    fn failed(&self, what: &'static str, source: gix::Error) -> Error {
        Error::Repository { what, path: self.path.to_owned(), source: Box::new(source) }
    }

    fn lacks(&self, what: String) -> Error {
        Error::NotTheDemos { path: self.path.to_owned(), what }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that fails here has failed")]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use sha2::Digest;

    use super::*;
    use crate::demo::{PLANTED_API_KEY, PLANTED_EMAIL, PLANTED_PASSWORD, PUBLIC, invented, make_repository};

    fn cut() -> (Cut, BTreeMap<String, String>) {
        let dir = tempfile::tempdir().unwrap();
        let (repository, archive) = (dir.path().join("oskelund.git"), dir.path().join("skerrywall-sample.tar"));
        make_repository(&repository).unwrap();
        let cut = write_sample(&repository, &archive).unwrap();
        let members = ustar::tests::list(&fs::read(archive).unwrap());
        let members = members.into_iter().map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap())).collect();
        (cut, members)
    }

    fn lines(text: &str) -> BTreeSet<&str> {
        text.lines().map(str::trim).filter(|line| line.len() > 8).collect()
    }

    #[test]
    fn what_was_cut_is_what_is_claimed() {
        let (cut, members) = cut();
        let plan = Plan::load().unwrap();
        let tree = plan.files_at(plan.commit(TAKEN_AT).unwrap());
        assert_eq!(members.len(), cut.files.len());
        for file in &cut.files {
            let offered = &members[&file.name];
            assert_eq!(offered.len(), file.length);
            match file.taken {
                Taken::Own(path) if !file.edits.is_empty() => {
                    assert_ne!(*offered, tree[path], "{path}");
                    let (old, new) = (lines(&tree[path]), lines(offered));
                    let shared = old.intersection(&new).count();
                    assert!(shared * 2 > old.len(), "{path} keeps {shared} of {} lines", old.len());
                }
                Taken::Own(path) | Taken::Vendored(path) | Taken::Published(path) => {
                    assert_eq!(*offered, tree[path], "{path}");
                }
                Taken::Foreign => {
                    let everything: Vec<_> = plan.commits.iter().flat_map(|c| plan.files_at(c).into_values()).collect();
                    let theirs: BTreeSet<&str> = everything.iter().flat_map(|text| lines(text)).collect();
                    let offered = lines(offered);
                    let telling = offered.intersection(&theirs).find(|line| line.len() > 32);
                    assert_eq!(telling, None, "{} shares a telling line with the company", file.name);
                }
            }
        }
    }

    #[test]
    fn the_sample_is_made_up_as_promised() {
        let (cut, _) = cut();
        let count = |pick: fn(&CutFile) -> bool| cut.files.iter().filter(|file| pick(file)).count();
        assert_eq!(cut.files.len(), 28);
        assert_eq!(count(|f| matches!(f.taken, Taken::Own(_))), 20);
        assert_eq!(count(|f| !f.edits.is_empty()), 9);
        assert_eq!(count(|f| matches!(f.taken, Taken::Vendored(_))), 3);
        assert_eq!(count(|f| matches!(f.taken, Taken::Published(_))), 2);
        assert_eq!(count(|f| f.taken == Taken::Foreign), 3);
        assert_eq!(cut.when, "2024-03-15T10:31:00Z".parse().unwrap());
    }

    #[test]
    fn only_the_commit_of_the_cut_fits_every_exact_file() {
        let (cut, members) = cut();
        let plan = Plan::load().unwrap();
        let exact: Vec<_> = cut
            .files
            .iter()
            .filter_map(|file| match file.taken {
                Taken::Own(path) if file.edits.is_empty() => Some((path, &members[&file.name])),
                _ => None,
            })
            .collect();
        let fitting: Vec<u16> = plan
            .commits
            .iter()
            .filter(|commit| {
                let tree = plan.files_at(commit);
                exact.iter().all(|(path, text)| tree.get(path) == Some(text))
            })
            .map(|commit| commit.number)
            .collect();
        assert_eq!(fitting, [TAKEN_AT]);
    }

    #[test]
    fn vendored_files_are_the_public_corpus_byte_for_byte() {
        let (cut, members) = cut();
        for file in cut.files.iter().filter(|file| matches!(file.taken, Taken::Vendored(_))) {
            let name = file.name.rsplit('/').next().unwrap();
            let public = PUBLIC.iter().find(|(public, _)| *public == name).unwrap().1;
            assert_eq!(members[&file.name], public);
        }
    }

    #[test]
    fn the_planted_secrets_are_in_one_file_of_the_sample_and_gone_from_the_head() {
        let (_, members) = cut();
        let plan = Plan::load().unwrap();
        let head = plan.files_at(plan.head().unwrap());
        for secret in [PLANTED_PASSWORD, PLANTED_API_KEY, PLANTED_EMAIL] {
            let holders: Vec<_> = members.iter().filter(|(_, text)| text.contains(secret)).map(|(n, _)| n).collect();
            assert_eq!(holders, ["skerrywall/lab/deploy.sh"], "{secret}");
            assert!(!head.values().any(|text| text.contains(secret)), "{secret}");
        }
    }

    #[test]
    fn the_archive_is_the_same_every_time() {
        let dir = tempfile::tempdir().unwrap();
        let (repository, archive) = (dir.path().join("oskelund.git"), dir.path().join("skerrywall-sample.tar"));
        make_repository(&repository).unwrap();
        write_sample(&repository, &archive).unwrap();
        // Changes with every change of the code under `demo/`, and with nothing else.
        let digest = sha2::Sha256::digest(fs::read(archive).unwrap());
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digest, "adf1ec65ad4e6363319c832d1a08291c6caf2f3f5f19794b5bfed2dae4910e40");
    }

    #[test]
    fn listing_and_readme_count_the_files_rightly() {
        let (cut, members) = cut();
        let words = format!("{} files", cut.files.len());
        assert!(members["README.txt"].contains(&words));
        assert!(invented()[0].text.contains(&words));
    }

    #[test]
    fn another_repository_is_named_as_such() {
        let dir = tempfile::tempdir().unwrap();
        let error = write_sample(dir.path(), &dir.path().join("s.tar")).unwrap_err();
        assert!(matches!(error, Error::Repository { .. }), "{error}");
        gix::init_bare(dir.path().join("other.git")).unwrap();
        let error = write_sample(&dir.path().join("other.git"), &dir.path().join("s.tar")).unwrap_err();
        assert!(error.to_string().contains("other.git"), "{error}");
        assert!(!dir.path().join("s.tar").exists());
    }
}
