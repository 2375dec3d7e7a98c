//! What sellers write: forum posts, market entries, leak-site pages, ransom notes, chats; in English and Russian.
//!
//! Out come offers, and what the seller says in the first person as statements of that seller. What a leak site copies from the
//! victim's own pages is nobody's claim and is left out.

mod chat;
mod fields;
mod handles;
mod post;
mod wares;

pub(super) use chat::is_chat;
pub(super) use fields::Field;
pub(super) use handles::contacts;
pub(super) use wares::kind as figure_kind;

use crate::claim::{
    About, Actor, Draft, Figure, FigureKind, Organisation, OrganisationRole, PartyKind, Reading, Span, Stance,
    Statement,
};
use crate::read::amounts::{Unit, amounts};
use crate::read::kind::{is_address, is_crew};
use crate::read::names::Gazetteer;
use crate::read::quotes::quotations;
use crate::read::russian::facets_of;
use crate::read::sentences::sentences;
use crate::read::vectors::vectors;
use crate::read::words::{Word, lines, words};
use post::{Post, allegation, is_name, worded};

/// Who a seller is that the text does not name.
const UNNAMED: &str = "threat actor (unnamed)";

/// How many offers of one text are told.
const MOST_OFFERS: usize = 2000;

/// How sure the reader is, in thousandths: of a claim by a seller who is named, by one who is not, of a field or a heading
/// alone, and of what the other side of a chat says.
const NAMED: u16 = 870;
const NAMELESS: u16 = 800;
const FIELD_ONLY: u16 = 650;
const OTHER_SIDE: u16 = 600;

/// The field that a line of a listing is.
pub(super) fn field(text: &str, line: Span) -> Option<Field> {
    fields::field(text, line).map(|line| line.field)
}

/// A statement before it is known who speaks.
struct Said {
    span: Span,
    stance: Stance,
    confidence: u16,
    /// Which offer it belongs to.
    post: usize,
    /// Who wrote it, where that is another than the seller.
    voice: Option<Span>,
}

#[derive(Default)]
struct Read {
    posts: Vec<Post>,
    said: Vec<Said>,
    /// Fields and headings that make a claim where no sentence does.
    bare: Vec<Said>,
    figures: Vec<Figure>,
    /// Who writes what follows, in a thread of several.
    voice: Option<Span>,
    /// The line before, where it is a name or two words: a crew, if an address follows.
    short: Option<Span>,
}

impl Read {
    fn new() -> Self {
        Read { posts: vec![Post::default()], ..Read::default() }
    }

    fn post(&mut self) -> &mut Post {
        let last = self.posts.len().saturating_sub(1);
        // There is always one: it begins with one, and none is taken away.
        &mut self.posts[last]
    }

    /// Begins another offer, if the one before holds anything and there are not too many.
    fn turn(&mut self) {
        if self.posts.len() < MOST_OFFERS && (self.post().whose().is_some() || self.post().offers_something()) {
            self.posts.push(Post::default());
        }
    }

    fn say(&mut self, span: Span, stance: Stance, confidence: u16) {
        let post = self.posts.len() - 1;
        let voice = self.voice.filter(|&voice| self.post().seller.is_some_and(|seller| seller != voice));
        self.said.push(Said { span, stance, confidence, post, voice });
    }

    fn line(&mut self, text: &str, line: Span, open: &mut Option<Field>, names: &Gazetteer) {
        let written = line.of(text).unwrap_or_default();
        if written.len() > 2 && written.chars().all(|c| matches!(c, '-' | '=' | '*' | '_' | '~' | '—' | '#')) {
            self.turn();
            *open = None;
            return;
        }
        let short = self.short.take();
        if let Some(voice) = chat::head_of_post(text, line) {
            // In a thread each post has a writer; who opened it is the seller.
            let seller = self.post().seller.and_then(|seller| seller.of(text));
            self.voice = if seller == voice.of(text) { self.post().seller } else { Some(voice) };
            let first = self.voice;
            let seller = &mut self.post().seller;
            *seller = seller.or(first);
            return;
        }
        if let Some(found) = fields::field(text, line) {
            let empty = found.value.start >= found.value.end;
            *open = empty.then_some(found.field);
            if !empty {
                self.field(text, line, found.field, found.value);
            }
            return;
        }
        if written.len() <= 60 && is_crew(written, names) {
            self.post().cover(line);
            let seller = &mut self.post().seller;
            *seller = seller.or(Some(line));
            return;
        }
        if is_address(written) && (self.post().title.is_some() || written.contains("://")) {
            self.post().cover(line);
            let seller = &mut self.post().seller;
            *seller = seller.or(short);
            if !written.contains(".onion") && self.said.is_empty() {
                let site = &mut self.post().site;
                *site = site.or(Some(line));
            }
            return;
        }
        let words = words(text, line);
        let many = words.iter().filter(|word| word.is_word()).count();
        let plain =
            written.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.'));
        if many == 1 && plain && self.post().title.is_some() && self.said.is_empty() {
            self.short = Some(line);
        }
        if self.numbered(text, line, &words) {
            return;
        }
        if let Some(field) = wares::bare_field(&words) {
            let value = words.get(1).map_or(line, |word| Span { start: word.span.start, end: line.end });
            self.field(text, line, field, value);
            return;
        }
        match *open {
            Some(Field::Contact) if many <= 12 => handles::contacts(text, line, &mut self.post().contacts),
            Some(field) if many <= 12 && !matches!(field, Field::Description | Field::Post | Field::Profile) => {
                self.field(text, line, field, line);
            }
            _ if self.is_heading(written, many) => self.heading(text, line, &words),
            _ => self.prose(text, line),
        }
    }

    /// `2) Italy, locks, 30kk, VPN - 1500$`: each line of a numbered list with a price is an offer.
    fn numbered(&mut self, text: &str, line: Span, words: &[Word]) -> bool {
        let marked = words.first().is_some_and(|w| w.text.len() <= 3 && w.text.bytes().all(|b| b.is_ascii_digit()))
            && words.get(1).is_some_and(|w| matches!(w.text.as_str(), ")" | "." | "-"));
        let rest = words.get(2..).unwrap_or_default();
        let amounts = amounts(rest);
        let Some(price) = amounts.last().filter(|a| marked && matches!(a.unit, Unit::Money(_) | Unit::Bare)) else {
            return false;
        };
        if amounts.len() == 1 && rest.len() < 4 {
            return false;
        }
        self.turn();
        self.post().cover(line);
        let price = price.clone();
        self.figures.push(price.figure(text, FigureKind::Price));
        self.post().of_list(rest, &amounts, price.span);
        self.say(line, Stance::Claims, NAMED);
        true
    }

    /// A short first line that is no sentence.
    fn is_heading(&mut self, written: &str, words: usize) -> bool {
        let finished = written.ends_with(['.', '!', '?', ':', ';', ',']) && words > 4;
        let here = self.posts.len() - 1;
        words > 0
            && words <= 16
            && !finished
            && self.post().title.is_none()
            && self.voice.is_none()
            && self.said.last().is_none_or(|said| said.post != here)
    }

    fn field(&mut self, text: &str, line: Span, field: Field, value: Span) {
        let again = matches!(field, Field::Victim | Field::Title | Field::Price | Field::Site)
            && self.post().set.contains(&field)
            && self.post().span.is_some_and(|span| span.end < line.start);
        // A second victim is another offer; a second price may be another currency's.
        if again && matches!(field, Field::Victim | Field::Title) {
            self.turn();
        }
        self.post().set.push(field);
        self.post().cover(line);
        let mut figures = std::mem::take(&mut self.figures);
        self.post().take(text, field, value, &mut figures);
        self.figures = figures;
        handles::contacts(text, line, &mut self.post().contacts);
        match field {
            Field::Description => self.prose(text, value),
            Field::Goods
            | Field::Volume
            | Field::Price
            | Field::Access
            | Field::Start
            | Field::Blitz
            | Field::Title => self.bare(line),
            _ => {}
        }
    }

    fn bare(&mut self, span: Span) {
        let post = self.posts.len() - 1;
        self.bare.push(Said { span, stance: Stance::Claims, confidence: FIELD_ONLY, post, voice: None });
    }

    fn heading(&mut self, text: &str, line: Span, words: &[Word]) {
        let amounts = amounts(words);
        let mut figures = std::mem::take(&mut self.figures);
        self.post().cover(line);
        self.post().title = Some(line);
        self.post().prose(text, line, words, &amounts, &mut figures);
        self.figures = figures;
        if wares::claims(words, &amounts) {
            self.bare(line);
        }
    }

    /// The sentences of a line, of which those that stand together and claim something are one statement.
    fn prose(&mut self, text: &str, line: Span) {
        self.post().cover(line);
        let mut open: Option<(Span, Stance)> = None;
        let mut call = None;
        for sentence in sentences(text, line, &quotations(text, line)) {
            let words = words(text, sentence);
            let amounts = amounts(&words);
            let called = call.take().map_or(sentence, |call: Span| Span { start: call.start, end: sentence.end });
            if !wares::claims(&words, &amounts) {
                // `UPDATE!!!`: it opens what follows.
                call = (words.iter().filter(|word| word.is_word()).count() <= 2).then_some(sentence);
                handles::contacts(text, sentence, &mut self.post().contacts);
                self.post().open_doors(&words);
                self.post().greet(text, &words);
                if let Some((span, stance)) = open.take() {
                    self.say(span, stance, NAMED);
                }
                continue;
            }
            let mut figures = std::mem::take(&mut self.figures);
            self.post().prose(text, sentence, &words, &amounts, &mut figures);
            self.figures = figures;
            let stance = stance(&words);
            open = match open {
                Some((span, before)) if before == stance => {
                    Some((Span { start: span.start, end: sentence.end }, stance))
                }
                Some((span, before)) => {
                    self.say(span, before, NAMED);
                    Some((sentence, stance))
                }
                None => Some((called, stance)),
            };
        }
        if let Some((span, stance)) = open {
            self.say(span, stance, NAMED);
        }
    }

    /// A heading that is no sentence names the victim of a leak site's entry.
    fn name_victims(&mut self, text: &str) {
        for post in &mut self.posts {
            let Some(title) = post.title.filter(|_| post.victim.is_none()) else { continue };
            let words = words(text, title);
            let amounts = amounts(&words);
            post.victim = match wares::victim(text, &words) {
                Some(named) => Some(named),
                None if wares::claims(&words, &amounts) || words.len() > 12 => None,
                None => before_bracket(text, title),
            };
        }
    }
}

/// A seller claims, but where it declines to say or says that it was somebody else.
fn stance(words: &[Word]) -> Stance {
    if wares::refuses(words) {
        Stance::NoComment
    } else if wares::denies(words) {
        Stance::Denies
    } else {
        Stance::Claims
    }
}

/// `Brightwell [updated]` without what stands in brackets.
fn before_bracket(text: &str, title: Span) -> Option<Span> {
    let written = title.of(text)?;
    let name = written.split(['[', '(', '|']).next()?.trim_end();
    (!name.is_empty()).then_some(Span { start: title.start, end: title.start + name.len() })
}

/// Reads a listing. `because` says why it is taken for one.
pub(super) fn listing(text: &str, about: &About, names: &Gazetteer, because: &str) -> Reading {
    let mut read = Read::new();
    let mut open = None;
    for line in lines(text) {
        read.line(text, line, &mut open, names);
    }
    read.name_victims(text);
    let mut reading = Reading::default();
    let sellers: Vec<Option<Span>> = shared(read.posts.iter().map(|post| post.seller).collect());
    if read.said.is_empty() {
        read.said = std::mem::take(&mut read.bare);
    }
    for said in &read.said {
        let post = read.posts.get(said.post);
        let seller =
            said.voice.or(sellers.get(said.post).copied().flatten()).and_then(|span| span.of(text)).map(worded);
        let kind = if said.voice.is_some() { PartyKind::Other } else { PartyKind::Actor };
        let confidence = if said.voice.is_some() { OTHER_SIDE } else { said.confidence };
        let confidence = if seller.is_some() { confidence } else { confidence.min(NAMELESS) };
        let because =
            format!("{because}; {}", if seller.is_some() { "its seller is named" } else { "its seller is not named" });
        let whose = post.and_then(Post::whose).and_then(|span| span.of(text)).map(worded);
        // What others write below an offer is no offer of theirs.
        let stance = if said.voice.is_some() && said.stance == Stance::Claims { Stance::Informs } else { said.stance };
        let said = &Said { stance, ..*said };
        reading.drafts.push(draft(text, said, confidence, (seller, kind), whose, because));
        ways_in(text, said.span, &mut reading);
    }
    tell(text, &read.posts, &sellers, about, &mut reading);
    reading.figures = distinct(read.figures);
    reading
}

/// Where only one offer of a text names its seller, all are by that one.
fn shared(mut sellers: Vec<Option<Span>>) -> Vec<Option<Span>> {
    let mut named = sellers.iter().flatten();
    if let (Some(&one), None) = (named.next(), named.next()) {
        sellers.iter_mut().for_each(|seller| *seller = Some(one));
    }
    sellers
}

fn draft(
    text: &str,
    said: &Said,
    confidence: u16,
    (speaker, speaker_kind): (Option<String>, PartyKind),
    whose: Option<String>,
    because: String,
) -> Draft {
    let statement = Statement {
        speaker: speaker.unwrap_or_else(|| UNNAMED.to_owned()),
        speaker_kind,
        stance: said.stance,
        about: whose.into_iter().collect(),
        facets: facets_of(said.span.of(text).unwrap_or_default()),
        origin: None,
        relays: Vec::new(),
        to: None,
        date: None,
        days: None,
        span: said.span,
    };
    Draft { statement, confidence, because }
}

fn ways_in(text: &str, span: Span, reading: &mut Reading) {
    vectors(text, span, &mut reading.vectors);
}

/// Offers, claims, victims and sellers of the posts that offer anything.
fn tell(text: &str, posts: &[Post], sellers: &[Option<Span>], about: &About, reading: &mut Reading) {
    // The title that capture found stands for a heading that the text has not.
    let titled = about.title.as_deref().filter(|title| posts.len() == 1 && is_name(title)).map(worded);
    let contacts: Vec<&Vec<String>> =
        posts.iter().map(|post| &post.contacts).filter(|found| !found.is_empty()).collect();
    for (post, seller) in posts.iter().zip(sellers) {
        let named = seller.and_then(|span| span.of(text)).map(worded);
        if let (Some(span), Some(name)) = (*seller, &named)
            && !reading.actors.iter().any(|actor| actor.name.eq_ignore_ascii_case(name))
        {
            reading.actors.push(Actor { name: name.clone(), aliases: Vec::new(), span });
        }
        if let Some((span, name)) =
            post.whose().filter(|_| post.is_named(text)).and_then(|span| Some((span, span.of(text)?)))
            && !reading.organisations.iter().any(|known| known.name.eq_ignore_ascii_case(name))
        {
            reading.organisations.push(Organisation {
                name: worded(name),
                role: OrganisationRole::AllegedVictim,
                span,
            });
        }
        if post.offers_something() && (posts.len() == 1 || post.is_one_of_many()) {
            let mut offer = post.offer(text, named.as_deref());
            offer.victim = offer.victim.or_else(|| titled.clone());
            if let (true, [one]) = (offer.contacts.is_empty(), contacts.as_slice()) {
                offer.contacts.clone_from(one);
            }
            reading.allegations.extend(allegation(&offer, UNNAMED));
            reading.offers.push(offer);
        }
    }
}

/// Each figure once, at its first place.
fn distinct(mut figures: Vec<Figure>) -> Vec<Figure> {
    figures.sort_by_key(|figure| figure.span);
    let mut seen = std::collections::BTreeSet::new();
    figures.retain(|figure| seen.insert((figure.kind, figure.value.clone())));
    figures
}

/// How those are called who are asked to pay.
const OTHER_SIDES: &[&str] = &["victim", "client", "customer", "you", "company", "жертва", "клиент"];

/// How those are called who may be anybody.
const OTHERS: &[&str] = &["buyer", "покупатель", "bot", "file", "system", "journalist", "researcher"];

fn kind_of(nick: &str) -> PartyKind {
    let name = nick.trim().to_lowercase();
    if OTHER_SIDES.contains(&name.as_str()) {
        PartyKind::Victim
    } else if OTHERS.contains(&name.as_str()) {
        PartyKind::Other
    } else {
        PartyKind::Actor
    }
}

/// Reads a chat: each message is a paragraph by its writer, and what the other side is told is an offer.
pub(super) fn conversation(text: &str, about: &About, because: &str) -> Reading {
    let mut reading = Reading::default();
    let mut read = Read::new();
    let mut weight: std::collections::BTreeMap<String, (usize, Span)> = std::collections::BTreeMap::new();
    for message in chat::messages(text) {
        let Some(nick) = message.nick else {
            head_of_chat(text, message.body, read.post());
            continue;
        };
        let name = nick_of(nick.of(text).unwrap_or_default());
        let kind = kind_of(name);
        if kind == PartyKind::Actor {
            weight.entry(name.to_owned()).or_insert((0, nick)).0 += 1;
        }
        let words = words(text, message.body);
        let amounts = amounts(&words);
        let speaks = match kind {
            PartyKind::Actor => wares::matters(&words, &amounts),
            _ => wares::doubts(&words) || wares::refuses(&words) || wares::is_about_money(&amounts),
        };
        if !speaks {
            if kind == PartyKind::Actor {
                read.post().prove(&words);
            }
            continue;
        }
        let stance = match kind {
            PartyKind::Actor => stance(&words),
            _ if wares::refuses(&words) => Stance::NoComment,
            _ if wares::doubts(&words) => Stance::Disputes,
            _ => Stance::Informs,
        };
        if kind == PartyKind::Actor {
            read.post().cover(message.body);
            let mut figures = std::mem::take(&mut read.figures);
            read.post().prose(text, message.body, &words, &amounts, &mut figures);
            read.figures = figures;
            ways_in(text, message.body, &mut reading);
        } else {
            let sums = amounts.iter().filter_map(|a| Some(a.figure(text, wares::kind(&words, a)?)));
            read.figures.extend(sums);
        }
        let confidence = if kind == PartyKind::Actor && wares::claims(&words, &amounts) { NAMED } else { OTHER_SIDE };
        let said = Said { span: bounded(text, message.body), stance, confidence, post: 0, voice: None };
        let because = format!("{because}; the writer of the message");
        reading.drafts.push(draft(text, &said, confidence, (Some(name.to_owned()), kind), None, because));
    }
    let whose = read.post().whose().and_then(|span| span.of(text)).map(worded);
    for draft in &mut reading.drafts {
        draft.statement.about.extend(whose.clone());
    }
    let seller =
        weight.values().max_by_key(|(count, span)| (*count, std::cmp::Reverse(span.start))).map(|(_, span)| *span);
    tell(text, &read.posts, &[seller], about, &mut reading);
    for (name, (_, span)) in weight {
        if !reading.actors.iter().any(|actor| actor.name.eq_ignore_ascii_case(&name))
            && reading.actors.len() < MOST_OFFERS
        {
            reading.actors.push(Actor { name, aliases: Vec::new(), span });
        }
    }
    reading.actors.sort_by_key(|actor| actor.span.start);
    reading.figures = distinct(read.figures);
    reading
}

/// A name of a chat server without the server: `stern@example.onion`.
fn nick_of(written: &str) -> &str {
    let written = written.trim();
    written.split('@').next().filter(|name| !name.is_empty()).unwrap_or(written)
}

/// The lines above the first message may name crew and victim: `heron/brightwell_example`, `Victim: Brightwell`.
fn head_of_chat(text: &str, line: Span, post: &mut Post) {
    if let Some(found) = fields::field(text, line) {
        if matches!(found.field, Field::Victim | Field::Site) && found.value.start < found.value.end {
            post.victim = post.victim.or(Some(found.value));
        }
        return;
    }
    let written = line.of(text).unwrap_or_default();
    if let Some((_, victim)) = written.split_once('/')
        && !written.contains(char::is_whitespace)
        && !written.contains("://")
        && !victim.is_empty()
    {
        post.victim = post.victim.or(Some(Span { start: line.end - victim.len(), end: line.end }));
    }
}

/// As much of a message as one statement may be.
fn bounded(text: &str, body: Span) -> Span {
    let most = body.end.min(body.start + crate::read::sentences::LONGEST_BYTES);
    let end = (body.start..=most).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(body.end);
    Span { start: body.start, end }
}

/// What others are reported to have said in a listing, as news is read: `Their president said "no data was taken"`. It is taken out of
/// what the seller says.
pub(super) fn reported(text: &str, told: Vec<Draft>, reading: &mut Reading) {
    for draft in told {
        let statement = &draft.statement;
        let span = statement.span;
        let others = !matches!(statement.speaker_kind, PartyKind::Actor | PartyKind::Press)
            && draft.because.ends_with("by name");
        let quoted = span.of(text).is_some_and(|said| said.contains(['"', '“', '”']));
        if !others || !quoted {
            continue;
        }
        let mut kept = Vec::new();
        for mut own in std::mem::take(&mut reading.drafts) {
            let all = own.statement.span;
            if !all.overlaps(&span) {
                kept.push(own);
                continue;
            }
            for part in [
                Span { start: all.start, end: span.start.max(all.start) },
                Span { start: span.end.min(all.end), end: all.end },
            ] {
                if let Some(part) = trimmed(text, part).filter(|part| words(text, *part).len() > 3) {
                    own.statement.span = part;
                    kept.push(own.clone());
                }
            }
        }
        reading.drafts = kept;
        reading.drafts.push(draft);
    }
    reading.drafts.sort_by_key(|draft| draft.statement.span);
}

fn trimmed(text: &str, span: Span) -> Option<Span> {
    let written = span.of(text)?;
    let start = span.start + (written.len() - written.trim_start().len());
    let end = start + written.trim().len();
    (start < end).then_some(Span { start, end })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::{Offer, SourceKind};
    use crate::read::read;

    fn plain(text: &str) -> Reading {
        read(text, &About::default(), &Gazetteer::built_in())
    }

    fn offer(text: &str) -> Offer {
        let reading = plain(text);
        assert_eq!(reading.offers.len(), 1, "{text}: {:?}", reading.offers);
        reading.offers.into_iter().next().expect("one offer")
    }

    #[test]
    fn an_access_brokers_fields() {
        let text = "Selling access\n\nSeller: dustfinch\nVictim: Brightwell Locks\nCountry: USA\nRevenue: 50kk$\nHosts: 200\nAccess: RDP, domain admin\nStart: 5k\nStep: 1k\nBlitz: 10k$\nProof: screenshots of the domain controller\nEscrow: yes\nContact: Telegram @dustfinch\n";
        let told = offer(text);
        assert_eq!(told.seller.as_deref(), Some("dustfinch"));
        assert_eq!(told.victim.as_deref(), Some("Brightwell Locks"));
        assert_eq!(told.access.as_deref(), Some("RDP, domain administrator"));
        assert_eq!(told.price.as_deref(), Some("start 5k, step 1k, blitz 10k$"));
        assert_eq!(told.proof, ["screenshots of the domain controller"]);
        assert_eq!(told.contacts, ["telegram @du…h"]);
        let reading = plain(text);
        assert!(
            reading.figures.iter().all(|f| !f.value.starts_with("50000000")),
            "revenue is no price: {:?}",
            reading.figures
        );
        assert!(reading.figures.iter().any(|f| f.kind == FigureKind::Price && f.value == "10000 USD"));
        assert_eq!(reading.organisations.iter().map(|o| o.name.as_str()).collect::<Vec<_>>(), ["Brightwell Locks"]);
        assert!(
            reading.drafts.iter().all(|d| d.statement.speaker == "dustfinch" && d.statement.stance == Stance::Claims)
        );
        assert!(!reading.drafts.is_empty());
    }

    #[test]
    fn a_post_in_prose() {
        let told = offer(
            "Selling VPN access to a German lock maker with revenue 300kk, domain admin. Price 3k$, escrow accepted, PM me. I have 1.5 TB of source code and customer data as well.\n",
        );
        assert_eq!(told.victim.as_deref(), Some("a German lock maker"));
        assert_eq!(told.access.as_deref(), Some("VPN, domain administrator"));
        assert_eq!((told.volume.as_deref(), told.price.as_deref()), (Some("1.5 TB"), Some("3k$")));
        assert_eq!(told.goods, ["source code", "customer data"]);
        assert_eq!(told.contacts, ["private message"]);
    }

    #[test]
    fn a_russian_post() {
        let text = "Продам доступ в сеть крупной логистической компании, выручка 50кк.\nТип доступа: RDP, доменный админ\nСлил базу: 2 млн строк, 30 ТБ документов.\nЦена: 300 тыс. $\nПруфы в лс, работаю через гаранта. Телега @dustfinch\n";
        let told = offer(text);
        assert_eq!(told.access.as_deref(), Some("RDP, domain administrator"));
        assert_eq!(told.price.as_deref(), Some("300 тыс. $"));
        assert!(told.contacts.iter().any(|c| c == "telegram @du…h"));
        let reading = plain(text);
        assert_eq!(reading.language.as_deref(), Some("ru"));
        let values: Vec<&str> = reading.figures.iter().map(|f| f.value.as_str()).collect();
        assert!(
            values.contains(&"2000000 строк") && values.contains(&"30 TB") && values.contains(&"300000 USD"),
            "{values:?}"
        );
        assert!(reading.drafts.iter().all(|d| d.statement.speaker == UNNAMED));
        assert!(!reading.drafts.is_empty());
    }

    #[test]
    fn a_leak_sites_entry_without_what_it_copies_from_the_victim() {
        let text = "Brightwell Locks\ngroup: greyheron\nwebsite: https://brightwell.example\ndiscovered: 2030-03-29\nDescription: Brightwell Locks is a leading maker of locks, founded in 1950. We have stolen 128GB from their network: contracts, passports, drawings. Deadline in 5 days.\n";
        let told = offer(text);
        assert_eq!((told.seller.as_deref(), told.victim.as_deref()), (Some("greyheron"), Some("Brightwell Locks")));
        assert_eq!(told.goods, ["contracts", "passports", "drawings"]);
        let reading = plain(text);
        let said: Vec<&str> = reading.drafts.iter().filter_map(|d| d.statement.span.of(text)).collect();
        assert!(
            said.iter().any(|s| s.starts_with("We have stolen 128GB")) && said.iter().all(|s| !s.contains("founded")),
            "{said:?}"
        );
        assert_eq!(reading.drafts[0].statement.about, ["Brightwell Locks"]);
    }

    #[test]
    fn several_offers_of_one_seller() {
        let text = "Seller: dustfinch\nVictim: Brightwell\nData: invoices\nPrice: 2k$\n\nVictim: Tarnwell\nData: source code\nPrice: 3k$\n";
        let reading = plain(text);
        let told: Vec<(Option<&str>, Option<&str>, Option<&str>)> =
            reading.offers.iter().map(|o| (o.seller.as_deref(), o.victim.as_deref(), o.price.as_deref())).collect();
        assert_eq!(
            told,
            [(Some("dustfinch"), Some("Brightwell"), Some("2k$")), (Some("dustfinch"), Some("Tarnwell"), Some("3k$"))]
        );
        assert_eq!(reading.allegations.len(), 2);
    }

    #[test]
    fn a_chat_gives_each_writer_its_words() {
        let text = "greyheron/brightwell_example\n[12:03:44] Victim: give us proof\n[12:04:10] Grey Heron: We have 2 TB of your customer data\n[12:05:00] Victim: we can pay 10,000 USD\n[12:06:00] Grey Heron: 200 000 $\n[12:07:00] Grey Heron: We will not disclose this.\n[12:08:00] Grey Heron: ok\n";
        let reading = plain(text);
        let said: Vec<(&str, PartyKind, Stance)> = reading
            .drafts
            .iter()
            .map(|d| (d.statement.speaker.as_str(), d.statement.speaker_kind, d.statement.stance))
            .collect();
        assert_eq!(
            said,
            [
                ("Grey Heron", PartyKind::Actor, Stance::Claims),
                ("Victim", PartyKind::Victim, Stance::Informs),
                ("Grey Heron", PartyKind::Actor, Stance::Claims),
                ("Grey Heron", PartyKind::Actor, Stance::NoComment),
            ]
        );
        let told = &reading.offers[0];
        assert_eq!((told.seller.as_deref(), told.victim.as_deref()), (Some("Grey Heron"), Some("brightwell_example")));
        assert_eq!((told.volume.as_deref(), told.price.as_deref()), (Some("2 TB"), Some("200 000 $")));
    }

    #[test]
    fn a_ransom_note_is_a_listing() {
        let text = "Your network was attacked and your files were encrypted.\nWe have downloaded financial documents and contracts.\nIf you don't contact us in 3 days, we will publish everything.\nTox: ".to_owned()
            + &"A4".repeat(38)
            + "\n";
        let reading = plain(&text);
        assert_eq!(reading.drafts.len(), 3, "{:?}", reading.drafts);
        assert_eq!(reading.offers[0].contacts, ["tox A4…4"]);
    }

    #[test]
    fn what_others_said_is_theirs() {
        let text = "post_title: Brightwell\ngroup_name: greyheron\ndescription: We have stolen 3 TB of data from Brightwell. Brightwell president Mara Onslow said “no data was taken.” We will publish all of it.\n";
        let reading = plain(text);
        let said: Vec<(&str, Stance)> =
            reading.drafts.iter().map(|d| (d.statement.speaker.as_str(), d.statement.stance)).collect();
        assert!(said.contains(&("greyheron", Stance::Claims)), "{said:?}");
        assert!(said.iter().any(|(speaker, _)| speaker.contains("Mara Onslow")), "{said:?}");
    }

    #[test]
    fn what_the_user_says_decides() {
        let text = "GreyHeron told The Daily Log that it had taken 2 TB of data from Brightwell.\n";
        let as_listing =
            read(text, &About { kind: Some(SourceKind::Listing), ..About::default() }, &Gazetteer::built_in());
        assert!(as_listing.drafts.iter().all(|d| d.because.starts_with("a listing, as was said")), "{as_listing:?}");
        assert!(plain(text).drafts.iter().all(|d| !d.because.contains("listing")));
    }

    #[test]
    fn auctions_and_lists_of_accesses() {
        let told = offer(
            "Продам доступ\nГео: Бразилия\nРевеню: 35кк\nДоступ: VPN+RDP, права доменного админа\nСтарт 1000$\nШаг 200$\nБлиц 3000$\nГарант приветствуется\n",
        );
        assert_eq!(told.access.as_deref(), Some("VPN, RDP, domain administrator"));
        assert_eq!(told.price.as_deref(), Some("start 1000$, step 200$, blitz 3000$"));
        let text = "Selling accesses, escrow only:\n1) UK, logistics, 12kk, RDP, 150 pc - 700$\n2) Italy, lock maker, 30kk, VPN, 400 pc - 1500$\n";
        let reading = plain(text);
        let told: Vec<(Option<&str>, Option<&str>, Option<&str>)> =
            reading.offers.iter().map(|o| (o.victim.as_deref(), o.access.as_deref(), o.price.as_deref())).collect();
        assert_eq!(
            told,
            [
                (Some("UK, logistics"), Some("RDP"), Some("700$")),
                (Some("Italy, lock maker"), Some("VPN"), Some("1500$"))
            ]
        );
        assert!(reading.organisations.is_empty(), "a description is no name");
    }

    #[test]
    fn pictures_and_signatures() {
        let told = offer(
            "🔥🔥 FOR SALE 🔥🔥\n💎 Brightwell full source code + database dump\n📦 Size ➜ 35GB\n💰 Price ➜ 10 BTC\n📩 DM @dustfinch on Telegram\n",
        );
        assert_eq!(
            (told.victim.as_deref(), told.volume.as_deref(), told.price.as_deref()),
            (Some("Brightwell"), Some("35GB"), Some("10 BTC"))
        );
        assert_eq!(told.contacts, ["telegram @du…h"]);
        let told = offer(
            "To the management of Brightwell Locks!\nWe are GreyHeron team. We infiltrated your network and downloaded 1.8 TB of your files, including contracts, payroll and passports.\nThe ransom is 45 BTC.\n",
        );
        assert_eq!((told.seller.as_deref(), told.victim.as_deref()), (Some("GreyHeron"), Some("Brightwell Locks")));
        assert_eq!(told.goods, ["contracts", "payroll", "passports"]);
    }

    #[test]
    fn a_thread_has_one_seller_and_other_writers() {
        let text = "dustfinch · description · 2030-10-17\nYour database has been hacked, and we have all the data.\nSend 2 ETH and we will give it back.\n\nann · comment · 2030-10-18\nWe do not believe you, we have your files backed up.\n";
        let reading = plain(text);
        let said: Vec<(&str, PartyKind)> =
            reading.drafts.iter().map(|d| (d.statement.speaker.as_str(), d.statement.speaker_kind)).collect();
        assert_eq!(said, [("dustfinch", PartyKind::Actor), ("dustfinch", PartyKind::Actor), ("ann", PartyKind::Other)]);
        assert_eq!(reading.offers[0].price.as_deref(), Some("2 ETH"));
    }

    #[test]
    fn stories_and_companies_are_no_listings() {
        for text in [
            "A seller who goes by dustfinch is selling access to Brightwell for 3k$, escrow accepted, researchers said. “We have stolen 2 TB,” the post said.\n",
            "We take the security of your data seriously. On May 3 our systems were accessed by an unauthorised party. We have notified our customers.\n",
            "Brightwell said: we were hacked. Its spokesperson told us that your files are safe.\n",
        ] {
            assert!(plain(text).offers.is_empty(), "{text}");
        }
    }

    #[test]
    fn letters_that_look_like_others_hide_nothing() {
        let told = offer("Ѕеlling dаtаbаse of Brightwell\nРriсe: 3\u{200b}k$\nSeller: dust\u{202e}finch\n");
        assert_eq!(told.price.as_deref(), Some("3\u{200b}k$"));
        assert!(told.victim.is_some());
    }
}
