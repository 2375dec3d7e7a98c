#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

//! Every secret here is made when the test runs, so that none stands in this file.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use proptest::prelude::*;

use super::forms::FORMS;
use super::*;
use crate::claim::Sensitive;

const KEY: [u8; 32] = [7; 32];

/// What is found in a file, cut into pieces of so many bytes.
fn found_in(path: &str, bytes: &[u8], piece: usize) -> Sensitive {
    let mut tally = Tally::new(KEY, 0);
    let mut scanner = tally.begin(path).unwrap();
    bytes.chunks(piece.max(1)).for_each(|piece| scanner.push(path, piece, &mut tally));
    scanner.finish(path, &mut tally);
    tally.finish()
}

/// Kinds and lines of what is found in a text.
fn kinds(path: &str, text: &str) -> Vec<(String, u64)> {
    let found = found_in(path, text.as_bytes(), usize::MAX);
    let mut kinds: Vec<_> = found.holders.into_iter().map(|holder| (holder.kind, holder.first.0)).collect();
    kinds.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
    kinds
}

fn one(path: &str, text: &str) -> Option<String> {
    let mut kinds = kinds(path, text);
    assert!(kinds.len() <= 1, "{text}: {kinds:?}");
    kinds.pop().map(|(kind, _)| kind)
}

/// Letters and digits that look random, the same for the same seed.
fn random(seed: u64, long: usize, set: &[u8]) -> String {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).unwrap()
    };
    (0..long).map(|_| char::from(set[next() % set.len()])).collect()
}

const ALNUM: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const HEX: &[u8] = b"0123456789abcdef";

/// A token with GitHub's checksum.
fn checked_token(prefix: &str, seed: u64) -> String {
    let body = random(seed, 30, ALNUM);
    let mut crc = checks::crc32(body.as_bytes());
    let mut check = Vec::new();
    for _ in 0..6 {
        check.push(ALNUM[usize::try_from(crc % 62).unwrap()]);
        crc /= 62;
    }
    check.reverse();
    format!("{prefix}{body}{}", String::from_utf8(check).unwrap())
}

fn pypi_token() -> String {
    let mut bytes = b"\x02\x01\x08pypi.org\x02".to_vec();
    bytes.extend_from_slice(random(5, 60, ALNUM).as_bytes());
    bytes.extend_from_slice(&[6, 32]);
    bytes.extend_from_slice(random(6, 32, ALNUM).as_bytes());
    format!("pypi-{}", URL_SAFE_NO_PAD.encode(bytes))
}

fn web_token() -> String {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    let claims = URL_SAFE_NO_PAD.encode(r#"{"sub":"42","name":"Q. Marlbeck"}"#);
    format!("{header}.{claims}.{}", random(9, 43, ALNUM))
}

/// An example of each form, by its kind.
fn example(kind: &str) -> Vec<String> {
    let r = |seed, long| random(seed, long, ALNUM);
    let hex = |long| random(3, long, HEX);
    vec![match kind {
        "AWS access key" => format!("AKIA{}", random(1, 16, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")),
        "GitHub token" => checked_token("ghp_", 2),
        "npm token" => checked_token("npm_", 3),
        "GitHub fine-grained token" => format!("github_pat_{}_{}", r(1, 22), r(2, 59)),
        "PyPI token" => pypi_token(),
        "GitLab token" => format!("glpat-{}", r(3, 20)),
        "Slack token" => format!("xoxb-{}-{}-{}", random(1, 12, b"123456789"), random(2, 12, b"123456789"), r(4, 24)),
        "Slack app token" => {
            format!("xapp-1-A02{}-{}-{}", random(4, 8, b"ABCDEFGH12345"), random(2, 13, b"123456789"), hex(64))
        }
        "Slack webhook" => format!(
            "hooks.slack.com/services/T{}/B{}/{}",
            random(4, 9, b"ABCDEFGH12345"),
            random(5, 9, b"ABCDEFGH12345"),
            r(4, 24)
        ),
        "Stripe key" => format!("sk_live_{}", r(5, 24)),
        "Stripe webhook secret" => format!("whsec_{}", r(6, 32)),
        "Google API key" => format!("AIza{}", r(7, 35)),
        "Google OAuth client secret" => format!("GOCSPX-{}", r(8, 28)),
        "Google OAuth token" => format!("ya29.{}", r(8, 120)),
        "JSON Web Token" => web_token(),
        "Azure storage key" => format!("AccountKey={}==", r(9, 86)),
        "Azure client secret" => format!("{}8Q~{}", r(1, 3), r(10, 34)),
        "SendGrid key" => format!("SG.{}.{}", r(11, 22), r(12, 43)),
        "Mailgun key" => format!("key-{}", hex(32)),
        "Telegram bot token" => format!("{}:AA{}", random(1, 9, b"123456789"), r(13, 33)),
        "Discord webhook" => format!("discord.com/api/webhooks/{}/{}", random(1, 18, b"123456789"), r(14, 68)),
        "OpenAI key" => format!("sk-{}T3BlbkFJ{}", r(15, 20), r(16, 20)),
        "Hugging Face token" => format!("hf_{}", random(17, 34, &ALNUM[10..])),
        "DigitalOcean token" => format!("dop_v1_{}", hex(64)),
        "Shopify token" => format!("shpat_{}", hex(32)),
        "Databricks token" => format!("dapi{}", hex(32)),
        "Vault token" => format!("hvs.{}", r(18, 95)),
        "Terraform Cloud token" => format!("{}.atlasv1.{}", r(19, 14), r(20, 67)),
        "Atlassian token" => format!("ATATT3{}", r(21, 180)),
        "New Relic key" => format!("NRAK-{}", random(22, 27, &ALNUM[..36])),
        "Square token" => format!("sq0atp-{}", r(23, 22)),
        "Docker Hub token" => format!("dckr_pat_{}", r(24, 27)),
        "RubyGems key" => format!("rubygems_{}", hex(48)),
        "NuGet key" => format!("oy2{}", random(25, 43, b"0123456789abcdefghijklmnopqrstuvwxyz")),
        "Grafana token" => format!("glsa_{}_{}", r(26, 32), hex(8)),
        "Linear key" => format!("lin_api_{}", r(27, 40)),
        "Postman key" => format!("PMAK-{}-{}", hex(24), hex(34)),
        "Doppler token" => format!("dp.pt.{}", r(28, 43)),
        "Heroku key" => format!("HRKU-AA{}", r(29, 58)),
        "Alibaba Cloud access key" => format!("LTAI{}", r(30, 20)),
        // From the specification of the format, which publishes it.
        "age secret key" => ["AGE-SECRET-KEY-", "1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"].concat(),
        "password hash" => {
            return vec![
                format!("$2b$12${}", r(31, 53)),
                format!("$6${}${}", r(1, 8), r(2, 86)),
                format!("$5$rounds=5000${}${}", r(1, 8), r(2, 43)),
                format!("$apr1${}${}", r(1, 8), r(2, 22)),
                format!("$y$j9T${}${}", r(1, 22), r(2, 43)),
                format!("$argon2id$v=19$m=65536,t=3,p=4${}${}", r(1, 22), r(2, 43)),
                format!("aad3b435b51404eeaad3b435b51404ee:{}", hex(32)),
            ];
        }
        _ => return Vec::new(),
    }]
}

#[test]
fn every_form_fits_its_example_and_has_a_source() {
    for form in FORMS {
        assert!(form.source.contains('.') || form.source.contains(' '), "{} has a source", form.kind);
        let examples = example(form.kind);
        assert!(!examples.is_empty(), "{} has an example in this file", form.kind);
        for secret in examples {
            for text in [
                format!("x = \"{secret}\"\n"),
                secret.to_string(),
                format!("<a>{secret}</a>"),
                format!("a\\n{secret}\\n"),
                format!("PASSWORD={secret}\n"),
            ] {
                assert_eq!(one("a.conf", &text).as_deref(), Some(form.kind), "{text}");
            }
        }
    }
}

#[test]
fn the_checksum_is_that_of_the_issuer() {
    // Published as an example by who explains the format.
    let token = ["ghp_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ", "0mLq17"].concat();
    assert!(checks::github_checksum(token.as_bytes()));
    assert!(checks::github_checksum(checked_token("ghp_", 4).as_bytes()));
    let mut wrong = checked_token("ghp_", 4).into_bytes();
    wrong[10] = if wrong[10] == b'x' { b'y' } else { b'x' };
    assert!(!checks::github_checksum(&wrong));
    assert_eq!(one("a.py", &format!("t = '{}'", String::from_utf8(wrong).unwrap())), None);
    assert_eq!(checks::crc32(b"123456789"), 0xCBF4_3926);
}

#[test]
fn what_is_assigned_to_a_name() {
    let key = random(40, 40, ALNUM);
    for (path, text, kind) in [
        ("a.env", "DB_PASSWORD=hunter22".to_owned(), "password"),
        ("a.py", "password = 'hunter22'".to_owned(), "password"),
        ("a.json", r#"{"userPassword" : "mongo!pass1"}"#.to_owned(), "password"),
        ("a.php", "define( 'DB_PASSWORD', 'admin9' );".to_owned(), "password"),
        ("a.xml", "<Password>hunter22</Password>".to_owned(), "password"),
        ("a.xml", r#"<Pass encoding="base64">aHVudGVyMjI=</Pass>"#.to_owned(), "password"),
        ("a.config", r#"<add key="SmtpPassword" value="hunter22" />"#.to_owned(), "password"),
        ("a.ini", "AdminPassword=Admin12345".to_owned(), "password"),
        ("a.yml", "  password: hunter22".to_owned(), "password"),
        (".netrc", "machine a.example.org login bob password hunter22".to_owned(), "password"),
        (".esmtprc", "password \"hunter22\"".to_owned(), "password"),
        ("a.txt", "Пароль: hunter22".to_owned(), "password"),
        ("run.sh", "tool --password hunter22 x".to_owned(), "password"),
        (".pgpass", "db1:5432:main:root:hunter22".to_owned(), "password"),
        ("a.yml", format!("api_key: {key}"), "key or token"),
        ("a.py", format!("SECRET_KEY = '{key}'"), "key or token"),
        ("a.env", format!("aws_secret_access_key={key}"), "key or token"),
        (".npmrc", format!("//registry.npmjs.org/:_authToken={key}"), "key or token"),
        (".npmrc", format!("_auth = {}", STANDARD.encode("admin:admin")), "name and password in base64"),
        ("a.json", format!(r#""auth": "{}""#, STANDARD.encode("bob:hunter22")), "name and password in base64"),
        ("a.log", format!("Authorization: Basic {}", STANDARD.encode("bob:hunter22")), "name and password in base64"),
        ("a.yml", "uri: mongodb://testuser:hunter22@db.example.org/main".to_owned(), "address with a password"),
        ("c", "https://user@example.com:pass!#@498@github.com".to_owned(), "address with a password"),
    ] {
        assert_eq!(one(path, &text).unwrap_or_default(), kind, "{path}: {text}");
    }
}

#[test]
fn what_only_looks_like_a_secret() {
    for (path, text) in [
        ("a.py", "password = os.environ['DB_PASSWORD']"),
        ("a.py", "password = get_password(user)"),
        ("a.py", "token = self.next_token()"),
        ("a.js", "const passwordField = \"login-form\";"),
        ("a.js", "if (password == \"\") { bypass = 'always'; compass = 'north'; }"),
        ("a.env", "PASSWORD=${DB_PASSWORD}"),
        ("a.env", "PASSWORD=changeme"),
        ("a.yml", "password: <your password>"),
        ("a.yml", "password: \"{{ vault_password }}\""),
        ("a.yml", "password_policy: strict1"),
        ("a.json", "{\"password\": \"Enter your password\", \"token\": \"string\"}"),
        ("a.md", "The password: it was changed. Tokens: 5 of them."),
        ("a.md", "see https://user:password@host.example/ and http://[::1]:80/"),
        ("a.c", "/* d37ee418976dd95753c1c73862b9398fa2a2cf9b */ icon@2x.png"),
        ("a.py", "@app.route('/x') # git@github.com:a/b.git"),
        ("a.txt", "AKIAIOSFODNN7EXAMPLE"),
        ("a.pem", "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----"),
        ("a.csv", "2019-03-14T10:00:00Z,1552557600000,192.168.1.100,20250501123456"),
        ("a.csv", "4111 1111 1111 1112,GB82 WEST 1234 5698 7654 33"),
        ("a.py", "self.local = x.internal"),
        ("a.json", "{\"nextPageToken\": \"CAUQAA1234567890abcdefgh\", \"public_key\": \"0123456789abcdefABCDEF99\"}"),
        ("package.json", "{\"pbkdf2-password\": \"^1.2.1\"}"),
        ("a.txt", "order 46811220393, parcel 1234567890"),
    ] {
        assert_eq!(kinds(path, text), [], "{text}");
    }
}

#[test]
fn personal_data_by_kind() {
    for (text, kind) in [
        ("ask jane.roe@mail.example.org.", "e-mail address"),
        ("card 4111 1111 1111 1111, ok", "payment card"),
        ("5555555555554444", "payment card"),
        ("3782 822463 10005", "payment card"),
        ("IBAN GB82 WEST 1234 5698 7654 32", "bank account (IBAN)"),
        ("DE89370400440532013000", "bank account (IBAN)"),
        ("MT84MALT011000012345MTLCAST001S", "bank account (IBAN)"),
        ("111.444.777-35", "CPF (Brazil)"),
        ("cpf: 11144477735", "CPF (Brazil)"),
        ("11010519491231002X", "resident number (China)"),
        ("NIR 255081416802538", "NIR (France)"),
        ("pesel=44051401359", "PESEL (Poland)"),
        ("811218-9876", "personal number (Sweden)"),
        ("112-233-445 95", "SNILS (Russia)"),
        ("ИНН 500100732259", "INN of a person (Russia)"),
        ("bsn 111222333", "BSN (Netherlands)"),
        ("NHS 943 476 5919", "NHS number (United Kingdom)"),
        ("aadhaar 2341 2341 2346", "Aadhaar (India)"),
        ("TCKN 10000000146", "TCKN (Türkiye)"),
        ("ID number: 8001015009087", "identity number (South Africa)"),
        ("SSN 536-90-4399", "social security number (United States)"),
        ("12345678Z", "DNI or NIE (Spain)"),
        ("X1234567L", "DNI or NIE (Spain)"),
        ("131052-308T", "HETU (Finland)"),
        ("RSSMRA85T10A562S", "codice fiscale (Italy)"),
    ] {
        assert_eq!(one("a.txt", text).as_deref(), Some(kind), "{text}");
        let csv = format!("\"x\",\"{text}\"\r\n");
        assert_eq!(one("a.csv", &csv).as_deref(), Some(kind), "{csv}");
    }
    // A column says it as well.
    assert_eq!(kinds("a.csv", "name,pesel\nA,44051401359\nB,02070803628\n"), [("PESEL (Poland)".to_owned(), 2)]);
}

#[test]
fn logins_of_stealers_are_counted_once_each() {
    let records = "***\nURL: https://vpn.example.org/login\nUsername: bob\nPassword: hunter 22\nApplication: Chrome\n===\n\
        URL: https://vpn.example.org/login\r\nUsername: bob\r\nPassword: hunter 22\r\n\
        SOFT: Edge\nURL: https://mail.example.org\nUSER: ann\nPASS: s3cret\n";
    let found = found_in("Passwords.txt", records.as_bytes(), usize::MAX);
    let told: Vec<_> = found.items.iter().map(|it| (it.kind.as_str(), it.about.as_str(), it.found)).collect();
    assert_eq!(told, [("stolen login", "for vpn.example.org", 2), ("stolen login", "for mail.example.org", 1)]);
    for (line, about) in [
        ("https://vpn.example.org/a:bob:hunter22", "for vpn.example.org"),
        ("https://vpn.example.org:8443|bob|hunter:22", "for vpn.example.org"),
        ("android://abc==@com.example.app/:bob:hunter22", "for com.example.app"),
        ("bob@example.org:hunter22", "of an account at example.org"),
    ] {
        let found = found_in("ulp.txt", format!("x\n{line}\n").as_bytes(), usize::MAX);
        let told: Vec<_> = found.items.iter().map(|it| (it.kind.as_str(), it.about.as_str())).collect();
        assert_eq!(told, [("stolen login", about)], "{line}");
    }
}

#[test]
fn hosts_inside() {
    for (text, host) in [
        ("ssh root@x; ping build-07.corp.marlbeck.local now", "build-07.corp.marlbeck.local"),
        ("http://wiki.intranet/x", "wiki.intranet"),
        (r"\\files.marlbeck.lan\share", "files.marlbeck.lan"),
        ("dc01.ad.marlbeck.example:389", "dc01.ad.marlbeck.example"),
    ] {
        let found = found_in("a.log", text.as_bytes(), usize::MAX);
        let told: Vec<_> = found.items.iter().map(|it| it.about.as_str()).collect();
        assert_eq!(told, [host], "{text}");
    }
}

#[test]
fn keys_are_read_through_their_armour() {
    let der = [&[0x30, 0x82, 1, 0][..], &[5; 256]].concat();
    let base64 = STANDARD.encode(&der);
    let lines: Vec<&str> = base64.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let (begin, end) = ("-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----");
    let plain = format!("{begin}\n{}\n{end}\n", lines.join("\n"));
    let escaped = format!("k = \"{begin}\\n{}\\n{end}\\n\"", lines.join("\\n"));
    let indented = format!("key: |\r\n    {begin}\r\n    {}\r\n    {end}\r\n", lines.join("\r\n    "));
    let mut marks = Vec::new();
    for text in [&plain, &escaped, &indented] {
        let found = found_in("a", text.as_bytes(), 10);
        assert_eq!(found.items.len(), 1, "{text}");
        assert_eq!(found.items[0].words(), "private key, RSA");
        marks.push(found.items[0].mark.clone());
    }
    marks.dedup();
    assert_eq!(marks.len(), 1, "it is the same key however it is written");
    let service = format!(
        "{{\"type\": \"service_account\", \"private_key\": \"{}\", \"client_email\": \"a@b.iam.gserviceaccount.com\"}}",
        plain.replace("RSA ", "").replace('\n', "\\n")
    );
    assert!(kinds("key.json", &service).iter().any(|(kind, _)| kind == "Google service account key"));
}

#[test]
fn places_are_lines_and_bytes_and_values_are_not_there() {
    let text = format!("one\ntwo {}\nthree\nPASSWORD=hunter22\n", web_token());
    let found = found_in("a.env", text.as_bytes(), 7);
    let at = |kind: &str| found.items.iter().find(|it| it.kind == kind).unwrap().places[0].clone();
    assert_eq!((at("JSON Web Token").line, at("JSON Web Token").offset), (2, 8));
    assert_eq!(at("password").line, 4);
    let said = format!("{found:?}");
    assert!(!said.contains("hunter22") && !said.contains(&web_token()[..20]), "{said}");
    // Another desk cannot recognise it.
    let mut tally = Tally::new([8; 32], 0);
    let mut scanner = tally.begin("a.env").unwrap();
    scanner.push("a.env", text.as_bytes(), &mut tally);
    scanner.finish("a.env", &mut tally);
    assert_ne!(tally.finish().items[0].mark, found.items[0].mark);
}

#[test]
fn utf_16_is_read_too() {
    let text = "Log of the day\r\nDB_PASSWORD=hunter22\r\njane.roe@mail.example.org\r\n";
    let narrow = found_in("a.txt", text.as_bytes(), 100);
    for (mark, bytes) in
        [(&[0xff, 0xfe][..], u16::to_le_bytes as fn(u16) -> [u8; 2]), (&[0xfe, 0xff], u16::to_be_bytes)]
    {
        let wide: Vec<u8> = mark.iter().copied().chain(text.encode_utf16().flat_map(bytes)).collect();
        for piece in [1, 3, 1000] {
            let found = found_in("a.txt", &wide, piece);
            assert_eq!(found.kinds, narrow.kinds);
            assert_eq!(found.items[0].mark, narrow.items[0].mark);
            assert_eq!(found.items[0].places[0].offset, 2 + narrow.items[0].places[0].offset * 2);
        }
        // Without a mark too.
        let found = found_in("a.txt", &wide[2..], 5);
        assert_eq!(found.kinds, narrow.kinds);
    }
}

#[test]
fn values_beyond_what_is_listed_are_counted() {
    let text: String = (0..5_000).map(|n| format!("user{n}@mail{}.example.org\n", n % 7)).collect();
    let found = found_in("a.txt", text.as_bytes(), 1 << 16);
    assert_eq!((found.kinds[0].found, found.kinds[0].distinct, found.kinds[0].files), (5_000, 5_000, 1));
    assert_eq!(found.holders[0].last.0, 5_000);
    assert!(found.items.is_empty(), "people are counted, not listed");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn where_a_file_is_cut_changes_nothing(
        parts in proptest::collection::vec((0..12_usize, 0..3_000_usize), 1..12),
        piece in 1..200_000_usize,
        shift in 0..300_000_usize,
    ) {
        let mut text = "filler \n".repeat(shift / 8);
        for (what, gap) in parts {
            text += &match what {
                0 => checked_token("ghp_", gap as u64),
                1 => format!("password = '{}'", random(gap as u64, 12, ALNUM)),
                2 => format!("https://bob:{}@db.example.org/", random(gap as u64, 9, ALNUM)),
                3 => "card 4111 1111 1111 1111".to_owned(),
                4 => format!("u{gap}@example.org"),
                5 => format!("u{gap}@example.org:hunter{gap}"),
                6 => format!("\nURL: https://a.example.org\nUsername: {gap}\nPassword: {gap}x\n"),
                7 => web_token(),
                8 => format!("SECRET_KEY='{}'", random(gap as u64, 40, ALNUM)),
                9 => "DE89370400440532013000".to_owned(),
                10 => format!("http://host-{gap}.corp/"),
                _ => "\0\u{1}\u{2}é".to_owned(),
            };
            text += &" .\n,x"[gap % 4..=gap % 4 + 1];
            text += &"y".repeat(gap);
        }
        prop_assert_eq!(found_in("a", text.as_bytes(), usize::MAX), found_in("a", text.as_bytes(), piece));
    }

    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..4_000), piece in 1..500_usize) {
        prop_assert_eq!(found_in("a.py", &bytes, usize::MAX), found_in("a.py", &bytes, piece));
    }

    #[test]
    fn any_text_is_read(text in r#"(pass(word)?[:= ]{1,2}|https://|user:|AKIA|[@"'.:&;]|-----BEGIN |[A-Za-z0-9]{1,20}|\PC|\n){0,60}"#, piece in 1..50_usize) {
        prop_assert_eq!(found_in("a", text.as_bytes(), usize::MAX), found_in("a", text.as_bytes(), piece));
    }
}
