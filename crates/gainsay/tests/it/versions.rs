//! What a source that is captured again no longer says, or says with reserve.

use serde_json::Value;

use crate::support::Environment;

const FIRST: &str = "\
Answers of a company

A hacking group known as Dustfinch claims to have stolen source code from Marlbeck Systems.

Tarnwell, a threat intelligence firm, confirmed that the systems of Marlbeck Systems were breached.

Police said that nobody was arrested.
";

fn captured(versions: &[&str]) -> Value {
    let environment = Environment::with_desk();
    environment.gainsay(&["open", "marlbeck"]).succeeded();
    for (number, text) in versions.iter().enumerate() {
        environment.write("story.txt", text);
        environment.gainsay(&["add", "marlbeck", "story.txt", "--published", "2024-03-01"]).succeeded();
        if !environment.gainsay(&["review", "marlbeck", "--json"]).json_lines().is_empty() {
            environment.gainsay(&["review", "marlbeck", "--accept", "all"]).succeeded();
        }
        assert!(number < 3);
    }
    environment.gainsay(&["ledger", "verify"]).succeeded();
    serde_json::from_str(&environment.gainsay(&["show", "marlbeck", "--json"]).succeeded()).unwrap()
}

/// The likelihood that systems were entered.
fn access(case: &Value) -> i64 {
    let claim = case["claims"].as_array().unwrap().iter().find(|claim| claim["facet"] == "access").unwrap();
    claim["likelihood"]["millinats"].as_i64().unwrap()
}

/// What disagreements say of an earlier version: how it is put now, and in which words.
fn dropped(case: &Value) -> Vec<(String, String)> {
    let all = case["disagreements"].as_array().unwrap();
    let of_versions = all.iter().filter(|it| it["kind"] == "a source against its earlier version");
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    of_versions.map(|it| (word(&it["places"][1]["what"]), word(&it["places"][1]["quote"]))).collect()
}

#[test]
fn what_is_gone_without_a_word_counts_less_and_is_named() {
    let before = captured(&[FIRST]);
    let gone: String =
        FIRST.lines().filter(|line| !line.starts_with("Tarnwell")).map(|line| format!("{line}\n")).collect();
    let after = captured(&[FIRST, &gone]);
    let without = captured(&[&gone]);
    assert!(access(&without) < access(&after) && access(&after) < access(&before), "less, and not nothing");
    assert_eq!(dropped(&after), [("no longer has it".to_owned(), String::new())]);
    assert!(dropped(&before).is_empty());
    let statements = after["statements"].as_array().unwrap();
    let of_firm = statements.iter().find(|said| said["speaker"] == "Tarnwell").unwrap();
    assert_eq!(of_firm["dropped"], true);
    assert!(statements.iter().filter(|said| said["dropped"] == true).count() == 1, "what still stands was not dropped");
    let restored = format!(
        "{FIRST}
More tomorrow.
"
    );
    assert_eq!(access(&captured(&[FIRST, &gone, &restored])), access(&before), "what stands again was never dropped");
}

#[test]
fn what_is_said_with_reserve_now_takes_the_place_of_what_was_said_flatly() {
    let flat = "Marlbeck Systems denied on Monday that its systems were breached.";
    let soft = "Marlbeck Systems said on Monday that there is no evidence so far that its systems were breached.";
    let first = FIRST.replace("Police said that nobody was arrested.", flat);
    let then = FIRST.replace("Police said that nobody was arrested.", soft);
    let (before, after) = (captured(&[&first]), captured(&[&first, &then]));
    assert!(access(&after) > access(&before));
    assert_eq!(access(&after), access(&captured(&[&then])), "as if it had never been put otherwise");
    let dropped = dropped(&after);
    assert_eq!(dropped.len(), 1, "{dropped:?}");
    assert!(dropped[0].0 == "says it with reserve" && dropped[0].1 == soft, "{dropped:?}");
}

#[test]
fn other_blanks_and_capitals_are_the_same_words() {
    let spaced = FIRST.replace("\n\n", "\n\n\n").replace("confirmed that", "confirmed  that");
    let after = captured(&[FIRST, &spaced]);
    assert!(dropped(&after).is_empty());
    assert_eq!(access(&after), access(&captured(&[FIRST])));
}
