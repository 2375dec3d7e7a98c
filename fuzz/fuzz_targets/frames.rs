//! The pipe between parent and child, from both ends: frames as a child sends them that was taken over, and orders as a parent sends
//! them. What breaks a rule is named, what keeps them all comes back the same, and nothing takes more memory than one frame.
#![no_main]

use libfuzzer_sys::fuzz_target;
use unpack::{Limits, hear_here};

/// The longest frame, twice: as it came and as it was decoded; and what a transcript remembers.
const MOST: usize = 4 << 20;

fuzz_target!(|data: &[u8]| {
    let (held, ()) = fuzz::memory(|| hear_here(data, &Limits::default()));
    assert!(held < MOST, "{held} bytes are held for {} bytes", data.len());
});
