//! Paragraph by paragraph: each sentence through the sieve, quotations that go on, set-off texts, and neighbouring sentences of one speaker joined.

use std::sync::LazyLock;

use regex::Regex;

use crate::claim::{About, PartyKind, Span, Stance};
use crate::read::attribution::{Aside, Attribution, Rule, attributions, sift};
use crate::read::content::{Content, content};
use crate::read::entities::{Cast, Class};
use crate::read::lexicon::{self, Cue};
use crate::read::own_page;
use crate::read::paragraphs::{Paragraph, after_dateline, paragraphs};
use crate::read::parts;
use crate::read::patterns::word_regex;
use crate::read::quotes::{Quotation, quotations};
use crate::read::sentences::{LONGEST_BYTES, sentences};
use crate::read::set_off::{announces, cut_short, is_set_off, set_off_speaker, signatory, speaks_as_a_firm};
use crate::read::stance::{Heard, stance};
use crate::read::subject::{Known, Memory, Sentence, Speaker};
use crate::read::tokens::{Shape, tokens};
use crate::read::told::of_another_house;

/// What one speaker said in one paragraph with one stance.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) speaker: Speaker,
    pub(super) stance: Stance,
    /// The words decide the stance, not the speaker's role.
    pub(super) explicit: bool,
    pub(super) rule: Rule,
    pub(super) cue: Cue,
    pub(super) span: Span,
    /// Number of its paragraph among the story's.
    pub(super) paragraph: usize,
    /// The sentence governs more than one statement.
    pub(super) shared: bool,
    /// It is about who told whom: to admit a call is not to admit a breach.
    pub(super) of_contact: bool,
    /// It speaks of the speaker's own house.
    pub(super) own_matter: bool,
    /// Who passes it on, nearest first.
    pub(super) relays: Vec<Speaker>,
    /// The word that says who speaks.
    pub(super) word: Span,
    /// The rule that gave the stance, and the words that it went by.
    pub(super) why: &'static str,
    pub(super) words: Option<Span>,
    /// How many other stances something in it points to.
    pub(super) rivals: u8,
    /// How many neighbouring sentences were joined into it.
    pub(super) joined: u32,
}

/// A sentence that was considered and is no statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SetAside {
    pub(super) sentence: Span,
    pub(super) word: Span,
    pub(super) why: &'static str,
}

/// What a story says, and what in it was considered and set aside; both in order of place.
pub(super) struct Told {
    pub(super) items: Vec<Item>,
    pub(super) aside: Vec<SetAside>,
}

/// A paragraph with its sentences and quotations.
pub(super) struct Page {
    pub(super) paragraph: Paragraph,
    pub(super) sentences: Vec<Span>,
    pub(super) quotes: Vec<Quotation>,
}

/// The story's paragraphs, cut up.
pub(super) fn pages(text: &str) -> Vec<Page> {
    let cut = |paragraph: Paragraph| {
        let quotes = quotations(text, paragraph.span);
        Page { paragraph, sentences: sentences(text, paragraph.span, &quotes), quotes }
    };
    paragraphs(text).into_iter().map(cut).collect()
}

/// "Acme confirmed that …": a paragraph that says who speaks is told by somebody else, or by Acme of itself, and is not set off.
fn opens_with_a_speaker(text: &str, cast: &Cast, page: &Page, memory: &Memory) -> bool {
    page.sentences.first().is_some_and(|&first| {
        let found = attributions(&sentence_of(text, cast, first, &page.quotes), first, memory);
        found.iter().any(|a| {
            a.rule == Rule::Indirect
                && a.cue != Cue::Investigates
                && a.speakers.iter().any(|s| s.known <= Known::Spokesperson)
        })
    })
}

/// The line below signs this paragraph, with a dash before the name.
fn signed(text: &str, pages: &[Page], number: usize, cast: &Cast) -> bool {
    let below = pages.get(number + 1).filter(|p| p.paragraph.short).and_then(|p| p.paragraph.span.of(text));
    below.and_then(signatory).is_some_and(|name| cast.named(name).is_some())
}

/// A paragraph's whole sentences, as many as fit into the length of one statement.
fn bounded(page: &Page) -> Span {
    let start = page.sentences.first().map_or(page.paragraph.span.start, |s| s.start);
    let fits = page.sentences.iter().take_while(|s| s.end <= start.saturating_add(LONGEST_BYTES)).last();
    Span { start, end: fits.or(page.sentences.first()).map_or(page.paragraph.span.end, |s| s.end) }
}

/// A quotation longer than this is speech; a shorter one is a word or a name in marks.
pub(super) const SPEECH_BYTES: usize = 24;

/// Every item of the story, in order of place.
pub(super) fn told(text: &str, pages: &[Page], cast: &Cast, about: &About) -> Told {
    let mut memory = Memory::default();
    let mut found: Vec<Item> = Vec::new();
    let mut aside: Vec<SetAside> = Vec::new();
    let mut not_here: Vec<Aside> = Vec::new();
    let mut announced: Option<Speaker> = None;
    let owner = own_page::owner(text, pages, cast, about);
    for (number, page) in pages.iter().enumerate() {
        if page.paragraph.short {
            continue;
        }
        memory.turn_paragraph();
        if let Some(owner) = owner
            .as_ref()
            .filter(|_| !own_page::quotes_speech(page) && !opens_with_a_speaker(text, cast, page, &memory))
        {
            if own_page::says_something(text, page) {
                let whole = Attribution {
                    speakers: vec![owner.clone()],
                    cue: Cue::Says,
                    negated: false,
                    rule: Rule::OwnPage,
                    relays: Vec::new(),
                    word: bounded(page),
                    span: bounded(page),
                    until: bounded(page).end,
                    nested: false,
                };
                found.push(settle(text, cast, number, owner.clone(), &whole));
                memory.hear_speaker(cast, owner);
            }
            continue;
        }
        let after_colon = number
            .checked_sub(1)
            .and_then(|n| pages.get(n))
            .and_then(|p| p.paragraph.span.of(text))
            .is_some_and(|t| t.ends_with(':'));
        if after_colon
            && announced.is_some()
            && page.paragraph.span.of(text).is_some_and(|p| p.starts_with(['“', '"', '«', '„']))
        {
            memory.here.clone_from(&announced);
        }
        let own_words = page.quotes.is_empty()
            && (is_set_off(text, page) || after_colon && announced.is_some() || signed(text, pages, number, cast))
            && !opens_with_a_speaker(text, cast, page, &memory);
        let set_off = own_words.then(|| set_off_speaker(text, pages, number, cast, announced.as_ref())).flatten();
        if let Some((speaker, rule)) = set_off {
            let whole = Attribution {
                speakers: vec![speaker.clone()],
                cue: Cue::Says,
                negated: false,
                rule,
                relays: Vec::new(),
                word: bounded(page),
                span: bounded(page),
                until: bounded(page).end,
                nested: false,
            };
            found.push(settle(text, cast, number, speaker.clone(), &whole));
            memory.hear_speaker(cast, &speaker);
            announced = Some(speaker);
            continue;
        }
        let from = found.len();
        for (at, &span) in page.sentences.iter().enumerate() {
            let span = if at == 0 { after_dateline(text, span) } else { span };
            let sentence = sentence_of(text, cast, span, &page.quotes);
            let mut here = sift(&sentence, span, &memory, &mut not_here);
            if here.is_empty() {
                here.extend(continued(text, cast, page, at, &sentence, &memory));
            }
            for found in &mut here {
                as_the_house(text, cast, found, &memory);
            }
            memory.hear_names(cast, span);
            let several = here.len() > 1;
            for attribution in here {
                for speaker in &attribution.speakers {
                    if !speaks_here(speaker, attribution.cue, attribution.negated) {
                        not_here
                            .push(Aside { word: attribution.word, why: "no statement in the mouth of this speaker" });
                        continue;
                    }
                    // Who did not answer says nothing of what follows, nor does who is told of in passing.
                    if attribution.rule != Rule::Unanswered && !(several && attribution.nested) {
                        memory.hear_speaker(cast, speaker);
                    }
                    if only_announces(text, pages, number, at, &attribution) {
                        not_here.push(Aside { word: attribution.word, why: "announces the words that follow" });
                        continue;
                    }
                    found.push(settle(text, cast, number, speaker.clone(), &attribution));
                }
            }
            aside.extend(not_here.drain(..).map(|a| SetAside { sentence: span, word: a.word, why: a.why }));
        }
        join(&mut found, from, cast);
        lengthen(text, cast, page, &mut found, from);
        let closing = page.sentences.last().and_then(|s| s.of(text)).unwrap_or_default();
        let lately = found.last().is_some_and(|i| {
            i.paragraph + 1 >= number
                && i.speaker.party.is_some()
                && matches!(i.speaker.kind, PartyKind::Victim | PartyKind::Other)
        });
        let goes_on = lately && pages.get(number + 1).is_some_and(|p| p.quotes.is_empty() && speaks_as_a_firm(text, p));
        announced =
            (announces(closing) || goes_on).then(|| memory.here.clone().or_else(|| memory.speaker.clone())).flatten();
    }
    Told { items: found, aside }
}

/// "Acme said:" with the words themselves in the next paragraph.
fn only_announces(text: &str, pages: &[Page], number: usize, sentence: usize, found: &Attribution) -> bool {
    let last = pages[number].sentences.len() == sentence + 1;
    let said = found.span.of(text).unwrap_or_default();
    let next = || pages.get(number + 1).is_some_and(|p| !p.paragraph.short);
    let quoted = || {
        pages
            .get(number + 1)
            .and_then(|p| p.paragraph.span.of(text))
            .is_some_and(|p| p.starts_with(['“', '"', '«', '„']))
    };
    let bare = || {
        ![" that ", " it", " they ", " was ", " is "].iter().any(|w| said.contains(w))
            && content(said) == Content::default()
    };
    last && said.ends_with(':')
        && said.split_whitespace().take(15).count() < 15
        && next()
        && (quoted() && bare() || {
            let last = said.trim_end_matches(':').split_whitespace().next_back().unwrap_or_default();
            let noun = matches!(last, "claims" | "claim" | "reports" | "report");
            lexicon::cue(&last.to_lowercase()).is_some() && !noun
                || matches!(
                    last,
                    "statement" | "following" | "follows" | "message" | "blog" | "Twitter" | "X" | "tweet"
                )
        })
}

/// The sentence's tokens, speech hidden. Names in marks stay in sight: a crew is often only ever written in them.
pub(super) fn sentence_of<'a>(text: &'a str, cast: &'a Cast, span: Span, quotes: &[Quotation]) -> Sentence<'a> {
    let from = quotes.partition_point(|q| q.span.end <= span.start);
    let hidden: Vec<Span> = quotes[from..]
        .iter()
        .take_while(|q| q.span.start < span.end)
        .filter(|q| !is_name(text, cast, q))
        // A long quotation is cut into several sentences.
        .map(|q| Span { start: q.span.start.max(span.start), end: q.span.end.min(span.end) })
        .collect();
    Sentence::new(text, cast, tokens(text, span, &hidden), span)
}

fn is_name(text: &str, cast: &Cast, quote: &Quotation) -> bool {
    let inner = quote.inner.of(text).unwrap_or_default().trim_end_matches([',', '.']);
    inner.len() <= SPEECH_BYTES && cast.within(quote.span).first().is_some_and(|(m, _)| m.end - m.start == inner.len())
}

/// Selling and threatening are statements of crews alone; an outlet's own "said" is its story.
fn speaks_here(speaker: &Speaker, cue: Cue, negated: bool) -> bool {
    match cue {
        Cue::Offers => speaker.kind == PartyKind::Actor,
        Cue::Investigates => !matches!(speaker.kind, PartyKind::Press | PartyKind::Actor),
        Cue::Declines => speaker.kind != PartyKind::Actor || speaker.known == Known::Named,
        Cue::Confirms | Cue::Says if speaker.kind == PartyKind::Press => {
            negated || speaker.known <= Known::Spokesperson
        }
        _ => true,
    }
}

/// The item of one of an attribution's speakers.
fn settle(text: &str, cast: &Cast, paragraph: usize, speaker: Speaker, found: &Attribution) -> Item {
    let heard = Span { end: found.until.min(found.span.end), ..found.span };
    let said = heard.of(text).unwrap_or_default();
    let own_matter = own_matter(text, cast, &speaker, found, heard);
    let read = stance(&Heard {
        cue: found.cue,
        negated: found.negated,
        kind: speaker.kind,
        own_matter,
        house: speaks_for_a_house(cast, &speaker),
        text: said,
    });
    let lower = said.to_lowercase();
    Item {
        speaker,
        stance: read.stance,
        explicit: read.explicit,
        rule: found.rule,
        cue: found.cue,
        span: found.span,
        paragraph,
        shared: found.speakers.len() > 1,
        of_contact: ["contacted", "reached out", "in touch"].iter().any(|w| lower.contains(w)),
        own_matter,
        relays: found.relays.clone(),
        word: found.word,
        why: read.why,
        words: read.words.map(|w| Span { start: found.span.start + w.start, end: found.span.start + w.end }),
        rivals: read.rivals,
        joined: 1,
    }
}

/// An organisation, or a person of one.
fn speaks_for_a_house(cast: &Cast, speaker: &Speaker) -> bool {
    speaker.party.is_some_and(|p| cast.parties[p].class == Class::Organisation || cast.parties[p].home.is_some())
}

/// Whether the speaker would be speaking of its own house. A victim is, unless it tells of another company; of anybody else it must not look
/// like another's breach in any way.
fn own_matter(text: &str, cast: &Cast, speaker: &Speaker, found: &Attribution, heard: Span) -> bool {
    let said = heard.of(text).unwrap_or_default();
    let ours = parts::of_ours(said);
    let Some(party) = speaker.party.map(|p| cast.parties[p].home.unwrap_or(p)) else {
        // "The ministry said": where the story knows of no other house that was breached, it answers for its own.
        let answers = speaker.kind == PartyKind::Authority
            && speaker.known == Known::Unnamed
            && cast.of_kind(PartyKind::Victim).is_empty()
            && !parts::hunts_crews(&speaker.name)
            && !lexicon::crowd_noun(&speaker.name);
        return answers || speaker.kind == PartyKind::Victim || speaker.kind == PartyKind::Other && ours;
    };
    let homes: Vec<usize> =
        found.speakers.iter().filter_map(|s| s.party).flat_map(|p| [Some(p), cast.parties[p].home]).flatten().collect();
    if !ours && of_another_house(text, cast, &homes, heard) {
        return false;
    }
    let house = cast.parties[party].class == Class::Organisation;
    let name = &cast.parties[party].name;
    match speaker.kind {
        PartyKind::Victim => true,
        PartyKind::Other if !house => ours,
        PartyKind::Other => {
            ours || parts::tells_its_own(said)
                || parts::of_own_house(said, name)
                || !(matches!(found.cue, Cue::Reports)
                    || found.cue == Cue::Disputes && content(said).named.is_none()
                    || of_another(cast, party, heard, said))
        }
        // Who hunts crews speaks of others, unless its words leave no doubt.
        PartyKind::Authority | PartyKind::Researcher if house => {
            let alone = || !others_named(cast, party, heard);
            ours
                || parts::named_as_hit(said, name)
                || parts::of_own_house(said, name) && alone()
                // An office that is no police and says that nothing was taken answers for itself.
                || speaker.kind == PartyKind::Authority
                    && !parts::hunts_crews(name)
                    && !victim_named(cast, party, heard)
                    && (found.cue == Cue::Denies && !found.negated || content(said).not.is_some())
        }
        _ => false,
    }
}

/// Another house that was breached is named in it.
fn victim_named(cast: &Cast, party: usize, span: Span) -> bool {
    cast.within(span).iter().any(|&(_, p)| p != party && cast.parties[p].kind == PartyKind::Victim)
}

/// Another company is named in it.
fn others_named(cast: &Cast, party: usize, span: Span) -> bool {
    cast.within(span).iter().any(|&(_, p)| {
        let other = &cast.parties[p];
        p != party
            && other.class == Class::Organisation
            && !other.platform
            && !matches!(other.kind, PartyKind::Press | PartyKind::Authority)
    })
}

/// Another organisation or a crew is in it, or several firms: what is told of them is no admission.
fn of_another(cast: &Cast, party: usize, span: Span, said: &str) -> bool {
    let crew = cast.within(span).iter().any(|&(_, p)| cast.parties[p].class == Class::Actor);
    crew || others_named(cast, party, span) || said.split(|c: char| !c.is_alphanumeric()).any(several)
}

fn several(word: &str) -> bool {
    matches!(
        word.to_lowercase().as_str(),
        "companies" | "firms" | "makers" | "vendors" | "organisations" | "organizations" | "victims" | "targets"
    )
}

/// "Our customers", "we opened an investigation": the words of a house that was hit, and of no crew.
static OF_A_HOUSE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    word_regex(concat!(
        r"(?i)\bour own (?:systems?|network|servers)\b|\bour (?:\w+ )?(?:customers?|clients?|users|patients|members|guests|employees|investigation|security team)\b",
        r"|\bwe (?:\w+ly |have |also )*(?:launched|began|started|opened|notified|informed|engaged|identified|detected|apologi[sz]e|regret|take)\b[^.]{0,60}\b(?:investigation|inquiry|authorities|police|law enforcement|experts|incident|unauthori[sz]ed|inconvenience|seriously)\b",
    ))
    .ok()
});

/// A pronoun or a quotation that goes on would be the crew's that spoke last, and its words are of the house that was hit: they are its.
fn as_the_house(text: &str, cast: &Cast, found: &mut Attribution, memory: &Memory) {
    let [speaker] = found.speakers.as_mut_slice() else { return };
    let leans = speaker.known == Known::Pronoun || found.rule == Rule::Continued;
    let said = found.span.of(text).unwrap_or_default();
    if speaker.kind != PartyKind::Actor || !leans || !OF_A_HOUSE.as_ref().is_some_and(|house| house.is_match(said)) {
        return;
    }
    let hit = |p: &usize| !matches!(cast.kind(*p), PartyKind::Press | PartyKind::Authority);
    let victim = cast.of_kind(PartyKind::Victim).first().copied();
    if let Some(house) = memory.organisation.filter(hit).or(victim).or(memory.topic.filter(hit)) {
        *speaker =
            Speaker { name: cast.display(house), kind: cast.kind(house), party: Some(house), known: Known::Pronoun };
    }
}

/// A sentence of speech alone: it belongs to the neighbour that says whose it is.
fn continued(
    text: &str,
    cast: &Cast,
    page: &Page,
    at: usize,
    sentence: &Sentence<'_>,
    memory: &Memory,
) -> Option<Attribution> {
    let speech = sentence.tokens.iter().any(|t| t.shape == Shape::Quote && t.span.end - t.span.start > SPEECH_BYTES);
    let outside = sentence.tokens.iter().filter(|t| t.shape == Shape::Word).count();
    if !speech || outside > 2 {
        return None;
    }
    let span = *page.sentences.get(at)?;
    let by = |speaker: Speaker| Attribution {
        speakers: vec![Speaker { known: speaker.known.max(Known::Role), ..speaker }],
        cue: Cue::Says,
        negated: false,
        rule: Rule::Continued,
        relays: Vec::new(),
        word: span,
        span,
        until: span.end,
        nested: false,
    };
    if let Some(here) = memory.here.clone() {
        return Some(by(here));
    }
    // "One." "Two," she said: the speaker comes after.
    let next = page
        .sentences
        .get(at + 1)
        .map(|&next| attributions(&sentence_of(text, cast, next, &page.quotes), next, memory))
        .unwrap_or_default();
    let after = next.into_iter().find(|a| a.rule == Rule::Quote).and_then(|a| a.speakers.into_iter().next());
    after.or_else(|| memory.speaker.clone()).map(by)
}

/// Joins neighbouring items of one speaker and one stance in a paragraph.
fn join(found: &mut Vec<Item>, from: usize, cast: &Cast) {
    let here: Vec<Item> = found.drain(from..).collect();
    for right in here {
        // What is told inside another statement does not part it from what follows.
        let kept = found.get(from..).unwrap_or_default();
        let inside =
            |inner: &Item, outer: &Item| outer.span.start <= inner.span.start && inner.span.end <= outer.span.end;
        let at = match kept {
            [.., outer, inner] if inside(inner, outer) && !one_voice(cast, &inner.speaker, &right.speaker) => {
                from + kept.len() - 2
            }
            _ => (from + kept.len()).saturating_sub(1),
        };
        let left = found.get_mut(at).filter(|_| at >= from);
        let joined = left.and_then(|left| {
            let same = one_voice(cast, &left.speaker, &right.speaker);
            let fits = right.span.end.saturating_sub(left.span.start) <= LONGEST_BYTES;
            // What a crew does is told by the story; what it says is its own.
            let of_one_sort = (left.rule == Rule::Deed) == (right.rule == Rule::Deed);
            let stance =
                combine(left, &right).filter(|_| same && fits && of_one_sort && !left.shared && !right.shared)?;
            Some((left, stance))
        });
        match joined {
            Some((left, stance)) => absorb(left, right, stance),
            None => found.push(right),
        }
    }
}

/// A sentence of the same paragraph that nobody else says and that hangs on the one before belongs to what was said: "The firm said that
/// an app was hit. The app held names."
fn lengthen(text: &str, cast: &Cast, page: &Page, found: &mut [Item], from: usize) {
    let starts: Vec<usize> = found.iter().skip(from).map(|i| i.span.start).collect();
    for item in found.iter_mut().skip(from) {
        let told = matches!(item.rule, Rule::Quote | Rule::Indirect | Rule::AccordingTo | Rule::Hanging | Rule::Deed);
        let next = page.sentences.partition_point(|s| s.start < item.span.end);
        let (Some(&before), Some(&next)) =
            (next.checked_sub(1).and_then(|b| page.sentences.get(b)), page.sentences.get(next))
        else {
            continue;
        };
        let taken = starts.iter().any(|&s| s >= next.start && s < next.end);
        let fits = next.end - item.span.start <= LONGEST_BYTES;
        let opens = next.of(text).and_then(|n| n.split_whitespace().next()).unwrap_or_default();
        let leans = matches!(
            opens.to_lowercase().as_str(),
            "it" | "they" | "this" | "these" | "those" | "the" | "and" | "but" | "also"
        );
        if told && leans && !taken && fits && !item.shared && before.end == item.span.end {
            let sentence = sentence_of(text, cast, next, &page.quotes);
            let quoted = sentence.tokens.iter().any(|t| t.shape == Shape::Quote);
            if !quoted && hangs_on(text, &sentence, before) {
                item.span.end = next.end;
            }
        }
    }
}

/// "It has told its customers", "Those apps held names", "The file held": the subject is what the sentence before told of.
fn hangs_on(text: &str, sentence: &Sentence<'_>, before: Span) -> bool {
    let first = usize::from(sentence.tokens.len() > 2 && matches!(sentence.word(0), "and" | "but" | "also"));
    match sentence.word(first) {
        // "It remains unclear": nobody's.
        "it" => !matches!(
            sentence.word(first + 1),
            "is" | "was" | "remains" | "remained" | "appears" | "seems" | "may" | "could" | "isn't" | "'s"
        ),
        "they" | "this" | "these" | "those" => true,
        "the" => {
            let earlier = before.of(text).unwrap_or_default().to_lowercase();
            (first + 1..first + 4)
                .map(|at| sentence.word(at))
                .take_while(|w| {
                    !w.is_empty() && lexicon::cue(w).is_none() && !lexicon::auxiliary(w) && !lexicon::preposition(w)
                })
                .any(|w| {
                    w.len() > 3
                        && earlier
                            .split(|c: char| !c.is_alphanumeric())
                            .any(|e| e.trim_end_matches('s') == w.trim_end_matches('s'))
                })
        }
        _ => false,
    }
}

fn absorb(left: &mut Item, right: Item, stance: Stance) {
    left.span.end = left.span.end.max(right.span.end);
    let parted = left.stance != right.stance;
    left.rivals = left.rivals.max(right.rivals).max(u8::from(parted));
    left.explicit |= right.explicit && right.stance == stance;
    left.joined += right.joined;
    let new: Vec<Speaker> = right.relays.iter().filter(|r| !left.relays.contains(r)).cloned().collect();
    left.relays.extend(new);
    if right.stance == stance && left.stance != stance {
        (left.why, left.words) = (right.why, right.words);
    } else if left.stance != stance {
        left.why = "its sentences together";
    }
    left.stance = stance;
    left.rule = left.rule.min(right.rule);
    left.of_contact |= right.of_contact;
    // Of two ways to name one speaker the surer stands; a person says more than the firm.
    let longer = right.speaker.name.len() > left.speaker.name.len();
    if right.speaker.known < left.speaker.known || right.speaker.known == left.speaker.known && longer {
        left.speaker = right.speaker;
    }
}

fn one_voice(cast: &Cast, left: &Speaker, right: &Speaker) -> bool {
    let home = |s: &Speaker| s.party.map(|p| cast.parties.get(p).and_then(|q| q.home).unwrap_or(p));
    if left.party.is_none() || right.party.is_none() {
        return left.name == right.name;
    }
    left.party == right.party
        || home(left) == home(right) && (left.known != Known::Named || right.known != Known::Named)
}

/// The stance of two neighbouring items together; `None` where they are two statements.
fn combine(left: &Item, right: &Item) -> Option<Stance> {
    use Stance::{Claims, Confirms, Denies, Disputes, Informs, Investigating, NoComment, PartlyConfirms};
    Some(match (left.stance, right.stance) {
        (a, b) if a == b => a,
        (NoComment, _) | (_, NoComment) => return None,
        // A victim that calls the claim false and names what was not touched denies.
        (Disputes, Denies) | (Denies, Disputes) if left.speaker.kind == PartyKind::Victim => Denies,
        (Confirms | PartlyConfirms, Denies) | (Denies, Confirms | PartlyConfirms)
            if left.of_contact != right.of_contact =>
        {
            return None;
        }
        (Confirms | PartlyConfirms, Denies | PartlyConfirms)
        | (Denies | PartlyConfirms, Confirms | PartlyConfirms)
        | (PartlyConfirms, Investigating | Informs) => PartlyConfirms,
        // What a researcher goes on to tell is no part of what it contradicts.
        (Disputes, Informs) if left.speaker.kind == PartyKind::Researcher && right.rule != Rule::Continued => {
            return None;
        }
        (Confirms | Denies, Informs) | (Informs, Confirms | Denies) if left.of_contact != right.of_contact => {
            return None;
        }
        (Informs, other @ (Denies | Disputes | Confirms | PartlyConfirms | Investigating | Claims)) => other,
        (other @ (Denies | Disputes | Confirms | Investigating | Claims), Informs) => other,
        (Investigating, other @ (Denies | Confirms | PartlyConfirms))
        | (other @ (Denies | Confirms), Investigating) => other,
        _ => return None,
    })
}

/// The years that a background paragraph is dated by. A month alone is of this year.
pub(super) fn is_dated(text: &str, span: Span) -> bool {
    tokens(text, cut_short(text, span), &[]).iter().any(|t| {
        t.shape == Shape::Number && t.lower.len() == 4 && (t.lower.starts_with("19") || t.lower.starts_with("20"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::About;
    use crate::read::entities::cast;
    use crate::read::names::Gazetteer;

    fn of(text: &str) -> Vec<(String, &'static str, Rule, String)> {
        let pages = pages(text);
        let cast = cast(text, &pages, &About::default(), &Gazetteer::built_in());
        let line = |i: Item| (i.speaker.name, i.stance.word(), i.rule, i.span.of(text).unwrap_or_default().to_owned());
        told(text, &pages, &cast, &About::default()).items.into_iter().map(line).collect()
    }

    #[test]
    fn neighbouring_sentences_of_one_voice_are_one_item() {
        let found = of(
            "Brightwell said that one server was accessed. “No customer data was taken,” the company said.\nBrightwell declined to comment on the price.",
        );
        assert_eq!(
            found.iter().map(|f| (f.0.as_str(), f.1)).collect::<Vec<_>>(),
            [("Brightwell", "partly_confirms"), ("Brightwell", "no_comment")]
        );
        assert!(found[0].3.ends_with("the company said."));
    }

    #[test]
    fn a_quotation_that_goes_on_keeps_its_speaker() {
        let found = of(
            "“We found no evidence of a breach,” Ann Lee, director at Brightwell, said.\n“Our customers were not affected at any point in time.”",
        );
        assert_eq!(
            found.iter().map(|f| (f.0.as_str(), f.2)).collect::<Vec<_>>(),
            [("Ann Lee (Brightwell)", Rule::Quote), ("Ann Lee (Brightwell)", Rule::Continued)]
        );
    }

    #[test]
    fn set_off_words_belong_to_the_name_below_or_to_who_announced_them() {
        let signed = of(
            "Brightwell denied a breach of its systems.\nThe firm confirmed the theft in a message.\nWe have notified our customers about this matter.\nBrightwell\n",
        );
        assert!(signed.iter().any(|f| f.0 == "Brightwell" && f.2 == Rule::Signed));
        let announced = of(
            "Brightwell denied a breach and wrote the following:\nWe take this seriously and our systems are safe.\n",
        );
        assert!(announced.iter().any(|f| f.0 == "Brightwell" && f.2 == Rule::Announced));
    }

    #[test]
    fn a_short_notice_of_a_house_that_it_does_not_name_is_its_own_page() {
        let found = of(
            "May 3 security incident\nLate in the evening we experienced a security incident. An unauthorized third party obtained access to a list of our customers.\nWe informed the police and are continuing to investigate the incident.\n",
        );
        assert_eq!(
            found.iter().map(|f| (f.0.as_str(), f.2)).collect::<Vec<_>>(),
            [("we", Rule::OwnPage), ("we", Rule::OwnPage)]
        );
    }

    #[test]
    fn narration_is_no_statement() {
        assert_eq!(
            of("Brightwell makes locks. Its shops are open. The Daily Log wrote a story last year about shops.").len(),
            1
        );
    }

    #[test]
    fn what_is_told_of_another_house_admits_nothing() {
        let story = "Brightwell said that hackers had stolen files from Oakvale. Oakvale did not comment.";
        let found = of(story);
        assert_eq!(found.first().map(|f| (f.0.as_str(), f.1)), Some(("Brightwell", "claims")));
        let several = of("Brightwell said that thieves broke into three makers. It rained.");
        assert_eq!(several.first().map(|f| (f.0.as_str(), f.1)), Some(("Brightwell", "claims")));
        let own = of("Brightwell said that thieves broke into its servers. It rained.");
        assert_eq!(own.first().map(|f| (f.0.as_str(), f.1)), Some(("Brightwell", "confirms")));
    }

    #[test]
    fn who_warns_its_own_people_speaks_of_its_own_house() {
        let found = of(
            "Brightwell informed its staff that payroll data had been stolen by the hackers of GreyHeron. It rained.",
        );
        assert_eq!(found.first().map(|f| (f.0.as_str(), f.1)), Some(("Brightwell", "confirms")));
    }

    #[test]
    fn who_has_no_name_speaks_by_the_words_of_the_phrase() {
        for (said, who) in [
            ("Two elections watchdog groups said that the records are old.", "elections watchdog groups"),
            ("Several merchants complained that they had been kept in the dark.", "merchants"),
            ("“They lied to us all the time,” said Greta Holm of the workers’ union.", "Greta Holm"),
            ("One café owner said that it was late.", "café owner"),
            ("A spokesman for the police declined to comment.", "police"),
            ("Minister for Transport Lena Hartvig said that there was no cause for alarm.", "Lena Hartvig"),
            ("The contractor, Daxim, referred questions to the city.", "Daxim"),
        ] {
            assert_eq!(of(said).first().map(|f| f.0.clone()).as_deref(), Some(who), "{said}");
        }
        assert!(of("The weather said that it would rain.").is_empty());
    }

    #[test]
    fn a_silence_and_a_word_of_one_subject_are_two_items() {
        let stances = |said: &str| of(said).iter().map(|f| f.1).collect::<Vec<_>>();
        assert_eq!(
            stances("Brightwell confirmed that it was breached, but declined to say who did it."),
            ["confirms", "no_comment"]
        );
        assert_eq!(
            stances("Brightwell would not say how many, but insisted that its systems were not compromised."),
            ["no_comment", "denies"]
        );
    }

    #[test]
    fn a_notice_in_the_third_person_is_the_houses_own() {
        let found = of(
            "Notice of a data security event\nHollis Dental takes the privacy of its patients seriously. This notice describes an event that may have involved your information.\nOn March 4, Hollis Dental learned that an unauthorized individual had gained access to an employee's email account.\nHollis Dental reviewed the account and found that it contained names of its patients.\n",
        );
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found.iter().all(|f| f.0 == "Hollis Dental" && f.2 == Rule::OwnPage), "{found:?}");
    }

    #[test]
    fn a_ministry_that_was_breached_answers_for_itself() {
        let found = of(
            "Ministry of Locks denies leak\nThe Ministry of Locks has denied that its database was breached. The Ministry of Locks said no data was stolen.\n",
        );
        assert_eq!(found.iter().map(|f| f.1).collect::<Vec<_>>(), ["denies"], "{found:?}");
    }

    #[test]
    fn a_call_admitted_and_a_breach_told_are_two_items() {
        let found = of(
            "Brightwell confirmed that Tarnwell contacted it in May. The company said it rates the incident as low risk.\n",
        );
        assert_eq!(found.iter().map(|f| f.1).collect::<Vec<_>>(), ["confirms", "informs"]);
    }

    #[test]
    fn pronouns_and_spokespersons_lean_on_their_own_sentence() {
        let blog =
            of("GreyHeron, a gang, said it sells files. Nobody answered, the blog said; it added that they may.");
        assert!(blog.iter().all(|f| !f.3.contains("Nobody")), "{blog:?}");
        let it =
            of("A gang known as GreyHeron claims files. \nTarnwell closed the case, it said. Tarnwell said no more.");
        assert_eq!(it.last().map(|f| f.0.as_str()), Some("Tarnwell"));
        let house = of(
            "Oakvale said it was hacked. Brightwell declined to comment; a spokesperson said it was looking into it.",
        );
        assert_eq!(house.last().map(|f| (f.0.as_str(), f.1)), Some(("Brightwell", "investigating")));
    }

    #[test]
    fn a_houses_words_are_no_crews_and_who_was_silent_does_not_go_on() {
        let who = |text: &str| of(text).into_iter().map(|f| f.0).collect::<Vec<_>>();
        let house = who(
            "Brightwell denied that it was breached. The gang GreyHeron claimed files.\n“We launched an investigation with the police and our customers are safe,” it said.",
        );
        assert_eq!(house.last().map(String::as_str), Some("Brightwell"), "{house:?}");
        let crew = who(
            "Brightwell denied that it was breached. The gang GreyHeron claimed files.\n“We took everything that there was and will publish it,” it said.",
        );
        assert_eq!(crew.last().map(String::as_str), Some("GreyHeron"), "{crew:?}");
        let silent = who(
            "Brightwell was hacked. The gang GreyHeron said that it holds files of Brightwell. There was no response from Brightwell. “All of it will be published in the coming days.”",
        );
        assert_eq!(silent.last().map(String::as_str), Some("GreyHeron"), "{silent:?}");
    }

    #[test]
    fn who_claimed_in_passing_is_not_who_goes_on() {
        let found = of(
            "STROUD: Brightwell released a statement saying that it did not find any issues with its systems after the gang GreyHeron claimed to have breached them.\nHowever, it discovered unauthorised access at a supplier.",
        );
        assert_eq!(
            found.iter().map(|f| f.0.as_str()).collect::<Vec<_>>(),
            ["Brightwell", "GreyHeron", "Brightwell"],
            "{found:?}"
        );
    }

    #[test]
    fn a_letter_with_a_list_is_its_houses_own() {
        let found = of(
            "Changes to your Brightwell account\nWe have changed our systems after mails that claimed access to our database.\nWe will do the following in the coming days:\n- Restricted access to the database at all times.\n- Added locks to all of the doors that there are.\n- Watched the network by day and by night.\n- Turned off the lights when nobody was there.\nAt Brightwell, customer safety comes first, and we are working on it.\n",
        );
        assert!(found.iter().filter(|f| f.0 == "Brightwell" && f.2 == Rule::OwnPage).count() >= 3, "{found:?}");
    }

    #[test]
    fn what_hangs_on_a_statement_is_told_with_it_and_the_rest_is_not() {
        let last = |text: &str| of(text).last().map(|f| f.3.clone()).unwrap_or_default();
        let said = "Brightwell said that a portal of its partners was hit by the thieves.";
        for more in ["The portal held names and numbers.", "It has told its customers so.", "Those portals held names."]
        {
            assert!(last(&format!("{said} {more}")).ends_with(more), "{more}");
        }
        for more in ["It remains unclear who did it.", "The weather is fine.", "Shops opened late."] {
            assert!(last(&format!("{said} {more}")).ends_with("thieves."), "{more}");
        }
    }

    #[test]
    fn a_silence_told_in_passing_and_words_to_somebody_are_no_statements() {
        for text in [
            "When Brightwell did not respond to the letters, the writer went home in the rain.",
            "@brightwell You do not respond to several letters and calls from those who wrote to you.",
        ] {
            assert_eq!(of(text), [], "{text}");
        }
    }
}
