//! The text as numbered paragraphs, in parts that a small model can hold.

use crate::claim::Span;

/// A line shorter than this, in bytes, goes on in the next one: e-mails and listings are wrapped.
const WRAPPED: usize = 100;

/// A longer paragraph is cut, at white space where there is some.
const LONGEST: usize = 4096;

/// A part of a text, in bytes: with instructions and answer it fits a context of 4,096 tokens.
const PART: usize = 6000;

/// One paragraph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Numbered {
    /// Counted through the text, from 1.
    pub(super) number: usize,
    /// Where it stands, without white space around it.
    pub(super) span: Span,
}

/// The paragraphs of a text; together they hold all of it but white space.
pub(super) fn numbered(text: &str) -> Vec<Numbered> {
    let mut spans: Vec<Span> = Vec::new();
    let mut start = 0;
    let mut goes_on = false;
    for line in text.split_inclusive('\n') {
        let from = start + line.len() - line.trim_start().len();
        let to = start + line.trim_end().len();
        start += line.len();
        if line.trim().is_empty() {
            goes_on = false;
            continue;
        }
        match spans.last_mut().filter(|last| goes_on && to - last.start <= LONGEST) {
            Some(last) => last.end = to,
            None => cut(text, Span { start: from, end: to }, &mut spans),
        }
        goes_on = to - from < WRAPPED;
    }
    spans.into_iter().enumerate().map(|(at, span)| Numbered { number: at + 1, span }).collect()
}

fn cut(text: &str, paragraph: Span, found: &mut Vec<Span>) {
    let mut start = paragraph.start;
    while paragraph.end - start > LONGEST {
        let bound = text.floor_char_boundary(start + LONGEST);
        let piece = text.get(start..bound).unwrap_or_default();
        let end = piece.rfind(char::is_whitespace).filter(|&at| at > 0).map_or(bound, |at| start + at);
        push(text, Span { start, end }, found);
        start = end;
    }
    push(text, Span { start, end: paragraph.end }, found);
}

fn push(text: &str, span: Span, found: &mut Vec<Span>) {
    let piece = span.of(text).unwrap_or_default();
    let start = span.start + piece.len() - piece.trim_start().len();
    let end = span.start + piece.trim_end().len();
    if start < end {
        found.push(Span { start, end });
    }
}

/// The paragraphs in parts, each of which is asked about by itself.
pub(super) fn parts(numbered: &[Numbered]) -> Vec<&[Numbered]> {
    let mut parts = Vec::new();
    let (mut from, mut size) = (0, 0);
    for (at, paragraph) in numbered.iter().enumerate() {
        let bytes = paragraph.span.end - paragraph.span.start;
        if size + bytes > PART && at > from {
            parts.extend(numbered.get(from..at));
            (from, size) = (at, 0);
        }
        size += bytes;
    }
    parts.extend(numbered.get(from..).filter(|rest| !rest.is_empty()));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paragraphs(text: &str) -> Vec<&str> {
        numbered(text).into_iter().map(|p| p.span.of(text).unwrap_or("not of the text")).collect()
    }

    #[test]
    fn wrapped_lines_are_one_paragraph_and_long_ones_are_one_each() {
        let long = "word ".repeat(30);
        let text = format!("A wrapped\nmessage. \n\n  Another.\n\n{long}\n{long}\n");
        assert_eq!(paragraphs(&text), ["A wrapped\nmessage.", "Another.", long.trim(), long.trim()]);
        assert_eq!(paragraphs(" \n\n"), Vec::<&str>::new());
    }

    #[test]
    fn a_line_without_end_is_cut_and_the_parts_hold_all_of_it() {
        for word in ["word ", "ж", "𝄞\n"] {
            let text = word.repeat(30_000 / word.len());
            let found = numbered(&text);
            let letters = |s: &str| s.chars().filter(|c| !c.is_whitespace()).count();
            assert_eq!(found.iter().map(|p| letters(&text[p.span.start..p.span.end])).sum::<usize>(), letters(&text));
            assert!(found.iter().all(|p| p.span.end - p.span.start <= LONGEST));
            let parts = parts(&found);
            assert_eq!(parts.concat(), found);
            assert!(parts.iter().all(|part| part.iter().map(|p| p.span.end - p.span.start).sum::<usize>() <= PART));
        }
    }
}
