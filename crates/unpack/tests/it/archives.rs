//! Every format of archives, as its own tools write it, locked, broken and changed at random.

use std::io::Cursor;

use unpack::{ClueKind, FindingKind, Limits};
use zip::ZipWriter;

use super::makers::{
    Rar, STORY, ar_of, cab_of, cpio_of, gzip, iso_of, locked_zip, mszip_blocks, rar_builder, rar_of, rpm_of, seven_zip,
    streams, tar_of, xz, zip_of,
};
use super::{Outcome, unpack, worker};

fn open(name: &str, bytes: &[u8]) -> Outcome {
    unpack(&mut worker(&[], Limits::default()), name, bytes)
}

fn open_with(passwords: &[&str], name: &str, bytes: &[u8]) -> Outcome {
    let mut worker = worker(&[], Limits::default());
    let passwords: Vec<String> = passwords.iter().map(|it| (*it).to_owned()).collect();
    worker.set_passwords(&passwords).expect("few passwords");
    unpack(&mut worker, name, bytes)
}

fn story() -> &'static str {
    std::str::from_utf8(STORY).expect("it is text")
}

#[test]
fn streams_of_every_codec_give_a_file_or_the_tar_in_them() {
    for (suffix, bytes) in streams(STORY) {
        let outcome = open(&format!("log.txt.{suffix}"), &bytes);
        assert_eq!(outcome.text(&format!("log.txt.{suffix}!log.txt")), story(), "{suffix}: {outcome:?}");
        assert!(outcome.findings.is_empty() && outcome.summary.whole, "{suffix}: {:?}", outcome.findings);
    }
    for (suffix, bytes) in streams(&tar_of(&[("a/story.txt", STORY)])) {
        let outcome = open(&format!("x.tar.{suffix}"), &bytes);
        assert_eq!(outcome.text(&format!("x.tar.{suffix}!a/story.txt")), story(), "{suffix}");
        assert_eq!(outcome.opened.len(), 1, "{suffix}: {:?}", outcome.opened);
    }
    assert_eq!(open("x.txz", &xz(STORY)).paths(), ["x.txz!x.tar"]);
}

#[test]
fn streams_that_break_off_or_are_damaged_say_so() {
    let noise: Vec<u8> = (0..60_000u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[1]).collect();
    for (suffix, bytes) in streams(&noise) {
        let cut = open("x", &bytes[..bytes.len() - 5]);
        let kinds: Vec<FindingKind> = cut.findings.iter().map(|it| it.kind).collect();
        assert!(matches!(kinds[..], [FindingKind::Truncated | FindingKind::Corrupt]), "{suffix}: {:?}", cut.findings);
        let mut torn = bytes.clone();
        torn[bytes.len() / 2] ^= 0x55;
        let torn = open("x", &torn);
        assert!(!torn.findings.is_empty() && !torn.files[0].is_complete, "{suffix}: {:?}", torn.findings);
    }
    // Two streams end to end are one.
    for (suffix, bytes) in streams(STORY) {
        let twice = open("x", &[&bytes[..], &bytes].concat());
        assert_eq!(twice.files[0].bytes, STORY.repeat(2), "{suffix}: {:?}", twice.findings);
    }
}

#[test]
fn an_archive_of_7_zip_opens_and_a_locked_one_with_its_password() {
    let outcome = open("a.7z", &seven_zip(None, false));
    assert_eq!(outcome.paths(), ["a.7z!src/story.txt", "a.7z!src/two.txt"]);
    assert!(outcome.text("a.7z!src/story.txt") == story() && outcome.findings.is_empty(), "{:?}", outcome.findings);

    let locked = seven_zip(Some("geheim"), false);
    let outcome = open("a.7z", &locked);
    assert_eq!(
        outcome.kinds(),
        [("a.7z!src/story.txt", FindingKind::Encrypted), ("a.7z!src/two.txt", FindingKind::Encrypted)]
    );
    let outcome = open_with(&["wrong"], "a.7z", &locked);
    assert!(outcome.findings[0].detail.contains("the password does not fit"), "{:?}", outcome.findings);
    let outcome = open_with(&["wrong", "geheim"], "a.7z", &locked);
    assert!(outcome.text("a.7z!src/two.txt") == "two" && outcome.findings.is_empty(), "{:?}", outcome.findings);

    // Where the names are locked too, the archive is passed on as the file that it is.
    let hidden = seven_zip(Some("geheim"), true);
    let outcome = open("a.7z", &hidden);
    assert_eq!((outcome.kinds(), outcome.paths()), (vec![("a.7z", FindingKind::Encrypted)], vec!["a.7z"]));
    let outcome = open_with(&["geheim"], "a.7z", &hidden);
    assert!(outcome.text("a.7z!src/story.txt") == story() && outcome.findings.is_empty(), "{:?}", outcome.findings);
}

#[test]
fn a_locked_zip_opens_with_its_password_and_says_why_not() {
    for is_old in [false, true] {
        let locked = locked_zip("geheim", is_old);
        let outcome = open("a.zip", &locked);
        assert_eq!(outcome.kinds(), [("a.zip!locked.txt", FindingKind::Encrypted)]);
        assert!(outcome.findings[0].detail.contains("no password is known"), "{:?}", outcome.findings);
        let many: Vec<String> = (0..100).map(|n| format!("wrong {n}")).collect();
        let mut many: Vec<&str> = many.iter().map(String::as_str).collect();
        let outcome = open_with(&many, "a.zip", &locked);
        assert!(outcome.findings[0].detail.contains("none of the 100 passwords"), "{:?}", outcome.findings);
        many.push("geheim");
        let outcome = open_with(&many, "a.zip", &locked);
        assert_eq!(outcome.text("a.zip!locked.txt"), story(), "{:?}", outcome.findings);
        assert!(outcome.findings.is_empty(), "{:?}", outcome.findings);
    }
}

#[test]
fn members_of_ar_have_short_long_and_stored_names() {
    let long = "a-name-of-more-than-sixteen.o";
    let table = format!("{long}/\nother/\n");
    let stored = [&b"a long name.txt\0"[..], STORY].concat();
    let archive = ar_of(&[
        ("//", table.as_bytes()),
        ("short.o/", b"odd"),
        ("/0", b"long"),
        ("#1/16", &stored),
        ("/99", b"lost"),
        ("data.tar/", &tar_of(&[("x", b"y")])),
    ]);
    let outcome = open("a.ar", &archive);
    assert_eq!(
        outcome.paths(),
        ["a.ar!short.o", &format!("a.ar!{long}"), "a.ar!a long name.txt", "a.ar!/99", "a.ar!data.tar!x"]
    );
    assert_eq!(outcome.text("a.ar!a long name.txt"), story());
    assert_eq!(outcome.kinds(), [("a.ar", FindingKind::Corrupt), ("a.ar!/99", FindingKind::UnsafeName)]);
    assert_eq!(outcome.clues(ClueKind::Owner)[..1], ["svc-backup (1001), group - (100)"]);
}

#[test]
fn entries_of_cpio_and_files_of_rpm_come_out() {
    let cpio = cpio_of(&[("./usr/story.txt", STORY), ("../up", b"up")]);
    let outcome = open("a.cpio", &cpio);
    assert_eq!(outcome.paths(), ["a.cpio!./usr/story.txt", "a.cpio!../up"]);
    assert_eq!(outcome.kinds(), [("a.cpio!../up", FindingKind::UnsafeName)]);
    assert_eq!(open("a.cpio", &cpio[..300]).kinds(), [("a.cpio", FindingKind::Truncated)]);
    for payload in [xz(&cpio), gzip(&cpio), cpio] {
        let outcome = open("a.rpm", &rpm_of(&payload));
        assert_eq!(outcome.text("a.rpm!./usr/story.txt"), story(), "{:?}", outcome.findings);
        assert_eq!(outcome.clues(ClueKind::Host), ["build-7.example.org"]);
        assert_eq!(outcome.clues(ClueKind::Firm), ["Example"]);
    }
}

#[test]
fn files_of_cabinets_come_out_of_every_compression() {
    let size = STORY.len();
    let [first, second] = mszip_blocks();
    assert!(second.len() < first.len() / 2, "the second block repeats the first");
    let outcome =
        open("a.cab", &cab_of(1, &[(&first, size), (&second, size)], &[("a.txt", size + 10), ("b.txt", size - 10)]));
    assert_eq!(outcome.paths(), ["a.cab!a.txt", "a.cab!b.txt"]);
    assert_eq!(outcome.text("a.cab!a.txt"), format!("{}{}", story(), &story()[..10]), "{:?}", outcome.findings);
    assert_eq!(outcome.text("a.cab!b.txt"), &story()[10..]);
    assert!(outcome.findings.is_empty(), "{:?}", outcome.findings);
    assert_eq!(
        outcome.clues(ClueKind::Times),
        ["2019-05-10 10:30:04 to 2019-05-10 10:30:04, by a clock of no told zone"]
    );

    let outcome = open("a.cab", &cab_of(0, &[(STORY, size)], &[("a.txt", size), ("cut.txt", 5)]));
    assert_eq!(outcome.text("a.cab!a.txt"), story());
    assert_eq!(outcome.kinds(), [("a.cab!cut.txt", FindingKind::Truncated)]);

    // By makecab, with LZX.
    let lzx = b"\x5b\x80\x80\x8d\x00\x30\xf0\x01\x10\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00Hello, world!\r\n\
        See you later!\r\n\x00";
    let outcome = open("a.cab", &cab_of(0x1303, &[(lzx, 31)], &[("hi.txt", 15), ("bye.txt", 16)]));
    assert_eq!(outcome.text("a.cab!bye.txt"), "See you later!\r\n", "{:?}", outcome.findings);
    let outcome = open("a.cab", &cab_of(2, &[(STORY, size)], &[("a.txt", size)]));
    assert_eq!(outcome.kinds(), [("a.cab!a.txt", FindingKind::Unsupported)]);
}

#[test]
fn files_of_an_image_come_out_and_a_folder_in_itself_is_read_once() {
    let outcome = open("a.iso", &iso_of(false));
    assert_eq!(outcome.paths(), ["a.iso!STORY.TXT", "a.iso!SUB/TWO.TXT"]);
    assert!(outcome.text("a.iso!STORY.TXT") == story() && outcome.findings.is_empty(), "{:?}", outcome.findings);
    assert_eq!(outcome.clues(ClueKind::Zone), ["UTC+03:00"]);
    assert_eq!(outcome.clues(ClueKind::Tool), ["MKISOFS"]);
    assert_eq!(outcome.clues(ClueKind::Times), ["2019-05-10 10:30:00 to 2019-05-10 10:30:00, UTC"]);
    let outcome = open("a.iso", &iso_of(true));
    assert_eq!(outcome.kinds(), [("a.iso!SUB", FindingKind::Corrupt)]);
    assert_eq!(outcome.text("a.iso!STORY.TXT"), story());
}

#[test]
fn files_of_a_rar_come_out_of_every_kind_and_what_lies_in_them() {
    let tar = tar_of(&[("deep.txt", STORY)]);
    for (is_old, is_solid, is_stored) in
        [(false, false, false), (false, true, false), (false, false, true), (true, false, false), (true, true, false)]
    {
        let like = Rar { is_old, is_solid, is_stored, ..Rar::default() };
        let bytes = rar_of(like, &[("a.txt", STORY), ("dir/x.tar", &tar), ("b.txt", STORY)]);
        for outcome in
            [open("x", &bytes), open("x", &rar_of(Rar { is_stored: true, ..Rar::default() }, &[("y", &bytes)]))]
        {
            let outer = if outcome.opened.len() == 2 { "x" } else { "x!y" };
            assert!(outcome.findings.is_empty() && outcome.summary.whole, "{:?}", outcome.findings);
            for name in ["a.txt", "dir/x.tar!deep.txt", "b.txt"] {
                assert_eq!(outcome.text(&format!("{outer}!{name}")), story(), "{is_old} {is_solid} {is_stored}");
            }
            let has_times = outcome.clues.iter().any(|it| it.path == outer && it.kind == ClueKind::Times);
            assert!(has_times, "{:?}", outcome.clues);
        }
    }
}

#[test]
fn a_locked_rar_opens_with_one_of_the_passwords() {
    for (is_old, is_solid, hides_names) in
        [(false, false, false), (false, true, false), (false, false, true), (true, false, false), (true, false, true)]
    {
        let like = Rar { is_old, is_solid, hides_names, password: Some("geheim"), ..Rar::default() };
        let bytes = rar_of(like, &[("a.txt", STORY), ("b.txt", STORY)]);
        let outcome = open_with(&["falsch", "geheim"], "x", &bytes);
        assert_eq!(outcome.kinds(), [], "{is_old} {is_solid} {hides_names}: {:?}", outcome.findings);
        assert_eq!((outcome.text("x!a.txt"), outcome.text("x!b.txt")), (story(), story()));
        for passwords in [&["falsch"][..], &[]] {
            let outcome = open_with(passwords, "x", &bytes);
            let locked: &[(&str, FindingKind)] = match hides_names {
                true => &[("x", FindingKind::Encrypted)],
                false => &[("x!a.txt", FindingKind::Encrypted), ("x!b.txt", FindingKind::Encrypted)],
            };
            assert_eq!(outcome.kinds(), locked, "{is_old} {is_solid} {hides_names}: {:?}", outcome.findings);
        }
    }
}

#[test]
fn a_rar_that_is_damaged_cut_or_grows_too_much_says_so_and_gives_the_rest() {
    let stored = Rar { is_stored: true, ..Rar::default() };
    let mut bytes = rar_of(stored, &[("a.txt", STORY), ("b.txt", STORY)]);
    let at = bytes.windows(STORY.len()).position(|it| it == STORY).expect("the first");
    bytes[at + 3] ^= 1;
    let outcome = open("x", &bytes);
    assert_eq!(outcome.kinds(), [("x!a.txt", FindingKind::Corrupt)], "{:?}", outcome.findings);
    assert_eq!(outcome.text("x!b.txt"), story());

    // One volume of several.
    let noise: Vec<u8> = (0..6000u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[1]).collect();
    let set = rar_builder(stored, &[("a.txt", STORY), ("b.bin", &noise)]).volume_size(Some(4096));
    let volumes = set.build_volumes(None).expect("volumes");
    let outcome = open("x.part1.rar", &volumes[0]);
    assert_eq!(outcome.kinds(), [("x.part1.rar!b.bin", FindingKind::Truncated)], "{:?}", outcome.findings);
    assert_eq!(outcome.text("x.part1.rar!a.txt"), story());

    for is_solid in [false, true] {
        let like = Rar { is_solid, ..Rar::default() };
        // More than may be held at once comes in several passes.
        let large: Vec<u8> = (0..3u32 << 20).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
        let mut bytes = rar_of(like, &[("a.txt", STORY), ("large", &large), ("b.txt", STORY)]);
        let limits = Limits { nested_bytes: 1 << 20, ..Limits::default() };
        let outcome = unpack(&mut worker(&[], limits), "x", &bytes);
        assert_eq!((outcome.kinds(), outcome.text("x!b.txt")), (vec![], story()), "{:?}", outcome.findings);
        let came = outcome.files.iter().find(|it| it.path == "x!large").expect("it came");
        assert!(came.bytes == large && came.is_complete, "solid: {is_solid}, {} bytes", came.bytes.len());
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x55;
        let limits = Limits { nested_bytes: 1 << 20, ..Limits::default() };
        let outcome = unpack(&mut worker(&[], limits), "x", &bytes);
        assert!(outcome.kinds().iter().any(|(_, kind)| *kind == FindingKind::Corrupt), "{:?}", outcome.findings);
        let bomb = rar_of(like, &[("bomb", &vec![b'x'; 70 << 20]), ("b.txt", STORY)]);
        let outcome = open("x", &bomb);
        assert_eq!(outcome.findings.first().map(|it| it.kind), Some(FindingKind::Bomb), "{:?}", outcome.findings);
        assert!(outcome.summary.bytes < 70 << 20, "{}", outcome.summary.bytes);
    }
}

#[test]
fn what_is_not_opened_is_named_with_the_reason_and_passed_on() {
    let closed: [(&[u8], &str); 3] =
        [(b"RE~^ and so on", "RAR"), (b"MSWIM\0\0\0 and so on", "WIM"), (b"age-encryption.org/v1\n-> x", "age")];
    for (bytes, word) in closed {
        let outcome = open("x", &tar_of(&[("inner", bytes), ("after", b"after")]));
        assert_eq!(outcome.kinds(), [("x!inner", FindingKind::Unsupported)]);
        assert!(outcome.findings[0].detail.contains(word), "{:?}", outcome.findings);
        assert_eq!((outcome.files[0].bytes.as_slice(), outcome.text("x!after")), (bytes, "after"));
        assert!(unpack::is_archive(bytes));
    }
}

#[test]
fn archives_say_who_packed_them_and_when() {
    let outcome = open("a.tar", &tar_of(&[("x", b"x"), ("y", b"y")]));
    assert_eq!(outcome.clues(ClueKind::Owner), ["svc-backup (1001), group - (100)"]);
    assert_eq!(outcome.clues(ClueKind::Times), ["2019-05-10 10:30:00 to 2019-05-10 10:30:00, UTC"]);
    assert_eq!(outcome.clues[0].entries, 2);
    let outcome = open("x.gz", &gzip(b"x"));
    assert_eq!(outcome.clues(ClueKind::Name), ["dump.sql"]);
    assert_eq!(outcome.clues(ClueKind::Tool), ["NTFS (Windows)"]);

    // Beside the time by the packer's clock, 13:30:00, that in UTC, as Info-ZIP has it.
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let at = zip::DateTime::from_date_and_time(2019, 5, 10, 13, 30, 0).expect("a time");
    let mut options = zip::write::FullFileOptions::default().last_modified_time(at);
    let in_utc = [&[1][..], &1_557_484_200u32.to_le_bytes()].concat();
    options.add_extra_field(0x5455, in_utc.into_boxed_slice(), true).expect("a field");
    archive.start_file("x", options).expect("an entry");
    let outcome = open("a.zip", &archive.finish().expect("an archive").into_inner());
    assert_eq!(outcome.clues(ClueKind::Zone), ["UTC+03:00"], "{:?}", outcome.clues);
}

/// Each entry by itself grows by no more than the ratio; together they do.
#[test]
fn entries_that_share_one_body_are_a_bomb() {
    let content = vec![b'x'; 1 << 20];
    let one = zip_of(&[("x", &content)]);
    let at = |mark: &[u8]| one.windows(4).position(|it| it == mark).expect("a mark");
    let (directory, end) = (at(b"PK\x01\x02"), at(b"PK\x05\x06"));
    let row = &one[directory..end];
    let (count, length) = (1000u16, u32::try_from(row.len() * 1000).expect("small"));
    let mut tail = one[end..].to_vec();
    tail[8..12].copy_from_slice(&[count.to_le_bytes(), count.to_le_bytes()].concat());
    tail[12..16].copy_from_slice(&length.to_le_bytes());
    let bomb = [&one[..directory], &row.repeat(1000), &tail].concat();
    let outcome = open("a.zip", &bomb);
    assert_eq!(outcome.findings.last().map(|it| (it.path.as_str(), it.kind)), Some(("a.zip", FindingKind::Bomb)));
    assert!(outcome.summary.bytes < 70 << 20, "{}", outcome.summary.bytes);
}

/// Bytes changed at random, by the same seed each time: nothing kills the worker, and a good file after each is read.
#[test]
fn archives_changed_at_random_leave_the_worker_alive() {
    let tar = tar_of(&[("a/story.txt", STORY)]);
    let [first, second] = mszip_blocks();
    let mut made = streams(&tar);
    made.extend([
        ("7z", seven_zip(None, false)),
        ("locked.7z", seven_zip(Some("geheim"), false)),
        ("zip", locked_zip("geheim", false)),
        ("ar", ar_of(&[("//", b"long name/\n"), ("/0", STORY), ("x.tar/", &tar)])),
        ("cpio", cpio_of(&[("x", STORY), ("y", &tar)])),
        ("rpm", rpm_of(&xz(&cpio_of(&[("x", STORY)])))),
        ("cab", cab_of(1, &[(&first, STORY.len()), (&second, STORY.len())], &[("a", 20), ("b", 30)])),
        ("iso", iso_of(false)),
        ("rar", rar_of(Rar::default(), &[("a", STORY), ("b.tar", &tar)])),
        ("solid.rar", rar_of(Rar { is_solid: true, ..Rar::default() }, &[("a", STORY), ("b.tar", &tar)])),
        ("old.rar", rar_of(Rar { is_old: true, ..Rar::default() }, &[("a", STORY), ("b.tar", &tar)])),
        ("locked.rar", rar_of(Rar { password: Some("geheim"), ..Rar::default() }, &[("a", STORY)])),
    ]);
    let mut worker = worker(&[], Limits::default());
    worker.set_passwords(&["geheim".to_owned()]).expect("one");
    let mut state = 7u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or(0) % below
    };
    for (name, bytes) in made {
        for _ in 0..60 {
            let mut changed = bytes.clone();
            // Of an image, what is looked at stands behind its empty start.
            let from = if name == "iso" { 16 * 2048 } else { 0 };
            for _ in 0..=next(4) {
                let at = from + next(changed.len() - from);
                changed[at] = u8::try_from(next(256)).unwrap_or(0);
            }
            if next(4) == 0 {
                changed.truncate(from + 1 + next(changed.len() - from));
            }
            let outcome = unpack(&mut worker, name, &changed);
            let died = |it: &unpack::Finding| matches!(it.kind, FindingKind::WorkerDied | FindingKind::WorkerLied);
            assert!(!outcome.findings.iter().any(died), "{name}: {:?}", outcome.findings);
        }
        assert_eq!(unpack(&mut worker, "good.tar", &tar).text("good.tar!a/story.txt"), story(), "{name}");
    }
}

#[test]
fn entries_of_a_zip_by_zstd_are_read_and_held_against_their_checksum() {
    let zstd = streams(STORY).into_iter().find(|(suffix, _)| *suffix == "zst").expect("one").1;
    // Stored, and then said to be zstd: method, checksum and size in both heads.
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file("a.txt", stored).expect("an entry");
    std::io::Write::write_all(&mut writer, &zstd).expect("its bytes");
    let mut bytes = writer.finish().expect("an archive").into_inner();
    let directory = bytes.windows(4).position(|it| it == b"PK\x01\x02").expect("a directory");
    let mut sum = flate2::Crc::new();
    sum.update(STORY);
    for (method, checksum, size) in [(8, 14, 22), (directory + 10, directory + 16, directory + 24)] {
        bytes[method..method + 2].copy_from_slice(&93u16.to_le_bytes());
        bytes[checksum..checksum + 4].copy_from_slice(&sum.sum().to_le_bytes());
        bytes[size..size + 4].copy_from_slice(&u32::try_from(STORY.len()).expect("small").to_le_bytes());
    }
    let outcome = unpack(&mut worker(&[], Limits::default()), "a.zip", &bytes);
    assert_eq!((outcome.text("a.zip!a.txt").as_bytes(), outcome.kinds()), (STORY, vec![]));
    bytes[directory + 16] ^= 1;
    let outcome = unpack(&mut worker(&[], Limits::default()), "a.zip", &bytes);
    assert_eq!(outcome.kinds(), [("a.zip!a.txt", FindingKind::Corrupt)]);
}
