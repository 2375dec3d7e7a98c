//! Days that files give of themselves: of PDFs, office documents, pictures, mails and the logs of git. Found by their marks as the bytes
//! stream by, nothing is parsed; each is the file's own word, and whoever made it may have forged it.

use std::sync::LazyLock;

use jiff::civil::{Date, date};
use regex::bytes::{Captures, Regex};

use super::kinds::{DOCUMENT, MAIL, PICTURE, TEXT};

/// What marks a day, and how it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marks {
    /// `/CreationDate (D:20190510…` and XMP.
    Pdf,
    /// `<dcterms:created …>2019-05-10T…`, `<meta:creation-date>…`.
    Office,
    /// `2019:05:10 10:30:04`, as EXIF writes it.
    Picture,
    /// `Date: Fri, 10 May 2019 …`.
    Mail,
    /// `… <a@b> 1557484204 +0300`, as git logs it.
    Git,
}

/// A mark is no longer than this: what may be the beginning of one is kept.
const LONGEST: usize = 160;

/// So much of a picture or a mail is looked at: the date stands in its head.
const HEAD: u64 = 128 << 10;

static PDF: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?-u)(?:/(?:CreationDate|ModDate)[ ]?\(D:(\d{4})(\d\d)(\d\d)|xmp:(?:Create|Modify)Date(?:>|=")(\d{4})-(\d\d)-(\d\d))"#,
    )
});
static OFFICE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?-u)<(?:dcterms:created|dcterms:modified|meta:creation-date|dc:date)(?: [^<>]{0,100})?>(\d{4})-(\d\d)-(\d\d)"#,
    )
});
static PICTURES: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?-u)(\d{4}):(\d\d):(\d\d) \d\d:\d\d:\d\d\x00"));
static MAILS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?-u)(?:^|\n)Date: (?:[A-Za-z]{3}, )?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) "));
static GIT: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?-u)> (\d{9,10}) [+-]\d{4}\t"));

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap_or_else(|e| unreachable!("a pattern of this file: {e}"))
}

impl Marks {
    /// Which marks a file of this kind and name may have.
    pub(super) fn of(kind: &str, path: &str, head: &[u8]) -> Option<Marks> {
        let name = path.rsplit('!').next().unwrap_or(path);
        let is_meta = name.ends_with("docProps/core.xml") || name == "meta.xml";
        match kind {
            DOCUMENT if head.starts_with(b"%PDF-") => Some(Marks::Pdf),
            TEXT if is_meta => Some(Marks::Office),
            TEXT if path.contains("logs/") && (path.ends_with("HEAD") || path.contains("logs/refs/")) => {
                Some(Marks::Git)
            }
            PICTURE => Some(Marks::Picture),
            MAIL => Some(Marks::Mail),
            _ => None,
        }
    }

    /// What its days are of.
    pub(super) fn words(self) -> &'static str {
        match self {
            Marks::Pdf | Marks::Office => "documents",
            Marks::Picture => "pictures",
            Marks::Mail => "mails",
            Marks::Git => "commits that git logged",
        }
    }

    fn pattern(self) -> &'static Regex {
        match self {
            Marks::Pdf => &PDF,
            Marks::Office => &OFFICE,
            Marks::Picture => &PICTURES,
            Marks::Mail => &MAILS,
            Marks::Git => &GIT,
        }
    }

    fn day(self, found: &Captures<'_>) -> Option<Date> {
        let text = |at| found.get(at).and_then(|it| std::str::from_utf8(it.as_bytes()).ok());
        let number = |at| text(at).and_then(|it| it.parse::<i16>().ok());
        let small = |at| text(at).and_then(|it| it.parse::<i8>().ok());
        let day = match self {
            Marks::Mail => Date::strptime("%d %b %Y", format!("{} {} {}", text(1)?, text(2)?, text(3)?)).ok(),
            Marks::Git => {
                let seconds = text(1)?.parse().ok()?;
                let at = jiff::Timestamp::from_second(seconds).ok()?;
                Some(at.to_zoned(jiff::tz::TimeZone::UTC).date())
            }
            // The second way in which XMP in a PDF writes it.
            _ if found.get(1).is_none() => Date::new(number(4)?, small(5)?, small(6)?).ok(),
            _ => Date::new(number(1)?, small(2)?, small(3)?).ok(),
        };
        day.filter(|day| (date(1971, 1, 1)..date(2200, 1, 1)).contains(day))
    }
}

/// Finds the days of one file.
pub(super) struct Dates {
    marks: Marks,
    /// What may be the beginning of a mark.
    kept: Vec<u8>,
    seen: u64,
}

impl Dates {
    pub(super) fn new(marks: Marks) -> Dates {
        Dates { marks, kept: Vec::new(), seen: 0 }
    }

    /// The days in the next bytes.
    pub(super) fn update(&mut self, bytes: &[u8], found: &mut dyn FnMut(&'static str, Date)) {
        let in_head = matches!(self.marks, Marks::Picture | Marks::Mail);
        if in_head && self.seen >= HEAD {
            return;
        }
        self.seen += bytes.len() as u64;
        self.kept.extend_from_slice(bytes);
        let mut end = 0;
        for captures in self.marks.pattern().captures_iter(&self.kept) {
            end = captures.get(0).map_or(end, |all| all.end());
            if let Some(day) = self.marks.day(&captures) {
                found(self.marks.words(), day);
            }
        }
        let from = end.max(self.kept.len().saturating_sub(LONGEST));
        self.kept.drain(..from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(marks: Marks, bytes: &[u8], chunk: usize) -> Vec<String> {
        let mut dates = Dates::new(marks);
        let mut found = Vec::new();
        bytes.chunks(chunk).for_each(|part| dates.update(part, &mut |_, day| found.push(day.to_string())));
        found
    }

    #[test]
    fn days_are_found_wherever_the_bytes_are_cut() {
        let files: [(Marks, &[u8], &[&str]); 5] = [
            (
                Marks::Pdf,
                b"%PDF-1.4 << /CreationDate (D:20190510103004+03'00') /ModDate(D:20190512) >> <xmp:CreateDate>2018-01-02T",
                &["2019-05-10", "2019-05-12", "2018-01-02"],
            ),
            (
                Marks::Office,
                b"<x><dcterms:created xsi:type=\"dcterms:W3CDTF\">2017-03-04T05:06:07Z</dcterms:created><dc:date>2017-03-05T",
                &["2017-03-04", "2017-03-05"],
            ),
            (Marks::Picture, b"Exif\0\0 2016:02:29 10:00:00\0 2016:02:30 10:00:00\0", &["2016-02-29"]),
            (Marks::Mail, b"From: a\nDate: Fri, 10 May 2019 10:30:04 +0300\nSubject: x", &["2019-05-10"]),
            (Marks::Git, b"0 1 A <a@b> 1557484204 +0300\tcommit: x\n1 2 A <a@b> 99 +0300\tx", &["2019-05-10"]),
        ];
        for (marks, bytes, expected) in files {
            for chunk in [1, 7, 1000] {
                assert_eq!(days(marks, bytes, chunk), expected, "{marks:?} by {chunk}");
            }
        }
    }
}
