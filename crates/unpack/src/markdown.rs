//! Markdown: its front matter, and the text without marks.

use crate::documents::{Found, NoDocument, add_link, line};
use crate::protocol::DocumentFormat;
use crate::trace::Traced;

/// Whether a text is Markdown: by its name, or because it begins with front matter.
pub(crate) fn is_markdown(text: &str, name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with(".md") || name.ends_with(".markdown") || front_matter(text).is_some()
}

/// Reads a text in Markdown: headings, emphasis, links and images without their marks, code as it is.
pub(crate) fn read(markdown: &Traced, encoding: &str) -> Result<Found, NoDocument> {
    let text = &markdown.text;
    let mut found = Found::new(DocumentFormat::Markdown, encoding, Traced::default());
    let mut from = 0;
    if let Some((fields, length)) = front_matter(text) {
        from = length;
        let field = |names: &[&str]| {
            let of = |name: &&str| fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            names.iter().find_map(of).and_then(|(_, value)| line(value))
        };
        let about = &mut found.about;
        about.title = field(&["title"]);
        about.byline = field(&["author", "authors", "byline"]);
        about.outlet = field(&["outlet", "publisher", "site", "site_name"]);
        about.published = field(&["date", "published", "publishdate", "pubdate"]);
        about.modified = field(&["updated", "lastmod", "modified", "last_modified_at"]);
        about.address = field(&["canonical_url", "canonical", "url", "link", "source"]).filter(|it| it.contains("://"));
        about.language = field(&["language", "lang"]);
    }
    let mut reader = Reader { text, out: Traced::default(), links: Vec::new(), title: None };
    reader.read(from);
    found.about.title = found.about.title.or(reader.title);
    found.about.links = reader.links;
    found.text = reader.out.through(markdown);
    found.unless_empty()
}

/// The fields of the front matter (YAML between `---`, TOML between `+++`, one to a line), and its length in bytes.
fn front_matter(text: &str) -> Option<(Vec<(&str, &str)>, usize)> {
    /// Longer front matter is a document with rules in it.
    const LONGEST: usize = 64 << 10;

    let start = text.trim_start_matches('\u{feff}');
    let fence = start.lines().next().map(str::trim_end).filter(|fence| matches!(*fence, "---" | "+++"))?;
    let sign = if fence == "---" { ':' } else { '=' };
    let mut at = text.len() - start.len();
    let mut fields = Vec::new();
    for (number, full) in start.split_inclusive('\n').enumerate() {
        at += full.len();
        let content = full.trim_end();
        if number > 0 && content == fence {
            return fields.iter().any(|(key, _): &(&str, &str)| !key.is_empty()).then_some((fields, at));
        }
        if at > LONGEST {
            return None;
        }
        // Lists and nested fields go on with white space or a dash.
        if number == 0 || content.is_empty() || content.starts_with([' ', '\t', '-', '#', '[']) {
            continue;
        }
        let (key, value) = content.split_once(sign)?;
        if key.trim().is_empty() || key.trim().contains(' ') {
            return None;
        }
        let value = value.trim();
        let quoted = [('"', '"'), ('\'', '\''), ('[', ']')]
            .into_iter()
            .find_map(|(open, close)| value.strip_prefix(open)?.strip_suffix(close));
        fields.push((key.trim(), quoted.unwrap_or(value)));
    }
    None
}

struct Reader<'t> {
    text: &'t str,
    out: Traced,
    links: Vec<String>,
    title: Option<String>,
}

impl Reader<'_> {
    fn read(&mut self, from: usize) {
        let mut at = from;
        let mut fence: Option<&str> = None;
        let mut in_comment = false;
        let text = self.text;
        for full in text[from..].split_inclusive('\n') {
            let start = at;
            at += full.len();
            let content = full.trim_end_matches(['\n', '\r']);
            let end = start + content.len();
            let trimmed = content.trim_start();
            if in_comment {
                in_comment = !content.contains("-->");
                continue;
            }
            let mark = ["```", "~~~"].into_iter().find(|mark| trimmed.starts_with(mark));
            if mark.is_some() && (fence.is_none() || fence == mark) {
                fence = if fence.is_none() { mark } else { None };
                continue;
            }
            if fence.is_some() {
                self.out.add_verbatim(&text[start..at], start);
                continue;
            }
            if trimmed.starts_with("<!--") {
                in_comment = !content.contains("-->");
                continue;
            }
            if is_rule(trimmed) || is_definition(trimmed) {
                if let Some((_, address)) = trimmed.split_once("]:") {
                    add_link(&mut self.links, address.split_whitespace().next().unwrap_or_default());
                }
                continue;
            }
            let begun = self.out.text.len();
            let level = trimmed.bytes().take_while(|byte| *byte == b'#').count();
            let is_heading = (1..=6).contains(&level) && trimmed[level..].starts_with([' ', '\t']);
            let skip = content.len() - trimmed.len() + if is_heading { level + 1 } else { 0 };
            let closing =
                if is_heading { content.trim_end_matches('#').trim_end().len().max(skip) } else { content.len() };
            self.inline(start + if is_heading { skip } else { 0 }, start + closing);
            if is_heading && self.title.is_none() && level == 1 {
                self.title = line(&self.out.text[begun..]);
            }
            self.out.add_verbatim(&text[end..at], end);
        }
    }

    /// Adds a stretch of one line without marks of emphasis, code, links and images.
    fn inline(&mut self, from: usize, to: usize) {
        let text = self.text;
        let mut at = from;
        let mut plain = from;
        while at < to {
            let rest = &text[at..to];
            let first = rest.as_bytes()[0];
            let before = text[from..at].chars().next_back();
            // How many bytes to leave out here, and where the text of a link is.
            let (skip, inner) = match first {
                b'\\' if rest[1..].starts_with(|c: char| c.is_ascii_punctuation()) => (1, None),
                b'*' | b'`' => (rest.bytes().take_while(|byte| *byte == first).count(), None),
                b'_' => {
                    let run = rest.bytes().take_while(|byte| *byte == b'_').count();
                    let after = rest[run..].chars().next();
                    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
                    if is_word(before) && is_word(after) { (0, None) } else { (run, None) }
                }
                b'!' if rest.starts_with("![") => match link(&rest[1..]) {
                    Some((_, _, length)) => (1 + length, None),
                    None => (0, None),
                },
                b'[' => match link(rest) {
                    Some((words, address, length)) => {
                        add_link(&mut self.links, address);
                        (length, Some((at + 1, at + 1 + words)))
                    }
                    None => (0, None),
                },
                b'<' => match rest.find('>').map(|end| (&rest[1..end], end + 1)) {
                    Some((address, length)) if address.contains("://") && !address.contains(' ') => {
                        add_link(&mut self.links, address);
                        (length, Some((at + 1, at + length - 1)))
                    }
                    Some((tag, length)) if tag.starts_with(|c: char| c == '/' || c.is_ascii_alphabetic()) => {
                        (length, None)
                    }
                    _ => (0, None),
                },
                _ => (0, None),
            };
            if skip == 0 {
                at += rest.chars().next().map_or(1, char::len_utf8);
                continue;
            }
            self.out.add_verbatim(&text[plain..at], plain);
            match inner {
                Some((start, end)) => self.out.add_verbatim(&text[start..end], start),
                // An escaped character stays, whatever it is.
                None if first == b'\\' => {
                    let escaped = text[at + 1..].chars().next().map_or(0, char::len_utf8);
                    self.out.add_verbatim(&text[at + 1..at + 1 + escaped], at + 1);
                    at += escaped;
                }
                None => {}
            }
            at += skip;
            plain = at;
        }
        self.out.add_verbatim(&text[plain.min(to)..to], plain.min(to));
    }
}

/// A line of nothing but three or more of one sign.
fn is_rule(content: &str) -> bool {
    let signs: String = content.split_whitespace().collect();
    signs.len() >= 3 && ['-', '*', '_', '='].iter().any(|sign| signs.chars().all(|c| c == *sign))
}

/// `[name]: address`.
fn is_definition(content: &str) -> bool {
    content.starts_with('[') && content.split_once("]:").is_some_and(|(_, address)| address.contains("://"))
}

/// Of `[words](address "title")` the length of the words, the address, and the length of all of it.
fn link(rest: &str) -> Option<(usize, &str, usize)> {
    /// Of a line as long as a document, not all has to be searched for each bracket.
    const LONGEST: usize = 2000;

    let rest = &rest[..rest.floor_char_boundary(LONGEST)];
    let words = rest[1..].find("](")?;
    let address = &rest[words + 3..];
    let end = address.find(')')?;
    Some((words, address[..end].split_whitespace().next().unwrap_or_default(), words + 3 + end + 1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const POST: &str = "---\ntitle: \"Crew offers *code*\"\nauthor: Ann Lee\ndate: 2030-05-03\ntags:\n  - a\n---\n\
        # A heading #\n\nThe crew **said** that it took [30 TB](https://news.example/a \"x\") of `code`, _all_ of it.\n\n\
        ![chart](https://news.example/c.png)\n> We deny snake_case and 2 \\* 3.\n\n---\n```\nlet a = *b;\n```\n\
        <https://other.example/b>\n";

    #[test]
    fn text_and_front_matter_are_read() {
        let found = read(&Traced::verbatim(POST.to_owned(), 0), "UTF-8").expect("a document");
        assert_eq!(
            found.text.text,
            "A heading\n\nThe crew said that it took 30 TB of code, all of it.\n\n\n\
             > We deny snake_case and 2 * 3.\n\nlet a = *b;\nhttps://other.example/b\n"
        );
        assert_eq!(found.about.title.as_deref(), Some("Crew offers *code*"));
        assert_eq!(found.about.byline.as_deref(), Some("Ann Lee"));
        assert_eq!(found.about.published.as_deref(), Some("2030-05-03"));
        assert_eq!(found.about.links, ["https://news.example/a", "https://other.example/b"]);
        for run in found.text.map().runs() {
            let (text, raw) = (usize::try_from(run.text).expect("small"), usize::try_from(run.raw).expect("small"));
            let length = usize::try_from(run.count * run.unit).expect("small");
            assert_eq!(&found.text.text[text..text + length], &POST[raw..raw + length]);
        }
    }

    #[test]
    fn markdown_is_told_from_text() {
        assert!(is_markdown("x", "a.md") && is_markdown("+++\ntitle = \"x\"\n+++\ny", "a.txt"));
        for text in ["# A story", "---\nSaid: nothing", "---\nA rule: and what follows\n---\n", "---\n---\n"] {
            assert!(!is_markdown(text, "a.txt"), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_stretch_stands_in_the_file(text in "[a-bé*_`\\[\\](){}<>!#\\\\ \n:/-]{0,80}") {
            if let Ok(found) = read(&Traced::verbatim(text.clone(), 0), "UTF-8") {
                let mapped: u64 = found.text.map().runs().iter().map(|run| run.count * run.unit).sum();
                prop_assert_eq!(mapped, found.text.text.len() as u64);
                for run in found.text.map().runs() {
                    let (at, raw) = (usize::try_from(run.text).expect("small"), usize::try_from(run.raw).expect("small"));
                    let length = usize::try_from(run.count).expect("small");
                    prop_assert_eq!(&found.text.text.as_bytes()[at..at + length], &text.as_bytes()[raw..raw + length]);
                }
            }
        }
    }
}
