//! Why the reader decided as it did: each step of the sieve, with the words that it went by.

use crate::claim::{About, Draft, PartyKind, Span};
use crate::read::names::Gazetteer;
use crate::read::speech::Item;
use crate::read::{ACCEPT_AT, confidence, hear, is_sifted, read};

/// One step of the sieve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which: `found`, `speaker`, `matter`, `stance`, `rivals`, `relay`, `joined`, `confidence`, `set aside`.
    pub step: &'static str,
    /// Why, in a few words.
    pub why: String,
    /// The words that decided, where there are some.
    pub words: Option<Span>,
}

/// A statement, or a sentence that was considered and is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Where it stands.
    pub span: Span,
    /// Its place among the reading's drafts; `None` where it was set aside.
    pub draft: Option<usize>,
    /// What each step said, in their order.
    pub steps: Vec<Step>,
}

/// Explains the reading that [`read`](crate::read::read) gives of the same text, in order of place.
pub fn explain(text: &str, about: &About, names: &Gazetteer) -> Vec<Explanation> {
    if !is_sifted(text, about, names) {
        return read(text, about, names).drafts.iter().enumerate().map(|(at, draft)| of_draft(at, draft)).collect();
    }
    let heard = hear(text, about, names);
    let kept = heard.items.iter().enumerate().map(|(at, item)| Explanation {
        span: item.span,
        draft: Some(at),
        steps: of_item(item),
    });
    let aside = heard.aside.iter().map(|aside| Explanation {
        span: aside.sentence,
        draft: None,
        steps: vec![Step { step: "set aside", why: aside.why.to_owned(), words: Some(aside.word) }],
    });
    let mut all: Vec<Explanation> = kept.chain(aside).collect();
    all.sort_by_key(|e| (e.span.start, e.draft.is_none()));
    all
}

/// What sellers write, and Russian news, goes through rules of its own, which say themselves how they found it.
fn of_draft(at: usize, draft: &Draft) -> Explanation {
    let step = |step, why: String| Step { step, why, words: None };
    let said = &draft.statement;
    let fate = if draft.confidence >= ACCEPT_AT { "accepted" } else { "waits for review" };
    let steps = vec![
        step("found", draft.because.clone()),
        step("speaker", format!("{} ({})", said.speaker, said.speaker_kind.word())),
        step("stance", said.stance.word().to_owned()),
        step("confidence", format!("{} of 1000, {fate}", draft.confidence)),
    ];
    Explanation { span: said.span, draft: Some(at), steps }
}

fn of_item(item: &Item) -> Vec<Step> {
    let step = |step, why: String, words| Step { step, why, words };
    let mut steps = vec![
        step("found", item.rule.words().to_owned(), Some(item.word)),
        step(
            "speaker",
            format!("{} ({}), {}", item.speaker.name, item.speaker.kind.word(), item.speaker.known.words()),
            None,
        ),
        step("matter", matter(item).to_owned(), None),
        step("stance", format!("{}: {}", item.stance.word(), item.why), item.words),
    ];
    if item.rivals > 0 {
        steps.push(step("rivals", format!("words in it point to {} other stances, too", item.rivals), None));
    }
    for relay in &item.relays {
        steps.push(step("relay", format!("passed on by {} ({})", relay.name, relay.kind.word()), None));
    }
    if item.joined > 1 {
        steps.push(step("joined", format!("{} neighbouring sentences of one speaker", item.joined), None));
    }
    let sure = confidence::confidence(item);
    let fate = if sure >= ACCEPT_AT { "accepted" } else { "waits for review" };
    steps.push(step("confidence", format!("{sure} of 1000, {fate}: {}", confidence::why(item)), None));
    steps
}

/// Of whose house the speaker speaks.
fn matter(item: &Item) -> &'static str {
    match (item.own_matter, item.speaker.kind) {
        (true, _) => "speaks of its own house",
        (_, PartyKind::Actor) => "speaks of what it says it did",
        (_, PartyKind::Press) => "reports",
        _ => "speaks of another's house, or of none",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::read;

    const STORY: &str = "A gang known as GreyHeron breached Brightwell. Brightwell denied that it was breached.\n\nIf Brightwell admitted that it was hacked, customers would leave. Tarnwell, a threat intelligence firm, said that GreyHeron claims to hold files.\n\nIn 2021 the retailer Oakvale said that thieves had taken cards.\n";

    #[test]
    fn every_draft_is_explained_and_what_is_set_aside_has_a_reason() {
        let (about, names) = (About::default(), Gazetteer::built_in());
        let told = explain(STORY, &about, &names);
        let drafts = read(STORY, &about, &names).drafts;
        let explained: Vec<Span> = told.iter().filter(|e| e.draft.is_some()).map(|e| e.span).collect();
        assert_eq!(explained, drafts.iter().map(|d| d.statement.span).collect::<Vec<_>>());
        let denial = &told[0];
        let stance = denial
            .steps
            .iter()
            .find(|s| s.step == "stance")
            .map(|s| (s.why.as_str(), s.words.and_then(|w| w.of(STORY))));
        assert!(
            matches!(stance, Some((why, Some(words))) if why.starts_with("denies") && words.contains("denied")),
            "{stance:?}"
        );
        let aside = |word: &str| {
            told.iter()
                .filter(|e| e.draft.is_none())
                .flat_map(|e| &e.steps)
                .find(|s| s.words.and_then(|w| w.of(STORY)) == Some(word))
                .map(|s| s.why.clone())
        };
        assert!(aside("admitted").is_some_and(|why| why.contains("supposed")));
        assert!(aside("claims").is_some_and(|why| why.contains("inside")));
        assert!(told.iter().any(|e| e.draft.is_none() && e.steps[0].why.starts_with("background")), "{told:#?}");
    }
}
