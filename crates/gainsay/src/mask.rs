//! The one function that takes secrets and personal data out of a text before anybody sees it.
//!
//! It works on each value of a view before a format escapes it, and once more on the finished text of every output, so that it
//! does not matter through which field a password came in. What it finds is replaced by its kind; nothing of the value remains. It
//! is a net, not a proof: a secret that looks like a word passes.

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
        // To the end that it states, headers of PEM and of PGP included; without one, as far as no quote, tag or brace stands.
        pattern: concat!(
            r#"-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----(?:[^-<>"{}]|-[^-<>"{}])*"#,
            r"(?:-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----)?"
        ),
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
    Rule { kind: "secret", pattern: r"(?i)(\b(?:bearer|basic)\s+)[A-Za-z0-9+/._~-]{16,}=*", holds: always },
    Rule {
        kind: "password",
        // In quotes to the quote that closes it. The name may be part of a longer one (DB_PASSWORD) and stand in quotes itself.
        pattern: concat!(
            r#"(?i)([a-z0-9_-]*(?:pass(?:w(?:or)?d|phrase|wort)?|pwd|secret|api[_-]?key|access[_-]?key|auth[_-]?token|пароль)"#,
            r#"[a-z0-9_-]*["']?\s*(?::=|=>|[:=])\s*)(?:"[^"\n]{4,}"|'[^'\n]{4,}')"#
        ),
        holds: always,
    },
    Rule {
        kind: "password",
        pattern: concat!(
            r#"(?i)([a-z0-9_-]*(?:pass(?:w(?:or)?d|phrase|wort)?|pwd|secret|api[_-]?key|access[_-]?key|auth[_-]?token|пароль)"#,
            r#"[a-z0-9_-]*(?:\\?["']|&(?:quot|#34|#39);)?\s*(?::=|=>|[:=])\s*(?:\\?["']|&(?:quot|#34|#39);)?)[^\s"'<>\\]{4,}"#
        ),
        holds: is_no_label,
    },
    Rule {
        kind: "password",
        // In a sentence, where what follows does not look like a word.
        pattern: r#"(?i)(\bpassw(?:or)?d\s+(?:(?:is|was)\s+)?["'“]?)[^\s"'“”<>]*[0-9!$%#@][^\s"'“”<>.]*"#,
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

/// Whether the value is no label that an earlier rule put there: `password: [password masked]`.
fn is_no_label(found: &str) -> bool {
    !found.contains("masked]") && !found.ends_with("[password") && !found.ends_with("[secret")
}

/// The rule's pattern with boundaries that look at ASCII letters alone: one between letters of any script would send every text with a
/// curly quotation mark to an engine tens of times slower.
fn source(rule: &Rule) -> String {
    rule.pattern.replace(r"\b", r"(?-u:\b)")
}

static PATTERNS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let compiled = RULES.iter().map(|rule| Regex::new(&source(rule)));
    compiled.map(|regex| regex.unwrap_or_else(|e| unreachable!("a pattern of this file: {e}"))).collect()
});

static ANY: LazyLock<RegexSet> = LazyLock::new(|| {
    RegexSet::new(RULES.iter().map(source)).unwrap_or_else(|e| unreachable!("a pattern of this file: {e}"))
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

/// The text with the bytes of every secret and every piece of personal data turned into asterisks: as long as before, so that
/// places in it stay what they are.
pub fn mask_in_place(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for place in ANY.matches(text) {
        let rule = &RULES[place];
        for found in PATTERNS[place].captures_iter(text).filter(|found| (rule.holds)(&found[0])) {
            let whole = found.get_match();
            let start = found.get(1).map_or(whole.start(), |kept| kept.end());
            bytes[start..whole.end()].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b'*');
        }
    }
    // Whole characters were turned into ASCII; nothing else changed.
    String::from_utf8(bytes).unwrap_or_else(|e| unreachable!("masked inside of a character: {e}"))
}

/// ISO/IEC 7812-1: the Luhn check, and the lengths that the issuers of each range use.
fn is_card_number(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let fits = match (digits[0], digits[1]) {
        (4, _) => matches!(digits.len(), 13 | 16 | 19),
        (3, 4 | 7) => digits.len() == 15,
        (3, 0 | 6 | 8) => matches!(digits.len(), 14 | 16),
        (2, 2..=7) | (3, 5) | (5, 1..=5) => digits.len() == 16,
        (5 | 6, _) => (12..=19).contains(&digits.len()),
        _ => false,
    };
    let doubled = |digit: u32| digit * 2 % 10 + digit * 2 / 10;
    let digits = digits.iter().rev().enumerate();
    let sum: u32 = digits.map(|(place, digit)| if place % 2 == 0 { *digit } else { doubled(*digit) }).sum();
    fits && sum.is_multiple_of(10)
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
            (r#"{"password":"hunter22","n":1}"#, r#"{"password":[password masked],"n":1}"#),
            (r#"DB_PASSWORD = "hunter22";"#, "DB_PASSWORD = [password masked];"),
            ("<td>Пароль: hunter22</td>", "<td>Пароль: [password masked]</td>"),
            ("&quot;api_key&quot;: &quot;abcdef123&quot; x", "&quot;api_key&quot;: &quot;[password masked] x"),
            ("https://bob:hunter22@example.org/x", "https://bob:[password masked]@example.org/x"),
            ("ask jane.roe@mail.example.org.", "ask [e-mail address masked]."),
            ("card 4111 1111 1111 1111, ok", "card [card number masked], ok"),
            ("IBAN GB82 WEST 1234 5698 7654 32", "IBAN [bank account masked]"),
            ("AKIAIOSFODNN7EXAMPLE", "[secret masked]"),
            ("-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\nx", "[private key masked]\nx"),
            (
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMIIB\n-----END RSA PRIVATE KEY-----\nx",
                "[private key masked]\nx",
            ),
            (
                "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQOY\n=ab\n-----END PGP PRIVATE KEY BLOCK-----",
                "[private key masked]",
            ),
            ("DB_PASS=hunter22", "DB_PASS=[password masked]"),
            ("clé “AKIAIOSFODNN7EXAMPLE”", "clé “[secret masked]”"),
            ("the password is hunter22.", "the password is [password masked]."),
            ("Authorization: Bearer abcdefghijklmnop123=", "Authorization: Bearer [secret masked]"),
            (r#"pwd = "correct horse battery""#, "pwd = [password masked]"),
            ("password=ab&cd;ef,gh", "password=[password masked]"),
            ("{&#34;password&#34;:&#34;hunter22", "{&#34;password&#34;:&#34;[password masked]"),
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
            "log of 20250501123456, build 20240229000000",
            "The password is wrong, and the pass is closed: they passed: 3.",
        ] {
            assert_eq!(mask(text), text);
        }
    }

    #[test]
    fn masked_in_place_texts_keep_their_length() {
        let text = "Пароль: geheim-ключ\nask jane.roe@mail.example.org, card 4111 1111 1111 1111 … ok";
        let masked = super::mask_in_place(text);
        assert_eq!(masked.len(), text.len());
        assert!(masked.starts_with("Пароль: ***") && masked.ends_with(" … ok"), "{masked}");
        assert!(!masked.contains("jane") && !masked.contains("4111") && !masked.contains("geheim"), "{masked}");
    }

    proptest::proptest! {
        #[test]
        fn any_text_keeps_its_length_in_place(text in "(pass(word)?[:= ]|[\"'@.&;]|[a-zé0-9]{1,8}|\\PC|\n){0,40}") {
            proptest::prop_assert_eq!(super::mask_in_place(&text).len(), text.len());
            let _ = mask(&text);
        }
    }
}
