//! What a seller offers, next to what is in hand.

use std::process::Command;

use serde_json::Value;
use sha2::Digest;

use crate::support::{Environment, run};

const POST: &str = "\
[SELLING] Marlbeck Systems - source code 30 TB

Seller: dustfinch
Selling full source code of Marlbeck Systems. Volume: 30 TB of source code and contracts. Price: $50,000
Proof: sample archive.
";

fn code(seed: u32) -> String {
    (0..20 + seed).map(|n| format!("int step_{seed}_{n}(int left) {{ return left ^ {seed}{n}; }}\n")).collect()
}

/// A desk with a case of one post, a corpus, and a sample of a part of it.
fn desk() -> Environment {
    let environment = Environment::with_desk();
    environment.write("post.txt", POST);
    environment.gainsay(&["open", "marlbeck"]).succeeded();
    environment.gainsay(&["add", "marlbeck", "post.txt", "--as", "listing", "--published", "2024-03-01"]).succeeded();
    for n in 0..12 {
        environment.write(&format!("engine/unit{n}.c"), format!("// Marlbeck Systems engine\n{}", code(n)));
    }
    environment.gainsay(&["corpus", "add", "code", "engine", "--owner", "Marlbeck Systems"]).succeeded();
    for n in 0..4 {
        environment.write(&format!("leak/unit{n}.c"), format!("// Marlbeck Systems engine\n{}", code(n)));
    }
    environment.write("leak/deal.pdf", "%PDF-1.4 1 0 obj << /CreationDate (D:20190510103004+03'00') >>\nendobj\n");
    let mut tar = Command::new("tar");
    run(tar.args(["czf", "leak.tgz", "--mtime=2019-06-01T00:00:00Z", "leak"]).current_dir(environment.path("")))
        .succeeded();
    environment
}

#[test]
fn an_offer_stands_next_to_the_sample_everywhere() {
    let environment = desk();
    let known = sha2::Sha256::digest(std::fs::read(environment.path("leak/unit2.c")).unwrap());
    let known: String = known.iter().map(|byte| format!("{byte:02x}")).collect();
    environment.write("known.txt", format!("# files of an old leak\n{known}  marl 2017/unit2.c\n"));
    let shown = environment.gainsay(&["match", "leak.tgz", "--case", "marlbeck", "--leaks", "known.txt"]).succeeded();
    for words in [
        "of 30 TB",
        "4 files of source code in hand",
        "contracts, says src1: 1 file of documents in hand",
        "documents 2019-05-10 to 2019-05-10",
        "may have forged",
        "Marlbeck Systems (4 files)",
        "leaked before: 1 of 5 files (20 %)",
        "nothing follows from them for the rest",
    ] {
        assert!(shown.split_whitespace().collect::<Vec<_>>().join(" ").contains(words), "{words:?} is not in\n{shown}");
    }
    let shown = environment.gainsay(&["show", "marlbeck", "--json"]).succeeded();
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let finding = &shown["findings"][0];
    let hand = &finding["result"]["in_hand"];
    assert_eq!(
        (&hand["leaked_before"]["files"], &hand["leaked_before"]["some"][0]["name"]),
        (&1.into(), &"marl 2017/unit2.c".into())
    );
    assert_eq!(hand["languages"][0]["language"], "C");
    let volume = finding["offered"].as_array().unwrap().iter().find(|it| !it["share"].is_null()).unwrap();
    assert_eq!(volume["share"]["all"], 30_000_000_000_000_u64);
    assert!(finding["command"].as_str().unwrap().contains("--leaks "), "{finding}");
    for format in ["html", "md"] {
        let report = format!("report.{format}");
        environment.gainsay(&["report", "marlbeck", "-o", &report]).succeeded();
        let report = std::fs::read_to_string(environment.path(&report)).unwrap();
        for words in ["of 30 TB", "nothing follows from them for the rest", "leaked before"] {
            assert!(report.contains(words), "{words:?} is not in the {format} report");
        }
    }
}

#[test]
fn a_list_without_digests_is_refused() {
    let environment = desk();
    environment.write("known.txt", "nothing of the kind\n");
    let refused = environment.gainsay(&["match", "leak.tgz", "--leaks", "known.txt"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("known.txt has no digest"), "{}", refused.stderr);
    // With no case there is no offer, and what is in hand is told all the same.
    let found: Vec<Value> = environment.gainsay(&["match", "leak.tgz", "--json"]).json_lines();
    let result = &found[0]["results"][0];
    assert_eq!(
        (result["offered"].as_array().map(Vec::len), &result["in_hand"]["leaked_before"]),
        (Some(0), &Value::Null)
    );
    assert_eq!(result["in_hand"]["dates"].as_array().map(Vec::len), Some(2));
}
