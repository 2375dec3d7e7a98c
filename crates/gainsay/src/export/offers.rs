//! What sellers offer, in rows: what the formats for people share. It is what they say, and nothing of it is verified.

use serde_json::{Value, json};

use crate::claim::Offer;
use crate::release::View;

/// What stands above the rows.
pub const CAPTION: &str = "What sellers say that they have. Nothing here is verified.";

/// The heads of the columns.
pub const COLUMNS: [&str; 6] = ["source", "seller", "victim", "goods", "volume", "price"];

/// How many goods of one offer a row names.
const GOODS: usize = 6;

/// One offer.
pub struct Row {
    /// The handle of the source that makes it.
    pub source: String,
    /// As in [`COLUMNS`], the source left out.
    pub cells: [String; 5],
    /// Access, proof and masked contacts, where there are any.
    pub more: String,
}

/// The offers of the newest version of each source, as they stand in the case.
pub fn rows(view: &View) -> Vec<Row> {
    let sources = view.case.sources.iter().filter(|source| source.replaced_by.is_none());
    sources.flat_map(|source| source.reading.offers.iter().map(|offer| row(&source.handle, offer))).collect()
}

fn row(source: &str, offer: &Offer) -> Row {
    let or_dash = |value: &Option<String>| value.clone().unwrap_or_else(|| "–".to_owned());
    let mut goods: Vec<&str> = offer.goods.iter().take(GOODS).map(String::as_str).collect();
    let rest = offer.goods.len().saturating_sub(GOODS);
    let and_more = format!("{rest} more");
    if rest > 0 {
        goods.push(&and_more);
    }
    let goods = if goods.is_empty() { "–".to_owned() } else { goods.join(", ") };
    Row {
        source: source.to_owned(),
        cells: [or_dash(&offer.seller), or_dash(&offer.victim), goods, or_dash(&offer.volume), or_dash(&offer.price)],
        more: more(offer),
    }
}

/// What a row has no column for: `access RDP; proof screenshots; contact telegram @du…h`.
fn more(offer: &Offer) -> String {
    let parts = [
        offer.access.as_ref().map(|access| format!("access {access}")),
        (!offer.proof.is_empty()).then(|| format!("proof {}", offer.proof.join(", "))),
        (!offer.contacts.is_empty()).then(|| format!("contact {}", offer.contacts.join(", "))),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// One offer in a sentence, for the drafts of one text.
pub fn sentence(offer: &Offer) -> String {
    let goods = if offer.goods.is_empty() { "something".to_owned() } else { offer.goods.join(", ") };
    let part =
        |before: &str, value: &Option<String>| value.as_ref().map_or(String::new(), |value| format!("{before}{value}"));
    let more = more(offer);
    format!(
        "{} offers {goods}{}{}{}{}{more}",
        offer.seller.as_deref().unwrap_or("an unnamed seller"),
        part(" of ", &offer.victim),
        part(", ", &offer.volume),
        part(", for ", &offer.price),
        if more.is_empty() { "" } else { "; " },
    )
}

/// The offers for machines.
pub fn to_json(view: &View) -> Vec<Value> {
    let sources = view.case.sources.iter().filter(|source| source.replaced_by.is_none());
    let offers = sources.flat_map(|source| source.reading.offers.iter().map(move |offer| (source, offer)));
    offers
        .map(|(source, offer)| {
            let mut value = offer_to_json(offer);
            value["source"] = json!(source.handle);
            value
        })
        .collect()
}

/// One offer for machines; contacts are masked when they are read.
pub fn offer_to_json(offer: &Offer) -> Value {
    json!({
        "seller": offer.seller,
        "victim": offer.victim,
        "goods": offer.goods,
        "volume": offer.volume,
        "price": offer.price,
        "proof": offer.proof,
        "contacts": offer.contacts,
        "access": offer.access,
        "span": { "start": offer.span.start, "end": offer.span.end },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::Span;

    fn offer() -> Offer {
        Offer {
            seller: Some("dustfinch".to_owned()),
            victim: Some("Brightwell".to_owned()),
            goods: (1..9).map(|n| format!("thing {n}")).collect(),
            volume: Some("2 TB".to_owned()),
            price: None,
            proof: vec![],
            contacts: vec!["telegram @du…h".to_owned()],
            access: Some("RDP".to_owned()),
            span: Span { start: 3, end: 9 },
        }
    }

    #[test]
    fn a_row_has_what_is_known_and_says_what_is_not() {
        let row = row("src1", &offer());
        assert_eq!(row.cells[0], "dustfinch");
        assert_eq!(row.cells[2], "thing 1, thing 2, thing 3, thing 4, thing 5, thing 6, 2 more");
        assert_eq!(row.cells[4], "–");
        assert_eq!(row.more, "access RDP; contact telegram @du…h");
    }

    #[test]
    fn a_sentence_says_it_whole() {
        let told = sentence(&Offer { goods: vec!["source code".to_owned()], ..offer() });
        assert_eq!(told, "dustfinch offers source code of Brightwell, 2 TB; access RDP; contact telegram @du…h");
    }
}
