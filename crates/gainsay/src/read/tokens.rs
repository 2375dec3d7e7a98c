//! Words and marks of a piece of text, with their places.

use std::borrow::Cow;
use std::ops::Deref;

use crate::claim::Span;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Letters, possibly with digits, hyphens and apostrophes inside.
    Word,
    /// Starts with a digit.
    Number,
    /// The possessive ending `'s`.
    Possessive,
    /// A whole quotation, hidden so that rules for the sentence around it do not read into it.
    Quote,
    /// Anything else that is not white space.
    Mark,
}

impl Shape {
    pub(super) fn is_word(self) -> bool {
        matches!(self, Shape::Word | Shape::Number)
    }
}

/// A token's words in lower case, apostrophes straightened: the text's own where it is written so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lower<'t>(Cow<'t, str>);

impl Lower<'_> {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Deref for Lower<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<&str> for Lower<'_> {
    fn eq(&self, word: &&str) -> bool {
        self.0 == *word
    }
}

/// One token.
#[derive(Clone, Debug)]
pub(super) struct Token<'t> {
    pub(super) span: Span,
    pub(super) lower: Lower<'t>,
    pub(super) shape: Shape,
    /// Whether it starts with a capital letter.
    pub(super) capital: bool,
}

impl Token<'_> {
    pub(super) fn is(&self, word: &str) -> bool {
        self.lower == word
    }

    pub(super) fn is_mark(&self, mark: &str) -> bool {
        self.shape == Shape::Mark && self.lower == mark
    }

    /// Commas and dashes, which set an insertion apart.
    pub(super) fn sets_apart(&self) -> bool {
        self.shape == Shape::Mark && matches!(self.lower.as_str(), "," | "--" | "–" | "—")
    }
}

/// A token of English with the blank behind it takes a little more.
const BYTES_A_TOKEN: usize = 5;

/// The tokens of `text[span]`. Each of `hidden` (in order, not overlapping) becomes one [`Shape::Quote`].
pub(super) fn tokens<'t>(text: &'t str, span: Span, hidden: &[Span]) -> Vec<Token<'t>> {
    let mut found = Vec::with_capacity(span.end.saturating_sub(span.start) / BYTES_A_TOKEN + 1);
    let mut at = span.start;
    for quote in hidden.iter().filter(|q| q.start >= span.start && q.end <= span.end) {
        visible(text, Span { start: at, end: quote.start }, &mut found);
        found.push(Token { span: *quote, lower: Lower(Cow::Borrowed("")), shape: Shape::Quote, capital: false });
        at = quote.end;
    }
    visible(text, Span { start: at, end: span.end }, &mut found);
    found
}

fn visible<'t>(text: &'t str, span: Span, found: &mut Vec<Token<'t>>) {
    let Some(piece) = span.of(text) else { return };
    let mut chars = piece.char_indices().peekable();
    let mut previous_end = usize::MAX;
    while let Some((start, first)) = chars.next() {
        if first.is_whitespace() {
            continue;
        }
        let mut end = start + first.len_utf8();
        let word = first.is_alphanumeric();
        if word {
            while let Some(&(at, next)) = chars.peek() {
                if next.is_alphanumeric() {
                    chars.next();
                    end = at + next.len_utf8();
                    continue;
                }
                let after = piece[at + next.len_utf8()..].chars().next();
                let inside = (joins(next) && after.is_some_and(|c| c.is_alphanumeric()))
                    || (next == ','
                        && piece[..at].ends_with(|c: char| c.is_ascii_digit())
                        && after.is_some_and(|c| c.is_ascii_digit()));
                // "Acme's" is a name and an ending: the rules for names must see "Acme".
                let ending = matches!(next, '\'' | '’') && matches!(after, Some('s' | 'S')) && {
                    let rest = &piece[at + next.len_utf8() + 1..];
                    !rest.starts_with(|c: char| c.is_alphanumeric())
                };
                if !inside || ending {
                    break;
                }
                chars.next();
                end = at + next.len_utf8();
            }
        } else if matches!(first, '\'' | '’')
            && previous_end == start
            && matches!(piece[end..].chars().next(), Some('s' | 'S'))
        {
            chars.next();
            end += 1;
            let span = Span { start: span.start + start, end: span.start + end };
            found.push(Token { span, lower: Lower(Cow::Borrowed("'s")), shape: Shape::Possessive, capital: false });
            previous_end = usize::MAX;
            continue;
        } else if first == '-' {
            while chars.peek().is_some_and(|&(_, next)| next == '-') {
                chars.next();
                end += 1;
            }
        }
        previous_end = if word { end } else { usize::MAX };
        let written = &piece[start..end];
        let shape = match (word, first.is_numeric()) {
            (true, true) => Shape::Number,
            (true, false) => Shape::Word,
            (false, _) => Shape::Mark,
        };
        found.push(Token {
            span: Span { start: span.start + start, end: span.start + end },
            lower: Lower(if !written.is_ascii() {
                Cow::Owned(written.to_lowercase().replace('’', "'"))
            } else if written.bytes().any(|byte| byte.is_ascii_uppercase()) {
                Cow::Owned(written.to_ascii_lowercase())
            } else {
                Cow::Borrowed(written)
            }),
            shape,
            capital: first.is_uppercase(),
        });
    }
}

/// Marks that stand inside a word when letters are on both sides: `threat-intel`, `isn't`, `U.S`, `AT&T`, `acme.example`.
fn joins(mark: char) -> bool {
    matches!(mark, '-' | '\'' | '’' | '.' | '&' | '_' | '@' | '/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        tokens(text, Span { start: 0, end: text.len() }, &[]).into_iter().map(|t| t.lower.as_str().to_owned()).collect()
    }

    #[test]
    fn possessives_numbers_and_joined_words_come_apart_as_the_rules_need_them() {
        assert_eq!(
            words("Brightwell’s $1,200.50 isn't U.S. money -- ok."),
            ["brightwell", "'s", "$", "1,200.50", "isn't", "u.s", ".", "money", "--", "ok", "."]
        );
    }

    #[test]
    fn a_hidden_quotation_is_one_token() {
        let text = "It said \"no\" twice";
        let found = tokens(text, Span { start: 0, end: text.len() }, &[Span { start: 8, end: 12 }]);
        assert_eq!(found[2].shape, Shape::Quote);
        assert_eq!(found[3].lower.as_str(), "twice");
    }
}
