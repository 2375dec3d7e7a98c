//! A case from its first story to the report, through the command line.

use serde_json::Value;

use crate::support::{Environment, read_tree};

/// A story of our own: an invented company and crew.
const STORY: &str = "\
Hackers claim data of Marlbeck Systems

A hacking group known as Dustfinch claims to have stolen 2 TB of source code from Marlbeck Systems.

Marlbeck Systems denied a breach. \"There is no indication that our systems were entered,\" the company said.
";

const LATER: &str = "\
Marlbeck Systems answers

Marlbeck Systems confirmed on Monday that an unauthorised party had access to one of its test servers.
";

fn with_story() -> Environment {
    Environment::with_story(STORY)
}

fn json(environment: &Environment, args: &[&str]) -> Value {
    serde_json::from_str(&environment.gainsay(args).succeeded()).unwrap()
}

#[test]
fn a_story_becomes_drafts_with_exact_spans() {
    let environment = with_story();
    let case = json(&environment, &["show", "marlbeck", "--json"]);
    let statements = case["statements"].as_array().unwrap();
    assert!(statements.len() >= 2, "{case:#}");
    for statement in statements {
        let span = |end: &str| usize::try_from(statement["span"][end].as_u64().unwrap()).unwrap();
        assert_eq!(statement["quote"], STORY[span("start")..span("end")]);
    }
    let speakers: Vec<&str> = statements.iter().map(|s| s["speaker"].as_str().unwrap()).collect();
    assert!(speakers.contains(&"Dustfinch") && speakers.contains(&"Marlbeck Systems"), "{speakers:?}");
    assert_eq!(case["disagreements"][0]["kind"], "one asserts, another denies");
}

#[test]
fn drafts_show_but_only_accepted_statements_weigh() {
    let environment = with_story();
    let all = json(&environment, &["show", "marlbeck", "--json"]);
    let handles: Vec<String> =
        all["statements"].as_array().unwrap().iter().map(|s| s["handle"].as_str().unwrap().to_owned()).collect();
    let mut reject = vec!["review", "marlbeck", "--again", "--reject"];
    reject.extend(handles.iter().map(String::as_str));
    environment.gainsay(&reject).succeeded();
    let none = json(&environment, &["show", "marlbeck", "--json"]);
    assert_eq!(none["statements"].as_array().unwrap().len(), 0);
    assert_eq!(none["claims"].as_array().unwrap().len(), 0);
    let mend = format!("{}=Somebody Else", handles[0]);
    environment.gainsay(&["review", "marlbeck", "--again", "--speaker", &mend]).succeeded();
    let mended = json(&environment, &["show", "marlbeck", "--json"]);
    assert_eq!(mended["statements"][0]["speaker"], "Somebody Else");
    assert_eq!(mended["statements"][0]["by"], "ana");
    // What a person decided is not changed by the next without a word.
    let stale = environment.gainsay(&["review", "marlbeck", "--accept", &handles[0]]);
    assert_eq!(stale.code, Some(1), "{stale:?}");
    assert!(stale.stderr.contains("was decided by ana already; --again changes it"), "{}", stale.stderr);
}

#[test]
fn the_machine_accepts_under_its_own_name() {
    let environment = with_story();
    let log = environment.gainsay(&["ledger", "log", "--json"]).json_lines();
    let authors = |kind: &str| -> Vec<&str> {
        log.iter().filter(|entry| entry["kind"] == kind).map(|entry| entry["author"].as_str().unwrap()).collect()
    };
    assert_eq!(authors("source/2"), ["ana"]);
    assert_eq!(authors("reading/2"), ["gainsay reader 1"]);
    assert!(authors("decision/2").iter().all(|author| *author == "gainsay reader 1"));
}

#[test]
fn the_same_bytes_are_one_source_and_changed_ones_a_new_version() {
    let environment = with_story();
    let again = environment.gainsay(&["add", "marlbeck", "story.txt", "--published", "2024-03-01"]).succeeded();
    assert!(again.contains("the case has this story already"), "{again}");
    environment.write("story.txt", STORY.replace("2 TB", "3 TB"));
    let changed = environment.gainsay(&["add", "marlbeck", "story.txt", "--published", "2024-03-01"]).succeeded();
    assert!(changed.contains("new version of a story"), "{changed}");
    let case = json(&environment, &["show", "marlbeck", "--json"]);
    assert_eq!(case["sources"].as_array().unwrap().len(), 2);
    assert_eq!(case["sources"][0]["replaced"], true);
    assert_eq!(case["sources"][1]["replaced"], false);
}

#[test]
fn as_of_leaves_out_what_was_published_later() {
    let environment = with_story();
    environment.write("later.txt", LATER);
    environment.gainsay(&["add", "marlbeck", "later.txt", "--published", "2024-03-09"]).succeeded();
    let speaks = |args: &[&str]| -> usize {
        let case = json(&environment, args);
        case["statements"].as_array().unwrap().iter().filter(|s| s["source"] == "src2").count()
    };
    assert!(speaks(&["show", "marlbeck", "--json"]) > 0);
    assert!(speaks(&["show", "marlbeck", "--json", "--as-of", "2024-03-09"]) > 0);
    assert_eq!(speaks(&["show", "marlbeck", "--json", "--as-of", "2024-03-08"]), 0);
}

#[test]
fn known_at_leaves_out_what_was_received_later() {
    let environment = with_story();
    let received = |case: &Value| case["sources"][0]["received"].as_str().unwrap().to_owned();
    let before = json(&environment, &["show", "marlbeck", "--json"]);
    environment.write("later.txt", LATER);
    std::thread::sleep(std::time::Duration::from_millis(5));
    let moment = jiff::Timestamp::now().to_string();
    environment.gainsay(&["add", "marlbeck", "later.txt", "--published", "2024-03-01"]).succeeded();
    let at = |moment: &str| json(&environment, &["show", "marlbeck", "--json", "--known-at", moment]);
    let known = at(&moment);
    assert_eq!((&known["statements"], &known["claims"]), (&before["statements"], &before["claims"]));
    assert_eq!(known["known_at"], moment.as_str());
    assert_eq!(received(&known), received(&before));
    assert!(json(&environment, &["show", "marlbeck", "--json"])["sources"].as_array().unwrap().len() > 1);
    let shown = environment.gainsay(&["show", "marlbeck", "--known-at", &moment, "--as-of", "2024-03-09"]).succeeded();
    let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(shown.contains("Only what was published until 2024-03-09T23:59:59Z"), "{shown}");
    assert!(shown.contains(&format!("and of it what this desk knew at {moment}")), "{shown}");
    let early = environment.gainsay(&["show", "marlbeck", "--known-at", "2001-01-01"]);
    assert_eq!(early.code, Some(2));
    assert!(early.stderr.contains("which is later"), "{}", early.stderr);
}

#[test]
fn a_page_gives_title_outlet_and_date() {
    let environment = Environment::with_desk();
    let body: String = STORY.lines().skip(2).filter(|l| !l.is_empty()).map(|l| format!("<p>{l}</p>")).collect();
    environment.write(
        "page.html",
        format!(
            "<!doctype html><html lang=en><head><title>Hackers claim data</title>\
             <meta property='og:site_name' content='The Invented Post'>\
             <meta property='article:published_time' content='2024-03-02T09:30:00+01:00'></head>\
             <body><nav>Home</nav><article><h1>Hackers claim data</h1>{body}{}</article>\
             <script>alert(1)</script></body></html>",
            "<p>This paragraph stands here so that the article is long enough to be told from the page around it.</p>"
                .repeat(4)
        ),
    );
    environment.gainsay(&["open", "page"]).succeeded();
    environment.gainsay(&["add", "page", "page.html"]).succeeded();
    let source = &json(&environment, &["show", "page", "--json"])["sources"][0];
    assert_eq!(source["outlet"], "The Invented Post");
    assert_eq!(source["published"], "2024-03-02T08:30:00Z");
    assert!(source["title"].as_str().unwrap().contains("Hackers claim data"));
    for name in ["page.html", "report.html"] {
        let _ = environment.gainsay(&["report", "page", "-o", name]);
    }
    let report = std::fs::read_to_string(environment.path("report.html")).unwrap();
    assert!(!report.contains("<script") && !report.contains("alert(1)"));
}

#[test]
fn one_bad_file_does_not_stop_the_others() {
    let environment = Environment::with_desk();
    environment.gainsay(&["open", "folder"]).succeeded();
    environment.write("texts/a-empty.txt", "");
    environment.write("texts/b-binary.txt", (0..4000_u32).flat_map(|n| (n * n / 7).to_le_bytes()).collect::<Vec<_>>());
    environment.write("texts/c-story.txt", STORY);
    let added = environment.gainsay(&["add", "folder", "texts", "no-such-file.txt"]);
    assert_eq!(added.code, Some(2), "{added:?}");
    for named in ["a-empty.txt", "b-binary.txt", "no-such-file.txt"] {
        assert!(added.stderr.contains(named), "{named} is not named: {}", added.stderr);
    }
    assert!(added.stdout.contains("c-story.txt: story"), "{}", added.stdout);
    assert_eq!(json(&environment, &["show", "folder", "--json"])["sources"].as_array().unwrap().len(), 1);
}

#[test]
fn what_is_marked_higher_is_withheld_from_the_audience() {
    let environment = with_story();
    environment.write("secret.txt", LATER);
    environment.gainsay(&["add", "marlbeck", "secret.txt", "--tlp", "red"]).succeeded();
    for (audience, sees) in [("red", true), ("amber", false)] {
        for ending in ["html", "md", "json"] {
            let name = format!("{audience}.{ending}");
            let wrote = environment.gainsay(&["report", "marlbeck", "-o", &name, "--audience", audience]).succeeded();
            let report = std::fs::read_to_string(environment.path(&name)).unwrap();
            assert_eq!(report.contains("one of its test servers"), sees, "{name}");
            assert_eq!(report.contains("secret.txt"), sees, "{name}");
            assert_eq!(wrote.contains("withheld"), !sees, "{wrote}");
        }
    }
    // Not even its handle stands among the proofs.
    let handles = |name: &str| -> Vec<String> {
        let report: Value = serde_json::from_str(&std::fs::read_to_string(environment.path(name)).unwrap()).unwrap();
        report["ledger"]["proofs"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["handle"].as_str().unwrap().to_owned())
            .collect()
    };
    assert!(handles("red.json").contains(&"src2".to_owned()) && !handles("amber.json").contains(&"src2".to_owned()));
    assert!(handles("amber.json").contains(&"src1".to_owned()));
    environment.gainsay(&["open", "hidden", "--tlp", "red"]).succeeded();
    let refused = environment.gainsay(&["report", "hidden", "-o", "x.html", "--audience", "green"]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(!environment.path("x.html").exists());
    // Nor may the answer give it away: to the lower audience nobody admitted anything.
    let amber: Value = serde_json::from_str(&std::fs::read_to_string(environment.path("amber.json")).unwrap()).unwrap();
    assert!(!amber["answer"].to_string().contains("admitted"), "{:#}", amber["answer"]);
    assert_eq!(amber["tlp"], "amber");
}

#[test]
fn a_report_carries_proofs_that_hold() {
    use sha2::{Digest, Sha256};
    let environment = with_story();
    environment.gainsay(&["report", "marlbeck", "-o", "r.json"]).succeeded();
    let report: Value = serde_json::from_str(&std::fs::read_to_string(environment.path("r.json")).unwrap()).unwrap();
    let ledger = &report["ledger"];
    let size = ledger["size"].as_u64().unwrap();
    let hash = |value: &Value| -> Vec<u8> {
        let digits = value.as_str().unwrap();
        (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
    };
    let node = |left: &[u8], right: &[u8]| {
        Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().to_vec()
    };
    let proofs = ledger["proofs"].as_array().unwrap();
    assert!(proofs.len() >= 3, "{ledger:#}");
    for proof in proofs {
        // RFC 9162, section 2.1.3.2, written once more.
        let (mut place, mut last) = (proof["seq"].as_u64().unwrap(), size - 1);
        let mut root = hash(&proof["leaf"]);
        for sibling in proof["path"].as_array().unwrap().iter().map(hash) {
            if place % 2 == 1 || place == last {
                root = node(&sibling, &root);
                while place % 2 == 0 && place != 0 {
                    (place, last) = (place / 2, last / 2);
                }
            } else {
                root = node(&root, &sibling);
            }
            (place, last) = (place / 2, last / 2);
        }
        assert_eq!(last, 0);
        assert_eq!(root, hash(&ledger["root"]), "{proof}");
    }
}

#[test]
fn what_is_computed_can_be_dropped_and_comes_back_the_same() {
    let environment = with_story();
    environment.gainsay(&["open", "another"]).succeeded();
    let entry = environment.gainsay(&["ledger", "log", "--json"]).json_lines();
    let source = entry.iter().find(|entry| entry["kind"] == "source/2").unwrap()["id"].as_str().unwrap().to_owned();
    environment.gainsay(&["add", "another", "story.txt"]).succeeded();
    environment.gainsay(&["ledger", "destroy", &source, "--reason", "a court order"]).succeeded();
    let rows = || -> Vec<(i64, String, Option<Vec<u8>>)> {
        let database = rusqlite::Connection::open(environment.desk().join("ledger.db")).unwrap();
        let mut select = database.prepare("SELECT seq, kind, of_case FROM entry_index ORDER BY seq").unwrap();
        select.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap().map(Result::unwrap).collect()
    };
    let shown = |case: &str| {
        let mut value = json(&environment, &["show", case, "--json"]);
        value["made"] = Value::Null;
        value
    };
    let (live_rows, live) = (rows(), [shown("marlbeck"), shown("another")]);
    assert!(live_rows.len() > 6);
    let database = rusqlite::Connection::open(environment.desk().join("ledger.db")).unwrap();
    database.execute_batch("DROP TABLE entry_index; DROP TABLE index_version;").unwrap();
    drop(database);
    assert_eq!([shown("marlbeck"), shown("another")], live);
    assert_eq!(rows(), live_rows);
}

#[test]
fn a_destroyed_source_leaves_its_entry_and_nothing_of_its_words() {
    let environment = with_story();
    let log = environment.gainsay(&["ledger", "log", "--json"]).json_lines();
    let source = log.iter().find(|entry| entry["kind"] == "source/2").unwrap()["id"].as_str().unwrap().to_owned();
    environment.gainsay(&["ledger", "destroy", &source[..12], "--reason", "a court order"]).succeeded();
    let verified = environment.gainsay(&["ledger", "verify"]).succeeded();
    assert!(verified.contains("lawfully destroyed"), "{verified}");
    for (path, bytes) in read_tree(&environment.desk()) {
        let bytes = bytes.unwrap_or_default();
        let words = b"no indication that our systems";
        assert!(!bytes.windows(words.len()).any(|window| window == words), "{} still holds it", path.display());
    }
    let shown = environment.gainsay(&["show", "marlbeck"]).succeeded();
    assert!(shown.contains("destroyed: a court order"), "{shown}");
}

#[test]
fn restricted_sources_stay_outside_or_are_sealed() {
    // A recipient whose key nobody kept; any will do, since nothing here opens it again.
    const RECIPIENT: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
    let environment = Environment::with_desk();
    environment.write("story.txt", STORY);
    environment.gainsay(&["open", "vault"]).succeeded();
    let sealed = environment.gainsay(&["add", "vault", "story.txt", "--seal", RECIPIENT]);
    assert_eq!(sealed.code, Some(0), "{sealed:?}");
    assert!(sealed.stderr.contains("(speakers, names, figures, title) is kept in clear"), "{}", sealed.stderr);
    environment.write("other.txt", LATER);
    environment.gainsay(&["add", "vault", "other.txt", "--outside"]).succeeded();
    for words in ["no indication that our systems", "one of its test servers"] {
        for (path, bytes) in read_tree(&environment.desk()) {
            let bytes = bytes.unwrap_or_default();
            let found = bytes.windows(words.len()).any(|window| window == words.as_bytes());
            assert!(!found, "{} holds {words:?}", path.display());
        }
    }
    let shown = environment.gainsay(&["show", "vault"]).succeeded();
    assert!(shown.contains("it is sealed to a key that is not in the desk"), "{shown}");
    assert!(shown.contains("it is kept outside the desk, at"), "{shown}");
    environment.gainsay(&["ledger", "verify"]).succeeded();
    let bad = environment.gainsay(&["add", "vault", "story.txt", "--seal", "age1nonsense"]);
    assert_eq!(bad.code, Some(2));
    assert!(bad.stderr.contains("is not an age recipient"), "{}", bad.stderr);
}

#[test]
fn one_call_decides_on_a_statement_once() {
    let environment = with_story();
    let entries = || environment.gainsay(&["ledger", "log", "--json"]).json_lines().len();
    let before = entries();
    for args in [
        &["--accept", "s1", "--reject", "s1"][..],
        &["--accept", "s1,s2,s1"],
        &["--reject", "s1", "--speaker", "s1=Somebody"],
        &["--speaker", "s1=Somebody", "--speaker", "s1=Another"],
    ] {
        let refused = environment.gainsay(&[&["review", "marlbeck", "--again"], args].concat());
        assert_eq!(refused.code, Some(2), "{args:?}: {refused:?}");
        assert!(refused.stderr.contains("s1 is named twice"), "{args:?}: {}", refused.stderr);
    }
    assert_eq!(entries(), before);
    environment.gainsay(&["review", "marlbeck", "--again", "--speaker", "s1=A", "--stance", "s1=denies"]).succeeded();
}

#[test]
fn nobody_acts_under_the_name_of_the_reader() {
    let environment = with_story();
    let named = |variable: &str| {
        let mut command = environment.command(&["--desk"]);
        let desk = environment.desk();
        let args = ["review", "marlbeck", "--again", "--accept", "s1"];
        crate::support::run(command.env("GAINSAY_AUTHOR", variable).arg(desk).args(args))
    };
    std::fs::write(environment.desk().join("desk.toml"), "tlp = \"amber\"\nauthor = \"gainsay reader 1\"\n").unwrap();
    for author in ["gainsay reader 1", " Gainsay Reader 1 ", ""] {
        let refused = named(author);
        assert_eq!(refused.code, Some(2), "{author:?}: {refused:?}");
        assert!(refused.stderr.contains("is the reader's own name"), "{}", refused.stderr);
    }
    named("ben").succeeded();
}

#[test]
fn what_is_printed_to_be_run_can_be_run() {
    let environment = Environment::with_desk();
    let opened = environment.gainsay(&["open", "it's $(reboot)"]).succeeded();
    assert!(opened.contains(r"gainsay add 'it'\''s $(reboot)' FILE…"), "{opened}");
    environment.write("line\nbreak.txt", STORY);
    environment.write("two words.txt", STORY);
    let added = environment.gainsay(&["add", "it's $(reboot)", "line\nbreak.txt"]).succeeded();
    assert!(added.starts_with(r"line\nbreak.txt: story"), "{added}");
    assert!(added.contains(r"`gainsay show 'it'\''s $(reboot)'`"), "{added}");
    let sample = environment.gainsay(&["add", "it's $(reboot)", "two words.txt", "--as", "sample"]).succeeded();
    assert!(sample.contains(r"`gainsay match 'two words.txt' --case 'it'\''s $(reboot)'`"), "{sample}");
    let missing = environment.gainsay(&["add", "it's $(reboot)", "no\nfile"]);
    assert!(missing.stderr.contains(r"no\nfile") && missing.stderr.lines().count() == 1, "{}", missing.stderr);
}

#[test]
fn match_answers_with_its_exit_code() {
    let environment = Environment::with_desk();
    let no_corpus = environment.gainsay(&["match", "desk"]);
    assert_eq!(no_corpus.code, Some(2));
    assert!(no_corpus.stderr.contains("there is no corpus to match against"), "{}", no_corpus.stderr);
    let ours: String =
        (0..60).map(|n| format!("fn step_{n}(left: u32) -> u32 {{ left.rotate_left({n}) ^ 0x{n:x}7 }}\n")).collect();
    environment.write("ours/engine.rs", &ours);
    environment.gainsay(&["corpus", "add", "code", "ours", "--owner", "Marlbeck"]).succeeded();
    environment.write("theirs.rs", ours.replace("step", "    step").lines().skip(10).collect::<Vec<_>>().join("\r\n"));
    environment.write(
        "other.txt",
        "The quick brown fox jumps over the lazy dog, and so on and on, for a good while yet. ".repeat(9),
    );
    let yes = environment.gainsay(&["match", "theirs.rs"]);
    assert_eq!(yes.code, Some(0), "{yes:?}");
    assert!(yes.stdout.contains("engine.rs in code"), "{}", yes.stdout);
    assert_eq!(environment.gainsay(&["match", "other.txt"]).code, Some(1));
    let result = json(&environment, &["match", "theirs.rs", "--json"]);
    assert_eq!(result["results"][0]["verdict"], "ours");
    // What was given away is told apart.
    environment.gainsay(&["corpus", "add", "sdk", "ours", "--owner", "Marlbeck", "--published"]).succeeded();
    assert_eq!(environment.gainsay(&["match", "theirs.rs"]).code, Some(1));
}

#[test]
fn every_command_speaks_json() {
    let environment = Environment::with_desk();
    environment.write("story.txt", STORY);
    environment.write("ours/a.rs", STORY.repeat(9));
    for args in [
        &["init", "another"][..],
        &["open", "marlbeck"],
        &["add", "marlbeck", "story.txt"],
        &["read", "story.txt"],
        &["corpus", "add", "code", "ours"],
        &["corpus", "list"],
        &["corpus", "verify"],
        &["match", "ours", "--case", "marlbeck"],
        &["review", "marlbeck"],
        &["review", "marlbeck", "--again", "--reject", "s1"],
        &["show"],
        &["show", "marlbeck"],
        &["report", "marlbeck", "-o", "report.json"],
        &["ledger", "verify"],
        &["ledger", "log"],
        &["ledger", "checkpoint"],
        &["ledger", "check", "report.json"],
        &["ledger", "reindex"],
        &["demo", "demo"],
    ] {
        let output = if args[0] == "init" {
            crate::support::run(&mut environment.command(&[args, &["--json"]].concat()))
        } else {
            environment.gainsay(&[args, &["--json"]].concat())
        };
        let printed = output.stdout.clone();
        let values: Result<Vec<Value>, _> = serde_json::Deserializer::from_str(&printed).into_iter().collect();
        let values = values.unwrap_or_else(|e| panic!("{args:?}: {e}: {output:#?}"));
        assert!(values.iter().all(|value| value.is_object() || value.is_array()), "{args:?}: {printed}");
        assert!(!values.is_empty() || args == ["review", "marlbeck"], "{args:?} printed nothing: {output:#?}");
        assert_eq!(output.code, Some(0), "{args:?}: {output:#?}");
    }
}
