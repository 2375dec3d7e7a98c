//! From raw source code to tokens.
//!
//! For some blocks at once: what each byte is, as masks; from these where tokens would begin if all were code, where
//! comments and strings could, and where each kind of them could end; then from one such place to the next; then the
//! tokens in between are kept, and the keywords among them looked up.

use std::cell::Cell;
use std::ops::Range;

use super::Language;
use super::keywords::Keywords;
use super::lanes::Lanes;
use super::tokens::{NAME, TOKEN};
use crate::kernel::{Kernel, MASKED as BLOCK, MASKED_BLOCKS as BLOCKS, Masks, Row, Work};

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
    let state = lexer.inside.state();
    places.end(text, text.len(), state);
    state
}

/// How many bytes behind a block may be looked at to tell what is in it.
pub(super) const LOOK_AHEAD: usize = 2 * BLOCK;

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
    /// The masks of the block before.
    before: Masks,
    /// Whether a backslash before the next block takes its first byte along.
    escape: bool,
}

/// What a lexer is in.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Inside {
    mode: Mode,
    /// How many comments are open; how many `#`, or bytes of a delimiter, a raw string ends with; else 0.
    count: u8,
}

/// Which places may end what a lexer is in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Code,
    /// A comment that ends with its line.
    LineComment,
    Comment,
    /// A string that ends with its line at the latest, as the next one.
    Double,
    Single,
    TripleDouble,
    TripleSingle,
    Backtick,
    Hashes,
    Delimited,
}

impl Mode {
    /// How many there are.
    const COUNT: usize = Mode::Delimited as usize + 1;

    /// How many bytes the place takes that ends it.
    const fn end(self) -> usize {
        match self {
            Mode::Comment => 2,
            Mode::TripleDouble | Mode::TripleSingle => 3,
            _ => 1,
        }
    }
}

impl Inside {
    fn of(state: State) -> Self {
        let (mode, count) = match state {
            State::Code => (Mode::Code, 0),
            State::Comment(depth) => (Mode::Comment, depth),
            State::Triple(b'"') => (Mode::TripleDouble, 0),
            State::Triple(_) => (Mode::TripleSingle, 0),
            State::Backtick => (Mode::Backtick, 0),
            State::Hashes(hashes) => (Mode::Hashes, hashes),
            State::Delimited(length) => (Mode::Delimited, length),
        };
        Inside { mode, count }
    }

    /// What the next line begins in.
    fn state(self) -> State {
        match self.mode {
            Mode::Code | Mode::LineComment | Mode::Double | Mode::Single => State::Code,
            Mode::Comment => State::Comment(self.count),
            Mode::TripleDouble => State::Triple(b'"'),
            Mode::TripleSingle => State::Triple(b'\''),
            Mode::Backtick => State::Backtick,
            Mode::Hashes => State::Hashes(self.count),
            Mode::Delimited => State::Delimited(self.count),
        }
    }
}

/// What is known of some blocks: a bit for each byte, a word for each block.
struct Room {
    masks: Masks<Row>,
    /// What a backslash takes along, if it stands in a string.
    escaped: [u64; BLOCKS],
    /// Where tokens begin other than strings, if all is code.
    tokens: [u64; BLOCKS],
    /// What begins strings, if all is code.
    quotes: [u64; BLOCKS],
    comment_open: [u64; BLOCKS],
    /// Where three quotes begin that open a string of several lines.
    triple: [u64; BLOCKS],
    /// For each mode, where it may end.
    ends: [[u64; BLOCKS]; Mode::COUNT],
    /// Words that may be keywords.
    candidates: [u64; BLOCKS],
    /// Where code begins or ends.
    turns: [u64; BLOCKS],
    /// Where strings begin.
    strings: [u64; BLOCKS],
    /// The tokens that there are.
    kept: [u64; BLOCKS],
    /// Which of them may be keywords.
    words: [Word; MOST_WORDS],
}

impl Room {
    const NONE: Room = Room {
        masks: Masks::NONE,
        escaped: [0; BLOCKS],
        tokens: [0; BLOCKS],
        quotes: [0; BLOCKS],
        comment_open: [0; BLOCKS],
        triple: [0; BLOCKS],
        ends: [[0; BLOCKS]; Mode::COUNT],
        candidates: [0; BLOCKS],
        turns: [0; BLOCKS],
        strings: [0; BLOCKS],
        kept: [0; BLOCKS],
        words: [0; MOST_WORDS],
    };
}

thread_local! {
    /// What the thread's last lexer worked in.
    static SPARE: Cell<Option<Box<Room>>> = const { Cell::new(None) };
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
            inside: Inside::of(state),
            at,
            resume: at,
            first: at,
            before: Masks::END,
            escape: false,
        }
    }

    /// Appends the tokens of the next blocks of `text`: of all that there are if the text ends with it, else of those
    /// that are sure whatever follows.
    fn run(&mut self, kernel: Kernel, text: &[u8], ends: bool, tokens: &mut Vec<u8>, mut places: Option<&mut Places>) {
        let end = if ends { text.len() } else { text.len().saturating_sub(LOOK_AHEAD + BLOCK - 1) };
        if self.at >= end {
            return;
        }
        let mut room = SPARE.take().unwrap_or_else(|| Box::new(Room::NONE));
        while self.at < end {
            let blocks = (end - self.at).div_ceil(BLOCK).min(BLOCKS);
            let rest = text.get(self.at..).unwrap_or_default();
            room.masks.set(0, self.before);
            kernel.masks(rest, &mut room.masks);
            let (lexer, places) = (&mut *self, places.as_deref_mut());
            kernel.run(Stride { lexer, room: &mut room, text, blocks, places });
            let first = tokens.len();
            let kept = room.kept.get(..blocks).unwrap_or(&room.kept);
            kernel.translate(&TOKEN, rest, kept, tokens);
            let tokens = tokens.get_mut(first..).unwrap_or_default();
            kernel.run(Words { keywords: self.keywords, room: &mut room, text: rest, blocks, tokens });
            self.before = room.masks.get(blocks);
            self.at += blocks * BLOCK;
        }
        SPARE.set(Some(room));
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

    /// What a backslash takes along.
    #[inline(always)]
    fn escapes(&mut self, room: &mut Room, blocks: usize) {
        let backslashes = room.masks.backslash.iter().skip(1).take(blocks);
        for (escaped, backslash) in room.escaped.iter_mut().zip(backslashes) {
            (*escaped, self.escape) = escaped_by(*backslash, self.escape);
        }
    }

    /// All that is to be known of these blocks before going from place to place.
    #[inline(always)]
    fn derive(&self, room: &mut Room, blocks: usize) {
        for at in (0..blocks).step_by(Lanes::COUNT) {
            self.derive_tokens(room, at);
            self.derive_ends(room, at);
        }
        room.turns = [0; BLOCKS];
        room.strings = [0; BLOCKS];
    }

    /// What could be tokens, and which words keywords.
    #[inline(always)]
    fn derive_tokens(&self, room: &mut Room, at: usize) {
        let masks = &room.masks;
        let (before, now, next) = (
            |row: &Row| Lanes::load(row, at),
            |row: &Row| Lanes::load(row, at + 1),
            |row: &Row| Lanes::load(row, at + 2),
        );
        let digit = now(&masks.digit);
        let follows_digit = digit << 1 | before(&masks.digit) >> 63;
        let joins = (now(&masks.dot) | now(&masks.single)) & follows_digit & (digit >> 1 | next(&masks.digit) << 63);
        // The same for the last byte before.
        let joins_before = (before(&masks.dot) | before(&masks.single)) & before(&masks.digit) << 1 & digit << 63;
        let word = now(&masks.word);
        let begins = word & !((word | joins) << 1 | (before(&masks.word) | joins_before) >> 63);
        (begins | now(&masks.punctuation) & !joins).store(&mut room.tokens, at);
        let quotes = now(&masks.double) | now(&masks.single) & !joins;
        (quotes | now(&masks.backtick) & Lanes::on(self.dialect.backtick)).store(&mut room.quotes, at);

        // Words of two to eight bytes of which all, or all but the first, may stand in a keyword.
        let (capitals, digits, any_first) = self.keywords.letters();
        let good = |of: &dyn Fn(&Row) -> Lanes| {
            of(&masks.small) | of(&masks.capital) & Lanes::on(capitals) | of(&masks.digit) & Lanes::on(digits)
        };
        let (good, good_next) = (good(&now), good(&next));
        let (after, after_next) = (!word, !next(&masks.word));
        let (mut short, mut short_next) = (after, after_next);
        for _ in 0..7 {
            short = after | good & (short >> 1 | short_next << 63);
            short_next = after_next | good_next & short_next >> 1;
        }
        let second = (word & short) >> 1 | (next(&masks.word) & short_next) << 63;
        (begins & !digit & (good | Lanes::on(any_first)) & second).store(&mut room.candidates, at);
    }

    /// What could end each mode.
    #[inline(always)]
    fn derive_ends(&self, room: &mut Room, at: usize) {
        let (dialect, masks, on) = (&self.dialect, &room.masks, Lanes::on);
        let now = |row: &Row| Lanes::load(row, at + 1);
        let follows = |row: &Row| now(row) << 1 | Lanes::load(row, at) >> 63;
        let (ahead, three) = (|row: &Row| ahead::<1>(row, at), |row: &Row| ahead::<1>(row, at) & ahead::<2>(row, at));
        let comment_open = now(&masks.slash) & ahead(&masks.star) & on(dialect.slashes);
        let line_comment = now(&masks.slash) & ahead(&masks.slash) & on(dialect.slashes)
            | now(&masks.dash) & ahead(&masks.dash) & on(dialect.dashes)
            | now(&masks.hash) & follows(&masks.blank) & on(dialect.hash);
        let comment_close = now(&masks.star) & ahead(&masks.slash);
        let three_double = now(&masks.double) & three(&masks.double);
        let three_single = now(&masks.single) & three(&masks.single);
        let [double, single, backtick, line_end] =
            [&masks.double, &masks.single, &masks.backtick, &masks.line_end].map(now);
        let free = !Lanes::load(&room.escaped, at);
        comment_open.store(&mut room.comment_open, at);
        (three_double & on(dialect.triple_double) | three_single & on(dialect.triple_single))
            .store(&mut room.triple, at);
        let quotes = Lanes::load(&room.quotes, at);
        let mut ends = |mode: Mode, mask: Lanes| mask.store(&mut room.ends[mode as usize], at);
        ends(Mode::Code, quotes | comment_open | line_comment);
        ends(Mode::LineComment, line_end);
        ends(Mode::Comment, comment_close | comment_open & on(dialect.nested));
        ends(Mode::Double, double & free | line_end);
        ends(Mode::Single, single & free | line_end);
        ends(Mode::TripleDouble, three_double & free);
        ends(Mode::TripleSingle, three_single & free);
        ends(Mode::Backtick, backtick & (free | on(!dialect.backtick_escapes)));
        ends(Mode::Hashes, double);
        ends(Mode::Delimited, double);
    }

    /// Goes from place to place, and notes where code and strings begin and end.
    #[inline(always)]
    fn go(&mut self, room: &mut Room, text: &[u8], blocks: usize, mut places: Option<&mut Places>) {
        let begin = self.at;
        let Inside { mut mode, mut count } = self.inside;
        // In bytes from the first block on.
        let mut at = self.resume - begin;
        if mode == Mode::Code && at < blocks * BLOCK {
            room.turns[at / BLOCK] |= 1 << (at % BLOCK);
        }
        while at < blocks * BLOCK {
            let ends = &room.ends[mode as usize % Mode::COUNT];
            let mut block = at / BLOCK;
            let mut mark = ends[block % BLOCKS] & !0 << (at % BLOCK);
            while mark == 0 && block + 1 < blocks {
                block += 1;
                mark = ends[block % BLOCKS];
            }
            if mark == 0 {
                at = blocks * BLOCK;
                break;
            }
            let block = block % BLOCKS;
            let bit = mark & mark.wrapping_neg();
            at = block * BLOCK + place(mark);
            let view = View { text, first: self.first, at: begin + at };
            let was = Inside { mode, count };
            let length;
            if mode == Mode::Code {
                let three = room.triple[block] & bit != 0;
                (mode, count, length) = match view.byte() {
                    b'/' if room.comment_open[block] & bit != 0 => (Mode::Comment, 1, 2),
                    b'/' | b'-' | b'#' => (Mode::LineComment, 0, 1),
                    b'`' => (Mode::Backtick, 0, 1),
                    b'"' if three => (Mode::TripleDouble, 0, 3),
                    b'"' => self.raw(&view).map_or((Mode::Double, 0, 1), |(mode, count)| (mode, count, 1)),
                    _ if three => (Mode::TripleSingle, 0, 3),
                    _ if self.dialect.lifetimes && !view.is_character() => {
                        at += 1;
                        continue;
                    }
                    _ => (Mode::Single, 0, 1),
                };
                room.turns[block] ^= bit;
                if !matches!(mode, Mode::LineComment | Mode::Comment) {
                    room.strings[block] |= bit;
                }
                at += length;
            } else {
                at += match mode {
                    Mode::Comment if self.dialect.nested && room.comment_open[block] & bit != 0 => {
                        count = count.saturating_add(1);
                        mode.end()
                    }
                    Mode::Comment if count > 1 => {
                        count -= 1;
                        mode.end()
                    }
                    Mode::Hashes if !(1..=usize::from(count)).all(|by| view.ahead(by) == b'#') => 1,
                    Mode::Delimited if view.back(usize::from(count) + 1) != b')' => 1,
                    _ => {
                        let end = mode.end() + if mode == Mode::Hashes { usize::from(count) } else { 0 };
                        (mode, count) = (Mode::Code, 0);
                        end
                    }
                };
                if mode == Mode::Code
                    && let Some(turns) = room.turns.get_mut(at / BLOCK)
                {
                    *turns ^= 1 << (at % BLOCK);
                }
            }
            if let Some(places) = places.as_deref_mut() {
                let (is, was) = (Inside { mode, count }.state(), was.state());
                if is != was {
                    places.end(text, (begin + at).min(text.len()), was);
                }
            }
        }
        self.inside = Inside { mode, count };
        self.resume = begin + at;
    }

    /// The raw string that a `"` begins, if it does.
    #[inline]
    fn raw(&self, view: &View) -> Option<(Mode, u8)> {
        if self.dialect.raw_hashes {
            let hashes = (1..=MOST_HASHES).take_while(|by| view.back(*by) == b'#').count();
            let prefix = view.back(hashes + 2);
            let alone = !is_word(prefix) || matches!(prefix, b'b' | b'c') && !is_word(view.back(hashes + 3));
            return (view.back(hashes + 1) == b'r' && alone).then(|| (Mode::Hashes, u8::try_from(hashes).unwrap_or(0)));
        }
        let prefix = view.back(2);
        if self.dialect.raw_delimited
            && view.back(1) == b'R'
            && (!is_word(prefix) || matches!(prefix, b'8' | b'u' | b'U' | b'L'))
        {
            let length = (1..=MOST_DELIMITER)
                .take_while(|by| !matches!(view.ahead(*by), 0..=b' ' | b'(' | b')' | b'"' | b'\\'))
                .count();
            return (view.ahead(length + 1) == b'(').then(|| (Mode::Delimited, u8::try_from(length).unwrap_or(0)));
        }
        None
    }
}

/// The next blocks of a text, of which the masks are known.
struct Stride<'s, 'o> {
    lexer: &'s mut Lexer,
    room: &'s mut Room,
    text: &'s [u8],
    blocks: usize,
    places: Option<&'s mut Places<'o>>,
}

impl Work for Stride<'_, '_> {
    #[inline(always)]
    fn work(self) {
        let Stride { lexer, room, text, blocks, mut places } = self;
        lexer.escapes(room, blocks);
        lexer.derive(room, blocks);
        lexer.go(room, text, blocks, places.as_deref_mut());
        for at in (0..blocks).step_by(Lanes::COUNT) {
            below(Lanes::load(&room.turns, at)).store(&mut room.turns, at);
        }
        // All ones where the block before ends in code.
        let mut code = 0;
        for (((kept, turns), tokens), strings) in
            room.kept.iter_mut().zip(&room.turns).zip(&room.tokens).zip(&room.strings).take(blocks)
        {
            let now = turns ^ code;
            *kept = tokens & now | strings;
            code = 0u64.wrapping_sub(now >> 63);
        }
        if let Some(places) = places {
            for (number, kept) in room.kept.iter().take(blocks).enumerate() {
                let at = lexer.at + number * BLOCK;
                Bits(*kept).for_each(|place| places.starts.push(offset(at + place)));
            }
        }
    }
}

/// The tokens of some blocks, of which keywords are still names.
struct Words<'s> {
    keywords: &'s Keywords,
    room: &'s mut Room,
    /// From the first block on.
    text: &'s [u8],
    blocks: usize,
    tokens: &'s mut [u8],
}

/// A word that may be a keyword: where it begins, in bytes from the first block on, and 16 bits further up the number of its
/// token.
type Word = u32;

/// So many words are noted at once: how many a block has is hard to foresee. What is too much is written over.
const WORDS_AT_ONCE: usize = 4;

/// Room for as many words, of two bytes at least, as some blocks have.
const MOST_WORDS: usize = BLOCKS * BLOCK / 3 + 1 + WORDS_AT_ONCE;

impl Work for Words<'_> {
    #[inline(always)]
    fn work(self) {
        let Words { keywords, room, text, blocks, tokens } = self;
        // First all words, then all look-ups: so that these need not wait for each other.
        let (mut count, mut before) = (0, 0);
        let rows = room.kept.iter().zip(&room.candidates).take(blocks);
        for (begin, (kept, candidates)) in (0u32..).step_by(BLOCK).zip(rows) {
            let mut bits = kept & candidates;
            let end = count + bits.count_ones() as usize;
            while count < end {
                let Some(words) = room.words.get_mut(count..).and_then(<[Word]>::first_chunk_mut::<WORDS_AT_ONCE>)
                else {
                    break;
                };
                for word in words {
                    let lowest = bits & bits.wrapping_neg();
                    let earlier = kept & lowest.wrapping_sub(1);
                    *word = begin + bits.trailing_zeros() + ((before + earlier.count_ones()) << 16);
                    bits ^= lowest;
                }
                count += WORDS_AT_ONCE;
            }
            count = end;
            before += kept.count_ones();
        }
        for word in room.words.iter().take(count) {
            let (at, token) = (*word as usize % (1 << 16), (*word >> 16) as usize);
            let (block, place) = (at / BLOCK % BLOCKS, at % BLOCK);
            let in_word = room.masks.word[block + 1] >> place | room.masks.word[block + 2] << 1 << (BLOCK - 1 - place);
            let number = eight_bytes(text, at) & FIRST[(!in_word).trailing_zeros() as usize % 16];
            if let Some(token) = tokens.get_mut(token) {
                *token = keywords.token(number, NAME);
            }
        }
    }
}

/// For each byte of the eight blocks from number `at` on what is known of the byte that stands `BY` after it.
#[inline(always)]
fn ahead<const BY: u32>(row: &Row, at: usize) -> Lanes {
    Lanes::load(row, at + 1) >> BY | Lanes::load(row, at + 2) << (u64::BITS - BY)
}

/// All ones in so many of the first bytes of a word.
const FIRST: [u64; 16] = {
    let mut first = [!0; 16];
    let mut bytes = 0;
    while bytes < 8 {
        first[bytes] = !(!0 << (8 * bytes));
        bytes += 1;
    }
    first
};

/// Which bytes of a block are taken along by a backslash, given where backslashes are and whether the first byte is; and
/// whether the first byte of the next block is. Of a run of backslashes every second is.
#[inline(always)]
fn escaped_by(backslash: u64, first: bool) -> (u64, bool) {
    const EVEN: u64 = 0x5555_5555_5555_5555;
    if backslash == 0 {
        return (u64::from(first), false);
    }
    let backslash = backslash & !u64::from(first);
    let follows = backslash << 1 | u64::from(first);
    // Adding carries through a run to its end; whether that is even tells, with where it began, whether it was odd long.
    let odd_begins = backslash & !EVEN & !follows;
    let (runs, carry) = odd_begins.overflowing_add(backslash);
    ((EVEN ^ runs << 1) & follows, carry)
}

/// For each bit whether of it and those below it an odd number is set.
#[inline(always)]
fn below(bits: Lanes) -> Lanes {
    [1, 2, 4, 8, 16, 32].into_iter().fold(bits, |bits, by| bits ^ bits << by)
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
