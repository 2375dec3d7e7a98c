//! What a sample must not reveal is counted, located and led to a next step, and its values are nowhere.

use std::path::Path;

use serde_json::Value;

use crate::support::{Environment, read_tree};

/// Values as they stand in the sample; put together here, so that none stands in this file.
fn planted() -> Vec<(&'static str, String)> {
    let made = |parts: &[&str]| parts.concat();
    vec![
        ("stripe", made(&["sk_live_", "4eC39HqLyjWDarjtT1zdp7dc"])),
        ("aws", made(&["AKIA", "Y34FZKBOKMUTVV7A"])),
        ("password", made(&["Wharf-", "Tr0ub4dor"])),
        ("login", made(&["c0rrect", "Horse9"])),
        ("card", made(&["5555 5555 ", "5555 4444"])),
        ("mail", made(&["wilma.k", "@marlbeck.example"])),
        ("key", "q7Lx0vJk".repeat(24)),
    ]
}

fn value(name: &str) -> String {
    planted().into_iter().find(|(of, _)| *of == name).unwrap().1
}

/// A desk with a corpus, a case and a sample that holds all of it.
fn environment() -> Environment {
    let environment = Environment::with_story("Dustfinch claims to have stolen 2 TB from Marlbeck.\n");
    environment.write("ours/engine.c", "int engine(void) { return 42; }\n".repeat(40));
    environment.write("sample/engine.c", "int engine(void) { return 42; }\n".repeat(40));
    environment.write(
        "sample/app/settings.env",
        format!("# settings\nSTRIPE={}\nAWS={}\nDB_PASSWORD={}\n", value("stripe"), value("aws"), value("password")),
    );
    environment.write(
        "sample/Passwords.txt",
        format!("URL: https://vpn.marlbeck.example/\nUsername: bob\nPassword: {}\n", value("login")),
    );
    let rows: String = (0..3).map(|_| format!("{},{}\n", value("mail"), value("card"))).collect();
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(rows.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    environment.write("sample/people.csv", wide);
    let armour = |end: &str| format!("-----{end} PGP PRIVATE KEY BLOCK-----");
    environment.write("sample/id", format!("{}\n\n{}\n{}\n", armour("BEGIN"), value("key"), armour("END")));
    environment.gainsay(&["corpus", "add", "code", "ours"]).succeeded();
    environment
}

/// Each way in which a value could have been written down.
fn hidden_in(bytes: &[u8]) -> Vec<&'static str> {
    let holds = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    let is_in = |value: &str| {
        let value = &value[..value.len().min(40)];
        let wide: Vec<u8> = value.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let hex: String = value.bytes().map(|byte| format!("{byte:02x}")).collect();
        holds(value.as_bytes()) || holds(&wide) || holds(hex.as_bytes()) || holds(value.replace(' ', "").as_bytes())
    };
    planted().into_iter().filter(|(_, value)| is_in(value)).map(|(name, _)| name).collect()
}

fn found(result: &Value, kind: &str) -> (u64, u64) {
    let kinds = result["kinds"].as_array().unwrap();
    let kind = kinds.iter().find(|it| it["kind"] == kind).unwrap_or_else(|| panic!("no {kind} in {kinds:?}"));
    (kind["found"].as_u64().unwrap(), kind["distinct"].as_u64().unwrap())
}

#[test]
fn it_is_counted_and_located_and_leads_to_steps() {
    let environment = environment();
    let matched = environment.gainsay(&["match", "sample", "--case", "marlbeck", "--json"]);
    let matched: Value = serde_json::from_str(&matched.stdout).unwrap();
    let sensitive = &matched["sensitive"];
    assert_eq!(found(sensitive, "Stripe key"), (1, 1));
    assert_eq!(found(sensitive, "AWS access key"), (1, 1));
    assert_eq!(found(sensitive, "password"), (1, 1));
    assert_eq!(found(sensitive, "stolen login"), (1, 1));
    assert_eq!(found(sensitive, "private key"), (1, 1));
    assert_eq!(found(sensitive, "payment card"), (3, 1));
    assert_eq!(found(sensitive, "e-mail address"), (3, 1));
    let items = sensitive["items"].as_array().unwrap();
    let stripe = items.iter().find(|it| it["kind"] == "Stripe key").unwrap();
    assert_eq!(stripe["places"][0], serde_json::json!({ "path": "app/settings.env", "line": 2, "offset": 18 }));

    let shown: Value = serde_json::from_str(&environment.gainsay(&["show", "marlbeck", "--json"]).succeeded()).unwrap();
    let inspection = &shown["inspections"][0];
    assert_eq!((&inspection["handle"], &inspection["result"]), (&Value::from("x1"), sensitive));
    let steps: Vec<&str> =
        shown["next_steps"].as_array().unwrap().iter().map(|it| it["what"].as_str().unwrap()).collect();
    for (what, place) in [
        ("Renew the Stripe key", "app/settings.env, line 2"),
        ("Replace the private key", "id, line 1"),
        ("stolen login", "Passwords.txt, line 3"),
        ("1 of the kind payment card", "told"),
    ] {
        assert!(steps.iter().any(|step| step.contains(what) && step.contains(place)), "{what}: {steps:#?}");
    }
    // What is not wanted is not looked for, and nothing of it is entered.
    let without = environment.gainsay(&["match", "sample", "--no-sensitive", "--case", "marlbeck", "--json"]);
    let without: Value = serde_json::from_str(&without.stdout).unwrap();
    assert_eq!((&without["sensitive"], without["entries"].as_array().unwrap().len()), (&Value::Null, 1));
    let words = environment.gainsay(&["match", "sample", "--no-sensitive"]).stdout;
    assert!(words.contains("What it must not reveal was not looked for."), "{words}");
    // The same desk knows a value again, and says the same of the same sample.
    let again = environment.gainsay(&["match", "sample", "--json"]);
    let again: Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!(&again["sensitive"], sensitive);
    let log = environment.gainsay(&["ledger", "log"]).succeeded();
    assert!(log.contains("looked through a sample for what it must not reveal: 7 kinds"), "{log}");
}

#[test]
fn no_value_of_it_is_kept_or_shown() {
    let environment = environment();
    assert_eq!(
        hidden_in(&std::fs::read(environment.path("sample/app/settings.env")).unwrap()),
        ["stripe", "aws", "password"]
    );
    let mut said = String::new();
    let runs: &[&[&str]] = &[
        &["match", "sample"],
        &["match", "sample", "--json"],
        &["match", "sample", "--case", "marlbeck"],
        &["show", "marlbeck"],
        &["show", "marlbeck", "--json"],
        &["report", "marlbeck", "-o", "report.html"],
        &["report", "marlbeck", "-o", "report.md"],
        &["report", "marlbeck", "-o", "report.json"],
        &["ledger", "log"],
        &["ledger", "verify"],
    ];
    for run in runs {
        let output = environment.gainsay(run);
        assert!(output.code.is_some_and(|code| code < 2), "{run:?}: {output:#?}");
        said += &output.stdout;
        said += &output.stderr;
    }
    for report in ["report.html", "report.md", "report.json"] {
        let text = std::fs::read_to_string(environment.path(report)).unwrap();
        assert!(text.contains("Stripe key") && text.contains("app/settings.env"), "{report} tells of it");
        said += &text;
    }
    assert!(
        said.contains("What the sample must not reveal") && said.contains("Stripe key, in app/settings.env, line 2"),
        "{said}"
    );
    assert_eq!(hidden_in(said.as_bytes()), Vec::<&str>::new());
    for (path, bytes) in read_tree(&environment.desk()) {
        let hidden = bytes.as_deref().map(hidden_in).unwrap_or_default();
        assert!(hidden.is_empty(), "{hidden:?} in {}", path.display());
    }
    let beside: Vec<_> = read_tree(Path::new(&environment.path(""))).into_keys().collect();
    let known = ["desk", "sample", "ours", "story.txt", "report."];
    assert!(
        beside.iter().all(|path| known.iter().any(|it| path.starts_with(it) || path.to_string_lossy().starts_with(it))),
        "{beside:?}"
    );
}
