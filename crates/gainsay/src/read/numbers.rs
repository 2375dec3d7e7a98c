//! Numbers as news write them: `1,234`, `20 000 000`, `1.5 million`, `20m`, `half a million`, `two dozen`, `between 2 and 3 million`.

use crate::read::tokens::{Shape, Token};

/// A number in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Number {
    /// Its first token and the one past its last.
    pub(super) start: usize,
    pub(super) end: usize,
    /// In digits, exactly; a range as `2-3`.
    pub(super) value: String,
    /// A word such as "million" was worked in.
    pub(super) scaled: bool,
    /// Letters that stand at the number itself: `gb` of `30GB`.
    pub(super) suffix: String,
    /// Four digits as of a year.
    pub(super) year: bool,
}

/// Whether a number may start here: a cheap look.
pub(super) fn starts_number(token: &Token) -> bool {
    match token.shape {
        Shape::Number => true,
        Shape::Word => {
            is_number_word(&token.lower)
                || matches!(token.lower.as_str(), "a" | "half" | "between" | "quarter")
                || token.lower.starts_with("half-")
        }
        _ => false,
    }
}

/// The number that starts at token `at`.
pub(super) fn number_at(text: &str, tokens: &[Token], at: usize) -> Option<Number> {
    let word = |n: usize| tokens.get(n).map_or("", |t| t.lower.as_str());
    if word(at) == "between" {
        let low = simple(text, tokens, at + 1)?;
        if word(low.end) != "and" {
            return None;
        }
        let high = simple(text, tokens, low.end + 1)?;
        return Some(range(&low, &high, at + 1));
    }
    let low = simple(text, tokens, at)?;
    // "2 to 3 million", "two or three": a range; "2 or more" is none.
    if matches!(word(low.end), "to" | "or" | "–" | "-") && low.suffix.is_empty() {
        let dashed = matches!(word(low.end), "–" | "-");
        if let Some(high) = simple(text, tokens, low.end + 1).filter(|h| {
            (!dashed || adjacent(text, tokens, low.end)) && h.start == low.end + 1 && !h.value.starts_with("0.")
        }) {
            let larger = high.scaled || compare(&low.value, &high.value);
            if larger {
                return Some(range(&low, &high, low.start));
            }
        }
    }
    Some(low)
}

fn adjacent(text: &str, tokens: &[Token], mark: usize) -> bool {
    let (Some(token), Some(next)) = (tokens.get(mark), tokens.get(mark + 1)) else { return false };
    text.get(token.span.end..next.span.start).is_some_and(str::is_empty)
}

/// The left is less than the right.
fn compare(left: &str, right: &str) -> bool {
    let whole = |n: &str| n.split('.').next().unwrap_or_default().to_owned();
    let (left, right) = (whole(left), whole(right));
    (left.len(), left) < (right.len(), right)
}

/// "2 and 3 million": the scale is of both.
fn range(low: &Number, high: &Number, start: usize) -> Number {
    let shared = high.scaled && !low.scaled;
    let zeros = high.value.len() - high.value.trim_end_matches('0').len();
    let zeros = zeros / 3 * 3;
    let low_value = if shared { times(&low.value, zeros) } else { low.value.clone() };
    Number {
        start,
        end: high.end,
        value: format!("{low_value}-{}", high.value),
        scaled: high.scaled,
        suffix: high.suffix.clone(),
        year: low.year && high.year,
    }
}

fn simple(text: &str, tokens: &[Token], at: usize) -> Option<Number> {
    let token = tokens.get(at)?;
    match token.shape {
        Shape::Number => in_digits(text, tokens, at),
        Shape::Word => in_words(tokens, at),
        _ => None,
    }
}

fn in_digits(text: &str, tokens: &[Token], at: usize) -> Option<Number> {
    let word = tokens[at].lower.as_str();
    let digits_end = word.find(|c: char| !c.is_ascii_digit() && !matches!(c, ',' | '.')).unwrap_or(word.len());
    let (digits, rest) = word.split_at(digits_end);
    let digits = digits.trim_end_matches(['.', ',']);
    let mut value = plain_digits(digits)?;
    let mut end = at + 1;
    // "20 000 000": groups of three, a space between.
    if rest.is_empty() && digits.len() <= 3 && !digits.contains(['.', ',']) {
        while let Some(next) = tokens
            .get(end)
            .filter(|t| t.shape == Shape::Number && t.lower.len() == 3 && t.lower.bytes().all(|b| b.is_ascii_digit()))
        {
            let gap = text.get(tokens[end - 1].span.end..next.span.start).unwrap_or_default();
            if !matches!(gap, " " | "\u{a0}" | "\u{202f}" | "\u{2009}") || value.len() > 15 {
                break;
            }
            value.push_str(&next.lower);
            end += 1;
        }
    }
    let year =
        digits.len() == 4 && rest.is_empty() && (digits.starts_with("19") || digits.starts_with("20")) && end == at + 1;
    let start = at;
    let rest = rest.trim_start_matches('-');
    // "100-200", "2-3": a range in one word.
    if let Some(high) = rest
        .bytes()
        .next()
        .filter(u8::is_ascii_digit)
        .and_then(|_| plain_digits(rest.trim_end_matches(|c: char| c.is_ascii_alphabetic())))
    {
        let tail = rest.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, ',' | '.'));
        let scale = scale(tail).or_else(|| scale_after(tokens, end));
        let taken = usize::from(scale.is_some() && scale_of(tail).is_none());
        let zeros = scale.unwrap_or(0);
        let suffix = if scale_of(tail).is_some() { "" } else { tail };
        return compare(&value, &high).then(|| Number {
            start,
            end: end + taken,
            value: format!("{}-{}", times(&value, zeros), times(&high, zeros)),
            scaled: zeros > 0,
            suffix: suffix.to_owned(),
            year,
        });
    }
    if rest.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if let Some(zeros) = scale_of(rest) {
        return Some(Number {
            start,
            end,
            value: times(&value, zeros),
            scaled: true,
            suffix: String::new(),
            year: false,
        });
    }
    if !rest.is_empty() {
        return Some(Number { start, end, value, scaled: false, suffix: rest.to_owned(), year: false });
    }
    if let Some(zeros) = scale_after(tokens, end) {
        let dash = usize::from(tokens[end].is_mark("-"));
        value = times(&value, zeros);
        end += 1 + dash;
        return Some(Number { start, end, value, scaled: true, suffix: String::new(), year: false });
    }
    if tokens.get(end).is_some_and(|t| t.is("dozen")) {
        let whole: u64 = value.parse().ok()?;
        return Some(Number {
            start,
            end: end + 1,
            value: whole.checked_mul(12)?.to_string(),
            scaled: true,
            suffix: String::new(),
            year: false,
        });
    }
    Some(Number { start, end, value, scaled: false, suffix: String::new(), year })
}

/// "2,500", "1.5", "1.234.567": the digits alone, with a point where a part follows.
fn plain_digits(written: &str) -> Option<String> {
    if written.is_empty() || written.len() > 24 {
        return None;
    }
    let groups: Vec<&str> = written.split(['.', ',']).collect();
    let marks = groups.len() - 1;
    let threes = marks > 0 && groups[1..].iter().all(|g| g.len() == 3) && (1..=3).contains(&groups[0].len());
    let one_kind = !(written.contains('.') && written.contains(','));
    if marks == 0 || threes && one_kind && (marks > 1 || written.contains(',')) {
        return Some(groups.concat());
    }
    let (whole, part) = written.rsplit_once('.').or_else(|| written.rsplit_once(','))?;
    let groups: Vec<&str> = whole.split(['.', ',']).collect();
    if groups.len() > 1 && groups[1..].iter().any(|g| g.len() != 3) {
        return None;
    }
    let whole = groups.concat();
    (part.len() <= 6 && !part.is_empty() && !whole.is_empty() && (marks == 1 || !one_kind))
        .then(|| format!("{whole}.{part}"))
}

fn scale_after(tokens: &[Token], at: usize) -> Option<usize> {
    let dash = usize::from(tokens.get(at)?.is_mark("-"));
    scale(&tokens.get(at + dash)?.lower)
}

/// The zeros of a letter at a number: "20m", "5k".
fn scale_of(suffix: &str) -> Option<usize> {
    Some(match suffix {
        "k" => 3,
        "m" | "mn" | "mln" | "mil" | "million" => 6,
        "b" | "bn" | "billion" => 9,
        _ => return None,
    })
}

/// The zeros of a word behind a number.
fn scale(word: &str) -> Option<usize> {
    Some(match word {
        "hundred" | "hundreds" => 2,
        "thousand" | "тыс" | "тысяч" | "k" => 3,
        "lakh" | "lakhs" => 5,
        "million" | "mn" | "mln" | "m" | "millions" | "млн" | "миллион" | "миллиона" | "миллионов" => {
            6
        }
        "crore" | "crores" => 7,
        "billion" | "bn" | "b" | "млрд" | "миллиардов" => 9,
        "trillion" => 12,
        _ => return None,
    })
}

/// A word for a number from one to ninety.
pub(super) fn small(word: &str) -> Option<u64> {
    Some(match word {
        "one" => 1,
        "two" => 2,
        "three" => 3,
        "four" => 4,
        "five" => 5,
        "six" => 6,
        "seven" => 7,
        "eight" => 8,
        "nine" => 9,
        "ten" => 10,
        "eleven" => 11,
        "twelve" => 12,
        "thirteen" => 13,
        "fourteen" => 14,
        "fifteen" => 15,
        "sixteen" => 16,
        "seventeen" => 17,
        "eighteen" => 18,
        "nineteen" => 19,
        "twenty" => 20,
        "thirty" => 30,
        "forty" => 40,
        "fifty" => 50,
        "sixty" => 60,
        "seventy" => 70,
        "eighty" => 80,
        "ninety" => 90,
        "dozen" => 12,
        _ => {
            return word
                .split_once('-')
                .and_then(|(tens, ones)| Some(small(tens)? + small(ones)?))
                .filter(|n| (21..100).contains(n));
        }
    })
}

/// A word that a number may start with.
pub(super) fn is_number_word(word: &str) -> bool {
    word.len() <= 13 && small(word).is_some()
}

fn in_words(tokens: &[Token], at: usize) -> Option<Number> {
    let word = |n: usize| tokens.get(n).map_or("", |t| t.lower.as_str());
    let whole = |end: usize, value: String, scaled: bool| Number {
        start: at,
        end,
        value,
        scaled,
        suffix: String::new(),
        year: false,
    };
    // "Half a million", "a quarter of a million", "half-million", "half a terabyte".
    let half = |from: usize, part: &str| -> Option<Number> {
        let from = from + usize::from(word(from) == "of");
        let from = from + usize::from(matches!(word(from), "a" | "one"));
        let zeros = scale(word(from));
        Some(whole(from + usize::from(zeros.is_some()), times(part, zeros.unwrap_or(0)), zeros.is_some()))
    };
    match word(at) {
        "half" if matches!(word(at + 1), "a" | "million" | "billion") => return half(at + 1, "0.5"),
        "half-million" => return Some(whole(at + 1, "500000".to_owned(), true)),
        "half-billion" => return Some(whole(at + 1, "500000000".to_owned(), true)),
        "a" if word(at + 1) == "quarter" && word(at + 2) == "of" && word(at + 3) == "a" => return half(at + 2, "0.25"),
        "quarter" if word(at + 1) == "of" && word(at + 2) == "a" => return half(at + 1, "0.25"),
        "a" => {
            let next = word(at + 1);
            if let Some(zeros) = scale(next).filter(|z| matches!(z, 2..=12) && next.len() > 3) {
                return Some(whole(at + 2, times("1", zeros), true));
            }
            if matches!(next, "terabyte" | "gigabyte" | "megabyte" | "petabyte") {
                return Some(whole(at + 1, "1".to_owned(), false));
            }
            return (next == "dozen").then(|| whole(at + 2, "12".to_owned(), true));
        }
        _ => {}
    }
    // "One hundred twenty-five thousand", "two and a half million", "three dozen".
    let mut end = at;
    let mut total: u64 = 0;
    let mut group: u64 = 0;
    let mut scaled = false;
    let mut half = false;
    while end < tokens.len() && end - at < 8 {
        let here = word(end);
        if let Some(number) = small(here) {
            if here == "dozen" && group > 0 {
                group = group.checked_mul(12)?;
                scaled = true;
            } else if group.is_multiple_of(100) || end > at && group.is_multiple_of(10) && number < 10 {
                group = group.checked_add(number)?;
            } else {
                break;
            }
        } else if here == "and"
            && word(end + 1) == "a"
            && word(end + 2) == "half"
            && group > 0
            && scale(word(end + 3)).is_some()
        {
            half = true;
            end += 3;
            continue;
        } else if let Some(zeros) = scale(here).filter(|_| end > at && here.len() > 3) {
            let factor = 10u64.checked_pow(u32::try_from(zeros).ok()?)?;
            let extra = if half { factor / 2 } else { 0 };
            if zeros == 2 {
                group = group.max(1).checked_mul(100)?;
            } else {
                total = total.checked_add(group.max(1).checked_mul(factor)?)?.checked_add(extra)?;
                group = 0;
            }
            half = false;
            scaled = true;
        } else {
            break;
        }
        end += 1;
    }
    let value = total.checked_add(group)?;
    (value > 0 && end > at).then(|| whole(end, value.to_string(), scaled))
}

/// Decimal digits with so many zeros worked in, exactly: "1.5" and six are "1500000".
fn times(number: &str, zeros: usize) -> String {
    if zeros == 0 {
        return number.to_owned();
    }
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let kept: String = part.chars().chain(std::iter::repeat('0')).take(zeros).collect();
    let rest: String = part.chars().skip(zeros).collect();
    let digits = format!("{whole}{kept}");
    let digits = digits.trim_start_matches('0');
    let digits = if digits.is_empty() { "0" } else { digits };
    if rest.is_empty() { digits.to_owned() } else { format!("{digits}.{rest}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::Span;
    use crate::read::tokens::tokens;

    fn of(text: &str) -> Option<String> {
        let tokens = tokens(text, Span { start: 0, end: text.len() }, &[]);
        number_at(text, &tokens, 0).map(|n| n.value)
    }

    #[test]
    fn digits_and_words_agree() {
        for (text, value) in [
            ("1,234,567", "1234567"),
            ("1.234.567", "1234567"),
            ("1.5 million", "1500000"),
            ("1.5", "1.5"),
            ("12,5", "12.5"),
            ("20 000 000", "20000000"),
            ("20m", "20000000"),
            ("5k", "5000"),
            ("2-3 million", "2000000-3000000"),
            ("2 to 3 million", "2000000-3000000"),
            ("between 100 and 900", "100-900"),
            ("half a million", "500000"),
            ("a quarter of a million", "250000"),
            ("a million", "1000000"),
            ("two and a half million", "2500000"),
            ("twenty-five", "25"),
            ("one hundred twenty thousand", "120000"),
            ("three dozen", "36"),
            ("a dozen", "12"),
            ("5 lakh", "500000"),
            ("1.5 млн", "1500000"),
        ] {
            assert_eq!(of(text).as_deref(), Some(value), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in ["a house", "half of it", "1.2.3.4", "between us", "10.12,13.5"] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
