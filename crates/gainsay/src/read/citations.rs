//! What a story rests on: whose report, statement, post or leaked page each item comes from.

use crate::claim::{Citation, PartyKind, Stance};
use crate::read::entities::Cast;
use crate::read::names::key;
use crate::read::speech::Item;

/// One citation for each source and kind, in the order of the story.
pub(super) fn citations(text: &str, items: &[Item], cast: &Cast) -> Vec<Citation> {
    let mut found: Vec<Citation> = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    // What the words tell comes first; a plain statement is worth a line only for a source that has none yet.
    let told: Vec<(&Item, &'static str, bool)> = items
        .iter()
        .filter(|i| i.stance != Stance::NoComment)
        .filter_map(|i| {
            kind_of(i, &i.span.of(text).unwrap_or_default().to_lowercase()).map(|(kind, plain)| (i, kind, plain))
        })
        .collect();
    for pass in [false, true] {
        for &(item, kind, plain) in told.iter().filter(|(_, _, plain)| *plain == pass) {
            let party = item.speaker.party.and_then(|p| cast.parties.get(p));
            let house = party
                .and_then(|p| p.home)
                .and_then(|h| cast.parties.get(h))
                .map_or_else(|| item.speaker.name.clone(), |h| h.name.clone());
            if plain && item.speaker.kind == PartyKind::Actor && seen.iter().any(|(name, _)| *name == key(&house)) {
                continue;
            }
            if seen.insert((key(&house), kind)) {
                found.push(Citation { source: item.speaker.name.clone(), kind: kind.to_owned(), span: item.span });
            }
        }
    }
    found.sort_by_key(|c| c.span.start);
    found
}

/// The kind of material, by the words of the item and the speaker's role; `None` where the outlet speaks for itself. True where no word told it.
fn kind_of(item: &Item, said: &str) -> Option<(&'static str, bool)> {
    let names = |words: &[&str]| words.iter().any(|w| said.contains(w));
    if names(&[
        "leak site",
        "leak page",
        "leak blog",
        "data leak website",
        "leaks website",
        "dark web site",
        "onion site",
    ]) && item.speaker.kind == PartyKind::Actor
    {
        return Some(("leak_site", false));
    }
    let kind = match item.speaker.kind {
        PartyKind::Actor if names(&["forum", "marketplace", "thread"]) => "forum_post",
        PartyKind::Actor if names(&["telegram channel", "tweet", "posted on twitter"]) => "social_post",
        PartyKind::Actor
            if names(&["told ", "in an email", "in a chat", "in a message", "interview", "on telegram"]) =>
        {
            "actor_contact"
        }
        PartyKind::Actor => "actor_material",
        PartyKind::Press if item.speaker.party.is_none() => return None,
        PartyKind::Press => "news",
        PartyKind::Authority => "law_enforcement",
        _ if names(&[
            "tweet",
            "on twitter",
            "on reddit",
            "on x,",
            "facebook post",
            "on mastodon",
            "social media",
            "linkedin post",
        ]) =>
        {
            "social_post"
        }
        _ if names(&["press release"]) => "press_release",
        _ if names(&[" blog"]) => "blog",
        _ if names(&[
            "copy of the",
            "letter",
            "filing",
            "notification sent",
            "message sent",
            "email sent",
            "memo",
            "document seen",
        ]) =>
        {
            "document"
        }
        PartyKind::Researcher if names(&["report", "published", "research", "according to", "warned", " say "]) => {
            "report"
        }
        _ => "statement",
    };
    Some((kind, matches!(kind, "statement" | "actor_material")))
}
