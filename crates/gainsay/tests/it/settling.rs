//! What became of claims, and what that does to the word of those who had spoken.

use serde_json::Value;

use crate::support::Environment;

fn story(company: &str) -> String {
    format!(
        "Hackers claim data of {company}\n\n\
         A hacking group known as Dustfinch claims to have stolen source code from {company}.\n\n\
         {company} denied that its systems were breached.\n\n\
         “The intrusion into {company} is real,” said Tarnwell, a threat intelligence firm.\n"
    )
}

/// A desk with a case for each company, everything accepted.
fn desk(companies: &[&str]) -> Environment {
    let environment = Environment::with_desk();
    for company in companies {
        let case = company.to_lowercase();
        environment.write(&format!("{case}.txt"), story(company));
        environment.gainsay(&["open", &case]).succeeded();
        environment.gainsay(&["add", &case, &format!("{case}.txt"), "--published", "2024-03-01"]).succeeded();
        let left = environment.gainsay(&["review", &case, "--json"]).json_lines();
        if !left.is_empty() {
            environment.gainsay(&["review", &case, "--accept", "all"]).succeeded();
        }
    }
    environment
}

fn shown(environment: &Environment, args: &[&str]) -> Value {
    let args: Vec<&str> = ["show"].iter().chain(args).chain(&["--json"]).copied().collect();
    serde_json::from_str(&environment.gainsay(&args).succeeded()).unwrap()
}

/// The claim that systems were entered.
fn access(case: &Value) -> &Value {
    case["claims"].as_array().unwrap().iter().find(|claim| claim["facet"] == "access").unwrap()
}

fn handle(environment: &Environment, case: &str) -> String {
    access(&shown(environment, &[case]))["handle"].as_str().unwrap().to_owned()
}

fn settle(environment: &Environment, case: &str, outcome: &str) {
    let claim = handle(environment, case);
    environment.gainsay(&["settle", case, &claim, outcome, "--reason", "the regulator found so"]).succeeded();
}

fn weight(case: &Value, party: &str) -> i64 {
    let voices = access(case)["voices"].as_array().unwrap();
    let of_party = voices.iter().filter(|voice| voice["party"] == party || voice["origin"] == party);
    of_party.map(|voice| voice["weight_millinats"].as_i64().unwrap()).max_by_key(|weight| weight.abs()).unwrap()
}

#[test]
fn a_settled_case_tells_in_later_ones_and_not_in_its_own() {
    let environment = desk(&["Marlbeck", "Oakvale", "Tarrow"]);
    let before = shown(&environment, &["tarrow"]);
    let own = shown(&environment, &["marlbeck"]);
    settle(&environment, "marlbeck", "true");
    let after = shown(&environment, &["tarrow"]);
    assert!(weight(&after, "Dustfinch") > weight(&before, "Dustfinch"), "it was right before");
    assert!(weight(&after, "Tarrow").abs() == weight(&before, "Tarrow").abs(), "another company has no record");
    let now = shown(&environment, &["marlbeck"]);
    assert_eq!(access(&now)["likelihood"], access(&own)["likelihood"], "what is computed stays apart");
    assert!(access(&now)["settled"].as_str().unwrap().contains("true") && access(&own)["settled"].is_null());
    for report in ["out.html", "out.md"] {
        environment.gainsay(&["report", "marlbeck", "-o", report]).succeeded();
        let page = std::fs::read_to_string(environment.path(report)).unwrap();
        assert!(page.contains("Settled as true on") && page.contains("the regulator found so"), "{report}");
    }
    settle(&environment, "oakvale", "false");
    settle(&environment, "marlbeck", "false");
    let wrong = shown(&environment, &["tarrow"]);
    assert!(weight(&wrong, "Dustfinch") < weight(&before, "Dustfinch") && weight(&wrong, "Dustfinch") >= 0);
    let parties = environment.gainsay(&["parties", "--json"]).json_lines();
    let of = |name: &str| parties.iter().find(|party| party["party"] == name).unwrap();
    assert_eq!((&of("Dustfinch")["right"], &of("Dustfinch")["wrong"]), (&0.into(), &2.into()));
    assert_eq!((&of("Marlbeck")["right"], &of("Marlbeck")["brier_permille"]), (&1.into(), &10.into()));
    assert!(environment.gainsay(&["parties", "dust"]).succeeded().contains("right on 0 of 2 settled claims"));
    for case in ["oakvale", "marlbeck"] {
        settle(&environment, case, "open");
    }
    assert_eq!(
        access(&shown(&environment, &["tarrow"])),
        access(&before),
        "open again, as if nothing had been settled"
    );
    assert!(environment.gainsay(&["parties", "--json"]).json_lines().is_empty());
    let log = environment.gainsay(&["ledger", "log", "--json"]).json_lines();
    assert_eq!(log.iter().filter(|entry| entry["kind"] == "settlement/1").count(), 5, "every step stays");
    environment.gainsay(&["ledger", "verify"]).succeeded();
}

#[test]
fn a_record_counts_what_was_settled_before() {
    let environment = desk(&["Marlbeck", "Tarrow"]);
    let before = shown(&environment, &["tarrow"]);
    let log = environment.gainsay(&["ledger", "log", "-n", "1", "--json"]).json_lines();
    let then = log[0]["received"].as_str().unwrap().to_owned();
    settle(&environment, "marlbeck", "true");
    assert_ne!(access(&shown(&environment, &["tarrow"])), access(&before));
    assert_eq!(access(&shown(&environment, &["tarrow", "--known-at", &then])), access(&before));
    assert!(environment.gainsay(&["parties", "--known-at", &then, "--json"]).json_lines().is_empty());
}

#[test]
fn what_was_drawn_from_a_destroyed_source_goes_with_it() {
    let environment = desk(&["Marlbeck", "Tarrow"]);
    let before = shown(&environment, &["tarrow"]);
    settle(&environment, "marlbeck", "true");
    let source = shown(&environment, &["marlbeck"])["sources"][0]["id"].as_str().unwrap().to_owned();
    environment.gainsay(&["ledger", "destroy", &source[..12], "--reason", "a court order"]).succeeded();
    assert_eq!(access(&shown(&environment, &["tarrow"])), access(&before));
    environment.gainsay(&["ledger", "verify"]).succeeded();
}

#[test]
fn a_report_leaves_out_records_that_its_audience_may_not_see() {
    let environment = desk(&["Tarrow"]);
    environment.write("secret.txt", story("Marlbeck"));
    environment.gainsay(&["open", "secret", "--tlp", "red"]).succeeded();
    environment.gainsay(&["add", "secret", "secret.txt", "--published", "2024-03-01"]).succeeded();
    if !environment.gainsay(&["review", "secret", "--json"]).json_lines().is_empty() {
        environment.gainsay(&["review", "secret", "--accept", "all"]).succeeded();
    }
    let before = shown(&environment, &["tarrow"]);
    settle(&environment, "secret", "true");
    assert_ne!(access(&shown(&environment, &["tarrow"])), access(&before));
    environment.gainsay(&["report", "tarrow", "-o", "out.json", "--audience", "amber"]).succeeded();
    let report: Value = serde_json::from_str(&std::fs::read_to_string(environment.path("out.json")).unwrap()).unwrap();
    assert_eq!(access(&report), access(&before));
}
