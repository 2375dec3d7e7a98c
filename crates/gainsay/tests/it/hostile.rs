//! Cases that somebody made to mislead the weighing, through the program; and what must not change its answer.

use serde_json::{Value, json};

use crate::support::{Environment, run};

/// A desk on which these texts were added, in this order, and everything in them accepted.
fn case_of(texts: &[(&str, &str)]) -> Value {
    let environment = Environment::with_desk();
    environment.gainsay(&["open", "case"]).succeeded();
    for (name, text) in texts {
        environment.write(name, text);
        environment.gainsay(&["add", "case", name, "--published", "2024-03-01"]).succeeded();
    }
    if !environment.gainsay(&["review", "case", "--json"]).json_lines().is_empty() {
        environment.gainsay(&["review", "case", "--accept", "all"]).succeeded();
    }
    environment.gainsay(&["ledger", "verify"]).succeeded();
    serde_json::from_str(&environment.gainsay(&["show", "case", "--json"]).succeeded()).unwrap()
}

/// Each proposition with its log-odds, by its words.
fn weighed(case: &Value) -> Vec<(String, i64)> {
    let claims = case["claims"].as_array().unwrap().iter();
    let mut all: Vec<(String, i64)> = claims
        .map(|it| (it["proposition"].as_str().unwrap().to_owned(), it["likelihood"]["millinats"].as_i64().unwrap_or(0)))
        .collect();
    all.sort();
    all
}

fn access(case: &Value) -> i64 {
    let claims = case["claims"].as_array().unwrap();
    let claim = claims.iter().find(|claim| claim["facet"] == "access").unwrap();
    claim["likelihood"]["millinats"].as_i64().unwrap()
}

const CLAIM: &str = "\
Crew claims data

A hacking group known as Dustfinch claims to have stolen source code from Marlbeck Systems.
";
const DENIAL: &str = "\
Company denies

Marlbeck Systems denied on Monday that its systems were breached.
";
const INDEPENDENT: &str = "\
A firm looks

“The intrusion into Marlbeck Systems is real,” said Tarnwell, a threat intelligence firm.
";

#[test]
fn the_order_in_which_sources_come_in_changes_no_likelihood() {
    let texts = [("a.txt", CLAIM), ("b.txt", DENIAL), ("c.txt", INDEPENDENT)];
    let before = weighed(&case_of(&texts));
    for order in [[0, 2, 1], [1, 0, 2], [2, 1, 0]] {
        assert_eq!(weighed(&case_of(&order.map(|place| texts[place]))), before);
    }
}

#[test]
fn an_article_added_twice_and_ten_that_relay_it_change_nothing_and_an_origin_does() {
    let plain = case_of(&[("a.txt", CLAIM), ("b.txt", DENIAL)]);
    let twice = case_of(&[("a.txt", CLAIM), ("b.txt", DENIAL), ("copy.txt", CLAIM)]);
    assert_eq!(weighed(&twice), weighed(&plain));
    let relays: Vec<(String, String)> = (0..10)
        .map(|number| {
            (format!("r{number}.txt"), CLAIM.replace("Crew claims data", &format!("More news, part {number}")))
        })
        .collect();
    let mut texts = vec![("a.txt", CLAIM), ("b.txt", DENIAL)];
    texts.extend(relays.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    assert_eq!(access(&case_of(&texts)), access(&plain));
    let more = case_of(&[("a.txt", CLAIM), ("b.txt", DENIAL), ("c.txt", INDEPENDENT)]);
    assert!(access(&more) > access(&plain));
    let against = INDEPENDENT.replace(
        "“The intrusion into Marlbeck Systems is real,” said Tarnwell, a threat intelligence firm.",
        "Tarnwell, a threat intelligence firm, denied that Marlbeck Systems was breached.",
    );
    assert!(access(&case_of(&[("a.txt", CLAIM), ("b.txt", DENIAL), ("c.txt", &against)])) < access(&plain));
}

#[test]
fn two_companies_that_swap_their_names_swap_nothing_else() {
    let other = CLAIM.replace("Marlbeck Systems", "Oakvale Systems");
    let texts = [("a.txt", CLAIM), ("b.txt", DENIAL), ("c.txt", other.as_str())];
    let swap =
        |text: &str| text.replace("Marlbeck", "\u{1}").replace("Oakvale", "Marlbeck").replace('\u{1}', "Oakvale");
    let swapped: Vec<(&str, String)> = texts.iter().map(|(name, text)| (*name, swap(text))).collect();
    let swapped: Vec<(&str, &str)> = swapped.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let mut renamed: Vec<(String, i64)> =
        weighed(&case_of(&swapped)).into_iter().map(|(words, weight)| (swap(&words), weight)).collect();
    renamed.sort();
    assert_eq!(renamed, weighed(&case_of(&texts)));
}

#[test]
fn a_thousand_statements_of_one_party_are_one_voice() {
    let many: String = (0..1000)
        .map(|number| {
            format!("Dustfinch claims to have stolen {} GB of source code from Marlbeck Systems.\n\n", 30 + number)
        })
        .collect();
    let many = format!("Crew claims data\n\nA hacking group known as Dustfinch is back.\n\n{many}");
    let few = format!("{CLAIM}\nDustfinch claims to have stolen 30 GB of source code from Marlbeck Systems.\n");
    let (many, few) = (case_of(&[("a.txt", &many), ("b.txt", DENIAL)]), case_of(&[("a.txt", &few), ("b.txt", DENIAL)]));
    assert!(many["statements"].as_array().unwrap().len() >= 1000);
    assert_eq!(access(&many), access(&few));
    let access = many["claims"].as_array().unwrap().iter().find(|claim| claim["facet"] == "access").unwrap();
    let counted = access["voices"].as_array().unwrap().iter().filter(|voice| voice["weight_millinats"] != 0).count();
    assert_eq!(counted, 2, "the crew once, the company once");
}

fn judged(statements: &[Value]) -> Value {
    let environment = Environment::new();
    let line = json!({ "id": "a", "facet": "access", "as_of": "2024-05-09", "statements": statements });
    environment.write("lines.jsonl", format!("{line}\n"));
    serde_json::from_str(
        &run(&mut environment.command(&["assess", "--statements", "lines.jsonl", "--json"])).succeeded(),
    )
    .unwrap()
}

fn press(party: &str, origin: &str, day: &str) -> Value {
    json!({
        "date": day, "party": party, "role": "press", "stance": "claims", "on": "this", "origin": origin, "direct": origin == "own",
        "specific": true, "proof": "none", "against_own_interest": false,
    })
}

#[test]
fn circles_and_parties_that_are_their_own_source_are_explained() {
    let circle = judged(&[
        press("One", "relay:Two", "2024-05-01"),
        press("Two", "relay:Three", "2024-05-01"),
        press("Three", "relay:One", "2024-05-01"),
    ]);
    let reasons = circle["reasons"].as_array().unwrap();
    assert_eq!(reasons.len(), 1, "nobody stands behind a circle but the circle: {circle:#}");
    assert!(reasons[0].to_string().contains("at second hand"), "{circle:#}");
    let own = judged(&[press("One", "relay:One", "2024-05-01")]);
    assert_eq!(own["reasons"].as_array().unwrap().len(), 1);
    assert!(own["likelihood"].as_f64() >= circle["likelihood"].as_f64(), "{own:#}");
}

#[test]
fn dates_that_cannot_be_are_no_dates() {
    let plain = judged(&[press("One", "own", "2024-05-01")]);
    for day in ["2999-01-01", "2024-02-31", "0000-00-00", "yesterday", ""] {
        assert_eq!(judged(&[press("One", "own", day)])["likelihood"], plain["likelihood"], "{day}");
    }
    let denial = |day: &str| {
        let mut said = press("One", "own", day);
        said["stance"] = json!("denies");
        said
    };
    let turned = judged(&[press("One", "own", "2024-05-01"), denial("2024-05-02")]);
    let kept = judged(&[press("One", "own", "2024-05-01"), denial("2999-01-01")]);
    assert!(
        turned["likelihood"].as_f64() < kept["likelihood"].as_f64(),
        "what is dated after everything replaces nothing"
    );
}

#[test]
fn what_rested_on_a_destroyed_source_no_longer_weighs_and_says_so() {
    let environment = Environment::with_desk();
    environment.gainsay(&["open", "case"]).succeeded();
    for (name, text) in [("a.txt", CLAIM), ("b.txt", DENIAL), ("c.txt", INDEPENDENT)] {
        environment.write(name, text);
        environment.gainsay(&["add", "case", name, "--published", "2024-03-01"]).succeeded();
    }
    if !environment.gainsay(&["review", "case", "--json"]).json_lines().is_empty() {
        environment.gainsay(&["review", "case", "--accept", "all"]).succeeded();
    }
    let shown =
        || -> Value { serde_json::from_str(&environment.gainsay(&["show", "case", "--json"]).succeeded()).unwrap() };
    let before = shown();
    let id = before["sources"][2]["id"].as_str().unwrap().to_owned();
    environment.gainsay(&["ledger", "destroy", &id, "--reason", "a court order"]).succeeded();
    environment.gainsay(&["ledger", "verify"]).succeeded();
    let after = shown();
    assert_eq!(weighed(&after), weighed(&case_of(&[("a.txt", CLAIM), ("b.txt", DENIAL)])));
    let source = &after["sources"][2];
    assert_eq!(source["id"], before["sources"][2]["id"], "its entry and its hash stay");
    assert!(source["problems"].to_string().contains("destroyed: a court order"), "{source:#}");
}
