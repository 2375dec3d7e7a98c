//! The file format: what is written is what is read, and what is damaged is never believed.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod model;

use fingerprint::{
    Channel, Commit, Content, Index, Interval, IntervalId, Kind, Line, LineId, LineKind, PathId, Profile, ReadAt,
    Segment, SegmentError, SegmentWriter, merge,
};
use model::*;
use proptest::prelude::*;
use twox_hash::XxHash3_64;

const EXAMPLE: &[u8] = include_bytes!("fixtures/segment-2.gainseg");

/// What the stored example holds: a repository with a side, a folder, names that are no UTF-8, and of each channel some.
fn example() -> SegmentWriter<Vec<u8>> {
    let mut writer = SegmentWriter::new(Vec::new(), Profile::one().id(), &std::env::temp_dir()).unwrap();
    let history = Line {
        name: b"/srv/product".to_vec(),
        reference: b"refs/heads/main".to_vec(),
        kind: LineKind::History,
        begin: 3,
        commits: 5,
    };
    let side = Line { reference: vec![], kind: LineKind::Side, begin: 0, commits: 2, ..history.clone() };
    let state = Line { name: b"/srv/lab".to_vec(), kind: LineKind::State, commits: 1, ..side.clone() };
    let history = writer.line(history, &commits(3..8, 100)).unwrap();
    let side = writer.line(side, &commits(0..2, 200)).unwrap();
    let state = writer.line(state, &[Commit { oid: vec![], time: -1 }]).unwrap();
    type Place = (&'static [u8], LineId, Option<u32>, Option<u32>);
    let places: [Place; 7] = [
        (b"src/engine.c", history, Some(3), Some(3)),
        (b"src/engine.c", history, Some(6), None),
        (b"src/old\xff.c", history, None, Some(4)),
        (b"src/old\xff.c", history, None, Some(2)),
        (b"README", history, None, None),
        (b"README", side, Some(1), Some(1)),
        (b"src/engine.c", state, Some(0), None),
    ];
    let ids: Vec<IntervalId> = places
        .into_iter()
        .map(|(path, line, first, last)| {
            let path = writer.path(path).unwrap();
            writer.interval(Interval { path, line, first, last }).unwrap()
        })
        .collect();
    for channel in CHANNELS {
        for (n, group) in
            (0..300u64).zip([&ids[..1], &ids[1..2], &ids[2..6], &ids[4..5], &ids[3..]].into_iter().cycle())
        {
            writer.posting(channel, (n * n + channel as u64) << 40, group).unwrap();
        }
    }
    for n in 0..9 {
        let content = match n {
            0..5 => content(n),
            5 => Content { oid: vec![7; 32], kind: Kind::Utf16, ..content(n) },
            _ => Content { oid: vec![], kind: Kind::Binary, ..content(n) },
        };
        writer.content(&content, &ids[usize::from(n) % 7..]).unwrap();
    }
    writer
}

/// The newest commits of the example's history, from before which it does not tell.
fn before() -> Vec<u8> {
    let mut writer = SegmentWriter::new(Vec::new(), Profile::one().id(), &std::env::temp_dir()).unwrap();
    let line = Line {
        name: b"/srv/product".to_vec(),
        reference: b"refs/heads/main".to_vec(),
        kind: LineKind::History,
        begin: 0,
        commits: 3,
    };
    let line = writer.line(line, &commits(0..3, 100)).unwrap();
    let ids = [&b"src/old\xff.c"[..], b"README"].map(|path| {
        let path = writer.path(path).unwrap();
        writer.interval(Interval { path, line, first: Some(1), last: None }).unwrap()
    });
    for channel in CHANNELS {
        for n in 0..300u64 {
            writer.posting(channel, (n * n + channel as u64) << 40, &ids).unwrap();
        }
    }
    for n in 0..9 {
        writer.content(&content(n), &ids).unwrap();
    }
    writer.finish().unwrap().0
}

fn example_keys() -> Vec<u64> {
    (0..=299u64)
        .flat_map(|n| [(n * n) << 40, (n * n + 1) << 40, (n * n + 2) << 40, n << 56])
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect()
}

/// Asks a segment, together with the one before it, for all that the example holds; each answer on its own.
#[derive(Debug, PartialEq)]
struct Asked(Vec<Result<String, ()>>);

fn ask(bytes: &[u8]) -> Result<Asked, SegmentError> {
    let before = before();
    let index = Index::open(vec![Segment::open(bytes)?, Segment::open(&before[..])?])?;
    let mut asked = Vec::new();
    let mut answer = |result: Result<String, SegmentError>| asked.push(result.map_err(|_| ()));
    let keys = example_keys();
    for channel in CHANNELS {
        for keys in keys.chunks(100) {
            let mut found = Vec::new();
            let result = index.look_up(channel, keys, &mut |posting| found.push(posting));
            answer(result.map(|()| format!("{found:?}")));
        }
    }
    for n in 0..9 {
        answer(index.content_by_blake3(&digest(n)).map(|found| format!("{found:?}")));
        answer(index.content_by_oid(&oid(n)).map(|found| format!("{found:?}")));
    }
    for (id, line) in (0..).map(LineId).zip(index.lines()) {
        for number in 0..line.commits {
            answer(index.commit(id, number).map(|commit| format!("{commit:?}")));
        }
    }
    (0..4).for_each(|path| answer(index.path(PathId(path)).map(|path| format!("{path:?}"))));
    Ok(Asked(asked))
}

#[test]
fn the_stored_example_reads_and_is_written_as_it_always_was() {
    let segment = Segment::open(EXAMPLE).unwrap();
    segment.verify().unwrap();
    assert_eq!(segment.profile(), Profile::one().id());
    let (again, counts) = example().finish().unwrap();
    assert_eq!(segment.counts(), counts);
    assert!(again == EXAMPLE, "the same calls must give the same bytes in format version 2");
    assert_eq!((counts.fingerprints, counts.intervals, counts.files, counts.lines), (900, 7, 41, 3));
    let both = [EXAMPLE.to_vec(), before()];
    let index = index(&both);
    let mut found = Vec::new();
    index.look_up(Channel::Text, &[4 << 40], &mut |posting| found.push(posting.interval)).unwrap();
    let found: Vec<_> = found.iter().map(|i| (index.path(i.path).unwrap(), i.line.0, i.first, i.last)).collect();
    let (readme, old) = (b"README".to_vec(), b"src/old\xff.c".to_vec());
    // What the example tells of beside the line came to the line.
    assert_eq!(found, [(readme, 2, 1, 7), (old, 2, 1, 4)]);
    let mut postings = [0; 3];
    for (count, channel) in postings.iter_mut().zip(CHANNELS) {
        index.look_up(channel, &example_keys(), &mut |_| *count += 1).unwrap();
    }
    assert_eq!(postings, [780; 3]);
}

#[test]
fn a_flipped_byte_is_found_and_nothing_false_is_answered() {
    let whole = ask(EXAMPLE).unwrap();
    let mut bytes = EXAMPLE.to_vec();
    for at in 0..bytes.len() {
        let flip = 1 << (at % 8);
        bytes[at] ^= flip;
        let found = Segment::open(&bytes[..]).and_then(|segment| segment.verify());
        assert!(found.is_err(), "the changed byte {at} was not found");
        // What opens a segment reads header, footer and lines; the others are asked in every place of some blocks.
        if at % 37 == 0
            && let Ok(Asked(asked)) = ask(&bytes)
        {
            let same = asked.iter().zip(&whole.0).filter(|(now, _)| now.is_ok()).all(|(now, then)| now == then);
            assert!(same, "the changed byte {at} gave a false answer");
        }
        bytes[at] ^= flip;
    }
}

#[test]
fn a_cut_or_lengthened_file_is_refused() {
    for length in 0..EXAMPLE.len() {
        assert!(Segment::open(&EXAMPLE[..length]).is_err(), "{length} bytes were taken for the whole");
    }
    assert!(Segment::open(&[EXAMPLE, &[0]].concat()[..]).is_err());
    assert!(Segment::open(&[EXAMPLE, EXAMPLE].concat()[..]).is_err());
}

#[test]
fn a_block_in_the_wrong_place_is_found() {
    let blocks: Vec<&[u8]> = EXAMPLE.chunks(4096).collect();
    for (a, b) in (0..blocks.len()).flat_map(|a| (0..a).map(move |b| (a, b))) {
        let mut swapped = blocks.clone();
        swapped.swap(a, b);
        let found = Segment::open(&swapped.concat()[..]).and_then(|segment| segment.verify());
        assert!(found.is_err() || blocks[a] == blocks[b], "blocks {a} and {b} changed places");
    }
}

/// The sections of the example's blocks, and their numbers in them.
fn owners() -> Vec<(u8, u64)> {
    let footer = &EXAMPLE[EXAMPLE.len() - 4096..];
    let blocks = |section: u8| {
        let at = 112 + 64 * (usize::from(section) - 1) + 8;
        u64::from_le_bytes(footer[at..at + 8].try_into().unwrap())
    };
    let inner = (1..=14).flat_map(|section| (0..blocks(section)).map(move |block| (section, block)));
    [(0, 0)].into_iter().chain(inner).chain([(15, 0)]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// Bytes changed by one who makes the checksums fit.
    #[test]
    fn forged_bytes_never_make_a_reader_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0usize..4088, any::<u8>(), 0usize..4), 1..4),
    ) {
        let mut bytes = EXAMPLE.to_vec();
        let owners = owners();
        for (block, within, value, shift) in changes {
            let number = block.index(owners.len());
            // Most of what matters stands at the beginning of a block.
            let within = within >> (3 * shift);
            let block = &mut bytes[number * 4096..][..4096];
            block[within] = value;
            let (section, place) = owners[number];
            let sum = XxHash3_64::oneshot_with_seed(u64::from(section) << 56 | place, &block[..4088]);
            block[4088..].copy_from_slice(&sum.to_le_bytes());
        }
        let changed = bytes != EXAMPLE;
        let Ok(segment) = Segment::open(&bytes[..]) else { return Ok(()) };
        let footer = bytes.len() - 4096;
        // Who forges the footer too can make a segment of his own.
        prop_assert!(!changed || bytes[footer..] != EXAMPLE[footer..] || segment.verify().is_err());
        let _ = segment.verify();
        let _ = ask(&bytes);
        let before = before();
        let _ = merge(&[Segment::open(&before[..]).unwrap(), segment], Vec::new(), &std::env::temp_dir());
    }
}

#[test]
fn a_segment_of_nothing_opens_and_answers_nothing() {
    let (bytes, counts) =
        SegmentWriter::new(Vec::new(), Profile::one().id(), &std::env::temp_dir()).unwrap().finish().unwrap();
    let segment = Segment::open(&bytes[..]).unwrap();
    segment.verify().unwrap();
    assert_eq!((segment.counts(), counts.lines, counts.bytes), (counts, 0, 2 * 4096));
    let bytes = [bytes];
    let index = index(&bytes);
    assert_eq!(answers(&index, Channel::Code, &[0, 1, u64::MAX]), []);
    assert_eq!(index.content_by_blake3(&[0; 32]).unwrap(), None);
    assert_eq!(index.content_by_oid(&[]).unwrap(), None);
    assert!(index.path(PathId(0)).is_err());
}

/// A segment of one folder with `files` files, and the numbers of these.
fn folder(files: usize) -> (SegmentWriter<Vec<u8>>, Vec<IntervalId>) {
    let mut writer = SegmentWriter::new(Vec::new(), Profile::one().id(), &std::env::temp_dir()).unwrap();
    let line = Line { name: b"tree".to_vec(), reference: vec![], kind: LineKind::State, begin: 0, commits: 1 };
    let line = writer.line(line, &[Commit { oid: vec![], time: 5 }]).unwrap();
    let ids = (0..files).map(|file| {
        let path = writer.path(format!("{}/{file}", file % 7).as_bytes()).unwrap();
        writer.interval(Interval { path, line, first: Some(0), last: Some(0) }).unwrap()
    });
    let ids = ids.collect();
    (writer, ids)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Many rows over many blocks, spread evenly or not, against a map.
    #[test]
    fn every_key_is_found_among_many_rows(
        seeds in prop::collection::vec(any::<u64>(), 1..20_000), squeeze in prop::sample::select(vec![0u32, 8, 20, 40]),
        files in 1usize..3000, common in 0u64..3,
    ) {
        let (mut writer, ids) = folder(files);
        let key = |seed: &u64| seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> squeeze;
        let mut rows = std::collections::BTreeMap::new();
        for seed in &seeds {
            let place = |i: u64| usize::try_from(((seed >> 7) + i) % ids.len() as u64).unwrap();
            let mut group: Vec<IntervalId> = (0..=seed % (common + 1)).map(|i| ids[place(i)]).collect();
            group.sort();
            group.dedup();
            rows.entry(key(seed) >> 8).or_insert(group);
        }
        for (stored, group) in &rows {
            writer.posting(Channel::Text, stored << 8, group).unwrap();
        }
        let (bytes, counts) = writer.finish().unwrap();
        let segment = Segment::open(&bytes[..]).unwrap();
        segment.verify().unwrap();
        prop_assert_eq!(counts.fingerprints, rows.len() as u64);
        let index = Index::open(vec![segment]).unwrap();
        let keys: std::collections::BTreeSet<u64> = seeds.iter().step_by(3).map(key)
            .chain(seeds.iter().step_by(5).map(|s| key(s) ^ 1 << 9)).chain([0, u64::MAX]).collect();
        let keys: Vec<u64> = keys.into_iter().collect();
        let mut found = Vec::new();
        index.look_up(Channel::Text, &keys, &mut |p| found.push((p.fingerprint, index.path(p.interval.path).unwrap()))).unwrap();
        let path = |id: &IntervalId| format!("{}/{}", id.0 % 7, id.0).into_bytes();
        let mut expected: Vec<(u64, Vec<u8>)> = keys.iter()
            .flat_map(|key| rows.get(&(key >> 8)).into_iter().flatten().map(move |id| (*key, path(id)))).collect();
        expected.sort();
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn paths_of_any_length_come_back_in_order() {
    let (mut writer, _) = folder(0);
    let paths: Vec<Vec<u8>> = [0usize, 1, 100, 4087, 4088, 4089, 70_000]
        .into_iter()
        .flat_map(|length| [vec![b'a'; length], vec![0xff; length], [vec![b'a'; length], vec![b'b'; 40]].concat()])
        .collect();
    let line = LineId(0);
    for (n, path) in (0u64..).zip(&paths) {
        let path = writer.path(path).unwrap();
        let id = writer.interval(Interval { path, line, first: Some(0), last: None }).unwrap();
        writer.posting(Channel::Parts, n << 40, &[id]).unwrap();
    }
    let bytes = writer.finish().unwrap().0;
    let segment = Segment::open(&bytes[..]).unwrap();
    segment.verify().unwrap();
    let index = Index::open(vec![segment]).unwrap();
    for (n, path) in (0u64..).zip(&paths) {
        let mut found = Vec::new();
        index.look_up(Channel::Parts, &[n << 40], &mut |p| found.push(index.path(p.interval.path).unwrap())).unwrap();
        assert_eq!(found, std::slice::from_ref(path));
    }
}

#[test]
fn fingerprints_that_agree_in_the_stored_bits_are_one() {
    let (mut writer, ids) = folder(3);
    writer.posting(Channel::Text, 5 << 8, &ids[..1]).unwrap();
    writer.posting(Channel::Text, 5 << 8, &ids[..1]).unwrap();
    writer.posting(Channel::Text, 5 << 8 | 9, &ids[2..]).unwrap();
    let (bytes, counts) = writer.finish().unwrap();
    assert_eq!((counts.fingerprints, counts.postings), (1, 2));
    let bytes = [bytes];
    let found: Vec<_> = answers(&index(&bytes), Channel::Text, &[5 << 8, 5 << 8, 5 << 8 | 1]);
    assert_eq!(found.len(), 4);
}

#[test]
fn a_content_that_is_added_twice_is_one() {
    let (mut writer, ids) = folder(3);
    writer.content(&Content { oid: vec![], ..content(4) }, &ids[..1]).unwrap();
    writer.content(&content(4), &ids[1..]).unwrap();
    let (bytes, counts) = writer.finish().unwrap();
    assert_eq!((counts.contents, counts.files), (1, 3));
    let bytes = [bytes];
    let (found, intervals) = index(&bytes).content_by_oid(&oid(4)).unwrap().unwrap();
    assert_eq!((found, intervals.len()), (content(4), 3));
}

#[test]
fn other_files_other_versions_and_failing_readers_are_named() {
    assert!(matches!(Segment::open(&b""[..]), Err(SegmentError::NotASegment)));
    assert!(matches!(Segment::open(&b"PK\x03\x04 some archive"[..]), Err(SegmentError::NotASegment)));
    let mut other = EXAMPLE.to_vec();
    other[8] = 3;
    assert!(matches!(Segment::open(&other[..]), Err(SegmentError::NewerVersion { found: 3 })));
    other[8] = 1;
    let earlier = Segment::open(&other[..]).unwrap_err();
    assert!(earlier.to_string().contains("earlier version") && earlier.to_string().contains("add the corpus again"));

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
    on_disk.verify().unwrap();
    let lines: Vec<Line> =
        Index::open(vec![on_disk]).map_or_else(|_| Vec::new(), |index| index.lines().cloned().collect());
    assert_eq!(lines, [], "it tells of the history from commit 3 on, and is no index of its own");
    let mut segments = Vec::new();
    for bytes in [EXAMPLE, &before()] {
        let mut file = tempfile::tempfile().unwrap();
        std::io::Write::write_all(&mut file, bytes).unwrap();
        segments.push(Segment::open(file).unwrap());
    }
    let on_disk = Index::open(segments).unwrap();
    let mut found = Vec::new();
    on_disk.look_up(Channel::Code, &example_keys()[..100], &mut |p| found.push(p)).unwrap();
    assert!(!found.is_empty());
    assert_eq!(ask(EXAMPLE).unwrap().0[12], Ok(format!("{found:?}")));
}

#[test]
fn an_out_that_fails_is_named() {
    struct Full(usize);
    impl std::io::Write for Full {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 = self.0.checked_sub(bytes.len()).ok_or(std::io::ErrorKind::StorageFull)?;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let full =
        SegmentWriter::new(Full(4096), Profile::one().id(), &std::env::temp_dir()).and_then(SegmentWriter::finish);
    assert!(matches!(full, Err(SegmentError::Io { source, .. }) if source.kind() == std::io::ErrorKind::StorageFull));
}

#[test]
fn a_content_that_stands_in_many_places_has_one_set_of_them() {
    let (mut writer, ids) = folder(2000);
    for id in &ids {
        writer.content(&content(1), &[*id]).unwrap();
    }
    let (bytes, counts) = writer.finish().unwrap();
    assert_eq!((counts.contents, counts.files), (1, 2000));
    assert!(bytes.len() < 40 * 4096, "{} bytes: sets of some of the places are in it", bytes.len());
    let segments = [bytes];
    let (_, places) = index(&segments).content_by_oid(&content(1).oid).unwrap().unwrap();
    assert_eq!(places.len(), 2000);
}

#[test]
fn what_makes_no_sense_is_not_written() {
    fn senseless<T>(result: Result<T, SegmentError>) -> bool {
        matches!(result, Err(SegmentError::Senseless { .. }))
    }
    let (mut writer, ids) = folder(2);
    let line = |kind, begin, commits| Line { name: b"x".to_vec(), reference: vec![], kind, begin, commits };
    assert!(senseless(writer.line(line(LineKind::History, 0, 0), &[])));
    assert!(senseless(writer.line(line(LineKind::History, 0, 2), &commits(0..3, 0))));
    assert!(senseless(writer.line(line(LineKind::State, 0, 2), &commits(0..2, 0))));
    assert!(senseless(writer.line(line(LineKind::History, u32::MAX, 1), &commits(0..1, 0))));
    assert!(senseless(writer.line(line(LineKind::History, 0, 1), &[Commit { oid: vec![1; 7], time: 0 }])));
    let history = writer.line(line(LineKind::History, 5, 3), &commits(5..8, 0)).unwrap();
    let side = writer.line(line(LineKind::Side, 5, 3), &commits(5..8, 0)).unwrap();
    let path = PathId(0);
    for (line, first, last) in [
        (history, Some(4), Some(6)),
        (history, Some(7), Some(6)),
        (history, Some(5), Some(8)),
        (history, None, Some(3)),
        (history, None, Some(8)),
        (history, None, Some(u32::MAX)),
        (history, Some(u32::MAX), None),
        (side, None, Some(6)),
        (side, Some(6), None),
        (LineId(0), None, Some(0)),
        (LineId(3), Some(0), Some(0)),
    ] {
        assert!(senseless(writer.interval(Interval { path, line, first, last })), "{first:?} {last:?}");
    }
    assert!(senseless(writer.interval(Interval { path: PathId(9), line: history, first: Some(5), last: None })));
    assert!(senseless(writer.posting(Channel::Text, 1, &[])));
    assert!(senseless(writer.posting(Channel::Text, 1, &[IntervalId(2)])));
    assert!(senseless(writer.content(&content(1), &[])));
    assert!(senseless(writer.content(&Content { oid: vec![1; 7], ..content(1) }, &ids)));
    writer.posting(Channel::Code, 900 << 8, &ids).unwrap();
    assert!(senseless(writer.posting(Channel::Code, 899 << 8, &ids)));
    assert!(senseless(writer.posting(Channel::Text, 901 << 8, &ids)));
    assert!(writer.memory() > 0);
}
