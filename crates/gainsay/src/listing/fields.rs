//! Sizes and times as listings write them.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

/// The first and last second of a time; where `01/02/2019` leaves open what is the day and what the month, once with the
/// month first and once with the day first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct When {
    pub(super) month_first: Option<(i64, i64)>,
    pub(super) day_first: Option<(i64, i64)>,
}

impl When {
    fn plain(at: Option<(i64, i64)>) -> When {
        When { month_first: at, day_first: at }
    }
}

/// The words of a line with where each begins and ends.
pub(super) fn words(line: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut at = 0;
    line.split(|byte| *byte == b' ').filter_map(move |word| {
        let start = at;
        at += word.len() + 1;
        (!word.is_empty()).then_some((start, word))
    })
}

/// Digits as a number.
pub(super) fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || digits.len() > 19 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(digits.iter().fold(0, |number, digit| number * 10 + u64::from(digit - b'0')))
}

/// A size: exact (`1234`, `12B`), or rounded to a unit (`4.0K`, `1,2M`, `3k`). Some programs round up and some to the nearest:
/// both lie in the range.
pub(super) fn size(word: &[u8]) -> Option<(u64, u64)> {
    if let Some(bytes) = number(word) {
        return Some((bytes, bytes));
    }
    let digits = word.iter().position(u8::is_ascii_alphabetic)?;
    let (figure, unit) = word.split_at(digits);
    let (letter, base) = match unit {
        [b'B'] => return number(figure).map(|bytes| (bytes, bytes)),
        [b'k'] | [_, b'B'] => (unit.first()?.to_ascii_uppercase(), 1000u64),
        [letter] | [letter, b'i'] | [letter, b'i', b'B'] => (*letter, 1024),
        _ => return None,
    };
    let power = u32::try_from(b"KMGTPE".iter().position(|known| *known == letter)?).ok()? + 1;
    let unit = base.checked_pow(power)?;
    let (whole, tenths) = match figure.iter().position(|byte| matches!(byte, b'.' | b',')) {
        None => (number(figure)?, None),
        Some(point) => (number(figure.get(..point)?)?, Some(number(figure.get(point + 1..)?).filter(|t| *t < 10)?)),
    };
    let value = u128::from(whole) * 10 + u128::from(tenths.unwrap_or_default());
    let step: u128 = if tenths.is_some() { 1 } else { 10 };
    let unit = u128::from(unit);
    let least = u64::try_from(value.saturating_sub(step) * unit / 10).ok()?;
    let most = u64::try_from((value * 2 + step) * unit / 20).ok()?;
    Some((least, most))
}

/// A size whose thousands are parted: `1.234.567`, `1'234`, `1,234`.
pub(super) fn grouped_number(word: &[u8]) -> Option<u64> {
    let mut groups = word.split(|byte| matches!(byte, b'.' | b',' | b'\'' | b' '));
    let first = groups.next()?;
    let mut digits = first.to_vec();
    let mut is_parted = false;
    for group in groups {
        is_parted = true;
        if group.len() != 3 {
            return None;
        }
        digits.extend_from_slice(group);
    }
    if is_parted && first.len() > 3 { None } else { number(&digits) }
}

/// A day in figures at the beginning of some text, and how many bytes it takes: `2019-01-02`, `01.02.2019`, `1/2/19`,
/// `2019. 01. 02.`.
pub(super) fn day(text: &[u8]) -> Option<(Day, usize)> {
    let mut at = 0;
    let mut figures = [0u32; 3];
    let mut digits = [0; 3];
    let mut separator = None;
    for (place, figure) in figures.iter_mut().enumerate() {
        if place > 0 {
            let here = *text.get(at)?;
            if !matches!(here, b'.' | b'-' | b'/') || *separator.get_or_insert(here) != here {
                return None;
            }
            at += 1;
            if here == b'.' && text.get(at) == Some(&b' ') {
                at += 1;
            }
        }
        let count = text.get(at..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
        digits[place] = count;
        *figure = u32::try_from(number(text.get(at..at + count)?)?).ok()?;
        at += count;
    }
    if separator == Some(b'.') && text.get(at) == Some(&b'.') {
        at += 1;
    }
    let [a, b, c] = figures;
    let year = |year: u32, digits: usize| match digits {
        4 => Some(year),
        2 if year < 70 => Some(2000 + year),
        2 => Some(1900 + year),
        _ => None,
    };
    let day = if digits[0] == 4 {
        Day { month_first: (a, b, c), day_first: (a, b, c) }
    } else {
        let year = year(c, digits[2])?;
        // Points are written by those who write the day first.
        let day_first = (year, b, a);
        Day { month_first: if separator == Some(b'.') { day_first } else { (year, a, b) }, day_first }
    };
    let exists = [day.month_first, day.day_first].iter().any(|(y, m, d)| date(*y, *m, *d).is_some());
    exists.then_some((day, at))
}

/// A day that may be read in two ways: year, month, day.
#[derive(Clone, Copy)]
pub(super) struct Day {
    month_first: (u32, u32, u32),
    day_first: (u32, u32, u32),
}

impl Day {
    /// With a time of the day, if it is known.
    pub(super) fn at(self, clock: Option<Clock>) -> When {
        let of = |(year, month, day)| date(year, month, day).and_then(|date| span(date, clock));
        When { month_first: of(self.month_first), day_first: of(self.day_first) }
    }
}

/// Hour, minute and, where they are told, seconds.
#[derive(Clone, Copy)]
pub(super) struct Clock {
    hour: u32,
    minute: u32,
    second: Option<u32>,
}

impl Clock {
    /// Twelve hours later, or at midnight for twelve: as AM and PM say.
    pub(super) fn of_half_day(self, is_afternoon: bool) -> Clock {
        let hour = self.hour % 12 + if is_afternoon { 12 } else { 0 };
        Clock { hour, ..self }
    }
}

/// `15:04`, `15:04:05`, `15:04:05.000000000`, `15.04`.
pub(super) fn clock(word: &[u8]) -> Option<Clock> {
    let separator = *word.iter().find(|byte| !byte.is_ascii_digit())?;
    if !matches!(separator, b':' | b'.') {
        return None;
    }
    let mut parts = word.splitn(3, |byte| *byte == separator);
    let mut part = || parts.next();
    let figure = |part: &[u8]| number(part).filter(|figure| *figure < 60 && part.len() <= 2);
    let (hour, minute) = (figure(part()?)?, figure(part()?)?);
    let second = match part() {
        None => None,
        Some(second) => Some(figure(second.split(|byte| matches!(byte, b'.' | b',')).next()?)?),
    };
    let small = |figure: u64| u32::try_from(figure).ok();
    (hour < 24).then_some(Clock { hour: small(hour)?, minute: small(minute)?, second: second.and_then(small) })
}

/// A time as `ls` and `find` write it, at the beginning of some words, and how many words it takes: `Jan  2 15:04`,
/// `Jan  2  2019`, `2 Jan 2019`, `2019-01-02 15:04`, `2019-01-02 15:04:05.000000000 +0100`, `01-02 15:04`. Months are known by
/// their names in several languages; of another language, as one without a year, the time is not known.
pub(super) fn time(words: &[&[u8]]) -> Option<(When, usize)> {
    let word = |at: usize| words.get(at).copied();
    let first = word(0)?;
    if let Some((day, used)) = day(first) {
        if used != first.len() {
            return None;
        }
        let Some(clock) = word(1).and_then(clock) else { return Some((day.at(None), 1)) };
        let Some(zone) = word(2).and_then(zone) else { return Some((day.at(Some(clock)), 2)) };
        let shifted = |at: Option<(i64, i64)>| at.map(|(first, last)| (first - zone, last - zone));
        let When { month_first, day_first } = day.at(Some(clock));
        return Some((When { month_first: shifted(month_first), day_first: shifted(day_first) }, 3));
    }
    let second = word(1)?;
    if is_month_and_day(first) && clock(second).is_some() {
        return Some((When::default(), 2));
    }
    let (name, of_month) = match (day_of_month(first), day_of_month(second)) {
        (Some(day), None) => (second, day),
        (None, Some(day)) => (first, day),
        _ => return None,
    };
    let is_name = |byte: &u8| byte.is_ascii_alphabetic() || !byte.is_ascii() || *byte == b'.';
    let starts_as_name = name.first().is_some_and(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii());
    // Months of East Asia are a figure and a sign.
    let is_month = starts_as_name && name.iter().all(is_name)
        || matches!(name, [b'1'..=b'9', sign, ..] if !sign.is_ascii())
        || matches!(name, [b'1', b'0'..=b'2', sign, ..] if !sign.is_ascii());
    let third = word(2)?;
    let year = number(third).filter(|year| (1970..2100).contains(year) && third.len() == 4);
    match (is_month, year, clock(third)) {
        (true, None, Some(_)) => Some((When::default(), 3)),
        (true, Some(year), _) => {
            let month = month(name);
            let date = month.and_then(|month| date(u32::try_from(year).ok()?, month, of_month));
            Some((When::plain(date.and_then(|date| span(date, None))), 3))
        }
        _ => None,
    }
}

/// A day as `zipinfo` writes it, `19-Jan-02`, and the time after it.
pub(super) fn zipinfo_time(words: &[&[u8]]) -> Option<When> {
    let mut parts = words.first()?.split(|byte| *byte == b'-');
    let (year, name, of_month) = (number(parts.next()?)?, parts.next()?, day_of_month(parts.next()?)?);
    let year = u32::try_from(year).ok()? + if year < 70 { 2000 } else { 1900 };
    let date = date(year, month(name)?, of_month)?;
    Some(When::plain(span(date, words.get(1).copied().and_then(clock))))
}

fn is_month_and_day(word: &[u8]) -> bool {
    let mut parts = word.split(|byte| *byte == b'-');
    let part = |part: Option<&[u8]>| part.is_some_and(|part| part.len() == 2 && number(part).is_some());
    part(parts.next()) && part(parts.next()) && parts.next().is_none()
}

fn day_of_month(word: &[u8]) -> Option<u32> {
    let digits = word.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (figure, rest) = word.split_at(digits);
    let day = number(figure).filter(|day| (1..=31).contains(day) && digits <= 2)?;
    let is_day = rest.is_empty() || rest == b"." || rest == "日".as_bytes();
    if is_day { u32::try_from(day).ok() } else { None }
}

/// English, German, French, Spanish, Italian, Portuguese and Dutch months by their first letters, without those that the
/// languages share in two senses.
fn month(name: &[u8]) -> Option<u32> {
    const MONTHS: [&[&str]; 12] = [
        &["jan", "ene", "gen"],
        &["feb", "fev", "fév", "f\u{e9}v"],
        &["mar", "mär", "maa", "mrt"],
        &["apr", "abr", "avr"],
        &["may", "mai", "mei", "mag"],
        &["jun", "giu", "juin"],
        &["jul", "lug", "juil"],
        &["aug", "ago", "aoû", "aou"],
        &["sep", "set"],
        &["oct", "okt", "out", "ott"],
        &["nov"],
        &["dec", "dez", "dic", "déc"],
    ];
    let name = name.to_ascii_lowercase();
    let starts = |names: &&[&str]| names.iter().any(|known| name.starts_with(known.as_bytes()));
    let place = MONTHS.iter().position(starts)?;
    u32::try_from(place + 1).ok()
}

/// `+0100` in seconds.
fn zone(word: &[u8]) -> Option<i64> {
    let (sign, digits) = word.split_first()?;
    let figure = i64::try_from(number(digits).filter(|_| digits.len() == 4)?).ok()?;
    let seconds = (figure / 100 * 60 + figure % 100) * 60;
    match sign {
        b'+' => Some(seconds),
        b'-' => Some(-seconds),
        _ => None,
    }
}

fn date(year: u32, month: u32, day: u32) -> Option<Date> {
    if !(1970..2100).contains(&year) {
        return None;
    }
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn span(date: Date, clock: Option<Clock>) -> Option<(i64, i64)> {
    let (time, seconds) = match clock {
        None => (Time::MIN, 86_399),
        Some(Clock { hour, minute, second }) => {
            let small = |figure: u32| i8::try_from(figure).ok();
            let time = Time::new(small(hour)?, small(minute)?, small(second.unwrap_or_default())?, 0).ok()?;
            (time, if second.is_some() { 0 } else { 59 })
        }
    };
    let at: Timestamp = date.to_datetime(time).to_zoned(TimeZone::UTC).ok()?.timestamp();
    Some((at.as_second(), at.as_second() + seconds))
}
