//! From the bytes of a file to the bytes that are normalised: UTF-16 becomes UTF-8, a byte-order mark goes, and a
//! binary file is told from text.

use std::mem;

/// How many bytes decide whether a file is binary (the rule and the figure that git uses).
pub(crate) const BINARY_HEAD: usize = 8000;

/// How many bytes decide whether a file without a byte-order mark is UTF-16.
const UTF16_HEAD: usize = 4096;

/// The least share, in percent, of the odd (or even) offsets that hold a NUL in UTF-16 of mostly Latin text.
const UTF16_NUL_PERCENT: usize = 40;

/// What a file was taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Bytes that were normalised as they are; also the empty file.
    Text,
    /// UTF-16, normalised as the UTF-8 of the same text.
    Utf16,
    /// A NUL stands in its head: it has no text, but parts.
    Binary,
}

/// The text of a whole file, as it is normalised; `None` where the file is binary.
pub fn decoded_text(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::with_capacity(bytes.len());
    let mut decoder = Decoder::new();
    let mut take = |decoded: Decoded<'_>| text.extend_from_slice(decoded.text());
    decoder.push(bytes, &mut take);
    (decoder.finish(&mut take) != Kind::Binary).then_some(text)
}

/// The next bytes of a file, by what they are for.
pub(crate) enum Decoded<'b> {
    /// Bytes of text.
    Text(&'b [u8]),
    /// Bytes of a binary file.
    Binary(&'b [u8]),
}

impl<'b> Decoded<'b> {
    /// What of it is text.
    pub(crate) fn text(&self) -> &'b [u8] {
        match self {
            Decoded::Text(bytes) => bytes,
            Decoded::Binary(_) => &[],
        }
    }
}

/// Decodes a file that comes in pieces.
pub(crate) struct Decoder {
    state: State,
}

enum State {
    /// The head is still being gathered.
    Head(Vec<u8>),
    Text,
    Utf16(Utf16),
    Binary,
}

struct Utf16 {
    little_endian: bool,
    /// The first byte of a unit cut by the end of a piece.
    half_unit: Option<u8>,
    /// A high surrogate that waits for its low one.
    high: Option<u16>,
}

impl Decoder {
    pub(crate) fn new() -> Self {
        Decoder { state: State::Head(Vec::new()) }
    }

    /// Takes a piece of the file and gives what it decodes to, in pieces.
    pub(crate) fn push(&mut self, mut input: &[u8], out: &mut impl FnMut(Decoded<'_>)) {
        if let State::Head(head) = &mut self.state {
            if head.is_empty() && input.len() >= BINARY_HEAD {
                // The head is all there: nothing needs to be gathered.
                self.begin(&input[..BINARY_HEAD], input, out);
                return;
            }
            let (taken, rest) = input.split_at(input.len().min(BINARY_HEAD - head.len()));
            head.extend_from_slice(taken);
            input = rest;
            if head.len() < BINARY_HEAD {
                return;
            }
            self.decide(out);
        }
        self.decode(input, out);
    }

    /// Takes the end of the file: gives what was still held back, and what the file was taken for.
    pub(crate) fn finish(mut self, out: &mut impl FnMut(Decoded<'_>)) -> Kind {
        if matches!(self.state, State::Head(_)) {
            self.decide(out);
        }
        match self.state {
            State::Head(_) | State::Text => Kind::Text,
            State::Binary => Kind::Binary,
            State::Utf16(utf16) => {
                // A cut unit and a lone surrogate each stand for one unreadable character.
                let lost = usize::from(utf16.half_unit.is_some()) + usize::from(utf16.high.is_some());
                out(Decoded::Text("\u{fffd}".repeat(lost).as_bytes()));
                Kind::Utf16
            }
        }
    }

    fn decide(&mut self, out: &mut impl FnMut(Decoded<'_>)) {
        let State::Head(head) = mem::replace(&mut self.state, State::Text) else { return };
        self.begin(&head, &head, out);
    }

    /// Takes the first bytes of the file, which begin with its head.
    fn begin(&mut self, head: &[u8], bytes: &[u8], out: &mut impl FnMut(Decoded<'_>)) {
        let (state, mark) = judge(head);
        self.state = state;
        self.decode(bytes.get(mark..).unwrap_or_default(), out);
    }

    fn decode(&mut self, input: &[u8], out: &mut impl FnMut(Decoded<'_>)) {
        match &mut self.state {
            State::Head(_) => {}
            State::Binary => out(Decoded::Binary(input)),
            State::Text => out(Decoded::Text(input)),
            State::Utf16(utf16) => out(Decoded::Text(&utf16.decode(input))),
        }
    }
}

impl Utf16 {
    /// The UTF-8 of what ends in `input`.
    fn decode(&mut self, input: &[u8]) -> Vec<u8> {
        // Most characters take one byte of UTF-8 for two.
        let mut text = String::with_capacity(input.len());
        for &byte in input {
            let Some(first) = self.half_unit.take() else {
                self.half_unit = Some(byte);
                continue;
            };
            let unit = [first, byte];
            self.unit(if self.little_endian { u16::from_le_bytes(unit) } else { u16::from_be_bytes(unit) }, &mut text);
        }
        text.into_bytes()
    }

    fn unit(&mut self, unit: u16, text: &mut String) {
        if let Some(high) = self.high.take() {
            if let Some(Ok(character)) = char::decode_utf16([high, unit]).next() {
                return text.push(character);
            }
            text.push(char::REPLACEMENT_CHARACTER);
        }
        if is_high(unit) {
            self.high = Some(unit);
        } else {
            text.push(char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
    }
}

fn is_high(unit: u16) -> bool {
    (0xd800..0xdc00).contains(&unit)
}

/// What a file with this head is, and how many bytes of byte-order mark it begins with.
fn judge(head: &[u8]) -> (State, usize) {
    let utf16 = |little_endian| State::Utf16(Utf16 { little_endian, half_unit: None, high: None });
    if head.starts_with(&[0xff, 0xfe]) {
        return (utf16(true), 2);
    }
    if head.starts_with(&[0xfe, 0xff]) {
        return (utf16(false), 2);
    }
    // Looked for in all of it, since so the compiler compares many bytes at once.
    if !head.iter().fold(false, |any, byte| any | (*byte == 0)) {
        return (State::Text, if head.starts_with(&[0xef, 0xbb, 0xbf]) { 3 } else { 0 });
    }
    let start = &head[..head.len().min(UTF16_HEAD)];
    let (even, odd) = (NulsAt::count(start, 0), NulsAt::count(start, 1));
    if odd.are_many() && even.nuls == 0 {
        return (utf16(true), 0);
    }
    if even.are_many() && odd.nuls == 0 {
        return (utf16(false), 0);
    }
    (State::Binary, 0)
}

struct NulsAt {
    nuls: usize,
    offsets: usize,
}

impl NulsAt {
    fn count(bytes: &[u8], from: usize) -> Self {
        let at = || bytes.iter().skip(from).step_by(2);
        NulsAt { nuls: at().filter(|byte| **byte == 0).count(), offsets: at().count() }
    }

    fn are_many(&self) -> bool {
        self.nuls > 0 && self.nuls * 100 >= self.offsets * UTF16_NUL_PERCENT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(pieces: &[&[u8]]) -> (Kind, Vec<u8>) {
        let (mut out, mut binary) = (Vec::new(), Vec::new());
        let mut take = |decoded: Decoded<'_>| match decoded {
            Decoded::Text(bytes) => out.extend_from_slice(bytes),
            Decoded::Binary(bytes) => binary.extend_from_slice(bytes),
        };
        let mut decoder = Decoder::new();
        for piece in pieces {
            decoder.push(piece, &mut take);
        }
        let kind = decoder.finish(&mut take);
        assert_eq!(binary, if kind == Kind::Binary { pieces.concat() } else { Vec::new() });
        (kind, out)
    }

    fn utf16(text: &str, little_endian: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|u| if little_endian { u.to_le_bytes() } else { u.to_be_bytes() }).collect()
    }

    #[test]
    fn utf16_becomes_utf8_with_and_without_its_mark_in_both_orders() {
        let text = "Größe 😁 and plain words to follow";
        for little_endian in [true, false] {
            let bare = utf16(text, little_endian);
            let marked = utf16(&format!("\u{feff}{text}"), little_endian);
            assert_eq!(decoded(&[&bare]), (Kind::Utf16, text.as_bytes().to_vec()));
            assert_eq!(decoded(&[&marked]), (Kind::Utf16, text.as_bytes().to_vec()));
        }
    }

    #[test]
    fn lone_surrogates_and_a_cut_unit_become_replacement_characters() {
        let lone_high = [0xff, 0xfe, 0x3d, 0xd8, b'a', 0];
        assert_eq!(decoded(&[&lone_high]), (Kind::Utf16, "\u{fffd}a".as_bytes().to_vec()));
        let lone_low_then_cut = [0xff, 0xfe, 0x00, 0xde, b'a'];
        assert_eq!(decoded(&[&lone_low_then_cut]), (Kind::Utf16, "\u{fffd}\u{fffd}".as_bytes().to_vec()));
        let two_highs = [0xff, 0xfe, 0x3d, 0xd8, 0x3d, 0xd8];
        assert_eq!(decoded(&[&two_highs]), (Kind::Utf16, "\u{fffd}\u{fffd}".as_bytes().to_vec()));
        let pair_after_a_lone_one = [0xff, 0xfe, 0x3d, 0xd8, 0x3d, 0xd8, 0x00, 0xde];
        assert_eq!(decoded(&[&pair_after_a_lone_one]), (Kind::Utf16, "\u{fffd}😀".as_bytes().to_vec()));
    }

    #[test]
    fn a_nul_in_the_first_8000_bytes_makes_a_file_binary_and_a_later_one_does_not() {
        let mut bytes = vec![b'x'; 9000];
        bytes[8000] = 0;
        assert_eq!(decoded(&[&bytes]).0, Kind::Text);
        bytes[7999] = 0;
        assert_eq!(decoded(&[&bytes]), (Kind::Binary, Vec::new()));
    }

    #[test]
    fn nuls_on_two_fifths_of_the_odd_offsets_make_utf16_and_fewer_make_binary() {
        let mut bytes = vec![b'x'; 20];
        (0..4).for_each(|i| bytes[2 * i + 1] = 0);
        assert_eq!(decoded(&[&bytes]).0, Kind::Utf16);
        bytes[4] = 0;
        assert_eq!(decoded(&[&bytes]).0, Kind::Binary, "NULs on both sides are no UTF-16");
        bytes[4] = b'x';
        bytes[7] = b'x';
        assert_eq!(decoded(&[&bytes]).0, Kind::Binary);
    }

    #[test]
    fn a_whole_file_has_text_unless_it_is_binary() {
        assert_eq!(decoded_text("\u{feff}plain".as_bytes()), Some(b"plain".to_vec()));
        assert_eq!(decoded_text(&utf16("Größe of it", true)), Some("Größe of it".as_bytes().to_vec()));
        assert_eq!(decoded_text(b"\x7fELF\0\0"), None);
        assert_eq!(decoded_text(b""), Some(Vec::new()));
    }

    #[test]
    fn the_mark_of_utf8_is_dropped() {
        assert_eq!(decoded(&[b"\xef\xbb", b"\xbfabc"]), (Kind::Text, b"abc".to_vec()));
    }
}
