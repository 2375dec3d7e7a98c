//! Ways in, as a text names them: a small table of MITRE ATT&CK techniques (Enterprise, version 15).

use std::sync::LazyLock;

use regex::Regex;

use crate::read::patterns::word_regex;

use crate::claim::{Span, Vector};

/// The words for a technique and its id.
const TABLE: &[(&str, &str)] = &[
    (r"credential[- ]stuffing", "T1110.004"),
    (r"password[- ]spray\w*", "T1110.003"),
    (r"brute[- ]forc\w+", "T1110"),
    (r"spear[- ]?phish\w*|phish\w+|malicious (?:e-?mail|attachment)s?", "T1566"),
    (r"vishing|voice phishing|(?:phone|help ?desk)[- ](?:based )?social engineering", "T1566.004"),
    (
        r"(?:via|through|using|exposed|unsecured|compromised) (?:\w+ ){0,2}(?:remote desktop(?: protocol)?|rdp)(?: \(rdp\))?(?: servers?| access| credentials)?",
        "T1133",
    ),
    (r"(?:via|through|using|compromised|exploit\w*|vulnerab\w+) (?:\w+ ){0,3}(?:vpn|citrix)\b(?: \w+)?", "T1133"),
    (
        r"(?:exposed|compromised|stolen|hijacked|valid) active directory(?: accounts?| credentials)?|domain admin\w*(?: accounts?| credentials)",
        "T1078.002",
    ),
    (
        r"(?:stolen|compromised|leaked|valid|purchased|employee(?:'s|’s)?) (?:\w+ ){0,2}(?:credentials|login details|passwords?|usernames?)|login details from",
        "T1078",
    ),
    (
        r"(?:sql injection|zero[- ]days?(?: \w+)?|unpatched (?:\w+ )?(?:server|software|vulnerability)|exploit\w* (?:\w+ ){0,4}(?:vulnerabilit\w+|flaw|bug))",
        "T1190",
    ),
    (r"supply[- ]chain (?:attack|compromise|breach)", "T1195"),
    (
        r"(?:third[- ]party|compromised) (?:contractor|vendor|supplier|provider)(?:'s|’s)?(?: \w+)? (?:access|account|breach|was|had been|network|systems?)|breach (?:of|at) (?:a|its|one of its) (?:third[- ]party )?(?:contractor|vendor|supplier|service provider)s?",
        "T1199",
    ),
    (r"credential[- ](?:stealing|theft|harvesting) (?:botnet|network)", "T1584.005"),
    (r"info[- ]?stealers?(?: malware)?", "T1555"),
    (r"keylogg\w+", "T1056.001"),
    (r"sim[- ]swap\w*", "T1451"),
    (r"malicious insider|rogue employee|insider threat", "T1078"),
    (r"mfa[- ](?:fatigue|bombing)|push bombing", "T1621"),
    (r"session (?:cookies?|tokens?) (?:theft|hijack\w*)|stolen (?:session )?(?:cookies?|tokens?)", "T1539"),
    (
        r"misconfigured (?:\w+ ){0,3}(?:bucket|database|server|storage|cloud)|(?:unsecured|exposed|open) (?:\w+ ){0,2}(?:s3 )?(?:bucket|database|elasticsearch)",
        "T1530",
    ),
    (r"watering[- ]hole", "T1189"),
];

static PATTERNS: LazyLock<Vec<(Regex, &'static str)>> = LazyLock::new(|| {
    TABLE.iter().filter_map(|(words, id)| word_regex(&format!(r"(?i)\b(?:{words})\b")).ok().map(|p| (p, *id))).collect()
});

/// The ways in that one sentence names.
pub(super) fn vectors(text: &str, sentence: Span, found: &mut Vec<Vector>) {
    let Some(piece) = sentence.of(text) else {
        return;
    };
    for (pattern, id) in PATTERNS.iter() {
        if found.iter().any(|v| v.attack_id == *id) {
            continue;
        }
        if let Some(hit) = pattern.find(piece) {
            found.push(Vector {
                attack_id: (*id).to_owned(),
                span: Span { start: sentence.start + hit.start(), end: sentence.start + hit.end() },
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_compiles_and_finds_words_in_their_sentence() {
        assert_eq!(PATTERNS.len(), TABLE.len());
        let text = "It got in through an exposed Remote Desktop Protocol server, then used password spraying.";
        let mut found = Vec::new();
        vectors(text, Span { start: 0, end: text.len() }, &mut found);
        assert_eq!(found.iter().map(|v| v.attack_id.as_str()).collect::<Vec<_>>(), ["T1110.003", "T1133"]);
        assert_eq!(found.first().and_then(|v| v.span.of(text)), Some("password spraying"));
    }

    #[test]
    fn a_second_naming_adds_nothing() {
        let mut found = Vec::new();
        for text in ["A phishing mail.", "More phishing."] {
            vectors(text, Span { start: 0, end: text.len() }, &mut found);
        }
        assert_eq!(found.len(), 1);
    }
}
