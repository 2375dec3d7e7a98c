//! Names with passwords: in addresses, in files of password stealers and in the lists that are made of them.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::{Found, Window, pattern};
use crate::claim::SensitiveGroup;

/// What a login is called that a password stealer took, or a list of such has.
pub(super) const STOLEN: &str = "stolen login";

/// What follows the scheme of an address with a password.
static WITH_PASSWORD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"://([^\s/:"'<>\\{}$]{0,128}):([^\s/"'<>\\]{1,128})@([A-Za-z0-9.\[-][^\s/"'<>:@\\]{0,252})"#)
});

/// What follows the scheme in a list of addresses, names and passwords: `url:login:password`.
static LISTED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"://([^\s/:|;]{3,253})(?::[0-9]{1,5})?(?:/[^\s:|;]{0,512})?[:;|]([^\s:;|/][^\s:;|]{1,127})[:;|]([^\s]{3,128})[ \t]*\r?(?:\n|\z)",
    )
});

/// What follows an address of e-mail in a list of such with passwords.
static COMBINED: LazyLock<Regex> = LazyLock::new(|| pattern(r"[:|]([^\s:|/]{4,64})[ \t]*\r?(?:\n|\z)"));

static PGPASS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r":5432:[^\s:]{1,64}:[^\s:]{1,64}:([^\s]{1,128})[ \t]*\r?(?:\n|\z)"));

/// An address with a password in it, or the address of a listed login.
pub(super) fn address_at(window: &Window<'_>, at: usize) -> Option<Found> {
    let line = window.line_before(at);
    let scheme = line.iter().rev().take_while(|byte| byte.is_ascii_alphanumeric() || b"+.-".contains(byte)).count();
    if scheme == 0 {
        return None;
    }
    let rest = window.from(at);
    if let Some(found) = WITH_PASSWORD.captures(rest) {
        let (user, password) = (&found[1], &found[2]);
        let host = String::from_utf8_lossy(&found[3]).to_ascii_lowercase();
        if !is_of_manual(user, password) {
            let value = [user, b":", password, b"@", host.as_bytes()].concat();
            let span = (at - scheme, at + found.get_match().end());
            return Some(
                Found::new(SensitiveGroup::Login, "address with a password", span, &value).about(format!("for {host}")),
            );
        }
        return None;
    }
    // Only where the line begins with it: in a text an address may go on with anything.
    let found = LISTED.captures(rest).filter(|_| scheme == line.len())?;
    let is_app = line.starts_with(b"android");
    let host = String::from_utf8_lossy(&found[1]).to_ascii_lowercase();
    let host = if is_app { host.rsplit('@').next().unwrap_or_default().to_owned() } else { host };
    let value = [host.as_bytes(), b":", &found[2], b":", &found[3]].concat();
    let long = found.get(3)?.end();
    Some(Found::new(SensitiveGroup::Login, STOLEN, (at - scheme, at + long), &value).about(format!("for {host}")))
}

/// Whether name and password are those of a manual.
fn is_of_manual(user: &[u8], password: &[u8]) -> bool {
    let lower = |bytes: &[u8]| String::from_utf8_lossy(bytes).to_ascii_lowercase();
    let (user, password) = (lower(user), lower(password));
    let is_word = ["password", "passwd", "pass", "pwd", "pw", "secret", "xxx", "token", "mypassword", "p@ssw0rd"]
        .contains(&password.as_str());
    let is_anyone = ["user", "username", "name", "login", "myuser", "someuser", "foo", "me"].contains(&user.as_str());
    let is_variable = ["$", "{", "%", "<", "[", "*", "..", "your"]
        .iter()
        .any(|part| password.starts_with(part) || user.starts_with(part));
    (is_word && is_anyone)
        || is_variable
        || password == "password" && user.is_empty()
        || (user == "foo" && password == "bar")
}

/// An address of e-mail at the beginning of a line, and a password behind it.
pub(super) fn combination(window: &Window<'_>, start: usize, end: usize) -> Option<Found> {
    if !window.line_before(start).is_empty() || window.is_code {
        return None;
    }
    let found = COMBINED.captures(window.from(end))?;
    let address = window.bytes[start..end].to_ascii_lowercase();
    let domain = address.rsplit(|byte| *byte == b'@').next().unwrap_or_default();
    let about = format!("of an account at {}", String::from_utf8_lossy(domain));
    let value = [address.as_slice(), b":", &found[1]].concat();
    Some(Found::new(SensitiveGroup::Login, STOLEN, (start, end + found.get(1)?.end()), &value).about(about))
}

/// A line of a PostgreSQL password file.
pub(super) fn pgpass_at(window: &Window<'_>, at: usize) -> Option<Found> {
    let host = window.line_before(at);
    let is_host = !host.is_empty() && host.iter().all(|byte| byte.is_ascii_alphanumeric() || b".-_*".contains(byte));
    let found = PGPASS.captures(window.from(at)).filter(|_| is_host)?;
    let span = (at - host.len(), at + found.get(1)?.end());
    let about = format!("for {}", String::from_utf8_lossy(host));
    Some(Found::new(SensitiveGroup::Login, "password", span, &found[1]).about(about))
}

/// A record as password stealers write them, around the name of its password: `URL:`, `Username:`, `Password:` in lines of their own,
/// in this order, with others among them (RedLine, META, Lumma, StealC, Vidar, Raccoon).
pub(super) fn record_at(window: &Window<'_>, start: usize, end: usize) -> Option<Found> {
    let is_blank = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_whitespace);
    if !is_blank(window.line_before(start)) || window.bytes.get(end) != Some(&b':') {
        return None;
    }
    let rest = &window.from(end + 1);
    let long = rest.iter().take(256).position(|byte| *byte == b'\n').unwrap_or(rest.len().min(256));
    let password = rest[..long].trim_ascii();
    let before = window.before(start);
    let mut login = None;
    for line in before.rsplit(|byte| *byte == b'\n').skip(1).take(6) {
        let Some(at) = memchr::memchr(b':', line) else { break };
        let (name, value) = (line[..at].trim_ascii().to_ascii_lowercase(), line[at + 1..].trim_ascii());
        match name.as_slice() {
            b"user" | b"username" | b"login" | b"user login" | b"e-mail" | b"email" => login = Some(value),
            b"url" | b"host" | b"hostname" | b"site" | b"origin" if login.is_some() && !password.is_empty() => {
                let address = String::from_utf8_lossy(value).to_ascii_lowercase();
                let host =
                    address.rsplit("://").next().unwrap_or_default().split(['/', ':', '?']).next().unwrap_or_default();
                let host = host.rsplit('@').next().unwrap_or_default();
                let value = [host.as_bytes(), b":", login.unwrap_or_default(), b":", password].concat();
                let to = end + 1 + long;
                return Some(
                    Found::new(SensitiveGroup::Login, STOLEN, (start, to), &value).about(format!("for {host}")),
                );
            }
            _ => {}
        }
    }
    None
}
