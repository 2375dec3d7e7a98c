//! Pictures of a sample: what they show of the company's, and what of them may be shown.

use std::process::Command;

use serde_json::Value;

use crate::archives::tar;
use crate::support::Environment;

/// A file of the company's, and a picture of a screen that shows it in an editor; among its lines is a password.
const ENGINE: &str = include_str!("screens/engine.c");
const PROOF: &[u8] = include_bytes!("screens/proof.png");
const PASSWORD: &str = "Zk8vQ2mTqLw7Rx";

/// Whether the program that reads pictures is here. Where it is not, the tests hold that this is said.
fn can_read() -> bool {
    Command::new("tesseract").arg("--version").output().is_ok()
}

fn environment() -> Environment {
    let environment = Environment::with_desk();
    environment.write("code/src/engine.c", ENGINE);
    let other = ENGINE.replace("engine", "motor").replace("profile", "layout").replace("finding", "notice");
    environment.write("code/src/motor.c", other.lines().rev().collect::<Vec<_>>().join("\n"));
    environment.gainsay(&["corpus", "add", "code", "code"]).succeeded();
    environment.write("sample.tar", tar(&[("chat/proof.png", PROOF), ("chat/broken.png", &PROOF[..900])]));
    environment
}

fn matched(environment: &Environment, words: &[&str]) -> (Value, Option<i32>) {
    let shown = environment.gainsay(words);
    (serde_json::from_str(&shown.stdout).unwrap_or_else(|_| panic!("{shown:?}")), shown.code)
}

#[test]
fn a_picture_is_held_beside_the_file_that_it_shows() {
    let environment = environment();
    let (shown, code) = matched(&environment, &["match", "sample.tar", "--json"]);
    let result = &shown["results"][0];
    let screen = &result["screens"][0];
    assert_eq!((&screen["path"], &screen["format"]), (&"chat/proof.png".into(), &"png".into()));
    if !can_read() {
        assert_eq!(screen["verdict"], "not read");
        assert!(screen["words"][0].as_str().unwrap().contains("tesseract is not installed"), "{screen}");
        return;
    }
    assert_eq!((&screen["verdict"], code), (&"shows ours".into(), Some(0)), "{screen}");
    assert_eq!(screen["best"]["path"], "src/engine.c");
    assert_eq!(screen["also"], serde_json::json!([]));
    let lines = screen["lines"].as_array().unwrap();
    let found: Vec<&Value> = lines.iter().filter(|line| !line["number"].is_null()).collect();
    assert!(found.len() >= 12, "{lines:?}");
    let ours: Vec<&str> = ENGINE.lines().collect();
    for line in found {
        let number = usize::try_from(line["number"].as_u64().unwrap()).unwrap();
        assert_eq!(line["ours"], ours[number - 1].trim_end());
    }
    assert!(!shown.to_string().contains(PASSWORD), "what a picture shows is masked as any text");
    // Its bytes are nobody's, and no figure counts it.
    assert_eq!((&result["verdict"], &result["shares_permille"]["distinctive"]), (&"cannot tell".into(), &0.into()));
    let problems = result["problems"].to_string();
    assert!(problems.contains("broken.png") && problems.contains("its picture was not read"), "{problems}");
}

#[test]
fn pictures_that_are_not_wanted_are_not_read_and_that_is_said() {
    let environment = environment();
    environment.gainsay(&["open", "rumour"]).succeeded();
    let (shown, _) = matched(&environment, &["match", "sample.tar", "--no-pictures", "--case", "rumour", "--json"]);
    let result = &shown["results"][0];
    assert_eq!((&result["screens"], &result["verdict"]), (&serde_json::json!([]), &"not found".into()));
    assert!(result["words"].to_string().contains("Its pictures were not read (--no-pictures)"), "{result}");
    let kept = environment.gainsay(&["show", "rumour", "--json"]).succeeded();
    assert!(kept.contains("--no-pictures --case rumour"), "the command that computes it again: {kept}");
}

#[test]
fn a_report_shows_the_picture_beside_our_lines_and_no_password() {
    let environment = environment();
    environment.gainsay(&["open", "rumour"]).succeeded();
    let text = environment.gainsay(&["match", "sample.tar", "--case", "rumour"]).stdout;
    if !can_read() {
        assert!(text.contains("tesseract is not installed"), "{text}");
        return;
    }
    assert!(text.contains("picture chat/proof.png: shows ours"), "{text}");
    environment.gainsay(&["report", "rumour", "-o", "report.html"]).succeeded();
    let report = std::fs::read_to_string(environment.path("report.html")).unwrap();
    assert!(report.contains("data:image/png;base64,iVBOR") && report.contains("class=\"seen\""), "no picture in it");
    assert!(
        report.contains("signatures_load(engine-&gt;table") || report.contains("signatures_load(engine-&#62;table")
    );
    environment.gainsay(&["report", "rumour", "-o", "report.md"]).succeeded();
    let markdown = std::fs::read_to_string(environment.path("report.md")).unwrap();
    assert!(markdown.contains("read in the picture"), "{markdown}");
    assert!(!report.contains(PASSWORD) && !markdown.contains(PASSWORD) && !text.contains(PASSWORD));
    environment.gainsay(&["ledger", "verify"]).succeeded();
}
