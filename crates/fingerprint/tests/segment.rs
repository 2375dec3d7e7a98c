//! Segments against a model that knows, for every commit, what stood at every path.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::collections::{BTreeMap, BTreeSet};

use fingerprint::{
    Commit, Fingerprints, IntervalId, Kind, LineId, LineKind, Posting, Profile, ReadAt, Segment, SegmentError,
    SegmentWriter, Version,
};
use proptest::prelude::*;

const EXAMPLE: &[u8] = include_bytes!("fixtures/segment-1.gainseg");

/// For each path of a made-up repository, the content at each commit of its line, and what side commits brought.
#[derive(Clone, Debug)]
struct Model {
    commits: usize,
    side_commits: usize,
    paths: BTreeMap<String, PathModel>,
}

fn models() -> impl Strategy<Value = Model> {
    (1usize..9, 1usize..5).prop_flat_map(|(commits, side_commits)| {
        let states = prop::collection::vec(prop::option::weighted(0.8, 0u8..6), commits);
        let brought = prop::collection::vec((0..side_commits, 0u8..9), 0..5);
        prop::collection::btree_map("[a-c]/[a-e]", (states, brought), 1..8).prop_map(move |paths| Model {
            commits,
            side_commits,
            paths,
        })
    })
}

/// What stood at a path at each commit of the line, and which side commits brought what.
type PathModel = (Vec<Option<u8>>, Vec<(usize, u8)>);

/// Content `n`: its own fingerprints are known without hashing, and neighbours share some.
fn content(n: u8) -> Fingerprints {
    let hashes =
        (u64::from(n)..u64::from(n) + 4).map(|h| h.wrapping_mul(0x3333_3333_3333_3333)).collect::<BTreeSet<_>>();
    Fingerprints {
        blake3: *blake3::hash(&[n]).as_bytes(),
        bytes: u64::from(n) * 1000,
        kind: Kind::Text,
        normalised: 500,
        text: hashes.into_iter().collect(),
        tokens: 0,
        code: Vec::new(),
        parts: Vec::new(),
    }
}

fn oid(n: u8) -> Vec<u8> {
    blake3::hash(&[b'o', n]).as_bytes()[..20].to_vec()
}

fn commits(count: usize, salt: u8) -> Vec<Commit> {
    (0u8..).take(count).map(|i| Commit { oid: oid(salt + i), time: 1_500_000_000 + 60 * i64::from(i) - 1 }).collect()
}

fn write(model: &Model, backwards: bool) -> Vec<u8> {
    let mut writer = SegmentWriter::new(&Profile::one());
    let line =
        writer.add_line(b"/srv/repo", b"refs/heads/main", LineKind::History, commits(model.commits, 100)).unwrap();
    let side = writer.add_line(b"/srv/repo", b"", LineKind::Side, commits(model.side_commits, 200)).unwrap();
    let mut paths: Vec<_> = model.paths.iter().collect();
    if backwards {
        paths.reverse();
    }
    for (path, (states, brought)) in paths {
        let mut history = writer.history(path.as_bytes(), line).unwrap();
        for (at, state) in (0u32..).zip(states) {
            let found = state.map(|n| (content(n), oid(n)));
            history.change(at, found.as_ref().map(|(f, o)| Version { fingerprints: f, oid: o })).unwrap();
        }
        for (at, n) in brought {
            let version = Version { fingerprints: &content(*n), oid: &oid(*n) };
            history.beside(side, u32::try_from(*at).unwrap(), version).unwrap();
        }
        history.finish().unwrap();
    }
    let mut bytes = Vec::new();
    writer.write(&mut bytes).unwrap();
    bytes
}

/// (thing, path, line, first, last) for everything that the model holds, found commit by commit.
fn expected<T: Ord + Copy>(model: &Model, things: impl Fn(u8) -> Vec<T>) -> BTreeSet<(T, String, u32, u32, u32)> {
    let mut rows = BTreeSet::new();
    for (path, (states, brought)) in &model.paths {
        let all: BTreeSet<T> = states.iter().flatten().flat_map(|n| things(*n)).collect();
        for thing in &all {
            let stands = |at: usize| states.get(at).copied().flatten().is_some_and(|n| things(n).contains(thing));
            for first in (0..model.commits).filter(|at| stands(*at) && (*at == 0 || !stands(at - 1))) {
                let last = (first..model.commits).take_while(|at| stands(*at)).last().unwrap();
                rows.insert((*thing, path.clone(), 0, u32::try_from(first).unwrap(), u32::try_from(last).unwrap()));
            }
        }
        let beside: BTreeSet<T> = brought.iter().flat_map(|(_, n)| things(*n)).filter(|t| !all.contains(t)).collect();
        for thing in beside {
            let at = || brought.iter().filter(|(_, n)| things(*n).contains(&thing)).map(|(at, _)| *at);
            let [first, last] = [at().min().unwrap(), at().max().unwrap()].map(|at| u32::try_from(at).unwrap());
            rows.insert((thing, path.clone(), 1, first, last));
        }
    }
    rows
}

fn resolved(segment: &Segment<&[u8]>, interval: IntervalId) -> (String, u32, u32, u32) {
    let interval = segment.interval(interval).unwrap();
    let path = String::from_utf8(segment.path(interval.path).unwrap()).unwrap();
    (path, interval.line.0, interval.first, interval.last)
}

fn look_up(segment: &Segment<&[u8]>, keys: &[u64]) -> Vec<Posting> {
    let mut found = Vec::new();
    segment.look_up(keys, &mut |posting| found.push(posting)).unwrap();
    found
}

proptest! {
    #[test]
    fn postings_and_files_are_those_of_the_model(model in models()) {
        let bytes = write(&model, false);
        let segment = Segment::open(&bytes[..]).unwrap();
        segment.verify().unwrap();
        let keys: Vec<u64> = (0..16u8).flat_map(|n| content(n).text).collect::<BTreeSet<_>>().into_iter().collect();
        let found: BTreeSet<_> = look_up(&segment, &keys)
            .into_iter()
            .map(|p| {
                let (path, line, first, last) = resolved(&segment, p.interval);
                (p.fingerprint, path, line, first, last)
            })
            .collect();
        prop_assert_eq!(found, expected(&model, |n| content(n).text));
        let mut files = BTreeSet::new();
        for n in 0..9 {
            let by_blake3 = segment.content_by_blake3(&content(n).blake3).unwrap();
            prop_assert_eq!(by_blake3, segment.content_by_oid(&oid(n)).unwrap());
            if let Some(id) = by_blake3 {
                let row = segment.content(id).unwrap();
                prop_assert_eq!((row.blake3, row.oid, row.bytes), (content(n).blake3, oid(n), u64::from(n) * 1000));
                prop_assert_eq!((row.kind, row.fingerprints), (Kind::Text, 4));
                for interval in segment.files_of(id).unwrap() {
                    let (path, line, first, last) = resolved(&segment, interval);
                    files.insert((n, path, line, first, last));
                }
            }
        }
        prop_assert_eq!(files, expected(&model, |n| vec![n]));
        let line = segment.line(LineId(0)).unwrap();
        prop_assert_eq!((&line.name[..], &line.reference[..]), (&b"/srv/repo"[..], &b"refs/heads/main"[..]));
        let read: Vec<Commit> = (0..line.commits).map(|at| segment.commit(LineId(0), at).unwrap()).collect();
        prop_assert_eq!(read, commits(model.commits, 100));
    }

    #[test]
    fn bytes_do_not_depend_on_the_order_of_paths(model in models()) {
        prop_assert_eq!(write(&model, false), write(&model, true));
    }

    #[test]
    fn partial_answers_merge_in_any_order(model in models(), parts in prop::collection::vec(0usize..3, 40)) {
        let bytes = write(&model, false);
        let segment = Segment::open(&bytes[..]).unwrap();
        let keys: Vec<u64> = (0..14u8).flat_map(|n| content(n).text).chain([1, u64::MAX]).collect::<BTreeSet<_>>().into_iter().collect();
        let mut merged = Vec::new();
        for part in [2, 0, 1] {
            let of_part: Vec<u64> = keys.iter().zip(&parts).filter(|(_, p)| **p == part).map(|(k, _)| *k).collect();
            merged.extend(look_up(&segment, &of_part));
        }
        merged.sort_unstable();
        let asked: Vec<u64> = keys.iter().zip(&parts).map(|(k, _)| *k).collect();
        prop_assert_eq!(merged, look_up(&segment, &asked));
    }

    #[test]
    fn a_changed_byte_is_found_and_a_cut_file_is_refused(
        model in models(), at in any::<prop::sample::Index>(), flip in 1u8.., cut in any::<prop::sample::Index>(),
    ) {
        let whole = write(&model, false);
        let mut flipped = whole.clone();
        let at = at.index(flipped.len());
        flipped[at] ^= flip;
        let found = Segment::open(&flipped[..]).and_then(|segment| {
            // Nothing may panic, whatever the damage; and what is answered must be true.
            let before = Segment::open(&whole[..]).unwrap();
            let keys: Vec<u64> = (0..14u8).flat_map(|n| content(n).text).collect::<BTreeSet<_>>().into_iter().collect();
            let mut answers = Vec::new();
            if segment.look_up(&keys, &mut |p| answers.push(p)).is_ok() {
                assert_eq!(answers, look_up(&before, &keys));
            }
            for (posting, n) in answers.iter().zip((0..9).cycle()) {
                if let Ok(interval) = segment.interval(posting.interval) {
                    assert_eq!(interval, before.interval(posting.interval).unwrap());
                }
                if let Ok(found) = segment.content_by_oid(&oid(n)) {
                    assert_eq!(found, before.content_by_oid(&oid(n)).unwrap());
                }
            }
            segment.verify()
        });
        prop_assert!(found.is_err(), "the changed byte {} was not found", at);
        let short = &whole[..cut.index(whole.len())];
        prop_assert!(Segment::open(short).is_err());
        prop_assert!(Segment::open(&[&whole[..], &[0]].concat()[..]).is_err());
    }
}

/// Changes a byte and makes the block's tag fit, as a forger would.
fn forge(bytes: &mut [u8], at: usize, value: u8) {
    let block = at / 4096;
    let header = &bytes[..4080];
    let entries = header[64..].chunks(64).take(9);
    let offset = |entry: &[u8]| usize::try_from(u64::from_le_bytes(entry[8..16].try_into().unwrap())).unwrap() / 4096;
    let owner = (1u32..).zip(entries).filter(|(_, entry)| offset(entry) <= block).last();
    let (section, first) = owner.map_or((0, 0), |(number, entry)| (number, offset(entry)));
    bytes[at] = value;
    let (payload, tag) = bytes[block * 4096..][..4096].split_at_mut(4080);
    let mut hasher = blake3::Hasher::new();
    hasher.update(&section.to_le_bytes()).update(&((block - first) as u64).to_le_bytes()).update(payload);
    tag.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
}

proptest! {
    #[test]
    fn a_forged_byte_never_makes_a_reader_panic(
        block in any::<prop::sample::Index>(), within in 0usize..700, value in any::<u8>(),
    ) {
        let mut bytes = EXAMPLE.to_vec();
        let block = block.index(bytes.len() / 4096);
        let changes = bytes[block * 4096 + within] != value;
        forge(&mut bytes, block * 4096 + within, value);
        let Ok(segment) = Segment::open(&bytes[..]) else { return Ok(()) };
        let keys: Vec<u64> = (0..14u8).flat_map(|n| content(n).text).collect::<BTreeSet<_>>().into_iter().collect();
        let mut found = Vec::new();
        let _ = segment.look_up(&keys, &mut |posting| found.push(posting));
        for id in found.iter().map(|posting| posting.interval) {
            if let Ok(interval) = segment.interval(id) {
                prop_assert!(interval.first <= interval.last);
                let _ = (segment.path(interval.path), segment.line(interval.line));
                let _ = (segment.commit(interval.line, interval.first), segment.commit(interval.line, interval.last));
            }
        }
        for n in 0..9 {
            let _ = segment.content_by_oid(&oid(n));
            if let Ok(Some(id)) = segment.content_by_blake3(&content(n).blake3) {
                let _ = (segment.content(id), segment.files_of(id));
            }
        }
        // Who forges the header too can make a segment of his own.
        prop_assert!(!changes || block == 0 || segment.verify().is_err());
    }
}

#[test]
fn a_segment_of_nothing_opens_and_answers_nothing() {
    let mut bytes = Vec::new();
    SegmentWriter::new(&Profile::one()).write(&mut bytes).unwrap();
    let segment = Segment::open(&bytes[..]).unwrap();
    segment.verify().unwrap();
    assert_eq!((segment.counts().lines, segment.counts().bytes), (0, 4096));
    assert_eq!(look_up(&segment, &[0, 1, u64::MAX]), []);
    assert_eq!(segment.content_by_blake3(&[0; 32]).unwrap(), None);
    assert!(segment.interval(IntervalId(0)).is_err());
    assert!(segment.line(LineId(0)).is_err());
}

#[test]
fn look_up_finds_every_key_among_thousands_of_rows_over_many_blocks() {
    let mut writer = SegmentWriter::new(&Profile::one());
    let line = writer.add_line(b"tree", b"", LineKind::State, vec![Commit { oid: vec![], time: 5 }]).unwrap();
    let spread = |i: u64| i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (i % 7);
    for file in 0..40u64 {
        // One fingerprint stands in every file, as a licence does: its rows fill more than a block.
        let hashes: BTreeSet<u64> = (file * 100..file * 100 + 120).map(spread).chain([7; 1]).collect();
        let fingerprints = Fingerprints {
            text: hashes.into_iter().collect(),
            tokens: 0,
            code: Vec::new(),
            parts: Vec::new(),
            ..content(u8::try_from(file).unwrap())
        };
        let mut history = writer.history(format!("f{file}").as_bytes(), line).unwrap();
        history.change(0, Some(Version { fingerprints: &fingerprints, oid: &[] })).unwrap();
        history.finish().unwrap();
    }
    let mut bytes = Vec::new();
    let counts = writer.write(&mut bytes).unwrap();
    let segment = Segment::open(&bytes[..]).unwrap();
    assert_eq!((counts, counts.bytes), (segment.counts(), bytes.len() as u64));
    let keys: BTreeSet<u64> =
        (0..4020).map(spread).chain((0..2000).map(|i| i * 0x0001_0001_0001_0001)).chain([7]).collect();
    let keys: Vec<u64> = keys.into_iter().collect();
    let all = look_up(&segment, &keys);
    let expected: u64 =
        (0..40u64).map(|f| (f * 100..f * 100 + 120).map(spread).chain([7]).collect::<BTreeSet<_>>().len() as u64).sum();
    assert_eq!(all.len() as u64, expected);
    assert_eq!(all.iter().filter(|p| p.fingerprint == 7).count(), 40);
    let one_by_one: Vec<Posting> = keys.iter().flat_map(|key| look_up(&segment, &[*key, *key])).collect();
    assert_eq!(one_by_one, all);
    assert_eq!(segment.content_by_oid(&[]).unwrap(), None);
}

#[test]
fn the_stored_example_reads_as_it_always_did() {
    let segment = Segment::open(EXAMPLE).unwrap();
    segment.verify().unwrap();
    assert_eq!(segment.profile(), Profile::one().id());
    let example = example();
    assert_eq!(look_up(&segment, &content(2).text).len(), 12);
    let mut again = Vec::new();
    example.write(&mut again).unwrap();
    assert_eq!(again, EXAMPLE, "the same additions must give the same bytes in format version 1");
}

/// What the stored example holds: a repository with a side, a folder, and a name that is no UTF-8.
fn example() -> SegmentWriter {
    let mut writer = SegmentWriter::new(&Profile::one());
    let line = writer.add_line(b"/srv/product", b"refs/heads/main", LineKind::History, commits(5, 100)).unwrap();
    let side = writer.add_line(b"/srv/product", b"", LineKind::Side, commits(2, 200)).unwrap();
    let tree = writer.add_line(b"/srv/lab", b"", LineKind::State, vec![Commit { oid: vec![], time: -1 }]).unwrap();
    let states: [(&[u8], &[Option<u8>]); 3] = [
        (b"src/engine.c", &[Some(0), Some(1), Some(1), Some(2), Some(0)]),
        (b"src/old\xff.c", &[None, Some(3), Some(3), None, None]),
        (b"README", &[Some(5), Some(5), Some(5), Some(5), Some(5)]),
    ];
    for (path, versions) in states {
        let mut history = writer.history(path, line).unwrap();
        for (at, n) in (0u32..).zip(versions) {
            let found = n.map(|n| (content(n), oid(n)));
            history.change(at, found.as_ref().map(|(f, o)| Version { fingerprints: f, oid: o })).unwrap();
        }
        if path == b"README" {
            history.beside(side, 1, Version { fingerprints: &content(8), oid: &oid(8) }).unwrap();
        }
        history.finish().unwrap();
    }
    let mut history = writer.history(b"src/engine.c", tree).unwrap();
    history.change(0, Some(Version { fingerprints: &content(2), oid: &[] })).unwrap();
    history.finish().unwrap();
    writer
}

#[test]
fn other_files_newer_versions_and_failing_readers_are_named() {
    assert!(matches!(Segment::open(&b""[..]), Err(SegmentError::NotASegment)));
    assert!(matches!(Segment::open(&b"PK\x03\x04 some archive"[..]), Err(SegmentError::NotASegment)));
    let mut newer = EXAMPLE.to_vec();
    newer[8] = 2;
    assert!(matches!(Segment::open(&newer[..]), Err(SegmentError::NewerVersion { found: 2 })));

    struct Failing;
    impl ReadAt for Failing {
        fn read_exact_at(&self, _: &mut [u8], _: u64) -> std::io::Result<()> {
            Err(std::io::ErrorKind::PermissionDenied.into())
        }
        fn length(&self) -> std::io::Result<u64> {
            Ok(9000)
        }
    }
    assert!(matches!(Segment::open(Failing), Err(SegmentError::Io { .. })));
}

#[test]
fn a_file_on_disk_answers_as_its_bytes_do() {
    let path = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(path.path(), EXAMPLE).unwrap();
    let on_disk = Segment::open(std::fs::File::open(path.path()).unwrap()).unwrap();
    let mut found = Vec::new();
    on_disk.look_up(&content(2).text, &mut |p| found.push(p)).unwrap();
    assert_eq!(found, look_up(&Segment::open(EXAMPLE).unwrap(), &content(2).text));
}

#[test]
fn histories_that_make_no_sense_are_refused() {
    let mut writer = SegmentWriter::new(&Profile::one());
    assert!(writer.add_line(b"x", b"", LineKind::History, vec![]).is_err());
    assert!(writer.add_line(b"x", b"", LineKind::State, commits(2, 0)).is_err());
    assert!(writer.add_line(b"x", b"", LineKind::History, vec![Commit { oid: vec![1; 7], time: 0 }]).is_err());
    let line = writer.add_line(b"x", b"", LineKind::History, commits(3, 0)).unwrap();
    let side = writer.add_line(b"x", b"", LineKind::Side, commits(3, 0)).unwrap();
    assert!(writer.history(b"p", side).is_err());
    assert!(writer.history(b"p", LineId(9)).is_err());
    let mut history = writer.history(b"p", line).unwrap();
    assert!(history.change(3, None).is_err());
    history.change(1, None).unwrap();
    assert!(history.change(1, None).is_err());
    assert!(history.beside(side, 3, Version { fingerprints: &content(1), oid: &[] }).is_err());
    assert!(history.beside(line, 0, Version { fingerprints: &content(1), oid: &[] }).is_err());
    history.finish().unwrap();
    assert!(writer.history(b"p", line).is_err());
}
