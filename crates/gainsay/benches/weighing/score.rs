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

impl Unit {
    /// 1 where it was true.
    fn truth(&self) -> f64 {
        f64::from(u8::from(self.is_true))
    }
}

/// One way to judge, with the error that it makes on each unit.
struct Way {
    id: &'static str,
    note: &'static str,
    errors: Vec<f64>,
}

pub(crate) fn measure(file: &Path, table: &mut Table) -> Result<()> {
    let units = read(file)?;
    let cases: Vec<Vec<usize>> = {
        let mut by_case: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        units.iter().enumerate().for_each(|(place, unit)| by_case.entry(&unit.case).or_default().push(place));
        by_case.into_values().collect()
    };
    let base: Vec<f64> = units
        .iter()
        .map(|unit| {
            let others = || units.iter().filter(|other| other.case != unit.case);
            real(others().filter(|other| other.is_true).count() as u64) / real(others().count().max(1) as u64)
        })
        .collect();
    let judged = judged_by_program(&units, None)?;
    let ways = [
        Way {
            id: "brier",
            note: "gainsay assess --statements",
            errors: errors(&units, &likelihoods(&judged, START, 1.0)),
        },
        Way { id: "brier-50", note: "always 50%", errors: errors(&units, &vec![0.5; units.len()]) },
        Way { id: "brier-base", note: "how many of the other cases' were true", errors: errors(&units, &base) },
        Way {
            id: "brier-company",
            note: "believe the company's last word at 90%",
            errors: errors(&units, &units.iter().map(|unit| company(&unit.line)).collect::<Vec<_>>()),
        },
        Way {
            id: "brier-voices",
            note: "count the voices for and against, one more on each side",
            errors: errors(&units, &units.iter().map(|unit| voices(&unit.line)).collect::<Vec<_>>()),
        },
    ];
    let [ours, simple @ ..] = &ways;
    let note = format!("{} propositions of {} cases", units.len(), cases.len());
    // No weight is fitted to these cases by a machine; how much it tells that they were chosen with the outcomes in sight, see `shaken`.
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
    shaken(&units, &judged, &cases, table)
}

/// The squared error of each likelihood.
fn errors(units: &[Unit], judged: &[f64]) -> Vec<f64> {
    judged.iter().zip(units).map(|(said, unit)| (said - unit.truth()).powi(2)).collect()
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

/// What the numbers are worth that somebody chose who had seen the outcomes: the score with the two that matter most, the start and the
/// size of all weights, chosen anew for each case by the scores of the other cases alone; and the worst score with any one number half as
/// large, or half as large again.
fn shaken(units: &[Unit], judged: &[i64], cases: &[Vec<usize>], table: &mut Table) -> Result<()> {
    let miss = |place: usize, start: i64, scale: f64| {
        errors(&units[place..=place], &likelihoods(&judged[place..=place], start, scale))[0]
    };
    let mut left_out = vec![0.0; units.len()];
    for case in cases {
        let others = || (0..units.len()).filter(|place| !case.contains(place));
        let total = |(start, scale): (i64, f64)| others().map(|place| miss(place, start, scale)).sum::<f64>();
        let choices = (-6..=10).flat_map(|step| (2..=8).map(move |quarters| (step * 100, f64::from(quarters) / 4.0)));
        let best = choices.min_by(|one, other| total(*one).total_cmp(&total(*other))).unwrap_or((START, 1.0));
        case.iter().for_each(|place| left_out[*place] = miss(*place, best.0, best.1));
    }
    let note = "start and size of all weights chosen for each case by the other cases";
    table.scored("brier-left-out", Some(Bar::AtMost(AT_MOST)), over_cases(&left_out, cases), note.to_owned());
    let printed = Command::new(env!("CARGO_BIN_EXE_gainsay")).args(["assess", "--print-weights"]).output()?;
    let weights: toml::Table = String::from_utf8(printed.stdout)?.parse()?;
    let mut worst: Option<(f64, String, Figure)> = None;
    for (section, values) in &weights {
        let values = match values {
            toml::Value::Table(values) if section != "credibility" => values.clone(),
            toml::Value::Integer(number) => toml::Table::from_iter([(String::new(), toml::Value::Integer(*number))]),
            _ => continue,
        };
        for (key, number) in &values {
            let Some(number) = number.as_integer() else { continue };
            for changed in [number / 2, number * 3 / 2] {
                let own = if key.is_empty() {
                    format!("{section} = {changed}")
                } else {
                    format!("[{section}]\n{key} = {changed}")
                };
                // What no desk may set, better grounds for less than worse ones, is passed over.
                let Ok(judged) = judged_by_program(units, Some(&own)) else { continue };
                let figure = over_cases(&errors(units, &likelihoods(&judged, START, 1.0)), cases);
                if worst.as_ref().is_none_or(|(most, ..)| figure.value > *most) {
                    worst = Some((figure.value, own.replace('\n', " "), figure));
                }
            }
        }
    }
    if let Some((_, own, figure)) = worst {
        let note = format!("the worst with any one number half as large or half as large again: {own}");
        table.scored("brier-shaken", None, figure, note);
    }
    Ok(())
}

/// From where the program's weights start, in millinats.
const START: i64 = 300;

/// Likelihoods of log-odds in millinats, as if they had started from another place, with weights of another size.
fn likelihoods(judged: &[i64], start: i64, scale: f64) -> Vec<f64> {
    #[expect(clippy::cast_precision_loss, reason = "log-odds are small")]
    let odds = |millinats: i64| (start as f64 + scale * (millinats - START) as f64) / 1000.0;
    judged.iter().map(|millinats| 1.0 / (1.0 + (-odds(*millinats)).exp())).map(|it| it.clamp(0.01, 0.99)).collect()
}

/// What the program says of each in millinats, given what was known at the time, with its own weights or some changed.
fn judged_by_program(units: &[Unit], own: Option<&str>) -> Result<Vec<i64>> {
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
    command.args(["--json", "assess", "--statements"]).arg(&file);
    if let Some(own) = own {
        let weights = target()?.join("weighing-weights.toml");
        std::fs::write(&weights, own)?;
        command.arg("--weights").arg(weights);
    }
    let output = command.output()?;
    if !output.status.success() {
        return Err(format!("gainsay assess: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let mut said: BTreeMap<String, i64> = BTreeMap::new();
    for line in String::from_utf8(output.stdout)?.lines() {
        let answer: Value = serde_json::from_str(line)?;
        let (Some(id), Some(likelihood)) = (answer["id"].as_str(), answer["millinats"].as_i64()) else {
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
