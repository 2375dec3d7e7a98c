//! Every instruction set gives the same fingerprints, of a file in one piece and in several, drained or not.
#![no_main]

use arbitrary::Unstructured;
use fingerprint::{Fingerprinter, Fingerprints, Isa, Profile};
use libfuzzer_sys::fuzz_target;

const NAMES: [&[u8]; 3] = [b"notes.txt", b"a.c", b"a.py"];

const WORDS: [&[u8]; 10] = [b"word ", b"\n", b"/*", b"*/", b"\"", b"'", b"#", b"\0", b"\xff\xfe", b"\xef\xbb\xbf"];

/// What is drained after each piece, put together with what comes at the end.
fn drained(isa: Isa, name: &[u8], pieces: &[&[u8]]) -> Fingerprints {
    let mut channels: [Vec<u64>; 3] = Default::default();
    let mut fingerprinter = Fingerprinter::with(isa, &Profile::one(), name);
    for piece in pieces {
        fingerprinter.update(piece);
        fingerprinter.drain(&mut |channel, more| channels[channel as usize].extend_from_slice(more));
    }
    let mut end = fingerprinter.finish_unsorted();
    for (all, last) in channels.iter().zip([&mut end.text, &mut end.code, &mut end.parts]) {
        last.extend_from_slice(all);
        last.sort_unstable();
        last.dedup();
    }
    end
}

fuzz_target!(|data: &[u8]| {
    let mut u = Unstructured::new(data);
    let (Ok(name), Ok(cuts)) = (u.choose(&NAMES).copied(), fuzz::cuts(&mut u)) else { return };
    let Ok(content) = fuzz::content(&mut u, &WORDS) else { return };
    let whole = Fingerprints::of_with(Isa::Portable, &Profile::one(), name, &content);
    let pieces = fuzz::pieces(&content, &cuts);
    for isa in Isa::available() {
        assert_eq!(Fingerprints::of_with(isa, &Profile::one(), name, &content), whole, "{isa}");
        assert_eq!(fuzz::in_pieces(isa, name, &pieces), whole, "{isa}, in pieces");
        assert_eq!(drained(isa, name, &pieces), whole, "{isa}, drained");
    }
});
