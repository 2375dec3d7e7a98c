//! The way back from text that was read out of markup to the markup, by its letters and digits alone: what a reader
//! changes is white space, entities and what stands between.

use std::ops::Range;

use crate::markup::{Token, Tokens, entity};
use crate::trace::Traced;

/// Letters of the markup between two places from which it can be read on.
const STRIDE: usize = 256;

/// How often all of the markup may be searched in vain: each costs its length.
const IN_VAIN: usize = 64;

/// Pieces of a paragraph shorter than this are not looked for on their own.
const SHORTEST: usize = 8;

/// The text with the way back to `markup`. What is not found there stays without one.
pub(crate) fn follow(markup: &str, text: &str, is_html: bool) -> Traced {
    let mut follower = Follower::new(markup, is_html);
    let mut traced = Traced::default();
    for line in text.split_inclusive('\n') {
        let paragraph = line.trim_end_matches('\n');
        follower.add(&mut traced, paragraph);
        traced.add_own(&line[paragraph.len()..]);
    }
    traced
}

struct Follower<'m> {
    markup: &'m str,
    is_html: bool,
    /// The letters and digits of all text in the markup, and for some places in them the place in the markup.
    letters: String,
    marks: Vec<(usize, usize)>,
    /// Behind what was found last.
    cursor: usize,
    in_vain: usize,
}

impl<'m> Follower<'m> {
    fn new(markup: &'m str, is_html: bool) -> Follower<'m> {
        let mut follower =
            Follower { markup, is_html, letters: String::new(), marks: Vec::new(), cursor: 0, in_vain: 0 };
        for (character, at) in follower.characters(0) {
            if character.is_alphanumeric() {
                if follower.marks.last().is_none_or(|(letters, _)| follower.letters.len() >= letters + STRIDE) {
                    follower.marks.push((follower.letters.len(), at.start));
                }
                follower.letters.push(character);
            }
        }
        follower
    }

    /// The characters of the markup's text from a place on that is in no tag.
    fn characters(&self, from: usize) -> Characters<'m> {
        let tokens = if self.is_html { Tokens::of_html(self.markup, from) } else { Tokens::of_xml(self.markup, from) };
        Characters { markup: self.markup, tokens, piece: 0..0, has_entities: false }
    }

    /// Adds a paragraph with the way back; where it is not found whole, piece by piece.
    fn add(&mut self, to: &mut Traced, paragraph: &str) {
        let needle: String = paragraph.chars().filter(|c| c.is_alphanumeric()).collect();
        if needle.is_empty() {
            return to.add_own(paragraph);
        }
        if let Some(at) = self.find(&needle) {
            self.cursor = at + needle.len();
            return self.lay_along(to, paragraph, at);
        }
        let middle = paragraph.floor_char_boundary(paragraph.len() / 2);
        match paragraph[middle..].find(' ').map(|length| middle + length) {
            Some(cut) if paragraph.len() >= 2 * SHORTEST && self.in_vain < IN_VAIN => {
                self.add(to, &paragraph[..cut]);
                self.add(to, &paragraph[cut..]);
            }
            _ => to.add_own(paragraph),
        }
    }

    fn find(&mut self, needle: &str) -> Option<usize> {
        if self.in_vain >= IN_VAIN {
            return None;
        }
        let found = self.letters[self.cursor..].find(needle).map(|at| self.cursor + at);
        let found = found.or_else(|| self.letters.find(needle));
        // What is far away costs as much as what is not there.
        let is_far = found.is_none_or(|at| at.abs_diff(self.cursor) > (self.letters.len() / IN_VAIN).max(1 << 16));
        self.in_vain += usize::from(is_far);
        found
    }

    /// Adds a paragraph whose letters are found at a place of the markup's letters.
    fn lay_along(&self, to: &mut Traced, paragraph: &str, letters: usize) {
        let mark = self.marks.partition_point(|(at, _)| *at <= letters).saturating_sub(1);
        let Some(&(mut passed, from)) = self.marks.get(mark) else {
            return to.add_own(paragraph);
        };
        let mut characters = self.characters(from);
        // What stands before the first letter: an opening quotation mark.
        let mut before: Vec<(char, Range<usize>)> = Vec::new();
        let mut next = None;
        for (character, at) in characters.by_ref() {
            if !character.is_alphanumeric() {
                before.push((character, at));
            } else if passed < letters {
                passed += character.len_utf8();
                before.clear();
            } else {
                next = Some((character, at));
                break;
            }
        }
        let lead = paragraph.find(char::is_alphanumeric).unwrap_or(paragraph.len());
        let known = paragraph[..lead].chars().rev().zip(before.iter().rev()).take_while(|(c, it)| *c == it.0).count();
        let unknown = paragraph[..lead].chars().count() - known;
        for (number, character) in paragraph[..lead].chars().enumerate() {
            match number.checked_sub(unknown).and_then(|number| before.get(before.len() - known + number)) {
                Some((_, at)) => to.add_unit(character.encode_utf8(&mut [0; 4]), at.clone()),
                None => to.add_own(character.encode_utf8(&mut [0; 4])),
            }
        }
        // Then letter by letter, with what stands between two of them.
        let mut own = String::new();
        let mut between: Vec<(char, Range<usize>)> = Vec::new();
        let mut last_end: Option<usize> = None;
        for character in paragraph[lead..].chars() {
            if !character.is_alphanumeric() {
                own.push(character);
                continue;
            }
            between.clear();
            let found = next.take().or_else(|| {
                characters.by_ref().find(|it| {
                    if !it.0.is_alphanumeric() {
                        between.push(it.clone());
                    }
                    it.0.is_alphanumeric()
                })
            });
            let Some((_, at)) = found.filter(|(it, _)| *it == character) else {
                to.add_own(&own);
                own.clear();
                to.add_own(character.encode_utf8(&mut [0; 4]));
                continue;
            };
            match last_end {
                Some(end) if end < at.start => add_between(to, &own, &between, end..at.start),
                _ => to.add_own(&own),
            }
            own.clear();
            to.add_unit(character.encode_utf8(&mut [0; 4]), at.clone());
            last_end = Some(at.end);
        }
        // And what follows the last: a full stop, a closing quotation mark.
        for character in own.chars() {
            match characters.next().filter(|(it, _)| *it == character) {
                Some((_, at)) => to.add_unit(character.encode_utf8(&mut [0; 4]), at),
                None => to.add_own(character.encode_utf8(&mut [0; 4])),
            }
        }
    }
}

/// Adds what stands between two letters, sign by sign where the markup has the same signs there; white space may have
/// been changed. Otherwise all of it stands for all that is there.
fn add_between(to: &mut Traced, own: &str, between: &[(char, Range<usize>)], all: Range<usize>) {
    let mut places = Vec::new();
    let mut rest = between;
    for character in own.chars() {
        let blanks = rest.iter().take_while(|(it, _)| it.is_whitespace()).count();
        let (place, after) = match (character.is_whitespace(), &rest[..blanks], &rest[blanks..]) {
            (true, [(_, first), .., (_, last)], after) => (first.start..last.end, after),
            (true, [(_, only)], after) => (only.clone(), after),
            (false, _, [(it, at), after @ ..]) if *it == character => (at.clone(), after),
            _ => return to.add_unit(own, all),
        };
        places.push((character, place));
        rest = after;
    }
    for (character, place) in places {
        to.add_unit(character.encode_utf8(&mut [0; 4]), place);
    }
}

/// The characters of text in markup with their places.
struct Characters<'m> {
    markup: &'m str,
    tokens: Tokens<'m>,
    piece: Range<usize>,
    has_entities: bool,
}

impl Iterator for Characters<'_> {
    type Item = (char, Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        while self.piece.is_empty() {
            let (token, range) = self.tokens.next()?;
            if matches!(token, Token::Text | Token::Verbatim) {
                (self.piece, self.has_entities) = (range, token == Token::Text);
            }
        }
        let rest = &self.markup[self.piece.clone()];
        let first = rest.chars().next()?;
        let (character, length) =
            if first == '&' && self.has_entities { entity(rest) } else { None }.unwrap_or((first, first.len_utf8()));
        let at = self.piece.start..self.piece.start + length;
        self.piece.start = at.end;
        Some((character, at))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown<'m>(markup: &'m str, traced: &Traced, part: &str) -> Option<&'m str> {
        let from = traced.text.find(part)? as u64;
        let raw = traced.map().in_file(from..from + part.len() as u64)?;
        markup.get(usize::try_from(raw.start).ok()?..usize::try_from(raw.end).ok()?)
    }

    #[test]
    fn a_paragraph_leads_back_through_tags_entities_and_white_space() {
        let markup = "<p>Home</p><p>&ldquo;We  were <b>not</b>\n entered&rdquo;, it said.</p><p>Home</p>";
        let text = "“We were not entered”, it said.\n\nHome";
        let traced = follow(markup, text, true);
        assert_eq!(traced.text, text);
        assert_eq!(shown(markup, &traced, "“We"), Some("&ldquo;We"));
        assert_eq!(shown(markup, &traced, "were not"), Some("were <b>not"));
        assert_eq!(shown(markup, &traced, "not entered”"), Some("not</b>\n entered&rdquo;"));
        assert_eq!(shown(markup, &traced, "it said."), Some("it said."));
        assert_eq!(traced.map().runs().last().map(|run| run.raw), markup.rfind("Home").map(|at| at as u64));
    }

    #[test]
    fn what_is_left_out_in_the_middle_costs_no_more_than_its_place() {
        let markup =
            "<p>The company denied that its systems were entered <s>ADVERT</s> and said nothing on the price.</p>";
        let text = "The company denied that its systems were entered and said nothing on the price.";
        let traced = follow(markup, text, true);
        assert_eq!(traced.text, text);
        assert_eq!(shown(markup, &traced, "The company denied"), Some("The company denied"));
        assert_eq!(shown(markup, &traced, "on the price."), Some("on the price."));
        let absent = follow(markup, "It was never here, nor anywhere else at all.", true);
        assert!(absent.map().runs().is_empty());
    }

    proptest! {
        #[test]
        fn the_text_stays_and_each_letter_leads_to_itself(
            words in proptest::collection::vec("[a-zа-я]{1,8}", 1..30),
            seams in proptest::collection::vec(0usize..6, 30),
        ) {
            const SEAMS: [&str; 6] = [" ", "  \n", "</b> ", "&nbsp;", " <i class=\"x>y\">", "<!-- aside --> "];
            let mut markup = "<p>".to_owned();
            for (word, seam) in words.iter().zip(&seams) {
                markup.push_str(word);
                markup.push_str(SEAMS[*seam]);
            }
            let text = words.join(" ");
            let traced = follow(&markup, &text, true);
            prop_assert_eq!(&traced.text, &text);
            let mut at = 0;
            for word in &words {
                let raw = traced.map().in_file(at as u64..(at + word.len()) as u64).expect("a place");
                let raw = usize::try_from(raw.start).expect("small")..usize::try_from(raw.end).expect("small");
                prop_assert_eq!(&markup[raw], word);
                at += word.len() + 1;
            }
        }

        #[test]
        fn any_two_texts_can_be_laid_along_each_other(markup in "[a-c<>&;/ \n\"'=!-]{0,80}", text in "[a-c “.\n]{0,40}") {
            let traced = follow(&markup, &text, true);
            prop_assert_eq!(&traced.text, &text);
            let map = traced.map();
            prop_assert!(crate::trace::Map::from_bytes(&map.to_bytes(), text.len() as u64, markup.len() as u64).is_ok());
        }
    }
}
