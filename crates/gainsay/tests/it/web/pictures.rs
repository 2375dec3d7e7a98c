//! Pictures of the pages: those of the README, and all of them to look at.

use std::path::PathBuf;

use super::accounts::{PASSWORD, with_password_at};
use super::browser::Browser;
use super::client::Served;
use crate::support::Environment;

/// Widths and heights: a desk and a telephone.
const SIZES: [(u32, u32); 2] = [(1440, 1700), (390, 1500)];

/// `make pictures` runs it, with a folder in `PICTURES`; with one in `LOOK` every page is drawn in both sizes, dark and light.
#[test]
#[ignore = "it makes the pictures of the README: `make pictures`"]
fn of_the_pages() {
    let environment = Environment::new();
    environment.gainsay(&["init"]).succeeded();
    let demo = environment.path("demo");
    let mut command = environment.command(&["demo"]);
    assert!(command.arg(&demo).output().unwrap().status.success());
    let desk = demo.join("desk");
    with_password_at(&environment, &desk, &["user", "add", "rita", "--role", "admin"], PASSWORD).succeeded();
    let corpus = environment.write("files/a.c", "int main(void) { return 0; }\n");
    let mut command = environment.command(&["--desk"]);
    command.arg(&desk).args(["corpus", "add", "more", "--background"]).arg(corpus.parent().unwrap());
    assert!(command.output().unwrap().status.success());
    let served = Served::start_at(&environment, &desk);
    let mut browser = Browser::start();
    let start = format!("http://127.0.0.1:{}", served.port);
    browser.show_in((1200, 900), false);
    browser.go(&format!("{start}{}", served.link));
    browser.until("location.pathname === '/'");
    let cases = browser.eval("[...document.querySelectorAll('.case h2 a')].map(it => it.getAttribute('href'))");
    let cases: Vec<String> = cases.as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect();
    assert_eq!(cases.len(), 2);
    let rumour = cases
        .iter()
        .find(|case| {
            browser.eval(&format!("document.querySelector('h2 a[href=\"{case}\"]').innerText")) == "fxmsp-2019"
        })
        .unwrap();
    let matched = cases.iter().find(|case| *case != rumour).unwrap();
    // A file that is not the company's byte for byte has lines to be seen beside it.
    browser.go(&format!("{start}{matched}/matches/m1"));
    let beside = browser.eval(
        "[...document.querySelectorAll('.file')].find(it => it.querySelector('a') && !it.innerText.includes('byte for byte')).querySelector('a').getAttribute('href')",
    );
    let beside = beside.as_str().unwrap().to_owned();
    if let Some(folder) = std::env::var_os("PICTURES").map(PathBuf::from) {
        for (name, path) in [
            ("desk.png", "/".to_owned()),
            ("review.png", format!("{rumour}/review")),
            ("match.png", format!("{matched}/matches/m1")),
        ] {
            browser.go(&format!("{start}{path}"));
            std::fs::write(folder.join(name), browser.picture(false)).unwrap();
        }
    }
    if let Some(axe) = std::env::var_os("AXE") {
        accessible(&mut browser, &std::fs::read_to_string(axe).unwrap(), &start, (&cases, &beside));
    }
    let Some(folder) = std::env::var_os("LOOK").map(PathBuf::from) else { return };
    let mut pages = vec![("start", "/".to_owned()), ("jobs", "/jobs".to_owned()), ("nowhere", "/nowhere".to_owned())];
    for (name, case) in [("a", &cases[0]), ("b", &cases[1])] {
        pages.push((name, case.clone()));
    }
    pages.push(("source", format!("{rumour}/sources/src1")));
    pages.push(("matched", format!("{matched}/matches/m1")));
    pages.push(("beside", beside.clone()));
    pages.push(("said", format!("{rumour}/lists/said")));
    pages.push(("claims", format!("{rumour}/lists/claims")));
    pages.push(("pictures", format!("{matched}/matches/m1/pictures")));
    pages.push(("sign-in", "/sign-in".to_owned()));
    pages.push(("review", format!("{rumour}/review")));
    for size in SIZES {
        for dark in [false, true] {
            browser.show_in(size, dark);
            for (name, path) in &pages {
                browser.go(&format!("{start}{path}"));
                let wide = browser.eval("document.documentElement.scrollWidth - innerWidth");
                assert_eq!(wide, 0, "{name} at {} is too wide", size.0);
                let name = format!("{name}-{}-{}.png", size.0, if dark { "dark" } else { "light" });
                std::fs::write(folder.join(name), browser.picture(!path.ends_with(|c: char| c.is_ascii_hexdigit())))
                    .unwrap();
            }
        }
    }
}

/// Holds every page, dark and light, against the rules of axe-core.
fn accessible(browser: &mut Browser, axe: &str, start: &str, (cases, beside): (&[String], &str)) {
    let mut pages = ["/", "/jobs", "/nowhere", "/sign-in", beside].map(str::to_owned).to_vec();
    for case in cases {
        browser.go(&format!("{start}{case}"));
        if browser.eval("!!document.querySelector('#evidence')") == true {
            pages.extend([format!("{case}/matches/m1"), format!("{case}/matches/m1/pictures")]);
        }
        pages.extend([case.clone(), format!("{case}/review?all=yes"), format!("{case}/sources/src1")]);
        let lists = ["claims", "explanations", "timeline", "disagreements", "offers", "said", "sources", "ledger"];
        pages.extend(lists.map(|list| format!("{case}/lists/{list}")));
    }
    let mut wrong = Vec::new();
    for dark in [false, true] {
        browser.show_in((1200, 900), dark);
        for page in &pages {
            browser.go(&format!("{start}{page}"));
            wrong.extend(violations(browser, axe));
        }
    }
    // Somebody with an account, and what they are shown once.
    browser.go(&format!("{start}/sign-in"));
    browser.write("#name", "rita");
    browser.write("#password", "not this one");
    browser.click_through("form button.main");
    wrong.extend(violations(browser, axe));
    browser.write("#password", PASSWORD);
    browser.click_through("form button.main");
    for dark in [false, true] {
        browser.show_in((1200, 900), dark);
        browser.go(&format!("{start}/account"));
        browser.eval("window.leaving = true; document.querySelector('#label').value = 'for a program'; document.querySelector('#label').form.requestSubmit()");
        browser.until("!window.leaving");
        assert_eq!(browser.eval("!!document.querySelector('.token')"), true);
        wrong.extend(violations(browser, axe));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What axe-core finds on the page that is shown.
fn violations(browser: &mut Browser, axe: &str) -> Vec<String> {
    browser.eval(&format!("{axe};0"));
    let found = browser.eval(
        "axe.run(document).then(it => it.violations.map(one => location.pathname + ': ' + one.id + ': ' + one.nodes.map(node => node.html + ' ' + node.failureSummary).slice(0, 3).join(' | ')))",
    );
    found.as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect()
}
