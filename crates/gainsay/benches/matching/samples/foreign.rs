//! Files that are not ours: those of the newest commits of other repositories.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::history::History;
use super::{Truth, Whence, is_own_source};
use crate::common::files::{ending, files_below, is_text};
use crate::common::numbers::Numbers;
use crate::common::{Result, name};

/// Of ten files of a sample so many are in the repository's own languages, where there are enough.
const ALIKE: usize = 8;

/// Foreign files on the disk.
#[derive(Default)]
pub(crate) struct Foreign {
    root: PathBuf,
    /// Below the root, source code and other text, none of them empty.
    pub(crate) files: Vec<PathBuf>,
}

impl Foreign {
    /// Writes the newest files of these repositories into a folder, where that was not done before.
    pub(crate) fn check_out(repositories: &[PathBuf], root: &Path) -> Result<Self> {
        let mut files = Vec::new();
        for repository in repositories {
            let folder = root.join(name(repository).replace('/', "+"));
            if !folder.exists() {
                check_out(repository, &folder)?;
            }
            files.extend(files_below(&folder)?);
        }
        files.retain(|path| is_text(path) && fs::metadata(path).is_ok_and(|meta| meta.len() > 0));
        let files = files.iter().map(|path| Ok(path.strip_prefix(root)?.to_owned())).collect::<Result<_>>()?;
        Ok(Foreign { root: root.to_owned(), files })
    }

    /// So many files, most of them in the languages of a repository.
    pub(crate) fn like(&self, history: &History, count: usize, numbers: &mut Numbers) -> Vec<PathBuf> {
        let mut endings: BTreeMap<String, usize> = BTreeMap::new();
        let newest = history.at(history.newest());
        for version in newest.iter().filter(|version| is_own_source(&version.path)) {
            if let Some(ending) = ending(Path::new(&version.path)) {
                *endings.entry(ending.to_owned()).or_default() += 1;
            }
        }
        let all: usize = endings.values().sum();
        let is_alike = |path: &&PathBuf| {
            ending(path).and_then(|ending| endings.get(ending)).is_some_and(|files| files * 10 >= all)
        };
        let (alike, other): (Vec<&PathBuf>, Vec<&PathBuf>) = self.files.iter().partition(is_alike);
        let mut chosen = numbers.choose(&alike, count * ALIKE / 10);
        chosen.extend(numbers.choose(&other, count - chosen.len()));
        chosen.into_iter().cloned().collect()
    }

    /// Puts files into a sample, by their paths.
    pub(crate) fn write(&self, files: &[PathBuf], folder: &Path) -> Result<Truth> {
        let mut truth = Truth::default();
        for file in files {
            let to = folder.join(file);
            fs::create_dir_all(to.parent().ok_or("a file without a folder")?)?;
            fs::hard_link(self.root.join(file), to)?;
            let path = file.to_string_lossy().into_owned();
            truth.files.insert(path.clone(), Whence { path, commit: None });
        }
        Ok(truth)
    }
}

fn check_out(repository: &Path, folder: &Path) -> Result<()> {
    let repository = gix::open(repository)?;
    let tree = repository.head_commit()?.tree()?;
    for file in tree.traverse().breadthfirst.files()? {
        // A copy of a repository may lack its largest files.
        if !file.mode.is_blob() || !repository.has_object(file.oid) {
            continue;
        }
        let path = folder.join(file.filepath.to_string());
        fs::create_dir_all(path.parent().ok_or("a file without a folder")?)?;
        fs::write(path, repository.find_blob(file.oid)?.take_data())?;
    }
    Ok(())
}
