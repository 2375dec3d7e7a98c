//! Pictures of a sample, and what of the company's they show.

use super::BestMatch;

/// A picture of a sample, and what of the company's it shows. What is read out of a picture has errors: it is weaker evidence than the
/// bytes of a file, and counts in none of a match's figures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Screen {
    /// Its path in the sample.
    pub path: String,
    /// What its file is, in a word such as `png`.
    pub format: String,
    /// Pixels of the picture, wide and high.
    pub size: (u32, u32),
    /// `shows ours`, `shows nothing of ours`, `cannot tell` or `not read`.
    pub verdict: String,
    /// Lines with something to be told by that were read in it.
    pub read: u32,
    /// How sure the reading program is of its words, in percent.
    pub sure: u32,
    /// The company's file that it shows.
    pub best: Option<BestMatch>,
    /// Other files of the company's that have the same lines.
    pub also: Vec<String>,
    /// Letters and figures of its lines that are the company's, and of all its lines.
    pub letters: (u32, u32),
    /// Its lines from top to bottom, masked; only where it shows something of the company's.
    pub lines: Vec<ScreenLine>,
    /// The picture in shades of grey, written anew as PNG, with what the mask hides blackened; only where it shows something of the
    /// company's, and for the first of those.
    pub picture: Vec<u8>,
    /// What is to be said of it.
    pub words: Vec<String>,
}

/// A line that was read in a picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScreenLine {
    /// What was read.
    pub read: String,
    /// Where it stands, in thousandths of the picture's width and height: left, top, right, bottom.
    pub place: (u32, u32, u32, u32),
    /// The line of the company's file that it shows: its number from 1.
    pub number: Option<u32>,
    /// That line, masked.
    pub ours: Option<String>,
}

impl Screen {
    /// What a picture is that shows something of the company's.
    pub const OURS: &str = "shows ours";
    /// … that shows text, and nothing of the company's that could be found.
    pub const NOTHING: &str = "shows nothing of ours";
    /// … in which there is too little to tell.
    pub const CANNOT_TELL: &str = "cannot tell";
    /// … that could not be read.
    pub const NOT_READ: &str = "not read";

    /// Whether it shows something of the company's.
    pub fn is_ours(&self) -> bool {
        self.verdict == Screen::OURS
    }

    /// How many of its lines are lines of the company's file.
    pub fn shown(&self) -> usize {
        self.lines.iter().filter(|line| line.number.is_some()).count()
    }

    /// Calls `change` with every text in it that may hold foreign words.
    pub(super) fn for_each_text(&mut self, change: fn(&mut String)) {
        change(&mut self.path);
        self.best.iter_mut().flat_map(|best| [&mut best.source, &mut best.path]).for_each(change);
        self.also.iter_mut().chain(&mut self.words).for_each(change);
        for line in &mut self.lines {
            change(&mut line.read);
            line.ours.iter_mut().for_each(change);
        }
    }
}
