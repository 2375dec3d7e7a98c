//! A text that a company is about to publish, sentence by sentence: all of it is its own word on its own matter.

use std::sync::LazyLock;

use regex::Regex;

use crate::claim::{OwnSentence, PartyKind, Span, Stance};
use crate::read::facets::facets;
use crate::read::figures::figures;
use crate::read::lexicon::Cue;
use crate::read::patterns::word_regex;
use crate::read::speech::pages;
use crate::read::stance::{Heard, stance};

/// Nobody told us, in either voice.
static UNTOLD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    word_regex(concat!(
        r"(?i)\b(?:nobody|no one|none|no (?:\w+ ){1,3})\b.{0,60}\b(?:contacted|notified|warned|alerted|informed|approached|told|reached out|been in touch)\b",
        r"|(?:\bnot|\bnever|n['’]t) (?:\w+ ){0,3}(?:contacted|notified|warned|alerted|informed|approached|told|reached out|been in touch|in contact)\b"
    ))
    .ok()
});

/// The sentences of a company's own text, in order.
pub fn own_words(text: &str) -> Vec<OwnSentence> {
    let pages = pages(text);
    let sentences = pages.iter().filter(|page| !page.paragraph.short).flat_map(|page| &page.sentences);
    sentences.map(|&span| own_sentence(text, span)).collect()
}

fn own_sentence(text: &str, span: Span) -> OwnSentence {
    let said = span.of(text).unwrap_or_default();
    let heard = Heard { cue: Cue::Says, negated: false, kind: PartyKind::Victim, own_matter: true, text: said };
    let read = stance(&heard);
    let mut counted = Vec::new();
    figures(text, span, true, &mut counted);
    OwnSentence {
        span,
        stance: read.explicit.then_some(read.stance).filter(|stance| *stance != Stance::Informs),
        facets: facets(said),
        figures: counted,
        denies_contact: UNTOLD.as_ref().is_some_and(|untold| untold.is_match(said)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::Facet;

    #[test]
    fn each_sentence_is_the_companys_own_word() {
        let text = "We are writing to you about a claim of last week. We have no evidence that source code was stolen. \
                    Nobody contacted us before. An unauthorised party had access to one of our test servers. \
                    The price of our locks stays the same.";
        let read = own_words(text);
        let stances: Vec<Option<Stance>> = read.iter().map(|it| it.stance).collect();
        assert_eq!(stances[1], Some(Stance::Denies));
        assert!(matches!(stances[3], Some(Stance::Confirms | Stance::PartlyConfirms)));
        assert!(read[1].facets.contains(&Facet::Exfiltration) && read[3].facets.contains(&Facet::Access));
        assert_eq!(read.iter().map(|it| it.denies_contact).collect::<Vec<_>>(), [false, false, true, false, false]);
    }
}
