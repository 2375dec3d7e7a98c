//! The gazetteer: names that the reader knows before it opens a text.

use std::collections::BTreeMap;

/// What a known name is the name of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameKind {
    /// A crew or seller.
    Actor,
    /// A company or institution.
    Company,
    /// An organisation that watches actors.
    Researcher,
    /// An outlet of the press.
    Outlet,
    /// Police, regulator, court, ministry.
    Authority,
    /// A place where people post.
    Platform,
    /// A country, a city, a nationality.
    Place,
    /// A technology or another capitalised thing that is no party.
    Thing,
    /// A person's given name.
    Given,
    /// No name: what the list that comes with the product says of it is forgotten.
    Unknown,
}

impl NameKind {
    /// Every kind with its word in a gazetteer file.
    const WORDS: [(&'static str, NameKind); 10] = [
        ("actor", NameKind::Actor),
        ("company", NameKind::Company),
        ("researcher", NameKind::Researcher),
        ("outlet", NameKind::Outlet),
        ("authority", NameKind::Authority),
        ("platform", NameKind::Platform),
        ("place", NameKind::Place),
        ("thing", NameKind::Thing),
        ("given", NameKind::Given),
        ("unknown", NameKind::Unknown),
    ];
}

/// A known name, as found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownName<'g> {
    /// What it names.
    pub kind: NameKind,
    /// The entry's first name; for a brand, its owner.
    pub name: &'g str,
    /// Whether the name asked for is a brand of that owner.
    pub brand: bool,
}

/// Why a gazetteer file was refused.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum GazetteerError {
    /// A line without `kind:`.
    #[error("gazetteer line {line}: {text:?} has no kind; write it as `company: Name; Other name; +Brand; @domain`")]
    NoKind {
        /// The line's number, from 1.
        line: usize,
        /// Its text, shortened.
        text: String,
    },
    /// A kind that is none of ours.
    #[error(
        "gazetteer line {line}: unknown kind {kind:?}; use actor, company, researcher, outlet, authority, platform, place, thing, given or unknown"
    )]
    UnknownKind {
        /// The line's number, from 1.
        line: usize,
        /// The word found.
        kind: String,
    },
    /// A name without a letter or digit.
    #[error("gazetteer line {line}: {name:?} has no letter or digit to be found by; remove it or write it out")]
    EmptyName {
        /// The line's number, from 1.
        line: usize,
        /// The name found.
        name: String,
    },
}

#[derive(Clone, Debug)]
struct Entry {
    kind: NameKind,
    name: String,
}

/// Known names, found by letters and digits alone: `Bleeping Computer` and `BleepingComputer` are one.
#[derive(Clone, Debug, Default)]
pub struct Gazetteer {
    entries: Vec<Entry>,
    found_by: BTreeMap<String, (usize, bool)>,
    domains: BTreeMap<String, usize>,
}

impl Gazetteer {
    /// The list that comes with the product.
    pub fn built_in() -> Self {
        // A test holds that the bundled file parses; an empty list would still read, with less.
        Self::parse(BUILT_IN).unwrap_or_default()
    }

    /// Reads a gazetteer file: `kind: Name; Other name; +Brand; @domain` a line, `#` for remarks.
    ///
    /// # Errors
    /// Names the first line that is not of that form.
    pub fn parse(text: &str) -> Result<Self, GazetteerError> {
        let mut gazetteer = Self::default();
        for (number, line) in entries(text) {
            gazetteer.add_line(number, line)?;
        }
        Ok(gazetteer)
    }

    /// What is wrong with a gazetteer file, line by line.
    pub fn check(text: &str) -> Vec<GazetteerError> {
        let mut gazetteer = Self::default();
        entries(text).filter_map(|(number, line)| gazetteer.add_line(number, line).err()).collect()
    }

    /// Takes over every entry of `other`; where both know a name, `other` wins.
    pub fn merge(&mut self, other: Gazetteer) {
        let base = self.entries.len();
        self.entries.extend(other.entries);
        self.found_by.extend(other.found_by.into_iter().map(|(key, (entry, brand))| (key, (entry + base, brand))));
        self.domains.extend(other.domains.into_iter().map(|(domain, entry)| (domain, entry + base)));
    }

    /// What is known of a name.
    pub fn find(&self, name: &str) -> Option<KnownName<'_>> {
        let known = self.found_by.get(&key(name)).and_then(|&(entry, brand)| self.known(entry, brand));
        known.filter(|known| known.kind != NameKind::Unknown)
    }

    /// Whose domain this is: `mail.acme.example` is found by `acme.example`.
    pub fn find_domain(&self, domain: &str) -> Option<KnownName<'_>> {
        let domain = domain.to_lowercase();
        let mut rest = domain.as_str();
        loop {
            if let Some(&entry) = self.domains.get(rest) {
                return self.known(entry, false);
            }
            rest = rest.split_once('.')?.1;
        }
    }

    fn known(&self, entry: usize, brand: bool) -> Option<KnownName<'_>> {
        self.entries.get(entry).map(|e| KnownName { kind: e.kind, name: &e.name, brand })
    }

    fn add_line(&mut self, line: usize, text: &str) -> Result<(), GazetteerError> {
        let (kind, names) = text
            .split_once(':')
            .ok_or_else(|| GazetteerError::NoKind { line, text: text.chars().take(60).collect() })?;
        let word = kind.trim();
        let kind = NameKind::WORDS.iter().find(|(known, _)| *known == word).map(|(_, kind)| *kind);
        let Some(kind) = kind else {
            return Err(GazetteerError::UnknownKind { line, kind: word.chars().take(60).collect() });
        };
        // Places and given names on one line are names of their own, not other names of the first.
        let apart = matches!(kind, NameKind::Place | NameKind::Given | NameKind::Unknown);
        let mut entry = None;
        for written in names.split(';').map(str::trim).filter(|n| !n.is_empty()) {
            let (name, brand, domain) = match (written.strip_prefix('+'), written.strip_prefix('@')) {
                (Some(brand), _) => (brand, true, false),
                (_, Some(domain)) => (domain, false, true),
                _ => (written, false, false),
            };
            let found_by = key(name);
            if found_by.is_empty() {
                return Err(GazetteerError::EmptyName { line, name: name.to_owned() });
            }
            let at = match entry {
                Some(at) if !apart => at,
                _ => {
                    self.entries.push(Entry { kind, name: name.to_owned() });
                    self.entries.len() - 1
                }
            };
            entry = Some(at);
            if domain {
                self.domains.insert(name.to_lowercase(), at);
            } else {
                self.found_by.insert(found_by, (at, brand));
            }
        }
        Ok(())
    }
}

/// The list that comes with the product, as a gazetteer file.
pub const BUILT_IN: &str = include_str!("names.txt");

/// The entries of a gazetteer file with their lines' numbers, remarks and empty lines left out.
pub fn entries(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim).enumerate();
    lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')).map(|(at, line)| (at + 1, line))
}

/// Letters and digits in lower case: what two spellings of a name have in common.
pub(super) fn key(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric() || *c == '$').flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_file_parses() {
        let parsed = Gazetteer::parse(BUILT_IN).unwrap();
        assert!(parsed.entries.len() > 100);
        assert_eq!(
            parsed.find("bleeping computer").map(|k| (k.kind, k.name)),
            Some((NameKind::Outlet, "BleepingComputer"))
        );
        assert_eq!(parsed.find("WhatsApp").map(|k| (k.name, k.brand)), Some(("Meta", true)));
    }

    #[test]
    fn a_desks_own_file_wins_and_domains_are_found_from_below() {
        let mut names = Gazetteer::parse("company: Brightwell; @brightwell.example\n").unwrap();
        names.merge(Gazetteer::parse("# ours\nresearcher: Brightwell; Brightwell Labs").unwrap());
        assert_eq!(names.find("Brightwell").unwrap().kind, NameKind::Researcher);
        assert_eq!(names.find_domain("mail.Brightwell.example").unwrap().name, "Brightwell");
        assert!(names.find_domain("example").is_none());
    }

    #[test]
    fn a_desk_may_forget_a_name_that_came_with_the_product() {
        let mut names = Gazetteer::parse("actor: Finch; Old Finch\n").unwrap();
        names.merge(Gazetteer::parse("unknown: Finch").unwrap());
        assert!(names.find("Finch").is_none() && names.find("Old Finch").is_some());
    }

    #[test]
    fn every_line_is_checked() {
        let wrong = Gazetteer::check("# ours\ncompany: Brightwell\nfirm: Tarn\n\nOakvale\n");
        let lines: Vec<String> = wrong.iter().map(ToString::to_string).collect();
        assert!(lines[0].starts_with("gazetteer line 3:") && lines[1].starts_with("gazetteer line 5:"), "{lines:?}");
    }

    #[test]
    fn errors_name_the_line() {
        assert_eq!(
            Gazetteer::parse("\nBrightwell").unwrap_err(),
            GazetteerError::NoKind { line: 2, text: "Brightwell".to_owned() }
        );
        assert!(
            Gazetteer::parse("firm: Brightwell").unwrap_err().to_string().contains("line 1: unknown kind \"firm\"")
        );
        assert!(matches!(Gazetteer::parse("company: --").unwrap_err(), GazetteerError::EmptyName { line: 1, .. }));
    }
}
