//! The child: lock down, then serve requests until the parent hangs up.

use std::fs::File;
use std::io::{self, BufWriter, IoSliceMut, Read, Seek, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};

use crate::archive::{panic_message, walk_file};
use crate::finding::{Finding, FindingKind};
use crate::html;
use crate::limits::ChildLimits;
use crate::protocol::{
    Already, Document, DocumentFormat, DocumentHint, LONGEST_REQUEST, Request, frame, write_bytes, write_frame,
};
use crate::sandbox::lock_down_child;
use crate::sink::{Sink, Stop, shown};
use crate::text::{self, NoText};

/// Locks the process down and serves the parent that started it, on standard input and output, until it hangs up.
/// The whole of a program's hidden worker command: nothing may run beside it, and nothing after it.
pub fn serve() -> ExitCode {
    match serve_on(&mut BufWriter::with_capacity(128 << 10, StandardOutput)) {
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
fn serve_on(out: &mut dyn Write) -> io::Result<bool> {
    let mut buffer = vec![0; LONGEST_REQUEST];
    let Some((length, _)) = receive(&mut buffer)? else {
        return Ok(true);
    };
    let limits: ChildLimits = minicbor::decode(&buffer[..length]).map_err(io::Error::other)?;
    match lock_down_child(&limits) {
        Ok(enforced) => write_frame(&mut &mut *out, frame::READY, &enforced)?,
        Err(refused) => {
            write_frame(&mut &mut *out, frame::REFUSED, &refused.missing)?;
            out.flush()?;
            return Ok(false);
        }
    }
    out.flush()?;
    while let Some((length, descriptor)) = receive(&mut buffer)? {
        let request: Request = minicbor::decode(&buffer[..length]).map_err(io::Error::other)?;
        let descriptor = descriptor.ok_or_else(|| io::Error::other("a request without a file"))?;
        let mut file = File::from(descriptor);
        match request {
            Request::Files { name, already } => files(out, &limits, &name, already, &mut file)?,
            Request::Document { name, hint } => document(out, &limits, &name, hint, &mut file)?,
        }
    }
    Ok(true)
}

fn files(out: &mut dyn Write, limits: &ChildLimits, name: &str, already: Already, file: &mut File) -> io::Result<()> {
    let mut sink = Sink::new(out, limits, already);
    let walked = match catch_unwind(AssertUnwindSafe(|| walk_file(&mut sink, name, file))) {
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

fn document(
    mut out: &mut dyn Write,
    limits: &ChildLimits,
    name: &str,
    hint: DocumentHint,
    file: &mut File,
) -> io::Result<()> {
    let read = catch_unwind(AssertUnwindSafe(|| read_document(limits, name, hint, file))).unwrap_or_else(|panic| {
        let why = shown(panic_message(panic.as_ref()));
        Err(finding(
            name,
            FindingKind::ParserFailed,
            format!("the parser failed on it ({why}): save its text and add that"),
        ))
    });
    match read {
        Ok(mut document) => {
            for chunk in std::mem::take(&mut document.text).as_bytes().chunks(64 << 10) {
                write_bytes(&mut out, frame::DATA, chunk)?;
            }
            write_frame(&mut out, frame::DOCUMENT, &document)?;
        }
        Err(finding) => write_frame(&mut out, frame::NO_DOCUMENT, &finding)?,
    }
    out.flush()
}

fn read_document(limits: &ChildLimits, name: &str, hint: DocumentHint, file: &mut File) -> Result<Document, Finding> {
    let unreadable = |error: io::Error| finding(name, FindingKind::Unreadable, shown(&error.to_string()));
    // The descriptor shares its position with the parent's; a pipe has none and is read as it comes.
    let _ = file.seek(io::SeekFrom::Start(0));
    let mut bytes = Vec::new();
    file.take(limits.document_bytes.saturating_add(1)).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > limits.document_bytes {
        let most = limits.document_bytes;
        let detail = format!("it is larger than {most} bytes, the limit for a document: add it as a sample instead");
        return Err(finding(name, FindingKind::TooLarge, detail));
    }
    let may_be_html = hint != DocumentHint::Text;
    let declared = if may_be_html { html::declared_encoding(&bytes) } else { None };
    let no_text = |reason: NoText| finding(name, reason.kind(), reason.to_string());
    let decoded = text::decode(bytes, declared).map_err(no_text)?;
    let mut problems = Vec::new();
    if decoded.had_errors {
        let detail = format!("some bytes are no {}, and were replaced by U+FFFD", decoded.encoding);
        problems.push(finding(name, FindingKind::Undecodable, detail));
    }
    let is_html = hint == DocumentHint::Html || may_be_html && html::looks_like_html(&decoded.text);
    let depth = if is_html { html::nesting(&decoded.text) } else { 0 };
    if depth > html::TOO_DEEP {
        let detail =
            format!("its elements lie {depth} deep in one another, which is no page: save its text and add that");
        return Err(finding(name, FindingKind::Unsupported, detail));
    }
    let page =
        if is_html { html::read(&decoded.text) } else { html::Page { text: decoded.text, ..html::Page::default() } };
    if page.text.is_empty() {
        return Err(no_text(NoText::Empty));
    }
    if let Some(why) = &page.why_no_article {
        let detail = format!("the whole page's text was taken, menus included ({})", shown(why));
        problems.push(finding(name, FindingKind::NoArticle, detail));
    }
    Ok(Document {
        format: if is_html { DocumentFormat::Html } else { DocumentFormat::Text },
        encoding: decoded.encoding.to_owned(),
        text: page.text,
        title: page.title,
        byline: page.byline,
        outlet: page.outlet,
        published: page.published,
        modified: page.modified,
        canonical_url: page.canonical_url,
        language: page.language,
        problems,
    })
}

fn finding(path: &str, kind: FindingKind, detail: String) -> Finding {
    Finding { path: path.to_owned(), kind, detail }
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
