//! `dir` and `dir /s` in any language, and `Get-ChildItem`.

use super::fields::{Clock, clock, day, grouped_number};
use super::paths::{LONGEST_PATH, joined};
use super::{Draft, Line};

#[derive(Default)]
pub(super) struct Dir {
    /// The folder whose files are listed.
    folder: Vec<u8>,
    /// Where names begin, as lines of folders tell, whose `<DIR>` is no part of a name.
    names_at: Option<usize>,
}

impl Dir {
    pub(super) fn line(&mut self, line: &[u8]) -> Line {
        let line = with_plain_blanks(line);
        match line.first() {
            None => Line::Frame,
            // Heads and sums, in any language.
            Some(b' ') => {
                if let Some(folder) = folder_named(&line).filter(|folder| folder.len() <= LONGEST_PATH) {
                    self.folder = folder;
                }
                Line::Frame
            }
            Some(first) if first.is_ascii_digit() => self.entry(&line).unwrap_or(Line::Unknown),
            Some(_) => self.child_item(&line).unwrap_or(Line::Unknown),
        }
    }

    /// `01.02.2019  15:04    <DIR>          name` or `1/2/2019  03:04 PM         1,234 name`.
    fn entry(&mut self, line: &[u8]) -> Option<Line> {
        let (day, used) = day(line)?;
        let (clock, time) = clock_at(line.get(used..)?)?;
        let at = used + time;
        let rest = line.get(at..)?;
        let blanks = rest.iter().take_while(|byte| **byte == b' ').count();
        let field = rest.get(blanks..).filter(|_| blanks > 0)?;
        let modified = day.at(Some(clock));
        if field.first() == Some(&b'<') {
            let end = field.iter().position(|byte| *byte == b'>')? + 1;
            let gap = field.get(end..)?.iter().take_while(|byte| **byte == b' ').count();
            let name = field.get(end + gap..).filter(|name| gap > 0 && !name.is_empty())?;
            self.names_at = Some(at + blanks + end + gap);
            // A junction or link (`<JUNCTION>`, `<SYMLINK>`) leads elsewhere; `<DIR>` is said in a language.
            let leads_elsewhere = name.ends_with(b"]") && name.windows(2).any(|two| two == b" [");
            if name == b"." || name == b".." || leads_elsewhere {
                return Some(Line::Frame);
            }
            let path = joined(&self.folder, name);
            return Some(Line::Entry(Draft { path, bytes: None, modified, is_folder: true }));
        }
        let (bytes, name) = self.size_and_name(line, at + blanks)?;
        let path = joined(&self.folder, name);
        Some(Line::Entry(Draft { path, bytes: Some((bytes, bytes)), modified, is_folder: false }))
    }

    /// A size that begins at an offset, whose thousands may be parted by blanks, and the name one blank behind it.
    fn size_and_name<'l>(&self, line: &'l [u8], at: usize) -> Option<(u64, &'l [u8])> {
        let parted = self.names_at.and_then(|names| {
            let size = line.get(at..names.checked_sub(1)?)?;
            let bytes = grouped_number(size)?;
            Some((bytes, line.get(names..).filter(|name| line[names - 1] == b' ' && !name.is_empty())?))
        });
        if parted.is_some() {
            return parted;
        }
        let field = line.get(at..)?;
        // Where no column tells, as many groups of three digits as there are belong to the size, but for the last word.
        let mut best = None;
        for (end, _) in field.iter().enumerate().filter(|(_, byte)| **byte == b' ') {
            let Some(bytes) = field.get(..end).and_then(grouped_number) else { break };
            best = Some((bytes, field.get(end + 1..).filter(|name| !name.is_empty())?));
        }
        best
    }

    /// `-a----         1/2/2019   3:04 PM           1234 name`, of `Get-ChildItem`.
    fn child_item(&mut self, line: &[u8]) -> Option<Line> {
        let end = line.iter().position(|byte| *byte == b' ')?;
        let mode = line.get(..end)?;
        let is_mode = (5..=7).contains(&mode.len()) && mode.iter().all(|byte| b"darhslDARHSL-".contains(byte));
        if !is_mode {
            let is_head = line.starts_with(b"Mode ") || line.starts_with(b"---- ");
            return is_head.then_some(Line::Frame);
        }
        let blanks = |from: usize| Some(line.get(from..)?.iter().take_while(|byte| **byte == b' ').count());
        let mut at = end + blanks(end)?;
        let (day, used) = day(line.get(at..)?)?;
        at += used;
        let (clock, used) = clock_at(line.get(at..)?)?;
        at += used;
        at += blanks(at)?;
        let modified = day.at(Some(clock));
        if matches!(mode, [b'd', ..]) {
            let path = joined(&self.folder, line.get(at..).filter(|name| !name.is_empty())?);
            return Some(Line::Entry(Draft { path, bytes: None, modified, is_folder: true }));
        }
        let digits = line.get(at..)?.iter().take_while(|byte| **byte != b' ').count();
        let bytes = grouped_number(line.get(at..at + digits)?)?;
        let path = joined(&self.folder, line.get(at + digits + 1..).filter(|name| !name.is_empty())?);
        Some(Line::Entry(Draft { path, bytes: Some((bytes, bytes)), modified, is_folder: false }))
    }
}

/// A time of the day behind some blanks, with AM or PM behind or before it in some spelling; and how many bytes it takes.
fn clock_at(text: &[u8]) -> Option<(Clock, usize)> {
    let blanks = |text: &[u8]| text.iter().take_while(|byte| **byte == b' ').count();
    let word = |text: &[u8]| text.iter().take_while(|byte| **byte != b' ').count();
    let mut at = blanks(text);
    let mut figure = text.get(at..at + word(text.get(at..)?))?;
    if at == 0 || figure.is_empty() {
        return None;
    }
    let half = |word: &[u8]| match word.to_ascii_lowercase().as_slice() {
        b"am" | b"a.m." | b"a" => Some(false),
        b"pm" | b"p.m." | b"p" => Some(true),
        _ if word == "上午".as_bytes() || word == "오전".as_bytes() => Some(false),
        _ if word == "下午".as_bytes() || word == "오후".as_bytes() => Some(true),
        _ => None,
    };
    let mut afternoon = half(figure);
    if afternoon.is_some() {
        at += figure.len();
        at += blanks(text.get(at..)?);
        figure = text.get(at..at + word(text.get(at..)?))?;
    }
    at += figure.len();
    // Old systems write `03:04p`.
    if let [digits @ .., sign @ (b'a' | b'p')] = figure {
        (figure, afternoon) = (digits, Some(*sign == b'p'));
    }
    let told = clock(figure)?;
    let gap = blanks(text.get(at..)?);
    let next = text.get(at + gap..)?;
    let next = next.get(..word(next))?;
    if let (1, Some(is_afternoon)) = (gap, half(next)) {
        afternoon = Some(is_afternoon);
        at += gap + next.len();
    }
    Some((afternoon.map_or(told, |afternoon| told.of_half_day(afternoon)), at))
}

/// The folder that a head names: from a drive or two backslashes on. In some languages a word follows it.
fn folder_named(line: &[u8]) -> Option<Vec<u8>> {
    let is_start = |three: &[u8]| {
        matches!(three, [b' ', drive, b':'] if drive.is_ascii_alphabetic()) || matches!(three, [b' ', b'\\', b'\\'])
    };
    let start = line.windows(3).position(is_start)? + 1;
    let named = line.get(start..)?;
    if !named.starts_with(b"\\\\") && named.get(2) != Some(&b'\\') {
        return None;
    }
    let comes_first = line.get(..start)?.iter().all(|byte| *byte == b' ');
    let suffix = named.iter().rposition(|byte| *byte == b' ').filter(|_| comes_first);
    let suffix = suffix.filter(|blank| named.get(blank + 1).is_some_and(|byte| !byte.is_ascii()));
    named.get(..suffix.unwrap_or(named.len())).map(<[u8]>::to_vec)
}

/// Blanks that do not break, in UTF-8 and in the code pages of DOS and Windows, as plain ones: they part thousands, and
/// a time from what follows.
fn with_plain_blanks(line: &[u8]) -> Vec<u8> {
    if line.is_ascii() {
        return line.to_vec();
    }
    match std::str::from_utf8(line) {
        Ok(text) => text.replace(['\u{a0}', '\u{202f}', '\u{2009}'], " ").replace(['\u{200e}', '\u{200f}'], "").into(),
        Err(_) => line.iter().map(|byte| if matches!(byte, 0xa0 | 0xff) { b' ' } else { *byte }).collect(),
    }
}
