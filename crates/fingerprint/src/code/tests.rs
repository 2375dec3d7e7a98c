//! The lexer against its plain twin.

use proptest::prelude::*;

use super::lexer::Lexer;
use super::{Language, Lexed, State, lex, plain};
use crate::kernel::Kernel;

pub(super) const LANGUAGES: [Language; 9] = [
    Language::C,
    Language::Swift,
    Language::Rust,
    Language::Go,
    Language::JavaScript,
    Language::Php,
    Language::Python,
    Language::Shell,
    Language::Sql,
];

fn check(language: Language, state: State, text: &[u8], from: usize) -> Result<(), TestCaseError> {
    let (mut fast, mut slow) = (Lexed::default(), Lexed::default());
    let end = lex(language, state, text, from..text.len(), &mut fast);
    let expected = plain::lex(language, state, text, from..text.len(), &mut slow);
    prop_assert_eq!(&fast, &slow);
    prop_assert_eq!(end, expected);
    Ok(())
}

/// Text of what lexers stumble over.
pub(super) fn source() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "if",
        "x",
        "return",
        "Self",
        "u8",
        "SELECT",
        "select",
        "synchronized",
        "a_name",
        "1",
        "1.5",
        "0'0",
        ".",
        "'",
        "\"",
        "`",
        "\\",
        "/",
        "*",
        "/*",
        "*/",
        "//",
        "#",
        " #",
        "--",
        "\n",
        "\r\n",
        " ",
        "\t",
        "\"\"\"",
        "'''",
        "r#\"",
        "\"#",
        "R\"x(",
        ")x\"",
        "'a'",
        "'a",
        "\0",
        "\u{e9}",
        "(",
        "{",
        "}",
        "[1]",
        "=",
        ";",
        "@",
        "$x",
        "\x7f",
        "br\"",
        "u8R\"(",
        "    ",
    ]);
    prop::collection::vec(piece, 0..200).prop_map(|pieces| pieces.concat().into_bytes())
}

pub(super) fn state() -> impl Strategy<Value = State> {
    prop_oneof![
        Just(State::Code),
        (1u8..3).prop_map(State::Comment),
        Just(State::Triple(b'"')),
        Just(State::Triple(b'\'')),
        Just(State::Backtick),
        (0u8..3).prop_map(State::Hashes),
        (0u8..3).prop_map(State::Delimited),
    ]
}

proptest! {
    #[test]
    fn equals_the_plain_lexer(
        language in prop::sample::select(LANGUAGES.to_vec()), state in state(), text in source(), before in 0usize..80,
    ) {
        check(language, state, &text, 0)?;
        let later = [vec![b'"'; before], b"\n".to_vec(), text].concat();
        check(language, state, &later, before + 1)?;
    }

    #[test]
    fn any_bytes_equal_the_plain_lexer(
        language in prop::sample::select(LANGUAGES.to_vec()), text in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        check(language, State::Code, &text, 0)?;
    }
}

#[test]
fn a_backslash_takes_the_next_byte_along_wherever_a_piece_ends() {
    for before in 0..200 {
        let text = [b"a = \"".to_vec(), vec![b'b'; before], b"\\\"".to_vec(), b"if (x) for ".repeat(40)].concat();
        let (mut whole, mut tokens) = (Lexed::default(), Vec::new());
        lex(Language::Python, State::Code, &text, 0..text.len(), &mut whole);
        let mut lexer = Lexer::new(Language::Python, State::Code, 0);
        lexer.pieces(Kernel::current(), &text[..320], false, &mut tokens);
        lexer.pieces(Kernel::current(), &text, true, &mut tokens);
        assert_eq!(tokens, whole.tokens, "{before}");
    }
}

#[test]
fn a_text_has_tokens_where_its_name_or_its_head_tells_of_code() {
    let text = b"int f(int a) { return a + 1; } // one more\n";
    let tokens = super::Tokens::of(b"lib/f.c", text);
    let renamed = super::Tokens::of(b"g.c", b"int  more_of(int  it)\n{ return it + 1; }");
    assert_eq!(tokens.as_ref().map(|it| &it.kinds), renamed.as_ref().map(|it| &it.kinds));
    assert_eq!(tokens.as_ref().and_then(|it| it.starts.get(..4)), Some(&[0, 4, 5, 6][..]));
    assert_eq!(super::Tokens::of(b"f.txt", text), None);
    assert_eq!(super::Tokens::of(b"f", text), None);
    assert!(super::Tokens::of(b"f", b"#!/bin/sh\necho done\n").is_some());
}
