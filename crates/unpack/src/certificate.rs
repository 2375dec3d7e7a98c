//! Certificates and private keys: to whom they belong, until when they hold, and which belong together. Nothing is verified, and nobody asked.

#[cfg(test)]
mod tests;

use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};

use crate::der::{
    BITS, BYTES, IDENTIFIER, INTEGER, SEQUENCE, children, expect, identifier, name, number, take, time, tlv,
};
use crate::facts::Fact;
use crate::names::{display_name, hex};

/// Bytes of a file up to which certificates are looked for in it.
pub(crate) const LONGEST: u64 = 4 << 20;

/// Certificates and keys of one file.
const MOST: usize = 500;

/// Names that one certificate is told to be for.
const MOST_NAMES: usize = 20;

/// A certificate of X.509, as it says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Certificate {
    /// To whom it was given.
    #[n(0)]
    pub subject: String,
    /// Who gave it.
    #[n(1)]
    pub issuer: String,
    /// Its serial number in hexadecimal, by which its issuer knows it.
    #[n(2)]
    pub serial: String,
    /// The first and the last second at which it is valid, since 1970.
    #[n(3)]
    pub valid: (i64, i64),
    /// What its key may be used for.
    #[n(4)]
    pub usage: Vec<String>,
    /// Names and addresses that it is for beside its subject.
    #[n(5)]
    pub names: Vec<String>,
    /// Whether subject and issuer are the same.
    #[n(6)]
    pub self_issued: bool,
    /// Whether it may give certificates.
    #[n(7)]
    pub is_authority: bool,
    /// SHA-256 of its bytes in hexadecimal.
    #[n(8)]
    pub digest: String,
    /// By what its key is known again: SHA-256 of the public key's bits.
    #[n(9)]
    pub public_key: String,
    /// Where in the file it stands, in bytes.
    #[n(10)]
    pub at: u64,
    /// What it came in: `PEM`, `DER`, `PKCS #7`.
    #[n(11)]
    pub form: String,
}

/// A private key. Nothing of it is told but by what its public half is known again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct PrivateKey {
    /// What it is: `RSA`, `EC`, or a store that is locked by a password.
    #[n(0)]
    pub kind: String,
    /// SHA-256 of the public key's bits; empty where it is not told.
    #[n(1)]
    pub public_key: String,
    /// Where in the file it stands, in bytes.
    #[n(2)]
    pub at: u64,
}

impl Certificate {
    /// All its words.
    pub(crate) fn lines(&self) -> Vec<&str> {
        let Certificate { subject, issuer, serial, usage, names, digest, public_key, form, .. } = self;
        let own = [subject, issuer, serial, digest, public_key, form];
        own.into_iter().chain(usage).chain(names).map(String::as_str).collect()
    }
}

/// What a file holds of certificates and keys, and what of it could not be read.
#[derive(Default)]
struct Found {
    facts: Vec<Fact>,
    problems: Vec<String>,
}

/// Whether a file that starts with these bytes may hold certificates or keys: armoured ones, or one in DER, or a store of Java's.
pub(crate) fn may_hold(head: &[u8]) -> bool {
    match head {
        // What certificates and their kin begin with: a sequence in a sequence, of an identifier, of a small number.
        [0x30, 0x82, _, _, 0x30, 0x81..=0x82, ..]
        | [0x30, 0x82, _, _, 0x06, 0x09, ..]
        | [0x30, 0x82, _, _, 0x02, 0x01, ..] => true,
        // Keys on curves are short.
        [0x30, 0x20..=0x7f, 0x02, 0x01, 0..=1, ..] | [0x30, 0x81, _, 0x02, 0x01, 0..=1, ..] => true,
        [0xfe, 0xed, 0xfe, 0xed, ..] | [0xce, 0xce, 0xce, 0xce, ..] => true,
        head => memchr::memmem::find_iter(head, b"-----BEGIN ").any(|at| label_at(&head[at..]).is_some()),
    }
}

/// What an armour says that it holds, and how long its first line is.
fn label_at(bytes: &[u8]) -> Option<(&'static str, usize)> {
    const LABELS: [&str; 8] = [
        "CERTIFICATE",
        "TRUSTED CERTIFICATE",
        "X509 CERTIFICATE",
        "PKCS7",
        "PRIVATE KEY",
        "ENCRYPTED PRIVATE KEY",
        "RSA PRIVATE KEY",
        "EC PRIVATE KEY",
    ];
    let rest = bytes.strip_prefix(b"-----BEGIN ")?;
    let label = LABELS
        .into_iter()
        .find(|label| rest.strip_prefix(label.as_bytes()).is_some_and(|rest| rest.starts_with(b"-----")))?;
    Some((label, 11 + label.len() + 5))
}

/// All that a file holds, and what of it was not read.
pub(crate) fn read(bytes: &[u8]) -> (Vec<Fact>, Vec<String>) {
    let mut found = Found::default();
    if bytes.starts_with(&[0xfe, 0xed, 0xfe, 0xed]) || bytes.starts_with(&[0xce; 4]) {
        found.java_store(bytes);
    } else if bytes.first() == Some(&0x30) && memchr::memmem::find(bytes, b"-----BEGIN ").is_none() {
        found.der(bytes, 0, "DER", false);
    }
    for at in memchr::memmem::find_iter(bytes, b"-----BEGIN ") {
        let Some((label, length)) = label_at(&bytes[at..]) else { continue };
        let body = &bytes[at + length..];
        // No further than to the next one: else each of many that do not end would be read up to the last byte.
        let body = &body[..memchr::memmem::find(body, b"-----BEGIN ").unwrap_or(body.len())];
        let Some(end) = memchr::memmem::find(body, b"-----END ") else {
            found.problem(at, "an armour that does not end");
            continue;
        };
        let held = unarmoured(&body[..end]);
        match label {
            _ if memchr::memmem::find(&body[..end], b",ENCRYPTED").is_some() => {
                found.key(at, "locked by a passphrase", None)
            }
            "ENCRYPTED PRIVATE KEY" => found.key(at, "locked by a passphrase", None),
            "RSA PRIVATE KEY" => found.key(at, "RSA", rsa(&held)),
            "EC PRIVATE KEY" => found.key(at, "EC", curve(&held)),
            "PRIVATE KEY" => found.der(&held, at, "PEM", true),
            "PKCS7" => found.der(&held, at, "PKCS #7 in PEM", true),
            _ => found.certificate(&held, at, "PEM"),
        }
        if found.facts.len() >= MOST {
            found.problem(at, "more certificates and keys than are read");
            break;
        }
    }
    (found.facts, found.problems)
}

impl Found {
    fn problem(&mut self, at: usize, what: &str) {
        if self.problems.len() < MOST_NAMES {
            self.problems.push(format!("at byte {at}: {what}"));
        }
    }

    fn key(&mut self, at: usize, kind: &str, public_key: Option<String>) {
        let (kind, public_key) = (kind.to_owned(), public_key.unwrap_or_default());
        self.facts.push(Fact::Key(PrivateKey { kind, public_key, at: at as u64 }));
    }

    fn certificate(&mut self, der: &[u8], at: usize, form: &str) {
        match certificate(der) {
            Ok(read) => {
                let read = Certificate { at: at as u64, form: form.to_owned(), ..read };
                self.facts.push(Fact::Certificate(Box::new(read)));
            }
            Err(why) => self.problem(at, &format!("a certificate that cannot be read: {why}")),
        }
    }

    /// Of what is in DER, whatever it is; `is_told` where an armour says that it is something.
    fn der(&mut self, der: &[u8], at: usize, form: &str, is_told: bool) {
        let Some((0x30, inner, _)) = tlv(der) else {
            if is_told {
                self.problem(at, "an armour with nothing in it that can be read");
            }
            return;
        };
        let parts: Vec<(u8, &[u8])> = children(inner).take(10).collect();
        match parts.as_slice() {
            // ContentInfo of PKCS #7: signed data, in which certificates stand under the tag 0.
            [(0x06, SIGNED_DATA), (0xa0, content), ..] => {
                let signed = tlv(content).map(|(_, signed, _)| signed).unwrap_or_default();
                let held = children(signed).find(|(tag, _)| *tag == 0xa0).map(|(_, held)| held).unwrap_or_default();
                let form = if form == "DER" { "PKCS #7" } else { form };
                let mut rest = held;
                while let Some((_, _, after)) = tlv(rest) {
                    if self.facts.len() >= MOST {
                        return self.problem(at, "more certificates than are read");
                    }
                    self.certificate(&rest[..rest.len() - after.len()], at, form);
                    rest = after;
                }
            }
            // PFX of PKCS #12: version 3, content, and mostly a code over it.
            [(0x02, [3]), (0x30, [0x06, 0x09, ..]), ..] => {
                self.key(at, "a store of PKCS #12, locked by a password", None);
            }
            // PKCS #8: version, algorithm, key, and perhaps its public half under the tag 1.
            [(0x02, [0 | 1]), (0x30, algorithm), (0x04, key), rest @ ..] => {
                let told = rest.iter().find(|(tag, _)| *tag == 0x81).map(|(_, bits)| public(bits));
                match algorithm {
                    [0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, ..] => self.key(at, "RSA", rsa(key)),
                    [0x06, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, ..] => self.key(at, "EC", curve(key).or(told)),
                    [0x06, 3, 0x2b, 0x65, 0x70, ..] => self.key(at, "Ed25519", told),
                    _ => self.key(at, "of another algorithm", told),
                }
            }
            [(0x02, [0]), (0x02, _), (0x02, _), (0x02, _), ..] => self.key(at, "RSA", rsa(der)),
            [(0x02, [1]), (0x04, _), ..] => self.key(at, "EC", curve(der)),
            [(0x30, _), (0x30, _), (0x03, _)] => self.certificate(der, at, form),
            _ if is_told => self.problem(at, "an armour around something else than it says"),
            _ => {}
        }
    }

    /// A store of Java's: its certificates stand in the clear.
    fn java_store(&mut self, bytes: &[u8]) {
        let mut rest = &bytes[8.min(bytes.len())..];
        let Some(count) = take(&mut rest, 4).map(number) else { return };
        for _ in 0..count.min(MOST) {
            let at = bytes.len() - rest.len();
            let Some(tag) = take(&mut rest, 4).map(number).filter(|tag| (1..=2).contains(tag)) else {
                return self.problem(at, "an entry of a store of Java's that is not read");
            };
            let read = (|| {
                let name = take(&mut rest, 2).map(number)?;
                take(&mut rest, name + 8)?;
                let mut chain = 1;
                if tag == 1 {
                    let key = take(&mut rest, 4).map(number)?;
                    take(&mut rest, key)?;
                    chain = take(&mut rest, 4).map(number)?;
                    self.key(at, "in a store of Java's, locked by a password", None);
                }
                for _ in 0..chain.min(MOST) {
                    let kind = take(&mut rest, 2).map(number)?;
                    take(&mut rest, kind)?;
                    let length = take(&mut rest, 4).map(number)?;
                    let held = take(&mut rest, length)?;
                    self.certificate(held, at, "a store of Java's");
                }
                Some(())
            })();
            if read.is_none() {
                return self.problem(at, "a store of Java's that ends too early");
            }
            if self.facts.len() >= MOST {
                return self.problem(at, "more certificates and keys than are read");
            }
        }
    }
}

/// The identifier of signed data (1.2.840.113549.1.7.2).
const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];

/// By what a public key is known: SHA-256 of its bits, without the byte that counts unused ones.
fn public(bits: &[u8]) -> String {
    hex(&Sha256::digest(bits.strip_prefix(&[0]).unwrap_or(bits)))
}

/// Of a private key of RSA its public half, as certificates have it: a sequence of modulus and exponent.
fn rsa(key: &[u8]) -> Option<String> {
    let (0x30, inner, _) = tlv(key)? else { return None };
    let (0x02, _, from_modulus) = tlv(inner)? else { return None };
    let (0x02, _, from_exponent) = tlv(from_modulus)? else { return None };
    let (0x02, _, after) = tlv(from_exponent)? else { return None };
    let both = &from_modulus[..from_modulus.len() - after.len()];
    let mut sequence = vec![0x30];
    match both.len() {
        length @ 0..=0x7f => sequence.push(u8::try_from(length).ok()?),
        length @ 0x80..=0xff => sequence.extend([0x81, u8::try_from(length).ok()?]),
        length => {
            sequence.push(0x82);
            sequence.extend(u16::try_from(length).ok()?.to_be_bytes());
        }
    }
    sequence.extend_from_slice(both);
    Some(public(&sequence))
}

/// Of a private key on a curve its public half, where it is told.
fn curve(key: &[u8]) -> Option<String> {
    let (0x30, inner, _) = tlv(key)? else { return None };
    let (_, told) = children(inner).find(|(tag, _)| *tag == 0xa1)?;
    let (0x03, bits, _) = tlv(told)? else { return None };
    Some(public(bits))
}

/// What a certificate says (RFC 5280, 4.1); an error says which part of it cannot be read.
fn certificate(der: &[u8]) -> Result<Certificate, &'static str> {
    // What follows the certificate in its armour is no part of it.
    let (whole, after) = expect(SEQUENCE, der).ok_or("it is no row of parts")?;
    let der = &der[..der.len() - after.len()];
    let (mut rest, _) = expect(SEQUENCE, whole).ok_or("what is signed of it is missing")?;
    let mut of = Certificate { digest: hex(&Sha256::digest(der)), ..Certificate::default() };
    if let Some((_, after)) = expect(0xa0, rest) {
        rest = after;
    }
    let mut next = |tag: u8, missing: &'static str| {
        let (content, after) = expect(tag, rest).ok_or(missing)?;
        rest = after;
        Ok::<_, &'static str>(content)
    };
    of.serial = line(&hex(next(INTEGER, "it has no serial number")?));
    next(SEQUENCE, "it has no algorithm")?;
    let issuer = next(SEQUENCE, "it has no issuer")?;
    let valid: Vec<(u8, &[u8])> = children(next(SEQUENCE, "it has no time of validity")?).collect();
    let subject = next(SEQUENCE, "it has no subject")?;
    let key = next(SEQUENCE, "it has no public key")?;
    let [first, last] = valid[..] else { return Err("its time of validity has not two ends") };
    let second = |(tag, content)| time(tag, content).ok_or("its time of validity cannot be read");
    of.valid = (second(first)?, second(last)?);
    (of.subject, of.issuer) = (line(&name(subject)), line(&name(issuer)));
    of.self_issued = subject == issuer;
    let bits = children(key).find(|(tag, _)| *tag == BITS).ok_or("its public key has no bits")?;
    of.public_key = public(bits.1);
    let extensions = children(rest).find(|(tag, _)| *tag == 0xa3).and_then(|(_, all)| expect(SEQUENCE, all));
    for (_, extension) in children(extensions.map(|(all, _)| all).unwrap_or_default()).take(100) {
        let Some((kind, _)) = expect(IDENTIFIER, extension) else { continue };
        let Some((_, value)) = children(extension).find(|(tag, _)| *tag == BYTES) else { continue };
        of.extend(kind, value);
    }
    Ok(of)
}

impl Certificate {
    /// Takes an extension, of which a broken one says nothing.
    fn extend(&mut self, kind: &[u8], value: &[u8]) {
        match kind {
            // Key usage: bits, the first one highest.
            [0x55, 0x1d, 15] => {
                let uses = [
                    (0x80, "signatures"),
                    (0x28, "encryption of keys"),
                    (0x10, "encryption"),
                    (0x04, "giving certificates"),
                    (0x02, "revoking certificates"),
                ];
                let bits = expect(BITS, value).and_then(|(bits, _)| bits.get(1).copied()).unwrap_or_default();
                let of = uses.into_iter().filter(|(bit, _)| bits & bit > 0).map(|(_, word)| word.to_owned());
                self.usage.splice(0..0, of);
            }
            [0x55, 0x1d, 37] => {
                let all = expect(SEQUENCE, value).map(|(all, _)| all).unwrap_or_default();
                self.usage.extend(children(all).take(MOST_NAMES).map(|(_, it)| purpose(&identifier(it))));
            }
            // Names: mail, hosts, addresses.
            [0x55, 0x1d, 17] => {
                let all = expect(SEQUENCE, value).map(|(all, _)| all).unwrap_or_default();
                let named = children(all).filter(|(tag, _)| matches!(tag, 0x81 | 0x82 | 0x86)).take(MOST_NAMES);
                self.names.extend(named.map(|(_, it)| line(&String::from_utf8_lossy(it))));
            }
            [0x55, 0x1d, 19] => {
                let all = expect(SEQUENCE, value).map(|(all, _)| all).unwrap_or_default();
                self.is_authority = matches!(children(all).next(), Some((1, [byte])) if *byte > 0);
            }
            _ => {}
        }
    }
}

/// What a key is for, of RFC 5280 and of Microsoft; else its number.
fn purpose(oid: &str) -> String {
    let words = match oid {
        "1.3.6.1.5.5.7.3.1" => "servers",
        "1.3.6.1.5.5.7.3.2" => "clients",
        "1.3.6.1.5.5.7.3.3" => "signing code",
        "1.3.6.1.5.5.7.3.4" => "mail",
        "1.3.6.1.5.5.7.3.8" => "time stamps",
        "1.3.6.1.5.5.7.3.9" => "answers about revocation",
        "1.3.6.1.4.1.311.20.2.2" => "logging on with a card",
        other => other,
    };
    words.to_owned()
}

fn line(words: &str) -> String {
    const LONGEST_LINE: usize = 300;
    let mut line = display_name(words.trim().as_bytes());
    line.truncate(line.floor_char_boundary(LONGEST_LINE));
    line
}

/// What an armour holds: base64, whatever its ends of line.
fn unarmoured(armoured: &[u8]) -> Vec<u8> {
    let (mut held, mut bits, mut many) = (Vec::with_capacity(armoured.len()), 0u32, 0);
    let mut rest = armoured;
    while let Some((byte, after)) = rest.split_first() {
        rest = match (byte, after) {
            // In a string of another file.
            (b'\\', [b'n' | b'r' | b't', after @ ..]) => after,
            _ => after,
        };
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => continue,
        };
        (bits, many) = (bits << 6 | u32::from(value), many + 6);
        if many >= 8 {
            many -= 8;
            held.push((bits >> many & 0xff).to_le_bytes()[0]);
        }
    }
    held
}
