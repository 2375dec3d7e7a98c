//! A match that is killed goes on where it was, comes to the same, and leaves nothing of the sample on the disk that can be read.

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;

use crate::archives::{gzip, tar};
use crate::support::{Environment, Output, read_tree, run};

/// What stands in a file of the sample and is found in it: a name of the daemon's, a secret, and a line.
const BAD: &str = "planted-harmless-string-6d1f";
const SECRET: &str = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";
const LINE: &str = "the courier waits at the fourteenth lamp post";

/// A daemon of ClamAV that stops at one of the files that it is sent, and says so.
struct Daemon {
    socket: PathBuf,
    state: Arc<Mutex<State>>,
    stopped: Receiver<()>,
}

struct State {
    /// Files that it was sent.
    files: usize,
    /// After so many more it stops.
    left: usize,
    stops: Sender<()>,
}

impl Daemon {
    fn start(socket: PathBuf) -> Daemon {
        let listener = UnixListener::bind(&socket).unwrap();
        let (stops, stopped) = channel();
        let state = Arc::new(Mutex::new(State { files: 0, left: usize::MAX, stops }));
        let of_daemon = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, state) = (stream.unwrap(), Arc::clone(&of_daemon));
                std::thread::spawn(move || answer(stream, &state));
            }
        });
        Daemon { socket, state, stopped }
    }

    /// Lets so many files pass, and stops at the next.
    fn stop_after(&self, files: usize) {
        self.state.lock().unwrap().left = files;
    }

    fn files(&self) -> usize {
        self.state.lock().unwrap().files
    }
}

/// Whoever is killed while it is written to is gone: that ends the answer.
fn answer(mut stream: UnixStream, state: &Mutex<State>) -> Option<()> {
    let mut command = Vec::new();
    let mut byte = [0];
    while stream.read(&mut byte).unwrap_or(0) == 1 && byte[0] != 0 {
        command.push(byte[0]);
    }
    if command == b"zVERSION" {
        return stream.write_all(b"ClamAV 9.9/27000/Fri Nov 20 08:25:00 2026\0").ok();
    }
    {
        let mut state = state.lock().unwrap();
        if state.left == 0 {
            state.stops.send(()).unwrap();
            drop(state);
            // Until it is killed.
            let _ = stream.read_to_end(&mut Vec::new());
            std::thread::sleep(Duration::from_secs(600));
            return None;
        }
        state.left -= 1;
        state.files += 1;
    }
    let mut file = Vec::new();
    loop {
        let mut length = [0; 4];
        stream.read_exact(&mut length).ok()?;
        let length = u32::from_be_bytes(length);
        if length == 0 {
            break;
        }
        (&mut stream).take(length.into()).read_to_end(&mut file).ok()?;
    }
    let is_bad = file.windows(BAD.len()).any(|it| it == BAD.as_bytes());
    stream.write_all(if is_bad { b"stream: Planted.Harmless FOUND\0" } else { b"stream: OK\0" }).ok()
}

fn code(seed: usize) -> String {
    (0..40).map(|n| format!("int step_{seed}_{n}(int left) {{ return left * {seed} + {n}; }}\n")).collect()
}

/// A desk with a corpus in two places, and a sample: a folder of files and archives with archives in them.
fn environment() -> Environment {
    let environment = Environment::with_desk();
    for n in 0..12 {
        environment.write(&format!("left/{n}.c"), code(n));
        environment.write(&format!("right/{}.c", n + 6), code(n + 6));
    }
    environment.gainsay(&["corpus", "add", "code", "left", "--place", "here"]).succeeded();
    environment.gainsay(&["corpus", "add", "code", "right", "--place", "there"]).succeeded();
    let files: Vec<(String, String)> = (0..14).map(|n| (format!("src/{n}.c"), code(n) + LINE)).collect();
    let mut files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    let bad = format!("echo {BAD}\n{LINE}\n");
    let inner = gzip(&tar(&[("deep.sh", bad.as_bytes()), ("deep.c", code(3).as_bytes())]));
    let page = format!("<html><body><p>{LINE}</p><p>token = \"{SECRET}\"</p></body></html>");
    files.insert(5, ("inner.tgz", &inner));
    files.insert(9, ("page.html", page.as_bytes()));
    environment.write("sample/b.tgz", gzip(&tar(&files)));
    environment.write("sample/a.c", code(1));
    environment.write("sample/c.env", format!("token = \"{SECRET}\"\n{LINE}\n"));
    environment.write("sample/d.tgz", gzip(&tar(&files[..4])));
    environment.write("sample/list.txt", "10 src/0.c\n20 src/1.c\n30 src/2.c\n40 src/3.c\n");
    environment
}

fn begun(environment: &Environment, args: &[&str]) -> Child {
    let mut command = environment.command(&["--desk"]);
    command.arg(environment.desk()).args(args).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().unwrap()
}

fn bookmarks(environment: &Environment) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(environment.desk().join("unfinished")) else { return Vec::new() };
    entries.map(|entry| entry.unwrap().path()).collect()
}

/// Nothing that stands in the sample can be read below a folder, not even the names of its files.
fn assert_sealed(folder: &Path) {
    for (path, bytes) in read_tree(folder).into_iter().filter_map(|(path, bytes)| Some((path, bytes?))) {
        for planted in [BAD, SECRET, LINE, "deep.sh", "step_3_"] {
            assert!(!bytes.windows(planted.len()).any(|it| it == planted.as_bytes()), "{planted} in {path:?}");
        }
    }
}

fn result(output: Output) -> Value {
    serde_json::from_str(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
}

#[test]
fn a_match_that_is_killed_goes_on_where_it_was_and_comes_to_the_same() {
    let environment = environment();
    let daemon = Daemon::start(environment.path("clamd.ctl"));
    let socket = daemon.socket.display().to_string();
    for sample in ["sample", "sample/b.tgz"] {
        let args = ["match", sample, "--json", "--clamd", &socket];
        let before = daemon.files();
        let whole = result(environment.gainsay(&[&args[..], &["--no-bookmark"]].concat()));
        let all = daemon.files() - before;
        assert!(all > 15 && bookmarks(&environment).is_empty());

        let args = [&args[..], &["--bookmark", "0"]].concat();
        let (mut kills, before) = (0, daemon.files());
        // Each time it comes some files further: in a folder, in an archive, in an archive in it, and between them.
        for more in [3, 4, 2, 3, 1, 2] {
            daemon.stop_after(more);
            let mut child = begun(&environment, &args);
            daemon.stopped.recv_timeout(Duration::from_secs(120)).expect("the match comes so far");
            child.kill().unwrap();
            child.wait().unwrap();
            kills += 1;
            assert_eq!(bookmarks(&environment).len(), 1);
            assert_sealed(&environment.desk().join("unfinished"));
        }
        daemon.stop_after(usize::MAX);
        let resumed = result(environment.gainsay(&args));
        assert_eq!(resumed, whole);
        // What was behind was not scanned again, but for a file of the folder that was begun.
        let scanned = daemon.files() - before;
        assert!((all..=all + kills).contains(&scanned), "{scanned} of {all}");
        assert!(bookmarks(&environment).is_empty(), "it is taken away at the end");
    }
}

#[test]
fn what_the_bookmark_was_kept_for_must_be_as_it_was() {
    let environment = environment();
    let daemon = Daemon::start(environment.path("clamd.ctl"));
    let socket = daemon.socket.display().to_string();
    let args = ["match", "sample", "--json", "--clamd", &socket, "--bookmark", "0"];
    let stopped = |args: &[&str]| {
        daemon.stop_after(8);
        let mut child = begun(&environment, args);
        daemon.stopped.recv_timeout(Duration::from_secs(120)).expect("the match comes so far");
        child.kill().unwrap();
        child.wait().unwrap();
        daemon.stop_after(usize::MAX);
    };
    stopped(&args);
    let before = daemon.files();
    // A file that was behind is another now.
    environment.write("sample/a.c", code(99));
    let changed = result(environment.gainsay(&args));
    let all = daemon.files() - before;
    assert_eq!(changed, result(environment.gainsay(&["match", "sample", "--json", "--clamd", &socket])));
    // So is a match with other options, and what is no bookmark, though it has the name of one.
    stopped(&args);
    let other = [&args[..], &["--listing"]].concat();
    let listing = result(environment.gainsay(&other));
    assert!(bookmarks(&environment).is_empty());
    assert_eq!(listing, result(environment.gainsay(&[&other[..5], &["--listing"]].concat())));
    stopped(&args);
    let [bookmark] = &bookmarks(&environment)[..] else { panic!("one bookmark") };
    let mut bytes = std::fs::read(bookmark).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(bookmark, bytes).unwrap();
    let before = daemon.files();
    assert_eq!(result(environment.gainsay(&args)), changed);
    assert_eq!(daemon.files() - before, all, "all was read again");
}

#[test]
fn bookmarks_that_nobody_came_back_to_are_taken_away() {
    let environment = environment();
    let folder = environment.desk().join("unfinished");
    environment.write("desk/unfinished/old", "x");
    environment.write("desk/unfinished/new", "x");
    run(std::process::Command::new("touch").args(["-d", "8 days ago"]).arg(folder.join("old")));
    environment.gainsay(&["match", "sample/a.c"]);
    assert_eq!(bookmarks(&environment), [folder.join("new")]);
}

/// More files than are held at once, so that they are surveyed first and counted when the sample is opened for the second time.
#[test]
fn a_sample_of_many_files_goes_on_wherever_it_was_killed() {
    let environment = environment();
    let files: Vec<(String, String)> = (0..8_400)
        .map(|n| (format!("{n}.c"), if n % 300 == 0 { code(n / 300) } else { format!("{LINE} {n}\n") }))
        .collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    environment.write("many.tgz", gzip(&tar(&files)));
    let args = ["match", "many.tgz", "--json", "--memory", "64"];
    let whole = result(environment.gainsay(&[&args[..], &["--no-bookmark"]].concat()));
    let args = [&args[..], &["--bookmark", "1"]].concat();
    let mut kills = 0;
    loop {
        let kept = |environment: &Environment| {
            bookmarks(environment).first().and_then(|it| it.metadata().ok()?.modified().ok())
        };
        let before = kept(&environment);
        let mut child = begun(&environment, &args);
        while kills < 6 && child.try_wait().unwrap().is_none() {
            if kept(&environment).is_some_and(|now| Some(now) != before) {
                child.kill().unwrap();
                kills += 1;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        if child.wait().unwrap().code().is_some() || kills == 6 {
            break;
        }
        assert_sealed(&environment.desk().join("unfinished"));
    }
    assert_eq!(result(environment.gainsay(&args)), whole);
    assert!(bookmarks(&environment).is_empty());
}
