//! Verbs of speaking in their sentence: which words count as one, and with which helpers before them.

use crate::claim::PartyKind;
use crate::read::lexicon::{self, Cue};
use crate::read::subject::Sentence;
use crate::read::tokens::Shape;

pub(super) struct Helpers {
    /// The first of the auxiliaries and adverbs before the verb.
    pub(super) from: usize,
    pub(super) passive: bool,
    pub(super) helped: bool,
}

pub(super) fn helpers_before(sentence: &Sentence<'_>, verb: usize) -> Helpers {
    let mut from = verb;
    let mut be = None;
    let mut helped = false;
    while from > 0 && sentence.party[from - 1].is_none() {
        let word = sentence.word(from - 1);
        if matches!(word, "yet" | "to" | "failed") && is_yet_to(sentence, verb)
            || lexicon::auxiliary(word)
            || lexicon::adverb(word)
            || is_time_phrase(sentence, from - 1)
        {
            be = be.or_else(|| {
                matches!(word, "was" | "were" | "been" | "is" | "are" | "be" | "being").then_some(from - 1)
            });
            helped |= lexicon::auxiliary(word) && !matches!(word, "also" | "never" | "yet");
            from -= 1;
        } else {
            break;
        }
    }
    let participle = !sentence.word(verb).ends_with("ing")
        && !matches!(
            sentence.word(verb),
            "unavailable" | "available" | "unable" | "aware" | "looking" | "sceptical" | "skeptical" | "confident"
        );
    Helpers { from, passive: be.is_some() && participle, helped }
}

/// "Has yet to respond", "failed to respond".
pub(super) fn is_yet_to(sentence: &Sentence<'_>, verb: usize) -> bool {
    verb >= 2
        && sentence.word(verb - 1) == "to"
        && matches!(sentence.word(verb - 2), "yet" | "failed")
        && lexicon::silence_after_not(sentence.word(verb))
        && !matches!(sentence.word(verb), "reveal" | "name" | "share" | "provide")
}

/// "On Monday", "last week": may stand between subject and verb.
pub(super) fn is_time_phrase(sentence: &Sentence<'_>, at: usize) -> bool {
    let word = sentence.word(at);
    let time = |w: &str| {
        lexicon::calendar_word(w)
            || matches!(
                w,
                "week"
                    | "month"
                    | "year"
                    | "today"
                    | "yesterday"
                    | "morning"
                    | "afternoon"
                    | "evening"
                    | "night"
                    | "weekend"
            )
    };
    time(word)
        || matches!(word, "on" | "last" | "this" | "in" | "earlier" | "late" | "early")
            && (at + 1..at + 4).any(|n| time(sentence.word(n)))
}

/// Cues of more than one word.
pub(super) fn phrase_cue(sentence: &Sentence<'_>, at: usize) -> Option<Cue> {
    let next = |n: usize| sentence.word(at + n);
    match sentence.word(at) {
        "took" | "takes" | "taken" if next(1) == "issue" => Some(Cue::Disputes),
        // "Experts are sceptical of the claims", "the firm is confident that".
        "sceptical" | "skeptical" if matches!(next(1), "of" | "that" | "about") => Some(Cue::Disputes),
        "confident" | "convinced" if next(1) == "that" => Some(Cue::Says),
        // "It discovered unauthorised access": who finds an incident makes it known.
        "discovered" | "detected" | "identified" if incident_follows(sentence, at) => Some(Cue::Reports),
        // "The Log can reveal".
        "reveal" if at > 0 && sentence.word(at - 1) == "can" => Some(Cue::Reports),
        // "Released a statement saying that": what the paper says, its house says.
        "released" | "issued" | "published" | "posted" | "sent" if in_a_paper(sentence, at).is_some() => {
            in_a_paper(sentence, at)
        }
        "pushed" | "pushes" | "hit" | "hits" | "fired" if next(1) == "back" => Some(Cue::Disputes),
        "cast" | "casts" if next(1) == "doubt" => Some(Cue::Disputes),
        "brushed" | "brushes" | "shrugged" | "laughed" | "waved" if matches!(next(1), "off" | "aside" | "away") => {
            Some(Cue::Disputes)
        }
        "shot" if next(1) == "down" => Some(Cue::Disputes),
        "poured" if next(1) == "cold" => Some(Cue::Disputes),
        // "Would not be drawn on it".
        "drawn" if (1..4).any(|n| at >= n && lexicon::negates(sentence.word(at - n))) => Some(Cue::Declines),
        "referred" | "refers" | "directed" | "deferred"
            if (1..4).any(|n| {
                matches!(
                    next(n),
                    "questions" | "inquiries" | "enquiries" | "queries" | "requests" | "comment" | "calls"
                )
            }) =>
        {
            Some(Cue::Declines)
        }
        // "Sent us this:".
        "sent" | "gave" | "provided"
            if sentence.tokens.last().is_some_and(|t| t.is_mark(":"))
                && (1..5).any(|n| matches!(next(n), "this" | "statement" | "following" | "reply" | "response")) =>
        {
            Some(Cue::Says)
        }
        "looking" if next(1) == "into" => Some(Cue::Investigates),
        "taking" | "takes" | "treating" | "treats"
            if (1..7).any(|n| next(n) == "seriously")
                && (1..12).any(|n| {
                    matches!(next(n), "claims" | "claim" | "allegations" | "reports" | "report" | "threats")
                }) =>
        {
            Some(Cue::Investigates)
        }
        "leading" | "conducting" | "pursuing"
            if (1..6).any(|n| matches!(next(n), "investigation" | "inquiry" | "probe")) =>
        {
            Some(Cue::Investigates)
        }
        "reached"
            if at > 0
                && matches!(sentence.word(at - 1), "be")
                && (1..6).any(|n| at >= n && lexicon::negates(sentence.word(at - n))) =>
        {
            Some(Cue::Declines)
        }
        "unavailable" if next(1) == "for" => Some(Cue::Declines),
        "available" if next(1) == "for" && (1..4).any(|n| at >= n && lexicon::negates(sentence.word(at - n))) => {
            Some(Cue::Declines)
        }
        "respond" | "comment" | "reply" if is_yet_to(sentence, at) => Some(Cue::Declines),
        // "Remained silent", "had not issued a statement".
        "remained" | "remains" | "stayed" | "kept" | "keeps" | "been" | "keeping"
            if matches!(next(1), "silent" | "quiet" | "mum" | "tight-lipped") =>
        {
            Some(Cue::Declines)
        }
        "issued" | "made" | "released" | "published" | "offered" | "given" | "put" | "provided" | "posted"
            if (1..5).any(|n| at >= n && lexicon::negates(sentence.word(at - n)))
                && (1..6).any(|n| {
                    matches!(
                        next(n),
                        "statement"
                            | "comment"
                            | "comments"
                            | "announcement"
                            | "response"
                            | "reply"
                            | "acknowledgement"
                            | "acknowledgment"
                    )
                }) =>
        {
            Some(Cue::Declines)
        }
        "asking" | "asks" | "wants" | "seeks" | "seeking"
            if (1..4).any(|n| matches!(next(n), "$" | "€" | "£") || next(n).starts_with('$')) =>
        {
            Some(Cue::Offers)
        }
        "stood" | "stands" | "sticks" | "stuck" if matches!(next(1), "by" | "fast" | "firm" | "to") => Some(Cue::Says),
        "chose" | "chooses" | "opted" if next(1) == "not" && next(2) == "to" => Some(Cue::Declines),
        // "Could not determine whether", of an outlet: it looked.
        "determine" | "determined" | "authenticate" | "establish" | "corroborate"
            if press_near(sentence, at) && (1..4).any(|n| at >= n && lexicon::negates(sentence.word(at - n))) =>
        {
            Some(Cue::Reports)
        }
        "chimed" if next(1) == "in" => Some(Cue::Says),
        "made" | "went" if (1..6).any(|n| next(n) == "public") => Some(Cue::Reports),
        "filed" | "lodged" | "registered"
            if !matches!(next(1), "no") && (1..7).any(|n| matches!(next(n), "complaint" | "fir" | "report")) =>
        {
            Some(Cue::Investigates)
        }
        "took" | "claiming" | "take" if next(1) == "credit" || next(1) == "responsibility" => Some(Cue::Claims),
        "launched" | "opened" | "began" | "started" | "initiated"
            if (1..5).any(|n| matches!(next(n), "investigation" | "inquiry" | "probe")) =>
        {
            Some(Cue::Investigates)
        }
        "aware" if next(1) == "of" => Some(Cue::Investigates),
        "asking" if matches!(next(1), "users" | "customers") => Some(Cue::Says),
        "apologizing" | "notifying" => Some(Cue::Says),
        "reviewed" | "examined" | "viewed" | "obtained" | "analyzed" | "analysed"
            if press_near(sentence, at) && sentence.word(at + 1) != "by" =>
        {
            Some(Cue::Reports)
        }
        "reviewed" if at > 0 && (1..5).any(|n| at >= n && lexicon::negates(sentence.word(at - n))) => {
            Some(Cue::Reports)
        }
        _ => None,
    }
}

/// An incident is what was found, in a few words.
fn incident_follows(sentence: &Sentence<'_>, at: usize) -> bool {
    (at + 1..at + 7).take_while(|&n| !sentence.tokens.get(n).is_none_or(|t| t.sets_apart())).any(|n| {
        matches!(
            sentence.word(n),
            "incident" | "breach" | "intrusion" | "access" | "activity" | "attack" | "cyberattack"
        )
    })
}

/// "Issued a notice confirming it": the verb that the paper's own participle stands for.
fn in_a_paper(sentence: &Sentence<'_>, at: usize) -> Option<Cue> {
    let negated = (1..5).any(|n| at >= n && lexicon::negates(sentence.word(at - n)));
    let paper = (at + 1..at + 6).find(|&n| {
        matches!(sentence.word(n), "statement" | "notice" | "letter" | "notification" | "advisory" | "release" | "memo")
    });
    let said = |paper: usize| (paper + 1..paper + 6).find_map(|n| lexicon::participle(sentence.word(n)));
    paper.filter(|_| !negated).and_then(said)
}

/// Verbs that speak only in some company.
pub(super) fn fits(sentence: &Sentence<'_>, verb: usize, cue: Cue, helped: bool) -> bool {
    let next = |n: usize| sentence.word(verb + n);
    let quote_soon = (1..6).any(|n| sentence.tokens.get(verb + n).is_some_and(|t| t.shape == Shape::Quote));
    match sentence.word(verb) {
        "called" | "described" | "describes" => {
            !matches!(next(1), "for" | "on" | "in" | "off" | "upon")
                && (quote_soon
                    || (1..8).any(|n| {
                        matches!(
                            next(n),
                            "claims"
                                | "claim"
                                | "allegations"
                                | "incident"
                                | "breach"
                                | "attack"
                                | "statement"
                                | "report"
                                | "reports"
                                | "account"
                                | "denial"
                                | "data"
                                | "listing"
                                | "leak"
                                | "accusations"
                                | "intrusion"
                        )
                    }))
        }
        "attributed" | "attributes" | "blamed" | "blames" => (1..12).any(|n| {
            matches!(next(n), "attack" | "breach" | "incident" | "intrusion" | "hack" | "leak" | "theft" | "it" | "by")
        }),
        "found" | "observed" | "shared" => {
            let quoted = sentence.tokens.first().is_some_and(|t| t.shape == Shape::Quote);
            next(1) == "that" || next(1) == "no" || quote_soon || quoted && closes_at(sentence, verb + 1)
        }
        "believe" | "say" | "report" | "claim" | "warn" | "deny" | "confirm" | "dispute" | "admit" | "verify"
        | "investigate" | "decline" | "threaten" | "allege" | "assert" | "acknowledge" => !matches!(next(1), "button"),
        "claims" | "reports" | "states" | "notes" | "estimates" | "demands" | "disputes" | "reads" => {
            verb == 0 || sentence.tokens[verb - 1].shape != Shape::Possessive
        }
        // "The statement read: “…”".
        "read" => {
            verb > 0
                && quote_soon
                && (next(1) == ":" || closes_at(sentence, verb + 1))
                && sentence.tokens[..verb].iter().rev().take(12).any(|t| lexicon::document_noun(&t.lower))
        }
        "pointed" => next(1) == "out",
        "asked" | "asks" => {
            closes_at(sentence, verb + 1) && verb > 1
                || lexicon::crowd_noun(next(1))
                || matches!(next(1), "people" | "families" | "anyone")
                || lexicon::crowd_noun(next(2)) && lexicon::determiner(next(1))
        }
        "began" => {
            closes_at(sentence, verb + 1)
                || verb > 1 && sentence.tokens[..verb].iter().rev().take(4).any(|t| t.shape == Shape::Quote)
        }
        "posted" => quote_soon || (1..12).any(|n| next(n) == "that") || closes_at(sentence, verb + 1),
        "cited" | "cites" => (1..14).any(|n| matches!(next(n), "saying" | "claiming" | "source" | "sources")),
        "offered" | "offers" | "offering" | "selling" | "sells" => (1..10).any(|n| {
            matches!(
                next(n),
                "data"
                    | "database"
                    | "databases"
                    | "records"
                    | "files"
                    | "sale"
                    | "accounts"
                    | "access"
                    | "code"
                    | "archive"
                    | "information"
                    | "dump"
                    | "documents"
                    | "credentials"
            )
        }),
        word if lexicon::weak_cue(word) => {
            quote_soon
                || closes_at(sentence, verb + 1)
                || matches!(
                    next(1),
                    "that"
                        | "there"
                        | "it"
                        | "they"
                        | "he"
                        | "she"
                        | "we"
                        | "its"
                        | "their"
                        | "his"
                        | "her"
                        | "the"
                        | "no"
                )
                || sentence.party.get(verb + 1).is_some_and(Option::is_some)
                || next(1) == "to" && lexicon::promises(word)
        }
        "accepted" | "accepts" => next(1) == "that" || next(1) == "responsibility",
        "expects" | "maintains" | "maintained" | "concluded" | "continued" => {
            // "Had maintained for weeks that".
            (1..5).any(|n| next(n) == "that")
                || next(1) == "to"
                || sentence.word(verb) == "concluded" && lexicon::determiner(next(1))
                || quote_soon
                || closes_at(sentence, verb + 1)
        }
        "listed" => (1..12).any(|n| matches!(next(n), "sale" | "leak" | "site" | "victims" | "victim")),
        // "Responded by publishing it" is a deed.
        "responded" => {
            (!helped || !closes_at(sentence, verb + 1))
                && !(1..8).any(|n| next(n) == "by" && next(n + 1).ends_with("ing"))
        }
        "investigated" => false,
        "rejected" | "dismissed" | "rejects" | "dismisses" | "rebuffed" | "rebuffs" => (1..8).any(|n| {
            matches!(
                next(n),
                "claims"
                    | "claim"
                    | "allegations"
                    | "reports"
                    | "suggestions"
                    | "idea"
                    | "accusations"
                    | "statement"
                    | "that"
                    | "as"
            )
        }),
        _ => cue != Cue::Tells || !matches!(next(1), "that"),
    }
}

pub(super) fn closes_at(sentence: &Sentence<'_>, at: usize) -> bool {
    sentence.tokens.get(at).is_none_or(|t| t.shape == Shape::Quote || t.shape == Shape::Mark)
}

/// An outlet's name shortly before: "The Daily Log has reviewed".
pub(super) fn press_near(sentence: &Sentence<'_>, at: usize) -> bool {
    (at.saturating_sub(5)..at)
        .any(|n| sentence.party[n].is_some_and(|p| sentence.cast.parties[p].kind == PartyKind::Press))
}
