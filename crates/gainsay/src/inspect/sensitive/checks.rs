//! What of a value can be checked without asking anybody: checksums, structures, how random it looks.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

pub(super) fn always(_: &[u8]) -> bool {
    true
}

/// Shannon's entropy of the bytes in thousandths of a bit per byte.
pub(super) fn entropy(value: &[u8]) -> u32 {
    let mut counts = [0_u32; 256];
    value.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
    let all = f64::from(u32::try_from(value.len().max(1)).unwrap_or(u32::MAX));
    let bits: f64 =
        counts.iter().filter(|count| **count > 0).map(|count| f64::from(*count) / all).map(|p| -p * p.log2()).sum();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most eight bits, and not negative")]
    let thousandths = (bits * 1000.0) as u32;
    thousandths
}

/// Whether it is no placeholder: no example of a manual, and of enough different characters.
pub(super) fn is_mixed(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    let has = |word: &str| memchr::memmem::find(&lower, word.as_bytes()).is_some();
    let made_up = ["example", "xxxxxx", "000000", "123456789", "abcdefgh", "your", "fake_", "redacted", "......"];
    !made_up.iter().any(|word| has(word)) && entropy(value) >= 2_800
}

/// CRC-32 of IEEE 802.3.
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
    })
}

/// A prefix of four, thirty random characters, and their CRC-32 in six digits of base 62.
pub(super) fn github_checksum(token: &[u8]) -> bool {
    let Some((random, check)) = token.get(4..).and_then(|rest| rest.split_at_checked(30)) else { return false };
    let digit = |byte: &u8| match byte {
        b'0'..=b'9' => Some(u64::from(byte - b'0')),
        b'A'..=b'Z' => Some(u64::from(byte - b'A') + 10),
        b'a'..=b'z' => Some(u64::from(byte - b'a') + 36),
        _ => None,
    };
    let stated = check.iter().try_fold(0_u64, |sum, byte| Some(sum * 62 + digit(byte)?));
    check.len() == 6 && stated == Some(u64::from(crc32(random)))
}

/// A macaroon of version 2 for pypi.org, whose last field is a signature of 32 bytes.
pub(super) fn is_pypi_macaroon(token: &[u8]) -> bool {
    let Some(bytes) = token.strip_prefix(b"pypi-").and_then(|it| URL_SAFE_NO_PAD.decode(it).ok()) else { return false };
    let location = bytes
        .strip_prefix(b"\x02\x01\x08pypi.org\x02")
        .or_else(|| bytes.strip_prefix(b"\x02\x01\x0dtest.pypi.org\x02"));
    location.is_some() && bytes.len() > 60 && bytes[bytes.len() - 34..].starts_with(&[6, 32])
}

/// A JSON Web Token: header and claims are objects, and the header names an algorithm.
pub(super) fn is_token_of_three(token: &[u8]) -> bool {
    let mut parts = token.split(|byte| *byte == b'.').map(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let (Some(Some(header)), Some(Some(claims))) = (parts.next(), parts.next()) else { return false };
    let is_object =
        |bytes: &[u8]| bytes.starts_with(b"{") && bytes.ends_with(b"}") && std::str::from_utf8(bytes).is_ok();
    is_object(&header) && is_object(&claims) && memchr::memmem::find(&header, b"\"alg\"").is_some()
}

/// Bech32 (BIP 173).
pub(super) fn is_age_key(key: &[u8]) -> bool {
    const SET: &[u8] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const STEPS: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let key = key.to_ascii_lowercase();
    let Some(at) = key.iter().rposition(|byte| *byte == b'1') else { return false };
    let (name, data) = (&key[..at], &key[at + 1..]);
    let high = name.iter().map(|byte| u32::from(byte >> 5));
    let low = name.iter().map(|byte| u32::from(byte & 31));
    let mut values: Vec<u32> = high.chain([0]).chain(low).collect();
    for byte in data {
        let Some(value) = SET.iter().position(|it| it == byte) else { return false };
        values.push(u32::try_from(value).unwrap_or_default());
    }
    let sum = values.iter().fold(1_u32, |sum, value| {
        let top = sum >> 25;
        let sum = ((sum & 0x01ff_ffff) << 5) ^ value;
        STEPS.iter().enumerate().fold(sum, |sum, (bit, step)| if top >> bit & 1 == 1 { sum ^ step } else { sum })
    });
    sum == 1
}

/// The account that an access key of AWS belongs to, which is in it since 2019: no secret, and whom to ask.
pub(super) fn account_of_access_key(key: &[u8]) -> String {
    let digit = |byte: &u8| match byte {
        b'A'..=b'Z' => Some(u64::from(byte - b'A')),
        b'2'..=b'7' => Some(u64::from(byte - b'2') + 26),
        _ => None,
    };
    // Keys of before then begin with a letter up to P.
    let Some(body) = key.get(4..14).filter(|body| body[0] > b'P') else { return String::new() };
    let Some(bits) = body.iter().try_fold(0_u64, |bits, byte| Some(bits << 5 | digit(byte)?)) else {
        return String::new();
    };
    // Of the first 48 of these 50 bits one is a mark, and forty are the account.
    format!("account {:012}", ((bits >> 2) & 0x7fff_ffff_ff80) >> 7)
}

/// Text that stands for a name and a password in base64, as HTTP's Basic and registries write them.
pub(super) fn is_basic(value: &[u8]) -> bool {
    let end = value.iter().rposition(|byte| *byte != b'=').map_or(0, |at| at + 1);
    let Ok(text) = STANDARD_NO_PAD.decode(&value[..end]) else { return false };
    let parts = text.iter().position(|byte| *byte == b':');
    text.is_ascii() && !text.iter().any(u8::is_ascii_control) && parts.is_some_and(|at| at > 0 && at + 1 < text.len())
}

/// Luhn's check (ISO/IEC 7812-1) over digits.
pub(super) fn luhn(digits: &[u8]) -> bool {
    let doubled = |digit: u32| digit * 2 % 10 + digit * 2 / 10;
    let values = digits.iter().rev().map(|digit| u32::from(digit - b'0')).enumerate();
    values.map(|(at, digit)| if at % 2 == 0 { digit } else { doubled(digit) }).sum::<u32>().is_multiple_of(10)
}

/// The network of a payment card by its first digits and length; none where no issuer numbers so, or the check fails.
pub(super) fn card_network(digits: &[u8]) -> Option<&'static str> {
    let first = |count: usize| digits[..count].iter().fold(0_u32, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    if !(13..=19).contains(&digits.len()) || !luhn(digits) || entropy(digits) == 0 {
        return None;
    }
    match (first(1), first(2), first(4), digits.len()) {
        (4, _, _, 13 | 16 | 19) => Some("Visa"),
        (_, 51..=55, _, 16) | (_, _, 2221..=2720, 16) => Some("Mastercard"),
        (_, 34 | 37, _, 15) => Some("American Express"),
        (_, 36 | 38 | 39, _, 14) | (_, 30, 3000..=3059, 14) => Some("Diners Club"),
        (_, 65, _, 16..=19) | (_, _, 6011, 16..=19) => Some("Discover"),
        (_, _, 3528..=3589, 16) => Some("JCB"),
        (_, 62, _, 16..=19) => Some("UnionPay"),
        (_, _, 2200..=2204, 16) => Some("Mir"),
        _ => None,
    }
}

/// IBANs: for each country how long they are (SWIFT's IBAN registry).
const IBANS: &[(&str, usize)] = &[
    ("AD", 24),
    ("AE", 23),
    ("AL", 28),
    ("AT", 20),
    ("AZ", 28),
    ("BA", 20),
    ("BE", 16),
    ("BG", 22),
    ("BH", 22),
    ("BR", 29),
    ("BY", 28),
    ("CH", 21),
    ("CR", 22),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DK", 18),
    ("DO", 28),
    ("EE", 20),
    ("EG", 29),
    ("ES", 24),
    ("FI", 18),
    ("FO", 18),
    ("FR", 27),
    ("GB", 22),
    ("GE", 22),
    ("GI", 23),
    ("GL", 18),
    ("GR", 27),
    ("GT", 28),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IQ", 23),
    ("IS", 26),
    ("IT", 27),
    ("JO", 30),
    ("KW", 30),
    ("KZ", 20),
    ("LB", 28),
    ("LC", 32),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("LY", 25),
    ("MC", 27),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MR", 27),
    ("MT", 31),
    ("MU", 30),
    ("NL", 18),
    ("NO", 15),
    ("PK", 24),
    ("PL", 28),
    ("PS", 29),
    ("PT", 25),
    ("QA", 29),
    ("RO", 24),
    ("RS", 22),
    ("RU", 33),
    ("SA", 24),
    ("SC", 31),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("ST", 25),
    ("SV", 28),
    ("TL", 23),
    ("TN", 24),
    ("TR", 26),
    ("UA", 29),
    ("VA", 22),
    ("VG", 24),
    ("XK", 20),
];

/// How long an IBAN of this country is.
pub(super) fn iban_length(country: &[u8]) -> Option<usize> {
    let place = IBANS.binary_search_by(|(code, _)| code.as_bytes().cmp(country)).ok()?;
    Some(IBANS[place].1)
}

/// ISO 13616-1: the remainder of 1 modulo 97. Without spaces.
pub(super) fn iban(account: &[u8]) -> bool {
    let Some((head, number)) = account.split_at_checked(4) else { return false };
    let values = number.iter().chain(head).filter_map(|byte| char::from(*byte).to_digit(36));
    values.fold(0_u32, |sum, digit| (sum * if digit > 9 { 100 } else { 10 } + digit) % 97) == 1
}

/// The sum of digits by weights.
fn weighed(digits: &[u8], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum()
}

fn last(digits: &[u8]) -> u32 {
    digits.last().map_or(99, |digit| u32::from(digit - b'0'))
}

fn number(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'))
}

fn is_day(month: u64, day: u64) -> bool {
    (1..=12).contains(&month) && (1..=31).contains(&day)
}

/// What a national number is, and how it is told from any other number.
pub(super) struct NationalId {
    /// What it is.
    pub(super) kind: &'static str,
    /// How many digits it has, marks between them aside.
    pub(super) digits: usize,
    /// Whether its digits fit.
    pub(super) check: fn(&[u8]) -> bool,
    /// How it is written, with `0` for each digit, where that alone tells it; empty where nothing does.
    pub(super) written: &'static [&'static str],
    /// Words that stand before it, or over its column, in lower case.
    pub(super) words: &'static [&'static str],
}

/// National numbers that are digits alone.
pub(super) const NATIONAL: &[NationalId] = &[
    NationalId {
        kind: "CPF (Brazil)",
        digits: 11,
        check: |d| {
            let first = weighed(&d[..9], &[10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10;
            let second = weighed(&d[..10], &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10;
            first == u32::from(d[9] - b'0') && second == last(d) && entropy(d) > 0
        },
        written: &["000.000.000-00"],
        words: &["cpf"],
    },
    NationalId {
        kind: "NIR (France)",
        digits: 15,
        check: |d| {
            matches!(d[0], b'1' | b'2')
                && matches!(number(&d[3..5]), 1..=12 | 20 | 30..=42 | 50..=99)
                && 97 - number(&d[..13]) % 97 == number(&d[13..])
        },
        written: &["0 00 00 00 000 000 00", "000000000000000"],
        words: &["nir", "sécurité sociale", "securite sociale", "insee"],
    },
    NationalId {
        kind: "PESEL (Poland)",
        digits: 11,
        check: |d| {
            let sum = weighed(&d[..10], &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3]);
            is_day(number(&d[2..4]) % 20, number(&d[4..6])) && (10 - sum % 10) % 10 == last(d)
        },
        written: &[],
        words: &["pesel"],
    },
    NationalId {
        kind: "personal number (Sweden)",
        digits: 10,
        check: |d| luhn(d) && is_day(number(&d[2..4]), number(&d[4..6])),
        written: &["000000-0000"],
        words: &["personnummer", "personnr", "pnr"],
    },
    NationalId {
        kind: "SNILS (Russia)",
        digits: 11,
        check: |d| {
            let sum = weighed(&d[..9], &[9, 8, 7, 6, 5, 4, 3, 2, 1]);
            number(&d[..9]) > 1_001_998 && u64::from(sum % 101 % 100) == number(&d[9..])
        },
        written: &["000-000-000 00"],
        words: &["snils", "снилс", "СНИЛС"],
    },
    NationalId {
        kind: "INN of a person (Russia)",
        digits: 12,
        check: |d| {
            let first = weighed(&d[..10], &[7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11 % 10;
            let second = weighed(&d[..11], &[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11 % 10;
            first == u32::from(d[10] - b'0') && second == last(d)
        },
        written: &[],
        words: &["inn", "инн", "ИНН"],
    },
    NationalId {
        kind: "BSN (Netherlands)",
        digits: 9,
        check: |d| {
            let sum = weighed(&d[..8], &[9, 8, 7, 6, 5, 4, 3, 2]);
            sum % 11 == last(d) && entropy(d) > 0
        },
        written: &[],
        words: &["bsn", "burgerservicenummer", "sofinummer"],
    },
    NationalId {
        kind: "NHS number (United Kingdom)",
        digits: 10,
        check: |d| {
            let check = 11 - weighed(&d[..9], &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
            check % 11 == last(d) && check != 10
        },
        written: &[],
        words: &["nhs"],
    },
    NationalId {
        kind: "Aadhaar (India)",
        digits: 12,
        check: |d| d[0] > b'1' && verhoeff(d),
        written: &[],
        words: &["aadhaar", "aadhar", "uidai"],
    },
    NationalId {
        kind: "TCKN (Türkiye)",
        digits: 11,
        check: |d| {
            let odd = weighed(&d[..9], &[1, 0, 1, 0, 1, 0, 1, 0, 1]);
            let even = weighed(&d[..9], &[0, 1, 0, 1, 0, 1, 0, 1, 0]);
            let tenth = (odd * 7 + 90 - even) % 10;
            d[0] != b'0' && tenth == u32::from(d[9] - b'0') && (odd + even + tenth) % 10 == last(d)
        },
        written: &[],
        words: &["tckn", "tc kimlik", "kimlik no", "tc no"],
    },
    NationalId {
        kind: "identity number (South Africa)",
        digits: 13,
        check: |d| luhn(d) && is_day(number(&d[2..4]), number(&d[4..6])) && d[10] <= b'2',
        written: &[],
        words: &["id number", "identity number", "id_number", "sa id", "rsa id"],
    },
    NationalId {
        kind: "social security number (United States)",
        digits: 9,
        // There is no checksum; which numbers were never given is known.
        check: |d| {
            let area = number(&d[..3]);
            !matches!(area, 0 | 666 | 900..)
                && number(&d[3..5]) > 0
                && number(&d[5..]) > 0
                && d != b"078051120"
                && d != b"123456789"
        },
        written: &[],
        words: &["ssn", "social security", "social_security"],
    },
];

/// Verhoeff's check over the dihedral group of the pentagon.
fn verhoeff(digits: &[u8]) -> bool {
    const PERMUTATION: [u8; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let product = |a: u8, b: u8| match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => (a + b - 5) % 5 + 5,
        (false, true) => (a - 5 + 5 - b) % 5 + 5,
        (false, false) => (a + 5 - b) % 5,
    };
    let turned = |digit: u8, times: usize| (0..times % 8).fold(digit, |digit, _| PERMUTATION[usize::from(digit)]);
    let values = digits.iter().rev().map(|digit| digit - b'0').enumerate();
    values.fold(0, |sum, (at, digit)| product(sum, turned(digit, at))) == 0
}

/// A resident number of China: seventeen digits with a day of birth in them, and what checks them (ISO 7064, MOD 11-2).
pub(super) fn resident_number(value: &[u8]) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let Some((digits, check)) = value.split_at_checked(17) else { return false };
    let is_born =
        (18..=20).contains(&number(&digits[6..8])) && is_day(number(&digits[10..12]), number(&digits[12..14]));
    let sum = usize::try_from(weighed(digits, &WEIGHTS) % 11).unwrap_or_default();
    is_born && check.to_ascii_uppercase() == [b"10X98765432"[sum]]
}

/// DNI and NIE of Spain: eight digits and the letter that they lead to.
pub(super) fn spanish_id(value: &[u8]) -> bool {
    let Some((head, letter)) = value.split_at_checked(8) else { return false };
    let first = match head[0] {
        b'X' => b'0',
        b'Y' => b'1',
        b'Z' => b'2',
        other => other,
    };
    let digits: Vec<u8> = std::iter::once(first).chain(head[1..].iter().copied()).collect();
    let place = usize::try_from(number(&digits) % 23).unwrap_or_default();
    digits.iter().all(u8::is_ascii_digit) && letter == [b"TRWAGMYFPDXBNJZSQVHLCKE"[place]]
}

/// HETU of Finland: a day of birth, a century, three digits, and what their remainder stands for.
pub(super) fn finnish_id(value: &[u8]) -> bool {
    if value.len() != 11 || !is_day(number(&value[2..4]), number(&value[..2])) {
        return false;
    }
    let digits = [&value[..6], &value[7..10]].concat();
    let place = usize::try_from(number(&digits) % 31).unwrap_or_default();
    value[10] == b"0123456789ABCDEFHJKLMNPRSTUVWXY"[place]
}

/// Codice fiscale of Italy: sixteen letters and digits, of which the last checks the others.
pub(super) fn italian_id(value: &[u8]) -> bool {
    const ODD: [u32; 26] =
        [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    let place = |byte: u8| usize::from(if byte.is_ascii_digit() { byte - b'0' } else { byte - b'A' });
    if value.len() != 16 || !value.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()) {
        return false;
    }
    let even = |byte: u8| u32::try_from(place(byte)).unwrap_or_default();
    let sum: u32 = value[..15]
        .iter()
        .enumerate()
        .map(|(at, byte)| if at % 2 == 0 { ODD[place(*byte)] } else { even(*byte) })
        .sum();
    u32::from(value[15]) == u32::from(b'A') + sum % 26
}
