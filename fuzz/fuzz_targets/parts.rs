//! Headers of safetensors files: in pieces as in one, and no memory that the bytes do not pay for.
#![no_main]

use arbitrary::{Result, Unstructured};
use fingerprint::{Isa, Parts, Profile};
use libfuzzer_sys::fuzz_target;

const WORDS: [&[u8]; 20] = [
    b"{\"a\":{\"dtype\":\"F32\",\"shape\":[4,128],\"data_offsets\":[0,2048]}}",
    b"\"a\":{\"data_offsets\":[",
    b"\"__metadata__\":{\"format\":\"pt\"}",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\"",
    b"\\\"",
    b" ",
    b"0",
    b"300",
    b"2048",
    b"18446744073709551615",
    b"]},",
    b"\"data_offsets\"",
    b"\0",
    b"\x01\x02\x03\x04\x05\x06\x07\x08",
];

/// What stands in a file, whether a head tells its length truly, and where the file is cut.
fn file(u: &mut Unstructured<'_>) -> Result<(Vec<u8>, Vec<u16>)> {
    let cuts = fuzz::cuts(u)?;
    let honest = u.ratio(7, 8)?;
    let mut header = if u.ratio(3, 4)? { b"{".to_vec() } else { Vec::new() };
    for _ in 0..u.int_in_range(0..=24)? {
        fuzz::step(u, &WORDS, &mut header)?;
    }
    let length = if honest { header.len() as u64 } else { u.arbitrary()? };
    let body = fuzz::content(u, &WORDS)?;
    Ok(([&length.to_le_bytes()[..], &header, &body].concat(), cuts))
}

fn parts(pieces: &[&[u8]]) -> Vec<u64> {
    let mut parts = Parts::new(&Profile::one());
    pieces.iter().for_each(|piece| parts.push(piece));
    parts.finish()
}

fuzz_target!(|data: &[u8]| {
    let Ok((file, cuts)) = file(&mut Unstructured::new(data)) else { return };
    let (memory, whole) = fuzz::memory(|| parts(&[&file]));
    assert!(memory <= 16_384 + 16 * file.len(), "{memory} bytes held for a file of {}", file.len());
    let pieces = fuzz::pieces(&file, &cuts);
    assert_eq!(parts(&pieces), whole);
    let fingerprints = fuzz::in_pieces(Isa::current(), b"a.safetensors", &pieces);
    assert!(fingerprints.parts.is_empty() || fingerprints.parts == whole);
});
