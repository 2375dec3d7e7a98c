//! Source code as tokens: what stays of it when it is renamed.
//!
//! Identifiers, numbers and strings become one token each, comments and blanks nothing. The rules stand in
//! `docs/fingerprint-profile-1.md`, part "Channel of code". Whatever a lexer decides, it decides from the line it is in
//! and from the [`State`] at that line's beginning.

mod channel;
mod keywords;
mod lanes;
mod language;
mod lexer;
#[cfg(test)]
mod plain;
#[cfg(test)]
mod tests;
mod tokens;

pub(crate) use channel::{CodeChannel, emit, fingerprint};
pub(crate) use language::{HEAD, Language, Named};
pub(crate) use lexer::{Lexed, Span, State, lex};

/// Source code as the code channel reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    /// A byte for each token: the same for all names, for all numbers, for all strings, and one for each keyword and mark.
    pub kinds: Vec<u8>,
    /// Where in the text each token begins, ascending.
    pub starts: Vec<u32>,
}

impl Tokens {
    /// The tokens of a decoded text. Its name, as far as it is known, tells the language, else its head does; `None` where that is
    /// no source code, or the text is 4 GiB or longer.
    pub fn of(name: &[u8], text: &[u8]) -> Option<Tokens> {
        u32::try_from(text.len()).ok()?;
        let language = match Language::named(name) {
            Named::Code(language) => language,
            Named::NoCode => return None,
            Named::Unknown => Language::of_head(text.get(..HEAD).unwrap_or(text))?,
        };
        let mut lexed = Lexed::default();
        lex(language, State::Code, text, 0..text.len(), &mut lexed);
        Some(Tokens { kinds: lexed.tokens, starts: lexed.starts })
    }
}
