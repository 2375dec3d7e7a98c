//! Corpora on one desk: two that are indexed at once, roles that do not change silently, and markings that go along.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use serde_json::Value;

use crate::support::{Environment, run};

fn code(seed: u32) -> String {
    (0..60_u32)
        .map(|n| format!("fn step_{seed}_{n}(left: u32) -> u32 {{ left.rotate_left({n}) ^ {seed} }}\n"))
        .collect()
}

fn json(environment: &Environment, args: &[&str]) -> Value {
    serde_json::from_str(&environment.gainsay(&[args, &["--json"]].concat()).succeeded()).unwrap()
}

/// Runs two `corpus add` so that both have written what they read before either may write to the ledger, and gives their exit
/// codes and messages.
fn at_once(environment: &Environment, runs: [[&str; 2]; 2]) -> [(Option<i32>, String); 2] {
    let lock = rusqlite::Connection::open(environment.desk().join("ledger.db")).unwrap();
    lock.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut children: Vec<Child> = runs
        .iter()
        .map(|[name, path]| {
            let mut command = environment.command(&["--desk"]);
            command.arg(environment.desk()).args(["corpus", "add", name, path]);
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let written = || {
        let entries = std::fs::read_dir(environment.desk().join("corpora")).unwrap().map(|entry| entry.unwrap());
        let segments = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(".new-"));
        segments.filter(|entry| entry.metadata().is_ok_and(|meta| meta.len() > 0)).count()
    };
    while written() < 2 {
        assert!(children.iter_mut().all(|child| child.try_wait().unwrap().is_none()), "one ended under the lock");
        std::thread::yield_now();
    }
    lock.execute_batch("ROLLBACK").unwrap();
    let outputs = children.into_iter().map(|child| child.wait_with_output().unwrap());
    let ended: Vec<_> =
        outputs.map(|output| (output.status.code(), String::from_utf8(output.stderr).unwrap())).collect();
    ended.try_into().unwrap()
}

#[test]
fn two_corpora_indexed_at_once_are_both_there() {
    let environment = Environment::with_desk();
    environment.write("left/a.rs", code(1));
    environment.write("right/b.rs", code(2));
    let ended = at_once(&environment, [["left", "left"], ["right", "right"]]);
    assert!(ended.iter().all(|(code, _)| *code == Some(0)), "{ended:?}");
    environment.gainsay(&["corpus", "verify"]).succeeded();
    for sample in ["left/a.rs", "right/b.rs"] {
        environment.gainsay(&["match", sample]).succeeded();
    }
}

#[test]
fn one_corpus_indexed_twice_at_once_loses_no_path_silently() {
    let environment = Environment::with_desk();
    environment.write("left/a.rs", code(1));
    environment.write("right/b.rs", code(2));
    let ended = at_once(&environment, [["code", "left"], ["code", "right"]]);
    let mut codes: Vec<_> = ended.iter().map(|(code, _)| code.unwrap()).collect();
    codes.sort_unstable();
    assert_eq!(codes, [0, 1], "{ended:?}");
    let refused = ended.iter().find(|(code, _)| *code == Some(1)).unwrap();
    assert!(refused.1.contains("corpus \"code\" was indexed by somebody else meanwhile; run the command again"));
    environment.gainsay(&["corpus", "verify"]).succeeded();
    // Run again, both paths are in it, and only the segments that are named are left.
    for path in ["left", "right"] {
        environment.gainsay(&["corpus", "add", "code", path]).succeeded();
    }
    assert_eq!(json(&environment, &["corpus", "list"])["paths"].as_array().unwrap().len(), 2);
    assert_eq!(segments(&environment).len(), 2);
    assert_eq!(in_corpora(&environment), segments(&environment));
}

/// The files of all segments that the ledger names.
fn segments(environment: &Environment) -> BTreeSet<String> {
    let corpora = environment.gainsay(&["corpus", "list", "--json"]).json_lines();
    let names = corpora.iter().flat_map(|corpus| corpus["segments_blake3"].as_array().unwrap().clone());
    names.map(|name| format!("{}.segment", name.as_str().unwrap())).collect()
}

/// The files that are there.
fn in_corpora(environment: &Environment) -> BTreeSet<String> {
    let entries = std::fs::read_dir(environment.desk().join("corpora")).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn is_segment(name: &str) -> bool {
    name.ends_with(".segment")
}

/// Makes a file that takes minutes to read and no room on the disk.
fn write_endless(environment: &Environment, name: &str) -> PathBuf {
    let path = environment.write(name, "");
    std::fs::File::options().write(true).open(&path).unwrap().set_len(1 << 40).unwrap();
    path
}

/// Waits until a file is old enough to be told from one that changes: until then it is read again each time.
fn settle(path: &Path) {
    let is_young = || std::fs::metadata(path).unwrap().modified().unwrap().elapsed().unwrap().as_secs() < 4;
    while is_young() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

#[test]
fn merging_changes_nothing_but_the_number_of_segments() {
    let environment = Environment::with_desk();
    let mut paths = Vec::new();
    for seed in 0..4 {
        environment.write(&format!("{seed}/a.rs"), code(seed));
        paths.push(seed.to_string());
    }
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    environment.gainsay(&[&["corpus", "add", "code"], &paths[..]].concat()).succeeded();
    assert_eq!(segments(&environment).len(), 4);
    let matched = |seed: u32| {
        let found = json(&environment, &["match", &format!("{seed}/a.rs")]);
        found["results"][0]["files"].clone()
    };
    let before: Vec<Value> = (0..4).map(matched).collect();
    assert_eq!(json(&environment, &["corpus", "merge", "code"])["segments"], 1);
    assert_eq!(in_corpora(&environment), segments(&environment));
    assert_eq!(segments(&environment).len(), 1);
    environment.gainsay(&["corpus", "verify"]).succeeded();
    assert_eq!((0..4).map(matched).collect::<Vec<Value>>(), before);
    // What shares a segment with what changed is read again with it.
    environment.write("2/a.rs", code(9));
    environment.gainsay(&["corpus", "add", "code", "2"]).succeeded();
    assert_eq!(segments(&environment).len(), 4);
    assert_eq!((0..4).map(matched).collect::<Vec<Value>>()[3], before[3]);
    assert_eq!(environment.gainsay(&["corpus", "merge", "none"]).code, Some(2));
}

#[test]
fn a_run_that_is_killed_is_gone_on_from() {
    let environment = Environment::with_desk();
    settle(&environment.write("first/a.rs", code(1)));
    let endless = write_endless(&environment, "second/endless");
    let mut command = environment.command(&["--desk"]);
    command.arg(environment.desk()).args(["corpus", "add", "code", "first", "second"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let noted = || in_corpora(&environment).iter().any(|name| is_segment(name));
    while !noted() {
        assert!(child.try_wait().unwrap().is_none(), "it ended");
        std::thread::yield_now();
    }
    // Whoever sweeps meanwhile leaves it alone.
    environment.write("other/b.rs", code(2));
    environment.gainsay(&["corpus", "add", "other", "other"]).succeeded();
    child.kill().unwrap();
    child.wait().unwrap();
    environment.write("other/c.rs", code(3));
    environment.gainsay(&["corpus", "add", "other", "other"]).succeeded();
    let of_other = segments(&environment);
    let finished: Vec<String> =
        in_corpora(&environment).into_iter().filter(|name| is_segment(name) && !of_other.contains(name)).collect();
    assert_eq!(finished.len(), 1);
    let written =
        |name: &String| std::fs::metadata(environment.desk().join("corpora").join(name)).unwrap().modified().unwrap();
    let before = written(&finished[0]);

    std::fs::write(endless, code(4)).unwrap();
    environment.gainsay(&["corpus", "add", "code", "first", "second"]).succeeded();
    assert!(segments(&environment).contains(&finished[0]), "it was read again");
    assert_eq!(written(&finished[0]), before);
    environment.gainsay(&["corpus", "verify"]).succeeded();
    for sample in ["first/a.rs", "second/endless"] {
        assert!(environment.gainsay(&["match", sample]).succeeded().contains("Ours: 1 of 1 file"));
    }
}

/// The jobs once this holds of them.
fn jobs_when(environment: &Environment, holds: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    loop {
        let jobs = environment.gainsay(&["jobs", "--json"]).json_lines();
        if holds(&jobs) {
            return jobs;
        }
    }
}

#[test]
fn a_job_is_cancelled_and_gone_on_with() {
    let environment = Environment::with_desk();
    environment.write("first/a.rs", code(1));
    let endless = write_endless(&environment, "second/endless");
    let started =
        json(&environment, &["corpus", "add", "code", "first", "second", "--background", "--owner", "Marlbeck"]);
    assert_eq!((&started["id"], &started["state"]), (&1.into(), &"running".into()));
    jobs_when(&environment, |jobs| jobs[0]["progress"].as_str().unwrap().contains("second: fingerprinting files"));
    assert_eq!(environment.gainsay(&["jobs", "resume", "1"]).code, Some(2));
    assert_eq!(json(&environment, &["jobs", "cancel", "1"])["state"], "cancelled");
    assert_eq!(environment.gainsay(&["jobs", "cancel", "1"]).code, Some(2));
    std::fs::write(endless, code(2)).unwrap();
    json(&environment, &["jobs", "resume", "1"]);
    let done = jobs_when(&environment, |jobs| !["waiting", "running"].contains(&jobs[0]["state"].as_str().unwrap()));
    assert_eq!(done[0]["state"], "done", "{done:?}");
    let list = json(&environment, &["corpus", "list"]);
    assert_eq!((&list["owner"], &list["file_versions"]), (&"Marlbeck".into(), &2.into()));
    let log = std::fs::read_to_string(done[0]["log"].as_str().unwrap()).unwrap();
    assert!(log.contains("code (own, of Marlbeck): 2 file versions"), "{log}");
    for (args, words) in [
        (["jobs", "resume", "1"], "job 1 is done already"),
        (["jobs", "cancel", "1"], "job 1 is done already"),
        (["jobs", "cancel", "7"], "there is no job 7"),
    ] {
        let refused = environment.gainsay(&args);
        assert_eq!(refused.code, Some(2), "{refused:?}");
        assert!(refused.stderr.contains(words), "{}", refused.stderr);
    }
}

#[test]
fn a_job_whose_process_died_is_interrupted_and_one_that_fails_says_why() {
    let environment = Environment::with_desk();
    let endless = write_endless(&environment, "ours/endless");
    json(&environment, &["corpus", "add", "code", "ours", "--background"]);
    let pid = {
        let store = rusqlite::Connection::open(environment.desk().join("ledger.db")).unwrap();
        store.query_row("SELECT pid FROM job", [], |row| row.get::<_, i64>(0)).unwrap()
    };
    let killed = std::process::Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap();
    assert!(killed.success());
    jobs_when(&environment, |jobs| jobs[0]["state"] == "interrupted");
    std::fs::remove_dir_all(endless.parent().unwrap()).unwrap();
    json(&environment, &["jobs", "resume", "1"]);
    let failed = jobs_when(&environment, |jobs| jobs[0]["state"] == "failed");
    assert!(failed[0]["progress"].as_str().unwrap().contains("No such file"), "{failed:?}");
}

#[test]
fn many_small_segments_are_merged_by_a_job() {
    let environment = Environment::with_desk();
    let paths: Vec<String> = (0..10).map(|seed| format!("{seed}")).collect();
    for (seed, path) in (0..).zip(&paths) {
        environment.write(&format!("{path}/a.rs"), code(seed));
    }
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let added = environment.gainsay(&[&["corpus", "add", "code"], &paths[..]].concat());
    assert!(added.stderr.contains("its segments are merged in the background, as job 1"), "{}", added.stderr);
    jobs_when(&environment, |jobs| jobs[0]["state"] == "done");
    assert_eq!(segments(&environment).len(), 1);
    environment.gainsay(&["corpus", "verify"]).succeeded();
}

#[test]
fn a_corpus_whose_disk_is_full_keeps_what_it_finished() {
    let environment = Environment::with_desk();
    settle(&environment.write("small/a.rs", code(1)));
    let many: String = (0..3_000).map(code).collect();
    environment.write("large/b.rs", many);
    let disk = environment.path("disk");
    std::fs::create_dir(&disk).unwrap();
    let script = r#"
mount -t tmpfs -o size=1200k gainsay-test "$DISK" || exit 99
G() { "$0" --desk "$DISK/desk" "$@"; }
G init >/dev/null || exit 98
if G corpus add code small large; then exit 96; fi
echo "left: $(find "$DISK" -name '.new-*' | wc -l), kept: $(find "$DISK" -name '*.segment')"
mount -o remount,size=40m "$DISK"
G corpus add code small large >/dev/null && G corpus verify >/dev/null && G ledger verify >/dev/null && echo "goes on"
G corpus list --json
"#;
    let mut command = environment.command_under(&["unshare", "--mount", "sh", "-c", script], &[]);
    let output = crate::support::run(command.env("DISK", disk));
    if output.code == Some(99) || output.stderr.starts_with("unshare:") {
        return;
    }
    assert_eq!(output.code, Some(0), "{output:#?}");
    assert!(output.stderr.contains("free some space"), "{output:#?}");
    assert!(output.stdout.contains("left: 0") && output.stdout.contains("goes on"), "{output:#?}");
    let kept = output.stdout.split("kept: ").nth(1).and_then(|rest| rest.lines().next()).unwrap();
    let kept = std::path::Path::new(kept).file_stem().unwrap().to_str().unwrap();
    let list: Value = serde_json::from_str(output.stdout.lines().last().unwrap()).unwrap();
    assert!(list["segments_blake3"].as_array().unwrap().contains(&kept.into()), "{output:#?}");
}

#[test]
fn adding_what_did_not_change_appends_nothing() {
    let environment = Environment::with_desk();
    settle(&environment.write("ours/a.rs", code(1)));
    let added = json(&environment, &["corpus", "add", "code", "ours"]);
    assert_eq!(json(&environment, &["corpus", "add", "code", "ours"])["entry"], added["entry"]);
    assert_ne!(json(&environment, &["corpus", "add", "code", "ours", "--tlp", "red"])["entry"], added["entry"]);
    let refused = environment.gainsay(&["corpus", "add", "code", "ours", "--memory", "16"]);
    assert!(refused.stderr.contains("this takes at least 64 MB of memory"), "{refused:?}");
}

#[test]
fn a_corpus_keeps_its_role_and_its_owner() {
    let environment = Environment::with_desk();
    environment.write("ours/a.rs", code(1));
    environment.gainsay(&["corpus", "add", "code", "ours", "--owner", "Marlbeck"]).succeeded();
    let before = json(&environment, &["corpus", "list"]);
    for (option, words) in [
        (&["--public"][..], "the role of corpus \"code\" is own, not public"),
        (&["--published"], "the role of corpus \"code\" is own, not published"),
        (&["--owner", "Heron"], "corpus \"code\" is of \"Marlbeck\", not of \"Heron\""),
    ] {
        let refused = environment.gainsay(&[&["corpus", "add", "code", "ours"], option].concat());
        assert_eq!(refused.code, Some(2), "{refused:?}");
        assert!(refused.stderr.contains(words), "{}", refused.stderr);
    }
    assert_eq!(json(&environment, &["corpus", "list"]), before);
    environment.gainsay(&["corpus", "add", "code", "ours", "--owner", "Marlbeck"]).succeeded();
}

#[test]
fn what_was_published_is_of_the_one_whose_the_rest_is() {
    let environment = Environment::with_desk();
    environment.write("ours/a.rs", code(1));
    environment.write("sdk/b.rs", code(2));
    environment.gainsay(&["corpus", "add", "early", "sdk", "--published"]).succeeded();
    environment.gainsay(&["corpus", "add", "code", "ours", "--owner", "Marlbeck"]).succeeded();
    let found = environment.gainsay(&["match", "ours/a.rs"]).succeeded();
    assert!(found.contains("What early holds took no part: it was published by early"), "{found}");
    environment.gainsay(&["corpus", "add", "sdk", "sdk", "--published"]).succeeded();
    let listed = environment.gainsay(&["corpus", "list", "--json"]).succeeded();
    let listed: Vec<Value> = listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let owners: Vec<(&str, &str)> =
        listed.iter().map(|it| (it["name"].as_str().unwrap(), it["owner"].as_str().unwrap())).collect();
    assert_eq!(owners, [("code", "Marlbeck"), ("early", "early"), ("sdk", "Marlbeck")]);
    let found = environment.gainsay(&["match", "sdk/b.rs"]);
    assert_eq!(found.code, Some(1), "{found:?}");
    assert!(found.stdout.contains("verdict: published only"), "{found:?}");
}

#[expect(clippy::print_stderr, reason = "a test that tests nothing says so")]
fn skip(why: &str) {
    eprintln!("skipped: {why}");
}

/// A repository under construction.
struct Repository {
    repo: gix::Repository,
    clock: i64,
}

impl Repository {
    fn new(path: &Path) -> Self {
        Repository { repo: gix::init_bare(path).unwrap(), clock: 1_600_000_000 }
    }

    /// A commit of these files, of which each is [`code`] of a number, and a branch that leads to it.
    fn commit(&mut self, branch: &str, files: &[(&str, u32)], parents: &[gix::ObjectId]) -> gix::ObjectId {
        let mut editor = self.repo.empty_tree().edit().unwrap();
        for (path, seed) in files {
            let blob = self.repo.write_blob(code(*seed)).unwrap();
            editor.upsert(*path, gix::objs::tree::EntryKind::Blob, blob).unwrap();
        }
        self.clock += 3600;
        let who = gix::actor::Signature {
            name: "A".into(),
            email: "a@example.org".into(),
            time: gix::date::Time { seconds: self.clock, offset: 0 },
        };
        let commit = gix::objs::Commit {
            tree: editor.write().unwrap().detach(),
            parents: parents.iter().copied().collect(),
            author: who.clone(),
            committer: who,
            encoding: None,
            message: "m".into(),
            extra_headers: Vec::new(),
        };
        let id = self.repo.write_object(&commit).unwrap().detach();
        self.repo.reference(branch, id, gix::refs::transaction::PreviousValue::Any, "").unwrap();
        id
    }

    fn head(&self) -> String {
        self.repo.head_name().unwrap().unwrap().as_bstr().to_string()
    }
}

/// What each of the first codes matches in a corpus: exit code, and the results without the corpus's name.
fn matches(environment: &Environment, corpus: &str) -> Vec<(Option<i32>, Value)> {
    let matched = |seed| {
        environment.write("sample.rs", code(seed));
        let output = environment.gainsay(&["match", "sample.rs", "--corpus", corpus, "--json"]);
        let said: Value = serde_json::from_str(&output.stdout).unwrap();
        let files = said["results"][0]["files"].to_string().replace(&format!("\"{corpus}\""), "\"corpus\"");
        (output.code, serde_json::from_str(&files).unwrap())
    };
    (1..=6).map(matched).collect()
}

#[test]
fn a_repository_that_grew_is_as_one_indexed_at_once() {
    let environment = Environment::with_desk();
    let mut repository = Repository::new(&environment.path("ours.git"));
    let head = repository.head();
    let add_step = || environment.gainsay(&["corpus", "add", "steps", "ours.git"]).succeeded();
    let first = repository.commit(&head, &[("a.rs", 1), ("b.rs", 2)], &[]);
    add_step();
    let second = repository.commit(&head, &[("a.rs", 3), ("b.rs", 2)], &[first]);
    let side = repository.commit("refs/heads/side", &[("a.rs", 1), ("b.rs", 2), ("c.rs", 4)], &[first]);
    repository.commit("refs/heads/other", &[("a.rs", 6), ("b.rs", 2)], &[first]);
    add_step();
    repository.commit(&head, &[("a.rs", 3), ("b.rs", 2), ("c.rs", 4)], &[second, side]);
    add_step();
    assert_eq!(segments(&environment).len(), 3, "each step reads what is new");
    let corpus = json(&environment, &["corpus", "list"]);
    assert_eq!(json(&environment, &["corpus", "add", "steps", "ours.git"])["entry"], corpus["entry"]);
    environment.gainsay(&["corpus", "add", "once", "ours.git"]).succeeded();
    let found = matches(&environment, "steps");
    assert_eq!(found, matches(&environment, "once"));
    let codes: Vec<Option<i32>> = found.iter().map(|(code, _)| *code).collect();
    assert_eq!(codes, [Some(0), Some(0), Some(0), Some(0), Some(1), Some(0)]);

    // Another line in its place: what was on the old one is gone with it.
    repository.commit(&head, &[("a.rs", 5)], &[]);
    for branch in ["refs/heads/side", "refs/heads/other"] {
        repository.repo.find_reference(branch).unwrap().delete().unwrap();
    }
    environment.gainsay(&["corpus", "add", "steps", "ours.git"]).succeeded();
    environment.gainsay(&["corpus", "add", "afresh", "ours.git"]).succeeded();
    let found = matches(&environment, "steps");
    assert_eq!(found, matches(&environment, "afresh"));
    let codes: Vec<Option<i32>> = found.iter().map(|(code, _)| *code).collect();
    assert_eq!(codes, [Some(1), Some(1), Some(1), Some(1), Some(0), Some(1)]);
}

#[test]
fn a_bundle_is_as_the_repository_that_it_was_made_of() {
    let environment = Environment::with_desk();
    let mut repository = Repository::new(&environment.path("ours.git"));
    let head = repository.head();
    let first = repository.commit(&head, &[("a.rs", 1)], &[]);
    let bundle = |name: &str, what: &[&str]| {
        std::fs::create_dir_all(environment.path(name).parent().unwrap()).unwrap();
        let mut git = std::process::Command::new("git");
        git.current_dir(environment.path("ours.git")).args(["-c", "safe.directory=*", "bundle", "create"]);
        git.arg(environment.path(name)).args(what).output().is_ok_and(|output| output.status.success())
    };
    if !bundle("in/a.bundle", &["--all"]) {
        return skip("there is no git here to make a bundle with");
    }
    let again = |corpus: &str, path: &str| json(&environment, &["corpus", "add", corpus, path]);
    let added = again("found", "in");
    assert_eq!((&added["commits"], &added["not_read"]), (&1.into(), &0.into()), "{added}");
    assert_eq!(again("found", "in")["entry"], added["entry"]);
    assert_eq!(in_corpora(&environment), segments(&environment), "nothing is left of what was unpacked");

    repository.commit(&head, &[("a.rs", 3), ("b.rs", 2)], &[first]);
    assert!(bundle("in/a.bundle", &["--all"]) && bundle("named", &["--all"]));
    assert_eq!(again("found", "in")["segments_blake3"].as_array().unwrap().len(), 2, "what is new is read");
    let (named, whole) = (again("named", "named"), again("whole", "ours.git"));
    assert_eq!((&named["commits"], &named["rows"]), (&whole["commits"], &whole["rows"]));
    for corpus in ["found", "named"] {
        let codes = |corpus| matches(&environment, corpus).into_iter().map(|(code, _)| code).collect::<Vec<_>>();
        assert_eq!(codes(corpus), codes("whole"));
    }

    assert!(bundle("new.bundle", &[&format!("{first}..{head}")]));
    let new = environment.gainsay(&["corpus", "add", "new", "new.bundle"]);
    assert!(new.stderr.contains(&format!("builds on 1 commits that it does not hold, {first}")), "{}", new.stderr);
}

#[test]
fn what_may_not_be_read_is_named_and_read_when_it_may() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
    let environment = Environment::with_desk();
    environment.write("ours/open.rs", code(1));
    let file = environment.write("ours/secret.rs", code(2));
    let folder = environment.write("ours/closed/deep.rs", code(3)).parent().unwrap().to_owned();
    // The superuser may read everything: somebody else runs it then, and owns all that it works with.
    let is_root = std::fs::metadata(environment.desk()).unwrap().uid() == 0;
    let starter: &[&str] = if is_root { &["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] } else { &[] };
    if is_root {
        let root = environment.path("").parent().unwrap().to_owned();
        let mut open = vec![root];
        while let Some(path) = open.pop() {
            chown(&path, Some(65534), Some(65534)).unwrap();
            if path.is_dir() {
                open.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            }
        }
        let tried = environment.command_under(starter, &["--version"]).output();
        if !tried.is_ok_and(|output| output.status.success()) {
            return skip("the program can't be run as another user here");
        }
    }
    let may = |mode| {
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let add = || {
        let mut command = environment.command_under(starter, &["--desk"]);
        let output = run(command.arg(environment.desk()).args(["corpus", "add", "code", "ours", "--json"]));
        (output.code, serde_json::from_str::<Value>(&output.stdout).unwrap(), output.stderr)
    };
    may(0);
    let (code, added, said) = add();
    may(0o700);
    assert_eq!(code, Some(2), "{said}");
    assert_eq!((&added["file_versions"], &added["not_read"]), (&1.into(), &2.into()), "{said}");
    for words in ["secret.rs: the file can't be read: Permission denied", "closed: the folder can't be listed"] {
        assert!(said.contains(words), "{said}");
    }
    let (code, added, said) = add();
    assert_eq!(code, Some(0), "{said}");
    assert_eq!((&added["file_versions"], &added["not_read"]), (&3.into(), &0.into()), "{said}");
}

/// A program, and the same with every name in it another one.
fn program(name: &str) -> String {
    let step = |n: u32| match n % 4 {
        0 => format!("    {name}_{n} = {name}_left({n}) + {name}_sum[{n}];\n"),
        1 => format!("    if ({name}_{n} > {n}) {{ return {name}_fail({n}, \"{name}\"); }}\n"),
        2 => format!("    for (int {name} = 0; {name} < {n}; {name}++) {{ {name}_step(&{name}_all, {name}); }}\n"),
        _ => format!("    {name}_table[{n} * {name}_width] ^= ~{name}_mask & 0x{n:x};\n"),
    };
    let steps: String = (0..200).map(|n| step(n * n % 7 + n)).collect();
    format!("#include <stdio.h>\nint {name}_main(int {name}_argc) {{\n{steps}    return 0;\n}}\n")
}

#[test]
fn a_corpus_of_text_alone_is_smaller_and_stays_one() {
    let environment = Environment::with_desk();
    settle(&environment.write("ours/a.c", program("alpha")));
    let whole = json(&environment, &["corpus", "add", "whole", "ours"]);
    let text = json(&environment, &["corpus", "add", "text", "ours", "--channels", "text"]);
    assert_eq!((&whole["channels"], &text["channels"]), (&"all".into(), &"text".into()));
    let rows = |corpus: &Value| corpus["rows"].as_u64().unwrap();
    assert!(rows(&text) < rows(&whole), "{text} {whole}");
    environment.write("sample.c", program("omega"));
    let ours = |corpus: &str| environment.gainsay(&["match", "sample.c", "--corpus", corpus]).code;
    assert_eq!((ours("whole"), ours("text")), (Some(0), Some(1)), "renamed code is found by its tokens alone");

    // It is what it is: without a word, with the same one, and never with another.
    for more in [&[][..], &["--channels", "text"]] {
        let again = json(&environment, &[&["corpus", "add", "text", "ours"], more].concat());
        assert_eq!(again["entry"], text["entry"]);
    }
    settle(&environment.write("ours/b.c", program("beta")));
    assert_eq!(json(&environment, &["corpus", "add", "text", "ours"])["channels"], "text");
    assert_eq!(ours("text"), Some(1));
    let refused = environment.gainsay(&["corpus", "add", "text", "ours", "--channels", "all"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("the channels of corpus \"text\" are text, not all"), "{}", refused.stderr);
}

#[test]
fn a_finding_is_marked_as_high_as_anything_it_rests_on() {
    let environment = Environment::with_desk();
    environment.write("ours/a.rs", code(1));
    environment.write("sample.rs", code(1));
    std::fs::write(environment.desk().join("desk.toml"), "tlp = \"green\"\n").unwrap();
    assert_eq!(json(&environment, &["corpus", "add", "code", "ours"])["tlp"], "green");
    let marking = |case: &str| json(&environment, &["show", case])["findings"][0]["tlp"].clone();
    for (case, of_case, of_sample, of_corpus, expected) in [
        ("low", "green", "clear", "clear", "green"),
        ("case", "red", "clear", "clear", "red"),
        ("sample", "clear", "amber+strict", "clear", "amber+strict"),
        ("corpus", "clear", "clear", "amber", "amber"),
    ] {
        environment.gainsay(&["open", case, "--tlp", of_case]).succeeded();
        environment.gainsay(&["add", case, "sample.rs", "--as", "sample", "--tlp", of_sample]).succeeded();
        environment.gainsay(&["corpus", "add", "code", "ours", "--tlp", of_corpus]).succeeded();
        environment.gainsay(&["match", "sample.rs", "--case", case]).succeeded();
        assert_eq!(marking(case), expected, "{case}");
    }
}

#[test]
fn a_changed_file_is_told_line_by_line() {
    let environment = Environment::with_desk();
    let ours = code(7);
    environment.write("code/src/engine.rs", &ours);
    environment.gainsay(&["corpus", "add", "product", "code"]).succeeded();
    let lines: Vec<&str> = ours.lines().collect();
    let foreign = "// Nothing of it is theirs, or anybody's at all.\n";
    let taken = format!("{foreign}{}\n{}\n", lines[30..50].join("\n"), lines[5..20].join("\n"));
    environment.write("sample/taken.rs", taken.replace("step_7_40", "phase_7_40"));
    let found = json(&environment, &["match", "sample"]);
    let row = &found["results"][0]["rows"][0];
    assert_eq!(row["best"]["path"], "src/engine.rs", "{row}");
    let alignment = &row["alignment"];
    assert_eq!(alignment["aligned_permille"], 972, "{alignment}");
    let ranges: Vec<_> =
        alignment["ranges"].as_array().unwrap().iter().map(|it| (&it["sample"], &it["ours"])).collect();
    let lines = |from: u32, to: u32| serde_json::json!([from, to]);
    assert_eq!(ranges[..2], [(&lines(2, 11), &lines(31, 40)), (&lines(12, 12), &lines(41, 41))], "{alignment}");
    let edits: Vec<&str> = alignment["edits"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
    let expected =
        ["renamed in 1 line: step_7_40 → phase_7_40", "cut: 25 lines of ours", "added: 1 line", "shuffled: 1 passage"];
    assert_eq!(edits, expected);

    let shown = environment.gainsay(&["match", "sample", "--compare", "taken.rs"]).succeeded();
    assert!(shown.contains("what follows stands elsewhere in ours"), "{shown}");
    // What lies in the folder now is not what was indexed.
    environment.write("code/src/engine.rs", &ours[1..]);
    let found = json(&environment, &["match", "sample"]);
    let note = found["results"][0]["rows"][0]["alignment"]["note"].as_str().unwrap();
    assert!(note.contains("has changed since it was indexed"), "{note}");
    std::fs::remove_file(environment.path("code/src/engine.rs")).unwrap();
    let found = json(&environment, &["match", "sample"]);
    let note = found["results"][0]["rows"][0]["alignment"]["note"].as_str().unwrap().to_owned();
    assert!(note.contains("is not at hand"), "{note}");
    let missing = environment.gainsay(&["match", "sample", "--compare", "other.rs"]);
    assert_eq!(missing.code, Some(2), "{missing:?}");
    assert!(missing.stderr.contains("the sample has no file \"other.rs\""), "{}", missing.stderr);
}
