//! The files that a sample is made of, archives that were cut in pieces put together by the names and the contents of their parts.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use unpack::{Finding, FindingKind, Limits, PartNumber, missing_parts, part_of, without_gap};

use super::super::Error;
use crate::capture;

/// A file of a sample, or the parts of one.
pub(in crate::desk) struct Source {
    /// Its name in the sample.
    pub(in crate::desk) name: String,
    /// Its parts in their order.
    parts: Vec<PathBuf>,
    /// What of it is missing.
    pub(in crate::desk) missing: Option<Finding>,
}

impl Source {
    /// A file that was given by itself.
    pub(in crate::desk) fn of_file(path: &Path) -> Source {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Source { name, parts: vec![path.to_owned()], missing: None }
    }

    /// Where its parts lie.
    pub(in crate::desk) fn paths(&self) -> &[PathBuf] {
        &self.parts
    }

    /// Opens its parts.
    pub(in crate::desk) fn open(&self) -> Result<Vec<File>, capture::Error> {
        self.parts.iter().map(|part| capture::open(part)).collect()
    }

    /// Bytes of its parts, as far as they can be told.
    pub(in crate::desk) fn size(&self) -> u64 {
        self.parts.iter().filter_map(|part| part.metadata().ok()).map(|meta| meta.len()).sum()
    }

    /// Whether more than the file itself comes out of it.
    pub(in crate::desk) fn may_hold_more(&self) -> bool {
        let head = self.parts.first().map(|part| head_of(part)).unwrap_or_default();
        unpack::is_archive(&head) || unpack::has_text(&head)
    }
}

/// What a sample is made of that is no folder: a file, or with the further `parts` that were given the archive that was cut into all of them.
pub(in crate::desk) fn source_of(path: &Path, parts: &[PathBuf]) -> Result<Source, Error> {
    if parts.is_empty() {
        return Ok(Source::of_file(path));
    }
    let all: Vec<PathBuf> =
        std::iter::once(path).chain(parts.iter().map(PathBuf::as_path)).map(Path::to_owned).collect();
    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    let mut joined = sources(folder, all);
    match (joined.pop(), joined.is_empty()) {
        (Some(source), true) if source.parts.len() == parts.len() + 1 => Ok(source),
        _ => Err(Error::NotParts { path: path.to_owned() }),
    }
}

/// The files of a folder as what they are parts of.
pub(in crate::desk) fn sources(folder: &Path, files: Vec<PathBuf>) -> Vec<Source> {
    let name_of = |file: &Path| file.strip_prefix(folder).unwrap_or(file).to_string_lossy().into_owned();
    let mut sets: BTreeMap<String, Vec<(PartNumber, usize)>> = BTreeMap::new();
    for (at, file) in files.iter().enumerate() {
        if let Some((whole, number)) = part_of(&name_of(file)) {
            sets.entry(whole).or_default().push((number, at));
        }
    }
    let (mut joined, mut taken) = (BTreeMap::new(), BTreeSet::new());
    for (whole, mut parts) in sets {
        parts.sort_unstable();
        let numbers: Vec<PartNumber> = parts.iter().map(|(number, _)| *number).collect();
        let (count, missing) = without_gap(&numbers);
        let is_whole = parts.len() < 2 && missing.is_empty();
        if is_whole || count > Limits::PARTS || !is_cut(&whole, &parts[..count], &files) {
            continue;
        }
        // Of one whose first is missing, the first that is there is read as what it is, and says so.
        let of_it = &parts[..count.max(1)];
        let detail = missing_parts(count, &missing);
        let kind = FindingKind::Truncated;
        let missing = detail.map(|detail| Finding { path: whole.clone(), kind, detail });
        let name = if count > 0 { whole } else { name_of(&files[of_it[0].1]) };
        let paths = of_it.iter().map(|(_, at)| files[*at].clone()).collect();
        joined.insert(of_it[0].1, Source { name, parts: paths, missing });
        taken.extend(of_it.iter().map(|(_, at)| *at));
    }
    let mut all = Vec::with_capacity(files.len());
    for (at, file) in files.into_iter().enumerate() {
        match joined.remove(&at) {
            Some(source) => all.push(source),
            None if taken.contains(&at) => {}
            None => all.push(Source { name: name_of(&file), parts: vec![file], missing: None }),
        }
    }
    all
}

/// Whether these are parts of one archive: the first begins as one, and none of the others does, or all as volumes of a RAR. Where there
/// is no first, the name of what was cut must say it.
fn is_cut(whole: &str, parts: &[(PartNumber, usize)], files: &[PathBuf]) -> bool {
    const ARCHIVES: [&str; 12] =
        [".7z", ".zip", ".rar", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst", ".lz4", ".iso", ".cab"];
    let is_archive = |at: usize| files.get(at).is_some_and(|file| unpack::is_archive(&head_of(file)));
    let Some(((_, first), others)) = parts.split_first() else {
        return ARCHIVES.iter().any(|suffix| whole.to_ascii_lowercase().ends_with(suffix));
    };
    let is_volume = |at: usize| files.get(at).is_some_and(|file| unpack::is_volume(&head_of(file)));
    if is_volume(*first) {
        return others.iter().all(|(_, at)| is_volume(*at));
    }
    is_archive(*first) && others.iter().all(|(number, at)| *number == PartNumber::Last || !is_archive(*at))
}

fn head_of(path: &Path) -> Vec<u8> {
    let mut head = Vec::new();
    let read = capture::open(path).map(|file| file.take(unpack::HEAD as u64).read_to_end(&mut head));
    if matches!(read, Ok(Ok(_))) { head } else { Vec::new() }
}
