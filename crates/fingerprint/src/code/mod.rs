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
