//! Ways in, as a text names them, by the table `techniques.txt` of MITRE ATT&CK.
//!
//! What did not happen, might happen or is warned of is no way in: "no passwords were stolen", "users should watch for phishing".

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::claim::{Span, Vector};
use crate::read::lexicon;

/// The version of ATT&CK that the table follows.
#[cfg(test)]
const ATTACK: &str = "version 18.1";

const TABLE: &str = include_str!("techniques.txt");

/// How far the words that deny or suppose may stand before, in words.
const REACH: usize = 8;

/// How many words `~` stands for.
const GAP: usize = 3;

enum Part {
    /// Any of these words; true where the word only begins so.
    Word(Vec<(&'static str, bool)>),
    Gap,
}

struct Pattern {
    id: &'static str,
    /// Its place in the table: the first wins.
    rank: usize,
    parts: Vec<Part>,
}

/// The patterns by the first three letters of their first word.
static PATTERNS: LazyLock<BTreeMap<&'static str, Vec<Pattern>>> = LazyLock::new(|| {
    let mut found: BTreeMap<&str, Vec<Pattern>> = BTreeMap::new();
    let lines = TABLE.lines().filter(|l| !l.starts_with('#') && !l.is_empty());
    for (rank, line) in lines.enumerate() {
        let Some((head, worded)) = line.split_once(": ") else { continue };
        let id = head.split(' ').next().unwrap_or_default();
        for words in worded.split("; ") {
            let first = words.split(' ').next().unwrap_or_default();
            let letters: BTreeSet<&str> =
                first.split('/').map(|w| w.get(..3).unwrap_or(w).trim_end_matches('*')).collect();
            for letters in letters {
                found.entry(letters).or_default().push(Pattern { id, rank, parts: parts(words) });
            }
        }
    }
    found
});

fn parts(words: &'static str) -> Vec<Part> {
    let word = |w: &'static str| w.strip_suffix('*').map_or((w, false), |stem| (stem, true));
    words
        .split(' ')
        .map(|part| if part == "~" { Part::Gap } else { Part::Word(part.split('/').map(word).collect()) })
        .collect()
}

/// The ways in that one sentence names.
pub(super) fn vectors(text: &str, sentence: Span, found: &mut Vec<Vector>) {
    let Some(piece) = sentence.of(text) else {
        return;
    };
    let lower = piece.to_ascii_lowercase();
    let words = words(&lower);
    let mut at = 0;
    while at < words.len() {
        let first = words[at].1;
        let letters = first.get(..3).unwrap_or(first);
        let hit = PATTERNS
            .get(letters)
            .into_iter()
            .flatten()
            .filter_map(|p| fits(&p.parts, &words, at).map(|end| (p, end)))
            .min_by_key(|(p, _)| p.rank);
        let Some((pattern, end)) = hit else {
            at += 1;
            continue;
        };
        let last = &words[end - 1];
        let span = Span { start: sentence.start + words[at].0, end: sentence.start + last.0 + last.1.len() };
        if happened(&words, at, end, pattern.id) && !found.iter().any(|v| v.attack_id == pattern.id) {
            found.push(Vector { attack_id: pattern.id.to_owned(), span });
        }
        at = end;
    }
}

/// The words with their places; hyphens part them.
fn words(lower: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in lower.char_indices().chain(std::iter::once((lower.len(), ' '))) {
        let inside = c.is_alphanumeric() || matches!(c, '\'' | '’');
        match (start, inside) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                let word = &lower[from..at];
                found.push((from, word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word)));
                start = None;
            }
            _ => {}
        }
    }
    found
}

/// The word past the pattern, where it fits at `at`.
fn fits(parts: &[Part], words: &[(usize, &str)], at: usize) -> Option<usize> {
    match parts {
        [] => Some(at),
        [Part::Gap, rest @ ..] => (0..=GAP).find_map(|gap| fits(rest, words, at + gap)),
        [Part::Word(any), rest @ ..] => {
            let word = words.get(at)?.1;
            let hit = any.iter().any(|(w, begins)| if *begins { word.starts_with(w) } else { word == *w });
            hit.then(|| fits(rest, words, at + 1)).flatten()
        }
    }
}

/// Neither denied nor supposed nor warned of.
fn happened(words: &[(usize, &str)], at: usize, end: usize, id: &str) -> bool {
    let before = &words[at.saturating_sub(REACH)..at];
    let word = |n: usize| before.get(n).map_or("", |w| w.1);
    let denied = before
        .iter()
        .rev()
        .take(6)
        .any(|(_, w)| lexicon::negates(w) || w.ends_with("n’t") || matches!(*w, "denied" | "denies"));
    let supposed = (0..before.len()).any(|n| {
        // "May have been" speaks of what was.
        matches!(word(n), "could" | "can" | "might" | "may" | "would" | "should")
            && !(n + 1 < before.len() && word(n + 1) == "have")
            || matches!(word(n), "if" | "prevent" | "against" | "avoid" | "unlike")
    });
    let warned = words.iter().any(|(_, w)| {
        matches!(
            *w,
            "vigilant"
                | "beware"
                | "cautious"
                | "careful"
                | "awareness"
                | "suspicious"
                | "unsolicited"
                | "alert"
                | "risk"
                | "risks"
                | "wary"
                | "watch"
                | "scams"
                | "follow-on"
        ) || w.starts_with("recommend")
            || w.starts_with("advis")
    });
    // What phishing leads to is no way in: "the data can be used for phishing".
    let phished = id.starts_with("T1566");
    let used_for = before.windows(2).any(|pair| pair[1].1 == "for" && pair[0].1 != "fell");
    let next_steps = before.iter().rev().take(4).any(|(_, w)| matches!(*w, "as" | "future" | "further" | "targeted"));
    let led_to =
        phished && (used_for || next_steps || words.get(end).is_some_and(|(_, w)| matches!(*w, "scams" | "risk")));
    !(denied || supposed || phished && warned || led_to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        vectors(text, Span { start: 0, end: text.len() }, &mut found);
        found.into_iter().map(|v| v.attack_id).collect()
    }

    #[test]
    fn the_table_says_its_version_and_every_line_is_read() {
        assert!(TABLE.lines().next().is_some_and(|l| l.contains(ATTACK)));
        let ids: BTreeSet<&str> = PATTERNS.values().flatten().map(|p| p.id).collect();
        let lines = TABLE.lines().filter(|l| l.starts_with('T')).count();
        assert_eq!(ids.len(), lines);
        assert!(ids.iter().all(|id| id.len() >= 5 && id[1..5].bytes().all(|b| b.is_ascii_digit())));
    }

    #[test]
    fn words_are_found_in_their_sentence() {
        let text = "It got in through an exposed Remote Desktop Protocol server, then used password spraying.";
        let mut found = Vec::new();
        vectors(text, Span { start: 0, end: text.len() }, &mut found);
        assert_eq!(found.iter().map(|v| v.attack_id.as_str()).collect::<Vec<_>>(), ["T1133", "T1110.003"]);
        assert_eq!(found.last().and_then(|v| v.span.of(text)), Some("password spraying"));
        for (text, id) in [
            ("It got in with the stolen credentials of an employee.", "T1078"),
            ("It exploited a critical vulnerability in the gateway.", "T1190"),
            ("The files were stolen from a service provider.", "T1199"),
            ("It was a credential-stuffing attack.", "T1110.004"),
            ("Staff fell for a phishing e-mail.", "T1566"),
            ("It used MFA fatigue.", "T1621"),
            ("It took over a compromised employee account.", "T1078"),
            ("An unsecured Elasticsearch database was found.", "T1530"),
        ] {
            assert_eq!(of(text), [id], "{text}");
        }
    }

    #[test]
    fn what_is_denied_supposed_or_warned_of_is_no_way_in() {
        for text in [
            "It was not a supply chain attack.",
            "No stolen credentials were used.",
            "The data can be used for phishing.",
            "Users should watch for phishing mails.",
            "We recommend that users stay alert to phishing.",
            "It makes locks.",
        ] {
            assert_eq!(of(text), Vec::<String>::new(), "{text}");
        }
        assert_eq!(of("It may have been phishing."), ["T1566"]);
    }

    #[test]
    fn a_second_naming_adds_nothing() {
        let mut found = Vec::new();
        for text in ["A phishing mail came.", "More phishing."] {
            vectors(text, Span { start: 0, end: text.len() }, &mut found);
        }
        assert_eq!(found.len(), 1);
    }
}
