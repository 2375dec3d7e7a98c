//! The files that parties send each other: a message of the protocol, encrypted to its recipient, behind a head in clear that says what
//! the file is and no more. `docs/private-match-1.md` fixes the bytes.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use age::stream::StreamReader;
use private_match::{Address, Head, Header, Kind, PublicKey, Refused};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::Error;
use super::keys::{Keys, Party};
use crate::capture;
use crate::desk;
use crate::desk::vault::digest_into;

/// The most bytes of a message that is read as a whole: anything but request, answer and revelation.
const SHORT: u64 = 8 << 20;

/// Bytes that hold the header of every message.
const FIRST: usize = (1 << 16) + 44;

/// Bytes that are read at a time.
const PIECE: usize = 1 << 16;

/// What a file of a private match says in clear, and the file behind that.
///
/// # Errors
/// It is no such file, or cut short, or longer than it says.
pub(super) fn head_of(path: &Path) -> Result<(Head, File), desk::Error> {
    let mut file = capture::open(path)?;
    let failed = |why| desk::Error::File { action: "read", path: path.to_owned(), why };
    let length = file.metadata().map_err(failed)?.len();
    let mut bytes = Vec::new();
    (&mut file).take(Head::BYTES as u64).read_to_end(&mut bytes).map_err(failed)?;
    let head = Head::of(&bytes).map_err(|refused| match refused {
        Refused::OtherVersion { found } => Error::OtherVersion { path: path.to_owned(), found },
        _ => Error::NotSealed { path: path.to_owned() },
    })?;
    if length != head.length.saturating_add(Head::BYTES as u64) {
        return Err(Error::Damaged { path: path.to_owned() }.into());
    }
    Ok((head, file))
}

/// Reads what is behind a head, and holds it against the digest.
///
/// # Errors
/// It is other than it was written.
pub(super) fn check(head: &Head, path: &Path, file: &mut File) -> Result<(), desk::Error> {
    if digest_into(&mut *file, path, &mut io::sink())?.0 != head.digest {
        return Err(Error::Damaged { path: path.to_owned() }.into());
    }
    let sought = file.seek(SeekFrom::Start(Head::BYTES as u64));
    sought.map(drop).map_err(|why| desk::Error::File { action: "read", path: path.to_owned(), why })
}

/// A file for another party while it is written. Dropped before its end, it is gone.
pub(super) struct Sealing {
    path: PathBuf,
    head: Head,
    out: age::stream::StreamWriter<Digested>,
}

struct Digested {
    out: BufWriter<NamedTempFile>,
    digest: Sha256,
    length: u64,
}

impl Write for Digested {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write_all(bytes)?;
        self.digest.update(bytes);
        self.length += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Write for Sealing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Sealing {
    /// Begins a file beside its place.
    ///
    /// # Errors
    /// There is something at its place, or its folder can't be written.
    pub(super) fn begin(keys: &Keys, to: &Party, kind: Kind, path: &Path) -> Result<Sealing, desk::Error> {
        if path.exists() {
            return Err(Error::Exists { path: path.to_owned() }.into());
        }
        let failed = |why| desk::Error::File { action: "write", path: path.to_owned(), why };
        let file = tempfile::Builder::new().prefix(".gainsay-").tempfile_in(folder_of(path)).map_err(failed)?;
        let (from, to_address) = (keys.identity.public().address(), to.signs.address());
        let head = Head { kind, from, to: to_address, length: 0, digest: [0; 32] };
        let mut out = BufWriter::new(file);
        out.write_all(&head.to_bytes()).map_err(failed)?;
        let out = Digested { out, digest: Sha256::new(), length: 0 };
        let recipient = to.recipient()?;
        let seal = |why: String| desk::Error::Seal { path: path.to_owned(), why };
        let encryptor = age::Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient))
            .map_err(|e| seal(e.to_string()))?;
        let out = encryptor.wrap_output(out).map_err(failed)?;
        Ok(Sealing { path: path.to_owned(), head, out })
    }

    /// Ends the file and gives it its name.
    ///
    /// # Errors
    /// The disk fails, or somebody else took the name.
    pub(super) fn finish(self) -> Result<(), desk::Error> {
        let Sealing { path, head, out } = self;
        let failed = |why| desk::Error::File { action: "write", path: path.clone(), why };
        let Digested { out, digest, length } = out.finish().map_err(failed)?;
        let mut file = out.into_inner().map_err(|error| failed(error.into_error()))?;
        let head = Head { length, digest: digest.finalize().into(), ..head };
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        file.write_all(&head.to_bytes()).map_err(failed)?;
        persist(file, &path)
    }
}

/// Writes a file beside its place, and gives it its name when it is whole.
///
/// # Errors
/// There is something at its place, or the disk fails.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), desk::Error> {
    if path.exists() {
        return Err(Error::Exists { path: path.to_owned() }.into());
    }
    let failed = |why| desk::Error::File { action: "write", path: path.to_owned(), why };
    let mut file = tempfile::Builder::new().prefix(".gainsay-").tempfile_in(folder_of(path)).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    persist(file, path)
}

fn persist(file: NamedTempFile, path: &Path) -> Result<(), desk::Error> {
    let failed = |why| desk::Error::File { action: "write", path: path.to_owned(), why };
    file.as_file().sync_all().map_err(failed)?;
    file.persist_noclobber(path).map_err(|error| failed(error.error))?;
    File::open(folder_of(path)).and_then(|folder| folder.sync_all()).map_err(failed)
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A message that was opened with this desk's key and is read from its beginning.
pub(super) struct Opened {
    path: PathBuf,
    /// What the message says of itself: for this desk, and nothing of it is proven yet.
    pub(super) header: Header,
    first: Vec<u8>,
    rest: StreamReader<BufReader<File>>,
}

impl Opened {
    /// Opens a file for this desk, of one of some kinds.
    ///
    /// # Errors
    /// It is no such file, damaged, for somebody else, or another message than is due.
    pub(super) fn open(keys: &Keys, path: &Path, due: &[Kind]) -> Result<Opened, desk::Error> {
        let (head, mut file) = head_of(path)?;
        check(&head, path, &mut file)?;
        if head.to != keys.identity.public().address() {
            return Err(Error::NotForUs { path: path.to_owned() }.into());
        }
        if !due.contains(&head.kind) {
            let expected = due.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(" or ");
            return Err(Error::OtherKind { path: path.to_owned(), found: head.kind.name(), expected }.into());
        }
        let not_opened = |error: age::DecryptError| Error::NotOpened { path: path.to_owned(), why: error.to_string() };
        let opened = age::Decryptor::new_buffered(BufReader::new(file)).map_err(not_opened)?;
        let mut rest = opened.decrypt(std::iter::once(&keys.age as &dyn age::Identity)).map_err(not_opened)?;
        let mut first = Vec::new();
        let read = (&mut rest).take(FIRST as u64).read_to_end(&mut first);
        read.map_err(|why| desk::Error::File { action: "open", path: path.to_owned(), why })?;
        let header = Header::of(&first).map_err(Error::from)?;
        let is_said = |said: Address, key: &PublicKey| said == key.address();
        if header.kind != head.kind || !is_said(head.from, &header.from) || !is_said(head.to, &header.to) {
            return Err(Error::OtherInside { path: path.to_owned() }.into());
        }
        Ok(Opened { path: path.to_owned(), header, first, rest })
    }

    /// Gives the message piece by piece.
    pub(super) fn each(self, take: &mut dyn FnMut(&[u8]) -> Result<(), Refused>) -> Result<(), desk::Error> {
        let Opened { path, first, mut rest, .. } = self;
        take(&first).map_err(Error::from)?;
        let mut piece = vec![0; PIECE];
        loop {
            let read = rest.read(&mut piece);
            match read.map_err(|why| desk::Error::File { action: "open", path: path.clone(), why })? {
                0 => return Ok(()),
                read => take(&piece[..read]).map_err(Error::from)?,
            }
        }
    }

    /// The whole of a message that is short.
    ///
    /// # Errors
    /// It is not.
    pub(super) fn whole(self) -> Result<Vec<u8>, desk::Error> {
        let Opened { path, mut first, rest, .. } = self;
        let read = rest.take(SHORT).read_to_end(&mut first);
        read.map_err(|why| desk::Error::File { action: "open", path: path.clone(), why })?;
        if first.len() as u64 > SHORT { Err(Error::TooLong { path }.into()) } else { Ok(first) }
    }
}
