//! The texts of licences that everybody's files begin with. Whoever holds them, they are nobody's own.

use std::sync::LazyLock;

use fingerprint::{Fingerprints, Profile};

/// Whole licences, and in `headers.txt` what files say of them.
const TEXTS: [&str; 15] = [
    include_str!("licences/0BSD.txt"),
    include_str!("licences/Apache-2.0.txt"),
    include_str!("licences/Artistic-1.0.txt"),
    include_str!("licences/BSD-3-Clause.txt"),
    include_str!("licences/CC0-1.0.txt"),
    include_str!("licences/GPL-2.txt"),
    include_str!("licences/GPL-3.txt"),
    include_str!("licences/LGPL-2.1.txt"),
    include_str!("licences/LGPL-3.txt"),
    include_str!("licences/MIT.txt"),
    include_str!("licences/MPL-1.1.txt"),
    include_str!("licences/MPL-2.0.txt"),
    include_str!("licences/Unlicense.txt"),
    include_str!("licences/Zlib.txt"),
    include_str!("licences/headers.txt"),
];

/// Their fingerprints of text, sorted; some four thousand, made in less than a millisecond.
pub(super) fn fingerprints(profile: &Profile) -> Vec<u64> {
    let of_text = |text: &&str| Fingerprints::of(profile, b"LICENSE", text.as_bytes()).text;
    let mut all: Vec<u64> = TEXTS.iter().flat_map(of_text).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Letters and figures of a line below which any text may have them.
const LEAST: usize = 8;

/// The letters and figures of all licences, one after the other.
static LETTERS: LazyLock<Vec<u8>> =
    LazyLock::new(|| TEXTS.iter().flat_map(|text| [letters(text.as_bytes()), vec![b' ']].concat()).collect());

/// Whether a line of a file is a line of a licence, wherever that is broken into lines, and whatever signs stand around it.
pub fn is_of_licence(line: &[u8]) -> bool {
    let line = letters(line);
    line.len() >= LEAST && memchr::memmem::find(&LETTERS, &line).is_some()
}

fn letters(text: &[u8]) -> Vec<u8> {
    text.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_licence_is_known_wherever_it_is_broken() {
        let known: [&[u8]; 3] = [
            b"// you may not use this file except in compliance with the License.",
            b" * distributed under the License is distributed on an",
            b"# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND",
        ];
        assert!(known.into_iter().all(is_of_licence));
        let own: [&[u8]; 4] = [b"// the", b"func serve(c *Context) {", b"// Copyright 2019 Marlbeck", b""];
        assert!(!own.into_iter().any(is_of_licence));
    }

    #[test]
    fn a_licence_is_known_as_a_comment_and_broken_into_other_lines() {
        let known = fingerprints(&Profile::one());
        let mit = include_str!("licences/MIT.txt");
        let words: Vec<&str> = mit.split_whitespace().collect();
        let comment: String = words.chunks(9).map(|line| format!("// {}\n", line.join(" "))).collect();
        let of_comment = Fingerprints::of(&Profile::one(), b"main.rs", comment.as_bytes()).text;
        assert!(of_comment.len() > 10);
        assert!(of_comment.iter().all(|it| known.binary_search(it).is_ok()));
        let other =
            Fingerprints::of(&Profile::one(), b"LICENSE", "Marlbeck keeps all rights to it. ".repeat(9).as_bytes());
        assert!(other.text.iter().all(|it| known.binary_search(it).is_err()));
    }
}
