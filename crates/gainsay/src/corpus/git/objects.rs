//! The objects of a repository by number, and the delta forest of its packs.
//!
//! Every object has a number: those in packs by pack and by place in the pack's index, the others as they are met. An
//! object that is in several packs has the number of the first.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use gix::objs::Kind;
use gix::odb::pack;
use gix::odb::pack::data::entry::Header;
use gix::{ObjectId, oid};

/// The number of an object.
pub(super) type Number = u32;

/// No object.
pub(super) const NONE: Number = Number::MAX;

/// Numbers stay below this, so that an entry of a tree fits a word.
const MOST: usize = 1 << 30;

/// The objects of a repository.
pub(super) struct Objects {
    pub(super) packs: Vec<Pack>,
    packed: Number,
    hash: gix::hash::Kind,
    loose: Mutex<Loose>,
}

/// A pack with its index.
pub(super) struct Pack {
    data: pack::data::File,
    index: pack::index::File,
    /// The number of the first object of its index.
    begin: Number,
}

/// So many guesses at most; in an index of ids that are hashes four or five are enough.
const GUESSES: u32 = 12;

impl Pack {
    /// The place of an object in the index, found by how its id lies between others.
    fn find(&self, id: &oid) -> Option<u32> {
        let leading = |id: &oid| id.as_bytes().first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes));
        let whole = leading(id);
        let key = whole >> 32;
        let (mut from, mut until) = (0, self.index.num_objects());
        let (mut least, mut most) = (0, u64::from(u32::MAX));
        let mut guesses = 0;
        while from < until {
            guesses += 1;
            let left = u64::from(until - from);
            // Ids that lie otherwise than hashes do are halved.
            let share = match guesses <= GUESSES {
                true => key.saturating_sub(least) * left / (most.saturating_sub(least) + 1),
                false => left / 2,
            };
            let at = from + u32::try_from(share.min(left - 1)).ok()?;
            let found = self.index.oid_at_index(at);
            let here = leading(found);
            match here.cmp(&whole).then_with(|| found.cmp(id)) {
                std::cmp::Ordering::Equal => return Some(at),
                std::cmp::Ordering::Less => (from, least) = (at + 1, here >> 32),
                std::cmp::Ordering::Greater => (until, most) = (at, here >> 32),
            }
        }
        None
    }
}

/// Objects that are in no pack.
#[derive(Default)]
struct Loose {
    numbers: HashMap<ObjectId, Number>,
    ids: Vec<ObjectId>,
}

impl Objects {
    /// Opens the packs of a repository and of its alternates; what can't be opened is told to `problem`.
    pub(super) fn open(repo: &gix::Repository, problem: &mut dyn FnMut(String)) -> Self {
        let hash = repo.object_hash();
        let (folders, error) = folders(repo);
        if let Some(error) = error {
            problem(format!("its alternates can't be told: {error}"));
        }
        let mut objects = Objects { packs: Vec::new(), packed: 0, hash, loose: Mutex::default() };
        for folder in folders {
            for path in indices(&folder.join("pack")) {
                if let Err(error) = objects.add(&path) {
                    problem(format!("the pack {} can't be opened: {error}", path.display()));
                }
            }
        }
        objects
    }

    /// Adds the pack whose index is at `path`.
    fn add(&mut self, path: &Path) -> Result<(), String> {
        let index = pack::index::File::at(path, self.hash).map_err(|error| error.to_string())?;
        let data = pack::data::File::at(path.with_extension("pack"), self.hash).map_err(|error| error.to_string())?;
        let begin = self.packed;
        self.packed = begin
            .checked_add(index.num_objects())
            .filter(|all| usize::try_from(*all).is_ok_and(|all| all < MOST / 2))
            .ok_or("the repository has more than 536,870,912 packed objects")?;
        self.packs.push(Pack { data, index, begin });
        Ok(())
    }

    /// How many objects are in packs: they have the numbers below.
    pub(super) fn packed(&self) -> usize {
        self.packed as usize
    }

    /// Bytes of an object's id.
    pub(super) fn hash_length(&self) -> usize {
        self.hash.len_in_bytes()
    }

    /// The number of an object, which may be missing.
    pub(super) fn number(&self, id: &oid) -> Number {
        if let Some(number) = self.packed_number(id) {
            return number;
        }
        let mut loose = self.loose.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(number) = loose.numbers.get(id) {
            return *number;
        }
        // Beyond the last number there is only "missing".
        let number = u32::try_from(loose.ids.len()).ok().and_then(|at| self.packed.checked_add(at));
        let number = number.filter(|number| (*number as usize) < MOST - 1).unwrap_or(NONE);
        if number != NONE {
            loose.ids.push(id.to_owned());
            loose.numbers.insert(id.to_owned(), number);
        }
        number
    }

    fn packed_number(&self, id: &oid) -> Option<Number> {
        self.packs.iter().find_map(|pack| pack.find(id).map(|at| pack.begin + at))
    }

    /// The id of a numbered object.
    pub(super) fn id(&self, number: Number) -> ObjectId {
        match self.pack_of(number) {
            Some((pack, at)) => pack.index.oid_at_index(at).to_owned(),
            None => {
                let loose = self.loose.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                let at = number.saturating_sub(self.packed) as usize;
                loose.ids.get(at).copied().unwrap_or_else(|| self.hash.null())
            }
        }
    }

    /// The pack that holds an object, with the object's place in its index.
    fn pack_of(&self, number: Number) -> Option<(&Pack, u32)> {
        if number >= self.packed {
            return None;
        }
        let pack = self.packs.get(self.packs.partition_point(|pack| pack.begin <= number).checked_sub(1)?)?;
        Some((pack, number - pack.begin))
    }

    /// The packed entry of an object, with its pack.
    pub(super) fn entry(&self, number: Number) -> Option<(&pack::data::File, pack::data::Entry)> {
        let (pack, at) = self.pack_of(number)?;
        let entry = pack.data.entry(pack.index.pack_offset_at_index(at)).ok()?;
        Some((&pack.data, entry))
    }
}

/// The folders that hold the objects of a repository: its own and its alternates', and why these can't be told.
pub(super) fn folders(repo: &gix::Repository) -> (Vec<PathBuf>, Option<String>) {
    let store = repo.objects.store_ref();
    let mut folders = vec![store.path().to_path_buf()];
    match store.alternate_db_paths() {
        Ok(alternates) => folders.extend(alternates),
        Err(error) => return (folders, Some(error.to_string())),
    }
    (folders, None)
}

/// The indices of the packs in a folder, by name.
fn indices(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    found.retain(|path| path.extension().is_some_and(|ending| ending == "idx"));
    found.sort();
    found
}

/// Which packed object is stored as a change of which. Objects whose base is in no pack, or that are bases of each other,
/// are not part of it.
pub(super) struct Forest {
    /// The base of each packed object, or nothing.
    base: Vec<Number>,
    /// The first object based on each, and the next one with the same base.
    first: Vec<Number>,
    next: Vec<Number>,
    /// Every object after its base: all that rests on an object follows it without a gap.
    order: Vec<Number>,
    /// How many objects rest on each, itself included; 0 where it is not part of the forest.
    weight: Vec<u32>,
    /// Where each object stands in `order`.
    place: Vec<u32>,
    /// Where the trees of each kind begin in `order`: commits, trees, blobs, and the end.
    begins: [usize; 4],
}

/// The kinds that are read, in the order of the forest.
const KINDS: [Kind; 3] = [Kind::Commit, Kind::Tree, Kind::Blob];

impl Forest {
    /// Reads the headers of all packed objects.
    pub(super) fn new(objects: &Objects) -> Self {
        let all = objects.packed();
        let mut base = vec![NONE; all];
        let mut next = vec![NONE; all];
        let mut first = vec![NONE; all];
        let mut roots: [Vec<Number>; 3] = Default::default();
        for pack in &objects.packs {
            // Descending, so that each list of children ascends.
            let offsets = sorted_offsets(pack);
            for (at, (offset, number)) in offsets.iter().enumerate().rev() {
                let Ok(entry) = pack.data.entry(*offset) else { continue };
                let found = match entry.header {
                    Header::OfsDelta { base_distance } => offset
                        .checked_sub(base_distance)
                        .and_then(|wanted| place_before(&offsets[..at], wanted))
                        .map(|place| offsets[place].1),
                    Header::RefDelta { base_id } => objects.packed_number(&base_id),
                    header => {
                        let kind = KINDS.iter().position(|kind| header.as_kind() == Some(*kind));
                        if let Some(roots) = kind.and_then(|kind| roots.get_mut(kind)) {
                            roots.push(*number);
                        }
                        continue;
                    }
                };
                if let Some(found) = found {
                    base[*number as usize] = found;
                    next[*number as usize] = first[found as usize];
                    first[found as usize] = *number;
                }
            }
        }
        let mut order = Vec::with_capacity(all);
        let mut begins = [0; 4];
        let mut open = Vec::new();
        for (kind, roots) in roots.into_iter().enumerate() {
            begins[kind] = order.len();
            for root in roots.into_iter().rev() {
                open.push(root);
                while let Some(number) = open.pop() {
                    order.push(number);
                    let mut child = first[number as usize];
                    while child != NONE {
                        open.push(child);
                        child = next[child as usize];
                    }
                }
            }
        }
        begins[3] = order.len();
        let mut weight = vec![0u32; all];
        for number in order.iter().rev() {
            weight[*number as usize] += 1;
            let base = base[*number as usize];
            if base != NONE {
                weight[base as usize] += weight[*number as usize];
            }
        }
        let mut place = vec![NONE; all];
        for (at, number) in (0..).zip(&order) {
            place[*number as usize] = at;
        }
        Forest { base, first, next, order, weight, place, begins }
    }

    /// All objects of a kind, each after its base and directly before all that rests on it.
    pub(super) fn of(&self, kind: Kind) -> &[Number] {
        let at = KINDS.iter().position(|known| *known == kind).unwrap_or(0);
        &self.order[self.begins[at]..self.begins[at + 1]]
    }

    /// The objects of a kind that are stored whole.
    pub(super) fn roots(&self, kind: Kind) -> Vec<Number> {
        self.of(kind).iter().copied().filter(|number| self.base(*number).is_none()).collect()
    }

    /// The object that this one is a change of.
    pub(super) fn base(&self, number: Number) -> Option<Number> {
        self.base.get(number as usize).copied().filter(|base| *base != NONE)
    }

    /// The objects that are changes of this one.
    pub(super) fn children(&self, number: Number) -> impl Iterator<Item = Number> {
        let mut child = self.first[number as usize];
        std::iter::from_fn(move || {
            let found = (child != NONE).then_some(child)?;
            child = self.next[child as usize];
            Some(found)
        })
    }

    /// Whether an object rests on another one, or is it.
    pub(super) fn rests_on(&self, object: Number, other: Number) -> bool {
        let below = self.place(object).wrapping_sub(self.place(other));
        below < self.weight(other)
    }

    /// An object and all that rests on it.
    pub(super) fn all_on(&self, number: Number) -> &[Number] {
        let from = self.place(number) as usize;
        self.order.get(from..from + self.weight(number) as usize).unwrap_or_default()
    }

    /// An object's place in an order in which those that are alike are near each other.
    pub(super) fn place(&self, number: Number) -> u32 {
        self.place.get(number as usize).copied().unwrap_or(NONE)
    }

    /// How many objects rest on this one, itself included; 0 where it is not part of the forest.
    pub(super) fn weight(&self, number: Number) -> u32 {
        self.weight.get(number as usize).copied().unwrap_or(0)
    }
}

/// The objects of a pack by their offsets.
fn sorted_offsets(pack: &Pack) -> Vec<(u64, Number)> {
    let mut offsets: Vec<(u64, Number)> =
        (0..pack.index.num_objects()).map(|at| (pack.index.pack_offset_at_index(at), pack.begin + at)).collect();
    offsets.sort_unstable();
    offsets
}

/// Finds an offset among those before an entry; bases mostly lie near.
fn place_before(before: &[(u64, Number)], wanted: u64) -> Option<usize> {
    let mut step = 1;
    while step < before.len() && before[before.len() - step].0 > wanted {
        step *= 2;
    }
    let from = before.len().saturating_sub(step);
    before[from..].binary_search_by_key(&wanted, |(offset, _)| *offset).ok().map(|at| from + at)
}
