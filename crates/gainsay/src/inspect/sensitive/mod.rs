//! What a sample must not reveal: secrets, keys, certificates, logins, personal data and names of internal hosts, found in its files as
//! they stream past, and let go at once. What leaves this room has no value of any in it: a kind, a place, what may be said of it, and a
//! keyed hash by which the desk knows it again.
//!
//! One automaton looks for the anchors of all forms in one pass. What stands at an anchor is then read by a pattern of the `regex`
//! crate, or by hand, within [`REACH`] bytes, so that time is linear and memory a window, wherever a file is cut into pieces. A file
//! in UTF-16 is read as what of it is ASCII. Nothing here parses a format: these are rows of bytes, and of keys and certificates
//! only the armour is read. To whom a certificate belongs, the child tells.

mod assigned;
mod certificates;
mod checks;
mod forms;
mod logins;
mod names;
mod numbers;
mod pem;
mod tally;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex::bytes::Regex;

use crate::claim::SensitiveGroup;
use forms::{FORMS, Form, Left};
pub use tally::Tally;

/// How far behind its anchor a thing may reach: a private key of 16,384 bits does.
const REACH: usize = 16 << 10;

/// How far before its anchor is looked.
const BEFORE: usize = 4 << 10;

/// How much is gathered before it is looked through.
const WINDOW: usize = 256 << 10;

/// How many things found before are remembered, so that one is not found twice by two anchors.
const RECENT: usize = 32;

/// Bytes by which the encoding of a file is told.
const HEAD: usize = 256;

/// How much of the first line is kept: it may say what stands in which column.
const HEADER: usize = 4 << 10;

/// Something found, by its place in the window.
struct Found {
    group: SensitiveGroup,
    kind: &'static str,
    start: usize,
    end: usize,
    /// What of it may be said.
    about: String,
    /// By what it is known again: spaces and marks that may be written or not are left out.
    value: Vec<u8>,
}

impl Found {
    fn new(group: SensitiveGroup, kind: &'static str, (start, end): (usize, usize), value: &[u8]) -> Found {
        Found { group, kind, start, end, about: String::new(), value: value.to_vec() }
    }

    fn about(self, about: String) -> Found {
        Found { about, ..self }
    }
}

/// Who reads what stands at an anchor.
#[derive(Clone, Copy)]
enum Reader {
    Form(usize),
    Assigned(assigned::Sort),
    Address,
    Mail,
    Pem,
    Putty,
    Pgpass,
    Host,
}

/// Other anchors than those of the forms.
const ANCHORS: &[(&str, Reader)] = &[
    ("-----BEGIN ", Reader::Pem),
    ("PuTTY-User-Key-File-", Reader::Putty),
    ("://", Reader::Address),
    ("@", Reader::Mail),
    (":5432:", Reader::Pgpass),
    (".local", Reader::Host),
    (".internal", Reader::Host),
    (".intranet", Reader::Host),
    (".corp", Reader::Host),
    (".lan", Reader::Host),
    (".intra", Reader::Host),
    (".ad.", Reader::Host),
];

/// The automaton, and who reads at which of its anchors.
struct Anchors {
    automaton: AhoCorasick,
    readers: Vec<Reader>,
    longest: usize,
}

static ALL: LazyLock<Anchors> = LazyLock::new(|| {
    let assigned = assigned::ANCHORS.iter().map(|(anchor, sort)| (*anchor, Reader::Assigned(*sort)));
    anchors(of_forms().chain(assigned).chain(ANCHORS.iter().copied()))
});

/// The forms alone: whether a value that is assigned to a name is one of them.
static OF_FORMS: LazyLock<Anchors> = LazyLock::new(|| anchors(of_forms()));

fn of_forms() -> impl Iterator<Item = (&'static str, Reader)> {
    FORMS.iter().enumerate().flat_map(|(at, form)| form.anchors.iter().map(move |it| (*it, Reader::Form(at))))
}

fn anchors(of: impl Iterator<Item = (&'static str, Reader)>) -> Anchors {
    let (words, readers): (Vec<&str>, Vec<_>) = of.unzip();
    let longest = words.iter().map(|anchor| anchor.len()).max().unwrap_or_default();
    let automaton = AhoCorasick::builder().ascii_case_insensitive(true).kind(Some(AhoCorasickKind::DFA)).build(words);
    let automaton = automaton.unwrap_or_else(|e| unreachable!("anchors of this file: {e}"));
    Anchors { automaton, readers, longest }
}

static PATTERNS: LazyLock<Vec<Regex>> =
    LazyLock::new(|| FORMS.iter().map(|form| pattern(&format!("(?:{})", form.pattern))).collect());

/// A pattern that begins where it is applied, over bytes.
fn pattern(source: &str) -> Regex {
    Regex::new(&format!(r"\A(?-u){source}")).unwrap_or_else(|e| unreachable!("a pattern of this room: {e}"))
}

/// Whether a byte can be part of a word.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// What a reader sees: the window, and what is known of the file.
struct Window<'w> {
    bytes: &'w [u8],
    /// Whether its name ends as source code does: a word without quotes is then no value.
    is_code: bool,
    /// Its first line in lower case.
    header: &'w [u8],
}

impl<'w> Window<'w> {
    /// What follows a place, as far as anything reaches.
    fn from(&self, at: usize) -> &'w [u8] {
        &self.bytes[at..self.bytes.len().min(at + REACH)]
    }

    /// What stands before a place, as far as anything looks.
    fn before(&self, at: usize) -> &'w [u8] {
        &self.bytes[at.saturating_sub(BEFORE)..at]
    }

    /// Whether there are bytes around a place that no text has.
    fn is_binary(&self, at: usize) -> bool {
        memchr::memchr(0, &self.bytes[at.saturating_sub(64)..self.bytes.len().min(at + 64)]).is_some()
    }

    /// What of its line stands before a place.
    fn line_before(&self, at: usize) -> &'w [u8] {
        let before = self.before(at);
        &before[before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1)..]
    }
}

/// Reads what stands at an anchor of a form.
fn form_at(window: &Window<'_>, form: &'static Form, place: usize, at: usize) -> Option<Found> {
    let before = window.before(at);
    let count = |is: fn(&u8) -> bool| before.iter().rev().take_while(|byte| is(byte)).count();
    let left = match form.left {
        Left::Any => 0,
        Left::Edge => (count(|byte| is_word(*byte)) == 0 || is_escape(before)).then_some(0)?,
        Left::Digits(least, most) => Some(count(u8::is_ascii_digit)).filter(|it| (least..=most).contains(it))?,
        Left::Word(long) => (count(u8::is_ascii_alphanumeric) >= long).then_some(long)?,
    };
    let found = PATTERNS[place].find(window.from(at))?;
    let (start, end) = (at - left, at + found.end());
    let value = &window.bytes[start..end];
    let is_whole = window.bytes.get(end).is_none_or(|byte| !is_word(*byte));
    if !is_whole || !(form.check)(value) {
        return None;
    }
    let group = if form.kind == forms::HASH { SensitiveGroup::Login } else { SensitiveGroup::Secret };
    Some(Found::new(group, form.kind, (start, end), value).about((form.about)(value)))
}

/// Whether what stands before ends in an escape such as `\n`, whose letter is no part of a word.
fn is_escape(before: &[u8]) -> bool {
    matches!(before, [.., b'\\', b'n' | b'r' | b't'])
        && before[..before.len() - 1].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

/// Whether a form stands in a value: it is then found by itself.
fn has_form(value: &[u8]) -> bool {
    let window = Window { bytes: value, is_code: false, header: &[] };
    OF_FORMS.automaton.find_overlapping_iter(value).any(|hit| {
        let Reader::Form(place) = OF_FORMS.readers[hit.pattern().as_usize()] else { return false };
        form_at(&window, &FORMS[place], place, hit.start()).is_some()
    })
}

/// How a file's characters are made of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    /// Not told yet.
    Unknown,
    /// One that has ASCII as it is.
    Bytes,
    /// UTF-16, with the place of the byte that is zero in ASCII.
    Wide { zero: usize },
}

/// Looks through one file.
pub struct Scanner {
    is_code: bool,
    encoding: Encoding,
    /// Of a file in UTF-16 the half of a character.
    half: Option<u8>,
    header: Vec<u8>,
    has_header: bool,
    /// What is looked through, beginning with what is only looked back at.
    window: Vec<u8>,
    /// How much of the window is done.
    done: usize,
    /// The place of the window in the file, in characters.
    offset: u64,
    /// Where lines were counted to, as a place in the window, and the line there.
    counted: (usize, u64),
    /// What was found last, by its place in the file, in characters.
    recent: VecDeque<(u64, u64)>,
}

/// Names of files whose words without quotes are no values.
const CODE: &[&str] = &[
    "c", "cc", "cpp", "cs", "cxx", "dart", "erl", "ex", "exs", "go", "groovy", "h", "hpp", "hs", "java", "jl", "js",
    "jsx", "kt", "kts", "lua", "m", "mjs", "ml", "mm", "php", "pl", "pm", "ps1", "py", "r", "rb", "rs", "scala",
    "swift", "tf", "ts", "tsx", "vb", "vue", "zig", "css", "scss", "less", "svelte",
];

impl Scanner {
    /// For a file of this name.
    fn new(path: &str) -> Scanner {
        let name = path.rsplit(['/', '!', '\\']).next().unwrap_or(path);
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
        Scanner {
            is_code: CODE.contains(&ending.as_str()),
            encoding: Encoding::Unknown,
            half: None,
            header: Vec::new(),
            has_header: false,
            window: Vec::new(),
            done: 0,
            offset: 0,
            counted: (0, 1),
            recent: VecDeque::new(),
        }
    }

    /// More of its bytes.
    pub fn push(&mut self, path: &str, mut bytes: &[u8], tally: &mut Tally) {
        if self.encoding == Encoding::Unknown {
            let (head, rest) = bytes.split_at(bytes.len().min(HEAD - self.window.len()));
            self.window.extend_from_slice(head);
            if self.window.len() < HEAD {
                return;
            }
            self.tell_encoding();
            bytes = rest;
        }
        while !bytes.is_empty() {
            let (now, rest) = bytes.split_at(bytes.len().min(WINDOW));
            self.take(now);
            bytes = rest;
            if self.window.len() >= WINDOW + REACH {
                self.look(path, self.window.len() - REACH, tally);
            }
        }
    }

    /// There is no more.
    pub fn finish(mut self, path: &str, tally: &mut Tally) {
        if self.encoding == Encoding::Unknown {
            self.tell_encoding();
        }
        self.look(path, self.window.len(), tally);
    }

    fn tell_encoding(&mut self) {
        let head = std::mem::take(&mut self.window);
        let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
        let (even, odd) = (zeros(0), zeros(1));
        // Of a text in any script at least its spaces and line ends are ASCII.
        let many = head.len() / 8;
        self.encoding = match head.as_slice() {
            [0xff, 0xfe, ..] => Encoding::Wide { zero: 1 },
            [0xfe, 0xff, ..] => Encoding::Wide { zero: 0 },
            _ if head.len() >= 8 && odd > many && even * 8 < odd => Encoding::Wide { zero: 1 },
            _ if head.len() >= 8 && even > many && odd * 8 < even => Encoding::Wide { zero: 0 },
            _ => Encoding::Bytes,
        };
        self.take(&head);
    }

    /// Takes bytes into the window, a character to a byte.
    fn take(&mut self, bytes: &[u8]) {
        let before = self.window.len();
        match self.encoding {
            Encoding::Wide { zero } => {
                let narrow = |pair: [u8; 2]| if pair[zero] == 0 { pair[1 - zero] } else { 0xff };
                let mut bytes = bytes;
                if let (Some(half), [first, rest @ ..]) = (self.half, bytes) {
                    self.window.push(narrow([half, *first]));
                    (self.half, bytes) = (None, rest);
                }
                let pairs = bytes.chunks_exact(2);
                self.half = self.half.or(pairs.remainder().first().copied());
                self.window.extend(pairs.map(|pair| narrow([pair[0], pair[1]])));
            }
            Encoding::Unknown | Encoding::Bytes => self.window.extend_from_slice(bytes),
        }
        if !self.has_header {
            let new = &self.window[before..];
            let line = new.iter().position(|byte| *byte == b'\n').unwrap_or(new.len());
            let room = HEADER - self.header.len();
            self.header.extend(new[..line.min(room)].iter().map(u8::to_ascii_lowercase));
            self.has_header = line < new.len() || self.header.len() == HEADER;
        }
    }

    /// Looks at every anchor that begins before a place in the window, and lets go of what is no longer looked back at.
    fn look(&mut self, path: &str, until: usize, tally: &mut Tally) {
        let window = Window { bytes: &self.window, is_code: self.is_code, header: &self.header };
        // By their anchors, so that which of two that overlap comes first does not hang on where the file is cut.
        let mut found: Vec<(usize, Found)> = Vec::new();
        let stretch = self.done..self.window.len().min(until + ALL.longest);
        for hit in ALL.automaton.find_overlapping_iter(&self.window[stretch]) {
            let at = self.done + hit.start();
            if at >= until {
                continue;
            }
            let one = match ALL.readers[hit.pattern().as_usize()] {
                Reader::Form(place) => form_at(&window, &FORMS[place], place, at),
                Reader::Assigned(sort) => assigned::at(&window, sort, at),
                Reader::Address => logins::address_at(&window, at),
                Reader::Mail => names::mail_at(&window, at),
                Reader::Pem => pem::armour_at(&window, at),
                Reader::Putty => pem::putty_at(&window, at),
                Reader::Pgpass => logins::pgpass_at(&window, at),
                Reader::Host => names::host_at(&window, at, at + hit.len()),
            };
            found.extend(one.map(|one| (at, one)));
        }
        numbers::between(&window, self.done, until, &mut found);
        found.sort_by_key(|(anchor, found)| (*anchor, std::cmp::Reverse(found.end)));
        for (_, found) in found {
            self.tell(path, found, tally);
        }
        let keep = until.saturating_sub(BEFORE);
        self.count_to(keep.max(self.counted.0));
        self.window.drain(..keep);
        self.done = until - keep;
        self.counted.0 -= keep;
        self.offset += keep as u64;
    }

    /// Tells the tally of something, unless it lies in what was told before.
    fn tell(&mut self, path: &str, found: Found, tally: &mut Tally) {
        let span = (self.offset + found.start as u64, self.offset + found.end as u64);
        if self.recent.iter().any(|it| it.0 < span.1 && span.0 < it.1) {
            return;
        }
        if self.recent.len() == RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back(span);
        // What began before the lines were counted to is in a line that was counted; only what is looked back at can.
        if found.start > self.counted.0 {
            self.count_to(found.start);
        }
        let line =
            self.counted.1 - memchr::memchr_iter(b'\n', &self.window[found.start..self.counted.0]).count() as u64;
        let offset = match self.encoding {
            Encoding::Wide { .. } => span.0 * 2,
            Encoding::Unknown | Encoding::Bytes => span.0,
        };
        tally.add(path, found, line, offset);
    }

    fn count_to(&mut self, place: usize) {
        let (from, line) = self.counted;
        self.counted = (place, line + memchr::memchr_iter(b'\n', &self.window[from..place]).count() as u64);
    }
}
