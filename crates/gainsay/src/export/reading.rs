//! A reading as JSON, as `gainsay read --json` prints it.

use serde_json::{Value, json};

use crate::claim::{Draft, Reading, Span};
use crate::read::ACCEPT_AT;

/// The reading of `text` as one JSON object with the lists `statements`, `claims`, `figures`, `organisations`, `actors`, `vectors`, `contacts`, `cites`,
/// `indicators`, `offers` and the `language` (ISO 639-1, null where it cannot be told).
///
/// A `span` is `{"start", "end"}` in bytes of the UTF-8 text; `quote` is the text that it covers. `accepted` is true at [`ACCEPT_AT`] or above.
pub fn reading_to_json(text: &str, reading: &Reading) -> Value {
    json!({
        "statements": reading.drafts.iter().map(|d| statement(text, d)).collect::<Vec<_>>(),
        "claims": reading.allegations.iter().map(|a| json!({
            "actor": a.actor, "victim": a.victim, "assets": a.assets, "volume": a.volume, "price": a.price, "span": span(a.span), "quote": quote(text, a.span),
        })).collect::<Vec<_>>(),
        "figures": reading.figures.iter().map(|f| json!({ "kind": f.kind.word(), "value": f.value, "of": f.of, "span": span(f.span), "quote": quote(text, f.span) })).collect::<Vec<_>>(),
        "organisations": reading.organisations.iter().map(|o| json!({ "name": o.name, "role": o.role.word(), "span": span(o.span) })).collect::<Vec<_>>(),
        "actors": reading.actors.iter().map(|a| json!({ "name": a.name, "aliases": a.aliases, "span": span(a.span) })).collect::<Vec<_>>(),
        "vectors": reading.vectors.iter().map(|v| json!({ "attack_id": v.attack_id, "span": span(v.span), "quote": quote(text, v.span) })).collect::<Vec<_>>(),
        "contacts": reading.contacts.iter().map(|c| json!({ "from": c.from, "to": c.to, "date": c.date, "span": span(c.span), "quote": quote(text, c.span) })).collect::<Vec<_>>(),
        "cites": reading.citations.iter().map(|c| json!({ "source": c.source, "kind": c.kind, "span": span(c.span), "quote": quote(text, c.span) })).collect::<Vec<_>>(),
        "indicators": reading.indicators.iter().map(|i| json!({ "kind": i.kind.word(), "value": i.value, "span": span(i.span), "quote": quote(text, i.span) })).collect::<Vec<_>>(),
        "offers": reading.offers.iter().map(|o| json!({
            "seller": o.seller, "victim": o.victim, "goods": o.goods, "volume": o.volume, "price": o.price, "proof": o.proof, "contacts": o.contacts, "access": o.access, "span": span(o.span),
        })).collect::<Vec<_>>(),
        "language": reading.language,
    })
}

fn statement(text: &str, draft: &Draft) -> Value {
    let said = &draft.statement;
    json!({
        "speaker": said.speaker,
        "speaker_kind": said.speaker_kind.word(),
        "stance": said.stance.word(),
        "about": said.about,
        "facets": said.facets.iter().map(|f| f.word()).collect::<Vec<_>>(),
        "origin": said.origin,
        "relays": said.relays,
        "to": said.to,
        "date": said.date,
        "days": said.days.map(|days| json!({ "from": days.from.to_string(), "to": days.to.to_string() })),
        "span": span(said.span),
        "quote": quote(text, said.span),
        "accepted": draft.confidence >= ACCEPT_AT,
        "confidence": f64::from(draft.confidence) / 1000.0,
        "because": draft.because,
    })
}

fn span(span: Span) -> Value {
    json!({ "start": span.start, "end": span.end })
}

fn quote(text: &str, span: Span) -> &str {
    span.of(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::{Figure, FigureKind, PartyKind, Stance, Statement};

    #[test]
    fn the_format_is_the_documented_one() {
        let text = "Brightwell denied it. 3 TB";
        let draft = |confidence| Draft {
            statement: Statement {
                speaker: "Brightwell".to_owned(),
                speaker_kind: PartyKind::Victim,
                stance: Stance::Denies,
                about: vec![],
                facets: vec![],
                origin: None,
                to: None,
                relays: vec![],
                date: None,
                days: None,
                span: Span { start: 0, end: 21 },
            },
            confidence,
            because: "said so".to_owned(),
        };
        let reading = Reading {
            drafts: vec![draft(ACCEPT_AT), draft(ACCEPT_AT - 1)],
            figures: vec![Figure {
                kind: FigureKind::Volume,
                value: "3 TB".to_owned(),
                of: None,
                span: Span { start: 22, end: 26 },
            }],
            ..Reading::default()
        };
        let json = reading_to_json(text, &reading);
        assert_eq!(json["statements"][0]["quote"], "Brightwell denied it.");
        assert_eq!(
            (&json["statements"][0]["accepted"], &json["statements"][1]["accepted"]),
            (&json!(true), &json!(false))
        );
        assert_eq!(
            json["figures"][0],
            json!({"kind": "volume", "value": "3 TB", "of": null, "span": {"start": 22, "end": 26}, "quote": "3 TB"})
        );
        for list in ["claims", "organisations", "actors", "vectors", "contacts", "cites", "indicators", "offers"] {
            assert!(json[list].is_array(), "{list}");
        }
    }
}
