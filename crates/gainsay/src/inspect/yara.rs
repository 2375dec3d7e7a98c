//! YARA, or where that is not there YARA-X, with the user's rules: a program that is run on some files at a time, locked down.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use unpack::{Argument, Tool};

use super::tools::{find, run, version_in};

/// The programs that take rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Program {
    /// `yara`, since version 4.
    Yara,
    /// `yr`, since version 1.
    YaraX,
}

impl Program {
    /// The first that is there.
    fn here() -> Program {
        if find("yara").is_none() && find("yr").is_some() { Program::YaraX } else { Program::Yara }
    }

    fn command(self) -> &'static str {
        match self {
            Program::Yara => "yara",
            Program::YaraX => "yr",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Program::Yara => "YARA",
            Program::YaraX => "YARA-X",
        }
    }

    /// What it is told before the rules.
    fn words(self) -> &'static [&'static str] {
        match self {
            Program::Yara => &["--no-warnings", "--threads=1", "--scan-list"],
            Program::YaraX => &[
                "scan",
                "--disable-warnings",
                "--disable-console-logs",
                "--output-format=ndjson",
                "--threads=1",
                "--scan-list",
            ],
        }
    }

    /// The rules that each input fits, of what it wrote.
    fn found(self, text: &str, inputs: &[String], files: usize) -> Result<Vec<Vec<String>>, String> {
        let mut found = vec![None; files];
        for line in text.lines() {
            let unknown = || format!("{} writes of what it was not asked: {line:?}", self.name());
            let (path, rules) = match self {
                Program::Yara => {
                    let (rule, path) = line.split_once(' ').ok_or_else(unknown)?;
                    (path.to_owned(), vec![rule.to_owned()])
                }
                Program::YaraX => {
                    let Scanned { path, rules } = serde_json::from_str(line).map_err(|_| unknown())?;
                    (path, rules.into_iter().map(|rule| rule.identifier).collect())
                }
            };
            let file = inputs.iter().position(|it| *it == path).and_then(|at| found.get_mut(at));
            match file {
                Some(of_file) if rules.iter().all(|rule| is_rule(rule)) => {
                    of_file.get_or_insert_with(Vec::new).extend(rules);
                }
                _ => return Err(unknown()),
            }
        }
        // YARA says nothing of a file that fits no rule; of one that YARA-X says nothing of, nothing is known.
        let of_file = |rules: Option<Vec<String>>| match (self, rules) {
            (_, Some(rules)) => Ok(rules),
            (Program::Yara, None) => Ok(Vec::new()),
            (Program::YaraX, None) => Err("YARA-X says nothing of it".to_owned()),
        };
        found.into_iter().map(of_file).collect()
    }
}

/// A line that YARA-X writes of a file.
#[derive(Deserialize)]
struct Scanned {
    path: String,
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
struct Rule {
    identifier: String,
}

/// Bytes of files that are held until they are scanned together, and the most of one file.
pub(super) const HELD: usize = 64 << 20;

/// Files that are scanned together.
const TOGETHER: usize = Tool::MOST_INPUTS;

/// Runs that fail before no more is tried: each has cost as much as two minutes.
const FAILURES: u32 = 32;

/// The longest name of a rule (YARA's own limit).
const LONGEST_RULE: usize = 128;

/// What is said of one file: the rules that it fits, or why it was not scanned.
pub(super) type Said = Result<Vec<String>, String>;

/// The program, its rules, and what waits for it.
pub(super) struct Yara {
    program: Program,
    rules: Vec<PathBuf>,
    unjailed: bool,
    /// Its version, and which rules.
    pub(super) version: String,
    waiting: Vec<(String, Vec<u8>)>,
    bytes: usize,
    pub(super) failures: u32,
}

impl Yara {
    /// The program with the rules of a file, or of the files `*.yar` and `*.yara` right in a folder.
    ///
    /// # Errors
    /// In words: there are no rules, it is not there, or it does not take them.
    pub(super) fn with(rules: &Path, unjailed: bool) -> Result<Yara, String> {
        let files = files_of(rules)?;
        let mut digest = blake3::Hasher::new();
        for file in &files {
            let text = std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
            digest.update(&(text.len() as u64).to_le_bytes());
            digest.update(&text);
        }
        let program = Program::here();
        let asked = run(program.command(), vec![Argument::Word("--version".into())], Vec::new(), &[], unjailed);
        let version = version_in(&asked.map_err(|error| error.to_string())?).ok_or("it does not say its version")?;
        // YARA-X says its name before it.
        let version = version.rsplit(' ').next().unwrap_or_default();
        let mut yara = Yara {
            program,
            rules: files,
            unjailed,
            version: format!(
                "{} {version}, {} (BLAKE3 {})",
                program.name(),
                rules.display(),
                digest.finalize().to_hex()
            ),
            waiting: Vec::new(),
            bytes: 0,
            failures: 0,
        };
        // Rules that it does not take are found out before hours of reading.
        match yara.scan(&[(String::new(), Vec::new())]).pop() {
            Some((_, Err(why))) => Err(why),
            _ => {
                yara.failures = 0;
                Ok(yara)
            }
        }
    }

    /// Takes a file, and gives what is said of those that were scanned now.
    pub(super) fn add(&mut self, path: String, bytes: Vec<u8>) -> Vec<(String, Said)> {
        let said =
            if self.waiting.len() == TOGETHER || self.bytes + bytes.len() > HELD { self.flush() } else { Vec::new() };
        self.bytes += bytes.len();
        self.waiting.push((path, bytes));
        said
    }

    /// What is said of those that wait.
    pub(super) fn flush(&mut self) -> Vec<(String, Said)> {
        let waiting = std::mem::take(&mut self.waiting);
        self.bytes = 0;
        self.scan(&waiting)
    }

    /// Scans files together; where that fails, each half by itself, so that one file costs no other its answer.
    fn scan(&mut self, files: &[(String, Vec<u8>)]) -> Vec<(String, Said)> {
        if files.is_empty() {
            return Vec::new();
        }
        if self.failures >= FAILURES {
            let why = format!("{} failed {FAILURES} times, and was not tried again", self.program.name());
            return files.iter().map(|(path, _)| (path.clone(), Err(why.clone()))).collect();
        }
        match (self.scan_together(files), files) {
            (Ok(said), _) => files.iter().zip(said).map(|((path, _), rules)| (path.clone(), Ok(rules))).collect(),
            (Err(why), [(path, _)]) => {
                self.failures += 1;
                vec![(path.clone(), Err(why))]
            }
            (Err(_), _) => {
                self.failures += 1;
                let (first, second) = files.split_at(files.len() / 2);
                let mut said = self.scan(first);
                said.extend(self.scan(second));
                said
            }
        }
    }

    /// The rules that each file fits.
    fn scan_together(&self, files: &[(String, Vec<u8>)]) -> Result<Vec<Vec<String>>, String> {
        let (name, words) = (self.program.name(), self.program.words().iter().map(OsString::from));
        let rules = self.rules.iter().map(|file| file.clone().into_os_string());
        let mut arguments: Vec<Argument> = words.chain(rules).map(Argument::Word).collect();
        arguments.push(Argument::List);
        let inputs: Vec<&[u8]> = files.iter().map(|(_, bytes)| &bytes[..]).collect();
        let ran = run(self.program.command(), arguments, self.rules.clone(), &inputs, self.unjailed)
            .map_err(|e| e.to_string())?;
        // It leaves with success where it could not read a file, and says so.
        if !ran.is_success || !ran.said.is_empty() {
            return Err(if ran.said.is_empty() {
                format!("{name} failed without a word")
            } else {
                format!("{name} says: {}", ran.said)
            });
        }
        let text = String::from_utf8(ran.bytes).map_err(|_| format!("what {name} writes is no text"))?;
        self.program.found(&text, &ran.inputs, files.len())
    }
}

fn is_rule(name: &str) -> bool {
    (1..=LONGEST_RULE).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The files of rules at a path.
fn files_of(rules: &Path) -> Result<Vec<PathBuf>, String> {
    let rules = std::path::absolute(rules).map_err(|error| error.to_string())?;
    if !rules.is_dir() {
        return Ok(vec![rules]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&rules).map_err(|error| error.to_string())? {
        let path = entry.map_err(|error| error.to_string())?.path();
        if path.extension().is_some_and(|ending| ending == "yar" || ending == "yara") {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() { Err("there is no file *.yar or *.yara in it".to_owned()) } else { Ok(files) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_programs_write_is_read_and_anything_else_refused() {
        let inputs: Vec<String> = (5..8).map(|it| format!("/proc/self/fd/{it}")).collect();
        let found = |program: Program, text: &str| program.found(text, &inputs, 2);
        let rules = |rules: &[&[&str]]| {
            Ok(rules.iter().map(|of| of.iter().map(ToString::to_string).collect()).collect::<Vec<Vec<String>>>())
        };
        assert_eq!(found(Program::Yara, "A /proc/self/fd/6\nB /proc/self/fd/6\n"), rules(&[&[], &["A", "B"]]));
        let lines = "{\"path\":\"/proc/self/fd/6\",\"rules\":[{\"identifier\":\"A\"},{\"identifier\":\"B\"}]}\n\
                     {\"path\":\"/proc/self/fd/5\",\"rules\":[]}\n";
        assert_eq!(found(Program::YaraX, lines), rules(&[&[], &["A", "B"]]));
        // Of each file it says something, or that file was not scanned.
        assert!(found(Program::YaraX, "{\"path\":\"/proc/self/fd/5\",\"rules\":[]}").is_err());
        for (program, text) in [
            (Program::Yara, "A /proc/self/fd/7"),
            (Program::Yara, "A-B /proc/self/fd/5"),
            (Program::Yara, "A"),
            (Program::YaraX, "A /proc/self/fd/5"),
            (Program::YaraX, "{\"path\":\"/etc/passwd\",\"rules\":[]}"),
            (Program::YaraX, "{\"path\":\"/proc/self/fd/5\",\"rules\":[{\"identifier\":\"<b>\"}]}"),
        ] {
            assert!(found(program, text).is_err_and(|why| why.contains("not asked")), "{text}");
        }
    }

    #[test]
    fn the_names_of_rules_are_identifiers() {
        assert!(
            is_rule("Planted_1") && !is_rule("") && !is_rule("a b") && !is_rule("<b>") && !is_rule(&"x".repeat(129))
        );
    }

    #[test]
    fn the_rules_of_a_folder_are_its_own() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        assert!(files_of(folder.path()).is_err_and(|why| why.contains("no file")));
        for name in ["b.yara", "a.yar", "notes.txt"] {
            std::fs::write(folder.path().join(name), "").expect("a file");
        }
        assert_eq!(files_of(folder.path()), Ok(vec![folder.path().join("a.yar"), folder.path().join("b.yara")]));
    }
}
