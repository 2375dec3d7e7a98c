//! What opening and matching cost: time beside the decoders alone, the lock-down beside none, and memory on a nested archive that comes to
//! much.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use unpack::{Event, Limits, Worker};

use crate::files::files_below;
use crate::random::Random;
use crate::{Bar, Result, Table, child};

/// Each figure is the median of so many.
const ROUNDS: usize = 3;

/// Of the packages that cargo keeps, in the order of their names, one in so many is the company's.
const OURS: usize = 16;

/// Text with some noise in it, as code is: it comes to about a fourth by gzip.
fn code(random: &mut Random, length: usize) -> Vec<u8> {
    const WORDS: [&str; 8] = ["let ", "match ", "self", ".unwrap()", " => ", "return ", ";\n    ", "if "];
    let mut text = Vec::with_capacity(length);
    while text.len() < length {
        text.extend(WORDS[random.below(WORDS.len())].as_bytes());
        if random.below(3) == 0 {
            text.extend(format!("x{}", random.below(100_000)).as_bytes());
        }
    }
    text.truncate(length);
    text
}

/// A tar of the kinds of file that samples hold: half source code, a quarter notes, a quarter what compresses badly.
fn mixed(random: &mut Random, out: &mut dyn Write, megabytes: usize) -> Result<()> {
    let mut builder = tar::Builder::new(out);
    for number in 0..megabytes {
        let (name, bytes) = match number % 4 {
            0 | 1 => (format!("src/{number}.rs"), code(random, 1 << 20)),
            2 => (format!("notes/{number}.txt"), code(random, 1 << 20)),
            _ => (format!("bin/{number}.bin"), random.bytes(1 << 20)),
        };
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        builder.append_data(&mut header, name, &bytes[..])?;
    }
    builder.into_inner()?.flush()?;
    Ok(())
}

/// A tar of packages that cargo keeps, as they come, until there are so many megabytes of them; says how many there are.
fn packages(registry: &Path, out: &mut dyn Write, megabytes: usize) -> Result<usize> {
    let (mut builder, mut bytes) = (tar::Builder::new(out), 0);
    'all: for package in packages_in(registry)? {
        for file in files_below(&package)? {
            if bytes >= megabytes << 20 {
                break 'all;
            }
            let content = fs::read(&file)?;
            let mut header = tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            bytes += content.len();
            builder.append_data(&mut header, file.strip_prefix(registry)?, &content[..])?;
        }
    }
    builder.into_inner()?.flush()?;
    Ok(bytes >> 20)
}

/// The packages of every registry, in the order of their names.
fn packages_in(registry: &Path) -> Result<Vec<PathBuf>> {
    let mut packages = Vec::new();
    for of_registry in entries(registry)? {
        packages.extend(entries(&of_registry)?.into_iter().filter(|path| path.is_dir()));
    }
    Ok(packages)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let mut entries = entries.collect::<io::Result<Vec<_>>>()?;
    entries.sort();
    Ok(entries)
}

/// A tar with three fourths of the megabytes in a `tar.gz`, and one in a `tar.xz`, where there is one; and these two.
struct Archive {
    whole: PathBuf,
    gz: PathBuf,
    xz: Option<PathBuf>,
}

impl Archive {
    fn make(folder: &Path, megabytes: usize) -> Result<Archive> {
        let mut random = Random::new(1);
        let (whole, gz, xz) = (folder.join("mixed.tar"), folder.join("a.tar.gz"), folder.join("b.tar.xz"));
        let mut encoder = flate2::write::GzEncoder::new(File::create(&gz)?, flate2::Compression::fast());
        mixed(&mut random, &mut encoder, megabytes / 4 * 3)?;
        encoder.finish()?;
        let options = lzma_rust2::XzOptions::with_preset(0);
        let mut encoder = lzma_rust2::XzWriter::new(BufWriter::new(File::create(&xz)?), options)?;
        mixed(&mut random, &mut encoder, megabytes / 4)?;
        encoder.finish()?.flush()?;
        let mut builder = tar::Builder::new(File::create(&whole)?);
        for part in [&gz, &xz] {
            builder.append_path_with_name(part, part.file_name().unwrap_or_default())?;
        }
        builder.into_inner()?;
        Ok(Archive { whole, gz, xz: Some(xz) })
    }

    /// A `tar.gz` of what cargo keeps.
    fn of_packages(folder: &Path, registry: &Path, megabytes: usize) -> Result<(Archive, usize)> {
        let gz = folder.join("packages.tar.gz");
        let mut encoder = flate2::write::GzEncoder::new(File::create(&gz)?, flate2::Compression::default());
        let megabytes = packages(registry, &mut encoder, megabytes)?;
        encoder.finish()?;
        Ok((Archive { whole: gz.clone(), gz, xz: None }, megabytes))
    }

    /// How long the decoders take by themselves.
    fn decode(&self) -> Result<Duration> {
        let begun = Instant::now();
        io::copy(&mut flate2::read::MultiGzDecoder::new(File::open(&self.gz)?), &mut io::sink())?;
        if let Some(xz) = &self.xz {
            let reader = io::BufReader::new(File::open(xz)?);
            io::copy(&mut lzma_rust2::XzReader::new(reader, true), &mut io::sink())?;
        }
        Ok(begun.elapsed())
    }

    /// How long a worker takes to give all files.
    fn unpack(&self, worker: &mut Worker) -> Result<Duration> {
        let begun = Instant::now();
        let mut bytes = 0;
        let all = worker.files("mixed.tar", File::open(&self.whole)?, &mut |event| {
            if let Event::Data(data) = event {
                bytes += data.len();
            }
            ControlFlow::Continue(())
        })?;
        if !all.whole || bytes == 0 {
            return Err("the archive did not come out whole".into());
        }
        Ok(begun.elapsed())
    }
}

/// A desk with a corpus of some of the files of a sample, and of some of what cargo keeps.
fn desk(folder: &Path, gainsay: &Path, registry: Option<&Path>) -> Result<PathBuf> {
    let desk = folder.join("desk");
    let own = folder.join("own");
    fs::create_dir(&own)?;
    let mut random = Random::new(1);
    for number in 0..8 {
        fs::write(own.join(format!("{number}.rs")), code(&mut random, 1 << 20))?;
    }
    if let Some(registry) = registry {
        for package in packages_in(registry)?.iter().step_by(OURS) {
            for file in files_below(package)? {
                let copy = own.join(file.strip_prefix(registry)?);
                copy.parent().map_or(Ok(()), fs::create_dir_all)?;
                fs::copy(&file, copy)?;
            }
        }
    }
    run(Command::new(gainsay).arg("init").arg(&desk))?;
    run(Command::new(gainsay).arg("--desk").arg(&desk).args(["corpus", "add", "own"]).arg(&own))?;
    Ok(desk)
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.stdin(Stdio::null()).output()?;
    // A sample that is nobody's ends with 1.
    match output.status.code() {
        Some(0 | 1) => Ok(()),
        _ => Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)).into()),
    }
}

fn match_it(gainsay: &Path, desk: &Path, sample: &Path) -> Command {
    let mut command = Command::new(gainsay);
    command.arg("--desk").arg(desk).args(["match", "--json"]).arg(sample);
    command
}

/// Time to decompress an archive alone, by the time to unpack and match it: with nothing else that is looked for, and with what a sample
/// must not reveal.
pub(crate) fn measure_throughput(
    table: &mut Table,
    gainsay: &Path,
    registry: Option<&Path>,
    megabytes: usize,
) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let desk = desk(folder.path(), gainsay, registry)?;
    let made = format!("{megabytes} MiB of made code, notes and noise, 3/4 in tar.gz and 1/4 in tar.xz");
    let mut archives = vec![(Archive::make(folder.path(), megabytes)?, made)];
    match registry {
        Some(registry) => {
            let (archive, megabytes) = Archive::of_packages(folder.path(), registry, megabytes)?;
            archives.push((
                archive,
                format!("{megabytes} MiB of what cargo keeps, in tar.gz, 1/{OURS} of it the company's"),
            ));
        }
        None => table
            .skipped("throughput", "there are no sources that cargo keeps: name a folder of them by BENCH_REGISTRY"),
    }
    for (archive, what) in archives {
        let (mut ratios, mut with_all) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let alone = archive.decode()?.as_secs_f64();
            let matched = |more: &[&str]| -> Result<f64> {
                let begun = Instant::now();
                run(match_it(gainsay, &desk, &archive.whole).args(more))?;
                Ok(alone / begun.elapsed().as_secs_f64())
            };
            ratios.push(matched(&["--no-sensitive"])?);
            with_all.push(matched(&[])?);
        }
        let note = format!("the decoders alone ÷ `gainsay match --no-sensitive` of {what}; median of {ROUNDS}");
        table.measured("throughput", Bar::AtLeast(0.6), &ratios, note);
        let note = format!("the same with what it must not reveal, no bar; {what}");
        table.measured("throughput with sensitive", Bar::AtLeast(0.0), &with_all, note);
    }
    Ok(())
}

/// How much longer a worker that is locked down takes than one that is not: starting it, and unpacking.
pub(crate) fn measure_sandbox(table: &mut Table, megabytes: usize) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let archive = Archive::make(folder.path(), megabytes)?;
    let mut ratios = Vec::new();
    for _ in 0..2 * ROUNDS + 1 {
        let once = |args: &[&str], accept_unjailed: bool| -> Result<Duration> {
            let begun = Instant::now();
            let mut worker = Worker::start(child(), args, Limits { accept_unjailed, ..Limits::default() })?;
            if worker.enforced().seccomp == accept_unjailed {
                return Err("the worker is not held as it should be".into());
            }
            archive.unpack(&mut worker)?;
            Ok(begun.elapsed())
        };
        let (locked, free) = (once(&[], false)?, once(&["unlocked"], true)?);
        ratios.push(locked.as_secs_f64() / free.as_secs_f64() - 1.0);
    }
    let note =
        format!("overhead of the lock-down on unpacking {megabytes} MiB, start included; median of {}", ratios.len());
    table.measured("sandbox", Bar::AtMost(0.1), &ratios, note);
    Ok(())
}

/// The most memory that `gainsay match` and its children held together, each at its own peak, on a zip with a `tar.xz` for each of so
/// many gigabytes.
pub(crate) fn measure_memory(table: &mut Table, gainsay: &Path, gigabytes: u64) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let sample = folder.path().join("big.zip");
    nest(&sample, gigabytes)?;
    let desk = desk(folder.path(), gainsay, None)?;
    let out = folder.path().join("out.json");
    let mut running = match_it(gainsay, &desk, &sample).stdin(Stdio::null()).stdout(File::create(&out)?).spawn()?;
    let own = running.id();
    let (mut of_parent, mut of_children) = (0.0_f64, std::collections::BTreeMap::<String, f64>::new());
    while running.try_wait()?.is_none() {
        of_parent = of_parent.max(peak(&own.to_string()).unwrap_or(0.0));
        let children = fs::read_to_string(format!("/proc/{own}/task/{own}/children")).unwrap_or_default();
        for child in children.split_whitespace() {
            let held = peak(child).unwrap_or(0.0);
            let most = of_children.entry(child.to_owned()).or_default();
            *most = most.max(held);
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let shown: serde_json::Value = serde_json::from_slice(&fs::read(&out)?)?;
    let bytes = shown["results"][0]["bytes"].as_u64().unwrap_or(0);
    let problems = shown["results"][0]["problems"].as_array().map_or(0, Vec::len);
    if bytes != gigabytes << 30 || problems > 0 {
        return Err(format!(
            "{bytes} bytes came out of {gigabytes} GiB, with {problems} problems: {}",
            shown["results"][0]["problems"]
        )
        .into());
    }
    let of_child = of_children.values().copied().fold(0.0, f64::max);
    let note = format!(
        "MiB of parent ({of_parent:.0}) and worker ({of_child:.0}) while {gigabytes} GiB out of {} MiB of xz in zip are matched",
        fs::metadata(&sample)?.len() >> 20
    );
    table.measured("memory", Bar::AtMost(800.0), &[of_parent + of_child], note);
    Ok(())
}

/// Writes a zip with a `tar.xz` for each gigabyte, none of which is a bomb: a hundredth of it is noise of its own.
fn nest(path: &Path, gigabytes: u64) -> Result<()> {
    let mut random = Random::new(2);
    let mut archive = zip::ZipWriter::new(BufWriter::new(File::create(path)?));
    let options =
        zip::write::SimpleFileOptions::default().large_file(true).compression_method(zip::CompressionMethod::Stored);
    for part in 0..gigabytes {
        archive.start_file(format!("{part}.tar.xz"), options)?;
        let inner = lzma_rust2::XzWriter::new(&mut archive, lzma_rust2::XzOptions::with_preset(0))?;
        let mut builder = tar::Builder::new(inner);
        for disk in 0..16 {
            let mut header = tar::Header::new_gnu();
            header.set_size(1 << 26);
            let content = Repeated { random: &mut random, block: Vec::new(), at: 0, left: 1 << 26 };
            builder.append_data(&mut header, format!("disk{disk}.img"), content)?;
        }
        builder.into_inner()?.finish()?;
    }
    archive.finish()?.flush()?;
    Ok(())
}

/// The most memory that a process held, in MiB.
fn peak(process: &str) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no peak is told")?;
    let kibibytes: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kibibytes / 1024.0)
}

/// Noise of which every stretch of 16 KiB stands a hundred times.
struct Repeated<'r> {
    random: &'r mut Random,
    block: Vec<u8>,
    at: usize,
    left: usize,
}

impl Read for Repeated<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        const BLOCK: usize = 16 << 10;
        const TIMES: usize = 100;
        if self.at == TIMES * BLOCK || self.block.is_empty() {
            self.block = self.random.bytes(BLOCK);
            self.at = 0;
        }
        let from = self.at % BLOCK;
        let length = (BLOCK - from).min(buffer.len()).min(self.left);
        buffer[..length].copy_from_slice(&self.block[from..from + length]);
        self.at += length;
        self.left -= length;
        Ok(length)
    }
}
