//! What a text says is the password of something: "password: hunter2", "Archive pass - 'infected'", "пароль: qwerty". Sellers lock their
//! samples and tell the key beside them; a guess that does not fit opens nothing.

use std::sync::LazyLock;

use regex::Regex;

/// How many are told of one text.
const MOST: usize = 50;

/// The mark, perhaps what it is for, a sign or "is" between, and the password: in quotation marks, or up to the next blank.
static TOLD: LazyLock<Regex> = LazyLock::new(|| {
    let mark = r"(?:pass(?:word|phrase|wd|code)?|pwd|psw|pw|пароль|пасс)";
    let sign = r"(?:\s+(?:for|of|to|от|для|к)\s+[^\n:=]{1,40}?|\s*\([^)\n]{1,40}\))?\s*(?:[:=→–—]|-+>?|\bis\b)\s*";
    let quoted = "[\"“”„«'‘`]([^\"“”«»'’`\\n]{1,128})[\"“”»'’`]";
    Regex::new(&format!(r"(?i)\b{mark}\b{sign}(?:{quoted}|(\S{{1,128}}))"))
        .unwrap_or_else(|e| unreachable!("a pattern of this file: {e}"))
});

/// The passwords that a text tells, in its order, each once. What ends a sentence or a markup may belong to one or not: both are given.
pub fn passwords(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for told in TOLD.captures_iter(text) {
        let whole = told.get(1).or(told.get(2)).map_or("", |it| it.as_str());
        let bare = whole
            .trim_end_matches(['.', ',', ';', ')', ']', '*', '_', '`', '"'])
            .trim_start_matches(['*', '_', '`', '(']);
        for password in [whole, bare] {
            if found.len() < MOST && !password.is_empty() && !found.iter().any(|it| it == password) {
                found.push(password.to_owned());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_read_where_texts_tell_them() {
        for (text, expected) in [
            ("Sample: x.7z\nPassword: Mudlark-7719\nPrice: 5k", &["Mudlark-7719"][..]),
            ("archive pass = infected.", &["infected.", "infected"]),
            ("The password for the sample is “two words 1”.", &["two words 1"]),
            ("пароль от архива: qwerty", &["qwerty"]),
            ("pw -> **x9!**", &["**x9!**", "x9!"]),
            ("PASSWORD (all parts): abc, and abc", &["abc,", "abc"]),
            ("Passwords were stolen, and passports: 40", &[]),
            ("the password manager said: no", &[]),
        ] {
            assert_eq!(passwords(text), expected, "{text}");
        }
    }
}
