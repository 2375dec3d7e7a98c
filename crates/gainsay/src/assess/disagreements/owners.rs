//! A product listed beside its owner as a victim of its own. Whose product it is, the gazetteer knows, or a text of the case says.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::words::{Pattern, mentions, pattern, sentence};
use super::{Disagreement, Kind, Matter};
use crate::assess::parties::key;
use crate::claim::Span;

static OWNS: Pattern = LazyLock::new(|| {
    pattern(
        r"^['’]?s?,? (?:\w+ ){0,3}(?:makers?|owners?|parent(?: company)?|developers?|vendors?|manufacturers?|publishers?) of (?:the )?$|^,? (?:which|who|that) (?:makes|owns|develops) (?:the )?$|^,? behind (?:the )?$",
    )
});

/// So many victims of one source are looked at.
const NAMED: usize = 12;

/// How far an owner may stand before its product, in bytes.
const REACH: usize = 60;

pub(super) fn find(matter: &Matter<'_>) -> Vec<Disagreement> {
    let mut found = Vec::new();
    let mut said: BTreeMap<(String, String), Option<(usize, Span)>> = BTreeMap::new();
    for (number, source, text) in matter.texts() {
        let mut named: Vec<(&str, Span)> = Vec::new();
        for allegation in &source.reading.allegations {
            if named.len() < NAMED && !named.iter().any(|(name, _)| key(name) == key(&allegation.victim)) {
                named.push((&allegation.victim, in_list(text, &allegation.victim, allegation.span)));
            }
        }
        for (product, at) in &named {
            for (owner, beside) in named.iter().filter(|(owner, _)| key(owner) != key(product)) {
                let known = matter.case.brands.get(*product).is_some_and(|of| key(of) == key(owner));
                let says = || matter.texts().find_map(|(number, _, text)| Some((number, says(text, owner, product)?)));
                let says = *said.entry((key(owner), key(product))).or_insert_with(says);
                let second = match says {
                    Some((place, span)) => matter.in_source(place, format!("{product} is of {owner}"), span),
                    None if known => matter.in_source(number, format!("{owner}, whose product {product} is"), *beside),
                    None => continue,
                };
                let first = matter.in_source(number, format!("{product} beside {owner}"), *at);
                let about = format!("{product} as a victim apart from {owner}");
                found.push(Disagreement { kind: Kind::Owner, about, places: [first, second] });
            }
        }
    }
    found
}

/// Where a name stands in the words of an allegation, or those words.
fn in_list(text: &str, name: &str, span: Span) -> Span {
    let within = span.of(text).unwrap_or_default();
    let at = mentions(within, name).last();
    at.map_or(span, |at| Span { start: span.start + at.start, end: span.start + at.end })
}

/// The sentence of a text that says whose product it is.
fn says(text: &str, owner: &str, product: &str) -> Option<Span> {
    mentions(text, product).find_map(|at| {
        let from = text.ceil_char_boundary(at.start.saturating_sub(REACH + owner.len()));
        let before = &text[from..at.start];
        let after_owner = &before[before.rfind(owner)? + owner.len()..];
        OWNS.is_match(after_owner).then(|| sentence(text, at))
    })
}
