//! Runs of the program itself, as a user starts it: whole process, fresh desk.

use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::{Result, files};

/// How often memory is looked at.
const LOOK: Duration = Duration::from_millis(10);

/// Which channels an index holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channels {
    /// Text alone.
    Text,
    /// All of them, as users get it.
    All,
}

impl fmt::Display for Channels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Channels::Text => "text alone",
            Channels::All => "all channels",
        })
    }
}

/// A desk that was made for one measurement.
pub(crate) struct Desk {
    folder: PathBuf,
}

/// What one run of the program took.
pub(crate) struct Run {
    /// From start to end of the process.
    pub(crate) seconds: f64,
    /// The most memory that it held, and that part of it which only it could hold (no pages of files), in bytes.
    pub(crate) peak: u64,
    pub(crate) own_peak: u64,
    /// What it says of itself: see `--json`.
    pub(crate) said: serde_json::Value,
}

impl Run {
    /// How many files could not be read, in words for a note; empty where all could.
    pub(crate) fn not_read(&self) -> String {
        match self.said["not_read"].as_u64() {
            None | Some(0) => String::new(),
            Some(count) => format!("; {count} files were not read"),
        }
    }
}

impl Desk {
    /// An empty desk in place of one from an earlier run.
    pub(crate) fn fresh(folder: &Path) -> Result<Self> {
        remove(folder)?;
        let desk = Desk { folder: folder.to_owned() };
        desk.run(&[OsStr::new("init"), OsStr::new("--organisation"), OsStr::new("Bench")])?;
        Ok(desk)
    }

    /// `corpus add` of one path.
    pub(crate) fn add(&self, path: &Path, channels: Channels) -> Result<Run> {
        let mut words: Vec<&OsStr> = ["corpus", "add", "bench"].iter().map(OsStr::new).collect();
        words.push(path.as_os_str());
        if channels == Channels::Text {
            words.extend(["--channels", "text"].iter().map(OsStr::new));
        }
        self.run(&words)
    }

    /// Bytes of the index.
    pub(crate) fn index_bytes(&self) -> Result<u64> {
        Ok(files::bytes_below(&self.folder.join("corpora"))?)
    }

    /// Takes it away again.
    pub(crate) fn remove(self) -> Result<()> {
        remove(&self.folder)
    }

    /// Runs the program on this desk to its end, whatever it prints, and looks at nothing meanwhile.
    pub(crate) fn finish(&self, words: &[&OsStr]) -> Result<()> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gainsay"));
        command.arg("--desk").arg(&self.folder).args(words).env("GAINSAY_AUTHOR", "bench").stdin(Stdio::null());
        let output = command.output()?;
        match output.status.success() {
            true => Ok(()),
            false => Err(format!("gainsay {words:?}: {}", String::from_utf8_lossy(&output.stderr)).into()),
        }
    }

    /// Runs the program on this desk.
    pub(crate) fn run(&self, words: &[&OsStr]) -> Result<Run> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gainsay"));
        command.arg("--json").arg("--desk").arg(&self.folder).args(words).env("GAINSAY_AUTHOR", "bench");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let Watched { output, seconds, peak, own_peak } = watched(&mut command)?;
        // What could not be read is told by the exit code too; the rest was added all the same.
        match serde_json::from_slice(&output.stdout) {
            Ok(said) => Ok(Run { seconds, peak, own_peak, said }),
            Err(_) => {
                let complaint = String::from_utf8_lossy(&output.stderr);
                let why = complaint.lines().rfind(|line| line.contains("error")).unwrap_or("nothing said");
                Err(format!("gainsay {}: {}: {why}", shown(words), output.status).into())
            }
        }
    }
}

/// A run of a command, its output held.
pub(crate) struct Watched {
    pub(crate) output: Output,
    /// As in [`Run`].
    pub(crate) seconds: f64,
    pub(crate) peak: u64,
    pub(crate) own_peak: u64,
}

/// Runs a command and looks at its memory meanwhile.
pub(crate) fn watched(command: &mut Command) -> Result<Watched> {
    let begun = Instant::now();
    let child = command.spawn()?;
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let ended = AtomicBool::new(false);
    let (output, seconds, (peak, own_peak)) = std::thread::scope(|scope| {
        let watch = scope.spawn(|| peaks(&status, &ended));
        let output = child.wait_with_output();
        let seconds = begun.elapsed().as_secs_f64();
        ended.store(true, Ordering::Relaxed);
        (output, seconds, watch.join().unwrap_or_default())
    });
    Ok(Watched { output: output?, seconds, peak, own_peak })
}

/// Removes a desk. Work that it still does in the background may write into it meanwhile, and ends once it finds it gone.
fn remove(folder: &Path) -> Result<()> {
    let mut tries = 0;
    while folder.exists() {
        tries += 1;
        match fs::remove_dir_all(folder) {
            Err(error) if tries == 10 => return Err(error.into()),
            Err(_) => std::thread::sleep(LOOK * 10),
            Ok(()) => {}
        }
    }
    Ok(())
}

/// The most that a process holds while it runs, in bytes: in all (the kernel keeps count, so none is missed between two
/// looks but the last), and without pages of files (as seen).
fn peaks(status: &Path, ended: &AtomicBool) -> (u64, u64) {
    let (mut peak, mut own_peak) = (0, 0);
    while !ended.load(Ordering::Relaxed) {
        if let Ok(text) = fs::read_to_string(status) {
            peak = peak.max(kilobytes(&text, "VmHWM:") * 1024);
            own_peak = own_peak.max(kilobytes(&text, "RssAnon:") * 1024);
        }
        std::thread::sleep(LOOK);
    }
    (peak, own_peak)
}

fn kilobytes(status: &str, name: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.split_whitespace().next()).and_then(|number| number.parse().ok()).unwrap_or(0)
}

fn shown(words: &[&OsStr]) -> String {
    words.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
