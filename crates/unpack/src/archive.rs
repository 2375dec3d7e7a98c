//! From one file to every file in it, through all layers.

use std::any::Any;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::budget::Rejoined;
use crate::clues::ClueKind;
use crate::detect::{Container, HEAD, closed};
use crate::facts;
use crate::finding::FindingKind;
use crate::names::{nested_path, outer};
use crate::protocol::DocumentFormat;
use crate::sink::{Sink, Stop};
use crate::split::{Joined, Part, PartNumber, part_of, without_gap};
use crate::texts::{self, Kept};
use crate::traces;
use crate::{ar, cab, cpio, git, iso, mail, picture, rar, rpm, sevenz, stream, tar, zip};

/// Passes on every file in the file at hand: of one that was cut in pieces its parts, in their order.
pub(crate) fn walk_file(sink: &mut Sink<'_>, path: &str, files: Vec<File>) -> Result<(), Stop> {
    let mut parts = Vec::with_capacity(files.len());
    for file in files {
        match Part::of(file) {
            Ok(part) => parts.push(part),
            // A pipe: read it as it comes.
            Err(mut pipe) => return walk_stream(sink, path, &mut pipe, None, 0),
        }
    }
    walk_joined(sink, path, Joined::new(parts), 0)
}

/// Passes on every file in one that is read at any place, which is `depth` archives deep.
fn walk_joined(sink: &mut Sink<'_>, path: &str, mut file: Joined, depth: u32) -> Result<(), Stop> {
    let head = Rejoined::new(&mut file.reader_at(0), HEAD).head().to_vec();
    let container = Container::of(&head).filter(|it| it.needs_seeking() && depth < sink.limits.depth);
    let Some(container) = container else {
        let length = Some(file.length);
        let mut whole = BufReader::with_capacity(64 << 10, Positioned::new(Arc::new(file)));
        return walk_stream(sink, path, &mut whole, length, depth);
    };
    if container == Container::Zip {
        file.mend_directory();
    }
    if container == Container::Rar && file.count() > 1 && file.heads(HEAD).all(|head| rar::is_volume(&head)) {
        return walk_volumes(sink, path, file, depth);
    }
    let (length, file) = (file.length, Arc::new(file));
    sink.count_entry(path)?;
    if !sink.open_archive(path, container.word())? {
        return Ok(());
    }
    let open = || Positioned::new(Arc::clone(&file));
    if guard(sink, path, true, |sink| walk_by_seeking(sink, container, path, length, open, depth + 1))? {
        return finish_parts(sink, path, depth + 1);
    }
    sink.copy(path, Some(length), &mut BufReader::with_capacity(64 << 10, Positioned::new(file)))
}

/// Passes on every file in the volumes of a RAR archive, or where none is found the volumes as they are.
fn walk_volumes(sink: &mut Sink<'_>, path: &str, file: Joined, depth: u32) -> Result<(), Stop> {
    let length = file.length;
    sink.count_entry(path)?;
    if !sink.open_archive(path, Container::Rar.word())? {
        return Ok(());
    }
    let volumes: Vec<Arc<Joined>> = file.into_parts().into_iter().map(Arc::new).collect();
    let volumes: Vec<_> = volumes.iter().map(|it| move || Positioned::new(Arc::clone(it))).collect();
    if guard(sink, path, true, |sink| rar::walk_set(sink, path, length, &volumes, depth + 1))? {
        return finish_parts(sink, path, depth + 1);
    }
    let mut whole: Box<dyn Read> = Box::new(io::empty());
    for open in volumes {
        whole = Box::new(whole.chain(open()));
    }
    sink.copy(path, Some(length), &mut BufReader::with_capacity(64 << 10, whole))
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
    let found = Container::of(stream.head());
    if depth > 0 && hold_part(sink, path, found, &mut stream)? {
        return Ok(());
    }
    sink.count_entry(path)?;
    let Some(container) = found else {
        if let Some(what) = closed(stream.head()) {
            sink.finding(path, FindingKind::Unsupported, format!("{what}: what is in it was not looked at"))?;
        }
        return pass_on(sink, path, size, &mut stream, depth);
    };
    if depth >= sink.limits.depth {
        let detail = format!("{depth} archives lie around this one, which is the limit; it was not opened");
        sink.finding(path, FindingKind::TooDeep, detail)?;
        return sink.copy(path, size, &mut stream);
    }
    if !sink.open_archive(path, container.word())? {
        return Ok(());
    }
    walk_container(sink, container, path, &mut stream, size, depth)?;
    finish_parts(sink, path, depth + 1)
}

fn walk_container(
    sink: &mut Sink<'_>,
    container: Container,
    path: &str,
    mut stream: &mut dyn Read,
    size: Option<u64>,
    depth: u32,
) -> Result<(), Stop> {
    match container {
        Container::Stream(codec) => {
            guard(sink, path, (), |sink| stream::walk(sink, path, &mut stream, codec, depth + 1))
        }
        Container::Tar => guard(sink, path, (), |sink| tar::walk(sink, path, &mut stream, depth + 1)),
        Container::Mailbox => guard(sink, path, (), |sink| mail::walk_mailbox(sink, path, stream, depth + 1)),
        Container::Ar => guard(sink, path, (), |sink| ar::walk(sink, path, &mut stream, depth + 1)),
        Container::Cpio => guard(sink, path, (), |sink| cpio::walk(sink, path, &mut stream, depth + 1)),
        Container::Rpm => guard(sink, path, (), |sink| rpm::walk(sink, path, &mut stream, depth + 1)),
        Container::GitObject => guard(sink, path, (), |sink| git::walk_loose(sink, path, stream, depth + 1)),
        Container::Zip | Container::SevenZip | Container::Rar | Container::Cab | Container::Iso | Container::Git => {
            walk_held(sink, container, path, stream, size, depth)
        }
    }
}

/// Parts of a cut archive inside another one, held until all of that has come.
pub(crate) struct Set {
    /// The archive that they lie in, and the path of the one that was cut.
    outer: String,
    whole: String,
    parts: Vec<(PartNumber, String, Vec<u8>)>,
}

/// Holds an entry that is part of a cut archive: its first, which begins as an archive does, and those that come after it; and the
/// volumes of a RAR, each of which begins so, in any order. False where it is none, or there is no memory for it.
fn hold_part(
    sink: &mut Sink<'_>,
    path: &str,
    found: Option<Container>,
    stream: &mut Rejoined<'_>,
) -> Result<bool, Stop> {
    let Some((whole, number)) = part_of(path) else { return Ok(false) };
    let open = sink.sets.iter().position(|set| set.whole == whole);
    if found == Some(Container::Rar) {
        if !rar::is_volume(stream.head()) {
            return Ok(false);
        }
    } else {
        let is_first = number == PartNumber::At(0) && found.is_some() && open.is_none();
        if !is_first && (open.is_none() || found.is_some()) {
            return Ok(false);
        }
    }
    let budget = sink.nested_left;
    let mut held = Vec::new();
    let read = stream.by_ref().take(budget.saturating_add(1)).read_to_end(&mut held);
    let length = held.len() as u64;
    if length > budget || read.is_err() {
        // What is held already is told of when the archive around it ends.
        if let Err(error) = read {
            sink.finding(path, crate::budget::kind_of(&error), format!("after {length} bytes: {error}"))?;
        } else {
            let detail = format!(
                "it is a part of a cut archive, and larger than the {budget} bytes of memory left for those in others"
            );
            sink.finding(path, FindingKind::NestedTooLarge, detail)?;
        }
        sink.count_entry(path)?;
        sink.copy(path, None, &mut Cursor::new(held).chain(stream))?;
        return Ok(true);
    }
    sink.nested_left = budget - length;
    let part = (number, path.to_owned(), held);
    match open {
        Some(open) => sink.sets[open].parts.push(part),
        None => {
            let outer = outer(path).unwrap_or_default().to_owned();
            sink.sets.push(Set { outer, whole, parts: vec![part] });
        }
    }
    Ok(true)
}

/// Opens the cut archives whose parts lay in the archive that has ended, and says what is missing of them.
fn finish_parts(sink: &mut Sink<'_>, outer: &str, depth: u32) -> Result<(), Stop> {
    while let Some(place) = sink.sets.iter().position(|set| set.outer == outer) {
        let Set { whole, mut parts, .. } = sink.sets.remove(place);
        parts.sort_by_key(|(number, ..)| *number);
        let held: u64 = parts.iter().map(|(.., bytes)| bytes.len() as u64).sum();
        let numbers: Vec<PartNumber> = parts.iter().map(|(number, ..)| *number).collect();
        let (joined, missing) = without_gap(&numbers);
        let rest = parts.split_off(joined);
        // One part that stands alone is what it is, whatever its name.
        let (path, is_cut) = match (parts.first(), joined + rest.len()) {
            (Some((_, only, _)), 1) => (only.clone(), false),
            _ => (whole, true),
        };
        if is_cut {
            sink.joined(&path, joined, &missing)?;
        }
        if joined == 0 {
            // Volumes of which the first is missing: what lies whole in one of them is read.
            sink.nested_left += held;
            for (_, path, bytes) in rest {
                walk_joined(sink, &path, Joined::new(vec![Part::Held(bytes)]), depth)?;
            }
            continue;
        }
        let bytes = parts.into_iter().map(|(.., bytes)| Part::Held(bytes)).collect();
        let walked = walk_joined(sink, &path, Joined::new(bytes), depth);
        sink.nested_left += held;
        walked?;
        for (_, path, bytes) in rest {
            sink.count_entry(&path)?;
            sink.copy(&path, Some(bytes.len() as u64), &mut Cursor::new(bytes))?;
        }
    }
    Ok(())
}

/// Passes on a file that is no archive, and behind it its pixels, or the text that it has beyond its bytes, and what came with it.
fn pass_on(
    sink: &mut Sink<'_>,
    path: &str,
    size: Option<u64>,
    stream: &mut Rejoined<'_>,
    depth: u32,
) -> Result<(), Stop> {
    if sink.pictures
        && let Some(format) = picture::format_of(stream.head())
    {
        let mut kept = Kept::new(stream, sink.limits.collection_bytes);
        sink.copy(path, size, &mut kept)?;
        return sink.picture(path, || picture::read(format, &kept.take()?));
    }
    if let Some(format) = texts::format_of(stream.head()) {
        return pass_on_as(sink, path, size, stream, format, depth);
    }
    if let Some(printer) = traces::printer(path, stream.head()) {
        sink.clue(path, ClueKind::Printer, printer, 1)?;
    }
    let Some(kind) = facts::kind_of(stream.head()) else { return sink.copy(path, size, stream) };
    let mut kept = Kept::new(stream, kind.longest());
    sink.copy(path, size, &mut kept)?;
    let bytes = kept.take();
    sink.facts(path, || facts::read(kind, &bytes?))
}

/// The same for a file of a known format.
pub(crate) fn pass_on_as(
    sink: &mut Sink<'_>,
    path: &str,
    size: Option<u64>,
    stream: &mut dyn Read,
    format: DocumentFormat,
    depth: u32,
) -> Result<(), Stop> {
    let limits = sink.limits;
    let mut kept = Kept::new(stream, texts::longest_file(format, limits));
    sink.copy(path, size, &mut kept)?;
    let is_mail = format == DocumentFormat::Mail;
    if is_mail {
        // Where a worker before this one passed it on nothing was read of it, and what came with it must come up again. What goes wrong
        // was told with the file.
        let _ = io::copy(&mut kept, &mut io::sink());
    }
    let bytes = kept.take();
    let attached = match &bytes {
        Ok(bytes) if is_mail && depth < limits.depth => {
            catch_unwind(AssertUnwindSafe(|| mail::attached(limits, bytes))).unwrap_or_default()
        }
        _ => Vec::new(),
    };
    let mut traces = Vec::new();
    sink.text(path, || texts::read(format, bytes?, limits, &mut traces))?;
    for (kind, value, count) in traces {
        sink.clue(path, kind, value, count)?;
    }
    for (name, bytes) in attached {
        let (path, size) = (nested_path(path, name.as_bytes()), bytes.len() as u64);
        walk_stream(sink, &path, &mut Cursor::new(bytes), Some(size), depth + 1)?;
    }
    Ok(())
}

/// Passes on what lies in an archive that is read by seeking: `open` gives readers of the same `length` bytes. False where not one
/// entry could be found, so that the caller passes the bytes on as they are.
fn walk_by_seeking<R: Read + Seek + Send + 'static>(
    sink: &mut Sink<'_>,
    container: Container,
    path: &str,
    length: u64,
    open: impl Fn() -> R,
    depth: u32,
) -> Result<bool, Stop> {
    // A RAR says of each file whether it goes on elsewhere.
    if container != Container::Rar && matches!(part_of(path), Some((_, PartNumber::At(0)))) {
        let detail = "by its name the first part of a cut archive: open the folder that holds all parts; of this part alone comes \
                      what can be read";
        sink.finding(path, FindingKind::Truncated, detail)?;
    }
    match container {
        Container::SevenZip => sevenz::walk(sink, path, length, &mut open(), depth),
        Container::Rar => rar::walk(sink, path, length, open, depth),
        Container::Cab => cab::walk(sink, path, &mut open(), depth),
        Container::Iso => iso::walk(sink, path, length, &mut open(), depth),
        Container::Git => git::walk(sink, path, length, open(), depth),
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
    let held = Arc::new(Joined::new(vec![Part::Held(held)]));
    let open = || Positioned::new(Arc::clone(&held));
    let was_opened = guard(sink, path, true, |sink| walk_by_seeking(sink, container, path, length, open, depth + 1));
    sink.nested_left = budget;
    if !was_opened? {
        return sink.copy(path, size, &mut Positioned::new(held));
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
struct Positioned {
    file: Arc<Joined>,
    position: u64,
    buffer: Vec<u8>,
    buffer_start: u64,
}

impl Positioned {
    const BUFFER: usize = 16 << 10;

    fn new(file: Arc<Joined>) -> Positioned {
        Positioned { file, position: 0, buffer: Vec::new(), buffer_start: 0 }
    }
}

impl Read for Positioned {
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

impl Seek for Positioned {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(offset) => self.file.length.checked_add_signed(offset),
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
            file.write_all(&bytes[..40_000]).unwrap();
            let joined = Joined::new(vec![Part::of(file).unwrap(), Part::Held(bytes[40_000..].to_vec())]);
            let mut tested = Positioned::new(Arc::new(joined));
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
