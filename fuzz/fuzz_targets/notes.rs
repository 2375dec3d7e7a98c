//! Markdown, and plain text in any encoding. Whatever comes, each text leads back into its file.
#![no_main]

use libfuzzer_sys::fuzz_target;

/// Names, and how such files begin.
const KINDS: &[(&str, &[u8])] =
    &[("a.md", b""), ("a.md", b"---\ntitle: a\n---\n"), ("a.txt", b""), ("a.txt", b"\xff\xfe")];

fuzz_target!(|data: &[u8]| {
    fuzz::read(KINDS, data, true);
});
