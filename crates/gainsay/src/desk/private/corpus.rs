//! What an owner holds a sample against: its corpora, without what everybody has, or lists.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs::File;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use fingerprint::{Filter, Index, PathId};

use super::elements::{What, of_fingerprint, of_listed};
use super::{Error, hex};
use crate::claim::{CorpusRole, ElementKind, Root};
use crate::desk::vault::digest_file;
use crate::desk::{self, Corpus, Desk};

/// Elements that are worked on at a time.
const BATCH: usize = 1 << 14;

/// Where an owner's elements come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// A corpus; where its paths lie in several places, one of them.
    Corpus { name: String, place: Option<Option<String>> },
    /// A list, with its label.
    List { label: String, path: PathBuf },
}

impl Origin {
    /// What and where it is, as the other side is told.
    pub(super) fn label(&self, corpora: &BTreeMap<String, Corpus>) -> String {
        match self {
            Origin::List { label, .. } => label.clone(),
            Origin::Corpus { name, place } => {
                let places = match place {
                    Some(place) => place.iter().cloned().collect(),
                    None => corpora.get(name).map(places).unwrap_or_default().into_iter().flatten().collect(),
                };
                let places: Vec<String> = places;
                if places.is_empty() { name.clone() } else { format!("{name}, {}", places.join(" and ")) }
            }
        }
    }

    /// As the desk keeps it.
    pub(super) fn to_text(&self) -> String {
        match self {
            Origin::Corpus { name, place: None } => format!("corpus\n{name}"),
            Origin::Corpus { name, place: Some(None) } => format!("elsewhere\n{name}"),
            Origin::Corpus { name, place: Some(Some(place)) } => format!("place\n{name}\n{place}"),
            Origin::List { label, path } => format!("list\n{label}\n{}", path.to_string_lossy()),
        }
    }

    pub(super) fn from_text(text: &str) -> Option<Origin> {
        let parts: Vec<&str> = text.splitn(3, '\n').collect();
        Some(match parts.as_slice() {
            ["corpus", name] => Origin::Corpus { name: (*name).to_owned(), place: None },
            ["elsewhere", name] => Origin::Corpus { name: (*name).to_owned(), place: Some(None) },
            ["place", name, place] => {
                Origin::Corpus { name: (*name).to_owned(), place: Some(Some((*place).to_owned())) }
            }
            ["list", label, path] => Origin::List { label: (*label).to_owned(), path: PathBuf::from(path) },
            _ => return None,
        })
    }
}

/// The places of a corpus's paths.
fn places(corpus: &Corpus) -> BTreeSet<Option<String>> {
    corpus.roots().into_iter().map(|root| root.place).collect()
}

/// The origins that an owner's own corpora are: of one whose paths lie in several places, one for each.
///
/// # Errors
/// One that is named is not there or not the owner's own, or there is none.
pub(super) fn own(corpora: &BTreeMap<String, Corpus>, named: &[String]) -> Result<Vec<Origin>, desk::Error> {
    if let Some(name) = named.iter().find(|name| corpora.get(*name).is_none_or(|it| it.indexed.role != CorpusRole::Own))
    {
        return Err(desk::Error::UnknownCorpus { name: name.clone() });
    }
    let chosen = |name: &String| named.is_empty() || named.contains(name);
    let own = corpora.iter().filter(|(name, it)| it.indexed.role == CorpusRole::Own && chosen(name));
    let mut origins = Vec::new();
    for (name, corpus) in own {
        let places = places(corpus);
        match places.len() {
            0 | 1 => origins.push(Origin::Corpus { name: name.clone(), place: None }),
            _ => origins
                .extend(places.into_iter().map(|place| Origin::Corpus { name: name.clone(), place: Some(place) })),
        }
    }
    if origins.is_empty() { Err(desk::Error::NoCorpus) } else { Ok(origins) }
}

/// What of the owner's own is left out as what everybody has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LeftOut {
    /// What public corpora have.
    Indexed,
    /// The same, some of it by filters, which take a little more.
    Filtered,
    /// Nothing: there is no public corpus.
    Nothing,
    /// Lists are compared as they are.
    Lists,
}

/// The owner's elements, ready to be gone through.
pub(super) struct Held<'d> {
    desk: &'d Desk,
    what: &'d What,
    corpora: BTreeMap<String, Corpus>,
    public: Vec<(Index<File>, Vec<Filter<File>>)>,
}

impl<'d> Held<'d> {
    /// # Errors
    /// A public corpus can't be opened.
    pub(super) fn of(desk: &'d Desk, what: &'d What) -> Result<Held<'d>, desk::Error> {
        let corpora = desk.corpora()?;
        let public = corpora.values().filter(|it| it.indexed.role != CorpusRole::Own);
        let public = public.map(|it| Ok::<_, desk::Error>((desk.index(it)?, desk.filters(it)?)));
        Ok(Held { desk, what, public: public.collect::<Result<_, _>>()?, corpora })
    }

    pub(super) fn corpora(&self) -> &BTreeMap<String, Corpus> {
        &self.corpora
    }

    /// What is left out of the owner's own.
    pub(super) fn left_out(&self) -> LeftOut {
        match self.public.as_slice() {
            _ if self.what.is_listed() => LeftOut::Lists,
            [] => LeftOut::Nothing,
            public if public.iter().any(|(_, filters)| !filters.is_empty()) => LeftOut::Filtered,
            _ => LeftOut::Indexed,
        }
    }

    /// Whether a public corpus has this content, of whose BLAKE3 an index keeps the first half.
    fn is_public(&self, content: &[u8; 16]) -> Result<bool, desk::Error> {
        let digest = whole(content);
        for (index, filters) in &self.public {
            if index.content_by_blake3(&digest).map_err(Error::from)?.is_some() {
                return Ok(true);
            }
            for filter in filters {
                if !filter.contents(&[digest]).map_err(Error::from)?.is_empty() {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Gives the elements of an origin, some at a time.
    ///
    /// # Errors
    /// It can't be read, or `take` fails.
    pub(super) fn each(&self, origin: &Origin, take: &mut Take<'_>) -> Result<(), desk::Error> {
        match origin {
            Origin::List { path, .. } => self.what.each_of_list(path, &mut |some| take(&some)),
            Origin::Corpus { name, place } => {
                let index = self.index(name)?;
                let of = OfCorpus { held: self, index: &index, roots: self.roots(name), place: place.as_ref() };
                match (self.what.channel(), self.what.kind) {
                    (Some(channel), _) => of.fingerprints(channel, take),
                    (None, ElementKind::Listing) => of.listed(take),
                    (None, _) => of.contents(take),
                }
            }
        }
    }

    /// What an owner's manifest says of an origin.
    ///
    /// # Errors
    /// A list can't be read.
    pub(super) fn manifest(&self, origin: &Origin, elements: u64) -> Result<String, desk::Error> {
        let label = origin.label(&self.corpora);
        Ok(match origin {
            Origin::List { path, .. } => {
                let (digest, size) = digest_file(path)?;
                format!("{label}: {elements} elements of a list of {size} bytes, SHA-256 {}\n", hex(&digest))
            }
            Origin::Corpus { name, .. } => {
                let Some(corpus) = self.corpora.get(name) else { return Ok(String::new()) };
                let files = corpus.files();
                let segments: Vec<String> = files.iter().map(|file| hex(&file.blake3)).collect();
                format!(
                    "{label}: {elements} elements of corpus {name}, entry {}, indexed {}, segments (BLAKE3) {}\n",
                    corpus.entry,
                    corpus.received,
                    segments.join(" ")
                )
            }
        })
    }

    /// How many elements of an origin `find` finds, by their places in what it is given, and where those stand, most of them first: of a
    /// corpus its paths with how many each has, of a list the lines.
    ///
    /// # Errors
    /// The origin can't be read, or `find` fails.
    pub(super) fn places_of(
        &self,
        origin: &Origin,
        find: &mut Find<'_>,
    ) -> Result<(usize, Vec<(String, usize)>), desk::Error> {
        let (mut count, mut places) = (0, BTreeMap::<String, usize>::new());
        match origin {
            // What a line holds may take long to make: it is made once.
            Origin::List { path, .. } => self.what.each_part(path, &mut |lines, elements| {
                let held = lines.iter().zip(elements).filter_map(|(line, element)| Some((line, element?)));
                let (lines, elements): (Vec<&String>, Vec<Vec<u8>>) = held.unzip();
                let found = find(&elements)?;
                count += found.len();
                let lines = found.into_iter().filter_map(|place| lines.get(place));
                places.extend(lines.map(|line| (self.what.shown(line), 1)));
                Ok(())
            })?,
            Origin::Corpus { name, .. } => {
                let mut found: Vec<Vec<u8>> = Vec::new();
                self.each(origin, &mut |elements| {
                    found.extend(find(elements)?.into_iter().filter_map(|place| elements.get(place).cloned()));
                    Ok(())
                })?;
                count = found.len();
                let index = self.index(name)?;
                let mut ids: BTreeMap<PathId, usize> = BTreeMap::new();
                if let Some(channel) = self.what.channel() {
                    let mut keys: Vec<u64> = found.iter().map(|element| fingerprint_of(element)).collect();
                    keys.sort_unstable();
                    let mut last = BTreeSet::new();
                    let found = index.look_up(channel, &keys, &mut |posting| {
                        // A path counts once for each fingerprint, however often it stood there.
                        if last.insert((posting.fingerprint, posting.interval.path)) {
                            *ids.entry(posting.interval.path).or_default() += 1;
                        }
                    });
                    found.map_err(Error::from)?;
                } else if self.what.kind == ElementKind::Files {
                    for element in &found {
                        let content = index.content_by_blake3(&whole(element)).map_err(Error::from)?;
                        let places: BTreeSet<PathId> =
                            content.into_iter().flat_map(|(_, at)| at).map(|at| at.path).collect();
                        places.into_iter().for_each(|path| *ids.entry(path).or_default() += 1);
                    }
                }
                for (path, count) in ids {
                    let path = index.path(path).map_err(Error::from)?;
                    places.insert(String::from_utf8_lossy(&path).into_owned(), count);
                }
                if self.what.kind == ElementKind::Listing {
                    places.extend(
                        found
                            .iter()
                            .map(|it| (String::from_utf8_lossy(it.get(8..).unwrap_or_default()).into_owned(), 1)),
                    );
                }
            }
        }
        let mut places: Vec<(String, usize)> = places.into_iter().collect();
        places.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        Ok((count, places))
    }

    fn index(&self, name: &str) -> Result<Index<File>, desk::Error> {
        let corpus = self.corpora.get(name);
        self.desk.index(corpus.ok_or_else(|| desk::Error::UnknownCorpus { name: name.to_owned() })?)
    }

    fn roots(&self, name: &str) -> Vec<Root> {
        self.corpora.get(name).map(Corpus::roots).unwrap_or_default()
    }
}

/// The fingerprint of an element, with zeros behind the bits that are compared.
fn fingerprint_of(element: &[u8]) -> u64 {
    element.iter().take(7).fold(0, |number, byte| number << 8 | u64::from(*byte)) << 8
}

/// A digest of which the first half is known.
fn whole(half: &[u8]) -> [u8; 32] {
    let mut digest = [0; 32];
    digest.iter_mut().zip(half).for_each(|(byte, of)| *byte = *of);
    digest
}

/// A corpus, or one place of it.
struct OfCorpus<'h> {
    held: &'h Held<'h>,
    index: &'h Index<File>,
    roots: Vec<Root>,
    place: Option<&'h Option<String>>,
}

/// Takes some elements.
type Take<'t> = dyn FnMut(&[Vec<u8>]) -> Result<(), desk::Error> + 't;

/// Tells which of some elements are wanted: their places among them.
type Find<'f> = dyn FnMut(&[Vec<u8>]) -> Result<Vec<usize>, desk::Error> + 'f;

/// A failure on the way through an index.
enum Failed {
    Desk(desk::Error),
    Segment(fingerprint::SegmentError),
}

impl From<fingerprint::SegmentError> for Failed {
    fn from(error: fingerprint::SegmentError) -> Failed {
        Failed::Segment(error)
    }
}

impl From<desk::Error> for Failed {
    fn from(error: desk::Error) -> Failed {
        Failed::Desk(error)
    }
}

impl From<Failed> for desk::Error {
    fn from(failed: Failed) -> desk::Error {
        match failed {
            Failed::Desk(error) => error,
            Failed::Segment(error) => Error::Segment(error).into(),
        }
    }
}

impl OfCorpus<'_> {
    /// Which lines are in the place that is wanted; `None` where all are.
    fn lines(&self) -> Option<Vec<bool>> {
        let place = self.place?;
        let of = |name: &[u8]| {
            let line = Path::new(std::ffi::OsStr::from_bytes(name));
            let above = self.roots.iter().filter(|root| line.starts_with(std::ffi::OsStr::from_bytes(&root.path)));
            above.max_by_key(|root| root.path.len()).and_then(|root| root.place.as_ref())
        };
        Some(self.index.lines().map(|line| of(&line.name) == place.as_ref()).collect())
    }

    fn fingerprints(&self, channel: fingerprint::Channel, take: &mut Take<'_>) -> Result<(), desk::Error> {
        let lines = self.lines();
        let mut batch: Vec<u64> = Vec::with_capacity(BATCH);
        let mut give = |batch: &mut Vec<u64>| -> Result<(), desk::Error> {
            let mut out: HashSet<u64> = HashSet::new();
            for (index, filters) in &self.held.public {
                index.known(channel, batch, &mut |key| out.extend([key])).map_err(Error::from)?;
                for filter in filters {
                    filter.look_up(channel, batch, &mut |key| out.extend([key])).map_err(Error::from)?;
                }
            }
            if let Some(lines) = &lines {
                let (mut sets, mut here) = (Vec::new(), HashSet::new());
                let found = self.index.look_up_sets(channel, batch, &mut |key, set, intervals| {
                    if let Some(intervals) = intervals {
                        let is_there = |line: u32| lines.get(line as usize).copied().unwrap_or_default();
                        sets.push(intervals.iter().any(|interval| is_there(interval.line.0)));
                    }
                    if sets.get(set).copied().unwrap_or_default() {
                        here.insert(key);
                    }
                });
                found.map_err(Error::from)?;
                out.extend(batch.iter().filter(|key| !here.contains(key)));
            }
            let kept: Vec<Vec<u8>> =
                batch.iter().filter(|key| !out.contains(key)).map(|key| of_fingerprint(*key).to_vec()).collect();
            batch.clear();
            take(&kept)
        };
        self.index.each_fingerprint::<Failed>(channel, |key| {
            batch.push(key);
            if batch.len() == BATCH { Ok(give(&mut batch)?) } else { Ok(()) }
        })?;
        give(&mut batch)
    }

    fn contents(&self, take: &mut Take<'_>) -> Result<(), desk::Error> {
        let lines = self.lines();
        let empty: [u8; 32] = *blake3::hash(&[]).as_bytes();
        let mut batch: Vec<Vec<u8>> = Vec::new();
        self.index.each_content::<Failed>(|half| {
            let digest = whole(half);
            let mut is_out = *half == empty[..16] || self.held.is_public(half)?;
            if let (Some(lines), false) = (&lines, is_out) {
                let at = self.index.content_by_blake3(&digest)?.map(|(_, at)| at).unwrap_or_default();
                is_out = !at.iter().any(|at| lines.get(at.line.0 as usize).copied().unwrap_or_default());
            }
            if !is_out {
                batch.push(half.to_vec());
            }
            if batch.len() == BATCH {
                take(&batch)?;
                batch.clear();
            }
            Ok(())
        })?;
        take(&batch)
    }

    fn listed(&self, take: &mut Take<'_>) -> Result<(), desk::Error> {
        let lines = self.lines();
        let paths: Vec<PathId> = (0..self.index.paths()).map(PathId).collect();
        let (mut batch, mut failed): (Vec<Vec<u8>>, Option<Failed>) = (Vec::new(), None);
        let found = self.index.contents_at(&paths, &mut |content, at| {
            let is_public = match self.held.is_public(&content.blake3) {
                Ok(is_public) => is_public,
                Err(error) => {
                    failed = failed.take().or(Some(error.into()));
                    true
                }
            };
            for at in at.iter().filter(|_| !is_public) {
                if failed.is_some()
                    || lines.as_ref().is_some_and(|lines| !lines.get(at.line.0 as usize).copied().unwrap_or_default())
                {
                    continue;
                }
                match self.index.path(at.path) {
                    Ok(path) => batch.push(of_listed(&path, content.bytes)),
                    Err(error) => failed = Some(error.into()),
                }
            }
            if batch.len() >= BATCH && failed.is_none() {
                failed = take(&batch).err().map(Failed::from);
                batch.clear();
            }
        });
        found.map_err(Failed::from)?;
        match failed {
            Some(failed) => Err(failed.into()),
            None => take(&batch),
        }
    }
}
