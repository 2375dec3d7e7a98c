//! Competing explanations in words.

use serde_json::{Value, json};

use crate::assess::{Explanation, Explanations, Ground};
use crate::release::View;

/// What is behind the order, for a page.
pub const CAPTION: &str = "What may be behind the claim, each with what fits it and what does not. What fits several tells \
     little: the one with least against it leads. A party counts as it does on the claims, once.";

/// Every explanation of one company by what is against it: `own systems entered (0 against); the others (3100)`.
pub fn in_order(explanations: &Explanations) -> String {
    let ranked = &explanations.ranked;
    let mut groups: Vec<(i64, Vec<&str>)> = Vec::new();
    for it in ranked {
        match groups.last_mut().filter(|(burden, _)| *burden == it.burden()) {
            Some((_, alike)) => alike.push(it.cause.words()),
            None => groups.push((it.burden(), vec![it.cause.words()])),
        }
    }
    let last = groups.len().saturating_sub(1);
    let words = groups.iter().enumerate().map(|(at, (burden, alike))| {
        let names = if at == last && at > 0 && alike.len() > 2 { "the others".to_owned() } else { alike.join(", ") };
        format!("{names} ({burden}{})", if at == 0 { " against" } else { "" })
    });
    words.collect::<Vec<_>>().join("; ")
}

/// The company that the explanations are of.
pub fn of(explanations: &Explanations) -> &str {
    explanations.victim.as_deref().unwrap_or("the company")
}

/// A ground with its handles: `s20 Symantec: victim denies (700)`.
pub fn ground(ground: &Ground) -> String {
    format!("{} {} ({})", ground.from.join(", "), ground.words, ground.weight)
}

/// The explanations of a view for machines.
pub fn to_json(view: &View) -> Value {
    let ground = |it: &Ground| json!({ "from": it.from, "words": it.words, "weight_millinats": it.weight });
    let one = |it: &Explanation| {
        json!({
            "explanation": it.cause.word(),
            "against_millinats": it.burden(),
            "fits": it.fits.iter().map(ground).collect::<Vec<_>>(),
            "against": it.against.iter().map(ground).collect::<Vec<_>>(),
        })
    };
    let each = view
        .assessment
        .explanations
        .iter()
        .map(|it| json!({ "victim": it.victim, "ranked": it.ranked.iter().map(one).collect::<Vec<_>>() }));
    each.collect()
}
