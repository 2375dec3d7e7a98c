//! Files drawn from a listing that a seller committed to, by the example of `docs/challenge.md`.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;
use sha2::Digest;

use crate::support::{Environment, run};

const PAGE: &str = include_str!("../../../../docs/challenge.md");

fn code(seed: u32) -> String {
    (0..20 + seed).map(|n| format!("int step_{seed}_{n}(int left) {{ return left ^ {seed}{n}; }}\n")).collect()
}

/// A desk with a case, a corpus of thirty files, and a seller's list of them and of ten that nobody has.
fn desk() -> Environment {
    let environment = Environment::with_desk();
    environment.gainsay(&["open", "marlbeck"]).succeeded();
    let mut listing = String::new();
    for n in 0..40 {
        let (path, code) = (format!("src/part{}/unit{n}.c", n % 4), code(n));
        if n < 30 {
            environment.write(&format!("engine/{path}"), &code);
        }
        listing += &format!("{} {path}\n", code.len());
    }
    environment.write("listing.txt", listing);
    environment.gainsay(&["corpus", "add", "code", "engine", "--owner", "Marlbeck"]).succeeded();
    environment
}

/// The arguments of the example's commands.
fn commands() -> Vec<Vec<&'static str>> {
    let block = PAGE.split("```console\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    block.lines().map(|line| line.strip_prefix("$ gainsay ").unwrap().split(' ').collect()).collect()
}

fn json(environment: &Environment, args: &[&str]) -> Value {
    let args: Vec<&str> = args.iter().copied().chain(["--json"]).collect();
    environment.gainsay(&args).json_lines()[0]["challenge"].clone()
}

/// The seller sends what it has of these files.
fn send(environment: &Environment, challenge: &Value, folder: &str) -> usize {
    let files = challenge["draw"]["files"].as_array().unwrap();
    let paths = files.iter().map(|file| file["path"].as_str().unwrap());
    let had: Vec<&str> = paths.filter(|path| environment.path(&format!("engine/{path}")).exists()).collect();
    for path in &had {
        let bytes = std::fs::read(environment.path(&format!("engine/{path}"))).unwrap();
        environment.write(&format!("{folder}/{path}"), bytes);
    }
    had.len()
}

#[test]
fn the_example_of_the_page_holds() {
    let environment = desk();
    let [open, draw, answer] = commands().try_into().unwrap();
    let opened = json(&environment, &open);
    assert_eq!((&opened["files"], &opened["draw"]), (&40.into(), &Value::Null));
    let shown = environment.gainsay(&["show", "marlbeck", "--json"]).succeeded();
    let commitment = opened["commitment"].as_str().unwrap();
    assert!(shown.contains(commitment), "{shown}");

    let drawn = json(&environment, &draw);
    let nonce = drawn["draw"]["nonce"].as_str().unwrap();
    assert!(!shown.contains(nonce), "the nonce is told before the draw");
    let hash: String = sha2::Sha256::digest(nonce).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hash, commitment);
    // What the page has a shell compute is what was drawn.
    let script = PAGE.split("```sh\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let mut shell = Command::new("sh");
    let shell = shell.args(["-c", script]).current_dir(environment.path("")).env("LC_ALL", "C");
    let computed = run(shell.env("NONCE", nonce).env("PUBLIC", "00000000000000000001f9c4")).succeeded();
    let files = drawn["draw"]["files"].as_array().unwrap();
    let paths: BTreeSet<&str> = files.iter().map(|file| file["path"].as_str().unwrap()).collect();
    let lines: Vec<&str> = computed.lines().collect();
    assert_eq!((lines[0], lines.len()), (commitment, 13));
    assert_eq!(paths, lines[1..].iter().copied().collect());
    assert!(drawn["request"].as_str().unwrap().contains(lines[1]));

    let sent = send(&environment, &drawn, "answer");
    let shown = environment.gainsay(&answer).succeeded();
    assert!(shown.contains(&format!("of 12 draws {sent} genuine")), "{shown}");
    assert!(shown.contains("of the 40 listed files are genuine") && shown.contains("95 % confidence"), "{shown}");
    assert!(shown.contains("Nothing follows for what is not listed"), "{shown}");
    let case: Value = serde_json::from_str(&environment.gainsay(&["show", "marlbeck", "--json"]).succeeded()).unwrap();
    let told = &case["challenges"][0]["draw"]["answer"];
    assert_eq!(told["genuine"], sent);
    let (from, to) = (told["interval"]["from"].as_u64().unwrap(), told["interval"]["to"].as_u64().unwrap());
    assert!((from..=to).contains(&30) || sent < 6, "{from} to {to} of {sent}");
    for format in ["html", "md"] {
        let report = format!("report.{format}");
        environment.gainsay(&["report", "marlbeck", "-o", &report]).succeeded();
        let report = std::fs::read_to_string(environment.path(&report)).unwrap();
        assert!(report.contains("of the 40 listed files are genuine"), "{format}");
    }
    environment.gainsay(&["ledger", "verify"]).succeeded();
}

#[test]
fn the_order_of_the_ledger_is_kept() {
    let environment = desk();
    let refused = |args: &[&str], why: &str| {
        let output = environment.gainsay(args);
        assert_eq!(output.code, Some(2), "{output:?}");
        assert!(output.stderr.contains(why), "{}", output.stderr);
    };
    refused(&["challenge", "draw", "marlbeck"], "has no challenge");
    environment.write("prose.txt", "Trust us.\n");
    refused(&["challenge", "open", "marlbeck", "prose.txt"], "no listing of files");
    // A listing that the case has already is named by its handle.
    environment.gainsay(&["add", "marlbeck", "listing.txt", "--as", "listing"]);
    environment.gainsay(&["challenge", "open", "marlbeck", "src1"]).succeeded();
    refused(&["challenge", "answer", "marlbeck", "engine"], "nothing was drawn");
    // What the seller gave before the draw, it chose.
    let early = environment.write("early/unit1.c", code(1));
    environment.gainsay(&["match", early.to_str().unwrap(), "--case", "marlbeck"]).succeeded();
    let drawn = json(&environment, &["challenge", "draw", "marlbeck", "--by", "bytes", "--count", "9"]);
    assert!(drawn["words"][1].as_str().unwrap().contains("no public value"), "{drawn}");
    assert_eq!(
        drawn["draw"]["files"].as_array().unwrap().iter().map(|it| it["times"].as_u64().unwrap()).sum::<u64>(),
        9
    );
    refused(&["challenge", "draw", "marlbeck"], "was drawn on");
    refused(&["challenge", "answer", "marlbeck", early.to_str().unwrap()], "before the files were drawn");
    // Nothing genuine comes: no, and the interval begins at nothing.
    environment.write("lies/unit3.c", "int nothing;\n");
    let answered = environment.gainsay(&["challenge", "answer", "marlbeck", "lies"]);
    assert_eq!(answered.code, Some(1), "{answered:?}");
    assert!(answered.stdout.contains("Between 0 % and 34 % of the listed bytes"), "{}", answered.stdout);
    // A better answer takes its place, and it is said that there was another.
    send(&environment, &drawn, "answer");
    let answered = environment.gainsay(&["challenge", "answer", "marlbeck", "answer"]).stdout;
    assert!(answered.contains("the newest of 2 answers"), "{answered}");
}

#[test]
fn a_challenge_goes_with_its_listing() {
    let environment = desk();
    environment.gainsay(&["challenge", "open", "marlbeck", "listing.txt"]).succeeded();
    let drawn = json(&environment, &["challenge", "draw", "marlbeck", "--count", "6"]);
    send(&environment, &drawn, "answer");
    environment.gainsay(&["challenge", "answer", "marlbeck", "answer"]);
    let log = environment.gainsay(&["ledger", "log", "-n", "200", "--json"]).json_lines();
    let kinds: BTreeSet<&str> = log.iter().map(|entry| entry["kind"].as_str().unwrap()).collect();
    assert!(["challenge/1", "draw/1", "answer/1"].iter().all(|kind| kinds.contains(kind)), "{kinds:?}");
    let listing = log.iter().rev().find(|entry| entry["kind"].as_str().unwrap().starts_with("source/")).unwrap();
    let id = listing["id"].as_str().unwrap();
    environment.gainsay(&["ledger", "destroy", id, "--reason", "a court order"]).succeeded();
    environment.gainsay(&["ledger", "verify"]).succeeded();
    let case: Value = serde_json::from_str(&environment.gainsay(&["show", "marlbeck", "--json"]).succeeded()).unwrap();
    assert_eq!(case["challenges"].as_array().map(Vec::len), Some(0));
    // The next one is not called as the one that is gone.
    let again = json(&environment, &["challenge", "open", "marlbeck", "listing.txt"]);
    assert_eq!(again["handle"], "ch2");
}
