//! A sample against corpora: is it ours, how much, which files, which versions, as of when.
//!
//! Pure: the sample's fingerprints and open indexes go in, figures come out. `matcher` takes the sample in batches, so that memory is
//! bounded however large it is. `rules` holds every threshold with its reason, `words` says what the figures prove and what not.

mod bounds;
mod builds;
mod cover;
mod dates;
mod distinct;
mod gathered;
mod generated;
mod hits;
mod keys;
mod kinds;
mod licences;
mod lines;
mod listing;
mod matcher;
mod others;
mod places;
mod rows;
mod rules;
mod short;
mod sieve;
mod so_far;
mod states;
mod tally;
mod whole;
mod window;
mod words;

use std::collections::BTreeMap;

use fingerprint::{Channel, Commit, Filter, FilterError, Fingerprints, Index, LineKind, ReadAt, SegmentError};
use serde::{Deserialize, Serialize};

use crate::claim::{CorpusRole, Root};
pub use bounds::Bounds;
pub use builds::{Build, BuildMatch, Exposed, Standing, match_builds};
pub use gathered::Gathered;
pub use generated::says_generated;
use hits::{CHANNELS, Hits};
pub use licences::is_of_licence;
use lines::LineKey;
pub use listing::{ListingLine, ListingMatch, match_listing, match_pictured};
pub use matcher::{Matcher, MatcherSoFar};
pub use others::Copies;
pub use rows::Names;
pub use short::SHORT;
pub use tally::{Digests, Tallied, Tally, beginning};

/// One file of the sample.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SampleFile {
    /// Its name in the sample, as bytes.
    pub path: Vec<u8>,
    /// Of what is no file but the text of the one before it: the bytes of that file. Of both one counts, with these bytes.
    pub is_text_of: Option<u64>,
    /// Its fingerprints, under the profile of the corpora.
    #[serde(with = "so_far::FingerprintsShape")]
    pub fingerprints: Fingerprints,
    /// Whether it [says of itself](says_generated) that a program wrote it.
    pub generated: bool,
    /// Whether it is a program, or a library or debug information of one.
    pub is_program: bool,
    /// Of its fingerprints one in 2 to the power of this is given, chosen [evenly](Gathered): all of them but of the longest files.
    pub level: u32,
    /// Its bytes, where they are at most [`SHORT`] and it is to be recognised even where it was read with errors; else none.
    pub short: Vec<u8>,
}

/// A corpus to match against.
pub struct Corpus<'a, R> {
    /// Its name on the desk.
    pub name: &'a str,
    /// Whose files it holds.
    pub owner: &'a str,
    /// What it is to the company.
    pub role: CorpusRole,
    /// Its paths, with where they lie and of when they are; what none of them says lies where it is.
    pub roots: &'a [Root],
    /// Its index.
    pub index: &'a Index<R>,
    /// Filters that are parts of it: of public and published corpora alone.
    pub filters: &'a [Filter<R>],
}

/// Everything that matching found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The answer for the whole sample.
    pub verdict: Verdict,
    /// The files, in the order of the sample; of more than ten thousand the company's, of those the ones with most that is distinctive.
    pub files: Vec<FileMatch>,
    /// How many files and bytes have each verdict; verdicts that no file has are left out.
    pub totals: BTreeMap<Verdict, Total>,
    /// Over all distinct fingerprints of the sample, of each file those in the channel by which it was judged.
    pub shares: Shares,
    /// The repositories and folders that the sample's own files were found in, the one with most files first.
    pub lines: Vec<LineMatch>,
    /// Where the sample's own files lie; `None` where there are none.
    pub places: Option<Places>,
    /// How many corpora of each role took part: public code that no corpus holds can't be told from the company's.
    pub corpora: BTreeMap<CorpusRole, u32>,
    /// By what the company's files were recognised.
    pub recognised: Recognised,
    /// The names of the company's files.
    pub names: Names,
    /// How many of them are too many for their names to be held: they count, but are in no list, and no takings are made of them.
    pub unnamed: u64,
    /// How many files are so long that only a part of their fingerprints was looked up.
    pub thinned: u64,
    /// Distinct fingerprints were counted over one in 2 to the power of this: all of them but of the largest samples.
    pub level: u32,
}

/// How many files were recognised by what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recognised {
    /// By the same bytes.
    pub identical: u64,
    /// By text, by code with other names, by parts of binary files, and by sketches of weights.
    pub by_channel: [u64; 4],
}

/// What a file or a sample is. The words are those of the reports. *Distinctive* is what the company has and no public or
/// published corpus: text, code, parts of binary files, and weights of models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Verdict {
    /// Identical to one of the company's files, or mostly its distinctive text, parts or weights.
    Ours,
    /// Enough distinctive text, code, parts or weights of the company to exclude chance, and others.
    PartlyOurs,
    /// Nothing distinctive: found in code that everybody has.
    PublicOnly,
    /// Nothing distinctive: found in what the company itself gave away.
    PublishedOnly,
    /// Enough to tell, and not the company's.
    NotFound,
    /// Too little to tell.
    CannotTell,
}

/// Files and their bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    /// How many files.
    pub files: u64,
    /// How many bytes they have together.
    pub bytes: u64,
}

/// How many fingerprints were found where. Each share is a count of this over `all`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shares {
    /// Distinct fingerprints.
    pub all: u64,
    /// Found in the company's corpora.
    pub matched: u64,
    /// Found in public corpora.
    pub public: u64,
    /// Found in published corpora.
    pub published: u64,
    /// Found in no public or published corpus, but in so many different files of the company that they tell none of them.
    pub common: u64,
    /// Found in the company's corpora, in no public or published one, and not common.
    pub distinctive: u64,
    /// Neither public, nor published, nor common: what is left to tell whose the file is.
    pub left: u64,
}

/// What is known of one file of the sample.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileMatch {
    /// Its name in the sample.
    pub path: Vec<u8>,
    /// BLAKE3 of its bytes.
    pub blake3: [u8; 32],
    /// Its length.
    pub bytes: u64,
    /// What it is.
    pub verdict: Verdict,
    /// Whether a file of the company has the same bytes.
    pub identical: bool,
    /// Whether it says of itself that a program wrote it.
    pub generated: bool,
    /// Whether only single grams of it were recognised, in one file of the company's: text that was read with errors, or little code.
    pub by_pieces: bool,
    /// The channel by which it was judged: text, else code, which other names leave as it is, else parts,
    /// else sketches, which other types of numbers leave as they are.
    #[serde(with = "so_far::ChannelShape")]
    pub channel: Channel,
    /// Its fingerprints in that channel.
    pub shares: Shares,
    /// The company's file that it is closest to.
    pub best: Option<Place>,
    /// How many of its fingerprints, in text and in code, stand in that file at the last commit of the place.
    pub contained: [Part; 2],
    /// Where else the same bytes stand.
    pub copies: Copies,
    /// The next best files, at most three; none where it is identical to the best.
    pub near: Vec<Place>,
}

/// A file of the company, as it stood from one commit to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The corpus.
    pub corpus: String,
    /// Whose it is.
    pub owner: String,
    /// The repository or folder, as it was given; of snapshots their place, or the folder that holds them all.
    pub source: Vec<u8>,
    /// The branch; empty for a folder and for commits beside the line.
    pub reference: Vec<u8>,
    /// What the commits are to each other.
    #[serde(with = "so_far::LineKindShape")]
    pub kind: LineKind,
    /// The file's path in it.
    pub path: Vec<u8>,
    /// How many of the sample file's distinctive fingerprints stood there at once; all of them where it is identical.
    pub hits: u64,
    /// The first commit of that state, and the last.
    pub first: CommitAt,
    /// See `first`.
    pub last: CommitAt,
}

/// A commit and where it stands in its line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitAt {
    /// Its number in the line, from 0, oldest first.
    pub number: u32,
    /// Its object id; empty for the state of a folder, dated or not.
    pub oid: Vec<u8>,
    /// The committer's time in seconds since 1970, as the committer's clock told it; of a dated snapshot its date.
    pub time: i64,
}

/// What was found in one repository or folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineMatch {
    /// The corpus.
    pub corpus: String,
    /// Whose it is.
    pub owner: String,
    /// The repository or folder.
    pub source: Vec<u8>,
    /// The branch; empty for a folder and for commits beside the line.
    pub reference: Vec<u8>,
    /// What the commits are to each other.
    pub kind: LineKind,
    /// The sample's files that have their best place here.
    pub files: Total,
    /// Which those are, by their place in the sample.
    pub numbers: Vec<usize>,
    /// Their distinctive fingerprints that ever stood here.
    pub fingerprints: u64,
    /// The oldest commit that is indexed here.
    pub oldest: CommitAt,
    /// The newest commit that is indexed here.
    pub newest: CommitAt,
    /// To which commits the content belongs; only for a history with something to count.
    pub windows: Option<Windows>,
}

/// Where the sample's own files lie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Places {
    /// How many places the company's corpora lie in.
    pub known: u64,
    /// How many of the sample's files are the company's.
    pub files: u64,
    /// The places that hold one of them: the one with most files that are nowhere else first, then the one with most.
    pub all: Vec<PlaceMatch>,
    /// The fewest places that together hold all of them, by number in `all`.
    pub cover: Vec<usize>,
    /// Whether no fewer could; otherwise that was too long to search.
    pub is_least: bool,
    /// Whether it is known that no other places, as few, hold all of them.
    pub is_only: bool,
}

/// What of the sample a place holds: an identical file where its bytes stand or once stood, an edited one where, but for 5%, as many
/// of its distinctive fingerprints stand at one path at once as do anywhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceMatch {
    /// As the place was named when the corpus was added; else the path of the repository or folder, and of dated snapshots that of
    /// the folder that holds them all.
    pub name: Vec<u8>,
    /// How many of the sample's files it holds.
    pub files: u64,
    /// Those of them that no other place holds, by their place in the sample.
    pub only_here: Vec<usize>,
}

/// The commits to which a sample's content belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Windows {
    /// Where the most stood at once: of identical files first, of fingerprints second. An unedited sample of one state
    /// stood there wholly.
    pub strict: Window,
    /// Where all but 0.5% of the fingerprints stood at once that stand in the strict window.
    pub tolerant: Window,
    /// Identical files (distinct contents) that stood in the strict window.
    pub identical: Part,
    /// Fingerprints that stood in the strict window.
    pub fingerprints: Part,
    /// The single commit that most files fit.
    pub best: BestCommit,
    /// How much stood at which commit, oldest first: what the windows were read from.
    pub curve: Vec<CurvePoint>,
    /// The states that explain the files that fit any, the one with most files first. More than one where files were taken
    /// more than once, or where some were edited back to what once stood there.
    pub takings: Vec<Taking>,
    /// The files that fit none of these states, by their place in the sample.
    pub fit_nowhere: Vec<usize>,
}

/// How much of the sample stood at a commit, and from there until the next point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurvePoint {
    /// The commit.
    pub commit: CommitAt,
    /// How many files fit it.
    pub files: u64,
    /// How many fingerprints stood there.
    pub fingerprints: u64,
}

/// A state of a history, and the files that it explains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taking {
    /// The first commit at which the state explains as many files.
    pub first: CommitAt,
    /// The last one.
    pub last: CommitAt,
    /// The files by their place in the sample. One that fits several states is with the largest.
    pub files: Vec<usize>,
}

/// Some of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// How many.
    pub some: u64,
    /// Of how many.
    pub all: u64,
}

/// Commits between which a condition holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first commit at which it holds.
    pub first: CommitAt,
    /// The last commit at which it holds.
    pub last: CommitAt,
    /// The commit before the first; none where it holds at the oldest indexed commit.
    pub begun_after: Option<CommitAt>,
    /// The commit that ended it; none where it still holds at the newest indexed commit.
    pub ended_by: Option<CommitAt>,
    /// At how many commits it holds.
    pub commits: u32,
    /// In how many unbroken runs of commits.
    pub runs: u32,
}

/// The commit at which most of the sample's files fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BestCommit {
    /// The newest of those that are equally good.
    pub commit: CommitAt,
    /// How many of the files found in this line fit: identical, or with nearly all of their fingerprints there at once.
    pub files: Part,
    /// How many of the fingerprints stood there.
    pub fingerprints: Part,
}

/// Why a sample can't be matched.
#[derive(Debug, thiserror::Error)]
pub enum MatchError {
    /// The corpus was indexed under other rules or another key.
    #[error("corpus {corpus:?} was indexed under another fingerprint profile than the sample: add it again")]
    Profile {
        /// The corpus.
        corpus: String,
    },
    /// Its index can't be read.
    #[error("the index of corpus {corpus:?} can't be read: {source}")]
    Segment {
        /// The corpus.
        corpus: String,
        /// Why.
        source: SegmentError,
    },
    /// A filter can't be read.
    #[error("a filter of corpus {corpus:?} can't be read: {source}")]
    Filter {
        /// The corpus.
        corpus: String,
        /// Why.
        source: FilterError,
    },
}

/// What a file is, and the channel that tells it.
fn judge<R: ReadAt>(
    file: &SampleFile,
    number: usize,
    hits: &Hits,
    finder: &places::Finder<'_, R>,
) -> (Verdict, Channel) {
    if let Some(channel) = hits.by_pieces(number) {
        return (Verdict::PartlyOurs, channel);
    }
    let mut shares = CHANNELS.map(|channel| hits.shares_of(number, channel));
    let identical = hits.identical(number);
    let mut has_passage = false;
    for (channel, shares) in CHANNELS.into_iter().zip(&mut shares) {
        if shares.distinctive > 0 && !identical.own {
            let most = finder.at_one_path(hits.keys_of(number, channel));
            *shares = rules::at_one_path(*shares, channel, most);
            has_passage |= rules::is_passage(channel, most);
            if channel == Channel::Parts && file.is_program {
                *shares = rules::in_program(*shares);
            }
        }
    }
    let (verdict, channel) = rules::of_file(&shares, identical, file.fingerprints.bytes, file.generated);
    let is_others = identical.public || identical.published || file.generated;
    if has_passage && !verdict.is_ours() && !is_others {
        (Verdict::PartlyOurs, Channel::Text)
    } else {
        (verdict, channel)
    }
}

fn match_file<R: ReadAt>(
    file: &SampleFile,
    number: usize,
    (verdict, channel): (Verdict, Channel),
    hits: &Hits,
    finder: &mut places::Finder<'_, R>,
) -> Result<(FileMatch, Option<LineKey>), MatchError> {
    let best = finder.best(&file.path, hits.keys_of(number, channel), hits.exact(number))?;
    let (mut line, mut contained, mut copies) = (None, [Part::default(); 2], Copies::default());
    if let Some(best) = &best {
        line = Some((best.key.0, best.key.1));
        contained = finder.contained(number, best.key, best.place.last.number);
        copies = finder.copies(hits.exact(number), best.key)?;
    }
    let (best, near) = best.map(|best| (best.place, best.near)).unzip();
    let matched = FileMatch {
        path: file.path.clone(),
        blake3: file.fingerprints.blake3,
        bytes: file.fingerprints.bytes,
        verdict,
        identical: hits.identical(number).own,
        generated: file.generated,
        by_pieces: hits.by_pieces(number).is_some(),
        channel,
        shares: hits.shares_of(number, channel),
        best,
        contained,
        copies,
        near: near.unwrap_or_default(),
    };
    Ok((matched, line))
}

impl Match {
    /// The names of the files that are ours and fit no state of the repository in which they were found.
    pub fn fit_nowhere(&self) -> impl Iterator<Item = &[u8]> {
        let windows = self.lines.iter().filter_map(|line| line.windows.as_ref());
        windows.flat_map(|windows| &windows.fit_nowhere).map(|file| self.names.of(*file))
    }

    /// How many files the sample has, and how many bytes.
    pub fn total(&self) -> Total {
        let add = |sum: Total, it: &Total| Total { files: sum.files + it.files, bytes: sum.bytes + it.bytes };
        self.totals.values().fold(Total::default(), add)
    }
}

impl LineMatch {
    /// Whether its commits are dated snapshots of folders.
    pub fn is_of_snapshots(&self) -> bool {
        self.kind == LineKind::History && self.newest.oid.is_empty()
    }
}

impl<R> Corpus<'_, R> {
    fn error(&self, source: SegmentError) -> MatchError {
        MatchError::Segment { corpus: self.name.to_owned(), source }
    }

    fn filter_error(&self, source: FilterError) -> MatchError {
        MatchError::Filter { corpus: self.name.to_owned(), source }
    }
}

impl Verdict {
    /// The verdict in the words of the reports.
    pub fn words(self) -> &'static str {
        match self {
            Verdict::Ours => "ours",
            Verdict::PartlyOurs => "partly ours",
            Verdict::PublicOnly => "public only",
            Verdict::PublishedOnly => "published only",
            Verdict::NotFound => "not found",
            Verdict::CannotTell => "cannot tell",
        }
    }

    /// Whether something of the company's own was found in it, wholly or in part.
    pub fn is_ours(self) -> bool {
        matches!(self, Verdict::Ours | Verdict::PartlyOurs)
    }
}

impl Shares {
    /// A count as thousandths of all fingerprints, rounded down; 0 where there are none.
    pub fn permille(&self, count: u64) -> u64 {
        (count * 1000).checked_div(self.all).unwrap_or_default()
    }

    fn add(&mut self, other: &Shares) {
        self.all += other.all;
        self.matched += other.matched;
        self.public += other.public;
        self.published += other.published;
        self.common += other.common;
        self.distinctive += other.distinctive;
        self.left += other.left;
    }
}

impl CommitAt {
    fn new(number: u32, commit: Commit) -> Self {
        CommitAt { number, oid: commit.oid, time: commit.time }
    }
}

#[cfg(test)]
mod tests;
