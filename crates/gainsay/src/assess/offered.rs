//! What is offered, next to what is in hand. Whoever offers it chose the files, so that nothing follows for the rest: it bears on no claim.

use std::collections::BTreeSet;

use crate::claim::{Case, FigureKind, InHand, SampleMatch, portion, sized};

/// What stands beside every such comparison.
pub const CHOSEN_BY_THE_SELLER: &str = "Whoever offers it chose these files: nothing follows from them for the rest. `gainsay challenge` draws files at random.";

/// One thing that a text of the case says is offered, next to what is in hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    /// The handle of the source.
    pub from: String,
    /// What it says: `30 TB of source code`.
    pub what: String,
    /// How much of that is in hand, in words.
    pub in_hand: String,
    /// Of how many bytes or files how many are in hand; none where the two cannot be compared.
    pub share: Option<(u64, u64)>,
}

/// Words of offers, in small letters, and the kind of files that they mean.
const KINDS: [(&str, &[&str]); 7] = [
    ("source code", &["source code", "sourcecode", "sources", "repositor", "code base", "codebase"]),
    ("document", &["document", "contract", "report", "pdf", "agreement", "blueprint", "manual"]),
    ("mail", &["e-mail", "email", "mailbox", "correspondence"]),
    ("database", &["database", "data base", "sql", "dump"]),
    ("picture", &["photo", "picture", "image", "scans of", "screenshot"]),
    ("program", &["binar", "executable", "program", "firmware", "installer"]),
    ("key or certificate", &["certificate", "private key", "signing key"]),
];

/// How many different things of a case are held against a sample.
const MOST: usize = 40;

/// Each thing that texts of a case say is offered, next to what is in hand; the same thing once, by the first text that says it.
pub fn offered(case: &Case, sample: &SampleMatch) -> Vec<Offered> {
    let Some(hand) = &sample.in_hand else { return Vec::new() };
    let mut known = BTreeSet::new();
    let mut all = Vec::new();
    for source in case.sources.iter().filter(|source| source.replaced_by.is_none()) {
        let reading = &source.reading;
        let mut add = |key: String, what: &str, (in_hand, share): Told| {
            if all.len() < MOST && known.insert(key) {
                all.push(Offered { from: source.handle.clone(), what: what.to_owned(), in_hand, share });
            }
        };
        for figure in &reading.figures {
            let of = figure.of.as_deref().unwrap_or_default();
            let whole = if of.is_empty() { figure.value.clone() } else { format!("{} of {of}", figure.value) };
            match figure.kind {
                FigureKind::Volume => {
                    if let Some(bytes) = volume(&figure.value) {
                        add(bytes.to_string(), &whole, of_bytes(sample, hand, bytes, of));
                    }
                }
                FigureKind::Count => {
                    if let Some((count, of)) = count(&figure.value, of)
                        && let Some(told) = of_files(sample, hand, count, of)
                    {
                        add(whole.to_lowercase(), &whole, told);
                    }
                }
                FigureKind::Price | FigureKind::Money | FigureKind::Date => {}
            }
        }
        let allegations = reading.allegations.iter().map(|it| (&it.volume, &it.assets));
        for (said, goods) in allegations.chain(reading.offers.iter().map(|it| (&it.volume, &it.goods))) {
            if let Some(said) = said
                && let Some(bytes) = volume(said)
            {
                add(bytes.to_string(), said, of_bytes(sample, hand, bytes, ""));
            }
            for good in goods {
                if let Some(kind) = kind_of(good) {
                    add(kind.to_owned(), good, (of_kind(hand, kind), None));
                }
            }
        }
    }
    all
}

/// How much is in hand, in words and as a share.
type Told = (String, Option<(u64, u64)>);

fn of_bytes(sample: &SampleMatch, hand: &InHand, offered: u64, of: &str) -> Told {
    // What is said of source code alone is held against the source code alone.
    let kind = kind_of(of);
    let (bytes, what) =
        kind.map_or((sample.bytes, String::new()), |kind| (hand.of_kind(kind).1, format!(" of {}", plural(kind))));
    let share = portion(u128::from(bytes), u128::from(offered));
    let packed = if kind.is_none() && hand.received != bytes {
        format!(" ({} as it came)", sized(hand.received))
    } else {
        String::new()
    };
    (format!("{}{what} in hand{packed}, {share} of {}", sized(bytes), sized(offered)), Some((bytes, offered)))
}

fn of_files(sample: &SampleMatch, hand: &InHand, offered: u64, of: &str) -> Option<Told> {
    let (files, what) = match kind_of(of) {
        Some(kind) => (hand.of_kind(kind).0, plural(kind)),
        None if of.to_lowercase().contains("file") => (sample.files, "files".to_owned()),
        // Customers, accounts and rows are not counted here.
        None => return None,
    };
    let share = portion(u128::from(files), u128::from(offered));
    let files_of = if what == "files" { what } else { format!("files of {what}") };
    Some((format!("{files} {files_of} in hand, {share} of {offered}"), Some((files, offered))))
}

fn of_kind(hand: &InHand, kind: &str) -> String {
    match hand.of_kind(kind) {
        (0, _) => format!("no file of {} in hand", plural(kind)),
        (1, bytes) => format!("1 file of {} in hand, {}", plural(kind), sized(bytes)),
        (files, bytes) => format!("{files} files of {} in hand, {}", plural(kind), sized(bytes)),
    }
}

fn plural(kind: &str) -> String {
    match kind {
        "source code" | "mail" => kind.to_owned(),
        "key or certificate" => "keys or certificates".to_owned(),
        kind => format!("{kind}s"),
    }
}

/// The kind of files that words of an offer mean.
fn kind_of(words: &str) -> Option<&'static str> {
    let words = words.to_lowercase();
    KINDS.iter().find(|(_, marks)| marks.iter().any(|mark| words.contains(mark))).map(|(kind, _)| *kind)
}

/// The bytes that words such as `~30 TB`, `2-3 TB` and `over 1.5 terabytes` mean; of a range the larger.
fn volume(words: &str) -> Option<u64> {
    const UNITS: [(&str, u64); 5] =
        [("k", 1_000), ("m", 1_000_000), ("g", 1_000_000_000), ("t", 1_000_000_000_000), ("p", 1_000_000_000_000_000)];
    let words = words.to_lowercase();
    let end = words.rfind(|c: char| c.is_ascii_digit())? + 1;
    let start = words[..end]
        .rfind(|c: char| !c.is_ascii_digit() && !".,".contains(c))
        .map_or(0, |at| at + words[at..].chars().next().map_or(1, char::len_utf8));
    let number = words[start..end].replace(',', "");
    let unit = words[end..].trim_start_matches([' ', '+', '\u{a0}', '-']);
    let known = UNITS.iter().find(|(letter, _)| {
        let rest = unit.strip_prefix(letter).unwrap_or("-");
        rest.is_empty()
            || rest.starts_with('b')
            || rest.starts_with("ib")
            || rest.starts_with(|c: char| c.is_whitespace())
            || ["ilobyte", "egabyte", "igabyte", "erabyte", "etabyte"].iter().any(|word| rest.starts_with(word))
    });
    let (whole, fraction) = number.split_once('.').unwrap_or((&number, ""));
    let scale = match known {
        Some((_, scale)) => *scale,
        None if unit.starts_with("byte") => 1,
        None => return None,
    };
    let whole = whole.parse::<u64>().ok()?.checked_mul(scale)?;
    let places = fraction.get(..fraction.len().min(6))?;
    let part = if places.is_empty() {
        0
    } else {
        places.parse::<u64>().ok()? * scale / 10_u64.pow(u32::try_from(places.len()).ok()?)
    };
    whole.checked_add(part).filter(|bytes| *bytes > 0)
}

/// The number that a figure such as `~2000 files` counts, and what; of a range the larger.
fn count<'f>(value: &'f str, of: &'f str) -> Option<(u64, &'f str)> {
    let at = value.find(|c: char| c.is_ascii_digit())?;
    let end = value[at..].find(|c: char| !c.is_ascii_digit() && c != '-').map_or(value.len(), |end| at + end);
    let number = value[at..end].rsplit('-').next()?.parse().ok().filter(|number| *number > 0)?;
    Some((number, if of.is_empty() { value[end..].trim() } else { of }))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::claim::{EntryId, Figure, Offer, Source, SourceKind, Span, Tlp};

    #[test]
    fn volumes_are_read_as_they_are_worded() {
        let read = [
            "~30 TB",
            "30TB",
            "2-3 TB",
            "over 1.5 terabytes",
            ">1,200 GB",
            "500gb+",
            "20 GiB",
            "12 bytes",
            "3 companies",
            "TB",
        ]
        .map(volume);
        let (giga, tera) = (1_000_000_000, 1_000_000_000_000);
        assert_eq!(
            read,
            [
                Some(30 * tera),
                Some(30 * tera),
                Some(3 * tera),
                Some(1_500 * giga),
                Some(1_200 * giga),
                Some(500 * giga),
                Some(20 * giga),
                Some(12),
                None,
                None
            ]
        );
    }

    #[test]
    fn an_offer_stands_next_to_what_is_in_hand() {
        let mut case = Case::new(EntryId([0; 32]), "x".into(), Timestamp::UNIX_EPOCH, Tlp::Clear);
        let by = (Timestamp::UNIX_EPOCH, "ana".to_owned());
        let mut source = Source::new((EntryId([1; 32]), 0), SourceKind::Listing, "post.txt".into(), by, Tlp::Clear);
        let span = Span { start: 0, end: 1 };
        let figure =
            |kind, value: &str, of: Option<&str>| Figure { kind, value: value.into(), of: of.map(Into::into), span };
        source.reading.figures = vec![
            figure(FigureKind::Volume, "~30 TB", Some("source code")),
            figure(FigureKind::Count, "2000 files", None),
            figure(FigureKind::Count, "3 companies", None),
            figure(FigureKind::Price, ">300000 USD", None),
        ];
        source.reading.offers = vec![Offer {
            seller: None,
            victim: None,
            goods: vec!["source code".into(), "signing certificates".into()],
            volume: Some("30TB".into()),
            price: None,
            proof: vec![],
            contacts: vec![],
            access: None,
            span,
        }];
        case.sources.push(source);
        let hand = InHand {
            received: 500_000_000,
            kinds: vec![("source code".into(), 20, 1_200_000_000), ("text".into(), 5, 1_000)],
            ..InHand::default()
        };
        let sample = SampleMatch { files: 25, bytes: 1_200_001_000, in_hand: Some(hand), ..SampleMatch::default() };
        let told: Vec<String> =
            offered(&case, &sample).iter().map(|it| format!("{}: {}", it.what, it.in_hand)).collect();
        assert_eq!(
            told,
            [
                "~30 TB of source code: 1.2 GB of source code in hand, 0.004 % of 30 TB",
                "2000 files: 25 files in hand, 1.2 % of 2000",
                "source code: 20 files of source code in hand, 1.2 GB",
                "signing certificates: no file of keys or certificates in hand",
            ]
        );
        assert!(offered(&case, &SampleMatch::default()).is_empty());
    }
}
