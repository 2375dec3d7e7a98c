#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

use super::*;

const BUILD: &[u8] = include_bytes!("../../tests/fixtures/certificates/build.crt");
const BUILD_DER: &[u8] = include_bytes!("../../tests/fixtures/certificates/build.der");
const BUILD_KEY: &[u8] = include_bytes!("../../tests/fixtures/certificates/build.key");
const BUILD_EC_KEY: &[u8] = include_bytes!("../../tests/fixtures/certificates/build-ec.key");
const BUILD_STORE: &[u8] = include_bytes!("../../tests/fixtures/certificates/build.p12");
const BOTH: &[u8] = include_bytes!("../../tests/fixtures/certificates/both.p7b");
const OLD: &[u8] = include_bytes!("../../tests/fixtures/certificates/old.pem");
const OLD_RSA_KEY: &[u8] = include_bytes!("../../tests/fixtures/certificates/old-rsa.key");

fn only(bytes: &[u8]) -> Fact {
    let (mut facts, problems) = read(bytes);
    assert!(may_hold(bytes) && problems.is_empty() && facts.len() == 1, "{facts:?} {problems:?}");
    facts.remove(0)
}

fn certificate_of(fact: Fact) -> Certificate {
    let Fact::Certificate(of) = fact else { panic!("a certificate") };
    *of
}

fn key_of(fact: Fact) -> PrivateKey {
    let Fact::Key(of) = fact else { panic!("a key") };
    of
}

#[test]
fn a_certificate_tells_to_whom_it_belongs_in_whatever_it_comes() {
    let of = certificate_of(only(BUILD));
    assert_eq!(of.subject, "CN=build.marlbeck.example,O=Marlbeck,C=DE");
    assert_eq!((of.self_issued, of.is_authority, of.at, of.form.as_str()), (true, false, 0, "PEM"));
    assert_eq!(of.usage, ["signatures", "servers", "signing code"]);
    assert_eq!(of.names, ["build.marlbeck.example", "*.ci.marlbeck.example"]);
    assert!(of.valid.0 > 1_700_000_000 && of.valid.1 - of.valid.0 == 7_300 * 86_400);
    let der = certificate_of(only(BUILD_DER));
    assert_eq!(Certificate { form: "PEM".to_owned(), ..der }, of);
    let (both, problems) = read(BOTH);
    let both: Vec<Certificate> = both.into_iter().map(certificate_of).collect();
    assert!(problems.is_empty() && both.len() == 2 && both.iter().all(|it| it.form == "PKCS #7"));
    assert!(both.iter().any(|it| it.digest == of.digest));
    let in_text = [b"a: |\n".as_slice(), BUILD, b"b: 1\n"].concat();
    assert_eq!(certificate_of(only(&in_text)), Certificate { at: 5, ..of });
}

#[test]
fn a_private_key_belongs_to_the_certificate_of_its_public_half() {
    let build = certificate_of(only(BUILD)).public_key;
    for key in [BUILD_KEY, BUILD_EC_KEY] {
        let of = key_of(only(key));
        assert_eq!((of.kind.as_str(), &of.public_key), ("EC", &build));
    }
    let (old, problems) = read(OLD);
    let [Fact::Certificate(certificate), Fact::Key(key)] = &old[..] else { panic!("both: {old:?} {problems:?}") };
    assert_eq!((key.kind.as_str(), &key.public_key), ("RSA", &certificate.public_key));
    assert_eq!(key_of(only(OLD_RSA_KEY)).public_key, certificate.public_key);
    assert_ne!(certificate.public_key, build);
    let store = key_of(only(BUILD_STORE));
    assert!(store.kind.contains("PKCS #12") && store.public_key.is_empty());
}

#[test]
fn stores_of_java_tell_their_certificates() {
    let length = |of: usize, bytes: usize| u64::try_from(of).unwrap().to_be_bytes()[8 - bytes..].to_vec();
    let held = [&[0, 5][..], b"X.509", &length(BUILD_DER.len(), 4), BUILD_DER].concat();
    let start = [&[0xfe, 0xed, 0xfe, 0xed][..], &[0, 0, 0, 2], &[0, 0, 0, 2]].concat();
    let trusted = [&[0, 0, 0, 2, 0, 1, b'a'][..], &[0; 8], &held].concat();
    let key = [&[0, 0, 0, 1, 0, 1, b'b'][..], &[0; 8], &[0, 0, 0, 3, 1, 2, 3], &[0, 0, 0, 1], &held].concat();
    let store = [start, trusted, key].concat();
    let (facts, problems) = read(&store);
    assert!(problems.is_empty() && matches!(&facts[..], [Fact::Certificate(_), Fact::Key(_), Fact::Certificate(_)]));
    for length in 0..store.len() {
        assert!(read(&store[..length]).0.len() <= 3);
    }
}

#[test]
fn certificates_of_every_wrongness_are_problems_and_no_more() {
    for at in 0..BUILD_DER.len() {
        for value in [0, 0x30, 0x84, 0xff] {
            let mut wrong = BUILD_DER.to_vec();
            wrong[at] = value;
            assert!(read(&wrong).0.len() <= 1);
            assert!(read(&wrong[..at]).0.is_empty());
        }
    }
    for text in ["-----BEGIN CERTIFICATE-----", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let (facts, problems) = read(text.as_bytes());
        assert!(facts.is_empty() && problems.len() == 1, "{problems:?}");
    }
    let many = b"-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n".repeat(MOST + 5);
    let (facts, problems) = read(&many);
    assert!(facts.len() == MOST && problems.len() == 1);
    assert!(!may_hold(b"-----BEGIN here") && !may_hold(b"int main;") && !may_hold(b""));
}
