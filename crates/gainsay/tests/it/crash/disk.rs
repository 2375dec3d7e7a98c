//! A disk that remembers what was synced, and gives every state that a power failure may leave.
//!
//! The promise is POSIX's and no more: `fsync` of a file keeps its bytes, `fsync` of a folder keeps its names; of what was not
//! synced anything may be there or not. Real file systems keep more; a desk must not rest on it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::support::Tree;

/// What a program did to the disk, in order. Paths are relative to the disk's root.
#[derive(Clone, Debug)]
pub(crate) enum Operation {
    /// A file was opened, and made where it was not there.
    Create(PathBuf),
    /// A file was cut or lengthened.
    Length(PathBuf, usize),
    /// Bytes were written.
    Write { path: PathBuf, at: usize, bytes: Vec<u8> },
    /// A file got another name.
    Rename(PathBuf, PathBuf),
    /// A name was removed.
    Remove(PathBuf),
    /// A folder was made.
    Folder(PathBuf),
    /// A file or folder was synced.
    Sync(PathBuf),
    /// The program told its user, on standard output.
    Acknowledge,
}

/// How much of one change is on the disk.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Survival {
    Whole,
    /// The first half of what was written.
    Torn,
    Lost,
}

#[derive(Clone)]
enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Length(usize),
}

#[derive(Clone)]
enum NameChange {
    Put(String, usize),
    Remove(String),
    /// A rename in one folder is one change in every file system: both names, or neither.
    Move(String, String, usize),
}

/// What was synced, and what was changed since.
#[derive(Clone)]
enum Node {
    File { synced: Vec<u8>, pending: Vec<Change> },
    Folder { synced: BTreeMap<String, usize>, pending: Vec<NameChange> },
}

impl Node {
    fn pending(&self) -> usize {
        match self {
            Node::File { pending, .. } => pending.len(),
            Node::Folder { pending, .. } => pending.len(),
        }
    }
}

/// The disk below one folder, which itself is there for good.
#[derive(Clone)]
pub(crate) struct Disk {
    nodes: Vec<Node>,
}

const ROOT: usize = 0;

impl Disk {
    /// An empty one.
    pub(crate) fn new() -> Disk {
        Disk { nodes: vec![new_folder()] }
    }

    /// Does what the program did.
    pub(crate) fn apply(&mut self, operation: &Operation) {
        match operation {
            Operation::Acknowledge => {}
            Operation::Create(path) => {
                if self.find(path).is_none() {
                    self.put(path, Node::File { synced: Vec::new(), pending: Vec::new() });
                }
            }
            Operation::Folder(path) => self.put(path, new_folder()),
            Operation::Length(path, length) => self.change(path, Change::Length(*length)),
            Operation::Write { path, at, bytes } => self.change(path, Change::Write { at: *at, bytes: bytes.clone() }),
            Operation::Remove(path) => self.name(path, NameChange::Remove),
            Operation::Rename(from, to) => {
                let node = self.find(from).unwrap_or_else(|| panic!("{from:?} was renamed, but never made"));
                if from.parent() == to.parent() {
                    let to = name_of(to);
                    self.name(from, |from| NameChange::Move(from, to, node));
                } else {
                    self.name(to, |name| NameChange::Put(name, node));
                    self.name(from, NameChange::Remove);
                }
            }
            Operation::Sync(path) => {
                let place = self.find(path).unwrap_or_else(|| panic!("{path:?} was synced, but never made"));
                let whole = |_| Survival::Whole;
                self.nodes[place] = match &self.nodes[place] {
                    node @ Node::File { .. } => Node::File { synced: bytes(node, whole), pending: Vec::new() },
                    node @ Node::Folder { .. } => Node::Folder { synced: names(node, whole), pending: Vec::new() },
                };
            }
        }
    }

    /// What programs see as long as the machine runs.
    pub(crate) fn visible(&self) -> Tree {
        self.tree(|_, _| Survival::Whole)
    }

    /// Every state that a power failure may leave now, as far as this model goes: of each file and folder any prefix of its
    /// changes since it was last synced, all but one of them, and a write cut in half; with everything else kept, and with
    /// everything else lost.
    pub(crate) fn after_power_failure(&self, mut take: impl FnMut(Tree)) {
        take(self.visible());
        take(self.tree(|_, _| Survival::Lost));
        for (place, node) in self.nodes.iter().enumerate() {
            for kept in 0..node.pending() {
                let prefix =
                    |end: usize| move |change: usize| if change < end { Survival::Whole } else { Survival::Lost };
                let torn = |change| if change == kept { Survival::Torn } else { prefix(kept)(change) };
                let all_but_one = |change| if change == kept { Survival::Lost } else { Survival::Whole };
                take(self.tree(|at, change| if at == place { prefix(kept)(change) } else { Survival::Whole }));
                take(self.tree(|at, change| if at == place { prefix(kept + 1)(change) } else { Survival::Lost }));
                take(self.tree(|at, change| if at == place { torn(change) } else { Survival::Whole }));
                take(self.tree(|at, change| if at == place { all_but_one(change) } else { Survival::Whole }));
            }
        }
    }

    fn tree(&self, survival: impl Fn(usize, usize) -> Survival) -> Tree {
        let mut tree = Tree::new();
        let mut folders = vec![(PathBuf::new(), ROOT)];
        while let Some((path, place)) = folders.pop() {
            for (name, place) in names(&self.nodes[place], |change| survival(place, change)) {
                let path = path.join(name);
                match &self.nodes[place] {
                    node @ Node::File { .. } => {
                        drop(tree.insert(path, Some(bytes(node, |change| survival(place, change)))))
                    }
                    Node::Folder { .. } => {
                        tree.insert(path.clone(), None);
                        folders.push((path, place));
                    }
                }
            }
        }
        tree
    }

    fn find(&self, path: &Path) -> Option<usize> {
        path.components().try_fold(ROOT, |place, name| {
            let Node::Folder { .. } = &self.nodes[place] else { return None };
            names(&self.nodes[place], |_| Survival::Whole).get(name.as_os_str().to_str()?).copied()
        })
    }

    fn put(&mut self, path: &Path, node: Node) {
        let place = self.nodes.len();
        self.nodes.push(node);
        self.name(path, |name| NameChange::Put(name, place));
    }

    fn name(&mut self, path: &Path, change: impl FnOnce(String) -> NameChange) {
        let folder = self.find(path.parent().unwrap()).unwrap_or_else(|| panic!("{path:?} is in no folder"));
        match &mut self.nodes[folder] {
            Node::Folder { pending, .. } => pending.push(change(name_of(path))),
            Node::File { .. } => panic!("{path:?} is in a file"),
        }
    }

    fn change(&mut self, path: &Path, change: Change) {
        let place = self.find(path).unwrap_or_else(|| panic!("{path:?} was written, but never made"));
        match &mut self.nodes[place] {
            Node::File { pending, .. } => pending.push(change),
            Node::Folder { .. } => panic!("{path:?} is a folder, and was written"),
        }
    }
}

fn new_folder() -> Node {
    Node::Folder { synced: BTreeMap::new(), pending: Vec::new() }
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

fn bytes(node: &Node, survival: impl Fn(usize) -> Survival) -> Vec<u8> {
    let Node::File { synced, pending } = node else { return Vec::new() };
    let mut whole = synced.clone();
    for (place, change) in pending.iter().enumerate() {
        match (survival(place), change) {
            (Survival::Lost, _) | (Survival::Torn, Change::Length(_)) => {}
            (Survival::Whole, Change::Length(length)) => whole.resize(*length, 0),
            (survival, Change::Write { at, bytes }) => {
                let end = if survival == Survival::Torn { bytes.len() / 2 } else { bytes.len() };
                whole.resize(whole.len().max(at + end), 0);
                whole[*at..at + end].copy_from_slice(&bytes[..end]);
            }
        }
    }
    whole
}

fn names(node: &Node, survival: impl Fn(usize) -> Survival) -> BTreeMap<String, usize> {
    let Node::Folder { synced, pending } = node else { return BTreeMap::new() };
    let mut all = synced.clone();
    let kept = pending.iter().enumerate().filter(|(place, _)| survival(*place) == Survival::Whole);
    for (_, change) in kept {
        match change {
            NameChange::Put(name, node) => drop(all.insert(name.clone(), *node)),
            NameChange::Remove(name) => drop(all.remove(name)),
            NameChange::Move(from, to, node) => {
                all.remove(from);
                all.insert(to.clone(), *node);
            }
        }
    }
    all
}

#[test]
fn only_what_was_synced_is_sure_to_be_there() {
    let (folder, file) = (PathBuf::from("folder"), PathBuf::from("folder/file"));
    let mut disk = Disk::new();
    let states = |disk: &Disk| {
        let mut states = std::collections::BTreeSet::new();
        disk.after_power_failure(|tree| {
            states.insert(tree);
        });
        states
    };
    let write = |at, bytes: &[u8]| Operation::Write { path: file.clone(), at, bytes: bytes.to_vec() };
    for operation in [
        Operation::Folder(folder.clone()),
        Operation::Sync(PathBuf::new()),
        Operation::Create(file.clone()),
        write(0, b"ab"),
        Operation::Sync(file.clone()),
    ] {
        disk.apply(&operation);
    }
    let holds = |bytes: Option<&[u8]>| {
        let mut tree = Tree::from([(folder.clone(), None)]);
        tree.extend(bytes.map(|bytes| (file.clone(), Some(bytes.to_vec()))));
        tree
    };
    assert_eq!(states(&disk), [holds(None), holds(Some(b"ab"))].into(), "the name is not synced");
    disk.apply(&Operation::Sync(folder.clone()));
    assert_eq!(states(&disk), [holds(Some(b"ab"))].into());
    disk.apply(&write(1, b"XY"));
    disk.apply(&Operation::Length(file.clone(), 1));
    let expected: [&[u8]; 4] = [b"ab", b"aXY", b"a", b"aX"];
    assert_eq!(states(&disk), expected.map(|bytes| holds(Some(bytes))).into());
}
