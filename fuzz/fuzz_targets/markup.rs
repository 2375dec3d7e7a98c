//! Pages, feeds in XML, and pages of chats. Whatever comes, each text leads back into its file.
#![no_main]

use libfuzzer_sys::fuzz_target;

/// Names, and how such files begin.
const KINDS: &[(&str, &[u8])] = &[
    ("a.html", b"<html><body><p>"),
    ("a.xml", b"<rss><channel><item><description>"),
    (
        "a.html",
        b"<html><div class=\"page_wrap\"><div class=\"history\"><div class=\"message default\"><div class=\"text\">",
    ),
];

fuzz_target!(|data: &[u8]| {
    fuzz::read(KINDS, data, true);
});
