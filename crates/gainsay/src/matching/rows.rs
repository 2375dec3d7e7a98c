//! What is kept of each file: the best of them whole, of the company's the names.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{FileMatch, Verdict};

/// How many files are kept whole.
const ROWS: usize = 10_000;

/// The files that are kept whole: the company's first, of those the ones with most that is distinctive.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Rows(BTreeMap<(Verdict, Reverse<u64>, usize), FileMatch>);

impl Rows {
    /// Adds the file of this number in the sample.
    pub(super) fn add(&mut self, number: usize, file: FileMatch) {
        self.0.insert((file.verdict, Reverse(file.shares.distinctive), number), file);
        if self.0.len() > ROWS {
            self.0.pop_last();
        }
    }

    /// The files in the order of the sample.
    pub(super) fn in_order(self) -> Vec<FileMatch> {
        let mut rows: Vec<(usize, FileMatch)> = self.0.into_iter().map(|((.., number), file)| (number, file)).collect();
        rows.sort_unstable_by_key(|(number, _)| *number);
        rows.into_iter().map(|(_, file)| file).collect()
    }
}

/// Names of files of the sample, by their place in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    /// The numbers of the files, in order, and where the name of each ends.
    ends: Vec<(usize, usize)>,
    bytes: Vec<u8>,
}

impl Names {
    /// Adds the name of a file behind those that were added.
    pub(super) fn add(&mut self, number: usize, name: &[u8]) {
        self.bytes.extend_from_slice(name);
        self.ends.push((number, self.bytes.len()));
    }

    /// The name of a file; empty where it was not kept.
    pub fn of(&self, number: usize) -> &[u8] {
        let Ok(at) = self.ends.binary_search_by_key(&number, |(number, _)| *number) else { return &[] };
        let begin = at.checked_sub(1).map_or(0, |before| self.ends[before].1);
        &self.bytes[begin..self.ends[at].1]
    }
}

#[cfg(test)]
mod tests {
    use fingerprint::Channel;

    use super::*;
    use crate::matching::{Copies, Part, Shares};

    #[test]
    fn the_best_files_are_kept_and_stand_in_the_order_of_the_sample() {
        let file = |number: usize| FileMatch {
            path: number.to_string().into_bytes(),
            blake3: [0; 32],
            bytes: 1,
            verdict: if number.is_multiple_of(7) { Verdict::Ours } else { Verdict::NotFound },
            identical: false,
            generated: false,
            by_pieces: false,
            channel: Channel::Text,
            shares: Shares { distinctive: number as u64, ..Shares::default() },
            best: None,
            contained: [Part::default(); 2],
            copies: Copies::default(),
            near: Vec::new(),
        };
        let mut rows = Rows::default();
        (0..20_000).for_each(|number| rows.add(number, file(number)));
        let mut best: Vec<usize> = (0..20_000).collect();
        best.sort_by_key(|number| (!number.is_multiple_of(7), Reverse(*number)));
        best.truncate(ROWS);
        best.sort_unstable();
        let kept: Vec<Vec<u8>> = rows.in_order().into_iter().map(|file| file.path).collect();
        assert_eq!(kept, best.iter().map(|number| number.to_string().into_bytes()).collect::<Vec<_>>());
    }

    #[test]
    fn names_are_found_by_number() {
        let mut names = Names::default();
        [(3, "a"), (5, ""), (9, "bcd")].into_iter().for_each(|(number, name)| names.add(number, name.as_bytes()));
        assert_eq!([3, 4, 5, 9, 10].map(|number| names.of(number)), [&b"a"[..], b"", b"", b"bcd", b""]);
    }
}
