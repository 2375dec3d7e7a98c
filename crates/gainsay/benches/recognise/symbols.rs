//! Whether builds are recognised by their ids, code, layout and names: as they are, stripped, signed anew, with a section changed, and by
//! their debug information alone.
//!
//! Programs of generated source are built by gcc and clang as ELF, by gcc for MinGW and clang as PE (the latter with a PDB), and by clang as
//! Mach-O (with a dSYM). The corpus holds them as they were built. Other programs are built by the same compilers alike: none of these may
//! be called ours. The debug file of a program must expose that very program.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::common::program::{Channels, Desk};
use crate::common::table::Table;
use crate::common::{self, Result, say};
use crate::{Count, recognised};

/// Builds one source in every way, into a folder for the corpus and one for samples made of it.
const PROGRAM: &str = include_str!("builds.sh");

/// What stands in each program's data, for a section to be changed.
const CONSTANT: &str = "a constant of its data that tells nothing";

/// How many programs are ours, and how many are others'.
const OURS: u64 = 8;

/// `symbols`, for each way to change a build, and `symbols/others`.
pub(crate) fn measure(seed: u64, table: &mut Table) -> Result<()> {
    let (folder, desk) = (common::target()?.join("symbols"), common::target()?.join("symbols.desk"));
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    say("symbols: building");
    for of in ["ours", "others"] {
        for number in 0..OURS {
            let name = format!("p{number}");
            let (built, samples) = (folder.join(of).join("builds").join(&name), folder.join(of).join("samples"));
            fs::create_dir_all(&built)?;
            fs::create_dir_all(&samples)?;
            fs::write(built.join("main.c"), source(seed * 1_000 + number + if of == "ours" { 0 } else { 500 }))?;
            build(&built, &samples, &name)?;
            change(&built, &samples, &name)?;
        }
    }
    let desk = Desk::fresh(&desk)?;
    desk.add(&folder.join("ours/builds"), Channels::All)?;
    let (mut ours, mut theirs): (BTreeMap<String, Count>, Count) = Default::default();
    for (of, is_ours) in [("ours", true), ("others", false)] {
        let samples = folder.join(of).join("samples");
        let said = desk.run(&[OsStr::new("match"), samples.as_os_str()])?.said;
        let builds = said["results"][0]["builds"].as_array().cloned().unwrap_or_default();
        for sample in common::files::files_below(&samples)? {
            let path = sample.strip_prefix(&samples)?.to_string_lossy().into_owned();
            let (program, kind) = path.split_once('-').unwrap_or((&path, ""));
            let of_program = format!("{program}/");
            let is_recognised = builds.iter().any(|build| {
                let exposes = build["exposes"].as_array().map(Vec::as_slice).unwrap_or_default();
                let right =
                    |it: &serde_json::Value| it["file"]["path"].as_str().is_some_and(|it| it.starts_with(&of_program));
                build["path"].as_str().is_some_and(|it| it.ends_with(&path))
                    && build["standing"] == "recognised"
                    && (!is_ours || exposes.iter().all(right) && !exposes.is_empty())
            });
            if common::is_set("VERBOSE") && is_recognised != is_ours {
                say(&format!("symbols: {path}: recognised {is_recognised}"));
            }
            let count = if is_ours { ours.entry(kind.to_owned()).or_default() } else { &mut theirs };
            *count = (count.0 + 1, count.1 + usize::from(is_recognised));
        }
    }
    recognised(table, "symbols", 1.0, ours, theirs);
    desk.remove()
}

/// A program that nobody else has, of some forty functions.
fn source(seed: u64) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    let mut source = format!("static const char constant[] = \"{CONSTANT}\";\nint state = {seed};\n");
    let mut names: Vec<String> = Vec::new();
    for _ in 0..30 + next(20) {
        let word =
            |number: u64| ["parse", "engine", "scan", "table", "mail", "vault", "sign", "cache"][(number % 8) as usize];
        let name = format!("{}_{}_{:x}", word(next(8)), word(next(8)), next(1 << 24));
        let calls = names.last().map_or_else(|| "x".to_owned(), |last| format!("{last}(x - {})", next(99)));
        let _ = write!(
            source,
            "__attribute__((noinline)) int {name}(int x) {{\n  for (int i = 0; i < {}; i++) state += x * {} ^ constant[i & 31];\n  \
             return x > {} ? {calls} + state : x * {};\n}}\n",
            next(40) + 1,
            next(1 << 20),
            next(500),
            next(1 << 16),
        );
        names.push(name);
    }
    let last = names.last().cloned().unwrap_or_default();
    let _ = writeln!(source, "int main(void) {{ return {last}({}); }}", next(1 << 16));
    source
}

fn build(built: &Path, samples: &Path, name: &str) -> Result<()> {
    let mut command = Command::new("sh");
    command.args(["-euc", PROGRAM, "builds"]).args([built, samples]).arg(name);
    let output = command.stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("a build failed: {}", said.lines().last().unwrap_or_default()).into())
}

/// Of each program one with another constant in its data.
fn change(built: &Path, samples: &Path, name: &str) -> Result<()> {
    for program in ["gcc.elf", "clang.elf", "mingw.exe", "clang.exe", "clang.macho"] {
        let mut bytes = fs::read(built.join(program))?;
        let at = bytes.windows(CONSTANT.len()).position(|it| it == CONSTANT.as_bytes());
        let at = at.ok_or_else(|| format!("{program} has not its constant"))?;
        bytes[at..at + 10].copy_from_slice(b"x changed ");
        fs::write(samples.join(format!("{name}-changed-{program}")), bytes)?;
    }
    Ok(())
}
