//! What analysts make of the claims of a case: edits and judgements of their own, and whether a report still holds.

use std::str::FromStr;

use serde_json::Value;

use crate::support::{Environment, Output};

const STORY: &str = "\
Hackers claim data of Marlbeck Systems

A hacking group known as Dustfinch claims to have stolen 2 TB of source code from Marlbeck Systems. Dustfinch said it broke into the \
company's network.

Marlbeck Systems denied that its network was breached.
";

fn as_by(environment: &Environment, author: &str, args: &[&str]) -> Output {
    let mut command = environment.command(&["--desk"]);
    crate::support::run(command.arg(environment.desk()).args(args).env("GAINSAY_AUTHOR", author))
}

fn shown(environment: &Environment) -> Value {
    serde_json::from_str(&environment.gainsay(&["show", "marlbeck", "--json"]).succeeded()).unwrap()
}

/// The handle of the claim of a facet.
fn claim(case: &Value, facet: &str) -> String {
    let claims = case["claims"].as_array().unwrap();
    claims.iter().find(|it| it["facet"] == facet).unwrap()["handle"].as_str().unwrap().to_owned()
}

/// A case with everything accepted.
fn reviewed() -> Environment {
    let environment = Environment::with_story(STORY);
    environment.gainsay(&["review", "marlbeck", "--accept", "all"]).succeeded();
    environment
}

#[test]
fn claims_are_reworded_split_and_merged_with_a_trail() {
    let environment = reviewed();
    let before = shown(&environment);
    let access = claim(&before, "access");
    let edit = |args: &[&str]| {
        environment.gainsay(&[&["claim", "marlbeck"], args, &["--reason", "The lab is one system."]].concat())
    };
    let told = edit(&[&access, "--reword", "A test lab was entered"]).succeeded();
    assert!(told.starts_with("ana reworded “Systems of Marlbeck Systems were entered.” as “A test lab"), "{told}");
    let statement = before["claims"].as_array().unwrap().iter().find(|it| it["facet"] == "access").unwrap()["voices"]
        .as_array()
        .unwrap()
        .iter()
        .find(|voice| voice["for"] == true)
        .unwrap()["handle"]
        .as_str()
        .unwrap()
        .to_owned();
    edit(&[&access, "--split", &statement, "--as", "The network was entered."]).succeeded();
    let parted = shown(&environment);
    let part = parted["claims"].as_array().unwrap().iter().find(|it| it["proposition"] == "The network was entered.");
    let part = part.unwrap();
    assert_eq!(part["voices"].as_array().unwrap().len(), 1);
    assert_eq!(part["edits"].as_array().unwrap().len(), 1);
    let all = environment.gainsay(&["show", "marlbeck", "--all"]).succeeded();
    assert!(all.contains("edit: ana reworded “Systems of Marlbeck Systems were entered.” as “A test lab was"), "{all}");
    assert!(environment.gainsay(&["show", "marlbeck"]).succeeded().contains("* edited by an analyst"));
    // Every edit can be taken back, also by somebody else, and that again.
    for edited in parted["edits"].as_array().unwrap().iter().rev() {
        let id = edited["id"].as_str().unwrap();
        let undo = ["claim", "marlbeck", "--undo", &id[..12], "--reason", "Too early."];
        as_by(&environment, "ben", &undo).succeeded();
        let again = as_by(&environment, "ana", &undo);
        assert_eq!(again.code, Some(1), "{again:?}");
        assert!(again.stderr.contains("ben took"), "{}", again.stderr);
    }
    let after = shown(&environment);
    assert_eq!(after["claims"][0]["likelihood"], before["claims"][0]["likelihood"]);
    assert_eq!(after["claims"][0]["proposition"], before["claims"][0]["proposition"]);
    assert_eq!(after["edits"].as_array().unwrap().len(), 4);
    assert_eq!(after["edits"][0]["fate"], "undone");
    for (args, words) in [
        (vec!["c99", "--reword", "x"], "has no \"c99\""),
        (vec![&access, "--reword", " "], "a claim says something"),
        (vec![&access, "--reword", &"x".repeat(5000)], "are too many"),
        (vec![&access, "--merge", &access], "not merged into itself"),
        (vec![&access, "--detach", "s99"], "has no \"s99\""),
        (vec![&access, "--split", &statement], "--as"),
        (vec!["--undo", "abcd"], "has no \"abcd\""),
    ] {
        let refused = edit(&args);
        assert!(refused.code != Some(0) && refused.stderr.contains(words), "{args:?}: {}", refused.stderr);
    }
    // As the desk knew it before anybody edited.
    let first = jiff::Timestamp::from_str(after["edits"][0]["at"].as_str().unwrap()).unwrap();
    let moment = (first - jiff::SignedDuration::from_micros(1)).to_string();
    let early = environment.gainsay(&["show", "marlbeck", "--json", "--known-at", &moment]).succeeded();
    let early: Value = serde_json::from_str(&early).unwrap();
    assert_eq!(early["edits"], Value::from(Vec::<Value>::new()));
    assert_eq!(early["claims"][0]["proposition"], before["claims"][0]["proposition"]);
    environment.gainsay(&["ledger", "verify"]).succeeded();
    let log = environment.gainsay(&["ledger", "log", "--json"]).json_lines();
    assert_eq!(log.iter().filter(|entry| entry["kind"] == "claim/1").count(), 4);
}

#[test]
fn a_statement_is_attached_to_another_claim() {
    let environment = reviewed();
    let before = shown(&environment);
    let (access, volume) = (claim(&before, "access"), claim(&before, "volume"));
    let denial = before["statements"].as_array().unwrap().iter().find(|it| it["stance"] == "denies").unwrap();
    let denial = denial["handle"].as_str().unwrap();
    let attach = |side: &[&str]| {
        let args = ["claim", "marlbeck", &volume, "--attach", denial, "--from", &access, "--reason", "Of the volume."];
        environment.gainsay(&[&args[..], side].concat())
    };
    assert_eq!(attach(&[]).succeeded().lines().count(), 2);
    let after = shown(&environment);
    let voices = |handle: &str| {
        let claims = after["claims"].as_array().unwrap();
        claims.iter().find(|it| it["facet"] == handle).unwrap()["voices"].as_array().unwrap().clone()
    };
    assert!(voices("volume").iter().any(|voice| voice["handle"] == denial && voice["for"] == false));
    assert!(voices("access").iter().all(|voice| voice["handle"] != denial));
    let again = attach(&[]);
    assert_eq!(again.code, Some(1), "it does not speak to the other claim any more: {again:?}");
}

#[test]
fn a_destroyed_text_takes_the_edits_of_its_statements_with_it() {
    let environment = reviewed();
    let before = shown(&environment);
    let access = claim(&before, "access");
    let voices = before["claims"].as_array().unwrap().iter().find(|it| it["facet"] == "access").unwrap();
    let handle = voices["voices"][0]["handle"].as_str().unwrap();
    let reason = ["--reason", "Said apart."];
    let split = ["claim", "marlbeck", &access, "--split", handle, "--as", "The vault was entered."];
    environment.gainsay(&[&split[..], &reason].concat()).succeeded();
    let taken = claim(&shown(&environment), "exfiltration");
    let reword = ["claim", "marlbeck", &taken, "--reword", "Something else."];
    environment.gainsay(&[&reword[..], &reason].concat()).succeeded();
    environment.gainsay(&["report", "marlbeck", "-o", "report.json"]).succeeded();
    assert_eq!(shown(&environment)["last_reported"]["holds"], true);
    let id = before["sources"][0]["id"].as_str().unwrap();
    environment.gainsay(&["ledger", "destroy", &id[..12], "--reason", "a court order"]).succeeded();
    let after = environment.gainsay(&["show", "marlbeck", "--all"]).succeeded();
    assert!(!after.contains("vault"), "{after}");
    assert!(shown(&environment)["last_reported"].is_null(), "what was assessed in its words went with it");
    assert!(after.contains("Other edits of claims") && after.contains("Does not hold: nothing in the case"), "{after}");
    environment.gainsay(&["ledger", "verify"]).succeeded();
}

#[test]
fn a_judgement_stands_beside_the_computed_one_in_every_format() {
    let environment = reviewed();
    let before = shown(&environment);
    let access = claim(&before, "access");
    let reason = ["--reason", "I read the logs of the lab."];
    let judge =
        |author: &str, args: &[&str]| as_by(&environment, author, &[&["judge", "marlbeck"], args, &reason].concat());
    judge("ana", &[&access, "--likelihood", "very likely", "--confidence", "high"]).succeeded();
    judge("ben", &[&access, "--likelihood", "30"]).succeeded();
    judge("ana", &["--verdict", "A test lab was entered, and nothing else."]).succeeded();
    let after = shown(&environment);
    for field in ["likelihood", "confidence", "voices", "would_change"] {
        let of =
            |case: &Value| case["claims"].as_array().unwrap().iter().map(|it| it[field].clone()).collect::<Vec<_>>();
        assert_eq!(of(&after), of(&before), "{field} is computed as before");
    }
    assert_eq!(after["answer"], before["answer"]);
    let pages: Vec<String> = ["html", "md", "json"]
        .into_iter()
        .map(|ending| {
            let name = format!("report.{ending}");
            environment.gainsay(&["report", "marlbeck", "-o", &name]).succeeded();
            std::fs::read_to_string(environment.path(&name)).unwrap()
        })
        .chain(
            [&["show", "marlbeck"][..], &["show", "marlbeck", "--all"]]
                .map(|args| environment.gainsay(args).succeeded()),
        )
        .collect();
    for page in &pages {
        let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(page.contains("wn judgement") || page.contains("\"judgements\""), "{page}");
        assert!(page.contains("A test lab was entered, and nothing else."), "{page}");
        assert!(page.contains("I read the logs of the lab."), "{page}");
    }
    judge("ana", &[&access, "--withdraw"]).succeeded();
    let standing = |case: &Value| {
        let all = case["judgements"].as_array().unwrap().clone();
        all.into_iter().filter(|it| it["stands"] == true).map(|it| it["by"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(standing(&shown(&environment)), ["ben", "ana"]);
    for (args, words) in [
        (vec![access.as_str(), "--withdraw"], "holds nothing of this"),
        (vec![&access], "it holds nothing: give"),
        (vec![&access, "--likelihood", "perhaps"], "is no likelihood"),
        (vec![&access, "--confidence", "utter"], "unknown word"),
    ] {
        let refused = judge("ana", &args);
        assert!(refused.code != Some(0) && refused.stderr.contains(words), "{args:?}: {}", refused.stderr);
    }
    environment.gainsay(&["ledger", "verify"]).succeeded();
}

#[test]
fn judgements_and_edits_are_told_to_whom_their_marking_allows() {
    let environment = reviewed();
    let access = claim(&shown(&environment), "access");
    let secret = ["--verdict", "Our mole says so.", "--reason", "The mole.", "--tlp", "red"];
    environment.gainsay(&[&["judge", "marlbeck", &access], &secret[..]].concat()).succeeded();
    let words = ["--reword", "The mole's lab was entered.", "--reason", "The mole.", "--tlp", "red"];
    environment.gainsay(&[&["claim", "marlbeck", &access], &words[..]].concat()).succeeded();
    // An edit that may be told to all, of a claim that only a restricted text makes.
    environment.write(
        "secret.txt",
        "Hackers claim data of Skarnholm\n\nA crew known as Dustfinch claims that it broke into Skarnholm.\n",
    );
    environment.gainsay(&["add", "marlbeck", "secret.txt", "--published", "2024-03-02", "--tlp", "red"]).succeeded();
    environment.gainsay(&["review", "marlbeck", "--accept", "all"]).succeeded();
    let case = shown(&environment);
    let of_skarnholm = case["claims"].as_array().unwrap().iter().find(|it| it["victim"] == "Skarnholm").unwrap();
    let of_skarnholm = of_skarnholm["handle"].as_str().unwrap();
    let open = ["--reword", "It was entered.", "--reason", "In short.", "--tlp", "amber"];
    environment.gainsay(&[&["claim", "marlbeck", of_skarnholm], &open[..]].concat()).succeeded();
    for ending in ["html", "md", "json"] {
        let name = format!("report.{ending}");
        environment.gainsay(&["report", "marlbeck", "-o", &name, "--audience", "amber"]).succeeded();
        let report = std::fs::read_to_string(environment.path(&name)).unwrap();
        assert!(!report.contains("mole") && !report.contains("Skarnholm") && report.contains("withheld"), "{report}");
    }
    assert!(environment.gainsay(&["show", "marlbeck", "--all"]).succeeded().contains("mole"));
}

#[test]
fn a_report_names_what_it_was_based_on_and_the_desk_says_when_it_holds_no_longer() {
    let environment = reviewed();
    assert!(shown(&environment)["last_reported"].is_null());
    environment.gainsay(&["report", "marlbeck", "-o", "report.json"]).succeeded();
    let report: Value =
        serde_json::from_str(&std::fs::read_to_string(environment.path("report.json")).unwrap()).unwrap();
    let based_on = &report["based_on"];
    assert_eq!(based_on["entries"], report["ledger"]["size"]);
    assert_eq!(based_on["root"], report["ledger"]["root"]);
    for digest in ["weights_sha256", "names_sha256"] {
        assert_eq!(based_on[digest].as_str().unwrap().len(), 64, "{digest}");
    }
    let held = shown(&environment)["last_reported"].clone();
    assert_eq!((&held["holds"], &held["entries_since"]), (&true.into(), &0.into()), "{held}");
    environment.gainsay(&["step", "marlbeck", "1", "--owner", "ben"]).succeeded();
    let held = shown(&environment)["last_reported"].clone();
    assert_eq!((&held["holds"], &held["entries_since"]), (&true.into(), &1.into()), "{held}");
    environment.write(
        "later.txt",
        "Marlbeck confirms\n\nMarlbeck Systems confirmed on Friday that its network was breached by Dustfinch.\n",
    );
    environment.gainsay(&["add", "marlbeck", "later.txt", "--published", "2024-03-08"]).succeeded();
    environment.gainsay(&["review", "marlbeck", "--accept", "all"]).succeeded();
    let fallen = shown(&environment)["last_reported"].clone();
    assert_eq!(fallen["holds"], false, "{fallen}");
    let change = fallen["changes"][0].as_str().unwrap();
    assert!(change.contains("Systems of Marlbeck Systems were entered.") && change.contains(" was "), "{change}");
    let screen = environment.gainsay(&["show", "marlbeck"]).succeeded();
    assert!(screen.contains("It no longer holds"), "{screen}");
    // Other weights are another ground.
    environment.gainsay(&["report", "marlbeck", "-o", "again.json"]).succeeded();
    environment.write("desk/weights.toml", "[company]\nconfirms = 3500\n");
    let changes = shown(&environment)["last_reported"]["changes"].clone();
    assert_eq!(changes[0], "the weights have changed", "{changes}");
}

#[test]
fn a_match_is_out_of_date_once_the_corpora_have_changed() {
    let environment = reviewed();
    let text =
        |of: &str| (0..80).map(|n| format!("The {of} keeps row {n} of ledger {} apart.\n", n * 7)).collect::<String>();
    environment.write("ours/engine.txt", text("engine"));
    environment.write("sample/engine.txt", text("engine"));
    environment.gainsay(&["corpus", "add", "code", "ours"]).succeeded();
    environment.gainsay(&["match", "sample", "--case", "marlbeck"]).succeeded();
    let outdated = || shown(&environment)["based_on"]["outdated"].clone();
    assert_eq!(outdated(), Value::from(Vec::<Value>::new()));
    environment.write("ours/motor.txt", text("motor"));
    environment.gainsay(&["corpus", "add", "code", "ours"]).succeeded();
    environment.write("open/gear.txt", text("gear"));
    environment.gainsay(&["corpus", "add", "open", "open", "--public"]).succeeded();
    let words = ["code has changed", "open was added"]
        .map(|what| Value::from(format!("corpus {what} since m1 was computed: match again")));
    assert_eq!(outdated(), Value::from(words.to_vec()));
    assert!(environment.gainsay(&["show", "marlbeck"]).succeeded().contains("Out of date: corpus code has changed"));
    environment.gainsay(&["match", "sample", "--case", "marlbeck"]).succeeded();
    assert_eq!(outdated(), Value::from(Vec::<Value>::new()));
}

#[test]
fn a_case_fits_a_screen() {
    let environment = Environment::new();
    crate::support::run(&mut environment.command(&["demo", "demo"])).succeeded();
    let desk = environment.path("demo/desk");
    for case in ["fxmsp-2019", "skerrywall-2024"] {
        let screen = environment.gainsay_at(&desk, &["show", case]).succeeded();
        let lines: Vec<&str> = screen.lines().collect();
        assert!((24..=42).contains(&lines.len()), "{} lines:\n{screen}", lines.len());
        assert!(lines.iter().all(|line| line.chars().count() <= 100), "{screen}");
        assert_eq!(lines[2], "Answer");
    }
}
