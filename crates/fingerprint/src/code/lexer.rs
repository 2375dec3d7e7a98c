//! From raw source code to tokens.
//!
//! Block by block: what each byte is, as masks; from these where tokens would begin if all were code, and where comments
//! and strings could; then from one such place to the next, over whatever it opens, keeping the tokens in between.

use std::ops::Range;

use super::Language;
use super::keywords::Keywords;
use super::tokens::{NAME, TOKEN};
use crate::kernel::{Kernel, MASKED as BLOCK, Masks, Work};

/// What a line begins in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum State {
    /// Code.
    #[default]
    Code,
    /// A comment; so many are open (more than one only where they nest).
    Comment(u8),
    /// A string between three of this quote.
    Triple(u8),
    /// A string between backticks.
    Backtick,
    /// A raw string that ends with `"` and so many `#`.
    Hashes(u8),
    /// A raw string that ends with `)`, so many bytes and `"`.
    Delimited(u8),
}

/// The most `#` that a raw string may have around it.
pub(super) const MOST_HASHES: usize = 8;

/// The most bytes between `R"` and `(`.
pub(super) const MOST_DELIMITER: usize = 16;

/// Tokens and where they begin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lexed {
    /// The tokens, a byte each.
    pub(crate) tokens: Vec<u8>,
    /// The raw offset of the first byte of each token.
    pub(crate) starts: Vec<u32>,
    /// Where lines do not begin in code: ascending, disjoint, each with at least one line's beginning in it.
    pub(crate) spans: Vec<Span>,
}

/// A stretch of raw text, `from..to`; lines that begin in it begin in `state`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from: u32,
    pub(crate) to: u32,
    pub(crate) state: State,
}

/// How a family of languages writes comments and strings.
#[derive(Clone, Copy)]
pub(super) struct Dialect {
    /// `//` to the line's end, `/*` to `*/`.
    pub(super) slashes: bool,
    /// `/*` within `/*` is another comment.
    pub(super) nested: bool,
    /// `#` after a blank or at the beginning of a line to the line's end.
    pub(super) hash: bool,
    /// `--` to the line's end.
    pub(super) dashes: bool,
    /// Three `"` begin a string of several lines.
    pub(super) triple_double: bool,
    /// Three `'` do.
    pub(super) triple_single: bool,
    /// A backtick begins a string of several lines.
    pub(super) backtick: bool,
    /// In which a backslash takes the next byte's meaning.
    pub(super) backtick_escapes: bool,
    /// `'` may stand alone: it begins a string only where it looks like a character.
    pub(super) lifetimes: bool,
    /// `r#"` begins a raw string.
    pub(super) raw_hashes: bool,
    /// `R"x(` begins a raw string.
    pub(super) raw_delimited: bool,
}

impl Dialect {
    pub(super) fn of(language: Language) -> Self {
        let none = Dialect {
            slashes: false,
            nested: false,
            hash: false,
            dashes: false,
            triple_double: false,
            triple_single: false,
            backtick: false,
            backtick_escapes: false,
            lifetimes: false,
            raw_hashes: false,
            raw_delimited: false,
        };
        match language {
            Language::C => Dialect { slashes: true, triple_double: true, raw_delimited: true, ..none },
            Language::Swift => Dialect { slashes: true, nested: true, triple_double: true, ..none },
            Language::Rust => Dialect { slashes: true, nested: true, lifetimes: true, raw_hashes: true, ..none },
            Language::Go => Dialect { slashes: true, backtick: true, ..none },
            Language::JavaScript => Dialect { slashes: true, backtick: true, backtick_escapes: true, ..none },
            Language::Php => Dialect { slashes: true, hash: true, ..none },
            Language::Python => Dialect { hash: true, triple_double: true, triple_single: true, ..none },
            Language::Shell => Dialect { hash: true, ..none },
            Language::Sql => Dialect { slashes: true, dashes: true, ..none },
        }
    }
}

/// Appends the tokens of `text[range]` to `out`, with offsets in `text`, and gives the state at its end. The range begins
/// where a line does, in `state`, and ends where one does or at the end of the text. Texts are shorter than 4 GiB.
pub(crate) fn lex(language: Language, state: State, text: &[u8], range: Range<usize>, out: &mut Lexed) -> State {
    let text = text.get(..range.end).unwrap_or(text);
    let mut lexer = Lexer::new(language, state, range.start);
    let mut places = Places { starts: &mut out.starts, spans: &mut out.spans, since: range.start, first: range.start };
    lexer.run(Kernel::current(), text, true, &mut out.tokens, Some(&mut places));
    lexer.at = text.len();
    let Inside::Lines(state) = lexer.inside else { return State::Code };
    places.end(text, text.len(), state);
    state
}

/// How many bytes behind a block may be looked at to tell what is in it.
pub(super) const LOOK_AHEAD: usize = 2 * BLOCK;

/// How many blocks get their masks at once: so few that these stay in the first cache.
const STRIDE: usize = 64;

/// How many bytes before a block may be looked at.
pub(super) const LOOK_BACK: usize = 32;

/// A lexer in the middle of a text.
pub(super) struct Lexer {
    dialect: Dialect,
    keywords: &'static Keywords,
    inside: Inside,
    /// The next block's place in the text.
    at: usize,
    /// The place that what was last decided reaches to.
    resume: usize,
    /// Nothing before this place in the text belongs to it.
    first: usize,
    before: Before,
}

/// What a lexer is in.
#[derive(Clone, Copy)]
enum Inside {
    /// What a line can begin in.
    Lines(State),
    /// A comment that ends with its line.
    Comment,
    /// A string with this quote that ends with its line at the latest.
    String(u8),
}

/// What the last byte before a block is, as bits.
#[derive(Clone, Copy)]
struct Before {
    word: u64,
    digit: u64,
    blank: u64,
}

/// What may begin in a block, and what ends it.
struct Openings {
    tokens: u64,
    open: u64,
    comment_open: u64,
    comment_close: u64,
}

/// Where raw offsets are kept.
struct Places<'o> {
    starts: &'o mut Vec<u32>,
    spans: &'o mut Vec<Span>,
    /// Since where the state is what it is.
    since: usize,
    /// Where the range begins.
    first: usize,
}

impl Places<'_> {
    /// Ends a stretch of text in `state` at `to`.
    fn end(&mut self, text: &[u8], to: usize, state: State) {
        // A line that would begin at the end does not begin in the stretch.
        let stretch = text.get(self.since..to.saturating_sub(1)).unwrap_or_default();
        let begins_line = self.since == self.first && self.since < to;
        if state != State::Code && (begins_line || stretch.contains(&b'\n')) {
            self.spans.push(Span { from: offset(self.since), to: offset(to), state });
        }
        self.since = to;
    }
}

impl Lexer {
    pub(super) fn new(language: Language, state: State, at: usize) -> Self {
        Lexer {
            dialect: Dialect::of(language),
            keywords: Keywords::of(language),
            inside: Inside::Lines(state),
            at,
            resume: at,
            first: at,
            before: Before { word: 0, digit: 0, blank: 1 },
        }
    }

    /// Appends the tokens of the next blocks of `text`: of all that there are if the text ends with it, else of those
    /// that are sure whatever follows.
    fn run(&mut self, kernel: Kernel, text: &[u8], ends: bool, tokens: &mut Vec<u8>, mut places: Option<&mut Places>) {
        let end = if ends { text.len() } else { text.len().saturating_sub(LOOK_AHEAD + BLOCK - 1) };
        let mut masks = Vec::with_capacity(STRIDE + 1);
        while self.at < end {
            let blocks = (end - self.at).div_ceil(BLOCK).min(STRIDE);
            fill(kernel, text.get(self.at..).unwrap_or_default(), blocks + 1, &mut masks);
            kernel.run(Stride { lexer: self, text, masks: &masks, tokens, places: places.as_deref_mut() });
        }
    }

    /// The tokens of the next blocks of a text that comes in pieces; see [`Lexer::run`].
    pub(super) fn pieces(&mut self, kernel: Kernel, text: &[u8], ends: bool, tokens: &mut Vec<u8>) {
        self.run(kernel, text, ends, tokens, None);
    }

    /// Where the next block begins.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Forgets so many bytes at the beginning of the text.
    pub(super) fn forget(&mut self, bytes: usize) {
        self.at -= bytes;
        self.resume -= bytes;
        self.first = self.first.saturating_sub(bytes);
    }

    #[inline(always)]
    fn openings(&mut self, now: &Masks, next: &Masks) -> Openings {
        let dialect = &self.dialect;
        let on = |flag: bool| if flag { !0 } else { 0 };
        let after = |mask: u64, next: u64| mask >> 1 | next << 63;
        let joins = (now.dot | now.single) & (now.digit << 1 | self.before.digit) & after(now.digit, next.digit);
        let word = now.word | joins;
        let begins = now.word & !(word << 1 | self.before.word);
        let slashes = now.slash & on(dialect.slashes);
        let comment_open = slashes & after(now.star, next.star);
        let line_comment = slashes & after(now.slash, next.slash)
            | now.dash & after(now.dash, next.dash) & on(dialect.dashes)
            | now.hash & (now.blank << 1 | self.before.blank) & on(dialect.hash);
        let quotes = now.double | now.single & !joins | now.backtick & on(dialect.backtick);
        self.before = Before { word: word >> 63, digit: now.digit >> 63, blank: now.blank >> 63 };
        Openings {
            tokens: begins | now.punctuation & !joins,
            open: quotes | comment_open | line_comment,
            comment_open,
            comment_close: now.star & after(now.slash, next.slash),
        }
    }

    /// Which tokens of the block at hand are code or begin a string.
    #[inline(always)]
    fn keep(&mut self, text: &[u8], now: &Masks, openings: &Openings, places: &mut Option<&mut Places>) -> u64 {
        let mut kept = 0;
        while self.resume < self.at + BLOCK {
            let rest = !0 << (self.resume - self.at);
            let mark = match self.inside {
                Inside::Lines(State::Code) => openings.open,
                Inside::Lines(State::Comment(_)) if self.dialect.nested => {
                    openings.comment_open | openings.comment_close
                }
                Inside::Lines(State::Comment(_)) => openings.comment_close,
                Inside::Lines(State::Triple(b'"')) => now.double | now.backslash,
                Inside::Lines(State::Triple(_)) => now.single | now.backslash,
                Inside::Lines(State::Backtick) if self.dialect.backtick_escapes => now.backtick | now.backslash,
                Inside::Lines(State::Backtick) => now.backtick,
                Inside::Lines(State::Hashes(_) | State::Delimited(_)) => now.double,
                Inside::Comment => now.line_end,
                Inside::String(b'"') => now.double | now.backslash | now.line_end,
                Inside::String(_) => now.single | now.backslash | now.line_end,
            } & rest;
            let code = matches!(self.inside, Inside::Lines(State::Code));
            if mark == 0 {
                kept |= if code { openings.tokens & rest } else { 0 };
                self.resume = self.at + BLOCK;
                break;
            }
            let place = place(mark);
            let view = View { text, first: self.first, at: self.at + place };
            let (inside, length) = if code {
                kept |= openings.tokens & rest & !(!0 << place);
                let (inside, length, string) = self.open(&view);
                kept |= u64::from(string) << place;
                (inside, length)
            } else {
                self.close(&view)
            };
            self.resume = view.at + length;
            if let (Inside::Lines(is), Inside::Lines(was), Some(places)) = (inside, self.inside, places.as_deref_mut())
                && is != was
            {
                places.end(text, self.resume.min(text.len()), was);
            }
            self.inside = inside;
        }
        kept
    }

    /// What begins at an opening, how many bytes that takes, whether it is a string.
    #[inline]
    fn open(&self, view: &View) -> (Inside, usize, bool) {
        let dialect = &self.dialect;
        match view.byte() {
            b'/' if view.ahead(1) == b'*' => (Inside::Lines(State::Comment(1)), 2, false),
            b'/' | b'-' | b'#' => (Inside::Comment, 1, false),
            b'`' => (Inside::Lines(State::Backtick), 1, true),
            b'"' => {
                if dialect.triple_double && view.ahead(1) == b'"' && view.ahead(2) == b'"' {
                    (Inside::Lines(State::Triple(b'"')), 3, true)
                } else if let Some(state) = self.raw(view) {
                    (Inside::Lines(state), 1, true)
                } else {
                    (Inside::String(b'"'), 1, true)
                }
            }
            _ if dialect.triple_single && view.ahead(1) == b'\'' && view.ahead(2) == b'\'' => {
                (Inside::Lines(State::Triple(b'\'')), 3, true)
            }
            _ if dialect.lifetimes && !view.is_character() => (Inside::Lines(State::Code), 1, false),
            _ => (Inside::String(b'\''), 1, true),
        }
    }

    /// What follows a place that may end what the lexer is inside, and how many bytes the place takes.
    #[inline]
    fn close(&self, view: &View) -> (Inside, usize) {
        let byte = view.byte();
        let stays = self.inside;
        let code = Inside::Lines(State::Code);
        if byte == b'\\' {
            // The end of a line is never escaped.
            return (stays, if view.ahead(1) == b'\n' { 1 } else { 2 });
        }
        match self.inside {
            Inside::Lines(State::Comment(depth)) if byte == b'/' => {
                (Inside::Lines(State::Comment(depth.saturating_add(1))), 2)
            }
            Inside::Lines(State::Comment(depth)) if depth > 1 => (Inside::Lines(State::Comment(depth - 1)), 2),
            Inside::Lines(State::Comment(_)) => (code, 2),
            Inside::Lines(State::Triple(quote)) if view.ahead(1) != quote || view.ahead(2) != quote => (stays, 1),
            Inside::Lines(State::Triple(_)) => (code, 3),
            Inside::Lines(State::Hashes(hashes)) => {
                let hashes = usize::from(hashes);
                if (1..=hashes).all(|by| view.ahead(by) == b'#') { (code, 1 + hashes) } else { (stays, 1) }
            }
            Inside::Lines(State::Delimited(length)) if view.back(usize::from(length) + 1) != b')' => (stays, 1),
            _ => (code, 1),
        }
    }

    /// The raw string that a `"` begins, if it does.
    fn raw(&self, view: &View) -> Option<State> {
        if self.dialect.raw_hashes {
            let hashes = (1..=MOST_HASHES).take_while(|by| view.back(*by) == b'#').count();
            let prefix = view.back(hashes + 2);
            let alone = !is_word(prefix) || matches!(prefix, b'b' | b'c') && !is_word(view.back(hashes + 3));
            return (view.back(hashes + 1) == b'r' && alone).then(|| State::Hashes(u8::try_from(hashes).unwrap_or(0)));
        }
        let prefix = view.back(2);
        if self.dialect.raw_delimited
            && view.back(1) == b'R'
            && (!is_word(prefix) || matches!(prefix, b'8' | b'u' | b'U' | b'L'))
        {
            let length = (1..=MOST_DELIMITER)
                .take_while(|by| !matches!(view.ahead(*by), 0..=b' ' | b'(' | b')' | b'"' | b'\\'))
                .count();
            return (view.ahead(length + 1) == b'(').then(|| State::Delimited(u8::try_from(length).unwrap_or(0)));
        }
        None
    }
}

/// The next blocks of a text, of which the masks are known, and those of the block after them.
struct Stride<'s, 'o> {
    lexer: &'s mut Lexer,
    text: &'s [u8],
    masks: &'s [Masks],
    tokens: &'s mut Vec<u8>,
    places: Option<&'s mut Places<'o>>,
}

impl Work for Stride<'_, '_> {
    #[inline(always)]
    fn work(mut self) {
        let begin = self.tokens.len();
        // Room for the most that there can be, so that nothing below grows.
        self.tokens.resize(begin + self.masks.len() * BLOCK, 0);
        let Some(tokens) = self.tokens.get_mut(begin..) else { return };
        let mut count = 0;
        for (now, next) in self.masks.iter().zip(self.masks.get(1..).unwrap_or_default()) {
            let lexer = &mut *self.lexer;
            let openings = lexer.openings(now, next);
            let kept = lexer.keep(self.text, now, &openings, &mut self.places);
            if let Some(places) = self.places.as_deref_mut() {
                Bits(kept).for_each(|place| places.starts.push(offset(lexer.at + place)));
            }
            count += emit(
                self.text,
                lexer.at,
                lexer.keywords,
                kept,
                now,
                next.word,
                tokens.get_mut(count..).unwrap_or_default(),
            );
            lexer.at += BLOCK;
        }
        self.tokens.truncate(begin + count);
    }
}

/// Writes the kept tokens of a block, of which there is room for 64, and tells how many these are.
#[inline(always)]
fn emit(
    text: &[u8],
    at: usize,
    keywords: &Keywords,
    kept: u64,
    now: &Masks,
    next_word: u64,
    tokens: &mut [u8],
) -> usize {
    let Some(out) = tokens.first_chunk_mut::<BLOCK>() else { return 0 };
    let rest = text.get(at..).unwrap_or_default();
    let mut padded = [0; BLOCK];
    let block = rest.first_chunk().unwrap_or_else(|| {
        padded[..rest.len()].copy_from_slice(rest);
        &padded
    });
    let count = kept.count_ones() as usize;
    // Always so many at once: where a block's tokens end is hard to foresee. What is too much is written over.
    let mut bits = kept;
    let mut written = 0;
    while written < count {
        for index in written..written + 8 {
            out[index % BLOCK] = TOKEN[usize::from(block[place(bits) % BLOCK])];
            bits &= bits.wrapping_sub(1);
        }
        written += 8;
    }
    // Words of two to eight bytes that begin with no figure.
    let word = u128::from(now.word) | u128::from(next_word) << BLOCK;
    let two = word & word >> 1;
    let four = two & two >> 2;
    let eight = four & four >> 4;
    let nine = eight & word >> 8;
    #[expect(clippy::cast_possible_truncation, reason = "of the first block alone")]
    let mut candidates = (two & !nine) as u64 & kept & !now.digit;
    while candidates != 0 {
        let place = place(candidates);
        #[expect(clippy::cast_possible_truncation, reason = "nine bits are looked at")]
        let length = (!((word >> place) as u64)).trailing_zeros();
        let number = eight_bytes(text, at + place) & (u64::MAX >> ((8 - length) * 8 % u64::BITS));
        let index = (kept & !(!0 << place)).count_ones() as usize;
        out[index % BLOCK] = keywords.token(number, NAME);
        candidates &= candidates - 1;
    }
    count
}

/// The places of the bits that are set.
struct Bits(u64);

impl Iterator for Bits {
    type Item = usize;

    #[inline(always)]
    fn next(&mut self) -> Option<usize> {
        let place = (self.0 != 0).then(|| place(self.0));
        self.0 &= self.0.wrapping_sub(1);
        place
    }
}

/// A place in a text, and what is around it.
struct View<'t> {
    text: &'t [u8],
    first: usize,
    at: usize,
}

impl View<'_> {
    fn byte(&self) -> u8 {
        self.ahead(0)
    }

    /// The byte so many places on; a line's end after the text.
    fn ahead(&self, by: usize) -> u8 {
        self.text.get(self.at + by).copied().unwrap_or(b'\n')
    }

    /// The byte so many places back; a line's end before the text.
    fn back(&self, by: usize) -> u8 {
        let at = self.at.checked_sub(by).filter(|at| *at >= self.first);
        at.and_then(|at| self.text.get(at).copied()).unwrap_or(b'\n')
    }

    /// Whether the `'` here begins a character rather than a lifetime.
    fn is_character(&self) -> bool {
        let next = self.ahead(1);
        next == b'\\' || next >= 0x80 || next != b'\n' && self.ahead(2) == b'\''
    }
}

/// Makes the masks of so many blocks, of which the last may begin behind the text.
fn fill(kernel: Kernel, text: &[u8], blocks: usize, masks: &mut Vec<Masks>) {
    masks.clear();
    let (whole, rest) = text.as_chunks();
    kernel.masks(whole.get(..blocks).unwrap_or(whole), masks);
    if masks.len() < blocks && !rest.is_empty() {
        let mut block = [b'\n'; BLOCK];
        block[..rest.len()].copy_from_slice(rest);
        kernel.masks(&[block], masks);
    }
    masks.resize(blocks, Masks::END);
}

/// The eight bytes that begin at a place, as a little-endian number; zeros behind the text.
#[inline]
fn eight_bytes(text: &[u8], at: usize) -> u64 {
    let rest = text.get(at..).unwrap_or_default();
    rest.first_chunk().map_or_else(
        || rest.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)),
        |bytes| u64::from_le_bytes(*bytes),
    )
}

/// The place of the first bit that is set; 64 where none is.
#[inline]
fn place(mask: u64) -> usize {
    mask.trailing_zeros() as usize
}

pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

pub(super) fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
