//! A case of which there is much: no page and no answer is too long, and nothing of it is lost.

use std::collections::BTreeSet;

use serde_json::Value;

use super::client::Served;
use crate::support::Environment;

/// The most that a page or an answer may come to, in bytes.
const MOST: usize = 200_000;

/// A text in which each of so many sentences says something by itself.
fn text(number: usize) -> String {
    let said = |at: usize| {
        format!(
            "A hacking group known as Dustfinch claims to have stolen {at} gigabytes of source code number {number} from Marlbeck Systems.\n\n\
             Marlbeck Systems denied on Monday that its systems of kind {at} were breached.\n\n"
        )
    };
    format!("Crew claims data, part {number}\n\n") + &(0..12).map(said).collect::<String>()
}

#[test]
fn what_a_case_holds_is_on_some_page_and_none_is_too_long() {
    let environment = Environment::with_desk();
    for number in 0..10 {
        environment.write(&format!("texts/{number:02}.txt"), text(number));
    }
    environment.gainsay(&["open", "marlbeck"]).succeeded();
    environment.gainsay(&["add", "marlbeck", &environment.path("texts").to_string_lossy()]).succeeded();
    let shown: Value = serde_json::from_str(&environment.gainsay(&["show", "marlbeck", "--json"]).succeeded()).unwrap();
    let mut served = Served::start(&environment);
    served.enter();
    let page = served.get("/case/marlbeck");
    assert!(page.status == 200 && page.body.len() < MOST, "{}", page.body.len());
    // The statements, piece by piece.
    let link = regex::Regex::new(r#"href="([^"]*/lists/said)">All (\d+)"#).unwrap();
    let found = link.captures(&page.body).expect("the page leads to all of them");
    let handles = |list: &str| -> BTreeSet<String> {
        shown[list].as_array().unwrap().iter().map(|it| it["handle"].as_str().unwrap().to_owned()).collect()
    };
    let all = handles("statements");
    assert!(all.len() > 60 && found[2] == all.len().to_string(), "{} {}", &found[2], all.len());
    let article = regex::Regex::new(r#"<article class="said" id="(s\d+)""#).unwrap();
    let next = regex::Regex::new(r#"<a href="([^"]+)">Next</a>"#).unwrap();
    let (mut seen, mut path) = (BTreeSet::new(), found[1].to_owned());
    loop {
        let piece = served.get(&path);
        assert!(piece.status == 200 && piece.body.len() < MOST, "{path}: {}", piece.body.len());
        seen.extend(article.captures_iter(&piece.body).map(|it| it[1].to_owned()));
        match next.captures(&piece.body) {
            Some(found) => path = found[1].to_owned(),
            None => break,
        }
    }
    assert_eq!(seen, all);
    // A handle leads to where it is shown, also one that the case's page leaves out.
    for handle in all.iter().chain(&handles("sources")).chain(&handles("claims")).step_by(29) {
        let answer = served.get(&format!("/case/marlbeck/at/{handle}"));
        assert_eq!(answer.status, 303, "{handle}");
        let place = answer.header("location").unwrap().split('#').next().unwrap().to_owned();
        let target = served.get(&place);
        let is_there = target.body.contains(&format!("id=\"{handle}\"")) || place.ends_with(handle);
        assert!(target.status == 200 && is_there && target.body.len() < MOST, "{handle}: {place}");
    }
    for list in ["claims", "explanations", "timeline", "disagreements", "offers", "sources", "ledger"] {
        let piece = served.get(&format!("/case/marlbeck/lists/{list}"));
        assert!(piece.status == 200 && piece.body.len() < MOST, "{list}: {}", piece.body.len());
    }
    assert_eq!(served.get("/case/marlbeck/lists/nothing").status, 404);
    assert_eq!(served.get("/case/marlbeck/lists/said?from=x").status, 422);
    assert_eq!(served.get("/case/marlbeck/at/s99999").status, 404);
    the_same_for_programs(&served, &shown);
}

/// Puts together what the API gives in parts, and holds it against what the command gives at once.
fn the_same_for_programs(served: &Served, shown: &Value) {
    let ask = |path: &str| -> Value {
        let answer = served.get(path);
        assert!(answer.status == 200 && answer.body.len() < MOST, "{path}: {}", answer.body.len());
        serde_json::from_str(&answer.body).unwrap()
    };
    let mut case = ask("/api/v1/cases/marlbeck");
    let mut cut: Vec<Value> = case["more"].as_array().unwrap().clone();
    assert!(!cut.is_empty(), "so much does not fit into one answer");
    while let Some(list) = cut.pop() {
        let (at, count) = (list["list"].as_str().unwrap(), list["count"].as_u64().unwrap());
        let mut href = list["href"].as_str().unwrap().to_owned();
        loop {
            let piece = ask(&href);
            assert_eq!(piece["count"], count, "{href}");
            let whole = case.pointer_mut(at).unwrap().as_array_mut().unwrap();
            whole.extend(piece["items"].as_array().unwrap().iter().cloned());
            cut.extend(piece["more"].as_array().unwrap().iter().cloned());
            let Some(next) = piece["next"].as_str() else { break };
            href = href.split("&after=").next().unwrap().to_owned() + "&limit=200&after=" + next;
        }
        assert_eq!(case.pointer(at).unwrap().as_array().unwrap().len() as u64, count, "{at}");
    }
    for part in ["claims", "statements", "sources", "disagreements", "timeline", "answer", "explanations"] {
        assert_eq!(case[part], shown[part], "{part}");
    }
    assert_eq!(case["ledger"]["proofs"], shown["ledger"]["proofs"]);
}
