//! YARA with the user's rules: a program that is run on some files at a time, locked down.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use unpack::{Argument, Tool};

use super::tools::{run, version_in};

const PROGRAM: &str = "yara";

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
    rules: Vec<PathBuf>,
    unjailed: bool,
    /// Its version, and which rules.
    pub(super) version: String,
    waiting: Vec<(String, Vec<u8>)>,
    bytes: usize,
    failures: u32,
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
        let asked = run(PROGRAM, vec![Argument::Word("--version".into())], Vec::new(), &[], unjailed);
        let version = version_in(&asked.map_err(|error| error.to_string())?).ok_or("it does not say its version")?;
        let mut yara = Yara {
            rules: files,
            unjailed,
            version: format!("YARA {version}, {} (BLAKE3 {})", rules.display(), digest.finalize().to_hex()),
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
            let why = format!("YARA failed {FAILURES} times, and was not tried again");
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
        let words = ["--no-warnings", "--threads=1", "--scan-list"].map(OsString::from);
        let rules = self.rules.iter().map(|file| file.clone().into_os_string());
        let mut arguments: Vec<Argument> = words.into_iter().chain(rules).map(Argument::Word).collect();
        arguments.push(Argument::List);
        let inputs: Vec<&[u8]> = files.iter().map(|(_, bytes)| &bytes[..]).collect();
        let ran = run(PROGRAM, arguments, self.rules.clone(), &inputs, self.unjailed).map_err(|e| e.to_string())?;
        // It leaves with success where it could not read a file, and says so.
        if !ran.is_success || !ran.said.is_empty() {
            return Err(if ran.said.is_empty() {
                "YARA failed without a word".to_owned()
            } else {
                format!("YARA says: {}", ran.said)
            });
        }
        let text = String::from_utf8(ran.bytes).map_err(|_| "what YARA writes is no text".to_owned())?;
        let mut found = vec![Vec::new(); files.len()];
        for line in text.lines() {
            let (rule, path) = line.split_once(' ').ok_or_else(|| format!("YARA writes {line:?}"))?;
            let file = ran.inputs.iter().position(|it| it == path).and_then(|at| found.get_mut(at));
            match file {
                Some(rules) if is_rule(rule) => rules.push(rule.to_owned()),
                _ => return Err(format!("YARA writes of what it was not asked: {line:?}")),
            }
        }
        Ok(found)
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
