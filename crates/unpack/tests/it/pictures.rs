//! Pictures: pixels of what is one, a finding for what only says so, and nothing where nobody asked.

use unpack::{FindingKind, Grey, Limits};

use super::makers::tar_of as tar;
use super::{unpack, worker};

fn grey(width: u32, height: u32) -> Grey {
    let pixels = (0..width * height).map(|at| if at % width < width / 3 { 0 } else { 255 }).collect();
    Grey { width, height, pixels }
}

/// The head of a PNG of so many pixels, and no pixels.
fn claimed(width: u32, height: u32) -> Vec<u8> {
    let mut head = b"IHDR".to_vec();
    head.extend(width.to_be_bytes());
    head.extend(height.to_be_bytes());
    head.extend([8, 0, 0, 0, 0]);
    let mut crc = flate2::Crc::new();
    crc.update(&head);
    let ends: &[u8] = b"\0\0\0\0IDAT\x35\xaf\x06\x1e";
    [b"\x89PNG\r\n\x1a\n\0\0\0\r", head.as_slice(), &crc.sum().to_be_bytes(), ends].concat()
}

/// A GIF of two pictures, of one pixel each.
fn animated() -> Vec<u8> {
    let picture = b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0";
    [&b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff"[..], picture, picture, b"\x3b"].concat()
}

#[test]
fn pixels_come_behind_their_file_where_they_are_asked_for() {
    let whole = grey(60, 40).to_png().expect("it has pixels");
    let sample = tar(&[("a.png", &whole), ("b.txt", b"no picture"), ("c.gif", &animated())]);
    let mut worker = worker(&[], Limits::default());
    assert!(unpack(&mut worker, "a.tar", &sample).pictures.is_empty());
    worker.set_pictures(true);
    let found = unpack(&mut worker, "a.tar", &sample);
    assert!(found.findings.is_empty() && found.files.len() == 3 && found.summary.whole, "{:?}", found.findings);
    let [(first, picture), (second, moving)] = found.pictures.as_slice() else { panic!("{:?}", found.pictures) };
    assert_eq!((first.as_str(), picture.format.as_str(), picture.is_animated), ("a.tar!a.png", "png", false));
    assert_eq!(picture.grey, grey(60, 40));
    assert_eq!((second.as_str(), moving.is_animated), ("a.tar!c.gif", true));
}

#[test]
fn what_lies_or_breaks_off_is_a_finding_and_the_rest_goes_on() {
    let whole = grey(300, 200).to_png().expect("it has pixels");
    let sample = tar(&[
        ("huge.png", &claimed(50_000, 50_000)),
        ("long.png", &claimed(40_000_000, 1)),
        ("cut.png", &whole[..whole.len() / 2]),
        ("none.jpg", b"\xff\xd8\xff\xe0 and nothing more"),
        ("whole.png", &whole),
    ]);
    let mut worker = worker(&[], Limits::default());
    worker.set_pictures(true);
    let found = unpack(&mut worker, "a.tar", &sample);
    let kinds = found.kinds();
    assert_eq!(kinds.first(), Some(&("a.tar!huge.png", FindingKind::TooLarge)));
    for name in ["a.tar!long.png", "a.tar!cut.png", "a.tar!none.jpg"] {
        assert!(kinds.iter().any(|(path, _)| *path == name), "{name}: {kinds:?}");
    }
    assert_eq!(found.pictures.iter().map(|(path, _)| path.as_str()).collect::<Vec<_>>(), ["a.tar!whole.png"]);
    assert_eq!(found.files.len(), 5, "each is passed on as the file that it is");
}
