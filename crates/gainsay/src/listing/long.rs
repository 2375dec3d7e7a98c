//! Lines that begin with a file's mode: `ls -l`, `ls -lR`, `find -ls`, `tar tv`, `zipinfo`.

use super::fields::{When, number, size, time, words, zipinfo_time};
use super::paths::{LONGEST_PATH, joined};
use super::{Draft, Line};

/// How far behind the mode a size is looked for: links, owner and group, which may have blanks.
const WORDS_TO_SIZE: usize = 8;

#[derive(Default)]
pub(super) struct Long {
    /// The folder whose files are listed.
    folder: Vec<u8>,
}

impl Long {
    pub(super) fn line(&mut self, line: &[u8]) -> Line {
        let mut found = words(line).take(24).peekable();
        // An inode's number and how many blocks it has may come first.
        let mut leading = 0;
        while leading < 2 && found.next_if(|(_, word)| word[0].is_ascii_digit() && size(word).is_some()).is_some() {
            leading += 1;
        }
        let Some((_, mode)) = found.next() else { return Line::Frame };
        let Some(kind) = kind_of(mode) else { return self.other(line) };
        let rest: Vec<(usize, &[u8])> = found.collect();
        let only: Vec<&[u8]> = rest.iter().map(|(_, word)| *word).collect();
        let Some((bytes, modified, used)) = zipinfo(&only).or_else(|| size_and_time(&only)) else {
            return Line::Unknown;
        };
        if !matches!(kind, b'-' | b'd' | b'C') {
            return Line::Frame;
        }
        // One blank stands before the name; more are its own.
        let Some((start, last)) = used.checked_sub(1).and_then(|last| rest.get(last)) else { return Line::Unknown };
        let Some(name) = line.get(start + last.len() + 1..).filter(|name| !name.is_empty()) else {
            return Line::Unknown;
        };
        let name = if leading == 2 { unescaped(name) } else { unquoted(name).to_vec() };
        if name == b"." || name == b".." {
            return Line::Frame;
        }
        let path = if name.starts_with(b"/") { name } else { joined(&self.folder, &name) };
        Line::Entry(Draft { path, bytes: Some(bytes), modified, is_folder: kind == b'd' })
    }

    /// The head of a folder (`a/b:`), or its sum (`total 12`).
    fn other(&mut self, line: &[u8]) -> Line {
        if let Some(folder) = line.strip_suffix(b":").filter(|folder| folder.len() <= LONGEST_PATH) {
            self.folder = unquoted(folder).to_vec();
            return Line::Frame;
        }
        let mut found = words(line).map(|(_, word)| word);
        let is_sum = found.next().is_some_and(|word| !word[0].is_ascii_digit())
            && found.next().is_some_and(|sum| size(sum).is_some())
            && found.next().is_none();
        let is_complaint = line.starts_with(b"ls: ") || line.starts_with(b"find: ") || line.starts_with(b"Archive: ");
        if is_sum || is_complaint { Line::Frame } else { Line::Unknown }
    }
}

/// What a mode such as `-rw-r--r--` says that it is; a sign for further rights may end it.
pub(super) fn kind_of(mode: &[u8]) -> Option<u8> {
    let (kind, rights) = mode.split_first()?;
    let is_right = |byte: &u8| b"rwxsStTlL-".contains(byte);
    let (nine, more) = rights.split_at_checked(9)?;
    let is_mode = b"-dlbcpsDhCLMPn".contains(kind)
        && nine.iter().all(is_right)
        && (more.is_empty() || more.len() == 1 && b"+.@".contains(&more[0]));
    is_mode.then_some(*kind)
}

/// The first size that a time follows, and how many words there are up to its end.
pub(super) fn size_and_time(words: &[&[u8]]) -> Option<((u64, u64), When, usize)> {
    (0..words.len().min(WORDS_TO_SIZE)).find_map(|at| {
        let bytes = size(words.get(at)?)?;
        let (modified, used) = time(words.get(at + 1..)?)?;
        Some((bytes, modified, at + 1 + used))
    })
}

/// `3.0 unx 1234 tx defN 19-Jan-02 15:04`: version, system, size, kind, method, day and time; with a compressed size or
/// without.
fn zipinfo(words: &[&[u8]]) -> Option<((u64, u64), When, usize)> {
    let is_version = matches!(words.first()?, [a, b'.', b] if a.is_ascii_digit() && b.is_ascii_digit());
    let bytes = number(words.get(2)?).filter(|_| is_version)?;
    let day = (4..7).find(|at| words.get(*at).is_some_and(|word| word.len() == 9 && word.get(2) == Some(&b'-')))?;
    Some(((bytes, bytes), zipinfo_time(words.get(day..)?)?, day + 2))
}

/// A name without the quotes that `ls` puts around one with blanks.
fn unquoted(name: &[u8]) -> &[u8] {
    match name {
        [b'\'', inner @ .., b'\''] | [b'"', inner @ .., b'"'] => inner,
        _ => name,
    }
}

/// A name as `find` prints it, with what is not printable as `\303` and blanks as `\ `.
pub(super) fn unescaped(name: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(name.len());
    let mut rest = name;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        let octal = || {
            let digits: &[u8; 3] = after.first_chunk()?;
            let is_octal = digits.iter().all(|digit| (b'0'..b'8').contains(digit));
            let byte = digits.iter().fold(0u32, |byte, digit| byte * 8 + u32::from(digit.wrapping_sub(b'0')));
            u8::try_from(byte).ok().filter(|_| is_octal)
        };
        match (first, octal(), after.first()) {
            (b'\\', Some(byte), _) => {
                out.push(byte);
                rest = after.get(3..).unwrap_or_default();
            }
            (b'\\', None, Some(byte @ (b' ' | b'\\' | b'"'))) => {
                out.push(*byte);
                rest = after.get(1..).unwrap_or_default();
            }
            _ => out.push(*first),
        }
    }
    out
}
