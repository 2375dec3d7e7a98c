//! A program of the user's machine run on foreign bytes: `tesseract`, `pdftotext`, `yara`.
//!
//! The parent starts itself anew as a child, which takes the program's inputs into memory, locks itself down for it (`sandbox.rs`,
//! profile `tool`) and becomes it. The program sees its inputs as files that cannot be changed, and nothing of the machine but its
//! libraries and what it was said to read; what it writes is read from a pipe, up to a limit. It is given no environment but
//! [`ENVIRONMENT`], and its own threads alone.
//!
//! To the child goes one message: a length (4 bytes, little-endian), the order in CBOR, then the inputs end to end. From it comes a
//! frame as in `protocol.rs` that says what holds it, and then whatever the program writes.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::time::Duration;

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};

use crate::child::{Waiting, listen};
use crate::protocol::{LONGEST_REQUEST, Reply, decode_reply, frame, read_frame, write_frame};
use crate::sandbox::{Enforced, Profile, lock_down_as};
use crate::sink::shown;

/// The whole environment of a tool: libraries that share work among threads are slower where these wait for each other.
const ENVIRONMENT: (&str, &str) = ("OMP_THREAD_LIMIT", "1");

/// How a child ends that could not become the tool.
const NOT_STARTED: u8 = 127;

/// A program, and how it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tool {
    /// Its whole path.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<Argument>,
    /// Files, and folders with all that lies in them, that it may read beside its libraries.
    pub reads: Vec<PathBuf>,
    /// What it may use.
    pub limits: ToolLimits,
}

/// An argument of a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// As it is.
    Word(OsString),
    /// The path of one of the inputs, by its number from 0.
    Input(usize),
    /// The path of a file with the path of each input on a line.
    List,
}

/// How much a tool may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToolLimits {
    /// Bytes of address space.
    pub address_space: u64,
    /// Seconds of processor time.
    pub cpu_seconds: u64,
    /// How long it is waited for.
    pub wall: Duration,
    /// Bytes that it may write.
    pub output_bytes: u64,
    /// Run it even where the kernel cannot lock it down. For the flag `--unsafe-no-sandbox` and nothing else.
    pub accept_unjailed: bool,
}

impl Default for ToolLimits {
    /// 2 GiB of memory, two minutes of processor time and three of waiting, 16 MiB of output.
    fn default() -> Self {
        ToolLimits {
            address_space: 2 << 30,
            cpu_seconds: 120,
            wall: Duration::from_secs(180),
            output_bytes: 16 << 20,
            accept_unjailed: false,
        }
    }
}

/// What a tool left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolOutput {
    /// What it wrote to standard output.
    pub bytes: Vec<u8>,
    /// The start of what it wrote to standard error, safe to show.
    pub said: String,
    /// Whether it left with success.
    pub is_success: bool,
    /// The path under which it saw each input.
    pub inputs: Vec<String>,
    /// What held it.
    pub enforced: Enforced,
}

/// Why a tool left nothing.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// It was not started.
    #[error("cannot start {}: {why}", program.display())]
    Start {
        /// The program.
        program: PathBuf,
        /// What happened.
        why: String,
    },
    /// The kernel lacks what keeps it harmless.
    #[error(
        "{} cannot be locked down on this system: {}; running it on foreign files without that is dangerous, and done only when \
         asked for (`--unsafe-no-sandbox`)",
        program.display(),
        missing.join("; ")
    )]
    NotLockedDown {
        /// The program.
        program: PathBuf,
        /// Each right that could not be taken away, and why.
        missing: Vec<String>,
    },
    /// It was ended, or ended itself by a signal.
    #[error("{} {how}", program.display())]
    Ended {
        /// The program.
        program: PathBuf,
        /// How.
        how: String,
    },
}

impl Tool {
    /// Inputs that one run may have.
    pub const MOST_INPUTS: usize = 256;

    /// Runs the tool on inputs. `host` with `host_args` is a program that calls [`become_tool`]: the calling one.
    ///
    /// # Errors
    /// It cannot be started or not be locked down, it used more than it may, or it died.
    pub fn run(&self, host: &Path, host_args: &[&str], inputs: &[&[u8]]) -> Result<ToolOutput, ToolError> {
        let failed = |why: String| ToolError::Start { program: self.program.clone(), why };
        if inputs.len() > Tool::MOST_INPUTS {
            return Err(failed(format!("{} inputs, where {} are the most", inputs.len(), Tool::MOST_INPUTS)));
        }
        let message = Order::of(self, inputs).to_message().map_err(|error| failed(error.to_string()))?;
        let (stream, out) = UnixStream::pair().map_err(|error| failed(error.to_string()))?;
        let mut process = Command::new(host)
            .args(host_args)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::from(OwnedFd::from(out)))
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| failed(error.to_string()))?;
        let said = process.stderr.take().map(|stderr| std::thread::spawn(move || listen(stderr)));
        if let Some(mut stdin) = process.stdin.take() {
            // A child that is gone says why by how it ended.
            let _ = std::iter::once(&message[..]).chain(inputs.iter().copied()).try_for_each(|it| stdin.write_all(it));
        }
        let mut replies = Waiting::new(stream, self.limits.wall, self.limits.wall);
        let heard = hear(&mut replies, self.limits.output_bytes);
        // It may be dead already, and then this does nothing.
        let is_cut = !matches!(heard, Ok(Some(_)));
        if is_cut {
            let _ = process.kill();
        }
        let status = process.wait().map_err(|error| failed(error.to_string()))?;
        let said = said.and_then(|said| said.join().ok()).unwrap_or_default();
        let said = shown(said.trim());
        let ended = |how: String| {
            let words = if said.is_empty() { String::new() } else { format!("; its last words: {said}") };
            ToolError::Ended { program: self.program.clone(), how: how + &words }
        };
        match heard {
            Err(Unheard::NotLockedDown(missing)) => {
                Err(ToolError::NotLockedDown { program: self.program.clone(), missing })
            }
            Err(Unheard::TooMuch) => {
                Err(ended(format!("wrote more than {} bytes and was killed", self.limits.output_bytes)))
            }
            Err(Unheard::Slow) => Err(ended(format!("took longer than {:?} and was killed", self.limits.wall))),
            Err(Unheard::Nothing(why)) => Err(failed(if said.is_empty() { why } else { said })),
            Ok(None) => Err(failed(if said.is_empty() { "it left at once".to_owned() } else { said })),
            Ok(Some(_)) if status.code() == Some(NOT_STARTED.into()) => Err(failed(said)),
            Ok(Some((ready, bytes))) => match how_it_was_killed(status, &self.limits) {
                Some(how) => Err(ended(how)),
                None => Ok(ToolOutput {
                    bytes,
                    said,
                    is_success: status.success(),
                    inputs: ready.inputs,
                    enforced: ready.enforced,
                }),
            },
        }
    }
}

/// What the child says before it becomes the tool.
#[derive(Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct ToolReady {
    #[n(0)]
    enforced: Enforced,
    #[n(1)]
    inputs: Vec<String>,
}

/// Why nothing is left.
enum Unheard {
    NotLockedDown(Vec<String>),
    TooMuch,
    Slow,
    Nothing(String),
}

/// What the child says, and what the tool that it becomes writes; `None` where it ended before.
fn hear(replies: &mut Waiting, most: u64) -> Result<Option<(ToolReady, Vec<u8>)>, Unheard> {
    let slow_or = |error: io::Error| match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Unheard::Slow,
        _ => Unheard::Nothing(error.to_string()),
    };
    let mut buffer = Vec::new();
    let nothing = |why: &dyn std::fmt::Display| Unheard::Nothing(why.to_string());
    let ready = match read_frame(replies, &mut buffer) {
        Ok(None) => return Ok(None),
        Ok(Some((tag, payload))) => match decode_reply(tag, payload).map_err(|error| nothing(&error))? {
            Reply::ToolReady(ready) => ready,
            Reply::Refused(missing) => return Err(Unheard::NotLockedDown(missing)),
            _ => return Err(nothing(&"it is no program that becomes a tool")),
        },
        Err(crate::protocol::FrameError::Stream(error)) => return Err(slow_or(error)),
        Err(crate::protocol::FrameError::Violation(violation)) => return Err(nothing(&violation)),
    };
    let mut bytes = Vec::new();
    match replies.take(most.saturating_add(1)).read_to_end(&mut bytes) {
        // Who is killed while something is left to read resets the connection.
        Err(error) if error.kind() != io::ErrorKind::ConnectionReset => Err(slow_or(error)),
        _ if bytes.len() as u64 > most => Err(Unheard::TooMuch),
        _ => Ok(Some((ready, bytes))),
    }
}

fn how_it_was_killed(status: ExitStatus, limits: &ToolLimits) -> Option<String> {
    Some(match status.signal()? {
        libc::SIGXCPU | libc::SIGKILL => format!("used up its {} seconds of processor time", limits.cpu_seconds),
        libc::SIGSYS => "made a forbidden system call, as a program does that was taken over".to_owned(),
        signal => format!("died of signal {signal}; its limit of memory is {} bytes", limits.address_space),
    })
}

/// What the child is told, but for the inputs themselves.
#[derive(Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Order {
    #[n(0)]
    program: ByteVec,
    #[n(1)]
    arguments: Vec<ArgumentOrder>,
    #[n(2)]
    reads: Vec<ByteVec>,
    #[n(3)]
    address_space: u64,
    #[n(4)]
    cpu_seconds: u64,
    #[n(5)]
    accept_unjailed: bool,
    /// The bytes of each input.
    #[n(6)]
    inputs: Vec<u64>,
}

#[derive(Debug, PartialEq, Eq, Encode, Decode)]
enum ArgumentOrder {
    #[n(0)]
    Word(#[n(0)] ByteVec),
    #[n(1)]
    Input(#[n(0)] u64),
    #[n(2)]
    List,
}

impl Order {
    fn of(tool: &Tool, inputs: &[&[u8]]) -> Order {
        let bytes = |path: &Path| ByteVec::from(path.as_os_str().as_bytes().to_vec());
        let argument = |argument: &Argument| match argument {
            Argument::Word(word) => ArgumentOrder::Word(ByteVec::from(word.as_bytes().to_vec())),
            Argument::Input(number) => ArgumentOrder::Input(*number as u64),
            Argument::List => ArgumentOrder::List,
        };
        Order {
            program: bytes(&tool.program),
            arguments: tool.arguments.iter().map(argument).collect(),
            reads: tool.reads.iter().map(|path| bytes(path)).collect(),
            address_space: tool.limits.address_space,
            cpu_seconds: tool.limits.cpu_seconds,
            accept_unjailed: tool.limits.accept_unjailed,
            inputs: inputs.iter().map(|input| input.len() as u64).collect(),
        }
    }

    fn to_message(&self) -> io::Result<Vec<u8>> {
        let order = minicbor::to_vec(self).map_err(io::Error::other)?;
        if order.len() > LONGEST_REQUEST {
            return Err(io::Error::other("its arguments and paths are too long"));
        }
        let length = u32::try_from(order.len()).map_err(io::Error::other)?;
        Ok([&length.to_le_bytes()[..], &order].concat())
    }

    /// Reads an order, and nothing of the inputs behind it.
    pub(crate) fn read(from: &mut dyn Read) -> io::Result<Order> {
        let mut length = [0; 4];
        from.read_exact(&mut length)?;
        let length = usize::try_from(u32::from_le_bytes(length)).map_err(io::Error::other)?;
        if length > LONGEST_REQUEST {
            return Err(io::Error::other(format!("an order of {length} bytes, where {LONGEST_REQUEST} are the most")));
        }
        let mut order = vec![0; length];
        from.read_exact(&mut order)?;
        let order: Order = minicbor::decode(&order).map_err(io::Error::other)?;
        if order.inputs.len() > Tool::MOST_INPUTS {
            return Err(io::Error::other(format!(
                "{} inputs, where {} are the most",
                order.inputs.len(),
                Tool::MOST_INPUTS
            )));
        }
        Ok(order)
    }
}

/// Takes an order from standard input, locks the process down and becomes the tool that it names. The whole of a program's hidden
/// command: nothing may run beside it, and it comes back only where it failed.
pub fn become_tool() -> ExitCode {
    match try_to_become_tool() {
        Ok(never) => never,
        // The parent reads this and shows it.
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::from(NOT_STARTED)
        }
    }
}

fn try_to_become_tool() -> io::Result<ExitCode> {
    // Without a buffer: what is behind the order is the inputs'.
    let mut stdin = File::from(rustix::io::dup(io::stdin())?);
    let order = Order::read(&mut stdin)?;
    // Before there are descriptors of its own that the tool shall have.
    let held = HeldInputs::take(&order.inputs, &mut stdin)?;
    drop(stdin);
    let path = |bytes: &ByteVec| PathBuf::from(OsString::from_vec(bytes.to_vec()));
    let (program, reads) = (path(&order.program), order.reads.iter().map(path).collect::<Vec<_>>());
    let profile =
        Profile::Tool { program: &program, reads: &reads, cpu_seconds: order.cpu_seconds, given: &held.numbers() };
    match lock_down_as(profile, order.address_space, order.accept_unjailed) {
        Ok(enforced) => {
            write_frame(&mut io::stdout(), frame::TOOL_READY, &ToolReady { enforced, inputs: held.paths.clone() })?;
        }
        Err(refused) => {
            write_frame(&mut io::stdout(), frame::REFUSED, &refused.missing)?;
            return Ok(ExitCode::from(2));
        }
    }
    io::stdout().flush()?;
    let argument = |argument: &ArgumentOrder| match argument {
        ArgumentOrder::Word(word) => Ok(OsString::from_vec(word.to_vec())),
        ArgumentOrder::List => Ok(OsString::from(&held.list_path)),
        ArgumentOrder::Input(number) => {
            let input = usize::try_from(*number).ok().and_then(|number| held.paths.get(number));
            input.map(OsString::from).ok_or_else(|| io::Error::other(format!("there is no input {number}")))
        }
    };
    let arguments = order.arguments.iter().map(argument).collect::<io::Result<Vec<_>>>()?;
    Err(Command::new(&program).args(arguments).env_clear().env(ENVIRONMENT.0, ENVIRONMENT.1).exec())
}

/// Inputs as files in memory that nobody can change, open for whoever this process becomes.
struct HeldInputs {
    files: Vec<File>,
    paths: Vec<String>,
    list_path: String,
}

impl HeldInputs {
    fn take(lengths: &[u64], from: &mut dyn Read) -> io::Result<HeldInputs> {
        let mut files = Vec::new();
        for length in lengths {
            let mut file = in_memory()?;
            let copied = io::copy(&mut from.take(*length), &mut file)?;
            if copied != *length {
                return Err(io::Error::other(format!("an input of {length} bytes ended after {copied}")));
            }
            files.push(sealed(file)?);
        }
        let paths: Vec<String> = files.iter().map(path_of).collect();
        let mut list = in_memory()?;
        list.write_all(paths.iter().map(|path| format!("{path}\n")).collect::<String>().as_bytes())?;
        let list = sealed(list)?;
        let list_path = path_of(&list);
        files.push(list);
        Ok(HeldInputs { files, paths, list_path })
    }

    fn numbers(&self) -> Vec<i32> {
        self.files.iter().map(AsRawFd::as_raw_fd).collect()
    }
}

/// A file that stays open when this process becomes another.
fn in_memory() -> io::Result<File> {
    Ok(File::from(memfd_create("input", MemfdFlags::ALLOW_SEALING)?))
}

fn sealed(file: File) -> io::Result<File> {
    fcntl_add_seals(&file, SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL)?;
    Ok(file)
}

fn path_of(file: &File) -> String {
    format!("/proc/self/fd/{}", file.as_raw_fd())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use super::*;

    #[test]
    fn an_order_comes_as_it_was_sent_and_leaves_the_inputs() {
        let tool = Tool {
            program: "/usr/bin/tool".into(),
            arguments: vec![Argument::Word("-x".into()), Argument::Input(1), Argument::List],
            reads: vec!["/usr/share/tool".into()],
            limits: ToolLimits::default(),
        };
        let order = Order::of(&tool, &[b"ab", b"cde"]);
        let message = [&order.to_message().unwrap()[..], b"abcde"].concat();
        let mut stream = &message[..];
        assert_eq!(Order::read(&mut stream).unwrap(), order);
        assert_eq!(stream, b"abcde");
    }

    #[test]
    fn what_is_no_order_is_refused() {
        assert!(Order::read(&mut &b"\xff\xff\xff\xff"[..]).unwrap_err().to_string().contains("an order of"));
        assert!(Order::read(&mut &b"\x01\0\0\0\xff"[..]).is_err());
        assert!(Order::read(&mut &b"\x05\0\0\0ab"[..]).is_err());
    }
}
