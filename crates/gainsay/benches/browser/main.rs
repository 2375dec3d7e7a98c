//! How fast the desk is in a browser: `make bench-browser`.
//!
//! A desk of a thousand cases with a hundred statements each is made of invented stories, and served. Each page is asked for again and
//! again by one reader, who notes how long the server takes and how many bytes come; then fifty readers and five writers ask at once,
//! beside a file of the same size that needs no desk. The table goes to standard output and to `target/bench/browser.json`. `QUICK`
//! makes a tenth of the desk; arguments choose among the measurements by their names.

#[path = "../common/mod.rs"]
#[allow(dead_code, reason = "each bench uses its own part of what they share")]
mod common;
#[path = "../reading/invented.rs"]
mod invented;
mod visitor;

use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use common::numbers::Numbers;
use common::program::Desk;
use common::table::{Bar, Table};
use common::{Result, is_set, say, target};
use invented::story;
use visitor::{Served, Visitor};

/// The cases of the desk, the stories of each, and a story's bytes: ten of them have about a hundred statements.
const CASES: usize = 1000;
const STORIES: usize = 10;
const STORY: usize = 1560;

/// How often one reader asks for each page.
const REPETITIONS: usize = 30;

/// How many read and write at once, and for how long.
const READERS: usize = 50;
const WRITERS: usize = 5;
const TOGETHER: Duration = Duration::from_secs(30);

/// What a page may take at the server, in milliseconds, and in bytes; and the hundredth slowest of many at once.
const PAGE: f64 = 150.0;
const BYTES: f64 = 200_000.0;
const CROWDED: f64 = 500.0;

fn main() -> ExitCode {
    common::ended(measure())
}

fn measure() -> Result<()> {
    let only = common::arguments();
    let wanted = |name: &str| only.is_empty() || only.iter().any(|it| it == name);
    let cases = if is_set("QUICK") { CASES / 10 } else { CASES };
    let folder = target()?.join("browser");
    let desk = folder.join(format!("desk-{cases}"));
    make(&desk, &folder, cases)?;
    let mut table = Table::default();
    let served = Served::start(&desk)?;
    let visitor = served.enter()?;
    let listed = visitor.json("/api/v1/cases?limit=500")?;
    let ids: Vec<String> = listed["cases"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|case| Some(case["id"].as_str()?[..12].to_owned()))
        .collect();
    if wanted("pages") {
        pages(&mut table, &visitor, &ids, cases)?;
    }
    if wanted("crowd") {
        crowd(&mut table, &visitor, &ids, cases)?;
    }
    table.print("milliseconds from the request to the last byte, over loopback");
    let file = target()?.join("browser.json");
    std::fs::write(&file, table.to_json()?)?;
    say(&format!("written: {}", file.display()));
    Ok(())
}

/// Makes the desk, where a run before has not: every case is opened, and its stories are read from one folder.
fn make(desk: &Path, folder: &Path, cases: usize) -> Result<()> {
    let whole = desk.join("whole");
    if whole.exists() {
        return Ok(());
    }
    let made = Desk::fresh(desk)?;
    let mut numbers = Numbers(1);
    let texts = folder.join("texts");
    for case in 0..cases {
        if texts.exists() {
            std::fs::remove_dir_all(&texts)?;
        }
        std::fs::create_dir_all(&texts)?;
        for number in 0..STORIES {
            std::fs::write(texts.join(format!("{number:03}.txt")), story(&mut numbers, STORY))?;
        }
        let name = format!("case-{case:04}");
        made.finish(&["open".as_ref(), name.as_ref()])?;
        made.finish(&["add".as_ref(), name.as_ref(), texts.as_os_str()])?;
        if case.is_multiple_of((cases / 10).max(1)) {
            say(&format!("  … {case} of {cases} cases"));
        }
    }
    Ok(std::fs::write(whole, "")?)
}

/// Each page of the desk, by one reader who has it to themselves.
fn pages(table: &mut Table, visitor: &Visitor, ids: &[String], cases: usize) -> Result<()> {
    let mut numbers = Numbers(2);
    let note = format!("ms; a desk of {cases} cases with {STORIES} stories each");
    for (name, path) in [
        ("first", "/"),
        ("last", "/?page=LAST"),
        ("case", "/case/ID"),
        ("as-of", "/case/ID?as_of=2024-06-01"),
        ("source", "/case/ID/sources/src1"),
        ("review", "/case/ID/review"),
        ("jobs", "/jobs"),
        ("api-cases", "/api/v1/cases"),
        ("api-case", "/api/v1/cases/ID"),
        ("api-statements", "/api/v1/cases/ID/statements"),
    ] {
        let (mut took, mut bytes) = (Vec::new(), Vec::new());
        for _ in 0..REPETITIONS {
            let path =
                path.replace("ID", &ids[numbers.index(ids.len())]).replace("LAST", &(cases / 25 - 1).to_string());
            let begun = Instant::now();
            let answer = visitor.get(&path)?;
            took.push(begun.elapsed().as_secs_f64() * 1e3);
            if answer.status != 200 {
                return Err(format!("{path}: {}", answer.status).into());
            }
            bytes.push(f64::from(u32::try_from(answer.bytes)?));
        }
        table.measured(&format!("page-{name}"), Bar::AtMost(PAGE), &took, note.clone());
        table.measured(&format!("bytes-{name}"), Bar::AtMost(BYTES), &bytes, "bytes over the wire".to_owned());
    }
    Ok(())
}

/// Readers and writers at once, and as many readers of a file that needs no desk in the same run.
fn crowd(table: &mut Table, visitor: &Visitor, ids: &[String], cases: usize) -> Result<()> {
    let asset = visitor.get("/")?.body;
    let asset = asset.split('"').find(|it| it.ends_with("/style.css")).ok_or("the page names no style")?.to_owned();
    let (alone, _, failed) = together(READERS, 0, visitor, &|_, _| Ok(asset.clone()), ids)?;
    let still = format!("ms; {READERS} readers of a file that needs no desk, {} answers, {failed} errors", alone.len());
    let path = |numbers: &mut Numbers, ids: &[String]| {
        let id = &ids[numbers.index(ids.len())];
        Ok(match numbers.index(10) {
            0..=3 => "/".to_owned(),
            4..=6 => format!("/case/{id}"),
            7 => format!("/case/{id}/review"),
            8 => format!("/case/{id}/sources/src1"),
            _ => format!("/?page={}", numbers.index(cases / 25)),
        })
    };
    let (read, written, failed) = together(READERS, WRITERS, visitor, &path, ids)?;
    let note =
        format!("{READERS} readers and {WRITERS} writers at once for {} s, {} pages", TOGETHER.as_secs(), read.len());
    let slowest = at(&read, 0.99);
    table.measured("crowd-static-p99", Bar::AtMost(CROWDED), &[at(&alone, 0.99)], still);
    table.measured("crowd-p50", Bar::AtMost(CROWDED), &[at(&read, 0.5)], format!("ms; {note}"));
    table.measured("crowd-p99", Bar::AtMost(CROWDED), &[slowest], format!("ms; {note}"));
    table.measured(
        "crowd-writes-p99",
        Bar::AtMost(CROWDED),
        &[at(&written, 0.99)],
        format!("ms; {} writes", written.len()),
    );
    table.measured("crowd-errors", Bar::AtMost(0.0), &[f64::from(failed)], "answers that are none".to_owned());
    let ratio = slowest / at(&alone, 0.99);
    table.measured(
        "crowd-ratio",
        Bar::AtMost(1000.0),
        &[ratio],
        "p99 over that of the file that needs no desk".to_owned(),
    );
    Ok(())
}

fn at(took: &[f64], share: f64) -> f64 {
    let mut sorted = took.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a place in a list"
    )]
    let place = (share * sorted.len() as f64) as usize;
    sorted.get(place.min(sorted.len().saturating_sub(1))).copied().unwrap_or(0.0)
}

type Choose<'c> = &'c (dyn Fn(&mut Numbers, &[String]) -> Result<String> + Sync);

/// How long each answer took, of readers and of writers, in milliseconds, and how many were none.
fn together(
    readers: usize,
    writers: usize,
    visitor: &Visitor,
    choose: Choose<'_>,
    ids: &[String],
) -> Result<(Vec<f64>, Vec<f64>, u32)> {
    let proof = visitor.json("/api/v1/session")?["proof"].as_str().unwrap_or_default().to_owned();
    let end = AtomicBool::new(false);
    let (mut read, mut written, mut failed) = (Vec::new(), Vec::new(), 0);
    std::thread::scope(|scope| {
        let end = &end;
        let proof = &proof;
        let reading: Vec<_> = (0..readers)
            .map(|seed| {
                scope.spawn(move || {
                    let mut numbers = Numbers(100 + seed as u64);
                    let (mut took, mut failed) = (Vec::new(), 0);
                    while !end.load(Ordering::Relaxed) {
                        let begun = Instant::now();
                        let answer = choose(&mut numbers, ids).and_then(|path| visitor.get(&path));
                        match answer {
                            Ok(answer) if answer.status == 200 => took.push(begun.elapsed().as_secs_f64() * 1e3),
                            _ => failed += 1,
                        }
                        // Somebody reads what came.
                        std::thread::sleep(Duration::from_millis(500 + numbers.below(1000)));
                    }
                    (took, failed)
                })
            })
            .collect();
        let writing: Vec<_> = (0..writers)
            .map(|seed| {
                scope.spawn(move || {
                    let mut numbers = Numbers(500 + seed as u64);
                    let (mut took, mut failed) = (Vec::new(), 0);
                    while !end.load(Ordering::Relaxed) {
                        let id = &ids[numbers.index(ids.len())];
                        let said = visitor.json(&format!("/api/v1/cases/{id}/statements?limit=100"));
                        let said = said.map(|said| said["statements"][numbers.index(90)].clone());
                        let begun = Instant::now();
                        let done = said.and_then(|said| {
                            let decision = serde_json::json!({ "handle": said["handle"], "do": "accept", "saw": said["decision"] });
                            visitor.post(&format!("/api/v1/cases/{id}/decisions"), proof, &decision.to_string())
                        });
                        match done {
                            // Two of them may want the same: the second is told so.
                            Ok(answer) if matches!(answer.status, 200 | 404 | 412) => {
                                took.push(begun.elapsed().as_secs_f64() * 1e3);
                            }
                            _ => failed += 1,
                        }
                        std::thread::sleep(Duration::from_millis(500 + numbers.below(1000)));
                    }
                    (took, failed)
                })
            })
            .collect();
        std::thread::sleep(TOGETHER);
        end.store(true, Ordering::Relaxed);
        for (threads, all) in [(reading, &mut read), (writing, &mut written)] {
            for thread in threads {
                if let Ok((took, wrong)) = thread.join() {
                    all.extend(took);
                    failed += wrong;
                }
            }
        }
    });
    Ok((read, written, failed))
}
