//! The program serving a desk, and whoever visits it: HTTP/1.1, one connection for each request.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::common::Result;

/// A desk that is served, until this goes.
pub(crate) struct Served {
    child: Child,
    host: String,
    link: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whoever was let in.
pub(crate) struct Visitor {
    host: String,
    cookie: String,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) bytes: usize,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Served {
    pub(crate) fn start(desk: &Path) -> Result<Served> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gainsay"));
        command.args(["--json", "--desk"]).arg(desk).args(["serve", "--listen", "127.0.0.1:0"]);
        let mut child = command.env("GAINSAY_AUTHOR", "bench").stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("it says nothing")?).read_line(&mut line)?;
        let told: Value = serde_json::from_str(&line)?;
        let link = told["link"].as_str().and_then(|link| link.strip_prefix("http://")).ok_or("it tells no link")?;
        let (host, path) = link.split_once('/').ok_or("the link has no path")?;
        Ok(Served { child, host: host.to_owned(), link: format!("/{path}") })
    }

    pub(crate) fn enter(&self) -> Result<Visitor> {
        let answer = ask(&self.host, "GET", &self.link, "", "")?;
        let mut visitor = Visitor { host: self.host.clone(), cookie: set(&answer).ok_or("it lets nobody in")? };
        // As a browser does: the first page has it keep when somebody had seen it all, and from then on that is compared with.
        if let Some(seen) = set(&visitor.get("/")?) {
            visitor.cookie = format!("{}; {seen}", visitor.cookie);
        }
        Ok(visitor)
    }
}

/// The cookie that an answer has a browser keep.
fn set(answer: &Answer) -> Option<String> {
    let set = answer.head.lines().find_map(|line| line.strip_prefix("set-cookie: "))?;
    set.split(';').next().map(str::to_owned)
}

impl Visitor {
    pub(crate) fn get(&self, path: &str) -> Result<Answer> {
        ask(&self.host, "GET", path, &format!("Cookie: {}\r\n", self.cookie), "")
    }

    pub(crate) fn post(&self, path: &str, proof: &str, body: &str) -> Result<Answer> {
        let headers = format!(
            "Cookie: {}\r\nOrigin: http://{}\r\nGainsay-Proof: {proof}\r\nContent-Type: application/json\r\n",
            self.cookie, self.host
        );
        ask(&self.host, "POST", path, &headers, body)
    }

    pub(crate) fn json(&self, path: &str) -> Result<Value> {
        Ok(serde_json::from_str(&self.get(path)?.body)?)
    }
}

fn ask(host: &str, method: &str, path: &str, headers: &str, body: &str) -> Result<Answer> {
    let mut stream = TcpStream::connect(host)?;
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let text = String::from_utf8(answer)?;
    let (head, body) = text.split_once("\r\n\r\n").ok_or("no answer")?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or("no status")?;
    Ok(Answer { status, bytes: text.len(), head: head.to_owned(), body: body.to_owned() })
}
