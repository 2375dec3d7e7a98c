//! What opening costs: time beside the decoder alone, and memory on a nested archive that unpacks to much.

use std::fs::File;
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::time::Instant;

use unpack::{Event, Limits, Worker};

use crate::random::Random;
use crate::{Result, Row, child};

/// Text with some noise in it, as code is: it comes to about a fourth by gzip.
fn mixed(random: &mut Random, length: usize) -> Vec<u8> {
    const WORDS: [&str; 8] = ["let ", "match ", "self", ".unwrap()", " => ", "return ", "\n    ", "if "];
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

/// Time to decompress a tar of so many megabytes alone, by the time to unpack it through the worker.
pub(crate) fn measure_speed(megabytes: usize) -> Result<Row> {
    const ROUNDS: usize = 3;
    let mut random = Random::new(1);
    let file = tempfile::tempfile()?;
    let mut builder = tar::Builder::new(flate2::write::GzEncoder::new(&file, flate2::Compression::fast()));
    let piece = mixed(&mut random, 1 << 20);
    for number in 0..megabytes {
        let mut header = tar::Header::new_gnu();
        header.set_size(piece.len() as u64);
        builder.append_data(&mut header, format!("src/{number}.rs"), &piece[..])?;
    }
    builder.into_inner()?.finish()?;
    let mut ratios = Vec::new();
    let mut worker = Worker::start(child(), &[], Limits::default())?;
    for _ in 0..ROUNDS {
        let alone = Instant::now();
        let mut decoder = flate2::read::MultiGzDecoder::new(from_start(&file)?);
        io::copy(&mut decoder, &mut io::sink())?;
        let alone = alone.elapsed();
        let through = Instant::now();
        let mut bytes = 0;
        worker.files("x.tar.gz", from_start(&file)?, &mut |event| {
            if let Event::Data(data) = event {
                bytes += data.len();
            }
            ControlFlow::Continue(())
        })?;
        if bytes != megabytes << 20 {
            return Err(format!("{bytes} bytes came out of {megabytes} MiB").into());
        }
        ratios.push(alone.as_secs_f64() / through.elapsed().as_secs_f64());
    }
    ratios.sort_by(f64::total_cmp);
    let note = format!(
        "gzip alone ÷ tar.gz of {megabytes} MiB through the worker, which is without the matching; median of {ROUNDS}"
    );
    Ok(Row { id: "unpack".to_owned(), value: ratios[ROUNDS / 2], most: None, note })
}

fn from_start(file: &File) -> Result<File> {
    use std::io::Seek as _;
    let mut again = file.try_clone()?;
    again.rewind()?;
    Ok(again)
}

/// The most memory that parent and child held together while a zip in a tar.zst in a tar came to so many gigabytes.
pub(crate) fn measure_memory(gigabytes: u64) -> Result<Row> {
    let mut random = Random::new(2);
    // Noise that repeats: a ratio that no budget cuts.
    let noise = random.bytes(64 << 10);
    let file = tempfile::tempfile()?;
    {
        let mut out = io::BufWriter::new(&file);
        let mut archive = zip::ZipWriter::new(&mut out as &mut dyn SeekWrite);
        let options = zip::write::SimpleFileOptions::default().large_file(true);
        for part in 0..gigabytes {
            archive.start_file(format!("{part}.tar.xz"), options.compression_method(zip::CompressionMethod::Stored))?;
            let inner = lzma_rust2::XzWriter::new(&mut archive, lzma_rust2::XzOptions::with_preset(0))?;
            let mut builder = tar::Builder::new(inner);
            let mut header = tar::Header::new_gnu();
            header.set_size(1 << 30);
            builder.append_data(&mut header, "disk.img", Repeated { noise: &noise, at: 0, left: 1 << 30 })?;
            builder.into_inner()?.finish()?;
        }
        archive.finish()?.flush()?;
    }
    let mut worker = Worker::start(child(), &[], Limits { ratio: 20_000, ..Limits::default() })?;
    let mut bytes = 0u64;
    worker.files("big.zip", from_start(&file)?, &mut |event| {
        if let Event::Data(data) = event {
            bytes += data.len() as u64;
        }
        ControlFlow::Continue(())
    })?;
    let own = peak("self")?;
    let of_child = children()?.iter().map(|child| peak(child)).sum::<Result<f64>>()?;
    let note = format!(
        "MiB of parent ({own:.0}) and worker ({of_child:.0}), {bytes} bytes out of xz in zip, without the matching"
    );
    Ok(Row { id: "memory".to_owned(), value: own + of_child, most: Some(800.0), note })
}

/// The most memory that a process held, in MiB.
fn peak(process: &str) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no peak is told")?;
    let kibibytes: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kibibytes / 1024.0)
}

/// The processes that this one started.
fn children() -> Result<Vec<String>> {
    let mut children = Vec::new();
    for thread in std::fs::read_dir("/proc/self/task")? {
        let told = std::fs::read_to_string(thread?.path().join("children"))?;
        children.extend(told.split_whitespace().map(str::to_owned));
    }
    Ok(children)
}

/// What a zip is written to.
trait SeekWrite: Write + io::Seek {}
impl<T: Write + io::Seek> SeekWrite for T {}

/// The same noise over and over.
struct Repeated<'n> {
    noise: &'n [u8],
    at: usize,
    left: usize,
}

impl Read for Repeated<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = &self.noise[self.at..];
        let length = rest.len().min(buffer.len()).min(self.left);
        buffer[..length].copy_from_slice(&rest[..length]);
        self.at = (self.at + length) % self.noise.len();
        self.left -= length;
        Ok(length)
    }
}
