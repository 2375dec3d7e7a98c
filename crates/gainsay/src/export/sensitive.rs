//! What a sample must not reveal, as rows for every format. No value of any of it is here to be shown.
//!
//! Counts come before kinds, and commas after them: a number right behind the word password would be masked as one.

use serde_json::{Value, json};

use crate::claim::{Inspection, Sensitive, SensitiveItem, Spot};

/// What stands over them.
pub const CAPTION: &str = "Counted and located; no value of it was kept, shown or sent anywhere. Whether a secret still opens \
     something, nobody was asked.";

/// A kind: how many, how many different ones, in how many files, and what it is.
pub struct KindRow {
    pub found: u64,
    pub distinct: String,
    pub files: u64,
    pub kind: String,
    pub group: &'static str,
}

/// One that is to be acted on.
pub struct ItemRow {
    /// What it is, with what may be said of it.
    pub what: String,
    /// The first place, and how many more.
    pub place: String,
    /// By what the desk knows it again.
    pub mark: String,
}

pub fn kinds(of: &Sensitive) -> Vec<KindRow> {
    let row = |it: &crate::claim::SensitiveKind| KindRow {
        found: it.found,
        distinct: if it.more { format!("at least {}", it.distinct) } else { it.distinct.to_string() },
        files: it.files,
        kind: it.kind.clone(),
        group: it.group.word(),
    };
    of.kinds.iter().map(row).collect()
}

/// Those to act on, at most so many.
pub fn items(of: &Sensitive, most: usize) -> Vec<ItemRow> {
    let row = |item: &SensitiveItem| ItemRow {
        what: item.words(),
        place: place(&item.places, item.found),
        mark: item.mark.chars().take(12).collect(),
    };
    of.items.iter().take(most).map(row).collect()
}

/// What is not listed, in a sentence.
pub fn more(of: &Sensitive, shown: usize) -> Option<String> {
    let more = of.items.len().saturating_sub(shown) as u64 + of.more_items;
    (more > 0).then(|| format!("… and {more} more different ones"))
}

fn place(places: &[Spot], found: u64) -> String {
    let Some(first) = places.first() else { return String::new() };
    let more = found.saturating_sub(1);
    if more == 0 { first.words() } else { format!("{}, and {more} more", first.words()) }
}

/// Everything, for machines.
pub fn to_json(of: &Sensitive) -> Value {
    let spot = |it: &Spot| json!({ "path": it.path, "line": it.line, "offset": it.offset });
    json!({
        "files": of.files,
        "kinds": of.kinds.iter().map(|it| json!({
            "group": it.group.word(),
            "kind": it.kind,
            "found": it.found,
            "distinct": it.distinct,
            "distinct_is_least": it.more,
            "files": it.files,
        })).collect::<Vec<_>>(),
        "items": of.items.iter().map(|it| json!({
            "group": it.group.word(),
            "kind": it.kind,
            "about": it.about,
            "mark": it.mark,
            "found": it.found,
            "places": it.places.iter().map(spot).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "more_items": of.more_items,
        "holders": of.holders.iter().map(|it| json!({
            "path": it.path,
            "kind": it.kind,
            "found": it.found,
            "first": { "line": it.first.0, "offset": it.first.1 },
            "last": { "line": it.last.0, "offset": it.last.1 },
        })).collect::<Vec<_>>(),
        "more_holders": of.more_holders,
    })
}

/// What an entry records, for machines.
pub fn inspection(it: &Inspection, sample: &str) -> Value {
    json!({
        "handle": it.handle,
        "id": it.id.to_string(),
        "sample": sample,
        "received": it.received.to_string(),
        "tlp": it.tlp.word(),
        "command": it.command,
        "result": to_json(&it.result),
    })
}
