//! What the fuzz targets share: contents made of words and repeats, cuts, and an allocator that knows how much is in use.

pub mod code;
pub mod forge;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use arbitrary::{Result, Unstructured};
use fingerprint::{Fingerprinter, Fingerprints, Isa, Profile};

/// A longer content is not made: pieces, heads and blocks are all shorter.
const MOST: usize = 200_000;

/// Makes a content of all that is left: bytes as they are, words, repeats of what is there already and noise, so that few bytes
/// of input lead past the ends of pieces and heads.
pub fn content(u: &mut Unstructured<'_>, words: &[&[u8]]) -> Result<Vec<u8>> {
    let mut content = Vec::new();
    while !u.is_empty() && content.len() < MOST {
        step(u, words, &mut content)?;
    }
    Ok(content)
}

/// Appends one step of a content.
pub fn step(u: &mut Unstructured<'_>, words: &[&[u8]], content: &mut Vec<u8>) -> Result<()> {
    match u.arbitrary::<u8>()? {
        0..96 => content.extend_from_slice(u.choose(words)?),
        96..192 => {
            let length = usize::from(u.arbitrary::<u8>()?).min(u.len());
            content.extend_from_slice(u.bytes(length)?);
        }
        192..232 => {
            let length = usize::from(u.arbitrary::<u8>()?).min(content.len());
            let again = content[content.len() - length..].to_vec();
            let times = u.int_in_range(1..=600)?;
            (0..times).for_each(|_| content.extend_from_slice(&again));
        }
        232.. => {
            let (seed, length, kinds) = (u.arbitrary::<u32>()?, u.arbitrary::<u16>()?, u.arbitrary::<u8>()?.max(1));
            content.extend(noise(u64::from(seed), kinds).take(usize::from(length)));
        }
    }
    Ok(())
}

/// Pseudo-random bytes of so many kinds, printable ones where they are few.
fn noise(mut seed: u64, kinds: u8) -> impl Iterator<Item = u8> {
    std::iter::from_fn(move || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let byte = u8::try_from((seed >> 33) % u64::from(kinds)).unwrap_or_default();
        Some(if kinds < 90 { byte + b' ' } else { byte })
    })
}

/// Where a content is cut into pieces.
pub fn cuts(u: &mut Unstructured<'_>) -> Result<Vec<u16>> {
    let count = u.int_in_range(0..=12)?;
    (0..count).map(|_| u.arbitrary()).collect()
}

/// The pieces of a content, each so long; what is left comes last.
pub fn pieces<'c>(mut content: &'c [u8], cuts: &[u16]) -> Vec<&'c [u8]> {
    let mut pieces = Vec::new();
    for cut in cuts {
        let (piece, rest) = content.split_at(usize::from(*cut).min(content.len()));
        pieces.push(piece);
        content = rest;
    }
    pieces.push(content);
    pieces
}

/// The fingerprints of a file that comes in these pieces.
pub fn in_pieces(isa: Isa, name: &[u8], pieces: &[&[u8]]) -> Fingerprints {
    let mut fingerprinter = Fingerprinter::with(isa, &Profile::one(), name);
    pieces.iter().for_each(|piece| fingerprinter.update(piece));
    fingerprinter.finish()
}

/// The system's allocator, counting.
pub struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static MOST_HELD: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call goes to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let held = HELD.fetch_add(layout.size(), Relaxed) + layout.size();
        MOST_HELD.fetch_max(held, Relaxed);
        // SAFETY: the caller keeps the contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the caller keeps the contract.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The most bytes that are held at once while something is done, beyond those held before.
pub fn memory<T>(work: impl FnOnce() -> T) -> (usize, T) {
    let before = HELD.load(Relaxed);
    MOST_HELD.store(before, Relaxed);
    let result = work();
    (MOST_HELD.load(Relaxed) - before, result)
}

/// Reads bytes as a file of one of these kinds, chosen by the first byte: the child's own code and the parent's checks. `is_own` where no
/// parser may fail inside.
pub fn read(kinds: &[(&str, &[u8])], data: &[u8], is_own: bool) {
    let Some((choice, rest)) = data.split_first() else { return };
    if !is_own {
        // libFuzzer ends at every panic, also at one that is caught.
        std::panic::set_hook(Box::new(|_| {}));
    }
    let (name, begin) = kinds[usize::from(*choice) % kinds.len()];
    let bytes = [begin, rest].concat();
    let limits = unpack::Limits { output_bytes: 1 << 24, entries: 1000, ..unpack::Limits::default() };
    let (documents, findings) = unpack::read_here(name, &bytes, &limits);
    assert!(!documents.is_empty() || !findings.is_empty(), "nothing is said");
    let failed = findings.iter().find(|finding| finding.kind == unpack::FindingKind::ParserFailed);
    assert!(!is_own || failed.is_none(), "{failed:?}");
}
