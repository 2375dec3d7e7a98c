//! Text into draft statements: who claims, confirms, denies or disputes what, each with its exact place.
//!
//! A sieve of small steps, one file each: paragraphs and sentences, quotations, names, who speaks, what it does to the claim. Pure and
//! deterministic: a text, what is known about it, and a gazetteer give a reading, always the same. The rules are of the language and of
//! news writing; nothing in them is of a story.
//!
//! Every span lies inside the text at character boundaries, whatever the text. Time and memory grow with its length.

mod allegations;
mod attribution;
mod candidates;
mod citations;
mod confidence;
mod contacts;
mod entities;
mod evidence;
mod facets;
mod figures;
mod lexicon;
mod names;
mod paragraphs;
mod parts;
mod quotes;
mod relay;
mod sentences;
mod speech;
mod stance;
mod subject;
mod tokens;
mod vectors;

pub use names::{Gazetteer, GazetteerError, KnownName, NameKind};

use crate::claim::{About, Draft, PartyKind, Reading, Span, Statement};

/// The reader with its version: the author of what it drafts and accepts. Other rules are another version.
pub const READER: &str = "gainsay reader 1";

/// Drafts at or above this confidence, in thousandths, are accepted with the machine as author; the rest wait for review.
pub const ACCEPT_AT: u16 = 800;

/// Reads one text.
///
/// `about` gives the outlet where the text does not; `names` the names known beforehand.
pub fn read(text: &str, about: &About, names: &Gazetteer) -> Reading {
    let pages = speech::pages(text);
    let mut cast = entities::cast(text, &pages, about, names);
    // Who denies or admits a breach of its own house is a victim, which changes how its words are weighed: hence twice.
    parts::promote_victims(text, &speech::items(text, &pages, &cast), &mut cast);
    let mut items = speech::items(text, &pages, &cast);
    let background = parts::leave_out_background(text, &pages, &cast, &mut items);
    assemble(text, &pages, &cast, &items, &background)
}

fn assemble(
    text: &str,
    pages: &[speech::Page],
    cast: &entities::Cast,
    items: &[speech::Item],
    background: &[usize],
) -> Reading {
    let mut reading = Reading::default();
    let mut figures = Vec::new();
    let mut memory = subject::Memory::default();
    let mut next = items.iter().peekable();
    for (number, page) in pages.iter().enumerate().filter(|(_, p)| !p.paragraph.short) {
        memory.turn_paragraph();
        let mut here: Vec<&speech::Item> = Vec::new();
        while let Some(item) = next.next_if(|i| i.paragraph <= number) {
            here.push(item);
        }
        let aside = background.binary_search(&number).is_ok();
        for &span in &page.sentences {
            let sentence = speech::sentence_of(text, cast, span, &page.quotes);
            let stating: Vec<&&speech::Item> =
                here.iter().filter(|i| i.span.overlaps(&span)).collect();
            if !aside {
                figures::figures(text, span, !stating.is_empty(), &mut figures);
                if !here.is_empty() {
                    vectors::vectors(text, span, &mut reading.vectors);
                }
            }
            if let Some(item) = stating.first() {
                memory.hear_speaker(cast, &item.speaker);
            }
            contacts::contacts(
                &sentence,
                span.of(text).unwrap_or_default(),
                span,
                &memory,
                &mut reading.contacts,
            );
            memory.hear_names(cast, span);
        }
        reading
            .drafts
            .extend(here.into_iter().map(|item| draft(text, page, cast, item)));
    }
    reading.figures = figures::distinct(figures);
    reading.organisations = parts::organisations(text, cast);
    reading.actors = parts::actors(items, cast);
    reading.citations = citations::citations(text, items, cast);
    let actors: Vec<String> = reading.actors.iter().map(|a| a.name.clone()).collect();
    reading.allegations = allegations::allegations(text, items, &reading.figures, &actors, cast);
    reading.vectors.sort_by_key(|v| v.span.start);
    reading
}

fn draft(text: &str, page: &speech::Page, cast: &entities::Cast, item: &speech::Item) -> Draft {
    let said = item.span.of(text).unwrap_or_default();
    let from = page
        .quotes
        .partition_point(|q| q.span.end <= item.span.start);
    let to = page
        .quotes
        .partition_point(|q| q.span.start < item.span.end);
    let quotes = page.quotes.get(from..to).unwrap_or_default();
    let sentence = speech::sentence_of(text, cast, item.span, &page.quotes);
    let statement = Statement {
        speaker: item.speaker.name.clone(),
        speaker_kind: item.speaker.kind,
        stance: item.stance,
        about: relay::about(item, cast),
        facets: facets::facets(said),
        origin: relay::origin(item, said, cast),
        to: if item.speaker.kind == PartyKind::Press {
            None
        } else {
            relay::addressee(&sentence)
        },
        date: relay::date(said, quotes, item.span.start),
        span: item.span,
    };
    Draft {
        statement,
        confidence: confidence::confidence(item),
        because: format!(
            "{}; speaker {}",
            item.rule.words(),
            item.speaker.known.words()
        ),
    }
}
