//! The chosen grams of one channel in order of place, and what an edit does to their counts.

use std::ops::Range;

/// The chosen grams of one channel, ascending by place: entry i of one list belongs to entry i of the other. Two lists,
/// because inheriting one is then a plain copy and the other a plain addition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) fingerprints: Vec<u64>,
    /// Where each gram begins in the content, in raw bytes.
    pub(super) starts: Vec<u32>,
}

impl Placed {
    pub(super) fn len(&self) -> usize {
        self.fingerprints.len()
    }

    /// Bytes of memory.
    pub(super) fn memory(&self) -> usize {
        self.fingerprints.capacity() * size_of::<u64>() + self.starts.capacity() * size_of::<u32>()
    }

    pub(super) fn push(&mut self, fingerprint: u64, start: u32) {
        self.fingerprints.push(fingerprint);
        self.starts.push(start);
    }

    /// Which grams begin in a stretch of raw bytes.
    pub(super) fn within(&self, raw: Range<u32>) -> Range<usize> {
        let from = self.starts.partition_point(|start| *start < raw.start);
        let rest = self.starts.get(from..).unwrap_or_default();
        from..from + rest.partition_point(|start| *start < raw.end)
    }

    /// Appends grams of `base` that begin `shift` bytes further on (modulo 2^32) in this content.
    pub(super) fn inherit(&mut self, base: &Placed, grams: Range<usize>, shift: u32) {
        self.fingerprints.extend_from_slice(base.fingerprints.get(grams.clone()).unwrap_or_default());
        let starts = base.starts.get(grams).unwrap_or_default();
        self.starts.extend(starts.iter().map(|start| start.wrapping_add(shift)));
    }
}

/// Lists that serve one content after the other.
#[derive(Default)]
pub(super) struct Pool {
    placed: Vec<Placed>,
    changes: Vec<Vec<(u64, i32)>>,
}

/// So many lists at most are kept for their memory, and none that has room for more than so many grams.
const KEPT_LISTS: usize = 16;
const KEPT_ROOM: usize = 1 << 14;

impl Pool {
    /// An empty list with room for so many grams.
    pub(super) fn placed(&mut self, grams: usize) -> Placed {
        let mut placed = self.placed.pop().unwrap_or_default();
        placed.fingerprints.clear();
        placed.starts.clear();
        placed.fingerprints.reserve(grams);
        placed.starts.reserve(grams);
        placed
    }

    /// The memory of a list that is no longer needed.
    pub(super) fn reuse(&mut self, placed: Placed) {
        if self.placed.len() < KEPT_LISTS && (1..=KEPT_ROOM).contains(&placed.starts.capacity()) {
            self.placed.push(placed);
        }
    }

    /// The memory of changes that are no longer needed.
    pub(super) fn reuse_changes(&mut self, changes: Vec<(u64, i32)>) {
        if self.changes.len() < KEPT_LISTS && (1..=KEPT_ROOM).contains(&changes.capacity()) {
            self.changes.push(changes);
        }
    }
}

/// Gathers how often each fingerprint comes or goes between a base and its edit.
///
/// The grams of the edit are told in their order, either as a range of the base's or as new ones. What is new and the
/// same as what the base has at that place is found at once, so that little is left to be sorted.
#[derive(Default)]
pub(super) struct Balance {
    /// Ranges of the base's grams that stand in the edit too.
    kept: Vec<Range<usize>>,
    came: Vec<u64>,
    went: Vec<u64>,
    /// Where each bucket of `ordered` ends, and what came or went, bucket by bucket.
    ends: Vec<usize>,
    ordered: Vec<(u64, i32)>,
}

impl Balance {
    /// The changes from one content to another.
    pub(super) fn of(&mut self, base: &Placed, now: &Placed, pool: &mut Pool) -> Vec<(u64, i32)> {
        self.step(&base.fingerprints, &now.fingerprints, base.len()..base.len());
        self.finish(&base.fingerprints, pool)
    }

    /// The edit goes on with `fresh` grams and then with this range of the base.
    pub(super) fn step(&mut self, base: &[u64], fresh: &[u64], mut then: Range<usize>) {
        let before = self.kept.last().map_or(0, |kept| kept.end);
        let gap = base.get(before..then.start).unwrap_or_default();
        let same = |pair: &(&u64, &u64)| pair.0 == pair.1;
        let head = gap.iter().zip(fresh).take_while(same).count();
        let (gap, fresh) = (&gap[head..], &fresh[head..]);
        let tail = gap.iter().rev().zip(fresh.iter().rev()).take_while(same).count();
        self.came.extend_from_slice(&fresh[..fresh.len() - tail]);
        then.start -= tail;
        self.keep(before..before + head);
        self.keep(then);
    }

    fn keep(&mut self, range: Range<usize>) {
        match self.kept.last_mut() {
            Some(last) if last.end == range.start => last.end = range.end,
            _ if range.is_empty() => {}
            _ => self.kept.push(range),
        }
    }

    /// The changes that are not zero, ascending by fingerprint. Begins anew.
    pub(super) fn finish(&mut self, base: &[u64], pool: &mut Pool) -> Vec<(u64, i32)> {
        if self.kept.is_sorted_by(|one, next| one.end <= next.start) {
            let ends = self.kept.iter().map(|kept| kept.start).chain([base.len()]);
            let starts = [0].into_iter().chain(self.kept.iter().map(|kept| kept.end));
            for (start, end) in starts.zip(ends) {
                self.went.extend_from_slice(base.get(start..end).unwrap_or_default());
            }
        } else {
            self.count_kept(base);
        }
        let mut changes = pool.changes.pop().unwrap_or_default();
        changes.clear();
        changes.extend_from_slice(self.sum());
        self.kept.clear();
        self.came.clear();
        self.went.clear();
        changes
    }

    /// What is kept several times, or moved to before its predecessor: counts by a sweep over the ends of the ranges.
    fn count_kept(&mut self, base: &[u64]) {
        let ends = self.kept.iter().flat_map(|kept| [(kept.start, 1), (kept.end, -1)]);
        let mut turns: Vec<(usize, i32)> = ends.chain([(base.len(), 0)]).collect();
        turns.sort_unstable();
        let (mut at, mut times) = (0, 0);
        for (place, turn) in turns {
            let grams = base.get(at..place).unwrap_or_default();
            if times == 0 {
                self.went.extend_from_slice(grams);
            }
            (1..times).for_each(|_| self.came.extend_from_slice(grams));
            (at, times) = (place, times + turn);
        }
    }

    /// Sets what came against what went, in order: by buckets, over which fingerprints are spread evenly.
    fn sum(&mut self) -> &[(u64, i32)] {
        let all = self.came.len() + self.went.len();
        let bits = (all / BUCKET + 1).ilog2();
        let bucket = |fingerprint: u64| usize::try_from(fingerprint >> 1 >> (u64::BITS - 1 - bits)).unwrap_or(0);
        self.ends.clear();
        self.ends.resize(1 << bits, 0);
        self.came.iter().chain(&self.went).for_each(|fingerprint| self.ends[bucket(*fingerprint)] += 1);
        let fullest = self.ends.iter().copied().max().unwrap_or(0);
        let mut sum = 0;
        for end in &mut self.ends {
            (*end, sum) = (sum, sum + *end);
        }
        if self.ordered.len() < all {
            self.ordered.resize(all, (0, 0));
        }
        let ordered = &mut self.ordered[..all];
        for (list, change) in [(&self.came, 1), (&self.went, -1)] {
            for fingerprint in list {
                let end = &mut self.ends[bucket(*fingerprint)];
                ordered[*end] = (*fingerprint, change);
                *end += 1;
            }
        }
        if fullest > FULL {
            // Somebody chose the fingerprints.
            ordered.sort_unstable();
        } else {
            insertion_sort(ordered);
        }
        let count = add_equals(ordered);
        &ordered[..count]
    }
}

/// Fingerprints in a bucket, about.
const BUCKET: usize = 1;

/// So many fingerprints in one bucket are no chance.
const FULL: usize = 200;

/// Fast for what is in order but for neighbours.
fn insertion_sort(changes: &mut [(u64, i32)]) {
    for next in 1..changes.len() {
        let change = changes[next];
        let mut at = next;
        while at > 0 && changes[at - 1].0 > change.0 {
            changes[at] = changes[at - 1];
            at -= 1;
        }
        changes[at] = change;
    }
}

/// Adds up the changes of each fingerprint, which are neighbours, and tells how many are not zero; these come first then.
/// Without branches on what nobody can foresee.
fn add_equals(changes: &mut [(u64, i32)]) -> usize {
    let (mut count, mut last) = (0, (0, 0));
    for at in 0..changes.len() {
        let (fingerprint, change) = changes[at];
        let same = fingerprint == last.0;
        count += usize::from(!same & (last.1 != 0));
        last = (fingerprint, change + if same { last.1 } else { 0 });
        changes[count] = last;
    }
    count + usize::from(last.1 != 0)
}
