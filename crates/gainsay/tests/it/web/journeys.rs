//! The main journeys in a real browser, and a desk full of what criminals would write into it.

use std::path::Path;

use super::STORY;
use super::browser::Browser;
use super::client::Served;
use crate::support::Environment;

/// A desk that is served, and a browser that came in by the link.
fn inside(environment: &Environment) -> (Served, Browser) {
    let served = Served::start(environment);
    let mut browser = Browser::start();
    browser.go(&format!("http://127.0.0.1:{}{}", served.port, served.link));
    browser.until("location.pathname === '/'");
    (served, browser)
}

/// Nothing was asked for but from the desk, and the browser had nothing to complain about.
fn kept_to_itself(browser: &Browser, served: &Served) {
    let own = format!("http://127.0.0.1:{}/", served.port);
    // The browser's own signs, such as that of a field for dates, come from itself.
    let is_foreign = |address: &&str| !address.starts_with(&own) && !address.starts_with("data:image/svg+xml;base64,");
    let foreign: Vec<&str> = browser.requests().into_iter().filter(is_foreign).collect();
    assert!(foreign.is_empty(), "{foreign:?}");
    assert!(browser.requests().len() > 3, "requests are watched");
    assert!(browser.complaints().is_empty(), "{:#?}", browser.complaints());
}

#[test]
fn from_an_empty_desk_over_review_to_the_case() {
    let environment = Environment::with_desk();
    let (served, mut browser) = inside(&environment);
    browser.until("document.querySelector('h1').innerText === 'An empty desk'");
    browser.write("#paste-case", "marlbeck");
    browser.write("#story", &(STORY.to_owned() + "\nTarnwell, a firm, is said to have seen what might be a sample.\n"));
    browser.click_through("form[action='/stories']:not([enctype]) button");
    assert!(browser.path().starts_with("/case/"), "{}", browser.path());
    browser.until("document.querySelector('h1').innerText === 'marlbeck'");
    // What a browser waits for before it paints came with the page.
    let waited = browser
        .eval("performance.getEntriesByType('resource').filter(it => it.renderBlockingStatus === 'blocking').length");
    assert_eq!(waited, 0);
    assert_eq!(browser.eval("document.styleSheets.length === 1 && document.styleSheets[0].cssRules.length > 50"), true);
    // The slider of days is there only with a script.
    browser.until("document.querySelectorAll('form[data-days] input').length > 0");
    let case = browser.path();
    browser.go(&format!("http://127.0.0.1:{}{case}/review?all=yes", served.port));
    browser.until("document.querySelector('#here') && document.querySelector('#decision')");
    let handle = browser.eval("document.querySelector('[name=handle]').value");
    // Where somebody types, keys are letters.
    browser.click("#speaker");
    browser.press("r");
    assert!(browser.eval("document.querySelector('#speaker').value").as_str().unwrap().contains('r'));
    browser.eval("document.querySelector('#speaker').blur()");
    browser.press_through("r");
    browser.until("document.querySelector('[role=status]').innerText.includes('rejected by ana')");
    let decided = browser.eval("document.querySelector('[role=status]').innerText.split(':')[0]");
    assert_eq!(decided, handle);
    // Undone, it is accepted again.
    browser.press_through("u");
    assert_eq!(browser.eval("document.querySelector('[name=handle]').value"), handle);
    browser.press_through("a");
    browser.until("document.querySelector('[role=status]').innerText.includes('accepted by ana')");
    // Switched off, keys do nothing.
    browser.click("#keys");
    browser.eval("document.activeElement.blur()");
    browser.eval("window.leaving = true");
    browser.press("u");
    assert_eq!(browser.eval("window.leaving && !document.querySelector('.sent')"), true);
    browser.go(&format!("http://127.0.0.1:{}{case}", served.port));
    browser.until("document.querySelector('#claims') && document.body.innerText.includes('accepted by ana')");
    assert_eq!(browser.eval("document.documentElement.scrollWidth <= innerWidth"), true);
    kept_to_itself(&browser, &served);
    environment.gainsay(&["ledger", "verify"]).succeeded();
}

#[test]
fn what_criminals_write_stays_text() {
    const EVIL: &str = "<img src=x onerror=alert(1)><script>alert(2)</script>\"'><svg onload=alert(3)>";
    let environment = Environment::with_desk();
    let evil_name = "<img src=x onerror=alert(4)>\"'&lt;script&gt;.txt";
    environment.write(
        evil_name,
        format!(
            "{EVIL} for sale\n\nA hacking group known as Dustfinch {EVIL} claims to have stolen source code from Marlbeck \
             Systems.\n\n“{EVIL} we have it all,” said {EVIL} Tarnwell, a firm.\n\nMarlbeck Systems denied on Monday that its \
             systems were breached. javascript:alert(5) http://elsewhere.example/x.png\n"
        ),
    );
    environment.write(
        "page.html",
        format!(
            "<html><head><title>{EVIL}&lt;script&gt;alert(6)&lt;/script&gt;</title><base href='http://elsewhere.example/'></head><body>\
             <article><p>Marlbeck Systems denied on Monday that its systems were breached, and that &lt;img src=x \
             onerror=alert(7)&gt; any data had been stolen from it.</p><img src='http://elsewhere.example/y.png'></article></body></html>"
        ),
    );
    let case = "<script>alert(8)<⁄script>\"'><b>";
    environment.gainsay(&["open", case]).succeeded();
    environment.gainsay(&["add", case, evil_name, "page.html", "--published", "2024-03-01"]).succeeded();
    let (served, mut browser) = inside(&environment);
    let start = format!("http://127.0.0.1:{}/", served.port);
    let case = browser.eval("document.querySelector('.case h2 a').getAttribute('href')").as_str().unwrap().to_owned();
    let mut pages = vec![String::new(), "jobs".to_owned()];
    for of_case in ["", "/review", "/review?all=yes", "/sources/src1", "/sources/src2", "/nothing", "/sources/<b>"] {
        pages.push(format!("{}{of_case}", &case[1..]));
    }
    for page in pages {
        browser.go(&format!("{start}{page}"));
        let strange = browser.eval(
            "[...document.querySelectorAll('script:not([src]), img, base, b, iframe, object, [onerror], [onload], a[href^=\"javascript\"]')].length",
        );
        assert_eq!(strange, 0, "{page}");
        let svg = browser.eval("[...document.querySelectorAll('svg')].every(it => !it.hasAttribute('onload'))");
        assert_eq!(svg, true, "{page}");
    }
    // Handed over in the browser too, by drag and drop or by the field.
    let evil_file = environment.path(evil_name);
    browser.go(&format!("{start}{}", &case[1..]));
    browser.click("details.give summary");
    browser.put_files("#files", &[Path::new(&evil_file)]);
    browser.click_through("form[enctype] button.main");
    browser.until("document.body.innerText.includes('onerror=alert(4)')");
    kept_to_itself(&browser, &served);
}
