//! Propositions given as statements, and a desk's own weights.

use serde_json::{Value, json};

use crate::support::{Environment, run};

fn proposition() -> Value {
    let said = |party: &str, role: &str, stance: &str, origin: &str, proof: &str, day: &str| {
        json!({
            "date": day, "party": party, "role": role, "stance": stance, "on": "this", "origin": origin, "direct": origin == "own",
            "specific": true, "proof": proof, "against_own_interest": false,
        })
    };
    json!({
        "id": "marlbeck-a",
        "facet": "exfiltration",
        "as_of": "2024-05-09",
        "statements": [
            said("Dustfinch", "actor", "claims", "own", "sample", "2024-05-01"),
            said("Daily Outlet", "press", "claims", "relay:Dustfinch", "sample", "2024-05-02"),
            said("Tarnwell", "researcher", "confirms", "own", "sample_verified_by_third_party", "2024-05-03"),
            said("Marlbeck", "victim", "denies", "own", "none", "2024-05-04"),
        ],
    })
}

fn assessed(environment: &Environment, line: &Value) -> Value {
    environment.write("lines.jsonl", format!("{line}\n"));
    let output = run(&mut environment.command(&["assess", "--statements", "lines.jsonl", "--json"]));
    serde_json::from_str(&output.succeeded()).unwrap()
}

#[test]
fn what_became_known_and_who_it_was_change_nothing() {
    let environment = Environment::new();
    let plain = proposition();
    let answer = assessed(&environment, &plain);
    assert_eq!(answer["id"], "marlbeck-a");
    let (likelihood, range) = (answer["likelihood"].as_f64().unwrap(), &answer["range"]);
    assert!(range[0].as_f64().unwrap() <= likelihood && likelihood <= range[1].as_f64().unwrap());
    assert!(likelihood > 0.5 && answer["reasons"].as_array().unwrap().len() == 3, "{answer:#}");
    assert_eq!(answer["would_change"].as_array().unwrap().len(), 3);
    for (is_true, word) in [(true, "denied"), (false, "confirmed")] {
        let mut known = plain.clone();
        known["outcome"] = json!(is_true);
        known["outcome_support"] = json!("court_or_police");
        known["known_by"] = json!("2025-01-01: everybody knows");
        known["class"] = json!("company_wrong");
        known["company_first_word"] = json!(word);
        known["company_first_word_proved_wrong"] = json!(is_true);
        known["sources"] = json!(["https://outlet.example/breach"]);
        known["actor"] = json!("Dustfinch");
        known["victim"] = json!("Marlbeck");
        known["case"] = json!("marlbeck");
        assert_eq!(assessed(&environment, &known), answer);
    }
    let swapped: Value = serde_json::from_str(
        &plain.to_string().replace("Marlbeck", "\u{1}").replace("Tarnwell", "Marlbeck").replace('\u{1}', "Tarnwell"),
    )
    .unwrap();
    let mut renamed = assessed(&environment, &swapped).to_string();
    renamed = renamed.replace("Marlbeck", "\u{1}").replace("Tarnwell", "Marlbeck").replace('\u{1}', "Tarnwell");
    assert_eq!(renamed, answer.to_string());
    let mut turned = plain.clone();
    turned["statements"].as_array_mut().unwrap().reverse();
    assert_eq!(assessed(&environment, &turned), answer);
}

#[test]
fn one_bad_line_is_named_and_the_rest_goes_on() {
    let environment = Environment::new();
    let mut bad = proposition();
    bad["statements"][1]["stance"] = json!("shrugs");
    environment.write("lines.jsonl", format!("{bad}\n\nno json\n{}\n", proposition()));
    let output = run(&mut environment.command(&["assess", "--statements", "lines.jsonl", "--json"]));
    assert_eq!(output.code, Some(2));
    assert_eq!(output.stdout.lines().count(), 1);
    assert!(output.stderr.contains("line 1: statement of Daily Outlet: stance: unknown word \"shrugs\""), "{output:?}");
    assert!(output.stderr.contains("line 3: "), "{output:?}");
}

#[test]
fn a_desk_sets_weights_of_its_own() {
    let environment = Environment::with_desk();
    environment.write(
        "story.txt",
        "A hacking group known as Dustfinch claims to have stolen source code from Marlbeck Systems.\n",
    );
    environment.gainsay(&["open", "marlbeck"]).succeeded();
    environment.gainsay(&["add", "marlbeck", "story.txt", "--published", "2024-03-01"]).succeeded();
    environment.gainsay(&["review", "marlbeck", "--accept", "all"]).succeeded();
    let shown = || -> Value {
        serde_json::from_str(&environment.gainsay(&["show", "marlbeck", "--json"]).succeeded()).unwrap()
    };
    let millinats = |shown: &Value| shown["claims"][0]["likelihood"]["millinats"].as_i64().unwrap();
    let before = shown();
    let own = |text: &str| std::fs::write(environment.desk().join("weights.toml"), text).unwrap();
    own("start = -2000\n");
    assert_eq!(millinats(&shown()), millinats(&before) - 2300);
    own("strat = -2000\n");
    let refused = environment.gainsay(&["show", "marlbeck"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("strat") && refused.stderr.contains("weights.toml"), "{refused:?}");
    let printed = environment.gainsay(&["assess", "--print-weights"]).succeeded();
    own(&printed);
    assert_eq!(shown()["claims"], before["claims"], "what is printed is what holds");
}
