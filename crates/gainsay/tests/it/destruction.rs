//! What a court orders destroyed goes with everything drawn from it; the rest keeps its names and its places.

use serde_json::Value;

use crate::support::{Environment, read_tree};

const FIRST: &str = "\
Hackers claim data of Marlbeck Systems

A hacking group known as Dustfinch claims to have stolen 2 TB of source code from Marlbeck Systems.

Marlbeck Systems denied a breach. \"There is no indication that our systems were entered,\" the company said.
";

const SECOND: &str = "\
Oskelund answers

Oskelund Security confirmed on Monday that an unauthorised party had access to one of its test servers.
";

fn with_two_stories() -> Environment {
    let environment = Environment::with_desk();
    environment.gainsay(&["open", "marlbeck"]).succeeded();
    for (name, text) in [("first.txt", FIRST), ("second.txt", SECOND)] {
        environment.write(name, text);
        environment.gainsay(&["add", "marlbeck", name, "--tlp", "red", "--published", "2024-03-01"]).succeeded();
    }
    environment
}

fn show(environment: &Environment, case: &str) -> Value {
    serde_json::from_str(&environment.gainsay(&["show", case, "--json"]).succeeded()).unwrap()
}

fn log(environment: &Environment) -> Vec<Value> {
    environment.gainsay(&["ledger", "log", "-n", "200", "--json"]).json_lines()
}

/// The id of the first entry of a kind.
fn first(environment: &Environment, kind: &str) -> String {
    let log = log(environment);
    log.iter().rev().find(|entry| entry["kind"] == kind).unwrap()["id"].as_str().unwrap().to_owned()
}

fn destroy(environment: &Environment, id: &str) {
    environment.gainsay(&["ledger", "destroy", id, "--reason", "a court order"]).succeeded();
    environment.gainsay(&["ledger", "verify"]).succeeded();
}

fn assert_nowhere(environment: &Environment, words: &str) {
    for (path, bytes) in read_tree(&environment.desk()) {
        let bytes = bytes.unwrap_or_default();
        assert!(!bytes.windows(words.len()).any(|it| it == words.as_bytes()), "{} holds {words:?}", path.display());
    }
}

fn handles(case: &Value, list: &str) -> Vec<(String, String)> {
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let of = if list == "statements" { "speaker" } else { "sample" };
    case[list].as_array().unwrap().iter().map(|it| (word(&it["handle"]), word(&it[of]))).collect()
}

#[test]
fn decisions_go_with_their_source_and_handles_stay() {
    let environment = with_two_stories();
    environment.gainsay(&["review", "marlbeck", "--speaker", "s1=Somebody Named", "--again"]).succeeded();
    let before = handles(&show(&environment, "marlbeck"), "statements");
    let kept: Vec<_> = before.iter().filter(|(_, speaker)| speaker == "Oskelund Security").cloned().collect();
    assert!(!kept.is_empty() && kept.len() < before.len(), "{before:?}");
    destroy(&environment, &first(&environment, "source/2")[..8]);
    assert_eq!(handles(&show(&environment, "marlbeck"), "statements"), kept);
    for words in ["Dustfinch", "Somebody Named", "no indication that our systems"] {
        assert_nowhere(&environment, words);
    }
    // The record of the destruction is marked as what was destroyed.
    let log = log(&environment);
    let records: Vec<_> = log.iter().filter(|entry| entry["kind"] == "destruction/1").collect();
    assert!(records.len() >= 3 && records.iter().all(|entry| entry["tlp"] == "red"), "{records:#?}");
    // What comes later gets a handle that was never given.
    environment.write("third.txt", SECOND.replace("Oskelund", "Heron"));
    environment.gainsay(&["add", "marlbeck", "third.txt"]).succeeded();
    let after = handles(&show(&environment, "marlbeck"), "statements");
    assert!(after.len() > kept.len());
    assert!(after.iter().all(|it| kept.contains(it) || !before.iter().any(|(handle, _)| *handle == it.0)), "{after:?}");
}

#[test]
fn a_destroyed_reading_takes_the_decisions_on_its_drafts_along() {
    let environment = with_two_stories();
    let kept = |case: &Value| -> Vec<_> {
        handles(case, "statements").into_iter().filter(|(_, speaker)| speaker == "Oskelund Security").collect()
    };
    let before = kept(&show(&environment, "marlbeck"));
    destroy(&environment, &first(&environment, "reading/2"));
    let after = show(&environment, "marlbeck");
    assert_eq!(handles(&after, "statements"), before);
    assert_eq!(after["sources"].as_array().unwrap().len(), 2);
}

#[test]
fn matches_go_with_their_sample_and_handles_stay() {
    let environment = with_two_stories();
    let code = |word: &str| -> String {
        (0..60).map(|n| format!("fn {word}_{n}(left: u32) -> u32 {{ left.rotate_left({n}) }}\n")).collect()
    };
    environment.write("ours/a.rs", code("step") + &code("leap"));
    environment.gainsay(&["corpus", "add", "code", "ours"]).succeeded();
    for (name, word) in [("taken-from-a-named-person.rs", "step"), ("other.rs", "leap")] {
        environment.write(name, code(word));
        environment.gainsay(&["match", name, "--case", "marlbeck"]).succeeded();
    }
    let samples = |case: &Value| -> Vec<String> {
        case["findings"].as_array().unwrap().iter().map(|it| it["handle"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(samples(&show(&environment, "marlbeck")), ["m1", "m2"]);
    let sample = show(&environment, "marlbeck")["sources"][2]["id"].as_str().unwrap().to_owned();
    destroy(&environment, &sample);
    assert_eq!(samples(&show(&environment, "marlbeck")), ["m2"]);
    assert_nowhere(&environment, "taken-from-a-named-person");
}

#[test]
fn a_case_without_its_name_is_listed_and_found() {
    let environment = with_two_stories();
    let id = first(&environment, "case/1");
    destroy(&environment, &id);
    let listed = environment.gainsay(&["show"]).succeeded();
    assert!(listed.contains(&id[..12]) && listed.contains("(name destroyed)"), "{listed}");
    let case = show(&environment, &id[..12]);
    assert_eq!((&case["case"], case["sources"].as_array().unwrap().len()), (&"(name destroyed)".into(), 2));
    assert_eq!(environment.gainsay(&["show", "marlbeck"]).code, Some(2));
    // The name is free again, and its place holder is no name.
    environment.gainsay(&["open", "marlbeck"]).succeeded();
    assert_eq!(environment.gainsay(&["show", "(name destroyed)"]).code, Some(2));
}

#[test]
fn a_few_digits_do_not_destroy() {
    let environment = with_two_stories();
    let id = first(&environment, "source/2");
    let before = log(&environment);
    for digits in [0, 1, 7] {
        let refused = environment.gainsay(&["ledger", "destroy", &id[..digits], "--reason", "a slip"]);
        assert_eq!(refused.code, Some(2), "{refused:?}");
        assert!(refused.stderr.contains("give at least 8 digits"), "{}", refused.stderr);
    }
    assert_eq!(log(&environment), before);
}
