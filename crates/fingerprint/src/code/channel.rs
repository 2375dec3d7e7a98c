//! The code channel of one file: its language, its tokens, the fingerprints of the chosen grams of tokens.

use std::cell::Cell;

use super::Language;
use super::language::{HEAD, Named};
use super::lexer::{LOOK_BACK, Lexer, State};
use crate::distinct::sort_distinct;
use crate::kernel::{Kernel, Rules, Work};
use crate::profile::{Profile, next_order};

/// Tokens of a gram.
const GRAM: usize = Rules::CODE.gram();

/// A gram with fewer different tokens than this has no fingerprint: tables of numbers and lists of names look the same
/// everywhere.
const LEAST_VARIETY: u32 = 8;

/// Bytes that are lexed, and tokens that are gathered before grams are chosen: so few that they are still in the cache.
const PIECE: usize = 1 << 15;

/// Below this many fingerprints repeats are not looked for while the text still comes.
const FIRST_COMPACTION: usize = 1 << 16;

thread_local! {
    /// What the thread's last channel worked in: making it anew for each of many small files would take a good part of the
    /// time.
    static SPARE: Cell<Buffers> = Cell::default();
}

/// Makes the fingerprints of one file's source code, which comes decoded, in pieces of any size.
pub(crate) struct CodeChannel {
    kernel: Kernel,
    profile: Profile,
    stage: Stage,
    /// Tokens that `buffers.units` no longer holds.
    before: u64,
    buffers: Buffers,
    /// Repeats are dropped when this many hashes have gathered, which bounds memory by the result.
    compact_at: usize,
}

#[derive(Default)]
struct Buffers {
    /// Bytes that are still to be lexed, and a few before them.
    text: Vec<u8>,
    /// Tokens of which the windows are still to be looked at.
    units: Vec<u8>,
    /// Where the chosen grams of `units` begin.
    begins: Vec<u32>,
    hashes: Vec<u64>,
    /// For sorting them.
    spare: Vec<u64>,
}

enum Stage {
    /// The head is still being gathered.
    Head,
    Code(Lexer),
    /// It is no source code.
    Nothing,
}

impl CodeChannel {
    /// Begins a file. Its name, as far as it is known, tells the language; else its head does.
    pub(crate) fn new(kernel: Kernel, profile: Profile, name: &[u8]) -> Self {
        CodeChannel {
            kernel,
            profile,
            stage: match Language::named(name) {
                Named::Code(language) => Stage::code(language),
                Named::NoCode => Stage::Nothing,
                Named::Unknown => Stage::Head,
            },
            before: 0,
            buffers: SPARE.take(),
            compact_at: FIRST_COMPACTION,
        }
    }

    /// Takes the next bytes of the decoded file.
    pub(crate) fn push(&mut self, text: &[u8]) {
        for piece in text.chunks(PIECE) {
            if matches!(self.stage, Stage::Nothing) {
                return;
            }
            self.buffers.text.extend_from_slice(piece);
            if matches!(self.stage, Stage::Head) && self.buffers.text.len() >= HEAD {
                self.decide();
            }
            self.lex(false);
        }
    }

    /// The fingerprints that have gathered, in any order and with repeats.
    pub(crate) fn take(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.buffers.hashes)
    }

    /// The number of tokens, and the fingerprints, sorted and distinct. Both are none where it is no source code.
    pub(crate) fn finish(mut self) -> (u64, Vec<u64>) {
        let tokens = self.finish_code();
        self.buffers.compact();
        (tokens, self.hashes())
    }

    /// The number of tokens, and the fingerprints in any order and repeated.
    pub(crate) fn finish_unsorted(mut self) -> (u64, Vec<u64>) {
        (self.finish_code(), self.hashes())
    }

    fn finish_code(&mut self) -> u64 {
        if matches!(self.stage, Stage::Head) {
            self.decide();
        }
        self.lex(true);
        let tokens = self.before + self.buffers.units.len() as u64;
        if self.before == 0 && self.buffers.units.len() < Rules::CODE.span() {
            self.buffers.begins.extend(smallest_of_all(&self.buffers.units));
            self.emit();
        } else {
            self.choose();
        }
        tokens
    }

    /// Gives the hashes away, and the buffers to the next channel unless they have grown beyond what most texts need.
    fn hashes(mut self) -> Vec<u64> {
        if self.buffers.hashes.len() >= FIRST_COMPACTION {
            self.buffers.hashes.shrink_to_fit();
            return self.buffers.hashes;
        }
        let hashes = self.buffers.hashes.clone();
        self.buffers.text.clear();
        self.buffers.units.clear();
        self.buffers.hashes.clear();
        SPARE.set(self.buffers);
        hashes
    }

    fn decide(&mut self) {
        let head = self.buffers.text.get(..HEAD).unwrap_or(&self.buffers.text);
        self.stage = Language::of_head(head).map_or(Stage::Nothing, Stage::code);
        if matches!(self.stage, Stage::Nothing) {
            self.buffers.text.clear();
        }
    }

    fn lex(&mut self, ends: bool) {
        let Stage::Code(lexer) = &mut self.stage else { return };
        let Buffers { text, units, .. } = &mut self.buffers;
        lexer.pieces(self.kernel, text, ends, units);
        let done = lexer.at().saturating_sub(LOOK_BACK).min(text.len());
        lexer.forget(done);
        text.drain(..done);
        if units.len() >= PIECE {
            self.choose();
        }
    }

    /// Looks at all windows of the tokens, and keeps of them what the next one begins with.
    fn choose(&mut self) {
        self.kernel.choose(Rules::CODE, &self.buffers.units, &mut self.buffers.begins);
        self.emit();
        let done = self.buffers.units.len().saturating_sub(Rules::CODE.span() - 1);
        self.buffers.units.drain(..done);
        self.before += done as u64;
    }

    fn emit(&mut self) {
        let Buffers { units, begins, hashes, .. } = &mut self.buffers;
        self.kernel.run(Emission { profile: &self.profile, units, begins, hashes });
        begins.clear();
        if hashes.len() >= self.compact_at {
            self.buffers.compact();
            self.compact_at = FIRST_COMPACTION.max(4 * self.buffers.hashes.len());
        }
    }
}

impl Buffers {
    fn compact(&mut self) {
        sort_distinct(&mut self.hashes, &mut self.spare);
    }
}

/// Chosen grams that become fingerprints.
struct Emission<'e> {
    profile: &'e Profile,
    units: &'e [u8],
    begins: &'e [u32],
    hashes: &'e mut Vec<u64>,
}

impl Work for Emission<'_> {
    #[inline(always)]
    fn work(self) {
        let mut length = self.hashes.len();
        self.hashes.resize(length + self.begins.len(), 0);
        for begin in self.begins {
            let gram = self.units.get(*begin as usize..).and_then(<[u8]>::first_chunk::<GRAM>);
            if let (Some(gram), Some(hash)) = (gram, self.hashes.get_mut(length)) {
                // That of a gram without one stands here until the next takes its place: so dropping it needs no branch.
                *hash = self.profile.fingerprint_code(gram);
                length += usize::from(is_varied(gram));
            }
        }
        self.hashes.truncate(length);
    }
}

impl Stage {
    fn code(language: Language) -> Self {
        Stage::Code(Lexer::new(language, State::Code, 0))
    }
}

/// The fingerprint of a chosen gram of tokens, unless it has too few different ones.
#[inline(always)]
pub(crate) fn fingerprint(profile: &Profile, gram: &[u8; GRAM]) -> Option<u64> {
    is_varied(gram).then(|| profile.fingerprint_code(gram))
}

/// Whether a gram has enough different tokens.
#[inline(always)]
fn is_varied(gram: &[u8; GRAM]) -> bool {
    // Tokens count as different by their low six bits.
    let seen = gram.iter().fold(0u64, |seen, token| seen | 1 << (token & 63));
    seen.count_ones() >= LEAST_VARIETY
}

/// Where the gram begins that is chosen of code with fewer grams than a window: the rightmost of the smallest of all.
pub(crate) fn smallest_of_all(units: &[u8]) -> Option<u32> {
    // A gram of fewer than 32 units forgets older ones by its shift.
    let order = |gram: &[u8]| gram.iter().fold(0, |order, unit| next_order(order, *unit)) << (32 - GRAM);
    let grams = (0..).zip(units.windows(GRAM));
    grams.map(|(at, gram)| (order(gram), std::cmp::Reverse(at))).min().map(|(_, at)| at.0)
}
