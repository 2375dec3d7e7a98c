//! The versions of each path, on the line and beside it, as edges from one to the next.

use std::collections::{HashMap, HashSet};

use super::commits::Commits;
use super::objects::{NONE, Number};
use super::trees::{Difference, Trees};

/// When an edge leads from one version to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// Before the commits that are read: the version that stood there.
    Before,
    /// From this commit of the line on.
    Line(u32),
    /// The version that comes stood beside the line: the first and the last commit there that brought it.
    Side(u32, u32),
}

/// From one version of a path to the next. The line's come in the order of its commits. Those beside it follow, in runs:
/// each run leads from a version of the line, or from nothing, over some beside it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    /// The number of the path.
    pub(super) path: u32,
    /// The blob that goes and the one that comes, or [`NONE`].
    pub(super) from: Number,
    pub(super) to: Number,
    pub(super) when: When,
}

/// Compares all commits; the edges are sorted by the bytes of their paths. `near` tells which blobs lie near each other in
/// the packs, and `tell` is told how many commits are done.
pub(super) fn edges(
    trees: &mut Trees<'_>,
    commits: &Commits,
    near: &dyn Fn(Number) -> Number,
    tell: &mut dyn FnMut(usize),
) -> Vec<Edge> {
    let mut versions = Versions::default();
    versions.on_line(trees, commits, tell);
    versions.beside(trees, commits, tell);
    versions.edges(trees, commits, near)
}

#[derive(Default)]
struct Versions {
    /// What stands at each path at the line's newest commit so far.
    standing: Vec<Number>,
    /// What stood at each path before the commits that are read, as far as it is known.
    before: HashMap<u32, Number>,
    /// Path, commit of the line, blob from then on.
    line: Vec<(u32, u32, Number)>,
    /// Path, blob, commit beside the line that brought it.
    side: Vec<(u32, Number, u32)>,
}

impl Versions {
    fn on_line(&mut self, trees: &mut Trees<'_>, commits: &Commits, tell: &mut dyn FnMut(usize)) {
        let mut differences: Vec<Difference> = Vec::new();
        let mut before = commits.stood.unwrap_or(NONE);
        let mut latest = HashMap::new();
        for (done, (at, commit)) in (commits.begin.0..).zip(&commits.line).enumerate() {
            differences.clear();
            if trees.differences(before, commit.tree, &self.standing, &mut differences) {
                before = commit.tree;
                self.standing.resize(trees.paths.len(), NONE);
                let stood = commits.stood.is_some();
                // Of several differences at a path the last one holds.
                latest.clear();
                latest.extend(differences.iter().enumerate().map(|(place, difference)| (difference.path, place)));
                for (place, difference) in differences.iter().enumerate() {
                    if latest.get(&difference.path) == Some(&place) {
                        self.change(at, difference, stood);
                    }
                }
            }
            tell(done + 1);
        }
    }

    fn change(&mut self, at: u32, difference: &Difference, stood: bool) {
        let Some(standing) = self.standing.get_mut(difference.path as usize) else { return };
        if stood && let std::collections::hash_map::Entry::Vacant(unknown) = self.before.entry(difference.path) {
            unknown.insert(difference.old);
            *standing = difference.old;
        }
        if *standing != difference.new {
            *standing = difference.new;
            self.line.push((difference.path, at, difference.new));
        }
    }

    fn beside(&mut self, trees: &mut Trees<'_>, commits: &Commits, tell: &mut dyn FnMut(usize)) {
        let mut differences = Vec::new();
        for (done, (at, commit)) in (commits.begin.1..).zip(&commits.side).enumerate() {
            differences.clear();
            trees.differences(commit.before, commit.tree, &[], &mut differences);
            let brought = differences.iter().filter(|difference| difference.new != NONE);
            self.side.extend(brought.map(|difference| (difference.path, difference.new, at)));
            tell(commits.line.len() + done + 1);
        }
    }

    fn edges(mut self, trees: &mut Trees<'_>, commits: &Commits, near: &dyn Fn(Number) -> Number) -> Vec<Edge> {
        let paths: HashSet<u32> = self.line.iter().map(|line| line.0).chain(self.side.iter().map(|s| s.0)).collect();
        let mut paths: Vec<(Vec<u8>, u32)> = paths.into_iter().map(|path| (trees.path(path), path)).collect();
        paths.sort_unstable();
        self.line.sort_by_key(|(path, ..)| *path);
        self.side.sort_unstable();
        let newest = commits.line.last().map(|commit| commit.tree).or(commits.stood);
        let mut edges = Vec::with_capacity(self.line.len() + self.side.len());
        for (_, path) in &paths {
            let line = range(&self.line, |(of, ..)| of.cmp(path));
            let mut from = self.before.get(path).copied().unwrap_or(NONE);
            if line.is_empty()
                && commits.stood.is_some()
                && let Some(newest) = newest
            {
                from = trees.find(newest, *path);
            }
            let mut stood: Vec<Number> = line.iter().map(|(.., blob)| *blob).collect();
            if from != NONE {
                edges.push(Edge { path: *path, from: NONE, to: from, when: When::Before });
                stood.push(from);
            }
            for (_, at, to) in line {
                edges.push(Edge { path: *path, from, to: *to, when: When::Line(*at) });
                from = *to;
            }
            stood.sort_unstable();
            let side = range(&self.side, |(of, ..)| of.cmp(path));
            let mut brought: Vec<(Number, u32, u32)> = side
                .chunk_by(|a, b| a.1 == b.1)
                .filter_map(|same| Some((same.first()?.1, same.first()?.2, same.last()?.2)))
                .filter(|(blob, ..)| stood.binary_search(blob).is_err())
                .collect();
            if brought.is_empty() {
                continue;
            }
            brought.sort_by_key(|(blob, ..)| near(*blob));
            stood.sort_by_key(|blob| near(*blob));
            stood.retain(|blob| *blob != NONE);
            let mut previous = None;
            for (to, first, last) in brought {
                let place = near(to);
                let after = stood.partition_point(|blob| near(*blob) < place);
                let around = [after.checked_sub(1), Some(after)].map(|at| stood.get(at?).copied());
                let known = [previous].into_iter().chain(around).flatten();
                let from = known.min_by_key(|blob| near(*blob).abs_diff(place)).unwrap_or(NONE);
                edges.push(Edge { path: *path, from, to, when: When::Side(first, last) });
                previous = Some(to);
            }
        }
        edges
    }
}

/// Whether the edge of this number goes on with a run beside the line that the one before it is part of.
pub(super) fn goes_on(edges: &[Edge], edge: usize) -> bool {
    let beside = |edge: &&Edge| matches!(edge.when, When::Side(..));
    let [before, this] = [edge.checked_sub(1), Some(edge)].map(|at| edges.get(at?).filter(beside));
    before.zip(this).is_some_and(|(before, this)| before.path == this.path && before.to == this.from)
}

/// The part of a sorted list that compares equal.
fn range<T>(list: &[T], compare: impl Fn(&T) -> std::cmp::Ordering) -> &[T] {
    let from = list.partition_point(|item| compare(item).is_lt());
    let until = list.partition_point(|item| compare(item).is_le());
    &list[from..until]
}
