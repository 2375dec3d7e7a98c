//! Corpora on one desk: two that are indexed at once, roles that do not change silently, and markings that go along.

use std::process::{Child, Stdio};

use serde_json::Value;

use crate::support::Environment;

fn code(seed: u32) -> String {
    (0..60_u32)
        .map(|n| format!("fn step_{seed}_{n}(left: u32) -> u32 {{ left.rotate_left({n}) ^ {seed} }}\n"))
        .collect()
}

fn json(environment: &Environment, args: &[&str]) -> Value {
    serde_json::from_str(&environment.gainsay(&[args, &["--json"]].concat()).succeeded()).unwrap()
}

/// Runs two `corpus add` so that both have written what they read before either may write to the ledger, and gives their exit
/// codes and messages.
fn at_once(environment: &Environment, runs: [[&str; 2]; 2]) -> [(Option<i32>, String); 2] {
    let lock = rusqlite::Connection::open(environment.desk().join("ledger.db")).unwrap();
    lock.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut children: Vec<Child> = runs
        .iter()
        .map(|[name, path]| {
            let mut command = environment.command(&["--desk"]);
            command.arg(environment.desk()).args(["corpus", "add", name, path]);
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let written = || {
        let entries = std::fs::read_dir(environment.desk().join("corpora")).unwrap();
        entries.filter(|entry| entry.as_ref().unwrap().metadata().is_ok_and(|meta| meta.len() > 0)).count()
    };
    while written() < 2 {
        assert!(children.iter_mut().all(|child| child.try_wait().unwrap().is_none()), "one ended under the lock");
        std::thread::yield_now();
    }
    lock.execute_batch("ROLLBACK").unwrap();
    let outputs = children.into_iter().map(|child| child.wait_with_output().unwrap());
    let ended: Vec<_> =
        outputs.map(|output| (output.status.code(), String::from_utf8(output.stderr).unwrap())).collect();
    ended.try_into().unwrap()
}

#[test]
fn two_corpora_indexed_at_once_are_both_there() {
    let environment = Environment::with_desk();
    environment.write("left/a.rs", code(1));
    environment.write("right/b.rs", code(2));
    let ended = at_once(&environment, [["left", "left"], ["right", "right"]]);
    assert!(ended.iter().all(|(code, _)| *code == Some(0)), "{ended:?}");
    environment.gainsay(&["corpus", "verify"]).succeeded();
    for sample in ["left/a.rs", "right/b.rs"] {
        environment.gainsay(&["match", sample]).succeeded();
    }
}

#[test]
fn one_corpus_indexed_twice_at_once_loses_no_path_silently() {
    let environment = Environment::with_desk();
    environment.write("left/a.rs", code(1));
    environment.write("right/b.rs", code(2));
    let ended = at_once(&environment, [["code", "left"], ["code", "right"]]);
    let mut codes: Vec<_> = ended.iter().map(|(code, _)| code.unwrap()).collect();
    codes.sort_unstable();
    assert_eq!(codes, [0, 1], "{ended:?}");
    let refused = ended.iter().find(|(code, _)| *code == Some(1)).unwrap();
    assert!(refused.1.contains("corpus \"code\" was indexed by somebody else meanwhile; run the command again"));
    environment.gainsay(&["corpus", "verify"]).succeeded();
    // Run again, both paths are in it, and only the one segment that is named is left.
    for path in ["left", "right"] {
        environment.gainsay(&["corpus", "add", "code", path]).succeeded();
    }
    assert_eq!(json(&environment, &["corpus", "list"])["paths"].as_array().unwrap().len(), 2);
    assert_eq!(std::fs::read_dir(environment.desk().join("corpora")).unwrap().count(), 1);
}

#[test]
fn a_corpus_keeps_its_role_and_its_owner() {
    let environment = Environment::with_desk();
    environment.write("ours/a.rs", code(1));
    environment.gainsay(&["corpus", "add", "code", "ours", "--owner", "Marlbeck"]).succeeded();
    let before = json(&environment, &["corpus", "list"]);
    for (option, words) in [
        (&["--public"][..], "the role of corpus \"code\" is own, not public"),
        (&["--published"], "the role of corpus \"code\" is own, not published"),
        (&["--owner", "Heron"], "corpus \"code\" is of \"Marlbeck\", not of \"Heron\""),
    ] {
        let refused = environment.gainsay(&[&["corpus", "add", "code", "ours"], option].concat());
        assert_eq!(refused.code, Some(2), "{refused:?}");
        assert!(refused.stderr.contains(words), "{}", refused.stderr);
    }
    assert_eq!(json(&environment, &["corpus", "list"]), before);
    environment.gainsay(&["corpus", "add", "code", "ours", "--owner", "Marlbeck"]).succeeded();
}

#[test]
fn a_finding_is_marked_as_high_as_anything_it_rests_on() {
    let environment = Environment::with_desk();
    environment.write("ours/a.rs", code(1));
    environment.write("sample.rs", code(1));
    std::fs::write(environment.desk().join("desk.toml"), "tlp = \"green\"\n").unwrap();
    assert_eq!(json(&environment, &["corpus", "add", "code", "ours"])["tlp"], "green");
    let marking = |case: &str| json(&environment, &["show", case])["findings"][0]["tlp"].clone();
    for (case, of_case, of_sample, of_corpus, expected) in [
        ("low", "green", "clear", "clear", "green"),
        ("case", "red", "clear", "clear", "red"),
        ("sample", "clear", "amber+strict", "clear", "amber+strict"),
        ("corpus", "clear", "clear", "amber", "amber"),
    ] {
        environment.gainsay(&["open", case, "--tlp", of_case]).succeeded();
        environment.gainsay(&["add", case, "sample.rs", "--as", "sample", "--tlp", of_sample]).succeeded();
        environment.gainsay(&["corpus", "add", "code", "ours", "--tlp", of_corpus]).succeeded();
        environment.gainsay(&["match", "sample.rs", "--case", case]).succeeded();
        assert_eq!(marking(case), expected, "{case}");
    }
}
