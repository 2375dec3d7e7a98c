//! The names that the reader knows beforehand: those that come with the product, and the desk's own in `names.txt`, which win.

use std::fs;
use std::path::PathBuf;

use super::{Desk, Error, append};
use crate::claim::{EntryId, OrganisationRole};
use crate::read::{self, Gazetteer, GazetteerError};

/// The desk's own names.
pub(super) const NAMES: &str = "names.txt";

/// What the file says before anybody has added to it.
pub(super) const TEMPLATE: &str = "\
# Names that the reader of this desk knows beforehand, beside those that come with the product
# (`gainsay names list --built-in`). Yours win. Unknown names are found without them. One entry a line:
#   kind: Name; other name; +Brand; @domain
# Kinds: actor, company, researcher, outlet, authority, platform; place, thing and given (a person's first
# name), which are no parties; unknown, which forgets a name that came with the product.
# For example, without the mark before it:
#   company: Brightwell; Brightwell Ltd; +LockDrive; @brightwell.example
# After a change: `gainsay names check`.
";

/// The names that a text is read with.
pub(super) struct Names {
    pub(super) known: Gazetteer,
    /// Which list of the desk's own they are of, for the ledger; none where the desk has none.
    pub(super) note: Option<String>,
}

/// An entry of a list of names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameEntry {
    /// Its line in its file, from 1.
    pub line: usize,
    /// The entry as written.
    pub text: String,
}

impl Desk {
    /// The names that the reader knows: those that came with it, and those of the desk's `names.txt`.
    pub(super) fn known_names(&self) -> Result<Gazetteer, Error> {
        self.with_built_in(&self.names_file()?)
    }

    fn with_built_in(&self, own: &str) -> Result<Gazetteer, Error> {
        let mut known = Gazetteer::built_in();
        let own = Gazetteer::parse(own);
        known.merge(own.map_err(|why| Error::Names { path: self.root().join(NAMES), why })?);
        Ok(known)
    }

    /// The same, the desk's list kept as it was.
    pub(super) fn names(&self) -> Result<Names, Error> {
        let text = self.names_file()?;
        let known = self.with_built_in(&text)?;
        if read::entries(&text).next().is_none() {
            return Ok(Names { known, note: None });
        }
        let digest = self.blobs.put(text.as_bytes())?;
        Ok(Names { known, note: Some(format!("read with the desk's names, sha256 {}", EntryId(digest))) })
    }

    /// The entries of the desk's own list, or of the one that comes with the product.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn list_names(&self, built_in: bool) -> Result<Vec<NameEntry>, Error> {
        let text = if built_in { read::BUILT_IN.to_owned() } else { self.names_file()? };
        Ok(read::entries(&text).map(|(line, text)| NameEntry { line, text: text.to_owned() }).collect())
    }

    /// Names that a sample may name: products as far as they are known, the companies of the desk's own list, and those that texts of
    /// a case say were breached.
    pub(super) fn products(&mut self, case: Option<&str>) -> Result<Vec<String>, Error> {
        let own = self.names_file()?;
        let named = |text: &str, is_wanted: fn(&str) -> bool| -> Vec<String> {
            let companies = read::entries(text).filter_map(|(_, line)| line.strip_prefix("company:"));
            let names = companies.flat_map(|names| names.split(';')).map(str::trim).filter(|name| is_wanted(name));
            names.map(|name| name.trim_start_matches('+').trim().to_owned()).filter(|name| !name.is_empty()).collect()
        };
        let mut products = named(read::BUILT_IN, |name| name.starts_with('+'));
        products.extend(named(&own, |name| !name.starts_with('@')));
        let case = case.map(|case| self.case(case)).transpose()?;
        for reading in case.iter().flat_map(|case| &case.sources).map(|source| &source.reading) {
            products.extend(reading.allegations.iter().map(|it| it.victim.clone()));
            products.extend(reading.offers.iter().filter_map(|it| it.victim.clone()));
            let breached = reading.organisations.iter().filter(|it| it.role == OrganisationRole::AllegedVictim);
            products.extend(breached.map(|it| it.name.clone()));
        }
        Ok(products)
    }

    /// What is wrong with the desk's own list, line by line.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn check_names(&self) -> Result<Vec<GazetteerError>, Error> {
        Ok(Gazetteer::check(&self.names_file()?))
    }

    /// Adds an entry to the desk's own list; gives it as written.
    ///
    /// # Errors
    /// It is no entry, or the file cannot be written.
    pub fn add_name(&self, kind: &str, names: &[String]) -> Result<NameEntry, Error> {
        let path = self.root().join(NAMES);
        let before = self.names_file()?;
        let line = before.lines().count() + 1;
        // What would end the line, or part the name, cannot be in one.
        let plain = |name: &String| name.replace([';', '\n', '\r'], " ").trim().to_owned();
        let text = format!("{kind}: {}", names.iter().map(plain).collect::<Vec<_>>().join("; "));
        if let Some(why) = Gazetteer::check(&text).into_iter().next() {
            return Err(Error::Names { path: PathBuf::from("the new entry"), why });
        }
        let fresh = if before.is_empty() { TEMPLATE } else { "" };
        let ended = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
        append(&path, &format!("{fresh}{ended}{text}\n"))?;
        let line = line + fresh.lines().count();
        Ok(NameEntry { line, text })
    }

    pub(super) fn names_file(&self) -> Result<String, Error> {
        let path = self.root().join(NAMES);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(text),
            Err(why) if why.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
            Err(why) => Err(Error::File { action: "read", path, why }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_says_nothing_by_itself() {
        assert_eq!(read::entries(TEMPLATE).count(), 0);
        let example = TEMPLATE.lines().find_map(|l| l.strip_prefix("#   company")).unwrap_or_default();
        assert!(Gazetteer::check(&format!("company{example}")).is_empty() && !example.is_empty());
    }
}
