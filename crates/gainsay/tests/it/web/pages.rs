//! What the pages do for whoever has no script.

use crate::support::Environment;

use super::STORY;
use super::client::{Answer, Served};

/// Where an answer leads.
fn leads_to(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.body);
    answer.header("location").unwrap().to_owned()
}

/// The hidden fields of the form that decides.
fn field(page: &str, name: &str) -> String {
    let rest = page.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[test]
fn an_empty_desk_becomes_a_case() {
    let environment = Environment::with_desk();
    let mut served = Served::start(&environment);
    served.enter();
    let start = served.get("/");
    for offer in ["An empty desk", "action=\"/stories\"", "action=\"/corpora\"", "action=\"/demo\"", "type=\"file\""] {
        assert!(start.body.contains(offer), "{offer}");
    }
    let proof = start.proof();
    for (fields, why) in [
        (vec![("story", STORY)], "The name of a case is missing"),
        (vec![("case", "marlbeck")], "neither a text nor a file"),
        (vec![("case", "a/b"), ("story", STORY)], "cannot be the name"),
        (vec![("case", "x"), ("story", STORY), ("published", "soon")], "no day"),
    ] {
        let answer = served.post("/stories", &[&[("proof", proof.as_str())], &fields[..]].concat());
        assert!(answer.status == 422 && answer.body.contains(why), "{}", answer.body);
    }
    let fields = [("proof", proof.as_str()), ("case", "marlbeck"), ("story", STORY), ("published", "2024-03-01")];
    let case = leads_to(&served.post("/stories", &fields));
    let page = served.get(&case);
    for shown in ["<h1>marlbeck</h1>", "Unsettled", "Dustfinch", "id=\"claims\"", "id=\"timeline\"", "id=\"ledger\""] {
        assert!(page.body.contains(shown), "{shown}");
    }
    // Once more the same is nothing new; under the same first words with another end, it is a new version.
    leads_to(&served.post("/stories", &fields));
    let log = environment.gainsay(&["show", "marlbeck", "--json"]).succeeded();
    assert_eq!(serde_json::from_str::<serde_json::Value>(&log).unwrap()["sources"].as_array().unwrap().len(), 1);
    let longer = format!("{STORY}\nOn Tuesday it confirmed that a test server was entered.\n");
    leads_to(&served.post("/stories", &[fields[0], fields[1], ("story", &longer), fields[3]]));
    let source = served.get(&format!("{case}/sources/src2"));
    assert!(source.body.contains("src1</a> → <a") && source.body.contains("<ins>On Tuesday"), "{}", source.body);
    let then = served.get(&format!("{case}?as_of=2024-02-01"));
    assert!(then.body.contains("Only what was published until 2024-02-01") && !then.body.contains("Dustfinch"));
    assert_eq!(served.get(&format!("{case}?as_of=yesterday")).status, 422);
    assert_eq!(served.get(&format!("{case}/sources/src9")).status, 404);
    assert_eq!(served.get("/case/nothing").status, 404);
    environment.gainsay(&["ledger", "verify"]).succeeded();
}

#[test]
fn files_come_in_with_their_names() {
    let environment = Environment::with_desk();
    let mut served = Served::start(&environment);
    served.enter();
    let proof = served.get("/").proof();
    let part = |name: &str, value: &str| format!("--cut\r\nContent-Disposition: form-data; {name}\r\n\r\n{value}\r\n");
    let page = "<html><head><title>Two</title></head><body><article><p>Marlbeck Systems denied on Monday that its \
                systems were breached, and said that no data had been stolen from it.</p></article></body></html>";
    let form = part("name=\"proof\"", &proof)
        + &part("name=\"case\"", "marlbeck")
        + &part("name=\"files\"; filename=\"C:\\news\\one.txt\"", STORY)
        + &part("name=\"files\"; filename=\"two.html\"", page)
        + &part("name=\"files\"; filename=\"\"", "")
        + "--cut--\r\n";
    let origin = format!("http://127.0.0.1:{}", served.port);
    let headers = [("Origin", origin.as_str()), ("Content-Type", "multipart/form-data; boundary=cut")];
    let case = leads_to(&served.send("POST", "/stories", &headers, &form));
    let shown = environment.gainsay(&["show", "marlbeck", "--json"]).succeeded();
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let names: Vec<_> = shown["sources"].as_array().unwrap().iter().map(|it| it["whence"].clone()).collect();
    assert_eq!(names, ["one.txt", "two.html"]);
    // What of many files fails is told, and the rest is there.
    let form = part("name=\"proof\"", &proof)
        + &part("name=\"files\"; filename=\"broken.pdf\"", "%PDF-1.7 and nothing")
        + &part("name=\"files\"; filename=\"three.txt\"", "Tarnwell said that the breach of Marlbeck Systems is real.")
        + "--cut--\r\n";
    let answer = served.send("POST", &format!("{case}/add"), &headers, &form);
    assert!(answer.status == 422 && answer.body.contains("broken.pdf"), "{}", answer.body);
    assert!(served.get(&case).body.contains("three.txt"));
    environment.gainsay(&["ledger", "verify"]).succeeded();
}

#[test]
fn a_decision_carries_what_its_page_showed() {
    let environment = Environment::with_story(STORY);
    // Everything waits, whatever the reader was sure of.
    let mut served = Served::start(&environment);
    served.enter();
    let page = served.get("/case/marlbeck/review?all=yes").body;
    let handle = field(&page, "handle");
    let (proof, saw) = (field(&page, "proof"), field(&page, "saw"));
    let review = |fields: &[(&str, &str)]| {
        let whole = [("proof", proof.as_str()), ("handle", handle.as_str()), ("saw", saw.as_str())];
        served.post("/case/marlbeck/review", &[&whole, fields].concat())
    };
    // Somebody else at the terminal, after the page was drawn.
    let by_ben = ["review", "marlbeck", "--again", "--reject", &handle];
    let done =
        environment.command(&["--desk"]).arg(environment.desk()).args(by_ben).env("GAINSAY_AUTHOR", "ben").output();
    assert!(done.unwrap().status.success());
    let before = environment.gainsay(&["ledger", "log"]).succeeded();
    for what in ["accept", "mend", "reject"] {
        let answer = review(&[("do", what), ("speaker", "Marlbeck Systems"), ("stance", "denies")]);
        assert_eq!(answer.status, 409, "{what}: {}", answer.body);
        assert!(answer.body.contains("rejected by ben") && answer.body.contains("was decided meanwhile"));
        assert_eq!(before, environment.gainsay(&["ledger", "log"]).succeeded(), "{what} changed something");
    }
    // Having seen it, the decision goes over it.
    let conflict = review(&[("do", "mend"), ("speaker", "Marlbeck"), ("stance", "denies")]).body;
    let now = field(&conflict, "saw");
    assert_ne!(now, saw);
    let fields = [
        ("proof", proof.as_str()),
        ("handle", handle.as_str()),
        ("saw", now.as_str()),
        ("do", "mend"),
        ("speaker", "Marlbeck"),
        ("stance", "denies"),
    ];
    leads_to(&served.post("/case/marlbeck/review", &fields));
    let page = served.get(&format!("/case/marlbeck/review?at={handle}")).body;
    assert!(page.contains("<strong>Marlbeck</strong>") && page.contains("accepted by ana"), "{page}");
    // The same once more is stale again: it had seen ben's decision, and there is a newer one.
    assert_eq!(served.post("/case/marlbeck/review", &fields).status, 409);
    for (what, why) in [("", "What to do is missing"), ("destroy", "nothing that can be done")] {
        let answer = review(&[("do", what)]);
        assert!(answer.status == 422 && answer.body.contains(why), "{}", answer.body);
    }
    environment.gainsay(&["ledger", "verify"]).succeeded();
}

#[test]
fn what_came_in_since_somebody_looked_is_told() {
    let environment = Environment::with_story(STORY);
    let mut served = Served::start(&environment);
    served.enter();
    let first = served.get("/");
    let seen = first.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    assert!(!first.body.contains("since you last looked"), "there is nothing to compare with yet");
    served.cookie = Some(format!("{}; {seen}", served.cookie.clone().unwrap()));
    assert!(!served.get("/").body.contains("since you last looked"));
    environment.gainsay(&["review", "marlbeck", "--again", "--reject", "s1"]).succeeded();
    environment.gainsay(&["open", "another"]).succeeded();
    let page = served.get("/").body;
    assert!(page.contains("1 entry since you last looked") && page.contains("new since you last looked"), "{page}");
    let answer = served.post("/seen", &[("proof", &first.proof())]);
    assert_eq!(leads_to(&answer), "/");
    let now = answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let session = served.cookie.clone().unwrap().split(';').next().unwrap().to_owned();
    served.cookie = Some(format!("{session}; {now}"));
    assert!(!served.get("/").body.contains("since you last looked"));
}

#[test]
fn a_corpus_is_indexed_as_a_job() {
    let environment = Environment::with_desk();
    environment.write("tree/a.c", "int marlbeck_probe(int a) { return a * 31 + 7; }\n".repeat(40));
    let mut served = Served::start(&environment);
    served.enter();
    let proof = served.get("/").proof();
    let tree = environment.path("tree").to_string_lossy().into_owned();
    for (path, why) in [("tree", "no whole path"), ("/no/such/tree", "There is no /no/such/tree"), ("", "is missing")] {
        let fields = [("proof", proof.as_str()), ("name", "code"), ("path", path), ("role", "own")];
        let answer = served.post("/corpora", &fields);
        assert!(answer.status == 422 && answer.body.contains(why), "{}", answer.body);
    }
    // A name that looks like an option is a name.
    let fields = [("proof", proof.as_str()), ("name", "--public"), ("path", &tree), ("role", "own")];
    assert_eq!(leads_to(&served.post("/corpora", &fields)), "/jobs");
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(120);
    let page = loop {
        let page = served.get("/jobs").body;
        if page.contains("done</span>") || page.contains("failed</span>") || std::time::Instant::now() > deadline {
            break page;
        }
        assert!(page.contains("http-equiv=\"refresh\""), "it loads itself again while something runs");
        std::thread::sleep(std::time::Duration::from_millis(100));
    };
    assert!(page.contains("done</span>") && !page.contains("http-equiv=\"refresh\""), "{page}");
    assert!(environment.gainsay(&["corpus", "list"]).succeeded().contains("--public"));
    assert_eq!(served.post("/jobs/1/cancel", &[("proof", &proof)]).status, 409, "it is done already");
    assert_eq!(served.post("/jobs/7/cancel", &[("proof", &proof)]).status, 404);
    assert_eq!(served.post("/jobs/1/burn", &[("proof", &proof)]).status, 404);
}
