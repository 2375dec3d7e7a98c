//! One running child: how it is started, spoken to, waited for and ended.

use std::fs::{self, File};
use std::io::{self, BufReader, IoSlice, Read};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::net::{
    AddressFamily, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketFlags, SocketType, sendmsg, socketpair,
};
use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};

use crate::limits::{ChildLimits, Limits};
use crate::protocol::{FrameError, Reply, Violation, decode_reply, read_frame};
use crate::sink::shown;

/// Why no further reply comes.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("it ended")]
    Ended,
    #[error("it said nothing for {0:?} and was killed")]
    Silent(Duration),
    #[error("it was waited for longer than {0:?} and was killed")]
    Slow(Duration),
    #[error("its frames broke off: {0}")]
    Broken(io::Error),
    #[error("it broke the rules of its frames and was killed: {0}")]
    Lied(#[from] Violation),
}

pub(crate) struct Running {
    process: Child,
    requests: OwnedFd,
    replies: BufReader<Waiting>,
    buffer: Vec<u8>,
    said: Option<JoinHandle<String>>,
}

impl Running {
    /// Starts the program with nothing but its three descriptors: no environment, no working folder of ours.
    pub(crate) fn spawn(program: &Path, args: &[String], limits: &Limits) -> io::Result<Running> {
        // Requests keep their borders, so that a descriptor belongs to one; replies are a stream whose reads can time out.
        let (requests, theirs) = socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?;
        let (replies, out) = UnixStream::pair()?;
        let mut process = Command::new(std::path::absolute(program)?)
            .args(args)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::from(theirs))
            .stdout(Stdio::from(OwnedFd::from(out)))
            .stderr(Stdio::piped())
            .spawn()?;
        let said = process.stderr.take().map(|stderr| std::thread::spawn(move || listen(stderr)));
        let waiting = Waiting::new(replies, limits.silence, limits.wall);
        let replies = BufReader::with_capacity(256 << 10, waiting);
        let running = Running { process, requests, replies, buffer: Vec::new(), said };
        running.send(&minicbor::to_vec(ChildLimits::from(limits)).map_err(io::Error::other)?, None)?;
        Ok(running)
    }

    /// How much longer the request may be waited for.
    pub(crate) fn patience(&self) -> Duration {
        self.replies.get_ref().left
    }

    /// Gives the next request its time. False where the operating system would not say or set it.
    pub(crate) fn allot(&mut self, limits: &Limits, patience: Duration) -> bool {
        self.replies.get_mut().left = patience;
        let Some(pid) = i32::try_from(self.process.id()).ok().and_then(Pid::from_raw) else {
            return false;
        };
        let Some(used) = processor_seconds(self.process.id()) else {
            return false;
        };
        let most = getrlimit(Resource::Cpu).maximum;
        let wanted = used.saturating_add(limits.cpu_seconds).max(1);
        let current = Some(most.map_or(wanted, |most| most.min(wanted)));
        prlimit(Some(pid), Resource::Cpu, Rlimit { current, maximum: most }).is_ok()
    }

    /// Sends one message, with a file to go with it.
    pub(crate) fn send(&self, message: &[u8], file: Option<&File>) -> io::Result<()> {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        let descriptors = file.map(|file| [file.as_fd()]);
        if let Some(descriptors) = &descriptors {
            control.push(SendAncillaryMessage::ScmRights(descriptors));
        }
        sendmsg(&self.requests, &[IoSlice::new(message)], &mut control, SendFlags::NOSIGNAL)?;
        Ok(())
    }

    /// Waits for the next reply.
    pub(crate) fn next(&mut self) -> Result<Reply<'_>, Failure> {
        match read_frame(&mut self.replies, &mut self.buffer) {
            Ok(Some((tag, payload))) => Ok(decode_reply(tag, payload)?),
            Ok(None) => Err(Failure::Ended),
            Err(FrameError::Violation(violation)) => Err(violation.into()),
            Err(FrameError::Stream(error)) => {
                let waiting = self.replies.get_ref();
                Err(match error.kind() {
                    io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut if waiting.left.is_zero() => {
                        Failure::Slow(waiting.silence)
                    }
                    io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Failure::Silent(waiting.silence),
                    // It died in the middle of a frame.
                    io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => Failure::Ended,
                    _ => Failure::Broken(error),
                })
            }
        }
    }

    /// Kills the child if it still lives, and tells in words how it ended.
    pub(crate) fn end(mut self, failure: &Failure, limits: &Limits) -> String {
        let (status, said) = self.kill();
        let mut how = match (failure, status) {
            (Failure::Ended, Some(status)) => how_it_ended(status, limits),
            (Failure::Slow(_), _) => Failure::Slow(limits.wall).to_string(),
            (failure, _) => failure.to_string(),
        };
        let said = shown(said.trim());
        if !said.is_empty() {
            how.push_str(&format!("; its last words: {said}"));
        }
        how
    }

    fn kill(&mut self) -> (Option<ExitStatus>, String) {
        // It may be dead already, and then this does nothing.
        let _ = self.process.kill();
        let status = self.process.wait().ok();
        let said = self.said.take().and_then(|said| said.join().ok()).unwrap_or_default();
        (status, said)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

fn how_it_ended(status: ExitStatus, limits: &Limits) -> String {
    match status.signal() {
        Some(libc::SIGXCPU) => format!("it used up its {} seconds of processor time", limits.cpu_seconds),
        Some(libc::SIGSYS) => "it made a forbidden system call, as a parser does that was taken over".to_owned(),
        Some(signal @ (libc::SIGSEGV | libc::SIGBUS | libc::SIGILL | libc::SIGABRT)) => {
            format!("it crashed with signal {signal}; its limit of memory is {} bytes", limits.address_space)
        }
        Some(signal) => format!("it was killed with signal {signal}"),
        None => format!("it left with {status}"),
    }
}

/// Processor time that a process has used, rounded up.
fn processor_seconds(process: u32) -> Option<u64> {
    /// What the kernel counts in for user space on every architecture (`USER_HZ`).
    const TICKS: u64 = 100;
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The second field is a name that may hold blanks and parentheses; fields 14 and 15 are the times, in ticks.
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut times = fields.split(' ').skip(11).map(|field| field.parse::<u64>());
    let ticks = times.next()?.ok()?.checked_add(times.next()?.ok()?)?;
    Some(ticks.div_ceil(TICKS))
}

/// Reads what the child says on standard error to its end, and keeps the start of it.
pub(crate) fn listen(mut stderr: impl Read) -> String {
    const KEPT: usize = 4096;
    let (mut kept, mut chunk) = (Vec::new(), [0; 4096]);
    while let Ok(read @ 1..) = stderr.read(&mut chunk) {
        let room = KEPT.saturating_sub(kept.len());
        kept.extend_from_slice(&chunk[..read.min(room)]);
    }
    String::from_utf8_lossy(&kept).into_owned()
}

/// The child's replies, with a limit on one wait and on all waits of a request together. Only waiting counts: what
/// the caller does in between is not the child's fault.
pub(crate) struct Waiting {
    stream: UnixStream,
    silence: Duration,
    left: Duration,
    set: Option<Duration>,
}

impl Waiting {
    pub(crate) fn new(stream: UnixStream, silence: Duration, left: Duration) -> Waiting {
        Waiting { stream, silence, left, set: None }
    }
}

impl Read for Waiting {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let timeout = self.silence.min(self.left).max(Duration::from_millis(1));
        if self.set != Some(timeout) {
            self.stream.set_read_timeout(Some(timeout))?;
            self.set = Some(timeout);
        }
        let begun = Instant::now();
        let read = self.stream.read(buffer);
        self.left = self.left.saturating_sub(begun.elapsed());
        read
    }
}
