//! The commits of a repository: the first-parent line of its head, and everything beside it.

use std::collections::{HashMap, HashSet};

use fingerprint::Copied;
use gix::ObjectId;
use gix::objs::Kind;

use super::Since;
use super::forest::{Lost, Unpacked, Visit, walk};
use super::objects::{Forest, NONE, Number, Objects};

/// A commit, as far as reading its files needs it.
#[derive(Clone, Copy, Debug)]
pub(super) struct CommitRow {
    pub(super) id: ObjectId,
    pub(super) tree: Number,
    /// The tree of its first parent; [`NONE`] where it has none or it can't be read.
    pub(super) before: Number,
    /// The committer's time in seconds since 1970.
    pub(super) time: i64,
}

/// The commits to read.
pub(super) struct Commits {
    /// The branch whose line it is, or `HEAD`.
    pub(super) reference: Vec<u8>,
    /// Its first-parent line, oldest first, as far as it is new.
    pub(super) line: Vec<CommitRow>,
    /// All others that are new, by time.
    pub(super) side: Vec<CommitRow>,
    /// How many commits of the line, and beside it, were read before.
    pub(super) begin: (u32, u32),
    /// The tree of the newest commit that was read before.
    pub(super) stood: Option<Number>,
}

/// Why there are no commits to read.
pub(super) enum NoCommits {
    /// No reference leads to one.
    Empty,
    /// The line is not a continuation of the earlier one.
    Rewritten,
}

impl Commits {
    /// Finds the commits that all references reach, less those read before. With a forest, all packed commits are
    /// unpacked at once. What can't be read is told to `problem`, references that lead nowhere to `notice`.
    pub(super) fn read(
        repo: &gix::Repository,
        objects: &Objects,
        (forest, threads): (Option<&Forest>, usize),
        since: Option<&Since>,
        problem: &mut dyn FnMut(String),
        notice: &dyn Fn(String),
    ) -> Result<Self, NoCommits> {
        let cut: HashSet<Number> = shallow(repo).iter().map(|id| objects.number(id)).collect();
        let mut rows = HashMap::new();
        if let Some(forest) = forest {
            let visitors = (0..threads).map(|_| Parser { objects, rows: Vec::new() }).collect();
            let parsed = walk(objects, forest, &forest.roots(Kind::Commit), &|_| true, visitors);
            rows.extend(parsed.into_iter().flat_map(|parser| parser.rows).map(|(number, row)| (number, Some(row))));
        }
        let mut reader = Reader { repo, objects, cut, rows, problem, notice };
        let tips = reader.tips();
        let (reference, head) = reader.head(&tips).ok_or(NoCommits::Empty)?;
        let number = |id: &Vec<u8>| gix::oid::try_from_bytes(id).map_or(NONE, |id| objects.number(id));
        let known_line: Vec<Number> = since.iter().flat_map(|since| &since.line).map(number).collect();
        let known_side: HashSet<Number> = since.iter().flat_map(|since| &since.side).map(number).collect();
        let newest = known_line.last().copied();
        if since.is_some_and(|since| since.reference != reference) {
            return Err(NoCommits::Rewritten);
        }
        let line = reader.line(head, newest).ok_or(NoCommits::Rewritten)?;
        let mut seen: HashSet<Number> = known_side.iter().chain(&known_line).copied().collect();
        let side = reader.side(&line, tips.iter().map(|(_, tip)| *tip), &mut seen);
        let stood = newest.and_then(|newest| reader.row(newest)).map(|row| row.tree);
        let line = line.into_iter().filter_map(|number| reader.whole(number)).collect();
        let mut side: Vec<CommitRow> = side.into_iter().filter_map(|number| reader.whole(number)).collect();
        side.sort_unstable_by_key(|row| (row.time, row.id));
        let count = |ids: usize| u32::try_from(ids).unwrap_or(u32::MAX);
        let begin = since.map_or((0, 0), |since| (count(since.line.len()), count(since.side.len())));
        Ok(Commits { reference, line, side, begin, stood })
    }
}

/// A commit as it was parsed.
struct Row {
    tree: Number,
    parents: Vec<Number>,
    /// Nothing where it can't be read.
    time: Option<i64>,
}

impl Row {
    /// Parses the part of a commit up to its committer.
    fn parse(bytes: &[u8], objects: &Objects) -> Option<Self> {
        let mut lines = bytes.split(|byte| *byte == b'\n');
        let number = |hex: &[u8]| ObjectId::from_hex(hex).ok().map(|id| objects.number(&id));
        let tree = number(lines.next()?.strip_prefix(b"tree ")?)?;
        let mut parents = Vec::new();
        for line in lines.by_ref() {
            match line.strip_prefix(b"parent ") {
                Some(parent) => parents.push(number(parent)?),
                None => break,
            }
        }
        let committer = lines.take_while(|line| !line.is_empty()).find_map(|line| line.strip_prefix(b"committer "));
        let time = committer.and_then(|line| {
            let mut words = line.rsplitn(3, |byte| *byte == b' ');
            let (_zone, seconds) = (words.next()?, words.next()?);
            std::str::from_utf8(seconds).ok()?.parse().ok()
        });
        Some(Row { tree, parents, time })
    }
}

/// Parses the commits of a forest.
struct Parser<'o> {
    objects: &'o Objects,
    rows: Vec<(Number, Row)>,
}

impl Visit for Parser<'_> {
    type Kept = ();

    fn whole(&mut self, number: Number, bytes: &[u8]) {
        // What can't be parsed is told when it is asked for.
        self.rows.extend(Row::parse(bytes, self.objects).map(|row| (number, row)));
    }

    fn change(&mut self, number: Number, _: &Unpacked<()>, bytes: &[u8], _: &[Copied]) {
        self.whole(number, bytes);
    }

    fn lost(&mut self, _: Number, _: Lost) {}

    fn reuse(&mut self, (): ()) {}
}

struct Reader<'r> {
    repo: &'r gix::Repository,
    objects: &'r Objects,
    /// Commits whose parents a shallow clone left out.
    cut: HashSet<Number>,
    /// Every commit met; `None` where it can't be read.
    rows: HashMap<Number, Option<Row>>,
    problem: &'r mut dyn FnMut(String),
    notice: &'r dyn Fn(String),
}

impl Reader<'_> {
    /// Every branch, tag and other reference with what it leads to.
    fn tips(&mut self) -> Vec<(Vec<u8>, Number)> {
        let mut tips = Vec::new();
        let platform = self.repo.references();
        let all = platform
            .as_ref()
            .map_err(ToString::to_string)
            .and_then(|references| Ok(references.all().map_err(|error| error.to_string())?.collect::<Vec<_>>()));
        match all {
            Err(error) => (self.problem)(format!("its references can't be listed: {error}")),
            Ok(all) => {
                for reference in all {
                    match reference {
                        Ok(reference) => tips.extend(self.tip(reference)),
                        Err(error) => (self.problem)(format!("a reference can't be read: {error}")),
                    }
                }
            }
        }
        tips.sort();
        tips
    }

    /// What a reference leads to. That it leads to nothing that is there is no loss: there is nothing yet.
    fn tip(&mut self, mut reference: gix::Reference<'_>) -> Option<(Vec<u8>, Number)> {
        let name = reference.name().as_bstr().to_vec();
        let shown = String::from_utf8_lossy(&name);
        let missing = |id: &gix::oid| !self.repo.has_object(id);
        let leads_nowhere = reference.target().try_id().is_none_or(missing);
        match reference.peel_to_id() {
            Ok(id) if !missing(&id) => return Some((name, self.objects.number(&id))),
            Err(error) if !leads_nowhere => (self.problem)(format!("{shown} can't be followed: {error}")),
            _ => (self.notice)(format!("{shown} leads nowhere: what it points to is missing")),
        }
        None
    }

    /// The commit whose line is read: the head's, else `main`'s or `master`'s, else the newest branch's.
    fn head(&mut self, tips: &[(Vec<u8>, Number)]) -> Option<(Vec<u8>, Number)> {
        if let Some(head) = self.repo.head_id().ok().filter(|head| self.repo.has_object(head)) {
            let head = self.objects.number(&head);
            if self.row(head).is_some() {
                let name = self.repo.head_name().ok().flatten();
                return Some((name.map_or_else(|| b"HEAD".to_vec(), |name| name.as_bstr().to_vec()), head));
            }
        }
        let branches: Vec<_> = tips.iter().filter(|(name, _)| name.starts_with(b"refs/heads/")).collect();
        let usual = [&b"refs/heads/main"[..], b"refs/heads/master"];
        let named = usual.iter().find_map(|usual| branches.iter().find(|(name, _)| name == usual).copied());
        let newest = || {
            let pool = if branches.is_empty() { tips.iter().collect() } else { branches };
            pool.into_iter().max_by_key(|(_, tip)| self.row(*tip).map(|row| row.time.unwrap_or(0)))
        };
        let (name, tip) = named.or_else(newest)?.clone();
        self.row(tip)?;
        (self.notice)(format!(
            "its head leads to no commit: the line of {} was read instead",
            String::from_utf8_lossy(&name)
        ));
        Some((name, tip))
    }

    /// The first-parent line down to, and without, the newest commit read before; nothing where it doesn't lead there.
    fn line(&mut self, head: Number, newest: Option<Number>) -> Option<Vec<Number>> {
        let mut line = Vec::new();
        // A first-parent walk can't loop: an object id is a hash of its parents' ids.
        let mut next = Some(head).filter(|head| Some(*head) != newest);
        while let Some(number) = next {
            let Some(row) = self.row(number) else { break };
            let parent = row.parents.first().copied();
            line.push(number);
            if parent.is_some() && parent == newest {
                break;
            }
            next = parent;
        }
        let leads = match (newest, line.last()) {
            (Some(newest), Some(last)) => self.row(*last)?.parents.first() == Some(&newest),
            _ => true,
        };
        line.reverse();
        leads.then_some(line)
    }

    fn side(&mut self, line: &[Number], tips: impl Iterator<Item = Number>, seen: &mut HashSet<Number>) -> Vec<Number> {
        let on_line: HashSet<Number> = line.iter().copied().collect();
        let mut side = Vec::new();
        let mut open: Vec<Number> = line.iter().copied().chain(tips).collect();
        while let Some(number) = open.pop() {
            if !seen.insert(number) {
                continue;
            }
            let Some(row) = self.row(number) else { continue };
            open.extend(&row.parents);
            if !on_line.contains(&number) {
                side.push(number);
            }
        }
        side
    }

    fn whole(&mut self, number: Number) -> Option<CommitRow> {
        let row = self.row(number)?;
        let (tree, time, parent) = (row.tree, row.time, row.parents.first().copied());
        let id = self.objects.id(number);
        if time.is_none() {
            (self.problem)(format!("commit {id} has no readable date; it counts as 1970-01-01"));
        }
        let before = parent.and_then(|parent| self.row(parent)).map_or(NONE, |row| row.tree);
        Some(CommitRow { id, tree, before, time: time.unwrap_or(0) })
    }

    /// A commit; a problem is told once. References may lead to trees and blobs: those are no commits, and no problem.
    fn row(&mut self, number: Number) -> Option<&Row> {
        if !self.rows.contains_key(&number) {
            let row = self.read(number).unwrap_or_else(|error| {
                (self.problem)(format!("commit {} can't be read: {error}", self.objects.id(number)));
                None
            });
            self.rows.insert(number, row);
        }
        if self.cut.remove(&number)
            && let Some(Some(row)) = self.rows.get_mut(&number)
        {
            row.parents.clear();
        }
        self.rows.get(&number)?.as_ref()
    }

    fn read(&self, number: Number) -> Result<Option<Row>, String> {
        let object = self.repo.find_object(self.objects.id(number)).map_err(|error| error.to_string())?;
        if object.kind != Kind::Commit {
            return Ok(None);
        }
        Row::parse(&object.data, self.objects).map(Some).ok_or_else(|| "it is malformed".to_owned())
    }
}

/// Commits whose parents were left out when the repository was cloned.
pub(super) fn shallow(repo: &gix::Repository) -> Vec<ObjectId> {
    repo.shallow_commits().ok().flatten().map(|commits| commits.iter().copied().collect()).unwrap_or_default()
}
