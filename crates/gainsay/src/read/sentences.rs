//! Sentences of a paragraph. A quotation is never cut: what is inside it belongs to whoever speaks it.

use crate::claim::Span;
use crate::read::lexicon;
use crate::read::quotes::Quotation;

/// A sentence without an end is cut about here, at white space where there is some: no rule looks further, and each takes time with its length.
pub(super) const LONGEST_BYTES: usize = 4096;

/// The sentences of `text[paragraph]`, without white space around them.
pub(super) fn sentences(text: &str, paragraph: Span, quotes: &[Quotation]) -> Vec<Span> {
    let Some(piece) = paragraph.of(text) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut start = paragraph.start;
    let mut quote = quotes.iter().filter(|q| q.span.start >= paragraph.start && q.span.end <= paragraph.end).peekable();
    let mut skip_to = 0;
    for (offset, mark) in piece.char_indices() {
        let at = paragraph.start + offset;
        if at < skip_to {
            continue;
        }
        // A quotation longer than any sentence is cut as one without an end.
        let whole = |q: &&Quotation| q.span.end - q.span.start <= LONGEST_BYTES;
        while quote.next_if(|q| q.span.start < at || q.span.start == at && !whole(q)).is_some() {}
        if quote.peek().is_some_and(|q| q.span.start == at) {
            if at > start && quote.peek().is_some_and(|q| q.span.end - start > LONGEST_BYTES) {
                push(text, start, at, &mut found);
                start = at;
            }
            if let Some(hidden) = quote.next() {
                skip_to = hidden.span.end.max(at + mark.len_utf8());
                if ends_with_its_quotation(text, hidden, paragraph.end) {
                    push(text, start, skip_to, &mut found);
                    start = skip_to;
                }
            }
            continue;
        }
        // White space a little before the bound, else any place: a word may be as long as the text.
        if at - start >= LONGEST_BYTES || mark.is_whitespace() && at - start > LONGEST_BYTES - 256 {
            push(text, start, at, &mut found);
            start = at;
        }
        if !matches!(mark, '.' | '!' | '?' | '…') {
            continue;
        }
        let end = at + mark.len_utf8();
        let closers: usize = text[end..paragraph.end]
            .chars()
            .take_while(|c| matches!(c, '"' | '”' | '’' | ')' | ']' | '»'))
            .take(8)
            .map(char::len_utf8)
            .sum();
        let end = end + closers;
        let rest = &text[end..paragraph.end];
        // "E! News", "Yahoo! Mail": the mark is of a name.
        let of_a_name = mark == '!' && closers == 0 && {
            let word = text[start..at].rsplit(char::is_whitespace).next().unwrap_or_default();
            word.chars().count() == 1 && word.chars().all(char::is_uppercase) || word == "Yahoo"
        };
        if starts_sentence(rest)
            && !of_a_name
            && !(mark == '.' && is_abbreviation(text, start, at) && !company_ends(text, start, at, rest))
        {
            push(text, start, end, &mut found);
            start = end;
            skip_to = end;
        }
    }
    push(text, start, paragraph.end, &mut found);
    found
}

fn push(text: &str, start: usize, end: usize, found: &mut Vec<Span>) {
    let Some(piece) = text.get(start..end) else {
        return;
    };
    let trimmed = piece.trim();
    if !trimmed.is_empty() {
        let margin = piece.len() - piece.trim_start().len();
        found.push(Span { start: start + margin, end: start + margin + trimmed.len() });
    }
}

/// White space, then what a sentence starts with.
fn starts_sentence(rest: &str) -> bool {
    let trimmed = rest.trim_start();
    trimmed.len() < rest.len()
        && trimmed.starts_with(|c: char| {
            c.is_uppercase() || c.is_numeric() || matches!(c, '"' | '“' | '‘' | '«' | '„' | '(' | '[' | '$' | '€' | '£')
        })
}

/// `"So it is."The firm …`: the blank was lost where two elements of a page met.
fn runs_on(rest: &str) -> bool {
    let mut letters = rest.chars();
    letters.next().is_some_and(char::is_uppercase) && letters.next().is_some_and(|c| c.is_lowercase() || c == ' ')
}

/// `"So it is." The firm …` ends a sentence; `"So it is!" the firm said` and `"So it is!" Ann Lee said` do not.
fn ends_with_its_quotation(text: &str, quote: &Quotation, end: usize) -> bool {
    let Some(inner) = quote.inner.of(text) else {
        return false;
    };
    let Some(last) = inner.trim_end().chars().next_back() else {
        return false;
    };
    let rest = &text[quote.span.end..end];
    if !quote.closed || !matches!(last, '.' | '!' | '?' | '…') || !starts_sentence(rest) && !runs_on(rest) {
        return false;
    }
    last == '.'
        || !rest
            .split_whitespace()
            .take(5)
            .any(|w| lexicon::cue(&w.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()).is_some())
}

/// Whether the full stop at `at` belongs to a short form or an initial.
fn is_abbreviation(text: &str, start: usize, at: usize) -> bool {
    let before = &text[start..at];
    let word = before
        .rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '"' | '“' | '-' | '—'))
        .next()
        .unwrap_or_default();
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    // "J. Roe", "U.S. officials": a single letter, or letters with stops between them.
    let initial = letters == 1 && word.chars().all(|c| c.is_uppercase());
    let dotted = word.contains('.') && word.split('.').all(|part| part.chars().count() <= 1);
    initial
        || dotted
        || matches!(
            word.to_lowercase().as_str(),
            "mr" | "mrs"
                | "ms"
                | "dr"
                | "prof"
                | "sen"
                | "rep"
                | "gov"
                | "gen"
                | "lt"
                | "col"
                | "sgt"
                | "st"
                | "no"
                | "vs"
                | "inc"
                | "corp"
                | "ltd"
                | "co"
                | "jr"
                | "sr"
                | "approx"
                | "est"
                | "jan"
                | "feb"
                | "mar"
                | "apr"
                | "jun"
                | "jul"
                | "aug"
                | "sept"
                | "sep"
                | "oct"
                | "nov"
                | "dec"
                | "e.g"
                | "i.e"
                | "etc"
                | "al"
        )
}

/// How far before and behind a company's short form it is looked whether the sentence ends there, in bytes.
const NEAR_BYTES: usize = 240;

/// "… 5 GB from Acme Corp. Acme Corp. denied it": the stop of "Corp." ends the sentence too, where the name closes a clause that has its verb
/// and what follows has a subject and a verb of its own.
fn company_ends(text: &str, start: usize, at: usize, rest: &str) -> bool {
    let mut from = start.max(at.saturating_sub(NEAR_BYTES));
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let mut to = rest.len().min(NEAR_BYTES);
    while !rest.is_char_boundary(to) {
        to -= 1;
    }
    let before: Vec<&str> = text[from..at].split_whitespace().rev().collect();
    let Some((form, name)) = before.split_first() else {
        return false;
    };
    if !matches!(bare(form).as_str(), "inc" | "corp" | "ltd" | "co") {
        return false;
    }
    let after: Vec<&str> = rest[..to].split_whitespace().collect();
    closes_clause(name) && opens_clause(&after)
}

fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

/// The words before, last first: the name is the object of a preposition or a verb, and its clause has a verb.
fn closes_clause(name: &[&str]) -> bool {
    let governs = |word: &str| lexicon::preposition(word) || finite(word);
    let Some(governor) = name.iter().take(8).position(|w| governs(&bare(w)) || lexicon::opens_clause(&bare(w))) else {
        return false;
    };
    let word = bare(name[governor]);
    if lexicon::opens_clause(&word) {
        return false;
    }
    let cue = lexicon::cue(&word);
    if lexicon::preposition(&word) || cue.is_none() && !lexicon::auxiliary(&word) {
        let clause = name[governor..].iter().map(|w| bare(w)).take_while(|w| !lexicon::opens_clause(w));
        return clause.into_iter().any(|w| finite(&w));
    }
    // "Told Acme Corp." has its object, "said Acme Corp." after a quotation its subject; "said Acme Corp. was" goes on.
    cue == Some(lexicon::Cue::Tells) || name.get(governor + 1).is_some_and(|w| w.ends_with([',', '”', '"']))
}

/// "The company denied", "Acme Corp. denied", "Acme's owner Bolt denied": and not "Chief Executive Ann Lee denied", which belongs to the name.
fn opens_clause(after: &[&str]) -> bool {
    let Some((first, more)) = after.split_first() else {
        return false;
    };
    let word = bare(first);
    let title = lexicon::person_noun(&word)
        || lexicon::spokesperson(&word)
        || matches!(word.as_str(), "chief" | "vice" | "senior" | "executive" | "general" | "managing");
    let pronoun =
        matches!(word.as_str(), "it" | "he" | "she" | "they" | "we" | "there" | "this" | "that" | "these" | "those");
    if pronoun || lexicon::determiner(&word) || lexicon::preposition(&word) {
        return true;
    }
    let ends = |w: &&&str| w.ends_with([';', '!', '?']);
    !title && more.iter().take(9).take_while(|w| !ends(w)).any(|w| finite(&bare(w)))
}

/// A word that is a verb in a form of its own, as far as a word shows it.
fn finite(word: &str) -> bool {
    lexicon::cue(word).is_some()
        || matches!(word, "has" | "have" | "had" | "is" | "are" | "was" | "were" | "did" | "does" | "will" | "would")
        || matches!(
            word,
            "broke" | "got" | "took" | "stole" | "sold" | "hit" | "sells" | "offers" | "holds" | "lost" | "left"
        )
        || word.len() > 4 && word.ends_with("ed")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::quotes::quotations;

    fn split(text: &str) -> Vec<&str> {
        let all = Span { start: 0, end: text.len() };
        sentences(text, all, &quotations(text, all)).iter().map(|s| &text[s.start..s.end]).collect()
    }

    #[test]
    fn short_forms_and_initials_do_not_end_a_sentence() {
        assert_eq!(
            split("Dr. J. Roe of the U.S. office spoke. Brightwell Inc. did not."),
            ["Dr. J. Roe of the U.S. office spoke.", "Brightwell Inc. did not."]
        );
    }

    #[test]
    fn a_quotation_is_never_cut_and_keeps_its_attribution() {
        assert_eq!(
            split("“One. Two,” she said. “Three. Four.” Nobody came."),
            ["“One. Two,” she said.", "“Three. Four.”", "Nobody came."]
        );
        assert_eq!(
            split("\"We will publish!\" the gang wrote. Done."),
            ["\"We will publish!\" the gang wrote.", "Done."]
        );
        assert_eq!(split("\"We will publish!\" Grey Heron wrote."), ["\"We will publish!\" Grey Heron wrote."]);
    }

    #[test]
    fn a_quotation_ends_its_sentence_where_the_blank_was_lost() {
        assert_eq!(
            split("It said “we look into it.”The police confirmed it."),
            ["It said “we look into it.”", "The police confirmed it."]
        );
        assert_eq!(split("They wrote “No.”said nobody."), ["They wrote “No.”said nobody."]);
    }

    #[test]
    fn a_company_at_the_end_of_its_clause_ends_the_sentence() {
        for (left, right) in [
            (
                "GreyHeron claims to have stolen 5 GB from Brightwell Corp.",
                "Brightwell Corp. denied the breach on Monday.",
            ),
            ("GreyHeron breached Brightwell Inc.", "The company denied it."),
            ("GreyHeron sold files of Oakvale Ltd. and Brightwell Co.", "Tarnwell warned them."),
            ("GreyHeron told Brightwell Corp.", "Oakvale Ltd. would not comment."),
            ("“It is old,” said Brightwell Corp.", "Oakvale denied it."),
        ] {
            assert_eq!(split(&format!("{left} {right}")), [left, right]);
        }
        for whole in [
            "GreyHeron breached Brightwell Corp. Chief Executive Mara Onslow denied it.",
            "Tarnwell said that Brightwell Corp. Ruritania was breached.",
            "The data of Brightwell Corp. Ruritania was stolen.",
            "Brightwell Corp. denied it.",
            "GreyHeron breached Brightwell Inc. Ruritania.",
        ] {
            assert_eq!(split(whole), [whole]);
        }
    }

    #[test]
    fn no_sentence_is_longer_than_the_bound_and_nothing_is_lost() {
        let long = 3 * LONGEST_BYTES;
        for text in [
            "Brightwell said that ".repeat(long / 21),
            "é".repeat(long / 2),
            format!("Brightwell said “{}” and left.", "we were hit and ".repeat(long / 16)),
            format!("It said “{}", "x".repeat(long)),
            format!("It ended.{}", ")".repeat(long)),
            format!("{}“{}” it said. {}", "a ".repeat(1900), "b ".repeat(1900), "c. D".repeat(1900)),
        ] {
            let found = split(&text);
            assert!(found.iter().all(|s| s.len() <= LONGEST_BYTES + 16), "{:?}", found.iter().map(|s| s.len()).max());
            let solid = |t: &str| t.chars().filter(|c| !c.is_whitespace()).count();
            assert_eq!(found.iter().map(|s| solid(s)).sum::<usize>(), solid(&text));
        }
    }

    #[test]
    fn numbers_keep_their_points() {
        assert_eq!(split("It took 1.5 TB. It left."), ["It took 1.5 TB.", "It left."]);
    }
}
