//! Text into draft statements: who claims, confirms, denies or disputes what, each with its exact place.
//!
//! A sieve of small steps, one file each: paragraphs and sentences, quotations, names, who speaks, what it does to the claim. Pure and
//! deterministic: a text, what is known about it, and a gazetteer give a reading, always the same. The rules are of the language and of
//! news writing; nothing in them is of a story.
//!
//! Every span lies inside the text at character boundaries, whatever the text. Time and memory grow with its length.

mod allegations;
mod amounts;
mod attribution;
mod candidates;
mod casting;
mod citations;
mod confidence;
mod contacts;
mod content;
mod cues;
mod dates;
mod deeds;
mod described;
mod entities;
mod evidence;
mod explain;
mod facets;
mod figures;
mod indicators;
mod kind;
mod language;
mod lexicon;
pub mod model;
mod names;
mod numbers;
mod other_names;
mod own;
mod own_page;
mod paragraphs;
mod parts;
mod passwords;
mod patterns;
mod phrases;
mod quotes;
mod relay;
mod russian;
mod sellers;
mod sentences;
mod set_off;
mod shapes;
mod silence;
mod speech;
mod stance;
#[cfg(test)]
mod stories;
mod subject;
mod tokens;
mod told;
mod unreal;
mod vectors;
mod words;

pub use explain::{Explanation, Step, explain};
pub use language::unread;
pub use names::{BUILT_IN, Gazetteer, GazetteerError, entries};
pub use own::own_words;
pub use passwords::passwords;

use kind::Kind;

use crate::claim::{About, Draft, PartyKind, Reading, SourceKind, Span, Statement};

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

/// What a text is where nobody said so: a listing, or a story.
pub fn source_kind(text: &str, about: &About, names: &Gazetteer) -> SourceKind {
    match kind::kind(text, about, names).kind {
        Kind::Listing | Kind::Chat => SourceKind::Listing,
        Kind::Story => SourceKind::Story,
    }
}

/// The sentences of a text, line by line: of titles and captions too, which nobody reads for statements.
pub fn sentences(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let span = Span { start, end: start + line.trim_end().len() };
        found.extend(sentences::sentences(text, span, &quotes::quotations(text, span)));
        start += line.len();
    }
    found
}

/// Reads one text.
///
/// `about` gives the outlet where the text does not; `names` the names known beforehand.
pub fn read(text: &str, about: &About, names: &Gazetteer) -> Reading {
    let language = language::language(text);
    let told = kind::kind(text, about, names);
    let mut reading = match told.kind {
        Kind::Listing => {
            let mut reading = sellers::listing(text, about, names, &told.because);
            if language.is_none_or(|language| language == "en") && sellers::may_report(text) {
                sellers::reported(text, story(text, about, names).drafts, &mut reading);
            }
            reading
        }
        Kind::Chat => sellers::conversation(text, about, &told.because),
        Kind::Story => match language {
            None | Some("en") => story(text, about, names),
            Some("ru") => russian::story(text, about, names),
            Some(_) => named_only(text, about, names),
        },
    };
    reading.indicators = indicators::indicators(text, about.outlet.as_deref(), names);
    reading.language = language.map(str::to_owned);
    reading
}

/// A story in a language whose statements are not read: its names and figures.
fn named_only(text: &str, about: &About, names: &Gazetteer) -> Reading {
    let pages = speech::pages(text);
    let cast = entities::cast(text, &pages, about, names);
    let mut reading = Reading { organisations: parts::organisations(text, &cast), ..Reading::default() };
    reading.organisations.retain(|found| names.find(&found.name).is_some());
    let mut found = Vec::new();
    for page in &pages {
        for &sentence in &page.sentences {
            let words = words::words(text, sentence);
            for amount in amounts::amounts(&words) {
                let kind = sellers::figure_kind(&words, &amount);
                found.extend(kind.map(|kind| amount.figure(text, kind)));
            }
        }
    }
    reading.figures = figures::distinct(found);
    reading.actors = parts::actors(text, &pages, &[], &cast);
    reading
}

/// Whether a text goes through the sieve: a story in English, or one whose language can't be told.
fn is_sifted(text: &str, about: &About, names: &Gazetteer) -> bool {
    kind::kind(text, about, names).kind == Kind::Story && matches!(language::language(text), None | Some("en"))
}

fn story(text: &str, about: &About, names: &Gazetteer) -> Reading {
    let Heard { pages, cast, items, background, .. } = hear(text, about, names);
    assemble(text, about, &pages, &cast, &items, &background)
}

/// What came of the sieve, before it is put together.
struct Heard {
    pages: Vec<speech::Page>,
    cast: entities::Cast,
    items: Vec<speech::Item>,
    aside: Vec<speech::SetAside>,
    /// The paragraphs of other matters, by number.
    background: Vec<usize>,
}

fn hear(text: &str, about: &About, names: &Gazetteer) -> Heard {
    let pages = speech::pages(text);
    let mut cast = entities::cast(text, &pages, about, names);
    described::describe(text, &pages, &mut cast);
    let mut told = speech::told(text, &pages, &cast, about);
    // Who denies or admits a breach of its own house is a victim, which changes how its words are weighed.
    if parts::promote_victims(text, &told.items, &mut cast) {
        told = speech::told(text, &pages, &cast, about);
    }
    let speech::Told { mut items, mut aside } = told;
    let background = parts::leave_out_background(text, &pages, &cast, &mut items, &mut aside);
    Heard { pages, cast, items, aside, background }
}

/// The sentences of a text that are read for statements, in order.
pub fn read_sentences(text: &str) -> Vec<Span> {
    speech::pages(text).into_iter().flat_map(|page| page.sentences).collect()
}

fn assemble(
    text: &str,
    about: &About,
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
                vectors::vectors(text, span, &mut reading.vectors);
            }
            if let Some(item) = stating.first() {
                memory.hear_speaker(cast, &item.speaker);
            }
            contacts::contacts(text, &sentence, span, &memory, &mut reading.contacts);
            memory.hear_names(cast, span);
        }
        reading.drafts.extend(here.into_iter().map(|item| draft(text, page, cast, about, item)));
    }
    contacts::distinct(&mut reading.contacts);
    reading.figures = figures::distinct(figures);
    reading.organisations = parts::organisations(text, cast);
    reading.actors = parts::actors(text, pages, items, cast);
    reading.citations = citations::citations(text, pages, items, cast);
    let actors: Vec<String> = reading.actors.iter().map(|a| a.name.clone()).collect();
    reading.allegations = allegations::allegations(text, items, &reading.figures, &actors, cast);
    reading.vectors.sort_by_key(|v| v.span.start);
    reading
}

fn draft(text: &str, page: &speech::Page, cast: &entities::Cast, about: &About, item: &speech::Item) -> Draft {
    let said = item.span.of(text).unwrap_or_default();
    let from = page.quotes.partition_point(|q| q.span.end <= item.span.start);
    let to = page.quotes.partition_point(|q| q.span.start < item.span.end);
    let quotes = page.quotes.get(from..to).unwrap_or_default();
    let sentence = speech::sentence_of(text, cast, item.span, &page.quotes);
    let quoted: Vec<Span> = quotes.iter().map(|q| q.span).collect();
    let when = dates::said_on(text, item.span, &quoted);
    let statement = Statement {
        speaker: item.speaker.name.clone(),
        speaker_kind: item.speaker.kind,
        stance: item.stance,
        about: relay::about(item, said, cast),
        facets: facets::facets(said),
        origin: relay::origin(item, said, cast),
        to: if item.speaker.kind == PartyKind::Press { None } else { relay::addressee(&sentence) },
        relays: relay::relays(item),
        date: when.as_ref().and_then(|w| w.span.of(text)).map(str::to_owned),
        days: when.as_ref().and_then(|w| w.days(about.published)),
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
                ("GreyHeron", Stance::Claims),
                ("Tarnwell", Stance::Informs),
                ("Mara Onslow (Brightwell)", Stance::Denies),
                ("Brightwell", Stance::NoComment),
                ("GreyHeron", Stance::Claims),
            ]
        );
        assert_eq!(reading.drafts[1].statement.origin.as_deref(), Some("GreyHeron"));
        assert_eq!(reading.drafts[1].statement.date.as_deref(), Some("last week"));
        assert_eq!(reading.drafts[2].statement.to.as_deref(), Some("The Daily Log"));
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
        every_span_is_of(text, &plain(text));
        let as_listing = About { kind: Some(SourceKind::Listing), ..About::default() };
        every_span_is_of(text, &read(text, &as_listing, &Gazetteer::built_in()));
        assert_eq!(plain(text), plain(text), "the same text reads the same");
    }

    fn every_span_is_of(text: &str, reading: &Reading) {
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
            .chain(reading.citations.iter().map(|c| c.span))
            .chain(reading.offers.iter().map(|o| o.span))
            .chain(reading.indicators.iter().map(|i| i.span));
        for span in spans {
            assert!(span.start < span.end && span.of(text).is_some(), "{span:?} in {text:?}");
        }
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
        "Selling access to ",
        "Price: ",
        "Цена — ",
        "Victim:\n",
        "Продам базу ",
        "50kk$ ",
        "2 млн строк",
        "we have stolen ",
        "tg @dustfinch ",
        "[12:03:44] <dust> ",
        "dust · comment · 2030-01-01\n",
        "{\"from\":\"a\",\"body\":\"b\"}\n",
        "заявили в «",
        "Ѕе\u{200b}ll",
        "💰",
        "including a, b, c ",
        "https://a.example\n",
        "\u{5d0}\u{5d1}",
        "中文。",
        "hxxp://evil[.]example",
        "(dot)",
        "10.0.0.1",
        "www.brightwell.com's",
        "also known as ",
        "last week ",
        "half a million ",
        "between 2 and ",
        "20 000 000 ",
        "St. ",
        "Saint ",
        "A. ",
        "accounts ",
        "phishing ",
        "government of ",
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
