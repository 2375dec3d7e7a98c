//! Sketches of weights against a second, slow implementation written from their specification, and against stored vectors.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod safetensors;

use fingerprint::{Channel, Fingerprinter, Fingerprints, Kind, Profile, Sketches};
use proptest::prelude::*;

const VECTORS: &str = include_str!("fixtures/sketches-1.tsv");

/// What the specification says of a whole file.
mod reference {
    use std::cmp::Reverse;

    use crate::safetensors;

    /// The bytes of a tensor as far as the file has them, their type, and its rows and columns where these count too.
    struct Tensor<'f>(&'f [u8], &'static str, Option<(u64, u64)>);

    pub(super) fn sketches(file: &[u8], secret: Option<&[u8; 32]>, coarse: bool) -> Vec<u64> {
        let mut sketches: Vec<u64> =
            tensors(file, coarse).iter().flat_map(groups).filter_map(|it| sketch(&it, secret)).collect();
        sketches.sort_unstable();
        sketches.dedup();
        sketches
    }

    fn key(secret: Option<&[u8; 32]>) -> [u8; 32] {
        let (context, secret) = match secret {
            None => ("gainsay fingerprint profile 1: key words", &[][..]),
            Some(secret) => ("gainsay fingerprint profile: key words of an engagement", &secret[..]),
        };
        let mut key = blake3::derive_key(context, secret);
        (7..32).step_by(8).for_each(|high| key[high] &= 0x1f);
        blake3::derive_key("gainsay fingerprint profile: key of parts", &key)
    }

    fn sketch(group: &[f32], secret: Option<&[u8; 32]>) -> Option<u64> {
        let magnitude = |number: &f32| number.to_bits() & 0x7fff_ffe0;
        let mut codes = Vec::new();
        let (mut rows, mut largest) = (Vec::new(), 0);
        for lane in 0..16 {
            let numbers: Vec<(usize, f32)> = (0..16).map(|row| (row, group[16 * row + lane])).collect();
            let (row, winner) = numbers.iter().max_by_key(|(row, number)| (magnitude(number), Reverse(*row))).unwrap();
            if !winner.is_finite() || magnitude(winner) == 0 {
                return None;
            }
            largest += numbers.iter().filter(|(_, number)| magnitude(number) == magnitude(winner)).count();
            codes.push(u8::try_from(2 * (15 - row)).unwrap() + u8::from(winner.is_sign_negative()));
            rows.push(*row);
        }
        rows.sort_unstable();
        rows.dedup();
        let hash = *blake3::keyed_hash(&key(secret), &codes).as_bytes();
        let has_one = rows.len() >= 6 && largest <= 20 && hash[8].is_multiple_of(8);
        has_one.then(|| u64::from_le_bytes(hash[..8].try_into().unwrap()))
    }

    fn groups(Tensor(bytes, of, matrix): &Tensor<'_>) -> Vec<Vec<f32>> {
        let numbers = numbers(bytes, of);
        let mut groups: Vec<Vec<f32>> = numbers.chunks_exact(256).map(<[f32]>::to_vec).collect();
        if let Some((rows, columns)) =
            matrix.filter(|(rows, columns)| rows.is_multiple_of(256) && (2..=65_536).contains(columns))
        {
            let columns = usize::try_from(columns).unwrap();
            // Of a matrix that is cut short the numbers that come in whole groups.
            let numbers = &numbers[..numbers.len() / 256 * 256];
            for first in (0..usize::try_from(rows).unwrap()).step_by(256) {
                for column in 0..columns {
                    let column: Option<Vec<f32>> =
                        (first..first + 256).map(|row| numbers.get(row * columns + column).copied()).collect();
                    // The last column ends with the last row.
                    let is_whole = numbers.len() >= (first + 256) * columns;
                    groups.extend(column.filter(|_| is_whole));
                }
                if numbers.len() < (first + 256) * columns {
                    break;
                }
            }
        }
        groups
    }

    fn numbers(bytes: &[u8], of: &str) -> Vec<f32> {
        let half = |bytes: &[u8]| {
            let bits = u16::from_le_bytes(bytes.try_into().unwrap());
            let (exponent, fraction) = (i32::from(bits >> 10 & 31), f32::from(bits & 1023) / 1024.0);
            let magnitude = match exponent {
                31 if fraction == 0.0 => f32::INFINITY,
                31 => f32::NAN,
                0 => fraction * 2f32.powi(-14),
                _ => (1.0 + fraction) * 2f32.powi(exponent - 15),
            };
            if bits >> 15 == 1 { -magnitude } else { magnitude }
        };
        #[expect(clippy::cast_possible_truncation, reason = "the nearest float is wanted")]
        let narrowed = |number: f64| number as f32;
        match of {
            "F64" => bytes.chunks_exact(8).map(|it| narrowed(f64::from_le_bytes(it.try_into().unwrap()))).collect(),
            "F32" => bytes.chunks_exact(4).map(|it| f32::from_le_bytes(it.try_into().unwrap())).collect(),
            "F16" => bytes.chunks_exact(2).map(half).collect(),
            "BF16" => bytes.chunks_exact(2).map(|it| f32::from_le_bytes([0, 0, it[0], it[1]])).collect(),
            "Q8_0" => bytes
                .chunks_exact(34)
                .flat_map(|block| block[2..].iter().map(move |byte| half(&block[..2]) * f32::from(byte.cast_signed())))
                .collect(),
            of => {
                let (count, size) = COARSE.iter().find(|(_, name, ..)| *name == of).map(|it| (it.2, it.3)).unwrap();
                bytes
                    .chunks_exact(size)
                    .flat_map(|block| (0..count).map(move |at| coarse(of, block, at, &half)))
                    .collect()
            }
        }
    }

    /// The types of fewer than eight bits: number, name, numbers and bytes of a block.
    pub(super) const COARSE: [(u32, &str, usize, usize); 7] = [
        (2, "Q4_0", 32, 18),
        (3, "Q4_1", 32, 20),
        (6, "Q5_0", 32, 22),
        (7, "Q5_1", 32, 24),
        (12, "Q4_K", 256, 144),
        (13, "Q5_K", 256, 176),
        (14, "Q6_K", 256, 210),
    ];

    /// The bits of a block from one on, the lowest of each byte first.
    fn bits(block: &[u8], from: usize, count: usize) -> u8 {
        (0..count).map(|bit| (block[(from + bit) / 8] >> ((from + bit) % 8) & 1) << bit).sum()
    }

    /// A number of a block, by where the specification says that its bits stand.
    fn coarse(of: &str, block: &[u8], at: usize, half: &impl Fn(&[u8]) -> f32) -> f32 {
        let float = |begin: usize| half(&block[begin..begin + 2]);
        // Of 32 numbers the lower four bits of the first 16 stand below those of the others.
        let of_small = |begin: usize| bits(block, 8 * (begin + at % 16) + 4 * (at / 16), 4);
        // Of 64 numbers those of the first 32 below those of the others.
        let of_large = |begin: usize| bits(block, 8 * (begin + at / 64 * 32 + at % 32) + 4 * (at / 32 % 2), 4);
        let six_bits = |of: usize| match at / 32 {
            part @ 0..4 => bits(block, 8 * (4 + 4 * of + part), 6),
            part => bits(block, 8 * (8 + part) + 4 * of, 4) + 16 * bits(block, 8 * (part + 4 * of) + 6, 2),
        };
        let of_least = || float(2) * f32::from(six_bits(1));
        match of {
            "Q4_0" => float(0) * (f32::from(of_small(2)) - 8.0),
            "Q4_1" => float(0) * f32::from(of_small(4)) + float(2),
            "Q5_0" => float(0) * (f32::from(of_small(6) + 16 * bits(block, 16 + at, 1)) - 16.0),
            "Q5_1" => float(0) * f32::from(of_small(8) + 16 * bits(block, 32 + at, 1)) + float(2),
            "Q4_K" => float(0) * f32::from(six_bits(0)) * f32::from(of_large(16)) - of_least(),
            "Q5_K" => {
                let level = of_large(48) + 16 * bits(block, 8 * (16 + at % 32) + at / 32, 1);
                float(0) * f32::from(six_bits(0)) * f32::from(level) - of_least()
            }
            _ => {
                let (half, within) = (at / 128, at % 128);
                let low = bits(block, 8 * (64 * half + within % 64) + 4 * (within / 64), 4);
                let high = bits(block, 8 * (128 + 32 * half + within % 32) + 2 * (within / 32), 2);
                let scale = float(208) * f32::from(block[192 + at / 16].cast_signed());
                scale * (f32::from(low + 16 * high) - 32.0)
            }
        }
    }

    fn tensors(file: &[u8], coarse: bool) -> Vec<Tensor<'_>> {
        let head = &file[..file.len().min(4096)];
        let length = head.first_chunk().map(|length| u64::from_le_bytes(*length));
        if head.get(8) == Some(&b'{') && length.is_some_and(|length| length <= 16_777_216) {
            of_safetensors(file).unwrap_or_default()
        } else if head.starts_with(b"GGUF") {
            of_gguf(file, coarse).unwrap_or_default()
        } else if head.starts_with(b"\x93NUMPY") {
            of_npy(file).into_iter().collect()
        } else if matches!(head, [8, 1..=127, 0x12 | 0x1a | 0x22 | 0x28 | 0x32 | 0x3a | 0x42, ..]) {
            let mut tensors = Vec::new();
            let _ = of_onnx(file, &mut 0, u64::MAX, "model", &mut tensors);
            tensors
        } else {
            let is_plausible = |of: &&str| {
                let size = match *of {
                    "F64" => 8,
                    "F32" => 4,
                    _ => 2,
                };
                let numbers = numbers(&head[..head.len() / size * size], of);
                let usual = numbers.iter().filter(|it| (2f32.powi(-24)..2f32.powi(8)).contains(&it.abs())).count();
                let odd = numbers.len() - usual - numbers.iter().filter(|number| **number == 0.0).count();
                !numbers.is_empty() && odd * 1000 <= numbers.len() * 10 && usual * 1000 >= numbers.len() * 750
            };
            let of = ["BF16", "F16", "F32", "F64"].into_iter().find(is_plausible);
            of.into_iter().map(|of| Tensor(file, of, None)).collect()
        }
    }

    /// What a file has between two offsets.
    fn between(file: &[u8], begin: u64, end: u64) -> &[u8] {
        let within = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(file.len());
        &file[within(begin)..within(end)]
    }

    fn of_safetensors(file: &[u8]) -> Option<Vec<Tensor<'_>>> {
        let (begin, extents) = safetensors::tensors(file)?;
        let begin = u64::try_from(begin).unwrap();
        let tensor = |(from, to, of): &safetensors::Extent| {
            let of = ["F64", "F32", "F16", "BF16"].into_iter().find(|it| Some(it.as_bytes()) == of.as_deref())?;
            Some(Tensor(between(file, begin.saturating_add(*from), begin.saturating_add(*to)), of, None))
        };
        Some(extents.iter().filter_map(tensor).collect())
    }

    /// Takes so many bytes from the front.
    fn taken<'f>(rest: &mut &'f [u8], bytes: u64) -> Option<&'f [u8]> {
        let (taken, left) = rest.split_at_checked(usize::try_from(bytes).ok()?)?;
        *rest = left;
        Some(taken)
    }

    fn u32_of(rest: &mut &[u8]) -> Option<u32> {
        Some(u32::from_le_bytes(taken(rest, 4)?.try_into().unwrap()))
    }

    fn u64_of(rest: &mut &[u8]) -> Option<u64> {
        Some(u64::from_le_bytes(taken(rest, 8)?.try_into().unwrap()))
    }

    fn text<'f>(rest: &mut &'f [u8]) -> Option<&'f [u8]> {
        let length = u64_of(rest)?;
        taken(rest, length)
    }

    fn value(rest: &mut &[u8], of: u32) -> Option<()> {
        let bytes = match of {
            0 | 1 | 7 => 1,
            2 | 3 => 2,
            4..=6 => 4,
            10..=12 => 8,
            8 => return text(rest).map(|_| ()),
            9 => {
                let (of, count) = (u32_of(rest)?, u64_of(rest)?);
                // Not one of these has no bytes, so that a count ends with the file.
                return if of == 9 || of > 12 { None } else { (0..count).try_for_each(|_| value(rest, of)) };
            }
            _ => return None,
        };
        taken(rest, bytes).map(|_| ())
    }

    fn of_gguf(file: &[u8], coarse: bool) -> Option<Vec<Tensor<'_>>> {
        let mut rest = &file[4..];
        let (version, tensors, values) = (u32_of(&mut rest)?, u64_of(&mut rest)?, u64_of(&mut rest)?);
        if ![2, 3].contains(&version) || tensors > 1_048_576 {
            return None;
        }
        let mut alignment = 32;
        for _ in 0..values {
            let name = text(&mut rest).filter(|name| name.len() <= 65_535)?;
            let of = u32_of(&mut rest)?;
            if name == b"general.alignment" {
                alignment = u64::from(Some(&mut rest).filter(|_| of == 4).and_then(u32_of)?);
                if alignment.count_ones() != 1 {
                    return None;
                }
            } else {
                value(&mut rest, of)?;
            }
        }
        let mut places = Vec::new();
        for _ in 0..tensors {
            text(&mut rest).filter(|name| name.len() <= 65_535)?;
            let sides = u32_of(&mut rest)?;
            let sides: Vec<u64> =
                (0..sides).map(|_| u64_of(&mut rest)).collect::<Option<_>>().filter(|_| sides <= 4)?;
            let (of, offset) = (u32_of(&mut rest)?, u64_of(&mut rest)?);
            let numbers = sides.iter().try_fold(1u64, |all, side| all.checked_mul(*side))?;
            let of = match of {
                0 => Some(("F32", numbers.checked_mul(4)?)),
                1 => Some(("F16", numbers.checked_mul(2)?)),
                8 if !numbers.is_multiple_of(32) => return None,
                8 => Some(("Q8_0", (numbers / 32).checked_mul(34)?)),
                28 => Some(("F64", numbers.checked_mul(8)?)),
                30 => Some(("BF16", numbers.checked_mul(2)?)),
                of => match COARSE.iter().find(|(number, ..)| coarse && *number == of) {
                    Some((_, name, count, size)) => {
                        let (count, size) = (u64::try_from(*count).unwrap(), u64::try_from(*size).unwrap());
                        let blocks = Some(numbers / count).filter(|_| numbers.is_multiple_of(count))?;
                        Some((*name, blocks.checked_mul(size)?))
                    }
                    None => None,
                },
            };
            if !offset.is_multiple_of(alignment) {
                return None;
            }
            places.push((offset, of.map(|(_, bytes)| bytes), of));
        }
        places.sort_unstable_by_key(|(offset, bytes, _)| (*offset, *bytes));
        let header = u64::try_from(file.len() - rest.len()).unwrap();
        let first = header.div_ceil(alignment) * alignment;
        let (mut at, mut found) = (header, Vec::new());
        for (offset, _, of) in places {
            let begin = first.checked_add(offset).filter(|begin| *begin >= at)?;
            if let Some((of, bytes)) = of {
                at = begin.checked_add(bytes)?;
                found.push(Tensor(between(file, begin, at), of, None));
            }
        }
        Some(found)
    }

    fn of_npy(file: &[u8]) -> Option<Tensor<'_>> {
        let (version, mut rest) = (*file.get(6)?, file.get(8..)?);
        let length = match version {
            1 => taken(&mut rest, 2).map(|it| u32::from(it[0]) + 256 * u32::from(it[1]))?,
            2 | 3 => u32_of(&mut rest)?,
            _ => return None,
        };
        let header =
            Some(length).filter(|length| *length <= 65_536).and_then(|length| taken(&mut rest, length.into()))?;
        let header = header.strip_prefix(b"{'descr': '")?;
        let (descr, header) = header.split_at_checked(3)?;
        let header = header.strip_prefix(b"', 'fortran_order': False, 'shape': (")?;
        let close = header.iter().position(|byte| *byte == b')')?;
        let end = header[close..].strip_prefix(b"), }")?.strip_suffix(b"\n")?;
        if end.iter().any(|byte| *byte != b' ') {
            return None;
        }
        let mut sides: Vec<&[u8]> = header[..close].split(|byte| *byte == b',').collect();
        if sides.last().is_some_and(|last| last.is_empty()) {
            sides.pop();
            // A comma alone is no shape.
            if sides.last().is_some_and(|last| last.is_empty()) {
                return None;
            }
        }
        let mut numbers = 1u64;
        for side in sides {
            let digits: Vec<u8> = side.iter().copied().skip_while(|byte| *byte == b' ').collect();
            let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
            let side: u64 = String::from_utf8(digits).ok().filter(|_| is_number)?.parse().ok()?;
            numbers = numbers.checked_mul(side)?;
        }
        let (of, size) = match descr {
            b"<f8" => ("F64", 8),
            b"<f4" => ("F32", 4),
            b"<f2" => ("F16", 2),
            _ => return None,
        };
        Some(Tensor(between(rest, 0, numbers.checked_mul(size)?), of, None))
    }

    /// A number of a message; not beyond its end, nor the file's.
    fn number(file: &[u8], at: &mut u64, end: u64) -> Option<u64> {
        let mut number = 0u128;
        for shift in (0..70).step_by(7) {
            let byte = *file.get(usize::try_from(*at).ok()?).filter(|_| *at < end)?;
            *at += 1;
            number |= u128::from(byte & 127) << shift;
            if byte < 128 {
                return u64::try_from(number).ok();
            }
        }
        None
    }

    fn of_onnx<'f>(file: &'f [u8], at: &mut u64, end: u64, message: &str, tensors: &mut Vec<Tensor<'f>>) -> Option<()> {
        let (mut data_type, mut sides) = (None, Vec::new());
        while *at < end {
            let tag = number(file, at, end)?;
            let field = tag / 8;
            if field == 0 || field >= 1 << 29 {
                return None;
            }
            let length = match tag % 8 {
                0 => {
                    let value = number(file, at, end)?;
                    match (message, field) {
                        ("initializer", 1) => sides.push(value),
                        ("initializer", 2) => data_type = Some(value),
                        _ => {}
                    }
                    continue;
                }
                1 => 8,
                2 => number(file, at, end)?,
                5 => 4,
                _ => return None,
            };
            let content = *at..at.checked_add(length).filter(|after| *after <= end)?;
            if tag % 8 == 2 {
                let of = match (data_type, field) {
                    (Some(1), 4 | 9) => Some("F32"),
                    (Some(10), 9) => Some("F16"),
                    (Some(11), 9 | 10) => Some("F64"),
                    (Some(16), 9) => Some("BF16"),
                    _ => None,
                };
                match (message, field, of) {
                    ("model", 7, _) => of_onnx(file, at, content.end, "graph", tensors)?,
                    ("graph", 5, _) => of_onnx(file, at, content.end, "initializer", tensors)?,
                    ("initializer", 1, _) => {
                        while *at < content.end {
                            sides.push(number(file, at, content.end)?);
                        }
                    }
                    ("initializer", _, Some(of)) => {
                        let size = match of {
                            "F64" => 8,
                            "F32" => 4,
                            _ => 2,
                        };
                        let matrix = match sides[..] {
                            [rows, columns] => Some((rows, columns)),
                            _ => None,
                        };
                        let is_all = |(rows, columns): &(u64, u64)| {
                            u128::from(*rows) * u128::from(*columns) * size == u128::from(length)
                        };
                        let bytes = between(file, content.start, content.end);
                        tensors.push(Tensor(bytes, of, matrix.filter(is_all)));
                    }
                    _ => {}
                }
            }
            *at = content.end;
        }
        Some(())
    }
}

fn sketches(profile: &Profile, file: &[u8], cuts: &[usize]) -> Vec<u64> {
    read(Sketches::new(profile), file, cuts)
}

fn read(mut sketches: Sketches, file: &[u8], cuts: &[usize]) -> Vec<u64> {
    let mut from = 0;
    for cut in cuts {
        let to = (from + cut).min(file.len());
        sketches.push(&file[from..to]);
        from = to;
    }
    sketches.push(&file[from..]);
    sketches.finish()
}

fn check(file: &[u8], cuts: &[usize]) -> Result<(), TestCaseError> {
    for coarse in [false, true] {
        let expected = reference::sketches(file, None, coarse);
        for cuts in [&[][..], cuts] {
            let all = Sketches::new(&Profile::one());
            let all = if coarse { all.with_coarse() } else { all };
            prop_assert_eq!(&read(all, file, cuts), &expected);
        }
    }
    Ok(())
}

/// How numbers are stored, in the words of the formats.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stored {
    F64,
    F32,
    F16,
    Bf16,
    Q8,
    /// One of fewer bits, by its place among those of the reference: rounded for `Q5_1`, in all others any bytes under usual scales.
    Coarse(usize),
}

const STORED: [Stored; 12] = [
    Stored::F64,
    Stored::F32,
    Stored::F16,
    Stored::Bf16,
    Stored::Q8,
    Stored::Coarse(0),
    Stored::Coarse(1),
    Stored::Coarse(2),
    Q5_1,
    Stored::Coarse(4),
    Stored::Coarse(5),
    Stored::Coarse(6),
];

const Q5_1: Stored = Stored::Coarse(3);

/// Numbers that look like weights, the same for the same seed: sums of four even ones.
fn weights(seed: &str, count: usize) -> Vec<f32> {
    let mut bytes = vec![0; count * 8];
    blake3::Hasher::new().update(seed.as_bytes()).finalize_xof().fill(&mut bytes);
    let even = |pair: &[u8]| f32::from(u16::from_le_bytes([pair[0], pair[1]])) - 32_767.5;
    bytes.chunks_exact(8).map(|of_one| of_one.chunks_exact(2).map(even).sum::<f32>() / 2_000_000.0).collect()
}

/// A 16-bit float that is nearest, for magnitudes of weights.
fn half(number: f32) -> u16 {
    let sign = if number < 0.0 { 0x8000 } else { 0 };
    let candidates = |bits: u16| {
        let exponent = i32::from(bits >> 10);
        let fraction = f32::from(bits & 1023) / 1024.0;
        if exponent == 0 { fraction * 2f32.powi(-14) } else { (1.0 + fraction) * 2f32.powi(exponent - 15) }
    };
    let (mut low, mut high) = (0u16, 0x7bff);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if candidates(middle) <= number.abs() { low = middle } else { high = middle }
    }
    let is_low = number.abs() - candidates(low) <= candidates(high) - number.abs();
    sign | if is_low { low } else { high }
}

fn stored(numbers: &[f32], of: Stored) -> Vec<u8> {
    match of {
        Stored::F64 => numbers.iter().flat_map(|number| f64::from(*number).to_le_bytes()).collect(),
        Stored::F32 => numbers.iter().flat_map(|number| number.to_le_bytes()).collect(),
        Stored::F16 => numbers.iter().flat_map(|number| half(*number).to_le_bytes()).collect(),
        Stored::Bf16 => numbers
            .iter()
            .flat_map(|number| {
                let rounded = number.to_bits() + 0x7fff + (number.to_bits() >> 16 & 1);
                [rounded.to_le_bytes()[2], rounded.to_le_bytes()[3]]
            })
            .collect(),
        Stored::Q8 => numbers
            .chunks(32)
            .flat_map(|block| {
                let scale = block.iter().fold(0f32, |most, number| most.max(number.abs())) / 127.0;
                #[expect(clippy::cast_possible_truncation, reason = "at most 127")]
                let byte = |number: &f32| (number / scale).round() as i8;
                let bytes: Vec<u8> = block.iter().map(|number| byte(number).cast_unsigned()).collect();
                [&half(scale).to_le_bytes()[..], &bytes].concat()
            })
            .collect(),
        Q5_1 => numbers.chunks(32).flat_map(in_five_bits).collect(),
        Stored::Coarse(of) => {
            let (_, name, count, size) = reference::COARSE[of];
            let seed: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
            let mut bytes = vec![0; numbers.len().div_ceil(count) * size];
            blake3::Hasher::new().update(&seed).finalize_xof().fill(&mut bytes);
            let scales: &[usize] = match name {
                "Q4_0" | "Q5_0" => &[0],
                "Q6_K" => &[208],
                _ => &[0, 2],
            };
            for block in bytes.chunks_exact_mut(size) {
                // Of one block in some the scales are any: endless ones, and no numbers.
                let is_usual = block[9] > 3;
                for at in scales.iter().filter(|_| is_usual) {
                    block[at + 1] = block[at + 1] & 0x83 | 0x20;
                }
            }
            bytes
        }
    }
}

/// 32 numbers in five bits each, from the least on.
fn in_five_bits(block: &[f32]) -> Vec<u8> {
    let least = block.iter().copied().fold(f32::INFINITY, f32::min);
    let scale = (block.iter().copied().fold(f32::NEG_INFINITY, f32::max) - least) / 31.0;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "31 at most, and what is no number is 0"
    )]
    let level = |at: usize| block.get(at).map_or(0, |number| ((number - least) / scale).round() as u8);
    let fifths = (0..32).map(|at| u32::from(level(at) >> 4 & 1) << at).sum::<u32>();
    let nibbles = (0..16).map(|at| level(at) & 15 | (level(at + 16) & 15) << 4);
    let head = [half(scale).to_le_bytes(), half(least).to_le_bytes()].concat();
    head.into_iter().chain(fifths.to_le_bytes()).chain(nibbles).collect()
}

/// A tensor of so many rows and columns.
type Tensor = (Vec<f32>, [usize; 2]);

fn safetensors_file(tensors: &[Tensor], of: Stored) -> Vec<u8> {
    let name = match of {
        Stored::F64 => "F64",
        Stored::F32 => "F32",
        Stored::F16 => "F16",
        Stored::Bf16 => "BF16",
        Stored::Q8 | Stored::Coarse(_) => "U8",
    };
    let mut data = Vec::new();
    let entries: Vec<String> = tensors
        .iter()
        .enumerate()
        .map(|(number, (numbers, [rows, columns]))| {
            let begin = data.len();
            data.extend(stored(numbers, of));
            let end = data.len();
            let extent = format!(r#""shape":[{rows},{columns}],"data_offsets":[{begin},{end}]"#);
            format!(r#""t{number}":{{"dtype":"{name}",{extent}}}"#)
        })
        .collect();
    let header = format!("{{{}}}", entries.join(","));
    [&u64::try_from(header.len()).unwrap().to_le_bytes()[..], header.as_bytes(), &data].concat()
}

fn gguf_text(text: &str) -> Vec<u8> {
    [&u64::try_from(text.len()).unwrap().to_le_bytes()[..], text.as_bytes()].concat()
}

fn gguf_file(tensors: &[Tensor], of: Stored, alignment: Option<u32>) -> Vec<u8> {
    let number: u32 = match of {
        Stored::F64 => 28,
        Stored::F32 => 0,
        Stored::F16 => 1,
        Stored::Bf16 => 30,
        Stored::Q8 => 8,
        Stored::Coarse(of) => reference::COARSE[of].0,
    };
    let count = u64::try_from(tensors.len()).unwrap();
    let mut file = [&b"GGUF\x03\0\0\0"[..], &count.to_le_bytes()].concat();
    file.extend((3 + u64::from(alignment.is_some())).to_le_bytes());
    file.extend([&gguf_text("general.name")[..], &8u32.to_le_bytes(), &gguf_text("a model")].concat());
    file.extend([&gguf_text("words")[..], &9u32.to_le_bytes(), &8u32.to_le_bytes(), &2u64.to_le_bytes()].concat());
    file.extend([gguf_text("one"), gguf_text("")].concat());
    file.extend([&gguf_text("scores")[..], &9u32.to_le_bytes(), &6u32.to_le_bytes(), &2u64.to_le_bytes()].concat());
    file.extend([1, 2, 3, 4, 5, 6, 7, 8]);
    if let Some(alignment) = alignment {
        file.extend([&gguf_text("general.alignment")[..], &4u32.to_le_bytes(), &alignment.to_le_bytes()].concat());
    }
    let alignment = usize::try_from(alignment.unwrap_or(32)).unwrap().max(1);
    let mut data = Vec::new();
    for (at, (numbers, [rows, columns])) in tensors.iter().enumerate() {
        data.resize(data.len().next_multiple_of(alignment), 0);
        file.extend([&gguf_text(&format!("t{at}"))[..], &2u32.to_le_bytes()].concat());
        file.extend([*columns, *rows].iter().flat_map(|side| u64::try_from(*side).unwrap().to_le_bytes()));
        file.extend([&number.to_le_bytes()[..], &u64::try_from(data.len()).unwrap().to_le_bytes()].concat());
        data.extend(stored(numbers, of));
    }
    file.resize(file.len().next_multiple_of(alignment), 0);
    file.extend(data);
    file
}

fn varint(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 128 {
        bytes.push(u8::try_from(number % 128).unwrap() | 128);
        number /= 128;
    }
    bytes.push(u8::try_from(number).unwrap());
    bytes
}

fn field(number: usize, content: &[u8]) -> Vec<u8> {
    [varint(number * 8 + 2), varint(content.len()), content.to_vec()].concat()
}

fn onnx_file(tensors: &[Tensor], of: Stored, packed: bool) -> Vec<u8> {
    let (number, data) = match of {
        Stored::F64 => (11, 10),
        Stored::F32 => (1, 4),
        Stored::F16 => (10, 9),
        Stored::Bf16 => (16, 9),
        Stored::Q8 | Stored::Coarse(_) => (2, 9),
    };
    let data = if packed { data } else { 9 };
    let mut graph = field(1, b"a node with \x0a what nobody looks into");
    for (numbers, [rows, columns]) in tensors {
        let dims = match packed {
            true => field(1, &[varint(*rows), varint(*columns)].concat()),
            false => [vec![8], varint(*rows), vec![8], varint(*columns)].concat(),
        };
        let tensor = [dims, vec![16], varint(number), field(8, b"name"), field(data, &stored(numbers, of))].concat();
        graph.extend(field(5, &tensor));
    }
    graph.extend(field(11, b"an input"));
    [&[8, 9][..], &field(2, b"writer"), &field(7, &graph), &field(8, b"\x10\x11"), &[0x4d, 1, 2, 3, 4]].concat()
}

fn npy_file((numbers, [rows, columns]): &Tensor, of: Stored) -> Vec<u8> {
    let descr = match of {
        Stored::F64 => "<f8",
        Stored::F32 => "<f4",
        Stored::F16 => "<f2",
        _ => "|u1",
    };
    let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({rows}, {columns}), }}");
    let header = format!("{header:117}\n");
    let length = u16::try_from(header.len()).unwrap().to_le_bytes();
    [&b"\x93NUMPY\x01\0"[..], &length, header.as_bytes(), &stored(numbers, of)].concat()
}

#[derive(Clone, Copy, Debug)]
enum Format {
    Safetensors,
    Gguf(Option<u32>),
    Onnx(bool),
    Npy,
    Raw,
}

fn file(format: Format, tensors: &[Tensor], of: Stored) -> Vec<u8> {
    match format {
        Format::Safetensors => safetensors_file(tensors, of),
        Format::Gguf(alignment) => gguf_file(tensors, of, alignment),
        Format::Onnx(packed) => onnx_file(tensors, of, packed),
        Format::Npy => tensors.first().map(|first| npy_file(first, of)).unwrap_or_default(),
        Format::Raw => tensors.iter().flat_map(|(numbers, _)| stored(numbers, of)).collect(),
    }
}

fn formats() -> impl Strategy<Value = Format> {
    prop_oneof![
        Just(Format::Safetensors),
        prop::sample::select(vec![None, Some(1), Some(32), Some(64), Some(3), Some(0)]).prop_map(Format::Gguf),
        any::<bool>().prop_map(Format::Onnx),
        Just(Format::Npy),
        Just(Format::Raw),
    ]
}

/// Weights, and numbers that no sketch is made of: few values, zeros, what is no number.
fn tensor() -> impl Strategy<Value = Tensor> {
    let sides =
        prop::sample::select(vec![[1, 32], [4, 96], [256, 2], [512, 5], [2, 512], [257, 32], [0, 32], [768, 1]]);
    (sides, "[a-d]", 0u8..6).prop_map(|(sides, seed, kind)| {
        let mut numbers = weights(&seed, sides[0] * sides[1]);
        for (at, number) in numbers.iter_mut().enumerate() {
            match kind {
                0 => *number = number.signum(),
                1 if at % 16 == 3 => *number = 0.0,
                2 if at % 300 == 7 => *number = f32::NAN,
                3 => *number = (*number * 300.0).round() / 300.0,
                _ => {}
            }
        }
        (numbers, sides)
    })
}

fn cuts() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(prop_oneof![0usize..20, 0usize..3000, 0usize..20_000], 0..20)
}

proptest! {
    #[test]
    fn sketches_equal_the_reference_in_every_format_whole_cut_and_tampered_with(
        tensors in prop::collection::vec(tensor(), 0..5),
        format in formats(),
        of in prop::sample::select(STORED.to_vec()),
        cuts in cuts(),
        kept in any::<prop::sample::Index>(),
        changes in prop::collection::vec(
            (any::<prop::sample::Index>(), 0usize..600, any::<u8>(), 0usize..4), 0..4),
    ) {
        let mut file = file(format, &tensors, of);
        check(&file, &cuts)?;
        check(&file[..kept.index(file.len() + 1)], &cuts)?;
        // Mostly in the header.
        for (at, within, byte, change) in changes {
            if !file.is_empty() {
                let at = at.index(file.len().min(within + 1));
                match change {
                    0 => file[at] = byte,
                    1 => file.insert(at, byte),
                    2 => drop(file.remove(at)),
                    _ => file[at] ^= 1 << (byte % 8),
                }
            }
        }
        check(&file, &cuts)?;
    }

    #[test]
    fn sketches_of_a_group_are_those_of_the_reference_wherever_it_stands(
        numbers in prop::collection::vec(prop_oneof![
            4 => (-40i32..40).prop_map(|number| f64::from(number) / 8.0),
            8 => -1.0..1.0f64,
            1 => any::<f64>(),
        ], 256),
        of in prop::sample::select(vec![Stored::F64, Stored::F32]),
        turn in 0usize..4,
    ) {
        // One group in eight is chosen: others are made of it.
        #[expect(clippy::cast_possible_truncation, reason = "what is stored is the nearest")]
        let numbers: Vec<f32> = numbers.iter().map(|number| *number as f32).collect();
        let mut many: Vec<f32> = (0..16).flat_map(|by| {
            let mut turned = numbers.clone();
            turned.rotate_left(by * 3);
            turned
        }).collect();
        many.rotate_left(turn * 256);
        let tensors = [(many, [16, 256])];
        let file = safetensors_file(&tensors, of);
        check(&file, &[])?;
        let mut found = sketches(&Profile::one(), &file, &[]);
        found.retain(|it| !sketches(&Profile::one(), &onnx_file(&tensors, of, false), &[]).contains(it));
        prop_assert_eq!(found, Vec::<u64>::new());
    }
}

/// How many of the first ones, in thousandths, are among the second ones.
fn shared(first: &[u64], second: &[u64]) -> usize {
    first.iter().filter(|sketch| second.binary_search(sketch).is_ok()).count() * 1000 / first.len().max(1)
}

fn model(seed: &str) -> Vec<Tensor> {
    (0..6).map(|layer| (weights(&format!("{seed}{layer}"), 768 * 512), [768, 512])).collect()
}

#[test]
fn a_model_keeps_its_sketches_in_other_formats_and_types() {
    let model = model("ours");
    let one = Profile::one();
    let first = sketches(&one, &safetensors_file(&model, Stored::F32), &[]);
    let groups = 6 * 768 * 512 / 256;
    assert!((groups / 10..groups / 7).contains(&first.len()), "{} of {groups}", first.len());
    let formats = [Format::Safetensors, Format::Gguf(None), Format::Onnx(false), Format::Onnx(true), Format::Raw];
    for format in formats {
        for (of, least) in [(Stored::F64, 1000), (Stored::F32, 1000), (Stored::F16, 970), (Stored::Bf16, 850)] {
            let again = sketches(&one, &file(format, &model, of), &[]);
            assert!(shared(&first, &again) >= least, "{format:?} {of:?}: {}", shared(&first, &again));
        }
    }
    let rounded = sketches(&one, &gguf_file(&model, Stored::Q8, None), &[]);
    assert!(shared(&first, &rounded) >= 800, "{}", shared(&first, &rounded));
    // What is rounded more is looked for, and is not what others are held against.
    let coarse = gguf_file(&model, Q5_1, None);
    assert!(sketches(&one, &coarse, &[]).is_empty());
    let coarse = read(Sketches::new(&one).with_coarse(), &coarse, &[]);
    assert!((400..600).contains(&shared(&first, &coarse)), "{}", shared(&first, &coarse));
    // Matrices that were turned over.
    let turned: Vec<Tensor> = model
        .iter()
        .map(|(numbers, [rows, columns])| {
            let column = |column: usize| numbers.iter().skip(column).step_by(*columns).copied();
            ((0..*columns).flat_map(column).collect(), [*columns, *rows])
        })
        .collect();
    assert_eq!(shared(&first, &sketches(&one, &onnx_file(&turned, Stored::F32, false), &[])), 1000);
    assert_eq!(shared(&first, &sketches(&one, &safetensors_file(&turned, Stored::F32), &[])), 0);
}

#[test]
fn other_weights_share_nothing_a_changed_layer_only_its_own_and_noise_some() {
    let one = Profile::one();
    let of = |model: &[Tensor]| sketches(&one, &safetensors_file(model, Stored::F32), &[]);
    let ours = model("ours");
    let first = of(&ours);
    assert_eq!(shared(&first, &of(&model("theirs"))), 0);
    let mut changed = ours.clone();
    changed[2].0 = weights("another layer", 768 * 512);
    let left = shared(&first, &of(&changed));
    assert!((800..870).contains(&left), "{left}");
    let mut tuned = ours.clone();
    for (layer, (numbers, _)) in tuned.iter_mut().enumerate() {
        let noise = weights(&format!("noise{layer}"), numbers.len());
        numbers.iter_mut().zip(noise).for_each(|(number, noise)| *number += noise / 100.0);
    }
    let left = shared(&first, &of(&tuned));
    assert!((750..960).contains(&left), "{left}");
    let secret = Profile::of_engagement(&[7; 32]);
    assert_eq!(shared(&first, &sketches(&secret, &safetensors_file(&ours, Stored::F32), &[])), 0);
}

#[test]
fn numbers_that_are_everywhere_have_no_sketches() {
    let count = 100_000;
    let at = |at: usize| f32::from(u16::try_from(at % 60_000).unwrap());
    let of = |number: &dyn Fn(usize) -> f32| -> Vec<f32> { (0..count).map(number).collect() };
    let signs = weights("signs", count);
    let made: [(&str, Vec<f32>); 6] = [
        ("zeros", of(&|_| 0.0)),
        ("ones", of(&|_| 1.0)),
        ("rising", of(&at)),
        ("a slow wave", of(&|place| (at(place) / 3000.0).sin())),
        ("two values", of(&|place| signs[place].signum())),
        ("a diagonal", of(&|place| if place % 301 == 0 { 1.0 } else { 0.0 })),
    ];
    for (name, numbers) in made {
        let file = safetensors_file(&[(numbers, [1, count])], Stored::F32);
        assert_eq!(sketches(&Profile::one(), &file, &[]), [0; 0], "{name}");
    }
    let few = safetensors_file(&[(weights("few", 255), [1, 255])], Stored::F32);
    assert!(sketches(&Profile::one(), &few, &[]).is_empty());
}

#[test]
fn a_file_has_sketches_beside_its_parts_and_gives_them_while_it_is_read() {
    let file = gguf_file(&model("ours"), Stored::F16, None);
    let whole = Fingerprints::of(&Profile::one(), b"model.gguf", &file);
    assert_eq!((whole.kind, &whole.sketches), (Kind::Binary, &reference::sketches(&file, None, false)));
    let mut drained = Vec::new();
    let mut pieces = Fingerprinter::new(&Profile::one(), b"model.gguf");
    for piece in file.chunks(1 << 20) {
        pieces.update(piece);
        pieces.drain(&mut |channel, taken| {
            drained.extend(taken.iter().filter(|_| channel == Channel::Sketches));
        });
    }
    assert!(!drained.is_empty());
    drained.extend(pieces.finish().sketches);
    drained.sort_unstable();
    drained.dedup();
    assert_eq!(drained, whole.sketches);
    let program = Fingerprints::of(&Profile::one(), b"a", &std::fs::read(std::env::current_exe().unwrap()).unwrap());
    assert_eq!((program.kind, program.sketches), (Kind::Binary, vec![]));
}

#[test]
fn stored_vectors_hold() {
    let mut checked = 0;
    for line in VECTORS.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [name, profile, input, expected] = fields[..] else { panic!("{line}") };
        let secret: Option<[u8; 32]> = match profile {
            "one" | "coarse" => None,
            secret => Some(unhex(secret).try_into().unwrap()),
        };
        let profile = secret.as_ref().map_or_else(Profile::one, Profile::of_engagement);
        let expected: Vec<u64> =
            expected.split(',').filter(|h| !h.is_empty()).map(|h| u64::from_str_radix(h, 16).unwrap()).collect();
        let file = made(input);
        let is_coarse = fields[1] == "coarse";
        assert_eq!(reference::sketches(&file, secret.as_ref(), is_coarse), expected, "{name}");
        let new = Sketches::new(&profile);
        assert_eq!(read(if is_coarse { new.with_coarse() } else { new }, &file, &[]), expected, "{name}");
        checked += 1;
    }
    assert!(checked >= 12, "only {checked} vectors stand in the fixture");
}

/// The input of a vector, from its recipe.
fn made(recipe: &str) -> Vec<u8> {
    let piece = |piece: &str| {
        let (how, what) = piece.split_once(':').unwrap();
        let (count, what) = what.split_once(':').unwrap();
        let count: usize = count.parse().unwrap();
        match how {
            "hex" => unhex(what).repeat(count),
            "f64" => stored(&weights(what, count), Stored::F64),
            "f32" => stored(&weights(what, count), Stored::F32),
            "f16" => stored(&weights(what, count), Stored::F16),
            "bf16" => stored(&weights(what, count), Stored::Bf16),
            "q8" => stored(&weights(what, count), Stored::Q8),
            _ => panic!("{piece}"),
        }
    };
    recipe.split('+').filter(|it| !it.is_empty()).flat_map(piece).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}
