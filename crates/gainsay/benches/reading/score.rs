//! What was read held against what people read, kind by kind.
//!
//! A statement matches where the two spans share at least half of what they cover together, one to one, the best first. A speaker is
//! one name, compared by whole words; `Person (Organisation)` may be given as either. An item that only one of two people saw, or
//! that was marked as doubtful, is `optional` and counts neither way.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// How many were found, how many are there, and how many of the found are right.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Counts {
    pub(crate) found: u64,
    pub(crate) there: u64,
    pub(crate) right: u64,
}

/// The counts of one text by kind, and each error in words.
#[derive(Default)]
pub(crate) struct Scored {
    pub(crate) counts: BTreeMap<&'static str, Counts>,
    pub(crate) errors: Vec<String>,
    /// Of each statement that was drafted: how sure the reader is, in percent, and whether it is right.
    pub(crate) sure: Vec<(u64, bool)>,
}

const STOP: &[&str] = &[
    "inc",
    "corp",
    "ltd",
    "group",
    "gang",
    "the",
    "company",
    "spokesperson",
    "spokesman",
    "spokeswoman",
    "ransomware",
    "of",
    "a",
    "an",
    "and",
];

/// The words of a name that tell it from others.
fn words(name: &str) -> BTreeSet<String> {
    let lower = name.to_lowercase().replace('’', "'").replace("'s", "");
    let words = lower.split(|c: char| !c.is_alphanumeric() && c != '$').filter(|word| !word.is_empty());
    words.filter(|word| !STOP.contains(word)).map(str::to_owned).collect()
}

/// The names that stand for one party: `Jane Roe (Acme)` is Jane Roe, Acme, or both; aliases come after `;`.
fn alternatives(name: &str) -> Vec<BTreeSet<String>> {
    let mut all: Vec<BTreeSet<String>> = name.split([';', '(', ')']).map(words).collect();
    all.push(words(&name.replace(['(', ')'], " ")));
    if name.contains("unnamed") {
        all.extend(
            ["hacker", "hackers", "threat actor", "threat actors", "seller", "attacker", "attackers"].map(words),
        );
    }
    all.retain(|words| !words.is_empty());
    all
}

/// Whether a name that was read is one that stands for the party: equal, or one is the other with words left out.
fn same(read: &str, there: &str) -> bool {
    if read.contains([';', ',', '/', '|']) || words(read).len() > 7 {
        return false;
    }
    let longest_shared = |one: &BTreeSet<String>, other: &BTreeSet<String>| {
        one.intersection(other).map(|word| word.chars().count()).max().unwrap_or(0)
    };
    let there = alternatives(there);
    alternatives(read).iter().any(|one| {
        let part = |other: &BTreeSet<String>| {
            (one.is_subset(other) || other.is_subset(one)) && longest_shared(one, other) >= 4
        };
        there.iter().any(|other| one == other || part(other))
    })
}

/// A figure's number with its scale and unit folded in.
fn number(figure: &Value) -> String {
    let value = text(figure, "value").to_lowercase();
    let unit =
        if value.contains(|c: char| c.is_alphabetic()) { String::new() } else { text(figure, "unit").to_lowercase() };
    let whole = format!("{value} {unit}");
    let Some(start) = whole.find(|c: char| c.is_ascii_digit()) else { return whole };
    let end =
        whole[start..].find(|c: char| !c.is_ascii_digit() && c != ',' && c != '.').map_or(whole.len(), |at| start + at);
    let Ok(number) = whole[start..end].trim_end_matches('.').replace(',', "").parse::<f64>() else { return whole };
    let scale = match whole[end..].trim_start().split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default() {
        "thousand" | "k" | "kb" | "kilobytes" => 1e3,
        "million" | "m" | "mn" | "mb" => 1e6,
        "billion" | "bn" | "b" | "gb" | "gigabytes" | "gigabyte" => 1e9,
        "tb" | "terabytes" | "terabyte" => 1e12,
        "pb" => 1e15,
        _ => 1.0,
    };
    format!("{}", number * scale)
}

fn text<'v>(item: &'v Value, field: &str) -> &'v str {
    item[field].as_str().unwrap_or_default()
}

/// Both ends of a span, given as a list or as an object.
fn span(item: &Value) -> (u64, u64) {
    let end = |at: usize, name: &str| item["span"][at].as_u64().or_else(|| item["span"][name].as_u64()).unwrap_or(0);
    (end(0, "start"), end(1, "end"))
}

fn list<'v>(read: &'v Value, name: &str) -> Vec<&'v Value> {
    read[name].as_array().map(|items| items.iter().collect()).unwrap_or_default()
}

/// Matches one to one, the best first.
fn matched<R: Ord>(found: usize, there: usize, rank: impl Fn(usize, usize) -> Option<R>) -> Vec<(usize, usize)> {
    let mut pairs: Vec<(R, usize, usize)> = Vec::new();
    for one in 0..found {
        pairs.extend((0..there).filter_map(|other| Some((rank(one, other)?, one, other))));
    }
    pairs.sort_by(|left, right| right.0.cmp(&left.0));
    let (mut used, mut taken, mut chosen) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for (_, one, other) in pairs {
        if !used.contains(&one) && !taken.contains(&other) {
            used.insert(one);
            taken.insert(other);
            chosen.push((one, other));
        }
    }
    chosen
}

/// Scores one text: `read` by the program, `there` by people.
pub(crate) fn score(slug: &str, read: &Value, there: &Value) -> Scored {
    let mut scored = Scored::default();
    statements(slug, &list(read, "statements"), &list(there, "statements"), &mut scored);
    let by_name = |one: &Value, other: &Value| same(text(one, "name"), text(other, "name"));
    let mut count = |kind: &'static str, name: &str, is_same: &dyn Fn(&Value, &Value) -> bool| {
        let wanted = |item: &&Value| kind != "figures" || text(item, "kind") != "date";
        let found: Vec<&Value> = list(read, name).into_iter().filter(wanted).collect();
        let gold: Vec<&Value> = list(there, name).into_iter().filter(wanted).collect();
        let pairs =
            matched(found.len(), gold.len(), |one, other| is_same(found[one], gold[other]).then_some(Reverse(one)));
        let all = |items: usize| items as u64;
        scored.counts.insert(kind, Counts { found: all(found.len()), there: all(gold.len()), right: all(pairs.len()) });
        for (at, missed) in gold.iter().enumerate().filter(|(at, _)| pairs.iter().all(|(_, it)| it != at)) {
            let _ = at;
            scored.errors.push(format!("{slug}: {kind} missed: {}", brief(missed)));
        }
        for (at, extra) in found.iter().enumerate().filter(|(at, _)| pairs.iter().all(|(it, _)| it != at)) {
            let _ = at;
            scored.errors.push(format!("{slug}: {kind} extra: {}", brief(extra)));
        }
    };
    count("organisations", "organisations", &by_name);
    count("actors", "actors", &|one, other| {
        let aliases = other["aliases"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let names: Vec<&str> = std::iter::once(text(other, "name")).chain(aliases).collect();
        same(text(one, "name"), &names.join("; "))
    });
    count("figures", "figures", &|one, other| text(one, "kind") == text(other, "kind") && number(one) == number(other));
    count("cites", "cites", &|one, other| same(text(one, "source"), text(other, "source")));
    let head = |id: &str| id.split('.').next().unwrap_or_default().to_owned();
    count("vectors", "vectors", &|one, other| {
        let also = other["alt_ids"].as_array().into_iter().flatten().filter_map(Value::as_str);
        std::iter::once(text(other, "attack_id")).chain(also).any(|id| head(id) == head(text(one, "attack_id")))
    });
    count("contacts", "contacts", &|one, other| {
        same(text(one, "from"), text(other, "from")) && same(text(one, "to"), text(other, "to"))
    });
    scored
}

/// An item's names and values, without the words of the text.
fn brief(item: &Value) -> String {
    let fields = ["name", "kind", "value", "source", "attack_id", "from", "to", "speaker", "stance"];
    let said: Vec<&str> = fields.iter().map(|field| text(item, field)).filter(|word| !word.is_empty()).collect();
    format!("{} at {:?}", said.join(" "), span(item))
}

fn statements(slug: &str, found: &[&Value], there: &[&Value], scored: &mut Scored) {
    let rank = |found: &[&Value], there: &[&Value], one: usize, other: usize| {
        let ((from, to), (start, end)) = (span(found[one]), span(there[other]));
        let shared = to.min(end).saturating_sub(from.max(start));
        let together = to.max(end) - from.min(start);
        let speaker = same(text(found[one], "speaker"), text(there[other], "speaker"));
        let stance = text(found[one], "stance") == text(there[other], "stance");
        (shared > 0 && shared * 2 >= together).then_some((speaker, stance, shared))
    };
    let is_optional = |item: &Value| item["optional"] == true;
    let pairs = matched(found.len(), there.len(), |one, other| rank(found, there, one, other));
    let of_optional: BTreeSet<usize> =
        pairs.iter().filter(|(_, other)| is_optional(there[*other])).map(|(one, _)| *one).collect();
    let found: Vec<&Value> =
        found.iter().enumerate().filter(|(at, _)| !of_optional.contains(at)).map(|(_, item)| *item).collect();
    let there: Vec<&Value> = there.iter().copied().filter(|item| !is_optional(item)).collect();
    let pairs = matched(found.len(), there.len(), |one, other| rank(&found, &there, one, other));
    let speaks = |(one, other): &&(usize, usize)| same(text(found[*one], "speaker"), text(there[*other], "speaker"));
    let stands =
        |pair: &&(usize, usize)| speaks(pair) && text(found[pair.0], "stance") == text(there[pair.1], "stance");
    let right: BTreeSet<usize> = pairs.iter().filter(stands).map(|(one, _)| *one).collect();
    let is_accepted = |item: &&&Value| item["accepted"] == true;
    let counts =
        |found: usize, right: usize| Counts { found: found as u64, there: there.len() as u64, right: right as u64 };
    scored.counts.insert("span", counts(found.len(), pairs.len()));
    scored.counts.insert("speaker", counts(found.len(), pairs.iter().filter(speaks).count()));
    scored.counts.insert("stance", counts(found.len(), right.len()));
    let accepted = right.iter().filter(|at| is_accepted(&&found[**at])).count();
    scored.counts.insert("accepted", counts(found.iter().filter(is_accepted).count(), accepted));
    for (at, item) in found.iter().enumerate() {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of one, in percent")]
        let sure = (item["confidence"].as_f64().unwrap_or(0.0).clamp(0.0, 1.0) * 100.0) as u64;
        scored.sure.push((sure, right.contains(&at)));
        if !pairs.iter().any(|(one, _)| *one == at) {
            scored.errors.push(format!("{slug}: statement extra: {}", brief(item)));
        }
    }
    for (at, item) in there.iter().enumerate() {
        match pairs.iter().find(|(_, other)| *other == at) {
            None => scored.errors.push(format!("{slug}: statement missed: {}", brief(item))),
            Some((one, _)) if !right.contains(one) => {
                scored.errors.push(format!("{slug}: statement {}: read as {}", brief(item), brief(found[*one])));
            }
            Some(_) => {}
        }
    }
}
