//! The sieve: who speaks in one sentence, and by which words that is known. The first rule that answers wins.

use crate::claim::{PartyKind, Span};
use crate::read::lexicon::{self, Cue};
use crate::read::subject::{Memory, Sentence, Speaker};
use crate::read::tokens::Shape;

/// The rule that found a speaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rule {
    /// "…," the firm said.
    Quote,
    /// The firm said that ….
    Indirect,
    /// According to the firm, ….
    AccordingTo,
    /// … was reported by the firm.
    Passive,
    /// The firm published …, saying that ….
    Hanging,
    /// By its own account, the crew ….
    OwnAccount,
    /// A quotation beside a name, with no verb of speaking.
    QuoteNear,
    /// A quotation that goes on.
    Continued,
    /// A set-off text with the speaker's name below it.
    Signed,
    /// A set-off text after words that announce it.
    Announced,
    /// Set-off words of people who call themselves hackers.
    SelfDescribed,
}

impl Rule {
    /// The rule in a few words, for `because`.
    pub(super) fn words(self) -> &'static str {
        match self {
            Rule::Quote => "quotation with a verb of speaking",
            Rule::Indirect => "subject, verb of speaking, clause",
            Rule::AccordingTo => "according to",
            Rule::Passive => "passive with by",
            Rule::Hanging => "participle that hangs on the subject",
            Rule::OwnAccount => "by its own account",
            Rule::QuoteNear => "quotation beside a name",
            Rule::Continued => "quotation that goes on",
            Rule::Signed => "set-off text with a name below",
            Rule::Announced => "set-off text that was announced",
            Rule::SelfDescribed => "set-off text of self-styled hackers",
        }
    }
}

/// One finding in a sentence.
#[derive(Clone, Debug)]
pub(super) struct Attribution {
    pub(super) speakers: Vec<Speaker>,
    pub(super) cue: Cue,
    /// The cue is denied: "would not confirm".
    pub(super) negated: bool,
    pub(super) rule: Rule,
    /// The part of the sentence that it covers.
    pub(super) span: Span,
}

/// A verb with its subject, before it is decided which verb governs the sentence.
struct Found {
    verb: usize,
    /// First token of verb and subject together.
    from: usize,
    speakers: Vec<Speaker>,
    cue: Cue,
    negated: bool,
    rule: Rule,
    /// ", the firm said." governs what stands before it.
    closing: bool,
}

/// A quotation shorter than this may be a name.
const NAME_BYTES: usize = 40;

/// How far a subject may stand from its verb, in tokens.
const SUBJECT_REACH: usize = 40;

/// Who speaks in this sentence.
pub(super) fn attributions(
    sentence: &Sentence<'_>,
    span: Span,
    memory: &Memory,
) -> Vec<Attribution> {
    let mut found: Vec<Found> = Vec::new();
    for verb in 0..sentence.tokens.len() {
        found.extend(
            by_verb(sentence, verb, memory).or_else(|| according_to(sentence, verb, memory)),
        );
    }
    found.extend(own_account(sentence, memory));
    let mut governing = govern(sentence, found);
    if governing.is_empty() {
        governing.extend(hanging(sentence, memory).or_else(|| elided(sentence, memory)));
    }
    if governing.is_empty() {
        governing.extend(quote_near(sentence, memory));
    }
    cut(sentence, span, governing)
}

/// "Subject verb", "verb subject" after a quotation, "was verb by subject".
fn by_verb(sentence: &Sentence<'_>, verb: usize, memory: &Memory) -> Option<Found> {
    let token = sentence
        .tokens
        .get(verb)
        .filter(|t| t.shape == Shape::Word && !t.capital && sentence.party[verb].is_none())?;
    let before = verb.checked_sub(1).map_or("", |b| sentence.word(b));
    let helpers = helpers_before(sentence, verb);
    let negated = (helpers.from..verb).any(|at| lexicon::negates(sentence.word(at)));
    let cue = match lexicon::cue(&token.lower) {
        _ if negated && lexicon::silence_after_not(&token.lower) => Some(Cue::Declines),
        Some(cue) => Some(cue),
        None => phrase_cue(sentence, verb),
    }?;
    if before == "to" && !is_yet_to(sentence, verb)
        || lexicon::determiner(before) && before != "that"
    {
        return None;
    }
    if !fits(sentence, verb, cue, helpers.helped) {
        return None;
    }
    if helpers.passive && !matches!(cue, Cue::Investigates | Cue::Declines) {
        return passive(sentence, verb, cue, memory);
    }
    if sentence.word(verb + 1) == "by" {
        return None;
    }
    if let Some((from, speakers)) = subject_before(sentence, helpers.from, memory) {
        let quoted = sentence
            .tokens
            .iter()
            .any(|t| t.shape == Shape::Quote && t.span.end - t.span.start > 24);
        let closing = closes_sentence(sentence, from, verb);
        let rule = if quoted
            && (closing || sentence.tokens.get(verb + 1).is_some() && quote_follows(sentence, verb))
        {
            Rule::Quote
        } else {
            Rule::Indirect
        };
        let press = speakers.iter().all(|s| s.kind == PartyKind::Press);
        // An outlet that "would not confirm" tells of its own checking and keeps nothing back.
        let cue = if press && cue == Cue::Declines {
            Cue::Reports
        } else {
            cue
        };
        return Some(Found {
            verb,
            from,
            speakers,
            cue,
            negated,
            rule,
            closing,
        });
    }
    inverted(sentence, verb, cue, memory)
}

struct Helpers {
    /// The first of the auxiliaries and adverbs before the verb.
    from: usize,
    passive: bool,
    helped: bool,
}

fn helpers_before(sentence: &Sentence<'_>, verb: usize) -> Helpers {
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
                matches!(
                    word,
                    "was" | "were" | "been" | "is" | "are" | "be" | "being"
                )
                .then_some(from - 1)
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
            "unavailable" | "available" | "unable" | "aware" | "looking"
        );
    Helpers {
        from,
        passive: be.is_some() && participle,
        helped,
    }
}

/// "Has yet to respond", "failed to respond".
fn is_yet_to(sentence: &Sentence<'_>, verb: usize) -> bool {
    verb >= 2
        && sentence.word(verb - 1) == "to"
        && matches!(sentence.word(verb - 2), "yet" | "failed")
        && lexicon::silence_after_not(sentence.word(verb))
        && !matches!(sentence.word(verb), "reveal" | "name" | "share" | "provide")
}

/// "On Monday", "last week": may stand between subject and verb.
fn is_time_phrase(sentence: &Sentence<'_>, at: usize) -> bool {
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
                    | "weekend"
            )
    };
    time(word)
        || matches!(
            word,
            "on" | "last" | "this" | "in" | "earlier" | "late" | "early"
        ) && (at + 1..at + 4).any(|n| time(sentence.word(n)))
}

/// Cues of more than one word.
fn phrase_cue(sentence: &Sentence<'_>, at: usize) -> Option<Cue> {
    let next = |n: usize| sentence.word(at + n);
    match sentence.word(at) {
        "took" | "takes" | "taken" if next(1) == "issue" => Some(Cue::Disputes),
        "pushed" | "pushes" | "hit" | "hits" | "fired" if next(1) == "back" => Some(Cue::Disputes),
        "cast" | "casts" if next(1) == "doubt" => Some(Cue::Disputes),
        "looking" if next(1) == "into" => Some(Cue::Investigates),
        "reached"
            if at > 0
                && matches!(sentence.word(at - 1), "be")
                && (1..6).any(|n| at >= n && lexicon::negates(sentence.word(at - n))) =>
        {
            Some(Cue::Declines)
        }
        "unavailable" if next(1) == "for" => Some(Cue::Declines),
        "available"
            if next(1) == "for"
                && (1..4).any(|n| at >= n && lexicon::negates(sentence.word(at - n))) =>
        {
            Some(Cue::Declines)
        }
        "respond" | "comment" | "reply" if is_yet_to(sentence, at) => Some(Cue::Declines),
        "took" | "claiming" | "take" if next(1) == "credit" || next(1) == "responsibility" => {
            Some(Cue::Claims)
        }
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
        "reviewed"
            if at > 0 && (1..5).any(|n| at >= n && lexicon::negates(sentence.word(at - n))) =>
        {
            Some(Cue::Reports)
        }
        _ => None,
    }
}

/// Verbs that speak only in some company.
fn fits(sentence: &Sentence<'_>, verb: usize, cue: Cue, helped: bool) -> bool {
    let next = |n: usize| sentence.word(verb + n);
    let quote_soon = (1..6).any(|n| {
        sentence
            .tokens
            .get(verb + n)
            .is_some_and(|t| t.shape == Shape::Quote)
    });
    match sentence.word(verb) {
        "called" | "described" | "describes" => {
            quote_soon
                || (1..8).any(|n| {
                    matches!(
                        next(n),
                        "claims" | "claim" | "allegations" | "incident" | "breach" | "attack"
                    )
                })
        }
        "found" | "observed" | "shared" => next(1) == "that" || next(1) == "no" || quote_soon,
        "believe" | "say" | "report" | "claim" | "warn" | "deny" | "confirm" | "dispute"
        | "admit" | "verify" | "investigate" | "decline" | "threaten" | "allege" | "assert"
        | "acknowledge" => !matches!(next(1), "button"),
        "claims" | "reports" | "states" | "notes" | "estimates" | "demands" | "disputes"
        | "reads" => verb == 0 || sentence.tokens[verb - 1].shape != Shape::Possessive,
        "pointed" => next(1) == "out",
        "expects" | "maintains" | "maintained" | "concluded" | "continued" => {
            next(1) == "that" || next(1) == "to" || quote_soon || closes_at(sentence, verb + 1)
        }
        "listed" => {
            (1..12).any(|n| matches!(next(n), "sale" | "leak" | "site" | "victims" | "victim"))
        }
        "responded" => !helped || !closes_at(sentence, verb + 1),
        "investigated" => false,
        "rejected" | "dismissed" | "rejects" | "dismisses" => (1..8).any(|n| {
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

fn closes_at(sentence: &Sentence<'_>, at: usize) -> bool {
    sentence
        .tokens
        .get(at)
        .is_none_or(|t| t.shape == Shape::Quote || t.shape == Shape::Mark)
}

/// The subject that ends right before token `end`, over insertions between commas or dashes.
pub(super) fn subject_before(
    sentence: &Sentence<'_>,
    end: usize,
    memory: &Memory,
) -> Option<(usize, Vec<Speaker>)> {
    let mut end = end;
    if end > 0 && sentence.word(end - 1) == "who" {
        end -= 1;
        if end > 0 && sentence.tokens[end - 1].is_mark(",") {
            end -= 1;
        }
    }
    let at = end.checked_sub(1)?;
    // The hacker, who calls himself "Wren," wrote: the closing comma stands inside the marks.
    let token = &sentence.tokens[at];
    let name_in_marks = token.shape == Shape::Quote
        && token.span.end - token.span.start < NAME_BYTES
        || matches!(token.lower.as_str(), "”" | "\"");
    if !token.sets_apart() && !name_in_marks {
        return phrase_ending(sentence, at, memory);
    }
    let mark = if name_in_marks {
        ","
    } else {
        sentence.word(at)
    };
    let mut tried = 0;
    for open in (at.saturating_sub(SUBJECT_REACH)..at).rev() {
        if sentence.word(open) != mark {
            continue;
        }
        // "The firm's director, Ann Lee, said": the name in the insertion says more than the role.
        let inner = &sentence.party[open + 1..at];
        if let Some(party) = inner
            .first()
            .copied()
            .flatten()
            .filter(|p| inner.iter().all(|q| *q == Some(*p)))
        {
            if tried == 0
                && !open
                    .checked_sub(1)
                    .is_some_and(|e| sentence.party[e].is_some())
            {
                return Some((open, sentence.speakers(open + 1, at - 1, memory)))
                    .filter(|_| sentence.cast.parties.get(party).is_some());
            }
        }
        if let Some(found) = open
            .checked_sub(1)
            .and_then(|e| phrase_ending(sentence, e, memory))
        {
            return Some(found);
        }
        tried += 1;
        if tried == 4 {
            break;
        }
    }
    None
}

/// The noun phrase whose last token is `last`.
fn phrase_ending(
    sentence: &Sentence<'_>,
    last: usize,
    memory: &Memory,
) -> Option<(usize, Vec<Speaker>)> {
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
            let mark = token.shape == Shape::Mark
                && !matches!(word, "\"" | "“" | "”" | "-" | "&" | "." | "‘" | "’")
                || word == "."
                    && at + 1 <= last
                    && sentence.tokens[at + 1].capital
                    && at > 0
                    && sentence.tokens[at - 1].lower.len() > 3;
            let verb = lexicon::cue(word).is_some()
                && !matches!(word, "report" | "claim" | "notes" | "reports" | "claims")
                || lexicon::auxiliary(word) && !matches!(word, "may" | "also" | "yet");
            if token.shape == Shape::Quote
                || mark
                || lexicon::opens_clause(word) && at != last
                || verb
            {
                break;
            }
        }
        first = at;
    }
    // "Advanced Locks (AdLock)": the bracket says nothing new.
    let mut end = last;
    if sentence.tokens[end].is_mark(")") {
        let open = (first..end)
            .rev()
            .find(|&at| sentence.tokens[at].is_mark("("))?;
        end = open.checked_sub(1).filter(|&e| e >= first)?;
    }
    let speakers = sentence.speakers(first, end, memory);
    (!speakers.is_empty()).then_some((first, speakers))
}

/// The noun phrase that starts at `first`.
pub(super) fn phrase_from(
    sentence: &Sentence<'_>,
    first: usize,
    memory: &Memory,
) -> Option<(usize, Vec<Speaker>)> {
    let mut end = first;
    while end < sentence.tokens.len() && end - first < SUBJECT_REACH {
        let token = &sentence.tokens[end];
        let word = token.lower.as_str();
        let stop = token.shape == Shape::Quote
            || token.shape == Shape::Mark && !matches!(word, "-" | "&" | "\"" | "“" | "”")
            || sentence.party[end].is_none()
                && (lexicon::opens_clause(word)
                    || lexicon::auxiliary(word)
                    || lexicon::calendar_word(word)
                    || matches!(
                        word,
                        "today" | "yesterday" | "last" | "via" | "on" | "in" | "earlier" | "seen"
                    ));
        if stop {
            break;
        }
        end += 1;
    }
    let last = end.checked_sub(1).filter(|&l| l >= first)?;
    let speakers = sentence.speakers(first, last, memory);
    (!speakers.is_empty()).then_some((last, speakers))
}

/// "…," said Ann Lee.
fn inverted(sentence: &Sentence<'_>, verb: usize, cue: Cue, memory: &Memory) -> Option<Found> {
    let before = verb.checked_sub(1).and_then(|b| sentence.tokens.get(b))?;
    if !(before.shape == Shape::Quote
        || before.is_mark(",")
        || before.is_mark("”")
        || before.is_mark("\""))
        || !matches!(cue, Cue::Says | Cue::Reports | Cue::Claims | Cue::Confirms)
        || sentence.word(verb) == "called"
    {
        return None;
    }
    let (_, speakers) = phrase_from(sentence, verb + 1, memory)?;
    let rule = if before.shape == Shape::Quote {
        Rule::Quote
    } else {
        Rule::Indirect
    };
    Some(Found {
        verb,
        from: verb,
        speakers,
        cue,
        negated: false,
        rule,
        closing: true,
    })
}

fn passive(sentence: &Sentence<'_>, verb: usize, cue: Cue, memory: &Memory) -> Option<Found> {
    let by = (verb + 1..verb + 4).find(|&at| sentence.word(at) == "by")?;
    let (_, speakers) = phrase_from(sentence, by + 1, memory)?;
    let speaking = matches!(cue, Cue::Reports | Cue::Claims | Cue::Confirms | Cue::Says);
    speaking.then_some(Found {
        verb,
        from: 0,
        speakers,
        cue,
        negated: false,
        rule: Rule::Passive,
        closing: false,
    })
}

fn according_to(sentence: &Sentence<'_>, at: usize, memory: &Memory) -> Option<Found> {
    if sentence.word(at) != "according" || sentence.word(at + 1) != "to" {
        return None;
    }
    let (_, speakers) = phrase_from(sentence, at + 2, memory)?;
    Some(Found {
        verb: at,
        from: at,
        speakers,
        cue: Cue::Says,
        negated: false,
        rule: Rule::AccordingTo,
        closing: at > 2,
    })
}

/// "By its own account, the crew …", "By its own admission".
fn own_account(sentence: &Sentence<'_>, memory: &Memory) -> Option<Found> {
    let opening = sentence.word(0) == "by"
        && matches!(sentence.word(1), "its" | "his" | "her" | "their")
        && sentence.word(2) == "own"
        && matches!(sentence.word(3), "account" | "admission" | "telling");
    if !opening {
        return None;
    }
    let from = if sentence.tokens.get(4).is_some_and(|t| t.is_mark(",")) {
        5
    } else {
        4
    };
    let (_, speakers) = first_party(sentence, from, memory)?;
    Some(Found {
        verb: 0,
        from: 0,
        speakers,
        cue: Cue::Claims,
        negated: false,
        rule: Rule::OwnAccount,
        closing: false,
    })
}

/// The first party, by name or role, at or after `from`.
fn first_party(
    sentence: &Sentence<'_>,
    from: usize,
    memory: &Memory,
) -> Option<(usize, Vec<Speaker>)> {
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
    let speakers = sentence.speakers(from, last, memory);
    (!speakers.is_empty()).then_some((last, speakers))
}

fn hanging(sentence: &Sentence<'_>, memory: &Memory) -> Option<Found> {
    let (verb, cue) = (1..sentence.tokens.len()).find_map(|at| {
        lexicon::participle(sentence.word(at))
            .filter(|_| sentence.tokens[at - 1].sets_apart())
            .map(|cue| (at, cue))
    })?;
    let (_, speakers) = first_party(sentence, 0, memory)?;
    Some(Found {
        verb,
        from: 0,
        speakers,
        cue,
        negated: false,
        rule: Rule::Hanging,
        closing: false,
    })
}

/// "The gang posted pictures and threatened to publish": the second verb has the first one's subject.
fn elided(sentence: &Sentence<'_>, memory: &Memory) -> Option<Found> {
    let (verb, cue) = (2..sentence.tokens.len()).find_map(|at| {
        let joins = |n: usize| matches!(sentence.word(n), "and" | "but");
        let joined = joins(at - 1) || lexicon::adverb(sentence.word(at - 1)) && joins(at - 2);
        let cue = lexicon::cue(sentence.word(at)).filter(|&cue| {
            joined && !sentence.tokens[at].capital && fits(sentence, at, cue, false)
        });
        cue.map(|cue| (at, cue))
    })?;
    let (last, speakers) = first_party(sentence, 0, memory)?;
    (last < verb).then_some(Found {
        verb,
        from: 0,
        speakers,
        cue,
        negated: false,
        rule: Rule::Hanging,
        closing: false,
    })
}

/// An outlet's name shortly before: "The Daily Log has reviewed".
fn press_near(sentence: &Sentence<'_>, at: usize) -> bool {
    (at.saturating_sub(5)..at).any(|n| {
        sentence.party[n].is_some_and(|p| sentence.cast.parties[p].kind == PartyKind::Press)
    })
}

/// A quotation of a clause's length in a sentence that names somebody.
fn quote_near(sentence: &Sentence<'_>, memory: &Memory) -> Option<Found> {
    let long = sentence
        .tokens
        .iter()
        .position(|t| t.shape == Shape::Quote && t.span.end - t.span.start > 40)?;
    let outside = sentence
        .tokens
        .iter()
        .filter(|t| t.shape == Shape::Word)
        .count();
    if outside < 3 {
        return None;
    }
    let (_, speakers) = first_party(sentence, 0, memory)?;
    Some(Found {
        verb: long,
        from: 0,
        speakers,
        cue: Cue::Says,
        negated: false,
        rule: Rule::QuoteNear,
        closing: false,
    })
}

/// A quotation or a colon right after the verb, perhaps with an addressee between.
fn quote_follows(sentence: &Sentence<'_>, verb: usize) -> bool {
    (verb + 1..(verb + 9).min(sentence.tokens.len()))
        .any(|at| sentence.tokens[at].shape == Shape::Quote)
}

/// Whether "subject verb" ends what came before: ", the firm said." or "…” the firm said".
fn closes_sentence(sentence: &Sentence<'_>, from: usize, verb: usize) -> bool {
    let after_content = from > 0
        && sentence
            .tokens
            .get(from - 1)
            .is_some_and(|t| t.shape == Shape::Quote || t.is_mark(","));
    let ends = sentence
        .tokens
        .get(verb + 1)
        .is_none_or(|t| t.shape == Shape::Mark || t.shape == Shape::Quote)
        || lexicon::cue(sentence.word(verb)) == Some(Cue::Tells);
    let quoted = from > 0 && sentence.tokens[from - 1].shape == Shape::Quote;
    after_content && (ends || quoted)
}

/// Which of the verbs govern the sentence. A verb inside what another says is part of what is said, not a statement of its own.
fn govern(sentence: &Sentence<'_>, mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by_key(|f| f.verb);
    if let Some(closing) = found
        .iter()
        .position(|f| f.closing && f.rule != Rule::AccordingTo)
    {
        let separate = found[..closing].iter().any(|f| f.rule == Rule::Quote);
        if !separate {
            return vec![found.swap_remove(closing)];
        }
    }
    let mut governing: Vec<Found> = Vec::new();
    for next in found {
        let Some(last) = governing.last() else {
            governing.push(next);
            continue;
        };
        let contrasted = (last.verb..=next.from).any(|at| {
            sentence.tokens[at].is_mark(";")
                || matches!(
                    sentence.word(at),
                    "while" | "but" | "although" | "though" | "whereas"
                ) && at > 0
                    && (sentence.tokens[at - 1].sets_apart() || at + 1 >= next.from)
                // "…, and a source told": a new subject right after the comma is a new clause.
                || sentence.word(at) == "and"
                    && at + 1 >= next.from
                    && at > last.verb
                    && sentence.tokens[at - 1].is_mark(",")
        });
        let same = last.speakers.iter().any(|s| {
            next.speakers
                .iter()
                .any(|n| n.party.is_some() && n.party == s.party)
        });
        if contrasted && !same && next.rule != Rule::AccordingTo {
            governing.push(next);
        }
    }
    governing
}

/// Gives each finding its part of the sentence: all of it where there is one, else up to the contrasting word.
fn cut(sentence: &Sentence<'_>, span: Span, governing: Vec<Found>) -> Vec<Attribution> {
    let starts: Vec<usize> = governing
        .iter()
        .enumerate()
        .map(|(n, f)| {
            let from = sentence
                .tokens
                .get(f.from)
                .map_or(span.start, |t| t.span.start);
            // "This was not borne out: Acme denied it": what the colon ends is the reporter's.
            let colon = f.from > 0 && !f.closing && sentence.tokens[f.from - 1].is_mark(":");
            if n == 0 && !colon { span.start } else { from }
        })
        .collect();
    let mut cuts = Vec::new();
    for (n, f) in governing.into_iter().enumerate() {
        let mut end = match starts.get(n + 1) {
            Some(&next) => sentence
                .tokens
                .iter()
                .rev()
                .find(|t| {
                    t.span.end <= next
                        && !t.sets_apart()
                        && t.shape != Shape::Mark
                        && !matches!(
                            t.lower.as_str(),
                            "while" | "but" | "although" | "though" | "whereas" | "and"
                        )
                })
                .map_or(next, |t| t.span.end),
            None => span.end,
        };
        if starts.get(n + 1).is_none() && !f.closing {
            end = before_contrast(sentence, &f).unwrap_or(end);
        }
        if end > starts[n] {
            cuts.push(Attribution {
                speakers: f.speakers,
                cue: f.cue,
                negated: f.negated,
                rule: f.rule,
                span: Span {
                    start: starts[n],
                    end,
                },
            });
        }
    }
    cuts
}

/// "Acme denied it, although Bolt had indeed been hit": the reporter's own contrast about somebody else.
fn before_contrast(sentence: &Sentence<'_>, found: &Found) -> Option<usize> {
    let at = (found.verb + 2..sentence.tokens.len().saturating_sub(2)).find(|&at| {
        matches!(
            sentence.word(at),
            "although" | "though" | "while" | "whereas"
        ) && sentence.tokens[at - 1].sets_apart()
    })?;
    let other =
        sentence.party[at + 1].is_some_and(|p| found.speakers.iter().all(|s| s.party != Some(p)));
    let quoted_after = sentence.tokens[at..]
        .iter()
        .any(|t| t.shape == Shape::Quote);
    (other && !quoted_after).then(|| sentence.tokens[at - 2].span.end)
}
