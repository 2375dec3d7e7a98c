//! Where a subject or object begins and ends: from a verb to the left or right, over insertions between commas.

use crate::claim::PartyKind;
use crate::read::cues::is_time_phrase;
use crate::read::entities::Class;
use crate::read::lexicon;
use crate::read::subject::{Memory, Sentence, Speaker};
use crate::read::tokens::Shape;

/// A quotation shorter than this may be a name.
pub(super) const NAME_BYTES: usize = 40;

/// How long a name in single marks may be, in tokens.
const NAME_REACH: usize = 6;

/// How far a subject may stand from its verb, in tokens.
pub(super) const SUBJECT_REACH: usize = 40;

/// The subject that ends right before token `end`, over insertions between commas or dashes.
pub(super) fn subject_before(sentence: &Sentence<'_>, end: usize, memory: &Memory) -> Option<(usize, Vec<Speaker>)> {
    let mut end = end;
    // "Acme, which said": a clause that hangs on the name.
    let which = end > 1 && sentence.word(end - 1) == "which" && sentence.tokens[end - 2].is_mark(",");
    if which || end > 0 && sentence.word(end - 1) == "who" {
        end -= 1;
        if end > 0 && sentence.tokens[end - 1].is_mark(",") {
            end -= 1;
        }
    }
    if which {
        // "The Log, which first reported it": that is no statement of the outlet's.
        let found = subject_before(sentence, end, memory)?;
        return (!found.1.iter().all(|s| s.kind == PartyKind::Press)).then_some(found);
    }
    let at = end.checked_sub(1)?;
    // The hacker, who calls himself "Wren," wrote: the closing comma stands inside the marks.
    let token = &sentence.tokens[at];
    let in_single_marks = matches!(token.lower.as_str(), "’" | "'")
        && (at.saturating_sub(NAME_REACH)..at).any(|n| matches!(sentence.word(n), "‘" | "'"))
        && sentence.party[at.saturating_sub(1)].is_some();
    let name_in_marks = in_single_marks
        || token.shape == Shape::Quote && token.span.end - token.span.start < NAME_BYTES
        || matches!(token.lower.as_str(), "”" | "\"");
    if !token.sets_apart() && !name_in_marks {
        return phrase_ending(sentence, at, memory).or_else(|| over_a_relative(sentence, at, memory));
    }
    // A user named “Wren” wrote.
    let called = at.checked_sub(1).filter(|&name| name_in_marks && sentence.party[name].is_some());
    if let Some(found) = called.and_then(|name| phrase_ending(sentence, name, memory)) {
        return Some(found);
    }
    let mark = if name_in_marks { "," } else { sentence.word(at) };
    let mut tried = 0;
    for open in (at.saturating_sub(SUBJECT_REACH)..at).rev() {
        if sentence.word(open) != mark {
            continue;
        }
        // "The firm's director, Ann Lee, said": the name in the insertion says more than the role.
        let article = usize::from(sentence.word(open + 1) == "the" && at > open + 2);
        let inner = &sentence.party[open + 1 + article..at];
        let one_name = inner.first().is_some_and(|p| p.is_some() && inner.iter().all(|q| q == p));
        let after_name = open > 0 && sentence.party[open - 1].is_some();
        if tried == 0 && one_name && !after_name {
            return Some((open, sentence.speakers(open + 1, at - 1, memory)));
        }
        // "The contractor, Daxim, said": a name that nothing else tells of.
        let from = open + 1 + article;
        let written = (from..at).all(|n| sentence.tokens[n].capital && sentence.party[n].is_none());
        if tried == 0
            && from < at
            && at - from <= 4
            && written
            && !after_name
            && let Some(speaker) = sentence.by_its_words(from, at - 1)
        {
            return Some((open, vec![speaker]));
        }
        // "Taking the stage, Acme CEO Ann Lee, said": a title with its name is the subject, and no insertion.
        let person = inner.last().copied().flatten().is_some_and(|p| sentence.cast.parties[p].class == Class::Person);
        let titled = person
            && inner.first().is_some_and(Option::is_some)
            && (open + 1..at).any(|n| sentence.party[n].is_none() && lexicon::person_noun(sentence.word(n)));
        if tried == 0 && titled {
            return Some((open + 1, sentence.speakers(open + 1, at - 1, memory)));
        }
        if let Some(found) = open.checked_sub(1).and_then(|e| phrase_ending(sentence, e, memory)) {
            return Some(found);
        }
        tried += 1;
        if tried == 4 {
            break;
        }
    }
    if name_in_marks {
        return over_a_relative(sentence, at, memory);
    }
    None
}

/// "A source who took part in the response says": the subject stands before a clause that hangs on it without commas.
fn over_a_relative(sentence: &Sentence<'_>, at: usize, memory: &Memory) -> Option<(usize, Vec<Speaker>)> {
    let who = (at.saturating_sub(SUBJECT_REACH)..at)
        .rev()
        .take_while(|&n| !sentence.tokens[n].sets_apart())
        .find(|&n| sentence.word(n) == "who")?;
    phrase_ending(sentence, who.checked_sub(1)?, memory)
}

/// The noun phrase whose last token is `last`.
pub(super) fn phrase_ending(sentence: &Sentence<'_>, last: usize, memory: &Memory) -> Option<(usize, Vec<Speaker>)> {
    // "Acme's statement today": the time is no part of who speaks.
    let timed = |at: usize| sentence.party[at].is_none() && is_time_phrase(sentence, at);
    let last = (0..=last).rev().take(4).find(|&at| !timed(at)).unwrap_or(last);
    let first = phrase_start(sentence, last);
    if inside_a_noun(sentence, first, last) {
        return None;
    }
    // "Advanced Locks (AdLock)": the bracket says nothing new.
    let mut end = last;
    if sentence.tokens[end].is_mark(")") {
        let open = (first..end).rev().find(|&at| sentence.tokens[at].is_mark("("))?;
        end = open.checked_sub(1).filter(|&e| e >= first)?;
    }
    let speakers = sentence.speakers(first, end, memory);
    (!speakers.is_empty()).then_some((first, speakers))
}

/// Where the noun phrase begins whose last token is `last`.
fn phrase_start(sentence: &Sentence<'_>, last: usize) -> usize {
    let mut first = last + 1;
    let mut depth = 0usize;
    while first > 0 && last + 1 - first < SUBJECT_REACH {
        let at = first - 1;
        let token = &sentence.tokens[at];
        if token.is_mark(")") {
            depth += 1;
        } else if token.is_mark("(") {
            if depth == 0 {
                break;
            }
            depth -= 1;
        } else if depth == 0 && sentence.party[at].is_none() {
            let word = token.lower.as_str();
            let mark = token.shape == Shape::Mark && !matches!(word, "\"" | "“" | "”" | "-" | "&" | "." | "‘" | "’")
                || word == "."
                    && at < last
                    && sentence.tokens[at + 1].capital
                    && at > 0
                    && sentence.tokens[at - 1].lower.len() > 3;
            let verb = lexicon::cue(word).is_some()
                && !matches!(word, "report" | "claim" | "notes" | "reports" | "claims")
                || lexicon::auxiliary(word) && !matches!(word, "may" | "also" | "yet");
            if token.shape == Shape::Quote || mark || lexicon::opens_clause(word) && at != last || verb {
                break;
            }
        }
        first = at;
    }
    first
}

/// The subject right before token `end` where it is nobody whom the text names or means, by its own words: "two watchdog groups". Over an
/// insertion between commas.
pub(super) fn unknown_subject(sentence: &Sentence<'_>, end: usize) -> Option<(usize, Vec<Speaker>)> {
    let mut last = end.checked_sub(1)?;
    if sentence.word(last) == "who" {
        last = last.checked_sub(1)?;
    }
    if sentence.tokens[last].sets_apart() {
        let mark = sentence.word(last);
        let open = (last.saturating_sub(SUBJECT_REACH)..last).rev().find(|&open| sentence.word(open) == mark)?;
        last = open.checked_sub(1)?;
    }
    let first = phrase_start(sentence, last);
    // "A group that claimed": the clause hangs on what the sentence speaks of.
    if first > last || inside_a_noun(sentence, first, last) || lexicon::opens_clause(sentence.word(last)) {
        return None;
    }
    sentence.by_its_words(first, last).map(|speaker| (first, vec![speaker]))
}

/// "The sixth breach Acme has disclosed", "what data the gang claims": the subject of a clause that hangs on a noun says nothing by itself.
fn inside_a_noun(sentence: &Sentence<'_>, first: usize, last: usize) -> bool {
    let thing = |at: usize| {
        matches!(
            sentence.word(at),
            "breach"
                | "data"
                | "claim"
                | "claims"
                | "files"
                | "incident"
                | "attack"
                | "information"
                | "hack"
                | "documents"
                | "amount"
        )
    };
    let asked = first > 0 && matches!(sentence.word(first - 1), "what" | "how");
    let mut head = last;
    while head > first && sentence.party[head].is_some() && sentence.party[head - 1] == sentence.party[head] {
        head -= 1;
    }
    let before_article = head > first && sentence.word(head - 1) == "the";
    let at = if before_article { head - 1 } else { head };
    asked && (first..last).any(thing) || at > first && sentence.party[head].is_some() && thing(at - 1)
}

/// Where the noun phrase that starts at `first` ends: its last token.
fn phrase_end(sentence: &Sentence<'_>, first: usize) -> Option<usize> {
    let mut end = first;
    while end < sentence.tokens.len() && end - first < SUBJECT_REACH {
        let token = &sentence.tokens[end];
        let word = token.lower.as_str();
        let stop = token.shape == Shape::Quote
            || token.shape == Shape::Mark
                && !matches!(word, "-" | "&" | "\"" | "“" | "”")
                && !(word == "." && end > first && lexicon::honorific(sentence.word(end - 1)))
            || sentence.party[end].is_none()
                && (lexicon::opens_clause(word)
                    || lexicon::auxiliary(word)
                    || lexicon::calendar_word(word)
                    || matches!(word, "today" | "yesterday" | "last" | "via" | "on" | "in" | "earlier" | "seen"));
        if stop {
            break;
        }
        end += 1;
    }
    end.checked_sub(1).filter(|&last| last >= first)
}

/// Who is named at `first` and is nobody whom the text names or means, by the phrase itself.
pub(super) fn unknown_from(sentence: &Sentence<'_>, first: usize) -> Option<(usize, Vec<Speaker>)> {
    let last = phrase_end(sentence, first)?;
    sentence.by_its_words(first, last).map(|speaker| (last, vec![speaker]))
}

/// The noun phrase that starts at `first`.
pub(super) fn phrase_from(sentence: &Sentence<'_>, first: usize, memory: &Memory) -> Option<(usize, Vec<Speaker>)> {
    let last = phrase_end(sentence, first)?;
    let speakers = sentence.speakers(first, last, memory);
    (!speakers.is_empty()).then_some((last, speakers))
}

/// The first party, by name or role, at or after `from`.
pub(super) fn first_party(sentence: &Sentence<'_>, from: usize, memory: &Memory) -> Option<(usize, Vec<Speaker>)> {
    let head = (from..sentence.tokens.len().min(from + 25)).find(|&at| {
        let word = sentence.word(at);
        sentence.party[at].is_some()
            || lexicon::actor_noun(word)
            || lexicon::company_noun(word)
            || lexicon::spokesperson(word)
            || matches!(word, "he" | "she" | "it" | "they")
    })?;
    let mut last = head;
    while last + 1 < sentence.tokens.len() && sentence.party[last + 1].is_some() {
        last += 1;
    }
    // What stands before a comma is no part of the phrase.
    let from = (from..head).rev().find(|&at| sentence.tokens[at].sets_apart()).map_or(from, |at| at + 1);
    let speakers = sentence.speakers(from, last, memory);
    (!speakers.is_empty()).then_some((last, speakers))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::{About, Span};
    use crate::read::entities::cast;
    use crate::read::names::Gazetteer;
    use crate::read::speech::{pages, sentence_of};

    const BEFORE: &str = "A gang known as GreyHeron breached Brightwell. Brightwell denied it.\n";

    /// Who is the subject right before the first `verb` of the sentence.
    fn before(said: &str, verb: &str) -> Vec<String> {
        let text = format!("{BEFORE}{said}");
        let cast = cast(&text, &pages(&text), &About::default(), &Gazetteer::built_in());
        let span = Span { start: BEFORE.len(), end: text.len() };
        let sentence = sentence_of(&text, &cast, span, &[]);
        let at = sentence.tokens.iter().position(|t| t.is(verb)).unwrap_or(0);
        let found = subject_before(&sentence, at, &Memory::default());
        found.map_or_else(Vec::new, |(_, speakers)| speakers.into_iter().map(|s| s.name).collect())
    }

    #[test]
    fn insertions_are_stepped_over() {
        assert_eq!(before("Brightwell, a maker of locks, doors and safes, denied it.", "denied"), ["Brightwell"]);
        assert_eq!(before("Brightwell -- one of the big ones -- denied it.", "denied"), ["Brightwell"]);
        assert_eq!(before("Brightwell's statement today, long as it is, confirms it.", "confirms"), ["Brightwell"]);
    }

    #[test]
    fn a_clause_that_hangs_on_a_noun_has_no_speaker() {
        assert_eq!(before("It is the third breach Brightwell disclosed.", "disclosed"), Vec::<String>::new());
        assert_eq!(before("Nobody knows what data the gang claims to hold.", "claims"), Vec::<String>::new());
    }
}
