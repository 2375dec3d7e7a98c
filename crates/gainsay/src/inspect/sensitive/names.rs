//! E-mail addresses, and names of hosts that no one outside has business with.

use super::{Found, Window, is_word};
use crate::claim::SensitiveGroup;

/// What an address of e-mail is called in a result.
pub(super) const MAIL: &str = "e-mail address";

/// Endings of names that are no country's: any two letters may be one. Of the longer ones those that people have addresses under.
const ENDINGS: &[&str] = &[
    "com",
    "net",
    "org",
    "info",
    "biz",
    "edu",
    "gov",
    "mil",
    "int",
    "name",
    "pro",
    "aero",
    "coop",
    "museum",
    "mobi",
    "travel",
    "jobs",
    "tel",
    "asia",
    "cat",
    "post",
    "app",
    "dev",
    "online",
    "shop",
    "site",
    "store",
    "tech",
    "xyz",
    "club",
    "top",
    "live",
    "cloud",
    "email",
    "work",
    "world",
    "agency",
    "group",
    "bank",
    "global",
    "digital",
    "media",
    "network",
    "solutions",
    "services",
    "systems",
    "software",
    "company",
    "consulting",
    "finance",
    "health",
    "legal",
    "today",
    "space",
    "website",
    "icu",
    "moscow",
    "berlin",
    "london",
    "nyc",
    "swiss",
    "local",
    "internal",
    "intra",
    "corp",
    "lan",
    "test",
    "example",
    "invalid",
    "localhost",
];

/// What stands before `@` in an address.
fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"._%+-".contains(&byte)
}

/// How long a name is that begins here, without a last full stop.
fn name(bytes: &[u8]) -> usize {
    let long = bytes.iter().take(254).take_while(|byte| byte.is_ascii_alphanumeric() || b".-".contains(byte)).count();
    bytes[..long].iter().rposition(|byte| byte.is_ascii_alphanumeric()).map_or(0, |at| at + 1)
}

/// An address around an `@`.
pub(super) fn mail_at(window: &Window<'_>, at: usize) -> Option<Found> {
    let before = window.before(at);
    let local = before.iter().rev().take(65).take_while(|byte| is_local(**byte)).count();
    let left = before.len().checked_sub(local + 1).map(|at| before[at]);
    let domain = name(window.from(at + 1));
    let of = &window.bytes[at + 1..at + 1 + domain];
    let (host, ending) = of.iter().rposition(|byte| *byte == b'.').map(|dot| (&of[..dot], &of[dot + 1..]))?;
    let ending = String::from_utf8_lossy(ending).to_ascii_lowercase();
    let is_known = ENDINGS.contains(&ending.as_str());
    let is_ending = is_known || (ending.len() == 2 && ending.bytes().all(|byte| byte.is_ascii_lowercase()));
    let labels_fit = host.split(|byte| *byte == b'.').all(|label| {
        !label.is_empty()
            && label[0] != b'-'
            && label[label.len() - 1] != b'-'
            && label.iter().any(u8::is_ascii_alphanumeric)
    });
    // `icon@2x.png` has no such ending, `git@host:` and a password before a host are no one's address.
    let is_one = (1..=64).contains(&local)
        && is_ending
        && labels_fit
        && !matches!(left, Some(b':' | b'/' | b'@' | b'=') if is_of_address(window, at - local));
    let next = window.bytes.get(at + 1 + domain);
    let is_git = before.ends_with(b"git") && local == 3 && next == Some(&b':');
    // Among bytes that are no text, chance writes short ones.
    let is_chance = window.is_binary(at) && (local < 3 || host.len() < 3 || !is_known);
    if !is_one || is_git || is_chance || next.is_some_and(|byte| *byte == b'@' || is_word(*byte)) {
        return None;
    }
    let (start, end) = (at - local, at + 1 + domain);
    let found = &window.bytes[start..end];
    let domain = String::from_utf8_lossy(of).to_ascii_lowercase();
    super::logins::combination(window, start, end)
        .or_else(|| Some(Found::new(SensitiveGroup::Personal, MAIL, (start, end), &found.to_ascii_lowercase())))
        .map(|found| if found.about.is_empty() { found.about(format!("at {domain}")) } else { found })
}

/// Whether the place lies between `://` and the host of an address: a user or a password, and no mail.
fn is_of_address(window: &Window<'_>, at: usize) -> bool {
    let before = window.before(at);
    let word = before
        .iter()
        .rev()
        .take(256)
        .take_while(|byte| !byte.is_ascii_whitespace() && !b"\"'<>,".contains(byte))
        .count();
    let word = &before[before.len() - word..];
    memchr::memmem::rfind(word, b"://").is_some_and(|scheme| !word[scheme + 3..].contains(&b'/'))
}

/// A host inside around an ending that is given out to nobody.
pub(super) fn host_at(window: &Window<'_>, at: usize, end: usize) -> Option<Found> {
    let before = window.before(at);
    let long =
        before.iter().rev().take(200).take_while(|byte| byte.is_ascii_alphanumeric() || b".-".contains(byte)).count();
    let start = at - long;
    let labels = &window.bytes[start..at];
    let left = start.checked_sub(1).map(|at| window.bytes[at]);
    // `.ad.` goes on to a name that is given out; the others are the end of theirs.
    let end = if window.bytes[end - 1] == b'.' { end + name(window.from(end)) } else { end };
    let next = window.bytes.get(end);
    let goes_on = next.is_some_and(|byte| is_word(*byte) || b"(-".contains(byte))
        || (next == Some(&b'.') && window.bytes.get(end + 1).is_some_and(|byte| is_word(*byte)));
    let first = labels.split(|byte| *byte == b'.').next().unwrap_or_default();
    let is_name =
        labels.len() >= 2 && labels[0] != b'.' && labels[0] != b'-' && !labels.windows(2).any(|two| two == b"..");
    // In code, `self.local` is no host: one is known by where it stands, or by a number or a hyphen in its name.
    let is_address =
        left == Some(b'@') || window.bytes[..start].ends_with(b"//") || window.bytes[..start].ends_with(b"\\\\");
    let has_mark = first.iter().any(u8::is_ascii_digit) || first.contains(&b'-');
    let is_host = is_address || (has_mark && !window.is_code && first.iter().any(u8::is_ascii_alphabetic));
    if goes_on || !is_name || !is_host || window.is_binary(at) || left.is_some_and(is_word) {
        return None;
    }
    let value = window.bytes[start..end].to_ascii_lowercase();
    let about = String::from_utf8_lossy(&value).into_owned();
    (left != Some(b'@'))
        .then(|| Found::new(SensitiveGroup::Host, "internal host name", (start, end), &value).about(about))
}
