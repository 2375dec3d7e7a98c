//! Three invented stories of one claim, which contradict each other in every way that stories do, through the command line.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::Environment;

const FIRST: &str = "\
Engine makers confirm and deny a break-in by a crew that sells data

Marlbeck and Tarnholt Motors are among the makers that a crew of hackers allege to have breached, Telferry Courant has learned. How much of it is true is open.

Harrowgate Intelligence, a threat intelligence firm, reported last week that a crew was trying to sell drawings and source code purportedly stolen from three engine makers. Citing its own rules, Harrowgate Intelligence did not reveal the names of the alleged victims.

The hackers, known as \"Dustfinch\", are offering to sell the stolen data, around 12 terabytes of it, for over $90,000.

Marlbeck, maker of Quillon engines, confirmed that it was contacted last week by Harrowgate Intelligence. \"There is no indication that Marlbeck was breached,\" the company said.

Harrowgate Intelligence said the crew had earned close to $2 million by selling stolen data.

Marlbeck initially denied having been contacted by Harrowgate Intelligence. Ada Thornby, director of research at Harrowgate Intelligence, said she had first reached out to Marlbeck on May 8.

Tarnholt Motors told Telferry Courant that one of its test labs had been accessed without authorization. It called the incident \"low risk\" and said that neither customer data nor source code had been stolen.

Thornby took issue with Tarnholt Motors's statement, saying it was \"incorrect by the data that we have\".
";

const SECOND: &str = "\
Swedish engine maker Tarnholt Motors has closed its inquiry into a breach of a test lab, with alleged source code and network access later offered for sale.

The group Dustfinch had been touting the data for $90,000, claiming it had 12TB of it.

Harrowgate Intelligence reported Dustfinch's claims that three engine makers had been breached: Tarnholt Motors, Marlbeck and Quillon.

Marlbeck and Quillon denied outright that they had been breached.

\"Evidence shows that Dustfinch obtained drawings from a test lab during the unauthorized access,\" a Tarnholt Motors spokesman told the Skerry Review.

Ada Thornby of Harrowgate Intelligence told the Skerry Review: \"Harrowgate Intelligence had never suggested that the companies had been breached by Dustfinch, we have published their claims.\"

She added: \"The scale of the incident is massive for the customers of Tarnholt Motors.\"
";

const THIRD: &str = "\
The crew Dustfinch apparently got into the networks of three engine companies in March.

Researchers at Harrowgate Intelligence say Dustfinch infiltrated the US firms and took source code. The group is trying to sell the data for $90,000.

No one has come forward yet to confirm or deny a breach.

The group claims to have 12 terabytes of stolen data.

Harrowgate Intelligence says the group made more than $2 million last year by selling stolen data.
";

fn shown() -> (Environment, Value) {
    let environment = Environment::with_desk();
    environment.gainsay(&["open", "engines"]).succeeded();
    for (name, story) in [("one.txt", FIRST), ("two.txt", SECOND), ("three.txt", THIRD)] {
        environment.write(name, story);
        environment.gainsay(&["add", "engines", name]).succeeded();
    }
    let shown = serde_json::from_str(&environment.gainsay(&["show", "engines", "--json"]).succeeded()).unwrap();
    (environment, shown)
}

#[test]
fn every_kind_is_found_and_cites_both_places() {
    let (_environment, case) = shown();
    let mut kinds: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for disagreement in case["disagreements"].as_array().unwrap() {
        kinds.entry(disagreement["kind"].as_str().unwrap()).or_default().push(disagreement);
        for place in disagreement["places"].as_array().unwrap() {
            let story = [("src1", FIRST), ("src2", SECOND), ("src3", THIRD)];
            let (_, text) = story.into_iter().find(|(handle, _)| place["source"] == *handle).unwrap();
            let end = |which: &str| usize::try_from(place["span"][which].as_u64().unwrap()).unwrap();
            assert_eq!(place["quote"], text[end("start")..end("end")]);
            assert!(!place["quote"].as_str().unwrap().is_empty(), "{place:#}");
        }
    }
    for kind in [
        "one asserts, another denies",
        "a party against itself",
        "said to have asserted, says it did not",
        "a summary stronger than the words",
        "said to be silent, has spoken",
        "grave for one, small for another",
        "who was told, and when",
        "figures differ",
        "one figure, of one or of several",
        "data for sale, or access for sale",
        "victims differ",
        "a product beside its owner",
        "where the victims are differs",
        "names withheld, names reported",
    ] {
        assert!(kinds.contains_key(kind), "nothing of kind {kind:?} in {:#}", case["disagreements"]);
    }
}

#[test]
fn three_stories_rest_on_the_crew_and_on_an_admission() {
    let (environment, case) = shown();
    let graph = &case["origin_graph"];
    let summary = graph["summary"].as_str().unwrap();
    assert!(summary.starts_with("3 sources, 2 origins of what is claimed: Dustfinch, Tarnholt Motors."), "{summary}");
    let firm =
        graph["nodes"].as_array().unwrap().iter().find(|node| node["name"] == "Harrowgate Intelligence").unwrap();
    assert_eq!(firm["is_origin"], false, "what the firm knows came from the crew: {graph:#}");
    let volume = case["claims"].as_array().unwrap().iter().find(|claim| claim["facet"] == "volume").unwrap();
    let chains = graph["claims"].as_array().unwrap().iter().find(|it| it["claim"] == volume["handle"]).unwrap();
    assert_eq!(
        chains["chains"],
        serde_json::json!([
            { "parties": ["Dustfinch"], "for": true, "admission": false, "circle": false }
        ])
    );
    let on_a_terminal = environment.gainsay(&["show", "engines"]).succeeded();
    let on_one_line = on_a_terminal.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(on_one_line.contains(summary), "{on_a_terminal}");
    environment.gainsay(&["report", "engines", "-o", "report.html"]).succeeded();
    let page = std::fs::read_to_string(environment.path("report.html")).unwrap();
    assert!(page.contains("figure class=\"origins\"") && page.contains(&format!("aria-label=\"{summary}\"")), "{page}");
}
