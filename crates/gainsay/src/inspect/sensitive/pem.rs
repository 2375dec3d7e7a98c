//! Keys and certificates in their armour. Only the armour is read: what is in it has a structure, and whoever parses that does it in the
//! locked-down child.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use regex::bytes::Regex;

use super::{Found, REACH, Window, pattern};
use crate::claim::SensitiveGroup;

/// What a private key is called.
pub(super) const KEY: &str = "private key";

static LABEL: LazyLock<Regex> =
    LazyLock::new(|| pattern("-----BEGIN ((?:[A-Z0-9]{2,9} ){0,3})(PRIVATE KEY|PRIVATE KEY BLOCK|CERTIFICATE)-----"));

/// Padding may be there or not, and what comes after the last whole byte may be anything.
static BASE64: LazyLock<GeneralPurpose> = LazyLock::new(|| {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(&alphabet::STANDARD, config.with_decode_allow_trailing_bits(true))
});

/// A key or certificate in PEM, as a file or in a string of another, its ends of line written as `\n` or not.
pub(super) fn armour_at(window: &Window<'_>, at: usize) -> Option<Found> {
    let rest = window.from(at);
    let label = LABEL.captures(rest)?;
    let begun = label.get_match().end();
    let end = memchr::memmem::find(&rest[begun..], b"-----END ").map(|end| begun + end)?;
    let body = text_of(&rest[begun..end]);
    let is_locked = memchr::memmem::find(&rest[begun..end], b",ENCRYPTED").is_some();
    // After its checksum an armoured key of PGP has no more; where nothing can be decoded it is an example in a manual.
    let held = BASE64.decode(&body).ok().filter(|held| held.len() >= 32)?;
    let words = String::from_utf8_lossy(&label[1]).trim().to_owned();
    let span = (at, at + end);
    if &label[2] == b"CERTIFICATE" {
        let is_one = words.is_empty() || words == "TRUSTED";
        return is_one.then(|| Found::new(SensitiveGroup::Certificate, "certificate", span, &held));
    }
    let sort = match words.as_str() {
        "" => "PKCS #8",
        "ENCRYPTED" => "PKCS #8, locked by a passphrase",
        "PGP" => "PGP",
        "OPENSSH" if memchr::memmem::find(&held, b"bcrypt").is_some() => "OpenSSH, locked by a passphrase",
        "OPENSSH" if held.starts_with(b"openssh-key-v1\0") => "OpenSSH",
        "RSA" | "EC" | "DSA" | "SSH2" if is_locked => "locked by a passphrase",
        "RSA" => "RSA",
        "EC" => "EC",
        "DSA" => "DSA",
        _ => return None,
    };
    let is_der = held.first() == Some(&0x30);
    if matches!(words.as_str(), "" | "ENCRYPTED") && !is_der
        || (matches!(words.as_str(), "RSA" | "EC" | "DSA") && !is_locked && !is_der)
    {
        return None;
    }
    let before = window.before(at);
    let is_google = memchr::memmem::find(&before[before.len().saturating_sub(24)..], b"\"private_key\"").is_some()
        && memchr::memmem::find(&rest[end..rest.len().min(end + 1_024)], b".gserviceaccount.com").is_some();
    let (group, kind) =
        if is_google { (SensitiveGroup::Secret, "Google service account key") } else { (SensitiveGroup::Key, KEY) };
    Some(Found::new(group, kind, span, &held).about(if is_google { String::new() } else { sort.to_owned() }))
}

/// A key of PuTTY, told by its private lines.
pub(super) fn putty_at(window: &Window<'_>, at: usize) -> Option<Found> {
    let rest = window.from(at);
    let private = memchr::memmem::find(rest, b"Private-Lines: ")?;
    let lines = &rest[private..];
    let end = memchr::memmem::find(lines, b"Private-MAC").or_else(|| memchr::memmem::find(lines, b"Private-Hash"));
    let end = private + end.unwrap_or(lines.len());
    let is_locked = memchr::memmem::find(&rest[..private], b"Encryption: none").is_none();
    let about = if is_locked { "PuTTY, locked by a passphrase" } else { "PuTTY" };
    (end - private > 64)
        .then(|| Found::new(SensitiveGroup::Key, KEY, (at, at + end), &rest[private..end]).about(about.to_owned()))
}

/// The base64 of an armour: headers, and what escapes and comments put between its lines, left out.
fn text_of(armoured: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(armoured.len().min(REACH));
    let mut bytes = armoured;
    // Headers end with an empty line.
    if memchr::memchr(b':', armoured).is_some() {
        let blank =
            [&b"\n\n"[..], b"\r\n\r\n", b"\\n\\n"].iter().filter_map(|it| memchr::memmem::find(armoured, it)).min();
        bytes = blank.map_or(armoured, |at| &armoured[at..]);
    }
    while let [first, rest @ ..] = bytes {
        bytes = match (*first, rest) {
            (b'\\', [b'n' | b'r' | b't', rest @ ..]) => rest,
            // The checksum of a PGP armour.
            (b'\n', [b'=', ..]) => break,
            (byte, rest) => {
                if byte.is_ascii_alphanumeric() || b"+/=".contains(&byte) {
                    text.push(byte);
                }
                rest
            }
        };
    }
    text
}
