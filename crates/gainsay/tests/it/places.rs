//! Where a corpus lies, and of when it is.

use serde_json::Value;

use crate::support::Environment;

fn code(seed: u32) -> String {
    (0..60_u32)
        .map(|n| format!("fn part_{seed}_{n}(left: u32) -> u32 {{ left.rotate_left({n}) ^ {seed} }}\n"))
        .collect()
}

fn json(environment: &Environment, args: &[&str]) -> Value {
    serde_json::from_str(&environment.gainsay(&[args, &["--json"]].concat()).succeeded()).unwrap()
}

fn words(result: &Value) -> String {
    result["words"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_path_lies_where_it_was_last_said_to_and_the_record_keeps_what_was_said_before() {
    let environment = Environment::with_desk();
    for (place, own) in [("left", 1), ("right", 2)] {
        environment.write(&format!("{place}/src/shared.rs"), code(7));
        environment.write(&format!("{place}/src/own.rs"), code(own));
    }
    environment
        .gainsay(&["corpus", "add", "code", "left", "--place", "lab share L3", "--dated", "2019-03-01"])
        .succeeded();
    // What is known of a path stands where nothing else is said of it.
    environment.gainsay(&["corpus", "add", "code", "left", "right"]).succeeded();
    let of =
        |corpus: &Value, path: usize| (corpus["paths"][path]["place"].clone(), corpus["paths"][path]["dated"].clone());
    let listed = json(&environment, &["corpus", "list"]);
    assert_eq!(of(&listed, 0), ("lab share L3".into(), "2019-03-01T00:00:00Z".into()));
    assert_eq!(of(&listed, 1), (Value::Null, Value::Null));
    environment.gainsay(&["corpus", "add", "code", "left", "--place", "lab share L4"]).succeeded();
    let moved = json(&environment, &["corpus", "list"]);
    assert_eq!(of(&moved, 0), ("lab share L4".into(), "2019-03-01T00:00:00Z".into()));
    assert_ne!(listed["entry"], moved["entry"]);
    let shown = environment.gainsay(&["corpus", "list"]).succeeded();
    assert!(shown.contains("/left, in lab share L4, as of 2019-03-01T00:00:00Z\n"), "{shown}");
    for refused in ["", "two\nlines"] {
        let ended = environment.gainsay(&["corpus", "add", "code", "left", &format!("--place={refused}")]);
        assert_eq!(ended.code, Some(2));
        assert!(ended.stderr.contains("cannot be the name of a place"), "{ended:?}");
    }

    let found = json(&environment, &["match", "left/src"]);
    let places = &found["results"][0]["places"];
    assert_eq!(places["cover"], serde_json::json!(["lab share L4"]));
    assert_eq!((&places["all"][0]["files"], &places["all"][0]["only_here"]), (&2.into(), &1.into()));
    assert_eq!(places["all"][1]["name"], listed["paths"][1]["path"]);
    let words = words(&found["results"][0]);
    assert!(words.contains("only one holds all 2 files that are the company's: lab share L4."), "{words}");
}

#[test]
fn backups_tell_between_which_of_them_content_came() {
    let environment = Environment::with_desk();
    for (month, part) in [("03", 1), ("04", 2), ("05", 2), ("06", 3)] {
        environment.write(&format!("backup/{month}/src/whole.rs"), code(10));
        environment.write(&format!("backup/{month}/src/part.rs"), code(part));
    }
    // In no order: their dates tell.
    for month in ["05", "03", "06", "04"] {
        let (folder, dated) = (format!("backup/{month}"), format!("2019-{month}-01"));
        environment.gainsay(&["corpus", "add", "code", &folder, "--dated", &dated]).succeeded();
    }
    environment.write("sample/a.rs", code(10));
    environment.write("sample/b.rs", code(2));
    let found = json(&environment, &["match", "sample"]);
    let result = &found["results"][0];
    let words = words(result);
    assert!(words.contains("In the 4 snapshots of"), "{words}");
    let came = "from the snapshot of 2019-04-01 to that of 2019-05-01 (2 snapshots): it came between the snapshot of 2019-03-01 \
                and that of 2019-04-01, and was changed or gone by that of 2019-06-01.";
    assert!(words.contains(came), "{words}");
    let window = &result["window"];
    assert_eq!(window["first"]["time"], "2019-03-01T00:00:00Z");
    assert_eq!(window["last"]["time"], "2019-05-01T00:00:00Z");
    assert_eq!(window["best"]["time"], "2019-05-01T00:00:00Z");
    let rows = result["rows"].as_array().unwrap();
    let part = rows.iter().find(|row| row["path"] == "b.rs").unwrap();
    assert_eq!(part["best"]["path"], "src/part.rs");
    assert_eq!(part["best"]["first"]["time"], "2019-04-01T00:00:00Z");
}
