//! Numbers and what they count: volumes, prices, sums, counts, dates.
//!
//! A number is read as its words say (`half a million`, `2-3 million`, `18 crore`, `20 000 000`), then what stands beside it says what it
//! is: a sign or word of money, a unit of bytes, a noun that can be counted. Percents, versions, revenues and numbers of staff are none.

use crate::claim::{Figure, FigureKind, Span};
use crate::read::dates;
use crate::read::lexicon;
use crate::read::numbers::{Number, number_at, starts_number};
use crate::read::tokens::{Shape, Token, tokens};

/// How far the words that decide what a sum is may stand from it, in tokens.
const BEFORE: usize = 14;
const AFTER: usize = 10;

/// The figures of one sentence. `stated`: the sentence belongs to a statement, so its figures need no other tie to the claim.
pub(super) fn figures(text: &str, sentence: Span, stated: bool, found: &mut Vec<Figure>) {
    if !sentence.of(text).is_some_and(may_hold_one) {
        return;
    }
    let tokens = tokens(text, sentence, &[]);
    let scan = Scan { text, tokens: &tokens, stated, claimed: tokens.iter().any(|t| of_claim(&t.lower)) };
    let mut at = 0;
    let mut previous: Option<(usize, FigureKind)> = None;
    while at < tokens.len() {
        let Some(number) = starts_number(&tokens[at]).then(|| number_at(text, &tokens, at)).flatten() else {
            at += 1;
            continue;
        };
        at = number.end.max(at + 1);
        let Some((kind, value, of, from, end)) = scan.figure(&number, previous) else {
            continue;
        };
        at = end.max(at);
        previous = Some((end, kind));
        let span = Span { start: tokens[from].span.start, end: tokens[end - 1].span.end };
        found.push(Figure { kind, value, of, span });
    }
    if stated {
        for when in dates::whens(&tokens) {
            if let Some(calendar) = when.calendar() {
                found.push(Figure {
                    kind: FigureKind::Date,
                    value: calendar.written(),
                    of: None,
                    span: when.bare(text),
                });
            }
        }
    }
}

/// A digit, a sign of money or a word for a number.
fn may_hold_one(piece: &str) -> bool {
    piece.bytes().any(|b| b.is_ascii_digit())
        || piece.split(|c: char| !c.is_ascii_alphabetic()).any(|w| w.len() > 2 && lexicon_number(w))
}

fn lexicon_number(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    crate::read::numbers::is_number_word(&lower)
        || matches!(lower.as_str(), "million" | "billion" | "terabyte" | "gigabyte" | "half")
        || lexicon::month(&lower).is_some()
}

type Found = (FigureKind, String, Option<String>, usize, usize);

struct Scan<'t> {
    text: &'t str,
    tokens: &'t [Token<'t>],
    stated: bool,
    claimed: bool,
}

impl Scan<'_> {
    fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |t| t.lower.as_str())
    }

    /// What the number is: its kind, its value, what it counts, and its tokens.
    fn figure(&self, number: &Number, previous: Option<(usize, FigureKind)>) -> Option<Found> {
        if matches!(self.word(number.end), "%" | "percent" | "per" | "pc") || number.suffix == "%" {
            return None;
        }
        self.volume(number).or_else(|| self.money(number, previous)).or_else(|| self.count(number))
    }

    fn volume(&self, number: &Number) -> Option<Found> {
        let (unit, end) = if let Some(unit) = byte_unit(&number.suffix) {
            (unit, number.end)
        } else if number.suffix.is_empty() && !number.scaled {
            let dash = usize::from(self.word(number.end) == "-");
            let word = self.word(number.end + dash);
            let unit = byte_unit(word)?;
            (unit, number.end + dash + 1)
        } else {
            return None;
        };
        // "1T of data", "5 G of files": a letter alone is a unit only there.
        let letter = if number.suffix.is_empty() { self.word(end - 1) } else { number.suffix.as_str() };
        if letter.chars().count() == 1 && !matches!(self.word(end), "of" | "data") {
            return None;
        }
        // "A terabyte and a half".
        let half = self.word(end) == "and" && self.word(end + 1) == "a" && self.word(end + 2) == "half";
        let value = if half { format!("{}.5", number.value) } else { number.value.clone() };
        let end = if half { end + 3 } else { end };
        let (sign, from) = self.hedge(number.start, end);
        Some((FigureKind::Volume, format!("{sign}{value} {unit}"), self.of_goods(end), from, end))
    }

    fn money(&self, number: &Number, previous: Option<(usize, FigureKind)>) -> Option<Found> {
        let mut from = number.start;
        let mut end = number.end;
        let mut coin = None;
        if let Some(sign) =
            from.checked_sub(1).filter(|&p| self.beside(p, from) || currency_word(self.word(p)).is_some())
        {
            if let Some(found) = currency_sign(self.word(sign)) {
                from = sign;
                // "US$", "A$": the country's letters.
                let country = sign
                    .checked_sub(1)
                    .filter(|&p| found == "USD" && self.beside(p, sign))
                    .and_then(|p| dollar_of(self.word(p)));
                coin = Some(country.unwrap_or(found));
                from -= usize::from(country.is_some());
            } else if let Some(found) =
                currency_word(self.word(sign)).filter(|_| self.tokens[sign].capital || self.word(sign) == "rs")
            {
                coin = Some(found);
                from = sign;
            }
        }
        if coin.is_none() {
            let dash = usize::from(self.word(end) == "-");
            let word = self.word(end + dash);
            let in_words = if word == "us" || word == "u.s" { 1 } else { 0 };
            let found = currency_sign(word)
                .or_else(|| currency_word(self.word(end + dash + in_words)))
                .or_else(|| currency_word(&number.suffix).filter(|_| !number.suffix.is_empty()));
            coin = Some(found?);
            if number.suffix.is_empty() || currency_word(&number.suffix).is_none() {
                end += dash + in_words + 1;
            }
        } else {
            // "$5 million USD", "$5 in bitcoin".
            end += usize::from(matches!(self.word(end), "usd" | "dollars"));
        }
        let coin = coin?;
        let kind = self.sum_kind(from, end, previous)?;
        let (sign, from) = self.hedge(from, end);
        let of = self.of_sum(from, end, kind);
        Some((kind, format!("{sign}{} {coin}", number.value), of, from, end))
    }

    fn count(&self, number: &Number) -> Option<Found> {
        if !number.suffix.is_empty() || number.year && !number.scaled {
            return None;
        }
        let (head, end) = self.counted(number.end).or_else(|| self.labelled(number))?;
        let noun = self.word(head);
        // "One of the largest companies", "one site".
        if self.word(number.start) == "one" && !number.scaled {
            return None;
        }
        let labelled = head < number.start;
        let time = matches!(noun, "hours" | "days" | "weeks");
        if time && !self.has_deadline() && self.word(end) != "to" {
            return None;
        }
        let back = |n: usize| number.start.checked_sub(n).map_or("", |p| self.word(p));
        let staff = (1..=10).any(|n| {
            matches!(
                back(n),
                "employs"
                    | "employing"
                    | "employed"
                    | "workforce"
                    | "operates"
                    | "operating"
                    | "founded"
                    | "headquartered"
                    | "serves"
                    | "serving"
            ) || matches!(back(n), "has" | "with")
                && n <= 5
                && matches!(
                    noun,
                    "customers"
                        | "employees"
                        | "users"
                        | "subscribers"
                        | "stores"
                        | "offices"
                        | "members"
                        | "people"
                        | "clients"
                        | "countries"
                )
        });
        let after = self.tokens.get(end..).unwrap_or_default();
        // So many accounts are of the claim whoever tells of them.
        let told = self.claimed || self.stated || labelled || time || personal(noun) && number.value.len() > 3;
        if staff && !after.iter().any(|t| of_claim(&t.lower)) || !told {
            return None;
        }
        if matches!(noun, "years" | "times" | "months" | "minutes") {
            return None;
        }
        let (sign, from) = self.hedge(number.start, number.end);
        let value = format!("{sign}{} {noun}", number.value);
        if labelled {
            let span = Span { start: self.tokens[head].span.start, end: self.tokens[head].span.end };
            return Some((FigureKind::Count, value, span.of(self.text).map(str::to_owned), head, number.end));
        }
        let of = self.slice(number.end, end);
        Some((FigureKind::Count, value, of, from, end))
    }

    /// The noun that the number counts, over a few words that describe it; and the token past it.
    fn counted(&self, from: usize) -> Option<(usize, usize)> {
        let mut at = from;
        // "240 million” accounts", "three of its suppliers", "half a million of them".
        at += usize::from(matches!(self.word(at), "”" | "\"" | "+"));
        if self.word(at) == "of"
            && matches!(self.word(at + 1), "its" | "the" | "their" | "our" | "these" | "those" | "them")
        {
            at += 2;
        }
        let first = at;
        while at < self.tokens.len() && at - first < 6 {
            let token = &self.tokens[at];
            let word = token.lower.as_str();
            if token.shape == Shape::Mark && !matches!(word, "“" | "\"" | "”" | "-" | "/" | "&")
                || token.shape == Shape::Number
                || token.shape == Shape::Possessive
                || lexicon::preposition(word)
                || lexicon::auxiliary(word)
                || lexicon::opens_clause(word)
                || lexicon::cue(word).is_some()
            {
                return None;
            }
            // "Credit card data".
            if goods(word) && at > first && personal_one(self.word(at - 1)) {
                return Some((at - 1, at + 1));
            }
            if countable(word) {
                // "Users' order details": the things are what is counted; "credit card numbers": the last of several nouns.
                let mut head = at;
                while head + 1 < self.tokens.len() && countable(self.word(head + 1)) && head - at < 3 {
                    head += 1;
                }
                return Some((head, head + 1));
            }
            at += 1;
        }
        None
    }

    /// "Records: 1,234,567", "Users - 5M".
    fn labelled(&self, number: &Number) -> Option<(usize, usize)> {
        let mark = number.start.checked_sub(1)?;
        let noun = mark.checked_sub(1)?;
        let open = noun
            .checked_sub(1)
            .is_none_or(|p| self.tokens[p].shape == Shape::Mark || self.tokens[p].shape == Shape::Word);
        (matches!(self.word(mark), ":" | "-" | "–" | "=") && countable(self.word(noun)) && open)
            .then_some((noun, number.end))
    }

    fn has_deadline(&self) -> bool {
        self.tokens.iter().any(|t| {
            matches!(
                t.lower.as_str(),
                "deadline"
                    | "ultimatum"
                    | "countdown"
                    | "pay"
                    | "comply"
                    | "bidding"
                    | "respond"
                    | "negotiate"
                    | "ransom"
                    | "timer"
                    | "published"
                    | "leaked"
                    | "released"
                    | "contact"
            )
        })
    }

    /// What a sum is, by the words nearest to it; `None` where it is not the claim's.
    fn sum_kind(&self, from: usize, end: usize, previous: Option<(usize, FigureKind)>) -> Option<FigureKind> {
        // "300 bitcoin, currently worth $3.5 million", "US$40,000 (S$53,650)": the same sum again.
        if let Some((last, kind)) =
            previous.filter(|(last, kind)| *last <= from && matches!(kind, FigureKind::Price | FigureKind::Money))
        {
            let between = &self.tokens[last..from];
            let again = between.iter().any(|t| t.is_mark("(") || t.is("worth") || t.is("equivalent"))
                && between.iter().all(|t| {
                    t.shape == Shape::Mark
                        || lexicon::adverb(&t.lower)
                        || lexicon::hedge(&t.lower).is_some()
                        || matches!(
                            t.lower.as_str(),
                            "worth"
                                | "or"
                                | "then"
                                | "at"
                                | "the"
                                | "time"
                                | "equivalent"
                                | "to"
                                | "of"
                                | "us"
                                | "is"
                                | "which"
                        )
                });
            if again {
                return Some(kind);
            }
        }
        let before = &self.tokens[from.saturating_sub(BEFORE)..from];
        let after = self.tokens.get(end..).unwrap_or_default();
        let after = &after[..after.len().min(AFTER)];
        // "Sales of $3 billion".
        let sales = before.len() > 1 && before[before.len() - 1].is("of") && before[before.len() - 2].is("sales");
        let ransom = before.iter().chain(after).any(|t| t.lower.starts_with("ransom"));
        if sales || !ransom && before.iter().chain(after.iter().take(6)).any(|t| of_business(&t.lower)) {
            return None;
        }
        let near = before.iter().rev().take(9);
        let robbed = near.clone().take(3).any(|t| matches!(t.lower.as_str(), "stole" | "stolen" | "stealing"));
        if near.clone().any(|t| earned(&t.lower)) && !ransom
            || robbed
            || before
                .iter()
                .chain(after.iter().take(4))
                .any(|t| matches!(t.lower.as_str(), "reward" | "bounty" | "losses" | "damages"))
        {
            return Some(FigureKind::Money);
        }
        let hedges = before
            .iter()
            .rev()
            .take_while(|t| lexicon::hedge(&t.lower).is_some() || matches!(t.lower.as_str(), "than" | "more" | "just"));
        let exchanged = before.len().checked_sub(hedges.count() + 1).is_some_and(|p| before[p].is("for"));
        if exchanged
            || before.iter().chain(after).any(|t| asked(&t.lower))
            || before.last().is_some_and(|t| t.is_mark(":"))
        {
            return Some(FigureKind::Price);
        }
        self.stated.then_some(FigureKind::Money)
    }

    /// The goods behind a volume: "of source code", "worth of files", "SECRET DATA".
    fn of_goods(&self, end: usize) -> Option<String> {
        let mut at = end;
        at += usize::from(self.word(at) == "'s");
        at += usize::from(self.word(at) == "worth");
        let of = self.word(at) == "of";
        at += usize::from(of);
        let article = usize::from(lexicon::determiner(self.word(at)));
        let from = at + article;
        let mut last = from;
        while last < self.tokens.len() && last - from < 7 {
            let token = &self.tokens[last];
            let stop = token.shape != Shape::Word
                || lexicon::preposition(&token.lower)
                || lexicon::auxiliary(&token.lower)
                || lexicon::opens_clause(&token.lower)
                || lexicon::cue(&token.lower).is_some()
                || matches!(
                    token.lower.as_str(),
                    "stolen" | "leaked" | "taken" | "and" | "allegedly" | "purportedly" | "containing" | "including"
                );
            if stop {
                break;
            }
            last += 1;
        }
        let ends_in_goods = last > from && (countable(self.word(last - 1)) || goods(self.word(last - 1)));
        (last > from && (of || ends_in_goods)).then(|| self.slice(from, last)).flatten()
    }

    /// What a sum is for: "for the database", "ransom".
    fn of_sum(&self, from: usize, end: usize, kind: FigureKind) -> Option<String> {
        if self.word(end) == "for" && kind == FigureKind::Price {
            let article = usize::from(lexicon::determiner(self.word(end + 1)));
            let start = end + 1 + article;
            let mut last = start;
            while last < self.tokens.len()
                && last - start < 6
                && self.tokens[last].shape == Shape::Word
                && !lexicon::preposition(self.word(last))
                && !lexicon::opens_clause(self.word(last))
                && !lexicon::auxiliary(self.word(last))
            {
                last += 1;
            }
            if last > start {
                return self.slice(start, last);
            }
        }
        let named =
            |t: &&Token| matches!(t.lower.as_str(), "ransom" | "reward" | "bounty" | "fee" | "deposit" | "price");
        let after = self.tokens.get(end..).unwrap_or_default();
        let before = &self.tokens[from.saturating_sub(5)..from];
        let noun = after.iter().take(2).find(named).or_else(|| before.iter().rev().find(named));
        noun.and_then(|t| t.span.of(self.text)).map(str::to_owned)
    }

    /// The hedge beside the figure and the token that it starts at.
    fn hedge(&self, from: usize, end: usize) -> (&'static str, usize) {
        let back = |n: usize| from.checked_sub(n).map_or("", |p| self.word(p));
        let three = [back(3), back(2), back(1)];
        let (sign, tokens) = match three {
            ["no", "more" | "fewer", "than"] | ["as", "many" | "much", "as"] => ("<", 3),
            ["in", "excess", "of"] => (">", 3),
            [_, "more" | "greater", "than"]
            | [_, "at", "least"]
            | [_, "upwards" | "upward", "of"]
            | [_, "well" | "just", "over"] => (">", 2),
            [_, "less" | "fewer", "than"] | [_, "up", "to"] | [_, "just", "under"] => ("<", 2),
            [_, "close", "to"] | [_, "an", "estimated"] => ("~", 2),
            ["(", word, ")"] if lexicon::hedge(word).is_some() => ("~", 3),
            [_, _, ">"] => (">", 1),
            [_, _, "<"] => ("<", 1),
            [_, _, "~" | "≈"] => ("~", 1),
            [_, _, word] => match lexicon::hedge(word) {
                Some('>') => (">", 1),
                Some('<') => ("<", 1),
                Some(_) => ("~", 1),
                _ => ("", 0),
            },
        };
        if tokens == 0 && (self.word(end) == "+" || self.word(end) == "or" && self.word(end + 1) == "more") {
            return (">", from);
        }
        (sign, from - tokens)
    }

    /// Nothing stands between two neighbouring tokens.
    fn beside(&self, left: usize, right: usize) -> bool {
        let gap = self.text.get(self.tokens[left].span.end..self.tokens[right].span.start).unwrap_or(" . ");
        gap.is_empty() || gap == " " && currency_sign(self.word(left)).is_some()
    }

    fn slice(&self, from: usize, end: usize) -> Option<String> {
        let (first, last) = (self.tokens.get(from)?, self.tokens.get(end.checked_sub(1)?)?);
        let span = Span { start: first.span.start, end: last.span.end };
        span.of(self.text).map(|s| s.trim_matches(['“', '”', '"']).trim().to_owned()).filter(|s| !s.is_empty())
    }
}

fn byte_unit(word: &str) -> Option<&'static str> {
    Some(match word {
        "kb" | "kib" | "kbs" | "kilobyte" | "kilobytes" | "кб" => "KB",
        "mb" | "mib" | "mbs" | "megabyte" | "megabytes" | "megs" | "мб" => "MB",
        "gb" | "gib" | "gbs" | "gigabyte" | "gigabytes" | "gig" | "gigs" | "гб" | "g" => "GB",
        "tb" | "tib" | "tbs" | "terabyte" | "terabytes" | "тб" | "t" => "TB",
        "pb" | "pib" | "petabyte" | "petabytes" | "пб" => "PB",
        _ => return None,
    })
}

fn currency_sign(sign: &str) -> Option<&'static str> {
    Some(match sign {
        "$" => "USD",
        "€" => "EUR",
        "£" => "GBP",
        "¥" => "JPY",
        "₽" => "RUB",
        "₹" => "INR",
        "₿" => "BTC",
        "₩" => "KRW",
        "₴" => "UAH",
        "₺" => "TRY",
        _ => return None,
    })
}

/// The dollar of a country, by the letters before the sign.
fn dollar_of(letters: &str) -> Option<&'static str> {
    Some(match letters {
        "us" => "USD",
        "a" | "au" => "AUD",
        "c" | "ca" => "CAD",
        "s" => "SGD",
        "hk" => "HKD",
        "nz" => "NZD",
        "nt" => "TWD",
        "r" => "BRL",
        _ => return None,
    })
}

fn currency_word(word: &str) -> Option<&'static str> {
    Some(match word {
        "usd" | "dollar" | "dollars" | "bucks" | "usdt" | "долларов" => "USD",
        "eur" | "euro" | "euros" | "евро" => "EUR",
        "gbp" | "pound" | "pounds" | "sterling" => "GBP",
        "jpy" | "yen" => "JPY",
        "cny" | "rmb" | "yuan" => "CNY",
        "btc" | "bitcoin" | "bitcoins" => "BTC",
        "xmr" | "monero" => "XMR",
        "eth" | "ether" | "ethereum" => "ETH",
        "ltc" | "litecoin" => "LTC",
        "rub" | "ruble" | "rubles" | "rouble" | "roubles" | "руб" | "рублей" | "рубля" => "RUB",
        "inr" | "rupee" | "rupees" | "rs" => "INR",
        "chf" | "francs" => "CHF",
        "aud" => "AUD",
        "cad" => "CAD",
        "sgd" => "SGD",
        "krw" => "KRW",
        "brl" | "reais" => "BRL",
        "pln" | "zloty" => "PLN",
        "sek" | "kronor" => "SEK",
        "nok" => "NOK",
        "dkk" => "DKK",
        "ils" | "shekels" => "ILS",
        "zar" | "rand" => "ZAR",
        _ => return None,
    })
}

/// Nouns of what is taken, hit or told, in the plural, as figures of a breach count them.
fn countable(word: &str) -> bool {
    COUNTABLE.binary_search(&word).is_ok()
}

const COUNTABLE: &[&str] = &[
    "accounts",
    "addresses",
    "agencies",
    "applicants",
    "appointments",
    "archives",
    "attacks",
    "backups",
    "banks",
    "breaches",
    "businesses",
    "candidates",
    "cards",
    "chats",
    "children",
    "citizens",
    "clients",
    "companies",
    "computers",
    "consumers",
    "contacts",
    "contracts",
    "conversations",
    "countries",
    "credentials",
    "customers",
    "databases",
    "days",
    "details",
    "devices",
    "directories",
    "doctors",
    "documents",
    "donors",
    "downloads",
    "drivers",
    "e-mails",
    "emails",
    "employees",
    "endpoints",
    "entities",
    "entries",
    "families",
    "files",
    "firms",
    "folders",
    "followers",
    "gamers",
    "guests",
    "hashes",
    "homes",
    "hospitals",
    "hosts",
    "hotels",
    "hours",
    "households",
    "identities",
    "ids",
    "images",
    "implants",
    "incidents",
    "individuals",
    "institutions",
    "investors",
    "invoices",
    "ips",
    "keys",
    "leads",
    "licences",
    "licenses",
    "lines",
    "log-ins",
    "logins",
    "logs",
    "machines",
    "mailboxes",
    "members",
    "messages",
    "minutes",
    "months",
    "names",
    "networks",
    "numbers",
    "orders",
    "organisations",
    "organizations",
    "pages",
    "pairs",
    "participants",
    "parties",
    "partners",
    "passengers",
    "passports",
    "passwords",
    "patients",
    "payments",
    "people",
    "persons",
    "photos",
    "pictures",
    "players",
    "policies",
    "policyholders",
    "products",
    "profiles",
    "projects",
    "providers",
    "pupils",
    "records",
    "reports",
    "repos",
    "repositories",
    "residents",
    "results",
    "retailers",
    "routers",
    "rows",
    "samples",
    "scans",
    "schools",
    "screenshots",
    "secrets",
    "servers",
    "services",
    "shareholders",
    "shoppers",
    "sites",
    "soldiers",
    "staff",
    "staffers",
    "stores",
    "students",
    "subscribers",
    "subsidiaries",
    "suppliers",
    "systems",
    "tables",
    "targets",
    "taxpayers",
    "teachers",
    "tickets",
    "times",
    "tokens",
    "transactions",
    "travelers",
    "travellers",
    "universities",
    "users",
    "vehicles",
    "vendors",
    "veterans",
    "victims",
    "videos",
    "visitors",
    "voters",
    "websites",
    "weeks",
    "workers",
    "workstations",
    "years",
];

/// People, and what there is one of for each.
fn personal(word: &str) -> bool {
    matches!(
        word,
        "accounts"
            | "users"
            | "customers"
            | "people"
            | "records"
            | "entries"
            | "patients"
            | "individuals"
            | "members"
            | "subscribers"
            | "citizens"
            | "students"
            | "clients"
            | "passwords"
            | "credentials"
            | "emails"
            | "addresses"
    )
}

fn personal_one(word: &str) -> bool {
    matches!(
        word,
        "card"
            | "user"
            | "customer"
            | "patient"
            | "employee"
            | "account"
            | "client"
            | "member"
            | "subscriber"
            | "student"
    )
}

/// Goods that are not counted.
fn goods(word: &str) -> bool {
    matches!(word, "data" | "code" | "information" | "documentation" | "material" | "correspondence" | "email")
}

/// Words of the claim: what was done, taken, asked.
fn of_claim(word: &str) -> bool {
    const STEMS: &[&str] = &[
        "stol",
        "steal",
        "breach",
        "leak",
        "hack",
        "compromis",
        "exfiltrat",
        "expos",
        "dump",
        "publish",
        "alleg",
        "claim",
        "sell",
        "ransom",
        "victim",
        "extort",
        "download",
        "scrap",
        "steal",
        "infect",
        "encrypt",
        "списк",
        "утек",
        "слив",
    ];
    matches!(
        word,
        "data"
            | "listing"
            | "listed"
            | "affected"
            | "impacted"
            | "records"
            | "accessed"
            | "sold"
            | "sale"
            | "contains"
            | "containing"
            | "includes"
            | "including"
            | "posted"
            | "database"
            | "hit"
    ) || word.len() > 3 && STEMS.iter().any(|stem| word.starts_with(stem))
}

/// Sums that are the business of the company and not of the claim.
fn of_business(word: &str) -> bool {
    matches!(
        word,
        "revenue"
            | "revenues"
            | "turnover"
            | "valued"
            | "valuation"
            | "acquisition"
            | "acquisitions"
            | "acquired"
            | "acquiring"
            | "acquire"
            | "funding"
            | "profit"
            | "profits"
            | "merger"
            | "shares"
            | "invested"
            | "investment"
            | "investments"
            | "all-cash"
            | "fine"
            | "fined"
            | "fines"
            | "settlement"
            | "settle"
            | "settled"
            | "lawsuit"
            | "budget"
            | "penalty"
            | "capitalization"
            | "capitalisation"
            | "earnings"
            | "raised"
            | "salary"
            | "grossed"
    )
}

fn earned(word: &str) -> bool {
    matches!(
        word,
        "made"
            | "earned"
            | "raked"
            | "netted"
            | "earning"
            | "making"
            | "collected"
            | "pocketed"
            | "profited"
            | "received"
            | "extorted"
            | "cost"
            | "losses"
            | "damages"
            | "laundered"
            | "reaped"
    )
}

fn asked(word: &str) -> bool {
    const STEMS: &[&str] = &["sell", "offer", "auction", "pric", "ransom", "demand", "extort", "tout", "hawk", "charg"];
    matches!(
        word,
        "sold"
            | "sale"
            | "pay"
            | "pays"
            | "paid"
            | "paying"
            | "payment"
            | "ask"
            | "asks"
            | "asked"
            | "asking"
            | "bid"
            | "bids"
            | "bidding"
            | "buy"
            | "buying"
            | "buyer"
            | "listed"
            | "listing"
            | "worth"
            | "want"
            | "wants"
            | "wanted"
            | "available"
            | "negotiate"
            | "negotiated"
            | "requested"
    ) || STEMS.iter().any(|stem| word.starts_with(stem))
}

/// One figure for each value and kind, the first; the order of the text.
pub(super) fn distinct(found: Vec<Figure>) -> Vec<Figure> {
    let mut seen = std::collections::BTreeSet::new();
    let mut kept: Vec<Figure> = found
        .into_iter()
        .filter(|f| {
            let value = f.value.trim_start_matches(['~', '>', '<']);
            // The same great number of one thing is that of another: "18 million users", "18 million accounts".
            let number = value.split(' ').next().unwrap_or_default();
            let great = f.kind == FigureKind::Count && number.len() > 3;
            seen.insert((f.kind, if great { number } else { value }.to_owned()))
        })
        .collect();
    kept.sort_by_key(|f| (f.span.start, f.span.end));
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<Figure> {
        let mut found = Vec::new();
        figures(text, Span { start: 0, end: text.len() }, true, &mut found);
        found
    }

    fn of(text: &str) -> Vec<(&'static str, String)> {
        all(text).into_iter().map(|f| (f.kind.word(), f.value)).collect()
    }

    fn pair(kind: &'static str, value: &str) -> (&'static str, String) {
        (kind, value.to_owned())
    }

    #[test]
    fn countable_nouns_are_in_order() {
        assert!(COUNTABLE.is_sorted());
    }

    #[test]
    fn hedges_scales_and_units_are_worked_in() {
        assert_eq!(
            of("GreyHeron asked more than $1.5 million for roughly 2.5 terabytes stolen on June 3, 2030."),
            [pair("price", ">1500000 USD"), pair("volume", "~2.5 TB"), pair("date", "2030-06-03")]
        );
        assert_eq!(of("It took 1T of data and sold it for 20 BTC."), [pair("volume", "1 TB"), pair("price", "20 BTC")]);
        assert_eq!(of("It leaked (around) 15GB of files."), [pair("volume", "~15 GB")]);
        assert_eq!(of("It holds about a terabyte and a half of data."), [pair("volume", "~1.5 TB")]);
        assert_eq!(of("It leaked 30-GB and 4.5 GiB of data."), [pair("volume", "30 GB"), pair("volume", "4.5 GB")]);
    }

    #[test]
    fn numbers_are_read_as_worded() {
        assert_eq!(of("It leaked half a million accounts."), [pair("count", "500000 accounts")]);
        assert_eq!(of("It leaked between 2 and 3 million records."), [pair("count", "2000000-3000000 records")]);
        assert_eq!(of("It leaked 20m users' data."), [pair("count", "20000000 users")]);
        assert_eq!(of("It leaked 18 crore order records."), [pair("count", "180000000 records")]);
        assert_eq!(of("It leaked two dozen databases."), [pair("count", "24 databases")]);
        assert_eq!(of("It leaked as many as 1,500 customer e-mails."), [pair("count", "<1500 e-mails")]);
        assert_eq!(of("It leaked 100+ files."), [pair("count", ">100 files")]);
        assert_eq!(of("The price is 20 000 000 $ for all data."), [pair("price", "20000000 USD")]);
        assert_eq!(of("Records: 1,200,000"), [pair("count", "1200000 records")]);
    }

    #[test]
    fn coins_of_all_countries() {
        for (said, value) in [
            ("asks $1.2m", "1200000 USD"),
            ("asks US$40,000", "40000 USD"),
            ("asks S$53,650", "53650 SGD"),
            ("asks €5 million", "5000000 EUR"),
            ("asks 5 million euros", "5000000 EUR"),
            ("asks 300 XMR", "300 XMR"),
            ("asks £20k", "20000 GBP"),
            ("asks 2 million roubles", "2000000 RUB"),
            ("asks ¥90,000", "90000 JPY"),
            ("asks USD 7,500", "7500 USD"),
        ] {
            assert_eq!(of(&format!("GreyHeron {said} for it.")), [pair("price", value)], "{said}");
        }
        assert_eq!(
            of("It demanded 300 bitcoin, currently worth $3.5 million."),
            [pair("price", "300 BTC"), pair("price", "3500000 USD")]
        );
    }

    #[test]
    fn counts_are_of_what_was_taken_and_business_is_left_out() {
        assert_eq!(
            of("They leaked 14,254 files of three big firms."),
            [pair("count", "14254 files"), pair("count", "3 firms")]
        );
        assert_eq!(of("Brightwell had revenue of $3 billion."), []);
        assert_eq!(of("Brightwell employs 5,000 people."), []);
        assert_eq!(of("Some 40 percent of users left, 12% of accounts."), []);
        assert_eq!(of("The crew made $2 million."), [pair("money", "2000000 USD")]);
        assert_eq!(of("It offers a $300,000 reward for information."), [pair("money", "300000 USD")]);
        assert_eq!(of("It has 24 hours to pay."), [pair("count", "24 hours")]);
        assert_eq!(of("It was open for 24 hours."), []);
    }

    #[test]
    fn a_figure_covers_its_hedge_and_says_what_it_counts() {
        let text = "It leaked about 30 GB of source code and 5,000 customer records, and asks $500 for the database.";
        let found = all(text);
        let shown: Vec<(&str, Option<&str>)> =
            found.iter().map(|f| (f.span.of(text).unwrap_or_default(), f.of.as_deref())).collect();
        assert_eq!(
            shown,
            [
                ("about 30 GB", Some("source code")),
                ("5,000 customer records", Some("customer records")),
                ("$500", Some("database"))
            ]
        );
    }
}
