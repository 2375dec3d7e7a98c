//! Next steps that people take up.

use serde_json::Value;

use crate::support::Environment;

const STORY: &str = "\
Hackers claim data of Marlbeck Systems

A hacking group known as Dustfinch claims to have stolen 2 TB of source code from Marlbeck Systems.
";

fn steps(environment: &Environment) -> Vec<Value> {
    let case: Value = serde_json::from_str(&environment.gainsay(&["show", "marlbeck", "--json"]).succeeded()).unwrap();
    case["next_steps"].as_array().unwrap().clone()
}

#[test]
fn a_step_has_an_owner_a_deadline_and_an_end() {
    let environment = Environment::with_story(STORY);
    let before = steps(&environment);
    assert!(before[0]["task"].is_null(), "{before:#?}");
    environment.gainsay(&["step", "marlbeck", "1", "--owner", "ben", "--due", "2024-03-08"]).succeeded();
    environment.gainsay(&["step", "marlbeck", "Call the insurer.", "--owner", "ana"]).succeeded();
    let taken = steps(&environment);
    assert_eq!(taken.len(), before.len() + 1);
    assert_eq!((&taken[0]["what"], &taken[0]["task"]["due"]), (&before[0]["what"], &Value::from("2024-03-08")));
    let done = environment.gainsay(&["step", "marlbeck", "1", "--done"]).succeeded();
    assert!(done.contains("ben, until 2024-03-08, done on") && done.contains("says ana"), "{done}");
    let after = steps(&environment);
    let last = after.last().unwrap();
    assert_eq!((&last["what"], &last["task"]["done"]["by"]), (&before[0]["what"], &Value::from("ana")));
    assert_eq!(last["task"]["owner"], "ben", "what is not said stays");
    environment.gainsay(&["step", "marlbeck", last["what"].as_str().unwrap(), "--open"]).succeeded();
    assert!(steps(&environment).iter().all(|step| step["task"]["done"].is_null()));
    let log = environment.gainsay(&["ledger", "log", "--json"]).json_lines();
    assert_eq!(log.iter().filter(|entry| entry["kind"] == "task/1" && entry["author"] == "ana").count(), 4);
    for (wrong, words) in
        [("99", "name one by its number"), ("0", "name one by its number"), (" ", "write one in words")]
    {
        let refused = environment.gainsay(&["step", "marlbeck", wrong]);
        assert_eq!(refused.code, Some(2));
        assert!(refused.stderr.contains(words), "{}", refused.stderr);
    }
    environment.gainsay(&["ledger", "verify"]).succeeded();
}
