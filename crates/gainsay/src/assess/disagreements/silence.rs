//! Everybody is said to be silent, and somebody spoke.

use std::sync::LazyLock;

use super::words::{CONTACT, Pattern, pattern, sentence};
use super::{Disagreement, Kind, Matter, place};
use crate::claim::{Said, Span, Stance};

static SILENT: Pattern = LazyLock::new(|| {
    pattern(
        r"\b(?:no one|nobody|none of (?:the|them|these)[\w ]{0,40}|neither (?:company|firm|of them|of the \w+))\b[^.!?\n]{0,60}\b(?:confirm|den(?:y|ied)|comment|respond|acknowledg|admit)\w*",
    )
});

pub(super) fn find(matter: &Matter<'_>) -> Vec<Disagreement> {
    let mut found = Vec::new();
    for (number, _, text) in matter.texts() {
        let Some(silent) = SILENT.find(text) else { continue };
        let span = sentence(text, Span { start: silent.start(), end: silent.end() });
        let spoke = |stances: &[Stance]| {
            let speaks = |said: &&&Said| {
                let statement = &said.statement;
                stances.contains(&statement.stance)
                    && !statement.facets.is_empty()
                    && matter.is_victim(&statement.speaker)
                    && (said.source != number || !statement.span.overlaps(&span))
                    && !CONTACT.is_match(matter.words(said))
            };
            matter.said.iter().find(speaks)
        };
        for stances in [&[Stance::Denies][..], &[Stance::Confirms, Stance::PartlyConfirms]] {
            if let Some(said) = spoke(stances) {
                let about = format!("whether {} had answered", said.statement.speaker);
                let says = matter.in_source(number, "nobody has".to_owned(), span);
                found.push(Disagreement { kind: Kind::Silence, about, places: [says, place(said)] });
            }
        }
    }
    found
}
