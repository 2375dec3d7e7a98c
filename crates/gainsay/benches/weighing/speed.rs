//! How fast a case shows on a desk of many, and what it takes to verify a long ledger.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use rusqlite::{Connection, OpenFlags};
use sha2::{Digest, Sha256};

use crate::common::numbers::Numbers;
use crate::common::program::{Desk, Run};
use crate::common::table::{Bar, Table};
use crate::common::{Result, is_set, real, say, target};
use crate::invented::story;

/// The name of the desk's folder.
const DESK: &str = "desk";

/// How often each command is run.
const REPETITIONS: usize = 15;

/// How long a story is, in bytes: ten of them have about a hundred statements.
const STORY: usize = 1560;

/// The cases on a desk with one text of each many, and those whose statements are decided on again and again.
const CASES: usize = 1000;

/// How many statements the cases of the long ledger have each, how many such cases there are, and how many entries make it long.
const OF_EACH: usize = 1000;
const LONG_CASES: usize = 20;
const ENTRIES: u64 = 1_000_000;

/// How many milliseconds a case may take to show.
const SHOWN_IN: f64 = 100.0;

/// `show` of one case among many.
pub(crate) fn show(table: &mut Table) -> Result<()> {
    let cases = if is_set("QUICK") { CASES / 10 } else { CASES };
    let folder = target()?.join("weighing");
    let desk = Desk::fresh(&folder.join(DESK))?;
    let mut numbers = Numbers(1);
    for case in 0..cases {
        add(&desk, &name(case), &folder, 10, &mut numbers)?;
        tell_progress(case, cases, "cases");
    }
    let mut statements = 0;
    let (mut as_text, mut as_json, mut processor) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..REPETITIONS {
        let case = name(numbers.index(cases));
        let begun = Instant::now();
        desk.finish(&["show", &case].map(OsStr::new))?;
        as_text.push(begun.elapsed().as_secs_f64() * 1e3);
        processor.push(processor_time(&folder.join(DESK), &["show", &case])?);
        let run = desk.run(&["show", &case].map(OsStr::new))?;
        as_json.push(run.seconds * 1e3);
        statements += run.said["statements"].as_array().map_or(0, Vec::len);
    }
    let entries = shape(&folder.join(DESK))?.entries;
    let note = format!(
        "ms; a case of {} statements in 10 stories, one of {cases} on a desk of {entries} entries; start of the program included",
        statements / REPETITIONS
    );
    table.measured("show", Bar::AtMost(SHOWN_IN), &as_text, note.clone());
    let on_processor = format!("{note}; processor time, whatever else the machine does");
    table.measured("show-processor", Bar::AtMost(SHOWN_IN), &processor, on_processor);
    table.measured(
        "show-json",
        Bar::AtMost(SHOWN_IN * 10.0),
        &as_json,
        format!("{note}, and a proof for each entry shown"),
    );
    desk.remove()
}

/// `ledger verify` of many entries, beside hashing the same bytes.
pub(crate) fn verify(table: &mut Table) -> Result<()> {
    let wanted = if is_set("QUICK") { ENTRIES / 10 } else { ENTRIES };
    let folder = target()?.join("weighing");
    let desk = Desk::fresh(&folder.join(DESK))?;
    let mut numbers = Numbers(2);
    let mut of_cases = Vec::new();
    for case in 0..LONG_CASES {
        add(&desk, &name(case), &folder, OF_EACH / 10, &mut numbers)?;
        of_cases.push(handles(&desk, &name(case))?);
    }
    let mut few = None;
    for round in 0.. {
        let shape = shape(&folder.join(DESK))?;
        if few.is_none() && shape.entries >= wanted / 10 {
            few = Some((shape.entries, verified(&desk)?.own_peak));
        }
        if shape.entries >= wanted {
            break;
        }
        tell_progress(usize::try_from(shape.entries)?, usize::try_from(wanted)?, "entries");
        let decide = if round % 2 == 0 { "--accept" } else { "--reject" };
        for (case, handles) in of_cases.iter().enumerate() {
            desk.run(&["review", &name(case), decide, handles, "--again"].map(OsStr::new))?;
        }
    }
    let Shape { entries, bytes } = shape(&folder.join(DESK))?;
    let content = content(&folder.join(DESK), bytes)?;
    let (mut sha, mut blake, mut seconds, mut peaks) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..5 {
        let run = verified(&desk)?;
        let begun = Instant::now();
        std::hint::black_box(Sha256::digest(&content));
        sha.push(run.seconds / begun.elapsed().as_secs_f64());
        let begun = Instant::now();
        std::hint::black_box(blake3::hash(&content));
        blake.push(run.seconds / begun.elapsed().as_secs_f64());
        seconds.push(run.seconds);
        peaks.push(run.own_peak);
    }
    let note = format!("{entries} entries of {} MB with their headers", content.len() / 1_000_000);
    table.measured("verify-sha256", Bar::AtMost(40.0), &sha, format!("time, over SHA-256 of the same bytes; {note}"));
    table.measured("verify-blake3", Bar::AtMost(400.0), &blake, format!("time, over BLAKE3 of the same bytes; {note}"));
    table.measured("verify-seconds", Bar::AtMost(60.0), &seconds, note.clone());
    let most = peaks.iter().copied().max().unwrap_or_default();
    let share: Vec<f64> = peaks.iter().map(|peak| real(*peak) / real(content.len() as u64)).collect();
    table.measured(
        "verify-memory",
        Bar::AtMost(0.25),
        &share,
        format!("memory, over the same bytes; {} MB; {note}", most >> 20),
    );
    if let Some((before, peak)) = few {
        let growth: Vec<f64> = peaks.iter().map(|now| real(*now) / real(peak.max(1))).collect();
        let note = format!("memory for {entries} entries, over that for {before}");
        table.measured("verify-memory-growth", Bar::AtMost(1.5), &growth, note);
    }
    desk.remove()
}

fn name(case: usize) -> String {
    format!("case-{case:04}")
}

/// The milliseconds for which a run of the program was on a processor, as the shell counts them.
fn processor_time(desk: &Path, words: &[&str]) -> Result<f64> {
    let mut command = Command::new("sh");
    command
        .args(["-c", r#""$@" >&2 || exit; times"#, "sh", env!("CARGO_BIN_EXE_gainsay"), "--desk"])
        .arg(desk)
        .args(words);
    let output = command.env("LC_ALL", "C").stdin(Stdio::null()).output()?;
    // The last line is of the shell's children, in user and system mode: `0m0.042s 0m0.010s`.
    let printed = String::from_utf8(output.stdout)?;
    let last = printed.lines().last().ok_or("gainsay did not run")?;
    let seconds = |time: &str| -> Option<f64> {
        let (minutes, seconds) = time.strip_suffix('s')?.split_once('m')?;
        Some(minutes.parse::<f64>().ok()? * 60.0 + seconds.parse::<f64>().ok()?)
    };
    let sum: Option<f64> = last.split_whitespace().map(seconds).sum();
    Ok(sum.ok_or("the shell counts no times")? * 1e3)
}

fn tell_progress(done: usize, all: usize, of: &str) {
    if done.is_multiple_of((all / 10).max(1)) {
        say(&format!("  … {done} of {all} {of}"));
    }
}

/// Opens a case with so many stories, all of whose statements are accepted.
fn add(desk: &Desk, case: &str, folder: &Path, stories: usize, numbers: &mut Numbers) -> Result<()> {
    let texts = folder.join("texts");
    if texts.exists() {
        std::fs::remove_dir_all(&texts)?;
    }
    std::fs::create_dir_all(&texts)?;
    for number in 0..stories {
        std::fs::write(texts.join(format!("{number:03}.txt")), story(numbers, STORY))?;
    }
    let texts = texts.as_os_str();
    for words in [
        &["open".as_ref(), case.as_ref()][..],
        &["add".as_ref(), case.as_ref(), texts],
        &["review".as_ref(), case.as_ref(), "--accept".as_ref(), "all".as_ref()],
    ] {
        desk.finish(words)?;
    }
    Ok(())
}

/// The handles of a case's statements.
fn handles(desk: &Desk, case: &str) -> Result<String> {
    let shown = desk.run(&["show", case].map(OsStr::new))?;
    let handles = shown.said["statements"].as_array().into_iter().flatten().filter_map(|said| said["handle"].as_str());
    Ok(handles.collect::<Vec<_>>().join(","))
}

fn verified(desk: &Desk) -> Result<Run> {
    let run = desk.run(&["ledger", "verify"].map(OsStr::new))?;
    if run.said["holds"] == true { Ok(run) } else { Err(format!("the ledger does not verify: {}", run.said).into()) }
}

/// How many entries a ledger has, and of how many bytes in all.
struct Shape {
    entries: u64,
    bytes: u64,
}

fn database(desk: &Path) -> Result<Connection> {
    Ok(Connection::open_with_flags(desk.join("ledger.db"), OpenFlags::SQLITE_OPEN_READ_ONLY)?)
}

fn shape(desk: &Path) -> Result<Shape> {
    let sql = "SELECT count(*), sum(length(header) + length(salt) + length(payload)) FROM entry";
    Ok(database(desk)?.query_row(sql, [], |row| {
        Ok(Shape { entries: row.get::<_, i64>(0)?.unsigned_abs(), bytes: row.get::<_, i64>(1)?.unsigned_abs() })
    })?)
}

/// Everything that is hashed of a ledger's entries, one after another.
fn content(desk: &Path, bytes: u64) -> Result<Vec<u8>> {
    let mut content = Vec::with_capacity(usize::try_from(bytes)?);
    let database = database(desk)?;
    let mut select = database.prepare("SELECT header, salt, payload FROM entry ORDER BY seq")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        for column in 0..3 {
            content.extend_from_slice(&row.get::<_, Vec<u8>>(column)?);
        }
    }
    Ok(content)
}
