//! The channel of parts against a second, slow implementation written from its specification, and against stored
//! vectors.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod safetensors;

use fingerprint::{Channel, Fingerprinter, Fingerprints, Kind, Parts, Profile};
use proptest::prelude::*;

const VECTORS: &str = include_str!("fixtures/parts-1.tsv");

/// What the specification says, with nothing remembered from one byte to the next.
mod reference {
    use crate::safetensors::tensors;

    pub(super) fn gear() -> [u8; 2048] {
        let mut table = [0; 2048];
        blake3::Hasher::new_derive_key("gainsay fingerprint profile 1: gear table").finalize_xof().fill(&mut table);
        table
    }

    pub(super) fn fingerprint(part: &[u8], secret: Option<&[u8; 32]>) -> Option<u64> {
        if part.len() < 256 || part.iter().zip(&part[8..]).all(|(before, byte)| before == byte) {
            return None;
        }
        let (context, secret) = match secret {
            None => ("gainsay fingerprint profile 1: key words", &[][..]),
            Some(secret) => ("gainsay fingerprint profile: key words of an engagement", &secret[..]),
        };
        let mut key = blake3::derive_key(context, secret);
        (7..32).step_by(8).for_each(|high| key[high] &= 0x1f);
        let key = blake3::derive_key("gainsay fingerprint profile: key of parts", &key);
        let hash = blake3::keyed_hash(&key, part);
        Some(u64::from_le_bytes(hash.as_bytes()[..8].try_into().unwrap()))
    }

    pub(super) fn parts(file: &[u8], secret: Option<&[u8; 32]>) -> Vec<u64> {
        let (mut parts, rest) = match tensors(file) {
            Some((begin, extents)) => {
                let whole = |(from, to, _): &(u64, u64, Option<Vec<u8>>)| {
                    let at = |offset: u64| begin.checked_add(usize::try_from(offset).ok()?);
                    file.get(at(*from)?..at(*to)?)
                };
                let end = usize::try_from(extents.last().map_or(0, |last| last.1)).unwrap_or(usize::MAX);
                let rest = file.get(begin.saturating_add(end)..).unwrap_or_default();
                (extents.iter().filter_map(whole).collect(), rest)
            }
            None => (Vec::new(), file),
        };
        parts.extend(chunks(rest));
        let mut fingerprints: Vec<u64> = parts.into_iter().filter_map(|part| fingerprint(part, secret)).collect();
        fingerprints.sort_unstable();
        fingerprints.dedup();
        fingerprints
    }

    fn chunks(file: &[u8]) -> Vec<&[u8]> {
        let gear = gear();
        let hash = |end: usize| {
            (0..64).fold(0u64, |sum, i| {
                let at = usize::from(file[end - 1 - i]) * 8;
                sum.wrapping_add(u64::from_le_bytes(gear[at..at + 8].try_into().unwrap()) << i)
            })
        };
        let mut begin = 0;
        let mut chunks = Vec::new();
        for end in 1..=file.len() {
            let length = end - begin;
            let ends = length == 65_536
                || length > 6656 && hash(end) < 1 << 53
                || length >= 2048 && hash(end) < 1 << 49
                || end == file.len();
            if ends {
                chunks.push(&file[begin..end]);
                begin = end;
            }
        }
        chunks
    }
}

fn parts(profile: &Profile, file: &[u8], cuts: &[usize]) -> Vec<u64> {
    let mut parts = Parts::new(profile);
    let mut from = 0;
    for cut in cuts {
        let to = (from + cut).min(file.len());
        parts.push(&file[from..to]);
        from = to;
    }
    parts.push(&file[from..]);
    parts.finish()
}

fn check(file: &[u8], cuts: &[usize]) -> Result<(), TestCaseError> {
    let expected = reference::parts(file, None);
    prop_assert_eq!(&parts(&Profile::one(), file, &[]), &expected);
    prop_assert_eq!(&parts(&Profile::one(), file, cuts), &expected);
    Ok(())
}

/// Bytes that look random, the same for the same seed.
fn noise(seed: &str, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    blake3::Hasher::new().update(seed.as_bytes()).finalize_xof().fill(&mut bytes);
    bytes
}

/// Noise, repeats of a few bytes, and bytes of few values, one after the other.
fn binary() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        3 => ("[a-d]", 0usize..40_000).prop_map(|(seed, length)| noise(&seed, length)),
        1 => (prop::collection::vec(any::<u8>(), 1..12), 0usize..9000).prop_map(|(period, times)| period.repeat(times)),
        1 => ("[a-d]", 0usize..20_000)
            .prop_map(|(seed, length)| noise(&seed, length).iter().map(|byte| byte & 1).collect()),
    ];
    prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

fn cuts() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(prop_oneof![0usize..20, 0usize..3000, 0usize..80_000], 0..20)
}

/// A safetensors file: its header and its tensors, with what follows them.
fn model() -> impl Strategy<Value = (Vec<u8>, Vec<Vec<u8>>)> {
    let tensor = prop_oneof![
        ("[a-f]", 0usize..2000).prop_map(|(seed, length)| noise(&seed, length)),
        (any::<u8>(), 0usize..600).prop_map(|(byte, length)| vec![byte; length]),
    ];
    let blanks = prop::sample::select(vec!["", " ", "\n\t "]);
    let meta = prop::sample::select(vec!["", r#""__metadata__":{"a":"} \" ]","b":"\\"},"#]);
    (prop::collection::vec(tensor, 1..6), blanks, meta, any::<prop::sample::Index>()).prop_map(
        |(tensors, blank, meta, turn)| {
            let mut end = 0;
            let mut entries: Vec<String> = tensors
                .iter()
                .enumerate()
                .map(|(number, tensor)| {
                    let begin = end;
                    end += tensor.len();
                    let offsets = format!(r#""data_offsets":[{begin},{blank}{end}]"#);
                    let shape = format!(r#""shape":[{}]"#, tensor.len());
                    format!(r#""t{number}":{blank}{{"dtype":"U8",{blank}{shape},{offsets}}}"#)
                })
                .collect();
            let turn = turn.index(entries.len());
            entries.rotate_left(turn);
            let header = format!("{{{blank}{meta}{}}}{blank}", entries.join(","));
            (header.into_bytes(), tensors)
        },
    )
}

fn with_length(header: &[u8], tensors: &[Vec<u8>]) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes()[..], header, &tensors.concat()].concat()
}

proptest! {
    #[test]
    fn chunks_equal_the_reference_however_the_file_is_cut(file in binary(), cuts in cuts()) {
        check(&file, &cuts)?;
    }

    #[test]
    fn each_tensor_is_a_part_and_what_follows_them_is_cut(
        (header, tensors) in model(), after in binary(), cuts in cuts(), kept in any::<prop::sample::Index>(),
    ) {
        let mut expected: Vec<u64> = tensors.iter().filter_map(|t| reference::fingerprint(t, None)).collect();
        expected.sort_unstable();
        expected.dedup();
        let mut file = with_length(&header, &tensors);
        prop_assert_eq!(parts(&Profile::one(), &file, &cuts), expected);
        let cut_short = &file[..kept.index(file.len())];
        check(cut_short, &cuts)?;
        file.extend_from_slice(&after);
        check(&file, &cuts)?;
    }

    #[test]
    fn headers_that_were_tampered_with_equal_the_reference(
        (header, tensors) in model(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0usize..4, prop::sample::select(
            b"{}[]:,\"\\ 0123456789-.e\0\x0b\xff_data_offsetsn".to_vec())), 0..4),
        length in prop::option::weighted(0.2, any::<u64>()),
        cuts in cuts(),
    ) {
        let mut header = header;
        for (at, change, byte) in changes {
            let at = at.index(header.len());
            match change {
                0 => header[at] = byte,
                1 => header.insert(at, byte),
                2 if header.len() > 1 => drop(header.remove(at)),
                _ => {
                    let copy = header[at..(at + 40).min(header.len())].to_vec();
                    header.splice(at..at, copy);
                }
            }
        }
        let mut file = with_length(&header, &tensors);
        if let Some(length) = length {
            // Short ones, long ones, and ones in between.
            file[..8].copy_from_slice(&(length >> (length % 64)).to_le_bytes());
        }
        check(&file, &cuts)?;
    }
}

#[test]
fn a_binary_file_has_parts_and_a_text_has_none() {
    let mut file = noise("a file", 100_000);
    file[7999] = 0;
    let whole = Fingerprints::of(&Profile::one(), b"", &file);
    assert_eq!((whole.kind, &whole.parts), (Kind::Binary, &reference::parts(&file, None)));
    let mut drained = Vec::new();
    let mut pieces = Fingerprinter::new(&Profile::one(), b"");
    for piece in file.chunks(30_000) {
        pieces.update(piece);
        pieces.drain(&mut |channel, taken| drained.extend(taken.iter().map(|fingerprint| (channel, *fingerprint))));
    }
    let rest = pieces.finish().parts;
    assert!(rest.len() < whole.parts.len());
    drained.extend(rest.iter().map(|fingerprint| (Channel::Parts, *fingerprint)));
    drained.sort_unstable();
    assert_eq!(drained, whole.parts.iter().map(|part| (Channel::Parts, *part)).collect::<Vec<_>>());
    let text: Vec<u8> = file.iter().map(|byte| byte | 1).collect();
    let whole = Fingerprints::of(&Profile::one(), b"", &text);
    assert_eq!((whole.kind, whole.parts), (Kind::Text, Vec::new()));
}

#[test]
fn bytes_put_in_front_leave_most_chunks_as_they_were() {
    let file = noise("shifted", 1_000_000);
    let before = parts(&Profile::one(), &file, &[]);
    let after = parts(&Profile::one(), &[&b"some bytes"[..], &file].concat(), &[]);
    assert!(before.len() > 100, "{}", before.len());
    let kept = before.iter().filter(|part| after.binary_search(part).is_ok()).count();
    assert!(kept + 5 >= before.len(), "{kept} of {}", before.len());
}

#[test]
fn chunks_keep_their_lengths() {
    let length = 8_000_000;
    let many = parts(&Profile::one(), &noise("lengths", length), &[]).len();
    assert!((7800..8500).contains(&(length / many)), "{}", length / many);
    let longest = [noise("head", 300), vec![7; 65_536 * 3]].concat();
    assert_eq!(parts(&Profile::one(), &longest, &[]).len(), 1, "one byte over and over has no ends but the longest");
    check(&longest, &[65_535, 2, 65_535]).unwrap();
}

#[test]
fn what_says_the_same_over_and_over_and_what_is_short_has_no_fingerprint() {
    for period in [&[0][..], &1f32.to_le_bytes(), &1f64.to_le_bytes(), &[1, 2]] {
        assert!(parts(&Profile::one(), &period.repeat(20_000), &[3, 4, 100, 8]).is_empty(), "{period:?}");
    }
    assert_eq!(parts(&Profile::one(), &[1, 2, 3].repeat(2000), &[]).len(), 1);
    assert!(parts(&Profile::one(), &noise("short", 255), &[]).is_empty());
    assert_eq!(parts(&Profile::one(), &noise("short", 256), &[]).len(), 1);
    assert!(parts(&Profile::one(), &[], &[]).is_empty());
}

#[test]
fn what_is_no_safetensors_file_is_cut_into_chunks() {
    let tensor = noise("tensor", 4096);
    let entry = |text: &str| format!(r#"{{"t":{{{text}}}}}"#);
    let good = entry(r#""dtype":"U8","data_offsets":[0,4096]"#);
    let whole = reference::fingerprint(&tensor, None).unwrap();
    assert_eq!(parts(&Profile::one(), &with_length(good.as_bytes(), std::slice::from_ref(&tensor)), &[]), [whole]);
    let bad = [
        entry(r#""data_offsets":[1,4096]"#),
        entry(r#""data_offsets":[4096,0]"#),
        entry(r#""data_offsets":[0]"#),
        entry(r#""data_offsets":[0,1,2]"#),
        entry(r#""data_offsets":[0,99999999999999999999]"#),
        entry(r#""data_offsets":[0,-1]"#),
        entry(r#""data_offsets":[0,4096],"data_offsets":[0,4096]"#),
        entry(r#""dtype":"U8""#),
        entry(r#""data_offsets":[0,4096],"#),
        entry(r#""data_offsets":[0,4096],"x":{}"#),
        entry(r#""data_offsets":[0,4096],"x":"open"#),
        format!("{good}x"),
        format!(" {good}"),
        good.replace("}}", "},\"u\":{\"data_offsets\":[0,4096]}}"),
        good[..good.len() - 1].to_owned(),
        "{".repeat(100_000),
        String::new(),
    ];
    for header in bad {
        let file = with_length(header.as_bytes(), std::slice::from_ref(&tensor));
        assert!(safetensors::tensors(&file).is_none(), "{header}");
        check(&file, &[1, 7, 1]).unwrap();
    }
}

#[test]
fn the_gear_table_is_the_one_of_the_specification() {
    let specification = include_str!("../../../docs/fingerprint-profile-1.md");
    assert!(specification.contains(&format!("`{}`", blake3::hash(&reference::gear()))));
}

#[test]
fn stored_vectors_hold() {
    let mut checked = 0;
    for line in VECTORS.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [name, profile, input, expected] = fields[..] else { panic!("{line}") };
        let secret: Option<[u8; 32]> = match profile {
            "one" => None,
            secret => Some(unhex(secret).try_into().unwrap()),
        };
        let profile = secret.as_ref().map_or_else(Profile::one, Profile::of_engagement);
        let expected: Vec<u64> =
            expected.split(',').filter(|h| !h.is_empty()).map(|h| u64::from_str_radix(h, 16).unwrap()).collect();
        let file = made(input);
        assert_eq!(reference::parts(&file, secret.as_ref()), expected, "{name}");
        assert_eq!(parts(&profile, &file, &[]), expected, "{name}");
        checked += 1;
    }
    assert!(checked >= 12, "only {checked} vectors stand in the fixture");
}

/// The input of a vector, from its recipe.
fn made(recipe: &str) -> Vec<u8> {
    let piece = |piece: &str| {
        let (how, what) = piece.split_once(':').unwrap();
        let (times, what) = what.split_once(':').unwrap();
        let times: usize = times.parse().unwrap();
        match how {
            "hex" => unhex(what).repeat(times),
            "text" => what.as_bytes().repeat(times),
            "noise" => noise(what, times),
            _ => panic!("{piece}"),
        }
    };
    recipe.split('+').filter(|it| !it.is_empty()).flat_map(piece).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}
