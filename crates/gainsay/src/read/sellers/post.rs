//! One offer as its lines are read: fields, heading, prose.

use crate::claim::{Allegation, Figure, FigureKind, Offer, Span};
use crate::read::amounts::{Amount, Unit, amounts};
use crate::read::sellers::{handles, wares};
use crate::read::words::{Word, words};

use super::fields::Field;

/// The longest goods, price or proof that is told as worded.
const WORDED_BYTES: usize = 200;

/// What is known of one offer so far. Spans are of the text; what is told of it is cut from there.
#[derive(Default)]
pub(super) struct Post {
    pub(super) seller: Option<Span>,
    pub(super) victim: Option<Span>,
    pub(super) title: Option<Span>,
    pub(super) site: Option<Span>,
    goods: Vec<Span>,
    /// From prose: told where no field names the goods.
    named_goods: Vec<Span>,
    volume: Option<Span>,
    price: Option<Span>,
    /// First bid, step and end of an auction.
    bids: Vec<(&'static str, Span)>,
    proof: Vec<Span>,
    pub(super) contacts: Vec<String>,
    access: Vec<&'static str>,
    /// A victim that a sentence names or describes.
    described: Option<Span>,
    /// All that it was read from.
    pub(super) span: Option<Span>,
    /// Fields that were set, so that one that comes again begins another offer.
    pub(super) set: Vec<Field>,
}

impl Post {
    /// Widens the offer by a line.
    pub(super) fn cover(&mut self, line: Span) {
        self.span = Some(
            self.span.map_or(line, |span| Span { start: span.start.min(line.start), end: span.end.max(line.end) }),
        );
    }

    /// Takes a field's value; the figures that it holds go to `figures`.
    pub(super) fn take(&mut self, text: &str, field: Field, value: Span, figures: &mut Vec<Figure>) {
        // `Sample: 1000 rows. Contact: …`: a short value ends with its sentence.
        let value = match field {
            Field::Proof | Field::Price | Field::Volume | Field::Seller => first_sentence(text, value),
            _ => value,
        };
        let words = words(text, value);
        let amounts = amounts(&words);
        if words.is_empty() {
            return;
        }
        let told =
            |kind: FigureKind, figures: &mut Vec<Figure>| figures.extend(amounts.iter().map(|a| a.figure(text, kind)));
        match field {
            Field::Seller => self.seller = self.seller.or(first_words(&words, value)),
            Field::Victim => self.victim = self.victim.or(Some(value)),
            Field::Title => {
                self.title = self.title.or(Some(value));
                self.prose(text, value, &words, &amounts, figures);
            }
            Field::Site => self.site = self.site.or(Some(value)),
            Field::Goods => {
                self.goods.extend(items(&words));
                self.measure(text, &words, &amounts, figures);
                wares::access(&words, &mut self.access);
                self.access.truncate(if wares::sells_access(&words) { usize::MAX } else { 0 });
            }
            Field::Volume => {
                self.volume = self.volume.or(Some(value));
                figures.extend(amounts.iter().map(|a| {
                    a.figure(
                        text,
                        if matches!(a.unit, Unit::Bytes(_)) { FigureKind::Volume } else { FigureKind::Count },
                    )
                }));
            }
            Field::Price => {
                self.price = self.price.or(Some(value));
                told(FigureKind::Price, figures);
            }
            Field::Start | Field::Step | Field::Blitz => {
                let name = match field {
                    Field::Start => "start",
                    Field::Step => "step",
                    _ => "blitz",
                };
                self.bids.push((name, value));
                told(FigureKind::Price, figures);
            }
            Field::Proof => self.proof.push(value),
            Field::Access => {
                wares::access(&words, &mut self.access);
                if self.access.is_empty() {
                    self.goods.push(value);
                }
            }
            Field::Contact | Field::Description | Field::Profile | Field::Post => {}
        }
    }

    /// Takes what a sentence or heading of the seller holds.
    pub(super) fn prose(
        &mut self,
        text: &str,
        span: Span,
        words: &[Word],
        amounts: &[Amount],
        figures: &mut Vec<Figure>,
    ) {
        self.measure(text, words, amounts, figures);
        wares::goods(words, &mut self.named_goods);
        wares::proof(words, &mut self.proof);
        self.described = self.described.or_else(|| wares::victim(text, words));
        self.seller = self.seller.or_else(|| wares::signs(text, words));
        if wares::sells_access(words) {
            wares::access(words, &mut self.access);
        }
        handles::contacts(text, span, &mut self.contacts);
    }

    /// Takes what a line that claims nothing says of writer and victim.
    pub(super) fn greet(&mut self, text: &str, words: &[Word]) {
        self.described = self.described.or_else(|| wares::addressee(words));
        self.seller = self.seller.or_else(|| wares::signs(text, words));
    }

    /// Takes a file that was sent.
    pub(super) fn attach(&mut self, file: Span) {
        self.proof.push(file);
    }

    /// Takes what a line offers as proof.
    pub(super) fn prove(&mut self, words: &[Word]) {
        wares::proof(words, &mut self.proof);
    }

    /// Takes kinds of access that a line names, once it is known that access is for sale.
    pub(super) fn open_doors(&mut self, words: &[Word]) {
        if !self.access.is_empty() {
            wares::access(words, &mut self.access);
        }
    }

    /// Takes one line of a list: what stands before the first amount describes the victim, the last amount is the price.
    pub(super) fn of_list(&mut self, words: &[Word], amounts: &[Amount], price: Span) {
        self.price = Some(price);
        wares::access(words, &mut self.access);
        let until = amounts.first().map_or(words.len(), |amount| amount.first);
        let described: Vec<&Word> = words.iter().take(until.min(8)).collect();
        let last = described.iter().rposition(|w| w.is_word());
        if let (Some(first), Some(last)) =
            (described.iter().find(|w| w.is_word()), last.and_then(|at| described.get(at)))
        {
            self.victim = Some(Span { start: first.span.start, end: last.span.end });
        }
    }

    fn measure(&mut self, text: &str, words: &[Word], amounts: &[Amount], figures: &mut Vec<Figure>) {
        for amount in amounts {
            // `Less than 1 MB` bounds a test, and offers nothing.
            let Some(kind) = wares::kind(words, amount).filter(|_| amount.hedge != Some('<')) else { continue };
            match kind {
                FigureKind::Volume => self.volume = self.volume.or(Some(amount.span)),
                FigureKind::Count if self.volume.is_none() => self.volume = Some(amount.span),
                FigureKind::Price => {
                    match amount.first.checked_sub(1).and_then(|before| words.get(before)).and_then(bid) {
                        Some(name) => self.bids.push((name, amount.span)),
                        None => self.price = self.price.or(Some(amount.span)),
                    };
                }
                _ => {}
            }
            figures.push(amount.figure(text, kind));
        }
    }

    /// Whether anything is offered at all.
    pub(super) fn offers_something(&self) -> bool {
        let goods = !self.goods.is_empty() || !self.named_goods.is_empty() || !self.access.is_empty();
        let worth = self.volume.is_some() || self.price.is_some() || !self.bids.is_empty();
        !self.access.is_empty()
            || goods && (worth || self.whose().is_some() || self.seller.is_some() || !self.contacts.is_empty())
            || worth && (self.whose().is_some() || self.seller.is_some())
    }

    /// Whether it stands beside other offers: with a victim or a worth of its own, and not as their heading.
    pub(super) fn is_one_of_many(&self) -> bool {
        self.whose().is_some() || self.volume.is_some() || self.price.is_some()
    }

    /// Whose data it is said to be: as a field, a heading, or a sentence names it.
    pub(super) fn whose(&self) -> Option<Span> {
        self.victim.or(self.described).or(self.site)
    }

    /// Whether a field or a heading names the victim, so that it is a name and no description.
    pub(super) fn is_named(&self, text: &str) -> bool {
        self.whose().and_then(|span| span.of(text)).is_some_and(is_name)
    }

    pub(super) fn offer(&self, text: &str, seller: Option<&str>) -> Offer {
        let of = |span: Span| span.of(text).map(worded).unwrap_or_default();
        let mut goods: Vec<String> = Vec::new();
        for &span in if self.goods.is_empty() { &self.named_goods } else { &self.goods } {
            let item = of(span);
            // `Brightwell source code` of Brightwell is source code.
            let whose = self.whose().map(of).unwrap_or_default();
            let item = item
                .strip_prefix(whose.as_str())
                .map(|rest| rest.trim_start().to_owned())
                .filter(|rest| !rest.is_empty())
                .unwrap_or(item);
            if goods.len() < wares::MOST_GOODS
                && !item.is_empty()
                && !goods.iter().any(|g| g.eq_ignore_ascii_case(&item))
            {
                goods.push(item);
            }
        }
        // `data` says nothing beside `customer data`.
        let all = goods.clone();
        goods.retain(|item| {
            item.contains(' ') || !all.iter().any(|other| other.len() > item.len() && ends_with_word(other, item))
        });
        let mut proof: Vec<String> = Vec::new();
        for item in self.proof.iter().map(|&span| of(span)) {
            if proof.len() < wares::MOST_GOODS && !item.is_empty() && !proof.contains(&item) {
                proof.push(item);
            }
        }
        let bids: Vec<String> = self.bids.iter().take(4).map(|(name, span)| format!("{name} {}", of(*span))).collect();
        let price = match (self.price, bids.is_empty()) {
            (Some(price), true) => Some(of(price)),
            (None, true) => None,
            (Some(price), false) => Some(format!("{}, {}", of(price), bids.join(", "))),
            (None, false) => Some(bids.join(", ")),
        };
        Offer {
            seller: seller.map(str::to_owned),
            victim: self.whose().map(of),
            goods,
            volume: self.volume.map(of),
            price,
            proof,
            contacts: self.contacts.clone(),
            access: (!self.access.is_empty()).then(|| self.access.join(", ")),
            span: self.span.unwrap_or(Span { start: 0, end: 0 }),
        }
    }
}

/// The offer as a claim of its seller.
pub(super) fn allegation(offer: &Offer, unnamed: &str) -> Option<Allegation> {
    Some(Allegation {
        actor: offer.seller.clone().unwrap_or_else(|| unnamed.to_owned()),
        victim: offer.victim.clone()?,
        assets: offer.goods.clone(),
        volume: offer.volume.clone(),
        price: offer.price.clone(),
        span: offer.span,
    })
}

fn ends_with_word(text: &str, word: &str) -> bool {
    text.rsplit(' ').next().is_some_and(|last| last.eq_ignore_ascii_case(word))
}

/// The word before a sum of an auction.
fn bid(word: &Word) -> Option<&'static str> {
    Some(match word.text.as_str() {
        "start" | "старт" => "start",
        "step" | "шаг" => "step",
        "blitz" | "блиц" | "bin" | "buyout" => "blitz",
        _ => return None,
    })
}

/// A name is written as one: with a capital or a domain, and not as a description.
pub(super) fn is_name(name: &str) -> bool {
    let first = name.split_whitespace().next().unwrap_or_default();
    let described = matches!(
        first.to_lowercase().as_str(),
        "a" | "an" | "one" | "some" | "big" | "large" | "крупная" | "крупной" | "одна"
    );
    !described
        && !name.contains(',')
        && (name.chars().any(char::is_uppercase) || name.contains('.') || !name.contains(' '))
}

fn first_sentence(text: &str, value: Span) -> Span {
    let written = value.of(text).unwrap_or_default();
    let ends = |at: usize| {
        let next = written.get(at + 2..).and_then(|rest| rest.chars().next());
        // `300 тыс. $` goes on.
        next.is_some_and(char::is_uppercase)
    };
    let end = written.match_indices(". ").map(|(at, _)| at).find(|&at| ends(at)).unwrap_or(written.len());
    Span { start: value.start, end: value.start + end }
}

/// The first few words of a value: a seller's name, without what is said about it.
fn first_words(words: &[Word], value: Span) -> Option<Span> {
    let mut last = words.first()?;
    for word in words.iter().take(8) {
        if matches!(word.text.as_str(), "," | "(" | "|" | "[" | ";") {
            break;
        }
        last = word;
    }
    Some(Span { start: words.first()?.span.start, end: last.span.end }).filter(|span| span.start >= value.start)
}

/// The items of a value: `a, b; c | d`, or all of it.
fn items(words: &[Word]) -> Vec<Span> {
    let mut found = Vec::new();
    let mut open: Option<Span> = None;
    let mut depth = 0_usize;
    for word in words {
        match word.text.as_str() {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && matches!(word.text.as_str(), "," | ";" | "|" | "•" | "/") {
            found.extend(open.take());
            continue;
        }
        let start = open.map_or(word.span.start, |span| span.start);
        // A mark alone is no item: a bullet before it, a full stop behind.
        if word.is_word() || open.is_some() && !word.is(".") {
            open = Some(Span { start, end: word.span.end });
        }
    }
    found.extend(open);
    found
}

/// As worded, on one line, and not longer than is told.
pub(super) fn worded(text: &str) -> String {
    let mut out = String::new();
    for word in text.split_whitespace() {
        if out.len() + word.len() > WORDED_BYTES {
            break;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}
