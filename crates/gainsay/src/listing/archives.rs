//! What `unzip` and `7z` list of an archive.

use super::fields::{clock, day, number, words};
use super::{Draft, Line};

/// `unzip -l` and `unzip -v`.
pub(super) struct Zip;

impl Zip {
    pub(super) fn line(&mut self, line: &[u8]) -> Line {
        Zip::entry(line).unwrap_or_else(|| {
            let mut found = words(line).map(|(_, word)| word);
            let first = found.next().unwrap_or_default();
            let is_rule = first.len() > 3 && first.iter().all(|byte| *byte == b'-');
            let is_head = first.starts_with(b"Archive:") || first == b"Length" || first.is_empty();
            // The sum has a number of files at its end.
            let is_sum = number(first).is_some() && {
                let rest: Vec<&[u8]> = found.take(8).collect();
                matches!(&rest[..], [.., count, word] if number(count).is_some() && !word[0].is_ascii_digit())
            };
            if is_rule || is_head || is_sum { Line::Frame } else { Line::Unknown }
        })
    }

    fn entry(line: &[u8]) -> Option<Line> {
        let found: Vec<(usize, &[u8])> = words(line).take(9).collect();
        let word = |at: usize| found.get(at).map(|(_, word)| *word);
        let bytes = number(word(0)?)?;
        // Size, day, time, name; or with method, packed size, ratio before and the checksum behind.
        let at = if word(3).is_some_and(|ratio| ratio.ends_with(b"%")) { 4 } else { 1 };
        let (day, used) = day(word(at)?)?;
        let clock = clock(word(at + 1)?)?;
        if used != word(at)?.len() {
            return None;
        }
        let name = at + 2 + usize::from(at == 4);
        let path = line.get(found.get(name)?.0..)?.to_vec();
        let is_folder = path.ends_with(b"/");
        Some(Line::Entry(Draft { path, bytes: Some((bytes, bytes)), modified: day.at(Some(clock)), is_folder }))
    }
}

/// `7z l`: day, time, attributes in five columns, size and packed size in twelve columns each, name.
pub(super) struct SevenZip;

/// Where the columns of `7z l` begin.
const ATTRIBUTES: usize = 20;
const SIZE: usize = 25;
const PACKED: usize = 38;
const NAME: usize = 53;

impl SevenZip {
    pub(super) fn line(&mut self, line: &[u8]) -> Line {
        SevenZip::entry(line).unwrap_or_else(|| {
            let told = line.windows(3).any(|three| three == b" = ");
            let known = ["7-Zip", "7za", "7zr", "p7zip", "Scanning", "Listing archive", "--", "Date ", "   Date"];
            let is_head = known.iter().any(|known| line.starts_with(known.as_bytes()));
            // Sums: of what is scanned, and of what is listed, with or without a time.
            let first = words(line).next().map_or(&b""[..], |(_, word)| word);
            let is_sum = number(first).is_some() || day(first).is_some();
            let is_frame = told || is_head || is_sum || first.is_empty() || line.starts_with(b"      ");
            if is_frame { Line::Frame } else { Line::Unknown }
        })
    }

    fn entry(line: &[u8]) -> Option<Line> {
        let modified = match line.get(..ATTRIBUTES)? {
            told if told.iter().all(|byte| *byte == b' ') => Default::default(),
            told => {
                let (day, used) = day(told)?;
                day.at(Some(clock(told.get(used + 1..ATTRIBUTES - 1)?)?))
            }
        };
        let attributes = line.get(ATTRIBUTES..SIZE)?;
        if !attributes.iter().all(|byte| b"DRHSA.".contains(byte)) {
            return None;
        }
        let column = |from: usize, to: usize| line.get(from..to).map(<[u8]>::trim_ascii);
        let bytes = match column(SIZE, PACKED)? {
            b"" => None,
            size => Some(number(size)?),
        };
        let packed = column(PACKED, NAME - 2)?;
        let name = line.get(NAME..).filter(|name| !name.is_empty() && line[NAME - 1] == b' ')?;
        if !packed.is_empty() && number(packed).is_none() {
            return None;
        }
        let is_folder = attributes.first() == Some(&b'D');
        let bytes = bytes.map(|bytes| (bytes, bytes));
        Some(Line::Entry(Draft { path: name.to_vec(), bytes, modified, is_folder }))
    }
}
