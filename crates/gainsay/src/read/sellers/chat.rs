//! Chats: which lines open a message, and who wrote it.

use crate::claim::Span;
use crate::read::words::lines;

use super::fields;

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    /// Who wrote it; empty for the lines above the first message.
    pub(super) nick: Option<Span>,
    /// One of its lines.
    pub(super) body: Span,
}

/// What opens a message: who writes, where the words begin, and whether a time stood before.
struct Opening {
    nick: Span,
    body: Span,
    timed: bool,
}

/// A nick is at most this long.
const NICK_BYTES: usize = 40;

/// How many lines are looked at.
const LINES: usize = 200;

/// Why a text is a chat, or `None` where it is none: most of its lines open a message, with times, or with few names that return.
pub(in crate::read) fn is_chat(text: &str) -> Option<&'static str> {
    let (mut all, mut opened, mut timed) = (0_usize, 0_usize, 0_usize);
    let mut nicks: Vec<&str> = Vec::new();
    let mut keyed = 0;
    let mut before: Option<Span> = None;
    let (mut stacked, mut clocks) = (Vec::new(), 0);
    for line in lines(text).take(LINES) {
        if line.of(text).is_some_and(is_clock) {
            clocks += 1;
            stacked.extend(before.and_then(|line| line.of(text)).filter(|name| is_nick(name)));
        }
        before = Some(line);
        all += 1;
        keyed += usize::from(key_of(text, line).is_some());
        if let Some(opening) = opening(text, line) {
            opened += 1;
            timed += usize::from(opening.timed);
            if let Some(nick) = opening.nick.of(text)
                && nicks.len() < 64
                && !nicks.contains(&nick)
            {
                nicks.push(nick);
            }
        }
    }
    if clocks >= 2 && stacked.len() == clocks && clocks * 5 >= all {
        return Some("a chat: names with times above each message");
    }
    if timed >= 2 && timed * 2 >= all.min(40) && timed * 5 >= all {
        return Some("a chat: messages with times and names");
    }
    if keyed >= 4 && keyed * 2 >= all {
        return Some("a chat: messages with sender and text");
    }
    // One who writes alone is a chat, too, where every line is theirs.
    let alone = nicks.len() == 1 && opened >= 3 && opened == all;
    let returning = nicks.len() >= 2 && nicks.len() * 2 <= opened || alone;
    ((opened >= 4 || alone) && opened * 10 >= all * 7 && returning)
        .then_some("a chat: names that return before each message")
}

/// The messages of a chat, line by line.
pub(super) fn messages(text: &str) -> Vec<Message> {
    let mut found: Vec<Message> = Vec::new();
    let mut nick = None;
    let mut keyed_nick = None;
    let mut rest = lines(text).peekable();
    while let Some(line) = rest.next() {
        // A name and below it a clock, as chats are copied from a screen.
        if line.of(text).is_some_and(is_nick) && rest.peek().and_then(|next| next.of(text)).is_some_and(is_clock) {
            nick = Some(line);
            rest.next();
            continue;
        }
        if let Some((key, value)) = key_of(text, line) {
            match key {
                Key::From => keyed_nick = Some(value),
                Key::Body if value.start < value.end => found.push(Message { nick: keyed_nick, body: value }),
                Key::Body | Key::Other => {}
            }
        } else if let Some(both) = object(text, line) {
            found.push(both);
        } else if let Some(opening) = opening(text, line).or_else(|| again(text, line, &found)) {
            nick = Some(opening.nick);
            if opening.body.start < opening.body.end {
                found.push(Message { nick, body: opening.body });
            }
        } else if keyed_nick.is_none()
            && !line.of(text).is_some_and(|l| l.chars().all(|c| matches!(c, '{' | '}' | '[' | ']' | ',')))
        {
            found.push(Message { nick, body: line });
        }
    }
    found
}

/// `Victim: text` without a time, where one who wrote before goes by that name.
fn again(text: &str, line: Span, found: &[Message]) -> Option<Opening> {
    let name = line.of(text)?.split_once(": ")?.0;
    let known = found.iter().rev().take(LINES).filter_map(|message| message.nick?.of(text)).any(|nick| nick == name);
    let nick = Span { start: line.start, end: line.start + name.len() };
    known.then_some(Opening { nick, body: Span { start: nick.end + 2, end: line.end }, timed: false })
}

fn opening(text: &str, line: Span) -> Option<Opening> {
    let written = line.of(text)?;
    let (timed, rest) = after_time(written);
    let at = line.end - rest.len();
    let nick_at = |start: usize, end: usize, body: usize| {
        let nick = Span { start, end };
        let body = text.get(body..line.end)?;
        let trimmed = body.trim_start();
        let start = line.end - trimmed.len();
        is_nick(nick.of(text)?).then_some(Opening { nick, body: Span { start, end: line.end }, timed })
    };
    // [12:03:44] <nick> text; <nick> text
    if let Some(open) = rest.strip_prefix(['<', '‹']) {
        let close = open.find(['>', '›'])?;
        let start = line.end - open.len();
        return nick_at(start, start + close, start + close + open.get(close..)?.chars().next()?.len_utf8());
    }
    // nick, [03.03.2030 10:15] above its message
    if let Some((name, when)) = written.split_once(", [")
        && when.ends_with(']')
        && when.contains(':')
        && when.bytes().filter(u8::is_ascii_digit).count() >= 4
    {
        let nick = Span { start: line.start, end: line.start + name.len() };
        let timed = true;
        return is_nick(name).then_some(Opening { nick, body: Span { start: line.end, end: line.end }, timed });
    }
    // [12:03:44] nick: text; nick: text; nick, [date]: text
    let colon = rest.find(':')?;
    let name = rest.get(..colon)?;
    if !timed && fields::field(text, line).is_some() || rest.get(colon..)?.starts_with("://") {
        return None;
    }
    let spaced = rest.get(colon + 1..).is_some_and(|body| body.is_empty() || body.starts_with(char::is_whitespace));
    if !spaced && !timed {
        return None;
    }
    let bracket = name.find(", [").unwrap_or(name.len());
    let name = name.get(..bracket)?.trim_end();
    nick_at(at, at + name.len(), at + colon + 1)
}

/// Whether a time stands at the beginning, and what follows it: `[12:03:44]`, `2020-07-13T07:39:46`, `(12:03)`, `12.05.2023 12:03 -`.
fn after_time(line: &str) -> (bool, &str) {
    if let Some(open) = line.strip_prefix(['[', '('])
        && let Some(close) = open.find([']', ')'])
        && close <= NICK_BYTES
    {
        let inside = open.get(..close).unwrap_or_default();
        let rest = open.get(close + 1..).unwrap_or_default().trim_start_matches([' ', '-', '–']);
        let ago = inside.contains(" ago") || inside.contains("days") || inside.contains("hours");
        if inside.bytes().any(|b| b.is_ascii_digit())
            && (inside.contains(':') || inside.contains('-') || inside.contains('/') || ago)
        {
            return (true, rest);
        }
        return (false, line);
    }
    // Words of digits and marks, with the names of months between: as far as the last that holds a clock.
    let mut end = None;
    let mut at = 0;
    for word in line.split(' ').take(6) {
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        let clock = digits >= 3
            && word.contains(':')
            && word.chars().all(|c| c.is_ascii_digit() || matches!(c, ':' | '.' | 'T' | 'Z' | '-' | '+' | ','));
        let month = word.len() >= 3 && word.len() <= 9 && word.chars().all(|c| c.is_ascii_alphabetic()) && at > 0;
        at += word.len() + 1;
        if clock {
            end = Some(at);
        } else if end.is_some() || digits == 0 && !month {
            break;
        }
    }
    match end.and_then(|end| line.get(end.min(line.len())..)) {
        Some(rest) => (true, rest.trim_start_matches([' ', '-', '–', '|', ':'])),
        None => (false, line),
    }
}

/// A message that is a file and no more: `File: [proofs.zip]`, `list.txt // 3.76 MB`.
pub(super) fn is_file(body: &str) -> bool {
    const ENDINGS: [&str; 9] = [".txt", ".zip", ".rar", ".7z", ".pdf", ".png", ".jpg", ".csv", ".xlsx"];
    let parts = body.split(|c: char| c.is_whitespace() || matches!(c, '[' | ']' | '(' | ')'));
    let named = parts.into_iter().any(|run| ENDINGS.iter().any(|end| run.ends_with(end)));
    named && body.split_whitespace().count() <= 6
}

/// A line that is a time of day and nothing else.
fn is_clock(line: &str) -> bool {
    let clock = line.split(' ').next().unwrap_or_default();
    (4..=8).contains(&clock.len())
        && clock.contains(':')
        && clock.bytes().all(|b| b.is_ascii_digit() || b == b':')
        && matches!(line.get(clock.len()..).unwrap_or_default().trim(), "" | "AM" | "PM")
}

fn is_nick(name: &str) -> bool {
    let name = name.trim();
    !name.is_empty()
        && name.len() <= NICK_BYTES
        && name.split_whitespace().count() <= 3
        && name.chars().any(char::is_alphanumeric)
        && !name.contains(['/', '\\', '"', '“', '”', '?', '!', ',', ';', '{', '}', '='])
}

/// The writer that heads a post of a thread: `dust · comment · 2030-10-17`, `Posted by dust on 2030-10-17`, `dust wrote:`.
pub(super) fn head_of_post(text: &str, line: Span) -> Option<Span> {
    let written = line.of(text)?;
    if written.len() > 120 {
        return None;
    }
    let of = |name: &str, skipped: usize| {
        let name = name.trim();
        let start = line.start + skipped;
        (is_nick(name) && text.get(start..start + name.len()) == Some(name))
            .then_some(Span { start, end: start + name.len() })
    };
    if let Some(name) = written.strip_suffix(" wrote:").or_else(|| written.strip_suffix(" пишет:")) {
        return of(name, 0);
    }
    // `by dustfinch - Monday March 4, 2030`
    if let Some(rest) = written.strip_prefix("by ").or_else(|| written.strip_prefix("By "))
        && let Some((name, when)) = rest.split_once(" - ").or_else(|| rest.split_once(" » "))
        && when.bytes().filter(u8::is_ascii_digit).count() >= 4
        && !name.contains(' ')
    {
        return of(name, 3);
    }
    for opening in ["Posted by ", "Post by ", "posted by "] {
        if let Some(rest) = written.strip_prefix(opening) {
            let end =
                [" on ", " at ", " » ", ", "].iter().filter_map(|mark| rest.find(mark)).min().unwrap_or(rest.len());
            return of(rest.get(..end)?, opening.len());
        }
    }
    let (name, rest) = written.split_once(" · ")?;
    let dated = rest
        .rsplit(" · ")
        .next()
        .is_some_and(|last| last.len() >= 8 && last.bytes().filter(u8::is_ascii_digit).count() >= 6);
    if dated { of(name, 0) } else { None }
}

enum Key {
    From,
    Body,
    Other,
}

/// A line of a JSON object that was written over several lines: `"from": "stern",`. Its text stays as it is escaped.
fn key_of(text: &str, line: Span) -> Option<(Key, Span)> {
    let written = line.of(text)?;
    let rest = written.strip_prefix('"')?;
    let close = rest.find('"')?;
    let key = match rest.get(..close)? {
        "from" | "sender" | "sender_alias" | "author" | "nick" | "user" | "party" | "username" => Key::From,
        "body" | "message" | "text" | "content" | "msg" => Key::Body,
        "ts" | "to" | "timestamp" | "date" | "time" | "chat_id" | "room" | "type" | "id" => Key::Other,
        _ => return None,
    };
    let value = rest.get(close + 1..)?.trim_start().strip_prefix(':')?.trim_start();
    let value = value.trim_end_matches(',').trim_end();
    let start = line.end - rest.get(close + 1..)?.trim_start().strip_prefix(':')?.trim_start().len();
    let inner = value.strip_prefix('"').and_then(|v| v.strip_suffix('"'));
    Some((
        key,
        inner.map_or(Span { start, end: start }, |inner| Span { start: start + 1, end: start + 1 + inner.len() }),
    ))
}

/// A JSON object on one line, with sender and text.
fn object(text: &str, line: Span) -> Option<Message> {
    let written = line.of(text)?;
    if !written.starts_with('{') {
        return None;
    }
    let value = |keys: &[&str]| {
        keys.iter().find_map(|key| {
            let at = written.find(&format!("\"{key}\""))?;
            let rest =
                written.get(at + key.len() + 2..)?.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
            let start = line.end - rest.len();
            let mut escaped = false;
            let end = rest.find(|c: char| {
                let closes = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                closes
            })?;
            Some(Span { start, end: start + end })
        })
    };
    let body = value(&["body", "message", "text", "content", "msg"])?;
    Some(Message { nick: value(&["from", "sender_alias", "sender", "author", "nick", "party"]), body })
        .filter(|m| m.body.start < m.body.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(&str, &str)> {
        messages(text)
            .iter()
            .map(|m| (m.nick.and_then(|n| n.of(text)).unwrap_or_default(), m.body.of(text).unwrap_or_default()))
            .collect()
    }

    #[test]
    fn messages_in_their_shapes() {
        for (text, told) in [
            (
                "[12:03:44] <dust> we have it\n[12:04:01] <buyer> proof?",
                vec![("dust", "we have it"), ("buyer", "proof?")],
            ),
            ("[08.05.2030 03:42:40 UTC] Grey Heron 3.0: hello", vec![("Grey Heron 3.0", "hello")]),
            ("26 November 2030 16:25 <Heron> pay us", vec![("Heron", "pay us")]),
            ("2030-07-13T07:39:46 dust: готово", vec![("dust", "готово")]),
            ("dust: one\nmore\nfinch: two", vec![("dust", "one"), ("dust", "more"), ("finch", "two")]),
            ("[12 days  ago,] Heron: pay", vec![("Heron", "pay")]),
            (
                "{\"ts\":\"2030-01-01\",\"from\":\"dust\",\"body\":\"we \\\"have\\\" it\"}",
                vec![("dust", "we \\\"have\\\" it")],
            ),
            ("{\n  \"from\": \"dust@x.onion\",\n  \"body\": \"готово\"\n}", vec![("dust@x.onion", "готово")]),
        ] {
            assert_eq!(read(text), told, "{text}");
        }
    }

    #[test]
    fn who_wrote_before_writes_again_without_a_time() {
        let text = "[12:03] Heron: Pay us.\n[12:04] Victim: How much?\nVictim: We have little.\n[12:05] Heron: Ten.\n";
        assert_eq!(read(text).get(2), Some(&("Victim", "We have little.")));
    }

    #[test]
    fn a_chat_is_told_from_other_texts() {
        assert!(is_chat("[12:03:44] <dust> we have it\n[12:04:01] <buyer> proof?\n[12:05] <dust> here").is_some());
        assert!(is_chat("dust: one\nfinch: two\ndust: three\nfinch: four").is_some());
        for text in [
            "",
            "Price: 3k\nVictim: Brightwell\nSeller: dust\nContact: tox",
            "Brightwell said: no.\n\nIt was told: yes.\n\nBy 12:30 all was over.\n\nThe end.",
        ] {
            assert_eq!(is_chat(text), None, "{text}");
        }
    }
}
