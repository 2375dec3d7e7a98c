//! What a sample holds stays in memory: nothing that was unpacked reaches a disk in clear, also where the program is killed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use crate::archives::{gzip, tar};
use crate::support::Environment;

/// Stands in a file of the sample and nowhere else.
const PLANTED: &str = "planted-secret-91c4-of-the-sample";

/// A desk with a corpus, and a sample whose bytes do not show what is planted in it: each of its letters is in a file of its own archive.
fn environment() -> Environment {
    let environment = Environment::with_desk();
    environment.write("code/a.c", "int own(void) { return 42; }\n".repeat(20));
    environment.gainsay(&["corpus", "add", "code", "code"]).succeeded();
    let secret = format!("password = {PLANTED}\n").repeat(200);
    let many: Vec<(String, Vec<u8>)> =
        (0..400).map(|number| (format!("{number}.txt"), format!("{secret}{number}\n").into_bytes())).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    environment.write("sample/in.tgz", gzip(&tar(&many)));
    std::fs::create_dir(environment.path("tmp")).unwrap();
    environment
}

/// Files below a folder in which what is planted stands, but for the sample itself.
fn showing(folder: &Path, sample: &Path) -> Vec<PathBuf> {
    let mut showing = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path == sample {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(bytes) = std::fs::read(&path)
                && bytes.windows(PLANTED.len()).any(|window| window == PLANTED.as_bytes())
            {
                showing.push(path);
            }
        }
    }
    showing
}

#[test]
fn nothing_unpacked_is_on_disk_after_a_match_or_a_kill() {
    let environment = environment();
    let sample = environment.path("sample");
    assert_eq!(showing(&environment.path(""), Path::new("")).len(), 1, "the sample shows it");
    environment.write("rules.yar", "rule Never { condition: false }");
    environment.gainsay(&["open", "rumour"]).succeeded();
    for wait in [Some(30), Some(120), Some(400), None] {
        let args = ["--desk", "desk", "match", "sample", "--case", "rumour", "--yara", "rules.yar"];
        let mut command = environment.command(&args);
        command.env("TMPDIR", environment.path("tmp")).stdout(Stdio::null()).stderr(Stdio::null());
        let mut running = command.spawn().unwrap();
        if let Some(wait) = wait {
            std::thread::sleep(Duration::from_millis(wait));
            running.kill().unwrap();
        }
        running.wait().unwrap();
        assert_eq!(showing(&environment.path(""), &sample), Vec::<PathBuf>::new(), "after {wait:?} ms");
        assert!(std::fs::read_dir(environment.path("tmp")).unwrap().next().is_none(), "something is left over");
    }
}

/// Every file that is opened for writing while a sample is matched lies on the desk, or is none.
#[test]
fn nothing_is_written_beside_the_desk() {
    let environment = environment();
    let record = environment.path("record");
    let strace = ["strace", "-f", "-qq", "-e", "trace=open,openat,creat,mknod,mknodat", "-e", "signal=none", "-o"];
    let starter: Vec<&str> = strace.into_iter().chain([record.to_str().unwrap()]).collect();
    environment.gainsay(&["open", "rumour"]).succeeded();
    let args = ["--desk", "desk", "match", "sample", "--case", "rumour"];
    let ran = environment.command_under(&starter, &args).env("TMPDIR", environment.path("tmp")).output().unwrap();
    assert!(ran.status.code().is_some_and(|code| code < 2), "{ran:?}");
    let record = std::fs::read_to_string(record).unwrap();
    let writes = |line: &&str| {
        ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TMPFILE", "creat(", "mknod"].iter().any(|it| line.contains(it))
            && !line.contains("= -1 ")
    };
    let written: BTreeSet<&str> = record.lines().filter(writes).filter_map(|line| line.split('"').nth(1)).collect();
    assert!(!written.is_empty(), "the ledger at least is written: {record}");
    // The namespaces of the child are made in its own entry below /proc.
    let is_fine =
        |path: &&str| path.starts_with("desk/") || path.contains("/work/desk/") || path.starts_with("/proc/self/");
    let elsewhere: Vec<_> = written.into_iter().filter(|path| !is_fine(path) && *path != "/dev/null").collect();
    assert_eq!(elsewhere, Vec::<&str>::new());
}

/// A crash would leave everything behind that the memory held.
#[test]
fn neither_parent_nor_child_leaves_a_core() {
    let environment = environment();
    let mut running = environment
        .command(&["--desk", "desk", "match", "sample"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let limit = |process: &str| {
        let limits = std::fs::read_to_string(format!("/proc/{process}/limits")).unwrap_or_default();
        let line = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap_or_default().to_owned();
        line.split_whitespace().skip(4).take(2).map(str::to_owned).collect::<Vec<_>>()
    };
    let own = running.id().to_string();
    let mut seen = (Vec::new(), Vec::new());
    while running.try_wait().unwrap().is_none() && (seen.0 != ["1", "1"] || seen.1 != ["1", "1"]) {
        seen.0 = limit(&own);
        let children = std::fs::read_to_string(format!("/proc/{own}/task/{own}/children")).unwrap_or_default();
        if let Some(child) = children.split_whitespace().next() {
            let held = limit(child);
            if !held.is_empty() {
                seen.1 = held;
            }
        }
    }
    running.wait().unwrap();
    assert_eq!(seen, (vec!["1".to_owned(); 2], vec!["1".to_owned(); 2]));
}
