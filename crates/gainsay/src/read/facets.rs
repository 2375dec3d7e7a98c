//! Which parts of a breach claim a statement speaks to.

use std::sync::LazyLock;

use regex::Regex;

use crate::claim::Facet;

static WORDS: LazyLock<Vec<(Facet, Regex)>> = LazyLock::new(|| {
    [
        (Facet::Access, r"breach\w*|hack(?:ed|ing|s)?|access(?:ed)?|intrusions?|infiltrat\w+|penetrat\w+|compromis\w+|broke into|unauthori[sz]ed|impacted|affected|attack(?:ed)?|entered|logged in|incident"),
        (Facet::Exfiltration, r"stol\w+|steal\w*|exfiltrat\w+|theft|leak\w*|taken|took|downloaded|copied|obtained|extract\w+|release of data|disclosed"),
        (Facet::Assets, r"source code|customer (?:data|information|records)|documents?|files?|credentials|passwords?|databases?|emails?|records|personal (?:data|information)|employee (?:data|information)|artifacts?|screenshots?|blueprints|contracts|information"),
        (Facet::Volume, r"\d[\d,.]*\s?(?:[kmgtp]b|terabytes?|gigabytes?|megabytes?|t of|(?:million|thousand)?\s?(?:files|records|customers|users|accounts|employees|people|documents))"),
        (Facet::Date, r"(?:on|since|in|until|between|from) (?:early |late |mid-)?(?:january|february|march|april|may|june|july|august|september|october|november|december|19\d\d|20\d\d)|last (?:week|month|year)|first quarter|yesterday"),
        (Facet::Victim, r"(?:our|its|their) (?:own )?(?:\w+ )?(?:systems?|networks?|data|customers|infrastructure|environment|source code)|belong(?:s|ing)? to|third[- ]party|contractors?|not ours|victim list|alleged victims|names? of"),
        (Facet::Offer, r"sell\w*|sold|sale|auction\w*|ransom\w*|price|for [$€£]\s?\d\S*|bid\w*|publish(?:ed|ing)? (?:the|all|it)|will be (?:published|leaked)|extort\w*|offer(?:ed|ing)"),
    ]
    .into_iter()
    .filter_map(|(facet, words)| Regex::new(&format!(r"(?i)\b(?:{words})(?:\W|$)")).ok().map(|p| (facet, p)))
    .collect()
});

/// The facets that these words speak to, in their order; empty for context.
pub(super) fn facets(said: &str) -> Vec<Facet> {
    WORDS.iter().filter(|(_, words)| words.is_match(said)).map(|(facet, _)| *facet).collect()
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
        assert_eq!(facets("Our network was not breached."), [Facet::Access, Facet::Victim]);
    }
}
