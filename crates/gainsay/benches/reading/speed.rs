//! How fast the program reads, and how much memory many stories take.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use serde_json::Value;

use crate::common::numbers::Numbers;
use crate::common::table::{Bar, Table};
use crate::common::{Result, is_set, real, target};

/// How often memory is looked at.
const LOOK: Duration = Duration::from_millis(5);

/// What one run of `gainsay read` took.
pub(crate) struct Run {
    pub(crate) seconds: f64,
    /// The most that the process held, in bytes.
    pub(crate) peak: u64,
    /// What it says of the last text.
    pub(crate) said: Value,
}

/// Runs `gainsay read … --json`.
pub(crate) fn read(texts: &[&PathBuf], options: &[&str]) -> Result<Run> {
    let out = target()?.join("reading-out.json");
    let mut command = Command::new(env!("CARGO_BIN_EXE_gainsay"));
    command.args(["read", "--json"]).args(options).args(texts).stdin(Stdio::null()).stderr(Stdio::piped());
    command.stdout(fs::File::create(&out)?);
    let begun = Instant::now();
    let mut child = command.spawn()?;
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut peak = 0;
    let ended = loop {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let held = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = held.and_then(|rest| rest.split_whitespace().next()).and_then(|n| n.parse::<u64>().ok());
        peak = peak.max(kilobytes.unwrap_or(0) * 1024);
        if let Some(ended) = child.try_wait()? {
            break ended;
        }
        thread::sleep(LOOK);
    };
    let seconds = begun.elapsed().as_secs_f64();
    if !ended.success() {
        return Err(format!("gainsay read: {ended}").into());
    }
    let said = if texts.len() == 1 { serde_json::from_slice(&fs::read(&out)?)? } else { Value::Null };
    Ok(Run { seconds, peak, said })
}

/// Text that a second of one core reads.
pub(crate) fn measure_speed(table: &mut Table) -> Result<()> {
    let megabytes: u64 = if is_set("QUICK") { 2 } else { 16 };
    let folder = target()?.join("reading-text");
    fs::create_dir_all(&folder)?;
    let large = folder.join("large.txt");
    fs::write(&large, text(1, megabytes * 1_000_000))?;
    let small = folder.join("small.txt");
    fs::write(&small, text(2, 2_000))?;
    let mut rates = Vec::new();
    for _ in 0..3 {
        let started = read(&[&small], &[])?.seconds;
        let seconds = read(&[&large], &[])?.seconds - started;
        rates.push(real(megabytes) / seconds.max(0.001));
    }
    table.measured("throughput", Bar::AtLeast(5.0), &rates, format!("MB/s of one core, a text of {megabytes} MB"));
    Ok(())
}

/// Ten thousand stories in one run, and the memory that they take beside that of a hundred.
pub(crate) fn measure_many(table: &mut Table) -> Result<()> {
    let count: u64 = if is_set("QUICK") { 1_000 } else { 10_000 };
    let folder = target()?.join("reading-many");
    fs::create_dir_all(&folder)?;
    let mut texts = Vec::new();
    for number in 0..count {
        let path = folder.join(format!("{number}.txt"));
        if !Path::new(&path).exists() {
            fs::write(&path, text(number + 10, 2_000 + number % 3_000))?;
        }
        texts.push(path);
    }
    let few = read(&texts.iter().take(100).collect::<Vec<_>>(), &[])?;
    let many = read(&texts.iter().collect::<Vec<_>>(), &[])?;
    let note = format!("bytes of {count} stories in one run for each byte of 100; {:.1} s", many.seconds);
    table.measured("memory", Bar::AtMost(1.5), &[real(many.peak) / real(few.peak.max(1))], note);
    Ok(())
}

/// Sentences of news with places for names, of which texts are made.
const SENTENCES: [&str; 14] = [
    "A gang known as {a} has listed {v} as a victim and claims to have stolen {n} GB of customer records.",
    "{v} said on Monday that it was aware of the claims and was investigating with the help of outside experts.",
    "“We have found no evidence that our systems were breached,” a {v} spokesperson told {o}.",
    "The company declined to comment on the ransom of ${n} million that {a} is said to have asked for.",
    "{r}, a threat intelligence firm, reported that {a} was offering the files on a forum for ${n}.",
    "According to {r}, the sample holds names, addresses and {n} passwords of employees.",
    "{v} later confirmed that one of its servers had been accessed, but said that no customer data was taken.",
    "The weather in the capital was fine, and {n} people came to see the ships in the harbour.",
    "Shares of the company fell by {n} per cent before they recovered in the afternoon.",
    "{a} told {o} that it had been inside the network for {n} weeks and had copied the source code.",
    "The data protection authority said that it had opened an inquiry into the incident.",
    "Customers were asked to change their passwords and to watch out for suspicious messages.",
    "Analysts of {r} said that the group had entered four other companies in the spring.",
    "“This is not our data,” the company wrote, adding that the files come from an older leak of another firm.",
];

const NAMES: [&str; 20] = [
    "Brightwell",
    "Oakvale",
    "Pellworth",
    "Skyreach",
    "Norvane",
    "Halbrook",
    "Tunefold",
    "Clearmilk",
    "Fernway",
    "Routemark",
    "Velcom",
    "Kestrow",
    "Lanternfish",
    "Spokewell",
    "Brightpost",
    "Larkspire",
    "Cindervale",
    "Tarnwell",
    "Vexholt",
    "Quietmoor",
];

/// A text of about so many bytes, the same for the same number.
fn text(number: u64, bytes: u64) -> String {
    let mut numbers = Numbers(number);
    let mut text = String::new();
    let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
    while text.len() < bytes {
        // Names change from stretch to stretch, as they do from story to story.
        let mut name =
            || format!("{}{}", NAMES[numbers.index(NAMES.len())], ["", " Systems", " Bank"][numbers.index(3)]);
        let (a, v, r) = (name(), name(), name());
        for _ in 0..4 {
            for _ in 0..3 {
                let sentence = SENTENCES[numbers.index(SENTENCES.len())];
                let filled = sentence.replace("{a}", &a).replace("{v}", &v).replace("{r}", &r);
                text += &filled.replace("{o}", "The Daily Log").replace("{n}", &numbers.below(900).to_string());
                text.push(' ');
            }
            text.push('\n');
        }
    }
    text
}
