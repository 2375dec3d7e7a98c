//! Sentences of a paragraph. A quotation is never cut: what is inside it belongs to whoever speaks it.

use crate::claim::Span;
use crate::read::lexicon;
use crate::read::quotes::Quotation;

/// A sentence without an end is cut at white space about here: no rule looks further, and each takes time with its length.
const LONGEST_BYTES: usize = 8192;

/// The sentences of `text[paragraph]`, without white space around them.
pub(super) fn sentences(text: &str, paragraph: Span, quotes: &[Quotation]) -> Vec<Span> {
    let Some(piece) = paragraph.of(text) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut start = paragraph.start;
    let mut quote = quotes.iter().filter(|q| q.span.start >= paragraph.start && q.span.end <= paragraph.end).peekable();
    let mut skip_to = 0;
    for (offset, mark) in piece.char_indices() {
        let at = paragraph.start + offset;
        if at < skip_to {
            continue;
        }
        if quote.peek().is_some_and(|q| q.span.start == at) {
            if let Some(hidden) = quote.next() {
                skip_to = hidden.span.end.max(at + mark.len_utf8());
                if ends_with_its_quotation(text, hidden, paragraph.end) {
                    push(text, start, skip_to, &mut found);
                    start = skip_to;
                }
            }
            continue;
        }
        if mark.is_whitespace() && at - start > LONGEST_BYTES {
            push(text, start, at, &mut found);
            start = at;
        }
        if !matches!(mark, '.' | '!' | '?' | '…') {
            continue;
        }
        let end = at + mark.len_utf8();
        let closers: usize = text[end..paragraph.end]
            .chars()
            .take_while(|c| matches!(c, '"' | '”' | '’' | ')' | ']' | '»'))
            .map(char::len_utf8)
            .sum();
        let end = end + closers;
        if starts_sentence(&text[end..paragraph.end]) && !(mark == '.' && is_abbreviation(text, start, at)) {
            push(text, start, end, &mut found);
            start = end;
            skip_to = end;
        }
    }
    push(text, start, paragraph.end, &mut found);
    found
}

fn push(text: &str, start: usize, end: usize, found: &mut Vec<Span>) {
    let Some(piece) = text.get(start..end) else {
        return;
    };
    let trimmed = piece.trim();
    if !trimmed.is_empty() {
        let margin = piece.len() - piece.trim_start().len();
        found.push(Span { start: start + margin, end: start + margin + trimmed.len() });
    }
}

/// White space, then what a sentence starts with.
fn starts_sentence(rest: &str) -> bool {
    let trimmed = rest.trim_start();
    trimmed.len() < rest.len()
        && trimmed.starts_with(|c: char| {
            c.is_uppercase() || c.is_numeric() || matches!(c, '"' | '“' | '‘' | '«' | '„' | '(' | '[' | '$' | '€' | '£')
        })
}

/// `"So it is." The firm …` ends a sentence; `"So it is!" the firm said` and `"So it is!" Ann Lee said` do not.
fn ends_with_its_quotation(text: &str, quote: &Quotation, end: usize) -> bool {
    let Some(inner) = quote.inner.of(text) else {
        return false;
    };
    let Some(last) = inner.trim_end().chars().next_back() else {
        return false;
    };
    let rest = &text[quote.span.end..end];
    if !quote.closed || !matches!(last, '.' | '!' | '?' | '…') || !starts_sentence(rest) {
        return false;
    }
    last == '.'
        || !rest
            .split_whitespace()
            .take(5)
            .any(|w| lexicon::cue(&w.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()).is_some())
}

/// Whether the full stop at `at` belongs to a short form or an initial.
fn is_abbreviation(text: &str, start: usize, at: usize) -> bool {
    let before = &text[start..at];
    let word = before
        .rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '"' | '“' | '-' | '—'))
        .next()
        .unwrap_or_default();
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    // "J. Roe", "U.S. officials": a single letter, or letters with stops between them.
    let initial = letters == 1 && word.chars().all(|c| c.is_uppercase());
    let dotted = word.contains('.') && word.split('.').all(|part| part.chars().count() <= 1);
    initial
        || dotted
        || matches!(
            word.to_lowercase().as_str(),
            "mr" | "mrs"
                | "ms"
                | "dr"
                | "prof"
                | "sen"
                | "rep"
                | "gov"
                | "gen"
                | "lt"
                | "col"
                | "sgt"
                | "st"
                | "no"
                | "vs"
                | "inc"
                | "corp"
                | "ltd"
                | "co"
                | "jr"
                | "sr"
                | "approx"
                | "est"
                | "jan"
                | "feb"
                | "mar"
                | "apr"
                | "jun"
                | "jul"
                | "aug"
                | "sept"
                | "sep"
                | "oct"
                | "nov"
                | "dec"
                | "e.g"
                | "i.e"
                | "etc"
                | "al"
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::quotes::quotations;

    fn split(text: &str) -> Vec<&str> {
        let all = Span { start: 0, end: text.len() };
        sentences(text, all, &quotations(text, all)).iter().map(|s| &text[s.start..s.end]).collect()
    }

    #[test]
    fn short_forms_and_initials_do_not_end_a_sentence() {
        assert_eq!(
            split("Dr. J. Roe of the U.S. office spoke. Brightwell Inc. did not."),
            ["Dr. J. Roe of the U.S. office spoke.", "Brightwell Inc. did not."]
        );
    }

    #[test]
    fn a_quotation_is_never_cut_and_keeps_its_attribution() {
        assert_eq!(
            split("“One. Two,” she said. “Three. Four.” Nobody came."),
            ["“One. Two,” she said.", "“Three. Four.”", "Nobody came."]
        );
        assert_eq!(
            split("\"We will publish!\" the gang wrote. Done."),
            ["\"We will publish!\" the gang wrote.", "Done."]
        );
        assert_eq!(split("\"We will publish!\" Grey Heron wrote."), ["\"We will publish!\" Grey Heron wrote."]);
    }

    #[test]
    fn numbers_keep_their_points() {
        assert_eq!(split("It took 1.5 TB. It left."), ["It took 1.5 TB.", "It left."]);
    }
}
