//! One figure, said of one company in one source and of several in another.

use super::words::mentions;
use super::{Disagreement, Kind, Matter};
use crate::claim::{Figure, FigureKind, Source, Span};

/// How far before a figure the companies stand that it is said of, in bytes.
const BEFORE: usize = 1500;

/// Of whom a figure is said, as the text before it reads.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Of {
    One(String),
    Several(String),
}

pub(super) fn find(matter: &Matter<'_>) -> Vec<Disagreement> {
    let mut found = Vec::new();
    // A sum that stands beside a volume in the same two sources is attached as that is.
    let mut met = Vec::new();
    for kind in [FigureKind::Volume, FigureKind::Price] {
        let mut first: Vec<(usize, &Figure, Of)> = Vec::new();
        for (number, source, text) in matter.texts() {
            let Some(figure) = source.reading.figures.iter().find(|figure| figure.kind == kind) else { continue };
            let Some(of) = of(matter, source, text, figure) else { continue };
            let is_other = |(_, other, known): &&(usize, &Figure, Of)| {
                digits(other) == digits(figure) && matches!(known, Of::One(_)) != matches!(of, Of::One(_))
            };
            if let Some((earlier, other, known)) = first.iter().find(is_other)
                && !met.contains(&(*earlier, number))
            {
                met.push((*earlier, number));
                let say = |source: usize, figure: &Figure, of: &Of| {
                    let (Of::One(name) | Of::Several(name)) = of;
                    matter.in_source(source, format!("{} of {name}", figure.value), figure.span)
                };
                let places = [say(*earlier, other, known), say(number, figure, &of)];
                found.push(Disagreement { kind: Kind::Attachment, about: format!("whose the {kind} is"), places });
            }
            first.push((number, figure, of));
        }
    }
    found
}

fn digits(figure: &Figure) -> String {
    figure.value.trim_start_matches(['~', '<', '>']).to_owned()
}

/// Which victims the text names before the figure, or how many it says that there are.
fn of(matter: &Matter<'_>, source: &Source, text: &str, figure: &Figure) -> Option<Of> {
    let window =
        Span { start: text.ceil_char_boundary(figure.span.start.saturating_sub(BEFORE)), end: figure.span.start };
    let before = window.of(text)?;
    let several = source.reading.figures.iter().filter(|it| it.kind == FigureKind::Count).find(|it| {
        const OF: &[&str] =
            &["companies", "firms", "vendors", "organisations", "organizations", "victims", "banks", "makers"];
        let (number, noun) = it.value.rsplit_once(' ').unwrap_or_default();
        it.span.start >= window.start
            && it.span.end <= window.end
            && OF.contains(&noun)
            && number.trim_start_matches(['~', '<', '>']) != "1"
    });
    if let Some(count) = several {
        return Some(Of::Several(count.value.clone()));
    }
    let named: Vec<&String> =
        matter.parties.victims.values().filter(|name| mentions(before, name).next().is_some()).collect();
    match &named[..] {
        [] => None,
        [one] => Some(Of::One((*one).clone())),
        [..] => Some(Of::Several(named.into_iter().cloned().collect::<Vec<_>>().join(", "))),
    }
}
