//! Where each stretch of a text stands in the file that it was read from.

use std::ops::Range;

use minicbor::{Decode, Encode};

/// Units in a row: each is `unit` bytes of the text and was read from `raw_unit` bytes of the file. Text that stands in
/// the file as it is has one byte to one, Cyrillic letters in windows-1251 two to one, each `&amp;` one to five. A
/// stretch that is written altogether otherwise is one unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Run {
    /// Where it begins in the text, in bytes of UTF-8.
    #[n(0)]
    pub text: u64,
    /// Where it begins in the file.
    #[n(1)]
    pub raw: u64,
    /// How many units.
    #[n(2)]
    pub count: u64,
    /// Bytes of the text in one of them.
    #[n(3)]
    pub unit: u64,
    /// Bytes of the file in one of them.
    #[n(4)]
    pub raw_unit: u64,
}

impl Run {
    fn text_end(&self) -> u64 {
        self.text + self.count * self.unit
    }

    fn raw_end(&self) -> u64 {
        self.raw + self.count * self.raw_unit
    }

    fn checked_ends(&self) -> Option<(u64, u64)> {
        let text = self.text.checked_add(self.count.checked_mul(self.unit)?)?;
        Some((text, self.raw.checked_add(self.count.checked_mul(self.raw_unit)?)?))
    }

    /// The part of it that is this stretch of the text, of which it has some; units that are cut stay whole in the file.
    fn clip(&self, from: u64, to: u64, each: &mut impl FnMut(Run)) {
        let (from, to) = (from.max(self.text), to.min(self.text_end()));
        if from >= to {
            return;
        }
        let number = |at: u64| (at - self.text) / self.unit;
        let (first, last) = (number(from), number(to - 1));
        let cut = |number: u64| {
            let start = from.max(self.text + number * self.unit);
            let end = to.min(self.text + (number + 1) * self.unit);
            let raw = self.raw + number * self.raw_unit;
            Run { text: start, raw, count: 1, unit: end - start, raw_unit: self.raw_unit }
        };
        let end_of = |number: u64| self.text + (number + 1) * self.unit;
        let cuts_first = from > self.text + first * self.unit || first == last && to < end_of(first);
        let cuts_last = last > first && to < end_of(last);
        if cuts_first {
            each(cut(first));
        }
        let (start, end) = (first + u64::from(cuts_first), last + 1 - u64::from(cuts_last));
        if start < end {
            let (text, raw) = (self.text + start * self.unit, self.raw + start * self.raw_unit);
            each(Run { text, raw, count: end - start, ..*self });
        }
        if cuts_last {
            each(cut(last));
        }
    }
}

/// Runs of one text beyond which neighbours become one unit: the map gets coarser, and stays right.
const MOST_RUNS: usize = 1 << 17;

/// The longest map in bytes, as it is stored: five numbers of at most nine bytes to a run.
pub(crate) const LONGEST_MAP: usize = 64 + MOST_RUNS * 46;

/// The way back from a text to the bytes of its file. What no run holds was put between by the reader (a line end
/// between two paragraphs), or could not be followed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Map {
    runs: Vec<Run>,
}

/// A map's bytes that hold no map of this text and file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the map of a text does not hold: {0}")]
pub struct BadMap(pub String);

impl Map {
    /// The runs, in the order of the text.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// Whether the text is the file, byte for byte.
    pub fn is_identity(&self, text: u64) -> bool {
        self.runs == [Run { text: 0, raw: 0, count: text, unit: 1, raw_unit: 1 }]
    }

    /// The bytes of the file from which a stretch of the text was read, with what stands between them. `None` where
    /// that is not known.
    pub fn in_file(&self, text: Range<u64>) -> Option<Range<u64>> {
        let mut found: Option<Range<u64>> = None;
        clip(&self.runs, text, &mut |run| {
            let (start, end) = (run.raw, run.raw_end());
            found = Some(found.take().map_or(start..end, |so_far| so_far.start.min(start)..so_far.end.max(end)));
        });
        found
    }

    /// Its bytes: CBOR, the version 1 and the runs.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Writing to memory cannot fail.
        minicbor::to_vec((1u8, &self.runs)).unwrap_or_default()
    }

    /// The map that these bytes are, of a text and a file of these lengths.
    ///
    /// # Errors
    /// They are none, or lead out of the text or the file.
    pub fn from_bytes(bytes: &[u8], text: u64, raw: u64) -> Result<Map, BadMap> {
        let bad = |why: &str| BadMap(why.to_owned());
        if bytes.len() > LONGEST_MAP {
            return Err(bad("it is too long"));
        }
        let mut decoder = minicbor::Decoder::new(bytes);
        let (version, runs): (u8, Vec<Run>) = decoder.decode().map_err(|e| bad(&e.to_string()))?;
        if version != 1 || decoder.position() != bytes.len() {
            return Err(bad("it is of a later version, or bytes are left over"));
        }
        let mut from = 0;
        for run in &runs {
            let Some((text_end, raw_end)) = run.checked_ends() else {
                return Err(bad("a run is too long"));
            };
            if run.count == 0 || run.unit == 0 || run.text < from || text_end > text || raw_end > raw {
                return Err(bad("a run leads out of the text or the file"));
            }
            from = text_end;
        }
        Ok(Map { runs })
    }
}

/// Calls `each` for what of these runs is this stretch of the text.
fn clip(runs: &[Run], text: Range<u64>, each: &mut impl FnMut(Run)) {
    let first = runs.partition_point(|run| run.text_end() <= text.start);
    for run in runs[first..].iter().take_while(|run| run.text < text.end) {
        run.clip(text.start, text.end, each);
    }
}

/// Text as it is put together, with the way back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Traced {
    pub(crate) text: String,
    runs: Vec<Run>,
}

impl Traced {
    /// A text that stands in the file as it is, from this place on.
    pub(crate) fn verbatim(text: String, raw: usize) -> Traced {
        let mut runs = Vec::new();
        push(&mut runs, Run { text: 0, raw: raw as u64, count: text.len() as u64, unit: 1, raw_unit: 1 });
        Traced { text, runs }
    }

    /// Adds what stands nowhere in the file.
    pub(crate) fn add_own(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds what stands in the file as it is.
    pub(crate) fn add_verbatim(&mut self, text: &str, raw: usize) {
        let run = Run { text: self.text.len() as u64, raw: raw as u64, count: text.len() as u64, unit: 1, raw_unit: 1 };
        push(&mut self.runs, run);
        self.text.push_str(text);
    }

    /// Adds what is written otherwise in the file.
    pub(crate) fn add_unit(&mut self, text: &str, raw: Range<usize>) {
        if raw.end - raw.start == text.len() && text.len() == 1 {
            return self.add_verbatim(text, raw.start);
        }
        let (unit, raw_unit) = (text.len() as u64, (raw.end - raw.start) as u64);
        push(&mut self.runs, Run { text: self.text.len() as u64, raw: raw.start as u64, count: 1, unit, raw_unit });
        self.text.push_str(text);
    }

    /// Adds a stretch of another traced text, which must be one at character boundaries.
    pub(crate) fn add(&mut self, of: &Traced, range: Range<usize>) {
        let Some(text) = of.text.get(range.clone()) else { return };
        let (from, shift) = (range.start as u64, self.text.len() as u64);
        let runs = &mut self.runs;
        clip(&of.runs, from..range.end as u64, &mut |run| {
            push(runs, Run { text: run.text - from + shift, ..run });
        });
        self.text.push_str(text);
    }

    /// The same text with the way back to the file behind `through`, from whose text this one was read.
    pub(crate) fn through(self, through: &Traced) -> Traced {
        Traced { runs: trace_runs(&self.runs, &through.runs), text: self.text }
    }

    pub(crate) fn map(&self) -> Map {
        Map { runs: self.runs.clone() }
    }
}

/// Bytes that were decoded from others (quoted-printable, base64), with the way back.
#[derive(Debug, Default)]
pub(crate) struct TracedBytes {
    pub(crate) bytes: Vec<u8>,
    runs: Vec<Run>,
}

impl TracedBytes {
    /// Adds bytes that were read from this stretch, one unit.
    pub(crate) fn add(&mut self, bytes: &[u8], raw: Range<usize>) {
        let (unit, raw_unit) = (bytes.len() as u64, (raw.end - raw.start) as u64);
        push(&mut self.runs, Run { text: self.bytes.len() as u64, raw: raw.start as u64, count: 1, unit, raw_unit });
        self.bytes.extend_from_slice(bytes);
    }

    /// Adds bytes that stand in the file as they are.
    pub(crate) fn add_verbatim(&mut self, bytes: &[u8], raw: usize) {
        let (text, count) = (self.bytes.len() as u64, bytes.len() as u64);
        push(&mut self.runs, Run { text, raw: raw as u64, count, unit: 1, raw_unit: 1 });
        self.bytes.extend_from_slice(bytes);
    }

    /// Takes the bytes out, for a text that is then traced [`TracedBytes::back`].
    pub(crate) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    /// A text read from these bytes, with the way back to the file.
    pub(crate) fn back(&self, text: Traced) -> Traced {
        Traced { runs: trace_runs(&text.runs, &self.runs), text: text.text }
    }
}

/// Runs to places in a middle text, led on by that text's own runs.
fn trace_runs(runs: &[Run], on: &[Run]) -> Vec<Run> {
    let mut traced = Vec::new();
    for run in runs {
        if run.unit == 1 && run.raw_unit == 1 {
            clip(on, run.raw..run.raw_end(), &mut |at| {
                push(&mut traced, Run { text: run.text + (at.text - run.raw), ..at });
            });
            continue;
        }
        for number in 0..run.count {
            let raw = run.raw + number * run.raw_unit;
            let mut whole: Option<(u64, u64)> = None;
            clip(on, raw..raw + run.raw_unit, &mut |at| {
                let (start, end) = whole.unwrap_or((at.raw, at.raw_end()));
                whole = Some((start.min(at.raw), end.max(at.raw_end())));
            });
            if let Some((start, end)) = whole {
                let text = run.text + number * run.unit;
                push(&mut traced, Run { text, raw: start, count: 1, unit: run.unit, raw_unit: end - start });
            }
        }
    }
    traced
}

/// Adds a run, as part of the last where it goes on in the same way.
fn push(runs: &mut Vec<Run>, run: Run) {
    if run.count == 0 || run.unit == 0 {
        return;
    }
    let many = runs.len() >= MOST_RUNS;
    if let Some(last) = runs.last_mut() {
        let follows = last.text_end() == run.text && last.raw_end() == run.raw;
        if follows && last.unit == run.unit && last.raw_unit == run.raw_unit {
            last.count += run.count;
            return;
        }
        if many {
            if run.raw >= last.raw_end() {
                let (unit, raw_unit) = (run.text_end() - last.text, run.raw_end() - last.raw);
                *last = Run { count: 1, unit, raw_unit, ..*last };
            }
            return;
        }
    }
    runs.push(run);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn runs_go_on_in_the_same_way() {
        let mut traced = Traced::default();
        traced.add_verbatim("ab", 10);
        traced.add_verbatim("c", 12);
        traced.add_unit("&", 13..18);
        traced.add_unit("<", 18..23);
        traced.add_own("\n\n");
        traced.add_verbatim("d", 40);
        let map = traced.map();
        assert_eq!(map.runs().len(), 3);
        assert_eq!(map.in_file(0..3), Some(10..13));
        assert_eq!(map.in_file(4..5), Some(18..23));
        assert_eq!(map.in_file(5..7), None);
        assert_eq!(map.in_file(2..8), Some(12..41));
        let bytes = map.to_bytes();
        assert_eq!(Map::from_bytes(&bytes, 8, 41).as_ref(), Ok(&map));
        for (text, raw) in [(7, 41), (8, 40)] {
            assert!(Map::from_bytes(&bytes, text, raw).is_err());
        }
        assert!(!map.is_identity(8) && Traced::verbatim("abc".into(), 0).map().is_identity(3));
    }

    #[test]
    fn units_that_are_cut_stay_whole_in_the_file() {
        let base64 = Run { text: 0, raw: 100, count: 4, unit: 3, raw_unit: 4 };
        let clipped = |from, to| {
            let mut found = Vec::new();
            base64.clip(from, to, &mut |run| found.push((run.text, run.raw, run.count, run.unit)));
            found
        };
        assert_eq!(clipped(0, 12), [(0, 100, 4, 3)]);
        assert_eq!(clipped(1, 12), [(1, 100, 1, 2), (3, 104, 3, 3)]);
        assert_eq!(clipped(1, 11), [(1, 100, 1, 2), (3, 104, 2, 3), (9, 112, 1, 2)]);
        assert_eq!(clipped(4, 5), [(4, 104, 1, 1)]);
        assert_eq!(clipped(2, 4), [(2, 100, 1, 1), (3, 104, 1, 1)]);
        assert_eq!(clipped(12, 20), []);
    }

    #[test]
    fn a_map_of_too_many_runs_gets_coarser_and_stays_within_bounds() {
        let mut traced = Traced::default();
        for number in 0..MOST_RUNS + 1000 {
            traced.add_verbatim("a", number * 10);
        }
        let map = traced.map();
        assert_eq!(map.runs().len(), MOST_RUNS);
        let end = (MOST_RUNS + 1000) as u64;
        let file = (end - 1) * 10 + 1;
        assert!(Map::from_bytes(&map.to_bytes(), end, file).is_ok());
        assert_eq!(map.in_file(end - 1..end).map(|range| range.end), Some(file));
    }

    /// A text whose words stand in a file that repeats each character `1 + n` times.
    fn stretched(text: &str, times: &[usize]) -> (Traced, String) {
        let (mut traced, mut file) = (Traced::default(), String::new());
        for (c, times) in text.chars().zip(times.iter().cycle()) {
            let from = file.len();
            (0..=*times).for_each(|_| file.push(c));
            traced.add_unit(c.encode_utf8(&mut [0; 4]), from..file.len());
        }
        (traced, file)
    }

    proptest! {
        #[test]
        fn two_steps_lead_to_where_one_would(
            text in "[a-zа-я ]{1,60}", first in proptest::collection::vec(0usize..3, 1..5),
            second in proptest::collection::vec(0usize..3, 1..5), cut in 0usize..60,
        ) {
            let (inner, middle) = stretched(&text, &first);
            let (outer, file) = stretched(&middle, &second);
            let whole = inner.through(&outer);
            let mut part = Traced::default();
            let from = text.floor_char_boundary(cut.min(text.len()));
            part.add_own("--");
            part.add(&whole, from..text.len());
            let map = part.map();
            for (at, c) in part.text.char_indices().skip(2) {
                let raw = map.in_file(at as u64..(at + c.len_utf8()) as u64).expect("a place");
                let raw = usize::try_from(raw.start).expect("small")..usize::try_from(raw.end).expect("small");
                prop_assert!(file[raw.clone()].chars().all(|it| it == c), "{c}: {:?}", &file[raw]);
            }
            prop_assert!(Map::from_bytes(&map.to_bytes(), part.text.len() as u64, file.len() as u64).is_ok());
        }

        #[test]
        fn no_bytes_make_a_map_that_leads_astray(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            if let Ok(map) = Map::from_bytes(&bytes, 100, 50) {
                let raw = map.in_file(0..100);
                prop_assert!(raw.is_none_or(|raw| raw.end <= 50));
            }
        }
    }
}
