//! Pages on which a company speaks for itself throughout: a notice, a letter to customers, questions and answers.

use std::sync::LazyLock;

use regex::Regex;

use crate::claim::{About, PartyKind};
use crate::read::entities::{Cast, Class, Party};
use crate::read::patterns::word_regex;
use crate::read::set_off::{cut_short, is_set_off, speaks_as_a_firm};
use crate::read::speech::{Page, SPEECH_BYTES};
use crate::read::subject::{Known, Speaker};
use crate::read::tokens::tokens;

/// "We have stolen", "will be published": a crew's own page, and no company's.
static CREW: LazyLock<Option<Regex>> = LazyLock::new(|| {
    word_regex(concat!(
        r"(?i)\bwe (?:have |had |successfully |also )*(?:stole|stolen|hacked|downloaded|exfiltrated|encrypted|breached|infiltrated|taken|took|got|obtained|compromised)\b",
        r"|\bwe (?:will|are going to|are ready to|would) (?:\w+ )?(?:upload|publish|leak|release|sell|auction)|\b(?:negotiat|ransom|\.onion|tor browser|your (?:network|files|database|data|site|server|servers|company|systems) (?:was|were|has been|have been|are) |\beth\b|\bbtc\b|bitcoins?\b)"
    ))
    .ok()
});

/// "Notice of a data event", "Acme takes the privacy of its patients seriously": a house's own notice, in whatever person.
static NOTICE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    word_regex(concat!(
        r"(?i)\bthis (?:notice|letter|page|statement) (?:describes|explains|provides|is to|contains)\b|\bnotice of (?:a |an )?(?:data|security|privacy|cyber\w*)\b",
        r"|\btakes? (?:the )?(?:privacy|security|protection|confidentiality)\b.{0,60}\bseriously\b|\bwe (?:sincerely )?(?:regret|apologi[sz]e for) any\b",
    ))
    .ok()
});

/// Who speaks on the whole page, where it is one party's own: most of its paragraphs say "we" outside of quotation marks, as a firm does.
pub(super) fn owner(text: &str, pages: &[Page], cast: &Cast, about: &About) -> Option<Speaker> {
    let body: Vec<&Page> =
        pages.iter().filter(|p| !p.paragraph.short && !is_item(text, p) || is_set_off(text, p)).collect();
    let plain = |p: &&&Page| !quotes_speech(p);
    let ours = body.iter().filter(plain).filter(|p| is_set_off(text, p)).count();
    let firmly = body.iter().filter(plain).filter(|p| speaks_as_a_firm(text, p)).count();
    let together = body.iter().filter(plain).filter(|p| speaks_together(text, p)).count();
    let crews = body
        .iter()
        .any(|p| p.paragraph.span.of(text).is_some_and(|said| CREW.as_ref().is_some_and(|c| c.is_match(said))));
    // A short notice says "our customers" once; a longer one is known by most of its paragraphs.
    let is_firm = firmly >= 2 || firmly >= 1 && together >= 2 || together >= 3 && together * 3 >= body.len() * 2;
    let marks = pages
        .iter()
        .filter_map(|p| p.paragraph.span.of(text))
        .filter(|said| NOTICE.as_ref().is_some_and(|notice| notice.is_match(said)));
    let is_notice = marks.take(2).count() == 2;
    if crews || !is_notice && (!is_firm || ours * 2 < body.len()) {
        return None;
    }
    let house = cast.parties.iter().enumerate().filter(|(_, p)| {
        p.class == Class::Organisation && matches!(p.kind, PartyKind::Victim | PartyKind::Other | PartyKind::Researcher)
    });
    // A place where people post writes notices of its own, too.
    let named_as_own = named_as_own(text, pages, cast);
    // Who investigates for the house is named in its notices, too.
    let house =
        house.filter(|&(at, p)| p.kind != PartyKind::Researcher || named_as_own.get(at).is_some_and(|own| *own > 0));
    let most = |&(at, p): &(usize, &Party)| {
        let own = named_as_own.get(at).copied().unwrap_or_default();
        (own + p.mentions, std::cmp::Reverse(p.first.start))
    };
    if let Some((party, found)) = house.max_by_key(most) {
        return Some(Speaker {
            name: found.name.clone(),
            kind: PartyKind::Victim,
            party: Some(party),
            known: Known::Role,
        });
    }
    // A notice on a company's own pages seldom needs to name it.
    let name = about.outlet.clone().unwrap_or_else(|| "we".to_owned());
    Some(Speaker { name, kind: PartyKind::Victim, party: None, known: Known::Role })
}

/// How often each party is named as a house names itself: in the headline, "at Acme, we", "the Acme team", "your Acme account".
fn named_as_own(text: &str, pages: &[Page], cast: &Cast) -> Vec<u32> {
    let mut own = vec![0u32; cast.parties.len()];
    let words = |piece: Option<&str>| -> Vec<String> {
        piece
            .unwrap_or_default()
            .split_whitespace()
            .map(|w| w.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase())
            .collect()
    };
    for (party, found) in cast.parties.iter().enumerate() {
        let name = found.name.to_lowercase();
        let headline = pages
            .iter()
            .take_while(|p| p.paragraph.short)
            .any(|p| p.paragraph.span.of(text).is_some_and(|line| line.to_lowercase().contains(&name)));
        own[party] += if headline { 2 } else { 0 };
    }
    for &(span, party) in &cast.mentions {
        let line = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
        let before = words(text.get(line.max(text.floor_char_boundary(span.start.saturating_sub(40)))..span.start));
        let after = words(text.get(span.end..text.floor_char_boundary((span.end + 30).min(text.len()))));
        let last = before.last().map_or("", String::as_str);
        let next = after.first().map_or("", String::as_str);
        let here = last == "at" && matches!(next, "we" | "our" | "your" | "customer" | "customers" | "security");
        let team = matches!(
            next,
            "team" | "customer" | "customers" | "user" | "users" | "account" | "accounts" | "community" | "family"
        );
        let yours = matches!(last, "your" | "our" | "dear");
        own[party] += if here { 4 } else { 0 } + if team || yours { 2 } else { 0 };
    }
    own
}

/// An entry of a list: it is of whoever leads up to it.
fn is_item(text: &str, page: &Page) -> bool {
    page.paragraph.span.of(text).is_some_and(|line| {
        let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
        line.starts_with(['-', '•', '*', '·', '–']) || rest.len() < line.len() && rest.starts_with(['.', ')'])
    })
}

/// Somebody's words stand in quotation marks, and not only a term.
pub(super) fn quotes_speech(page: &Page) -> bool {
    page.quotes.iter().any(|q| q.span.end - q.span.start > SPEECH_BYTES)
}

/// "We", "our", and more often so than "I": several people, or a house.
fn speaks_together(text: &str, page: &Page) -> bool {
    let words = tokens(text, cut_short(text, page.paragraph.span), &[]);
    let count = |list: &[&str]| words.iter().filter(|t| list.contains(&t.lower.as_str())).count();
    let together = count(&["we", "our", "we've", "we're", "we'll", "ours"]);
    together > 0 && together > count(&["i", "my", "i've", "i'm", "me"])
}

/// A paragraph of such a page that says something: no heading, no question, no greeting.
pub(super) fn says_something(text: &str, page: &Page) -> bool {
    let said = page.paragraph.span.of(text).unwrap_or_default();
    !page.paragraph.short && !said.ends_with('?') && said.split_whitespace().nth(5).is_some()
}
