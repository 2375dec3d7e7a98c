#![expect(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "texts of tests are short, and what is wrong shows"
)]

use std::collections::HashMap;

use fingerprint::Tokens;
use proptest::prelude::*;

use super::*;

fn aligned(name: &str, ours: &str, sample: &str) -> Alignment {
    let read = |text: &str| Side::read(name.as_bytes(), text.as_bytes()).unwrap();
    align(&read(ours), &read(sample))
}

fn normal(line: &str) -> String {
    line.chars().filter(|c| c.is_ascii_alphanumeric() || !c.is_ascii()).map(|c| c.to_ascii_lowercase()).collect()
}

/// Numbers and texts of the lines between two that have a letter or a figure.
fn lines(text: &str, lines: Lines) -> Vec<(u32, &str)> {
    let numbered = (1..).zip(text.lines()).filter(|(_, line)| !normal(line).is_empty());
    numbered.filter(|(number, _)| (lines.from..=lines.to).contains(number)).collect()
}

fn tokens_of_line(name: &str, text: &str, number: u32) -> Vec<u8> {
    let Some(tokens) = Tokens::of(name.as_bytes(), text.as_bytes()) else { return Vec::new() };
    let begin: usize = text.split_inclusive('\n').take(number as usize - 1).map(str::len).sum();
    let end = begin + text[begin..].find('\n').map_or(text.len() - begin, |at| at + 1);
    let both = tokens.kinds.iter().zip(&tokens.starts).map(|(kind, start)| (*kind, *start as usize));
    both.filter(|(_, start)| (begin..end).contains(start) && !b"{}".contains(&text.as_bytes()[*start]))
        .map(|(kind, _)| kind)
        .collect()
}

fn is_alike(a: &str, b: &str) -> bool {
    let pairs = |text: &str| {
        let mut pairs: HashMap<[u8; 2], usize> = HashMap::new();
        normal(text).as_bytes().windows(2).for_each(|pair| *pairs.entry([pair[0], pair[1]]).or_default() += 1);
        pairs
    };
    let (a, b) = (pairs(a), pairs(b));
    let common: usize = a.iter().map(|(pair, times)| b.get(pair).map_or(0, |other| *times.min(other))).sum();
    2 * common * 1000 >= 667 * (a.values().sum::<usize>() + b.values().sum::<usize>())
}

/// Holds every range against the plain reading of what its kind says, and that no line is in two.
fn check(name: &str, ours: &str, sample: &str, found: &Alignment) {
    let (mut seen, mut counted) = ([Vec::new(), Vec::new()], 0);
    for range in &found.ranges {
        let (a, b) = (lines(ours, range.ours), lines(sample, range.sample));
        assert!(!a.is_empty() && !b.is_empty());
        counted += b.len();
        seen[0].extend(a.iter().map(|line| line.0));
        seen[1].extend(b.iter().map(|line| line.0));
        let whole = |lines: &[(u32, &str)]| lines.iter().map(|line| normal(line.1)).collect::<String>();
        if range.kind == Kind::Reformatted {
            assert_eq!(whole(&a), whole(&b));
            continue;
        }
        assert_eq!(a.len(), b.len());
        for (a, b) in a.iter().zip(&b) {
            let same = a.1.trim_end() == b.1.trim_end();
            let renamed = normal(a.1) == normal(b.1) || {
                let tokens = tokens_of_line(name, ours, a.0);
                !tokens.is_empty() && tokens == tokens_of_line(name, sample, b.0)
            };
            let holds = match range.kind {
                Kind::Same | Kind::Reformatted => same,
                Kind::Renamed => renamed,
                Kind::Similar => renamed || is_alike(a.1, b.1),
            };
            assert!(holds, "{:?}: {a:?} is not {b:?}", range.kind);
        }
    }
    assert_eq!(counted, found.aligned as usize);
    assert!(found.ranges.is_sorted_by_key(|range| range.sample.from));
    for seen in &mut seen {
        let all = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), all, "a line is in two ranges");
    }
}

const WORDS: [&str; 24] = [
    "engine",
    "scan",
    "buffer",
    "count",
    "header",
    "offset",
    "table",
    "record",
    "driver",
    "packet",
    "signature",
    "module",
    "cache",
    "index",
    "state",
    "reader",
    "writer",
    "queue",
    "token",
    "stream",
    "filter",
    "policy",
    "update",
    "kernel",
];

/// Source code of `lines` lines that differ, from a seed.
fn source(seed: usize, lines: usize) -> Vec<String> {
    let word = |n: usize| WORDS[n.wrapping_mul(2_654_435_761).rotate_left(7) % WORDS.len()];
    (0..lines)
        .map(|n| {
            let k = seed * 10_007 + n * 31;
            match n % 5 {
                0 => format!("static int {}_{}_{k}(struct {} *{}) {{", word(k), word(k + 1), word(k + 2), word(k + 3)),
                1 => format!("    int {}{k} = {}->{};", word(k), word(k + 3), word(k + 4)),
                2 => format!("    if ({} > {k}) return {}_{}({});", word(k), word(k + 1), word(k + 2), word(k + 5)),
                3 => format!("    {}->{} += {}({k}, \"{}\");", word(k), word(k + 1), word(k + 2), word(k + 6)),
                _ => format!("    /* the {} of {} {k} */ }}", word(k + 1), word(k + 2)),
            }
        })
        .collect()
}

fn whole(from: u32, to: u32, kind: Kind) -> Vec<Range> {
    let lines = Lines { from, to };
    vec![Range { ours: lines, sample: lines, kind }]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_copy_is_aligned_wholly(seed in 0usize..1000, lines in 1usize..300) {
        let text = source(seed, lines).join("\n");
        let found = aligned("a.c", &text, &text.replace('\n', "  \r\n"));
        prop_assert_eq!(found.ranges, whole(1, lines as u32, Kind::Same));
        prop_assert_eq!(found.edits, [Edit::Reformatted { lines: 0 }]);
    }

    #[test]
    fn what_was_cut_is_counted_and_the_rest_aligned(
        seed in 0usize..1000, keep in prop::collection::vec(prop::bool::weighted(0.7), 20..300),
    ) {
        let ours = source(seed, keep.len());
        let kept: Vec<&str> = ours.iter().zip(&keep).filter(|(_, keep)| **keep).map(|(line, _)| line.as_str()).collect();
        prop_assume!(!kept.is_empty() && kept.len() < keep.len());
        let (ours, sample) = (ours.join("\n"), kept.join("\n"));
        let found = aligned("a.c", &ours, &sample);
        check("a.c", &ours, &sample, &found);
        prop_assert_eq!(found.share(), 1000);
        prop_assert_eq!(found.edits, [Edit::Cut { lines: (keep.len() - kept.len()) as u32 }]);
        prop_assert!(found.ranges.iter().all(|range| range.kind == Kind::Same));
    }

    #[test]
    fn what_was_added_is_counted(seed in 0usize..1000, lines in 10usize..100, at in any::<prop::sample::Index>(), more in 1usize..100) {
        let ours = source(seed, lines);
        let foreign: Vec<String> = (0..more).map(|n| format!("Nothing {n} whatsoever, {} like it: {n}", n * n * 7919)).collect();
        let at = at.index(lines + 1);
        let sample = [&ours[..at], &foreign, &ours[at..]].concat().join("\n");
        let ours = ours.join("\n");
        let found = aligned("a.c", &ours, &sample);
        check("a.c", &ours, &sample, &found);
        prop_assert_eq!(found.edits, [Edit::Added { lines: more as u32 }]);
    }

    #[test]
    fn blocks_in_another_order_are_found_and_said_to_be(
        seed in 0usize..1000, blocks in 2usize..12, order in any::<prop::sample::Index>(),
    ) {
        let ours = source(seed, blocks * 15);
        let mut moved: Vec<&[String]> = ours.chunks(15).collect();
        moved.rotate_left(1 + order.index(blocks - 1));
        moved.swap(0, blocks - 1);
        let in_order = (0..blocks).all(|at| std::ptr::eq(moved[at], &raw const ours[at * 15..at * 15 + 15]));
        let (ours, sample) = (ours.join("\n"), moved.concat().join("\n"));
        let found = aligned("a.c", &ours, &sample);
        check("a.c", &ours, &sample, &found);
        prop_assert_eq!(found.share(), 1000);
        match found.edits.as_slice() {
            [] | [Edit::Reformatted { lines: 0 }] => prop_assert!(in_order),
            [Edit::Shuffled { moves }] => prop_assert!(*moves as usize <= blocks && !in_order),
            other => prop_assert!(false, "{other:?}"),
        }
    }

    #[test]
    fn renamed_code_is_aligned_and_its_names_told(seed in 0usize..1000, lines in 20usize..200) {
        let ours = source(seed, lines).join("\n");
        let sample = WORDS.iter().enumerate().fold(ours.clone(), |text, (n, word)| text.replace(word, &format!("zq{n}x")));
        let found = aligned("a.c", &ours, &sample);
        check("a.c", &ours, &sample, &found);
        // A comment has no tokens.
        let comments = lines / 5;
        prop_assert!(found.aligned as usize >= lines - comments, "{} of {lines}", found.aligned);
        let names = found.edits.iter().find_map(|edit| match edit {
            Edit::Renamed { names, .. } => Some(names.clone()),
            _ => None,
        });
        let names = names.unwrap();
        prop_assert!(!names.is_empty() && names.len() <= 10);
        for name in names {
            let expected = WORDS.iter().enumerate().fold(name.old, |text, (n, word)| text.replace(word, &format!("zq{n}x")));
            prop_assert_eq!(name.new, expected);
        }
    }

    #[test]
    fn a_few_wrong_letters_are_tolerated(seed in 0usize..1000, lines in 20usize..100, every in 18usize..40) {
        let ours = source(seed, lines).join("\n");
        let mut letters = 0;
        let sample: String = ours
            .chars()
            .map(|c| {
                letters += usize::from(c.is_ascii_alphanumeric());
                if c.is_ascii_alphanumeric() && letters % every == 0 { '~' } else { c }
            })
            .collect();
        let found = aligned("a.txt", &ours, &sample);
        check("a.txt", &ours, &sample, &found);
        prop_assert!(found.share() >= 950, "{}", found.share());
    }

    #[test]
    fn lines_broken_elsewhere_are_the_same_letters(seed in 0usize..1000, lines in 10usize..80) {
        let ours = source(seed, lines).join("\n");
        for (from, to) in [(", ", ",\n        "), (" = ", "\n  = "), ("\n    ", " ")] {
            let sample = ours.replace(from, to);
            let found = aligned("a.txt", &ours, &sample);
            check("a.txt", &ours, &sample, &found);
            prop_assert_eq!(found.share(), 1000);
            prop_assert!(matches!(found.edits[..], [Edit::Reformatted { .. }]), "{:?}", found.edits);
        }
    }

    #[test]
    fn whatever_is_aligned_is_what_its_kind_says(
        ours in prop::collection::vec(any_line(), 0..120), sample in prop::collection::vec(any_line(), 0..120),
        name in prop::sample::select(vec!["a.c", "a.py", "a.txt"]),
    ) {
        let (ours, sample) = (ours.join("\n"), sample.join("\n"));
        check(name, &ours, &sample, &aligned(name, &ours, &sample));
    }
}

fn any_line() -> impl Strategy<Value = String> {
    let few =
        prop::sample::select(vec!["}", "return 0;", "x", "int a = b;", "", "the same long line of text", "/*", "*/"]);
    prop_oneof![
        3 => few.prop_map(str::to_owned),
        2 => "[a-c(){};=\"' ]{0,24}",
        2 => (0usize..40).prop_map(|n| source(0, n + 1).pop().unwrap()),
    ]
}

#[test]
fn ten_lines_of_ours_in_foreign_text_are_told_by_their_numbers() {
    let ours = source(1, 200);
    let foreign = |from: usize| (from..from + 60).map(|n| format!("word {} stands {} here {n}", n * 7, n * n));
    let sample: Vec<String> = foreign(0).chain(ours[100..110].iter().cloned()).chain(foreign(500)).collect();
    let found = aligned("a.c", &ours.join("\n"), &sample.join("\n"));
    let (ours, sample) = (Lines { from: 101, to: 110 }, Lines { from: 61, to: 70 });
    assert_eq!(found.ranges, [Range { ours, sample, kind: Kind::Same }]);
    assert_eq!(found.edits, [Edit::Cut { lines: 190 }, Edit::Added { lines: 120 }]);
}

#[test]
fn a_moved_function_is_one_move() {
    let ours = source(2, 60);
    let sample = [&ours[..10], &ours[20..60], &ours[10..20]].concat().join("\n");
    let found = aligned("a.c", &ours.join("\n"), &sample);
    assert_eq!(found.edits, [Edit::Shuffled { moves: 1 }]);
    assert_eq!(found.ranges.len(), 3);
}

#[test]
fn foreign_code_is_not_aligned() {
    let c = |n: usize| format!("#include <stdio.h>\nint main(void)\n{{\n    return {n};\n}}\n");
    let ours = source(3, 300).join("\n") + &c(0);
    let foreign: String =
        (0..300).map(|n| format!("let quux{n} = plugh({}, 'xyzzy{}').map(|q| q);\n", n * 3, n * n)).collect();
    let found = aligned("a.c", &ours, &foreign);
    assert_eq!((found.ranges, found.edits), (vec![], vec![]));
}

#[test]
fn what_is_built_to_take_long_does_not() {
    let equal = "the very same line\n".repeat(150_000);
    let found = aligned("a.c", &equal, &equal[19..]);
    assert_eq!(found.share(), 1000);
    let numbers =
        |from: u32| (from..from + 100_000).map(|n| format!("x{} = {};\n", n % 977, n % 3)).collect::<String>();
    let (ours, sample) = (numbers(0), numbers(500));
    let found = aligned("a.c", &ours, &sample);
    assert!(found.share() > 900, "{}", found.share());
    let one_line = "a b c ".repeat(1_000_000);
    assert_eq!(aligned("a.c", &one_line, &one_line).ranges, whole(1, 1, Kind::Same));
    let broken = one_line.replace(' ', "\n");
    assert_eq!(Side::read(b"a.c", broken.as_bytes()).err(), Some(NotAligned::TooLong));
    assert_eq!(Side::read(b"a.c", &vec![b'a'; LONGEST as usize + 1]).err(), Some(NotAligned::TooLong));
    assert_eq!(Side::read(b"a.c", b"\x7fELF\0").err(), Some(NotAligned::Binary));
}

#[test]
fn texts_without_a_letter_have_nothing_to_align() {
    for text in ["", "\n\n", "{}\n;;\n"] {
        assert_eq!(aligned("a.c", text, text), Alignment::default());
        assert_eq!(aligned("a.c", text, "some words\n").ranges, []);
    }
}
