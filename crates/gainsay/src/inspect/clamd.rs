//! The daemon of ClamAV, by the protocol of clamd(8): `zVERSION`, and `zINSTREAM` with chunks of a length (4 bytes, big-endian) and
//! their bytes. One connection for each file. The daemon is the user's own and yet not trusted: its answers are read up to a limit
//! and for so long, must be of the documented form, and are shown on one line.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::claim::on_one_line;

/// Where Debian's daemon listens.
pub const DEFAULT: &str = "/run/clamav/clamd.ctl";

/// How long the daemon may take no more bytes, and how long it may look at a file that it has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    pub(super) sending: Duration,
    pub(super) answering: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Patience { sending: Duration::from_secs(30), answering: Duration::from_secs(180) }
    }
}

/// The longest answer.
const LONGEST: usize = 4096;

/// What it says of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It found nothing.
    Nothing,
    /// The name of what it found.
    Found(String),
    /// It did not look, for this reason.
    NotScanned(String),
}

/// Why there is no verdict: the daemon is gone, or does not keep to its protocol.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken(pub(super) String);

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Broken(match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => "the daemon does not answer".to_owned(),
            // What it had not read when it hung up is told as a reset of the connection.
            io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => "the daemon broke off".to_owned(),
            _ => format!("the daemon failed: {error}"),
        })
    }
}

/// A daemon.
pub(super) struct Clamd {
    path: PathBuf,
    patience: Patience,
    /// Its version, that of its signatures and their date, as it says them.
    pub(super) version: String,
}

impl Clamd {
    /// Asks the daemon at this socket for its version.
    pub(super) fn at(path: &Path, patience: Patience) -> Result<Clamd, Broken> {
        let mut stream = connect(path, patience)?;
        stream.write_all(b"zVERSION\0")?;
        let version = answer(&mut stream, patience.answering)?;
        if !version.starts_with("ClamAV ") {
            return Err(Broken(format!("what listens there is no daemon of ClamAV: it says {version:?}")));
        }
        Ok(Clamd { path: path.to_owned(), patience, version })
    }

    /// Begins a file.
    pub(super) fn begin(&self) -> Result<Sending, Broken> {
        let mut stream = connect(&self.path, self.patience)?;
        stream.write_all(b"zINSTREAM\0")?;
        Ok(Sending { stream, patience: self.patience, refused: false })
    }
}

fn connect(path: &Path, patience: Patience) -> Result<UnixStream, Broken> {
    let stream = UnixStream::connect(path).map_err(|error| Broken(format!("nothing answers there: {error}")))?;
    stream.set_write_timeout(Some(patience.sending))?;
    Ok(stream)
}

/// A file on its way.
pub(super) struct Sending {
    stream: UnixStream,
    patience: Patience,
    /// Whether the daemon takes no more of it: it says why, and hangs up.
    refused: bool,
}

impl Sending {
    /// The next bytes.
    pub(super) fn send(&mut self, bytes: &[u8]) -> Result<(), Broken> {
        /// What fits any daemon's buffers.
        const CHUNK: usize = 64 << 10;
        for chunk in bytes.chunks(CHUNK) {
            if self.refused {
                break;
            }
            let length = u32::try_from(chunk.len()).map_err(io::Error::other)?;
            let sent = self.stream.write_all(&length.to_be_bytes()).and_then(|()| self.stream.write_all(chunk));
            self.accept(sent)?;
        }
        Ok(())
    }

    /// The end of the file, and what the daemon says of it.
    pub(super) fn finish(mut self) -> Result<Verdict, Broken> {
        if !self.refused {
            let sent = self.stream.write_all(&[0; 4]);
            self.accept(sent)?;
        }
        verdict(&answer(&mut self.stream, self.patience.answering)?)
    }

    fn accept(&mut self, sent: io::Result<()>) -> Result<(), Broken> {
        match sent {
            Err(error) if matches!(error.kind(), io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset) => {
                self.refused = true;
                Ok(())
            }
            other => Ok(other?),
        }
    }
}

/// An answer up to the zero that ends it.
fn answer(stream: &mut UnixStream, patience: Duration) -> Result<String, Broken> {
    let end = Instant::now() + patience;
    let mut said = Vec::new();
    while said.last() != Some(&0) {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::Error::from(io::ErrorKind::TimedOut).into());
        }
        stream.set_read_timeout(Some(left))?;
        let mut byte = [0; LONGEST];
        match stream.read(&mut byte) {
            Ok(0) => return Err(Broken("the daemon broke off in the middle of an answer".to_owned())),
            Ok(read) => said.extend_from_slice(&byte[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
        if said.len() > LONGEST {
            return Err(Broken(format!("the daemon answers more than {LONGEST} bytes")));
        }
    }
    said.pop();
    match String::from_utf8(said) {
        Ok(said) if !said.contains('\0') => Ok(on_one_line(said.trim())),
        _ => Err(Broken("the daemon's answer is no text".to_owned())),
    }
}

fn verdict(answer: &str) -> Result<Verdict, Broken> {
    if answer == "stream: OK" {
        return Ok(Verdict::Nothing);
    }
    if let Some(name) = answer.strip_prefix("stream: ").and_then(|it| it.strip_suffix(" FOUND"))
        && !name.is_empty()
    {
        return Ok(Verdict::Found(name.to_owned()));
    }
    if answer.contains("size limit exceeded") {
        return Ok(Verdict::NotScanned("it is larger than the daemon takes (StreamMaxLength)".to_owned()));
    }
    if let Some(why) = answer.strip_suffix(" ERROR") {
        return Ok(Verdict::NotScanned(format!("the daemon says: {}", why.trim_start_matches("stream: "))));
    }
    Err(Broken(format!("the daemon answers {answer:?}, which its protocol does not know")))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failing test may panic")]
pub(super) mod tests {
    use std::os::unix::net::UnixListener;

    use super::*;

    /// What a daemon does with a connection after it has read the command.
    type Behaviour = fn(&mut UnixStream);

    /// A daemon that answers as told to everything but the question for its version; and the folder of its socket.
    pub(in super::super) fn daemon(behaves: Behaviour) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ctl");
        let listener = UnixListener::bind(&path).unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut command = Vec::new();
                let mut byte = [0];
                while stream.read(&mut byte).unwrap_or(0) == 1 && byte[0] != 0 {
                    command.push(byte[0]);
                }
                if command == b"zVERSION" {
                    stream.write_all(b"ClamAV 9.9/27000/Fri Nov 20 08:25:00 2026\0").unwrap();
                } else {
                    behaves(&mut stream);
                }
            }
        });
        (folder, path)
    }

    /// Reads a file as a daemon does.
    pub(in super::super) fn take(stream: &mut UnixStream) -> Vec<u8> {
        let mut file = Vec::new();
        loop {
            let mut length = [0; 4];
            stream.read_exact(&mut length).unwrap();
            let length = usize::try_from(u32::from_be_bytes(length)).unwrap();
            if length == 0 {
                return file;
            }
            let from = file.len();
            file.resize(from + length, 0);
            stream.read_exact(&mut file[from..]).unwrap();
        }
    }

    const SHORT: Patience = Patience { sending: Duration::from_millis(300), answering: Duration::from_millis(300) };

    fn scanned(behaves: Behaviour, file: &[u8]) -> Result<Verdict, Broken> {
        let (_folder, path) = daemon(behaves);
        let clamd = Clamd::at(&path, SHORT).unwrap();
        assert_eq!(clamd.version, "ClamAV 9.9/27000/Fri Nov 20 08:25:00 2026");
        let mut sending = clamd.begin()?;
        sending.send(file)?;
        sending.finish()
    }

    #[test]
    fn a_file_comes_as_it_is_and_the_verdict_is_read() {
        let honest: Behaviour = |stream| {
            let file = take(stream);
            let whole: Vec<u8> = (0..200_000u32).map(|at| (at % 251) as u8).collect();
            let said: &[u8] = if file == whole { b"stream: Test.Own FOUND\0" } else { b"stream: OK\0" };
            stream.write_all(said).unwrap();
        };
        let file: Vec<u8> = (0..200_000u32).map(|at| (at % 251) as u8).collect();
        assert_eq!(scanned(honest, &file), Ok(Verdict::Found("Test.Own".to_owned())));
        assert_eq!(scanned(honest, &file[1..]), Ok(Verdict::Nothing));
        assert_eq!(scanned(honest, b""), Ok(Verdict::Nothing));
    }

    #[test]
    fn a_file_that_is_too_large_was_not_scanned() {
        let small: Behaviour = |stream| {
            stream.read_exact(&mut [0; 1000]).unwrap();
            stream.write_all(b"INSTREAM size limit exceeded. ERROR\0").unwrap();
            stream.shutdown(std::net::Shutdown::Both).unwrap();
        };
        let said = scanned(small, &vec![0; 4 << 20]);
        assert!(matches!(&said, Ok(Verdict::NotScanned(why)) if why.contains("larger than")), "{said:?}");
    }

    #[test]
    fn an_error_of_the_daemon_is_no_verdict() {
        let failing: Behaviour = |stream| {
            take(stream);
            stream.write_all(b"stream: Can't allocate memory ERROR\0").unwrap();
        };
        let expected = Verdict::NotScanned("the daemon says: Can't allocate memory".to_owned());
        assert_eq!(scanned(failing, b"x"), Ok(expected));
    }

    #[test]
    fn a_daemon_that_stalls_cuts_or_lies_is_not_believed() {
        let cases: [(Behaviour, &str); 7] = [
            (|stream| drop(take(stream)), "broke off"),
            (|stream| stream.write_all(b"stream: OK").unwrap_or_default(), "broke off"),
            (|_| std::thread::sleep(Duration::from_secs(2)), "does not answer"),
            (
                |stream| {
                    take(stream);
                    while stream.write_all(b"x").is_ok() {
                        std::thread::sleep(Duration::from_millis(20));
                    }
                },
                "does not answer",
            ),
            (
                |stream| {
                    take(stream);
                    stream.write_all(&vec![b'y'; 100_000]).unwrap_or_default();
                },
                "more than 4096 bytes",
            ),
            (
                |stream| {
                    take(stream);
                    stream.write_all(b"stream: CLEAN, believe me\0").unwrap();
                },
                "does not know",
            ),
            (
                |stream| {
                    take(stream);
                    stream.write_all(b"stream: OK\0stream: OK\0").unwrap();
                },
                "no text",
            ),
        ];
        for (behaves, words) in cases {
            let said = scanned(behaves, &vec![0; 3 << 20]);
            assert!(matches!(&said, Err(Broken(why)) if why.contains(words)), "{words}: {said:?}");
        }
    }

    #[test]
    fn what_is_no_daemon_of_clamav_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let nothing = Clamd::at(&folder.path().join("ctl"), SHORT).err().unwrap();
        assert!(nothing.0.contains("nothing answers there"), "{nothing:?}");
        let path = folder.path().join("other");
        let listener = UnixListener::bind(&path).unwrap();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.write_all(b"220 smtp ready\0").unwrap();
        });
        let other = Clamd::at(&path, SHORT).err().unwrap();
        assert!(other.0.contains("no daemon of ClamAV"), "{other:?}");
    }
}
