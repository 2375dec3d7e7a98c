//! Places in JSON: fields of an object, elements of an array and strings with the way back, so that one broken element
//! costs itself alone.

use std::ops::Range;

use serde_json::value::RawValue;

use crate::trace::Traced;

/// Of all searches for the next element behind a broken one, the bytes that may be read for each byte of the text.
const PATIENCE: usize = 32;

/// The value that begins at a place, behind white space.
pub(crate) fn value(text: &str, at: usize) -> Result<Range<usize>, String> {
    let rest = text.get(at..).unwrap_or_default();
    let start = at + (rest.len() - rest.trim_ascii_start().len());
    let mut values = serde_json::Deserializer::from_str(&text[start..]).into_iter::<&RawValue>();
    match values.next() {
        Some(Ok(value)) => Ok(start..start + value.get().len()),
        Some(Err(why)) => Err(why.to_string()),
        None => Err("it ends before its value".to_owned()),
    }
}

/// The fields of the object that is this stretch of the text; none where it is no object.
pub(crate) fn fields(text: &str, object: &Range<usize>) -> Vec<(String, Range<usize>)> {
    let mut fields = Vec::new();
    if !text[object.clone()].starts_with('{') {
        return fields;
    }
    let mut at = object.start + 1;
    loop {
        at = skip(text, at, ',');
        let Ok(key) = value(text, at) else { return fields };
        let Some(name) = string(text, &key).filter(|_| key.end < object.end) else { return fields };
        let Ok(found) = value(text, skip(text, key.end, ':')) else { return fields };
        at = found.end;
        fields.push((name.text, found));
    }
}

/// The place behind white space and one sign.
fn skip(text: &str, at: usize, sign: char) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let trimmed = rest.trim_ascii_start();
    at + rest.len() - trimmed.strip_prefix(sign).unwrap_or(trimmed).len()
}

/// One of an array's elements.
pub(crate) type Element = Result<Range<usize>, String>;

/// The elements of the array that begins at a place. A broken one says why; the next is looked for behind it.
pub(crate) struct Elements<'t> {
    text: &'t str,
    /// Behind what was read.
    pub(crate) at: usize,
    is_over: bool,
    patience: usize,
}

impl<'t> Elements<'t> {
    pub(crate) fn new(text: &'t str, array: usize) -> Elements<'t> {
        let at = skip(text, array, '[');
        Elements { text, at, is_over: false, patience: text.len().saturating_mul(PATIENCE) }
    }

    /// The next place behind `}` and `,` at which an object begins that holds together.
    fn next_object(&mut self) -> Option<usize> {
        let mut from = self.at;
        while let Some(end) = self.text[from..].find('}').map(|length| from + length + 1) {
            from = end;
            let next = skip(self.text, end, ',');
            let start = next + (self.text[next..].len() - self.text[next..].trim_ascii_start().len());
            if !self.text[end..next].contains(',') || !self.text[start..].starts_with('{') {
                continue;
            }
            let Ok(found) = value(self.text, start) else {
                self.patience = self.patience.checked_sub(self.text.len() - start)?;
                continue;
            };
            self.patience = self.patience.checked_sub(found.len())?;
            return Some(start);
        }
        None
    }
}

impl Iterator for Elements<'_> {
    type Item = Element;

    fn next(&mut self) -> Option<Element> {
        if self.is_over {
            return None;
        }
        self.at = skip(self.text, self.at, ',');
        let rest = self.text[self.at..].trim_ascii_start();
        if rest.is_empty() || rest.starts_with(']') {
            self.is_over = true;
            return rest.is_empty().then(|| Err("the list ends before its end".to_owned()));
        }
        match value(self.text, self.at) {
            Ok(found) => {
                self.at = found.end;
                Some(Ok(found))
            }
            Err(why) => {
                match self.next_object() {
                    Some(next) => self.at = next,
                    None => self.is_over = true,
                }
                let rest = if self.is_over { "; what follows it was not read" } else { "" };
                Some(Err(format!("it is no JSON ({why}){rest}")))
            }
        }
    }
}

/// The string that is this stretch of the text, with the way back; `None` where it is no string.
pub(crate) fn string(text: &str, range: &Range<usize>) -> Option<Traced> {
    let inner = text[range.clone()].strip_prefix('"')?.strip_suffix('"')?;
    let mut out = Traced::default();
    let (mut at, from) = (0, range.start + 1);
    while let Some(next) = inner[at..].find('\\').map(|length| at + length) {
        out.add_verbatim(&inner[at..next], from + at);
        let (character, length) = escape(&inner[next..]);
        out.add_unit(character.encode_utf8(&mut [0; 4]), from + next..from + next + length);
        at = next + length;
    }
    out.add_verbatim(&inner[at..], from + at);
    Some(out)
}

/// The character that an escape stands for and the bytes that it is written in (RFC 8259, 7).
fn escape(text: &str) -> (char, usize) {
    let unit = |at: usize| text.get(at..at + 4).and_then(|digits| u16::from_str_radix(digits, 16).ok());
    match text.as_bytes().get(1) {
        Some(b'n') => ('\n', 2),
        Some(b't') => ('\t', 2),
        Some(b'r') => ('\r', 2),
        Some(b'b') => ('\u{8}', 2),
        Some(b'f') => ('\u{c}', 2),
        Some(b'u') => {
            let first = unit(2);
            let second = if text.get(6..8) == Some("\\u") { unit(8) } else { None };
            let pair = first.zip(second).and_then(|(first, second)| char::decode_utf16([first, second]).next()?.ok());
            match (first.and_then(|first| char::from_u32(first.into())), pair) {
                (Some(character), _) => (character, 6),
                (None, Some(character)) => (character, 12),
                (None, None) => (char::REPLACEMENT_CHARACTER, text.len().min(6)),
            }
        }
        Some(b'"') => ('"', 2),
        Some(b'/') => ('/', 2),
        _ => ('\\', text.len().min(2)),
    }
}

/// The place of an array that is the value of a key, from a place on that is in no string.
pub(crate) fn array_of(text: &str, key: &str, from: usize) -> Option<(usize, usize)> {
    let quoted = format!("\"{key}\"");
    let mut at = from;
    while let Some(found) = text.get(at..)?.find(&quoted).map(|length| at + length) {
        at = found + quoted.len();
        let value = skip(text, at, ':');
        let rest = text[value..].trim_ascii_start();
        if rest.starts_with('[') && text[at..value].contains(':') && !text[..found].ends_with('\\') {
            return Some((found, text.len() - rest.len()));
        }
    }
    None
}

/// A number or a string as its characters.
pub(crate) fn scalar(text: &str, range: &Range<usize>) -> Option<String> {
    let value = &text[range.clone()];
    match value.as_bytes().first()? {
        b'"' => string(text, range).map(|it| it.text),
        b'-' | b'0'..=b'9' => Some(value.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn strings(list: &str) -> Vec<Result<String, bool>> {
        let elements = Elements::new(list, 0);
        elements.map(|it| it.map(|range| list[range].to_owned()).map_err(|why| why.contains("not read"))).collect()
    }

    #[test]
    fn a_broken_element_costs_itself_alone() {
        let all = [Ok("{\"a\":1}".to_owned()), Err(false), Ok("{\"c\":{\"d\":\"},{\"}}".to_owned())];
        for broken in ["{\"b\": tru}", "{\"b\": \"unclosed}", "{\"b\": [1}", "{\"b\" 2}"] {
            let list = format!("[ {{\"a\":1}}, {broken},\n {{\"c\":{{\"d\":\"}},{{\"}}}} ]");
            assert_eq!(strings(&list), all, "{list}");
        }
        assert_eq!(strings("[{\"a\":1}, {\"b\":"), [Ok("{\"a\":1}".to_owned()), Err(true)]);
        assert_eq!(strings("[1"), [Ok("1".to_owned()), Err(false)]);
        assert_eq!(strings("[]"), []);
    }

    #[test]
    fn fields_and_arrays_are_found() {
        let text = r#" {"name": "a\u0433b", "id": 7, "messages" : [ {"x": 1} ]}"#;
        let whole = value(text, 0).expect("a value");
        let found = fields(text, &whole);
        assert_eq!(found.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["name", "id", "messages"]);
        assert_eq!(scalar(text, &found[0].1).as_deref(), Some("aгb"));
        assert_eq!(scalar(text, &found[1].1).as_deref(), Some("7"));
        assert_eq!(array_of(text, "messages", 0).map(|(_, at)| &text[at..at + 1]), Some("["));
        assert_eq!(array_of(text, "name", 0), None);
    }

    proptest! {
        #[test]
        fn strings_are_what_serde_reads_and_lead_back(text in any::<String>(), ascii in any::<bool>()) {
            let mut written = serde_json::to_string(&text).expect("JSON");
            if ascii {
                let escaped = |c: char| {
                    let units: String = c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect();
                    if c.is_ascii() { c.to_string() } else { units }
                };
                written = written.chars().map(escaped).collect();
            }
            let read = string(&written, &(0..written.len())).expect("a string");
            prop_assert_eq!(&read.text, &text);
            let map = read.map();
            for (at, c) in text.char_indices() {
                let raw = map.in_file(at as u64..(at + c.len_utf8()) as u64).expect("a place");
                let raw = usize::try_from(raw.start).expect("small")..usize::try_from(raw.end).expect("small");
                let alone: String = serde_json::from_str(&format!("\"{}\"", &written[raw])).expect("a string");
                prop_assert_eq!(alone, c.to_string());
            }
        }

        #[test]
        fn nothing_in_a_list_fails(list in "[\\[\\]{}\",:a1\\\\ u]{0,60}") {
            let count = Elements::new(&list, 0).count();
            prop_assert!(count <= list.len() + 1);
            if let Ok(range) = value(&list, 0) {
                fields(&list, &range);
                string(&list, &range);
            }
        }
    }
}
