//! The group's functions give what RFC 9380, RFC 9496 and RFC 9497 say, and what another implementation of the last gives.

use curve25519_dalek::{RistrettoPoint, Scalar};
use voprf::{Group, OprfServer, Ristretto255, VoprfServer};

use crate::Refused;
use crate::group::{Hasher, Pairs, Suite, decode, doubled, half, public};

const VECTORS: &str = include_str!("../tests/fixtures/rfc.txt");

fn bytes(hex: &str) -> Vec<u8> {
    let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal");
    if hex == "-" { Vec::new() } else { (0..hex.len()).step_by(2).map(digit).collect() }
}

fn array<const LENGTH: usize>(hex: &str) -> [u8; LENGTH] {
    bytes(hex).try_into().expect("as many bytes")
}

fn scalar(hex: &str) -> Scalar {
    Option::from(Scalar::from_canonical_bytes(array(hex))).expect("canonical")
}

/// The values of each line of a kind; there must be some.
fn lines(kind: &str) -> Vec<Vec<&'static str>> {
    let of = VECTORS.lines().map(|line| line.split(' ').collect::<Vec<_>>()).filter(|line| line[0] == kind);
    let of: Vec<Vec<&str>> = of.map(|line| line[1..].to_vec()).collect();
    assert!(!of.is_empty());
    of
}

#[test]
fn messages_are_expanded_as_in_rfc_9380() {
    let mut tag = b"QUUX-V01-CS02-with-expander-SHA512-256".to_vec();
    tag.push(38);
    let hasher = Hasher::new(tag);
    for line in lines("expand") {
        let (message, expected) = (bytes(line[0]), bytes(line[1]));
        let (whole, parts) = message.split_at(message.len() / 2);
        match expected.len() {
            32 => assert_eq!(hasher.expand::<32>(&[whole, parts]).as_slice(), expected),
            128 => assert_eq!(hasher.expand::<128>(&[whole, parts]).as_slice(), expected),
            other => panic!("{other} bytes"),
        }
    }
}

#[test]
fn the_group_is_that_of_rfc_9496() {
    for line in lines("multiple") {
        let times = Scalar::from(u64::from_str_radix(line[0], 16).expect("a number"));
        assert_eq!(RistrettoPoint::mul_base(&times).compress().to_bytes(), array(line[1]));
        let decoded = decode(&array(line[1]));
        match line[0] {
            "00" => assert!(matches!(decoded, Err(Refused::Identity))),
            _ => assert_eq!(decoded.expect("an element"), RistrettoPoint::mul_base(&times)),
        }
        let halved = RistrettoPoint::mul_base(&half(&times));
        assert_eq!(doubled(&[halved]).collect::<Vec<_>>(), [array(line[1])]);
    }
    for line in lines("invalid") {
        assert!(matches!(decode(&array(line[0])), Err(Refused::NotAnElement)), "{}", line[0]);
    }
    for line in lines("map") {
        assert_eq!(RistrettoPoint::from_uniform_bytes(&array(line[0])).compress().to_bytes(), array(line[1]));
    }
}

#[test]
fn the_functions_are_those_of_rfc_9497() {
    let derived = lines("derive").remove(0);
    let key = Suite::WHICH.derive(&array(derived[0]), &bytes(derived[1])).expect("a key");
    assert_eq!(*key, scalar(derived[2]));
    assert_eq!(public(&key), array(derived[3]));
    for line in lines("voprf") {
        let each = |at: usize| line[at].split(',');
        let (mut firsts, mut seconds, mut encoded) = (Vec::new(), Vec::new(), Vec::new());
        for ((((input, blind), blinded), evaluated), output) in
            each(0).zip(each(1)).zip(each(2)).zip(each(3)).zip(each(4))
        {
            let (input, blind) = (bytes(input), scalar(blind));
            let first = Suite::WHICH.hasher().element(&[&input]) * blind;
            let second = first * *key;
            assert_eq!(first.compress().to_bytes(), array(blinded));
            assert_eq!(second.compress().to_bytes(), array(evaluated));
            let opened = (second * blind.invert()).compress().to_bytes();
            assert_eq!(Suite::WHICH.finalize(&input, &opened), array(output));
            firsts.push(first);
            seconds.push(second);
            encoded.push((array(blinded), array(evaluated)));
        }
        let pairs = Pairs { suite: Suite::WHICH, public: &array(derived[3]), firsts: &firsts, encoded: &encoded };
        let [composite] = pairs.composites([&firsts]);
        assert_eq!(pairs.prove_with(&key, &scalar(line[6]), composite), array(line[5]));
        assert!(pairs.holds(&seconds, &array(line[5])).expect("a key"));
        let own = pairs.prove(&key);
        assert!(pairs.holds(&seconds, &own).expect("a key"));
        for at in 0..64 {
            let mut other = own;
            other[at] ^= 1;
            assert!(!pairs.holds(&seconds, &other).expect("a key"), "byte {at}");
        }
        let doubles: Vec<RistrettoPoint> = seconds.iter().map(|it| it + it).collect();
        assert!(!pairs.holds(&doubles, &own).expect("a key"));
        let counted = Pairs { suite: Suite::COUNT, ..pairs };
        assert!(!counted.holds(&seconds, &own).expect("a key"), "a proof of one mode is none of the other");
    }
}

#[test]
fn the_functions_are_those_of_another_implementation() {
    for number in 0_u8..20 {
        let (seed, info) = ([number; 32], [number, 1, 2]);
        let key = Suite::WHICH.derive(&seed, &info).expect("a key");
        let theirs = VoprfServer::<Ristretto255>::new_from_seed(&seed, &info).expect("a key");
        assert_eq!(Ristretto255::serialize_elem(theirs.get_public_key()).as_slice(), public(&key));
        let input = vec![number; usize::from(number) * 30];
        let element = (Suite::WHICH.hasher().element(&[&input]) * *key).compress().to_bytes();
        let output = theirs.evaluate(&input).expect("an output");
        assert_eq!(Suite::WHICH.finalize(&input, &element), output.as_slice());
        // Mode 0x00 of the RFC and the mode that only counts are others.
        let plain = OprfServer::<Ristretto255>::new_from_seed(&seed, &info).expect("a key");
        assert_ne!(plain.evaluate(&input).expect("an output").as_slice(), output.as_slice());
        assert_ne!(*Suite::COUNT.derive(&seed, &info).expect("a key"), *key);
    }
}

/// What libsodium computes of inputs and encodings, and `tests/fixtures/libsodium.py` of the rest, by nothing of ours.
#[test]
fn the_group_is_that_of_libsodium() {
    let lines: Vec<Vec<&str>> =
        include_str!("../tests/fixtures/libsodium.txt").lines().map(|line| line.split(' ').collect()).collect();
    let (mut elements, mut encodings) = (0, [0, 0]);
    for line in lines {
        match line[..] {
            ["element", mode, input, times, hashed, product, output] => {
                let suite = if mode == "count" { Suite::COUNT } else { Suite::WHICH };
                let (input, times) = (bytes(input), scalar(times));
                let element = suite.hasher().element(&[&input]);
                assert_eq!(element.compress().to_bytes(), array(hashed));
                let encoded: Vec<[u8; 32]> = doubled(&[element * *half(&times)]).collect();
                assert_eq!(encoded, [array(product)]);
                match mode {
                    "count" => assert_eq!(crate::holder::tag(&encoded[0]), crate::seed::leading(&bytes(output))),
                    _ => assert_eq!(suite.finalize(&input, &encoded[0]).as_slice(), bytes(output)),
                }
                elements += 1;
            }
            ["valid", encoding, valid] => {
                assert_eq!(decode(&array(encoding)).is_ok(), valid == "1", "{encoding}");
                encodings[usize::from(valid == "1")] += 1;
            }
            _ => panic!("{line:?}"),
        }
    }
    assert!(elements == 128 && encodings[0] > 100 && encodings[1] > 64, "{elements} {encodings:?}");
}
