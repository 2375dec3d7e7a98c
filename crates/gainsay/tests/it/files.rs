//! Files that are not what they seem: pipes, links, empty folders, and bytes that change while they are read.

use std::io::Write;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use crate::support::{Environment, Output};

const STORY: &str = "Marlbeck answers\n\nMarlbeck Systems denied on Monday that anybody had entered its systems.\n";

fn with_case() -> Environment {
    let environment = Environment::with_desk();
    environment.gainsay(&["open", "marlbeck"]).succeeded();
    let code: String =
        (0..60).map(|n| format!("fn step_{n}(left: u32) -> u32 {{ left.rotate_left({n}) }}\n")).collect();
    environment.write("ours/a.rs", code);
    environment.gainsay(&["corpus", "add", "code", "ours"]).succeeded();
    environment
}

fn json(environment: &Environment, args: &[&str]) -> Value {
    serde_json::from_str(&environment.gainsay(&[args, &["--json"]].concat()).succeeded()).unwrap()
}

fn sources(environment: &Environment) -> Vec<Value> {
    json(environment, &["show", "marlbeck"])["sources"].as_array().unwrap().clone()
}

#[test]
fn a_pipe_is_refused_and_not_waited_for() {
    let environment = with_case();
    let made = Command::new("mkfifo").arg(environment.path("pipe")).status().unwrap();
    assert!(made.success());
    for args in [
        &["add", "marlbeck", "pipe"][..],
        &["add", "marlbeck", "pipe", "--as", "sample"],
        &["add", "marlbeck", "/dev/zero", "--as", "sample"],
        &["match", "pipe"],
        &["match", "pipe", "--case", "marlbeck"],
    ] {
        let refused = environment.gainsay(args);
        assert_eq!(refused.code, Some(2), "{args:?}: {refused:?}");
        assert!(refused.stderr.contains("is neither a file nor a folder"), "{args:?}: {}", refused.stderr);
    }
    assert!(sources(&environment).is_empty());
}

#[test]
fn an_empty_folder_and_what_is_skipped_are_named() {
    let environment = with_case();
    std::fs::create_dir_all(environment.path("empty/below")).unwrap();
    for args in
        [&["add", "marlbeck", "empty"][..], &["add", "marlbeck", "empty", "--as", "sample"], &["match", "empty"]]
    {
        let empty = environment.gainsay(args);
        assert_eq!(empty.code, Some(2), "{args:?}: {empty:?}");
        assert!(empty.stderr.contains("empty: nothing in it"), "{args:?}: {}", empty.stderr);
    }
    environment.write("mixed/story.txt", STORY);
    std::os::unix::fs::symlink("story.txt", environment.path("mixed/link.txt")).unwrap();
    let added = environment.gainsay(&["add", "marlbeck", "mixed"]);
    assert_eq!(added.code, Some(2), "{added:?}");
    assert!(added.stderr.contains("link.txt is a link, and was not read"), "{}", added.stderr);
    assert_eq!(sources(&environment).len(), 1);
    std::os::unix::fs::symlink("a.rs", environment.path("ours/b.rs")).unwrap();
    let result = json(&environment, &["match", "ours", "--case", "marlbeck"]);
    let problems = &result["results"][0]["problems"];
    assert!(problems.to_string().contains("b.rs is a link, and was not read"), "{problems}");
    assert!(sources(&environment)[1]["problems"].to_string().contains("b.rs is a link"));
}

/// Runs the program while somebody keeps writing to a file.
fn while_it_grows(environment: &Environment, name: &str, args: &[&str]) -> Output {
    let mut file = std::fs::File::options().append(true).open(environment.path(name)).unwrap();
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !ended.load(Ordering::Relaxed) {
                file.write_all(b"\n").unwrap();
            }
        });
        let output = environment.gainsay(args);
        ended.store(true, Ordering::Relaxed);
        output
    })
}

#[test]
fn what_changes_while_it_is_read_is_no_evidence() {
    let environment = with_case();
    environment.write("story.txt", STORY.repeat(3_000));
    for (name, args) in [
        ("story.txt", &["add", "CASE", "story.txt"][..]),
        ("ours/a.rs", &["match", "ours/a.rs", "--case", "CASE"]),
        ("ours/a.rs", &["match", "ours", "--case", "CASE"]),
    ] {
        // On a busy machine whoever writes may get no turn while the file is read, so that nothing changed: try again then.
        let is_refused = |attempt: u32| {
            let case = format!("{} {} {attempt}", args[0], args[1].replace('/', " "));
            environment.gainsay(&["open", &case]).succeeded();
            let args: Vec<&str> = args.iter().map(|word| if *word == "CASE" { case.as_str() } else { word }).collect();
            let run = while_it_grows(&environment, name, &args);
            let is_refused = run.stderr.contains("changed while it was read");
            let recorded = json(&environment, &["show", &case])["sources"].as_array().unwrap().len();
            assert_eq!((is_refused, recorded), (run.code == Some(2), usize::from(!is_refused)), "{run:?}");
            is_refused
        };
        assert!((0..20).any(is_refused), "{args:?} never noticed");
    }
}

#[test]
fn a_folder_is_not_another_because_a_name_holds_a_newline() {
    let environment = with_case();
    let digest = |folder: &str| {
        environment.gainsay(&["add", "marlbeck", folder, "--as", "sample"]).succeeded();
        sources(&environment).last().unwrap()["sha256"].clone()
    };
    // Of the same text twice: the list of the first folder's files, read as lines, would be that of the second.
    let of_text = "1b4f0e9851971998e732078544c96b36c3d01cedf7caa332359d6f1d83567014";
    environment.write("two/a", "test1");
    environment.write("two/b", "test1");
    environment.write(&format!("one/a\n{of_text}  b"), "test1");
    let (two, one) = (digest("two"), digest("one"));
    assert!(two.is_string() && two != one, "{two}");
}

#[test]
fn a_case_that_is_not_there_is_told_before_the_matching() {
    let environment = with_case();
    // The sample is not there either: the case was looked for first.
    let refused = environment.gainsay(&["match", "no-such-sample", "--case", "nope"]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.stderr.contains("there is no case \"nope\""), "{}", refused.stderr);
}

#[test]
fn a_source_is_known_by_where_it_lies_and_not_by_how_it_was_named() {
    let environment = with_case();
    environment.write("texts/story.txt", STORY);
    std::os::unix::fs::symlink("texts", environment.path("alias")).unwrap();
    environment.gainsay(&["add", "marlbeck", "texts/story.txt"]).succeeded();
    environment.write("texts/story.txt", STORY.replace("Monday", "Tuesday"));
    let added = environment.gainsay(&["add", "marlbeck", "alias/../texts/./story.txt"]).succeeded();
    assert!(added.contains("new version of a story"), "{added}");
    environment.write("texts/story.txt", STORY.replace("Monday", "Friday"));
    let added = environment.gainsay(&["add", "marlbeck", "alias/story.txt"]).succeeded();
    assert!(added.contains("new version of a story"), "{added}");
}
