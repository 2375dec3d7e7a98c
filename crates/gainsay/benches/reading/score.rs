//! What was read held against what people found, one to one, best first.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::Value;

use crate::common::numbers::Numbers;
use crate::common::table::{Bar, Figure, Table};
use crate::common::{Result, real, target};
use crate::interval;
use crate::speed::read;
use crate::story::{Story, stories};

/// How often the stories are drawn anew.
const DRAWS: usize = 2000;

/// The figures, with what each must reach.
const TIERS: [(&str, Bar); 7] = [
    ("span", Bar::Goal(0.85, 0.88)),
    ("speaker", Bar::Goal(0.78, 0.86)),
    ("stance", Bar::Goal(0.70, 0.82)),
    ("organisations", Bar::Goal(0.80, 0.90)),
    ("actors", Bar::Goal(0.80, 0.90)),
    ("figures", Bar::Goal(0.80, 0.90)),
    ("cites", Bar::Goal(0.80, 0.90)),
];

/// Found, looked for, right.
#[derive(Clone, Copy, Default)]
struct Tally {
    found: u64,
    gold: u64,
    right: u64,
}

impl Tally {
    fn add(&mut self, other: Tally) {
        self.found += other.found;
        self.gold += other.gold;
        self.right += other.right;
    }

    fn f1(self) -> f64 {
        2.0 * real(self.right) / real(self.found + self.gold).max(1.0)
    }

    fn precision(self) -> f64 {
        real(self.right) / real(self.found).max(1.0)
    }

    fn recall(self) -> f64 {
        real(self.right) / real(self.gold).max(1.0)
    }
}

/// One story's tallies by tier, and each of its drafts: how sure, of which classes, and whether it was right.
struct Scored {
    tiers: BTreeMap<&'static str, Tally>,
    drafts: Vec<(f64, Vec<String>, bool)>,
}

/// Scores every story that is at hand.
pub(crate) fn measure(table: &mut Table) -> Result<()> {
    let stories = stories()?;
    if stories.is_empty() {
        table.skipped("stories", "none of their texts is in TEXTS");
        return Ok(());
    }
    let scored = stories.iter().map(score).collect::<Result<Vec<_>>>()?;
    let note = |tally: Tally| {
        format!(
            "F1 over {} stories: {} right of {} found, {} annotated",
            scored.len(),
            tally.right,
            tally.found,
            tally.gold
        )
    };
    for (tier, bar) in TIERS {
        table.estimated(tier, Some(bar), drawn(&scored, tier, Tally::f1), note(sum(scored.iter(), tier)));
    }
    let accepted = sum(scored.iter(), "accepted");
    let words = format!("{} right of {} accepted, {} annotated", accepted.right, accepted.found, accepted.gold);
    let precision = drawn(&scored, "accepted", Tally::precision);
    table.estimated("accepted", Some(Bar::Goal(0.90, 0.95)), precision, format!("precision: {words}"));
    let recall = drawn(&scored, "accepted", Tally::recall);
    table.estimated("accepted-recall", Some(Bar::Goal(0.35, 0.50)), recall, format!("recall: {words}"));
    reliability(&scored, table);
    std::fs::write(target()?.join("reading-classes.txt"), classes(&scored))?;
    Ok(())
}

fn sum<'s>(scored: impl Iterator<Item = &'s Scored>, tier: &str) -> Tally {
    let mut all = Tally::default();
    scored.filter_map(|story| story.tiers.get(tier)).for_each(|tally| all.add(*tally));
    all
}

/// A figure of all stories, in the interval that drawing stories anew gives.
fn drawn(scored: &[Scored], tier: &str, of: fn(Tally) -> f64) -> Figure {
    let mut numbers = Numbers(1);
    let mut draws: Vec<f64> =
        (0..DRAWS).map(|_| of(sum(scored.iter().map(|_| &scored[numbers.index(scored.len())]), tier))).collect();
    draws.sort_unstable_by(f64::total_cmp);
    Figure { value: of(sum(scored.iter(), tier)), low: draws[DRAWS / 40], high: draws[DRAWS - 1 - DRAWS / 40] }
}

/// How often drafts of about one confidence were right.
fn reliability(scored: &[Scored], table: &mut Table) {
    const EDGES: [f64; 7] = [0.0, 0.6, 0.7, 0.8, 0.85, 0.9, 1.01];
    for edge in EDGES.windows(2) {
        let within: Vec<_> =
            scored.iter().flat_map(|s| &s.drafts).filter(|d| (edge[0]..edge[1]).contains(&d.0)).collect();
        if within.is_empty() {
            continue;
        }
        let right = within.iter().filter(|d| d.2).count();
        let said = within.iter().map(|d| d.0).sum::<f64>() / real(within.len() as u64);
        let id = format!("right-at-{:.2}", edge[0]);
        table.estimated(
            &id,
            None,
            interval::share(right, within.len()),
            format!("{} drafts, said {said:.2}", within.len()),
        );
    }
}

/// How often each class of drafts was right, as the reader's confidence takes it.
fn classes(scored: &[Scored]) -> String {
    let mut counted: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for (_, classes, right) in scored.iter().flat_map(|s| &s.drafts) {
        for class in classes {
            let entry = counted.entry(class).or_default();
            *entry = (entry.0 + u32::from(*right), entry.1 + 1);
        }
    }
    counted.into_iter().fold(String::new(), |mut text, (class, (right, all))| {
        let _ = writeln!(text, "{right:5} of {all:<5} {class}");
        text
    })
}

fn score(story: &Story) -> Result<Scored> {
    let said = read(&[&story.text], &["--explain"])?.said;
    let mut tiers: BTreeMap<&'static str, Tally> = BTreeMap::new();
    let (found, gold) = (list(&said["statements"]), list(&story.found["statements"]));
    let overlap = |one: &Value, other: &Value| {
        let (s, e) = (one["span"]["start"].as_u64()?, one["span"]["end"].as_u64()?);
        let (b, d) = (other["start"].as_u64()?, other["end"].as_u64()?);
        let common = e.min(d).saturating_sub(s.max(b));
        let enough = common > 0 && 2 * common >= e.max(d) - s.min(b);
        enough.then(|| (same(&one["speaker"], &other["speaker"]), one["stance"] == other["stance"], common))
    };
    // What only one of two annotators saw counts neither way.
    let pairs = pair(&found, &gold, overlap);
    let optional = |at: usize| gold[at]["optional"].as_bool() == Some(true);
    let aside: BTreeSet<usize> = pairs.iter().filter(|(_, g)| optional(*g)).map(|(f, _)| *f).collect();
    let kept: Vec<usize> = (0..found.len()).filter(|at| !aside.contains(at)).collect();
    let (found, gold): (Vec<&Value>, Vec<&Value>) = (
        kept.iter().map(|&at| found[at]).collect(),
        (0..gold.len()).filter(|&at| !optional(at)).map(|at| gold[at]).collect(),
    );
    let pairs = pair(&found, &gold, overlap);
    let by = |f: usize, g: usize| same(&found[f]["speaker"], &gold[g]["speaker"]);
    let like = |f: usize, g: usize| by(f, g) && found[f]["stance"] == gold[g]["stance"];
    let counts = |right: usize| Tally { found: found.len() as u64, gold: gold.len() as u64, right: right as u64 };
    tiers.insert("span", counts(pairs.len()));
    tiers.insert("speaker", counts(pairs.iter().filter(|(f, g)| by(*f, *g)).count()));
    tiers.insert("stance", counts(pairs.iter().filter(|(f, g)| like(*f, *g)).count()));
    let right: BTreeSet<usize> = pairs.iter().filter(|(f, g)| like(*f, *g)).map(|(f, _)| *f).collect();
    let sure: Vec<usize> = (0..found.len()).filter(|&f| found[f]["accepted"] == true).collect();
    let sure_and_right = sure.iter().filter(|f| right.contains(f)).count();
    tiers.insert("accepted", Tally { found: sure.len() as u64, gold: gold.len() as u64, right: sure_and_right as u64 });
    let explained = list(&said["explained"]);
    let drafts = kept.iter().enumerate().map(|(at, &index)| {
        let steps = explained.iter().find(|e| e["statement"].as_u64() == u64::try_from(index).ok());
        (found[at]["confidence"].as_f64().unwrap_or_default(), classes_of(found[at], steps), right.contains(&at))
    });
    let drafts = drafts.collect();
    things(&said, story, &mut tiers);
    Ok(Scored { tiers, drafts })
}

/// The three classes that a draft's confidence is made of.
fn classes_of(draft: &Value, explained: Option<&&Value>) -> Vec<String> {
    let why = |step: &str| {
        let steps = explained.and_then(|e| e["steps"].as_array());
        steps.into_iter().flatten().find(|s| s["step"] == step).and_then(|s| s["why"].as_str()).unwrap_or_default()
    };
    let voice = why("speaker").rsplit(", ").next().unwrap_or_default().to_owned();
    vec![
        format!("form: {}", why("found")),
        format!("voice: {voice}"),
        format!("act: {} {}, {}", text(&draft["speaker_kind"]), text(&draft["stance"]), why("matter")),
    ]
}

/// Organisations, actors, figures and what the story rests on: by name or value.
fn things(said: &Value, story: &Story, tiers: &mut BTreeMap<&'static str, Tally>) {
    let mut tier = |kind: &'static str, test: &dyn Fn(&Value, &Value) -> bool| {
        let keep = |v: &&Value| kind != "figures" || v["kind"] != "date";
        let found: Vec<&Value> = list(&said[kind]).into_iter().filter(keep).collect();
        let gold: Vec<&Value> = list(&story.found[kind]).into_iter().filter(keep).collect();
        let right = pair(&found, &gold, |f, g| test(f, g).then_some(())).len();
        tiers.insert(kind, Tally { found: found.len() as u64, gold: gold.len() as u64, right: right as u64 });
    };
    tier("organisations", &|f, g| same(&f["name"], &g["name"]));
    tier("actors", &|f, g| {
        let aliases = list(&g["aliases"]).into_iter().map(text).collect::<Vec<_>>().join("; ");
        same(&f["name"], &Value::String(format!("{}; {aliases}", text(&g["name"]))))
    });
    tier("figures", &|f, g| f["kind"] == g["kind"] && number(f) == number(g));
    tier("cites", &|f, g| same(&f["source"], &g["source"]));
}

fn list(value: &Value) -> Vec<&Value> {
    value.as_array().into_iter().flatten().collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Pairs one to one, the best first; `fits` gives how well two go together, or nothing. Of equals the later pair comes first.
fn pair<S: Ord>(found: &[&Value], gold: &[&Value], fits: impl Fn(&Value, &Value) -> Option<S>) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for (f, one) in found.iter().enumerate() {
        for (g, other) in gold.iter().enumerate() {
            pairs.extend(fits(one, other).map(|fit| (fit, f, g)));
        }
    }
    pairs.sort_by(|a, b| b.cmp(a));
    let (mut used, mut met, mut kept) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for (_, f, g) in pairs {
        if !used.contains(&f) && !met.contains(&g) {
            used.insert(f);
            met.insert(g);
            kept.push((f, g));
        }
    }
    kept
}

/// Words that say nothing about who somebody is.
const SAY_NOTHING: [&str; 14] = [
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
    "and",
];

fn words(name: &str) -> BTreeSet<String> {
    let lower = name.to_lowercase().replace('’', "'").replace("'s", "");
    let parts = lower.split(|c: char| !(c.is_ascii_alphanumeric() || c == '$')).filter(|w| !w.is_empty());
    parts.filter(|w| !SAY_NOTHING.contains(w) && *w != "an").map(str::to_owned).collect()
}

/// The names that stand for one party: `Person (Organisation)` is either and both; other names come after semicolons.
fn alternatives(name: &str) -> Vec<BTreeSet<String>> {
    let mut all: Vec<BTreeSet<String>> = name.split([';', '(', ')']).map(words).collect();
    all.push(words(&name.replace(['(', ')'], " ")));
    if name.contains("unnamed") {
        let unnamed = ["hacker", "hackers", "threat actor", "threat actors", "seller", "attacker", "attackers"];
        all.extend(unnamed.iter().map(|name| words(name)));
    }
    all.retain(|names| !names.is_empty());
    all
}

/// Whether a name that was read is one of an annotated party: the same words, or one with some left out.
fn same(read: &Value, gold: &Value) -> bool {
    let (read, gold) = (text(read), text(gold));
    if read.contains([';', ',', '/', '|']) || words(read).len() > 7 {
        return false;
    }
    alternatives(read).iter().any(|one| {
        alternatives(gold).iter().any(|other| {
            let part = one.is_subset(other) || other.is_subset(one);
            one == other || part && one.intersection(other).any(|word| word.len() >= 4)
        })
    })
}

/// A figure's value with its scale and unit worked in.
fn number(figure: &Value) -> String {
    let value = match &figure["value"] {
        Value::String(words) => words.to_lowercase(),
        other => other.to_string(),
    };
    let value = if value.contains(|c: char| c.is_ascii_lowercase()) {
        value
    } else {
        format!("{value} {}", text(&figure["unit"]).to_lowercase())
    };
    let Some(start) = value.find(|c: char| c.is_ascii_digit()) else {
        return words(&value).into_iter().collect();
    };
    let rest = &value[start..];
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == ',' || c == '.')).unwrap_or(rest.len());
    let digits = rest[..end].trim_end_matches('.').replace(',', "");
    let unit: String = rest[end..].trim_start().chars().take_while(char::is_ascii_lowercase).collect();
    let scale = match unit.as_str() {
        "thousand" | "k" | "kb" | "kilobytes" => 1e3,
        "million" | "m" | "mn" | "mb" | "megabytes" => 1e6,
        "billion" | "bn" | "b" | "gb" | "gigabyte" | "gigabytes" => 1e9,
        "tb" | "terabyte" | "terabytes" => 1e12,
        "pb" => 1e15,
        _ => 1.0,
    };
    digits.parse::<f64>().map_or(digits, |number| format!("{:.4e}", number * scale))
}
