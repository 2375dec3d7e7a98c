//! Bytes of a text in any encoding, as text.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{DecoderResult, Encoding, KOI8_R, KOI8_U, UTF_8, UTF_16BE, UTF_16LE};

use crate::finding::FindingKind;
use crate::trace::Traced;

/// A text and how it was read.
#[derive(Debug)]
pub(crate) struct Decoded {
    pub(crate) text: Traced,
    pub(crate) encoding: &'static str,
    /// Whether some bytes were no characters, and became U+FFFD.
    pub(crate) had_errors: bool,
}

/// Why bytes are no text.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoText {
    #[error("there is nothing in it: check that the right file was named and saved whole")]
    Empty,
    #[error("{0}, so it is no text: add it as a sample, or save its text and add that")]
    Binary(&'static str),
}

impl NoText {
    pub(crate) fn kind(&self) -> FindingKind {
        match self {
            NoText::Empty => FindingKind::Empty,
            NoText::Binary(_) => FindingKind::Binary,
        }
    }
}

/// A text in UTF-16 that a zero ends, and where it ends.
pub(crate) fn wide(bytes: &[u8], at: usize) -> (String, usize) {
    let (pairs, _) = bytes.get(at..).unwrap_or_default().as_chunks::<2>();
    let units: Vec<u16> = pairs.iter().map(|pair| u16::from_le_bytes(*pair)).take_while(|unit| *unit != 0).collect();
    (String::from_utf16_lossy(&units), at + 2 * (units.len() + 1))
}

/// Reads a text. In order: a byte-order mark, UTF-16 by its zero bytes, UTF-8 where it is valid, the encoding that
/// the document declares unless bytes are none of its characters, the guess of chardetng. Valid UTF-8 comes back byte
/// for byte, a byte-order mark included.
pub(crate) fn decode(bytes: Vec<u8>, declared: Option<&'static Encoding>) -> Result<Decoded, NoText> {
    if bytes.iter().all(|byte| byte.is_ascii_whitespace()) {
        return Err(NoText::Empty);
    }
    let wide = match Encoding::for_bom(&bytes) {
        Some((encoding, mark)) if encoding != UTF_8 => Some((encoding, mark)),
        _ => guess_utf16(&bytes).map(|encoding| (encoding, 0)),
    };
    if let Some((encoding, mark)) = wide {
        let decoded = decode_as(encoding, &bytes, mark);
        let has_zeros = decoded.text.text.contains('\0');
        return if has_zeros { Err(NoText::Binary("it holds zero bytes")) } else { Ok(decoded) };
    }
    if bytes.contains(&0) {
        return Err(NoText::Binary("it holds zero bytes"));
    }
    let controls = bytes.iter().filter(|byte| is_no_text(**byte)).count();
    if controls > bytes.len() / 50 {
        return Err(NoText::Binary("more than 2% of it are control characters"));
    }
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => {
            return Ok(Decoded { text: Traced::verbatim(text, 0), encoding: UTF_8.name(), had_errors: false });
        }
        Err(error) => error.into_bytes(),
    };
    if is_damaged_utf8(&bytes) {
        return Ok(decode_as(UTF_8, &bytes, 0));
    }
    if let Some(declared) = declared.filter(|encoding| *encoding != UTF_8) {
        let decoded = decode_as(declared, &bytes, 0);
        if !decoded.had_errors {
            return Ok(decoded);
        }
    }
    Ok(decode_as(guess(&bytes), &bytes, 0))
}

/// Decodes byte by byte, which is where the way back comes from: what comes out after a byte was read from it and
/// those before it that gave nothing.
fn decode_as(encoding: &'static Encoding, bytes: &[u8], from: usize) -> Decoded {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let (mut text, mut had_errors) = (Traced::default(), false);
    let mut begun = from;
    for at in from..=bytes.len() {
        let (mut feed, is_end) = (bytes.get(at..at + 1).unwrap_or_default(), at == bytes.len());
        // A byte that shows another before it to be wrong may give several characters.
        loop {
            let mut out = [0; 32];
            let (result, read, written) = decoder.decode_to_utf8_without_replacement(feed, &mut out, is_end);
            feed = &feed[read..];
            let end = (at + 1).min(bytes.len());
            if let Ok(characters) = std::str::from_utf8(&out[..written])
                && written > 0
            {
                text.add_unit(characters, begun..end);
                begun = end;
            }
            match result {
                DecoderResult::InputEmpty => break,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => {
                    had_errors = true;
                    text.add_unit("\u{fffd}", begun.min(end)..end);
                    begun = end;
                }
            }
        }
    }
    Decoded { text, encoding: encoding.name(), had_errors }
}

/// UTF-8 but for a few bytes: letters beyond ASCII that hold are ten times as many as what does not.
fn is_damaged_utf8(bytes: &[u8]) -> bool {
    let (mut held, mut broken) = (0usize, 0);
    for chunk in bytes.utf8_chunks() {
        held += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    held >= broken * 10
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    let guessed = detector.guess(None, Utf8Detection::Allow);
    // The two differ in the eight letters of Ukrainian alone, and Russian has none of them.
    let is_ukrainian = |byte: &u8| matches!(byte, 0xa4 | 0xa6 | 0xa7 | 0xad | 0xb4 | 0xb6 | 0xb7 | 0xbd);
    if guessed == KOI8_U && !bytes.iter().any(is_ukrainian) { KOI8_R } else { guessed }
}

/// UTF-16 without a mark: text in most scripts then has a zero in every second byte here and there (blanks, digits,
/// line ends), and hardly any in the others.
fn guess_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(4096)];
    let zeros = |parity: usize| head.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let many = (head.len() / 2).div_ceil(10).max(2);
    if !bytes.len().is_multiple_of(2) {
        None
    } else if odd >= many && even == 0 {
        Some(UTF_16LE)
    } else if even >= many && odd == 0 {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Control characters that no text has. Tab, line ends, form feed, backspace and escape do turn up.
fn is_no_text(byte: u8) -> bool {
    byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x08 | 0x1b) || byte == 0x7f
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a text that cannot be read fails the test")]
mod tests {
    use encoding_rs::{IBM866, WINDOWS_1251, WINDOWS_1252};
    use proptest::prelude::*;

    use super::*;

    const ENCODINGS: &[&Encoding] = &[
        WINDOWS_1251,
        IBM866,
        KOI8_R,
        WINDOWS_1252,
        UTF_16LE,
        UTF_16BE,
        encoding_rs::GB18030,
        encoding_rs::SHIFT_JIS,
        encoding_rs::EUC_KR,
        encoding_rs::ISO_2022_JP,
        UTF_8,
    ];
    const RUSSIAN: &str =
        "Группа продаёт исходный код трёх антивирусных компаний и доступ к их сетям за триста тысяч долларов.\n";
    const FRENCH: &str =
        "Le vendeur prétend détenir près de 30 To de données volées à trois éditeurs, dont l’identité reste cachée.\n";

    #[test]
    fn encodings_are_told_apart() {
        let russian = [
            RUSSIAN,
            "Продам доступ",
            "ВНИМАНИЕ! ПРОДАЖА ДОСТУПА К СЕТИ БАНКА",
            "База данных компании, 2 ТБ, пишите в личку. Пруфы в лс.",
            "Access: Россия, domain admin, 300 hosts, price 500$",
        ];
        let cyrillic = [WINDOWS_1251, IBM866, KOI8_R].into_iter().flat_map(|it| russian.map(|text| (text, it)));
        for (text, encoding) in cyrillic.chain([(FRENCH, WINDOWS_1252)]) {
            let (bytes, _, _) = encoding.encode(text);
            let decoded = decode(bytes.into_owned(), None).unwrap();
            assert_eq!((decoded.text.text.as_str(), decoded.encoding), (text, encoding.name()));
            assert!(!decoded.had_errors);
        }
    }

    #[test]
    fn ukrainian_is_told_from_russian() {
        let text = "Продаємо дані компанії: її сервери, ґрунтовні звіти і вихідний код.";
        let (bytes, _, _) = KOI8_U.encode(text);
        let decoded = decode(bytes.into_owned(), None).unwrap();
        assert_eq!((decoded.text.text.as_str(), decoded.encoding), (text, "KOI8-U"));
    }

    #[test]
    fn a_declared_encoding_that_does_not_hold_is_not_believed() {
        let (bytes, _, _) = WINDOWS_1251.encode(RUSSIAN);
        let decoded = decode(bytes.into_owned(), Some(encoding_rs::EUC_KR)).unwrap();
        assert_eq!((decoded.text.text.as_str(), decoded.encoding), (RUSSIAN, "windows-1251"));
    }

    #[test]
    fn utf16_is_read_with_and_without_its_mark() {
        for text in ["30 TB for $300,000, screenshots as proof\r\n", RUSSIAN] {
            for mark in ["\u{feff}", ""] {
                let marked = format!("{mark}{text}");
                let little = marked.encode_utf16().flat_map(u16::to_le_bytes).collect();
                let big = marked.encode_utf16().flat_map(u16::to_be_bytes).collect();
                assert_eq!(decode(little, None).unwrap().text.text, text);
                assert_eq!(decode(big, None).unwrap().text.text, text);
            }
        }
    }

    #[test]
    fn what_is_no_text_says_so() {
        assert!(matches!(decode(vec![], None), Err(NoText::Empty)));
        assert!(matches!(decode(b" \r\n\t".to_vec(), None), Err(NoText::Empty)));
        assert!(matches!(decode(b"\x7fELF\x02\x01\x01\0\0\0".to_vec(), None), Err(NoText::Binary(_))));
        assert!(matches!(decode(b"\x01\x02\x03\x04".to_vec(), None), Err(NoText::Binary(_))));
        assert!(matches!(decode(b"\xff\xfea\0\0\0b\0".to_vec(), None), Err(NoText::Binary(_))));
    }

    #[test]
    fn a_declared_encoding_counts_only_where_utf8_does_not_hold() {
        assert_eq!(decode("é".as_bytes().to_vec(), Some(WINDOWS_1252)).unwrap().text.text, "é");
        assert_eq!(decode(b"caf\xe9".to_vec(), Some(WINDOWS_1251)).unwrap().text.text, "cafй");
    }

    #[test]
    fn a_damaged_byte_does_not_cost_the_rest() {
        let mut bytes = RUSSIAN.as_bytes().to_vec();
        bytes.truncate(bytes.len() - 3);
        let decoded = decode(bytes, None).unwrap();
        assert!(decoded.had_errors && decoded.encoding == "UTF-8");
        assert!(decoded.text.text.starts_with("Группа продаёт") && decoded.text.text.ends_with('\u{fffd}'));
    }

    proptest! {
        #[test]
        fn valid_utf8_comes_back_byte_for_byte(text in "\u{feff}?[ -~\n\u{a0}-\u{d7ff}]{1,200}") {
            prop_assume!(!text.trim_ascii().is_empty() && !text.contains('\u{7f}'));
            let decoded = decode(text.clone().into_bytes(), None).unwrap().text;
            prop_assert!(decoded.map().is_identity(text.len() as u64));
            prop_assert_eq!(decoded.text, text);
        }

        #[test]
        fn any_bytes_give_a_text_or_a_reason(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = decode(bytes, None);
        }

        #[test]
        fn each_stretch_leads_back_to_the_bytes_that_give_it(
            which in 0usize..ENCODINGS.len(), mark in any::<bool>(),
            bytes in proptest::collection::vec(any::<u8>(), 1..60), text in "[ -~а-яё一-三]{1,40}", from in 0usize..40,
        ) {
            let encoding = ENCODINGS[which];
            // What was written in the encoding, and what nobody wrote.
            let honest: Vec<u8> = match encoding {
                it if it == UTF_16LE => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
                it if it == UTF_16BE => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
                _ => encoding.encode(&text).0.into_owned(),
            };
            for bytes in [honest, bytes] {
                let start = usize::from(mark).min(bytes.len());
                let decoded = decode_as(encoding, &bytes, start);
                let (whole, had_errors) = encoding.decode_without_bom_handling(&bytes[start..]);
                prop_assert_eq!(&decoded.text.text, &whole);
                prop_assert_eq!(decoded.had_errors, had_errors);
                let map = decoded.text.map();
                prop_assert!(crate::trace::Map::from_bytes(&map.to_bytes(), whole.len() as u64, bytes.len() as u64).is_ok());
                if had_errors || encoding == encoding_rs::ISO_2022_JP {
                    continue;
                }
                let from = whole.floor_char_boundary(from);
                let to = whole.ceil_char_boundary((from + 7).min(whole.len()));
                if let Some(raw) = map.in_file(from as u64..to as u64) {
                    let raw = usize::try_from(raw.start).unwrap()..usize::try_from(raw.end).unwrap();
                    prop_assert_eq!(encoding.decode_without_bom_handling(&bytes[raw]).0, &whole[from..to]);
                }
            }
        }
    }
}
