//! Which grams of a text become fingerprints, for a text that comes in pieces.

use std::cell::Cell;
use std::cmp::Reverse;

use crate::distinct::sort_distinct;
use crate::kernel::{Kernel, Rules};
use crate::profile::{GRAM, Profile, next_order};

/// Bytes that are normalised at once, and normalised bytes that are gathered before grams are chosen: so few that they are
/// still in the cache then.
const PIECE: usize = 1 << 15;

/// Below this many fingerprints repeats are not looked for while the text still comes.
const FIRST_COMPACTION: usize = 1 << 16;

/// So many times the distinct fingerprints are gathered before repeats are looked for again.
const NEXT_COMPACTION: usize = 8;

thread_local! {
    /// What the thread's last winnower worked in: making it anew for each of many small files would take a good part of
    /// the time.
    static SPARE: Cell<Buffers> = Cell::default();
}

/// Normalises and winnows a text that comes in pieces.
pub(crate) struct Winnower {
    kernel: Kernel,
    profile: Profile,
    /// Normalised bytes that `buffers.units` no longer holds.
    before: u64,
    buffers: Buffers,
    /// Repeats are dropped when this many hashes have gathered, which bounds memory by the result.
    compact_at: usize,
}

#[derive(Default)]
struct Buffers {
    /// Normalised bytes of which the windows are still to be looked at.
    units: Vec<u8>,
    /// Where the chosen grams of `units` begin.
    begins: Vec<u32>,
    hashes: Vec<u64>,
    /// For sorting them.
    spare: Vec<u64>,
}

impl Winnower {
    pub(crate) fn new(kernel: Kernel, profile: Profile) -> Self {
        Winnower { kernel, profile, before: 0, buffers: SPARE.take(), compact_at: FIRST_COMPACTION }
    }

    pub(crate) fn push(&mut self, text: &[u8]) {
        for piece in text.chunks(PIECE) {
            self.kernel.normalise(piece, &mut self.buffers.units);
            if self.buffers.units.len() >= PIECE {
                self.choose();
            }
        }
    }

    /// The fingerprints that have gathered, in any order and with repeats.
    pub(crate) fn take(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.buffers.hashes)
    }

    /// The number of normalised bytes, and the fingerprints, sorted and distinct.
    pub(crate) fn finish(mut self) -> (u64, Vec<u64>) {
        let normalised = self.finish_text();
        self.buffers.compact();
        (normalised, self.hashes())
    }

    /// The number of normalised bytes, and the fingerprints in any order and repeated.
    pub(crate) fn finish_unsorted(mut self) -> (u64, Vec<u64>) {
        (self.finish_text(), self.hashes())
    }

    fn finish_text(&mut self) -> u64 {
        let units = &self.buffers.units;
        let normalised = self.before + units.len() as u64;
        if self.before == 0 && units.len() < Rules::TEXT.span() {
            self.buffers.begins.extend(smallest_of_all(units));
            self.emit();
        } else {
            self.choose();
        }
        normalised
    }

    /// Gives the hashes away, and the buffers to the next winnower unless they have grown beyond what most texts need.
    fn hashes(mut self) -> Vec<u64> {
        if self.buffers.hashes.len() >= FIRST_COMPACTION {
            self.buffers.hashes.shrink_to_fit();
            return self.buffers.hashes;
        }
        let hashes = self.buffers.hashes.clone();
        self.buffers.units.clear();
        self.buffers.hashes.clear();
        SPARE.set(self.buffers);
        hashes
    }

    /// Looks at all windows of the normalised bytes, and keeps of them what the next window begins with.
    fn choose(&mut self) {
        self.kernel.choose(Rules::TEXT, &self.buffers.units, &mut self.buffers.begins);
        self.emit();
        let done = self.buffers.units.len().saturating_sub(Rules::TEXT.span() - 1);
        self.buffers.units.drain(..done);
        self.before += done as u64;
    }

    fn emit(&mut self) {
        let Buffers { units, begins, hashes, .. } = &mut self.buffers;
        let gram = |begin: &u32| units[*begin as usize..].first_chunk::<GRAM>();
        hashes.extend(begins.iter().map(|begin| gram(begin).map_or(0, |gram| self.profile.fingerprint(gram))));
        begins.clear();
        if hashes.len() >= self.compact_at {
            self.buffers.compact();
            self.compact_at = FIRST_COMPACTION.max(NEXT_COMPACTION * self.buffers.hashes.len());
        }
    }
}

impl Buffers {
    fn compact(&mut self) {
        sort_distinct(&mut self.hashes, &mut self.spare);
    }
}

/// Where the gram begins that is chosen of a text with fewer grams than a window: the rightmost of the smallest of all.
fn smallest_of_all(units: &[u8]) -> Option<u32> {
    let order = |gram: &[u8]| gram.iter().fold(0, |order, unit| next_order(order, *unit));
    let grams = (0..).zip(units.windows(GRAM));
    grams.map(|(at, gram)| (order(gram), Reverse(at))).min().map(|(_, Reverse(at))| at)
}
