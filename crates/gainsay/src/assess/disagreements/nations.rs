//! The victims are said to be of one country in one source and of another in another.

use std::sync::LazyLock;

use super::words::{Pattern, pattern, sentence};
use super::{Disagreement, Kind, Matter, Place};
use crate::claim::Span;

/// Words for a country's people, with the country.
const NATIONS: &[(&str, &str)] = &[
    ("U.S.", "US"),
    ("US", "US"),
    ("American", "US"),
    ("UK", "UK"),
    ("British", "UK"),
    ("Japanese", "Japan"),
    ("Chinese", "China"),
    ("German", "Germany"),
    ("French", "France"),
    ("Italian", "Italy"),
    ("Spanish", "Spain"),
    ("Dutch", "Netherlands"),
    ("Swiss", "Switzerland"),
    ("Swedish", "Sweden"),
    ("Norwegian", "Norway"),
    ("Danish", "Denmark"),
    ("Finnish", "Finland"),
    ("Polish", "Poland"),
    ("Czech", "Czechia"),
    ("Romanian", "Romania"),
    ("Russian", "Russia"),
    ("Ukrainian", "Ukraine"),
    ("Turkish", "Turkey"),
    ("Israeli", "Israel"),
    ("Indian", "India"),
    ("Korean", "Korea"),
    ("Taiwanese", "Taiwan"),
    ("Australian", "Australia"),
    ("Canadian", "Canada"),
    ("Mexican", "Mexico"),
    ("Brazilian", "Brazil"),
    ("Irish", "Ireland"),
    ("Belgian", "Belgium"),
    ("Austrian", "Austria"),
    ("Portuguese", "Portugal"),
    ("Greek", "Greece"),
    ("Saudi", "Saudi Arabia"),
    ("Singaporean", "Singapore"),
    ("Malaysian", "Malaysia"),
    ("Indonesian", "Indonesia"),
    ("Thai", "Thailand"),
    ("Vietnamese", "Vietnam"),
    ("Argentine", "Argentina"),
    ("Chilean", "Chile"),
    ("South African", "South Africa"),
];

static NATION: Pattern = LazyLock::new(|| {
    let words: Vec<String> = NATIONS.iter().map(|(word, _)| regex::escape(word)).collect();
    // Letters as they are: "us" is no country.
    pattern(&format!(r"(?-i)(?:^|[^\w])({})(?:-based)? ((?:[\w-]+ ){{0,4}})", words.join("|")))
});
static GROUP: Pattern = LazyLock::new(|| {
    pattern(r"^(?:[\w-]+ ){0,2}(?:firms|companies|makers|vendors|organi[sz]ations|businesses|banks|corporations)\b")
});
static BREACH: Pattern =
    LazyLock::new(|| pattern(r"\b(?:breach|hack|infiltrat|compromis|stole|steal|victim|target|penetrat|attack)"));

pub(super) fn find(matter: &Matter<'_>) -> Vec<Disagreement> {
    let mut groups: Vec<(&str, Place)> = Vec::new();
    let mut named: Vec<(&str, &str, Place)> = Vec::new();
    for (number, _, text) in matter.texts() {
        for found in NATION.captures_iter(text) {
            let (Some(whole), Some(word)) = (found.get(0), found.get(1)) else { continue };
            let Some((_, nation)) = NATIONS.iter().find(|(it, _)| *it == word.as_str()) else { continue };
            let after = text[word.end()..].trim_start_matches("-based").trim_start();
            let span = Span { start: word.start(), end: whole.end() };
            if GROUP.is_match(after) {
                let around = sentence(text, span);
                if around.of(text).is_some_and(|words| BREACH.is_match(words)) {
                    groups.push((nation, matter.in_source(number, format!("they are of {nation}"), around)));
                }
            } else if let Some(victim) = named_after(matter, after) {
                let what = format!("{victim} is of {nation}");
                named.push((nation, victim, matter.in_source(number, what, sentence(text, span))));
            }
        }
    }
    let mut found = Vec::new();
    let mut add = |about: String, one: &Place, other: &Place| {
        found.push(Disagreement { kind: Kind::Nation, about, places: [one.clone(), other.clone()] });
    };
    for (at, (nation, victim, place)) in named.iter().enumerate() {
        let of_others = groups.iter().find(|(other, group)| other != nation && group.source != place.source);
        if let Some((_, group)) = of_others {
            add(format!("where {victim} is"), group, place);
        }
        if let Some((_, _, other)) = named[..at].iter().find(|(other, name, _)| name == victim && other != nation) {
            add(format!("where {victim} is"), other, place);
        }
    }
    found
}

/// The victim that a few words lead to.
fn named_after<'c>(matter: &Matter<'c>, after: &str) -> Option<&'c str> {
    let starts: Vec<usize> = [0].into_iter().chain(after.match_indices(' ').map(|(at, _)| at + 1).take(4)).collect();
    let name =
        |at: usize| {
            let rest = &after[at..];
            matter.parties.victims.values().find(|name| {
                rest.strip_prefix(name.as_str()).is_some_and(|end| !end.starts_with(char::is_alphanumeric))
            })
        };
    starts.into_iter().take_while(|at| !after[..*at].contains(['.', ',', ';'])).find_map(name).map(String::as_str)
}
