//! Damaged archives and documents through the whole of the child's own code: no parser fails, and every frame holds in the parent.

use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;

use crate::archive::walk_file;
use crate::limits::{ChildLimits, Limits};
use crate::protocol::{Already, Reply, decode_reply, read_frame};
use crate::sink::{Sink, Stop};
use crate::transcript::{Asked, Transcript};
use crate::{Finding, FindingKind, read_here};

fn small_zip() -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for (name, text) in [("a.txt", "first text"), ("dir/b.c", "int main(void) { return 0; }\n"), ("c", "")] {
        assert!(archive.start_file(name, options).is_ok() && archive.write_all(text.as_bytes()).is_ok());
    }
    archive.finish().map(Cursor::into_inner).unwrap_or_default()
}

fn small_tar(inner: &[u8]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let long = "long/".repeat(30);
    for (name, bytes) in [("a.txt", &b"first"[..]), (&long, b"second"), ("inner", inner)] {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        assert!(builder.append_data(&mut header, name, bytes).is_ok());
    }
    assert!(builder.append_pax_extensions([("path", &b"pax"[..]), ("size", b"3")]).is_ok());
    let mut header = tar::Header::new_ustar();
    header.set_size(3);
    header.set_cksum();
    assert!(builder.append(&header, &b"pax"[..]).is_ok());
    builder.into_inner().unwrap_or_default()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    assert!(encoder.write_all(bytes).is_ok());
    encoder.finish().unwrap_or_default()
}

/// What one damaged archive came to.
struct Walked {
    files: Vec<(u64, String)>,
    findings: Vec<Finding>,
}

fn walk(bytes: &[u8], limits: &Limits, already: Already) -> Walked {
    let child = ChildLimits::from(limits);
    let mut out = Vec::new();
    let mut file = tempfile::tempfile().expect("a temporary file");
    file.write_all(bytes).expect("room for it");
    let mut sink = Sink::new(&mut out, &child, already);
    match walk_file(&mut sink, "x", vec![file]) {
        Ok(()) | Err(Stop::Cut) => assert!(sink.done("x").is_ok()),
        Err(stop) => panic!("{stop}"),
    }
    let mut walked = Walked { files: Vec::new(), findings: Vec::new() };
    let (mut stream, mut buffer) = (&out[..], Vec::new());
    let mut transcript = Transcript::new("x", Asked::Files, limits);
    loop {
        let read = read_frame(&mut stream, &mut buffer).expect("a whole frame");
        let (tag, payload) = read.expect("frames up to the end of the request");
        let reply = decode_reply(tag, payload).expect("a frame that can be decoded");
        transcript.check(&reply).expect("a frame that is allowed here");
        match reply {
            Reply::File(start) => walked.files.push((start.entry, start.path)),
            Reply::Finding(finding) => walked.findings.push(finding),
            Reply::Done { .. } => break,
            _ => {}
        }
    }
    assert!(stream.is_empty());
    walked
}

/// One way to damage a file.
#[derive(Clone, Debug)]
enum Damage {
    Set(usize, u8),
    Flip(usize, u8),
    Cut(usize),
    Remove(usize, usize),
    Repeat(usize, usize),
    Number(usize, u32),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = 0usize..10_000;
    prop_oneof![
        4 => (at.clone(), any::<u8>()).prop_map(|(at, byte)| Damage::Set(at, byte)),
        4 => (at.clone(), 0u8..8).prop_map(|(at, bit)| Damage::Flip(at, bit)),
        1 => at.clone().prop_map(Damage::Cut),
        1 => (at.clone(), 1usize..600).prop_map(|(at, length)| Damage::Remove(at, length)),
        1 => (at.clone(), 1usize..600).prop_map(|(at, length)| Damage::Repeat(at, length)),
        2 => (at, prop_oneof![Just(u32::MAX), Just(0), Just(0x7fff_ffff), any::<u32>()])
            .prop_map(|(at, number)| Damage::Number(at, number)),
    ]
}

fn apply(mut bytes: Vec<u8>, damages: &[Damage]) -> Vec<u8> {
    for damage in damages {
        if bytes.is_empty() {
            break;
        }
        let place = |at: &usize| at % bytes.len();
        match damage {
            Damage::Set(at, byte) => {
                let at = place(at);
                bytes[at] = *byte;
            }
            Damage::Flip(at, bit) => {
                let at = place(at);
                bytes[at] ^= 1 << bit;
            }
            Damage::Cut(at) => {
                let at = place(at);
                bytes.truncate(at);
            }
            Damage::Remove(at, length) => {
                let at = place(at);
                bytes.drain(at..(at + length).min(bytes.len()));
            }
            Damage::Repeat(at, length) => {
                let at = place(at);
                let part = bytes[at..(at + length).min(bytes.len())].to_vec();
                bytes.splice(at..at, part);
            }
            Damage::Number(at, number) => {
                let at = place(at);
                let end = (at + 4).min(bytes.len());
                bytes[at..end].copy_from_slice(&number.to_le_bytes()[..end - at]);
            }
        }
    }
    bytes
}

/// Fixes the checksums of tar headers, so that damage gets past them.
fn with_checksums(mut bytes: Vec<u8>) -> Vec<u8> {
    for block in bytes.chunks_exact_mut(512) {
        if &block[257..262] == b"ustar" {
            let mut header = tar::Header::from_byte_slice(block).clone();
            header.set_cksum();
            block.copy_from_slice(header.as_bytes());
        }
    }
    bytes
}

#[test]
fn a_directory_that_hides_its_entries_is_not_believed() {
    let mut archive = small_zip();
    let end = archive.len() - 22;
    // Both counts of entries in the end record (APPNOTE 4.3.16).
    archive[end + 8..end + 12].fill(0);
    let walked = walk(&archive, &Limits::default(), Already::default());
    assert_eq!(walked.findings[0].kind, FindingKind::Corrupt);
    let paths: Vec<&str> = walked.files.iter().map(|(_, path)| path.as_str()).collect();
    assert_eq!(paths, ["x!a.txt", "x!dir/b.c", "x!c"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn no_damage_fails_a_parser(
        format in 0usize..6,
        damages in proptest::collection::vec(damage(), 0..6),
        depth in 0u32..4,
        left_out in 0usize..8,
    ) {
        let zip = small_zip();
        let damaged = match format {
            0 => apply(zip, &damages),
            1 => apply(small_tar(&zip), &damages),
            2 => with_checksums(apply(small_tar(&zip), &damages)),
            3 => apply(gzip(&small_tar(&zip)), &damages),
            4 => gzip(&with_checksums(apply(small_tar(&zip), &damages))),
            _ => gzip(&small_tar(&apply(zip, &damages))),
        };
        let limits = Limits { depth, nested_bytes: 5_000, entries: 20, output_bytes: 100_000, ..Limits::default() };
        let walked = walk(&damaged, &limits, Already::default());
        let failed = walked.findings.iter().find(|finding| finding.kind == FindingKind::ParserFailed);
        prop_assert!(failed.is_none(), "{failed:?}");
        prop_assert!(!walked.files.is_empty() || !walked.findings.is_empty());
        // A worker that goes on behind a file passes on exactly what came after it.
        if let Some((entry, _)) = walked.files.get(left_out % walked.files.len().max(1)) {
            let rest = walk(&damaged, &limits, Already { entry: *entry, ..Already::default() });
            let after: Vec<_> = walked.files.iter().filter(|(number, _)| number > entry).cloned().collect();
            prop_assert_eq!(rest.files, after);
        }
        if damages.is_empty() && depth == 3 {
            prop_assert!(walked.findings.is_empty(), "{:?}", walked.findings);
            prop_assert_eq!(walked.files.len(), if format == 0 { 3 } else { 6 });
        }
    }
}

const MAIL: &str = "Message-ID: <a@b>\nSubject: =?utf-8?q?a=20b?=\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\
    Content-Type: text/plain; charset=koi8-r\nContent-Transfer-Encoding: quoted-printable\n\nWe deny =C1=C2 it=\n all.\n--b\n\
    Content-Type: message/rfc822\n\nSubject: x\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\n\
    PHA+SGk8L3A+\n--b--\n";

const RSS: &str = "<?xml version=\"1.0\"?><rss><channel><title>T</title><item><title>a &amp; b</title>\
    <description><![CDATA[<p>One <b>two</b>&nbsp;three.</p>]]></description></item><item><title>b</title>\
    <description>&lt;i&gt;x&lt;/i&gt;</description><link>https://a.example/</link></item></channel></rss>";

const FEED: &str = r#"{"version": "https://jsonfeed.org/version/1", "title": "T", "items": [{"id": "1", "content_html": "<p>a\u0062\n<\/p>"},
    {"id": "2", "content_text": "c", "authors": [{"name": "d"}]}]}"#;

const CHAT: &str = r#"{"name": "N", "type": "personal_chat", "id": 1, "messages": [{"id": 1, "type": "message", "date_unixtime": "1904025600",
    "from": "A", "from_id": "user1", "text": ["x ", {"type": "link", "text": "https://a.example/"}]}, {"id": 2, "type": "message", "text": "y"}]}"#;

const POSTS: &str = r#"[{"post_title": "A", "group_name": "g", "description": "d\u00e9", "link": "http://a.onion/"}, {"post_title": "B"}]"#;

const PAGE: &str = "<html><head><title>T</title><style>.x{display:none}</style></head><body><p class=x>no</p><p>One &mdash; two\
    <br>three</p><a href=https://a.example/>four</a></body></html>";

const NOTE: &str = "---\ntitle: T\n---\n# H\n\n*a* [b](https://a.example/) `c`\n";

const PDF: &str = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n\
    3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources << /Font << /F << /Type /Font /Subtype /Type1 \
    /Encoding << /Differences [65 /B /eacute] >> /Widths [500] /FirstChar 65 >> >> >> >>\nendobj\n4 0 obj\n<< /Length 44 >>\nstream\n\
    BT /F 9 Tf 1 1 Td (ABC) Tj [(A) -500 (B)] TJ ET\nendstream\nendobj\ntrailer\n<< /Root 1 0 R >>\n";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]
    #[test]
    fn no_damage_to_a_document_fails_its_reader(
        which in 0usize..8,
        damages in proptest::collection::vec(damage(), 0..8),
    ) {
        let (name, sound) = [
            ("a.eml", MAIL), ("a.mbox", MAIL), ("a.xml", RSS), ("a.json", FEED), ("a.json", CHAT), ("a.json", POSTS), ("a.html", PAGE),
            ("a.md", NOTE),
        ][which];
        let envelope = if name == "a.mbox" { format!("From a Thu\n{sound}\nFrom b Thu\n{sound}") } else { sound.to_owned() };
        let (documents, findings) = read_here(name, &apply(envelope.into_bytes(), &damages), &Limits::default());
        let failed = findings.iter().find(|finding| finding.kind == FindingKind::ParserFailed);
        prop_assert!(failed.is_none(), "{failed:?}");
        prop_assert!(!documents.is_empty() || !findings.is_empty());
        if damages.is_empty() {
            prop_assert!(findings.is_empty(), "{findings:?}");
            prop_assert!(documents.iter().all(|document| !document.map.runs().is_empty()));
        }
    }

    /// A parser of others may fail inside; that is said, and nothing worse.
    #[test]
    fn no_damage_to_a_pdf_breaks_the_frames(damages in proptest::collection::vec(damage(), 0..8)) {
        let (documents, findings) = read_here("a.pdf", &apply(PDF.as_bytes().to_vec(), &damages), &Limits::default());
        prop_assert!(!documents.is_empty() || !findings.is_empty());
        if damages.is_empty() {
            prop_assert!(documents[0].text.starts_with("BéC"), "{}", documents[0].text);
        }
    }
}
