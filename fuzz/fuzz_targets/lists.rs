//! Feeds, chats and lists of leak sites in JSON. Whatever comes, each text leads back into its file.
#![no_main]

use libfuzzer_sys::fuzz_target;

/// Names, and how such files begin.
const KINDS: &[(&str, &[u8])] = &[
    ("a.json", b"{\"version\": \"https://jsonfeed.org/version/1\", \"items\": [{\"content_text\": \""),
    ("a.json", b"{\"name\": \"n\", \"id\": 1, \"messages\": [{\"from_id\": \"u\", \"text\": \""),
    ("a.json", b"[{\"post_title\": \"a\", \"group_name\": \"b\", \"description\": \""),
];

fuzz_target!(|data: &[u8]| {
    fuzz::read(KINDS, data, true);
});
