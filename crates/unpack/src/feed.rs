//! Feeds: RSS, Atom and JSON Feed. Each entry is a document of its own, and a broken one costs itself alone.

use std::ops::Range;

use crate::documents::{Found, NoDocument, add_attachment, add_link, line, undecodable};
use crate::finding::FindingKind;
use crate::html;
use crate::json::{self, Elements};
use crate::mail::collect_addresses;
use crate::markup::{Token, Tokens, add_text, attribute, local};
use crate::protocol::DocumentFormat;
use crate::sink::{Sink, Stop};
use crate::text::Decoded;
use crate::trace::Traced;

/// Of a feed's beginning, where it says what it is.
const HEAD: usize = 4096;

/// Whether bytes begin as XML that may be a feed.
pub(crate) fn looks_like_xml(start: &[u8]) -> bool {
    [&b"<?xml"[..], b"<rss", b"<feed", b"<rdf:RDF"].iter().any(|sign| start.starts_with(sign))
}

/// Whether a text is a feed in XML.
pub(crate) fn is_feed(text: &str) -> bool {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let head = &start[..start.floor_char_boundary(HEAD)];
    looks_like_xml(start.as_bytes())
        && Tokens::of_xml(head, 0).any(|(token, _)| match token {
            Token::Start { name, .. } => matches!(local(name), "rss" | "feed" | "RDF"),
            _ => false,
        })
}

/// Whether a text is a JSON Feed.
pub(crate) fn is_json_feed(text: &str) -> bool {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let head = &start[..start.floor_char_boundary(HEAD)];
    start.starts_with('{') && head.contains("jsonfeed.org/version/") && json::array_of(text, "items", 0).is_some()
}

/// What a feed says of itself.
#[derive(Clone, Debug, Default)]
struct Channel {
    title: Option<String>,
    language: Option<String>,
}

/// Passes on every entry of a feed in XML.
pub(crate) fn read(sink: &mut Sink<'_>, name: &str, decoded: &Decoded) -> Result<(), Stop> {
    let text = &decoded.text.text;
    let mut channel = Channel::default();
    let mut number = 0u64;
    let mut entry: Option<(usize, &str)> = None;
    // An element of the feed itself whose text is wanted.
    let mut open: Option<(&str, Traced)> = None;
    for (token, range) in Tokens::of_xml(text, 0) {
        match token {
            Token::Start { name: tag, attributes, is_closed } => {
                let tag = local(tag);
                if matches!(tag, "item" | "entry") && !is_closed {
                    if entry.is_some() {
                        number += 1;
                        give(sink, name, decoded, number, Err("another begins before it ends"), &channel)?;
                    }
                    entry = Some((range.end, tag));
                } else if entry.is_none() && matches!(tag, "title" | "language") {
                    open = Some((tag, Traced::default()));
                } else if matches!(tag, "feed" | "rss") {
                    channel.language = attribute(attributes, "xml:lang").and_then(|language| line(&language));
                }
            }
            Token::End { name: tag } => {
                if let Some((from, _)) = entry.filter(|(_, kind)| *kind == local(tag)) {
                    number += 1;
                    give(sink, name, decoded, number, Ok(from..range.start), &channel)?;
                    entry = None;
                } else if let Some((tag, value)) = open.take() {
                    let field = if tag == "title" { &mut channel.title } else { &mut channel.language };
                    *field = field.take().or_else(|| line(&value.text));
                }
            }
            Token::Text | Token::Verbatim => {
                if let Some((_, value)) = &mut open {
                    add_piece(value, token, text, range);
                }
            }
            Token::Aside => {}
        }
    }
    if entry.is_some() {
        number += 1;
        give(sink, name, decoded, number, Err("the file ends before it ends"), &channel)?;
    }
    Ok(())
}

fn give(
    sink: &mut Sink<'_>,
    name: &str,
    decoded: &Decoded,
    number: u64,
    range: Result<Range<usize>, &str>,
    channel: &Channel,
) -> Result<(), Stop> {
    sink.document(name, Some(&format!("entry {number}")), || {
        let range = range.map_err(|why| NoDocument::new(FindingKind::Corrupt, why))?;
        entry_of_xml(decoded, range, channel)
    })
}

fn add_piece(to: &mut Traced, token: Token<'_>, text: &str, range: Range<usize>) {
    if token == Token::Verbatim {
        to.add_verbatim(&text[range.clone()], range.start);
    } else {
        add_text(to, &text[range.clone()], range.start);
    }
}

/// The text of an entry in the making: the best that its elements offer.
#[derive(Default)]
struct Content {
    /// Text or markup, and which of the two.
    best: Option<(Traced, bool)>,
    rank: u8,
}

impl Content {
    fn offer(&mut self, rank: u8, value: Traced, is_markup: bool) {
        if !value.text.trim().is_empty() && (self.best.is_none() || rank > self.rank) {
            (self.best, self.rank) = (Some((value, is_markup)), rank);
        }
    }
}

fn entry_of_xml(decoded: &Decoded, range: Range<usize>, channel: &Channel) -> Result<Found, NoDocument> {
    let text = &decoded.text.text[..range.end];
    let mut found = Found::new(DocumentFormat::Feed, decoded.encoding, Traced::default());
    found.about.outlet.clone_from(&channel.title);
    found.about.language.clone_from(&channel.language);
    let mut content = Content::default();
    // The element under the entry that is open: its name, its type, where its inside begins, and its text.
    let mut open: Option<(&str, String, usize, Traced)> = None;
    // Elements inside it, such as the name of an author.
    let mut inner: Vec<&str> = Vec::new();
    for (token, range) in Tokens::of_xml(text, range.start) {
        match token {
            Token::Start { name, attributes, is_closed } => {
                let tag = local(name);
                if open.is_none() && tag == "link" {
                    let rel = attribute(attributes, "rel");
                    if let Some(address) = attribute(attributes, "href").and_then(|href| line(&href)) {
                        match rel.as_deref() {
                            None | Some("alternate") => found.about.address = Some(address),
                            Some("enclosure") => add_attachment(&mut found.about.attachments, &address),
                            _ => {}
                        }
                    }
                }
                if open.is_none()
                    && tag == "enclosure"
                    && let Some(address) = attribute(attributes, "url")
                {
                    add_attachment(&mut found.about.attachments, &address);
                }
                if is_closed {
                    continue;
                }
                match &mut open {
                    Some(_) => inner.push(tag),
                    None => {
                        let kind = attribute(attributes, "type").map_or(String::new(), |kind| kind.into_owned());
                        open = Some((
                            if name == "content:encoded" { name } else { tag },
                            kind,
                            range.end,
                            Traced::default(),
                        ));
                    }
                }
            }
            Token::End { name } => {
                let tag = local(name);
                if inner.last() == Some(&tag) {
                    inner.pop();
                    continue;
                }
                let Some((element, kind, from, value)) = open.take() else {
                    return Err(NoDocument::new(FindingKind::Corrupt, format!("</{name}> ends nothing")));
                };
                if local(element) != tag || !inner.is_empty() {
                    let detail = format!("<{element}> is not closed before </{name}>");
                    return Err(NoDocument::new(FindingKind::Corrupt, detail));
                }
                if kind == "xhtml" {
                    let mut markup = Traced::default();
                    markup.add_verbatim(&text[from..range.start], from);
                    take_element(&mut found, &mut content, element, markup, true);
                } else {
                    take_element(&mut found, &mut content, element, value, kind != "text");
                }
            }
            Token::Text | Token::Verbatim => {
                // Of an author's fields the name is wanted, and not the address.
                if let Some((_, _, _, value)) =
                    open.as_mut().filter(|_| !matches!(inner.last(), Some(&("uri" | "email"))))
                {
                    add_piece(value, token, text, range);
                }
            }
            Token::Aside => {}
        }
    }
    if let Some((element, ..)) = open {
        return Err(NoDocument::new(FindingKind::Corrupt, format!("<{element}> is not closed")));
    }
    finish(found, content, decoded)
}

/// Takes in what one element of an entry says.
fn take_element(found: &mut Found, content: &mut Content, element: &str, value: Traced, may_be_markup: bool) {
    let words = line(&value.text);
    let about = &mut found.about;
    match element {
        "title" => about.title = about.title.take().or_else(|| line(&crate::markup::unescaped(&value.text))),
        "link" => about.address = about.address.take().or(words),
        "guid" | "id" => about.id = words,
        "pubDate" | "published" | "issued" | "date" => about.published = about.published.take().or(words),
        "updated" | "modified" => about.modified = about.modified.take().or(words),
        "author" | "creator" => about.byline = about.byline.take().or(words),
        "language" => about.language = words.or(about.language.take()),
        "content:encoded" | "content" => content.offer(2, value, may_be_markup),
        "description" | "summary" => content.offer(1, value, may_be_markup),
        _ => {}
    }
}

fn finish(mut found: Found, content: Content, decoded: &Decoded) -> Result<Found, NoDocument> {
    if decoded.had_errors {
        found.problem(FindingKind::Undecodable, undecodable(decoded.encoding));
    }
    let about = &mut found.about;
    // Atom has but one date where nothing was changed since.
    about.published = about.published.take().or_else(|| about.modified.clone());
    let Some((value, may_be_markup)) = content.best else {
        let what = if about.title.is_some() { "it has a title and no text" } else { "it has neither title nor text" };
        return Err(NoDocument::new(FindingKind::NotAnEntry, what));
    };
    let is_markup =
        may_be_markup && (value.text.contains("</") || value.text.contains("/>") || value.text.contains("<br"));
    let text = if is_markup || may_be_markup && value.text.contains('&') {
        html::read_fragment(&value, &mut about.links)
    } else {
        collect_addresses(&value.text, &mut about.links);
        value
    };
    found.text = text.through(&decoded.text);
    found.unless_empty()
}

/// Passes on every item of a JSON Feed.
pub(crate) fn read_json(sink: &mut Sink<'_>, name: &str, decoded: &Decoded) -> Result<(), Stop> {
    let text = &decoded.text.text;
    let Some((_, array)) = json::array_of(text, "items", 0) else { return Ok(()) };
    let head = format!("{}\"items\":[]}}", &text[..text[..array].rfind("\"items\"").unwrap_or(0)]);
    let of_feed: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(head.trim_start_matches('\u{feff}')).unwrap_or_default();
    let field = |name: &str| of_feed.get(name).and_then(|value| value.as_str()).and_then(line);
    let channel = Channel { title: field("title"), language: field("language") };
    for (number, element) in (1u64..).zip(Elements::new(text, array)) {
        sink.document(name, Some(&format!("entry {number}")), || {
            let range = element.map_err(|why| NoDocument::new(FindingKind::Corrupt, why))?;
            entry_of_json(decoded, &range, &channel)
        })?;
    }
    Ok(())
}

fn entry_of_json(decoded: &Decoded, range: &Range<usize>, channel: &Channel) -> Result<Found, NoDocument> {
    let text = &decoded.text.text;
    let mut found = Found::new(DocumentFormat::Feed, decoded.encoding, Traced::default());
    let about = &mut found.about;
    about.outlet.clone_from(&channel.title);
    about.language.clone_from(&channel.language);
    let mut content = Content::default();
    let name_in = |object: &Range<usize>| {
        let fields = json::fields(text, object);
        let name = fields.iter().find(|(key, _)| key == "name").and_then(|(_, range)| json::scalar(text, range));
        name.and_then(|name| line(&name))
    };
    for (key, value) in json::fields(text, range) {
        let words = || json::scalar(text, &value).and_then(|words| line(&words));
        match key.as_str() {
            "id" => about.id = words(),
            "url" => about.address = words(),
            "external_url" => about.links.extend(words()),
            "title" => about.title = words(),
            "date_published" => about.published = words(),
            "date_modified" => about.modified = words(),
            "language" => about.language = words().or(about.language.take()),
            "author" => about.byline = about.byline.take().or_else(|| name_in(&value)),
            "authors" => {
                let names: Vec<String> =
                    Elements::new(text, value.start).flatten().filter_map(|it| name_in(&it)).collect();
                about.byline = line(&names.join(", ")).or(about.byline.take());
            }
            "attachments" => {
                for (key, value) in Elements::new(text, value.start).flatten().flat_map(|it| json::fields(text, &it)) {
                    if let Some(address) = (key == "url").then(|| json::scalar(text, &value)).flatten() {
                        add_attachment(&mut about.attachments, &address);
                    }
                }
            }
            "content_html" => content.offer(3, json::string(text, &value).unwrap_or_default(), true),
            "content_text" => content.offer(2, json::string(text, &value).unwrap_or_default(), false),
            "summary" => content.offer(1, json::string(text, &value).unwrap_or_default(), false),
            _ => {}
        }
    }
    let links = std::mem::take(&mut about.links);
    links.iter().for_each(|address| add_link(&mut about.links, address));
    finish(found, content, decoded)
}
