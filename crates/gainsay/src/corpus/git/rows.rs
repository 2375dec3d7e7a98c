//! From rows in order to intervals: what each fingerprint did at each path, edge after edge.

use std::io::{self, Write};
use std::sync::mpsc;
use std::thread;

use fingerprint::{Channel, Content, Interval, IntervalId, LineId, PathId, SegmentError, SegmentWriter, SortedRows};

use super::blobs::Found;
use super::objects::{NONE, Objects};
use super::versions::{Edge, When, goes_on};

/// Where edges belong in a segment.
pub(super) struct Places<'e> {
    pub(super) edges: &'e [Edge],
    /// The number in the segment of each path.
    pub(super) paths: Vec<PathId>,
    pub(super) line: Option<LineId>,
    pub(super) side: Option<LineId>,
    /// For each edge beside the line, the number of the edge after its run.
    runs: Vec<u32>,
    /// For each 64 edges, the first and the last commit beside the line that they tell of.
    spans: Vec<(u32, u32)>,
}

/// How many edges have a common span.
const BLOCK: usize = 64;

/// Why rows don't become a segment.
#[derive(Debug, thiserror::Error)]
pub(in crate::corpus) enum RowsError {
    #[error(transparent)]
    Segment(#[from] SegmentError),
    #[error("rows can't be sorted: {0}")]
    Sort(#[from] io::Error),
}

impl<'e> Places<'e> {
    pub(super) fn new(edges: &'e [Edge], paths: Vec<PathId>, line: Option<LineId>, side: Option<LineId>) -> Self {
        let spans = edges.chunks(BLOCK).map(|block| span(block.iter())).collect();
        let mut runs: Vec<u32> = (1..).take(edges.len()).collect();
        for edge in (1..edges.len()).rev().filter(|edge| goes_on(edges, *edge)) {
            runs[edge - 1] = runs[edge];
        }
        Places { edges, paths, line, side, runs, spans }
    }

    fn interval(&self, path: u32, line: Option<LineId>, first: Option<u32>, last: Option<u32>) -> Option<Interval> {
        Some(Interval { path: *self.paths.get(path as usize)?, line: line?, first, last })
    }

    /// The first and the last commit beside the line that the edges from `from` to before `until` tell of.
    fn span(&self, from: usize, until: usize) -> (u32, u32) {
        let (head, tail) = (from.next_multiple_of(BLOCK).min(until), (until / BLOCK * BLOCK).max(from));
        if head >= tail {
            return span(self.edges[from..until].iter());
        }
        let blocks = self.spans[head / BLOCK..tail / BLOCK].iter().copied();
        let ends = self.edges[from..head].iter().chain(&self.edges[tail..until]);
        blocks.fold(span(ends), |a, b| (a.0.min(b.0), a.1.max(b.1)))
    }
}

fn span<'a>(edges: impl Iterator<Item = &'a Edge>) -> (u32, u32) {
    edges.fold((u32::MAX, 0), |all, edge| match edge.when {
        When::Side(first, last) => (all.0.min(first), all.1.max(last)),
        When::Before | When::Line(_) => all,
    })
}

/// What stands at a path, edge after edge: a fingerprint by its count, or a content.
struct Standing {
    path: u32,
    count: i64,
    /// It stood on the line at some time.
    stood: bool,
    /// Since which commit of the line it stands there; or from before.
    since: Option<Option<u32>>,
    /// The edge since which it stands beside the line.
    beside: Option<usize>,
    /// The number of the edge after the run beside the line that is at hand.
    run: usize,
    /// The first and the last commit beside the line that brought it, so far.
    brought: Option<(u32, u32)>,
}

impl Standing {
    fn at(path: u32) -> Self {
        Standing { path, count: 0, stood: false, since: None, beside: None, run: 0, brought: None }
    }

    /// What changes with an edge.
    fn step(&mut self, places: &Places<'_>, edge: usize, change: i64, out: &mut Vec<Interval>) {
        let Some(Edge { when, .. }) = places.edges.get(edge) else { return };
        if let When::Side(..) = when {
            if self.stood {
                return;
            }
            if edge >= self.run {
                // What never stood on the line is in nothing that a run leads from.
                self.end_beside(places, self.run);
                self.count = 0;
                self.run = places.runs.get(edge).map_or(edge, |run| *run as usize);
            }
        }
        let before = self.count > 0;
        self.count += change;
        let now = self.count > 0;
        match (before, now, when) {
            (true, true, _) | (false, false, _) => {}
            (false, true, When::Before) => (self.since, self.stood) = (Some(None), true),
            (false, true, When::Line(at)) => (self.since, self.stood) = (Some(Some(*at)), true),
            (false, true, When::Side(..)) => self.beside = Some(edge),
            (true, false, When::Line(at)) => {
                if let Some(first) = self.since.take() {
                    out.extend(places.interval(self.path, places.line, first, at.checked_sub(1)));
                }
            }
            (true, false, When::Side(..)) => self.end_beside(places, edge),
            (true, false, When::Before) => {}
        }
    }

    fn end_beside(&mut self, places: &Places<'_>, until: usize) {
        if let Some(from) = self.beside.take() {
            let (first, last) = places.span(from, until);
            self.brought = Some(self.brought.map_or((first, last), |all| (all.0.min(first), all.1.max(last))));
        }
    }

    /// Ends with the path's last edge.
    fn finish(mut self, places: &Places<'_>, out: &mut Vec<Interval>) {
        self.end_beside(places, self.run);
        if let Some((first, last)) = self.brought {
            out.extend(places.interval(self.path, places.side, Some(first), Some(last)));
        }
        // What stood before and still stands is told already.
        if let Some(Some(first)) = self.since {
            out.extend(places.interval(self.path, places.line, Some(first), None));
        }
    }
}

/// Writes all rows as postings; with several threads, one of them groups what another one writes.
pub(super) fn write<W: Write>(
    mut rows: SortedRows,
    places: &Places<'_>,
    threads: usize,
    writer: &mut SegmentWriter<W>,
) -> Result<(), RowsError> {
    let mut numbers = Numbers::new();
    let mut next = rows.next()?;
    if threads < 2 {
        let mut batch = Batch::default();
        while batch.fill(&mut rows, &mut next, places)? {
            batch.write(&mut numbers, writer)?;
        }
        return Ok(());
    }
    thread::scope(|scope| {
        let (full, batches) = mpsc::sync_channel(AHEAD);
        let grouping = scope.spawn(move || -> io::Result<()> {
            let mut batch = Batch::default();
            // Where writing failed, nobody takes any more.
            while batch.fill(&mut rows, &mut next, places)? && full.send(std::mem::take(&mut batch)).is_ok() {}
            Ok(())
        });
        let written = batches.iter().try_for_each(|batch: Batch| batch.write(&mut numbers, writer));
        drop(batches);
        grouping.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        Ok(written?)
    })
}

/// How many fingerprints are in a batch, and how many batches wait at most.
const BATCH: usize = 1 << 12;
const AHEAD: usize = 4;

/// Fingerprints in order, each with how many of the intervals are its own.
#[derive(Default)]
struct Batch {
    fingerprints: Vec<(Channel, u64, usize)>,
    intervals: Vec<Interval>,
}

impl Batch {
    /// Groups the next rows; false where there are none.
    fn fill(&mut self, rows: &mut SortedRows, next: &mut Option<Row>, places: &Places<'_>) -> io::Result<bool> {
        self.fingerprints.clear();
        self.intervals.clear();
        while self.fingerprints.len() < BATCH
            && let Some((channel, fingerprint, _)) = *next
        {
            let before = self.intervals.len();
            *next = group(rows, *next, (channel, fingerprint), places, &mut self.intervals)?;
            self.fingerprints.push((channel, fingerprint, self.intervals.len() - before));
        }
        Ok(!self.fingerprints.is_empty())
    }

    fn write<W: Write>(&self, numbers: &mut Numbers, writer: &mut SegmentWriter<W>) -> Result<(), SegmentError> {
        let mut rest = &self.intervals[..];
        for (channel, fingerprint, count) in &self.fingerprints {
            let (own, later) = rest.split_at(*count);
            rest = later;
            let ids = numbers.of(writer, own)?;
            if !ids.is_empty() {
                writer.posting(*channel, *fingerprint, ids)?;
            }
        }
        Ok(())
    }
}

type Row = (Channel, u64, u32);

/// Takes the rows of one fingerprint, of which `next` is the first; gives back the first row of the next one.
fn group(
    rows: &mut SortedRows,
    mut next: Option<Row>,
    of: (Channel, u64),
    places: &Places<'_>,
    out: &mut Vec<Interval>,
) -> io::Result<Option<Row>> {
    let mut standing: Option<Standing> = None;
    while let Some((_, _, code)) = next.filter(|row| (row.0, row.1) == of) {
        let edge = code >> 1;
        let mut change = 0;
        while let Some((.., code)) = next.filter(|row| (row.0, row.1) == of && row.2 >> 1 == edge) {
            change += if code & 1 == 1 { -1 } else { 1 };
            next = rows.next()?;
        }
        let edge = edge as usize;
        let Some(path) = places.edges.get(edge).map(|edge| edge.path).filter(|_| change != 0) else { continue };
        if let Some(other) = standing.take_if(|standing| standing.path != path) {
            other.finish(places, out);
        }
        standing.get_or_insert_with(|| Standing::at(path)).step(places, edge, change, out);
    }
    if let Some(last) = standing {
        last.finish(places, out);
    }
    Ok(next)
}

/// Gives intervals their numbers, and remembers those of most: a few intervals hold most of the rows.
struct Numbers {
    recent: Vec<Option<(Interval, IntervalId)>>,
    ids: Vec<IntervalId>,
}

/// How many intervals are remembered.
const RECENT: usize = 1 << 16;

impl Numbers {
    fn new() -> Self {
        Numbers { recent: vec![None; RECENT], ids: Vec::new() }
    }

    fn of<W: Write>(
        &mut self,
        writer: &mut SegmentWriter<W>,
        intervals: &[Interval],
    ) -> Result<&[IntervalId], SegmentError> {
        self.ids.clear();
        for interval in intervals {
            let slot = self.recent.get_mut(slot(interval));
            let id = match slot {
                Some(Some((known, id))) if known == interval => *id,
                Some(slot) => slot.insert((*interval, writer.interval(*interval)?)).1,
                None => writer.interval(*interval)?,
            };
            self.ids.push(id);
        }
        Ok(&self.ids)
    }
}

/// Where an interval is remembered.
fn slot(interval: &Interval) -> usize {
    let Interval { path, line, first, last } = interval;
    let mixed = [path.0, line.0, first.unwrap_or(NONE), last.unwrap_or(NONE)]
        .into_iter()
        .fold(0u64, |mixed, part| (mixed.rotate_left(5) ^ u64::from(part)).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    usize::try_from(mixed >> 48).unwrap_or(0)
}

/// Writes the contents with the places where they stood; `found` is sorted by blob.
pub(super) fn write_contents<W: Write>(
    found: &[Found],
    objects: &Objects,
    places: &Places<'_>,
    writer: &mut SegmentWriter<W>,
) -> Result<(), RowsError> {
    // Each blob with each edge that it comes or goes with.
    let mut steps: Vec<(u32, u32)> = Vec::with_capacity(2 * places.edges.len());
    for (number, edge) in (0u32..).zip(places.edges) {
        steps.extend([(edge.from, number << 1 | 1), (edge.to, number << 1)].into_iter().filter(|step| step.0 != NONE));
    }
    steps.sort_unstable();
    let (mut intervals, mut numbers) = (Vec::new(), Numbers::new());
    for content in found {
        let from = steps.partition_point(|step| step.0 < content.blob);
        let until = steps.partition_point(|step| step.0 <= content.blob);
        intervals.clear();
        for path in steps[from..until].chunk_by(|a, b| path_of(places, a.1) == path_of(places, b.1)) {
            let Some(mut standing) = path.first().and_then(|step| path_of(places, step.1)).map(Standing::at) else {
                continue;
            };
            for (_, code) in path {
                standing.step(places, (code >> 1) as usize, if code & 1 == 1 { -1 } else { 1 }, &mut intervals);
            }
            standing.finish(places, &mut intervals);
        }
        let ids = numbers.of(writer, &intervals)?;
        if !ids.is_empty() {
            let (blake3, oid) = (content.blake3, objects.id(content.blob).as_slice().to_vec());
            writer.content(&Content { blake3, oid, bytes: content.bytes, kind: content.kind }, ids)?;
        }
    }
    Ok(())
}

fn path_of(places: &Places<'_>, code: u32) -> Option<u32> {
    places.edges.get((code >> 1) as usize).map(|edge| edge.path)
}
