//! All blobs that edges lead to: over the forest as far as they are part of it, the others one by one.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use fingerprint::Sorter;
use gix::objs::Kind;

use super::blobs::{Found, Gatherer};
use super::forest::{LARGEST, Lost, walk};
use super::objects::{Forest, Number, Objects};
use super::plan::{Languages, Plan};
use super::rows::RowsError;
use super::versions::Edge;
use super::{Event, Options};

/// What the contents of a repository are read from.
pub(super) struct Contents<'r> {
    pub(super) repo: &'r gix::Repository,
    pub(super) objects: &'r Objects,
    pub(super) forest: Option<&'r Forest>,
    pub(super) edges: &'r [Edge],
    pub(super) languages: Languages,
}

/// Rows have half of the memory and changes that are pending a quarter; the rest is for the blobs.
const ROWS_SHARE: usize = 2;
const PENDING_SHARE: usize = 4;

/// How often it is told how many contents are done.
const TELL_EVERY: u64 = 256;

impl Contents<'_> {
    /// Reads them all; gives their rows, and what each blob is, sorted by number.
    pub(super) fn read(
        &self,
        options: &Options<'_>,
        tell: &(dyn Fn(Event) + Sync),
        problem: &mut dyn FnMut(String),
    ) -> Result<(Vec<Sorter>, Vec<Found>), RowsError> {
        let mut lost = self.too_large();
        // Where a pack is damaged, the plan is made again without what can't be unpacked. That happens once: what is left
        // was unpacked before.
        loop {
            let plan = Plan::new(self.objects, self.forest, &lost, self.edges, &self.languages);
            let (done, bytes, of) = (AtomicU64::new(0), AtomicU64::new(0), plan.blobs() as u64);
            let count = |length: u64| {
                let bytes = bytes.fetch_add(length, Ordering::Relaxed) + length;
                let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                if done.is_multiple_of(TELL_EVERY) || done == of {
                    tell(Event::Contents(done, of, bytes));
                }
            };
            let memory = options.memory / options.threads.max(1);
            let gatherers = (0..options.threads.max(1)).map(|_| {
                let sorter = (Sorter::new(options.folder, memory / ROWS_SHARE), memory / PENDING_SHARE);
                Gatherer::new(options.profile, &plan, &self.languages, self.edges, sorter, &count)
            });
            let mut gatherers: Vec<Gatherer<'_>> = gatherers.collect();
            if let Some(forest) = self.forest {
                let needed = |blob| plan.needed(blob);
                gatherers = walk(self.objects, forest, &forest.roots(Kind::Blob), &needed, gatherers);
            }
            let more: Vec<Number> =
                gatherers.iter().flat_map(|gatherer| &gatherer.lost).map(|(blob, _)| *blob).collect();
            if !more.is_empty() {
                lost.extend(more);
                continue;
            }
            self.alone(&plan, &mut gatherers, tell, problem);
            let mut found: Vec<Found> = Vec::new();
            let mut sorters = Vec::new();
            for (sorter, of_it, fault) in gatherers.into_iter().map(Gatherer::finish) {
                if let Some(fault) = fault {
                    return Err(fault.into());
                }
                found.extend(of_it);
                sorters.push(sorter);
            }
            found.sort_unstable_by_key(|found| found.blob);
            return Ok((sorters, found));
        }
    }

    /// Blobs that are known to be too large before they are unpacked.
    fn too_large(&self) -> Vec<Number> {
        let roots = self.forest.map(|forest| forest.roots(Kind::Blob)).unwrap_or_default();
        let size = |blob: &Number| self.objects.entry(*blob).map_or(0, |(_, entry)| entry.decompressed_size);
        roots.into_iter().filter(|blob| size(blob) > LARGEST).collect()
    }

    /// Reads the blobs that are not part of the forest. Those that were promised are told of, and are no problem.
    fn alone(
        &self,
        plan: &Plan,
        gatherers: &mut [Gatherer<'_>],
        tell: &(dyn Fn(Event) + Sync),
        problem: &mut dyn FnMut(String),
    ) {
        let share = plan.alone.len().div_ceil(gatherers.len().max(1)).max(1);
        let (repo, objects) = (self.repo.clone().into_sync(), self.objects);
        let unread: Vec<(Number, Unread)> = thread::scope(|scope| {
            let threads: Vec<_> = gatherers
                .iter_mut()
                .zip(plan.alone.chunks(share))
                .map(|(gatherer, blobs)| {
                    let repo = &repo;
                    scope.spawn(move || {
                        let repo = repo.to_thread_local();
                        let mut unread = Vec::new();
                        for (blob, language) in blobs {
                            match find(&repo, objects, *blob) {
                                Ok(bytes) => gatherer.alone(*blob, *language, &bytes),
                                Err(why) => unread.push((*blob, why)),
                            }
                        }
                        unread
                    })
                })
                .collect();
            let joined = threads.into_iter().map(|thread| thread.join());
            joined.flat_map(|unread| unread.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
        });
        let promised = |why: &Unread| matches!(why, Unread::Missing) && self.is_partial();
        let (promised, unread): (Vec<_>, Vec<_>) = unread.into_iter().partition(|(_, why)| promised(why));
        if let Some((first, _)) = promised.first() {
            tell(Event::Problem(format!(
                "it is a partial clone: {} blobs are not there, blob {} among them",
                promised.len(),
                self.objects.id(*first)
            )));
        }
        for (blob, why) in unread {
            problem(format!("blob {} {why}", self.objects.id(blob)));
        }
    }

    /// Whether another repository promised what is missing.
    fn is_partial(&self) -> bool {
        let packs = self.repo.objects.store_ref().path().join("pack");
        let entries = std::fs::read_dir(packs).into_iter().flatten().flatten();
        entries.into_iter().any(|entry| entry.path().extension().is_some_and(|ending| ending == "promisor"))
    }
}

/// Why a blob is not read.
#[derive(Debug, thiserror::Error)]
enum Unread {
    #[error("is missing")]
    Missing,
    #[error("stands in a tree as a file and is none")]
    NoBlob,
    #[error("was left out: {0}")]
    Large(Lost),
    #[error("can't be read: {0}")]
    Damaged(String),
}

fn find(repo: &gix::Repository, objects: &Objects, blob: Number) -> Result<Vec<u8>, Unread> {
    let id = objects.id(blob);
    if let Ok(header) = repo.find_header(id)
        && header.size() > LARGEST
    {
        return Err(Unread::Large(Lost::Large(header.size())));
    }
    match repo.try_find_object(id) {
        Ok(Some(object)) if object.kind == Kind::Blob => Ok(object.detach().data),
        Ok(Some(_)) => Err(Unread::NoBlob),
        Ok(None) => Err(Unread::Missing),
        Err(error) => Err(Unread::Damaged(error.to_string())),
    }
}
