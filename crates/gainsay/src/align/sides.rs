//! A text as lines that can be compared.

use std::cell::OnceCell;
use std::ops::Range;

use fingerprint::{Tokens, decoded_text};

use super::{Kind, LONGEST, Lines, MOST_LINES, NotAligned};

/// A line with more normalised bytes is not compared with lines that are nearly like it.
const LONGEST_ALIKE: usize = 2048;

/// A line with fewer normalised bytes is like no other line but its equals.
const LEAST_ALIKE: usize = 8;

/// Thousandths of their pairs of neighbouring letters that two lines must have in common to be alike (Dice's coefficient). One wrong
/// letter in twenty, as reading from a picture gives, leaves some nine tenths.
const ALIKE: usize = 667;

/// To so many places the pairs of a line are counted.
const PLACES: usize = 64;

/// After so many of two rows of pairs it is looked whether there may still be enough in common.
const STEPS: usize = 8;

/// A text that is made ready to be aligned.
pub struct Side {
    /// Decoded.
    text: Vec<u8>,
    /// The normalised bytes of all lines.
    normal: Vec<u8>,
    /// The tokens, but for braces, which stand in lines of their own or not as taste has it.
    tokens: Tokens,
    /// The number of lines of any kind.
    all: u32,
    /// The lines with a letter or a figure.
    pub(super) lines: Vec<Line>,
}

/// A line that has a letter or a figure.
pub(super) struct Line {
    /// Its number in the file, from 1.
    pub(super) number: u32,
    /// Where it stands in the text, without blanks around it.
    text: Range<usize>,
    /// Where its normalised bytes stand.
    normal: Range<usize>,
    /// Where its tokens stand.
    tokens: Range<usize>,
    /// How many of its pairs of neighbouring letters fall to each of some places.
    pairs: [u8; PLACES],
    /// The pairs in order, from when the line is first compared with one that may be like it.
    sorted: OnceCell<Box<[u16]>>,
}

impl Side {
    /// Reads a file. Its name, as far as it is known, tells the language.
    ///
    /// # Errors
    /// It is binary or too long.
    pub fn read(name: &[u8], bytes: &[u8]) -> Result<Side, NotAligned> {
        if bytes.len() as u64 > LONGEST {
            return Err(NotAligned::TooLong);
        }
        let text = decoded_text(bytes).ok_or(NotAligned::Binary)?;
        let mut tokens = Tokens::of(name, &text).unwrap_or_default();
        without_braces(&text, &mut tokens);
        let mut side = Side { normal: Vec::with_capacity(text.len()), text, tokens, all: 0, lines: Vec::new() };
        let (mut begin, mut token) = (0, 0);
        for line in side.text.split_inclusive(|byte| *byte == b'\n') {
            side.all += 1;
            let end = begin + line.len();
            let rest = side.tokens.starts.get(token..).unwrap_or_default();
            let tokens = token..token + rest.iter().take_while(|start| (**start as usize) < end).count();
            let from = side.normal.len();
            normalise(line, &mut side.normal);
            let normal = from..side.normal.len();
            if !normal.is_empty() {
                let before = line.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
                let text = begin + before..begin + line.trim_ascii_end().len();
                let pairs = pair_counts(side.normal.get(normal.clone()).unwrap_or_default());
                let (tokens, sorted) = (tokens.clone(), OnceCell::new());
                side.lines.push(Line { number: side.all, text, normal, tokens, pairs, sorted });
            }
            (begin, token) = (end, tokens.end);
            if side.lines.len() > MOST_LINES {
                return Err(NotAligned::TooLong);
            }
        }
        Ok(side)
    }

    /// The lines of the file, from the first to the last of these, by number.
    pub(super) fn numbers(&self, lines: &Range<usize>) -> Lines {
        let number = |at: usize| self.lines.get(at).map_or(0, |line| line.number);
        Lines { from: number(lines.start), to: number(lines.end.saturating_sub(1)) }
    }

    /// The text, decoded.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// How many lines it has of any kind.
    pub fn all(&self) -> u32 {
        self.all
    }

    /// The normalised bytes of some lines.
    pub(super) fn normal(&self, lines: Range<usize>) -> &[u8] {
        let (Some(first), Some(last)) = (self.lines.get(lines.start), self.lines.get(lines.end.wrapping_sub(1))) else {
            return &[];
        };
        self.normal.get(first.normal.start..last.normal.end).unwrap_or_default()
    }

    /// The tokens of a line, a byte each.
    pub(super) fn tokens(&self, line: usize) -> &[u8] {
        self.lines.get(line).and_then(|line| self.tokens.kinds.get(line.tokens.clone())).unwrap_or_default()
    }

    /// The words that the tokens of a line begin with: names, keywords, numbers; something empty for all others.
    pub(super) fn words(&self, line: usize) -> impl Iterator<Item = &[u8]> {
        let tokens = self.lines.get(line).map_or(0..0, |line| line.tokens.clone());
        let starts = self.tokens.starts.get(tokens).unwrap_or_default();
        starts.iter().map(|start| {
            let rest = self.text.get(*start as usize..).unwrap_or_default();
            let is_word = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(**byte, b'_' | b'$' | 0x80..);
            rest.get(..rest.iter().take_while(is_word).count()).unwrap_or_default()
        })
    }

    /// The pairs of neighbouring letters of a line, in order.
    fn pairs<'s>(&'s self, line: &'s Line) -> &'s [u16] {
        line.sorted.get_or_init(|| {
            let normal = self.normal.get(line.normal.clone()).unwrap_or_default();
            let mut pairs: Box<[u16]> = normal.array_windows().map(|pair| u16::from_be_bytes(*pair)).collect();
            pairs.sort_unstable();
            pairs
        })
    }

    fn line(&self, line: usize) -> &[u8] {
        self.lines.get(line).and_then(|line| self.text.get(line.text.clone())).unwrap_or_default()
    }

    /// The line with the blanks before it.
    fn indented(&self, line: usize) -> &[u8] {
        let Some(line) = self.lines.get(line) else { return &[] };
        let before = self.text.get(..line.text.start).unwrap_or_default();
        let blanks = before.iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        self.text.get(line.text.start - blanks..line.text.end).unwrap_or_default()
    }
}

/// How a line of one text is a line of the other, if it is.
pub(super) fn equal(ours: &Side, our: usize, sample: &Side, their: usize) -> Option<Kind> {
    if ours.normal(our..our + 1) == sample.normal(their..their + 1) {
        let same = ours.line(our) == sample.line(their) && ours.indented(our) == sample.indented(their);
        return Some(if same { Kind::Same } else { Kind::Reformatted });
    }
    let (our, their) = (ours.tokens(our), sample.tokens(their));
    (!our.is_empty() && our == their).then_some(Kind::Renamed)
}

/// Whether two lines are nearly equal.
pub(super) fn alike(ours: &Side, our: usize, sample: &Side, their: usize) -> bool {
    let (Some(a), Some(b)) = (ours.lines.get(our), sample.lines.get(their)) else { return false };
    let (long, short) = (a.normal.len().max(b.normal.len()), a.normal.len().min(b.normal.len()));
    if !may_be_alike(short, long) {
        return false;
    }
    // Of a place that has more of one than of the other, at least so many are in the one alone.
    let missing: u32 = a.pairs.iter().zip(&b.pairs).map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
    let all = short + long - 2;
    if all.saturating_sub(missing as usize) * 1000 < ALIKE * all {
        return false;
    }
    have_in_common(ours.pairs(a), sample.pairs(b), (ALIKE * all).div_ceil(2000))
}

/// Whether lines of so many normalised bytes may be alike.
pub(super) fn may_be_alike(short: usize, long: usize) -> bool {
    short >= LEAST_ALIKE && long <= LONGEST_ALIKE && 2 * short * 1000 >= ALIKE * (short + long)
}

/// Whether of two rows of sorted pairs at least so many are the same.
fn have_in_common(a: &[u16], b: &[u16], least: usize) -> bool {
    let (mut at, mut other_at, mut common) = (0, 0, 0);
    // As long as there may be enough.
    while common + (a.len() - at).min(b.len() - other_at) >= least {
        for _ in 0..STEPS {
            let (Some(pair), Some(other)) = (a.get(at), b.get(other_at)) else { return common >= least };
            // Which of both comes first nobody can guess: so there is no branch.
            common += usize::from(pair == other);
            at += usize::from(pair <= other);
            other_at += usize::from(other <= pair);
        }
    }
    false
}

/// Whether two lines differ in that one ends before the other does, and goes on in its next line or began in the one before.
pub(super) fn is_broken(ours: &Side, our: usize, sample: &Side, their: usize) -> bool {
    let breaks = |whole: (&Side, usize), part: (&Side, usize)| {
        let (all, some) = (whole.0.normal(whole.1..whole.1 + 1), part.0.normal(part.1..part.1 + 1));
        let next = part.0.normal(part.1 + 1..part.1 + 2);
        let last = part.1.checked_sub(1).map_or(&[][..], |last| part.0.normal(last..part.1));
        let goes_on = |rest: &[u8]| !next.is_empty() && (rest.starts_with(next) || next.starts_with(rest));
        let began = |rest: &[u8]| !last.is_empty() && (rest.ends_with(last) || last.ends_with(rest));
        all.strip_prefix(some).is_some_and(goes_on) || all.strip_suffix(some).is_some_and(began)
    };
    breaks((ours, our), (sample, their)) || breaks((sample, their), (ours, our))
}

/// Counted to 255: of more the difference is only told to be less than it is.
fn pair_counts(normal: &[u8]) -> [u8; PLACES] {
    let mut counts = [0_u8; PLACES];
    for pair in normal.array_windows::<2>().take(LONGEST_ALIKE) {
        let count = &mut counts[(usize::from(pair[0]) * 37 + usize::from(pair[1]) * 101) % PLACES];
        *count = count.saturating_add(1);
    }
    counts
}

/// What normalisation keeps (`docs/fingerprint-profile-1.md`, section 2).
const fn is_kept(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

/// For each byte how many bytes normalisation leaves of it.
const KEPT: [u8; 256] = {
    let mut kept = [0; 256];
    let mut byte = 0_u8;
    loop {
        kept[byte as usize] = is_kept(byte) as u8;
        if byte == u8::MAX {
            break kept;
        }
        byte += 1;
    }
};

fn normalise(line: &[u8], out: &mut Vec<u8>) {
    let from = out.len();
    out.resize(from + line.len(), 0);
    let mut at = from;
    // What is not kept is written over: which it will be nobody can guess, so that there is no branch.
    for byte in line {
        out[at] = byte.to_ascii_lowercase();
        at += usize::from(KEPT[usize::from(*byte)]);
    }
    out.truncate(at);
}

fn without_braces(text: &[u8], tokens: &mut Tokens) {
    let is_brace = |start: u32| matches!(text.get(start as usize), Some(b'{' | b'}'));
    let kept = |(_, start): &(u8, u32)| !is_brace(*start);
    let both = std::mem::take(&mut tokens.kinds).into_iter().zip(std::mem::take(&mut tokens.starts));
    (tokens.kinds, tokens.starts) = both.filter(kept).unzip();
}
