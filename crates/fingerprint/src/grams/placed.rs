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
    pub(super) fn with_capacity(grams: usize) -> Self {
        Placed { fingerprints: Vec::with_capacity(grams), starts: Vec::with_capacity(grams) }
    }

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
    changes: Vec<(u64, i32)>,
}

impl Balance {
    /// The changes from one content to another.
    pub(super) fn of(&mut self, base: &Placed, now: &Placed) -> Vec<(u64, i32)> {
        self.step(&base.fingerprints, &now.fingerprints, base.len()..base.len());
        self.finish(&base.fingerprints)
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
    pub(super) fn finish(&mut self, base: &[u64]) -> Vec<(u64, i32)> {
        if self.kept.is_sorted_by(|one, next| one.end <= next.start) {
            let ends = self.kept.iter().map(|kept| kept.start).chain([base.len()]);
            let starts = [0].into_iter().chain(self.kept.iter().map(|kept| kept.end));
            for (start, end) in starts.zip(ends) {
                self.went.extend_from_slice(base.get(start..end).unwrap_or_default());
            }
        } else {
            self.count_kept(base);
        }
        self.sum();
        let changes = self.changes.clone();
        self.kept.clear();
        self.came.clear();
        self.went.clear();
        self.changes.clear();
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

    /// Sets what came against what went: puts both in order by buckets, for which fingerprints are spread evenly enough.
    fn sum(&mut self) {
        let all = self.came.len() + self.went.len();
        let bits = (all / BUCKET + 1).ilog2();
        let bucket = |fingerprint: u64| usize::try_from(fingerprint >> 1 >> (u64::BITS - 1 - bits)).unwrap_or(0);
        let (came, went) = (self.came.iter().map(|each| (*each, 1)), self.went.iter().map(|each| (*each, -1)));
        self.ends.clear();
        self.ends.resize(1 << bits, 0);
        came.clone().chain(went.clone()).for_each(|(fingerprint, _)| self.ends[bucket(fingerprint)] += 1);
        let mut sum = 0;
        for end in &mut self.ends {
            (*end, sum) = (sum, sum + *end);
        }
        self.ordered.clear();
        self.ordered.resize(all, (0, 0));
        for change in came.chain(went) {
            let end = &mut self.ends[bucket(change.0)];
            self.ordered[*end] = change;
            *end += 1;
        }
        let mut start = 0;
        for end in &self.ends {
            let bucket = &mut self.ordered[start..*end];
            if bucket.len() > 4 * BUCKET {
                // Somebody chose the fingerprints.
                bucket.sort_unstable();
            }
            add_sums(bucket, &mut self.changes);
            start = *end;
        }
        self.changes.retain(|(_, change)| *change != 0);
    }
}

/// Fingerprints in a bucket.
const BUCKET: usize = 4;

/// Appends the sum of the changes of each fingerprint, ascending. Fast for few of them, and for many in order.
fn add_sums(changes: &[(u64, i32)], sums: &mut Vec<(u64, i32)>) {
    let first = sums.len();
    for (fingerprint, change) in changes {
        let mut at = sums.len();
        while at > first && sums[at - 1].0 > *fingerprint {
            at -= 1;
        }
        if at > first && sums[at - 1].0 == *fingerprint {
            sums[at - 1].1 += change;
        } else {
            sums.insert(at, (*fingerprint, *change));
        }
    }
}
