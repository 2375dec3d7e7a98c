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
mod casting;
mod citations;
mod confidence;
mod contacts;
mod cues;
mod deeds;
mod entities;
mod evidence;
mod facets;
mod figures;
mod lexicon;
pub mod model;
mod names;
mod own;
mod paragraphs;
mod parts;
mod patterns;
mod phrases;
mod quotes;
mod relay;
mod sentences;
mod set_off;
mod speech;
mod stance;
#[cfg(test)]
mod stories;
mod subject;
mod tokens;
mod told;
mod unreal;
mod vectors;

pub use names::{Gazetteer, GazetteerError};
pub use own::own_words;

use crate::claim::{About, Draft, PartyKind, Reading, Span, Statement};

/// The reader with its version: the author of what it drafts and accepts. Other rules are another version.
pub const READER: &str = "gainsay reader 1";

/// What the name of every reader begins with, of whatever version and whoever reads beside it.
const READERS: &str = "gainsay reader ";

/// Whether this author is a reader of ours: what it accepted, no person has seen.
pub fn is_reader(author: &str) -> bool {
    author.trim().get(..READERS.len()).is_some_and(|start| start.eq_ignore_ascii_case(READERS))
}

/// Drafts at or above this confidence, in thousandths, are accepted with the machine as author; the rest wait for review.
pub const ACCEPT_AT: u16 = 850;

/// Reads one text.
///
/// `about` gives the outlet where the text does not; `names` the names known beforehand.
pub fn read(text: &str, about: &About, names: &Gazetteer) -> Reading {
    let pages = speech::pages(text);
    let mut cast = entities::cast(text, &pages, about, names);
    let mut items = speech::items(text, &pages, &cast);
    // Who denies or admits a breach of its own house is a victim, which changes how its words are weighed.
    if parts::promote_victims(text, &items, &mut cast) {
        items = speech::items(text, &pages, &cast);
    }
    let background = parts::leave_out_background(text, &pages, &cast, &mut items);
    assemble(text, &pages, &cast, &items, &background)
}

/// The sentences that a span of a text is of, as one span.
pub fn around(text: &str, span: Span) -> Span {
    let pages = speech::pages(text);
    let of_it = pages.iter().flat_map(|page| &page.sentences).filter(|sentence| sentence.overlaps(&span));
    of_it.fold(span, |whole, part| Span { start: whole.start.min(part.start), end: whole.end.max(part.end) })
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
            // Items come in the order of the text, so those of a sentence stand side by side.
            let from = here.partition_point(|i| i.span.end <= span.start);
            let to = here.partition_point(|i| i.span.start < span.end);
            let stating = here.get(from..to).unwrap_or_default();
            if !aside {
                figures::figures(text, span, !stating.is_empty(), &mut figures);
                if !here.is_empty() {
                    vectors::vectors(text, span, &mut reading.vectors);
                }
            }
            if let Some(item) = stating.first() {
                memory.hear_speaker(cast, &item.speaker);
            }
            contacts::contacts(&sentence, span.of(text).unwrap_or_default(), span, &memory, &mut reading.contacts);
            memory.hear_names(cast, span);
        }
        reading.drafts.extend(here.into_iter().map(|item| draft(text, page, cast, item)));
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
    let from = page.quotes.partition_point(|q| q.span.end <= item.span.start);
    let to = page.quotes.partition_point(|q| q.span.start < item.span.end);
    let quotes = page.quotes.get(from..to).unwrap_or_default();
    let sentence = speech::sentence_of(text, cast, item.span, &page.quotes);
    let statement = Statement {
        speaker: item.speaker.name.clone(),
        speaker_kind: item.speaker.kind,
        stance: item.stance,
        about: relay::about(item, said, cast),
        facets: facets::facets(said),
        origin: relay::origin(item, said, cast),
        to: if item.speaker.kind == PartyKind::Press { None } else { relay::addressee(&sentence) },
        relays: Vec::new(),
        date: relay::date(said, quotes, item.span.start),
        days: None,
        span: item.span,
    };
    Draft {
        statement,
        confidence: confidence::confidence(item),
        because: format!("{}; speaker {}", item.rule.words(), item.speaker.known.words()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::claim::{FigureKind, OrganisationRole, Stance};

    const STORY: &str = "Lock maker Brightwell denies theft\n\nBy Ann Lee\nMay 3, 2030\n\nA hacking group known as “GreyHeron” is offering 2 TB of source code stolen from lock maker Brightwell for more than $50,000.\n\nTarnwell, a threat intelligence firm, reported last week that the group was attempting to sell the files. Tarnwell notified Brightwell on May 1.\n\n“There is no evidence that our systems were breached,” Brightwell spokesperson Mara Onslow told The Daily Log. The company declined to comment on the price.\n\nGreyHeron told The Daily Log that it had entered the network with stolen credentials.\n";

    fn plain(text: &str) -> Reading {
        read(text, &About::default(), &Gazetteer::built_in())
    }

    #[test]
    fn a_story_is_read_from_end_to_end() {
        let reading = plain(STORY);
        let told: Vec<(&str, Stance)> =
            reading.drafts.iter().map(|d| (d.statement.speaker.as_str(), d.statement.stance)).collect();
        assert_eq!(
            told,
            [
                ("Tarnwell", Stance::Informs),
                ("Mara Onslow (Brightwell)", Stance::Denies),
                ("Brightwell", Stance::NoComment),
                ("GreyHeron", Stance::Claims),
            ]
        );
        assert_eq!(reading.drafts[0].statement.origin.as_deref(), Some("GreyHeron"));
        assert_eq!(reading.drafts[0].statement.date.as_deref(), Some("last week"));
        assert_eq!(reading.drafts[1].statement.to.as_deref(), Some("The Daily Log"));
        let figures: Vec<(FigureKind, &str)> = reading.figures.iter().map(|f| (f.kind, f.value.as_str())).collect();
        assert!(
            figures.contains(&(FigureKind::Volume, "2 TB")) && figures.contains(&(FigureKind::Price, ">50000 USD")),
            "{figures:?}"
        );
        assert!(
            reading.organisations.iter().any(|o| o.name == "Brightwell" && o.role == OrganisationRole::AllegedVictim)
        );
        assert_eq!(reading.actors.iter().map(|a| a.name.as_str()).collect::<Vec<_>>(), ["GreyHeron"]);
        assert_eq!(reading.vectors.iter().map(|v| v.attack_id.as_str()).collect::<Vec<_>>(), ["T1078"]);
        assert!(reading.contacts.iter().any(|c| c.from == "Tarnwell" && c.to == "Brightwell"));
        assert_eq!(
            reading.allegations.iter().map(|a| (a.actor.as_str(), a.victim.as_str())).collect::<Vec<_>>(),
            [("GreyHeron", "Brightwell")]
        );
    }

    #[test]
    fn an_outlet_known_from_elsewhere_is_press() {
        let about = About { outlet: Some("Quillmark".to_owned()), ..About::default() };
        let reading =
            read("Quillmark reported that files were stolen from Brightwell.\n", &about, &Gazetteer::built_in());
        assert_eq!(reading.drafts.first().map(|d| d.statement.speaker_kind), Some(PartyKind::Press));
    }

    #[test]
    fn nothing_is_read_from_nothing() {
        for text in ["", "\n\n", "\u{feff}", "..", "“"] {
            assert_eq!(plain(text), Reading::default());
        }
    }

    fn every_span_is_of_the_text(text: &str) {
        let reading = plain(text);
        let spans = reading
            .drafts
            .iter()
            .map(|d| d.statement.span)
            .chain(reading.figures.iter().map(|f| f.span))
            .chain(reading.organisations.iter().map(|o| o.span))
            .chain(reading.actors.iter().map(|a| a.span))
            .chain(reading.allegations.iter().map(|a| a.span))
            .chain(reading.vectors.iter().map(|v| v.span))
            .chain(reading.contacts.iter().map(|c| c.span))
            .chain(reading.citations.iter().map(|c| c.span));
        for span in spans {
            assert!(span.start < span.end && span.of(text).is_some(), "{span:?} in {text:?}");
        }
        assert_eq!(reading, plain(text), "the same text reads the same");
    }

    #[test]
    fn no_statement_is_longer_than_a_run_of_sentences() {
        for piece in [
            "Brightwell said that its systems were breached and ",
            "Brightwell said it. ",
            "We were breached and our systems fell ",
            "“It said so, ",
        ] {
            let reading = plain(&format!("Brightwell said: {}", piece.repeat(20_000 / piece.len())));
            assert!(!reading.drafts.is_empty(), "{piece}");
            for draft in reading.drafts {
                let span = draft.statement.span;
                assert!(span.end - span.start <= sentences::LONGEST_BYTES + 16, "{piece}: {span:?}");
            }
        }
    }

    /// Pieces that the rules look for, so that chance puts them side by side.
    const PIECES: &[&str] = &[
        "Brightwell",
        "Ann Lee",
        "the company",
        "GreyHeron",
        "hacking group",
        " said ",
        " denied ",
        " told ",
        "“",
        "”",
        "\"",
        "‘",
        "’",
        "'s ",
        "’s ",
        "according to ",
        ", ",
        ". ",
        " -- ",
        "(",
        ")",
        "\n",
        "\u{a0}",
        "\u{202e}",
        "Аcme",
        "ﬁle",
        "İstanbul",
        "ß",
        "٣",
        "$",
        "€5 million",
        "about 30 TB",
        "1,2,3",
        "more than $",
        "in May 2030",
        "we ",
        "our systems ",
        "and ",
        "while ",
        "by its own account, ",
        "spokesperson for ",
        "«",
        "»",
        "…",
        "é",
        "—",
        ":",
        "was breached",
        "no evidence",
        "Update: ",
        "By ",
        "# source: ",
    ];

    proptest! {
        #[test]
        fn any_text_gives_spans_of_that_text(text in any::<String>()) {
            every_span_is_of_the_text(&text);
        }

        #[test]
        fn words_of_the_trade_in_any_order_give_spans_of_the_text(picks in prop::collection::vec(0..PIECES.len(), 0..60)) {
            let text: String = picks.into_iter().map(|p| PIECES[p]).collect();
            every_span_is_of_the_text(&text);
        }
    }
}
