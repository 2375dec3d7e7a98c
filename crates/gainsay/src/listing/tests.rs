//! Listings that are written, and read again.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use proptest::prelude::*;

use super::*;

fn read(text: impl AsRef<[u8]>) -> Option<Listing> {
    let mut reader = Reader::new();
    reader.push(text.as_ref());
    reader.finish()
}

/// Path, size and time of the files.
fn files(listing: &Listing) -> Vec<(String, Option<u64>, Option<i64>)> {
    let shown = |entry: &Entry| {
        let path = String::from_utf8(entry.path.clone()).unwrap();
        (path, entry.exact_bytes(), entry.modified.map(|(first, _)| first))
    };
    listing.entries.iter().filter(|entry| !entry.is_folder).map(shown).collect()
}

/// 2019-01-22 15:04 and the day's beginning.
const MINUTE: i64 = 1_548_169_440;
const DAY: i64 = 1_548_115_200;

fn all_read(format: Format, text: &str, time: Option<i64>) {
    let listing = read(text).unwrap_or_else(|| panic!("{format:?} is not recognised:\n{text}"));
    assert_eq!(listing.format, format);
    assert_eq!(listing.problems, [""; 0]);
    let file = |path: &str, bytes| (path.to_owned(), Some(bytes), time);
    let expected = [file("core/deep/a b.c", 1234), file("core/x.c", 7), file("z.txt", 1_234_567)];
    assert_eq!(files(&listing), expected, "{text}");
}

#[test]
fn modes_of_unix() {
    let at = "2019-01-22 15:04";
    let ls = format!(
        ".:\ntotal 12\ndrwxr-xr-x 3 u g 4096 {at} core\n-rw-r--r-- 1 u g 1234567 {at} z.txt\n\n./core:\ninsgesamt 8\n\
         drwxr-xr-x 3 u g 4096 {at} deep\n-rw-r--r--. 1 u domain users 7 {at} x.c\nlrwxrwxrwx 1 u g 3 {at} l -> x.c\n\n\
         ./core/deep:\n-rw-r--r-- 1 u g 1234 {at} 'a b.c'\n"
    );
    all_read(Format::Long, &ls, Some(MINUTE));
    all_read(Format::Long, &ls.replace(at, "Jan 22  2019"), Some(DAY));
    all_read(Format::Long, &ls.replace(at, "22. Jan 2019"), Some(DAY));
    all_read(Format::Long, &ls.replace(at, "2019-01-22 16:04:00.123456789 +0100"), Some(MINUTE));
    // Without a year, or in a language that is not known, no time is.
    all_read(Format::Long, &ls.replace(at, "Jan 22 15:04"), None);
    all_read(Format::Long, &ls.replace(at, "22 янв 2019"), None);
    let find = "  13 4 drwxr-xr-x 3 u g 4096 Jan 22 2019 ./core\n 14 4 -rw-r--r-- 1 u g 1234 Jan 22 2019 ./core/deep/a\\ b.c\n\
                  15 4 -rw-r--r-- 1 u g 7 Jan 22 2019 ./core/x.c\n 16 1208 -rw-r--r-- 1 u g 1234567 Jan 22 2019 ./z.txt\n";
    all_read(Format::Long, find, Some(DAY));
    let tar = "drwxr-xr-x u/g 0 2019-01-22 15:04 core/\n-rw-r--r-- u/g 1234 2019-01-22 15:04 core/deep/a b.c\n\
               -rw-r--r-- u/g 7 2019-01-22 15:04 core/x.c\n-rw-r--r-- u/g 1234567 2019-01-22 15:04 z.txt\n";
    all_read(Format::Long, tar, Some(MINUTE));
}

#[test]
fn dir_in_many_languages() {
    let dir = |head: &str, day: &str, folder: &str, size: &str| {
        format!(
            " Volume in drive D has no label.\r\n\r\n{head} D:\\\r\n\r\n{day}    {folder}          core\r\n\
             {day} {size:>17} z.txt\r\n               1 File(s)      {size} bytes\r\n\r\n{head} D:\\core\r\n\r\n\
             {day}    {folder}          .\r\n{day}    {folder}          deep\r\n{day}                 7 x.c\r\n\r\n\
             {head} D:\\core\\deep\r\n\r\n{day}             1{}234 a b.c\r\n",
            size.chars().nth(1).unwrap()
        )
    };
    all_read(Format::Dir, &dir(" Directory of", "01/22/2019  03:04 PM", "<DIR>", "1,234,567"), Some(MINUTE));
    all_read(Format::Dir, &dir(" Verzeichnis von", "22.01.2019  15:04", "<DIR>", "1.234.567"), Some(MINUTE));
    all_read(Format::Dir, &dir(" Répertoire de", "22/01/2019  15:04", "<REP>", "1\u{a0}234\u{a0}567"), Some(MINUTE));
    all_read(Format::Dir, &dir(" Katalog:", "2019-01-22  15:04", "<DIR>", "1 234 567"), Some(MINUTE));
    all_read(Format::Dir, &dir(" Verzeichnis von", "22.01.2019  15:04", "<DIR>", "1'234'567"), Some(MINUTE));
    // Which is the day is not known where no day is above the twelfth.
    let open = read(dir(" Directory of", "01/02/2019  03:04 PM", "<DIR>", "1,234,567")).unwrap();
    assert!(open.entries.iter().all(|entry| entry.modified.is_none()));
    let items = "    Directory: D:\\core\n\nMode   LastWriteTime   Length Name\n----   -------------   ------ ----\n\
                 d-----        1/22/2019   3:04 PM                deep\n-a----        1/22/2019   3:04 PM              7 x.c\n\n\
                 \x20   Directory: D:\\core\\deep\n\n-a----        1/22/2019   3:04 PM           1234 a b.c\n\n    Directory: D:\\\n\n\
                 -a----        1/22/2019   3:04 PM        1234567 z.txt\n";
    all_read(Format::Dir, items, Some(MINUTE));
}

#[test]
fn trees() {
    let tree = ".\n├── [       4096]  core\n│\u{a0}\u{a0} ├── [       4096]  deep\n│\u{a0}\u{a0} │\u{a0}\u{a0} └── [       1234]  a b.c\n\
                │\u{a0}\u{a0} └── [          7]  x.c\n└── [    1234567]  z.txt\n\n2 directories, 3 files\n";
    all_read(Format::Tree, tree, None);
    let ascii = tree.replace("├── ", "|-- ").replace("└── ", "`-- ").replace("│\u{a0}\u{a0} ", "|   ");
    all_read(Format::Tree, &ascii, None);
    all_read(Format::Tree, &ascii.replace("x.c", "\u{1b}[01;32mx.c\u{1b}[0m"), None);
    let dated = ascii.replace("]  ", " Jan 22  2019]  ");
    all_read(Format::Tree, &dated, Some(DAY));
    let windows = "Folder PATH listing\r\nVolume serial number is 1A2B-3C4D\r\nC:.\r\n│   z.txt\r\n│   \r\n└───core\r\n    │   x.c\r\n    │   \r\n\
                   \x20   └───deep\r\n            a b.c\r\n";
    let paths: Vec<_> = files(&read(windows).unwrap()).into_iter().map(|(path, ..)| path).collect();
    assert_eq!(paths, ["core/deep/a b.c", "core/x.c", "z.txt"]);
    // The same in a code page of DOS.
    let oem: Vec<u8> = windows
        .chars()
        .map(|letter| match letter {
            '│' => 0xb3,
            '└' => 0xc0,
            '─' => 0xc4,
            other => u8::try_from(other).unwrap(),
        })
        .collect();
    assert_eq!(files(&read(&oem).unwrap()).len(), 3);
}

#[test]
fn archives_and_sums() {
    let unzip = "Archive:  a.zip\n  Length      Date    Time    Name\n---------  ---------- -----   ----\n        0  2019-01-22 15:04   core/\n\
                 \x20    1234  2019-01-22 15:04   core/deep/a b.c\n        7  2019-01-22 15:04   core/x.c\n  1234567  01-22-2019 15:04   z.txt\n\
                 ---------                     -------\n  1235808                     4 files\n";
    all_read(Format::Zip, unzip, Some(MINUTE));
    let seven = "7-Zip 16.02\n\nListing archive: a.7z\n\n--\nPath = a.7z\n\n   Date      Time    Attr         Size   Compressed  Name\n\
                 ------------------- ----- ------------ ------------  ------------------------\n\
                 2019-01-22 15:04:00 D....            0            0  core\n2019-01-22 15:04:00 ....A         1234          123  core/deep/a b.c\n\
                 2019-01-22 15:04:00 ....A            7               core/x.c\n2019-01-22 15:04:00 ....A      1234567               z.txt\n\
                 ------------------- ----- ------------ ------------  ------------------------\n                              1235808          123  3 files, 1 folders\n";
    all_read(Format::SevenZip, seven, Some(MINUTE));
    let sums =
        "1234\t./core/deep/a b.c\n5330\t./core/deep\n7\t./core/x.c\n9433\t./core\n1234567\t./z.txt\n1248096\t.\n";
    all_read(Format::DiskUse, sums, None);
    let blocks = read("4\t./core/x.c\n8\t./core\n1208\t./z.txt\n12\t./core/y.c\n").unwrap();
    assert_eq!(blocks.entries[1].bytes, Some((1, 4096)));
}

#[test]
fn a_size_and_a_path() {
    let files: String = (1..=12).map(|n| format!("{} src/Top Shelf/App Icon - Large/a {n}.c\n", n * 7)).collect();
    let listing = read(format!("120 Makefile\n{files}")).unwrap();
    assert_eq!((listing.format, listing.entries.len()), (Format::Sizes, 13));
    assert_eq!(listing.entries[0].path, b"Makefile");
    assert_eq!(listing.entries[1].path, b"src/Top Shelf/App Icon - Large/a 1.c");
    // Small as they are, they are bytes: no folder is listed, which `du` never leaves out.
    assert_eq!(listing.entries[1].bytes, Some((7, 7)));
    let sums: String = (1..=12).map(|n| format!("  {:>6} ./src/{n}.c\n", n * 700 + 1)).collect();
    let listing = read(format!("{sums}  54612 total\n")).unwrap();
    assert_eq!((listing.entries.len(), &listing.problems[..]), (12, &[][..]));
    assert!(listing.entries.iter().all(|entry| entry.exact_bytes().is_some_and(|bytes| bytes % 700 == 1)));
    // Disk usage with blanks for tabs, as it is copied from a screen: blocks.
    let used: String = (1..=12).map(|n| format!("{:<8}./src/{n}.c\n", n * 4)).collect();
    let listing = read(format!("{used}312     ./src\n312     .\n")).unwrap();
    let file = listing.entries.iter().find(|entry| entry.path == b"src/2.c").unwrap();
    assert_eq!((listing.format, file.bytes), (Format::Sizes, Some((4 * 1024 + 1, 8 * 1024))));
    // The days behind the sizes of an archive are no folders.
    for day in ["2019-01-22", "01-22-2019", "22.01.2019"] {
        let listed: String = (1..=12).map(|n| format!("{:>9}  {day} 15:04   src/a b/{n}.c\n", n * 7)).collect();
        let listing = read(listed).unwrap();
        assert_eq!((listing.format, &listing.entries[0].path[..]), (Format::Zip, &b"src/a b/1.c"[..]), "{day}");
    }
}

#[test]
fn figures_and_words_are_no_listing() {
    let table: String = (1..=40).map(|n| format!("{n} word{n} {}\n", n * n)).collect();
    assert!(read(table).is_none());
    let counted: String = (1..=40).map(|n| format!("{:>7} example{n}.org\n", n * 31)).collect();
    assert!(read(counted).is_none());
}

#[test]
fn names_and_paths() {
    let names = ".:\ncore\nz.txt\nMakefile\nREADME\nsetup.py\na.c\nb.c\n\n./core:\ndeep\nx.c\n\n./core/deep:\na b.c\n";
    let listing = read(names).unwrap();
    assert_eq!(listing.format, Format::Names);
    assert!(files(&listing).contains(&("core/deep/a b.c".to_owned(), None, None)));
    let paths: String = (0..12).map(|n| format!("C:\\src\\core\\file{n}.c\r\n")).collect();
    let listing = read(&paths).unwrap();
    assert_eq!((listing.format, listing.entries.len()), (Format::Paths, 12));
    assert_eq!(listing.entries[0].path, b"src/core/file0.c");
    let wide: Vec<u8> = paths.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(read([&[0xff, 0xfe], &wide[..]].concat()).unwrap().entries, listing.entries);
    assert_eq!(read(&wide).unwrap().entries, listing.entries);
}

#[test]
fn sizes_that_were_rounded_are_ranges() {
    let of = |size: &str| {
        let line = format!("-rw-r--r-- 1 u g {size} 2019-01-22 15:04 x.c\n");
        read(line.repeat(3)).unwrap().entries[0].bytes.unwrap()
    };
    assert_eq!(of("12"), (12, 12));
    for (shown, bytes) in [("4.0K", 4096), ("4.0K", 4000), ("1.3M", 1_300_000), ("12K", 12 * 1024 - 1023), ("3k", 2999)]
    {
        let (least, most) = of(shown);
        assert!((least..=most).contains(&bytes), "{shown}: {least} to {most}, not {bytes}");
        assert!(most - least <= most / 2, "{shown}: {least} to {most}");
    }
}

/// Code and prose are never silently taken for a listing; this crate's own files are as good as any.
#[test]
fn what_is_no_listing_is_taken_for_none() {
    let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let name = entry.file_name().into_string().unwrap();
            if entry.file_type().unwrap().is_dir() && !name.starts_with('.') && name != "target" {
                folders.push(entry.path());
            } else if entry.file_type().unwrap().is_file() {
                seen += 1;
                let found = read(std::fs::read(entry.path()).unwrap());
                assert!(found.is_none(), "{} was taken for {:?}", entry.path().display(), found.map(|of| of.format));
            }
        }
    }
    assert!(seen > 200);
    for prose in [
        "",
        "\n\n",
        "Hello,\n\nwe have your data.\n\nPay.\n",
        "a: 1\nb: 2\nc: 3\n",
        "| a | b |\n|---|---|\n| 1 | 2 |\n",
    ] {
        assert_eq!(read(prose), None);
    }
    // Somebody says that it is one, and it has a few entries between prose.
    let mut reader = Reader::of_listing();
    reader.push(b"Proof, two files of many:\n\n-rw-r--r-- 1 u g 7 2019-01-22 15:04 core/x.c\n\nMore for money.\n");
    let listing = reader.finish().unwrap();
    assert_eq!((listing.entries.len(), listing.problems.len()), (1, 1));
}

#[test]
fn hostile_lines_are_passed_over_within_bounds() {
    let good = "-rw-r--r-- 1 u g 7 2019-01-22 15:04 x.c\n".repeat(200);
    let mut reader = Reader::new();
    reader.push(good.as_bytes());
    let piece = [b'x'; 1 << 16];
    (0..64).for_each(|_| reader.push(&piece));
    assert!(reader.lines.held() <= LONGEST_LINE);
    reader.push(b"\n");
    let deep = format!("-rw-r--r-- 1 u g 7 2019-01-22 15:04 {}x\n", "a/".repeat(2000));
    reader.push(deep.as_bytes());
    reader.push(b"-rw-r--r-- 1 u g 99999999999999999999999 2019-01-22 15:04 big\n");
    reader
        .push(b"-rw-r--r-- 1 u g 7 2019-01-22 15:04 ../../../etc/./passwd\n-rw-r--r-- 1 u g 7 2019-13-45 99:99 odd\n");
    let listing = reader.finish().unwrap();
    assert_eq!(files(&listing).into_iter().map(|(path, ..)| path).collect::<Vec<_>>(), ["etc/passwd", "x.c"]);
    assert_eq!(listing.problems.len(), 3, "{:?}", listing.problems);
    // A name with a zero byte is no text.
    assert_eq!(read([good.as_bytes(), b"a\0b\n", good.as_bytes()].concat()), None);
}

#[test]
fn of_more_entries_than_are_held_a_part_is_kept_that_depends_on_paths_alone() {
    let line = |n: usize| format!("d{}/f{n}.c\n", n % 1000);
    let mut reader = Reader::new();
    let many = MOST_ENTRIES + MOST_ENTRIES / 4;
    (0..many).for_each(|n| reader.push(line(n).as_bytes()));
    // What comes twice takes no room.
    (0..1000).for_each(|n| reader.push(line(n).as_bytes()));
    let listing = reader.finish().unwrap();
    assert_eq!(listing.listed, many as u64 + 1000);
    assert!((many / 3..many * 2 / 3).contains(&listing.entries.len()), "{}", listing.entries.len());
    assert_eq!(listing.problems, ["it lists more than can be held: one in 2 of its entries took part"]);
}

#[derive(Clone, Debug)]
struct File {
    path: Vec<String>,
    bytes: u64,
    minute: u32,
}

fn worlds() -> impl Strategy<Value = Vec<File>> {
    let name = "[a-z][a-z0-9_]{0,6}( [a-z]{1,3})?\\.[a-z]{1,3}";
    let file = (prop::collection::vec("[A-Z][a-z0-9-]{0,5}", 1..4), name, 0u64..5_000_000, 0u32..1440);
    let made = file.prop_map(|(mut path, name, bytes, minute)| {
        path.push(name);
        // Odd and not small: figures of `du` that are bytes.
        File { path, bytes: bytes * 2 + 1025, minute }
    });
    prop::collection::vec(made, 3..40).prop_map(|mut files| {
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|a, b| a.path == b.path);
        files
    })
}

/// The files in groups by their folder.
fn by_folder(files: &[File]) -> impl Iterator<Item = (String, &[File])> {
    let folder = |file: &File| file.path[..file.path.len() - 1].join("/");
    files.chunk_by(move |a, b| folder(a) == folder(b)).map(move |group| (folder(&group[0]), group))
}

fn clock(file: &File) -> String {
    format!("{:02}:{:02}", file.minute / 60, file.minute % 60)
}

proptest! {
    #[test]
    fn what_was_listed_is_read(files in worlds(), cut in 1usize..64) {
        prop_assume!(files.len() >= 3);
        let ls: String = by_folder(&files)
            .map(|(folder, group)| {
                let lines = group.iter().map(|file| {
                    format!("-rw-r--r-- 1 root root {:>9} 2019-01-22 {} {}\n", file.bytes, clock(file), file.path.last().unwrap())
                });
                format!("{folder}:\ntotal 4\n{}\n", lines.collect::<String>())
            })
            .collect();
        let dir: String = by_folder(&files)
            .map(|(folder, group)| {
                let lines = group.iter().map(|file| {
                    let bytes = file.bytes.to_string();
                    let digits = bytes.len();
                    let grouped: String = bytes
                        .chars()
                        .enumerate()
                        .flat_map(|(at, digit)| [((digits - at) % 3 == 0 && at > 0).then_some('.'), Some(digit)])
                        .flatten()
                        .collect();
                    format!("22.01.2019  {} {grouped:>17} {}\r\n", clock(file), file.path.last().unwrap())
                });
                format!(" Verzeichnis von C:\\{}\r\n\r\n{}\r\n", folder.replace('/', "\\"), lines.collect::<String>())
            })
            .collect();
        let tree: String = {
            let mut out = String::from(".\n");
            let mut open: Vec<String> = Vec::new();
            for file in &files {
                let shared = open.iter().zip(&file.path[..file.path.len() - 1]).take_while(|(a, b)| a == b).count();
                open = file.path[..file.path.len() - 1].to_vec();
                for (depth, part) in file.path.iter().enumerate().skip(shared) {
                    let size = if depth + 1 == file.path.len() { file.bytes } else { 4096 };
                    out += &format!("{}├── [{size:>11}]  {part}\n", "│\u{a0}\u{a0} ".repeat(depth));
                }
            }
            out
        };
        let unzip: String = files
            .iter()
            .map(|file| format!("{:>9}  2019-01-22 {}   {}\n", file.bytes, clock(file), file.path.join("/")))
            .collect();
        let sums: String = files.iter().map(|file| format!("{}B\t./{}\n", file.bytes, file.path.join("/"))).collect();
        for (format, text) in
            [(Format::Long, ls), (Format::Dir, dir), (Format::Tree, tree), (Format::Zip, unzip), (Format::DiskUse, sums)]
        {
            // However the bytes come.
            let mut reader = Reader::new();
            text.as_bytes().chunks(cut).for_each(|chunk| reader.push(chunk));
            let listing = reader.finish().unwrap_or_else(|| panic!("{format:?} is not recognised:\n{text}"));
            prop_assert_eq!(listing.format, format);
            let has_time = matches!(format, Format::Long | Format::Dir | Format::Zip);
            let mut expected: Vec<_> = files
                .iter()
                .map(|file| (file.path.join("/"), Some(file.bytes), has_time.then_some(DAY + i64::from(file.minute) * 60)))
                .collect();
            expected.sort();
            let mut found: Vec<_> = super::tests::files(&listing);
            found.sort();
            prop_assert_eq!(found, expected, "{}", text);
        }
    }

    #[test]
    fn a_format_is_let_go_only_where_it_could_not_be_chosen(
        lines in prop::collection::vec(
            prop::sample::select(vec![
                "-rw-r--r-- 1 u g 7 2019-01-22 15:04 x.c", "src/x.c", "src/y.c", "a.c", "├── x.c", "12\tsrc/x.c", "12 src/x.c", "", "src:",
                "2019-01-22 15:04:05 ....A           12           12  src/x.c", "       12  2019-01-22 15:04   src/x.c", "  int y = 1;",
                "22.01.2019  15:04                12 x.c", " Verzeichnis von C:\\x", "int main(void) {",
            ]),
            0..60,
        ),
        shape in prop::collection::vec(any::<prop::sample::Index>(), 1..120),
    ) {
        // Few kinds of lines, so that one format may have nearly all.
        let lines: Vec<&str> = if lines.is_empty() { Vec::new() } else { shape.iter().map(|at| lines[at.index(lines.len().min(3))]).collect() };
        let mut head = Head::default();
        lines.iter().for_each(|line| head.push(line.as_bytes()));
        let mut best: Option<(u64, Format)> = None;
        for mut parser in Parser::all() {
            let mut tally = Tally::default();
            lines.iter().for_each(|line| tally.count(&parser.line(line.as_bytes())));
            let fits = tally.entries >= parser.least_entries() && tally.explains(false) && parser.is_consistent();
            if fits && best.is_none_or(|(most, _)| tally.entries > most) {
                best = Some((tally.entries, parser.format()));
            }
        }
        prop_assert_eq!(head.format(false), best.map(|(_, format)| format), "{:?}", lines);
    }

    #[test]
    fn any_bytes_are_a_listing_or_none(bytes in prop::collection::vec(any::<u8>(), 0..400), repeat in 1usize..20) {
        let mut reader = Reader::of_listing();
        (0..repeat).for_each(|_| reader.push(&bytes));
        let _ = reader.finish();
    }

    #[test]
    fn any_lines_of_known_pieces_are_a_listing_or_none(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "-rw-r--r--", "1", "4.0K", "2019-01-22", "15:04", "Jan", "22", "<DIR>", "│", "├── ", "[12]  ", "x:", "a/b", "\\", "..",
                "\n", "\t", " ", "PM", "1.234", "C:\\", "\u{1b}[", "'", "0%", "....A", "999999999999999999999999", "4294967296E",
            ]),
            0..80,
        ),
    ) {
        for mut reader in [Reader::new(), Reader::of_listing()] {
            words.iter().for_each(|word| reader.push(word.as_bytes()));
            let _ = reader.finish();
        }
    }
}
