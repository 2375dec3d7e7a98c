//! DER: rows of tag, length and content (X.690). Only what certificates, keys and signatures need of it; nothing is copied, and no length
//! leads out of what is at hand.

use std::fmt::Write as _;

pub(crate) fn take<'b>(rest: &mut &'b [u8], length: usize) -> Option<&'b [u8]> {
    let (taken, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(taken)
}

/// A number of at most four bytes, the highest first.
pub(crate) fn number(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |number, byte| number << 8 | usize::from(*byte))
}

/// Tag, content, and what follows.
pub(crate) fn tlv(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (first, mut rest) = rest.split_first()?;
    let length = match first {
        0..=0x7f => usize::from(*first),
        0x81..=0x84 => number(take(&mut rest, usize::from(first & 0x7f))?),
        _ => return None,
    };
    let content = take(&mut rest, length)?;
    Some((*tag, content, rest))
}

pub(crate) fn children(content: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = content;
    std::iter::from_fn(move || {
        let (tag, content, after) = tlv(rest)?;
        rest = after;
        Some((tag, content))
    })
}

/// The tags that are named.
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BITS: u8 = 0x03;
pub(crate) const BYTES: u8 = 0x04;
pub(crate) const IDENTIFIER: u8 = 0x06;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// What follows a row, and its content where it has this tag.
pub(crate) fn expect(tag: u8, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    tlv(bytes).filter(|(found, ..)| *found == tag).map(|(_, content, rest)| (content, rest))
}

/// An object identifier as its numbers; those that no memory has are left out.
pub(crate) fn identifier(content: &[u8]) -> String {
    let (mut words, mut number, mut is_first) = (String::new(), 0u64, true);
    for byte in content.iter().take(64) {
        number = number << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 > 0 {
            continue;
        }
        if is_first {
            let first = (number / 40).min(2);
            _ = write!(words, "{first}.{}", number - first * 40);
        } else {
            _ = write!(words, ".{number}");
        }
        (number, is_first) = (0, false);
    }
    words
}

/// A string of any kind: of one byte a character, of two, or UTF-8.
pub(crate) fn string(tag: u8, content: &[u8]) -> Option<String> {
    match tag {
        // UTF8String, NumericString, PrintableString, IA5String, VisibleString.
        0x0c | 0x12 | 0x13 | 0x16 | 0x1a => Some(String::from_utf8_lossy(content).into_owned()),
        // TeletexString, which is mostly Latin 1.
        0x14 => Some(content.iter().map(|byte| char::from(*byte)).collect()),
        // BMPString.
        0x1e => {
            let (pairs, _) = content.as_chunks::<2>();
            let units: Vec<u16> = pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
            Some(String::from_utf16_lossy(&units))
        }
        _ => None,
    }
}

/// A distinguished name, its last part first, as RFC 4514 writes it but for its escapes.
pub(crate) fn name(content: &[u8]) -> String {
    let mut parts = Vec::new();
    for (_, set) in children(content).take(64) {
        for (_, pair) in children(set).take(8) {
            let Some((kind, value)) = expect(IDENTIFIER, pair) else { continue };
            let Some((tag, held, _)) = tlv(value) else { continue };
            let word = match kind {
                [0x55, 4, 3] => "CN",
                [0x55, 4, 4] => "SN",
                [0x55, 4, 5] => "serialNumber",
                [0x55, 4, 6] => "C",
                [0x55, 4, 7] => "L",
                [0x55, 4, 8] => "ST",
                [0x55, 4, 9] => "street",
                [0x55, 4, 10] => "O",
                [0x55, 4, 11] => "OU",
                [0x09, 0x92, .., 1, 1] => "UID",
                [0x09, 0x92, .., 1, 25] => "DC",
                [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1] => "emailAddress",
                _ => "",
            };
            let word = if word.is_empty() { identifier(kind) } else { word.to_owned() };
            parts.push(format!("{word}={}", string(tag, held).unwrap_or_default()));
        }
    }
    parts.reverse();
    parts.join(",")
}

/// Seconds since 1970 of a time of two or four digits of the year: as it says in UTC, or so many hours and minutes before or behind it.
pub(crate) fn time(tag: u8, content: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(content).ok()?;
    let (digits, zone) = text.split_at(text.bytes().take_while(u8::is_ascii_digit).count());
    let (year, rest) = match tag {
        // UTCTime: from 1950 to 2049.
        0x17 => {
            let year: i64 = digits.get(..2)?.parse().ok()?;
            (if year < 50 { 2_000 + year } else { 1_900 + year }, &digits[2..])
        }
        // GeneralizedTime.
        0x18 => (digits.get(..4)?.parse().ok()?, &digits[4..]),
        _ => return None,
    };
    let part = |of: &str, at: usize| {
        let digits = of.get(at..at + 2).filter(|it| it.bytes().all(|byte| byte.is_ascii_digit()));
        digits.and_then(|it| it.parse::<i64>().ok())
    };
    let seconds = match rest.len() {
        8 => 0,
        10 => part(rest, 8)?,
        _ => return None,
    };
    let local =
        crate::clues::seconds_of((year, part(rest, 0)?, part(rest, 2)?), (part(rest, 4)?, part(rest, 6)?, seconds))?;
    // Parts of a second stand before the zone.
    let zone = zone.trim_start_matches(|c: char| matches!(c, '.' | ',') || c.is_ascii_digit());
    let ahead = |zone: &str| Some(part(zone, 0)? * 3_600 + if zone.len() > 2 { part(zone, 2)? * 60 } else { 0 });
    match zone.as_bytes().first() {
        Some(b'+') => Some(local - ahead(&zone[1..])?),
        Some(b'-') => Some(local + ahead(&zone[1..])?),
        _ => Some(local),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_utc_and_beside_it() {
        let noon = 1_556_712_000;
        for (tag, text) in [
            (0x17, "190501120000Z"),
            (0x17, "1905011200Z"),
            (0x17, "190501143000+0230"),
            (0x17, "1905010400-0800"),
            (0x18, "20190501120000Z"),
            (0x18, "20190501120000.25Z"),
            (0x18, "20190501130000,5+01"),
            (0x18, "20190501120000"),
        ] {
            assert_eq!(time(tag, text.as_bytes()), Some(noon), "{text}");
        }
        for text in [
            "",
            "19",
            "190501",
            "19050112",
            "1905011200000Z",
            "19050112000+0100",
            "190501120000+",
            "190501120000+01x",
            "-90501120000Z",
        ] {
            assert_eq!(time(0x17, text.as_bytes()), None, "{text}");
        }
        assert_eq!(time(0x17, "190501120000+é1".as_bytes()), None);
    }
}
