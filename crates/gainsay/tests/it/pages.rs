//! What the program prints, kept as snapshots: help, the demo's tour, its cases and reports.

use jiff::Timestamp;
use regex::Regex;

use crate::support::Environment;

/// The outputs of the demo, made once.
fn demo() -> (Environment, String) {
    let environment = Environment::new();
    let tour = crate::support::run(&mut environment.command(&["demo", "demo"])).succeeded();
    (environment, tour)
}

fn steady(environment: &Environment, text: &str) -> String {
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_gainsay")).parent().unwrap();
    let text = environment.steady(&text.replace(&*program.to_string_lossy(), "[program]"));
    let text = text.replace(&Timestamp::now().strftime("%Y-%m-%d").to_string(), "[today]");
    let root = Regex::new(r"root [0-9a-f]{16}…").unwrap();
    root.replace_all(&text, "root [hash]…").into_owned()
}

#[test]
fn help() {
    let environment = Environment::new();
    let mut all = String::new();
    for command in [
        "",
        "demo",
        "init",
        "corpus",
        "corpus add",
        "corpus export",
        "match",
        "challenge",
        "challenge draw",
        "challenge answer",
        "open",
        "add",
        "read",
        "review",
        "check",
        "names",
        "names add",
        "claim",
        "judge",
        "step",
        "show",
        "report",
        "ledger",
        "ledger verify",
        "jobs",
    ] {
        let mut args: Vec<&str> = command.split_whitespace().collect();
        args.push("--help");
        let help = crate::support::run(&mut environment.command(&args)).succeeded();
        all += &format!("$ gainsay {}\n\n{help}\n", args.join(" "));
    }
    insta::assert_snapshot!(all);
}

#[test]
fn the_demo_and_everything_that_it_leads_to() {
    let (environment, tour) = demo();
    insta::assert_snapshot!("tour", steady(&environment, &tour));
    let desk = environment.path("demo/desk");
    let run = |args: &[&str]| environment.gainsay_at(&desk, args);
    for case in ["fxmsp-2019", "skerrywall-2024"] {
        let (name, _) = case.split_once('-').unwrap();
        insta::assert_snapshot!(format!("show_{name}"), steady(&environment, &run(&["show", case]).succeeded()));
        let all = run(&["show", case, "--all"]).succeeded();
        insta::assert_snapshot!(format!("show_all_{name}"), steady(&environment, &all));
    }
    let sample = environment.path("demo/skerrywall-sample.tar");
    let matched = run(&["match", &sample.to_string_lossy()]).succeeded();
    insta::assert_snapshot!("match_skerrywall", steady(&environment, &matched));
    for ending in ["md", "html"] {
        let name = format!("report.{ending}");
        run(&["report", "skerrywall-2024", "-o", &name]).succeeded();
        let report = std::fs::read_to_string(environment.path(&name)).unwrap();
        insta::assert_snapshot!(format!("report_{ending}"), steady(&environment, &report));
    }
    assert_eq!(run(&["ledger", "verify"]).code, Some(0));
    assert_readme_shows(&tour);
}

/// What the demo is there to show, whatever its wording.
#[test]
fn the_demo_settles_what_can_be_settled_and_nothing_else() {
    let (environment, tour) = demo();
    let desk = environment.path("demo/desk");
    let show = |case: &str| -> serde_json::Value {
        serde_json::from_str(&environment.gainsay_at(&desk, &["show", case, "--json"]).succeeded()).unwrap()
    };
    let real = show("fxmsp-2019");
    assert!(real["answer"][0].as_str().unwrap().starts_with("Unsettled: "), "{:#}", real["answer"]);
    assert!(real["disagreements"].as_array().unwrap().len() >= 4);
    assert!(real["sources"].as_array().unwrap().iter().all(|source| source["kind"] == "retelling"));
    // Of real companies nothing is said but what was reported: only these were named as victims.
    let reported = ["Symantec", "Trend Micro", "Norton", "McAfee"];
    let names = |list: &str, field: &str| -> Vec<String> {
        let list = real[list].as_array().unwrap();
        list.iter().filter_map(|it| it[field].as_str().map(str::to_owned)).collect()
    };
    for victim in names("claims", "victim") {
        assert!(reported.contains(&victim.as_str()), "{victim} was never named as a victim");
    }
    for said in real["statements"].as_array().unwrap() {
        let is_victim = said["speaker_kind"] == "victim";
        let speaker = said["speaker"].as_str().unwrap();
        assert!(!is_victim || reported.iter().any(|name| speaker.contains(name)), "{said:#}");
    }
    let invented = show("skerrywall-2024");
    assert!(invented["answer"][0].as_str().unwrap().starts_with("The sample is data of Oskelund Security"));
    let result = &invented["findings"][0]["result"];
    assert_eq!(result["verdict"], "ours");
    // The commit that the sample was cut from lies in the window, and is the best single one.
    let cut = "2024-03-15";
    let day = |value: &serde_json::Value| value["time"].as_str().unwrap()[..10].to_owned();
    assert!(day(&result["window"]["first"]).as_str() <= cut && cut <= day(&result["window"]["last"]).as_str());
    assert_eq!(day(&result["window"]["best"]), cut);
    assert!(tour.contains("The pages to hand over:"));
    assert!(environment.path("demo/skerrywall-2024.html").is_file());
}

/// What the README says that the demo prints is what it prints.
fn assert_readme_shows(tour: &str) {
    let readme = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let shown = readme.split("It prints\n\n```\n").nth(1).unwrap().split("```").next().unwrap();
    assert!(shown.lines().count() > 3, "{shown}");
    for line in shown.lines() {
        assert!(tour.contains(line), "the README shows what the demo does not print: {line:?}");
    }
}
