//! A source that was captured again against itself: what it said before and says no longer, or says with reserve.

use std::collections::BTreeSet;

use super::{Disagreement, Kind, Matter, Place, place};
use crate::assess::grounds;
use crate::assess::versions::{newest, plain};
use crate::claim::{Said, Span, State};

pub(super) fn find(matter: &Matter<'_>) -> Vec<Disagreement> {
    let case = matter.case;
    let dropped = case.statements.iter().filter(|said| matter.parties.is_dropped(&said.handle));
    let found = dropped.map(|said| {
        let after = newest(case, said.source);
        let source = &case.sources[after];
        let instead = instead(matter.words(said), matter.text(&case.sources[said.source]), matter.text(source));
        let words = instead.and_then(|span| span.of(matter.text(source))).unwrap_or_default();
        let is_firm = |words: &str| grounds::is_specific(&words.to_lowercase());
        let what = match instead {
            None => "no longer has it",
            Some(_) if is_firm(matter.words(said)) && !is_firm(words) => "says it with reserve",
            Some(_) => "words it otherwise",
        };
        Disagreement {
            kind: Kind::Dropped,
            about: format!(
                "{} in {} as it was received on {}",
                said.statement.speaker,
                source.name(),
                source.received.strftime("%Y-%m-%d")
            ),
            places: [
                before(said),
                matter.in_source(after, what.to_owned(), instead.unwrap_or(Span { start: 0, end: 0 })),
            ],
        }
    });
    found.collect()
}

/// The place of what is no longer said; what nobody had reviewed has no statement that shows.
fn before(said: &Said) -> Place {
    let place = place(said);
    match said.state {
        State::Draft { .. } => Place { statement: None, ..place },
        _ => place,
    }
}

/// The sentence of the later text, new in it, that has most of the words: at least half of them.
fn instead(words: &str, before: &str, after: &str) -> Option<Span> {
    let of = |text: &str| -> BTreeSet<String> { plain(text).split_whitespace().map(str::to_owned).collect() };
    let wanted = of(words);
    let before = plain(before);
    let mut start = 0;
    let mut best: Option<(usize, Span)> = None;
    for sentence in after.split_inclusive(['.', '!', '?', '\n']) {
        let blank = sentence.len() - sentence.trim_start().len();
        let span = Span { start: start + blank, end: start + sentence.trim_end().len().max(blank) };
        start += sentence.len();
        let shared = of(sentence).intersection(&wanted).count();
        if shared * 2 >= wanted.len().max(1)
            && best.is_none_or(|(most, _)| shared > most)
            && !before.contains(&plain(sentence))
        {
            best = Some((shared, span));
        }
    }
    best.map(|(_, span)| span)
}
