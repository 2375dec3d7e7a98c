//! The code channel of one file: its language, its tokens, the fingerprints of the chosen grams of tokens.

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

/// Makes the fingerprints of one file's source code, which comes decoded, in pieces of any size.
pub(crate) struct CodeChannel {
    kernel: Kernel,
    profile: Profile,
    stage: Stage,
    /// Bytes that are still to be lexed, and a few before them.
    text: Vec<u8>,
    /// Tokens of which the windows are still to be looked at.
    units: Vec<u8>,
    /// Tokens before those.
    before: u64,
    /// Where the chosen grams of `units` begin.
    begins: Vec<u32>,
    hashes: Vec<u64>,
    spare: Vec<u64>,
    /// Repeats are dropped when this many hashes have gathered, which bounds memory by the result.
    compact_at: usize,
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
            text: Vec::new(),
            units: Vec::new(),
            before: 0,
            begins: Vec::new(),
            hashes: Vec::new(),
            spare: Vec::new(),
            compact_at: FIRST_COMPACTION,
        }
    }

    /// Takes the next bytes of the decoded file.
    pub(crate) fn push(&mut self, text: &[u8]) {
        for piece in text.chunks(PIECE) {
            if matches!(self.stage, Stage::Nothing) {
                return;
            }
            self.text.extend_from_slice(piece);
            if matches!(self.stage, Stage::Head) && self.text.len() >= HEAD {
                self.decide();
            }
            self.lex(false);
        }
    }

    /// The fingerprints that have gathered, in any order and with repeats.
    pub(crate) fn take(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.hashes)
    }

    /// The number of tokens, and the fingerprints, sorted and distinct. Both are none where it is no source code.
    pub(crate) fn finish(mut self) -> (u64, Vec<u64>) {
        if matches!(self.stage, Stage::Head) {
            self.decide();
        }
        self.lex(true);
        let tokens = self.before + self.units.len() as u64;
        if self.before == 0 && self.units.len() < Rules::CODE.span() {
            self.begins.extend(smallest_of_all(&self.units));
            self.emit();
        } else {
            self.choose();
        }
        self.compact();
        self.hashes.shrink_to_fit();
        (tokens, self.hashes)
    }

    fn decide(&mut self) {
        let head = self.text.get(..HEAD).unwrap_or(&self.text);
        self.stage = Language::of_head(head).map_or(Stage::Nothing, Stage::code);
        if matches!(self.stage, Stage::Nothing) {
            self.text = Vec::new();
        }
    }

    fn lex(&mut self, ends: bool) {
        let Stage::Code(lexer) = &mut self.stage else { return };
        lexer.pieces(self.kernel, &self.text, ends, &mut self.units);
        let done = lexer.at().saturating_sub(LOOK_BACK).min(self.text.len());
        lexer.forget(done);
        self.text.drain(..done);
        if self.units.len() >= PIECE {
            self.choose();
        }
    }

    /// Looks at all windows of `units`, and keeps what the next one begins with.
    fn choose(&mut self) {
        self.kernel.choose(Rules::CODE, &self.units, &mut self.begins);
        self.emit();
        let done = self.units.len().saturating_sub(Rules::CODE.span() - 1);
        self.units.drain(..done);
        self.before += done as u64;
    }

    fn emit(&mut self) {
        if self.hashes.len() + self.begins.len() > self.compact_at {
            self.compact();
            self.compact_at = FIRST_COMPACTION.max(4 * self.hashes.len());
        }
        self.hashes.reserve(self.begins.len());
        self.kernel.run(Emission {
            profile: &self.profile,
            units: &self.units,
            begins: &self.begins,
            hashes: &mut self.hashes,
        });
        self.begins.clear();
    }

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
        let gram = |begin: u32| self.units.get(begin as usize..)?.first_chunk::<GRAM>();
        for begin in self.begins {
            self.hashes.extend(gram(*begin).and_then(|gram| fingerprint(self.profile, gram)));
        }
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
    // Tokens count as different by their low six bits.
    let seen = gram.iter().fold(0u64, |seen, token| seen | 1 << (token & 63));
    (seen.count_ones() >= LEAST_VARIETY).then(|| profile.fingerprint_code(gram))
}

/// Where the gram begins that is chosen of code with fewer grams than a window: the rightmost of the smallest of all.
pub(crate) fn smallest_of_all(units: &[u8]) -> Option<u32> {
    // A gram of fewer than 32 units forgets older ones by its shift.
    let order = |gram: &[u8]| gram.iter().fold(0, |order, unit| next_order(order, *unit)) << (32 - GRAM);
    let grams = (0..).zip(units.windows(GRAM));
    grams.map(|(at, gram)| (order(gram), std::cmp::Reverse(at))).min().map(|(_, at)| at.0)
}
