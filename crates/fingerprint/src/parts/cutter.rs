//! Where chunks end: a rolling hash over the last 64 bytes decides, so that an inserted byte moves few ends.
//!
//! A gear hash with a least and a most length and two thresholds (FastCDC: Xia and others, USENIX ATC 2016), but the
//! hash always covers 64 bytes: whether a chunk may end somewhere depends on nothing before them.

use std::sync::LazyLock;

/// No chunk but a file's last is shorter.
const LEAST: usize = 2048;

/// Up to this length a chunk ends rarely, from it on often: most chunks are about as long. Chosen so that chunks of
/// random bytes have 8 KiB on average.
const USUAL: usize = 6656;

/// No chunk is longer.
const MOST: usize = 65_536;

/// Bytes that the hash covers: each shifts by one bit, and the word has this many.
const SPAN: usize = 64;

/// Below this a hash ends a chunk that is not longer than [`USUAL`]: one of 2^15.
const RARE: u64 = 1 << 49;

/// Below this a hash ends a longer one: one of 2^11.
const OFTEN: u64 = 1 << 53;

const GEAR_CONTEXT: &str = "gainsay fingerprint profile 1: gear table";

/// What each byte adds to the hash.
static GEAR: LazyLock<[u64; 256]> = LazyLock::new(|| {
    let mut reader = blake3::Hasher::new_derive_key(GEAR_CONTEXT).finalize_xof();
    let mut word = [0; 8];
    [(); 256].map(|()| {
        reader.fill(&mut word);
        u64::from_le_bytes(word)
    })
});

/// Finds the ends of chunks in a file that comes in pieces.
pub(super) struct Cutter {
    gear: &'static [u64; 256],
    hash: u64,
    /// Bytes of the current chunk so far.
    length: usize,
}

impl Cutter {
    pub(super) fn new() -> Self {
        Cutter { gear: &GEAR, hash: 0, length: 0 }
    }

    /// How many of these next bytes belong to the current chunk, and whether it ends with them.
    pub(super) fn cut(&mut self, bytes: &[u8]) -> (usize, bool) {
        let skipped = (LEAST - SPAN).saturating_sub(self.length).min(bytes.len());
        self.length += skipped;
        let mut taken = skipped;
        // Before the least length no hash is small enough.
        for (until, below) in [(LEAST - 1, 0), (USUAL, RARE), (MOST, OFTEN)] {
            let room = until.saturating_sub(self.length).min(bytes.len() - taken);
            let zone = &bytes[taken..taken + room];
            let end = self.find(zone, below);
            let read = end.unwrap_or(room);
            taken += read;
            self.length += read;
            if end.is_some() || self.length == MOST {
                self.length = 0;
                return (taken, true);
            }
        }
        (taken, false)
    }

    /// Rolls over the bytes to the first after which the hash is small enough, and gives how many those are.
    fn find(&mut self, bytes: &[u8], below: u64) -> Option<usize> {
        let mut hash = self.hash;
        let (groups, tail) = bytes.as_chunks::<4>();
        let in_groups = groups.iter().enumerate().find_map(|(number, group)| {
            // What the bytes add together does not wait for the hash before them: a chain of two steps for four bytes.
            let [a, b, c, d] = group.map(|byte| self.gear[usize::from(byte)]);
            let ab = (a << 1).wrapping_add(b);
            let abc = (ab << 1).wrapping_add(c);
            let abcd = (abc << 1).wrapping_add(d);
            let rolled = [(1, a), (2, ab), (3, abc), (4, abcd)].map(|(n, sum)| (hash << n).wrapping_add(sum));
            hash = rolled[3];
            rolled.iter().position(|hash| *hash < below).map(|at| number * 4 + at + 1)
        });
        let found = in_groups.or_else(|| {
            let at = tail.iter().position(|byte| {
                hash = (hash << 1).wrapping_add(self.gear[usize::from(*byte)]);
                hash < below
            });
            at.map(|at| groups.len() * 4 + at + 1)
        });
        // Past an end the hash may have seen too much: the next chunk rolls over 64 bytes before it is asked again.
        self.hash = hash;
        found
    }
}
