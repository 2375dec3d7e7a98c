//! A program that locks itself down like a worker and then tries what a parser would that was taken over.

use std::net::TcpListener;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};

use super::CHILD;

/// How an attack ended: what the attacker wrote, and the signal that killed it.
fn attack(how: &str, aim: &str) -> (String, Option<i32>) {
    let output = Command::new(CHILD).args(["attack", how, aim]).stdin(Stdio::from(super::file_of(b"input"))).output();
    match output {
        Ok(output) => {
            let said = [output.stdout, output.stderr].concat();
            (String::from_utf8_lossy(&said).into_owned(), output.status.signal())
        }
        Err(error) => panic!("{error}"),
    }
}

/// `SIGSYS`, by which the filter of system calls kills.
const FORBIDDEN_CALL: i32 = 31;

fn assert_denied(how: &str, aim: &str) {
    let (said, _) = attack(how, aim);
    assert!(said.starts_with("denied"), "{how} {aim}: {said:?}");
}

fn assert_deadly(how: &str, aim: &str) {
    let (said, signal) = attack(how, aim);
    assert_eq!((said.as_str(), signal), ("", Some(FORBIDDEN_CALL)), "{how}");
}

#[test]
fn the_attacker_reaches_its_attempt() {
    assert_eq!(attack("nothing", "").0, "succeeded\n");
}

#[test]
fn a_parser_that_fails_inside_is_caught_in_the_jail() {
    let (said, signal) = attack("panic", "");
    assert!(said.starts_with("denied: caught") && signal.is_none(), "{said:?} {signal:?}");
}

#[test]
fn a_process_with_a_second_thread_is_not_held() {
    let (said, _) = attack("second-thread", "");
    assert!(said.contains("cannot lock the process down: the process has 2 threads"), "{said:?}");
}

#[test]
fn no_file_can_be_opened_made_or_removed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let there = folder.path().join("there");
    std::fs::write(&there, "precious").expect("a file");
    let (there, new) = (there.display().to_string(), folder.path().join("new").display().to_string());
    assert_denied("open", "/etc/passwd");
    assert_denied("open", &there);
    assert_denied("open-parent", "");
    assert_denied("list", "");
    assert_denied("create", &new);
    assert_denied("create", &there);
    assert_denied("remove", &there);
    assert_denied("read-inherited", &there);
    assert_denied("write-inherited", &there);
    assert_denied("write-input", "");
    assert_eq!(std::fs::read_to_string(&there).expect("still there"), "precious");
    assert!(!std::path::Path::new(&new).exists());
}

#[test]
fn no_connection_can_be_made() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address").to_string();
    assert_deadly("connect", &address);
    assert_deadly("send", "");
    assert_deadly("pair", "");
    listener.set_nonblocking(true).expect("a setting");
    assert!(listener.accept().is_err());
}

#[test]
fn no_program_thread_or_signal_can_be_started() {
    assert_deadly("thread", "");
    assert_deadly("kill", "");
    // The standard library prepares both with calls that are denied already; that the calls themselves are deadly is
    // shown by the test of the filter.
    for how in ["exec", "spawn"] {
        let (said, signal) = attack(how, "");
        assert!(said.starts_with("denied") || signal == Some(FORBIDDEN_CALL), "{how}: {said:?} {signal:?}");
    }
}

/// What the kernel of this machine gives is there, and what is required is among it.
#[test]
fn what_holds_the_child_is_told() {
    let (said, _) = attack("say", "");
    let required = ["Landlock", "seccomp", "no program could gain rights", "limits of memory"];
    assert!(required.iter().all(|it| said.contains(it)), "{said:?}");
    // Whether users may make namespaces is this machine's own affair; `unshare` says.
    let may = Command::new("unshare").args(["-Urmn", "true"]).output().is_ok_and(|it| it.status.success());
    assert_eq!(said.contains("namespaces of its own"), may, "{said:?}");
    assert_eq!(said.contains("an empty folder for its root"), may, "{said:?}");
    assert!(said.contains("no capabilities"), "{said:?}");
}

#[test]
fn nothing_of_the_machine_is_in_reach() {
    let desk = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(desk.path().join("ledger.db"), "precious").expect("a file");
    assert_denied("desk", &desk.path().display().to_string());
    for how in ["host-name", "memory", "root"] {
        assert_denied(how, "");
    }
    // The call that mounts kills; processes by the hundred come to no first one.
    assert_deadly("mount", "");
    let (said, signal) = attack("processes", "");
    assert!(said.starts_with("denied") || signal == Some(FORBIDDEN_CALL), "{said:?} {signal:?}");
}

#[test]
fn limits_hold_and_cannot_be_raised() {
    assert_denied("allocate", "");
    assert_denied("raise-limits", "");
}
