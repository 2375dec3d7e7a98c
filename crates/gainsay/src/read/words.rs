//! Words as they are meant, in any script: what nobody sees is left out, and letters that only look like others become those.
//!
//! Sellers write `ЅеlIіng` to pass filters. Here its place stays that of the text, and only the word to compare with is changed.

use crate::claim::Span;

/// A word, or a single mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// Where it stands in the text, invisible letters inside of it included.
    pub(super) span: Span,
    /// In lower case and folded; a mark is one character.
    pub(super) text: String,
}

impl Word {
    pub(super) fn is(&self, word: &str) -> bool {
        self.text == word
    }

    /// Whether it is letters or digits and no mark.
    pub(super) fn is_word(&self) -> bool {
        self.text.chars().next().is_some_and(char::is_alphanumeric)
    }

    /// Whether it begins with one of these stems.
    pub(super) fn begins(&self, stems: &[&str]) -> bool {
        stems.iter().any(|stem| self.text.starts_with(stem))
    }
}

/// The words and marks of a span, in order of place.
pub(super) fn words(text: &str, span: Span) -> Vec<Word> {
    let Some(piece) = span.of(text) else { return Vec::new() };
    let mut found: Vec<Word> = Vec::new();
    let mut word = Open::default();
    for (at, original) in piece.char_indices() {
        let Some(letter) = seen(original) else { continue };
        let end = span.start + at + original.len_utf8();
        let next = || piece.get(at + original.len_utf8()..).and_then(|rest| rest.chars().find_map(seen));
        let joins = letter == '\'' && word.is_open() && next().is_some_and(char::is_alphabetic);
        if letter.is_alphanumeric() || letter == '_' || joins {
            word.push(letter, span.start + at, end);
            continue;
        }
        word.close(&mut found);
        if !letter.is_whitespace() {
            found.push(Word { span: Span { start: span.start + at, end }, text: letter.to_string() });
        }
    }
    word.close(&mut found);
    found
}

#[derive(Default)]
struct Open {
    text: String,
    start: usize,
    end: usize,
    latin: bool,
    cyrillic: bool,
}

impl Open {
    fn is_open(&self) -> bool {
        !self.text.is_empty()
    }

    fn push(&mut self, letter: char, start: usize, end: usize) {
        if self.text.is_empty() {
            self.start = start;
        }
        self.end = end;
        self.latin |= letter.is_ascii_alphabetic();
        self.cyrillic |= is_cyrillic(letter);
        self.text.push(letter);
    }

    fn close(&mut self, found: &mut Vec<Word>) {
        let open = std::mem::take(self);
        if open.text.is_empty() {
            return;
        }
        // `ѕ` and `ԁ` stand in no Russian word: one with them is meant in Latin.
        let strange = open.cyrillic && open.text.contains(['ѕ', 'ԁ']);
        let text = if open.latin && open.cyrillic || strange { one_script(&open.text) } else { open.text };
        found.push(Word { span: Span { start: open.start, end: open.end }, text });
    }
}

/// A letter in lower case and of usual width; `None` for what nobody sees.
fn seen(letter: char) -> Option<char> {
    if letter.is_ascii() {
        return (letter.is_ascii_graphic() || letter.is_ascii_whitespace()).then(|| letter.to_ascii_lowercase());
    }
    let code = u32::from(letter);
    let plain = match code {
        // Soft hyphen, zero width, direction, joiners, variation selectors, tags.
        0xad
        | 0x34f
        | 0x61c
        | 0x180b..=0x180e
        | 0x200b..=0x200f
        | 0x202a..=0x202e
        | 0x2060..=0x206f
        | 0xfe00..=0xfe0f
        | 0xfeff
        | 0xe_0000..=0xe_0fff => return None,
        // Full width.
        0xff01..=0xff5e => char::from_u32(code - 0xfee0),
        // Mathematical alphabets, which pass for bold and script: fifty-two letters each; then digits.
        0x1_d400..=0x1_d6a3 => letter_of((code - 0x1_d400) % 52),
        0x1_d7ce..=0x1_d7ff => char::from_u32(u32::from('0') + (code - 0x1_d7ce) % 10),
        // Circled letters.
        0x24b6..=0x24e9 => letter_of((code - 0x24b6) % 26),
        0x2018 | 0x2019 | 0x2bc => Some('\''),
        _ => Some(letter),
    }?;
    plain.to_lowercase().next()
}

fn letter_of(number: u32) -> Option<char> {
    char::from_u32(u32::from('a') + number % 26)
}

fn is_cyrillic(letter: char) -> bool {
    ('\u{400}'..='\u{52f}').contains(&letter)
}

/// Letters that look the same, small or as capitals: Cyrillic, Latin.
const ALIKE: &[(char, char)] = &[
    ('а', 'a'),
    ('е', 'e'),
    ('о', 'o'),
    ('р', 'p'),
    ('с', 'c'),
    ('у', 'y'),
    ('х', 'x'),
    ('і', 'i'),
    ('ј', 'j'),
    ('ѕ', 's'),
    ('ԁ', 'd'),
    ('к', 'k'),
    ('м', 'm'),
    ('т', 't'),
    ('в', 'b'),
    ('н', 'h'),
];

/// A word of two scripts in the one that it is meant in: that to which all of its strange letters can be turned.
fn one_script(word: &str) -> String {
    let to_latin = |letter: char| ALIKE.iter().find(|(cyrillic, _)| *cyrillic == letter).map(|(_, latin)| *latin);
    // What stands in no Russian word is never what was meant.
    let russian = |letter: char| !matches!(letter, 'ѕ' | 'ԁ' | 'ј' | 'і');
    let to_cyrillic = |letter: char| {
        ALIKE.iter().find(|(cyrillic, latin)| *latin == letter && russian(*cyrillic)).map(|(cyrillic, _)| *cyrillic)
    };
    let (latin, cyrillic) = word.chars().fold((0, 0), |(latin, cyrillic), letter| {
        (latin + usize::from(letter.is_ascii_alphabetic()), cyrillic + usize::from(is_cyrillic(letter)))
    });
    let all_latin = word.chars().filter(|c| is_cyrillic(*c)).all(|c| to_latin(c).is_some());
    let all_cyrillic = word.chars().filter(char::is_ascii_alphabetic).all(|c| to_cyrillic(c).is_some());
    let strange = word.contains(['ѕ', 'ԁ']);
    if all_latin && (latin >= cyrillic || !all_cyrillic || strange) {
        word.chars().map(|c| to_latin(c).unwrap_or(c)).collect()
    } else if all_cyrillic {
        word.chars().map(|c| to_cyrillic(c).unwrap_or(c)).collect()
    } else {
        word.to_owned()
    }
}

/// A line or a part of one, and no longer than this many bytes: what is longer is cut between words, or where it must be.
const PIECE_BYTES: usize = 8 << 10;

/// The lines of a text without their margins, long ones in pieces.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Span> {
    let mut start = 0;
    text.split_inclusive('\n').flat_map(move |line| {
        let from = start;
        start += line.len();
        pieces(text, Span { start: from, end: from + line.len() })
    })
}

fn pieces(text: &str, line: Span) -> impl Iterator<Item = Span> {
    let mut at = line.start;
    std::iter::from_fn(move || {
        loop {
            let rest = text.get(at..line.end).filter(|rest| !rest.is_empty())?;
            let cut = if rest.len() <= PIECE_BYTES {
                rest.len()
            } else {
                let most = (0..=PIECE_BYTES).rev().find(|&end| rest.is_char_boundary(end)).unwrap_or(rest.len());
                rest.get(..most).and_then(|piece| piece.rfind(' ')).filter(|&end| end > 0).unwrap_or(most)
            };
            let piece = rest.get(..cut).unwrap_or_default();
            let start = at + (piece.len() - piece.trim_start().len());
            let end = start + piece.trim().len();
            at += cut;
            if start < end {
                return Some(Span { start, end });
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        words(text, Span { start: 0, end: text.len() }).into_iter().map(|w| w.text).collect()
    }

    #[test]
    fn words_are_what_they_look_like() {
        assert_eq!(texts("Ѕеlling ассеss"), ["selling", "access"]);
        assert_eq!(texts("Se\u{200b}ll\u{202e}ing \u{feff}RDP"), ["selling", "rdp"]);
        assert_eq!(texts("𝗦𝗲𝗹𝗹𝗶𝗻𝗴 ＶＰＮ 𝟱𝟬kk"), ["selling", "vpn", "50kk"]);
        assert_eq!(texts("дocтyп, don’t"), ["доступ", ",", "don't"]);
        assert_eq!(texts("500гб $3k"), ["500гб", "$", "3k"]);
    }

    #[test]
    fn a_word_stands_where_the_text_has_it() {
        let text = "- Ѕе\u{200b}ll 5";
        let found = words(text, Span { start: 0, end: text.len() });
        assert_eq!(found[1].span.of(text), Some("Ѕе\u{200b}ll"));
    }

    #[test]
    fn long_lines_come_in_pieces_and_nothing_is_lost() {
        let text = format!("a\n\n {}\n{}", "wörd ".repeat(5000), "ж".repeat(20_000));
        let found: Vec<Span> = lines(&text).collect();
        assert!(found.iter().all(|s| s.end - s.start <= PIECE_BYTES && s.of(&text).is_some()));
        let kept: usize =
            found.iter().map(|s| text[s.start..s.end].chars().filter(|c| !c.is_whitespace()).count()).sum();
        assert_eq!(kept, text.chars().filter(|c| !c.is_whitespace()).count());
    }
}
