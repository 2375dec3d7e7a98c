//! Where copied words stand in a text: exactly there, but for white space and the shape of quotation marks.

use crate::claim::Span;

/// A stretch of a text with white space and quotation marks made alike, and the way back.
pub(super) struct Folded {
    words: String,
    /// For each byte of `words`, the place in the text of the character that it is of.
    places: Vec<Span>,
}

/// Where words were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Nowhere,
    Once(Span),
    /// More than once; the first place.
    Often(Span),
}

impl Place {
    pub(super) fn first(self) -> Option<Span> {
        match self {
            Place::Nowhere => None,
            Place::Once(span) | Place::Often(span) => Some(span),
        }
    }
}

impl Folded {
    /// Folds `text[span]`.
    pub(super) fn new(text: &str, span: Span) -> Folded {
        let mut folded = Folded { words: String::new(), places: Vec::new() };
        for (at, c) in span.of(text).unwrap_or_default().char_indices() {
            let place = Span { start: span.start + at, end: span.start + at + c.len_utf8() };
            match folded.places.last_mut() {
                Some(last) if c.is_whitespace() && folded.words.ends_with(' ') => last.end = place.end,
                _ => {
                    let c = fold(c);
                    folded.words.push(c);
                    folded.places.extend(std::iter::repeat_n(place, c.len_utf8()));
                }
            }
        }
        folded
    }

    /// Where these words stand, as whole words.
    pub(super) fn find(&self, words: &str) -> Place {
        let wanted = folded(words);
        let Some(step) = wanted.chars().next().map(char::len_utf8) else {
            return Place::Nowhere;
        };
        let mut found = Place::Nowhere;
        let mut from = 0;
        while let Some(at) = self.words.get(from..).and_then(|rest| rest.find(&wanted)).map(|at| from + at) {
            from = at + step;
            let end = at + wanted.len();
            let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            let cuts_before = inside(wanted.chars().next()) && inside(self.words[..at].chars().next_back());
            let cuts_after = inside(wanted.chars().next_back()) && inside(self.words[end..].chars().next());
            if cuts_before || cuts_after {
                continue;
            }
            let place = self.places.get(at).zip(self.places.get(end - 1));
            match (found, place.map(|(first, last)| Span { start: first.start, end: last.end })) {
                (Place::Nowhere, Some(span)) => found = Place::Once(span),
                (Place::Once(first), Some(_)) => return Place::Often(first),
                _ => {}
            }
        }
        found
    }
}

/// Words with each run of white space as one space, none around them, and straight quotation marks.
pub(super) fn folded(words: &str) -> String {
    let spaced: Vec<&str> = words.split_whitespace().collect();
    spaced.join(" ").chars().map(fold).collect()
}

fn fold(c: char) -> char {
    match c {
        '“' | '”' | '„' | '‟' | '«' | '»' | '″' => '"',
        '‘' | '’' | '‚' | '‛' | '′' | '`' | '´' => '\'',
        c if c.is_whitespace() => ' ',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'t>(text: &'t str, words: &str) -> Option<&'t str> {
        Folded::new(text, Span { start: 0, end: text.len() }).find(words).first().and_then(|span| span.of(text))
    }

    #[test]
    fn white_space_and_quotation_marks_fold_and_nothing_else() {
        let text = "É: “It’s\u{a0}\n  theirs,” «she» said — twice.";
        assert_eq!(found(text, "\"It's theirs,\" \"she\" said"), Some("“It’s\u{a0}\n  theirs,” «she» said"));
        assert_eq!(found(text, " she\n"), Some("she"));
        for not_there in ["she Said", "said - twice", "E: “It", "its theirs", "", "  "] {
            assert_eq!(found(text, not_there), None, "{not_there:?}");
        }
    }

    #[test]
    fn words_are_whole_and_counted() {
        let at = |text: &str, words: &str| Folded::new(text, Span { start: 0, end: text.len() }).find(words);
        assert_eq!(at("the theory he", "he"), Place::Once(Span { start: 11, end: 13 }));
        assert_eq!(at("no, no", "no"), Place::Often(Span { start: 0, end: 2 }));
        assert_eq!(at("notable", "no"), Place::Nowhere);
    }

    #[test]
    fn a_stretch_of_a_text_knows_nothing_of_the_rest() {
        let text = "ab cd ef";
        let middle = Folded::new(text, Span { start: 3, end: 5 });
        assert_eq!(middle.find("cd"), Place::Once(Span { start: 3, end: 5 }));
        assert_eq!(middle.find("ab"), Place::Nowhere);
    }
}
