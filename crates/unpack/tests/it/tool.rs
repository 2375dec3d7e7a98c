//! A program of the machine in the profile `tool`: what it is for, and what it cannot do when it was taken over.

use std::net::TcpListener;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::time::Duration;

use unpack::{Argument, Tool, ToolError, ToolLimits, ToolOutput};

use super::CHILD;

fn tool(program: &str, words: &[&str]) -> Tool {
    Tool {
        program: program.into(),
        arguments: words.iter().map(|word| Argument::Word(word.into())).collect(),
        reads: Vec::new(),
        limits: ToolLimits { wall: Duration::from_secs(60), ..ToolLimits::default() },
    }
}

fn run(tool: &Tool, inputs: &[&[u8]]) -> Result<ToolOutput, ToolError> {
    tool.run(Path::new(CHILD), &["tool"], inputs)
}

/// What a program says that was taken over, or how it ended.
fn misuse(how: &str, aim: &str) -> String {
    let mut tool = tool(CHILD, &["misuse", how, aim]);
    tool.arguments.push(Argument::Input(0));
    match run(&tool, &[b"the input"]) {
        Ok(output) => format!("{}{}", String::from_utf8_lossy(&output.bytes), output.said),
        Err(error) => error.to_string(),
    }
}

fn assert_denied(how: &str, aim: &str) {
    let said = misuse(how, aim);
    assert!(said.starts_with("denied"), "{how} {aim}: {said:?}");
}

fn assert_deadly(how: &str, aim: &str) {
    let said = misuse(how, aim);
    assert!(said.contains("made a forbidden system call"), "{how} {aim}: {said:?}");
}

#[test]
fn a_tool_reads_its_inputs_and_what_it_was_given_to_read() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let given = folder.path().join("rules");
    std::fs::write(&given, "of the user\n").expect("a file");
    let mut cat = tool("/bin/cat", &[]);
    cat.arguments = vec![Argument::Input(1), Argument::Input(0), Argument::List, Argument::Word(given.clone().into())];
    cat.reads = vec![given];
    let output = run(&cat, &[b"first\n", b"second\n"]).expect("it runs");
    let [first, second] = &output.inputs[..] else { panic!("{output:?}") };
    let expected = format!("second\nfirst\n{first}\n{second}\nof the user\n");
    assert_eq!(String::from_utf8_lossy(&output.bytes), expected);
    assert!(output.is_success && output.said.is_empty(), "{output:?}");
    let held = output.enforced;
    assert!(held.landlock_version > 0 && held.seccomp && held.no_new_privs && held.resource_limits, "{held:?}");
}

#[test]
fn what_it_says_of_a_failure_is_kept() {
    let output = run(&tool("/bin/cat", &["/no/such/file"]), &[]).expect("it runs");
    assert!(!output.is_success && output.said.contains("/no/such/file"), "{output:?}");
}

#[test]
fn a_program_that_is_not_there_is_named() {
    for program in ["/no/such/program", "/etc/passwd"] {
        let error = run(&tool(program, &[]), &[]).expect_err("it does not run");
        assert!(matches!(error, ToolError::Start { .. }) && error.to_string().contains(program), "{error}");
    }
    let error = tool("/bin/true", &[]).run(Path::new("/bin/true"), &[], &[]).expect_err("no host");
    assert!(error.to_string().contains("it left at once"), "{error}");
}

#[test]
fn the_attacker_reaches_its_attempt() {
    assert_eq!(misuse("nothing", ""), "succeeded\n");
    assert_eq!(misuse("input", "the input"), "succeeded\n");
    // Threads are allowed: libraries have them.
    assert_eq!(misuse("thread", ""), "succeeded\n");
}

#[test]
fn no_file_of_the_machine_can_be_read_written_or_run() {
    let desk = tempfile::tempdir().expect("a temporary folder");
    let there = desk.path().join("ledger.db");
    std::fs::write(&there, "precious").expect("a file");
    let (there, new) = (there.display().to_string(), desk.path().join("new").display().to_string());
    assert_denied("open", "/etc/passwd");
    assert_denied("open", &there);
    assert_denied("open", "/proc/self/maps");
    assert_denied("list", "/");
    assert_denied("list", "/usr/lib");
    assert_denied("create", &new);
    assert_denied("create", &there);
    assert_denied("create", "/dev/shm/new");
    assert_denied("remove", &there);
    assert_denied("exec", "/bin/true");
    assert_denied("write-input", "");
    assert_eq!(std::fs::read_to_string(&there).expect("still there"), "precious");
    assert!(!Path::new(&new).exists());
}

#[test]
fn no_connection_can_be_made() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    assert_denied("connect", &listener.local_addr().expect("its address").to_string());
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("socket");
    let _listener = UnixListener::bind(&path).expect("a socket");
    assert_denied("connect-here", &path.display().to_string());
    assert_denied("pair", "");
    listener.set_nonblocking(true).expect("a setting");
    assert!(listener.accept().is_err());
}

#[test]
fn no_other_process_can_be_started_or_reached() {
    assert_deadly("spawn", "");
    assert_deadly("kill", "");
    assert_deadly("mount", "");
    assert_denied("memory", "");
}

#[test]
fn it_has_no_environment_and_nothing_inherited() {
    assert_eq!(misuse("environment", ""), "succeeded\n");
    // Of `sh`, which hands a descriptor on to whatever it starts, the host takes it over and bars it.
    let folder = tempfile::tempdir().expect("a temporary folder");
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "precious").expect("a file");
    let script = format!("exec 9<'{}'; exec '{CHILD}' tool", secret.display());
    let mut tool = tool(CHILD, &["misuse", "read-descriptor", "9"]);
    tool.arguments.push(Argument::Input(0));
    let output = tool.run(Path::new("/bin/sh"), &["-c", &script], &[b"the input"]).expect("it runs");
    assert!(output.enforced.barred_descriptors > 0, "{output:?}");
    assert!(output.bytes.starts_with(b"denied"), "{output:?}");
}

#[test]
fn limits_hold_and_cannot_be_raised() {
    assert_denied("allocate", "");
    assert_denied("raise-limits", "");
    let limits = ToolLimits { cpu_seconds: 1, wall: Duration::from_secs(30), ..ToolLimits::default() };
    let spinning = Tool { limits, ..tool(CHILD, &["misuse", "spin", "", ""]) };
    let error = run(&spinning, &[]).expect_err("an end");
    assert!(error.to_string().contains("1 seconds of processor time"), "{error}");
    let limits = ToolLimits { wall: Duration::from_millis(500), ..ToolLimits::default() };
    let hanging = Tool { limits, ..tool(CHILD, &["misuse", "hang", "", ""]) };
    let error = run(&hanging, &[]).expect_err("an end");
    assert!(error.to_string().contains("took longer than 500ms"), "{error}");
    let limits = ToolLimits { output_bytes: 100_000, ..ToolLimits::default() };
    let flooding = Tool { limits, ..tool(CHILD, &["misuse", "flood", "", ""]) };
    let error = run(&flooding, &[]).expect_err("an end");
    assert!(error.to_string().contains("wrote more than 100000 bytes"), "{error}");
}

#[test]
fn a_tool_that_dies_is_an_error_with_its_last_words() {
    let error = run(&tool(CHILD, &["misuse", "die", "", ""]), &[]).expect_err("an end");
    assert!(error.to_string().contains("died of signal 6") && error.to_string().contains("I die"), "{error}");
}

#[test]
fn more_inputs_than_may_be_are_refused() {
    let error = run(&tool("/bin/true", &[]), &[&b""[..]; Tool::MOST_INPUTS + 1]).expect_err("a refusal");
    assert!(error.to_string().contains("257 inputs"), "{error}");
    assert!(run(&tool("/bin/true", &[]), &[&b""[..]; Tool::MOST_INPUTS]).is_ok());
}
