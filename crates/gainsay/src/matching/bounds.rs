//! How much of a sample is held at once.

/// What a match may hold at once, by number.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Fingerprints of one file, and of short files that are looked up together: with what is found of them some sixty bytes each.
    pub fingerprints: usize,
    /// Fingerprints of all files that are looked up together, once the first of them were: who reads the sample need not wait long
    /// for who matches it.
    pub batch: usize,
    /// Files that are looked up together, a few hundred bytes each.
    pub files: usize,
    /// Intervals that are found at once, each of sixteen bytes, and of which as many may be in the making.
    pub(super) intervals: usize,
    /// Fingerprints that are remembered as counted, once for the sample and once for its lines: twelve bytes each, more while they
    /// move.
    pub(super) distinct: usize,
    /// Parts of the files that are looked up at once.
    pub(super) threads: usize,
    /// Bytes for what is known of each file that is the company's: its name and the commits that it fits.
    pub(super) each: usize,
}

/// See [`Bounds::batch`].
const BATCH: usize = 1 << 18;

impl Bounds {
    /// The bounds that keep a match within some bytes of memory.
    pub fn of_memory(bytes: usize) -> Self {
        Bounds {
            fingerprints: bytes / 320,
            batch: BATCH.min(bytes / 320),
            files: bytes / 8192,
            intervals: bytes / 192,
            distinct: bytes / 150,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            each: bytes / 8,
        }
    }

    /// The bounds of each of several matchers that take the same batches, one after the other.
    pub fn shared(self, matchers: usize) -> Self {
        let share = |all: usize| all / matchers.max(1);
        Bounds { distinct: share(self.distinct), each: share(self.each), ..self }
    }
}
