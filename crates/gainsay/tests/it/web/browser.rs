//! A real browser: Debian's chromium without a window, driven over the pipe that it offers (the DevTools protocol, a JSON message to
//! each NUL). It reaches no other machine: no name leads anywhere for it.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// How long a page may take before a test gives up; it passes no test and fails none that is not broken.
const PATIENCE: Duration = Duration::from_secs(90);

/// A browser with one page.
pub(crate) struct Browser {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    asked: u64,
    page: Option<String>,
    /// What the browser told by itself, in order.
    pub(crate) events: Vec<Value>,
    _profile: TempDir,
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Browser {
    pub(crate) fn start() -> Browser {
        let profile = TempDir::new().unwrap();
        let mut command = Command::new("sh");
        // The browser reads from its third file and writes to its fourth.
        command.args(["-c", "exec chromium \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1", "sh"]);
        command.args([
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            "--force-prefers-reduced-motion",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            "--remote-debugging-pipe",
        ]);
        command.arg(format!("--user-data-dir={}", profile.path().display()));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (to, from) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut browser = Browser { child, to, from, asked: 0, page: None, events: Vec::new(), _profile: profile };
        let target = browser.ask("Target.createTarget", json!({ "url": "about:blank" }));
        let page = browser.ask("Target.attachToTarget", json!({ "targetId": target["targetId"], "flatten": true }));
        browser.page = page["sessionId"].as_str().map(str::to_owned);
        for room in ["Page", "Network", "Runtime", "Log", "DOM"] {
            browser.ask(&format!("{room}.enable"), json!({}));
        }
        browser
    }

    /// Asks the browser for something, and gives what it answers.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Value {
        self.asked += 1;
        let mut message = json!({ "id": self.asked, "method": method, "params": params });
        if let Some(page) = &self.page {
            message["sessionId"] = json!(page);
        }
        self.to.write_all(message.to_string().as_bytes()).unwrap();
        self.to.write_all(b"\0").unwrap();
        self.to.flush().unwrap();
        loop {
            let mut answer = Vec::new();
            self.from.read_until(0, &mut answer).unwrap();
            assert_eq!(answer.pop(), Some(0), "chromium ended; is it installed? (`make setup-test`)");
            let answer: Value = serde_json::from_slice(&answer).unwrap();
            if answer["id"] == self.asked {
                assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return answer["result"].clone();
            }
            if answer["method"] == "Page.javascriptDialogOpening" {
                panic!("a page opened a dialog: {answer}");
            }
            self.events.push(answer);
        }
    }

    /// What an expression of JavaScript comes to in the page.
    pub(crate) fn eval(&mut self, expression: &str) -> Value {
        let asked = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.ask("Runtime.evaluate", asked);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {}", answer["exceptionDetails"]);
        answer["result"]["value"].clone()
    }

    /// Waits until an expression is true. A page may be on its way to another meanwhile.
    pub(crate) fn until(&mut self, expression: &str) {
        let begun = Instant::now();
        loop {
            let asked = json!({ "expression": format!("document.readyState === 'complete' && !!({expression})"), "returnByValue": true });
            if self.ask("Runtime.evaluate", asked)["result"]["value"] == true {
                return;
            }
            if begun.elapsed() > PATIENCE {
                let page = self.eval("location.href + '\\n' + document.body.innerText");
                panic!("{expression} did not become true at {}", page.as_str().unwrap_or_default());
            }
            std::thread::sleep(Duration::from_millis(40));
        }
    }

    pub(crate) fn go(&mut self, address: &str) {
        // A mark that the next page does not have.
        self.eval("window.leaving = true");
        self.ask("Page.navigate", json!({ "url": address }));
        self.until("!window.leaving || location.hash");
    }

    /// Clicks what a selector finds, where it is on the page, as a hand would, and waits for the page that it leads to.
    pub(crate) fn click_through(&mut self, selector: &str) {
        self.eval("window.leaving = true");
        self.click(selector);
        self.until("!window.leaving");
    }

    pub(crate) fn click(&mut self, selector: &str) {
        let quoted = json!(selector);
        let place = self.eval(&format!(
            "(() => {{ const it = document.querySelector({quoted}); it.scrollIntoView({{ block: 'center' }}); const box = it.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; }})()"
        ));
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1 });
            self.ask("Input.dispatchMouseEvent", event);
        }
    }

    /// Writes into a field.
    pub(crate) fn write(&mut self, selector: &str, text: &str) {
        let quoted = json!(selector);
        self.eval(&format!("(() => {{ const it = document.querySelector({quoted}); it.focus(); it.select(); }})()"));
        self.ask("Input.insertText", json!({ "text": text }));
    }

    /// Presses a key.
    pub(crate) fn press(&mut self, key: &str) {
        let text = if key.len() == 1 { key } else { "\r" };
        for kind in ["keyDown", "keyUp"] {
            self.ask("Input.dispatchKeyEvent", json!({ "type": kind, "key": key, "text": text }));
        }
    }

    /// Presses a key that leads to another page.
    pub(crate) fn press_through(&mut self, key: &str) {
        self.eval("window.leaving = true");
        self.press(key);
        self.until("!window.leaving");
    }

    /// Puts files into a field for files.
    pub(crate) fn put_files(&mut self, selector: &str, files: &[&Path]) {
        let document = self.ask("DOM.getDocument", json!({}));
        let found =
            self.ask("DOM.querySelector", json!({ "nodeId": document["root"]["nodeId"], "selector": selector }));
        let files: Vec<_> = files.iter().map(|path| path.to_string_lossy()).collect();
        self.ask("DOM.setFileInputFiles", json!({ "nodeId": found["nodeId"], "files": files }));
    }

    pub(crate) fn path(&mut self) -> String {
        self.eval("location.pathname").as_str().unwrap().to_owned()
    }

    /// Shows pages in so many pixels, dark or light.
    pub(crate) fn show_in(&mut self, (width, height): (u32, u32), dark: bool) {
        let measures = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500 });
        self.ask("Emulation.setDeviceMetricsOverride", measures);
        let scheme = if dark { "dark" } else { "light" };
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.ask("Emulation.setEmulatedMedia", media);
    }

    /// A picture of what shows, as PNG; of the whole page where that is asked for.
    pub(crate) fn picture(&mut self, whole: bool) -> Vec<u8> {
        let asked = json!({ "format": "png", "captureBeyondViewport": whole });
        let picture = self.ask("Page.captureScreenshot", asked);
        from_base64(picture["data"].as_str().unwrap())
    }

    /// The addresses of everything that was asked for.
    pub(crate) fn requests(&self) -> Vec<&str> {
        let sent = self.events.iter().filter(|event| event["method"] == "Network.requestWillBeSent");
        sent.filter_map(|event| event["params"]["request"]["url"].as_str()).collect()
    }

    /// What the browser complained about: what was kept from running or loading, and what scripts broke with.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let is_one = |event: &&Value| match event["method"].as_str() {
            Some("Log.entryAdded") => event["params"]["entry"]["source"] != "network",
            Some("Runtime.exceptionThrown" | "Runtime.consoleAPICalled") => true,
            _ => false,
        };
        self.events.iter().filter(is_one).map(|event| event["params"].to_string()).collect()
    }
}

fn from_base64(text: &str) -> Vec<u8> {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let digits: Vec<u8> = text.bytes().filter(|byte| *byte != b'=').map(value).collect();
    let group = |group: &[u8]| {
        let bits = group.iter().enumerate().fold(0_u32, |bits, (at, digit)| bits | u32::from(*digit) << (18 - 6 * at));
        bits.to_be_bytes()[1..group.len()].to_vec()
    };
    digits.chunks(4).flat_map(group).collect()
}
