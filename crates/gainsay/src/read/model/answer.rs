//! An answer of the model, held against the paragraphs that it is about.

use serde::Deserialize;
use serde_json::Value;
use serde_json::error::Category;

use super::find::{Folded, Place};
use super::numbered::Numbered;
use super::{Dropped, Why, party};
use crate::claim::{PartyKind, Reading, Span, Stance};
use crate::read::sentences::LONGEST_BYTES;

/// The longest name or cue, in bytes.
const LONGEST_NAME: usize = 120;

/// More statements than this in one answer are more than a part of a text can hold.
const MOST: usize = 200;

/// A statement of the model that holds: it stands in the text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Told {
    pub(super) span: Span,
    /// The party as the rules know it, else in the text's own words.
    pub(super) speaker: String,
    pub(super) speaker_kind: PartyKind,
    pub(super) stance: Stance,
    /// In the text's own words.
    pub(super) cue: String,
}

/// What came of an answer.
#[derive(Debug, Default)]
pub(super) struct Checked {
    pub(super) told: Vec<Told>,
    pub(super) dropped: Vec<Dropped>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    statements: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    paragraph: usize,
    quote: String,
    speaker: String,
    name: Option<String>,
    cue: String,
    stance: String,
}

/// Checks an answer about a part of a text: each statement holds or is dropped, and none is mended.
pub(super) fn check(text: &str, part: &[Numbered], rules: &Reading, answer: &str) -> Checked {
    let mut checked = Checked::default();
    let items = match serde_json::from_str::<Answer>(unfenced(answer)) {
        Ok(answer) => answer.statements,
        Err(why) => {
            let why =
                if why.classify() == Category::Eof && !answer.trim().is_empty() { Why::CutShort } else { Why::NoJson };
            checked.dropped.push(Dropped { paragraph: None, why });
            return checked;
        }
    };
    let paragraphs: Vec<Folded> = part.iter().map(|paragraph| Folded::new(text, paragraph.span)).collect();
    for (at, item) in items.into_iter().enumerate() {
        if at == MOST {
            checked.dropped.push(Dropped { paragraph: None, why: Why::TooMany });
            break;
        }
        match serde_json::from_value::<Item>(item) {
            Ok(item) => match hold(text, part, &paragraphs, rules, &item) {
                Ok(told) => checked.told.push(told),
                Err(why) => {
                    let paragraph = part.iter().find(|paragraph| paragraph.number == item.paragraph);
                    checked.dropped.push(Dropped { paragraph: paragraph.map(|paragraph| paragraph.number), why });
                }
            },
            Err(_) => checked.dropped.push(Dropped { paragraph: None, why: Why::Form }),
        }
    }
    checked
}

fn hold(text: &str, part: &[Numbered], paragraphs: &[Folded], rules: &Reading, item: &Item) -> Result<Told, Why> {
    let at = part.iter().position(|paragraph| paragraph.number == item.paragraph).ok_or(Why::Paragraph)?;
    let paragraph = paragraphs.get(at).ok_or(Why::Paragraph)?;
    let stance: Stance = item.stance.parse().map_err(|_| Why::Stance)?;
    // An empty name is a field that was to be left out.
    let name = item.name.as_deref().filter(|name| !name.trim().is_empty());
    let short = [Some(item.speaker.as_str()), Some(&item.cue), name].into_iter().flatten();
    let fits = |words: &str, most: usize| !words.trim().is_empty() && words.len() <= most;
    if !short.into_iter().all(|words| fits(words, LONGEST_NAME)) || !fits(&item.quote, LONGEST_BYTES) {
        return Err(Why::Length);
    }
    let span = match paragraph.find(&item.quote) {
        Place::Nowhere => return Err(Why::Quote),
        Place::Often(_) => return Err(Why::QuoteTwice),
        Place::Once(span) => span,
    };
    let written = |place: Option<Span>| place.and_then(|place| place.of(text)).map(one_line);
    let speaker = written(paragraph.find(&item.speaker).first()).ok_or(Why::Speaker)?;
    let cue = written(paragraph.find(&item.cue).first()).ok_or(Why::Cue)?;
    let name = match name {
        Some(name) => {
            Some(written(paragraphs.iter().find_map(|paragraph| paragraph.find(name).first())).ok_or(Why::Name)?)
        }
        None => None,
    };
    let (speaker, speaker_kind) = party::known(rules, &name.unwrap_or(speaker));
    Ok(Told { span, speaker, speaker_kind, stance, cue })
}

/// Words of the text on one line, with its own quotation marks.
fn one_line(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An answer without the fence that some models put around JSON.
fn unfenced(answer: &str) -> &str {
    let answer = answer.trim();
    let inside = answer.strip_prefix("```json").or_else(|| answer.strip_prefix("```"));
    inside.and_then(|inside| inside.strip_suffix("```")).unwrap_or(answer)
}
