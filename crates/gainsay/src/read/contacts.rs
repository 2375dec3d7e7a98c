//! Who told whom: the company warned, the police called, the press written to by a crew.

use std::collections::BTreeSet;

use crate::claim::{Contact, PartyKind, Span};
use crate::read::dates;
use crate::read::lexicon;
use crate::read::phrases::{phrase_from, subject_before};
use crate::read::subject::{Known, Memory, Sentence, Speaker};

/// The contacts of one sentence. An outlet's request for comment is none.
pub(super) fn contacts(text: &str, sentence: &Sentence<'_>, span: Span, memory: &Memory, found: &mut Vec<Contact>) {
    for verb in 0..sentence.tokens.len() {
        let Some((from, to)) = active(sentence, verb, memory)
            .or_else(|| passive(sentence, verb, memory))
            .or_else(|| dealings(sentence, verb, memory))
        else {
            continue;
        };
        if from.kind == PartyKind::Press
            || from.name == to.name
            || from.known == Known::Unnamed && from.kind != PartyKind::Actor
        {
            continue;
        }
        found.push(Contact {
            from: house(sentence, &from),
            to: house(sentence, &to),
            date: dates::whens(&sentence.tokens).first().and_then(|w| w.span.of(text)).map(str::to_owned),
            span,
        });
    }
}

/// One contact for each pair and day; one without a day only where no other tells of the pair.
pub(super) fn distinct(found: &mut Vec<Contact>) {
    let dated: BTreeSet<(String, String)> =
        found.iter().filter(|c| c.date.is_some()).map(|c| (c.from.clone(), c.to.clone())).collect();
    let mut seen = BTreeSet::new();
    found.retain(|c| {
        let pair = (c.from.clone(), c.to.clone());
        (c.date.is_some() || !dated.contains(&pair)) && seen.insert((pair, c.date.clone()))
    });
}

/// A contact is between organisations: a person stands for the one that they work at.
fn house(sentence: &Sentence<'_>, speaker: &Speaker) -> String {
    let home = speaker
        .party
        .and_then(|p| sentence.cast.parties.get(p))
        .and_then(|p| p.home)
        .and_then(|h| sentence.cast.parties.get(h));
    home.map_or_else(|| speaker.name.clone(), |h| h.name.clone())
}

/// "Tarn notified Acme", "the crew told a reporter", "reached out to Acme", "plans to notify the regulator".
fn active(sentence: &Sentence<'_>, verb: usize, memory: &Memory) -> Option<(Speaker, Speaker)> {
    let word = sentence.word(verb);
    let object = match word {
        "notified" | "contacted" | "alerted" | "approached" | "emailed" | "warned" | "informed" | "messaged"
        | "notify" | "alert" | "inform" | "contacting" | "notifying" => verb + 1,
        "reached" if sentence.word(verb + 1) == "out" && sentence.word(verb + 2) == "to" => verb + 3,
        "told" => verb + 1,
        // "Reported it to Acme", "filed a complaint with the police".
        "reported" | "disclosed" | "escalated" | "submitted" | "filed" => {
            let to = (verb + 1..(verb + 7).min(sentence.tokens.len()))
                .find(|&at| matches!(sentence.word(at), "to" | "with") && sentence.party[at].is_none())?;
            let thing = (verb + 1..to).all(|at| {
                sentence.party[at].is_none()
                    && !lexicon::opens_clause(sentence.word(at))
                    && !lexicon::preposition(sentence.word(at))
            });
            let filed = word != "filed"
                || (verb..to).any(|at| matches!(sentence.word(at), "complaint" | "report" | "notice" | "notification"));
            if !thing || !filed || to == verb + 1 {
                return None;
            }
            to + 1
        }
        _ => return None,
    };
    let (_, to) = object_at(sentence, object, memory)?;
    let mut from = verb;
    while from > 0
        && sentence.party[from - 1].is_none()
        && (lexicon::auxiliary(sentence.word(from - 1))
            || lexicon::adverb(sentence.word(from - 1))
            || matches!(sentence.word(from - 1), "to" | "plans" | "planned" | "began" | "begun" | "had" | "tried"))
    {
        if matches!(sentence.word(from - 1), "was" | "were" | "been" | "is" | "are" | "being") {
            return None;
        }
        from -= 1;
    }
    let pronoun = from
        .checked_sub(1)
        .filter(|&p| matches!(sentence.word(p), "he'd" | "she'd" | "they'd" | "it'd" | "they've" | "it's"));
    let by = match pronoun {
        Some(_) => memory.here.clone().or_else(|| memory.speaker.clone())?,
        None => match subject_before(sentence, from, memory) {
            Some((_, by)) => by.into_iter().next()?,
            // "It found it on Monday, and reported it to Acme": the subject stands before the first verb.
            None if from > 0 && matches!(sentence.word(from - 1), "and" | "then" | "also") => {
                memory.here.clone().or_else(|| memory.speaker.clone())?
            }
            None => return None,
        },
    };
    // "Acme told The Daily" is a statement; "the crew told The Daily" is a contact.
    if word == "told"
        && (by.kind != PartyKind::Actor
            || !matches!(to.kind, PartyKind::Press | PartyKind::Researcher | PartyKind::Authority))
    {
        return None;
    }
    Some((by, to))
}

/// "Acme was contacted by Tarn".
fn passive(sentence: &Sentence<'_>, verb: usize, memory: &Memory) -> Option<(Speaker, Speaker)> {
    if !matches!(sentence.word(verb), "contacted" | "notified" | "alerted" | "warned" | "approached" | "informed") {
        return None;
    }
    let by = (verb + 1..verb + 5).find(|&at| matches!(sentence.word(at), "by" | "with"))?;
    let mut from = verb;
    while from > 0
        && sentence.party[from - 1].is_none()
        && (lexicon::auxiliary(sentence.word(from - 1))
            || lexicon::adverb(sentence.word(from - 1))
            || matches!(sentence.word(from - 1), "having"))
    {
        from -= 1;
    }
    let helped = (from..verb).any(|at| matches!(sentence.word(at), "was" | "were" | "been" | "being"));
    if !helped {
        return None;
    }
    let to = subject_before(sentence, from, memory)
        .and_then(|(_, s)| s.into_iter().next())
        .or_else(|| memory.here.clone())?;
    let (_, by) = object_at(sentence, by + 1, memory)?;
    Some((by, to))
}

/// "Its interactions with the threat actor", "calls with the company".
fn dealings(sentence: &Sentence<'_>, noun: usize, memory: &Memory) -> Option<(Speaker, Speaker)> {
    // "In a message sent to customers".
    let sent = matches!(
        sentence.word(noun),
        "message"
            | "messages"
            | "letter"
            | "letters"
            | "email"
            | "e-mail"
            | "emails"
            | "notice"
            | "notices"
            | "notification"
            | "notifications"
    ) && sentence.word(noun + 1) == "sent"
        && sentence.word(noun + 2) == "to";
    let touch = matches!(sentence.word(noun), "touch" | "contact") && noun > 0 && sentence.word(noun - 1) == "in";
    if !sent
        && !touch
        && !matches!(
            sentence.word(noun),
            "interactions" | "calls" | "conversations" | "negotiations" | "correspondence" | "chats"
        )
        || !sent && sentence.word(noun + 1) != "with"
    {
        return None;
    }
    let (_, to) = object_at(sentence, noun + if sent { 3 } else { 2 }, memory)?;
    let named = (0..noun).rev().find_map(|at| sentence.party[at]).filter(|&p| to.party != Some(p));
    let by = match named {
        Some(party) => Speaker {
            name: sentence.cast.display(party),
            kind: sentence.cast.kind(party),
            party: Some(party),
            known: Known::Named,
        },
        None => memory.here.clone().or_else(|| memory.speaker.clone())?,
    };
    Some((by, to))
}

/// Who stands at `first`, a name or a group of people.
fn object_at(sentence: &Sentence<'_>, first: usize, memory: &Memory) -> Option<(usize, Speaker)> {
    if let Some(offices) = (first..(first + 4).min(sentence.tokens.len())).find(|&at| {
        matches!(
            sentence.word(at),
            "offices" | "regulators" | "enforcement" | "authorities" | "customers" | "police" | "users"
        )
    }) {
        let before_ends = (first..offices).all(|at| !sentence.tokens[at].sets_apart() && sentence.party[at].is_none());
        if before_ends {
            let name = match sentence.word(offices) {
                "offices" => {
                    sentence.tokens[first..=offices].iter().map(|t| t.lower.as_str()).collect::<Vec<_>>().join(" ")
                }
                "enforcement" => "law enforcement".to_owned(),
                other => other.to_owned(),
            };
            return Some((offices, Speaker { name, kind: PartyKind::Other, party: None, known: Known::Role }));
        }
    }
    let (last, speakers) = phrase_from(sentence, first, memory)?;
    speakers.into_iter().next().map(|s| (last, s))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::About;
    use crate::read::entities::cast;
    use crate::read::names::Gazetteer;
    use crate::read::speech::{pages, sentence_of};

    const BEFORE: &str = "A gang going by GreyHeron breached Brightwell. Brightwell denied it. Tarnwell, a threat intelligence firm, said so.\n";

    fn of(said: &str) -> Vec<(String, String)> {
        let text = format!("{BEFORE}{said}");
        let cast = cast(&text, &pages(&text), &About::default(), &Gazetteer::built_in());
        let span = Span { start: BEFORE.len(), end: text.len() };
        let mut found = Vec::new();
        contacts(&text, &sentence_of(&text, &cast, span, &[]), span, &Memory::default(), &mut found);
        found.into_iter().map(|c| (c.from, c.to)).collect()
    }

    #[test]
    fn tellers_and_told_are_found_in_every_voice() {
        let pair = |a: &str, b: &str| vec![(a.to_owned(), b.to_owned())];
        assert_eq!(of("Tarnwell notified Brightwell on May 3."), pair("Tarnwell", "Brightwell"));
        assert_eq!(of("Brightwell was contacted by Tarnwell."), pair("Tarnwell", "Brightwell"));
        assert_eq!(of("Tarnwell had reached out to Brightwell."), pair("Tarnwell", "Brightwell"));
        assert_eq!(of("GreyHeron told Reuters that it was in."), pair("GreyHeron", "Reuters"));
        assert_eq!(of("Brightwell notified customers."), pair("Brightwell", "customers"));
    }

    #[test]
    fn a_reporters_call_is_no_contact() {
        assert_eq!(of("Reuters contacted Brightwell for comment."), []);
        assert_eq!(of("Brightwell told Reuters that it was safe."), []);
    }
}
