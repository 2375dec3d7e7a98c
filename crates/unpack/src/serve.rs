//! The child: lock down, then serve requests until the parent hangs up.

use std::fs::File;
use std::io::{self, BufWriter, IoSliceMut, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};

use crate::archive::{panic_message, walk_file};
use crate::documents;
use crate::limits::ChildLimits;
use crate::protocol::{Already, LONGEST_REQUEST, Request, frame, write_frame};
use crate::sandbox::{Enforced, MissingRights, lock_down_child};
use crate::sink::{Sink, Stop};

/// Locks the process down and serves the parent that started it, on standard input and output, until it hangs up.
/// The whole of a program's hidden worker command: nothing may run beside it, and nothing after it.
pub fn serve() -> ExitCode {
    serve_as(lock_down_child)
}

/// The same without the lock-down, to measure what that costs. A parent refuses it unless `Limits::accept_unjailed`.
#[cfg(feature = "unlocked")]
pub fn serve_unlocked() -> ExitCode {
    serve_as(|_| Ok(Enforced::default()))
}

/// How the process is locked down.
type LockDown = fn(&ChildLimits) -> Result<Enforced, MissingRights>;

fn serve_as(lock_down: LockDown) -> ExitCode {
    match serve_on(lock_down, &mut BufWriter::with_capacity(128 << 10, StandardOutput)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(2),
        // The parent reads this and shows it with the finding.
        Err(error) => {
            let _ = writeln!(io::stderr(), "worker: {error}");
            ExitCode::from(2)
        }
    }
}

/// Serves until the parent hangs up; false where it refused to serve.
fn serve_on(lock_down: LockDown, out: &mut dyn Write) -> io::Result<bool> {
    let mut buffer = vec![0; LONGEST_REQUEST];
    let Some((length, _)) = receive(&mut buffer)? else {
        return Ok(true);
    };
    let limits: ChildLimits = minicbor::decode(&buffer[..length]).map_err(io::Error::other)?;
    match lock_down(&limits) {
        Ok(enforced) => write_frame(&mut &mut *out, frame::READY, &enforced)?,
        Err(refused) => {
            write_frame(&mut &mut *out, frame::REFUSED, &refused.missing)?;
            out.flush()?;
            return Ok(false);
        }
    }
    out.flush()?;
    let mut parts = Vec::new();
    while let Some((length, descriptor)) = receive(&mut buffer)? {
        let request: Request = minicbor::decode(&buffer[..length]).map_err(io::Error::other)?;
        let descriptor = descriptor.ok_or_else(|| io::Error::other("a request without a file"))?;
        let mut file = File::from(descriptor);
        match request {
            Request::Part => parts.push(file),
            Request::Files { name, already, passwords, pictures } => {
                let mut files = std::mem::take(&mut parts);
                files.push(file);
                answer(out, &limits, &name, already, |sink| {
                    (sink.passwords, sink.pictures) = (passwords, pictures);
                    walk_file(sink, &name, files)
                })?;
            }
            Request::Documents { name, hint, already } => {
                answer(out, &limits, &name, already, |sink| documents::read(sink, &name, hint, &mut file))?;
            }
        }
    }
    Ok(true)
}

fn answer(
    out: &mut dyn Write,
    limits: &ChildLimits,
    name: &str,
    already: Already,
    walk: impl FnOnce(&mut Sink<'_>) -> Result<(), Stop>,
) -> io::Result<()> {
    let mut sink = Sink::new(out, limits, already);
    let walked = match catch_unwind(AssertUnwindSafe(|| walk(&mut sink))) {
        Ok(walked) => walked,
        Err(panic) => sink.abandon(name, panic_message(panic.as_ref())),
    };
    let ended = match walked {
        // A spent budget ends the walk, and the request as it should.
        Ok(()) | Err(Stop::Cut) => sink.done(name),
        Err(gone) => Err(gone),
    };
    match ended {
        Err(Stop::ParentGone(error)) => Err(error),
        Ok(()) | Err(Stop::Cut) => Ok(()),
    }
}

/// One message from the parent and the descriptor that came with it; `None` when it hung up.
fn receive(buffer: &mut [u8]) -> io::Result<Option<(usize, Option<OwnedFd>)>> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let stdin = io::stdin();
    let received = loop {
        match recvmsg(stdin.as_fd(), &mut [IoSliceMut::new(buffer)], &mut control, RecvFlags::CMSG_CLOEXEC) {
            Err(rustix::io::Errno::INTR) => {}
            other => break other?,
        }
    };
    let descriptor = control.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
        _ => None,
    });
    Ok((received.bytes > 0).then_some((received.bytes, descriptor)))
}

/// Standard output without the standard library's search for line ends, which binary frames have no use for.
struct StandardOutput;

impl Write for StandardOutput {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(rustix::io::write(io::stdout().as_fd(), bytes)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
