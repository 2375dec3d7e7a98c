//! The child's own code and the parent's checks in one process, for tests and fuzz targets alone.

use std::fs::File;
use std::io::Write as _;

use rustix::fs::{MemfdFlags, memfd_create};

use crate::archive::walk_file;
use crate::documents;
use crate::finding::Finding;
use crate::limits::{ChildLimits, Limits};
use crate::protocol::{Already, Document, DocumentHint, Reply, decode_reply, read_frame};
use crate::sink::{Sink, Stop};
use crate::trace::Map;
use crate::transcript::{Asked, Transcript};

/// How many files lie in these bytes, through all layers.
///
/// # Panics
/// The child breaks a rule of the frames.
pub fn open_here(name: &str, bytes: &[u8], passwords: &[String], limits: &Limits) -> u64 {
    let file = in_memory(bytes);
    let (child, mut out) = (ChildLimits::from(limits), Vec::new());
    let mut sink = Sink::new(&mut out, &child, Already::default());
    sink.passwords = passwords.to_vec();
    match walk_file(&mut sink, name, vec![file]) {
        Ok(()) | Err(Stop::Cut) => assert!(sink.done(name).is_ok()),
        Err(stop) => panic!("{stop}"),
    }
    let (mut stream, mut buffer) = (&out[..], Vec::new());
    let mut transcript = Transcript::new(name, Asked::Files, limits);
    let (mut text, mut map, mut length, mut is_text) = (Vec::new(), Vec::new(), 0, false);
    while let Some((tag, payload)) = read_frame(&mut stream, &mut buffer).unwrap_or_else(|e| panic!("{e}")) {
        let reply = decode_reply(tag, payload).unwrap_or_else(|e| panic!("{e}"));
        transcript.check(&reply).unwrap_or_else(|e| panic!("{e}"));
        match reply {
            Reply::File(_) => (length, is_text) = (0, false),
            Reply::Text(_) => (text, map, is_text) = (Vec::new(), Vec::new(), true),
            Reply::Data(bytes) if is_text => text.extend_from_slice(bytes),
            Reply::Data(bytes) => length += bytes.len() as u64,
            Reply::Map(bytes) => map.extend_from_slice(bytes),
            Reply::End { complete: true } if is_text => {
                assert!(std::str::from_utf8(&text).is_ok(), "a text that is no UTF-8");
                assert_eq!(Map::from_bytes(&map, text.len() as u64, length).err(), None);
            }
            _ => {}
        }
    }
    transcript.files
}

fn in_memory(bytes: &[u8]) -> File {
    let file = memfd_create("bytes", MemfdFlags::CLOEXEC).map(File::from);
    let mut file = file.unwrap_or_else(|e| panic!("no file in memory: {e}"));
    assert!(file.write_all(bytes).is_ok(), "no room in memory");
    file
}

/// Every document in these bytes, and what is said of those that are none.
///
/// # Panics
/// The child breaks a rule of the frames, or a map leads out of its text or file.
pub fn read_here(name: &str, bytes: &[u8], limits: &Limits) -> (Vec<Document>, Vec<Finding>) {
    let mut file = in_memory(bytes);
    let (child, mut out) = (ChildLimits::from(limits), Vec::new());
    let mut sink = Sink::new(&mut out, &child, Already::default());
    match documents::read(&mut sink, name, DocumentHint::None, &mut file) {
        Ok(()) | Err(Stop::Cut) => assert!(sink.done(name).is_ok()),
        Err(stop) => panic!("{stop}"),
    }
    let (mut stream, mut buffer) = (&out[..], Vec::new());
    let mut transcript = Transcript::new(name, Asked::Documents, limits);
    let (mut documents, mut findings) = (Vec::new(), Vec::new());
    let (mut text, mut map) = (Vec::new(), Vec::new());
    loop {
        let frame = read_frame(&mut stream, &mut buffer).unwrap_or_else(|e| panic!("{e}"));
        let Some((tag, payload)) = frame else { panic!("the frames end too early") };
        let reply = decode_reply(tag, payload).unwrap_or_else(|e| panic!("{e}"));
        transcript.check(&reply).unwrap_or_else(|e| panic!("{e}"));
        match reply {
            Reply::Item(_) => (text, map) = (Vec::new(), Vec::new()),
            Reply::Data(bytes) => text.extend_from_slice(bytes),
            Reply::Map(bytes) => map.extend_from_slice(bytes),
            Reply::Document(mut document) => {
                document.text = String::from_utf8(std::mem::take(&mut text)).unwrap_or_else(|e| panic!("{e}"));
                let held = Map::from_bytes(&map, document.text.len() as u64, bytes.len() as u64);
                document.map = held.unwrap_or_else(|e| panic!("{e}"));
                documents.push(*document);
            }
            Reply::NoDocument(finding) | Reply::Finding(finding) => findings.push(finding),
            Reply::Done { .. } => return (documents, findings),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_archives_are_counted_through_all_layers() {
        let header = |name: &str, size: usize| format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{size:<10}`\n", 0, 0, 0, 644);
        let inner = format!("!<arch>\n{}ab{}cd", header("a/", 2), header("b/", 2));
        let outer = format!("!<arch>\n{}{inner}{}ef", header("inner.a/", inner.len()), header("c/", 2));
        assert_eq!(open_here("x.a", outer.as_bytes(), &[], &Limits::default()), 3);
    }
}
