//! What lies in git's own files: bundles (versions 2 and 3), packs (version 2) and loose objects. A reader of its own, since gix reads
//! repositories by their paths and the child has none.
//!
//! Each object of a pack is inflated once to find where the next one begins, those that are changes of others are worked out from
//! these, and all are named by their SHA-1. Then trees lead from the commits, newest first, to the files: each content comes once, under the
//! newest commit that has it and its path there. What no tree leads to comes under its object id.

use std::collections::{HashMap, HashSet, VecDeque};
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::rc::Rc;

use flate2::bufread::ZlibDecoder;
use sha1::{Digest, Sha1};

use crate::archive::walk_stream;
use crate::budget::{Bounded, Counted, kind_of};
use crate::clues::{ClueKind, Clues};
use crate::finding::FindingKind;
use crate::names::{Names, nested_path, why_unsafe};
use crate::sink::{Sink, Stop};

/// Objects of one pack: each takes some fifty bytes of memory.
const MOST_OBJECTS: u32 = 1_500_000;

/// Bytes of an object that others are changes of, or that is one; larger ones can only be passed on as they stream by.
const LARGEST: u64 = 48 << 20;

/// Bytes of objects that are held at one time while those are worked out that are changes of them, and of those held to be used again.
const HELD: u64 = 96 << 20;
const CACHED: usize = 32 << 20;

/// How many changes may lie on one another; git makes 50, and 4,095 at most.
const DEEPEST: usize = 4_096;

/// Bytes that all objects may have together, for each byte of the pack: versions of a file are small changes of one another.
const RATIO: u64 = 4_000;
const RATIO_FLOOR: u64 = 1 << 30;

/// How deep folders may lie in one another.
const DEEPEST_TREE: usize = 256;

/// Bytes after which the parent is told that the child is still at work.
const TOLD_EACH: u64 = 64 << 20;

/// Whether a file that starts with these bytes is a loose object that holds a file.
pub(crate) fn is_loose_file(head: &[u8]) -> bool {
    let mut start = [0; 5];
    matches!(head, [0x78, _, ..])
        && ZlibDecoder::new(&head[..head.len().min(64)]).read_exact(&mut start).is_ok()
        && start == *b"blob "
}

/// Passes on the file that a loose object holds.
pub(crate) fn walk_loose(sink: &mut Sink<'_>, path: &str, stream: &mut dyn Read, depth: u32) -> Result<(), Stop> {
    let (counted, consumed) = Counted::new(stream);
    let content = ZlibDecoder::new(BufReader::new(counted));
    let mut content = Bounded::new(content, consumed, sink.limits.ratio);
    let mut header = Vec::new();
    let mut byte = [0];
    while header.len() < 32 && content.read(&mut byte).is_ok_and(|read| read == 1) && byte != [0] {
        header.push(byte[0]);
    }
    let size = std::str::from_utf8(&header).ok().and_then(|header| header.strip_prefix("blob ")?.parse().ok());
    walk_stream(sink, &format!("{path}!blob"), &mut content, size, depth)
}

/// Passes on the files in a bundle or a pack; false where there is not one object.
pub(crate) fn walk<R: Read + Seek>(
    sink: &mut Sink<'_>,
    path: &str,
    length: u64,
    reader: R,
    depth: u32,
) -> Result<bool, Stop> {
    let mut reader = BufReader::new(reader);
    let (begin, bundle) = match Bundle::read(&mut reader) {
        Ok(found) => found,
        Err(why) => {
            sink.finding(path, FindingKind::Unsupported, why)?;
            return Ok(false);
        }
    };
    let mut pack = Pack::new(reader, length.saturating_sub(begin));
    let scanned = pack.scan(sink, begin)?;
    if pack.objects.is_empty() {
        sink.finding(path, FindingKind::Corrupt, scanned.unwrap_or_else(|| "there is no object in it".to_owned()))?;
        return Ok(false);
    }
    if let Some(why) = scanned {
        sink.finding(path, FindingKind::Corrupt, why)?;
    }
    pack.work_out(sink)?;
    if let Some((kind, why)) = pack.lost(&bundle) {
        sink.finding(path, kind, why)?;
    }
    let mut files =
        Files { path, depth, length, seen: vec![false; pack.objects.len()], names: Names::default(), missing: 0 };
    let mut clues = Clues::default();
    for commit in pack.commits(&bundle.tips, &mut clues) {
        files.walk_commit(sink, &mut pack, &commit)?;
    }
    files.walk_rest(sink, &mut pack)?;
    if files.missing > 0 {
        let missing = files.missing;
        let detail = format!("its trees name {missing} files and folders that are not in it");
        sink.finding(path, FindingKind::Truncated, detail)?;
    }
    clues.tell(sink, path)?;
    Ok(true)
}

/// The name of an object.
type Id = [u8; 20];

/// What stands before the pack in a bundle; nothing where the file is a pack.
#[derive(Default)]
struct Bundle {
    tips: Vec<Id>,
    /// How many commits must be there already.
    needed: usize,
}

impl Bundle {
    /// Reads it, and where the pack begins.
    fn read(reader: &mut impl Read) -> Result<(u64, Bundle), String> {
        /// Bytes of the head: a line for each branch and tag.
        const LONGEST: u64 = 32 << 20;

        let mut sign = [0; 4];
        reader.read_exact(&mut sign).map_err(|error| error.to_string())?;
        if sign == *b"PACK" {
            return Ok((0, Bundle::default()));
        }
        let (mut line, mut at, mut bundle) = (sign.to_vec(), 4, Bundle::default());
        let mut byte = [0];
        loop {
            reader.read_exact(&mut byte).map_err(|_| "its head does not end".to_owned())?;
            at += 1;
            if at > LONGEST {
                return Err("its head is too long".to_owned());
            }
            if byte != [b'\n'] {
                line.push(byte[0]);
                continue;
            }
            match line.as_slice() {
                [] => return Ok((at, bundle)),
                [b'@', capability @ ..] => {
                    if capability.starts_with(b"object-format=") && capability != b"object-format=sha1" {
                        return Err("its objects are named by SHA-256, which is not read".to_owned());
                    }
                }
                [b'-', ..] => bundle.needed += 1,
                line => bundle.tips.extend(hex(line)),
            }
            line.clear();
        }
    }
}

/// An object of a pack.
#[derive(Clone, Copy)]
struct Object {
    /// Where it begins, and where its content does behind that.
    begin: u64,
    head: u8,
    kind: Kind,
    /// Bytes of its content: of one that is a change, of the change.
    size: u64,
    /// The number of the object that it is a change of, or one of the two below.
    base: u32,
    id: Id,
}

/// It is no change of another.
const WHOLE: u32 = u32::MAX;
/// What it is a change of is not known.
const UNKNOWN: u32 = u32::MAX - 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Commit,
    Tree,
    Blob,
    Tag,
    /// A change whose base tells what it is, as long as that is not worked out.
    Open,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Kind::Commit => "commit",
            Kind::Tree => "tree",
            Kind::Blob => "blob",
            Kind::Tag => "tag",
            Kind::Open => "",
        }
    }
}

/// A pack, its objects in the order in which they stand.
struct Pack<R: Read + Seek> {
    reader: BufReader<R>,
    length: u64,
    objects: Vec<Object>,
    /// Changes that name what they change by its id.
    by_name: Vec<(Id, u32)>,
    /// The objects whose id is known, by that.
    order: Vec<u32>,
    cache: HashMap<u32, Rc<Vec<u8>>>,
    cached: VecDeque<u32>,
    cached_bytes: usize,
    /// Bytes of all that came out of it while it was worked out.
    produced: u64,
    told: u64,
    too_large: u64,
    is_bomb: bool,
}

impl<R: Read + Seek> Pack<R> {
    fn new(reader: BufReader<R>, length: u64) -> Self {
        Pack {
            reader,
            length,
            objects: Vec::new(),
            by_name: Vec::new(),
            order: Vec::new(),
            cache: HashMap::new(),
            cached: VecDeque::new(),
            cached_bytes: 0,
            produced: 0,
            told: 0,
            too_large: 0,
            is_bomb: false,
        }
    }

    /// Counts what came out, tells the parent by and by, and gives whether that is still within reason.
    fn count(&mut self, sink: &mut Sink<'_>, bytes: u64) -> Result<bool, Stop> {
        self.produced += bytes;
        if self.produced - self.told > TOLD_EACH {
            self.told = self.produced;
            sink.working()?;
        }
        self.is_bomb |= self.produced > RATIO_FLOOR.max(self.length.saturating_mul(RATIO));
        Ok(!self.is_bomb)
    }

    /// Goes to a place, within what is read already where it is near.
    fn go_to(&mut self, at: u64) -> io::Result<()> {
        let here = self.reader.stream_position()?;
        match i64::try_from(i128::from(at) - i128::from(here)) {
            Ok(away) => self.reader.seek_relative(away),
            Err(_) => self.reader.seek(SeekFrom::Start(at)).map(drop),
        }
    }

    /// Finds all objects, and names those that are no changes; gives why it broke off.
    fn scan(&mut self, sink: &mut Sink<'_>, begin: u64) -> Result<Option<String>, Stop> {
        let mut head = [0; 12];
        let read = self.go_to(begin).and_then(|()| self.reader.read_exact(&mut head));
        let [b'P', b'A', b'C', b'K', 0, 0, 0, 2 | 3, c0, c1, c2, c3] = head else {
            return Ok(Some("there is no pack in it".to_owned()));
        };
        if let Err(error) = read {
            return Ok(Some(error.to_string()));
        }
        let stated = u32::from_be_bytes([c0, c1, c2, c3]);
        let mut at = begin + 12;
        while self.objects.len() < usize::try_from(stated.min(MOST_OBJECTS)).unwrap_or_default() {
            match self.scan_object(sink, at)? {
                Ok(next) => at = next,
                Err(why) => {
                    let found = self.objects.len();
                    return Ok(Some(format!("of {stated} objects {found} were found: {why}")));
                }
            }
            if self.is_bomb {
                return Ok(Some(format!("more came out of it than {RATIO} bytes for each byte that went in")));
            }
        }
        Ok((stated > MOST_OBJECTS).then(|| format!("of {stated} objects the first {MOST_OBJECTS} were read")))
    }

    /// Reads the object at a place, and gives where the next one begins.
    fn scan_object(&mut self, sink: &mut Sink<'_>, begin: u64) -> Result<Result<u64, String>, Stop> {
        let (object, name) = match self.header(begin) {
            Ok(found) => found,
            Err(error) => return Ok(Err(error.to_string())),
        };
        let mut hasher = Sha1::new();
        hasher.update(format!("{} {}\0", object.kind.word(), object.size));
        let mut inflated = ZlibDecoder::new(&mut self.reader);
        let (mut chunk, mut size) = ([0; 16 << 10], 0u64);
        let failed = loop {
            match inflated.read(&mut chunk) {
                Ok(0) => break (size != object.size).then(|| "a size does not hold".to_owned()),
                Ok(read) => {
                    size += read as u64;
                    if size > object.size {
                        break Some("a size does not hold".to_owned());
                    }
                    hasher.update(&chunk[..read]);
                }
                Err(error) => break Some(error.to_string()),
            }
        };
        let next = begin + u64::from(object.head) + inflated.total_in();
        self.count(sink, size)?;
        if let Some(why) = failed {
            return Ok(Err(why));
        }
        let number = u32::try_from(self.objects.len()).unwrap_or(UNKNOWN);
        self.by_name.extend(name.map(|name| (name, number)));
        let id = if object.kind == Kind::Open { [0; 20] } else { hasher.finalize().into() };
        self.objects.push(Object { id, ..object });
        Ok(Ok(next))
    }

    /// Reads the head of an object, and the name of what it changes where it names that.
    fn header(&mut self, begin: u64) -> io::Result<(Object, Option<Id>)> {
        let invalid = |why: &str| io::Error::new(io::ErrorKind::InvalidData, why);
        self.go_to(begin)?;
        let (mut byte, mut head) = ([0], 1u8);
        self.reader.read_exact(&mut byte)?;
        let kind = byte[0] >> 4 & 7;
        let (mut size, mut shift) = (u64::from(byte[0] & 15), 4);
        while byte[0] & 0x80 != 0 {
            self.reader.read_exact(&mut byte)?;
            head += 1;
            if shift > 53 {
                return Err(invalid("a size is too large"));
            }
            size |= u64::from(byte[0] & 0x7f) << shift;
            shift += 7;
        }
        let (mut base, mut name) = (WHOLE, None);
        let kind = match kind {
            1 => Kind::Commit,
            2 => Kind::Tree,
            3 => Kind::Blob,
            4 => Kind::Tag,
            6 => {
                self.reader.read_exact(&mut byte)?;
                head += 1;
                let mut back = u64::from(byte[0] & 0x7f);
                while byte[0] & 0x80 != 0 {
                    self.reader.read_exact(&mut byte)?;
                    head += 1;
                    if back > u64::MAX >> 9 {
                        return Err(invalid("a place is too far away"));
                    }
                    back = (back + 1) << 7 | u64::from(byte[0] & 0x7f);
                }
                // It stands before, so that no chain of these comes back to itself.
                let at = begin.checked_sub(back).filter(|at| *at < begin);
                let found = at.and_then(|at| self.objects.binary_search_by_key(&at, |object| object.begin).ok());
                base = found.and_then(|found| u32::try_from(found).ok()).unwrap_or(UNKNOWN);
                Kind::Open
            }
            7 => {
                let mut id = [0; 20];
                self.reader.read_exact(&mut id)?;
                head += 20;
                (base, name) = (UNKNOWN, Some(id));
                Kind::Open
            }
            _ => return Err(invalid("an object of no known kind")),
        };
        Ok((Object { begin, head, kind, size, base, id: [0; 20] }, name))
    }

    /// The content that stands in the pack: of a change, the change.
    fn inflated(&mut self, number: u32) -> Option<Vec<u8>> {
        let object = *self.objects.get(number as usize)?;
        if object.size > LARGEST {
            return None;
        }
        self.go_to(object.begin + u64::from(object.head)).ok()?;
        let mut content = Vec::new();
        ZlibDecoder::new(&mut self.reader).take(object.size + 1).read_to_end(&mut content).ok()?;
        (content.len() as u64 == object.size).then_some(content)
    }

    /// Works out the objects that are changes of others, and names them.
    fn work_out(&mut self, sink: &mut Sink<'_>) -> Result<(), Stop> {
        let numbered = (0u32..).zip(&self.objects);
        let mut by_base: Vec<(u32, u32)> =
            numbered.filter(|(_, it)| it.base < UNKNOWN).map(|(number, it)| (it.base, number)).collect();
        by_base.sort_unstable();
        let mut by_name = std::mem::take(&mut self.by_name);
        by_name.sort_unstable();
        let changes_of = |number: u32, id: &Id| -> Vec<u32> {
            let of_base = by_base.partition_point(|(base, _)| *base < number);
            let of_name = by_name.partition_point(|(name, _)| name < id);
            let here = by_base[of_base..].iter().take_while(|(base, _)| *base == number).map(|(_, it)| *it);
            here.chain(by_name[of_name..].iter().take_while(|(name, _)| name == id).map(|(_, it)| *it)).collect()
        };
        for root in 0..u32::try_from(self.objects.len()).unwrap_or_default() {
            let object = self.objects[root as usize];
            if object.base != WHOLE {
                continue;
            }
            let changes = changes_of(root, &object.id);
            if changes.is_empty() {
                continue;
            }
            let Some(content) = self.inflated(root) else {
                self.too_large += 1;
                continue;
            };
            let mut held = content.len() as u64;
            let mut stack = vec![(root, content, changes)];
            while let Some((base, content, changes)) = stack.last_mut() {
                let Some(number) = changes.pop() else {
                    held -= content.len() as u64;
                    stack.pop();
                    continue;
                };
                let base = *base;
                // One that was named twice, or comes back to itself.
                if self.objects[number as usize].kind != Kind::Open {
                    continue;
                }
                let Some(new) = self.inflated(number).and_then(|change| changed(content, &change)) else { continue };
                let id = Sha1::new()
                    .chain_update(format!("{} {}\0", object.kind.word(), new.len()))
                    .chain_update(&new)
                    .finalize()
                    .into();
                let is_well = self.count(sink, new.len() as u64)?;
                let known = &mut self.objects[number as usize];
                (known.id, known.kind, known.base) = (id, object.kind, base);
                if !is_well {
                    return Ok(());
                }
                let changes = changes_of(number, &id);
                if changes.is_empty() {
                    continue;
                }
                held += new.len() as u64;
                if held > HELD || stack.len() >= DEEPEST {
                    held -= new.len() as u64;
                    self.too_large += 1;
                    continue;
                }
                stack.push((number, new, changes));
            }
        }
        Ok(())
    }

    /// Why some objects are not known, once all that can be are; and puts those that are in order.
    fn lost(&mut self, bundle: &Bundle) -> Option<(FindingKind, String)> {
        let numbered = (0u32..).zip(&self.objects);
        self.order = numbered.filter(|(_, it)| it.kind != Kind::Open).map(|(number, _)| number).collect();
        let objects = &self.objects;
        self.order.sort_unstable_by_key(|number| objects[*number as usize].id);
        let lost = self.objects.len() - self.order.len();
        let all = self.objects.len();
        if self.is_bomb {
            let detail = format!(
                "more came out of it than {RATIO} bytes for each byte that went in; of {all} objects {lost} were not read"
            );
            return Some((FindingKind::Bomb, detail));
        }
        if lost == 0 {
            return None;
        }
        Some(if bundle.needed > 0 {
            let needed = bundle.needed;
            let detail = format!(
                "{lost} of its {all} objects are changes of others that are not in it: it goes on from {needed} commits that must be \
                 there already"
            );
            (FindingKind::Truncated, detail)
        } else if self.too_large > 0 {
            (
                FindingKind::TooLarge,
                format!("{lost} of its {all} objects are, or are changes of, what is too large to be held"),
            )
        } else {
            let detail = format!(
                "{lost} of its {all} objects are changes of others that are not in it, or do not hold together"
            );
            (FindingKind::Corrupt, detail)
        })
    }

    fn find(&self, id: &Id) -> Option<u32> {
        let place = self.order.binary_search_by_key(id, |number| self.objects[*number as usize].id).ok()?;
        self.order.get(place).copied()
    }

    /// The content of an object, worked out from what it is a change of.
    fn content(&mut self, number: u32) -> Option<Rc<Vec<u8>>> {
        let mut chain = Vec::new();
        let mut at = number;
        let mut content = loop {
            if let Some(known) = self.cache.get(&at) {
                break Rc::clone(known);
            }
            let base = self.objects.get(at as usize)?.base;
            if base == WHOLE {
                break Rc::new(self.inflated(at)?);
            }
            chain.push(at);
            if chain.len() > DEEPEST {
                return None;
            }
            at = base;
        };
        self.keep(at, &content);
        while let Some(next) = chain.pop() {
            let change = self.inflated(next)?;
            content = Rc::new(changed(&content, &change)?);
            self.keep(next, &content);
        }
        Some(content)
    }

    fn keep(&mut self, number: u32, content: &Rc<Vec<u8>>) {
        if content.len() > CACHED / 4 || self.cache.contains_key(&number) {
            return;
        }
        self.cached_bytes += content.len();
        self.cached.push_back(number);
        self.cache.insert(number, Rc::clone(content));
        while self.cached_bytes > CACHED {
            let Some(oldest) = self.cached.pop_front() else { return };
            self.cached_bytes -= self.cache.remove(&oldest).map_or(0, |content| content.len());
        }
    }

    /// The commits: those that are tips first, then the newest. What they say of their makers is a clue.
    fn commits(&mut self, tips: &[Id], clues: &mut Clues) -> Vec<Commit> {
        let tips: HashSet<&Id> = tips.iter().collect();
        let mut commits = Vec::new();
        for number in 0..u32::try_from(self.objects.len()).unwrap_or_default() {
            let Object { kind: Kind::Commit, id, .. } = self.objects[number as usize] else { continue };
            if let Some(commit) = self.content(number).and_then(|content| Commit::read(id, &content, clues)) {
                commits.push((!tips.contains(&id), std::cmp::Reverse(commit.time), commit));
            }
        }
        commits.sort_by_key(|(is_inner, time, commit)| (*is_inner, *time, commit.id));
        commits.into_iter().map(|(.., commit)| commit).collect()
    }
}

struct Commit {
    id: Id,
    tree: Id,
    /// In seconds since 1970.
    time: i64,
}

impl Commit {
    fn read(id: Id, content: &[u8], clues: &mut Clues) -> Option<Commit> {
        let (mut tree, mut time) = (None, 0);
        for line in content.split(|byte| *byte == b'\n').take_while(|line| !line.is_empty()) {
            if let Some(name) = line.strip_prefix(b"tree ") {
                tree = tree.or_else(|| hex(name));
            } else if let Some(author) = line.strip_prefix(b"author ") {
                let end = author.iter().rposition(|byte| *byte == b'>').map_or(author.len(), |at| at + 1);
                clues.add(ClueKind::Person, &author[..end]);
            } else if let Some(committer) = line.strip_prefix(b"committer ") {
                let mut words = committer.rsplit(|byte| *byte == b' ').map(|word| std::str::from_utf8(word).ok());
                let zone = words.next().flatten().and_then(|zone| zone.parse::<i64>().ok()).unwrap_or_default();
                time = words.next().flatten().and_then(|time| time.parse().ok()).unwrap_or_default();
                clues.time(Some(time));
                clues.zone(time, time.saturating_add((zone / 100 * 60 + zone % 100) * 60));
            }
        }
        Some(Commit { id, tree: tree?, time })
    }
}

/// The files of a pack as they are passed on.
struct Files<'p> {
    path: &'p str,
    depth: u32,
    length: u64,
    /// Trees that were followed and files that were passed on.
    seen: Vec<bool>,
    names: Names,
    missing: u64,
}

impl Files<'_> {
    /// Passes on the files of a commit that no other had before.
    fn walk_commit<R: Read + Seek>(
        &mut self,
        sink: &mut Sink<'_>,
        pack: &mut Pack<R>,
        commit: &Commit,
    ) -> Result<(), Stop> {
        let folder: String = commit.id.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        let mut trees = vec![(commit.tree, folder.into_bytes(), 0)];
        while let Some((id, folder, depth)) = trees.pop() {
            let Some(number) = self.first_time(pack, &id) else { continue };
            let Some(content) = pack.content(number) else {
                self.missing += 1;
                continue;
            };
            let mut rest = content.as_slice();
            let mut below = Vec::new();
            while let Some(TreeEntry { mode, name, id, rest: after }) = TreeEntry::read(rest) {
                rest = after;
                let entry = [&folder, b"/".as_slice(), name].concat();
                match mode {
                    b"40000" | b"040000" if depth < DEEPEST_TREE => below.push((id, entry, depth + 1)),
                    // A repository in the repository is a commit of that.
                    b"160000" | b"40000" | b"040000" => {}
                    mode => {
                        let Some(number) = self.first_time(pack, &id) else { continue };
                        if mode == b"120000" {
                            let entry_path = nested_path(self.path, &entry);
                            sink.count_entry(&entry_path)?;
                            sink.finding(&entry_path, FindingKind::NotAFile, "a symbolic link; it is not followed")?;
                        } else {
                            self.pass_on(sink, pack, number, &entry)?;
                        }
                    }
                }
            }
            trees.extend(below.into_iter().rev());
        }
        Ok(())
    }

    /// The number of an object, where it is met for the first time.
    fn first_time<R: Read + Seek>(&mut self, pack: &Pack<R>, id: &Id) -> Option<u32> {
        let Some(number) = pack.find(id) else {
            self.missing += 1;
            return None;
        };
        let seen = self.seen.get_mut(number as usize)?;
        (!std::mem::replace(seen, true)).then_some(number)
    }

    /// Passes on the files that no tree leads to.
    fn walk_rest<R: Read + Seek>(&mut self, sink: &mut Sink<'_>, pack: &mut Pack<R>) -> Result<(), Stop> {
        for number in 0..u32::try_from(pack.objects.len()).unwrap_or_default() {
            let object = pack.objects[number as usize];
            if object.kind == Kind::Blob && !self.seen[number as usize] {
                let id: String = object.id.iter().map(|byte| format!("{byte:02x}")).collect();
                self.pass_on(sink, pack, number, format!("objects/{id}").as_bytes())?;
            }
        }
        Ok(())
    }

    fn pass_on<R: Read + Seek>(
        &mut self,
        sink: &mut Sink<'_>,
        pack: &mut Pack<R>,
        number: u32,
        name: &[u8],
    ) -> Result<(), Stop> {
        let path = nested_path(self.path, name);
        if let Some(why) = why_unsafe(name) {
            sink.finding(&path, FindingKind::UnsafeName, why)?;
        }
        if !self.names.is_new(name) {
            sink.finding(&path, FindingKind::DuplicateName, "an entry before it has the same name")?;
        }
        let object = pack.objects[number as usize];
        if object.base == WHOLE && object.size > LARGEST {
            let at = object.begin + u64::from(object.head);
            if let Err(error) = pack.go_to(at) {
                return sink.finding(&path, kind_of(&error), error.to_string());
            }
            let consumed = Rc::new(std::cell::Cell::new(self.length));
            let content = ZlibDecoder::new(&mut pack.reader);
            let mut content = Bounded::new(content, consumed, sink.limits.ratio);
            return walk_stream(sink, &path, &mut content, Some(object.size), self.depth);
        }
        match pack.content(number) {
            Some(content) => {
                let mut stream = Cursor::new(content.as_slice());
                walk_stream(sink, &path, &mut stream, Some(content.len() as u64), self.depth)
            }
            None => {
                sink.count_entry(&path)?;
                sink.finding(&path, FindingKind::TooLarge, "it is a change of what is too large to be held")
            }
        }
    }
}

/// An entry of a tree.
struct TreeEntry<'t> {
    /// What it is, in octal digits.
    mode: &'t [u8],
    name: &'t [u8],
    id: Id,
    /// What follows it.
    rest: &'t [u8],
}

impl TreeEntry<'_> {
    /// The first of these.
    fn read(tree: &[u8]) -> Option<TreeEntry<'_>> {
        let blank = tree.iter().position(|byte| *byte == b' ')?;
        let (mode, rest) = (&tree[..blank], &tree[blank + 1..]);
        let end = rest.iter().position(|byte| *byte == 0)?;
        let (id, after) = rest[end + 1..].split_first_chunk()?;
        Some(TreeEntry { mode, name: &rest[..end], id: *id, rest: after })
    }
}

/// What a change makes of its base (gitformat-pack, "Deltified representation"); `None` where it does not hold.
fn changed(base: &[u8], change: &[u8]) -> Option<Vec<u8>> {
    let (of, rest) = number(change)?;
    let (size, mut rest) = number(rest)?;
    if of != base.len() as u64 || size > LARGEST {
        return None;
    }
    let size = usize::try_from(size).ok()?;
    let mut new = Vec::new();
    while let Some((sign, after)) = rest.split_first() {
        rest = after;
        if *sign == 0 {
            return None;
        }
        if sign & 0x80 == 0 {
            let (inserted, after) = rest.split_at_checked(usize::from(*sign))?;
            new.extend_from_slice(inserted);
            rest = after;
        } else {
            let mut take = |bits: std::ops::Range<u32>| {
                let mut value = 0usize;
                for (shift, bit) in bits.enumerate() {
                    if sign >> bit & 1 == 1 {
                        let (byte, after) = rest.split_first()?;
                        value |= usize::from(*byte) << (8 * shift);
                        rest = after;
                    }
                }
                Some(value)
            };
            let (from, length) = (take(0..4)?, take(4..7)?);
            let length = if length == 0 { 0x10000 } else { length };
            new.extend_from_slice(base.get(from..from.checked_add(length)?)?);
        }
        if new.len() > size {
            return None;
        }
    }
    (new.len() == size).then_some(new)
}

/// A number in groups of seven bits, the lowest first, and what follows it.
fn number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0u64;
    for (place, byte) in bytes.iter().enumerate().take(9) {
        value |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some((value, &bytes[place + 1..]));
        }
    }
    None
}

/// The object that forty digits at the start of a line name.
fn hex(line: &[u8]) -> Option<Id> {
    let digits = std::str::from_utf8(line.get(..40)?).ok()?;
    let mut id = [0; 20];
    for (place, byte) in id.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(2 * place..2 * place + 2)?, 16).ok()?;
    }
    Some(id)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_change_copies_and_inserts_and_nothing_else() {
        let base = b"The files were taken on a Tuesday.";
        // Copy 25 bytes from 0, insert seven, copy one from 33.
        let change = [34, 33, 0x90, 25, 7, b'F', b'r', b'i', b'd', b'a', b'y', b'!', 0x91, 33, 1];
        assert_eq!(changed(base, &change).as_deref(), Some(&b"The files were taken on aFriday!."[..]));
        for broken in [
            &change[..14],
            &change[..3],
            &[34, 33, 0][..],
            &[33, 33][..],
            &[34, 99, 0x90, 25][..],
            &[34, 33, 0x91, 30, 25],
        ] {
            assert_eq!(changed(base, broken), None, "{broken:?}");
        }
    }

    #[test]
    fn entries_of_a_tree_are_read_one_by_one() {
        let tree = [&b"100644 a.c\0"[..], &[7; 20], b"40000 src\0", &[9; 20], b"100"].concat();
        let one = TreeEntry::read(&tree).expect("an entry");
        assert_eq!((one.mode, one.name, one.id), (&b"100644"[..], &b"a.c"[..], [7; 20]));
        let two = TreeEntry::read(one.rest).expect("another");
        assert_eq!((two.mode, two.name, two.id), (&b"40000"[..], &b"src"[..], [9; 20]));
        assert!(TreeEntry::read(two.rest).is_none());
    }

    proptest! {
        #[test]
        fn no_change_makes_more_than_it_says(base in prop::collection::vec(any::<u8>(), 0..60), change in prop::collection::vec(any::<u8>(), 0..40)) {
            if let Some(new) = changed(&base, &change) {
                let said = number(&change).and_then(|(_, rest)| number(rest)).map(|(size, _)| size);
                prop_assert_eq!(Some(new.len() as u64), said);
            }
        }
    }
}
