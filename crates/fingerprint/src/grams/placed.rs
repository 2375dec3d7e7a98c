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
pub(super) struct Balance<'a> {
    base: &'a [u64],
    /// Ranges of the base that stand in the edit too.
    kept: Vec<Range<usize>>,
    changes: Vec<(u64, i32)>,
}

impl<'a> Balance<'a> {
    pub(super) fn new(base: &'a [u64]) -> Self {
        Balance { base, kept: Vec::new(), changes: Vec::new() }
    }

    /// The edit goes on with `fresh` grams and then with this range of the base.
    pub(super) fn step(&mut self, fresh: &[u64], mut then: Range<usize>) {
        let before = self.kept.last().map_or(0, |kept| kept.end);
        let gap = self.base.get(before..then.start).unwrap_or_default();
        let same = |pair: &(&u64, &u64)| pair.0 == pair.1;
        let head = gap.iter().zip(fresh).take_while(same).count();
        let (gap, fresh) = (&gap[head..], &fresh[head..]);
        let tail = gap.iter().rev().zip(fresh.iter().rev()).take_while(same).count();
        self.changes.extend(fresh[..fresh.len() - tail].iter().map(|fingerprint| (*fingerprint, 1)));
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

    /// The changes that are not zero, ascending by fingerprint.
    pub(super) fn finish(mut self) -> Vec<(u64, i32)> {
        if self.kept.is_sorted_by(|one, next| one.end <= next.start) {
            let ends = self.kept.iter().map(|kept| kept.start).chain([self.base.len()]);
            let starts = [0].into_iter().chain(self.kept.iter().map(|kept| kept.end));
            for (start, end) in starts.zip(ends) {
                let dropped = self.base.get(start..end).unwrap_or_default();
                self.changes.extend(dropped.iter().map(|fingerprint| (*fingerprint, -1)));
            }
        } else {
            self.count_kept();
        }
        summed(self.changes)
    }

    /// What is kept several times, or moved to before its predecessor: counts by a sweep over the ends of the ranges.
    fn count_kept(&mut self) {
        let mut turns: Vec<(usize, i32)> =
            self.kept.iter().flat_map(|kept| [(kept.start, 1), (kept.end, -1)]).chain([(self.base.len(), 0)]).collect();
        turns.sort_unstable();
        let (mut at, mut times) = (0, 0);
        for (place, turn) in turns {
            if times != 1 {
                let grams = self.base.get(at..place).unwrap_or_default();
                self.changes.extend(grams.iter().map(|fingerprint| (*fingerprint, times - 1)));
            }
            (at, times) = (place, times + turn);
        }
    }
}

/// Joins the changes of each fingerprint, ascending, and drops those that cancel out.
pub(super) fn summed(mut changes: Vec<(u64, i32)>) -> Vec<(u64, i32)> {
    changes.sort_unstable_by_key(|(fingerprint, _)| *fingerprint);
    changes.dedup_by(|next, sum| {
        let same = next.0 == sum.0;
        if same {
            sum.1 += next.1;
        }
        same
    });
    changes.retain(|(_, count)| *count != 0);
    changes
}
