//! PDF. Its parser is another's and may fail inside; that must be said, and nothing worse. Whatever comes, each text leads back into its file.
#![no_main]

use libfuzzer_sys::fuzz_target;

/// Names, and how such files begin.
const KINDS: &[(&str, &[u8])] = &[
    ("a.pdf", b"%PDF-1.4\n"),
    ("a.pdf", b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Kids [3 0 R] /Count 1 >>\nendobj\n"),
];

fuzz_target!(|data: &[u8]| {
    fuzz::read(KINDS, data, false);
});
