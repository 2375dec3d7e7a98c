//! Runs of capitalised words that may be names.

use crate::claim::Span;
use crate::read::indicators;
use crate::read::lexicon;
use crate::read::names::{Gazetteer, NameKind};
use crate::read::shapes;
use crate::read::tokens::{Shape, Token};

/// A run of tokens that may be a name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    /// First and last token.
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) span: Span,
    /// What the gazetteer knows of it.
    pub(super) known: Option<NameKind>,
    /// Opens its sentence, where any word has a capital letter.
    pub(super) opens_sentence: bool,
}

/// The longest known name has this many words.
const LONGEST_KNOWN: usize = 6;

/// The runs of one sentence's tokens, in order, not overlapping.
pub(super) fn runs(text: &str, tokens: &[Token], names: &Gazetteer) -> Vec<Run> {
    let mut found: Vec<Run> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if let Some(last) = handle_at(tokens, at).or_else(|| plain_handle(tokens, at).then_some(at)) {
            let span = Span { start: tokens[at].span.start, end: tokens[last].span.end };
            found.push(Run { first: at, last, span, known: None, opens_sentence: false });
            at = last + 1;
            continue;
        }
        let numbered = || tokens[at].shape == Shape::Number && known_at(text, tokens, at, names).is_some();
        if !may_start(text, &tokens[at]) && !numbered() {
            at += 1;
            continue;
        }
        let opens_sentence =
            at == 0 || matches!(tokens[at - 1].lower.as_str(), "." | "!" | "?" | ":" | "“" | "\"" | "‘" | "(");
        let (last, known) = match known_at(text, tokens, at, names) {
            // A place alone is a place; before another name it may be half of one.
            Some((last, NameKind::Place | NameKind::Thing)) if goes_on(text, tokens, last) => {
                (unknown_end(text, tokens, at, names), None)
            }
            Some((last, NameKind::Company))
                if goes_on(text, tokens, last) && shapes::product_tail(&tokens[last + 1].lower) =>
            {
                (last + 1, Some(NameKind::Thing))
            }
            // "Vice" is an outlet and so is "Vice News": the longer name is a name of its own.
            Some((last, kind)) if named_on(text, tokens, last) => {
                (last + 1, Some(kind).filter(|k| *k == NameKind::Outlet))
            }
            // "Independent researcher Ann Lee" is of no newspaper.
            Some((last, _))
                if tokens[at].is("independent")
                    && last == at
                    && !at.checked_sub(1).is_some_and(|b| tokens[b].is("the")) =>
            {
                at += 1;
                continue;
            }
            // "Acme Spain", "Acme Australia": the house of that country.
            Some((last, kind @ (NameKind::Company | NameKind::Researcher)))
                if goes_on(text, tokens, last)
                    && matches!(known_at(text, tokens, last + 1, names), Some((_, NameKind::Place)))
                    && !shapes::of_a_country(&tokens[last + 1].lower) =>
            {
                (last + 1, Some(kind))
            }
            Some((last, kind)) => (last, Some(kind)),
            None => (unknown_end(text, tokens, at, names), None),
        };
        let first = if known.is_some() { at } else { after_openers(tokens, at, last, opens_sentence) };
        let mut next = last + 1;
        // "Acme Corp" is Acme.
        while known.is_some() && tokens.get(next).is_some_and(|t| t.capital && shapes::legal_form(&t.lower)) {
            next += 1;
        }
        let first = if known.is_none_or(|k| k == NameKind::Place) {
            with_head(tokens, first, found.last().map(|r| r.last))
        } else {
            first
        };
        let known = if tokens[first].capital || known.is_none() || first == at { known } else { None };
        if first <= last
            && (known.is_some()
                || !is_no_name(&tokens[first..=last], opens_sentence && first == at && !acts(tokens, last + 1)))
        {
            let span = Span { start: tokens[first].span.start, end: tokens[last].span.end };
            found.push(Run { first, last, span, known, opens_sentence: opens_sentence && first == at });
        }
        at = next;
    }
    found
}

fn may_start(text: &str, token: &Token) -> bool {
    match token.shape {
        Shape::Word if token.capital => true,
        // "eBay", "iRobot": a capital inside.
        Shape::Word => {
            let written = token.span.of(text).unwrap_or_default();
            written.len() > 3 && written.chars().skip(1).any(char::is_uppercase) && !is_coined(&token.lower)
        }
        // "3CX", "23andMe": a number with a name behind it, and no unit.
        Shape::Number => {
            let written = token.span.of(text).unwrap_or_default();
            let letters = token.lower.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-'));
            written.chars().any(char::is_uppercase)
                && letters.len() > 1
                && letters.bytes().all(|b| b.is_ascii_alphabetic())
                && !is_unit(letters)
        }
        _ => false,
    }
}

fn is_unit(letters: &str) -> bool {
    matches!(
        letters,
        "kb" | "mb"
            | "gb"
            | "tb"
            | "pb"
            | "kib"
            | "mib"
            | "gib"
            | "tib"
            | "bn"
            | "mn"
            | "th"
            | "st"
            | "nd"
            | "rd"
            | "am"
            | "pm"
            | "hz"
            | "khz"
            | "mhz"
            | "ghz"
            | "mm"
            | "cm"
            | "km"
            | "usd"
            | "eur"
            | "gbp"
            | "btc"
            | "xmr"
            | "mbps"
            | "gbps"
            | "st."
            | "d"
    )
}

/// Things that are written with a capital inside.
fn is_coined(word: &str) -> bool {
    matches!(
        word,
        "iphone" | "ipad" | "iphones" | "ipads" | "ios" | "macos" | "ipados" | "esim" | "mrna" | "ebook" | "ebooks"
    )
}

/// "The government of Stroud", "the city of Stroud": the words before a place make it a house. Not over `taken`, the token that ends
/// the run before.
fn with_head(tokens: &[Token], first: usize, taken: Option<usize>) -> usize {
    let Some(head) = first.checked_sub(2).filter(|&h| taken.is_none_or(|t| t < h)) else { return first };
    let house = tokens[first - 1].is("of")
        && matches!(
            tokens[head].lower.as_str(),
            "government" | "municipality" | "city" | "county" | "port" | "archdiocese" | "diocese"
        );
    // "In the city of Stroud" is a place.
    let where_it_is = head >= 1
        && tokens[head - 1].is("the")
        && head >= 2
        && matches!(tokens[head - 2].lower.as_str(), "in" | "near" | "outside");
    if house && !where_it_is { head } else { first }
}

/// "The threat actor, rose878, says", "the user dark_wren": a handle with a digit or a line under it.
fn plain_handle(tokens: &[Token], at: usize) -> bool {
    let token = &tokens[at];
    let odd = token.shape == Shape::Word
        && token.lower.contains(|c: char| c.is_ascii_digit())
        && token.lower.chars().filter(|c| c.is_alphabetic()).count() > 2;
    let before = at.checked_sub(1).map(|b| if tokens[b].is_mark(",") && b > 0 { b - 1 } else { b });
    odd && !token.lower.contains('-')
        && before.is_some_and(|b| {
            lexicon::actor_noun(&tokens[b].lower)
                || matches!(tokens[b].lower.as_str(), "actor" | "user" | "member" | "account" | "vendor")
        })
}

/// A name in marks after "called", "handle", "going by", "as": handles are often written small.
fn handle_at(tokens: &[Token], at: usize) -> Option<usize> {
    let mark = |t: &Token| matches!(t.lower.as_str(), "\"" | "“" | "”" | "‘" | "’");
    if is_site(tokens, at) {
        return Some(at);
    }
    if tokens[at].capital
        || !matches!(tokens[at].shape, Shape::Word | Shape::Number)
        || !at.checked_sub(1).is_some_and(|b| mark(&tokens[b]))
    {
        return None;
    }
    let close = (at + 1..(at + 4).min(tokens.len())).find(|&n| mark(&tokens[n]) || tokens[n].is_mark(","))?;
    // "Known as", and not "dismissed as".
    let known_as = at >= 3
        && tokens[at - 2].is("as")
        && matches!(
            tokens[at - 3].lower.as_str(),
            "known"
                | "identified"
                | "itself"
                | "themselves"
                | "himself"
                | "herself"
                | "tracked"
                | "posting"
                | "writing"
                | "posing"
                | "operating"
                | "online"
        );
    let introduced = known_as
        || at >= 2
            && matches!(
                tokens[at - 2].lower.as_str(),
                "handle"
                    | "alias"
                    | "moniker"
                    | "pseudonym"
                    | "nickname"
                    | "called"
                    | "named"
                    | "dubbed"
                    | "by"
                    | "name"
                    | "username"
                    | "itself"
                    | "themselves"
                    | "herself"
                    | "himself"
                    | "actor"
                    | "hacker"
                    | "user"
                    | "seller"
                    | "vendor"
                    | "member"
                    | "nick"
            );
    let words = tokens[at..close].iter().all(|t| matches!(t.shape, Shape::Word | Shape::Number));
    (introduced && words).then_some(close - 1)
}

/// "The site stroudnews.example": a domain by which an outlet goes.
fn is_site(tokens: &[Token], at: usize) -> bool {
    let token = &tokens[at];
    let called = |back: usize| {
        at.checked_sub(back).is_some_and(|before| {
            matches!(
                tokens[before].lower.as_str(),
                "site" | "website" | "blog" | "outlet" | "portal" | "newspaper" | "publication" | "service"
            )
        })
    };
    !token.capital && called(1) && is_domain(token)
}

fn named_on(text: &str, tokens: &[Token], last: usize) -> bool {
    goes_on(text, tokens, last)
        && matches!(
            tokens[last + 1].lower.as_str(),
            "news"
                | "labs"
                | "research"
                | "media"
                | "health"
                | "ventures"
                | "online"
                | "pictures"
                | "electronics"
                | "entertainment"
                | "motor"
                | "motors"
                | "interactive"
                | "music"
                | "studios"
        )
}

fn goes_on(text: &str, tokens: &[Token], last: usize) -> bool {
    tokens
        .get(last + 1)
        .is_some_and(|t| t.shape == Shape::Word && t.capital && &text[tokens[last].span.end..t.span.start] == " ")
}

/// The longest known name that starts here.
fn known_at(text: &str, tokens: &[Token], at: usize, names: &Gazetteer) -> Option<(usize, NameKind)> {
    let mut last = (at + LONGEST_KNOWN - 1).min(tokens.len() - 1);
    loop {
        let apart = tokens[at..=last]
            .iter()
            .any(|t| t.shape == Shape::Quote || t.is_mark(",") || t.is_mark(".") || t.is_mark("("));
        if !apart && matches!(tokens[last].shape, Shape::Word | Shape::Number) || last == at {
            let span = Span { start: tokens[at].span.start, end: tokens[last].span.end };
            let written = span.of(text).unwrap_or_default();
            // "US" is a place and "Us" is a word, "IT" a thing and "It" a word: a short known name must keep its capitals.
            let kept = written.len() > 3 || written.chars().nth(1).is_some_and(|c| !c.is_lowercase()) || last > at;
            if let Some(known) = names.find(written).filter(|k| k.kind != NameKind::Given && kept) {
                return Some((last, known.kind));
            }
        }
        if last == at {
            return None;
        }
        last -= 1;
    }
}

/// The last token of an unknown run: capitalised words side by side, "&" and "of" between them where names have them.
fn unknown_end(text: &str, tokens: &[Token], first: usize, names: &Gazetteer) -> usize {
    let mut last = first;
    while last + 1 < tokens.len() {
        let next = &tokens[last + 1];
        let gap = &text[tokens[last].span.end..next.span.start];
        let beside = gap == " ";
        // "Ann M. Lee": the dot of an initial ends nothing.
        let initial = tokens[last].capital && tokens[last].span.end - tokens[last].span.start == 1 && last > first;
        let dotted = initial
            && next.is_mark(".")
            && gap.is_empty()
            && tokens
                .get(last + 2)
                .is_some_and(|t| t.capital && t.shape == Shape::Word && &text[next.span.end..t.span.start] == " ");
        if dotted {
            last += 2;
            continue;
        }
        let saint = |at: usize| {
            matches!(tokens[at].lower.as_str(), "st" | "saint" | "children" | "king" | "queen" | "women" | "veterans")
        };
        // "St. Brannock".
        if last == first
            && tokens[last].is("st")
            && next.is_mark(".")
            && tokens.get(last + 2).is_some_and(|t| t.capital)
        {
            last += 2;
            continue;
        }
        // "Saint Brannock's Hospital".
        if next.shape == Shape::Possessive
            && (saint(first) || saint(last))
            && tokens.get(last + 2).is_some_and(|t| {
                t.capital && (shapes::organisation_tail(&t.lower) || shapes::maybe_tail(&t.lower) || t.is("church"))
            })
        {
            last += 2;
            continue;
        }
        // "The Citizens' Movement".
        if (next.is_mark("'") || next.is_mark("’"))
            && gap.is_empty()
            && tokens[last].lower.ends_with('s')
            && tokens.get(last + 2).is_some_and(|t| t.capital && shapes::organisation_tail(&t.lower))
        {
            last += 2;
            continue;
        }
        if is_domain(&tokens[last]) || beside && is_domain(next) {
            break;
        }
        // "@acme You do not answer": who is spoken to is no part of the name.
        let spoken_to = matches!(next.lower.as_str(), "you" | "we" | "they" | "he" | "she" | "it");
        let titled = spoken_to
            || lexicon::person_noun(&tokens[last].lower)
            || lexicon::person_noun(&next.lower)
            || lexicon::calendar_word(&next.lower);
        if beside && next.shape == Shape::Word && next.capital && !titled {
            // A known name starts a run of its own: "Acme Corp" + "FBI".
            if known_at(text, tokens, last + 1, names)
                .is_some_and(|(_, kind)| kind != NameKind::Place && kind != NameKind::Thing)
            {
                break;
            }
            last += 1;
        } else if beside
            && next.shape == Shape::Number
            && next.lower.len() <= 4
            && !next.lower.starts_with("19")
            && !next.lower.starts_with("20")
        {
            last += 1;
            break;
        } else if beside
            && (joins_names(&tokens[last].lower, &next.lower)
                // "Known as the Lords of Stroud".
                || next.is("of") && last == first && tokens[last].lower.ends_with('s') && is_called(tokens, first))
            && tokens.get(last + 2).is_some_and(|t| t.capital && t.shape == Shape::Word)
        {
            last += 2;
        } else if beside
            && matches!(next.lower.as_str(), "van" | "von" | "de")
            && tokens.get(last + 2).is_some_and(|t| matches!(t.lower.as_str(), "der" | "den" | "la" | "los"))
            && tokens.get(last + 3).is_some_and(|t| t.capital && t.shape == Shape::Word)
        {
            last += 3;
        } else {
            break;
        }
    }
    last
}

/// A word with the shape of a host: `stroudnews.example`.
fn is_domain(token: &Token) -> bool {
    token.shape.is_word() && !token.lower.contains(['/', '@', '_']) && indicators::is_host(&token.lower)
}

/// "Known as the", "called": what follows is a name whatever its words.
fn is_called(tokens: &[Token], first: usize) -> bool {
    let back = |n: usize| first.checked_sub(n).map_or("", |at| tokens[at].lower.as_str());
    let article = usize::from(matches!(back(1), "the" | "“" | "\"" | "‘"));
    matches!(
        back(1 + article),
        "as" | "called" | "named" | "dubbed" | "itself" | "themselves" | "group" | "gang" | "crew" | "collective"
    )
}

fn joins_names(left: &str, joiner: &str) -> bool {
    match joiner {
        "&" => true,
        "of" => matches!(
            left,
            "university"
                | "bank"
                | "department"
                | "ministry"
                | "office"
                | "bureau"
                | "institute"
                | "city"
                | "board"
                | "college"
                | "house"
                | "state"
                | "county"
                | "school"
                | "port"
                | "government"
                | "municipality"
                | "archdiocese"
                | "diocese"
                | "hospital"
                | "chamber"
                | "court"
                | "authority"
                | "agency"
                | "district"
                | "association"
                | "federation"
                | "society"
                | "academy"
        ),
        // "Council for Responsible Voting", "Commission on Elections".
        "for" | "on" | "against" => matches!(
            left,
            "council"
                | "center"
                | "centre"
                | "commission"
                | "committee"
                | "movement"
                | "association"
                | "agency"
                | "institute"
                | "office"
                | "authority"
                | "coalition"
                | "campaign"
                | "society"
                | "alliance"
                | "foundation"
                | "federation"
                | "union"
                | "network"
        ),
        "de" | "van" | "von" | "der" | "del" | "la" | "al" => true,
        _ => false,
    }
}

/// Leaves out what stands before the name proper: "The", "Previously", "Russian".
fn after_openers(tokens: &[Token], first: usize, last: usize, opens_sentence: bool) -> usize {
    let mut at = first;
    // "Minister for Transport Ann Lee": the office, and then the name.
    let of_office = first >= 2
        && last - first >= 2
        && matches!(tokens[first - 1].lower.as_str(), "for" | "of")
        && matches!(tokens[first - 2].lower.as_str(), "minister" | "secretary" | "commissioner");
    if of_office {
        return last - 1;
    }
    while at <= last {
        let word = tokens[at].lower.as_str();
        let article = word == "the" && !opens_sentence && at < last;
        let opener = lexicon::determiner(word)
            || lexicon::calendar_word(word)
            || lexicon::honorific(word)
            || lexicon::person_noun(word)
            || at < last && (is_descriptor(word) || is_general(tokens, at))
            || (at == first && opens_sentence && at < last && lexicon::opens_sentence(word));
        if !opener || article {
            break;
        }
        at += 1;
    }
    at
}

/// "Secretary General Ann Lee", "Attorney-General Ann Lee": the word of a title, and no name.
fn is_general(tokens: &[Token], at: usize) -> bool {
    let of_office = |word: &str| lexicon::person_noun(word) || matches!(word, "inspector" | "solicitor");
    match tokens[at].lower.as_str() {
        "general" => at.checked_sub(1).is_some_and(|before| of_office(&tokens[before].lower)),
        word => word.strip_suffix("-general").is_some_and(of_office),
    }
}

/// "Beamly says", "Beamly's": what looks like an adverb at the head of a sentence and acts is a name.
fn acts(tokens: &[Token], next: usize) -> bool {
    tokens.get(next).is_some_and(|t| {
        t.shape == Shape::Possessive
            || lexicon::cue(&t.lower).is_some()
            || matches!(t.lower.as_str(), "has" | "had" | "is" | "was" | "did" | "denied")
    })
}

/// Single words that have a capital letter for another reason; `opening` its sentence, where any word has one.
fn is_no_name(run: &[Token], opening: bool) -> bool {
    let department = |t: &Token| {
        matches!(
            t.lower.as_str(),
            "marketing"
                | "communications"
                | "public"
                | "affairs"
                | "relations"
                | "media"
                | "operations"
                | "engineering"
                | "corporate"
                | "global"
                | "product"
                | "senior"
                | "strategy"
                | "deputy"
                | "assistant"
                | "permanent"
                | "acting"
        )
    };
    let [only] = run else {
        return run.iter().all(department);
    };
    let word = only.lower.as_str();
    lexicon::opens_sentence(word) && (opening || !lexicon::adverb(word))
        || lexicon::calendar_word(word)
        || lexicon::person_noun(word)
        || lexicon::honorific(word)
        || word.chars().count() < 2
        || word.starts_with("i'")
        || word.starts_with("we'")
        || lexicon::cue(word).is_some()
        || lexicon::participle(word).is_some()
        // "Taking to the stage, …": a participle that opens its sentence.
        || opening && word.len() > 5 && word.ends_with("ing")
        || matches!(
            word,
            "senior"
                | "vice"
                | "independent"
                | "former"
                | "global"
                | "managing"
                | "deputy"
                | "assistant"
                | "associate"
                | "marketing"
                | "communications"
                | "media"
                | "public"
        )
        || is_descriptor(word)
        || shapes::legal_form(word)
}

/// "Stroud-based", "state-owned": says where or whose, and is no part of a name.
fn is_descriptor(word: &str) -> bool {
    word.rsplit_once('-').is_some_and(|(_, tail)| {
        matches!(
            tail,
            "associated"
                | "based"
                | "owned"
                | "affiliated"
                | "linked"
                | "backed"
                | "speaking"
                | "sponsored"
                | "language"
                | "style"
                | "related"
                | "like"
                | "headquartered"
                | "listed"
                | "born"
                | "made"
                | "run"
                | "led"
        )
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::read::tokens::tokens;

    fn found(text: &str) -> Vec<&str> {
        let names = Gazetteer::parse("authority: Harbour Police\nplace: Ruritanian").unwrap();
        let all = Span { start: 0, end: text.len() };
        runs(text, &tokens(text, all, &[]), &names).iter().map(|r| &text[r.span.start..r.span.end]).collect()
    }

    #[test]
    fn names_come_without_what_stands_before_them() {
        assert_eq!(
            found(
                "Previously, Ruritanian firm Brightwell Systems told Ann Lee on Monday that the University of Stroud was hit."
            ),
            ["Ruritanian", "Brightwell Systems", "Ann Lee", "University of Stroud"]
        );
    }

    #[test]
    fn titles_and_known_names_part_a_run() {
        assert_eq!(found("Brightwell CEO Ann Lee called Harbour Police."), ["Brightwell", "Ann Lee", "Harbour Police"]);
    }
}
