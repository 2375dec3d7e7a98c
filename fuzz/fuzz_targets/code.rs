//! Source code in pieces gives what it gives as a whole, and what its grams give.
#![no_main]

use arbitrary::Unstructured;
use fingerprint::{Channel, Fingerprints, Grams, Isa, Profile, Scratch};
use fuzz::code::{NAMES, WORDS};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut u = Unstructured::new(data);
    let (Ok(name), Ok(cuts)) = (u.choose(&NAMES).copied(), fuzz::cuts(&mut u)) else { return };
    let Ok(content) = fuzz::content(&mut u, &WORDS) else { return };
    let whole = Fingerprints::of(&Profile::one(), name, &content);
    let pieces = fuzz::pieces(&content, &cuts);
    assert_eq!(fuzz::in_pieces(Isa::current(), name, &pieces), whole);
    let grams = Grams::of(&Profile::one(), name, &content, &mut Scratch::default()).expect("it is short");
    let counts = grams.counts();
    let distinct = |channel| counts.of(channel).iter().map(|(fingerprint, _)| *fingerprint);
    assert_eq!(grams.kind(), whole.kind);
    assert!(distinct(Channel::Text).eq(whole.text));
    assert!(distinct(Channel::Code).eq(whole.code));
});
