//! What is measured on: source code that the machine has anyway, and copies of it that share nothing with each other.

use std::fmt;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::common::files::{self, files_below};
use crate::common::numbers::Numbers;
use crate::common::{Result, real};

/// One file of source code.
#[derive(Clone)]
pub(crate) struct Source {
    /// Its path below the folder of all of them.
    pub(crate) path: PathBuf,
    pub(crate) bytes: Vec<u8>,
}

/// Files of source code, in memory.
pub(crate) struct Sources {
    pub(crate) files: Vec<Source>,
    /// Their length together.
    pub(crate) bytes: u64,
}

impl Sources {
    /// The sources of the packages that Cargo has unpacked on this machine, by their paths, until there are this many bytes.
    pub(crate) fn of_registry(limit: u64) -> Result<Self> {
        let root = files::cargo_registry()?;
        let mut found = Sources { files: Vec::new(), bytes: 0 };
        for path in files_below(&root).map_err(|error| format!("{}: {error}", root.display()))? {
            if !files::is_source(&path) {
                continue;
            }
            if found.bytes >= limit {
                break;
            }
            let bytes = fs::read(&path)?;
            found.bytes += bytes.len() as u64;
            found.files.push(Source { path: path.strip_prefix(&root)?.to_owned(), bytes });
        }
        if found.files.is_empty() {
            return Err(format!("no source code below {}", root.display()).into());
        }
        Ok(found)
    }

    /// Every n-th file, so that they are about this many bytes.
    pub(crate) fn sample(&self, bytes: u64) -> Sources {
        let step = usize::try_from((self.bytes / bytes).max(1)).unwrap_or(usize::MAX);
        let files: Vec<Source> = self.files.iter().step_by(step).cloned().collect();
        Sources { bytes: files.iter().map(|file| file.bytes.len() as u64).sum(), files }
    }

    /// Writes them below a folder and gives their paths there. A copy other than 0 has other letters.
    pub(crate) fn write(&self, folder: &Path, copy: u64) -> Result<Vec<PathBuf>> {
        let letters = letters(copy);
        let mut paths = Vec::with_capacity(self.files.len());
        let mut text = Vec::new();
        for source in &self.files {
            let path = folder.join(&source.path);
            fs::create_dir_all(path.parent().ok_or("a file without a folder")?)?;
            text.clear();
            text.extend(source.bytes.iter().map(|byte| letters[usize::from(*byte)]));
            fs::write(&path, &text)?;
            paths.push(path);
        }
        Ok(paths)
    }
}

impl fmt::Display for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} files of source code, {:.0} MB", self.files.len(), real(self.bytes) / 1e6)
    }
}

/// Writes a file of bytes that nothing compresses.
pub(crate) fn write_noise(path: &Path, bytes: u64, numbers: &mut Numbers) -> Result<()> {
    let mut out = std::io::BufWriter::with_capacity(1 << 20, fs::File::create(path)?);
    for _ in 0..bytes / 8 {
        out.write_all(&numbers.next().to_le_bytes())?;
    }
    Ok(out.flush()?)
}

/// What each byte becomes in a copy: letters change places, all else stays. Copy 0 is the text itself.
fn letters(copy: u64) -> [u8; 256] {
    let mut order: Vec<u8> = (b'a'..=b'z').collect();
    let mut numbers = Numbers(copy);
    if copy > 0 {
        for (at, left) in (1..order.len()).rev().zip((2..=26).rev()) {
            let with = usize::try_from(numbers.below(left)).unwrap_or(0);
            order.swap(at, with);
        }
    }
    let mut table = [0; 256];
    for (to, byte) in table.iter_mut().zip(0..=u8::MAX) {
        let place = usize::from(byte.to_ascii_lowercase().wrapping_sub(b'a'));
        *to = match order.get(place) {
            Some(letter) if byte.is_ascii_uppercase() => letter.to_ascii_uppercase(),
            Some(letter) => *letter,
            None => byte,
        };
    }
    table
}
