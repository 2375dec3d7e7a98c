//! File by file: what of ours is recognised, however it was edited, and what is called ours and is not.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use crate::common::files::ending;
use crate::common::table::{Bar, Table};
use crate::common::{Result, say, target};
use crate::interval::share;
use crate::samples::{self, Kind};
use crate::setting::{Setting, Tested, is_ours};

/// The seed of these samples.
const SEED: u64 = 1;

/// How much of a kind must be recognised.
pub(crate) fn bar(kind: Kind) -> Bar {
    match kind {
        Kind::RenameAll => Bar::AtLeast(0.97),
        Kind::Lines10 => Bar::AtLeast(0.96),
        Kind::Ocr5 => Bar::AtLeast(0.85),
        Kind::Unrelated => Bar::AtMost(0.005),
        _ => Bar::AtLeast(0.99),
    }
}

/// How many of how many.
#[derive(Clone, Copy, Default)]
struct Count {
    some: usize,
    all: usize,
}

/// `exact` to `ocr5`, and `unrelated`, for each repository and over all.
pub(crate) fn measure(setting: &Setting, table: &mut Table) -> Result<()> {
    let (mut missed, mut wrong) = (String::new(), String::new());
    for kind in Kind::EDITS.into_iter().chain([Kind::Unrelated]) {
        let mut over_all = Count::default();
        let mut notes = Vec::new();
        for tested in &setting.tested {
            say(&format!("files: {}, {}", kind.word(), tested.name));
            let list = if kind == Kind::Unrelated { &mut wrong } else { &mut missed };
            let (count, note) = measure_one(setting, tested, kind, list)?;
            over_all.some += count.some;
            over_all.all += count.all;
            notes.push((count, note));
        }
        let note = format!("all: {} of {} files", over_all.some, over_all.all);
        table.estimated(kind.word(), Some(bar(kind)), share(over_all.some, over_all.all), note);
        for (count, note) in notes {
            table.estimated(kind.word(), Some(bar(kind)), share(count.some, count.all), note);
        }
    }
    let folder = target()?;
    std::fs::write(folder.join("matching-missed.txt"), missed)?;
    std::fs::write(folder.join("matching-false.txt"), wrong)?;
    Ok(())
}

fn measure_one(setting: &Setting, tested: &Tested, kind: Kind, list: &mut String) -> Result<(Count, String)> {
    let files = match kind {
        Kind::Unrelated => setting.count(4000, 2000),
        _ => setting.count(800, 150),
    };
    let sample = setting.sample();
    let truth = samples::write(&tested.history, kind, SEED, files, &tested.foreign, &sample)?;
    let answer = setting.matched(&tested.name, &sample)?;
    let rows = answer.rows();
    let mut count = Count { some: 0, all: truth.files.len() };
    let mut placed = 0;
    let (mut by_language, mut by_channel) = (BTreeMap::<String, Count>::new(), BTreeMap::<String, usize>::new());
    for (file, whence) in &truth.files {
        let row = rows.get(file.as_str()).copied();
        let ours = row.is_some_and(is_ours);
        count.some += usize::from(ours);
        let best = row.and_then(|row| row["best"]["path"].as_str());
        placed += usize::from(ours && best == Some(whence.path.as_str()));
        let language = ending(Path::new(file)).unwrap_or_default();
        let of_language = by_language.entry(language.to_owned()).or_default();
        of_language.all += 1;
        of_language.some += usize::from(ours);
        if ours {
            let channel = row.and_then(|row| row["channel"].as_str()).unwrap_or("no channel named");
            *by_channel.entry(channel.to_owned()).or_default() += 1;
        }
        if ours == (kind == Kind::Unrelated) {
            let what = row.map_or_else(|| "not listed".to_owned(), shown);
            writeln!(list, "{}\t{}\t{file}\t{}\t{what}", tested.name, kind.word(), whence.path)?;
        }
    }
    let channels: Vec<_> = by_channel.iter().map(|(channel, count)| format!("{channel} {count}")).collect();
    let mut note = format!("{}: {} of {} files", tested.name, count.some, count.all);
    if kind == Kind::Unrelated {
        let mut languages: Vec<_> = by_language.into_iter().collect();
        languages.sort_by_key(|(_, count)| std::cmp::Reverse((count.some, count.all)));
        let shown =
            languages.iter().take(4).map(|(language, count)| format!("{language} {}/{}", count.some, count.all));
        note += &format!("; {}", shown.collect::<Vec<_>>().join(", "));
    } else {
        note += &format!(", {placed} with the right path");
    }
    if !channels.is_empty() {
        note += &format!("; by {}", channels.join(", "));
    }
    Ok((count, note))
}

/// What the program said of a file, on one line.
fn shown(row: &Value) -> String {
    let shares = &row["shares_permille"];
    let of = |name: &str| shares[name].as_u64().unwrap_or_default();
    format!(
        "{}\t{}\tmatched {} common {} public {} distinctive {}\t{} bytes{}\tlike {}",
        row["verdict"].as_str().unwrap_or_default(),
        row["channel"].as_str().unwrap_or_default(),
        of("matched"),
        of("common"),
        of("public"),
        of("distinctive"),
        row["bytes"],
        if row["exact"] == true { ", identical" } else { "" },
        row["best"]["path"].as_str().unwrap_or("nothing"),
    )
}
