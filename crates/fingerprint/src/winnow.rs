//! Which grams of a text become fingerprints, for a text that comes in pieces.

use crate::distinct::sort_distinct;
use crate::kernel::{Kernel, Rules};
use crate::profile::{GRAM, Profile, next_order};

/// Bytes that are normalised at once, and normalised bytes that are gathered before grams are chosen: so few that they are
/// still in the cache then.
const PIECE: usize = 1 << 15;

/// Below this many fingerprints repeats are not looked for while the text still comes.
const FIRST_COMPACTION: usize = 1 << 16;

/// Normalises and winnows a text that comes in pieces.
pub(crate) struct Winnower {
    kernel: Kernel,
    profile: Profile,
    /// Normalised bytes of which the windows are still to be looked at.
    units: Vec<u8>,
    /// Normalised bytes before those.
    before: u64,
    /// Where the chosen grams of `units` begin.
    begins: Vec<u32>,
    hashes: Vec<u64>,
    spare: Vec<u64>,
    /// Repeats are dropped when this many hashes have gathered, which bounds memory by the result.
    compact_at: usize,
}

impl Winnower {
    pub(crate) fn new(kernel: Kernel, profile: Profile) -> Self {
        Winnower {
            kernel,
            profile,
            units: Vec::new(),
            before: 0,
            begins: Vec::new(),
            hashes: Vec::new(),
            spare: Vec::new(),
            compact_at: FIRST_COMPACTION,
        }
    }

    pub(crate) fn push(&mut self, text: &[u8]) {
        for piece in text.chunks(PIECE) {
            self.kernel.normalise(piece, &mut self.units);
            if self.units.len() >= PIECE {
                self.choose();
            }
        }
    }

    /// The fingerprints that have gathered, in any order and with repeats.
    pub(crate) fn take(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.hashes)
    }

    /// The number of normalised bytes, and the fingerprints, sorted and distinct.
    pub(crate) fn finish(mut self) -> (u64, Vec<u64>) {
        let normalised = self.before + self.units.len() as u64;
        if self.before == 0 && self.units.len() < Rules::TEXT.span() {
            self.begins.extend(smallest_of_all(&self.units));
            self.emit();
        } else {
            self.choose();
        }
        self.compact();
        self.hashes.shrink_to_fit();
        (normalised, self.hashes)
    }

    /// Looks at all windows of `units`, and keeps what the next one begins with.
    fn choose(&mut self) {
        self.kernel.choose(Rules::TEXT, &self.units, &mut self.begins);
        self.emit();
        let done = self.units.len().saturating_sub(Rules::TEXT.span() - 1);
        self.units.drain(..done);
        self.before += done as u64;
    }

    fn emit(&mut self) {
        if self.hashes.len() + self.begins.len() > self.compact_at {
            self.compact();
            self.compact_at = FIRST_COMPACTION.max(4 * self.hashes.len());
        }
        let units = &self.units;
        let gram = |begin: &u32| units[*begin as usize..].first_chunk::<GRAM>();
        self.hashes
            .extend(self.begins.iter().map(|begin| gram(begin).map_or(0, |gram| self.profile.fingerprint(gram))));
        self.begins.clear();
    }

    fn compact(&mut self) {
        sort_distinct(&mut self.hashes, &mut self.spare);
    }
}

/// Where the gram begins that is chosen of a text with fewer grams than a window: the rightmost of the smallest of all.
fn smallest_of_all(units: &[u8]) -> Option<u32> {
    let order = |gram: &[u8]| gram.iter().fold(0, |order, unit| next_order(order, *unit));
    let grams = (0..).zip(units.windows(GRAM));
    grams.map(|(at, gram)| (order(gram), std::cmp::Reverse(at))).min().map(|(_, at)| at.0)
}
