//! The kernel, with the BLAKE3 of every file, against BLAKE3 alone and against scanoss-winnowing.

use std::hint::black_box;

use fingerprint::{Fingerprinter, Fingerprints, Isa, Profile};

use crate::common::program::Channels;
use crate::common::table::{Bar, Table};
use crate::input::Source;
use crate::peers::{self, Scanoss};
use crate::{Result, Setting, rate, say, timed};

/// Files that one side takes before it is the other's turn.
const TURN: usize = 32;

/// How often the kernel takes the files in turn, where the peer takes them once: one pass is too short to be timed alone.
const PASSES: u32 = 16;

/// The instruction sets that this machine lacks and has.
pub(crate) fn instructions() -> String {
    let of = |has: bool| {
        let names: Vec<_> = Isa::ALL.iter().filter(|isa| isa.is_available() == has).map(Isa::to_string).collect();
        if names.is_empty() { "none".to_owned() } else { names.join(" ") }
    };
    format!("has {}, lacks {}", of(true), of(false))
}

/// Fingerprints each file, one thread for a file, and gives the seconds that it takes. The fingerprints of a file are not
/// sorted by themselves: an index sorts those of all files.
pub(crate) fn fingerprint(isa: Isa, threads: usize, channels: Channels, files: &[Source]) -> f64 {
    let profile = Profile::one();
    peers::in_threads(threads, files, |file| {
        black_box(one(isa, &profile, channels, file));
    })
}

fn one(isa: Isa, profile: &Profile, channels: Channels, file: &Source) -> Fingerprints {
    let name = match channels {
        // What is called so is no source code.
        Channels::Text => b".txt",
        Channels::All => file.path.as_os_str().as_encoded_bytes(),
    };
    let mut fingerprinter = Fingerprinter::with(isa, profile, name);
    fingerprinter.update(&file.bytes);
    fingerprinter.finish_unsorted()
}

/// `kernel-a` with every instruction set, `kernel-ab` and `cores` with the one in use.
pub(crate) fn measure(setting: &Setting, table: &mut Table) -> Result<()> {
    for (isa, bar) in [(Isa::Avx512, 0.30), (Isa::Avx2, 0.12), (Isa::Portable, 0.06)] {
        if isa.is_available() {
            against_blake3(setting, isa, Channels::Text, "kernel-a", Bar::AtLeast(bar), table);
        } else {
            table.skipped("kernel-a", &format!("{isa}: this machine lacks it"));
        }
    }
    let tokens = |file| one(Isa::current(), &Profile::one(), Channels::All, file).tokens;
    if setting.sources.files.iter().map(tokens).sum::<u64>() == 0 {
        return Err("no file gives a token".into());
    }
    against_blake3(setting, Isa::current(), Channels::All, "kernel-ab", Bar::Goal(0.14, 0.30), table);
    cores(setting, table);
    Ok(())
}

fn against_blake3(setting: &Setting, isa: Isa, channels: Channels, id: &'static str, bar: Bar, table: &mut Table) {
    say(&format!("kernel: {channels}, {isa}"));
    let sources = &setting.sources;
    let files = &sources.files;
    let whole: Vec<u8> = files.iter().flat_map(|file| file.bytes.iter().copied()).collect();
    let (mut ratios, mut note) = (Vec::new(), String::new());
    // These are short: more of them cost little.
    for _ in 0..3 * setting.repetitions() {
        let (in_one, _) = timed(|| black_box(blake3::hash(&whole)));
        let (mut limit, mut ours) = (0.0, 0.0);
        // By turns, so that what the machine does meanwhile weighs on both as they last.
        for some in files.chunks(TURN) {
            limit += peers::blake3(1, some);
            ours += fingerprint(isa, 1, channels, some);
        }
        ratios.push(limit / ours);
        note = format!(
            "{isa}; {sources}; {:.0} MB/s; BLAKE3 {:.0} MB/s, as one buffer {:.0} MB/s",
            rate(sources.bytes, ours),
            rate(sources.bytes, limit),
            rate(sources.bytes, in_one)
        );
    }
    table.measured(id, bar, &ratios, note);
}

/// What two cores do more than one, for the kernel and for BLAKE3.
fn cores(setting: &Setting, table: &mut Table) {
    if setting.threads < 2 {
        table.skipped("cores", "this machine has one core");
        return;
    }
    let sources = &setting.sources;
    let files = &sources.files;
    for channels in [Channels::Text, Channels::All] {
        say(&format!("cores: {channels}"));
        let kernel = |threads| fingerprint(Isa::current(), threads, channels, files);
        let (mut ratios, mut note) = (Vec::new(), String::new());
        for _ in 0..3 * setting.repetitions() {
            let ours = kernel(1) / kernel(2);
            let limit = peers::blake3(1, files) / peers::blake3(2, files);
            ratios.push(ours / limit);
            note =
                format!("{}, {channels}; {sources}; {ours:.2} times one core, BLAKE3 {limit:.2} times", Isa::current());
        }
        table.measured("cores", Bar::AtLeast(0.95), &ratios, note);
    }
}

/// `scanoss`.
pub(crate) fn measure_scanoss(setting: &Setting, table: &mut Table) -> Result<()> {
    let scanoss = Scanoss::set_up(&setting.folder.join("peers"))?;
    let some = setting.sources.sample(if setting.quick { 2_000_000 } else { 20_000_000 });
    say(&format!("scanoss: {some}"));
    let folder = setting.folder.join("scanoss");
    some.write(&folder, 0)?;
    let (mut ratios, mut note) = (Vec::new(), String::new());
    for _ in 0..setting.repetitions() {
        let pass = || fingerprint(Isa::current(), 1, Channels::Text, &some.files);
        // As the peer does: once before it counts.
        pass();
        let ours = (0..PASSES).map(|_| pass()).sum::<f64>() / f64::from(PASSES);
        let (theirs, version) = scanoss.fingerprint(&folder)?;
        ratios.push(theirs / ours);
        note = format!(
            "{some}; {:.0} MB/s; scanoss-winnowing {version} with its part in C {:.1} MB/s",
            rate(some.bytes, ours),
            rate(some.bytes, theirs)
        );
    }
    table.measured("scanoss", Bar::AtLeast(100.0), &ratios, note);
    Ok(std::fs::remove_dir_all(folder)?)
}
