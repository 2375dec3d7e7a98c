//! The blobs: their content, and what their grams add to each edge.

use std::io;

use fingerprint::{Changes, Channel, Copied, Edit, Fingerprints, Grams, Kind, Profile, Scratch, Sorter};

use super::forest::{Lost, Unpacked, Visit};
use super::hash::Blocks;
use super::objects::Number;
use super::pending::{CHANNELS, Part, Pending};
use super::plan::{Languages, Plan, Task};
use super::versions::{Edge, When, goes_on};

/// A blob that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) blob: Number,
    /// The first half of the BLAKE3 of its bytes.
    pub(super) blake3: [u8; 16],
    pub(super) bytes: u64,
    pub(super) kind: Kind,
}

/// Gathers what blobs are, and their rows.
pub(super) struct Gatherer<'p> {
    pub(super) profile: &'p Profile,
    pub(super) plan: &'p Plan,
    pub(super) languages: &'p Languages,
    pub(super) edges: &'p [Edge],
    found: Vec<Found>,
    /// Packed blobs that can't be unpacked.
    pub(super) lost: Vec<(Number, Lost)>,
    pub(super) tell: &'p (dyn Fn(u64) + Sync),
    scratch: Scratch,
    pending: Pending,
    /// Bytes that may be pending.
    most_pending: usize,
    rows: Rows,
}

/// What is kept of a blob: its grams in a language, and its blocks if it was hashed.
pub(super) struct Kept {
    grams: Option<Grams>,
    language: u16,
    blocks: Blocks,
}

impl<'p> Gatherer<'p> {
    pub(super) fn new(
        profile: &'p Profile,
        plan: &'p Plan,
        languages: &'p Languages,
        edges: &'p [Edge],
        (sorter, most_pending): (Sorter, usize),
        tell: &'p (dyn Fn(u64) + Sync),
    ) -> Self {
        Gatherer {
            profile,
            plan,
            languages,
            edges,
            found: Vec::new(),
            lost: Vec::new(),
            tell,
            scratch: Scratch::default(),
            pending: Pending::default(),
            most_pending,
            rows: Rows { sorter, fault: None, more: Vec::new(), fewer: Vec::new() },
        }
    }

    /// Reads a blob that is not part of the forest.
    pub(super) fn alone(&mut self, blob: Number, language: u16, bytes: &[u8]) {
        let grams = Grams::of(self.profile, self.languages.name(language), bytes, &mut self.scratch);
        self.note(blob, Some(blake3::hash(bytes)), language, bytes, grams.as_ref(), None);
    }

    /// Notes what a blob is, and its rows; without a hash it isn't asked for.
    fn note(
        &mut self,
        blob: Number,
        hash: Option<blake3::Hash>,
        language: u16,
        bytes: &[u8],
        grams: Option<&Grams>,
        changes: Option<&Changes>,
    ) {
        let Some(grams) = grams else { return };
        if let Some(hash) = hash {
            let half = hash.as_bytes().first_chunk().copied().unwrap_or_default();
            self.found.push(Found { blob, blake3: half, bytes: bytes.len() as u64, kind: grams.kind() });
            (self.tell)(bytes.len() as u64);
        }
        let plan = self.plan;
        let tasks = plan.tasks(blob);
        if let Some(changes) = changes {
            for task in tasks.clone().filter(|task| !task.full) {
                self.add(task, changes);
            }
        }
        let (edges, languages) = (self.edges, self.languages);
        let asked_in = |task: &Task| edges.get(task.edge()).map_or(language, |edge| languages.of(edge.path));
        let mut counts = None;
        for task in tasks.filter(|task| task.full) {
            let asked = asked_in(&task);
            if asked == language && !task.goes() && plan.parts(task.edge()) == 1 {
                // Rows are sorted later in any case.
                for channel in CHANNELS {
                    self.rows.keep(|sorter| sorter.extend(channel, grams.fingerprints(channel), task.code));
                }
            } else if asked == language {
                self.add(task, counts.get_or_insert_with(|| grams.counts()));
            } else if let Some(grams) = Grams::of(self.profile, languages.name(asked), bytes, &mut self.scratch) {
                self.add(task, &grams.counts());
            }
        }
        if grams.kind() == Kind::Binary && plan.ends(blob).next().is_some() {
            let Fingerprints { parts, sketches, .. } =
                Fingerprints::of(self.profile, self.languages.name(language), bytes);
            for task in plan.ends(blob) {
                self.rows.keep(|sorter| sorter.extend(Channel::Parts, &parts, task.code));
                self.rows.keep(|sorter| sorter.extend(Channel::Sketches, &sketches, task.code));
            }
        }
    }

    /// Adds a part to an edge.
    fn add(&mut self, task: Task, changes: &Changes) {
        let Gatherer { pending, rows, edges, .. } = self;
        let Ok(edge) = u32::try_from(task.edge()) else { return };
        let mut done = |part: Part<'_>| {
            // What goes with the first edge of a run beside the line stood on the line, and no row beside it counts.
            let at = part.edge as usize;
            let first = edges.get(at).is_some_and(|edge| matches!(edge.when, When::Side(..))) && !goes_on(edges, at);
            rows.push(&part, !(part.whole && first));
        };
        pending.add(edge, self.plan.parts(task.edge()), changes, task.goes(), &mut done);
        if pending.memory() > self.most_pending {
            pending.flush(&mut done);
        }
    }

    /// Ends the gathering: the rows, what each blob is, and why rows could not be kept.
    pub(super) fn finish(mut self) -> (Sorter, Vec<Found>, Option<io::Error>) {
        let Gatherer { pending, rows, .. } = &mut self;
        pending.flush(&mut |part| rows.push(&part, true));
        (self.rows.sorter, self.found, self.rows.fault)
    }
}

/// Rows on their way into a sorter: fingerprint, edge doubled, plus one where it goes.
struct Rows {
    sorter: Sorter,
    /// Why rows can't be kept.
    fault: Option<io::Error>,
    more: Vec<u64>,
    fewer: Vec<u64>,
}

impl Rows {
    /// Adds rows for what comes, and if it is asked for, what goes.
    fn push(&mut self, part: &Part<'_>, what_goes: bool) {
        let Part { channel, edge, counts, goes, .. } = *part;
        self.more.clear();
        self.fewer.clear();
        for (fingerprint, change) in counts {
            let list = if (*change > 0) != goes { &mut self.more } else { &mut self.fewer };
            // Nearly always once.
            for _ in 0..change.unsigned_abs() {
                list.push(*fingerprint);
            }
        }
        let (more, fewer) = (std::mem::take(&mut self.more), std::mem::take(&mut self.fewer));
        self.keep(|sorter| sorter.extend(channel, &more, edge << 1));
        if what_goes {
            self.keep(|sorter| sorter.extend(channel, &fewer, edge << 1 | 1));
        }
        (self.more, self.fewer) = (more, fewer);
    }

    fn keep(&mut self, push: impl FnOnce(&mut Sorter) -> io::Result<()>) {
        if self.fault.is_none() {
            self.fault = push(&mut self.sorter).err();
        }
    }
}

impl Visit for Gatherer<'_> {
    type Kept = Kept;

    fn whole(&mut self, number: Number, bytes: &[u8]) -> Kept {
        let asked = self.plan.language(number);
        let language = asked.unwrap_or(0);
        let grams = Grams::of(self.profile, self.languages.name(language), bytes, &mut self.scratch);
        let (hash, blocks) = asked.map(|_| Blocks::of(bytes, &Blocks::default(), &[])).unzip();
        self.note(number, hash, language, bytes, grams.as_ref(), None);
        Kept { grams, language, blocks: blocks.unwrap_or_default() }
    }

    fn change(&mut self, number: Number, base: &Unpacked<Kept>, bytes: &[u8], copied: &[Copied]) -> Kept {
        let asked = self.plan.language(number);
        let language = asked.unwrap_or(base.kept.language);
        let Some(before) = &base.kept.grams else { return self.whole(number, bytes) };
        let edit = Edit { base: &base.bytes, now: bytes, copies: copied };
        let edited = before.edited(self.profile, self.languages.name(language), &edit, &mut self.scratch);
        let (grams, changes) = edited.unzip();
        let (hash, blocks) = asked.map(|_| Blocks::of(bytes, &base.kept.blocks, copied)).unzip();
        self.note(number, hash, language, bytes, grams.as_ref(), changes.as_ref());
        if let Some(changes) = changes {
            self.scratch.reuse_changes(changes);
        }
        Kept { grams, language, blocks: blocks.unwrap_or_default() }
    }

    fn lost(&mut self, number: Number, why: Lost) {
        self.lost.push((number, why));
    }

    fn reuse(&mut self, kept: Kept) {
        if let Some(grams) = kept.grams {
            self.scratch.reuse(grams);
        }
    }
}
