//! Hostile files, one after the other, each followed by a good one.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use unpack::{Event, FindingKind, Limits, Worker};

use crate::makers::{STORY, seven_zip, streams, tar_of};
use crate::random::Random;
use crate::{Bar, Result, Table, child, file_of, handmade, makers, say};

/// What must never come out of a worker: it stands in a file that every hostile name leads to.
const SECRET: &[u8] = b"canary-7d1c5b0e-nobody-may-read-this";

/// How long a worker may say nothing, and all waits for one file together; what is above both is a hang.
const SILENCE: Duration = Duration::from_secs(10);
const WALL: Duration = Duration::from_secs(20);

/// What was counted.
#[derive(Default)]
struct Counts {
    escapes: u64,
    hangs: u64,
    crashes: u64,
    lost: u64,
    /// Workers that died, were killed at a limit or broke the rules: each a finding about one file.
    deaths: u64,
    findings: u64,
    slowest: Duration,
}

/// Opens the handmade files and so many changed ones.
pub(crate) fn measure(table: &mut Table, seed: u64, mutated: usize) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let canary = folder.path().join("canary");
    fs::write(&canary, SECRET)?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let limits = Limits { silence: SILENCE, wall: WALL, cpu_seconds: 15, output_bytes: 2 << 30, ..Limits::default() };
    let mut worker = Worker::start(child(), &[], limits)?;
    worker.set_passwords(&["geheim".to_owned()])?;
    let mut counts = Counts::default();
    let mut by_group: BTreeMap<String, u64> = BTreeMap::new();

    let handmade = handmade::all(&canary);
    let handmade_count = handmade.len();
    for (name, bytes) in handmade {
        let deaths = counts.deaths;
        open(&mut worker, &name, &bytes, &mut counts)?;
        *by_group.entry(name).or_default() += counts.deaths - deaths;
    }
    let mut random = Random::new(seed);
    let bases = bases();
    for number in 0..mutated {
        let (name, bytes) = &bases[number % bases.len()];
        let (_, other) = &bases[random.below(bases.len())];
        let deaths = counts.deaths;
        open(&mut worker, name, &random.mutate(bytes, other), &mut counts)?;
        *by_group.entry(format!("changed {name}")).or_default() += counts.deaths - deaths;
    }

    let entries = fs::read_dir(folder.path())?.count();
    let is_intact = fs::read(&canary)? == SECRET && entries == 1;
    counts.escapes += u64::from(!is_intact) + u64::from(listener.accept().is_ok());
    for (group, deaths) in by_group.iter().filter(|(_, deaths)| **deaths > 0) {
        say(&format!("  {deaths} of {group} ended their worker: a finding each"));
    }
    let note = format!(
        "{handmade_count} handmade and {mutated} changed files, seed {seed}; {} findings, {} workers ended, slowest {:.1} s",
        counts.findings,
        counts.deaths,
        counts.slowest.as_secs_f64()
    );
    let mut row = |id: &str, count: u64| {
        let count = u32::try_from(count).map_or(f64::MAX, f64::from);
        table.measured(&format!("hostile {id}"), Bar::AtMost(0.0), &[count], note.clone());
    };
    row("escapes", counts.escapes);
    row("hangs", counts.hangs);
    row("parent crashes", counts.crashes);
    row("good files lost", counts.lost);
    Ok(())
}

/// Opens one hostile file, and a good one after it.
fn open(worker: &mut Worker, name: &str, bytes: &[u8], counts: &mut Counts) -> Result<()> {
    let file = file_of(bytes)?;
    let begun = Instant::now();
    // Looking for the secret is no time of the worker's.
    let mut own = Duration::ZERO;
    let mut tail: Vec<u8> = Vec::new();
    let mut seen = false;
    let (mut deaths, mut findings) = (0, 0);
    let opened = catch_unwind(AssertUnwindSafe(|| {
        worker.files(name, file, &mut |event| {
            let called = Instant::now();
            match event {
                Event::File { .. } => tail.clear(),
                Event::Data(data) => {
                    // A secret may lie over the border of two pieces.
                    tail.extend_from_slice(&data[..data.len().min(SECRET.len())]);
                    seen |= holds_secret(&tail) || holds_secret(data);
                    tail = data[data.len().saturating_sub(SECRET.len())..].to_vec();
                }
                Event::Finding(finding) => {
                    findings += 1;
                    deaths += u64::from(matches!(finding.kind, FindingKind::WorkerDied | FindingKind::WorkerLied));
                }
                _ => {}
            }
            own += called.elapsed();
            ControlFlow::Continue(())
        })
    }));
    let took = begun.elapsed().saturating_sub(own);
    counts.slowest = counts.slowest.max(took);
    counts.deaths += deaths;
    counts.findings += findings;
    counts.escapes += u64::from(seen);
    counts.hangs += u64::from(took > WALL + SILENCE);
    counts.crashes += u64::from(!matches!(opened, Ok(Ok(_))));

    let mut good = Vec::new();
    let after = worker.files("good", file_of(STORY)?, &mut |event| {
        if let Event::Data(data) = event {
            good.extend_from_slice(data);
        }
        ControlFlow::Continue(())
    });
    counts.lost += u64::from(good != STORY || !after.is_ok_and(|it| it.whole));
    Ok(())
}

fn holds_secret(bytes: &[u8]) -> bool {
    // Most of what comes has not even its first letters.
    bytes.windows(SECRET.len()).any(|window| window[0] == SECRET[0] && window == SECRET)
}

/// An archive of each kind, to be changed.
fn bases() -> Vec<(String, Vec<u8>)> {
    let tar = tar_of(&[("src/story.txt", STORY), ("two.txt", b"two")]);
    let cpio = makers::cpio_of(&[("src/story.txt", STORY), ("two", b"two")]);
    let [first, second] = makers::mszip_blocks();
    let cab =
        makers::cab_of(1, &[(&first, STORY.len()), (&second, STORY.len())], &[("a.txt", 60), ("b.txt", STORY.len())]);
    let ar = makers::ar_of(&[("//", b"a-name-that-is-long/\n"), ("/0", STORY), ("data.tar/", &tar)]);
    let nested = makers::zip_of(&[("inner.7z", &seven_zip(None, false)), ("inner.tar", &tar), ("x.cab", &cab)]);
    let mut bases = vec![
        ("zip", makers::zip_of(&[("src/story.txt", STORY), ("two.txt", b"two")])),
        ("rar", makers::rar_of(makers::Rar::default(), &[("src/story.txt", STORY), ("two.txt", b"two")])),
        ("locked zip", makers::locked_zip("geheim", false)),
        ("old locked zip", makers::locked_zip("geheim", true)),
        ("nested zip", nested),
        ("7z", seven_zip(None, false)),
        ("locked 7z", seven_zip(Some("geheim"), true)),
        ("rpm", makers::rpm_of(&makers::xz(&cpio))),
        ("tar", tar.clone()),
        ("cpio", cpio),
        ("ar", ar),
        ("cab", cab),
        ("iso", makers::iso_of(false)),
    ];
    bases.extend(streams(&tar));
    bases.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect()
}
