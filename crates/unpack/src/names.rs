//! Names of entries as text that can be shown anywhere and still be told apart.

use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::fmt::Write as _;
use std::hash::BuildHasher as _;

/// Longer names are cut: nothing real needs them, and nested ones add up.
const LONGEST: usize = 4096;

/// An entry's name, fit to be shown: `\` and `!` with a `\` before them (`!` parts the levels of nested archives), bytes
/// that are no UTF-8 as `\xNN`, control characters and those that reorder or hide text as `\u{…}`.
///
/// Different names give different text; only beyond 4096 bytes is one cut, and then ends in `\u{…}` and its length.
pub(crate) fn display_name(name: &[u8]) -> String {
    let mut shown = String::with_capacity(name.len());
    for chunk in name.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '\\' | '!' => shown.extend(['\\', character]),
                character if is_hidden(character) => {
                    // Writing to a String cannot fail.
                    let _ = write!(shown, "\\u{{{:x}}}", u32::from(character));
                }
                character => shown.push(character),
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(shown, "\\x{byte:02x}");
        }
    }
    if shown.len() > LONGEST {
        shown.truncate(shown.floor_char_boundary(LONGEST));
        let _ = write!(shown, "\\u{{…}} ({} bytes)", name.len());
    }
    shown
}

/// Bytes in lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The path of an entry inside an archive.
pub(crate) fn nested_path(outer: &str, name: &[u8]) -> String {
    format!("{outer}!{}", display_name(name))
}

/// The archive right around what is at a path: what stands before the last `!` that no `\` makes part of a name.
pub(crate) fn outer(path: &str) -> Option<&str> {
    let is_part = |at: &usize| path.as_bytes()[..*at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 0;
    path.match_indices('!').map(|(at, _)| at).rfind(is_part).map(|at| &path[..at])
}

/// The path of a file's part, or of the file where all of it is meant.
pub(crate) fn path_of(name: &str, part: Option<&str>) -> String {
    part.map_or_else(|| name.to_owned(), |part| nested_path(name, part.as_bytes()))
}

/// Whether a path from the child holds nothing that [`display_name`] would have replaced.
pub(crate) fn is_displayable(path: &str) -> bool {
    !path.chars().any(is_hidden)
}

/// Why a name would be dangerous as a path on some system, or `None`.
pub(crate) fn why_unsafe(name: &[u8]) -> Option<&'static str> {
    let is_separator = |byte: &u8| matches!(byte, b'/' | b'\\');
    if name.is_empty() {
        Some("the name is empty")
    } else if name.first().is_some_and(is_separator) {
        Some("the name is an absolute path")
    } else if matches!(name, [letter, b':', ..] if letter.is_ascii_alphabetic()) {
        Some("the name starts with a drive letter")
    } else if name.split(is_separator).any(|part| part == b"..") {
        Some("the name climbs out of the archive")
    } else if std::str::from_utf8(name).is_ok_and(|name| name.chars().any(is_hidden)) {
        Some("the name holds control characters or characters that reorder or hide text")
    } else if display_name(name).len() > LONGEST {
        Some("the name is too long, and shown cut")
    } else {
        None
    }
}

/// The names that an archive used, by their hash: a million names are 8 MB.
#[derive(Default)]
pub(crate) struct Names {
    seen: HashSet<u64>,
    hasher: RandomState,
}

impl Names {
    /// Whether the name comes up for the first time.
    pub(crate) fn is_new(&mut self, name: &[u8]) -> bool {
        self.seen.insert(self.hasher.hash_one(name))
    }
}

/// Control characters, and the invisible ones that change how a line reads (Unicode TR 36; CVE-2021-42574).
pub(crate) fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_archive_around_a_path_is_told_from_a_name() {
        assert_eq!(outer("a.zip!b.tar!c"), Some("a.zip!b.tar"));
        assert_eq!(outer("a.zip!odd\\!name"), Some("a.zip"));
        assert_eq!(outer("a.zip!odd\\\\!name"), Some("a.zip!odd\\\\"));
        assert_eq!(outer("plain"), None);
    }

    #[test]
    fn hidden_and_foreign_bytes_are_spelt_out() {
        assert_eq!(display_name(b"src/main.c"), "src/main.c");
        assert_eq!(display_name(b"a\\b!c"), "a\\\\b\\!c");
        assert_eq!(display_name(b"caf\xe9"), "caf\\xe9");
        assert_eq!(display_name("gpj.\u{202e}exe\n".as_bytes()), "gpj.\\u{202e}exe\\u{a}");
        assert_eq!(display_name("Отчёт.doc".as_bytes()), "Отчёт.doc");
    }

    #[test]
    fn dangerous_names_are_named() {
        for name in ["/etc/passwd", "..\\x", "a/../../b", "C:\\x", "", "a\u{202e}b", "\\\\host\\share"] {
            assert!(why_unsafe(name.as_bytes()).is_some(), "{name:?}");
        }
        for name in ["a..b", "...", "dir/file", "dir\\file", "Отчёт"] {
            assert_eq!(why_unsafe(name.as_bytes()), None, "{name:?}");
        }
        assert!(why_unsafe(&[b'a'; 5000]).is_some());
    }

    /// Undoes [`display_name`], for names that were not cut.
    fn bytes_of(shown: &str) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut rest = shown;
        while let Some(first) = rest.chars().next() {
            rest = &rest[first.len_utf8()..];
            if first != '\\' {
                bytes.extend(first.to_string().bytes());
            } else if let Some(hex) = rest.strip_prefix("u{") {
                let (code, after) = hex.split_once('}')?;
                let character = char::from_u32(u32::from_str_radix(code, 16).ok()?)?;
                bytes.extend(character.to_string().bytes());
                rest = after;
            } else if let Some(hex) = rest.strip_prefix('x') {
                bytes.push(u8::from_str_radix(hex.get(..2)?, 16).ok()?);
                rest = &hex[2..];
            } else {
                bytes.push(*rest.as_bytes().first()?);
                rest = &rest[1..];
            }
        }
        Some(bytes)
    }

    proptest! {
        #[test]
        fn names_come_back_from_what_is_shown(name in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..64),
            any::<String>().prop_map(String::into_bytes),
        ]) {
            let shown = display_name(&name);
            prop_assert!(is_displayable(&shown));
            prop_assert_eq!(bytes_of(&shown), Some(name));
        }
    }
}
