//! A list that was read in a picture: its names are put right by those of the company's folder that has most of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use fingerprint::ReadAt;

use super::{Corpus, ListingMatch, MatchError, Verdict, match_listing, rules};
use crate::claim::CorpusRole;
use crate::listing::{Listing, misread};

/// Entries whose folded names are shorter are everybody's.
const LEAST_NAME: usize = 4;

/// Matches a list that was read in a picture. Rounded sizes tell little by themselves, but here the names of one folder agree as well.
///
/// # Errors
/// Where a corpus' index can't be read or is damaged.
pub fn match_pictured<R: ReadAt>(listing: &Listing, corpora: &[Corpus<'_, R>]) -> Result<ListingMatch, MatchError> {
    let mut by_name: HashMap<Vec<u8>, Vec<usize>> = HashMap::new();
    for (at, entry) in listing.entries.iter().enumerate() {
        let name = misread(&entry.path);
        if name.len() >= LEAST_NAME {
            by_name.entry(name).or_default().push(at);
        }
    }
    // For each folder of the company's, which entries have the name of one of its files.
    let mut folders: BTreeMap<Vec<u8>, BTreeMap<usize, Vec<u8>>> = BTreeMap::new();
    for corpus in corpora.iter().filter(|corpus| corpus.role == CorpusRole::Own) {
        let named = |path: &[u8]| by_name.contains_key(&misread(parted(path).1));
        for (_, path) in corpus.index.paths_where(named).map_err(|source| corpus.error(source))? {
            let (folder, name) = parted(&path);
            for at in by_name.get(&misread(name)).into_iter().flatten() {
                folders.entry(folder.to_vec()).or_default().entry(*at).or_insert_with(|| path.clone());
            }
        }
    }
    let mut right = listing.clone();
    let best = folders.iter().max_by_key(|(folder, of)| (of.len(), std::cmp::Reverse(folder.len())));
    if let Some((folder, of)) = best {
        for (at, entry) in right.entries.iter_mut().enumerate() {
            let as_read = [folder, &b"/"[..usize::from(!folder.is_empty())], &entry.path].concat();
            entry.path = of.get(&at).cloned().unwrap_or(as_read);
        }
    }
    let mut found = match_listing(&right, corpora)?;
    let telling = |path: &[u8]| !rules::is_common_name(parted(path).1);
    let names: BTreeSet<&[u8]> =
        best.into_iter().flat_map(|(_, of)| of.values()).map(Vec::as_slice).filter(|path| telling(path)).collect();
    if !found.verdict.is_ours() {
        found.verdict = rules::of_pictured(&found.counts, names.len() as u64);
        found.by_names = false;
    }
    if found.verdict == Verdict::Ours {
        found.verdict = Verdict::PartlyOurs;
    }
    Ok(found)
}

/// The folder of a path, and the name in it.
fn parted(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|byte| *byte == b'/') {
        Some(at) => (&path[..at], &path[at + 1..]),
        None => (b"", path),
    }
}
