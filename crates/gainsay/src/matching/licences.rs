//! The texts of licences that everybody's files begin with. Whoever holds them, they are nobody's own.

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

#[cfg(test)]
mod tests {
    use super::*;

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
