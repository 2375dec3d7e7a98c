//! Filters: a public corpus handed from one desk to another as one compact file.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{Environment, run};

fn code(seed: u32) -> String {
    let line = |n: u32| format!("fn step_{seed}_{n}(left: u32) -> u32 {{ left.rotate_left({n}) ^ {seed} }}\n");
    (0..60).map(line).collect()
}

fn json(environment: &Environment, desk: &Path, args: &[&str]) -> Value {
    serde_json::from_str(&environment.gainsay_at(desk, &[args, &["--json"]].concat()).succeeded()).unwrap()
}

/// Files by verdict.
fn verdicts(result: &Value) -> Vec<(String, String)> {
    let rows = result["results"][0]["rows"].as_array().unwrap().iter();
    let mut rows: Vec<_> = rows
        .map(|row| (row["path"].as_str().unwrap().to_owned(), row["verdict"].as_str().unwrap().to_owned()))
        .collect();
    rows.sort();
    rows
}

/// A desk with the public corpus `open`, exported to `open.gainfilter`; and the folder `ours`.
fn exported() -> Environment {
    let environment = Environment::with_desk();
    for n in 0..20 {
        environment.write(&format!("ours/{n}.rs"), code(n));
    }
    for n in 0..8 {
        environment.write(&format!("registry/src/index/part{n}-1.0.{n}/src/lib.rs"), code(n));
    }
    environment.gainsay(&["corpus", "add", "open", "registry", "--public"]).succeeded();
    let exported = json(&environment, &environment.desk(), &["corpus", "export", "open", "open.gainfilter"]);
    assert_eq!((&exported["contents"], &exported["packages"]), (&8.into(), &8.into()));
    assert_eq!(exported["bytes"], std::fs::metadata(environment.path("open.gainfilter")).unwrap().len());
    environment
}

fn second_desk(environment: &Environment) -> PathBuf {
    let desk = environment.path("second");
    run(environment.command(&["init"]).arg(&desk)).succeeded();
    desk
}

#[test]
fn a_filter_stands_for_its_corpus_on_another_desk() {
    let environment = exported();
    let (first, second) = (environment.desk(), second_desk(&environment));
    environment.gainsay_at(&second, &["corpus", "add", "open", "open.gainfilter", "--public"]).succeeded();
    for desk in [&first, &second] {
        environment.gainsay_at(desk, &["corpus", "add", "ours", "ours"]).succeeded();
        environment.gainsay_at(desk, &["corpus", "verify"]).succeeded();
    }
    let [by_index, by_filter] = [&first, &second].map(|desk| json(&environment, desk, &["match", "ours"]));
    assert_eq!(verdicts(&by_filter), verdicts(&by_index));
    assert_eq!(verdicts(&by_filter).iter().filter(|(_, verdict)| verdict == "public only").count(), 8);
    let open =
        |it: &Value| it["results"][0]["corpora"].as_array().unwrap().iter().find(|c| c["name"] == "open").cloned();
    let (of_index, of_filter) = (open(&by_index).unwrap(), open(&by_filter).unwrap());
    assert_eq!((&of_filter["contents"], &of_filter["packages"]), (&8.into(), &8.into()));
    // The date is that of the corpus, to the second; not that of the day on which the filter was added.
    let to_the_second = |it: &Value| it["indexed"].as_str().unwrap()[..19].to_owned();
    assert_eq!(to_the_second(&of_filter), to_the_second(&of_index));
    let words = by_filter["results"][0]["words"].as_array().unwrap();
    let coverage = words.iter().filter_map(Value::as_str).find(|words| words.starts_with("Held against"));
    assert!(coverage.unwrap().starts_with("Held against 8 public contents of 8 packages as indexed on "), "{words:?}");
}

#[test]
fn a_filter_stays_when_its_file_is_gone_and_goes_when_it_is_another() {
    let environment = exported();
    let desk = second_desk(&environment);
    let add = || json(&environment, &desk, &["corpus", "add", "open", "open.gainfilter", "--public"]);
    let first = add();
    assert_eq!(add()["entry"], first["entry"], "nothing changed");
    environment.write("registry/src/index/more-2.0.0/src/lib.rs", code(90));
    environment.gainsay(&["corpus", "add", "open", "registry", "--public"]).succeeded();
    environment.gainsay(&["corpus", "export", "open", "open.gainfilter"]).succeeded();
    let second = add();
    assert_ne!(second["filters_blake3"], first["filters_blake3"]);
    assert_eq!(second["contents"], 9);
    let listed = std::fs::read_dir(desk.join("corpora")).unwrap().map(|entry| entry.unwrap().path());
    assert_eq!(listed.filter(|path| path.extension().is_some_and(|ending| ending == "filter")).count(), 1);
    // Other files of the corpus are added while the filter's file is gone.
    std::fs::remove_file(environment.path("open.gainfilter")).unwrap();
    environment.write("more/a.rs", code(91));
    let third = json(&environment, &desk, &["corpus", "add", "open", "more", "--public"]);
    assert_eq!((&third["filters_blake3"], &third["contents"]), (&second["filters_blake3"], &10.into()));
    environment.gainsay_at(&desk, &["corpus", "verify"]).succeeded();
}

#[test]
fn own_code_is_not_exported_and_a_filter_keeps_its_role() {
    let environment = exported();
    environment.gainsay(&["corpus", "add", "ours", "ours"]).succeeded();
    let refused = environment.gainsay(&["corpus", "export", "ours", "ours.gainfilter"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("it holds the company's own files"), "{refused:?}");
    assert!(!environment.path("ours.gainfilter").exists());
    for (role, name) in [("--published", "given"), ("--owner=us", "mine")] {
        let refused = environment.gainsay(&["corpus", "add", name, "open.gainfilter", role]);
        assert_eq!(refused.code, Some(2));
        assert!(refused.stderr.contains("it stands for what is public: add it with --public"), "{refused:?}");
    }
}

#[test]
fn a_damaged_filter_is_refused_and_one_that_is_damaged_later_is_found() {
    let environment = exported();
    let mut bytes = std::fs::read(environment.path("open.gainfilter")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    environment.write("torn.gainfilter", &bytes);
    let refused = environment.gainsay(&["corpus", "add", "torn", "torn.gainfilter", "--public"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("the filter is damaged in its"), "{refused:?}");
    environment.gainsay(&["corpus", "add", "copy", "open.gainfilter", "--public"]).succeeded();
    let listed = std::fs::read_dir(environment.desk().join("corpora")).unwrap().map(|entry| entry.unwrap().path());
    let filter = listed.into_iter().find(|path| path.extension().is_some_and(|ending| ending == "filter")).unwrap();
    std::fs::write(&filter, &bytes).unwrap();
    assert_eq!(environment.gainsay(&["corpus", "verify"]).code, Some(1));
}
