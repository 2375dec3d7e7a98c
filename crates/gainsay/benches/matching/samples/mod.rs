//! Samples of every kind from a repository and a seed, and what is true of them.

mod edits;
pub(crate) mod foreign;
pub(crate) mod history;
mod listing;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::common::files::is_source;
use crate::common::numbers::Numbers;
use crate::common::{Result, name};
use foreign::Foreign;
use history::{History, Version};

/// What is shorter below the comment at its head, which is mostly a licence and everybody's, holds too little to be told by
/// anything but its bytes.
const LEAST_BYTES: usize = 1024;

/// At most so many versions of one path are in a sample: they tell nearly the same.
const VERSIONS: usize = 8;

/// Files of one taking.
const TAKEN: usize = 40;

/// How far two takings lie apart, in seconds.
const YEAR: i64 = 365 * 24 * 3600;

/// Entries of a listing.
const LISTED: usize = 100;

/// Files of a sample that holds nothing of ours.
const FOREIGN: usize = 1000;

/// Places with their own and the same files; of five files of a place four are in all.
pub(crate) const PLACES: usize = 10;

/// A kind of sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Exact,
    Reformat,
    Rename20,
    RenameAll,
    Delete30,
    Shuffle,
    Lines10,
    Ocr5,
    Unrelated,
    ForeignSamples,
    PublishedSamples,
    DatingExact,
    DatingEdited,
    TwoTakings,
    Listing100,
    Place,
}

impl Kind {
    pub(crate) const ALL: [Kind; 16] = [
        Kind::Exact,
        Kind::Reformat,
        Kind::Rename20,
        Kind::Delete30,
        Kind::Shuffle,
        Kind::RenameAll,
        Kind::Lines10,
        Kind::Ocr5,
        Kind::Unrelated,
        Kind::ForeignSamples,
        Kind::PublishedSamples,
        Kind::DatingExact,
        Kind::DatingEdited,
        Kind::TwoTakings,
        Kind::Listing100,
        Kind::Place,
    ];

    /// Those of which each file is judged by itself and is ours.
    pub(crate) const EDITS: [Kind; 8] = [
        Kind::Exact,
        Kind::Reformat,
        Kind::Rename20,
        Kind::Delete30,
        Kind::Shuffle,
        Kind::RenameAll,
        Kind::Lines10,
        Kind::Ocr5,
    ];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Kind::Exact => "exact",
            Kind::Reformat => "reformat",
            Kind::Rename20 => "rename20",
            Kind::RenameAll => "rename-all",
            Kind::Delete30 => "delete30",
            Kind::Shuffle => "shuffle",
            Kind::Lines10 => "lines10",
            Kind::Ocr5 => "ocr5",
            Kind::Unrelated => "unrelated",
            Kind::ForeignSamples => "foreign-samples",
            Kind::PublishedSamples => "published-samples",
            Kind::DatingExact => "dating-exact",
            Kind::DatingEdited => "dating-edited",
            Kind::TwoTakings => "two-takings",
            Kind::Listing100 => "listing-100",
            Kind::Place => "place",
        }
    }

    /// How many files a sample has, where nothing else is said.
    pub(crate) fn files(self) -> usize {
        match self {
            Kind::ForeignSamples => FOREIGN,
            Kind::Unrelated => 2000,
            Kind::PublishedSamples | Kind::Listing100 => LISTED,
            Kind::DatingExact | Kind::DatingEdited => TAKEN,
            // Of each of the two: small repositories have no more that differs.
            Kind::TwoTakings => 25,
            Kind::Place => 30,
            _ => 400,
        }
    }

    fn seed(self, seed: u64) -> Numbers {
        let number = Kind::ALL.iter().position(|kind| *kind == self).unwrap_or_default() as u64;
        let mut numbers = Numbers(seed.wrapping_mul(31).wrapping_add(number));
        numbers.next();
        numbers
    }

    /// The same file, edited as this kind does; nothing where it has no such place.
    fn edit(self, text: Vec<u8>, numbers: &mut Numbers) -> Result<Option<Vec<u8>>> {
        Ok(match self {
            Kind::Reformat => Some(edits::reformat(&text, numbers)),
            Kind::Rename20 => Some(edits::rename(&text, 200, numbers)?),
            Kind::RenameAll => Some(edits::rename(&text, 1000, numbers)?),
            Kind::Delete30 | Kind::DatingEdited => Some(edits::delete(&text, 300, numbers)),
            Kind::Shuffle => Some(edits::shuffle(&text, numbers)),
            Kind::Lines10 => edits::cut(&text, 10, 200, numbers),
            Kind::Ocr5 => edits::cut(&text, 30, 600, numbers).map(|cut| edits::misread(&cut, 50, numbers)),
            _ => Some(text),
        })
    }
}

/// What is true of a sample.
#[derive(Default)]
pub(crate) struct Truth {
    /// The commits that its files are of, by number in the line; nothing where every file has its own.
    pub(crate) commits: Vec<usize>,
    /// For each file of the sample, by its path there, whence it is.
    pub(crate) files: BTreeMap<String, Whence>,
    /// The place that it was taken from.
    pub(crate) place: Option<usize>,
}

/// Whence a file is: one of ours, of a commit, or a foreign one.
pub(crate) struct Whence {
    pub(crate) path: String,
    pub(crate) commit: Option<usize>,
}

impl Truth {
    fn to_json(&self, kind: Kind, seed: u64, repository: &Path, history: &History) -> Value {
        let id = |number: usize| history.commits.get(number).map(|commit| commit.id.to_hex().to_string());
        json!({
            "kind": kind.word(),
            "seed": seed,
            "repository": name(repository),
            "commits": self.commits.iter().map(|number| id(*number)).collect::<Vec<_>>(),
            "place": self.place.map(place_name),
            "files": self.files.iter().map(|(file, whence)| json!({
                "file": file,
                "ours": whence.commit.is_some(),
                "path": whence.path,
                "commit": whence.commit.and_then(id),
            })).collect::<Vec<_>>(),
        })
    }
}

/// Writes one sample below `out/sample` and what is true of it as `out/truth.json`; the ten places of which one was taken
/// stand below `out/places`.
pub(crate) fn make(repository: &Path, kind: Kind, seed: u64, foreign: &Foreign, out: &Path) -> Result<()> {
    let history = History::read(repository)?;
    let sample = out.join("sample");
    let truth = match kind {
        Kind::Place => {
            places(&history, seed, &out.join("places"))?;
            of_place(&out.join("places"), seed, &sample)?
        }
        _ => write(&history, kind, seed, kind.files(), foreign, &sample)?,
    };
    fs::create_dir_all(out)?;
    fs::write(out.join("truth.json"), serde_json::to_string_pretty(&truth.to_json(kind, seed, repository, &history))?)?;
    Ok(())
}

/// Writes one sample of a kind into a folder that is made for it.
pub(crate) fn write(
    history: &History,
    kind: Kind,
    seed: u64,
    count: usize,
    foreign: &Foreign,
    folder: &Path,
) -> Result<Truth> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    let mut numbers = kind.seed(seed);
    match kind {
        Kind::Unrelated => foreign.write(&foreign.like(history, count, &mut numbers), folder),
        Kind::ForeignSamples => foreign.write(&numbers.choose(&foreign.files, count), folder),
        Kind::DatingExact | Kind::DatingEdited => of_commit(history, kind, count, &mut numbers, folder),
        Kind::PublishedSamples => published(history, count, &mut numbers, folder),
        Kind::TwoTakings => two_takings(history, count, &mut numbers, folder),
        Kind::Listing100 => listing(history, count, seed, &mut numbers, folder),
        _ => edited(history, kind, count, &mut numbers, folder),
    }
}

/// Files of any commits, each edited.
fn edited(history: &History, kind: Kind, count: usize, numbers: &mut Numbers, folder: &Path) -> Result<Truth> {
    let mut truth = Truth::default();
    let (mut of_path, mut seen) = (BTreeMap::<&str, usize>::new(), BTreeSet::new());
    let all: Vec<&Version> = history.versions.iter().collect();
    for version in numbers.choose(&all, all.len()) {
        if truth.files.len() == count {
            break;
        }
        let versions = of_path.entry(&version.path).or_default();
        if *versions == VERSIONS || !is_ours(history, version)? || !seen.insert(version.blob) {
            continue;
        }
        let commit = version.first + numbers.index(version.last - version.first + 1);
        let Some(text) = kind.edit(history.bytes(version.blob)?, numbers)? else { continue };
        *versions += 1;
        put(&mut truth, version, commit, &text, folder)?;
    }
    Ok(truth)
}

/// Whether a version can be told: source code of the repository's own, long enough.
fn is_ours(history: &History, version: &Version) -> Result<bool> {
    let is_long = |text: &[u8]| edits::below_head(text).len() >= LEAST_BYTES;
    Ok(is_own_source(&version.path) && history.is(version.blob, &is_long)?)
}

/// Whether a path is of source code that the repository did not borrow.
fn is_own_source(path: &str) -> bool {
    let borrowed =
        ["vendor", "third_party", "third-party", "node_modules", "deps", "docs", "external", "Carthage", "Pods"];
    is_source(Path::new(path)) && !path.split('/').any(|part| borrowed.contains(&part)) && !path.contains(".min.")
}

fn put(truth: &mut Truth, version: &Version, commit: usize, text: &[u8], folder: &Path) -> Result<()> {
    let file_name = version.path.rsplit('/').next().unwrap_or_default();
    // What looks like an address is masked in what the program prints.
    let file = format!("{:04}/{}", truth.files.len(), file_name.replace('@', "-"));
    let path = folder.join(&file);
    fs::create_dir_all(path.parent().ok_or("a file without a folder")?)?;
    fs::write(path, text)?;
    truth.files.insert(file, Whence { path: version.path.clone(), commit: Some(commit) });
    Ok(())
}

/// The repository's own files at a commit, with different contents; fewer than `least` are no use.
fn standing(history: &History, commit: usize, least: usize) -> Result<Option<Vec<&Version>>> {
    let mut versions = Vec::new();
    let mut seen = BTreeSet::new();
    for version in history.at(commit) {
        if is_ours(history, version)? && seen.insert(version.blob) {
            versions.push(version);
        }
    }
    Ok((versions.len() >= least).then_some(versions))
}

/// A commit by chance at which enough stands, with what stands there.
fn commit<'h>(history: &'h History, least: usize, numbers: &mut Numbers) -> Result<(usize, Vec<&'h Version>)> {
    for _ in 0..200 {
        let commit = numbers.index(history.commits.len());
        if let Some(standing) = standing(history, commit, least)? {
            return Ok((commit, standing));
        }
    }
    Err(format!("no commit with {least} files of source code was found").into())
}

/// Files of one commit.
fn of_commit(history: &History, kind: Kind, count: usize, numbers: &mut Numbers, folder: &Path) -> Result<Truth> {
    let (commit, standing) = commit(history, count, numbers)?;
    let mut truth = Truth { commits: vec![commit], ..Truth::default() };
    for version in numbers.choose(&standing, count) {
        if let Some(text) = kind.edit(history.bytes(version.blob)?, numbers)? {
            put(&mut truth, version, commit, &text, folder)?;
        }
    }
    Ok(truth)
}

/// The commit whose files the company gave away: its own, in the middle of the line.
pub(crate) fn published_commit(history: &History) -> usize {
    history.newest() / 2
}

/// Files of the published commit, as they are or reformatted.
fn published(history: &History, count: usize, numbers: &mut Numbers, folder: &Path) -> Result<Truth> {
    let commit = published_commit(history);
    let mut truth = Truth { commits: vec![commit], ..Truth::default() };
    let kind = if numbers.happens(500) { Kind::Exact } else { Kind::Reformat };
    for version in numbers.choose(&history.at(commit), count) {
        let text = history.bytes(version.blob)?;
        let text = if text.contains(&0) { Some(text) } else { kind.edit(text, numbers)? };
        if let Some(text) = text {
            put(&mut truth, version, commit, &text, folder)?;
        }
    }
    Ok(truth)
}

/// Files of two commits at least a year apart, so many of each, no path twice. Of each taking a quarter at least tells it
/// from the other: what did not change in that year cannot.
fn two_takings(history: &History, count: usize, numbers: &mut Numbers, folder: &Path) -> Result<Truth> {
    for _ in 0..50 {
        let (one, at_one) = commit(history, 2 * count, numbers)?;
        let (other, at_other) = commit(history, 2 * count, numbers)?;
        let apart = history.commits[one].time.abs_diff(history.commits[other].time);
        if i64::try_from(apart)? < YEAR {
            continue;
        }
        let first = numbers.choose(&at_one, count);
        let taken: BTreeSet<&str> = first.iter().map(|version| version.path.as_str()).collect();
        let left: Vec<&Version> =
            at_other.iter().copied().filter(|version| !taken.contains(version.path.as_str())).collect();
        let second = numbers.choose(&left, count);
        let tells = |versions: &[&Version], there: &[&Version]| {
            let there: BTreeSet<_> = there.iter().map(|version| version.blob).collect();
            versions.iter().filter(|version| !there.contains(&version.blob)).count() * 4 >= count
        };
        if second.len() < count || !tells(&first, &at_other) || !tells(&second, &at_one) {
            continue;
        }
        let mut truth = Truth { commits: vec![one, other], ..Truth::default() };
        for (commit, versions) in [(one, first), (other, second)] {
            for version in versions {
                put(&mut truth, version, commit, &history.bytes(version.blob)?, folder)?;
            }
        }
        return Ok(truth);
    }
    Err("no two commits a year apart that differ enough were found".into())
}

/// A listing of files of one commit.
fn listing(history: &History, count: usize, seed: u64, numbers: &mut Numbers, folder: &Path) -> Result<Truth> {
    let mut chosen = None;
    for _ in 0..200 {
        let commit = numbers.index(history.commits.len());
        let standing = history.at(commit);
        if standing.len() >= count {
            chosen = Some((commit, standing));
            break;
        }
    }
    let (commit, standing) = chosen.ok_or("no commit with so many files was found")?;
    let mut entries = Vec::new();
    let mut truth = Truth { commits: vec![commit], ..Truth::default() };
    // Listed some time after it was committed.
    let time = history.commits[commit].time + i64::try_from(numbers.below(90 * 24 * 3600))?;
    for version in numbers.choose(&standing, count) {
        entries.push(listing::Entry { path: version.path.clone(), bytes: history.length(version.blob)?, time });
        truth.files.insert(version.path.clone(), Whence { path: version.path.clone(), commit: Some(commit) });
    }
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    fs::write(folder.join("listing.txt"), listing::text(&entries, seed))?;
    Ok(truth)
}

/// What the place of this number is called.
pub(crate) fn place_name(place: usize) -> String {
    format!("place {place}")
}

/// Writes ten places: of the newest commit's files four fourteenths to all of them, one fourteenth to each alone.
pub(crate) fn places(history: &History, seed: u64, folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    let mut numbers = Kind::Place.seed(seed);
    let standing = standing(history, history.newest(), 14)?.ok_or("too few files for ten places")?;
    let files = numbers.choose(&standing, standing.len());
    let own = files.len() / 14;
    for (at, version) in files.iter().take(14 * own).enumerate() {
        let text = history.bytes(version.blob)?;
        for place in 0..PLACES {
            if at < 4 * own || (at - 4 * own) / own == place {
                let path = folder.join(place.to_string()).join(&version.path);
                fs::create_dir_all(path.parent().ok_or("a file without a folder")?)?;
                fs::write(path, &text)?;
            }
        }
    }
    Ok(())
}

/// Files of one of the places.
pub(crate) fn of_place(places: &Path, seed: u64, folder: &Path) -> Result<Truth> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    let mut numbers = Kind::Place.seed(seed);
    let place = numbers.index(PLACES);
    let root = places.join(place.to_string());
    let files = crate::common::files::files_below(&root)?;
    let mut truth = Truth { place: Some(place), ..Truth::default() };
    for file in numbers.choose(&files, Kind::Place.files()) {
        let path = file.strip_prefix(&root)?;
        let to = folder.join(path);
        fs::create_dir_all(to.parent().ok_or("a file without a folder")?)?;
        fs::copy(&file, to)?;
        let path = path.to_string_lossy().into_owned();
        truth.files.insert(path.clone(), Whence { path, commit: None });
    }
    Ok(truth)
}
