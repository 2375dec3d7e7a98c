//! Traces that other systems can be searched for: hosts, addresses, links, mailboxes and digests, defanged (`hxxp://evil[.]example`) or not.
//!
//! What has the shape of a trace and is none is left out: the outlet's own pages and the places where people post, names of files
//! (`report.pdf`), versions (`version 1.2.3.4`), companies that go by a domain (`Brightwell.com`).

// Addresses as values: nothing is connected to.
use core::net::{Ipv4Addr, Ipv6Addr};
use std::collections::BTreeSet;

use crate::claim::{Indicator, IndicatorKind, Span};
use crate::read::names::{Gazetteer, NameKind, key};

/// The longest word that is looked at, in bytes; a link may be long, a text without a space is no link.
const LONGEST_BYTES: usize = 2048;

/// Generic ends of hosts that are met often, and those of networks within the network. Not the whole list of the root, which has 1,400.
const GENERIC: &[&str] = &[
    "academy",
    "agency",
    "app",
    "art",
    "bank",
    "bar",
    "bid",
    "biz",
    "blog",
    "buzz",
    "cafe",
    "cam",
    "capital",
    "care",
    "cash",
    "center",
    "chat",
    "cheap",
    "city",
    "click",
    "cloud",
    "club",
    "codes",
    "com",
    "community",
    "company",
    "consulting",
    "cool",
    "coop",
    "cyou",
    "date",
    "dev",
    "digital",
    "direct",
    "download",
    "edu",
    "email",
    "energy",
    "example",
    "exchange",
    "expert",
    "express",
    "finance",
    "financial",
    "fit",
    "fun",
    "fund",
    "fyi",
    "gal",
    "games",
    "global",
    "gov",
    "group",
    "guru",
    "health",
    "help",
    "host",
    "house",
    "i2p",
    "icu",
    "info",
    "ink",
    "int",
    "jobs",
    "land",
    "lat",
    "legal",
    "life",
    "limited",
    "link",
    "live",
    "loan",
    "lol",
    "ltd",
    "market",
    "media",
    "men",
    "mil",
    "mobi",
    "mom",
    "money",
    "monster",
    "name",
    "net",
    "network",
    "news",
    "ninja",
    "one",
    "onion",
    "online",
    "org",
    "page",
    "partners",
    "party",
    "pics",
    "plus",
    "press",
    "pro",
    "pub",
    "quest",
    "racing",
    "red",
    "rest",
    "review",
    "rocks",
    "run",
    "sale",
    "sbs",
    "school",
    "science",
    "security",
    "services",
    "shop",
    "site",
    "solutions",
    "space",
    "store",
    "stream",
    "studio",
    "support",
    "surf",
    "systems",
    "team",
    "tech",
    "technology",
    "tel",
    "tips",
    "today",
    "tools",
    "top",
    "trade",
    "travel",
    "uno",
    "vip",
    "website",
    "wiki",
    "win",
    "work",
    "works",
    "world",
    "wtf",
    "xxx",
    "xyz",
    "zone",
];

/// The ends of hosts that stand for a country (ISO 3166, with `eu`, `su`, `uk`), two letters each.
const COUNTRY: &str = "acadaeafagaialamaoaqarasatauawaxazbabbbdbebfbgbhbibjbmbnbobrbsbtbwbybzcacccdcfcgchcickclcmcncocrcucvcwcxcyczdedj\
dkdmdodzeceeegereseteufifjfkfmfofrgagdgegfggghgiglgmgngpgqgrgsgtgugwgyhkhmhnhrhthuidieiliminioiqirisitjejmjojpkekgkhkikmknkpkrkwkykzlalb\
lclilklrlsltlulvlymamcmdmemgmhmkmlmmmnmompmqmrmsmtmumvmwmxmymznancnenfngninlnonpnrnunzompapepfpgphpkplpmpnprpsptpwpyqarerorsrurwsasbscsd\
sesgshsiskslsmsnsosrssstsusvsxsysztctdtftgthtjtktltmtntotrtttvtwtzuaugukusuyuzvavcvevgvivnvuwfwsyeytzazmzw";

/// Ends of files that are ends of hosts, too: alone they mean a file.
const ALSO_FILES: &[&str] = &["md", "pl", "ps", "py", "rs", "sh", "so", "zip", "mov", "ai", "cc", "pm"];

/// Where people post, and what shortens their links: named all day, and never a trace.
const POSTED_AT: &[&str] = &[
    "twitter.com",
    "x.com",
    "t.co",
    "facebook.com",
    "linkedin.com",
    "instagram.com",
    "youtube.com",
    "youtu.be",
    "reddit.com",
    "mastodon.social",
    "wikipedia.org",
    "archive.org",
    "archive.is",
    "archive.ph",
    "web.archive.org",
    "medium.com",
    "bit.ly",
];

/// A host's name by its shape: labels of letters, digits and hyphens, and an end that hosts have. Lower case.
pub(super) fn is_host(name: &str) -> bool {
    let Some((rest, end)) = name.rsplit_once('.') else { return false };
    let label = |l: &str| {
        (1..=63).contains(&l.len())
            && l.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !l.starts_with('-')
            && !l.ends_with('-')
    };
    is_end(end)
        && name.len() <= 253
        && rest.split('.').all(label)
        && rest.split('.').any(|l| l.len() > 1)
        && !matches!(name, "asp.net" | "vb.net" | "ado.net")
}

fn is_end(end: &str) -> bool {
    end.len() == 2 && COUNTRY.as_bytes().as_chunks::<2>().0.iter().any(|pair| pair == end.as_bytes())
        || GENERIC.binary_search(&end).is_ok()
        || end.starts_with("xn--")
}

/// The traces of a text, each once, in its order. `outlet` published it: its own pages are none.
pub(super) fn indicators(text: &str, outlet: Option<&str>, names: &Gazetteer) -> Vec<Indicator> {
    let mut found: Vec<Indicator> = Vec::new();
    let mut seen: BTreeSet<(IndicatorKind, String)> = BTreeSet::new();
    // The first line may say where the text is from.
    let from = if text.starts_with("# source:") { text.find('\n').unwrap_or(text.len()) } else { 0 };
    let mut before = "";
    let mut at = from;
    for word in text[from..].split(char::is_whitespace) {
        let start = at;
        // White space may be longer than a byte.
        at += word.len();
        at += text[at..].chars().next().map_or(0, char::len_utf8);
        if word.is_empty() {
            continue;
        }
        let last = std::mem::replace(&mut before, word);
        if word.len() < 4 || word.len() > LONGEST_BYTES || !may_hold_one(word) {
            continue;
        }
        let (offset, core) = bare(word);
        if let Some((kind, value)) = trace(core, last, outlet, names)
            && seen.insert((kind, value.clone()))
        {
            let start = start + offset;
            found.push(Indicator { kind, value, span: Span { start, end: start + core.len() } });
        }
    }
    found
}

/// A dot, an `@` or two colons within, or as many hexadecimal digits as a digest has.
fn may_hold_one(word: &str) -> bool {
    let inner = word.as_bytes().get(1..word.len() - 1).unwrap_or_default();
    inner.contains(&b'.')
        || inner.contains(&b'@')
        || inner.contains(&b'[')
        || inner.contains(&b'(')
        || inner.iter().filter(|b| **b == b':').count() > 1
        || word.len() >= 32 && word.bytes().filter(u8::is_ascii_hexdigit).count() >= 32
}

/// The word without the marks around it, and where it starts.
fn bare(word: &str) -> (usize, &str) {
    let opens =
        |c: char| matches!(c, '"' | '\'' | '“' | '‘' | '«' | '„' | '(' | '[' | '{' | '<' | '`' | '*' | '•' | '-');
    let closes =
        |c: char| matches!(c, '"' | '\'' | '”' | '’' | '»' | ',' | ';' | ':' | '!' | '?' | '.' | '>' | '`' | '*' | '…');
    let start = word.len() - word.trim_start_matches(opens).len();
    let mut core = &word[start..];
    loop {
        let trimmed = core.trim_end_matches(closes);
        // A bracket that opens within belongs to it: `evil[.]example`, `…/a_(b)`.
        let extra = [(')', '('), (']', '['), ('}', '{')].iter().find(|(close, open)| {
            trimmed.ends_with(*close) && trimmed.matches(*close).count() > trimmed.matches(*open).count()
        });
        let next = extra.map_or(trimmed, |_| &trimmed[..trimmed.len() - 1]);
        // "Acme's" and "Acme’s".
        let next = next.strip_suffix("'s").or_else(|| next.strip_suffix("’s")).unwrap_or(next);
        if next.len() == core.len() {
            return (start, core);
        }
        core = next;
    }
}

/// As systems write it; true where it was written so that no one clicks on it.
fn refanged(word: &str) -> (String, bool) {
    let mut plain = word.to_owned();
    for (fang, tooth) in [
        ("[.]", "."),
        ("(.)", "."),
        ("{.}", "."),
        ("[dot]", "."),
        ("(dot)", "."),
        ("[DOT]", "."),
        ("{dot}", "."),
        ("[.", "."),
        (".]", "."),
        ("[://]", "://"),
        ("[:]//", "://"),
        ("[:]", ":"),
        ("[@]", "@"),
        ("[at]", "@"),
        ("(at)", "@"),
        ("[AT]", "@"),
        ("[/]", "/"),
    ] {
        if plain.contains(fang) {
            plain = plain.replace(fang, tooth);
        }
    }
    for (fang, tooth) in [
        ("hxxps://", "https://"),
        ("hxxp://", "http://"),
        ("h**ps://", "https://"),
        ("h**p://", "http://"),
        ("meow://", "http://"),
    ] {
        if plain.get(..fang.len()).is_some_and(|head| head.eq_ignore_ascii_case(fang)) {
            plain.replace_range(..fang.len(), tooth);
        }
    }
    let defanged = plain != word;
    (plain, defanged)
}

/// What one word is a trace of; `before` is the word before it.
fn trace(word: &str, before: &str, outlet: Option<&str>, names: &Gazetteer) -> Option<(IndicatorKind, String)> {
    if matches!(word.len(), 32 | 40 | 64) && word.bytes().all(|b| b.is_ascii_hexdigit()) {
        let digit = word.bytes().any(|b| b.is_ascii_digit());
        let letter = word.bytes().any(|b| b.is_ascii_alphabetic());
        return (digit && letter).then(|| (IndicatorKind::Hash, word.to_ascii_lowercase()));
    }
    let (plain, defanged) = refanged(word);
    if let Some((scheme, rest)) = plain.split_once("://") {
        let scheme = scheme.to_ascii_lowercase();
        if !matches!(
            scheme.as_str(),
            "http" | "https" | "ftp" | "ftps" | "sftp" | "tcp" | "udp" | "socks" | "socks5" | "ws" | "wss"
        ) {
            return None;
        }
        let (host, tail) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let host = host.to_lowercase();
        let own = host_of(&host)?;
        return (defanged || !is_everybodys(own, outlet, names))
            .then(|| (IndicatorKind::Url, format!("{scheme}://{host}{tail}")));
    }
    if let Some((mailbox, host)) = plain.split_once('@') {
        let host = host.to_lowercase();
        let named = !mailbox.is_empty()
            && mailbox.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+'))
            && is_host(&host);
        return named.then(|| (IndicatorKind::Email, format!("{}@{host}", mailbox.to_lowercase())));
    }
    if let Some(address) = address(&plain, before, defanged) {
        return Some((IndicatorKind::Address, address));
    }
    let (host, tail) = plain.split_at(plain.find(['/', '?']).unwrap_or(plain.len()));
    let lower = host.to_lowercase();
    let own = host_of(&lower)?;
    if own.parse::<Ipv4Addr>().is_ok() {
        return None;
    }
    let end = own.rsplit('.').next().unwrap_or_default();
    // "Brightwell.com" is a name, "data.In" the end of a sentence, "app.py" a file.
    let plainly = host == lower && !(ALSO_FILES.contains(&end) && own.matches('.').count() == 1);
    let outlets =
        matches!(before.to_lowercase().as_str(), "blog" | "outlet" | "newspaper" | "publication" | "magazine");
    if !defanged && (!plainly || outlets || is_everybodys(own, outlet, names)) {
        return None;
    }
    if tail.len() > 1 {
        Some((IndicatorKind::Url, format!("{lower}{tail}")))
    } else {
        Some((IndicatorKind::Domain, own.to_owned()))
    }
}

/// The host without its port, where it is one.
fn host_of(host: &str) -> Option<&str> {
    let own = match host.rsplit_once(':') {
        Some((own, port)) if !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) => own,
        _ => host,
    };
    (is_host(own) || own.parse::<Ipv4Addr>().is_ok()).then_some(own)
}

/// The outlet's own, a place where people post, or a house that the gazetteer knows by its domain.
fn is_everybodys(host: &str, outlet: Option<&str>, names: &Gazetteer) -> bool {
    let within = |site: &&str| host == *site || host.strip_suffix(*site).is_some_and(|rest| rest.ends_with('.'));
    let stem = host.strip_prefix("www.").unwrap_or(host).split('.').next().unwrap_or_default();
    let is_outlet = |name: &str| {
        names
            .find(name)
            .is_some_and(|known| matches!(known.kind, NameKind::Outlet | NameKind::Platform | NameKind::Researcher))
    };
    POSTED_AT.iter().any(within)
        || outlet.is_some_and(|outlet| key(outlet) == key(stem) || key(outlet) == key(host))
        || names.find_domain(host).is_some_and(|known| known.kind != NameKind::Actor)
        || is_outlet(stem)
        || is_outlet(host)
}

/// An address of a machine that can be anybody's; not a version, not one's own.
fn address(plain: &str, before: &str, defanged: bool) -> Option<String> {
    let bare = plain.split_once('/').map_or(plain, |(address, _)| address);
    if bare.bytes().filter(|b| *b == b':').count() > 1 {
        let found: Ipv6Addr = bare.trim_matches(['[', ']']).parse().ok()?;
        let groups = found.segments().iter().filter(|s| **s != 0).count();
        return (groups > 2).then(|| found.to_string());
    }
    let bare = bare.split_once(':').map_or(bare, |(address, _)| address);
    let found: Ipv4Addr = bare.parse().ok()?;
    let [first, ..] = found.octets();
    let last = before.trim_matches(|c: char| !c.is_alphanumeric());
    let lower = last.to_lowercase();
    let version = matches!(lower.as_str(), "version" | "versions" | "v" | "release" | "build" | "firmware" | "update" | "patch" | "before" | "prior" | "through")
        // "Lockware 7.4.0.1": a product stands before its version.
        || first < 30 && last.starts_with(char::is_uppercase) && !matches!(lower.as_str(), "ip" | "ips" | "address" | "host" | "server");
    (defanged || !version && !found.is_loopback() && !found.is_unspecified() && first != 0).then(|| found.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<(&'static str, String)> {
        let names = Gazetteer::built_in();
        indicators(text, Some("Stroud News"), &names).into_iter().map(|i| (i.kind.word(), i.value)).collect()
    }

    fn pair(kind: &'static str, value: &str) -> (&'static str, String) {
        (kind, value.to_owned())
    }

    #[test]
    fn ends_are_in_order_and_in_pairs() {
        assert!(GENERIC.is_sorted() && COUNTRY.len().is_multiple_of(2));
        assert!(is_end("com") && is_end("uk") && !is_end("pdf") && !is_end("zz"));
    }

    #[test]
    fn traces_are_found_defanged_or_not() {
        assert_eq!(
            of("It called hxxps://evil[.]example/gate.php?id=1, then stopped."),
            [pair("url", "https://evil.example/gate.php?id=1")]
        );
        assert_eq!(
            of("Seen at bad-host[.]top and (cdn(dot)bad-host[.]top)."),
            [pair("domain", "bad-host.top"), pair("domain", "cdn.bad-host.top")]
        );
        assert_eq!(
            of("Write to Wren[at]finch[.]example or wren@finch.example."),
            [pair("email", "wren@finch.example")]
        );
        assert_eq!(
            of("From 203.0.113.7, 198.51.100[.]9:8080 and 2001:db8:1::7."),
            [pair("address", "203.0.113.7"), pair("address", "198.51.100.9"), pair("address", "2001:db8:1::7")]
        );
        let digest = "0cc175b9c0f1b6a831c399e269772661";
        assert_eq!(of(&format!("MD5: {digest}; again {digest}")), [pair("hash", digest)]);
        assert_eq!(of("c2.finch.example/panel was up"), [pair("url", "c2.finch.example/panel")]);
    }

    #[test]
    fn what_only_looks_like_a_trace_is_none() {
        for text in [
            "The files report.pdf, node.js, run.sh and setup.exe.",
            "Lockware version 10.2.3.4 and Lockware 7.4.0.1 are out.",
            "At 12:30:45 the U.S. firm said i.e. nothing.",
            "It wrote so on stroudnews.com and https://twitter.com/x/1.",
            "Brightwell.com denied it.In the end it fell.",
            "The TOX is 24B03A9DA9DA26336AF573D1DA2D67782C40975A64EFE2E118FE6209049E0F6E655980C89EAB57B.",
            "127.0.0.1 is home; 1.2.3 is no address; 300.1.1.1 neither.",
            "Say @wren or #wren.",
        ] {
            assert_eq!(of(text), [], "{text}");
        }
    }

    #[test]
    fn the_span_is_as_written() {
        let text = "é (hxxp://evil[.]example).";
        let found = indicators(text, None, &Gazetteer::default());
        assert_eq!(found.first().and_then(|i| i.span.of(text)), Some("hxxp://evil[.]example"));
    }
}
