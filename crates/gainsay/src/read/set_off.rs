//! Texts of others set off without quotation marks: a message, a letter, a crew's own note.

use crate::claim::{PartyKind, Span};
use crate::read::attribution::Rule;
use crate::read::entities::Cast;
use crate::read::speech::Page;
use crate::read::subject::{Known, Speaker};
use crate::read::tokens::{Token, tokens};

/// Words of the first or second person outside of quotation marks: somebody's own text, set off without marks.
pub(super) fn is_set_off(text: &str, page: &Page) -> bool {
    let words: Vec<Token> = tokens(text, cut_short(text, page.paragraph.span), &[]);
    let first = words
        .iter()
        .filter(|t| {
            matches!(t.lower.as_str(), "we" | "our" | "us" | "we've" | "we're" | "i" | "my" | "we'll" | "ours")
                && t.lower != "us"
                || t.is("us") && !t.capital
        })
        .count();
    let second = words.iter().filter(|t| matches!(t.lower.as_str(), "you" | "your" | "you're")).count();
    let reporter = words.windows(4).any(|w| {
        w[0].is("we")
            && w[1..].iter().any(|t| {
                matches!(
                    t.lower.as_str(),
                    "reported" | "reached" | "asked" | "contacted" | "update" | "wrote" | "covered" | "emailed"
                )
            })
    });
    (first > 0 || second > 1) && !reporter
}

/// "We have notified", "our systems": a firm's own "we", not a writer's.
pub(super) fn speaks_as_a_firm(text: &str, page: &Page) -> bool {
    let words = tokens(text, cut_short(text, page.paragraph.span), &[]);
    words.windows(3).any(|w| match w[0].lower.as_str() {
        "we" => matches!(
            w[1].lower.as_str(),
            "have"
                | "are"
                | "were"
                | "take"
                | "took"
                | "will"
                | "immediately"
                | "recently"
                | "became"
                | "began"
                | "discovered"
                | "identified"
                | "detected"
                | "notified"
                | "regret"
                | "recommend"
                | "apologize"
                | "apologise"
                | "determined"
                | "confirm"
                | "understand"
                | "continue"
                | "can"
        ),
        "our" => {
            matches!(
                w[1].lower.as_str(),
                "customers"
                    | "systems"
                    | "investigation"
                    | "network"
                    | "networks"
                    | "team"
                    | "teams"
                    | "servers"
                    | "users"
                    | "members"
                    | "clients"
                    | "employees"
                    | "operations"
                    | "engineers"
                    | "security"
                    | "partners"
                    | "data"
            ) || matches!(
                w[2].lower.as_str(),
                "customers" | "systems" | "investigation" | "network" | "team" | "data" | "infrastructure"
            )
        }
        _ => false,
    })
}

/// Enough of a paragraph to see in which person it is written.
pub(super) fn cut_short(text: &str, span: Span) -> Span {
    let mut end = span.end.min(span.start.saturating_add(2000));
    while end > span.start && !text.is_char_boundary(end) {
        end -= 1;
    }
    Span { start: span.start, end }
}

/// The name in a line that signs what stands above it: "— Ann Lee (@annlee) May 3, 2030".
pub(super) fn signatory(line: &str) -> Option<&str> {
    let name = line.trim_start().strip_prefix(['—', '–', '-', '~'])?;
    let end = name.find(['(', ',', '@']).unwrap_or(name.len());
    Some(name[..end].trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '—' | '–')))
        .filter(|n| !n.is_empty())
}

pub(super) fn set_off_speaker(
    text: &str,
    pages: &[Page],
    number: usize,
    cast: &Cast,
    announced: Option<&Speaker>,
) -> Option<(Speaker, Rule)> {
    let named = |party: usize| Speaker {
        name: cast.display(party),
        kind: cast.kind(party),
        party: Some(party),
        known: Known::Named,
    };
    let run_end = (number..pages.len().min(number + 12))
        .take_while(|&n| !pages[n].paragraph.short && pages[n].quotes.is_empty() && is_set_off(text, &pages[n]))
        .last()
        .unwrap_or(number);
    let below = pages.get(run_end + 1).filter(|p| p.paragraph.short);
    let signature = below.and_then(|p| p.paragraph.span.of(text));
    if let Some(party) = signature.and_then(|line| cast.named(line).or_else(|| cast.named(signatory(line)?))) {
        return Some((named(party), Rule::Signed));
    }
    let run = (number..=run_end).chain(
        (0..number)
            .rev()
            .take(6)
            .take_while(|&n| !pages[n].paragraph.short && pages[n].quotes.is_empty() && is_set_off(text, &pages[n])),
    );
    for page in run {
        let words = tokens(text, cut_short(text, pages[page].paragraph.span), &[]);
        let ours = words.windows(5).any(|w| {
            let soon = |reach: usize, list: &[&str]| w[1..=reach].iter().any(|t| list.contains(&t.lower.as_str()));
            w[0].is("our") && soon(1, &["group", "gang", "affiliates", "crew"])
                || w[0].is("we") && soon(4, &["hackers", "pentesters", "gang"])
        });
        if ours && let Some(actor) = cast.of_kind(PartyKind::Actor).first() {
            return Some((named(*actor), Rule::SelfDescribed));
        }
    }
    announced.map(|s| (Speaker { known: s.known.max(Known::Role), ..s.clone() }, Rule::Announced))
}

/// Whether a paragraph's last sentence leads up to somebody's own words.
pub(super) fn announces(closing: &str) -> bool {
    let lower = closing.to_lowercase();
    closing.ends_with(':')
        || [
            "statement",
            "message",
            "post",
            "email",
            "letter",
            "announce",
            "wrote",
            "reads",
            "below",
            "as follows",
            "in full",
            "note",
            "notice",
            "faq",
        ]
        .iter()
        .any(|w| lower.contains(w))
}
