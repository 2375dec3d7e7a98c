//! Archives, and what else the child opens, of every format: each parser, its own or another's, gives what it can and says what is wrong, and the frames hold.
#![no_main]

use libfuzzer_sys::fuzz_target;
use unpack::{Limits, open_here};

/// How archives begin.
const KINDS: &[&[u8]] = &[
    b"PK\x03\x04",
    b"7z\xbc\xaf\x27\x1c\0\x04",
    b"Rar!\x1a\x07\0\xcf\x90\x73\0\0\x0d\0\0\0\0\0\0\0",
    b"Rar!\x1a\x07\x01\0",
    b"MSCF\0\0\0\0",
    b"!<arch>\n",
    b"070701",
    b"070707",
    b"\xed\xab\xee\xdb",
    b"\x1f\x8b\x08\0\0\0\0\0\0\x03",
    b"BZh91AY&SY",
    b"\xfd7zXZ\0",
    b"LZIP\x01",
    b"\x28\xb5\x2f\xfd",
    b"\x04\x22\x4d\x18\x40",
    b"# v2 git bundle\n\nPACK\0\0\0\x02\0\0\0\x04",
    b"PACK\0\0\0\x02\0\0\0\x04\x34x\x9c",
    b"x\x9cK\xca\xc9OR",
    b"From a@b Mon\nMessage-Id: <1@x>\nMime-Version: 1.0\n\n",
    b"<!doctype html>",
    b"<w:document xmlns:w=\"http://schemas.openxmlformats.org/\"><w:p><w:t>",
    b"<sst xmlns=\"http://schemas.openxmlformats.org/\"><si><t>",
    b"{\"cells\":[{\"cell_type\":\"code\",\"source\":[\"",
    b"%PDF-1.7\n",
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x09\0\0\0\x09\x08\0\0\0\0",
    b"\xff\xd8\xff\xe0",
    b"GIF89a\x09\0\x09\0",
    b"RIFF\x40\0\0\0WEBPVP8L",
    b"II*\0\x08\0\0\0",
    b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x09\0\0\0\x09\0\0\0",
    b"",
];

fuzz_target!(|data: &[u8]| {
    let Some((kind, rest)) = data.split_first() else { return };
    let mut bytes = KINDS[usize::from(*kind) % KINDS.len()].to_vec();
    // An image of a disc has its first descriptor behind sixteen sectors.
    if bytes.is_empty() && kind % 2 == 0 {
        bytes.resize(16 * 2048, 0);
        bytes.extend(b"\x01CD001\x01\0");
    }
    bytes.extend(rest);
    let limits = Limits { output_bytes: 16 << 20, entries: 10_000, nested_bytes: 8 << 20, ..Limits::default() };
    open_here("a", &bytes, &["geheim".to_owned()], &limits);
});
