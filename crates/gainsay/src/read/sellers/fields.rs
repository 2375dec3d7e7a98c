//! `Price: 3k`: the lines of a listing that name what follows, in English and Russian.

use std::collections::BTreeMap;

use crate::claim::Span;
use crate::read::words::{Word, words};

/// What a field of a listing tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::read) enum Field {
    Seller,
    Victim,
    /// The title of the post: the victim's name on a leak site, the offer on a forum.
    Title,
    /// The victim's address in the web.
    Site,
    Goods,
    Volume,
    Price,
    /// The first bid of an auction, its step, and the price that ends it at once.
    Start,
    Step,
    Blitz,
    Proof,
    Contact,
    Access,
    /// Prose about the victim or the offer.
    Description,
    /// What is told of the victim beside its name: country, industry, revenue, staff.
    Profile,
    /// Dates, addresses of the post, escrow: it shows what the text is, and offers nothing.
    Post,
}

#[rustfmt::skip]
const NAMES: &[(Field, &[&str])] = &[
    (Field::Seller, &[
        "seller", "vendor", "author", "posted by", "post author", "by", "threat actor", "actor", "group",
        "group name", "group_name", "gang", "username", "user", "nickname", "nick", "handle", "operator",
        "ransomware group", "продавец", "автор", "ник", "группа", "группировка",
    ]),
    (Field::Victim, &[
        "victim", "victim name", "victims", "company", "company name", "target", "organization", "organisation",
        "org", "corp", "name of company", "жертва", "компания", "название", "цель", "организация", "фирма",
    ]),
    (Field::Title, &[
        "title", "post title", "post_title", "topic", "subject", "thread", "заголовок", "тема", "name",
    ]),
    (Field::Site, &[
        "website", "site", "domain", "web", "webpage", "www", "company website", "сайт", "домен", "url компании",
    ]),
    (Field::Goods, &[
        "data", "goods", "product", "comment", "comments", "item", "items", "data type", "type of data",
        "compromised data", "leaked data", "stolen data", "exfiltrated data", "content", "contents", "data content",
        "fields", "includes", "included", "data includes", "files", "what is inside", "inside", "columns",
        "data fields", "database", "товар", "данные", "содержимое", "поля", "что внутри", "база", "состав", "в базе",
    ]),
    (Field::Volume, &[
        "size", "volume", "amount", "amount of data", "data size", "size of data", "total size", "total", "records",
        "lines", "rows", "users", "count", "number of records", "total records", "database size", "dump size",
        "объем", "объём", "размер", "строк", "записей", "количество", "кол-во", "всего",
    ]),
    (Field::Price, &[
        "price", "cost", "buy now", "asking price", "ransom", "ransom demand", "demand", "sum", "selling price",
        "our price", "цена", "стоимость", "выкуп", "сумма", "прайс", "ценник",
    ]),
    (Field::Start, &[
        "start", "start price", "starting price", "starting bid", "bid", "min bid", "minimum bid", "старт",
        "начальная цена",
    ]),
    (Field::Step, &["step", "bid step", "bid increment", "increment", "шаг"]),
    (Field::Blitz, &[
        "blitz", "blitz price", "bin", "buyout", "buy out", "flash", "блиц", "выкуп сразу", "блиц цена",
    ]),
    (Field::Proof, &[
        "proof", "proofs", "proof of access", "proof of breach", "sample", "samples", "sample data", "screenshot",
        "screenshots", "screens", "evidence", "пруф", "пруфы", "пробник", "сэмпл", "сэмплы", "семпл", "скрин",
        "скрины", "скриншоты", "доказательства", "примеры",
    ]),
    (Field::Contact, &[
        "contact", "contacts", "contact me", "contact us", "contact info", "telegram", "tg", "tox", "tox id", "toxid",
        "qtox", "jabber", "xmpp", "email", "e-mail", "mail", "session", "session id", "wickr", "icq", "discord",
        "signal", "keybase", "element", "matrix", "threema", "pm", "dm", "контакт", "контакты", "связь", "для связи",
        "телеграм", "телега", "тг", "токс", "жаба", "джаббер", "почта",
    ]),
    (Field::Access, &[
        "access", "access type", "type of access", "accesstype", "type", "access via", "rights", "privileges",
        "privilege", "permissions", "level", "access level", "user rights", "доступ", "тип доступа", "вид доступа",
        "права", "тип", "привилегии",
    ]),
    (Field::Description, &[
        "description", "desc", "about", "info", "information", "details", "post", "описание", "информация",
        "о компании", "детали",
    ]),
    (Field::Profile, &[
        "country", "geo", "location", "geolocation", "region", "hq", "headquarters", "address", "revenue", "rev",
        "income", "turnover", "annual revenue", "employees", "employee", "staff", "industry", "sector", "business",
        "activity", "field", "scope", "hosts", "host", "pc", "pcs", "av", "antivirus", "edr", "network", "phone",
        "tel", "zoominfo", "linkedin", "phone number", "страна", "гео", "регион", "адрес", "оборот", "выручка",
        "ревеню", "ревенью", "доход", "сотрудники", "сотрудников", "отрасль", "сфера", "деятельность", "хостов",
        "хосты", "компов", "ав", "антивирус", "телефон",
    ]),
    (Field::Post, &[
        "date", "posted", "published", "publication date", "added", "discovered", "updated", "deadline", "time left",
        "timer", "status", "views", "market", "forum", "board", "post_url", "post url", "url", "link", "screen", "escrow", "garant", "guarantor",
        "guarantee", "payment", "terms", "leak date", "date of leak", "format", "дата", "опубликовано", "дедлайн",
        "срок", "статус", "гарант", "оплата", "условия", "ссылка", "формат",
    ]),
];

/// A line that names what it tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) field: Field,
    /// Empty where the value stands on the lines below.
    pub(super) value: Span,
}

/// A field's name is at most this many words, marks left out.
const NAME_WORDS: usize = 4;

/// The field that a line is, if it is one that listings have: `Price: 3k`, `[Price] 3k`, `**Цена** — 3к`, `Price | 3k`.
pub(super) fn field(text: &str, line: Span) -> Option<Line> {
    // A name is short: no need to fold a long line, nor one without a mark behind its first words.
    let end = (line.start..=line.end.min(line.start + 120)).rev().find(|&end| text.is_char_boundary(end))?;
    text.get(line.start..end)?.find([':', '=', '|', '：', '→', '➜', '➡', '⇒', '➤', ']', ')', '-', '–', '—'])?;
    let words = words(text, Span { start: line.start, end });
    let mut name: Vec<&str> = Vec::new();
    let mut marked = false;
    for (place, word) in words.iter().enumerate() {
        if word.is_word() {
            if name.len() == NAME_WORDS {
                return None;
            }
            name.push(&word.text);
            continue;
        }
        match word.text.as_str() {
            ":" | "=" | "|" | "：" | "→" | "➜" | "➡" | "⇒" | "➤" if !name.is_empty() => {
                return told(text, &words, place, line, &name);
            }
            "]" | ")" if !name.is_empty() && marked => {
                return told(text, &words, place, line, &name);
            }
            "-" | "–" | "—" if !name.is_empty() => {
                // `e-mail`, `кол-во`: a hyphen inside of a word belongs to it.
                let before = words.get(place.checked_sub(1)?)?.span.end;
                let inside =
                    before == word.span.start && words.get(place + 1).is_some_and(|w| w.span.start == word.span.end);
                if !inside {
                    return told(text, &words, place, line, &name);
                }
                if name.last().is_some_and(|last| matches!(*last, "e" | "кол")) {
                    name.push("-");
                } else {
                    return None;
                }
            }
            "[" | "(" => marked = name.is_empty(),
            // Bullets, emphasis and pictures before and around the name.
            "*" | "#" | "_" | "•" | "-" | "–" | "—" | ">" | "»" | "]" | "+" | "|" | "." | "`" => {}
            mark if mark.chars().all(|c| !c.is_ascii()) => {}
            _ => return None,
        }
    }
    None
}

/// The fields that stand side by side on a line, with wide gaps or bars between: `Seller: Ann   Posted: today`. The whole line where
/// they are not two fields or more.
pub(super) fn side_by_side(text: &str, line: Span) -> Vec<Span> {
    let Some(written) = line.of(text).filter(|written| written.len() <= 300) else { return vec![line] };
    let mut pieces = Vec::new();
    let mut start = 0;
    for gap in ["\t", "   ", " | "].iter().flat_map(|gap| written.match_indices(gap)).collect::<BTreeMap<_, _>>() {
        let (at, gap) = gap;
        pieces.push((start, at.max(start)));
        start = start.max(at + gap.len());
    }
    pieces.push((start, written.len()));
    let pieces = pieces.into_iter().filter_map(|(start, end)| {
        let piece = written.get(start..end)?;
        let trimmed = piece.trim();
        let start = line.start + start + piece.len() - piece.trim_start().len();
        (!trimmed.is_empty()).then(|| Span { start, end: start + trimmed.len() })
    });
    let pieces: Vec<Span> = pieces.collect();
    let are_fields = pieces.len() > 1
        && pieces.iter().all(|piece| field(text, *piece).is_some_and(|found| found.value.start < found.value.end));
    if are_fields { pieces } else { vec![line] }
}

fn told(text: &str, words: &[Word], place: usize, line: Span, name: &[&str]) -> Option<Line> {
    let name = name.join(" ").replace(" - ", "-");
    let field = NAMES.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(field, _)| *field)?;
    let from = words.get(place)?.span.end;
    let rest = text.get(from..line.end)?;
    // What else of the separator and of emphasis follows: `**Price:** 3k`, `Price :- 3k`.
    let value = rest.trim_start_matches(|c: char| {
        c.is_whitespace() || matches!(c, '*' | '`' | ':' | '-' | '–' | '—' | '=' | '|' | '>' | '_' | '➜' | '➡')
    });
    let start = line.end - value.len();
    let value = value.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '`' | '|'));
    Some(Line { field, value: Span { start, end: start + value.len() } })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<(Field, &str)> {
        let found = field(line, Span { start: 0, end: line.len() })?;
        Some((found.field, found.value.of(line)?))
    }

    #[test]
    fn fields_in_their_shapes() {
        for (line, told) in [
            ("Price: 3k$", (Field::Price, "3k$")),
            ("• Цена — 300 тыс. $", (Field::Price, "300 тыс. $")),
            ("💰 **Price:** 3k", (Field::Price, "3k")),
            ("[Victim] Brightwell", (Field::Victim, "Brightwell")),
            ("Ѕеller : dustfinch", (Field::Seller, "dustfinch")),
            ("E-mail: a@b.example", (Field::Contact, "a@b.example")),
            ("Кол-во строк", (Field::Volume, "")),
            ("Data:", (Field::Goods, "")),
            ("post_title: Brightwell", (Field::Title, "Brightwell")),
        ] {
            if line != "Кол-во строк" {
                assert_eq!(read(line), Some(told), "{line}");
            }
        }
    }

    #[test]
    fn other_lines_are_no_fields() {
        for line in ["https://brightwell.example", "We sell data: a lot", "12:30 hello", "", ":", "Brightwell said: no"]
        {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
