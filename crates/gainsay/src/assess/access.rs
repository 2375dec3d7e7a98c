//! Whether a way in is said to be still open, closed, or for sale: by what the statements on it say, word for word. It tells, and weighs
//! nothing: that somebody still has access is as likely as that somebody ever had.

use std::collections::BTreeSet;

use super::claims::Voice;
use super::disagreements::{ACCESS_SOLD, NEGATION, Pattern, pattern};
use crate::claim::{Case, counted};

/// It goes on.
static LIVE: Pattern = std::sync::LazyLock::new(|| {
    pattern(
        r"\b(?:(?:still|currently) (?:\w+ ){0,2}(?:access|inside|in (?:the|its|their) (?:network|systems?))|(?:ongoing|active|live|persistent|continu(?:ed|ing|ous)|permanent) access|access (?:is|remains) (?:still )?(?:live|active|open|ongoing|intact)|(?:have|has|hold|holds|keeps?|retains?|maintains?) (?:\w+ ){0,3}access)\b",
    )
});

/// It came to an end.
static CLOSED: Pattern = std::sync::LazyLock::new(|| {
    pattern(
        r"\b(?:no longer (?:\w+ )?(?:has|have|had) (?:\w+ )?access|(?:access|accounts?|credentials|passwords|intrusion|breach|incident|attack) (?:\w+ ){0,2}(?:was|were|is|are|been) (?:\w+ )?(?:closed|revoked|removed|blocked|cut off|terminated|disabled|contained|reset|shut down|stopped)|(?:closed|revoked|removed|blocked|cut off|terminated|disabled|contained|shut down|isolated|evicted|locked out|reset) (?:[\w'’]+ ){0,4}(?:access|accounts?|credentials|passwords|intruders?|attackers?|hackers?|intrusion|breach|incident|systems?|servers?|lab))\b",
    )
});

/// So many handles stand in a sentence.
const NAMED: usize = 10;

/// What is said of a way in: the handles of who says so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// It is still open.
    pub live: Vec<String>,
    /// It is closed.
    pub closed: Vec<String>,
    /// It is for sale.
    pub for_sale: Vec<String>,
}

impl Access {
    /// What the voices of a claim say of it.
    pub(super) fn of(case: &Case, voices: &[Voice]) -> Access {
        let mut access = Access::default();
        let on_it: BTreeSet<&str> = voices.iter().map(|voice| voice.handle.as_str()).collect();
        for said in case.shown().filter(|said| on_it.contains(said.handle.as_str())) {
            let Some(quote) = said.quote(case) else { continue };
            let affirms = |what: &Pattern| what.is_match(quote) && !NEGATION.is_match(quote);
            if CLOSED.is_match(quote) {
                access.closed.push(said.handle.clone());
            } else if affirms(&LIVE) {
                access.live.push(said.handle.clone());
            }
            if affirms(&ACCESS_SOLD) {
                access.for_sale.push(said.handle.clone());
            }
        }
        access
    }

    /// In a word: `live`, `closed`, `disputed`, or `unknown` where nobody says.
    pub fn word(&self) -> &'static str {
        match (self.live.is_empty(), self.closed.is_empty()) {
            (true, true) => "unknown",
            (false, true) => "live",
            (true, false) => "closed",
            (false, false) => "disputed",
        }
    }

    /// In words.
    pub fn words(&self) -> String {
        let by = |handles: &[String]| match handles {
            [one] => format!("{one} says"),
            _ => {
                let more = match handles.len().saturating_sub(NAMED) {
                    0 => String::new(),
                    more => format!(" and {more} more"),
                };
                let named = &handles[..handles.len().min(NAMED)];
                format!("{} ({}{more}) say", counted(handles.len(), "statement"), named.join(", "))
            }
        };
        let mut parts = match self.word() {
            "unknown" => vec!["whether it is still open, nobody says".to_owned()],
            _ => Vec::new(),
        };
        let told = [
            (&self.live, "that it is still open"),
            (&self.closed, "that it is closed"),
            (&self.for_sale, "that it is for sale"),
        ];
        parts.extend(
            told.iter().filter(|(by, _)| !by.is_empty()).map(|(handles, what)| format!("{} {what}", by(handles))),
        );
        parts.join("; ")
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::super::tests::{CREW, MARLBECK, assess, case, say};
    use super::*;
    use crate::claim::{Facet, SourceText, Span, Stance};

    /// What is said of the way in where these sentences are claimed by the crew, and where one is admitted by the company.
    fn told(claimed: &[&str], admitted: &[&str]) -> Access {
        let mut case = case();
        let mut text = String::new();
        let all = claimed.iter().map(|it| (CREW, Stance::Claims, it));
        for (who, stance, sentence) in all.chain(admitted.iter().map(|it| (MARLBECK, Stance::PartlyConfirms, it))) {
            say(&mut case, who, stance, &[Facet::Access], None);
            let span = Span { start: text.len(), end: text.len() + sentence.len() };
            text.push_str(sentence);
            text.push('\n');
            case.statements.last_mut().unwrap().statement.span = span;
        }
        case.sources[0].text = SourceText::Here(text);
        let assessment = assess(&case);
        assessment.claims.iter().find_map(|claim| claim.access.clone()).unwrap()
    }

    #[test]
    fn a_way_in_is_open_or_closed_as_it_is_said() {
        let access = told(&["We entered Marlbeck in March."], &[]);
        assert_eq!((access.word(), access.words().as_str()), ("unknown", "whether it is still open, nobody says"));
        for live in [
            "We still have access to Marlbeck.",
            "We hold network access to its test lab.",
            "The access is still live.",
        ] {
            assert_eq!(told(&[live], &[]).word(), "live", "{live}");
        }
        for closed in [
            "The access was revoked within hours.",
            "We have since closed the attackers' access.",
            "The intruders no longer have access to our systems.",
            "Marlbeck contained the incident and isolated the lab.",
        ] {
            assert_eq!(told(&[], &[closed]).word(), "closed", "{closed}");
        }
        assert_eq!(told(&["We do not have access any more."], &[]).word(), "unknown");
        let both = told(&["We still have access to Marlbeck."], &["The access was revoked."]);
        assert_eq!(both.word(), "disputed");
        assert_eq!(both.words(), "s1 says that it is still open; s2 says that it is closed");
    }

    #[test]
    fn a_way_in_may_be_for_sale() {
        let access = told(&["The crew is selling network access to Marlbeck."], &[]);
        assert_eq!((access.for_sale.len(), access.word()), (1, "unknown"));
        assert!(told(&["The crew is selling documents of Marlbeck."], &[]).for_sale.is_empty());
    }
}
