//! The program serving a desk, and a browser without a script: HTTP/1.1, one connection for each request.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use crate::support::Environment;

/// A desk that is served.
pub(crate) struct Served {
    pub(crate) child: Child,
    pub(crate) port: u16,
    /// The name under which browsers come, and what they say of their own pages.
    pub(crate) host: String,
    pub(crate) origin: String,
    /// The path of the link that opens it.
    pub(crate) link: String,
    /// What the browser sends along, once it was let in.
    pub(crate) cookie: Option<String>,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// What the forms of the page carry.
    pub(crate) fn proof(&self) -> String {
        let rest = self.body.split("name=\"proof\" value=\"").nth(1).unwrap();
        rest.split('"').next().unwrap().to_owned()
    }
}

impl Served {
    /// Serves the desk of an environment on any free port.
    pub(crate) fn start(environment: &Environment) -> Served {
        Served::start_at(environment, &environment.desk())
    }

    /// Serves another desk.
    pub(crate) fn start_at(environment: &Environment, desk: &Path) -> Served {
        Served::start_at_with(environment, desk, &[])
    }

    /// Serves the desk of an environment to others too.
    pub(crate) fn start_with(environment: &Environment, args: &[&str]) -> Served {
        Served::start_at_with(environment, &environment.desk(), args)
    }

    fn start_at_with(environment: &Environment, desk: &Path, args: &[&str]) -> Served {
        let mut command = environment.command(&["--json", "--desk"]);
        command.arg(desk).arg("serve").args(args).env("GAINSAY_LOG", "error");
        if !args.contains(&"--listen") {
            command.args(["--listen", "127.0.0.1:0"]);
        }
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told: serde_json::Value = serde_json::from_str(&line).unwrap();
        let link = told["link"].as_str().unwrap();
        let (scheme, rest) = link.split_once("://").unwrap();
        let (host, path) = rest.split_once('/').unwrap();
        let port = told["port"].as_u64().unwrap();
        Served {
            child,
            port: port.try_into().unwrap(),
            host: host.to_owned(),
            origin: format!("{scheme}://{host}"),
            link: format!("/{path}"),
            cookie: None,
        }
    }

    pub(crate) fn cookie_name(&self) -> String {
        let prefix = if self.origin.starts_with("https") { "__Host-" } else { "" };
        format!("{prefix}gainsay-{}", self.port)
    }

    /// Comes in by the link.
    pub(crate) fn enter(&mut self) {
        let answer = self.get(&self.link.clone());
        self.cookie = answer.header("set-cookie").unwrap().split(';').next().map(str::to_owned);
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(120))).unwrap();
        stream
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], "")
    }

    /// Sends a form as a page of the desk would.
    pub(crate) fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let form: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
        self.send("POST", path, &[("Origin", &self.origin)], &form.join("&"))
    }

    pub(crate) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        self.as_host(&self.host, method, path, headers, body)
    }

    pub(crate) fn as_host(&self, host: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
        let has = |name: &str| headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
        if let Some(cookie) = self.cookie.as_ref().filter(|_| !has("cookie")) {
            request += &format!("Cookie: {cookie}\r\n");
        }
        for (name, value) in headers {
            request += &format!("{name}: {value}\r\n");
        }
        if !matches!(method, "GET" | "HEAD") && !has("content-type") {
            request += "Content-Type: application/x-www-form-urlencoded\r\n";
        }
        request += &format!("Content-Length: {}\r\n\r\n{body}", body.len());
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines.filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
        Answer { status, headers, body: body.to_owned() }
    }
}

/// A value as forms send it.
pub(crate) fn escaped(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    value.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
