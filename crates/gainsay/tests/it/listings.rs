//! Listings as sellers show them, held against a corpus.

use std::process::Command;

use crate::support::Environment;

fn code(seed: u32) -> String {
    (0..20 + seed).map(|n| format!("int step_{seed}_{n}(int left) {{ return left ^ {seed}{n}; }}\n")).collect()
}

/// A desk with a corpus of thirty files, and what `ls` says of it.
fn desk() -> (Environment, String) {
    let environment = Environment::with_desk();
    for n in 0..30 {
        environment.write(&format!("engine/part{}/unit{n}.c", n % 4), code(n));
    }
    environment.gainsay(&["corpus", "add", "code", "engine"]).succeeded();
    let mut ls = Command::new("ls");
    let listed = ls.args(["-lR", "engine"]).env("LC_ALL", "C").current_dir(environment.path("")).output().unwrap();
    (environment, String::from_utf8(listed.stdout).unwrap())
}

#[test]
fn a_listing_is_recognised_and_matched_by_path_and_size() {
    let (environment, listed) = desk();
    environment.write("proof.txt", &listed);
    let shown = environment.gainsay(&["match", "proof.txt"]).succeeded();
    assert!(shown.contains("listing proof.txt (ls -l): ours"), "{shown}");
    let found = &environment.gainsay(&["match", "proof.txt", "--json"]).json_lines()[0]["results"][0];
    let listing = &found["listings"][0];
    assert_eq!((&found["verdict"], &listing["verdict"]), (&"cannot tell".into(), &"ours".into()));
    assert_eq!((&listing["entries"], &listing["by_size"]), (&30.into(), &30.into()));
    assert_eq!(listing["rows"][0]["same_size"], true);
}

#[test]
fn a_listing_inside_a_sample_is_one_more_finding() {
    let (environment, listed) = desk();
    environment.write("sample/listing.txt", &listed);
    environment.write(
        "sample/other.txt",
        "Nothing of anybody's, only some words that nobody has in any corpus at all.\n".repeat(9),
    );
    let found = environment.gainsay(&["match", "sample", "--json"]).json_lines()[0]["results"][0].clone();
    assert_eq!((&found["verdict"], found["files"].as_u64()), (&"not found".into(), Some(2)));
    assert_eq!(found["listings"].as_array().unwrap().len(), 1);
    assert_eq!(found["listings"][0]["path"], "listing.txt");
}

#[test]
fn what_is_called_a_listing_and_is_none_is_refused() {
    let (environment, listed) = desk();
    environment.write("prose.txt", "We have all of it.\nPay, or it will be sold.\n");
    let refused = environment.gainsay(&["match", "prose.txt", "--listing"]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.stderr.contains("no listing of files that can be read"), "{}", refused.stderr);
    // A code file is never taken for one by itself.
    let found = environment.gainsay(&["match", "engine/part0/unit0.c", "--json"]).json_lines()[0]["results"][0].clone();
    assert_eq!(found["listings"].as_array().unwrap().len(), 0);
    // Between prose it is read where somebody says that it is one.
    environment.write("post.txt", format!("{}{listed}", "Here is the proof, as promised.\n".repeat(20)));
    let shown = environment.gainsay(&["match", "post.txt", "--listing"]).succeeded();
    assert!(shown.contains("listing post.txt (ls -l): ours"), "{shown}");
}
