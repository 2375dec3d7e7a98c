//! The blobs: their content, and what their grams add to each edge.

use std::io;

use fingerprint::{Changes, Channel, Copied, Edit, Fingerprints, Grams, Kind, Profile, Scratch, Sorter};

use super::forest::{Lost, Unpacked, Visit};
use super::objects::Number;
use super::plan::{Languages, Plan, Task};
use super::versions::Edge;

/// A blob that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) blob: Number,
    /// The first half of the BLAKE3 of its bytes.
    pub(super) blake3: [u8; 16],
    pub(super) bytes: u64,
    pub(super) kind: Kind,
}

/// Gathers the rows of blobs: fingerprint, edge doubled, plus one where it goes.
pub(super) struct Gatherer<'p> {
    pub(super) profile: &'p Profile,
    pub(super) plan: &'p Plan,
    pub(super) languages: &'p Languages,
    pub(super) edges: &'p [Edge],
    pub(super) sorter: Sorter,
    pub(super) found: Vec<Found>,
    /// Packed blobs that can't be unpacked.
    pub(super) lost: Vec<(Number, Lost)>,
    /// Why rows can't be kept.
    pub(super) fault: Option<io::Error>,
    pub(super) tell: &'p (dyn Fn(u64) + Sync),
    scratch: Scratch,
    more: Vec<u64>,
    fewer: Vec<u64>,
}

/// What is kept of a blob: its grams in a language.
pub(super) struct Kept {
    grams: Option<Grams>,
    language: u16,
}

const CHANNELS: [Channel; 2] = [Channel::Text, Channel::Code];

impl<'p> Gatherer<'p> {
    pub(super) fn new(
        profile: &'p Profile,
        plan: &'p Plan,
        languages: &'p Languages,
        edges: &'p [Edge],
        sorter: Sorter,
        tell: &'p (dyn Fn(u64) + Sync),
    ) -> Self {
        Gatherer {
            profile,
            plan,
            languages,
            edges,
            sorter,
            found: Vec::new(),
            lost: Vec::new(),
            fault: None,
            tell,
            scratch: Scratch::default(),
            more: Vec::new(),
            fewer: Vec::new(),
        }
    }

    /// Reads a blob that is not part of the forest.
    pub(super) fn alone(&mut self, blob: Number, language: u16, bytes: &[u8]) {
        let grams = Grams::of(self.profile, self.languages.name(language), bytes, &mut self.scratch);
        self.finish(blob, true, language, bytes, grams.as_ref(), None);
    }

    /// Notes what a blob is, and its rows.
    fn finish(
        &mut self,
        blob: Number,
        asked: bool,
        language: u16,
        bytes: &[u8],
        grams: Option<&Grams>,
        changes: Option<&Changes>,
    ) {
        let Some(grams) = grams else { return };
        if asked {
            let blake3 = blake3::hash(bytes);
            let half = blake3.as_bytes().first_chunk().copied().unwrap_or_default();
            self.found.push(Found { blob, blake3: half, bytes: bytes.len() as u64, kind: grams.kind() });
            (self.tell)(bytes.len() as u64);
        }
        let plan = self.plan;
        if let Some(changes) = changes {
            for channel in CHANNELS {
                let tasks = plan.tasks(blob).filter(|task| !task.full);
                self.rows(channel, changes.of(channel), tasks);
            }
        }
        let (edges, languages) = (self.edges, self.languages);
        let asked_in = |task: &Task| edges.get(task.edge()).map_or(language, |edge| languages.of(edge.path));
        let own = |task: &Task| task.full && asked_in(task) == language;
        if plan.tasks(blob).any(|task| own(&task)) {
            let counts = grams.counts();
            for channel in CHANNELS {
                self.rows(channel, counts.of(channel), plan.tasks(blob).filter(own));
            }
        }
        for task in plan.tasks(blob).filter(|task| task.full && asked_in(task) != language) {
            let name = languages.name(asked_in(&task));
            let Some(grams) = Grams::of(self.profile, name, bytes, &mut self.scratch) else { continue };
            let counts = grams.counts();
            for channel in CHANNELS {
                self.rows(channel, counts.of(channel), std::iter::once(task));
            }
        }
        if grams.kind() == Kind::Binary && plan.ends(blob).next().is_some() {
            let parts = Fingerprints::of(self.profile, self.languages.name(language), bytes).parts;
            let parts: Vec<(u64, i32)> = parts.into_iter().map(|part| (part, 1)).collect();
            self.rows(Channel::Parts, &parts, plan.ends(blob));
        }
    }

    /// Adds rows of these changes for each task.
    fn rows(&mut self, channel: Channel, changes: &[(u64, i32)], tasks: impl Iterator<Item = Task>) {
        self.more.clear();
        self.fewer.clear();
        for (fingerprint, change) in changes {
            let list = if *change > 0 { &mut self.more } else { &mut self.fewer };
            list.extend(std::iter::repeat_n(*fingerprint, change.unsigned_abs() as usize));
        }
        for task in tasks {
            let pushed = self.sorter.extend(channel, &self.more, task.code);
            let pushed = pushed.and_then(|()| self.sorter.extend(channel, &self.fewer, task.code ^ 1));
            if let Err(error) = pushed {
                self.fault.get_or_insert(error);
            }
        }
    }
}

impl Visit for Gatherer<'_> {
    type Kept = Kept;

    fn whole(&mut self, number: Number, bytes: &[u8]) -> Kept {
        let asked = self.plan.language(number);
        let language = asked.unwrap_or(0);
        let grams = Grams::of(self.profile, self.languages.name(language), bytes, &mut self.scratch);
        self.finish(number, asked.is_some(), language, bytes, grams.as_ref(), None);
        Kept { grams, language }
    }

    fn change(&mut self, number: Number, base: &Unpacked<Kept>, bytes: &[u8], copied: &[Copied]) -> Kept {
        let asked = self.plan.language(number);
        let language = asked.unwrap_or(base.kept.language);
        let Some(before) = &base.kept.grams else { return self.whole(number, bytes) };
        let edit = Edit { base: &base.bytes, now: bytes, copies: copied };
        let edited = before.edited(self.profile, self.languages.name(language), &edit, &mut self.scratch);
        let (grams, changes) = edited.unzip();
        self.finish(number, asked.is_some(), language, bytes, grams.as_ref(), changes.as_ref());
        Kept { grams, language }
    }

    fn lost(&mut self, number: Number, why: Lost) {
        self.lost.push((number, why));
    }
}
