//! Silence that no verb of the silent tells: "Emails to Acme went unanswered", "We asked Acme and have not heard back".

use crate::claim::PartyKind;
use crate::read::entities::Class;
use crate::read::lexicon;
use crate::read::subject::{Memory, Sentence, Speaker};

/// Who is said to have kept silent, with the token of the word that says so.
pub(super) fn silent(sentence: &Sentence<'_>, memory: &Memory) -> Option<(usize, Vec<Speaker>)> {
    let count = sentence.tokens.len();
    let word = |at: usize| sentence.word(at);
    let negated = |from: usize, to: usize| (from..to).any(|at| lexicon::negates(word(at)));
    for at in 0..count {
        let near = count.min(at + 24);
        let found = match word(at) {
            // "Requests for comment sent to Acme were not returned."
            "email" | "emails" | "e-mails" | "message" | "messages" | "request" | "requests" | "call" | "calls"
            | "inquiry" | "inquiries" | "enquiries" | "questions" | "query" | "queries" => {
                let to = (at + 1..near).find(|&n| matches!(word(n), "to" | "from" | "with" | "by")).unwrap_or(count);
                let unanswered = (to..count.min(to + 24)).find(|&n| {
                    matches!(word(n), "unanswered" | "unreturned")
                        || matches!(word(n), "returned" | "answered") && negated(to, n)
                });
                unanswered.map(|end| (to + 1, end))
            }
            // "There was no immediate response from Acme", "the lack of a reply from Acme".
            "response" | "reply" | "comment" | "responses"
                if matches!(word(at + 1), "from" | "by")
                    && (1..4).any(|n| at >= n && matches!(word(at - n), "no" | "lack" | "without" | "absence")) =>
            {
                Some((at + 2, count.min(at + 12)))
            }
            "attempt" | "attempts" | "efforts" => {
                let to = (at + 1..near).find(|&n| matches!(word(n), "reach" | "contact")).unwrap_or(count);
                (to..near)
                    .find(|&n| {
                        matches!(word(n), "unsuccessful" | "failed" | "vain")
                            || word(n) == "successful" && negated(to, n)
                    })
                    .map(|end| (to + 1, end))
            }
            // "We contacted Acme but did not hear back."
            "contacted" | "asked" | "emailed" | "approached" | "to"
                if word(at) != "to" || at > 1 && matches!(word(at - 1), "out" | "wrote" | "written") =>
            {
                let other = |from: usize| {
                    (0..at)
                        .filter_map(|n| sentence.party[n])
                        .any(|p| (from..near).all(|n| sentence.party[n] != Some(p)))
                };
                let press = at == 0
                    || sentence.tokens[at - 1].capital && sentence.party[at - 1].is_none()
                    || other(at + 1)
                    || (0..at).any(|n| {
                        word(n) == "we"
                            || word(n) == "i"
                            || sentence.party[n].is_some_and(|p| sentence.cast.parties[p].kind == PartyKind::Press)
                    });
                let unheard = (at + 1..near).find(|&n| {
                    matches!(word(n), "heard" | "hear" | "received" | "receive" | "response" | "reply" | "responded")
                        && negated(at + 1, n)
                });
                unheard.filter(|_| press).map(|end| (at + 1, end))
            }
            _ => None,
        };
        let Some((from, end)) = found else { continue };
        let silent = (from..end).find(|&n| {
            sentence.party[n].is_some_and(|p| {
                let party = &sentence.cast.parties[p];
                party.kind != PartyKind::Press || party.class == Class::Person
            }) || lexicon::company_noun(word(n))
        });
        let speakers = silent.map(|n| sentence.speakers(from, last_of(sentence, n, end), memory)).unwrap_or_default();
        if !speakers.is_empty() {
            return Some((end, speakers));
        }
    }
    None
}

/// The last token of the phrase of names that holds token `at`: "Acme and Bolt".
fn last_of(sentence: &Sentence<'_>, at: usize, end: usize) -> usize {
    let mut last = at;
    for next in at + 1..end {
        if sentence.party[next].is_some() {
            last = next;
        } else if !matches!(sentence.word(next), "and" | "," | "or") {
            break;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use crate::claim::{About, Stance};
    use crate::read::{Gazetteer, read};

    #[test]
    fn silence_is_told_by_those_who_asked() {
        for said in [
            "Emails to Brightwell went unanswered.",
            "A request for comment sent to Brightwell was not immediately returned.",
            "Attempts to reach Brightwell were unsuccessful.",
            "We reached out to Brightwell for comment but have not heard back.",
            "The Daily Log contacted Brightwell but did not receive a response.",
            "There was no immediate response from Brightwell.",
            "The lack of a reply from Brightwell was noted.",
            "Brightwell has remained silent on the matter.",
            "Brightwell had not issued a statement by Monday.",
        ] {
            let text = format!(
                "Hackers breached Brightwell, they told The Daily Log. Brightwell denied it was breached.\n\n{said}"
            );
            let reading = read(&text, &About::default(), &Gazetteer::built_in());
            let last = reading.drafts.last().map(|d| (d.statement.speaker.as_str(), d.statement.stance));
            assert_eq!(last, Some(("Brightwell", Stance::NoComment)), "{said}");
        }
        let asked = "Hackers breached Brightwell. Brightwell denied it was breached.\n\nWe reached out to Brightwell for comment.";
        assert_eq!(read(asked, &About::default(), &Gazetteer::built_in()).drafts.len(), 1);
    }
}
