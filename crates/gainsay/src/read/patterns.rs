//! How the rules' patterns are compiled.

use regex::Regex;

/// Compiles a pattern whose `\b` looks at ASCII letters alone: all the words in the rules are ASCII, and a boundary between letters of any
/// script would send every text with a curly quotation mark to an engine tens of times slower.
pub(super) fn word_regex(source: &str) -> Result<Regex, regex::Error> {
    Regex::new(&source.replace(r"\b", r"(?-u:\b)"))
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
    }
}
