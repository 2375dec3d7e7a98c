//! A hermetic place to run the program in.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use regex::Regex;
use tempfile::TempDir;

/// What a run of the program gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Output {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// `None` where a signal ended it.
    pub(crate) code: Option<i32>,
}

impl Output {
    /// Standard output, of a run that must have ended with 0.
    pub(crate) fn succeeded(self) -> String {
        assert_eq!(self.code, Some(0), "{self:#?}");
        self.stdout
    }

    /// Each line of standard output as JSON, of a run that must have ended with 0.
    pub(crate) fn json_lines(self) -> Vec<serde_json::Value> {
        self.succeeded().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// A home, a working folder and room for a desk: all temporary, nothing of the machine's own shines through.
pub(crate) struct Environment {
    folder: TempDir,
}

impl Environment {
    /// A new one, in memory where the machine has a file system there: the tests sync a lot.
    pub(crate) fn new() -> Environment {
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() }.unwrap();
        for name in ["home", "work"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        Environment { folder }
    }

    /// One with an empty desk.
    pub(crate) fn with_desk() -> Environment {
        let environment = Environment::new();
        environment.command(&["init"]).arg(environment.desk()).output().unwrap();
        assert!(environment.desk().join("desk.toml").is_file(), "no desk was made");
        environment
    }

    /// One whose desk has a case, `marlbeck`, of one story.
    pub(crate) fn with_story(story: &str) -> Environment {
        let environment = Environment::with_desk();
        environment.write("story.txt", story);
        environment.gainsay(&["open", "marlbeck"]).succeeded();
        environment.gainsay(&["add", "marlbeck", "story.txt", "--published", "2024-03-01"]).succeeded();
        environment
    }

    /// Where the desk is.
    pub(crate) fn desk(&self) -> PathBuf {
        self.folder.path().join("work/desk")
    }

    /// A path in the working folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("work").join(name)
    }

    /// Writes a file in the working folder.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Runs the program on the desk.
    pub(crate) fn gainsay(&self, args: &[&str]) -> Output {
        self.gainsay_at(&self.desk(), args)
    }

    /// Runs the program on another desk.
    pub(crate) fn gainsay_at(&self, desk: &Path, args: &[&str]) -> Output {
        run(self.command(&["--desk"]).arg(desk).args(args))
    }

    /// The program with these arguments, to be run here.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        self.command_under(&[], args)
    }

    /// The same, started by another program.
    pub(crate) fn command_under(&self, starter: &[&str], args: &[&str]) -> Command {
        let words: Vec<&str> = starter.iter().chain([&env!("CARGO_BIN_EXE_gainsay")]).chain(args).copied().collect();
        let mut command = Command::new(words[0]);
        command
            .args(&words[1..])
            .current_dir(self.path(""))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder.path().join("home"))
            .env("COLUMNS", "100")
            .env("GAINSAY_AUTHOR", "ana")
            .stdin(std::process::Stdio::null());
        command
    }

    /// Replaces what differs from run to run, for snapshots.
    pub(crate) fn steady(&self, text: &str) -> String {
        static RULES: LazyLock<[(Regex, &str); 7]> = LazyLock::new(|| {
            [
                (r"\b[0-9a-f]{64}\b", "[hash]"),
                (r"gainsay/[0-9a-f]{16}", "gainsay/[desk]"),
                (r"\b[0-9a-f]{12}\b", "[id]"),
                (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "[time]"),
                (r"[A-Za-z0-9+/]{90,}={0,2}", "[signature]"),
                (r"[A-Za-z0-9+/]{43}=", "[base64]"),
                (r"\.new-[A-Za-z0-9]{6}", ".new-[random]"),
            ]
            .map(|(pattern, with)| (Regex::new(pattern).unwrap(), with))
        });
        let here = self.folder.path().to_string_lossy();
        RULES
            .iter()
            .fold(text.replace(&*here, "[here]"), |text, (rule, with)| rule.replace_all(&text, *with).into_owned())
    }
}

/// Runs a command to its end.
pub(crate) fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|e| panic!("cannot start {:?}: {e}", command.get_program()));
    Output {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code(),
    }
}

/// Files (with bytes) and folders (without) by path.
pub(crate) type Tree = BTreeMap<PathBuf, Option<Vec<u8>>>;

/// What is below a folder, but for SQLite's shared memory.
pub(crate) fn read_tree(root: &Path) -> Tree {
    let (mut tree, mut folders) = (Tree::new(), vec![root.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().to_owned();
            if path.is_dir() {
                tree.insert(name, None);
                folders.push(path);
            } else if !name.to_string_lossy().ends_with("-shm") {
                tree.insert(name, Some(std::fs::read(path).unwrap()));
            }
        }
    }
    tree
}
