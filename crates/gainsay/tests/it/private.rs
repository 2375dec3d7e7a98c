//! Two desks that settle a sample by sending files: the walk-through of docs/private-match.md line by line, and what becomes of cheats.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{Environment, Output, run};

/// Two desks on one machine: a firm with a sample, and a company.
struct Pair {
    environment: Environment,
    keys: [String; 2],
}

const FIRM: &str = "firm";
const COMPANY: &str = "company";

impl Pair {
    fn new() -> Pair {
        let environment = Environment::new();
        let keys = [FIRM, COMPANY].map(|desk| {
            run(environment.command(&["init"]).arg(environment.path(desk))).succeeded();
            let printed = environment.gainsay_at(&environment.path(desk), &["private", "key", "--json"]).json_lines();
            printed[0]["key"].as_str().unwrap().to_owned()
        });
        Pair { environment, keys }
    }

    /// One whose company has two corpora in two places and whose firm has a sample of both, and of something else.
    fn with_files() -> Pair {
        let pair = Pair::new();
        for (name, seed) in [("farm/a.txt", 1), ("farm/b.txt", 2), ("lab/c.txt", 3), ("lab/d.txt", 4)] {
            pair.environment.write(name, words(seed));
        }
        for (name, seed) in [("sample/1.txt", 1), ("sample/2.txt", 3), ("sample/3.txt", 9)] {
            pair.environment.write(name, words(seed));
        }
        pair.run(COMPANY, &["corpus", "add", "source", "farm", "--place", "build farm"]).succeeded();
        pair.run(COMPANY, &["corpus", "add", "source", "lab", "--place", "lab"]).succeeded();
        pair
    }

    /// One whose firm and company hold lists.
    fn with_lists() -> Pair {
        let pair = Pair::new();
        let lines = |range: std::ops::Range<u32>| range.map(|n| format!("build id {n:08x}\n")).collect::<String>();
        pair.environment.write("sample.txt", lines(0..1500));
        pair.environment.write("symbols.txt", lines(1000..4000));
        pair
    }

    fn run(&self, desk: &str, args: &[&str]) -> Output {
        self.environment.gainsay_at(&self.environment.path(desk), args)
    }

    fn private(&self, desk: &str, args: &[&str]) -> Output {
        self.run(desk, &[&["private"], args].concat())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.environment.path(name)
    }

    fn invite(&self, name: &str, more: &[&str]) -> Output {
        let args = ["--to", &self.keys[1], "--claim", "claim 17", "--yes", "-o", name];
        self.private(FIRM, &[&["invite"], more, &args].concat())
    }

    fn agree(&self, invitation: &str, name: &str, more: &[&str]) -> Output {
        let args = ["agree", invitation, "--from", &self.keys[0], "--yes", "-o", name];
        self.private(COMPANY, &[&args, more].concat())
    }

    /// Goes on from an agreement to the answer.
    fn to_answer(&self) {
        self.private(FIRM, &["request", "agreement", "--yes", "-o", "request"]).succeeded();
        self.private(COMPANY, &["answer", "request", "--yes", "-o", "answer"]).succeeded();
    }

    /// A session over lists as far as its answer.
    fn of_lists(more: &[&str]) -> Pair {
        let pair = Pair::with_lists();
        pair.invite("invitation", &[&["sample.txt", "--of", "ids"], more].concat()).succeeded();
        pair.agree("invitation", "agreement", &["--set", "symbols=symbols.txt"]).succeeded();
        pair.to_answer();
        pair
    }
}

/// Some thousand words that no other seed gives.
fn words(seed: u64) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut text = String::new();
    for number in 1..4_000 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let letters =
            (0..3 + (state >> 61)).map(|at| char::from(b'a' + u8::try_from((state >> (5 * at + 8)) % 26).unwrap()));
        text.extend(letters);
        text.push(if number % 12 == 0 { '\n' } else { ' ' });
    }
    text
}

/// That a run was refused for this reason, and wrote nothing.
#[track_caller]
fn refused(pair: &Pair, output: &Output, why: &str, not_written: &str) {
    assert_eq!(output.code, Some(2), "{output:#?}");
    assert!(output.stderr.contains(why), "{output:#?}");
    assert!(!pair.path(not_written).exists(), "{not_written} was written");
}

#[test]
fn a_sample_is_settled_between_two_desks_and_a_third_checks_it() {
    let pair = Pair::with_files();
    let invited = pair.invite("invitation", &["sample"]);
    assert!(invited.stderr.contains("will learn from this file that you hold"), "{invited:#?}");
    assert!(invited.succeeded().contains("gainsay private agree invitation"));
    let agreed = pair.agree("invitation", "agreement", &[]);
    for told in ["source, build farm: at most", "source, lab: at most", "No public corpus takes part"] {
        assert!(agreed.stderr.contains(told), "{agreed:#?}");
    }
    agreed.succeeded();
    pair.to_answer();
    let opened = pair.private(FIRM, &["open", "answer", "--yes", "-o", "result", "--json"]).json_lines().remove(0);
    let (elements, matches) = (opened["elements"].as_u64().unwrap(), opened["matches"].as_u64().unwrap());
    assert!(elements > 1000 && matches * 3 > elements * 19 / 10 && matches * 3 < elements * 21 / 10, "{opened}");
    let labels = opened["labels"].as_array().unwrap();
    assert_eq!(labels.iter().map(|it| it["matches"].as_u64().unwrap()).sum::<u64>(), matches, "{opened}");
    pair.run(COMPANY, &["open", "fxmsp"]).succeeded();
    let countersign = ["countersign", "result", "--yes", "-o", "countersigned", "--case", "fxmsp", "--statement", "st"];
    refused(
        &pair,
        &pair.private(COMPANY, &[&countersign[..], &["--company", ""]].concat()),
        "company",
        "countersigned",
    );
    pair.private(COMPANY, &[&countersign[..], &["--company", "Marlbeck"]].concat()).succeeded();
    pair.run(FIRM, &["open", "marlbeck"]).succeeded();
    let kept = ["open", "countersigned", "--case", "marlbeck", "--company", "Marlbeck"];
    assert!(pair.private(FIRM, &kept).succeeded().contains("Kept in the case as"));

    // A third party has the file and the two keys, and no desk.
    let verify = |keys: String| run(pair.environment.command(&["private", "verify", "st", "--keys"]).arg(keys));
    let [firm, company] = &pair.keys;
    for keys in [format!("{firm},{company}"), format!("{company},{firm}")] {
        assert!(verify(keys).succeeded().starts_with("Holds: both signed it."));
    }
    assert_eq!(verify(format!("{firm},{firm}")).code, Some(1));
    let mut bytes = fs::read(pair.path("st")).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    pair.environment.write("st", bytes);
    assert_eq!(verify(format!("{firm},{company}")).code, Some(1));

    // It is evidence on both desks, weighs, and the ledger is held against it.
    for (desk, case) in [(COMPANY, "fxmsp"), (FIRM, "marlbeck")] {
        let shown = pair.run(desk, &["show", case, "--json"]).succeeded();
        let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
        assert_eq!(shown["private_matches"][0]["matches"].as_u64(), Some(matches), "{shown}");
        let answer = shown["answer"].to_string();
        assert!(answer.contains("Both parties signed that"), "{answer}");
        let shown = pair.run(desk, &["show", case, "--all"]).succeeded();
        assert!(shown.contains("p1   settled with another party about Marlbeck"), "{shown}");
        let verified = pair.run(desk, &["ledger", "verify"]).succeeded();
        assert!(verified.starts_with("Holds"), "{verified}");
    }
    // Who is not cleared for it is not told; what is destroyed is gone, and the record stands.
    pair.run(FIRM, &["open", "public", "--tlp", "clear"]).succeeded();
    pair.private(FIRM, &["open", "countersigned", "--case", "public", "--company", "Marlbeck"]).succeeded();
    for (audience, is_told) in [("clear", false), ("red", true)] {
        let report = format!("{audience}.md");
        pair.run(FIRM, &["report", "public", "-o", &report, "--audience", audience]).succeeded();
        let report = fs::read_to_string(pair.path(&report)).unwrap();
        assert_eq!(report.contains("settled with another party"), is_told, "{report}");
        assert_eq!(report.contains("Both parties signed"), is_told, "{report}");
    }
    let shown = pair.run(FIRM, &["show", "public", "--json"]).succeeded();
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let entry = shown["private_matches"][0]["id"].as_str().unwrap();
    pair.run(FIRM, &["ledger", "destroy", entry, "--reason", "a court order"]).succeeded();
    assert!(!pair.run(FIRM, &["show", "public", "--all"]).succeeded().contains("settled with another party"));
    assert!(pair.run(FIRM, &["ledger", "verify"]).succeeded().starts_with("Holds"));
    pair.run(FIRM, &["report", "marlbeck", "-o", "report.html"]).succeeded();
    assert!(fs::read_to_string(pair.path("report.html")).unwrap().contains("settled with another party"));
    pair.run(FIRM, &["report", "marlbeck", "-o", "report.json"]).succeeded();
    assert!(
        run(&mut pair.environment.command(&["ledger", "check", "report.json"]))
            .succeeded()
            .contains("are in the ledger")
    );
}

#[test]
fn public_code_in_a_sample_is_counted_for_nobody() {
    let pair = Pair::with_files();
    pair.environment.write("public/1.txt", words(1));
    pair.run(COMPANY, &["corpus", "add", "everybody", "public", "--public"]).succeeded();
    pair.invite("invitation", &["sample"]).succeeded();
    assert!(pair.agree("invitation", "agreement", &[]).stderr.contains("was left out"));
    pair.to_answer();
    let opened = pair.private(FIRM, &["open", "answer", "--yes", "-o", "result", "--json"]).json_lines().remove(0);
    let of = |place: usize| opened["labels"][place]["matches"].as_u64().unwrap();
    assert!(of(0) < 10 && of(1) > 500, "{opened}");
}

#[test]
fn a_public_filter_leaves_out_and_says_what_it_takes_too_much() {
    let pair = Pair::with_files();
    pair.environment.write("public/1.txt", words(1));
    run(pair.environment.command(&["init"]).arg(pair.path("other"))).succeeded();
    pair.run("other", &["corpus", "add", "everybody", "public", "--public"]).succeeded();
    let filter = pair.path("everybody.gainfilter");
    pair.run("other", &["corpus", "export", "everybody", filter.to_str().unwrap()]).succeeded();
    pair.run(COMPANY, &["corpus", "add", "everybody", filter.to_str().unwrap(), "--public"]).succeeded();
    pair.invite("invitation", &["sample"]).succeeded();
    let agreed = pair.agree("invitation", "agreement", &[]);
    assert!(agreed.stderr.contains("a filter takes one in 256"), "{agreed:#?}");
    pair.to_answer();
    let opened = pair.private(FIRM, &["open", "answer", "--yes", "-o", "result", "--json"]).json_lines().remove(0);
    let of = |place: usize| opened["labels"][place]["matches"].as_u64().unwrap();
    assert!(of(0) < 10 && of(1) > 500, "{opened}");
}

#[test]
fn names_of_public_files_are_counted_for_nobody() {
    let pair = Pair::new();
    for (name, seed) in [("src/a.txt", 1), ("src/b.txt", 2)] {
        pair.environment.write(&format!("taken/{name}"), words(seed));
        pair.environment.write(&format!("own/{name}"), words(seed));
    }
    pair.environment.write("public/renamed.txt", words(1));
    pair.run(COMPANY, &["corpus", "add", "source", "own"]).succeeded();
    let matches = |name: &str| {
        let file = |what: &str| format!("{what}-{name}");
        let (invitation, agreement, request, answer) =
            (file("invitation"), file("agreement"), file("request"), file("answer"));
        let to = ["--to", &pair.keys[1], "--claim", name, "--yes", "-o", &invitation];
        pair.private(FIRM, &[&["invite", "taken", "--of", "listing"], &to[..]].concat()).succeeded();
        pair.agree(&invitation, &agreement, &["--consent-small"]).succeeded();
        pair.private(FIRM, &["request", &agreement, "--yes", "-o", &request]).succeeded();
        pair.private(COMPANY, &["answer", &request, "--yes", "-o", &answer]).succeeded();
        let open = ["open", &answer, "--yes", "-o", &file("result"), "--json"];
        pair.private(FIRM, &open).json_lines().remove(0)["matches"].as_u64()
    };
    assert_eq!(matches("before"), Some(2));
    pair.run(COMPANY, &["corpus", "add", "everybody", "public", "--public"]).succeeded();
    assert_eq!(matches("after"), Some(1));
}

#[test]
fn an_agreement_that_was_cut_short_can_be_made_again() {
    let pair = Pair::with_lists();
    pair.invite("invitation", &["sample.txt", "--of", "ids"]).succeeded();
    pair.agree("invitation", "lost", &["--set", "symbols=symbols.txt"]).succeeded();
    // The machine stopped between the file and the note of it.
    fs::remove_file(only(&pair.path(COMPANY).join("private")).join("about.json")).unwrap();
    pair.agree("invitation", "agreement", &["--set", "symbols=symbols.txt"]).succeeded();
    let twice = pair.agree("invitation", "twice", &["--set", "symbols=symbols.txt"]);
    refused(&pair, &twice, "answered before", "twice");
    pair.to_answer();
    let opened = pair.private(FIRM, &["open", "answer", "--yes", "-o", "result", "--json"]).json_lines().remove(0);
    assert_eq!(opened["matches"], 500);
}

#[test]
fn matches_are_counted_for_each_file_where_that_was_agreed() {
    let pair = Pair::with_files();
    pair.invite("invitation", &["sample", "--by-file"]).succeeded();
    // A run that was cut short before it gave anything away leaves a folder that stands in nobody's way.
    let session = only(&pair.path(FIRM).join("private"));
    fs::create_dir_all(pair.path(COMPANY).join("private").join(session.file_name().unwrap())).unwrap();
    let agreed = pair.agree("invitation", "agreement", &[]);
    assert!(agreed.stderr.contains("counted in 3 groups, one for each file"), "{agreed:#?}");
    agreed.succeeded();
    pair.to_answer();
    let opened = pair.private(FIRM, &["open", "answer", "--yes", "-o", "result", "--json"]).json_lines().remove(0);
    let files = opened["files"].as_array().unwrap();
    let counts: Vec<(&str, bool)> =
        files.iter().map(|it| (it["file"].as_str().unwrap(), it["matches"].as_u64().unwrap() > 500)).collect();
    assert_eq!(counts, [("1.txt", true), ("2.txt", true), ("3.txt", false)]);
}

#[test]
fn files_names_and_parts_are_counted_too() {
    let pair = Pair::with_files();
    for (place, kind) in ["files", "listing", "code"].into_iter().enumerate() {
        let claim = format!("claim {place}");
        let name = |what: &str| format!("{what}-{kind}");
        let invite = ["invite", "sample", "--of", kind, "--to", &pair.keys[1], "--claim", &claim, "--yes", "-o"];
        let invited = pair.private(FIRM, &[&invite[..], &[&name("invitation")]].concat());
        if kind == "code" {
            refused(&pair, &invited, "holds no fingerprints of source code", &name("invitation"));
            continue;
        }
        invited.succeeded();
        refused(
            &pair,
            &pair.agree(&name("invitation"), &name("agreement"), &[]),
            "fewer than 1000",
            &name("agreement"),
        );
        pair.agree(&name("invitation"), &name("agreement"), &["--consent-small"]).succeeded();
        pair.private(FIRM, &["request", &name("agreement"), "--yes", "-o", &name("request")]).succeeded();
        pair.private(COMPANY, &["answer", &name("request"), "--yes", "-o", &name("answer")]).succeeded();
        let open = ["open", &name("answer"), "--yes", "-o", &name("result"), "--json"];
        let opened = pair.private(FIRM, &open).json_lines().remove(0);
        // Names and folders differ in the sample; the bytes of two of three files are the company's.
        let expected = if kind == "files" { 2 } else { 0 };
        assert_eq!((opened["elements"].as_u64(), opened["matches"].as_u64()), (Some(3), Some(expected)), "{opened}");
    }
}

#[test]
fn what_matches_is_told_where_that_was_agreed_and_revealed_where_it_is_wanted() {
    let pair = Pair::of_lists(&["--which"]);
    let opened = pair.private(FIRM, &["open", "answer", "--yes", "-o", "result", "--in", "sample.txt"]).succeeded();
    assert!(opened.contains("500 of 1500 elements") && opened.contains("build id 000003e8\n"), "{opened}");
    assert!(!opened.contains("build id 000003e7\n"), "{opened}");
    pair.private(COMPANY, &["countersign", "result", "--yes", "-o", "countersigned"]).succeeded();
    let revealed = pair.private(FIRM, &["reveal", "answer", "--yes", "-o", "revelation"]);
    assert!(revealed.stderr.contains("will learn which of the things that they hold"), "{revealed:#?}");
    revealed.succeeded();
    let opened = pair.private(COMPANY, &["open", "revelation"]).succeeded();
    assert!(
        opened.contains("symbols: 500 elements revealed") && opened.contains("symbols: build id 000003e8\n"),
        "{opened}"
    );
    assert!(!opened.contains("build id 000005dc\n"), "{opened}");
}

#[test]
fn files_of_a_company_are_named_to_it_by_a_revelation() {
    let pair = Pair::with_files();
    pair.invite("invitation", &["sample", "--which"]).succeeded();
    pair.agree("invitation", "agreement", &[]).succeeded();
    pair.to_answer();
    let opened = pair.private(FIRM, &["open", "answer", "--yes", "-o", "result", "--in", "sample"]).succeeded();
    assert!(opened.contains("1.txt: ") && !opened.contains("3.txt: "), "{opened}");
    pair.private(COMPANY, &["countersign", "result", "--yes", "-o", "countersigned"]).succeeded();
    pair.private(FIRM, &["reveal", "answer", "--yes", "-o", "revelation"]).succeeded();
    let opened = pair.private(COMPANY, &["open", "revelation"]).succeeded();
    assert!(opened.contains("a.txt: ") && opened.contains("c.txt: "), "{opened}");
    assert!(!opened.contains("b.txt: ") && !opened.contains("d.txt: "), "{opened}");
}

#[test]
fn a_company_learns_which_of_its_accounts_are_exposed() {
    let pair = Pair::new();
    let names = |range: std::ops::Range<u32>| range.map(|n| format!("User{n}@Example.com\n")).collect::<String>();
    pair.environment.write("accounts.txt", names(0..1200));
    pair.environment.write("leak.txt", names(1100..1300).to_lowercase() + "user5@example.org\n");
    // The company asks: it is the holder. The firm is asked about a domain that is shown to be the company's.
    let ask = [
        "invite",
        "accounts.txt",
        "--of",
        "accounts",
        "--which",
        "--claim",
        "leak of May",
        "--yes",
        "-o",
        "invitation",
    ];
    let to = ["--to", &pair.keys[0]];
    let without = pair.private(COMPANY, &[&ask[..], &to].concat());
    refused(&pair, &without, "--domain example.com", "invitation");
    pair.private(COMPANY, &[&ask[..], &to, &["--domain", "example.com"]].concat()).succeeded();
    let agree = ["agree", "invitation", "--from", &pair.keys[1], "--set", "leak=leak.txt", "--yes", "-o", "agreement"];
    refused(&pair, &pair.private(FIRM, &agree), "have it shown that the domain is theirs", "agreement");
    let other = pair.private(FIRM, &[&agree[..], &["--domain-proven", "example.org"]].concat());
    refused(&pair, &other, "--domain-proven example.com", "agreement");
    pair.private(FIRM, &[&agree[..], &["--domain-proven", "example.com"]].concat()).succeeded();
    pair.private(COMPANY, &["request", "agreement", "--yes", "-o", "request"]).succeeded();
    pair.private(FIRM, &["answer", "request", "--yes", "-o", "answer"]).succeeded();
    let open = ["open", "answer", "--yes", "-o", "result", "--in", "accounts.txt", "--found", "exposed.txt"];
    let opened = pair.private(COMPANY, &open).succeeded();
    assert!(opened.contains("100 of 1200 elements (login names at example.com)"), "{opened}");
    assert!(!opened.contains("User1100"), "names are not for the screen: {opened}");
    assert_eq!(fs::read_to_string(pair.path("exposed.txt")).unwrap(), names(1100..1200));
}

#[test]
fn a_name_counts_with_its_password_only() {
    let pair = Pair::new();
    pair.environment.write("ours.txt", "ana@example.com:one\nben@example.com:two\n");
    pair.environment.write("leak.txt", "ana@example.com:one\nben@example.com:other\n");
    let ask = ["invite", "ours.txt", "--of", "credentials", "--domain", "example.com", "--which", "--claim", "leak"];
    pair.private(COMPANY, &[&ask[..], &["--to", &pair.keys[0], "--yes", "-o", "invitation"]].concat()).succeeded();
    let agree = ["agree", "invitation", "--from", &pair.keys[1], "--set", "leak=leak.txt", "--yes", "-o", "agreement"];
    pair.private(FIRM, &[&agree[..], &["--domain-proven", "example.com", "--consent-small"]].concat()).succeeded();
    pair.private(COMPANY, &["request", "agreement", "--yes", "-o", "request"]).succeeded();
    pair.private(FIRM, &["answer", "request", "--yes", "-o", "answer"]).succeeded();
    let open = ["open", "answer", "--yes", "-o", "result", "--in", "ours.txt", "--found", "exposed.txt"];
    assert!(pair.private(COMPANY, &open).succeeded().contains("1 of 2 elements"));
    assert_eq!(fs::read_to_string(pair.path("exposed.txt")).unwrap(), "ana@example.com\n", "and no password");
}

#[test]
fn nothing_is_written_without_a_yes() {
    let pair = Pair::with_lists();
    let invite =
        ["invite", "sample.txt", "--of", "ids", "--to", &pair.keys[1], "--claim", "claim 17", "-o", "invitation"];
    let asked = pair.private(FIRM, &invite);
    assert!(asked.stderr.contains("will learn from this file that you hold 1500 elements"), "{asked:#?}");
    refused(&pair, &asked, "nothing was written", "invitation");
    assert!(!pair.path(FIRM).join("private").exists(), "nothing is kept of what was not agreed to");
}

#[test]
fn files_are_taken_in_their_order_once_and_by_whom_they_are_for() {
    let pair = Pair::of_lists(&[]);
    let wrong = |desk: &str, args: &[&str], why: &str| {
        let output = pair.private(desk, &[args, &["--yes", "-o", "wrong"]].concat());
        refused(&pair, &output, why, "wrong");
    };
    wrong(FIRM, &["request", "answer"], "is the message \"answer\", and this command takes \"agreement\"");
    wrong(FIRM, &["request", "request"], "for somebody else");
    wrong(COMPANY, &["answer", "agreement"], "for somebody else");
    wrong(COMPANY, &["countersign", "request"], "this command takes \"result\"");
    wrong(FIRM, &["reveal", "answer"], "only counts");
    wrong(FIRM, &["request", "sample.txt"], "no file of a private match");
    // The same invitation again, and one of a stranger in the firm's name.
    let again = ["agree", "invitation", "--from", &pair.keys[0], "--set", "symbols=symbols.txt"];
    wrong(COMPANY, &again, "answered before");
    run(pair.environment.command(&["init"]).arg(pair.path("stranger"))).succeeded();
    let invite =
        ["invite", "sample.txt", "--of", "ids", "--to", &pair.keys[1], "--claim", "claim 17", "--yes", "-o", "forged"];
    pair.private("stranger", &invite).succeeded();
    let forged = ["agree", "forged", "--from", &pair.keys[0], "--set", "symbols=symbols.txt"];
    wrong(COMPANY, &forged, "from somebody else");
    wrong("stranger", &["request", "agreement"], "for somebody else");
    // Nothing is written over.
    let over = pair.private(COMPANY, &["answer", "request", "--yes", "-o", "symbols.txt"]);
    assert_eq!(over.code, Some(2));
    assert!(over.stderr.contains("is there already"), "{over:#?}");
    // A result before its answer, a countersignature before its result.
    pair.private(FIRM, &["open", "answer", "--yes", "-o", "result"]).succeeded();
    pair.private(COMPANY, &["countersign", "result", "--yes", "-o", "countersigned"]).succeeded();
    wrong(COMPANY, &["open", "countersigned"], "for somebody else");
    // The same request gives the same answer again, for one that was lost.
    pair.private(COMPANY, &["answer", "request", "--yes", "-o", "answer-again"]).succeeded();
    pair.private(FIRM, &["open", "answer-again", "--yes", "-o", "result-again"]).succeeded();
}

#[test]
fn a_changed_byte_is_found_wherever_it_is() {
    let pair = Pair::of_lists(&[]);
    let bytes = fs::read(pair.path("request")).unwrap();
    let places = (0..96).step_by(5).chain((96..bytes.len()).step_by(bytes.len() / 15));
    for at in places {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        pair.environment.write("changed", changed);
        let output = pair.private(COMPANY, &["answer", "changed", "--yes", "-o", "wrong"]);
        assert_eq!(output.code, Some(2), "byte {at}: {output:#?}");
        assert!(!pair.path("wrong").exists(), "byte {at}");
    }
    for length in [0, 5, 80, 81, 200, bytes.len() - 1] {
        pair.environment.write("changed", &bytes[..length]);
        let output = pair.private(COMPANY, &["answer", "changed", "--yes", "-o", "wrong"]);
        assert_eq!(output.code, Some(2), "{length} bytes: {output:#?}");
    }
}

#[test]
fn inspect_says_what_a_file_is_without_a_key() {
    let pair = Pair::of_lists(&[]);
    let inspect = |name: &str| run(&mut pair.environment.command(&["private", "inspect", name])).succeeded();
    let (request, answer) = (inspect("request"), inspect("answer"));
    assert!(request.starts_with("request, version 1, whole"), "{request}");
    assert!(!request.contains("claim 17") && !request.contains("1500"), "it tells nothing of what it holds: {request}");
    assert!(answer.starts_with("answer, version 1"), "{answer}");
    let here = pair.private(COMPANY, &["inspect", "request"]).succeeded();
    assert!(here.lines().any(|line| line.starts_with("to ") && line.ends_with("(this desk)")), "{here}");
    let mut bytes = fs::read(pair.path("request")).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    pair.environment.write("changed", bytes);
    assert_eq!(run(&mut pair.environment.command(&["private", "inspect", "changed"])).code, Some(2));
}

#[test]
fn a_second_session_is_of_the_same_sample_and_agreed_beforehand() {
    let pair = Pair::of_lists(&["--sessions", "2"]);
    pair.environment.write("other.txt", "another id\n");
    refused(
        &pair,
        &pair.invite("second", &["other.txt", "--of", "ids"]),
        "not the one that the claim's first",
        "second",
    );
    // A firm that forgets its first session is found out by the company.
    let forgetful = pair.path(FIRM).join("private");
    let kept = pair.path("kept");
    fs::rename(&forgetful, &kept).unwrap();
    pair.invite("forgetful", &["other.txt", "--of", "ids"]).succeeded();
    let agreed = pair.agree("forgetful", "wrong", &["--set", "symbols=symbols.txt", "--consent-small"]);
    refused(&pair, &agreed, "session 1 of the claim where 2 is due", "wrong");
    fs::remove_dir_all(&forgetful).unwrap();
    fs::rename(&kept, &forgetful).unwrap();
    pair.invite("second", &["sample.txt", "--of", "ids"]).succeeded();
    pair.agree("second", "second-agreement", &["--set", "symbols=symbols.txt"]).succeeded();
    pair.private(FIRM, &["request", "second-agreement", "--yes", "-o", "second-request"]).succeeded();
    refused(
        &pair,
        &pair.invite("third", &["sample.txt", "--of", "ids"]),
        "none of those that there are to be",
        "third",
    );
}

#[test]
fn a_corpus_swapped_after_the_agreement_and_a_second_request_are_refused() {
    let pair = Pair::of_lists(&[]);
    let session = only(&pair.path(COMPANY).join("private"));
    let set = fs::read(session.join("set")).unwrap();
    let mut other = set.clone();
    other[10] ^= 1;
    fs::write(session.join("set"), &other).unwrap();
    let swapped = pair.private(COMPANY, &["answer", "request", "--yes", "-o", "wrong"]);
    refused(&pair, &swapped, "not the one that it committed to", "wrong");
    fs::write(session.join("set"), &set).unwrap();
    // What was answered before was of another request.
    fs::write(session.join("exchanged"), [0; 64]).unwrap();
    let second = pair.private(COMPANY, &["answer", "request", "--yes", "-o", "wrong"]);
    refused(&pair, &second, "another request of this session", "wrong");
    // A holder that swaps its sample after the invitation.
    let session = only(&pair.path(FIRM).join("private"));
    let mut elements = fs::read(session.join("elements")).unwrap();
    *elements.last_mut().unwrap() ^= 1;
    fs::write(session.join("elements"), elements).unwrap();
    let swapped = pair.private(FIRM, &["request", "agreement", "--yes", "-o", "wrong"]);
    refused(&pair, &swapped, "not the sample that the invitation commits to", "wrong");
}

fn only(folder: &Path) -> PathBuf {
    let mut found: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(found.len(), 1);
    found.remove(0)
}

#[test]
fn of_a_part_an_interval_is_told() {
    let pair = Pair::with_lists();
    let lines = |range: std::ops::Range<u32>| range.map(|n| format!("build id {n:08x}\n")).collect::<String>();
    pair.environment.write("sample.txt", lines(0..30_000));
    pair.environment.write("symbols.txt", lines(0..15_000));
    pair.invite("invitation", &["sample.txt", "--of", "ids", "--one-in", "20"]).succeeded();
    pair.agree("invitation", "agreement", &["--set", "symbols=symbols.txt"]).succeeded();
    pair.to_answer();
    let opened = pair.private(FIRM, &["open", "answer", "--yes", "-o", "result"]).succeeded();
    assert!(opened.contains("one in 20 of all") && opened.contains(": between "), "{opened}");
    assert!(opened.contains("95 of 100 such samplings"), "{opened}");
}

/// Runs every line of docs/private-match.md as it stands, one after the other in one shell. What the page shows of an answer, but for what it leaves
/// out with `…`, must be in the answer.
#[test]
fn the_walk_through_can_be_typed_line_by_line() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/private-match.md");
    let page = fs::read_to_string(page).unwrap();
    let mut commands: Vec<(&str, Vec<&str>)> = Vec::new();
    for block in page.split("```console\n").skip(1) {
        for line in block.split("```").next().unwrap().lines() {
            match (line.strip_prefix("$ "), commands.last_mut()) {
                (Some(command), _) => commands.push((command, Vec::new())),
                (None, Some((_, shown))) if line != "…" => shown.push(line),
                _ => {}
            }
        }
    }
    assert!(commands.len() > 15, "{commands:?}");
    let script: String =
        commands.iter().map(|(command, _)| format!("{{ {command}\n}} 2>&1; echo \"@@ $?\"\n")).collect();
    let environment = Environment::new();
    let program = Path::new(env!("CARGO_BIN_EXE_gainsay")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let mut shell = std::process::Command::new("bash");
    shell.args(["-u", "-c", &script]).current_dir(environment.path("")).env_clear();
    shell.env("PATH", path).env("HOME", environment.path("../home")).env("GAINSAY_AUTHOR", "ana");
    let output = run(&mut shell).succeeded();
    let mut rest = output.as_str();
    for (command, shown) in commands {
        let (answer, after) = rest.split_once("@@ ").unwrap_or_else(|| panic!("{command} gave no answer: {rest}"));
        let (code, after) = after.split_once('\n').unwrap();
        assert_eq!(code, "0", "{command}\n{answer}");
        for line in shown {
            assert!(answer.lines().any(|it| it == line), "{command}\ndoes not say {line:?}, but\n{answer}");
        }
        rest = after;
    }
}
