//! A language model that reads beside the rules, where somebody asked for one.
//!
//! It is shown numbered paragraphs and lists who says what in them. What it says is never believed: of its words only those come through
//! that stand in the text, with a stance from the closed list, and nothing that it says makes a draft surer. What it and the rules read
//! alike stays as sure as the rules are of it; what only one of both read, or both read otherwise, waits for a person. So the worst that a
//! text can bring about by talking to the model is more to review. Pure: whoever calls does the asking.

mod answer;
mod find;
mod merge;
mod numbered;
mod party;
mod prompt;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use prompt::digest as prompt_digest;

use crate::claim::{Reading, counted};

/// How much of a text a model is shown, in bytes: more than the longest of stories.
const MOST_BYTES: usize = 256 * 1024;

/// What the model is asked in one go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What it is to do; the same for every text.
    pub instructions: &'static str,
    /// The paragraphs, between marks that the text cannot know.
    pub words: String,
    /// Which part of the text this is, from 1.
    pub part: usize,
    /// Of how many.
    pub parts: usize,
}

/// Why something that the model said was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The answer is not the JSON that was asked for.
    NoJson,
    /// The answer ends in the middle.
    CutShort,
    /// A statement has not the fields that were asked for.
    Form,
    /// There are more statements than anybody can have made in so little text.
    TooMany,
    /// It is of a paragraph that was not sent.
    Paragraph,
    /// The stance is none of the list.
    Stance,
    /// The quotation is not in the paragraph.
    Quote,
    /// The quotation is there more than once.
    QuoteTwice,
    /// The quotation or a name is empty or too long.
    Length,
    /// The speaker is not in the paragraph.
    Speaker,
    /// The cue is not in the paragraph.
    Cue,
    /// The speaker's name is in no paragraph.
    Name,
}

impl Why {
    /// In words, as what is wrong with something that was dropped.
    pub fn words(self) -> &'static str {
        match self {
            Why::NoJson => "the answer is not the JSON that was asked for",
            Why::CutShort => "the answer was cut short",
            Why::Form => "a statement has not the fields that were asked for",
            Why::TooMany => "there are too many statements",
            Why::Paragraph => "there is no such paragraph",
            Why::Stance => "the stance is none of the list",
            Why::Quote => "the quotation is not in the paragraph as it was copied",
            Why::QuoteTwice => "the quotation is in the paragraph more than once",
            Why::Length => "a quotation or a name is empty or too long",
            Why::Speaker => "the speaker is not in the paragraph as it was copied",
            Why::Cue => "the cue is not in the paragraph as it was copied",
            Why::Name => "the name is in no paragraph as it was copied",
        }
    }
}

/// Something that the model said and that was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dropped {
    /// Of which paragraph it said it, where that is one.
    pub paragraph: Option<usize>,
    /// Why it was dropped.
    pub why: Why,
}

/// What the rules and the model read together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// The reading: nothing in it is surer than the rules were.
    pub reading: Reading,
    /// Statements of the model that hold.
    pub held: usize,
    /// What it said beside them.
    pub dropped: Vec<Dropped>,
    /// How many bytes at the text's end it was not shown.
    pub left_out: usize,
}

impl Heard {
    /// What was dropped, counted by reason; `None` where nothing was.
    pub fn dropped_words(&self) -> Option<String> {
        let mut counts: BTreeMap<Why, usize> = BTreeMap::new();
        for dropped in &self.dropped {
            *counts.entry(dropped.why).or_default() += 1;
        }
        let reasons: Vec<String> = counts.iter().map(|(why, count)| format!("{} ({count})", why.words())).collect();
        (!reasons.is_empty())
            .then(|| format!("{} of the model dropped: {}", counted(self.dropped.len(), "answer"), reasons.join("; ")))
    }
}

/// Has a model read a text beside the rules, whose reading this is.
///
/// `ask` is called for each part of the text, and once more where something in the answer does not hold.
///
/// # Errors
/// Those of `ask`, at once.
pub fn read_beside<E>(
    text: &str,
    rules: Reading,
    ask: &mut dyn FnMut(&Question) -> Result<String, E>,
) -> Result<Heard, E> {
    let shown = text.get(..text.floor_char_boundary(MOST_BYTES)).unwrap_or(text);
    let numbered = numbered::numbered(shown);
    let parts = numbered::parts(&numbered);
    let mut heard =
        Heard { reading: Reading::default(), held: 0, dropped: Vec::new(), left_out: text.len() - shown.len() };
    let mut told: Vec<answer::Told> = Vec::new();
    for (number, part) in parts.iter().enumerate() {
        let mut question = Question {
            instructions: prompt::INSTRUCTIONS,
            words: prompt::words(shown, part, &[]),
            part: number + 1,
            parts: parts.len(),
        };
        let first = answer::check(shown, part, &rules, &ask(&question)?);
        let mut dropped = first.dropped;
        let mut here = first.told;
        if !dropped.is_empty() {
            question.words = prompt::words(shown, part, &dropped);
            let second = answer::check(shown, part, &rules, &ask(&question)?);
            // What held at first holds still, also where the second answer forgets it.
            here.extend(second.told);
            dropped = second.dropped;
        }
        here.sort();
        here.dedup();
        told.extend(here);
        heard.dropped.extend(dropped);
    }
    heard.held = told.len();
    heard.reading = merge::merge(text, rules, &told);
    Ok(heard)
}
