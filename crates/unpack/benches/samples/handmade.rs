//! Two hundred files made by hand: names that lead elsewhere, links, bombs, depths, loops, lies about sizes and places.

use std::io::Write as _;
use std::path::Path;

use crate::makers::{STORY, ar_of, cab_of, cpio_of, gzip, iso_of, locked_zip, seven_zip, streams, tar_of, xz, zip_of};

/// All of them, named by their kind. `canary` is a file that no name may lead to.
pub(crate) fn all(canary: &Path) -> Vec<(String, Vec<u8>)> {
    let mut made: Vec<(String, Vec<u8>)> = Vec::new();
    let canary = canary.to_string_lossy().into_owned();
    for name in names(&canary) {
        for (kind, bytes) in named(&name) {
            made.push((format!("{kind} with a name that leads elsewhere"), bytes));
        }
    }
    for target in ["/etc/passwd", canary.as_str(), "../../../../../../proc/self/mem", "."] {
        for kind in [b'1', b'2', b'3', b'4', b'6', b'7'] {
            let link = raw_tar("way", kind, target, 0, b"");
            let through = raw_tar("way/through", b'0', "", STORY.len() as u64, STORY);
            made.push(("tar with a link".to_owned(), [link, through].concat()));
        }
    }
    for depth in [2, 9, 40, 300] {
        let mut layers: Vec<(&str, Vec<u8>)> =
            vec![("zip", STORY.to_vec()), ("tar", STORY.to_vec()), ("gz", STORY.to_vec())];
        for (kind, bytes) in &mut layers {
            for _ in 0..depth {
                *bytes = match *kind {
                    "zip" => zip_of(&[("x", bytes)]),
                    "tar" => tar_of(&[("x", bytes)]),
                    _ => gzip(bytes),
                };
            }
        }
        made.extend(layers.into_iter().map(|(kind, bytes)| (format!("{kind} in {depth} others"), bytes)));
    }
    made.extend(bombs());
    made.extend(lies());
    made.extend(cuts(200 - made.len().min(200)));
    made
}

/// Names that no file system may ever see.
fn names(canary: &str) -> Vec<String> {
    let climb = format!("../../../../../../../../..{canary}");
    let long = "d/".repeat(50);
    [
        canary,
        &climb,
        "C:\\Windows\\x",
        "\\\\host\\share\\x",
        "a\u{202e}cod.exe",
        "new\nline",
        "",
        "..",
        &long,
        "nul\u{7f}",
    ]
    .iter()
    .map(|name| (*name).to_owned())
    .collect()
}

/// Archives of each kind with a file of this name.
fn named(name: &str) -> Vec<(&'static str, Vec<u8>)> {
    let mut short = name.to_owned();
    short.truncate(short.floor_char_boundary(90));
    vec![
        ("tar", [raw_tar(&short, b'0', "", STORY.len() as u64, STORY), vec![0; 1024]].concat()),
        ("zip", zip_of(&[(name, STORY)])),
        ("cpio", cpio_of(&[(name, STORY)])),
        ("ar", ar_of(&[("//", format!("{name}\n").as_bytes()), ("/0", STORY)])),
        ("cab", cab_of(0, &[(STORY, STORY.len())], &[(name, STORY.len())])),
    ]
}

/// A header of tar as it is told to be, with a right checksum.
fn raw_tar(name: &str, kind: u8, target: &str, size: u64, bytes: &[u8]) -> Vec<u8> {
    let mut header = [0; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[100..108].copy_from_slice(b"0000644\0");
    let digits = format!("{size:011o}");
    header[124..135].copy_from_slice(&digits.as_bytes()[..11]);
    header[136..148].copy_from_slice(b"00000000000\0");
    header[148..156].fill(b' ');
    header[156] = kind;
    let target = &target.as_bytes()[..target.len().min(99)];
    header[157..157 + target.len()].copy_from_slice(target);
    header[257..265].copy_from_slice(b"ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut entry = [&header[..], bytes].concat();
    entry.resize(entry.len().next_multiple_of(512), 0);
    entry
}

/// What grows, by one codec and by several in one another, and what many entries share.
fn bombs() -> Vec<(String, Vec<u8>)> {
    let zeros = vec![0; 100 << 20];
    let mut made = Vec::new();
    for (codec, once) in streams(&zeros) {
        // What comes out of one is what goes into the next.
        let twice = streams(&once).into_iter().find(|(it, _)| *it == codec).map(|(_, bytes)| bytes);
        made.push((format!("{codec} bomb"), once));
        made.extend(twice.map(|bytes| (format!("{codec} bomb in another"), bytes)));
    }
    made.push(("zip bomb".to_owned(), zip_of(&[("zeros", &zeros), ("after", STORY)])));
    for entries in [100, 5_000, 60_000] {
        made.push(("zip whose entries share one body".to_owned(), overlapping(entries, &zeros[..1 << 20])));
    }
    let many: Vec<(String, &[u8])> = (0..20_000).map(|number| (format!("{number}"), &b""[..])).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    made.push(("tar of many entries".to_owned(), tar_of(&many)));
    made.push(("zip of many entries".to_owned(), zip_of(&many)));
    made.push(("cpio of many entries".to_owned(), cpio_of(&many)));
    made
}

/// A zip of which each entry of the directory leads to the same compressed body.
fn overlapping(entries: u32, content: &[u8]) -> Vec<u8> {
    let one = zip_of(&[("x", content)]);
    let directory = one.windows(4).position(|it| it == b"PK\x01\x02").unwrap_or(0);
    let end = one.windows(4).position(|it| it == b"PK\x05\x06").unwrap_or(one.len());
    let row = &one[directory..end];
    let mut archive = one[..directory].to_vec();
    (0..entries).for_each(|_| archive.extend(row));
    let mut tail = one[end..].to_vec();
    let count = u16::try_from(entries).unwrap_or(u16::MAX).to_le_bytes();
    tail[8..10].copy_from_slice(&count);
    tail[10..12].copy_from_slice(&count);
    let length = u32::try_from(row.len()).unwrap_or(0).saturating_mul(entries);
    tail[12..16].copy_from_slice(&length.to_le_bytes());
    archive.extend(tail);
    archive
}

/// Sizes, counts and places that are not so.
fn lies() -> Vec<(String, Vec<u8>)> {
    let mut made = Vec::new();
    for size in [1u64 << 20, 1 << 32, (1 << 33) - 1] {
        made.push(("tar that states too much".to_owned(), raw_tar("x", b'0', "", size, STORY)));
        made.push(("tar with a name that is too long".to_owned(), raw_tar("x", b'L', "", size, STORY)));
    }
    made.push(("iso with a folder in itself".to_owned(), iso_of(true)));
    for (kind, bytes, range) in [
        // Of each format the fields that say how much there is, and where.
        ("zip", zip_of(&[("x", STORY)]), 18..30),
        ("7z", seven_zip(None, false), 12..32),
        ("xz", xz(STORY), 12..24),
        ("iso", iso_of(false), 16 * 2048 + 156..16 * 2048 + 180),
        ("cab", cab_of(1, &[(b"CK\x03\0", 9)], &[("x", 9)]), 16..32),
    ] {
        for at in range.step_by(4) {
            let mut lie = bytes.clone();
            lie[at..at + 4].fill(0xff);
            made.push((format!("{kind} with a number at the end of its range"), lie));
        }
    }
    // Windows and dictionaries of gigabytes.
    let mut zstd = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xff];
    zstd.extend([1, 0, 0]);
    made.push(("zstd with a window of terabytes".to_owned(), zstd));
    let mut lzip = b"LZIP\x01\x1d".to_vec();
    lzip.resize(200, 0);
    made.push(("lzip with a large dictionary".to_owned(), lzip));
    // Frames to be skipped, without end.
    let skipped = [&[0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0][..]].concat().repeat(100_000);
    made.push((
        "zstd of nothing but frames to be skipped".to_owned(),
        [&skipped[..], &[0x28, 0xb5, 0x2f, 0xfd]].concat(),
    ));
    made.push(("gzip of many empty members".to_owned(), gzip(b"").repeat(100_000)));
    made
}

/// Archives cut at as many places as are wanted, each a little further in.
fn cuts(wanted: usize) -> Vec<(String, Vec<u8>)> {
    let whole = [
        ("zip", locked_zip("geheim", false)),
        ("7z", seven_zip(None, false)),
        ("tar.xz", xz(&tar_of(&[("x", STORY)]))),
        ("iso", iso_of(false)),
        ("cab", cab_of(0, &[(STORY, STORY.len())], &[("x", STORY.len())])),
    ];
    let cut = |number: usize| {
        let (kind, bytes) = &whole[number % whole.len()];
        let length = bytes.len() * (number / whole.len() + 1) / (wanted / whole.len() + 2);
        let mut bytes = bytes[..length].to_vec();
        // Something stands where nothing should.
        let _ = bytes.write_all(if number.is_multiple_of(2) { b"" } else { b"PK\x05\x06" });
        (format!("{kind} that is cut"), bytes)
    };
    (0..wanted).map(cut).collect()
}
