//! gzip (RFC 1952): one stream, or several end to end.

use std::io::Read;

use flate2::read::MultiGzDecoder;

use crate::archive::walk_stream;
use crate::budget::{Bounded, Counted, Rejoined};
use crate::detect::{Container, HEAD};
use crate::sink::{Sink, Stop};
use crate::tar;

/// Passes on what a gzip stream holds. A tar inside is opened under the path of the stream itself: `x.tar.gz!a.c`.
pub(crate) fn walk(sink: &mut Sink<'_>, path: &str, stream: &mut dyn Read, depth: u32) -> Result<(), Stop> {
    let (counted, consumed) = Counted::new(stream);
    let mut decoded = Bounded::new(MultiGzDecoder::new(counted), consumed, sink.limits.ratio);
    let mut content = Rejoined::new(&mut decoded, HEAD);
    if Container::of(content.head()) == Some(Container::Tar) {
        return tar::walk(sink, path, &mut content, depth);
    }
    walk_stream(sink, &format!("{path}!{}", stem(path)), &mut content, None, depth)
}

/// The name without its suffix. The name in the stream's own header is the packer's word, and may differ.
fn stem(path: &str) -> &str {
    let name = path.rsplit(['/', '!']).next().unwrap_or(path);
    let stem = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".GZ")).unwrap_or("content");
    if stem.is_empty() { "content" } else { stem }
}
