//! Whose house a speaker tells of: the subject of the clause that is told may be another company than the one that tells it.

use crate::claim::{PartyKind, Span};
use crate::read::cues::helpers_before;
use crate::read::entities::{Cast, Class};
use crate::read::lexicon;
use crate::read::subject::Sentence;
use crate::read::tokens::{Token, tokens};

/// How far before a subject its clause may begin, in tokens: "that its supplier, the lock maker Acme".
const PHRASE_REACH: usize = 8;

/// How far behind a subject its verb may stand, in tokens, over an insertion.
const VERB_REACH: usize = 16;

/// Whether `text[span]` tells of the house of another company than the `speakers`: "RedFox said that Acme was breached", "Acme refused
/// to say whose data it was, RedFox said". Inside quotation marks, too.
pub(super) fn of_another_house(text: &str, cast: &Cast, speakers: &[usize], span: Span) -> bool {
    let sentence = Sentence::new(text, cast, tokens(text, span, &[]), span);
    (0..sentence.tokens.len()).any(|at| {
        let other =
            sentence.party[at].filter(|p| !speakers.contains(p) && sentence.party.get(at + 1) != Some(&Some(*p)));
        let company = other.map(|p| &cast.parties[p]).filter(|p| {
            p.class == Class::Organisation && !p.platform && !matches!(p.kind, PartyKind::Press | PartyKind::Authority)
        });
        company.is_some_and(|company| {
            // What a researcher says of a house is not said of its own.
            is_hit(&sentence, at, company.kind != PartyKind::Researcher) && opens_what_is_told(&sentence, at)
        })
    })
}

/// The phrase whose last token is `at` is the subject of the clause that is told: "that Acme", "said the maker Acme", "“Acme".
fn opens_what_is_told(sentence: &Sentence<'_>, at: usize) -> bool {
    for before in (at.saturating_sub(PHRASE_REACH)..at).rev() {
        let word = sentence.word(before);
        if sentence.party[before].is_some() {
            continue;
        }
        if word == "that"
            || lexicon::cue(word).is_some()
            || lexicon::participle(word).is_some()
            || matches!(word, "“" | "\"" | "«" | "„" | "‘" | ":")
        {
            return true;
        }
        if lexicon::preposition(word) || lexicon::opens_clause(word) || lexicon::auxiliary(word) {
            return false;
        }
    }
    at < PHRASE_REACH
}

/// The verb behind a subject that ends at `at` says that it was hit, or, for one that `speaks` of itself, that it speaks.
fn is_hit(sentence: &Sentence<'_>, at: usize, speaks: bool) -> bool {
    let Some(verb) = verb_of(sentence, at) else {
        return false;
    };
    let word = sentence.word(verb);
    helpers_before(sentence, verb).passive && hit(word)
        || matches!(word, "suffered" | "experienced" | "lost")
        || speaks && (lexicon::cue(word).is_some() || lexicon::silence_after_not(word))
}

/// The verb of a subject that ends at `at`: behind what it owns, a bracket, an insertion, its helpers.
fn verb_of(sentence: &Sentence<'_>, at: usize) -> Option<usize> {
    let end = sentence.tokens.len().min(at + VERB_REACH);
    let mut next = at + 1;
    if sentence.tokens.get(next).is_some_and(|t| t.is_mark(".")) {
        next += 1;
    }
    let closes =
        |from: usize, is: &dyn Fn(&Token) -> bool| (from..end).find(|&n| is(&sentence.tokens[n])).map(|n| n + 1);
    match sentence.tokens.get(next)? {
        t if t.is_mark("(") => next = closes(next + 1, &|t| t.is_mark(")"))?,
        t if t.sets_apart() => next = closes(next + 1, &|token| token.sets_apart())?,
        // "Acme's payroll systems were".
        t if t.is("'s") => next = (next + 1..end.min(next + 6)).find(|&n| lexicon::auxiliary(sentence.word(n)))?,
        _ => {}
    }
    (next..end).find(|&n| !lexicon::auxiliary(sentence.word(n)) && !lexicon::adverb(sentence.word(n)))
}

/// Participles of what is done to a house.
pub(super) fn hit(word: &str) -> bool {
    matches!(
        word,
        "breached"
            | "hacked"
            | "compromised"
            | "hit"
            | "attacked"
            | "impacted"
            | "affected"
            | "infiltrated"
            | "targeted"
            | "penetrated"
            | "stolen"
            | "accessed"
            | "leaked"
            | "exposed"
            | "encrypted"
            | "robbed"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::{About, OrganisationRole, Stance};
    use crate::read::{ACCEPT_AT, Gazetteer, read};

    const ANOTHERS: &[&str] = &[
        "Tarnwell said that Brightwell Corp was breached.",
        "Tarnwell said Brightwell Corp had been hacked last week.",
        "Tarnwell said Brightwell was breached.",
        "Tarnwell confirmed that Brightwell Corp was breached.",
        "Tarnwell has confirmed that Brightwell Corp was breached.",
        "Tarnwell admitted that Brightwell Corp, a maker of locks, was breached.",
        "Tarnwell said that Brightwell Corp's systems were breached.",
        "“Brightwell Corp was breached last week,” Tarnwell said.",
        "Brightwell Corp was breached, Tarnwell said.",
        "Tarnwell said that Brightwell Corp refused to say that its data was stolen.",
    ];

    #[test]
    fn who_tells_of_anothers_breach_is_no_victim_and_confirms_nothing() {
        for text in ANOTHERS {
            let reading = read(text, &About::default(), &Gazetteer::built_in());
            let told: Vec<_> = reading.drafts.iter().filter(|d| d.statement.speaker == "Tarnwell").collect();
            assert_eq!(told.len(), 1, "{text}: {:?}", reading.drafts);
            for draft in told {
                assert_eq!(draft.statement.speaker_kind, PartyKind::Other, "{text}");
                assert!(matches!(draft.statement.stance, Stance::Claims | Stance::Informs), "{text}: {draft:?}");
                assert!(draft.confidence < ACCEPT_AT, "{text}: {draft:?}");
                assert!(!draft.statement.about.contains(&"Tarnwell".to_owned()), "{text}: {draft:?}");
            }
            let victim = |name: &str| {
                reading.organisations.iter().any(|o| o.name == name && o.role == OrganisationRole::AllegedVictim)
            };
            assert!(!victim("Tarnwell"), "{text}");
        }
    }

    #[test]
    fn a_victim_tells_of_another_victim_too() {
        let text = "Hackers breached Oakvale. Oakvale denied that it was breached.\n\nOakvale said that Brightwell Corp was breached.";
        let reading = read(text, &About::default(), &Gazetteer::built_in());
        let last = reading.drafts.last().map(|d| &d.statement);
        assert_eq!(
            last.map(|s| (s.stance, s.about.clone())),
            Some((Stance::Claims, vec!["Brightwell Corp".to_owned()]))
        );
    }

    #[test]
    fn its_own_house_stays_its_own() {
        for text in [
            "Brightwell Corp said that it was breached.",
            "Brightwell Corp confirmed that its systems were breached after Tarnwell was hacked.",
            "Brightwell Corp said that Brightwell was breached.",
        ] {
            let reading = read(text, &About::default(), &Gazetteer::built_in());
            let said: Vec<Stance> = reading.drafts.iter().map(|d| d.statement.stance).collect();
            assert_eq!(said, [Stance::Confirms], "{text}");
        }
    }
}
