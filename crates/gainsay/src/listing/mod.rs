//! Listings of files, as programs print them: `tree`, `ls -lR`, `dir /s`, `find -ls`, `unzip -l` and others, to their entries.
//!
//! Pure, and bounded: bytes go in as they come, and whatever they are, no more is held than [`MOST_ENTRIES`] entries of at most
//! [`MOST_NAME_BYTES`] bytes of paths, one line of [`LONGEST_LINE`] bytes and the [`Head`] by which the format is recognised.
//! Nothing is decoded but UTF-16: what a listing says beside digits and ASCII is taken as bytes, so that any code page
//! can be read, and two names are compared by what of them is ASCII (see [`folded`]).

mod archives;
mod dir;
mod fields;
mod head;
mod kept;
mod lines;
mod long;
mod names;
mod paths;
mod pictured;
mod tree;

use serde::{Deserialize, Serialize};

use archives::{SevenZip, Zip};
use dir::Dir;
use fields::When;
use head::Head;
use kept::Kept;
use lines::Lines;
use long::Long;
use names::{DiskUse, Names, Paths, Sizes};
use tree::Tree;

pub use paths::folded;
pub use pictured::{misread, of_lines};

/// How many entries are held. Of more, a part is that depends on their paths alone (see [`Listing::problems`]).
pub const MOST_ENTRIES: usize = 1 << 20;

/// How many bytes the paths of all entries have together.
pub const MOST_NAME_BYTES: usize = 128 << 20;

/// A longer line is no entry.
pub const LONGEST_LINE: usize = 64 << 10;

/// A listing whose lines each have a size or a time.
const LEAST_ENTRIES: u64 = 3;

/// A listing of names, or of figures and names: lines of prose and code may look like them.
const LEAST_NAMES: u64 = 10;

/// One thing that a listing lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its path as listed, without drive, leading slashes, `.` and `..`, with `/` between its parts; as bytes.
    pub path: Vec<u8>,
    /// Its size in bytes, at least and at most: equal where it is exact, apart where it was rounded (`4.0K`).
    pub bytes: Option<(u64, u64)>,
    /// When it was changed, in seconds since 1970: first and last second of the minute or day that is listed, by the clock of
    /// who listed it, of which the time zone is not known.
    pub modified: Option<(i64, i64)>,
    /// Whether it is a folder: it says so, or other entries lie in it.
    pub is_folder: bool,
}

impl Entry {
    /// Its size, where it is exact.
    pub fn exact_bytes(&self) -> Option<u64> {
        self.bytes.filter(|(least, most)| least == most).map(|(bytes, _)| bytes)
    }
}

/// What made a listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// `ls -l`, `ls -lR`, `find -ls`, `tar tv`, `zipinfo`: lines that begin with a file's mode.
    Long,
    /// `dir`, `dir /s` and `Get-ChildItem`.
    Dir,
    /// `tree` of Unix or Windows.
    Tree,
    /// `unzip -l` and `unzip -v`.
    Zip,
    /// `7z l`.
    SevenZip,
    /// `du -a`.
    DiskUse,
    /// A size in bytes and a path, with blanks between: `find -printf '%s %p\n'`.
    Sizes,
    /// `ls -1R`.
    Names,
    /// A path on each line.
    Paths,
    /// Rows that were read in a picture.
    Picture,
}

impl Format {
    /// The command that prints such listings.
    pub fn command(self) -> &'static str {
        match self {
            Format::Long => "ls -l",
            Format::Dir => "dir",
            Format::Tree => "tree",
            Format::Zip => "unzip -l",
            Format::SevenZip => "7z l",
            Format::DiskUse => "du -a",
            Format::Sizes => "find -printf '%s %p'",
            Format::Names => "ls -1R",
            Format::Paths => "find",
            Format::Picture => "a picture",
        }
    }
}

/// A listing that was read to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// What made it.
    pub format: Format,
    /// What it lists, in the order of their paths, each path and size once.
    pub entries: Vec<Entry>,
    /// How many lines were entries.
    pub listed: u64,
    /// What was not understood or not held, in words.
    pub problems: Vec<String>,
}

/// What a line is.
enum Line {
    /// It lists something.
    Entry(Draft),
    /// A head, a sum, a link or a device: it belongs to the listing, and lists no file.
    Frame,
    /// Nothing of this format.
    Unknown,
}

/// An entry whose path is as it was listed, and whose day may be read in two ways.
struct Draft {
    path: Vec<u8>,
    bytes: Option<(u64, u64)>,
    modified: When,
    is_folder: bool,
}

/// Reads a file that may be a listing.
pub struct Reader {
    lines: Lines,
    /// Whether what is no listing at first sight is read as one all the same.
    is_wanted: bool,
    state: State,
}

enum State {
    /// It may be of any format, or of none.
    Unknown(Head),
    /// The format is known.
    Known(Box<Body>),
    /// It is no listing.
    None,
}

/// What became of lines.
#[derive(Clone, Copy, Default)]
struct Tally {
    entries: u64,
    frames: u64,
    unknown: u64,
}

struct Body {
    parser: Parser,
    tally: Tally,
    kept: Kept,
}

enum Parser {
    Long(Long),
    Dir(Dir),
    Tree(Tree),
    Zip(Zip),
    SevenZip(SevenZip),
    DiskUse(DiskUse),
    Sizes(Sizes),
    Names(Names),
    Paths(Paths),
}

impl Reader {
    /// A reader of a file that must be recognised as a listing by itself.
    pub fn new() -> Reader {
        Reader { lines: Lines::default(), is_wanted: false, state: State::Unknown(Head::default()) }
    }

    /// A reader of a file that somebody says is a listing: prose around it, or only a few lines, do not matter.
    pub fn of_listing() -> Reader {
        Reader { is_wanted: true, ..Reader::new() }
    }

    /// Takes the next bytes of the file.
    pub fn push(&mut self, bytes: &[u8]) {
        if matches!(self.state, State::None) {
            return;
        }
        let (state, is_wanted) = (&mut self.state, self.is_wanted);
        if !self.lines.push(bytes, &mut |line| state.line(line, is_wanted)) {
            self.state = State::None;
        }
    }

    /// The listing, if it is one.
    pub fn finish(mut self) -> Option<Listing> {
        let (state, is_wanted) = (&mut self.state, self.is_wanted);
        self.lines.finish(&mut |line| state.line(line, is_wanted));
        let too_long = self.lines.too_long();
        state.decide(is_wanted);
        let State::Known(mut body) = self.state else { return None };
        body.tally.unknown += too_long;
        let least = body.parser.least_entries();
        let is_listing = body.tally.explains(is_wanted) && (is_wanted || body.tally.entries >= least);
        if !is_listing || !body.parser.is_consistent() {
            return None;
        }
        let Body { parser, tally, kept } = *body;
        let mut problems = Vec::new();
        if tally.unknown > too_long {
            problems
                .push(format!("{} lines are no part of the listing and were passed over", tally.unknown - too_long));
        }
        if too_long > 0 {
            problems.push(format!("{too_long} lines are longer than {LONGEST_LINE} bytes and were passed over"));
        }
        let format = parser.format();
        let entries = kept.finish(&parser, &mut problems);
        Some(Listing { format, entries, listed: tally.entries, problems })
    }
}

impl Default for Reader {
    fn default() -> Self {
        Reader::new()
    }
}

impl State {
    /// Takes a line. False where no more are wanted.
    fn line(&mut self, line: &[u8], is_wanted: bool) -> bool {
        match self {
            State::Unknown(head) => {
                head.push(line);
                if !is_wanted && head.begins_as_none() {
                    *self = State::None;
                } else if head.is_full() {
                    self.decide(is_wanted);
                }
            }
            State::Known(body) => body.line(line),
            State::None => {}
        }
        !matches!(self, State::None)
    }

    /// Chooses a format by the lines so far.
    fn decide(&mut self, is_wanted: bool) {
        let State::Unknown(head) = self else { return };
        *self = head.format(is_wanted).map_or(State::None, |format| {
            let mut body = Body { parser: Parser::of(format), tally: Tally::default(), kept: Kept::default() };
            head.lines().for_each(|line| body.line(line));
            State::Known(Box::new(body))
        });
    }
}

impl Body {
    fn line(&mut self, line: &[u8]) {
        let was = self.parser.line(line);
        self.tally.count(&was);
        if let Line::Entry(draft) = was {
            self.kept.push(draft);
        }
    }
}

impl Tally {
    fn count(&mut self, line: &Line) {
        match line {
            Line::Entry(_) => self.entries += 1,
            Line::Frame => self.frames += 1,
            Line::Unknown => self.unknown += 1,
        }
    }

    /// Whether this may still turn out to be the format: a quarter of the lines are its own.
    fn is_likely(&self) -> bool {
        (self.entries + self.frames) * 3 >= self.unknown
    }

    /// Whether nearly all lines may still be of the format when so many more have come.
    fn can_explain(&self, more: u64) -> bool {
        Tally { entries: self.entries + more, ..*self }.explains(false)
    }

    /// Whether nearly all lines are of the format and not most of them frame; of what is said to be a listing, a tenth.
    fn explains(&self, is_wanted: bool) -> bool {
        if is_wanted {
            return self.entries > 0 && self.entries * 9 >= self.unknown;
        }
        self.entries >= self.unknown * 19 && self.entries * 4 >= self.frames
    }
}

impl Parser {
    /// The formats, those first that tell most of an entry.
    fn all() -> [Parser; 9] {
        [
            Parser::Long(Long::default()),
            Parser::Dir(Dir::default()),
            Parser::SevenZip(SevenZip),
            Parser::Zip(Zip),
            Parser::Tree(Tree::default()),
            Parser::DiskUse(DiskUse),
            Parser::Sizes(Sizes::default()),
            Parser::Names(Names::default()),
            Parser::Paths(Paths::default()),
        ]
    }

    fn of(format: Format) -> Parser {
        match format {
            Format::Long => Parser::Long(Long::default()),
            Format::Dir => Parser::Dir(Dir::default()),
            Format::Tree => Parser::Tree(Tree::default()),
            Format::Zip => Parser::Zip(Zip),
            Format::SevenZip => Parser::SevenZip(SevenZip),
            Format::DiskUse => Parser::DiskUse(DiskUse),
            Format::Sizes => Parser::Sizes(Sizes::default()),
            Format::Names => Parser::Names(Names::default()),
            // What a picture shows is no text; written down it is a path on each line.
            Format::Paths | Format::Picture => Parser::Paths(Paths::default()),
        }
    }

    fn format(&self) -> Format {
        match self {
            Parser::Long(_) => Format::Long,
            Parser::Dir(_) => Format::Dir,
            Parser::Tree(_) => Format::Tree,
            Parser::Zip(_) => Format::Zip,
            Parser::SevenZip(_) => Format::SevenZip,
            Parser::DiskUse(_) => Format::DiskUse,
            Parser::Sizes(_) => Format::Sizes,
            Parser::Names(_) => Format::Names,
            Parser::Paths(_) => Format::Paths,
        }
    }

    fn line(&mut self, line: &[u8]) -> Line {
        match self {
            Parser::Long(parser) => parser.line(line),
            Parser::Dir(parser) => parser.line(line),
            Parser::Tree(parser) => parser.line(line),
            Parser::Zip(parser) => parser.line(line),
            Parser::SevenZip(parser) => parser.line(line),
            Parser::DiskUse(parser) => parser.line(line),
            Parser::Sizes(parser) => parser.line(line),
            Parser::Names(parser) => parser.line(line),
            Parser::Paths(parser) => parser.line(line),
        }
    }

    fn least_entries(&self) -> u64 {
        match self {
            Parser::Sizes(_) | Parser::Names(_) | Parser::Paths(_) => LEAST_NAMES,
            _ => LEAST_ENTRIES,
        }
    }

    /// Whether what was read hangs together as such a listing does.
    fn is_consistent(&self) -> bool {
        match self {
            Parser::Sizes(parser) => parser.is_consistent(),
            Parser::Names(parser) => parser.is_consistent(),
            Parser::Tree(parser) => parser.is_consistent(),
            Parser::Paths(parser) => parser.is_consistent(),
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests;
