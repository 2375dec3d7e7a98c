//! Folders made in the test, read through the reader of a corpus, and held against what was put into them.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::os::unix::ffi::OsStringExt;
use std::sync::atomic::{AtomicBool, Ordering};

use fingerprint::{Channel, Fingerprints, Index, Profile, Segment};
use proptest::prelude::*;

use crate::claim::Piece;
use crate::corpus::{Options, Reader, Unread};

/// Far enough from any file's time that none is too young to be told from a changed one.
const TAKEN: i64 = 9_000_000_000;

fn options(spill: &std::path::Path) -> Options {
    let (profile, spill) = (Profile::one(), spill.to_path_buf());
    Options {
        profile,
        taken: TAKEN,
        memory: 64 << 20,
        code: true,
        coarse: false,
        threads: 2,
        unjailed: false,
        passwords: Vec::new(),
        spill,
    }
}

/// A text long enough for a handful of fingerprints, and of a length of its own: a clock may be too coarse for a test.
fn text(seed: u32) -> Vec<u8> {
    let lines = (0..60).map(|i| format!("line {} of {seed}\n", (seed + i).wrapping_mul(2_654_435_761)));
    let mut text = lines.collect::<String>().into_bytes();
    text.resize(2_000 + seed as usize, b'.');
    text
}

/// Everything that is to be read, with the bytes of each segment; what stands then; what was not read.
struct Read {
    segments: Vec<Vec<u8>>,
    pieces: Vec<Piece>,
    unread: Unread,
}

fn read(paths: &[&std::path::Path], known: Vec<Piece>, options: Options) -> Read {
    let paths: Vec<_> = paths.iter().map(|path| path.to_path_buf()).collect();
    let open = Box::new(|_: &[u8; 32]| Err(std::io::Error::other("no folder asks for a segment")));
    let mut steps = |progress: crate::corpus::Progress| assert!(progress.done <= progress.of, "{progress:?}");
    let mut reader = Reader::new(&paths, known, open, options, &mut steps);
    let mut segments = Vec::new();
    while let Some(written) = reader.next(|| Ok(Vec::new()), &mut steps).unwrap() {
        reader.keep(Piece { segment: *blake3::hash(&written.out).as_bytes(), ..written.piece });
        segments.push(written.out);
    }
    let (pieces, unread) = reader.finish();
    Read { segments, pieces, unread }
}

impl Read {
    fn index(&self) -> Index<Vec<u8>> {
        let segments = self.segments.iter().map(|bytes| {
            let segment = Segment::open(bytes.clone()).unwrap();
            segment.verify().unwrap();
            segment
        });
        Index::open(segments.collect()).unwrap()
    }

    /// The paths at which a content stands.
    fn paths_of(&self, content: &[u8]) -> Vec<Vec<u8>> {
        let index = self.index();
        let found = index.content_by_blake3(blake3::hash(content).as_bytes()).unwrap();
        let paths: BTreeSet<_> =
            found.into_iter().flat_map(|(_, places)| places).map(|place| index.path(place.path).unwrap()).collect();
        paths.into_iter().collect()
    }

    fn not_read(&self) -> Vec<String> {
        let of_pieces = self.pieces.iter().flat_map(|piece| piece.not_read_names.clone());
        self.unread.named.iter().map(ToString::to_string).chain(of_pieces).collect()
    }
}

#[test]
fn the_same_files_give_the_same_segment_whoever_reads_them() {
    let folder = tempfile::tempdir().unwrap();
    for file in 0..300 {
        let below = folder.path().join(format!("{}/{}", file % 7, file % 3));
        fs::create_dir_all(&below).unwrap();
        fs::write(below.join(format!("{file}.txt")), text(file / 2)).unwrap();
    }
    let with = |threads, memory| {
        let spill = tempfile::tempdir().unwrap();
        read(&[folder.path()], Vec::new(), Options { threads, memory, ..options(spill.path()) }).segments
    };
    let one = with(1, 64 << 20);
    assert_eq!(one.len(), 1);
    for threads in [2, 5] {
        assert_eq!(with(threads, 64 << 20), one, "{threads} threads");
    }
    assert!(with(2, 60_000).len() > 3, "little memory makes several stretches");
}

#[test]
fn what_did_not_change_is_not_read_again() {
    let (folder, spill) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let path = |file: u32| folder.path().join(format!("{}/{file:03}", file / 50));
    for file in 0..200 {
        fs::create_dir_all(path(file).parent().unwrap()).unwrap();
        fs::write(path(file), text(file)).unwrap();
    }
    let little = || Options { memory: 60_000, ..options(spill.path()) };
    let first = read(&[folder.path()], Vec::new(), little());
    assert!(first.pieces.len() > 3);
    let again = |pieces: &[Piece]| read(&[folder.path()], pieces.to_vec(), little());
    assert_eq!(again(&first.pieces).segments.len(), 0);
    assert_eq!(again(&first.pieces).pieces, first.pieces);

    // A change, a new file and one that is gone: of each only the stretch around it is read.
    type Change<'c> = &'c dyn Fn();
    let changes: [Change<'_>; 3] = [
        &|| fs::write(path(120), text(9_000)).unwrap(),
        &|| fs::write(folder.path().join("0/0005"), text(9_001)).unwrap(),
        &|| fs::remove_file(path(33)).unwrap(),
    ];
    let mut pieces = first.pieces;
    for change in changes {
        change();
        let read = again(&pieces);
        let kept = read.pieces.iter().filter(|piece| pieces.contains(piece)).count();
        assert_eq!(kept, pieces.len() - 1);
        assert!((1..=2).contains(&read.segments.len()), "a stretch that grew may be too large for one segment");
        pieces = read.pieces;
    }
    let files: u64 = pieces.iter().map(|piece| piece.stretch().unwrap().files).sum();
    assert_eq!(files, 200);

    // What a run that was cut short had read is gone on from.
    let rest = again(&pieces[..2]);
    assert_eq!(rest.pieces[..2], pieces[..2]);
    let files: u64 = rest.pieces.iter().map(|piece| piece.stretch().unwrap().files).sum();
    assert_eq!(files, 200);
}

#[test]
fn a_file_so_young_that_a_change_could_pass_unseen_is_read_again() {
    let (folder, spill) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(folder.path().join("a"), text(1)).unwrap();
    let now = jiff::Timestamp::now().as_second();
    let young = || Options { taken: now, ..options(spill.path()) };
    let first = read(&[folder.path()], Vec::new(), young());
    assert_eq!(read(&[folder.path()], first.pieces, young()).segments.len(), 1);
}

#[test]
fn what_cannot_be_reached_now_stays_as_it_was_read() {
    let (folder, spill) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let root = folder.path().join("disk");
    fs::create_dir(&root).unwrap();
    fs::write(root.join("a"), text(1)).unwrap();
    let first = read(&[&root], Vec::new(), options(spill.path()));
    fs::rename(&root, folder.path().join("away")).unwrap();
    let second = read(&[&root], first.pieces.clone(), options(spill.path()));
    assert_eq!(second.pieces, first.pieces);
    assert!(second.not_read()[0].contains("what was read of it before is still in the index"));
}

#[test]
fn pieces_that_share_a_segment_are_read_again_together() {
    let (folder, spill) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let roots: Vec<_> = ["a", "b", "c"].map(|name| folder.path().join(name)).into();
    for (seed, root) in (0..).zip(&roots) {
        fs::create_dir(root).unwrap();
        fs::write(root.join("file"), text(seed)).unwrap();
    }
    let roots: Vec<&std::path::Path> = roots.iter().map(AsRef::as_ref).collect();
    let mut pieces = read(&roots, Vec::new(), options(spill.path())).pieces;
    // As if the first two had been merged.
    pieces[1].segment = pieces[0].segment;
    fs::write(roots[0].join("file"), text(7)).unwrap();
    let again = read(&roots, pieces.clone(), options(spill.path()));
    assert_eq!(again.segments.len(), 2);
    assert_eq!(again.pieces[0], pieces[2]);
    assert_eq!(again.paths_of(&text(1)), [b"file"]);
}

#[test]
fn bad_files_are_named_and_the_rest_goes_on() {
    let (folder, spill) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let root = folder.path();
    fs::write(root.join("good"), text(1)).unwrap();
    fs::write(root.join("empty"), b"").unwrap();
    let name = std::ffi::OsString::from_vec(b"caf\xe9 \xff.txt".to_vec());
    fs::write(root.join(&name), text(2)).unwrap();
    std::os::unix::fs::symlink(".", root.join("loop")).unwrap();
    std::os::unix::fs::symlink("loop/loop/good", root.join("link")).unwrap();
    std::os::unix::fs::symlink("/etc", root.join("outside")).unwrap();
    rustix::fs::mknodat(rustix::fs::CWD, root.join("pipe"), rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
    // Deeper than a path may be long: listed folder by folder, but not to be opened by its path.
    let mut deep = rustix::fs::open(root, rustix::fs::OFlags::PATH, 0.into()).unwrap();
    for _ in 0..20 {
        let level = "d".repeat(250);
        rustix::fs::mkdirat(&deep, &level, 0o700.into()).unwrap();
        deep = rustix::fs::openat(&deep, &level, rustix::fs::OFlags::PATH, 0.into()).unwrap();
    }
    let flags = rustix::fs::OFlags::CREATE | rustix::fs::OFlags::WRONLY;
    rustix::fs::openat(&deep, "file", flags, 0o600.into()).unwrap();

    let read = read(&[root], Vec::new(), options(spill.path()));
    assert_eq!(read.paths_of(&text(1)), [b"good"]);
    assert_eq!(read.paths_of(&text(2)), [name.into_vec()]);
    assert_eq!(read.paths_of(b""), [b"empty"]);
    let (not_read, stretch) = (read.not_read(), read.pieces[0].stretch().unwrap());
    assert_eq!((not_read.len(), stretch.files), (2, 4), "{not_read:?}");
    assert!(not_read[0].contains("pipe: it is a device, a pipe or a socket"), "{not_read:?}");
    assert!(not_read[1].contains("the file can't be read: File name too long"), "{not_read:?}");
    assert_eq!(read.pieces[0].not_read, 1);
}

#[test]
fn a_file_that_changes_while_it_is_read_is_named_and_read() {
    let (folder, spill) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let path = folder.path().join("growing");
    fs::File::create(&path).unwrap().set_len(64 << 20).unwrap();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut file = fs::File::options().append(true).open(&path).unwrap();
            while !stop.load(Ordering::Relaxed) {
                file.write_all(b"more").unwrap();
            }
        });
        loop {
            let read = read(&[folder.path()], Vec::new(), options(spill.path()));
            let not_read = read.not_read();
            if not_read.iter().any(|name| name.ends_with("it changed while it was read; what was read is in the index"))
            {
                assert_eq!(read.index().segments()[0].counts().contents, 1);
                break stop.store(true, Ordering::Relaxed);
            }
        }
    });
}

/// A file of a length that no memory holds gives what it gives in one piece.
fn check_long(content: &mut dyn FnMut(&mut dyn Write) -> u64) -> (u64, u64) {
    let (folder, spill) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut file = fs::File::create(folder.path().join("long")).unwrap();
    let length = content(&mut file);
    file.set_len(length).unwrap();
    let read = read(&[folder.path()], Vec::new(), options(spill.path()));
    assert_eq!(read.not_read(), Vec::<String>::new());
    let mut hasher = blake3::Hasher::new();
    std::io::copy(&mut fs::File::open(folder.path().join("long")).unwrap(), &mut hasher).unwrap();
    let index = read.index();
    let (found, _) = index.content_by_blake3(hasher.finalize().as_bytes()).unwrap().unwrap();
    (found.bytes, index.segments()[0].counts().postings)
}

fn one_line(length: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let letter = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        b"abcdefghijklmnopqrstuvwxyz012345"[usize::try_from(state >> 59).unwrap()]
    };
    (0..length).map(letter).collect()
}

#[test]
fn one_long_line_gives_all_its_fingerprints() {
    let line = one_line(80 << 20);
    let expected = Fingerprints::of(&Profile::one(), b"long", &line).text;
    let (bytes, postings) = check_long(&mut |file| {
        file.write_all(&line).unwrap();
        line.len() as u64
    });
    // Of a fingerprint the index keeps 56 bits.
    let mut stored: Vec<u64> = expected.iter().map(|fingerprint| fingerprint >> 8).collect();
    stored.dedup();
    assert_eq!((bytes, postings), (line.len() as u64, stored.len() as u64));
}

#[test]
fn a_sparse_file_is_read_as_the_zeros_that_it_is() {
    assert_eq!(check_long(&mut |_| 300 << 20), (300 << 20, 0));
}

#[test]
#[ignore = "it takes minutes: 2 GB in one line, and 50 GB of zeros"]
fn files_larger_than_memory_are_read() {
    let line = one_line(1 << 20);
    let (bytes, _) = check_long(&mut |file| {
        (0..2048).for_each(|_| file.write_all(&line).unwrap());
        2048 << 20
    });
    assert_eq!(bytes, 2 << 30);
    assert_eq!(check_long(&mut |_| 50 << 30), (50 << 30, 0));
}

#[derive(Clone, Debug)]
enum Act {
    Write(String, u32),
    Remove(String),
}

fn acts() -> impl Strategy<Value = Vec<Vec<Act>>> {
    let path = prop_oneof!["[abc]", "[abc]/[de]", "[abc]/[de]/[f-h]", "[abc]-x"];
    let act = prop_oneof![
        3 => (path.clone(), 0..8_u32).prop_map(|(path, seed)| Act::Write(path, seed)),
        1 => path.prop_map(Act::Remove),
    ];
    prop::collection::vec(prop::collection::vec(act, 0..12), 1..4)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    /// However a folder changes, reading what changed leaves what reading all of it would.
    #[test]
    fn reading_what_changed_is_reading_all(states in acts(), memory in 2_000_usize..40_000) {
        let (folder, spill) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let little = || Options { memory, ..options(spill.path()) };
        let mut segments = std::collections::HashMap::new();
        let mut pieces = Vec::new();
        for state in states {
            for act in state {
                // A path may be a folder by now, or go through a file: then nothing happens.
                drop(match act {
                    Act::Write(path, seed) => {
                        let path = folder.path().join(path);
                        fs::create_dir_all(path.parent().unwrap()).and_then(|()| fs::write(&path, text(seed)))
                    }
                    Act::Remove(path) => fs::remove_dir_all(folder.path().join(&path))
                        .or_else(|_| fs::remove_file(folder.path().join(&path))),
                });
            }
            let again = read(&[folder.path()], pieces, little());
            for bytes in &again.segments {
                segments.insert(*blake3::hash(bytes).as_bytes(), bytes.clone());
            }
            let standing = again.pieces.iter().map(|piece| segments[&piece.segment].clone()).collect();
            let standing = Read { segments: standing, pieces: again.pieces.clone(), unread: again.unread };
            let whole = read(&[folder.path()], Vec::new(), options(spill.path()));
            for seed in 0..8 {
                prop_assert_eq!(standing.paths_of(&text(seed)), whole.paths_of(&text(seed)));
                let keys = Fingerprints::of(&Profile::one(), b"", &text(seed)).text;
                let found = |read: &Read| {
                    let (index, mut found) = (read.index(), BTreeSet::new());
                    index.look_up(Channel::Text, &keys, &mut |posting| {
                        found.insert((posting.fingerprint, index.path(posting.interval.path).unwrap()));
                    }).unwrap();
                    found
                };
                prop_assert_eq!(found(&standing), found(&whole));
            }
            pieces = again.pieces;
        }
    }
}
