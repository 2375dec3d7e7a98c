//! Files with secrets at known lines, and with what only looks like one, by a seed: settings, code, logs and dumps as they are found
//! in breaches. Every secret is made here and opens nothing.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::common::Result;
use crate::common::numbers::Numbers;

/// A set as it was written.
pub(crate) struct Set {
    /// File and line of each secret.
    pub(crate) truth: BTreeSet<(String, u64)>,
    /// The values, as they stand there.
    pub(crate) values: Vec<String>,
    /// Lines in all.
    pub(crate) lines: u64,
}

const ALNUM: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const UPPER: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const HEX: &[u8] = b"0123456789abcdef";
const DIGITS: &[u8] = b"123456789";
const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Words as people make passwords of.
const WORDS: &[&str] =
    &["harbor", "Falcon", "winter", "Marlin", "copper", "Sunday", "orchid", "Tunnel", "dragon", "Pepper"];

fn random(numbers: &mut Numbers, long: usize, set: &[u8]) -> String {
    (0..long).map(|_| char::from(set[numbers.index(set.len())])).collect()
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 })
    })
}

/// A token with the checksum that GitHub and npm put at the end, or with one that is wrong.
fn checked(numbers: &mut Numbers, prefix: &str, is_right: bool) -> String {
    let body = random(numbers, 30, ALNUM);
    let mut sum = crc32(body.as_bytes()) ^ u32::from(!is_right);
    let mut check = String::new();
    for _ in 0..6 {
        check.insert(0, char::from(ALNUM[usize::try_from(sum % 62).unwrap_or_default()]));
        sum /= 62;
    }
    format!("{prefix}{body}{check}")
}

fn password(numbers: &mut Numbers) -> String {
    let (word, number) = (WORDS[numbers.index(WORDS.len())], numbers.below(9_000) + 100);
    match numbers.below(3) {
        0 => format!("{word}{number}!"),
        1 => format!("{word}{number}"),
        _ => random(numbers, 14, ALNUM),
    }
}

/// A token of some service.
fn token(numbers: &mut Numbers) -> String {
    let n = numbers;
    match n.below(12) {
        0 => checked(n, "ghp_", true),
        1 => checked(n, "npm_", true),
        2 => format!("AKIA{}", random(n, 16, BASE32)),
        3 => format!("xoxb-{}-{}-{}", random(n, 12, DIGITS), random(n, 12, DIGITS), random(n, 24, ALNUM)),
        4 => format!("sk_live_{}", random(n, 24, ALNUM)),
        5 => format!("AIza{}", random(n, 35, ALNUM)),
        6 => format!("glpat-{}", random(n, 20, ALNUM)),
        7 => format!("SG.{}.{}", random(n, 22, ALNUM), random(n, 43, ALNUM)),
        8 => format!("{}:AA{}", random(n, 9, DIGITS), random(n, 33, ALNUM)),
        9 => format!("dop_v1_{}", random(n, 64, HEX)),
        10 => format!(
            "https://hooks.slack.com/services/T{}/B{}/{}",
            random(n, 9, UPPER),
            random(n, 9, UPPER),
            random(n, 24, ALNUM)
        ),
        _ => format!("shpat_{}", random(n, 32, HEX)),
    }
}

/// A line with a secret for a file of this ending, and its value.
fn secret(numbers: &mut Numbers, ending: &str) -> (String, String) {
    let quoted = matches!(ending, "py" | "js" | "java" | "go" | "php" | "rb");
    match numbers.below(4) {
        0 => {
            let value = token(numbers);
            let line = match ending {
                "log" => format!("2024-03-01T10:00:00Z DEBUG client header x-auth {value} sent"),
                "json" => format!("  \"endpoint_credential\": \"{value}\","),
                "xml" => format!("  <entry id=\"service\">{value}</entry>"),
                _ if quoted => format!("client = connect(\"{value}\")"),
                _ => format!("SERVICE={value}"),
            };
            (line, value)
        }
        1 => {
            let value = password(numbers);
            let name = ["db_password", "SMTP_PASSWORD", "adminPassword", "redis_passwd"][numbers.index(4)];
            let line = match ending {
                "json" => format!("  \"{name}\": \"{value}\","),
                "xml" => format!("  <{name}>{value}</{name}>"),
                "yml" => format!("  {name}: {value}"),
                "php" => format!("define('DB_PASSWORD', '{value}');"),
                "log" => format!("retry with {name}={value}"),
                _ if quoted => format!("{name} = \"{value}\""),
                _ => format!("{name}={value}"),
            };
            (line, value)
        }
        2 => {
            let (hex, long) = (numbers.happens(400), numbers.below(24) + 24);
            let value = random(numbers, usize::try_from(long).unwrap_or(32), if hex { HEX } else { ALNUM });
            let name = ["api_key", "SECRET_KEY", "auth_token", "aws_secret_access_key"][numbers.index(4)];
            let line = match ending {
                "json" => format!("  \"{name}\": \"{value}\","),
                "xml" => format!("  <add key=\"{name}\" value=\"{value}\" />"),
                "yml" => format!("  {name}: {value}"),
                _ if quoted => format!("{name} = '{value}'"),
                _ => format!("{name}={value}"),
            };
            (line, value)
        }
        _ => {
            let value = password(numbers);
            let scheme = ["postgres", "https", "amqp", "mongodb"][numbers.index(4)];
            let address = format!("{scheme}://app:{value}@db{}.marlbeck.example/main", numbers.below(20));
            let line =
                if quoted || ending == "json" { format!("\"uri\": \"{address}\",") } else { format!("URI={address}") };
            (line, value)
        }
    }
}

/// A line that only looks as if it had a secret.
fn decoy(numbers: &mut Numbers, ending: &str) -> String {
    let n = numbers;
    let code = matches!(ending, "py" | "js" | "java" | "go" | "php" | "rb");
    match n.below(16) {
        0 => format!("revision {}", random(n, 40, HEX)),
        1 => format!("\"integrity\": \"sha512-{}==\",", random(n, 86, ALNUM)),
        2 => format!(
            "id: {}-{}-4{}-a{}-{}",
            random(n, 8, HEX),
            random(n, 4, HEX),
            random(n, 3, HEX),
            random(n, 3, HEX),
            random(n, 12, HEX)
        ),
        3 => format!("example: {}", checked(n, "ghp_", false)),
        4 => "password = os.environ[\"DB_PASSWORD\"]".to_owned(),
        5 => "DB_PASSWORD=${DB_PASSWORD}".to_owned(),
        6 => "password: <your password here>".to_owned(),
        7 => "api_key: \"{{ lookup_key }}\"".to_owned(),
        8 => "# see https://user:password@host.example/ for the form".to_owned(),
        9 if code => "token = lexer.next_token(stream)".to_owned(),
        10 => "password_policy = strict".to_owned(),
        11 => "token_url = https://login.marlbeck.example/oauth2/token".to_owned(),
        12 => format!("img src=\"data:image/png;base64,{}\"", random(n, 120, ALNUM)),
        13 => "aws_access_key_id = AKIAIOSFODNN7EXAMPLE".to_owned(),
        14 => "secret_name: projects/main/database".to_owned(),
        _ => format!("checksum md5 {} file{}.bin", random(n, 32, HEX), n.below(100)),
    }
}

/// Writes so many files below a folder.
pub(crate) fn write(folder: &Path, seed: u64, files: usize) -> Result<Set> {
    let mut numbers = Numbers(seed);
    let mut set = Set { truth: BTreeSet::new(), values: Vec::new(), lines: 0 };
    fs::create_dir_all(folder)?;
    let endings =
        ["env", "py", "js", "yml", "json", "xml", "properties", "log", "php", "java", "go", "sh", "rb", "ini"];
    for file in 0..files {
        let ending = endings[file % endings.len()];
        let name = format!("file{file:04}.{ending}");
        let mut lines = Vec::new();
        for _ in 0..12 + numbers.below(20) {
            let line = match numbers.below(10) {
                0 => {
                    let (line, value) = secret(&mut numbers, ending);
                    set.truth.insert((name.clone(), lines.len() as u64 + 1));
                    set.values.push(value);
                    line
                }
                1 | 2 => decoy(&mut numbers, ending),
                _ => format!(
                    "{} {} = {}",
                    WORDS[numbers.index(WORDS.len())].to_lowercase(),
                    WORDS[numbers.index(WORDS.len())],
                    numbers.below(1_000)
                ),
            };
            lines.push(line);
        }
        set.lines += lines.len() as u64;
        fs::write(folder.join(name), lines.join("\n") + "\n")?;
    }
    Ok(set)
}
