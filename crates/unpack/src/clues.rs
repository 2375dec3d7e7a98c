//! What archives and documents say of who made them, where and when: owners, hosts, programs, time zones, times. All of it is their
//! own word, and a careful maker forges it.

use std::collections::BTreeMap;
use std::fmt;

use minicbor::{Decode, Encode};

use crate::names::display_name;
use crate::sink::{Sink, Stop};

/// What a clue is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum ClueKind {
    /// Whose files they were on the machine that packed them: user and group, by number and by name.
    #[n(0)]
    Owner,
    /// The machine.
    #[n(1)]
    Host,
    /// The program that made it, or the system that it ran on.
    #[n(2)]
    Tool,
    /// How far the clock that times were written by was from UTC.
    #[n(3)]
    Zone,
    /// The first and the last time at which one of its files was changed.
    #[n(4)]
    Times,
    /// Who wrote or packed it.
    #[n(5)]
    Person,
    /// The organisation or vendor.
    #[n(6)]
    Firm,
    /// What it was called when it was made.
    #[n(7)]
    Name,
    /// What its maker wrote beside the files.
    #[n(8)]
    Comment,
    /// What it was made of.
    #[n(9)]
    Template,
    /// What it was printed on, and when.
    #[n(10)]
    Printer,
    /// When it was made and last changed.
    #[n(11)]
    Written,
    /// What somebody inserted or deleted, which is still to be seen.
    #[n(12)]
    Change,
    /// What of it is not shown.
    #[n(13)]
    Hidden,
}

impl ClueKind {
    /// The kind in a few stable words.
    pub fn words(self) -> &'static str {
        match self {
            ClueKind::Owner => "owner",
            ClueKind::Host => "host",
            ClueKind::Tool => "tool",
            ClueKind::Zone => "time zone",
            ClueKind::Times => "times",
            ClueKind::Person => "person",
            ClueKind::Firm => "organisation",
            ClueKind::Name => "name",
            ClueKind::Comment => "comment",
            ClueKind::Template => "template",
            ClueKind::Printer => "printer",
            ClueKind::Written => "written",
            ClueKind::Change => "tracked change",
            ClueKind::Hidden => "hidden",
        }
    }
}

/// One thing that an archive or document says of how it came to be.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Clue {
    /// The archive or document, as in [`Event::File`](crate::Event::File).
    #[n(0)]
    pub path: String,
    /// What it is about.
    #[n(1)]
    pub kind: ClueKind,
    /// What it says, on one line.
    #[n(2)]
    pub value: String,
    /// How many entries say so.
    #[n(3)]
    pub entries: u64,
}

impl fmt::Display for Clue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.path, self.kind.words(), self.value)
    }
}

/// Values of one kind beyond this many are counted as others.
const MOST: usize = 32;

/// Longer values are cut.
pub(crate) const LONGEST: usize = 300;

/// The clues in one archive, gathered entry by entry.
#[derive(Default)]
pub(crate) struct Clues {
    said: BTreeMap<(ClueKind, String), u64>,
    others: BTreeMap<ClueKind, u64>,
    /// First and last in seconds since 1970, and how many: in UTC, and by a clock whose zone is not told.
    in_utc: Option<(i64, i64, u64)>,
    by_clock: Option<(i64, i64, u64)>,
}

impl Clues {
    /// Adds a value, as its bytes are in the archive; nothing where it is empty.
    pub(crate) fn add(&mut self, kind: ClueKind, value: &[u8]) {
        let mut value = display_name(value.trim_ascii());
        value.truncate(value.floor_char_boundary(LONGEST));
        if value.is_empty() {
            return;
        }
        let known = self.said.keys().filter(|(of, _)| *of == kind).count();
        match self.said.get_mut(&(kind, value.clone())) {
            Some(entries) => *entries += 1,
            None if known < MOST => _ = self.said.insert((kind, value), 1),
            None => *self.others.entry(kind).or_default() += 1,
        }
    }

    /// Adds whose an entry is, by number and, where they are told, by name. Root by number alone says nothing: most programs that
    /// write packages set it.
    pub(crate) fn owner(&mut self, user: u64, group: u64, user_name: &[u8], group_name: &[u8]) {
        let name =
            |name: &[u8]| if name.is_empty() { "-".to_owned() } else { String::from_utf8_lossy(name).into_owned() };
        if user == 0 && group == 0 && user_name.is_empty() && group_name.is_empty() {
            return;
        }
        let value = format!("{} ({user}), group {} ({group})", name(user_name), name(group_name));
        self.add(ClueKind::Owner, value.as_bytes());
    }

    /// Adds the time of an entry, in seconds since 1970 in UTC. Before 1980 it is no time but a placeholder.
    pub(crate) fn time(&mut self, seconds: Option<i64>) {
        extend(&mut self.in_utc, seconds);
    }

    /// Adds the time of an entry by a clock whose zone is not told.
    pub(crate) fn clock_time(&mut self, seconds: Option<i64>) {
        extend(&mut self.by_clock, seconds);
    }

    /// Adds both times of one entry: what is between them is the zone of the clock.
    pub(crate) fn zone(&mut self, in_utc: i64, by_clock: i64) {
        const QUARTER: i64 = 15 * 60;
        const FARTHEST: i64 = 14 * 3600;
        // A clock of DOS goes by two seconds.
        let away = by_clock - in_utc;
        let quarters = (away + QUARTER / 2).div_euclid(QUARTER);
        if (away - quarters * QUARTER).abs() <= 2 && away.abs() <= FARTHEST {
            self.add(ClueKind::Zone, zone(quarters * QUARTER).as_bytes());
        }
    }

    /// Passes them on, and forgets them.
    pub(crate) fn tell(&mut self, sink: &mut Sink<'_>, path: &str) -> Result<(), Stop> {
        let Clues { said, others, in_utc, by_clock } = std::mem::take(self);
        for ((kind, value), entries) in said {
            sink.clue(path, kind, value, entries)?;
        }
        for (kind, entries) in others {
            sink.clue(path, kind, format!("others, beyond the first {MOST} different ones"), entries)?;
        }
        for (times, zone) in [(in_utc, "UTC"), (by_clock, "by a clock of no told zone")] {
            if let Some((first, last, entries)) = times {
                let value = format!("{} to {}, {zone}", moment(first), moment(last));
                sink.clue(path, ClueKind::Times, value, entries)?;
            }
        }
        Ok(())
    }
}

fn extend(times: &mut Option<(i64, i64, u64)>, seconds: Option<i64>) {
    /// 1980-01-02: zip has no earlier time than the day before, and writes that where there is none. And 2200.
    const TIMES: std::ops::Range<i64> = 315_619_200..7_258_118_400;
    if let Some(seconds) = seconds.filter(|seconds| TIMES.contains(seconds)) {
        let (first, last, entries) = times.get_or_insert((seconds, seconds, 0));
        (*first, *last, *entries) = ((*first).min(seconds), (*last).max(seconds), *entries + 1);
    }
}

/// How far a zone is from UTC, of seconds east of it.
pub(crate) fn zone(seconds: i64) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.abs() / 60;
    format!("UTC{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// A moment, of seconds since 1970.
fn moment(seconds: i64) -> String {
    let (day, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Days in eras of 400 years that begin in March: the algorithm of H. Hinnant, "chrono-compatible low-level date algorithms".
    let shifted = day + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)
}

/// Seconds since 1970 of a date and time, as if they were UTC; `None` where there is no such day or time.
pub(crate) fn seconds_of((year, month, day): (i64, i64, i64), (hour, minute, second): (i64, i64, i64)) -> Option<i64> {
    let is_time = (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second <= 60;
    let year = year - i64::from(month <= 2);
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    is_time.then_some(days * 86_400 + hour * 3600 + minute * 60 + second)
}

/// The time of a DOS date and time, by a clock whose zone is not told.
pub(crate) fn dos_seconds(date: u16, time: u16) -> Option<i64> {
    let (date, time) = (i64::from(date), i64::from(time));
    seconds_of(((date >> 9) + 1980, date >> 5 & 15, date & 31), (time >> 11, time >> 5 & 63, (time & 31) * 2))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn moments_are_told_in_words_and_read_from_them() {
        assert_eq!(moment(0), "1970-01-01 00:00:00");
        assert_eq!(moment(951_782_400), "2000-02-29 00:00:00");
        assert_eq!(seconds_of((2000, 2, 29), (0, 0, 0)), Some(951_782_400));
        assert_eq!(seconds_of((2019, 13, 1), (0, 0, 0)), None);
        assert_eq!(dos_seconds(0x4eaa, 0x53c2).map(moment).as_deref(), Some("2019-05-10 10:30:04"));
    }

    #[test]
    fn the_zone_is_what_two_clocks_differ_by() {
        let said = |by_clock: i64| {
            let mut clues = Clues::default();
            clues.zone(1_557_484_201, by_clock);
            clues.said.into_keys().map(|(_, value)| value).collect::<Vec<_>>()
        };
        assert_eq!(said(1_557_484_201 + 3 * 3600 - 1), ["UTC+03:00"]);
        assert_eq!(said(1_557_484_201 - 12_600), ["UTC-03:30"]);
        assert_eq!(said(1_557_484_201 + 1234), [""; 0]);
        assert_eq!(said(1_557_484_201 + 86_400), [""; 0]);
    }

    proptest! {
        #[test]
        fn every_second_of_a_millennium_comes_back(seconds in 0i64..31_556_952_000) {
            let told = moment(seconds);
            let number = |at: std::ops::Range<usize>| told.get(at).and_then(|it| it.parse().ok()).unwrap_or(-1);
            let date = (number(0..4), number(5..7), number(8..10));
            prop_assert_eq!(seconds_of(date, (number(11..13), number(14..16), number(17..19))), Some(seconds));
        }
    }
}
