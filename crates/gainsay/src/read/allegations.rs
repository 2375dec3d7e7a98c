//! The breach claims as the text words them: each crew with each alleged victim.

use std::sync::LazyLock;

use regex::Regex;

use crate::read::patterns::word_regex;

use crate::claim::{Allegation, Figure, FigureKind, PartyKind, Span, Stance};
use crate::read::entities::Cast;
use crate::read::speech::Item;

static GOODS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    word_regex(concat!(
        r"(?i)\b(?:source code|(?:customer|client|employee|user|personal|financial|corporate|internal|confidential|medical|payment|sensitive) (?:\w+ )?(?:data|information|records|documents|files)|network access|databases?|(?:internal |corporate )*documents",
        r"|passwords?|credentials|passports?|emails?|email addresses|phone numbers|social security numbers|credit card (?:data|numbers|details)|contracts|invoices|blueprints|screenshots|backups|(?:\d[\d,]* )?files|customer accounts)\b"
    ))
    .ok()
});

/// One allegation for each pair; at most [`MOST`] of each, so that a list of a thousand names stays a list.
pub(super) fn allegations(
    text: &str,
    items: &[Item],
    figures: &[Figure],
    actors: &[String],
    cast: &Cast,
) -> Vec<Allegation> {
    let victims: Vec<usize> = cast.of_kind(PartyKind::Victim).iter().copied().take(MOST).collect();
    let claims: Vec<&Item> = items
        .iter()
        .filter(|i| {
            i.stance == Stance::Claims || i.speaker.kind == PartyKind::Actor || i.speaker.kind == PartyKind::Researcher
        })
        .collect();
    let mut found = Vec::new();
    for (rank, actor) in actors.iter().take(MOST).enumerate() {
        let own: Vec<&&Item> = claims
            .iter()
            .filter(|i| {
                i.speaker.name == *actor
                    || i.speaker.party.is_none() && i.speaker.kind == PartyKind::Actor
                    || i.speaker.kind == PartyKind::Researcher
            })
            .collect();
        // A crew that is only mentioned makes no claim here.
        if rank > 0 && !own.iter().any(|i| i.speaker.name == *actor) {
            continue;
        }
        for &victim in &victims {
            let named = own.iter().find(|i| cast.within(i.span).iter().any(|&(_, p)| p == victim));
            let Some(span) =
                named.or(own.first()).map(|i| i.span).or_else(|| (rank == 0).then(|| cast.parties[victim].first))
            else {
                continue;
            };
            found.push(Allegation {
                actor: actor.clone(),
                victim: cast.parties[victim].name.clone(),
                assets: goods(text, own.iter().map(|i| i.span)),
                volume: worded(text, figures, FigureKind::Volume),
                price: worded(text, figures, FigureKind::Price),
                span,
            });
        }
    }
    found
}

const MOST: usize = 12;

fn worded(text: &str, figures: &[Figure], kind: FigureKind) -> Option<String> {
    figures.iter().find(|f| f.kind == kind).and_then(|f| f.span.of(text)).map(str::to_owned)
}

/// What is said to have been taken, each once, as first worded.
fn goods(text: &str, spans: impl Iterator<Item = Span>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for said in spans.filter_map(|s| s.of(text)) {
        for hit in GOODS.iter().flat_map(|p| p.find_iter(said)) {
            if !found.iter().any(|f| f.eq_ignore_ascii_case(hit.as_str())) {
                found.push(hit.as_str().to_owned());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goods_are_taken_as_worded_and_once() {
        let text = "It sold source code and customer data. The source code was old.";
        assert_eq!(
            goods(text, [Span { start: 0, end: text.len() }].into_iter()),
            ["source code", "customer data"].map(str::to_owned)
        );
    }
}
