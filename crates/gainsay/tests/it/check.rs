//! A company's own statement, held against a case before it is published.

use serde_json::Value;

use crate::support::Environment;

/// Of an invented company.
const STORY: &str = "\
Hackers claim data of Marlbeck Systems

A hacking group known as Dustfinch claims to have stolen 2 TB of source code from Marlbeck Systems.

Tarnwell, a threat intelligence firm, notified Marlbeck Systems on May 8. Tarnwell said that Dustfinch got into the network of Marlbeck Systems.

Marlbeck Systems confirmed that an unauthorised party had access to one of its test servers.
";

const DRAFT: &str = "\
Our statement

Our locks are sold in forty countries.

We have no evidence that our systems were accessed. No source code was stolen. Nobody contacted us before the story. The 3 TB on offer are not ours.
";

fn with_case() -> Environment {
    let environment = Environment::with_story(STORY);
    environment.write("draft.txt", DRAFT);
    environment.gainsay(&["review", "marlbeck", "--accept", "all"]).succeeded();
    environment
}

fn checked(environment: &Environment, args: &[&str]) -> (Option<i32>, Value) {
    let output = environment.gainsay(&[&["check", "--json"], args].concat());
    let value = serde_json::from_str(&output.stdout).unwrap_or_else(|e| panic!("{e}: {output:?}"));
    (output.code, value)
}

/// The grounds on which something is said against the sentence that holds these words.
fn grounds<'v>(checked: &'v Value, words: &str) -> Vec<&'v str> {
    let objections = checked["objections"].as_array().unwrap();
    let of_it = objections.iter().filter(|it| it["sentence"].as_str().unwrap().contains(words));
    of_it.map(|it| it["ground"].as_str().unwrap()).collect()
}

#[test]
fn each_sentence_is_held_against_the_case() {
    let environment = with_case();
    let (code, checked) = checked(&environment, &["draft.txt", "--as", "Marlbeck Systems"]);
    assert_eq!(code, Some(1));
    assert!(grounds(&checked, "forty countries").is_empty(), "{checked:#}");
    assert!(grounds(&checked, "our systems were accessed").contains(&"contradicted"), "{checked:#}");
    assert!(grounds(&checked, "our systems were accessed").contains(&"others say otherwise"), "{checked:#}");
    assert!(grounds(&checked, "No source code").contains(&"others say otherwise"), "{checked:#}");
    assert!(grounds(&checked, "No source code").contains(&"not borne out"), "{checked:#}");
    assert!(grounds(&checked, "Nobody contacted us").contains(&"contradicted"), "{checked:#}");
    assert!(grounds(&checked, "3 TB").contains(&"another figure"), "{checked:#}");
    for objection in checked["objections"].as_array().unwrap() {
        let place = |span: &Value, end: &str| usize::try_from(span[end].as_u64().unwrap()).unwrap();
        let span = &objection["span"];
        assert_eq!(objection["sentence"], DRAFT[place(span, "start")..place(span, "end")]);
        if let Some(quote) = objection["place"]["quote"].as_str() {
            let span = &objection["place"]["span"];
            assert_eq!(quote, &STORY[place(span, "start")..place(span, "end")]);
        }
    }
}

#[test]
fn evidence_contradicts_and_nothing_to_object_is_a_yes() {
    let environment = with_case();
    let code: String = (0..120).map(|n| format!("int step_{n}(int x) {{ return x * {n} + {}; }}\n", n * 31)).collect();
    environment.write("ours/engine.c", &code);
    environment.gainsay(&["corpus", "add", "code", "ours", "--owner", "Marlbeck Systems"]).succeeded();
    environment.gainsay(&["match", "ours", "--case", "marlbeck"]).succeeded();
    environment.write("draft.txt", "The files on offer are not our data, and no source code was stolen from us.\n");
    let (answer, refuted) = checked(&environment, &["draft.txt", "--case", "marlbeck", "--as", "Marlbeck Systems"]);
    assert_eq!(answer, Some(1));
    let by_evidence = refuted["objections"].as_array().unwrap().iter().find(|it| it["finding"] == "m1");
    assert_eq!(by_evidence.map(|it| &it["ground"]), Some(&Value::from("contradicted")), "{refuted:#}");
    environment.write("draft.txt", "We thank our customers for their patience. We will tell more on Monday.\n");
    let (answer, plain) = checked(&environment, &["draft.txt", "--as", "Marlbeck Systems"]);
    assert_eq!((answer, &plain["objections"]), (Some(0), &Value::from(Vec::<Value>::new())));
    let shown = environment.gainsay(&["check", "draft.txt", "--as", "Marlbeck Systems"]).succeeded();
    assert!(shown.contains("Nothing in case marlbeck is to be said against any of 2 sentences"), "{shown}");
}

#[test]
fn it_must_be_clear_whose_statement_it_is_and_on_what() {
    let environment = with_case();
    let entries = environment.gainsay(&["ledger", "log", "--json"]).json_lines().len();
    environment.gainsay(&["check", "draft.txt", "--as", "Marlbeck Systems"]);
    assert_eq!(environment.gainsay(&["ledger", "log", "--json"]).json_lines().len(), entries, "nothing is kept");
    environment.gainsay(&["open", "another"]).succeeded();
    let which = environment.gainsay(&["check", "draft.txt"]);
    assert_eq!(which.code, Some(2));
    assert!(which.stderr.contains("say which with --case CASE"), "{}", which.stderr);
    let whose = environment.gainsay(&["check", "draft.txt", "--case", "another"]);
    assert_eq!(whose.code, Some(2));
    assert!(whose.stderr.contains("say it with --as COMPANY"), "{}", whose.stderr);
}
