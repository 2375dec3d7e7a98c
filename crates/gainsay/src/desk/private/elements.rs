//! What is compared: how a sample, a list or a line of it becomes elements, alike on both sides. `docs/private-match-1.md` fixes it.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::ops::ControlFlow;
use std::path::Path;

use fingerprint::{Channel, Fingerprinter, Fingerprints, Profile};
use private_match::Terms;
use sha2::{Digest, Sha256};
use unpack::Event;

use super::Error;
use crate::capture::{self, Opener};
use crate::claim::ElementKind;
use crate::desk::add::files_below;
use crate::desk::listings::Listings;
use crate::desk::samples::{Source, sources};
use crate::desk::{self, SampleProgress};

/// The longest element, in bytes.
const LONGEST: usize = 1 << 10;

/// The longest line of a list that is read.
const LONGEST_LINE: u64 = 1 << 16;

/// Lines that are worked on at a time.
const LINES: usize = 1 << 14;

/// What a name and a password are hashed with: 32 MiB and some tenth of a second each, so that nobody tries many passwords.
const SCRYPT: (u8, u32, u32) = (15, 8, 1);

/// Takes a line of a list with its element.
type TakeLine<'t> = dyn FnMut(&str, Vec<u8>) -> Result<(), desk::Error> + 't;

/// Takes some lines of a list, and for each its element, where it has one.
type TakePart<'t> = dyn FnMut(&[String], Vec<Option<Vec<u8>>>) -> Result<(), desk::Error> + 't;

/// What is compared: a kind, and of accounts the domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct What {
    pub(super) kind: ElementKind,
    pub(super) domain: Option<String>,
}

impl What {
    /// # Errors
    /// Accounts without a domain, a domain that is none, or one where there are no accounts.
    pub(super) fn new(kind: ElementKind, domain: Option<&str>) -> Result<What, Error> {
        let of_accounts = matches!(kind, ElementKind::Accounts | ElementKind::Credentials);
        let domain = domain.map(|domain| domain.trim().to_lowercase());
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c);
        let is_one = |it: &String| (3..=100).contains(&it.len()) && it.contains('.') && it.chars().all(plain);
        match (of_accounts, &domain) {
            (true, Some(domain)) if is_one(domain) => {}
            (false, None) => {}
            _ => return Err(Error::Domain),
        }
        Ok(What { kind, domain })
    }

    /// In the words that both sign.
    pub(super) fn words(&self) -> String {
        let at = self.domain.as_deref().unwrap_or_default();
        match self.kind {
            ElementKind::Text => "fingerprints of text".to_owned(),
            ElementKind::Code => "fingerprints of source code".to_owned(),
            ElementKind::Parts => "fingerprints of parts of binary files".to_owned(),
            ElementKind::Files => "digests of files".to_owned(),
            ElementKind::Listing => "names and sizes of files".to_owned(),
            ElementKind::Ids => "ids of builds and symbols".to_owned(),
            ElementKind::Lines => "lines of text".to_owned(),
            ElementKind::Accounts => format!("login names at {at}"),
            ElementKind::Credentials => format!("login names with passwords at {at}"),
        }
    }

    /// What fixes how elements are made.
    pub(super) fn profile(&self) -> [u8; 32] {
        match self.kind {
            ElementKind::Text | ElementKind::Code | ElementKind::Parts => Profile::one().id().0,
            kind => {
                Sha256::new().chain_update(b"gainsay private 1 elements ").chain_update(kind.word()).finalize().into()
            }
        }
    }

    /// What terms say that is compared.
    ///
    /// # Errors
    /// It is nothing that this program knows.
    pub(super) fn of(terms: &Terms) -> Result<What, Error> {
        let unknown = || Error::OtherElements { inputs: terms.inputs.clone() };
        let named = ElementKind::ALL.iter().find_map(|kind| {
            let domain = matches!(kind, ElementKind::Accounts | ElementKind::Credentials)
                .then(|| terms.inputs.rsplit(' ').next())
                .flatten();
            What::new(*kind, domain).ok().filter(|what| what.words() == terms.inputs)
        });
        named.filter(|what| what.profile() == terms.profile).ok_or_else(unknown)
    }

    /// The channel of fingerprints.
    pub(super) fn channel(&self) -> Option<Channel> {
        match self.kind {
            ElementKind::Text => Some(Channel::Text),
            ElementKind::Code => Some(Channel::Code),
            ElementKind::Parts => Some(Channel::Parts),
            _ => None,
        }
    }

    /// Whether elements are read from lists, one on each line.
    pub(super) fn is_listed(&self) -> bool {
        use ElementKind::{Accounts, Credentials, Ids, Lines};
        matches!(self.kind, Ids | Lines | Accounts | Credentials)
    }

    /// The element of a line of a list; `None` where it holds none, such as an account of another domain.
    fn of_line(&self, line: &str) -> Option<Vec<u8>> {
        let line = line.trim();
        let at_domain = |name: &str| {
            let name = name.trim().to_lowercase();
            let is_there =
                name.rsplit_once('@').is_some_and(|(user, at)| !user.is_empty() && Some(at) == self.domain.as_deref());
            is_there.then_some(name)
        };
        let element = match self.kind {
            ElementKind::Ids => {
                line.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase().into()
            }
            ElementKind::Lines => line.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase().into_bytes(),
            ElementKind::Accounts => sha256(at_domain(line)?.as_bytes()).to_vec(),
            ElementKind::Credentials => {
                let (name, password) = line.split_once([':', '\t'])?;
                slow(&at_domain(name)?, password)?.to_vec()
            }
            _ => return None,
        };
        match element.len() {
            0 => None,
            length if length > LONGEST => Some(sha256(&element).to_vec()),
            _ => Some(element),
        }
    }

    /// A line of a list as it may be shown: of a name with a password the name alone.
    pub(super) fn shown(&self, line: &str) -> String {
        let line = line.trim();
        match self.kind {
            ElementKind::Credentials => line.split([':', '\t']).next().unwrap_or_default().to_owned(),
            _ => line.to_owned(),
        }
    }

    /// Gives each line of a list that holds an element, with it.
    ///
    /// # Errors
    /// The list can't be read, or `take` fails.
    pub(super) fn each_line(&self, path: &Path, take: &mut TakeLine<'_>) -> Result<(), desk::Error> {
        self.each_part(path, &mut |lines, elements| {
            lines.iter().zip(elements).try_for_each(|(line, element)| match element {
                Some(element) => take(line, element),
                None => Ok(()),
            })
        })
    }

    /// Gives the elements of a list, some at a time.
    ///
    /// # Errors
    /// The list can't be read, or `take` fails.
    pub(super) fn each_of_list(
        &self,
        path: &Path,
        take: &mut dyn FnMut(Vec<Vec<u8>>) -> Result<(), desk::Error>,
    ) -> Result<(), desk::Error> {
        self.each_part(path, &mut |_, elements| take(elements.into_iter().flatten().collect()))
    }

    /// Gives the lines of a list, some at a time, and for each its element, where it has one.
    ///
    /// # Errors
    /// The list can't be read, or `take` fails.
    pub(super) fn each_part(&self, path: &Path, take: &mut TakePart<'_>) -> Result<(), desk::Error> {
        let mut reader = BufReader::new(capture::open(path)?);
        loop {
            let lines = some_lines(&mut reader).map_err(|why| desk::Error::File {
                action: "read",
                path: path.to_owned(),
                why,
            })?;
            if lines.is_empty() {
                return Ok(());
            }
            let threads = if self.kind == ElementKind::Credentials { super::threads() } else { 1 };
            let part = lines.len().div_ceil(threads).max(1);
            let elements = std::thread::scope(|scope| {
                let work = |part: &[String]| part.iter().map(|line| self.of_line(line)).collect::<Vec<_>>();
                let running: Vec<_> = lines.chunks(part).map(|part| scope.spawn(move || work(part))).collect();
                let each = running.into_iter();
                each.flat_map(|it| it.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
            });
            take(&lines, elements)?;
        }
    }
}

/// The next lines of a list; none at its end. What is no UTF-8 is replaced, what is longer than a line may be is cut.
fn some_lines(reader: &mut BufReader<File>) -> std::io::Result<Vec<String>> {
    let mut lines = Vec::new();
    while lines.len() < LINES {
        let mut line = Vec::new();
        if Read::take(&mut *reader, LONGEST_LINE).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        lines.push(String::from_utf8_lossy(&line).into_owned());
    }
    Ok(lines)
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// A name with a password, so that it costs to try one.
fn slow(name: &str, password: &str) -> Option<[u8; 32]> {
    let (log_n, r, p) = SCRYPT;
    let mut element = [0; 32];
    let params = scrypt::Params::new(log_n, r, p, element.len()).ok()?;
    let salt = [b"gainsay private 1 credentials ", name.as_bytes()].concat();
    scrypt::scrypt(password.as_bytes(), &salt, &params, &mut element).ok()?;
    Some(element)
}

/// Terms that say nothing but which elements take part.
pub(super) fn terms_of(what: &What, sampling: u32) -> Terms {
    Terms { inputs: what.words(), profile: what.profile(), ..blank(sampling) }
}

pub(super) fn blank(sampling: u32) -> Terms {
    Terms {
        claim: String::new(),
        inputs: String::new(),
        profile: [0; 32],
        mode: private_match::Mode::Count,
        sampling,
        elements: 0,
        bins: Vec::new(),
        precision: 40,
        sessions: 1,
        session: 1,
        sample: [0; 32],
        nonce: [0; 32],
    }
}

/// The element of a fingerprint: the 56 bits of it that an index keeps.
pub(super) fn of_fingerprint(fingerprint: u64) -> [u8; 7] {
    fingerprint.to_be_bytes().first_chunk().copied().unwrap_or_default()
}

/// The element of a file's name and size: the last two parts of its path in lower case.
pub(super) fn of_listed(path: &[u8], bytes: u64) -> Vec<u8> {
    let path = path.to_ascii_lowercase();
    let mut parts = path.rsplit(|byte| *byte == b'/');
    let (name, folder) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let mut element = bytes.to_be_bytes().to_vec();
    element.extend(folder.iter().chain(b"/").chain(name));
    if element.len() > LONGEST { sha256(&element).to_vec() } else { element }
}

/// Elements by group, each group sorted and without what comes twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Elements {
    pub(super) groups: Vec<Group>,
}

/// The elements of a file, or of all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) name: String,
    bytes: Vec<u8>,
    /// Where each ends.
    ends: Vec<usize>,
    /// How many stood there when it was last sorted.
    sorted: usize,
}

/// So many more may come before a group is sorted again.
const SORTED_EACH: usize = 1 << 20;

impl Group {
    fn push(&mut self, element: &[u8]) {
        self.bytes.extend(element);
        self.ends.push(self.bytes.len());
        if self.ends.len() > 2 * self.sorted + SORTED_EACH {
            self.sort();
        }
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Each element.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let begins = std::iter::once(0).chain(self.ends.iter().copied());
        begins.zip(&self.ends).filter_map(|(begin, end)| self.bytes.get(begin..*end))
    }

    fn sort(&mut self) {
        if self.sorted == self.ends.len() {
            return;
        }
        let mut elements: Vec<&[u8]> = self.iter().collect();
        elements.sort_unstable();
        elements.dedup();
        let mut sorted = Group { name: self.name.clone(), ..Group::default() };
        for element in elements {
            sorted.bytes.extend(element);
            sorted.ends.push(sorted.bytes.len());
        }
        sorted.sorted = sorted.ends.len();
        *self = sorted;
    }
}

impl Elements {
    /// Leaves out what does not take part by the terms' sampling, and groups of which then nothing is left.
    pub(super) fn sample(&mut self, terms: &Terms) {
        if terms.sampling > 1 {
            for group in &mut self.groups {
                let mut kept = Group { name: std::mem::take(&mut group.name), ..Group::default() };
                group.iter().filter(|element| terms.keeps(element)).for_each(|element| kept.push(element));
                *group = kept;
            }
        }
        self.groups.iter_mut().for_each(Group::sort);
        self.groups.retain(|group| group.len() > 0);
    }

    /// As the desk keeps them: of each group the length of its name, the name, the number of its elements, and each behind its length.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for group in &self.groups {
            bytes.extend((group.name.len() as u64).to_le_bytes());
            bytes.extend(group.name.as_bytes());
            bytes.extend((group.len() as u64).to_le_bytes());
            for element in group.iter() {
                bytes.extend(u16::try_from(element.len()).unwrap_or(u16::MAX).to_le_bytes());
                bytes.extend(element);
            }
        }
        bytes
    }

    /// # Errors
    /// The bytes are none that were kept.
    pub(super) fn from_bytes(mut bytes: &[u8]) -> Option<Elements> {
        let mut elements = Elements::default();
        while !bytes.is_empty() {
            let name = take(&mut bytes, 8)?;
            let name = take(&mut bytes, usize::try_from(u64::from_le_bytes(name.try_into().ok()?)).ok()?)?;
            let mut group = Group { name: String::from_utf8(name.to_vec()).ok()?, ..Group::default() };
            let count = u64::from_le_bytes(take(&mut bytes, 8)?.try_into().ok()?);
            for _ in 0..count {
                let length = u16::from_le_bytes(take(&mut bytes, 2)?.try_into().ok()?);
                group.bytes.extend(take(&mut bytes, usize::from(length))?);
                group.ends.push(group.bytes.len());
            }
            elements.groups.push(group);
        }
        Some(elements)
    }

    /// Reads a sample, or a list of elements.
    ///
    /// # Errors
    /// It can't be read, or holds no such elements.
    pub(super) fn read(
        what: &What,
        path: &Path,
        by_file: bool,
        (passwords, unjailed): (&[String], bool),
        progress: &mut dyn FnMut(SampleProgress),
    ) -> Result<Elements, desk::Error> {
        let mut elements = Elements::default();
        if what.is_listed() {
            let mut group = Group::default();
            what.each_of_list(path, &mut |some| {
                some.iter().for_each(|element| group.push(element));
                Ok(())
            })?;
            elements.groups.push(group);
        } else {
            elements.read_files(what, path, by_file, (passwords, unjailed), progress)?;
        }
        elements.groups.iter_mut().for_each(Group::sort);
        elements.groups.retain(|group| group.len() > 0);
        if elements.groups.is_empty() {
            return Err(Error::NoElements { path: path.to_owned(), what: what.words() }.into());
        }
        Ok(elements)
    }

    fn read_files(
        &mut self,
        what: &What,
        path: &Path,
        by_file: bool,
        (passwords, unjailed): (&[String], bool),
        progress: &mut dyn FnMut(SampleProgress),
    ) -> Result<(), desk::Error> {
        let mut opener = Opener::start(unjailed)?;
        opener.set_passwords(passwords)?;
        let sources = if path.is_dir() { sources(path, files_below(path).files) } else { vec![Source::of_file(path)] };
        let (profile, mut done) = (Profile::one(), SampleProgress::default());
        for source in sources {
            let mut open = None;
            opener.files(&source.name, &source.open()?, &mut |event| {
                match event {
                    Event::File { path, .. } => {
                        let fingerprinter = Fingerprinter::new(&profile, path.as_bytes());
                        open = Some((path.to_owned(), fingerprinter, Listings::reader(false)));
                    }
                    Event::Data(bytes) => {
                        if let Some((_, fingerprinter, listing)) = &mut open {
                            fingerprinter.update(bytes);
                            if what.kind == ElementKind::Listing {
                                listing.push(bytes);
                            }
                            done.bytes += bytes.len() as u64;
                        }
                    }
                    Event::End { .. } => {
                        if let Some((path, fingerprinter, listing)) = open.take() {
                            done.files += 1;
                            progress(done);
                            let group = self.group(&path, by_file);
                            match what.kind {
                                ElementKind::Listing => of_listing(group, &path, fingerprinter.finish().bytes, listing),
                                kind => of_file(group, kind, &fingerprinter.finish()),
                            }
                        }
                    }
                    // Of a document its text stands in the company's index too.
                    Event::Text { text, .. } if what.kind == ElementKind::Text => {
                        let mut fingerprinter = Fingerprinter::new(&profile, b".txt");
                        fingerprinter.update(text.as_bytes());
                        if let Some(group) = self.groups.last_mut() {
                            of_file(group, what.kind, &fingerprinter.finish());
                        }
                    }
                    Event::Text { .. }
                    | Event::Picture(_)
                    | Event::Fact(_)
                    | Event::Archive { .. }
                    | Event::Clue(_)
                    | Event::Finding(_) => {}
                }
                ControlFlow::Continue(())
            })?;
        }
        Ok(())
    }

    /// The group of a file.
    fn group(&mut self, path: &str, by_file: bool) -> &mut Group {
        if by_file || self.groups.is_empty() {
            let name = if by_file { path.to_owned() } else { String::new() };
            self.groups.push(Group { name, ..Group::default() });
        }
        let last = self.groups.len() - 1;
        &mut self.groups[last]
    }
}

fn of_file(group: &mut Group, kind: ElementKind, of: &Fingerprints) {
    let (fingerprints, sketches) = match kind {
        ElementKind::Text => (&of.text, &[][..]),
        ElementKind::Code => (&of.code, &[][..]),
        // As an index holds them: side by side.
        ElementKind::Parts => (&of.parts, &of.sketches[..]),
        _ => {
            // An empty file is everybody's.
            if of.bytes > 0 {
                group.push(&of.blake3[..16]);
            }
            return;
        }
    };
    fingerprints.iter().chain(sketches).for_each(|fingerprint| group.push(&of_fingerprint(*fingerprint)));
}

/// What a listing lists; of another file its own path and size.
fn of_listing(group: &mut Group, path: &str, bytes: u64, reader: crate::listing::Reader) {
    match reader.finish() {
        Some(listing) => {
            for entry in listing.entries.iter().filter(|entry| !entry.is_folder) {
                if let Some(bytes) = entry.exact_bytes() {
                    group.push(&of_listed(&entry.path, bytes));
                }
            }
        }
        None => group.push(&of_listed(path.rsplit('!').next().unwrap_or(path).as_bytes(), bytes)),
    }
}

fn take<'b>(bytes: &mut &'b [u8], count: usize) -> Option<&'b [u8]> {
    let (now, later) = bytes.split_at_checked(count)?;
    *bytes = later;
    Some(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_line(kind: ElementKind, domain: Option<&str>, line: &str) -> Option<Vec<u8>> {
        What::new(kind, domain).expect("a kind").of_line(line)
    }

    #[test]
    fn lines_become_elements_alike_on_both_sides() {
        assert_eq!(of_line(ElementKind::Ids, None, " {3F2504E0-4F89}\r\n").as_deref(), Some(&b"3f2504e04f89"[..]));
        assert_eq!(of_line(ElementKind::Lines, None, "  Build\tAgent  7 ").as_deref(), Some(&b"build agent 7"[..]));
        assert_eq!(of_line(ElementKind::Lines, None, " \n"), None);
        assert_eq!(of_line(ElementKind::Lines, None, &"x".repeat(2000)).map(|it| it.len()), Some(32));
        let name = of_line(ElementKind::Accounts, Some("Example.com"), "Ana@EXAMPLE.com");
        assert_eq!(name, Some(sha256(b"ana@example.com").to_vec()));
        assert_eq!(of_line(ElementKind::Accounts, Some("example.com"), "ana@evil-example.com"), None);
        assert_eq!(of_line(ElementKind::Accounts, Some("example.com"), "@example.com"), None);
    }

    /// The example of docs/private-match-1.md.
    #[test]
    fn a_name_with_a_password_is_hashed_slowly() {
        let colon = of_line(ElementKind::Credentials, Some("example.com"), "ana@example.com:correct: horse");
        let tab = of_line(ElementKind::Credentials, Some("example.com"), "Ana@example.com\tcorrect: horse");
        assert_eq!(colon, tab);
        let hex: String = colon.expect("a pair").iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "c54a38a3235d734f67b4aca8ead4c9f2af05c97d7507f10e04cf4a5763371723");
        assert_eq!(of_line(ElementKind::Credentials, Some("example.com"), "ana@example.com"), None);
    }

    #[test]
    fn what_is_compared_is_read_from_the_words_that_both_sign() {
        let mut terms = crate::desk::private::no_terms();
        for (kind, domain) in [(ElementKind::Text, None), (ElementKind::Accounts, Some("example.com"))] {
            let what = What::new(kind, domain).expect("a kind");
            (terms.inputs, terms.profile) = (what.words(), what.profile());
            assert_eq!(What::of(&terms).expect("known"), what);
        }
        terms.profile = [0; 32];
        assert!(What::of(&terms).is_err());
        assert!(What::new(ElementKind::Text, Some("example.com")).is_err());
        assert!(What::new(ElementKind::Accounts, None).is_err());
        assert!(What::new(ElementKind::Accounts, Some("example com")).is_err());
    }

    #[test]
    fn elements_are_kept_as_they_are() {
        let mut group = Group { name: "a.c".to_owned(), ..Group::default() };
        [&b"two"[..], b"one", b"two"].iter().for_each(|element| group.push(element));
        let mut elements = Elements { groups: vec![group, Group { name: "empty".to_owned(), ..Group::default() }] };
        elements.sample(&crate::desk::private::no_terms());
        assert_eq!(elements.groups.iter().map(Group::len).collect::<Vec<_>>(), [2]);
        let bytes = elements.to_bytes();
        let read = Elements::from_bytes(&bytes).expect("elements");
        assert_eq!(read.groups[0].iter().collect::<Vec<_>>(), [&b"one"[..], b"two"]);
        assert_eq!(read.groups[0].name, "a.c");
        assert!(Elements::from_bytes(&bytes[..bytes.len() - 1]).is_none());
    }

    #[test]
    fn a_file_is_listed_by_its_last_two_names_and_its_size() {
        let element = of_listed(b"D/Share/Src/Main.c", 258);
        assert_eq!(element, [&[0, 0, 0, 0, 0, 0, 1, 2][..], b"src/main.c"].concat());
        assert_eq!(of_listed(b"main.c", 0), [&[0; 8][..], b"/main.c"].concat());
    }
}
