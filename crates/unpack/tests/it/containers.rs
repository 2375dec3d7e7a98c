//! Archives through the child: nested, broken, lying, and bombs.

use std::io::Write;
use std::ops::ControlFlow;

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{EntryType, Header};
use unpack::{FindingKind, Limits};

use super::makers::zip_of;
use super::{Outcome, file_of, worker};

fn gzip_of(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("a stream")
}

/// One entry of a tar, with a name that no careful library would write.
fn tar_entry(kind: EntryType, name: &[u8], size: u64, bytes: &[u8]) -> Vec<u8> {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(0o644);
    header.as_old_mut().name[..name.len()].copy_from_slice(name);
    if kind.is_symlink() {
        header.set_link_name_literal("/etc/shadow").expect("a target");
    }
    header.set_cksum();
    let mut entry = header.as_bytes().to_vec();
    entry.extend_from_slice(bytes);
    entry.resize(entry.len().next_multiple_of(512), 0);
    entry
}

fn tar_of(entries: &[Vec<u8>]) -> Vec<u8> {
    let mut archive = entries.concat();
    archive.resize(archive.len() + 1024, 0);
    archive
}

fn file(name: &str, bytes: &[u8]) -> Vec<u8> {
    tar_entry(EntryType::Regular, name.as_bytes(), bytes.len() as u64, bytes)
}

fn open(name: &str, bytes: &[u8]) -> Outcome {
    open_within(Limits::default(), name, bytes)
}

fn open_within(limits: Limits, name: &str, bytes: &[u8]) -> Outcome {
    super::unpack(&mut worker(&[], limits), name, bytes)
}

fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let next = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        state.to_be_bytes()[0]
    };
    (0..length).map(next).collect()
}

#[test]
fn files_in_any_nesting_come_out_whole() {
    let big = noise(300_000);
    let inner = zip_of(&[("deep/a.c", b"int a;"), ("b.bin", &big), ("empty", b"")]);
    let tar = tar_of(&[file("src/main.rs", b"fn main() {}"), file("inner.zip", &inner)]);
    let outer = zip_of(&[("one.txt", b"one"), ("code.tar.gz", &gzip_of(&tar)), ("log.gz", &gzip_of(b"a log"))]);
    let outcome = open("leak.zip", &outer);
    assert_eq!(
        outcome.paths(),
        [
            "leak.zip!one.txt",
            "leak.zip!code.tar.gz!src/main.rs",
            "leak.zip!code.tar.gz!inner.zip!deep/a.c",
            "leak.zip!code.tar.gz!inner.zip!b.bin",
            "leak.zip!code.tar.gz!inner.zip!empty",
            "leak.zip!log.gz!log",
        ]
    );
    assert_eq!(outcome.kinds(), []);
    assert!(outcome.summary.whole && outcome.files.iter().all(|file| file.is_complete));
    assert_eq!(outcome.files[3].bytes, big);
    assert_eq!(outcome.text("leak.zip!log.gz!log"), "a log");
    assert_eq!(outcome.summary.bytes, outcome.files.iter().map(|file| file.bytes.len() as u64).sum::<u64>());
}

#[test]
fn a_file_that_is_no_archive_passes_through_and_a_pipe_too() {
    for bytes in [&noise(200_000)[..], b"", b"PK", b"plain text"] {
        let outcome = open("x.zip", bytes);
        assert_eq!(outcome.paths(), ["x.zip"]);
        assert!(outcome.files[0].bytes == bytes && outcome.summary.whole && outcome.findings.is_empty());
    }
    let (reader, mut writer) = std::io::pipe().expect("a pipe");
    let archive = zip_of(&[("a", b"through a pipe")]);
    writer.write_all(&archive).expect("it fits");
    drop(writer);
    let mut text = Vec::new();
    let pipe = std::fs::File::from(std::os::fd::OwnedFd::from(reader));
    let summary = worker(&[], Limits::default()).files("piped", pipe, &mut |event| {
        if let unpack::Event::Data(bytes) = event {
            text.extend_from_slice(bytes);
        }
        ControlFlow::Continue(())
    });
    assert!(summary.expect("a summary").whole && text == b"through a pipe");
}

#[test]
fn names_never_lead_anywhere() {
    let archive = tar_of(&[
        file("../../etc/passwd", b"climbs"),
        file("/etc/cron.d/x", b"absolute"),
        file("fine", b"first"),
        file("fine", b"second"),
        tar_entry(EntryType::Symlink, b"link", 0, b""),
        tar_entry(EntryType::Char, b"device", 0, b""),
        tar_entry(EntryType::Regular, b"caf\xe9\x1b[2J", 3, b"raw"),
        file("last", b"last"),
    ]);
    let outcome = open("a.tar", &archive);
    assert_eq!(
        outcome.kinds(),
        [
            ("a.tar!../../etc/passwd", FindingKind::UnsafeName),
            ("a.tar!/etc/cron.d/x", FindingKind::UnsafeName),
            ("a.tar!fine", FindingKind::DuplicateName),
            ("a.tar!link", FindingKind::NotAFile),
            ("a.tar!device", FindingKind::NotAFile),
        ]
    );
    assert_eq!(outcome.text("a.tar!../../etc/passwd"), "climbs");
    assert_eq!(outcome.text("a.tar!caf\\xe9\\u{1b}[2J"), "raw");
    assert_eq!(outcome.text("a.tar!last"), "last");
    assert_eq!(outcome.files.iter().filter(|file| file.path == "a.tar!fine").count(), 2);

    let outcome = open("a.zip", &zip_of(&[("../x", b"climbs"), ("C:\\y", b"drive"), ("ok", b"ok")]));
    assert_eq!(outcome.kinds(), [("a.zip!../x", FindingKind::UnsafeName), ("a.zip!C:\\\\y", FindingKind::UnsafeName)]);
    assert_eq!(outcome.text("a.zip!ok"), "ok");
}

#[test]
fn a_bomb_is_cut_and_the_rest_goes_on() {
    let zeros = vec![0; 200 << 20];
    let archive = zip_of(&[("before", b"before"), ("bomb", &zeros), ("after", b"after")]);
    let outcome = open("a.zip", &archive);
    assert_eq!(outcome.kinds(), [("a.zip!bomb", FindingKind::Bomb)]);
    assert!(outcome.files[1].bytes.len() < 70 << 20 && !outcome.files[1].is_complete);
    assert_eq!(outcome.text("a.zip!after"), "after");
    assert!(outcome.summary.whole);

    let nested = zip_of(&[("bomb.gz", &gzip_of(&zeros)), ("after", b"after")]);
    let outcome = open("b.zip", &nested);
    assert_eq!(outcome.kinds(), [("b.zip!bomb.gz!bomb", FindingKind::Bomb)]);
    assert_eq!(outcome.text("b.zip!after"), "after");
}

#[test]
fn budgets_say_what_they_cut() {
    let archive = zip_of(&[("a", b"1234567890"), ("b", b"1234567890"), ("c", b"1234567890")]);
    let outcome = open_within(Limits { output_bytes: 15, ..Limits::default() }, "a.zip", &archive);
    assert_eq!(outcome.kinds(), [("a.zip!b", FindingKind::TooManyBytes)]);
    assert!(!outcome.summary.whole && outcome.paths() == ["a.zip!a", "a.zip!b"]);

    // The archive itself is an entry too.
    let outcome = open_within(Limits { entries: 3, ..Limits::default() }, "a.zip", &archive);
    assert_eq!(outcome.kinds(), [("a.zip!c", FindingKind::TooManyEntries)]);
    assert!(!outcome.summary.whole && outcome.paths() == ["a.zip!a", "a.zip!b"]);

    let deep = zip_of(&[("1.zip", &zip_of(&[("2.zip", &archive)])), ("after", b"after")]);
    let outcome = open_within(Limits { depth: 2, ..Limits::default() }, "a.zip", &deep);
    assert_eq!(outcome.kinds(), [("a.zip!1.zip!2.zip", FindingKind::TooDeep)]);
    assert_eq!(outcome.files[0].bytes, archive);
    assert_eq!(outcome.text("a.zip!after"), "after");

    let outcome = open_within(Limits { nested_bytes: 100, ..Limits::default() }, "a.zip", &deep);
    assert_eq!(outcome.kinds(), [("a.zip!1.zip", FindingKind::NestedTooLarge)]);
    assert_eq!(outcome.files[0].bytes, zip_of(&[("2.zip", &archive)]));
    assert_eq!(outcome.text("a.zip!after"), "after");
}

#[test]
fn a_corrupt_member_is_named_and_the_rest_is_read() {
    let story = noise(5000);
    let mut archive = zip_of(&[("good", b"good"), ("bad", &story), ("after", b"after")]);
    let at = archive.windows(16).position(|window| window == &story[100..116]).expect("noise is stored as it is");
    archive[at] ^= 0xff;
    let outcome = open("a.zip", &archive);
    assert_eq!(outcome.kinds(), [("a.zip!bad", FindingKind::Corrupt)]);
    assert!(!outcome.files[1].is_complete);
    assert_eq!(outcome.text("a.zip!after"), "after");

    let mut archive = tar_of(&[file("one", b"one"), file("two", b"two"), file("three", b"three")]);
    archive[1024 + 3] ^= 0xff;
    let outcome = open("a.tar", &archive);
    assert_eq!(outcome.kinds(), [("a.tar", FindingKind::Corrupt)]);
    assert_eq!(outcome.paths(), ["a.tar!one", "a.tar!three"]);
}

#[test]
fn what_breaks_off_is_read_as_far_as_it_goes() {
    let story = noise(100_000);
    let whole = gzip_of(&story);
    let outcome = open("a.gz", &whole[..whole.len() / 2]);
    assert_eq!(outcome.kinds(), [("a.gz!a", FindingKind::Truncated)]);
    assert!(!outcome.files[0].is_complete && outcome.files[0].bytes.len() > 10_000);
    assert!(story.starts_with(&outcome.files[0].bytes));

    let whole = tar_of(&[file("one", b"one"), file("two", &story)]);
    let outcome = open("a.tar", &whole[..50_000]);
    assert_eq!(outcome.kinds()[0], ("a.tar!two", FindingKind::Truncated));
    assert_eq!(outcome.text("a.tar!one"), "one");

    // Without its directory at the end.
    let whole = zip_of(&[("one", b"one"), ("two", &story)]);
    let outcome = open("a.zip", &whole[..60_000]);
    assert_eq!(outcome.text("a.zip!one"), "one");
    assert!(outcome.files[1].path == "a.zip!two" && !outcome.files[1].is_complete);
    assert!(outcome.kinds().contains(&("a.zip!two", FindingKind::Truncated)), "{:?}", outcome.findings);
}

#[test]
fn lies_in_headers_are_told() {
    // A tar entry that claims more than there is swallows what follows, and says so.
    let archive = tar_of(&[tar_entry(EntryType::Regular, b"greedy", 1 << 40, b"little"), file("next", b"next")]);
    let outcome = open("a.tar", &archive);
    assert_eq!(outcome.kinds()[0], ("a.tar!greedy", FindingKind::Truncated));

    // The directory of a zip that states another size than the stream has.
    let mut archive = zip_of(&[("liar", &[b'a'; 1000]), ("next", b"next")]);
    let directory = archive.windows(4).position(|window| window == b"PK\x01\x02").expect("a directory");
    archive[directory + 24] = 7;
    let outcome = open("a.zip", &archive);
    assert_eq!(outcome.findings.first().map(|finding| finding.path.as_str()), Some("a.zip!liar"));
    assert_eq!(outcome.text("a.zip!next"), "next");

    // The encryption flag.
    let mut archive = zip_of(&[("locked", b"x"), ("next", b"next")]);
    let directory = archive.windows(4).position(|window| window == b"PK\x01\x02").expect("a directory");
    archive[directory + 8] |= 1;
    let outcome = open("a.zip", &archive);
    assert_eq!(outcome.kinds(), [("a.zip!locked", FindingKind::Encrypted)]);
    assert_eq!(outcome.paths(), ["a.zip!next"]);

    // Entries after the end mark, which other programs do not show.
    let hidden = [tar_of(&[file("shown", b"shown")]), tar_of(&[file("hidden", b"hidden")])].concat();
    let outcome = open("a.tar", &hidden);
    assert_eq!(outcome.kinds(), [("a.tar", FindingKind::StrayBytes)]);
    assert_eq!(outcome.text("a.tar!hidden"), "hidden");
}

#[test]
fn long_names_and_pax_records_are_read() {
    let long = "d/".repeat(80) + "file.c";
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = Header::new_gnu();
    header.set_size(4);
    header.set_mode(0o644);
    builder.append_data(&mut header, &long, &b"long"[..]).expect("an entry");
    builder.append_pax_extensions([("path", "p/ä.c".as_bytes())]).expect("a record");
    let mut header = Header::new_ustar();
    header.set_size(3);
    header.set_path("placeholder").expect("a name");
    header.set_cksum();
    builder.append(&header, &b"pax"[..]).expect("an entry");
    let outcome = open("a.tar", &builder.into_inner().expect("an archive"));
    assert_eq!(outcome.paths(), [format!("a.tar!{long}").as_str(), "a.tar!p/ä.c"]);
    assert!(outcome.findings.is_empty() && outcome.text("a.tar!p/ä.c") == "pax");
}

#[test]
fn the_caller_may_stop_and_go_on_with_the_next() {
    let archive = zip_of(&[("a", &noise(500_000)), ("b", b"b")]);
    let mut worker = worker(&[], Limits::default());
    let mut seen = 0;
    let summary = worker.files("a.zip", file_of(&archive), &mut |_| {
        seen += 1;
        if seen == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert!(!summary.expect("a summary").whole && seen == 3);
    let outcome = super::unpack(&mut worker, "b.zip", &zip_of(&[("c", b"c")]));
    assert!(outcome.summary.whole && outcome.paths() == ["b.zip!c"]);
}
