//! The lexer byte by byte: the twin that the fast one is tested against.

use std::ops::Range;

use super::Language;
use super::keywords::Keywords;
use super::lexer::{Dialect, Lexed, MOST_DELIMITER, MOST_HASHES, Span, State, is_word, offset};
use super::tokens::TOKEN;

/// Appends the tokens of `text[range]` to `out`, with offsets in `text`, and gives the state at its end. The range begins
/// where a line does, in `state`, and ends where one does or at the end of the text. Texts are shorter than 4 GiB.
pub(super) fn lex(language: Language, state: State, text: &[u8], range: Range<usize>, out: &mut Lexed) -> State {
    let text = text.get(..range.end).unwrap_or(text);
    let dialect = Dialect::of(language);
    let mut lexer = Lexer {
        dialect,
        keywords: Keywords::of(language),
        text,
        first: range.start,
        at: range.start,
        state,
        since: range.start,
        out,
    };
    while lexer.at < text.len() {
        match lexer.state {
            State::Code => lexer.code(),
            state => lexer.inside(state),
        }
    }
    lexer.end_span();
    lexer.state
}

struct Lexer<'t> {
    dialect: Dialect,
    keywords: &'static Keywords,
    text: &'t [u8],
    /// Nothing before this place is looked at.
    first: usize,
    at: usize,
    state: State,
    /// Since where the state is what it is.
    since: usize,
    out: &'t mut Lexed,
}

impl Lexer<'_> {
    /// The byte so many places on; a line's end after the text.
    fn ahead(&self, by: usize) -> u8 {
        self.text.get(self.at + by).copied().unwrap_or(b'\n')
    }

    /// The byte so many places back; a line's end before the text.
    fn back(&self, by: usize) -> u8 {
        if by == 0 {
            return self.ahead(0);
        }
        let at = self.at.checked_sub(by).filter(|at| *at >= self.first);
        at.and_then(|at| self.text.get(at).copied()).unwrap_or(b'\n')
    }

    fn emit(&mut self, token: u8) {
        self.out.tokens.push(token);
        self.out.starts.push(offset(self.at));
    }

    fn enter(&mut self, state: State, length: usize) {
        self.at = (self.at + length).min(self.text.len());
        self.end_span();
        self.state = state;
        self.since = self.at;
    }

    fn end_span(&mut self) {
        let stretch = self.text.get(self.since..self.at.saturating_sub(1)).unwrap_or_default();
        let begins_line = self.since == self.first && self.since < self.at;
        if self.state != State::Code && (begins_line || stretch.contains(&b'\n')) {
            self.out.spans.push(Span { from: offset(self.since), to: offset(self.at), state: self.state });
        }
    }

    /// Whether the byte so many places back is a `.` or `'` that joins two digits.
    fn joins(&self, back: usize) -> bool {
        let at = |by: usize| if back >= by { self.back(back - by) } else { self.ahead(by - back) };
        matches!(at(0), b'.' | b'\'') && self.back(back + 1).is_ascii_digit() && at(1).is_ascii_digit()
    }

    fn code(&mut self) {
        let byte = self.ahead(0);
        let dialect = self.dialect;
        if is_word(byte) {
            if !is_word(self.back(1)) && !self.joins(1) {
                let length = (0..).take_while(|by| is_word(self.ahead(*by))).count();
                let token = TOKEN[usize::from(byte)];
                let word = self.text.get(self.at..self.at + length.min(9)).unwrap_or_default();
                let number = word.iter().rev().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
                let keyword = length <= 8 && !byte.is_ascii_digit();
                self.emit(if keyword { self.keywords.token(number, token) } else { token });
            }
            self.at += 1;
        } else if self.joins(0) {
            self.at += 1;
        } else if dialect.slashes && byte == b'/' && self.ahead(1) == b'/'
            || dialect.dashes && byte == b'-' && self.ahead(1) == b'-'
            || dialect.hash && byte == b'#' && self.back(1) <= b' '
        {
            self.skip_line();
        } else if dialect.slashes && byte == b'/' && self.ahead(1) == b'*' {
            self.enter(State::Comment(1), 2);
        } else if byte == b'"' {
            self.emit(TOKEN[usize::from(b'"')]);
            if dialect.triple_double && self.ahead(1) == b'"' && self.ahead(2) == b'"' {
                self.enter(State::Triple(b'"'), 3);
            } else if let Some(state) = self.raw() {
                self.enter(state, 1);
            } else {
                self.skip_string(b'"');
            }
        } else if byte == b'\'' {
            if dialect.triple_single && self.ahead(1) == b'\'' && self.ahead(2) == b'\'' {
                self.emit(TOKEN[usize::from(b'"')]);
                self.enter(State::Triple(b'\''), 3);
            } else if !dialect.lifetimes || self.is_character() {
                self.emit(TOKEN[usize::from(b'"')]);
                self.skip_string(b'\'');
            } else {
                self.at += 1;
            }
        } else if dialect.backtick && byte == b'`' {
            self.emit(TOKEN[usize::from(b'"')]);
            self.enter(State::Backtick, 1);
        } else {
            let token = TOKEN[usize::from(byte)];
            if token != 0 && byte != b'`' {
                self.emit(token);
            }
            self.at += 1;
        }
    }

    fn skip_line(&mut self) {
        while self.at < self.text.len() && self.ahead(0) != b'\n' {
            self.at += 1;
        }
    }

    /// Goes behind the string that begins here, or to the end of its line.
    fn skip_string(&mut self, quote: u8) {
        self.at += 1;
        while self.at < self.text.len() && self.ahead(0) != b'\n' {
            let byte = self.ahead(0);
            self.at += if byte == b'\\' && self.ahead(1) != b'\n' { 2 } else { 1 };
            if byte == quote {
                break;
            }
        }
        self.at = self.at.min(self.text.len());
    }

    /// Whether the `'` here begins a character rather than a lifetime.
    fn is_character(&self) -> bool {
        let next = self.ahead(1);
        next == b'\\' || next >= 0x80 || next != b'\n' && self.ahead(2) == b'\''
    }

    /// The raw string that the `"` here begins, if it does.
    fn raw(&self) -> Option<State> {
        if self.dialect.raw_hashes {
            let hashes = (1..=MOST_HASHES).take_while(|by| self.back(*by) == b'#').count();
            let before = hashes + 1;
            let alone = !is_word(self.back(before + 1))
                || matches!(self.back(before + 1), b'b' | b'c') && !is_word(self.back(before + 2));
            return (self.back(before) == b'r' && alone).then(|| State::Hashes(u8::try_from(hashes).unwrap_or(0)));
        }
        let prefixed =
            self.back(1) == b'R' && (!is_word(self.back(2)) || matches!(self.back(2), b'8' | b'u' | b'U' | b'L'));
        if self.dialect.raw_delimited && prefixed {
            let delimiter = (1..=MOST_DELIMITER + 1)
                .take_while(|by| !matches!(self.ahead(*by), b'(' | b')' | b'"' | b'\\') && self.ahead(*by) > b' ')
                .count();
            if delimiter <= MOST_DELIMITER && self.ahead(delimiter + 1) == b'(' {
                return Some(State::Delimited(u8::try_from(delimiter).unwrap_or(0)));
            }
        }
        None
    }

    /// Goes one step on in what spans lines.
    fn inside(&mut self, state: State) {
        let byte = self.ahead(0);
        let escapes = match state {
            State::Triple(_) => true,
            State::Backtick => self.dialect.backtick_escapes,
            _ => false,
        };
        match state {
            State::Comment(depth) if byte == b'*' && self.ahead(1) == b'/' => {
                self.enter(if depth > 1 { State::Comment(depth - 1) } else { State::Code }, 2);
            }
            State::Comment(depth) if self.dialect.nested && byte == b'/' && self.ahead(1) == b'*' => {
                self.enter(State::Comment(depth.saturating_add(1)), 2);
            }
            State::Triple(quote) if byte == quote && self.ahead(1) == quote && self.ahead(2) == quote => {
                self.enter(State::Code, 3);
            }
            State::Backtick if byte == b'`' => self.enter(State::Code, 1),
            State::Hashes(hashes) if byte == b'"' && (1..=usize::from(hashes)).all(|by| self.ahead(by) == b'#') => {
                self.enter(State::Code, 1 + usize::from(hashes));
            }
            State::Delimited(length) if byte == b'"' && self.back(usize::from(length) + 1) == b')' => {
                self.enter(State::Code, 1);
            }
            _ if escapes && byte == b'\\' && self.ahead(1) != b'\n' => self.at = (self.at + 2).min(self.text.len()),
            _ => self.at += 1,
        }
    }
}
