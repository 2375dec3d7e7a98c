//! When something was said: the words for days, and the days that they mean.
//!
//! News is written on the day it is published: a weekday is the last one that was, or that day itself; `last week` is the seven days from
//! Monday to Sunday before; a date without a year is the nearest to the publication.

use jiff::civil::{Date, Weekday, date};
use jiff::{Timestamp, ToSpan};

use crate::claim::{Days, Span};
use crate::read::tokens::{Shape, Token, tokens};
use crate::read::{lexicon, numbers};

/// Words for days, with what they mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct When {
    pub(super) span: Span,
    /// Its first token and the one past its last.
    first: usize,
    end: usize,
    meaning: Meaning,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    Calendar(Calendar),
    /// So many days before the publication.
    DaysAgo(i32),
    /// A weekday; true for "last Monday", which is never the day itself.
    Weekday(Weekday, bool),
    Weekend,
    /// So many units before that of the publication, whole; none is the part that has passed.
    Ago(Unit, i32),
    /// The last so many units, up to the publication.
    Past(Unit, i32),
    Quarter(Option<i16>, i8),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Week,
    Month,
    Year,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Calendar {
    pub(super) year: Option<i16>,
    pub(super) month: Option<i8>,
    pub(super) day: Option<i8>,
    /// The last day of several in one month: "May 9 to 11".
    last: Option<i8>,
    part: Part,
}

/// A third of a month or a year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    #[default]
    Whole,
    Early,
    Middle,
    Late,
}

impl When {
    /// The calendar date, where the words give one.
    pub(super) fn calendar(&self) -> Option<Calendar> {
        if let Meaning::Calendar(calendar) = self.meaning { Some(calendar) } else { None }
    }

    /// Its place without the "on" or "in" before it.
    pub(super) fn bare(&self, text: &str) -> Span {
        let written = self.span.of(text).unwrap_or_default();
        let lead = ["on ", "in ", "over ", "during ", "since "]
            .iter()
            .find(|l| written.get(..l.len()).is_some_and(|w| w.eq_ignore_ascii_case(l)));
        Span { start: self.span.start + lead.map_or(0, |l| l.len()), ..self.span }
    }

    /// The days meant, in a text of that moment; none where only the publication could tell and nobody knows it.
    pub(super) fn days(&self, published: Option<Timestamp>) -> Option<Days> {
        let today = published.map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).date());
        self.meaning.days(today)
    }
}

impl Calendar {
    /// `2030-05-09`, `05-09`, `2030-05`, `2030`.
    pub(super) fn written(&self) -> String {
        let year = self.year.map(|y| format!("{y:04}"));
        let month = self.month.map(|m| format!("{m:02}"));
        let day = self.day.map(|d| format!("{d:02}"));
        [year, month, day].into_iter().flatten().collect::<Vec<_>>().join("-")
    }

    fn days(self, today: Option<Date>) -> Option<Days> {
        let whole = match (self.year, self.month, self.day) {
            (Some(year), Some(month), Some(day)) => one(Date::new(year, month, day).ok()?),
            (Some(year), Some(month), None) => month_of(Date::new(year, month, 1).ok()?),
            (Some(year), None, None) => Days { from: date(year, 1, 1), to: date(year, 12, 31) },
            (None, Some(month), Some(day)) => {
                let today = today?;
                let years = [today.year() - 1, today.year(), today.year() + 1];
                let near = years.into_iter().filter_map(|year| Date::new(year, month, day).ok());
                one(near.min_by_key(|d| days_between(*d, today).abs())?)
            }
            (None, Some(month), None) => {
                let today = today?;
                let year = if month > today.month() { today.year() - 1 } else { today.year() };
                month_of(Date::new(year, month, 1).ok()?)
            }
            _ => return None,
        };
        let last = self.last.and_then(|day| Date::new(whole.from.year(), whole.from.month(), day).ok());
        let whole = Days { to: last.filter(|l| *l > whole.from).unwrap_or(whole.to), ..whole };
        Some(self.part.of(whole))
    }
}

impl Part {
    fn of(self, whole: Days) -> Days {
        let third = days_between(whole.to, whole.from) / 3;
        let at = |days: i32| whole.from.checked_add(days.days()).unwrap_or(whole.to);
        match self {
            Part::Whole => whole,
            Part::Early => Days { from: whole.from, to: at(third) },
            Part::Middle => Days { from: at(third), to: at(2 * third + 1) },
            Part::Late => Days { from: at(2 * third), to: whole.to },
        }
    }
}

impl Meaning {
    fn days(self, today: Option<Date>) -> Option<Days> {
        let before = |days: i32| today?.checked_sub(days.days()).ok();
        Some(match self {
            Meaning::Calendar(calendar) => calendar.days(today)?,
            Meaning::DaysAgo(days) => one(before(days)?),
            Meaning::Weekday(day, strictly) => {
                let back = i32::from(today?.weekday().since(day));
                one(before(if back == 0 && strictly { 7 } else { back })?)
            }
            Meaning::Weekend => {
                let saturday = before(i32::from(today?.weekday().since(Weekday::Saturday)))?;
                let sunday = saturday.checked_add(1.days()).ok()?;
                Days { from: saturday, to: sunday.min(today?) }
            }
            Meaning::Ago(unit, 0) => Days { from: unit.around(today?)?.from, to: today? },
            Meaning::Ago(unit, ago) => unit.around(unit.back(today?, ago)?)?,
            Meaning::Past(unit, count) => Days { from: unit.back(today?, count)?, to: today? },
            Meaning::Quarter(year, quarter) => {
                let start = |year: i16| Date::new(year, quarter * 3 - 2, 1).ok();
                let from = match (year, today) {
                    (Some(year), _) => start(year)?,
                    (None, Some(today)) => {
                        start(today.year()).filter(|s| *s <= today).or_else(|| start(today.year() - 1))?
                    }
                    _ => return None,
                };
                Days { from, to: from.checked_add(2.months()).ok()?.last_of_month() }
            }
        })
    }
}

impl Unit {
    fn around(self, day: Date) -> Option<Days> {
        Some(match self {
            Unit::Week => {
                let monday = day.checked_sub(i32::from(day.weekday().since(Weekday::Monday)).days()).ok()?;
                Days { from: monday, to: monday.checked_add(6.days()).ok()? }
            }
            Unit::Month => month_of(day),
            Unit::Year => Days { from: day.first_of_year(), to: day.last_of_year() },
        })
    }

    fn back(self, day: Date, count: i32) -> Option<Date> {
        let span = match self {
            Unit::Week => count.weeks(),
            Unit::Month => count.months(),
            Unit::Year => count.years(),
        };
        day.checked_sub(span).ok()
    }
}

fn one(day: Date) -> Days {
    Days { from: day, to: day }
}

fn month_of(day: Date) -> Days {
    Days { from: day.first_of_month(), to: day.last_of_month() }
}

fn days_between(later: Date, earlier: Date) -> i32 {
    (later - earlier).get_days()
}

/// The words for days among the tokens, in order.
pub(super) fn whens(tokens: &[Token]) -> Vec<When> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let read = Reader { tokens };
        if let Some((meaning, end)) = read.phrase(at).filter(|(_, end)| *end > at) {
            // "On" and "in" belong to the words.
            let lead = at
                .checked_sub(1)
                .filter(|&p| matches!(tokens[p].lower.as_str(), "on" | "in" | "over" | "during" | "since"));
            let first = lead.unwrap_or(at);
            let span = Span { start: tokens[first].span.start, end: tokens[end - 1].span.end };
            found.push(When { span, first, end, meaning });
            at = end;
        } else {
            at += 1;
        }
    }
    found
}

/// When the words of `text[span]` were said: the words for days beside who says it, outside of its quotations.
pub(super) fn said_on(text: &str, span: Span, quotes: &[Span]) -> Option<When> {
    let tokens = tokens(text, span, quotes);
    let mut found = whens(&tokens);
    // "Unless it is paid by Friday", "since March": no day on which anything was said.
    found.retain(|when| {
        let before = when.first.checked_sub(1).map_or("", |p| tokens[p].lower.as_str());
        !matches!(before, "by" | "until" | "before" | "through" | "since" | "from" | "between")
            && !tokens[when.first].is("since")
    });
    // "Said on Monday that", "on Monday, Acme said": not the Monday on which it was breached.
    let of_saying = |when: &&When| {
        let cue = tokens[..when.first].iter().rposition(|t| lexicon::cue(&t.lower).is_some());
        let opens = when
            .first
            .checked_sub(1)
            .is_none_or(|p| tokens[p].sets_apart() || tokens[p].is("and") || tokens[p].is("but"));
        let leads = opens && tokens[when.end..].iter().take(5).any(|t| lexicon::cue(&t.lower).is_some());
        leads
            || cue.is_none_or(|cue| {
                when.first - cue <= 8
                    && tokens[cue + 1..when.first].iter().all(|t| {
                        !(lexicon::opens_clause(&t.lower) || lexicon::auxiliary(&t.lower) || t.lower.ends_with("ed"))
                    })
            })
    };
    found.iter().find(of_saying).or(found.first()).cloned()
}

struct Reader<'t> {
    tokens: &'t [Token<'t>],
}

impl Reader<'_> {
    fn word(&self, at: usize) -> &str {
        self.tokens.get(at).filter(|t| t.shape != Shape::Quote).map_or("", |t| t.lower.as_str())
    }

    fn capital(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|t| t.capital)
    }

    /// The phrase that starts here and the token past it.
    fn phrase(&self, at: usize) -> Option<(Meaning, usize)> {
        let token = self.tokens.get(at)?;
        match token.shape {
            Shape::Number => self.day_first(at).or_else(|| self.year(at)).or_else(|| self.ago(at)),
            Shape::Word => self.by_word(at),
            _ => None,
        }
    }

    fn by_word(&self, at: usize) -> Option<(Meaning, usize)> {
        let word = self.word(at);
        // Most words are none of these; the cheap looks come first.
        if self.capital(at) {
            if let Some(day) = weekday(word) {
                return Some((Meaning::Weekday(day, false), at + 1));
            }
            if let Some(month) = month(word) {
                return self.month_first(at, month);
            }
            if let Some(quarter) =
                word.strip_prefix('q').and_then(|n| n.parse::<i8>().ok()).filter(|q| (1..=4).contains(q))
            {
                let of = usize::from(self.word(at + 1) == "of");
                let year = self.year_at(at + 1 + of);
                return Some((Meaning::Quarter(year, quarter), at + 1 + if year.is_some() { of + 1 } else { 0 }));
            }
        }
        match word {
            "today" | "tonight" => Some((Meaning::DaysAgo(0), at + 1)),
            "yesterday" => Some((Meaning::DaysAgo(1), at + 1)),
            "earlier" | "late" | "later" | "early" | "mid" => self.part_of(at),
            "last" | "this" | "the" | "past" | "previous" | "next" => self.relative(at),
            "first" | "second" | "third" | "fourth" if self.word(at + 1) == "quarter" => {
                let quarter = match word {
                    "first" => 1,
                    "second" => 2,
                    "third" => 3,
                    _ => 4,
                };
                let of = usize::from(self.word(at + 2) == "of");
                let year = self.year_at(at + 2 + of);
                Some((Meaning::Quarter(year, quarter), at + 2 + if year.is_some() { of + 1 } else { 0 }))
            }
            "a" | "an" | "one" | "two" | "three" | "four" | "five" | "six" | "seven" | "eight" | "nine" | "ten" => {
                self.ago(at)
            }
            _ => self.mid(at),
        }
    }

    /// "mid-May", "mid-2030".
    fn mid(&self, at: usize) -> Option<(Meaning, usize)> {
        let (part, rest) = match self.word(at).split_once('-')? {
            ("mid", rest) => (Part::Middle, rest),
            ("early", rest) => (Part::Early, rest),
            ("late", rest) => (Part::Late, rest),
            _ => return None,
        };
        if let Some(month) = month(rest) {
            let year = self.year_at(at + 1);
            let calendar = Calendar { year, month: Some(month), part, ..Calendar::default() };
            return Some((Meaning::Calendar(calendar), at + 1 + usize::from(year.is_some())));
        }
        let calendar = Calendar { year: Some(a_year(rest)?), part, ..Calendar::default() };
        Some((Meaning::Calendar(calendar), at + 1))
    }

    /// "Earlier this month", "late last year", "early in 2030", "late May", "early on Monday", "earlier today".
    fn part_of(&self, at: usize) -> Option<(Meaning, usize)> {
        let small = usize::from(matches!(self.word(at + 1), "on" | "in"));
        let next = at + 1 + small;
        if let Some(month) = month(self.word(next)).filter(|_| self.capital(next)) {
            let (meaning, end) = self.month_first(next, month)?;
            let Meaning::Calendar(calendar) = meaning else { return None };
            let part = if calendar.day.is_some() { Part::Whole } else { self.part(at) };
            return Some((Meaning::Calendar(Calendar { part, ..calendar }), end));
        }
        if let Some(year) = self.year_at(next) {
            let calendar = Calendar { year: Some(year), part: self.part(at), ..Calendar::default() };
            return Some((Meaning::Calendar(calendar), next + 1));
        }
        if weekday(self.word(next)).is_some() || matches!(self.word(next), "today" | "yesterday" | "this" | "last") {
            return self.phrase(next);
        }
        None
    }

    fn part(&self, at: usize) -> Part {
        match self.word(at) {
            "early" | "earlier" => Part::Early,
            "mid" => Part::Middle,
            _ => Part::Late,
        }
    }

    /// "Last week", "this month", "last Friday", "the weekend", "the past two weeks".
    fn relative(&self, at: usize) -> Option<(Meaning, usize)> {
        let last = matches!(self.word(at), "last" | "previous");
        let this = self.word(at) == "this";
        let next = self.word(at + 1);
        if next == "weekend" && self.word(at) != "next" {
            return Some((Meaning::Weekend, at + 2));
        }
        if self.word(at) == "the" && !matches!(next, "past" | "last" | "previous") || self.word(at) == "next" {
            return None;
        }
        if self.word(at) == "the" || self.word(at) == "past" || last && small_number(next).is_some() {
            let from = if self.word(at) == "the" { at + 2 } else { at + 1 };
            let (count, from) = small_number(self.word(from)).map_or((1, from), |n| (n, from + 1));
            return Some((Meaning::Past(unit(self.word(from))?, count), from + 1));
        }
        if let Some(day) = weekday(next).filter(|_| self.capital(at + 1)) {
            return Some((Meaning::Weekday(day, last), at + 2));
        }
        if let Some(unit) = unit(next).filter(|_| last || this) {
            return Some((Meaning::Ago(unit, i32::from(last)), at + 2));
        }
        match next {
            "night" | "evening" if last => Some((Meaning::DaysAgo(1), at + 2)),
            "morning" | "afternoon" | "evening" if this => Some((Meaning::DaysAgo(0), at + 2)),
            _ => {
                let month = month(next).filter(|_| self.capital(at + 1) && (last || this))?;
                Some((Meaning::Calendar(Calendar { month: Some(month), ..Calendar::default() }), at + 2))
            }
        }
    }

    /// "Three weeks ago", "a month earlier" is not one: it counts from somewhere else.
    fn ago(&self, at: usize) -> Option<(Meaning, usize)> {
        let count = if matches!(self.word(at), "a" | "an") { 1 } else { small_number(self.word(at))? };
        if self.word(at + 2) != "ago" {
            return None;
        }
        let meaning = match self.word(at + 1) {
            "day" | "days" => Meaning::DaysAgo(count),
            word => Meaning::Ago(unit(word)?, count),
        };
        Some((meaning, at + 3))
    }

    /// "May 9", "May 9, 2030", "May 2030", "May 9-11", "In May".
    fn month_first(&self, at: usize, month: i8) -> Option<(Meaning, usize)> {
        // "Jan." has a dot of its own.
        let dot = usize::from(self.word(at + 1) == "." && self.word(at).len() <= 4 && self.word(at) != "may");
        let next = at + 1 + dot;
        let plain = Calendar { month: Some(month), ..Calendar::default() };
        if let Some((day, last)) = day(self.word(next)) {
            let mut end = next + 1;
            let mut last = last;
            if last.is_none() && matches!(self.word(end), "and" | "to" | "through" | "–" | "-") {
                last = day_only(self.word(end + 1));
                end += if last.is_some() { 2 } else { 0 };
            }
            let comma = usize::from(self.word(end) == ",");
            let year = self.year_at(end + comma);
            let end = if year.is_some() { end + comma + 1 } else { end };
            return Some((Meaning::Calendar(Calendar { year, day: Some(day), last, ..plain }), end));
        }
        let comma = usize::from(self.word(next) == ",");
        if let Some(year) = self.year_at(next + comma) {
            return Some((Meaning::Calendar(Calendar { year: Some(year), ..plain }), next + comma + 1));
        }
        // Alone, "May" and "March" may be other words.
        let led = at > 0
            && matches!(
                self.word(at - 1),
                "in" | "since" | "until" | "during" | "of" | "by" | "from" | "late" | "early" | "last" | "this"
            );
        led.then_some((Meaning::Calendar(plain), at + 1))
    }

    /// "9 May 2030", "9 May", "2030-05-09", "09.05.2030".
    fn day_first(&self, at: usize) -> Option<(Meaning, usize)> {
        let word = self.word(at);
        if let Some(month) = month(self.word(at + 1)).filter(|_| self.capital(at + 1)) {
            let (day, last) = day(word)?;
            let comma = usize::from(self.word(at + 2) == ",");
            let year = self.year_at(at + 2 + comma);
            let end = if year.is_some() { at + 3 + comma } else { at + 2 };
            return Some((
                Meaning::Calendar(Calendar { year, month: Some(month), day: Some(day), last, part: Part::Whole }),
                end,
            ));
        }
        let (mark, bytes) =
            ['-', '.', '/'].into_iter().find_map(|m| Some((m, word.contains(m).then_some(word.len())?)))?;
        if !(8..=10).contains(&bytes) {
            return None;
        }
        let parts: Vec<&str> = word.split(mark).collect();
        let [a, b, c] = parts.as_slice() else { return None };
        let number = |s: &str| s.parse::<i16>().ok();
        let (year, month, day) = if a.len() == 4 {
            (number(a)?, number(b)?, number(c)?)
        } else if c.len() == 4 {
            let (first, second) = (number(a)?, number(b)?);
            match mark {
                '.' | '-' => (number(c)?, second, first),
                // "05/09/2030" is one day here and another there.
                _ if first > 12 => (number(c)?, second, first),
                _ if second > 12 => (number(c)?, first, second),
                _ => return None,
            }
        } else {
            return None;
        };
        let day = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
        a_year(&year.to_string())?;
        let calendar =
            Calendar { year: Some(year), month: Some(day.month()), day: Some(day.day()), ..Calendar::default() };
        Some((Meaning::Calendar(calendar), at + 1))
    }

    /// "In 2030".
    fn year(&self, at: usize) -> Option<(Meaning, usize)> {
        let year = self.year_at(at)?;
        let before = at.checked_sub(1).map_or("", |p| self.word(p));
        matches!(before, "in" | "since" | "during" | "from" | "until" | "by")
            .then(|| (Meaning::Calendar(Calendar { year: Some(year), ..Calendar::default() }), at + 1))
    }

    fn year_at(&self, at: usize) -> Option<i16> {
        a_year(self.word(at))
    }
}

fn a_year(word: &str) -> Option<i16> {
    (word.len() == 4 && (word.starts_with("19") || word.starts_with("20"))).then(|| word.parse().ok()).flatten()
}

fn day_only(word: &str) -> Option<i8> {
    let digits = ["st", "nd", "rd", "th"].iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word);
    digits.parse::<i8>().ok().filter(|d| (1..=31).contains(d) && digits.len() <= 2)
}

/// "9", "9th", "9-11".
fn day(word: &str) -> Option<(i8, Option<i8>)> {
    match word.split_once(['-', '–', '/']) {
        Some((from, to)) => Some((day_only(from)?, Some(day_only(to)?))),
        None => Some((day_only(word)?, None)),
    }
}

/// Figures to 99, and words to ten.
fn small_number(word: &str) -> Option<i32> {
    let worded = numbers::small(word).filter(|n| *n <= 10).and_then(|n| i32::try_from(n).ok());
    worded.or_else(|| word.parse().ok().filter(|n| (1..=99).contains(n)))
}

fn unit(word: &str) -> Option<Unit> {
    Some(match word {
        "week" | "weeks" => Unit::Week,
        "month" | "months" => Unit::Month,
        "year" | "years" => Unit::Year,
        _ => return None,
    })
}

fn month(word: &str) -> Option<i8> {
    lexicon::month(word).and_then(|m| i8::try_from(m).ok())
}

fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "monday" => Weekday::Monday,
        "tuesday" => Weekday::Tuesday,
        "wednesday" => Weekday::Wednesday,
        "thursday" => Weekday::Thursday,
        "friday" => Weekday::Friday,
        "saturday" => Weekday::Saturday,
        "sunday" => Weekday::Sunday,
        _ => return None,
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    /// The words and the days of the first phrase in a text of Wednesday, 15 May 2030.
    fn read(text: &str) -> Option<(String, String)> {
        let published: Timestamp = "2030-05-15T12:00:00Z".parse().unwrap();
        let whole = Span { start: 0, end: text.len() };
        let when = said_on(text, whole, &[])?;
        let days = when.days(Some(published)).unwrap();
        let shown = if days.from == days.to { days.from.to_string() } else { format!("{}..{}", days.from, days.to) };
        Some((when.span.of(text).unwrap().to_owned(), shown))
    }

    #[test]
    fn words_mean_days_seen_from_the_publication() {
        for (text, words, days) in [
            ("It said so on Monday.", "on Monday", "2030-05-13"),
            ("It said so on Wednesday.", "on Wednesday", "2030-05-15"),
            ("It said so last Wednesday.", "last Wednesday", "2030-05-08"),
            ("It said so on Thursday.", "on Thursday", "2030-05-09"),
            ("Last week, it said so.", "Last week", "2030-05-06..2030-05-12"),
            ("It said so this week.", "this week", "2030-05-13..2030-05-15"),
            ("It said so earlier this month.", "earlier this month", "2030-05-01..2030-05-15"),
            ("It said so last month.", "last month", "2030-04-01..2030-04-30"),
            ("It said so over the weekend.", "the weekend", "2030-05-11..2030-05-12"),
            ("It said so yesterday.", "yesterday", "2030-05-14"),
            ("It said so on May 9.", "on May 9", "2030-05-09"),
            ("It said so on May 9 and 10.", "on May 9 and 10", "2030-05-09..2030-05-10"),
            ("It said so on Dec. 30.", "on Dec. 30", "2029-12-30"),
            ("It said so on 9 May 2019.", "on 9 May 2019", "2019-05-09"),
            ("It said so in November.", "in November", "2029-11-01..2029-11-30"),
            ("It said so in 2019.", "in 2019", "2019-01-01..2019-12-31"),
            ("It said so in Q3.", "in Q3", "2029-07-01..2029-09-30"),
            ("It said so in the first quarter of 2019.", "first quarter of 2019", "2019-01-01..2019-03-31"),
            ("It said so two weeks ago.", "two weeks ago", "2030-04-29..2030-05-05"),
            ("It said so in late 2029.", "late 2029", "2029-08-31..2029-12-31"),
            ("It said so in the past two weeks.", "the past two weeks", "2030-05-01..2030-05-15"),
            ("It said so at 2030-05-02.", "2030-05-02", "2030-05-02"),
        ] {
            assert_eq!(read(text).map(|(_, d)| d).as_deref(), Some(days), "{text}");
            assert!(read(text).unwrap().0.ends_with(words), "{text}: {:?}", read(text));
        }
    }

    #[test]
    fn the_day_of_the_breach_is_not_the_day_on_which_it_was_told() {
        let text = "Brightwell said that it was hit on May 3, and on Monday it denied the rest.";
        assert_eq!(read(text).unwrap().0, "on Monday");
        assert_eq!(read("It may say so, and will march on."), None);
        assert_eq!(read("Call 555-1234 or 1.2.3.4."), None);
    }

    #[test]
    fn without_a_publication_only_whole_dates_are_days() {
        let days = |text: &str| said_on(text, Span { start: 0, end: text.len() }, &[]).unwrap().days(None);
        assert!(days("It said so on May 9, 2030.").is_some());
        assert_eq!(days("It said so on May 9."), None);
        assert_eq!(days("It said so yesterday."), None);
    }
}
