//! Planted secrets, looked for in all that the program leaves behind.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::common::files::files_below;
use crate::common::table::{Bar, Figure, Table};
use crate::common::{Result, real, target};
use crate::{generated, secrets};

/// After how long a match is ended by a signal that leaves a core, in milliseconds: while it starts, and while it reads.
const ENDED: [u64; 4] = [50, 200, 500, 1_000];

/// How many different values are found by grep over the desk, all that was printed, logged and reported, what lies in the folder for scratch,
/// and the cores of matches that were ended by a signal.
pub(crate) fn measure(seed: u64, table: &mut Table) -> Result<()> {
    let folder = target()?.join("planted");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let sample = folder.join("sample");
    let set = generated::write(&sample, seed.wrapping_add(1), 140)?;
    let desk = secrets::desk(&folder)?;
    let (exports, scratch) = (folder.join("exports"), folder.join("scratch"));
    fs::create_dir_all(&exports)?;
    fs::create_dir_all(&scratch)?;
    let place = Place { desk: folder.join("desk"), scratch: scratch.clone() };
    let mut left: Vec<u8> = Vec::new();
    place.run(&["open", "leak"].map(OsStr::new), &mut left)?;
    let matching = [OsStr::new("match"), sample.as_os_str(), OsStr::new("--case"), OsStr::new("leak")];
    for after in ENDED {
        place.run_until(&matching, after, &mut left)?;
    }
    place.run(&matching, &mut left)?;
    place.run(&["show", "leak"].map(OsStr::new), &mut left)?;
    for format in ["html", "md", "json"] {
        let file = exports.join(format!("report.{format}"));
        place.run(&[OsStr::new("report"), OsStr::new("leak"), OsStr::new("-o"), file.as_os_str()], &mut left)?;
    }
    let has_core = leaves_core(&folder.join("control"))?;
    let mut cores = 0;
    for left_behind in [&place.desk, &exports, &scratch] {
        for file in files_below(left_behind)? {
            cores += usize::from(left_behind == &scratch && file.file_name().is_some_and(|it| it == "core"));
            left.extend(fs::read(file)?);
        }
    }
    // Short words stand everywhere: those that are long enough to be told are looked for.
    let told: Vec<&String> = set.values.iter().filter(|value| value.len() >= 9).collect();
    let found = told.iter().filter(|value| memchr::memmem::find(&left, value.as_bytes()).is_some()).count();
    let count = real(found as u64);
    let figure = Figure { value: count, low: count, high: count };
    let other = if has_core { "another program leaves one" } else { "no program leaves one here" };
    let (values, kilobytes) = (told.len(), left.len() / 1_000);
    let note = format!(
        "{values} values in {kilobytes} kB of desk, output, logs, reports and scratch, {cores} cores of {} ended matches ({other})",
        ENDED.len()
    );
    table.scored("planted", Some(Bar::AtMost(0.0)), figure, note);
    desk.remove()
}

/// Where the program runs, and its desk.
struct Place {
    desk: PathBuf,
    scratch: PathBuf,
}

impl Place {
    /// The program with all that it can log, cores allowed.
    fn command(&self, words: &[&OsStr]) -> Command {
        let mut command = Command::new("sh");
        command.args([
            "-c",
            "ulimit -c unlimited; exec \"$@\"",
            "sh",
            env!("CARGO_BIN_EXE_gainsay"),
            "--json",
            "--desk",
        ]);
        command.arg(&self.desk).args(words).current_dir(&self.scratch).env("TMPDIR", &self.scratch);
        command.env("GAINSAY_AUTHOR", "bench").env("GAINSAY_LOG", "trace").stdin(Stdio::null());
        command
    }

    /// Runs it, and keeps what it prints and logs.
    fn run(&self, words: &[&OsStr], left: &mut Vec<u8>) -> Result<()> {
        let output = self.command(words).output()?;
        left.extend([output.stdout, output.stderr.clone()].concat());
        // A match's exit code is its answer.
        match output.status.code() {
            Some(0 | 1) => Ok(()),
            _ => Err(format!("gainsay {words:?}: {}", String::from_utf8_lossy(&output.stderr)).into()),
        }
    }

    /// Runs it, and ends it by a signal that leaves a core, unless it ends before.
    fn run_until(&self, words: &[&OsStr], milliseconds: u64, left: &mut Vec<u8>) -> Result<()> {
        let mut command = self.command(words);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        std::thread::sleep(Duration::from_millis(milliseconds));
        Command::new("kill").args(["-ABRT", &child.id().to_string()]).stderr(Stdio::null()).status()?;
        let output = child.wait_with_output()?;
        left.extend([output.stdout, output.stderr].concat());
        Ok(())
    }
}

/// Whether a program that is ended so leaves a core where it ran.
fn leaves_core(folder: &Path) -> Result<bool> {
    fs::create_dir_all(folder)?;
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -c unlimited; kill -ABRT $$"]).current_dir(folder).status()?;
    Ok(!files_below(folder)?.is_empty())
}
