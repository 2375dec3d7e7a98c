//! A bundle: a repository in one file, unpacked beside the index while it is read.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use gix::ObjectId;
use tempfile::TempDir;

use super::forest::LARGEST;
use crate::corpus::UNPACKED;

/// Bytes of the longest header that is read.
const LONGEST_HEADER: u64 = 64 << 20;

/// The two forms that there are, by their first lines.
pub(super) const HEADS: [&[u8; 16]; 2] = [b"# v2 git bundle\n", b"# v3 git bundle\n"];

/// A bundle of which the header is read.
pub(super) struct Bundle {
    /// What follows the header.
    pack: BufReader<File>,
    /// Commits that it builds on and does not hold.
    builds_on: Vec<ObjectId>,
    /// Its references by name.
    references: Vec<(String, ObjectId)>,
    /// Its header, and what the system says of the file.
    pub(super) tips: Vec<u8>,
}

/// A bundle as a repository of its own, which goes away with this.
pub(super) struct Unpacked {
    pub(super) folder: TempDir,
    /// Held as long as nobody may sweep it.
    _lock: File,
    /// What of the bundle is not in it.
    pub(super) problems: Vec<String>,
}

impl Bundle {
    /// Reads the header.
    pub(super) fn open(path: &Path) -> Result<Self, String> {
        let unreadable = |error: std::io::Error| format!("the git bundle can't be read: {error}");
        let file = File::open(path).map_err(unreadable)?;
        let meta = file.metadata().map_err(unreadable)?;
        let mut pack = BufReader::new(file);
        let mut tips = Vec::new();
        let (mut builds_on, mut references) = (Vec::new(), Vec::new());
        loop {
            let begin = tips.len();
            let left = LONGEST_HEADER.saturating_sub(begin as u64);
            (&mut pack).take(left).read_until(b'\n', &mut tips).map_err(unreadable)?;
            let line = tips.get(begin..).unwrap_or_default().strip_suffix(b"\n");
            let line = line.ok_or("the git bundle's header has no end")?;
            if begin == 0 || line.starts_with(b"@filter=") || line == b"@object-format=sha1" {
                continue;
            }
            if line.is_empty() {
                break;
            }
            if let Some(capability) = line.strip_prefix(b"@") {
                let what = String::from_utf8_lossy(capability);
                return Err(format!("the git bundle asks for {what}, which is not read yet"));
            }
            let (is_needed, rest) = line.strip_prefix(b"-").map_or((false, line), |rest| (true, rest));
            let (id, name) = rest.split_at(rest.iter().position(|byte| *byte == b' ').unwrap_or(rest.len()));
            let id = ObjectId::from_hex(id).map_err(|error| format!("the git bundle's header is damaged: {error}"))?;
            match std::str::from_utf8(name.trim_ascii_start()) {
                _ if is_needed => builds_on.push(id),
                Ok(name) => references.push((name.to_owned(), id)),
                Err(_) => return Err("the git bundle has a reference of which the name is no UTF-8".to_owned()),
            }
        }
        for number in [meta.len(), meta.ino(), meta.mtime().unsigned_abs(), meta.mtime_nsec().unsigned_abs()] {
            tips.extend(number.to_le_bytes());
        }
        references.sort();
        Ok(Bundle { pack, builds_on, references, tips })
    }

    /// The commits that it does not hold, as lines.
    pub(super) fn cut(&self) -> String {
        self.builds_on.iter().map(|id| format!("{id}\n")).collect()
    }

    /// Makes a repository of it, in a folder of its own below this one.
    pub(super) fn unpack(mut self, folder: &Path, threads: usize) -> Result<Unpacked, String> {
        let fail = |error: std::io::Error| format!("the git bundle can't be unpacked: {error}");
        let folder = tempfile::Builder::new().prefix(UNPACKED).tempdir_in(folder).map_err(fail)?;
        let lock = File::open(folder.path()).and_then(|lock| lock.lock().map(|()| lock)).map_err(fail)?;
        let packs = folder.path().join("objects/pack");
        fs::create_dir_all(&packs).and_then(|()| fs::create_dir(folder.path().join("refs"))).map_err(fail)?;
        let mut problems = Vec::new();
        if let Some(first) = self.builds_on.first() {
            problems.push(format!(
                "it builds on {} commits that it does not hold, {first} among them: add a bundle with all its history",
                self.builds_on.len()
            ));
        }
        let options = gix_pack::bundle::write::Options {
            thread_limit: Some(threads),
            alloc_limit_bytes: usize::try_from(LARGEST).ok(),
            ..Default::default()
        };
        gix_pack::Bundle::write_to_directory(
            &mut self.pack,
            Some(&packs),
            &mut gix::progress::Discard,
            &AtomicBool::new(false),
            None::<gix::objs::find::Never>,
            gix::hash::Kind::Sha1,
            options,
        )
        .map_err(|error| {
            let more: String = problems.iter().map(|problem| format!("; {problem}")).collect();
            format!("the git bundle can't be unpacked: {error}{more}")
        })?;
        let mut packed = String::from("# pack-refs with: sorted \n");
        for (name, id) in self.references.iter().filter(|(name, _)| name != "HEAD") {
            match name.starts_with("refs/") && gix::validate::reference::name(name.as_str().into()).is_ok() {
                true => packed += &format!("{id} {name}\n"),
                false => problems.push(format!("its reference {name:?} has no name that can be read")),
            }
        }
        let config = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n";
        for (name, content) in [("packed-refs", packed.as_str()), ("HEAD", &self.head()), ("config", config)] {
            fs::write(folder.path().join(name), content).map_err(fail)?;
        }
        Ok(Unpacked { folder, _lock: lock, problems })
    }

    /// What its head leads to: the branch that stands where its `HEAD` does, or one that is usual.
    fn head(&self) -> String {
        let head = self.references.iter().find(|(name, _)| name == "HEAD").map(|(_, id)| *id);
        let branches = || self.references.iter().filter(|(name, _)| name.starts_with("refs/heads/"));
        let there = || branches().filter(|(_, id)| head.is_none_or(|head| head == *id));
        let usual = there().find(|(name, _)| matches!(name.as_str(), "refs/heads/main" | "refs/heads/master"));
        match (usual.or_else(|| there().next()), head) {
            (Some((branch, _)), _) => format!("ref: {branch}\n"),
            (None, Some(head)) => format!("{head}\n"),
            (None, None) => "ref: refs/heads/main\n".to_owned(),
        }
    }
}
