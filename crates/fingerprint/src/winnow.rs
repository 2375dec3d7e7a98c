//! Which grams of a channel's units become fingerprints, for a file that comes in pieces.

use std::cell::Cell;

use crate::code;
use crate::distinct::sort_distinct;
use crate::kernel::{Kernel, Rules};
use crate::profile::{GRAM, Profile};

/// Bytes that are made into units at once, and units that are gathered before grams are chosen: so few that they are still
/// in the cache then.
pub(crate) const PIECE: usize = 1 << 15;

/// Below this many fingerprints repeats are not looked for while the file still comes.
const FIRST_COMPACTION: usize = 1 << 16;

/// So many times the distinct fingerprints are gathered before repeats are looked for again.
const NEXT_COMPACTION: usize = 8;

thread_local! {
    /// What the thread's last winnowers worked in: making it anew for each of many small files would take a good part of
    /// the time.
    static SPARE: Cell<Vec<Buffers>> = const { Cell::new(Vec::new()) };
}

/// Winnows units that come in pieces.
pub(crate) struct Winnower {
    kernel: Kernel,
    profile: Profile,
    rules: Rules,
    /// Units that `buffers.units` no longer holds.
    before: u64,
    buffers: Buffers,
    /// Repeats are dropped when this many hashes have gathered, which bounds memory by the result.
    compact_at: usize,
}

#[derive(Default)]
struct Buffers {
    /// Units of which the windows are still to be looked at.
    units: Vec<u8>,
    /// Where the chosen grams of `units` begin.
    begins: Vec<u32>,
    hashes: Vec<u64>,
    /// For sorting them.
    spare: Vec<u64>,
}

impl Winnower {
    pub(crate) fn new(kernel: Kernel, profile: Profile, rules: Rules) -> Self {
        let mut spare = SPARE.take();
        let buffers = spare.pop().unwrap_or_default();
        SPARE.set(spare);
        Winnower { kernel, profile, rules, before: 0, buffers, compact_at: FIRST_COMPACTION }
    }

    /// Takes text, of which the units are normalised bytes.
    pub(crate) fn normalise(&mut self, text: &[u8]) {
        for piece in text.chunks(PIECE) {
            let kernel = self.kernel;
            self.add(|units| kernel.normalise(piece, units));
        }
    }

    /// Takes the units that `make` appends.
    pub(crate) fn add(&mut self, make: impl FnOnce(&mut Vec<u8>)) {
        make(&mut self.buffers.units);
        if self.buffers.units.len() >= PIECE {
            self.choose();
        }
    }

    /// The fingerprints that have gathered, in any order and with repeats.
    pub(crate) fn take(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.buffers.hashes)
    }

    /// The number of units, and the fingerprints, sorted and distinct.
    pub(crate) fn finish(mut self) -> (u64, Vec<u64>) {
        let units = self.finish_units();
        self.buffers.compact();
        (units, self.hashes())
    }

    /// The number of units, and the fingerprints in any order and repeated.
    pub(crate) fn finish_unsorted(mut self) -> (u64, Vec<u64>) {
        (self.finish_units(), self.hashes())
    }

    fn finish_units(&mut self) -> u64 {
        let Buffers { units, begins, .. } = &mut self.buffers;
        let all = self.before + units.len() as u64;
        if self.before == 0 && units.len() < self.rules.span() {
            begins.extend(self.rules.smallest_of_all(units));
            self.emit();
        } else {
            self.choose();
        }
        all
    }

    /// Gives the hashes away, and the buffers to the next winnower unless they have grown beyond what most files need.
    fn hashes(mut self) -> Vec<u64> {
        if self.buffers.hashes.len() >= FIRST_COMPACTION {
            self.buffers.hashes.shrink_to_fit();
            return self.buffers.hashes;
        }
        let hashes = self.buffers.hashes.clone();
        self.buffers.units.clear();
        self.buffers.hashes.clear();
        let mut spare = SPARE.take();
        spare.push(self.buffers);
        SPARE.set(spare);
        hashes
    }

    /// Looks at all windows of the units, and keeps of them what the next window begins with.
    fn choose(&mut self) {
        self.kernel.choose(self.rules, &self.buffers.units, &mut self.buffers.begins);
        self.emit();
        let done = self.buffers.units.len().saturating_sub(self.rules.span() - 1);
        self.buffers.units.drain(..done);
        self.before += done as u64;
    }

    fn emit(&mut self) {
        let Buffers { units, begins, hashes, .. } = &mut self.buffers;
        if self.rules == Rules::CODE {
            code::emit(self.kernel, &self.profile, units, begins, hashes);
        } else {
            let gram = |begin: &u32| units[*begin as usize..].first_chunk::<GRAM>();
            hashes.extend(begins.iter().map(|begin| gram(begin).map_or(0, |gram| self.profile.fingerprint(gram))));
        }
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
