//! Pages: the article's text, and what the page says of itself.

use std::collections::HashSet;

use dom_smoothie::{Config, Readability};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::documents::{Found, NoDocument, add_link, line};
use crate::finding::FindingKind;
use crate::follow::follow;
use crate::markup::{Token, Tokens, add_text};
use crate::protocol::DocumentFormat;
use crate::trace::Traced;

/// What was read from a page.
#[derive(Debug, Default)]
struct Page {
    text: String,
    title: Option<String>,
    byline: Option<String>,
    outlet: Option<String>,
    published: Option<String>,
    modified: Option<String>,
    address: Option<String>,
    language: Option<String>,
    links: Vec<String>,
    /// Passages and characters of text that the page holds and does not show.
    hidden: (usize, usize),
    /// Why the text is the whole page's and not an article's.
    why_no_article: Option<String>,
}

/// Beyond this many elements a page is no article, and recognising one takes time with the square of them.
const MOST_ELEMENTS: usize = 100_000;

/// Recognising an article takes time with the square of the nesting: at 5,000 levels seven seconds.
const DEEPEST: usize = 500;

/// Even parsing takes time with the square of the nesting: at this many levels about two seconds.
pub(crate) const TOO_DEEP: usize = 10_000;

/// What is no text on the screen.
const UNSEEN: &str = "script, style, template, noscript, svg, iframe, object, [aria-hidden=true]";

/// Style rules that are looked at for what they hide.
const MOST_RULES: usize = 2_000;

/// Elements that stand on lines of their own, beside those that the text renderer knows.
const BLOCKS: &str = "header, footer, main, aside, nav, address, figure, figcaption, details, summary, dt, dd, form, \
    fieldset, legend, option, button, caption, tbody, thead, tfoot";

/// Where dates hide besides JSON-LD and the usual `meta` names, best first.
const PUBLISHED: &[&str] = &[
    "meta[property='article:published_time']",
    "[itemprop=datePublished]",
    "meta[name=pubdate]",
    "meta[name=date]",
    "meta[name='DC.date.issued']",
    "meta[name='sailthru.date']",
    "article time[datetime]",
    "time[datetime]",
];
const MODIFIED: &[&str] = &[
    "meta[property='article:modified_time']",
    "[itemprop=dateModified]",
    "meta[property='og:updated_time']",
    "meta[name=last-modified]",
    "meta[name='DC.date.modified']",
    "time.updated[datetime]",
];
const OUTLET: &[&str] =
    &["meta[property='og:site_name']", "meta[name=application-name]", "[itemprop=publisher] [itemprop=name]"];
const BYLINE: &[&str] = &["meta[name=author]", "[itemprop=author] [itemprop=name]", "[rel=author]", ".byline"];
const CANONICAL: &[&str] = &["link[rel=canonical]", "meta[property='og:url']"];

/// Whether a text is a page, by how it starts.
pub(crate) fn looks_like_html(text: &str) -> bool {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let head = start[..start.floor_char_boundary(4096)].to_ascii_lowercase();
    head.starts_with('<')
        && ["<!doctype html", "<html", "<head", "<body", "<title", "<meta", "<article"]
            .iter()
            .any(|tag| head.contains(tag))
}

/// The encoding that a page declares in its first bytes.
pub(crate) fn declared_encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes[..bytes.len().min(4096)].to_ascii_lowercase();
    let start = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head).trim_ascii_start();
    // An XML declaration ends with its first `>`.
    let in_xml = start.starts_with(b"<?xml").then(|| start.split(|byte| *byte == b'>').next().unwrap_or_default());
    let after = |text: &[u8], sign: &[u8]| {
        let at = text.windows(sign.len()).position(|window| window == sign)?;
        Some(text[at + sign.len()..].trim_ascii_start().to_vec())
    };
    let label = in_xml.and_then(|text| after(text, b"encoding=")).or_else(|| after(&head, b"charset="))?;
    let label = label.strip_prefix(b"\"").or_else(|| label.strip_prefix(b"'")).unwrap_or(&label);
    let end =
        label.iter().position(|byte| matches!(byte, b'"' | b'\'' | b'>' | b';' | b'/' | b' ')).unwrap_or(label.len());
    let encoding = Encoding::for_label(&label[..end])?;
    // Such a declaration could not be read if it were true (WHATWG HTML, "prescan a byte stream").
    Some(if encoding == UTF_16LE || encoding == UTF_16BE { UTF_8 } else { encoding })
}

/// The document that a page is.
pub(crate) fn read_page(page: &Traced, encoding: &str) -> Result<Found, NoDocument> {
    let depth = nesting(&page.text);
    if depth > TOO_DEEP {
        let detail =
            format!("its elements lie {depth} deep in one another, which is no page: save its text and add that");
        return Err(NoDocument::new(FindingKind::Unsupported, detail));
    }
    let read = read(&page.text);
    let text = follow(&page.text, &read.text, true).through(page);
    let mut found = Found::new(DocumentFormat::Html, encoding, text);
    let about = &mut found.about;
    (about.title, about.byline, about.outlet) = (read.title, read.byline, read.outlet);
    (about.published, about.modified) = (read.published, read.modified);
    (about.address, about.language, about.links) = (read.address, read.language, read.links);
    if let Some(why) = read.why_no_article {
        found.problem(FindingKind::NoArticle, format!("the whole page's text was taken, menus included ({why})"));
    }
    if let (passages @ 1.., characters) = read.hidden {
        let detail =
            format!("{characters} characters in {passages} places that the page hides from its readers were left out");
        found.problem(FindingKind::HiddenText, detail);
    }
    found.unless_empty()
}

/// The text of a piece of markup, as a mail or the entry of a feed has it, with the way back, and the links in it.
pub(crate) fn read_fragment(markup: &Traced, links: &mut Vec<String>) -> Traced {
    if nesting(&markup.text) > TOO_DEEP {
        return Traced::default();
    }
    let page = Readability::from(markup.text.as_str());
    hide(&page);
    collect_links(&page, links);
    let text = text_of(&page.doc.html());
    follow(&markup.text, &text, true).through(markup)
}

/// All text of a page, menus and what it hides included, with the way back: lines begin where its blocks do.
pub(crate) fn whole_text(page: &Traced) -> Traced {
    const INLINE: [&str; 26] = [
        "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd", "mark",
        "q", "s", "samp", "small", "span", "strong", "sub", "sup", "u", "var",
    ];
    let mut text = Traced::default();
    for (token, range) in Tokens::of_html(&page.text, 0) {
        match token {
            Token::Text | Token::Verbatim => {
                let piece = &page.text[range.clone()];
                if text.text.is_empty() || text.text.ends_with('\n') {
                    let indent = piece.len() - piece.trim_start().len();
                    add_text(&mut text, &piece[indent..], range.start + indent);
                } else {
                    add_text(&mut text, piece, range.start);
                }
            }
            Token::Start { name, .. } | Token::End { name } => {
                let is_inline = INLINE.iter().any(|inline| inline.eq_ignore_ascii_case(name));
                if !is_inline && !text.text.is_empty() && !text.text.ends_with('\n') {
                    text.add_own("\n");
                }
            }
            Token::Aside => {}
        }
    }
    text.through(page)
}

fn read(html: &str) -> Page {
    let config = Config { max_elements_to_parse: MOST_ELEMENTS, ..Config::default() };
    // Only an address that is not absolute is refused, and none is given.
    let Ok(mut page) = Readability::new(html, None, Some(config)) else {
        return Page::default();
    };
    let metadata = page.get_article_metadata(page.parse_json_ld());
    let graph = linked_data(&page);
    let in_graph = |key: &str| json_text(&graph, key);
    let clean = |value: String| line(&value);
    let mut read = Page {
        title: line(&metadata.title),
        byline: metadata.byline.and_then(clean).or_else(|| first(&page, BYLINE)),
        outlet: metadata.site_name.and_then(clean).or_else(|| first(&page, OUTLET)),
        published: metadata
            .published_time
            .and_then(clean)
            .or_else(|| in_graph("datePublished"))
            .or_else(|| first(&page, PUBLISHED)),
        modified: metadata
            .modified_time
            .and_then(clean)
            .or_else(|| in_graph("dateModified"))
            .or_else(|| first(&page, MODIFIED)),
        address: first(&page, CANONICAL),
        language: metadata.lang.and_then(clean),
        ..Page::default()
    };
    read.hidden = hide(&page);
    // Recognising the article takes the page apart.
    let whole = page.doc.select("body").html().to_string();
    let mut failed = None;
    if nesting(html) > DEEPEST {
        failed = Some(format!("it is nested more than {DEEPEST} deep"));
    } else {
        match page.parse() {
            Ok(article) => {
                read.byline = read.byline.or_else(|| article.byline.and_then(|byline| line(&byline)));
                let content = Readability::from(article.content.as_ref());
                collect_links(&content, &mut read.links);
                read.text = text_of(&article.content);
            }
            Err(error) => failed = Some(error.to_string()),
        }
    }
    if read.text.is_empty() {
        collect_links(&Readability::from(whole.as_str()), &mut read.links);
        read.text = text_of(&whole);
        read.why_no_article = Some(failed.unwrap_or_else(|| "the article found is empty".to_owned()));
    }
    read
}

/// Takes out what a page does not show; gives how many passages of text, and how many characters, it hid.
fn hide(page: &Readability) -> (usize, usize) {
    let mut found = vec![page.doc.select("[hidden]")];
    found.extend(
        page.doc.select("[style]").iter().filter(|element| element.attr("style").is_some_and(|style| hides(&style))),
    );
    // Rules for one class or one id alone: what others hide depends on what only a browser knows.
    let sheets = page.doc.select("style").text().to_string();
    for rule in sheets.split('}').take(MOST_RULES) {
        let Some((selectors, _)) = rule.rsplit_once('{').filter(|(_, style)| hides(style)) else { continue };
        // A rule in a block for another medium or width says nothing of what a reader sees.
        let is_conditional = rule.matches('{').count() > 1;
        for selector in selectors.split(',').map(str::trim).filter(|_| !is_conditional) {
            let is_simple = selector.strip_prefix(['.', '#']).is_some_and(|name| {
                !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
            });
            found.extend(is_simple.then(|| page.doc.try_select(selector)).flatten());
        }
    }
    page.doc.select(UNSEEN).remove();
    let (mut seen, mut passages, mut characters) = (HashSet::new(), 0, 0);
    for element in found.iter().flat_map(|selection| selection.nodes()).filter(|element| seen.insert(element.id)) {
        let length: usize = element.text().split_whitespace().map(|word| word.chars().count()).sum();
        passages += usize::from(length > 0);
        characters += length;
        element.remove_from_parent();
    }
    (passages, characters)
}

/// Whether a style hides what it is given to.
fn hides(style: &str) -> bool {
    style.split(';').filter_map(|it| it.split_once(':')).any(|(property, value)| {
        let value = value.trim().trim_end_matches("!important").trim().to_ascii_lowercase();
        match property.trim().to_ascii_lowercase().as_str() {
            "display" => value == "none",
            "visibility" => matches!(value.as_str(), "hidden" | "collapse"),
            "opacity" => matches!(value.as_str(), "0" | "0.0" | "0%"),
            "font-size" => value.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%') == "0",
            _ => false,
        }
    })
}

fn collect_links(page: &Readability, links: &mut Vec<String>) {
    for link in page.doc.select("a[href]").iter() {
        if let Some(address) = link.attr("href") {
            add_link(links, &address);
        }
    }
}

/// How deep elements lie in one another, by their tags alone. Elements that may stand without an end tag are left out.
pub(crate) fn nesting(html: &str) -> usize {
    const OPEN_ENDED: &[&str] = &[
        "area", "base", "body", "br", "col", "colgroup", "dd", "dt", "embed", "head", "hr", "html", "img", "input",
        "li", "link", "meta", "option", "p", "source", "tbody", "td", "tfoot", "th", "thead", "tr", "track", "wbr",
    ];
    let (mut depth, mut deepest) = (0usize, 0);
    // Within these `<` is no tag until their own end.
    let mut raw: Option<&str> = None;
    for tag in html.split('<').skip(1) {
        let (is_end, name) = tag.strip_prefix('/').map_or((false, tag), |name| (true, name));
        let length = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
        let name = &name[..length];
        if let Some(element) = raw {
            if is_end && name.eq_ignore_ascii_case(element) {
                raw = None;
            }
            continue;
        }
        if !is_end {
            raw = ["script", "style"].into_iter().find(|element| element.eq_ignore_ascii_case(name));
        }
        if raw.is_some() || name.is_empty() || OPEN_ENDED.iter().any(|open| open.eq_ignore_ascii_case(name)) {
            continue;
        }
        depth = if is_end { depth.saturating_sub(1) } else { depth + 1 };
        deepest = deepest.max(depth);
    }
    deepest
}

/// The text of markup: one paragraph to a line, an empty line between two.
fn text_of(html: &str) -> String {
    let fragment = Readability::from(html);
    fragment.doc.select(BLOCKS).rename("div");
    let text = fragment.doc.formatted_text();
    let paragraphs: Vec<String> = text
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|words| !words.is_empty())
        .collect();
    paragraphs.join("\n\n")
}

/// All blocks of JSON-LD, for the many pages whose article stands in a `@graph`.
fn linked_data(page: &Readability) -> String {
    page.doc.select("script[type='application/ld+json']").text().to_string()
}

/// The first text under a key, anywhere in JSON. Good for dates, which need no unescaping.
fn json_text(json: &str, key: &str) -> Option<String> {
    let (_, after) = json.split_once(&format!("\"{key}\""))?;
    let value = after.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    line(value.split_once('"')?.0)
}

fn first(page: &Readability, selectors: &[&str]) -> Option<String> {
    selectors.iter().find_map(|selector| {
        let element = page.doc.select_single(selector);
        let stated = ["content", "datetime", "href"].iter().find_map(|name| element.attr(name));
        stated.or_else(|| element.exists().then(|| element.text())).and_then(|value| line(&value))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const STORY: &str = r#"<!DOCTYPE html><html lang="en-GB"><head><title>Crew offers code - The Example</title>
        <meta property="og:site_name" content="The Example"><link rel="canonical" href="https://news.example/a">
        <script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"WebPage"},
        {"@type":"NewsArticle","datePublished":"2019-05-09T10:00:00+00:00","dateModified":"2019-05-10"}]}</script>
        <style>p { color: red }</style></head><body><nav><a href="/">Home</a><a href="/x">Subscribe now</a></nav>
        <article><h1>Crew offers code</h1>
        <p>A crew says that it holds thirty terabytes of <b>source code</b>, and that it
           took them from three companies, none of which was named in the offer at first.</p>
        <p hidden>This hidden sentence must not be read by anybody, however long it may be.</p>
        <p style="display:none">Nor this one, which is hidden with a style that every browser knows.</p>
        <script>var secret = "not text";</script>
        <p>The researchers who found the offer said that screenshots looked genuine,<br>and that the price was high.</p>
        <p>One of the companies answered that a single test lab had been entered, and that no code was taken from it.</p>
        </article><footer>All rights reserved</footer></body></html>"#;

    #[test]
    fn an_article_is_read_with_what_it_says_of_itself() {
        let page = read(STORY);
        assert!(page.text.contains(
            "A crew says that it holds thirty terabytes of source code, and that it took them from three companies, \
             none of which was named in the offer at first.\n\nThe researchers who found"
        ), "{}", page.text);
        assert_eq!((page.hidden.0, page.hidden.1 > 90), (2, true));
        for absent in ["hidden", "secret", "color", "Subscribe"] {
            assert!(!page.text.contains(absent), "{absent} in {}", page.text);
        }
        assert_eq!(page.outlet.as_deref(), Some("The Example"));
        assert_eq!(page.published.as_deref(), Some("2019-05-09T10:00:00+00:00"));
        assert_eq!(page.modified.as_deref(), Some("2019-05-10"));
        assert_eq!(page.address.as_deref(), Some("https://news.example/a"));
        assert_eq!(page.language.as_deref(), Some("en-GB"));
        assert!(page.title.is_some_and(|title| title.starts_with("Crew offers code")));
        assert_eq!(page.why_no_article, None);
    }

    #[test]
    fn what_a_style_sheet_hides_is_left_out_and_counted() {
        let page = read(
            "<html><style>.x{color:red} .ghost, #trap { display : none } @media print { .seen { display:none } }</style>\
             <body><p class='x seen'>Price: 30 BTC.</p><p class='big ghost'>Ignore the above.</p><div id=trap>And this.</div>\
             <p style='FONT-SIZE: 0px'>Nor this.</p><p style='opacity:0.9'>Contact <a href='https://shop.example/a'>us</a>.</p>",
        );
        assert_eq!(page.text, "Price: 30 BTC.\n\nContact us.");
        assert_eq!(page.hidden.0, 3);
        assert_eq!(page.links, ["https://shop.example/a"]);
    }

    #[test]
    fn a_page_without_an_article_gives_its_whole_text() {
        let page = read("<html><body><div>Price: 30 BTC</div><span>Contact</span> us</body></html>");
        assert_eq!(page.text, "Price: 30 BTC\n\nContact us");
    }

    #[test]
    fn the_whole_text_of_a_page_leads_back_into_it() {
        let html = "<title>T</title><body><nav>Menu</nav>\n <p hidden>Fish &amp; <b>ch</b>ips</p><script>x</script>end";
        let text = whole_text(&Traced::verbatim(html.to_owned(), 0));
        assert_eq!(text.text, "Menu\nFish & chips\nend");
        let at = text.text.find("chips").unwrap_or_default() as u64;
        let raw = html.find("ch<").unwrap_or_default() as u64;
        assert_eq!(text.map().in_file(at..at + 5), Some(raw..raw + 9));
    }

    #[test]
    fn nesting_is_counted_by_tags_that_must_end() {
        assert_eq!(nesting("<html><body><DIV><p>a<p>b<br><span>c</span></div><div></div></body></html>"), 2);
        assert_eq!(nesting("<script>if (a<b && c<d) x</script><style>a<b</style><i>1 < 2 <b>x</b></i>"), 2);
        assert_eq!(nesting(&"<div>".repeat(700)), 700);
    }

    #[test]
    fn a_page_nested_beyond_reason_gives_its_whole_text() {
        let page = read(&format!("<body>{}Price: 5 BTC", "<div>".repeat(DEEPEST + 1)));
        assert_eq!(page.text, "Price: 5 BTC");
        assert!(page.why_no_article.is_some_and(|why| why.contains("nested")));
    }

    #[test]
    fn pages_are_told_from_text() {
        assert!(looks_like_html("\u{feff} <!-- saved --><!DOCTYPE HTML><p>x"));
        assert!(!looks_like_html("The page used <html> and <body>."));
        assert!(!looks_like_html("<unknown> wrote: hello"));
    }

    #[test]
    fn declared_encodings_are_found() {
        let name = |bytes: &[u8]| declared_encoding(bytes).map(Encoding::name);
        assert_eq!(name(b"<meta charset='windows-1251'>"), Some("windows-1251"));
        assert_eq!(name(b"<meta http-equiv=Content-Type content=\"text/html; charset=KOI8-R\">"), Some("KOI8-R"));
        assert_eq!(name(b"<meta charset=utf-16>"), Some("UTF-8"));
        assert_eq!(name(b"<?xml version='1.0' encoding=\"windows-1251\"?><rss>"), Some("windows-1251"));
        assert_eq!(name(b"<p>no charset="), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn mutated_pages_are_read_without_a_panic(
            changes in proptest::collection::vec((0..STORY.len(), "[<>/\"=a-z&#;{} \u{0}\u{301}\u{202e}]{0,8}"), 1..12),
        ) {
            let mut page = STORY.to_owned();
            for (at, with) in changes {
                let at = page.floor_char_boundary(at);
                let end = page.ceil_char_boundary((at + with.len() / 2).min(page.len()));
                page.replace_range(at.min(end)..end, &with);
            }
            read(&page);
        }
    }
}
