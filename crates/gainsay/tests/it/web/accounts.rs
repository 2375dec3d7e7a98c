//! Accounts: who comes in from elsewhere, as whom, and what they may.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use serde_json::{Value, json};

use super::client::{Answer, Served};
use super::{STORY, is_guarded};
use crate::support::{Environment, Output};

pub(super) const PASSWORD: &str = "correct horse battery";
const PROXY: [&str; 3] = ["--behind-proxy", "--name", "desk.example"];

fn with_password(environment: &Environment, args: &[&str], password: &str) -> Output {
    with_password_at(environment, &environment.desk(), args, password)
}

/// Runs a command whose input is a password.
pub(super) fn with_password_at(environment: &Environment, desk: &Path, args: &[&str], password: &str) -> Output {
    let mut command = environment.command(&["--desk"]);
    command.arg(desk).args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(format!("{password}\n").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Output { stdout: text(output.stdout), stderr: text(output.stderr), code: output.status.code() }
}

fn add(environment: &Environment, name: &str, more: &[&str]) {
    with_password(environment, &[&["user", "add", name], more].concat(), PASSWORD).succeeded();
}

fn sign_in(served: &Served, name: &str, password: &str) -> Answer {
    served.post("/sign-in", &[("name", name), ("password", password), ("to", "/jobs")])
}

/// Signs in, and keeps the cookie.
fn enter_as(served: &mut Served, name: &str) {
    served.cookie = None;
    let answer = sign_in(served, name, PASSWORD);
    assert_eq!(answer.status, 303, "{name}: {}", answer.body);
    served.cookie = answer.header("set-cookie").unwrap().split(';').next().map(str::to_owned);
}

fn statement(environment: &Environment) -> Value {
    let shown = environment.gainsay(&["show", "marlbeck", "--json"]).succeeded();
    serde_json::from_str::<Value>(&shown).unwrap()["statements"][0].clone()
}

#[test]
fn other_machines_take_accounts_and_encryption() {
    let environment = Environment::with_desk();
    for (listen, why) in [("0.0.0.0:0", "no accounts"), ("[::]:0", "no accounts"), ("192.0.2.7:80", "no accounts")] {
        let refused = environment.gainsay(&["serve", "--listen", listen]);
        assert_eq!((refused.code, refused.stdout.as_str()), (Some(2), ""));
        assert!(refused.stderr.contains(why) && refused.stderr.contains("ssh -L"), "{}", refused.stderr);
    }
    let refused = environment.gainsay(&[&["serve", "--listen", "127.0.0.1:0"][..], &PROXY].concat());
    assert!(refused.code == Some(2) && refused.stderr.contains("no accounts"), "{}", refused.stderr);
    add(&environment, "ben", &[]);
    let refused = environment.gainsay(&["serve", "--listen", "0.0.0.0:0"]);
    assert!(refused.code == Some(2) && refused.stderr.contains("--tls-cert"), "{}", refused.stderr);
    let refused = environment.gainsay(&["serve", "--listen", "0.0.0.0:0", "--behind-proxy"]);
    assert!(refused.code == Some(2) && refused.stderr.contains("--name"), "{}", refused.stderr);
    let path = environment.write("key.pem", "no key");
    let path = path.to_str().unwrap();
    let refused = environment.gainsay(&["serve", "--listen", "127.0.0.1:0", "--tls-cert", path, "--tls-key", path]);
    assert!(refused.code == Some(2) && refused.stderr.contains("cannot encrypt with"), "{}", refused.stderr);
    // Where all that there are may not come in, there are none.
    environment.gainsay(&["user", "disable", "ben"]).succeeded();
    let refused = environment.gainsay(&["serve", "--listen", "0.0.0.0:0"]);
    assert!(refused.stderr.contains("no accounts"), "{}", refused.stderr);
}

#[test]
fn accounts_are_made_at_the_terminal_and_the_ledger_tells_of_them() {
    let environment = Environment::with_story(STORY);
    assert!(environment.gainsay(&["user", "list"]).succeeded().contains("No user"));
    for (name, password, why) in
        [("ben", "short", "12 characters"), ("a/b", PASSWORD, "cannot be the name"), ("gainsay reader 2", PASSWORD, "")]
    {
        let refused = with_password(&environment, &["user", "add", name], password);
        assert!(refused.code == Some(2) && refused.stderr.contains(why), "{}", refused.stderr);
    }
    assert_eq!(with_password(&environment, &["user", "add", "ben", "--case", "nothing"], PASSWORD).code, Some(2));
    add(&environment, "ben", &["--role", "reader", "--case", "marlbeck"]);
    assert_eq!(with_password(&environment, &["user", "add", "ben"], PASSWORD).code, Some(2), "there is one");
    environment.gainsay(&["user", "role", "ben", "admin"]).succeeded();
    environment.gainsay(&["user", "cases", "ben", "--all"]).succeeded();
    environment.gainsay(&["user", "disable", "ben"]).succeeded();
    assert_eq!(environment.gainsay(&["user", "role", "nobody", "admin"]).code, Some(2));
    let listed = &environment.gainsay(&["user", "list", "--json"]).json_lines()[0];
    assert_eq!(*listed, json!({ "name": "ben", "role": "admin", "active": false, "cases": null }));
    let log = environment.gainsay(&["ledger", "log"]).succeeded();
    for told in
        ["\"ben\" (reader) was added", "(admin) was given another role", "was given other cases", "was disabled"]
    {
        assert!(log.contains(told), "{told}: {log}");
    }
    environment.gainsay(&["ledger", "verify"]).succeeded();
    // Nothing in the desk holds the password, or anything that it could be told from without trying.
    for (path, bytes) in crate::support::read_tree(&environment.desk()) {
        let bytes = bytes.unwrap_or_default();
        assert!(!bytes.windows(PASSWORD.len()).any(|it| it == PASSWORD.as_bytes()), "{}", path.display());
    }
}

#[test]
fn whoever_signs_in_acts_under_their_own_name_and_within_their_role() {
    let environment = Environment::with_story(STORY);
    environment.gainsay(&["open", "tarnwell"]).succeeded();
    for (name, role) in [("rita", "reader"), ("anton", "analyst"), ("adele", "admin")] {
        add(&environment, name, &["--role", role]);
    }
    add(&environment, "carl", &["--case", "marlbeck"]);
    let mut served = Served::start_with(&environment, &PROXY);
    // Nobody has a link, and nobody sees anything.
    for path in ["/", "/case/marlbeck", "/jobs", "/nowhere", "/account"] {
        let locked = served.get(path);
        is_guarded(&locked);
        assert_eq!(locked.status, 401, "{path}");
        assert!(locked.body.contains("action=\"/sign-in\"") && !locked.body.contains("tarnwell"), "{path}");
        assert!(locked.body.contains(&format!("name=\"to\" value=\"{path}\"")), "{path}");
    }
    assert_eq!(served.get("/api/v1/cases").status, 401);
    let before = statement(&environment);
    let handle = before["handle"].as_str().unwrap().to_owned();
    let corpus = environment.write("files/a.c", "int main(void) { return 0; }\n");
    let corpus = corpus.parent().unwrap().to_str().unwrap().to_owned();
    for (name, may_write, may_manage) in [("rita", false, false), ("anton", true, false), ("adele", true, true)] {
        enter_as(&mut served, name);
        let page = served.get("/");
        is_guarded(&page);
        assert!(page.body.contains("tarnwell") && page.body.contains(name));
        assert_eq!(page.body.contains("action=\"/stories\""), may_write, "{name}");
        assert_eq!(page.body.contains("action=\"/corpora\""), may_manage, "{name}");
        let proof = page.proof();
        let review = served.get("/case/marlbeck/review?all=yes");
        assert_eq!(review.body.contains("name=\"do\" value=\"accept\""), may_write, "{name}");
        let fields = [("proof", proof.as_str()), ("case", name), ("story", STORY)];
        assert_eq!(served.post("/stories", &fields).status == 303, may_write, "{name}");
        assert_eq!(served.post("/demo", &[("proof", "0")]).status, 403);
        let fields = [("proof", proof.as_str()), ("name", name), ("path", &corpus), ("role", "own")];
        assert_eq!(served.post("/corpora", &fields).status == 303, may_manage, "{name}");
        if may_write {
            let sources = environment.gainsay(&["show", name, "--json"]).succeeded();
            let log = environment.gainsay(&["ledger", "log", "--json"]).succeeded();
            assert!(log.contains(&format!("\"author\":\"{name}\"")), "{log}");
            assert!(sources.contains("Dustfinch"));
        }
    }
    assert_eq!(statement(&environment)["handle"], handle.as_str());
    // Whoever sees one case sees no other, by no way.
    enter_as(&mut served, "carl");
    let page = served.get("/");
    assert!(page.body.contains("marlbeck") && !page.body.contains("tarnwell") && !page.body.contains("anton"));
    let other = environment.gainsay(&["show", "tarnwell", "--json"]).succeeded();
    let other = serde_json::from_str::<Value>(&other).unwrap()["id"].as_str().unwrap().to_owned();
    for case in ["tarnwell", other.as_str(), &other[..12]] {
        for path in ["", "/review", "/sources/src1", "/matches/m1"] {
            let answer = served.get(&format!("/case/{case}{path}"));
            assert_eq!(answer.status, 404, "{case}{path}");
            assert!(!answer.body.contains("anton") && !answer.body.contains("adele"), "{}", answer.body);
        }
        assert_eq!(served.get(&format!("/api/v1/cases/{case}")).status, 404);
        let fields = [("proof", page.proof()), ("story", STORY.to_owned())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(served.post(&format!("/case/{case}/add"), &fields).status, 404);
    }
    let proof = page.proof();
    assert_eq!(served.post("/stories", &[("proof", &proof), ("case", "new"), ("story", STORY)]).status, 403);
    assert_eq!(served.post("/stories", &[("proof", &proof), ("case", "tarnwell"), ("story", STORY)]).status, 403);
    let jobs = served.get("/jobs").body;
    assert!(!jobs.contains("gainsay corpus"), "{jobs}");
    assert_eq!(served.post("/jobs/1/cancel", &[("proof", &proof)]).status, 404);
    environment.gainsay(&["ledger", "verify"]).succeeded();
}

#[test]
fn a_session_is_new_at_each_sign_in_and_ends_when_it_should() {
    let environment = Environment::with_story(STORY);
    add(&environment, "ben", &[]);
    let mut served = Served::start_with(&environment, &PROXY);
    // What somebody else put into the browser lets nobody in.
    let name = served.cookie_name();
    let fixed = format!("{name}={}", "f".repeat(64));
    served.cookie = Some(fixed.clone());
    let answer = sign_in(&served, "ben", PASSWORD);
    is_guarded(&answer);
    let set = answer.header("set-cookie").unwrap().to_owned();
    assert!(set.starts_with("__Host-") && set.contains("; Secure") && set.contains("; HttpOnly"), "{set}");
    assert!(set.contains("; SameSite=Strict") && !set.contains(&"f".repeat(64)), "{set}");
    assert_eq!(answer.header("location"), Some("/jobs"));
    assert!(answer.header("strict-transport-security").is_some());
    assert_eq!(served.get("/").status, 401);
    let first = set.split(';').next().map(str::to_owned);
    served.cookie = first.clone();
    assert_eq!(served.get("/").status, 200);
    // Signed in once more in the same browser: the first is over.
    let again = sign_in(&served, "ben", PASSWORD);
    served.cookie = again.header("set-cookie").unwrap().split(';').next().map(str::to_owned);
    assert_ne!(served.cookie, first);
    assert_eq!(served.get("/").status, 200);
    let second = std::mem::replace(&mut served.cookie, first);
    assert_eq!(served.get("/").status, 401);
    // It outlives the server, but not its account, a new password, or what it may.
    served.cookie = second;
    for change in [vec!["user", "role", "ben", "reader"], vec!["user", "disable", "ben"]] {
        assert_eq!(served.get("/").status, 200);
        environment.gainsay(&change).succeeded();
        assert_eq!(served.get("/").status, 401, "{change:?}");
        environment.gainsay(&["user", "enable", "ben"]).succeeded();
        assert_eq!(served.get("/").status, 401, "what is over stays over");
        enter_as(&mut served, "ben");
    }
    let proof = served.get("/account").proof();
    let next = "another long password";
    let fields = [("proof", proof.as_str()), ("before", "wrong password"), ("password", next)];
    assert_eq!(served.post("/account/password", &fields).status, 422);
    let fields = [("proof", proof.as_str()), ("before", PASSWORD), ("password", "short")];
    assert_eq!(served.post("/account/password", &fields).status, 422);
    let fields = [("proof", proof.as_str()), ("before", PASSWORD), ("password", next)];
    assert_eq!(served.post("/account/password", &fields).status, 303);
    assert_eq!(served.get("/").status, 401);
    assert_eq!(sign_in(&served, "ben", PASSWORD).status, 401);
    assert_eq!(sign_in(&served, "ben", next).status, 303);
}

#[test]
fn nobody_guesses_and_nobody_is_led_elsewhere() {
    let environment = Environment::with_story(STORY);
    add(&environment, "ben", &[]);
    add(&environment, "rita", &[]);
    environment.gainsay(&["user", "disable", "rita"]).succeeded();
    let served = Served::start_with(&environment, &PROXY);
    // An unknown name, a wrong password and an account that is out look the same.
    let words =
        |answer: Answer| (answer.status, answer.body.replace("nobody", "…").replace("rita", "…").replace("ben", "…"));
    let wrong = words(sign_in(&served, "ben", "wrong wrong wrong"));
    assert_eq!(wrong.0, 401);
    assert_eq!(words(sign_in(&served, "nobody", PASSWORD)), wrong);
    assert_eq!(words(sign_in(&served, "rita", PASSWORD)), wrong);
    assert_eq!(words(sign_in(&served, "ben", &"x".repeat(5000))), wrong);
    // From any page that leads on, it leads to this desk.
    for to in
        ["https://x.example/", "//x.example", "/\\x.example", "javascript:alert(1)", "\\\\x", "/%0d%0aX: y\r\nX: y"]
    {
        let answer = served.post("/sign-in", &[("name", "ben"), ("password", PASSWORD), ("to", to)]);
        assert_eq!((answer.status, answer.header("location")), (303, Some("/")), "{to}");
        let page = served.get(&format!("/sign-in?to={}", super::client::escaped(to)));
        assert!(page.body.contains("name=\"to\" value=\"/\""), "{to}");
    }
    // A form of another site signs nobody in.
    let form = format!("name=ben&password={}", PASSWORD.replace(' ', "+"));
    for origin in [None, Some("http://desk.example"), Some("https://rebound.example"), Some("null")] {
        let headers: Vec<(&str, &str)> = origin.iter().map(|origin| ("Origin", *origin)).collect();
        let answer = served.send("POST", "/sign-in", &headers, &form);
        assert_eq!((answer.status, answer.header("set-cookie")), (403, None), "{origin:?}");
    }
    assert_eq!(served.as_host(&format!("127.0.0.1:{}", served.port), "GET", "/", &[], "").status, 421);
    // Tried too often a name waits, with the right password too; others do not.
    let tries = (0..12).map(|_| sign_in(&served, "Ben", "wrong wrong wrong")).find(|answer| answer.status == 429);
    let slowed = tries.expect("it is slowed down");
    is_guarded(&slowed);
    assert!(slowed.header("retry-after").unwrap().parse::<u32>().unwrap() > 0);
    add(&environment, "carl", &[]);
    assert_eq!(sign_in(&served, "carl", PASSWORD).status, 303);
    // And so does a place, whichever names it tries; the proxy says which, and only its last word counts.
    let from = |place: &str, name: &str| {
        let headers = [("Origin", "https://desk.example"), ("X-Forwarded-For", place)];
        served.send("POST", "/sign-in", &headers, &format!("name={name}&password=x")).status
    };
    let tried: Vec<u16> = (0..30).map(|it| from(&format!("10.0.0.{it}, 192.0.2.9"), &format!("name{it}"))).collect();
    assert!(tried[..20].iter().all(|status| *status == 401) && tried.contains(&429), "{tried:?}");
    assert_eq!(from("192.0.2.9, 192.0.2.10", "name99"), 401);
}

#[test]
fn a_program_has_a_token_with_a_scope() {
    let environment = Environment::with_story(STORY);
    add(&environment, "ben", &["--role", "analyst"]);
    let token = |scope: &str| {
        let made = environment.gainsay(&["user", "token", "ben", "--add", scope, "--scope", scope, "--json"]);
        made.json_lines()[0]["token"].as_str().unwrap().to_owned()
    };
    let [read, write, admin] = ["read", "write", "admin"].map(token);
    let served = Served::start_with(&environment, &PROXY);
    let ask = |token: &str, method: &str, path: &str, body: &str| {
        let bearer = format!("Bearer {token}");
        let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
        served.send(method, path, &headers, body)
    };
    let decisions = "/api/v1/cases/marlbeck/decisions";
    for token in [&read, &write, &admin] {
        let cases = ask(token, "GET", "/api/v1/cases", "");
        is_guarded(&cases);
        assert!(cases.status == 200 && cases.body.contains("marlbeck"));
    }
    let statements = ask(&read, "GET", "/api/v1/cases/marlbeck/statements", "");
    let first = serde_json::from_str::<Value>(&statements.body).unwrap()["statements"][0].clone();
    let decision = json!({ "handle": first["handle"], "do": "reject", "saw": first["decision"] }).to_string();
    assert_eq!(ask(&read, "POST", decisions, &decision).status, 403);
    let corpus =
        json!({ "do": "index", "corpus": "code", "path": environment.path("").to_string_lossy(), "role": "own" })
            .to_string();
    assert_eq!(ask(&admin, "POST", "/api/v1/jobs", &corpus).status, 403, "no more than its account may");
    assert_eq!(ask(&write, "POST", decisions, &decision).status, 200);
    let decided = ask(&read, "GET", "/api/v1/cases/marlbeck/statements", "").body;
    assert!(decided.contains("\"by\":\"ben\""), "{decided}");
    // It opens no page that changes something, no cookie is made of it, and a session is none.
    let bearer = format!("Bearer {write}");
    assert_eq!(served.send("POST", "/demo", &[("Authorization", &bearer)], "proof=").status, 403);
    let cookie = format!("{}={write}", served.cookie_name());
    assert_eq!(served.send("GET", "/api/v1/cases", &[("Cookie", &cookie)], "").status, 401);
    let set = sign_in(&served, "ben", PASSWORD).header("set-cookie").unwrap().to_owned();
    let secret = set.split_once('=').unwrap().1.split(';').next().unwrap();
    assert_eq!(ask(secret, "GET", "/api/v1/cases", "").status, 401);
    for wrong in ["", "gainsay_", &read[..read.len() - 1], &format!("{read}0")] {
        assert_eq!(ask(wrong, "GET", "/api/v1/cases", "").status, 401, "{wrong}");
    }
    // Taken back it opens nothing; with its account neither.
    assert!(!environment.gainsay(&["user", "token", "ben"]).succeeded().contains(&read[8..]));
    environment.gainsay(&["user", "token", "ben", "--revoke", "1"]).succeeded();
    assert_eq!(environment.gainsay(&["user", "token", "ben", "--revoke", "1"]).code, Some(2));
    assert_eq!(ask(&read, "GET", "/api/v1/cases", "").status, 401);
    assert_eq!(ask(&write, "GET", "/api/v1/cases", "").status, 200);
    environment.gainsay(&["user", "disable", "ben"]).succeeded();
    assert_eq!(ask(&write, "GET", "/api/v1/cases", "").status, 401);
    environment.gainsay(&["user", "enable", "ben"]).succeeded();
    assert_eq!(ask(&write, "GET", "/api/v1/cases", "").status, 401);
    // On its own page an account makes and takes back what its programs have.
    let mut served = served;
    enter_as(&mut served, "ben");
    let proof = served.get("/account").proof();
    let fields = [("proof", proof.as_str()), ("label", "<b>nightly"), ("scope", "read")];
    let made = served.post("/account/token", &fields);
    assert!(made.body.contains("gainsay_") && made.body.contains("&#60;b&#62;nightly"), "{}", made.body);
    let page = served.get("/account").body;
    assert!(!page.contains("gainsay_") && page.contains("nightly"));
    let id = page.split("name=\"id\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(served.post("/account/revoke", &[("proof", &proof), ("id", &id)]).status, 303);
    assert!(!served.get("/account").body.contains("nightly"));
    environment.gainsay(&["ledger", "verify"]).succeeded();
}

#[test]
fn what_goes_to_other_machines_is_encrypted() {
    use rustls::pki_types::pem::PemObject;

    let environment = Environment::with_story(STORY);
    add(&environment, "ben", &[]);
    let file = |name: &str| concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/web/tls/").to_owned() + name;
    let (certificate, key) = (file("certificate.pem"), file("key.pem"));
    let args = ["--listen", "0.0.0.0:0", "--tls-cert", &certificate, "--tls-key", &key, "--name", "desk.example"];
    let served = Served::start_with(&environment, &args);
    assert!(served.origin.starts_with("https://desk.example:"), "{}", served.origin);
    let mut roots = rustls::RootCertStore::empty();
    roots.add(rustls::pki_types::CertificateDer::from_pem_file(&certificate).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(config.with_root_certificates(roots).with_no_client_auth());
    // Who does not agree keeps nobody waiting, and what is not encrypted is not answered.
    let mut silent = TcpStream::connect(("127.0.0.1", served.port)).unwrap();
    let mut plain = TcpStream::connect(("127.0.0.1", served.port)).unwrap();
    plain.write_all(b"GET / HTTP/1.1\r\nHost: desk.example\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!String::from_utf8_lossy(&answer).contains("HTTP/1.1"));
    let stream = TcpStream::connect(("127.0.0.1", served.port)).unwrap();
    let connection = rustls::ClientConnection::new(config, "desk.example".try_into().unwrap()).unwrap();
    let mut stream = rustls::StreamOwned::new(connection, stream);
    let request = format!("GET / HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", served.host);
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 401") && answer.contains("Sign in"), "{answer}");
    silent.write_all(b"x").unwrap();
}
