//! What is done to a file so that it is no longer the same: by a thief, a formatter, or a camera.

use std::collections::{BTreeMap, BTreeSet};

use regex::bytes::{Captures, Regex};

use crate::common::Result;
use crate::common::numbers::Numbers;

/// Words that no consistent renaming can change: keywords of the languages that the benches know, and what these languages
/// declare themselves (`usize`, `len`, `array`).
const KEYWORDS: &str = "
    abstract actor alias and any as assert async auto await base begin bool boolean break by byte case catch chan char
    checked class clone companion const constexpr constructor continue crate data debugger declare decimal def default
    defer del delegate delete deinit do double dyn each echo elif else elsif elseif empty end endfor endforeach endif
    ensure enum event except explicit export extends extension extern external fallthrough false File fileprivate final
    finally fixed float fn for foreach friend from fun func function get global go goto guard if impl implements implicit
    import in include indirect infix init inline inner inout instanceof insteadof int interface internal into is isset it
    lambda lateinit lazy let list lock long loop macro map match mod module move mut mutable namespace native new next nil
    noexcept none nonlocal not null object of open operator or out override package params pass print private proc
    protected protocol pub public raise range readonly redo ref register reified rescue require restrict retry return
    sealed select self set short signed sizeof some stackalloc static strictfp string struct subscript super suspend
    switch synchronized template then this throw throws trait transient true try type typealias typedef typeof typename
    uint ulong unchecked undef union unless unowned unsafe unsigned unset until use ushort using val value var vararg
    virtual void volatile weak when where while with xor yield None True False Self Any Type self nil
    append array associatedtype bigint bool callable cap char complex complex128 complex64 convenience copy crossinline
    didSet die error eval exit f32 f64 float32 float64 i128 i16 i32 i64 i8 imag int16 int32 int64 int8 iota isize
    iterable len make mixed mutating never new nint noinline nonmutating nullptr panic parent partial print println real
    record recover repeat required rethrows rune sbyte str tailrec u128 u16 u32 u64 u8 uint16 uint32 uint64 uint8 uintptr
    usize wchar_t willSet";

/// Other blanks, line ends and places of braces; no other character.
pub(crate) fn reformat(text: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let (carriage, own_line, tight) = (numbers.happens(500), numbers.happens(500), numbers.happens(500));
    let indent: &[u8] = if numbers.happens(500) { b"\t" } else { b"   " };
    let mut out = Vec::with_capacity(text.len() * 2);
    for line in text.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let depth = line.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let line = line.trim_ascii();
        if line.is_empty() && numbers.happens(500) {
            continue;
        }
        let tabs = line_depth(text, depth);
        let end: &[u8] = if carriage { b"\r\n" } else { b"\n" };
        let mut body = Vec::with_capacity(line.len() + 8);
        for (at, byte) in line.iter().enumerate() {
            let beside_blank = |at: Option<usize>| at.and_then(|at| line.get(at)).is_none_or(u8::is_ascii_whitespace);
            match byte {
                b' ' if tight && at > 0 && matches!(line[at - 1], b',' | b'(' | b';') => {}
                b')' | b'=' | b'+' if !tight && !beside_blank(at.checked_sub(1)) => body.extend([b' ', *byte]),
                _ => body.push(*byte),
            }
        }
        out.extend(indent.repeat(tabs));
        match body.strip_suffix(b"{") {
            Some(before) if own_line && !before.trim_ascii().is_empty() => {
                out.extend(before.trim_ascii_end());
                out.extend(end);
                out.extend(indent.repeat(tabs));
                out.push(b'{');
            }
            _ => out.extend(&body),
        }
        out.extend(end);
        if numbers.happens(60) {
            out.extend(end);
        }
    }
    out
}

/// How deep a line stands that begins with so many blanks, in a text that is indented by tabs or by blanks.
fn line_depth(text: &[u8], blanks: usize) -> usize {
    let tabs = text.windows(2).any(|pair| pair == b"\n\t");
    if tabs { blanks } else { blanks.div_ceil(4) }
}

/// Gives so many of a thousand distinct words that are no keywords another name, the same one wherever they stand: in code,
/// in comments and in strings.
pub(crate) fn rename(text: &[u8], permille: u64, numbers: &mut Numbers) -> Result<Vec<u8>> {
    let word = Regex::new(r"(?-u)[A-Za-z_][A-Za-z0-9_]*")?;
    let keywords: BTreeSet<&[u8]> = KEYWORDS.split_whitespace().map(str::as_bytes).collect();
    let mut names: BTreeMap<&[u8], Vec<u8>> = BTreeMap::new();
    for found in word.find_iter(text).map(|found| found.as_bytes()).filter(|word| !keywords.contains(word)) {
        names
            .entry(found)
            .or_insert_with(|| if numbers.happens(permille) { name(found, numbers) } else { found.to_vec() });
    }
    let renamed = word
        .replace_all(text, |found: &Captures<'_>| names.get(&found[0]).cloned().unwrap_or_else(|| found[0].to_vec()));
    Ok(renamed.into_owned())
}

/// A name that can be spoken, with a capital where the old one has it.
fn name(old: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let (consonants, vowels) = (b"bdfgklmnprstvz", b"aeiou");
    let mut name = Vec::new();
    for _ in 0..2 + numbers.index(3) {
        name.push(consonants[numbers.index(consonants.len())]);
        name.push(vowels[numbers.index(vowels.len())]);
    }
    if old.first().is_some_and(u8::is_ascii_uppercase) {
        name[0].make_ascii_uppercase();
    }
    name
}

/// Leaves out so many of a thousand lines.
pub(crate) fn delete(text: &[u8], permille: u64, numbers: &mut Numbers) -> Vec<u8> {
    text.split_inclusive(|byte| *byte == b'\n').filter(|_| !numbers.happens(permille)).flatten().copied().collect()
}

/// Puts its blocks in another order: what stands between empty lines, or eight lines each where there are few of these.
pub(crate) fn shuffle(text: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    let mut blocks: Vec<Vec<&[u8]>> = vec![Vec::new()];
    for line in &lines {
        let ends = line.trim_ascii().is_empty();
        if let Some(block) = blocks.last_mut() {
            block.push(line);
        }
        if ends {
            blocks.push(Vec::new());
        }
    }
    if blocks.len() < 4 {
        blocks = lines.chunks(8).map(<[_]>::to_vec).collect();
    }
    numbers.choose(&blocks, blocks.len()).concat().concat()
}

/// A text without the comment at its head, which is mostly a licence and then everybody's.
pub(crate) fn below_head(text: &[u8]) -> &[u8] {
    let mut rest = text;
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let line = rest[..end].trim_ascii();
        let marks: [&[u8]; 5] = [b"//", b"/*", b"*", b"#", b"\xef\xbb\xbf"];
        if !line.is_empty() && !marks.iter().any(|mark| line.starts_with(mark)) {
            break;
        }
        rest = &rest[end + 1..];
    }
    rest
}

/// So many lines below the head that follow each other and have at least so many letters and digits between them; none
/// where the file has no such place.
pub(crate) fn cut(text: &[u8], count: usize, letters: usize, numbers: &mut Numbers) -> Option<Vec<u8>> {
    let lines: Vec<&[u8]> = below_head(text).split_inclusive(|byte| *byte == b'\n').collect();
    let enough = |lines: &&[&[u8]]| {
        lines.iter().flat_map(|line| line.iter()).filter(|byte| byte.is_ascii_alphanumeric()).count() >= letters
    };
    let places: Vec<&[&[u8]]> = lines.windows(count).filter(enough).collect();
    if places.is_empty() { None } else { Some(places[numbers.index(places.len())].concat()) }
}

/// Reads so many of a thousand characters wrongly, as optical recognition does: letters and digits for others that look like
/// them, and as many blanks lost or doubled.
pub(crate) fn misread(text: &[u8], permille: u64, numbers: &mut Numbers) -> Vec<u8> {
    let alike = |at: usize| -> Option<&'static [&'static str]> {
        Some(match text[at] {
            b'r' if text.get(at + 1) == Some(&b'n') => &["m"],
            b'0' => &["o", "O"],
            b'o' => &["0"],
            b'O' => &["0"],
            b'1' => &["l", "i", "I"],
            b'l' => &["1", "i", "I"],
            b'i' => &["l", "1"],
            b'I' => &["l", "1"],
            b'5' => &["s", "S"],
            b's' | b'S' => &["5"],
            b'm' => &["rn"],
            _ => return None,
        })
    };
    let is_blank = |at: &usize| text[*at] == b' ';
    let places: Vec<usize> = (0..text.len()).filter(|at| alike(*at).is_some()).collect();
    let blanks: Vec<usize> = (0..text.len()).filter(is_blank).collect();
    let printed = text.iter().filter(|byte| !byte.is_ascii_whitespace()).count() as u64;
    let share = |of: u64| usize::try_from((of * permille).div_ceil(1000)).unwrap_or(usize::MAX);
    let wrong: BTreeSet<usize> = numbers.choose(&places, share(printed)).into_iter().collect();
    let lost: BTreeSet<usize> = numbers.choose(&blanks, share(blanks.len() as u64)).into_iter().collect();
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        match alike(at) {
            Some(others) if wrong.contains(&at) => {
                out.extend(others[numbers.index(others.len())].bytes());
                at += usize::from(text[at] == b'r');
            }
            _ if lost.contains(&at) => {
                if numbers.happens(500) {
                    out.extend(b"  ");
                }
            }
            _ => out.push(text[at]),
        }
        at += 1;
    }
    out
}
