//! Listings of files, as programs print them: `tree`, `ls -lR`, `dir /s`, `find -ls`, `unzip -l` and others, to their entries.
//!
//! Pure, and bounded: bytes go in as they come, and whatever they are, no more is held than [`MOST_ENTRIES`] entries of at most
//! [`MOST_NAME_BYTES`] bytes of paths, one line of [`LONGEST_LINE`] bytes and the [`HEAD`] by which the format is recognised.
//! Nothing is decoded but UTF-16: what a listing says beside digits and ASCII is taken as bytes, so that any code page
//! can be read, and two names are compared by what of them is ASCII (see [`folded`]).

mod archives;
mod dir;
mod fields;
mod kept;
mod lines;
mod long;
mod names;
mod paths;
mod tree;

use archives::{SevenZip, Zip};
use dir::Dir;
use fields::When;
use kept::Kept;
use lines::Lines;
use long::Long;
use names::{DiskUse, Names, Paths, Sizes};
use tree::Tree;

pub use paths::folded;

/// How many entries are held. Of more, a part is that depends on their paths alone (see [`Listing::problems`]).
pub const MOST_ENTRIES: usize = 1 << 20;

/// How many bytes the paths of all entries have together.
pub const MOST_NAME_BYTES: usize = 128 << 20;

/// A longer line is no entry.
pub const LONGEST_LINE: usize = 64 << 10;

/// By how many bytes at the beginning of a file it is recognised what format it has, if any.
const HEAD: usize = 256 << 10;

/// After so many lines a file of which no format explains a quarter is given up: most files are no listings, and cost no more.
const FIRST_LINES: usize = 24;

/// The most lines by which a file is recognised.
const HEAD_LINES: usize = HEAD / 64;

/// A listing whose lines each have a size or a time.
const LEAST_ENTRIES: u64 = 3;

/// A listing of names, or of figures and names: lines of prose and code may look like them.
const LEAST_NAMES: u64 = 10;

/// One thing that a listing lists.
#[derive(Clone, Debug, PartialEq, Eq)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
        }
    }
}

/// A listing that was read to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// The lines so far, their bytes, and what each format makes of them.
    Head { lines: Vec<Vec<u8>>, bytes: usize, tries: Vec<Try> },
    /// The format is known.
    Known(Box<Body>),
    /// It is no listing.
    None,
}

/// A format that is tried on the head of a file.
struct Try {
    parser: Parser,
    tally: Tally,
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
        Reader { lines: Lines::default(), is_wanted: false, state: State::head() }
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
    fn head() -> State {
        let tries = Parser::all().into_iter().map(|parser| Try { parser, tally: Tally::default() }).collect();
        State::Head { lines: Vec::new(), bytes: 0, tries }
    }

    fn line(&mut self, line: &[u8], is_wanted: bool) {
        match self {
            State::Head { lines, bytes, tries } => {
                for of in tries.iter_mut() {
                    let was = of.parser.line(line);
                    of.tally.count(&was);
                }
                *bytes += line.len();
                lines.push(line.to_vec());
                let seems_none = lines.len() == FIRST_LINES && !tries.iter().any(|of| of.tally.is_likely());
                if lines.len() > FIRST_LINES && !is_wanted {
                    let left = HEAD_LINES.saturating_sub(lines.len()) as u64;
                    tries.retain(|of| of.tally.can_explain(left));
                }
                if (seems_none || tries.is_empty()) && !is_wanted {
                    *self = State::None;
                } else if *bytes >= HEAD || lines.len() >= HEAD_LINES {
                    self.decide(is_wanted);
                }
            }
            State::Known(body) => body.line(line),
            State::None => {}
        }
    }

    /// Chooses the format that explains most of the head; of equals the one that tells most.
    fn decide(&mut self, is_wanted: bool) {
        let State::Head { lines, tries, .. } = self else { return };
        let fits = |of: &&Try| {
            let enough = if is_wanted { 1 } else { of.parser.least_entries() };
            of.tally.entries >= enough && of.tally.explains(is_wanted) && of.parser.is_consistent()
        };
        // The last of equals is chosen, and the formats that tell most are tried first.
        let Some(format) =
            tries.iter().rev().filter(fits).max_by_key(|of| of.tally.entries).map(|of| of.parser.format())
        else {
            *self = State::None;
            return;
        };
        let mut body = Body { parser: Parser::of(format), tally: Tally::default(), kept: Kept::default() };
        lines.iter().for_each(|line| body.line(line));
        *self = State::Known(Box::new(body));
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
        self.entries + more >= self.unknown * 19
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
            Format::Paths => Parser::Paths(Paths::default()),
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
