//! The history of the invented company's repository, as a plan: which piece of which file is there at which commit.
//!
//! A `.pieces` asset lists files as pieces of text, each alive from one commit on and perhaps up to another. What a
//! file holds at a commit is the pieces alive there, in order; alive means that the commit or one of its ancestors
//! brought the piece, and none took it away. Files therefore grow, change and move as files do, and every version
//! of a line is written only once. Lines that begin with `%%` direct:
//!
//! ```text
//! %%file PATH                a file begins
//! %%born-as PATH COMMIT      it had another path before that commit
//! %%removed COMMIT           it is gone from that commit on
//! %%piece BORN [GONE]        a piece begins
//! ```

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{Error, PUBLIC, PUBLISHED};

/// The commit that brings the first vendored files, and the one that brings the published SDK.
const VENDORED_AT: u16 = 7;
const PUBLISHED_AT: u16 = 27;
/// Where vendored and published files lie in the repository.
const VENDORED_FOLDER: &str = "third_party/feltcogs/";
const PUBLISHED_FOLDER: &str = "sdk/";
/// What the company took of the public library; the rest of it is public and nothing more.
const VENDORED: [&str; 6] = ["LICENSE", "base64.c", "crc32.c", "optargs.py", "ringbuf.c", "ringbuf.h"];

const HISTORY: &str = "history.plan";
/// The assets by name: messages point to them.
const ASSETS: [(&str, &str); 6] = [
    ("engine.pieces", include_str!("code/engine.pieces")),
    ("unpackers.pieces", include_str!("code/unpackers.pieces")),
    ("updater.pieces", include_str!("code/updater.pieces")),
    ("sigc.pieces", include_str!("code/sigc.pieces")),
    ("manage.pieces", include_str!("code/manage.pieces")),
    ("house.pieces", include_str!("code/house.pieces")),
];

/// One commit to be.
#[derive(Debug)]
pub(super) struct PlannedCommit {
    /// Its number in the plan, from 1.
    pub(super) number: u16,
    pub(super) when: Timestamp,
    pub(super) author: (&'static str, &'static str),
    /// Numbers of the parents, the first one first.
    pub(super) parents: Vec<u16>,
    pub(super) subject: &'static str,
    /// The commit itself and everything before it.
    lineage: BTreeSet<u16>,
}

/// Commits and files of the whole history.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) commits: Vec<PlannedCommit>,
    files: Vec<PlannedFile>,
}

#[derive(Debug)]
struct PlannedFile {
    path: String,
    born_as: Option<(&'static str, u16)>,
    removed: Option<u16>,
    pieces: Vec<Piece>,
}

#[derive(Debug)]
struct Piece {
    born: u16,
    gone: Option<u16>,
    text: String,
}

impl Plan {
    /// Reads the plan from the program's own assets.
    pub(super) fn load() -> Result<Plan, Error> {
        let commits = parse_commits(HISTORY, include_str!("code/history.plan"))?;
        let mut files = Vec::new();
        for (asset, text) in ASSETS {
            files.extend(parse_files(asset, text)?);
        }
        let mut plan = Plan { commits, files };
        for (name, text) in PUBLIC.iter().filter(|(name, _)| VENDORED.contains(name)) {
            plan.files.push(whole_file(VENDORED_FOLDER, name, text, VENDORED_AT));
        }
        for (name, text) in PUBLISHED {
            plan.files.push(whole_file(PUBLISHED_FOLDER, name, text, PUBLISHED_AT));
        }
        Ok(plan)
    }

    /// The commit with this number.
    pub(super) fn commit(&self, number: u16) -> Result<&PlannedCommit, Error> {
        self.commits.iter().find(|commit| commit.number == number).ok_or_else(|| missing(number))
    }

    /// The newest commit.
    pub(super) fn head(&self) -> Result<&PlannedCommit, Error> {
        self.commits.last().ok_or_else(|| missing(1))
    }

    /// Path and text of every file at a commit.
    pub(super) fn files_at(&self, commit: &PlannedCommit) -> BTreeMap<&str, String> {
        let here = |number: u16| commit.lineage.contains(&number);
        let mut tree = BTreeMap::new();
        for file in &self.files {
            let mut alive = file.pieces.iter().filter(|p| here(p.born) && !p.gone.is_some_and(here)).peekable();
            if alive.peek().is_none() || file.removed.is_some_and(here) {
                continue;
            }
            let path = match file.born_as {
                Some((earlier, moved)) if !here(moved) => earlier,
                _ => file.path.as_str(),
            };
            tree.insert(path, alive.map(|piece| piece.text.as_str()).collect());
        }
        tree
    }
}

/// The error for a commit that other material names and the plan lacks.
pub(super) fn missing(number: u16) -> Error {
    Error::Material { asset: HISTORY, line: number.into(), what: format!("there is no commit {number}") }
}

/// A file that never changes.
fn whole_file(folder: &str, name: &str, text: &str, born: u16) -> PlannedFile {
    PlannedFile {
        path: format!("{folder}{name}"),
        born_as: None,
        removed: None,
        pieces: vec![Piece { born, gone: None, text: text.to_owned() }],
    }
}

fn author(initials: &str) -> Option<(&'static str, &'static str)> {
    Some(match initials {
        "th" => ("Tova Hjelmquay", "tova.hjelmquay@oskelund.example"),
        "bs" => ("Bram Sedlorrin", "bram.sedlorrin@oskelund.example"),
        "ik" => ("Ines Korvathy", "ines.korvathy@oskelund.example"),
        "pr" => ("Pelle Ruddwynn", "pelle.ruddwynn@oskelund.example"),
        "na" => ("Noor Albriskar", "noor.albriskar@oskelund.example"),
        _ => return None,
    })
}

fn parse_commits(asset: &'static str, text: &'static str) -> Result<Vec<PlannedCommit>, Error> {
    let mut commits: Vec<PlannedCommit> = Vec::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
        let wrong = |what: &str| Error::Material { asset, line: at + 1, what: what.to_owned() };
        let mut words = line.splitn(5, ' ');
        let mut word = || words.next().ok_or_else(|| wrong("five fields are wanted"));
        let number: u16 = word()?.parse().map_err(|_| wrong("no commit number"))?;
        let when = format!("{}:00Z", word()?).parse().map_err(|_| wrong("no moment"))?;
        let author = author(word()?).ok_or_else(|| wrong("unknown author"))?;
        let parents = match word()? {
            "-" => commits.last().map(|before| before.number).into_iter().collect(),
            list => list
                .split('+')
                .map(|parent| parent.parse().map_err(|_| wrong("no parent's number")))
                .collect::<Result<Vec<u16>, _>>()?,
        };
        let mut lineage = BTreeSet::from([number]);
        for parent in &parents {
            let known = commits.iter().find(|commit| commit.number == *parent);
            lineage.extend(&known.ok_or_else(|| wrong("a parent stands before its child"))?.lineage);
        }
        commits.push(PlannedCommit { number, when, author, parents, subject: word()?, lineage });
    }
    Ok(commits)
}

fn parse_files(asset: &'static str, text: &'static str) -> Result<Vec<PlannedFile>, Error> {
    let mut files: Vec<PlannedFile> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let wrong = |what: &str| Error::Material { asset, line: at + 1, what: what.to_owned() };
        let number = |word: Option<&str>| word.and_then(|w| w.parse().ok()).ok_or_else(|| wrong("no commit number"));
        let Some(directive) = line.strip_prefix("%%") else {
            let piece = files.last_mut().and_then(|file| file.pieces.last_mut());
            let piece = piece.ok_or_else(|| wrong("text before any piece"))?;
            piece.text.push_str(line);
            piece.text.push('\n');
            continue;
        };
        let mut words = directive.split_ascii_whitespace();
        let (verb, first, second) = (words.next(), words.next(), words.next());
        if verb == Some("file") {
            let path = first.ok_or_else(|| wrong("a file needs a path"))?;
            files.push(PlannedFile { path: path.to_owned(), born_as: None, removed: None, pieces: Vec::new() });
            continue;
        }
        let file = files.last_mut().ok_or_else(|| wrong("a directive before any file"))?;
        match verb {
            Some("born-as") => {
                file.born_as = Some((first.ok_or_else(|| wrong("no earlier path"))?, number(second)?));
            }
            Some("removed") => file.removed = Some(number(first)?),
            Some("piece") => {
                let gone = second.map(|word| number(Some(word))).transpose()?;
                file.pieces.push(Piece { born: number(first)?, gone, text: String::new() });
            }
            _ => return Err(wrong("unknown directive")),
        }
    }
    Ok(files)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that fails here has failed")]
mod tests {
    use super::*;

    fn at(plan: &Plan, number: u16) -> BTreeMap<&str, String> {
        plan.files_at(plan.commit(number).unwrap())
    }

    #[test]
    fn every_number_that_a_piece_names_is_a_commit() {
        let plan = Plan::load().unwrap();
        for file in &plan.files {
            let moved = file.born_as.map(|(_, number)| number);
            let named = file.pieces.iter().flat_map(|p| [Some(p.born), p.gone]).chain([moved, file.removed]);
            for number in named.flatten() {
                assert!(plan.commit(number).is_ok(), "{}: commit {number}", file.path);
            }
        }
    }

    #[test]
    fn every_commit_changes_something() {
        let plan = Plan::load().unwrap();
        for commit in &plan.commits {
            let before = commit.parents.first().map(|&parent| at(&plan, parent)).unwrap_or_default();
            assert_ne!(plan.files_at(commit), before, "commit {}", commit.number);
        }
    }

    #[test]
    fn commits_stand_in_order_of_time_after_their_parents() {
        let plan = Plan::load().unwrap();
        for commit in &plan.commits {
            for &parent in &commit.parents {
                assert!(plan.commit(parent).unwrap().when < commit.when, "commit {}", commit.number);
            }
        }
        let (first, last) = (&plan.commits[0], plan.commits.last().unwrap());
        let days = last.when.duration_since(first.when).as_hours() / 24;
        assert!((400..=440).contains(&days), "{days} days");
    }

    #[test]
    fn files_move_go_and_wait_for_their_branch() {
        let plan = Plan::load().unwrap();
        assert!(at(&plan, 22).contains_key("engine/scan.c") && !at(&plan, 22).contains_key("engine/scanner.c"));
        assert!(at(&plan, 23).contains_key("engine/scanner.c") && !at(&plan, 23).contains_key("engine/scan.c"));
        assert!(at(&plan, 27).contains_key("engine/legacy_hash.c"));
        assert!(!at(&plan, 28).contains_key("engine/legacy_hash.c"));
        assert!(at(&plan, 33).contains_key("engine/emul.c") && !at(&plan, 35).contains_key("engine/emul.c"));
        assert!(at(&plan, 36).contains_key("engine/emul.c") && at(&plan, 36).contains_key("tools/release.sh"));
    }

    #[test]
    fn a_line_that_changed_is_there_in_one_version_only() {
        let plan = Plan::load().unwrap();
        let (old, new) = (at(&plan, 48), at(&plan, 49));
        assert!(old["updater/src/delta.rs"].contains("&old[from..from + count]"));
        assert!(!new["updater/src/delta.rs"].contains("&old[from..from + count]"));
        assert!(new["updater/src/delta.rs"].contains("checked_add"));
    }

    #[test]
    fn faults_name_their_line() {
        let error = parse_files("x.pieces", "%%file a\n%%piece 1\nline\n%%pice 2\n").unwrap_err();
        assert!(error.to_string().contains("x.pieces, line 4"), "{error}");
        assert!(parse_files("x.pieces", "lost\n").is_err());
        assert!(parse_files("x.pieces", "%%piece 1\n").is_err());
        assert!(parse_commits("x.plan", "01 2023-03-06T09:14 th 7 A child of nobody\n").is_err());
        assert!(parse_commits("x.plan", "01 2023-03-06T09:14 zz - Nobody's\n").is_err());
    }
}
