//! Programs, debug information, certificates and keys: each parser, its own or another's, gives what it can and says what is wrong, and the
//! frames hold.
#![no_main]

use libfuzzer_sys::fuzz_target;
use unpack::{Limits, open_here};

/// Whole files, of which some bytes are changed, and how others begin.
const FILES: &[&[u8]] = &[
    include_bytes!("../../crates/unpack/tests/fixtures/builds/engine.elf"),
    include_bytes!("../../crates/unpack/tests/fixtures/builds/engine.debug"),
    include_bytes!("../../crates/unpack/tests/fixtures/builds/engine-signed.exe"),
    include_bytes!("../../crates/unpack/tests/fixtures/builds/engine.macho"),
    include_bytes!("../../crates/unpack/tests/fixtures/builds/engine.dsym"),
    include_bytes!("../../crates/unpack/tests/fixtures/builds/engine.pdb"),
    include_bytes!("../../crates/unpack/tests/fixtures/certificates/both.p7b"),
    include_bytes!("../../crates/unpack/tests/fixtures/certificates/build.crt"),
    include_bytes!("../../crates/unpack/tests/fixtures/certificates/build.p12"),
    b"\xca\xfe\xba\xbe\0\0\0\x02",
    b"\xfe\xed\xfe\xed\0\0\0\x02\0\0\0\x02\0\0\0\x02\0\x01a",
];

fuzz_target!(|data: &[u8]| {
    // libFuzzer ends at every panic, also at one that is caught.
    std::panic::set_hook(Box::new(|_| {}));
    let [kind, rest @ ..] = data else { return };
    let mut bytes = FILES[usize::from(*kind) % FILES.len()].to_vec();
    let (changes, tail) = rest.split_at(rest.len().min(60) / 3 * 3);
    for change in changes.chunks_exact(3) {
        let at = usize::from(change[0]) << 8 | usize::from(change[1]);
        let many = bytes.len();
        bytes[at % many] = change[2];
    }
    bytes.extend_from_slice(tail);
    let limits = Limits { output_bytes: 1 << 24, entries: 1000, ..Limits::default() };
    open_here("a", &bytes, &[], &limits);
});
