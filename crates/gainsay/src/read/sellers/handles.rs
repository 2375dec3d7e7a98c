//! How a seller is reached: the channel, and the handle with its middle masked.

use crate::claim::Span;
use crate::read::words::words;

/// How many contacts of one text are kept: a page of spam has thousands.
const MOST: usize = 16;

/// The channels, by the words that name them.
fn channel(word: &str) -> Option<&'static str> {
    Some(match word {
        "telegram" | "tg" | "tele" | "телеграм" | "телеграмм" | "телеграме" | "телега" | "телеге" | "телегу" | "тг" => {
            "telegram"
        }
        "tox" | "toxid" | "qtox" | "токс" | "utox" => "tox",
        "jabber" | "xmpp" | "жаба" | "жабе" | "джаббер" | "omemo" => "jabber",
        "session" => "session",
        "wickr" => "wickr",
        "icq" | "аська" => "icq",
        "discord" => "discord",
        "signal" => "signal",
        "keybase" => "keybase",
        "threema" => "threema",
        "matrix" | "element" => "matrix",
        "wire" => "wire",
        "skype" => "skype",
        "email" | "mail" | "почта" | "протон" => "e-mail",
        _ => return None,
    })
}

/// A handle as it may be shown: its first two letters and its last, an `@` before it aside.
pub(super) fn masked(handle: &str) -> String {
    let (at, name) = handle.strip_prefix('@').map_or(("", handle), |name| ("@", name));
    let letters: Vec<char> = name.chars().collect();
    match letters.as_slice() {
        [first, second, .., last] if letters.len() > 4 => format!("{at}{first}{second}…{last}"),
        _ => format!("{at}…"),
    }
}

/// The contacts that a line names, as `channel handle`, masked; `found` keeps each once.
pub(in crate::read) fn contacts(text: &str, line: Span, found: &mut Vec<String>) {
    let Some(piece) = line.of(text) else { return };
    let mut named: Option<&'static str> = None;
    let mut since = 0;
    for run in piece.split(|c: char| {
        c.is_whitespace() || matches!(c, ',' | ';' | '|' | '<' | '>' | '"' | '(' | ')' | '[' | ']' | '«' | '»')
    }) {
        // A channel and its handle may stand together: `tox:ABC`, `Telegram:@name`, `tg@name`.
        let (word, rest) = match run.find([':', '=']) {
            Some(at) if !run.starts_with("http") && !run.get(at..).is_some_and(|r| r.starts_with("://")) => {
                (run.get(..at).unwrap_or_default(), run.get(at + 1..).unwrap_or_default())
            }
            _ => (run, ""),
        };
        let told = folded(word);
        if let Some(channel) = channel(&told) {
            named = Some(channel);
            since = 0;
            // `@name on Telegram`: the channel may stand behind its handle.
            if let Some(handle) = found.last().and_then(|last| last.strip_prefix("handle ")) {
                let contact = format!("{channel} {handle}");
                found.pop();
                add(found, contact);
            }
        }
        for part in [word, rest] {
            let part = part
                .trim_matches(|c: char| matches!(c, '.' | ':' | '!' | '?' | '*' | '`' | '\'' | '“' | '”' | '=' | '-'));
            if let Some((channel, handle)) = handle(part, named.filter(|_| since <= 4)) {
                add(found, format!("{channel} {}", masked(handle)));
            }
        }
        since += usize::from(!run.is_empty());
    }
    let low: Vec<String> = words(text, line).into_iter().map(|w| w.text).collect();
    let pair = |a: &str, b: &[&str]| low.windows(2).any(|w| matches!(w, [x, y] if x == a && b.contains(&y.as_str())));
    let private = pair("pm", &["me", "for", "only", "."])
        || pair("dm", &["me", "for", "only", "."])
        || pair("private", &["message", "messages"])
        || ["в", "пишите", "писать"].iter().any(|w| pair(w, &["лс", "пм", "личку", "личные", "pm"]));
    if private {
        add(found, "private message".to_owned());
    }
}

fn add(found: &mut Vec<String>, contact: String) {
    if found.len() < MOST && !found.contains(&contact) {
        found.push(contact);
    }
}

fn folded(word: &str) -> String {
    words(word, Span { start: 0, end: word.len() })
        .into_iter()
        .filter(|w| w.is_word())
        .map(|w| w.text)
        .next()
        .unwrap_or_default()
}

/// The channel and the handle that a run of letters is, on its own or after a channel's name.
fn handle<'t>(run: &'t str, named: Option<&'static str>) -> Option<(&'static str, &'t str)> {
    let is_hex = |many: &[usize]| many.contains(&run.len()) && run.bytes().all(|b| b.is_ascii_hexdigit());
    let is_name = |name: &str, least: usize| {
        name.len() >= least
            && name.len() <= 64
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'))
    };
    // A tox identity is 38 bytes, its public key 32; one of Session is 33, the first of them 05.
    if is_hex(&[76]) || named == Some("tox") && is_hex(&[64]) {
        return Some(("tox", run));
    }
    if is_hex(&[66]) && run.starts_with("05") {
        return Some(("session", run));
    }
    for host in ["https://t.me/", "http://t.me/", "t.me/", "telegram.me/", "https://telegram.me/"] {
        if let Some(name) = run.strip_prefix(host).filter(|name| name.len() >= 3) {
            return Some(("telegram", name));
        }
    }
    if let Some((name, host)) = run.split_once('@') {
        let domain = host.contains('.') && host.len() >= 4 && is_name(host, 4);
        if !name.is_empty() && domain {
            let jabber = named == Some("jabber")
                || ["jabber", "xmpp", "exploit.im", "thesecure.biz", "jabb", "xmpp"].iter().any(|h| host.contains(h));
            return Some((if jabber { "jabber" } else { "e-mail" }, run));
        }
        if name.is_empty() && is_name(host, 4) {
            // Identities of these channels have another shape.
            let channel = named.filter(|named| !matches!(*named, "tox" | "session" | "jabber" | "e-mail" | "icq"));
            return Some((channel.unwrap_or("handle"), run));
        }
        return None;
    }
    // After its channel a handle needs no mark: `Session: 05…`, `ICQ 123456`, `Discord: dust#1234`.
    let marked = run.bytes().any(|b| b.is_ascii_digit() || b == b'_' || b == b'#');
    let plain = run.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'#' | b'-'));
    let wanted = named.filter(|_| plain && marked && run.len() >= 5 && run.len() <= 80)?;
    (wanted != "e-mail").then_some((wanted, run))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Vec<String> {
        let mut found = Vec::new();
        contacts(line, Span { start: 0, end: line.len() }, &mut found);
        found
    }

    #[test]
    fn contacts_are_found_and_masked() {
        let tox = "A4".repeat(38);
        let session = format!("05{}", "ab".repeat(32));
        for (line, told) in [
            ("Telegram: @dustfinch", vec!["telegram @du…h"]),
            ("tg @dust_finch or PM me", vec!["telegram @du…h", "private message"]),
            ("https://t.me/dustfinch", vec!["telegram du…h"]),
            ("XMPP - dust@exploit.im", vec!["jabber du…m"]),
            ("mail: dust@mail.example", vec!["e-mail du…e"]),
            (&format!("TOX ID: {tox}"), vec!["tox A4…4"]),
            (&format!("Session {session}"), vec!["session 05…b"]),
            ("Пишите в лс или телега @dustfinch", vec!["telegram @du…h", "private message"]),
            ("Discord: dust#1234", vec!["discord du…4"]),
        ] {
            assert_eq!(read(line), told, "{line}");
        }
    }

    #[test]
    fn what_reaches_nobody_is_no_contact() {
        for line in
            ["the session was long", "see https://brightwell.example/a", "by mail on Monday", "signal 12", "@ me"]
        {
            assert!(read(line).is_empty(), "{line}: {:?}", read(line));
        }
    }

    #[test]
    fn a_short_handle_is_masked_whole() {
        assert_eq!((masked("@abc").as_str(), masked("dustfinch").as_str()), ("@…", "du…h"));
    }
}
