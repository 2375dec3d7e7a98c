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
    fn what_does_not_lie_in_it_is_left_out() {
        let cut = pieces("ä", &[("s1", Span { start: 1, end: 2 }), ("s2", Span { start: 0, end: 9 })], None);
        assert_eq!(cut.len(), 1);
        assert!(cut[0].of.is_empty());
        assert!(pieces("", &[], None).is_empty());
    }
}
