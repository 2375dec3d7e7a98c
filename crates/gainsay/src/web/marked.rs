//! A text cut where statements in it begin and end, so that each piece can be marked.

use crate::claim::Span;

/// A piece of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) text: String,
    /// The handles of what stands in it.
    pub(super) of: Vec<String>,
    /// The handles of what begins with it.
    pub(super) begins: Vec<String>,
    /// Whether it is of what is looked at.
    pub(super) here: bool,
}

/// Cuts a text. What does not lie in it is left out.
pub(super) fn pieces(text: &str, spans: &[(&str, Span)], looked_at: Option<&str>) -> Vec<Piece> {
    let spans: Vec<&(&str, Span)> =
        spans.iter().filter(|(_, span)| span.start < span.end && span.of(text).is_some()).collect();
    let mut cuts: Vec<usize> =
        spans.iter().flat_map(|(_, span)| [span.start, span.end]).chain([0, text.len()]).collect();
    cuts.sort_unstable();
    cuts.dedup();
    let piece = |ends: &[usize]| {
        let whole = Span { start: ends[0], end: ends[1] };
        let inside = spans.iter().filter(|(_, span)| span.start <= whole.start && whole.end <= span.end);
        let of: Vec<String> = inside.map(|(handle, _)| (*handle).to_owned()).collect();
        let begins = spans.iter().filter(|(_, span)| span.start == whole.start);
        Piece {
            text: whole.of(text).unwrap_or_default().to_owned(),
            begins: begins.map(|(handle, _)| (*handle).to_owned()).collect(),
            here: looked_at.is_some_and(|handle| of.iter().any(|it| it == handle)),
            of,
        }
    };
    cuts.windows(2).map(piece).collect()
}

/// What a part of a text may come to as a page, in bytes, and what each statement that begins in it adds.
const PART: usize = 110_000;
const STATEMENT: usize = 900;

/// The most bytes of one line that stay together.
const LINE: usize = 20_000;

/// Where the parts of a text end, each of whole lines as far as that goes: with the statements in it a part is a page that is read.
pub(super) fn parts(text: &str, spans: &[(&str, Span)]) -> Vec<Span> {
    let mut starts: Vec<usize> = spans.iter().map(|(_, span)| span.start).collect();
    starts.sort_unstable();
    let statements = |from: usize, to: usize| {
        starts.partition_point(|start| *start < to) - starts.partition_point(|start| *start < from)
    };
    let mut parts = Vec::new();
    let (mut begin, mut end, mut comes_to) = (0, 0, 0);
    while end < text.len() {
        let line = text[end..].find('\n').map_or(text.len(), |at| end + at + 1);
        let to = text.ceil_char_boundary(line.min(end + LINE));
        let more = (to - end) * 6 / 5 + STATEMENT * statements(end, to);
        if comes_to > 0 && comes_to + more > PART {
            parts.push(Span { start: begin, end });
            (begin, comes_to) = (end, 0);
        }
        comes_to += more;
        end = to;
    }
    parts.push(Span { start: begin, end });
    parts
}

/// What of some spans lies in a part of their text, as it lies there.
pub(super) fn within<'s>(spans: &[(&'s str, Span)], part: Span) -> Vec<(&'s str, Span)> {
    let clipped = |(handle, span): &(&'s str, Span)| {
        let clip = |at: usize| at.clamp(part.start, part.end) - part.start;
        span.overlaps(&part).then(|| (*handle, Span { start: clip(span.start), end: clip(span.end) }))
    };
    spans.iter().filter_map(clipped).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_the_text_and_each_span_is_whole() {
        let text = "näh, aber ja: doch";
        let spans = [
            ("s1", Span { start: 0, end: 10 }),
            ("s2", Span { start: 6, end: 19 }),
            ("s3", Span { start: 6, end: 10 }),
        ];
        let cut = pieces(text, &spans, Some("s3"));
        assert_eq!(cut.iter().map(|piece| piece.text.as_str()).collect::<String>(), text);
        for (handle, span) in spans {
            let of_it = cut.iter().filter(|piece| piece.of.iter().any(|it| it == handle));
            assert_eq!(Some(&*of_it.map(|piece| piece.text.as_str()).collect::<String>()), span.of(text));
            assert_eq!(cut.iter().filter(|piece| piece.begins.iter().any(|it| it == handle)).count(), 1);
        }
        assert_eq!(cut.iter().filter(|piece| piece.here).count(), 1);
    }

    #[test]
    fn the_parts_of_a_text_are_all_of_it_and_none_is_too_long() {
        let text = "Ä line of some words.\n".repeat(20_000) + &"ö".repeat(300_000);
        let spans: Vec<(&str, Span)> =
            (0..5000).map(|at| ("s1", Span { start: at * 23 + 22, end: at * 23 + 40 })).collect();
        let parts = parts(&text, &spans);
        assert!(parts.len() > 5 && parts[0].start == 0 && parts.last().is_some_and(|last| last.end == text.len()));
        assert!(parts.windows(2).all(|pair| pair[0].end == pair[1].start));
        for part in &parts {
            let inside = part.of(&text).map_or(0, str::len) + STATEMENT * within(&spans, *part).len();
            assert!(inside <= PART + LINE + 2 * STATEMENT, "{inside}");
        }
        assert_eq!(super::parts("", &[]), [Span { start: 0, end: 0 }]);
        let cut = within(&[("s1", Span { start: 3, end: 9 })], Span { start: 5, end: 7 });
        assert_eq!(cut, [("s1", Span { start: 0, end: 2 })]);
    }

    #[test]
    fn what_does_not_lie_in_it_is_left_out() {
        let cut = pieces("ä", &[("s1", Span { start: 1, end: 2 }), ("s2", Span { start: 0, end: 9 })], None);
        assert_eq!(cut.len(), 1);
        assert!(cut[0].of.is_empty());
        assert!(pieces("", &[], None).is_empty());
    }
}
