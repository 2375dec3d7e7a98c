//! The words of the desk as types: one word per concept, and no other word for it anywhere.
//!
//! Nothing here is serialised. `ledger::payload` fixes the bytes that last, `export` the text that leaves;
//! both translate, so that a rename here never changes a promise made there.

/// Defines an enum with one stable lower-case word for each variant, the same on screens, in JSON and in the ledger.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every variant, in order.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The variant's word.
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.word())
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(word: &str) -> Result<Self, UnknownWord> {
                Self::ALL.iter().copied().find(|v| v.word() == word).ok_or_else(|| UnknownWord {
                    word: word.to_owned(),
                    known: Self::ALL.iter().map(|v| v.word()).collect::<Vec<_>>().join(", "),
                })
            }
        }
    };
}

mod case;
mod challenge;
mod corpus;
mod edit;
mod hand;
mod private;
mod reading;
mod sample;
mod screen;
mod sensitive;
mod settlement;

pub use case::{AssessedClaim, Case, Finding, PastAssessment, Said, Source, SourceText, State, Task, Until};
pub use challenge::{Answer, Challenge, Draw, DrawnBy, DrawnFile, Outcome};
pub use corpus::{Extent, Filtered, History, Piece, Root, SegmentFile, Stretch};
pub use edit::{ClaimKey, Edit, EditKind, Opinion, OwnJudgement, StatementKey};
pub use hand::{Dated, InHand, Leaks, portion, sized};
pub use private::{PrivateLabel, PrivateMatch, share};
pub use reading::{
    About, Actor, Allegation, Citation, Contact, Days, Draft, Figure, Indicator, Offer, Organisation, OwnSentence,
    Reading, Statement, Vector,
};
pub use sample::{
    Against, AlignedLines, Alignment, BestMatch, BuildMatch, Clue, Commit, CurvePoint, Detection, ExposedFile,
    FileMatch, Layer, ListedFile, ListingMatch, Names, NearMiss, NotScanned, PlaceMatch, Places, SampleMatch, Scan,
    Shares, Taking, Window,
};
pub use screen::{Screen, ScreenLine};
pub use sensitive::{Inspection, Sensitive, SensitiveFile, SensitiveItem, SensitiveKind, Spot};
pub use settlement::{Settlement, Side};

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// The identity of a thing: the leaf hash of the ledger entry that made it.
///
/// Shown as 64 hexadecimal digits; any unique prefix is accepted where a user names one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(pub [u8; 32]);

impl EntryId {
    /// The first twelve digits: enough to name an entry on a screen.
    pub fn short(&self) -> String {
        self.to_string()[..12].to_owned()
    }
}

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for EntryId {
    type Err = NotAnId;

    fn from_str(digits: &str) -> Result<Self, NotAnId> {
        let not = || NotAnId { digits: digits.to_owned() };
        let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
        let nibble = |digit: u8| char::from(digit).to_digit(16).and_then(|nibble| u8::try_from(nibble).ok());
        let byte = |pair: &[u8; 2]| Some((nibble(pair[0])? << 4) | nibble(pair[1])?);
        let bytes: Vec<u8> =
            pairs.iter().map(byte).collect::<Option<_>>().filter(|_| rest.is_empty()).ok_or_else(not)?;
        bytes.try_into().map(EntryId).map_err(|_| not())
    }
}

/// Something that is no id.
#[derive(Debug, thiserror::Error)]
#[error("{digits:?} is no id: an id has 64 hexadecimal digits")]
pub struct NotAnId {
    digits: String,
}

impl fmt::Debug for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EntryId({})", self.short())
    }
}

/// A word that is none of an enum's words.
#[derive(Debug, thiserror::Error)]
#[error("unknown word {word:?}: expected one of {known}")]
pub struct UnknownWord {
    word: String,
    known: String,
}

/// A word as a shell takes it; what would move a terminal's cursor is escaped as `$'…'` writes it.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./+:@".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else if word.chars().any(char::is_control) {
        let escaped = |c: char| match c {
            '\\' | '\'' => format!("\\{c}"),
            c if c.is_control() => format!("\\u{:04x}", u32::from(c)),
            c => c.to_string(),
        };
        format!("$'{}'", word.chars().map(escaped).collect::<String>())
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// A name on one line: control characters, which a name on disk may hold, as `\n` or `\u{1b}`.
pub fn on_one_line(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { c.escape_default().to_string() } else { c.to_string() }).collect()
}

words! {
    /// What two parties that show each other nothing compare.
    ElementKind {
        /// Fingerprints of text, source code as text among it.
        Text = "text",
        /// Fingerprints of source code as tokens.
        Code = "code",
        /// Fingerprints of the parts of binary files.
        Parts = "parts",
        /// Digests of whole files.
        Files = "files",
        /// Names of files with their sizes, as lists of files have them.
        Listing = "listing",
        /// Build ids, GUIDs of debug files, other ids of builds.
        Ids = "ids",
        /// Lines of text, such as those read off pictures.
        Lines = "lines",
        /// Login names at one domain.
        Accounts = "accounts",
        /// Login names at one domain, each with a password.
        Credentials = "credentials",
    }
}

words! {
    /// The marking of TLP 2.0 (FIRST, August 2022), in order of restriction.
    Tlp {
        /// May be told to the world.
        Clear = "clear",
        /// May be told within the recipient's community.
        Green = "green",
        /// May be told within the recipient's organisation and its clients.
        Amber = "amber",
        /// May be told within the recipient's organisation only.
        AmberStrict = "amber+strict",
        /// For the named recipients only.
        Red = "red",
    }
}

words! {
    /// What a source is.
    SourceKind {
        /// A news story or blog post, as its outlet published it.
        Story = "story",
        /// Somebody's summary of a story in other words; never the outlet's own.
        Retelling = "retelling",
        /// What a party itself published.
        Statement = "statement",
        /// What a seller wrote: a forum post, a market entry, a leak-site page.
        Listing = "listing",
        /// What is offered as proof.
        Sample = "sample",
    }
}

words! {
    /// What is to be done about something sensitive.
    #[derive(Default, serde::Serialize, serde::Deserialize)]
    SensitiveGroup {
        /// It opens a service, and is renewed there.
        #[default]
        Secret = "secret",
        /// A private key.
        Key = "private key",
        /// A certificate.
        Certificate = "certificate",
        /// A person's or a program's name with its password.
        Login = "login",
        /// It says who somebody is, or pays.
        Personal = "personal data",
        /// A name of something inside.
        Host = "internal host",
    }
}

words! {
    /// The role in which a party speaks.
    PartyKind {
        /// Claims to have the data, or sells it.
        Actor = "actor",
        /// The organisation said to be breached.
        Victim = "victim",
        /// Watches actors and reports on them.
        Researcher = "researcher",
        /// Police, regulator, court.
        Authority = "authority",
        /// An outlet speaking for itself.
        Press = "press",
        /// Anybody else.
        Other = "other",
    }
}

words! {
    /// What a statement does to the claim that it speaks about.
    Stance {
        /// Asserts it.
        Claims = "claims",
        /// Admits it.
        Confirms = "confirms",
        /// Admits a part, and limits or denies the rest.
        PartlyConfirms = "partly_confirms",
        /// Denies it, or sees no sign of it.
        Denies = "denies",
        /// Contradicts another party's statement.
        Disputes = "disputes",
        /// Declines, withholds, does not answer.
        NoComment = "no_comment",
        /// Is looking into it, with no finding yet.
        Investigating = "investigating",
        /// Tells anything else.
        Informs = "informs",
    }
}

words! {
    /// The part of a breach claim that a proposition is about, so that two parties can agree on one and differ on another.
    Facet {
        /// Systems were entered.
        Access = "access",
        /// Data left them.
        Exfiltration = "exfiltration",
        /// Which kind of thing was taken.
        Assets = "assets",
        /// How much.
        Volume = "volume",
        /// When.
        Date = "date",
        /// Whose data it is.
        Victim = "victim",
        /// What is for sale, and the price.
        Offer = "offer",
    }
}

words! {
    /// Confidence in a judgement, apart from its likelihood (ICD 203, D.6.e(2)(b)).
    Confidence {
        /// One origin, or none but interested ones.
        Low = "low",
        /// Several origins, one of them without a stake.
        Moderate = "moderate",
        /// Evidence that can be recomputed, or the company's own admission.
        High = "high",
    }
}

words! {
    /// What a figure counts.
    FigureKind {
        /// Bytes of data.
        Volume = "volume",
        /// What is asked for the data, a ransom included.
        Price = "price",
        /// Any other sum of money.
        Money = "money",
        /// A number of things.
        Count = "count",
        /// A calendar date.
        Date = "date",
    }
}

words! {
    /// The part that an organisation plays in a story.
    OrganisationRole {
        /// Said to be breached.
        AllegedVictim = "alleged_victim",
        /// Reports on the actors.
        Researcher = "researcher",
        /// Publishes the story.
        Outlet = "outlet",
        /// Any other part.
        Other = "other",
    }
}

words! {
    /// What an indicator is.
    IndicatorKind {
        /// A host or domain name.
        Domain = "domain",
        /// An IP address, of version 4 or 6.
        Address = "address",
        /// An address of the web.
        Url = "url",
        /// An e-mail address.
        Email = "email",
        /// A digest of a file: MD5, SHA-1 or SHA-256, told by its length.
        Hash = "hash",
    }
}

words! {
    /// What a corpus is to the company.
    CorpusRole {
        /// The company's own files.
        Own = "own",
        /// Code that everybody has.
        Public = "public",
        /// What the company itself gave away: releases, SDKs, open repositories.
        Published = "published",
    }
}

words! {
    /// Which fingerprints of a corpus's files are made.
    Channels {
        /// All of them.
        All = "all",
        /// All but those of source code as code: a smaller index, by which renamed code is not found.
        Text = "text",
    }
}

/// Where something stands in a text: byte offsets, at character boundaries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The span's text, or `None` where the span is not one of this text.
    pub fn of<'t>(&self, text: &'t str) -> Option<&'t str> {
        text.get(self.start..self.end)
    }

    /// Whether the two share at least one byte.
    pub fn overlaps(&self, other: &Span) -> bool {
        self.start < other.end && other.start < self.end
    }
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Span { start: range.start, end: range.end }
    }
}

/// A count with its noun: `1 source`, `2 sources`.
pub fn counted<N: PartialEq + From<u8> + fmt::Display>(count: N, noun: &str) -> String {
    if count == N::from(1) { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::{on_one_line, quoted};

    #[test]
    fn words_survive_a_shell() {
        for (word, shown) in [
            ("a/b-c.tar", "a/b-c.tar"),
            ("two words", "'two words'"),
            ("it's", r"'it'\''s'"),
            ("", "''"),
            ("$(reboot)", "'$(reboot)'"),
            ("it's\na \\", r"$'it\'s\u000aa \\'"),
        ] {
            assert_eq!(quoted(word), shown);
        }
    }

    #[test]
    fn a_name_stays_on_its_line() {
        assert_eq!(on_one_line("näme of a file.txt"), "näme of a file.txt");
        assert_eq!(on_one_line("a\nb\u{1b}[2J"), r"a\nb\u{1b}[2J");
    }
}
