//! Children that die, hang and lie: a finding about one file, and the next file goes on.

use std::path::Path;
use std::time::Duration;

use unpack::{DocumentHint, Error, FindingKind, Limits, Worker};

use super::{CHILD, documents, file_of, unpack, worker};

fn short() -> Limits {
    Limits { silence: Duration::from_millis(400), cpu_seconds: 1, output_bytes: 100_000, ..Limits::default() }
}

/// Lets a child lie about one file, checks what is found, and that the next one is read.
fn assert_survived(how: &str, limits: Limits, kind: FindingKind, words: &str) {
    let mut worker = worker(&["lie", how], limits);
    let first = unpack(&mut worker, "good one", b"");
    assert!(first.summary.whole && first.findings.is_empty(), "{how}: {first:?}");

    let bad = unpack(&mut worker, "bad one", b"");
    assert_eq!(bad.paths(), ["bad one"], "{how}");
    assert!(!bad.files[0].is_complete && !bad.summary.whole, "{how}: {bad:?}");
    let last = bad.findings.last().expect("a finding");
    assert_eq!((last.path.as_str(), last.kind), ("bad one", kind), "{how}: {last}");
    assert!(last.detail.contains(words), "{how}: {last}");
    assert_eq!(bad.summary.findings, bad.findings.len() as u64, "{how}");

    let next = unpack(&mut worker, "good two", b"");
    assert_eq!(next.text("good two"), "half of it", "{how}");
    assert!(next.summary.whole && next.files[0].is_complete && next.findings.is_empty(), "{how}: {next:?}");
}

#[test]
fn a_death_is_a_finding_about_one_file() {
    assert_survived("die", short(), FindingKind::WorkerDied, "signal 6");
    assert_survived("leave", short(), FindingKind::WorkerDied, "I leave");
    assert_survived("half", short(), FindingKind::WorkerDied, "exit status: 0");
}

#[test]
fn a_hang_ends_at_a_limit() {
    assert_survived("hang", short(), FindingKind::WorkerDied, "said nothing for 400ms");
    let patient = Limits { silence: Duration::from_secs(60), ..short() };
    assert_survived("spin", patient, FindingKind::WorkerDied, "1 seconds of processor time");
    let hurried = Limits { wall: Duration::from_millis(700), ..short() };
    assert_survived("drip", hurried, FindingKind::WorkerDied, "longer than 700ms");
}

#[test]
fn a_lie_ends_the_liar() {
    assert_survived("nonsense", short(), FindingKind::WorkerLied, "frame of 4294967295 bytes");
    assert_survived("twice", short(), FindingKind::WorkerLied, "begins inside another");
    assert_survived("elsewhere", short(), FindingKind::WorkerLied, "path");
    assert_survived("flood", short(), FindingKind::WorkerLied, "more bytes than allowed");
}

/// A page of millions of elements takes more memory than there is: a real document that kills a real worker.
#[test]
fn a_document_that_kills_the_worker_names_itself_and_the_next_is_read() {
    let mut worker = worker(&[], Limits { address_space: 120 << 20, ..Limits::default() });
    let page = format!("<html><body>{}", "<p>x".repeat(3_000_000));
    let finding = documents(&mut worker, "bad page", file_of(page.as_bytes()), DocumentHint::None).none();
    assert!(finding.path == "bad page" && finding.kind == FindingKind::WorkerDied, "{finding}");
    assert!(finding.detail.contains("limit of memory"), "{finding}");
    assert_eq!(documents(&mut worker, "a.txt", file_of(b"fine"), DocumentHint::None).one().text, "fine");
}

#[test]
fn a_child_that_answers_something_else_is_ended() {
    let mut worker = worker(&["lie", "die"], short());
    let finding = documents(&mut worker, "page", file_of(b"x"), DocumentHint::None).none();
    assert!(finding.path == "page" && finding.kind == FindingKind::WorkerLied, "{finding}");
}

#[test]
fn a_worker_that_is_not_locked_down_is_refused_unless_accepted() {
    let refused = Worker::start(Path::new(CHILD), &["lie", "unjailed"], Limits::default()).err().expect("a refusal");
    assert!(matches!(refused, Error::NotLockedDown { .. }), "{refused}");
    assert!(refused.to_string().contains("--unsafe-no-sandbox"), "{refused}");
    let accepted = Limits { accept_unjailed: true, ..Limits::default() };
    assert!(!worker(&["lie", "unjailed"], accepted).enforced().seccomp);
}

#[test]
fn a_program_that_is_no_worker_is_named() {
    for (program, args) in [(CHILD, &["unknown"][..]), ("/no/such/program", &[]), ("/bin/true", &[])] {
        let error = Worker::start(Path::new(program), args, short()).err().expect("an error");
        assert!(matches!(error, Error::Start { .. }) && error.to_string().contains(program), "{error}");
    }
}

/// Thousands of zstd streams in one another take more memory than there is: a real file that kills a real worker.
#[test]
fn an_entry_that_kills_the_worker_is_left_out_and_the_rest_is_read() {
    let mut bomb = vec![b'x'; 10];
    for _ in 0..3000 {
        bomb = ruzstd::encoding::compress_to_vec(&bomb[..], ruzstd::encoding::CompressionLevel::Uncompressed);
    }
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in [("first", &b"first"[..]), ("bomb.zst", &bomb), ("second", b"second"), ("third", b"third")] {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        builder.append_data(&mut header, name, bytes).expect("an entry");
    }
    let archive = builder.into_inner().expect("an archive");
    let limits = Limits { depth: u32::MAX, address_space: 150 << 20, ..Limits::default() };
    let mut worker = worker(&[], limits);
    let outcome = unpack(&mut worker, "a.tar", &archive);
    assert_eq!(outcome.paths(), ["a.tar!first", "a.tar!second", "a.tar!third"], "{:?}", outcome.findings);
    assert_eq!(outcome.findings.len(), 1, "{:?}", outcome.findings);
    let finding = &outcome.findings[0];
    assert!(finding.path.starts_with("a.tar!bomb.zst") && finding.kind == FindingKind::WorkerDied, "{finding}");
    assert!(finding.detail.contains("limit of memory") && finding.detail.contains("left out"), "{finding}");
    assert_eq!(outcome.text("a.tar!third"), "third");
    assert!(!outcome.summary.whole && outcome.summary.findings == 1);
}
