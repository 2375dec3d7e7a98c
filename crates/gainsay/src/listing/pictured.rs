//! A list of files that a picture shows, from the lines that were read in it: rows of a file manager, or of `ls -l` in a terminal. What is
//! read has errors, and beside the list stand folders and menus, so a line counts as soon as a name and a size are in it.

use super::{Entry, Format, Listing};

/// Entries that make a list, and thousandths of the lines that they must be.
const LEAST: usize = 5;
const LEAST_SHARE: usize = 300;

/// Characters of the longest name.
const LONGEST: usize = 255;

/// The units of sizes in small letters, in English and Russian, the latter also as who reads English misreads it; with their power of a thousand.
/// None stands behind one that it ends with.
const UNITS: [(&str, u32); 14] = [
    ("bytes", 0),
    ("byte", 0),
    ("байт", 0),
    ("kb", 1),
    ("klb", 1),
    ("кб", 1),
    ("k6", 1),
    ("mb", 2),
    ("mlb", 2),
    ("мб", 2),
    ("gb", 3),
    ("гб", 3),
    ("b", 0),
    ("б", 0),
];

/// A name as far as a reader's errors leave it: letters and figures alone, in small, those that are taken for each other as one.
pub fn misread(name: &[u8]) -> Vec<u8> {
    let mut folded: Vec<u8> = Vec::with_capacity(name.len());
    for byte in name.iter().map(u8::to_ascii_lowercase).filter(|byte| byte.is_ascii_alphanumeric() || *byte == b'|') {
        let byte = match byte {
            b'0' => b'o',
            b'1' | b'i' | b'|' => b'l',
            b'5' => b's',
            b'8' => b'b',
            byte => byte,
        };
        match (folded.last_mut(), byte) {
            (Some(last), b'n') if *last == b'r' => *last = b'm',
            _ => folded.push(byte),
        }
    }
    folded
}

/// The list that the lines of a picture are, columns two blanks apart; `None` where they are none.
pub fn of_lines(lines: &[&str]) -> Option<Listing> {
    let mut entries: Vec<Entry> = lines.iter().filter_map(|line| managed(line).or_else(|| long(line))).collect();
    let listed = entries.len();
    if listed < LEAST || listed * 1000 < lines.len() * LEAST_SHARE {
        return None;
    }
    entries.sort_by(|a, b| (&a.path, a.bytes).cmp(&(&b.path, b.bytes)));
    entries.dedup();
    Some(Listing { format: Format::Picture, entries, listed: listed as u64, problems: Vec::new() })
}

/// A row of a file manager: a name, then a date or a size. What stands before the name lies beside the list.
fn managed(line: &str) -> Option<Entry> {
    let name = line.split_whitespace().find(|word| is_file_name(word))?;
    let bytes = size_at_end(line);
    (bytes.is_some() || line.split_whitespace().any(is_date)).then(|| entry(name, bytes))
}

/// Whether a word is a day, such as `04.05.2018` or `2018-05-04`.
fn is_date(word: &str) -> bool {
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let marks = word.chars().filter(|c| matches!(c, '.' | '-' | '/')).count();
    let others = word.chars().filter(|c| !c.is_ascii_digit() && !matches!(c, '.' | '-' | '/' | ':')).count();
    digits >= 5 && marks >= 2 && others == 0
}

/// A row of `ls -l`: … size, month, day, time, name.
fn long(line: &str) -> Option<Entry> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let words: Vec<&str> = line.split_ascii_whitespace().collect();
    let month = words.iter().position(|word| MONTHS.contains(&word.to_ascii_lowercase().as_str()))?;
    let size: u64 = words.get(month.checked_sub(1)?)?.parse().ok()?;
    let (name, begin) = (words.get(month + 3)?, words.first()?);
    let is_file = words.len() == month + 4 && !begin.starts_with('d') && !begin.starts_with('l');
    is_file.then(|| entry(name, Some((size, size))))
}

fn entry(name: &str, bytes: Option<(u64, u64)>) -> Entry {
    let path = name.chars().take(LONGEST).collect::<String>().into_bytes();
    Entry { path, bytes, modified: None, is_folder: false }
}

/// Whether a word is a name with an ending, and no date.
fn is_file_name(word: &str) -> bool {
    let ending = word.rsplit_once('.').map(|(name, ending)| (name, ending.trim_end_matches([',', ';', ':'])));
    ending.is_some_and(|(name, ending)| {
        let is_short = (1..=10).contains(&ending.len()) && ending.chars().all(|c| c.is_ascii_alphanumeric());
        let has_letter = |text: &str| text.chars().any(|c| c.is_ascii_alphabetic());
        is_short && has_letter(ending) && (has_letter(name) || name.is_empty())
    })
}

/// The least and the most bytes that a size such as `12.3 KB` at the end of a line stands for, whether the program that showed it counts
/// by 1000 or 1024, rounds or rounds up. Where number and unit stand together, a reader has often lost the point between two figures.
fn size_at_end(line: &str) -> Option<(u64, u64)> {
    let line = line.trim_end_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let (before, power) = UNITS.iter().find_map(|(unit, power)| {
        let before = line.strip_suffix(unit)?;
        before.trim_end().ends_with(|c: char| c.is_ascii_digit()).then_some((before, *power))
    })?;
    let is_apart = before.ends_with(' ');
    let number = before.trim_end().rsplit(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').next()?;
    let (whole, part) = number.split_once(['.', ',']).unwrap_or((number, ""));
    let digits = [whole, part].concat();
    if digits.is_empty() || digits.len() > 9 || part.len() > 2 || part.contains(['.', ',']) {
        return None;
    }
    let value: u64 = digits.parse().ok()?;
    if power == 0 {
        return part.is_empty().then_some((value, value));
    }
    let scale = 10_u64.pow(u32::try_from(part.len()).ok()?);
    let lost = if !is_apart && part.is_empty() && whole.len() > 1 { 10 } else { 1 };
    let least = value.saturating_sub(1) * 1000_u64.pow(power) / (scale * lost);
    let most = (2 * value + 1) * 1024_u64.pow(power) / (2 * scale);
    Some((least, most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_a_file_manager_are_read_with_what_stands_beside_them() {
        let lines = [
            "D: > backup > src > binding",
            "Name  Date modified  Type  Size",
            "Quick access  binding.go  04.05.2018 12:11  File GO  4.3 kB",
            "Desktop  defau1t_validator.go  04.05.2018 12:11  File GO  3 KB",
            "form.go  04.05.2018 12:11  File GO  812 bytes",
            "form mapping.go  04.05.2018 12:11  File GO  12,5 КБ",
            "json.go  04.05.2018 12:11  File GO  1 KB",
            "This PC",
            "a_test.go 04.05.201812:11. FileGO 23kB",
            "b_test.go 04.05.2018 12:11 FileGO 6aiit",
        ];
        let listing = of_lines(&lines).expect("a list");
        let of = |name: &str| listing.entries.iter().find(|it| it.path == name.as_bytes()).and_then(|it| it.bytes);
        assert_eq!(listing.entries.len(), 7);
        // The point between the figures may be lost.
        assert_eq!((of("a_test.go"), of("b_test.go")), (Some((2_200, 24_064)), None));
        assert_eq!(of("binding.go"), Some((4_200, 4_454)));
        assert_eq!(of("form.go"), Some((812, 812)));
        assert_eq!(of("json.go"), Some((0, 1_536)));
        assert_eq!(of("mapping.go"), Some((12_400, 12_851)));
        assert_eq!(misread(b"defau1t_validator.go"), misread(b"default_validator.go"));
        assert!(of_lines(&["fn main() {", "    call(12, 3);", "}", "let a = b.c;", "return 7;", "x"]).is_none());
    }

    #[test]
    fn rows_of_a_terminal_are_read_without_folders() {
        let row = |name: &str, mode: &str| format!("{mode}rw-r--r-- 1 user user 1234 Nov 12 11:03 {name}");
        let mut lines: Vec<String> =
            ["a.c", "b.c", "c.c", "d.c", "Makefile"].iter().map(|name| row(name, "-")).collect();
        lines.push(row("src", "d"));
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let listing = of_lines(&lines).expect("a list");
        assert!(listing.entries.len() == 5 && listing.entries.iter().all(|it| it.bytes == Some((1234, 1234))));
    }
}
