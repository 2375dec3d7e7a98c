//! Likelihoods against what became known.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::common::numbers::Numbers;
use crate::common::table::{Bar, Figure, Table};
use crate::common::{Result, real, target};

/// What a line holds that was not known at the time, or names the case; the program never sees it.
const HIDDEN: [&str; 10] = [
    "outcome",
    "outcome_support",
    "known_by",
    "class",
    "company_first_word",
    "company_first_word_proved_wrong",
    "sources",
    "actor",
    "victim",
    "case",
];

/// The worst score, and by how much it must be better than the best simple way to judge.
const AT_MOST: f64 = 0.17;
const BETTER_BY: f64 = 0.05;

/// How often the cases are drawn anew.
const DRAWS: usize = 2000;

/// A proposition with what became known of it.
struct Unit {
    case: String,
    is_true: bool,
    line: Value,
}

/// One way to judge, with the error that it makes on each unit.
struct Way {
    id: &'static str,
    note: &'static str,
    errors: Vec<f64>,
}

pub(crate) fn measure(file: &Path, table: &mut Table) -> Result<()> {
    let units = read(file)?;
    let truth: Vec<f64> = units.iter().map(|unit| f64::from(u8::from(unit.is_true))).collect();
    let cases: Vec<Vec<usize>> = {
        let mut by_case: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        units.iter().enumerate().for_each(|(place, unit)| by_case.entry(&unit.case).or_default().push(place));
        by_case.into_values().collect()
    };
    let errors = |judged: Vec<f64>| judged.iter().zip(&truth).map(|(p, o)| (p - o).powi(2)).collect();
    let base: Vec<f64> = units
        .iter()
        .map(|unit| {
            let others = || units.iter().filter(|other| other.case != unit.case);
            real(others().filter(|other| other.is_true).count() as u64) / real(others().count().max(1) as u64)
        })
        .collect();
    let ways = [
        Way { id: "brier", note: "gainsay assess --statements", errors: errors(judged_by_program(&units)?) },
        Way { id: "brier-50", note: "always 50%", errors: errors(vec![0.5; units.len()]) },
        Way { id: "brier-base", note: "how many of the other cases' were true", errors: errors(base) },
        Way {
            id: "brier-company",
            note: "believe the company's last word at 90%",
            errors: errors(units.iter().map(|unit| company(&unit.line)).collect()),
        },
        Way {
            id: "brier-voices",
            note: "count the voices for and against, one more on each side",
            errors: errors(units.iter().map(|unit| voices(&unit.line)).collect()),
        },
    ];
    let [ours, simple @ ..] = &ways;
    let note = format!("{} propositions of {} cases", units.len(), cases.len());
    // No weight is fitted to these cases, so that each is left out as it is.
    let bar = Some(Bar::AtMost(AT_MOST));
    table.scored(ours.id, bar, over_cases(&ours.errors, &cases), format!("{}; {note}", ours.note));
    for way in simple {
        table.scored(way.id, None, over_cases(&way.errors, &cases), format!("{}; {note}", way.note));
    }
    let mean = |way: &&Way| way.errors.iter().sum::<f64>();
    if let Some(best) = simple.iter().min_by(|one, other| mean(one).total_cmp(&mean(other))) {
        let better: Vec<f64> = best.errors.iter().zip(&ours.errors).map(|(theirs, our)| theirs - our).collect();
        let note = format!("how much better than {}, on the same draws", best.id);
        table.scored("brier-better-by", Some(Bar::AtLeast(BETTER_BY)), over_cases(&better, &cases), note);
    }
    Ok(())
}

fn read(file: &Path) -> Result<Vec<Unit>> {
    let text = std::fs::read_to_string(file)?;
    let mut units = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let line: Value = serde_json::from_str(line)?;
        let (Some(case), Some(is_true)) = (line["case"].as_str(), line["outcome"].as_bool()) else {
            return Err(format!("{}: {}: no case or no outcome", file.display(), line["id"]).into());
        };
        units.push(Unit { case: case.to_owned(), is_true, line });
    }
    Ok(units)
}

/// What the program says of each, given what was known at the time.
fn judged_by_program(units: &[Unit]) -> Result<Vec<f64>> {
    let mut lines = String::new();
    for unit in units {
        let mut line = unit.line.clone();
        if let Some(fields) = line.as_object_mut() {
            fields.retain(|name, _| !HIDDEN.contains(&name.as_str()));
        }
        lines += &format!("{line}\n");
    }
    let file = target()?.join("weighing-statements.jsonl");
    std::fs::write(&file, lines)?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_gainsay"));
    let output = command.args(["--json", "assess", "--statements"]).arg(&file).output()?;
    if !output.status.success() {
        return Err(format!("gainsay assess: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let mut said: BTreeMap<String, f64> = BTreeMap::new();
    for line in String::from_utf8(output.stdout)?.lines() {
        let answer: Value = serde_json::from_str(line)?;
        let (Some(id), Some(likelihood)) = (answer["id"].as_str(), answer["likelihood"].as_f64()) else {
            return Err(format!("no likelihood in {answer}").into());
        };
        said.insert(id.to_owned(), likelihood);
    }
    let of = |unit: &Unit| unit.line["id"].as_str().and_then(|id| said.get(id)).copied();
    units.iter().map(|unit| of(unit).ok_or_else(|| format!("no answer on {}", unit.line["id"]).into())).collect()
}

/// The sides that are taken on the proposition itself, in the order given.
fn sides(line: &Value) -> impl Iterator<Item = (&str, bool)> {
    let said = line["statements"].as_array().into_iter().flatten().filter(|said| said["on"] == "this");
    said.filter_map(|said| {
        let side = match said["stance"].as_str()? {
            "claims" | "confirms" | "partly_confirms" => true,
            "denies" | "disputes" => false,
            _ => return None,
        };
        Some((said["role"].as_str()?, side))
    })
}

fn company(line: &Value) -> f64 {
    match sides(line).filter(|(role, _)| *role == "victim").last() {
        Some((_, true)) => 0.9,
        Some((_, false)) => 0.1,
        None => 0.5,
    }
}

fn voices(line: &Value) -> f64 {
    let (pro, all) = sides(line).fold((1.0, 2.0), |(pro, all), (_, side)| (pro + f64::from(u8::from(side)), all + 1.0));
    pro / all
}

/// The mean with the interval that drawing whole cases anew gives: propositions of one case are not independent.
fn over_cases(errors: &[f64], cases: &[Vec<usize>]) -> Figure {
    let mean = |places: &mut dyn Iterator<Item = usize>| {
        let (sum, count) = places.fold((0.0, 0.0), |(sum, count), place| (sum + errors[place], count + 1.0));
        sum / count
    };
    let mut numbers = Numbers(1);
    let mut draws: Vec<f64> = (0..DRAWS)
        .map(|_| {
            let drawn: Vec<&Vec<usize>> = cases.iter().map(|_| &cases[numbers.index(cases.len())]).collect();
            mean(&mut drawn.into_iter().flatten().copied())
        })
        .collect();
    draws.sort_unstable_by(f64::total_cmp);
    let value = mean(&mut (0..errors.len()));
    Figure { value, low: draws[DRAWS / 40], high: draws[DRAWS - 1 - DRAWS / 40] }
}
