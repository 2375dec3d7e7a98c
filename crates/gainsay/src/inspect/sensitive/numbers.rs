//! Payment cards, bank accounts and national numbers: rows of digits that are told by their checks.
//!
//! Digits are everywhere, so that there is no anchor: of every sixteen bytes the digits are counted, and only where they are many is
//! looked closer. What passes a weak check by chance one time in ten needs a word before it, or over its column, that says what it is.

use super::checks::{NATIONAL, card_network, finnish_id, iban, iban_length, italian_id, resident_number, spanish_id};
use super::{Found, Window, is_word};
use crate::claim::SensitiveGroup;

const BLOCK: usize = 16;

/// A row of nine digits, however it is grouped in threes and fours, has so many in one of the blocks that it lies in.
const MANY: u8 = 4;

/// How far before a number its word may stand.
const NEAR: usize = 48;

/// The longest of these numbers as written.
const LONGEST: usize = 48;

/// Finds those that begin at a place from `from` on and before `until`.
pub(super) fn between(window: &Window<'_>, from: usize, until: usize, found: &mut Vec<(usize, Found)>) {
    // Blocks lie as the window does, but whether a block is looked at must not hang on where a file is cut: one with few digits
    // has no number that begins in it and is not found in the next, so more looking finds nothing more.
    let mut at = from;
    let (mut here, mut next) = (digits(window.bytes, at), digits(window.bytes, at + BLOCK));
    while at < until {
        let end = (at + BLOCK).min(window.bytes.len());
        let third = digits(window.bytes, at + 2 * BLOCK);
        if here >= MANY || next >= MANY || third >= MANY {
            let begun = (at..end.min(until)).filter(|at| begins(window, *at));
            found.extend(begun.filter_map(|at| Some((at, number_at(window, at)?))));
        }
        (here, next) = (next, third);
        at += BLOCK;
    }
}

/// How many digits are in the block that begins here.
fn digits(bytes: &[u8], at: usize) -> u8 {
    let is_digit = |byte: &u8| u8::from(byte.wrapping_sub(b'0') < 10);
    match bytes.get(at..).and_then(|rest| rest.first_chunk::<BLOCK>()) {
        Some(block) => block.iter().map(is_digit).sum(),
        None => bytes.get(at..).unwrap_or_default().iter().map(is_digit).sum(),
    }
}

/// Whether a number can begin here: no word goes on, nor another number.
fn begins(window: &Window<'_>, at: usize) -> bool {
    let before = &window.bytes[at.saturating_sub(2)..at];
    let goes_on = match before {
        [.., last] if is_word(*last) => !super::is_escape(before),
        [first, b'.' | b',' | b'-' | b'+' | b'/'] => first.is_ascii_digit(),
        [.., b'+' | b'#' | b'.'] => true,
        _ => false,
    };
    !goes_on && window.bytes[at].is_ascii_alphanumeric()
}

/// A number that begins here, of whatever kind.
fn number_at(window: &Window<'_>, at: usize) -> Option<Found> {
    let bytes = &window.bytes[at..window.bytes.len().min(at + LONGEST)];
    let personal = |kind, long: usize, value: &[u8]| Found::new(SensitiveGroup::Personal, kind, (at, at + long), value);
    if bytes[0].is_ascii_alphabetic() {
        return account(bytes)
            .map(|(long, value)| {
                personal("bank account (IBAN)", long, &value).about(String::from_utf8_lossy(&value[..2]).into_owned())
            })
            .or_else(|| lettered(bytes).map(|(kind, long)| personal(kind, long, &bytes[..long])));
    }
    let (long, digits) = row(bytes);
    if let Some(network) = card_network(&digits).filter(|_| is_grouped_as_card(&bytes[..long])) {
        return Some(personal("payment card", long, &digits).about(network.to_owned()));
    }
    if let Some((kind, long)) = lettered(bytes) {
        return Some(personal(kind, long, &bytes[..long]));
    }
    let written: Vec<u8> = bytes[..long].iter().map(|byte| if byte.is_ascii_digit() { b'0' } else { *byte }).collect();
    let found = NATIONAL.iter().find(|id| {
        let has_look = id.written.iter().any(|it| it.as_bytes() == written);
        let is_plain = !id.words.is_empty()
            && (written.iter().all(|byte| *byte == b'0') || written.contains(&b'-') || written.contains(&b' '));
        digits.len() == id.digits && (has_look || (is_plain && is_said(window, at, id.words))) && (id.check)(&digits)
    })?;
    Some(personal(found.kind, long, &digits))
}

/// A row of digits with single spaces, hyphens and full stops between them: how long it is as written, and its digits.
fn row(bytes: &[u8]) -> (usize, Vec<u8>) {
    let (mut digits, mut long) = (Vec::new(), 0);
    while let Some(byte) = bytes.get(long) {
        match byte {
            b'0'..=b'9' => digits.push(*byte),
            b' ' | b'-' | b'.' if bytes.get(long + 1).is_some_and(u8::is_ascii_digit) => {}
            _ => break,
        }
        long += 1;
    }
    // `4111111111111111x` is no number, `…1111_1` neither.
    if bytes.get(long).is_some_and(|byte| is_word(*byte)) { (0, Vec::new()) } else { (long, digits) }
}

/// Cards are written in one row, or in groups of four, or as American Express and Diners Club do.
fn is_grouped_as_card(written: &[u8]) -> bool {
    let groups: Vec<usize> = written.split(|byte| *byte == b' ' || *byte == b'-').map(<[u8]>::len).collect();
    !written.contains(&b'.')
        && match groups.as_slice() {
            [_] | [4, 6, 4 | 5] => true,
            [first @ .., last] => first.iter().all(|group| *group == 4) && (1..=4).contains(last),
            [] => false,
        }
}

/// An IBAN, in one row or in groups of four.
fn account(bytes: &[u8]) -> Option<(usize, Vec<u8>)> {
    if !(bytes.len() >= 15
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..4].iter().all(u8::is_ascii_digit))
    {
        return None;
    }
    let wanted = iban_length(&bytes[..2])?;
    let (mut value, mut long) = (Vec::new(), 0);
    while value.len() < wanted {
        match bytes.get(long)? {
            byte if byte.is_ascii_digit() || byte.is_ascii_uppercase() => value.push(*byte),
            b' ' if value.len() % 4 == 0 => {}
            _ => return None,
        }
        long += 1;
    }
    let is_whole = bytes.get(long).is_none_or(|byte| !is_word(*byte));
    (is_whole && iban(&value)).then_some((long, value))
}

/// National numbers with letters in them.
fn lettered(bytes: &[u8]) -> Option<(&'static str, usize)> {
    let long = bytes.iter().take_while(|byte| is_word(**byte)).count();
    let value = &bytes[..long];
    let digits = |range: std::ops::Range<usize>| value[range].iter().all(u8::is_ascii_digit);
    match long {
        9 if digits(1..8)
            && value[8].is_ascii_uppercase()
            && (value[0].is_ascii_digit() || b"XYZ".contains(&value[0])) =>
        {
            spanish_id(value).then_some(("DNI or NIE (Spain)", 9))
        }
        16 if value[..6].iter().all(u8::is_ascii_uppercase)
            && b"ABCDEHLMPRST".contains(&value[8])
            && value[11].is_ascii_uppercase() =>
        {
            italian_id(value).then_some(("codice fiscale (Italy)", 16))
        }
        18 if digits(0..17) => resident_number(value).then_some(("resident number (China)", 18)),
        // A day, the century as a mark, three digits and a letter or a digit.
        6 if digits(0..6) && bytes.len() > 10 && b"+-".contains(&bytes[6]) => {
            let whole = &bytes[..11];
            let is_whole =
                bytes.get(11).is_none_or(|byte| !is_word(*byte)) && whole[7..10].iter().all(u8::is_ascii_digit);
            (is_whole && finnish_id(whole) && !whole[10].is_ascii_digit()).then_some(("HETU (Finland)", 11))
        }
        11 if digits(0..6) && b"ABCDEF".contains(&value[6]) && digits(7..10) => {
            finnish_id(value).then_some(("HETU (Finland)", 11))
        }
        _ => None,
    }
}

/// Whether one of these words stands before a place in its line, or in the first line of the file.
fn is_said(window: &Window<'_>, at: usize, words: &[&str]) -> bool {
    let line = window.line_before(at);
    let near = line[line.len().saturating_sub(NEAR)..].to_ascii_lowercase();
    words.iter().any(|word| has_word(&near, word) || has_word(window.header, word))
}

fn has_word(text: &[u8], word: &str) -> bool {
    memchr::memmem::find_iter(text, word.as_bytes()).any(|at| {
        let before = at.checked_sub(1).map(|at| text[at]);
        let after = text.get(at + word.len());
        !before.is_some_and(|byte| byte.is_ascii_alphanumeric()) && !after.is_some_and(u8::is_ascii_alphanumeric)
    })
}
