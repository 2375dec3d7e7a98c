//! The child's own code and the parent's checks in one process, for tests and fuzz targets alone.

use std::fs::File;
use std::io::Write as _;

use rustix::fs::{MemfdFlags, memfd_create};

use crate::archive::walk_file;
use crate::documents;
use crate::finding::Finding;
use crate::limits::{ChildLimits, Limits};
use crate::protocol::{Already, Document, DocumentHint, Reply, Request, decode_reply, frame, read_frame, write_bytes};
use crate::sink::{Sink, Stop};
use crate::tool::Order;
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
    (sink.passwords, sink.pictures) = (passwords.to_vec(), true);
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

/// Reads bytes as one of the two ends of the pipe does, chosen by the first of them: frames as they stand or with their lengths put right,
/// which answer a request for files or for documents; the limits and requests that a child reads; the order of a tool.
///
/// # Panics
/// What was read is not what is written of it.
pub fn hear_here(bytes: &[u8], limits: &Limits) {
    let Some((choice, rest)) = bytes.split_first() else { return };
    match choice % 8 {
        0 => hear_frames(rest, Asked::Files, limits),
        1 => hear_frames(rest, Asked::Documents, limits),
        2 | 3 => hear_frames(&in_frames(rest), Asked::Files, limits),
        4 => hear_frames(&in_frames(rest), Asked::Documents, limits),
        5 => comes_back::<Request>(rest),
        6 => comes_back::<ChildLimits>(rest),
        _ => drop(Order::read(&mut { rest })),
    }
}

/// Frames of kinds and payloads: a byte each for kind and length, and the payload.
fn in_frames(mut bytes: &[u8]) -> Vec<u8> {
    let mut frames = Vec::new();
    while let [kind, length, rest @ ..] = bytes {
        let (payload, rest) = rest.split_at(rest.len().min(usize::from(*length)));
        assert!(write_bytes(&mut frames, kind % (frame::FACT + 1), payload).is_ok());
        bytes = rest;
    }
    frames
}

fn hear_frames(mut stream: &[u8], asked: Asked, limits: &Limits) {
    let (mut buffer, mut transcript) = (Vec::new(), Transcript::new("a", asked, limits));
    while let Ok(Some((tag, payload))) = read_frame(&mut stream, &mut buffer) {
        let Ok(reply) = decode_reply(tag, payload) else { return };
        if transcript.check(&reply).is_err() {
            return;
        }
    }
}

fn comes_back<T>(bytes: &[u8])
where
    T: for<'b> minicbor::Decode<'b, ()> + minicbor::Encode<()> + PartialEq + std::fmt::Debug,
{
    if let Ok(read) = minicbor::decode::<T>(bytes) {
        let written = minicbor::to_vec(&read).unwrap_or_default();
        assert_eq!(minicbor::decode::<T>(&written).ok(), Some(read));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_end_of_the_pipe_reads_anything() {
        for choice in 0..8 {
            for bytes in
                [&b""[..], b"\x03\x06\x83\x61a\xf6\x01\0", b"\x82\0\x81\x61a", b"\x02\0\0\0\x80\x80", &[0xff; 40]]
            {
                hear_here(&[&[choice], bytes].concat(), &Limits::default());
            }
        }
    }

    #[test]
    fn files_of_archives_are_counted_through_all_layers() {
        let header = |name: &str, size: usize| format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{size:<10}`\n", 0, 0, 0, 644);
        let inner = format!("!<arch>\n{}ab{}cd", header("a/", 2), header("b/", 2));
        let outer = format!("!<arch>\n{}{inner}{}ef", header("inner.a/", inner.len()), header("c/", 2));
        assert_eq!(open_here("x.a", outer.as_bytes(), &[], &Limits::default()), 3);
    }
}
