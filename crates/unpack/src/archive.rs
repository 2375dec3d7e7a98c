//! From one file to every file in it, through all layers.

use std::any::Any;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::budget::Rejoined;
use crate::detect::{Container, HEAD, closed};
use crate::finding::FindingKind;
use crate::sink::{Sink, Stop};
use crate::{ar, cab, cpio, iso, rpm, sevenz, stream, tar, zip};

/// Passes on every file in the file at hand.
pub(crate) fn walk_file(sink: &mut Sink<'_>, path: &str, file: &mut File) -> Result<(), Stop> {
    let Ok(length) = file.seek(SeekFrom::End(0)) else {
        // A pipe: read it as it comes.
        return walk_stream(sink, path, file, None, 0);
    };
    if let Err(error) = file.seek(SeekFrom::Start(0)) {
        return sink.finding(path, FindingKind::Unreadable, error.to_string());
    }
    let head = Rejoined::new(file, HEAD).head().to_vec();
    if let Some(container) = Container::of(&head).filter(|it| it.needs_seeking() && sink.limits.depth > 0) {
        sink.count_entry(path)?;
        if !sink.open_archive(path, container.word())? {
            return Ok(());
        }
        let open = || Positioned::new(file, length);
        if guard(sink, path, true, |sink| walk_by_seeking(sink, container, path, length, open, 1))? {
            return Ok(());
        }
        return sink.copy(path, Some(length), &mut BufReader::with_capacity(64 << 10, Positioned::new(file, length)));
    }
    let mut whole = BufReader::with_capacity(64 << 10, Positioned::new(file, length));
    walk_stream(sink, path, &mut whole, Some(length), 0)
}

/// Passes on every file in a stream, which is `depth` archives deep.
pub(crate) fn walk_stream(
    sink: &mut Sink<'_>,
    path: &str,
    stream: &mut dyn Read,
    size: Option<u64>,
    depth: u32,
) -> Result<(), Stop> {
    let mut stream = Rejoined::new(stream, HEAD);
    sink.count_entry(path)?;
    let Some(container) = Container::of(stream.head()) else {
        if let Some(what) = closed(stream.head()) {
            sink.finding(path, FindingKind::Unsupported, format!("{what}: what is in it was not looked at"))?;
        }
        return sink.copy(path, size, &mut stream);
    };
    if depth >= sink.limits.depth {
        let detail = format!("{depth} archives lie around this one, which is the limit; it was not opened");
        sink.finding(path, FindingKind::TooDeep, detail)?;
        return sink.copy(path, size, &mut stream);
    }
    if !sink.open_archive(path, container.word())? {
        return Ok(());
    }
    match container {
        Container::Stream(codec) => {
            guard(sink, path, (), |sink| stream::walk(sink, path, &mut stream, codec, depth + 1))
        }
        Container::Tar => guard(sink, path, (), |sink| tar::walk(sink, path, &mut stream, depth + 1)),
        Container::Ar => guard(sink, path, (), |sink| ar::walk(sink, path, &mut stream, depth + 1)),
        Container::Cpio => guard(sink, path, (), |sink| cpio::walk(sink, path, &mut stream, depth + 1)),
        Container::Rpm => guard(sink, path, (), |sink| rpm::walk(sink, path, &mut stream, depth + 1)),
        Container::Zip | Container::SevenZip | Container::Cab | Container::Iso => {
            walk_held(sink, container, path, &mut stream, size, depth)
        }
    }
}

/// Passes on what lies in an archive that is read by seeking: `open` gives readers of the same `length` bytes. False where not one
/// entry could be found, so that the caller passes the bytes on as they are.
fn walk_by_seeking<R: Read + Seek>(
    sink: &mut Sink<'_>,
    container: Container,
    path: &str,
    length: u64,
    open: impl Fn() -> R,
    depth: u32,
) -> Result<bool, Stop> {
    if path.ends_with(".001") {
        let detail = "by its name the first part of a split archive: join the parts (cat x.7z.* > x.7z) and open that; \
                      of this part alone comes what can be read";
        sink.finding(path, FindingKind::Truncated, detail)?;
    }
    match container {
        Container::SevenZip => sevenz::walk(sink, path, length, &mut open(), depth),
        Container::Cab => cab::walk(sink, path, &mut open(), depth),
        Container::Iso => iso::walk(sink, path, length, &mut open(), depth),
        _ => zip::walk(sink, path, length, open(), open(), depth),
    }
}

/// What needs seeking is held in memory where it lies in another archive, as long as the budget lasts.
fn walk_held(
    sink: &mut Sink<'_>,
    container: Container,
    path: &str,
    stream: &mut dyn Read,
    size: Option<u64>,
    depth: u32,
) -> Result<(), Stop> {
    let budget = sink.nested_left;
    let mut held = Vec::new();
    let read = stream.take(budget.saturating_add(1)).read_to_end(&mut held);
    let length = held.len() as u64;
    if length > budget {
        let detail = format!(
            "it is larger than the {budget} bytes of memory left for nested archives of {}; it was not opened",
            sink.limits.nested_bytes
        );
        sink.finding(path, FindingKind::NestedTooLarge, detail)?;
        return sink.copy(path, size, &mut Cursor::new(held).chain(stream));
    }
    if let Err(error) = read {
        let detail = format!("after {length} bytes: {error}");
        sink.finding(path, crate::budget::kind_of(&error), detail)?;
    }
    sink.nested_left = budget - length;
    let open = || Cursor::new(&held[..]);
    let was_opened = guard(sink, path, true, |sink| walk_by_seeking(sink, container, path, length, open, depth + 1));
    sink.nested_left = budget;
    if !was_opened? {
        return sink.copy(path, size, &mut Cursor::new(held));
    }
    Ok(())
}

/// Runs one parser; if it fails inside, the archives around it go on.
fn guard<T>(
    sink: &mut Sink<'_>,
    path: &str,
    after_failure: T,
    parse: impl FnOnce(&mut Sink<'_>) -> Result<T, Stop>,
) -> Result<T, Stop> {
    match catch_unwind(AssertUnwindSafe(|| parse(sink))) {
        Ok(result) => result,
        Err(panic) => {
            sink.abandon(path, panic_message(panic.as_ref()))?;
            Ok(after_failure)
        }
    }
}

/// What a panic said.
pub(crate) fn panic_message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message")
}

/// A file read at a position of its own, with a buffer that survives seeking: a zip's directory is read entry by entry,
/// with a seek before each.
struct Positioned<'f> {
    file: &'f File,
    length: u64,
    position: u64,
    buffer: Vec<u8>,
    buffer_start: u64,
}

impl<'f> Positioned<'f> {
    const BUFFER: usize = 16 << 10;

    fn new(file: &'f File, length: u64) -> Positioned<'f> {
        Positioned { file, length, position: 0, buffer: Vec::new(), buffer_start: 0 }
    }
}

impl Read for Positioned<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let buffered = self
            .position
            .checked_sub(self.buffer_start)
            .and_then(|offset| self.buffer.get(usize::try_from(offset).ok()?..))
            .unwrap_or_default();
        let read = if !buffered.is_empty() {
            let length = buffered.len().min(into.len());
            into[..length].copy_from_slice(&buffered[..length]);
            length
        } else if into.len() >= Self::BUFFER {
            self.file.read_at(into, self.position)?
        } else {
            self.buffer.resize(Self::BUFFER, 0);
            let filled = self.file.read_at(&mut self.buffer, self.position);
            self.buffer.truncate(*filled.as_ref().unwrap_or(&0));
            self.buffer_start = self.position;
            filled?;
            let length = self.buffer.len().min(into.len());
            into[..length].copy_from_slice(&self.buffer[..length]);
            length
        };
        self.position += read as u64;
        Ok(read)
    }
}

impl Seek for Positioned<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(offset) => self.length.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        // Offsets beyond what a file can have would wrap in the system call.
        let target = target.filter(|target| i64::try_from(*target).is_ok());
        self.position =
            target.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "a position outside of any file"))?;
        Ok(self.position)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failing read of a file in memory fails the test")]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_positioned_file_reads_like_a_cursor(
            steps in proptest::collection::vec((0u64..70_000, 0usize..20_000), 1..20),
        ) {
            let bytes: Vec<u8> = (0u32..60_000).map(|i| (i % 251) as u8).collect();
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(&bytes).unwrap();
            let mut tested = Positioned::new(&file, 60_000);
            let mut reference = Cursor::new(&bytes[..]);
            for (position, length) in steps {
                tested.seek(SeekFrom::Start(position)).unwrap();
                reference.seek(SeekFrom::Start(position)).unwrap();
                let (mut got, mut wanted) = (vec![0; length], vec![0; length]);
                let (read, _) = crate::budget::fill(&mut tested, &mut got);
                let (expected, _) = crate::budget::fill(&mut reference, &mut wanted);
                prop_assert_eq!(read, expected);
                prop_assert_eq!(got, wanted);
            }
        }
    }
}
