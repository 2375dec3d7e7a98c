//! Models of every format: in pieces as in one, and no memory that the bytes do not pay for but what the columns of a matrix take.
#![no_main]

use arbitrary::{Result, Unstructured};
use fingerprint::{Isa, Profile, Sketches};
use libfuzzer_sys::fuzz_target;

/// What the columns of one matrix take, and their groups, while it is read.
const OF_COLUMNS: usize = 9 << 20;

const WORDS: [&[u8]; 24] = [
    b"GGUF\x03\0\0\0\x01\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0",
    b"GGUF\x02\0\0\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
    b"\x11\0\0\0\0\0\0\0general.alignment\x04\0\0\0\x20\0\0\0",
    b"\x01\0\0\0\0\0\0\0a\x08\0\0\0\x01\0\0\0\0\0\0\0b",
    b"\x01\0\0\0\0\0\0\0a\x09\0\0\0\x08\0\0\0\x03\0\0\0\0\0\0\0",
    b"\x01\0\0\0\0\0\0\0w\x02\0\0\0\0\x01\0\0\0\0\0\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
    b"\x01\0\0\0\0\0\0\0w\x01\0\0\0\0\x04\0\0\0\0\0\0\x08\0\0\0\0\0\0\0\0\0\0\0",
    b"\x01\0\0\0\0\0\0\0",
    b"\x08\x09\x12\x01w",
    b"\x3a\xff\xff\xff\x7f",
    b"\x2a\x80\x80\x02",
    b"\x08\x80\x02\x08\x04\x10\x01",
    b"\x0a\x03\x80\x02\x04\x10\x0a",
    b"\x4a\x80\x20",
    b"\x22\x80\x10",
    b"\x4a\x80\x80\x80\x80\x08",
    b"\x93NUMPY\x01\0v\0{'descr': '<f4', 'fortran_order': False, 'shape': (64, 64), }",
    b"                                                        \n",
    b"\x93NUMPY\x02\0",
    b"\x3d\xcc\xcc\x3d",
    b"\x66\x26\x33\xa1\x9a\x19\xcd\x2c",
    b"\0\0\x80\x7f\0\0\xc0\xff",
    b"\0",
    b"\x80",
];

fn file(u: &mut Unstructured<'_>) -> Result<(Vec<u8>, Vec<u16>)> {
    let cuts = fuzz::cuts(u)?;
    Ok((fuzz::content(u, &WORDS)?, cuts))
}

fn sketches(pieces: &[&[u8]]) -> Vec<u64> {
    let mut sketches = Sketches::new(&Profile::one());
    pieces.iter().for_each(|piece| sketches.push(piece));
    sketches.finish()
}

fuzz_target!(|data: &[u8]| {
    let Ok((file, cuts)) = file(&mut Unstructured::new(data)) else { return };
    let (memory, whole) = fuzz::memory(|| sketches(&[&file]));
    assert!(memory <= OF_COLUMNS + 16 * file.len(), "{memory} bytes held for a file of {}", file.len());
    let pieces = fuzz::pieces(&file, &cuts);
    assert_eq!(sketches(&pieces), whole);
    assert_eq!(fuzz::in_pieces(Isa::current(), b"a.gguf", &pieces).sketches, whole);
});
