//! A made-up repository of which it is known, commit by commit, what stood at every path; and segments that tell of it.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses its part")]

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use fingerprint::{
    Channel, Commit, Content, Index, Interval, IntervalId, Kind, Line, LineId, LineKind, Posting, Profile, ReadAt,
    Segment, SegmentWriter,
};
use proptest::prelude::*;

pub const CHANNELS: [Channel; 3] = [Channel::Text, Channel::Code, Channel::Parts];

/// For each path the content at each commit of the line, and which commits beside it brought what.
#[derive(Clone, Debug)]
pub struct Model {
    pub commits: u32,
    pub side: u32,
    pub paths: BTreeMap<String, Held>,
}

/// What a path held at each commit of the line, and what commits beside it brought.
pub type Held = (Vec<Option<u8>>, Vec<(u32, u8)>);

/// A path, whether it is beside the line, the first commit and the last.
type Told = (String, bool, Option<u32>, Option<u32>);

pub fn models() -> impl Strategy<Value = Model> {
    (1usize..12, 1u32..6).prop_flat_map(|(commits, side)| {
        let states = prop::collection::vec(prop::option::weighted(0.8, 0u8..6), commits);
        let brought = prop::collection::vec((0..side, 0u8..9), 0..5);
        let commits = u32::try_from(commits).unwrap();
        prop::collection::btree_map("[a-c]{1,3}/[a-e]", (states, brought), 1..8).prop_map(move |paths| Model {
            commits,
            side,
            paths,
        })
    })
}

/// What a segment tells of: commits of the line, commits beside it, and of every `parts` things that of number `part`.
#[derive(Clone, Debug)]
pub struct Share {
    pub line: Range<u32>,
    pub side: Range<u32>,
    pub part: u64,
    pub parts: u64,
}

impl Share {
    pub fn all(model: &Model) -> Self {
        Share { line: 0..model.commits, side: 0..model.side, part: 0, parts: 1 }
    }

    fn holds(&self, thing: u64) -> bool {
        (thing >> 30) % self.parts == self.part
    }
}

/// Fingerprints of content `n`; neighbours share some.
pub fn fingerprints(channel: Channel, n: u8) -> Vec<u64> {
    let salt = 1000 * channel as u64;
    let of = |range: Range<u64>| range.map(|h| (h + salt).wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect();
    let n = u64::from(n);
    match channel {
        Channel::Text => of(n..n + 4),
        Channel::Code => of(n / 2..n / 2 + 2),
        Channel::Parts | Channel::Sketches => of(n..n + 1),
    }
}

pub fn keys(channel: Channel) -> Vec<u64> {
    let known = (0..9).flat_map(|n| fingerprints(channel, n));
    known.chain([0, 300, u64::MAX, 5 << 40]).collect::<BTreeSet<_>>().into_iter().collect()
}

pub fn oid(n: u8) -> Vec<u8> {
    blake3::hash(&[b'o', n]).as_bytes()[..20].to_vec()
}

pub fn digest(n: u8) -> [u8; 32] {
    *blake3::hash(&[n]).as_bytes()
}

pub fn content(n: u8) -> Content {
    Content { blake3: *digest(n).first_chunk().unwrap(), oid: oid(n), bytes: u64::from(n) * 1000, kind: Kind::Text }
}

pub fn commits(numbers: Range<u32>, salt: u8) -> Vec<Commit> {
    numbers
        .map(|i| Commit { oid: oid(salt + u8::try_from(i).unwrap()), time: 1_500_000_000 + 60 * i64::from(i) - 1 })
        .collect()
}

/// Whether it is beside the line, the first commit and the last.
pub type Span = (bool, u32, u32);

/// Where and when each thing stood, found commit by commit.
pub fn truth<T: Ord + Copy>(model: &Model, things: impl Fn(u8) -> Vec<T>) -> BTreeSet<(T, String, Span)> {
    let mut rows = BTreeSet::new();
    for (path, (states, brought)) in &model.paths {
        let all: BTreeSet<T> = states.iter().flatten().flat_map(|n| things(*n)).collect();
        for thing in &all {
            let stands =
                |at: u32| states.get(at as usize).copied().flatten().is_some_and(|n| things(n).contains(thing));
            for first in (0..model.commits).filter(|at| stands(*at) && (*at == 0 || !stands(at - 1))) {
                let last = (first..model.commits).take_while(|at| stands(*at)).last().unwrap();
                rows.insert((*thing, path.clone(), (false, first, last)));
            }
        }
        let beside: BTreeSet<T> = brought.iter().flat_map(|(_, n)| things(*n)).filter(|t| !all.contains(t)).collect();
        for thing in beside {
            let at = || brought.iter().filter(|(_, n)| things(*n).contains(&thing)).map(|(at, _)| *at);
            rows.insert((thing, path.clone(), (true, at().min().unwrap(), at().max().unwrap())));
        }
    }
    rows
}

/// What a segment that tells of a share says of things: the truth cut at the ends of its commits. Of what its commits beside the
/// line brought it does not know whether it stands on the line at other commits than its own.
fn told<T: Ord + Copy>(model: &Model, share: &Share, things: impl Fn(u8) -> Vec<T>) -> BTreeMap<T, Vec<Told>> {
    let mut told: BTreeMap<T, Vec<_>> = BTreeMap::new();
    for (path, (states, brought)) in &model.paths {
        let brought = || brought.iter().filter(|(at, _)| share.side.contains(at));
        let here = states.get(share.line.start as usize..share.line.end as usize).unwrap();
        let stood: BTreeSet<T> = here.iter().flatten().flat_map(|n| things(*n)).collect();
        let beside: BTreeSet<T> = brought().flat_map(|(_, n)| things(*n)).filter(|t| !stood.contains(t)).collect();
        for thing in beside {
            let at = || brought().filter(|(_, n)| things(*n).contains(&thing)).map(|(at, _)| *at);
            told.entry(thing).or_default().push((path.clone(), true, at().min(), at().max()));
        }
    }
    for (thing, path, (beside, first, last)) in truth(model, &things) {
        if beside {
            continue;
        }
        let mut tell = |first, last| told.entry(thing).or_default().push((path.clone(), false, first, last));
        let Range { start, end } = share.line;
        let open = last + 1 >= end;
        if (start..end).contains(&first) {
            tell(Some(first), if open { None } else { Some(last) });
        } else if start < end && first < start && last + 1 >= start && !open {
            tell(None, Some(last));
        }
    }
    told
}

/// The segment that tells of a share.
pub fn segment(model: &Model, share: &Share) -> Vec<u8> {
    let mut writer = SegmentWriter::new(Vec::new(), Profile::one().id(), &std::env::temp_dir()).unwrap();
    let mut line = |range: &Range<u32>, kind, reference: &[u8], salt| {
        let line = Line {
            name: b"/srv/repo".to_vec(),
            reference: reference.to_vec(),
            kind,
            begin: range.start,
            commits: range.end - range.start,
        };
        (!range.is_empty()).then(|| writer.line(line, &commits(range.clone(), salt)).unwrap())
    };
    let main = line(&share.line, LineKind::History, b"refs/heads/main", 100);
    let side = line(&share.side, LineKind::Side, b"", 200);
    let id = |writer: &mut SegmentWriter<Vec<u8>>, (path, beside, first, last): &Told| {
        let path = writer.path(path.as_bytes()).unwrap();
        let line = if *beside { side } else { main }.unwrap();
        writer.interval(Interval { path, line, first: *first, last: *last }).unwrap()
    };
    for channel in CHANNELS {
        for (fingerprint, places) in told(model, share, |n| fingerprints(channel, n)) {
            if share.holds(fingerprint) {
                let ids: Vec<IntervalId> = places.iter().map(|place| id(&mut writer, place)).collect();
                writer.posting(channel, fingerprint, &ids).unwrap();
            }
        }
    }
    for (n, places) in told(model, share, |n| vec![n]) {
        if share.holds(u64::from(n) << 30) {
            let ids: Vec<IntervalId> = places.iter().map(|place| id(&mut writer, place)).collect();
            writer.content(&content(n), &ids).unwrap();
        }
    }
    writer.finish().unwrap().0
}

/// Segments that tell of all together: the history cut at these commits, and what is told of each piece split into parts.
pub fn cut(model: &Model, cuts: &[u32], parts: u64) -> Vec<Share> {
    let ends = |all: u32| cuts.iter().map(|cut| cut % (all + 1)).chain([all]).collect::<BTreeSet<_>>();
    let ranges = |all: u32| {
        let mut start = 0;
        ends(all).into_iter().map(move |end| std::mem::replace(&mut start, end)..end).collect::<Vec<_>>()
    };
    let (lines, sides) = (ranges(model.commits), ranges(model.side));
    let none = |all: u32| all..all;
    (0..lines.len().max(sides.len()))
        .flat_map(|i| {
            let line = lines.get(i).cloned().unwrap_or(none(model.commits));
            let side = sides.get(i).cloned().unwrap_or(none(model.side));
            (0..parts).map(move |part| Share { line: line.clone(), side: side.clone(), part, parts })
        })
        .collect()
}

pub fn index(segments: &[Vec<u8>]) -> Index<&[u8]> {
    Index::open(segments.iter().map(|bytes| Segment::open(&bytes[..]).unwrap()).collect()).unwrap()
}

/// What an index says of some keys; set by set it says the same.
pub fn answers<R: ReadAt>(index: &Index<R>, channel: Channel, keys: &[u64]) -> Vec<(u64, String, Span)> {
    let mut found = Vec::new();
    index.look_up(channel, keys, &mut |posting| found.push(posting)).unwrap();
    let (mut by_sets, mut sets) = (Vec::new(), Vec::new());
    index
        .look_up_sets(channel, keys, &mut |fingerprint, set, new| {
            sets.extend(new.map(<[_]>::to_vec));
            by_sets.extend(sets[set].iter().map(|interval| Posting { fingerprint, interval: *interval }));
        })
        .unwrap();
    assert_eq!(by_sets, found);
    let mut known = Vec::new();
    index.known(channel, keys, &mut |key| known.push(key)).unwrap();
    assert!(found.iter().all(|posting| known.contains(&posting.fingerprint)));
    known.retain(|key| !found.iter().any(|posting| posting.fingerprint == *key));
    assert_eq!(known, [0u64; 0]);
    found
        .into_iter()
        .map(|p| {
            let beside = index.line(p.interval.line).unwrap().kind == LineKind::Side;
            let path = String::from_utf8(index.path(p.interval.path).unwrap()).unwrap();
            (p.fingerprint, path, (beside, p.interval.first, p.interval.last))
        })
        .collect()
}

/// Everything that an index says of the model.
pub fn all<R: ReadAt>(index: &Index<R>) -> Vec<(Channel, u64, String, Span)> {
    let mut all = Vec::new();
    for channel in CHANNELS {
        all.extend(
            answers(index, channel, &keys(channel)).into_iter().map(|(key, path, span)| (channel, key, path, span)),
        );
    }
    all.sort();
    all
}

/// Everything that is true of the model.
pub fn all_truth(model: &Model) -> Vec<(Channel, u64, String, Span)> {
    let mut all = Vec::new();
    for channel in CHANNELS {
        all.extend(
            truth(model, |n| fingerprints(channel, n)).into_iter().map(|(key, path, span)| (channel, key, path, span)),
        );
    }
    all.sort();
    all
}

/// Where contents stood, as an index says.
pub fn files<R: ReadAt>(index: &Index<R>) -> BTreeSet<(u8, String, Span)> {
    let mut files = BTreeSet::new();
    for n in 0..9 {
        let by_blake3 = index.content_by_blake3(&digest(n)).unwrap();
        assert_eq!(by_blake3, index.content_by_oid(&oid(n)).unwrap());
        let Some((found, intervals)) = by_blake3 else { continue };
        assert_eq!(found, content(n));
        assert!(intervals.is_sorted());
        for i in intervals {
            let beside = index.line(i.line).unwrap().kind == LineKind::Side;
            files.insert((n, String::from_utf8(index.path(i.path).unwrap()).unwrap(), (beside, i.first, i.last)));
        }
    }
    files
}

pub fn commits_of<R: ReadAt>(index: &Index<R>, kind: LineKind) -> Vec<Commit> {
    let (id, line) = (0..).map(LineId).zip(index.lines()).find(|(_, line)| line.kind == kind).unwrap();
    assert_eq!(line.begin, 0);
    (0..line.commits).map(|number| index.commit(id, number).unwrap()).collect()
}
