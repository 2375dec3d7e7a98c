//! What is for sale: data in one source, a way into networks in another.

use std::sync::LazyLock;

use regex::Regex;

use super::words::{Pattern, pattern, sentence};
use super::{Disagreement, Kind, Matter, Place};
use crate::claim::Span;

const ACCESS: &str = r"(?:(?:network|domain|rdp|vpn|remote|administrat\w+|root|privileged|corporate|initial) access|access to (?:[\w'’]+ ){0,4}(?:networks?|systems?|servers?|infrastructure))";
const DATA: &str = r"(?:data|documents?|source code|codebase|databases?|files|records|software)";

/// Goods before or after words of selling.
fn for_sale(goods: &str) -> Regex {
    pattern(&format!(
        r"\b{goods}\b[^.,;!?]{{0,40}}\b(?:offered|sold|for sale|auctioned|put up|up for)\b|\b(?:sell|sells|selling|sold|sale of|offer|offers|offered|offering|auction|auctioned|auctioning|touting)\b(?: [\w'’-]+){{0,6}} {goods}\b"
    ))
}

pub(in crate::assess) static ACCESS_SOLD: Pattern = LazyLock::new(|| for_sale(ACCESS));
static DATA_SOLD: Pattern = LazyLock::new(|| for_sale(DATA));

pub(super) fn find(matter: &Matter<'_>) -> Vec<Disagreement> {
    let (mut data, mut access): (Vec<Place>, Vec<Place>) = (Vec::new(), Vec::new());
    for (number, source, text) in matter.texts() {
        let found =
            |pattern: &Regex| pattern.find(text).map(|it| sentence(text, Span { start: it.start(), end: it.end() }));
        let offered = source.reading.offers.iter().find(|offer| offer.access.is_some());
        match (offered.map(|offer| offer.span).or_else(|| found(&ACCESS_SOLD)), found(&DATA_SOLD)) {
            (Some(span), _) => access.push(matter.in_source(number, "access is for sale".to_owned(), span)),
            (None, Some(span)) => data.push(matter.in_source(number, "data is for sale".to_owned(), span)),
            (None, None) => {}
        }
    }
    let Some(first) = data.into_iter().next() else { return Vec::new() };
    let about = || "what is for sale".to_owned();
    access
        .into_iter()
        .map(|other| Disagreement { kind: Kind::Goods, about: about(), places: [first.clone(), other] })
        .collect()
}
