//! Parts that only the whole story shows: who is a victim by its own words, which paragraphs are background, who is listed and how.

use std::sync::LazyLock;

use regex::Regex;

use crate::read::patterns::word_regex;

use crate::claim::{Actor, Organisation, OrganisationRole, PartyKind, Span, Stance};
use crate::read::attribution::Rule;
use crate::read::entities::{Cast, Class};
use crate::read::lexicon::{self, Cue};
use crate::read::speech::{Item, Page, SetAside, is_dated};
use crate::read::subject::Known;

static OWN_HOUSE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    word_regex(concat!(
        r"(?i)\b(?:its|our|their) (?:own )?(?:\w+ ){0,3}(?:labs?|systems?|networks?|servers?|environments?|infrastructure|customers?|source code|databases?|platforms?|back-?end|products?|employees|subsidiar\w+|operations|stores|services|users|data)\b",
        r"|\b(?:we|it|they) (?:\w+ ){0,3}(?:was|were|been|had) (?:\w+ ){0,2}(?:breached|hacked|compromised|impacted|affected|attacked|hit)"
    ))
    .ok()
});

/// The speaker's own house beyond doubt: "their" may be anybody's.
static OURS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    word_regex(concat!(
        r"(?i)\b(?:our|its own) (?:\w+ ){0,3}(?:labs?|systems?|networks?|servers?|environments?|infrastructure|customers?|source code|databases?|platforms?|products?|employees|data|patients|users|clients|members|ciso|company)\b",
        r"|\bone of (?:our|its) |\bwe (?:were|are|have been|had been) (?:\w+ ){0,2}(?:breached|hacked|compromised|impacted|affected|attacked|hit|targeted|extorted|(?:the |a )?(?:victim|target|subject))\b",
    ))
    .ok()
});

/// "Denied that it had ever said so", "denied that anybody had been in touch".
static OF_WORDS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    word_regex(r"(?i)\b(?:den(?:y|ied|ies|ying)|confirm(?:s|ed|ing)?) (?:that |having )?(?:[\w’'-]+ ){0,5}(?:said|stated|called|suggested|reported|named|in touch|contact(?:ed)?|warned|notified|alerted|reached out|approached)\b").ok()
});

/// Words of the breach itself, beside words about calls.
static OF_BREACH: LazyLock<Option<Regex>> =
    LazyLock::new(|| word_regex(r"(?i)\b(?:breach|intrusion|access|stolen|hack|impacted|compromis)").ok());

/// Whether the words admit or deny a word or a call, not a breach.
fn of_words(said: &str) -> bool {
    let hits = |pattern: &LazyLock<Option<Regex>>| pattern.as_ref().is_some_and(|p| p.is_match(said));
    hits(&OF_WORDS) && !hits(&OF_BREACH)
}

static SPEAKS_OF_BREACH: LazyLock<Option<Regex>> = LazyLock::new(|| {
    word_regex(r"(?i)\b(?:breach\w*|accessed|compromis\w+|hack\w*|impacted|incident|unauthori[sz]ed|intrusion|stolen|attack\w*|ransomware|cyberattack|exposed|copied|leaked|claims?|(?:got|broke|broken) into|break-?in|entered|without (?:permission|authori[sz]ation|leave))\b").ok()
});

/// Makes victims of organisations whose own words are about a breach of their own house. Gives whether there was any.
pub(super) fn promote_victims(text: &str, items: &[Item], cast: &mut Cast) -> bool {
    let mut any = false;
    for item in items {
        let Some(party) = item.speaker.party.map(|p| cast.parties[p].home.unwrap_or(p)) else {
            continue;
        };
        let Some(found) = cast.parties.get(party) else {
            continue;
        };
        let said = item.span.of(text).unwrap_or_default();
        // A pronoun is too thin a thread to hang a breach on, and to deny having said something denies no breach.
        if item.speaker.known == Known::Pronoun && item.rule != Rule::Continued || of_words(said) {
            continue;
        }
        let candidate = found.class == Class::Organisation
            && matches!(found.kind, PartyKind::Other | PartyKind::Researcher | PartyKind::Authority)
            && !found.platform;
        let named_again = named_as_hit(said, &found.name);
        let own = OWN_HOUSE.as_ref().is_some_and(|p| p.is_match(said));
        let about_breach =
            matches!(item.stance, Stance::Denies | Stance::Confirms | Stance::PartlyConfirms | Stance::Investigating);
        let of_breach = SPEAKS_OF_BREACH.as_ref().is_some_and(|p| p.is_match(said));
        // Who tells of others' breaches all day is a victim only by words that leave no doubt.
        let researcher = matches!(found.kind, PartyKind::Researcher | PartyKind::Authority);
        if candidate
            && (named_again
                || about_breach && !researcher && item.own_matter && (of_breach || own)
                || of_breach && researcher && about_breach && item.own_matter
                || found.kind != PartyKind::Researcher
                    && item.own_matter
                    && item.cue == Cue::Denies
                    && item.stance == Stance::Denies)
        {
            cast.parties[party].kind = PartyKind::Victim;
            cast.parties[party].victim = cast.parties[party].victim.max(3);
            any = true;
        }
    }
    if any {
        cast.rank();
    }
    any
}

/// Police, prosecutors and the offices that watch over the net: they answer for no breach of their own.
pub(super) fn hunts_crews(name: &str) -> bool {
    let name = name.to_lowercase();
    [
        "police",
        "prosecut",
        "court",
        "sheriff",
        "fbi",
        "investigation",
        "interpol",
        "europol",
        "crime",
        "cyber",
        "constabulary",
        "attorney",
    ]
    .iter()
    .any(|word| name.contains(word))
}

/// "Our systems", "we were breached": nobody says so of another's house.
pub(super) fn of_ours(said: &str) -> bool {
    OURS.as_ref().is_some_and(|p| p.is_match(said))
}

/// "Its systems", "we were breached", "Acme has been impacted": the speaker's own house is at issue.
pub(super) fn of_own_house(said: &str, name: &str) -> bool {
    named_as_hit(said, name) || OWN_HOUSE.as_ref().is_some_and(|p| p.find_iter(said).any(|m| !is_theirs(m.as_str())))
}

/// "Their code" in the mouth of a third party is another's.
fn is_theirs(owned: &str) -> bool {
    owned.get(..3).is_some_and(|w| w.eq_ignore_ascii_case("the"))
}

fn lower_words(said: &str) -> impl Iterator<Item = &str> {
    said.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty())
}

/// "Acme has been impacted", "Acme source code remains".
pub(super) fn named_as_hit(said: &str, name: &str) -> bool {
    said.match_indices(name).any(|(at, _)| {
        let after: Vec<&str> = lower_words(&said[at + name.len()..]).take(4).collect();
        let passive = after.iter().position(|w| matches!(*w, "was" | "been" | "were")).is_some_and(|p| {
            // "Acme said Bolt was breached": what stands between is no helper, and the verb is another's.
            let own_verb = after[..p].iter().all(|w| lexicon::auxiliary(w) || lexicon::adverb(w));
            own_verb
                && after[p..]
                    .iter()
                    .any(|w| matches!(*w, "breached" | "hacked" | "compromised" | "impacted" | "affected"))
        });
        passive
            || matches!(
                after.as_slice(),
                ["source", "code", ..] | ["customer", "data", ..] | ["systems", ..] | ["network", ..]
            )
    })
}

/// "Acme told its customers that their data was taken": who warns its own people speaks of its own house.
static ITS_OWN_PEOPLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    word_regex(r"(?i)\b(?:told|tells|informed|informs|notified|notifies|warned|warns|alerted) (?:its|their) (?:\w+ )?(?:staff|customers?|employees|users|clients|members|patients|students|workers)\b").ok()
});

/// Whether a house warns its own people.
pub(super) fn tells_its_own(said: &str) -> bool {
    ITS_OWN_PEOPLE.as_ref().is_some_and(|p| p.is_match(said))
}

/// Words that point back at the story's own claim.
static THIS_MATTER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    word_regex(r"(?i)\b(?:the|this|these|those|their) (?:[\w-]+ ){0,2}(?:data|claims?|breach(?:es)?|hacks?|hackers?|incidents?|attacks?|files|listing|leak|samples?|documents|allegations?|company|firm|carrier|retailer|provider|bank|hospital|records|sale|post|seller|database|intrusion|attackers?|seller)\b").ok()
});

static PAST: LazyLock<Option<Regex>> = LazyLock::new(|| {
    word_regex(r"(?i)^(?:(?:back )?in (?:(?:early|late|mid-?|january|february|march|april|may|june|july|august|september|october|november|december) )?(?:19|20)\d\d\b|last year\b|(?:[\w-]+ ){1,2}(?:years?|months|decades?) (?:ago|earlier)\b|in a (?:separate|previous|similar|different|related) )").ok()
});

/// "In 2021, …", "Two years ago, …": what other houses went through.
fn opens_in_the_past(text: &str, paragraph: Span) -> bool {
    let said = paragraph.of(text).unwrap_or_default();
    let head = &said[..said.floor_char_boundary(60)];
    PAST.as_ref().is_some_and(|p| p.is_match(head))
}

/// Takes out what is said of other matters: a dated paragraph that names none of this story's victims. Gives the paragraphs' numbers, in order.
pub(super) fn leave_out_background(
    text: &str,
    pages: &[Page],
    cast: &Cast,
    items: &mut Vec<Item>,
    aside: &mut Vec<SetAside>,
) -> Vec<usize> {
    let victims = cast.of_kind(PartyKind::Victim);
    let Some(most) = victims.iter().map(|&v| cast.parties[v].mentions).max() else {
        return Vec::new();
    };
    // A victim of another story is named once in passing.
    let loudest = cast.parties.iter().filter(|p| p.class == Class::Actor).map(|p| p.mentions).max().unwrap_or(0);
    let past: Vec<bool> =
        pages.iter().map(|p| !p.paragraph.short && opens_in_the_past(text, p.paragraph.span)).collect();
    let mut of_now = vec![false; cast.parties.len()];
    for (_, page) in pages.iter().enumerate().filter(|(n, _)| !past[*n]) {
        cast.within(page.paragraph.span).iter().for_each(|&(_, p)| of_now[p] = true);
    }
    let main = |party: usize| {
        cast.parties[party].kind == PartyKind::Victim && cast.parties[party].mentions * 4 >= most && of_now[party]
    };
    let is_background = |number: usize| {
        let Some(page) = pages.get(number).filter(|p| !p.paragraph.short) else {
            return false;
        };
        let names_main = cast.within(page.paragraph.span).iter().any(|&(_, p)| main(cast.parties[p].home.unwrap_or(p)));
        let said = page.paragraph.span.of(text).unwrap_or_default();
        let head: String = said.chars().take(1200).collect();
        let by_role = THIS_MATTER.as_ref().is_some_and(|p| p.is_match(&head));
        !names_main && (past[number] || !by_role && is_dated(text, page.paragraph.span))
    };
    // What the story's own crew says is of this story.
    let actor = |p: usize| cast.parties[p].class == Class::Actor && cast.parties[p].mentions * 2 >= loudest;
    let speaks_main = |item: &Item| {
        let of_this = |p: usize| main(cast.parties[p].home.unwrap_or(p)) || actor(p) && !past[item.paragraph];
        item.speaker.party.is_some_and(of_this)
    };
    let background: Vec<usize> = (0..pages.len()).filter(|&n| is_background(n)).collect();
    let mut kept_pages = std::collections::BTreeSet::new();
    items.retain(|item| {
        let keep = background.binary_search(&item.paragraph).is_err() || speaks_main(item);
        if keep {
            kept_pages.insert(item.paragraph);
        } else {
            aside.push(SetAside {
                sentence: item.span,
                word: item.word,
                why: "background: a dated paragraph that names no victim of this story",
            });
        }
        keep
    });
    background.into_iter().filter(|n| !kept_pages.contains(n)).collect()
}

/// The organisations, by first mention. A place where people post is one only where it is more than that.
pub(super) fn organisations(text: &str, cast: &Cast) -> Vec<Organisation> {
    let mut found: Vec<Organisation> = cast
        .parties
        .iter()
        .filter(|p| p.class == Class::Organisation)
        .filter(|p| {
            !p.platform
                || !text[..p.first.start].trim_end().ends_with(|c: char| c.is_alphabetic())
                || !lexicon::preposition(text[..p.first.start].split_whitespace().next_back().unwrap_or_default())
        })
        .map(|p| Organisation {
            name: p.name.clone(),
            role: match p.kind {
                PartyKind::Victim => OrganisationRole::AllegedVictim,
                PartyKind::Researcher => OrganisationRole::Researcher,
                PartyKind::Press => OrganisationRole::Outlet,
                _ => OrganisationRole::Other,
            },
            span: p.first,
        })
        .collect();
    found.sort_by_key(|o| o.span.start);
    found
}

/// "The hacker was asking for more", "a threat actor": somebody did it, though nobody says who.
fn mentioned_crew(text: &str, pages: &[Page]) -> Option<Actor> {
    let sentences = pages.iter().filter(|p| !p.paragraph.short).flat_map(|p| p.sentences.iter());
    for span in sentences {
        let said = span.of(text).unwrap_or_default();
        let mut before = "";
        for (at, word) in words_at(said) {
            let lower = word.to_ascii_lowercase();
            let name = match lower.as_str() {
                "hacker" | "hackers" | "cybercriminals" | "criminals" | "attackers" | "attacker" | "thieves" => {
                    "hacker (unnamed)"
                }
                "actor" | "actors"
                    if before.eq_ignore_ascii_case("threat") || before.eq_ignore_ascii_case("malicious") =>
                {
                    "threat actor (unnamed)"
                }
                _ => {
                    before = word;
                    continue;
                }
            };
            let start = span.start + at;
            return Some(Actor {
                name: name.to_owned(),
                aliases: Vec::new(),
                span: Span { start, end: start + word.len() },
            });
        }
    }
    None
}

/// The words with their places.
fn words_at(said: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut from = 0;
    said.split(|c: char| !c.is_alphanumeric()).map(move |word| {
        let at = from;
        from += word.len() + said[from + word.len()..].chars().next().map_or(0, char::len_utf8);
        (at, word)
    })
}

/// The crews, by first mention; where none has a name, the unnamed one that speaks or is told of.
pub(super) fn actors(text: &str, pages: &[Page], items: &[Item], cast: &Cast) -> Vec<Actor> {
    let mut named: Vec<usize> = (0..cast.parties.len()).filter(|&p| cast.parties[p].class == Class::Actor).collect();
    // The crew that is named most claims most; the first listed is the story's.
    named.sort_by_key(|&p| (std::cmp::Reverse(cast.parties[p].mentions), cast.parties[p].first.start));
    let mut found: Vec<Actor> = named
        .into_iter()
        .map(|p| Actor {
            name: cast.parties[p].name.clone(),
            aliases: cast.parties[p].aliases.clone(),
            span: cast.parties[p].first,
        })
        .collect();
    if found.is_empty() {
        let unnamed = items.iter().find(|i| i.speaker.kind == PartyKind::Actor && i.speaker.party.is_none());
        found.extend(unnamed.map(|i| Actor { name: i.speaker.name.clone(), aliases: Vec::new(), span: i.span }));
    }
    if found.is_empty() {
        found.extend(mentioned_crew(text, pages));
    }
    found
}
