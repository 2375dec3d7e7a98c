//! From the codes of a font to characters and widths.

use std::collections::{BTreeMap, HashMap};

use encoding_rs::Encoding;
use hayro_syntax::object::{Array, Dict, Name, Object, Stream};

/// Codes of one font that are mapped.
const MOST_CODES: usize = 1 << 17;

/// Of a font what reading needs.
pub(super) struct Font {
    /// Whether codes have two bytes where nothing else is said.
    is_wide: bool,
    /// Whether those are characters in UTF-16 themselves.
    is_utf16: bool,
    /// What the font says that codes mean, by code and length.
    to_unicode: Option<CMap>,
    /// Of fonts with codes of one byte, what its encoding says.
    encoding: Vec<Option<String>>,
    /// In parts of the size.
    widths: HashMap<u32, f64>,
    default_width: f64,
}

impl Font {
    pub(super) fn read(dict: &Dict<'_>) -> Font {
        let is_wide = dict.get::<Name<'_>>("Subtype").is_some_and(|kind| &*kind == b"Type0");
        let encoding_name = dict.get::<Name<'_>>("Encoding");
        let is_utf16 = is_wide
            && encoding_name
                .as_ref()
                .is_some_and(|name| ["UCS2", "UTF16"].iter().any(|part| name.as_str().contains(part)));
        let to_unicode = dict
            .get::<Stream<'_>>("ToUnicode")
            .and_then(|stream| stream.decoded_data().ok().map(|bytes| CMap::parse(&bytes)));
        let mut font = Font {
            is_wide,
            is_utf16,
            to_unicode,
            encoding: Vec::new(),
            widths: HashMap::new(),
            default_width: if is_wide { 1.0 } else { 0.5 },
        };
        if is_wide {
            font.read_wide_widths(dict);
        } else {
            font.encoding = read_encoding(dict, encoding_name.as_ref().map(Name::as_str));
            // Widths of a Type 3 font are in a space of its own.
            let unit = dict
                .get::<Array<'_>>("FontMatrix")
                .and_then(|matrix| matrix.iter::<f32>().next())
                .map_or(0.001, f64::from);
            let first = dict.get::<i32>("FirstChar").and_then(|first| u32::try_from(first).ok()).unwrap_or(0);
            if let Some(widths) = dict.get::<Array<'_>>("Widths") {
                for (code, width) in (first..).zip(widths.iter::<f32>()).take(256) {
                    font.widths.insert(code, f64::from(width) * unit);
                }
            }
        }
        font
    }

    /// Widths of a font with wide codes (ISO 32000-2, 9.7.4.3).
    fn read_wide_widths(&mut self, dict: &Dict<'_>) {
        let Some(inner) = dict.get::<Array<'_>>("DescendantFonts").and_then(|fonts| fonts.iter::<Dict<'_>>().next())
        else {
            return;
        };
        if let Some(width) = inner.get::<f32>("DW") {
            self.default_width = f64::from(width) / 1000.0;
        }
        let Some(widths) = inner.get::<Array<'_>>("W") else { return };
        let number = |object: Option<Object<'_>>| match object {
            Some(Object::Number(number)) => Some(number.as_f64()),
            _ => None,
        };
        let mut items = widths.iter::<Object<'_>>();
        while let Some(first) = number(items.next()).and_then(code_of) {
            match items.next() {
                Some(Object::Array(list)) => {
                    for (code, width) in (first..).zip(list.iter::<f32>()).take(MOST_CODES) {
                        self.widths.insert(code, f64::from(width) / 1000.0);
                    }
                }
                last => {
                    let Some((last, width)) = number(last).and_then(code_of).zip(number(items.next())) else { return };
                    for code in (first..=last).take(MOST_CODES) {
                        self.widths.insert(code, width / 1000.0);
                    }
                }
            }
            if self.widths.len() > MOST_CODES {
                return;
            }
        }
    }

    /// The next code and its length in bytes; there is at least one.
    pub(super) fn next_code(&self, bytes: &[u8]) -> (u32, usize) {
        let lengths = self.to_unicode.as_ref().map_or(0, |map| map.lengths);
        let is_wide = self.is_wide && (lengths == 0 || lengths & 2 != 0);
        match bytes {
            [first, second, ..] if is_wide => (u32::from(*first) << 8 | u32::from(*second), 2),
            [first, ..] => (u32::from(*first), 1),
            [] => (0, 0),
        }
    }

    pub(super) fn width(&self, code: u32) -> f64 {
        self.widths.get(&code).copied().unwrap_or_else(|| {
            if self.widths.is_empty() && !self.is_wide {
                usual_width(self.character(code).as_deref())
            } else {
                self.default_width
            }
        })
    }

    /// The characters that a code means; `None` where nobody says.
    pub(super) fn character(&self, code: u32) -> Option<String> {
        if let Some(known) = self.to_unicode.as_ref().and_then(|map| map.get(code)) {
            return Some(known).filter(|known| !known.chars().any(|c| c == '\u{fffd}' || c == '\0'));
        }
        if self.is_utf16 {
            return char::from_u32(code).map(String::from);
        }
        self.encoding.get(usize::try_from(code).ok()?)?.clone()
    }
}

fn code_of(number: f64) -> Option<u32> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is in the range")]
    (0.0..=f64::from(u16::MAX)).contains(&number).then_some(number as u32)
}

/// About how wide a character of the fonts is that every reader has, and whose widths need not be told.
fn usual_width(character: Option<&str>) -> f64 {
    match character.and_then(|it| it.chars().next()) {
        Some('i' | 'j' | 'l' | '\'' | '|' | '.' | ',' | ':' | ';' | '!' | ' ' | 'I' | 't' | 'f' | '/') => 0.27,
        Some('m' | 'w' | 'M' | 'W' | '—' | '@' | '%') => 0.85,
        Some(c) if c.is_uppercase() => 0.68,
        _ => 0.53,
    }
}

/// What the codes of one byte mean by the font's encoding (ISO 32000-2, 9.6.5).
fn read_encoding(dict: &Dict<'_>, name: Option<&str>) -> Vec<Option<String>> {
    let own = dict.get::<Dict<'_>>("Encoding");
    let base = own.as_ref().and_then(|own| own.get::<Name<'_>>("BaseEncoding"));
    let base: Option<&'static Encoding> = match base.as_ref().map(Name::as_str).or(name) {
        Some("MacRomanEncoding") => Some(encoding_rs::MACINTOSH),
        Some("WinAnsiEncoding") => Some(encoding_rs::WINDOWS_1252),
        _ => None,
    };
    let mut table: Vec<Option<String>> = (0..=255u8)
        .map(|byte| match base {
            Some(encoding) if byte >= 32 => Some(encoding.decode_without_bom_handling(&[byte]).0.into_owned()),
            None => standard(byte).map(String::from),
            Some(_) => None,
        })
        .collect();
    let Some(differences) = own.and_then(|own| own.get::<Array<'_>>("Differences")) else { return table };
    let mut at = 0usize;
    for item in differences.iter::<Object<'_>>() {
        match item {
            Object::Number(number) => at = code_of(number.as_f64()).map_or(256, |code| code as usize),
            Object::Name(name) => {
                if let Some(slot) = table.get_mut(at) {
                    *slot = named(name.as_str());
                }
                at += 1;
            }
            _ => {}
        }
    }
    table
}

/// The standard encoding, as far as it is not ASCII (ISO 32000-2, annex D.2).
fn standard(byte: u8) -> Option<char> {
    Some(match byte {
        0x27 => '’',
        0x60 => '‘',
        0x20..=0x7e => char::from(byte),
        0xa1..=0xa3 | 0xa5 | 0xa7 => char::from(byte),
        0xa4 => '⁄',
        0xa9 => '\'',
        0xaa => '“',
        0xab => '«',
        0xac => '‹',
        0xad => '›',
        0xae => 'ﬁ',
        0xaf => 'ﬂ',
        0xb1 => '–',
        0xb7 => '•',
        0xb8 => '‚',
        0xb9 => '„',
        0xba => '”',
        0xbb => '»',
        0xbc => '…',
        0xbf => '¿',
        0xd0 => '—',
        _ => return None,
    })
}

/// The character of a glyph's name, after the Adobe Glyph List and its rules for names that are numbers.
fn named(name: &str) -> Option<String> {
    let base = name.split('.').next().unwrap_or(name);
    let hex = |digits: &str| u32::from_str_radix(digits, 16).ok().and_then(char::from_u32).map(String::from);
    if let Some(digits) = base.strip_prefix("uni").filter(|digits| digits.len() >= 4 && digits.is_ascii()) {
        let parts = digits.as_bytes().chunks_exact(4).map(|part| hex(std::str::from_utf8(part).ok()?));
        return parts.collect();
    }
    if let Some(known) = GLYPHS.iter().find(|(known, _)| *known == base) {
        return Some(known.1.to_owned());
    }
    let mut characters = base.chars();
    if let (Some(only), None) = (characters.next(), characters.next()) {
        return Some(only.to_string());
    }
    if let Some(digits) = base.strip_prefix('u').filter(|digits| (4..=6).contains(&digits.len())) {
        return hex(digits);
    }
    // `eacute`, `Udieresis`: a letter and its mark.
    let (letter, mark) = base.split_at_checked(1)?;
    let mark = match mark {
        "grave" => '\u{300}',
        "acute" => '\u{301}',
        "circumflex" => '\u{302}',
        "tilde" => '\u{303}',
        "dieresis" => '\u{308}',
        "ring" => '\u{30a}',
        "caron" => '\u{30c}',
        "cedilla" => '\u{327}',
        _ => return None,
    };
    let marked = COMPOSED.iter().find(|(base, with, _)| letter.starts_with(*base) && *with == mark);
    Some(marked.map_or_else(|| format!("{letter}{mark}"), |(_, _, one)| one.to_string()))
}

const GLYPHS: &[(&str, &str)] = &[
    ("space", " "),
    ("nbspace", " "),
    ("exclam", "!"),
    ("quotedbl", "\""),
    ("numbersign", "#"),
    ("dollar", "$"),
    ("percent", "%"),
    ("ampersand", "&"),
    ("quotesingle", "'"),
    ("parenleft", "("),
    ("parenright", ")"),
    ("asterisk", "*"),
    ("plus", "+"),
    ("comma", ","),
    ("hyphen", "-"),
    ("minus", "−"),
    ("period", "."),
    ("slash", "/"),
    ("zero", "0"),
    ("one", "1"),
    ("two", "2"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("six", "6"),
    ("seven", "7"),
    ("eight", "8"),
    ("nine", "9"),
    ("colon", ":"),
    ("semicolon", ";"),
    ("less", "<"),
    ("equal", "="),
    ("greater", ">"),
    ("question", "?"),
    ("at", "@"),
    ("bracketleft", "["),
    ("backslash", "\\"),
    ("bracketright", "]"),
    ("asciicircum", "^"),
    ("underscore", "_"),
    ("grave", "`"),
    ("braceleft", "{"),
    ("bar", "|"),
    ("braceright", "}"),
    ("asciitilde", "~"),
    ("quoteleft", "‘"),
    ("quoteright", "’"),
    ("quotesinglbase", "‚"),
    ("quotedblleft", "“"),
    ("quotedblright", "”"),
    ("quotedblbase", "„"),
    ("guillemotleft", "«"),
    ("guillemotright", "»"),
    ("guilsinglleft", "‹"),
    ("guilsinglright", "›"),
    ("endash", "–"),
    ("emdash", "—"),
    ("ellipsis", "…"),
    ("bullet", "•"),
    ("periodcentered", "·"),
    ("fi", "fi"),
    ("fl", "fl"),
    ("ff", "ff"),
    ("ffi", "ffi"),
    ("ffl", "ffl"),
    ("f_i", "fi"),
    ("f_l", "fl"),
    ("f_f", "ff"),
    ("euro", "€"),
    ("Euro", "€"),
    ("sterling", "£"),
    ("yen", "¥"),
    ("cent", "¢"),
    ("copyright", "©"),
    ("registered", "®"),
    ("trademark", "™"),
    ("section", "§"),
    ("paragraph", "¶"),
    ("degree", "°"),
    ("dagger", "†"),
    ("germandbls", "ß"),
    ("ae", "æ"),
    ("AE", "Æ"),
    ("oe", "œ"),
    ("OE", "Œ"),
    ("oslash", "ø"),
    ("Oslash", "Ø"),
    ("dotlessi", "ı"),
    ("lslash", "ł"),
    ("Lslash", "Ł"),
    ("exclamdown", "¡"),
    ("questiondown", "¿"),
    ("fraction", "⁄"),
    ("multiply", "×"),
    ("plusminus", "±"),
];

const COMPOSED: &[(char, char, char)] = &[
    ('a', '\u{300}', 'à'),
    ('a', '\u{301}', 'á'),
    ('a', '\u{302}', 'â'),
    ('a', '\u{303}', 'ã'),
    ('a', '\u{308}', 'ä'),
    ('a', '\u{30a}', 'å'),
    ('c', '\u{327}', 'ç'),
    ('e', '\u{300}', 'è'),
    ('e', '\u{301}', 'é'),
    ('e', '\u{302}', 'ê'),
    ('e', '\u{308}', 'ë'),
    ('i', '\u{300}', 'ì'),
    ('i', '\u{301}', 'í'),
    ('i', '\u{302}', 'î'),
    ('i', '\u{308}', 'ï'),
    ('n', '\u{303}', 'ñ'),
    ('o', '\u{300}', 'ò'),
    ('o', '\u{301}', 'ó'),
    ('o', '\u{302}', 'ô'),
    ('o', '\u{303}', 'õ'),
    ('o', '\u{308}', 'ö'),
    ('u', '\u{300}', 'ù'),
    ('u', '\u{301}', 'ú'),
    ('u', '\u{302}', 'û'),
    ('u', '\u{308}', 'ü'),
    ('s', '\u{30c}', 'š'),
    ('z', '\u{30c}', 'ž'),
    ('c', '\u{30c}', 'č'),
    ('A', '\u{308}', 'Ä'),
    ('E', '\u{301}', 'É'),
    ('O', '\u{308}', 'Ö'),
    ('U', '\u{308}', 'Ü'),
    ('C', '\u{327}', 'Ç'),
    ('S', '\u{30c}', 'Š'),
    ('Z', '\u{30c}', 'Ž'),
];

/// A table from codes to characters (ISO 32000-2, 9.10.3).
#[derive(Debug, Default)]
struct CMap {
    /// The lengths of codes that are declared: bit 1 for one byte, bit 2 for two.
    lengths: u8,
    codes: HashMap<u32, String>,
    /// By the first code the last one, and the character of the first.
    ranges: BTreeMap<u32, (u32, u32)>,
}

impl CMap {
    fn parse(bytes: &[u8]) -> CMap {
        let mut map = CMap::default();
        let mut tokens = CMapTokens { bytes, at: 0 };
        while let Some(token) = tokens.next() {
            let CMapToken::Word(word) = token else { continue };
            match word {
                b"begincodespacerange" => {
                    while let (Some(CMapToken::Hex(low)), Some(_)) = (tokens.next(), tokens.next()) {
                        map.lengths |= match low.len() {
                            1 => 1,
                            2 => 2,
                            _ => 0,
                        };
                    }
                }
                b"beginbfchar" => {
                    while let Some(CMapToken::Hex(code)) = tokens.next() {
                        if let Some(CMapToken::Hex(text)) = tokens.next()
                            && map.codes.len() < MOST_CODES
                        {
                            map.codes.insert(number(&code), utf16(&text));
                        }
                    }
                }
                b"beginbfrange" => {
                    while let (Some(CMapToken::Hex(low)), Some(CMapToken::Hex(high))) = (tokens.next(), tokens.next()) {
                        let (low, high) = (number(&low), number(&high));
                        match tokens.next() {
                            Some(CMapToken::Hex(text)) => map.add_range(low, high, &text),
                            Some(CMapToken::Open) => {
                                let mut code = low;
                                while let Some(CMapToken::Hex(text)) = tokens.next() {
                                    if map.codes.len() < MOST_CODES {
                                        map.codes.insert(code, utf16(&text));
                                    }
                                    code = code.saturating_add(1);
                                }
                            }
                            _ => break,
                        }
                    }
                }
                _ => {}
            }
        }
        map
    }

    fn add_range(&mut self, low: u32, high: u32, text: &[u8]) {
        let first = utf16(text);
        let mut characters = first.chars();
        match (characters.next(), characters.next()) {
            (Some(only), None) if self.ranges.len() < MOST_CODES => drop(self.ranges.insert(low, (high, only.into()))),
            // Of several characters the last counts on, and nobody ranges over them.
            (Some(_), Some(_)) if self.codes.len() < MOST_CODES => drop(self.codes.insert(low, first)),
            _ => {}
        }
    }

    fn get(&self, code: u32) -> Option<String> {
        if let Some(known) = self.codes.get(&code) {
            return Some(known.clone());
        }
        let (low, (_, first)) = self.ranges.range(..=code).next_back().filter(|(_, (high, _))| code <= *high)?;
        char::from_u32(first.checked_add(code - low)?).map(String::from)
    }
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).fold(0, |number, byte| number << 8 | u32::from(*byte))
}

fn utf16(bytes: &[u8]) -> String {
    // One byte where two are due is a character by itself.
    if let [only] = bytes {
        return char::from(*only).to_string();
    }
    let units = bytes.chunks_exact(2).map(|pair| u16::from(pair[0]) << 8 | u16::from(pair[1]));
    char::decode_utf16(units).map(|it| it.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

enum CMapToken<'b> {
    Hex(Vec<u8>),
    Open,
    Close,
    Word(&'b [u8]),
}

struct CMapTokens<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> CMapTokens<'b> {
    fn next(&mut self) -> Option<CMapToken<'b>> {
        let rest = loop {
            let rest = self.bytes.get(self.at..)?;
            let skip = rest.iter().position(|byte| !byte.is_ascii_whitespace())?;
            self.at += skip;
            let rest = &rest[skip..];
            if !rest.starts_with(b"%") {
                break rest;
            }
            self.at += rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
        };
        match rest[0] {
            b'<' if !rest.starts_with(b"<<") => {
                let end = rest.iter().position(|byte| *byte == b'>').unwrap_or(rest.len());
                self.at += (end + 1).min(rest.len());
                let digits: Vec<u8> = rest[1..end].iter().copied().filter(u8::is_ascii_hexdigit).take(1024).collect();
                let byte = |pair: &[u8]| {
                    let text = std::str::from_utf8(pair).unwrap_or_default();
                    u8::from_str_radix(text, 16).unwrap_or_default() << if pair.len() == 1 { 4 } else { 0 }
                };
                Some(CMapToken::Hex(digits.chunks(2).map(byte).collect()))
            }
            b'[' => {
                self.at += 1;
                Some(CMapToken::Open)
            }
            b']' => {
                self.at += 1;
                Some(CMapToken::Close)
            }
            _ => {
                let is_end = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'<' | b'[' | b']' | b'%');
                let length = rest.iter().skip(1).position(is_end).map_or(rest.len(), |at| at + 1);
                self.at += length;
                Some(CMapToken::Word(&rest[..length]))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tables_to_characters_are_read() {
        let map = CMap::parse(
            b"/CIDInit /ProcSet findresource begin % a comment <0000>\n1 begincodespacerange <0000> <ffff> endcodespacerange\n\
              2 beginbfchar <0001> <0041> <0002><00660069> endbfchar\n\
              2 beginbfrange <0010> <0012> <0430> <0020> <0021> [<0042> <0043>] endbfrange end",
        );
        assert_eq!(map.lengths, 2);
        let read: Vec<Option<String>> = [1, 2, 0x10, 0x12, 0x13, 0x21].into_iter().map(|code| map.get(code)).collect();
        assert_eq!(read, ["A", "fi", "а", "в", "", "C"].map(|it| Some(it.to_owned()).filter(|it| !it.is_empty())));
    }

    #[test]
    fn names_of_glyphs_are_characters() {
        for (name, character) in [
            ("A", Some("A")),
            ("quoteright", Some("’")),
            ("eacute", Some("é")),
            ("uni0416", Some("Ж")),
            ("u1F512", Some("🔒")),
            ("f_i", Some("fi")),
            ("zero.oldstyle", Some("0")),
            ("g17", None),
            ("", None),
        ] {
            assert_eq!(named(name).as_deref(), character, "{name}");
        }
    }

    proptest! {
        #[test]
        fn no_table_fails(bytes in "(begin(bfchar|bfrange|codespacerange) |end |[<>\\[\\]0-9a-f% \n]){0,60}", code in any::<u32>()) {
            CMap::parse(bytes.as_bytes()).get(code);
        }

        #[test]
        fn no_name_fails(name in any::<String>()) {
            named(&name);
        }
    }
}
