//! A case as it stands: what the entries of one case add up to. Values only; nothing here can change the ledger.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{EntryId, Reading, SourceKind, Statement, Tlp};

/// A case as it stands.
#[derive(Clone, Debug)]
pub struct Case {
    /// The entry that opened it.
    pub id: EntryId,
    /// Its name on this desk.
    pub title: String,
    /// When it was opened.
    pub opened: Timestamp,
    /// The marking of the entry that opened it.
    pub tlp: Tlp,
    /// In the order in which they came in; a handle is the place here.
    pub sources: Vec<Source>,
    /// In the order in which they were read.
    pub statements: Vec<Said>,
    /// In the order in which they were made.
    pub findings: Vec<Finding>,
}

/// A captured document.
#[derive(Clone, Debug)]
pub struct Source {
    /// The entry that captured it.
    pub id: EntryId,
    /// `src` and its number in the case.
    pub handle: String,
    /// What it is.
    pub kind: SourceKind,
    /// Where it came from: the path as given, or the page's own address.
    pub whence: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub digest: String,
    /// Its bytes.
    pub size: u64,
    /// Its title.
    pub title: Option<String>,
    /// Who published it.
    pub outlet: Option<String>,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// When the desk received it.
    pub received: Timestamp,
    /// Who added it.
    pub author: String,
    /// To whom it may be told.
    pub tlp: Tlp,
    /// How it is to be handled.
    pub note: Option<String>,
    /// What was wrong with it.
    pub problems: Vec<String>,
    /// The place in `Case::sources` of the version that took its place.
    pub replaced_by: Option<usize>,
    /// Its text.
    pub text: SourceText,
    /// What the reader found in it.
    pub reading: Reading,
}

impl Source {
    /// When it was published, or where that is not known, received.
    pub fn when(&self) -> Timestamp {
        self.published.unwrap_or(self.received)
    }

    /// A name to show: the outlet, or what it was called when it was added.
    pub fn name(&self) -> &str {
        self.outlet.as_deref().unwrap_or_else(|| self.whence.rsplit('/').next().unwrap_or(&self.whence))
    }
}

/// Where a source's text is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceText {
    /// Here.
    Here(String),
    /// It is not a text.
    None,
    /// It cannot be shown, for the reason given.
    Unavailable(String),
}

/// A statement in a case.
#[derive(Clone, Debug)]
pub struct Said {
    /// `s` and its number in the case.
    pub handle: String,
    /// The place of its source in `Case::sources`.
    pub source: usize,
    /// What was said.
    pub statement: Statement,
    /// Whether somebody stands for the reading.
    pub state: State,
    /// The reading and the place in it that the draft came from; `None` where it was written by hand.
    pub draft: Option<(EntryId, u32)>,
    /// The most restrictive of the markings of its source and of its own entries.
    pub tlp: Tlp,
}

impl Said {
    /// The words of the source, where its text is here.
    pub fn quote<'c>(&self, case: &'c Case) -> Option<&'c str> {
        match &case.sources.get(self.source)?.text {
            SourceText::Here(text) => self.statement.span.of(text),
            _ => None,
        }
    }
}

/// Whether somebody stands for the reading of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody yet. It shows, and takes part in disagreements, but does not weigh.
    Draft {
        /// How sure the reader is, in thousandths.
        confidence: u16,
    },
    /// Accepted, perhaps mended.
    Accepted {
        /// By whom: a person, or the reader for itself.
        by: String,
        /// Whether the reader accepted it for itself, and nobody has looked.
        unseen: bool,
        /// The entry that says so.
        entry: EntryId,
    },
    /// Rejected: it neither shows nor weighs.
    Rejected {
        /// By whom.
        by: String,
    },
}

impl State {
    /// Whether it weighs.
    pub fn weighs(&self) -> bool {
        matches!(self, State::Accepted { .. })
    }

    /// Whether it shows.
    pub fn shows(&self) -> bool {
        !matches!(self, State::Rejected { .. })
    }
}

/// A sample matched against the corpora: evidence that anyone with both can compute again.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The entry that records it.
    pub id: EntryId,
    /// `m` and its number in the case.
    pub handle: String,
    /// The place of the sample in `Case::sources`.
    pub sample: usize,
    /// When it was made.
    pub received: Timestamp,
    /// To whom it may be told.
    pub tlp: Tlp,
    /// The command that computes it again.
    pub command: String,
    /// The result.
    pub result: SampleMatch,
}

/// What a sample has in common with the corpora of one owner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SampleMatch {
    /// Whose corpora.
    pub owner: String,
    /// The corpora by name, with their role's word.
    pub corpora: Vec<(String, String)>,
    /// The verdict on the sample.
    pub verdict: String,
    /// Files in the sample.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// For each verdict: its word, files, bytes.
    pub verdicts: Vec<(String, u64, u64)>,
    /// Tenths of a percent of the sample's fingerprints that are in the owner's corpora.
    pub matched: u32,
    /// … of those, in public corpora as well.
    pub public: u32,
    /// … of those, in what the owner published.
    pub published: u32,
    /// … in the owner's corpora and nowhere else.
    pub distinctive: u32,
    /// The commits that the content belongs to.
    pub window: Option<Window>,
    /// What it proves and what not.
    pub words: Vec<String>,
    /// File by file, at most ten thousand.
    pub rows: Vec<FileMatch>,
    /// What went wrong with the sample.
    pub problems: Vec<String>,
}

/// The commits that a sample's content belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// The repository.
    pub line: String,
    /// First and last commit at which as much of it stood as ever stood at once.
    pub strict: (Commit, Commit),
    /// First commit at which all but a tolerated half percent of that stood: the one to go by, since edits mislead the strict one.
    pub first: Commit,
    /// Last such commit.
    pub last: Commit,
    /// Whether nothing bounds it above: the last commit is the newest that the corpus knows.
    pub open: bool,
    /// The single commit that most files fit.
    pub best: Commit,
    /// Files that fit it.
    pub fit: u64,
    /// Files with a history in this repository.
    pub of: u64,
}

/// A commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its id in hexadecimal; empty for a folder's one state.
    pub id: String,
    /// When it was committed.
    pub time: Timestamp,
}

/// One file of a sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileMatch {
    /// Its path in the sample.
    pub path: String,
    /// Its bytes.
    pub bytes: u64,
    /// The verdict on it.
    pub verdict: String,
    /// Whether a corpus holds it byte for byte.
    pub exact: bool,
    /// Matched, public, published, distinctive: tenths of a percent of its fingerprints.
    pub shares: (u32, u32, u32, u32),
    /// The best file of the corpora.
    pub best: Option<BestMatch>,
}

/// The corpus file that a sample file matches best.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BestMatch {
    /// The corpus.
    pub corpus: String,
    /// The path there.
    pub path: String,
    /// The first commit that holds this content.
    pub first: Commit,
    /// The last one.
    pub last: Commit,
}

impl Commit {
    /// The day of the commit in UTC.
    pub fn day(&self) -> String {
        self.time.strftime("%Y-%m-%d").to_string()
    }
}

impl Case {
    /// The order in which statements were made, as far as it is known: by date of the source, then by source, then by place in it.
    pub fn order(&self, said: &Said) -> (Timestamp, usize, usize) {
        (self.sources[said.source].when(), said.source, said.statement.span.start)
    }

    /// The most restrictive marking of anything in it.
    pub fn highest_marking(&self) -> Tlp {
        let sources = self.sources.iter().map(|source| source.tlp);
        let said = self.statements.iter().filter(|said| said.state.shows()).map(|said| said.tlp);
        let findings = self.findings.iter().map(|finding| finding.tlp);
        sources.chain(said).chain(findings).fold(self.tlp, Tlp::max)
    }

    /// The statements that show: not rejected, and not drafts of a version that was replaced.
    pub fn shown(&self) -> impl Iterator<Item = &Said> {
        self.statements.iter().filter(|said| match said.state {
            State::Draft { .. } => self.sources[said.source].replaced_by.is_none(),
            State::Accepted { .. } => true,
            State::Rejected { .. } => false,
        })
    }

    /// Takes sources out, with all that rests on them, and lets everything that points to a place among them point to the new one.
    pub fn keep_sources(&mut self, keep: &[bool]) {
        let new_place: Vec<usize> = keep
            .iter()
            .scan(0, |next, keep| {
                let place = *next;
                *next += usize::from(*keep);
                Some(place)
            })
            .collect();
        let mut places = keep.iter();
        self.sources.retain(|_| places.next().copied().unwrap_or(false));
        for source in &mut self.sources {
            source.replaced_by = source.replaced_by.filter(|place| keep[*place]).map(|place| new_place[place]);
        }
        self.statements.retain(|said| keep[said.source]);
        for said in &mut self.statements {
            said.source = new_place[said.source];
        }
        self.findings.retain(|finding| keep[finding.sample]);
        for finding in &mut self.findings {
            finding.sample = new_place[finding.sample];
        }
    }

    /// The findings on the samples as they are now, not on versions that were replaced.
    pub fn current_findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| self.sources[finding.sample].replaced_by.is_none())
    }

    /// The names that its texts give to actors.
    pub fn actors(&self) -> BTreeSet<&str> {
        self.sources
            .iter()
            .filter(|source| source.replaced_by.is_none())
            .flat_map(|source| &source.reading.actors)
            .map(|actor| actor.name.as_str())
            .collect()
    }
}

impl SampleMatch {
    /// Whether public code took part, and was subtracted.
    pub fn subtracts_public(&self) -> bool {
        self.corpora.iter().any(|(_, role)| role == "public")
    }

    /// How many files have one of these verdicts.
    pub fn files_of(&self, verdicts: &[&str]) -> u64 {
        self.verdicts.iter().filter(|(word, ..)| verdicts.contains(&word.as_str())).map(|(_, files, _)| files).sum()
    }

    /// The verdict with what it counts, on one line.
    pub fn summary(&self) -> String {
        let counts = self.verdicts.iter().map(|(word, files, _)| format!("{files} {word}"));
        format!("{}: of {} files {}", self.verdict, self.files, counts.collect::<Vec<_>>().join(", "))
    }
}
