//! Which differences along the deltas of the packs make up which edges.
//!
//! The grams of a blob are those of its tree's root, plus what changes along the deltas down to it. So an edge between two
//! blobs of one tree is made up of the deltas on the way from one to the other: those that have just one of both below
//! them. Where there is no way, or a long one, both blobs are counted in full.

use std::collections::HashMap;

use super::objects::{Forest, NONE, Number, Objects};
use super::versions::Edge;

/// The names of files tell their language; those that end alike are read alike.
pub(super) struct Languages {
    names: Vec<Vec<u8>>,
    of_path: Vec<u16>,
}

/// What is to be done with each blob.
pub(super) struct Plan {
    /// Blob (30 bits), whether it counts in full (1), edge (31), whether it is taken off (1). Sorted.
    tasks: Vec<u64>,
    /// Of how many tasks each edge is made up.
    parts: Vec<u32>,
    /// All ends of edges in the same form.
    ends: Vec<u64>,
    /// Of each packed object: the number of its language plus one, or 0 where nobody asks for it.
    languages: Vec<u16>,
    /// Of each packed object, whether it or anything that rests on it is asked for.
    needed: Vec<bool>,
    /// Blobs that are not part of the forest, with their languages.
    pub(super) alone: Vec<(Number, u16)>,
}

/// What a blob adds to an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Task {
    /// All its grams count, not just those that differ from its base's.
    pub(super) full: bool,
    /// The number of the edge, doubled, plus one where the blob goes.
    pub(super) code: u32,
}

impl Task {
    fn of(task: u64) -> Self {
        Task { full: task >> 32 & 1 == 1, code: u32::try_from(task & 0xffff_ffff).unwrap_or(0) }
    }

    pub(super) fn edge(self) -> usize {
        (self.code >> 1) as usize
    }

    pub(super) fn goes(self) -> bool {
        self.code & 1 == 1
    }
}

/// Ways longer than this many deltas are not taken, whatever the size of the blobs.
const LONGEST_WAY: u64 = 64;

/// Bytes of a blob that have about as many grams as a delta changes.
const BYTES_PER_DELTA: u64 = 600;

impl Languages {
    /// Of paths whose files have these names.
    pub(super) fn new<'n>(names: impl Iterator<Item = &'n [u8]>) -> Self {
        // What has no ending, and endings beyond the last number, tell no language.
        let mut numbers = HashMap::from([(Vec::new(), 0)]);
        let mut languages = Languages { names: vec![Vec::new()], of_path: Vec::new() };
        for name in names {
            let ending = name.iter().rposition(|byte| *byte == b'.').map_or(&[][..], |dot| &name[dot..]);
            let ending = ending.to_ascii_lowercase();
            let number = *numbers.entry(ending).or_insert_with_key(|ending| {
                let new = u16::try_from(languages.names.len()).ok().filter(|new| *new < u16::MAX - 1);
                new.inspect(|_| languages.names.push(ending.clone())).unwrap_or(0)
            });
            languages.of_path.push(number);
        }
        languages
    }

    /// The number of the language of a path.
    pub(super) fn of(&self, path: u32) -> u16 {
        self.of_path.get(path as usize).copied().unwrap_or(0)
    }

    /// A name that tells the language.
    pub(super) fn name(&self, language: u16) -> &[u8] {
        self.names.get(usize::from(language)).map_or(&[], Vec::as_slice)
    }
}

impl Plan {
    /// Plans the edges without the objects in `lost`, whatever rests on them included.
    pub(super) fn new(
        objects: &Objects,
        forest: Option<&Forest>,
        lost: &[Number],
        edges: &[Edge],
        languages: &Languages,
    ) -> Self {
        let mut plan = Plan {
            tasks: Vec::with_capacity(2 * edges.len()),
            parts: vec![0; edges.len()],
            ends: Vec::with_capacity(2 * edges.len()),
            languages: vec![0; objects.packed()],
            needed: vec![false; objects.packed()],
            alone: Vec::new(),
        };
        let mut gone = Vec::new();
        if let Some(forest) = forest.filter(|_| !lost.is_empty()) {
            gone.resize(objects.packed(), false);
            for number in lost.iter().flat_map(|lost| forest.all_on(*lost)) {
                gone[*number as usize] = true;
            }
        }
        let standing =
            |blob: Number| forest.filter(|forest| forest.weight(blob) > 0 && gone.get(blob as usize) != Some(&true));
        for edge in edges {
            let language = languages.of(edge.path);
            for blob in [edge.from, edge.to].into_iter().filter(|blob| *blob != NONE) {
                match plan.languages.get_mut(blob as usize) {
                    Some(known) if standing(blob).is_some() => {
                        if *known == 0 {
                            *known = language + 1;
                        }
                    }
                    _ => plan.alone.push((blob, language)),
                }
            }
        }
        // Stable: a blob has the language of its first path.
        plan.alone.sort_by_key(|(blob, _)| *blob);
        plan.alone.dedup_by_key(|(blob, _)| *blob);
        let mut way = Vec::new();
        for (number, edge) in (0u32..).zip(edges) {
            let code = number << 1;
            for (blob, goes) in [(edge.from, true), (edge.to, false)] {
                if blob != NONE {
                    plan.ends.push(task(blob, true, code | u32::from(goes)));
                }
            }
            let in_language = |blob: Number| {
                plan.languages.get(blob as usize).is_some_and(|known| *known == languages.of(edge.path) + 1)
            };
            let forest = standing(edge.from).and(standing(edge.to));
            let forest = forest.filter(|_| in_language(edge.from) && in_language(edge.to));
            if forest.is_some_and(|forest| find_way(objects, forest, edge, &mut way)) {
                plan.tasks.extend(way.drain(..).map(|(blob, goes)| task(blob, false, code | u32::from(goes))));
                continue;
            }
            way.clear();
            for (blob, goes) in [(edge.from, true), (edge.to, false)] {
                if blob != NONE {
                    plan.tasks.push(task(blob, true, code | u32::from(goes)));
                }
            }
        }
        for task in &plan.tasks {
            plan.parts[Task::of(*task).edge()] += 1;
        }
        plan.tasks.sort_unstable();
        plan.ends.sort_unstable();
        if let Some(forest) = forest {
            for number in forest.of(gix::objs::Kind::Blob).iter().rev() {
                if plan.languages[*number as usize] != 0 {
                    plan.needed[*number as usize] = true;
                }
                if let Some(base) = forest.base(*number).filter(|_| plan.needed[*number as usize]) {
                    plan.needed[base as usize] = true;
                }
            }
        }
        plan
    }

    /// Whether a packed blob, or one that rests on it, is asked for.
    pub(super) fn needed(&self, blob: Number) -> bool {
        self.needed.get(blob as usize).copied().unwrap_or(false)
    }

    /// The language of a packed blob; nothing where nobody asks for it.
    pub(super) fn language(&self, blob: Number) -> Option<u16> {
        self.languages.get(blob as usize)?.checked_sub(1)
    }

    /// What a blob adds to which edges.
    pub(super) fn tasks(&self, blob: Number) -> impl Iterator<Item = Task> + Clone {
        of_blob(&self.tasks, blob)
    }

    /// Of how many tasks an edge is made up.
    pub(super) fn parts(&self, edge: usize) -> u32 {
        self.parts.get(edge).copied().unwrap_or(0)
    }

    /// The edges that the blob comes or goes with.
    pub(super) fn ends(&self, blob: Number) -> impl Iterator<Item = Task> {
        of_blob(&self.ends, blob)
    }

    /// How many blobs are asked for.
    pub(super) fn blobs(&self) -> usize {
        self.languages.iter().filter(|language| **language != 0).count() + self.alone.len()
    }
}

fn of_blob(tasks: &[u64], blob: Number) -> impl Iterator<Item = Task> + Clone {
    let from = tasks.partition_point(|task| *task < task_begin(blob));
    let own = tasks[from..].iter().take_while(move |task| **task >> 33 == u64::from(blob));
    own.map(|task| Task::of(*task))
}

fn task_begin(blob: Number) -> u64 {
    u64::from(blob) << 33
}

fn task(blob: Number, full: bool, code: u32) -> u64 {
    task_begin(blob) | u64::from(full) << 32 | u64::from(code)
}

/// The deltas between both ends of an edge, by the blobs that they make, and whether they are undone. False where there are
/// none or too many.
fn find_way(objects: &Objects, forest: &Forest, edge: &Edge, way: &mut Vec<(Number, bool)>) -> bool {
    let mut longest = LONGEST_WAY;
    for (mut at, other, goes) in [(edge.from, edge.to, true), (edge.to, edge.from, false)] {
        while !forest.rests_on(other, at) {
            way.push((at, goes));
            let Some(base) = forest.base(at).filter(|_| way.len() as u64 <= longest) else { return false };
            at = base;
        }
        if way.len() > 2 && longest == LONGEST_WAY {
            // Small blobs are cheaper in full.
            let mut root = at;
            while let Some(base) = forest.base(root) {
                root = base;
            }
            let size = objects.entry(root).map_or(0, |(_, entry)| entry.decompressed_size);
            longest = longest.min(2 + size / BYTES_PER_DELTA);
            if way.len() as u64 > longest {
                return false;
            }
        }
    }
    true
}
