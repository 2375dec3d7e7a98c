//! How the rules' patterns are compiled.

use regex::Regex;

/// What a word is made of between the words of the rules: letters of scripts that put blanks between words, by their blocks. The exact class has
/// hundreds of ranges, which make each automaton many times larger.
const IN_WORD: &str = r"0-9A-Za-z_\u{C0}-\u{1FFF}\u{2C00}-\u{2DFF}";

/// Compiles a pattern whose `\b` looks at ASCII letters alone: all the words in the rules are ASCII, and a boundary between letters of any
/// script would send every text with a curly quotation mark to an engine tens of times slower. `\w`, `\W` and `\d` are simpler in the same way.
pub(super) fn word_regex(source: &str) -> Result<Regex, regex::Error> {
    let plain = source.replace(r"\b", r"(?-u:\b)").replace(r"\d", "[0-9]").replace(r"\W", &format!("[^{IN_WORD}]"));
    // Both cases of all its letters are in the class; to find that out for each takes most of the time of compiling.
    let alone = plain.replace(r"\w+", &format!("(?-i:[{IN_WORD}])+")).replace(r"\w*", &format!("(?-i:[{IN_WORD}])*"));
    Regex::new(&alone.replace(r"\w", &format!("[{IN_WORD}]")))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn words_end_at_marks_of_any_script() {
        let hack = word_regex(r"(?i)\bhack(?:ed)?\b").unwrap();
        assert!(hack.is_match("“Hacked”") && hack.is_match("a—hack—b") && hack.is_match("hack’s"));
        assert!(!hack.is_match("shack") && !hack.is_match("hackathon"));
        let owned = word_regex(r"\bits (?:\w+ ){0,2}[\w-]+\Wdata\b").unwrap();
        assert!(owned.is_match("its société générale’data") && owned.is_match("its клиентов und-Größe data"));
        assert!(!owned.is_match("its “own” old data"), "a mark is no part of a word");
    }
}
