//! What a story rests on: whose report, statement, post or leaked page each item comes from.

use crate::claim::{Citation, PartyKind};
use crate::read::entities::Cast;
use crate::read::names::key;
use crate::read::speech::Item;

/// One citation for each source and kind, in the order of the story.
pub(super) fn citations(text: &str, items: &[Item], cast: &Cast) -> Vec<Citation> {
    let mut found: Vec<Citation> = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for item in items {
        let said = item.span.of(text).unwrap_or_default().to_lowercase();
        let Some(kind) = kind_of(item, &said) else {
            continue;
        };
        // "Jane Roe (Acme)" and "Acme" are one source of statements.
        let house = item
            .speaker
            .party
            .map(|p| cast.parties[p].home.unwrap_or(p))
            .map_or_else(
                || item.speaker.name.clone(),
                |p| cast.parties[p].name.clone(),
            );
        let person = item
            .speaker
            .party
            .is_some_and(|p| cast.parties[p].home.is_some());
        let source = if person {
            item.speaker.name.clone()
        } else {
            house
        };
        if seen.insert((key(&source), kind)) {
            found.push(Citation {
                source,
                kind: kind.to_owned(),
                span: item.span,
            });
        }
    }
    found
}

/// The kind of material, by the words of the item and the speaker's role; `None` where the outlet speaks for itself.
fn kind_of(item: &Item, said: &str) -> Option<&'static str> {
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
        return Some("leak_site");
    }
    Some(match item.speaker.kind {
        PartyKind::Actor if names(&["forum", "marketplace", "thread"]) => "forum_post",
        PartyKind::Actor if names(&["telegram channel", "tweet", "posted on twitter"]) => {
            "social_post"
        }
        PartyKind::Actor
            if names(&[
                "told ",
                "in an email",
                "in a chat",
                "in a message",
                "interview",
                "on telegram",
            ]) =>
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
        PartyKind::Researcher
            if names(&[
                "report",
                "published",
                "research",
                "according to",
                "warned",
                " say ",
            ]) =>
        {
            "report"
        }
        _ => "statement",
    })
}
