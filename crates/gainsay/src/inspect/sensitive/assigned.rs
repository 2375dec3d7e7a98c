//! What is assigned to a name that says it is a password or a key: in code, settings, logs and markup.
//!
//! A name is no proof, so precision comes from the value: placeholders, references to where the secret really is, expressions of code
//! and words are left out, and what is called a key or a token must look random.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::checks::{entropy, is_basic};
use super::{Found, Window, has_form, logins, pattern};
use crate::claim::SensitiveGroup;

/// What the name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Password,
    /// Whatever opens something and is made by a machine.
    Key,
    /// Name and password in base64.
    Basic,
}

/// Words that names have in them.
pub(super) const ANCHORS: &[(&str, Sort)] = &[
    ("pass", Sort::Password),
    ("pwd", Sort::Password),
    ("passwort", Sort::Password),
    ("kennwort", Sort::Password),
    ("contraseña", Sort::Password),
    ("senha", Sort::Password),
    ("пароль", Sort::Password),
    ("Пароль", Sort::Password),
    ("secret", Sort::Key),
    ("token", Sort::Key),
    ("api_key", Sort::Key),
    ("api-key", Sort::Key),
    ("apikey", Sort::Key),
    ("access_key", Sort::Key),
    ("accesskey", Sort::Key),
    ("auth_key", Sort::Key),
    ("authkey", Sort::Key),
    ("app_key", Sort::Key),
    ("private_key", Sort::Key),
    ("privatekey", Sort::Key),
    ("encryption_key", Sort::Key),
    ("signing_key", Sort::Key),
    ("master_key", Sort::Key),
    ("account_key", Sort::Key),
    ("accountkey", Sort::Key),
    ("logged_in_key", Sort::Key),
    ("nonce_key", Sort::Key),
    ("_salt", Sort::Key),
    ("credential", Sort::Key),
    ("_auth", Sort::Basic),
    ("\"auth\"", Sort::Basic),
    ("authorization", Sort::Basic),
];

/// Parts of names that are about a secret and have none: `password_field`, `tokenType`, `secretName`.
const ABOUT: &[&str] = &[
    "field",
    "label",
    "name",
    "type",
    "url",
    "uri",
    "path",
    "file",
    "length",
    "len",
    "min",
    "max",
    "policy",
    "reset",
    "hint",
    "regex",
    "pattern",
    "expir",
    "ttl",
    "count",
    "header",
    "error",
    "message",
    "msg",
    "text",
    "placeholder",
    "prompt",
    "confirm",
    "changed",
    "input",
    "title",
    "valid",
    "strength",
    "algorithm",
    "alg",
    "encoding",
    "format",
    "version",
    "endpoint",
    "manager",
    "provider",
    "forgot",
    "icon",
    "visible",
    "show",
    "toggle",
    "required",
    "izer",
    "ized",
    "ization",
    "store",
    "policies",
    "rotation",
    "scheme",
];

/// What stands between a name and its value.
static SEPARATOR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r#"(?:(\\?["'\])]{0,2}[ \t]{0,32}(?::=|=>|=|:|,)[ \t]{0,32})"#,
        r#"|(["'][ \t]{1,4}value=)|((?:[ \t][A-Za-z_-]{1,32}="[^"\n]{0,32}"){0,3}>)|([ \t]{1,8}))"#
    ))
});

/// What stands at a word of a name.
pub(super) fn at(window: &Window<'_>, sort: Sort, at: usize) -> Option<Found> {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.".contains(byte) || *byte >= 0x80;
    let left = window.before(at).iter().rev().take(64).take_while(|byte| is_name(byte)).count();
    let right = match sort {
        // `_auth`, `"auth"` and `Authorization` as they are: names that go on are others.
        Sort::Basic if window.from(at).starts_with(b"_") => 5,
        Sort::Basic if window.from(at).starts_with(b"\"") => 6,
        Sort::Basic => 13,
        Sort::Password | Sort::Key => window.from(at).iter().take(64).take_while(|byte| is_name(byte)).count(),
    };
    let (start, end) = (at - left, at + right);
    let name = window.bytes[start..end].to_ascii_lowercase();
    let word = window.bytes[at..end].to_ascii_lowercase();
    if !names_a_secret(window, sort, (start, at, end), &name, &word) {
        return None;
    }
    if sort == Sort::Password
        && let Some(login) = logins::record_at(window, start, end)
    {
        return Some(login);
    }
    let (from, to, is_quoted) = value_of(window, start, end)?;
    let (from, to) = if sort == Sort::Basic { after_scheme(window, from, to) } else { (from, to) };
    let value = &window.bytes[from..to];
    let (group, kind) = match sort {
        Sort::Basic => {
            return (value.len() >= 8 && is_basic(value)).then(|| {
                Found::new(SensitiveGroup::Login, "name and password in base64", (from, to), value).about(of(&name))
            });
        }
        Sort::Password if is_password(window, value, is_quoted) => (SensitiveGroup::Login, "password"),
        Sort::Key if is_key(value, is_quoted, &name) => (SensitiveGroup::Secret, "key or token"),
        _ => return None,
    };
    (!has_form(value)).then(|| Found::new(group, kind, (from, to), value).about(of(&name)))
}

/// What stands behind `Basic`, where that stands before it, in quotes or not.
fn after_scheme(window: &Window<'_>, from: usize, to: usize) -> (usize, usize) {
    let Some(rest) = window.from(from).strip_prefix(b"Basic ") else { return (from, to) };
    let long = rest.iter().take(512).take_while(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(byte)).count();
    (from + 6, from + 6 + long)
}

/// What may be said of it: the name, which is no secret, as far as it is one.
fn of(name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name);
    let name = name.trim_matches(|c: char| !c.is_alphanumeric());
    if name.is_empty() { String::new() } else { format!("named {name}") }
}

/// Whether the name is that of a secret.
fn names_a_secret(
    window: &Window<'_>,
    sort: Sort,
    (start, at, end): (usize, usize, usize),
    name: &[u8],
    word: &[u8],
) -> bool {
    let after = |prefix: &str| word.strip_prefix(prefix.as_bytes());
    let rest = match sort {
        Sort::Password => {
            let whole = ["password", "passwd", "passphrase", "passwort", "pass_word", "passcode"]
                .iter()
                .find_map(|it| after(it));
            match whole {
                Some(rest) => rest,
                None => {
                    let rest = ["pass", "pwd", "kennwort", "contraseña", "senha", "пароль", "Пароль"]
                        .iter()
                        .find_map(|it| after(it));
                    let Some(rest) = rest else { return false };
                    // `compass`, `bypass` and `passenger` are none; `dbPass`, `DB_PASS` and `pass` are.
                    let before = &window.bytes[start..at];
                    let begins = before.last().is_none_or(|byte| !byte.is_ascii_alphabetic())
                        || (before.last().is_some_and(u8::is_ascii_lowercase) && window.bytes[at].is_ascii_uppercase())
                        || ["db", "root", "admin", "user", "ftp", "smtp", "mail", "my", "sql"]
                            .iter()
                            .any(|it| name[..at - start].ends_with(it.as_bytes()));
                    if !begins || rest.first().is_some_and(u8::is_ascii_alphabetic) {
                        return false;
                    }
                    rest
                }
            }
        }
        Sort::Key => word,
        Sort::Basic => return true,
    };
    let has = |text: &[u8], part: &str| memchr::memmem::find(text, part.as_bytes()).is_some();
    let before = &name[..at - start];
    let is_public = ["public", "cache", "csrf", "xsrf", "page", "next", "continuation", "sync", "pub_", "no_", "no-"];
    let is_about =
        ABOUT.iter().any(|it| has(rest, it)) || (sort == Sort::Key && is_public.iter().any(|it| has(before, it)));
    // `token` is a word of every parser, and `tokens` are many.
    !is_about
        && end - start <= 96
        && !(sort == Sort::Key && (rest.starts_with(b"tokens") || rest.starts_with(b"secrets")))
}

/// Where the value of a name is, and whether it stands in quotes.
fn value_of(window: &Window<'_>, start: usize, end: usize) -> Option<(usize, usize, bool)> {
    let found = SEPARATOR.captures(window.from(end))?;
    let from = end + found.get_match().end();
    let is_tag = found.get(3).is_some();
    let separator = found.get(1).map_or(&b""[..], |it| it.as_bytes());
    let line = window.line_before(start);
    if separator.contains(&b',') {
        // `define('DB_PASSWORD', 'x')`, and not the second of a list of names.
        let is_call = [&b"define("[..], b"etenv(", b"etProperty(", b"dd("].iter().any(|call| {
            let trimmed: Vec<u8> =
                line.iter().rev().skip_while(|byte| b" \t\"'".contains(byte)).take(call.len()).copied().collect();
            trimmed.iter().rev().eq(call.iter())
        });
        if !is_call {
            return None;
        }
    }
    let rest = window.from(from);
    let (rest, skipped) = match rest {
        [b'\\', b'"' | b'\'', ..] => (&rest[1..], 1),
        _ => (rest, 0),
    };
    let from = from + skipped;
    if let Some(quote @ (b'"' | b'\'' | b'`')) = rest.first() {
        let body = &rest[1..];
        let long = body.iter().take(1_024).position(|byte| byte == quote || *byte == b'\n')?;
        let long = if skipped == 1 && body[..long].ends_with(b"\\") { long - 1 } else { long };
        return (body.get(long) != Some(&b'\n')).then_some((from + 1, from + 1 + long, true));
    }
    if found.get(2).is_some() {
        return None;
    }
    if is_tag {
        let long = rest.iter().take(512).position(|byte| *byte == b'<' || *byte == b'\n')?;
        // `<password>…</`: what stands before the name is `<`.
        let is_element = line.ends_with(b"<") || line.ends_with(b"\"");
        return (is_element && rest[long] == b'<' && rest.get(long + 1) == Some(&b'/')).then_some((
            from,
            from + long,
            true,
        ));
    }
    if window.is_code {
        return None;
    }
    if found.get(4).is_some() {
        // `machine … login … password …`, and options of commands.
        let is_netrc =
            memchr::memmem::find(line, b"login ").is_some() && memchr::memmem::find(line, b"machine ").is_some();
        if !is_netrc && !window.bytes[start..end].starts_with(b"--") {
            return None;
        }
    }
    let long = rest.iter().take(512).take_while(|byte| !byte.is_ascii_whitespace() && !b"\"'<>".contains(byte)).count();
    let long = rest[..long].iter().rposition(|byte| !b",;)".contains(byte)).map_or(0, |at| at + 1);
    // In addresses further parameters follow.
    let long = memchr::memchr(b'&', &rest[..long]).filter(|_| line.contains(&b'?')).unwrap_or(long);
    (long > 0).then_some((from, from + long, false))
}

/// Whether a value stands for another, or for none.
fn is_made_up(value: &[u8], is_quoted: bool) -> bool {
    const NONE: &[&str] = &[
        "none",
        "null",
        "nil",
        "undefined",
        "true",
        "false",
        "yes",
        "no",
        "on",
        "off",
        "required",
        "optional",
        "string",
        "str",
        "text",
        "empty",
        "unset",
        "default",
        "hidden",
        "prompt",
        "secret",
        "token",
        "pass",
        "passwd",
        "object",
        "value",
        "any",
        "bytes",
        "boolean",
        "admin_password",
        "user_password",
        "n/a",
        "tbd",
        "todo",
        "changed",
        "unknown",
        "varchar",
        "basic",
        "bearer",
    ];
    const PARTS: &[&str] = &[
        "${",
        "{{",
        "$(",
        "%(",
        "<%",
        "#{",
        "%s",
        "{0}",
        "{}",
        "process.env",
        "environ",
        "getenv",
        "env(",
        "env.",
        "env:",
        "!ref",
        "changeme",
        "change_me",
        "change-me",
        "change me",
        "your",
        "placeholder",
        "redacted",
        "masked]",
        "xxxx",
        "****",
        "....",
        "<your",
        "insert",
        "replace",
        "lookup(",
        "vault:",
        "enc[",
        "secretref",
        "keyvault",
        "secretsmanager",
        "fixme",
        "foobar",
    ];
    let lower = String::from_utf8_lossy(value).to_lowercase();
    let first = value.first().copied().unwrap_or_default();
    let is_reference =
        matches!(first, b'$' | b'%' | b'&' | b'*' | b'<' | b'{' | b'[' | b'(' | b'=' | b'/' | b'~' | b'|' | b'>')
            && !(is_quoted && first != b'$' && first != b'{' && first != b'<' && first != b'/' && value.len() >= 12);
    let is_path = lower.contains("://") || lower.starts_with("./") || lower.starts_with("../") || lower.contains(":\\");
    let is_expression = !is_quoted && value.iter().any(|byte| b"([{".contains(byte));
    let is_dotted = lower.split('.').count() > 1
        && lower
            .split('.')
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
    let is_one = value.iter().all(|byte| *byte == first);
    // A package that is called so, with its version.
    let is_version = matches!(value, [b'^' | b'~' | b'>' | b'<' | b'=', rest @ ..] if rest.iter().all(|byte| byte.is_ascii_digit() || b".=".contains(byte)));
    NONE.contains(&lower.as_str())
        || PARTS.iter().any(|part| lower.contains(part))
        || is_reference
        || is_path
        || is_expression
        || is_dotted
        || is_version
        || is_one
}

fn is_password(window: &Window<'_>, value: &[u8], is_quoted: bool) -> bool {
    let lower = String::from_utf8_lossy(value).to_lowercase();
    let speaks_of_it =
        ["password", "passwort", "passwd", "пароль", "passphrase"].iter().any(|word| lower.contains(word));
    let has_digit = value.iter().any(u8::is_ascii_digit);
    // A variable's name, or a label on a form; in a file of settings `password` is what careless people set.
    let is_label = speaks_of_it && !has_digit && (window.is_code || lower != "password");
    (4..=128).contains(&value.len())
        && std::str::from_utf8(value).is_ok()
        && !value.iter().any(|byte| byte.is_ascii_whitespace() || byte.is_ascii_control())
        && !is_made_up(value, is_quoted)
        && !is_label
        // What goes on with another name and value is a sentence in which the word was used.
        && (is_quoted || !(value.ends_with(b":") || value.ends_with(b"=")))
}

fn is_key(value: &[u8], is_quoted: bool, name: &[u8]) -> bool {
    let has = |is: fn(&u8) -> bool| value.iter().any(is);
    let hex = value.iter().all(u8::is_ascii_hexdigit);
    let long = value.len();
    let is_random = match (hex, long) {
        (true, 24..) => entropy(value) >= 2_700,
        (false, 16..=31) => entropy(value) >= 3_200 && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic),
        (false, 32..=1024) => entropy(value) >= 3_400 && (has(u8::is_ascii_digit) || entropy(value) >= 4_200),
        _ => false,
    };
    // Salts of WordPress have spaces; a sentence has no digits, and more spaces.
    let spaces = value.iter().filter(|byte| **byte == b' ').count();
    let is_sentence = spaces * 12 > long || (spaces > 0 && (!is_quoted || entropy(value) < 4_800));
    let is_public_id = name.ends_with(b"_id") || name.ends_with(b"-id") || name.ends_with(b"keyid");
    is_random
        && !is_sentence
        && !is_public_id
        && !value.iter().any(|byte| byte.is_ascii_control() || *byte >= 0x80)
        && !is_made_up(value.strip_prefix(b"base64:").unwrap_or(value), is_quoted)
}
