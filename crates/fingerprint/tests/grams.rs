//! Grams that are inherited over an edit are those of the edited bytes, and their counts differ as told.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::collections::BTreeMap;

use fingerprint::{Changes, Channel, Copied, Edit, Fingerprints, Grams, Profile, Scratch};
use proptest::prelude::*;

/// One step of an edit: take so much of the base from there (both in thousandths of it), or write something new.
#[derive(Clone, Debug)]
enum Step {
    Copy { from: usize, length: usize },
    Write(Vec<u8>),
}

fn grams(name: &str, bytes: &[u8]) -> Grams {
    Grams::of(&Profile::one(), name.as_bytes(), bytes, &mut Scratch::default()).unwrap()
}

/// The edited bytes and the copies that they were made with, cut into runs of at most `longest` bytes.
fn apply(base: &[u8], steps: &[Step], longest: usize) -> (Vec<u8>, Vec<Copied>) {
    let (mut now, mut copies) = (Vec::new(), Vec::new());
    for step in steps {
        match step {
            Step::Write(bytes) => now.extend_from_slice(bytes),
            Step::Copy { from, length } => {
                let from = base.len() * from / 1000;
                let end = base.len().min(from + base.len() * length / 1000);
                for start in (from..end).step_by(longest) {
                    let run = &base[start..end.min(start + longest)];
                    let [from, to, length] = [start, now.len(), run.len()].map(|n| u32::try_from(n).unwrap());
                    copies.push(Copied { from, to, length });
                    now.extend_from_slice(run);
                }
            }
        }
    }
    (now, copies)
}

fn counted(changes: &Changes, channel: Channel) -> BTreeMap<u64, i32> {
    changes.of(channel).iter().copied().collect()
}

/// Edits `base`, and that once more, and compares with what the bytes alone give.
fn check(name: &str, base: &[u8], edits: &[Vec<Step>], longest: usize) {
    let (profile, mut scratch) = (Profile::one(), Scratch::default());
    let mut base = base.to_vec();
    let mut base_grams = grams(name, &base);
    for steps in edits {
        let (now, copies) = apply(&base, steps, longest);
        let edit = Edit { base: &base, now: &now, copies: &copies };
        let (now_grams, changes) = base_grams.edited(&profile, name.as_bytes(), &edit, &mut scratch).unwrap();
        assert_eq!(now_grams, grams(name, &now));
        assert_eq!(changes, now_grams.changes_since(&base_grams));
        for channel in [Channel::Text, Channel::Code] {
            let mut sum = counted(&base_grams.counts(), channel);
            for (fingerprint, change) in counted(&changes, channel) {
                assert_ne!(change, 0);
                *sum.entry(fingerprint).or_default() += change;
            }
            sum.retain(|_, count| *count != 0);
            assert_eq!(sum, counted(&now_grams.counts(), channel));
        }
        (base, base_grams) = (now, now_grams);
    }
}

fn word() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        20 => "[a-zA-Z_]{1,9}[ .,;(){}\n\t=]{1,3}".prop_map(String::into_bytes),
        3 => "[ab ]{1,300}".prop_map(String::into_bytes),
        1 => "a{60,200}".prop_map(String::into_bytes),
        2 => "[-=# \n]{1,400}".prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..80),
        1 => prop::collection::vec(0x80u8.., 0..80),
    ]
}

/// Something of a size where copies are long enough and short enough to matter.
fn text(most: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(word(), 0..most).prop_map(|words| words.concat())
}

/// A text that may begin with a mark, and where a NUL may stand.
fn content() -> impl Strategy<Value = Vec<u8>> {
    let head = prop_oneof![
        12 => Just(&b""[..]),
        1 => Just(&b"\xef\xbb\xbf"[..]),
        1 => Just(&b"\xff\xfe"[..]),
        1 => Just(&b"\xfe\xff"[..]),
        1 => Just(&b"\0"[..]),
        1 => Just(&b"a\0b\0c\0d\0e\0"[..]),
    ];
    (head, text(400)).prop_map(|(head, text)| [head, &text].concat())
}

/// Source code, or what looks like it: comments and strings that begin and end anywhere.
fn code(most: usize) -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        30 => r"( {0,8}(if|for|return|int|def|x|[a-z]{1,6}|[0-9]{1,3}|[-+=<>.,;:(){}\[\]]){1,12}\n)".boxed(),
        2 => r#"( {0,4}["'][a-z\\]{0,9}["']\n?)"#.boxed(),
        2 => r"(// [a-z '*/]{0,20}\n)".boxed(),
        2 => r"(# [a-z '*/]{0,20}\n)".boxed(),
        1 => r"(/\*[a-z\n ]{0,20}\*/)".boxed(),
        1 => prop::sample::select(OPENINGS.to_vec()).prop_map(str::to_owned).boxed(),
        1 => r"(x = [a-z0-9(),+]{100,400}\n)".boxed(),
        1 => r"(\n{1,9})".boxed(),
    ];
    prop::collection::vec(line, 0..most).prop_map(|lines| lines.concat().into_bytes())
}

/// What may begin or end something of several lines.
const OPENINGS: [&str; 15] = [
    "/*",
    "*/",
    "\"\"\"",
    "\"\"\"\n",
    "\n'''\n",
    "`",
    "/* \n/*\n",
    "*/\n*/\n",
    "r#\"\n",
    "\"#\n",
    "R\"x(\n",
    ")x\"\n",
    "\"",
    "'",
    "\\\n",
];

const NAMES: [&str; 9] = ["a.c", "a.py", "a.rs", "a.js", "a.go", "a.swift", "a.sh", "a.php", "a.sql"];

fn steps(
    short: impl Strategy<Value = Vec<u8>>,
    long: impl Strategy<Value = Vec<u8>>,
) -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (0..1000usize, 0..1001usize).prop_map(|(from, length)| Step::Copy { from, length }),
        2 => (0..1000usize, 0..20usize).prop_map(|(from, length)| Step::Copy { from, length }),
        1 => Just(Step::Copy { from: 0, length: 1000 }),
        4 => short.prop_map(Step::Write),
        2 => long.prop_map(Step::Write),
        1 => Just(Step::Write(vec![0])),
    ];
    prop::collection::vec(step, 0..9)
}

/// Small changes at several places of a base that otherwise stays as it is.
fn small_changes(new: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Vec<Step>> {
    let place = (0..1001usize, 0..40usize, new);
    prop::collection::vec(place, 0..6).prop_map(|mut places| {
        places.sort_by_key(|place| place.0);
        let (mut steps, mut at) = (Vec::new(), 0);
        for (place, dropped, new) in places {
            steps.push(Step::Copy { from: at, length: place.saturating_sub(at) });
            steps.push(Step::Write(new));
            at = at.max(place + dropped).min(999);
        }
        steps.push(Step::Copy { from: at, length: 1000 });
        steps
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn inherited_grams_are_those_of_the_edited_bytes(
        base in content(),
        edits in prop::collection::vec(prop_oneof![steps(text(12), text(80)), small_changes(text(4))], 1..4),
        longest in prop_oneof![Just(1 << 20), 1..700usize],
    ) {
        check("notes.txt", &base, &edits, longest);
    }

    #[test]
    fn inherited_grams_of_code_are_those_of_the_edited_bytes(
        name in prop::sample::select(NAMES.to_vec()),
        base in code(500),
        edits in prop::collection::vec(prop_oneof![steps(code(12), code(80)), small_changes(code(4))], 1..4),
        longest in prop_oneof![Just(1 << 20), 1..700usize],
    ) {
        check(name, &base, &edits, longest);
    }

    #[test]
    fn the_grams_of_a_content_have_its_fingerprints(
        name in prop::sample::select([&NAMES[..], &["notes.txt", "unknown"]].concat()),
        content in prop_oneof![content(), code(300)],
    ) {
        check_fingerprints(name, &content);
    }
}

fn check_fingerprints(name: &str, content: &[u8]) {
    let fingerprints = Fingerprints::of(&Profile::one(), name.as_bytes(), content);
    let grams = grams(name, content);
    let counts = grams.counts();
    let distinct = |channel| counts.of(channel).iter().map(|(fingerprint, _)| *fingerprint).collect::<Vec<u64>>();
    assert_eq!(grams.kind(), fingerprints.kind);
    assert_eq!(distinct(Channel::Text), fingerprints.text);
    assert_eq!(distinct(Channel::Code), fingerprints.code);
}

#[test]
fn texts_of_many_pieces_have_all_their_grams() {
    let desert = |bytes: usize| vec![b'-'; bytes];
    let words = |n: usize| (0..n).flat_map(|i| format!("word{} ", i * i % 7919).into_bytes()).collect::<Vec<u8>>();
    let sparse = (0..9000u32).flat_map(|i| [&format!("{i:x}").into_bytes()[..], &desert(97)].concat());
    let content =
        [words(30_000), desert(200_000), words(9), desert(100_000), sparse.collect(), vec![b'a'; 100_000], words(9)];
    let content = content.concat();
    check_fingerprints("notes.txt", &content);
    check_fingerprints("a.js", &content);
    let halves = [Step::Copy { from: 500, length: 500 }, Step::Copy { from: 0, length: 700 }];
    check("notes.txt", &content, &[halves.to_vec()], 1 << 20);
    check("a.js", &content, &[halves.to_vec()], 1 << 20);
}

#[test]
fn much_new_code_before_a_copy_that_gives_nothing_is_counted() {
    let lines =
        |n: usize| (0..n).flat_map(|i| format!("f{i}({}) + [x.y] = {{ {i} }};\n", "a, ".repeat(i % 7)).into_bytes());
    let comments = "// nothing but words\n".repeat(90).into_bytes();
    let everything = Step::Copy { from: 0, length: 1000 };
    let edit = [Step::Write(lines(3000).collect()), everything, Step::Write(lines(9).collect())];
    check("a.c", &comments, &[edit.to_vec(), edit.to_vec()], 1 << 20);
}

/// A gram at the very border of what is inherited seldom depends on what lies outside: there must be many borders.
fn check_borders(name: &str, words: &[&str], shortest: usize, copied: usize) {
    let mut seed = 5u64;
    let mut below = |bound: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % bound
    };
    let base: Vec<u8> = (0..60_000).flat_map(|_| words[below(words.len())].bytes()).collect();
    let (mut now, mut copies) = (Vec::new(), Vec::new());
    for _ in 0..copied {
        let length = shortest + below(shortest / 4);
        let from = below(base.len() - length);
        copies.push(Copied {
            from: u32::try_from(from).unwrap(),
            to: u32::try_from(now.len()).unwrap(),
            length: u32::try_from(length).unwrap(),
        });
        now.extend_from_slice(&base[from..from + length]);
        now.extend((0..below(4)).flat_map(|_| words[below(words.len())].bytes()));
    }
    let edit = Edit { base: &base, now: &now, copies: &copies };
    let base_grams = grams(name, &base);
    let edited = base_grams.edited(&Profile::one(), name.as_bytes(), &edit, &mut Scratch::default());
    let (now_grams, changes) = edited.unwrap();
    assert!(now_grams == grams(name, &now));
    assert!(changes == now_grams.changes_since(&base_grams));
}

#[test]
fn no_gram_at_a_border_is_inherited_wrongly() {
    check_borders("notes.txt", &["a", "b ", "c", "d", "e", "f ", "g", "h", "i", "j\n"], 420, 25_000);
}

#[test]
fn no_gram_of_code_at_a_border_is_inherited_wrongly() {
    let words =
        ["a ", "if ", "(", ")", "=", "+", "1 ", "for ", "[", "]", "{", "}", ";\n", ";\n", "*", "&", "'x' ", "/*\n*/"];
    check_borders("a.c", &words, 1400, 16_000);
}
