//! The channel of code against a second, slow implementation that is written from `docs/fingerprint-profile-1.md` and takes
//! endings, marks and keywords from the very page, and against vectors that stay forever.

#![expect(clippy::unwrap_used, reason = "a test")]

use fingerprint::{Fingerprinter, Fingerprints, Isa, Profile};
use proptest::prelude::*;

const PAGE: &str = include_str!("../../../docs/fingerprint-profile-1.md");
const VECTORS: &str = include_str!("fixtures/profile-1-code.tsv");

mod reference {
    use std::collections::{BTreeMap, BTreeSet};
    use std::sync::LazyLock;

    use super::PAGE;

    type Pairs = Vec<(String, Option<String>)>;

    struct Page {
        endings: BTreeMap<String, char>,
        no_code: BTreeSet<String>,
        interpreters: BTreeMap<String, char>,
        marks: Vec<(char, Pairs)>,
        keywords: BTreeMap<(char, String), u8>,
    }

    static PARSED: LazyLock<Page> = LazyLock::new(|| {
        let part = |from: &str, to: &str| PAGE.split_once(from).unwrap().1.split_once(to).unwrap().0;
        let mut endings = BTreeMap::new();
        for row in part("### 8.1", "A file with one").lines().filter(|line| line.starts_with("| ")).skip(1) {
            let cells: Vec<&str> = row.split('|').map(str::trim).collect();
            let family = cells[1].chars().next().unwrap();
            endings.extend(cells[3].split(' ').map(|ending| (ending.to_owned(), family)));
        }
        let no_code = part("endings is no code:", "Where there is").split_whitespace().map(str::to_owned).collect();
        let mut interpreters = BTreeMap::new();
        let sentence = part("last ASCII letter is cut off.", "Any other name");
        for list in sentence.trim().trim_end_matches('.').split(", ") {
            let (family, names) = list.trim().split_once(':').unwrap();
            let family = family.chars().next().unwrap();
            interpreters.extend(names.split_whitespace().map(|name| (name.to_owned(), family)));
        }
        let mut marks: Vec<(char, Pairs)> = Vec::new();
        for line in part("Pairs, as first `~` second:", "###").lines().filter(|line| !line.is_empty()) {
            if line.len() == 5 {
                marks.push((line.trim().chars().next().unwrap(), Vec::new()));
                continue;
            }
            for pair in line.trim().split("   ") {
                let clean = |text: &str| text.replace('·', " ");
                let pair = match pair.split_once(" ~ ") {
                    Some((first, second)) => (clean(first), Some(clean(second))),
                    None => (clean(pair), None),
                };
                marks.last_mut().unwrap().1.push(pair);
            }
        }
        let mut keywords = BTreeMap::new();
        let table = part("### 8.3", "### 8.4");
        for entry in table.lines().filter(|line| line.starts_with("    ")).flat_map(|line| line.trim().split("   ")) {
            let fields: Vec<&str> = entry.split(' ').collect();
            let token = u8::from_str_radix(fields[1], 16).unwrap();
            for family in fields[2].chars() {
                assert!(keywords.insert((family, fields[0].to_owned()), token).is_none(), "{entry}");
            }
        }
        Page { endings, no_code, interpreters, marks, keywords }
    });

    /// The family of a file, if it is code.
    pub(super) fn family(name: &str, text: &[u8]) -> Option<char> {
        let base = name.rsplit(['/', '\\']).next().unwrap();
        if let Some((_, ending)) = base.rsplit_once('.') {
            let ending = ending.to_ascii_lowercase();
            if let Some(family) = PARSED.endings.get(&ending) {
                return Some(*family);
            }
            if PARSED.no_code.contains(&ending) {
                return None;
            }
        }
        let head = &text[..text.len().min(4096)];
        if head.starts_with(b"#!") {
            let line = String::from_utf8_lossy(head.split(|b| *b == b'\n').next().unwrap()).into_owned();
            let mut words = line[2..].split_ascii_whitespace();
            let last = |word: &str| word.rsplit('/').next().unwrap().to_owned();
            let mut program = last(words.next()?);
            if program == "env" {
                program = last(words.find(|word| !word.starts_with('-'))?);
            }
            let name = program.trim_end_matches(|c: char| !c.is_ascii_alphabetic());
            return PARSED.interpreters.get(name).copied();
        }
        let head = head.trim_ascii_start();
        if head.starts_with(b"<?php") {
            return Some('H');
        }
        let lines: Vec<&[u8]> = head.split(|b| *b == b'\n').map(<[u8]>::trim_ascii).collect();
        if head.starts_with(b"<") || lines.iter().any(|line| line.starts_with(b"```")) {
            return None;
        }
        let counting: Vec<&[u8]> = lines
            .into_iter()
            .filter(|line| !line.is_empty())
            .filter(|line| !["*", "/*", "//", "--", "# "].iter().any(|begin| line.starts_with(begin.as_bytes())))
            .collect();
        let mut best = (0, None);
        for (family, pairs) in &PARSED.marks {
            let marked = counting.iter().filter(|line| pairs.iter().any(|pair| marks(*family, pair, line))).count();
            if marked > best.0 {
                best = (marked, Some(*family));
            }
        }
        best.1.filter(|_| best.0 >= 3 && best.0 * 8 >= counting.len())
    }

    fn marks(family: char, (first, second): &(String, Option<String>), line: &[u8]) -> bool {
        if line.len() < first.len() {
            return false;
        }
        let (begin, rest) = line.split_at(first.len());
        let begin = if family == 'Q' { begin.to_ascii_lowercase() } else { begin.to_vec() };
        begin == first.as_bytes()
            && second.as_ref().is_none_or(|second| rest.windows(second.len()).any(|w| w == second.as_bytes()))
    }

    /// The tokens of a text.
    pub(super) fn tokens(family: char, text: &[u8]) -> Vec<u8> {
        let byte = |at: isize| usize::try_from(at).ok().and_then(|at| text.get(at)).copied().unwrap_or(b'\n');
        let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'$' || b >= 0x80;
        let joint = |at: isize| {
            matches!(byte(at), b'.' | b'\'') && byte(at - 1).is_ascii_digit() && byte(at + 1).is_ascii_digit()
        };
        let is = |at: isize, what: &[u8]| (0..).zip(what).all(|(by, b)| byte(at + by) == *b);
        let end = text.len().cast_signed();
        let has = |families: &str| families.contains(family);
        let mut out = Vec::new();
        let mut at = 0isize;
        while at < end {
            let b = byte(at);
            let line_comment = has("CKRGJHQ") && is(at, b"//")
                || has("Q") && is(at, b"--")
                || has("HPS") && b == b'#' && byte(at - 1) <= 0x20;
            if line_comment {
                while at < end && byte(at) != b'\n' {
                    at += 1;
                }
            } else if has("CKRGJHQ") && is(at, b"/*") {
                at += 2;
                let mut open = 1u32;
                while at < end && open > 0 {
                    if is(at, b"*/") {
                        open -= 1;
                        at += 2;
                    } else if has("KR") && is(at, b"/*") {
                        open = (open + 1).min(255);
                        at += 2;
                    } else {
                        at += 1;
                    }
                }
            } else if let Some((opening, closing, escapes, in_line)) = string(family, at, &byte, &word, &joint) {
                out.push(0x32);
                at += opening;
                while at < end && !(in_line && byte(at) == b'\n') {
                    if let Some(length) = closing(at) {
                        at += length;
                        break;
                    }
                    at += if escapes && byte(at) == b'\\' && byte(at + 1) != b'\n' { 2 } else { 1 };
                }
            } else {
                if word(b) && !word(byte(at - 1)) && !joint(at - 1) {
                    let run: Vec<u8> = (at..).map(&byte).take_while(|b| word(*b)).collect();
                    let run = if family == 'Q' { run.to_ascii_lowercase() } else { run };
                    let keyword =
                        std::str::from_utf8(&run).ok().and_then(|w| PARSED.keywords.get(&(family, w.to_owned())));
                    out.push(if b.is_ascii_digit() { 0x31 } else { keyword.copied().unwrap_or(0x30) });
                } else if !joint(at)
                    && let Some(place) = b"(),.;=:{}-[]*><&|/+!#@%?^~".iter().position(|p| *p == b)
                {
                    out.push(0x33 + u8::try_from(place).unwrap());
                }
                at += 1;
            }
        }
        out
    }

    type Closing<'f> = Box<dyn Fn(isize) -> Option<isize> + 'f>;

    /// The string that begins at a place: how long its opening is, what ends it, whether `\` escapes, whether it ends with
    /// its line.
    fn string<'f>(
        family: char,
        at: isize,
        byte: &'f impl Fn(isize) -> u8,
        word: &impl Fn(u8) -> bool,
        joint: &impl Fn(isize) -> bool,
    ) -> Option<(isize, Closing<'f>, bool, bool)> {
        let three = move |at: isize, b: u8| (0..3).all(|by| byte(at + by) == b);
        let until = move |b: u8| -> Closing<'f> { Box::new(move |at| (byte(at) == b).then_some(1)) };
        let until_three = move |b: u8| -> Closing<'f> { Box::new(move |at| three(at, b).then_some(3)) };
        match byte(at) {
            b'"' => {
                if "CKP".contains(family) && three(at, b'"') {
                    return Some((3, until_three(b'"'), true, false));
                }
                let hashes = (1..).take_while(|by| byte(at - by) == b'#').count().cast_signed();
                let (r, before, before_that) = (byte(at - hashes - 1), byte(at - hashes - 2), byte(at - hashes - 3));
                let alone = !word(before) || matches!(before, b'b' | b'c') && !word(before_that);
                if family == 'R' && hashes <= 8 && r == b'r' && alone {
                    let closing: Closing<'f> = Box::new(move |at| {
                        let closes = byte(at) == b'"' && (1..=hashes).all(|by| byte(at + by) == b'#');
                        closes.then_some(1 + hashes)
                    });
                    return Some((1, closing, false, false));
                }
                let before = byte(at - 2);
                if family == 'C' && byte(at - 1) == b'R' && (!word(before) || b"8uUL".contains(&before)) {
                    let plain = |b: u8| b > 0x20 && !b"()\"\\".contains(&b);
                    let length = (1..).take_while(|by| plain(byte(at + by))).count().cast_signed();
                    if length <= 16 && byte(at + 1 + length) == b'(' {
                        let closing: Closing<'f> =
                            Box::new(move |at| (byte(at) == b'"' && byte(at - 1 - length) == b')').then_some(1));
                        return Some((1, closing, false, false));
                    }
                }
                Some((1, until(b'"'), true, true))
            }
            b'\'' if !joint(at) => {
                if family == 'P' && three(at, b'\'') {
                    return Some((3, until_three(b'\''), true, false));
                }
                let next = byte(at + 1);
                let character = next == b'\\' || next >= 0x80 || next != b'\n' && byte(at + 2) == b'\'';
                (family != 'R' || character).then(|| (1, until(b'\''), true, true))
            }
            b'`' if "GJ".contains(family) => Some((1, until(b'`'), family == 'J', false)),
            _ => None,
        }
    }

    /// The fingerprints of tokens under the public key.
    pub(super) fn fingerprints(tokens: &[u8]) -> Vec<u64> {
        let mut table = [0; 128];
        blake3::Hasher::new_derive_key("gainsay fingerprint profile 1: order table").finalize_xof().fill(&mut table);
        let order = |gram: &[u8]| {
            let mut sum = 0u64;
            for (i, token) in gram.iter().enumerate() {
                let at = usize::from(token % 32) * 4;
                let entry = u64::from(u32::from_le_bytes(table[at..at + 4].try_into().unwrap()));
                sum += entry * (1 << (31 - i)) % (1 << 32);
            }
            sum % (1 << 32)
        };
        let grams: Vec<(u64, &[u8])> = tokens.windows(24).map(|gram| (order(gram), gram)).collect();
        if grams.is_empty() {
            return Vec::new();
        }
        let mut chosen = BTreeSet::new();
        for window in grams.windows(grams.len().min(16)) {
            let least = window.iter().map(|(order, _)| *order).min().unwrap();
            chosen.insert(window.iter().rfind(|(order, _)| *order == least).unwrap().1);
        }
        let hashes: BTreeSet<u64> = chosen.into_iter().filter(|gram| various(gram)).map(hash).collect();
        hashes.into_iter().collect()
    }

    /// The fingerprints of all grams, each with the number of its first token.
    pub(super) fn every(tokens: &[u8]) -> Vec<(usize, u64)> {
        let grams = tokens.windows(24).enumerate().filter(|(_, gram)| various(gram));
        grams.map(|(at, gram)| (at, hash(gram))).collect()
    }

    fn various(gram: &[u8]) -> bool {
        gram.iter().map(|token| token % 64).collect::<BTreeSet<u8>>().len() >= 8
    }

    fn hash(gram: &[u8]) -> u64 {
        let mut bytes = [0; 32];
        blake3::Hasher::new_derive_key("gainsay fingerprint profile 1: key words").finalize_xof().fill(&mut bytes);
        let gram = [gram, &[0xff; 8]].concat();
        let word = |from: &[u8], i: usize| u64::from_le_bytes(from[8 * i..8 * i + 8].try_into().unwrap());
        let mixed = |i: usize| u128::from(word(&gram, i) ^ (word(&bytes, i) & (u64::MAX >> 3)));
        let fold =
            |a: u128, b: u128| u64::try_from((a * b) % (1 << 64)).unwrap() ^ u64::try_from((a * b) >> 64).unwrap();
        let m = fold(mixed(0), mixed(1)) ^ fold(mixed(2), mixed(3)).rotate_left(32);
        let s = m.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        s ^ (s >> 32)
    }
}

fn check(name: &str, text: &[u8], cuts: &[usize]) -> Result<(), TestCaseError> {
    let profile = Profile::one();
    let is = Fingerprints::of(&profile, name.as_bytes(), text);
    let tokens = reference::family(name, text).map_or_else(Vec::new, |family| reference::tokens(family, text));
    prop_assert_eq!(is.tokens, tokens.len() as u64);
    prop_assert_eq!(&is.code, &reference::fingerprints(&tokens));
    prop_assert_eq!(profile.every_code_gram(&tokens), reference::every(&tokens));
    for isa in Isa::available() {
        let in_pieces = || {
            let mut pieces = Fingerprinter::with(isa, &profile, name.as_bytes());
            let mut from = 0;
            for cut in cuts {
                let to = (from + cut).min(text.len());
                pieces.update(&text[from..to]);
                from = to;
            }
            pieces.update(&text[from..]);
            pieces
        };
        prop_assert_eq!(&in_pieces().finish(), &is, "{}", isa);
        let mut unsorted = in_pieces().finish_unsorted();
        for list in [&mut unsorted.text, &mut unsorted.code] {
            list.sort_unstable();
            list.dedup();
        }
        prop_assert_eq!(&unsorted, &is, "{}", isa);
    }
    Ok(())
}

const NAMES: [&str; 9] = ["a.c", "a.kt", "a.RS", "b/a.go", "a.ts", "a.php", "a.b.py", "a.sh", "x\\a.sql"];

fn name() -> impl Strategy<Value = &'static str> {
    prop::sample::select([&NAMES[..], &["", "noending", "a.unknown", "a.md"]].concat())
}

/// Text of what lexers stumble over.
fn source() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "if",
        "x",
        "return",
        "Self",
        "u8",
        "SELECT",
        "select",
        "synchronized",
        "a_name",
        "1",
        "1.5",
        "0'0",
        ".",
        "'",
        "\"",
        "`",
        "\\",
        "/",
        "*",
        "/*",
        "*/",
        "//",
        "#",
        " #",
        "--",
        "\n",
        "\r\n",
        " ",
        "\t",
        "\"\"\"",
        "'''",
        "r#\"",
        "\"#",
        "R\"x(",
        ")x\"",
        "'a'",
        "'a",
        "\u{e9}",
        "(",
        "{",
        "}",
        "[1]",
        "=",
        ";",
        "@",
        "$x",
        "\x7f",
        "br\"",
        "u8R\"(",
        "    ",
        "\nfn a(",
        "\nimport b",
        "\ndef c():",
        "\n#include",
        "#!/usr/bin/env -S python3\n",
        "<?php",
        "```",
    ]);
    prop::collection::vec(piece, 0..300).prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    #[test]
    fn source_equals_the_page_however_it_is_cut(
        name in name(), text in source(), repeats in 1usize..4, cuts in prop::collection::vec(0usize..300, 0..20),
    ) {
        check(name, &text.repeat(repeats), &cuts)?;
    }

    #[test]
    fn any_bytes_equal_the_page(name in name(), text in prop::collection::vec(1u8.., 0..700)) {
        // A blank, so that no mark of UTF-16 or UTF-8 begins the file.
        check(name, &[b" ", &text[..]].concat(), &[])?;
    }

    #[test]
    fn a_shared_run_leaves_a_shared_fingerprint(
        run in prop::collection::vec(prop::sample::select(b"(),.;=:{}-[]*><&|+!@%?^~".to_vec()), 39..44),
        around in prop::array::uniform4(prop::collection::vec(prop::sample::select(b"a1(), \n".to_vec()), 0..200)),
    ) {
        let [before, after, other_before, other_after] = around;
        let one = Fingerprints::of(&Profile::one(), b"a.c", &[&before[..], b" ", &run, b" ", &after].concat());
        let other = Fingerprints::of(&Profile::one(), b"a.h", &[&other_before[..], b"\n", &run, b"\n", &other_after].concat());
        // Only a gram of little variety may be missing, and these runs have few repeats.
        let various = run.windows(24).all(|gram| {
            gram.iter().collect::<std::collections::BTreeSet<_>>().len() >= 10
        });
        prop_assume!(various);
        prop_assert!(one.code.iter().any(|hash| other.code.binary_search(hash).is_ok()));
    }
}

#[test]
fn every_cut_of_a_hostile_text_gives_the_same() {
    let text = b"fn a() { let r = r##\"x\"#\"##; /* /* */ */ 'b' + 'l: 1.5.6 // c\n\"d\\\"\" b\"\\\n\" R\"(x)\" \"\"\"e\"\"\" }\n".repeat(4);
    for name in NAMES {
        check(name, &text, &[]).unwrap();
        let whole = Fingerprints::of(&Profile::one(), name.as_bytes(), &text);
        for cut in 0..text.len() {
            let mut pieces = Fingerprinter::new(&Profile::one(), name.as_bytes());
            pieces.update(&text[..cut]);
            pieces.update(&text[cut..]);
            assert_eq!(pieces.finish(), whole, "{name} {cut}");
        }
    }
}

#[test]
fn long_lines_open_ends_and_deep_nests_equal_the_page() {
    check("a.c", &b"x=1;".repeat(1 << 18), &[]).unwrap();
    let texts = [
        b"x=1;".repeat(1 << 13),
        [b"\"".to_vec(), b"a".repeat(70_000)].concat(),
        [b"/*".repeat(1000), b"*/ x".repeat(900)].concat(),
        [b"a b ".repeat(3000), b"\0(,) ".repeat(3000)].concat(),
        [b"word".repeat(20_000), b" + 1\n".repeat(30)].concat(),
        [b"`${".repeat(500), b"'''\"\"\"".repeat(500)].concat(),
        b"{[(".repeat(5000),
        b"\\".repeat(70_000),
    ];
    for text in texts {
        for name in NAMES {
            check(name, &text, &[1, 63, 64, 65, 32_767, 32_769]).unwrap();
        }
    }
}

#[test]
fn what_is_renamed_keeps_all_its_fingerprints() {
    let one = b"/* Adds up. */ int total(const int *values, size_t n) { int sum = 0; for (size_t i = 0; i < n; i++) \
        { if (values[i] > 10) sum += values[i] * 2; else return -1; } printf(\"%d\", sum); return sum; }";
    let other =
        b"int z9(const int *q,\n size_t w) {\n int _r = 77; // changed\n for (size_t kk = 0x1f; kk < w; kk++)\n { \
        if (q[kk] > 9.5) _r += q[kk] * 3; else return -2; }\n log_it(\"sum: %d\\n\", _r); return _r; }";
    let [one, other] = [&one[..], other].map(|text| Fingerprints::of(&Profile::one(), b"a.c", text));
    assert!(one.code.len() >= 3);
    assert_eq!(one.code, other.code);
    assert!(one.text.iter().all(|hash| other.text.binary_search(hash).is_err()));
}

#[test]
fn what_is_no_code_has_none() {
    let prose =
        "From the first day on, everybody knew that nothing would be the same again.\nimportant (or so)\n".repeat(40);
    let json = "{\"name\": [1, 2, 3], \"other\": {\"deep\": true}},\n".repeat(40);
    let csv = "1,2,\"three\",4\n".repeat(90);
    let html = format!("<html>{}</html>", "<script>\nvar a = 1;\nlet b = 2;\n</script>\n".repeat(40));
    let markdown = format!("# Title\n\n```\n{}```\n", "import a\nfrom b import c\n".repeat(40));
    for text in [prose, json, csv, html, markdown] {
        let is = Fingerprints::of(&Profile::one(), b"", text.as_bytes());
        assert_eq!((is.tokens, is.code.len()), (0, 0), "{text}");
    }
    let code = "def f(a):\n    return [a, 'b']\n".repeat(40);
    assert_eq!(Fingerprints::of(&Profile::one(), b"a.md", code.as_bytes()).tokens, 0);
    let named = Fingerprints::of(&Profile::one(), b"a.py", code.as_bytes());
    assert_eq!(Fingerprints::of(&Profile::one(), b"", code.as_bytes()).tokens, named.tokens);
}

#[test]
fn utf16_gives_what_utf8_gives() {
    let text = "func add(a, b int) (int, error) { if a < 0 { return 0, nil }; return a + b, nil }\n".repeat(3);
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let [is, wide] = [text.as_bytes(), &utf16].map(|bytes| Fingerprints::of(&Profile::one(), b"a.go", bytes));
    assert!(!is.code.is_empty());
    assert_eq!((is.tokens, is.code), (wide.tokens, wide.code));
}

#[test]
fn stored_vectors_hold() {
    let mut checked = 0;
    for line in VECTORS.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [name, input, tokens, hashes] = fields[..] else { panic!("{line}") };
        let bytes = unhex(input);
        let is = Fingerprints::of(&Profile::one(), name.as_bytes(), &bytes);
        let hashes: Vec<u64> =
            hashes.split(',').filter(|h| !h.is_empty()).map(|h| u64::from_str_radix(h, 16).unwrap()).collect();
        assert_eq!(is.tokens, tokens.parse::<u64>().unwrap(), "{name}");
        assert_eq!(is.code, hashes, "{name}");
        check(name, &bytes, &[7]).unwrap();
        checked += 1;
    }
    assert!(checked >= 20, "only {checked} vectors stand in the fixture");
}

fn unhex(text: &str) -> Vec<u8> {
    text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}
