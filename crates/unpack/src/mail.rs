//! Mail: single messages and mailboxes. Of each message its best text, with the way back through transfer encodings;
//! messages enclosed in it as documents of their own; attachments by name.

use std::io::{self, BufRead, BufReader, Read};
use std::ops::Range;

use encoding_rs::Encoding;

use crate::archive::pass_on_as;
use crate::budget::kind_of;
use crate::documents::{Found, NoDocument, add_attachment, add_link, line, undecodable};
use crate::finding::FindingKind;
use crate::html;
use crate::limits::ChildLimits;
use crate::names::nested_path;
use crate::protocol::DocumentFormat;
use crate::sink::{Sink, Stop};
use crate::text;
use crate::texts::joined;
use crate::trace::{Traced, TracedBytes};

/// Parts of one message that are looked at.
const MOST_PARTS: usize = 1000;

/// Bytes of headers, beyond which the rest of them is not looked at.
const LONGEST_HEADERS: usize = 256 << 10;

/// Whether a file is a mailbox (RFC 4155 and its relatives): it begins with the line that parts messages, and headers.
pub(crate) fn is_mailbox(head: &[u8]) -> bool {
    head.starts_with(b"From ")
        && head.iter().position(|byte| *byte == b'\n').is_some_and(|end| looks_like_headers(&head[end + 1..], false))
}

/// Whether a file is one message: it begins with headers that only mail has, or that any mail has and its name says so.
pub(crate) fn is_message(bytes: &[u8], name: &str) -> bool {
    looks_like_headers(bytes, name.to_ascii_lowercase().ends_with(".eml"))
}

fn looks_like_headers(bytes: &[u8], any: bool) -> bool {
    let headers = Headers::read(bytes, 0..bytes.len().min(LONGEST_HEADERS));
    let only_mail = ["message-id", "received", "mime-version", "return-path", "delivered-to", "dkim-signature"];
    let any_mail = ["from", "to", "subject", "date"];
    let has = |names: &[&str]| names.iter().any(|name| headers.get(name).is_some());
    headers.fields.len() >= 2 && headers.begins_at_once && (has(&only_mail) || any && has(&any_mail))
}

/// Passes on every message of a mailbox, however long it is: one message is in memory at a time.
pub(crate) fn read_mailbox(sink: &mut Sink<'_>, name: &str, file: &mut dyn Read) -> Result<(), Stop> {
    let mut reader = BufReader::with_capacity(64 << 10, file);
    let most = sink.limits.document_bytes;
    let limits = sink.limits;
    let (mut message, mut begun, mut at, mut number) = (Vec::new(), 0, 0, 0u64);
    let (mut size, mut was_blank) = (0u64, true);
    let mut line = Vec::new();
    loop {
        line.clear();
        // A line without an end is taken in pieces; what is beyond the limit is counted and dropped.
        let read = match (&mut reader).take(64 << 10).read_until(b'\n', &mut line) {
            Ok(read) => read,
            Err(error) => {
                return sink.finding(name, FindingKind::Unreadable, format!("after {at} bytes: {error}"));
            }
        };
        let is_seam = was_blank && line.starts_with(b"From ");
        if (read == 0 || is_seam) && size > 0 {
            number += 1;
            let label = format!("message {number}");
            sink.documents(name, Some(&label), || {
                if size > most {
                    let detail = format!("it is larger than {most} bytes, the limit for a document");
                    return Err(NoDocument::new(FindingKind::TooLarge, detail));
                }
                messages(limits, &message, begun, Some(&label))
            })?;
            message.clear();
            size = 0;
        }
        if read == 0 {
            return Ok(());
        }
        if is_seam {
            begun = at + read;
        } else {
            size += read as u64;
            if size <= most {
                message.extend_from_slice(&line);
            }
        }
        at += read;
        was_blank = line.iter().all(|byte| matches!(byte, b'\r' | b'\n'));
    }
}

/// The files that came with a message and with those that it encloses, each with its name.
pub(crate) fn attached(limits: &ChildLimits, bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut attached = Vec::new();
    // A message without a text may carry files.
    let _ = messages_and_files(limits, bytes, 0, None, &mut attached);
    let decoded = attached.into_iter().map(|(name, range, transfer)| {
        let mut decoded = TracedBytes::default();
        match transfer.as_str() {
            "base64" => add_base64(&mut decoded, &bytes[range], 0),
            "quoted-printable" => add_quoted(&mut decoded, &bytes[range], 0),
            _ => decoded.add_verbatim(&bytes[range], 0),
        }
        (name, decoded.take())
    });
    decoded.collect()
}

/// Passes on every message of a mailbox as a file, and behind it its text, as the mailbox streams by.
pub(crate) fn walk_mailbox(sink: &mut Sink<'_>, path: &str, mailbox: &mut dyn Read, depth: u32) -> Result<(), Stop> {
    let mut lines = Lines {
        reader: BufReader::with_capacity(64 << 10, mailbox),
        line: Vec::new(),
        given: 0,
        was_blank: false,
        seam: true,
    };
    // The line that parts messages, before the first.
    let mut first = Vec::new();
    if let Err(error) = (&mut lines.reader).take(64 << 10).read_until(b'\n', &mut first) {
        return sink.finding(path, kind_of(&error), error.to_string());
    }
    for number in 1u64.. {
        (lines.seam, lines.was_blank) = (false, false);
        let message_path = nested_path(path, format!("message {number}").as_bytes());
        sink.count_entry(&message_path)?;
        pass_on_as(sink, &message_path, None, &mut lines, DocumentFormat::Mail, depth)?;
        if !lines.seam {
            break;
        }
    }
    Ok(())
}

/// A mailbox's bytes up to the next line that parts messages.
struct Lines<'r> {
    reader: BufReader<&'r mut dyn Read>,
    line: Vec<u8>,
    given: usize,
    was_blank: bool,
    /// Whether such a line was met, behind which the next message begins.
    seam: bool,
}

impl Read for Lines<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.seam {
            return Ok(0);
        }
        if self.given == self.line.len() {
            self.line.clear();
            self.given = 0;
            // A line without an end is taken in pieces.
            (&mut self.reader).take(64 << 10).read_until(b'\n', &mut self.line)?;
            if self.was_blank && self.line.starts_with(b"From ") {
                self.seam = true;
                self.line.clear();
                return Ok(0);
            }
            self.was_blank = self.line.iter().all(|byte| matches!(byte, b'\r' | b'\n'));
        }
        let left = &self.line[self.given..];
        let length = left.len().min(buffer.len());
        buffer[..length].copy_from_slice(&left[..length]);
        self.given += length;
        Ok(length)
    }
}

/// Passes on the message that a file is, and those enclosed in it.
pub(crate) fn read_file(sink: &mut Sink<'_>, name: &str, bytes: &[u8]) -> Result<(), Stop> {
    let limits = sink.limits;
    sink.documents(name, None, || messages(limits, bytes, 0, None))
}

/// The text of a message and of those that it encloses.
pub(crate) fn read_all(limits: &ChildLimits, bytes: &[u8]) -> Result<Found, NoDocument> {
    let mut all = messages(limits, bytes, 0, None)?;
    let text = joined(all.iter().map(|found| &found.text));
    let problems = all.iter_mut().flat_map(|found| std::mem::take(&mut found.problems)).collect();
    Ok(Found { text, problems, ..Found::new(DocumentFormat::Mail, "", Traced::default()) })
}

/// A message and those that it encloses. Its bytes begin at a place of the file.
fn messages(limits: &ChildLimits, bytes: &[u8], begun: usize, label: Option<&str>) -> Result<Vec<Found>, NoDocument> {
    messages_and_files(limits, bytes, begun, label, &mut Vec::new())
}

/// The same, and the files that came with them.
fn messages_and_files(
    limits: &ChildLimits,
    bytes: &[u8],
    begun: usize,
    label: Option<&str>,
    attached: &mut Vec<(String, Range<usize>, String)>,
) -> Result<Vec<Found>, NoDocument> {
    let mut enclosed = vec![(0..bytes.len(), label.map(str::to_owned), 0)];
    let mut found = Vec::new();
    let mut parts_left = MOST_PARTS;
    let mut number = 0;
    // In the order in which they come up; each may enclose more.
    while let Some((range, label, depth)) = enclosed.pop() {
        let mut message = Message {
            bytes,
            begun,
            most_depth: usize::try_from(limits.depth).unwrap_or(usize::MAX),
            parts_left,
            texts: Vec::new(),
            enclosed: Vec::new(),
            attached: Vec::new(),
            found: Found::new(DocumentFormat::Mail, "", Traced::default()),
            encodings: Vec::new(),
        };
        let headers = Headers::read(bytes, range.clone());
        message.about(&headers);
        message.part(&headers, headers.body.clone(), depth);
        parts_left = message.parts_left;
        attached.append(&mut message.attached);
        for (range, depth) in message.enclosed.drain(..).rev() {
            number += 1;
            let before = label.as_ref().map_or(String::new(), |label| format!("{label}, "));
            enclosed.push((range, Some(format!("{before}enclosed {number}")), depth));
        }
        let mut of_it = message.finish();
        of_it.about.part = label;
        match of_it.unless_empty() {
            Ok(of_it) => found.push(of_it),
            // A message that only carries others, or files, says nothing itself.
            Err(none) if found.is_empty() && enclosed.is_empty() => return Err(none),
            Err(_) => {}
        }
    }
    if found.is_empty() { Err(NoDocument::new(FindingKind::Empty, "there is no text in it")) } else { Ok(found) }
}

/// The headers of a message or part: names in small letters, values unfolded.
struct Headers {
    fields: Vec<(String, Vec<u8>)>,
    body: Range<usize>,
    /// Whether the very first line is one.
    begins_at_once: bool,
}

impl Headers {
    fn read(bytes: &[u8], range: Range<usize>) -> Headers {
        let mut headers = Headers { fields: Vec::new(), body: range.clone(), begins_at_once: false };
        let mut at = range.start;
        while at < range.end && at - range.start < LONGEST_HEADERS {
            let rest = &bytes[at..range.end];
            let length = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |end| end + 1);
            let content = rest[..length].trim_ascii_end();
            if content.is_empty() {
                at += length;
                break;
            }
            if content.starts_with(b" ") || content.starts_with(b"\t") {
                if let Some((_, value)) = headers.fields.last_mut() {
                    value.push(b' ');
                    value.extend_from_slice(content.trim_ascii_start());
                }
            } else {
                let colon = content.iter().position(|byte| *byte == b':');
                let name = colon
                    .map(|colon| &content[..colon])
                    .filter(|name| !name.is_empty() && name.iter().all(|byte| byte.is_ascii_graphic()));
                let Some((name, colon)) = name.zip(colon) else { break };
                headers.begins_at_once |= at == range.start;
                let name = String::from_utf8_lossy(name).to_ascii_lowercase();
                headers.fields.push((name, content[colon + 1..].trim_ascii().to_vec()));
            }
            at += length;
        }
        headers.body.start = at;
        headers
    }

    fn get(&self, name: &str) -> Option<&[u8]> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_slice())
    }

    /// A header in characters.
    fn words(&self, name: &str) -> Option<String> {
        line(&unencoded(self.get(name)?))
    }

    /// The media type in small letters, and its parameters.
    fn media_type(&self) -> (String, Vec<(String, String)>) {
        parameters(&self.get("content-type").map_or(String::new(), |value| String::from_utf8_lossy(value).into_owned()))
    }

    /// The name under which the part would be saved, and whether it is meant to be.
    fn file_name(&self) -> (Option<String>, bool) {
        let disposition = self.get("content-disposition").map(|value| String::from_utf8_lossy(value).into_owned());
        let (kind, named) = disposition.as_deref().map(parameters).unwrap_or_default();
        let (_, typed) = self.media_type();
        let of = |list: &[(String, String)], wanted: &str| {
            list.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone())
        };
        let name = of(&named, "filename").or_else(|| of(&typed, "name"));
        (name.and_then(|name| line(&unencoded(name.as_bytes()))), kind == "attachment")
    }
}

/// `a/b; c="d"` as `a/b` and its parameters, percent-encoded ones (RFC 2231) with their parts put together.
fn parameters(value: &str) -> (String, Vec<(String, String)>) {
    let mut pieces = Vec::new();
    let (mut piece, mut quoted, mut escaped) = (String::new(), false, false);
    for c in value.chars() {
        match c {
            _ if escaped => {
                piece.push(c);
                escaped = false;
            }
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ';' if !quoted => pieces.push(std::mem::take(&mut piece)),
            c => piece.push(c),
        }
    }
    pieces.push(piece);
    let mut pieces = pieces.into_iter();
    let kind = pieces.next().unwrap_or_default().trim().to_ascii_lowercase();
    let mut found: Vec<(String, String)> = Vec::new();
    for piece in pieces {
        let Some((name, value)) = piece.split_once('=') else { continue };
        let (name, value) = (name.trim().to_ascii_lowercase(), value.trim());
        let (base, extended) = name.split_once('*').map_or((name.as_str(), None), |(base, rest)| (base, Some(rest)));
        let value = match extended {
            Some(rest) if rest.is_empty() || rest.ends_with('*') => percent_decoded(value),
            _ => value.to_owned(),
        };
        match found.iter_mut().find(|(known, _)| known == base).filter(|_| extended.is_some()) {
            Some((_, so_far)) => so_far.push_str(&value),
            None => found.push((base.to_owned(), value)),
        }
    }
    (kind, found)
}

/// `utf-8'en'na%20me` as characters.
fn percent_decoded(value: &str) -> String {
    let mut fields = value.splitn(3, '\'');
    let (charset, rest) = match (fields.next(), fields.next(), fields.next()) {
        (Some(charset), Some(_), Some(rest)) => (charset, rest),
        _ => ("utf-8", value),
    };
    let bytes = rest.as_bytes();
    let (mut out, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let code = bytes.get(at + 1..at + 3).and_then(hex);
        match code.filter(|_| bytes[at] == b'%') {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    let encoding = Encoding::for_label(charset.as_bytes()).unwrap_or(encoding_rs::UTF_8);
    encoding.decode_without_bom_handling(&out).0.into_owned()
}

fn hex(digits: &[u8]) -> Option<u8> {
    let digits = std::str::from_utf8(digits).ok().filter(|it| it.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u8::from_str_radix(digits, 16).ok()
}

/// A header's bytes with its encoded words (RFC 2047) as characters.
fn unencoded(value: &[u8]) -> String {
    let text = match std::str::from_utf8(value) {
        Ok(text) => text.to_owned(),
        Err(_) => text::decode(value.to_vec(), None).map(|it| it.text.text).unwrap_or_default(),
    };
    let (mut out, mut rest, mut was_word) = (String::new(), text.as_str(), false);
    while let Some(at) = rest.find("=?") {
        let Some((word, length)) = encoded_word(&rest[at..]) else {
            out.push_str(&rest[..at + 2]);
            rest = &rest[at + 2..];
            was_word = false;
            continue;
        };
        // White space between two encoded words is there for folding alone.
        if !(was_word && rest[..at].trim().is_empty()) {
            out.push_str(&rest[..at]);
        }
        out.push_str(&word);
        rest = &rest[at + length..];
        was_word = true;
    }
    out.push_str(rest);
    out
}

fn encoded_word(text: &str) -> Option<(String, usize)> {
    let mut fields = text[2..].splitn(4, '?');
    let (charset, how, words) = (fields.next()?, fields.next()?, fields.next()?);
    fields.next()?.strip_prefix('=')?;
    let length = 2 + charset.len() + 1 + how.len() + 1 + words.len() + 2;
    let encoding = Encoding::for_label(charset.split('*').next()?.as_bytes())?;
    let mut bytes = TracedBytes::default();
    match how {
        "B" | "b" => add_base64(&mut bytes, words.as_bytes(), 0),
        "Q" | "q" => add_quoted(&mut bytes, words.replace('_', " ").as_bytes(), 0),
        _ => return None,
    }
    Some((encoding.decode_without_bom_handling(&bytes.bytes).0.into_owned(), length))
}

/// Adds what quoted-printable bytes mean (RFC 2045, 6.7).
fn add_quoted(to: &mut TracedBytes, bytes: &[u8], from: usize) {
    let (mut at, mut plain) = (0, 0);
    while at < bytes.len() {
        if bytes[at] != b'=' {
            at += 1;
            continue;
        }
        to.add_verbatim(&bytes[plain..at], from + plain);
        let rest = &bytes[at + 1..];
        let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let soft = match &rest[blanks..] {
            [b'\r', b'\n', ..] => Some(blanks + 2),
            [b'\n', ..] => Some(blanks + 1),
            [] => Some(blanks),
            _ => None,
        };
        if let Some(byte) = rest.get(..2).and_then(hex) {
            to.add(&[byte], from + at..from + at + 3);
            at += 3;
        } else if let Some(length) = soft {
            at += 1 + length;
        } else {
            to.add_verbatim(b"=", from + at);
            at += 1;
        }
        plain = at;
    }
    to.add_verbatim(&bytes[plain..], from + plain);
}

/// Adds what base64 bytes mean; what is none of its signs is passed over.
fn add_base64(to: &mut TracedBytes, bytes: &[u8], from: usize) {
    let (mut group, mut signs, mut begun) = (0u32, 0, 0);
    for (at, byte) in bytes.iter().enumerate() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => continue,
        };
        if signs == 0 {
            begun = at;
        }
        group = group << 6 | u32::from(value);
        signs += 1;
        if signs == 4 {
            let [_, first, second, third] = group.to_be_bytes();
            to.add(&[first, second, third], from + begun..from + at + 1);
            (group, signs) = (0, 0);
        }
    }
    let [_, first, second, _] = (group << (6 * (4 - signs))).to_be_bytes();
    match signs {
        2 => to.add(&[first], from + begun..from + bytes.len()),
        3 => to.add(&[first, second], from + begun..from + bytes.len()),
        _ => {}
    }
}

/// A message as it is taken apart.
struct Message<'m> {
    bytes: &'m [u8],
    begun: usize,
    most_depth: usize,
    parts_left: usize,
    texts: Vec<Traced>,
    /// Messages in it, and how deep they lie.
    enclosed: Vec<(Range<usize>, usize)>,
    /// Files that came with it: their names, where they stand and how they are encoded for transfer.
    attached: Vec<(String, Range<usize>, String)>,
    found: Found,
    encodings: Vec<&'static str>,
}

impl Message<'_> {
    fn about(&mut self, headers: &Headers) {
        let about = &mut self.found.about;
        about.title = headers.words("subject");
        about.byline = headers.words("from").or_else(|| headers.words("sender"));
        about.published = headers.words("date");
        about.language = headers.words("content-language");
        let bare = |value: String| line(value.trim_matches(|c: char| c == '<' || c == '>' || c.is_whitespace()));
        about.address = headers.words("archived-at").and_then(bare).filter(|address| address.contains("://"));
        about.id = headers.words("message-id").and_then(bare).map(|id| format!("mid:{id}"));
    }

    /// Takes a part in, and the parts in it.
    fn part(&mut self, headers: &Headers, body: Range<usize>, depth: usize) {
        if self.parts_left == 0 || depth > self.most_depth {
            self.cut();
            return;
        }
        self.parts_left -= 1;
        let (kind, parameters) = headers.media_type();
        let parameter =
            |name: &str| parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let (file_name, is_attached) = headers.file_name();
        if let (true, Some(boundary)) = (kind.starts_with("multipart/"), parameter("boundary")) {
            return self.parts(&kind, boundary, body, depth);
        }
        let transfer = headers.words("content-transfer-encoding").unwrap_or_default().to_ascii_lowercase();
        let is_plain = !matches!(transfer.as_str(), "base64" | "quoted-printable");
        if kind == "message/rfc822" && is_plain {
            self.enclosed.push((body, depth + 1));
            return;
        }
        let is_html = kind == "text/html";
        let is_text = is_html || kind.is_empty() || kind.starts_with("text/") && kind != "text/calendar";
        if is_attached || !is_text {
            let name = file_name.unwrap_or_else(|| format!("({})", if kind.is_empty() { "no name" } else { &kind }));
            add_attachment(&mut self.found.about.attachments, &name);
            self.attached.push((name, body, transfer));
            return;
        }
        let mut decoded = TracedBytes::default();
        let (content, from) = (&self.bytes[body.clone()], self.begun + body.start);
        match transfer.as_str() {
            "base64" => add_base64(&mut decoded, content, from),
            "quoted-printable" => add_quoted(&mut decoded, content, from),
            _ => decoded.add_verbatim(content, from),
        }
        let declared = parameter("charset").and_then(|label| Encoding::for_label(label.as_bytes()));
        let bytes = decoded.take();
        let declared = declared.or_else(|| if is_html { html::declared_encoding(&bytes) } else { None });
        let Ok(read) = text::decode(bytes, declared) else {
            // Nothing in it, or not what it says to be.
            return;
        };
        if read.had_errors {
            self.found.problem(FindingKind::Undecodable, undecodable(read.encoding));
        }
        self.encodings.push(read.encoding);
        let text = decoded.back(read.text);
        let is_flowed = parameter("format").is_some_and(|format| format.eq_ignore_ascii_case("flowed"));
        let text = if is_html {
            html::read_fragment(&text, &mut self.found.about.links)
        } else {
            collect_addresses(&text.text, &mut self.found.about.links);
            lines(&text, is_flowed)
        };
        if !text.text.trim().is_empty() {
            self.texts.push(text);
        }
    }

    /// Takes the parts of a multipart body in; of alternatives only the first that says something, plain text before HTML.
    fn parts(&mut self, kind: &str, boundary: &str, body: Range<usize>, depth: usize) {
        let mut parts: Vec<Headers> =
            split(self.bytes, body, boundary, self.parts_left).map(|part| Headers::read(self.bytes, part)).collect();
        if parts.len() >= self.parts_left {
            self.cut();
        }
        if kind != "multipart/alternative" {
            for part in parts {
                let body = part.body.clone();
                self.part(&part, body, depth + 1);
            }
            return;
        }
        let rank = |part: &Headers| match part.media_type().0.as_str() {
            "text/plain" | "" => 0,
            "text/html" => 1,
            kind if kind.starts_with("multipart/") => 2,
            _ => 3,
        };
        parts.sort_by_key(rank);
        let before = self.texts.len();
        for part in parts {
            if self.texts.len() > before {
                break;
            }
            let body = part.body.clone();
            self.part(&part, body, depth + 1);
        }
    }

    /// Says, once, that a part was left out.
    fn cut(&mut self) {
        if !self.found.problems.iter().any(|problem| problem.kind == FindingKind::TooDeep) {
            let (parts, levels) = (MOST_PARTS, self.most_depth);
            let detail = format!("of more than {parts} parts or {levels} levels the rest was left out");
            self.found.problem(FindingKind::TooDeep, detail);
        }
    }

    fn finish(mut self) -> Found {
        for text in &self.texts {
            if !self.found.text.text.is_empty() {
                self.found.text.add_own("\n\n");
            }
            // Blank lines at its end part it from the next message.
            self.found.text.add(text, 0..text.text.trim_end().len());
        }
        self.encodings.dedup();
        self.found.about.encoding = self.encodings.first().copied().unwrap_or("UTF-8").to_owned();
        self.found
    }
}

/// The parts of a multipart body (RFC 2046, 5.1), no more than `most`.
fn split(bytes: &[u8], body: Range<usize>, boundary: &str, most: usize) -> impl Iterator<Item = Range<usize>> {
    let mark = format!("--{boundary}").into_bytes();
    let (mut parts, mut begun, mut at) = (Vec::new(), None, body.start);
    while at < body.end {
        let rest = &bytes[at..body.end];
        let length = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |end| end + 1);
        let content = rest[..length].trim_ascii_end();
        if let Some(after) = content.strip_prefix(mark.as_slice()).filter(|it| it.is_empty() || *it == b"--") {
            if let Some(begun) = begun.take() {
                parts.push(begun..at);
            }
            if after == b"--" || parts.len() >= most {
                break;
            }
            begun = Some(at + length);
        }
        at += length;
    }
    // A part that is never closed ends with what is around it.
    parts.extend(begun.map(|begun| begun..body.end.max(begun)));
    parts.into_iter()
}

/// Plain text with line ends of one byte, one paragraph to a line: lines are put together again that were broken for the
/// way, by their mark (RFC 3676), or because the next word would not have fitted.
fn lines(text: &Traced, is_flowed: bool) -> Traced {
    /// Lines of mail are broken between these widths, in characters.
    const WIDTHS: std::ops::RangeInclusive<usize> = 50..=90;

    let all: Vec<&str> = text.text.split_inclusive('\n').collect();
    let width = all.iter().map(|line| line.trim_end().chars().count()).max().unwrap_or(0);
    let is_broken = WIDTHS.contains(&width) && all.len() > 2;
    let mut out = Traced::default();
    let (mut at, mut skip) = (0, 0);
    for (number, full) in all.iter().enumerate() {
        let content = full.trim_end_matches(['\r', '\n']);
        out.add(text, at + skip.min(content.len())..at + content.len());
        let next = all.get(number + 1).copied().unwrap_or_default();
        let (marks, next_marks) = (quote_marks(content), quote_marks(next));
        let next_words = next[next_marks..].trim_start();
        let first_word = next_words.split_whitespace().next().unwrap_or_default();
        let has_room = content.trim_end().chars().count() + 1 + first_word.chars().count() <= width;
        let is_item = first_word.starts_with(['-', '*', '•', '+', '|', '#', '='])
            || first_word.ends_with(['.', ')']) && first_word.starts_with(|c: char| c.is_ascii_digit());
        let goes_on = !first_word.is_empty() && !content[marks..].trim().is_empty() && marks == next_marks && !is_item;
        let is_soft = is_flowed && content.ends_with(' ') && content != "-- ";
        let end = at + full.len();
        skip = 0;
        if goes_on && (is_soft || is_broken && !is_flowed && !has_room) {
            skip = next.len() - next_words.len();
            if !content.ends_with(' ') {
                out.add_own(" ");
            }
        } else if full.ends_with('\n') {
            out.add(text, end - 1..end);
        }
        at = end;
    }
    out
}

/// Bytes of the marks by which a line says that it is quoted.
fn quote_marks(line: &str) -> usize {
    let marks = line.bytes().take_while(|byte| matches!(byte, b'>' | b' ')).count();
    if line[..marks].contains('>') { marks } else { 0 }
}

/// Adds the web addresses in a text to its links.
pub(crate) fn collect_addresses(text: &str, links: &mut Vec<String>) {
    for scheme in ["https://", "http://"] {
        for (at, _) in text.match_indices(scheme) {
            let rest = &text[at..];
            let end = rest.find(|c: char| c.is_whitespace() || "<>\"'`”’»)]".contains(c)).unwrap_or(rest.len());
            add_link(links, rest[..end].trim_end_matches(['.', ',', ';', ':', '!', '?']));
        }
    }
}
