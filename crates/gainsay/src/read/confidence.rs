//! How sure the reader is of a draft, in thousandths.
//!
//! Measured, not argued. Of every form of attribution, every way of making out a speaker, and every stance in the mouth of a kind of speaker it
//! was counted on annotated stories how many drafts had span, speaker and stance right ([`form`], [`voice`], [`act`]; `make bench-reading`
//! counts them again). The log-odds of a draft are those of all drafts, and for each of its three classes what the class adds to them:
//!
//! ```text
//! log-odds = ln(p / (1 − p)) − UNSEEN + Σ over the classes of ln((right + K·p) / (wrong + K·(1 − p))) − ln(p / (1 − p))
//! ```
//!
//! `p` is the share of all drafts that was right; `K` drafts of the average kind stand in for a class that was seldom seen, so that it says
//! little. `UNSEEN` takes away what the rules owe to having been mended on the very stories that they were counted on.

use crate::claim::{PartyKind, Stance};
use crate::read::ACCEPT_AT;
use crate::read::attribution::Rule;
use crate::read::speech::Item;
use crate::read::subject::Known;

/// How many drafts of a class were right, of how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Counted(u32, u32);

/// All drafts of the stories that were counted.
const ALL: Counted = Counted(235, 294);

/// Drafts of the average kind that stand in for what was not seen.
const K: f64 = 4.0;

/// What a story that no rule was mended on takes away, in log-odds.
const UNSEEN: f64 = 0.2;

impl Counted {
    /// The share that was right.
    fn share(self) -> f64 {
        f64::from(self.0) / f64::from(self.1)
    }

    /// What being of this class adds to the log-odds.
    fn adds(self) -> f64 {
        let p = ALL.share();
        let (right, wrong) = (f64::from(self.0), f64::from(self.1.saturating_sub(self.0)));
        ((right + K * p) / (wrong + K * (1.0 - p))).ln() - log_odds(p)
    }
}

fn log_odds(share: f64) -> f64 {
    (share / (1.0 - share)).ln()
}

/// By the form of the attribution.
fn form(rule: Rule) -> Counted {
    match rule {
        Rule::Indirect => Counted(150, 190),
        Rule::Quote => Counted(43, 51),
        Rule::OwnPage => Counted(13, 15),
        Rule::Continued => Counted(10, 10),
        Rule::Hanging => Counted(5, 10),
        Rule::AccordingTo => Counted(5, 7),
        Rule::Announced => Counted(3, 4),
        Rule::Signed => Counted(3, 3),
        Rule::Deed => Counted(1, 2),
        Rule::SelfDescribed => Counted(2, 2),
        // Not seen often enough to be counted.
        Rule::Passive | Rule::OwnAccount | Rule::Unanswered => Counted(0, 0),
        Rule::Nominal | Rule::QuoteNear => Counted(1, 3),
    }
}

/// By how the speaker was made out.
fn voice(known: Known) -> Counted {
    match known {
        Known::Named => Counted(136, 169),
        Known::Spokesperson => Counted(11, 12),
        Known::Role => Counted(63, 72),
        Known::Pronoun => Counted(9, 15),
        Known::Unnamed => Counted(16, 26),
    }
}

/// By what the speaker does, and of whose house it speaks.
fn act(item: &Item) -> Counted {
    use Stance::{Claims, Confirms, Denies, Disputes, Informs, Investigating, NoComment, PartlyConfirms};
    match (item.speaker.kind, item.own_matter || item.speaker.kind == PartyKind::Victim, item.stance) {
        // A crew without a name is often another's.
        (PartyKind::Actor, _, Claims) if item.speaker.known > Known::Role => Counted(9, 16),
        (PartyKind::Actor, _, Claims) if item.explicit => Counted(11, 12),
        (PartyKind::Actor, _, Claims) => Counted(18, 23),
        (PartyKind::Actor, ..) => Counted(2, 3),
        (PartyKind::Press, ..) => Counted(7, 8),
        (_, true, Denies) => Counted(59, 62),
        (_, true, Investigating) => Counted(18, 19),
        (_, true, NoComment) => Counted(10, 11),
        (_, true, Informs) => Counted(28, 35),
        (_, true, PartlyConfirms) => Counted(14, 18),
        (_, true, Disputes) => Counted(6, 8),
        (_, true, Confirms) => Counted(7, 12),
        (_, _, Informs) => Counted(18, 32),
        (_, _, Claims) => Counted(17, 22),
        (_, _, Disputes) => Counted(7, 8),
        (_, _, Denies) => Counted(1, 2),
        (_, _, Investigating | NoComment) => Counted(3, 3),
        (_, _, Confirms | PartlyConfirms) => Counted(0, 1),
    }
}

/// The confidence in one item, 50 to 980.
pub(super) fn confidence(item: &Item) -> u16 {
    let added: f64 = [form(item.rule), voice(item.speaker.known), act(item)].into_iter().map(Counted::adds).sum();
    let odds = (log_odds(ALL.share()) - UNSEEN + added).exp();
    let thousandths = (1000.0 * odds / (1.0 + odds)).round().clamp(50.0, 980.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 50 and 980")]
    let sure = thousandths as u16;
    // Of two that share one sentence the words may be the other's.
    let sure = if item.shared { sure.saturating_sub(40) } else { sure };
    // Nothing weighs more against a company than its own admission, nor is worse than a breach told of another: a person must have seen it.
    let told_of_another = !item.own_matter && matches!(item.speaker.kind, PartyKind::Victim | PartyKind::Other);
    let admission = matches!(item.stance, Stance::Confirms | Stance::PartlyConfirms)
        && matches!(item.speaker.kind, PartyKind::Victim | PartyKind::Other);
    // Whose page, whose quotation or whose set-off words these are was guessed from what stands around them.
    let guessed = matches!(
        item.rule,
        Rule::OwnPage
            | Rule::Continued
            | Rule::Announced
            | Rule::QuoteNear
            | Rule::Hanging
            | Rule::Nominal
            | Rule::Deed
    );
    // An office that looks into it may look into another's, or tell of its own.
    let office = item.speaker.kind == PartyKind::Authority && item.stance == Stance::Investigating;
    // Words that point to two stances are read by a person.
    let grave = item.rivals > 0
        || guessed
        || office
        || admission
        || told_of_another && !matches!(item.stance, Stance::NoComment);
    if grave { sure.min(ACCEPT_AT - 1) } else { sure }
}

/// What the confidence rests on, in a few words.
pub(super) fn why(item: &Item) -> String {
    let right = |counted: Counted| match counted {
        Counted(_, 0) => "not counted".to_owned(),
        Counted(right, all) => format!("{right} of {all} right"),
    };
    format!(
        "{}, {}; speaker {}, {}; this stance of this speaker, {}",
        item.rule.words(),
        right(form(item.rule)),
        item.speaker.known.words(),
        right(voice(item.speaker.known)),
        right(act(item))
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::Span;
    use crate::read::lexicon::Cue;
    use crate::read::subject::Speaker;

    fn item(rule: Rule, known: Known, stance: Stance) -> Item {
        Item {
            speaker: Speaker { name: "Brightwell".to_owned(), kind: PartyKind::Victim, party: None, known },
            stance,
            explicit: true,
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
            rivals: 0,
            joined: 1,
        }
    }

    const RULES: &[Rule] = &[
        Rule::Quote,
        Rule::Indirect,
        Rule::AccordingTo,
        Rule::Passive,
        Rule::Hanging,
        Rule::OwnAccount,
        Rule::Unanswered,
        Rule::Deed,
        Rule::Nominal,
        Rule::QuoteNear,
        Rule::Continued,
        Rule::Signed,
        Rule::Announced,
        Rule::OwnPage,
        Rule::SelfDescribed,
    ];
    const VOICES: &[Known] = &[Known::Named, Known::Spokesperson, Known::Role, Known::Pronoun, Known::Unnamed];

    /// The share that was right, drawn towards that of all.
    fn measured(counted: Counted) -> f64 {
        (f64::from(counted.0) + K * ALL.share()) / (f64::from(counted.1) + K)
    }

    #[test]
    fn what_was_right_more_often_is_surer() {
        for one in RULES {
            for other in RULES {
                let sure = |rule| confidence(&item(rule, Known::Pronoun, Stance::Informs));
                assert!(
                    measured(form(*one)) < measured(form(*other)) || sure(*one) >= sure(*other),
                    "{one:?} {other:?}"
                );
            }
        }
        for one in VOICES {
            for other in VOICES {
                let sure = |known| confidence(&item(Rule::Indirect, known, Stance::Informs));
                assert!(
                    measured(voice(*one)) < measured(voice(*other)) || sure(*one) >= sure(*other),
                    "{one:?} {other:?}"
                );
            }
        }
        for one in Stance::ALL {
            for other in Stance::ALL {
                let of = |stance| item(Rule::Indirect, Known::Pronoun, stance);
                let (one, other) = (of(*one), of(*other));
                assert!(measured(act(&one)) < measured(act(&other)) || confidence(&one) >= confidence(&other));
            }
        }
    }

    #[test]
    fn a_class_never_seen_adds_nothing_and_all_stay_within_bounds() {
        assert!(Counted(0, 0).adds().abs() < 1e-9);
        assert!(Counted(0, 1000).adds() < Counted(1, 1000).adds());
        for rule in RULES {
            for known in VOICES {
                for stance in Stance::ALL {
                    assert!((50..=980).contains(&confidence(&item(*rule, *known, *stance))));
                }
            }
        }
    }

    #[test]
    fn a_plain_denial_is_accepted_and_an_admission_waits() {
        assert!(confidence(&item(Rule::Quote, Known::Named, Stance::Denies)) >= ACCEPT_AT);
        assert!(confidence(&item(Rule::Hanging, Known::Pronoun, Stance::Denies)) < ACCEPT_AT);
        for stance in [Stance::Confirms, Stance::PartlyConfirms] {
            for rule in RULES {
                assert!(confidence(&item(*rule, Known::Named, stance)) < ACCEPT_AT, "an admission waits for review");
            }
        }
        let unclear = Item { rivals: 1, ..item(Rule::Quote, Known::Named, Stance::Denies) };
        assert!(confidence(&unclear) < ACCEPT_AT, "words that point to two stances wait for review");
        let unknown = item(Rule::Quote, Known::Named, Stance::Denies);
        let of_another = Item {
            own_matter: false,
            speaker: Speaker { kind: PartyKind::Other, ..unknown.speaker.clone() },
            ..unknown
        };
        assert!(confidence(&of_another) < ACCEPT_AT);
    }
}
