//! The names that a desk knows beforehand: listed, added, checked, and noted where a text is read with them.

use serde_json::Value;

use crate::support::Environment;

const STORY: &str = "\
Sale of files

Hollowmere is selling customer records of Tarnwell, a maker of locks. Hollowmere said so on Monday.
";

fn json(environment: &Environment, args: &[&str]) -> Value {
    serde_json::from_str(&environment.gainsay(args).succeeded()).unwrap()
}

#[test]
fn a_new_desk_explains_its_list_and_what_is_added_is_read_with() {
    let environment = Environment::with_desk();
    assert_eq!(json(&environment, &["names", "--json"])["names"].as_array().unwrap().len(), 0);
    let built_in = json(&environment, &["names", "list", "--built-in", "--json"]);
    assert!(built_in["names"].as_array().unwrap().len() > 100);
    assert_eq!(json(&environment, &["names", "check", "--json"])["entries"], 0);

    environment.gainsay(&["names", "add", "company", "Hollowmere", "+LockDrive", "@hollowmere.example"]).succeeded();
    let listed = json(&environment, &["names", "--json"]);
    assert_eq!(listed["names"][0]["entry"], "company: Hollowmere; +LockDrive; @hollowmere.example");

    environment.write("story.txt", STORY);
    environment.gainsay(&["open", "c"]).succeeded();
    environment.gainsay(&["add", "c", "story.txt", "--published", "2030-05-15"]).succeeded();
    let case = json(&environment, &["show", "c", "--json"]);
    let kinds: Vec<&str> =
        case["statements"].as_array().unwrap().iter().map(|s| s["speaker_kind"].as_str().unwrap()).collect();
    assert!(!kinds.is_empty() && !kinds.contains(&"actor"), "the desk says that it is a company: {case:#}");
}

#[test]
fn a_list_that_does_not_hold_is_refused_line_by_line() {
    let environment = Environment::with_desk();
    let refused = environment.gainsay(&["names", "add", "firm", "Brightwell"]);
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    assert!(refused.stderr.contains("unknown kind \"firm\""), "{}", refused.stderr);
    let file = environment.desk().join("names.txt");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{text}Brightwell\ncompany: Tarnwell\nfirm: Oakvale\n")).unwrap();
    let checked = environment.gainsay(&["names", "check", "--json"]);
    assert_eq!(checked.code, Some(1));
    let found: Value = serde_json::from_str(&checked.stdout).unwrap();
    assert_eq!((found["problems"].as_array().unwrap().len(), found["entries"].as_u64()), (2, Some(3)));
    let line = text.lines().count() + 1;
    assert!(found["problems"][0].as_str().unwrap().contains(&format!("line {line}")), "{found:#}");
}

#[test]
fn what_a_desk_reads_and_weighs_with_is_on_record() {
    let environment = Environment::with_desk();
    let changes = || -> Vec<String> {
        let mut log = environment.gainsay(&["ledger", "log", "--json"]).json_lines();
        log.reverse();
        let of_it = log.into_iter().filter(|entry| entry["kind"] == "setting/1");
        of_it.map(|entry| entry["what"].as_str().unwrap().to_owned()).collect()
    };
    environment.gainsay(&["open", "c"]).succeeded();
    environment.write("a.txt", STORY);
    environment.gainsay(&["add", "c", "a.txt"]).succeeded();
    assert_eq!(changes(), [""; 0], "the template says nothing");
    environment.gainsay(&["names", "add", "company", "Hollowmere"]).succeeded();
    environment.write("b.txt", STORY.replace("Monday", "Tuesday"));
    environment.gainsay(&["add", "c", "b.txt"]).succeeded();
    environment.write("d.txt", STORY.replace("Monday", "Friday"));
    environment.gainsay(&["add", "c", "d.txt"]).succeeded();
    assert_eq!(changes(), ["changed names.txt"], "once, with the first text that was read so");
    let weights = environment.desk().join("weights.toml");
    std::fs::write(&weights, "[company]\nconfirms = 3500\n").unwrap();
    let report = |out: &str| environment.gainsay(&["report", "c", "-o", out]).succeeded();
    report("first.html");
    report("second.html");
    std::fs::remove_file(&weights).unwrap();
    report("third.html");
    assert_eq!(changes(), ["changed names.txt", "changed weights.toml", "weights.toml says nothing any more"]);
    environment.gainsay(&["ledger", "verify"]).succeeded();
}
