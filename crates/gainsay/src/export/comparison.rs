//! A file of a sample beside the company's, for a terminal and for pages.

use super::text::{Styles, moment};
use crate::align::{Kind, Row};
use crate::claim::FileMatch;

/// From so many columns on there is room for both sides.
const WIDE: usize = 100;

/// The most characters of a line that a page shows.
const LONGEST: usize = 400;

/// The rows of two texts, whose values are masked: side by side where there is room, else one below the other.
pub fn text(file: &FileMatch, rows: &[Row], texts: &[String; 2], styles: Styles, columns: usize) -> String {
    let mut out = head(file);
    let lines = texts.each_ref().map(|text| text.split('\n').collect::<Vec<_>>());
    let line = |side: usize, number: u32| {
        let line = lines[side].get((number as usize).wrapping_sub(1)).copied().unwrap_or_default();
        line.trim_end().replace('\t', "    ")
    };
    let digits = lines.iter().map(|lines| lines.len().to_string().len()).max().unwrap_or(1);
    let numbered = |side: usize, number: Option<u32>| match number {
        Some(number) => format!("{number:>digits$} {}", line(side, number)),
        None => String::new(),
    };
    let wide = columns >= WIDE;
    let half = columns.saturating_sub(3) / 2;
    for row in rows {
        let (mark, ours, sample) = match row {
            Row::Both { ours, sample, kind } => (mark(*kind), numbered(0, *ours), numbered(1, *sample)),
            Row::Cut(number) => ('-', numbered(0, Some(*number)), String::new()),
            Row::Added(number) => ('+', String::new(), numbered(1, Some(*number))),
            Row::More(cut, 0) => ('-', format!("{:>digits$} {cut} more", "…"), String::new()),
            Row::More(_, added) => ('+', String::new(), format!("{:>digits$} {added} more", "…")),
            Row::Elsewhere => {
                out += &format!("{0}what follows stands elsewhere in ours{0:#}\n", styles.faint);
                continue;
            }
        };
        if wide {
            let ours = cut(&ours, half);
            let blanks = " ".repeat(half.saturating_sub(ours.chars().count()));
            out += format!("{ours}{blanks} {mark} {}", cut(&sample, half)).trim_end();
            out.push('\n');
        } else {
            let same = matches!(row, Row::Both { kind: Kind::Same, .. });
            for (sign, of_side) in [('-', &ours), ('+', &sample)].into_iter().filter(|(_, it)| !it.is_empty()) {
                match (same, sign) {
                    (true, '-') if !sample.is_empty() => {}
                    (true, _) => out += &format!("  {of_side}\n"),
                    _ => out += &format!("{sign} {of_side}\n"),
                }
            }
        }
    }
    out
}

/// A row of two texts beside each other: the number and the words of a line on each side that has one there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beside {
    /// What became of it, in a word.
    pub word: &'static str,
    /// Of ours.
    pub ours: Option<(u32, String)>,
    /// Of the sample.
    pub sample: Option<(u32, String)>,
    /// In place of lines: what is left out, or where it goes on.
    pub note: Option<String>,
}

/// The rows of two texts, whose values are masked, for pages.
pub fn beside(rows: &[Row], texts: &[String; 2]) -> Vec<Beside> {
    let lines = texts.each_ref().map(|text| text.split('\n').collect::<Vec<_>>());
    let line = |side: usize, number: u32| {
        let line = lines[side].get((number as usize).wrapping_sub(1)).copied().unwrap_or_default();
        (number, cut(line.trim_end(), LONGEST))
    };
    let note = |note: String| Beside { word: "left out", note: Some(note), ..Beside::default() };
    let each = rows.iter().map(|row| match row {
        Row::Both { ours, sample, kind } => Beside {
            word: kind.word(),
            ours: ours.map(|number| line(0, number)),
            sample: sample.map(|number| line(1, number)),
            note: None,
        },
        Row::Cut(number) => Beside { word: "missing", ours: Some(line(0, *number)), ..Beside::default() },
        Row::Added(number) => Beside { word: "added", sample: Some(line(1, *number)), ..Beside::default() },
        Row::More(cut, 0) => note(format!("{cut} more lines of ours that are missing")),
        Row::More(_, added) => note(format!("{added} more lines that were added")),
        Row::Elsewhere => note("what follows stands elsewhere in ours".to_owned()),
    });
    each.collect()
}

fn head(file: &FileMatch) -> String {
    let mut out = match &file.best {
        Some(best) => format!(
            "{} in {} as of {}, and {} of the sample ({})\n",
            best.path,
            best.corpus,
            moment(&best.last),
            file.path,
            file.verdict
        ),
        None => format!("{} ({}): no file of the company's is like it\n", file.path, file.verdict),
    };
    if file.exact {
        out += "They are identical.\n";
    }
    if let Some(alignment) = &file.alignment {
        for edit in &alignment.edits {
            out += &format!("  {edit}\n");
        }
        if let Some(note) = &alignment.note {
            out += &format!("  {note}\n");
        }
    }
    out + "\n"
}

fn mark(kind: Kind) -> char {
    match kind {
        Kind::Same => ' ',
        Kind::Reformatted => '=',
        Kind::Renamed => '~',
        Kind::Similar => '≈',
    }
}

/// As many characters as fit, the last one a sign that there are more.
fn cut(text: &str, columns: usize) -> String {
    if text.chars().count() <= columns {
        return text.to_owned();
    }
    text.chars().take(columns.saturating_sub(1)).chain(['…']).collect()
}
