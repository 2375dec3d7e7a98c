//! Grams of source code: of a whole text, and of an edited one from those of its base.
//!
//! What a line's tokens are depends on the line and on the state it begins in, nothing else. So from a line of a copy on
//! that begins in the same state as in the base, the tokens up to the copy's last line are the base's.

use std::ops::Range;

use super::placed::{Balance, Placed, Pool};
use super::{Copied, Edit, index, long_copies, offset};
use crate::code::{HEAD, Language, Lexed, Named, Span, State, fingerprint, lex};
use crate::kernel::{Kernel, Rules};
use crate::profile::Profile;

/// Raw bytes that are lexed at once, and on to the line's end: only there can lexing be taken up again. So the memory for
/// tokens and their places, five bytes each, grows with the longest line.
const PIECE: usize = 1 << 15;

/// Tokens that are looked at together; the last ones once more with those that follow.
const MANY_TOKENS: usize = 1 << 14;

/// A shorter copy costs more at its two ends, where some 1000 bytes are lexed again, than inheriting its grams saves. Raw
/// bytes; measured.
const SHORTEST_COPY: u32 = 1000;

/// Raw bytes that mostly hold the tokens that are looked at again at an end of a copy; if not, more are lexed.
const EDGE: usize = 480;

/// Tokens of a window.
const SPAN: usize = Rules::CODE.span();

/// Grams before a gram that stand in one window with it.
const BEFORE: usize = Rules::CODE.window() - 1;

/// Tokens at either end of a copy that belong to windows of grams which cannot be inherited.
const OUTSIDE: usize = BEFORE + SPAN - 1;

/// What a content has in the channel of code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Code {
    pub(super) language: Option<Language>,
    /// The name told no language: the text's head did, or that it is no source code.
    by_head: bool,
    pub(super) grams: Placed,
    /// Where lines do not begin in code; each span begins where a line does, and none touches another of the same state.
    spans: Vec<Span>,
}

/// Buffers that are used again for the next text.
pub(super) struct Scratch {
    kernel: Kernel,
    lexed: Lexed,
    tail: Lexed,
    chosen: Vec<u32>,
}

impl Default for Scratch {
    fn default() -> Self {
        let [lexed, tail] = [Lexed::default(), Lexed::default()];
        Scratch { kernel: Kernel::current(), lexed, tail, chosen: Vec::new() }
    }
}

impl Code {
    /// Bytes of memory that it holds.
    pub(super) fn memory(&self) -> usize {
        self.grams.memory() + self.spans.capacity() * size_of::<Span>()
    }

    /// What the line begins in that begins at this place.
    fn state_at(&self, place: u32) -> State {
        let after = self.spans.partition_point(|span| span.to <= place);
        self.spans.get(after).filter(|span| span.from <= place).map_or(State::Code, |span| span.state)
    }

    /// Adds a span that begins where a line does.
    fn add_span(&mut self, span: Span) {
        match self.spans.last_mut() {
            Some(last) if last.to == span.from && last.state == span.state => last.to = span.to,
            _ => self.spans.push(span),
        }
    }

    /// Takes what the base says of this stretch of its text, `shift` bytes further on (modulo 2^32).
    fn inherit_spans(&mut self, base: &Code, stretch: Range<u32>, shift: u32) {
        let first = base.spans.partition_point(|span| span.to <= stretch.start);
        let spans = base.spans.get(first..).unwrap_or_default().iter().take_while(|span| span.from < stretch.end);
        for Span { from, to, state } in spans {
            let from = stretch.start.max(*from).wrapping_add(shift);
            let to = stretch.end.min(*to).wrapping_add(shift);
            self.add_span(Span { from, to, state: *state });
        }
    }
}

/// What of a text may tell its language.
fn head(text: &[u8]) -> &[u8] {
    text.get(..HEAD).unwrap_or(text)
}

/// The code of a text whose file has this name, of which nothing but the language is known. A `base` of which the head is the
/// same may tell it; the language is `None` where it is no source code.
pub(super) fn begin(name: &[u8], text: &[u8], base: Option<(&Code, &[u8])>) -> Code {
    let (language, by_head) = match (Language::named(name), base) {
        (Named::Code(language), _) => (Some(language), false),
        (Named::NoCode, _) => (None, false),
        (Named::Unknown, Some((code, before))) if code.by_head && head(before) == head(text) => (code.language, true),
        (Named::Unknown, _) => (Language::of_head(head(text)), true),
    };
    Code { language, by_head, ..Code::default() }
}

/// The chosen grams of a text, which `code` begins.
pub(super) fn of(profile: &Profile, mut code: Code, text: &[u8], scratch: &mut Scratch) -> Code {
    if let Some(language) = code.language {
        let mut run = Run::new(profile, language, text, &mut code, scratch);
        run.go_to(text.len());
        run.end();
    }
    code
}

/// The chosen grams of an edit, which `code` begins, whose base has `base`, and how their counts differ. Both are in the same
/// language.
pub(super) fn edited(
    profile: &Profile,
    mut code: Code,
    base: &Code,
    edit: &Edit<'_>,
    (balance, pool): (&mut Balance, &mut Pool),
    scratch: &mut Scratch,
) -> (Code, Vec<(u64, i32)>) {
    let Some(language) = code.language else { return (code, Vec::new()) };
    code.grams = pool.placed(base.grams.len() + base.grams.len() / 16 + 16);
    let old = &base.grams.fingerprints;
    let mut run = Run::new(profile, language, edit.now, &mut code, scratch);
    let mut fresh = 0;
    for copy in long_copies(edit.copies, SHORTEST_COPY) {
        let Some(inner) = run.cross(base, edit, &copy) else { continue };
        let shift = copy.shift();
        let in_base = |place: usize| offset(place).wrapping_sub(shift);
        let inherited = base.grams.within(in_base(inner.start)..in_base(inner.end));
        balance.step(old, &run.code.grams.fingerprints[fresh..], inherited.clone());
        run.code.grams.inherit(&base.grams, inherited, shift);
        fresh = run.code.grams.len();
    }
    run.go_to(edit.now.len());
    run.end();
    balance.step(old, &code.grams.fingerprints[fresh..], old.len()..old.len());
    (code, balance.finish(old, pool))
}

/// Lexes a text from its beginning on and keeps the chosen grams.
struct Run<'a> {
    profile: &'a Profile,
    language: Language,
    text: &'a [u8],
    code: &'a mut Code,
    scratch: &'a mut Scratch,
    /// The line at hand, and what it begins in.
    at: usize,
    state: State,
    /// Grams that begin before this place are settled.
    settled: usize,
    /// What the line begins in that is behind the tail last lexed.
    after_tail: State,
}

impl<'a> Run<'a> {
    fn new(
        profile: &'a Profile,
        language: Language,
        text: &'a [u8],
        code: &'a mut Code,
        scratch: &'a mut Scratch,
    ) -> Self {
        clear(&mut scratch.lexed);
        Run { profile, language, text, code, scratch, at: 0, state: State::Code, settled: 0, after_tail: State::Code }
    }

    /// Goes on to a place where a line begins, or to the text's end.
    fn go_to(&mut self, end: usize) {
        while self.at < end {
            self.lex(line_after(self.text, self.at + PIECE).min(end));
            let tokens = self.scratch.lexed.tokens.len();
            if tokens >= MANY_TOKENS {
                self.choose(self.text.len());
                self.scratch.lexed.tokens.drain(..tokens - (SPAN - 1));
                self.scratch.lexed.starts.drain(..tokens - (SPAN - 1));
            }
        }
    }

    /// Ends the text.
    fn end(&mut self) {
        self.choose(self.text.len());
        let Lexed { tokens, starts, .. } = &self.scratch.lexed;
        if starts.len() < SPAN && self.settled == 0 {
            let only = Rules::CODE.smallest_of_all(tokens).map(index);
            let start = only.and_then(|token| starts.get(token));
            let gram = only.and_then(|token| tokens.get(token..)?.first_chunk());
            if let (Some(start), Some(fingerprint)) = (start, gram.and_then(|gram| fingerprint(self.profile, gram))) {
                self.code.grams.push(fingerprint, *start);
            }
        }
    }

    /// Lexes the lines up to `end`.
    fn lex(&mut self, end: usize) {
        let lexed = &mut self.scratch.lexed;
        self.state = lex(self.language, self.state, self.text, self.at..end, lexed);
        add_spans(self.code, self.text, self.at, lexed);
        self.at = end;
    }

    /// Keeps the chosen grams of the tokens at hand that are not settled and begin before `end`.
    fn choose(&mut self, end: usize) {
        let Scratch { kernel, lexed, chosen, .. } = &mut *self.scratch;
        chosen.clear();
        kernel.choose(Rules::CODE, &lexed.tokens, chosen);
        for token in chosen.iter().map(|token| index(*token)) {
            let Some(start) = lexed.starts.get(token) else { continue };
            if !(self.settled..end).contains(&index(*start)) {
                continue;
            }
            let Some(gram) = lexed.tokens.get(token..).and_then(<[u8]>::first_chunk) else { continue };
            self.settled = index(*start) + 1;
            if let Some(fingerprint) = fingerprint(self.profile, gram) {
                self.code.grams.push(fingerprint, *start);
            }
        }
    }

    /// Goes over a copy: settles all grams before those that can be inherited from it, and gives where these begin. `None`
    /// where there are none; the run may then have gone on into the copy.
    fn cross(&mut self, base: &Code, edit: &Edit<'_>, copy: &Copied) -> Option<Range<usize>> {
        let text = self.text;
        let [from, to, length] = [copy.from, copy.to, copy.length].map(index);
        let raw = text.get(to..to.checked_add(length)?)?;
        let state_at = |place: usize| base.state_at(offset(place).wrapping_sub(copy.shift()));
        // Where both texts begin or end, the windows do so too, and nothing outside the copy has a say.
        let begins = from == 0 && to == 0;
        let ends = from + length == edit.base.len() && to + length == text.len();
        let mut start = if begins { 0 } else { line_after(text, to) };
        let end = if ends { text.len() } else { to + raw.iter().rposition(|byte| *byte == b'\n')? + 1 };
        if end < start + EDGE + EDGE / 2 {
            return None;
        }
        self.go_to(start);
        let mut step = EDGE / 4;
        while self.state != state_at(start) {
            start = line_after(text, start + step);
            step *= 2;
            if start >= end {
                return None;
            }
            self.go_to(start);
        }
        let mark = self.scratch.lexed.tokens.len();
        while self.scratch.lexed.tokens.len() <= mark + OUTSIDE {
            if self.at >= end {
                return None;
            }
            self.lex(line_after(text, self.at + EDGE / 2).min(end));
        }
        let first = if begins { 0 } else { index(*self.scratch.lexed.starts.get(mark + BEFORE)?) };
        let (tail, last) = if ends { (end, end) } else { self.lex_tail(end, state_at)? };
        self.choose(first);
        let in_base = |place: usize| offset(place).wrapping_sub(copy.shift());
        self.code.inherit_spans(base, in_base(self.at)..in_base(tail), copy.shift());
        clear(&mut self.scratch.lexed);
        if !ends {
            add_spans(self.code, text, tail, &mut self.scratch.tail);
            std::mem::swap(&mut self.scratch.lexed, &mut self.scratch.tail);
            self.state = self.after_tail;
        }
        (self.at, self.settled) = (end, last);
        Some(first..last)
    }

    /// Lexes the last lines before `end`, a line's beginning, that hold the tokens outside, each line's state at its
    /// beginning being known. Gives where the first of these lines begins and behind which start of a gram all grams stand in
    /// windows that go beyond `end`. `None` if these lines meet those that the run has come to.
    fn lex_tail(&mut self, end: usize, state_at: impl Fn(usize) -> State) -> Option<(usize, usize)> {
        let tail = &mut self.scratch.tail;
        let mut back = EDGE;
        loop {
            let start = line_after(self.text, end.checked_sub(back).filter(|start| *start >= self.at)?);
            clear(tail);
            self.after_tail = lex(self.language, state_at(start), self.text, start..end, tail);
            if tail.tokens.len() >= OUTSIDE {
                let last = tail.starts.get(tail.starts.len() - SPAN)?;
                return Some((start, index(*last) + 1));
            }
            back *= 2;
        }
    }
}

/// The first line's beginning behind `place`, or the text's end.
fn line_after(text: &[u8], place: usize) -> usize {
    let rest = text.get(place..).unwrap_or_default();
    rest.iter().position(|byte| *byte == b'\n').map_or(text.len(), |end| place + end + 1)
}

/// Adds the spans of lines that were lexed from `first` on, each from its first line's beginning on.
fn add_spans(code: &mut Code, text: &[u8], first: usize, lexed: &mut Lexed) {
    for Span { from, to, state } in lexed.spans.drain(..) {
        let from = if index(from) == first { from } else { offset(line_after(text, index(from))) };
        code.add_span(Span { from, to, state });
    }
}

fn clear(lexed: &mut Lexed) {
    lexed.tokens.clear();
    lexed.starts.clear();
    lexed.spans.clear();
}
