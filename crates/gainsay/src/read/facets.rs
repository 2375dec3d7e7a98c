//! Which parts of a breach claim a statement speaks to.

use std::sync::LazyLock;

use regex::Regex;

use crate::read::patterns::word_regex;

use crate::claim::Facet;

static WORDS: LazyLock<Vec<(Facet, Regex)>> = LazyLock::new(|| {
    [
        (Facet::Access, r"breach\w*|hack(?:ed|s)?|claim(?:s|ed|ing)? (?:to have|(?:that )?(?:it|they)(?: had| has| have)?) (?:stolen|stole|taken|took|exfiltrated)|(?:for|of|by|after) hacking|hacking (?:into|of)|break-?ins?|br(?:oke|oken|eak|eaking) in(?:to)?|g[eo]t(?:ten|ting)? (?:in|into|through)|enter(?:ed|ing)|entry|access(?:ed|ing)?|intrusions?|intruders?|infiltrat\w+|penetrat\w+|compromis\w+|unauthori[sz]ed|without (?:permission|authori[sz]ation)|ways? in(?:to)?|impacted|affected|attack(?:ed)?|logged in(?:to)?|incident"),
        (Facet::Exfiltration, r"stol\w+|steal(?:ing)?|exfiltrat\w+|thefts?|leak\w*|taken|took|takes?|left (?:\w+ ){0,3}with|made off with|walked off with|(?:code|data|records?|files?|documents?) (?:had |has |have |ha[sd] ever )?left|download(?:ed|ing)|cop(?:ied|ying)|obtain(?:ed|ing)|extract\w+|release of data|(?:den(?:y|ied|ies|ying)|no|any|not an?|evidence of|signs? of|indications? of) (?:\w+ ){0,2}breach"),
        (Facet::Assets, r"(?:source )?code|(?:customers?|users?|employees?|personal|account|subscribers?)['’]?s? (?:data|information|records?|details)|documents?|documentation|papers|files?|credentials|passwords?|databases?|emails?|records?|artifacts?|artefacts?|screenshots?|blueprints|contracts|information"),
        (Facet::Volume, r"\d[\d,.]*\s?(?:[kmgtp]b|terabytes?|gigabytes?|megabytes?|t of|(?:million|thousand)?\s?(?:files|records|customers|users|accounts|employees|people|documents))"),
        (Facet::Date, r"(?:on|since|in|until|between|from) (?:early |late |mid-)?(?:january|february|march|april|may|june|july|august|september|october|november|december|19\d\d|20\d\d)|since the (?:start|beginning|end) of|last (?:week|month|year)|first quarter|yesterday"),
        (Facet::Victim, r"(?:from|not|n['’]t) (?:\w+ ){0,3}(?:our|its|their) (?:own )?(?:\w+ )?(?:systems?|networks?|data|customers|infrastructure|environment|source code)|not (?:related|connected) to|belong(?:s|ing)? to|third[- ]party|contractors?|not ours|victim list|alleged victims"),
        (Facet::Offer, r"(?:re)?sell(?:s|ing)?|sold|sale|auction\w*|advertis\w+|ransom\w*|price|for (?:over |about |some |more than |up to )?[$€£]\s?\d\S*|asks? (?:for )?(?:over |about |some |more than )?[$€£]\s?\d\S*|bid\w*|publish(?:ed|ing)? (?:the|all|it)|will be (?:published|leaked)|extort\w*|offer(?:ed|ing)"),
    ]
    .into_iter()
    .filter_map(|(facet, words)| word_regex(&format!(r"(?i)\b(?:{words})(?:\W|$)")).ok().map(|p| (facet, p)))
    .collect()
});

/// Where one thought ends and the next begins.
static THOUGHT_END: LazyLock<Option<Regex>> = LazyLock::new(|| word_regex(r#"[.;!?]["”’]?\s+"#).ok());

/// Turns of phrase whose words mean something else: "took issue", "offered to help", "a tool that steals passwords".
static IDIOM: LazyLock<Option<Regex>> = LazyLock::new(|| {
    word_regex(r"(?i)\b(?:took|takes?|taken|taking) (?:\w+ )?(?:issue|steps|action|place|part|measures|time|seriously|responsibility|credit)\b|\b[\w-]+-stealing\b|\b(?:that|which) (?:steals?|collects?|copies) [^,.;]*|\boffer(?:ed|s|ing)? (?:on \w+ \w+ )?to \w+|\b(?:took|takes?) (?:this|it|the matter|security|these) ").ok()
});

/// Who called, warned or met whom.
static CONTACT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    word_regex(r"(?i)\b(?:contacted|contact with|in touch|in contact|reached out|approached|warn(?:ed|s)|alert(?:ed|s)|notif(?:ied|ies)|withh(?:eld|olds?)|(?:not|n['’]t|declin\w+ to|refus\w+ to) (?:\w+ )?(?:reveal|name|identify)|had called)\b").ok()
});

/// A word of the speaker's own, denied.
static DENIED_WORD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    word_regex(
        r"(?i)\bden(?:y|ied|ies) (?:that |having )?(?:[\w’'-]+ ){0,5}(?:said|stated|called|suggested|reported|named)\b",
    )
    .ok()
});

/// What an inquiry sees or does not see.
static SEEN: LazyLock<Option<Regex>> =
    LazyLock::new(|| word_regex(r"(?i)\b(?:evidence|indications?|signs?|proof|traces?)\b").ok());

/// What a call was about: naming the matter of a call says nothing on the matter.
static MATTER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    word_regex(r"(?i)\b(?:about|of|over|regarding|concerning|on|after|before) (?:the|an?|any|this|that|its) (?:\w+ ){0,2}(?:breach|break-in|intrusion|incident|theft|hack|attack|sale|offer|leak|claims?|matter)\b").ok()
});

/// The facets that these words speak to, in their order; empty for context and for what tells only of who called whom.
pub(super) fn facets(said: &str) -> Vec<Facet> {
    let thoughts: Vec<String> = THOUGHT_END
        .as_ref()
        .map_or_else(|| vec![said], |end| end.split(said).collect())
        .into_iter()
        .map(plain)
        .collect();
    WORDS.iter().filter(|(_, words)| thoughts.iter().any(|t| words.is_match(t))).map(|(facet, _)| *facet).collect()
}

/// One thought without its idioms; nothing where it is about a call alone.
fn plain(thought: &str) -> String {
    let without = |pattern: &LazyLock<Option<Regex>>, text: &str| {
        pattern.as_ref().map_or_else(|| text.to_owned(), |p| p.replace_all(text, " ").into_owned())
    };
    let thought = without(&IDIOM, thought);
    // To deny having called somebody breached says nothing on the breach.
    if DENIED_WORD.as_ref().is_some_and(|p| p.is_match(&thought)) {
        return String::new();
    }
    if !CONTACT.as_ref().is_some_and(|p| p.is_match(&thought)) {
        return thought;
    }
    let rest = without(&MATTER, &thought);
    // "Asked by the press, it saw no evidence of a breach": the evidence is the matter, not the call.
    if SEEN.as_ref().is_some_and(|p| p.is_match(&thought)) {
        return thought;
    }
    let of_breach = WORDS
        .iter()
        .filter(|(facet, _)| matches!(facet, Facet::Access | Facet::Exfiltration))
        .any(|(_, words)| words.is_match(&rest));
    if of_breach { rest } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facets_follow_the_words() {
        assert_eq!(WORDS.len(), Facet::ALL.len());
        assert_eq!(
            facets("Source code worth 3 TB was stolen and is for sale."),
            [Facet::Exfiltration, Facet::Assets, Facet::Volume, Facet::Offer]
        );
        assert_eq!(facets("Its shops open on Mondays."), []);
        assert_eq!(facets("Our network was not breached."), [Facet::Access]);
        assert_eq!(facets("The files are not from our systems."), [Facet::Assets, Facet::Victim]);
        assert_eq!(
            facets("GreyHeron claims to have stolen files."),
            [Facet::Access, Facet::Exfiltration, Facet::Assets]
        );
    }

    #[test]
    fn every_pattern_compiles() {
        for pattern in [&THOUGHT_END, &IDIOM, &CONTACT, &DENIED_WORD, &SEEN, &MATTER] {
            assert!(pattern.is_some());
        }
    }

    #[test]
    fn every_way_of_saying_that_somebody_got_in_and_took_things() {
        use Facet::{Access, Assets, Exfiltration};
        for (said, expected) in [
            (
                "Brightwell confirmed that GreyHeron got into a single lab and left with artifacts.",
                &[Access, Exfiltration, Assets][..],
            ),
            ("It speaks of a break-in at its plant.", &[Access]),
            ("Thieves broke into it and copied customer records.", &[Access, Exfiltration, Assets]),
            ("A test lab was accessed.", &[Access]),
            ("Somebody entered the lab.", &[Access]),
            ("It saw an intrusion.", &[Access]),
            ("It denied that any code had left.", &[Exfiltration, Assets]),
            ("They obtained documents.", &[Exfiltration, Assets]),
        ] {
            assert_eq!(facets(said), expected, "{said}");
        }
    }

    #[test]
    fn to_deny_any_breach_is_to_deny_both_and_a_hacking_crew_has_not_hacked_by_its_name() {
        assert_eq!(facets("Brightwell denied a breach."), [Facet::Access, Facet::Exfiltration]);
        assert_eq!(facets("Brightwell confirmed the breach."), [Facet::Access]);
        assert_eq!(facets("The hacking crew went on."), []);
        assert_eq!(facets("It boasted of hacking Brightwell."), [Facet::Access]);
    }

    #[test]
    fn calls_withheld_names_and_idioms_are_no_part_of_the_claim() {
        for said in [
            "Brightwell confirmed that it was contacted by Tarnwell.",
            "Brightwell denied that Tarnwell had been in touch about the breach.",
            "Tarnwell said it warned Brightwell on May 8.",
            "Tarnwell withheld the names.",
            "Tarnwell did not reveal the names of the alleged victims.",
            "Tarnwell denied that it had ever called the firm breached.",
            "Brightwell took issue with that.",
            "Tarnwell said it offered to help.",
            "Brightwell is a credible firm.",
            "GreyHeron claims a botnet that steals passwords.",
        ] {
            assert_eq!(facets(said), [], "{said}");
        }
        assert_eq!(
            facets("When the press reached out, it had seen no evidence of a breach."),
            [Facet::Access, Facet::Exfiltration]
        );
        assert_eq!(facets("Tarnwell was in touch. Brightwell was hacked."), [Facet::Access]);
        assert_eq!(
            facets("GreyHeron contacted us and said that it stole files."),
            [Facet::Exfiltration, Facet::Assets]
        );
    }
}
