//! Bytes of a text in any encoding, as text.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::finding::FindingKind;

/// A text and how it was read.
#[derive(Debug)]
pub(crate) struct Decoded {
    pub(crate) text: String,
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

/// Reads a text. In order: a byte-order mark, UTF-16 by its zero bytes, UTF-8 where it is valid, the encoding that
/// the document declares, the guess of chardetng. Valid UTF-8 comes back byte for byte, a byte-order mark included.
pub(crate) fn decode(bytes: Vec<u8>, declared: Option<&'static Encoding>) -> Result<Decoded, NoText> {
    if bytes.iter().all(|byte| byte.is_ascii_whitespace()) {
        return Err(NoText::Empty);
    }
    let wide = match Encoding::for_bom(&bytes) {
        Some((encoding, mark)) if encoding != UTF_8 => Some((encoding, mark)),
        _ => guess_utf16(&bytes).map(|encoding| (encoding, 0)),
    };
    if let Some((encoding, mark)) = wide {
        let decoded = decode_as(encoding, &bytes[mark..]);
        return if decoded.text.contains('\0') { Err(NoText::Binary("it holds zero bytes")) } else { Ok(decoded) };
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
            return Ok(Decoded { text, encoding: UTF_8.name(), had_errors: false });
        }
        Err(error) => error.into_bytes(),
    };
    let declared = declared.filter(|encoding| *encoding != UTF_8);
    Ok(decode_as(declared.unwrap_or_else(|| guess(&bytes)), &bytes))
}

fn decode_as(encoding: &'static Encoding, bytes: &[u8]) -> Decoded {
    let (text, had_errors) = encoding.decode_without_bom_handling(bytes);
    Decoded { text: text.into_owned(), encoding: encoding.name(), had_errors }
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Allow)
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

    const RUSSIAN: &str =
        "Группа продаёт исходный код трёх антивирусных компаний и доступ к их сетям за триста тысяч долларов.\n";
    const FRENCH: &str =
        "Le vendeur prétend détenir près de 30 To de données volées à trois éditeurs, dont l’identité reste cachée.\n";

    #[test]
    fn encodings_are_told_apart() {
        for (text, encoding) in [(RUSSIAN, WINDOWS_1251), (RUSSIAN, IBM866), (FRENCH, WINDOWS_1252)] {
            let (bytes, _, _) = encoding.encode(text);
            let decoded = decode(bytes.into_owned(), None).unwrap();
            assert_eq!((decoded.text.as_str(), decoded.encoding), (text, encoding.name()));
            assert!(!decoded.had_errors);
        }
    }

    #[test]
    fn utf16_is_read_with_and_without_its_mark() {
        for text in ["30 TB for $300,000, screenshots as proof\r\n", RUSSIAN] {
            for mark in ["\u{feff}", ""] {
                let marked = format!("{mark}{text}");
                let little = marked.encode_utf16().flat_map(u16::to_le_bytes).collect();
                let big = marked.encode_utf16().flat_map(u16::to_be_bytes).collect();
                assert_eq!(decode(little, None).unwrap().text, text);
                assert_eq!(decode(big, None).unwrap().text, text);
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
        assert_eq!(decode("é".as_bytes().to_vec(), Some(WINDOWS_1252)).unwrap().text, "é");
        assert_eq!(decode(b"caf\xe9".to_vec(), Some(WINDOWS_1251)).unwrap().text, "cafй");
    }

    proptest! {
        #[test]
        fn valid_utf8_comes_back_byte_for_byte(text in "\u{feff}?[ -~\n\u{a0}-\u{d7ff}]{1,200}") {
            prop_assume!(!text.trim_ascii().is_empty() && !text.contains('\u{7f}'));
            prop_assert_eq!(decode(text.clone().into_bytes(), None).unwrap().text, text);
        }

        #[test]
        fn any_bytes_give_a_text_or_a_reason(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = decode(bytes, None);
        }
    }
}
