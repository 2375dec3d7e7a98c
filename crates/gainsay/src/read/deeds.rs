//! Who does what to whom: the verbs of breaking in, taking and selling make a crew of their subject; the verbs of watching and
//! warning make a researcher of theirs. What merely stands beside such a verb is neither.

use crate::claim::PartyKind;
use crate::read::cues::helpers_before;
use crate::read::entities::{Cast, Class};
use crate::read::lexicon::{self, Cue};
use crate::read::speech::{Page, sentence_of};
use crate::read::subject::Sentence;
use crate::read::tokens::Shape;

/// Points of [`strike`] from which a name that nobody knows is a crew.
const CREW_AT: u32 = 4;

/// How far behind a verb its object is looked for, in tokens.
const OBJECT_REACH: usize = 12;

/// How much of what is told is looked at, in tokens: a sentence may be as long as the text.
const TOLD_REACH: usize = 60;

/// Adds to each party's evidence what its deeds say, and makes crews of those who break in, take and sell.
pub(super) fn weigh(text: &str, pages: &[Page], cast: &mut Cast) {
    let mut strikes = vec![0u32; cast.parties.len()];
    each_sentence(text, pages, cast, |sentence| {
        for verb in 0..sentence.tokens.len() {
            let points = strike(sentence, verb);
            if let Some(party) = (points > 0).then(|| subject(sentence, verb)).flatten() {
                strikes[party] += points;
            }
        }
    });
    for (party, points) in cast.parties.iter_mut().zip(strikes) {
        let told = &party.evidence;
        // The names that the gazetteer knows are what it says they are.
        let unknown = party.class == Class::Organisation && party.known.is_none();
        let points = points.saturating_add(told.actor);
        if unknown && points >= CREW_AT && points > told.victim && points > told.organisation + told.researcher {
            party.class = Class::Actor;
            party.kind = PartyKind::Actor;
        }
    }
    let mut watches = vec![0u32; cast.parties.len()];
    each_sentence(text, pages, cast, |sentence| {
        for verb in 0..sentence.tokens.len() {
            if let Some((party, points)) = watch(sentence, verb) {
                watches[party] += points;
            }
        }
    });
    for (party, points) in cast.parties.iter_mut().zip(watches) {
        party.evidence.researcher = party.evidence.researcher.saturating_add(points);
    }
}

fn each_sentence(text: &str, pages: &[Page], cast: &Cast, mut look: impl FnMut(&Sentence<'_>)) {
    for page in pages.iter().filter(|p| !p.paragraph.short) {
        for &span in &page.sentences {
            look(&sentence_of(text, cast, span, &page.quotes));
        }
    }
}

/// How much a verb makes a crew of its subject.
fn strike(sentence: &Sentence<'_>, verb: usize) -> u32 {
    let next = |n: usize| sentence.word(verb + n);
    if sentence.party[verb].is_some() || sentence.tokens[verb].shape != Shape::Word {
        return 0;
    }
    let helpers = helpers_before(sentence, verb);
    let denied = (helpers.from..verb).any(|at| lexicon::negates(sentence.word(at)));
    if helpers.passive || denied {
        return 0;
    }
    let of_data = || data_follows(sentence, verb);
    match sentence.word(verb) {
        "was" | "were" | "is"
            if next(1) == "behind"
                && (2..6).any(|n| {
                    matches!(next(n), "attack" | "breach" | "hack" | "theft" | "leak" | "incident" | "intrusion")
                }) =>
        {
            3
        }
        "gave" | "given" if (1..9).any(|n| matches!(next(n), "hours" | "days" | "deadline" | "until")) => 2,
        "breached" | "hacked" | "compromised" | "encrypted" | "infiltrated" | "penetrated" | "extorted" | "stole"
        | "steals" | "exfiltrated" | "ransomed"
            if object_follows(sentence, verb + 1) =>
        {
            3
        }
        "broke" | "breaks" | "got" | "gets" | "hacked" | "broken"
            if next(1) == "into" && object_follows(sentence, verb + 2) =>
        {
            3
        }
        "gained" if next(1) == "access" || next(2) == "access" => 2,
        "entered" if house_follows(sentence, verb) => 2,
        "leaked" | "dumped" | "copied" | "took" if of_data() => 2,
        "sells" | "sold" | "selling" | "offers" | "offered" | "offering" | "advertised" | "advertises"
        | "advertising" | "auctioned" | "auctioning"
            if of_data() =>
        {
            3
        }
        // To claim a theft as one's own work is a crew's alone.
        "claims" | "claimed"
            if next(1) == "to"
                && next(2) == "have"
                && matches!(next(3), "stolen" | "breached" | "hacked" | "infiltrated" | "exfiltrated") =>
        {
            CREW_AT
        }
        "claims" | "claimed" if of_data() || next(1) == "to" && matches!(next(2), "have" | "hold" | "be") => 2,
        // "Listed Acme as a victim", "added Acme to its leak site".
        "listed" | "lists" | "added" | "adds" | "posted" | "named" | "published" | "put"
            if on_its_site(sentence, verb) =>
        {
            CREW_AT
        }
        // "Says it holds the source code of Acme".
        "holds" | "hold" | "has" | "possesses" | "obtained" | "encrypted" | "took" | "accessed"
            if of_anothers_data(sentence, verb) =>
        {
            CREW_AT
        }
        "wants" | "seeks" | "asking" | "seeking"
            if (1..4).any(|n| next(n).starts_with('$') || matches!(next(n), "$" | "€" | "£")) =>
        {
            2
        }
        "boasted" | "bragged" | "boasts" | "brags" => 2,
        "demanded" | "demands" | "asks" if follows(sentence, verb, |w| w == "ransom" || w.starts_with('$')) => 2,
        "threatened" | "threatens"
            if follows(sentence, verb, |w| matches!(w, "publish" | "leak" | "release" | "sell" | "dump")) =>
        {
            3
        }
        _ => 0,
    }
}

/// A leak site or a list of victims, its own.
fn on_its_site(sentence: &Sentence<'_>, verb: usize) -> bool {
    let all = 0..sentence.tokens.len().min(verb + TOLD_REACH);
    let site = |at: usize| {
        matches!(
            sentence.word(at),
            "leak"
                | "extortion"
                | "tor"
                | "dark"
                | "onion"
                | "data-leak"
                | "shaming"
                | "victim"
                | "victims"
                | "darknet"
        ) && (at.saturating_sub(4)..at).any(|n| matches!(sentence.word(n), "its" | "their" | "his" | "a" | "the"))
    };
    let to_publish = |at: usize| {
        matches!(sentence.word(at), "as") && sentence.word(at + 1) == "a" && sentence.word(at + 2) == "victim"
    };
    all.clone().any(|at| {
        site(at)
            && matches!(
                sentence.word(at + 1),
                "site" | "web" | "blog" | "page" | "portal" | "list" | "leak" | "website"
            )
    }) || all.into_iter().any(to_publish)
}

/// "The source code of Acme", "Acme's customer data": data, and another's.
fn of_anothers_data(sentence: &Sentence<'_>, verb: usize) -> bool {
    let own = |at: usize| matches!(sentence.word(at), "its" | "their" | "our");
    let to = (verb + OBJECT_REACH).min(sentence.tokens.len());
    let data = (verb + 1..to).find(|&at| data_word(sentence.word(at)));
    let said = (verb.saturating_sub(5)..verb)
        .any(|at| lexicon::cue(sentence.word(at)).is_some_and(|c| c != Cue::Reports && c != Cue::Confirms));
    data.is_some_and(|data| {
        said && !(verb..data).any(own)
            && (verb + 1..to).any(|at| {
                sentence.party[at].is_some()
                    && (at > data
                        && (matches!(sentence.word(at - 1), "of" | "from" | "to" | "by" | "at")
                            || (data..at).any(|n| matches!(sentence.word(n), "of" | "from" | "belonging")))
                        || sentence.tokens.get(at + 1).is_some_and(|t| t.shape == Shape::Possessive))
            })
    })
}

/// A noun phrase starts here: "hacked the maker", and not "hacked by", "hacked in May".
fn object_follows(sentence: &Sentence<'_>, at: usize) -> bool {
    let Some(token) = sentence.tokens.get(at) else {
        return false;
    };
    // To break into a crew's own servers is the work of the police and of rivals.
    let crew = sentence.party[at].is_some_and(|p| sentence.cast.parties[p].class == Class::Actor);
    !crew
        && (sentence.party[at].is_some()
            || lexicon::determiner(&token.lower)
            || token.shape == Shape::Number
            || token.capital
            || lexicon::company_noun(&token.lower)
            || data_word(&token.lower)
            || matches!(token.lower.as_str(), "customer" | "source" | "internal" | "more" | "all"))
}

fn data_word(word: &str) -> bool {
    matches!(
        word,
        "data"
            | "code"
            | "files"
            | "records"
            | "database"
            | "databases"
            | "documents"
            | "credentials"
            | "passwords"
            | "terabytes"
            | "gigabytes"
            | "tb"
            | "gb"
            | "archive"
            | "blueprints"
            | "emails"
    )
}

fn data_follows(sentence: &Sentence<'_>, verb: usize) -> bool {
    follows(sentence, verb, data_word)
}

fn house_follows(sentence: &Sentence<'_>, verb: usize) -> bool {
    follows(sentence, verb, |w| {
        matches!(w, "network" | "networks" | "systems" | "system" | "servers" | "server" | "lab")
    })
}

/// A word of the kind stands among the verb's objects, in its own clause.
fn follows(sentence: &Sentence<'_>, verb: usize, is: impl Fn(&str) -> bool) -> bool {
    let to = (verb + OBJECT_REACH).min(sentence.tokens.len());
    (verb + 1..to)
        .take_while(|&at| {
            let word = sentence.word(at);
            !(sentence.tokens[at].is_mark(";") || lexicon::opens_clause(word) && at > verb + 1 && word != "that")
        })
        .any(|at| is(sentence.word(at)))
}

/// The party that is the subject of the verb: by name, over an insertion, or by a pronoun for who speaks in this sentence.
fn subject(sentence: &Sentence<'_>, verb: usize) -> Option<usize> {
    let mut at = helpers_before(sentence, verb).from.checked_sub(1)?;
    // "Was first to report".
    if sentence.word(at) == "to" && at > 1 && sentence.word(at - 1) == "first" {
        at = helpers_before(sentence, at - 1).from.checked_sub(1)?;
    }
    if matches!(sentence.word(at), "who" | "which") {
        at = at.checked_sub(1)?;
        if sentence.tokens[at].is_mark(",") {
            at = at.checked_sub(1)?;
        }
    }
    if let Some(party) = sentence.party[at] {
        return Some(party);
    }
    let token = &sentence.tokens[at];
    if token.is_mark(")") {
        return in_bracket(sentence, at);
    }
    if token.sets_apart() {
        let from = at.saturating_sub(25);
        let opens = |n: &usize| sentence.tokens[*n].lower == token.lower;
        return (from..at).rev().filter(opens).take(3).find_map(|open| {
            let before = open.checked_sub(1)?;
            let bracket = sentence.tokens[before].is_mark(")");
            sentence.party[if bracket { before.checked_sub(1)? } else { before }]
        });
    }
    let noun = token.lower.as_str();
    if matches!(noun, "it" | "they") {
        let speaks = |n: &usize| lexicon::cue(sentence.word(*n)).is_some() && sentence.party[*n].is_none();
        let cue = (at.saturating_sub(TOLD_REACH)..at).rev().find(speaks)?;
        let before = helpers_before(sentence, cue).from.checked_sub(1)?;
        return sentence.party[before].or_else(|| in_bracket(sentence, before));
    }
    if lexicon::researcher_noun(noun) || lexicon::person_noun(noun) || noun == "team" {
        let before = at.checked_sub(1)?;
        let owner = if sentence.tokens[before].shape == Shape::Possessive { before.checked_sub(1)? } else { before };
        return sentence.party[owner];
    }
    None
}

/// "Advanced Locks (AdLock)": the name in a bracket that ends at `at`.
fn in_bracket(sentence: &Sentence<'_>, at: usize) -> Option<usize> {
    let inside = at.checked_sub(1).filter(|_| sentence.tokens[at].is_mark(")"))?;
    sentence.party[inside]
}

/// How much a verb makes a researcher of its subject: it tells of a crew's doings that are no matter of its own house, or warns a company.
fn watch(sentence: &Sentence<'_>, verb: usize) -> Option<(usize, u32)> {
    if sentence.party[verb].is_some() || sentence.tokens[verb].shape != Shape::Word {
        return None;
    }
    let word = sentence.word(verb);
    let home = |p: usize| match sentence.cast.parties[p].class {
        Class::Person => sentence.cast.parties[p].home,
        Class::Organisation => Some(p),
        Class::Actor => None,
    };
    if word == "according" && sentence.word(verb + 1) == "to" {
        let party =
            (verb + 2..(verb + 6).min(sentence.tokens.len())).find_map(|at| sentence.party[at]).and_then(home)?;
        return tells_of_crew(sentence, verb + 2, party).then_some((party, 1));
    }
    let alerts = matches!(word, "warned" | "alerted" | "notified" | "tipped" | "contacted");
    let watches =
        matches!(word, "spotted" | "discovered" | "tracks" | "tracked" | "uncovered" | "monitors" | "monitored");
    let points = match lexicon::cue(word) {
        _ if alerts => 2,
        Some(Cue::Reports) => 2,
        _ if watches => 2,
        Some(Cue::Says | Cue::Tells | Cue::Claims) => 1,
        _ => return None,
    };
    if helpers_before(sentence, verb).passive {
        return None;
    }
    let party = subject(sentence, verb).and_then(home)?;
    let told = || {
        (verb + 1..(verb + 6).min(sentence.tokens.len())).find_map(|at| sentence.party[at]).is_some_and(|p| {
            let other = &sentence.cast.parties[p];
            p != party
                && other.class == Class::Organisation
                && matches!(other.kind, PartyKind::Other | PartyKind::Victim)
        })
    };
    if alerts && told() || tells_of_crew(sentence, verb + 1, party) {
        return Some((party, points));
    }
    None
}

/// What is told from token `from` on has a crew in it, and nothing of the teller's own house.
fn tells_of_crew(sentence: &Sentence<'_>, from: usize, teller: usize) -> bool {
    let mut crew = false;
    for at in from..(from + TOLD_REACH).min(sentence.tokens.len()) {
        let word = sentence.word(at);
        match sentence.party[at] {
            Some(p) if sentence.cast.parties[p].class == Class::Actor => crew = true,
            Some(p) if p == teller && at > from + 3 => return false,
            Some(_) => {}
            None => {
                if matches!(word, "our" | "us" | "we") {
                    return false;
                }
                let owned = matches!(word, "its" | "their");
                if owned && (at + 1..at + 4).any(|n| own_thing(sentence.word(n))) {
                    return false;
                }
                crew |= lexicon::actor_noun(word) && !matches!(word, "group" | "individual");
            }
        }
    }
    crew
}

fn own_thing(word: &str) -> bool {
    matches!(
        word,
        "systems"
            | "system"
            | "network"
            | "networks"
            | "servers"
            | "customers"
            | "lab"
            | "labs"
            | "data"
            | "environment"
    )
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::claim::About;
    use crate::read::entities::cast;
    use crate::read::names::Gazetteer;
    use crate::read::speech::pages;

    fn part(text: &str, name: &str) -> PartyKind {
        let cast = cast(text, &pages(text), &About::default(), &Gazetteer::built_in());
        cast.parties.iter().find(|p| p.name == name).unwrap().kind
    }

    #[test]
    fn who_breaks_in_takes_and_sells_is_a_crew() {
        for text in [
            "GreyHeron got into three makers of locks. GreyHeron claims 30 terabytes.",
            "GreyHeron says it broke into the bank. GreyHeron is selling customer records.",
            "GreyHeron, which hacked the school, is offering its files. GreyHeron threatened to publish them.",
        ] {
            assert_eq!(part(text, "GreyHeron"), PartyKind::Actor, "{text}");
        }
    }

    #[test]
    fn a_trade_a_passive_and_a_denial_make_no_crew() {
        for text in [
            "Brightwell sells locks. Brightwell said it offers safes. Brightwell claims to have the best of them.",
            "Brightwell was hacked and Brightwell was breached. Brightwell said so.",
            "Brightwell never stole data, and Brightwell has not hacked the school, Brightwell said.",
            "Brightwell got into trouble. Brightwell broke into tears. Brightwell said so.",
        ] {
            assert_ne!(part(text, "Brightwell"), PartyKind::Actor, "{text}");
        }
    }

    #[test]
    fn who_reports_and_warns_is_a_researcher_and_never_a_victim() {
        for text in [
            "A gang known as GreyHeron came. Tarnwell reported that GreyHeron stole files. Tarnwell warned Brightwell on Monday. Brightwell denied a breach of its systems.",
            "A gang known as GreyHeron came. Tarnwell discovered that GreyHeron got into the bank. Tarnwell revealed how the gang works.",
            "Researchers of Tarnwell say that the hackers copied source code of three makers.",
        ] {
            assert_eq!(part(text, "Tarnwell"), PartyKind::Researcher, "{text}");
        }
    }

    #[test]
    fn who_tells_of_its_own_house_is_no_researcher() {
        let text = "A gang known as GreyHeron came. Brightwell reported that GreyHeron got into its systems. Brightwell reported that the gang took our customers’ data.";
        assert_ne!(part(text, "Brightwell"), PartyKind::Researcher);
    }
}
