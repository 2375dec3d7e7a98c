//! Which paths differ between two trees. Trees are unpacked once, each entry into a word, so that equal ones are skipped
//! by comparing words.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use fingerprint::Copied;
use gix::objs::Kind;

use super::forest::{Lost, Unpacked, Visit, index, walk};
use super::objects::{Forest, NONE, Number, Objects};

/// Names longer than this, from the root, are not followed: no checkout could hold them, and trees nested without end
/// are an attack.
const LONGEST_PATH: usize = 4096;

/// More trees or paths than this in one commit are an attack (a tree that holds itself many times over).
const MOST_PER_COMMIT: usize = 4_000_000;

/// The folder that holds all others.
const ROOT: u32 = u32::MAX;

/// Among so many entries of a base a changed one is looked for.
const NEAR: usize = 8;

/// What stands in a tree under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    File,
    Folder,
    /// A link, which is left out.
    Link,
    /// A commit of another repository.
    Submodule,
}

/// An entry of a tree: the number of its name (32 bits), what it holds (2), and which object that is (30).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry(u64);

impl Entry {
    fn new(name: u32, holds: Holds, object: Number) -> Self {
        let holds = match holds {
            Holds::File => 0,
            Holds::Folder => 1,
            Holds::Link => 2,
            Holds::Submodule => 3,
        };
        Entry(u64::from(name) << 32 | holds << 30 | u64::from(object & Self::OBJECT))
    }

    const OBJECT: u32 = (1 << 30) - 1;

    fn name(self) -> u32 {
        u32::try_from(self.0 >> 32).unwrap_or(ROOT)
    }

    fn holds(self) -> Holds {
        match self.0 >> 30 & 3 {
            0 => Holds::File,
            1 => Holds::Folder,
            2 => Holds::Link,
            _ => Holds::Submodule,
        }
    }

    fn object(self) -> Number {
        u32::try_from(self.0 & u64::from(Self::OBJECT)).unwrap_or(NONE)
    }
}

/// Names of files and folders by number.
#[derive(Default)]
struct Names {
    numbers: HashMap<Box<[u8]>, u32>,
    names: Vec<Box<[u8]>>,
}

impl Names {
    fn number(&mut self, name: &[u8]) -> u32 {
        if let Some(known) = self.numbers.get(name) {
            return *known;
        }
        let new = u32::try_from(self.names.len()).unwrap_or(ROOT);
        self.numbers.insert(name.into(), new);
        self.names.push(name.into());
        new
    }
}

/// Paths by number.
#[derive(Default)]
pub(super) struct Paths {
    numbers: HashMap<(u32, u32), u32>,
    paths: Vec<(u32, u32)>,
}

impl Paths {
    fn number(&mut self, folder: u32, name: u32) -> u32 {
        *self.numbers.entry((folder, name)).or_insert_with(|| {
            self.paths.push((folder, name));
            u32::try_from(self.paths.len() - 1).unwrap_or(ROOT)
        })
    }

    pub(super) fn len(&self) -> usize {
        self.paths.len()
    }

    /// Whether a path lies in a folder, however deep.
    fn is_under(&self, mut path: u32, folder: u32) -> bool {
        if folder == ROOT {
            return true;
        }
        while let Some((parent, _)) = self.paths.get(path as usize) {
            if *parent == folder {
                return true;
            }
            path = *parent;
        }
        false
    }
}

/// What differs at a path: the blob before and after, or [`NONE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) path: u32,
    pub(super) old: Number,
    pub(super) new: Number,
}

/// The trees of a repository.
pub(super) struct Trees<'r> {
    repo: &'r gix::Repository,
    objects: &'r Objects,
    names: Names,
    pub(super) paths: Paths,
    /// Where the entries of each tree are: of packed ones by number, of others by a table.
    places: Vec<Place>,
    others: HashMap<Number, Place>,
    spools: Vec<Spool>,
    /// What could not be read, by path or tree, each once.
    problems: BTreeSet<String>,
    submodules: BTreeSet<u32>,
}

/// Where the entries of a tree are, in one word: spool (8 bits), first entry (34), how many (22); or not known yet, or
/// unreadable.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Place(u64);

impl Place {
    const UNKNOWN: Place = Place(0);
    const UNREADABLE: Place = Place(1 << 63);

    fn new(spool: usize, first: u64, entries: usize) -> Option<Self> {
        let fits = spool < 127 && first < 1 << 34 && entries < 1 << 22;
        fits.then_some(Place((spool as u64 + 1) << 56 | first << 22 | entries as u64))
    }

    fn parts(self) -> Option<(usize, u64, usize)> {
        let spool = usize::try_from(self.0 >> 56).ok().filter(|_| self != Self::UNREADABLE)?.checked_sub(1)?;
        let entries = usize::try_from(self.0 & ((1 << 22) - 1)).ok()?;
        Some((spool, self.0 >> 22 & ((1 << 34) - 1), entries))
    }
}

/// A long list of entries; what exceeds its memory is in an unnamed file.
struct Spool {
    limit: usize,
    file: Option<File>,
    /// Entries in the file.
    stored: u64,
    entries: Vec<Entry>,
    /// What is wrong with the file.
    fault: Option<io::Error>,
}

impl Spool {
    fn new(memory: usize) -> Self {
        Spool { limit: memory / size_of::<Entry>(), file: None, stored: 0, entries: Vec::new(), fault: None }
    }

    /// Adds a list and tells where it begins.
    fn push(&mut self, list: &[Entry], folder: &Path) -> u64 {
        if self.entries.len() + list.len() > self.limit.max(list.len())
            && self.fault.is_none()
            && let Err(error) = self.store(folder)
        {
            self.fault = Some(error);
        }
        let first = self.stored + self.entries.len() as u64;
        self.entries.extend_from_slice(list);
        first
    }

    fn store(&mut self, folder: &Path) -> io::Result<()> {
        let file = match &self.file {
            Some(file) => file,
            None => self.file.insert(tempfile::tempfile_in(folder)?),
        };
        let bytes: Vec<u8> = self.entries.iter().flat_map(|entry| entry.0.to_le_bytes()).collect();
        file.write_all_at(&bytes, self.stored * 8)?;
        self.stored += self.entries.len() as u64;
        self.entries.clear();
        Ok(())
    }

    fn get(&self, first: u64, entries: usize) -> Option<Cow<'_, [Entry]>> {
        if let Some(at) = first.checked_sub(self.stored) {
            let at = usize::try_from(at).ok()?;
            return Some(Cow::Borrowed(self.entries.get(at..at.checked_add(entries)?)?));
        }
        let mut bytes = vec![0; entries * 8];
        self.file.as_ref()?.read_exact_at(&mut bytes, first * 8).ok()?;
        Some(Cow::Owned(bytes.as_chunks().0.iter().map(|word| Entry(u64::from_le_bytes(*word))).collect()))
    }
}

/// Parses the trees of a forest.
struct Parser<'o> {
    objects: &'o Objects,
    folder: &'o Path,
    names: &'o Mutex<Names>,
    /// Names met by this thread.
    known: HashMap<Box<[u8]>, u32>,
    number: usize,
    spool: Spool,
    places: Vec<(Number, Place)>,
    /// Parsed trees whose memory serves others.
    free: Vec<Parsed>,
}

/// So many parsed trees at most are kept for their memory, and none that has room for more than so many entries.
const KEPT_PARSED: usize = 64;
const KEPT_ENTRIES: usize = 4096;

/// A parsed tree: its entries, and where each ends in its bytes.
#[derive(Default)]
struct Parsed {
    entries: Vec<Entry>,
    ends: Vec<usize>,
}

impl Parser<'_> {
    fn name(&mut self, name: &[u8]) -> u32 {
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        let number = self.names.lock().unwrap_or_else(PoisonError::into_inner).number(name);
        self.known.insert(name.into(), number);
        number
    }

    /// Parses entries until `end`; false where they are malformed.
    fn parse(&mut self, bytes: &[u8], mut at: usize, end: usize, out: &mut Parsed) -> bool {
        while at < end {
            let Some(next) = self.parse_one(bytes, at, out) else { return false };
            at = next;
        }
        at == end
    }

    /// Parses the entry at a place and tells where the next one begins.
    fn parse_one(&mut self, bytes: &[u8], at: usize, out: &mut Parsed) -> Option<usize> {
        let (name, holds, id, next) = entry(bytes, at, self.objects.hash_length())?;
        let object = match holds {
            Holds::File | Holds::Folder => self.objects.number(id),
            Holds::Link | Holds::Submodule => 0,
        };
        out.entries.push(Entry::new(self.name(name), holds, object));
        out.ends.push(next);
        Some(next)
    }

    /// Parses a stretch that stands where these entries of a base stood; those that are still there are taken from it.
    fn parse_changed(
        &mut self,
        bytes: &[u8],
        stretch: Range<usize>,
        (base, before): (&[u8], &Parsed),
        mut known: Range<usize>,
        out: &mut Parsed,
    ) -> bool {
        let mut at = stretch.start;
        while at < stretch.end {
            let begin = known.start.checked_sub(1).map_or(0, |last| before.ends[last]);
            let same = before.ends[known.clone()].first().and_then(|end| base.get(begin..*end));
            if let Some(same) = same.filter(|same| bytes[at..stretch.end].starts_with(same)) {
                at += same.len();
                out.entries.push(before.entries[known.start]);
                out.ends.push(at);
                known.start += 1;
                continue;
            }
            let Some(next) = self.parse_one(bytes, at, out) else { return false };
            at = next;
            let name = out.entries.last().map(|entry| entry.name());
            let near = before.entries[known.clone()].iter().take(NEAR);
            let behind = near.into_iter().position(|entry| Some(entry.name()) == name);
            known.start += behind.map_or(0, |behind| behind + 1);
        }
        at == stretch.end
    }

    /// Room for a tree.
    fn parsed(&mut self) -> Parsed {
        let mut parsed = self.free.pop().unwrap_or_default();
        parsed.entries.clear();
        parsed.ends.clear();
        parsed
    }

    fn keep(&mut self, number: Number, parsed: Option<&Parsed>) {
        let place = parsed.and_then(|parsed| {
            let first = self.spool.push(&parsed.entries, self.folder);
            Place::new(self.number, first, parsed.entries.len())
        });
        self.places.push((number, place.unwrap_or(Place::UNREADABLE)));
    }
}

/// The entry at a place of a tree: its name, what it holds, the object, and where the next one begins.
fn entry(bytes: &[u8], at: usize, id_length: usize) -> Option<(&[u8], Holds, &gix::oid, usize)> {
    let rest = bytes.get(at..)?;
    let blank = rest.iter().take(8).position(|byte| *byte == b' ')?;
    let mode = rest[..blank].iter().try_fold(0u32, |mode, digit| match digit {
        b'0'..=b'7' => Some(mode << 3 | u32::from(digit - b'0')),
        _ => None,
    })?;
    let name_end = blank + 1 + rest[blank + 1..].iter().position(|byte| *byte == 0)?;
    let end = name_end + 1 + id_length;
    let id = gix::oid::try_from_bytes(rest.get(name_end + 1..end)?).ok()?;
    let holds = match mode & 0o170_000 {
        0o040_000 => Holds::Folder,
        0o120_000 => Holds::Link,
        0o160_000 => Holds::Submodule,
        _ => Holds::File,
    };
    Some((&rest[blank + 1..name_end], holds, id, at + end))
}

impl Visit for Parser<'_> {
    type Kept = Option<Parsed>;

    fn whole(&mut self, number: Number, bytes: &[u8]) -> Option<Parsed> {
        let mut parsed = self.parsed();
        let parsed = self.parse(bytes, 0, bytes.len(), &mut parsed).then_some(parsed);
        self.keep(number, parsed.as_ref());
        parsed
    }

    fn change(
        &mut self,
        number: Number,
        base: &Unpacked<Option<Parsed>>,
        bytes: &[u8],
        copied: &[Copied],
    ) -> Option<Parsed> {
        let Some(before) = &base.kept else { return self.whole(number, bytes) };
        // What the delta takes from both ends of the base.
        let head = copied.first().filter(|run| run.from == 0 && run.to == 0).map_or(0, |run| index(run.length));
        let most = bytes.len().min(base.bytes.len()) - head;
        let at_end = |run: &&Copied| {
            index(run.from) + index(run.length) == base.bytes.len() && index(run.to) + index(run.length) == bytes.len()
        };
        let tail = copied.last().filter(at_end).map_or(0, |run| index(run.length).min(most));
        // Entries that end in the common head, and those that begin in the common tail, are the same.
        let kept = before.ends.partition_point(|end| *end <= head);
        let from = kept.checked_sub(1).map_or(0, |last| before.ends[last]);
        let later = before.ends.partition_point(|end| *end < base.bytes.len() - tail) + 1;
        let later = later.clamp(kept, before.ends.len().max(kept));
        let until = match later.checked_sub(1).and_then(|last| before.ends.get(last)) {
            Some(end) if later > kept => (end + bytes.len()).checked_sub(base.bytes.len()),
            _ => (from + bytes.len()).checked_sub(base.bytes.len()),
        };
        let Some(until) = until.filter(|until| *until >= from) else { return self.whole(number, bytes) };
        let mut parsed = self.parsed();
        parsed.entries.extend_from_slice(&before.entries[..kept]);
        parsed.ends.extend_from_slice(&before.ends[..kept]);
        if !self.parse_changed(bytes, from..until, (&base.bytes, before), kept..later, &mut parsed) {
            return self.whole(number, bytes);
        }
        parsed.entries.extend_from_slice(&before.entries[later..]);
        parsed.ends.extend(before.ends[later..].iter().map(|end| end + bytes.len() - base.bytes.len()));
        self.keep(number, Some(&parsed));
        Some(parsed)
    }

    fn lost(&mut self, _: Number, _: Lost) {}

    fn reuse(&mut self, kept: Option<Parsed>) {
        let is_small = |parsed: &Parsed| parsed.ends.capacity() <= KEPT_ENTRIES;
        self.free.extend(kept.filter(|parsed| self.free.len() < KEPT_PARSED && is_small(parsed)));
    }
}

impl<'r> Trees<'r> {
    /// With a forest, all packed trees are unpacked at once; the others when they are asked for.
    pub(super) fn read(
        repo: &'r gix::Repository,
        objects: &'r Objects,
        forest: Option<&Forest>,
        options: &super::Options<'_>,
    ) -> io::Result<Self> {
        let names = Mutex::new(Names::default());
        let memory = options.memory / (options.threads + 1);
        let mut places = vec![Place::UNKNOWN; objects.packed()];
        let parser = |number| Parser {
            objects,
            folder: options.folder,
            names: &names,
            known: HashMap::new(),
            number,
            spool: Spool::new(memory),
            places: Vec::new(),
            free: Vec::new(),
        };
        let mut spools = Vec::new();
        if let Some(forest) = forest {
            let visitors = (0..options.threads).map(parser).collect();
            for parser in walk(objects, forest, &forest.roots(Kind::Tree), &|_| true, visitors) {
                for (number, place) in parser.places {
                    places[number as usize] = place;
                }
                if let Some(fault) = parser.spool.fault {
                    return Err(fault);
                }
                spools.push(parser.spool);
            }
        }
        // Of those that are read one by one.
        spools.push(Spool::new(usize::MAX));
        let names = names.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(Trees {
            repo,
            objects,
            names,
            paths: Paths::default(),
            places,
            others: HashMap::new(),
            spools,
            problems: BTreeSet::new(),
            submodules: BTreeSet::new(),
        })
    }

    /// The blob that stands at a path in a tree, or [`NONE`].
    pub(super) fn find(&mut self, tree: Number, path: u32) -> Number {
        let Some((folder, name)) = self.paths.paths.get(path as usize).copied() else { return NONE };
        let mut chain = vec![name];
        let mut next = folder;
        while let Some((folder, name)) = self.paths.paths.get(next as usize) {
            chain.push(*name);
            next = *folder;
        }
        let mut at = tree;
        while let Some(name) = chain.pop() {
            self.need(at);
            let wanted = if chain.is_empty() { Holds::File } else { Holds::Folder };
            let found = self.entries(at).and_then(|entries| {
                let fits = |entry: &&Entry| entry.name() == name && entry.holds() == wanted;
                entries.iter().find(fits).map(|entry| entry.object())
            });
            at = found.unwrap_or(NONE);
            if at == NONE {
                break;
            }
        }
        at
    }

    /// The bytes of a path.
    pub(super) fn path(&self, path: u32) -> Vec<u8> {
        let mut names = Vec::new();
        let mut next = path;
        while let Some((folder, name)) = self.paths.paths.get(next as usize) {
            names.push(self.names.names.get(*name as usize).map_or(&[][..], |name| name));
            next = *folder;
        }
        names.reverse();
        names.join(&b'/')
    }

    /// The name of the file at a path.
    pub(super) fn file_name(&self, path: u32) -> &[u8] {
        let name = self.paths.paths.get(path as usize).and_then(|(_, name)| self.names.names.get(*name as usize));
        name.map_or(&[], |name| name)
    }

    /// The length of a path in bytes.
    fn length(&self, path: u32) -> usize {
        let mut length = 0;
        let mut next = path;
        while let Some((folder, name)) = self.paths.paths.get(next as usize) {
            length += 1 + self.names.names.get(*name as usize).map_or(0, |name| name.len());
            next = *folder;
        }
        length
    }

    /// What could not be read, each in a sentence.
    pub(super) fn problems(&mut self) -> Vec<String> {
        std::mem::take(&mut self.problems).into_iter().collect()
    }

    /// The paths at which submodules stand or stood.
    pub(super) fn submodules(&mut self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.submodules).into_iter().map(|path| self.path(path)).collect()
    }

    /// Adds to `out` what leads from the tree `old` ([`NONE`]: the empty one) to `new`; of several differences at one path
    /// the last one holds. False where `new` can't be read at its root, or holds too much. Where a tree of `old` can't be
    /// read, `standing` tells what stood at each path.
    pub(super) fn differences(
        &mut self,
        old: Number,
        new: Number,
        standing: &[Number],
        out: &mut Vec<Difference>,
    ) -> bool {
        let begin = out.len();
        let mut open = vec![(ROOT, old, new)];
        let mut trees = 0;
        let (mut before, mut after) = (Vec::new(), Vec::new());
        while let Some((folder, old, new)) = open.pop() {
            trees += 1;
            if trees > MOST_PER_COMMIT || out.len() - begin > MOST_PER_COMMIT {
                let what = "one of its commits holds more than 4,000,000 files or folders: it was left out";
                self.problem(folder, what);
                out.truncate(begin);
                return false;
            }
            if trees > 1 && self.length(folder) > LONGEST_PATH {
                self.problem(folder, "its full name is longer than 4096 bytes: what is below was left out");
                continue;
            }
            if !self.differing(old, new, &mut before, &mut after) {
                for tree in [old, new] {
                    if !self.readable(tree) {
                        self.problems.insert(format!("tree {}: it is missing or damaged", self.objects.id(tree)));
                    }
                }
                if self.readable(new) {
                    // What stood in a tree that can't be read is known by what stands.
                    for (path, stood) in (0..).zip(standing).filter(|(_, stood)| **stood != NONE) {
                        if self.paths.is_under(path, folder) {
                            out.push(Difference { path, old: *stood, new: NONE });
                        }
                    }
                } else if folder == ROOT {
                    return false;
                } else {
                    // What an unreadable tree holds now is unknown: what stood there is left standing.
                    continue;
                }
            }
            self.join(folder, &before, &after, &mut open, out);
        }
        true
    }

    /// Walks the entries that differ, sorted by name, side by side.
    fn join(
        &mut self,
        folder: u32,
        mut before: &[Entry],
        mut after: &[Entry],
        open: &mut Vec<(u32, Number, Number)>,
        out: &mut Vec<Difference>,
    ) {
        let first = |entries: &[Entry]| entries.first().map_or(u64::MAX, |entry| u64::from(entry.name()));
        loop {
            let name = first(before).min(first(after));
            let Ok(number) = u32::try_from(name) else { break };
            let take = |entries: &mut &[Entry]| {
                let found = entries.first().copied().filter(|entry| entry.name() == number)?;
                // A name that stands twice counts once.
                let rest = entries.partition_point(|entry| entry.name() == number);
                *entries = &entries[rest..];
                Some(found)
            };
            let (old, new) = (take(&mut before), take(&mut after));
            if old == new {
                continue;
            }
            let path = self.paths.number(folder, number);
            let object =
                |entry: Option<Entry>, holds| entry.filter(|entry| entry.holds() == holds).map_or(NONE, Entry::object);
            let (old_file, new_file) = (object(old, Holds::File), object(new, Holds::File));
            if old_file != new_file {
                out.push(Difference { path, old: old_file, new: new_file });
            }
            let (old_folder, new_folder) = (object(old, Holds::Folder), object(new, Holds::Folder));
            if old_folder != new_folder {
                open.push((path, old_folder, new_folder));
            }
            if new.is_some_and(|entry| entry.holds() == Holds::Submodule) {
                self.submodules.insert(path);
            }
        }
    }

    /// The entries of two trees that are not in both at the same place from either end, sorted by name. False where one can't
    /// be read, which then counts as empty.
    fn differing(&mut self, old: Number, new: Number, before: &mut Vec<Entry>, after: &mut Vec<Entry>) -> bool {
        self.need(old);
        self.need(new);
        let (Some(old), Some(new)) = (self.entries(old), self.entries(new)) else {
            let copy = |from: Number, to: &mut Vec<Entry>| {
                to.clear();
                to.extend_from_slice(&self.entries(from).unwrap_or_default());
                to.sort_unstable();
            };
            copy(old, before);
            copy(new, after);
            return false;
        };
        let head = old.iter().zip(&*new).take_while(|(a, b)| a == b).count();
        let most = old.len().min(new.len()) - head;
        let tail = old.iter().rev().zip(new.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
        before.clear();
        before.extend_from_slice(&old[head..old.len() - tail]);
        before.sort_unstable();
        after.clear();
        after.extend_from_slice(&new[head..new.len() - tail]);
        after.sort_unstable();
        true
    }

    fn place(&self, tree: Number) -> Place {
        let known = self.places.get(tree as usize).copied().filter(|place| *place != Place::UNKNOWN);
        known.or_else(|| self.others.get(&tree).copied()).unwrap_or(Place::UNKNOWN)
    }

    fn readable(&self, tree: Number) -> bool {
        tree == NONE || self.place(tree).parts().is_some()
    }

    /// The entries of a tree that was needed; those of no tree are none.
    fn entries(&self, tree: Number) -> Option<Cow<'_, [Entry]>> {
        if tree == NONE {
            return Some(Cow::Borrowed(&[]));
        }
        let (spool, first, entries) = self.place(tree).parts()?;
        self.spools.get(spool)?.get(first, entries)
    }

    /// Reads a tree that is not known yet.
    fn need(&mut self, tree: Number) {
        if tree == NONE || self.place(tree) != Place::UNKNOWN {
            return;
        }
        let id = self.objects.id(tree);
        let found = self.repo.find_object(id).ok().filter(|object| object.kind == Kind::Tree);
        let place = found.and_then(|object| self.parse(&object.data)).unwrap_or(Place::UNREADABLE);
        self.others.insert(tree, place);
    }

    fn parse(&mut self, bytes: &[u8]) -> Option<Place> {
        let mut entries = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            let (name, holds, id, next) = entry(bytes, at, self.objects.hash_length())?;
            let object = match holds {
                Holds::File | Holds::Folder => self.objects.number(id),
                Holds::Link | Holds::Submodule => 0,
            };
            entries.push(Entry::new(self.names.number(name), holds, object));
            at = next;
        }
        let spool = self.spools.len().checked_sub(1)?;
        let first = self.spools.get_mut(spool)?.push(&entries, Path::new(""));
        Place::new(spool, first, entries.len())
    }

    fn problem(&mut self, path: u32, what: &str) {
        let path = self.path(path);
        let shown = &path[..path.len().min(64)];
        self.problems.insert(format!("{}: {what}", String::from_utf8_lossy(shown)));
    }
}
