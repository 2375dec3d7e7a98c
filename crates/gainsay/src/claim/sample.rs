//! What a sample has in common with the corpora of one owner, in figures and words.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{CorpusRole, InHand, Screen, counted};

/// What a sample has in common with the corpora of one owner. Shares are thousandths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SampleMatch {
    /// Whose corpora.
    pub owner: String,
    /// What it was held against.
    pub corpora: Vec<Against>,
    /// The verdict on the sample.
    pub verdict: String,
    /// Files in the sample.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// For each verdict: its word, files, bytes.
    pub verdicts: Vec<(String, u64, u64)>,
    /// The shares of its distinct fingerprints.
    pub shares: Shares,
    /// The commits that the content belongs to: those of the repository, or the snapshots, with most of the sample's files.
    pub window: Option<Window>,
    /// How much of the sample stood there at each commit: the curve that the window was read from, at most some hundred points.
    pub curve: Vec<CurvePoint>,
    /// Where one state does not explain the sample: the states that do, the one with most files first.
    pub takings: Vec<Taking>,
    /// Files of the company's that fit none of these states: the first of them.
    pub fit_nowhere: Vec<String>,
    /// Where the company keeps what was found.
    pub places: Option<Places>,
    /// Listings of files that the sample is, or holds.
    pub listings: Vec<ListingMatch>,
    /// What it proves and what not.
    pub words: Vec<String>,
    /// File by file, at most ten thousand.
    pub rows: Vec<FileMatch>,
    /// What went wrong with the sample.
    pub problems: Vec<String>,
    /// The archives that it is made of, at most a thousand; not known of results before the third version.
    pub layers: Vec<Layer>,
    /// What they say of who packed them, where and when, at most a thousand; not known of results before the third version.
    pub clues: Vec<Clue>,
    /// What it is made of, whoever's it is; not known of results before the fourth version.
    pub in_hand: Option<InHand>,
    /// What it was scanned with for malware, and what that found; not known of results before the fourth version.
    pub scans: Vec<Scan>,
    /// Its pictures that were read, those that show something of the company's first; not known of results before the fifth version.
    pub screens: Vec<Screen>,
    /// Programs and debug information of the company's builds, at most a thousand; not known of results before the fifth version.
    pub builds: Vec<BuildMatch>,
}

/// A program or debug information that has the id of one of the company's builds, or its code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuildMatch {
    /// Its path in the sample.
    pub path: String,
    /// What it is: `ELF x86_64 program`.
    pub format: String,
    /// [`BuildMatch::RECOGNISED`] or [`BuildMatch::BY_ID_ALONE`].
    pub standing: String,
    /// Whether it holds debug information beyond names.
    pub debug: bool,
    /// What ties it to others of its build: the kind, and the value in hexadecimal.
    pub marks: Vec<(String, String)>,
    /// What it says of itself: product, version, compiler.
    pub says: Vec<(String, String)>,
    /// The company's files of the same build, at most fifty.
    pub exposed: Vec<ExposedFile>,
    /// How many more there are.
    pub more: u64,
    /// The functions that it names.
    pub functions: Names,
    /// The sources that it names.
    pub sources: Names,
    /// The folders and files of the machine that built it.
    pub paths: Names,
    /// Who signed it, and whether it is as it was signed; empty where nobody did.
    pub signature: String,
}

/// Names, of many some.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// How many different ones.
    pub count: u64,
    /// Some of them.
    pub some: Vec<String>,
}

/// A file of the company of which a file of the sample gives something away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExposedFile {
    /// The file.
    pub file: BestMatch,
    /// What it says of its product and version.
    pub product: String,
    /// What they share: `id`, `code`, `layout`, `412 names`.
    pub by: Vec<String>,
}

impl BuildMatch {
    /// It is of one of the company's builds.
    pub const RECOGNISED: &str = "recognised";
    /// It has the id of one, and nothing else that could be compared is the same.
    pub const BY_ID_ALONE: &str = "by its id alone";

    /// What it is and what it gives away, in sentences.
    pub fn words(&self) -> Vec<String> {
        const SOME: usize = 5;
        let mut words = Vec::new();
        for (names, what) in [(&self.functions, "function"), (&self.sources, "source"), (&self.paths, "path")] {
            if names.count > 0 {
                let some = names.some.iter().take(SOME).cloned().collect::<Vec<_>>().join(", ");
                let named = if names.count > SOME as u64 { ", among them" } else { ":" };
                let count = counted(names.count, what);
                words.push(format!("Names {count}{named} {some}."));
            }
        }
        let said: Vec<String> =
            self.says.iter().take(SOME + 2).map(|(what, value)| format!("{what} {value}")).collect();
        if !said.is_empty() {
            words.push(format!("Says of itself: {}.", said.join("; ")));
        }
        if !self.signature.is_empty() {
            words.push(format!("Signed by {}.", self.signature));
        }
        words
    }

    /// The company's files that it exposes, each with what they share, at most so many.
    pub fn exposes(&self, most: usize) -> Vec<String> {
        let one = |it: &ExposedFile| {
            let product = if it.product.is_empty() { String::new() } else { format!(" ({})", it.product) };
            let (file, by) = (&it.file, it.by.join(", "));
            format!("{}{product} in {}, {}: the same {by}", file.path, file.corpus, file.last.day())
        };
        let mut all: Vec<String> = self.exposed.iter().take(most).map(one).collect();
        let more = self.exposed.len().saturating_sub(most) as u64 + self.more;
        if more > 0 {
            all.push(format!("… and {more} more"));
        }
        all
    }
}

/// An archive of a sample: a layer around the files in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    /// Where it is; `!` stands before each archive in another.
    pub path: String,
    /// What it is, in a word such as `zip`.
    pub format: String,
    /// Files that came out of it, without those in further archives.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// What of it was not read, or not as it should be: each kind of reason, and how often.
    pub findings: Vec<(String, u64)>,
}

/// What an archive says of how it came to be: its own word, which whoever made it may have forged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clue {
    /// The archive.
    pub path: String,
    /// What it is about, in words such as `owner` or `time zone`.
    pub kind: String,
    /// What it says.
    pub value: String,
    /// How many of its entries say so.
    pub entries: u64,
}

/// What one engine found in a sample, and what it did not scan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scan {
    /// `ClamAV` or `YARA`.
    pub engine: String,
    /// Its version and that of what it knows, with date or digest; empty where it was not there.
    pub version: String,
    /// Files that it scanned, archives and what is in them.
    pub files: u64,
    /// … in which it found something.
    pub with_findings: u64,
    /// What it found, at most a thousand.
    pub found: Vec<Detection>,
    /// How much more it found.
    pub more: u64,
    /// What it did not scan, by the reason.
    pub not_scanned: Vec<NotScanned>,
}

/// What an engine found in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detection {
    /// The file.
    pub path: String,
    /// The name of the signature or rule.
    pub rule: String,
}

/// Files that an engine did not scan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotScanned {
    /// Why.
    pub reason: String,
    /// How many.
    pub files: u64,
    /// The first of them.
    pub some: Vec<String>,
}

impl Scan {
    /// What came of it in sentences, but for the files with a finding.
    pub fn words(&self) -> Vec<String> {
        let count = |files: u64| counted(files, "file");
        let mut words = Vec::new();
        if self.files > 0 {
            let found = match self.with_findings {
                0 => "and found nothing that it knows, which is all that this says".to_owned(),
                some => format!("and found something in {some} of them"),
            };
            words.push(format!("{} scanned {} {found}.", self.version, count(self.files)));
        }
        for left_out in &self.not_scanned {
            let of = match self.version.is_empty() {
                // It was not there at all, and every file is meant.
                true => String::new(),
                false => format!(": {} ({})", count(left_out.files), left_out.named()),
            };
            words.push(format!("Not scanned by {}, because {}{of}.", self.engine, left_out.reason));
        }
        words
    }
}

impl NotScanned {
    /// The first of the files, and how many more there are.
    fn named(&self) -> String {
        const NAMED: usize = 3;
        let named: Vec<&str> = self.some.iter().take(NAMED).map(String::as_str).collect();
        let more = self.files.saturating_sub(named.len() as u64);
        if more > 0 { format!("{} and {more} more", named.join(", ")) } else { named.join(", ") }
    }
}

/// A corpus that a sample was held against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Against {
    /// Its name.
    pub name: String,
    /// What it is to the company.
    pub role: CorpusRole,
    /// When it was last indexed; not known of results of the first version.
    pub indexed: Option<Timestamp>,
    /// How many distinct contents it holds.
    pub contents: u64,
    /// How many rows its index has; of a filter, how many keys.
    pub rows: u64,
    /// How many packages it holds, where it is a cache of packages.
    pub packages: Option<u64>,
}

impl Against {
    /// Its coverage and date: `312000 public contents of 431 packages as indexed on 2026-11-22`.
    pub fn coverage(&self) -> String {
        let packages = match self.packages {
            Some(1) => " of 1 package".to_owned(),
            Some(packages) => format!(" of {packages} packages"),
            None => String::new(),
        };
        let contents = if self.contents == 1 { "content" } else { "contents" };
        let indexed = self.indexed.map_or_else(String::new, |at| format!(" as indexed on {}", at.strftime("%Y-%m-%d")));
        format!("{} {} {contents}{packages}{indexed}", self.contents, self.role)
    }
}

/// Thousandths of some fingerprints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shares {
    /// In the owner's corpora.
    pub matched: u32,
    /// … of those, in so many of the owner's files that they tell none, in licences or in generated code.
    pub common: u32,
    /// In public corpora.
    pub public: u32,
    /// In what the owner published.
    pub published: u32,
    /// In the owner's corpora and nowhere else, and not common.
    pub distinctive: u32,
}

/// The commits that a sample's content belongs to. Of dated snapshots a window begins with the snapshot before the first at which it
/// holds, if there is one: the content came at some time after that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// The repository; of snapshots their place, or the folder that holds them all.
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

/// How much of a sample stood at a commit. Between two points it stayed as at the first of them, or was in between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurvePoint {
    /// The commit.
    pub commit: Commit,
    /// How many of the sample's files fit it.
    pub files: u64,
    /// How many of its fingerprints stood there.
    pub fingerprints: u64,
}

/// Files of a sample that one state of a repository explains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taking {
    /// The repository, folder or series of snapshots.
    pub line: String,
    /// The branch; empty for a folder and for commits beside the line.
    pub reference: String,
    /// The first commit that all of them fit; none for a folder and for commits beside the line.
    pub first: Option<Commit>,
    /// The last one.
    pub last: Option<Commit>,
    /// How many files.
    pub files: u64,
    /// The first of them.
    pub some: Vec<String>,
}

/// Where the company keeps what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// The fewest places that together hold every file that was found.
    pub cover: Vec<String>,
    /// Whether no fewer could; of many places that is not searched to the end.
    pub is_least: bool,
    /// Each place that holds some of them, the one with most files that are nowhere else first.
    pub all: Vec<PlaceMatch>,
}

/// What was found in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceMatch {
    /// The place as it was named; else the path of the repository or folder.
    pub name: String,
    /// Files of the sample that it holds.
    pub files: u64,
    /// Files that no other place holds: look there first.
    pub only_here: u64,
    /// The first of those.
    pub some: Vec<String>,
}

/// A listing of files held against the corpora. It shows names, sizes and times, not content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListingMatch {
    /// Its path in the sample.
    pub path: String,
    /// What kind of listing it is: `ls -lR`, `tree`, …
    pub format: String,
    /// The verdict on it.
    pub verdict: String,
    /// Files that it lists.
    pub entries: u64,
    /// … with a size.
    pub sized: u64,
    /// … that one of the company's files fits by path and size.
    pub by_size: u64,
    /// … that one fits by its path alone.
    pub by_path: u64,
    /// The commits that they belong to.
    pub window: Option<Window>,
    /// The newest time that it shows: it was made no earlier. As its writer's clock told it.
    pub newest: Option<Timestamp>,
    /// What it proves and what not.
    pub words: Vec<String>,
    /// Entry by entry, at most a thousand.
    pub rows: Vec<ListedFile>,
}

/// A file of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedFile {
    /// Its path as listed.
    pub path: String,
    /// Its size, where the listing has it exactly.
    pub bytes: Option<u64>,
    /// The company's file that it fits.
    pub best: Option<BestMatch>,
    /// Whether the size is that file's.
    pub same_size: bool,
}

/// A commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its id in hexadecimal; empty for a folder's one state and for a dated snapshot.
    pub id: String,
    /// When it was committed; of a snapshot its date.
    pub time: Timestamp,
}

/// One file of a sample.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileMatch {
    /// Its path in the sample.
    pub path: String,
    /// Its bytes.
    pub bytes: u64,
    /// The verdict on it.
    pub verdict: String,
    /// Whether a corpus holds it byte for byte.
    pub exact: bool,
    /// Whether it says of itself that a program wrote it.
    pub generated: bool,
    /// By what it was judged: `text`, `code`, `parts` or `sketches` (of weights).
    pub channel: String,
    /// The shares of its fingerprints in that channel.
    pub shares: Shares,
    /// The best file of the corpora.
    pub best: Option<BestMatch>,
    /// Thousandths of its fingerprints in text, and in code, that stand in that file at once; none where it has none.
    pub containment: (Option<u32>, Option<u32>),
    /// How many other paths of the owner's hold the same bytes.
    pub copies: u64,
    /// The first of those.
    pub some_copies: Vec<String>,
    /// The next best files, at most three.
    pub near: Vec<NearMiss>,
    /// Which of its lines are which of that file's.
    pub alignment: Option<Alignment>,
}

/// The corpus file that a sample file matches best.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BestMatch {
    /// The corpus.
    pub corpus: String,
    /// The repository or folder.
    pub source: String,
    /// The path there.
    pub path: String,
    /// The first commit that holds this content.
    pub first: Commit,
    /// The last one.
    pub last: Commit,
}

/// A corpus file that a sample file resembles, but less than the best.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearMiss {
    /// The corpus.
    pub corpus: String,
    /// The path there.
    pub path: String,
    /// Thousandths of the sample file's fingerprints that stood there.
    pub share: u32,
}

/// Which lines of a sample's file are which of the company's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alignment {
    /// Thousandths of the sample file's lines with something in them that are aligned.
    pub aligned: u32,
    /// The ranges in the order of the sample's lines.
    pub ranges: Vec<AlignedLines>,
    /// What was done to it: `reformatted`, `renamed in 9 lines: FxEngine → Engine`, `cut: 30 lines of ours`, …
    pub edits: Vec<String>,
    /// Why there are no ranges: the company's file is not at hand, or has changed since it was indexed.
    pub note: Option<String>,
}

/// Lines that belong together. Lines count from 1; the last is inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlignedLines {
    /// First and last line in the sample.
    pub sample: (u32, u32),
    /// First and last line in the company's file.
    pub ours: (u32, u32),
    /// `same`, `reformatted`, `renamed` or `similar`.
    pub kind: String,
}

impl Commit {
    /// The day of the commit in UTC.
    pub fn day(&self) -> String {
        self.time.strftime("%Y-%m-%d").to_string()
    }
}

impl BestMatch {
    /// The day of its content, or from which to which.
    pub fn days(&self) -> String {
        let (first, last) = (self.first.day(), self.last.day());
        if first == last { first } else { format!("{first} to {last}") }
    }
}

impl SampleMatch {
    /// Whether public code took part, and was subtracted.
    pub fn subtracts_public(&self) -> bool {
        self.corpora.iter().any(|it| it.role == CorpusRole::Public)
    }

    /// Calls `change` with every text in it that may hold foreign words.
    pub fn for_each_text(&mut self, change: fn(&mut String)) {
        let all = |texts: &mut Vec<String>| texts.iter_mut().for_each(change);
        let in_best = |best: &mut BestMatch| [&mut best.source, &mut best.path].into_iter().for_each(change);
        change(&mut self.owner);
        self.corpora.iter_mut().for_each(|it| change(&mut it.name));
        self.window.iter_mut().for_each(|it| change(&mut it.line));
        for taking in &mut self.takings {
            change(&mut taking.line);
            change(&mut taking.reference);
            all(&mut taking.some);
        }
        all(&mut self.fit_nowhere);
        if let Some(places) = &mut self.places {
            all(&mut places.cover);
            for place in &mut places.all {
                change(&mut place.name);
                all(&mut place.some);
            }
        }
        for listing in &mut self.listings {
            change(&mut listing.path);
            listing.window.iter_mut().for_each(|it| change(&mut it.line));
            all(&mut listing.words);
            for row in &mut listing.rows {
                change(&mut row.path);
                row.best.iter_mut().for_each(in_best);
            }
        }
        self.screens.iter_mut().for_each(|screen| screen.for_each_text(change));
        all(&mut self.words);
        all(&mut self.problems);
        for scan in &mut self.scans {
            change(&mut scan.version);
            scan.found.iter_mut().for_each(|it| change(&mut it.path));
            for left_out in &mut scan.not_scanned {
                change(&mut left_out.reason);
                all(&mut left_out.some);
            }
        }
        self.in_hand.iter_mut().for_each(|it| it.for_each_text(change));
        for build in &mut self.builds {
            [&mut build.path, &mut build.format, &mut build.signature].into_iter().for_each(change);
            build.says.iter_mut().for_each(|(_, value)| change(value));
            for names in [&mut build.functions, &mut build.sources, &mut build.paths] {
                all(&mut names.some);
            }
            for exposed in &mut build.exposed {
                change(&mut exposed.product);
                in_best(&mut exposed.file);
            }
        }
        for row in &mut self.rows {
            change(&mut row.path);
            row.best.iter_mut().for_each(in_best);
            all(&mut row.some_copies);
            row.near.iter_mut().for_each(|near| change(&mut near.path));
            if let Some(alignment) = &mut row.alignment {
                all(&mut alignment.edits);
                alignment.note.iter_mut().for_each(change);
            }
        }
    }

    /// Calls `change` with every name of a repository, a folder or a place.
    pub fn for_each_source(&mut self, mut change: impl FnMut(&mut String)) {
        let listed = self.listings.iter_mut();
        listed.for_each(|it| {
            it.window.iter_mut().for_each(|window| change(&mut window.line));
            it.rows.iter_mut().filter_map(|row| row.best.as_mut()).for_each(|best| change(&mut best.source));
        });
        self.window.iter_mut().for_each(|window| change(&mut window.line));
        self.takings.iter_mut().for_each(|taking| change(&mut taking.line));
        if let Some(places) = &mut self.places {
            places.cover.iter_mut().for_each(&mut change);
            places.all.iter_mut().for_each(|place| change(&mut place.name));
        }
        self.screens.iter_mut().filter_map(|it| it.best.as_mut()).for_each(|best| change(&mut best.source));
        self.rows.iter_mut().filter_map(|row| row.best.as_mut()).for_each(|best| change(&mut best.source));
    }

    /// What it was held against, by name and role, with date and coverage where they are known.
    pub fn against(&self) -> String {
        let of = |it: &Against| match it.indexed {
            Some(_) => format!("{} ({})", it.name, it.coverage()),
            None => format!("{} ({})", it.name, it.role),
        };
        self.corpora.iter().map(of).collect::<Vec<_>>().join(", ")
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
