//! A challenge: files drawn at random from a listing that the seller committed to before, and what came of them.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

use super::{EntryId, Tlp, UnknownWord};

words! {
    /// What a draw is even over.
    DrawnBy {
        /// Each listed file is as likely as any other, and none comes twice.
        Files = "files",
        /// Each listed byte is: a large file is likelier than a small one, and may come twice.
        Bytes = "bytes",
    }
}

words! {
    /// What became of a file that was drawn.
    Outcome {
        /// It came, in the listed size, and is the company's own and nobody else's.
        Genuine = "genuine",
        /// It did not come.
        Missing = "missing",
        /// It came in another size than the listing has.
        WrongSize = "wrong size",
        /// It came, and is not the company's own, or it cannot be told.
        NotOurs = "not ours",
        /// It came, but a file that came for another one is the same file of the company's.
        Repeated = "repeated",
    }
}

/// A listing that was committed to, what was drawn from it, and what came.
#[derive(Clone, Debug)]
pub struct Challenge {
    /// The entry that opened it: the commitment.
    pub id: EntryId,
    /// `ch` and its number in the case.
    pub handle: String,
    /// The place of the listing in `Case::sources`.
    pub listing: usize,
    /// When it was opened.
    pub opened: Timestamp,
    /// The most restrictive marking of its entries and of the listing.
    pub tlp: Tlp,
    /// What made the listing.
    pub format: String,
    /// Files that it lists: each path once.
    pub files: u64,
    /// Their bytes, where all sizes are exact.
    pub bytes: Option<u64>,
    /// SHA-256 of the nonce in hexadecimal: what we committed to.
    pub commitment: String,
    /// What was drawn.
    pub draw: Option<Draw>,
}

/// Files that were drawn.
#[derive(Clone, Debug)]
pub struct Draw {
    /// The entry.
    pub id: EntryId,
    /// When.
    pub at: Timestamp,
    /// The nonce, told from here on: 64 hexadecimal digits.
    pub nonce: String,
    /// A value that nobody could choose, such as the hash of a block to come.
    pub public: Option<String>,
    /// What the draw follows from: SHA-256 of nonce, public value and SHA-256 of the listing, as hexadecimal digits on a line each.
    pub seed: String,
    /// What it is even over.
    pub by: DrawnBy,
    /// Confidence of the interval in thousandths.
    pub confidence: u32,
    /// The files, in the order of their paths.
    pub files: Vec<DrawnFile>,
    /// How many answers came.
    pub answers: u64,
    /// The newest one.
    pub answer: Option<Answer>,
}

/// A file that was drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DrawnFile {
    /// Its path as listed.
    pub path: String,
    /// Its size as listed, at least and at most.
    pub bytes: Option<(u64, u64)>,
    /// How often it was drawn.
    pub times: u64,
}

/// What came of the files that were drawn.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The entry.
    pub id: EntryId,
    /// When it came.
    pub at: Timestamp,
    /// Whose corpora it was held against.
    pub owner: String,
    /// The entries of the matches that it rests on.
    pub matches: Vec<EntryId>,
    /// For each drawn file what became of it, and as which file it came.
    pub outcomes: Vec<(Outcome, Option<String>)>,
    /// How many of the draws were genuine.
    pub genuine: u64,
    /// At least and at most so many of the listed files, or millionths of the listed bytes, are genuine.
    pub interval: (u64, u64),
}

impl Draw {
    /// How often something was drawn.
    pub fn drawn(&self) -> u64 {
        self.files.iter().map(|file| file.times).sum()
    }
}

impl Answer {
    /// How many draws became what.
    pub fn of(&self, outcome: Outcome, draw: &Draw) -> u64 {
        let of = self.outcomes.iter().zip(&draw.files).filter(|((is, _), _)| *is == outcome);
        of.map(|(_, file)| file.times).sum()
    }
}

impl Challenge {
    /// Calls `change` with every text in it that may hold foreign words.
    pub fn for_each_text(&mut self, change: fn(&mut String)) {
        let Some(draw) = &mut self.draw else { return };
        draw.public.iter_mut().for_each(change);
        draw.files.iter_mut().for_each(|file| change(&mut file.path));
        if let Some(answer) = &mut draw.answer {
            change(&mut answer.owner);
            answer.outcomes.iter_mut().filter_map(|(_, received)| received.as_mut()).for_each(change);
        }
    }
}
