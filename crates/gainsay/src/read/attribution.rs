//! The sieve: who speaks in one sentence, and by which words that is known. The first rule that answers wins.

use crate::claim::{PartyKind, Span};
use crate::read::cues::{fits, helpers_before, is_time_phrase, is_yet_to, phrase_cue};
use crate::read::lexicon::{self, Cue};
use crate::read::phrases::{first_party, phrase_ending, phrase_from, subject_before, unknown_from, unknown_subject};
use crate::read::silence::silent;
use crate::read::subject::{Known, Memory, Sentence, Speaker};
use crate::read::tokens::Shape;
use crate::read::unreal::is_unreal;

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
    /// Who was asked did not answer.
    Unanswered,
    /// A crew posts, leaks, sets a deadline.
    Deed,
    /// Acme's denial that ….
    Nominal,
    /// A quotation beside a name, with no verb of speaking.
    QuoteNear,
    /// A quotation that goes on.
    Continued,
    /// A set-off text with the speaker's name below it.
    Signed,
    /// A set-off text after words that announce it.
    Announced,
    /// A page on which a company speaks for itself throughout.
    OwnPage,
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
            Rule::Unanswered => "asked and not answered",
            Rule::Deed => "what a crew does in public",
            Rule::Nominal => "a noun of speaking with its owner",
            Rule::QuoteNear => "quotation beside a name",
            Rule::Continued => "quotation that goes on",
            Rule::Signed => "set-off text with a name below",
            Rule::Announced => "set-off text that was announced",
            Rule::OwnPage => "the speaker's own page",
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
    /// Who passes it on.
    pub(super) relays: Vec<Speaker>,
    /// The word that says so: the verb, "according", the quotation.
    pub(super) word: Span,
    /// Where somebody else's word about it begins: "…, which the company disputes".
    pub(super) until: usize,
    /// It stands inside another's, which goes on around it.
    pub(super) nested: bool,
}

/// A word that might have made a statement and did not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Aside {
    pub(super) word: Span,
    pub(super) why: &'static str,
}

/// A verb with its subject, before it is decided which verb governs the sentence.
#[derive(Clone, Debug)]
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
    /// Who passes it on: "Acme denied it, The Log reported".
    relays: Vec<Speaker>,
    /// Told inside another's statement, which goes on around it: "Acme denied it after GreyHeron claimed that …".
    nested: bool,
    /// Only supposed, asked or foreseen: "had Acme said".
    unreal: bool,
}

impl Found {
    /// A plain finding: not denied, not closing, real.
    fn new(verb: usize, from: usize, speakers: Vec<Speaker>, cue: Cue, rule: Rule) -> Self {
        Self {
            verb,
            from,
            speakers,
            cue,
            negated: false,
            rule,
            closing: false,
            relays: Vec::new(),
            nested: false,
            unreal: false,
        }
    }
}

/// Who speaks in this sentence.
pub(super) fn attributions(sentence: &Sentence<'_>, span: Span, memory: &Memory) -> Vec<Attribution> {
    sift(sentence, span, memory, &mut Vec::new())
}

/// Who speaks in this sentence; adds to `aside` the words that might have said so, and why they do not.
pub(super) fn sift(sentence: &Sentence<'_>, span: Span, memory: &Memory, aside: &mut Vec<Aside>) -> Vec<Attribution> {
    let mut found: Vec<Found> = Vec::new();
    for verb in 0..sentence.tokens.len() {
        let by_verb = by_verb(sentence, verb, memory).unwrap_or_else(|why| {
            aside.push(Aside { word: sentence.tokens[verb].span, why });
            None
        });
        found.extend(by_verb.or_else(|| according_to(sentence, verb, memory)));
    }
    found.extend(own_account(sentence, memory));
    // Who asked and heard nothing says nothing: the silence is the statement.
    if let Some((verb, speakers)) = silent(sentence, memory) {
        found.retain(|f| f.cue != Cue::Declines && !f.speakers.iter().all(|s| s.kind == PartyKind::Press));
        if found.is_empty() {
            found.push(Found { negated: true, ..Found::new(verb, 0, speakers, Cue::Declines, Rule::Unanswered) });
        }
    }
    let mut set_aside = |f: &Found, why| aside.extend(sentence.tokens.get(f.verb).map(|t| Aside { word: t.span, why }));
    let supposed = found.iter().any(|f| f.unreal);
    found.iter().filter(|f| f.unreal).for_each(|f| set_aside(f, "only supposed, asked, foreseen or called untrue"));
    found.retain(|f| !f.unreal);
    let added = apposed(sentence, memory);
    found.retain(|f| added.as_ref().is_none_or(|added| f.verb != added.verb));
    let heard: Vec<Found> = found.clone();
    let mut governing = govern(sentence, found);
    if let Some(silent) = falls_silent(sentence, &governing) {
        governing.push(silent);
    }
    for lost in heard.iter().filter(|f| governing.iter().all(|g| g.verb != f.verb)) {
        set_aside(lost, "inside what another is said to say");
    }
    if supposed && governing.is_empty() {
        return Vec::new();
    }
    if governing.is_empty() {
        governing.extend(
            hanging(sentence, memory).or_else(|| elided(sentence, memory)).or_else(|| nominal(sentence, memory)),
        );
    }
    if governing.is_empty() {
        governing.extend(quote_near(sentence, memory));
    }
    if governing.is_empty() {
        governing.extend(deed(sentence, memory));
    }
    governing.extend(added);
    cut(sentence, span, governing)
}

/// "Subject verb", "verb subject" after a quotation, "was verb by subject".
fn by_verb(sentence: &Sentence<'_>, verb: usize, memory: &Memory) -> Result<Option<Found>, &'static str> {
    let Some(token) =
        sentence.tokens.get(verb).filter(|t| t.shape == Shape::Word && !t.capital && sentence.party[verb].is_none())
    else {
        return Ok(None);
    };
    let before = verb.checked_sub(1).map_or("", |b| sentence.word(b));
    // "Was first to report": the subject stands before all of it.
    let first_to = before == "to" && verb > 2 && sentence.word(verb - 2) == "first";
    // "Was able to verify", "was unable to confirm".
    let able = before == "to" && verb > 2 && matches!(sentence.word(verb - 2), "able" | "unable" | "quick" | "keen");
    let helpers = helpers_before(sentence, if first_to || able { verb - 2 } else { verb });
    let negated = able && sentence.word(verb - 2) == "unable"
        || (helpers.from..verb).any(|at| lexicon::negates(sentence.word(at)));
    let cue = match lexicon::cue(&token.lower) {
        _ if (negated || is_yet_to(sentence, verb)) && lexicon::silence_after_not(&token.lower) => Some(Cue::Declines),
        // "The office said nothing": no statement but silence.
        Some(Cue::Says) if says_nothing(sentence, verb) => Some(Cue::Declines),
        Some(cue) => Some(cue),
        // "Is denying": a participle with its helper is a verb.
        None => phrase_cue(sentence, verb)
            .or_else(|| lexicon::participle(&token.lower).filter(|_| progressive(sentence, helpers.from, verb))),
    };
    if before == "to"
        && let Some(found) = sets_out(sentence, verb, memory)
    {
        return Ok(Some(found));
    }
    let Some(cue) = cue else { return Ok(None) };
    if cue == Cue::Declines && in_passing(sentence, helpers.from) {
        return Err("a silence told in passing");
    }
    let owned = verb > 0 && sentence.tokens[verb - 1].shape == Shape::Possessive;
    if owned
        || before == "to" && !first_to && !able && !is_yet_to(sentence, verb)
        || lexicon::determiner(before) && before != "that"
    {
        return Err("a noun or an infinitive, and no verb of speaking");
    }
    if !fits(sentence, verb, cue, helpers.helped) {
        return Err("no verb of speaking in this company of words");
    }
    if helpers.passive && !first_to && !able && !matches!(cue, Cue::Investigates | Cue::Declines) {
        return passive(sentence, verb, cue, memory).ok_or("passive, and nobody is said to speak").map(Some);
    }
    let by_wire = matches!(
        sentence.word(verb + 2),
        "phone" | "telephone" | "email" | "e-mail" | "text" | "letter" | "fax" | "video" | "then" | "now" | "way"
    ) || lexicon::calendar_word(sentence.word(verb + 2));
    if sentence.word(verb + 1) == "by" && !by_wire && !matches!(sentence.word(verb), "stands" | "stood" | "stand") {
        return Err("passive, and by nobody in particular");
    }
    let subject = subject_before(sentence, helpers.from, memory);
    // "Neither had responded", "neither company confirmed it": of the two that were named.
    let neither = match &subject {
        None if sentence.word(helpers.from) == "neither" => Some(helpers.from),
        _ => (helpers.from.saturating_sub(2)..helpers.from).find(|&at| sentence.word(at) == "neither"),
    };
    if let Some(neither) = neither.filter(|_| lexicon::silence_after_not(&token.lower)) {
        let two = sentence.the_two(neither);
        let found = Found { negated: true, ..Found::new(verb, neither, two, Cue::Declines, Rule::Indirect) };
        return Ok(Some(found).filter(|f| !f.speakers.is_empty()));
    }
    let turned = if subject.is_none() { inverted(sentence, verb, cue, memory) } else { None };
    if turned.is_some() {
        return Ok(turned);
    }
    if let Some((from, speakers)) = subject.or_else(|| unknown_subject(sentence, helpers.from)) {
        // Kept, so that no weaker rule makes a statement of the sentence; left out in the end.
        let unreal = is_unreal(sentence, from, helpers.from, verb);
        let quoted = sentence.tokens.iter().any(|t| t.shape == Shape::Quote && t.span.end - t.span.start > 24);
        let closing = closes_sentence(sentence, from, verb);
        let rule = if quoted && (closing || sentence.tokens.get(verb + 1).is_some() && quote_follows(sentence, verb)) {
            Rule::Quote
        } else {
            Rule::Indirect
        };
        let press = speakers.iter().all(|s| s.kind == PartyKind::Press);
        // An outlet that "would not confirm" tells of its own checking and keeps nothing back.
        let cue = if press && cue == Cue::Declines { Cue::Reports } else { cue };
        return Ok(Some(Found { negated, closing, unreal, ..Found::new(verb, from, speakers, cue, rule) }));
    }
    Err("no speaker can be made out")
}

/// "When the firm did not respond, the blogger went on": the clause that opens the sentence tells a silence that the rest of it goes on
/// from.
fn in_passing(sentence: &Sentence<'_>, helpers: usize) -> bool {
    matches!(sentence.word(0), "when" | "after" | "because" | "since")
        && !(0..helpers).any(|at| sentence.tokens[at].sets_apart())
        && (helpers..sentence.tokens.len()).any(|at| sentence.tokens[at].is_mark(","))
}

/// "Said nothing", "said nothing about it"; "said nothing was taken" says something.
fn says_nothing(sentence: &Sentence<'_>, verb: usize) -> bool {
    sentence.word(verb + 1) == "nothing"
        && sentence.tokens.get(verb + 2).is_none_or(|t| {
            t.shape == Shape::Mark
                || matches!(
                    t.lower.as_str(),
                    "about" | "of" | "whatsoever" | "more" | "further" | "publicly" | "on" | "at" | "when"
                )
        })
}

/// "Is working with the police to investigate", "sent a team to find out who did it": who sets out to look into it.
fn sets_out(sentence: &Sentence<'_>, verb: usize, memory: &Memory) -> Option<Found> {
    let asked = || {
        (verb + 1..verb + 7).any(|at| {
            matches!(
                sentence.word(at),
                "what"
                    | "how"
                    | "who"
                    | "whether"
                    | "if"
                    | "extent"
                    | "scope"
                    | "cause"
                    | "source"
                    | "nature"
                    | "claims"
            )
        })
    };
    let looks = match sentence.word(verb) {
        "investigate" | "probe" => true,
        "find" => sentence.word(verb + 1) == "out",
        "determine" | "establish" | "ascertain" | "identify" | "assess" | "understand" | "verify" => asked(),
        _ => false,
    };
    if !looks {
        return None;
    }
    let main = (verb.saturating_sub(SETS_OUT_REACH)..verb).rev().find(|&at| {
        matches!(
            sentence.word(at),
            "working"
                | "works"
                | "worked"
                | "scrambling"
                | "racing"
                | "trying"
                | "hired"
                | "engaged"
                | "retained"
                | "sent"
                | "deployed"
                | "dispatched"
                | "assigned"
                | "assembled"
                | "cooperating"
                | "co-operating"
        ) && sentence.party[at].is_none()
    })?;
    let helpers = helpers_before(sentence, main);
    let denied = (helpers.from..main).any(|at| lexicon::negates(sentence.word(at)));
    if helpers.passive || denied {
        return None;
    }
    let (from, speakers) =
        subject_before(sentence, helpers.from, memory).or_else(|| unknown_subject(sentence, helpers.from))?;
    let unreal = is_unreal(sentence, from, helpers.from, main);
    Some(Found { unreal, ..Found::new(main, from, speakers, Cue::Investigates, Rule::Indirect) })
}

/// How far before the infinitive its main verb may stand, in tokens.
const SETS_OUT_REACH: usize = 20;

fn progressive(sentence: &Sentence<'_>, helpers: usize, verb: usize) -> bool {
    (helpers..verb).any(|at| matches!(sentence.word(at), "is" | "are" | "was" | "were" | "been" | "isn't" | "aren't"))
}

/// "…," said Ann Lee.
fn inverted(sentence: &Sentence<'_>, verb: usize, cue: Cue, memory: &Memory) -> Option<Found> {
    let before = verb.checked_sub(1).and_then(|b| sentence.tokens.get(b))?;
    if !(before.shape == Shape::Quote || before.is_mark(",") || before.is_mark("”") || before.is_mark("\""))
        || !matches!(cue, Cue::Says | Cue::Reports | Cue::Claims | Cue::Confirms)
        || sentence.word(verb) == "called"
    {
        return None;
    }
    let (_, speakers) = phrase_from(sentence, verb + 1, memory).or_else(|| unknown_from(sentence, verb + 1))?;
    let rule = if before.shape == Shape::Quote { Rule::Quote } else { Rule::Indirect };
    Some(Found { closing: true, ..Found::new(verb, verb, speakers, cue, rule) })
}

fn passive(sentence: &Sentence<'_>, verb: usize, cue: Cue, memory: &Memory) -> Option<Found> {
    let by = (verb + 1..verb + 7).find(|&at| sentence.word(at) == "by")?;
    let (_, speakers) = phrase_from(sentence, by + 1, memory)?;
    let speaking = matches!(cue, Cue::Reports | Cue::Claims | Cue::Confirms | Cue::Says | Cue::Denies | Cue::Disputes);
    speaking.then_some(Found::new(verb, 0, speakers, cue, Rule::Passive))
}

fn according_to(sentence: &Sentence<'_>, at: usize, memory: &Memory) -> Option<Found> {
    let word = |n: usize| sentence.word(at + n);
    let by = |cue: Cue, speakers: Vec<Speaker>| Found::new(at, 0, speakers, cue, Rule::Passive);
    // "As stated by Acme", "as per Acme".
    let as_stated = word(0) == "as" && word(2) == "by" && lexicon::cue(word(1)).is_some();
    let from = match word(0) {
        "according" if word(1) == "to" => 2,
        "as" if as_stated => 3,
        // "As per Acme".
        "per" if at == 0 || sentence.word(at - 1) == "as" || sentence.tokens[at - 1].is_mark(",") => 1,
        // "Is under investigation by Acme", "is being investigated by Acme".
        "investigation" | "investigated" | "probed" | "examined" if word(1) == "by" => {
            return phrase_from(sentence, at + 2, memory)
                .map(|(_, speakers)| by(Cue::Investigates, speakers))
                .filter(|f| f.speakers.iter().all(|s| s.kind != PartyKind::Press));
        }
        // "Seen by The Log suggests": the outlet has looked.
        "seen" | "reviewed" | "obtained" | "viewed" | "analyzed" | "analysed" if word(1) == "by" => {
            let shows = (at + 3..sentence.tokens.len().min(at + 12)).any(|n| {
                matches!(
                    sentence.word(n),
                    "suggests"
                        | "suggest"
                        | "shows"
                        | "show"
                        | "indicates"
                        | "indicate"
                        | "appears"
                        | "appear"
                        | "include"
                        | "includes"
                        | "contained"
                        | "contains"
                        | "reveal"
                        | "reveals"
                        | "showed"
                )
            });
            let (_, speakers) = phrase_from(sentence, at + 2, memory)
                .filter(|(_, s)| shows && s.iter().all(|s| s.kind == PartyKind::Press))?;
            return Some(by(Cue::Reports, speakers));
        }
        _ => return None,
    };
    // "According to a statement": of whom the sentence speaks.
    let of_a_document = || {
        let document =
            (at + from..sentence.tokens.len().min(at + from + 5)).any(|n| lexicon::document_noun(sentence.word(n)));
        if document && at > 3 { first_party(sentence, 0, memory).filter(|(last, _)| *last < at) } else { None }
    };
    let (_, speakers) = phrase_from(sentence, at + from, memory).or_else(of_a_document)?;
    Some(Found { closing: at > 2, ..Found::new(at, at, speakers, Cue::Says, Rule::AccordingTo) })
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
    let from = if sentence.tokens.get(4).is_some_and(|t| t.is_mark(",")) { 5 } else { 4 };
    let (_, speakers) = first_party(sentence, from, memory)?;
    Some(Found::new(0, 0, speakers, Cue::Claims, Rule::OwnAccount))
}

fn hanging(sentence: &Sentence<'_>, memory: &Memory) -> Option<Found> {
    let (verb, cue) = (1..sentence.tokens.len()).find_map(|at| {
        let before = &sentence.tokens[at - 1];
        let apart = before.sets_apart()
            || lexicon::adverb(&before.lower) && at > 1 && sentence.tokens[at - 2].sets_apart()
            || matches!(sentence.word(at + 1), "that" | "to" | "responsibility" | "credit" | "it" | "they")
                && !lexicon::preposition(&before.lower)
                && !lexicon::actor_noun(&before.lower)
                && before.lower != "actor"
                && !lexicon::document_noun(&before.lower);
        // "Released a statement confirming some of it".
        let by_paper = || {
            (at.saturating_sub(14)..at).any(|b| {
                matches!(
                    sentence.word(b),
                    "statement"
                        | "letter"
                        | "post"
                        | "notice"
                        | "message"
                        | "update"
                        | "email"
                        | "note"
                        | "tweet"
                        | "report"
                )
            }) && (0..at).any(|b| {
                matches!(
                    sentence.word(b),
                    "released" | "issued" | "published" | "posted" | "sent" | "put" | "wrote" | "made" | "leaked"
                )
            })
        };
        let apart = apart || by_paper();
        // "Without confirming that": the contrary of a confirmation.
        let denied = (at.saturating_sub(2)..at).any(|b| lexicon::negates(sentence.word(b)));
        lexicon::participle(sentence.word(at)).filter(|_| apart && !denied).map(|cue| (at, cue))
    })?;
    let (_, speakers) = first_party(sentence, 0, memory)?;
    Some(Found::new(verb, 0, speakers, cue, Rule::Hanging))
}

/// "Acme confirmed it, but would not say more", "Acme would not say more, but insisted that": a silence and a word of one subject.
fn falls_silent(sentence: &Sentence<'_>, governing: &[Found]) -> Option<Found> {
    let last = governing.last().filter(|f| !f.closing && !f.nested && !f.unreal)?;
    let was_silent = last.cue == Cue::Declines;
    (last.verb + 2..sentence.tokens.len()).find_map(|verb| {
        let word = sentence.word(verb);
        let helpers = helpers_before(sentence, verb);
        let joined = helpers.from.checked_sub(1).filter(|&at| matches!(sentence.word(at), "and" | "but"))?;
        let negated = (helpers.from..verb).any(|at| lexicon::negates(sentence.word(at)));
        let silent = negated && lexicon::silence_after_not(word) && !helpers.passive
            || matches!(word, "declined" | "declines" | "refused" | "refuses");
        let cue = if silent { Cue::Declines } else { lexicon::cue(word).filter(|cue| *cue != Cue::Offers)? };
        let speaks = silent != was_silent && (silent || !negated && fits(sentence, verb, cue, helpers.helped));
        speaks
            .then(|| Found { negated: silent, ..Found::new(verb, joined, last.speakers.clone(), cue, Rule::Indirect) })
    })
}

/// "The gang posted pictures and threatened to publish": the second verb has the first one's subject.
fn elided(sentence: &Sentence<'_>, memory: &Memory) -> Option<Found> {
    let (verb, cue) = (2..sentence.tokens.len()).find_map(|at| {
        let joins = |n: usize| matches!(sentence.word(n), "and" | "but");
        let joined = joins(at - 1) || lexicon::adverb(sentence.word(at - 1)) && joins(at - 2);
        let cue = lexicon::cue(sentence.word(at))
            .filter(|&cue| joined && !sentence.tokens[at].capital && fits(sentence, at, cue, false));
        cue.map(|cue| (at, cue))
    })?;
    let (last, speakers) = first_party(sentence, 0, memory)?;
    (last < verb).then_some(Found::new(verb, 0, speakers, cue, Rule::Hanging))
}

/// "GreyHeron put Acme on its leak site", "the gang gave Acme until Friday": what a crew does before the world says something.
fn deed(sentence: &Sentence<'_>, memory: &Memory) -> Option<Found> {
    if let Some(found) = posted(sentence) {
        return Some(found);
    }
    (1..sentence.tokens.len().min(DEED_REACH)).find_map(|verb| {
        let soon = |list: &[&str]| (verb + 1..verb + 14).any(|n| list.contains(&sentence.word(n)));
        let shows = match sentence.word(verb) {
            // That data are out is the story's to tell; to list a victim or to put data up for sale is to claim.
            "posted" | "listed" | "added" | "named" | "put" | "posting" => {
                soon(&["site", "portal", "list", "victims", "blog", "forum", "sale", "proof"]) || soon(SHOWN)
            }
            "published" | "shared" | "uploaded" | "released" | "approached" | "contacted" | "emailed" => soon(SHOWN),
            "raised" | "raising" | "increased" => soon(&["demand", "ransom"]),
            "gave" | "set" | "extended" => soon(&["deadline", "hours", "days", "until"]),
            "plans" | "plan" | "intends" | "vowed" | "promised" => {
                soon(&["release", "publish", "leak", "sell", "dump"])
            }
            _ => false,
        };
        let helpers = helpers_before(sentence, verb);
        let denied = (helpers.from..verb).any(|at| lexicon::negates(sentence.word(at)));
        if !shows || denied || helpers.passive || sentence.party[verb].is_some() {
            return None;
        }
        let (from, speakers) = subject_before(sentence, helpers.from, memory)?;
        let crew =
            speakers.iter().all(|s| s.kind == PartyKind::Actor) && !is_unreal(sentence, from, helpers.from, verb);
        let found = Found::new(verb, from, speakers, Cue::Offers, Rule::Deed);
        crew.then_some(found)
    })
}

/// "A post on the crew's blog showed that": what stands where crews post is a crew's, named there or not.
fn posted(sentence: &Sentence<'_>) -> Option<Found> {
    let noun = (0..sentence.tokens.len().min(POST_REACH)).find(|&at| {
        matches!(sentence.word(at), "post" | "listing" | "thread" | "message" | "note" | "claim" | "page")
            && matches!(sentence.word(at + 1), "on" | "in" | "to" | "at")
    })?;
    let told = (noun + 2..sentence.tokens.len().min(noun + POST_REACH)).find(|&at| {
        matches!(
            sentence.word(at),
            "showed" | "shows" | "said" | "says" | "claimed" | "claims" | "appeared" | "appears" | "included" | "had"
        ) && sentence.party[at].is_none()
    })?;
    let actor =
        (noun + 2..told).filter_map(|at| sentence.party[at]).find(|&p| sentence.cast.kind(p) == PartyKind::Actor);
    let underground = (noun + 2..told).any(|at| {
        matches!(
            sentence.word(at),
            "dark"
                | "darknet"
                | "leak"
                | "underground"
                | "hacking"
                | "hacker"
                | "hackers"
                | "cybercrime"
                | "extortion"
                | "pastebin"
                | "breachforums"
                | "raidforums"
        )
    });
    // "The firm's post on the forum" is the firm's.
    let owned = (0..noun).any(|at| sentence.party[at].is_some() || lexicon::cue(sentence.word(at)).is_some());
    if owned || actor.is_none() && !underground {
        return None;
    }
    let known = actor.or_else(|| match sentence.cast.of_kind(PartyKind::Actor) {
        [only] => Some(*only),
        _ => None,
    });
    let speaker = sentence.writer_of_a_post(known);
    Some(Found::new(told, 0, vec![speaker], Cue::Offers, Rule::Deed))
}

/// How far into its sentence a post is looked for, and how far behind it its verb may stand, in tokens.
const POST_REACH: usize = 14;

/// What a crew holds out to be believed and bought.
const SHOWN: &[&str] = &[
    "sample",
    "samples",
    "screenshot",
    "screenshots",
    "listing",
    "thread",
    "advert",
    "advertisement",
    "ad",
    "selling",
];

/// How far into its sentence a deed is looked for, in tokens.
const DEED_REACH: usize = 40;

/// "Acme's denial that …", "the claim by GreyHeron that …".
fn nominal(sentence: &Sentence<'_>, memory: &Memory) -> Option<Found> {
    (1..sentence.tokens.len()).find_map(|at| {
        let cue = match sentence.word(at) {
            "denial" => Cue::Denies,
            "admission" | "confirmation" | "acknowledgement" | "acknowledgment" => Cue::Confirms,
            "claim" | "assertion" | "allegation" | "boast" => Cue::Claims,
            "insistence" | "assurance" => Cue::Says,
            _ => return None,
        };
        let owned = sentence.tokens[at - 1].shape == Shape::Possessive && sentence.word(at + 1) == "that";
        // "The claim by GreyHeron that".
        let by = || {
            let by = (sentence.word(at + 1) == "by").then(|| phrase_from(sentence, at + 2, memory)).flatten()?;
            (sentence.word(by.0 + 1) == "that").then_some(by)
        };
        let (_, speakers) = owned
            .then(|| at.checked_sub(2))
            .flatten()
            .and_then(|last| phrase_ending(sentence, last, memory))
            .or_else(by)?;
        Some(Found::new(at, 0, speakers, cue, Rule::Nominal))
    })
}

/// A quotation of a clause's length in a sentence that names somebody.
fn quote_near(sentence: &Sentence<'_>, memory: &Memory) -> Option<Found> {
    let long = sentence.tokens.iter().position(|t| t.shape == Shape::Quote && t.span.end - t.span.start > 40)?;
    let outside = sentence.tokens.iter().filter(|t| t.shape == Shape::Word).count();
    if outside < 3 {
        return None;
    }
    let (_, speakers) = first_party(sentence, 0, memory)?;
    Some(Found::new(long, 0, speakers, Cue::Says, Rule::QuoteNear))
}

/// A quotation or a colon right after the verb, perhaps with an addressee between.
fn quote_follows(sentence: &Sentence<'_>, verb: usize) -> bool {
    (verb + 1..(verb + 9).min(sentence.tokens.len())).any(|at| sentence.tokens[at].shape == Shape::Quote)
}

/// Whether "subject verb" ends what came before: ", the firm said." or "…” the firm said".
fn closes_sentence(sentence: &Sentence<'_>, from: usize, verb: usize) -> bool {
    let after_content =
        from > 0 && sentence.tokens.get(from - 1).is_some_and(|t| t.shape == Shape::Quote || t.is_mark(","));
    let money = |t: &str| matches!(t, "$" | "€" | "£");
    let ends = sentence
        .tokens
        .get(verb + 1)
        .is_none_or(|t| t.shape == Shape::Mark && !money(&t.lower) || t.shape == Shape::Quote)
        || matches!(sentence.word(verb), "told" | "tells")
        || closes_with_where(sentence, verb + 1);
    let quoted = from > 0 && sentence.tokens[from - 1].shape == Shape::Quote;
    after_content && (ends || quoted)
}

/// ", the firm said in a statement on Monday.": nothing but where and when follows.
fn closes_with_where(sentence: &Sentence<'_>, from: usize) -> bool {
    let rest = from..sentence.tokens.len();
    let where_or_when = lexicon::preposition(sentence.word(from))
        && !matches!(sentence.word(from), "of" | "about" | "for")
        || is_time_phrase(sentence, from);
    where_or_when
        && rest.len() <= 9
        && rest.clone().all(|at| {
            let token = &sentence.tokens[at];
            (token.shape != Shape::Mark || token.is_mark("."))
                && !lexicon::auxiliary(&token.lower)
                && token.shape != Shape::Quote
        })
        && rest.clone().all(|at| lexicon::cue(sentence.word(at)).is_none() && !lexicon::opens_clause(sentence.word(at)))
}

/// "…, a claim the company has denied": what is added about a claim speaks for itself.
fn apposed(sentence: &Sentence<'_>, memory: &Memory) -> Option<Found> {
    (2..sentence.tokens.len()).find_map(|noun| {
        let claim = matches!(
            sentence.word(noun),
            "claim"
                | "allegation"
                | "accusation"
                | "charge"
                | "suggestion"
                | "assertion"
                | "demand"
                | "claims"
                | "allegations"
        );
        let article = noun - usize::from(matches!(sentence.word(noun - 1), "a" | "an"));
        let added = claim && article > 0 && (sentence.tokens[article - 1].sets_apart());
        if !added {
            return None;
        }
        let first = noun + 1 + usize::from(matches!(sentence.word(noun + 1), "that" | "which"));
        // "A claim now denied by Acme".
        let by = (noun + 1..sentence.tokens.len().min(noun + 5)).find(|&at| {
            sentence.word(at + 1) == "by"
                && matches!(
                    sentence.word(at),
                    "denied" | "disputed" | "rejected" | "refuted" | "dismissed" | "dispelled"
                )
        });
        if let Some((verb, (_, speakers))) = by.and_then(|at| Some((at, phrase_from(sentence, at + 2, memory)?))) {
            let cue = if sentence.word(verb) == "denied" { Cue::Denies } else { Cue::Disputes };
            return Some(Found { nested: true, ..Found::new(verb, article, speakers, cue, Rule::Passive) });
        }
        let verb = (first + 1..sentence.tokens.len().min(first + 9))
            .find(|&at| matches!(lexicon::cue(sentence.word(at)), Some(Cue::Denies | Cue::Disputes)))?;
        let helpers = helpers_before(sentence, verb);
        let speakers = sentence.speakers(first, helpers.from.checked_sub(1).filter(|&last| last >= first)?, memory);
        // To turn down a demand denies nothing.
        let cue = if sentence.word(noun) == "demand" { Cue::Says } else { lexicon::cue(sentence.word(verb))? };
        let negated = (helpers.from..verb).any(|at| lexicon::negates(sentence.word(at)));
        (!speakers.is_empty() && !helpers.passive && !negated)
            .then(|| Found { nested: true, ..Found::new(verb, article, speakers, cue, Rule::Indirect) })
    })
}

/// Which of the verbs govern the sentence. A verb inside what another says is part of what is said, not a statement of its own.
fn govern(sentence: &Sentence<'_>, mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by_key(|f| f.verb);
    // "After it claimed the files, the firm denied it": the clause that opens the sentence is not what the sentence says.
    if matches!(sentence.word(0), "after" | "following" | "before" | "since" | "despite")
        && let Some(main) = found.iter().position(|f| {
            f.from > 1 && sentence.tokens[f.from - 1].is_mark(",") && f.rule != Rule::AccordingTo && !f.closing
        })
        && found[..main].iter().all(|f| f.speakers.iter().all(|s| s.known >= Known::Role))
    {
        found.drain(..main);
    }
    // "While it did not name the supplier, it said": the silence that opens the sentence is of who goes on to speak.
    if matches!(sentence.word(0), "while" | "although" | "though")
        && let [silence, main, ..] = found.as_slice()
        && silence.cue == Cue::Declines
        && main.from > 1
        && sentence.tokens[main.from - 1].is_mark(",")
        && silence.speakers == main.speakers
    {
        found.remove(0);
    }
    // "Acme said, The Log reported": the outlet passes on what Acme said.
    let press = |f: &Found| f.speakers.iter().all(|s| s.kind == PartyKind::Press);
    let speaks = |f: &Found| !press(f) && f.rule != Rule::AccordingTo && f.cue != Cue::Offers;
    if found.iter().any(speaks) {
        let (passing, mut kept): (Vec<Found>, Vec<Found>) = found.into_iter().partition(|f| f.closing && press(f));
        let relays: Vec<Speaker> = passing.into_iter().flat_map(|f| f.speakers).collect();
        kept.iter_mut().filter(|f| speaks(f)).take(1).for_each(|f| f.relays.clone_from(&relays));
        found = kept;
    }
    // "According to The Log, Acme said", "The Log reported that Acme said": the same, the outlet first.
    let passes_on = |f: &Found| {
        press(f) && !f.negated && (f.rule == Rule::AccordingTo || matches!(f.cue, Cue::Reports | Cue::Says))
    };
    if let [outlet, inside, ..] = found.as_slice()
        && passes_on(outlet)
        && speaks(inside)
        && inside.speakers.iter().all(|s| s.kind != PartyKind::Actor && s.party.is_some())
        && (inside.from <= outlet.verb + 3
            || sentence.word(inside.from - 1) == "that"
            || outlet.rule == Rule::AccordingTo)
    {
        let outlet = found.remove(0);
        found[0].from = found[0].from.min(outlet.from);
        found[0].relays = outlet.speakers;
    }
    if let Some(closing) = found.iter().position(|f| f.closing && f.rule != Rule::AccordingTo) {
        let separate = found[..closing].iter().any(|f| f.rule == Rule::Quote);
        if !separate {
            return vec![found.swap_remove(closing)];
        }
    }
    // "The hackers want a million, according to Acme": Acme tells of them.
    if let Some(told) = found.iter().position(|f| f.rule == Rule::AccordingTo && f.closing)
        && found.len() > 1
        && found.iter().all(|f| f.rule == Rule::AccordingTo || f.speakers.iter().all(|s| s.kind == PartyKind::Actor))
        && found[told].speakers.iter().all(|s| s.kind != PartyKind::Actor)
    {
        return vec![found.swap_remove(told)];
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
        // "According to The Log, rumours came up where a hacker claimed": an outlet tells where a crew said so.
        let contrasted = contrasted
            || last.rule == Rule::AccordingTo
                && press(last)
                && next.cue == Cue::Claims
                && next.speakers.iter().all(|s| s.kind == PartyKind::Actor);
        let crew = next.speakers.iter().all(|s| s.kind == PartyKind::Actor)
            && !last.speakers.iter().any(|s| s.kind == PartyKind::Actor);
        let after = next.from > last.verb + 1
            && (matches!(sentence.word(next.from - 1), "after" | "as" | "when")
                || sentence.word(next.from - 1) == "that" && sentence.word(next.from - 2) == "aware");
        if crew
            && after
            && matches!(next.cue, Cue::Claims | Cue::Offers | Cue::Reports | Cue::Says)
            && next.rule == Rule::Indirect
        {
            governing.push(Found { nested: true, ..next });
            continue;
        }
        // "…, which the company denied": somebody else's word about what was told.
        let which = next.from > 1
            && sentence.word(next.from - 1) == "which"
            && sentence.tokens[next.from - 2].is_mark(",")
            && next.rule == Rule::Indirect
            && next.speakers.iter().all(|s| s.party.is_some() && last.speakers.iter().all(|l| l.party != s.party));
        if which {
            governing.push(Found { nested: true, from: next.from - 1, ..next });
            continue;
        }
        let same = last.speakers.iter().any(|s| next.speakers.iter().any(|n| n.party.is_some() && n.party == s.party));
        // After a semicolon even the same speaker says another thing.
        let parted = (last.verb..next.from).any(|at| sentence.tokens[at].is_mark(";")) && last.cue == Cue::Declines;
        if contrasted && (!same || parted) && next.rule != Rule::AccordingTo {
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
            let from = sentence.tokens.get(f.from).map_or(span.start, |t| t.span.start);
            // "This was not borne out: Acme denied it": what the colon ends is the reporter's.
            let colon = f.from > 0 && !f.closing && sentence.tokens[f.from - 1].is_mark(":");
            if n == 0 && !colon && !f.nested { span.start } else { from }
        })
        .collect();
    let governing_nested: Vec<bool> = governing.iter().map(|f| f.nested).collect();
    let mut cuts = Vec::new();
    for (n, f) in governing.into_iter().enumerate() {
        let next =
            governing_nested.iter().enumerate().skip(n + 1).find(|(_, nested)| !**nested).map(|(at, _)| starts[at]);
        let mut end = match next {
            _ if f.nested => clause_end(sentence, f.verb, next.unwrap_or(span.end)),
            Some(next) => sentence
                .tokens
                .iter()
                .rev()
                .find(|t| {
                    t.span.end <= next
                        && !t.sets_apart()
                        && t.shape != Shape::Mark
                        && !matches!(t.lower.as_str(), "while" | "but" | "although" | "though" | "whereas" | "and")
                })
                .map_or(next, |t| t.span.end),
            None => span.end,
        };
        if starts.get(n + 1).is_none() && !f.closing {
            end = before_contrast(sentence, &f).unwrap_or(end);
        }
        if end > starts[n] {
            // What closes the sentence in another's mouth is no part of what this one says.
            let until = starts
                .get(n + 1)
                .copied()
                .filter(|&next| governing_nested.get(n + 1) == Some(&true) && !f.nested && next > starts[n])
                .filter(|&next| text_of(sentence, next).is_some_and(|word| word == "which"))
                .map_or(end, |next| next.min(end));
            let until = match starts.get(n + 1).and_then(|&next| after_which(sentence, next)) {
                Some(cut) if !f.nested && cut > starts[n] => until.min(cut),
                _ => until,
            };
            cuts.push(Attribution {
                until,
                nested: f.nested,
                speakers: f.speakers,
                cue: f.cue,
                negated: f.negated,
                rule: f.rule,
                relays: f.relays,
                word: sentence.tokens.get(f.verb).map_or(span, |t| t.span),
                span: Span { start: starts[n], end },
            });
        }
    }
    cuts
}

/// "Acme denied it after GreyHeron claimed": where the first clause ends, if the second begins at `next`.
fn after_which(sentence: &Sentence<'_>, next: usize) -> Option<usize> {
    let at = sentence.tokens.iter().position(|t| t.span.start == next)?;
    let before = at.checked_sub(2).filter(|_| sentence.word(at - 1) == "after")?;
    let last = if sentence.tokens[before].sets_apart() { before.checked_sub(1)? } else { before };
    Some(sentence.tokens[last].span.end)
}

/// The word that begins at this place.
fn text_of<'s>(sentence: &'s Sentence<'_>, start: usize) -> Option<&'s str> {
    sentence.tokens.iter().find(|t| t.span.start == start).map(|t| t.lower.as_str())
}

/// Where the clause of the verb ends: at a comma with a subject of its own behind it, or with the sentence.
fn clause_end(sentence: &Sentence<'_>, verb: usize, end: usize) -> usize {
    let cut = (verb + 2..sentence.tokens.len()).find(|&at| {
        let token = &sentence.tokens[at];
        token.span.end < end
            && (token.is_mark(";")
                || token.is_mark(",")
                    && matches!(sentence.word(at + 1), "but" | "while" | "although" | "though" | "according"))
    });
    cut.map_or(end, |at| sentence.tokens[at - 1].span.end)
}

/// "Acme denied it, although Bolt had indeed been hit": the reporter's own contrast about somebody else.
fn before_contrast(sentence: &Sentence<'_>, found: &Found) -> Option<usize> {
    let at = (found.verb + 2..sentence.tokens.len().saturating_sub(2)).find(|&at| {
        matches!(sentence.word(at), "although" | "though" | "while" | "whereas") && sentence.tokens[at - 1].sets_apart()
    })?;
    let other = sentence.party[at + 1].is_some_and(|p| found.speakers.iter().all(|s| s.party != Some(p)));
    let quoted_after = sentence.tokens[at..].iter().any(|t| t.shape == Shape::Quote);
    (other && !quoted_after).then(|| sentence.tokens[at - 2].span.end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::About;
    use crate::read::entities::cast;
    use crate::read::names::Gazetteer;
    use crate::read::speech::{pages, sentence_of};

    const BEFORE: &str = "A gang going by GreyHeron breached Brightwell. Brightwell denied it. Tarnwell, a threat intelligence firm, said so. The theft hurt Oakvale, and Oakvale denied it.\n";

    fn of(said: &str) -> Vec<(Vec<String>, Rule, String)> {
        let text = format!("{BEFORE}{said}");
        let pages = pages(&text);
        let cast = cast(&text, &pages, &About::default(), &Gazetteer::built_in());
        let span = Span { start: BEFORE.len(), end: text.len() };
        let mut memory = Memory::default();
        memory.hear_names(&cast, Span { start: 0, end: BEFORE.len() });
        let found = attributions(&sentence_of(&text, &cast, span, &pages[1].quotes), span, &memory);
        found
            .into_iter()
            .map(|a| {
                (
                    a.speakers.into_iter().map(|s| s.name).collect(),
                    a.rule,
                    a.span.of(&text).unwrap_or_default().to_owned(),
                )
            })
            .collect()
    }

    fn cue_of(said: &str) -> Option<Cue> {
        let text = format!("{BEFORE}{said}");
        let pages = pages(&text);
        let cast = cast(&text, &pages, &About::default(), &Gazetteer::built_in());
        let span = Span { start: BEFORE.len(), end: text.len() };
        let found = attributions(&sentence_of(&text, &cast, span, &[]), span, &Memory::default());
        found.first().map(|a| a.cue)
    }

    #[test]
    fn each_rule_finds_its_form() {
        for (said, speaker, rule) in [
            ("“It is not ours at all, and never was,” said Tarnwell.", "Tarnwell", Rule::Quote),
            ("Brightwell, which makes locks, has since admitted the theft.", "Brightwell", Rule::Indirect),
            ("The files are old, according to Tarnwell.", "Tarnwell", Rule::AccordingTo),
            ("The sale was first reported by Tarnwell.", "Tarnwell", Rule::Passive),
            ("GreyHeron put up a page, saying that the files will follow.", "GreyHeron", Rule::Hanging),
            ("By its own account, the gang spent months inside.", "GreyHeron", Rule::OwnAccount),
            ("A notorious gang, GreyHeron, says it hacked the firm.", "GreyHeron", Rule::Indirect),
            ("Brightwell has yet to respond.", "Brightwell", Rule::Indirect),
            ("Brightwell said nothing about it.", "Brightwell", Rule::Indirect),
            ("The theft has been denied this week by Brightwell.", "Brightwell", Rule::Passive),
            ("Much of it is old, Tarnwell said by phone.", "Tarnwell", Rule::Indirect),
            ("Brightwell released a statement saying that its systems are safe.", "Brightwell", Rule::Indirect),
            ("Brightwell sent a team to find out who did it.", "Brightwell", Rule::Indirect),
            ("Brightwell is working with the police to investigate it.", "Brightwell", Rule::Indirect),
            ("Many heard the claim by GreyHeron that it holds files.", "GreyHeron", Rule::Nominal),
            ("In its channel, the gang posted three screenshots of a database.", "GreyHeron", Rule::Deed),
            ("A blog post on the dark web showed files of the maker.", "GreyHeron", Rule::Deed),
            ("The post on GreyHeron’s blog had a clock on it.", "GreyHeron", Rule::Deed),
            ("On Friday a gang known as ‘GreyHeron’ claimed to have breached both.", "GreyHeron", Rule::Indirect),
            ("On its site a user named “GreyHeron” announced the sale.", "GreyHeron", Rule::Indirect),
            ("Brightwell bosses said that it was late.", "Brightwell", Rule::Indirect),
            ("While it did not name the supplier, Brightwell said it was told.", "Brightwell", Rule::Indirect),
        ] {
            let found = of(said);
            assert_eq!(
                found.iter().map(|f| (f.0.join("+"), f.1)).collect::<Vec<_>>(),
                [(speaker.to_owned(), rule)],
                "{said}"
            );
        }
    }

    #[test]
    fn what_is_reported_inside_a_report_is_no_statement_of_its_own() {
        let found = of("Tarnwell reported that GreyHeron claims to hold files.");
        assert_eq!(found.iter().map(|f| f.0.join("+")).collect::<Vec<_>>(), ["Tarnwell"]);
    }

    #[test]
    fn two_subjects_of_one_verb_share_it_and_contrasts_part_the_sentence() {
        assert_eq!(of("Brightwell and Oakvale denied the theft.")[0].0, ["Brightwell", "Oakvale"]);
        let parted = of("Tarnwell said that it is true, while Brightwell denied it.");
        assert_eq!(
            parted.iter().map(|f| f.2.as_str()).collect::<Vec<_>>(),
            ["Tarnwell said that it is true", "Brightwell denied it."]
        );
    }

    #[test]
    fn what_is_said_in_passing_is_a_statement_of_its_own() {
        let of = |said: &str| of(said).into_iter().map(|f| (f.0.join("+"), f.2)).collect::<Vec<_>>();
        let two = |said: &str, inner: (&str, &str)| {
            let found = of(said);
            assert_eq!(found.len(), 2, "{found:?}");
            assert_eq!((found[1].0.as_str(), found[1].1.as_str()), inner);
        };
        two(
            "Tarnwell said the files came from Brightwell, a claim Brightwell has denied.",
            ("Brightwell", "a claim Brightwell has denied."),
        );
        two(
            "Tarnwell said the files came from a supplier, which Brightwell has denied.",
            ("Brightwell", "which Brightwell has denied."),
        );
        let main = of(
            "After leaking the files that it claimed came from Oakvale, the gang was told that Brightwell denied it.",
        );
        assert!(main.iter().all(|f| f.0 != "Oakvale"), "{main:?}");
    }

    #[test]
    fn papers_speak_for_their_house_and_platforms_for_nobody() {
        for (said, speaker) in [
            (
                "A further statement made by Brightwell on its site read: “No passwords were in any of the files.”",
                "Brightwell",
            ),
            (
                "Taking the stage, Brightwell CEO Ann Lee, said: “You will hear from us about this.”",
                "Ann Lee (Brightwell)",
            ),
            ("The Brightwell Twitter account explained that nothing happened.", "Brightwell"),
        ] {
            assert_eq!(of(said).iter().map(|f| f.0.join("+")).collect::<Vec<_>>(), [speaker], "{said}");
        }
    }

    #[test]
    fn nouns_and_infinitives_are_no_verbs_of_speaking() {
        assert_eq!(of("The firm's claims were many, and it came to say more.").len(), 0);
        assert_eq!(of("GreyHeron's report was long.").len(), 0);
    }

    #[test]
    fn who_sets_out_to_do_something_else_or_did_not_looks_into_nothing() {
        for said in [
            "Brightwell sent a team to find the door.",
            "Brightwell was sent a letter to find out who did it.",
            "Brightwell is not working with the police to investigate it.",
            "Brightwell hired a firm to determine the price of locks.",
            "The post on the door had a picture of a lock.",
            "Brightwell’s post on the dark web of rumours had many readers.",
        ] {
            assert_eq!(of(said).len(), 0, "{said}");
        }
    }

    #[test]
    fn two_houses_are_both_and_neither_and_nothing_is_silence() {
        let of = |said: &str| of(said).into_iter().map(|f| f.0.join("+")).collect::<Vec<_>>();
        assert_eq!(of("Neither had responded by Monday."), ["Tarnwell+Oakvale"]);
        assert_eq!(of("Both companies have confirmed the theft."), ["Tarnwell+Oakvale"]);
        assert_eq!(of("Neither company confirmed the theft."), ["Tarnwell+Oakvale"]);
        assert_eq!(cue_of("Brightwell said nothing."), Some(Cue::Declines));
        assert_eq!(cue_of("Brightwell said nothing was taken."), Some(Cue::Says));
        assert_eq!(cue_of("Neither company confirmed the theft."), Some(Cue::Declines));
    }

    #[test]
    fn what_was_denied_by_another_is_its_word() {
        let found = of("Tarnwell said the files came from Brightwell, a claim now denied by Brightwell.");
        let last = found.last().map(|f| (f.0.join("+"), f.1));
        assert_eq!(last, Some(("Brightwell".to_owned(), Rule::Passive)), "{found:?}");
    }
}
