//! Tags and text of HTML and XML with their places, as they stand: nothing is corrected, nothing fails.

use std::borrow::Cow;
use std::ops::Range;

use crate::trace::Traced;

/// A piece of markup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token<'t> {
    /// A start tag: its name as written, the attributes as written, and whether it ends itself.
    Start { name: &'t str, attributes: &'t str, is_closed: bool },
    /// An end tag.
    End { name: &'t str },
    /// Text, in which entities stand for characters.
    Text,
    /// Text as it is.
    Verbatim,
    /// A comment, a declaration, or what a page does not show (scripts and styles).
    Aside,
}

/// The pieces of a text from a place on that is no tag's inside.
pub(crate) struct Tokens<'t> {
    text: &'t str,
    at: usize,
    /// Scripts and styles hold no tags but their own end.
    is_html: bool,
    raw: Option<&'static str>,
}

impl<'t> Tokens<'t> {
    pub(crate) fn of_html(text: &'t str, at: usize) -> Tokens<'t> {
        Tokens { text, at, is_html: true, raw: None }
    }

    pub(crate) fn of_xml(text: &'t str, at: usize) -> Tokens<'t> {
        Tokens { text, at, is_html: false, raw: None }
    }

    fn until(&mut self, end: &str, token: Token<'t>, inner: (usize, usize)) -> (Token<'t>, Range<usize>) {
        let from = self.at + inner.0;
        let to = self.text[from..].find(end).map_or(self.text.len(), |length| from + length);
        self.at = (to + inner.1).min(self.text.len());
        (token, from..to)
    }
}

impl<'t> Iterator for Tokens<'t> {
    type Item = (Token<'t>, Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        if let Some(element) = self.raw.take() {
            let end = find_end_tag(rest, element).map_or(self.text.len(), |length| self.at + length);
            let range = self.at..end;
            self.at = end;
            return if range.is_empty() { self.next() } else { Some((Token::Aside, range)) };
        }
        if rest.starts_with("<!--") {
            return Some(self.until("-->", Token::Aside, (4, 3)));
        }
        if rest.starts_with("<![CDATA[") && !self.is_html {
            return Some(self.until("]]>", Token::Verbatim, (9, 3)));
        }
        let after = rest.strip_prefix('<').and_then(|rest| rest.chars().next());
        let is_tag = after.is_some_and(|c| c.is_ascii_alphabetic() || "/!?_".contains(c));
        if !is_tag {
            let from = self.at;
            let skip = rest.chars().next().map_or(0, char::len_utf8);
            self.at = rest[skip..].find('<').map_or(self.text.len(), |length| from + skip + length);
            return Some((Token::Text, from..self.at));
        }
        let from = self.at;
        let length = tag_length(rest);
        self.at += length;
        let tag = rest[1..length].strip_suffix('>').unwrap_or(&rest[1..length]);
        if tag.starts_with(['!', '?']) {
            return Some((Token::Aside, from..self.at));
        }
        if let Some(name) = tag.strip_prefix('/') {
            return Some((
                Token::End { name: name.split(char::is_whitespace).next().unwrap_or_default() },
                from..self.at,
            ));
        }
        let end = tag.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(tag.len());
        let (name, attributes) = tag.split_at(end);
        let is_closed = attributes.trim_end().ends_with('/');
        if self.is_html && !is_closed {
            let unseen = ["script", "style", "title", "textarea", "noscript", "template"];
            self.raw = unseen.into_iter().find(|unseen| unseen.eq_ignore_ascii_case(name));
        }
        Some((Token::Start { name, attributes, is_closed }, from..self.at))
    }
}

/// Bytes of the tag that begins here, `>` within quotation marks left out.
fn tag_length(rest: &str) -> usize {
    let mut quote = None;
    for (at, byte) in rest.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at + 1,
            // A quotation mark opens a value only behind `=`; elsewhere it is a slip of whoever wrote the tag.
            (None, b'"' | b'\'') if rest[..at].trim_end().ends_with('=') => quote = Some(byte),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
    }
    // A value that never ends would take the rest of the text along.
    rest.find('>').map_or(rest.len(), |at| at + 1)
}

/// Where the end tag of an element that holds no tags is.
fn find_end_tag(rest: &str, element: &str) -> Option<usize> {
    rest.match_indices("</").map(|(at, _)| at).find(|at| {
        rest.as_bytes()
            .get(at + 2..at + 2 + element.len())
            .is_some_and(|it| it.eq_ignore_ascii_case(element.as_bytes()))
    })
}

/// A name without the prefix of its namespace.
pub(crate) fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// The value of an attribute.
pub(crate) fn attribute<'t>(attributes: &'t str, name: &str) -> Option<Cow<'t, str>> {
    let mut rest = attributes;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        let end = rest.find(|c: char| c.is_whitespace() || c == '=' || c == '/').unwrap_or(rest.len());
        let (found, after) = rest.split_at(end);
        if found.is_empty() && after.is_empty() {
            return None;
        }
        let value = match after.trim_start().strip_prefix('=') {
            None => {
                rest = after;
                ""
            }
            Some(value) => {
                let value = value.trim_start();
                let (value, after) = match value.chars().next() {
                    Some(quote @ ('"' | '\'')) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
                    _ => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
                };
                rest = after;
                value
            }
        };
        if found.eq_ignore_ascii_case(name) {
            return Some(if value.contains('&') { Cow::Owned(unescaped(value)) } else { Cow::Borrowed(value) });
        }
        if found.is_empty() && rest.len() == after.len() {
            // A stray sign: go on behind it.
            rest = rest.get(1..).unwrap_or_default();
        }
    }
}

/// Whether a class is among an element's.
pub(crate) fn has_class(attributes: &str, class: &str) -> bool {
    attribute(attributes, "class").is_some_and(|classes| classes.split_whitespace().any(|it| it == class))
}

/// A text with its entities as characters.
pub(crate) fn unescaped(text: &str) -> String {
    let mut traced = Traced::default();
    add_text(&mut traced, text, 0);
    traced.text
}

/// Adds a text whose entities stand for characters, and which begins at this place.
pub(crate) fn add_text(to: &mut Traced, text: &str, from: usize) {
    let mut at = 0;
    while let Some(next) = text[at..].find('&').map(|length| at + length) {
        to.add_verbatim(&text[at..next], from + at);
        match entity(&text[next..]) {
            Some((character, length)) => {
                to.add_unit(character.encode_utf8(&mut [0; 4]), from + next..from + next + length);
                at = next + length;
            }
            None => {
                to.add_verbatim("&", from + next);
                at = next + 1;
            }
        }
    }
    to.add_verbatim(&text[at..], from + at);
}

/// The character that an entity stands for, and the bytes that it is written in.
pub(crate) fn entity(text: &str) -> Option<(char, usize)> {
    /// The longest name or number that is known.
    const LONGEST: usize = 12;

    let bytes = text.as_bytes();
    let end = bytes.iter().take(LONGEST).position(|byte| *byte == b';')?;
    let name = text.get(1..end)?;
    let number = match name.strip_prefix('#') {
        Some(number) => match number.strip_prefix(['x', 'X']) {
            Some(number) => u32::from_str_radix(number, 16).ok()?,
            None => number.parse().ok()?,
        },
        None => return NAMED.iter().find(|(known, _)| *known == name).map(|(_, character)| (*character, end + 1)),
    };
    // Numbers that mean windows-1252 are common (WHATWG HTML, "numeric character reference end state").
    let character = match number {
        0 => char::REPLACEMENT_CHARACTER,
        0x80..=0x9f => {
            let byte = [u8::try_from(number).ok()?];
            encoding_rs::WINDOWS_1252.decode_without_bom_handling(&byte).0.chars().next()?
        }
        _ => char::from_u32(number)?,
    };
    Some((character, end + 1))
}

/// Entities that stories use.
const NAMED: &[(&str, char)] = &[
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{a0}'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("sbquo", '‚'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("bdquo", '„'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("lsaquo", '‹'),
    ("rsaquo", '›'),
    ("hellip", '…'),
    ("bull", '•'),
    ("middot", '·'),
    ("euro", '€'),
    ("pound", '£'),
    ("yen", '¥'),
    ("cent", '¢'),
    ("copy", '©'),
    ("reg", '®'),
    ("trade", '™'),
    ("sect", '§'),
    ("para", '¶'),
    ("deg", '°'),
    ("plusmn", '±'),
    ("times", '×'),
    ("frac12", '½'),
    ("frac14", '¼'),
    ("frac34", '¾'),
    ("micro", 'µ'),
    ("shy", '\u{ad}'),
    ("ensp", '\u{2002}'),
    ("emsp", '\u{2003}'),
    ("thinsp", '\u{2009}'),
    ("zwnj", '\u{200c}'),
    ("zwj", '\u{200d}'),
    ("iexcl", '¡'),
    ("iquest", '¿'),
    ("Agrave", 'À'),
    ("Aacute", 'Á'),
    ("Acirc", 'Â'),
    ("Atilde", 'Ã'),
    ("Auml", 'Ä'),
    ("Aring", 'Å'),
    ("AElig", 'Æ'),
    ("Ccedil", 'Ç'),
    ("Egrave", 'È'),
    ("Eacute", 'É'),
    ("Ecirc", 'Ê'),
    ("Euml", 'Ë'),
    ("Igrave", 'Ì'),
    ("Iacute", 'Í'),
    ("Icirc", 'Î'),
    ("Iuml", 'Ï'),
    ("Ntilde", 'Ñ'),
    ("Ograve", 'Ò'),
    ("Oacute", 'Ó'),
    ("Ocirc", 'Ô'),
    ("Otilde", 'Õ'),
    ("Ouml", 'Ö'),
    ("Oslash", 'Ø'),
    ("Ugrave", 'Ù'),
    ("Uacute", 'Ú'),
    ("Ucirc", 'Û'),
    ("Uuml", 'Ü'),
    ("Yacute", 'Ý'),
    ("szlig", 'ß'),
    ("agrave", 'à'),
    ("aacute", 'á'),
    ("acirc", 'â'),
    ("atilde", 'ã'),
    ("auml", 'ä'),
    ("aring", 'å'),
    ("aelig", 'æ'),
    ("ccedil", 'ç'),
    ("egrave", 'è'),
    ("eacute", 'é'),
    ("ecirc", 'ê'),
    ("euml", 'ë'),
    ("igrave", 'ì'),
    ("iacute", 'í'),
    ("icirc", 'î'),
    ("iuml", 'ï'),
    ("ntilde", 'ñ'),
    ("ograve", 'ò'),
    ("oacute", 'ó'),
    ("ocirc", 'ô'),
    ("otilde", 'õ'),
    ("ouml", 'ö'),
    ("oslash", 'ø'),
    ("ugrave", 'ù'),
    ("uacute", 'ú'),
    ("ucirc", 'û'),
    ("uuml", 'ü'),
    ("yacute", 'ý'),
    ("yuml", 'ÿ'),
    ("OElig", 'Œ'),
    ("oelig", 'œ'),
    ("Scaron", 'Š'),
    ("scaron", 'š'),
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pieces<'t>(tokens: Tokens<'t>, text: &'t str) -> Vec<(&'static str, &'t str)> {
        let word = |token| match token {
            Token::Start { is_closed: false, .. } => "start",
            Token::Start { .. } => "closed",
            Token::End { .. } => "end",
            Token::Text => "text",
            Token::Verbatim => "verbatim",
            Token::Aside => "aside",
        };
        tokens.map(|(token, range)| (word(token), &text[range])).collect()
    }

    #[test]
    fn markup_is_taken_apart_where_it_stands() {
        let html = "a<p class=\"x>y\">b < c<br/><!-- d --><script>if (a<b) {}</script></P>";
        assert_eq!(
            pieces(Tokens::of_html(html, 0), html),
            [
                ("text", "a"),
                ("start", "<p class=\"x>y\">"),
                ("text", "b "),
                ("text", "< c"),
                ("closed", "<br/>"),
                ("aside", " d "),
                ("start", "<script>"),
                ("aside", "if (a<b) {}"),
                ("end", "</script>"),
                ("end", "</P>"),
            ]
        );
        let xml = "<?xml?><a><![CDATA[<b>]]></a><c";
        assert_eq!(
            pieces(Tokens::of_xml(xml, 0), xml),
            [("aside", "<?xml?>"), ("start", "<a>"), ("verbatim", "<b>"), ("end", "</a>"), ("start", "<c")]
        );
    }

    #[test]
    fn attributes_are_found_as_people_write_them() {
        let all = " id = 'a b' hidden href=https://a.example/?x=1&amp;y=2 CLASS=\"one two\"/";
        assert_eq!(attribute(all, "id").as_deref(), Some("a b"));
        assert_eq!(attribute(all, "hidden").as_deref(), Some(""));
        assert_eq!(attribute(all, "href").as_deref(), Some("https://a.example/?x=1&y=2"));
        assert!(has_class(all, "two") && !has_class(all, "thr"));
        assert_eq!(attribute(all, "style"), None);
        assert_eq!(attribute("= = x", "x").as_deref(), Some(""));
    }

    #[test]
    fn entities_are_characters() {
        let text = "&amp;&#1055;&#x41f;&#150;&rsquo;&unknown;&#xd800;& &";
        assert_eq!(unescaped(text), "&ПП–’&unknown;&#xd800;& &");
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_fails(text in "[a-c<>!?/&;= \"'\\[\\]CDAT#x-]{0,80}") {
            for tokens in [Tokens::of_html(&text, 0), Tokens::of_xml(&text, 0)] {
                let mut last = 0;
                for (token, range) in tokens {
                    prop_assert!(last <= range.start && range.end <= text.len());
                    last = range.end;
                    if let Token::Start { attributes, .. } = token {
                        attribute(attributes, "a");
                    }
                }
            }
            let mut traced = Traced::default();
            add_text(&mut traced, &text, 0);
            prop_assert_eq!(traced.map().in_file(0..traced.text.len() as u64).map_or(0, |raw| raw.end), text.len() as u64);
        }
    }
}
