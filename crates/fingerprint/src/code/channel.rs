//! The code channel of one file: its language, its tokens, the fingerprints of the chosen grams of tokens.

use std::cell::Cell;

use super::Language;
use super::language::{HEAD, Named};
use super::lexer::{LOOK_BACK, Lexer, State};
use crate::kernel::{Kernel, Rules, Work};
use crate::profile::Profile;
use crate::winnow::{PIECE, Winnower};

/// Tokens of a gram.
const GRAM: usize = Rules::CODE.gram();

/// A gram with fewer different tokens than this has no fingerprint: tables of numbers and lists of names look the same
/// everywhere.
const LEAST_VARIETY: u32 = 8;

thread_local! {
    /// What the thread's last channel kept its text in.
    static SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Makes the fingerprints of one file's source code, which comes decoded, in pieces of any size.
pub(crate) struct CodeChannel {
    kernel: Kernel,
    stage: Stage,
    /// Bytes that are still to be lexed, and a few before them.
    text: Vec<u8>,
    tokens: Winnower,
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
            stage: match Language::named(name) {
                Named::Code(language) => Stage::code(language),
                Named::NoCode => Stage::Nothing,
                Named::Unknown => Stage::Head,
            },
            text: SPARE.take(),
            tokens: Winnower::new(kernel, profile, Rules::CODE),
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
        self.tokens.take()
    }

    /// The tokens of the whole file, to be finished. There are none where it is no source code.
    pub(crate) fn finish(mut self) -> Winnower {
        if matches!(self.stage, Stage::Head) {
            self.decide();
        }
        self.lex(true);
        self.text.clear();
        SPARE.set(self.text);
        self.tokens
    }

    fn decide(&mut self) {
        let head = self.text.get(..HEAD).unwrap_or(&self.text);
        self.stage = Language::of_head(head).map_or(Stage::Nothing, Stage::code);
        if matches!(self.stage, Stage::Nothing) {
            self.text.clear();
        }
    }

    fn lex(&mut self, ends: bool) {
        let Stage::Code(lexer) = &mut self.stage else { return };
        self.tokens.add(|units| lexer.pieces(self.kernel, &self.text, ends, units));
        let done = lexer.at().saturating_sub(LOOK_BACK).min(self.text.len());
        lexer.forget(done);
        self.text.drain(..done);
    }
}

/// Appends the fingerprints of the chosen grams of tokens.
pub(crate) fn emit(kernel: Kernel, profile: &Profile, units: &[u8], begins: &[u32], hashes: &mut Vec<u64>) {
    kernel.run(Emission { profile, units, begins, hashes });
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
