//! What a sentence of a seller holds: whether it is a claim, whose data it is, which goods, proof and access it names.

use crate::claim::{FigureKind, Span};
use crate::read::amounts::{Amount, Unit};
use crate::read::words::Word;

use super::fields::Field;

/// Words that only a claim, a sale or a threat is made of, by their stems.
const DEEDS: &[&str] = &[
    "hack",
    "breach",
    "stolen",
    "stole",
    "steal",
    "exfiltrat",
    "leak",
    "dump",
    "encrypt",
    "decrypt",
    "compromis",
    "pwn",
    "extract",
    "ransom",
    "auction",
    "spam",
    "bidding",
    "selling",
    "blitz",
    "downloaded",
    "infiltrat",
    "penetrat",
    "locked",
    "продам",
    "продаю",
    "продаё",
    "продае",
    "продаж",
    "слил",
    "слив",
    "слит",
    "взлом",
    "взлома",
    "хакн",
    "выкуп",
    "дамп",
    "утеч",
    "скачал",
    "выкачал",
    "выгруз",
    "зашифров",
    "локнул",
    "залоч",
    "пролоч",
    "украл",
    "похити",
    "сливаю",
    "сольём",
    "сольем",
    "аукцион",
    "похищ",
];

/// Whole words of a claim, a sale or a threat.
const DEED_WORDS: &[&str] = &[
    "sell",
    "sale",
    "sold",
    "wts",
    "publish",
    "published",
    "publication",
    "publicate",
    "publishing",
    "publicly",
    "obtained",
    "acquired",
    "posted",
    "uploaded",
    "deadline",
    "pay",
    "payment",
    "buyer",
    "buyers",
    "exposed",
    "released",
    "negotiate",
    "negotiations",
    "taken",
    "copied",
    "опубликуем",
    "выложим",
    "купит",
    "дедлайн",
    "выплата",
    "платить",
    "заплатить",
];

/// What is taken and sold, by stems.
const THINGS: &[&str] = &[
    "data",
    "database",
    "file",
    "document",
    "record",
    "credential",
    "password",
    "source",
    "mailbox",
    "email",
    "backup",
    "passport",
    "contract",
    "ssn",
    "access",
    "shell",
    "archive",
    "sample",
    "proof",
    "screenshot",
    "info",
    "folder",
    "network",
    "server",
    "tree",
    "баз",
    "данн",
    "файл",
    "документ",
    "доступ",
    "парол",
    "исходник",
    "паспорт",
    "почт",
    "сет",
    "строк",
    "запис",
    "пруф",
    "скрин",
    "пробник",
    "дедик",
    "инф",
    "бекап",
    "бэкап",
];

const OWN: &[&str] = &[
    "we", "i", "our", "us", "my", "me", "we've", "i've", "we'll", "i'm", "we're", "мы", "я", "наш", "наша", "наши",
    "нас", "мне", "у",
];

const YOURS: &[&str] = &["you", "your", "yours", "вы", "ваш", "ваша", "ваши", "вас", "вам", "вашей", "вашу"];

fn is(word: &Word, list: &[&str]) -> bool {
    list.contains(&word.text.as_str())
}

fn is_deed(word: &Word) -> bool {
    // A forum that is called after what it sells is no deed.
    (word.begins(DEEDS) || is(word, DEED_WORDS)) && !word.begins(&["breachforum", "leakbase", "dumps"])
}

/// Words of what comes next, when somebody says them of themselves: `we will upload`, `I am ready to`.
const INTENDS: &[&str] = &["will", "ready", "we'll", "i'll", "gonna", "going", "готовы", "готов", "будем", "буду"];

/// Words of talks that failed: `the company did not get in touch`.
const TALKS: &[&str] = &[
    "touch",
    "contacted",
    "negotiat",
    "refus",
    "ignor",
    "cooperat",
    "respond",
    "reply",
    "связь",
    "отказал",
    "игнорир",
];

/// Where a victim is told how to write: instructions, no claim.
fn instructs(words: &[Word]) -> bool {
    let forbids = words.first().is_some_and(|w| is(w, &["don't", "dont", "не"]))
        || matches!(words, [first, second, ..] if first.is("do") && second.is("not"));
    forbids && !words.iter().any(|w| is(w, OWN))
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
    let deed = words.iter().any(is_deed);
    let things = words.iter().any(|word| word.begins(THINGS));
    let measured = amounts.iter().any(|a| matches!(a.unit, Unit::Bytes(_)));
    let paid = amounts.iter().any(|a| matches!(a.unit, Unit::Money(_)));
    let (own, yours) = (has(OWN), has(YOURS));
    let threat = has(&["if", "unless", "otherwise", "если", "иначе"])
        && yours
        && has(&["don't", "not", "no", "refuse", "ignore", "want", "check", "не", "will"]);
    let silent = has(&["not", "didn't", "haven't", "hasn't", "don't", "refused", "ignored", "ignore", "не", "refuse"])
        && words.iter().any(|w| w.begins(TALKS));
    measured
        || own
            && has(&["have", "hold", "got", "есть"])
            && words
                .iter()
                .any(|w| w.begins(&["data", "file", "document", "backup", "record", "password", "базы", "данные"]))
        || deed && (things || own || yours || words.len() <= 12)
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

const REFUSES: &[&[&str]] = &[
    &["not", "disclose"],
    &["not", "comment"],
    &["no", "comment"],
    &["not", "tell", "you"],
    &["не", "скажем"],
    &["не", "скажу"],
    &["без", "комментариев"],
];

const DENIES: &[&[&str]] = &[
    &["not", "us"],
    &["did", "not", "hack"],
    &["didn't", "hack"],
    &["not", "behind"],
    &["nothing", "to", "do", "with"],
    &["did", "not", "attack"],
    &["не", "взламывали"],
    &["не", "ломали"],
    &["не", "мы"],
    &["не", "наша", "работа"],
];

const DOUBTS: &[&[&str]] = &[
    &["don't", "even", "know"],
    &["dont", "even", "know"],
    &["you", "think", "you"],
    &["don't", "have", "our"],
    &["not", "our", "data"],
    &["not", "ours"],
    &["is", "fake"],
    &["is", "a", "lie"],
    &["you", "lie"],
    &["don't", "believe"],
    &["do", "not", "believe"],
    &["not", "true"],
    &["не", "верю"],
    &["не", "наши", "данные"],
    &["врёшь"],
    &["фейк"],
];

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

/// What is told of the victim's business and is no price.
const BUSINESS: &[&str] = &[
    "revenue",
    "rev",
    "revenues",
    "turnover",
    "income",
    "worth",
    "insurance",
    "credit",
    "capital",
    "market",
    "valued",
    "shares",
    "profit",
    "assets",
    "employees",
    "staff",
    "оборот",
    "оборотом",
    "ревеню",
    "ревенью",
    "ревен",
    "выручка",
    "выручкой",
    "доход",
    "прибыль",
    "страховка",
    "сотрудников",
];

const PRICED: &[&str] = &[
    "price",
    "cost",
    "costs",
    "pay",
    "payment",
    "ransom",
    "sell",
    "selling",
    "sale",
    "start",
    "step",
    "blitz",
    "bid",
    "buy",
    "bin",
    "ask",
    "asking",
    "for",
    "offer",
    "demand",
    "discount",
    "send",
    "need",
    "deal",
    "цена",
    "ценник",
    "стоимость",
    "старт",
    "шаг",
    "блиц",
    "за",
    "выкуп",
    "продам",
    "продаю",
    "заплатить",
    "платить",
    "отдам",
    "прайс",
    "торг",
    "скидка",
];

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

/// What the victim's name ends at.
const ENDS: &[&str] = &[
    "with",
    "for",
    "price",
    "revenue",
    "rev",
    "who",
    "that",
    "which",
    "via",
    "through",
    "by",
    "is",
    "was",
    "are",
    "were",
    "will",
    "on",
    "since",
    "has",
    "have",
    "and",
    "we",
    "you",
    "here",
    "including",
    "с",
    "за",
    "цена",
    "выручка",
    "оборот",
    "ревеню",
    "через",
    "по",
    "и",
    "объем",
    "объём",
    "старт",
    "leaked",
    "hacked",
    "breached",
    "data",
    "database",
    "leak",
    "selling",
    "sell",
    "start",
    "blitz",
    "access",
];

/// Before the name of whom it was taken from.
const FROM: &[&[&str]] = &[
    &["stolen", "from"],
    &["taken", "from"],
    &["obtained", "from"],
    &["acquired", "from"],
    &["downloaded", "from"],
    &["exfiltrated", "from"],
    &["belonging", "to"],
    &["belongs", "to"],
    &["access", "to"],
    &["access", "into"],
    &["access", "in"],
    &["accesses", "to"],
    &["database", "of"],
    &["databases", "of"],
    &["data", "of"],
    &["data", "from"],
    &["database", "from"],
    &["leak", "of"],
    &["breach", "of"],
    &["dump", "of"],
    &["network", "of"],
    &["server", "of"],
    &["code", "of"],
    &["hacked"],
    &["breached"],
    &["доступ", "к"],
    &["доступ", "в"],
    &["доступы", "в"],
    &["доступы", "к"],
    &["базу", "данных"],
    &["база", "данных"],
    &["дамп"],
    &["базу"],
    &["база"],
    &["взломали"],
    &["взломана"],
    &["слив"],
    &["слита"],
    &["слили"],
];

/// Words that may stand before the name and are none of it.
const SKIPPED: &[&str] = &[
    "the",
    "network",
    "networks",
    "corporate",
    "internal",
    "of",
    "company",
    "systems",
    "servers",
    "server",
    "site",
    "website",
    "сети",
    "сеть",
    "сетку",
    "корпоративной",
    "корпоративную",
    "компании",
    "фирмы",
    "сайта",
    "клиентов",
    "базы",
    "данных",
    "all",
    "whole",
    "entire",
    "full",
    ":",
];

/// What is never a victim's name, and shows that the words before meant something else.
const NEVER: &[&str] = &[
    "this",
    "their",
    "your",
    "our",
    "its",
    "them",
    "it",
    "more",
    "download",
    "these",
    "those",
    "my",
    "everything",
    "any",
    "different",
    "employees",
    "customers",
    "clients",
    "users",
    "server",
    "database",
    "data",
    "all",
    "files",
    "нас",
    "вас",
    "них",
    "их",
    "всех",
    "я",
    "мы",
    "строк",
    "rdp",
    "vpn",
    "network",
    "$",
];

/// What the victim's name stands right before: `Brightwell database`, `Brightwell full source code`.
const OWNED: &[&str] = &[
    "database",
    "db",
    "databases",
    "data",
    "leak",
    "breach",
    "dump",
    "source",
    "users",
    "customers",
    "clients",
    "full",
    "complete",
    "customer",
    "user",
    "employees",
    "suffered",
    "база",
    "бд",
];

/// Words with a capital that are no name.
const NO_NAME: &[&str] = &[
    "selling",
    "sell",
    "the",
    "full",
    "fresh",
    "new",
    "private",
    "leaked",
    "hot",
    "sql",
    "database",
    "data",
    "source",
    "sale",
    "for",
    "wts",
    "big",
    "free",
    "all",
    "user",
    "users",
    "customer",
    "i",
    "we",
    "today",
    "in",
    "on",
    "hello",
    "hi",
    "company",
    "complete",
    "internal",
    "personal",
    "secret",
    "sensitive",
    "stolen",
    "usa",
    "uk",
    "us",
    "eu",
    "more",
    "than",
    "then",
    "with",
    "and",
    "of",
    "a",
    "an",
    "client",
    "employee",
    "corporate",
    "confidential",
    "unique",
    "это",
    "продам",
    "available",
    "download",
    "central",
    "crm",
    "hr",
    "vip",
    "email",
    "sms",
    "now",
    "military",
];

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
            && words.get(place - 1).is_some_and(|w| capital(w) && !is(w, NO_NAME) && !is_deed(w))
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
    if let Some(owner) = owner(text, words) {
        return Some(owner);
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

/// Heads of what is offered.
const HEADS: &[&str] = &[
    "data",
    "database",
    "databases",
    "db",
    "files",
    "documents",
    "docs",
    "code",
    "codes",
    "dump",
    "dumps",
    "backups",
    "emails",
    "mailboxes",
    "contracts",
    "passports",
    "credentials",
    "info",
    "information",
    "archive",
    "archives",
    "ssns",
    "accounting",
    "ssn",
    "nda",
    "ndas",
    "drawings",
    "blueprints",
    "reports",
    "invoices",
    "correspondence",
    "repositories",
    "passwords",
    "logins",
    "hashes",
    "cards",
    "secrets",
    "keys",
    "финансы",
    "данные",
    "данных",
    "база",
    "базу",
    "базы",
    "документы",
    "исходники",
    "исходный",
    "дамп",
    "паспорта",
    "договора",
    "договоры",
    "переписка",
    "почта",
    "почты",
    "бекапы",
    "бэкапы",
    "архивы",
    "пароли",
];

/// What stands before a head and is no part of the goods.
const NO_PART: &[&str] = &[
    "the",
    "a",
    "an",
    "of",
    "your",
    "our",
    "all",
    "this",
    "these",
    "we",
    "and",
    "more",
    "than",
    "then",
    "have",
    "has",
    "their",
    "its",
    "from",
    "in",
    "to",
    "with",
    "for",
    "selling",
    "sell",
    "sale",
    "stolen",
    "leaking",
    "downloading",
    "publishing",
    "leak",
    "leaked",
    "buy",
    "get",
    "some",
    "any",
    "other",
    "much",
    "will",
    "publish",
    "about",
    "million",
    "as",
    "or",
    "also",
    "is",
    "are",
    "was",
    "were",
    "by",
    "on",
    "you",
    "i",
    "us",
    "them",
    "that",
    "who",
    "not",
    "no",
    "be",
    "been",
    "steal",
    "stole",
    "hacked",
    "downloaded",
    "including",
    "includes",
    "contains",
    "lot",
    "part",
    "first",
    "they",
    "following",
    "find",
    "here",
    "продам",
    "продаю",
    "всю",
    "все",
    "и",
    "в",
    "на",
    "с",
    "из",
    "слили",
    "сливаю",
    "слил",
    "эту",
    "эти",
    "там",
    "очень",
    "много",
    "tb",
    "gb",
    "mb",
    "gigabytes",
    "terabytes",
    "start",
    "without",
    "provide",
    "can",
    "send",
    "check",
    "share",
    "into",
    "where",
    "which",
    "how",
    "what",
    "every",
    "each",
    "don't",
    "if",
    "when",
    "do",
    "did",
    "does",
    "these",
    "its",
    "entire",
    "whole",
    "exfiltrate",
    "would",
    "could",
    "should",
    "transfer",
    "send",
    "want",
    "need",
    "delete",
    "restore",
];

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
        if let Some(first) = words.get(start) {
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

/// `the following: a, b, c`, `including a, b and c`.
fn enumerated(words: &[Word]) -> Vec<Span> {
    let opens = |place: usize| {
        let Some(word) = words.get(place) else { return false };
        let listing = is(
            word,
            &[
                "including",
                "includes",
                "include",
                "contains",
                "contain",
                "containing",
                "включая",
                "содержит",
                "включает",
                "имеются",
                "have",
            ],
        );
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
    let Some(from) = (0..words.len()).rev().find(|&place| opens(place) && words.get(place + 1..).is_some_and(parted))
    else {
        return Vec::new();
    };
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
        let sentence = kept
            .iter()
            .any(|w| is(w, OWN) || is(w, &["which", "who", "will", "can", "take", "may", "try", "don't", "was"]));
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

/// Kinds of access to a network, by the words that sellers use.
const ACCESS: &[(&str, &[&str])] = &[
    ("RDP", &["rdp", "рдп", "rdweb", "rds", "дедик", "дедики"]),
    (
        "VPN",
        &[
            "vpn",
            "впн",
            "fortinet",
            "fortigate",
            "fortivpn",
            "anyconnect",
            "globalprotect",
            "sonicwall",
            "pulse",
            "openvpn",
        ],
    ),
    ("Citrix", &["citrix", "цитрикс", "ситрикс"]),
    ("web shell", &["webshell", "webshells", "вебшелл", "шелл", "шеллы"]),
    ("SSH", &["ssh"]),
    ("VNC", &["vnc"]),
    ("remote management", &["anydesk", "teamviewer", "screenconnect", "rmm", "splashtop", "atera"]),
    ("virtual machines", &["esxi", "vcenter", "vsphere", "vmware"]),
    ("mailbox", &["owa", "exchange", "o365", "office365", "webmail"]),
    ("cloud", &["aws", "azure", "gcp", "s3"]),
    ("source code repository", &["github", "gitlab", "bitbucket", "gitea"]),
    ("database", &["phpmyadmin", "mysql", "mssql", "postgres", "mongodb", "sqli"]),
    ("admin panel", &["админка", "админку", "cpanel", "whm", "wordpress", "magento", "opencart"]),
    ("remote shell", &["meterpreter", "beacon", "cobalt", "кобальт"]),
    ("root", &["root", "рут"]),
    ("domain administrator", &["da"]),
];

/// The same by more than one word.
const ACCESS_RUNS: &[(&str, &[&str])] = &[
    ("web shell", &["web", "shell"]),
    ("web shell", &["веб", "шелл"]),
    ("RDP", &["remote", "desktop"]),
    ("domain administrator", &["domain", "admin"]),
    ("domain administrator", &["domain", "administrator"]),
    ("domain administrator", &["доменн", "админ"]),
    ("domain administrator", &["домен", "админ"]),
    ("domain administrator", &["админ", "домена"]),
    ("domain administrator", &["права", "да"]),
    ("local administrator", &["local", "admin"]),
    ("local administrator", &["local", "administrator"]),
    ("local administrator", &["локальн", "админ"]),
    ("domain user", &["domain", "user"]),
    ("domain user", &["доменн", "юзер"]),
    ("database", &["database", "access"]),
    ("database", &["access", "to", "database"]),
    ("admin panel", &["admin", "panel"]),
    ("mailbox", &["email", "access"]),
    ("source code repository", &["code", "repository"]),
    ("remote shell", &["reverse", "shell"]),
];

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

/// Words for what shows that a seller has it.
const PROOF: &[&str] = &[
    "proof",
    "proofs",
    "sample",
    "samples",
    "screenshot",
    "screenshots",
    "screens",
    "tree",
    "listing",
    "пруф",
    "пруфы",
    "пробник",
    "пробники",
    "сэмпл",
    "семпл",
    "скрин",
    "скрины",
    "скриншоты",
    "образец",
];

/// What a sentence offers as proof: the word with what stands around it.
pub(super) fn proof(words: &[Word], found: &mut Vec<Span>) {
    for (place, word) in words.iter().enumerate().filter(|(_, w)| is(w, PROOF) || w.is("list")) {
        if word.is("list") && !words.get(place + 1).is_some_and(|w| w.is("of")) {
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
