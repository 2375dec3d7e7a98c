//! The desk in a browser: who is let in, what answers carry, and what the pages do for whoever has no script.

mod accounts;
mod api;
mod browser;
mod client;
mod journeys;
mod lists;
mod pages;
mod pictures;

use std::io::{ErrorKind, Read, Write};
use std::process::Command;

use client::{Answer, Served};

use crate::support::{Environment, run};

const STORY: &str = "\
Crew claims data

A hacking group known as Dustfinch claims to have stolen source code from Marlbeck Systems.

Marlbeck Systems denied on Monday that its systems were breached.
";

/// What every answer carries, whatever it answers.
fn is_guarded(answer: &Answer) {
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'sha256-"), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(answer.header("x-frame-options"), Some("DENY"));
    assert_eq!(answer.header("referrer-policy"), Some("same-origin"));
    assert_eq!(answer.header("cross-origin-opener-policy"), Some("same-origin"));
    assert!(answer.header("access-control-allow-origin").is_none());
    let kept = answer.header("cache-control").unwrap();
    assert!(kept == "no-store" || kept.contains("immutable") && answer.status == 200, "{kept}");
}

#[test]
fn only_whoever_has_the_link_comes_in_and_only_once() {
    let environment = Environment::with_story(STORY);
    let mut served = Served::start(&environment);
    for path in ["/", "/jobs", "/case/marlbeck", "/api/v1/cases", "/nowhere", "/enter/0000"] {
        let answer = served.get(path);
        is_guarded(&answer);
        assert!(matches!(answer.status, 401 | 410), "{path}: {}", answer.status);
        assert!(!answer.body.contains("marlbeck"), "{path} tells of the desk");
    }
    // Only a GET uses the link; what looks at links before they are opened does not.
    assert_eq!(served.send("HEAD", &served.link.clone(), &[], "").status, 410);
    let forged = "f".repeat(64);
    let cookie = served.cookie_name();
    let answer = served.send("GET", &served.link.clone(), &[("Cookie", &format!("{cookie}={forged}"))], "");
    is_guarded(&answer);
    assert_eq!(answer.status, 200);
    let set = answer.header("set-cookie").unwrap().to_owned();
    assert!(set.contains("; HttpOnly") && set.contains("; SameSite=Strict") && set.contains("; Path=/"), "{set}");
    assert!(!set.contains(&forged), "a browser does not choose what lets it in");
    assert_eq!(served.send("GET", "/", &[("Cookie", &format!("{cookie}={forged}"))], "").status, 401);
    assert_eq!(served.get(&served.link.clone()).status, 410);
    served.cookie = set.split(';').next().map(str::to_owned);
    let page = served.get("/");
    is_guarded(&page);
    assert!(page.status == 200 && page.body.contains("marlbeck"), "{}", page.status);
    assert_eq!(served.get("/nowhere").status, 404);
    assert_eq!(served.get("//elsewhere.example/").header("location"), None);
    // Locked again, the cookie opens nothing.
    let proof = page.proof();
    assert_eq!(served.post("/leave", &[("proof", &proof)]).status, 401);
    assert_eq!(served.get("/").status, 401);
}

#[test]
fn no_other_site_reaches_the_desk() {
    let environment = Environment::with_story(STORY);
    let mut served = Served::start(&environment);
    served.enter();
    // A name of somebody else's that leads to this machine.
    for host in ["rebound.example", &format!("rebound.example:{}", served.port), "127.0.0.1:1", "localhost"] {
        let answer = served.as_host(host, "GET", "/", &[], "");
        is_guarded(&answer);
        assert_eq!(answer.status, 421, "{host}");
        assert!(!answer.body.contains("marlbeck"));
    }
    assert_eq!(served.as_host(&format!("LOCALHOST:{}", served.port), "GET", "/", &[], "").status, 200);
    // A form on another page, with the cookie that a careless browser would send along.
    let proof = served.get("/").proof();
    let own = format!("http://127.0.0.1:{}", served.port);
    let form = format!("proof={proof}");
    for origin in [None, Some("null"), Some("http://rebound.example"), Some("http://127.0.0.1:1"), Some("https://x")] {
        let headers: Vec<(&str, &str)> = origin.iter().map(|origin| ("Origin", *origin)).collect();
        let answer = served.send("POST", "/demo", &headers, &form);
        is_guarded(&answer);
        assert_eq!(answer.status, 403, "{origin:?}");
    }
    // A page of this desk, but not of this browser.
    for form in ["", "proof=", &format!("proof={}", "0".repeat(64)), &format!("proff={proof}")] {
        assert_eq!(served.send("POST", "/demo", &[("Origin", &own)], form).status, 403, "{form}");
    }
    assert!(!served.get("/").body.contains("fxmsp"), "nothing was done");
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
        assert_eq!(served.send(method, "/", &[], "").status, 403, "{method}");
        assert_eq!(served.send(method, "/", &[("Origin", &own)], "").status, 405, "{method}");
    }
    assert_eq!(served.send("POST", "/demo", &[("Origin", &own)], &form).status, 303);
    assert!(served.get("/").body.contains("fxmsp-2019"));
    environment.gainsay(&["ledger", "verify"]).succeeded();
}

#[test]
fn an_address_or_a_desk_that_cannot_be_had_is_told() {
    let environment = Environment::with_desk();
    let served = Served::start(&environment);
    let taken = environment.gainsay(&["serve", "--listen", &format!("127.0.0.1:{}", served.port)]);
    assert_eq!(taken.code, Some(2));
    assert!(taken.stderr.contains("choose another port"), "{}", taken.stderr);
    let nowhere = run(environment.command(&["serve"]).current_dir("/"));
    assert_eq!(nowhere.code, Some(2));
    assert!(nowhere.stderr.contains("no desk"), "{}", nowhere.stderr);
}

#[test]
fn an_interrupt_ends_it_cleanly() {
    for signal in ["INT", "TERM"] {
        let environment = Environment::with_story(STORY);
        let mut served = Served::start(&environment);
        served.enter();
        // A connection that stays open, as browsers keep theirs.
        let idle = served.connect();
        let pid = served.child.id().to_string();
        assert!(Command::new("sh").args(["-c", &format!("kill -{signal} {pid}")]).status().unwrap().success());
        assert_eq!(served.child.wait().unwrap().code(), Some(0), "{signal}");
        drop(idle);
        environment.gainsay(&["ledger", "verify"]).succeeded();
    }
}

#[test]
fn who_is_slow_is_let_go() {
    let environment = Environment::with_desk();
    let mut served = Served::start(&environment);
    served.enter();
    let mut slow = served.connect();
    slow.write_all(b"GET / HTTP/1.1\r\nHost: somebody\r\n").unwrap();
    // One that was answered, and says no more.
    let mut idle = served.connect();
    write!(idle, "GET /sign-in HTTP/1.1\r\nHost: {}\r\n\r\n", served.host).unwrap();
    assert_eq!(served.get("/").status, 200, "others are answered meanwhile");
    for (connection, name) in [(&mut slow, "slow"), (&mut idle, "idle")] {
        let ended = connection.read_to_end(&mut Vec::new());
        let waited_in_vain =
            matches!(&ended, Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut));
        assert!(!waited_in_vain, "{name}: {ended:?}");
    }
}

#[test]
fn style_and_script_are_the_desks_own_and_kept_for_good() {
    let environment = Environment::with_desk();
    let mut served = Served::start(&environment);
    let locked = served.get("/").body;
    let named: Vec<&str> = locked.split('"').filter(|it| it.starts_with("/assets/")).collect();
    assert_eq!(named.len(), 1, "{locked}");
    for path in named {
        let asset = served.get(path);
        is_guarded(&asset);
        assert_eq!(asset.status, 200);
        assert!(asset.header("cache-control").unwrap().contains("immutable"));
    }
    served.enter();
    let page = served.get("/").body;
    assert!(page.len() < 200_000);
    for (at, _) in page.match_indices("://") {
        // No page names another server.
        assert!(page[..at].ends_with("w3.org"), "{}", &page[at.saturating_sub(40)..at + 20]);
    }
    // The style is the one that the policy names, and all that a browser waits for before it paints.
    let inline = regex::Regex::new(r"(?s)<style>.*?</style>").unwrap();
    assert_eq!(inline.find_iter(&page).count(), 1);
    let page = inline.replace(&page, "");
    let others = regex::Regex::new(r"<style|stylesheet| style=|<script[^>]*>[^<]| on[a-z]+=").unwrap();
    assert!(!others.is_match(&page), "{:?}", others.find(&page));
}
