//! Reviewing drafts: on a terminal, and by options.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::Environment;

/// Of an invented company: what nobody would accept unseen.
const STORY: &str = "\
Hackers claim data of Marlbeck Systems

A hacking group known as Dustfinch claims to have stolen 2 TB of source code from Marlbeck Systems, while the company said that it was looking into it.

It added that customers were not at risk. A source told the paper that more is to come, and it would not say who had called.

They also said that somebody else was hit. The firm said in an e-mail that the files are old.
";

fn with_story() -> Environment {
    Environment::with_story(STORY)
}

fn waiting(environment: &Environment, args: &[&str]) -> Vec<Value> {
    environment.gainsay(&[&["review", "marlbeck", "--json"], args].concat()).json_lines()
}

fn statements(environment: &Environment) -> Vec<Value> {
    let case: Value = serde_json::from_str(&environment.gainsay(&["show", "marlbeck", "--json"]).succeeded()).unwrap();
    case["statements"].as_array().unwrap().clone()
}

fn said_by<'v>(statements: &'v [Value], handle: &str) -> &'v Value {
    statements.iter().find(|said| said["handle"] == handle).unwrap()
}

fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().unwrap()
}

#[test]
fn a_draft_is_shown_in_its_sentence() {
    let environment = with_story();
    let drafts = waiting(&environment, &[]);
    assert!(drafts.len() >= 3, "{drafts:#?}");
    for draft in &drafts {
        let whole = [text(draft, "before"), text(draft, "quote"), text(draft, "after")].concat();
        assert!(STORY.contains(&whole) && whole.ends_with('.'), "{draft:#}");
    }
}

#[test]
fn what_waits_is_chosen_and_decided_at_once() {
    let environment = with_story();
    let all = waiting(&environment, &[]);
    let speaker = text(&all[0], "speaker").to_owned();
    let of_one = waiting(&environment, &["--by", &speaker.to_uppercase()]);
    assert!(!of_one.is_empty() && of_one.iter().all(|draft| text(draft, "speaker") == speaker));
    let surest = all.iter().map(|draft| draft["confidence_permille"].as_u64().unwrap() / 10).max().unwrap();
    let sure = waiting(&environment, &["--sure", &surest.to_string()]);
    assert!(!sure.is_empty() && sure.len() < all.len(), "{sure:#?}");
    assert!(waiting(&environment, &["--from", "src2"]).is_empty());
    let accepted = environment.gainsay(&["review", "marlbeck", "--by", &speaker, "--accept", "all"]).succeeded();
    assert!(accepted.contains(&format!("Decided on {} statement", of_one.len())), "{accepted}");
    environment.gainsay(&["review", "marlbeck", "--reject", "all", "--reason", "of another matter"]).succeeded();
    assert!(waiting(&environment, &[]).is_empty());
    let none = environment.gainsay(&["review", "marlbeck", "--accept", "all"]).succeeded();
    assert!(none.contains("Decided on 0 statements"), "{none}");
}

#[test]
fn a_statement_is_split_and_each_part_decided_on_again() {
    let environment = with_story();
    let draft = &waiting(&environment, &[])[0];
    let (handle, quote) = (text(draft, "handle"), text(draft, "quote"));
    let cut = quote.char_indices().filter(|(_, c)| c.is_whitespace()).nth(2).unwrap().0 + 1;
    let before = statements(&environment).len();
    for words in ["no such words", "", &quote[..9]] {
        let refused = environment.gainsay(&["review", "marlbeck", "--split", &format!("{handle}={words}")]);
        assert_eq!(refused.code, Some(2), "{refused:?}");
        assert!(refused.stderr.contains("cannot be split before"), "{}", refused.stderr);
    }
    environment.gainsay(&["review", "marlbeck", "--split", &format!("{handle}={}", &quote[cut..])]).succeeded();
    let after = statements(&environment);
    assert_eq!(after.len(), before + 1);
    let second = format!("s{}", after.len());
    assert_eq!(text(said_by(&after, handle), "quote"), &quote[..cut]);
    assert_eq!(text(said_by(&after, &second), "quote"), &quote[cut..]);
    let mended = format!("{second}=denies");
    let stale = environment.gainsay(&["review", "marlbeck", "--stance", &mended]);
    assert_eq!(stale.code, Some(1), "{stale:?}");
    environment.gainsay(&["review", "marlbeck", "--again", "--stance", &mended]).succeeded();
    let after = statements(&environment);
    assert_eq!((after.len(), text(said_by(&after, &second), "stance")), (before + 1, "denies"));
    environment.gainsay(&["review", "marlbeck", "--again", "--reject", &second]).succeeded();
    assert_eq!(statements(&environment).len(), before);
    environment.gainsay(&["ledger", "verify"]).succeeded();
}

/// What `review` says on a terminal to these answers.
fn on_a_terminal(environment: &Environment, answers: &str) -> String {
    // `script` gives what it runs a terminal and passes on what it is given.
    let desk = environment.desk();
    let line = format!("{} --desk {} review marlbeck", env!("CARGO_BIN_EXE_gainsay"), desk.display());
    let mut fresh = Command::new("script");
    fresh.args(["-qefc", &line, "/dev/null"]).current_dir(environment.path(""));
    let plain = environment.command(&[]);
    fresh.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?)))).env("TERM", "xterm");
    let mut child = fresh.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(answers.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn somebody_is_asked_about_each() {
    let environment = with_story();
    let before = waiting(&environment, &[]);
    let [first, second, ..] = &before[..] else { panic!("too few drafts") };
    // The first is accepted, looked at again and rejected instead; the second gets another stance, by the beginning of its word.
    let shown = on_a_terminal(&environment, "a\nb\nr\nof another matter\nt\nden\nq\n");
    assert!(shown.contains(&format!("1 of {}", before.len())), "{shown}");
    let left: Vec<Value> = waiting(&environment, &[]);
    assert_eq!(left.len(), before.len() - 2, "{shown}");
    let after = statements(&environment);
    assert!(after.iter().all(|said| said["handle"] != first["handle"]), "{shown}");
    let mended = said_by(&after, text(second, "handle"));
    assert_eq!((text(mended, "stance"), text(mended, "by")), ("denies", "ana"));
    let log = environment.gainsay(&["ledger", "log", "--json"]).json_lines();
    let by_ana = log.iter().filter(|entry| entry["author"] == "ana" && entry["kind"] == "decision/2").count();
    assert_eq!(by_ana, 3, "each answer is an entry: {shown}");
}
