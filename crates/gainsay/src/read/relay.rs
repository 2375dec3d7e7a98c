//! What surrounds a statement: whose knowledge it repeats, to whom it was said, when, and about whom.

use std::sync::LazyLock;

use regex::Regex;

use crate::read::patterns::word_regex;

use crate::claim::{PartyKind, Span, Stance};
use crate::read::entities::{Cast, Class};
use crate::read::lexicon;
use crate::read::speech::Item;
use crate::read::subject::{Known, Sentence};

static RELAYED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    word_regex(r"(?i)\b(?:claims?|claimed|claiming|alleg\w+|attempting to|trying to|offering|selling|auctioning|told (?:them|us|him|her|it)|according to|screenshots|statement)\b").ok()
});

/// To whom it was said: "told X", "in a statement to X", "confirmed to X".
pub(super) fn addressee(sentence: &Sentence<'_>) -> Option<String> {
    let at = (0..sentence.tokens.len()).find(|&at| {
        let told = matches!(sentence.word(at), "told" | "tells" | "informed");
        let to = sentence.word(at) == "to"
            && at > 0
            && (1..4).any(|n| {
                at >= n
                    && matches!(
                        sentence.word(at - n),
                        "statement"
                            | "confirmed"
                            | "comment"
                            | "email"
                            | "emailed"
                            | "message"
                            | "sent"
                            | "spoke"
                            | "speaking"
                            | "said"
                            | "response"
                            | "provided"
                    )
            });
        (told || to) && sentence.party[at].is_none()
    })?;
    // "told its customers": people without a name are addressed as they are called.
    if let Some(crowd) =
        (at + 1..at + 4).find(|&n| lexicon::crowd_noun(sentence.word(n)) && sentence.party[n].is_none())
    {
        return Some(sentence.word(crowd).to_owned());
    }
    let party = (at + 1..(at + 4).min(sentence.tokens.len())).find_map(|n| sentence.party[n])?;
    sentence.cast.parties.get(party).map(|p| p.name.clone())
}

/// The actor whose words a researcher, authority or outlet repeats.
pub(super) fn origin(item: &Item, said: &str, cast: &Cast) -> Option<String> {
    let repeats = |text: &str| RELAYED.as_ref().is_some_and(|p| p.is_match(text)) || crew_speaks(item.span, text, cast);
    // Who contradicts, denies or keeps silent does so on its own knowledge; so does a researcher who asserts the breach itself.
    let own_voice = matches!(item.stance, Stance::Disputes | Stance::Denies | Stance::NoComment)
        || item.stance == Stance::Claims && item.speaker.kind == PartyKind::Researcher;
    if own_voice
        || !matches!(item.speaker.kind, PartyKind::Researcher | PartyKind::Press | PartyKind::Authority)
        || !repeats(said)
    {
        return None;
    }
    let named = cast.within(item.span).iter().map(|&(_, p)| p).find(|&p| cast.parties[p].class == Class::Actor);
    let by_role = said.to_lowercase().split(|c: char| !c.is_alphanumeric()).any(lexicon::actor_noun);
    named
        .or_else(|| cast.of_kind(PartyKind::Actor).first().copied().filter(|_| by_role))
        .map(|p| cast.parties[p].name.clone())
}

/// Through whom it reached the text, nearest first.
pub(super) fn relays(item: &Item) -> Vec<String> {
    let mut names: Vec<String> =
        item.relays.iter().map(|s| s.name.clone()).filter(|n| *n != item.speaker.name).collect();
    names.dedup();
    names
}

/// "The company" means one of the latest names, in mentions; farther back nobody would remember.
const LOOK_BACK: usize = 100;

static ONE_FIRM: LazyLock<Option<Regex>> = LazyLock::new(|| {
    word_regex(r"(?i)\b(?:the|this) (?:[\w-]+ )?(?:company|firm|maker|vendor|provider|carrier|retailer|bank|hospital|victim)\b").ok()
});

fn said_of_one_firm(said: &str) -> bool {
    ONE_FIRM.as_ref().is_some_and(|p| p.is_match(said))
}

/// "That GreyHeron had confirmed": the crew is the subject of a verb of speaking inside what is said.
fn crew_speaks(span: Span, said: &str, cast: &Cast) -> bool {
    cast.within(span).iter().filter(|(_, p)| cast.parties[*p].class == Class::Actor).any(|(mention, _)| {
        let after = said.get(mention.end - span.start..).unwrap_or_default();
        let mut words = after.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’').filter(|w| !w.is_empty());
        words
            .find(|w| !lexicon::auxiliary(w) && !lexicon::adverb(w))
            .is_some_and(|w| lexicon::cue(w).is_some() && after.starts_with(' '))
    })
}

/// The alleged victims that an item speaks about: those it names; else the speaker's own house; else the story's.
pub(super) fn about(item: &Item, said: &str, cast: &Cast) -> Vec<String> {
    let mut found: Vec<usize> = Vec::new();
    for &(_, party) in cast.within(item.span) {
        if cast.kind(party) == PartyKind::Victim
            && cast.parties[party].class == Class::Organisation
            && !found.contains(&party)
        {
            found.push(party);
        }
    }
    let own = item
        .speaker
        .party
        .map(|p| cast.parties[p].home.unwrap_or(p))
        .filter(|&p| cast.parties[p].kind == PartyKind::Victim);
    match own {
        Some(own) if item.own_matter => found = vec![own],
        // Who tells of another's breach does not speak of its own.
        Some(own) => found.retain(|&p| p != own),
        None => {}
    }
    if found.is_empty() && item.speaker.known != Known::Role && said_of_one_firm(said) {
        // "The company": the one that the text named last.
        let before = cast.mentions.partition_point(|(m, _)| m.start < item.span.start);
        let last = cast.mentions[..before]
            .iter()
            .rev()
            .take(LOOK_BACK)
            .map(|&(_, p)| p)
            .find(|&p| cast.parties[p].kind == PartyKind::Victim && cast.parties[p].class == Class::Organisation);
        found.extend(last);
    }
    if found.is_empty() {
        found = cast.of_kind(PartyKind::Victim).iter().copied().take(3).collect();
    }
    found.into_iter().map(|p| cast.parties[p].name.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::About;
    use crate::read::entities::cast;
    use crate::read::names::Gazetteer;
    use crate::read::speech::{pages, told};

    #[test]
    fn the_pattern_compiles() {
        assert!(RELAYED.is_some());
    }

    /// The origin and the victims of each item.
    fn read(text: &str) -> Vec<(String, Option<String>, Vec<String>)> {
        let pages = pages(text);
        let cast = cast(text, &pages, &About::default(), &Gazetteer::built_in());
        let line = |item: Item| {
            let said = item.span.of(text).unwrap_or_default();
            (item.speaker.name.clone(), origin(&item, said, &cast), about(&item, said, &cast))
        };
        told(text, &pages, &cast, &About::default()).items.into_iter().map(line).collect()
    }

    const BEFORE: &str = "A gang known as GreyHeron breached Brightwell and Oakvale. Brightwell denied a breach of its systems. Oakvale denied a breach of its systems.\n\n";

    #[test]
    fn a_crews_words_passed_on_have_it_as_origin_and_the_researchers_own_have_none() {
        for (said, expected) in [
            ("Tarnwell, a threat intelligence firm, wrote that GreyHeron had confirmed the sale.", Some("GreyHeron")),
            ("Tarnwell, a threat intelligence firm, reported that GreyHeron is offering files.", Some("GreyHeron")),
            ("Tarnwell, a threat intelligence firm, said that GreyHeron broke into the bank.", None),
            ("Tarnwell, a threat intelligence firm, disputed the statement of GreyHeron.", None),
        ] {
            let found = read(&format!("{BEFORE}{said}"));
            let of_firm = found.iter().find(|f| f.0 == "Tarnwell").map(|f| f.1.as_deref());
            assert_eq!(of_firm, Some(expected), "{said}");
        }
    }

    #[test]
    fn the_company_is_the_victim_named_last() {
        let found = read(&format!("{BEFORE}GreyHeron said that it had robbed the company for weeks."));
        assert_eq!(found.last().map(|f| f.2.clone()), Some(vec!["Oakvale".to_owned()]));
        let found = read(&format!("{BEFORE}GreyHeron said that it had robbed Brightwell for weeks."));
        assert_eq!(found.last().map(|f| f.2.clone()), Some(vec!["Brightwell".to_owned()]));
    }
}
