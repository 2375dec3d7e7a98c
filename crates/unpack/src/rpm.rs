//! Packages of RPM: a lead, two headers of tagged values, and a compressed archive of cpio.

use std::io::{self, Read};

use crate::archive::walk_stream;
use crate::budget::{Bounded, Counted, Exactly, Rejoined, kind_of};
use crate::clues::{ClueKind, Clues};
use crate::detect::{Container, HEAD};
use crate::sink::{Sink, Stop, shown};
use crate::{cpio, stream};

const LEAD: u64 = 96;

/// Headers beyond this are none; a package of a hundred thousand files has some ten megabytes.
const LONGEST_HEADER: u64 = 64 << 20;

/// Passes on every file of a package, under the path of the package itself: `x.rpm!./usr/bin/x`.
pub(crate) fn walk(sink: &mut Sink<'_>, path: &str, stream: &mut dyn Read, depth: u32) -> Result<(), Stop> {
    let header = match read_headers(stream) {
        Ok(header) => header,
        Err(error) => return sink.finding(path, kind_of(&error), shown(&error.to_string())),
    };
    let mut clues = Clues::default();
    // RPMTAG_BUILDHOST, _VENDOR, _PACKAGER, _RPMVERSION and _BUILDTIME.
    for (tag, kind) in
        [(1007, ClueKind::Host), (1011, ClueKind::Firm), (1015, ClueKind::Person), (1064, ClueKind::Tool)]
    {
        if let Some(value) = header.text(tag) {
            clues.add(kind, value);
        }
    }
    clues.time(header.number(1006).map(i64::from));
    clues.tell(sink, path)?;

    let mut payload = Rejoined::new(stream, HEAD);
    let Some(Container::Stream(codec)) = Container::of(payload.head()) else {
        return walk_payload(sink, path, &mut payload, depth);
    };
    let (counted, consumed) = Counted::new(&mut payload);
    let mut decoded = Bounded::new(stream::decoder(codec, Box::new(counted)), consumed, sink.limits.ratio);
    walk_payload(sink, path, &mut decoded, depth)
}

fn walk_payload(sink: &mut Sink<'_>, path: &str, payload: &mut dyn Read, depth: u32) -> Result<(), Stop> {
    let mut payload = Rejoined::new(payload, HEAD);
    if Container::of(payload.head()) == Some(Container::Cpio) {
        return cpio::walk(sink, path, &mut payload, depth);
    }
    walk_stream(sink, &format!("{path}!payload"), &mut payload, None, depth)
}

/// The values of a header: an index of tag, type, place and count for each, and the store that they lie in.
struct Header {
    index: Vec<u8>,
    store: Vec<u8>,
}

impl Header {
    fn find(&self, tag: u32, types: &[u32]) -> Option<&[u8]> {
        let fields = self.index.chunks_exact(16).map(|entry| {
            let field = |at: usize| entry[at..].first_chunk().map_or(0, |field| u32::from_be_bytes(*field));
            (field(0), field(4), field(8))
        });
        let (.., at) = { fields }.find(|(of, kind, _)| *of == tag && types.contains(kind))?;
        self.store.get(usize::try_from(at).ok()?..)
    }

    /// A string, or the first of several.
    fn text(&self, tag: u32) -> Option<&[u8]> {
        let value = self.find(tag, &[6, 8, 9])?;
        let end = value.iter().position(|byte| *byte == 0)?;
        Some(&value[..end])
    }

    /// A number of 32 bits.
    fn number(&self, tag: u32) -> Option<u32> {
        self.find(tag, &[4])?.first_chunk().map(|number| u32::from_be_bytes(*number))
    }
}

/// Skips the lead and the signature, and gives the header behind them.
fn read_headers(stream: &mut dyn Read) -> io::Result<Header> {
    Exactly::new(stream, LEAD).skip_rest()?;
    let signature = read_header(stream)?;
    let padding = signature.store.len().next_multiple_of(8) - signature.store.len();
    Exactly::new(stream, padding as u64).skip_rest()?;
    read_header(stream)
}

fn read_header(stream: &mut dyn Read) -> io::Result<Header> {
    let mut start = [0; 16];
    Exactly::new(stream, 16).read_exact(&mut start)?;
    let number = |at: usize| start[at..].first_chunk().map_or(0, |field| u64::from(u32::from_be_bytes(*field)));
    let (entries, bytes) = (number(8), number(12));
    if !start.starts_with(b"\x8e\xad\xe8\x01") || entries * 16 + bytes > LONGEST_HEADER {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a damaged header: nothing behind it was read"));
    }
    let mut read = |length: u64| {
        let mut bytes = Vec::new();
        Exactly::new(stream, length).read_to_end(&mut bytes).map(|_| bytes)
    };
    Ok(Header { index: read(entries * 16)?, store: read(bytes)? })
}
