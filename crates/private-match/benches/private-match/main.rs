//! How fast and how small private matching is, beside others: `make bench-private-match`.
//!
//! Times are of the processor, of one thread where nothing else is said; ours and the others' follow each other in every repetition. The
//! table goes to standard output and to `target/bench/private-match.json`, what is under way to standard error. Arguments choose
//! groups by name (all where none is given): parts, psi, spu, cores, memory, timing. `QUICK=1` measures smaller sets.

mod common;

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

use common::python::Python;
use common::table::{Bar, Table};
use common::{Result, say, target};
use curve25519_dalek::{RistrettoPoint, Scalar};
use private_match::{
    Agreed, Answering, Identity, Invitation, Mode, Opening, Sample, Seed, Setup, instructions, invite, request,
};
use sha2::{Digest, Sha512};

/// Element of a set: 32 bytes that look like a digest.
type Item = [u8; 32];

/// How many elements the owner and the holder have; a tenth of the holder's are the owner's.
#[derive(Clone, Copy)]
struct Sizes {
    owner: u32,
    holder: u32,
}

impl Sizes {
    fn owners(self) -> Vec<Item> {
        (0..self.owner).map(item).collect()
    }

    fn holders(self) -> Vec<Item> {
        let shared = self.holder / 10;
        (self.owner - shared..self.owner - shared + self.holder).map(item).collect()
    }
}

/// Seconds of each step, bytes of the set, and the count.
#[derive(Clone, Copy, Default)]
struct Steps {
    setup: f64,
    request: f64,
    answer: f64,
    open: f64,
    bytes: f64,
    count: u32,
}

const OPENMINED: &str = include_str!("openmined.py");

const SPU: &str = include_str!("spu.py");

fn item(number: u32) -> Item {
    *blake3::hash(&number.to_le_bytes()).as_bytes()
}

/// Seconds that this thread had of the processor.
fn processor() -> Result<f64> {
    let text = fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(text.split(' ').next().unwrap_or_default().parse::<f64>()? / 1e9)
}

/// What something gives, and the seconds of this thread that it takes.
fn timed<T>(work: impl FnOnce() -> Result<T>) -> Result<(T, f64)> {
    let before = processor()?;
    let done = work()?;
    Ok((done, processor()? - before))
}

fn parties() -> [(Identity, Seed); 2] {
    [1, 2].map(|of| (Identity::new(&[of; 32]), Seed::new([of + 2; 32])))
}

fn invitation(sample: &Sample<'_>) -> Result<Invitation> {
    let [(holder, seed), (owner, _)] = parties();
    let mut terms = sample.terms(&seed, Mode::Count, "bench", ("digests", [0; 32]), [0; 32])?;
    // openmined-psi is asked for 10^-6 for all elements together, which is a little more than this.
    terms.precision = u8::try_from((1_000_000 * u64::from(terms.elements)).next_power_of_two().ilog2())?;
    Ok(invite(&holder, owner.public(), terms, std::io::sink())?)
}

/// A whole session; elements of the owner come in pieces.
fn ours(sizes: Sizes, threads: usize) -> Result<Steps> {
    let [(holder, seed), (owner, owners)] = parties();
    let held = sizes.holders();
    let sample = Sample::new(vec![held.iter().map(<[u8; 32]>::as_slice).collect()])?;
    let invitation = invitation(&sample)?;
    let mut setup = 0.0;
    let mut made = Setup::new(&invitation, &[], true, &owners, "source", threads)?;
    for begin in (0..sizes.owner).step_by(100_000) {
        let piece: Vec<Item> = (begin..sizes.owner.min(begin + 100_000)).map(item).collect();
        setup += timed(|| Ok(made.add(&piece)?))?.1;
    }
    let (Agreed { session, set }, seconds) = timed(|| Ok(made.finish(&owner, [0; 32], std::io::sink())?))?;
    setup += seconds;
    let mut asked = Vec::new();
    let (requested, seconds) = timed(|| Ok(request(&session, &holder, &seed, &sample, threads, &mut asked)?))?;
    let mut answered = Vec::new();
    let (_, answer) = timed(|| {
        let mut answering = Answering::new(&session, &owners, &set, threads)?;
        asked.chunks(1 << 20).try_for_each(|piece| answering.push(piece))?;
        Ok(answering.finish(&owner, &mut answered)?)
    })?;
    let (counts, open) = timed(|| {
        let mut opening = Opening::new(&session, &requested, &seed, &sample, threads)?;
        answered.chunks(1 << 20).try_for_each(|piece| opening.push(piece))?;
        Ok(opening.finish()?.counts)
    })?;
    let bytes = f64::from(u32::try_from(set.len())?);
    Ok(Steps { setup, request: seconds, answer, open, bytes, count: counts.total() })
}

fn is_quick() -> bool {
    std::env::var_os("QUICK").is_some_and(|value| !value.is_empty() && value != "0")
}

fn sizes() -> Sizes {
    if is_quick() { Sizes { owner: 50_000, holder: 5_000 } } else { Sizes { owner: 1_000_000, holder: 10_000 } }
}

/// The set's share of what its parts cost alone.
fn parts(table: &mut Table) -> Result<()> {
    let count = if is_quick() { 20_000 } else { 100_000 };
    let items: Vec<Item> = (0..count).map(item).collect();
    let held: Vec<&[u8]> = items.iter().take(1000).map(<[u8; 32]>::as_slice).collect();
    let invitation = invitation(&Sample::new(vec![held])?)?;
    let (mut shares, mut note) = (Vec::new(), String::new());
    for _ in 0..7 {
        let key = Scalar::from_bytes_mod_order([7; 32]);
        // One expansion of a short message is 4 blocks of SHA-512, hashed in two messages.
        let wide = |item: &Item| -> [u8; 64] {
            let first = Sha512::new().chain_update([0; 96]).chain_update(item).finalize();
            Sha512::new().chain_update(first).chain_update([0; 60]).finalize().into()
        };
        let hash = |item| RistrettoPoint::from_uniform_bytes(&wide(item));
        let (hashed, first) = timed(|| Ok(items.iter().map(hash).collect::<Vec<_>>()))?;
        let (points, second) = timed(|| Ok(hashed.iter().map(|point| point * key).collect::<Vec<_>>()))?;
        let encode = |batch| drop(black_box(RistrettoPoint::double_and_compress_batch::<&[RistrettoPoint]>(batch)));
        let ((), third) = timed(|| {
            points.chunks(256).for_each(encode);
            Ok(())
        })?;
        let (_, whole) = timed(|| {
            let [_, (owner, seed)] = parties();
            let mut setup = Setup::new(&invitation, &[], true, &seed, "source", 1)?;
            setup.add(&items)?;
            Ok(setup.finish(&owner, [0; 32], std::io::sink())?)
        })?;
        let each = [first, second, third, whole].map(|seconds| 1e6 * seconds / f64::from(count));
        note = format!(
            "µs each, at last: {:.1} hash, {:.1} multiply, {:.1} encode; {:.1} set",
            each[0], each[1], each[2], each[3]
        );
        shares.push((first + second + third) / whole);
    }
    table.measured("parts", Bar::AtLeast(0.9), &shares, format!("{count} elements; {note}"));
    Ok(())
}

/// Writes both sets where the others read them.
fn inputs(folder: &Path, sizes: Sizes) -> Result<()> {
    fs::create_dir_all(folder)?;
    for (name, items) in [("owner", sizes.owners()), ("holder", sizes.holders())] {
        let lines: Vec<String> =
            items.iter().map(|item| blake3::Hash::from_bytes(*item).to_hex().to_string()).collect();
        fs::write(folder.join(format!("{name}.csv")), format!("id\n{}\n", lines.join("\n")))?;
    }
    Ok(())
}

/// The numbers that another prints.
fn theirs(python: &Python, program: &str, folder: &Path) -> Result<Vec<f64>> {
    let said = python.run(program, folder)?;
    let last = said.lines().last().unwrap_or_default();
    Ok(last.split_whitespace().map(str::parse).collect::<std::result::Result<_, _>>()?)
}

fn psi(table: &mut Table) -> Result<()> {
    let folder = target()?.join("private-match");
    let python =
        Python::with(&folder.join("openmined"), &[("openmined-psi==2.0.6", "private_set_intersection.python")])?;
    let sizes = sizes();
    inputs(&folder, sizes)?;
    let mut ratios: [Vec<f64>; 5] = Default::default();
    let mut note = String::new();
    for _ in 0..3 {
        let own = ours(sizes, 1)?;
        let said = theirs(&python, OPENMINED, &folder)?;
        let [setup, request, answer, open, bytes, count] = said[..] else { return Err("other figures".into()) };
        if f64::from(own.count) != count || own.count != sizes.holder / 10 {
            return Err(format!("{} elements are counted here, {count} there", own.count).into());
        }
        let now = [setup / own.setup, request / own.request, answer / own.answer, open / own.open, own.bytes / bytes];
        ratios.iter_mut().zip(now).for_each(|(all, it)| all.push(it));
        note = format!("{} × {}; last {:.2} s here", sizes.owner, sizes.holder, own.setup);
        say(&format!(
            "  here {:.2} {:.3} {:.3} {:.3} s, there {setup:.2} {request:.3} {answer:.3} {open:.3} s",
            own.setup, own.request, own.answer, own.open
        ));
    }
    for (id, ratios) in ["setup", "request", "answer", "open"].into_iter().zip(&ratios) {
        table.measured(id, Bar::Goal(2.4, 3.0), ratios, format!("openmined-psi 2.0.6 over ours, {note}"));
    }
    table.measured("bytes", Bar::AtMost(1.05), &ratios[4], format!("ours over openmined-psi's, {note}"));
    Ok(())
}

fn spu(table: &mut Table) -> Result<()> {
    let folder = target()?.join("private-match");
    let python = Python::with(&folder.join("spu"), &[("spu==0.9.5", "spu.psi")])?;
    let sizes = sizes();
    inputs(&folder, sizes)?;
    let mut ratios = Vec::new();
    for _ in 0..2 {
        let own = ours(sizes, 1)?;
        let said = theirs(&python, SPU, &folder)?;
        let [seconds, count] = said[..] else { return Err("other figures".into()) };
        if f64::from(own.count) != count {
            return Err(format!("{} elements are counted here, {count} there", own.count).into());
        }
        ratios.push(seconds / (own.setup + own.request + own.answer + own.open));
    }
    table.measured(
        "spu",
        Bar::AtLeast(0.45),
        &ratios,
        format!("SecretFlow's ECDH over ours, {} × {}", sizes.owner, sizes.holder),
    );
    Ok(())
}

/// How much faster two threads are than one, beside two threads that hash.
fn cores(table: &mut Table) -> Result<()> {
    let items: Vec<Item> = (0..if is_quick() { 20_000 } else { 100_000 }).map(item).collect();
    let held: Vec<&[u8]> = items.iter().take(1000).map(<[u8; 32]>::as_slice).collect();
    let invitation = invitation(&Sample::new(vec![held])?)?;
    let [_, (_, seed)] = parties();
    let made = |threads: usize| -> Result<f64> {
        let begun = Instant::now();
        Setup::new(&invitation, &[], true, &seed, "source", threads)?.add(&items)?;
        Ok(begun.elapsed().as_secs_f64())
    };
    let block = vec![7; 1 << 20];
    let hashed = |threads: usize| {
        let begun = Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| (0..2_000 / threads).for_each(|_| _ = black_box(blake3::hash(black_box(&block)))));
            }
        });
        begun.elapsed().as_secs_f64()
    };
    let mut ratios = Vec::new();
    for _ in 0..7 {
        ratios.push((made(1)? / made(2)?) / (hashed(1) / hashed(2)));
    }
    table.measured("cores", Bar::AtLeast(0.95), &ratios, format!("{} elements, wall clock", items.len()));
    Ok(())
}

/// The most memory of a process that is both parties.
fn memory(table: &mut Table) -> Result<()> {
    let sizes = if is_quick() { ["100000", "10000"] } else { ["10000000", "1000000"] };
    let output = Command::new(std::env::current_exe()?).arg("session").args(sizes).output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    let bytes: f64 = said.trim().parse().map_err(|_| String::from_utf8_lossy(&output.stderr).into_owned())?;
    table.measured(
        "memory",
        Bar::AtMost(1.0),
        &[bytes / 1e9],
        format!("GB, {} × {}, both parties", sizes[0], sizes[1]),
    );
    Ok(())
}

/// One session in this process: prints the most memory that it held.
#[expect(clippy::print_stdout, reason = "another process of the bench reads it")]
fn session(owner: &str, holder: &str) -> Result<()> {
    let sizes = Sizes { owner: owner.parse()?, holder: holder.parse()? };
    let steps = ours(sizes, std::thread::available_parallelism()?.get())?;
    if steps.count != sizes.holder / 10 {
        return Err(format!("{} elements are counted", steps.count).into());
    }
    let status = fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no peak")?;
    let kilobytes: u64 = peak.trim().trim_end_matches(" kB").parse()?;
    println!("{}", kilobytes * 1024);
    Ok(())
}

/// Whether what is done with a secret scalar takes as long whatever the scalar is: Welch's t between scalars of few bits and random
/// ones, in an order by chance, of the faster nine tenths of the times. With no difference it stays below 4.5 nearly always.
fn timing(table: &mut Table) -> Result<()> {
    let point = RistrettoPoint::from_uniform_bytes(&[9; 64]);
    let rounds: u32 = if is_quick() { 20_000 } else { 100_000 };
    let mut found = Vec::new();
    for round in 0..3_u32 {
        let mut times: [Vec<f64>; 2] = Default::default();
        for number in 0..rounds {
            let chance = item(number + round * rounds);
            let class = usize::from(chance[0] & 1);
            let random = Scalar::from_bytes_mod_order(chance);
            let scalar = black_box([Scalar::from(2_u8), random][class]);
            let begun = Instant::now();
            black_box(RistrettoPoint::double_and_compress_batch(&[black_box(point) * scalar]));
            times[class].push(begun.elapsed().as_secs_f64());
        }
        let mut moments = [(0.0, 0.0); 2];
        for (times, moment) in times.iter_mut().zip(&mut moments) {
            times.sort_unstable_by(f64::total_cmp);
            times.truncate(times.len() * 9 / 10);
            let count = f64::from(u32::try_from(times.len())?);
            let mean = times.iter().sum::<f64>() / count;
            let spread = times.iter().map(|time| (time - mean) * (time - mean)).sum::<f64>() / (count - 1.0);
            *moment = (mean, spread / count);
        }
        let [(first, spread), (second, other)] = moments;
        found.push((first - second).abs() / (spread + other).sqrt());
    }
    table.measured("timing", Bar::AtMost(4.5), &found, format!("|t| of {rounds} multiplications"));
    Ok(())
}

type Measure = fn(&mut Table) -> Result<()>;

const GROUPS: [(&str, Measure); 6] =
    [("parts", parts), ("psi", psi), ("spu", spu), ("cores", cores), ("memory", memory), ("timing", timing)];

fn run() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    if let [word, owner, holder] = &words[..]
        && word == "session"
    {
        return session(owner, holder);
    }
    let machine = format!("instructions of the group: {}", instructions());
    say(&machine);
    let mut table = Table::default();
    for (name, measure) in GROUPS {
        if !words.is_empty() && !words.iter().any(|word| word == name) {
            continue;
        }
        say(name);
        if let Err(error) = measure(&mut table) {
            table.skipped(name, &error.to_string());
        }
    }
    table.print(&machine);
    fs::write(target()?.join("private-match.json"), table.to_json()?)?;
    Ok(())
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}
