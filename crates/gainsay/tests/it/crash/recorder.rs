//! Records what the program does to the disk, below everything that it is made of: SQLite calls the C library, others call the
//! kernel by themselves, and `strace` sees both.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::disk::Operation;
use crate::support::{Environment, Output, run};

/// Everything that changes files or makes changes last. A `?` is a call that not every architecture has.
const CALLS: &str = "trace=?open,openat,?openat2,?creat,write,pwrite64,writev,pwritev,?pwritev2,lseek,ftruncate,truncate,fallocate,\
?rename,?renameat,renameat2,?link,linkat,?symlink,symlinkat,?unlink,unlinkat,?rmdir,?mkdir,mkdirat,fsync,fdatasync,sync,\
syncfs,sync_file_range,msync,copy_file_range,sendfile,splice,mmap,io_uring_setup";

/// Longer writes would be cut in the record; one is refused below.
const LONGEST_WRITE: &str = "4194304";

/// Runs the program on the desk `root/desk`, and gives what it did below `root`.
pub(crate) fn record(environment: &Environment, root: &Path, args: &[&str]) -> (Vec<Operation>, Output) {
    let log = TempDir::new().unwrap();
    let trace = log.path().join("trace");
    let starter = [
        "strace",
        "-ff",
        "-y",
        "-xx",
        "-s",
        LONGEST_WRITE,
        "-e",
        CALLS,
        "-e",
        "signal=none",
        "-o",
        trace.to_str().unwrap(),
    ];
    let found = std::process::Command::new("strace").arg("-V").output();
    assert!(found.is_ok(), "this test needs strace, and cannot start it: `apt-get install strace`");
    let output = run(environment.command_under(&starter, &["--desk"]).arg(root.join("desk")).args(args));
    let mut by_process = Vec::new();
    for file in std::fs::read_dir(log.path()).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let mut reader = Reader { root, positions: HashMap::new(), operations: Vec::new() };
        for line in text.lines() {
            reader.line(line);
        }
        if reader.operations.iter().any(|operation| !matches!(operation, Operation::Acknowledge)) {
            by_process.push(reader.operations);
        }
    }
    // Two threads that write would have to be put in order; no command needs it.
    assert_eq!(by_process.len(), 1, "exactly one thread writes to the desk; {output:#?}");
    (by_process.remove(0), output)
}

/// Reads the record of one thread.
struct Reader<'r> {
    root: &'r Path,
    /// Where the next `write` of a descriptor goes.
    positions: HashMap<String, usize>,
    operations: Vec<Operation>,
}

impl Reader<'_> {
    fn line(&mut self, line: &str) {
        let Some((call, rest)) = line.split_once('(') else { return };
        let Some((args, result)) = rest.rsplit_once(" = ") else { return };
        let args = args.trim_end().trim_end_matches(')');
        let result = result.split(['<', ' ']).next().unwrap();
        let Ok(count) = usize::try_from(result.parse::<i64>().unwrap_or(0)) else { return };
        let descriptor = args.split(['<', ',']).next().unwrap();
        if call == "write" && descriptor == "1" {
            return self.operations.push(Operation::Acknowledge);
        }
        let strings: Vec<Vec<u8>> = args.split('"').skip(1).step_by(2).map(unhex).collect();
        match call {
            "open" | "openat" | "creat" => {
                self.positions.insert(result.to_owned(), 0);
                let Some(path) = self.named(&strings[0]) else { return };
                assert!(!["O_TMPFILE", "O_APPEND"].iter().any(|flag| args.contains(flag)), "not modelled: {line:.300}");
                if args.contains("O_CREAT") || call == "creat" {
                    self.operations.push(Operation::Create(path.clone()));
                }
                if args.contains("O_TRUNC") || call == "creat" {
                    self.operations.push(Operation::Length(path, 0));
                }
            }
            "lseek" => drop(self.positions.insert(descriptor.to_owned(), count)),
            "write" | "writev" => {
                let at = self.positions.entry(descriptor.to_owned()).or_insert(0);
                let start = *at;
                *at += count;
                self.write(args, start, strings, count);
            }
            "pwrite64" => {
                let at = args.rsplit(", ").next().unwrap().parse().unwrap();
                self.write(args, at, strings, count);
            }
            "ftruncate" => {
                let length = args.rsplit(", ").next().unwrap().parse().unwrap();
                self.operations.extend(self.held(args).map(|path| Operation::Length(path, length)));
            }
            "mkdir" | "mkdirat" => self.operations.extend(self.named(&strings[0]).map(Operation::Folder)),
            "unlink" | "unlinkat" | "rmdir" => self.operations.extend(self.named(&strings[0]).map(Operation::Remove)),
            "rename" | "renameat" | "renameat2" => match (self.named(&strings[0]), self.named(&strings[1])) {
                (None, None) => {}
                (Some(from), Some(to)) => self.operations.push(Operation::Rename(from, to)),
                _ => panic!("not modelled, in or out of the desk: {line:.300}"),
            },
            "fsync" | "fdatasync" => self.operations.extend(self.held(args).map(Operation::Sync)),
            "mmap" if !(args.contains("MAP_SHARED") && args.contains("PROT_WRITE")) => {}
            // What is not modelled must not pass unseen; that nothing at all was missed, the end of each recording shows.
            _ => {
                let paths = strings.iter().filter_map(|path| self.named(path)).chain(self.held(args));
                assert_eq!(paths.count(), 0, "not modelled: {line:.300}");
            }
        }
    }

    fn write(&mut self, args: &str, at: usize, strings: Vec<Vec<u8>>, count: usize) {
        let Some(path) = self.held(args) else { return };
        let mut bytes = strings.concat();
        assert!(bytes.len() >= count && !args.contains("\"..."), "a write to {path:?} was cut in the record");
        bytes.truncate(count);
        self.operations.push(Operation::Write { path, at, bytes });
    }

    /// The path of a call's argument, where it is below the root.
    fn named(&self, path: &[u8]) -> Option<PathBuf> {
        let path = PathBuf::from(String::from_utf8(path.to_vec()).unwrap());
        let path = path.strip_prefix(self.root).ok()?;
        // Shared memory, not a file: SQLite makes it anew from the write-ahead log.
        (!path.to_string_lossy().ends_with("-shm")).then(|| path.to_owned())
    }

    /// The path of a call's descriptor, where it is below the root.
    fn held(&self, args: &str) -> Option<PathBuf> {
        let held = args.split_once('<')?.1.split_once('>')?.0;
        self.named(&unhex(held))
    }
}

/// The bytes of `\x41\x42`.
fn unhex(text: &str) -> Vec<u8> {
    text.split("\\x").skip(1).map(|pair| u8::from_str_radix(&pair[..2], 16).unwrap()).collect()
}
