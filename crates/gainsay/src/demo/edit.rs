//! How a seller edits a file before offering it, so that it looks less like the original or can't be built.

/// What was done to a file before it was offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Lines taken out: first and last, counted from 1.
    LinesCut(usize, usize),
    /// Four spaces of indentation became a tab, LF became CRLF, empty lines went.
    Reformatted,
    /// A word replaced wherever it stands.
    Renamed(&'static str, &'static str),
    /// The comment at its head, with the company's name, removed.
    HeaderStripped,
}

impl Edit {
    /// The edited text, or `None` where the edit finds nothing to do.
    pub(super) fn apply(self, text: &str) -> Option<String> {
        let edited = match self {
            Edit::LinesCut(first, last) => {
                let kept = text.split_inclusive('\n').enumerate();
                kept.filter(|(at, _)| !(first..=last).contains(&(at + 1))).map(|(_, line)| line).collect()
            }
            Edit::Reformatted => text
                .lines()
                .filter(|line| !line.trim().is_empty())
                .map(|line| {
                    let body = line.trim_start_matches(' ');
                    let spaces = line.len() - body.len();
                    format!("{}{}{body}\r\n", "\t".repeat(spaces / 4), " ".repeat(spaces % 4))
                })
                .collect(),
            Edit::Renamed(from, to) => text.replace(from, to),
            Edit::HeaderStripped => {
                let in_header = |line: &&str| ["/*", " *", "//"].iter().any(|mark| line.starts_with(mark));
                text.split_inclusive('\n').skip_while(in_header).collect()
            }
        };
        (edited != text).then_some(edited)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_with_nothing_to_do_says_so() {
        assert_eq!(Edit::Renamed("absent", "x").apply("text\n"), None);
        assert_eq!(Edit::LinesCut(5, 9).apply("one\ntwo\n"), None);
        assert_eq!(Edit::LinesCut(2, 9).apply("one\ntwo\n"), Some("one\n".to_owned()));
        assert_eq!(Edit::Reformatted.apply("a {\n      b\n\n}\n"), Some("a {\r\n\t  b\r\n}\r\n".to_owned()));
        assert_eq!(Edit::HeaderStripped.apply("/*\n * c\n */\nx\n"), Some("x\n".to_owned()));
    }
}
