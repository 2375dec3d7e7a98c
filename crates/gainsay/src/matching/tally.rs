//! What a sample is made of, counted file by file as it streams by: kinds, languages, days, names and digests. Whose it is has no part in
//! it. Memory is bounded by the digests, and those by [`MOST_DIGESTED`].

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::civil::Date;
use regex::bytes::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};
use sha2::Digest;

use super::Total;
use super::dates::{Dates, Marks};
use super::kinds::{CODE, DOCUMENT, TEXT, kind_of};
use super::so_far::Days;
use crate::claim::{Dated, InHand};

/// Of so many files the digests are held.
pub const MOST_DIGESTED: usize = 1 << 20;

/// In so much of a file names are looked for, beside its path.
const HEAD: usize = 64 << 10;

/// By so much of a file its kind is told.
const KIND_HEAD: usize = 4 << 10;

/// How many names, and how many languages, a result lists.
const MOST_LISTED: usize = 40;

/// Which digests of files are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Digests {
    /// Of 16 bytes.
    pub md5: bool,
    /// Of 20 bytes.
    pub sha1: bool,
    /// Of 32 bytes: SHA-256 and BLAKE3, which a list does not tell apart.
    pub of_32: bool,
}

/// The [beginning] of a digest, and the number of its file.
type Digested = ([u8; 16], u32);

/// A file's path and its bytes.
type Named = (Box<str>, u64);

/// What was counted so far. It is written down without what it was to look for.
#[derive(Default, Serialize, Deserialize)]
pub struct Tally {
    kinds: BTreeMap<Cow<'static, str>, Total>,
    languages: BTreeMap<Cow<'static, str>, Total>,
    #[serde(with = "super::so_far::of_days")]
    days: Days,
    #[serde(skip)]
    names: Option<Regex>,
    named: BTreeMap<String, u64>,
    #[serde(skip)]
    digests: Digests,
    digested: Vec<Digested>,
    files: Vec<Named>,
    left_out: u64,
}

/// One file while it is read.
pub struct Tallied {
    head: Vec<u8>,
    kind: Option<(&'static str, Option<&'static str>)>,
    dates: Option<Dates>,
    hashes: (Option<md5::Md5>, Option<sha1::Sha1>, Option<sha2::Sha256>),
}

/// What of a digest is compared: 128 bits of it.
pub fn beginning(digest: &[u8]) -> Option<[u8; 16]> {
    digest.first_chunk::<16>().copied()
}

impl Tally {
    /// Counts nothing yet. Of names those with three letters and more are looked for, as whole words in the given letters.
    pub fn new<'n>(names: impl Iterator<Item = &'n str>, digests: Digests) -> Tally {
        let mut names: Vec<String> = names.filter(|name| name.len() >= 3).map(regex::escape).collect();
        // Of names that begin alike the longest is meant.
        names.sort_by_key(|name| (std::cmp::Reverse(name.len()), name.clone()));
        names.dedup();
        let pattern = format!(r"(?-u:\b)(?:{})(?-u:\b)", names.join("|"));
        let regex = || RegexBuilder::new(&pattern).unicode(false).size_limit(64 << 20).build().ok();
        Tally { names: if names.is_empty() { None } else { regex() }, digests, ..Tally::default() }
    }

    /// A file begins.
    pub fn begin(&self) -> Tallied {
        let Digests { md5, sha1, of_32 } = self.digests;
        let has_room = self.files.len() < MOST_DIGESTED;
        Tallied {
            head: Vec::new(),
            kind: None,
            dates: None,
            hashes: (
                (md5 && has_room).then(Default::default),
                (sha1 && has_room).then(Default::default),
                (of_32 && has_room).then(Default::default),
            ),
        }
    }

    /// The next bytes of a file.
    pub fn update(&mut self, path: &str, file: &mut Tallied, bytes: &[u8]) {
        let (md5, sha1, sha256) = &mut file.hashes;
        md5.iter_mut().for_each(|hash| hash.update(bytes));
        sha1.iter_mut().for_each(|hash| hash.update(bytes));
        sha256.iter_mut().for_each(|hash| hash.update(bytes));
        let room = HEAD.saturating_sub(file.head.len());
        file.head.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        if file.kind.is_some() {
            self.look_for_days(file, bytes);
        } else if file.head.len() >= KIND_HEAD {
            self.tell_kind(path, file);
        }
    }

    /// A file ends, of so many bytes and with this BLAKE3.
    pub fn end(&mut self, path: &str, mut file: Tallied, bytes: u64, blake3: &[u8; 32]) {
        if file.kind.is_none() {
            self.tell_kind(path, &mut file);
        }
        let (kind, language) = file.kind.unwrap_or((TEXT, None));
        let count = |total: &mut Total| {
            total.files += 1;
            total.bytes += bytes;
        };
        count(self.kinds.entry(kind.into()).or_default());
        language.into_iter().for_each(|language| count(self.languages.entry(language.into()).or_default()));
        self.look_for_names(path, kind, &file.head);
        self.hold_digests(path, file, bytes, blake3);
    }

    /// An archive says when its entries were changed: `2019-05-10 10:30:04 to 2019-05-12 …`.
    pub fn times(&mut self, value: &str, entries: u64) {
        let day = |words: &str| words.get(..10).and_then(|day| day.parse::<Date>().ok());
        let Some((first, last)) = value.split_once(" to ") else { return };
        if let (Some(first), Some(last)) = (day(first), day(last)) {
            add_days(&mut self.days, "entries of archives", entries, first, last);
        }
    }

    /// What it comes to, of a sample that came in so many bytes.
    pub fn in_hand(&self, received: u64) -> InHand {
        let listed = |of: &BTreeMap<Cow<'static, str>, Total>| {
            let mut of: Vec<_> = of.iter().map(|(word, it)| (word.to_string(), it.files, it.bytes)).collect();
            of.sort_by_key(|(_, _, bytes)| std::cmp::Reverse(*bytes));
            of.truncate(MOST_LISTED);
            of
        };
        let mut names: Vec<(String, u64)> = self.named.iter().map(|(name, files)| (name.clone(), *files)).collect();
        names.sort_by_key(|(_, files)| std::cmp::Reverse(*files));
        names.truncate(MOST_LISTED);
        let dates = self.days.iter().map(|(of, (count, oldest, newest))| Dated {
            of: of.to_string(),
            count: *count,
            oldest: oldest.to_string(),
            newest: newest.to_string(),
        });
        InHand {
            received,
            kinds: listed(&self.kinds),
            languages: listed(&self.languages),
            dates: dates.collect(),
            names,
            leaks: None,
        }
    }

    /// Goes on behind what a tally of the same names and digests had counted when it was written down.
    pub fn go_on(self, so_far: Tally) -> Tally {
        Tally { names: self.names, digests: self.digests, ..so_far }
    }

    /// The digests of its files in their order, and the files. What was held is given up.
    pub fn take_digests(&mut self) -> (Vec<Digested>, Vec<Named>) {
        let (mut digested, files) = (std::mem::take(&mut self.digested), std::mem::take(&mut self.files));
        digested.sort_unstable();
        (digested, files)
    }

    /// How many files came when there was no more room for digests.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    fn tell_kind(&mut self, path: &str, file: &mut Tallied) {
        let head = file.head.get(..KIND_HEAD).unwrap_or(&file.head);
        let (kind, language) = kind_of(path, head);
        file.kind = Some((kind, language));
        file.dates = Marks::of(kind, path, head).map(Dates::new);
        let head = std::mem::take(&mut file.head);
        self.look_for_days(file, &head);
        file.head = head;
    }

    fn look_for_days(&mut self, file: &mut Tallied, bytes: &[u8]) {
        let days = &mut self.days;
        file.dates.iter_mut().for_each(|dates| dates.update(bytes, &mut |of, day| add_days(days, of, 1, day, day)));
    }

    fn look_for_names(&mut self, path: &str, kind: &str, head: &[u8]) {
        let Some(names) = &self.names else { return };
        let head = if [CODE, TEXT, DOCUMENT].contains(&kind) { head } else { &[] };
        let mut found: Vec<&[u8]> =
            names.find_iter(head).chain(names.find_iter(path.as_bytes())).map(|it| it.as_bytes()).collect();
        found.sort_unstable();
        found.dedup();
        for name in found {
            *self.named.entry(String::from_utf8_lossy(name).into_owned()).or_default() += 1;
        }
    }

    fn hold_digests(&mut self, path: &str, file: Tallied, bytes: u64, blake3: &[u8; 32]) {
        if self.digests == Digests::default() || bytes == 0 {
            return;
        }
        let number = u32::try_from(self.files.len()).ok().filter(|number| (*number as usize) < MOST_DIGESTED);
        let Some(number) = number else {
            self.left_out += 1;
            return;
        };
        self.files.push((path.into(), bytes));
        let (md5, sha1, sha256) = file.hashes;
        let of_32 = self.digests.of_32.then_some(*blake3);
        let digests = [
            md5.and_then(|hash| beginning(&hash.finalize())),
            sha1.and_then(|hash| beginning(&hash.finalize())),
            sha256.and_then(|hash| beginning(&hash.finalize())),
            of_32.and_then(|hash| beginning(&hash)),
        ];
        self.digested.extend(digests.into_iter().flatten().map(|digest| (digest, number)));
    }
}

fn add_days(days: &mut Days, of: &'static str, count: u64, first: Date, last: Date) {
    let (all, oldest, newest) = days.entry(of.into()).or_insert((0, first, last));
    (*all, *oldest, *newest) = (*all + count, (*oldest).min(first), (*newest).max(last));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tallied(names: &[&str], digests: Digests, files: &[(&str, &[u8])]) -> Tally {
        let mut tally = Tally::new(names.iter().copied(), digests);
        for (path, bytes) in files {
            let mut file = tally.begin();
            bytes.chunks(1000).for_each(|part| tally.update(path, &mut file, part));
            tally.end(path, file, bytes.len() as u64, blake3::hash(bytes).as_bytes());
        }
        tally
    }

    #[test]
    fn a_sample_is_counted_by_kind_language_day_and_name() {
        let long = [&b"%PDF-1.4\n"[..], &[b' '; 70_000], b"/CreationDate (D:20190510103004)"].concat();
        let mut tally = tallied(
            &["LockDrive", "Lock", "ab"],
            Digests::default(),
            &[
                ("a.zip!src/main.c", b"// LockDrive engine, ab\nint main(void) { return 0; }\n"),
                ("a.zip!src/Lock.py", b"import os\n"),
                ("b.pdf", &long),
                ("LockDriver.bin", b"\0\x01LockDrive"),
            ],
        );
        tally.times("2018-01-02 03:04:05 to 2019-02-03 04:05:06, UTC", 2);
        tally.times("others, beyond the first 32 different ones", 9);
        let hand = tally.in_hand(5_000);
        let kinds: Vec<(&str, u64)> = hand.kinds.iter().map(|(kind, files, _)| (kind.as_str(), *files)).collect();
        assert_eq!(kinds, [("document", 1), ("source code", 2), ("other", 1)]);
        let languages: Vec<&str> = hand.languages.iter().map(|(name, ..)| name.as_str()).collect();
        assert_eq!(languages, ["C", "Python"]);
        assert_eq!(hand.names, [("Lock".to_owned(), 1), ("LockDrive".to_owned(), 1)]);
        let dates: Vec<_> =
            hand.dates.iter().map(|it| (it.of.as_str(), it.count, it.oldest.as_str(), it.newest.as_str())).collect();
        assert_eq!(
            dates,
            [("documents", 1, "2019-05-10", "2019-05-10"), ("entries of archives", 2, "2018-01-02", "2019-02-03")]
        );
        assert_eq!(hand.received, 5_000);
    }

    #[test]
    fn digests_are_those_that_are_asked_for() {
        let files: &[(&str, &[u8])] = &[("a", b"abc"), ("empty", b"")];
        let all = Digests { md5: true, sha1: true, of_32: true };
        let (digested, names) = tallied(&[], all, files).take_digests();
        let hex = |digits: &str| u128::from_str_radix(digits, 16).ok().map(u128::to_be_bytes);
        let known = [
            "900150983cd24fb0d6963f7d28e17f72",
            "a9993e364706816aba3e25717850c26c",
            "ba7816bf8f01cfea414140de5dae2223",
            "6437b3ac38465133ffb63b75273a8db5",
        ];
        let mut known: Vec<_> = known.into_iter().filter_map(hex).map(|digest| (digest, 0)).collect();
        known.sort_unstable();
        assert_eq!((digested, names), (known, vec![("a".into(), 3)]));
        assert!(tallied(&[], Digests::default(), files).take_digests().0.is_empty());
    }
}
