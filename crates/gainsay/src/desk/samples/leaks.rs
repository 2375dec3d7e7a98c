//! A list of digests that are known: those of files that leaked before. It is read twice and never held, so that it may be of any length.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use super::Error;
use crate::capture;
use crate::claim::{EntryId, Leaks, on_one_line};
use crate::matching::{Digests, Tally, beginning};

/// A longer line is read as far as this: what follows is its name.
const LONGEST_LINE: u64 = 4 << 10;

/// How many files are named.
const SOME: usize = 100;

/// A list as it was first read.
pub(super) struct List {
    path: PathBuf,
    pub(super) blake3: [u8; 32],
    count: u64,
    /// Which digests it has.
    pub(super) digests: Digests,
}

impl List {
    /// Reads it once, for what it has.
    ///
    /// # Errors
    /// It cannot be read, or has no digest.
    pub(super) fn survey(path: &Path) -> Result<List, Error> {
        let mut list = List { path: path.to_owned(), blake3: [0; 32], count: 0, digests: Digests::default() };
        list.blake3 = each_digest(path, &mut |digest, _| {
            list.count += 1;
            match digest.len() {
                16 => list.digests.md5 = true,
                20 => list.digests.sha1 = true,
                _ => list.digests.of_32 = true,
            }
        })?;
        if list.count == 0 { Err(Error::NoDigests { path: path.to_owned() }) } else { Ok(list) }
    }

    /// Which files of a sample are in it.
    ///
    /// # Errors
    /// It cannot be read, or is another by now.
    pub(super) fn known(&self, tally: &mut Tally) -> Result<Leaks, Error> {
        let left_out = tally.left_out();
        let (digested, files) = tally.take_digests();
        let mut is_known = vec![false; files.len()];
        let mut leaks = Leaks {
            list: self.path.to_string_lossy().into_owned(),
            blake3: EntryId(self.blake3).to_string(),
            digests: self.count,
            left_out,
            ..Leaks::default()
        };
        let again = each_digest(&self.path, &mut |digest, name| {
            let Some(digest) = beginning(digest) else { return };
            let from = digested.partition_point(|(known, _)| *known < digest);
            for (_, number) in digested.iter().skip(from).take_while(|(known, _)| *known == digest) {
                let place = *number as usize;
                if let (Some(false), Some((path, bytes))) = (is_known.get(place), files.get(place)) {
                    is_known[place] = true;
                    leaks.files += 1;
                    leaks.bytes += bytes;
                    if leaks.some.len() < SOME {
                        leaks.some.push((path.to_string(), on_one_line(name)));
                    }
                }
            }
        })?;
        if again == self.blake3 { Ok(leaks) } else { Err(Error::ChangedMeanwhile { path: self.path.clone() }) }
    }
}

/// Passes on each digest of a list with the name behind it, and gives the BLAKE3 of the list.
fn each_digest(path: &Path, take: &mut dyn FnMut(&[u8], &str)) -> Result<[u8; 32], Error> {
    let unreadable = |why| Error::File { action: "read", path: path.to_owned(), why };
    let mut reader = BufReader::with_capacity(1 << 20, capture::open(path)?);
    let mut hasher = blake3::Hasher::new();
    let mut line = Vec::new();
    let mut is_rest = false;
    loop {
        line.clear();
        if reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line).map_err(unreadable)? == 0 {
            return Ok(*hasher.finalize().as_bytes());
        }
        hasher.update(&line);
        if !is_rest && let Some((digest, name)) = digest_of(&line) {
            take(&digest, name.as_ref());
        }
        is_rest = !line.ends_with(b"\n");
    }
}

/// The digest that a line begins with, perhaps behind a quotation mark, and what stands behind it.
fn digest_of(line: &[u8]) -> Option<(Vec<u8>, String)> {
    let line = line.trim_ascii();
    let line = line.strip_prefix(b"\"").unwrap_or(line);
    let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let (digits, rest) = line.split_at(digits);
    let is_digest = [32, 40, 64].contains(&digits.len());
    if !is_digest || rest.first().is_some_and(u8::is_ascii_alphanumeric) {
        return None;
    }
    let value = |digit: &u8| char::from(*digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let (pairs, _) = digits.as_chunks::<2>();
    let digest = pairs.iter().map(|[high, low]| Some((value(high)? << 4) | value(low)?)).collect::<Option<_>>()?;
    let name = String::from_utf8_lossy(rest);
    Some((digest, name.trim_matches(|c: char| c.is_whitespace() || "\"*,;:".contains(c)).to_owned()))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use super::*;

    #[test]
    fn lines_of_lists_are_read_as_tools_write_them() {
        let md5 = "900150983cd24fb0d6963f7d28e17f72";
        let read = |line: &str| digest_of(line.as_bytes()).map(|(digest, name)| (digest.len(), name));
        assert_eq!(read(md5), Some((16, String::new())));
        assert_eq!(read(&format!("{}  *a/b c.txt\r\n", md5.to_uppercase())), Some((16, "a/b c.txt".to_owned())));
        assert_eq!(read(&format!("\"{md5}{}\",\"x.dll\"", &md5[..8])), Some((20, "x.dll".to_owned())));
        assert_eq!(read(&format!("{md5}{md5}:7")), Some((32, "7".to_owned())));
        for line in ["", "# a list", &md5[1..], &format!("{md5}0"), &format!("{md5}xyz")] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    #[test]
    fn a_list_is_read_twice_and_must_stay_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("known.txt");
        let long = "x".repeat(3 * 4096);
        std::fs::write(&path, format!("# known\n{long}\n900150983cd24fb0d6963f7d28e17f72 {long}\n\nA9993E364706816ABA3E25717850C26C9CD0D89D  old.zip"))
            .unwrap();
        let list = List::survey(&path).unwrap();
        assert_eq!((list.count, list.digests), (2, Digests { md5: true, sha1: true, of_32: false }));
        let mut tally = Tally::new(std::iter::empty(), list.digests);
        for (name, bytes) in [("x/a", &b"abc"[..]), ("b", b"abc"), ("c", b"abcd")] {
            let mut file = tally.begin();
            tally.update(name, &mut file, bytes);
            tally.end(name, file, bytes.len() as u64, &[0; 32]);
        }
        let leaks = list.known(&mut tally).unwrap();
        assert_eq!((leaks.files, leaks.bytes, leaks.digests), (2, 6, 2));
        assert_eq!(leaks.some[1].0, "b");
        std::fs::write(&path, "900150983cd24fb0d6963f7d28e17f72\n").unwrap();
        assert!(matches!(list.known(&mut tally), Err(Error::ChangedMeanwhile { .. })));
        std::fs::write(&path, "nothing\n").unwrap();
        assert!(matches!(List::survey(&path), Err(Error::NoDigests { .. })));
    }
}
