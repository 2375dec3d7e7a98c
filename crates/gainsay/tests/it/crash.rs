//! A power failure at any moment loses no acknowledged entry.
//!
//! Killing the process proves nothing, since the page cache survives it. So the real program is recorded below SQLite and the
//! blob store, and its writes are replayed up to every point into every state that the disk may then be in; each must be a desk
//! that verifies, holds everything acknowledged by then, and goes on. The same check must fail once syncs are left out.

mod disk;
mod recorder;

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, mpsc};

use tempfile::TempDir;

use crate::support::{Environment, Tree, read_tree};
use disk::{Disk, Operation};
use recorder::record;

/// In the body of the text that is destroyed, and nowhere else.
const DESTROYED: &str = "The seller asked for three bitcoins and a lighthouse.";

/// What was done to a desk, by command, and what each command left.
struct Recording {
    environment: Environment,
    root: PathBuf,
    disk: Disk,
    commands: Vec<Vec<Operation>>,
    /// The ids in the ledger after each command, in order.
    ids: Vec<Vec<String>>,
    /// The source whose text was destroyed.
    destroyed: Option<String>,
}

impl Recording {
    fn new() -> Recording {
        let environment = Environment::new();
        let root = environment.path("disk");
        std::fs::create_dir(&root).unwrap();
        Recording { environment, root, disk: Disk::new(), commands: Vec::new(), ids: Vec::new(), destroyed: None }
    }

    /// Runs a command on the desk, recorded, and gives its standard output.
    fn run(&mut self, args: &[&str]) -> String {
        let (operations, output) = record(&self.environment, &self.root, args);
        operations.iter().for_each(|operation| self.disk.apply(operation));
        assert_eq!(
            described(&self.disk.visible()),
            described(&read_tree(&self.root)),
            "the record of {args:?} has gaps"
        );
        assert!(
            operations.iter().any(|operation| matches!(operation, Operation::Acknowledge)),
            "{args:?} told nothing"
        );
        self.commands.push(operations);
        self.ids.push(ids(&self.environment, &self.disk.visible()));
        output.succeeded()
    }

    /// A desk with everything that a command can write: texts, a version, corpora, a checkpoint, a destruction.
    fn of_every_command() -> Recording {
        let mut recording = Recording::new();
        recording.run(&["init"]);
        recording.run(&["open", "Lighthouse"]);
        let first = recording.environment.write("first.txt", "A first story.\n\nNobody has confirmed it.\n");
        let first = first.to_str().unwrap();
        recording.run(&["add", "Lighthouse", first]);
        let second = recording.environment.write("second.txt", format!("A second story.\n\n{DESTROYED}\n"));
        let second = recording.run(&["add", "Lighthouse", second.to_str().unwrap(), "--json"]);
        let second: serde_json::Value = serde_json::from_str(&second).unwrap();
        recording.environment.write("first.txt", "A first story.\n\nThe company has confirmed it.\n");
        assert!(recording.run(&["add", "Lighthouse", first]).contains("new version"));
        let code = "fn lamp(turns: u32) -> u32 {\n    turns.wrapping_mul(7).rotate_left(3)\n}\n".repeat(3);
        recording.environment.write("code/lamp.rs", &code);
        let folder = recording.environment.path("code");
        recording.run(&["corpus", "add", "own", folder.to_str().unwrap()]);
        recording.run(&["ledger", "checkpoint"]);
        recording.environment.write("code/horn.rs", code.replace("lamp", "horn").replace('7', "11"));
        let more = recording.environment.write("more/bell.rs", code.replace("lamp", "bell").replace('7', "13"));
        recording.run(&["corpus", "add", "own", folder.to_str().unwrap(), more.to_str().unwrap()]);
        recording.run(&["corpus", "merge", "own"]);
        let id = second["id"].as_str().unwrap();
        recording.run(&["ledger", "destroy", id, "--reason", "the lawful owner asked for it"]);
        recording.destroyed = Some(id.to_owned());
        recording
    }

    /// Gives every state that a power failure may leave, with the number of commands acknowledged before it; only at
    /// acknowledgements where `only_acknowledged`. What `loses` names is treated as if it had not been synced.
    fn replay(&self, only_acknowledged: bool, loses: impl Fn(usize, &Path) -> bool, mut take: impl FnMut(State)) {
        let (mut disk, mut acknowledged, mut seen) = (Disk::new(), 0, HashSet::new());
        for (command, operations) in self.commands.iter().enumerate() {
            for (place, operation) in operations.iter().enumerate() {
                match operation {
                    Operation::Acknowledge => acknowledged = command + 1,
                    Operation::Sync(path) if loses(command, path) => continue,
                    _ if only_acknowledged => {
                        disk.apply(operation);
                        continue;
                    }
                    _ => disk.apply(operation),
                }
                disk.after_power_failure(|tree| {
                    let mut hasher = DefaultHasher::new();
                    (&tree, acknowledged).hash(&mut hasher);
                    if seen.insert(hasher.finish()) {
                        take(State { tree, acknowledged, after: format!("command {command}, operation {place}") });
                    }
                });
            }
        }
    }

    /// Checks the states of `replay` until one does not hold, and gives how many were checked, and the fault.
    fn check_all(&self, only_acknowledged: bool, loses: impl Fn(usize, &Path) -> bool) -> (usize, Option<String>) {
        let (send, receive) = mpsc::sync_channel::<State>(16);
        let (receive, result) = (Mutex::new(receive), Mutex::new((0, None)));
        std::thread::scope(|scope| {
            for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
                scope.spawn(|| {
                    loop {
                        let Ok(state) = receive.lock().unwrap().recv() else { return };
                        if result.lock().unwrap().1.is_some() {
                            continue;
                        }
                        let checked = check(&self.environment, &state, &self.ids);
                        let mut result = result.lock().unwrap();
                        result.0 += 1;
                        result.1 = result.1.take().or(checked.err());
                    }
                });
            }
            self.replay(only_acknowledged, loses, |state| send.send(state).unwrap());
            drop(send);
        });
        result.into_inner().unwrap()
    }
}

/// Whether a command's sync of a path is to be left out.
type Loses = fn(usize, &Path) -> bool;

/// What a power failure left.
struct State {
    tree: Tree,
    /// Commands acknowledged before it.
    acknowledged: usize,
    /// Where it struck.
    after: String,
}

/// Holds a state against what was acknowledged: `ids` has the ledger's ids after each command.
fn check(environment: &Environment, state: &State, ids: &[Vec<String>]) -> Result<(), String> {
    let State { tree, acknowledged, after } = state;
    let after = format!("power failure after {after}, {acknowledged} commands acknowledged");
    let scratch = TempDir::new_in(environment.path("")).unwrap();
    write_tree(scratch.path(), tree);
    let desk = scratch.path().join("desk");
    let run = |args: &[&str], what: &str| {
        let output = environment.gainsay_at(&desk, args);
        if output.code == Some(0) { Ok(output) } else { Err(format!("{after}: {what}: {output:#?}")) }
    };
    if !desk.join("desk.toml").exists() {
        if *acknowledged > 0 {
            return Err(format!("{after}: lost: the desk itself"));
        }
        return run(&["init"], "init cannot be run again").map(drop);
    }
    run(&["ledger", "verify", "--json"], "the ledger does not hold")?;
    let held = ids_at(environment, &desk);
    if !held.is_empty() {
        run(&["corpus", "verify"], "a corpus does not hold")?;
    }
    let required = acknowledged.checked_sub(1).map_or(&[][..], |last| &ids[last]);
    if !held.starts_with(required) {
        return Err(format!("{after}: lost: of {} acknowledged entries there are {}", required.len(), held.len()));
    }
    if !ids[ids.len() - 1].starts_with(&held) {
        return Err(format!("{after}: the ledger holds what was never appended: {held:?}"));
    }
    let blobs = tree.iter().filter(|(path, _)| path.starts_with("desk/blobs"));
    let holds_destroyed = |bytes: &Vec<u8>| bytes.windows(DESTROYED.len()).any(|window| window == DESTROYED.as_bytes());
    // The last command of `of_every_command` destroys; a desk with fewer holds no such text.
    if *acknowledged == ids.len() && blobs.filter_map(|(_, bytes)| bytes.as_ref()).any(holds_destroyed) {
        return Err(format!("{after}: the destroyed text is back"));
    }
    run(&["open", "After the power failure"], "the desk does not go on").map(drop)
}

/// The ids in a desk's ledger, in order.
fn ids_at(environment: &Environment, desk: &Path) -> Vec<String> {
    let lines = environment.gainsay_at(desk, &["ledger", "log", "--json", "-n", "1000"]).json_lines();
    lines.iter().rev().map(|line| line["id"].as_str().unwrap().to_owned()).collect()
}

/// The same of a copy, so that looking leaves the desk alone.
fn ids(environment: &Environment, tree: &Tree) -> Vec<String> {
    let scratch = TempDir::new_in(environment.path("")).unwrap();
    write_tree(scratch.path(), tree);
    ids_at(environment, &scratch.path().join("desk"))
}

fn write_tree(root: &Path, tree: &Tree) {
    for (path, bytes) in tree {
        match bytes {
            None => std::fs::create_dir(root.join(path)).unwrap(),
            Some(bytes) => std::fs::write(root.join(path), bytes).unwrap(),
        }
    }
}

/// A tree that can be read when two differ.
fn described(tree: &Tree) -> Vec<String> {
    let hash = |bytes: &Vec<u8>| {
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        format!("{} bytes, {:016x}", bytes.len(), hasher.finish())
    };
    tree.iter().map(|(path, bytes)| format!("{path:?}: {}", bytes.as_ref().map_or("folder".to_owned(), hash))).collect()
}

#[test]
#[expect(clippy::print_stderr, reason = "how much was checked is the result")]
fn a_power_failure_at_any_moment_loses_no_acknowledged_entry() {
    let recording = Recording::of_every_command();
    let (checked, fault) = recording.check_all(false, |_, _| false);
    assert_eq!(fault, None);
    let operations: usize = recording.commands.iter().map(Vec::len).sum();
    eprintln!("{operations} operations, {checked} different states after a power failure, all hold");
    assert!(checked > operations, "too few states: {checked}");

    // The same check finds the loss wherever syncing is turned off: everywhere, and kind by kind once the desk is made.
    let without: [(&str, Loses); 6] = [
        ("lost", |_, _| true),
        ("lost: of", |command, path| command > 0 && path.ends_with("ledger.db-wal")),
        ("missing", |command, path| command > 0 && path.parent() == Some(Path::new("desk/blobs"))),
        ("are not those", |command, path| command > 0 && path.to_string_lossy().contains("blobs/.new-")),
        ("No such file", |command, path| command > 0 && path == Path::new("desk/corpora")),
        ("corpus does not hold", |command, path| command > 0 && path.to_string_lossy().contains("corpora/.new-")),
    ];
    for (expected, loses) in without {
        let (_, fault) = recording.check_all(true, loses);
        let fault = fault.unwrap_or_else(|| panic!("nothing was found with syncs left out ({expected})"));
        assert!(fault.contains(expected), "{expected:?} is not what was found: {fault}");
    }
}

/// A kill leaves what was not synced where the next command sees it: that command must not rest on it.
#[test]
#[expect(clippy::print_stderr, reason = "how much was checked is the result")]
fn a_command_run_again_after_a_kill_is_as_safe() {
    let mut recording = Recording::new();
    recording.run(&["init"]);
    recording.run(&["open", "Lighthouse"]);
    let story = recording.environment.write("story.txt", "A story.\n\nNobody has confirmed it.\n");
    let code = "fn lamp(turns: u32) -> u32 {\n    turns.wrapping_mul(7).rotate_left(3)\n}\n".repeat(3);
    let other = recording.environment.write("bell.rs", code.replace("lamp", "bell").replace('7', "13"));
    let code = recording.environment.write("lamp.rs", code);
    // Of the two segments that the second writes, a run that was killed leaves one, two or none for the next.
    for args in [
        ["add", "Lighthouse", story.to_str().unwrap()].as_slice(),
        &["corpus", "add", "own", code.to_str().unwrap(), other.to_str().unwrap()],
        &["corpus", "merge", "own"],
    ] {
        let mut disk = recording.disk.clone();
        recording.run(args);
        let (mut checked, mut faults) = (0, Vec::new());
        for (place, operation) in recording.commands[recording.commands.len() - 1].iter().enumerate() {
            disk.apply(operation);
            let after = format!("a kill after operation {place} of {args:?}, and another run");
            let (states, ids) = run_again(&recording.environment, &disk, args);
            checked += states.len();
            for tree in states {
                let state = State { tree, acknowledged: 1, after: after.clone() };
                faults.extend(check(&recording.environment, &state, std::slice::from_ref(&ids)).err());
            }
        }
        eprintln!("{args:?}: {checked} states after a kill, another run and a power failure");
        assert!(faults.is_empty(), "{} of {checked} states do not hold; the first: {}", faults.len(), faults[0]);
    }
}

/// Runs a command on what a killed one left, and gives the states that a power failure may leave when the command has told its
/// user, and the ids that were in the ledger then.
fn run_again(environment: &Environment, left: &Disk, args: &[&str]) -> (HashSet<Tree>, Vec<String>) {
    let again = TempDir::new_in(environment.path("")).unwrap();
    write_tree(again.path(), &left.visible());
    let (operations, output) = record(environment, again.path(), args);
    output.succeeded();
    let told = operations.iter().position(|operation| matches!(operation, Operation::Acknowledge)).unwrap();
    let mut disk = left.clone();
    operations[..told].iter().for_each(|operation| disk.apply(operation));
    let mut states = HashSet::new();
    disk.after_power_failure(|tree| {
        states.insert(tree);
    });
    (states, ids(environment, &read_tree(again.path())))
}

/// The bytes of a destroyed text must not outlive a destruction that was cut short.
#[test]
fn a_destruction_cut_short_by_a_kill_can_be_run_again() {
    let recording = Recording::of_every_command();
    let (destruction, before) = recording.commands.split_last().unwrap();
    let mut disk = Disk::new();
    before.iter().flatten().for_each(|operation| disk.apply(operation));
    let id = recording.destroyed.as_deref().unwrap();
    let holds_text = |desk: &Path| {
        let blobs = read_tree(&desk.join("blobs"));
        blobs
            .values()
            .flatten()
            .any(|bytes| bytes.windows(DESTROYED.len()).any(|window| window == DESTROYED.as_bytes()))
    };
    for (place, operation) in destruction.iter().enumerate() {
        disk.apply(operation);
        let scratch = TempDir::new_in(recording.environment.path("")).unwrap();
        write_tree(scratch.path(), &disk.visible());
        let desk = scratch.path().join("desk");
        let again = recording.environment.gainsay_at(&desk, &["ledger", "destroy", id, "--reason", "once more"]);
        let after = format!("a kill after operation {place} of the destruction, and another run: {again:#?}");
        assert!(!holds_text(&desk), "the destroyed text is still there after {after}");
        let verify = recording.environment.gainsay_at(&desk, &["ledger", "verify"]);
        assert_eq!(verify.code, Some(0), "{after}, {verify:#?}");
    }
}
