//! Direct quotations of a paragraph, with their exact places.

use crate::claim::Span;

/// One quotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quotation {
    /// With its marks.
    pub(super) span: Span,
    /// Without them.
    pub(super) inner: Span,
    /// Whether the closing mark is there. A quotation that goes on in the next paragraph has none, by the printers' rule.
    pub(super) closed: bool,
}

/// The quotations of `text[paragraph]`, outermost only, in order.
///
/// Curly, straight, angled and low marks; single curly ones outside of double ones. An open quotation ends with its paragraph.
pub(super) fn quotations(text: &str, paragraph: Span) -> Vec<Quotation> {
    let Some(piece) = paragraph.of(text) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut open: Option<(usize, char)> = None;
    let mut previous = ' ';
    let mut chars = piece.char_indices().peekable();
    while let Some((at, mark)) = chars.next() {
        let next = chars.peek().map_or(' ', |&(_, c)| c);
        match open {
            None if opens(mark, previous, next) => open = Some((at, mark)),
            // A single mark that was an apostrophe after all: speech begins here.
            Some((_, '‘')) if matches!(mark, '“' | '„' | '«') => open = Some((at, mark)),
            Some((start, opener)) if closes(opener, mark, next) => {
                found.push(Quotation {
                    span: Span { start: paragraph.start + start, end: paragraph.start + at + mark.len_utf8() },
                    inner: Span { start: paragraph.start + start + opener.len_utf8(), end: paragraph.start + at },
                    closed: true,
                });
                open = None;
            }
            _ => {}
        }
        previous = mark;
    }
    if let Some((start, opener)) = open {
        // A lone single mark is an apostrophe far more often than speech.
        if opener != '‘' {
            found.push(Quotation {
                span: Span { start: paragraph.start + start, end: paragraph.end },
                inner: Span { start: paragraph.start + start + opener.len_utf8(), end: paragraph.end },
                closed: false,
            });
        }
    }
    found
}

fn opens(mark: char, previous: char, next: char) -> bool {
    match mark {
        '“' | '„' | '«' => true,
        // After a digit it is inches or seconds; before white space it opens nothing.
        '"' => !previous.is_alphanumeric() && !next.is_whitespace(),
        '‘' => !previous.is_alphanumeric() && next.is_alphanumeric(),
        _ => false,
    }
}

fn closes(opener: char, mark: char, next: char) -> bool {
    match opener {
        '“' => matches!(mark, '”' | '"'),
        '"' => matches!(mark, '"' | '”'),
        '„' => matches!(mark, '“' | '”' | '"'),
        '«' => mark == '»',
        _ => matches!(mark, '’' | '\'') && !next.is_alphanumeric(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inner(text: &str) -> Vec<(&str, bool)> {
        quotations(text, Span { start: 0, end: text.len() })
            .iter()
            .map(|q| (&text[q.inner.start..q.inner.end], q.closed))
            .collect()
    }

    #[test]
    fn curly_straight_and_mixed_marks_are_read() {
        assert_eq!(
            inner("“One,” he said. \"Two.\" „Drei“ «четыре» “five\""),
            [("One,", true), ("Two.", true), ("Drei", true), ("четыре", true), ("five", true)]
        );
    }

    #[test]
    fn an_open_quotation_ends_with_its_paragraph() {
        assert_eq!(inner("“We have more to say."), [("We have more to say.", false)]);
        assert_eq!(inner("A 5\" disk"), []);
        assert_eq!(inner("the ‘90s"), []);
    }

    #[test]
    fn single_marks_hold_apostrophes() {
        assert_eq!(inner("a ‘it’s ours’ note"), [("it’s ours", true)]);
    }
}
