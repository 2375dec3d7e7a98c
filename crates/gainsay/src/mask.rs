//! The one function that takes secrets and personal data out of a text before anybody sees it.
//!
//! It works on the finished text of every output, so that it does not matter through which field a password came in. It stops at
//! quotes, tags and white space, and so leaves JSON and HTML whole. What it finds is replaced by its kind; nothing of the value
//! remains. It is a net, not a proof: a secret that looks like a word passes.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex, RegexSet};

/// One kind of thing that is masked.
struct Rule {
    /// What is put in its place, in brackets.
    kind: &'static str,
    /// What it looks like; group 1, where there is one, stays.
    pattern: &'static str,
    /// A check that the pattern cannot make.
    holds: fn(&str) -> bool,
}

fn always(_: &str) -> bool {
    true
}

const RULES: &[Rule] = &[
    Rule {
        kind: "private key",
        pattern: r"-----BEGIN [A-Z ]*PRIVATE KEY-----[A-Za-z0-9+/=\s\\]*(?:-----END [A-Z ]*PRIVATE KEY-----)?",
        holds: always,
    },
    Rule {
        kind: "secret",
        pattern: concat!(
            r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_[A-Za-z0-9_]{60,}\b",
            r"|\bxox[abprs]-[A-Za-z0-9-]{10,}|\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,}\b|\bAIza[0-9A-Za-z_-]{35}\b",
            r"|\bglpat-[A-Za-z0-9_-]{20,}|\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*",
            r"|\bAGE-SECRET-KEY-1[A-Z0-9]{50,}\b"
        ),
        holds: always,
    },
    Rule {
        kind: "password",
        // The name may be part of a longer one (DB_PASSWORD), and stand in quotes (JSON, YAML, code).
        pattern: concat!(
            r#"(?i)([a-z0-9_-]*(?:passw(?:or)?d|passphrase|passwd|pwd|secret|api[_-]?key|access[_-]?key|auth[_-]?token|пароль)"#,
            r#"[a-z0-9_-]*(?:\\?["']|&quot;|&\#39;)?\s*(?::=|=>|[:=])\s*(?:\\?["']|&quot;|&\#39;)?)[^\s"'<>\\,;&]{4,}"#
        ),
        holds: always,
    },
    Rule { kind: "password", pattern: r#"(\b[a-z][a-z0-9+.-]*://[^\s/:@"'<>]*:)[^\s/@"'<>]+@"#, holds: always },
    Rule {
        kind: "e-mail address",
        pattern: r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}",
        holds: always,
    },
    Rule { kind: "card number", pattern: r"\b[0-9](?:[ -]?[0-9]){12,18}\b", holds: is_card_number },
    Rule {
        kind: "bank account",
        pattern: r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b",
        holds: is_iban,
    },
];

static PATTERNS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let compiled = RULES.iter().map(|rule| Regex::new(rule.pattern));
    compiled.map(|regex| regex.unwrap_or_else(|e| unreachable!("a pattern of this file: {e}"))).collect()
});

static ANY: LazyLock<RegexSet> = LazyLock::new(|| {
    RegexSet::new(RULES.iter().map(|rule| rule.pattern)).unwrap_or_else(|e| unreachable!("a pattern of this file: {e}"))
});

/// The text with every secret and every piece of personal data replaced by its kind.
pub fn mask(text: &str) -> Cow<'_, str> {
    let mut masked = Cow::Borrowed(text);
    for place in ANY.matches(text) {
        let rule = &RULES[place];
        let replaced = PATTERNS[place].replace_all(&masked, |found: &Captures<'_>| {
            if !(rule.holds)(&found[0]) {
                return found[0].to_owned();
            }
            let kept = found.get(1).map_or("", |kept| kept.as_str());
            let at = if rule.pattern.ends_with('@') { "@" } else { "" };
            format!("{kept}[{} masked]{at}", rule.kind)
        });
        if let Cow::Owned(replaced) = replaced {
            masked = Cow::Owned(replaced);
        }
    }
    masked
}

/// ISO/IEC 7812-1: the Luhn check over 13 to 19 digits, of an issuer's range that is in use.
fn is_card_number(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| if place % 2 == 0 { *digit } else { digit * 2 % 10 + digit * 2 / 10 })
        .sum();
    (13..=19).contains(&digits.len()) && (2..=6).contains(&digits[0]) && sum.is_multiple_of(10)
}

/// ISO 13616-1: the remainder of 1 modulo 97.
fn is_iban(text: &str) -> bool {
    let account: Vec<char> = text.chars().filter(|c| *c != ' ').collect();
    if !(15..=34).contains(&account.len()) {
        return false;
    }
    let (country, number) = account.split_at(4);
    let value = number.iter().chain(country).filter_map(|c| c.to_digit(36));
    let remainder = value.fold(0_u32, |sum, digit| (sum * if digit > 9 { 100 } else { 10 } + digit) % 97);
    remainder == 1
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn secrets_and_personal_data_are_replaced() {
        for (text, masked) in [
            ("password: hunter22", "password: [password masked]"),
            (r#"{"password":"hunter22","n":1}"#, r#"{"password":"[password masked]","n":1}"#),
            (r#"DB_PASSWORD = "hunter22";"#, r#"DB_PASSWORD = "[password masked]";"#),
            ("<td>Пароль: hunter22</td>", "<td>Пароль: [password masked]</td>"),
            ("&quot;api_key&quot;: &quot;abcdef123&quot;", "&quot;api_key&quot;: &quot;[password masked]&quot;"),
            ("https://bob:hunter22@example.org/x", "https://bob:[password masked]@example.org/x"),
            ("ask jane.roe@mail.example.org.", "ask [e-mail address masked]."),
            ("card 4111 1111 1111 1111, ok", "card [card number masked], ok"),
            ("IBAN GB82 WEST 1234 5698 7654 32", "IBAN [bank account masked]"),
            ("AKIAIOSFODNN7EXAMPLE", "[secret masked]"),
            ("-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\nx", "[private key masked]\nx"),
        ] {
            assert_eq!(mask(text), masked);
        }
    }

    #[test]
    fn what_only_looks_like_it_stays() {
        for text in [
            "The password was changed. Passwords matter.",
            "4111 1111 1111 1112",
            "GB82 WEST 1234 5698 7654 33",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "2019-03-14T10:00:00Z, 30 TB for $300,000",
            "user@host without a domain",
        ] {
            assert_eq!(mask(text), text);
        }
    }
}
