//! Likelihood in whole numbers: log-odds in millinats, percent by table, and the words of ICD 203.
//!
//! A millinat is a thousandth of the natural logarithm of the odds. Sums of integers and a table give the same assessment, byte
//! for byte, on any machine; floating point would not.

use std::fmt;

/// How likely a claim is to be true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Likelihood {
    /// Log-odds in millinats: 0 is even, 1000 is e to 1.
    pub millinats: i64,
}

/// `BOUNDS[n]` is the log-odds of n + 1.5 percent, where the rounded percentage goes from n + 1 to n + 2.
const BOUNDS: [i64; 98] = [
    -4185, -3664, -3317, -3055, -2844, -2666, -2512, -2376, -2254, -2143, -2041, -1946, -1857, -1774, -1696, -1621,
    -1551, -1483, -1418, -1355, -1295, -1237, -1180, -1125, -1072, -1020, -969, -920, -871, -824, -777, -731, -686,
    -641, -597, -554, -511, -468, -426, -385, -343, -302, -261, -221, -180, -140, -100, -60, -20, 20, 60, 100, 140,
    180, 221, 261, 302, 343, 385, 426, 468, 511, 554, 597, 641, 686, 731, 777, 824, 871, 920, 969, 1020, 1072, 1125,
    1180, 1237, 1295, 1355, 1418, 1483, 1551, 1621, 1696, 1774, 1857, 1946, 2041, 2143, 2254, 2376, 2512, 2666, 2844,
    3055, 3317, 3664, 4185,
];

/// Intelligence Community Directive 203 (2 January 2015), D.6.e(2)(a): upper end of the range in percent, range, word. A range begins
/// where the one before it ends.
const ICD_203: [(u8, &str, &str); 7] = [
    (5, "1–5%", "almost no chance"),
    (20, "5–20%", "very unlikely"),
    (45, "20–45%", "unlikely"),
    (55, "45–55%", "roughly even chance"),
    (80, "55–80%", "likely"),
    (95, "80–95%", "very likely"),
    (99, "95–99%", "almost certain"),
];

impl Likelihood {
    /// In whole percent, from 1 to 99: nothing here is ever certain.
    pub fn percent(self) -> u8 {
        let above = BOUNDS.iter().take_while(|bound| **bound <= self.millinats).count();
        u8::try_from(above + 1).unwrap_or(99)
    }

    /// The word of ICD 203.
    pub fn word(self) -> &'static str {
        self.row().2
    }

    /// The word's range in percent.
    pub fn range(self) -> &'static str {
        self.row().1
    }

    /// The ends of that range.
    pub fn bounds(self) -> (u8, u8) {
        let (upper, ..) = self.row();
        let lower = ICD_203.iter().map(|(end, ..)| *end).take_while(|end| *end < upper).last();
        (lower.unwrap_or(1), upper)
    }

    fn row(self) -> (u8, &'static str, &'static str) {
        let percent = self.percent();
        ICD_203.into_iter().find(|(upper, ..)| percent <= *upper).unwrap_or(ICD_203[6])
    }
}

/// From and to which percent: by a word of ICD 203, a percentage or two of them with a dash. `None` for anything else.
pub fn percent_range(words: &str) -> Option<(u8, u8)> {
    let words = words.trim().trim_end_matches('%').trim_end();
    let mut lower = 1;
    for (upper, _, word) in ICD_203 {
        if words.eq_ignore_ascii_case(word) {
            return Some((lower, upper));
        }
        lower = upper;
    }
    let (from, to) = words.split_once(['-', '–']).unwrap_or((words, words));
    let range = (from.trim().parse().ok()?, to.trim().parse().ok()?);
    (1 <= range.0 && range.0 <= range.1 && range.1 <= 99).then_some(range)
}

/// A range of percent, with the word of ICD 203 where it is one.
pub fn range_in_words((from, to): (u8, u8)) -> String {
    let range = format!("{from}–{to}%");
    let of_directive = ICD_203.iter().find(|(_, known, _)| *known == range);
    match (of_directive, ICD_203.iter().find(|(upper, ..)| to <= *upper)) {
        (Some((.., word)), _) => format!("{word} ({range})"),
        (None, Some((.., word))) if from == to => format!("{word} ({from}%)"),
        _ => range,
    }
}

/// The natural logarithm of a number in thousandths, rounded down: 0 for 1, and for 0, which has none.
pub fn logarithm(number: u64) -> i64 {
    /// Digits behind the point of the logarithm to base 2.
    const DIGITS: u32 = 20;
    /// A thousand times the natural logarithm of 2, in thousandths.
    const OF_TWO: u64 = 693_147;
    let Some(whole) = number.checked_ilog2() else { return 0 };
    // What is left, from 1 to 2, with 31 digits behind the point: squared, it gives one digit after another.
    let mut rest = if whole <= 31 { number << (31 - whole) } else { number >> (whole - 31) };
    let mut digits = u64::from(whole);
    for _ in 0..DIGITS {
        rest = (rest * rest) >> 31;
        let digit = rest >> 32;
        rest >>= digit;
        digits = digits << 1 | digit;
    }
    i64::try_from((digits * OF_TWO / 1000) >> DIGITS).unwrap_or(i64::MAX)
}

impl fmt::Display for Likelihood {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.word(), self.range())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_is_the_logistic_function_rounded() {
        for millinats in -6000_i32..=6000 {
            let exact = 100.0 / (1.0 + (-f64::from(millinats) / 1000.0).exp());
            let percent = Likelihood { millinats: i64::from(millinats) }.percent();
            assert!(
                (f64::from(percent) - exact.clamp(1.0, 99.0)).abs() <= 0.52,
                "{millinats}: {percent} is not {exact}"
            );
        }
    }

    #[test]
    fn the_logarithm_is_the_logarithm() {
        assert_eq!((logarithm(0), logarithm(1), logarithm(u64::MAX)), (0, 0, 44_361));
        for number in (1..2000_u32).chain((2000..4_000_000).step_by(997)) {
            let exact = f64::from(number).ln() * 1000.0;
            let computed = i32::try_from(logarithm(u64::from(number))).map_or(f64::NAN, f64::from);
            assert!((-0.01..1.01).contains(&(exact - computed)), "{number}: {computed} is not {exact}");
        }
    }

    #[test]
    fn what_somebody_holds_is_read_and_told_in_the_same_words() {
        for (given, range, told) in [
            ("likely", (55, 80), "likely (55–80%)"),
            ("Almost certain", (95, 99), "almost certain (95–99%)"),
            ("70%", (70, 70), "likely (70%)"),
            ("60-75", (60, 75), "60–75%"),
            ("5", (5, 5), "almost no chance (5%)"),
        ] {
            assert_eq!(percent_range(given), Some(range), "{given}");
            assert_eq!(range_in_words(range), told);
        }
        for given in ["", "0", "100", "80-60", "perhaps", "-5", "300"] {
            assert_eq!(percent_range(given), None, "{given}");
        }
    }

    #[test]
    fn words_are_those_of_the_directive() {
        let word = |millinats| Likelihood { millinats }.word();
        assert_eq!(word(-4000), "almost no chance");
        assert_eq!(word(-2000), "very unlikely");
        assert_eq!(word(-700), "unlikely");
        assert_eq!(word(0), "roughly even chance");
        assert_eq!(word(900), "likely");
        assert_eq!(word(2000), "very likely");
        assert_eq!(word(9000), "almost certain");
        for millinats in (-6000..6000).step_by(100) {
            let likelihood = Likelihood { millinats };
            let (low, high) = likelihood.bounds();
            assert_eq!(likelihood.range(), format!("{low}–{high}%"));
            assert!((low..=high).contains(&likelihood.percent()));
        }
    }
}
