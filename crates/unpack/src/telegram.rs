//! Exports of Telegram Desktop: `result.json` and `messages.html`. A post of a channel is a document; so is a chat.

use std::ops::Range;

use crate::documents::{Found, add_attachment, add_link, line, undecodable};
use crate::finding::FindingKind;
use crate::json::{self, Elements};
use crate::mail::collect_addresses;
use crate::markup::{Token, Tokens, add_text, attribute, has_class};
use crate::protocol::DocumentFormat;
use crate::sink::{Sink, Stop};
use crate::text::Decoded;
use crate::trace::Traced;

/// A longer chat is cut here, in bytes of its text: each part is a document.
const LONGEST_CHAT: usize = 4 << 20;

/// Whether a text is an export in JSON, of one chat or of an account.
pub(crate) fn is_export(text: &str) -> bool {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    start.starts_with('{')
        && json::array_of(text, "messages", 0).is_some_and(|(_, array)| {
            let head = &text[array..text.floor_char_boundary(array + (64 << 10))];
            ["\"from_id\"", "\"actor_id\"", "\"date_unixtime\"", "\"text_entities\""]
                .iter()
                .any(|key| head.contains(key))
        })
}

/// A chat with what is gathered of it.
struct Chat<'d> {
    decoded: &'d Decoded,
    title: Option<String>,
    /// `telegram:` and its number, where the export tells it.
    id: Option<String>,
    is_channel: bool,
    found: Found,
    /// Documents of it so far.
    documents: u64,
}

/// A message.
#[derive(Default)]
struct Message {
    id: Option<String>,
    from: Option<String>,
    /// When it was sent and changed, as in RFC 3339.
    sent: Option<String>,
    changed: Option<String>,
    text: Traced,
    links: Vec<String>,
    attachments: Vec<String>,
}

impl<'d> Chat<'d> {
    fn new(decoded: &'d Decoded, title: Option<String>, id: Option<String>, is_channel: bool) -> Chat<'d> {
        let found = Found::new(DocumentFormat::Chat, decoded.encoding, Traced::default());
        Chat { decoded, title, id, is_channel, found, documents: 0 }
    }

    fn take(&mut self, sink: &mut Sink<'_>, name: &str, message: Message) -> Result<(), Stop> {
        if message.text.text.trim().is_empty() {
            return Ok(());
        }
        if !self.is_channel {
            self.add(message);
            return if self.found.text.text.len() > LONGEST_CHAT { self.close(sink, name) } else { Ok(()) };
        }
        let about = &mut self.found.about;
        (about.outlet, about.byline) = (self.title.clone(), message.from);
        (about.published, about.modified) = (message.sent, message.changed);
        about.id = self.id.as_ref().zip(message.id.as_ref()).map(|(chat, message)| format!("{chat}/{message}"));
        (about.links, about.attachments) = (message.links, message.attachments);
        self.found.text = message.text;
        let label = format!("message {}", message.id.unwrap_or_else(|| (self.documents + 1).to_string()));
        self.give(sink, name, &label)
    }

    /// Adds a message to the chat: `[when] who: what`.
    fn add(&mut self, message: Message) {
        let Found { text, about, .. } = &mut self.found;
        if !text.text.is_empty() {
            text.add_own("\n\n");
        }
        if let Some(sent) = &message.sent {
            text.add_own(&format!("[{}] ", sent.replace('T', " ").trim_end_matches('Z')));
        }
        text.add_own(&format!("{}: ", message.from.as_deref().unwrap_or("(deleted account)")));
        let body = message.text.text.trim_end().len();
        text.add(&message.text, 0..body);
        about.published = about.published.take().or_else(|| message.sent.clone());
        about.modified = message.changed.or(message.sent).or(about.modified.take());
        message.links.iter().for_each(|address| add_link(&mut about.links, address));
        message.attachments.iter().for_each(|file| add_attachment(&mut about.attachments, file));
    }

    /// Passes on what there is of the chat.
    fn close(&mut self, sink: &mut Sink<'_>, name: &str) -> Result<(), Stop> {
        if self.is_channel || self.found.text.text.is_empty() {
            return Ok(());
        }
        let part = if self.documents == 0 { String::new() } else { format!(", part {}", self.documents + 1) };
        let about = &mut self.found.about;
        about.title.clone_from(&self.title);
        about.id = self.id.as_ref().map(|id| format!("{id}{}", part.replace(", part ", "#")));
        let label = format!("chat {}{part}", self.title.as_deref().or(self.id.as_deref()).unwrap_or("without a name"));
        self.give(sink, name, &label)
    }

    fn give(&mut self, sink: &mut Sink<'_>, name: &str, label: &str) -> Result<(), Stop> {
        let fresh = Found::new(DocumentFormat::Chat, self.decoded.encoding, Traced::default());
        let mut found = std::mem::replace(&mut self.found, fresh);
        self.documents += 1;
        let decoded = self.decoded;
        sink.document(name, Some(label), || {
            found.text = found.text.through(&decoded.text);
            if decoded.had_errors {
                found.problem(FindingKind::Undecodable, undecodable(decoded.encoding));
            }
            found.unless_empty()
        })
    }
}

/// Passes on every chat of an export in JSON.
pub(crate) fn read(sink: &mut Sink<'_>, name: &str, decoded: &Decoded) -> Result<(), Stop> {
    let text = &decoded.text.text;
    let mut at = 0;
    while let Some((key, array)) = json::array_of(text, "messages", at) {
        let (title, id, is_channel) = chat_before(text, key);
        let mut chat = Chat::new(decoded, title, id, is_channel);
        let mut elements = Elements::new(text, array);
        for (number, element) in (1u64..).zip(elements.by_ref()) {
            match element {
                Ok(range) => {
                    if let Some(message) = message(text, &range) {
                        chat.take(sink, name, message)?;
                    }
                }
                Err(why) => {
                    let label = format!("element {number}");
                    let none = crate::documents::NoDocument::new(FindingKind::Corrupt, why);
                    sink.document(name, Some(&label), || Err(none))?;
                }
            }
        }
        at = elements.at.max(array + 1);
        chat.close(sink, name)?;
    }
    Ok(())
}

/// Name, id and kind of a chat, which stand before its messages.
fn chat_before(text: &str, key: usize) -> (Option<String>, Option<String>, bool) {
    let begun = text[..key].rfind('{').unwrap_or(0);
    let head = format!("{}}}", text[begun..key].trim_end().trim_end_matches(','));
    let fields: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&head).unwrap_or_default();
    let word = |name: &str| fields.get(name).and_then(|value| value.as_str());
    let id = fields.get("id").and_then(serde_json::Value::as_i64).map(|id| format!("telegram:{id}"));
    (word("name").and_then(line), id, word("type").is_some_and(|kind| kind.contains("channel")))
}

/// A message of the export in JSON; `None` for what the service itself noted.
fn message(text: &str, range: &Range<usize>) -> Option<Message> {
    let mut message = Message::default();
    let mut plain_date = None;
    for (key, value) in json::fields(text, range) {
        let words = || json::scalar(text, &value).and_then(|words| line(&words));
        match key.as_str() {
            "type" if words().as_deref() != Some("message") => return None,
            "id" => message.id = words(),
            "from" => message.from = words(),
            "author" => message.from = message.from.take().or_else(words),
            "date" => plain_date = words(),
            "date_unixtime" => message.sent = words().and_then(|seconds| from_unix(&seconds)),
            "edited_unixtime" => message.changed = words().and_then(|seconds| from_unix(&seconds)),
            "file" | "photo" | "file_name" => {
                if let Some(file) = words().filter(|file| !file.starts_with("(File ")) {
                    add_attachment(&mut message.attachments, &file);
                }
            }
            "text" => add_pieces(&mut message, text, &value),
            _ => {}
        }
    }
    message.sent = message.sent.or(plain_date);
    collect_addresses(&message.text.text, &mut message.links);
    Some(message)
}

/// Adds a text, which is a string or a list of strings and of objects with a text.
fn add_pieces(message: &mut Message, text: &str, value: &Range<usize>) {
    let mut add = |range: &Range<usize>| {
        if let Some(piece) = json::string(text, range) {
            let length = piece.text.len();
            message.text.add(&piece, 0..length);
        }
    };
    if !text[value.clone()].starts_with('[') {
        return add(value);
    }
    for piece in Elements::new(text, value.start).flatten() {
        add(&piece);
        for (key, value) in json::fields(text, &piece) {
            match key.as_str() {
                "text" => add(&value),
                "href" => {
                    if let Some(address) = json::scalar(text, &value) {
                        add_link(&mut message.links, &address);
                    }
                }
                _ => {}
            }
        }
    }
}

/// Whether a text is a page of an export.
pub(crate) fn is_page(text: &str) -> bool {
    let head = &text[..text.floor_char_boundary(64 << 10)];
    head.contains("class=\"page_wrap") && head.contains("class=\"history\"") && text.contains("class=\"message ")
}

/// Passes on every message of a page of an export, or the chat that they are.
pub(crate) fn read_page(sink: &mut Sink<'_>, name: &str, decoded: &Decoded) -> Result<(), Stop> {
    let text = &decoded.text.text;
    let mut page = Page::default();
    for (token, range) in Tokens::of_html(text, 0) {
        page.take(text, token, range);
    }
    page.end_message();
    let title = page.title.as_ref().and_then(|title| line(&title.text));
    // In a channel everything comes from the channel.
    let is_channel = title.is_some() && page.messages.iter().all(|message| message.from == title);
    let mut chat = Chat::new(decoded, title, None, is_channel);
    for message in page.messages {
        chat.take(sink, name, message)?;
    }
    chat.close(sink, name)
}

/// What part of a page is being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Title,
    From,
    Text,
}

#[derive(Default)]
struct Page {
    title: Option<Traced>,
    messages: Vec<Message>,
    open: Option<Message>,
    from: Option<String>,
    field: Option<Field>,
    /// `div`s open inside the field.
    depth: usize,
    value: Traced,
}

impl Page {
    fn take(&mut self, text: &str, token: Token<'_>, range: Range<usize>) {
        match token {
            Token::Start { name: "div", attributes, is_closed: false } => {
                if self.field.is_some() {
                    self.depth += 1;
                    return;
                }
                let has = |class: &str| has_class(attributes, class);
                if has("message") {
                    self.end_message();
                    if has("default") {
                        let id = attribute(attributes, "id").map(|id| id.trim_start_matches("message").to_owned());
                        self.open = Some(Message { id: id.and_then(|id| line(&id)), ..Message::default() });
                    }
                } else if has("date") {
                    if let (Some(open), Some(title)) = (&mut self.open, attribute(attributes, "title")) {
                        open.sent = open.sent.take().or_else(|| of_page(&title));
                    }
                } else if has("from_name") && self.open.is_some() {
                    self.field = Some(Field::From);
                } else if has("text") && (self.open.is_some() || self.title.is_none()) {
                    self.field = Some(if self.open.is_some() { Field::Text } else { Field::Title });
                }
            }
            Token::Start { name, attributes, .. } => {
                if name == "a"
                    && self.field == Some(Field::Text)
                    && let (Some(open), Some(address)) = (&mut self.open, attribute(attributes, "href"))
                {
                    add_link(&mut open.links, &address);
                }
                if name == "a"
                    && self.field.is_none()
                    && has_class(attributes, "media")
                    && let (Some(open), Some(file)) = (&mut self.open, attribute(attributes, "href"))
                {
                    add_attachment(&mut open.attachments, &file);
                }
                if name == "br" && self.field.is_some() {
                    self.value.add_unit("\n", range);
                }
            }
            Token::End { name: "div" } if self.field.is_some() => {
                if self.depth > 0 {
                    self.depth -= 1;
                } else {
                    self.end_field();
                }
            }
            Token::Text if self.field.is_some() => add_text(&mut self.value, &text[range.clone()], range.start),
            _ => {}
        }
    }

    fn end_field(&mut self) {
        let value = std::mem::take(&mut self.value);
        let end = value.text.trim_end().len();
        let start = end - value.text[..end].trim_start().len();
        let mut trimmed = Traced::default();
        trimmed.add(&value, start..end);
        match (self.field.take(), &mut self.open) {
            (Some(Field::Title), _) => self.title = Some(trimmed),
            (Some(Field::From), Some(open)) => open.from = line(&trimmed.text),
            (Some(Field::Text), Some(open)) if open.text.text.is_empty() => open.text = trimmed,
            _ => {}
        }
    }

    /// Ends a message. One that names nobody is joined to the one before it, and from the same.
    fn end_message(&mut self) {
        if self.field.is_some() {
            self.end_field();
        }
        self.depth = 0;
        if let Some(mut message) = self.open.take() {
            message.from = message.from.take().or_else(|| self.from.clone());
            self.from.clone_from(&message.from);
            self.messages.push(message);
        }
    }
}

/// `09.05.2019 10:00:00 UTC+03:00` as in RFC 3339.
fn of_page(title: &str) -> Option<String> {
    let (date, rest) = title.trim().split_once(' ')?;
    let (time, zone) = rest.split_once(' ').unwrap_or((rest, ""));
    let mut numbers = date.split('.');
    let (day, month, year) = (numbers.next()?, numbers.next()?, numbers.next()?);
    let zone = zone.trim().trim_start_matches("UTC");
    let is_number = |it: &str| !it.is_empty() && it.len() <= 4 && it.bytes().all(|byte| byte.is_ascii_digit());
    [day, month, year]
        .into_iter()
        .all(is_number)
        .then(|| format!("{year}-{month}-{day}T{time}{zone}"))
        .and_then(|it| line(&it))
}

/// Seconds since 1970 as in RFC 3339 (days to dates after Howard Hinnant, "chrono-compatible low-level date algorithms").
fn from_unix(seconds: &str) -> Option<String> {
    let seconds: i64 = seconds.parse().ok().filter(|seconds| (0..253_402_300_800).contains(seconds))?;
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"))
}
