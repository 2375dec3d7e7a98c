//! What is measured on: source code that the machine has anyway, and copies of it that share nothing with each other.

use std::fmt;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::{Result, real};

/// Endings of source code.
const ENDINGS: &[&str] = &[
    "c", "cc", "cpp", "cs", "go", "h", "hpp", "java", "js", "kt", "m", "mm", "php", "py", "rb", "rs", "sh", "sql",
    "swift", "ts",
];

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
        let home = match std::env::var_os("CARGO_HOME") {
            Some(home) => PathBuf::from(home),
            None => std::env::home_dir().ok_or("no home folder")?.join(".cargo"),
        };
        let root = home.join("registry/src");
        let mut found = Sources { files: Vec::new(), bytes: 0 };
        for path in files_below(&root).map_err(|error| format!("{}: {error}", root.display()))? {
            let ending = path.extension().and_then(|ending| ending.to_str());
            if !ending.is_some_and(|ending| ENDINGS.contains(&ending)) {
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

/// Deterministic numbers without a visible pattern (SplitMix64; Steele, Lea, Flood, OOPSLA 2014).
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below another one.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
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

/// Every regular file below a folder, sorted by path.
pub(crate) fn files_below(root: &Path) -> std::io::Result<Vec<PathBuf>> {
    let (mut files, mut folders) = (Vec::new(), vec![root.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}

/// The length of every regular file below a folder together.
pub(crate) fn bytes_below(root: &Path) -> std::io::Result<u64> {
    files_below(root)?.iter().map(|file| Ok(fs::metadata(file)?.len())).sum()
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
