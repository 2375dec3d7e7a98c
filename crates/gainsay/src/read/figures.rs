//! Numbers and what they count: volumes, prices, sums, counts, dates.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::claim::{Figure, FigureKind, Span};
use crate::read::lexicon;
use crate::read::patterns::word_regex;

fn pattern(source: &str) -> Option<Regex> {
    word_regex(source).ok()
}

const NUMBER: &str = r"(?P<n>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,15}(?:\.\d{1,6})?)";

static VOLUME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)\b{NUMBER}(?:\s|-|\u{{a0}})?(?P<unit>kilobytes?|megabytes?|gigabytes?|terabytes?|petabytes?|gigs?|[kmgtp]i?b|[tg](?:\s+of))\b"
    ))
});

static MONEY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)(?:(?P<sign>US\$|A\$|C\$|\$|€|£|¥)\s?{NUMBER}(?:\s|-)?(?P<scale>thousand|million|billion|mn|bn|[kmb]\b)?(?:\s?(?:USD|US dollars))?|\b{}(?:\s|-)?(?P<scale2>thousand|million|billion|mn|bn)?\s?(?P<coin>USD|EUR|GBP|US dollars|dollars|euros|pounds|bitcoins?|BTC|XMR|Monero|rubles|roubles|yen)\b)",
        NUMBER.replace("?P<n>", "?P<m>")
    ))
});

static COUNT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)\b(?:{NUMBER}(?:\s?(?P<scale>thousand|million|billion|k|m)\b)?|(?P<word>two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens of|hundreds of|thousands of|millions of))\s+(?:[\w’'-]+\s+){{0,4}}?(?P<noun>companies|firms|organi[sz]ations|files|records|employees|customers?|users|people|accounts|documents|emails|passwords|individuals|patients|clients|members|subscribers|credentials|servers|repositories|databases|victims|drivers|citizens|students|guests|passengers|cards|devices|folders|entities|subsidiaries|screenshots|contracts|clients)\b"
    ))
});

static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:(?P<month>January|February|March|April|May|June|July|August|September|October|November|December|Jan\.|Feb\.|Aug\.|Sept?\.|Oct\.|Nov\.|Dec\.)\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(?P<year>(?:19|20)\d\d))?",
        r"|(?P<day2>\d{1,2})(?:st|nd|rd|th)?\s+(?P<month2>January|February|March|April|May|June|July|August|September|October|November|December)(?:,?\s+(?P<year2>(?:19|20)\d\d))?",
        r"|(?P<month3>January|February|March|April|May|June|July|August|September|October|November|December)\s+(?P<year3>(?:19|20)\d\d)",
        r"|[Ii]n\s+(?P<month4>January|February|March|April|May|June|July|August|September|October|November|December))\b"
    ))
});

/// Sums that are the business of the company and not of the claim.
static BUSINESS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:revenues?|turnover|valued|valuation|market cap\w*|acquir\w+|acquisition|brought in|funding|net income|profits? of|annual sales|merger|shares|invest\w*|worth of sales|all-cash|fined?|settlement|lawsuit|budget)\b",
    )
});

static EARNED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:made|earned|raked in|netted|earning|making|collected|pocketed|profited|received|extorted|cost|losses|damages)\b",
    )
});

static ASKED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:sell\w*|sold|sale|offer\w*|auction\w*|pric\w+|ransom\w*|demand\w*|pay\w*|ask\w*|extort\w*|bid\w*|tout\w*|hawk\w*|list(?:ed|ing)|for (?:about |around |over |more than |just )?[$€£]|buy\w*|charg\w+)\b",
    )
});

static CLAIMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:stol\w+|steal\w*|breach\w*|leak\w*|hack\w*|compromis\w+|exfiltrat\w+|expos\w+|data|dump\w*|publish\w*|affected|impacted|claim\w*|alleg\w+|records|accessed|sell\w*|victims?|ransom\w*)\b",
    )
});

static STAFF: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:employs|workforce|operates|founded|headquartered|serves|(?:company|firm|which|it|and) has|has (?:more than|over|about|around|some|roughly)|with (?:more than|over|about|around))\b",
    )
});

fn hit(pattern: &LazyLock<Option<Regex>>, text: &str) -> bool {
    pattern.as_ref().is_some_and(|p| p.is_match(text))
}

/// The figures of one sentence. `stated`: the sentence belongs to a statement, so its figures need no other tie to the claim.
pub(super) fn figures(text: &str, sentence: Span, stated: bool, found: &mut Vec<Figure>) {
    let Some(piece) = sentence.of(text) else {
        return;
    };
    let at =
        |range: std::ops::Range<usize>| Span { start: sentence.start + range.start, end: sentence.start + range.end };
    let earlier = found.len();
    for c in VOLUME.iter().flat_map(|p| p.captures_iter(piece)) {
        let (Some(all), Some(number), Some(unit)) = (c.get(0), c.name("n"), c.name("unit")) else {
            continue;
        };
        let unit = match unit.as_str().chars().next().map(|c| c.to_ascii_lowercase()) {
            Some('k') => "KB",
            Some('m') => "MB",
            Some('g') => "GB",
            Some('t') => "TB",
            _ => "PB",
        };
        let (hedge, start) = hedge_before(piece, all.start());
        push(
            found,
            FigureKind::Volume,
            format!("{hedge}{} {unit}", number.as_str().replace(',', "")),
            at(start..all.end()),
        );
    }
    for c in MONEY.iter().flat_map(|p| p.captures_iter(piece)) {
        let Some(all) = c.get(0) else { continue };
        let Some(kind) = money_kind(piece, all.start(), all.end(), stated) else {
            continue;
        };
        let Some(number) = c.name("n").or_else(|| c.name("m")) else {
            continue;
        };
        let scale = c.name("scale").or_else(|| c.name("scale2")).map_or("", |m| m.as_str());
        let (hedge, start) = hedge_before(piece, all.start());
        push(found, kind, format!("{hedge}{} {}", scaled(number.as_str(), scale), currency(&c)), at(start..all.end()));
    }
    for c in COUNT.iter().flat_map(|p| p.captures_iter(piece)) {
        let (Some(all), Some(noun)) = (c.get(0), c.name("noun")) else {
            continue;
        };
        let boilerplate = hit(&STAFF, &piece[floor(piece, all.start().saturating_sub(60))..all.start()])
            && !hit(&CLAIMED, &piece[all.end()..]);
        if !hit(&CLAIMED, piece) && !stated || boilerplate {
            continue;
        }
        // "4 GB of files" counts bytes.
        let span = at(all.start()..all.end());
        if found[earlier..].iter().any(|f| f.kind == FigureKind::Volume && f.span.overlaps(&span)) {
            continue;
        }
        let value = match (c.name("n"), c.name("word")) {
            (Some(number), _) if is_year(number.as_str()) && c.name("scale").is_none() => continue,
            (Some(number), _) => scaled(number.as_str(), c.name("scale").map_or("", |m| m.as_str())),
            (_, Some(word)) => match number_word(&word.as_str().to_lowercase()) {
                Some(number) => number.to_owned(),
                None => continue,
            },
            _ => continue,
        };
        let (hedge, start) = hedge_before(piece, all.start());
        push(
            found,
            FigureKind::Count,
            format!("{hedge}{value} {}", noun.as_str().to_lowercase()),
            at(start..all.end()),
        );
    }
    if stated {
        dates(piece, sentence.start, found);
    }
}

fn dates(piece: &str, base: usize, found: &mut Vec<Figure>) {
    for c in DATE.iter().flat_map(|p| p.captures_iter(piece)) {
        let group = |names: [&str; 4]| names.iter().find_map(|n| c.name(n)).map(|m| m.as_str());
        let Some(all) = c.get(0) else { continue };
        let Some(month) = group(["month", "month2", "month3", "month4"])
            .and_then(|m| lexicon::month(&m.trim_end_matches('.').to_lowercase()))
        else {
            continue;
        };
        let day = group(["day", "day2", "", ""]).and_then(|d| d.parse::<u8>().ok()).filter(|d| (1..=31).contains(d));
        let mut value = group(["year", "year2", "year3", ""]).map_or_else(String::new, |y| format!("{y}-"));
        value.push_str(&format!("{month:02}"));
        if let Some(day) = day {
            value.push_str(&format!("-{day:02}"));
        }
        push(found, FigureKind::Date, value, Span { start: base + all.start(), end: base + all.end() });
    }
}

/// What a sum is, by the words nearest to it; `None` where it is not the claim's.
fn money_kind(piece: &str, start: usize, end: usize, stated: bool) -> Option<FigureKind> {
    let before = &piece[floor(piece, start.saturating_sub(70))..start];
    let around = &piece[floor(piece, start.saturating_sub(120))..floor(piece, (end + 60).min(piece.len()))];
    if hit(&BUSINESS, around) && !around.to_lowercase().contains("ransom") {
        return None;
    }
    if hit(&EARNED, before) {
        return Some(FigureKind::Money);
    }
    if hit(&ASKED, around) {
        return Some(FigureKind::Price);
    }
    stated.then_some(FigureKind::Money)
}

/// The hedge right before a number, and where the figure starts with it.
fn hedge_before(piece: &str, start: usize) -> (&'static str, usize) {
    let before = &piece[floor(piece, start.saturating_sub(24))..start];
    let lower = before.to_lowercase();
    // Where lower case has another length, offsets into it say nothing of the text.
    if before.len() != lower.len() {
        return ("", start);
    }
    let trimmed = lower.trim_end();
    let from =
        |words: &str| start - (before.len() - before.len().min(before.trim_end().len().saturating_sub(words.len())));
    for (words, sign) in [
        ("more than", ">"),
        ("at least", ">"),
        ("upwards of", ">"),
        ("in excess of", ">"),
        ("less than", "<"),
        ("up to", "<"),
        ("close to", "~"),
    ] {
        if trimmed.ends_with(words) {
            return (sign, from(words));
        }
    }
    let Some(word) = trimmed.rsplit(|c: char| !c.is_alphabetic()).next().filter(|w| trimmed.ends_with(w)) else {
        return ("", start);
    };
    match lexicon::hedge(word) {
        Some('>') => (">", from(word)),
        Some('<') => ("<", from(word)),
        Some(_) => ("~", from(word)),
        _ => ("", start),
    }
}

fn floor(piece: &str, mut at: usize) -> usize {
    while !piece.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn push(found: &mut Vec<Figure>, kind: FigureKind, value: String, span: Span) {
    found.push(Figure { kind, value, of: None, span });
}

fn is_year(number: &str) -> bool {
    number.len() == 4 && (number.starts_with("19") || number.starts_with("20"))
}

/// Decimal digits with a scale word worked in, exactly: "1.5" "million" is "1500000".
fn scaled(number: &str, scale: &str) -> String {
    let zeros = match scale.to_lowercase().as_str() {
        "thousand" | "k" => 3,
        "million" | "mn" | "m" => 6,
        "billion" | "bn" | "b" => 9,
        _ => return number.replace(',', ""),
    };
    let plain = number.replace(',', "");
    let (whole, part) = plain.split_once('.').unwrap_or((&plain, ""));
    let kept: String = part.chars().chain(std::iter::repeat('0')).take(zeros).collect();
    let rest: String = part.chars().skip(zeros).collect();
    let digits = format!("{whole}{kept}");
    let digits = digits.trim_start_matches('0');
    let digits = if digits.is_empty() { "0" } else { digits };
    if rest.is_empty() { digits.to_owned() } else { format!("{digits}.{rest}") }
}

fn currency(c: &Captures<'_>) -> &'static str {
    match c.name("sign").or_else(|| c.name("coin")).map_or("", |m| m.as_str()).to_lowercase().as_str() {
        "€" | "eur" | "euros" => "EUR",
        "£" | "gbp" | "pounds" => "GBP",
        "¥" | "yen" => "JPY",
        "a$" => "AUD",
        "c$" => "CAD",
        "btc" | "bitcoin" | "bitcoins" => "BTC",
        "xmr" | "monero" => "XMR",
        "rubles" | "roubles" => "RUB",
        _ => "USD",
    }
}

fn number_word(word: &str) -> Option<&'static str> {
    Some(match word {
        "two" => "2",
        "three" => "3",
        "four" => "4",
        "five" => "5",
        "six" => "6",
        "seven" => "7",
        "eight" => "8",
        "nine" => "9",
        "ten" => "10",
        "eleven" => "11",
        "twelve" => "12",
        _ => return None,
    })
}

/// One figure for each value and kind, the first; the order of the text.
pub(super) fn distinct(found: Vec<Figure>) -> Vec<Figure> {
    let mut seen = std::collections::BTreeSet::new();
    let mut kept: Vec<Figure> = found
        .into_iter()
        .filter(|f| seen.insert((f.kind, f.value.trim_start_matches(['~', '>', '<']).to_owned())))
        .collect();
    kept.sort_by_key(|f| (f.span.start, f.span.end));
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<(&'static str, String)> {
        let mut found = Vec::new();
        figures(text, Span { start: 0, end: text.len() }, true, &mut found);
        found.iter().map(|f| (f.kind.word(), f.value.clone())).collect()
    }

    #[test]
    fn every_pattern_compiles() {
        for pattern in [&VOLUME, &MONEY, &COUNT, &DATE, &BUSINESS, &EARNED, &ASKED, &CLAIMED, &STAFF] {
            assert!(pattern.is_some());
        }
    }

    #[test]
    fn hedges_scales_and_units_are_worked_in() {
        assert_eq!(
            of("GreyHeron asked more than $1.5 million for roughly 2.5 terabytes stolen on June 3, 2030."),
            [("volume", "~2.5 TB".to_owned()), ("price", ">1500000 USD".to_owned()), ("date", "2030-06-03".to_owned())]
        );
        assert_eq!(
            of("It took 1T of data and sold it for 20 BTC."),
            [("volume", "1 TB".to_owned()), ("price", "20 BTC".to_owned())]
        );
    }

    #[test]
    fn counts_are_of_what_was_taken_and_business_is_left_out() {
        assert_eq!(
            of("They leaked 14,254 files of three big firms."),
            [("count", "14254 files".to_owned()), ("count", "3 firms".to_owned())]
        );
        assert_eq!(of("Brightwell had revenue of $3 billion."), []);
        assert_eq!(of("The crew made $2 million."), [("money", "2000000 USD".to_owned())]);
    }

    #[test]
    fn a_figure_covers_its_hedge() {
        let text = "It leaked about 30 GB.";
        let mut found = Vec::new();
        figures(text, Span { start: 0, end: text.len() }, true, &mut found);
        assert_eq!(found.first().and_then(|f| f.span.of(text)), Some("about 30 GB"));
    }
}
