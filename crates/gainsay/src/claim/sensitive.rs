//! What a sample must not reveal: what was found in it, without any value of it.

use super::{Finding, SensitiveGroup};

/// What of a sample is sensitive, whoever's it is: counted and located. No value of any is in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sensitive {
    /// How many files were looked through.
    pub files: u64,
    /// Of each kind how many, by group.
    pub kinds: Vec<SensitiveKind>,
    /// Those to act on one by one, each different one once.
    pub items: Vec<SensitiveItem>,
    /// Different ones that are not listed.
    pub more_items: u64,
    /// Which file holds how many of which kind.
    pub holders: Vec<SensitiveFile>,
    /// Of these the ones that are not listed.
    pub more_holders: u64,
}

/// How many of one kind there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SensitiveKind {
    /// What is to be done about it.
    pub group: SensitiveGroup,
    /// What it is, in words.
    pub kind: String,
    /// How many were found.
    pub found: u64,
    /// How many different ones.
    pub distinct: u64,
    /// Whether there are more different ones, which were not told apart.
    pub more: bool,
    /// In how many files.
    pub files: u64,
}

/// One secret, key, certificate, login or name, wherever it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SensitiveItem {
    /// What is to be done about it.
    pub group: SensitiveGroup,
    /// What it is, in words.
    pub kind: String,
    /// What of it may be said: whose it is, for what, by its own word.
    pub about: String,
    /// Its hash with a key of the desk, in hexadecimal: by it the desk knows it again, and nobody else can try values.
    pub mark: String,
    /// How often it stands there.
    pub found: u64,
    /// The first places.
    pub places: Vec<Spot>,
}

/// A place in a file of a sample.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    /// The file.
    pub path: String,
    /// The line, from 1; of what is no text it tells little.
    pub line: u64,
    /// The byte where it begins, from 0.
    pub offset: u64,
}

/// How many of one kind a file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SensitiveFile {
    /// The file.
    pub path: String,
    /// The kind.
    pub kind: String,
    /// How many.
    pub found: u64,
    /// Line and byte of the first.
    pub first: (u64, u64),
    /// Line and byte of the last.
    pub last: (u64, u64),
}

/// What of a sample of a case is sensitive, as an entry records it. Its handle is `x` and its number in the case.
pub type Inspection = Finding<Sensitive>;

impl Spot {
    /// The place in words: `src/a.py, line 3`.
    pub fn words(&self) -> String {
        format!("{}, line {}", self.path, self.line)
    }
}

impl SensitiveItem {
    /// What is said of a certificate that holds at the desk's time.
    pub const VALID: &str = "still valid";

    /// What is said of one whose private key is in the sample.
    pub const WITH_KEY: &str = "its private key is in the sample";

    /// Its kind and what of it may be said.
    pub fn words(&self) -> String {
        if self.about.is_empty() { self.kind.clone() } else { format!("{}, {}", self.kind, self.about) }
    }
}

impl Sensitive {
    /// Those of a group.
    pub fn of_group(&self, group: SensitiveGroup) -> impl Iterator<Item = &SensitiveItem> {
        self.items.iter().filter(move |item| item.group == group)
    }

    /// Calls `change` with every text in it that may hold foreign words.
    pub fn for_each_text(&mut self, change: fn(&mut String)) {
        for item in &mut self.items {
            change(&mut item.about);
            item.places.iter_mut().for_each(|place| change(&mut place.path));
        }
        self.holders.iter_mut().for_each(|holder| change(&mut holder.path));
    }
}
