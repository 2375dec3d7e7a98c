//! Archives that were cut in pieces.

use std::io::Seek as _;
use std::ops::ControlFlow;

use unpack::{Event, FindingKind, Limits};

use super::makers::{Rar, STORY, gzip, rar_builder, rar_of, seven_zip, tar_of, zip_of};
use super::{file_of, unpack, worker};

fn cut(bytes: &[u8], pieces: usize) -> Vec<Vec<u8>> {
    bytes.chunks(bytes.len().div_ceil(pieces)).map(<[u8]>::to_vec).collect()
}

/// The files that come out of parts, and what is said of them.
fn joined(name: &str, parts: &[Vec<u8>]) -> (Vec<(String, Vec<u8>)>, Vec<String>) {
    let mut files: Vec<_> = parts.iter().map(|part| file_of(part)).collect();
    let (mut found, mut findings) = (Vec::<(String, Vec<u8>)>::new(), Vec::new());
    let asked = worker(&[], Limits::default()).files_of_parts(name, &files, &mut |event| {
        match event {
            Event::File { path, .. } => found.push((path.to_owned(), Vec::new())),
            Event::Data(bytes) => found.last_mut().expect("a file").1.extend_from_slice(bytes),
            Event::Finding(finding) => findings.push(finding.to_string()),
            _ => {}
        }
        ControlFlow::Continue(())
    });
    assert!(asked.is_ok(), "{asked:?}");
    // How far the child is shows in the files that it shares with us.
    assert!(files.iter_mut().all(|file| file.stream_position().is_ok_and(|at| at > 0)));
    (found, findings)
}

#[test]
fn parts_that_are_given_together_are_the_archive_that_was_cut() {
    let whole = seven_zip(None, false);
    let expected = joined("x.7z", std::slice::from_ref(&whole));
    assert!(!expected.0.is_empty() && expected.1.is_empty());
    assert_eq!(joined("x.7z", &cut(&whole, 5)), expected);
    let stream = gzip(&tar_of(&[("a.txt", STORY)]));
    assert_eq!(joined("x.tgz", &cut(&stream, 3)), (vec![("x.tgz!a.txt".to_owned(), STORY.to_vec())], vec![]));
    assert!(worker(&[], Limits::default()).files_of_parts("x", &[], &mut |_| ControlFlow::Continue(())).is_err());
}

/// A zip as it is written to several disks: each entry of the directory tells its disk and the place there.
fn spanned(files: &[(&str, &[u8])], pieces: usize) -> Vec<Vec<u8>> {
    let mut bytes = zip_of(files);
    let size = bytes.len().div_ceil(pieces);
    let number = |bytes: &[u8], at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four")) as usize;
    let end = bytes.windows(4).rposition(|it| it == b"PK\x05\x06").expect("an end");
    let directory = number(&bytes, end + 16);
    let put = |bytes: &mut [u8], at: usize, disk: usize, place: (usize, usize)| {
        bytes[at..at + 2].copy_from_slice(&u16::try_from(disk).expect("few").to_le_bytes());
        bytes[place.0..place.0 + 4].copy_from_slice(&u32::try_from(place.1).expect("small").to_le_bytes());
    };
    let mut at = directory;
    while bytes[at..].starts_with(b"PK\x01\x02") {
        let place = number(&bytes, at + 42);
        put(&mut bytes, at + 34, place / size, (at + 42, place % size));
        let lengths: usize =
            [28, 30, 32].iter().map(|of| usize::from(bytes[at + of]) + 256 * usize::from(bytes[at + of + 1])).sum();
        at += 46 + lengths;
    }
    let last = u16::try_from(pieces - 1).expect("few").to_le_bytes();
    bytes[end + 4..end + 6].copy_from_slice(&last);
    put(&mut bytes, end + 6, directory / size, (end + 16, directory % size));
    bytes.chunks(size).map(<[u8]>::to_vec).collect()
}

#[test]
fn a_zip_on_several_disks_is_read_by_its_directory() {
    let files: [(&str, &[u8]); 3] = [("a.txt", STORY), ("b/c.txt", &[7; 4000]), ("d.txt", b"Last.")];
    for pieces in [2, 3, 6] {
        let (found, findings) = joined("x.zip", &spanned(&files, pieces));
        let expected: Vec<_> = files.iter().map(|(name, bytes)| (format!("x.zip!{name}"), bytes.to_vec())).collect();
        assert_eq!((found, findings), (expected, vec![]), "{pieces} disks");
    }
    // Without its first disk it is no zip, and nothing of it is lost.
    let parts = spanned(&files, 3);
    assert!(!joined("x.zip", &parts[1..]).0.is_empty());
}

#[test]
fn parts_in_another_archive_are_joined_and_what_is_missing_is_named() {
    let whole = seven_zip(None, false);
    let seven = cut(&whole, 3);
    let stream = cut(&gzip(&tar_of(&[("a.txt", STORY)])), 2);
    let disks = spanned(&[("a.txt", STORY), ("d.txt", b"Last.")], 2);
    let entries: [(&str, &[u8]); 8] = [
        ("p/x.7z.001", &seven[0]),
        ("p/x.7z.002", &seven[1]),
        ("p/x.7z.003", &seven[2]),
        ("y.tgz.aa", &stream[0]),
        ("between.txt", b"as agreed"),
        ("y.tgz.ab", &stream[1]),
        ("z.z01", &disks[0]),
        ("z.zip", &disks[1]),
    ];
    let limits = Limits::default();
    let outcome = unpack(&mut worker(&[], limits.clone()), "leak.tar", &tar_of(&entries));
    assert_eq!(outcome.kinds(), []);
    assert_eq!(outcome.text("leak.tar!y.tgz!a.txt").as_bytes(), STORY);
    assert_eq!(outcome.text("leak.tar!z.zip!d.txt"), "Last.");
    let of_seven = outcome.paths().iter().filter(|path| path.starts_with("leak.tar!p/x.7z!")).count();
    assert_eq!(of_seven, joined("x.7z", &[whole]).0.len());
    let formats: Vec<&str> = outcome.opened.iter().map(|(_, format)| format.as_str()).collect();
    assert_eq!(formats, ["tar", "7z", "gzip", "zip"]);

    let lacking: [(&str, &[u8]); 3] = [("x.tgz.aa", &stream[0]), ("x.tgz.ac", b"of another"), ("notes.aa", b"nothing")];
    let outcome = unpack(&mut worker(&[], limits.clone()), "leak.tar", &tar_of(&lacking));
    assert!(outcome.findings.iter().any(|it| it.detail.contains("number 2 is missing")), "{:?}", outcome.findings);
    assert_eq!(outcome.text("leak.tar!x.tgz.ac"), "of another");
    assert_eq!(outcome.text("leak.tar!notes.aa"), "nothing");

    let small = Limits { nested_bytes: 40, ..limits };
    let outcome =
        unpack(&mut worker(&[], small), "leak.tar", &tar_of(&[("x.tgz.aa", &stream[0]), ("x.tgz.ab", &stream[1])]));
    assert_eq!(outcome.paths(), ["leak.tar!x.tgz.aa", "leak.tar!x.tgz.ab"]);
    assert!(outcome.kinds().contains(&("leak.tar!x.tgz.aa", FindingKind::NestedTooLarge)));
}

/// Noise that no compressor makes smaller.
fn noise(length: usize) -> Vec<u8> {
    let mut number = 1_u64;
    let mut byte = || {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        number.to_be_bytes()[0]
    };
    (0..length).map(|_| byte()).collect()
}

/// A RAR of one file, in volumes.
fn volumes(like: Rar<'_>, name: &str, bytes: &[u8], size: usize) -> Vec<Vec<u8>> {
    rar_builder(like, &[(name, bytes)]).volume_size(Some(size)).build_volumes(None).expect("volumes")
}

#[test]
fn volumes_of_a_rar_are_one_archive() {
    let file = noise(50_000);
    for is_old in [false, true] {
        for is_stored in [false, true] {
            let like = Rar { is_old, is_stored, ..Rar::default() };
            let parts = volumes(like, "a/noise.bin", &file, 12_000);
            assert!(parts.len() > 3 && parts.iter().all(|part| unpack::is_volume(part)));
            assert!(!unpack::is_volume(&rar_of(like, &[("a", b"x")])));
            let expected = (vec![("x.rar!a/noise.bin".to_owned(), file.clone())], vec![]);
            assert!(joined("x.rar", &parts) == expected, "{is_old} {is_stored}");

            // Where the last is missing, what goes on there is named, and nothing hangs or is made up.
            let (found, findings) = joined("x.rar", &parts[..2]);
            assert!(found.is_empty() && findings.iter().any(|it| it.contains("another volume")), "{findings:?}");
            // Out of order, or with one twice, it is no set; no bytes of the file come out as if they were it.
            let (found, findings) = joined("x.rar", &[parts[0].clone(), parts[2].clone(), parts[1].clone()]);
            assert!(found.iter().all(|(_, bytes)| *bytes != file) && !findings.is_empty());

            // In an archive they come in the order of their names.
            let names = ["x.r00", "x.r01", "x.rar"];
            let three = volumes(like, "b.bin", &file[..30_000], 12_000);
            assert_eq!(three.len(), 3);
            let entries: [(&str, &[u8]); 4] =
                [(names[0], &three[1]), (names[1], &three[2]), (names[2], &three[0]), ("z.txt", STORY)];
            let outcome = unpack(&mut worker(&[], Limits::default()), "leak.tar", &tar_of(&entries));
            assert_eq!(outcome.kinds(), []);
            assert_eq!(outcome.paths(), ["leak.tar!z.txt", "leak.tar!x.rar!b.bin"]);
            let outcome = unpack(&mut worker(&[], Limits::default()), "leak.tar", &tar_of(&entries[..2]));
            assert!(outcome.findings.iter().any(|it| it.detail.contains("number 1 is missing")));
        }
    }
}

#[test]
fn locked_volumes_open_with_a_password_that_is_known() {
    let file = noise(30_000);
    for hides_names in [false, true] {
        let like = Rar { password: Some("fourteen lamps"), hides_names, ..Rar::default() };
        let parts = volumes(like, "noise.bin", &file, 12_000);
        let mut files: Vec<_> = parts.iter().map(|part| file_of(part)).collect();
        for passwords in [&["wrong", "fourteen lamps"][..], &["wrong"]] {
            let mut worker = worker(&[], Limits::default());
            let passwords: Vec<String> = passwords.iter().map(ToString::to_string).collect();
            worker.set_passwords(&passwords).expect("few");
            let (mut came, mut is_locked) = (Vec::new(), false);
            files.iter_mut().for_each(|file| file.rewind().expect("a file"));
            let asked = worker.files_of_parts("x.rar", &files, &mut |event| {
                match event {
                    Event::Data(bytes) => came.extend_from_slice(bytes),
                    Event::Finding(finding) => is_locked |= finding.kind == FindingKind::Encrypted,
                    _ => {}
                }
                ControlFlow::Continue(())
            });
            assert!(asked.is_ok());
            assert_eq!((came == file, is_locked), (passwords.len() == 2, passwords.len() == 1), "{hides_names}");
        }
    }
}
