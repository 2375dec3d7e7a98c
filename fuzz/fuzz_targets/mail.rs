//! Messages and mailboxes. Whatever comes, each text leads back into its file.
#![no_main]

use libfuzzer_sys::fuzz_target;

/// Names, and how such files begin.
const KINDS: &[(&str, &[u8])] = &[
    ("a.eml", b"Message-ID: <a@b>\nSubject: "),
    ("a.eml", b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"),
    ("a.mbox", b"From a\nMessage-ID: <a@b>\n"),
];

fuzz_target!(|data: &[u8]| {
    fuzz::read(KINDS, data, true);
});
