//! What a story rests on: whose report, statement, post or leaked page each item comes from.

use std::collections::BTreeSet;

use crate::claim::{Citation, PartyKind, Stance};
use crate::read::attribution::Rule;
use crate::read::entities::{Cast, Class};
use crate::read::lexicon;
use crate::read::names::key;
use crate::read::speech::{Item, Page};
use crate::read::subject::Known;

/// One citation for each source and kind, in the order of the story.
pub(super) fn citations(text: &str, pages: &[Page], items: &[Item], cast: &Cast) -> Vec<Citation> {
    let mut found: Vec<Citation> = Vec::new();
    let mut seen = BTreeSet::new();
    // What the words tell comes first; a plain statement is worth a line only for a source that has none yet.
    let told: Vec<(&Item, &'static str, bool)> = items
        .iter()
        // A page on which a house speaks for itself rests on nobody else.
        .filter(|i| i.stance != Stance::NoComment && i.rule != Rule::OwnPage)
        .filter_map(|i| {
            kind_of(i, &i.span.of(text).unwrap_or_default().to_lowercase()).map(|(kind, plain)| (i, kind, plain))
        })
        .collect();
    for pass in [false, true] {
        for &(item, kind, plain) in told.iter().filter(|(_, _, plain)| *plain == pass) {
            let name = &item.speaker.name;
            let party = item.speaker.party.and_then(|p| cast.parties.get(p));
            let house = party.and_then(|p| p.home).and_then(|h| cast.parties.get(h)).map_or(name, |h| &h.name);
            let person = party.is_some_and(|p| p.class == Class::Person);
            let known = |name: &str| seen.iter().any(|(other, _)| *other == key(name));
            if plain && (person && known(name) || item.speaker.kind == PartyKind::Actor && known(house)) {
                continue;
            }
            // What people without a name say is no source by itself.
            if plain
                && item.speaker.party.is_none()
                && item.speaker.kind != PartyKind::Actor
                && item.speaker.known == Known::Unnamed
            {
                continue;
            }
            // A report or a blog is the house's, whoever signs it; what a person says is that person's.
            if seen.insert((key(if plain { name } else { house }), kind)) {
                seen.insert((key(name), kind));
                found.push(Citation { source: name.clone(), kind: kind.to_owned(), span: item.span });
            }
        }
    }
    material(text, pages, cast, &mut seen, &mut found);
    found.sort_by_key(|c| c.span.start);
    found
}

/// "The group published samples": what a crew itself shows.
fn material(
    text: &str,
    pages: &[Page],
    cast: &Cast,
    seen: &mut BTreeSet<(String, &'static str)>,
    found: &mut Vec<Citation>,
) {
    for &span in pages.iter().filter(|p| !p.paragraph.short).flat_map(|p| &p.sentences) {
        let said = span.of(text).unwrap_or_default();
        let mut words = said.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
        let shows = words.any(|w| matches!(w, "samples" | "Samples" | "screenshots" | "Screenshots" | "screenshot"));
        if !shows {
            continue;
        }
        let named = cast.within(span).iter().map(|&(_, p)| p).find(|&p| cast.parties[p].class == Class::Actor);
        let by_role = || said.split(|c: char| !c.is_alphanumeric()).any(|w| w == "group" || lexicon::actor_noun(w));
        let crew = named.or_else(|| cast.of_kind(PartyKind::Actor).first().copied().filter(|_| by_role()));
        if let Some(name) = crew.map(|p| &cast.parties[p].name)
            && seen.insert((key(name), "actor_material"))
        {
            found.push(Citation { source: name.clone(), kind: "actor_material".to_owned(), span });
        }
    }
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
        // An outlet that only says what it has seen speaks for the story itself.
        PartyKind::Press
            if !names(&["report", "according to", "wrote", "writes", "said", "story", "article", "first"]) =>
        {
            return None;
        }
        PartyKind::Press => "news",
        PartyKind::Authority if names(&["filing", "filed with"]) => "document",
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
