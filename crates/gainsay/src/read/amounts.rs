//! Amounts as sellers write them, in English and Russian: `50kk`, `3k$`, `1.5 BTC`, `2 млн строк`, `300 тыс. $`, `10гб`.

use crate::claim::{Figure, FigureKind, Span};
use crate::read::words::Word;

/// A number with its unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Amount {
    /// With hedge and unit.
    pub(super) span: Span,
    /// Places of its words among those given, hedge left out.
    pub(super) first: usize,
    pub(super) last: usize,
    /// `>`, `~` or `<`, where the text hedges.
    pub(super) hedge: Option<char>,
    /// In full: `50kk` is `50000000`.
    pub(super) number: String,
    pub(super) unit: Unit,
}

/// What an amount is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// Bytes: `GB`.
    Bytes(&'static str),
    /// Money: `USD`.
    Money(&'static str),
    /// Things, by their noun in lower case, and all words from the number on.
    Things { noun: String, of: Span },
    /// The text does not say; it is a sum where the price is named.
    Bare,
}

impl Amount {
    /// As a figure of this kind: `>300000 USD`.
    pub(super) fn figure(&self, text: &str, kind: FigureKind) -> Figure {
        let hedge = self.hedge.map(String::from).unwrap_or_default();
        let unit = match &self.unit {
            Unit::Bytes(unit) | Unit::Money(unit) => format!(" {unit}"),
            Unit::Things { noun, .. } => format!(" {noun}"),
            Unit::Bare => String::new(),
        };
        let of = match &self.unit {
            Unit::Things { of, .. } => of.of(text).map(str::to_owned),
            _ => None,
        };
        Figure { kind, value: format!("{hedge}{}{unit}", self.number), of, span: self.span }
    }
}

/// The amounts among words, in order of place.
pub(super) fn amounts(words: &[Word]) -> Vec<Amount> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        match amount(words, at) {
            Some(amount) => {
                at = amount.last + 1;
                found.push(amount);
            }
            None => at += 1,
        }
    }
    found
}

fn text(words: &[Word], at: usize) -> &str {
    words.get(at).map_or("", |word| word.text.as_str())
}

fn touches(words: &[Word], at: usize) -> bool {
    at.checked_sub(1)
        .and_then(|before| words.get(before))
        .zip(words.get(at))
        .is_some_and(|(a, b)| a.span.end == b.span.start)
}

fn digits(word: &str) -> usize {
    word.bytes().take_while(u8::is_ascii_digit).count()
}

fn amount(words: &[Word], at: usize) -> Option<Amount> {
    let (whole, part, mut scale, tail, mut last) = number(words, at).or_else(|| in_words(words, at))?;
    // A number inside of something else: a version, a date, an address, a clock.
    if touches(words, at)
        && at > 0
        && matches!(text(words, at - 1), "." | ":" | "/" | "-" | "#" | "_" | "@" | "," | "=")
    {
        return None;
    }
    if matches!(text(words, last + 1), "/" | ":") && touches(words, last + 1) && digits(text(words, last + 2)) > 0 {
        return None;
    }
    let mut unit = None;
    if !tail.is_empty() {
        if let Some(bytes) = bytes(&tail).or_else(|| bytes_by_letter(&tail, &whole)) {
            unit = Some(Unit::Bytes(bytes));
        } else if let Some(power) = power(&tail).or_else(|| power_by_letter(&tail)) {
            scale += power;
        } else if let Some(money) = currency(&tail) {
            unit = Some(Unit::Money(money));
        } else {
            return None;
        }
    }
    let mut next = last + 1;
    if unit.is_none()
        && scale == 0
        && let Some(power) = power(text(words, next))
    {
        scale = power;
        last = next;
        next += 1;
        // An abbreviation's full stop: `300 тыс. $`.
        if text(words, next) == "." && touches(words, next) && text(words, last).chars().count() <= 4 {
            let more = text(words, next + 1);
            if currency(more).is_some() || bytes(more).is_some() || !more.is_empty() && noun(words, next + 1).is_some()
            {
                last = next;
                next += 1;
            }
        }
    }
    let (sign, opens) = sign_before(words, at);
    if unit.is_none() {
        if let Some(bytes) = bytes(text(words, next)).filter(|_| scale == 0) {
            unit = Some(Unit::Bytes(bytes));
            last = next;
        } else if let Some(money) = currency(text(words, next)) {
            unit = Some(Unit::Money(money));
            last = next;
        }
    }
    if let Some(money) = sign.filter(|_| !matches!(unit, Some(Unit::Bytes(_)))) {
        unit = Some(Unit::Money(money));
    }
    let unit = match unit {
        Some(unit) => unit,
        None => match noun(words, next) {
            Some(place) => {
                last = place;
                let of = Span { start: words.get(next)?.span.start, end: words.get(place)?.span.end };
                Unit::Things { noun: text(words, place).to_owned(), of }
            }
            None => Unit::Bare,
        },
    };
    let (hedge, start) = hedge(words, opens, &mut last);
    Some(Amount {
        span: Span { start: words.get(start)?.span.start, end: words.get(last)?.span.end },
        first: opens,
        last,
        hedge,
        number: scaled(&whole, &part, scale),
        unit,
    })
}

type Number = (String, String, usize, String, usize);

/// Whole digits, digits after the point, powers of ten, letters that follow at once, and the last word taken.
fn number(words: &[Word], at: usize) -> Option<Number> {
    let first = words.get(at)?.text.as_str();
    let many = digits(first);
    if many == 0 || many > 15 {
        return None;
    }
    let mut groups = vec![first.get(..many)?];
    let mut marks: Vec<&str> = Vec::new();
    let mut tail = first.get(many..)?;
    let mut last = at;
    // The widest is 1 000 000 000 000 with its fraction.
    while tail.is_empty() && groups.len() < 6 {
        let mark = text(words, last + 1);
        let grouped = matches!(mark, "." | "," | "'") && touches(words, last + 1) && touches(words, last + 2);
        let (next, step, mark) = if grouped {
            (text(words, last + 2), 2, mark)
        } else if groups.first().is_some_and(|g| g.len() <= 3)
            && marks.iter().all(|m| *m == " ")
            && text(words, last + 1).len() >= 3
            && !touches(words, last + 1)
            && gap_of_one(words, last + 1)
            && digits(text(words, last + 1)) == 3
        {
            (text(words, last + 1), 1, " ")
        } else {
            break;
        };
        let many = digits(next);
        if many == 0 || many > 15 {
            break;
        }
        groups.push(next.get(..many)?);
        marks.push(mark);
        tail = next.get(many..)?;
        last += step;
    }
    let thousands = |from: usize, to: usize| groups.get(from..to).is_some_and(|g| g.iter().all(|g| g.len() == 3));
    let leads = groups.first().is_some_and(|g| g.len() <= 3 && !(g.len() > 1 && g.starts_with('0')));
    let (whole, part) = match (groups.len(), marks.first().copied(), marks.last().copied()) {
        (1, ..) => (groups.concat(), String::new()),
        // 1.5, 18,6, 0.25; but 300,000, and 300.000 where it is round.
        (2, Some("."), _) if !(thousands(1, 2) && leads && groups.get(1).is_some_and(|g| *g == "000")) => {
            (groups.first()?.to_string(), groups.get(1)?.to_string())
        }
        (2, Some(","), _) if !(thousands(1, 2) && leads) => (groups.first()?.to_string(), groups.get(1)?.to_string()),
        (many, Some(first), Some(_)) if leads && thousands(1, many) && marks.iter().all(|m| *m == first) => {
            (groups.concat(), String::new())
        }
        // 1,234.56
        (many, Some(first), Some(end)) if leads && first != end && thousands(1, many - 1) => {
            let mut whole = groups.clone();
            let part = whole.pop()?;
            (whole.concat(), part.to_owned())
        }
        // 1.2.3.4: an address, a version, a date.
        _ => return None,
    };
    Some((whole, part, 0, tail.to_owned(), last))
}

/// One space between this word and the one before.
fn gap_of_one(words: &[Word], at: usize) -> bool {
    at.checked_sub(1)
        .and_then(|before| words.get(before))
        .zip(words.get(at))
        .is_some_and(|(a, b)| b.span.start.saturating_sub(a.span.end) <= 3)
}

/// `half a million`, `a terabyte and a half`, `полтора терабайта`.
fn in_words(words: &[Word], at: usize) -> Option<Number> {
    let of = |place: usize| text(words, place);
    let measured = |place: usize| power(of(place)).is_some() || bytes(of(place)).is_some();
    match of(at) {
        "half" if matches!(of(at + 1), "a" | "an") && measured(at + 2) => {
            Some(("0".to_owned(), "5".to_owned(), 0, String::new(), at + 1))
        }
        "a" | "an" | "one" if bytes(of(at + 1)).is_some() => {
            let half = of(at + 2) == "and" && of(at + 3) == "a" && of(at + 4) == "half";
            // The unit must be the next word, so that the half is taken with it.
            if half {
                Some(("1".to_owned(), "5".to_owned(), 0, of(at + 1).to_owned(), at + 4))
            } else {
                Some(("1".to_owned(), String::new(), 0, String::new(), at))
            }
        }
        "полтора" | "полторы" if measured(at + 1) => {
            Some(("1".to_owned(), "5".to_owned(), 0, String::new(), at))
        }
        "полмиллиона" => Some(("5".to_owned(), String::new(), 5, String::new(), at)),
        "миллион" | "миллиона" => Some(("1".to_owned(), String::new(), 6, String::new(), at)),
        _ => None,
    }
}

/// Digits in full: 1, 5 and 6 are 1500000.
fn scaled(whole: &str, part: &str, scale: usize) -> String {
    let part = part.get(..part.len().min(9)).unwrap_or(part);
    let moved = part.get(..scale.min(part.len())).unwrap_or_default();
    let left = part.get(moved.len()..).unwrap_or_default().trim_end_matches('0');
    let zeros = "0".repeat(scale.saturating_sub(moved.len()));
    let digits = format!("{whole}{moved}{zeros}");
    let digits = digits.trim_start_matches('0');
    let digits = if digits.is_empty() { "0" } else { digits };
    if left.is_empty() { digits.to_owned() } else { format!("{digits}.{left}") }
}

/// Powers of ten that a word stands for. `50kk` is the sellers' fifty million.
fn power(word: &str) -> Option<usize> {
    Some(match word {
        "k" | "к" | "thousand" | "thousands" | "тыс" | "тысяч" | "тысячи" | "тысяча" | "тысячу" => {
            3
        }
        "kk" | "кк" | "mm" | "mil" | "mln" | "mio" | "million" | "millions" | "млн" | "миллион" | "миллиона"
        | "миллионов" | "лям" | "ляма" | "лямов" => 6,
        "kkk" | "ккк" | "bn" | "bln" | "billion" | "billions" | "млрд" | "миллиард" | "миллиарда" | "миллиардов" => {
            9
        }
        _ => return None,
    })
}

/// Single letters stand for a power only where they follow the digits at once.
fn power_by_letter(word: &str) -> Option<usize> {
    Some(match word {
        "m" | "м" => 6,
        "b" => 9,
        _ => return None,
    })
}

fn bytes(word: &str) -> Option<&'static str> {
    Some(match word {
        "kb" | "кб" | "kilobyte" | "kilobytes" | "kib" => "KB",
        "mb" | "мб" | "megabyte" | "megabytes" | "мегабайт" | "мегабайта" | "мегабайтов" | "mib" => {
            "MB"
        }
        "gb"
        | "гб"
        | "gig"
        | "gigs"
        | "gigabyte"
        | "gigabytes"
        | "гиг"
        | "гигов"
        | "гигабайт"
        | "гигабайта"
        | "гигабайтов"
        | "gib"
        | "gbs" => "GB",
        "tb"
        | "тб"
        | "terabyte"
        | "terabytes"
        | "терабайт"
        | "терабайта"
        | "терабайтов"
        | "террабайт"
        | "tib"
        | "tbs" => "TB",
        "pb" | "пб" | "petabyte" | "petabytes" | "петабайт" | "pib" => "PB",
        _ => return None,
    })
}

/// `500G`, `2T`; `5G` is a network.
fn bytes_by_letter(word: &str, whole: &str) -> Option<&'static str> {
    match word {
        "g" | "г" if whole.len() > 1 => Some("GB"),
        "t" | "т" => Some("TB"),
        _ => None,
    }
}

fn currency(word: &str) -> Option<&'static str> {
    Some(match word {
        "$" | "usd" | "usdt" | "dollar" | "dollars" | "bucks" | "бакс" | "бакса" | "баксов" | "доллар" | "доллара"
        | "долларов" | "дол" | "долл" => "USD",
        "€" | "eur" | "euro" | "euros" | "евро" => "EUR",
        "£" | "gbp" | "pounds" | "фунтов" => "GBP",
        "¥" | "yen" | "jpy" => "JPY",
        "₽" | "rub" | "rubles" | "roubles" | "руб" | "рублей" | "рубля" | "рубль" | "р" => "RUB",
        "₿" | "btc" | "bitcoin" | "bitcoins" | "биткоин" | "биткоина" | "биткоинов" | "биткойнов" | "бтк" => {
            "BTC"
        }
        "xmr" | "monero" | "монеро" => "XMR",
        "eth" | "ethereum" => "ETH",
        _ => return None,
    })
}

/// The currency before a number, and where the amount opens with it.
fn sign_before(words: &[Word], at: usize) -> (Option<&'static str>, usize) {
    let Some(before) = at.checked_sub(1) else { return (None, at) };
    let money = match text(words, before) {
        sign @ ("$" | "€" | "£" | "¥" | "₽" | "₿" | "usd" | "eur" | "btc" | "xmr") => currency(sign),
        _ => None,
    };
    // `5k$ 200 hosts`: the sign belongs to what stands before it.
    let taken = before.checked_sub(1).is_some_and(|b| touches(words, before) && digits(text(words, b)) > 0);
    if money.is_none() || taken {
        return (None, at);
    }
    let us = before.checked_sub(1).filter(|&b| text(words, b) == "us" && touches(words, before));
    (money, us.unwrap_or(before))
}

#[rustfmt::skip]
const NOUNS: &[&str] = &[
    "record", "records", "row", "rows", "line", "lines", "entries", "user", "users", "customer", "customers",
    "client", "clients", "account", "accounts", "people", "person", "persons", "citizen", "citizens", "patient",
    "patients", "member", "members", "subscribers", "employees", "students", "file", "files", "document", "documents",
    "doc", "docs", "folder", "folders", "host", "hosts", "pc", "pcs", "computer", "computers", "server", "servers",
    "machines", "workstations", "endpoints", "devices", "domain", "domains", "database", "databases", "dbs", "tables",
    "email", "emails", "mail", "mails", "mailboxes", "password", "passwords", "credentials", "logins", "hashes",
    "phone", "phones", "numbers", "passport", "passports", "ssn", "ssns", "cards", "contracts", "orders", "messages",
    "repos", "repositories", "companies", "company", "victims", "networks", "accesses", "screenshots", "images",
    "photos", "invoices", "transactions", "leads", "ids",
];

/// Russian nouns by their stems, so that every case is found.
#[rustfmt::skip]
const STEMS: &[&str] = &[
    "строк", "запис", "пользовател", "клиент", "человек", "людей", "карт", "хост", "сервер", "комп", "аккаунт",
    "учетн", "учётн", "номер", "файл", "документ", "паспорт", "сотрудник", "абонент", "заказ", "почт", "адрес",
    "парол", "баз", "сет", "доступ", "юзер", "рабоч", "пк", "арм", "тачк", "машин", "скан", "договор", "граждан",
    "пациент", "телефон", "ящик",
];

/// Words that stand between a number and its noun.
#[rustfmt::skip]
const BETWEEN: &[&str] = &[
    "unique", "user", "customer", "client", "personal", "active", "online", "live", "fresh", "valid", "internal",
    "medical", "phone", "email", "credit", "debit", "different", "confidential", "sensitive", "employee", "patient",
    "windows", "linux", "ad", "full", "of", "clients", "individual", "business", "corporate", "new", "stolen",
    "leaked",
];

#[rustfmt::skip]
const BETWEEN_STEMS: &[&str] = &[
    "уникальн", "персональн", "кредитн", "личн", "активн", "живых", "валидн", "свеж", "банковск", "дебетов",
    "пользовательск", "номер",
];

/// The place of the noun that a number counts.
fn noun(words: &[Word], from: usize) -> Option<usize> {
    let mut found = None;
    for place in from..from + 4 {
        let Some(word) = words.get(place) else { break };
        let counts = NOUNS.contains(&word.text.as_str()) || word.begins(STEMS) && word.is_word();
        let between = BETWEEN.contains(&word.text.as_str()) || word.begins(BETWEEN_STEMS);
        if counts {
            found = Some(place);
        }
        if !between {
            break;
        }
    }
    found
}

/// The hedge before an amount or the plus behind it, and where the amount begins with it.
fn hedge(words: &[Word], at: usize, last: &mut usize) -> (Option<char>, usize) {
    if text(words, *last + 1) == "+" && touches(words, *last + 1) {
        *last += 1;
        return (Some('>'), at);
    }
    let before = |back: usize| at.checked_sub(back).map_or("", |place| text(words, place));
    match (before(3), before(2), before(1)) {
        (_, "more" | "greater", "than" | "then") => (Some('>'), at - 2),
        (_, "at", "least") => (Some('>'), at - 2),
        (_, "up", "to") | (_, "less", "than" | "then") => (Some('<'), at - 2),
        (_, _, "over" | ">" | "+" | "свыше" | "более" | "больше" | "от" | "минимум") => {
            (Some('>'), at - 1)
        }
        (
            _,
            _,
            "~" | "≈" | "about" | "around" | "approx" | "approximately" | "nearly" | "almost" | "roughly" | "circa"
            | "около" | "примерно" | "почти" | "порядка",
        ) => (Some('~'), at - 1),
        (_, "approx", ".") => (Some('~'), at - 2),
        (_, _, "<" | "до") => (Some('<'), at - 1),
        _ => (None, at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::words::words;

    fn read(text: &str) -> Vec<String> {
        let words = words(text, Span { start: 0, end: text.len() });
        amounts(&words)
            .into_iter()
            .map(|a| format!("{} [{}]", a.figure(text, FigureKind::Count).value, a.span.of(text).unwrap_or_default()))
            .collect()
    }

    #[test]
    fn amounts_as_sellers_write_them() {
        for (text, read_as) in [
            ("revenue 50kk$", vec!["50000000 USD [50kk$]"]),
            ("Rev 1.2kkk", vec!["1200000000 [1.2kkk]"]),
            ("price $3k", vec!["3000 USD [$3k]"]),
            ("300k$, escrow", vec!["300000 USD [300k$]"]),
            ("1.5 BTC", vec!["1.5 BTC [1.5 BTC]"]),
            ("over US$ 300,000", vec![">300000 USD [over US$ 300,000]"]),
            ("20 000 000 $", vec!["20000000 USD [20 000 000 $]"]),
            ("300.000 EUR", vec!["300000 EUR [300.000 EUR]"]),
            ("MORE THEN 500G", vec![">500 GB [MORE THEN 500G]"]),
            ("> 230gb: a", vec![">230 GB [> 230gb]"]),
            ("a brilliant 4TB", vec!["4 TB [4TB]"]),
            ("a terabyte and a half", vec!["1.5 TB [a terabyte and a half]"]),
            ("2,861,839 SSNs in", vec!["2861839 ssns [2,861,839 SSNs]"]),
            ("12M+ unique users", vec![">12000000 [12M+]"]),
            ("42 млн записей", vec!["42000000 записей [42 млн записей]"]),
            ("18,6 млн уникальных номеров", vec!["18600000 номеров [18,6 млн уникальных номеров]"]),
            ("300 тыс. $ и 2.5кк", vec!["300000 USD [300 тыс. $]", "2500000 [2.5кк]"]),
            ("около 30 ТБ", vec!["~30 TB [около 30 ТБ]"]),
            ("полтора терабайта", vec!["1.5 TB [полтора терабайта]"]),
            ("слили 10гб", vec!["10 GB [10гб]"]),
            ("start 5k step 1k blitz 10k$", vec!["5000 [5k]", "1000 [1k]", "10000 USD [10k$]"]),
        ] {
            assert_eq!(read(text), read_as, "{text}");
        }
    }

    #[test]
    fn what_is_no_amount_is_left_alone() {
        for text in ["10.0.0.1", "v1.2.3", "2023/03/27", "5G network is", "07:12:31", "x64", "CVE-2030-12345", "24th"] {
            let found: Vec<String> = read(text).into_iter().filter(|f| !f.starts_with("5 ")).collect();
            assert!(found.is_empty(), "{text}: {found:?}");
        }
    }
}
