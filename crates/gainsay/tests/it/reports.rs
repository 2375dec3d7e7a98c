//! Reports that leave: recorded only when they were written, and checked against the ledger by somebody who has no desk.

use serde_json::{Value, json};

use crate::support::{Environment, Output};

const STORY: &str = "\
Hackers claim data of Marlbeck Systems

A hacking group known as Dustfinch claims to have stolen 2 TB of source code from Marlbeck Systems.
";

/// Something done to a report by somebody on its way.
type Change<'c> = &'c dyn Fn(&mut Value);

fn with_finding() -> Environment {
    let environment = Environment::with_desk();
    environment.write("story.txt", STORY);
    let code: String =
        (0..60).map(|n| format!("fn step_{n}(left: u32) -> u32 {{ left.rotate_left({n}) }}\n")).collect();
    environment.write("ours/a.rs", code);
    environment.gainsay(&["open", "marlbeck"]).succeeded();
    environment.gainsay(&["add", "marlbeck", "story.txt"]).succeeded();
    environment.gainsay(&["corpus", "add", "code", "ours"]).succeeded();
    environment.gainsay(&["match", "ours/a.rs", "--case", "marlbeck"]).succeeded();
    environment
}

fn releases(environment: &Environment) -> usize {
    let log = environment.gainsay(&["ledger", "log", "-n", "200", "--json"]).json_lines();
    log.iter().filter(|entry| entry["kind"] == "release/1").count()
}

#[test]
fn what_could_not_be_written_is_not_on_record_as_released() {
    let environment = with_finding();
    std::fs::create_dir(environment.path("folder.html")).unwrap();
    for place in ["no/such/folder/report.html", "folder.html", "story.txt/report.md"] {
        let failed = environment.gainsay(&["report", "marlbeck", "-o", place]);
        assert_eq!(failed.code, Some(2), "{failed:?}");
        assert!(failed.stderr.contains(place), "{}", failed.stderr);
    }
    assert_eq!(releases(&environment), 0);
    environment.gainsay(&["report", "marlbeck", "-o", "report.html"]).succeeded();
    assert_eq!(releases(&environment), 1);
    let left: Vec<_> = std::fs::read_dir(environment.path("")).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with(".gainsay-")), "{left:?}");
}

#[test]
fn a_report_without_the_proof_of_something_it_names_does_not_hold() {
    let environment = with_finding();
    environment.gainsay(&["report", "marlbeck", "-o", "report.json"]).succeeded();
    let report: Value =
        serde_json::from_str(&std::fs::read_to_string(environment.path("report.json")).unwrap()).unwrap();
    let check = |change: Change<'_>| -> Output {
        let mut changed = report.clone();
        change(&mut changed);
        environment.write("changed.json", changed.to_string());
        environment.gainsay(&["ledger", "check", "changed.json"])
    };
    let holds = check(&|_| ()).succeeded();
    assert!(holds.contains("not that the report's words are theirs"), "{holds}");
    let without = |handle: &'static str| {
        move |report: &mut Value| {
            report["ledger"]["proofs"].as_array_mut().unwrap().retain(|proof| proof["handle"] != handle);
        }
    };
    let other_id = report["sources"][1]["id"].clone();
    let added = json!({ "handle": "src9", "id": "00".repeat(32) });
    let changes: [(Change<'_>, &str); 7] = [
        (&|report| report["ledger"]["proofs"] = json!([]), "src1"),
        (&without("src1"), "src1"),
        (&without("m1"), "m1"),
        (&without("case"), "case"),
        (&|report| report["sources"][0]["id"] = other_id.clone(), "src1"),
        (&|report| report["sources"].as_array_mut().unwrap().push(added.clone()), "src9"),
        (&|report| report["ledger"]["proofs"][1]["seq"] = json!(77), "src1"),
    ];
    for (change, named) in changes {
        let wrong = check(change);
        assert_eq!(wrong.code, Some(1), "{named}: {wrong:?}");
        assert!(
            wrong.stdout.contains(&format!("WRONG: {named} is not proven to be in the ledger")),
            "{}",
            wrong.stdout
        );
    }
    // What names nothing proves nothing.
    let bare = check(&|report| *report = json!({ "ledger": report["ledger"] }));
    assert_eq!(bare.code, Some(2), "{bare:?}");
}
