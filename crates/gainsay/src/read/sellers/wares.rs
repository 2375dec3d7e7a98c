//! What a sentence of a seller holds: whether it is a claim, whose data it is, which goods, proof and access it names.

use crate::claim::{FigureKind, Span};
use crate::read::amounts::{Amount, Unit};
use crate::read::names::{Gazetteer, NameKind};
use crate::read::words::Word;

use super::fields::Field;
use super::terms::{
    ACCESS, ACCESS_RUNS, BUSINESS, DEED_WORDS, DEEDS, DENIES, DOUBTS, ENDS, FROM, HEADS, HELD, INTENDS, LISTS, NEVER,
    NO_ITEM, NO_NAME, NO_PART, OWN, OWNED, PRICED, PROOF, REFUSES, SKIPPED, TALKS, THINGS, YOURS,
};

fn is(word: &Word, list: &[&str]) -> bool {
    list.contains(&word.text.as_str())
}

fn is_deed(word: &Word) -> bool {
    // A forum that is called after what it sells is no deed.
    (word.begins(DEEDS) || is(word, DEED_WORDS)) && !word.begins(&["breachforum", "leakbase", "dumps", "hacker"])
}

/// `If you do not pay`: a condition with a refusal in it.
fn threatens(words: &[Word]) -> bool {
    let refuses = ["don't", "not", "refuse", "ignore", "fail", "won't", "no", "keep", "не", "откажетесь"];
    words.iter().enumerate().any(|(place, w)| {
        is(w, &["if", "unless", "otherwise", "если", "иначе"])
            && (is(w, &["unless", "otherwise", "иначе"])
                || words
                    .get(place + 1..(place + 7).min(words.len()))
                    .is_some_and(|next| next.iter().any(|w| is(w, &refuses)) && next.iter().any(|w| is(w, YOURS))))
    })
}

/// Where a victim is told how to write: instructions, no claim.
fn instructs(words: &[Word]) -> bool {
    let forbids = words.first().is_some_and(|w| is(w, &["don't", "dont", "не"]))
        || matches!(words, [first, second, ..] if first.is("do") && second.is("not"));
    let calls = words.iter().take(3).any(|w| is(w, &["contact", "write", "email", "пишите"]))
        && words.iter().take(4).any(|w| is(w, &["us", "me", "нам"]));
    calls || forbids && !words.iter().any(|w| is(w, OWN))
        || words.iter().any(|w| is(w, &["torproject", "qtox"]))
        || words.windows(2).any(|w| matches!(w, [a, b] if a.is("tor") && b.is("browser") || is(a, &["contact", "write", "email"]) && is(b, &["us", "me"])))
            && !words.iter().any(|w| is(w, &["if", "unless", "don't", "если"]))
}

/// Whether somebody's own words assert, offer or threaten; what a leak site copies from the victim's own pages does not.
pub(super) fn claims(words: &[Word], amounts: &[Amount]) -> bool {
    let has = |list: &[&str]| words.iter().any(|w| is(w, list));
    if instructs(words) || words.len() <= 3 && words.last().is_some_and(|w| w.is(":")) {
        return false;
    }
    // A question asserts nothing, but where it names how much.
    if words.last().is_some_and(|w| w.is("?"))
        && !amounts.iter().any(|a| matches!(a.unit, Unit::Bytes(_)))
        && !sells_access(words)
    {
        return false;
    }
    let deed = words.iter().any(is_deed);
    let things = words.iter().any(|word| word.begins(THINGS));
    let measured = amounts.iter().any(|a| matches!(a.unit, Unit::Bytes(_)));
    let paid = amounts.iter().any(|a| matches!(a.unit, Unit::Money(_)));
    let (own, yours) = (has(OWN), has(YOURS));
    let threat = yours && threatens(words);
    let silent = has(&["not", "didn't", "haven't", "hasn't", "don't", "refused", "ignored", "ignore", "не", "refuse"])
        && words.iter().any(|w| w.begins(TALKS));
    measured
        || own && has(&["have", "hold", "got", "есть"]) && words.iter().any(|w| w.begins(HELD))
        || deed && (things || own || yours || words.len() <= 12 && !has(&["must", "should", "check", "can"]))
        || own && has(INTENDS)
        || own && words.iter().any(|w| w.begins(&["attack", "атак"]))
        || threat
        || silent
        || has(&["interested"]) && has(&["buying", "buy", "purchase", "purchasing"])
        || paid
            && has(&["send", "pay", "transfer", "need", "want", "price", "пришлите", "переведите", "отправьте", "цена"])
        || things && (own && yours || amounts.iter().any(|a| matches!(a.unit, Unit::Things { .. } | Unit::Money(_))))
        || things && has(&["available", "soon", "below", "lost", "потеряла"]) && !has(&["services", "solutions"])
        || has(&["here", "following"]) && things && yours
}

/// Whether it is sure to be a claim: a deed of their own, so many bytes, a sum to be paid.
pub(super) fn is_sure(words: &[Word], amounts: &[Amount]) -> bool {
    let own = words.iter().any(|w| is(w, OWN));
    let measured = amounts.iter().any(|a| matches!(a.unit, Unit::Bytes(_) | Unit::Money(_)));
    measured || own && words.iter().any(is_deed)
}

/// Whether a message of a chat says anything to the matter: a claim, a sum, a demand, a question about them.
pub(super) fn matters(words: &[Word], amounts: &[Amount]) -> bool {
    let many = words.iter().filter(|w| w.is_word()).count();
    let asks = words.last().is_some_and(|w| w.is("?"));
    claims(words, amounts)
        || is_about_money(amounts)
        || many >= 4 && words.iter().any(|w| is_deed(w) || w.begins(THINGS)) && !instructs(words)
        || many >= 6 && !asks && words.iter().any(|w| is(w, OWN)) && words.iter().any(|w| is(w, YOURS))
}

/// Whether sums or volumes are named.
pub(super) fn is_about_money(amounts: &[Amount]) -> bool {
    amounts.iter().any(|a| matches!(a.unit, Unit::Money(_) | Unit::Bytes(_)) || is_round(a))
}

/// `20k`: a number that is a sum where nothing else is said.
fn is_round(amount: &Amount) -> bool {
    amount.unit == Unit::Bare && amount.number.len() > 3 && amount.number.ends_with("000")
}

fn any_run(words: &[Word], runs: &[&[&str]]) -> bool {
    runs.iter().any(|run| words.windows(run.len()).any(|w| w.iter().zip(*run).all(|(word, want)| word.is(want))))
}

/// Whether the speaker declines to say.
pub(super) fn refuses(words: &[Word]) -> bool {
    any_run(words, REFUSES)
}

/// Whether an actor says that it was not them.
pub(super) fn denies(words: &[Word]) -> bool {
    any_run(words, DENIES)
}

/// Whether the other side of a chat doubts what it is told.
pub(super) fn doubts(words: &[Word]) -> bool {
    any_run(words, DOUBTS)
}

/// What a sum or a number of a seller's sentence is; `None` where it is the victim's business or nothing that counts.
pub(in crate::read) fn kind(words: &[Word], amount: &Amount) -> Option<FigureKind> {
    let before = words.get(amount.first.saturating_sub(3)..amount.first).unwrap_or_default();
    let after = words.get(amount.last + 1..(amount.last + 3).min(words.len())).unwrap_or_default();
    let business = before.iter().chain(after).any(|w| is(w, BUSINESS));
    let priced = words.iter().any(|w| is(w, PRICED));
    match &amount.unit {
        Unit::Bytes(_) => Some(FigureKind::Volume),
        _ if business => None,
        Unit::Money(_) if priced || words.len() <= 8 => Some(FigureKind::Price),
        Unit::Money(_) => Some(FigureKind::Money),
        Unit::Things { .. } => Some(FigureKind::Count),
        // `price 3k`, `start 5k, step 1k`: a bare number after the word.
        Unit::Bare => {
            let told = before.iter().any(|w| is(w, PRICED)) && amount.number.len() > 2;
            (told || words.len() <= 5 && is_round(amount)).then_some(FigureKind::Price)
        }
    }
}

/// `Start 1000$`, `Цена 3к`: a field without a colon.
pub(super) fn bare_field(words: &[Word]) -> Option<Field> {
    let field = match words.first()?.text.as_str() {
        "price" | "цена" | "ценник" | "стоимость" => Field::Price,
        "start" | "старт" => Field::Start,
        "step" | "шаг" => Field::Step,
        "blitz" | "блиц" => Field::Blitz,
        _ => return None,
    };
    let value = words.get(1)?;
    let number = value.text.starts_with(|c: char| c.is_ascii_digit()) || matches!(value.text.as_str(), "$" | "€");
    (number && words.len() <= 5).then_some(field)
}

/// `[SELL] Brightwell Systems: full source`: the name between a tag of sale and a colon.
fn tagged(text: &str, words: &[Word]) -> Option<Span> {
    let close = words.iter().take(6).position(|w| matches!(w.text.as_str(), "]" | ")"))?;
    let tag = words.get(..close)?;
    if !tag.first().is_some_and(|w| matches!(w.text.as_str(), "[" | "(")) || !tag.iter().any(is_deed) {
        return None;
    }
    let rest = words.get(close + 1..)?;
    let colon = rest.iter().take(8).position(|w| w.is(":"))?;
    let name = rest.get(..colon)?;
    let capital = |w: &Word| w.span.of(text).is_some_and(|w| w.starts_with(char::is_uppercase));
    let is_name = name.first().is_some_and(capital)
        && name
            .iter()
            .all(|w| w.is_word() && !is_deed(w) && !w.begins(THINGS) || matches!(w.text.as_str(), "." | "&" | "-"));
    is_name.then_some(Span { start: name.first()?.span.start, end: name.last()?.span.end })
}

/// The capitalised words right before what is taken from them.
fn owner(text: &str, words: &[Word]) -> Option<Span> {
    let capital =
        |w: &Word| w.is_word() && w.span.of(text).and_then(|w| w.chars().next()).is_some_and(char::is_uppercase);
    let mut loud = words.iter().filter(|w| w.is_word());
    // In a line of capitals they tell nothing.
    if loud.clone().count() > 2 && loud.all(|w| w.span.of(text).is_some_and(|w| !w.chars().any(char::is_lowercase))) {
        return None;
    }
    let place = (1..words.len()).find(|&place| {
        words.get(place).is_some_and(|w| is(w, OWNED))
            && words
                .get(place - 1)
                .is_some_and(|w| capital(w) && !is(w, NO_NAME) && !is(w, OWN) && !is(w, YOURS) && !is_deed(w))
            || words.get(place).is_some_and(|w| is(w, OWNED)) && is_domain_before(words, place)
    })?;
    let mut start = place - 1;
    while start > 0 && place - start < 6 {
        let joined = words
            .get(start - 1)
            .is_some_and(|w| w.is(".") && w.span.end == words.get(start).map_or(0, |w| w.span.start));
        let more = words.get(start - 1).is_some_and(|w| capital(w) && !is(w, NO_NAME) && !is_deed(w));
        match (joined, more) {
            (true, _) if start > 1 => start -= 2,
            (_, true) => start -= 1,
            _ => break,
        }
    }
    Some(Span { start: words.get(start)?.span.start, end: words.get(place - 1)?.span.end })
}

/// `brightwell.example database`: a name of the web before the place.
fn is_domain_before(words: &[Word], place: usize) -> bool {
    let parts = place.checked_sub(3).and_then(|from| words.get(from..place));
    parts.is_some_and(|parts| {
        matches!(parts, [name, dot, end] if dot.is(".") && name.is_word() && end.is_word() && name.span.end == dot.span.start && dot.span.end == end.span.start && end.text.chars().all(char::is_alphabetic))
    })
}

/// Whom a note is written to: `To the management of Brightwell`.
pub(super) fn addressee(words: &[Word]) -> Option<Span> {
    let place = words.windows(2).position(|w| matches!(w, [a, b] if is(a, &["management", "directors", "leadership", "ceo", "руководству", "руководство"]) && b.is("of") || a.is("руководству")));
    let place = place.filter(|&place| place <= 6)?;
    let after = if words.get(place + 1)?.is("of") { place + 2 } else { place + 1 };
    name_from(words, after)
}

/// The name by which somebody says who writes: `We are Grey Heron`, `это dustfinch`.
pub(super) fn signs(text: &str, words: &[Word]) -> Option<Span> {
    let capital =
        |w: &Word| w.is_word() && w.span.of(text).and_then(|w| w.chars().next()).is_some_and(char::is_uppercase);
    let place = words.windows(2).take(12).position(|w| {
        matches!(w, [a, b] if a.is("we") && b.is("are") || a.is("i") && b.is("am") || a.is("this") && b.is("is") || a.is("name") && b.is("is"))
    })?;
    let mut from = place + 2;
    while words.get(from).is_some_and(|w| is(w, &["the", "from", "called", "a"])) {
        from += 1;
    }
    let mut end = from;
    while words.get(end).is_some_and(|w| capital(w) && !is(w, &["selling", "ready", "team", "i", "we"]))
        && end - from < 4
    {
        end += 1;
    }
    Some(Span {
        start: words.get(from)?.span.start,
        end: words.get(end.checked_sub(1).filter(|_| end > from)?)?.span.end,
    })
}

/// Whether somebody tells of themselves.
pub(super) fn tells(words: &[Word]) -> bool {
    words.iter().any(|w| is(w, OWN) && !w.is("us"))
}

/// Whether somebody is spoken to.
pub(super) fn addresses(words: &[Word]) -> bool {
    words.iter().any(|w| is(w, YOURS) || w.is("you") || w.is("вы"))
}

/// A crew that the gazetteer knows, named as a team: `the Grey Heron Team`, `team Heron`.
pub(super) fn crew(text: &str, words: &[Word], names: &Gazetteer) -> Option<Span> {
    let team = ["team", "group", "gang", "ransomware", "crew", "blog", "support", "группа", "команда"];
    let place = words.iter().position(|w| is(w, &team))?;
    for from in place.saturating_sub(3)..place + 2 {
        for to in (from + 1..=(from + 3).min(words.len())).rev() {
            let (Some(first), Some(last)) = (words.get(from), words.get(to - 1)) else { continue };
            let span = Span { start: first.span.start, end: last.span.end };
            let known = span.of(text).and_then(|name| names.find(name));
            if known.is_some_and(|known| known.kind == NameKind::Actor) {
                return Some(span);
            }
        }
    }
    None
}

/// Whose data or network a sentence offers: as named, or as described.
pub(super) fn victim(text: &str, words: &[Word]) -> Option<Span> {
    let hacked = |w: &Word| {
        is(
            w,
            &[
                "hacked",
                "breached",
                "leaked",
                "compromised",
                "pwned",
                "взломан",
                "взломана",
                "взломаны",
                "слит",
                "слита",
                "слиты",
            ],
        )
    };
    for (place, _) in words.iter().enumerate() {
        for run in FROM {
            let follows =
                words.get(place..place + run.len()).is_some_and(|w| w.iter().zip(*run).all(|(w, want)| w.is(want)));
            if follows && let Some(name) = name_from(words, place + run.len()) {
                return Some(proper(text, words, name));
            }
        }
    }
    if let Some(named) = owner(text, words).or_else(|| tagged(text, words)) {
        return Some(named);
    }
    // `BRIGHTWELL WAS HACKED`, `Brightwell hacked, 2TB`.
    let place = words.iter().take(12).position(hacked)?;
    let mut end = place;
    while end > 0
        && words.get(end - 1).is_some_and(|w| {
            is(w, &["was", "has", "been", "is", "were", "have", "-", "–", "—", ":", "data", "database", "got"])
        })
    {
        end -= 1;
    }
    let name = words.get(..end)?;
    let start = name.iter().position(Word::is_word)?;
    let first = name.get(start)?;
    let ok = end - start <= 8 && !is(first, NEVER) && !is(first, OWN) && !is(first, YOURS);
    let plain =
        name.iter().all(|w| w.is_word() && !is(w, OWN) || matches!(w.text.as_str(), "." | "&" | "-" | "," | "*"));
    (ok && plain && !name.iter().any(is_deed)).then_some(Span { start: first.span.start, end: name.last()?.span.end })
}

/// `онлайн-магазина Brightwell`: where a description ends with a name in capitals, the name.
fn proper(text: &str, words: &[Word], name: Span) -> Span {
    let inside: Vec<&Word> = words.iter().filter(|w| w.span.start >= name.start && w.span.end <= name.end).collect();
    let capital = |w: &&&Word| {
        w.span.of(text).and_then(|w| w.chars().next()).is_some_and(|c| c.is_uppercase() || !c.is_alphabetic())
    };
    let tail = inside.iter().rev().take_while(capital).count();
    match inside.get(inside.len() - tail) {
        // `a provider in Germany` is no name.
        Some(first)
            if tail > 0
                && tail < inside.len()
                && !inside
                    .get(inside.len() - tail - 1)
                    .is_some_and(|w| is(w, &["in", "of", "from", "at", "в", "из", "a", "an"]))
                && first.is_word()
                && inside.len() > 1 =>
        {
            Span { start: first.span.start, end: name.end }
        }
        _ => name,
    }
}

fn name_from(words: &[Word], from: usize) -> Option<Span> {
    let mut start = from;
    while words.get(start).is_some_and(|w| is(w, SKIPPED)) {
        start += 1;
    }
    let first = words.get(start)?;
    if is(first, NEVER) || !first.is_word() || first.text.starts_with(|c: char| c.is_ascii_digit()) || is(first, ENDS) {
        return None;
    }
    let mut end = start;
    while let Some(word) = words.get(end) {
        let dotted =
            word.is(".") && words.get(end + 1).is_some_and(|next| next.span.start == word.span.end && next.is_word());
        let joined = matches!(word.text.as_str(), "&" | "'" | "*")
            || dotted
            || word.is("-") && words.get(end + 1).is_some_and(|next| next.span.start == word.span.end);
        if end > start && is(word, ENDS) && !dotted || !word.is_word() && !joined || end - start >= 8 {
            break;
        }
        end += 1;
    }
    Some(Span { start: first.span.start, end: words.get(end.checked_sub(1)?)?.span.end })
}

/// How many kinds of goods of one offer are kept.
pub(super) const MOST_GOODS: usize = 24;

/// The longest that one of them is, in words.
const GOODS_WORDS: usize = 8;

/// What a sentence offers: the items of an enumeration, or else what its nouns name.
pub(super) fn goods(words: &[Word], found: &mut Vec<Span>) {
    let listed = enumerated(words);
    if !listed.is_empty() {
        found.extend(listed);
        return;
    }
    for (place, word) in words.iter().enumerate().filter(|(_, w)| is(w, HEADS)) {
        // The head ends its phrase: `customer data base` is one.
        if words.get(place + 1).is_some_and(|next| is(next, HEADS) && !next.is("данных")) {
            continue;
        }
        let mut start = place;
        while let Some(before) = start.checked_sub(1).and_then(|before| words.get(before)) {
            let part =
                before.is_word() && !is(before, NO_PART) && !before.text.starts_with(|c: char| c.is_ascii_digit());
            if !part || place - start >= 3 {
                break;
            }
            start -= 1;
        }
        // What was encrypted, or is to be decrypted as a test, is not offered.
        let other = words.get(start..place).is_some_and(|part| {
            part.iter().any(|w| is(w, &["encrypted", "random", "permanent", "lost", "three", "two", "test", "any"]))
        });
        if let Some(first) = words.get(start).filter(|_| !other) {
            found.push(Span { start: first.span.start, end: word.span.end });
        }
    }
}

/// A comma between digits: `2,861,839`.
fn inside_number(words: &[Word], comma: &Word) -> bool {
    let place = words.partition_point(|word| word.span.start < comma.span.start);
    let digit = |place: Option<usize>| {
        place.and_then(|p| words.get(p)).is_some_and(|w| w.text.starts_with(|c: char| c.is_ascii_digit()))
    };
    digit(place.checked_sub(1))
        && digit(Some(place + 1))
        && words.get(place + 1).is_some_and(|w| w.span.start == comma.span.end)
}

/// How many openings of a list a sentence is searched from.
const MOST_OPENINGS: usize = 6;

/// `the following: a, b, c`, `including a, b and c`.
fn enumerated(words: &[Word]) -> Vec<Span> {
    let opens = |place: usize| {
        let Some(word) = words.get(place) else { return false };
        let listing = is(word, LISTS);
        let colon = word.is(":")
            && !words.get(place + 1).is_some_and(|next| {
                next.is("/") || next.span.start == word.span.end && next.text.starts_with(|c: char| c.is_ascii_digit())
            });
        let following =
            word.is("following") || word.is("as") && place > 0 && words.get(place - 1).is_some_and(|w| w.is("such"));
        listing || colon || following
    };
    let parted = |rest: &[Word]| {
        let commas = rest.iter().filter(|w| (w.is(",") || w.is(";")) && !inside_number(words, w)).count();
        let ands = rest.iter().filter(|w| w.is("and") || w.is("и")).count();
        commas > 0 && commas + ands > 1
    };
    // Of several openings that which lists most: `the following: a (including b), c`.
    let all = (0..words.len()).filter(|&place| opens(place) && words.get(place + 1..).is_some_and(parted));
    all.take(MOST_OPENINGS).map(|from| items(words, from)).max_by_key(Vec::len).unwrap_or_default()
}

/// The items behind an opening, to the end of their sentence; none where there is but one.
fn items(words: &[Word], from: usize) -> Vec<Span> {
    let mut found = Vec::new();
    let mut item: Vec<&Word> = Vec::new();
    let mut depth = 0_usize;
    let close = |item: &mut Vec<&Word>, found: &mut Vec<Span>| {
        let skip = item
            .iter()
            .take_while(|w| !w.is_word() || is(w, &["and", "the", "and", "и", "или", "or", "also", "a", "an", "even"]))
            .count();
        let kept = item.get(skip..).unwrap_or_default();
        let many = kept.iter().filter(|w| w.is_word()).count();
        let sentence = kept.iter().any(|w| is(w, OWN) || is(w, NO_ITEM));
        let named = kept.iter().any(|w| w.text.starts_with(char::is_alphabetic) && !w.is("more"));
        if let (Some(first), Some(last)) = (kept.first(), kept.last())
            && named
            && many <= GOODS_WORDS
            && !sentence
        {
            found.push(Span { start: first.span.start, end: last.span.end });
        }
        item.clear();
    };
    for word in words.get(from + 1..).unwrap_or_default() {
        match word.text.as_str() {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            "," | ";" if depth == 0 && !inside_number(words, word) => close(&mut item, &mut found),
            "." | "!" | "?" if depth == 0 => break,
            "and" | "и" if depth == 0 && !item.is_empty() && item.len() > 1 => close(&mut item, &mut found),
            _ if depth == 0 => item.push(word),
            _ => {}
        }
    }
    close(&mut item, &mut found);
    if found.len() < 2 { Vec::new() } else { found }
}

/// The kinds of access that words name, each once, in the order of the words.
pub(super) fn access(words: &[Word], found: &mut Vec<&'static str>) {
    let mut add = |kind: &'static str| {
        if !found.contains(&kind) {
            found.push(kind);
        }
    };
    for (place, word) in words.iter().enumerate() {
        for (kind, run) in ACCESS_RUNS {
            // A Russian word is found in every case.
            let same = |(w, want): (&Word, &&str)| {
                w.is(want) || want.len() >= 8 && !want.is_ascii() && w.text.starts_with(*want)
            };
            if words.get(place..place + run.len()).is_some_and(|w| w.iter().zip(*run).all(same)) {
                add(kind);
            }
        }
        if let Some((kind, _)) = ACCESS.iter().find(|(_, names)| is(word, names)) {
            add(kind);
        }
    }
}

/// Whether words offer access to a network: it is for sale, and not only how the seller got in.
pub(super) fn sells_access(words: &[Word]) -> bool {
    let named = words.windows(2).any(|w| matches!(w, [a, b] if is(a, &["need", "needs", "wants"]) && b.is("access")));
    named
        || words.iter().any(|w| w.begins(&["access", "доступ", "initial"]))
            && words.iter().any(|w| w.begins(&["sell", "sale", "прода", "price", "цена", "wts", "start", "старт"]))
}

/// What a sentence offers as proof: the word with what stands around it.
pub(super) fn proof(words: &[Word], found: &mut Vec<Span>) {
    for (place, word) in words.iter().enumerate().filter(|(_, w)| is(w, PROOF) || w.is("list")) {
        let files = ["files", "data", "documents", "folders", "tree", "file"];
        let of_files = words
            .get(place + 1..(place + 6).min(words.len()))
            .is_some_and(|w| w.first().is_some_and(|w| w.is("of")) && w.iter().any(|w| is(w, &files)));
        if word.is("list") && !of_files {
            continue;
        }
        let files = place > 0 && words.get(place - 1).is_some_and(|w| is(w, &["file", "files", "дерево"]));
        if matches!(word.text.as_str(), "tree" | "listing") && !files {
            continue;
        }
        let mut start = place;
        while start > 0
            && place - start < 2
            && words.get(start - 1).is_some_and(|w| w.is_word() && !is(w, NO_PART) && !is_deed(w))
        {
            start -= 1;
        }
        let mut end = place;
        if words.get(place + 1).is_some_and(|w| is(w, &["of", "from"])) {
            while end - place < 5 && words.get(end + 1).is_some_and(|w| w.is_word() && !is(w, OWN)) {
                end += 1;
            }
        }
        if let (Some(first), Some(last)) = (words.get(start), words.get(end)) {
            found.push(Span { start: first.span.start, end: last.span.end });
        }
    }
}
