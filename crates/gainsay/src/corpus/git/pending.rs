//! Changes of edges of which some parts are still to come.

use std::collections::HashMap;

use fingerprint::{Changes, Channel};

/// The channels whose fingerprints are counted.
pub(super) const CHANNELS: [Channel; 2] = [Channel::Text, Channel::Code];

/// What an edge changes in a channel.
pub(super) struct Part<'p> {
    pub(super) channel: Channel,
    pub(super) edge: u32,
    pub(super) counts: &'p [(u64, i32)],
    /// The counts are taken off.
    pub(super) goes: bool,
    /// That is all that the edge changes.
    pub(super) whole: bool,
}

/// Takes what edges change.
pub(super) type Done<'d> = dyn FnMut(Part<'_>) + 'd;

/// Fingerprints, ascending, each with how much more often it stands.
type Counts = Vec<(u64, i32)>;

/// Adds up the parts of each edge, so that what one part adds and another takes off never becomes a row.
#[derive(Default)]
pub(super) struct Pending {
    edges: HashMap<u32, Sum>,
    /// Fingerprints that are held.
    held: usize,
    scratch: Counts,
    free: Vec<Counts>,
}

#[derive(Default)]
struct Sum {
    /// How many parts have come.
    parts: u32,
    /// Some of what came is given already.
    flushed: bool,
    counts: [Counts; 2],
}

/// Lists longer than this are not kept for use again.
const KEPT_LIST: usize = 4096;

/// Most lists that are kept for use again.
const KEPT_LISTS: usize = 1024;

impl Pending {
    /// Adds one of `parts` parts of an edge; with the last one the edge's changes are complete and are given to `done`.
    pub(super) fn add(&mut self, edge: u32, parts: u32, changes: &Changes, goes: bool, done: &mut Done<'_>) {
        let Pending { edges, held, scratch, free } = self;
        if parts == 1 {
            for channel in CHANNELS {
                done(Part { channel, edge, counts: changes.of(channel), goes, whole: true });
            }
            return;
        }
        let sum = edges.entry(edge).or_insert_with(|| Sum {
            parts: 0,
            flushed: false,
            counts: [free.pop().unwrap_or_default(), free.pop().unwrap_or_default()],
        });
        sum.parts += 1;
        for (counts, channel) in sum.counts.iter_mut().zip(CHANNELS) {
            let more = changes.of(channel);
            if !more.is_empty() {
                *held -= counts.len();
                add(counts, more, if goes { -1 } else { 1 }, scratch);
                std::mem::swap(counts, scratch);
                *held += counts.len();
            }
        }
        if sum.parts >= parts
            && let Some(sum) = edges.remove(&edge)
        {
            for (mut counts, channel) in sum.counts.into_iter().zip(CHANNELS) {
                done(Part { channel, edge, counts: &counts, goes: false, whole: !sum.flushed });
                *held -= counts.len();
                counts.clear();
                if counts.capacity() <= KEPT_LIST && free.len() < KEPT_LISTS {
                    free.push(counts);
                }
            }
        }
    }

    /// Bytes that are held, about.
    pub(super) fn memory(&self) -> usize {
        self.held * size_of::<(u64, i32)>()
    }

    /// Gives all that is held to `done`; the parts still to come are given apart.
    pub(super) fn flush(&mut self, done: &mut Done<'_>) {
        for (edge, sum) in &mut self.edges {
            sum.flushed = true;
            for (counts, channel) in sum.counts.iter_mut().zip(CHANNELS) {
                done(Part { channel, edge: *edge, counts, goes: false, whole: false });
                *counts = Vec::new();
            }
        }
        self.held = 0;
    }
}

/// Both lists as one, in `out`.
fn add(one: &[(u64, i32)], other: &[(u64, i32)], sign: i32, out: &mut Counts) {
    out.clear();
    out.reserve(one.len() + other.len());
    let mut one = one;
    for (fingerprint, change) in other {
        let before = one.iter().position(|(known, _)| known >= fingerprint).unwrap_or(one.len());
        let (smaller, rest) = one.split_at(before);
        out.extend_from_slice(smaller);
        one = rest;
        let mut sum = change.wrapping_mul(sign);
        if let Some(((known, count), rest)) = one.split_first()
            && known == fingerprint
        {
            sum = sum.wrapping_add(*count);
            one = rest;
        }
        if sum != 0 {
            out.push((*fingerprint, sum));
        }
    }
    out.extend_from_slice(one);
}
