//! `tree` of Unix, with whatever it was told to show of each file, and of Windows.

use super::fields::{When, number, size, time, words};
use super::long::{kind_of, size_and_time, unescaped};
use super::paths::{DEEPEST, LONGEST_PATH};
use super::{Draft, Line};

/// Lines before the first entry that are its head: the root, and what Windows says of the volume.
const HEAD_LINES: usize = 4;

#[derive(Default)]
pub(super) struct Tree {
    /// The names from the root to the entry before.
    names: Vec<Vec<u8>>,
    head: usize,
    entries: u64,
    /// Those with a branch before their name, and those with any line before it.
    branches: u64,
    drawn: u64,
}

/// What stands before a name.
struct Prefix {
    depth: usize,
    bytes: usize,
    has_branch: bool,
    /// Whether there is more to it than blanks.
    is_drawn: bool,
}

impl Tree {
    pub(super) fn line(&mut self, line: &[u8]) -> Line {
        let Prefix { depth, bytes, has_branch, is_drawn } = prefix(line);
        let rest = line.get(bytes..).unwrap_or_default();
        if rest.iter().all(|byte| matches!(byte, b' ' | b'|')) || std::str::from_utf8(rest).is_ok_and(is_stem) {
            return Line::Frame;
        }
        if depth == 0 {
            return self.unindented(rest);
        }
        // Names without a branch are those of Windows; they lie deeper than what stands above them.
        if depth > self.names.len() + 1 || !has_branch && self.entries > 0 && self.branches == 0 && depth > 1 {
            return Line::Unknown;
        }
        self.entries += 1;
        self.branches += u64::from(has_branch);
        self.drawn += u64::from(is_drawn);
        let (shown, name) = bracketed(rest);
        let mut draft = Draft { path: Vec::new(), bytes: None, modified: When::default(), is_folder: false };
        let shown: Vec<&[u8]> = words(shown).map(|(_, word)| word).collect();
        draft.is_folder = shown.first().and_then(|mode| kind_of(mode)) == Some(b'd');
        if let Some((bytes, modified, _)) = size_and_time(&shown) {
            (draft.bytes, draft.modified) = (Some(bytes), modified);
        } else if let Some((modified, _)) = (0..shown.len()).find_map(|at| time(shown.get(at..)?)) {
            draft.modified = modified;
        } else {
            draft.bytes = shown.last().and_then(|word| size(word));
        }
        let mut name = unescaped(name);
        let link = name.windows(4).position(|four| four == b" -> ");
        if let Some(end) = link {
            name.truncate(end);
        }
        if name.last() == Some(&b'*') {
            name.pop();
        }
        draft.is_folder |= name.ends_with(b"/");
        let bare = name.strip_suffix(b"/").unwrap_or(&name).to_vec();
        if bare.is_empty() {
            return Line::Unknown;
        }
        self.names.truncate(depth - 1);
        if self.names.iter().map(Vec::len).sum::<usize>() + bare.len() > LONGEST_PATH {
            return Line::Unknown;
        }
        // With -f each name is a whole path.
        if bare.contains(&b'/') {
            self.names.push(bare.clone());
            draft.path = bare;
        } else {
            self.names.push(bare);
            draft.path = self.names.join(&b'/');
        }
        if link.is_some() { Line::Frame } else { Line::Entry(draft) }
    }

    /// The root, or the sum `3 directories, 12 files` in any language.
    fn unindented(&mut self, line: &[u8]) -> Line {
        let first = line.split(|byte| *byte == b' ').next().unwrap_or_default();
        let is_sum = self.entries > 0 && (number(first).is_some() || size(first).is_some());
        if self.entries == 0 && self.head < HEAD_LINES || is_sum {
            self.head += 1;
            return Line::Frame;
        }
        Line::Unknown
    }

    /// Whether lines were drawn: indented lines alone are no tree.
    pub(super) fn is_consistent(&self) -> bool {
        self.branches > 0 && self.drawn * 4 >= self.entries
    }
}

/// What stands before the name: groups of four characters, each a stem, a gap or a branch. A byte that is no UTF-8 counts as a
/// character: in the code pages of DOS it is one of these.
fn prefix(line: &[u8]) -> Prefix {
    let mut of = Prefix { depth: 0, bytes: 0, has_branch: false, is_drawn: false };
    let is_text = std::str::from_utf8(line).is_ok();
    loop {
        let rest = line.get(of.bytes..).unwrap_or_default();
        let Some((group, bytes)) = group(rest, is_text) else { break };
        of.depth += 1;
        of.is_drawn |= group != Group::Blank;
        of.bytes += bytes;
        if group == Group::Branch {
            of.has_branch = true;
            break;
        }
        if of.depth > DEEPEST {
            break;
        }
    }
    of
}

#[derive(PartialEq, Eq)]
enum Group {
    Blank,
    Stem,
    Branch,
}

/// The group at the beginning of a line, and its bytes.
fn group(line: &[u8], is_text: bool) -> Option<(Group, usize)> {
    let mut letters = [' '; 4];
    let mut bytes = 0;
    for letter in &mut letters {
        let rest = line.get(bytes..)?;
        let (read, length) = if is_text {
            let end = rest.len().min(4);
            let valid = rest.get(..end)?.utf8_chunks().next()?.valid();
            let first = valid.chars().next()?;
            (first, first.len_utf8())
        } else {
            (oem(*rest.first()?), 1)
        };
        *letter = read;
        bytes += length;
    }
    let blank = |letter: char| matches!(letter, ' ' | '\u{a0}');
    let dash = |letter: char| matches!(letter, '-' | '─' | '━' | '═');
    let [first, second, third, fourth] = letters;
    let is_stem = matches!(first, '│' | '|' | '┃' | '║');
    let is_fork = matches!(first, '├' | '└' | '|' | '`' | '+' | '\\' | '┣' | '┗' | '╠' | '╚' | '╰');
    if (is_stem || blank(first)) && blank(second) && blank(third) && blank(fourth) {
        Some((if is_stem { Group::Stem } else { Group::Blank }, bytes))
    } else if is_fork && dash(second) && dash(third) && (dash(fourth) || blank(fourth)) {
        Some((Group::Branch, bytes))
    } else {
        None
    }
}

/// Box-drawing characters of the DOS code pages 437, 850 and 866.
fn oem(byte: u8) -> char {
    match byte {
        0xb3 => '│',
        0xc0 => '└',
        0xc3 => '├',
        0xc4 => '─',
        0xa0 | 0xff => ' ',
        _ if byte.is_ascii() => char::from(byte),
        _ => '?',
    }
}

fn is_stem(rest: &str) -> bool {
    rest.chars().all(|letter| matches!(letter, '│' | '|' | ' ' | '\u{a0}'))
}

/// What is shown in brackets before a name, two blanks before it: `[4.0K Jan  2 15:04]  name`.
fn bracketed(rest: &[u8]) -> (&[u8], &[u8]) {
    let end = rest.windows(3).position(|three| three == b"]  ").filter(|_| rest.first() == Some(&b'['));
    match end.and_then(|end| Some((rest.get(1..end)?, rest.get(end + 3..)?))) {
        Some(parts) => parts,
        None => (&[], rest),
    }
}
