//! The API: what its document says is what it does.

use serde_json::{Value, json};

use super::STORY;
use super::client::{Answer, Served};
use crate::support::Environment;

const DOCUMENT: &str = include_str!("../../../templates/web/openapi.json");

fn value(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|e| panic!("{e}: {}", answer.body))
}

/// A problem as RFC 9457 words it.
fn problem(answer: &Answer, status: u16) -> Value {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    let problem = value(answer);
    assert_eq!(problem["status"], status);
    assert!(problem["title"].is_string() && problem["detail"].is_string());
    problem
}

/// Whether a value has what a schema of the document says: the part of JSON Schema that the document uses.
fn fits(value: &Value, schema: &Value, document: &Value) -> bool {
    if let Some(name) = schema["$ref"].as_str() {
        return fits(value, &document["components"]["schemas"][name.rsplit('/').next().unwrap()], document);
    }
    let is_of = |kind: &str| match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("the test knows no {other}"),
    };
    let of_kind = match &schema["type"] {
        Value::String(kind) => is_of(kind),
        Value::Array(kinds) => kinds.iter().any(|kind| is_of(kind.as_str().unwrap())),
        _ => true,
    };
    let named = |name: &str| schema[name].as_array().cloned().unwrap_or_default();
    of_kind
        && (schema["const"].is_null() || schema["const"] == *value)
        && (schema["enum"].is_null() || named("enum").contains(value))
        && named("required").iter().all(|name| value.get(name.as_str().unwrap()).is_some())
        && schema["properties"].as_object().is_none_or(|properties| {
            properties.iter().all(|(name, schema)| value.get(name).is_none_or(|value| fits(value, schema, document)))
        })
        && (schema["items"].is_null()
            || value.as_array().is_none_or(|all| all.iter().all(|one| fits(one, &schema["items"], document))))
}

#[test]
fn every_answer_is_one_of_the_document() {
    let environment = Environment::with_story(STORY);
    let mut served = Served::start(&environment);
    let locked = problem(&served.get("/api/v1/cases"), 401);
    assert!(!locked.to_string().contains("marlbeck"));
    served.enter();
    let document: Value = serde_json::from_str(DOCUMENT).unwrap();
    assert_eq!(
        value(&served.get("/api/v1/openapi.json")),
        document,
        "the document that is served is the one that is kept"
    );
    let strange = ["", "marlbeck", "0", "a%2Fb", "%F0%9F%90%91", "%00", "x'--", "%3Cscript%3E"];
    let queries = [
        "",
        "?limit=1",
        "?limit=0",
        "?limit=x",
        "?limit=1&limit=2",
        "?after=zz",
        "?waiting=1",
        "?as_of=x",
        "?as_of=2024-01-01",
        "?%",
    ];
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, told) in methods.as_object().unwrap() {
            for id in strange {
                if id.is_empty() == path.contains("{id}") {
                    continue;
                }
                for query in queries {
                    let path = format!("{}{query}", path.replace("{id}", id));
                    let answer = match method.as_str() {
                        "get" => served.get(&path),
                        "delete" => served.send("DELETE", &path, &[("Origin", &served.origin)], ""),
                        _ => served.post(&path, &[("x", "y")]),
                    };
                    let documented = &told["responses"][answer.status.to_string()];
                    assert!(!documented.is_null(), "{method} {path}: {} {}", answer.status, answer.body);
                    for (kind, content) in documented["content"].as_object().into_iter().flatten() {
                        assert_eq!(answer.header("content-type"), Some(kind.as_str()), "{method} {path}");
                        assert!(fits(&value(&answer), &content["schema"], &document), "{path}: {}", answer.body);
                    }
                }
            }
        }
    }
    problem(&served.get("/api/v1/nowhere"), 404);
    problem(
        &served.send("DELETE", "/api/v1/cases", &[("Origin", &format!("http://127.0.0.1:{}", served.port))], ""),
        405,
    );
    problem(&served.as_host("rebound.example", "GET", "/api/v1/cases", &[], ""), 421);
}

#[test]
fn lists_come_in_parts_and_nothing_twice_that_is_known() {
    let environment = Environment::with_story(STORY);
    for case in ["one", "two", "three"] {
        environment.gainsay(&["open", case]).succeeded();
    }
    let mut served = Served::start(&environment);
    served.enter();
    let (mut seen, mut next) = (Vec::new(), String::new());
    loop {
        let answer = value(&served.get(&format!("/api/v1/cases?limit=3{next}")));
        seen.extend(answer["cases"].as_array().unwrap().iter().map(|case| case["case"].as_str().unwrap().to_owned()));
        match answer["next"].as_str() {
            Some(id) => next = format!("&after={id}"),
            None => break,
        }
    }
    assert_eq!(seen, ["marlbeck", "one", "two", "three"]);
    for path in ["/api/v1/cases", "/api/v1/cases/marlbeck", "/api/v1/cases/marlbeck/statements"] {
        let first = served.get(path);
        let tag = first.header("etag").unwrap().to_owned();
        let again = served.send("GET", path, &[("If-None-Match", &tag)], "");
        assert_eq!((again.status, again.body.as_str(), again.header("etag")), (304, "", Some(tag.as_str())), "{path}");
        environment.gainsay(&["review", "marlbeck", "--again", "--accept", "s1"]).succeeded();
        let now = served.send("GET", path, &[("If-None-Match", &tag)], "");
        assert!(now.status == 200 && now.header("etag") != Some(&tag), "{path} changed");
    }
    let shown: Value = serde_json::from_str(&environment.gainsay(&["show", "marlbeck", "--json"]).succeeded()).unwrap();
    let served = value(&served.get("/api/v1/cases/marlbeck"));
    assert_eq!((&served["claims"], &served["answer"]), (&shown["claims"], &shown["answer"]), "as the command gives it");
}

#[test]
fn a_program_decides_on_what_it_has_seen() {
    let environment = Environment::with_story(STORY);
    let mut served = Served::start(&environment);
    served.enter();
    let proof = value(&served.get("/api/v1/session"))["proof"].as_str().unwrap().to_owned();
    let origin = format!("http://127.0.0.1:{}", served.port);
    let decide = |proof: &str, decision: &Value| {
        let headers = [("Origin", origin.as_str()), ("Gainsay-Proof", proof), ("Content-Type", "application/json")];
        served.send("POST", "/api/v1/cases/marlbeck/decisions", &headers, &decision.to_string())
    };
    let statement = || value(&served.get("/api/v1/cases/marlbeck/statements"))["statements"][0].clone();
    let before = statement();
    let reject = json!({ "handle": before["handle"], "do": "reject", "saw": before["decision"], "reason": "not said" });
    problem(&decide("", &reject), 403);
    problem(&decide(&"0".repeat(64), &reject), 403);
    assert_eq!(statement(), before);
    let decided = decide(&proof, &reject);
    assert_eq!(decided.status, 200, "{}", decided.body);
    assert_eq!((&statement()["state"], &statement()["by"]), (&json!("rejected"), &json!("ana")));
    assert_eq!(value(&decided)["decision"], statement()["decision"]);
    // The same once more had not seen that.
    let stale = problem(&decide(&proof, &reject), 412);
    assert_eq!((&stale["handle"], &stale["by"]), (&before["handle"], &json!("ana")));
    let mut mend =
        json!({ "handle": before["handle"], "do": "mend", "saw": statement()["decision"], "stance": "denies" });
    assert_eq!(decide(&proof, &mend).status, 200);
    assert_eq!(statement()["stance"], "denies");
    mend["stance"] = json!("sings");
    problem(&decide(&proof, &mend), 422);
    mend["sings"] = json!(true);
    problem(&decide(&proof, &mend), 422);
    problem(&decide(&proof, &json!({ "handle": "s99", "do": "accept" })), 404);
    problem(&decide(&proof, &json!({ "handle": "s1", "do": "burn" })), 422);
    problem(&decide(&proof, &json!([])), 422);
    environment.gainsay(&["ledger", "verify"]).succeeded();
}

#[test]
fn a_program_opens_a_case_adds_to_it_and_has_work_done() {
    let environment = Environment::with_desk();
    let mut served = Served::start(&environment);
    served.enter();
    let proof = value(&served.get("/api/v1/session"))["proof"].as_str().unwrap().to_owned();
    let document: Value = serde_json::from_str(DOCUMENT).unwrap();
    let send = |path: &str, of: &str, sent: &Value| {
        let headers = [("Origin", &*served.origin), ("Gainsay-Proof", &proof), ("Content-Type", "application/json")];
        let answer = served.send("POST", &format!("/api/v1{path}"), &headers, &sent.to_string());
        let told = &document["paths"][format!("/api/v1{of}")]["post"]["responses"][answer.status.to_string()];
        assert!(!told.is_null(), "{path}: {} {}", answer.status, answer.body);
        for (kind, content) in told["content"].as_object().unwrap() {
            assert_eq!(answer.header("content-type"), Some(kind.as_str()));
            assert!(fits(&value(&answer), &content["schema"], &document), "{path}: {}", answer.body);
        }
        (answer.status, value(&answer))
    };
    let (status, case) = send("/cases", "/cases", &json!({ "case": "marlbeck", "tlp": "green" }));
    assert_eq!((status, &case["case"]), (201, &json!("marlbeck")));
    for wrong in
        [json!({ "case": "marlbeck" }), json!({ "case": "a/b" }), json!({ "case": "x", "tlp": "pink" }), json!({})]
    {
        assert_eq!(send("/cases", "/cases", &wrong).0, 422, "{wrong}");
    }
    let id = case["id"].as_str().unwrap();
    let (sources, of) = (format!("/cases/{id}/sources"), "/cases/{id}/sources");
    let (status, added) = send(&sources, of, &json!({ "name": "one.txt", "text": STORY, "published": "2024-03-01" }));
    assert_eq!(status, 201, "{added}");
    assert_eq!((&added["sources"][0]["already"], &added["sources"][0]["new_version"]), (&json!(false), &json!(false)));
    let coded = "TWFybGJlY2sgU3lzdGVtcyBkZW5pZWQgdGhhdCBpdHMgc3lzdGVtcyB3ZXJlIGJyZWFjaGVkLgo=";
    let (status, added) = send(&sources, of, &json!({ "name": "one.txt", "base64": coded }));
    assert_eq!((status, &added["sources"][0]["new_version"]), (201, &json!(true)), "{added}");
    for wrong in [
        json!({ "name": "x" }),
        json!({ "name": "x", "text": "a", "base64": "YQ==" }),
        json!({ "name": "x", "base64": "%%" }),
        json!({ "name": "a\nb", "text": STORY }),
        json!({ "name": "x.pdf", "text": "%PDF-1.7 and nothing" }),
        json!({ "name": "x", "text": STORY, "kind": "opera" }),
        json!({ "name": "x", "text": STORY, "published": "soon" }),
    ] {
        assert_eq!(send(&sources, of, &wrong).0, 422, "{wrong}");
    }
    assert_eq!(send("/cases/nothing/sources", of, &json!({ "name": "x", "text": STORY })).0, 404);
    let tree = environment.write("tree/a.c", "int marlbeck_probe(int a) { return a * 31 + 7; }\n".repeat(40));
    let tree = tree.parent().unwrap().to_string_lossy().into_owned();
    let done = |id: i64| {
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(120);
        loop {
            let job = value(&served.get(&format!("/api/v1/jobs/{id}")));
            let is_over = !["waiting", "running"].contains(&job["state"].as_str().unwrap());
            if is_over || std::time::Instant::now() > deadline {
                break job;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    };
    let (status, job) =
        send("/jobs", "/jobs", &json!({ "do": "index", "corpus": "code", "path": tree, "role": "own" }));
    assert_eq!((status, &job["by"]), (201, &json!("ana")), "{job}");
    assert_eq!(done(1)["state"], "done");
    let (status, _) = send("/jobs", "/jobs", &json!({ "do": "match", "case": id, "path": tree }));
    assert_eq!(status, 201);
    assert_eq!(done(2)["state"], "done");
    let shown = value(&served.get(&format!("/api/v1/cases/{id}")));
    assert_eq!(shown["findings"][0]["verdict"], "ours", "{}", shown["findings"]);
    for wrong in [
        json!({ "do": "index", "corpus": "code", "path": "tree", "role": "own" }),
        json!({ "do": "index", "corpus": "code", "path": "/nothing/here", "role": "own" }),
        json!({ "do": "index", "corpus": "code", "path": format!("{tree}\0"), "role": "own" }),
        json!({ "do": "index", "corpus": "a/b", "path": tree, "role": "own" }),
        json!({ "do": "index", "corpus": "code", "path": tree, "role": "theirs" }),
        json!({ "do": "burn" }),
    ] {
        assert_eq!(send("/jobs", "/jobs", &wrong).0, 422, "{wrong}");
    }
    assert_eq!(send("/jobs/1/cancel", "/jobs/{id}/cancel", &json!({})).0, 409);
    assert_eq!(send("/jobs/9/resume", "/jobs/{id}/resume", &json!({})).0, 404);
    assert_eq!(send("/tokens", "/tokens", &json!({ "label": "x", "scope": "read" })).0, 422, "the owner has none");
    // The file of the sample beside the company's, whose words are text and nothing else.
    let page = served.get(&format!("/case/{}/matches/m1/file?file=a.c", &id[..12]));
    assert!(
        page.status == 200 && page.body.contains("marlbeck_probe") && page.body.contains("byte for byte"),
        "{}",
        page.body
    );
    assert_eq!(served.get(&format!("/case/{}/matches/m1/file?file=b.c", &id[..12])).status, 404);
    assert_eq!(served.get(&format!("/case/{}/matches/m9/file?file=a.c", &id[..12])).status, 404);
    assert_eq!(served.get(&format!("/case/{}/matches/m1/file", &id[..12])).status, 422);
    environment.gainsay(&["ledger", "verify"]).succeeded();
}

#[test]
fn jobs_tell_as_it_happens() {
    let environment = Environment::with_desk();
    environment.write("tree/a.c", "int marlbeck_probe(int a) { return a * 31 + 7; }\n".repeat(40));
    let mut served = Served::start(&environment);
    served.enter();
    // Where nothing runs, it is told once and ends.
    let told = served.get("/jobs/events");
    assert_eq!((told.status, told.header("content-type")), (200, Some("text/event-stream")));
    assert_eq!(told.body.matches("data: ").count(), 1, "{}", told.body);
    assert!(!served.get("/jobs").body.contains("data-live"));
    environment.gainsay(&["corpus", "add", "code", "tree", "--background"]).succeeded();
    let told = served.get("/jobs/events");
    assert!(told.body.matches("data: ").count() >= 1, "{}", told.body);
    assert!(served.get("/jobs").body.contains("done</span>"), "it is told until nothing runs");
}
