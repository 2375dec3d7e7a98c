//! How sure the reader is of a draft, in thousandths.
//!
//! A first scale by argument, not by measurement: each rule starts from how often its form misleads a careful reader, and each thing that had
//! to be guessed (who "the company" is, what a role implies) takes some of it away. Nothing is ever certain, nothing found is worthless.

use crate::claim::{PartyKind, Stance};
use crate::read::ACCEPT_AT;
use crate::read::attribution::Rule;
use crate::read::speech::Item;
use crate::read::subject::Known;

/// The confidence in one item, 50 to 980.
pub(super) fn confidence(item: &Item) -> u16 {
    let rule: i32 = match item.rule {
        Rule::Quote => 940,
        Rule::Indirect => 920,
        Rule::Signed => 860,
        Rule::AccordingTo => 860,
        Rule::Passive => 820,
        Rule::OwnAccount => 820,
        Rule::Continued => 800,
        Rule::Hanging => 780,
        Rule::Unanswered => 880,
        Rule::Nominal => 700,
        Rule::Deed => 600,
        Rule::OwnPage => 700,
        Rule::SelfDescribed => 640,
        Rule::Announced => 600,
        Rule::QuoteNear => 520,
    };
    let speaker = match item.speaker.known {
        Known::Named | Known::Spokesperson => 0,
        Known::Role => -50,
        Known::Pronoun => -80,
        Known::Unnamed => -140,
    };
    // The verb or the words say what the stance is; else it follows from the role alone.
    let stance = match (item.explicit, item.stance, item.speaker.kind) {
        (true, Stance::PartlyConfirms | Stance::Disputes, _) => -110,
        (true, Stance::Investigating | Stance::Confirms, _) => -60,
        (true, ..) | (false, Stance::Claims, PartyKind::Actor) => 0,
        (false, Stance::Informs, PartyKind::Press) => -60,
        (false, Stance::Informs, PartyKind::Victim) => -130,
        (false, Stance::Claims, _) => -160,
        _ => -100,
    };
    // What somebody whose part is unknown, or who tells of another's house, says of a breach may be of anybody's.
    let part = match (item.speaker.kind, item.stance) {
        (PartyKind::Other, Stance::Confirms | Stance::PartlyConfirms | Stance::Denies) => -120,
        (PartyKind::Victim, Stance::Denies) | (PartyKind::Other | PartyKind::Victim, Stance::Claims)
            if !item.own_matter =>
        {
            -120
        }
        _ => 0,
    };
    let shared = if item.shared { -40 } else { 0 };
    let sure = u16::try_from((rule + speaker + stance + part + shared).clamp(50, 980)).unwrap_or(50);
    // Nothing weighs more against a company than its own admission: a person must have seen it.
    let admission = matches!(item.stance, Stance::Confirms | Stance::PartlyConfirms)
        && matches!(item.speaker.kind, PartyKind::Victim | PartyKind::Other);
    if admission { sure.min(ACCEPT_AT - 1) } else { sure }
}

/// What the confidence rests on, in a few words.
pub(super) fn why(item: &Item) -> String {
    let guessed = if item.explicit { "the words say the stance" } else { "the stance follows from the speaker's part" };
    format!("{}, speaker {}, {guessed}", item.rule.words(), item.speaker.known.words())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::Span;
    use crate::read::lexicon::Cue;
    use crate::read::subject::Speaker;

    #[test]
    fn what_was_guessed_costs_confidence() {
        let item = |rule, known, explicit| Item {
            speaker: Speaker { name: "Brightwell".to_owned(), kind: PartyKind::Victim, party: None, known },
            stance: Stance::Denies,
            explicit,
            rule,
            cue: Cue::Says,
            span: Span { start: 0, end: 1 },
            paragraph: 0,
            shared: false,
            of_contact: false,
            own_matter: true,
            relays: Vec::new(),
            word: Span { start: 0, end: 1 },
            why: "",
            words: None,
            joined: 1,
        };
        let surest = confidence(&item(Rule::Quote, Known::Named, true));
        assert!(surest > confidence(&item(Rule::Quote, Known::Pronoun, true)));
        assert!(surest > confidence(&item(Rule::Quote, Known::Named, false)));
        let unknown = Item {
            speaker: Speaker { kind: PartyKind::Other, ..item(Rule::Quote, Known::Named, true).speaker },
            ..item(Rule::Quote, Known::Named, true)
        };
        assert!(confidence(&unknown) < ACCEPT_AT);
        assert!(confidence(&item(Rule::QuoteNear, Known::Unnamed, false)) < ACCEPT_AT);
        assert!((ACCEPT_AT..1000).contains(&surest));
        for stance in [Stance::Confirms, Stance::PartlyConfirms] {
            for rule in [Rule::Quote, Rule::Indirect, Rule::Signed] {
                let admission = Item { stance, ..item(rule, Known::Named, true) };
                assert!(confidence(&admission) < ACCEPT_AT, "an admission waits for review");
            }
        }
    }
}
