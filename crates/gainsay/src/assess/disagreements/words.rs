//! Words that the rules look for, and the sentence around a place.

use std::sync::LazyLock;

use regex::Regex;

use crate::claim::Span;

pub(in crate::assess) type Pattern = LazyLock<Regex>;

/// A pattern of these files, whatever the case of letters. They are of English words: with letters of any script one takes longer to
/// build than to use, and boundaries between those would send every sentence with a curly quotation mark to an engine tens of times
/// slower.
pub(in crate::assess) fn pattern(of: &str) -> Regex {
    let of = of.replace(r"\b", r"(?-u:\b)").replace(r"\w", "[[:word:]]");
    Regex::new(&format!("(?i){of}")).unwrap_or_else(|e| unreachable!("a pattern of this file: {e}"))
}

/// To say that one never said it.
pub(super) static NEVER_SAID: Pattern = LazyLock::new(|| {
    pattern(
        r"\b(?:never|(?:did|do|does|has|have|had)(?: not|n['’]t)(?: ever)?) (?:\w+ly )?(?:suggest|claim|sa(?:y|id)\b|assert|alleg|stat(?:e|ed)\b|impl(?:y|ied)\b)|\bdenie[sd] (?:that )?(?:\w+ ){0,4}(?:ever|having) (?:suggest|claim|said\b|call|assert|alleg)",
    )
});

/// To say that an accuser has shown too little.
pub(super) static LACKS_PROOF: Pattern = LazyLock::new(|| {
    pattern(
        r"\b(?:not|n['’]t|no|without|insufficient|lack\w*|little)\b[^.!?]{0,40}\b(?:evidence|proof|support\w*|substantiat\w*)|\bun(?:founded|substantiated|supported|proven)\b",
    )
});

/// Somebody was told, or was not.
pub(super) static CONTACT: Pattern = LazyLock::new(|| {
    pattern(
        r"\b(?:(?:been|was|were|being|is|are) (?:\w+ly )?(?:contacted|notified|informed|warned|alerted|approached|tipped off)|contacted by|reached out|heard from|in (?:touch|contact) with|contact with|(?:notified|warned|alerted) (?:by|of|about))\b",
    )
});

/// Systems were not entered, or nothing shows that they were.
pub(super) static NO_ENTRY: Pattern = LazyLock::new(|| {
    pattern(
        r"\b(?:no|not|never|denie[sd]|deny|denying|without)\b[^.!?]*?\b(?:breach|compromis|hack|intru|enter|attack|infiltrat|access|impact|affect|incident|penetrat)",
    )
});

/// Somebody was in, or has something.
pub(super) static ENTRY: Pattern = LazyLock::new(|| {
    pattern(
        r"\b(?:claim\w*|alleg\w*|breach\w*|hack\w*|stole\w*|steal\w*|leak\w*|compromis\w*|infiltrat\w*|intru\w*|penetrat\w*|exfiltrat\w*|enter(?:ed|ing)|obtained|(?:gain\w*|unauthori[sz]ed|had|have|got) access|accessed|sell\w*|selling)\b",
    )
});

/// It is an account that is disputed, and not a deed.
pub(super) static OF_AN_ACCOUNT: Pattern = LazyLock::new(|| {
    pattern(
        r"\b(?:statements?|denials?|den(?:y|ies|ied)|accounts?|version|response|explanation|assessment|incorrect|wrong|inaccurate|misleading|not true|contradict\w*|downplay\w*|contrary)\b",
    )
});

/// A word that turns a sentence around.
pub(in crate::assess) static NEGATION: Pattern =
    LazyLock::new(|| pattern(r"\b(?:no|not|neither|nor|none|never|without|denie[sd]|deny|denying)\b|n['’]t\b"));

/// Somebody vouches for a claim, or calls it false.
pub(super) static VOUCHES: Pattern = LazyLock::new(|| {
    pattern(
        r"\bno reason to doubt\b|\b(?:appears?|seems?|is|are|looks?) (?:to be )?(?:\w+ )?(?:credible|genuine|authentic|legitimate|valid)\b",
    )
});
pub(super) static CALLS_FALSE: Pattern =
    LazyLock::new(|| pattern(r"\b(?:false|untrue|hoax|fake|bogus|exaggerated|fabricated)\b"));

/// What is kept is safe: a denial of what was taken, and of no more.
pub(super) static KEPT_SAFE: Pattern = LazyLock::new(|| {
    pattern(r"\b(?:remains?|stays?|is|are|was|were) (?:\w+ )?(?:secure|safe|unaffected|intact|untouched)\b")
});

/// Of some kind of data it is said that nobody had it, which says nothing of who was in the network.
static DATA_ONLY: Pattern = LazyLock::new(|| {
    pattern(
        r"\b(?:no|not|none|neither|nor|never|any)\b[^.!?]*?\b(?:data|information|records?|passwords?|details|credentials|code)\b[^.!?]{0,60}\b(?:access|compromis|taken|stolen|expos|affect|impact|disclos|leak|involv|obtain|exfiltrat)\w*",
    )
});

/// Whether words that deny deny only that some kind of data was had.
pub(super) fn is_of_data_only(words: &str) -> bool {
    DATA_ONLY.is_match(words) && !NO_ENTRY.is_match(&DATA_ONLY.replace_all(words, ""))
}

/// The longest sentence looked at, in bytes to each side.
const REACH: usize = 600;

static END: Pattern = LazyLock::new(|| pattern(r#"[.!?]["”’)]*\s+|\s*\n+"#));

/// The sentence around a place, roughly: to the nearest stops and line ends.
pub(super) fn sentence(text: &str, at: Span) -> Span {
    if at.of(text).is_none() {
        return at;
    }
    let from = text.floor_char_boundary(at.start.saturating_sub(REACH));
    let to = text.ceil_char_boundary(at.end.saturating_add(REACH).min(text.len()));
    let start = END.find_iter(&text[from..at.start]).last().map_or(from, |end| from + end.end());
    let end = END.find(&text[at.end..to]).map_or(to, |end| at.end + end.start() + end.as_str().trim_end().len());
    Span { start, end }
}

/// The sentences that say this without turning it around.
pub(super) fn affirmed<'t>(text: &'t str, what: &'t Regex) -> impl Iterator<Item = &'t str> {
    let sentences = what.find_iter(text).filter_map(|found| {
        let span = Span { start: found.start(), end: found.end() };
        sentence(text, span).of(text)
    });
    sentences.filter(|sentence| !NEGATION.is_match(sentence))
}

/// Where a name stands in a text as a word of its own, first to last.
pub(super) fn mentions<'t>(text: &'t str, name: &'t str) -> impl Iterator<Item = Span> + 't {
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let found = (!name.is_empty()).then(|| text.match_indices(name)).into_iter().flatten();
    found.filter_map(move |(start, it)| {
        let end = start + it.len();
        let alone = !is_word(text[..start].chars().next_back()) && !is_word(text[end..].chars().next());
        alone.then_some(Span { start, end })
    })
}

/// The words of a text that carry meaning, cut to a stem.
pub(super) fn stems(text: &str) -> std::collections::BTreeSet<String> {
    const COMMON: &[&str] = &[
        "that",
        "this",
        "with",
        "from",
        "have",
        "been",
        "were",
        "they",
        "their",
        "said",
        "says",
        "more",
        "than",
        "about",
        "which",
        "would",
        "million",
        "after",
        "also",
        "into",
        "over",
        "close",
        "around",
        "company",
        "according",
    ];
    let words = text.split(|c: char| !c.is_alphabetic()).map(str::to_lowercase);
    words
        .filter(|word| word.chars().count() >= 4 && !COMMON.contains(&word.as_str()))
        .map(|word| word.chars().take(5).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_ends_at_stops_and_lines() {
        let text = "First one. The crew “spoke.” Then it left\nAnother line";
        let of = |word: &str| {
            let start = text.find(word).unwrap_or_default();
            sentence(text, Span { start, end: start + word.len() }).of(text)
        };
        assert_eq!(of("crew"), Some("The crew “spoke.”"));
        assert_eq!(of("left"), Some("Then it left"));
        assert_eq!(of("Another"), Some("Another line"));
        assert_eq!(sentence("short", Span { start: 3, end: 90 }), Span { start: 3, end: 90 });
    }

    #[test]
    fn names_are_whole_words() {
        let found: Vec<_> = mentions("Norlund, Norlunders and Norlund", "Norlund").map(|span| span.start).collect();
        assert_eq!(found, [0, 24]);
    }
}
