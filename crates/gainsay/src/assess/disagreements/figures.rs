//! Figures that differ: in their numbers, or in the wording that bounds them ("over", "close to").

use std::collections::BTreeSet;

use super::words::{sentence, stems};
use super::{Disagreement, Kind, Matter, Place, current};
use crate::claim::{Figure, FigureKind, Span};

/// A figure where it stands, with who gives it.
struct Given<'c> {
    source: usize,
    by: Option<String>,
    figure: &'c Figure,
    amount: Option<Amount>,
    /// What its sentence is of.
    stems: BTreeSet<String>,
}

/// A number with the way in which it is bounded.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Amount {
    /// `>`, `<`, or a space where it is exact or about so much.
    bound: char,
    number: f64,
}

/// So many figures of one kind are looked at.
const FIGURES: usize = 500;

pub(super) fn find(matter: &Matter<'_>) -> Vec<Disagreement> {
    let mut found = Vec::new();
    for kind in [FigureKind::Volume, FigureKind::Price, FigureKind::Money, FigureKind::Count] {
        let given = given(matter, kind);
        let mut apart: Vec<&Given<'_>> = Vec::new();
        for one in &given {
            let same_value =
                |other: &&&Given<'_>| other.figure.value == one.figure.value && noun(other.figure) == noun(one.figure);
            if apart.iter().any(|other| same_value(&other)) {
                continue;
            }
            // Each other value against the first of the same thing: where many agree, one stands for all.
            if let Some(other) = apart.iter().find(|other| are_of_one_thing(kind, other, one) && differ(other, one)) {
                let what = one.figure.of.as_deref().or(noun(one.figure)).filter(|_| kind == FigureKind::Count);
                let about = what.map_or(kind.word().to_owned(), |what| format!("{kind} of {what}"));
                let places = [place(matter, other), place(matter, one)];
                found.push(Disagreement { kind: Kind::Figures, about, places });
            }
            apart.push(one);
        }
    }
    found
}

fn given<'c>(matter: &Matter<'c>, kind: FigureKind) -> Vec<Given<'c>> {
    let figures = current(matter.case).flat_map(|(number, source)| {
        source
            .reading
            .figures
            .iter()
            .filter(move |figure| figure.kind == kind)
            .map(move |figure| (number, source, figure))
    });
    let given = figures.take(FIGURES).map(|(source, it, figure)| {
        let covers = |span: Span| span.start <= figure.span.start && figure.span.end <= span.end;
        let said = matter.of_source(source).iter().find(|said| covers(said.statement.span));
        let by = said.map(|said| {
            let statement = &said.statement;
            matter.parties.canonical(statement.origin.as_deref().unwrap_or(&statement.speaker))
        });
        let text = matter.text(it);
        let stems = stems(sentence(text, figure.span).of(text).unwrap_or_default());
        Given { source, by, figure, amount: amount(&figure.value), stems }
    });
    given.collect()
}

fn place(matter: &Matter<'_>, given: &Given<'_>) -> Place {
    matter.in_source(given.source, given.figure.value.clone(), given.figure.span)
}

/// Whether two figures are of one thing. Within one source they are where different parties give them.
fn are_of_one_thing(kind: FigureKind, one: &Given<'_>, other: &Given<'_>) -> bool {
    let apart = one.source != other.source || one.by.is_some() && other.by.is_some() && one.by != other.by;
    let shared = || one.stems.intersection(&other.stems).count();
    let same_words = match (&one.figure.of, &other.figure.of) {
        (Some(one), Some(other)) => !stems(one).is_disjoint(&stems(other)),
        _ => true,
    };
    let of_one_thing = match kind {
        FigureKind::Volume | FigureKind::Price => true,
        // Sums and counts are many in a story: their sentences must be of one matter.
        FigureKind::Money => shared() >= 2,
        _ => noun(one.figure).is_some() && noun(one.figure) == noun(other.figure) && shared() >= 2,
    };
    apart && same_words && of_one_thing
}

fn differ(one: &Given<'_>, other: &Given<'_>) -> bool {
    let (Some(one), Some(other)) = (one.amount, other.amount) else { return false };
    let near = (one.number - other.number).abs() <= 0.05 * one.number.max(other.number);
    // "Around 30" and "30" agree; "over 30" and "30", or "close to" it, do not.
    !near || one.bound != other.bound
}

/// A value as written by the reader, `>300000 USD`, as an amount; bytes for volumes.
fn amount(value: &str) -> Option<Amount> {
    let bound = value.chars().next().filter(|c| matches!(c, '<' | '>')).unwrap_or(' ');
    let mut words = value.trim_start_matches(|c: char| !c.is_ascii_digit()).split(' ');
    let number: f64 = words.next()?.parse().ok()?;
    let unit = match words.next().unwrap_or_default() {
        "KB" => 1e3,
        "MB" => 1e6,
        "GB" => 1e9,
        "TB" => 1e12,
        "PB" => 1e15,
        _ => 1.0,
    };
    Some(Amount { bound, number: number * unit })
}

/// What a count counts: the last word of its value, where that is no measure of time.
fn noun(figure: &Figure) -> Option<&str> {
    const MEASURES: &[&str] = &["days", "hours", "weeks", "months", "years", "minutes", "percent", "times", "people"];
    let last = figure.value.rsplit(' ').next()?;
    (last.starts_with(char::is_alphabetic) && !MEASURES.contains(&last)).then_some(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_amounts() {
        let of = |value: &str| amount(value).map(|it| (it.bound, it.number));
        assert_eq!(of(">300000 USD"), Some(('>', 300_000.0)));
        assert_eq!(of("~30 TB"), Some((' ', 30e12)));
        assert_eq!(of("many"), None);
    }
}
